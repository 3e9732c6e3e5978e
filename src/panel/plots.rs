//! The right panel: every observable, as a live plot or as a row with its number.

use bevy_egui::egui;
use egui::{Id, Label, Popup, Rect, RichText, ScrollArea, Sense, Ui, vec2};
use egui_phosphor::regular as icons;

use super::card::{title, tools};
use super::measured::{chart_of, trace};
use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{Frame, Requests, widgets};
use crate::model::observable::{Estimator, Observable};
use crate::scene::{PlotKind, PlotSettings, Scene};

/// Height of a chart in the panel.
const CHART: f32 = 144.0;
/// Plots that are open when the scene names none.
const OPEN: usize = 3;

/// One observable in the panel.
#[derive(Clone, Debug)]
pub struct PlotCard {
    pub settings: PlotSettings,
    pub open: bool,
    /// Shown large over the picture.
    pub large: bool,
}

/// The cards of a scene: its own plots first and open, every other observable folded.
pub fn cards_of(scene: &Scene) -> Vec<PlotCard> {
    let mut cards: Vec<PlotCard> = scene
        .plots
        .iter()
        .map(|settings| PlotCard {
            settings: settings.clone(),
            open: true,
            large: false,
        })
        .collect();
    let named = !cards.is_empty();
    for observable in scene.model.observables {
        if !scene
            .plots
            .iter()
            .any(|plot| plot.observable == observable.name)
        {
            let open = !named && cards.len() < OPEN;
            cards.push(PlotCard {
                settings: default_settings(observable),
                open,
                large: false,
            });
        }
    }
    cards
}

/// How an observable is plotted when nobody says.
fn default_settings(observable: &Observable) -> PlotSettings {
    let (kind, x_logarithmic, y_logarithmic) = match observable.estimator {
        Estimator::Scalar { .. } | Estimator::Cumulative { .. } => (PlotKind::Series, false, false),
        Estimator::Distribution { x, logarithmic, .. }
        | Estimator::Correlation { x, logarithmic, .. } => {
            let both = x.logarithmic && logarithmic;
            let kind = if both {
                PlotKind::LogLog
            } else {
                PlotKind::Profile
            };
            (kind, x.logarithmic, logarithmic)
        }
    };
    PlotSettings {
        observable: observable.name.into(),
        kind,
        x_logarithmic,
        y_logarithmic,
        range: None,
    }
}

/// Draws the panel.
pub fn plots(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    ui.add_space(10.0);
    let mut cards = std::mem::take(&mut interface.plots);
    widgets::panel_head(ui, "Plots", |ui| add_menu(ui, frame, &mut cards));
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if !cards.iter().any(|card| card.open) {
                ui.add_space(16.0);
                let colour = Palette::of(ui).secondary;
                ui.add(
                    Label::new(
                        RichText::new("No plots yet: click an observable to see it.").color(colour),
                    )
                    .wrap(),
                );
                ui.add_space(16.0);
            }
            for (index, card) in cards.iter_mut().enumerate() {
                ui.push_id(index, |ui| self::card(ui, frame, card, requests));
                widgets::hairline(ui);
            }
            ui.add_space(16.0);
        });
    interface.plots = cards;
}

/// The menu that opens a plot.
fn add_menu(ui: &mut Ui, frame: &Frame, cards: &mut [PlotCard]) {
    let palette = Palette::of(ui);
    let label =
        RichText::new(format!("{}  observable", icons::PLUS)).font(theme::body(size::SMALL));
    let button = ui.add(egui::Button::new(label.color(palette.secondary)).frame(false));
    Popup::menu(&button).show(|ui| {
        ui.set_min_width(220.0);
        ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
            for card in cards.iter_mut().filter(|card| !card.open) {
                let Some(observable) = frame
                    .snapshot
                    .scene
                    .model
                    .observable(&card.settings.observable)
                else {
                    continue;
                };
                if ui
                    .selectable_label(false, observable.title)
                    .on_hover_text(observable.doc)
                    .clicked()
                {
                    card.open = true;
                }
            }
        });
    });
}

/// One observable: a title row, and its chart while it is open.
fn card(ui: &mut Ui, frame: &Frame, card: &mut PlotCard, requests: &mut Requests) {
    let Some(observable) = frame
        .snapshot
        .scene
        .model
        .observable(&card.settings.observable)
    else {
        return;
    };
    let trace = trace(frame, observable.name);
    title(ui, observable, &trace, card);
    if !card.open {
        return;
    }
    let place = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width().max(1.0), CHART));
    if !ui.is_rect_visible(place) {
        // What is scrolled away costs nothing.
        ui.allocate_rect(place, Sense::hover());
        ui.add_space(8.0);
        return;
    }
    let units = frame.snapshot.scene.model.units;
    let response = chart_of(ui, observable, &trace, &card.settings, units).show(ui, CHART);
    tools(ui, response.rect, observable, card, requests);
    ui.add_space(8.0);
}

/// The plots that are shown large, as windows over the picture.
pub fn large_plots(ui: &mut Ui, interface: &mut Interface, frame: &Frame) {
    for card in interface.plots.iter_mut().filter(|card| card.large) {
        let Some(observable) = frame
            .snapshot
            .scene
            .model
            .observable(&card.settings.observable)
        else {
            continue;
        };
        let mut open = true;
        egui::Window::new(observable.title)
            .id(Id::new(("large plot", observable.name)))
            .open(&mut open)
            .default_size(vec2(560.0, 340.0))
            .min_size(vec2(240.0, 160.0))
            .constrain(true)
            .show(ui.ctx(), |ui| {
                let trace = trace(frame, observable.name);
                let height = ui.available_height();
                let units = frame.snapshot.scene.model.units;
                chart_of(ui, observable, &trace, &card.settings, units).show(ui, height);
            });
        card.large = open;
    }
}
