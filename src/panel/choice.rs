//! Rows that choose among alternatives, or switch something on and off.

use bevy_egui::egui;
use egui::{Align, Layout, RichText, Ui, vec2};

use super::quantity::Quantity;
use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{Frame, Requests, numbers, widgets};
use crate::model::parameter::{Alternative, Change, Parameter};

/// A row with a menu of alternatives.
#[expect(
    clippy::too_many_arguments,
    reason = "a row says all of this of its quantity"
)]
pub(super) fn choice(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    quantity: Quantity,
    name: &str,
    alternatives: &[Alternative],
    restarts: bool,
    doc: &str,
    requests: &mut Requests,
) {
    let value = interface.value(quantity, &frame.snapshot.scene);
    let current = if value >= 0.0 {
        value as usize
    } else {
        usize::MAX
    };
    let shown = alternatives
        .get(current)
        .map_or(numbers::NONE.into(), |one| numbers::alternative(one.name));
    let changed = interface
        .home(quantity)
        .is_some_and(|home| home != value && home.is_finite());
    let mut next = None;
    labelled(ui, name, restarts, doc, |ui| {
        let palette = Palette::of(ui);
        let ink = if changed {
            palette.accent
        } else {
            palette.text
        };
        let width = ui.available_width().max(40.0);
        let combo = egui::ComboBox::from_id_salt(("choice", name))
            .width(width)
            .truncate()
            .icon(widgets::combo_icon)
            .selected_text(RichText::new(shown).color(ink));
        let response = combo.show_ui(ui, |ui| {
            for (index, one) in alternatives.iter().enumerate() {
                let picked = ui
                    .selectable_label(index == current, numbers::alternative(one.name))
                    .on_hover_text(one.doc);
                if picked.clicked() {
                    next = Some(index);
                }
            }
        });
        if let Some(one) = alternatives.get(current) {
            response.response.on_hover_text(one.doc);
        }
    });
    if let Some(index) = next.filter(|&index| index != current) {
        set(interface, frame, quantity, [value, index as f64], requests);
    }
}

/// A row with a switch.
pub(super) fn flag(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    quantity: Quantity,
    name: &str,
    one: &Parameter,
    requests: &mut Requests,
) {
    let value = interface.value(quantity, &frame.snapshot.scene);
    let mut clicked = false;
    labelled(ui, name, one.change == Change::Restart, one.doc, |ui| {
        clicked = widgets::switch(ui, value != 0.0, name).clicked();
    });
    if clicked {
        let after = if value == 0.0 { 1.0 } else { 0.0 };
        set(interface, frame, quantity, [value, after], requests);
    }
}

/// A change that the widget itself keeps in range.
fn set(
    interface: &mut Interface,
    frame: &Frame,
    quantity: Quantity,
    values: [f64; 2],
    requests: &mut Requests,
) {
    if let Err(allowed) = interface.change(frame, quantity, values, requests) {
        let title = quantity.title(&frame.snapshot.scene);
        interface.tell(
            super::Weight::Fault,
            format!("{title}: allowed is {allowed}"),
        );
    }
}

/// A name at the left and a widget at the right.
pub(super) fn labelled(
    ui: &mut Ui,
    name: &str,
    restarts: bool,
    doc: &str,
    widget: impl FnOnce(&mut Ui),
) {
    let palette = Palette::of(ui);
    let width = ui.available_width();
    ui.allocate_ui_with_layout(
        vec2(width, 30.0),
        Layout::left_to_right(Align::Center),
        |ui| {
            let half = (0.45 * width).max(60.0);
            ui.allocate_ui_with_layout(
                vec2(half, 30.0),
                Layout::left_to_right(Align::Center),
                |ui| {
                    ui.set_min_width(half);
                    ui.spacing_mut().item_spacing.x = 4.0;
                    let response =
                        widgets::line(ui, name, theme::body(size::BODY), palette.secondary);
                    response.on_hover_text(doc);
                    if restarts {
                        let icon = RichText::new(egui_phosphor::regular::ARROW_CLOCKWISE);
                        ui.label(icon.font(theme::icon(12.0)).color(palette.secondary))
                            .on_hover_text("A change starts the run anew");
                    }
                },
            );
            ui.with_layout(Layout::right_to_left(Align::Center), widget);
        },
    );
}
