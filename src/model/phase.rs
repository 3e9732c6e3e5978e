//! The phases of a step, and the clock that counts steps.

use bevy::ecs::resource::Resource;
use bevy::ecs::schedule::{ScheduleLabel, SystemSet};

/// The schedule that advances the model by one step.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step;

/// The named phases of a step, in their order. Two systems of one phase that touch the same data
/// without an order between them are an error when the schedule is built.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Columns are sorted by cell and neighbour lists rebuilt, when particles have moved far enough.
    Neighbors,
    /// Forces and torques on every particle from the state at the beginning of the step.
    Forces,
    /// Positions, headings and velocities advance by dt.
    Integrate,
    /// Whatever must hold at the end of a step is restored: boundaries, unit vectors, buffers.
    Wrap,
    /// The step is counted; what must be noted at every step is noted.
    Measure,
}

impl Phase {
    /// All phases in their order, with the names that `seethe bench` prints.
    pub const ALL: [(Phase, &'static str); 5] = [
        (Phase::Neighbors, "neighbors"),
        (Phase::Forces, "forces"),
        (Phase::Integrate, "integrate"),
        (Phase::Wrap, "wrap"),
        (Phase::Measure, "measure"),
    ];
}

/// Time as the model knows it: steps of dt. Nothing else in a simulation tells the time.
#[derive(Resource, Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Clock {
    /// Steps done since the start.
    pub step: u64,
    /// Model time, the sum of the dt of all steps done.
    pub time: f64,
    /// Length of the next step in units of time.
    pub dt: f64,
    /// Seed of all randomness of the run.
    pub seed: u64,
}

/// The box as a resource.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Box(pub crate::math::domain::Domain);

/// What made a run stop: named by the system that noticed it, turned into an error by the driver.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Fault(pub Option<Failure>);

impl Fault {
    /// Notes a failure; the first one of a run is the one that counts.
    pub fn raise(&mut self, failure: Failure) {
        self.0.get_or_insert(failure);
    }
}

/// A state that cannot be continued.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failure {
    /// A number is NaN or infinite, or a displacement is beyond all bounds.
    #[error(
        "particle {tag}: the {term} is {value} at step {step}; take a smaller dt or weaker interactions, or separate overlapping particles"
    )]
    NotFinite {
        tag: u32,
        term: &'static str,
        value: f64,
        step: u64,
    },
    /// A particle of an open box has gone so far that its position cannot be represented.
    #[error(
        "particle {tag} has left the representable plane at step {step} (coordinate {value}); use a larger box or a confining field"
    )]
    Escaped { tag: u32, value: f64, step: u64 },
    /// A neighbour list would not fit.
    #[error(
        "{reason} at step {step}; spread the particles, or lower the density or the range of interaction"
    )]
    Crowded { reason: String, step: u64 },
}
