//! The largest time step at which coupled oscillators can be trusted, and why.
//!
//! Heun's step is of second order: at K dt = 0.05 it changes r by less than 10⁻³. Natural
//! frequencies are no limit, for their rotation is exact.

use super::parameters::{Kuramoto, Motion, Normalisation, Topology};
use crate::model::StepBound;
use crate::model::parameter::{Parameters, Values};

/// The bound for these values: dt ≤ 0.05/max(|K|, D, 1), and a step of motion is short of the
/// range of interaction.
pub fn step_bound(values: &Values) -> StepBound {
    let kuramoto = Kuramoto::from_values(values);
    let mut least = StepBound {
        dt: 0.05,
        reason: "a step of 0.05 units of time is the coarsest offered".into(),
    };
    let mut limit = |dt: f64, reason: String| {
        if dt < least.dt {
            least = StepBound { dt, reason };
        }
    };
    let coupling = kuramoto.coupling.abs();
    limit(
        0.05 / coupling,
        format!("the coupling acts at the rate |K| = {coupling}, of which a step may use 0.05"),
    );
    let noise = kuramoto.noise;
    limit(
        0.05 / noise,
        format!("noise acts at the rate D = {noise}, of which a step may use 0.05"),
    );
    let hubs = kuramoto.topology == Topology::Network
        && kuramoto.normalisation == Normalisation::MeanDegree;
    if hubs {
        limit(
            0.01 / coupling,
            "hubs are coupled more strongly than K, for which a step may use 0.01 of it".into(),
        );
    }
    let mass = kuramoto.mass();
    if mass > 0.0 {
        limit(
            0.1 * (mass / coupling).sqrt(),
            format!(
                "locked rotors swing at the rate √(K/m) = {:.3}, of which a step may use 0.1",
                (coupling / mass).sqrt()
            ),
        );
    }
    if kuramoto.motion != Motion::Still && kuramoto.topology == Topology::Range {
        let range = kuramoto.range;
        if kuramoto.motion == Motion::Ballistic {
            limit(
                0.1 * range / kuramoto.speed,
                "a flight of one step may be 0.1 of the range at most".into(),
            );
        }
        limit(
            (0.1 * range).powi(2) / (2.0 * kuramoto.diffusion),
            "a step of diffusion may be 0.1 of the range at most".into(),
        );
    }
    least
}
