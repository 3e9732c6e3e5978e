//! r/r² of many pairs at a time, in single and in double precision.

use super::Charges;
use crate::math::simd::*;

/// Charges whose field is summed in `f32` before the sum goes on in `f64`.
const BLOCK: usize = 64;

/// The same where rounding matters most.
const FINE_BLOCK: usize = 4;

/// Charges in a row of the tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub from: usize,
    pub to: usize,
    /// Where the image is that is meant, in quanta. Single precision needs it not: there a wrapping
    /// subtraction finds the nearest one.
    pub shift: [f64; 2],
}

/// Lengths as the pair sums want them: in quanta of the axis that has the longer ones. Separations
/// are below 2³¹ of them, so that neither the product of two squares nor its inverse leaves the
/// range of `f32`.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Units in a length.
    pub inverse: f64,
    /// Quanta in the unit, per axis.
    quantum: [f32; 2],
    /// True when they are one on both axes.
    pub square: bool,
    /// Square of the core radius in that unit.
    core2: f32,
    /// The last two again, in double precision.
    wide: [f64; 3],
    /// How many charges are summed in `f32`.
    block: usize,
}

impl Scale {
    /// The scale of a set of charges; `fine` sums are rounded as little as can be.
    pub fn new(charges: &Charges, fine: bool) -> Self {
        let quantum = charges.domain.span().map(|span| span / 4294967296.0);
        let unit = quantum[0].max(quantum[1]);
        let core2 = charges.core2() / (unit * unit);
        Self {
            inverse: 1.0 / unit,
            quantum: quantum.map(|quantum| (quantum / unit) as f32),
            square: quantum[0] == quantum[1],
            core2: core2.min(1e18) as f32,
            wide: [quantum[0] / unit, quantum[1] / unit, core2],
            block: if fine { FINE_BLOCK } else { BLOCK },
        }
    }
}

/// The same in all lanes.
#[derive(Clone, Copy)]
pub struct Pairs<S: Simd, const SQUARE: bool> {
    quantum: [f32x16<S>; 2],
    core2: f32x16<S>,
    block: usize,
}

impl<S: Simd, const SQUARE: bool> Pairs<S, SQUARE> {
    #[inline(always)]
    pub fn new(simd: S, scale: Scale) -> Self {
        let [x, y] = scale.quantum;
        Self {
            quantum: [f32x16::splat(simd, x), f32x16::splat(simd, y)],
            core2: f32x16::splat(simd, scale.core2),
            block: scale.block,
        }
    }

    /// Separations from sources, and 1 over their squares. Two share a quotient: 1/a = b/(ab).
    #[inline(always)]
    pub fn inverse<const COUNT: usize>(
        &self,
        simd: S,
        [ox, oy]: [u32x16<S>; 2],
        jx: &[u32x16<S>; COUNT],
        jy: &[u32x16<S>; COUNT],
    ) -> ([[f32x16<S>; COUNT]; 2], [f32x16<S>; COUNT]) {
        let zero = f32x16::splat(simd, 0.0);
        let one = f32x16::splat(simd, 1.0);
        let (mut dx, mut dy, mut r2) = ([zero; COUNT], [zero; COUNT], [one; COUNT]);
        for c in 0..COUNT {
            let x: i32x16<S> = (ox - jx[c]).bitcast();
            let y: i32x16<S> = (oy - jy[c]).bitcast();
            dx[c] = x.to_float::<f32x16<S>>();
            dy[c] = y.to_float::<f32x16<S>>();
            if !SQUARE {
                dx[c] *= self.quantum[0];
                dy[c] *= self.quantum[1];
            }
            r2[c] = (dx[c] * dx[c] + dy[c] * dy[c]).max(self.core2);
        }
        let mut over = [zero; COUNT];
        let mut c = 0;
        while c < COUNT {
            if c + 1 < COUNT {
                let both = one / (r2[c] * r2[c + 1]);
                over[c] = both * r2[c + 1];
                over[c + 1] = both * r2[c];
            } else {
                over[c] = one / r2[c];
            }
            c += 2;
        }
        ([dx, dy], over)
    }

    /// Sums over ranges of sources for blocks of sixteen, in units of the scale.
    #[inline(always)]
    pub fn over<const VALUED: bool, const BLOCKS: usize>(
        &self,
        simd: S,
        own: &[[u32x16<S>; 2]; BLOCKS],
        [x, y]: [&[u32]; 2],
        values: &[f32],
        ranges: &[Range],
    ) -> [[[f64; LANES]; 2]; BLOCKS] {
        let zero = f32x16::splat(simd, 0.0);
        let wide = f64x8::splat(simd, 0.0);
        let mut sums = [[[wide; 2]; 2]; BLOCKS];
        for range in ranges {
            let mut from = range.from;
            while from < range.to {
                let to = range.to.min(from + self.block);
                let mut part = [[zero; 2]; BLOCKS];
                let mut j = from;
                while j + 4 <= to {
                    self.add::<VALUED, BLOCKS, 4>(simd, own, [x, y], values, j, &mut part);
                    j += 4;
                }
                while j < to {
                    self.add::<VALUED, BLOCKS, 1>(simd, own, [x, y], values, j, &mut part);
                    j += 1;
                }
                for b in 0..BLOCKS {
                    for axis in 0..2 {
                        let (low, high) = simd.widen_f32x16(part[b][axis]);
                        sums[b][axis][0] += low;
                        sums[b][axis][1] += high;
                    }
                }
                from = to;
            }
        }
        let mut out = [[[0.0; LANES]; 2]; BLOCKS];
        for b in 0..BLOCKS {
            for axis in 0..2 {
                let (low, high) = out[b][axis].split_at_mut(LANES / 2);
                sums[b][axis][0].store_slice(low);
                sums[b][axis][1].store_slice(high);
            }
        }
        out
    }

    /// Adds one source or four.
    #[inline(always)]
    fn add<const VALUED: bool, const BLOCKS: usize, const COUNT: usize>(
        &self,
        simd: S,
        own: &[[u32x16<S>; 2]; BLOCKS],
        [x, y]: [&[u32]; 2],
        values: &[f32],
        j: usize,
        part: &mut [[f32x16<S>; 2]; BLOCKS],
    ) {
        let nothing = u32x16::splat(simd, 0);
        let (mut jx, mut jy) = ([nothing; COUNT], [nothing; COUNT]);
        for c in 0..COUNT {
            jx[c] = u32x16::splat(simd, x[j + c]);
            jy[c] = u32x16::splat(simd, y[j + c]);
        }
        for b in 0..BLOCKS {
            let ([dx, dy], mut over) = self.inverse::<COUNT>(simd, own[b], &jx, &jy);
            if VALUED {
                for c in 0..COUNT {
                    over[c] *= values[j + c];
                }
            }
            for (axis, d) in [dx, dy].iter().enumerate() {
                let mut sum = over[0] * d[0];
                if COUNT == 4 {
                    sum += over[1] * d[1];
                    sum += over[2] * d[2] + over[COUNT - 1] * d[COUNT - 1];
                }
                part[b][axis] += sum;
            }
        }
    }
}

/// Sums over ranges of sources for eight, in double precision and in units of the scale.
#[inline(always)]
pub fn wide<S: Simd, const VALUED: bool>(
    simd: S,
    scale: Scale,
    own: [f64x8<S>; 2],
    [x, y]: [&[f64]; 2],
    values: &[f32],
    ranges: &[Range],
) -> [f64x8<S>; 2] {
    let one = f64x8::splat(simd, 1.0);
    let mut sums = [f64x8::splat(simd, 0.0); 2];
    let [qx, qy, core2] = scale.wide;
    let (qx, qy) = (f64x8::splat(simd, qx), f64x8::splat(simd, qy));
    let core2 = f64x8::splat(simd, core2);
    for range in ranges {
        let base = [
            (own[0] - range.shift[0]) * qx,
            (own[1] - range.shift[1]) * qy,
        ];
        for j in range.from..range.to {
            let dx = base[0] - qx * x[j];
            let dy = base[1] - qy * y[j];
            let mut over = one / (dx * dx + dy * dy).max(core2);
            if VALUED {
                over *= f64::from(values[j]);
            }
            sums[0] += over * dx;
            sums[1] += over * dy;
        }
    }
    sums
}
