//! What a sampler has to do at each level: which pairs of cells, and at which rate.
//!
//! Every pair of nodes belongs to exactly one pair of cells: either the two lie in cells of the
//! finest level that are the same or adjacent, or there is one level at which their cells are
//! apart while the parents of these cells are adjacent. A pair of cells is tried directly, node by
//! node, when its probabilities are large; all others are candidates of a race (see `race`).

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use bytemuck::{Pod, Zeroable};

use super::super::simd::LANES;
use super::degrees::Totals;
use super::kernel::Placed;
use super::lanes::KernelLanes;
use super::masses::Masses;
use super::parts::Parts;
use super::tree::{Level, Tree};

/// The largest probability of a pair that races; it keeps the bound within 16 % of the intensity.
pub const MOST_RACED: f64 = 0.25;

/// Pairs with a typical probability above this are tried directly: a trial costs that much less
/// than a candidate of the race.
pub const LEAST_DIRECT: f64 = 0.12;

/// The largest probability that is not called clipped: the normalisation in a box may lift a kernel
/// that is meant to be 1 at its peak by that much, and nobody misses a thousandth of an edge.
pub const CLIPPED: f64 = 1.001;

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
    pub raced: [Vec<Ways>; 4],
    /// Columns and rows to the cells that are tried directly, from [`REACH`] less, the cell itself
    /// among them; the lower key has the pair.
    pub direct: [Vec<[u8; 2]>; 4],
}

/// The nodes of a cell, all together.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Summary {
    /// Sum of their masses.
    pub mass: f64,
    /// First slot and number of slots.
    pub slots: [u32; 2],
    /// Middle of a box around them, in `quantum`s.
    pub centre: [u32; 2],
    /// Half the sides of the box, rounded up.
    pub half: [f32; 2],
}

impl Summary {
    fn new(mass: f64, slots: Range<usize>, [low, high]: [[u32; 2]; 2]) -> Self {
        let half = [0, 1].map(|axis| high[axis].saturating_sub(low[axis]) / 2);
        Self {
            mass,
            slots: [slots.start as u32, slots.len() as u32],
            centre: [0, 1].map(|axis| low[axis].wrapping_add(half[axis])),
            half: half.map(|half| (half + 1) as f32 * (1.0 + 1e-6)),
        }
    }
}

/// Sixteen ways from a cell to others, or less.
#[derive(Clone, Debug)]
pub struct Ways {
    /// How many there are.
    pub count: usize,
    /// Columns and rows to go, from [`REACH`] less.
    pub by: [[u8; 2]; LANES],
    /// Bits of the ways that are their own opposites, so that the lower key has to decide.
    pub ties: u32,
    /// Largest probability per unit of mass in either cell.
    pub bound: [f32; LANES],
    /// Largest ratio of the rate of candidates and a bound, below this one.
    pub excess: [f32; LANES],
}

/// No way has as many columns or rows.
pub const REACH: i32 = 16;

impl Ways {
    pub fn new(offsets: &[Offset]) -> Self {
        let mut ways = Self {
            count: offsets.len(),
            by: [[REACH as u8; 2]; LANES],
            ties: 0,
            bound: [0.0; LANES],
            excess: [0.0; LANES],
        };
        for (k, offset) in offsets.iter().enumerate() {
            ways.by[k] = offset.by.map(|by| (by + REACH) as u8);
            ways.ties |= u32::from(offset.tie) << k;
            ways.bound[k] = offset.bound as f32;
            ways.excess[k] = (offset.rate / offset.bound) as f32 * (1.0 + 1e-6);
        }
        ways
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
    /// The nodes of each cell, per level.
    pub cells: Vec<Vec<Summary>>,
    /// Largest mass of a node in each cell, per level; empty when all nodes have mass 1.
    pub heaviest: Vec<Vec<f32>>,
    /// Pairs of cells, per level.
    pub offsets: Vec<Offsets>,
    /// What leads from a cell to the key of another one, per level.
    pub parts: Vec<Parts>,
    /// True when some probability may exceed 1.
    pub may_clip: bool,
    /// True when a pair is joined for certain or never.
    pub certain: bool,
    /// For each slot, whether it is in a pair whose probability does; empty when none may.
    clipped: Vec<AtomicBool>,
}

/// Side of the finest cells.
pub fn side(placed: &Placed, totals: &Totals) -> f64 {
    let nodes = totals.nodes.max(1) as f64;
    let mean = totals.sum / nodes;
    let spacing = (placed.area() / nodes).sqrt();
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
    let least = 3.1 * spacing;
    wide.max(dense.min(4.0 * least)).clamp(least, 32.0 * least)
}

impl Plan {
    /// Plans the sampling of nodes with the given expected degrees, one per node unless they are
    /// alike.
    pub fn new(tree: Tree, placed: Placed, expected: &[f64], totals: &Totals) -> Self {
        let Totals {
            nodes,
            sum: total,
            squares,
            most,
            alike,
        } = *totals;
        // 1/(ρ⟨κ⟩); without edges it does not matter.
        let per_density = if total > 0.0 {
            placed.area() / total
        } else {
            0.0
        };
        // Equal masses are 1, and their square goes into the factor.
        let unit = if alike { most } else { 1.0 };
        let factor = per_density * unit * unit;
        // The other end of an edge has the mass ⟨κ²⟩/⟨κ⟩ on average.
        let typical = squares / total.max(f64::MIN_POSITIVE);
        let (typical, most) = if alike { (1.0, 1.0) } else { (typical, most) };
        let masses = (!alike).then(|| {
            let slot = |slot: usize| match tree.order.get(slot) {
                Some(&node) => expected[node as usize],
                None => expected[slot],
            };
            Masses::new((0..nodes).map(slot).collect())
        });
        let may_clip = most * most * placed.most() * factor > CLIPPED;
        let slots = if may_clip { nodes } else { 0 };
        let mut plan = Self {
            lanes: KernelLanes::new(&placed, factor),
            may_clip,
            certain: alike && placed.all_or_nothing(factor),
            clipped: (0..slots).map(|_| AtomicBool::new(false)).collect(),
            factor,
            placed,
            cells: Vec::new(),
            heaviest: Vec::new(),
            offsets: Vec::new(),
            parts: Vec::new(),
            masses,
            tree,
        };
        plan.sum_up();
        let mass = if alike { nodes as f64 } else { total };
        plan.offsets = (0..plan.tree.levels.len())
            .map(|level| plan.offsets_of(level, typical, most, mass))
            .collect();
        let (levels, periodic) = (&plan.tree.levels, plan.tree.periodic);
        let parts = |level| Parts::new(level, periodic);
        plan.parts = levels.iter().map(parts).collect();
        plan
    }

    /// The tree alone.
    pub fn into_tree(self) -> Tree {
        self.tree
    }

    /// Notes that a slot is in a pair whose probability is above 1.
    #[inline(always)]
    pub fn clip(&self, slot: u32) {
        if let Some(clipped) = self.clipped.get(slot as usize) {
            clipped.store(true, Ordering::Relaxed);
        }
    }

    /// The nodes that [`Plan::clip`] was called for, ascending.
    pub fn clipped_nodes(&self) -> Vec<u32> {
        let order = &self.tree.order;
        let mut nodes: Vec<u32> = (0..)
            .zip(&self.clipped)
            .filter(|(_, clipped)| clipped.load(Ordering::Relaxed))
            .map(|(slot, _)| order.get(slot as usize).copied().unwrap_or(slot))
            .collect();
        nodes.sort_unstable();
        nodes
    }

    /// Sums up the nodes of all cells.
    fn sum_up(&mut self) {
        const NOWHERE: [[u32; 2]; 2] = [[u32::MAX; 2], [0; 2]];
        let axes = [0, 1];
        let join = |[low, high]: [[u32; 2]; 2], [from, to]: [[u32; 2]; 2]| {
            [
                axes.map(|axis| low[axis].min(from[axis])),
                axes.map(|axis| high[axis].max(to[axis])),
            ]
        };
        let tree = &self.tree;
        let (finest, places) = (&tree.levels[0], &*tree.places);
        let corners = |key: u32| {
            let [mut low, mut high] = NOWHERE;
            for &[x, y] in &places[tree.slots(finest, key)] {
                low = [low[0].min(x), low[1].min(y)];
                high = [high[0].max(x), high[1].max(y)];
            }
            [low, high]
        };
        let mut corners: Vec<_> = (0..finest.places.len() as u32).map(corners).collect();
        for (at, level) in tree.levels.iter().enumerate() {
            if at > 0 {
                let joined = |cells: &[_]| cells.iter().copied().fold(NOWHERE, join);
                corners = corners.chunks(1 << level.digits).map(joined).collect();
            }
            let summary = |(key, &ends): (u32, &_)| {
                let slots = tree.slots(level, key);
                let mass = match &self.masses {
                    None => slots.len() as f64,
                    Some(masses) => masses.before[slots.end] - masses.before[slots.start],
                };
                Summary::new(mass, slots, ends)
            };
            self.cells.push((0..).zip(&corners).map(summary).collect());
        }
        let Some(masses) = &self.masses else {
            return;
        };
        let most = |cells: &[f32]| cells.iter().copied().fold(0.0, f32::max);
        let range = |key| tree.slots(finest, key);
        let keys = 0..finest.places.len() as u32;
        let mut heaviest: Vec<f32> = keys.map(|key| most(&masses.of[range(key)])).collect();
        for level in &tree.levels[1..] {
            let coarser = heaviest.chunks(1 << level.digits).map(most).collect();
            self.heaviest
                .push(std::mem::replace(&mut heaviest, coarser));
        }
        self.heaviest.push(heaviest);
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
            let mut raced = Vec::new();
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
                        let by = by.map(|by| (by + REACH) as u8);
                        offsets.direct[class as usize].push(by);
                    } else if (y, x) >= (opposite[1], opposite[0]) {
                        let tie = by == opposite && by != [0; 2];
                        raced.push(Offset {
                            by,
                            bound,
                            rate,
                            tie,
                        });
                    }
                }
            }
            offsets.raced[class as usize] = raced.chunks(LANES).map(Ways::new).collect();
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
