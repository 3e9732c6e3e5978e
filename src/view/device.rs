//! The painter that uses the graphics device: one upload, one draw.
//!
//! The particles are an instance buffer. A mark is six vertices that the shader places, and the
//! images of a periodic box are six more each, so that any number of particles and images is a
//! single draw call. Lines are drawn in the same way, and a field is a texture of its numbers.

use super::layout::{COPIES, Layout};
use super::picture::Picture;
use super::pipelines::{Pipelines, light_format};

/// Format of the pictures: sRGB codes, which are mixed as they are.
pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Pipelines and buffers of one device.
pub struct DevicePainter {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pipelines: Pipelines,
    uniform: wgpu::Buffer,
    field: Sampled,
    gathered: Option<Sampled>,
    particles: Instances,
    links: Instances,
    uploaded: Option<(u64, usize)>,
}

/// A texture that a shader reads, and the group in which it is bound.
struct Sampled {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    group: wgpu::BindGroup,
}

/// A buffer that grows with what is drawn from it.
struct Instances {
    buffer: wgpu::Buffer,
    count: u32,
}

impl DevicePainter {
    /// Builds the pipelines.
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        let pipelines = Pipelines::new(device);
        let uniform = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("sheet"),
            size: size_of::<Layout>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            field: field_texture(device, &pipelines, &uniform, [1, 1]),
            gathered: None,
            particles: Instances::new(device, 4),
            links: Instances::new(device, 4),
            uploaded: None,
            device: device.clone(),
            queue: queue.clone(),
            pipelines,
            uniform,
        }
    }

    /// Records the drawing of a picture into a texture view of [`FORMAT`] and of the layout's size.
    pub fn paint(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        picture: &Picture,
        layout: &Layout,
    ) {
        self.upload(picture);
        self.queue
            .write_buffer(&self.uniform, 0, bytemuck::bytes_of(layout));
        if layout.is_light() {
            self.fit_gathered(layout.size.map(|side| side as u32));
        }
        let vertices = 0..6 * layout.copies.min(COPIES as u32);
        let gathered = self.gathered.as_ref().filter(|_| layout.is_light());
        if let Some(gathered) = gathered {
            let mut pass = begin(encoder, &gathered.view, wgpu::Color::TRANSPARENT);
            pass.set_pipeline(&self.pipelines.light);
            pass.set_bind_group(0, &self.field.group, &[]);
            self.particles.draw(&mut pass, vertices.clone());
        }
        let [red, green, blue, _] = layout.background.map(f64::from);
        let background = wgpu::Color {
            r: red,
            g: green,
            b: blue,
            a: 1.0,
        };
        let mut pass = begin(encoder, target, background);
        pass.set_bind_group(0, &self.field.group, &[]);
        if let Some(gathered) = gathered {
            pass.set_pipeline(&self.pipelines.resolve);
            pass.set_bind_group(1, &gathered.group, &[]);
            pass.draw(0..3, 0..1);
        } else {
            if layout.field_size[0] > 0 {
                pass.set_pipeline(&self.pipelines.backdrop);
                pass.draw(0..3, 0..1);
            }
            pass.set_pipeline(&self.pipelines.solid);
            self.particles.draw(&mut pass, vertices.clone());
        }
        if layout.links[3] > 0.0 {
            pass.set_pipeline(&self.pipelines.link);
            self.links.draw(&mut pass, vertices);
        }
        if layout.outline[3] > 0.0 {
            pass.set_pipeline(&self.pipelines.outline);
            pass.draw(0..24, 0..1);
        }
    }

    /// Sends what is in the picture, unless it is there already.
    fn upload(&mut self, picture: &Picture) {
        if self.uploaded == Some(picture.identity()) {
            return;
        }
        let (device, queue) = (&self.device, &self.queue);
        self.particles.fill(device, queue, picture.particles());
        let links: Vec<[[f32; 2]; 2]> = picture.links().copied().collect();
        self.links.fill(device, queue, &links);
        if let Some(grid) = picture.field() {
            let size = [grid.columns as u32, grid.rows as u32];
            if self.field.size() != size {
                self.field = field_texture(device, &self.pipelines, &self.uniform, size);
            }
            let rows = wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(4 * size[0]),
                rows_per_image: None,
            };
            let values = bytemuck::cast_slice(&grid.values);
            let texture = self.field.texture.as_image_copy();
            queue.write_texture(texture, values, rows, extent(size));
        }
        self.uploaded = Some(picture.identity());
    }

    fn fit_gathered(&mut self, size: [u32; 2]) {
        if self.gathered.as_ref().is_some_and(|g| g.size() == size) {
            return;
        }
        let usage = wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING;
        let format = light_format(&self.device);
        let (texture, view) = texture(&self.device, size, format, usage);
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("gathered light"),
            layout: &self.pipelines.gathered,
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(&view),
            }],
        });
        self.gathered = Some(Sampled {
            texture,
            view,
            group,
        });
    }
}

impl Sampled {
    fn size(&self) -> [u32; 2] {
        [self.texture.width(), self.texture.height()]
    }
}

impl Instances {
    fn new(device: &wgpu::Device, bytes: u64) -> Self {
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("instances"),
            size: bytes,
            usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self { buffer, count: 0 }
    }

    /// Sends instances; what exceeds the device's largest buffer is left out.
    fn fill<T: bytemuck::NoUninit>(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        instances: &[T],
    ) {
        let most = device.limits().max_buffer_size / size_of::<T>() as u64;
        let most = most.min(u64::from(u32::MAX)) as usize;
        let instances = &instances[..instances.len().min(most)];
        let bytes: &[u8] = bytemuck::cast_slice(instances);
        if self.buffer.size() < bytes.len() as u64 {
            *self = Self::new(device, bytes.len() as u64);
        }
        queue.write_buffer(&self.buffer, 0, bytes);
        self.count = instances.len() as u32;
    }

    fn draw(&self, pass: &mut wgpu::RenderPass, vertices: std::ops::Range<u32>) {
        if self.count > 0 {
            pass.set_vertex_buffer(0, self.buffer.slice(..));
            pass.draw(vertices, 0..self.count);
        }
    }
}

/// The size of a plain picture in the device's terms.
pub fn extent([width, height]: [u32; 2]) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    }
}

fn texture(
    device: &wgpu::Device,
    size: [u32; 2],
    format: wgpu::TextureFormat,
    usage: wgpu::TextureUsages,
) -> (wgpu::Texture, wgpu::TextureView) {
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("picture"),
        size: extent(size),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage,
        view_formats: &[],
    });
    let view = texture.create_view(&Default::default());
    (texture, view)
}

/// A texture for the numbers of a field, bound together with the uniform block.
fn field_texture(
    device: &wgpu::Device,
    pipelines: &Pipelines,
    uniform: &wgpu::Buffer,
    size: [u32; 2],
) -> Sampled {
    let usage = wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST;
    let (texture, view) = texture(device, size, wgpu::TextureFormat::R32Float, usage);
    let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("sheet"),
        layout: &pipelines.sheet,
        entries: &[
            wgpu::BindGroupEntry {
                binding: 0,
                resource: uniform.as_entire_binding(),
            },
            wgpu::BindGroupEntry {
                binding: 1,
                resource: wgpu::BindingResource::TextureView(&view),
            },
        ],
    });
    Sampled {
        texture,
        view,
        group,
    }
}

fn begin<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
    clear: wgpu::Color,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("picture"),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(clear),
                store: wgpu::StoreOp::Store,
            },
        })],
        depth_stencil_attachment: None,
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    })
}
