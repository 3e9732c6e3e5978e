//! What was changed by hand, so that it can be taken back.

use super::quantity::Quantity;
use crate::scene::ViewSettings;

/// How many changes are remembered.
const DEPTH: usize = 500;

/// What can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    Value(Edit),
    /// A jump to a bookmark.
    Jump(Box<Jump>),
    /// A stroke or a wall, by its number.
    Stroke(u64),
}

/// A picture and values of live parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    pub view: ViewSettings,
    pub values: Vec<(Quantity, f64)>,
}

/// A jump from one picture to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Jump {
    pub before: Spot,
    pub after: Spot,
}

/// One change of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edit {
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
        let idle = match &entry {
            Entry::Value(edit) => edit.before == edit.after || edit.before.is_nan(),
            Entry::Jump(jump) => jump.before == jump.after,
            Entry::Stroke(_) => false,
        };
        if idle {
            return;
        }
        self.remember(entry);
    }

    /// Remembers a stroke.
    pub fn push_stroke(&mut self, stroke: u64) {
        self.remember(Entry::Stroke(stroke));
    }

    /// Forgets all strokes: the run in which they were made is over.
    pub fn forget_strokes(&mut self) {
        for steps in [&mut self.done, &mut self.undone] {
            steps.retain(|entry| !matches!(entry, Entry::Stroke(_)));
        }
    }

    fn remember(&mut self, entry: Entry) {
        if self.done.len() == DEPTH {
            self.done.remove(0);
        }
        self.done.push(entry);
        self.undone.clear();
    }

    /// The change to take back.
    pub fn undo(&mut self) -> Option<Entry> {
        let entry = self.done.pop()?;
        self.undone.push(entry.clone());
        Some(entry)
    }

    /// The change to make again.
    pub fn redo(&mut self) -> Option<Entry> {
        let entry = self.undone.pop()?;
        self.done.push(entry.clone());
        Some(entry)
    }

    /// True when there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// True when a stroke is what would be taken back.
    pub fn ends_with_stroke(&self) -> bool {
        matches!(self.done.last(), Some(Entry::Stroke(_)))
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
        let entry = |after| {
            Entry::Value(Edit {
                quantity: Quantity::Dt,
                before: after - 1.0,
                after,
            })
        };
        stack.push(entry(1.0));
        stack.push(entry(2.0));
        stack.push(Entry::Value(Edit {
            quantity: Quantity::Dt,
            before: 2.0,
            after: 2.0,
        }));
        assert_eq!(stack.undo(), Some(entry(2.0)));
        assert_eq!(stack.redo(), Some(entry(2.0)));
        assert_eq!(stack.undo(), Some(entry(2.0)));
        stack.push(entry(5.0));
        assert!(!stack.can_redo());
        stack.push_stroke(3);
        assert_eq!(stack.undo(), Some(Entry::Stroke(3)));
        assert_eq!(stack.redo(), Some(Entry::Stroke(3)));
        stack.forget_strokes();
        assert_eq!(stack.undo(), Some(entry(5.0)));
        assert_eq!(stack.undo(), Some(entry(1.0)));
        assert_eq!(stack.undo(), None);
    }
}
