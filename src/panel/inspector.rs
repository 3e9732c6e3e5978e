//! One particle, looked at closely: its columns, its neighbours, the forces on it, its own history.

use bevy_egui::egui;
use egui::{Label, RichText, Ui};

use super::state::Interface;
use super::theme::Palette;
use super::{Frame, Requests, widgets};

/// Draws the panel.
pub fn inspector(
    ui: &mut Ui,
    _interface: &mut Interface,
    _frame: &Frame,
    _requests: &mut Requests,
) {
    ui.add_space(10.0);
    widgets::panel_head(ui, "Particle", |_| {});
    let colour = Palette::of(ui).secondary;
    let text = RichText::new("Click a particle in the picture to look at it closely.");
    ui.add(Label::new(text.color(colour)).wrap());
}
