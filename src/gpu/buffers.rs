//! The buffers of a run, and their copies to and fro.

use wgpu::BufferUsages as Usage;

use super::budget::Budget;
use super::device::{Device, GpuError};
use super::frame::{Frame, Status};
use crate::model::twin::LAW_BYTES;

/// What a state consists of, in the order of [`State::parts`].
pub const PARTS: usize = 4;

/// The state of all particles, in the order in which the device has them; images in the order of
/// the processor's slots.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Fixed-point positions.
    pub positions: Vec<[u32; 2]>,
    /// Bits of the law's state, tag, and slot on the side of the processor.
    pub bodies: Vec<[u32; 4]>,
    /// Forces at the beginning of the newest step.
    pub forces: Vec<[f32; 2]>,
    /// Crossings of the box.
    pub images: Vec<[i32; 2]>,
}

impl State {
    fn parts(&self) -> [&[u8]; PARTS] {
        use bytemuck::cast_slice as bytes;
        [
            bytes(&self.positions),
            bytes(&self.bodies),
            bytes(&self.forces),
            bytes(&self.images),
        ]
    }

    fn parts_mut(&mut self, count: usize) -> [&mut [u8]; PARTS] {
        use bytemuck::cast_slice_mut as bytes;
        self.positions.resize(count, [0; 2]);
        self.bodies.resize(count, [0; 4]);
        self.forces.resize(count, [0.0; 2]);
        self.images.resize(count, [0; 2]);
        [
            bytes(&mut self.positions),
            bytes(&mut self.bodies),
            bytes(&mut self.forces),
            bytes(&mut self.images),
        ]
    }
}

/// The buffers of one run.
pub struct Buffers {
    count: usize,
    /// By binding, as in `shaders/particles.wgsl`.
    bound: Vec<wgpu::Buffer>,
    /// The state before the newest burst.
    kept: [wgpu::Buffer; PARTS],
    staging: [wgpu::Buffer; PARTS],
    status: wgpu::Buffer,
    walls: wgpu::Buffer,
}

/// Bindings of a state's parts.
const STATE: [usize; PARTS] = [4, 5, 7, 9];
const STATUS: usize = 2;
const ARGUMENTS: usize = 3;
const DIAMETERS: usize = 6;
/// Behind those of the makers of pictures.
const WALLS: u32 = 17;
/// Bindings 4 to 14 are the first buffers of the budget.
const FIRST: usize = 4;
const BINDINGS: usize = 15;
/// Bytes per particle of a state's parts.
const SIZES: [u64; PARTS] = [8, 16, 8, 8];
/// Parts that have two halves where particles see each other.
const HALVED: [bool; PARTS] = [true, true, false, false];

impl Buffers {
    /// Allocates what the budget says.
    pub fn new(device: &Device, budget: &Budget, count: usize) -> Result<Self, GpuError> {
        device.guarded(|| {
            let new = |label: &str, size: u64, usage: Usage| {
                device.device.create_buffer(&wgpu::BufferDescriptor {
                    label: Some(label),
                    size,
                    usage,
                    mapped_at_creation: false,
                })
            };
            let copies = Usage::COPY_SRC | Usage::COPY_DST;
            let uniform = Usage::UNIFORM | Usage::STORAGE | Usage::COPY_DST;
            let mut bound = vec![
                new("frame", size_of::<Frame>() as u64, uniform),
                new("law", LAW_BYTES as u64, uniform),
                new(
                    "status",
                    size_of::<Status>() as u64,
                    Usage::STORAGE | copies,
                ),
                new(
                    "arguments",
                    24,
                    Usage::STORAGE | Usage::INDIRECT | Usage::COPY_DST,
                ),
            ];
            let listed = budget.buffers.iter().take(BINDINGS - FIRST);
            bound.extend(listed.map(|(name, bytes)| new(name, *bytes, Usage::STORAGE | copies)));
            let like = |label: &str, usage: Usage| {
                SIZES.map(|size| new(label, (size * count as u64).max(16), usage))
            };
            let walls = budget.buffers.iter().find(|(name, _)| *name == "walls");
            let walls = walls.map_or(16, |(_, bytes)| *bytes);
            Self {
                walls: new("walls", walls, Usage::STORAGE | copies),
                count,
                kept: like("kept", copies),
                staging: like("staging", Usage::MAP_READ | Usage::COPY_DST),
                status: new(
                    "status read",
                    size_of::<Status>() as u64,
                    Usage::MAP_READ | Usage::COPY_DST,
                ),
                bound,
            }
        })
    }

    /// The number of particles.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The buffer of a binding.
    pub fn bound(&self, binding: u32) -> &wgpu::Buffer {
        if binding == WALLS {
            &self.walls
        } else {
            &self.bound[binding as usize]
        }
    }

    /// Arguments of the dispatches of a sort.
    pub fn arguments(&self) -> &wgpu::Buffer {
        &self.bound[ARGUMENTS]
    }

    /// Sends all of a run.
    pub fn send(
        &self,
        device: &Device,
        frame: &Frame,
        law: &[u8; LAW_BYTES],
        status: &Status,
        (state, diameters, walls): (&State, &[f32], &[u32]),
    ) {
        let write = |binding: usize, bytes: &[u8]| {
            device.queue.write_buffer(&self.bound[binding], 0, bytes);
        };
        write(0, bytemuck::bytes_of(frame));
        write(1, law);
        write(STATUS, bytemuck::bytes_of(status));
        write(ARGUMENTS, bytemuck::bytes_of(&frame.arguments()));
        for (binding, part) in STATE.into_iter().zip(state.parts()) {
            write(binding, part);
        }
        write(DIAMETERS, bytemuck::cast_slice(diameters));
        device
            .queue
            .write_buffer(&self.walls, 0, bytemuck::cast_slice(walls));
    }

    /// Records that the present state, in a half of the buffers, is copied.
    fn copy(&self, encoder: &mut wgpu::CommandEncoder, half: u64, to: &[wgpu::Buffer; PARTS]) {
        for (part, to) in to.iter().enumerate() {
            let bytes = SIZES[part] * self.count as u64;
            let from = if HALVED[part] { half * bytes } else { 0 };
            encoder.copy_buffer_to_buffer(&self.bound[STATE[part]], from, to, 0, bytes);
        }
    }

    /// Records that the present state is kept.
    pub fn keep(&self, encoder: &mut wgpu::CommandEncoder, half: u64) {
        self.copy(encoder, half, &self.kept);
    }

    /// Records that the status is to be read.
    pub fn ask(&self, encoder: &mut wgpu::CommandEncoder) {
        let (from, bytes) = (&self.bound[STATUS], self.status.size());
        encoder.copy_buffer_to_buffer(from, 0, &self.status, 0, bytes);
    }

    /// Waits for the status that was asked for.
    pub fn answer(&self, device: &Device) -> Result<Status, GpuError> {
        let mut status = Status::before(0);
        device.read_back(&[(&self.status, self.status.size())], |_, bytes| {
            bytemuck::bytes_of_mut(&mut status).copy_from_slice(bytes);
        })?;
        Ok(status)
    }

    /// Reads the present state, which is in a half of the buffers, or the kept one.
    pub fn fetch(
        &self,
        device: &Device,
        half: Option<u64>,
        state: &mut State,
    ) -> Result<(), GpuError> {
        device.guarded(|| {
            let mut encoder = device.device.create_command_encoder(&Default::default());
            match half {
                Some(half) => self.copy(&mut encoder, half, &self.staging),
                None => {
                    for (kept, staging) in self.kept.iter().zip(&self.staging) {
                        encoder.copy_buffer_to_buffer(kept, 0, staging, 0, staging.size());
                    }
                }
            }
            device.queue.submit([encoder.finish()]);
        })?;
        let mut parts = state.parts_mut(self.count);
        let sizes = parts.each_ref().map(|part| part.len() as u64);
        let buffers: Vec<_> = self.staging.iter().zip(sizes).collect();
        device.read_back(&buffers, |part, bytes| parts[part].copy_from_slice(bytes))
    }
}
