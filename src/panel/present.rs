//! Presentation: the picture and its legend alone, with title, time and numbers in large type.

use bevy_egui::egui;
use egui::{Align2, FontId, Key, Modifiers, Rect, Ui, pos2, vec2};

use super::actions::ActionId;
use super::picture::{self, MARGIN};
use super::state::Interface;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::{Frame, Requests, bar, numbers, widgets};

/// The most numbers that are shown.
const MOST: usize = 4;

/// Draws the picture over the whole window, and large type on it; Esc ends it.
pub fn presentation(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
) {
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        interface.presenting = false;
    }
    picture::picture(ui, interface, frame, requests);
    let rect = interface.picture_rect.shrink(MARGIN);
    if rect.width() < 240.0 || rect.height() < 160.0 {
        return;
    }
    heading(ui, frame, rect);
    readings(ui, interface, frame, rect);
    if ui.input(|input| input.time) - interface.presented < 4.0 {
        let text = format!(
            "Esc or {} ends the presentation",
            ActionId::Present.entry().key_text()
        );
        let at = pos2(rect.center().x, rect.bottom());
        label(
            ui,
            at,
            Align2::CENTER_BOTTOM,
            &text,
            theme::body(size::SMALL),
        );
        ui.ctx()
            .request_repaint_after(std::time::Duration::from_secs(1));
    }
}

/// Title and time in the upper left corner.
fn heading(ui: &Ui, frame: &Frame, rect: Rect) {
    let scene = &frame.snapshot.scene;
    let title = match scene.story.title.as_str() {
        "" => scene.model.title,
        title => title,
    };
    let palette = Palette::of(ui);
    let font = theme::strong(size::DISPLAY);
    let title = widgets::fitted(ui, title, font, palette.text, 0.6 * rect.width());
    let unit = scene.model.units.time;
    let time = format!("t = {} {unit}", bar::time_text(frame.snapshot.picture.time));
    let time = ui
        .painter()
        .layout_no_wrap(time, theme::body(size::LARGE), palette.secondary);
    let whole = vec2(
        title.size().x.max(time.size().x),
        title.size().y + 2.0 + time.size().y,
    );
    let ground = Rect::from_min_size(rect.min, whole + vec2(24.0, 16.0));
    ui.painter().add(widgets::ground(ui, ground));
    let corner = ground.min + vec2(12.0, 8.0);
    let below = corner + vec2(0.0, title.size().y + 2.0);
    ui.painter().galley(corner, title, palette.text);
    ui.painter().galley(below, time, palette.secondary);
}

/// The newest number of every open plot of a number, in the upper right corner.
fn readings(ui: &Ui, interface: &Interface, frame: &Frame, rect: Rect) {
    let palette = Palette::of(ui);
    let mut top = rect.top();
    let open = interface.plots.iter().filter(|card| card.open);
    let traces = open.filter_map(|card| {
        let scalars = frame.snapshot.scalars.iter();
        scalars
            .clone()
            .find(|trace| trace.observable.name == card.settings.observable)
    });
    for trace in traces.take(MOST) {
        let value = match trace.summary {
            Some(summary) if summary.error.is_finite() && summary.error > 0.0 => {
                numbers::with_error(summary.mean, summary.error)
            }
            _ => numbers::plain(trace.latest, 3),
        };
        let style = Style {
            size: size::DISPLAY,
            colour: palette.text,
        };
        let mut job = symbols::formula(trace.observable.symbol, style);
        let text = |points| egui::TextFormat::simple(theme::body(points), palette.text);
        job.append(&format!(" = {value}"), 0.0, text(size::DISPLAY));
        if !trace.observable.unit.is_empty() {
            let unit = egui::TextFormat::simple(theme::body(size::LARGE), palette.secondary);
            job.append(&format!(" {}", trace.observable.unit), 0.0, unit);
        }
        let number = ui.painter().layout_job(job);
        let name = widgets::fitted(
            ui,
            trace.observable.title,
            theme::body(size::TITLE),
            palette.secondary,
            0.3 * rect.width(),
        );
        let width = number.size().x.max(name.size().x) + 24.0;
        let height = number.size().y + name.size().y + 20.0;
        if top + height > rect.bottom() || width > 0.6 * rect.width() {
            break;
        }
        let ground = Rect::from_min_size(pos2(rect.right() - width, top), vec2(width, height));
        ui.painter().add(widgets::ground(ui, ground));
        let right = |galley: &egui::Galley| ground.right() - 12.0 - galley.size().x;
        let (first, second) = (right(&name), right(&number));
        let below = ground.top() + 6.0 + name.size().y;
        ui.painter()
            .galley(pos2(first, ground.top() + 6.0), name, palette.secondary);
        ui.painter()
            .galley(pos2(second, below), number, palette.text);
        top += height + 8.0;
    }
}

fn label(ui: &Ui, at: egui::Pos2, align: Align2, text: &str, font: FontId) {
    let palette = Palette::of(ui);
    let galley = ui
        .painter()
        .layout_no_wrap(text.into(), font, palette.secondary);
    let place = align.anchor_size(at, galley.size());
    ui.painter()
        .add(widgets::ground(ui, place.expand2(vec2(8.0, 4.0))));
    ui.painter().galley(place.min, galley, palette.secondary);
}
