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

use super::super::philox::{Stream, uniform, uniform_lanes};
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

/// Random numbers for a batch of candidates.
struct Draws {
    stream: Stream,
    tag: u32,
    used: usize,
    gaps: [f32; BATCH],
    picks: [[u32; BATCH]; 2],
    tests: [f32; BATCH],
}

struct Refill<'a>(&'a mut Draws);
impl Kernel for Refill<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let draws = self.0;
        for block in 0..BATCH / LANES {
            let range = block * LANES..(block + 1) * LANES;
            let iota = u32x16::load_array(simd, std::array::from_fn(|lane| lane as u32));
            let tags = u32x16::splat(simd, draws.tag) + iota;
            let [gap, i, j, test] = draws.stream.word_lanes(simd, tags, 0);
            (ln(simd, uniform_lanes(gap)) * -1.0).store_slice(&mut draws.gaps[range.clone()]);
            i.store_slice(&mut draws.picks[0][range.clone()]);
            j.store_slice(&mut draws.picks[1][range.clone()]);
            uniform_lanes(test).store_slice(&mut draws.tests[range]);
            draws.tag += LANES as u32;
        }
        draws.used = 0;
    }
}

/// Candidates that wait for their judgement.
struct Batch {
    count: usize,
    pairs: [[u32; 2]; BATCH],
    /// The intensity that a pair must exceed.
    least: [f32; BATCH],
}

struct Judge<'a>(&'a Plan, &'a Batch);
impl Kernel for Judge<'_> {
    type Output = [u32; BATCH / LANES];
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Self::Output {
        let Self(plan, batch) = self;
        let [x, y] = &plan.tree.places;
        let mut kept = [0; BATCH / LANES];
        for block in 0..batch.count.div_ceil(LANES) {
            let (mut a, mut b) = ([[0; LANES]; 2], [[0; LANES]; 2]);
            let mut mass = [1.0; LANES];
            for lane in 0..LANES {
                let [i, j] = batch.pairs[block * LANES + lane].map(|slot| slot as usize);
                a[0][lane] = x[i];
                a[1][lane] = y[i];
                b[0][lane] = x[j];
                b[1][lane] = y[j];
                if let Some(masses) = &plan.masses {
                    mass[lane] = masses.of[i] * masses.of[j];
                }
            }
            let there = [
                u32x16::load_array(simd, a[0]),
                u32x16::load_array(simd, a[1]),
            ];
            let here = [
                u32x16::load_array(simd, b[0]),
                u32x16::load_array(simd, b[1]),
            ];
            let r2 = distance2(there, here, plan.tree.quantum);
            let p = plan.lanes.at(simd, r2) * f32x16::load_array(simd, mass);
            // −ln(1 − p) for p ≤ 1/4; the next term is below 10⁻⁶ of the sum.
            let mut sum = p * 0.111_111_11 + 0.125;
            sum = sum * p + 0.142_857_14;
            sum = sum * p + 0.166_666_67;
            sum = sum * p + 0.2;
            sum = sum * p + 0.25;
            sum = sum * p + 0.333_333_33;
            sum = sum * p + 0.5;
            let intensity = (sum * p + 1.0) * p;
            let least = f32x16::from_slice(simd, &batch.least[block * LANES..][..LANES]);
            let valid = ((1_u64 << (batch.count - block * LANES).min(LANES)) - 1) as u32;
            kept[block] = least.simd_lt(intensity).to_bitmask() as u32 & valid;
        }
        kept
    }
}

/// The race over cells of one level with keys in a range.
pub struct Race<'a> {
    plan: &'a Plan,
    draws: Draws,
    /// What is left of the way to the next candidate.
    gap: f64,
    batch: Batch,
    found: &'a mut Found,
}

impl<'a> Race<'a> {
    /// A race with the random numbers of `stream`.
    pub fn new(plan: &'a Plan, stream: Stream, found: &'a mut Found) -> Self {
        let draws = Draws {
            stream,
            tag: 0,
            used: BATCH,
            gaps: [0.0; BATCH],
            picks: [[0; BATCH]; 2],
            tests: [0.0; BATCH],
        };
        let batch = Batch {
            count: 0,
            pairs: [[0; 2]; BATCH],
            least: [0.0; BATCH],
        };
        let mut race = Self {
            plan,
            draws,
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

    fn next_gap(&mut self) -> f64 {
        if self.draws.used == BATCH {
            dispatch(Refill(&mut self.draws));
        }
        f64::from(self.draws.gaps[self.draws.used])
    }

    fn candidate(&mut self, at: usize, keys: [u32; 2], rate: f64) {
        let plan = self.plan;
        let level = &plan.tree.levels[at];
        let used = self.draws.used;
        let pick = |side: usize| {
            let slots = plan.tree.slots(level, keys[side]);
            let word = self.draws.picks[side][used];
            match &plan.masses {
                None => slots.start + ((slots.len() as u64 * u64::from(word)) >> 32) as usize,
                Some(masses) => masses.pick(&slots, word),
            }
        };
        let (i, j) = (pick(0), pick(1));
        self.draws.used += 1;
        self.found.work += CANDIDATE;
        if i == j {
            return;
        }
        let mass = match &plan.masses {
            None => 1.0,
            Some(masses) => f64::from(masses.of[i]) * f64::from(masses.of[j]),
        };
        self.batch.pairs[self.batch.count] = [i as u32, j as u32];
        self.batch.least[self.batch.count] = self.draws.tests[used] * (rate * mass) as f32;
        self.batch.count += 1;
        if self.batch.count == BATCH {
            self.judge();
        }
    }

    fn judge(&mut self) {
        let kept = dispatch(Judge(self.plan, &self.batch));
        for (block, mut mask) in kept.into_iter().enumerate() {
            while mask != 0 {
                let lane = mask.trailing_zeros() as usize;
                self.found.push(self.batch.pairs[block * LANES + lane]);
                mask &= mask - 1;
            }
        }
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
                if f64::from(self.next_test()) < p {
                    self.found.push([i as u32, j as u32]);
                }
            }
        }
    }

    /// A uniform number from the words of a candidate that needs nothing else.
    fn next_test(&mut self) -> f32 {
        let _ = self.next_gap();
        let word = self.draws.picks[0][self.draws.used];
        self.draws.used += 1;
        uniform(word)
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
