//! What a leaf feels: the charges of its neighbourhood one by one, all others by the expansion.

use super::direct::Scale;
use super::energy::Products;
use super::expansion::{INVERSE_FACTORIALS, Local, MOST_TERMS, Shape, WIDE};
use super::tree::{Cell, Frame, Tree};
use crate::math::simd::*;

/// Charges whose field is summed in `f32` before the sum goes on in `f64`.
const BLOCK: usize = 96;

/// What all leaves share.
#[derive(Clone, Copy)]
pub struct Near<'a> {
    pub targets: &'a Tree,
    pub sources: &'a Tree,
    pub frame: &'a Frame,
    pub scale: Scale,
    pub shape: Shape,
}

/// The field at the members of a leaf.
pub struct Field<'a> {
    pub near: Near<'a>,
    pub cell: Cell,
    /// Ranges of sources near by.
    pub ranges: &'a [[u32; 2]],
    pub local: &'a Local,
    pub out: &'a mut [[f64; 2]],
}

impl Kernel for Field<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        if self.near.sources.values.is_empty() {
            self.pairs::<S, false>(simd);
        } else {
            self.pairs::<S, true>(simd);
        }
        self.far(simd);
    }
}

/// Sixteen sums in double precision.
type Sums<S> = [f64x8<S>; 2];

impl Field<'_> {
    #[inline(always)]
    fn pairs<S: Simd, const VALUED: bool>(&mut self, simd: S) {
        let [from, to] = [self.cell.from as usize, self.cell.to as usize];
        let mut at = from;
        while at < to {
            if to - at > LANES {
                self.rows::<S, VALUED, 2>(simd, at, at - from, to - from);
                at += 2 * LANES;
            } else {
                self.rows::<S, VALUED, 1>(simd, at, at - from, to - from);
                at += LANES;
            }
        }
    }

    /// Some blocks of sixteen targets against all sources.
    #[inline(always)]
    fn rows<S: Simd, const VALUED: bool, const BLOCKS: usize>(
        &mut self,
        simd: S,
        at: usize,
        first: usize,
        count: usize,
    ) {
        let zero = f32x16::splat(simd, 0.0);
        let wide = f64x8::splat(simd, 0.0);
        let nothing = u32x16::splat(simd, 0);
        let (mut ox, mut oy) = ([nothing; BLOCKS], [nothing; BLOCKS]);
        for b in 0..BLOCKS {
            let here = at + b * LANES..at + (b + 1) * LANES;
            ox[b] = u32x16::from_slice(simd, &self.near.targets.x[here.clone()]);
            oy[b] = u32x16::from_slice(simd, &self.near.targets.y[here]);
        }
        let mut sx: [Sums<S>; BLOCKS] = [[wide; 2]; BLOCKS];
        let mut sy: [Sums<S>; BLOCKS] = [[wide; 2]; BLOCKS];
        for range in self.ranges {
            let (mut from, end) = (range[0] as usize, range[1] as usize);
            while from < end {
                let to = end.min(from + BLOCK);
                let (mut ax, mut ay) = ([zero; BLOCKS], [zero; BLOCKS]);
                let mut j = from;
                while j + 2 <= to {
                    pair::<S, VALUED, BLOCKS, 2>(simd, &self.near, j, &ox, &oy, &mut ax, &mut ay);
                    j += 2;
                }
                if j < to {
                    pair::<S, VALUED, BLOCKS, 1>(simd, &self.near, j, &ox, &oy, &mut ax, &mut ay);
                }
                for b in 0..BLOCKS {
                    let (low, high) = simd.widen_f32x16(ax[b]);
                    sx[b][0] += low;
                    sx[b][1] += high;
                    let (low, high) = simd.widen_f32x16(ay[b]);
                    sy[b][0] += low;
                    sy[b][1] += high;
                }
                from = to;
            }
        }
        let inverse = 1.0 / self.near.scale.unit;
        for b in 0..BLOCKS {
            for half in 0..2 {
                let x = sx[b][half].to_array();
                let y = sy[b][half].to_array();
                let base = first + b * LANES + half * WIDE;
                for l in 0..WIDE {
                    if base + l < count {
                        self.out[base + l] = [x[l] * inverse, y[l] * inverse];
                    }
                }
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

/// One or two sources on blocks of targets. Two share a quotient: 1/a = b/(ab).
#[inline(always)]
fn pair<S: Simd, const VALUED: bool, const BLOCKS: usize, const COUNT: usize>(
    simd: S,
    near: &Near,
    j: usize,
    ox: &[u32x16<S>; BLOCKS],
    oy: &[u32x16<S>; BLOCKS],
    ax: &mut [f32x16<S>; BLOCKS],
    ay: &mut [f32x16<S>; BLOCKS],
) {
    let zero = f32x16::splat(simd, 0.0);
    let one = f32x16::splat(simd, 1.0);
    let core2 = f32x16::splat(simd, near.scale.core2);
    let [qx, qy] = near.scale.quantum;
    let Tree { x, y, values, .. } = near.sources;
    let nothing = u32x16::splat(simd, 0);
    let (mut jx, mut jy) = ([nothing; COUNT], [nothing; COUNT]);
    for c in 0..COUNT {
        jx[c] = u32x16::splat(simd, x[j + c]);
        jy[c] = u32x16::splat(simd, y[j + c]);
    }
    for b in 0..BLOCKS {
        let (mut dx, mut dy, mut r2) = ([zero; COUNT], [zero; COUNT], [one; COUNT]);
        for c in 0..COUNT {
            let x: i32x16<S> = (ox[b] - jx[c]).bitcast();
            let y: i32x16<S> = (oy[b] - jy[c]).bitcast();
            dx[c] = x.to_float::<f32x16<S>>() * qx;
            dy[c] = y.to_float::<f32x16<S>>() * qy;
            r2[c] = (dx[c] * dx[c] + dy[c] * dy[c]).max(core2);
        }
        if COUNT == 2 {
            let both = one / (r2[0] * r2[COUNT - 1]);
            let (mut d, mut e) = (both * r2[COUNT - 1], both * r2[0]);
            if VALUED {
                d *= values[j];
                e *= values[j + COUNT - 1];
            }
            ax[b] += d * dx[0] + e * dx[COUNT - 1];
            ay[b] += d * dy[0] + e * dy[COUNT - 1];
        } else {
            let mut d = one / r2[0];
            if VALUED {
                d *= values[j];
            }
            ax[b] += d * dx[0];
            ay[b] += d * dy[0];
        }
    }
}

/// The potential at the members of a leaf.
pub struct Potential<'a> {
    pub near: Near<'a>,
    pub cell: Cell,
    pub ranges: &'a [[u32; 2]],
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
    fn run<S: Simd>(self, _: S) {
        let near = self.near;
        let frame = near.frame;
        let scale = frame.scale(self.cell.level);
        let terms = near.shape.terms;
        let [from, to] = [self.cell.from as usize, self.cell.to as usize];
        for at in from..to {
            let place = near.targets.places[at];
            let mut products = Products::new(place, frame.quantum, self.core2, self.unit);
            for &[first, last] in self.ranges {
                let (first, last) = (first as usize, last as usize);
                let values = match near.sources.values.is_empty() {
                    true => None,
                    false => Some(&near.sources.values[first..last]),
                };
                products.add(&near.sources.places[first..last], values);
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
