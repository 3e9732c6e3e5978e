//! Sums of logarithms in `f64`: products of r² before one logarithm.

use crate::math::simd::*;

/// Factors that are multiplied before their exponents are taken out: a square distance in any
/// sensible unit of length is within 2^±80, so that six of them stay far from the limits of `f64`.
const FACTORS: usize = 6;

/// Half the lanes of a block: those of a vector in double precision.
const HALF: usize = LANES / 2;

/// A product of many factors: mantissas near one, and exponents of two apart.
#[derive(Clone, Copy)]
struct Product<S: Simd> {
    mantissa: [f64x8<S>; 2],
    exponent: [u64x8<S>; 2],
}

impl<S: Simd> Product<S> {
    #[inline(always)]
    fn one(simd: S) -> Self {
        Self {
            mantissa: [f64x8::splat(simd, 1.0); 2],
            exponent: [u64x8::splat(simd, 0); 2],
        }
    }

    /// Takes the powers of two out of the mantissas.
    #[inline(always)]
    fn normalise(&mut self) {
        for half in 0..2 {
            let bits: u64x8<S> = self.mantissa[half].bitcast();
            // A mantissa of one has the exponent 1023, which is taken off in the end.
            self.exponent[half] += bits >> 52;
            let one = (bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000;
            self.mantissa[half] = one.bitcast();
        }
    }

    /// The logarithm, after so many normalisations.
    #[inline(always)]
    fn ln(&self, times: u64) -> f64 {
        let (mut mantissa, mut exponent) = (1.0, 0);
        for half in 0..2 {
            let (m, e) = (
                self.mantissa[half].to_array(),
                self.exponent[half].to_array(),
            );
            for l in 0..HALF {
                mantissa *= m[l];
                exponent += e[l] as i64 - 1023 * times as i64;
            }
        }
        mantissa.ln() + exponent as f64 * std::f64::consts::LN_2
    }
}

/// The sum of −qⱼ ln r over charges, with the core: one product for those of charge 1 and one for
/// those of charge −1; all others need a logarithm each.
#[derive(Clone, Copy)]
pub struct Products<S: Simd> {
    place: [u32; 2],
    quantum: [f64; 2],
    core2: f64,
    above: Product<S>,
    below: Product<S>,
    times: u64,
    /// What is no product: charges that are neither, and insides of cores.
    others: f64,
    unit: f64,
}

impl<S: Simd> Products<S> {
    /// No charges yet, seen from a place; lengths are those of the quantum, and charges of the unit
    /// or its negative are those that need no logarithm of their own.
    #[inline(always)]
    pub fn new(simd: S, place: [u32; 2], quantum: [f64; 2], core2: f64, unit: f64) -> Self {
        Self {
            place,
            quantum,
            core2,
            above: Product::one(simd),
            below: Product::one(simd),
            times: 0,
            others: 0.0,
            unit,
        }
    }

    /// Adds charges; without values all are 1.
    #[inline(always)]
    pub fn add(&mut self, simd: S, places: &[[u32; 2]], values: Option<&[f32]>) {
        let mut at = 0;
        while at + LANES <= places.len() {
            let end = places.len().min(at + FACTORS * LANES);
            while at + LANES <= end {
                let block = at..at + LANES;
                match values {
                    None => self.block(simd, &places[block]),
                    Some(values) => self.valued(simd, &places[block.clone()], &values[block]),
                }
                at += LANES;
            }
            self.normalise();
        }
        if at < places.len() {
            // Lanes past the end have no charge.
            let (mut rest, mut charges) = ([self.place; LANES], [0.0; LANES]);
            let count = places.len() - at;
            rest[..count].copy_from_slice(&places[at..]);
            match values {
                None => charges[..count].fill(self.unit as f32),
                Some(values) => charges[..count].copy_from_slice(&values[at..]),
            }
            self.valued(simd, &rest, &charges);
            self.normalise();
        }
    }

    #[inline(always)]
    fn normalise(&mut self) {
        self.above.normalise();
        self.below.normalise();
        self.times += 1;
    }

    /// Square distances of sixteen charges.
    #[inline(always)]
    fn squares(&self, simd: S, places: &[[u32; 2]]) -> [f64x8<S>; 2] {
        let [x, y] = load_positions(simd, places);
        let x: i32x16<S> = (u32x16::splat(simd, self.place[0]) - x).bitcast();
        let y: i32x16<S> = (u32x16::splat(simd, self.place[1]) - y).bitcast();
        let (x, y) = (simd.widen_i32x16(x), simd.widen_i32x16(y));
        let mut r2 = [f64x8::splat(simd, 0.0); 2];
        for (half, (x, y)) in [(x.0, y.0), (x.1, y.1)].into_iter().enumerate() {
            let x = simd.cvt_f64_i64x8(x) * self.quantum[0];
            let y = simd.cvt_f64_i64x8(y) * self.quantum[1];
            r2[half] = x * x + y * y;
        }
        r2
    }

    /// Sixteen charges of the unit.
    #[inline(always)]
    fn block(&mut self, simd: S, places: &[[u32; 2]]) {
        let r2 = self.squares(simd, places);
        let core2 = f64x8::splat(simd, self.core2);
        for (r2, product) in r2.into_iter().zip(&mut self.above.mantissa) {
            if r2.simd_lt(core2).any_true() {
                for value in r2.to_array() {
                    self.others += inside(value, self.core2);
                }
            }
            *product *= r2.max(core2);
        }
    }

    /// Sixteen charges of any values.
    #[inline(always)]
    fn valued(&mut self, simd: S, places: &[[u32; 2]], values: &[f32]) {
        let r2 = self.squares(simd, places);
        let (one, core2) = (f64x8::splat(simd, 1.0), f64x8::splat(simd, self.core2));
        let (low, high) = simd.widen_f32x16(f32x16::from_slice(simd, values));
        for (half, charge) in [low, high].into_iter().enumerate() {
            let (plus, minus) = (charge.simd_eq(self.unit), charge.simd_eq(-self.unit));
            let bounded = r2[half].max(core2);
            self.above.mantissa[half] *= plus.select(bounded, one);
            self.below.mantissa[half] *= minus.select(bounded, one);
            let special = r2[half].simd_lt(core2) | !(plus | minus);
            if special.any_true() {
                let (squares, charges) = (r2[half].to_array(), charge.to_array());
                for l in 0..HALF {
                    let charge = charges[l] / self.unit;
                    self.others += charge * inside(squares[l], self.core2);
                    if charge.abs() != 1.0 && charge != 0.0 {
                        self.others -= charge * squares[l].max(self.core2).ln();
                    }
                }
            }
        }
    }

    /// The sum.
    #[inline(always)]
    pub fn sum(&self) -> f64 {
        0.5 * self.unit * (self.others + self.below.ln(self.times) - self.above.ln(self.times))
    }
}

/// Twice what the core adds to −ln a.
#[inline(always)]
fn inside(r2: f64, core2: f64) -> f64 {
    if r2 < core2 { 1.0 - r2 / core2 } else { 0.0 }
}
