//! The menu of the picture: what the colours show and how, marks, layers, ground and light.
//!
//! Everything in it is a setting of the scene's view, so that a saved scene looks the same again.

use bevy_egui::egui;
use egui::{RichText, ScrollArea, Sense, Ui, vec2};

use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{Frame, Requests, field, numbers, widgets};
use crate::model::observable::{Layer, LayerKind};
use crate::model::shade::Shade;
use crate::scene::{Background, COLOUR_MAPS, Glyph, ViewSettings};
use crate::sim::snapshot::{LayerData, Tint};

/// Width of the menu and of a typed value, in points.
const WIDTH: f32 = 244.0;
const FIELD: f32 = 74.0;

/// Draws the menu and asks for what was changed.
pub(super) fn menu(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    ui.set_width(WIDTH);
    let old = interface.view.clone();
    let mut view = old.clone();
    let most = (ui.ctx().content_rect().height() - 160.0).clamp(80.0, 720.0);
    let scroll = ScrollArea::vertical()
        .max_height(most)
        .min_scrolled_height(most);
    scroll.show(ui, |ui| {
        colours(ui, interface, frame, &mut view);
        marks(ui, &mut view);
        layers(ui, frame, &mut view);
        ground(ui, frame, &mut view);
    });
    if view != old {
        interface.set_view(view, requests);
    }
}

/// What the colours show: the model's own colourings, then its columns.
fn colours(ui: &mut Ui, interface: &mut Interface, frame: &Frame, view: &mut ViewSettings) {
    let legend = &frame.snapshot.picture.legend;
    let model = frame.snapshot.scene.model;
    head(ui, "Colour by");
    let choose = |ui: &mut Ui, shade: Shade, view: &mut ViewSettings| {
        let on = legend.colouring == Some(shade.name());
        let response = ui.selectable_label(on, shade.title());
        if response.on_hover_text(shade.doc()).clicked() {
            view.colour = shade.name().into();
            view.range = None;
            view.colour_map = None;
            view.logarithmic = false;
        }
    };
    let declared = |shade: &Shade| matches!(shade, Shade::Declared(_));
    for shade in model.shades().filter(declared) {
        choose(ui, shade, view);
    }
    let mut columns = model.shades().filter(|shade| !declared(shade)).peekable();
    if columns.peek().is_some() {
        let shown = model
            .shades()
            .any(|shade| !declared(&shade) && legend.colouring == Some(shade.name()));
        egui::CollapsingHeader::new(RichText::new("Columns").font(theme::body(size::BODY)))
            .default_open(shown || model.colourings.is_empty())
            .show(ui, |ui| {
                for shade in columns {
                    choose(ui, shade, view);
                }
            });
    }
    if !legend.categories.is_empty() || legend.colouring.is_none() {
        return;
    }
    if !legend.cyclic {
        range(ui, interface, frame, view);
    }
    let map = maps(
        ui,
        "particles",
        view.colour_map.as_deref(),
        Some(legend.cyclic),
    );
    if let Some(map) = map {
        view.colour_map = map;
    }
}

/// The values at the ends of the colours: following the data, or typed.
fn range(ui: &mut Ui, interface: &mut Interface, frame: &Frame, view: &mut ViewSettings) {
    let legend = &frame.snapshot.picture.legend;
    head(ui, "Range");
    let mut typed = legend.range;
    let mut refused = None;
    ui.horizontal(|ui| {
        for (end, label) in ["Low end of the colours", "High end of the colours"]
            .iter()
            .enumerate()
        {
            let id = egui::Id::new(("picture range", end));
            let (rect, _) = ui.allocate_exact_size(vec2(FIELD, 22.0), Sense::hover());
            let shown = numbers::typed(legend.range[end]);
            let text = field::value_field(ui, &mut interface.fields, id, rect, &shown, label);
            if let Some(text) = text {
                match numbers::parse(&text).filter(|value| value.is_finite()) {
                    Some(value) => {
                        typed[end] = value;
                        if typed[0] < typed[1] && typed.iter().all(|end| end.abs() <= 1e30) {
                            view.range = Some(typed);
                            interface.fields.refused = None;
                        } else {
                            refused = Some((id, "The low end must be below the high end."));
                        }
                    }
                    None => refused = Some((id, "Write a number, such as 0.5 or 1e-3.")),
                }
            }
            if end == 0 {
                ui.label(RichText::new("to").color(Palette::of(ui).secondary));
            }
        }
    });
    if let Some((id, why)) = refused {
        interface.fields.refused = Some((id, why.into()));
    }
    for end in 0..2 {
        field::refusal(ui, &interface.fields, egui::Id::new(("picture range", end)));
    }
    let held = view.range.is_some();
    if ui
        .selectable_label(!held, "Follows the data")
        .on_hover_text("The range of the colouring, or the least and the greatest value now.")
        .clicked()
    {
        view.range = None;
    }
    if ui
        .selectable_label(held, "Stays as it is now")
        .on_hover_text("Holds the two ends, so that colours can be compared over time.")
        .clicked()
        && legend.range[0] < legend.range[1]
    {
        view.range = Some(legend.range);
    }
    let response = ui.selectable_label(view.logarithmic, "Logarithmic");
    if response
        .on_hover_text(
            "Equal ratios are equal steps of the colour; values at or below zero have the lowest.",
        )
        .clicked()
    {
        view.logarithmic = !view.logarithmic;
    }
}

/// Colour maps: those that close for angles, those that do not for numbers, or both.
fn maps(
    ui: &mut Ui,
    salt: &str,
    chosen: Option<&str>,
    cyclic: Option<bool>,
) -> Option<Option<String>> {
    let mut picked = None;
    let shown = chosen.map_or("what suits".to_owned(), numbers::humanised);
    let title = RichText::new(format!("Colour map: {}", shown.to_lowercase()));
    egui::CollapsingHeader::new(title.font(theme::body(size::BODY)))
        .id_salt((salt, "map"))
        .show(ui, |ui| {
            if ui
                .selectable_label(chosen.is_none(), "What suits")
                .clicked()
            {
                picked = Some(None);
            }
            let closes = |name: &str| name == "cyclic";
            let suits = |name: &&&str| cyclic.is_none_or(|cyclic| closes(name) == cyclic);
            for &name in COLOUR_MAPS.iter().filter(suits) {
                let on = chosen == Some(name);
                if ui.selectable_label(on, numbers::humanised(name)).clicked() {
                    picked = Some(Some(name.into()));
                }
            }
        });
    picked
}

fn marks(ui: &mut Ui, view: &mut ViewSettings) {
    head(ui, "Particles");
    ui.horizontal(|ui| {
        for (glyph, name, doc) in [
            (Glyph::Disc, "Disc", "A disc of the particle's diameter."),
            (
                Glyph::Arrow,
                "Arrow",
                "A dart along the heading; without headings along the angle that is shown, or along the motion.",
            ),
            (
                Glyph::Streak,
                "Streak",
                "A tail along the way since the last picture: five radii at the typical displacement.",
            ),
        ] {
            let response = ui.selectable_label(view.glyph == glyph, name);
            if response.on_hover_text(doc).clicked() {
                view.glyph = glyph;
            }
        }
    });
}

fn layers(ui: &mut Ui, frame: &Frame, view: &mut ViewSettings) {
    head(ui, "Layers");
    let model = frame.snapshot.scene.model;
    for layer in model.all_layers() {
        let place = view.layers.iter().position(|name| name == layer.name);
        let response = ui.selectable_label(place.is_some(), layer.title);
        if response.on_hover_text(layer.doc).clicked() {
            toggle(view, layer, model.layers);
        }
        if place.is_some() {
            ui.indent(layer.name, |ui| look(ui, frame, layer, view));
        }
    }
}

/// Shows a layer or hides it. Of fields one is shown, because another would cover it.
fn toggle(view: &mut ViewSettings, layer: &Layer, own: &[Layer]) {
    if let Some(place) = view.layers.iter().position(|name| name == layer.name) {
        view.layers.remove(place);
        return;
    }
    if matches!(layer.kind, LayerKind::Field(_)) {
        let field = |name: &String| {
            own.iter()
                .any(|one| one.name == name && matches!(one.kind, LayerKind::Field(_)))
        };
        view.layers.retain(|name| !field(name));
    }
    view.layers.push(layer.name.into());
}

/// The values at the ends of a layer's colours now.
fn range_of(frame: &Frame, layer: &Layer) -> Option<[f64; 2]> {
    let mut drawn = frame.snapshot.picture.layers.iter();
    match drawn.find(|one| one.name() == layer.name)? {
        LayerData::Field { range, .. } => Some(*range),
        LayerData::Lines {
            tint: Tint::Value(range),
            ..
        } => Some(*range),
        _ => None,
    }
}

/// Opacity, colours and range of a layer.
fn look(ui: &mut Ui, frame: &Frame, layer: &Layer, view: &mut ViewSettings) {
    let style = view.style_of(layer.name).cloned().unwrap_or_default();
    let usual = match layer.kind {
        LayerKind::Field(_) => 0.6,
        LayerKind::Inset(_) => 1.0,
        LayerKind::Links(_) | LayerKind::Bonds(_) => 0.63,
        LayerKind::Trails => 0.7,
        _ => 0.9,
    };
    let opacity = style.opacity.unwrap_or(usual);
    if let Some(opacity) = share(ui, "Opacity", opacity, layer.name) {
        view.style_mut(layer.name).opacity = Some(opacity);
    }
    let coloured = matches!(
        layer.kind,
        LayerKind::Field(_) | LayerKind::Bonds(_) | LayerKind::Arrows(_)
    );
    if coloured && let Some(map) = maps(ui, layer.name, style.colour_map.as_deref(), None) {
        view.style_mut(layer.name).colour_map = map;
    }
    if let Some(range) = range_of(frame, layer).filter(|[low, high]| low < high) {
        let held = style.range.is_some();
        let response = ui.selectable_label(held, "Holds its range");
        let doc = "Keeps the values at the ends of the colours; else they follow the data.";
        if response.on_hover_text(doc).clicked() {
            view.style_mut(layer.name).range = (!held).then_some(range);
        }
    }
}

fn ground(ui: &mut Ui, frame: &Frame, view: &mut ViewSettings) {
    head(ui, "Background");
    ui.horizontal(|ui| {
        for (background, name) in [(Background::Dark, "Dark"), (Background::Light, "Light")] {
            let on = view.background == background;
            if ui.selectable_label(on, name).clicked() {
                view.background = background;
            }
        }
    });
    if frame.snapshot.scene.domain.is_periodic() {
        let images = share(ui, "Images of the box", view.ghosts, "ghosts");
        view.ghosts = images.unwrap_or(view.ghosts);
    }
    let legend = &frame.snapshot.picture.legend;
    let exact = legend.is_quantity() || !legend.categories.is_empty();
    let light = view.background == Background::Light;
    ui.add_enabled_ui(!(exact || light), |ui| {
        let response = ui.scope(|ui| share(ui, "Bloom", view.bloom, "bloom"));
        view.bloom = response.inner.unwrap_or(view.bloom);
        let doc = if exact {
            "Light that spreads from bright places alters colours, and here a colour is a number or a kind: it stays off."
        } else if light {
            "There is no light on paper."
        } else {
            "Light that spreads from bright places. It alters colours."
        };
        response.response.on_hover_text(doc).on_disabled_hover_text(doc);
    });
}

/// A slider from 0 to 1 with its name; the value that was chosen.
fn share(ui: &mut Ui, name: &str, value: f64, salt: &str) -> Option<f64> {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        let font = theme::body(size::BODY);
        ui.label(RichText::new(name).font(font).color(palette.secondary));
        let id = egui::Id::new(("picture share", salt));
        let width = (ui.available_width() - 8.0).clamp(40.0, 120.0);
        let (_, target) = widgets::track(ui, id, width, value as f32, false, name);
        // Whole hundredths read well in a scene.
        target.map(|share| (f64::from(share) * 100.0).round() / 100.0)
    })
    .inner
}

fn head(ui: &mut Ui, text: &str) {
    ui.add_space(6.0);
    let colour = Palette::of(ui).secondary;
    let font = theme::body(size::SMALL);
    ui.label(RichText::new(text).font(font).color(colour));
}
