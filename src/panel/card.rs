//! The title row of a plot, and the small tools of its chart.

use bevy_egui::egui;
use egui::text::LayoutJob;
use egui::{
    Align, Align2, Label, Layout, Popup, Rect, Response, RichText, Sense, TextFormat, Ui,
    UiBuilder, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icons;

use super::measured::Trace;
use super::plots::PlotCard;
use super::scatter::{self, Axis};
use super::state::Fields;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::{Frame, PlotPicture, Request, Requests, numbers, plot_menu, widgets};
use crate::model::observable::Observable;
use crate::scene::{PlotKind, PlotSettings};
use crate::sim::Snapshot;

/// Name at the left; symbol, number and dot at the right. A click folds the card, and by its
/// title it is dragged to another place.
pub(super) fn title(
    ui: &mut Ui,
    frame: &Frame,
    observable: &'static Observable,
    trace: &Trace,
    card: &mut PlotCard,
) -> Response {
    let palette = Palette::of(ui);
    let width = ui.available_width().max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 32.0), Sense::click_and_drag());
    response.widget_info(|| {
        WidgetInfo::selected(
            WidgetType::CollapsingHeader,
            true,
            card.open,
            observable.title,
        )
    });
    if response.clicked() {
        card.open = !card.open;
    }
    let lit = response.hovered() || response.has_focus();
    let caret = if card.open {
        icons::CARET_DOWN
    } else {
        icons::CARET_RIGHT
    };
    let ink = if lit { palette.text } else { palette.secondary };
    ui.painter().text(
        pos2(rect.left() + 5.0, rect.center().y),
        Align2::CENTER_CENTER,
        caret,
        theme::icon(10.0),
        ink,
    );
    let room = Rect::from_min_max(pos2(rect.left() + 16.0, rect.top()), rect.max);
    let name = name(frame.snapshot, observable, &card.settings);
    heading(
        ui,
        room,
        &name,
        observable,
        trace,
        card.open,
        card.open || lit,
    );
    if response.dragged() {
        return response;
    }
    response.on_hover_ui(|ui| tooltip(ui, observable, trace))
}

/// What a plot is called: `Polar order`, or `Polar order against Péclet number`.
pub(super) fn name(
    snapshot: &Snapshot,
    observable: &'static Observable,
    settings: &PlotSettings,
) -> String {
    if settings.kind != PlotKind::Scatter {
        return observable.title.into();
    }
    let against = match scatter::axis(snapshot, settings) {
        Axis::Observable(other) => other.observable.title.to_lowercase(),
        Axis::Parameter(_, one) => numbers::humanised(one.name).to_lowercase(),
        Axis::Itself(_) => "its past".into(),
    };
    format!("{} against {against}", observable.title)
}

/// Name, number with its error and dot, painted into a rectangle.
pub(super) fn heading(
    ui: &mut Ui,
    rect: Rect,
    name: &str,
    observable: &'static Observable,
    trace: &Trace,
    open: bool,
    strong: bool,
) {
    let palette = Palette::of(ui);
    let middle = rect.center().y;
    let mut right = rect.right();
    if let Trace::Scalar(scalar) = trace {
        if let Some(summary) = &scalar.summary {
            widgets::dot(
                ui,
                pos2(right - 5.0, middle),
                summary.stationary,
                palette.secondary,
            );
        }
        right -= 16.0;
    }
    let job = reading(observable, trace, palette, open);
    let galley = ui.painter().layout_job(job);
    let left = (right - galley.size().x).max(rect.left() + 0.35 * rect.width());
    let clip = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
    ui.painter()
        .with_clip_rect(clip.intersect(ui.clip_rect()))
        .galley(
            pos2(left, middle - 0.5 * galley.size().y),
            galley,
            palette.text,
        );
    let room = Rect::from_min_max(rect.min, pos2(left - 8.0, rect.bottom()));
    let colour = if strong {
        palette.text
    } else {
        palette.secondary
    };
    let mut child = ui.new_child(
        UiBuilder::new()
            .max_rect(room)
            .layout(Layout::left_to_right(Align::Center)),
    );
    let text = RichText::new(name)
        .font(theme::body(size::BODY))
        .color(colour);
    child.add(Label::new(text).truncate().selectable(false));
}

/// `ψ₆ = 0.612(4)`, or how many samples a curve is averaged over.
fn reading(observable: &Observable, trace: &Trace, palette: &Palette, open: bool) -> LayoutJob {
    let mut job = LayoutJob::default();
    let plain = |text: &str, colour, job: &mut LayoutJob| {
        job.append(
            text,
            0.0,
            TextFormat::simple(theme::body(size::BODY), colour),
        );
    };
    match trace {
        Trace::Scalar(scalar) => {
            let ink = Style {
                size: size::BODY,
                colour: palette.secondary,
            };
            if !observable.symbol.is_empty() {
                symbols::append(&mut job, observable.symbol, ink);
                plain(" = ", palette.secondary, &mut job);
            }
            let number = match scalar.summary {
                Some(summary) if summary.mean.is_finite() => {
                    numbers::with_error(summary.mean, summary.error)
                }
                _ => numbers::plain(scalar.latest, 4),
            };
            plain(&number, palette.text, &mut job);
            if !observable.unit.is_empty() && scalar.latest.is_finite() {
                let ink = Style {
                    size: size::SMALL,
                    colour: palette.secondary,
                };
                plain(" ", palette.secondary, &mut job);
                symbols::append(&mut job, observable.unit, ink);
            }
        }
        Trace::Curve(curve) if open => {
            let ending = if curve.samples == 1 { "" } else { "s" };
            let text = format!("{} sample{ending}", numbers::grouped(curve.samples));
            job.append(
                &text,
                0.0,
                TextFormat::simple(theme::body(size::SMALL), palette.secondary),
            );
        }
        Trace::Curve(_) => {
            symbols::append(
                &mut job,
                observable.symbol,
                Style {
                    size: size::BODY,
                    colour: palette.secondary,
                },
            );
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
        ui.label(
            RichText::new(text)
                .font(theme::body(size::SMALL))
                .color(palette.secondary),
        );
    };
    if !observable.validity.is_empty() {
        small(format!("Theory (dashed): {}", observable.validity));
    }
    if let Trace::Scalar(scalar) = trace {
        small(format!("now {}", numbers::plain(scalar.latest, 6)));
        match scalar.summary {
            Some(summary) if summary.stationary => {
                small("● stationary: the two halves agree".into())
            }
            Some(_) => small("○ not stationary yet".into()),
            None => {}
        }
    }
}

/// The small tools that appear while the pointer is over a chart.
pub(super) fn tools(
    ui: &mut Ui,
    rect: Rect,
    frame: &Frame,
    card: &mut PlotCard,
    fields: &mut Fields,
    requests: &mut Requests,
) {
    let strip = Rect::from_min_max(
        pos2(rect.right() - 102.0, rect.top() - 2.0),
        pos2(rect.right(), rect.top() + 20.0),
    );
    let mut child = ui.new_child(
        UiBuilder::new()
            .max_rect(strip)
            .layout(Layout::right_to_left(Align::Center))
            .id_salt("tools"),
    );
    let settings_id = child.id().with("settings");
    let export_id = child.id().with("export");
    let menu_open = [settings_id, export_id]
        .iter()
        .any(|&id| Popup::is_id_open(ui.ctx(), id));
    if !ui.rect_contains_pointer(rect) && !card.large && !menu_open {
        return;
    }
    ui.painter().rect_filled(strip, 4.0, Palette::of(ui).panel);
    child.spacing_mut().item_spacing.x = 2.0;
    let small = vec2(22.0, 20.0);
    let mut tool = |icon, label: &str, lit| {
        widgets::sized_icon_button(&mut child, icon, label, lit, small, 13.0).on_hover_text(label)
    };
    if tool(icons::X, "Close the plot", false).clicked() {
        card.open = false;
        card.large = false;
    }
    if tool(icons::ARROW_SQUARE_OUT, "Show it large", card.large).clicked() {
        card.large = !card.large;
    }
    let export = tool(icons::EXPORT, "Export", false);
    let settings = tool(icons::SLIDERS_HORIZONTAL, "Settings of the plot", false);
    Popup::menu(&settings)
        .id(settings_id)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| plot_menu::settings(ui, frame, card, fields));
    let dark = child.visuals().dark_mode;
    Popup::menu(&export).id(export_id).show(|ui| {
        ui.set_min_width(180.0);
        if ui.selectable_label(false, "CSV").clicked() {
            requests.push(card.table(frame.snapshot));
        }
        plot_menu::picture_choices(ui, dark, |scale, dark| {
            requests.push(Request::ExportPicture(Box::new(PlotPicture {
                name: card.settings.observable.clone(),
                plots: vec![card.printed()],
                scale,
                dark,
            })));
        });
    });
}
