//! States kept in memory, so that a stroke or a wall can be taken back, and made again.
//!
//! A stroke is named by a number that its window gives it. Before the first touch of a stroke the
//! whole state is kept; taking the stroke back restores it, so that time goes back with it, and
//! keeps the state of that moment for the way forward.

use std::collections::VecDeque;
use std::sync::Arc;

/// Most states kept on either side.
const MOST: usize = 8;
/// Most bytes of all states together.
const MOST_BYTES: usize = 256 << 20;

/// One kept state: the stroke, the step, and the bytes.
#[derive(Clone)]
struct State {
    stroke: u64,
    step: u64,
    bytes: Arc<Vec<u8>>,
}

/// The states before strokes, and those to which a stroke taken back leads forward.
#[derive(Default)]
pub struct Rewind {
    before: VecDeque<State>,
    after: VecDeque<State>,
}

impl Rewind {
    /// Keeps the state before a new stroke, of a step; what was taken back is gone for good.
    pub fn begin(&mut self, stroke: u64, step: u64, state: Vec<u8>) {
        let undone: Vec<u64> = self.after.drain(..).map(|one| one.stroke).collect();
        self.before.retain(|one| !undone.contains(&one.stroke));
        self.before.push_back(State {
            stroke,
            step,
            bytes: Arc::new(state),
        });
        self.trim();
    }

    /// The state before a stroke; `present`, of a step, is kept for the way forward.
    pub fn undo(
        &mut self,
        stroke: u64,
        step: u64,
        present: impl FnOnce() -> Vec<u8>,
    ) -> Option<Arc<Vec<u8>>> {
        let found = find(&self.before, stroke)?;
        self.after.retain(|one| one.stroke != stroke);
        self.after.push_back(State {
            stroke,
            step,
            bytes: Arc::new(present()),
        });
        self.trim();
        Some(found)
    }

    /// The state to which a stroke that was taken back leads forward.
    pub fn redo(&mut self, stroke: u64) -> Option<Arc<Vec<u8>>> {
        let found = find(&self.after, stroke)?;
        self.after.retain(|one| one.stroke != stroke);
        Some(found)
    }

    /// Another branch begins at a step: states beyond it belong to the one that is left.
    pub fn branch(&mut self, step: u64) {
        for states in [&mut self.before, &mut self.after] {
            states.retain(|one| one.step <= step);
        }
    }

    /// Forgets everything, because another run has begun.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets the oldest states until few are left that fit into the memory.
    fn trim(&mut self) {
        for states in [&mut self.before, &mut self.after] {
            while states.len() > MOST {
                states.pop_front();
            }
        }
        while self.bytes() > MOST_BYTES {
            // What leads forward is worth less than what can be taken back.
            if self.after.pop_front().is_none() && self.before.pop_front().is_none() {
                return;
            }
        }
    }

    fn bytes(&self) -> usize {
        let states = self.before.iter().chain(&self.after);
        states.map(|one| one.bytes.len()).sum()
    }
}

fn find(states: &VecDeque<State>, stroke: u64) -> Option<Arc<Vec<u8>>> {
    states
        .iter()
        .rev()
        .find(|one| one.stroke == stroke)
        .map(|one| one.bytes.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_go_back_and_forth_until_a_new_one_begins() {
        let mut rewind = Rewind::default();
        rewind.begin(1, 0, vec![1]);
        rewind.begin(2, 0, vec![2]);
        assert_eq!(rewind.undo(2, 0, || vec![3]).as_deref(), Some(&vec![2]));
        assert_eq!(rewind.undo(1, 0, || vec![2]).as_deref(), Some(&vec![1]));
        assert_eq!(rewind.redo(1).as_deref(), Some(&vec![2]));
        assert_eq!(rewind.redo(2).as_deref(), Some(&vec![3]));
        assert_eq!(rewind.redo(2), None);
        assert_eq!(rewind.undo(2, 0, || vec![4]).as_deref(), Some(&vec![2]));
        rewind.begin(3, 0, vec![5]);
        assert_eq!(rewind.redo(2), None);
        assert_eq!(
            rewind.undo(2, 0, Vec::new),
            None,
            "it was taken back for good"
        );
        assert_eq!(rewind.undo(1, 0, Vec::new).as_deref(), Some(&vec![1]));
    }

    #[test]
    fn another_branch_leaves_what_lies_ahead() {
        let mut rewind = Rewind::default();
        rewind.begin(1, 10, vec![1]);
        rewind.begin(2, 20, vec![2]);
        rewind.branch(15);
        assert_eq!(rewind.undo(2, 15, Vec::new), None);
        assert_eq!(rewind.undo(1, 15, Vec::new).as_deref(), Some(&vec![1]));
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stays() {
        let mut rewind = Rewind::default();
        for stroke in 0..20 {
            rewind.begin(stroke, 0, vec![0; 40 << 20]);
            assert!(rewind.bytes() <= MOST_BYTES && rewind.before.len() <= MOST);
        }
        assert!(rewind.undo(19, 0, || vec![0; 250 << 20]).is_some());
        assert!(rewind.bytes() <= MOST_BYTES);
        assert!(find(&rewind.before, 19).is_some());
        rewind.begin(20, 0, vec![0; MOST_BYTES + 1]);
        assert!(
            rewind.undo(20, 0, Vec::new).is_none(),
            "a state too large to keep"
        );
    }
}
