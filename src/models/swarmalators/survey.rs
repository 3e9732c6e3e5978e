//! The order of a swarm at one state.

use std::f64::consts::TAU;

use super::parameters::{Space, Swarmalators};
use crate::math::statistics::ordered_sum;
use crate::model::column::{Phase, Position};
use crate::model::observable::Sample;

/// Sums over the members of the present state.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Census {
    /// N.
    pub count: f64,
    /// Centre of mass.
    pub centre: [f64; 2],
    /// ⟨e^{i(φ + θ)}⟩ and ⟨e^{i(φ − θ)}⟩, φ the angle about the centre of mass, or the place on a ring.
    pub waves: [[f64; 2]; 2],
    /// ⟨e^{iθ}⟩.
    pub phase: [f64; 2],
    /// Least and greatest distance from the centre of mass.
    pub radii: [f64; 2],
}

/// The angle of a phase.
pub fn angle(phase: &Phase) -> f64 {
    f64::from(phase.0) * (TAU / 4_294_967_296.0)
}

/// Place from the centre of mass, unless on a ring.
pub fn arm(sample: &Sample, position: &Position, centre: [f64; 2]) -> [f64; 2] {
    let [x, y] = sample.domain.real(position.0);
    [x - centre[0], y - centre[1]]
}

/// Angle of a member about the centre, or its place on a ring.
pub fn bearing(sample: &Sample, position: &Position, centre: [f64; 2], ring: bool) -> f64 {
    if ring {
        return f64::from(position.0[0]) * (TAU / 4_294_967_296.0);
    }
    let [x, y] = arm(sample, position, centre);
    y.atan2(x)
}

/// True when the members live on a ring.
pub fn on_ring(sample: &Sample) -> bool {
    sample
        .resource::<Swarmalators>()
        .is_some_and(|parameters| parameters.space == Space::Ring)
}

/// Centre of mass, in the box.
pub fn centre(sample: &Sample) -> [f64; 2] {
    let positions = sample.column::<Position>();
    let count = positions.len().max(1) as f64;
    ordered_sum(positions.len(), |slot| {
        sample.domain.real(positions[slot].0)
    })
    .map(|sum| sum / count)
}

/// The census of a sample's state; `None` without members.
pub fn census(sample: &Sample) -> Option<Census> {
    let positions = sample.column::<Position>();
    let phases = sample.column::<Phase>();
    let count = positions.len();
    if count == 0 || phases.len() != count {
        return None;
    }
    let ring = on_ring(sample);
    let centre = if ring { [0.0; 2] } else { centre(sample) };
    let number = count as f64;
    let sums = ordered_sum(count, |slot| {
        let theta = angle(&phases[slot]);
        let phi = bearing(sample, &positions[slot], centre, ring);
        let (a, b) = ((phi + theta).sin_cos(), (phi - theta).sin_cos());
        let c = theta.sin_cos();
        [a.1, a.0, b.1, b.0, c.1, c.0]
    })
    .map(|sum| sum / number);
    let mut radii = [f64::INFINITY, 0.0f64];
    for position in positions {
        let [x, y] = arm(sample, position, centre);
        let radius = x.hypot(y);
        radii = [radii[0].min(radius), radii[1].max(radius)];
    }
    Some(Census {
        count: number,
        centre,
        waves: [[sums[0], sums[1]], [sums[2], sums[3]]],
        phase: [sums[4], sums[5]],
        radii,
    })
}
