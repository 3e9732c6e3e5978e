//! Pictures that stay on the device: the particles as the instances that a window draws.

use std::any::Any;
use std::sync::Arc;

use bytemuck::{Pod, Zeroable};

use super::buffers::Buffers;
use super::device::{Device, GpuError};
use super::program;
use crate::model::twin::{Hue, Twin};
use crate::sim::marks::{Instances, Look};

const SOURCE: &str = include_str!("../../shaders/marks.wgsl");

/// Bytes of an instance.
pub const MARK: u64 = 20;
/// One picture is drawn, one waits to be drawn, one has just been made, and one is being made.
pub const MOST_PICTURES: u64 = 4;

/// Bindings of the run that the shader reads, and of the look and the instances.
const READS: [u32; 6] = [0, 2, 4, 5, 6, 7];
const LOOK: u32 = 15;
const PARTICLES: u32 = 16;

/// `Look` of the shader, field by field.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
struct Block {
    hue: u32,
    pointed: u32,
    low: f32,
    factor: f32,
    radius: f32,
    padding: [u32; 3],
}

impl Block {
    fn new(look: &Look) -> Self {
        Self {
            hue: match look.hue {
                None => 0,
                Some(Hue::Angle) => 1,
                Some(Hue::Sign) => 2,
                Some(Hue::Tag) => 3,
                Some(Hue::Diameter) => 4,
                Some(Hue::Force) => 5,
            },
            pointed: u32::from(look.pointed),
            low: look.low,
            factor: look.factor,
            radius: look.radius,
            padding: [0; 3],
        }
    }
}

/// A buffer of instances, with the device that it is on.
#[derive(Debug)]
struct Shown {
    device: wgpu::Device,
    buffer: wgpu::Buffer,
    count: usize,
}

impl Instances for Shown {
    fn count(&self) -> usize {
        self.count
    }

    fn device(&self) -> &dyn Any {
        &self.device
    }

    fn buffer(&self) -> &dyn Any {
        &self.buffer
    }
}

/// The pictures of one run, and what they are bound with. A picture that nobody holds any more is
/// made anew: whoever has drawn it has submitted that before.
#[derive(Default)]
pub struct Pool(Vec<(Arc<Shown>, wgpu::BindGroup)>);

/// Makes instances.
pub struct Marker {
    pipeline: wgpu::ComputePipeline,
    look: wgpu::Buffer,
}

impl Marker {
    /// Compiles what makes them.
    pub fn new(device: &Device, twin: &Twin) -> Result<Self, GpuError> {
        let text = program::text(device, twin, SOURCE);
        device.guarded(|| {
            let gpu = &device.device;
            let module = gpu.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some("marks"),
                source: wgpu::ShaderSource::Wgsl(text.into()),
            });
            let pipeline = gpu.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some("mark"),
                layout: None,
                module: &module,
                entry_point: Some("mark"),
                compilation_options: Default::default(),
                cache: None,
            });
            let look = gpu.create_buffer(&wgpu::BufferDescriptor {
                label: Some("look"),
                size: size_of::<Block>() as u64,
                usage: wgpu::BufferUsages::UNIFORM
                    | wgpu::BufferUsages::STORAGE
                    | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            });
            Self { pipeline, look }
        })
    }

    /// Submits that the present particles become instances; `None` when there is no room for them,
    /// or when all pictures are being looked at.
    pub fn make(
        &self,
        device: &Device,
        buffers: &Buffers,
        pool: &mut Pool,
        [x, y]: [u32; 2],
        look: &Look,
    ) -> Result<Option<Arc<dyn Instances>>, GpuError> {
        let free = |(shown, _): &(Arc<Shown>, _)| Arc::strong_count(shown) == 1;
        let place = match pool.0.iter().position(free) {
            Some(place) => place,
            None if pool.0.len() as u64 >= MOST_PICTURES => return Ok(None),
            None => {
                let Ok(new) = self.room(device, buffers) else {
                    // The device itself is still there when it answers the next question.
                    return device.fault().map(|()| None);
                };
                pool.0.push(new);
                pool.0.len() - 1
            }
        };
        let (shown, group) = &pool.0[place];
        device.guarded(|| {
            let block = Block::new(look);
            let bytes = bytemuck::bytes_of(&block);
            device.queue.write_buffer(&self.look, 0, bytes);
            let mut encoder = device.device.create_command_encoder(&Default::default());
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, group, &[]);
            pass.dispatch_workgroups(x, y, 1);
            drop(pass);
            device.queue.submit([encoder.finish()]);
        })?;
        Ok(Some(shown.clone()))
    }

    /// Allocates one more picture.
    fn room(
        &self,
        device: &Device,
        buffers: &Buffers,
    ) -> Result<(Arc<Shown>, wgpu::BindGroup), GpuError> {
        let size = MARK * buffers.count() as u64;
        if size > device.most_bytes() {
            return Err(GpuError::TooLarge("the picture".into()));
        }
        let buffer = device.made(|device| {
            device.guarded(|| {
                device.device.create_buffer(&wgpu::BufferDescriptor {
                    label: Some("instances"),
                    size: size.max(MARK),
                    usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::VERTEX,
                    mapped_at_creation: false,
                })
            })
        })?;
        device.guarded(|| {
            let reads = READS.map(|binding| (binding, buffers.bound(binding)));
            let own = [(LOOK, &self.look), (PARTICLES, &buffer)];
            let entries: Vec<_> = reads
                .into_iter()
                .chain(own)
                .map(|(binding, buffer)| wgpu::BindGroupEntry {
                    binding,
                    resource: buffer.as_entire_binding(),
                })
                .collect();
            let group = device.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("mark"),
                layout: &self.pipeline.get_bind_group_layout(0),
                entries: &entries,
            });
            let shown = Shown {
                device: device.device.clone(),
                buffer: buffer.clone(),
                count: buffers.count(),
            };
            (Arc::new(shown), group)
        })
    }
}
