//! Pictures without a window: films, thumbnails and tests.
//!
//! A [`Studio`] turns a picture and a style into pixels in one call, so a frame of a film shows
//! exactly the snapshot that was asked for; there is no queue of frames to be in step with. It
//! works on its own device, on a device that is shared with a window, or on the processor alone,
//! where neither driver nor display is needed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bevy::tasks::block_on;
use thiserror::Error;

use super::layout::drawable;
use super::painter::Painter;
use super::picture::{Picture, PictureStyle};
use super::sampled::extent;
use super::splat::Discs;

/// How long another thread that polls a shared device may take to say what it has seen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum StudioError {
    /// No driver offers an adapter.
    #[error("no graphics adapter was found ({0}); install a Vulkan driver")]
    NoAdapter(String),
    /// The adapter refused, failed or ran out of memory.
    #[error("the graphics device failed: {0}")]
    Device(String),
}

/// A painted picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// The revision of the picture that is shown.
    pub revision: u64,
    /// Rows of sRGB RGBA bytes from the top, without padding.
    pub pixels: Vec<u8>,
}

impl Frame {
    /// The colour of a pixel, counted from the upper left, or none outside the picture.
    pub fn pixel(&self, column: u32, row: u32) -> Option<[u8; 4]> {
        let inside = column < self.size[0] && row < self.size[1];
        let at = 4 * (row as usize * self.size[0] as usize + column as usize);
        inside
            .then(|| self.pixels.get(at..at + 4)?.try_into().ok())
            .flatten()
    }
}

/// Paints pictures off screen.
pub struct Studio {
    painter: Painter,
    darkroom: Option<Darkroom>,
}

/// What is needed to get pixels back from a device.
struct Darkroom {
    device: wgpu::Device,
    queue: wgpu::Queue,
    sheet: Option<Sheet>,
    /// The first error that the device reported out of turn; only watched on our own device.
    fault: Arc<Mutex<Option<String>>>,
}

struct Sheet {
    size: [u32; 2],
    texture: wgpu::Texture,
    buffer: wgpu::Buffer,
}

impl Studio {
    /// A studio on the best that the machine has: a graphics device, else the processor.
    pub fn new() -> Self {
        match find_adapter() {
            Ok(adapter) if adapter.get_info().device_type != wgpu::DeviceType::Cpu => {
                Self::open(&adapter).unwrap_or_else(|_| Self::on_processor())
            }
            _ => Self::on_processor(),
        }
    }

    /// A studio that needs no device.
    pub fn on_processor() -> Self {
        Self {
            painter: Painter::on_processor(None),
            darkroom: None,
        }
    }

    /// A studio on an adapter, be it a software one.
    pub fn on_device() -> Result<Self, StudioError> {
        Self::open(&find_adapter()?)
    }

    /// A studio on a device that somebody else owns, whose errors they handle.
    pub fn sharing(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        Self::with(device.clone(), queue.clone(), Arc::default())
    }

    fn open(adapter: &wgpu::Adapter) -> Result<Self, StudioError> {
        let request = adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("studio"),
            required_limits: adapter.limits(),
            required_features: adapter.features() & wgpu::Features::FLOAT32_BLENDABLE,
            ..Default::default()
        });
        let (device, queue) =
            block_on(request).map_err(|error| StudioError::Device(error.to_string()))?;
        let fault: Arc<Mutex<Option<String>>> = Arc::default();
        let keep = fault.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            let mut fault = keep.lock().unwrap_or_else(PoisonError::into_inner);
            fault.get_or_insert_with(|| error.to_string());
        }));
        Ok(Self::with(device, queue, fault))
    }

    fn with(device: wgpu::Device, queue: wgpu::Queue, fault: Arc<Mutex<Option<String>>>) -> Self {
        let painter = Painter::on_device(&device, &queue);
        Self {
            painter,
            darkroom: Some(Darkroom {
                device,
                queue,
                sheet: None,
                fault,
            }),
        }
    }

    /// Decides who paints small discs on a device: for tests, and for whoever wants to know how long
    /// either takes.
    #[doc(hidden)]
    pub fn painting(mut self, discs: Discs) -> Self {
        self.painter.set_discs(discs);
        self
    }

    /// True when compute shaders have painted the discs of the newest picture.
    #[doc(hidden)]
    pub fn splats(&self) -> bool {
        self.painter.splats()
    }

    /// Paints a picture and returns its pixels. A size of zero counts as one.
    pub fn shoot(
        &mut self,
        picture: &Picture,
        style: &PictureStyle,
        size: [u32; 2],
    ) -> Result<Frame, StudioError> {
        let mut frame = Frame {
            size: drawable(size),
            revision: picture.0.revision,
            pixels: Vec::new(),
        };
        match &mut self.darkroom {
            None => {
                self.painter
                    .paint_pixels(&mut frame.pixels, frame.size, picture, style);
            }
            Some(darkroom) => {
                darkroom.develop(&mut self.painter, picture, style, &mut frame)?;
            }
        }
        Ok(frame)
    }
}

impl Default for Studio {
    fn default() -> Self {
        Self::new()
    }
}

impl Darkroom {
    fn develop(
        &mut self,
        painter: &mut Painter,
        picture: &Picture,
        style: &PictureStyle,
        frame: &mut Frame,
    ) -> Result<(), StudioError> {
        let largest = self.device.limits().max_texture_dimension_2d;
        frame.size = frame.size.map(|side| side.min(largest));
        let [width, height] = frame.size;
        let stride = (4 * width).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        if self
            .sheet
            .as_ref()
            .is_none_or(|sheet| sheet.size != frame.size)
        {
            self.sheet = Some(Sheet::new(&self.device, frame.size, stride));
        }
        let Some(sheet) = &self.sheet else {
            return Err(self.fault());
        };
        let mut encoder = self.device.create_command_encoder(&Default::default());
        painter.paint(&mut encoder, &sheet.texture, picture, style);
        encoder.copy_texture_to_buffer(
            sheet.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &sheet.buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(stride),
                    rows_per_image: None,
                },
            },
            extent(frame.size),
        );
        self.queue.submit([encoder.finish()]);
        let (done, outcome) = std::sync::mpsc::channel();
        let slice = sheet.buffer.slice(..);
        slice.map_async(wgpu::MapMode::Read, move |result| {
            // The receiver outlives the wait below, and nobody waits after it.
            let _ = done.send(result);
        });
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .map_err(|error| StudioError::Device(error.to_string()))?;
        // On a device that somebody shares, whoever polls at the same time may be about to say it.
        if !matches!(outcome.recv_timeout(PATIENCE), Ok(Ok(()))) {
            return Err(self.fault());
        }
        frame
            .pixels
            .reserve_exact(4 * width as usize * height as usize);
        for row in slice.get_mapped_range().chunks_exact(stride as usize) {
            frame.pixels.extend_from_slice(&row[..4 * width as usize]);
        }
        sheet.buffer.unmap();
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.is_some() {
            drop(fault);
            return Err(self.fault());
        }
        Ok(())
    }

    fn fault(&self) -> StudioError {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        StudioError::Device(fault.take().unwrap_or_else(|| "it did not answer".into()))
    }
}

impl Sheet {
    fn new(device: &wgpu::Device, size: [u32; 2], stride: u32) -> Self {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("studio"),
            size: extent(size),
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: super::FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT
                | wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_SRC
                | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("studio"),
            size: u64::from(stride) * u64::from(size[1]),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            size,
            texture,
            buffer,
        }
    }
}

/// What is known about an adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterInfo {
    /// The adapter's name.
    pub name: String,
    /// The driver and its version.
    pub driver: String,
    /// True when the "device" is the processor: pictures on it are slow.
    pub software: bool,
}

/// Looks for an adapter, so that a program can refuse politely before a renderer insists on one.
pub fn probe_adapter() -> Result<AdapterInfo, String> {
    let info = find_adapter()
        .map_err(|error| error.to_string())?
        .get_info();
    Ok(AdapterInfo {
        software: info.device_type == wgpu::DeviceType::Cpu,
        driver: format!("{} {} ({})", info.driver, info.driver_info, info.backend),
        name: info.name,
    })
}

/// Native drivers first: looking for OpenGL makes some systems complain on standard error.
fn find_adapter() -> Result<wgpu::Adapter, StudioError> {
    let wanted = wgpu::Backends::from_env();
    let first = wanted.unwrap_or(wgpu::Backends::PRIMARY);
    request_adapter(first).or_else(|error| match wanted {
        None => request_adapter(wgpu::Backends::all()),
        Some(_) => Err(error),
    })
}

fn request_adapter(backends: wgpu::Backends) -> Result<wgpu::Adapter, StudioError> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let request = instance.request_adapter(&wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..Default::default()
    });
    block_on(request).map_err(|error| StudioError::NoAdapter(error.to_string()))
}
