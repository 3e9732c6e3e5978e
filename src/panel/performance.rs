//! What a step and a frame cost, and where steps are computed: phases, true pace, memory, threads,
//! adapters.

use bevy_egui::egui;
use egui::{Align2, Label, Rect, RichText, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular as icons;

use super::theme::{self, Palette, size};
use super::{Frame, Request, Requests, computing, numbers, widgets};
use crate::sim::driver::Command;
use crate::sim::snapshot::{Particle, Status};

/// Height of a row, in points.
const ROW: f32 = 22.0;

/// Draws the panel.
pub fn performance(ui: &mut Ui, frame: &Frame, requests: &mut Requests) {
    ui.add_space(10.0);
    widgets::panel_head(ui, "Performance", |_| {});
    widgets::pane_scroll(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        pace(ui, frame);
        heading(ui, "Compute on");
        ui.add_space(4.0);
        computing::computing(ui, frame, requests);
        if frame.snapshot.engine.is_none() {
            let tip = "Mean over the steps since the run began";
            phases(ui, &frame.snapshot.phases, tip);
        } else {
            device_phases(ui, frame, requests);
        }
        window(ui, frame);
        machine(ui, frame);
        ui.add_space(16.0);
    });
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(14.0);
    ui.label(
        RichText::new(text)
            .font(theme::strong(size::BODY))
            .color(Palette::of(ui).text),
    );
    ui.add_space(2.0);
}

/// A name at the left and a number at the right.
fn row(ui: &mut Ui, name: &str, value: &str, unit: &str, tip: &str) {
    let palette = Palette::of(ui);
    let width = ui.available_width().max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetType::Label, true, format!("{name} {value} {unit}"))
    });
    let value = match unit {
        "" => value.to_owned(),
        unit => format!("{value} {unit}"),
    };
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(value, theme::body(size::BODY), palette.text);
    let at = rect.right_center() - vec2(0.0, 0.0);
    let place = Align2::RIGHT_CENTER.anchor_size(at, galley.size());
    let room = (place.left() - rect.left() - 8.0).max(1.0);
    let name = widgets::fitted(ui, name, theme::body(size::BODY), palette.secondary, room);
    let corner = Align2::LEFT_CENTER.anchor_size(rect.left_center(), name.size());
    ui.painter().galley(corner.min, name, palette.secondary);
    ui.painter().galley(place.min, galley, palette.text);
    response.on_hover_text(tip);
}

/// A finite number, or the sign that there is none.
fn figure(value: f64, digits: usize) -> String {
    if value.is_finite() {
        numbers::plain(value, digits)
    } else {
        numbers::NONE.into()
    }
}

/// How fast the run goes, in one large number and its parts.
fn pace(ui: &mut Ui, frame: &Frame) {
    let palette = Palette::of(ui);
    let (snapshot, speed) = (frame.snapshot, frame.snapshot.speed);
    let time = match snapshot.scene.model.units.time {
        "" => "units of time".to_string(),
        time => time.to_string(),
    };
    let share = speed.reached / speed.target;
    let (value, unit) = match &snapshot.status {
        Status::Failed(_) | Status::NotStarted(_) => ("stopped".into(), String::new()),
        Status::Paused => ("paused".into(), String::new()),
        Status::Running if speed.target.is_finite() && speed.target > 0.0 => {
            let digits = if share < 0.1 { 1 } else { 2 };
            (figure(share, digits), "× real speed".into())
        }
        Status::Running => (figure(speed.reached, 3), format!("{time} per second")),
    };
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(
            RichText::new(value)
                .font(theme::body(size::DISPLAY))
                .color(palette.text),
        );
        ui.label(RichText::new(unit).color(palette.secondary));
    });
    if snapshot.status == Status::Running && speed.target.is_finite() && share < 0.95 {
        let text = format!(
            "A step costs more than the pace allows: {} {time} per second were asked for. The run does what it can and never falls into debt.",
            figure(speed.target, 3)
        );
        let text = RichText::new(text).font(theme::body(size::SMALL));
        ui.add(Label::new(text.color(palette.secondary)).wrap());
        ui.add_space(4.0);
    }
    let steps = speed.steps_per_second;
    row(
        ui,
        "Steps",
        &figure(steps, 3),
        "per second",
        "Over the last half second",
    );
    row(
        ui,
        "Particle steps",
        &figure(steps * snapshot.count as f64, 3),
        "per second",
        "Steps times particles: what compares machines and numbers of particles",
    );
    row(
        ui,
        "Model time",
        &figure(speed.reached, 3),
        &format!("{time} per second"),
        "What was reached",
    );
}

/// The phases by the clock of the device that computes. It measures for a while when it is asked to,
/// and is asked again as long as the panel is open.
fn device_phases(ui: &mut Ui, frame: &Frame, requests: &mut Requests) {
    let cost = &frame.snapshot.device.cost;
    if cost.has_clock && !cost.measures && frame.snapshot.status == Status::Running {
        requests.push(Request::Run(Command::Measure));
    }
    if !cost.phases.is_empty() {
        let tip = "By the clock of the device, over some hundred steps: it measures only while this panel is open";
        return phases(ui, &cost.phases, tip);
    }
    heading(ui, "Cost of a step");
    let text = if cost.has_clock {
        "Is measured as soon as steps are done."
    } else {
        "This adapter has no clock for its phases."
    };
    let text = RichText::new(text).font(theme::body(size::SMALL));
    ui.add(Label::new(text.color(Palette::of(ui).secondary)).wrap());
}

/// A bar for every phase of a step.
fn phases(ui: &mut Ui, phases: &[(&'static str, f64)], tip: &str) {
    let palette = Palette::of(ui);
    let cost = |seconds: f64| {
        if seconds.is_finite() {
            seconds.max(0.0)
        } else {
            0.0
        }
    };
    let total: f64 = phases.iter().map(|phase| cost(phase.1)).sum();
    heading(ui, "Cost of a step");
    row(ui, "All phases", &figure(1e3 * total, 3), "ms", tip);
    for &(name, seconds) in phases {
        let share = if total > 0.0 && total.is_finite() {
            (cost(seconds) / total).clamp(0.0, 1.0) as f32
        } else {
            0.0
        };
        let width = ui.available_width().max(1.0);
        let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
        response.widget_info(|| {
            WidgetInfo::labeled(
                WidgetType::ProgressIndicator,
                true,
                format!("{name} {:.0} %", 100.0 * share),
            )
        });
        let painter = ui.painter();
        let middle = rect.center().y;
        let name_width = (0.36 * width).min(96.0);
        let number_width = 44.0;
        painter.text(
            rect.left_center(),
            Align2::LEFT_CENTER,
            numbers::humanised(name),
            theme::body(size::BODY),
            palette.secondary,
        );
        painter.text(
            rect.right_center(),
            Align2::RIGHT_CENTER,
            format!("{:.0} %", 100.0 * share),
            theme::body(size::BODY),
            palette.text,
        );
        let (left, right) = (rect.left() + name_width, rect.right() - number_width);
        if right > left + 8.0 {
            let rail = Rect::from_min_max(pos2(left, middle - 2.5), pos2(right, middle + 2.5));
            let end = egui::lerp(left..=right, share);
            let bar = Rect::from_min_max(rail.min, pos2(end, rail.max.y));
            painter.rect_filled(rail, 2.5, palette.hairline);
            painter.rect_filled(bar, 2.5, palette.data[0]);
        }
        response.on_hover_text(format!("{} ms per step", figure(1e3 * seconds, 3)));
    }
}

/// What the interface itself costs.
fn window(ui: &mut Ui, frame: &Frame) {
    let machine = frame.surroundings.machine;
    heading(ui, "Window");
    let rate = machine.frame_seconds.recip();
    let known = machine.frame_seconds > 0.0;
    row(
        ui,
        "Frames",
        &figure(if known { rate } else { f64::NAN }, 2),
        "per second",
        "How often the window is drawn; the run goes on meanwhile on its own thread",
    );
    row(
        ui,
        "Interface",
        &figure(1e3 * machine.interface_seconds, 2),
        "ms per frame",
        "Computing for panels and plots, without the picture",
    );
}

/// Memory, threads, adapter.
fn machine(ui: &mut Ui, frame: &Frame) {
    let palette = Palette::of(ui);
    let (machine, snapshot) = (frame.surroundings.machine, frame.snapshot);
    heading(ui, "Memory");
    let megabytes = machine
        .resident
        .map_or(f64::NAN, |bytes| bytes as f64 / 1e6);
    row(
        ui,
        "Program",
        &figure(megabytes, 3),
        "MB",
        "Memory of the whole program that is resident",
    );
    let columns: usize = snapshot
        .scene
        .model
        .columns
        .iter()
        .map(|one| one.bytes)
        .sum();
    let picture = std::mem::size_of::<Particle>();
    let tip = format!(
        "{columns} bytes for the columns of the model and {picture} for the picture; neighbour lists come on top"
    );
    let bytes = (columns + picture).to_string();
    row(ui, "Particle", &bytes, "bytes", &tip);
    let all = (columns + picture) as f64 * snapshot.count as f64 / 1e6;
    row(ui, "All particles", &figure(all, 3), "MB", &tip);
    heading(ui, "Machine");
    let threads = machine.threads.to_string();
    row(
        ui,
        "Threads",
        &threads,
        "",
        "Threads that share a step; `--threads` sets them",
    );
    let adapter = frame.surroundings.adapter;
    let adapter = if adapter.is_empty() { "none" } else { adapter };
    ui.add_space(4.0);
    let text = RichText::new(format!("Graphics: {adapter}"));
    ui.add(Label::new(text.color(palette.secondary)).wrap());
    if frame.surroundings.software {
        ui.add_space(6.0);
        ui.horizontal_top(|ui| {
            ui.label(RichText::new(icons::CPU).font(theme::icon(16.0)).color(palette.accent));
            let text = "Software rendering: pictures are slow, physics is not. The processor draws what a graphics card would; steps, tables and films of `seethe run` and `seethe record` are not affected.";
            let text = RichText::new(text).font(theme::body(size::SMALL));
            ui.add(Label::new(text.color(palette.text)).wrap());
        });
    }
}
