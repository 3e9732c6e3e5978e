//! The sums over all pairs in a time that grows as N: members that are far from each other are met
//! together (Fong and Darve, J. Comput. Phys. 228, 8712 (2009); Greengard and Rokhlin 1987).
//!
//! A quad-tree of square cells is laid over the swarm. What a cell does to those far away is that of 36
//! nodes, to which its members are handed by Chebyshev interpolation; cells that are apart while their
//! parents are not act on each other through their nodes (`far`), and members of the same or of
//! adjacent finest cells meet one by one (`near`). Nothing is expanded: the same tables serve the unit
//! vector, the inverse distance, and their product.
//!
//! The error is that of interpolation, 3·10⁻⁶ of the typical rate (root of the mean square) for uniform
//! swarms. All has the same bits on any number of threads.

#![expect(
    clippy::needless_range_loop,
    reason = "kernels count lanes, nodes and sums, and closures are not inlined into them"
)]

mod far;
mod near;
mod tables;

use rayon::prelude::*;

use super::super::simd::*;
use super::{Rates, Swarm, Tiles};
use far::{Far, Local};
use tables::Tables;

/// Fewer members are faster summed one by one.
const FEW: usize = 2048;
/// Members that a finest cell of a uniform swarm holds at most.
const CROWD: usize = 96;
/// The finest level: 4⁸ cells take 150 MB.
const FINEST: u32 = 8;
/// Members per parallel task.
const CHUNK: usize = 512;
/// Work of an occupied finest cell beyond that of its members, in pairs: 27 cells act on it.
const CELL: u64 = 20_000;

/// Memory of the fast sum, and of the direct one that serves where it would not be faster.
#[derive(Clone, Debug, Default)]
pub struct Fast {
    tiles: Tiles,
    /// The slot of each member: members are sorted by cell, row by row.
    slots: Vec<u32>,
    cells: Vec<u32>,
    /// First slot of each finest cell, and the end of the last.
    starts: Vec<u32>,
    sorted: Swarm,
    /// Rates in the order of the slots.
    rates: Rates,
    far: Far,
}

/// The finest cells over a swarm.
#[derive(Clone, Copy, Debug)]
struct Grid {
    /// There are 2^level cells along each axis.
    level: u32,
    low: [f32; 2],
    side: f32,
    /// Cells per length.
    scale: f32,
}

impl Grid {
    /// Over the members of a swarm.
    fn over(swarm: &Swarm, count: usize, level: u32) -> Self {
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for (axis, column) in [&swarm.x, &swarm.y].into_iter().enumerate() {
            for &at in &column[..count] {
                (low[axis], high[axis]) = (low[axis].min(at), high[axis].max(at));
            }
        }
        let extent = (high[0] - low[0]).max(high[1] - low[1]);
        let mut grid = Self {
            level: 0,
            low,
            side: extent.max(f32::MIN_POSITIVE) * (1.0 + 1e-5),
            scale: 0.0,
        };
        grid.refine(level);
        grid
    }

    /// Halves the cells so often.
    fn refine(&mut self, levels: u32) {
        self.level += levels;
        self.side *= 0.5f32.powi(levels as i32);
        self.scale = 1.0 / self.side;
    }

    fn along(&self) -> usize {
        1 << self.level
    }

    /// Column or row of a coordinate.
    fn index(&self, axis: usize, at: f32) -> usize {
        (((at - self.low[axis]) * self.scale) as usize).min(self.along() - 1)
    }

    /// Where sixteen coordinates are in a column or row, from 0 to 1.
    #[inline(always)]
    fn within<S: Simd>(&self, simd: S, axis: usize, at: f32x16<S>, index: usize) -> f32x16<S> {
        let low = f32x16::splat(simd, self.low[axis]);
        (at - low) * self.scale - index as f32
    }
}

/// As [`super::all_pairs`], with far members met together where that is faster.
pub fn all_pairs(swarm: &Swarm, count: usize, attraction: f32, rates: &mut Rates, fast: &mut Fast) {
    match fast.plan(swarm, count) {
        Some(grid) => fast.sum(swarm, count, attraction, rates, &grid),
        None => super::all_pairs(swarm, count, attraction, rates, &mut fast.tiles),
    }
}

impl Fast {
    /// The memory of the direct sum.
    pub fn direct(&mut self) -> &mut Tiles {
        &mut self.tiles
    }

    /// Lays cells over the members and sorts them; `None` where the direct sum is faster.
    fn plan(&mut self, swarm: &Swarm, count: usize) -> Option<Grid> {
        if count < FEW {
            return None;
        }
        let direct = count as u64 * count as u64 / 2;
        // As fine as is best for a uniform swarm, and finer where members crowd in few cells.
        let fits = |level: &u32| count <= CROWD << (2 * level);
        let fitting = (2..FINEST).find(fits).unwrap_or(FINEST);
        let mut grid = Grid::over(swarm, count, fitting);
        let mut best: Option<(u64, u32)> = None;
        loop {
            self.count(swarm, count, &grid);
            let work = self.work(&grid);
            if best.is_none_or(|(least, _)| work < least) {
                best = Some((work, grid.level));
            }
            let cells = 1 << (2 * fitting);
            let uniform = 9 * (count * count) as u64 / cells + CELL * cells;
            if work < 2 * uniform || grid.level >= FINEST.min(fitting + 2) {
                break;
            }
            grid.refine(1);
        }
        let (work, level) = best?;
        if work >= direct {
            return None;
        }
        if level != grid.level {
            grid = Grid::over(swarm, count, level);
            self.count(swarm, count, &grid);
        }
        Some(grid)
    }

    /// Counts the members of the cells; `starts` of a cell is its end afterwards.
    fn count(&mut self, swarm: &Swarm, count: usize, grid: &Grid) {
        self.cells.clear();
        self.starts.clear();
        self.starts.resize(grid.along() * grid.along() + 1, 0);
        for (&x, &y) in swarm.x[..count].iter().zip(&swarm.y) {
            let cell = grid.index(1, y) << grid.level | grid.index(0, x);
            self.cells.push(cell as u32);
            self.starts[cell] += 1;
        }
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
    }

    /// Estimate of the work with the cells that were just counted, in pairs of the direct sum.
    fn work(&self, grid: &Grid) -> u64 {
        let along = grid.along();
        let end = |cell: usize| u64::from(self.starts[cell]);
        let begin = |cell: usize| if cell == 0 { 0 } else { end(cell - 1) };
        let mut work = 0;
        for row in 0..along {
            for column in 0..along {
                let cell = row << grid.level | column;
                let own = end(cell) - begin(cell);
                if own == 0 {
                    continue;
                }
                let (from, to) = (column.saturating_sub(1), (column + 1).min(along - 1));
                for row in row.saturating_sub(1)..=(row + 1).min(along - 1) {
                    let first = row << grid.level;
                    work += own * (end(first | to) - begin(first | from));
                }
                work += CELL;
            }
        }
        work
    }

    /// Puts the members into the order of their cells.
    fn sort(&mut self, swarm: &Swarm, count: usize) {
        self.sorted.resize(count.next_multiple_of(LANES) + LANES);
        self.slots.clear();
        self.slots.resize(count, 0);
        for i in (0..count).rev() {
            let end = &mut self.starts[self.cells[i] as usize];
            *end -= 1;
            let slot = *end as usize;
            self.slots[i] = *end;
            self.sorted.x[slot] = swarm.x[i];
            self.sorted.y[slot] = swarm.y[i];
            self.sorted.cos[slot] = swarm.cos[i];
            self.sorted.sin[slot] = swarm.sin[i];
        }
    }

    fn sum(
        &mut self,
        swarm: &Swarm,
        count: usize,
        attraction: f32,
        rates: &mut Rates,
        grid: &Grid,
    ) {
        self.sort(swarm, count);
        let tables = Tables::get();
        let Self {
            sorted,
            starts,
            rates: found,
            far,
            ..
        } = self;
        let locals = far.sum(tables, grid, starts, sorted);
        found.resize(count);
        (
            found.x.par_chunks_mut(CHUNK),
            found.y.par_chunks_mut(CHUNK),
            found.phase.par_chunks_mut(CHUNK),
        )
            .into_par_iter()
            .enumerate()
            .for_each(|(chunk, (x, y, phase))| {
                dispatch(Members {
                    tables,
                    grid,
                    starts,
                    sorted,
                    locals,
                    attraction,
                    share: 1.0 / count as f32,
                    first: chunk * CHUNK,
                    out: [x, y, phase],
                });
            });
        let slots = &self.slots;
        let pairs = [
            (&mut rates.x, &found.x),
            (&mut rates.y, &found.y),
            (&mut rates.phase, &found.phase),
        ];
        for (to, from) in pairs {
            to.par_iter_mut()
                .zip(slots)
                .with_min_len(4096)
                .for_each(|(rate, &slot)| *rate = from[slot as usize]);
        }
    }
}

/// The rates of consecutive slots.
struct Members<'a> {
    tables: &'a Tables,
    grid: &'a Grid,
    starts: &'a [u32],
    sorted: &'a Swarm,
    locals: &'a [Local],
    attraction: f32,
    share: f32,
    first: usize,
    out: [&'a mut [f32]; 3],
}

impl Kernel for Members<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let [x, y, phase] = self.out;
        let (first, end) = (self.first, self.first + x.len());
        // The cell of the first slot is the last one that does not begin behind it.
        let mut cell = self
            .starts
            .partition_point(|&start| start as usize <= first)
            - 1;
        let mut from = first;
        while from < end {
            let to = (self.starts[cell + 1] as usize).min(end);
            if from < to {
                let place = [cell & (self.grid.along() - 1), cell >> self.grid.level];
                let local = &self.locals[cell];
                for block in (from..to).step_by(LANES) {
                    let present = (to - block).min(LANES);
                    let far = far::felt(
                        simd,
                        self.tables,
                        self.grid,
                        place,
                        local,
                        (self.sorted, block),
                        self.attraction,
                    );
                    for (column, rates) in [&mut *x, &mut *y, &mut *phase].into_iter().zip(far) {
                        column[block - first..][..present]
                            .copy_from_slice(&rates.to_array()[..present]);
                    }
                }
                for slot in from..to {
                    let [near_x, near_y, near_phase] = near::felt(
                        simd,
                        self.grid,
                        place,
                        self.starts,
                        (self.sorted, slot),
                        self.attraction,
                    );
                    let at = slot - first;
                    x[at] = (x[at] + near_x) * self.share;
                    y[at] = (y[at] + near_y) * self.share;
                    phase[at] = (phase[at] + near_phase) * self.share;
                }
            }
            from = to;
            cell += 1;
        }
    }
}
