//! What a sampler has to do at each level: which pairs of cells, and at which rate.
//!
//! Every pair of nodes belongs to exactly one pair of cells: either the two lie in cells of the
//! finest level that are the same or adjacent, or there is one level at which their cells are
//! apart while the parents of these cells are adjacent. A pair of cells is tried directly, node by
//! node, when its probabilities are large; all others are candidates of a race (see `race`).

use super::kernel::Placed;
use super::lanes::KernelLanes;
use super::tree::{Level, Tree};

/// The largest probability of a pair that races; it keeps the bound within 16 % of the intensity.
pub const MOST_RACED: f64 = 0.25;

/// Pairs with a typical probability above this are tried directly: a trial costs that much less
/// than a candidate of the race.
pub const LEAST_DIRECT: f64 = 0.12;

/// Expected edges, all together, that may be left out where the kernel is as good as zero.
const NEGLIGIBLE: f64 = 1e-9;

/// Another cell as seen from a cell.
#[derive(Clone, Copy, Debug)]
pub struct Offset {
    /// Columns and rows to go.
    pub by: [i32; 2],
    /// Largest probability per unit of mass in either cell.
    pub bound: f64,
    /// Rate of candidates per unit of mass in either cell.
    pub rate: f64,
    /// True when the offset is its own opposite, so that the lower key has to decide.
    pub tie: bool,
}

/// Offsets of one level, for cells of even or odd column and row.
#[derive(Clone, Debug, Default)]
pub struct Offsets {
    /// Pairs of cells that race, by 2 · (row & 1) + (column & 1); one of two opposite ones.
    pub raced: [Vec<Offset>; 4],
    /// Cells that are tried directly, the cell itself among them; the lower key has the pair.
    pub direct: [Vec<Offset>; 4],
}

/// Masses of nodes, when they differ.
#[derive(Clone, Debug)]
pub struct Masses {
    /// Mass of each slot, padded by sixteen.
    pub of: Vec<f32>,
    /// Sum of the masses before each slot, and of all.
    pub before: Vec<f64>,
    /// For equal steps of the sum, the slot that it falls into.
    guide: Vec<u32>,
}

impl Masses {
    fn new(masses: Vec<f64>) -> Self {
        let count = masses.len();
        let mut before = Vec::with_capacity(count + 1);
        let mut sum = 0.0;
        before.push(0.0);
        for &mass in &masses {
            sum += mass;
            before.push(sum);
        }
        let mut guide = Vec::with_capacity(count + 1);
        let mut slot = 0;
        for step in 0..=count {
            let target = sum * (step as f64 / count as f64);
            while slot + 1 < count && before[slot + 1] <= target {
                slot += 1;
            }
            guide.push(slot as u32);
        }
        let mut of: Vec<f32> = masses.into_iter().map(|mass| mass as f32).collect();
        of.resize(count + 16, 0.0);
        Self { of, before, guide }
    }

    /// A slot of the range, with a probability in proportion to its mass.
    pub fn pick(&self, slots: &std::ops::Range<usize>, word: u32) -> usize {
        let (from, to) = (self.before[slots.start], self.before[slots.end]);
        let target = from + (to - from) * ((f64::from(word) + 0.5) / 4294967296.0);
        let total = self.before[self.before.len() - 1];
        let step = target / total * (self.guide.len() - 1) as f64;
        // Rounding may put the guide one slot too far, never more.
        let guess = self.guide[(step as usize).min(self.guide.len() - 1)] as usize;
        let mut slot = guess.clamp(slots.start, slots.end - 1);
        while slot > slots.start && self.before[slot] > target {
            slot -= 1;
        }
        while slot + 1 < slots.end && self.before[slot + 1] <= target {
            slot += 1;
        }
        slot
    }
}

/// Everything that the tasks of a sampler share.
#[derive(Debug)]
pub struct Plan {
    /// The sorted nodes.
    pub tree: Tree,
    /// The kernel.
    pub placed: Placed,
    /// Probability of a pair of unit masses per unit of density.
    pub factor: f64,
    /// The same kernel times the factor, over lanes.
    pub lanes: KernelLanes,
    /// Masses of nodes; `None` when all nodes have mass 1.
    pub masses: Option<Masses>,
    /// Mass of each cell, per level.
    pub cells: Vec<Vec<f64>>,
    /// Largest mass of a node in each cell, per level; empty when all nodes have mass 1.
    pub heaviest: Vec<Vec<f32>>,
    /// Pairs of cells, per level.
    pub offsets: Vec<Offsets>,
    /// True when some probability may exceed 1.
    pub may_clip: bool,
}

/// Side of the finest cells for nodes of the given mean expected degree.
pub fn side(placed: &Placed, nodes: usize, mean: f64) -> f64 {
    let spacing = (placed.area() / nodes.max(1) as f64).sqrt();
    // Cells of a kernel that is wide on the scale of the spacing follow the kernel; where
    // probabilities are large, cells hold all pairs that are better tried directly.
    let most = mean * spacing * spacing;
    let wide = if placed.peak > 0.0 {
        placed.shape.length() / 4.0
    } else {
        f64::INFINITY
    };
    let dense = if placed.peak * most > MOST_RACED {
        placed.shape.reach(MOST_RACED / (placed.peak * most))
    } else {
        0.0
    };
    let least = 2.0 * spacing;
    wide.max(dense.min(4.0 * least)).clamp(least, 32.0 * least)
}

impl Plan {
    /// Plans the sampling of nodes with the given expected degrees, one per node.
    pub fn new(tree: Tree, placed: Placed, expected: &[f64]) -> Self {
        let nodes = expected.len();
        let total: f64 = expected.iter().sum();
        let most = expected.iter().copied().fold(0.0, f64::max);
        // 1/(ρ⟨κ⟩); without edges it does not matter.
        let per_density = if total > 0.0 {
            placed.area() / total
        } else {
            0.0
        };
        let alike = expected.iter().all(|&k| k == most);
        // Equal masses are 1, and their square goes into the factor.
        let unit = if alike { most } else { 1.0 };
        let factor = per_density * unit * unit;
        // The other end of an edge has the mass ⟨κ²⟩/⟨κ⟩ on average.
        let typical = expected.iter().map(|k| k * k).sum::<f64>() / total.max(f64::MIN_POSITIVE);
        let (typical, most) = if alike { (1.0, 1.0) } else { (typical, most) };
        let masses = (!alike).then(|| {
            let slot = |slot: usize| match tree.order.get(slot) {
                Some(&node) => expected[node as usize],
                None => expected[slot],
            };
            Masses::new((0..nodes).map(slot).collect())
        });
        let mut plan = Self {
            lanes: KernelLanes::new(&placed, factor),
            may_clip: most * most * placed.most() * factor > 1.0,
            factor,
            placed,
            cells: Vec::new(),
            heaviest: Vec::new(),
            offsets: Vec::new(),
            masses,
            tree,
        };
        plan.sum_cells();
        let mass = if alike { nodes as f64 } else { total };
        plan.offsets = (0..plan.tree.levels.len())
            .map(|level| plan.offsets_of(level, typical, most, mass))
            .collect();
        plan
    }

    /// Masses and largest masses of all cells.
    fn sum_cells(&mut self) {
        let finest = &self.tree.levels[0];
        let range = |key: usize| self.tree.slots(finest, key as u32);
        let keys = 0..finest.places.len();
        match &self.masses {
            None => self
                .cells
                .push(keys.map(|key| range(key).len() as f64).collect()),
            Some(masses) => {
                let sum = |key| masses.before[range(key).end] - masses.before[range(key).start];
                self.cells.push(keys.clone().map(sum).collect());
                let most = |key| masses.of[range(key)].iter().copied().fold(0.0, f32::max);
                self.heaviest.push(keys.map(most).collect());
            }
        }
        for level in &self.tree.levels[1..] {
            let children = 1 << level.digits;
            if let Some(finer) = self.cells.last() {
                self.cells
                    .push(finer.chunks(children).map(|c| c.iter().sum()).collect());
            }
            if let Some(finer) = self.heaviest.last() {
                let most = |cells: &[f32]| cells.iter().copied().fold(0.0, f32::max);
                self.heaviest
                    .push(finer.chunks(children).map(most).collect());
            }
        }
    }

    /// Largest probability per unit masses in two cells of a level. A little above, so that
    /// single precision never exceeds it.
    pub fn bound(&self, level: &Level, a: [u32; 2], b: [u32; 2]) -> f64 {
        self.placed.density(self.tree.gap2(level, a, b)) * self.factor * (1.0 + 1e-5)
    }

    fn offsets_of(&self, at: usize, typical: f64, most: f64, mass: f64) -> Offsets {
        let level = &self.tree.levels[at];
        let parent = self.tree.levels.get(at + 1);
        let mut offsets = Offsets::default();
        for class in 0..4 {
            let axis = |axis: usize| self.axis(level, parent, axis, class >> axis & 1);
            for &(y, near_y) in &axis(1) {
                for &(x, near_x) in &axis(0) {
                    // Adjacent cells are left to the level below.
                    if at > 0 && near_x && near_y {
                        continue;
                    }
                    let opposite = [0, 1].map(|axis| {
                        let d = [x, y][axis];
                        let half = self.tree.periodic && 2 * d == level.cells[axis] as i32;
                        if half { d } else { -d }
                    });
                    let bound = self.bound(level, [0; 2], [x, y].map(i32::unsigned_abs));
                    if bound * mass * mass < NEGLIGIBLE {
                        continue;
                    }
                    let by = [x, y];
                    let rate = rate(bound, most * most);
                    if at == 0 && typical * typical * bound > LEAST_DIRECT {
                        let tie = false;
                        offsets.direct[class as usize].push(Offset {
                            by,
                            bound,
                            rate,
                            tie,
                        });
                    } else if (y, x) >= (opposite[1], opposite[0]) {
                        let tie = by == opposite && by != [0; 2];
                        offsets.raced[class as usize].push(Offset {
                            by,
                            bound,
                            rate,
                            tie,
                        });
                    }
                }
            }
        }
        offsets
    }

    /// Ways to go along an axis to cells whose parents are adjacent, and whether the cells are.
    /// Beyond the last halving of an axis all its cells count as adjacent.
    fn axis(
        &self,
        level: &Level,
        parent: Option<&Level>,
        axis: usize,
        parity: i32,
    ) -> Vec<(i32, bool)> {
        let cells = level.cells[axis] as i32;
        let range = if self.tree.periodic {
            (1 - cells) / 2..=cells / 2
        } else {
            1 - cells..=cells - 1
        };
        let apart = |d: i32, cells: i32| {
            let d = d.abs();
            if self.tree.periodic {
                d.min(cells - d)
            } else {
                d
            }
        };
        let parents_meet = |d: i32| match parent {
            Some(parent) if parent.halves[axis] => {
                apart((parity + d) >> 1, parent.cells[axis] as i32) <= 1
            }
            _ => true,
        };
        let (low, high) = match parent {
            Some(parent) if parent.halves[axis] => ((-3).max(*range.start()), 3.min(*range.end())),
            _ => (*range.start(), *range.end()),
        };
        (low..=high)
            .filter(|&d| parents_meet(d))
            .map(|d| (d, !level.halves[axis] || apart(d, cells) <= 1))
            .collect()
    }
}

/// Rate of candidates per unit masses for probabilities up to `bound` per unit masses: an edge is
/// at least one point of a Poisson process of intensity −ln(1 − p), and −ln(1 − p)/p rises with p.
pub fn rate(bound: f64, most: f64) -> f64 {
    let largest = (bound * most).min(MOST_RACED);
    if largest < 1e-9 {
        return bound * (1.0 + 1e-8);
    }
    bound * (-(-largest).ln_1p() / largest)
}
