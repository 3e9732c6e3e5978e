//! The line on the upper edge of the transport: where the run is, how far it has been, and how far
//! it is to go. Dragging goes back in time, and on again.

use bevy_egui::egui;
use egui::{Id, Rect, Sense, Ui, WidgetInfo, WidgetType, pos2};

use super::theme::Palette;
use super::{Frame, Request, Requests, bar, numbers, widgets};
use crate::sim::driver::Command;
use crate::sim::timeline::{Mark, Span};

/// Thickness of the line, in points.
const LINE: f32 = 2.0;
/// Height in which a hand finds it.
const REACH: f32 = 9.0;

/// Draws the line over the whole width, and sends where to go.
pub fn timeline(ui: &Ui, frame: &Frame, whole: Rect, requests: &mut Requests) {
    let Scale { span, end } = Scale::of(frame);
    let now = frame.snapshot.clock;
    let rect = Rect::from_x_y_ranges(whole.x_range(), whole.top()..=whole.top() + REACH);
    let id = Id::new("timeline");
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let some = span.last.step > span.first.step;
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(WidgetType::Slider, some, "Timeline");
        info.value = Some(now.step as f64);
        info
    });
    let x = |time: f64| {
        let share = (time - span.first.time) / (end - span.first.time);
        let share = if share.is_finite() { share } else { 0.0 };
        egui::lerp(rect.x_range(), share.clamp(0.0, 1.0) as f32)
    };
    let pointed = response
        .interact_pointer_pos()
        .or(response.hover_pos())
        .filter(|_| some && (rect.width() > 1.0))
        .map(|pointer| {
            let share = f64::from((pointer.x - rect.left()) / rect.width());
            mark_at(span, egui::lerp(span.first.time..=end, share))
        });
    let asked = (response.dragged() || response.clicked())
        .then_some(pointed)
        .flatten()
        .map(|mark| mark.step)
        .or_else(|| keys(ui, &response, span, now.step));
    if let Some(step) = asked {
        // A pointer that rests asks for nothing new.
        let before = ui.data(|data| data.get_temp::<u64>(id));
        if before != Some(step) || response.clicked() {
            requests.push(Request::Run(Command::GoTo(step)));
        }
        ui.data_mut(|data| data.insert_temp(id, step));
    } else if span.destination.is_none() {
        ui.data_mut(|data| data.remove_temp::<u64>(id));
    }
    let open = end <= span.last.time;
    draw(ui, rect, &response, [now.time, span.last.time].map(x), open);
    for branch in frame.snapshot.branches.iter() {
        let parting = pos2(x(time_of(span, branch.parting)), rect.top() + 3.0);
        let ink = Palette::of(ui).secondary;
        ui.painter().circle_filled(parting, 2.0, ink);
    }
    if let Some(step) = span.destination {
        // A way of many steps takes its time: the knob is on its way to the mark.
        let goal = x(time_of(span, step));
        let mark = Rect::from_x_y_ranges(goal - 1.0..=goal + 1.0, rect.top()..=rect.bottom());
        ui.painter().rect_filled(mark, 0.0, Palette::of(ui).text);
    }
    if let Some(mark) = pointed
        && !response.dragged()
    {
        response.on_hover_text_at_pointer(format!(
            "t = {}   step {}\nDrag to go back in time. Play goes on from there as it was; a change begins another branch.",
            bar::time_text(mark.time),
            numbers::grouped(mark.step)
        ));
    }
}

/// What the line stands for: the span, and the time at its right end.
struct Scale {
    span: Span,
    end: f64,
}

impl Scale {
    fn of(frame: &Frame) -> Self {
        let snapshot = frame.snapshot;
        let mut span = snapshot.span;
        let now = snapshot.clock;
        // The picture may be newer than the last state that was noted.
        if now.step > span.last.step {
            span.last = Mark {
                step: now.step,
                time: now.time,
            };
        }
        let duration = snapshot.scene.duration.unwrap_or(0.0);
        Self {
            span,
            end: span.last.time.max(duration),
        }
    }
}

/// The step at a time within the span.
fn mark_at(span: Span, time: f64) -> Mark {
    let share = (time - span.first.time) / (span.last.time - span.first.time);
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        1.0
    };
    let steps = (span.last.step - span.first.step) as f64;
    Mark {
        step: span.first.step + (share * steps).round() as u64,
        time: egui::lerp(span.first.time..=span.last.time, share),
    }
}

/// The time of a step within the span.
fn time_of(span: Span, step: u64) -> f64 {
    let steps = (span.last.step - span.first.step).max(1) as f64;
    let share = step.saturating_sub(span.first.step) as f64 / steps;
    egui::lerp(span.first.time..=span.last.time, share)
}

/// Arrow keys on the line with the focus: a hundredth of the span.
fn keys(ui: &Ui, response: &egui::Response, span: Span, now: u64) -> Option<u64> {
    let part = ((span.last.step - span.first.step) / 100).max(1);
    let by = widgets::arrows(ui, response).saturating_mul(i64::try_from(part).unwrap_or(i64::MAX));
    let step = now.saturating_add_signed(by);
    (by != 0).then(|| step.clamp(span.first.step, span.last.step))
}

/// The line: what is behind, what is ahead and known, and what is still to come. Where no end is set
/// the newest step always is at its right, which is not worth a bright line.
fn draw(ui: &Ui, rect: Rect, response: &egui::Response, [now, last]: [f32; 2], open: bool) {
    let palette = Palette::of(ui);
    let hot = response.hovered() || response.dragged() || response.has_focus();
    let thick = if hot { 2.0 * LINE } else { LINE };
    let line = |from: f32, to: f32, colour: egui::Color32| {
        let part = Rect::from_x_y_ranges(from..=to, rect.top()..=rect.top() + thick);
        ui.painter().rect_filled(part, 0.0, colour);
    };
    if hot {
        line(rect.left(), rect.right(), palette.hairline);
    }
    let past = last - now > 1.0;
    line(rect.left(), last, palette.accent.gamma_multiply(0.35));
    if hot || past || !open {
        line(rect.left(), now, palette.accent);
    }
    if hot || past {
        let knob = pos2(
            now.clamp(
                rect.left() + 5.0,
                (rect.right() - 5.0).max(rect.left() + 5.0),
            ),
            rect.top() + 0.5 * thick,
        );
        // The upper half would lie under the picture: the knob hangs on the line.
        let radius = if hot { 5.0 } else { 3.5 };
        ui.painter()
            .circle_filled(knob + egui::vec2(0.0, 2.0), radius, palette.accent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_finds_its_step() {
        let mark = |step, time| Mark { step, time };
        let span = Span {
            first: mark(100, 1.0),
            last: mark(300, 3.0),
            destination: None,
        };
        for (time, step) in [(1.0, 100), (2.0, 200), (3.0, 300), (9.0, 300), (-1.0, 100)] {
            assert_eq!(mark_at(span, time).step, step);
            assert_eq!(time_of(span, step), time.clamp(1.0, 3.0));
        }
        let nothing = Span::default();
        assert_eq!(mark_at(nothing, 0.0).step, 0);
        assert_eq!(mark_at(nothing, f64::NAN).step, 0);
    }
}
