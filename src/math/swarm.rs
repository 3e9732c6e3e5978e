//! Swarmalators: pairs that attract, repel and synchronise, all with all (O'Keeffe, Hong and
//! Strogatz, Nat. Commun. 8, 1504 (2017)).
//!
//! Forces are exchanged in both directions: of each pair everything is computed once. The plane of
//! pairs is cut into tiles of a size that follows from N alone, each tile writes into memory of its
//! own, and these parts are added in the order of the tiles: the same bits on any number of
//! threads.

pub mod columns;
pub mod fast;
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

/// Members of the first tile that are copied together: what is read and written in the innermost loop
/// stays in the first cache.
const STRIP: usize = 1024;

/// Sixteen members of the first tile and what they feel, side by side, so that no access crosses a
/// line of the cache and no two columns compete for the same set.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Block {
    x: [f32; LANES],
    y: [f32; LANES],
    cos: [f32; LANES],
    sin: [f32; LANES],
    /// x, y and phase.
    rates: [[f32; LANES]; 3],
}

impl Block {
    const EMPTY: Self = Self {
        x: [0.0; LANES],
        y: [0.0; LANES],
        cos: [0.0; LANES],
        sin: [0.0; LANES],
        rates: [[0.0; LANES]; 3],
    };

    /// The members from `at` on, which feel nothing so far.
    #[inline(always)]
    fn fill(&mut self, swarm: &Swarm, at: usize) {
        let members = at..at + LANES;
        self.x.copy_from_slice(&swarm.x[members.clone()]);
        self.y.copy_from_slice(&swarm.y[members.clone()]);
        self.cos.copy_from_slice(&swarm.cos[members.clone()]);
        self.sin.copy_from_slice(&swarm.sin[members]);
        self.rates = [[0.0; LANES]; 3];
    }
}

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

/// How a source stands to the members of a block.
#[derive(Clone, Copy)]
struct Apart<S: Simd> {
    x: f32x16<S>,
    y: f32x16<S>,
    inverse: f32x16<S>,
}

/// x, y and phase for sixteen.
type Three<S> = [f32x16<S>; 3];

/// The first half of a pair: separation and inverse distance. Root and quotient take longer than all
/// the rest.
#[inline(always)]
fn apart<S: Simd>(simd: S, block: &Block, source: &Source<S>) -> Apart<S> {
    let x = source.x - f32x16::load_array_ref(simd, &block.x);
    let y = source.y - f32x16::load_array_ref(simd, &block.y);
    let r2 = (x * x + y * y).max(f32x16::splat(simd, CLOSEST2));
    let inverse = f32x16::splat(simd, 1.0) / r2.sqrt();
    Apart { x, y, inverse }
}

/// The second half: what both feel; only in the first lanes, where not all are met.
#[inline(always)]
fn act<S: Simd>(
    simd: S,
    block: &mut Block,
    source: &Source<S>,
    apart: &Apart<S>,
    lanes: Option<usize>,
    sums: &mut Three<S>,
) {
    let one = f32x16::splat(simd, 1.0);
    let cos = f32x16::load_array_ref(simd, &block.cos);
    let sin = f32x16::load_array_ref(simd, &block.sin);
    let alike = source.cos_j * cos + source.sin_j * sin;
    let mut pull = (alike + (one - apart.inverse)) * apart.inverse;
    let mut turn = (source.sin * cos - source.cos * sin) * apart.inverse;
    if let Some(lanes) = lanes {
        let zero = f32x16::splat(simd, 0.0);
        let kept = mask32x16::from_bitmask(simd, (1u64 << lanes) - 1);
        pull = kept.select(pull, zero);
        turn = kept.select(turn, zero);
    }
    let felt = [pull * apart.x, pull * apart.y, turn];
    for axis in 0..3 {
        let rate = f32x16::load_array_ref(simd, &block.rates[axis]) + felt[axis];
        rate.store_slice(&mut block.rates[axis]);
        sums[axis] += felt[axis];
    }
}

/// A source against whole blocks, an even number of them.
///
/// Separations of the next two blocks are begun before the two at hand are finished: no processor
/// looks far enough ahead to find that work by itself while it waits for root and quotient.
#[inline(always)]
fn sweep<S: Simd>(simd: S, blocks: &mut [Block], source: &Source<S>, sums: &mut Three<S>) {
    let (pairs, _) = blocks.as_chunks_mut::<2>();
    let Some(first) = pairs.first() else {
        return;
    };
    let mut now = [
        apart(simd, &first[0], source),
        apart(simd, &first[1], source),
    ];
    for b in 0..pairs.len() {
        let next = match pairs.get(b + 1) {
            Some(pair) => [apart(simd, &pair[0], source), apart(simd, &pair[1], source)],
            None => now,
        };
        let [left, right] = &mut pairs[b];
        act(simd, left, source, &now[0], None, sums);
        act(simd, right, source, &now[1], None, sums);
        now = next;
    }
}

/// The sum of sixteen lanes, in the same order on every processor.
#[inline(always)]
fn total<S: Simd>(lanes: f32x16<S>) -> f32 {
    let (low, high) = lanes.split();
    let (low, high) = (low + high).split();
    let [a, b, c, d] = (low + high).to_array();
    (a + c) + (b + d)
}

impl Kernel for Tile<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let swarm = self.swarm;
        let [from, to] = self.first;
        let [low, last] = self.second;
        let diagonal = self.first == self.second;
        self.part.fill(0.0);
        let (first, second) = self.part.split_at_mut(3 * self.width);
        let mut blocks = [Block::EMPTY; STRIP / LANES];
        for strip in (from..to).step_by(STRIP) {
            let present = (to - strip).min(STRIP);
            let blocks = &mut blocks[..present.div_ceil(LANES)];
            for (b, block) in blocks.iter_mut().enumerate() {
                // Columns are padded to whole blocks.
                block.fill(swarm, strip + b * LANES);
            }
            // On the diagonal every pair is met once, by the later of the two.
            for j in if diagonal { strip } else { low }..last {
                let met = if diagonal {
                    (j - strip).min(present)
                } else {
                    present
                };
                let (cos, sin) = (swarm.cos[j], swarm.sin[j]);
                let source = Source {
                    x: f32x16::splat(simd, swarm.x[j]),
                    y: f32x16::splat(simd, swarm.y[j]),
                    cos: f32x16::splat(simd, cos),
                    sin: f32x16::splat(simd, sin),
                    cos_j: f32x16::splat(simd, self.attraction * cos),
                    sin_j: f32x16::splat(simd, self.attraction * sin),
                };
                let mut sums: Three<S> = [f32x16::splat(simd, 0.0); 3];
                let (whole, rest) = blocks.split_at_mut(met / (2 * LANES) * 2);
                let left = met - whole.len() * LANES;
                sweep(simd, whole, &source, &mut sums);
                for (b, block) in rest.iter_mut().take(left.div_ceil(LANES)).enumerate() {
                    let lanes = Some((left - b * LANES).min(LANES));
                    let apart = apart(simd, block, &source);
                    act(simd, block, &source, &apart, lanes, &mut sums);
                }
                for axis in 0..3 {
                    // The reaction of what the members of the first tile have felt.
                    second[axis * self.width + j - low] -= total(sums[axis]);
                }
            }
            for (b, block) in blocks.iter().enumerate() {
                for axis in 0..3 {
                    let at = axis * self.width + strip - from + b * LANES;
                    first[at..at + LANES].copy_from_slice(&block.rates[axis]);
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
