//! Stretches of the race: the ways from one cell to others, how wide they are, and where they end.

use super::super::simd::*;
use super::parts::NOWHERE;
use super::plan::{Plan, Summary, Ways};

/// A stretch of the race: the ways from one cell to at most sixteen others, one after the other.
#[derive(Clone, Copy)]
pub struct Stretch<'a> {
    pub own: Summary,
    ways: &'a Ways,
    /// Keys of the other cells.
    pub keys: [u32; LANES],
    /// Bits of the ways that lead nowhere or belong to the other cell, and of those that lead back
    /// to the cell itself.
    pub lost: u32,
    back: u32,
    /// Masses of the other cells, their slots, and where their nodes are.
    mass: [f64; LANES],
    pub slots: [[u32; 2]; LANES],
    centre: [[u32; 2]; LANES],
    half: [[f32; 2]; LANES],
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
    pub fn new(own: &Summary, ways: &'a Ways) -> Self {
        Self {
            own: *own,
            ways,
            keys: [0; LANES],
            lost: 0,
            back: 0,
            mass: [0.0; LANES],
            slots: [[0; 2]; LANES],
            centre: [[0; 2]; LANES],
            half: [[0.0; 2]; LANES],
            rate: [0.0; LANES],
            until: [0.0; LANES],
        }
    }

    /// The ways from the cell of one key to those of others, in place of what was here.
    #[inline(always)]
    pub fn lead<S: Simd>(
        &mut self,
        simd: S,
        own: &Summary,
        ways: &'a Ways,
        key: u32,
        keys: [u32; LANES],
    ) {
        let (here, there) = (u32x16::splat(simd, key), u32x16::load_array(simd, keys));
        let none = there.simd_ge(u32x16::splat(simd, NOWHERE));
        let loses = there.simd_lt(here).to_bitmask() as u32 & ways.ties;
        self.lost = none.to_bitmask() as u32 | loses;
        self.back = there.simd_eq(here).to_bitmask() as u32;
        self.keys = none.select(here, there).to_array();
        (self.own, self.ways) = (*own, ways);
    }

    /// Looks up the other cells.
    #[inline(always)]
    pub fn look_up(&mut self, cells: &[Summary]) {
        for k in 0..LANES {
            let other = &cells[self.keys[k] as usize];
            self.mass[k] = other.mass;
            self.slots[k] = other.slots;
            self.centre[k] = other.centre;
            self.half[k] = other.half;
        }
    }

    /// Finds the rates. The nodes of two cells are further apart than the cells, and the bound
    /// falls with the distance.
    #[inline(always)]
    pub fn bound<S: Simd>(&mut self, simd: S, plan: &Plan) {
        let zero = f32x16::splat(simd, 0.0);
        let mut gap2 = zero;
        let centre = load_positions(simd, &self.centre);
        let Vec2 { x, y } = load_pairs(simd, &self.half);
        let half = [x, y];
        for axis in 0..2 {
            let apart = centre[axis] - u32x16::splat(simd, self.own.centre[axis]);
            let apart = apart.bitcast::<i32x16<S>>().to_float::<f32x16<S>>().abs();
            // Less what rounding may do to numbers up to 2³¹.
            let gap = apart - half[axis] - self.own.half[axis] - 512.0;
            let gap = gap.simd_gt(zero).select(gap, zero) * plan.tree.quantum[axis];
            gap2 += gap * gap;
        }
        let bound = plan.lanes.at(simd, gap2 * (1.0 - 1e-6)) * (1.0 + 1e-5);
        let most = f32x16::load_array(simd, self.ways.bound);
        let bound = bound.simd_lt(most).select(bound, most);
        let rate = bound * f32x16::load_array(simd, self.ways.excess);
        let lost = mask32x16::from_bitmask(simd, u64::from(self.lost));
        let rate = lost.select(zero, rate);
        self.rate = rate.to_array();
        // Ordered pairs within a cell come twice.
        let (all, half) = (f64x8::splat(simd, 1.0), f64x8::splat(simd, 0.5));
        let (low, high) = rate.widen();
        for (part, rate) in [low, high].into_iter().enumerate() {
            let range = part * LANES / 2..(part + 1) * LANES / 2;
            let back = u64::from(self.back >> range.start & 0xff);
            let share = mask64x8::from_bitmask(simd, back).select(half, all);
            let mass = f64x8::from_slice(simd, &self.mass[range.clone()]) * self.own.mass;
            (mass * share * rate).store_slice(&mut self.until[range]);
        }
    }

    /// Lays the ways one after the other.
    #[inline(always)]
    pub fn lay(&mut self) {
        let mut total = 0.0;
        for until in &mut self.until {
            total += *until;
            *until = total;
        }
    }
}
