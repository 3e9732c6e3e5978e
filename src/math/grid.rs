//! Which particles are near a point: a read-only cell grid for the estimators.
//!
//! The estimators ask for neighbours within radii of their own choice, of populations in any
//! order, in boxes of any boundary. The grid sorts a *copy* of the positions by cell, so that the
//! particles of one row of cells form one contiguous run; the population itself stays where it is.
//!
//! A periodic axis is cut into equal cells of the box, any other axis into equal cells of the
//! range that the particles really occupy. Cell numbers follow from integer arithmetic on the
//! fixed-point coordinates, so that rounding can never put a particle into the wrong cell. When
//! the cells outnumber the particles by far, as after the escape of one particle from an open
//! box, the grid keeps no table of cells and finds the runs by bisection. Hence memory
//! is linear in the number of particles, whatever the radius.

use std::ops::Range;

use super::domain::Domain;

/// A table of cells is kept while it has at most this many cells per particle.
const CELLS_PER_PARTICLE: u64 = 16;

/// Particles sorted by cell. All buffers are reused by [`CellGrid::rebuild`].
#[derive(Clone, Debug, Default)]
pub struct CellGrid {
    /// Fixed-point coordinate at which the first cell starts, per axis.
    origin: [u32; 2],
    /// Distance from the origin to the outermost particle, in quanta.
    extent: [u32; 2],
    /// Cells per axis.
    cells: [u64; 2],
    /// Cells per quantum times 2³².
    scale: [u64; 2],
    /// Length of a quantum, per axis.
    quantum: [f32; 2],
    periodic: bool,
    /// First slot of each cell, and the end of the last; empty in the sparse form.
    starts: Vec<u32>,
    /// Particle index of each slot.
    order: Vec<u32>,
    /// Slot of each particle.
    rank: Vec<u32>,
    /// Position of each slot.
    sorted: Vec<[u32; 2]>,
}

impl CellGrid {
    /// Sorts the positions into cells of at least the given side (a length).
    pub fn build(domain: &Domain, positions: &[[u32; 2]], side: f64) -> Self {
        let mut grid = Self::default();
        grid.rebuild(domain, positions, side);
        grid
    }

    /// As [`CellGrid::build`], into the buffers that are already there.
    ///
    /// A side that is not a positive number gives a single cell, which is slow but correct.
    pub fn rebuild(&mut self, domain: &Domain, positions: &[[u32; 2]], side: f64) {
        self.quantum = domain.quantum();
        self.periodic = domain.is_periodic();
        self.choose_cells(domain, positions, side);
        let table = self.cells[0].saturating_mul(self.cells[1]);
        let dense = table <= CELLS_PER_PARTICLE * positions.len() as u64 + 64;
        let count = positions.len();
        self.starts.clear();
        self.order.resize(count, 0);
        if dense {
            // A stable counting sort: within a cell, particles stay in the order of their indices.
            self.starts.resize(table as usize + 1, 0);
            for &position in positions {
                let key = self.key_of(position) as usize;
                self.starts[key + 1] += 1;
            }
            for cell in 0..table as usize {
                self.starts[cell + 1] += self.starts[cell];
            }
            for (i, &position) in positions.iter().enumerate() {
                let key = self.key_of(position) as usize;
                self.order[self.starts[key] as usize] = i as u32;
                self.starts[key] += 1;
            }
            // Every start has moved on to the end of its cell, which is the next cell's start.
            self.starts.copy_within(0..table as usize, 1);
            self.starts[0] = 0;
        } else {
            let mut order = std::mem::take(&mut self.order);
            for (slot, i) in order.iter_mut().enumerate() {
                *i = slot as u32;
            }
            order.sort_unstable_by_key(|&i| (self.key_of(positions[i as usize]), i));
            self.order = order;
        }
        self.rank.resize(count, 0);
        self.sorted.resize(count, [0; 2]);
        for (slot, &i) in self.order.iter().enumerate() {
            self.rank[i as usize] = slot as u32;
            self.sorted[slot] = positions[i as usize];
        }
    }

    /// The number of the cell that belongs to a position, row by row.
    #[inline(always)]
    fn key_of(&self, position: [u32; 2]) -> u64 {
        let [column, row] = self.cell_of(position);
        row * self.cells[0] + column
    }

    fn choose_cells(&mut self, domain: &Domain, positions: &[[u32; 2]], side: f64) {
        let span = domain.span();
        for axis in 0..2 {
            let (mut low, mut high) = (u32::MAX, 0);
            if self.periodic {
                (low, high) = (0, u32::MAX);
            } else {
                for position in positions {
                    low = low.min(position[axis]);
                    high = high.max(position[axis]);
                }
                low = low.min(high);
            }
            let quanta = u64::from(high - low) + 1;
            let length = quanta as f64 * (span[axis] / 4294967296.0);
            let wanted = if side > 0.0 {
                (length / side).floor()
            } else {
                1.0
            };
            // The upper limit keeps every product below 2⁶⁴ and is finer than any radius in use.
            let cells = (wanted as u64).clamp(1, 1 << 24);
            self.origin[axis] = low;
            self.extent[axis] = high - low;
            self.cells[axis] = cells;
            self.scale[axis] = (cells << 32) / quanta;
        }
    }

    /// Number of particles.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// True when there is no particle.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Positions in the order of the cells (of the *slots*).
    pub fn sorted(&self) -> &[[u32; 2]] {
        &self.sorted
    }

    /// Particle index of each slot.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Slot of each particle.
    pub fn rank(&self) -> &[u32] {
        &self.rank
    }

    /// Cell key of a slot, which ascends with the slots; equal keys mean the same cell.
    #[inline(always)]
    pub fn key(&self, slot: usize) -> u64 {
        self.key_of(self.sorted[slot])
    }

    /// Column and row of the cell that belongs to a position; positions off the grid go to the
    /// nearest cell of the rim.
    #[inline(always)]
    pub fn cell_of(&self, position: [u32; 2]) -> [u64; 2] {
        [0, 1].map(|axis| {
            let offset = position[axis]
                .saturating_sub(self.origin[axis])
                .min(self.extent[axis]);
            (u64::from(offset) * self.scale[axis]) >> 32
        })
    }

    /// Sides of a cell, as lengths.
    pub fn cell_sides(&self) -> [f32; 2] {
        [0, 1].map(|axis| {
            (4294967296.0 / self.scale[axis] as f64 * f64::from(self.quantum[axis])) as f32
        })
    }

    /// How many cells away a neighbour within the radius may be, per axis.
    pub fn reach(&self, radius: f32) -> [u64; 2] {
        [0, 1].map(|axis| {
            // One quantum more covers the rounding of the separation to f32 at this radius, and
            // the relative margin does so for large radii.
            let quanta = f64::from(radius) / f64::from(self.quantum[axis]) * (1.0 + 1e-6) + 1.0;
            ((quanta * (self.scale[axis] as f64 / 4294967296.0)).ceil() as u64).max(1)
        })
    }

    /// True when such a reach covers the whole axis from any cell.
    pub fn covers(&self, reach: [u64; 2]) -> [bool; 2] {
        // From the middle of a circle both sides count, from the end of an interval only one.
        let sides = if self.periodic { 2 } else { 1 };
        [0, 1].map(|axis| sides * reach[axis].min(1 << 32) + 1 >= self.cells[axis])
    }

    /// Calls `visit` with the ranges of slots that hold the cells within reach of a cell. Every
    /// slot belongs to at most one range, however small the grid is.
    #[inline(always)]
    pub fn for_runs(&self, cell: [u64; 2], reach: [u64; 2], mut visit: impl FnMut(Range<usize>)) {
        let columns = self.segments(0, cell[0], reach[0]);
        for rows in self.segments(1, cell[1], reach[1]) {
            for row in rows {
                for column in &columns {
                    let run = self.run(row, column);
                    if !run.is_empty() {
                        visit(run);
                    }
                }
            }
        }
    }

    /// The cells of one axis within reach: one range, or two where it wraps.
    #[inline(always)]
    fn segments(&self, axis: usize, cell: u64, reach: u64) -> [Range<u64>; 2] {
        let cells = self.cells[axis];
        if !self.periodic {
            let high = cell.saturating_add(reach).saturating_add(1).min(cells);
            return [cell.saturating_sub(reach)..high, 0..0];
        }
        if reach >= cells || 2 * reach + 1 >= cells {
            [0..cells, 0..0]
        } else if cell < reach {
            [0..cell + reach + 1, cell + cells - reach..cells]
        } else if cell + reach >= cells {
            [0..cell + reach + 1 - cells, cell - reach..cells]
        } else {
            [cell - reach..cell + reach + 1, 0..0]
        }
    }

    /// Slots of some neighbouring cells of one row.
    #[inline(always)]
    fn run(&self, row: u64, columns: &Range<u64>) -> Range<usize> {
        if columns.is_empty() {
            return 0..0;
        }
        let (first, end) = (
            row * self.cells[0] + columns.start,
            row * self.cells[0] + columns.end,
        );
        if self.starts.is_empty() {
            let below = |key| {
                self.sorted
                    .partition_point(|&position| self.key_of(position) < key)
            };
            below(first)..below(end)
        } else {
            self.starts[first as usize] as usize..self.starts[end as usize] as usize
        }
    }

    /// Separation b − a of two positions as a length: the minimum image in a periodic box.
    #[inline(always)]
    pub fn separation(&self, a: [u32; 2], b: [u32; 2]) -> [f32; 2] {
        [
            b[0].wrapping_sub(a[0]) as i32 as f32 * self.quantum[0],
            b[1].wrapping_sub(a[1]) as i32 as f32 * self.quantum[1],
        ]
    }

    /// Half the sides of a periodic box, beyond which a separation is that of another image;
    /// infinite without images.
    pub fn half_box(&self) -> [f32; 2] {
        if self.periodic {
            self.quantum.map(|quantum| 2_147_483_648.0 * quantum)
        } else {
            [f32::INFINITY; 2]
        }
    }

    /// Calls `visit(j, separation, squared distance)` for every particle j at a distance less
    /// than the radius from particle i, itself excepted, in the order of the cells. In a periodic
    /// box only the nearest image of each particle is seen.
    pub fn for_neighbours(&self, i: usize, radius: f32, mut visit: impl FnMut(u32, [f32; 2], f32)) {
        let Some(&slot) = self.rank.get(i) else {
            return;
        };
        let here = self.sorted[slot as usize];
        self.for_runs(self.cell_of(here), self.reach(radius), |run| {
            for other in run {
                let separation = self.separation(here, self.sorted[other]);
                let squared = separation[0] * separation[0] + separation[1] * separation[1];
                if squared < radius * radius && other != slot as usize {
                    visit(self.order[other], separation, squared);
                }
            }
        });
    }

    /// Number of ordered pairs that a sweep over all particles with this reach would look at.
    pub fn candidates(&self, reach: [u64; 2]) -> u64 {
        let mut total = 0;
        let mut slot = 0;
        while slot < self.len() {
            let key = self.key(slot);
            let members = (slot..self.len())
                .take_while(|&other| self.key(other) == key)
                .count();
            self.for_runs([key % self.cells[0], key / self.cells[0]], reach, |run| {
                total += (members * run.len()) as u64;
            });
            slot += members;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::Boundary;
    use super::*;
    use proptest::prelude::*;

    fn brute(domain: &Domain, positions: &[[u32; 2]], i: usize, radius: f32) -> Vec<u32> {
        (0..positions.len())
            .filter(|&j| {
                let d = domain.separation(positions[j], positions[i]);
                j != i && d[0] * d[0] + d[1] * d[1] < radius * radius
            })
            .map(|j| j as u32)
            .collect()
    }

    fn found(grid: &CellGrid, i: usize, radius: f32) -> Vec<u32> {
        let mut found = Vec::new();
        grid.for_neighbours(i, radius, |j, _, _| found.push(j));
        found.sort_unstable();
        found
    }

    proptest! {
        /// Any boundary, any aspect, any ratio of radius to cell and box, dense and sparse.
        #[test]
        fn neighbours_are_those_of_brute_force(
            kind in 0..3usize,
            size in (2.0..30.0f64, 2.0..30.0f64),
            points in prop::collection::vec((-0.5..0.5f64, -0.5..0.5f64), 0..60),
            side in 0.01..20.0f64,
            radius in 0.05..20.0f32,
            escape in 0..3u32,
        ) {
            let boundary = [Boundary::Periodic, Boundary::Reflecting, Boundary::Open][kind];
            let domain = Domain::new([size.0, size.1], boundary);
            let mut positions: Vec<_> =
                points.iter().map(|p| domain.fixed([p.0 * size.0, p.1 * size.1])).collect();
            if let (Some(first), 0) = (positions.first_mut(), escape) {
                *first = [domain.limits()[0]; 2];
            }
            let grid = CellGrid::build(&domain, &positions, side);
            for i in 0..positions.len() {
                prop_assert_eq!(
                    found(&grid, i, radius), brute(&domain, &positions, i, radius), "particle {}", i
                );
            }
        }
    }

    #[test]
    fn none_one_and_coincident_particles_are_served() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([10.0, 4.0], boundary);
            let none = CellGrid::build(&domain, &[], 1.0);
            assert!(none.is_empty() && found(&none, 0, 1.0).is_empty());
            let one = CellGrid::build(&domain, &[[7, 9]], f64::NAN);
            assert!(found(&one, 0, f32::MAX).is_empty());
            let same = vec![[1 << 31; 2]; 50];
            let mut grid = one;
            grid.rebuild(&domain, &same, 0.5);
            assert_eq!(found(&grid, 3, 0.1).len(), 49);
        }
    }

    #[test]
    fn the_number_of_candidates_is_the_number_of_visits() {
        let domain = Domain::new([9.0, 9.0], Boundary::Periodic);
        let positions: Vec<_> = (0..81u32)
            .map(|i| domain.fixed([f64::from(i % 9) - 4.0, f64::from(i / 9) - 4.0]))
            .collect();
        let grid = CellGrid::build(&domain, &positions, 1.0);
        assert_eq!(grid.candidates([1, 1]), 81 * 9);
        assert_eq!(grid.candidates([9, 9]), 81 * 81);
    }
}
