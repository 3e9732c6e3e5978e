//! Direct trials: one random number for every pair of nodes in near cells, sixteen pairs at once.
//!
//! Eight bits decide nearly all pairs; where they leave it open, eight more do, and then 23 more.

use std::ops::Range;

use bytemuck::{Pod, Zeroable, cast_slice_mut};

use super::super::philox::Stream;
use super::super::simd::*;
use super::found::Found;
use super::lanes::{Values, distance2};
use super::plan::{CLIPPED, Plan, key_at};

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
        let (mut at, mut from) = (self.count, slots.start);
        while at < end {
            let [x, y] = load_positions(simd, &plan.tree.places[from..from + LANES]);
            x.store_slice(&mut flat[0][at..at + LANES]);
            y.store_slice(&mut flat[1][at..at + LANES]);
            let slot = u32x16::splat(simd, from as u32) + u32x16::load_array(simd, IOTA);
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

const IOTA: [u32; LANES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Vectors of random numbers that are drawn together, at least.
const POOL: usize = 64;

/// Random numbers of eight bits, from 0 to 255, a vector at a time.
struct Pool {
    stream: Stream,
    /// The next tag that has not been used.
    tag: u32,
    used: usize,
    numbers: Vec<Values>,
    /// Numbers of more bits so far, which have tags of their own.
    fine: u32,
}

impl Pool {
    fn new(stream: Stream) -> Self {
        Self {
            stream,
            tag: 0,
            used: 0,
            numbers: Vec::with_capacity(2 * POOL),
            fine: 0,
        }
    }

    /// Makes sure that so many vectors are there.
    #[inline(always)]
    fn reserve<S: Simd>(&mut self, simd: S, vectors: usize) {
        if self.used + vectors > self.numbers.len() {
            self.draw(simd, vectors);
        }
    }

    #[inline(always)]
    fn draw<S: Simd>(&mut self, simd: S, vectors: usize) {
        self.numbers.copy_within(self.used.., 0);
        let mut at = self.numbers.len() - self.used;
        let end = at + vectors.next_multiple_of(16).max(POOL);
        self.numbers.resize(end, Values([0.0; LANES]));
        self.used = 0;
        let iota = u32x16::load_array(simd, IOTA);
        while at < end {
            let tags = u32x16::splat(simd, self.tag) + iota;
            self.tag = self.tag.wrapping_add(LANES as u32);
            let words = self.stream.word_lanes(simd, tags, 0);
            for k in 0..16 {
                let byte: i32x16<S> = ((words[k / 4] >> (8 * (k as u32 % 4))) & 0xff).bitcast();
                self.numbers[at + k].0 = byte.to_float::<f32x16<S>>().to_array();
            }
            at += 16;
        }
    }

    /// The next of the vectors that were reserved.
    #[inline(always)]
    fn next<S: Simd>(&mut self, simd: S) -> f32x16<S> {
        self.used += 1;
        f32x16::load_array(simd, self.numbers[self.used - 1].0)
    }

    /// The lanes of `ties` in which (r + v) q < p with the bits v that follow those of r.
    #[inline(always)]
    fn decide<S: Simd>(
        &mut self,
        simd: S,
        r: f32x16<S>,
        q: f32x16<S>,
        p: f32x16<S>,
        ties: u32,
    ) -> u32 {
        let r = r + self.next(simd) * (1.0 / 256.0);
        let hits = ((r + 1.0 / 256.0) * q).simd_le(p).to_bitmask() as u32 & ties;
        let ties = (r * q).simd_lt(p).to_bitmask() as u32 & ties & !hits;
        if ties == 0 {
            return hits;
        }
        hits | self.decide_finely([r.to_array(), q.to_array(), p.to_array()], ties)
    }

    /// As [`Pool::decide`], after sixteen bits.
    #[cold]
    #[inline(never)]
    fn decide_finely(&mut self, [r, q, p]: [[f32; LANES]; 3], ties: u32) -> u32 {
        let mut hits = 0;
        for lane in 0..LANES {
            if ties >> lane & 1 == 1 {
                self.fine += 1;
                let next = f64::from(self.stream.uniforms(self.fine, 1)[0]) / 256.0;
                let below = (f64::from(r[lane]) + next) * f64::from(q[lane]);
                hits |= u32::from(below < f64::from(p[lane])) << lane;
            }
        }
        hits
    }
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
        let (zero, highest) = (f32x16::splat(simd, 0.0), f32x16::splat(simd, 255.0));
        // A pair is joined when (r + v) q < peak, with eight random bits r and those that follow v
        // in (0, 1); a floor shifts r.
        let lanes = plan.lanes;
        let [peak, floor] = lanes.scales().map(|scale| scale * 256.0);
        let most = 256.0 * CLIPPED as f32;
        let (masses, may_clip, certain) = (plan.masses.is_some(), plan.may_clip, plan.certain);
        let quantum = tree.quantum;
        let slots = tree.slots(level, keys.start).start..tree.slots(level, keys.end - 1).end;
        found.rows.first = slots.start as u32;
        found.rows.lengths.reserve(slots.len());
        // One mark of clipping for each packed node.
        let mut marks: Vec<u32> = Vec::new();
        let mut inverse: Vec<Values> = Vec::new();
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
            let blocks = count.div_ceil(LANES);
            if blocks > inverse.len() {
                inverse.resize(2 * blocks, Values([0.0; LANES]));
            }
            if may_clip {
                marks.clear();
                marks.resize(blocks, 0);
            }
            let mut excess = zero;
            for i in count - own.len()..count {
                let used = i.div_ceil(LANES);
                let [xs, ys] = [&packed.x[..=used], &packed.y[..=used]];
                let x = u32x16::splat(simd, xs[i / LANES].0[i % LANES]);
                let y = u32x16::splat(simd, ys[i / LANES].0[i % LANES]);
                let mass = f32::from_bits(packed.mass[i / LANES].0[i % LANES]);
                let mass = f32x16::splat(simd, mass);
                let (peak, floor) = (f32x16::splat(simd, peak), f32x16::splat(simd, floor));
                let inverse = &mut inverse[..used];
                for (value, (x_block, y_block)) in inverse.iter_mut().zip(xs.iter().zip(ys)) {
                    let there = [
                        u32x16::load_array(simd, x_block.0),
                        u32x16::load_array(simd, y_block.0),
                    ];
                    value.0 = distance2(there, [x, y], quantum).to_array();
                }
                lanes.invert(simd, inverse);
                // Every vector of trials may have ties, unless chance has no part in them.
                if !certain {
                    pool.reserve(simd, 2 * used);
                }
                found.rows.reserve(count + LANES);
                let room = &mut found.rows.targets[found.rows.count..];
                let (mut filled, mut clipped) = (0, 0);
                let last = (2_u32 << ((i + LANES - 1) % LANES)) - 1;
                let nodes = packed.slot[..used].iter().zip(&packed.mass[..used]);
                for (block, (value, (slots, weights))) in inverse.iter().zip(nodes).enumerate() {
                    let q = f32x16::load_array(simd, value.0);
                    let mut random = if certain { highest } else { pool.next(simd) };
                    let (mut peak, mut floor) = (peak, floor);
                    if masses {
                        let bits = u32x16::load_array(simd, weights.0);
                        let product = mass * f32x16::from_bits(bits);
                        (peak, floor) = (peak * product, floor * product);
                    }
                    random -= floor;
                    let valid = if block + 1 < used { 0xffff } else { last };
                    let least = random * q;
                    let hits = (least + q).simd_le(peak).to_bitmask() as u32;
                    let possible = least.simd_lt(peak).to_bitmask() as u32;
                    let ties = possible & !hits & valid;
                    let mut hits = hits & valid;
                    if ties != 0 && !certain {
                        hits |= pool.decide(simd, random, q, peak, ties);
                    }
                    let mask = mask32x16::from_bitmask(simd, u64::from(hits));
                    u32x16::load_array(simd, slots.0)
                        .compress(mask)
                        .store_slice(&mut room[filled..filled + LANES]);
                    filled += hits.count_ones() as usize;
                    if may_clip {
                        let p = peak / q + floor;
                        let above = p.simd_gt(f32x16::splat(simd, most)).to_bitmask() as u32;
                        let above = above & valid;
                        let mask = mask32x16::from_bitmask(simd, u64::from(above));
                        excess += mask.select(p - 256.0, zero);
                        marks[block] |= above;
                        clipped += above.count_ones();
                    }
                }
                if clipped > 0 {
                    marks[i / LANES] |= 1 << (i % LANES);
                    found.clipped.0 += u64::from(clipped);
                }
                found.rows.count += filled;
                found.rows.lengths.push(filled as u32);
            }
            if may_clip {
                let excess = excess.to_array();
                for lane in 0..LANES {
                    found.clipped.1 += f64::from(excess[lane]) / 256.0;
                }
                for (block, &marks) in marks.iter().enumerate() {
                    for lane in 0..LANES {
                        if marks >> lane & 1 == 1 {
                            plan.clip(packed.slot[block].0[lane]);
                        }
                    }
                }
            }
        }
    }
}
