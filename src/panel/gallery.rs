//! The wall of scenes: a picture and a title each, one line and the tags on hover.

use bevy_egui::egui;
use egui::{
    Align2, Image, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2,
    vec2,
};

use super::actions::ActionId;
use super::sheets::{nothing, query};
use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{Frame, Request, Requests, SceneEntry, layout, widgets};

/// Width of the sheet, which holds three pictures in a row.
pub const WIDTH: f32 = 752.0;
/// A picture and the gaps around it, in points.
const PICTURE: egui::Vec2 = vec2(224.0, 140.0);
const TITLE: f32 = 26.0;
const GAP: f32 = 12.0;

/// Draws the wall and the buttons below it.
pub fn gallery(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
    height: f32,
) {
    let entries = frame.surroundings.scenes;
    let found = matching(entries, &interface.query);
    let entered = query(ui, interface, "Find a scene", found.len());
    let mut open = None;
    let columns = ((ui.available_width() + GAP) / (PICTURE.x + GAP))
        .floor()
        .max(1.0);
    let width = (ui.available_width() - (columns - 1.0) * GAP) / columns;
    ScrollArea::vertical()
        .max_height((height - 96.0).max(40.0))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, 8.0);
            for (row, indices) in found.chunks(columns as usize).enumerate() {
                ui.horizontal(|ui| {
                    for (column, &index) in indices.iter().enumerate() {
                        let chosen = row * columns as usize + column == interface.chosen;
                        if card(ui, &entries[index], index, chosen, width) || (chosen && entered) {
                            open = Some(Request::OpenScene(index));
                        }
                    }
                });
            }
            nothing(ui, found.is_empty(), "There is no such scene.");
        });
    widgets::hairline(ui);
    ui.horizontal(|ui| {
        if widgets::text_button(ui, "Open a file…", false).clicked() {
            open = Some(Request::OpenFile);
        }
        if widgets::text_button(ui, "Save as…", false).clicked() {
            layout::perform(ActionId::SaveScene, interface, frame, requests);
            interface.sheet = None;
        }
    });
    if let Some(request) = open {
        requests.push(request);
        interface.sheet = None;
    }
}

/// The scenes whose title, line or tags have what is searched for.
fn matching(entries: &[SceneEntry], search: &str) -> Vec<usize> {
    let found = |entry: &SceneEntry| {
        let mut texts = vec![entry.title.as_str(), entry.summary.as_str()];
        texts.extend(entry.tags.iter().map(String::as_str));
        super::parameters::matches(search, &texts)
    };
    entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| found(entry))
        .map(|(index, _)| index)
        .collect()
}

/// One scene; true when it was clicked.
fn card(ui: &mut Ui, entry: &SceneEntry, index: usize, chosen: bool, width: f32) -> bool {
    let palette = Palette::of(ui);
    let picture = vec2(width, width * PICTURE.y / PICTURE.x);
    let (rect, _) = ui.allocate_exact_size(picture + vec2(0.0, TITLE), Sense::hover());
    let response = ui.interact(rect, ui.id().with(("scene", index)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, chosen, &entry.title));
    let ground = Rect::from_min_size(rect.min, picture);
    let painter = ui.painter();
    painter.rect_filled(ground, theme::CORNER, palette.raised);
    if let Some(texture) = entry.thumbnail {
        Image::from_texture((texture, picture))
            .corner_radius(theme::CORNER)
            .paint_at(ui, ground);
    }
    if chosen || response.hovered() {
        let stroke = Stroke::new(1.5, palette.accent);
        ui.painter()
            .rect_stroke(ground, theme::CORNER, stroke, StrokeKind::Inside);
    }
    let ink = if chosen || response.hovered() {
        palette.text
    } else {
        palette.secondary
    };
    let galley = widgets::fitted(ui, &entry.title, theme::body(size::BODY), ink, width);
    let at = pos2(rect.left() + 2.0, ground.bottom() + 0.5 * TITLE);
    let place = Align2::LEFT_CENTER.anchor_size(at, galley.size());
    ui.painter().galley(place.min, galley, ink);
    let tags = entry.tags.join(" · ");
    response
        .on_hover_text(format!("{}\n{tags}", entry.summary))
        .clicked()
}
