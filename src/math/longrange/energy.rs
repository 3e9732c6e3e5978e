//! Potentials and energies in `f64`, by all pairs: products of r² before one logarithm.

use rayon::prelude::*;

use super::torus::{self, Torus};
use super::{Achieved, Charges};
use crate::math::domain::Domain;
use crate::math::simd::{Kernel, Simd, dispatch};

/// Charges whose factors are multiplied in lanes of their own.
const WIDTH: usize = 8;

/// Factors that are multiplied before their exponent is taken out: a square distance in quanta or
/// any other unit is within 2^±80, so that six of them stay far from the limits of `f64`.
const FACTORS: usize = 6;

/// Exact separation a − b in units of length, that of the nearest image in a periodic box.
pub fn separation(domain: &Domain, a: [u32; 2], b: [u32; 2]) -> [f64; 2] {
    let span = domain.span();
    [0, 1].map(|axis| {
        let quanta = a[axis].wrapping_sub(b[axis]) as i32;
        f64::from(quanta) * (span[axis] / 4294967296.0)
    })
}

/// A product of many factors: mantissas near one, and exponents of two apart.
#[derive(Clone, Copy)]
struct Product {
    mantissa: [f64; WIDTH],
    exponent: [i64; WIDTH],
}

impl Product {
    const ONE: Self = Self {
        mantissa: [1.0; WIDTH],
        exponent: [0; WIDTH],
    };

    /// Takes the powers of two out of the mantissas.
    #[inline(always)]
    fn normalise(&mut self) {
        for l in 0..WIDTH {
            let bits = self.mantissa[l].to_bits() as i64;
            self.exponent[l] += (bits >> 52) - 1023;
            self.mantissa[l] =
                f64::from_bits(((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000) as u64);
        }
    }

    #[inline(always)]
    fn ln(&self) -> f64 {
        let (mut mantissa, mut exponent) = (1.0, 0);
        for l in 0..WIDTH {
            mantissa *= self.mantissa[l];
            exponent += self.exponent[l];
        }
        mantissa.ln() + exponent as f64 * std::f64::consts::LN_2
    }
}

/// The sum of −qⱼ ln r over charges, with the core: products of r² before one logarithm for those
/// of charge 1 and one for those of charge −1; all others need a logarithm each.
#[derive(Clone, Copy)]
pub struct Products {
    place: [u32; 2],
    quantum: [f64; 2],
    core2: f64,
    above: Product,
    below: Product,
    inner: [f64; WIDTH],
    others: f64,
    signed: bool,
    unit: f64,
    inverse: f64,
}

impl Products {
    /// No charges yet, seen from a place; lengths are those of the quantum, and charges of the unit
    /// or its negative are those that need no logarithm of their own.
    #[inline(always)]
    pub fn new(place: [u32; 2], quantum: [f64; 2], core2: f64, unit: f64) -> Self {
        Self {
            place,
            quantum,
            core2,
            above: Product::ONE,
            below: Product::ONE,
            inner: [0.0; WIDTH],
            others: 0.0,
            signed: false,
            unit,
            inverse: 1.0 / unit,
        }
    }

    /// Square distances of eight charges; those past the end are at distance one.
    #[inline(always)]
    fn squares(&self, places: &[[u32; 2]]) -> [f64; WIDTH] {
        let mut r2 = [1.0f64; WIDTH];
        if places.len() >= WIDTH {
            for l in 0..WIDTH {
                r2[l] = self.square(places[l]);
            }
        } else {
            for l in 0..places.len() {
                r2[l] = self.square(places[l]);
            }
        }
        r2
    }

    #[inline(always)]
    fn square(&self, [x, y]: [u32; 2]) -> f64 {
        let dx = f64::from(self.place[0].wrapping_sub(x) as i32) * self.quantum[0];
        let dy = f64::from(self.place[1].wrapping_sub(y) as i32) * self.quantum[1];
        dx * dx + dy * dy
    }

    /// Adds charges; without values all are 1.
    #[inline(always)]
    pub fn add(&mut self, places: &[[u32; 2]], values: Option<&[f32]>) {
        let inverse = 1.0 / self.core2;
        let mut at = 0;
        while at < places.len() {
            let mut factors = 0;
            while factors < FACTORS && at < places.len() {
                let count = WIDTH.min(places.len() - at);
                let r2 = self.squares(&places[at..at + count]);
                let mut charge = [1.0f64; WIDTH];
                if let Some(values) = values {
                    for l in 0..count {
                        charge[l] = f64::from(values[at + l]) * self.inverse;
                    }
                    self.signed = true;
                }
                for l in count..WIDTH {
                    charge[l] = 0.0;
                }
                let mut plain = true;
                for l in 0..WIDTH {
                    let bounded = if r2[l] > self.core2 {
                        r2[l]
                    } else {
                        self.core2
                    };
                    let inside = 1.0 - r2[l] * inverse;
                    let inside = if inside > 0.0 { inside } else { 0.0 };
                    self.inner[l] += charge[l] * inside;
                    self.above.mantissa[l] *= if charge[l] == 1.0 { bounded } else { 1.0 };
                    plain &= charge[l] == 1.0;
                }
                if !plain {
                    for l in 0..count {
                        let bounded = if r2[l] > self.core2 {
                            r2[l]
                        } else {
                            self.core2
                        };
                        if charge[l] == -1.0 {
                            self.below.mantissa[l] *= bounded;
                        } else if charge[l] != 1.0 && charge[l] != 0.0 {
                            self.others -= charge[l] * bounded.ln();
                        }
                    }
                }
                at += count;
                factors += 1;
            }
            self.above.normalise();
            if self.signed {
                self.below.normalise();
            }
        }
    }

    /// The sum.
    #[inline(always)]
    pub fn sum(&self) -> f64 {
        let mut sum = self.others - self.above.ln();
        if self.signed {
            sum += self.below.ln();
        }
        for inner in self.inner {
            sum += inner;
        }
        0.5 * self.unit * sum
    }
}

/// The products over a run of charges.
struct Logs<'a> {
    places: &'a [[u32; 2]],
    values: Option<&'a [f32]>,
    products: Products,
}

impl Kernel for Logs<'_> {
    type Output = f64;
    #[inline(always)]
    fn run<S: Simd>(mut self, _: S) -> f64 {
        self.products.add(self.places, self.values);
        self.products.sum()
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
            places: &charges.positions[from..to],
            values: charges.values.map(|values| &values[from..to]),
            products: Products::new(place, self.quantum, self.core2, self.unit),
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
