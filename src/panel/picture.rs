//! The picture in the middle, and what lies on it: legend, scale bar, time, a failure.

use bevy_egui::egui;
use egui::{
    Align2, Color32, Image, Label, Rect, RichText, Sense, Stroke, Ui, UiBuilder, WidgetInfo,
    WidgetType, pos2, vec2,
};

use super::actions::ActionId;
use super::quantity::Quantity;
use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{Frame, Request, Requests, bar, hands, legend, numbers, tools, widgets};
use crate::sim::driver::Command;
use crate::sim::snapshot::Status;

/// Room between the overlays and the edge of the picture, in points.
pub const MARGIN: f32 = 16.0;
/// The longest scale bar, in points.
const LONGEST_BAR: f64 = 160.0;

/// Draws the picture over the whole of the `Ui`.
pub fn picture(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    let rect = ui.available_rect_before_wrap();
    let sound = rect.is_finite() && rect.width() >= 1.0 && rect.height() >= 1.0;
    let rect = if sound {
        rect
    } else {
        Rect::from_min_size(rect.min, vec2(1.0, 1.0))
    };
    let dense = ui.ctx().pixels_per_point();
    interface.picture_rect = rect;
    interface.picture_pixels =
        [rect.width(), rect.height()].map(|side| (side * dense).round().clamp(1.0, 16384.0) as u32);
    let response = ui.allocate_rect(rect, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, "Picture"));
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, 0.0, palette.canvas);
    if let Some(texture) = frame.surroundings.picture {
        let image = Image::from_texture((texture, rect.size())).fit_to_exact_size(rect.size());
        image.paint_at(ui, rect);
    }
    tools::attend(interface, frame);
    hands::hands(ui, interface, frame, &response, requests);
    if rect.width() < 120.0 || rect.height() < 90.0 {
        return;
    }
    time(ui, interface, frame, rect);
    let taken = legend::legend(ui, interface, frame, rect, requests);
    bar_of_scale(ui, frame, rect, taken);
    if !interface.presenting {
        tools::palette(ui, interface, frame, rect, requests);
    }
    if let Some(reason) = frame.snapshot.status.trouble() {
        failure(ui, interface, frame, rect, reason, requests);
    }
}

/// Title, time and step in the upper left corner, while the bar is hidden.
pub(super) fn time(ui: &Ui, interface: &Interface, frame: &Frame, rect: Rect) {
    if !interface.hidden {
        return;
    }
    let palette = Palette::of(ui);
    let picture = &frame.snapshot.picture;
    let width = (0.5 * rect.width()).max(60.0);
    let time = format!(
        "t = {}   step {}",
        bar::time_text(picture.time),
        numbers::grouped(picture.step)
    );
    let title = &frame.snapshot.scene.story.title;
    let font = theme::body(size::SMALL);
    let lines = [
        widgets::fitted(ui, title, theme::strong(size::TITLE), palette.text, width),
        widgets::fitted(ui, &time, font, palette.secondary, width),
    ];
    let corner = rect.min + vec2(MARGIN, MARGIN);
    let extent = vec2(
        lines[0].size().x.max(lines[1].size().x),
        lines[0].size().y + 4.0 + lines[1].size().y,
    );
    let ground = Rect::from_min_size(corner, extent).expand2(vec2(8.0, 6.0));
    ui.painter().add(widgets::ground(ui, ground));
    let below = corner + vec2(0.0, lines[0].size().y + 4.0);
    for (at, line) in [corner, below].into_iter().zip(lines) {
        ui.painter().galley(at, line, palette.text);
    }
}

/// A round length and how long it is on the screen: 1, 2 or 5 times a power of ten, at most
/// `longest` points.
pub fn scale_bar(points_per_length: f64, longest: f64) -> Option<(f64, f64)> {
    if !(points_per_length.is_finite() && points_per_length > 0.0 && longest > 0.0) {
        return None;
    }
    let most = longest / points_per_length;
    let power = 10f64.powf(most.log10().floor());
    let length = [5.0, 2.0, 1.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&length| length <= most * (1.0 + 1e-12))?;
    let points = length * points_per_length;
    (length.is_normal() && points.is_finite()).then_some((length, points))
}

/// The scale bar in the lower right corner; above the legend where they would meet.
pub(super) fn bar_of_scale(ui: &Ui, frame: &Frame, rect: Rect, taken: Rect) {
    let longest = LONGEST_BAR.min(f64::from(rect.width()) * 0.25);
    let Some((length, points)) = scale_bar(frame.surroundings.points_per_length, longest) else {
        return;
    };
    let palette = Palette::of(ui);
    let painter = ui.painter();
    let text = format!(
        "{} {}",
        numbers::plain(length, 3),
        frame.snapshot.scene.model.units.length
    );
    let text = text.trim_end().to_string();
    let galley = painter.layout_no_wrap(text, theme::body(size::BODY), palette.text);
    let right = rect.right() - MARGIN - 4.0;
    let left = right - points as f32;
    let wide = (points as f32).max(galley.size().x);
    let lowest = if right - wide - 16.0 < taken.right() {
        taken.top() - 6.0
    } else {
        rect.bottom() - MARGIN + 4.0
    };
    let y = (lowest - 10.0).round();
    let ground = Rect::from_min_max(
        pos2(right - wide - 10.0, y - galley.size().y - 12.0),
        pos2(right + 10.0, y + 10.0),
    );
    if ground.top() < rect.top() + 4.0 {
        return;
    }
    painter.add(widgets::ground(ui, ground));
    let line = Stroke::new(1.5, palette.text);
    painter.hline(left..=right, y, line);
    for x in [left, right] {
        painter.vline(x, y - 4.0..=y + 4.0, line);
    }
    let middle = (0.5 * (left + right)).min(right - 0.5 * galley.size().x);
    let corner = pos2(middle - 0.5 * galley.size().x, y - 6.0 - galley.size().y);
    painter.galley(corner, galley, palette.text);
}

/// The run has stopped: what happened, where, and what to do.
fn failure(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    rect: Rect,
    reason: &str,
    requests: &mut Requests,
) {
    let palette = Palette::of(ui);
    let started = matches!(frame.snapshot.status, Status::Failed(_));
    ui.painter()
        .rect_filled(rect, 0.0, palette.canvas.gamma_multiply(0.6));
    let width = (rect.width() - 2.0 * MARGIN).min(460.0);
    let corner = pos2(
        rect.center().x - 0.5 * width,
        rect.top() + 0.22 * rect.height(),
    );
    let room = Rect::from_min_size(corner, vec2(width, 0.75 * rect.height()));
    ui.scope_builder(UiBuilder::new().max_rect(room), |ui| {
        egui::Frame::NONE
            .fill(palette.panel)
            .stroke(Stroke::new(1.0, palette.hairline))
            .corner_radius(theme::CORNER)
            .inner_margin(20)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 10.0;
                ui.horizontal(|ui| {
                    let icon = RichText::new(egui_phosphor::regular::WARNING_CIRCLE);
                    ui.label(icon.font(theme::icon(size::LARGE)).color(palette.fault));
                    let title = if started {
                        "The run has stopped"
                    } else {
                        "This cannot start"
                    };
                    let title = RichText::new(title).font(theme::strong(size::LARGE));
                    ui.label(title.color(palette.text));
                });
                let mut parts = reason.splitn(2, "; ");
                for (text, colour) in [
                    (parts.next(), palette.text),
                    (parts.next(), palette.secondary),
                ] {
                    if let Some(text) = text {
                        ui.add(Label::new(RichText::new(sentence(text)).color(colour)).wrap());
                    }
                }
                ui.horizontal_wrapped(|ui| {
                    if started {
                        remedies(ui, interface, frame, requests);
                    } else {
                        undo(ui, true, interface, frame, requests);
                        // Nothing has happened to the run that was to be replaced.
                        if widgets::text_button(ui, "Keep the run as it was", false).clicked() {
                            requests.push(Request::Run(Command::Pause));
                        }
                    }
                });
            });
    });
}

/// What helps a run that a step has stopped.
fn remedies(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    if widgets::text_button(ui, "Halve the step and restart", true).clicked() {
        let mut scene = (*frame.snapshot.scene).clone();
        scene.dt *= 0.5;
        interface.preview(Quantity::Dt, scene.dt);
        requests.push(super::quantity::reload(scene, false));
    }
    if widgets::text_button(ui, "Restart", false).clicked() {
        interface.restart(frame, requests);
    }
    undo(ui, false, interface, frame, requests);
}

/// A button that takes back the last change, and with it what came of it.
fn undo(
    ui: &mut Ui,
    first: bool,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
) {
    let undo = ui.add_enabled_ui(interface.undo.can_undo(), |ui| {
        widgets::text_button(ui, "Undo the last change", first)
    });
    if undo.inner.clicked() {
        // A stroke that is taken back takes the failure with it.
        let stroke = interface.undo.ends_with_stroke();
        super::layout::perform(ActionId::Undo, interface, frame, requests);
        if !stroke {
            super::layout::perform(ActionId::Restart, interface, frame, requests);
        }
    }
}

/// A clause as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let mut sentence: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    sentence.push_str(letters.as_str());
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// The colour of text that must be read on the picture whatever is behind it.
pub(super) fn ink(ui: &Ui) -> Color32 {
    Palette::of(ui).text
}

/// Text on the picture.
pub(super) fn label(ui: &Ui, at: egui::Pos2, align: Align2, text: &str) -> Rect {
    ui.painter()
        .text(at, align, text, theme::body(size::SMALL), ink(ui))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_bar_is_round_and_fits() {
        for (scale, length) in [
            (1.0, 100.0),
            (10.0, 10.0),
            (7.9, 20.0),
            (0.003, 50_000.0),
            (160.0, 1.0),
        ] {
            let (found, points) = scale_bar(scale, 160.0).unwrap();
            assert!((found / length - 1.0).abs() < 1e-12, "{scale} {found}");
            assert!(points <= 160.0 * (1.0 + 1e-9) && points > 160.0 / 2.6);
        }
        for wild in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-320, 1e308] {
            let bar = scale_bar(wild, 160.0);
            assert!(bar.is_none_or(|(length, points)| length.is_normal() && points.is_finite()));
        }
    }

    #[test]
    fn a_clause_becomes_a_sentence() {
        assert_eq!(
            sentence("particle 3: the force is NaN"),
            "Particle 3: the force is NaN."
        );
        assert_eq!(sentence(""), ".");
    }
}
