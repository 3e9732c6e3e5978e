//! Unsaved work, and the one question that the window asks: what to do with it at the end.

use bevy_egui::egui;
use egui::{Context, Id, Key, Label, Modal, Modifiers, RichText, vec2};

use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{FilmState, Frame, Request, Requests, numbers, widgets};
use crate::scene::{Scene, ViewSettings};

impl Interface {
    /// The scene with everything as it is now: values, picture, plots, bookmarks.
    pub fn scene_now(&self, frame: &Frame) -> Scene {
        self.dressed(&frame.snapshot.scene, self.view_now(frame))
    }

    /// A scene with a view, and with the plots and bookmarks that there are now.
    pub fn dressed(&self, scene: &Scene, view: ViewSettings) -> Scene {
        let mut scene = scene.clone();
        scene.view = view;
        scene.plots = self.plot_settings();
        scene.bookmarks = self.bookmarks_for(&scene);
        scene
    }

    /// Takes note that a scene has been written to a file.
    pub fn saved(&mut self, scene: &Scene) {
        // Bookmarks are told by what differs from the scene opened, which stays what it is.
        self.kept = Some(Scene {
            bookmarks: self.bookmarks.clone(),
            ..scene.clone()
        });
    }

    /// What was changed by hand since the scene was opened or saved, in words; `None` when
    /// nothing was. Looking elsewhere, another seed and other plots are not worth a question.
    pub(super) fn unsaved(&self, frame: &Frame) -> Option<String> {
        let (kept, scene) = (self.kept.as_ref()?, &frame.snapshot.scene);
        let declared = (scene.model.parameters)();
        let mut changes: Vec<String> = declared
            .iter()
            .enumerate()
            .filter(|&(index, _)| kept.values.get(index) != scene.values.get(index))
            .map(|(_, one)| numbers::humanised(one.name))
            .collect();
        for (changed, name) in [
            (kept.dt != scene.dt, "time step"),
            (kept.domain != scene.domain, "box"),
            (kept.count != scene.count, "number of particles"),
            (kept.initial != scene.initial, "start"),
            (kept.sample_every != scene.sample_every, "steps per sample"),
            (kept.bookmarks != self.bookmarks, "bookmarks"),
        ] {
            if changed {
                changes.push(name.into());
            }
        }
        let more = changes.len().saturating_sub(3);
        changes.truncate(3);
        let mut text = changes.join(", ");
        if more > 0 {
            text.push_str(&format!(" and {more} more"));
        }
        (!text.is_empty()).then_some(text)
    }

    /// Ends the program, or asks first when work would be lost.
    pub(super) fn leave(&mut self, frame: &Frame, requests: &mut Requests) {
        let filming = frame.surroundings.film != FilmState::Idle;
        if filming || self.unsaved(frame).is_some() {
            self.leaving = true;
            self.sheet = None;
        } else {
            requests.push(Request::Quit);
        }
    }
}

/// Draws the question while it stands.
pub fn question(ctx: &Context, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    if !interface.leaving {
        return;
    }
    let changes = interface.unsaved(frame);
    let film = frame.surroundings.film;
    let dark = ctx.global_style().visuals.dark_mode;
    let palette = Palette::of_theme(dark);
    let room = (ctx.content_rect().width() - 32.0).clamp(40.0, 420.0);
    let mut text = String::new();
    if let FilmState::Recording { seconds, .. } = film {
        text.push_str(&format!(
            "A film is being recorded: {seconds:.1} s so far. Saving finishes it. "
        ));
    }
    if let Some(changes) = &changes {
        text.push_str(&format!(
            "The scene was changed and not saved: {changes}. Saving asks for a file."
        ));
    }
    let frame_of = egui::Frame::NONE
        .fill(palette.panel)
        .stroke(egui::Stroke::new(1.0, palette.hairline))
        .corner_radius(theme::CORNER)
        .inner_margin(20);
    let (mut save, mut discard, mut stay) = (false, false, false);
    let modal = Modal::new(Id::new("leave"))
        .frame(frame_of)
        .backdrop_color(palette.canvas.gamma_multiply(0.6));
    let response = modal.show(ctx, |ui| {
        ui.set_width((room - 40.0).max(1.0));
        ui.spacing_mut().item_spacing = vec2(8.0, 12.0);
        let title = RichText::new("Keep your work?").font(theme::strong(size::LARGE));
        ui.add(Label::new(title.color(palette.text)).wrap());
        ui.add(Label::new(RichText::new(text.trim()).color(palette.text)).wrap());
        ui.horizontal_wrapped(|ui| {
            save = widgets::text_button(ui, "Save", true).clicked();
            discard = widgets::text_button(ui, "Discard", false).clicked();
            stay = widgets::text_button(ui, "Cancel", false).clicked();
        });
    });
    let (enter, escape) = ctx.input_mut(|input| {
        let enter = input.consume_key(Modifiers::NONE, Key::Enter);
        (enter, input.consume_key(Modifiers::NONE, Key::Escape))
    });
    let focused = ctx.memory(|memory| memory.focused().is_some());
    if save || (enter && !focused) {
        interface.leaving = false;
        let scene = changes.map(|_| Box::new(interface.scene_now(frame)));
        requests.push(Request::SaveAndQuit(scene));
    } else if discard {
        interface.leaving = false;
        requests.push(Request::Quit);
    } else if stay || escape || response.should_close() {
        interface.leaving = false;
    }
}
