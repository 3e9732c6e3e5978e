//! Far pairs by skips: a race over pairs of cells, and thinning of its candidates.
//!
//! An edge of probability p is at least one point of a Poisson process of intensity λ = −ln(1 − p).
//! For two cells the intensity of every pair is bounded by rate · κ_i κ_j; the points of the bound
//! are the candidates. Their total rate is rate · M_A M_B with the masses M of the cells, so one
//! exponential number leads across any number of cell pairs to the next candidate. It picks its
//! nodes in proportion to their masses and is kept with probability λ/(rate κ_i κ_j). That is exact
//! for any masses and positions; a pair that is kept twice is one edge.
//!
//! Where masses are so large that a probability in a pair of cells may exceed what the race can
//! bound, the pair is split into its children, down to the finest cells, which are tried directly.

use std::ops::Range;

use super::super::philox::{Stream, uniform_lanes};
use super::super::polynomial::ln;
use super::super::simd::*;
use super::lanes::distance2;
use super::plan::{MOST_RACED, Offset, Plan, rate};
use super::sample::Found;
use super::tree::{Cell, Level};

/// Candidates that are drawn and judged together.
const BATCH: usize = 64;

/// Work of one candidate, in direct trials.
const CANDIDATE: u64 = 8;

/// Distances to the next candidates: exponential numbers of mean 1.
struct Gaps {
    used: usize,
    ahead: [f32; 4 * LANES],
}

/// Draws all [`Gaps`] anew from the tags at the first number.
struct Refill<'a>(Stream, u32, &'a mut Gaps);
impl Kernel for Refill<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(stream, tag, gaps) = self;
        let words = stream.word_lanes(simd, tags(simd, tag), 0);
        for (k, word) in words.into_iter().enumerate() {
            let gap = ln(simd, uniform_lanes(word)) * -1.0;
            gap.store_slice(&mut gaps.ahead[k * LANES..(k + 1) * LANES]);
        }
        gaps.used = 0;
    }
}

#[inline(always)]
fn tags<S: Simd>(simd: S, first: u32) -> u32x16<S> {
    let iota = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    u32x16::splat(simd, first) + u32x16::load_array(simd, iota)
}

/// Candidates that wait for their nodes and their judgement.
struct Batch {
    count: usize,
    /// First slots of the two cells.
    first: [[u32; BATCH]; 2],
    /// Numbers of slots of the two cells.
    slots: [[u32; BATCH]; 2],
    rate: [f32; BATCH],
}

/// Picks the nodes of candidates and keeps what the kernel allows.
struct Judge<'a> {
    plan: &'a Plan,
    batch: &'a Batch,
    stream: Stream,
    tag: u32,
    found: &'a mut Found,
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
        let [x, y] = &plan.tree.places;
        for block in 0..batch.count.div_ceil(LANES) {
            let range = block * LANES..(block + 1) * LANES;
            let [one, two, test, _] =
                stream.word_lanes(simd, tags(simd, tag + (block * LANES) as u32), 0);
            let words = [one, two].map(|word| word.to_array());
            let (mut pairs, mut mass) = ([[0; LANES]; 2], [1.0; LANES]);
            for side in 0..2 {
                let first = &batch.first[side][range.clone()];
                let slots = &batch.slots[side][range.clone()];
                for lane in 0..LANES {
                    let (first, word) = (first[lane], u64::from(words[side][lane]));
                    pairs[side][lane] = match &plan.masses {
                        None => first + ((u64::from(slots[lane]) * word) >> 32) as u32,
                        Some(masses) => {
                            let from = first as usize;
                            let slots = from..from + (slots[lane] as usize).max(1);
                            let slot = masses.pick(&slots, word as u32);
                            mass[lane] *= masses.of[slot];
                            slot as u32
                        }
                    };
                }
            }
            let mut places = [[[0; LANES]; 2]; 2];
            for side in 0..2 {
                for lane in 0..LANES {
                    let slot = pairs[side][lane] as usize;
                    places[side][0][lane] = x[slot];
                    places[side][1][lane] = y[slot];
                }
            }
            let [there, here] = places;
            let there = [
                u32x16::load_array(simd, there[0]),
                u32x16::load_array(simd, there[1]),
            ];
            let here = [
                u32x16::load_array(simd, here[0]),
                u32x16::load_array(simd, here[1]),
            ];
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
            let kept = (uniform_lanes(test) * rate).simd_lt(intensity);
            let pairs = pairs.map(|slots| u32x16::load_array(simd, slots));
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

/// The race over cells of one level with keys in a range.
pub struct Race<'a> {
    plan: &'a Plan,
    stream: Stream,
    /// The next tag that has not been used.
    tag: u32,
    gaps: Gaps,
    /// What is left of the way to the next candidate.
    gap: f64,
    batch: Batch,
    found: &'a mut Found,
}

impl<'a> Race<'a> {
    /// A race with the random numbers of `stream`.
    pub fn new(plan: &'a Plan, stream: Stream, found: &'a mut Found) -> Self {
        let ahead = [0.0; 4 * LANES];
        let gaps = Gaps {
            used: ahead.len(),
            ahead,
        };
        let batch = Batch {
            count: 0,
            first: [[0; BATCH]; 2],
            slots: [[0; BATCH]; 2],
            rate: [0.0; BATCH],
        };
        let mut race = Self {
            plan,
            stream,
            tag: 0,
            gaps,
            gap: 0.0,
            batch,
            found,
        };
        race.gap = race.next_gap();
        race
    }

    /// Runs over the cells of a level with keys in a range.
    pub fn run(mut self, at: usize, keys: Range<u32>) {
        let plan = self.plan;
        let level = &plan.tree.levels[at];
        for key in keys {
            let mass = plan.cells[at][key as usize];
            if mass == 0.0 {
                continue;
            }
            let [column, row] = level.places[key as usize];
            let here = [u32::from(column), u32::from(row)];
            let class = usize::from(2 * (row & 1) + (column & 1));
            for offset in &plan.offsets[at].raced[class] {
                let Some(there) = plan.neighbour(level, here, offset) else {
                    continue;
                };
                let other = plan.key(level, there);
                if !plan.heaviest.is_empty() && self.must_split(at, [key, other], offset.bound) {
                    self.split(at, [here, there]);
                    continue;
                }
                self.pass(at, [key, other], offset.rate);
            }
            if self.found.exhausted() {
                return;
            }
        }
        self.judge();
    }

    /// True when a probability between two cells may exceed what the race can bound.
    #[inline]
    fn must_split(&self, at: usize, keys: [u32; 2], bound: f64) -> bool {
        let [a, b] = keys.map(|key| f64::from(self.plan.heaviest[at][key as usize]));
        a * b * bound > MOST_RACED
    }

    /// Passes the candidates of a pair of cells.
    #[inline]
    fn pass(&mut self, at: usize, keys: [u32; 2], rate: f64) {
        let [a, b] = keys.map(|key| self.plan.cells[at][key as usize]);
        // Ordered pairs within a cell come twice.
        let share = if keys[0] == keys[1] { 0.5 } else { 1.0 };
        self.gap -= a * b * rate * share;
        while self.gap < 0.0 && !self.found.exhausted() {
            self.candidate(at, keys, rate);
            self.gap += self.next_gap();
        }
    }

    #[inline]
    fn next_gap(&mut self) -> f64 {
        if self.gaps.used == self.gaps.ahead.len() {
            dispatch(Refill(self.stream, self.tag, &mut self.gaps));
            self.tag += LANES as u32;
        }
        self.gaps.used += 1;
        f64::from(self.gaps.ahead[self.gaps.used - 1])
    }

    #[inline]
    fn candidate(&mut self, at: usize, keys: [u32; 2], rate: f64) {
        let (plan, batch) = (self.plan, &mut self.batch);
        let level = &plan.tree.levels[at];
        for side in 0..2 {
            let slots = plan.tree.slots(level, keys[side]);
            batch.first[side][batch.count] = slots.start as u32;
            batch.slots[side][batch.count] = slots.len() as u32;
        }
        batch.rate[batch.count] = rate as f32;
        batch.count += 1;
        if batch.count == BATCH {
            self.judge();
        }
    }

    fn judge(&mut self) {
        let Self {
            plan,
            stream,
            tag,
            batch,
            found,
            ..
        } = self;
        found.work += CANDIDATE * batch.count as u64;
        dispatch(Judge {
            plan,
            batch,
            stream: *stream,
            tag: *tag,
            found,
        });
        self.tag += BATCH as u32;
        self.batch.count = 0;
    }

    /// Hands a pair of cells over to the pairs of their children.
    fn split(&mut self, at: usize, cells: [Cell; 2]) {
        let plan = self.plan;
        if at == 0 {
            self.try_all(cells);
            return;
        }
        let finer = &plan.tree.levels[at - 1];
        let children = |cell: Cell| {
            let count = finer.halves.map(|halves| 1 + u32::from(halves));
            let first = [0, 1].map(|axis| cell[axis] * count[axis]);
            (0..count[0] * count[1])
                .map(move |k| [first[0] + k % count[0], first[1] + k / count[0]])
        };
        for a in children(cells[0]) {
            for b in children(cells[1]) {
                let keys = [a, b].map(|cell| plan.key(finer, cell));
                let bound = plan.bound(finer, a, b);
                let empty = keys
                    .iter()
                    .any(|&key| plan.cells[at - 1][key as usize] == 0.0);
                if empty || bound == 0.0 {
                    continue;
                }
                if self.must_split(at - 1, keys, bound) {
                    self.split(at - 1, [a, b]);
                } else {
                    self.pass(at - 1, keys, rate(bound, f64::INFINITY));
                }
            }
        }
    }

    /// Tries every pair of nodes of two finest cells.
    fn try_all(&mut self, cells: [Cell; 2]) {
        let plan = self.plan;
        let level: &Level = &plan.tree.levels[0];
        let keys = cells.map(|cell| plan.key(level, cell));
        let [a, b] = keys.map(|key| plan.tree.slots(level, key));
        if !self.found.may_work((a.len() * b.len()) as u64) {
            return;
        }
        for i in a {
            let first = if keys[0] == keys[1] { i + 1 } else { b.start };
            for j in first..b.end {
                let p = plan.probability(i, j);
                if p > 1.0 + 1e-6 {
                    self.found.clip(i as u32, j as u32, p as f32);
                }
                // The gaps are exponential: P(gap > −ln(1 − p)) = 1 − p.
                if p >= 1.0 || self.next_gap() < -(-p).ln_1p() {
                    self.found.push([i as u32, j as u32]);
                }
            }
        }
    }
}

impl Plan {
    /// Key of a cell.
    #[inline]
    pub fn key(&self, level: &Level, cell: Cell) -> u32 {
        level.parts[0][cell[0] as usize] + level.parts[1][cell[1] as usize]
    }

    /// The cell at an offset, if it exists and the pair belongs to this one of the two.
    #[inline]
    pub fn neighbour(&self, level: &Level, here: Cell, offset: &Offset) -> Option<Cell> {
        let mut there = [0; 2];
        for axis in 0..2 {
            let cells = level.cells[axis] as i32;
            let mut at = here[axis] as i32 + offset.by[axis];
            if at < 0 || at >= cells {
                if !self.tree.periodic {
                    return None;
                }
                at += if at < 0 { cells } else { -cells };
            }
            there[axis] = at as u32;
        }
        let loses = offset.tie && self.key(level, here) > self.key(level, there);
        (!loses).then_some(there)
    }

    /// Probability of a pair of slots before it is clipped to 1.
    pub fn probability(&self, i: usize, j: usize) -> f64 {
        let mut r2 = 0.0;
        for axis in 0..2 {
            let place = &self.tree.places[axis];
            let d = f64::from(place[i].wrapping_sub(place[j]) as i32);
            r2 += (d * f64::from(self.tree.quantum[axis])).powi(2);
        }
        let mass = match &self.masses {
            None => 1.0,
            Some(masses) => f64::from(masses.of[i]) * f64::from(masses.of[j]),
        };
        self.placed.density(r2) * self.factor * mass
    }
}
