//! What every particle of a swarm takes from its k nearest neighbours, wherever they are.
//!
//! The pull of each pair is that of [`pull`](super::pull); here only the partners are others. The
//! nearest are found in squares of cells of growing size. Of particles at exactly equal distances
//! those come first that come first in the order of the cells, which is a pure function of the state.

use rayon::prelude::*;

use super::domain::Domain;
use super::grid::CellGrid;
use super::pull::{Pairs, Pull, Sums, Total};
use super::simd::*;
use super::strips::units;

/// The most neighbours that may be asked for.
pub const MOST: usize = 32;

/// Particles per parallel task.
const CHUNK: usize = 512;

/// Pairs per particle that the first square of cells may cost; denser clumps get smaller cells.
const PAIRS: u64 = 160;

/// The grid of the search and the pulls in its order. Both are reused from step to step.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    grid: CellGrid,
    sorted: Vec<[f32; 2]>,
}

impl Nearest {
    /// Writes what every particle takes from itself and its `wanted` nearest neighbours to `out`:
    /// the [direction](Total::direction) of its sums. All slices are in the order of the population.
    /// A particle with fewer companions takes what there is.
    pub fn pulls<P: Pull>(
        &mut self,
        (pull, mean, wanted): (P, bool, usize),
        domain: &Domain,
        positions: &[[u32; 2]],
        headings: &[[f32; 2]],
        out: &mut [[f32; 2]],
    ) {
        let wanted = wanted.min(MOST).min(positions.len().saturating_sub(1));
        self.choose_grid(domain, positions, wanted);
        self.sorted.resize(positions.len(), [0.0; 2]);
        let grid = &self.grid;
        self.sorted
            .par_chunks_mut(CHUNK)
            .enumerate()
            .for_each(|(chunk, sorted)| {
                for (offset, direction) in sorted.iter_mut().enumerate() {
                    let slot = chunk * CHUNK + offset;
                    let found = Found::search(grid, slot, wanted);
                    *direction = dispatch(One {
                        pull,
                        mean,
                        grid,
                        slot,
                        found: &found,
                        headings,
                    });
                }
            });
        let (rank, sorted) = (self.grid.rank(), &self.sorted);
        out.par_chunks_mut(CHUNK)
            .zip(rank.par_chunks(CHUNK))
            .for_each(|(out, rank)| {
                for (value, &place) in out.iter_mut().zip(rank) {
                    *value = sorted[place as usize];
                }
            });
    }

    /// Calls `visit` with every particle and the separation to each of its `wanted` nearest ones, all
    /// in the order of the population.
    pub fn each(
        &mut self,
        domain: &Domain,
        positions: &[[u32; 2]],
        wanted: usize,
        mut visit: impl FnMut(usize, [f32; 2]),
    ) {
        let wanted = wanted.min(MOST).min(positions.len().saturating_sub(1));
        self.choose_grid(domain, positions, wanted);
        let grid = &self.grid;
        for (particle, &slot) in grid.rank().iter().enumerate() {
            let found = Found::search(grid, slot as usize, wanted);
            for &other in &found.slots[..found.len] {
                let [from, to] = [slot, other].map(|slot| grid.sorted()[slot as usize]);
                visit(particle, grid.separation(from, to));
            }
        }
    }

    /// Cells of about a third of the neighbours, made finer while clumps would cost too many pairs.
    fn choose_grid(&mut self, domain: &Domain, positions: &[[u32; 2]], wanted: usize) {
        let count = positions.len().max(1) as u64;
        let share = (wanted as f64 / 3.0).max(1.0);
        let mut side = (share * domain.area() / count as f64).sqrt();
        let mut best = u64::MAX;
        for _ in 0..8 {
            self.grid.rebuild(domain, positions, side);
            let pairs = self.grid.candidates([1, 1]);
            if pairs <= PAIRS * count || pairs >= best {
                return;
            }
            best = pairs;
            side *= 0.5;
        }
    }
}

/// The nearest particles found so far, by ascending distance.
struct Found {
    squared: [f32; MOST],
    slots: [u32; MOST],
    len: usize,
}

impl Found {
    /// Searches squares of cells of growing size around the cell of a slot.
    fn search(grid: &CellGrid, slot: usize, wanted: usize) -> Self {
        let here = grid.sorted()[slot];
        let cell = grid.cell_of(here);
        let sides = grid.cell_sides();
        let mut reach = 1;
        loop {
            let mut found = Self {
                squared: [f32::MAX; MOST],
                slots: [0; MOST],
                len: 0,
            };
            if wanted == 0 {
                return found;
            }
            grid.for_runs(cell, [reach; 2], |run| {
                for other in run {
                    // Nothing can be nearer than particles at the very same place.
                    if found.squared[wanted - 1] == 0.0 {
                        return;
                    }
                    let [x, y] = grid.separation(here, grid.sorted()[other]);
                    let squared = x * x + y * y;
                    if squared < found.squared[wanted - 1] && other != slot {
                        found.insert(squared, other as u32, wanted);
                    }
                }
            });
            // The square is complete up to its nearest side, which is at least this far away.
            let whole = grid.covers([reach; 2]);
            let seen = [0, 1].map(|axis| {
                if whole[axis] {
                    f32::INFINITY
                } else {
                    sides[axis] * reach as f32 * 0.9999
                }
            });
            let seen = seen[0].min(seen[1]);
            if found.squared[wanted - 1] < seen * seen || seen == f32::INFINITY {
                return found;
            }
            reach *= 2;
        }
    }

    #[inline]
    fn insert(&mut self, squared: f32, slot: u32, wanted: usize) {
        let mut place = self.len.min(wanted - 1);
        while place > 0 && self.squared[place - 1] > squared {
            self.squared[place] = self.squared[place - 1];
            self.slots[place] = self.slots[place - 1];
            place -= 1;
        }
        self.squared[place] = squared;
        self.slots[place] = slot;
        self.len = (self.len + 1).min(wanted);
    }
}

/// The sums of one particle over itself and those found, sixteen neighbours at once.
struct One<'a, P> {
    pull: P,
    mean: bool,
    grid: &'a CellGrid,
    slot: usize,
    found: &'a Found,
    headings: &'a [[f32; 2]],
}

impl<P: Pull> Kernel for One<'_, P> {
    type Output = [f32; 2];
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> [f32; 2] {
        let (positions, order) = (self.grid.sorted(), self.grid.order());
        let here = positions[self.slot];
        let own = self.headings[order[self.slot] as usize];
        let mut total = Total::default();
        // The particle itself is the first of its partners.
        for first in (0..=self.found.len).step_by(LANES) {
            let (mut from, mut heading) = ([[0.0f32; LANES]; 2], [[0i32; LANES]; 2]);
            let count = (self.found.len + 1 - first).min(LANES);
            for lane in 0..count {
                let partner = match (first + lane).checked_sub(1) {
                    Some(rank) => self.found.slots[rank] as usize,
                    None => self.slot,
                };
                let there = positions[partner];
                let theirs = self.headings[order[partner] as usize];
                for axis in 0..2 {
                    from[axis][lane] = here[axis].wrapping_sub(there[axis]) as i32 as f32;
                    heading[axis][lane] = units(theirs[axis]);
                }
            }
            let pairs = Pairs {
                from: Vec2 {
                    x: f32x16::load_array(simd, from[0]),
                    y: f32x16::load_array(simd, from[1]),
                },
                near: mask32x16::from_bitmask(simd, (1 << count) - 1),
                own: [
                    i32x16::splat(simd, units(own[0])),
                    i32x16::splat(simd, units(own[1])),
                ],
                heading: [
                    i32x16::load_array(simd, heading[0]),
                    i32x16::load_array(simd, heading[1]),
                ],
            };
            let mut sums = Sums::zero(simd);
            self.pull.add(simd, pairs, &mut sums);
            total.add(sums);
        }
        total.direction(self.mean)
    }
}
