//! Adapters, and a device on one of them that tells what has gone wrong.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bevy::tasks::block_on;

use super::clock::Clock;

/// Between two looks at a device that others use, too.
const NAP: Duration = Duration::from_micros(100);

/// Why there is no device, or none any more.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GpuError {
    /// No driver offers an adapter that computes.
    #[error(
        "no graphics adapter that computes was found; install a Vulkan driver (mesa-vulkan-drivers has a software one)"
    )]
    NoAdapter,
    /// None of the adapters is the one asked for.
    #[error("no graphics adapter is called {wanted}; there are: {found}")]
    NoSuchAdapter { wanted: String, found: String },
    /// The device computes wrongly.
    #[error("{adapter} cannot be trusted: {reason}; take another adapter")]
    Wrong { adapter: String, reason: String },
    /// The run does not fit.
    #[error("{0}")]
    TooLarge(String),
    /// The chapter, or the scene, has something that no shader computes.
    #[error("{0}")]
    NoTwin(String),
    /// The device failed, was lost, or ran out of memory.
    #[error("the graphics device failed: {0}")]
    Device(String),
}

/// Which adapter, and how much of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// A number in the list of adapters, a part of a name, or `software`; the fastest when absent.
    pub adapter: Option<String>,
    /// At most so many bytes in one buffer, where less than the adapter allows is wanted.
    pub most_bytes: Option<u64>,
    /// At most so many bytes in all on a software adapter, which has no memory of its own.
    pub most_software_bytes: Option<u64>,
}

/// An adapter that computes, as a user chooses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name, by which [`Choice::adapter`] finds it.
    pub name: String,
    /// Name, kind and driver.
    pub line: String,
    /// True when it is the processor.
    pub software: bool,
}

/// The adapters that compute, the fastest kinds first. Asks all drivers, which takes a moment.
pub fn list() -> Vec<Listed> {
    adapters()
        .iter()
        .map(|adapter| {
            let info = adapter.get_info();
            Listed {
                line: describe(&info),
                software: info.device_type == wgpu::DeviceType::Cpu,
                name: info.name,
            }
        })
        .collect()
}

/// A device that computes.
pub struct Device {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    /// Name, kind and driver of the adapter.
    line: String,
    software: bool,
    /// Most bytes of all buffers together, where that is known before they are asked for.
    most_in_all: Option<u64>,
    /// A device of our own on the same adapter where this one is somebody else's, who draws on it:
    /// there everything is tried before.
    trial: Option<Box<Device>>,
    /// A buffer that nobody uses: see [`Device::is_alive`].
    pulse: wgpu::Buffer,
    /// The first thing that has gone wrong; whoever shares a device leaves that to its owner.
    fault: Arc<Mutex<Option<String>>>,
}

/// Adapters that compute, the fastest kinds first.
fn adapters() -> Vec<wgpu::Adapter> {
    let list = |backends| {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends,
            // Dispatches that a shader decides about are counted within bounds: a check of each of them
            // is a dispatch of its own, which costs more than the step of a few particles.
            flags: wgpu::InstanceFlags::default()
                .difference(wgpu::InstanceFlags::VALIDATION_INDIRECT_CALL)
                .with_env(),
            // Where a driver tells how much memory is left, a buffer that would take the last of it
            // is refused, instead of another program being pushed out.
            memory_budget_thresholds: wgpu::MemoryBudgetThresholds {
                for_resource_creation: Some(95),
                for_device_loss: None,
            },
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        });
        let mut found = block_on(instance.enumerate_adapters(backends));
        let needs =
            wgpu::DownlevelFlags::COMPUTE_SHADERS | wgpu::DownlevelFlags::INDIRECT_EXECUTION;
        found.retain(|one| one.get_downlevel_capabilities().flags.contains(needs));
        found.sort_by_key(|one| match one.get_info().device_type {
            wgpu::DeviceType::DiscreteGpu => 0,
            wgpu::DeviceType::IntegratedGpu => 1,
            wgpu::DeviceType::VirtualGpu => 2,
            wgpu::DeviceType::Other => 3,
            wgpu::DeviceType::Cpu => 4,
        });
        found
    };
    // Native drivers only: OpenGL lacks what the engine needs on most machines.
    list(wgpu::Backends::from_env().unwrap_or(wgpu::Backends::PRIMARY))
}

pub(super) fn describe(info: &wgpu::AdapterInfo) -> String {
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => "a graphics card",
        wgpu::DeviceType::IntegratedGpu => "graphics built into the processor",
        wgpu::DeviceType::VirtualGpu => "a virtual graphics card",
        wgpu::DeviceType::Cpu => {
            "software: it computes on the processor, more slowly than the processor's own backend"
        }
        wgpu::DeviceType::Other => "of an unknown kind",
    };
    let driver = [&info.driver, &info.driver_info]
        .map(|text| text.trim())
        .join(" ");
    format!(
        "{} ({kind}; {}, {:?})",
        info.name,
        driver.trim(),
        info.backend
    )
}

fn pulse(device: &wgpu::Device) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("pulse"),
        size: 4,
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// The adapter that is asked for.
pub(super) fn choose(wanted: Option<&str>) -> Result<wgpu::Adapter, GpuError> {
    let mut found = adapters();
    if found.is_empty() {
        return Err(GpuError::NoAdapter);
    }
    let Some(wanted) = wanted else {
        return Ok(found.swap_remove(0));
    };
    let place = match wanted.parse::<usize>() {
        Ok(number) => (number < found.len()).then_some(number),
        Err(_) => found.iter().position(|one| {
            let info = one.get_info();
            let software = wanted == "software" && info.device_type == wgpu::DeviceType::Cpu;
            software || info.name.to_lowercase().contains(&wanted.to_lowercase())
        }),
    };
    match place {
        Some(place) => Ok(found.swap_remove(place)),
        None => {
            let names = found.iter().enumerate();
            let names: Vec<_> = names
                .map(|(number, one)| format!("{number} {}", one.get_info().name))
                .collect();
            Err(GpuError::NoSuchAdapter {
                wanted: wanted.into(),
                found: names.join(", "),
            })
        }
    }
}

impl Device {
    /// Opens the adapter that is asked for with all that it allows, and checks that it computes
    /// rightly.
    pub fn open(choice: &Choice) -> Result<Self, GpuError> {
        Self::on(&choose(choice.adapter.as_deref())?, choice)
    }

    /// The same for an adapter.
    pub(super) fn on(adapter: &wgpu::Adapter, choice: &Choice) -> Result<Self, GpuError> {
        let info = adapter.get_info();
        let mut limits = adapter.limits();
        if let Some(most) = choice.most_bytes {
            limits.max_buffer_size = limits.max_buffer_size.min(most);
            limits.max_storage_buffer_binding_size =
                limits.max_storage_buffer_binding_size.min(most);
        }
        let request = adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("engine"),
            required_limits: limits,
            required_features: adapter.features() & Clock::FEATURE,
            ..Default::default()
        });
        let (device, queue) =
            block_on(request).map_err(|error| GpuError::Device(error.to_string()))?;
        let fault: Arc<Mutex<Option<String>>> = Arc::default();
        let note = |keep: Arc<Mutex<Option<String>>>| {
            move |text: String| {
                let mut fault = keep.lock().unwrap_or_else(PoisonError::into_inner);
                fault.get_or_insert(text);
            }
        };
        let uncaptured = note(fault.clone());
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            uncaptured(error.to_string());
        }));
        let lost = note(fault.clone());
        device.set_device_lost_callback(move |reason, text| {
            lost(format!("it was lost ({reason:?}: {text})"));
        });
        let software = info.device_type == wgpu::DeviceType::Cpu;
        let device = Self {
            pulse: pulse(&device),
            device,
            queue,
            line: describe(&info),
            software,
            most_in_all: choice.most_software_bytes.filter(|_| software),
            trial: None,
            fault,
        };
        super::check::check(&device)?;
        Ok(device)
    }

    /// A device that somebody else has opened, and draws on, and one of our own on the same adapter
    /// that was found to be good. The owner hears of its loss and of all errors.
    pub(super) fn of(device: &wgpu::Device, queue: &wgpu::Queue, trial: Self) -> Self {
        Self {
            pulse: pulse(device),
            device: device.clone(),
            queue: queue.clone(),
            line: trial.line.clone(),
            software: trial.software,
            most_in_all: trial.most_in_all,
            fault: Arc::default(),
            trial: Some(Box::new(trial)),
        }
    }

    /// What it is, in a line.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// True when the "device" is the processor.
    pub fn is_software(&self) -> bool {
        self.software
    }

    /// True when somebody else draws on it.
    pub fn is_shared(&self) -> bool {
        self.trial.is_some()
    }

    /// Makes something that may fail for lack of memory, or for what a driver does not know: on a
    /// device of somebody else only after it was made, and given back, on our own.
    pub(super) fn made<T>(
        &self,
        make: impl Fn(&Self) -> Result<T, GpuError>,
    ) -> Result<T, GpuError> {
        if let Some(trial) = &self.trial {
            drop(make(trial)?);
            // Memory that is not used any more is given back when somebody looks.
            let polled = trial.device.poll(wgpu::PollType::wait_indefinitely());
            polled.map_err(|error| GpuError::Device(error.to_string()))?;
        }
        make(self)
    }

    /// Most bytes of one buffer.
    pub fn most_bytes(&self) -> u64 {
        let limits = self.device.limits();
        let binding = limits.max_storage_buffer_binding_size;
        limits.max_buffer_size.min(binding)
    }

    /// Most bytes of all buffers together, where that is known: on software. A card refuses when it
    /// is asked for more than it has.
    pub fn most_in_all(&self) -> Option<u64> {
        self.most_in_all
    }

    /// Something that takes the device away, as a driver that fails does: for tests.
    #[doc(hidden)]
    pub fn destroyer(&self) -> impl Fn() + Send + 'static {
        let device = self.device.clone();
        move || device.destroy()
    }

    /// The first thing that has gone wrong, if anything has.
    pub(super) fn fault(&self) -> Result<(), GpuError> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match &*fault {
            Some(reason) => Err(GpuError::Device(reason.clone())),
            None => Ok(()),
        }
    }

    /// Does something whose lack of memory and errors of use are its own. On a device of somebody else
    /// nothing is caught: error scopes belong to a device and not to a thread, so that ours and those
    /// of the owner, who works at the same time, would get mixed up. See [`Device::made`].
    pub(super) fn guarded<T>(&self, act: impl FnOnce() -> T) -> Result<T, GpuError> {
        if self.is_shared() {
            return Ok(act());
        }
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let usage = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let done = act();
        let errors = [block_on(usage.pop()), block_on(memory.pop())];
        match errors.into_iter().flatten().next() {
            Some(error) => Err(GpuError::Device(error.to_string())),
            None => self.fault().map(|()| done),
        }
    }

    /// Waits for all that was submitted, and hands mapped buffers to `read` one after the other.
    pub(super) fn read_back(
        &self,
        buffers: &[(&wgpu::Buffer, u64)],
        mut read: impl FnMut(usize, &[u8]),
    ) -> Result<(), GpuError> {
        let (done, outcomes) = std::sync::mpsc::channel();
        self.guarded(|| {
            for (buffer, bytes) in buffers {
                let done = done.clone();
                buffer
                    .slice(..*bytes)
                    .map_async(wgpu::MapMode::Read, move |result| {
                        // The receiver outlives the wait below, and nobody waits after it.
                        let _ = done.send(result.is_ok());
                    });
            }
        })?;
        drop(done);
        let answered = if self.is_shared() {
            self.wait_beside_others(&outcomes, buffers.len())
        } else {
            let polled = self.device.poll(wgpu::PollType::wait_indefinitely());
            polled.is_ok() && outcomes.try_iter().filter(|&fine| fine).count() == buffers.len()
        };
        self.fault()?;
        if !answered || (self.is_shared() && !self.is_alive()) {
            return Err(GpuError::Device("it did not answer".into()));
        }
        let mut read_all = || {
            for (index, (buffer, bytes)) in buffers.iter().enumerate() {
                read(index, &buffer.slice(..*bytes).get_mapped_range());
                buffer.unmap();
            }
        };
        if !self.is_shared() {
            read_all();
            return Ok(());
        }
        // Should its owner lose the device at this very moment, the library panics.
        let read = std::panic::catch_unwind(AssertUnwindSafe(read_all));
        read.map_err(|_| GpuError::Device("it was lost".into()))
    }

    /// Whether the device of somebody else is still there: its owner is told when it is lost, and
    /// nobody else, but a buffer of a device that is lost refuses at once to be mapped.
    fn is_alive(&self) -> bool {
        let (tell, told) = std::sync::mpsc::channel();
        let pulse = self.pulse.slice(..);
        pulse.map_async(wgpu::MapMode::Read, move |result| {
            // What is said after the look is not heard.
            let _ = tell.send(result.is_ok());
        });
        let alive = told.try_recv() != Ok(false);
        if alive {
            self.pulse.unmap();
        }
        alive
    }

    /// Waits for so many answers in short naps. A wait within the driver's library would lock out all
    /// others who submit, the frames of the window among them; and theirs may be the thread that
    /// brings the answer.
    fn wait_beside_others(&self, outcomes: &Receiver<bool>, count: usize) -> bool {
        let mut answered = 0;
        while answered < count {
            if self.device.poll(wgpu::PollType::Poll).is_err() {
                return false;
            }
            match outcomes.recv_timeout(NAP) {
                Ok(true) => answered += 1,
                Err(RecvTimeoutError::Timeout) => {}
                Ok(false) | Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }
}
