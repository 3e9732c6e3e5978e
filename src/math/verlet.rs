//! Verlet lists with a skin (Verlet, Phys. Rev. 159, 98, 1967), laid out for vectors.
//!
//! Sixteen consecutive slots of the sorted columns form a block; row `k` of a block holds every
//! lane's `k`-th neighbour. Lists are full (each pair twice, so that nobody writes another's
//! force), ascending, and padded with the lane's own slot, whose separation is zero. Lists stay
//! right until a particle has moved half the skin since they were built.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::cells::CellList;
use super::domain::Domain;
use super::simd::*;

/// Blocks per parallel task; fixed, so that results cannot depend on the number of threads.
pub const BLOCKS_PER_CHUNK: usize = 32;
/// Particles per parallel task.
pub const CHUNK: usize = BLOCKS_PER_CHUNK * LANES;
/// Rows that all lists together may hold: 1 GiB.
const MOST_ROWS: usize = 1 << 24;

/// The lists would not fit: too many particles lie within the cutoff of one another.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "neighbour lists of {particles} particles within {reach} of one another exceed {limit} entries; \
     use fewer particles, a larger box or a shorter range"
)]
pub struct TooManyNeighbors {
    /// Number of particles.
    pub particles: usize,
    /// Cutoff plus skin, in units of length.
    pub reach: f32,
    /// Entries that may be held.
    pub limit: usize,
}

/// The lists of [`CHUNK`] particles.
#[derive(Clone, Debug, Default)]
pub struct ListChunk {
    rows: Vec<[u32; LANES]>,
    starts: Vec<u32>,
    lanes: Vec<u32>,
}

impl ListChunk {
    /// The rows of each block in turn.
    #[inline]
    pub fn blocks(&self) -> impl Iterator<Item = &[[u32; LANES]]> {
        self.starts
            .windows(2)
            .map(|w| &self.rows[w[0] as usize..w[1] as usize])
    }
}

/// Lists of all neighbours within a cutoff plus a skin.
#[derive(Clone, Debug)]
pub struct VerletList {
    cutoff: f32,
    skin: f32,
    chunks: Vec<ListChunk>,
    particles: usize,
}

impl VerletList {
    /// Empty lists for pairs closer than `cutoff`, with a `skin` (both in units of length).
    pub fn new(cutoff: f32, skin: f32) -> Self {
        Self {
            cutoff,
            skin,
            chunks: Vec::new(),
            particles: 0,
        }
    }

    /// Cutoff plus skin: how far lists reach, and the least width of a cell.
    pub fn reach(&self) -> f32 {
        self.cutoff + self.skin
    }

    /// The cutoff without the skin.
    pub fn cutoff(&self) -> f32 {
        self.cutoff
    }

    /// The skin.
    pub fn skin(&self) -> f32 {
        self.skin
    }

    /// Changes the lengths; the lists must be built anew.
    pub fn set_lengths(&mut self, cutoff: f32, skin: f32) {
        (self.cutoff, self.skin) = (cutoff, skin);
    }

    /// True when somebody may have met a particle that is not on its list: the largest squared
    /// displacement since the lists were built has reached (skin/2)². Not a number is stale too.
    pub fn is_stale(&self, largest_displacement2: f32) -> bool {
        // A part in 10⁴ is kept for the rounding of separations.
        let half = 0.4999 * self.skin;
        largest_displacement2.is_nan() || largest_displacement2 >= half * half
    }

    /// Builds the lists of sorted `positions`; `cells` must come from their sort, with cells at
    /// least [`VerletList::reach`] wide.
    pub fn build(
        &mut self,
        domain: &Domain,
        cells: &CellList,
        positions: &[[u32; 2]],
    ) -> Result<(), TooManyNeighbors> {
        let n = positions.len();
        self.particles = n;
        self.chunks
            .resize_with(n.div_ceil(CHUNK), ListChunk::default);
        let reach = self.reach();
        let scan = Scan {
            positions,
            quantum: domain.quantum(),
            reach,
        };
        let total = AtomicUsize::new(0);
        self.chunks
            .par_iter_mut()
            .enumerate()
            .for_each(|(c, chunk)| {
                let first = c * CHUNK;
                let count = CHUNK.min(n - first);
                dispatch(Build {
                    chunk,
                    cells,
                    scan,
                    first,
                    count,
                    total: &total,
                });
            });
        if total.load(Ordering::Relaxed) > MOST_ROWS {
            self.chunks.clear();
            return Err(TooManyNeighbors {
                particles: n,
                reach,
                limit: MOST_ROWS * LANES,
            });
        }
        Ok(())
    }

    /// The lists in chunks of [`CHUNK`] particles, for parallel loops.
    pub fn chunks(&self) -> &[ListChunk] {
        &self.chunks
    }

    /// Number of particles that the lists were built for.
    pub fn len(&self) -> usize {
        self.particles
    }

    /// True when there are no particles.
    pub fn is_empty(&self) -> bool {
        self.particles == 0
    }

    /// The neighbours of one slot, ascending: all within cutoff plus skin when the lists were built.
    pub fn neighbors(&self, slot: usize) -> impl Iterator<Item = u32> {
        let (chunk, block, lane) = (slot / CHUNK, slot % CHUNK / LANES, slot % LANES);
        let rows = self
            .chunks
            .get(chunk)
            .and_then(|c| c.blocks().nth(block))
            .unwrap_or(&[]);
        rows.iter()
            .map(move |row| row[lane])
            .filter(move |&j| j as usize != slot)
    }

    /// Bytes that the lists hold.
    pub fn bytes(&self) -> usize {
        self.chunks
            .iter()
            .map(|c| c.rows.capacity() * LANES * 4 + (c.starts.capacity() + c.lanes.capacity()) * 4)
            .sum()
    }
}

/// Builds the lists of one chunk.
struct Build<'a> {
    chunk: &'a mut ListChunk,
    cells: &'a CellList,
    scan: Scan<'a>,
    first: usize,
    count: usize,
    total: &'a AtomicUsize,
}

impl Kernel for Build<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let ListChunk {
            rows,
            starts,
            lanes,
        } = self.chunk;
        let scan = self.scan;
        rows.clear();
        starts.clear();
        starts.push(0);
        let Some(grid) = self.cells.grid() else {
            return;
        };
        let (mut cell, mut candidates) = (u32::MAX, Default::default());
        for block in (self.first..self.first + self.count).step_by(LANES) {
            lanes.clear();
            let mut ends = [0u32; LANES];
            let mut most = 0;
            for (lane, end) in ends.iter_mut().enumerate() {
                let slot = block + lane;
                let begin = lanes.len();
                if slot < self.first + self.count {
                    let own = grid.key(scan.positions[slot]);
                    if own != cell {
                        cell = own;
                        candidates = self.cells.candidates(cell);
                    }
                    for &(from, to) in candidates.runs() {
                        scan.append(simd, slot, from as usize..to as usize, lanes);
                    }
                }
                *end = lanes.len() as u32;
                most = most.max(lanes.len() - begin);
            }
            if self.total.fetch_add(most, Ordering::Relaxed) + most > MOST_ROWS {
                return;
            }
            let top = rows.len();
            // Lanes past the last particle stand for the last one.
            let last = scan.positions.len() - 1;
            let own = consecutive(block, last);
            if top + most > rows.capacity() {
                // Blocks are much alike: room for the rest of the chunk follows from what is done
                // of it, where doubling would leave up to half of the memory unused.
                let done = (block - self.first + LANES).div_ceil(LANES);
                let blocks = self.count.div_ceil(LANES);
                let expected = (top + most) * blocks / done;
                rows.reserve_exact(expected + expected / 32 - top);
            }
            rows.resize(top + most, own);
            let mut begin = 0;
            for (lane, &end) in ends.iter().enumerate() {
                let list = &lanes[begin..end as usize];
                for (row, &neighbor) in rows[top..].iter_mut().zip(list) {
                    row[lane] = neighbor;
                }
                begin = end as usize;
            }
            starts.push(rows.len() as u32);
        }
    }
}

/// Where neighbours are looked for.
#[derive(Clone, Copy)]
struct Scan<'a> {
    positions: &'a [[u32; 2]],
    quantum: [f32; 2],
    reach: f32,
}

impl Scan<'_> {
    /// Appends the slots of `run` that lie within reach of `slot`.
    #[inline(always)]
    fn append<S: Simd>(self, simd: S, slot: usize, run: Range<usize>, list: &mut Vec<u32>) {
        let [x, y] = self.positions[slot];
        let own = [u32x16::splat(simd, x), u32x16::splat(simd, y)];
        let reach2 = f32x16::splat(simd, self.reach * self.reach);
        let iota: u32x16<S> = u32x16::load_array(simd, consecutive(0, LANES - 1));
        for j in run.clone().step_by(LANES) {
            let other = match self.positions.get(j..j + LANES) {
                Some(full) => load_positions(simd, full),
                None => {
                    let mut tail = [[0; 2]; LANES];
                    let rest = &self.positions[j..];
                    tail[..rest.len()].copy_from_slice(rest);
                    load_positions(simd, &tail)
                }
            };
            let d = separation(own, other, self.quantum);
            let near = d.length2().simd_lt(reach2);
            let slots = iota + j as u32;
            let mut mask =
                near.to_bitmask() as u32 & ((1u64 << (run.end - j).min(LANES)) - 1) as u32;
            if slot.wrapping_sub(j) < LANES {
                mask &= !(1 << (slot - j));
            }
            let found = slots.compress(mask32x16::from_bitmask(simd, u64::from(mask)));
            let end = list.len() + mask.count_ones() as usize;
            list.extend_from_slice(&found.to_array());
            list.truncate(end);
        }
    }
}

/// Sixteen slots from `first` on; those past `last` stand for the last one.
#[inline(always)]
pub fn consecutive(first: usize, last: usize) -> [u32; LANES] {
    let mut slots = [0; LANES];
    for (lane, slot) in slots.iter_mut().enumerate() {
        *slot = (first + lane).min(last) as u32;
    }
    slots
}

/// Separations a − b in units of length; minimum images where the span is periodic.
#[inline(always)]
pub fn separation<S: Simd>(a: [u32x16<S>; 2], b: [u32x16<S>; 2], quantum: [f32; 2]) -> Vec2<S> {
    let x: i32x16<S> = (a[0] - b[0]).bitcast();
    let y: i32x16<S> = (a[1] - b[1]).bitcast();
    Vec2 {
        x: x.to_float::<f32x16<S>>() * quantum[0],
        y: y.to_float::<f32x16<S>>() * quantum[1],
    }
}

#[cfg(test)]
mod tests;
