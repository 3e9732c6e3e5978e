//! Distributions: local density, g(r), S(q), cluster sizes and the profile of a trapped cloud.

use super::structure::{BLOCK, area, clusters};
use super::{trapped, without_interaction};
use crate::math::blocks::BlockCounts;
use crate::math::density::DensityHistogram;
use crate::math::grid::CellGrid;
use crate::math::radial::RadialDistribution;
use crate::math::scattering::StructureFactor;
use crate::math::statistics::Histogram;
use crate::model::observable::{Curve, Sample};
use crate::models::active::parameters::Active;

/// Reach and bin width of g(r).
const RADIAL_REACH: f64 = 6.0;
const RADIAL_BINS: usize = 300;
/// The largest wave number of S(q), beyond the second peak of a dense fluid.
const LARGEST_WAVE_NUMBER: f64 = 14.0;
/// Bins of the radial profile in a trap.
const PROFILE_BINS: usize = 60;

/// A curve from points with a standard error, which is left out when no point knows it.
fn with_errors(points: Vec<[f64; 3]>) -> Curve {
    let known = points.iter().any(|point| point[2].is_finite());
    Curve {
        x: points.iter().map(|point| point[0]).collect(),
        y: points.iter().map(|point| point[1]).collect(),
        error: if known {
            points.iter().map(|point| point[2]).collect()
        } else {
            Vec::new()
        },
    }
}

pub fn local_density(sample: &Sample) -> Curve {
    let mut counts = BlockCounts::default();
    counts.measure(&sample.domain, sample.positions(), BLOCK);
    let unit = area(sample);
    let mut histogram = DensityHistogram::new();
    histogram.accumulate(&sample.domain, &counts, unit);
    // The axis must not depend on the frame: it ends well above close packing, or above three
    // times the mean where particles overlap.
    let mean = sample.positions().len() as f64 * unit / sample.domain.area();
    let quantum = unit / counts.block_area(&sample.domain);
    let bins = (1.3f64.max(3.0 * mean) / quantum).ceil().clamp(1.0, 4096.0) as usize;
    let measured = histogram.curve(1);
    Curve {
        x: (0..bins).map(|bin| bin as f64 * quantum).collect(),
        y: (0..bins)
            .map(|bin| measured.get(bin).map_or(0.0, |point| point[1]))
            .collect(),
        error: Vec::new(),
    }
}

pub fn radial(sample: &Sample) -> Curve {
    let mut radial = RadialDistribution::new(RADIAL_REACH, RADIAL_BINS);
    radial.accumulate(&mut CellGrid::default(), &sample.domain, sample.positions());
    with_errors(radial.curve())
}

pub fn radial_theory(sample: &Sample, _distance: f64) -> Option<f64> {
    without_interaction(sample).filter(|active| active.trap_stiffness == 0.0)?;
    let count = sample.positions().len();
    sample
        .domain
        .is_periodic()
        .then(|| 1.0 - 1.0 / count.max(1) as f64)
}

pub fn structure_factor(sample: &Sample) -> Curve {
    let count = sample.positions().len();
    // The time of a frame is proportional to particles times modes.
    let modes = if count > 30_000 { 2 } else { 4 };
    let mut factor = StructureFactor::new(&sample.domain, LARGEST_WAVE_NUMBER, 48, modes);
    factor.accumulate(&sample.domain, sample.positions(), None);
    with_errors(factor.curve())
}

pub fn structure_factor_theory(sample: &Sample, _wave_number: f64) -> Option<f64> {
    without_interaction(sample).filter(|active| active.trap_stiffness == 0.0)?;
    sample.domain.is_periodic().then_some(1.0)
}

pub fn cluster_sizes(sample: &Sample) -> Curve {
    let (_, shares) = clusters(sample);
    Curve {
        // The geometric middle of an octave.
        x: (0..shares.len())
            .map(|octave| 2f64.powi(octave as i32) * 2f64.sqrt())
            .collect(),
        y: shares,
        error: Vec::new(),
    }
}

pub fn radial_profile(sample: &Sample) -> Curve {
    let Some(active) = sample
        .resource::<Active>()
        .filter(|active| active.trap_stiffness > 0.0)
    else {
        return Curve::default();
    };
    // Three root mean squares of a free cloud hold every particle, also of one that repels.
    let reach = 3.0
        * active
            .motion()
            .trap_mean_square_radius(active.trap_stiffness)
            .sqrt();
    let crowd = (sample.positions().len() as f64 / std::f64::consts::PI).sqrt();
    let crowd = if without_interaction(sample).is_some() {
        0.0
    } else {
        crowd
    };
    let mut histogram = Histogram::new(0.0, (reach + crowd).max(1e-6), PROFILE_BINS);
    for &position in sample.positions() {
        let [x, y] = sample.domain.real(position);
        histogram.push(x.hypot(y));
    }
    let density = histogram.density();
    Curve {
        x: density.iter().map(|point| point.0).collect(),
        y: density.iter().map(|point| point.1).collect(),
        error: Vec::new(),
    }
}

pub fn radial_profile_theory(sample: &Sample, radius: f64) -> Option<f64> {
    let active = trapped(sample)?;
    let motion = active.motion();
    let square = motion.trap_mean_square_radius(active.trap_stiffness);
    motion
        .gaussian
        .then(|| 2.0 * radius / square * (-radius * radius / square).exp())
}
