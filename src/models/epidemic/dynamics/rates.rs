//! The rates of the transitions between states of health.

use serde::{Deserialize, Serialize};

/// The rates of the chain, per unit of time; 0 where a transition does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// β: along each edge between an infectious and a susceptible node.
    pub transmission: f64,
    /// ν: from exposed to infectious; infinite when there is no exposed state.
    pub onset: f64,
    /// γ: from infectious to removed, or to susceptible where there is no immunity.
    pub recovery: f64,
    /// ω: from removed to susceptible.
    pub waning: f64,
    /// False when recovery leads back to susceptible.
    pub immunity: bool,
    /// δ: at which an infectious node is found and isolated.
    pub detection: f64,
    /// Probability with which a susceptible node of the ring around a found node is vaccinated.
    pub coverage: f64,
    /// Steps along edges from the found node to the rim of the ring.
    pub depth: u32,
}

impl Rates {
    /// True when nobody becomes susceptible again.
    pub fn immune_for_good(&self) -> bool {
        self.immunity && self.waning <= 0.0
    }

    /// True when the end of the infectious state changes nothing for anybody else: contacts after
    /// it were never drawn, and the node is immune for good.
    pub fn ends_unnoticed(&self) -> bool {
        self.immune_for_good() && self.detection <= 0.0
    }

    /// Rate at which a node leaves the infectious state.
    pub fn leaving(&self) -> f64 {
        self.recovery + self.detection
    }
}
