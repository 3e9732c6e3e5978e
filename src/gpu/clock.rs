//! How long bursts take by the clock of the device, and what the phases of a step cost. Phases are
//! told apart only while somebody looks, since a burst then has a pass for each phase of each step.

use super::device::{Device, GpuError};
use crate::sim::engine::{BURST, Cost};

/// Phases of a step that are told apart, each of one or two dispatches: particles are counted by cell,
/// and brought into the order of cells, when that is due.
pub const PHASES: [&str; 4] = ["count", "sort", "forces", "integrate"];

/// Two moments for each phase of each step of a burst.
const MOMENTS: u32 = 2 * PHASES.len() as u32 * BURST as u32;

/// Earlier bursts count the less, the longer they are ago: some hundred steps make the mean, among
/// them several that sort.
const MEMORY: f64 = 31.0 / 32.0;

/// The clock of a device that has one.
pub struct Clock {
    moments: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    staging: wgpu::Buffer,
    /// Seconds of a tick.
    tick: f64,
    /// Bursts that are still to be measured.
    left: u32,
    /// Seconds in each phase, and steps, weighted.
    spent: [f64; PHASES.len()],
    steps: f64,
    /// Seconds of the newest burst.
    busy: f64,
}

impl Clock {
    /// The feature that a device must have been opened with.
    pub const FEATURE: wgpu::Features = wgpu::Features::TIMESTAMP_QUERY;

    /// The clock of a device; `None` when it has none.
    pub fn new(device: &Device) -> Result<Option<Self>, GpuError> {
        if !device.device.features().contains(Self::FEATURE) {
            return Ok(None);
        }
        let size = 8 * u64::from(MOMENTS);
        let made = device.guarded(|| {
            let new = |label, usage| {
                device.device.create_buffer(&wgpu::BufferDescriptor {
                    label: Some(label),
                    size,
                    usage,
                    mapped_at_creation: false,
                })
            };
            use wgpu::BufferUsages as Usage;
            Self {
                moments: device.device.create_query_set(&wgpu::QuerySetDescriptor {
                    label: Some("moments"),
                    ty: wgpu::QueryType::Timestamp,
                    count: MOMENTS,
                }),
                resolved: new("moments", Usage::QUERY_RESOLVE | Usage::COPY_SRC),
                staging: new("moments read", Usage::MAP_READ | Usage::COPY_DST),
                tick: f64::from(device.queue.get_timestamp_period()) * 1e-9,
                left: 0,
                spent: [0.0; PHASES.len()],
                steps: 0.0,
                busy: 0.0,
            }
        })?;
        Ok(Some(made))
    }

    /// Measures the next bursts.
    pub fn measure(&mut self, bursts: u32) {
        self.left = bursts;
    }

    /// True when the next burst is to be measured.
    pub fn is_due(&self) -> bool {
        self.left > 0
    }

    /// The passes of a burst: one, or one for each phase of each step.
    pub fn passes(steps: u64, phases: bool) -> u32 {
        if phases {
            steps as u32 * PHASES.len() as u32
        } else {
            1
        }
    }

    /// The moments that a pass writes.
    pub fn writes(&self, pass: u32) -> wgpu::ComputePassTimestampWrites<'_> {
        let first = 2 * pass;
        wgpu::ComputePassTimestampWrites {
            query_set: &self.moments,
            beginning_of_pass_write_index: Some(first),
            end_of_pass_write_index: Some(first + 1),
        }
    }

    /// Records that the moments of so many passes are to be read.
    pub fn ask(&self, encoder: &mut wgpu::CommandEncoder, passes: u32) {
        let moments = 2 * passes;
        encoder.resolve_query_set(&self.moments, 0..moments, &self.resolved, 0);
        let bytes = 8 * u64::from(moments);
        encoder.copy_buffer_to_buffer(&self.resolved, 0, &self.staging, 0, bytes);
    }

    /// Takes note of the moments of a burst.
    pub fn read(&mut self, device: &Device, steps: u64, phases: bool) -> Result<(), GpuError> {
        let bytes = 16 * u64::from(Self::passes(steps, phases));
        let mut passed = [0.0; PHASES.len()];
        let tick = self.tick;
        device.read_back(&[(&self.staging, bytes)], |_, bytes| {
            for (pass, moments) in bytes.chunks_exact(16).enumerate() {
                let (from, to) = moments.split_at(8);
                let number = |bytes: &[u8]| bytemuck::pod_read_unaligned::<u64>(bytes);
                // A clock may be set back between two passes.
                let ticks = number(to).saturating_sub(number(from));
                passed[pass % PHASES.len()] += tick * ticks as f64;
            }
        })?;
        self.busy = passed.iter().sum();
        if !phases {
            return Ok(());
        }
        self.left = self.left.saturating_sub(1);
        for (spent, passed) in self.spent.iter_mut().zip(passed) {
            *spent = *spent * MEMORY + passed;
        }
        self.steps = self.steps * MEMORY + steps as f64;
        Ok(())
    }

    /// Seconds of the newest burst that was timed.
    pub fn busy(&self) -> f64 {
        self.busy
    }

    /// What was measured of phases.
    pub fn cost(&self) -> Cost {
        let seconds = self.spent.map(|spent| spent / self.steps);
        let phases = PHASES.into_iter().zip(seconds);
        Cost {
            has_clock: true,
            measures: self.left > 0,
            phases: phases.filter(|_| self.steps > 0.0).collect(),
        }
    }
}
