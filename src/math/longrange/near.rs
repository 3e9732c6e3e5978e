//! What a leaf feels: the charges of its neighbourhood one by one, all others by the expansion.

use super::expansion::{INVERSE_FACTORIALS, Local, MOST_TERMS, Shape, WIDE};
use super::pairs::{Pairs, Range, Scale, wide};
use super::products::Products;
use super::tree::{Cell, Frame, Tree};
use crate::math::simd::*;

/// What all leaves share.
#[derive(Clone, Copy)]
pub struct Near<'a> {
    pub targets: &'a Tree,
    pub sources: &'a Tree,
    pub frame: &'a Frame,
    pub scale: Scale,
    pub shape: Shape,
    /// True when single precision is not enough.
    pub fine: bool,
}

/// The field at the members of a leaf.
pub struct Field<'a> {
    pub near: Near<'a>,
    pub cell: Cell,
    /// Ranges of sources near by.
    pub ranges: &'a [Range],
    pub local: &'a Local,
    pub out: &'a mut [[f64; 2]],
}

impl Kernel for Field<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        match (self.near.sources.values.is_empty(), self.near.scale.square) {
            (true, true) => self.pairs::<S, false, true>(simd),
            (true, false) => self.pairs::<S, false, false>(simd),
            (false, true) => self.pairs::<S, true, true>(simd),
            (false, false) => self.pairs::<S, true, false>(simd),
        }
        self.far(simd);
    }
}

impl Field<'_> {
    #[inline(always)]
    fn pairs<S: Simd, const VALUED: bool, const SQUARE: bool>(&mut self, simd: S) {
        if self.near.fine {
            self.fine::<S, VALUED>(simd);
            return;
        }
        let count = self.cell.len();
        let mut first = 0;
        while first < count {
            if count - first > LANES {
                self.rows::<S, VALUED, SQUARE, 2>(simd, first);
                first += 2 * LANES;
            } else {
                self.rows::<S, VALUED, SQUARE, 1>(simd, first);
                first += LANES;
            }
        }
    }

    /// Some blocks of sixteen targets against all sources.
    #[inline(always)]
    fn rows<S: Simd, const VALUED: bool, const SQUARE: bool, const BLOCKS: usize>(
        &mut self,
        simd: S,
        first: usize,
    ) {
        let pairs = Pairs::<S, SQUARE>::new(simd, self.near.scale);
        let mut own = [[u32x16::splat(simd, 0); 2]; BLOCKS];
        for (b, own) in own.iter_mut().enumerate() {
            let at = self.cell.from as usize + first + b * LANES;
            own[0] = u32x16::from_slice(simd, &self.near.targets.x[at..at + LANES]);
            own[1] = u32x16::from_slice(simd, &self.near.targets.y[at..at + LANES]);
        }
        let Tree { x, y, values, .. } = self.near.sources;
        let sums = pairs.over::<VALUED, BLOCKS>(simd, &own, [x, y], values, self.ranges);
        let inverse = self.near.scale.inverse;
        for (out, [x, y]) in self.out[first..].chunks_mut(LANES).zip(&sums) {
            for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
                *out = [x * inverse, y * inverse];
            }
        }
    }

    /// The same in double precision.
    #[inline(always)]
    fn fine<S: Simd, const VALUED: bool>(&mut self, simd: S) {
        let Near {
            targets, sources, ..
        } = self.near;
        let inverse = self.near.scale.inverse;
        let [from, to] = [self.cell.from as usize, self.cell.to as usize];
        for at in (from..to).step_by(WIDE) {
            let own = [
                f64x8::from_slice(simd, &targets.wide[0][at..at + WIDE]),
                f64x8::from_slice(simd, &targets.wide[1][at..at + WIDE]),
            ];
            let columns = [&sources.wide[0][..], &sources.wide[1][..]];
            let values = &sources.values;
            let sums = wide::<S, VALUED>(simd, self.near.scale, own, columns, values, self.ranges);
            let (x, y) = (sums[0].to_array(), sums[1].to_array());
            for l in 0..WIDE.min(to - at) {
                self.out[at - from + l] = [x[l] * inverse, y[l] * inverse];
            }
        }
    }

    /// The expansion, by Horner's rule.
    #[inline(always)]
    fn far<S: Simd>(&mut self, simd: S) {
        let terms = self.near.shape.terms;
        let zero = f64x8::splat(simd, 0.0);
        let scale = self.near.frame.scale(self.cell.level);
        let inverse = 1.0 / scale;
        let (mut cr, mut ci) = ([0.0; MOST_TERMS], [0.0; MOST_TERMS]);
        for k in 0..terms {
            cr[k] = self.local.re[k] * INVERSE_FACTORIALS[k] * inverse;
            ci[k] = self.local.im[k] * INVERSE_FACTORIALS[k] * inverse;
        }
        let [from, to] = [self.cell.from as usize, self.cell.to as usize];
        let frame = self.near.frame;
        for at in (from..to).step_by(WIDE) {
            let (mut wx, mut wy) = ([0.0; WIDE], [0.0; WIDE]);
            for l in 0..WIDE {
                let x = self.near.targets.x[at + l].wrapping_sub(frame.origin[0]);
                let y = self.near.targets.y[at + l].wrapping_sub(frame.origin[1]);
                wx[l] = (self.cell.centre[0] - f64::from(x) * frame.quantum[0]) * inverse;
                wy[l] = (self.cell.centre[1] - f64::from(y) * frame.quantum[1]) * inverse;
            }
            let wx = f64x8::load_array(simd, wx);
            let wy = f64x8::load_array(simd, wy);
            let (mut re, mut im) = (zero, zero);
            for k in 0..terms {
                let k = terms - 1 - k;
                let r = re * wx - im * wy + cr[k];
                im = re * wy + im * wx + ci[k];
                re = r;
            }
            let (re, im) = (re.to_array(), im.to_array());
            for l in 0..WIDE {
                if at + l < to {
                    let out = &mut self.out[at + l - from];
                    out[0] += re[l];
                    out[1] -= im[l];
                }
            }
        }
    }
}

/// The potential at the members of a leaf.
pub struct Potential<'a> {
    pub near: Near<'a>,
    pub cell: Cell,
    pub ranges: &'a [Range],
    pub local: &'a Local,
    /// Square of the core radius.
    pub core2: f64,
    /// What most charges are, up to the sign.
    pub unit: f64,
    pub out: &'a mut [f64],
}

impl Kernel for Potential<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let near = self.near;
        let frame = near.frame;
        let scale = frame.scale(self.cell.level);
        let terms = near.shape.terms;
        let [from, to] = [self.cell.from as usize, self.cell.to as usize];
        for at in from..to {
            let place = near.targets.places[at];
            let mut products = Products::new(simd, place, frame.quantum, self.core2, self.unit);
            for &Range { from, to, .. } in self.ranges {
                let values = match near.sources.values.is_empty() {
                    true => None,
                    false => Some(&near.sources.values[from..to]),
                };
                products.add(simd, &near.sources.places[from..to], values);
            }
            let [x, y] = frame.real(place);
            let (wx, wy) = (
                (self.cell.centre[0] - x) / scale,
                (self.cell.centre[1] - y) / scale,
            );
            // U = U₀ − Σ lₖ wᵏ⁺¹/(k + 1)!, and the potential is its negative.
            let (mut re, mut im) = (0.0, 0.0);
            for k in (0..terms).rev() {
                let a = self.local.re[k] * INVERSE_FACTORIALS[k + 1];
                let b = self.local.im[k] * INVERSE_FACTORIALS[k + 1];
                (re, im) = (re * wx - im * wy + a, re * wy + im * wx + b);
            }
            let far = re * wx - im * wy - self.local.log;
            self.out[at - from] = products.sum() + far;
        }
    }
}
