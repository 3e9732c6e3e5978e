//! Ramps of the scene, as the run follows them.
//!
//! A ramp moves its parameter in stairs, at the steps at which samples are taken, so that each sample
//! belongs to one value; where it stands follows from the scene and the clock alone, so that a
//! checkpoint needs nothing more. A hand that sets the parameter takes it over for good.

use super::intent::{Action, Intent};
use super::simulation::Simulation;
use crate::model::neighbours::Neighbours;
use crate::scene::{Scene, ramp};

/// Calls `set` with the index and value of every parameter that is due to move at a time.
pub fn due(scene: &Scene, time: f64, log: &[Intent], mut set: impl FnMut(usize, f64)) {
    for (number, ramp) in scene.ramps.iter().enumerate() {
        let name = &ramp.parameter;
        let met = scene.ramps[..number]
            .iter()
            .any(|other| &other.parameter == name);
        let taken = || {
            log.iter().any(|intent| {
                matches!(&intent.action, Action::SetParameter { name: hand, .. } if hand == name)
            })
        };
        if met || taken() {
            continue;
        }
        if let (Some(index), Some(value)) = (
            scene.model.parameter(name),
            ramp::value(&scene.ramps, name, time),
        ) && scene.values.get(index) != value
        {
            set(index, value);
        }
    }
}

impl Simulation {
    /// Moves the parameters that the scene moves.
    pub(super) fn follow_ramps(&mut self) {
        let clock = self.clock();
        if self.scene.ramps.is_empty() || !clock.step.is_multiple_of(self.scene.sample_every.max(1))
        {
            return;
        }
        let mut values = self.scene.values.clone();
        due(&self.scene, clock.time, self.log(), |index, value| {
            values.set(index, value);
        });
        if values != self.scene.values {
            self.scene.values = values;
            (self.scene.model.adopt)(&self.scene.values, &mut self.world);
            self.world.resource_mut::<Neighbours>().invalidate();
        }
    }
}
