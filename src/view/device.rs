//! The painter that uses the graphics device: one upload, one draw; no upload where the particles
//! are on the device already, because it computes them.
//!
//! The particles are an instance buffer. A mark is six vertices that the shader places, and the
//! images of a periodic box are six more each, so that any number of particles and images is a
//! single draw call. Strokes are drawn in the same way, and a field is a texture of its numbers.
//! Many small discs are painted by compute shaders instead: see [`splat`](super::splat).

use super::bloom::block;
use super::layout::{COPIES, Layout};
use super::picture::Picture;
use super::pipelines::{BLOOM_FORMAT, Pipelines, light_format};
use super::sampled::{Sampled, extent};
use super::splat::{self, Discs, Splat};
use super::strokes::Strokes;
use crate::sim::marks;
use std::sync::Arc;

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
    /// Two textures of blocks, between which bloom goes to and fro.
    bloom: Option<[Sampled; 2]>,
    particles: Instances,
    /// Particles that were left on the device, and are drawn in place of those. Held until the next
    /// picture comes, so that nobody writes to them.
    lent: Option<(Arc<dyn marks::Instances>, wgpu::Buffer)>,
    strokes: Instances,
    uploaded: Option<(u64, usize)>,
    uploaded_strokes: u64,
    /// What paints small discs, where the device computes.
    splat: Option<Splat>,
    discs: Discs,
    /// True when it has painted the newest picture.
    splats: bool,
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
            field: Sampled::field(device, &pipelines.sheet, &uniform, [1, 1]),
            gathered: None,
            bloom: None,
            particles: Instances::new(device, 64),
            lent: None,
            strokes: Instances::new(device, 64),
            uploaded: None,
            uploaded_strokes: 0,
            splat: Splat::new(device),
            discs: Discs::default(),
            splats: false,
            device: device.clone(),
            queue: queue.clone(),
            pipelines,
            uniform,
        }
    }

    /// Decides who paints small discs.
    pub fn set_discs(&mut self, discs: Discs) {
        self.discs = discs;
    }

    /// True when compute shaders have painted the newest picture.
    pub fn splats(&self) -> bool {
        self.splats
    }

    /// Records the drawing of a picture into a texture view of [`FORMAT`] and of the layout's size,
    /// which bloom reads, too.
    pub fn paint(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        picture: &Picture,
        strokes: &Strokes,
        layout: &Layout,
    ) {
        self.upload(picture);
        if self.uploaded_strokes != strokes.version {
            self.strokes.fill(&self.device, &self.queue, &strokes.list);
            self.uploaded_strokes = strokes.version;
        }
        self.queue
            .write_buffer(&self.uniform, 0, bytemuck::bytes_of(layout));
        if layout.is_light() {
            let size = layout.size.map(|side| side as u32);
            let (device, shape) = (&self.device, &self.pipelines.gathered);
            Sampled::fit(
                &mut self.gathered,
                device,
                shape,
                light_format(device),
                size,
            );
        }
        let vertices = 0..6 * layout.copies.min(COPIES as u32);
        self.splats = self.try_splat(encoder, target.texture(), layout);
        let splat = self.splat.as_ref().filter(|_| self.splats);
        let gathered = self.gathered.as_ref().filter(|_| layout.is_light());
        if let Some(gathered) = gathered {
            let clear = wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT);
            let keep = wgpu::LoadOp::Load;
            let load = if splat.is_some() { keep } else { clear };
            let mut pass = begin(encoder, &gathered.view, load);
            pass.set_bind_group(0, &self.field.group, &[]);
            if splat.is_some() {
                pass.set_pipeline(&self.pipelines.wipe);
                cover(&mut pass, splat);
            }
            pass.set_pipeline(&self.pipelines.light);
            self.draw_particles(&mut pass, vertices.clone(), splat);
        }
        let [red, green, blue, _] = layout.background.map(f64::from);
        let background = wgpu::Color {
            r: red,
            g: green,
            b: blue,
            a: 1.0,
        };
        let clear = wgpu::LoadOp::Clear(background);
        let keep = wgpu::LoadOp::Load;
        let mut pass = begin(encoder, target, if splat.is_some() { keep } else { clear });
        pass.set_bind_group(0, &self.field.group, &[]);
        if let Some(gathered) = gathered {
            pass.set_pipeline(&self.pipelines.resolve);
            pass.set_bind_group(1, &gathered.group, &[]);
            cover(&mut pass, splat);
        } else {
            if layout.field_size[0] > 0 && splat.is_none() {
                pass.set_pipeline(&self.pipelines.backdrop);
                pass.draw(0..3, 0..1);
            }
            pass.set_pipeline(&self.pipelines.solid);
            self.draw_particles(&mut pass, vertices.clone(), splat);
        }
        if layout.outline[3] > 0.0 {
            pass.set_pipeline(&self.pipelines.outline);
            pass.draw(0..24, 0..1);
        }
        pass.set_pipeline(&self.pipelines.stroke);
        self.strokes.draw(&mut pass, vertices);
        drop(pass);
        if layout.bloom > 0.0 {
            self.spread_light(encoder, target, layout);
        }
    }

    /// Lets light spread from bright places of what was painted.
    fn spread_light(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        layout: &Layout,
    ) {
        let block = block(layout.size.map(|side| side as usize)) as u32;
        let blocks = layout.size.map(|side| (side as u32).div_ceil(block));
        let (device, shape) = (&self.device, &self.pipelines.gathered);
        if self
            .bloom
            .as_ref()
            .is_none_or(|[first, _]| first.size() != blocks)
        {
            let new = || Sampled::readable(device, shape, BLOOM_FORMAT, blocks);
            self.bloom = Some([new(), new()]);
        }
        let Some([first, second]) = &self.bloom else {
            return;
        };
        let painted = Sampled::group(device, shape, target);
        let clear = wgpu::LoadOp::Clear(wgpu::Color::BLACK);
        let pipelines = &self.pipelines;
        for (pipeline, from, to, load) in [
            (&pipelines.bright, &painted, &first.view, clear),
            (&pipelines.blur_across, &first.group, &second.view, clear),
            (&pipelines.blur_down, &second.group, &first.view, clear),
            (&pipelines.spread, &first.group, target, wgpu::LoadOp::Load),
        ] {
            let mut pass = begin(encoder, to, load);
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &self.field.group, &[]);
            pass.set_bind_group(1, from, &[]);
            pass.draw(0..3, 0..1);
        }
    }

    /// Lets compute shaders paint the particles and what lies under them, where that is faster. Then
    /// draws of instances find out on the device whether they are needed all the same.
    fn try_splat(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::Texture,
        layout: &Layout,
    ) -> bool {
        let (count, particles) = self.instances();
        let (count, particles) = (count as usize, particles.clone());
        let wanted = match self.discs {
            Discs::Fastest => Splat::suits(layout, count),
            Discs::Instances => false,
            Discs::Splat => Splat::can_paint(layout),
        };
        let source = splat::Source {
            sheet: &self.uniform,
            field: &self.field.view,
            particles: &particles,
            count,
        };
        let splat = self.splat.as_mut().filter(|_| wanted);
        splat.is_some_and(|splat| splat.paint(encoder, &self.queue, &source, layout, target))
    }

    /// The particles: how many, and where they are.
    fn instances(&self) -> (u32, &wgpu::Buffer) {
        match &self.lent {
            Some((instances, buffer)) => (instances.count() as u32, buffer),
            None => (self.particles.count, &self.particles.buffer),
        }
    }

    fn draw_particles(
        &self,
        pass: &mut wgpu::RenderPass,
        vertices: std::ops::Range<u32>,
        splat: Option<&Splat>,
    ) {
        let (count, buffer) = self.instances();
        if count == 0 {
            return;
        }
        pass.set_vertex_buffer(0, buffer.slice(..));
        match splat {
            Some(splat) => pass.draw_indirect(splat.draws(), splat::PARTICLES),
            None => pass.draw(vertices, 0..count),
        }
    }

    /// Sends what is in the picture, unless it is there already.
    fn upload(&mut self, picture: &Picture) {
        if self.uploaded == Some(picture.identity()) {
            return;
        }
        let (device, queue) = (&self.device, &self.queue);
        self.lent = lent(device, picture);
        if self.lent.is_none() {
            self.particles.fill(device, queue, picture.particles());
        }
        if let Some(grid) = picture.field().map(|field| field.grid) {
            let size = [grid.columns as u32, grid.rows as u32];
            if self.field.size() != size {
                self.field = Sampled::field(device, &self.pipelines.sheet, &self.uniform, size);
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
}

/// The particles of a picture that was left on the device, if it is this device.
fn lent(
    device: &wgpu::Device,
    picture: &Picture,
) -> Option<(Arc<dyn marks::Instances>, wgpu::Buffer)> {
    let instances = &picture.0.marks.as_ref()?.instances;
    let there = instances.device().downcast_ref::<wgpu::Device>()?;
    let buffer = instances.buffer().downcast_ref::<wgpu::Buffer>()?;
    (there == device).then(|| (instances.clone(), buffer.clone()))
}

impl Instances {
    fn new(device: &wgpu::Device, bytes: u64) -> Self {
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("instances"),
            size: bytes,
            usage: wgpu::BufferUsages::VERTEX
                | wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_DST,
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

/// Draws one triangle over the picture, if it is needed.
fn cover(pass: &mut wgpu::RenderPass, splat: Option<&Splat>) {
    match splat {
        Some(splat) => pass.draw_indirect(splat.draws(), splat::COVER),
        None => pass.draw(0..3, 0..1),
    }
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
