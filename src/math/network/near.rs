//! Direct trials: one random number for every pair of nodes in near cells, sixteen pairs at once.

use std::ops::Range;

use super::super::philox::Stream;
use super::super::simd::*;
use super::lanes::distance2;
use super::plan::Plan;
use super::sample::Found;
use super::tree::Cell;

/// Nodes of a cell and of the cells around it, packed.
#[derive(Default)]
struct Packed {
    x: Vec<u32>,
    y: Vec<u32>,
    slot: Vec<u32>,
    mass: Vec<f32>,
    count: usize,
}

impl Packed {
    #[inline(always)]
    fn add<S: Simd>(&mut self, simd: S, plan: &Plan, slots: Range<usize>) {
        let end = self.count + slots.len();
        if end + LANES > self.x.len() {
            let room = 2 * end + 8 * LANES;
            self.x.resize(room, 0);
            self.y.resize(room, 0);
            self.slot.resize(room, 0);
            self.mass.resize(room, 0.0);
        }
        let [x, y] = &plan.tree.places;
        let (mut at, mut from) = (self.count, slots.start);
        while at < end {
            u32x16::from_slice(simd, &x[from..from + LANES])
                .store_slice(&mut self.x[at..at + LANES]);
            u32x16::from_slice(simd, &y[from..from + LANES])
                .store_slice(&mut self.y[at..at + LANES]);
            let first = u32x16::splat(simd, from as u32) + u32x16::load_array(simd, IOTA);
            first.store_slice(&mut self.slot[at..at + LANES]);
            if let Some(masses) = &plan.masses {
                f32x16::from_slice(simd, &masses.of[from..from + LANES])
                    .store_slice(&mut self.mass[at..at + LANES]);
            }
            at += LANES;
            from += LANES;
        }
        self.count = end;
    }
}

const IOTA: [u32; LANES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The direct trials of finest cells with keys in a range.
pub struct Near<'a> {
    /// What to do.
    pub plan: &'a Plan,
    /// Keys of the cells.
    pub keys: Range<u32>,
    /// Random numbers of this range alone.
    pub stream: Stream,
    /// Where edges go.
    pub found: &'a mut Found,
}

impl Kernel for Near<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            plan,
            keys,
            stream,
            found,
        } = self;
        let tree = &plan.tree;
        let level = &tree.levels[0];
        let mut packed = Packed::default();
        let mut near: Vec<u32> = Vec::new();
        let mut words = [u32x16::splat(simd, 0); 4];
        let (mut used, mut tag) = (words.len(), 0_u32);
        let zero = f32x16::splat(simd, 0.0);
        let one = f32x16::splat(simd, 1.0);
        let clip = f32x16::splat(simd, 1.0 + 1e-6);
        for key in keys {
            let own = tree.slots(level, key);
            if own.is_empty() {
                continue;
            }
            let [column, row] = level.places[key as usize];
            let here: Cell = [u32::from(column), u32::from(row)];
            // Ascending, so that the edges ascend too and rows come out sorted.
            near.clear();
            for offset in &plan.offsets[0].direct[usize::from(2 * (row & 1) + (column & 1))] {
                if let Some(other) = plan.neighbour(level, here, offset) {
                    let other = plan.key(level, other);
                    if other >= key {
                        let mut at = near.len();
                        near.push(other);
                        while at > 0 && near[at - 1] > other {
                            near[at] = near[at - 1];
                            at -= 1;
                        }
                        near[at] = other;
                    }
                }
            }
            // Cells of consecutive keys are one run of slots.
            packed.count = 0;
            let mut at = 0;
            while at < near.len() {
                let first = near[at];
                let mut end = at + 1;
                while end < near.len() && near[end] == near[end - 1] + 1 {
                    end += 1;
                }
                let last = tree.slots(level, near[end - 1]);
                packed.add(simd, plan, tree.slots(level, first).start..last.end);
                at = end;
            }
            let count = packed.count;
            if !found.may_work((own.len() * count) as u64) {
                return;
            }
            for i in 0..own.len() {
                let x = u32x16::splat(simd, packed.x[i]);
                let y = u32x16::splat(simd, packed.y[i]);
                let node = u32x16::splat(simd, packed.slot[i]);
                let mass = f32x16::splat(simd, packed.mass[i]);
                let mut j = i + 1;
                while j < count {
                    let there = [
                        u32x16::from_slice(simd, &packed.x[j..j + LANES]),
                        u32x16::from_slice(simd, &packed.y[j..j + LANES]),
                    ];
                    let r2 = distance2(there, [x, y], tree.quantum);
                    let mut p = plan.lanes.at(simd, r2);
                    if plan.masses.is_some() {
                        p = p * mass * f32x16::from_slice(simd, &packed.mass[j..j + LANES]);
                    }
                    let valid = ((1_u64 << (count - j).min(LANES)) - 1) as u32;
                    let sure = p.simd_ge(one);
                    let certain = sure.to_bitmask() as u32 & valid;
                    let possible = p.simd_gt(zero).to_bitmask() as u32 & valid;
                    let mut hits = certain;
                    if possible != certain {
                        if used == words.len() {
                            let tags = u32x16::splat(simd, tag) + u32x16::load_array(simd, IOTA);
                            words = stream.word_lanes(simd, tags, 0);
                            tag += LANES as u32;
                            used = 0;
                        }
                        // 31 bits against p · 2³¹; where p is 1 or more, `certain` decides.
                        let half: i32x16<S> = (words[used] >> 1).bitcast();
                        used += 1;
                        let below = sure.select(zero, p) * 2_147_483_648.0;
                        let below = below.to_int::<i32x16<S>>();
                        hits |= half.simd_lt(below).to_bitmask() as u32 & valid;
                    }
                    if hits != 0 {
                        let slots = u32x16::from_slice(simd, &packed.slot[j..j + LANES]);
                        let mask = mask32x16::from_bitmask(simd, u64::from(hits));
                        let room = found.room();
                        store_positions([node, slots.compress(mask)], room);
                        found.count += hits.count_ones() as usize;
                    }
                    if plan.may_clip {
                        let clipped = p.simd_gt(clip).to_bitmask() as u32 & valid;
                        if clipped != 0 {
                            let p = p.to_array();
                            for lane in 0..LANES {
                                if clipped >> lane & 1 == 1 {
                                    found.clip(packed.slot[i], packed.slot[j + lane], p[lane]);
                                }
                            }
                        }
                    }
                    j += LANES;
                }
            }
        }
    }
}
