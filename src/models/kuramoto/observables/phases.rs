//! Observables of the present phases.

use std::f64::consts::{PI, TAU};

use super::mean_field;
use crate::math::statistics::{Histogram, ordered_sum};
use crate::model::column::{NaturalFrequency, Phase};
use crate::model::observable::{Curve, Sample};
use crate::models::kuramoto::parameters::{Dynamics, Kuramoto, Topology};
use crate::models::kuramoto::survey::{angle, census};

/// Bins of the phases.
const BINS: usize = 72;
/// Points along a ring.
const POINTS: usize = 256;

pub fn order(sample: &Sample) -> f64 {
    census(sample).map_or(f64::NAN, |census| census.order())
}

pub fn order_theory(sample: &Sample) -> Option<f64> {
    mean_field(sample)?.order()
}

pub fn second(sample: &Sample) -> f64 {
    census(sample).map_or(f64::NAN, |census| census.second[0].hypot(census.second[1]))
}

pub fn local(sample: &Sample) -> f64 {
    census(sample).map_or(f64::NAN, |census| census.local)
}

pub fn locked(sample: &Sample) -> f64 {
    let (Some(census), Some(kuramoto)) = (census(sample), sample.resource::<Kuramoto>()) else {
        return f64::NAN;
    };
    let omegas = sample.column::<NaturalFrequency>();
    let [sum] = ordered_sum(omegas.len(), |slot| {
        let [x, y] = census.field(slot);
        let off = (f64::from(omegas[slot].0) - census.rate).abs();
        let holds = off <= kuramoto.coupling.abs() * x.hypot(y);
        [f64::from(u8::from(holds))]
    });
    sum / omegas.len() as f64
}

pub fn locked_theory(sample: &Sample) -> Option<f64> {
    mean_field(sample)?.locked()
}

pub fn rate(sample: &Sample) -> f64 {
    let first_order = sample
        .resource::<Kuramoto>()
        .is_some_and(|kuramoto| kuramoto.dynamics == Dynamics::FirstOrder);
    match census(sample) {
        Some(census) if first_order => census.rate,
        _ => f64::NAN,
    }
}

pub fn rate_theory(sample: &Sample) -> Option<f64> {
    let law = mean_field(sample).filter(|law| law.lag == 0.0 && law.mass == 0.0)?;
    let _ = law;
    // The mean of the sample, not of the distribution: a Lorentzian at random has none.
    let omegas = sample.column::<NaturalFrequency>();
    let [sum] = ordered_sum(omegas.len(), |slot| [f64::from(omegas[slot].0)]);
    Some(sum / omegas.len().max(1) as f64)
}

pub fn reduced(sample: &Sample) -> f64 {
    mean_field(sample)
        .and_then(|law| Some(law.coupling / law.critical_coupling()?))
        // Identical oscillators without noise lock at any coupling.
        .filter(|ratio| ratio.is_finite())
        .unwrap_or(f64::NAN)
}

/// An angle between −π and π.
pub fn wrapped(angle: f64) -> f64 {
    angle - TAU * (angle / TAU).round()
}

pub fn density(sample: &Sample) -> Curve {
    let Some(census) = census(sample) else {
        return Curve::default();
    };
    let middle = census.angle();
    let mut histogram = Histogram::new(-PI, PI, BINS);
    for phase in sample.column::<Phase>() {
        // An angle of exactly π belongs to the first bin.
        let about = wrapped(angle(phase) - middle);
        histogram.push(if about >= PI { -PI } else { about });
    }
    let density = histogram.density();
    Curve {
        x: density.iter().map(|point| point.0).collect(),
        y: density.iter().map(|point| point.1).collect(),
        error: Vec::new(),
    }
}

pub fn density_theory(sample: &Sample, about: f64) -> Option<f64> {
    mean_field(sample)?.phase_density(about)
}

pub fn profile(sample: &Sample) -> Curve {
    let ring = sample
        .resource::<Kuramoto>()
        .is_some_and(|kuramoto| kuramoto.topology == Topology::Ring);
    let Some(census) = census(sample).filter(|_| ring) else {
        return Curve::default();
    };
    let count = census.count;
    let points = POINTS.min(count);
    let mut curve = Curve::default();
    for point in 0..points {
        let (from, to) = (point * count / points, (point + 1) * count / points);
        let sum: f64 = (from..to)
            .map(|slot| {
                let [x, y] = census.field(slot);
                x.hypot(y)
            })
            .sum();
        curve.x.push((point as f64 + 0.5) / points as f64);
        curve.y.push(sum / (to - from).max(1) as f64);
    }
    curve
}
