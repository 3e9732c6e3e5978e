//! How the particles move: speed along the heading, polar order, displacements.

use super::{free, sums, trapped, without_interaction};
use crate::model::column::{Heading, Image, Position, Tag};
use crate::model::observable::{Accumulator, Curve, Sample};
use crate::models::active::InitialPosition;
use crate::models::active::parameters::Active;

pub fn effective_speed(sample: &Sample) -> f64 {
    let Some(active) = sample.resource::<Active>() else { return f64::NAN };
    let speed = active.motion().speed;
    sums(sample).map_or(f64::NAN, |sums| 1.0 + sums.along / (speed * sums.propulsion))
}

pub fn effective_speed_theory(sample: &Sample) -> Option<f64> {
    let active = without_interaction(sample)?;
    if active.motion().speed == 0.0 {
        return None;
    }
    if active.trap_stiffness == 0.0 {
        return Some(1.0);
    }
    trapped(sample).map(|active| active.motion().trap_effective_speed(active.trap_stiffness))
}

pub fn polar_order(sample: &Sample) -> f64 {
    let headings: &[[f32; 2]] = bytemuck::cast_slice(sample.column::<Heading>());
    crate::math::statistics::polarisation(headings).0
}

pub fn polar_order_theory(sample: &Sample) -> Option<f64> {
    let active = sample.resource::<Active>()?;
    let count = sample.column::<Heading>().len();
    let square = active.motion().mean_square_propulsion;
    (square > 0.0).then(|| square.sqrt() * crate::math::statistics::random_polarisation(count))
}

pub fn displacement_theory(sample: &Sample) -> Option<f64> {
    let motion = free(sample)?.motion();
    Some(motion.free_mean_squared_displacement(sample.clock.time))
}

pub fn msd_theory(sample: &Sample, lag: f64) -> Option<f64> {
    Some(free(sample)?.motion().free_mean_squared_displacement(lag))
}

pub fn exponent_theory(sample: &Sample, lag: f64) -> Option<f64> {
    Some(free(sample)?.motion().free_exponent(lag))
}

pub fn displacement(_sample: &Sample) -> f64 { 0.0 }
pub fn start_msd() -> Box<dyn Accumulator> { todo!() }
pub fn start_exponent() -> Box<dyn Accumulator> { todo!() }
