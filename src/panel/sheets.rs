//! What lies over the window for a moment: help, menu, command palette, the wall of scenes.

use bevy_egui::egui;
use egui::{
    Align, Align2, Area, Context, Id, Key, Label, Layout, Order, Rect, RichText, ScrollArea, Sense,
    TextEdit, Ui, UiBuilder, WidgetInfo, WidgetType, vec2,
};

use super::actions::{ACTIONS, ActionEntry, ActionId, Group};
use super::fuzzy::fuzzy;
use super::state::{Interface, Sheet};
use super::theme::{self, Palette, size};
use super::{Frame, Requests, gallery, layout, menu, widgets};

/// Draws the sheet that is open, if any.
pub fn sheets(ctx: &Context, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    let Some(sheet) = interface.sheet else { return };
    if ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape)) {
        interface.sheet = None;
        return;
    }
    let screen = ctx.content_rect();
    let room = vec2(
        (screen.width() - 32.0).max(40.0),
        (screen.height() - 80.0).max(40.0),
    );
    let (anchor, offset, width) = match sheet {
        Sheet::Help => (Align2::CENTER_CENTER, vec2(0.0, 0.0), 760.0),
        Sheet::Palette => (Align2::CENTER_TOP, vec2(0.0, 72.0), 520.0),
        Sheet::Scenes => (
            Align2::LEFT_TOP,
            vec2(12.0, theme::BAR + 6.0),
            gallery::width(screen.width()),
        ),
        Sheet::Menu => (Align2::LEFT_TOP, vec2(12.0, theme::BAR + 6.0), menu::WIDTH),
    };
    let width = f32::min(width, room.x);
    let mut area = Area::new(Id::new(("sheet", sheet as u8)))
        .order(Order::Foreground)
        .constrain(true);
    area = area.anchor(anchor, offset).default_size(room);
    let response = area.show(ctx, |ui| {
        widgets::sheet_frame(ui).show(ui, |ui| {
            ui.set_width((width - 32.0).max(20.0));
            let height = room.y - 32.0;
            match sheet {
                Sheet::Help => help(ui, height),
                Sheet::Palette => palette(ui, interface, frame, requests, height.min(420.0)),
                Sheet::Scenes => gallery::gallery(ui, interface, frame, requests, height),
                Sheet::Menu => menu::menu(ui, interface, frame, requests, height),
            }
        });
    });
    let pressed = ctx.input(|input| {
        input
            .pointer
            .any_pressed()
            .then(|| input.pointer.interact_pos())
            .flatten()
    });
    if pressed.is_some_and(|at| !response.response.rect.contains(at))
        && interface.sheet == Some(sheet)
    {
        // The button that opens a sheet closes it as well, and must not open it again.
        let of_bar = matches!(sheet, Sheet::Scenes | Sheet::Menu);
        let button = of_bar && pressed.is_some_and(|at| at.y < theme::BAR);
        if !button {
            interface.sheet = None;
        }
    }
}

fn help(ui: &mut Ui, height: f32) {
    let palette = Palette::of(ui);
    ui.label(
        RichText::new("Keys")
            .font(theme::strong(size::LARGE))
            .color(palette.text),
    );
    ui.add_space(4.0);
    ScrollArea::vertical().max_height((height - 40.0).max(40.0)).show(ui, |ui| {
        let columns = if ui.available_width() > 560.0 { 2 } else { 1 };
        ui.spacing_mut().item_spacing.x = 32.0;
        ui.columns(columns, |columns| {
            let count = columns.len();
            for (index, (group, title)) in Group::ALL.into_iter().enumerate() {
                let ui = &mut columns[index % count];
                ui.spacing_mut().item_spacing.x = 8.0;
                ui.add_space(6.0);
                widgets::panel_title(ui, title);
                for entry in ACTIONS.iter().filter(|entry| entry.group == group) {
                    match entry.id {
                        // The nine bookmarks take one line for all.
                        ActionId::Bookmark(1) | ActionId::SetBookmark(1) => {
                            let title = entry.title.trim_end_matches(" 1");
                            let keys = format!("{} to 9", entry.key_text());
                            line(ui, entry.icon, title, &keys);
                        }
                        ActionId::Bookmark(_) | ActionId::SetBookmark(_) => {}
                        _ => {
                            command(ui, entry, false, false);
                        }
                    }
                }
                if group == Group::Hands {
                    for (title, keys) in [
                        ("Size of the brush", "Alt+wheel"),
                        ("Move the picture with any tool", "right drag"),
                        ("Level or upright wall", "Shift"),
                        ("Wall of several pieces", "clicks, Enter"),
                        ("Leave off, back to the hand", "Escape"),
                    ] {
                        line(ui, "", title, keys);
                    }
                }
                if group == Group::Picture {
                    for (title, keys) in [
                        ("Move the picture", "drag"),
                        ("Zoom where the pointer is", "wheel"),
                        ("Frame the whole box", "double click"),
                    ] {
                        line(ui, "", title, keys);
                    }
                }
            }
        });
        ui.add_space(12.0);
        let text = "A loop marks what starts the run anew. A dot marks what differs from the scene as it was \
                    opened: click it to go back. A hollow dot beside a number says that it is not stationary yet.";
        ui.add(Label::new(RichText::new(text).font(theme::body(size::BODY)).color(palette.secondary)).wrap());
    });
}

fn line(ui: &mut Ui, icon: &str, title: &str, keys: &str) {
    let palette = Palette::of(ui);
    let width = ui.available_width();
    ui.allocate_ui_with_layout(
        vec2(width, 22.0),
        Layout::left_to_right(Align::Center),
        |ui| {
            ui.set_min_width(width);
            let (spot, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
            let middle = spot.center();
            ui.painter().text(
                middle,
                Align2::CENTER_CENTER,
                icon,
                theme::icon(14.0),
                palette.secondary,
            );
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(
                    RichText::new(keys)
                        .font(theme::body(size::SMALL))
                        .color(palette.secondary),
                );
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    widgets::line(ui, title, theme::body(size::BODY), palette.text);
                });
            });
        },
    );
}

/// A line of the table; true when it was chosen.
pub(super) fn command(ui: &mut Ui, entry: &ActionEntry, chosen: bool, clickable: bool) -> bool {
    let width = ui.available_width();
    let place = ui.cursor().min;
    let rect = Rect::from_min_size(place, vec2(width, if clickable { 28.0 } else { 22.0 }));
    let mut clicked = false;
    if clickable {
        let response = ui.interact(rect, ui.id().with(entry.title), Sense::click());
        response
            .widget_info(|| WidgetInfo::selected(WidgetType::Button, true, chosen, entry.title));
        if chosen || response.hovered() {
            ui.painter().rect_filled(
                rect.expand2(vec2(6.0, 0.0)),
                theme::CORNER,
                Palette::of(ui).raised,
            );
        }
        clicked = response.clicked();
    }
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        line(ui, entry.icon, entry.title, &entry.key_text())
    });
    ui.advance_cursor_after_rect(rect);
    clicked
}

/// The field in which is searched, and which of the found things is chosen; true on Enter.
///
/// Up and down go through rows of `columns`; left and right through a row while nothing is typed.
pub(super) fn query(
    ui: &mut Ui,
    text: &mut String,
    chosen: &mut usize,
    hint: &str,
    rows: &[usize],
) -> bool {
    let palette = Palette::of(ui);
    let columns = rows.iter().max().copied().unwrap_or(0);
    let (down, along) = ui.input_mut(|input| {
        let mut pressed = |key| input.count_and_consume_key(egui::Modifiers::NONE, key) as i64;
        let down = pressed(Key::ArrowDown) - pressed(Key::ArrowUp);
        // In a text the arrows move the caret.
        let along = if columns > 1 && text.is_empty() {
            pressed(Key::ArrowRight) - pressed(Key::ArrowLeft)
        } else {
            0
        };
        (down, along)
    });
    let edit = TextEdit::singleline(text)
        .id(Id::new("sheet query"))
        .hint_text(RichText::new(hint).color(palette.secondary))
        .font(theme::body(size::TITLE))
        .desired_width(f32::INFINITY)
        .char_limit(100)
        .frame(egui::Frame::NONE.inner_margin(egui::Margin::symmetric(0, 4)));
    let response = ui.add(edit);
    if response.changed() {
        *chosen = 0;
    }
    *chosen = step_in(rows, *chosen, down, along);
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    response.request_focus();
    widgets::hairline(ui);
    entered
}

/// The place after some steps down and along in rows of such lengths, counted through all of them.
fn step_in(rows: &[usize], chosen: usize, down: i64, along: i64) -> usize {
    let found: usize = rows.iter().sum();
    let Some(last) = found.checked_sub(1) else {
        return 0;
    };
    let start = |row: usize| rows[..row].iter().sum::<usize>();
    let mut at = chosen.min(last);
    if down != 0 {
        let row = (0..rows.len())
            .rfind(|&row| start(row) <= at && rows[row] > 0)
            .unwrap_or(0);
        let to = (row as i64 + down).clamp(0, rows.len() as i64 - 1) as usize;
        let column = at - start(row);
        at = start(to) + column.min(rows[to].saturating_sub(1));
    }
    (at as i64 + along).clamp(0, last as i64) as usize
}

fn palette(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
    height: f32,
) {
    let mut found: Vec<(i32, &ActionEntry)> = ACTIONS
        .iter()
        .filter_map(|entry| Some((fuzzy(&interface.query, entry.title)?, entry)))
        .collect();
    found.sort_by_key(|(score, _)| -score);
    let hint = "Type a command";
    let rows = vec![1; found.len()];
    let entered = query(ui, &mut interface.query, &mut interface.chosen, hint, &rows);
    let mut act = None;
    ScrollArea::vertical()
        .max_height((height - 40.0).max(40.0))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, (_, entry)) in found.iter().enumerate() {
                let chosen = index == interface.chosen;
                if command(ui, entry, chosen, true) || (chosen && entered) {
                    act = Some(entry.id);
                }
            }
            nothing(ui, found.is_empty(), "No command has these letters.");
        });
    if let Some(id) = act {
        interface.sheet = None;
        layout::perform(id, interface, frame, requests);
    }
}

pub(super) fn nothing(ui: &mut Ui, empty: bool, text: &str) {
    if empty {
        ui.add_space(8.0);
        let colour = Palette::of(ui).secondary;
        ui.label(RichText::new(text).color(colour));
    }
}
