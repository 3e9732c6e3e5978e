//! What the phenomenon is: title, paragraphs, equations, where it was published.

use bevy_egui::egui;
use egui::{Label, RichText, Ui};

use super::state::Interface;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::{Frame, widgets};

/// Draws the section.
pub fn story(ui: &mut Ui, interface: &mut Interface, frame: &Frame) {
    let scene = &frame.snapshot.scene;
    let palette = Palette::of(ui);
    let (open, _) = widgets::section(ui, "Story", interface.story_open);
    interface.story_open = open;
    if !open {
        return;
    }
    ui.spacing_mut().item_spacing.y = 8.0;
    let title = if scene.story.title.is_empty() {
        scene.model.title
    } else {
        &scene.story.title
    };
    ui.add(
        Label::new(
            RichText::new(title)
                .font(theme::strong(size::TITLE))
                .color(palette.text),
        )
        .wrap(),
    );
    let text = if scene.story.text.trim().is_empty() {
        scene.model.summary
    } else {
        &scene.story.text
    };
    for paragraph in text
        .split("\n\n")
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        // Line ends inside a paragraph come from the file's width, not from the author.
        let flowing = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        ui.add(Label::new(RichText::new(flowing).color(palette.text)).wrap());
    }
    equations(ui, frame);
    if !scene.story.reference.trim().is_empty() {
        let text = RichText::new(scene.story.reference.trim());
        ui.add(Label::new(text.font(theme::body(size::SMALL)).color(palette.secondary)).wrap());
    }
    for source in scene.model.sources {
        let text = RichText::new(source.citation).font(theme::body(size::SMALL));
        if source.link.starts_with("http") {
            ui.hyperlink_to(text, source.link);
        } else {
            ui.add(Label::new(text.color(palette.secondary)).wrap());
        }
    }
}

fn equations(ui: &mut Ui, frame: &Frame) {
    let equations = frame.snapshot.scene.model.equations;
    if equations.is_empty() {
        return;
    }
    let palette = Palette::of(ui);
    egui::Frame::NONE
        .fill(palette.raised)
        .corner_radius(theme::CORNER)
        .inner_margin(10)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 6.0;
            for equation in equations {
                let mut job = symbols::formula(
                    equation,
                    Style {
                        size: size::BODY,
                        colour: palette.text,
                    },
                );
                job.wrap.max_width = ui.available_width().max(1.0);
                ui.add(Label::new(job).wrap());
            }
        });
}
