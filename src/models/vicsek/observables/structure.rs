//! Where the particles are: crowding, groups, number fluctuations, and profiles along the motion.

use std::f64::consts::TAU;

use super::{headings, order_and_direction, random};
use crate::math::blocks::{BlockCounts, NumberFluctuations};
use crate::math::domain::{Boundary, Domain};
use crate::math::neighbour_sums;
use crate::math::pull::Align;
use crate::math::statistics::ordered_sum;
use crate::math::strips::Strips;
use crate::model::observable::{Curve, Sample};
use crate::models::vicsek::parameters::RANGE;
use crate::models::vicsek::step::FINENESS;
use crate::models::vicsek::survey::groups;

/// Bins of the profiles along the motion, at least and at most.
const BINS: [f64; 2] = [16.0, 256.0];

/// ⟨n²⟩/⟨n⟩ over cells of one range: the crowd in which a particle finds itself.
pub fn crowding(sample: &Sample) -> f64 {
    let mut counts = BlockCounts::default();
    counts.measure(&sample.domain, sample.positions(), RANGE);
    let [sum, squares] = counts.counts.iter().fold([0.0; 2], |[sum, squares], &n| {
        let n = f64::from(n);
        [sum + n, squares + n * n]
    });
    squares / sum
}

/// For every particle the sum over all within the range, itself included, of the given vectors;
/// divided by their number when `mean`.
pub fn around(sample: &Sample, vectors: &[[f32; 2]], mean: bool) -> Vec<[f32; 2]> {
    let mut strips = Strips::default();
    strips.sort(&sample.domain, RANGE, FINENESS, sample.positions(), vectors);
    let (mut sorted, mut out) = (vec![[0.0; 2]; vectors.len()], vec![[0.0; 2]; vectors.len()]);
    let (domain, align) = (&sample.domain, Align::<true>);
    neighbour_sums::pulls(align, mean, domain, RANGE, &strips, &mut sorted);
    strips.unsort(&sorted, &mut out);
    out
}

/// Mean number of others within the range.
pub fn mean_neighbours(sample: &Sample) -> f64 {
    let count = sample.positions().len();
    let numbers = around(sample, &vec![[1.0, 0.0]; count], false);
    let [sum] = ordered_sum(count, |slot| [f64::from(numbers[slot][0])]);
    sum / count as f64 - 1.0
}

/// A homogeneous gas of N in a periodic box has (N − 1) π/A others around each.
pub fn mean_neighbours_theory(sample: &Sample) -> Option<f64> {
    let count = random(sample)?;
    let fits = sample.domain.size.iter().all(|&side| side >= 2.0 * RANGE);
    let area = std::f64::consts::PI * RANGE * RANGE;
    (sample.domain.is_periodic() && fits).then(|| (count - 1.0) * area / sample.domain.area())
}

pub fn largest_group(sample: &Sample) -> f64 {
    groups(sample).largest
}

pub fn group_sizes(sample: &Sample) -> Curve {
    let shares = groups(sample).shares;
    Curve {
        // The geometric middle of an octave.
        x: (0..shares.len())
            .map(|octave| 2f64.powi(octave as i32) * 2f64.sqrt())
            .collect(),
        y: shares,
        error: Vec::new(),
    }
}

/// ⟨n⟩ and Var n of one frame, for blocks of every size.
pub fn fluctuations(sample: &Sample) -> Vec<[f64; 2]> {
    let mut measured = NumberFluctuations::default();
    measured.accumulate(
        &mut BlockCounts::default(),
        &sample.domain,
        sample.positions(),
    );
    let curve = measured.curve();
    curve
        .iter()
        .map(|&[mean, variance, _]| [mean, variance])
        .collect()
}

pub fn number_fluctuations(sample: &Sample) -> Curve {
    let points = fluctuations(sample);
    Curve {
        x: points.iter().map(|point| point[0]).collect(),
        y: points.iter().map(|point| point[1]).collect(),
        error: Vec::new(),
    }
}

pub fn fluctuations_theory(sample: &Sample, mean: f64) -> Option<f64> {
    random(sample).filter(|_| sample.domain.is_periodic())?;
    Some(mean)
}

/// Numbers and momenta in slabs across the axis of the box that is next to the mean direction,
/// from the rear to the front, with the crest of the first Fourier mode in the middle.
struct Slabs {
    length: f64,
    count: Vec<f64>,
    along: Vec<f64>,
}

impl Slabs {
    fn measure(sample: &Sample) -> Self {
        let domain = &sample.domain;
        let (_, angle) = order_and_direction(sample);
        let direction = [angle.cos(), angle.sin()];
        let axis = usize::from(direction[1].abs() > direction[0].abs());
        let forwards = if direction[axis] < 0.0 { -1.0 } else { 1.0 };
        let length = domain.size[axis];
        let places = sample.positions();
        let turn = |slot: usize| forwards * domain.real(places[slot])[axis] / length;
        let [cosine, sine] = ordered_sum(places.len(), |slot| {
            let angle = TAU * turn(slot);
            [angle.cos(), angle.sin()]
        });
        // Without a periodic box there is nothing to shift: the walls stay where they are.
        let crest = if domain.boundary == Boundary::Periodic {
            sine.atan2(cosine) / TAU
        } else {
            0.0
        };
        let bins = (length / RANGE).round().clamp(BINS[0], BINS[1]) as usize;
        let (mut count, mut along) = (vec![0.0; bins], vec![0.0; bins]);
        for (slot, heading) in headings(sample).iter().enumerate() {
            let place = Self::wrapped(turn(slot) - crest, domain);
            if let Some(place) = place {
                let bin = ((place * bins as f64) as usize).min(bins - 1);
                count[bin] += 1.0;
                along[bin] +=
                    f64::from(heading[0]) * direction[0] + f64::from(heading[1]) * direction[1];
            }
        }
        Self {
            length,
            count,
            along,
        }
    }

    /// Fraction of the axis, from 0 at the rear; `None` outside of an open box.
    fn wrapped(turn: f64, domain: &Domain) -> Option<f64> {
        if domain.is_periodic() {
            Some((turn + 0.5).rem_euclid(1.0))
        } else {
            (turn.abs() <= 0.5).then_some(turn + 0.5)
        }
    }

    fn curve(&self, value: impl Fn(usize) -> f64) -> Curve {
        let bins = self.count.len();
        let place = |bin| ((bin as f64 + 0.5) / bins as f64 - 0.5) * self.length;
        Curve {
            x: (0..bins).map(place).collect(),
            y: (0..bins).map(value).collect(),
            error: Vec::new(),
        }
    }
}

pub fn density_profile(sample: &Sample) -> Curve {
    let slabs = Slabs::measure(sample);
    let area = sample.domain.area() / slabs.count.len() as f64;
    slabs.curve(|bin| slabs.count[bin] / area)
}

pub fn polarisation_profile(sample: &Sample) -> Curve {
    let slabs = Slabs::measure(sample);
    slabs.curve(|bin| slabs.along[bin] / slabs.count[bin].max(1.0))
}

/// ⟨r̂ × e⟩ about the centre of mass: 1 when everybody circles counter-clockwise.
pub fn rotation(sample: &Sample) -> f64 {
    let (domain, places) = (&sample.domain, sample.positions());
    let count = places.len().max(1) as f64;
    let centre = if domain.is_periodic() {
        // The middle of a cloud on a circle is the direction of its mean.
        let sums = ordered_sum(places.len(), |slot| {
            let [x, y] = places[slot].map(|part| TAU * f64::from(part) / 4_294_967_296.0);
            [x.cos(), x.sin(), y.cos(), y.sin()]
        });
        let turn = |cosine: f64, sine: f64| {
            let turn = sine.atan2(cosine).rem_euclid(TAU) / TAU;
            (turn * 4_294_967_296.0) as u32
        };
        [turn(sums[0], sums[1]), turn(sums[2], sums[3])]
    } else {
        domain.fixed(
            ordered_sum(places.len(), |slot| domain.real(places[slot])).map(|sum| sum / count),
        )
    };
    let turning = headings(sample);
    let [sum] = ordered_sum(places.len(), |slot| {
        let [x, y] = domain.separation(places[slot], centre).map(f64::from);
        let distance = x.hypot(y);
        let [u, v] = turning[slot].map(f64::from);
        [if distance > 0.0 {
            (x * v - y * u) / distance
        } else {
            0.0
        }]
    });
    sum / count
}
