//! Where steps are computed: hands a run over to a graphics device.

use std::sync::Arc;

use super::Failure;
use super::cli::{self, SceneOptions};
use crate::gpu::{Choice, Device, GpuEngine, GpuError, Window};
use crate::model::Model;
use crate::record::memory;
use crate::scene::Backend;
use crate::sim::Simulation;
use crate::sim::backend::MakeEngine;
use crate::sim::engine::{Engine, Trouble};

/// Makes engines on an adapter: a number, a part of a name or `software`; empty: the best one. Where
/// that is the adapter on which a window draws, they are on the window's device.
pub fn engines(adapter: &str, window: Option<Window>) -> MakeEngine {
    let adapter = (!adapter.is_empty()).then(|| adapter.to_string());
    Arc::new(move |model| {
        let engine = engine(model, adapter.as_deref(), window.as_ref());
        Ok(Box::new(engine.map_err(|error| error.to_string())?) as Box<dyn Engine>)
    })
}

fn engine(
    model: &Model,
    adapter: Option<&str>,
    window: Option<&Window>,
) -> Result<GpuEngine, GpuError> {
    // What the model lacks is told before what the machine lacks.
    let Some(twin) = model.twin else {
        let reason = format!("the model {} has no compute shader", model.name);
        return Err(GpuError::NoTwin(reason));
    };
    let choice = Choice {
        adapter: adapter.map(Into::into),
        most_bytes: None,
        // A software adapter has no memory of its own: more than there is would end the program.
        most_software_bytes: memory::available(),
    };
    GpuEngine::new(Device::beside(window, &choice)?, twin)
}

/// Has a run computed where the flag says, or else where its scene says, and tells which adapter
/// that is.
pub fn settle(
    simulation: &mut Simulation,
    of_scene: Backend,
    options: &SceneOptions,
) -> Result<(), Failure> {
    let backend = options.backend.map_or(of_scene, Into::into);
    let line = place(simulation, backend, options.adapter.as_deref())?;
    if let Some(line) = line.filter(|_| !options.quiet) {
        eprintln!("steps are computed on {line}");
    }
    Ok(())
}

/// Has a run computed there. Returns a line on what computes when it is not the processor.
pub fn place(
    simulation: &mut Simulation,
    backend: Backend,
    adapter: Option<&str>,
) -> Result<Option<String>, Failure> {
    if backend == Backend::Cpu {
        simulation.disengage();
        return Ok(None);
    }
    let model = simulation.scene().model;
    let remedy = |reason: String| format!("{reason}; or let the processor compute: --backend cpu");
    let engine = engine(model, adapter, None).map_err(|error| match error {
        GpuError::TooLarge(_) | GpuError::NoTwin(_) | GpuError::NoSuchAdapter { .. } => {
            Failure::BadInput(remedy(error.to_string()))
        }
        _ => Failure::NoDisplay(remedy(error.to_string())),
    })?;
    let line = engine.line().to_string();
    match simulation.engage(Box::new(engine)) {
        Ok(()) => Ok(Some(line)),
        Err(Trouble::Refused(reason)) => Err(Failure::BadInput(remedy(reason))),
        Err(trouble) => Err(Failure::NoDisplay(remedy(trouble.to_string()))),
    }
}

impl From<cli::Backend> for Backend {
    fn from(backend: cli::Backend) -> Self {
        match backend {
            cli::Backend::Cpu => Self::Cpu,
            cli::Backend::Gpu => Self::Gpu,
        }
    }
}
