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

/// The changes made, and those taken back.
#[derive(Debug, Default)]
pub struct UndoStack {
    done: Vec<Entry>,
    undone: Vec<Entry>,
}

impl UndoStack {
    /// Remembers a change; what was taken back before is then gone.
    pub fn push(&mut self, entry: Entry) {
        if entry.before == entry.after || entry.before.is_nan() {
            return;
        }
        if self.done.len() == DEPTH {
            self.done.remove(0);
        }
        self.done.push(entry);
        self.undone.clear();
    }

    /// The change to take back.
    pub fn undo(&mut self) -> Option<Entry> {
        let entry = self.done.pop()?;
        self.undone.push(entry);
        Some(entry)
    }

    /// The change to make again.
    pub fn redo(&mut self) -> Option<Entry> {
        let entry = self.undone.pop()?;
        self.done.push(entry);
        Some(entry)
    }

    /// True when there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
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
        assert_eq!(stack.undo(), Some(entry(2.0)));
        assert_eq!(stack.redo(), Some(entry(2.0)));
        assert_eq!(stack.undo(), Some(entry(2.0)));
        stack.push(entry(5.0));
        assert!(!stack.can_redo());
        assert_eq!(stack.undo(), Some(entry(5.0)));
        assert_eq!(stack.undo(), Some(entry(1.0)));
        assert_eq!(stack.undo(), None);
    }
}
