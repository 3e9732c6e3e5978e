//! The strip at the bottom: timeline, restart, play, step, pace and seed.

use bevy_egui::egui;
use egui::{Align, Align2, Id, Layout, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular as icons;

use super::actions::ActionId;
use super::field;
use super::quantity::reload;
use super::reach::Reach;
use super::state::{Interface, playing};
use super::theme::{self, Palette, size};
use super::{Frame, Request, Requests, branches, numbers, timeline, widgets};
use crate::model::parameter::Scale;
use crate::sim::driver::Command;

/// The paces that the slider reaches, in units of model time per second.
pub const PACES: Reach = Reach {
    min: 1e-4,
    max: 1e3,
    scale: Scale::Logarithmic,
    whole: false,
};

/// Draws the strip.
pub fn transport(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    let whole = ui.max_rect();
    timeline::timeline(ui, frame, whole, requests);
    let wide = ui.available_width();
    ui.spacing_mut().item_spacing.x = 4.0;
    let mut act = None;
    if widgets::action_button(ui, ActionId::Restart, false).clicked() {
        act = Some(ActionId::Restart);
    }
    if wide > 420.0 && widgets::action_button(ui, ActionId::StepBack, false).clicked() {
        act = Some(ActionId::StepBack);
    }
    if play_button(ui, frame) {
        act = Some(ActionId::PlayPause);
    }
    if widgets::action_button(ui, ActionId::Step, false).clicked() {
        act = Some(ActionId::Step);
    }
    if wide > 420.0 {
        ui.add_space(8.0);
        for (id, enabled) in [
            (ActionId::Undo, interface.undo.can_undo()),
            (ActionId::Redo, interface.undo.can_redo()),
        ] {
            if ui
                .add_enabled_ui(enabled, |ui| widgets::action_button(ui, id, false))
                .inner
                .clicked()
            {
                act = Some(id);
            }
        }
    }
    if wide > 500.0 {
        branches::button(ui, frame, requests);
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        if wide > 640.0 {
            seed(ui, interface, frame, requests, &mut act);
            ui.add_space(12.0);
        }
        if wide > 300.0 {
            pace(ui, interface, frame, requests, &mut act);
        }
    });
    if let Some(id) = act {
        super::layout::perform(id, interface, frame, requests);
    }
}

fn play_button(ui: &mut Ui, frame: &Frame) -> bool {
    let palette = Palette::of(ui);
    let on = playing(frame);
    let (rect, response) = ui.allocate_exact_size(vec2(40.0, 30.0), Sense::click());
    let entry = ActionId::PlayPause.entry();
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, on, entry.title));
    let hot = response.hovered() || response.has_focus();
    let (fill, ink) = if on {
        (palette.raised, palette.accent)
    } else {
        (palette.accent, palette.on_accent)
    };
    let fill = if hot {
        theme::mix(fill, palette.text, 0.12)
    } else {
        fill
    };
    ui.painter().rect_filled(rect, theme::CORNER, fill);
    let icon = if on { icons::PAUSE } else { icons::PLAY };
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        icon,
        theme::icon(16.0),
        ink,
    );
    response.on_hover_text(entry.tooltip()).clicked()
}

/// The pace: a slider, a value, and a button for no limit.
fn pace(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
    act: &mut Option<ActionId>,
) {
    let palette = Palette::of(ui);
    let target = frame.snapshot.speed.target;
    let free = !target.is_finite();
    if widgets::action_button(ui, ActionId::FullSpeed, free).clicked() {
        *act = Some(ActionId::FullSpeed);
    }
    let font = theme::body(size::BODY);
    let unit = match frame.snapshot.scene.model.units.time {
        "" => "1/s".to_string(),
        time => format!("{time}/s"),
    };
    let unit = ui
        .painter()
        .layout_no_wrap(unit, theme::body(size::SMALL), palette.secondary);
    let (spot, _) = ui.allocate_exact_size(unit.size(), Sense::hover());
    if !free {
        ui.painter().galley(spot.min, unit, palette.secondary);
    }
    let (rect, _) = ui.allocate_exact_size(vec2(64.0, 24.0), Sense::hover());
    let shown = if free {
        "max".to_owned()
    } else {
        numbers::typed(target)
    };
    let id = Id::new("pace");
    if let Some(text) = field::value_field(ui, &mut interface.fields, id, rect, &shown, "Pace") {
        match numbers::parse(&text) {
            Some(value) if value > 0.0 && (1e-12..=1e12).contains(&value) => {
                interface.fields.refused = None;
                requests.push(Request::Run(Command::SetSpeed(value)));
            }
            _ => {
                interface.fields.refused = Some((id, String::new()));
                let text = "The pace is a number of time units per second, from 10⁻¹² to 10¹².";
                interface.tell(super::Weight::Fault, text);
            }
        }
    }
    let room = (ui.available_width() - 44.0).clamp(0.0, 220.0);
    if room > 50.0 {
        let share = if free {
            1.0
        } else {
            PACES.share(target) as f32
        };
        let (response, to) =
            widgets::track(ui, id.with("slider"), room, share, false, "Pace slider");
        if let Some(to) = to {
            requests.push(Request::Run(Command::SetSpeed(PACES.at(f64::from(to)))));
        }
        response.on_hover_text("Model time per second of your time");
        let label = ui
            .painter()
            .layout_no_wrap("pace".into(), font, palette.secondary);
        if ui.available_width() > label.size().x {
            let (spot, _) = ui.allocate_exact_size(label.size(), Sense::hover());
            ui.painter().galley(spot.min, label, palette.secondary);
        }
    }
}

/// The seed, and a button for another one.
fn seed(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
    act: &mut Option<ActionId>,
) {
    let palette = Palette::of(ui);
    if widgets::action_button(ui, ActionId::NewSeed, false).clicked() {
        *act = Some(ActionId::NewSeed);
    }
    let (rect, response) = ui.allocate_exact_size(vec2(92.0, 24.0), Sense::hover());
    response.on_hover_text(
        "The seed of all randomness: the same seed gives the same run, bit for bit.",
    );
    let shown = frame.snapshot.scene.seed.to_string();
    let id = Id::new("seed");
    if let Some(text) = field::value_field(ui, &mut interface.fields, id, rect, &shown, "Seed") {
        let digits: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        match digits.parse::<u64>() {
            Ok(seed) => {
                interface.fields.refused = None;
                reseed(frame, seed, requests);
            }
            Err(_) => {
                interface.fields.refused = Some((id, String::new()));
                let text = "The seed is a whole number from 0 to 18446744073709551615.";
                interface.tell(super::Weight::Fault, text);
            }
        }
    }
    let label =
        ui.painter()
            .layout_no_wrap("seed".into(), theme::body(size::BODY), palette.secondary);
    let (spot, _) = ui.allocate_exact_size(label.size(), Sense::hover());
    ui.painter()
        .galley(pos2(spot.left(), spot.top()), label, palette.secondary);
    let line = Stroke::new(1.0, palette.hairline);
    let left = spot.left() - 10.0;
    ui.painter()
        .vline(left, spot.center().y - 10.0..=spot.center().y + 10.0, line);
}

/// Starts the scene anew with another seed.
pub fn reseed(frame: &Frame, seed: u64, requests: &mut Requests) {
    let mut scene = (*frame.snapshot.scene).clone();
    scene.seed = seed;
    requests.push(reload(scene, playing(frame)));
}
