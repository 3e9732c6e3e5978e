//! Branches of a run that were left, and can be taken up again.

use std::sync::Arc;

use super::intent::{Action, Intent};
use super::timeline::Mark;

/// Most branches that are kept besides the present one.
const MOST: usize = 8;

/// What a window is told of a branch that was left.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchMark {
    /// Its number, by which it is taken up.
    pub id: u64,
    /// The step at which it and the present branch part.
    pub parting: u64,
    /// Its farthest step.
    pub last: Mark,
    /// What was done on it where they part; `None` where nothing was.
    pub change: Option<Action>,
}

/// A state that is kept.
#[derive(Clone)]
pub(super) struct Kept {
    pub at: Mark,
    /// Branches share the states before their parting.
    pub bytes: Arc<Vec<u8>>,
}

/// A way through time: states in the order of their steps, the farthest step, and all intents.
#[derive(Clone, Default)]
pub(super) struct Way {
    pub states: Vec<Kept>,
    pub last: Mark,
    pub log: Vec<Intent>,
}

/// The ways that were left, the one that was left last at the end.
#[derive(Default)]
pub(super) struct Branches {
    list: Vec<(u64, Way)>,
    next: u64,
}

impl Branches {
    /// Keeps a way that is left.
    pub fn leave(&mut self, way: Way) {
        if self.list.len() == MOST {
            self.list.remove(0);
        }
        self.list.push((self.next, way));
        self.next += 1;
    }

    /// Takes a way up again.
    pub fn take(&mut self, id: u64) -> Option<Way> {
        let place = self.list.iter().position(|(one, _)| *one == id)?;
        Some(self.list.remove(place).1)
    }

    /// True while it can be taken up.
    pub fn has(&self, id: u64) -> bool {
        self.list.iter().any(|(one, _)| *one == id)
    }

    /// The branches as seen from a way with these intents up to a step.
    pub fn marks(&self, log: &[Intent], last: u64) -> Vec<BranchMark> {
        let mark = |(id, way): &(u64, Way)| {
            let (parting, change) = parting([&way.log, log], [way.last.step, last]);
            BranchMark {
                id: *id,
                parting,
                last: way.last,
                change,
            }
        };
        self.list.iter().map(mark).collect()
    }

    /// States of all branches.
    pub fn states(&self) -> impl Iterator<Item = &Kept> {
        self.list.iter().flat_map(|(_, way)| &way.states)
    }

    /// Forgets half of the states of the branch that was left first among those with many, or the branch
    /// altogether; false when there is none left. The farthest state stays, where the branch is taken up.
    pub fn thin(&mut self) -> bool {
        if let Some((_, way)) = self.list.iter_mut().find(|(_, way)| way.states.len() > 2) {
            let newest = way.states.len() - 1;
            let mut at = 0;
            way.states.retain(|_| {
                at += 1;
                at % 2 == 1 || at - 1 == newest
            });
            return true;
        }
        let some = !self.list.is_empty();
        if some {
            self.list.remove(0);
        }
        some
    }
}

/// The step at which two ways with these intents and farthest steps part, and what the first does there.
fn parting(logs: [&[Intent]; 2], last: [u64; 2]) -> (u64, Option<Action>) {
    let alike = |(a, b): &(&Intent, &Intent)| a == b;
    let same = logs[0].iter().zip(logs[1]).take_while(alike).count();
    let [own, other] = logs.map(|log| log.get(same));
    let steps = [own, other].map(|intent| intent.map(|intent| intent.step));
    let step = steps[0].unwrap_or(last[0]).min(steps[1].unwrap_or(last[1]));
    let change = own.filter(|intent| intent.step == step);
    (step, change.map(|intent| intent.action.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(step: u64, dt: f64) -> Intent {
        Intent {
            step,
            action: Action::SetDt(dt),
        }
    }

    #[test]
    fn ways_part_where_their_intents_do() {
        let (a, b) = (
            [intent(5, 0.1), intent(9, 0.2)],
            [intent(5, 0.1), intent(7, 0.3)],
        );
        assert_eq!(parting([&a, &b], [20, 30]), (7, None));
        assert_eq!(parting([&b, &a], [30, 20]), (7, Some(Action::SetDt(0.3))));
        assert_eq!(
            parting([&a, &a[..1]], [20, 30]),
            (9, Some(Action::SetDt(0.2)))
        );
        assert_eq!(parting([&a, &a], [20, 30]), (20, None));
    }

    #[test]
    fn the_last_branches_are_kept_and_thinned_before_they_are_forgotten() {
        let mut branches = Branches::default();
        for length in 1..=10 {
            let state = |step| Kept {
                at: Mark { step, time: 0.0 },
                bytes: Arc::default(),
            };
            branches.leave(Way {
                states: (0..length).map(state).collect(),
                ..Way::default()
            });
        }
        let ids: Vec<_> = branches.marks(&[], 0).iter().map(|mark| mark.id).collect();
        assert_eq!(ids, [2, 3, 4, 5, 6, 7, 8, 9]);
        assert!(branches.thin());
        let steps = |branches: &Branches, of: usize| -> Vec<u64> {
            branches.list[of]
                .1
                .states
                .iter()
                .map(|one| one.at.step)
                .collect()
        };
        assert_eq!(steps(&branches, 0), [0, 2]);
        assert!(branches.thin());
        assert_eq!(steps(&branches, 1), [0, 2, 3]);
        while branches.thin() {}
        assert!(branches.take(9).is_none() && branches.list.is_empty());
    }
}
