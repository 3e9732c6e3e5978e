//! Which candidates of the race become edges.

use super::super::philox::{Stream, uniform_lanes};
use super::super::simd::*;
use super::found::Found;
use super::lanes::distance2;
use super::plan::Plan;

/// Candidates that are drawn and judged together.
pub const BATCH: usize = 64;

/// Sixteen consecutive tags.
#[inline(always)]
pub fn tags<S: Simd>(simd: S, first: u32) -> u32x16<S> {
    let iota = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    u32x16::splat(simd, first) + u32x16::load_array(simd, iota)
}

/// Candidates that wait for their nodes and their judgement.
pub struct Batch {
    /// How many there are.
    pub count: usize,
    /// First slots and numbers of slots of the two cells.
    pub slots: [[[u32; 2]; BATCH]; 2],
    /// Rate of candidates per unit masses.
    pub rate: [f32; BATCH],
}

/// Picks the nodes of candidates and keeps what the kernel allows.
pub struct Judge<'a> {
    pub plan: &'a Plan,
    pub batch: &'a Batch,
    /// Random numbers, from a tag on.
    pub stream: Stream,
    pub tag: u32,
    pub found: &'a mut Found,
}

impl Kernel for Judge<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            plan,
            batch,
            stream,
            tag,
            found,
        } = self;
        let places = &*plan.tree.places;
        let blocks = batch.count.div_ceil(LANES);
        // All nodes are picked before the first place is looked up: the places are far from each
        // other in memory, and one need not wait for another.
        let mut picked = [[[0; LANES]; 2]; BATCH / LANES];
        let mut products = [[1.0; LANES]; BATCH / LANES];
        let mut tests = [[0.0; LANES]; BATCH / LANES];
        for block in 0..blocks {
            let range = block * LANES..(block + 1) * LANES;
            let [one, two, test, _] =
                stream.word_lanes(simd, tags(simd, tag + (block * LANES) as u32), 0);
            let words = [one, two];
            let (pairs, mass) = (&mut picked[block], &mut products[block]);
            for side in 0..2 {
                let slots = &batch.slots[side][range.clone()];
                match &plan.masses {
                    None => {
                        let [first, count] = load_positions(simd, slots);
                        let (a, b) = count.widen();
                        let (u, v) = words[side].widen();
                        let at = ((a * u) >> 32).narrow((b * v) >> 32);
                        pairs[side] = (first + at).to_array();
                    }
                    Some(masses) => {
                        let words = words[side].to_array();
                        for lane in 0..LANES {
                            let [from, count] = slots[lane].map(|word| word as usize);
                            let slots = from..from + count.max(1);
                            let slot = masses.pick(&slots, words[lane]);
                            mass[lane] *= masses.of[slot];
                            pairs[side][lane] = slot as u32;
                        }
                    }
                }
            }
            tests[block] = uniform_lanes(test).to_array();
        }
        for block in 0..blocks {
            let range = block * LANES..(block + 1) * LANES;
            let (pairs, mass) = (picked[block], products[block]);
            let test = f32x16::load_array(simd, tests[block]);
            let there = gather_positions(simd, places, &pairs[0]);
            let here = gather_positions(simd, places, &pairs[1]);
            let r2 = distance2(there, here, plan.tree.quantum);
            let mass = f32x16::load_array(simd, mass);
            let p = plan.lanes.at(simd, r2) * mass;
            // −ln(1 − p) for p ≤ 1/4; the next term is below 10⁻⁶ of the sum.
            let mut sum = p * 0.111_111_11 + 0.125;
            sum = sum * p + 0.142_857_14;
            sum = sum * p + 0.166_666_67;
            sum = sum * p + 0.2;
            sum = sum * p + 0.25;
            sum = sum * p + 0.333_333_34;
            sum = sum * p + 0.5;
            let intensity = (sum * p + 1.0) * p;
            let rate = f32x16::from_slice(simd, &batch.rate[range]) * mass;
            let kept = (test * rate).simd_lt(intensity);
            let pairs = [
                u32x16::load_array(simd, pairs[0]),
                u32x16::load_array(simd, pairs[1]),
            ];
            let valid = ((1_u64 << (batch.count - block * LANES).min(LANES)) - 1) as u32;
            let same = pairs[0].simd_eq(pairs[1]).to_bitmask() as u32;
            let kept = kept.to_bitmask() as u32 & valid & !same;
            if kept != 0 {
                let mask = mask32x16::from_bitmask(simd, u64::from(kept));
                let pairs = [pairs[0].compress(mask), pairs[1].compress(mask)];
                store_positions(pairs, found.room());
                found.count += kept.count_ones() as usize;
            }
        }
    }
}
