//! A row in which a formula is typed, with the place of an error under it.

use bevy_egui::egui;
use egui::{Id, Sense, Ui, vec2};

use super::quantity::Quantity;
use super::state::Interface;
use super::{Frame, Requests, choice, field, numbers};
use crate::math::formula::Formula;
use crate::model::formula::{number_of, text_of};
use crate::model::parameter::{Change, Parameter};

/// Height of the field.
const HEIGHT: f32 = 24.0;

/// A row with the name above and the text below.
pub(super) fn formula(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    quantity: Quantity,
    one: &Parameter,
    variable: &str,
    requests: &mut Requests,
) {
    let name = numbers::humanised(one.name);
    let value = interface.value(quantity, &frame.snapshot.scene);
    let id = Id::new(("formula", frame.snapshot.scene.model.name, one.name));
    let shown = text_of(value).unwrap_or_default();
    choice::labelled(ui, &name, one.change == Change::Restart, one.doc, |_| {});
    let width = ui.available_width().max(80.0);
    let (rect, _) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    if let Some(text) = field::value_field(ui, &mut interface.fields, id, rect, &shown, &name) {
        let answer = match Formula::parse(&text, variable) {
            // A text that is read belongs to those in use, so that its number can be checked.
            Ok(_) => interface.change(frame, quantity, [value, number_of(&text)], requests),
            Err(error) => {
                let place = error.at + 1;
                Err(format!(
                    "character {place}: {error}\n{}",
                    error.under(&text)
                ))
            }
        };
        interface.fields.refused = answer.err().map(|why| (id, why));
    }
    field::refusal(ui, &interface.fields, id);
}
