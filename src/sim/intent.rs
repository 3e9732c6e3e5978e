//! Intents: what a user does to a running model, stamped with the step at which it acts.
//!
//! A run is its scene, its seed and its log of intents: replaying them gives the same bits.

use serde::{Deserialize, Serialize};

use crate::math::walls::Segment;
use crate::model::hands::Dab;

/// A change that a user makes in a running model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// A parameter that acts live takes a new value.
    SetParameter { name: String, value: f64 },
    /// The length of a step changes.
    SetDt(f64),
    /// Averages of observables start anew; the state of the model is untouched.
    ClearAverages,
    /// One touch of a brush.
    Dab(Dab),
    /// A wall is drawn.
    AddWall(Segment),
    /// Whatever walls are within a disc is rubbed out.
    EraseWalls { at: [f64; 2], radius: f64 },
}

/// An action and the number of steps done when it takes effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    pub step: u64,
    pub action: Action,
}
