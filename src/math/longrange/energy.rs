//! Potentials and energies in `f64`, by all pairs.

use rayon::prelude::*;

use super::products::Products;
use super::torus::{self, Torus};
use super::{Achieved, Charges};
use crate::math::domain::Domain;
use crate::math::simd::{Kernel, Simd, dispatch};

/// Exact separation a − b in units of length, that of the nearest image in a periodic box.
pub fn separation(domain: &Domain, a: [u32; 2], b: [u32; 2]) -> [f64; 2] {
    let span = domain.span();
    [0, 1].map(|axis| {
        let quanta = a[axis].wrapping_sub(b[axis]) as i32;
        f64::from(quanta) * (span[axis] / 4294967296.0)
    })
}

/// The sum of −qⱼ ln r over a run of charges, seen from a place.
struct Logs<'a> {
    place: [u32; 2],
    places: &'a [[u32; 2]],
    values: Option<&'a [f32]>,
    quantum: [f64; 2],
    core2: f64,
    unit: f64,
}

impl Kernel for Logs<'_> {
    type Output = f64;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f64 {
        let mut products = Products::new(simd, self.place, self.quantum, self.core2, self.unit);
        products.add(simd, self.places, self.values);
        products.sum()
    }
}

/// The charge that most are, up to the sign, if they are alike at all.
pub fn unit_of(values: Option<&[f32]>) -> f64 {
    let first = values
        .and_then(|values| values.first())
        .map_or(1.0, |value| value.abs());
    if first > 0.0 { f64::from(first) } else { 1.0 }
}

/// What all sums over a set of charges share.
struct Sums<'a> {
    charges: Charges<'a>,
    torus: Option<Torus>,
    core2: f64,
    quantum: [f64; 2],
    unit: f64,
}

impl<'a> Sums<'a> {
    fn new(charges: &Charges<'a>) -> Self {
        let periodic = charges.domain.is_periodic();
        Self {
            charges: *charges,
            torus: periodic.then(|| Torus::new(charges.domain)),
            core2: charges.core2(),
            quantum: charges.domain.span().map(|span| span / 4294967296.0),
            unit: unit_of(charges.values),
        }
    }

    /// −Σ qⱼ ln r over a range of charges, seen from a place.
    fn over(&self, place: [u32; 2], from: usize, to: usize) -> f64 {
        if from >= to {
            return 0.0;
        }
        let charges = &self.charges;
        if let Some(torus) = &self.torus {
            let term = |j: usize| {
                let d = separation(charges.domain, place, charges.positions[j]);
                charges.value(j) * torus.cored_potential(d, self.core2)
            };
            return (from..to).map(term).sum();
        }
        dispatch(Logs {
            place,
            places: &charges.positions[from..to],
            values: charges.values.map(|values| &values[from..to]),
            quantum: self.quantum,
            core2: self.core2,
            unit: self.unit,
        })
    }

    /// The potential of a charge at itself by its images, and by the linear field.
    fn own(&self, slot: usize) -> f64 {
        let images = self
            .torus
            .as_ref()
            .map_or(0.0, |torus| self.charges.value(slot) * torus.own());
        images + self.charges.outer(self.charges.positions[slot])
    }
}

/// The potential at every charge.
pub fn potential(charges: &Charges, potential: &mut [f64]) {
    let sums = Sums::new(charges);
    let count = charges.positions.len();
    potential.par_iter_mut().enumerate().for_each(|(i, out)| {
        let place = charges.positions[i];
        *out = sums.over(place, 0, i) + sums.over(place, i + 1, count) + sums.own(i);
    });
}

/// The energy of all pairs, each met once, of the images and of the linear field.
pub fn energy(charges: &Charges) -> f64 {
    let sums = Sums::new(charges);
    let count = charges.positions.len();
    // The rows of a triangle differ in length: one from either end make pairs of equal length.
    let rows = count.div_ceil(2);
    let row = |i: usize| charges.value(i) * sums.over(charges.positions[i], 0, i);
    let shares: Vec<f64> = (0..rows)
        .into_par_iter()
        .with_min_len(16)
        .map(|i| {
            let other = count - 1 - i;
            row(i) + if other == i { 0.0 } else { row(other) }
        })
        .collect();
    let pairs: f64 = shares.iter().sum();
    let images = sums.torus.as_ref().map_or(0.0, |torus| {
        let squares = (0..count).map(|i| charges.value(i) * charges.value(i));
        0.5 * torus.own() * squares.sum::<f64>()
    });
    pairs + images + charges.outer_energy()
}

/// How the energy changes when the charge of a slot moves to a place: two sums over N.
pub fn move_energy(charges: &Charges, slot: usize, to: [u32; 2]) -> f64 {
    let Some(&from) = charges.positions.get(slot) else {
        return 0.0;
    };
    let sums = Sums::new(charges);
    let count = charges.positions.len();
    let at = |place| {
        sums.over(place, 0, slot) + sums.over(place, slot + 1, count) + charges.outer(place)
    };
    charges.value(slot) * (at(to) - at(from))
}

/// The field at points anywhere, by all pairs.
pub fn field_at(charges: &Charges, points: &[[u32; 2]], field: &mut [[f32; 2]]) {
    field
        .par_iter_mut()
        .zip(points)
        .for_each(|(out, &point)| *out = field_on(charges, point, None).map(|value| value as f32));
}

/// The potential at points anywhere, by all pairs.
pub fn potential_at(charges: &Charges, points: &[[u32; 2]], potential: &mut [f32]) {
    let sums = Sums::new(charges);
    let count = charges.positions.len();
    potential
        .par_iter_mut()
        .zip(points)
        .for_each(|(out, &point)| {
            *out = (sums.over(point, 0, count) + charges.outer(point)) as f32
        });
}

/// The field at a place in `f64`, by all pairs; one charge may be left out.
pub fn field_on(charges: &Charges, place: [u32; 2], without: Option<usize>) -> [f64; 2] {
    let core2 = charges.core2();
    if charges.domain.is_periodic() {
        let torus = Torus::new(charges.domain);
        return torus::field_on(charges, &torus, core2, place, without);
    }
    let mut sum = [0.0; 2];
    for (j, &other) in charges.positions.iter().enumerate() {
        if without == Some(j) {
            continue;
        }
        let [x, y] = separation(charges.domain, place, other);
        let over = charges.value(j) / (x * x + y * y).max(core2);
        sum[0] += over * x;
        sum[1] += over * y;
    }
    let real = charges.domain.real(place);
    [0, 1].map(|axis| sum[axis] - charges.stiffness * real[axis])
}

/// Compares a field with that of all pairs at some charges.
pub fn achieved(charges: &Charges, field: &[[f32; 2]], samples: usize) -> Achieved {
    let count = charges.positions.len();
    let samples = samples.min(count);
    let look = |k: usize| {
        let slot = k * count / samples;
        let exact = field_on(charges, charges.positions[slot], Some(slot));
        let [x, y] = [0, 1].map(|axis| f64::from(field[slot][axis]) - exact[axis]);
        (x * x + y * y, strength(charges, slot))
    };
    let found: Vec<(f64, f64)> = (0..samples).into_par_iter().map(look).collect();
    let [mut error, mut scale, mut largest] = [0.0f64; 3];
    for (square, strength) in found {
        error += square;
        scale += strength;
        largest = largest.max(square);
    }
    Achieved {
        relative: if scale > 0.0 {
            (error / scale).sqrt()
        } else {
            0.0
        },
        largest: largest.sqrt(),
        samples,
    }
}

/// Nearest charges that make the fluctuating part of a field.
const NEAREST: usize = 24;

/// Σ (qⱼ/rⱼ)² over the nearest charges at other places: the mean square of the field that they
/// would have in random directions.
fn strength(charges: &Charges, slot: usize) -> f64 {
    let core2 = charges.core2();
    let place = charges.positions[slot];
    let others = charges.positions.iter().enumerate();
    let mut squares: Vec<(f64, f64)> = others
        .filter(|&(j, &other)| j != slot && other != place)
        .map(|(j, &other)| {
            let [x, y] = separation(charges.domain, place, other);
            let r2 = x * x + y * y;
            let value = charges.value(j);
            let bounded = r2.max(core2);
            (r2, value * value * r2 / (bounded * bounded))
        })
        .collect();
    if squares.len() > NEAREST {
        squares.select_nth_unstable_by(NEAREST, |a, b| a.0.total_cmp(&b.0));
        squares.truncate(NEAREST);
        squares.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    squares.iter().map(|&(_, square)| square).sum()
}
