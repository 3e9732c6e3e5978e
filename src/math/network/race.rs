//! Far pairs by skips: a race over pairs of cells, and thinning of its candidates.
//!
//! An edge of probability p is at least one point of a Poisson process of intensity λ = −ln(1 − p).
//! For two cells the intensity of every pair is bounded by rate · κ_i κ_j; the points of the bound
//! are the candidates. Their total rate is rate · M_A M_B with the masses M of the cells, so one
//! exponential number leads across any number of cell pairs to the next candidate. It picks its
//! nodes in proportion to their masses and is kept with probability λ/(rate κ_i κ_j). That is exact
//! for any masses and positions; a pair that is kept twice is one edge. The bound is that of the
//! boxes around the nodes of both cells, which are further apart than the cells (see `stretch`).
//!
//! Where masses are so large that a probability in a pair of cells may exceed what the race can
//! bound, the pair is split into its children, down to the finest cells, which are tried directly.

use std::ops::Range;

use super::super::philox::{Stream, uniform_lanes};
use super::super::polynomial::ln;
use super::super::simd::*;
use super::found::Found;
use super::judge::{BATCH, Batch, Judge, tags};
use super::parts::key_at;
use super::plan::{CLIPPED, MOST_RACED, Offset, Plan, Ways, rate};
use super::stretch::{STRETCHES, Stretch};
use super::tree::{Cell, Level};

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

/// A race over cells of one level.
struct Run<'a>(Race<'a>, usize, Range<u32>);

impl Kernel for Run<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        self.0.run_on(simd, self.1, self.2);
    }
}

/// One way between two cells of a level.
struct Pass<'a, 'b>(&'b mut Race<'a>, usize, [u32; 2], Ways);

impl Kernel for Pass<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(race, at, [key, other], ways) = self;
        let own = &race.plan.cells[at][key as usize];
        let mut stretch = Stretch::new(own, &ways);
        let mut keys = [key; LANES];
        keys[0] = other;
        stretch.lead(simd, own, &ways, key, keys);
        race.pass(simd, at, &mut [stretch]);
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
            slots: [[[0; 2]; BATCH]; 2],
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
    pub fn run(self, at: usize, keys: Range<u32>) {
        dispatch(Run(self, at, keys));
    }

    #[inline(always)]
    fn run_on<S: Simd>(&mut self, simd: S, at: usize, keys: Range<u32>) {
        let plan = self.plan;
        let level = &plan.tree.levels[at];
        let (mut stretches, mut waiting) = (Vec::with_capacity(STRETCHES), 0);
        for key in keys {
            let own = &plan.cells[at][key as usize];
            if own.mass == 0.0 {
                continue;
            }
            let place = level.places[key as usize];
            let class = usize::from(2 * (place[1] & 1) + (place[0] & 1));
            let around = plan.parts[at].around(place);
            for ways in &plan.offsets[at].raced[class] {
                if stretches.len() <= waiting {
                    stretches.push(Stretch::new(own, ways));
                }
                let mut keys = [0; LANES];
                for k in 0..LANES {
                    keys[k] = key_at(around, ways.by[k]);
                }
                stretches[waiting].lead(simd, own, ways, key, keys);
                if !plan.heaviest.is_empty() {
                    self.split_some(at, key, ways, &mut stretches[waiting]);
                }
                waiting += 1;
                if waiting == STRETCHES {
                    self.pass(simd, at, &mut stretches);
                    waiting = 0;
                }
            }
            if self.found.exhausted() {
                return;
            }
        }
        self.pass(simd, at, &mut stretches[..waiting]);
        self.judge();
    }

    /// Takes the ways out of a stretch on which a probability may exceed what the race can bound.
    fn split_some(&mut self, at: usize, key: u32, ways: &Ways, stretch: &mut Stretch) {
        let level = &self.plan.tree.levels[at];
        for k in 0..ways.count {
            let keys = [key, stretch.keys[k]];
            if stretch.lost >> k & 1 == 0 && self.must_split(at, keys, f64::from(ways.bound[k])) {
                let cell = |key: u32| level.places[key as usize].map(u32::from);
                self.split(at, keys.map(cell));
                stretch.lost |= 1 << k;
            }
        }
    }

    /// True when a probability between two cells may exceed what the race can bound.
    #[inline]
    fn must_split(&self, at: usize, keys: [u32; 2], bound: f64) -> bool {
        let [a, b] = keys.map(|key| f64::from(self.plan.heaviest[at][key as usize]));
        a * b * bound > MOST_RACED
    }

    /// Passes the candidates of stretches from cells of a level.
    #[inline(always)]
    fn pass<S: Simd>(&mut self, simd: S, at: usize, stretches: &mut [Stretch]) {
        let plan = self.plan;
        for stretch in &mut *stretches {
            stretch.look_up(&plan.cells[at]);
        }
        for stretch in &mut *stretches {
            stretch.bound(simd, plan);
        }
        for stretch in &mut *stretches {
            stretch.lay();
        }
        for stretch in &*stretches {
            self.pass_one(simd, stretch);
        }
    }

    #[inline(always)]
    fn pass_one<S: Simd>(&mut self, simd: S, ways: &Stretch) {
        let (own, total) = (&ways.own, ways.until[LANES - 1]);
        let until = [
            f64x8::from_slice(simd, &ways.until[..LANES / 2]),
            f64x8::from_slice(simd, &ways.until[LANES / 2..]),
        ];
        let mut at = self.gap;
        while at < total {
            // Counted over all of them, because where it falls is chance and no branch knows it.
            let here = f64x8::splat(simd, at);
            let passed = [until[0].simd_le(here), until[1].simd_le(here)];
            let passed = passed[0].to_bitmask() << 8 | passed[1].to_bitmask();
            let way = (passed.count_ones() as usize).min(LANES - 1);
            let batch = &mut self.batch;
            let place = batch.count % BATCH;
            batch.slots[0][place] = own.slots;
            batch.slots[1][place] = ways.slots[way];
            batch.rate[place] = ways.rate[way];
            batch.count += 1;
            if batch.count == BATCH {
                self.judge();
                if self.found.exhausted() {
                    return;
                }
            }
            at += self.next_gap();
        }
        self.gap = at - total;
    }

    #[inline(always)]
    fn next_gap(&mut self) -> f64 {
        if self.gaps.used == self.gaps.ahead.len() {
            self.refill();
        }
        self.gaps.used += 1;
        f64::from(self.gaps.ahead[self.gaps.used - 1])
    }

    #[cold]
    fn refill(&mut self) {
        dispatch(Refill(self.stream, self.tag, &mut self.gaps));
        self.tag += LANES as u32;
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
                    .any(|&key| plan.cells[at - 1][key as usize].slots[1] == 0);
                if empty || bound == 0.0 {
                    continue;
                }
                if self.must_split(at - 1, keys, bound) {
                    self.split(at - 1, [a, b]);
                } else {
                    let ways = Ways::new(&[Offset {
                        by: [0; 2],
                        bound,
                        rate: rate(bound, f64::INFINITY),
                        tie: false,
                    }]);
                    dispatch(Pass(self, at - 1, keys, ways));
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
                if p > CLIPPED {
                    self.found.clipped.0 += 1;
                    self.found.clipped.1 += p - 1.0;
                    plan.clip(i as u32);
                    plan.clip(j as u32);
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

    /// Probability of a pair of slots before it is clipped to 1.
    pub fn probability(&self, i: usize, j: usize) -> f64 {
        let mut r2 = 0.0;
        for axis in 0..2 {
            let place = |slot: usize| self.tree.places[slot][axis];
            let d = f64::from(place(i).wrapping_sub(place(j)) as i32);
            r2 += (d * f64::from(self.tree.quantum[axis])).powi(2);
        }
        let mass = match &self.masses {
            None => 1.0,
            Some(masses) => f64::from(masses.of[i]) * f64::from(masses.of[j]),
        };
        self.placed.density(r2) * self.factor * mass
    }
}
