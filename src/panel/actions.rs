//! Everything that a hand can do, once: behind keys, buttons, tooltips, the help sheet and the palette.

use bevy_egui::egui;
use egui::{Context, Key, KeyboardShortcut, Modifiers};
use egui_phosphor::regular as icons;

/// Something a user can ask for without an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionId {
    PlayPause,
    Step,
    Restart,
    NewSeed,
    Faster,
    Slower,
    FullSpeed,
    Undo,
    Redo,
    ClearAverages,
    FrameAll,
    ZoomIn,
    ZoomOut,
    NextColouring,
    ToolHand,
    ToolPush,
    ToolAlign,
    ToolHeat,
    ToolAdd,
    ToolRemove,
    ToolWall,
    ToolErase,
    FollowParticle,
    NextParticle,
    PreviousParticle,
    Scenes,
    OpenFile,
    SaveScene,
    ExportTable,
    Film,
    Still,
    HidePanels,
    Parameters,
    Plots,
    ChangeTheme,
    Fullscreen,
    Palette,
    Help,
    Quit,
}

/// Under which heading the help sheet lists an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Run,
    Picture,
    Hands,
    Files,
    Window,
}

impl Group {
    /// All groups, with their headings.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Run, "Run"),
        (Self::Picture, "Picture"),
        (Self::Hands, "Hands on the picture"),
        (Self::Files, "Scenes and files"),
        (Self::Window, "Window"),
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

const fn entry(
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

const fn also(entry: ActionEntry, modifiers: Modifiers, key: Key) -> ActionEntry {
    ActionEntry {
        other: Some(KeyboardShortcut::new(modifiers, key)),
        ..entry
    }
}

/// A tool, or what the hand can do.
const fn hand(id: ActionId, title: &'static str, icon: &'static str, key: Key) -> ActionEntry {
    entry(id, Group::Hands, title, icon, NONE, key)
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// The table, in the order of the help sheet.
pub static ACTIONS: &[ActionEntry] = {
    use ActionId::*;
    use Group::{Files, Hands, Picture, Run, Window};
    &[
        entry(
            PlayPause,
            Run,
            "Play or pause",
            icons::PLAY,
            NONE,
            Key::Space,
        ),
        entry(
            Step,
            Run,
            "One step",
            icons::SKIP_FORWARD,
            NONE,
            Key::Period,
        ),
        entry(Restart, Run, "Restart", icons::SKIP_BACK, NONE, Key::R),
        entry(
            NewSeed,
            Run,
            "Restart with a new seed",
            icons::DICE_FIVE,
            NONE,
            Key::N,
        ),
        entry(
            Faster,
            Run,
            "Faster",
            icons::CARET_DOUBLE_UP,
            NONE,
            Key::CloseBracket,
        ),
        entry(
            Slower,
            Run,
            "Slower",
            icons::CARET_DOUBLE_DOWN,
            NONE,
            Key::OpenBracket,
        ),
        entry(
            FullSpeed,
            Run,
            "As fast as possible",
            icons::FAST_FORWARD,
            NONE,
            Key::Backslash,
        ),
        entry(Undo, Run, "Undo", icons::ARROW_U_UP_LEFT, CTRL, Key::Z),
        also(
            entry(
                Redo,
                Run,
                "Redo",
                icons::ARROW_U_UP_RIGHT,
                CTRL_SHIFT,
                Key::Z,
            ),
            CTRL,
            Key::Y,
        ),
        entry(
            ClearAverages,
            Run,
            "Start averages anew",
            icons::ERASER,
            NONE,
            Key::E,
        ),
        entry(
            FrameAll,
            Picture,
            "Frame the whole box",
            icons::CORNERS_OUT,
            NONE,
            Key::F,
        ),
        also(
            entry(
                ZoomIn,
                Picture,
                "Zoom in",
                icons::MAGNIFYING_GLASS_PLUS,
                NONE,
                Key::Plus,
            ),
            NONE,
            Key::Equals,
        ),
        entry(
            ZoomOut,
            Picture,
            "Zoom out",
            icons::MAGNIFYING_GLASS_MINUS,
            NONE,
            Key::Minus,
        ),
        entry(
            NextColouring,
            Picture,
            "Colour by the next quantity",
            icons::PALETTE,
            NONE,
            Key::C,
        ),
        hand(
            ToolHand,
            "Hand: move the picture, pick a particle",
            icons::HAND,
            Key::V,
        ),
        hand(
            ToolPush,
            "Push particles along",
            icons::HAND_SWIPE_RIGHT,
            Key::D,
        ),
        hand(ToolAlign, "Align headings", icons::NAVIGATION_ARROW, Key::L),
        hand(ToolHeat, "Heat: stir headings up", icons::FLAME, Key::U),
        hand(ToolAdd, "Add particles", icons::PLUS_CIRCLE, Key::A),
        hand(ToolRemove, "Remove particles", icons::MINUS_CIRCLE, Key::X),
        hand(ToolWall, "Draw walls", icons::LINE_SEGMENTS, Key::W),
        hand(ToolErase, "Rub walls out", icons::ERASER, Key::B),
        entry(
            FollowParticle,
            Hands,
            "Follow the inspected particle",
            icons::CROSSHAIR,
            SHIFT,
            Key::F,
        ),
        hand(
            NextParticle,
            "Inspect the next particle",
            icons::CARET_RIGHT,
            Key::J,
        ),
        hand(
            PreviousParticle,
            "Inspect the previous particle",
            icons::CARET_LEFT,
            Key::K,
        ),
        entry(Scenes, Files, "Choose a scene", icons::IMAGES, NONE, Key::G),
        entry(
            OpenFile,
            Files,
            "Open a scene file",
            icons::FOLDER_OPEN,
            CTRL,
            Key::O,
        ),
        entry(
            SaveScene,
            Files,
            "Save as a scene",
            icons::FLOPPY_DISK,
            CTRL,
            Key::S,
        ),
        entry(
            ExportTable,
            Files,
            "Export the measurements as CSV",
            icons::FILE_CSV,
            CTRL,
            Key::E,
        ),
        entry(
            Film,
            Files,
            "Start or stop a film",
            icons::RECORD,
            CTRL,
            Key::R,
        ),
        entry(
            Still,
            Files,
            "Save the picture",
            icons::CAMERA,
            NONE,
            Key::P,
        ),
        entry(
            HidePanels,
            Window,
            "Hide or show the panels",
            icons::EYE,
            NONE,
            Key::H,
        ),
        entry(
            Parameters,
            Window,
            "Parameters",
            icons::SLIDERS_HORIZONTAL,
            CTRL,
            Key::Num1,
        ),
        entry(Plots, Window, "Plots", icons::CHART_LINE, CTRL, Key::Num2),
        entry(
            ChangeTheme,
            Window,
            "Light or dark",
            icons::SUN,
            NONE,
            Key::T,
        ),
        entry(
            Fullscreen,
            Window,
            "Full screen",
            icons::ARROWS_OUT_SIMPLE,
            NONE,
            Key::F11,
        ),
        also(
            entry(
                Palette,
                Window,
                "All commands",
                icons::COMMAND,
                CTRL,
                Key::K,
            ),
            CTRL,
            Key::P,
        ),
        entry(
            Help,
            Window,
            "Keys and help",
            icons::QUESTION,
            NONE,
            Key::F1,
        ),
        entry(Quit, Window, "Quit", icons::SIGN_OUT, CTRL, Key::Q),
    ]
};

impl ActionId {
    /// The line of the table.
    pub fn entry(self) -> &'static ActionEntry {
        // Every action has a line; the first one stands in where a test would have failed.
        ACTIONS
            .iter()
            .find(|entry| entry.id == self)
            .unwrap_or(&ACTIONS[0])
    }
}

impl ActionEntry {
    /// The key in words, such as `Ctrl+Shift+Z`.
    pub fn key_text(&self) -> String {
        key_text(&self.key)
    }

    /// The tooltip: title and key.
    pub fn tooltip(&self) -> String {
        format!("{}  ·  {}", self.title, self.key_text())
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
    let name = match shortcut.logical_key {
        Key::Period => ".",
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::Backslash => "\\",
        Key::Plus => "+",
        Key::Minus => "−",
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
                    let function = matches!(shortcut.logical_key, Key::F1 | Key::F11);
                    let editing = matches!(entry.id, ActionId::Undo | ActionId::Redo);
                    let allowed = !typing || function || (modifiers.command && !editing);
                    if count == with_modifiers && allowed && input.consume_shortcut(&shortcut) {
                        found.push(entry.id);
                    }
                }
            }
        }
        found.dedup();
        found
    })
}
