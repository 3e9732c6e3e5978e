//! What each phase of a step costs, for `seethe bench` and the performance panel.
//!
//! This is the one place in a run that reads a clock, and nothing in the model reads this.

use bevy::ecs::resource::Resource;
use bevy::ecs::schedule::{IntoScheduleConfigs, Schedule, SystemSet};
use bevy::ecs::system::ResMut;
use std::time::{Duration, Instant};

use crate::model::phase::Phase;

/// Time spent in every phase since the last reset.
#[derive(Resource, Debug)]
pub struct Profile {
    last: Instant,
    spent: [Duration; Phase::ALL.len()],
    steps: u64,
}

/// Seconds since a moment: how old a copy is, never what a step does.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            last: Instant::now(),
            spent: Default::default(),
            steps: 0,
        }
    }
}

impl Profile {
    /// Begins a step.
    pub fn begin(&mut self) {
        self.last = Instant::now();
        self.steps += 1;
    }

    fn lap(&mut self, phase: usize) {
        let now = Instant::now();
        self.spent[phase] += now - self.last;
        self.last = now;
    }

    /// Forgets what was spent.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Seconds per step in every phase, under the phase's name.
    pub fn seconds_per_step(&self) -> [(&'static str, f64); Phase::ALL.len()] {
        let steps = self.steps.max(1) as f64;
        std::array::from_fn(|index| (Phase::ALL[index].1, self.spent[index].as_secs_f64() / steps))
    }
}

/// The moment at which phase number `.0` has ended.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Lap(usize);

/// Chains the phases and puts a lap of the stop-watch behind each.
pub fn chain_phases(schedule: &mut Schedule) {
    schedule.configure_sets(
        (
            (
                Phase::Neighbors,
                Lap(0),
                Phase::Forces,
                Lap(1),
                Phase::Integrate,
                Lap(2),
            )
                .chain(),
            (Phase::Wrap, Lap(3), Phase::Measure, Lap(4)).chain(),
        )
            .chain(),
    );
    for index in 0..Phase::ALL.len() {
        let lap = move |mut profile: ResMut<Profile>| profile.lap(index);
        schedule.add_systems(lap.in_set(Lap(index)));
    }
}
