//! One face for the two painters: the graphics device, or the processor where there is none.

use super::device::DevicePainter;
use super::layout::{Layout, largest_radius};
use super::picture::{Picture, PictureStyle};
use super::raster::Raster;
use super::sampled::extent;
use super::splat::Discs;
use super::strokes::Strokes;

/// Paints pictures into textures.
pub struct Painter {
    hand: Hand,
    /// Revision, number and largest radius of the particles that were measured last.
    measured: Option<(u64, usize, f32)>,
    strokes: Strokes,
}

enum Hand {
    Device(Box<DevicePainter>),
    Processor {
        raster: Raster,
        pixels: Vec<u8>,
        queue: Option<wgpu::Queue>,
    },
}

/// True where the pictures of an adapter's window are drawn by the adapter. A software adapter is
/// slower than our own rasteriser, which draws in its place. `SEETHE_PAINTER` in the environment,
/// `device` or `processor`, decides otherwise.
pub fn draws_on_device(adapter: &wgpu::AdapterInfo) -> bool {
    match std::env::var("SEETHE_PAINTER").as_deref() {
        Ok("device") => true,
        Ok("processor") => false,
        _ => adapter.device_type != wgpu::DeviceType::Cpu,
    }
}

impl Painter {
    /// A painter that draws on the device itself.
    pub fn on_device(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        Self {
            hand: Hand::Device(Box::new(DevicePainter::new(device, queue))),
            measured: None,
            strokes: Strokes::default(),
        }
    }

    /// A painter that draws on the processor; with a queue it can send the result to textures.
    pub fn on_processor(queue: Option<&wgpu::Queue>) -> Self {
        let queue = queue.cloned();
        let hand = Hand::Processor {
            raster: Raster::default(),
            pixels: Vec::new(),
            queue,
        };
        Self {
            hand,
            measured: None,
            strokes: Strokes::default(),
        }
    }

    /// The better of the two for an adapter: see [`draws_on_device`].
    pub fn for_adapter(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        adapter: &wgpu::AdapterInfo,
    ) -> Self {
        if draws_on_device(adapter) {
            Self::on_device(device, queue)
        } else {
            Self::on_processor(Some(queue))
        }
    }

    /// Decides who paints small discs where the device paints.
    pub fn set_discs(&mut self, discs: Discs) {
        if let Hand::Device(painter) = &mut self.hand {
            painter.set_discs(discs);
        }
    }

    /// True when compute shaders have painted the discs of the newest picture.
    pub fn splats(&self) -> bool {
        matches!(&self.hand, Hand::Device(painter) if painter.splats())
    }

    /// Paints into a texture of [`super::FORMAT`] that can be rendered and copied to. The drawing
    /// is recorded in `encoder`, or sent ahead of it.
    pub fn paint(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        texture: &wgpu::Texture,
        picture: &Picture,
        style: &PictureStyle,
    ) {
        let size = [texture.width(), texture.height()];
        let layout = self.layout(picture, style, size);
        match &mut self.hand {
            Hand::Device(painter) => {
                let view = texture.create_view(&wgpu::TextureViewDescriptor {
                    format: Some(super::FORMAT),
                    ..Default::default()
                });
                painter.paint(encoder, &view, picture, &self.strokes, &layout);
            }
            Hand::Processor {
                raster,
                pixels,
                queue,
            } => {
                raster.paint(picture, &self.strokes.list, &layout, pixels);
                if let Some(queue) = queue {
                    let rows = wgpu::TexelCopyBufferLayout {
                        offset: 0,
                        bytes_per_row: Some(4 * size[0]),
                        rows_per_image: None,
                    };
                    queue.write_texture(texture.as_image_copy(), pixels, rows, extent(size));
                }
            }
        }
    }

    /// Paints into `pixels` without a texture, if this painter works on the processor.
    pub fn paint_pixels(
        &mut self,
        pixels: &mut Vec<u8>,
        size: [u32; 2],
        picture: &Picture,
        style: &PictureStyle,
    ) -> bool {
        let layout = self.layout(picture, style, size);
        match &mut self.hand {
            Hand::Device(_) => false,
            Hand::Processor { raster, .. } => {
                raster.paint(picture, &self.strokes.list, &layout, pixels);
                true
            }
        }
    }

    fn layout(&mut self, picture: &Picture, style: &PictureStyle, size: [u32; 2]) -> Layout {
        let now = picture.identity();
        let radius = match self.measured {
            Some((revision, count, radius)) if (revision, count) == now => radius,
            _ => largest_radius(picture),
        };
        self.measured = Some((now.0, now.1, radius));
        self.strokes.update(picture, style);
        Layout::new(picture, style, size, [radius, self.strokes.overhang])
    }
}
