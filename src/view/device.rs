//! The painter that uses the graphics device: one upload, one draw.
//!
//! The particles are an instance buffer. A mark is six vertices that the shader places, and the
//! images of a periodic box are six more each, so that any picture is a single draw call.

use super::layout::{COPIES, Layout};
use super::picture::{Particle, Picture};

/// Format of the pictures: sRGB codes, which are mixed as they are.
pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Format in which light is gathered. Half floats lose up to a thousandth with every particle in a
/// pixel, which shifts colours a little where hundreds add up; so single precision is preferred.
fn light_format(device: &wgpu::Device) -> wgpu::TextureFormat {
    if device.features().contains(wgpu::Features::FLOAT32_BLENDABLE) {
        wgpu::TextureFormat::Rgba32Float
    } else {
        wgpu::TextureFormat::Rgba16Float
    }
}

/// Pipelines and buffers of one device.
pub struct DevicePainter {
    device: wgpu::Device,
    queue: wgpu::Queue,
    solid: wgpu::RenderPipeline,
    light: wgpu::RenderPipeline,
    resolve: wgpu::RenderPipeline,
    outline: wgpu::RenderPipeline,
    uniform: wgpu::Buffer,
    uniform_group: wgpu::BindGroup,
    gathered_layout: wgpu::BindGroupLayout,
    gathered: Option<Gathered>,
    particles: wgpu::Buffer,
    uploaded: Option<(u64, usize)>,
}

/// The texture in which light adds up, as large as the picture.
struct Gathered {
    size: [u32; 2],
    view: wgpu::TextureView,
    group: wgpu::BindGroup,
}

impl DevicePainter {
    /// Builds the pipelines.
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("picture"),
            source: wgpu::ShaderSource::Wgsl(include_str!("../../shaders/picture.wgsl").into()),
        });
        let uniform_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("picture layout"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            }],
        });
        let gathered_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("gathered light"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::FRAGMENT,
                ty: wgpu::BindingType::Texture {
                    sample_type: wgpu::TextureSampleType::Float { filterable: false },
                    view_dimension: wgpu::TextureViewDimension::D2,
                    multisampled: false,
                },
                count: None,
            }],
        });
        let uniform = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture layout"),
            size: size_of::<Layout>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let uniform_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("picture layout"),
            layout: &uniform_layout,
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: uniform.as_entire_binding(),
            }],
        });
        let pipeline = |name: &str, particles: bool, reads: bool, format, blend| {
            let groups: &[Option<&wgpu::BindGroupLayout>] = if reads {
                &[Some(&uniform_layout), Some(&gathered_layout)]
            } else {
                &[Some(&uniform_layout)]
            };
            let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some(name),
                bind_group_layouts: groups,
                immediate_size: 0,
            });
            let instances = wgpu::VertexBufferLayout {
                array_stride: size_of::<Particle>() as u64,
                step_mode: wgpu::VertexStepMode::Instance,
                attributes: &wgpu::vertex_attr_array![
                    0 => Float32x2, 1 => Float32x2, 2 => Snorm16x2
                ],
            };
            device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some(name),
                layout: Some(&layout),
                vertex: wgpu::VertexState {
                    module: &module,
                    entry_point: Some(&format!("{name}_vertex")),
                    compilation_options: Default::default(),
                    buffers: if particles {
                        std::slice::from_ref(&instances)
                    } else {
                        &[]
                    },
                },
                primitive: Default::default(),
                depth_stencil: None,
                multisample: Default::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &module,
                    entry_point: Some(&format!("{name}_fragment")),
                    compilation_options: Default::default(),
                    targets: &[Some(wgpu::ColorTargetState {
                        format,
                        blend,
                        write_mask: wgpu::ColorWrites::ALL,
                    })],
                }),
                multiview_mask: None,
                cache: None,
            })
        };
        let over = Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
        let add = wgpu::BlendComponent {
            src_factor: wgpu::BlendFactor::One,
            dst_factor: wgpu::BlendFactor::One,
            operation: wgpu::BlendOperation::Add,
        };
        let add = Some(wgpu::BlendState {
            color: add,
            alpha: add,
        });
        Self {
            solid: pipeline("solid", true, false, FORMAT, over),
            light: pipeline("light", true, false, light_format(device), add),
            resolve: pipeline("resolve", false, true, FORMAT, None),
            outline: pipeline("outline", false, false, FORMAT, over),
            uniform,
            uniform_group,
            gathered_layout,
            gathered: None,
            particles: instance_buffer(device, 1),
            uploaded: None,
            device: device.clone(),
            queue: queue.clone(),
        }
    }

    /// How many particles the device's largest buffer holds; the rest is not drawn.
    pub fn capacity(&self) -> usize {
        (self.device.limits().max_buffer_size / size_of::<Particle>() as u64) as usize
    }

    /// Records the drawing of a picture into a texture view of [`FORMAT`] and of the layout's size.
    pub fn paint(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        picture: &Picture,
        layout: &Layout,
    ) {
        let count = self.upload(picture);
        self.queue
            .write_buffer(&self.uniform, 0, bytemuck::bytes_of(layout));
        let vertices = 0..6 * layout.copies.min(COPIES as u32);
        let [red, green, blue, _] = layout.background.map(f64::from);
        let background = wgpu::LoadOp::Clear(wgpu::Color {
            r: red,
            g: green,
            b: blue,
            a: 1.0,
        });
        if layout.is_light() {
            self.fit_gathered(layout.size.map(|side| side as u32));
        }
        let gathered = self.gathered.as_ref().filter(|_| layout.is_light());
        if let Some(gathered) = gathered {
            let clear = wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT);
            let mut pass = begin(encoder, &gathered.view, clear);
            pass.set_pipeline(&self.light);
            pass.set_bind_group(0, &self.uniform_group, &[]);
            pass.set_vertex_buffer(0, self.particles.slice(..));
            pass.draw(vertices.clone(), 0..count);
        }
        let mut pass = begin(encoder, target, background);
        pass.set_bind_group(0, &self.uniform_group, &[]);
        if let Some(gathered) = gathered {
            pass.set_pipeline(&self.resolve);
            pass.set_bind_group(1, &gathered.group, &[]);
            pass.draw(0..3, 0..1);
        } else {
            pass.set_pipeline(&self.solid);
            pass.set_vertex_buffer(0, self.particles.slice(..));
            pass.draw(vertices, 0..count);
        }
        if layout.outline[3] > 0.0 {
            pass.set_pipeline(&self.outline);
            pass.draw(0..24, 0..1);
        }
    }

    /// Sends the particles unless this revision is there already; returns how many there are.
    fn upload(&mut self, picture: &Picture) -> u32 {
        let count = picture
            .particles
            .len()
            .min(self.capacity())
            .min(u32::MAX as usize);
        if self.uploaded == Some((picture.revision, count)) {
            return count as u32;
        }
        let bytes = bytemuck::cast_slice(&picture.particles[..count]);
        if self.particles.size() < bytes.len() as u64 {
            self.particles = instance_buffer(&self.device, count);
        }
        self.queue.write_buffer(&self.particles, 0, bytes);
        self.uploaded = Some((picture.revision, count));
        count as u32
    }

    fn fit_gathered(&mut self, size: [u32; 2]) {
        if self
            .gathered
            .as_ref()
            .is_some_and(|gathered| gathered.size == size)
        {
            return;
        }
        let texture = self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("gathered light"),
            size: extent(size),
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: light_format(&self.device),
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        });
        let view = texture.create_view(&Default::default());
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("gathered light"),
            layout: &self.gathered_layout,
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(&view),
            }],
        });
        self.gathered = Some(Gathered { size, view, group });
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

fn instance_buffer(device: &wgpu::Device, count: usize) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("particles"),
        size: (count * size_of::<Particle>()) as u64,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

fn begin<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
    load: wgpu::LoadOp<wgpu::Color>,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("picture"),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load,
                store: wgpu::StoreOp::Store,
            },
        })],
        depth_stencil_attachment: None,
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    })
}
