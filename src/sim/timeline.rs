//! The way of a run through time, so that it can go back to any step and on again.
//!
//! Whole states are kept in memory now and then. A step in between is computed anew from the state
//! before it, with the same intents at the same steps, and has the same bits. What came after the
//! present step stays ahead until a hand changes something: there another branch begins.

use std::time::Duration;

use super::checkpoint::{self, CheckpointError};
use super::engine::ReadFor;
use super::intent::Intent;
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
    /// True on the way to a step.
    pub travelling: bool,
}

/// A state that is kept.
struct Kept {
    at: Mark,
    bytes: Vec<u8>,
}

/// States of one branch, in the order of their steps.
#[derive(Default)]
pub struct Timeline {
    states: Vec<Kept>,
    last: Mark,
    /// All intents of the branch.
    log: Vec<Intent>,
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
        if !self.states.is_empty() && now.step < self.last.step {
            return;
        }
        self.last = now;
        self.since += computed;
        if self.states.is_empty() || self.since >= self.due {
            self.keep(run);
        }
    }

    /// Keeps the present state.
    fn keep(&mut self, run: &mut Simulation) {
        // What is due belongs to this step: it is in the state, not ahead of it.
        run.apply_due();
        run.catch_up(ReadFor::Copy);
        let at = mark(run);
        let place = self.states.partition_point(|one| one.at.step < at.step);
        let bytes = checkpoint::save(run);
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        match self.states.get_mut(place) {
            Some(one) if one.at.step == at.step => one.bytes = bytes,
            _ => self.states.insert(place, Kept { at, bytes }),
        }
        self.trim();
        self.since = Duration::ZERO;
        self.due = SPACING.max(PER_BYTE * size);
    }

    /// Forgets states until they fit into the memory: those whose neighbours are nearest, never the
    /// first.
    fn trim(&mut self) {
        let bytes = |states: &[Kept]| states.iter().map(|one| one.bytes.len()).sum::<usize>();
        while self.states.len() > MOST
            || (self.states.len() > 1 && bytes(&self.states) > MOST_BYTES)
        {
            let steps = |at: usize| self.states[at].at.step;
            let newest = self.states.len() - 1;
            let gap = |&at: &usize| steps(at + 1) - steps(at - 1);
            let spare = (1..newest).min_by_key(gap).unwrap_or(newest);
            self.states.remove(spare);
        }
    }

    /// How far it reaches.
    pub fn span(&self, travelling: bool) -> Span {
        let first = self.states.first().map_or(self.last, |one| one.at);
        Span {
            first,
            last: self.last,
            travelling,
        }
    }

    /// True when more of the branch is ahead of this run.
    pub fn is_ahead(&self, run: &Simulation) -> bool {
        run.clock().step < self.last.step
    }

    /// The step within reach that is next to the one wanted.
    pub fn reach(&self, step: u64) -> u64 {
        let span = self.span(false);
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
        if !self.is_ahead(run) {
            run.apply_due();
            self.log = run.log().to_vec();
            if run.failure().is_none() {
                // The way forward ends here, however far the last state is.
                self.last = mark(run);
                self.keep(run);
            }
        }
        let place = self.states.partition_point(|one| one.at.step <= step);
        let state = self.states.get(place.checked_sub(1)?)?;
        let mut earlier = match checkpoint::restore(&state.bytes, run.pool()) {
            Ok(earlier) => earlier,
            Err(error) => return Some(Err(error)),
        };
        earlier.dress_as(run.scene());
        earlier.forget_ahead();
        let done = earlier.log().len();
        for intent in self.log.iter().skip(done) {
            earlier.replay(intent.clone());
        }
        Some(Ok(earlier))
    }

    /// Something new is done at the present step: what came later is forgotten. True when there was
    /// any.
    pub fn branch(&mut self, run: &mut Simulation) -> bool {
        let ahead = self.is_ahead(run);
        let now = mark(run);
        self.states.retain(|one| one.at.step <= now.step);
        self.last = now;
        run.forget_ahead();
        ahead
    }

    /// Another state has taken the place of the run, before or after the present one.
    pub fn jump(&mut self, run: &mut Simulation) {
        let now = mark(run);
        self.states.retain(|one| one.at.step < now.step);
        self.last = now;
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
            bytes: vec![0; size],
        };
        Timeline {
            states: states.iter().map(kept).collect(),
            ..Timeline::default()
        }
    }

    fn steps(timeline: &Timeline) -> Vec<u64> {
        timeline.states.iter().map(|one| one.at.step).collect()
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
        assert_eq!(timeline.states.len(), MOST);
        let widest = steps(&timeline).windows(2).map(|w| w[1] - w[0]).max();
        assert!(widest <= Some(4), "{widest:?}");
    }
}
