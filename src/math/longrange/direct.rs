//! The field of all charges at all charges, pair by pair in `f32`.
//!
//! Separations are exact differences of the fixed positions; a few hundred pairs are summed in
//! `f32`, and these sums in `f64`. Up to some thousands of charges each pair is met once and acts
//! on both: the plane of pairs is cut into tiles that write into memory of their own, added in the
//! order of the tiles. Of more charges each sums over all others.

use rayon::prelude::*;

use super::Charges;
use super::pairs::{Pairs, Range, Scale};
use crate::math::simd::*;

/// Charges of a tile: their sums stay in the first cache, and are short enough for `f32`.
const TILE: usize = 512;

/// Beyond so many charges the parts of the tiles would take more memory than they are worth.
const MOST_IN_TILES: usize = 16_384;

/// Charges that are worked on together with a block of sixteen others.
const TOGETHER: usize = 4;

/// Charges whose field one task sums, when each sums over all others.
const CHUNK: usize = 64;

/// The memory of a direct sum: the charges in columns, and the parts of the tiles.
#[derive(Clone, Debug, Default)]
pub struct Direct {
    x: Vec<u32>,
    y: Vec<u32>,
    values: Vec<f32>,
    parts: Vec<f32>,
}

/// Two different tiles of pairs, of which the first is full: fields of the second on the first and
/// of the first on the second.
struct Tile<'a> {
    columns: &'a Direct,
    scale: Scale,
    first: usize,
    second: [usize; 2],
    part: &'a mut [f32],
}

impl Kernel for Tile<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        match (self.columns.values.is_empty(), self.scale.square) {
            (true, true) => self.sum::<S, false, true>(simd),
            (true, false) => self.sum::<S, false, false>(simd),
            (false, true) => self.sum::<S, true, true>(simd),
            (false, false) => self.sum::<S, true, false>(simd),
        }
    }
}

impl Tile<'_> {
    #[inline(always)]
    fn sum<S: Simd, const VALUED: bool, const SQUARE: bool>(self, simd: S) {
        let [from, to] = self.second;
        let (own, other) = self.part.split_at_mut(2 * TILE);
        own.fill(0.0);
        let mut j = from;
        while j + TOGETHER <= to {
            both::<S, VALUED, SQUARE, TOGETHER>(
                simd,
                self.columns,
                self.scale,
                self.first,
                j,
                own,
                &mut other[2 * (j - from)..],
            );
            j += TOGETHER;
        }
        while j < to {
            both::<S, VALUED, SQUARE, 1>(
                simd,
                self.columns,
                self.scale,
                self.first,
                j,
                own,
                &mut other[2 * (j - from)..],
            );
            j += 1;
        }
    }
}

/// Some charges of the second tile against all of the first.
#[inline(always)]
fn both<S: Simd, const VALUED: bool, const SQUARE: bool, const COUNT: usize>(
    simd: S,
    columns: &Direct,
    scale: Scale,
    first: usize,
    j: usize,
    own: &mut [f32],
    other: &mut [f32],
) {
    let zero = f32x16::splat(simd, 0.0);
    let pairs = Pairs::<S, SQUARE>::new(simd, scale);
    let nothing = u32x16::splat(simd, 0);
    let (mut jx, mut jy) = ([nothing; COUNT], [nothing; COUNT]);
    let mut weight = [0.0; COUNT];
    for c in 0..COUNT {
        jx[c] = u32x16::splat(simd, columns.x[j + c]);
        jy[c] = u32x16::splat(simd, columns.y[j + c]);
        if VALUED {
            weight[c] = columns.values[j + c];
        }
    }
    let (mut sx, mut sy) = ([zero; COUNT], [zero; COUNT]);
    let x = &columns.x[first..first + TILE];
    let y = &columns.y[first..first + TILE];
    let (ax, ay) = own.split_at_mut(TILE);
    for at in (0..TILE).step_by(LANES) {
        let b = at..at + LANES;
        let ox = u32x16::from_slice(simd, &x[b.clone()]);
        let oy = u32x16::from_slice(simd, &y[b.clone()]);
        let mut charge = zero;
        if VALUED {
            charge = f32x16::from_slice(simd, &columns.values[first + at..first + at + LANES]);
        }
        let ([dx, dy], over) = pairs.inverse::<COUNT>(simd, [ox, oy], &jx, &jy);
        let mut fx = f32x16::from_slice(simd, &ax[b.clone()]);
        let mut fy = f32x16::from_slice(simd, &ay[b.clone()]);
        for c in 0..COUNT {
            if VALUED {
                let (here, there) = (over[c] * weight[c], over[c] * charge);
                fx += here * dx[c];
                fy += here * dy[c];
                sx[c] += there * dx[c];
                sy[c] += there * dy[c];
            } else {
                let (x, y) = (over[c] * dx[c], over[c] * dy[c]);
                fx += x;
                fy += y;
                sx[c] += x;
                sy[c] += y;
            }
        }
        fx.store_slice(&mut ax[b.clone()]);
        fy.store_slice(&mut ay[b]);
    }
    for c in 0..COUNT {
        // What the first have felt acts back.
        other[2 * c] = -folded(simd, sx[c]);
        other[2 * c + 1] = -folded(simd, sy[c]);
    }
}

/// The sum of all lanes, by halves.
#[inline(always)]
fn folded<S: Simd>(simd: S, v: f32x16<S>) -> f32 {
    let (low, high) = simd.split_f32x16(v);
    let (low, high) = simd.split_f32x8(low + high);
    let sums = (low + high).to_array();
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// A run of charges, each of which sums over a range of sources.
struct Rows<'a> {
    columns: &'a Direct,
    scale: Scale,
    first: usize,
    sources: Range,
    out: &'a mut [[f64; 2]],
}

impl Kernel for Rows<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        match (self.columns.values.is_empty(), self.scale.square) {
            (true, true) => self.sum::<S, false, true>(simd),
            (true, false) => self.sum::<S, false, false>(simd),
            (false, true) => self.sum::<S, true, true>(simd),
            (false, false) => self.sum::<S, true, false>(simd),
        }
    }
}

impl Rows<'_> {
    #[inline(always)]
    fn sum<S: Simd, const VALUED: bool, const SQUARE: bool>(self, simd: S) {
        let Direct { x, y, values, .. } = self.columns;
        let pairs = Pairs::<S, SQUARE>::new(simd, self.scale);
        let count = self.out.len();
        for start in (0..count).step_by(LANES) {
            let at = self.first + start;
            let own = [
                u32x16::from_slice(simd, &x[at..at + LANES]),
                u32x16::from_slice(simd, &y[at..at + LANES]),
            ];
            let sums = pairs.over::<VALUED, 1>(simd, &[own], [x, y], values, &[self.sources]);
            let (sx, sy) = (sums[0][0], sums[0][1]);
            for l in 0..LANES.min(count - start) {
                self.out[start + l][0] += sx[l];
                self.out[start + l][1] += sy[l];
            }
        }
    }
}

/// Number of a pair of tiles a < b, row by row of b.
fn unit_of(a: usize, b: usize) -> usize {
    b * (b - 1) / 2 + a
}

/// The pair of tiles of a number.
fn pair_of(unit: usize) -> (usize, usize) {
    let mut b = ((2 * unit) as f64).sqrt() as usize;
    while b * (b + 1) / 2 <= unit {
        b += 1;
    }
    while b * (b - 1) / 2 > unit {
        b -= 1;
    }
    (unit - b * (b - 1) / 2, b)
}

impl Direct {
    /// Writes the field at every charge of an open box.
    pub fn field(&mut self, charges: &Charges, field: &mut [[f32; 2]]) {
        let count = charges.positions.len();
        let padded = count.next_multiple_of(TILE);
        self.x.clear();
        self.y.clear();
        self.values.clear();
        let places = charges.positions;
        self.x.extend(places.iter().map(|place| place[0]));
        self.y.extend(places.iter().map(|place| place[1]));
        self.x.resize(padded, 0);
        self.y.resize(padded, 0);
        if let Some(values) = charges.values {
            self.values.extend_from_slice(values);
            self.values.resize(padded, 0.0);
        }
        let scale = Scale::new(charges, false);
        let finish = |first: usize, sums: &[[f64; 2]], out: &mut [[f32; 2]]| {
            for (at, (out, sum)) in out.iter_mut().zip(sums).enumerate() {
                let real = charges.domain.real(places[first + at]);
                *out = [0, 1].map(|axis| {
                    (sum[axis] * scale.inverse - charges.stiffness * real[axis]) as f32
                });
            }
        };
        if count > MOST_IN_TILES {
            let columns = &*self;
            field
                .par_chunks_mut(CHUNK)
                .enumerate()
                .for_each(|(chunk, out)| {
                    let mut sums = [[0.0; 2]; CHUNK];
                    let sums = &mut sums[..out.len()];
                    let first = chunk * CHUNK;
                    let sources = Range {
                        from: 0,
                        to: count,
                        shift: [0.0; 2],
                    };
                    dispatch(Rows {
                        columns,
                        scale,
                        first,
                        sources,
                        out: sums,
                    });
                    finish(first, sums, out);
                });
            return;
        }
        let tiles = count.div_ceil(TILE);
        let units = tiles * tiles.saturating_sub(1) / 2;
        let bounds = |at: usize| [at * TILE, count.min((at + 1) * TILE)];
        let mut parts = std::mem::take(&mut self.parts);
        parts.resize(units * 4 * TILE, 0.0);
        let columns = &*self;
        parts
            .par_chunks_mut(4 * TILE)
            .enumerate()
            .for_each(|(unit, part)| {
                let (a, b) = pair_of(unit);
                dispatch(Tile {
                    columns,
                    scale,
                    first: a * TILE,
                    second: bounds(b),
                    part,
                });
            });
        field
            .par_chunks_mut(TILE)
            .enumerate()
            .for_each(|(own, out)| {
                let mut sums = [[0.0; 2]; TILE];
                let sums = &mut sums[..out.len()];
                let [from, to] = bounds(own);
                let sources = Range {
                    from,
                    to,
                    shift: [0.0; 2],
                };
                dispatch(Rows {
                    columns,
                    scale,
                    first: own * TILE,
                    sources,
                    out: sums,
                });
                for other in 0..tiles {
                    if other < own {
                        let part = &parts[unit_of(other, own) * 4 * TILE..][2 * TILE..4 * TILE];
                        for (at, sum) in sums.iter_mut().enumerate() {
                            sum[0] += f64::from(part[2 * at]);
                            sum[1] += f64::from(part[2 * at + 1]);
                        }
                    } else if other > own {
                        let part = &parts[unit_of(own, other) * 4 * TILE..][..2 * TILE];
                        for (at, sum) in sums.iter_mut().enumerate() {
                            sum[0] += f64::from(part[at]);
                            sum[1] += f64::from(part[TILE + at]);
                        }
                    }
                }
                finish(own * TILE, sums, out);
            });
        self.parts = parts;
    }
}
