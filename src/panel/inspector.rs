//! One particle, looked at closely: its columns, its neighbours, the forces on it, its own history.

use bevy_egui::egui;
use egui::{
    Align, Align2, Label, Layout, RichText, ScrollArea, Sense, Stroke, Ui, WidgetInfo, WidgetType,
    pos2, vec2,
};
use egui_phosphor::regular as icons;

use super::actions::ActionId;
use super::history::history;
use super::state::Interface;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::{Frame, Request, Requests, Weight, numbers, widgets};
use crate::sim::Snapshot;
use crate::sim::driver::Command;
use crate::sim::inspect::{Inspection, Pick, Reading};

/// Neighbours that are listed.
const LISTED: usize = 12;
const LINE: f32 = 22.0;

impl Interface {
    /// Where the camera is to be, while it follows the particle that is inspected.
    pub fn followed(&self, snapshot: &Snapshot) -> Option<[f64; 2]> {
        let inspection = snapshot.hand.inspection.as_ref()?;
        let sound = !inspection.gone && inspection.place.iter().all(|part| part.is_finite());
        (self.hand.following && sound).then_some(inspection.place)
    }
}

/// Lets the camera follow the inspected particle, or no longer.
pub(super) fn follow(interface: &mut Interface, frame: &Frame) {
    let inspection = frame.snapshot.hand.inspection.as_ref();
    if inspection.is_some_and(|inspection| !inspection.gone) {
        interface.hand.following = !interface.hand.following;
    } else {
        let text = "Click a particle with the hand first: it is the one to follow.";
        interface.tell(Weight::Fault, text);
    }
}

/// Draws the panel.
pub fn inspector(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    ui.add_space(10.0);
    let secondary = Palette::of(ui).secondary;
    let Some(inspection) = frame.snapshot.hand.inspection.clone() else {
        widgets::panel_head(ui, "Particle", |_| {});
        let text = RichText::new("Click a particle in the picture to look at it closely.");
        ui.add(Label::new(text.color(secondary)).wrap());
        return;
    };
    head(ui, interface, frame, &inspection, requests);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_max_width((ui.available_width() - theme::PADDING).max(1.0));
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(6.0);
        if inspection.gone {
            let text = RichText::new(
                "This particle has been removed. Its last values stay here until another one is picked.",
            );
            ui.add(Label::new(text.color(Palette::of(ui).fault)).wrap());
            ui.add_space(6.0);
        }
        let units = frame.snapshot.scene.model.units;
        value_line(ui, "Moved since it was picked", inspection.moved, units.length);
        value_line(ui, "Time since then", inspection.since, units.time);
        columns(ui, interface, &inspection);
        history(ui, interface, &inspection, units.time);
        terms(ui, &inspection);
        neighbours(ui, &inspection, units.length, requests);
    });
}

fn head(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    inspection: &Inspection,
    requests: &mut Requests,
) {
    let title = format!("Particle {}", numbers::grouped(u64::from(inspection.tag)));
    let mut act = None;
    let mut copy = false;
    let mut close = false;
    widgets::panel_head(ui, &title, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let small = vec2(24.0, 24.0);
        let button = |ui: &mut Ui, icon: &str, label: &str, lit: bool| {
            widgets::sized_icon_button(ui, icon, label, lit, small, 14.0)
        };
        close = button(ui, icons::X, "Close the inspector", false)
            .on_hover_text("Look at no particle  ·  Escape with the hand")
            .clicked();
        copy = button(ui, icons::COPY, "Copy values", false)
            .on_hover_text("Copy all values as lines of text")
            .clicked();
        for (id, lit) in [
            (ActionId::FollowParticle, interface.hand.following),
            (ActionId::NextParticle, false),
            (ActionId::PreviousParticle, false),
        ] {
            let entry = id.entry();
            let response = button(ui, entry.icon, entry.title, lit);
            if response.on_hover_text(entry.tooltip()).clicked() {
                act = Some(id);
            }
        }
    });
    if let Some(id) = act {
        super::layout::perform(id, interface, frame, requests);
    }
    if copy {
        requests.push(Request::Copy(as_text(inspection)));
        interface.tell(Weight::Note, "The values are on the clipboard.");
    }
    if close {
        requests.push(Request::Run(Command::Inspect(Pick::Nobody)));
    }
}

/// All values, a line each: name, part, number, unit.
fn as_text(inspection: &Inspection) -> String {
    let mut text = format!("particle\t{}\n", inspection.tag);
    for reading in &inspection.columns {
        for (part, value) in reading.parts.iter().zip(&reading.values) {
            let name = format!("{} {part}", reading.name);
            text += &format!("{}\t{value}\t{}\n", name.trim_end(), reading.unit);
        }
    }
    for term in &inspection.terms {
        let [x, y] = term.value;
        text += &format!("{}\t{x}\t{y}\n", term.name);
    }
    text += &format!("neighbours\t{}\n", inspection.near_count);
    text
}

/// A name at the left, a number and its unit at the right.
fn value_line(ui: &mut Ui, name: &str, value: f64, unit: &str) {
    let palette = Palette::of(ui);
    let width = ui.available_width();
    ui.allocate_ui_with_layout(
        vec2(width, LINE),
        Layout::right_to_left(Align::Center),
        |ui| {
            ui.set_min_width(width);
            ui.spacing_mut().item_spacing.x = 5.0;
            small(ui, unit, palette.secondary);
            ui.label(RichText::new(numbers::plain(value, 4)).color(palette.text));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                widgets::line(ui, name, theme::body(size::BODY), palette.secondary);
            });
        },
    );
}

fn small(ui: &mut Ui, text: &str, colour: egui::Color32) {
    if !text.is_empty() {
        ui.label(
            RichText::new(text)
                .font(theme::body(size::SMALL))
                .color(colour),
        );
    }
}

pub(super) fn section(ui: &mut Ui, title: &str) {
    ui.add_space(10.0);
    widgets::panel_title(ui, title);
    ui.add_space(2.0);
}

/// The columns with symbol and unit; a click on a part shows its history.
fn columns(ui: &mut Ui, interface: &mut Interface, inspection: &Inspection) {
    section(ui, "Columns");
    for reading in &inspection.columns {
        for (part, (label, &value)) in reading.parts.iter().zip(&reading.values).enumerate() {
            let key = (reading.name, part);
            let chosen = interface.hand.shown == Some(key);
            if part_line(ui, reading, label, value, chosen) {
                interface.hand.shown = (!chosen).then_some(key);
            }
        }
    }
}

fn part_line(ui: &mut Ui, reading: &Reading, part: &str, value: f64, chosen: bool) -> bool {
    let palette = Palette::of(ui);
    let width = ui.available_width().max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, LINE), Sense::click());
    let name = numbers::humanised(reading.name);
    let label = format!("{name} {part}");
    response
        .widget_info(|| WidgetInfo::selected(WidgetType::Button, true, chosen, label.trim_end()));
    if response.hovered() || response.has_focus() {
        let ground = rect.expand2(vec2(4.0, 0.0));
        ui.painter()
            .rect_filled(ground, theme::CORNER, palette.raised);
    }
    let style = Style {
        size: size::BODY,
        colour: if chosen { palette.accent } else { palette.text },
    };
    let painter = ui.painter();
    let symbol = painter.layout_job(symbols::formula(reading.symbol, style));
    let middle = rect.center().y;
    let corner = pos2(rect.left(), middle - 0.5 * symbol.size().y);
    let mut left = rect.left() + symbol.size().x + 2.0;
    painter.galley(corner, symbol, palette.text);
    let font = theme::body(size::SMALL);
    if !part.is_empty() {
        let spot = pos2(left, middle + 3.0);
        painter.text(
            spot,
            Align2::LEFT_CENTER,
            part,
            font.clone(),
            palette.secondary,
        );
    }
    left = rect.left() + 40.0;
    let unit = painter.layout_no_wrap(reading.unit.into(), font.clone(), palette.secondary);
    let number = painter.layout_no_wrap(
        numbers::plain(value, 5),
        theme::body(size::BODY),
        palette.text,
    );
    let right = rect.right() - 30.0;
    let at = pos2(right + 4.0, middle - 0.5 * unit.size().y);
    painter.galley(at, unit, palette.secondary);
    let at = pos2(right - number.size().x, middle - 0.5 * number.size().y);
    let room = at.x - left - 6.0;
    painter.galley(at, number, palette.text);
    let name = widgets::fitted(ui, &name, font, palette.secondary, room);
    let at = pos2(left, middle - 0.5 * name.size().y);
    ui.painter().galley(at, name, palette.secondary);
    response
        .on_hover_text(format!("{}\nClick for its history.", reading.doc))
        .clicked()
}

/// The forces, term by term.
fn terms(ui: &mut Ui, inspection: &Inspection) {
    if inspection.terms.is_empty() || inspection.gone {
        return;
    }
    section(ui, "What moves it");
    let line = |ui: &mut Ui, name: &str, symbol: &str, [x, y]: [f64; 2]| {
        let palette = Palette::of(ui);
        let width = ui.available_width().max(1.0);
        let (rect, response) = ui.allocate_exact_size(vec2(width, LINE), Sense::hover());
        let middle = rect.center().y;
        let painter = ui.painter();
        let style = Style {
            size: size::BODY,
            colour: palette.text,
        };
        let galley = painter.layout_job(symbols::formula(symbol, style));
        painter.galley(
            pos2(rect.left(), middle - 0.5 * galley.size().y),
            galley,
            palette.text,
        );
        let number = numbers::plain(x.hypot(y), 4);
        let font = theme::body(size::BODY);
        let right = pos2(rect.right() - 30.0, middle);
        painter.text(right, Align2::RIGHT_CENTER, number, font, palette.text);
        let small = theme::body(size::SMALL);
        let left = pos2(rect.left() + 40.0, middle);
        painter.text(left, Align2::LEFT_CENTER, name, small, palette.secondary);
        // Its direction.
        let hub = pos2(rect.right() - 12.0, middle);
        let length = x.hypot(y);
        if length > 0.0 && length.is_finite() {
            let way = vec2((x / length) as f32, -(y / length) as f32) * 8.0;
            painter.arrow(hub - way, 2.0 * way, Stroke::new(1.2, palette.secondary));
        }
        response.on_hover_text(format!(
            "{name}: ({}, {})",
            numbers::plain(x, 5),
            numbers::plain(y, 5)
        ));
    };
    let mut sum = [0.0; 2];
    for term in &inspection.terms {
        sum = [sum[0] + term.value[0], sum[1] + term.value[1]];
        line(ui, term.name, term.symbol, term.value);
    }
    if inspection.terms.len() > 1 {
        line(ui, "Together", "Σ", sum);
    }
}

/// Who is near, the nearest first; a click goes there.
fn neighbours(ui: &mut Ui, inspection: &Inspection, unit: &str, requests: &mut Requests) {
    if inspection.gone {
        return;
    }
    let count = inspection.near_count;
    section(ui, &format!("Neighbours: {count}"));
    let palette = Palette::of(ui);
    let range = format!("within {} {unit}", numbers::plain(inspection.range, 4));
    small(ui, range.trim_end(), palette.secondary);
    for near in inspection.near.iter().take(LISTED) {
        let width = ui.available_width().max(1.0);
        let (rect, response) = ui.allocate_exact_size(vec2(width, LINE), Sense::click());
        let label = format!("Neighbour {}", near.tag);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, label.as_str()));
        let ink = if response.hovered() || response.has_focus() {
            palette.text
        } else {
            palette.secondary
        };
        let painter = ui.painter();
        let font = theme::body(size::BODY);
        let tag = numbers::grouped(u64::from(near.tag));
        painter.text(
            rect.left_center(),
            Align2::LEFT_CENTER,
            tag,
            font.clone(),
            ink,
        );
        let right = rect.right_center() - vec2(30.0, 0.0);
        let distance = numbers::plain(near.distance, 4);
        painter.text(right, Align2::RIGHT_CENTER, distance, font, palette.text);
        if response.clicked() {
            requests.push(Request::Run(Command::Inspect(Pick::Tag(near.tag))));
        }
    }
    if count > LISTED {
        let more = format!("and {} more", count - LISTED);
        small(ui, &more, palette.secondary);
    }
    ui.add_space(16.0);
}
