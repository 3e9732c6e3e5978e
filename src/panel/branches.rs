//! The branches of a run that were left: a button in the transport, and the list behind it.

use bevy_egui::egui;
use egui::{Popup, RichText, ScrollArea, Ui};
use egui_phosphor::regular as icons;

use super::theme::{self, Palette, size};
use super::{Frame, Request, Requests, bar, numbers, widgets};
use crate::scene::Scene;
use crate::sim::Action;
use crate::sim::branches::BranchMark;
use crate::sim::driver::Command;

/// The button with its list; nothing where no branch was left.
pub fn button(ui: &mut Ui, frame: &Frame, requests: &mut Requests) {
    let snapshot = frame.snapshot;
    if snapshot.branches.is_empty() {
        return;
    }
    let button = widgets::icon_button(ui, icons::GIT_BRANCH, "Branches", false)
        .on_hover_text("Branches of the run that were left");
    Popup::menu(&button).show(|ui| {
        ui.set_min_width(260.0);
        let palette = Palette::of(ui);
        let title = RichText::new("Take up a branch that was left").font(theme::body(size::SMALL));
        ui.label(title.color(palette.secondary));
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for branch in snapshot.branches.iter().rev() {
                let until = format!(
                    "Goes to its farthest step, {}. The present branch joins this list.",
                    numbers::grouped(branch.last.step)
                );
                let text = title_of(&snapshot.scene, branch);
                if ui.button(text).on_hover_text(until).clicked() {
                    requests.push(Request::Run(Command::TakeUp(branch.id)));
                }
            }
        });
    });
}

/// Asks for the branch that was left last; false where there is none.
pub fn take_up_last(frame: &Frame, requests: &mut Requests) -> bool {
    let last = frame.snapshot.branches.last();
    if let Some(branch) = last {
        requests.push(Request::Run(Command::TakeUp(branch.id)));
    }
    last.is_some()
}

/// What was done on the branch where it and the present one part, and how far it goes.
fn title_of(scene: &Scene, branch: &BranchMark) -> String {
    let until = bar::time_text(branch.last.time);
    let step = numbers::grouped(branch.parting);
    let change = match &branch.change {
        None => "no change".to_string(),
        Some(action) => words(scene, action),
    };
    format!("Step {step}: {change}, until t = {until}")
}

/// An action in a few words.
fn words(scene: &Scene, action: &Action) -> String {
    match action {
        Action::SetParameter { name, value } => {
            let declared = (scene.model.parameters)().iter();
            let written = declared
                .filter(|parameter| parameter.name == name)
                .map(|parameter| parameter.written(*value))
                .next();
            let value = written.unwrap_or_else(|| numbers::typed(*value));
            format!("{} {value}", name.replace('_', " "))
        }
        Action::SetDt(dt) => format!("dt {}", numbers::typed(*dt)),
        Action::ClearAverages => "averages begin anew".into(),
        Action::Dab(_) => "a stroke".into(),
        Action::AddWall(_) => "a wall".into(),
        Action::EraseWalls { .. } => "walls erased".into(),
    }
}
