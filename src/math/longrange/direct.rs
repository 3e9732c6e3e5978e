//! The field of all charges at all charges, pair by pair in `f32`.
//!
//! Separations are exact differences of the fixed positions; blocks of pairs are summed in `f32`
//! and the blocks in `f64`.

use rayon::prelude::*;

use super::Charges;
use crate::math::simd::*;

/// Charges that a task sums the field for.
const CHUNK: usize = 64;

/// Charges whose field is summed in `f32`.
const BLOCK: usize = 128;

/// Binary digits of the span that stand before the point in the unit of the sums, so that neither
/// the product of two squared separations nor its inverse leaves the range of `f32`.
const UNIT: f64 = 65536.0;

/// The memory of a direct sum: the charges in columns.
#[derive(Clone, Debug, Default)]
pub struct Direct {
    x: Vec<u32>,
    y: Vec<u32>,
    values: Vec<f32>,
}

/// Lengths as the pair sums want them.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Length of the unit of the sums.
    pub unit: f64,
    /// Quanta in that unit, per axis.
    pub quantum: [f32; 2],
    /// Square of the core radius in that unit.
    pub core2: f32,
}

impl Scale {
    /// The scale of a set of charges.
    pub fn new(charges: &Charges) -> Self {
        let span = charges.domain.span();
        let unit = span[0].max(span[1]) / UNIT;
        Self {
            unit,
            quantum: span.map(|span| (span / 4294967296.0 / unit) as f32),
            core2: (charges.core2() / (unit * unit)) as f32,
        }
    }
}

struct Rows<'a> {
    columns: &'a Direct,
    count: usize,
    first: usize,
    scale: Scale,
    charges: &'a Charges<'a>,
    out: &'a mut [[f32; 2]],
}

impl Kernel for Rows<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if self.charges.values.is_some() {
            self.sum::<S, true>(simd);
        } else {
            self.sum::<S, false>(simd);
        }
    }
}

impl Rows<'_> {
    #[inline(always)]
    fn sum<S: Simd, const VALUED: bool>(self, simd: S) {
        let Direct { x, y, values } = self.columns;
        let zero = f32x16::splat(simd, 0.0);
        let one = f32x16::splat(simd, 1.0);
        let core2 = f32x16::splat(simd, self.scale.core2);
        let [qx, qy] = self.scale.quantum;
        let out_len = self.out.len();
        for start in (0..out_len).step_by(LANES) {
            let at = self.first + start;
            let ox = u32x16::from_slice(simd, &x[at..at + LANES]);
            let oy = u32x16::from_slice(simd, &y[at..at + LANES]);
            let (mut sx, mut sy) = ([0.0f64; LANES], [0.0f64; LANES]);
            let mut from = 0;
            while from < self.count {
                let to = (from + BLOCK).min(self.count);
                let (mut ax, mut ay) = (zero, zero);
                let mut j = from;
                // Two pairs share one quotient: 1/a = b/(ab).
                while j < to {
                    let k = if j + 1 < to { j + 1 } else { j };
                    let (jx, jy) = (u32x16::splat(simd, x[j]), u32x16::splat(simd, y[j]));
                    let (kx, ky) = (u32x16::splat(simd, x[k]), u32x16::splat(simd, y[k]));
                    let dx: i32x16<S> = (ox - jx).bitcast();
                    let dy: i32x16<S> = (oy - jy).bitcast();
                    let ex: i32x16<S> = (ox - kx).bitcast();
                    let ey: i32x16<S> = (oy - ky).bitcast();
                    let (dx, dy) = (
                        dx.to_float::<f32x16<S>>() * qx,
                        dy.to_float::<f32x16<S>>() * qy,
                    );
                    let (ex, ey) = (
                        ex.to_float::<f32x16<S>>() * qx,
                        ey.to_float::<f32x16<S>>() * qy,
                    );
                    let d2 = (dx * dx + dy * dy).max(core2);
                    let e2 = (ex * ex + ey * ey).max(core2);
                    let both = one / (d2 * e2);
                    let (mut d, mut e) = (both * e2, both * d2);
                    if VALUED {
                        d *= values[j];
                        e *= values[k];
                    }
                    if k == j {
                        e = zero;
                    }
                    ax += d * dx + e * ex;
                    ay += d * dy + e * ey;
                    j += 2;
                }
                let (ax, ay) = (ax.to_array(), ay.to_array());
                for l in 0..LANES {
                    sx[l] += f64::from(ax[l]);
                    sy[l] += f64::from(ay[l]);
                }
                from = to;
            }
            let inverse = 1.0 / self.scale.unit;
            let count = LANES.min(out_len - start);
            for l in 0..count {
                let [px, py] = self.charges.domain.real([x[at + l], y[at + l]]);
                let stiffness = self.charges.stiffness;
                self.out[start + l] = [
                    (sx[l] * inverse - stiffness * px) as f32,
                    (sy[l] * inverse - stiffness * py) as f32,
                ];
            }
        }
    }
}

impl Direct {
    /// Writes the field at every charge of an open box.
    pub fn field(&mut self, charges: &Charges, field: &mut [[f32; 2]]) {
        let count = charges.positions.len();
        let padded = count.next_multiple_of(CHUNK);
        self.x.clear();
        self.y.clear();
        self.values.clear();
        self.x
            .extend(charges.positions.iter().map(|place| place[0]));
        self.y
            .extend(charges.positions.iter().map(|place| place[1]));
        self.x.resize(padded, 0);
        self.y.resize(padded, 0);
        if let Some(values) = charges.values {
            self.values.extend_from_slice(values);
        }
        let columns = &*self;
        let scale = Scale::new(charges);
        field
            .par_chunks_mut(CHUNK)
            .enumerate()
            .for_each(|(chunk, out)| {
                dispatch(Rows {
                    columns,
                    count,
                    first: chunk * CHUNK,
                    scale,
                    charges,
                    out,
                });
            });
    }
}
