//! The way of a run through time, so that it can go back to any step and on again.
//!
//! Whole states are kept in memory now and then. A step in between is computed anew from the state
//! before it, with the same intents at the same steps, and has the same bits. What came after the
//! present step stays ahead until a hand changes something: there another branch begins, and the one
//! that is left can be taken up again.

use std::sync::Arc;
use std::time::Duration;

use super::branches::{BranchMark, Branches, Kept, Way};
use super::checkpoint::{self, CheckpointError};
use super::engine::ReadFor;
use super::simulation::Simulation;

/// Computing time between two states, so that any step is not farther than this away.
const SPACING: Duration = Duration::from_millis(500);
/// Computing time for which a byte is kept at least: keeping many takes time, too.
const PER_BYTE: Duration = Duration::from_nanos(40);
/// Most bytes of all states together.
const MOST_BYTES: usize = 256 << 20;
/// Most states.
const MOST: usize = 500;

/// A step and its time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mark {
    pub step: u64,
    pub time: f64,
}

/// How far a run can go back, and how far it has been.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    /// The earliest state.
    pub first: Mark,
    /// The farthest step of this branch.
    pub last: Mark,
    /// The step that the run is on its way to.
    pub destination: Option<u64>,
}

/// The present branch, and those that were left.
#[derive(Default)]
pub struct Timeline {
    /// The intents are noted when the run leaves its newest step.
    way: Way,
    left: Branches,
    /// The same for a window, made anew when a branch begins or is taken up.
    marks: Arc<[BranchMark]>,
    /// Computing time since a state was kept, and from when on another one is worth it.
    since: Duration,
    due: Duration,
}

fn mark(run: &Simulation) -> Mark {
    let clock = run.clock();
    Mark {
        step: clock.step,
        time: clock.time,
    }
}

impl Timeline {
    /// Takes note of the present state before the first step, and after computing for a while.
    pub fn note(&mut self, run: &mut Simulation, computed: Duration) {
        let now = mark(run);
        if !self.way.states.is_empty() && now.step < self.way.last.step {
            return;
        }
        self.way.last = now;
        self.since += computed;
        if self.way.states.is_empty() || self.since >= self.due {
            self.keep(run);
        }
    }

    /// Keeps the present state.
    fn keep(&mut self, run: &mut Simulation) {
        // What is due belongs to this step: it is in the state, not ahead of it.
        run.apply_due();
        run.catch_up(ReadFor::Copy);
        let at = mark(run);
        let states = &mut self.way.states;
        let place = states.partition_point(|one| one.at.step < at.step);
        let bytes = Arc::new(checkpoint::save(run));
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        match states.get_mut(place) {
            Some(one) if one.at.step == at.step => one.bytes = bytes,
            _ => states.insert(place, Kept { at, bytes }),
        }
        self.trim();
        self.since = Duration::ZERO;
        self.due = SPACING.max(PER_BYTE * size);
    }

    /// Forgets states until they fit into the memory: first those of branches that were left, then those
    /// whose neighbours are nearest, never the first.
    fn trim(&mut self) {
        while self.way.states.len() > MOST || self.bytes() > MOST_BYTES {
            if self.way.states.len() <= MOST && self.left.thin() {
                continue;
            }
            let states = &mut self.way.states;
            let newest = states.len() - 1;
            if newest == 0 {
                break;
            }
            let gap = |&at: &usize| states[at + 1].at.step - states[at - 1].at.step;
            let spare = (1..newest).min_by_key(gap).unwrap_or(newest);
            states.remove(spare);
        }
        if self.marks.iter().any(|mark| !self.left.has(mark.id)) {
            let kept = self.marks.iter().filter(|mark| self.left.has(mark.id));
            self.marks = kept.cloned().collect();
        }
    }

    /// Bytes of all states, those that branches share once.
    fn bytes(&self) -> usize {
        let mut all: Vec<_> = self.way.states.iter().chain(self.left.states()).collect();
        all.sort_unstable_by_key(|one| Arc::as_ptr(&one.bytes));
        all.dedup_by_key(|one| Arc::as_ptr(&one.bytes));
        all.iter().map(|one| one.bytes.len()).sum()
    }

    /// How far it reaches.
    pub fn span(&self, destination: Option<u64>) -> Span {
        let last = self.way.last;
        Span {
            first: self.way.states.first().map_or(last, |one| one.at),
            last,
            destination,
        }
    }

    /// True when more of the branch is ahead of this run.
    pub fn is_ahead(&self, run: &Simulation) -> bool {
        run.clock().step < self.way.last.step
    }

    /// The step within reach that is next to the one wanted.
    pub fn reach(&self, step: u64) -> u64 {
        let span = self.span(None);
        step.clamp(span.first.step, span.last.step)
    }

    /// A run at, or some steps before, an earlier step, with what hands did after that still ahead
    /// of it. `None` when the run can get there by itself, or has never been there.
    pub fn back(
        &mut self,
        run: &mut Simulation,
        step: u64,
    ) -> Option<Result<Simulation, CheckpointError>> {
        if step >= run.clock().step && run.failure().is_none() {
            return None;
        }
        self.round_off(run);
        self.before(run, step)
    }

    /// Notes all of the branch, when the run is at its end.
    fn round_off(&mut self, run: &mut Simulation) {
        if !self.is_ahead(run) {
            run.apply_due();
            self.way.log = run.log().to_vec();
            if run.failure().is_none() {
                // The way forward ends here, however far the last state is.
                self.way.last = mark(run);
                self.keep(run);
            }
        }
    }

    /// The run at the state before a step of the branch, with what hands did after that ahead of it.
    fn before(&self, run: &Simulation, step: u64) -> Option<Result<Simulation, CheckpointError>> {
        let states = &self.way.states;
        let place = states.partition_point(|one| one.at.step <= step);
        let state = states.get(place.checked_sub(1)?)?;
        let mut earlier = match checkpoint::restore(&state.bytes, run.pool()) {
            Ok(earlier) => earlier,
            Err(error) => return Some(Err(error)),
        };
        earlier.dress_as(run.scene());
        earlier.forget_ahead();
        let done = earlier.log().len();
        for intent in self.way.log.iter().skip(done) {
            earlier.replay(intent.clone());
        }
        Some(Ok(earlier))
    }

    /// Takes up a branch that was left, and leaves the present one: a run at, or some steps before, its
    /// farthest step, and the step at which the two part. `None` when it is not kept any more.
    pub fn take_up(
        &mut self,
        run: &mut Simulation,
        id: u64,
    ) -> Option<Result<(Simulation, u64), CheckpointError>> {
        let parting = self.marks.iter().find(|mark| mark.id == id)?.parting;
        // Taken out first, so that keeping the present state cannot make it be forgotten.
        let way = self.left.take(id)?;
        self.round_off(run);
        let left = std::mem::replace(&mut self.way, way);
        self.left.leave(left);
        self.marks = self.marks_now();
        let last = self.way.last.step;
        let found = self.before(run, last)?;
        Some(found.map(|run| (run, parting)))
    }

    /// The branches that were left.
    pub fn branches(&self) -> Arc<[BranchMark]> {
        self.marks.clone()
    }

    fn marks_now(&self) -> Arc<[BranchMark]> {
        self.left.marks(&self.way.log, self.way.last.step).into()
    }

    /// Something new is done at the present step: another branch begins, if there was more ahead. True
    /// when there was.
    pub fn branch(&mut self, run: &mut Simulation) -> bool {
        let ahead = self.is_ahead(run);
        let now = mark(run);
        if ahead {
            self.left.leave(self.way.clone());
        }
        self.way.states.retain(|one| one.at.step <= now.step);
        self.way.last = now;
        run.forget_ahead();
        if ahead {
            self.way.log = run.log().to_vec();
            self.marks = self.marks_now();
        }
        ahead
    }

    /// Another state has taken the place of the run, before or after the present one.
    pub fn jump(&mut self, run: &mut Simulation) {
        let now = mark(run);
        self.way.states.retain(|one| one.at.step < now.step);
        self.way.last = now;
        self.keep(run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(states: &[(u64, usize)]) -> Timeline {
        let kept = |&(step, size): &(u64, usize)| Kept {
            at: Mark {
                step,
                time: step as f64,
            },
            bytes: Arc::new(vec![0; size]),
        };
        Timeline {
            way: Way {
                states: states.iter().map(kept).collect(),
                ..Way::default()
            },
            ..Timeline::default()
        }
    }

    fn steps(timeline: &Timeline) -> Vec<u64> {
        timeline.way.states.iter().map(|one| one.at.step).collect()
    }

    #[test]
    fn memory_is_bounded_and_states_thin_out_evenly() {
        let third = MOST_BYTES / 3;
        let mut timeline = with(&[(0, third), (10, third), (15, third), (40, third)]);
        timeline.trim();
        assert_eq!(steps(&timeline), [0, 15, 40]);
        // The first state stays whatever it takes: it is the way back to the beginning.
        let mut timeline = with(&[(0, MOST_BYTES), (10, MOST_BYTES)]);
        timeline.trim();
        assert_eq!(steps(&timeline), [0]);
        let many: Vec<_> = (0..3 * MOST as u64).map(|step| (step, 1)).collect();
        let mut timeline = with(&many);
        timeline.trim();
        assert_eq!(timeline.way.states.len(), MOST);
        let widest = steps(&timeline).windows(2).map(|w| w[1] - w[0]).max();
        assert!(widest <= Some(4), "{widest:?}");
    }
}
