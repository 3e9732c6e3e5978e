//! The bar at the top: the scene, and what time it is in it.

use bevy_egui::egui;
use egui::{
    Align, Layout, Rect, RichText, Sense, Ui, UiBuilder, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icons;

use super::actions::ActionId;
use super::state::{Interface, Sheet};
use super::theme::{self, Palette, size};
use super::{FilmState, Frame, Request, Requests, numbers, widgets};

/// Room that is kept for the title of the scene, in points.
const TITLE: f32 = 150.0;

/// Draws the bar.
pub fn bar(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    let rect = ui.available_rect_before_wrap();
    let right = {
        let builder = UiBuilder::new()
            .max_rect(rect)
            .layout(Layout::right_to_left(Align::Center));
        let mut child = ui.new_child(builder);
        child.spacing_mut().item_spacing.x = 4.0;
        read_outs(&mut child, interface, frame, requests);
        child.min_rect().left()
    };
    let room = Rect::from_min_max(
        rect.min,
        pos2((right - 12.0).max(rect.left()), rect.bottom()),
    );
    let builder = UiBuilder::new()
        .max_rect(room)
        .layout(Layout::left_to_right(Align::Center));
    let mut child = ui.new_child(builder);
    child.shrink_clip_rect(room);
    child.spacing_mut().item_spacing.x = 8.0;
    let palette = Palette::of(ui);
    let lit = interface.sheet == Some(Sheet::Menu);
    if widgets::action_button(&mut child, ActionId::Menu, lit).clicked() {
        super::layout::perform(ActionId::Menu, interface, frame, requests);
    }
    child.spacing_mut().item_spacing.x = 14.0;
    if rect.width() > 560.0 {
        child.label(
            RichText::new("Seethe")
                .font(theme::strong(size::TITLE))
                .color(palette.accent),
        );
    }
    scene_button(&mut child, interface, frame);
    ui.allocate_rect(rect, Sense::hover());
}

/// The title of the scene, which opens the list of scenes.
fn scene_button(ui: &mut Ui, interface: &mut Interface, frame: &Frame) {
    let palette = Palette::of(ui);
    let scene = &frame.snapshot.scene;
    let title = if scene.story.title.is_empty() {
        scene.model.title
    } else {
        &scene.story.title
    };
    let mut room = ui.available_rect_before_wrap();
    let galley =
        ui.painter()
            .layout_no_wrap(title.to_owned(), theme::body(size::TITLE), palette.text);
    room.max.x = room.max.x.min(room.min.x + galley.size().x + 34.0);
    let response = ui.allocate_rect(room, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Scenes"));
    if response.hovered() || response.has_focus() || interface.sheet == Some(Sheet::Scenes) {
        ui.painter()
            .rect_filled(room.shrink2(vec2(0.0, 4.0)), theme::CORNER, palette.raised);
    }
    let builder = UiBuilder::new()
        .max_rect(room.shrink2(vec2(8.0, 0.0)))
        .layout(Layout::left_to_right(Align::Center));
    let mut child = ui.new_child(builder);
    child.spacing_mut().item_spacing.x = 6.0;
    let text = child.available_width() - 18.0;
    child.scope(|ui| {
        ui.set_max_width(text.max(1.0));
        widgets::line(ui, title, theme::body(size::TITLE), palette.text);
    });
    child.label(
        RichText::new(icons::CARET_DOWN)
            .font(theme::icon(size::SMALL))
            .color(palette.secondary),
    );
    if response.clicked() {
        interface.toggle(Sheet::Scenes);
    }
    let tip = if scene.model.summary.is_empty() {
        title
    } else {
        scene.model.summary
    };
    response.on_hover_text(tip);
}

/// A number with its label, as wide as it ever gets, so that nothing moves while it counts.
fn read_out(ui: &mut Ui, label: &str, value: &str, unit: &str, digits: usize, tip: &str) {
    let palette = Palette::of(ui);
    let left = ui.available_rect_before_wrap();
    let sample: String = "0".repeat(digits);
    let measure = |text: &str| {
        ui.painter()
            .layout_no_wrap(text.to_owned(), theme::body(size::BODY), palette.text)
            .size()
            .x
    };
    let shown = measure(value);
    let number = shown.max(measure(&sample));
    let before = if label.is_empty() {
        0.0
    } else {
        measure(label) + 6.0
    };
    let after = if unit.is_empty() {
        0.0
    } else {
        measure(unit) + 4.0
    };
    let width = before + number + after + 10.0;
    if left.width() < width + TITLE {
        return;
    }
    let (rect, response) = ui.allocate_exact_size(vec2(width, left.height()), Sense::hover());
    let middle = rect.center().y;
    let painter = ui.painter();
    let put = |x: f32, align, text: &str, colour| {
        painter.text(
            pos2(x, middle),
            align,
            text,
            theme::body(size::BODY),
            colour,
        );
    };
    let start = rect.right() - 5.0 - after - shown - 6.0;
    put(start, egui::Align2::RIGHT_CENTER, label, palette.secondary);
    put(
        rect.right() - 5.0 - after,
        egui::Align2::RIGHT_CENTER,
        value,
        palette.text,
    );
    put(
        rect.right() - 5.0,
        egui::Align2::RIGHT_CENTER,
        unit,
        palette.secondary,
    );
    response
        .widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, format!("{label} {value}")));
    response.on_hover_text(tip);
}

fn read_outs(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    record_button(ui, frame, requests);
    for (id, lit) in [
        (ActionId::Help, interface.sheet == Some(Sheet::Help)),
        (ActionId::ChangeTheme, false),
    ] {
        if widgets::action_button(ui, id, lit).clicked() {
            super::layout::perform(id, interface, frame, requests);
        }
    }
    let snapshot = frame.snapshot;
    ui.add_space(6.0);
    let (value, unit, tip) = pace(frame);
    read_out(ui, "", &value, &unit, 4, &tip);
    let clock = snapshot.clock;
    read_out(ui, "t =", &time_text(clock.time), "", 6, "Model time");
    let step = numbers::grouped(clock.step);
    read_out(ui, "step", &step, "", 7, "Steps done since the start");
    let count = numbers::grouped(snapshot.count as u64);
    read_out(ui, "N =", &count, "", 6, "Number of particles");
    if frame.surroundings.software {
        note(ui, frame);
    }
}

/// Model time with two decimals, or more when it is short.
pub(super) fn time_text(time: f64) -> String {
    match time.abs() {
        size if !size.is_finite() => numbers::NONE.into(),
        size if size >= 1e6 => numbers::plain(time, 5),
        size if size >= 100.0 => format!("{time:.1}"),
        size if size >= 1.0 || size == 0.0 => format!("{time:.2}"),
        _ => format!("{time:.4}"),
    }
}

/// How fast the run goes: as a share of what was asked for, or in units of time per second.
fn pace(frame: &Frame) -> (String, String, String) {
    let speed = frame.snapshot.speed;
    let unit = match frame.snapshot.scene.model.units.time {
        "" => "1/s".to_string(),
        time => format!("{time}/s"),
    };
    let steps = numbers::plain(speed.steps_per_second, 3);
    let phases = match &frame.snapshot.engine {
        None => frame.snapshot.phases.as_slice(),
        Some(_) => &frame.snapshot.device.cost.phases,
    };
    let total: f64 = phases.iter().map(|phase| phase.1).sum();
    let mut tip = format!(
        "{steps} steps per second, {} {unit} of model time",
        numbers::plain(speed.reached, 3)
    );
    if total > 0.0 && total.is_finite() {
        tip.push_str(&format!(
            "\n{} ms per step:",
            numbers::plain(1e3 * total, 3)
        ));
        for (name, seconds) in phases {
            tip.push_str(&format!("\n    {name}  {:.0} %", 100.0 * seconds / total));
        }
    }
    if speed.target.is_finite() && speed.target > 0.0 {
        let ratio = speed.reached / speed.target;
        let text = match ratio {
            ratio if !ratio.is_finite() => numbers::NONE.into(),
            ratio if ratio < 0.1 => numbers::plain(ratio, 1),
            ratio => format!("{ratio:.2}"),
        };
        (
            text,
            "×".into(),
            format!("Share of the pace that was asked for.\n{tip}"),
        )
    } else {
        (numbers::plain(speed.reached, 3), unit, tip)
    }
}

fn note(ui: &mut Ui, frame: &Frame) {
    let palette = Palette::of(ui);
    let text = format!("{}  software rendering", icons::CPU);
    let galley = ui
        .painter()
        .layout_no_wrap(text, theme::body(size::SMALL), palette.secondary);
    if ui.available_width() < galley.size().x + TITLE + 20.0 {
        return;
    }
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(12.0, 0.0), Sense::hover());
    ui.painter()
        .galley(rect.min + vec2(6.0, 0.0), galley, palette.secondary);
    response.on_hover_text(format!(
        "{}: pictures are slow, physics is not.",
        frame.surroundings.adapter
    ));
}

fn record_button(ui: &mut Ui, frame: &Frame, requests: &mut Requests) {
    let palette = Palette::of(ui);
    let entry = ActionId::Film.entry();
    let (text, lit) = match frame.surroundings.film {
        FilmState::Idle => ("REC".to_owned(), false),
        FilmState::Recording { seconds, .. } => (format!("{seconds:.1} s"), true),
    };
    let galley = ui
        .painter()
        .layout_no_wrap(text, theme::strong(size::SMALL), palette.text);
    let (rect, response) =
        ui.allocate_exact_size(vec2(galley.size().x + 34.0, 26.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, lit, entry.title));
    let hot = response.hovered() || response.has_focus();
    if hot || lit {
        ui.painter()
            .rect_filled(rect, theme::CORNER, palette.raised);
    }
    let light = pos2(rect.left() + 14.0, rect.center().y);
    if lit {
        // A slow pulse says that frames are being taken.
        let phase = ui.input(|input| input.time * 3.0).sin() as f32;
        let glow = palette.fault.gamma_multiply(0.75 + 0.25 * phase);
        ui.painter().circle_filled(light, 5.0, glow);
        ui.ctx()
            .request_repaint_after(std::time::Duration::from_millis(50));
    } else {
        let ink = if hot {
            palette.fault
        } else {
            palette.secondary
        };
        ui.painter()
            .circle_stroke(light, 4.5, egui::Stroke::new(1.5, ink));
    }
    let ink = if hot || lit {
        palette.text
    } else {
        palette.secondary
    };
    let corner = pos2(rect.left() + 25.0, rect.center().y - 0.5 * galley.size().y);
    ui.painter()
        .galley_with_override_text_color(corner, galley, ink);
    if response.clicked() {
        requests.push(if lit {
            Request::StopFilm
        } else {
            Request::StartFilm
        });
    }
    let tip = match frame.surroundings.film {
        FilmState::Idle => entry.tooltip(),
        FilmState::Recording { frames, .. } => {
            format!("{} frames taken; click to finish", numbers::grouped(frames))
        }
    };
    response.on_hover_text(tip);
}
