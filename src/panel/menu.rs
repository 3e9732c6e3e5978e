//! The menu: every line of the table of actions, under its heading, with its key.

use bevy_egui::egui;
use egui::{ScrollArea, Ui};

use super::actions::{ACTIONS, ActionEntry, ActionId, Group};
use super::dock::Pane;
use super::sheets::command;
use super::state::Interface;
use super::{Frame, Requests, layout, widgets};

/// Width of the sheet when all its columns fit.
pub const WIDTH: f32 = 940.0;
/// The least width of a column.
const COLUMN: f32 = 220.0;

/// The headings of each column, by how many columns there is room for.
const COLUMNS: [&[&[Group]]; 3] = [
    &[&[
        Group::Files,
        Group::Run,
        Group::Picture,
        Group::Hands,
        Group::Window,
        Group::Bookmarks,
        Group::Help,
    ]],
    &[
        &[Group::Files, Group::Picture, Group::Hands, Group::Bookmarks],
        &[Group::Run, Group::Window, Group::Help],
    ],
    &[
        &[Group::Files, Group::Picture, Group::Help],
        &[Group::Run, Group::Hands],
        &[Group::Window, Group::Bookmarks],
    ],
];

/// Draws the menu, and does what is chosen.
pub fn menu(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
    height: f32,
) {
    let fit = (ui.available_width() / COLUMN).floor().clamp(1.0, 3.0) as usize;
    let mut chosen = None;
    ScrollArea::vertical()
        .max_height(height.max(40.0))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 28.0;
            ui.columns(fit, |columns| {
                for (ui, groups) in columns.iter_mut().zip(COLUMNS[fit - 1]) {
                    ui.spacing_mut().item_spacing = egui::vec2(8.0, 0.0);
                    for &group in *groups {
                        chosen = heading(ui, interface, group).or(chosen);
                    }
                }
            });
        });
    if let Some(id) = chosen {
        interface.sheet = None;
        layout::perform(id, interface, frame, requests);
    }
}

fn heading(ui: &mut Ui, interface: &Interface, group: Group) -> Option<ActionId> {
    let title = Group::ALL.iter().find(|(one, _)| *one == group)?.1;
    ui.add_space(4.0);
    widgets::panel_title(ui, title);
    ui.add_space(2.0);
    let mut chosen = None;
    for entry in ACTIONS.iter().filter(|entry| entry.group == group) {
        if shown(interface, entry) && command(ui, entry, lit(interface, entry), true) {
            chosen = Some(entry.id);
        }
    }
    ui.add_space(8.0);
    chosen
}

/// Of the bookmarks only those that are there, and the next one to be set, take a line.
fn shown(interface: &Interface, entry: &ActionEntry) -> bool {
    let count = interface.bookmarks.len();
    match entry.id {
        ActionId::Bookmark(number) => usize::from(number) <= count,
        ActionId::SetBookmark(number) => usize::from(number) <= count + 1,
        // The menu is open already.
        ActionId::Menu => false,
        _ => true,
    }
}

/// Whether what the action switches is on.
fn lit(interface: &Interface, entry: &ActionEntry) -> bool {
    Pane::ALL
        .into_iter()
        .any(|pane| pane.action() == Some(entry.id) && interface.dock.is_open(pane))
}
