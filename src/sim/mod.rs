//! L4: the life of a run, for every model alike: start, step, measure, intents, checkpoints, pace.
//!
//! Reading order: [`simulation`] (one world and its schedule), [`intent`] (what a user's hand
//! does to it, carried out in `touch`), [`measure`] (samples into series, averages and
//! correlations), [`checkpoint`] (the whole state as bytes), [`inspect`] (one particle, looked at
//! closely), [`engine`] (who computes the steps in place of the schedule),
//! `rewind` (states to which strokes go back), [`timeline`] (the way back to any step), [`snapshot`] (what the window sees;
//! `packing` makes its picture, with a [`past`] for what moves) and [`driver`] (the thread on which
//! closely), [`engine`] (who computes the steps in place of the schedule, and `held`, how),
//! `rewind` (states to which strokes go back), [`snapshot`] (what the window sees;
//! `packing` makes its picture, with a [`past`] for what moves, or [`marks`] leaves it where it was
//! computed) `display` what is published of it) and [`driver`] (the thread on which
//! a run lives beside a window). Nothing here touches files or the interface.

mod average;
pub mod backend;
pub mod branches;
mod bytes;
pub mod checkpoint;
mod display;
pub mod driver;
pub mod engine;
mod hand;
mod held;
pub mod inspect;
pub mod intent;
pub mod marks;
pub mod measure;
pub mod pace;
mod packing;
pub mod past;
pub mod profile;
mod ramp;
mod rewind;
pub mod simulation;
pub mod snapshot;
pub mod timeline;
mod touch;

pub use driver::Lab;
pub use intent::{Action, Intent};
pub use simulation::Simulation;
pub use snapshot::Snapshot;
