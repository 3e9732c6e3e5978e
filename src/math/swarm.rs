//! Swarmalators: pairs that attract, repel and synchronise, all with all (O'Keeffe, Hong and
//! Strogatz, Nat. Commun. 8, 1504 (2017)).
//!
//! Forces are exchanged in both directions: of each pair everything is computed once. The plane of
//! pairs is cut into tiles of a size that follows from N alone, each tile writes into memory of its
//! own, and these parts are added in the order of the tiles: the same bits on any number of
//! threads.

pub mod columns;
pub mod local;
pub mod ring;

use rayon::prelude::*;

use super::simd::*;

/// Square of the distance below which the repulsion grows no further. Two at one place push each
/// other nowhere, for there is no direction to it.
pub const CLOSEST2: f32 = 1e-6;

/// Swarmalators in columns: places, and cosine and sine of the phases.
#[derive(Clone, Debug, Default)]
pub struct Swarm {
    pub x: Vec<f32>,
    pub y: Vec<f32>,
    pub cos: Vec<f32>,
    pub sin: Vec<f32>,
}

impl Swarm {
    /// Makes room for so many.
    pub fn resize(&mut self, count: usize) {
        for column in [&mut self.x, &mut self.y, &mut self.cos, &mut self.sin] {
            column.resize(count, 0.0);
        }
    }
}

/// Rates of change by the interaction: of the place, and of the phase before it is multiplied by K.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    pub x: Vec<f32>,
    pub y: Vec<f32>,
    pub phase: Vec<f32>,
}

impl Rates {
    /// Makes room for so many.
    pub fn resize(&mut self, count: usize) {
        for column in [&mut self.x, &mut self.y, &mut self.phase] {
            column.resize(count, 0.0);
        }
    }
}

/// Memory of the tiles.
#[derive(Clone, Debug, Default)]
pub struct Tiles {
    parts: Vec<f32>,
}

/// Members of a tile: small enough that one stays in the first cache, and that there are some tiles to
/// share, but never so many that their parts outgrow the particles by far.
fn tile_of(count: usize) -> usize {
    let eighth = (count / 8).next_multiple_of(LANES).clamp(256, 1024);
    eighth.max((count / 32).next_multiple_of(LANES))
}

/// One pair of tiles: the sums for the members of the first, and for those of the second.
struct Tile<'a> {
    swarm: &'a Swarm,
    attraction: f32,
    /// Members of the first tile and of the second; the same ones on the diagonal.
    first: [usize; 2],
    second: [usize; 2],
    /// x, y, phase for the first; the same for the second; each as long as a whole tile.
    part: &'a mut [f32],
    width: usize,
}

/// Members of the second tile that are worked on together.
const TOGETHER: usize = 2;

/// A member of the second tile in all lanes.
#[derive(Clone, Copy)]
struct Source<S: Simd> {
    x: f32x16<S>,
    y: f32x16<S>,
    cos: f32x16<S>,
    sin: f32x16<S>,
    cos_j: f32x16<S>,
    sin_j: f32x16<S>,
}

/// x, y and phase for sixteen.
type Three<S> = [f32x16<S>; 3];

/// Sixteen members against the sources; only the first lanes, where there are not so many.
#[inline(always)]
fn block<S: Simd>(
    simd: S,
    [x, y, cos, sin]: [&[f32]; 4],
    sources: &[Source<S>; TOGETHER],
    closest: f32x16<S>,
    lanes: Option<[usize; TOGETHER]>,
    [ax, ay, at]: [&mut [f32]; 3],
    sums: &mut [Three<S>; TOGETHER],
) {
    let zero = f32x16::splat(simd, 0.0);
    let one = f32x16::splat(simd, 1.0);
    let x = f32x16::from_slice(simd, x);
    let y = f32x16::from_slice(simd, y);
    let cos = f32x16::from_slice(simd, cos);
    let sin = f32x16::from_slice(simd, sin);
    // Stage by stage for all sources, so that the processor works on several chains at once.
    let (mut dx, mut dy, mut inverse) = ([zero; TOGETHER], [zero; TOGETHER], [zero; TOGETHER]);
    for k in 0..TOGETHER {
        dx[k] = sources[k].x - x;
        dy[k] = sources[k].y - y;
        let r2 = (dx[k] * dx[k] + dy[k] * dy[k]).max(closest);
        // Root and quotient are exact, and take a unit of their own beside the products.
        inverse[k] = one / r2.sqrt();
    }
    let (mut pull, mut turn) = ([zero; TOGETHER], [zero; TOGETHER]);
    for k in 0..TOGETHER {
        let source = sources[k];
        pull[k] = (source.cos_j * cos + source.sin_j * sin + one - inverse[k]) * inverse[k];
        turn[k] = (source.sin * cos - source.cos * sin) * inverse[k];
    }
    if let Some(lanes) = lanes {
        for k in 0..TOGETHER {
            let kept = mask32x16::from_bitmask(simd, (1u64 << lanes[k]) - 1);
            pull[k] = kept.select(pull[k], zero);
            turn[k] = kept.select(turn[k], zero);
        }
    }
    let mut own: Three<S> = [
        f32x16::from_slice(simd, ax),
        f32x16::from_slice(simd, ay),
        f32x16::from_slice(simd, at),
    ];
    for k in 0..TOGETHER {
        let force = [pull[k] * dx[k], pull[k] * dy[k], turn[k]];
        for axis in 0..3 {
            own[axis] += force[axis];
            sums[k][axis] += force[axis];
        }
    }
    own[0].store_slice(ax);
    own[1].store_slice(ay);
    own[2].store_slice(at);
}

impl Kernel for Tile<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let zero = f32x16::splat(simd, 0.0);
        let closest = f32x16::splat(simd, CLOSEST2);
        let [from, to] = self.first;
        let members = to - from;
        let diagonal = self.first == self.second;
        self.part.fill(0.0);
        let (first, second) = self.part.split_at_mut(3 * self.width);
        let (ax, rest) = first.split_at_mut(self.width);
        let (ay, at) = rest.split_at_mut(self.width);
        let swarm = self.swarm;
        // Columns are padded to whole blocks.
        let x = &swarm.x[from..from + members.next_multiple_of(LANES)];
        let y = &swarm.y[from..from + members.next_multiple_of(LANES)];
        let cos = &swarm.cos[from..from + members.next_multiple_of(LANES)];
        let sin = &swarm.sin[from..from + members.next_multiple_of(LANES)];
        let last = self.second[1];
        for j in (self.second[0]..last).step_by(TOGETHER) {
            let mut sources = [Source {
                x: zero,
                y: zero,
                cos: zero,
                sin: zero,
                cos_j: zero,
                sin_j: zero,
            }; TOGETHER];
            for (k, source) in sources.iter_mut().enumerate() {
                let j = (j + k).min(last - 1);
                source.x = f32x16::splat(simd, swarm.x[j]);
                source.y = f32x16::splat(simd, swarm.y[j]);
                source.cos = f32x16::splat(simd, swarm.cos[j]);
                source.sin = f32x16::splat(simd, swarm.sin[j]);
                source.cos_j = source.cos * self.attraction;
                source.sin_j = source.sin * self.attraction;
            }
            let single = j + 1 == last;
            let mut sums: [Three<S>; TOGETHER] = [[zero; 3]; TOGETHER];
            // On the diagonal every pair is met once: those before j.
            let before = if diagonal { j - from } else { members };
            let whole = before / LANES * LANES;
            let end = if diagonal {
                (before + TOGETHER).min(members).next_multiple_of(LANES)
            } else {
                members.next_multiple_of(LANES)
            };
            let whole = if single { 0 } else { whole };
            for at_block in (0..end).step_by(LANES) {
                let b = at_block..at_block + LANES;
                let own = [
                    &x[b.clone()],
                    &y[b.clone()],
                    &cos[b.clone()],
                    &sin[b.clone()],
                ];
                let out = [&mut ax[b.clone()], &mut ay[b.clone()], &mut at[b]];
                if at_block < whole {
                    block(simd, own, &sources, closest, None, out, &mut sums);
                    continue;
                }
                let mut lanes = [0; TOGETHER];
                for (k, lanes) in lanes.iter_mut().enumerate() {
                    let limit = if diagonal { before + k } else { members };
                    let limit = if single && k > 0 { 0 } else { limit };
                    *lanes = limit.saturating_sub(at_block).min(LANES);
                }
                block(simd, own, &sources, closest, Some(lanes), out, &mut sums);
            }
            for k in 0..TOGETHER {
                if j + k < last {
                    for axis in 0..3 {
                        let lanes = sums[k][axis].to_array();
                        let mut sum = 0.0;
                        for value in lanes {
                            sum += value;
                        }
                        // The reaction of what the members of the first tile have felt.
                        second[axis * self.width + j + k - self.second[0]] = -sum;
                    }
                }
            }
        }
    }
}

/// Sums over all pairs, per member 1/N Σⱼ: x̂ᵢⱼ(1 + J cos θᵢⱼ) − xᵢⱼ/|xᵢⱼ|², and sin θᵢⱼ/|xᵢⱼ|.
///
/// The columns of `swarm` hold `count` members and are as long as the next multiple of sixteen; those
/// of `rates` hold `count`.
pub fn all_pairs(
    swarm: &Swarm,
    count: usize,
    attraction: f32,
    rates: &mut Rates,
    tiles: &mut Tiles,
) {
    let tile = tile_of(count);
    let along = count.div_ceil(tile);
    let units = along * (along + 1) / 2;
    tiles.parts.resize(units * 6 * tile, 0.0);
    let bounds = |t: usize| [t * tile, count.min((t + 1) * tile)];
    let work = |(unit, part): (usize, &mut [f32])| {
        let (a, b) = pair_of(unit, along);
        dispatch(Tile {
            swarm,
            attraction,
            first: bounds(a),
            second: bounds(b),
            part,
            width: tile,
        });
    };
    if units == 1 {
        work((0, &mut tiles.parts));
    } else {
        tiles
            .parts
            .par_chunks_mut(6 * tile)
            .enumerate()
            .for_each(work);
    }
    let share = 1.0 / count as f32;
    let parts = &tiles.parts;
    let columns = [&mut rates.x, &mut rates.y, &mut rates.phase];
    for (axis, column) in columns.into_iter().enumerate() {
        column
            .par_chunks_mut(tile)
            .enumerate()
            .for_each(|(t, sums)| {
                sums.fill(0.0);
                let mut add = |unit: usize, side: usize| {
                    let at = (unit * 6 + side * 3 + axis) * tile;
                    for (sum, part) in sums.iter_mut().zip(&parts[at..at + tile]) {
                        *sum += part;
                    }
                };
                for a in 0..=t {
                    add(unit_of(a, t, along), 1);
                }
                for b in t..along {
                    add(unit_of(t, b, along), 0);
                }
                sums.iter_mut().for_each(|sum| *sum *= share);
            });
    }
}

/// Number of a pair of tiles a ≤ b, row by row.
fn unit_of(a: usize, b: usize, along: usize) -> usize {
    // The rows before hold along, along − 1, ... pairs.
    a * along - a * a.saturating_sub(1) / 2 + (b - a)
}

/// The pair of tiles of a number.
fn pair_of(unit: usize, along: usize) -> (usize, usize) {
    let (mut a, mut rest) = (0, unit);
    while rest >= along - a {
        rest -= along - a;
        a += 1;
    }
    (a, a + rest)
}
