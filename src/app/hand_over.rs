//! Where steps are computed: hands a run over to a graphics device.

use super::Failure;
use crate::gpu::{Choice, Device, GpuEngine, GpuError};
use crate::sim::Simulation;
use crate::sim::engine::Trouble;

/// Lets the adapter of a name compute the steps of a run; the best one when there is no name.
/// Returns a line on what it is.
pub fn to_device(simulation: &mut Simulation, adapter: Option<&str>) -> Result<String, Failure> {
    let choice = Choice {
        adapter: adapter.map(Into::into),
        most_bytes: None,
    };
    // What the scene lacks is told before what the machine lacks.
    let model = simulation.scene().model;
    let Some(twin) = model.twin else {
        return Err(Failure::BadInput(format!(
            "the model {} has no compute shader; leave out --backend gpu",
            model.name
        )));
    };
    let engine = Device::open(&choice)
        .and_then(|device| GpuEngine::new(device, twin))
        .map_err(|error| match error {
            GpuError::TooLarge(_) | GpuError::NoTwin(_) | GpuError::NoSuchAdapter { .. } => {
                Failure::BadInput(error.to_string())
            }
            _ => Failure::NoDisplay(error.to_string()),
        })?;
    let line = engine.device().line().to_string();
    match simulation.engage(Box::new(engine)) {
        Ok(()) => Ok(line),
        Err(Trouble::Refused(reason)) => Err(Failure::BadInput(reason)),
        Err(trouble) => Err(Failure::NoDisplay(trouble.to_string())),
    }
}
