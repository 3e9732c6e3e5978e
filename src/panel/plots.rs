//! The right panel: every observable, as a live plot or as a row with its number.

use bevy_egui::egui;
use egui::{Id, Label, Popup, Rect, RichText, ScrollArea, Sense, Stroke, Ui, pos2, vec2};
use egui_phosphor::regular as icons;

use super::card::{title, tools};
use super::grip::Hand;
use super::measured::{Prepared, chart, trace};
use super::page::PrintedPlot;
use super::state::{Fields, Interface};
use super::theme::{self, Palette, size};
use super::{Columns, Frame, PlotPicture, Request, Requests, plot_menu, scatter, widgets};
use crate::scene::{PlotKind, PlotSettings, Scene};
use crate::sim::Snapshot;

/// Height of a chart in the panel.
const CHART: f32 = 144.0;
/// Plots that are open when the scene names none.
const OPEN: usize = 3;

/// One plot in the panel.
#[derive(Clone, Debug)]
pub struct PlotCard {
    /// Tells the card from all others of this list, whatever their order.
    id: u64,
    pub settings: PlotSettings,
    pub open: bool,
    /// Shown large over the picture.
    pub large: bool,
    /// The stretch of x over which a line is fitted.
    pub fit: Option<[f64; 2]>,
    prepared: Prepared,
}

impl PlotCard {
    fn new(id: usize, settings: PlotSettings, open: bool) -> Self {
        Self {
            id: id as u64,
            settings,
            open,
            large: false,
            fit: None,
            prepared: Prepared::default(),
        }
    }

    /// What asks for the numbers of the plot: those of the observable, or of the plot alone.
    pub(super) fn table(&self, snapshot: &Snapshot) -> Request {
        let name = self.settings.observable.as_str();
        let trace = trace(snapshot, name);
        let axis = scatter::axis(snapshot, &self.settings);
        let heads = match self.settings.kind {
            PlotKind::Histogram => [name.to_owned(), "density".into()],
            PlotKind::Scatter => {
                let against = self.settings.against.as_deref();
                let earlier = format!("{name}_earlier");
                [against.unwrap_or(&earlier).to_owned(), name.to_owned()]
            }
            _ => {
                let observable = snapshot.scene.model.observable(name);
                return Request::ExportPlot(observable.map_or("", |one| one.name));
            }
        };
        let chart = chart(snapshot, &self.settings, &trace, &axis);
        Request::ExportColumns(Box::new(Columns {
            name: format!("{name}_{}", self.settings.kind.name()),
            heads: heads.into(),
            rows: chart
                .points
                .iter()
                .map(|point| vec![point.x, point.y])
                .collect(),
        }))
    }

    /// The plot as it is printed.
    pub(super) fn printed(&self) -> PrintedPlot {
        PrintedPlot {
            settings: self.settings.clone(),
            fit: self.fit,
        }
    }
}

/// The cards of a scene: its own plots first and open, every other observable folded.
pub fn cards_of(scene: &Scene) -> Vec<PlotCard> {
    let mut cards: Vec<PlotCard> = Vec::new();
    for settings in &scene.plots {
        cards.push(PlotCard::new(cards.len(), settings.clone(), true));
    }
    let named = !cards.is_empty();
    for observable in scene.model.observables {
        let same = |card: &PlotCard| card.settings.observable == observable.name;
        if !cards.iter().any(same) {
            let open = !named && cards.len() < OPEN;
            let settings = PlotSettings::of(observable);
            cards.push(PlotCard::new(cards.len(), settings, open));
        }
    }
    cards
}

/// Draws the panel.
pub fn plots(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    ui.add_space(10.0);
    let mut cards = std::mem::take(&mut interface.plots);
    let dark = interface.dark;
    widgets::panel_head(ui, "Plots", |ui| {
        all_menu(ui, interface, &cards, dark, requests);
        add_menu(ui, frame, &mut cards);
    });
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
            let mut places = Vec::with_capacity(cards.len());
            let mut dragged = None;
            for (index, card) in cards.iter_mut().enumerate() {
                let top = ui.cursor().min;
                let held = ui
                    .push_id(card.id, |ui| {
                        self::card(ui, frame, card, &mut interface.fields, requests)
                    })
                    .inner;
                widgets::hairline(ui);
                places.push(Rect::from_min_max(
                    top,
                    pos2(top.x + 1.0, ui.cursor().min.y),
                ));
                if held.is_some() {
                    dragged = held.map(|held| (index, held));
                }
            }
            reorder(ui, &mut cards, &places, dragged);
            settle(&mut cards);
            ui.add_space(16.0);
        });
    interface.plots = cards;
}

/// How the title of a card is held.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Held {
    Moving,
    LetGo,
}

/// Shows where the card would go that is dragged by its title, and puts it there in the end.
fn reorder(ui: &Ui, cards: &mut Vec<PlotCard>, places: &[Rect], dragged: Option<(usize, Held)>) {
    let (Some((from, held)), Some(pointer)) =
        (dragged, ui.input(|input| input.pointer.latest_pos()))
    else {
        return;
    };
    // The card goes before the first one whose middle lies below the pointer.
    let before = places
        .iter()
        .position(|place| place.center().y > pointer.y)
        .unwrap_or(places.len());
    match held {
        Held::Moving => {
            let y = places
                .get(before)
                .map(|place| place.top())
                .or(places.last().map(|place| place.bottom()));
            if let Some(y) = y {
                let line = Stroke::new(2.0, Palette::of(ui).accent);
                let width = ui.available_width().max(1.0);
                let left = ui.cursor().min.x;
                ui.painter().hline(left..=left + width, y, line);
            }
        }
        Held::LetGo if from < cards.len() => {
            let card = cards.remove(from);
            let to = if before > from { before - 1 } else { before };
            cards.insert(to.min(cards.len()), card);
        }
        Held::LetGo => {}
    }
}

/// A closed card of an observable that has another card goes.
fn settle(cards: &mut Vec<PlotCard>) {
    let mut at = 0;
    while let Some(card) = cards.get(at) {
        let same = |other: &PlotCard| {
            other.id != card.id && other.settings.observable == card.settings.observable
        };
        if !card.open && !card.large && cards.iter().any(same) {
            cards.remove(at);
        } else {
            at += 1;
        }
    }
}

/// The menu that opens a plot; an observable that is plotted already is plotted once more.
fn add_menu(ui: &mut Ui, frame: &Frame, cards: &mut Vec<PlotCard>) {
    let palette = Palette::of(ui);
    let label = RichText::new(format!("{}  plot", icons::PLUS)).font(theme::body(size::SMALL));
    let button = ui.add(egui::Button::new(label.color(palette.secondary)).frame(false));
    Popup::menu(&button).show(|ui| {
        ui.set_min_width(220.0);
        ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
            for observable in frame.snapshot.scene.model.observables {
                let shown =
                    |card: &PlotCard| card.open && card.settings.observable == observable.name;
                let on = cards.iter().any(shown);
                if !ui
                    .selectable_label(on, observable.title)
                    .on_hover_text(observable.doc)
                    .clicked()
                {
                    continue;
                }
                let folded = cards
                    .iter_mut()
                    .find(|card| !card.open && card.settings.observable == observable.name);
                match folded {
                    Some(card) => card.open = true,
                    None => {
                        let next = cards.iter().map(|card| card.id + 1).max().unwrap_or(0);
                        let settings = PlotSettings::of(observable);
                        cards.insert(0, PlotCard::new(next as usize, settings, true));
                    }
                }
            }
        });
    });
}

/// What can be done with all plots together.
fn all_menu(
    ui: &mut Ui,
    interface: &mut Interface,
    cards: &[PlotCard],
    dark: bool,
    requests: &mut Requests,
) {
    let button = widgets::sized_icon_button(
        ui,
        icons::EXPORT,
        "Export all plots",
        false,
        vec2(22.0, 20.0),
        14.0,
    )
    .on_hover_text("Export all plots, or have them in films");
    Popup::menu(&button)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_min_width(220.0);
            let open = cards.iter().filter(|card| card.open);
            let plots: Vec<PrintedPlot> = open.map(PlotCard::printed).collect();
            ui.add_enabled_ui(!plots.is_empty(), |ui| {
                plot_menu::picture_choices(ui, dark, |scale, dark| {
                    requests.push(Request::ExportPicture(Box::new(PlotPicture {
                        name: "plots".into(),
                        plots: plots.clone(),
                        scale,
                        dark,
                    })));
                });
            });
            if ui
                .selectable_label(false, "CSV of all time series")
                .clicked()
            {
                requests.push(Request::ExportTable);
                ui.close();
            }
            plot_menu::head(ui, "In films and stills");
            for (label, on) in [
                ("Plots", &mut interface.dress.plots),
                ("Legend, scale and time", &mut interface.dress.legend),
            ] {
                plot_menu::tick(ui, label, on);
            }
        });
}

/// One plot: a title row, and its chart while it is open. Says how its title is held.
fn card(
    ui: &mut Ui,
    frame: &Frame,
    card: &mut PlotCard,
    fields: &mut Fields,
    requests: &mut Requests,
) -> Option<Held> {
    let observable = frame
        .snapshot
        .scene
        .model
        .observable(&card.settings.observable)?;
    let trace = trace(frame.snapshot, observable.name);
    let response = title(ui, frame, observable, &trace, card);
    let held = if response.dragged() {
        Some(Held::Moving)
    } else {
        response.drag_stopped().then_some(Held::LetGo)
    };
    if !card.open {
        return held;
    }
    let place = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width().max(1.0), CHART));
    if !ui.is_rect_visible(place) {
        // What is scrolled away costs nothing.
        ui.allocate_rect(place, Sense::hover());
        ui.add_space(8.0);
        return held;
    }
    let response = chart_of(ui, frame, card, CHART, false);
    tools(ui, response.rect, frame, card, fields, requests);
    ui.add_space(8.0);
    held
}

/// The chart of a card, made anew only where it has to be.
fn chart_of(
    ui: &mut Ui,
    frame: &Frame,
    card: &mut PlotCard,
    height: f32,
    wheel: bool,
) -> egui::Response {
    let trace = trace(frame.snapshot, &card.settings.observable);
    let prepared = &mut card.prepared;
    prepared.update(frame.snapshot, &card.settings, &trace);
    let reading = prepared.reading(card.fit);
    let mut hand = Hand {
        settings: &mut card.settings,
        fit: &mut card.fit,
        wheel,
    };
    prepared.chart.show(
        ui,
        height,
        &mut prepared.thin,
        reading.as_ref(),
        Some(&mut hand),
    )
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
            .id(Id::new(("large plot", card.id)))
            .open(&mut open)
            .default_size(vec2(560.0, 340.0))
            .min_size(vec2(240.0, 160.0))
            .constrain(true)
            .show(ui.ctx(), |ui| {
                let height = ui.available_height();
                chart_of(ui, frame, card, height, true);
            });
        card.large = open;
    }
}
