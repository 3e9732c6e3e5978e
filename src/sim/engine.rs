//! Steps by somebody else: an engine that owns the state of a run for a while.
//!
//! Either the columns of the world or the engine's buffers are the state, never both. The world
//! holds the state again at every sample, at the end of every [`Simulation::advance_while`], and at
//! least once a second in between, so that what is measured is a state of one step, and so that
//! little is lost with a device. The clock is always that of the newest step. Behind a window the
//! columns may stay behind ([`Simulation::advance_ahead`]) until somebody asks for them
//! ([`Simulation::catch_up`]): an engine that shares its device with the window has the particles
//! drawn from its own buffers.
//!
//! An engine that fails gives the run back to the processor: with its last good state when a number
//! was not finite, which the processor then confirms and names, or with the last state that the
//! world has seen when the device is gone. The user is told either way.

use super::marks::{Look, Marks};
#[cfg(doc)]
use super::simulation::Simulation;
use crate::model::observable::Sample;
use crate::model::parameter::Values;

/// Steps that an engine does before it says whether they are good.
pub const BURST: u64 = 16;

/// Why an engine does not go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Trouble {
    /// It cannot compute this run; nothing has been changed.
    #[error("{0}")]
    Refused(String),
    /// What it held is lost.
    #[error("{0}")]
    Lost(String),
    /// A number is not finite, or a particle has gone too far, in the steps just done.
    #[error("{0}")]
    Broken(String),
}

/// Values of columns in the order of the slots, by the columns' names.
pub type Returned = Vec<(&'static str, Vec<u8>)>;

/// What computes steps in place of the schedule.
pub trait Engine: Send + Sync {
    /// What it runs on, honestly.
    fn line(&self) -> &str;
    /// Copies the state and the parameters of a run.
    fn take(&mut self, values: &Values, sample: &Sample) -> Result<(), Trouble>;
    /// Does at most [`BURST`] steps. After [`Trouble::Broken`] only `read_good` may be called.
    fn advance(&mut self, steps: u64) -> Result<(), Trouble>;
    /// The present state.
    fn read(&mut self) -> Result<Returned, Trouble>;
    /// The state before the last call of `advance`.
    fn read_good(&mut self) -> Result<Returned, Trouble>;
    /// Measures what the phases cost in the next bursts, where the device has a clock.
    fn measure(&mut self, _bursts: u32) {}
    /// What was measured.
    fn cost(&self) -> Cost {
        Cost::default()
    }
    /// True when somebody else draws on the device.
    fn is_shared(&self) -> bool {
        false
    }
    /// Seconds that the newest call of `advance` took on a shared device, without the frames before it,
    /// where it has a clock.
    fn busy(&self) -> Option<f64> {
        None
    }
    /// The present particles for whoever draws on the device; `None` when nobody does, or when
    /// there is no room for them. Does not wait for the device.
    fn draw(&mut self, _look: &Look) -> Result<Option<Marks>, Trouble> {
        Ok(None)
    }
}

/// What the phases of a step cost on a device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// True when the device has a clock.
    pub has_clock: bool,
    /// True while steps are measured.
    pub measures: bool,
    /// Seconds per step by the names of the phases; none before the first was measured.
    pub phases: Vec<(&'static str, f64)>,
}

/// Why a state is read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFor {
    /// Something is measured.
    Sample,
    /// The copy from which the run would go on without the device is old.
    Copy,
    /// The picture is made of the columns.
    Picture,
    /// A hand, a checkpoint or a move to the processor needs the columns, or the run rests.
    Hand,
}

/// How often the state was read back since the engine took the run over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadBacks {
    pub samples: u64,
    pub copies: u64,
    pub pictures: u64,
    pub hands: u64,
}

impl ReadBacks {
    /// How often in all.
    pub fn total(&self) -> u64 {
        self.samples + self.copies + self.pictures + self.hands
    }

    pub(super) fn note(&mut self, why: ReadFor) {
        *match why {
            ReadFor::Sample => &mut self.samples,
            ReadFor::Copy => &mut self.copies,
            ReadFor::Picture => &mut self.pictures,
            ReadFor::Hand => &mut self.hands,
        } += 1;
    }
}
