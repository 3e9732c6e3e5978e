//! The history of one number of the particle that is inspected.

use bevy_egui::egui;
use egui::{Align2, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::inspector::section;
use super::numbers;
use super::state::Interface;
use super::theme::{self, Palette, size};
use crate::sim::inspect::Inspection;
use crate::sim::snapshot::SeriesPoint;

/// Height of the chart, in points.
const HISTORY: f32 = 88.0;

/// The time series of the part that was chosen.
pub fn history(ui: &mut Ui, interface: &Interface, inspection: &Inspection, unit: &str) {
    let Some((name, part)) = interface.hand.shown else {
        return;
    };
    let reading = inspection.columns.iter().find(|one| one.name == name);
    let Some((reading, points)) = reading.and_then(|one| Some((one, one.traces.get(part)?))) else {
        return;
    };
    let label = reading.parts.get(part).copied().unwrap_or("");
    section(
        ui,
        &format!("History of {} {label}", reading.name.replace('_', " ")),
    );
    let palette = Palette::of(ui);
    let width = ui.available_width().max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HISTORY), Sense::hover());
    let room = Rect::from_min_max(rect.min + vec2(0.0, 14.0), rect.max - vec2(0.0, 16.0));
    let Some([[first, last], [low, high]]) = extent(points) else {
        let text = "It begins with the next step.";
        let font = theme::body(size::SMALL);
        let painter = ui.painter();
        painter.text(
            rect.center(),
            Align2::CENTER_CENTER,
            text,
            font,
            palette.secondary,
        );
        return;
    };
    let x = |time: f64| egui::lerp(room.x_range(), ((time - first) / (last - first)) as f32);
    let y = |value: f64| {
        let share = (value - low) / (high - low);
        egui::lerp(room.bottom()..=room.top(), share as f32)
    };
    let painter = ui.painter();
    painter.hline(
        room.x_range(),
        room.bottom(),
        Stroke::new(1.0, palette.hairline),
    );
    let mut line: Vec<egui::Pos2> = Vec::new();
    for point in points.iter() {
        line.push(pos2(x(point.time), y(point.mean)));
        if point.high > point.low {
            let band = y(point.high)..=y(point.low);
            let ink = palette.data[0].gamma_multiply(0.25);
            painter.vline(x(point.time), band, Stroke::new(1.0, ink));
        }
    }
    painter.line(line, Stroke::new(1.5, palette.data[0]));
    let font = theme::body(size::SMALL);
    for (at, align, text) in [
        (rect.left_top(), Align2::LEFT_TOP, numbers::plain(high, 4)),
        (
            rect.right_top(),
            Align2::RIGHT_TOP,
            format!("least {}", numbers::plain(low, 4)),
        ),
        (
            rect.left_bottom(),
            Align2::LEFT_BOTTOM,
            numbers::plain(first, 4),
        ),
        (
            rect.right_bottom(),
            Align2::RIGHT_BOTTOM,
            format!("t = {} {unit}", numbers::plain(last, 5))
                .trim_end()
                .to_owned(),
        ),
    ] {
        painter.text(at, align, text, font.clone(), palette.secondary);
    }
    if let Some(pointer) = response.hover_pos() {
        let time =
            first + (last - first) * f64::from((pointer.x - room.left()) / room.width().max(1.0));
        let nearest = points
            .iter()
            .min_by(|a, b| (a.time - time).abs().total_cmp(&(b.time - time).abs()));
        if let Some(point) = nearest {
            let spot = pos2(x(point.time), y(point.mean));
            painter.circle_filled(spot, 3.0, palette.data[0]);
            let text = format!(
                "{} at t = {}",
                numbers::plain(point.mean, 5),
                numbers::plain(point.time, 5)
            );
            response.on_hover_text_at_pointer(text);
        }
    }
}

/// First and last time, least and greatest value; `None` for fewer than two points.
fn extent(points: &[SeriesPoint]) -> Option<[[f64; 2]; 2]> {
    let (first, last) = (points.first()?.time, points.last()?.time);
    let low = points
        .iter()
        .map(|point| point.low)
        .fold(f64::INFINITY, f64::min);
    let high = points
        .iter()
        .map(|point| point.high)
        .fold(f64::NEG_INFINITY, f64::max);
    let pad = if high > low {
        0.0
    } else {
        0.5 * low.abs().max(1e-6)
    };
    let sound = last > first && (high - low).is_finite();
    sound.then_some([[first, last], [low - pad, high + pad]])
}
