//! Functions of a distance, and what theory says of them.

use std::f64::consts::PI;

use super::scalars::{count, theory};
use crate::math::gamma::gamma_density;
use crate::math::grid::CellGrid;
use crate::math::radial::RadialDistribution;
use crate::model::observable::{Curve, Sample};
use crate::models::coulomb::gas::Field;
use crate::models::coulomb::parameters::{Confinement, Coulomb, Space};
use crate::models::coulomb::survey::{radius, values};

/// Bins of the density.
const BINS: usize = 80;
/// Reach and bins of g(r).
const REACH: f64 = 8.0;
const RADIAL_BINS: usize = 160;
/// Bins and greatest spacing on the line.
const SPACINGS: usize = 40;
const WIDEST: f64 = 4.0;

fn on_line(sample: &Sample) -> bool {
    sample.resource::<Field>().is_some_and(|field| field.line)
}

/// How far the density is looked at: the edge of the droplet and some more.
fn reach(sample: &Sample) -> f64 {
    let scale = count(sample).sqrt();
    if on_line(sample) {
        return 2f64.sqrt() * scale * 1.15;
    }
    let droplet = theory(sample).and_then(|theory| theory.droplet.as_ref());
    match droplet {
        Some(droplet) if droplet.trap().wall.is_some() => scale,
        Some(droplet) => scale * droplet.support[1] + 0.1 * scale + 1.5,
        None => 0.5 * sample.domain.size[0].min(sample.domain.size[1]),
    }
}

pub fn density(sample: &Sample) -> Curve {
    let places = sample.positions();
    if places.is_empty() {
        return Curve::default();
    }
    let line = on_line(sample);
    let reach = reach(sample);
    let width = reach / BINS as f64;
    let bins = if line { 2 * BINS } else { BINS };
    let mut counts = vec![0u32; bins];
    for &place in places {
        let at = if line {
            (sample.domain.real(place)[0] + reach) / width
        } else {
            radius(sample, place) / width
        };
        // A charge on the wall itself belongs to the last bin.
        let bin = if at >= bins as f64 && at < bins as f64 + 1e-3 {
            bins - 1
        } else {
            at.max(-1.0).floor() as usize
        };
        if at >= 0.0
            && let Some(count) = counts.get_mut(bin)
        {
            *count += 1;
        }
    }
    let size = |bin: usize| {
        if line {
            width
        } else {
            PI * width * width * (2 * bin + 1) as f64
        }
    };
    let from = if line { -reach } else { 0.0 };
    Curve {
        x: (0..bins)
            .map(|bin| from + (bin as f64 + 0.5) * width)
            .collect(),
        y: counts
            .iter()
            .enumerate()
            .map(|(bin, &count)| f64::from(count) / size(bin))
            .collect(),
        error: Vec::new(),
    }
}

pub fn density_theory(sample: &Sample, r: f64) -> Option<f64> {
    theory(sample)?.density(r.abs())
}

pub fn radial(sample: &Sample) -> Curve {
    if on_line(sample) {
        return Curve::default();
    }
    let places = sample.positions();
    let mixed = sample.resource::<Field>().is_some_and(|field| field.mixed);
    if mixed {
        return unlike(sample);
    }
    let mut radial = RadialDistribution::new(REACH, RADIAL_BINS);
    radial.accumulate(&mut CellGrid::default(), &sample.domain, places);
    let points = radial.curve();
    Curve {
        x: points.iter().map(|point| point[0]).collect(),
        y: points.iter().map(|point| point[1]).collect(),
        error: Vec::new(),
    }
}

/// Partners of the other sign, in a box.
fn unlike(sample: &Sample) -> Curve {
    let (places, charges) = (sample.positions(), values(sample));
    let width = REACH / RADIAL_BINS as f64;
    let grid = CellGrid::build(&sample.domain, places, REACH);
    let mut counts = vec![0u64; RADIAL_BINS];
    for slot in 0..places.len() {
        grid.for_neighbours(slot, REACH as f32, |other, _, squared| {
            let other = other as usize;
            if other > slot && charges[slot] * charges[other] < 0.0 {
                let bin = (f64::from(squared).sqrt() / width) as usize;
                if let Some(count) = counts.get_mut(bin) {
                    *count += 1;
                }
            }
        });
    }
    let half = places.len() as f64 / 2.0;
    let pairs = half * half / sample.domain.area();
    Curve {
        x: (0..RADIAL_BINS)
            .map(|bin| (bin as f64 + 0.5) * width)
            .collect(),
        y: counts
            .iter()
            .enumerate()
            .map(|(bin, &count)| count as f64 / (pairs * PI * width * width * (2 * bin + 1) as f64))
            .collect(),
        error: Vec::new(),
    }
}

/// True for Ginibre's gas.
fn ginibre(sample: &Sample) -> bool {
    sample.resource::<Coulomb>().is_some_and(|coulomb| {
        coulomb.beta == 2.0
            && coulomb.space == Space::Plane
            && coulomb.trap == Confinement::Harmonic
    }) && sample
        .resource::<Field>()
        .is_some_and(|field| !field.mixed && field.core == 0.0)
}

pub fn radial_theory(sample: &Sample, r: f64) -> Option<f64> {
    ginibre(sample).then(|| 1.0 - (-r * r).exp())
}

pub fn structure_theory(sample: &Sample, k: f64) -> Option<f64> {
    ginibre(sample).then(|| 1.0 - (-k * k / 4.0).exp())
}

pub fn spacings(sample: &Sample) -> Curve {
    if !on_line(sample) {
        return Curve::default();
    }
    let mut places: Vec<f64> = sample
        .positions()
        .iter()
        .map(|&place| sample.domain.real(place)[0])
        .collect();
    places.sort_by(f64::total_cmp);
    let count = places.len();
    let middle = places.get(count / 4..count - count / 4).unwrap_or(&[]);
    if middle.len() < 3 {
        return Curve::default();
    }
    // Each gap is measured by the local density, so that the semicircle does not widen them.
    let number = count as f64;
    let density = |x: f64| {
        theory(sample)
            .filter(|theory| theory.semicircle())
            .map(|_| crate::math::coulomb::equilibrium::semicircle(number, x))
    };
    let mean = (middle[middle.len() - 1] - middle[0]) / (middle.len() - 1) as f64;
    let width = WIDEST / SPACINGS as f64;
    let mut counts = [0u32; SPACINGS];
    for pair in middle.windows(2) {
        let unit = density(0.5 * (pair[0] + pair[1])).unwrap_or(1.0 / mean);
        if let Some(count) = counts.get_mut(((pair[1] - pair[0]) * unit / width) as usize) {
            *count += 1;
        }
    }
    Curve {
        x: (0..SPACINGS)
            .map(|bin| (bin as f64 + 0.5) * width)
            .collect(),
        y: counts
            .iter()
            .map(|&count| f64::from(count) / ((middle.len() - 1) as f64 * width))
            .collect(),
        error: Vec::new(),
    }
}

/// Wigner's surmise: the density of spacings of matrices of two rows.
pub fn wigner(beta: f64, s: f64) -> Option<f64> {
    let square = s * s;
    if beta == 1.0 {
        Some(PI / 2.0 * s * (-PI / 4.0 * square).exp())
    } else if beta == 2.0 {
        Some(32.0 / (PI * PI) * square * (-4.0 / PI * square).exp())
    } else if beta == 4.0 {
        let factor = f64::from(1u32 << 18) / (729.0 * PI.powi(3));
        Some(factor * square * square * (-64.0 / (9.0 * PI) * square).exp())
    } else {
        None
    }
}

pub fn spacing_theory(sample: &Sample, s: f64) -> Option<f64> {
    on_line(sample).then_some(())?;
    wigner(sample.resource::<Coulomb>()?.beta, s)
}

/// Density of the standardised statistic: the gamma law, or a Gaussian with corrections (Edgeworth).
pub fn statistic_theory(sample: &Sample, z: f64) -> Option<f64> {
    let theory = theory(sample)?;
    let [first, second] = [theory.cumulant(1)?, theory.cumulant(2)?];
    let sigma = second.sqrt();
    if let (Some(factor), Some([shape, rate])) =
        (theory.statistic_by_potential(), theory.gamma_law())
    {
        let value = first + z * sigma;
        return Some(gamma_density(shape, rate / factor, value) * sigma);
    }
    let gaussian = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
    let [skew, kurtosis] = [
        theory.cumulant(3).unwrap_or(0.0) / sigma.powi(3),
        theory.cumulant(4).unwrap_or(0.0) / sigma.powi(4),
    ];
    let he3 = z * (z * z - 3.0);
    let he4 = z.powi(4) - 6.0 * z * z + 3.0;
    let he6 = z.powi(6) - 15.0 * z.powi(4) + 45.0 * z * z - 15.0;
    let correction = skew / 6.0 * he3 + kurtosis / 24.0 * he4 + skew * skew / 72.0 * he6;
    Some((gaussian * (1.0 + correction)).max(0.0))
}

/// −ln[p(z)√2π]: by the gamma law where it is exact, else by the large deviations of many charges.
pub fn deviation_theory(sample: &Sample, z: f64) -> Option<f64> {
    let theory = theory(sample)?;
    if theory.statistic_by_potential().is_some() {
        let density = statistic_theory(sample, z)?;
        return (density > 0.0).then(|| -(density * (2.0 * PI).sqrt()).ln());
    }
    theory.deviation()?.rate(z)
}

pub fn count_theory(sample: &Sample, r: f64) -> Option<f64> {
    let theory = theory(sample)?;
    let exact = theory.exact()?;
    Some(exact.inside(r / count(sample).sqrt())[1])
}
