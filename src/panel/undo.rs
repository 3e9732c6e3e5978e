//! What was changed by hand, so that it can be taken back.

use super::quantity::Quantity;

/// How many changes are remembered.
const DEPTH: usize = 500;

/// One change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    pub quantity: Quantity,
    pub before: f64,
    pub after: f64,
}

/// Something that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// A value was changed.
    Value(Entry),
    /// A stroke or a wall, by its number.
    Stroke(u64),
}

/// The changes made, and those taken back.
#[derive(Debug, Default)]
pub struct UndoStack {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl UndoStack {
    /// Remembers a change; what was taken back before is then gone.
    pub fn push(&mut self, entry: Entry) {
        if entry.before == entry.after || entry.before.is_nan() {
            return;
        }
        self.remember(Step::Value(entry));
    }

    /// Remembers a stroke.
    pub fn push_stroke(&mut self, stroke: u64) {
        self.remember(Step::Stroke(stroke));
    }

    /// Forgets all strokes: the run in which they were made is over.
    pub fn forget_strokes(&mut self) {
        for steps in [&mut self.done, &mut self.undone] {
            steps.retain(|step| matches!(step, Step::Value(_)));
        }
    }

    fn remember(&mut self, step: Step) {
        if self.done.len() == DEPTH {
            self.done.remove(0);
        }
        self.done.push(step);
        self.undone.clear();
    }

    /// The change to take back.
    pub fn undo(&mut self) -> Option<Step> {
        let step = self.done.pop()?;
        self.undone.push(step);
        Some(step)
    }

    /// The change to make again.
    pub fn redo(&mut self) -> Option<Step> {
        let step = self.undone.pop()?;
        self.done.push(step);
        Some(step)
    }

    /// True when there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// True when a stroke is what would be taken back.
    pub fn ends_with_stroke(&self) -> bool {
        matches!(self.done.last(), Some(Step::Stroke(_)))
    }

    /// True when there is something to make again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Forgets everything, because another scene has been opened.
    pub fn clear(&mut self) {
        self.done.clear();
        self.undone.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_and_redo_are_inverse_and_a_new_change_ends_the_branch() {
        let mut stack = UndoStack::default();
        let entry = |after| Entry {
            quantity: Quantity::Dt,
            before: after - 1.0,
            after,
        };
        stack.push(entry(1.0));
        stack.push(entry(2.0));
        stack.push(Entry {
            quantity: Quantity::Dt,
            before: 2.0,
            after: 2.0,
        });
        let value = |after| Some(Step::Value(entry(after)));
        assert_eq!(stack.undo(), value(2.0));
        assert_eq!(stack.redo(), value(2.0));
        assert_eq!(stack.undo(), value(2.0));
        stack.push(entry(5.0));
        assert!(!stack.can_redo());
        stack.push_stroke(3);
        assert_eq!(stack.undo(), Some(Step::Stroke(3)));
        assert_eq!(stack.redo(), Some(Step::Stroke(3)));
        stack.forget_strokes();
        assert_eq!(stack.undo(), value(5.0));
        assert_eq!(stack.undo(), value(1.0));
        assert_eq!(stack.undo(), None);
    }
}
