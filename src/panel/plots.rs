//! The right panel: every observable, as a live plot or as a row with its number.

use bevy_egui::egui;
use egui::text::LayoutJob;
use egui::{
    Align, Align2, Id, Label, Layout, Popup, Rect, RichText, ScrollArea, Sense, TextFormat, Ui,
    UiBuilder, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icons;

use super::chart::{AxisName, Chart, Look, Point};
use super::state::Interface;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::{Frame, Request, Requests, numbers, widgets};
use crate::model::observable::{Estimator, Observable};
use crate::scene::{PlotKind, PlotSettings, Scene};
use crate::sim::snapshot::{CurveTrace, ScalarTrace};

/// Height of a chart in the panel.
const CHART: f32 = 144.0;
/// Bars of a histogram of a scalar.
const BARS: usize = 28;
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
        .map(|settings| PlotCard { settings: settings.clone(), open: true, large: false })
        .collect();
    let named = !cards.is_empty();
    for observable in scene.model.observables {
        if !scene.plots.iter().any(|plot| plot.observable == observable.name) {
            let open = !named && cards.len() < OPEN;
            cards.push(PlotCard { settings: default_settings(observable), open, large: false });
        }
    }
    cards
}

/// How an observable is plotted when nobody says.
fn default_settings(observable: &Observable) -> PlotSettings {
    let (kind, x_logarithmic, y_logarithmic) = match observable.estimator {
        Estimator::Scalar { .. } => (PlotKind::Series, false, false),
        Estimator::Distribution { x, logarithmic, .. } | Estimator::Correlation { x, logarithmic, .. } => {
            let both = x.logarithmic && logarithmic;
            let kind = if both { PlotKind::LogLog } else { PlotKind::Profile };
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

/// What has been measured of one observable.
enum Trace<'a> {
    Scalar(&'a ScalarTrace),
    Curve(&'a CurveTrace),
    None,
}

fn trace<'a>(frame: &Frame<'a>, name: &str) -> Trace<'a> {
    let snapshot = frame.snapshot;
    let scalar = snapshot.scalars.iter().find(|trace| trace.observable.name == name);
    let curve = snapshot.curves.iter().find(|trace| trace.observable.name == name);
    match (scalar, curve) {
        (Some(trace), _) => Trace::Scalar(trace),
        (_, Some(trace)) => Trace::Curve(trace),
        _ => Trace::None,
    }
}

/// Draws the panel.
pub fn plots(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    ui.add_space(10.0);
    let mut cards = std::mem::take(&mut interface.plots);
    widgets::panel_head(ui, "Plots", |ui| add_menu(ui, frame, &mut cards));
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if !cards.iter().any(|card| card.open) {
            ui.add_space(16.0);
            let colour = Palette::of(ui).secondary;
            ui.add(Label::new(RichText::new("No plots yet: click an observable to see it.").color(colour)).wrap());
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
    let label = RichText::new(format!("{}  observable", icons::PLUS)).font(theme::body(size::SMALL));
    let button = ui.add(egui::Button::new(label.color(palette.secondary)).frame(false));
    Popup::menu(&button).show(|ui| {
        ui.set_min_width(220.0);
        ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
            for card in cards.iter_mut().filter(|card| !card.open) {
                let Some(observable) = frame.snapshot.scene.model.observable(&card.settings.observable) else {
                    continue;
                };
                if ui.selectable_label(false, observable.title).on_hover_text(observable.doc).clicked() {
                    card.open = true;
                }
            }
        });
    });
}

/// One observable: a title row, and its chart while it is open.
fn card(ui: &mut Ui, frame: &Frame, card: &mut PlotCard, requests: &mut Requests) {
    let Some(observable) = frame.snapshot.scene.model.observable(&card.settings.observable) else {
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
    let response = chart_of(ui, observable, &trace, &card.settings).show(ui, CHART);
    tools(ui, response.rect, observable, card, requests);
    ui.add_space(8.0);
}

/// Name at the left; symbol, number and dot at the right.
fn title(ui: &mut Ui, observable: &'static Observable, trace: &Trace, card: &mut PlotCard) {
    let palette = Palette::of(ui);
    let width = ui.available_width().max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::CollapsingHeader, true, card.open, observable.title));
    if response.clicked() {
        card.open = !card.open;
    }
    let middle = rect.center().y;
    let lit = response.hovered() || response.has_focus();
    let caret = if card.open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    let ink = if lit { palette.text } else { palette.secondary };
    ui.painter().text(pos2(rect.left() + 5.0, middle), Align2::CENTER_CENTER, caret, theme::icon(10.0), ink);

    let mut right = rect.right();
    if let Trace::Scalar(scalar) = trace {
        if let Some(summary) = &scalar.summary {
            widgets::dot(ui, pos2(right - 5.0, middle), summary.stationary, palette.secondary);
        }
        right -= 16.0;
    }
    let job = reading(observable, trace, palette, card.open);
    let galley = ui.painter().layout_job(job);
    let mut left = right - galley.size().x;
    left = left.max(rect.left() + 0.35 * rect.width());
    let clip = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
    ui.painter().with_clip_rect(clip.intersect(ui.clip_rect())).galley(
        pos2(left, middle - 0.5 * galley.size().y),
        galley,
        palette.text,
    );
    let room = Rect::from_min_max(pos2(rect.left() + 16.0, rect.top()), pos2(left - 8.0, rect.bottom()));
    let colour = if card.open || lit { palette.text } else { palette.secondary };
    let mut child = ui.new_child(UiBuilder::new().max_rect(room).layout(Layout::left_to_right(Align::Center)));
    let text = RichText::new(observable.title).font(theme::body(size::BODY)).color(colour);
    child.add(Label::new(text).truncate().selectable(false));
    response.on_hover_ui(|ui| tooltip(ui, observable, trace));
}

/// `ψ₆ = 0.612(4)`, or how many samples a curve is averaged over.
fn reading(observable: &Observable, trace: &Trace, palette: &Palette, open: bool) -> LayoutJob {
    let mut job = LayoutJob::default();
    let plain = |text: &str, colour, job: &mut LayoutJob| {
        job.append(text, 0.0, TextFormat::simple(theme::body(size::BODY), colour));
    };
    match trace {
        Trace::Scalar(scalar) => {
            let ink = Style { size: size::BODY, colour: palette.secondary };
            if !observable.symbol.is_empty() {
                symbols::append(&mut job, observable.symbol, ink);
                plain(" = ", palette.secondary, &mut job);
            }
            let number = match scalar.summary {
                Some(summary) if summary.mean.is_finite() => numbers::with_error(summary.mean, summary.error),
                _ => numbers::plain(scalar.latest, 4),
            };
            plain(&number, palette.text, &mut job);
            if !observable.unit.is_empty() && scalar.latest.is_finite() {
                let ink = Style { size: size::SMALL, colour: palette.secondary };
                plain(" ", palette.secondary, &mut job);
                symbols::append(&mut job, observable.unit, ink);
            }
        }
        Trace::Curve(curve) if open => {
            let ending = if curve.samples == 1 { "" } else { "s" };
            let text = format!("{} sample{ending}", numbers::grouped(curve.samples));
            job.append(&text, 0.0, TextFormat::simple(theme::body(size::SMALL), palette.secondary));
        }
        Trace::Curve(_) => {
            symbols::append(&mut job, observable.symbol, Style { size: size::BODY, colour: palette.secondary });
        }
        Trace::None => plain(numbers::NONE, palette.secondary, &mut job),
    }
    job
}

fn tooltip(ui: &mut Ui, observable: &Observable, trace: &Trace) {
    let palette = Palette::of(ui);
    ui.set_max_width(320.0);
    ui.label(RichText::new(observable.doc).color(palette.text));
    let mut small = |text: String| {
        ui.label(RichText::new(text).font(theme::body(size::SMALL)).color(palette.secondary));
    };
    if !observable.validity.is_empty() {
        small(format!("Theory (dashed): {}", observable.validity));
    }
    if let Trace::Scalar(scalar) = trace {
        small(format!("now {}", numbers::plain(scalar.latest, 6)));
        match scalar.summary {
            Some(summary) if summary.stationary => small("● stationary: the two halves agree".into()),
            Some(_) => small("○ not stationary yet".into()),
            None => {}
        }
    }
}

/// The chart of an observable.
fn chart_of<'a>(ui: &Ui, observable: &'a Observable, trace: &Trace, settings: &PlotSettings) -> Chart<'a> {
    let palette = Palette::of(ui);
    let own = AxisName { symbol: observable.symbol, unit: observable.unit };
    let time = AxisName { symbol: "t", unit: "τ" };
    let log_log = settings.kind == PlotKind::LogLog;
    let mut chart = Chart {
        x: time,
        y: own,
        x_logarithmic: settings.x_logarithmic || log_log,
        y_logarithmic: settings.y_logarithmic || log_log,
        look: Look::Line,
        points: Vec::new(),
        level: None,
        theory: Vec::new(),
        theory_level: None,
        range: settings.range,
        colour: palette.data[0],
    };
    match trace {
        Trace::Scalar(scalar) if settings.kind == PlotKind::Histogram => {
            chart.x = own;
            chart.y = AxisName { symbol: "p", unit: "" };
            chart.look = Look::Bars;
            chart.points = histogram(scalar);
        }
        Trace::Scalar(scalar) => {
            let points = scalar.points.iter();
            chart.points = points
                .map(|point| Point { x: point.time, y: point.mean, low: point.low, high: point.high })
                .collect();
            chart.level = scalar.summary.map(|summary| [summary.mean, summary.error]);
            chart.theory_level = scalar.theory;
        }
        Trace::Curve(curve) => {
            if let Estimator::Distribution { x, .. } | Estimator::Correlation { x, .. } = observable.estimator {
                chart.x = AxisName { symbol: x.symbol, unit: x.unit };
            }
            chart.colour = palette.data[1];
            chart.look = match settings.kind {
                PlotKind::Histogram => Look::Bars,
                _ if chart.y_logarithmic => Look::Line,
                _ => Look::Area,
            };
            chart.points = curve_points(curve);
            chart.theory = curve.curve.x.iter().zip(curve.theory.iter()).map(|(&x, &y)| [x, y]).collect();
        }
        Trace::None => {}
    }
    chart
}

fn curve_points(trace: &CurveTrace) -> Vec<Point> {
    let curve = &trace.curve;
    curve
        .x
        .iter()
        .zip(&curve.y)
        .enumerate()
        .map(|(index, (&x, &y))| {
            let error = curve.error.get(index).copied().filter(|error| error.is_finite()).unwrap_or(0.0);
            Point { x, y, low: y - error, high: y + error }
        })
        .collect()
}

/// How often a scalar took which value, as a density.
fn histogram(trace: &ScalarTrace) -> Vec<Point> {
    let values = || trace.points.iter().map(|point| point.mean).filter(|value| super::ticks::drawable(*value, false));
    let count = values().count();
    if count == 0 {
        return Vec::new();
    }
    let span = super::ticks::Span::of(values(), false);
    let width = (span.high - span.low) / BARS as f64;
    let mut bars = [0_u64; BARS];
    for value in values() {
        bars[(((value - span.low) / width) as usize).min(BARS - 1)] += 1;
    }
    bars.iter()
        .enumerate()
        .map(|(index, &bar)| {
            let y = bar as f64 / (count as f64 * width);
            Point { x: span.low + (index as f64 + 0.5) * width, y, low: y, high: y }
        })
        .collect()
}

/// The small tools that appear while the pointer is over a chart.
fn tools(ui: &mut Ui, rect: Rect, observable: &'static Observable, card: &mut PlotCard, requests: &mut Requests) {
    let pinned = card.large;
    if !ui.rect_contains_pointer(rect) && !pinned {
        return;
    }
    let strip = Rect::from_min_max(pos2(rect.right() - 176.0, rect.top() - 2.0), pos2(rect.right(), rect.top() + 20.0));
    ui.painter().rect_filled(strip, 4.0, Palette::of(ui).panel);
    let mut child = ui.new_child(
        UiBuilder::new().max_rect(strip).layout(Layout::right_to_left(Align::Center)).id_salt("tools"),
    );
    child.spacing_mut().item_spacing.x = 2.0;
    let small = vec2(22.0, 20.0);
    let mut tool = |icon, label: &str, lit| {
        widgets::sized_icon_button(&mut child, icon, label, lit, small, 13.0).on_hover_text(label).clicked()
    };
    if tool(icons::X, "Close the plot", false) {
        card.open = false;
        card.large = false;
    }
    if tool(icons::ARROW_SQUARE_OUT, "Show it large", card.large) {
        card.large = !card.large;
    }
    if tool(icons::FILE_CSV, "Export as CSV", false) {
        requests.push(Request::ExportPlot(observable.name));
    }
    if observable.is_scalar() && tool(icons::CHART_BAR, "As a histogram", card.settings.kind == PlotKind::Histogram) {
        card.settings.kind = match card.settings.kind {
            PlotKind::Histogram => PlotKind::Series,
            _ => PlotKind::Histogram,
        };
    }
    // A log-log plot is the sum of its two switches once one of them is touched.
    let settings = &mut card.settings;
    let both = settings.kind == PlotKind::LogLog;
    for (label, vertical) in [("y", true), ("x", false)] {
        let on = both || if vertical { settings.y_logarithmic } else { settings.x_logarithmic };
        let tip = format!("Logarithmic {label} axis");
        let text = RichText::new(format!("log {label}")).font(theme::body(size::SMALL));
        let palette = Palette::of(&child);
        let ink = if on { palette.accent } else { palette.secondary };
        if child.add(egui::Button::new(text.color(ink)).frame(false)).on_hover_text(tip).clicked() {
            if both {
                settings.kind = PlotKind::Profile;
                (settings.x_logarithmic, settings.y_logarithmic) = (true, true);
            }
            let flag = if vertical { &mut settings.y_logarithmic } else { &mut settings.x_logarithmic };
            *flag = !on;
        }
    }
}

/// The plots that are shown large, as windows over the picture.
pub fn large_plots(ui: &mut Ui, interface: &mut Interface, frame: &Frame) {
    for card in interface.plots.iter_mut().filter(|card| card.large) {
        let Some(observable) = frame.snapshot.scene.model.observable(&card.settings.observable) else {
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
                chart_of(ui, observable, &trace, &card.settings).show(ui, height);
            });
        card.large = open;
    }
}
