//! Stretches of the race: the ways from one cell to others, how wide they are, and where they end.

use super::super::simd::*;
use super::plan::{Plan, REACH, Summary, Ways};
use super::tree::Cell;

/// A stretch of the race: the ways from one cell to at most sixteen others, one after the other.
#[derive(Clone, Copy)]
pub struct Stretch<'a> {
    pub own: Summary,
    ways: &'a Ways,
    /// Keys of the other cells, and how much of them counts: nothing, half (ordered pairs within a
    /// cell come twice), or all.
    keys: [u32; LANES],
    share: [f64; LANES],
    /// First slots and numbers of slots of the other cells, where their nodes are, and the masses
    /// of both cells.
    pub first: [u32; LANES],
    pub slots: [u32; LANES],
    centre: [[u32; LANES]; 2],
    half: [[f32; LANES]; 2],
    mass: [f64; LANES],
    /// Rate of candidates per unit masses.
    pub rate: [f32; LANES],
    /// Where each way ends.
    pub until: [f64; LANES],
}

/// Stretches that are made together, step by step, so that one need not wait for another.
pub const STRETCHES: usize = 16;

impl<'a> Stretch<'a> {
    /// No way from a cell yet.
    #[inline(always)]
    pub fn new(own: &Summary, key: u32, ways: &'a Ways) -> Self {
        Self {
            own: *own,
            ways,
            keys: [key; LANES],
            share: [0.0; LANES],
            first: [0; LANES],
            slots: [0; LANES],
            centre: [[0; LANES]; 2],
            half: [[0.0; LANES]; 2],
            mass: [0.0; LANES],
            rate: [0.0; LANES],
            until: [0.0; LANES],
        }
    }

    /// As [`Stretch::new`], in place of what was here.
    #[inline(always)]
    pub fn begin(&mut self, own: &Summary, key: u32, ways: &'a Ways) {
        (self.own, self.ways) = (*own, ways);
        (self.keys, self.share) = ([key; LANES], [0.0; LANES]);
    }

    /// One more way.
    #[inline(always)]
    pub fn add(&mut self, place: usize, own: u32, other: u32) {
        self.keys[place] = other;
        self.share[place] = if own == other { 0.5 } else { 1.0 };
    }

    /// Looks up the other cells.
    #[inline(always)]
    pub fn look_up(&mut self, cells: &[Summary]) {
        for k in 0..LANES {
            let other = &cells[self.keys[k] as usize];
            self.first[k] = other.first;
            self.slots[k] = other.slots;
            self.mass[k] = self.own.mass * other.mass * self.share[k];
            for axis in 0..2 {
                self.centre[axis][k] = other.centre[axis];
                self.half[axis][k] = other.half[axis];
            }
        }
    }

    /// Finds the rates. The nodes of two cells are further apart than the cells, and the bound
    /// falls with the distance.
    #[inline(always)]
    pub fn bound<S: Simd>(&mut self, simd: S, plan: &Plan) {
        let zero = f32x16::splat(simd, 0.0);
        let mut gap2 = zero;
        for axis in 0..2 {
            let centre = u32x16::load_array(simd, self.centre[axis]);
            let apart = centre - u32x16::splat(simd, self.own.centre[axis]);
            let apart = apart.bitcast::<i32x16<S>>().to_float::<f32x16<S>>().abs();
            // Less what rounding may do to numbers up to 2³¹.
            let half = f32x16::load_array(simd, self.half[axis]);
            let gap = apart - half - self.own.half[axis] - 512.0;
            let gap = gap.simd_gt(zero).select(gap, zero) * plan.tree.quantum[axis];
            gap2 += gap * gap;
        }
        let bound = plan.lanes.at(simd, gap2 * (1.0 - 1e-6)) * (1.0 + 1e-5);
        let most = f32x16::load_array(simd, self.ways.bound);
        let bound = bound.simd_lt(most).select(bound, most);
        self.rate = (bound * f32x16::load_array(simd, self.ways.excess)).to_array();
    }

    /// Lays the ways one after the other.
    #[inline(always)]
    pub fn lay(&mut self) {
        let mut total = 0.0;
        for k in 0..LANES {
            total += self.mass[k] * f64::from(self.rate[k]);
            self.until[k] = total;
        }
    }
}

/// Keys of the cells at the columns and rows around a cell; [`NONE`] where there is none.
pub struct Around([[u32; 2 * REACH as usize]; 2]);

/// The key of no cell.
pub const NONE: u32 = u32::MAX;

impl Around {
    /// Of a cell of a level.
    #[inline(always)]
    pub fn new(plan: &Plan, at: usize, here: Cell) -> Self {
        let level = &plan.tree.levels[at];
        let parent = plan.tree.levels.get(at + 1);
        let mut parts = [[NONE; 2 * REACH as usize]; 2];
        for axis in 0..2 {
            let cells = level.cells[axis] as i32;
            // As in the plan: all cells of an axis whose parents are not halved again.
            let near = parent.is_some_and(|parent| parent.halves[axis]);
            let reach = if near { 3 } else { REACH - 1 };
            for by in -reach..=reach {
                let mut at = here[axis] as i32 + by;
                if at < 0 || at >= cells {
                    if !plan.tree.periodic {
                        continue;
                    }
                    at = at.rem_euclid(cells);
                }
                if let Some(&part) = level.parts[axis].get(at as usize) {
                    parts[axis][(by + REACH) as usize] = part;
                }
            }
        }
        Self(parts)
    }

    /// The cell at an offset, or [`NONE`].
    #[inline(always)]
    pub fn key(&self, by: [u8; 2]) -> u32 {
        let [x, y] = [0, 1].map(|axis| self.0[axis][by[axis] as usize % (2 * REACH as usize)]);
        if x == NONE || y == NONE { NONE } else { x + y }
    }
}
