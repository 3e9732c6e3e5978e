//! The device of a window, to be computed on as well.
//!
//! Whoever draws and whoever computes share one queue: what is submitted first is done first, so
//! that a frame sees the particles of one step, whole, and waits for no more than the burst of steps
//! before it. Whatever may fail is tried on a device of our own before, so that the window never sees
//! the error: shaders, and buffers, whose lack of memory refuses the run. The loss of the device is
//! told to the window, which cannot go on without it; the run notices that it gets no answer, and goes
//! on on the processor.

use super::device::{Choice, Device, GpuError, choose};

/// Storage buffers that the largest of the shaders reads and writes.
const MOST_BUFFERS: u32 = 8;

/// The handles of a window's device.
#[derive(Clone, Debug)]
pub struct Window {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub info: wgpu::AdapterInfo,
}

impl Window {
    /// True for the adapter of the window: what else the driver tells of it may depend on who asks.
    fn is_on(&self, info: &wgpu::AdapterInfo) -> bool {
        let place = |info: &wgpu::AdapterInfo| {
            let number = (info.vendor, info.device, info.backend);
            (number, info.name.clone(), info.device_pci_bus_id.clone())
        };
        place(&self.info) == place(info)
    }

    /// True when it was opened with all that we would open it with.
    fn computes(&self, own: &Device) -> bool {
        let (limits, ours) = (self.device.limits(), own.device.limits());
        ours.check_limits(&limits) && limits.max_storage_buffers_per_shader_stage >= MOST_BUFFERS
    }
}

impl Device {
    /// Opens the adapter that is asked for; where a window draws on it with a device that computes,
    /// it is that device.
    pub fn beside(window: Option<&Window>, choice: &Choice) -> Result<Self, GpuError> {
        let adapter = choose(choice.adapter.as_deref())?;
        let own = Self::on(&adapter, choice)?;
        let window = window.filter(|window| window.is_on(&adapter.get_info()));
        Ok(match window.filter(|window| window.computes(&own)) {
            Some(window) => Self::of(&window.device, &window.queue, own),
            None => own,
        })
    }
}
