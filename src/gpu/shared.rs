//! The device of a window, to be computed on as well.
//!
//! Whoever draws and whoever computes share one queue: what is submitted first is done first, so
//! that a frame sees the particles of one step, whole, and waits for no more than the burst of steps
//! before it. Errors of use and lack of memory are caught on the thread that computes. The loss of
//! the device is told to the window, which cannot go on without it; the run notices that it gets no
//! answer, and goes on on the processor.

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

    /// The window's device, checked.
    fn share(&self, choice: &Choice) -> Result<Device, GpuError> {
        let most = self.device.limits().max_storage_buffers_per_shader_stage;
        if most < MOST_BUFFERS {
            let reason = format!("it binds {most} buffers, and {MOST_BUFFERS} are needed");
            return Err(GpuError::Device(reason));
        }
        Device::of(&self.device, &self.queue, &self.info, choice)
    }
}

impl Device {
    /// Opens the adapter that is asked for; where a window draws on it with a device that computes,
    /// it is that device.
    pub fn beside(window: Option<&Window>, choice: &Choice) -> Result<Self, GpuError> {
        let adapter = choose(choice.adapter.as_deref())?;
        let window = window.filter(|window| window.is_on(&adapter.get_info()));
        match window.map(|window| window.share(choice)) {
            Some(Ok(device)) => Ok(device),
            // A device of our own may be asked for more than the window has asked for.
            Some(Err(_)) | None => Self::on(&adapter, choice),
        }
    }
}
