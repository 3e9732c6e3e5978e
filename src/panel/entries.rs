//! What a line of the table of actions says, and how it is written down.

use bevy_egui::egui;
use egui::{Key, KeyboardShortcut, Modifiers};
use egui_phosphor::regular as icons;

use super::actions::ActionId;

/// Under which heading the menu and the help sheet list an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Run,
    Picture,
    Hands,
    Files,
    Window,
    Bookmarks,
    Help,
}

impl Group {
    /// All groups, with their headings.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Files, "File"),
        (Self::Run, "Run"),
        (Self::Picture, "Picture"),
        (Self::Hands, "Hands on the picture"),
        (Self::Window, "Window"),
        (Self::Bookmarks, "Bookmarks"),
        (Self::Help, "Help"),
    ];
}

/// One line of the table.
#[derive(Debug)]
pub struct ActionEntry {
    pub id: ActionId,
    pub title: &'static str,
    pub icon: &'static str,
    pub group: Group,
    /// The key that does it.
    pub key: KeyboardShortcut,
    /// A second key.
    pub other: Option<KeyboardShortcut>,
}

/// A line with one key.
pub const fn entry(
    id: ActionId,
    group: Group,
    title: &'static str,
    icon: &'static str,
    modifiers: Modifiers,
    key: Key,
) -> ActionEntry {
    ActionEntry {
        id,
        title,
        icon,
        group,
        key: KeyboardShortcut::new(modifiers, key),
        other: None,
    }
}

/// The line with a second key.
pub const fn also(entry: ActionEntry, modifiers: Modifiers, key: Key) -> ActionEntry {
    ActionEntry {
        other: Some(KeyboardShortcut::new(modifiers, key)),
        ..entry
    }
}

/// A tool, or what the hand can do.
pub const fn hand(id: ActionId, title: &'static str, icon: &'static str, key: Key) -> ActionEntry {
    entry(id, Group::Hands, title, icon, NONE, key)
}

pub const NONE: Modifiers = Modifiers::NONE;
pub const CTRL: Modifiers = Modifiers::COMMAND;
pub const SHIFT: Modifiers = Modifiers::SHIFT;
pub const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

const NUMBERS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

/// The line that goes to a bookmark.
pub const fn jump(number: u8, title: &'static str) -> ActionEntry {
    let key = NUMBERS[number as usize - 1];
    let id = ActionId::Bookmark(number);
    entry(
        id,
        Group::Bookmarks,
        title,
        icons::BOOKMARK_SIMPLE,
        NONE,
        key,
    )
}

/// The line that sets a bookmark.
pub const fn keep(number: u8, title: &'static str) -> ActionEntry {
    let key = NUMBERS[number as usize - 1];
    let id = ActionId::SetBookmark(number);
    let icon = icons::BOOKMARKS_SIMPLE;
    entry(id, Group::Bookmarks, title, icon, CTRL_SHIFT, key)
}
