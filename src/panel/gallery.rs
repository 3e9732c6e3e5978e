//! The wall of scenes: a picture and a title each, one line on the picture that is pointed at.

use std::collections::BTreeMap;

use bevy_egui::egui;
use egui::{
    Align2, Image, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icons;

use super::actions::ActionId;
use super::sheets::{nothing, query};
use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{Frame, Request, Requests, SceneEntry, layout, widgets};

/// A picture and the gaps around it, in points.
const PICTURE: egui::Vec2 = vec2(224.0, 140.0);
const TITLE: f32 = 26.0;
const GAP: f32 = 12.0;
/// The most tags to choose from: those that most scenes have.
const MOST_TAGS: usize = 12;
/// The most scenes that were open before.
const MOST_RECENT: usize = 4;

/// What is sought on the wall, and where it stands: kept until the next visit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wall {
    pub search: String,
    /// Only scenes with this tag are shown.
    pub tag: Option<String>,
    /// How far the wall is scrolled, in points.
    pub scroll: f32,
    pub(super) chosen: usize,
    /// True once the wall stands where the last visit has left it.
    placed: bool,
}

/// Width of the sheet in a window of some width: two to five pictures in a row.
pub fn width(window: f32) -> f32 {
    let columns = ((window * 0.72) / (PICTURE.x + GAP))
        .floor()
        .clamp(2.0, 5.0);
    columns * PICTURE.x + (columns - 1.0) * GAP + 32.0 + theme::PADDING
}

/// Draws the wall and the buttons below it.
pub fn gallery(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
    height: f32,
) {
    let entries = frame.surroundings.scenes;
    let found = matching(entries, &interface.wall);
    let columns = ((ui.available_width() - theme::PADDING + GAP) / (PICTURE.x + GAP))
        .floor()
        .max(1.0);
    let wall = &mut interface.wall;
    let before = wall.chosen;
    let rows = rows(entries, &found, columns as usize);
    let lengths: Vec<usize> = rows.iter().map(|row| row.scenes.len()).collect();
    let hint = "Find a scene";
    let entered = query(ui, &mut wall.search, &mut wall.chosen, hint, &lengths);
    let moved = wall.chosen != before;
    if tags(ui, entries, &mut wall.tag) {
        wall.chosen = 0;
    }
    let mut open = recent(ui, frame);
    let room = ui.available_width() - theme::PADDING;
    let width = ((room - (columns - 1.0) * GAP) / columns).max(1.0);
    let spent = ui.min_rect().height() + 48.0;
    let mut area = ScrollArea::vertical().max_height((height - spent).max(40.0));
    if !std::mem::replace(&mut wall.placed, true) && wall.scroll.is_finite() {
        area = area.vertical_scroll_offset(wall.scroll.max(0.0));
    }
    let chosen = wall.chosen;
    let output = area.show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, 8.0);
        ui.set_min_width(room);
        let mut place = 0;
        for row in &rows {
            if let Some(chapter) = row.heading {
                heading(ui, chapter, place > 0);
            }
            ui.horizontal(|ui| {
                for &index in row.scenes {
                    let chosen = place == chosen;
                    place += 1;
                    let response = card(ui, &entries[index], index, chosen, width);
                    if chosen && moved {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() || (chosen && entered) {
                        open = Some(Request::OpenScene(index));
                    }
                }
            });
        }
        nothing(ui, found.is_empty(), "There is no such scene.");
    });
    interface.wall.scroll = output.state.offset.y;
    widgets::hairline(ui);
    ui.horizontal(|ui| {
        if widgets::text_button(ui, "Open a file…", false).clicked() {
            open = Some(Request::OpenFile);
        }
        if widgets::text_button(ui, "Save as…", false).clicked() {
            layout::perform(ActionId::SaveScene, interface, frame, requests);
            interface.sheet = None;
        }
        let hint = "or drop a scene, a run, a still or a film onto the window";
        let hint = RichText::new(hint).font(theme::body(size::SMALL));
        ui.add(egui::Label::new(hint.color(Palette::of(ui).secondary)).truncate());
    });
    if let Some(request) = open {
        requests.push(request);
        interface.sheet = None;
    }
}

/// A row of the wall.
struct Row<'a> {
    /// The chapter that begins with it.
    heading: Option<&'a str>,
    /// Indices of its scenes.
    scenes: &'a [usize],
}

/// The scenes in rows of so many, a new row for every chapter.
fn rows<'a>(entries: &'a [SceneEntry], found: &'a [usize], columns: usize) -> Vec<Row<'a>> {
    let chapter = |index: &usize| entries[*index].chapter.as_str();
    let mut rows = Vec::new();
    for scenes in found.chunk_by(|a, b| chapter(a) == chapter(b)) {
        for (number, scenes) in scenes.chunks(columns.max(1)).enumerate() {
            let begins = number == 0 && !chapter(&scenes[0]).is_empty();
            rows.push(Row {
                heading: begins.then(|| chapter(&scenes[0])),
                scenes,
            });
        }
    }
    rows
}

/// The title of a chapter above its scenes.
fn heading(ui: &mut Ui, chapter: &str, apart: bool) {
    if apart {
        ui.add_space(8.0);
    }
    let colour = Palette::of(ui).text;
    ui.label(
        RichText::new(chapter)
            .font(theme::body(size::TITLE))
            .color(colour),
    );
}

/// A word that can be switched on; true when it was clicked.
fn chip(ui: &mut Ui, icon: &str, text: &str, on: bool) -> egui::Response {
    let palette = Palette::of(ui);
    let text = match icon {
        "" => text.to_owned(),
        icon => format!("{icon}  {text}"),
    };
    let galley = widgets::fitted(
        ui,
        &text,
        theme::body(size::SMALL),
        egui::Color32::PLACEHOLDER,
        220.0,
    );
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(18.0, 8.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, on, &text));
    let hot = response.hovered() || response.has_focus();
    let (fill, ink) = match (on, hot) {
        (true, _) => (palette.accent, palette.on_accent),
        (false, true) => (palette.hairline, palette.text),
        (false, false) => (palette.raised, palette.text),
    };
    ui.painter().rect_filled(rect, 0.5 * rect.height(), fill);
    ui.painter().galley(rect.min + vec2(9.0, 4.0), galley, ink);
    response
}

/// The tags by which the wall is sorted; true when another one was chosen.
fn tags(ui: &mut Ui, entries: &[SceneEntry], chosen: &mut Option<String>) -> bool {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in entries.iter().flat_map(|entry| &entry.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    if counts.is_empty() {
        return false;
    }
    let mut tags: Vec<(&str, usize)> = counts.into_iter().collect();
    // The commonest first; the sort is stable, so that equals stay in the order of the alphabet.
    tags.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    tags.truncate(MOST_TAGS);
    let before = chosen.clone();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        if chip(ui, "", "all", chosen.is_none()).clicked() {
            *chosen = None;
        }
        for (tag, count) in tags {
            let on = chosen.as_deref() == Some(tag);
            let scenes = if count == 1 { "scene" } else { "scenes" };
            let tip = format!("{count} {scenes}");
            if chip(ui, "", tag, on).on_hover_text(tip).clicked() {
                *chosen = (!on).then(|| tag.to_owned());
            }
        }
    });
    ui.add_space(4.0);
    before != *chosen
}

/// The scenes that were open before.
fn recent(ui: &mut Ui, frame: &Frame) -> Option<Request> {
    let recent = frame.surroundings.recent;
    if recent.is_empty() {
        return None;
    }
    let mut open = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for (index, one) in recent.iter().take(MOST_RECENT).enumerate() {
            let icon = icons::CLOCK_COUNTER_CLOCKWISE;
            let response = chip(ui, icon, &one.title, false);
            if response.on_hover_text(&one.place).clicked() {
                open = Some(Request::OpenRecent(index));
            }
        }
    });
    ui.add_space(4.0);
    open
}

/// The scenes whose title, line or tags have what is searched for, and the tag that is chosen.
fn matching(entries: &[SceneEntry], wall: &Wall) -> Vec<usize> {
    // A tag that no scene has any more, from an earlier version, hides nothing.
    let tag = wall
        .tag
        .as_ref()
        .filter(|tag| entries.iter().any(|entry| entry.tags.contains(tag)));
    let found = |entry: &SceneEntry| {
        let mut texts = vec![entry.title.as_str(), entry.summary.as_str()];
        texts.extend(entry.tags.iter().map(String::as_str));
        super::parameters::matches(&wall.search, &texts)
            && tag.is_none_or(|tag| entry.tags.contains(tag))
    };
    entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| found(entry))
        .map(|(index, _)| index)
        .collect()
}

/// One scene.
fn card(ui: &mut Ui, entry: &SceneEntry, index: usize, chosen: bool, width: f32) -> egui::Response {
    let palette = Palette::of(ui);
    let picture = vec2(width, width * PICTURE.y / PICTURE.x);
    let (rect, _) = ui.allocate_exact_size(picture + vec2(0.0, TITLE), Sense::hover());
    let response = ui.interact(rect, ui.id().with(("scene", index)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, chosen, &entry.title));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let ground = Rect::from_min_size(rect.min, picture);
    let painter = ui.painter();
    painter.rect_filled(ground, theme::CORNER, palette.raised);
    if let Some(texture) = entry.thumbnail {
        Image::from_texture((texture, picture))
            .corner_radius(theme::CORNER)
            .paint_at(ui, ground);
    }
    let lit = chosen || response.hovered();
    if lit && !entry.summary.is_empty() {
        caption(ui, entry, ground);
    }
    if lit {
        let stroke = Stroke::new(1.5, palette.accent);
        ui.painter()
            .rect_stroke(ground, theme::CORNER, stroke, StrokeKind::Inside);
    }
    let ink = if lit { palette.text } else { palette.secondary };
    let galley = widgets::fitted(ui, &entry.title, theme::body(size::BODY), ink, width);
    let at = pos2(rect.left() + 2.0, ground.bottom() + 0.5 * TITLE);
    let place = Align2::LEFT_CENTER.anchor_size(at, galley.size());
    ui.painter().galley(place.min, galley, ink);
    response
}

/// The line of a scene over the lower part of its picture.
fn caption(ui: &Ui, entry: &SceneEntry, ground: Rect) {
    let palette = Palette::of(ui);
    let mut job = egui::text::LayoutJob::simple(
        entry.summary.clone(),
        theme::body(size::SMALL),
        palette.text,
        (ground.width() - 20.0).max(1.0),
    );
    job.wrap.max_rows = 4;
    let galley = ui.painter().layout_job(job);
    let height = (galley.size().y + 14.0).min(ground.height());
    let strip = Rect::from_min_max(pos2(ground.left(), ground.bottom() - height), ground.max);
    let corner = egui::CornerRadius {
        sw: theme::CORNER,
        se: theme::CORNER,
        ..egui::CornerRadius::ZERO
    };
    ui.painter()
        .rect_filled(strip, corner, palette.panel.gamma_multiply(0.93));
    ui.painter()
        .galley(strip.min + vec2(10.0, 7.0), galley, palette.text);
}
