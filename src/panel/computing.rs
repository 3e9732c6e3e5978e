//! Where the steps are computed, and the switch from one place to the other.

use bevy_egui::egui;
use egui::{ComboBox, Label, RichText, Ui};

use super::theme::{self, Palette, size};
use super::{AdapterEntry, Frame, Request, Requests, widgets};
use crate::sim::engine::ReadBacks;

/// The processor, as it stands in the menu.
const PROCESSOR: &str = "CPU";

impl AdapterEntry {
    fn title(&self) -> String {
        let kind = if self.software { ", software" } else { "" };
        format!("GPU: {}{kind}", self.name)
    }
}

/// Asks for the other place: the processor, or the adapter that was chosen last.
pub fn switch(frame: &Frame, requests: &mut Requests) {
    let on_device = frame.snapshot.engine.is_some();
    let adapter = frame.surroundings.chosen_adapter;
    requests.push(Request::Compute((!on_device).then_some(adapter)));
}

/// Draws the menu of places, and what is to be known of the one that computes.
pub fn computing(ui: &mut Ui, frame: &Frame, requests: &mut Requests) {
    let palette = Palette::of(ui);
    let adapters = frame.surroundings.adapters;
    let engine = frame.snapshot.engine.as_deref();
    let current = engine.map(|line| adapters.iter().position(|one| one.line == line));
    let shown = match current {
        None => PROCESSOR.to_string(),
        Some(Some(index)) => adapters[index].title(),
        Some(None) => "GPU".into(),
    };
    let mut wish = None;
    let width = (ui.available_width() - 8.0).max(40.0);
    let response = ComboBox::from_id_salt("compute on")
        .width(width)
        .truncate()
        .icon(widgets::combo_icon)
        .selected_text(RichText::new(shown).color(palette.text))
        .show_ui(ui, |ui| {
            if ui.selectable_label(engine.is_none(), PROCESSOR).clicked() {
                wish = engine.is_some().then_some(None);
            }
            for (index, adapter) in adapters.iter().enumerate() {
                let on = current == Some(Some(index));
                let picked = ui.selectable_label(on, adapter.title());
                if picked.on_hover_text(&adapter.line).clicked() && !on {
                    wish = Some(Some(index));
                }
            }
        });
    response
        .response
        .on_hover_text("Moves the running simulation between two steps, without losing any of it");
    requests.extend(wish.map(Request::Compute));
    let note = match engine {
        Some(line) => format!("The steps are computed on {line}."),
        None if frame.snapshot.scene.model.twin.is_none() => {
            "This model has no compute shader.".into()
        }
        None if adapters.is_empty() => "No graphics adapter that computes was found.".into(),
        None => return,
    };
    let small = |ui: &mut Ui, text: &str| {
        ui.add_space(4.0);
        let text = RichText::new(text).font(theme::body(size::SMALL));
        ui.add(Label::new(text.color(palette.secondary)).wrap())
    };
    small(ui, &note);
    let report = &frame.snapshot.device;
    if let Some(drawn) = report.drawn.as_deref() {
        small(ui, drawn).on_hover_text(read_backs(&report.read_backs));
    }
}

/// How often the state was read back, and what for.
fn read_backs(counted: &ReadBacks) -> String {
    format!(
        "Read back so far: {} times to measure, {} times for a copy in case the device fails, {} times for pictures, {} times at rest and for hands. No frame waits for it.",
        counted.samples, counted.copies, counted.pictures, counted.hands
    )
}
