//! The small menus of a plot: its settings, and the pictures that can be made of it.

use bevy_egui::egui;
use egui::containers::menu::SubMenuButton;
use egui::{Align, Layout, RichText, ScrollArea, Sense, Ui, vec2};
use egui_phosphor::regular as icons;

use super::field::{refusal, value_field};
use super::plots::PlotCard;
use super::scatter::{self, Axis};
use super::state::Fields;
use super::theme::{self, Palette, size};
use super::{Frame, numbers, widgets};
use crate::model::observable::Observable;
use crate::scene::{BINS, PlotKind, PlotSettings, schema};

/// Width of the menu, of the names in it and of a typed number, in points.
const WIDTH: f32 = 268.0;
const NAME: f32 = 64.0;
const FIELD: f32 = 64.0;
/// The least and the greatest typed number, as the scene allows it.
const RANGE: [f64; 2] = [-1e30, 1e30];
const TIMES: [f64; 2] = [1e-12, 1e12];

/// What can be set of a plot.
pub(super) fn settings(ui: &mut Ui, frame: &Frame, card: &mut PlotCard, fields: &mut Fields) {
    let model = frame.snapshot.scene.model;
    let Some(observable) = model.observable(&card.settings.observable) else {
        return;
    };
    ui.set_width(WIDTH);
    ui.spacing_mut().item_spacing.y = 4.0;
    ScrollArea::vertical().max_height(520.0).show(ui, |ui| {
        kinds(ui, observable, &mut card.settings);
        let settings = &mut card.settings;
        if settings.kind == PlotKind::Scatter {
            against(ui, frame, settings, fields);
        }
        for vertical in [false, true] {
            axis(ui, settings, vertical, fields);
        }
        if matches!(
            settings.kind,
            PlotKind::Series | PlotKind::Histogram | PlotKind::Scatter
        ) {
            time(ui, frame, settings, fields);
        }
        if settings.kind == PlotKind::Histogram {
            bins(ui, settings, fields);
        }
        row(ui, "Show", |ui| {
            tick(ui, "theory", &mut settings.theory);
            tick(ui, "band", &mut settings.band);
        });
        ui.add_space(4.0);
        let hint = "The wheel over an axis zooms it. Shift and drag, or the right button, fits a \
            line. A double click shows everything.";
        let text = RichText::new(hint).font(theme::body(size::SMALL));
        let hint = egui::Label::new(text.color(Palette::of(ui).secondary)).wrap();
        ui.add(hint.halign(Align::Min));
    });
}

/// A name at the left and what belongs to it.
fn row(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(24.0);
        ui.spacing_mut().item_spacing.x = 4.0;
        let (rect, _) = ui.allocate_exact_size(vec2(NAME, 24.0), Sense::hover());
        let mut child = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect)
                .layout(Layout::left_to_right(Align::Center)),
        );
        let colour = Palette::of(&child).secondary;
        widgets::line(&mut child, name, theme::body(size::SMALL), colour);
        add(ui);
    });
}

fn word(kind: PlotKind) -> &'static str {
    match kind {
        PlotKind::Series => "series",
        PlotKind::Histogram => "histogram",
        PlotKind::Profile => "profile",
        PlotKind::Scatter => "scatter",
        PlotKind::LogLog => "log-log",
    }
}

fn kinds(ui: &mut Ui, observable: &'static Observable, settings: &mut PlotSettings) {
    row(ui, "Kind", |ui| {
        for &kind in PlotKind::suiting(observable) {
            let on = settings.kind == kind;
            if !ui.selectable_label(on, word(kind)).clicked() || on {
                continue;
            }
            // The range of one kind of plot means nothing to another.
            (settings.x_range, settings.range) = (None, None);
            let log_log = kind == PlotKind::LogLog;
            if log_log || settings.kind == PlotKind::LogLog {
                (settings.x_logarithmic, settings.y_logarithmic) = (log_log, log_log);
            }
            settings.kind = kind;
        }
    });
}

/// The quantity along x: an observable, a parameter, or the observable itself, earlier.
fn against(ui: &mut Ui, frame: &Frame, settings: &mut PlotSettings, fields: &mut Fields) {
    let model = frame.snapshot.scene.model;
    let title = |name: &str| match model.observable(name) {
        Some(observable) => observable.title.to_owned(),
        None => numbers::humanised(name),
    };
    let shown = match scatter::axis(frame.snapshot, settings) {
        Axis::Observable(other) => other.observable.title.to_owned(),
        Axis::Parameter(_, one) => numbers::humanised(one.name),
        Axis::Itself(_) => "itself, earlier".to_owned(),
    };
    let before = settings.against.clone();
    row(ui, "Against", |ui| {
        // A combo box would close the menu in which it stands.
        let button = egui::Button::new(format!("{shown}  {}", icons::CARET_RIGHT));
        SubMenuButton::from_button(button).ui(ui, |ui| {
            ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
                ui.selectable_value(&mut settings.against, None, "itself, earlier");
                for name in schema::axes(model) {
                    if name != settings.observable {
                        let value = Some(name.to_owned());
                        ui.selectable_value(&mut settings.against, value, title(name));
                    }
                }
            });
        });
    });
    if settings.against != before {
        settings.x_range = None;
    }
    if settings.against.is_none() {
        let unit = model.units.time;
        optional(ui, fields, "Lag", "one sample", &mut settings.lag, unit);
    }
}

/// Scale and range of an axis.
fn axis(ui: &mut Ui, settings: &mut PlotSettings, vertical: bool, fields: &mut Fields) {
    let name = if vertical { "y axis" } else { "x axis" };
    let both = settings.kind == PlotKind::LogLog;
    let (mut logarithmic, mut range) = if vertical {
        (settings.y_logarithmic || both, settings.range)
    } else {
        (settings.x_logarithmic || both, settings.x_range)
    };
    let id = ui.id().with(name);
    row(ui, name, |ui| {
        for (on, label) in [(false, "linear"), (true, "log")] {
            if ui.selectable_label(logarithmic == on, label).clicked() {
                logarithmic = on;
                // A fixed range that reaches to 0 cannot be shown with logarithms.
                range = range.filter(|[low, _]| !on || *low > 0.0);
            }
        }
    });
    row(ui, "", |ui| {
        let auto = range.is_none();
        if ui.selectable_label(auto, "auto").clicked() {
            range = None;
        }
        let shown = |end: usize| range.map_or("–".into(), |ends| numbers::typed(ends[end]));
        let texts = [shown(0), shown(1)];
        for (end, label) in [(0, "from"), (1, "to")] {
            let typed = typed(
                ui,
                fields,
                id.with(label),
                &texts[end],
                &format!("{name} {label}"),
            );
            let Some(text) = typed else { continue };
            let least = if logarithmic {
                f64::MIN_POSITIVE
            } else {
                RANGE[0]
            };
            match number(&text, [least, RANGE[1]]) {
                Ok(value) => {
                    range = Some(completed(range, end, value, logarithmic));
                    fields.refused = None;
                }
                Err(why) => fields.refused = Some((id, why)),
            }
        }
    });
    refusal(ui, fields, id);
    let old = if vertical {
        settings.range
    } else {
        settings.x_range
    };
    if both && !logarithmic {
        // A log-log plot with a linear axis is a profile.
        settings.kind = PlotKind::Profile;
        (settings.x_logarithmic, settings.y_logarithmic) = (true, true);
    }
    let (flag, kept) = if vertical {
        (&mut settings.y_logarithmic, &mut settings.range)
    } else {
        (&mut settings.x_logarithmic, &mut settings.x_range)
    };
    *flag = logarithmic;
    if range != old {
        *kept = range;
    }
}

/// A range with one end as typed; the other stays where that makes sense.
fn completed(range: Option<[f64; 2]>, end: usize, value: f64, logarithmic: bool) -> [f64; 2] {
    let other = range.map(|ends| ends[1 - end]);
    let beyond = |factor: f64, step: f64| {
        if logarithmic {
            value * factor
        } else {
            value + step * value.abs().max(1.0)
        }
    };
    if end == 0 {
        [
            value,
            other
                .filter(|high| *high > value)
                .unwrap_or(beyond(10.0, 1.0)),
        ]
    } else {
        [
            other
                .filter(|low| *low < value)
                .unwrap_or(beyond(0.1, -1.0)),
            value,
        ]
    }
}

/// All of the run, or the last so many units of time.
fn time(ui: &mut Ui, frame: &Frame, settings: &mut PlotSettings, fields: &mut Fields) {
    let unit = frame.snapshot.scene.model.units.time;
    optional(ui, fields, "Last", "all", &mut settings.window, unit);
}

/// A length of time that may be left open.
fn optional(
    ui: &mut Ui,
    fields: &mut Fields,
    name: &str,
    open: &str,
    value: &mut Option<f64>,
    unit: &str,
) {
    let id = ui.id().with(name);
    row(ui, name, |ui| {
        if ui.selectable_label(value.is_none(), open).clicked() {
            *value = None;
        }
        let shown = value.map_or("–".into(), numbers::typed);
        if let Some(text) = typed(ui, fields, id.with("value"), &shown, name) {
            match number(&text, TIMES) {
                Ok(number) => {
                    *value = Some(number);
                    fields.refused = None;
                }
                Err(why) => fields.refused = Some((id, why)),
            }
        }
        let colour = Palette::of(ui).secondary;
        widgets::line(ui, unit, theme::body(size::SMALL), colour);
    });
    refusal(ui, fields, id);
}

fn bins(ui: &mut Ui, settings: &mut PlotSettings, fields: &mut Fields) {
    let id = ui.id().with("bins");
    row(ui, "Bins", |ui| {
        let shown = settings.bins.to_string();
        if let Some(text) = typed(ui, fields, id.with("value"), &shown, "Bins") {
            let bounds = [BINS[0] as f64, BINS[1] as f64];
            match number(&text, bounds) {
                Ok(bins) if bins.fract() == 0.0 => {
                    settings.bins = bins as usize;
                    fields.refused = None;
                }
                Ok(_) => fields.refused = Some((id, "allowed is a whole number".into())),
                Err(why) => fields.refused = Some((id, why)),
            }
        }
    });
    refusal(ui, fields, id);
}

fn typed(
    ui: &mut Ui,
    fields: &mut Fields,
    id: egui::Id,
    shown: &str,
    label: &str,
) -> Option<String> {
    let (rect, _) = ui.allocate_exact_size(vec2(FIELD, 22.0), Sense::hover());
    ui.painter().rect_filled(rect, 4.0, Palette::of(ui).raised);
    value_field(ui, fields, id, rect, shown, label)
}

/// The number that a text stands for; an error names what is allowed.
fn number(text: &str, [low, high]: [f64; 2]) -> Result<f64, String> {
    match numbers::parse(text) {
        Some(value) if (low..=high).contains(&value) => Ok(value),
        _ if low == f64::MIN_POSITIVE => Err("allowed is a number above 0".into()),
        _ => {
            let ends = [low, high].map(|end| numbers::plain(end, 4));
            Err(format!(
                "allowed is a number from {} to {}",
                ends[0], ends[1]
            ))
        }
    }
}

/// A line of small grey text over a part of a menu.
pub(super) fn head(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    let colour = Palette::of(ui).secondary;
    ui.label(
        RichText::new(text)
            .font(theme::body(size::SMALL))
            .color(colour),
    );
}

/// A word that can be ticked.
pub(super) fn tick(ui: &mut Ui, label: &str, on: &mut bool) {
    let mark = if *on {
        icons::CHECK_SQUARE
    } else {
        icons::SQUARE
    };
    if ui
        .selectable_label(false, format!("{mark}  {label}"))
        .clicked()
    {
        *on = !*on;
    }
}

/// Buttons for pictures of plots in every scale, dark and light.
pub(super) fn picture_choices(ui: &mut Ui, dark: bool, mut chosen: impl FnMut(u32, bool)) {
    for (theme, name) in [
        (dark, "PNG"),
        (!dark, if dark { "PNG, light" } else { "PNG, dark" }),
    ] {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(72.0, 24.0), Sense::hover());
            let text = theme::body(size::BODY);
            let colour = Palette::of(ui).text;
            let at = egui::pos2(rect.left() + 4.0, rect.center().y);
            ui.painter()
                .text(at, egui::Align2::LEFT_CENTER, name, text, colour);
            for scale in 1..=4 {
                if ui.selectable_label(false, format!("{scale}×")).clicked() {
                    chosen(scale, theme);
                    ui.close();
                }
            }
        });
    }
}
