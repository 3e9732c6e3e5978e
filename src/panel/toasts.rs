//! Short messages that come and go: what happened and what to do about it.

use bevy_egui::egui;
use egui::{Area, Context, Id, Label, Order, RichText, Sense, Stroke, vec2};
use egui_phosphor::regular as icons;

use super::theme::{self, Palette, size};

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Something was done.
    Note,
    /// Something could not be done.
    Fault,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Toast {
    pub weight: Weight,
    pub text: String,
    /// Seconds that it stays.
    left: f32,
}

/// The most messages at once.
const MOST: usize = 4;
const WIDTH: f32 = 340.0;

impl Toast {
    /// A message that stays long enough to be read.
    pub fn new(weight: Weight, text: String) -> Self {
        // Twenty characters a second, and a fault stays longer.
        let reading = text.chars().count() as f32 / 20.0;
        let least = if weight == Weight::Fault { 7.0 } else { 3.5 };
        Self {
            weight,
            text,
            left: least + reading.min(12.0),
        }
    }
}

/// Draws the messages in the upper middle of the window; a click sends one away.
pub fn toasts(ctx: &Context, toasts: &mut Vec<Toast>) {
    if toasts.len() > MOST {
        toasts.drain(..toasts.len() - MOST);
    }
    if toasts.is_empty() {
        return;
    }
    let passed = ctx.input(|input| input.stable_dt).min(0.1);
    let palette = Palette::of_theme(ctx.global_style().visuals.dark_mode);
    Area::new(Id::new("toasts"))
        .order(Order::Foreground)
        .anchor(egui::Align2::CENTER_TOP, vec2(0.0, theme::BAR + 12.0))
        .constrain(true)
        .show(ctx, |ui| {
            let width = WIDTH.min(ctx.content_rect().width() - 24.0).max(60.0);
            ui.set_width(width);
            toasts.retain_mut(|toast| {
                let (icon, ink) = match toast.weight {
                    Weight::Note => (icons::CHECK, palette.accent),
                    Weight::Fault => (icons::WARNING, palette.fault),
                };
                let frame = egui::Frame::NONE
                    .fill(palette.raised)
                    .stroke(Stroke::new(1.0, palette.hairline))
                    .corner_radius(theme::CORNER)
                    .inner_margin(egui::Margin::symmetric(12, 10));
                let response = frame
                    .show(ui, |ui| {
                        ui.horizontal_top(|ui| {
                            ui.label(RichText::new(icon).font(theme::icon(16.0)).color(ink));
                            let text = RichText::new(&toast.text).font(theme::body(size::BODY));
                            ui.add(Label::new(text.color(palette.text)).wrap());
                        });
                        ui.set_width(ui.available_width());
                    })
                    .response
                    .interact(Sense::click());
                if !response.hovered() {
                    toast.left -= passed;
                }
                toast.left > 0.0 && !response.clicked()
            });
        });
    ctx.request_repaint_after(std::time::Duration::from_millis(100));
}
