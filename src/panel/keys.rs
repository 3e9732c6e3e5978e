//! The keys of the actions: in words, and pressed.

use bevy_egui::egui;
use egui::{Context, Event, InputState, Key, KeyboardShortcut};

use super::actions::{ACTIONS, ActionEntry, ActionId};

impl ActionEntry {
    /// The key in words, such as `Ctrl+Shift+Z`.
    pub fn key_text(&self) -> String {
        key_text(&self.key)
    }

    /// The tooltip: title and key.
    pub fn tooltip(&self) -> String {
        self.tooltip_as(self.title)
    }

    /// The same with another title.
    pub fn tooltip_as(&self, title: &str) -> String {
        format!("{title}  ·  {}", self.key_text())
    }
}

fn key_text(shortcut: &KeyboardShortcut) -> String {
    let mut text = String::new();
    if shortcut.modifiers.command || shortcut.modifiers.ctrl {
        text.push_str("Ctrl+");
    }
    if shortcut.modifiers.shift {
        text.push_str("Shift+");
    }
    if shortcut.modifiers.alt {
        text.push_str("Alt+");
    }
    let name = match shortcut.logical_key {
        Key::Period => ".",
        Key::Comma => ",",
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::Backslash => "\\",
        Key::Plus => "+",
        Key::Minus => "−",
        Key::Num0 => "0",
        key => key.name(),
    };
    text.push_str(name);
    text
}

/// The actions whose keys were pressed in this frame; keys are left alone while text is typed.
pub fn pressed(ctx: &Context) -> Vec<ActionId> {
    let typing = ctx.text_edit_focused();
    ctx.input_mut(|input| {
        let mut found = Vec::new();
        // What asks for more modifiers goes first, because a shortcut ignores extra ones.
        for with_modifiers in [2, 1, 0] {
            for entry in ACTIONS {
                for shortcut in [Some(entry.key), entry.other].into_iter().flatten() {
                    let modifiers = shortcut.modifiers;
                    let count = usize::from(modifiers.command) + usize::from(modifiers.shift);
                    let function = is_function(shortcut.logical_key);
                    let editing = matches!(entry.id, ActionId::Undo | ActionId::Redo);
                    let allowed = !typing || function || (modifiers.command && !editing);
                    if count == with_modifiers && allowed && consume(input, &shortcut) {
                        found.push(entry.id);
                    }
                }
            }
        }
        found.dedup();
        found
    })
}

/// Keys that never are text.
fn is_function(key: Key) -> bool {
    matches!(key, Key::F1 | Key::F5 | Key::F10 | Key::F11)
}

fn is_digit(key: Key) -> bool {
    (Key::Num0..=Key::Num9).contains(&key)
}

/// Takes a shortcut out of the input; true when it was there.
///
/// Shift turns a digit into another sign on most keyboards, so that the key itself counts then.
fn consume(input: &mut InputState, shortcut: &KeyboardShortcut) -> bool {
    let wanted = shortcut.logical_key;
    if !(is_digit(wanted) && shortcut.modifiers.shift) {
        return input.consume_shortcut(shortcut);
    }
    let mut found = false;
    input.events.retain(|event| {
        let hit = matches!(
            event,
            Event::Key { key, physical_key, pressed: true, modifiers, .. }
                if (*key == wanted || *physical_key == Some(wanted))
                    && modifiers.matches_exact(shortcut.modifiers)
        );
        found |= hit;
        !hit
    });
    found
}
