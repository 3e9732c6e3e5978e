//! L4: the life of a run, for every model alike: start, step, measure, intents, checkpoints, pace.
//!
//! Reading order: [`simulation`] (one world and its schedule), [`intent`] (what a user's hand
//! does to it), [`measure`] (samples into series, averages and correlations), [`checkpoint`] (the
//! whole state as bytes), [`snapshot`] (what the window sees) and [`driver`] (the thread on which
//! a run lives beside a window). Nothing here touches files or the interface.

mod average;
pub mod checkpoint;
pub mod driver;
pub mod intent;
pub mod measure;
pub mod pace;
pub mod profile;
mod ramp;
pub mod simulation;
pub mod snapshot;

pub use driver::Lab;
pub use intent::{Action, Intent};
pub use simulation::Simulation;
pub use snapshot::Snapshot;
