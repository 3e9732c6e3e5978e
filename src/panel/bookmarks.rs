//! Bookmarks: views to come back to with a key, each with the live parameters it was seen with.

use bevy_egui::egui;
use egui::{Id, Key, Layout, RichText, Sense, TextEdit, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular as icons;

use super::actions::ActionId;
use super::numbers;
use super::quantity::{Quantity, declaration};
use super::state::Interface;
use super::theme::{self, Palette, size};
use super::toasts::Weight;
use super::undo::{Entry, Jump, Spot};
use super::{Frame, Requests, widgets};
use crate::model::parameter::Change;
use crate::scene::{Bookmark, MOST_BOOKMARKS, Scene, ViewSettings};

/// The longest name, in characters; its bytes fit a scene whatever they are.
const LONGEST: usize = 20;

impl Interface {
    /// How the picture is drawn and where it looks now.
    pub(super) fn view_now(&self, frame: &Frame) -> ViewSettings {
        let mut view = self.view.clone();
        match frame.surroundings.looks_at {
            Some((centre, height)) => (view.centre, view.height) = (centre, Some(height)),
            None => (view.centre, view.height) = ([0.0, 0.0], None),
        }
        view
    }

    /// The live parameters and their values, those of the scene replaced by `own`.
    fn live(&self, scene: &Scene, own: &[(usize, f64)]) -> Vec<(Quantity, f64)> {
        let base = self.opened.as_deref().unwrap_or(scene);
        let declared = (scene.model.parameters)().iter().enumerate();
        declared
            .filter(|(_, one)| one.change == Change::Live)
            .map(|(index, _)| {
                let kept = own.iter().find(|(known, _)| *known == index);
                let value = kept.map_or_else(|| base.values.get(index), |(_, value)| *value);
                (Quantity::Parameter(index), value)
            })
            .collect()
    }

    /// Keeps what is seen under a number; the first free one when there is a gap before it.
    pub(super) fn set_bookmark(&mut self, number: usize, frame: &Frame) {
        let scene = &frame.snapshot.scene;
        let base = self.opened.clone().unwrap_or_else(|| scene.clone());
        let declared = (scene.model.parameters)().iter().enumerate();
        let parameters: Vec<(usize, f64)> = declared
            .filter(|(_, one)| one.change == Change::Live)
            .map(|(index, _)| (index, self.value(Quantity::Parameter(index), scene)))
            .filter(|&(index, value)| base.values.get(index) != value)
            .collect();
        let index = (number.max(1) - 1).min(self.bookmarks.len());
        if index >= MOST_BOOKMARKS {
            let text = "All nine bookmarks are taken: delete one, or set one anew with Ctrl+Shift and its number.";
            self.tell(Weight::Fault, text);
            return;
        }
        let mut bookmark = Bookmark {
            name: name_of(scene, &parameters, index),
            view: self.view_now(frame),
            parameters,
        };
        let number = index + 1;
        if let Some(old) = self.bookmarks.get_mut(index) {
            // A name that was given by hand stays.
            if old.name != name_of(scene, &old.parameters, index) {
                bookmark.name.clone_from(&old.name);
            }
            *old = bookmark;
        } else {
            self.bookmarks.push(bookmark);
        }
        let text = format!("Bookmark {number} is set: the key {number} comes back here.");
        self.tell(Weight::Note, text);
    }

    /// Goes to the bookmark of a number, which can be undone.
    pub(super) fn jump(&mut self, number: usize, frame: &Frame, requests: &mut Requests) {
        let scene = &frame.snapshot.scene;
        let Some(bookmark) = self.bookmarks.get(number.wrapping_sub(1)).cloned() else {
            let text = format!(
                "There is no bookmark {number}: set it with {}.",
                ActionId::SetBookmark(number.clamp(1, 9) as u8)
                    .entry()
                    .key_text()
            );
            self.tell(Weight::Note, text);
            return;
        };
        let after = Spot {
            view: bookmark.view,
            values: self.live(scene, &bookmark.parameters),
        };
        let values = after
            .values
            .iter()
            .map(|&(quantity, _)| (quantity, self.value(quantity, scene)))
            .collect();
        let before = Spot {
            view: self.view_now(frame),
            values,
        };
        self.go_to(frame, after.clone(), requests);
        self.undo
            .push(Entry::Jump(Box::new(Jump { before, after })));
    }

    /// The bookmarks as they must stand in a scene with other values than the one opened: what
    /// they show stays the same.
    pub(super) fn bookmarks_for(&self, scene: &Scene) -> Vec<Bookmark> {
        let differing = |bookmark: &Bookmark| {
            self.live(scene, &bookmark.parameters)
                .into_iter()
                .filter_map(|(quantity, value)| match quantity {
                    Quantity::Parameter(index) if scene.values.get(index) != value => {
                        Some((index, value))
                    }
                    _ => None,
                })
                .collect()
        };
        self.bookmarks
            .iter()
            .map(|bookmark| Bookmark {
                parameters: differing(bookmark),
                ..bookmark.clone()
            })
            .collect()
    }
}

/// A name that says what differs: the first two parameters, else the number.
fn name_of(scene: &Scene, parameters: &[(usize, f64)], index: usize) -> String {
    let said: Vec<String> = parameters
        .iter()
        .take(2)
        .filter_map(|&(index, value)| {
            let one = declaration(scene, index)?;
            let value = match one.kind {
                crate::model::parameter::Kind::Number { .. } => numbers::plain(value, 4),
                _ => one.written(value),
            };
            Some(format!("{} = {value}", one.symbol))
        })
        .collect();
    match said.is_empty() {
        true => format!("View {}", index + 1),
        false => said.join(", ").chars().take(LONGEST).collect(),
    }
}

/// What was done with a row.
enum Wish {
    Jump(usize),
    Rename(usize),
    Named(usize, String),
    Remove(usize),
}

/// Draws the list: a row each, and a button for another one.
pub fn bookmarks(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    let palette = Palette::of(ui);
    ui.add_space(4.0);
    widgets::panel_title(ui, "Bookmarks");
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut wish = None;
    for index in 0..interface.bookmarks.len() {
        wish = row(ui, interface, index).or(wish);
    }
    if interface.bookmarks.is_empty() {
        let text = "None yet. A bookmark keeps the view and the parameters that act at once.";
        let text = RichText::new(text).font(theme::body(size::SMALL));
        ui.add(egui::Label::new(text.color(palette.secondary)).wrap());
    }
    ui.add_space(4.0);
    let free = interface.bookmarks.len() < MOST_BOOKMARKS;
    let add = ui.add_enabled_ui(free, |ui| {
        widgets::text_button(ui, "Bookmark this view", false).on_hover_text(
            "Keeps colours, camera, layers and what was changed; the number keys come back",
        )
    });
    match wish {
        None => {}
        Some(Wish::Jump(index)) => interface.jump(index + 1, frame, requests),
        Some(Wish::Rename(index)) => {
            let name = interface.bookmarks.get(index).map(|one| one.name.clone());
            interface.renaming = name.map(|name| (index, name));
        }
        Some(Wish::Named(index, name)) => {
            if let Some(bookmark) = interface.bookmarks.get_mut(index)
                && !name.trim().is_empty()
            {
                bookmark.name = name.trim().into();
            }
            interface.renaming = None;
        }
        Some(Wish::Remove(index)) => {
            interface.bookmarks.remove(index);
            interface.renaming = None;
        }
    }
    if add.inner.clicked() {
        interface.set_bookmark(interface.bookmarks.len() + 1, frame);
    }
}

fn row(ui: &mut Ui, interface: &mut Interface, index: usize) -> Option<Wish> {
    let palette = Palette::of(ui);
    let name = interface.bookmarks.get(index)?.name.clone();
    let width = ui.available_width().max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("Go to {name}")));
    if response.hovered() || response.has_focus() {
        ui.painter()
            .rect_filled(rect.expand2(vec2(6.0, 0.0)), theme::CORNER, palette.raised);
    }
    let mut wish = response.clicked().then_some(Wish::Jump(index));
    let builder = egui::UiBuilder::new()
        .max_rect(rect)
        .layout(Layout::right_to_left(egui::Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (icon, label) in [(icons::TRASH, "Delete"), (icons::PENCIL_SIMPLE, "Rename")] {
            let label = format!("{label} {name}");
            let square = vec2(22.0, 22.0);
            let button = widgets::sized_icon_button(ui, icon, &label, false, square, 13.0);
            if button.on_hover_text(&label).clicked() {
                wish = Some(match icon {
                    icons::TRASH => Wish::Remove(index),
                    _ => Wish::Rename(index),
                });
            }
        }
        ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
            let number = RichText::new(format!("{}", index + 1)).font(theme::mono(size::SMALL));
            ui.label(number.color(palette.secondary));
            ui.add_space(4.0);
            match &mut interface.renaming {
                Some((renamed, text)) if *renamed == index => {
                    let edit = TextEdit::singleline(text)
                        .id(Id::new("bookmark name"))
                        .char_limit(LONGEST)
                        .font(theme::body(size::BODY))
                        .desired_width(f32::INFINITY)
                        .frame(egui::Frame::NONE.fill(palette.raised).inner_margin(3));
                    let response = ui.add(edit);
                    if response.lost_focus() {
                        let given_up = ui.input(|input| input.key_pressed(Key::Escape));
                        let text = if given_up {
                            String::new()
                        } else {
                            text.clone()
                        };
                        wish = Some(Wish::Named(index, text));
                    } else {
                        response.request_focus();
                    }
                }
                _ => {
                    widgets::line(ui, &name, theme::body(size::BODY), palette.text);
                }
            }
        });
    });
    wish
}
