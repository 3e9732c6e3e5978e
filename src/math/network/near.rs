//! Direct trials: one random number for every pair of nodes in near cells, sixteen pairs at once.
//!
//! Eight bits decide nearly all pairs; where they leave it open, eight more do, and then 23 more.

use std::ops::Range;

use bytemuck::{Pod, Zeroable, cast_slice_mut};

use super::super::philox::Stream;
use super::super::simd::*;
use super::found::{Found, Rows};
use super::judge::tags;
use super::lanes::{Values, distance2};
use super::parts::key_at;
use super::plan::{CLIPPED, Plan};
use super::pool::Pool;

/// Sixteen numbers that one load brings.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Block([u32; LANES]);

/// Nodes of a cell and of the cells around it, packed.
#[derive(Default)]
struct Packed {
    x: Vec<Block>,
    y: Vec<Block>,
    slot: Vec<Block>,
    /// Bits of the masses.
    mass: Vec<Block>,
    count: usize,
}

impl Packed {
    #[inline(always)]
    fn add<S: Simd>(&mut self, simd: S, plan: &Plan, slots: Range<usize>) {
        let end = self.count + slots.len();
        if end.div_ceil(LANES) + 1 > self.x.len() {
            let room = 2 * end.div_ceil(LANES) + 8;
            self.x.resize(room, Block([0; LANES]));
            self.y.resize(room, Block([0; LANES]));
            self.slot.resize(room, Block([0; LANES]));
            self.mass.resize(room, Block([0; LANES]));
        }
        let flat: [&mut [u32]; 4] = [
            cast_slice_mut(&mut self.x),
            cast_slice_mut(&mut self.y),
            cast_slice_mut(&mut self.slot),
            cast_slice_mut(&mut self.mass),
        ];
        let places = &*plan.tree.places;
        let (mut at, mut from) = (self.count, slots.start);
        while at < end {
            let [x, y] = load_positions(simd, &places[from..from + LANES]);
            x.store_slice(&mut flat[0][at..at + LANES]);
            y.store_slice(&mut flat[1][at..at + LANES]);
            let slot = tags(simd, from as u32);
            slot.store_slice(&mut flat[2][at..at + LANES]);
            if let Some(masses) = &plan.masses {
                let mass = f32x16::from_slice(simd, &masses.of[from..from + LANES]);
                let bits: u32x16<S> = mass.to_bits();
                bits.store_slice(&mut flat[3][at..at + LANES]);
            }
            at += LANES;
            from += LANES;
        }
        self.count = end;
    }
}

/// Vectors of trials that are made together: as many as stay in the first cache.
const GROUP: usize = 128;

/// Trials of some nodes with all that are packed before them, node by node, sixteen at once.
#[derive(Default)]
struct Trials {
    /// The peak of the kernel over its values; NaN, which decides no test, behind the last node.
    inverse: Vec<Values>,
    /// Products of the masses, when they differ.
    product: Vec<Values>,
    /// Bits of the pairs that are joined.
    hits: Vec<u32>,
}

impl Trials {
    /// Prepares the trials of packed nodes. Gives the number of vectors.
    #[inline(always)]
    fn prepare<S: Simd>(
        &mut self,
        simd: S,
        plan: &Plan,
        packed: &Packed,
        nodes: Range<usize>,
    ) -> usize {
        let most = nodes.len() * nodes.end.div_ceil(LANES);
        if most > self.inverse.len() {
            self.inverse.resize(2 * most, Values([0.0; LANES]));
            self.product.resize(2 * most, Values([0.0; LANES]));
            self.hits.resize(2 * most, 0);
        }
        let mut at = 0;
        for i in nodes.clone() {
            let (block, lane) = (i / LANES, i % LANES);
            let x = u32x16::splat(simd, packed.x[block].0[lane]);
            let y = u32x16::splat(simd, packed.y[block].0[lane]);
            let used = i.div_ceil(LANES);
            let places = packed.x[..used].iter().zip(&packed.y[..used]);
            for (value, (x_block, y_block)) in self.inverse[at..at + used].iter_mut().zip(places) {
                let there = [
                    u32x16::load_array(simd, x_block.0),
                    u32x16::load_array(simd, y_block.0),
                ];
                value.0 = distance2(there, [x, y], plan.tree.quantum).to_array();
            }
            if plan.masses.is_some() {
                let mass = f32x16::splat(simd, f32::from_bits(packed.mass[block].0[lane]));
                let products = &mut self.product[at..at + used];
                for (product, masses) in products.iter_mut().zip(&packed.mass[..used]) {
                    let masses = f32x16::from_bits(u32x16::load_array(simd, masses.0));
                    product.0 = (mass * masses).to_array();
                }
            }
            at += used;
        }
        plan.lanes.invert(simd, &mut self.inverse[..at]);
        let mut end = 0;
        for i in nodes {
            end += i.div_ceil(LANES);
            if i % LANES != 0 {
                let value = &mut self.inverse[end - 1];
                let valid = mask32x16::from_bitmask(simd, (1 << (i % LANES)) - 1);
                let kept = f32x16::load_array(simd, value.0);
                value.0 = valid.select(kept, f32x16::splat(simd, f32::NAN)).to_array();
            }
        }
        at
    }

    /// A pair is joined when (r + v) q < peak, with eight random bits r and those that follow v in
    /// (0, 1); a floor shifts r. `DIFFER` says that there are products of masses.
    #[inline(always)]
    fn decide<S: Simd, const DIFFER: bool>(
        &mut self,
        simd: S,
        plan: &Plan,
        count: usize,
        pool: &mut Pool,
    ) {
        let [peak, floor] = scales(simd, plan);
        let trials = self.inverse[..count].iter().zip(&self.product[..count]);
        let trials = trials.zip(&mut self.hits[..count]);
        if plan.certain {
            // A threshold, in which chance has no part.
            for ((value, _), hits) in trials {
                let q = f32x16::load_array(simd, value.0);
                *hits = (q * 256.0).simd_le(peak).to_bitmask() as u32;
            }
            return;
        }
        // Every vector of trials may have ties.
        let (numbers, fine) = pool.ahead(simd, 2 * count);
        let mut used = 0;
        for ((value, product), hits) in trials {
            let q = f32x16::load_array(simd, value.0);
            let (mut peak, mut floor) = (peak, floor);
            if DIFFER {
                let product = f32x16::load_array(simd, product.0);
                (peak, floor) = (peak * product, floor * product);
            }
            let random = f32x16::load_array(simd, numbers[used].0) - floor;
            used += 1;
            let least = random * q;
            let joined = (least + q).simd_le(peak).to_bitmask() as u32;
            let possible = least.simd_lt(peak).to_bitmask() as u32;
            *hits = joined;
            let ties = possible & !joined;
            if ties != 0 {
                let next = f32x16::load_array(simd, numbers[used].0);
                used += 1;
                *hits |= fine.decide([random, next, q, peak], ties);
            }
        }
        pool.take(used);
    }

    /// Puts the slots that were joined into rows, node by node.
    #[inline(always)]
    fn collect<S: Simd>(&self, simd: S, packed: &Packed, nodes: Range<usize>, rows: &mut Rows) {
        let mut at = 0;
        for i in nodes {
            let used = i.div_ceil(LANES);
            rows.reserve((used + 1) * LANES);
            let room = &mut rows.targets[rows.count..];
            let mut filled = 0;
            for (&hits, slots) in self.hits[at..at + used].iter().zip(&packed.slot[..used]) {
                let mask = mask32x16::from_bitmask(simd, u64::from(hits));
                u32x16::load_array(simd, slots.0)
                    .compress(mask)
                    .store_slice(&mut room[filled..][..LANES]);
                filled += hits.count_ones() as usize;
            }
            rows.count += filled;
            rows.lengths.push(filled as u32);
            at += used;
        }
    }

    /// Counts the pairs whose probability is above 1, and marks their nodes.
    #[inline(always)]
    fn clip<S: Simd>(
        &self,
        simd: S,
        plan: &Plan,
        packed: &Packed,
        nodes: Range<usize>,
        found: &mut Found,
    ) {
        let [peak, floor] = scales(simd, plan);
        let most = f32x16::splat(simd, 256.0 * CLIPPED as f32);
        let mut at = 0;
        for i in nodes {
            let mut clipped = 0;
            for block in 0..i.div_ceil(LANES) {
                let q = f32x16::load_array(simd, self.inverse[at].0);
                let (mut peak, mut floor) = (peak, floor);
                if plan.masses.is_some() {
                    let product = f32x16::load_array(simd, self.product[at].0);
                    (peak, floor) = (peak * product, floor * product);
                }
                let p = peak / q + floor;
                at += 1;
                let above = p.simd_gt(most).to_bitmask() as u32;
                if above == 0 {
                    continue;
                }
                clipped += above.count_ones();
                let p = p.to_array();
                for lane in 0..LANES {
                    if above >> lane & 1 == 1 {
                        found.clipped.1 += f64::from(p[lane]) / 256.0 - 1.0;
                        plan.clip(packed.slot[block].0[lane]);
                    }
                }
            }
            if clipped > 0 {
                found.clipped.0 += u64::from(clipped);
                plan.clip(packed.slot[i / LANES].0[i % LANES]);
            }
        }
    }
}

/// Peak and floor of the kernel, in units of which 256 are a probability of 1.
#[inline(always)]
fn scales<S: Simd>(simd: S, plan: &Plan) -> [f32x16<S>; 2] {
    let [peak, floor] = plan.lanes.scales();
    [
        f32x16::splat(simd, peak * 256.0),
        f32x16::splat(simd, floor * 256.0),
    ]
}

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
        let mut pool = Pool::new(stream);
        let mut trials = Trials::default();
        let slots = tree.slots(level, keys.start).start..tree.slots(level, keys.end - 1).end;
        found.rows.first = slots.start as u32;
        found.rows.lengths.reserve(slots.len());
        for key in keys {
            let own = tree.slots(level, key);
            if own.is_empty() {
                continue;
            }
            let place = level.places[key as usize];
            let class = usize::from(2 * (place[1] & 1) + (place[0] & 1));
            let around = plan.parts[0].around(place);
            // Ascending, so that the edges ascend too and rows come out sorted.
            near.clear();
            for &by in &plan.offsets[0].direct[class] {
                let other = key_at(around, by);
                if other <= key {
                    let mut at = near.len();
                    near.push(other);
                    while at > 0 && near[at - 1] > other {
                        near[at] = near[at - 1];
                        at -= 1;
                    }
                    near[at] = other;
                }
            }
            // Cells of consecutive keys are one run of slots; the cell itself comes last.
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
            let together = (GROUP / count.div_ceil(LANES)).max(1);
            for first in (count - own.len()..count).step_by(together) {
                let nodes = first..count.min(first + together);
                let vectors = trials.prepare(simd, plan, &packed, nodes.clone());
                if plan.masses.is_some() {
                    trials.decide::<S, true>(simd, plan, vectors, &mut pool);
                } else {
                    trials.decide::<S, false>(simd, plan, vectors, &mut pool);
                }
                trials.collect(simd, &packed, nodes.clone(), &mut found.rows);
                if plan.may_clip {
                    trials.clip(simd, plan, &packed, nodes, found);
                }
            }
        }
    }
}
