//! Connected groups of particles: two belong together when they are closer than a cutoff, or
//! when a chain of such pairs links them.
//!
//! Union-find over the cells of a grid whose diagonal is below the cutoff, so that the particles
//! of a cell belong together without a test, and two cells are compared only until the first
//! link. The time is linear in the number of particles also in dense clumps.

use super::domain::Domain;
use super::grid::CellGrid;

/// Groups of linked particles. All buffers are reused by [`Clusters::find`].
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    grid: CellGrid,
    parent: Vec<u32>,
    labels: Vec<u32>,
    sizes: Vec<u32>,
    label_of_root: Vec<u32>,
}

/// The particles of one cell, and their bounding box relative to the first of them.
struct Cell {
    first: usize,
    end: usize,
    low: [f32; 2],
    high: [f32; 2],
}

impl Clusters {
    /// Finds the groups of particles that pairs closer than `cutoff` (a length) hold together.
    pub fn find(&mut self, domain: &Domain, positions: &[[u32; 2]], cutoff: f32) {
        let count = positions.len();
        self.labels.clear();
        self.sizes.clear();
        self.parent.clear();
        self.parent.extend(0..count as u32);
        if cutoff > 0.0 {
            // A little less than the cutoff over √2, so that the reach below is two cells.
            let side = f64::from(cutoff) * std::f64::consts::FRAC_1_SQRT_2;
            // A whole number of cells stretches them beyond the side: by a hundredth at a hundred
            // of them, to almost twice where there are few.
            for share in [0.99, 0.8, 0.5] {
                self.grid.rebuild(domain, positions, share * side);
                if links_within(&self.grid, cutoff) {
                    break;
                }
            }
            self.link(cutoff);
        } else {
            // Without a cutoff nothing is linked; the grid only lends its order.
            self.grid.rebuild(domain, positions, 1.0);
        }
        self.label(count);
    }

    /// Unites the slots of the grid.
    fn link(&mut self, cutoff: f32) {
        let Self { grid, parent, .. } = self;
        // False only for a cutoff below the finest cell of the grid.
        let linked_within = links_within(grid, cutoff);
        let reach = grid.reach(cutoff);
        let mut first = 0;
        while first < grid.len() {
            let cell = cell_from(grid, first);
            if linked_within {
                parent[first + 1..cell.end].fill(first as u32);
                let here = grid.cell_of(grid.sorted()[first]);
                grid.for_runs(here, reach, |run| {
                    let mut other = run.start.max(cell.end);
                    while other < run.end {
                        // The members of a later cell are united only when its turn comes; until
                        // then, its first slot stands for all of them.
                        let neighbour = cell_from(grid, other);
                        if root(parent, first as u32) != root(parent, other as u32)
                            && touch(grid, &cell, &neighbour, cutoff)
                        {
                            unite(parent, first as u32, other as u32);
                        }
                        other = neighbour.end;
                    }
                });
            } else {
                for slot in first..cell.end {
                    let point = grid.sorted()[slot];
                    grid.for_runs(grid.cell_of(point), reach, |run| {
                        for other in run.start.max(slot + 1)..run.end {
                            if closer(grid.separation(point, grid.sorted()[other]), cutoff) {
                                unite(parent, slot as u32, other as u32);
                            }
                        }
                    });
                }
            }
            first = cell.end;
        }
    }

    /// Numbers the groups in the order of their lowest particle index, and counts their members.
    fn label(&mut self, count: usize) {
        const NONE: u32 = u32::MAX;
        self.label_of_root.clear();
        self.label_of_root.resize(count, NONE);
        for &slot in self.grid.rank() {
            let root = root(&mut self.parent, slot) as usize;
            if self.label_of_root[root] == NONE {
                self.label_of_root[root] = self.sizes.len() as u32;
                self.sizes.push(0);
            }
            let label = self.label_of_root[root];
            self.sizes[label as usize] += 1;
            self.labels.push(label);
        }
    }

    /// Group of each particle. Groups are numbered in the order of their lowest particle index.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Number of particles of each group.
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// Share of the particles that belong to the largest group, n_max / N; 0 without particles.
    pub fn largest_fraction(&self) -> f64 {
        let largest = self.sizes.iter().max().copied().unwrap_or(0);
        f64::from(largest) / self.labels.len().max(1) as f64
    }

    /// Mean size of the group of a particle picked at random, Σn² / N; 0 without particles.
    pub fn mean_size(&self) -> f64 {
        let squares: u64 = self
            .sizes
            .iter()
            .map(|&n| u64::from(n) * u64::from(n))
            .sum();
        squares as f64 / self.labels.len().max(1) as f64
    }

    /// Number of groups of each size, as (size, count), sizes ascending.
    pub fn size_distribution(&self) -> Vec<(u32, u32)> {
        let mut sizes = self.sizes.clone();
        sizes.sort_unstable();
        sizes
            .chunk_by(|a, b| a == b)
            .map(|equal| (equal[0], equal.len() as u32))
            .collect()
    }
}

/// True when all particles of a cell are closer to one another than the cutoff.
fn links_within(grid: &CellGrid, cutoff: f32) -> bool {
    let sides = grid.cell_sides();
    sides[0] * sides[0] + sides[1] * sides[1] < cutoff * cutoff * (1.0 - 1e-6)
}

/// The cell whose members start at a slot.
fn cell_from(grid: &CellGrid, first: usize) -> Cell {
    let key = grid.key(first);
    let (mut low, mut high) = ([0.0f32; 2], [0.0f32; 2]);
    let mut end = first + 1;
    while end < grid.len() && grid.key(end) == key {
        let offset = grid.separation(grid.sorted()[first], grid.sorted()[end]);
        for axis in 0..2 {
            low[axis] = low[axis].min(offset[axis]);
            high[axis] = high[axis].max(offset[axis]);
        }
        end += 1;
    }
    Cell {
        first,
        end,
        low,
        high,
    }
}

/// True when some particle of one cell is closer than the cutoff to some particle of the other.
fn touch(grid: &CellGrid, a: &Cell, b: &Cell, cutoff: f32) -> bool {
    let offset = grid.separation(grid.sorted()[a.first], grid.sorted()[b.first]);
    let half = grid.half_box();
    let gap = [0, 1].map(|axis| {
        let from = offset[axis] + b.low[axis] - a.high[axis];
        let to = offset[axis] + b.high[axis] - a.low[axis];
        // Where some of the pairs may be nearer the other way around the box, nothing is said.
        if from.min(-to) < -half[axis] * 0.9999 {
            0.0
        } else {
            from.max(-to).max(0.0)
        }
    });
    // The bounding boxes settle most pairs of dense cells; the margin covers their rounding.
    if !closer(gap, cutoff * 1.0001) {
        return false;
    }
    (a.first..a.end).any(|i| {
        let point = grid.sorted()[i];
        (b.first..b.end).any(|j| closer(grid.separation(point, grid.sorted()[j]), cutoff))
    })
}

fn closer(separation: [f32; 2], cutoff: f32) -> bool {
    separation[0] * separation[0] + separation[1] * separation[1] < cutoff * cutoff
}

/// Representative of a slot's group; halves the path on the way.
fn root(parent: &mut [u32], mut slot: u32) -> u32 {
    while parent[slot as usize] != slot {
        let above = parent[parent[slot as usize] as usize];
        parent[slot as usize] = above;
        slot = above;
    }
    slot
}

/// Unites two groups under the lower of their representatives.
fn unite(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parent, a), root(parent, b));
    parent[a.max(b) as usize] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::super::domain::Boundary;
    use super::*;
    use proptest::prelude::*;

    fn brute(domain: &Domain, positions: &[[u32; 2]], cutoff: f32) -> Vec<u32> {
        let mut labels = vec![u32::MAX; positions.len()];
        let mut next = 0;
        for start in 0..positions.len() {
            if labels[start] != u32::MAX {
                continue;
            }
            let mut stack = vec![start];
            labels[start] = next;
            while let Some(i) = stack.pop() {
                for j in 0..positions.len() {
                    let close = closer(domain.separation(positions[j], positions[i]), cutoff);
                    if close && labels[j] == u32::MAX {
                        labels[j] = next;
                        stack.push(j);
                    }
                }
            }
            next += 1;
        }
        labels
    }

    proptest! {
        #[test]
        fn groups_are_those_of_a_flood_fill(
            kind in 0..3usize,
            size in (1.0..20.0f64, 1.0..20.0f64),
            points in prop::collection::vec((-0.5..0.5f64, -0.5..0.5f64), 0..80),
            cutoff in 0.05..4.0f32,
        ) {
            let boundary = [Boundary::Periodic, Boundary::Reflecting, Boundary::Open][kind];
            let domain = Domain::new([size.0, size.1], boundary);
            let positions: Vec<_> =
                points.iter().map(|p| domain.fixed([p.0 * size.0, p.1 * size.1])).collect();
            let mut clusters = Clusters::default();
            clusters.find(&domain, &positions, cutoff);
            prop_assert_eq!(clusters.labels(), &brute(&domain, &positions, cutoff)[..]);
            let total: u32 = clusters.sizes().iter().sum();
            prop_assert_eq!(total as usize, positions.len());
        }
    }

    #[test]
    fn cells_that_face_each_other_both_ways_around_a_narrow_box_are_linked() {
        let domain = Domain::new([16.08, 1.521], Boundary::Periodic);
        // The first and the second are nearest over the edge, too far; the third, in the cell of
        // the first, is near the second without.
        let points = [[5.105, -0.741], [4.61, 0.0303], [5.218, -0.3276]];
        let positions = points.map(|point| domain.fixed(point));
        let mut clusters = Clusters::default();
        clusters.find(&domain, &positions, 0.716_564);
        assert_eq!(clusters.labels(), [0; 3]);
    }

    #[test]
    fn a_chain_across_the_edge_is_one_group() {
        let domain = Domain::new([10.0, 10.0], Boundary::Periodic);
        let at = |x: f64, y: f64| domain.fixed([x, y]);
        // A chain of three over the edge, a pair, and a single particle exactly at the cutoff.
        let positions = [
            at(4.0, 0.0),
            at(0.0, 3.0),
            at(4.9, 0.0),
            at(0.5, 3.0),
            at(-4.2, 0.0),
            at(1.5, 3.0),
        ];
        let mut clusters = Clusters::default();
        clusters.find(&domain, &positions, 1.0);
        assert_eq!(clusters.labels(), [0, 1, 0, 1, 0, 2]);
        assert_eq!(clusters.sizes(), [3, 2, 1]);
        assert_eq!(clusters.largest_fraction(), 0.5);
        assert_eq!(clusters.mean_size(), 14.0 / 6.0);
        assert_eq!(clusters.size_distribution(), [(1, 1), (2, 1), (3, 1)]);
    }

    #[test]
    fn degenerate_populations_are_grouped() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([10.0, 10.0], boundary);
            let mut clusters = Clusters::default();
            clusters.find(&domain, &vec![[1 << 31; 2]; 20_000], 1.0);
            assert_eq!(clusters.sizes(), [20_000]);
            clusters.find(&domain, &[[1 << 31; 2]; 3], f32::NAN);
            assert_eq!(clusters.sizes(), [1, 1, 1]);
            clusters.find(&domain, &[[1 << 31; 2]], f32::INFINITY);
            assert_eq!(clusters.largest_fraction(), 1.0);
            clusters.find(&domain, &[], 1.0);
            assert_eq!(
                (clusters.largest_fraction(), clusters.mean_size()),
                (0.0, 0.0)
            );
        }
    }
}
