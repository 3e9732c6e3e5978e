//! The title row of an observable, and the small tools of its chart.

use bevy_egui::egui;
use egui::text::LayoutJob;
use egui::{
    Align, Align2, Label, Layout, Rect, RichText, Sense, TextFormat, Ui, UiBuilder, WidgetInfo,
    WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icons;

use super::measured::Trace;
use super::plots::PlotCard;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::{Request, Requests, numbers, widgets};
use crate::model::observable::Observable;
use crate::scene::PlotKind;

/// Name at the left; symbol, number and dot at the right.
pub(super) fn title(
    ui: &mut Ui,
    observable: &'static Observable,
    trace: &Trace,
    card: &mut PlotCard,
) {
    let palette = Palette::of(ui);
    let width = ui.available_width().max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 32.0), Sense::click());
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
    let middle = rect.center().y;
    let lit = response.hovered() || response.has_focus();
    let caret = if card.open {
        icons::CARET_DOWN
    } else {
        icons::CARET_RIGHT
    };
    let ink = if lit { palette.text } else { palette.secondary };
    ui.painter().text(
        pos2(rect.left() + 5.0, middle),
        Align2::CENTER_CENTER,
        caret,
        theme::icon(10.0),
        ink,
    );

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
    let job = reading(observable, trace, palette, card.open);
    let galley = ui.painter().layout_job(job);
    let mut left = right - galley.size().x;
    left = left.max(rect.left() + 0.35 * rect.width());
    let clip = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
    ui.painter()
        .with_clip_rect(clip.intersect(ui.clip_rect()))
        .galley(
            pos2(left, middle - 0.5 * galley.size().y),
            galley,
            palette.text,
        );
    let room = Rect::from_min_max(
        pos2(rect.left() + 16.0, rect.top()),
        pos2(left - 8.0, rect.bottom()),
    );
    let colour = if card.open || lit {
        palette.text
    } else {
        palette.secondary
    };
    let mut child = ui.new_child(
        UiBuilder::new()
            .max_rect(room)
            .layout(Layout::left_to_right(Align::Center)),
    );
    let text = RichText::new(observable.title)
        .font(theme::body(size::BODY))
        .color(colour);
    child.add(Label::new(text).truncate().selectable(false));
    response.on_hover_ui(|ui| tooltip(ui, observable, trace));
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
    observable: &'static Observable,
    card: &mut PlotCard,
    requests: &mut Requests,
) {
    let pinned = card.large;
    if !ui.rect_contains_pointer(rect) && !pinned {
        return;
    }
    let strip = Rect::from_min_max(
        pos2(rect.right() - 176.0, rect.top() - 2.0),
        pos2(rect.right(), rect.top() + 20.0),
    );
    ui.painter().rect_filled(strip, 4.0, Palette::of(ui).panel);
    let mut child = ui.new_child(
        UiBuilder::new()
            .max_rect(strip)
            .layout(Layout::right_to_left(Align::Center))
            .id_salt("tools"),
    );
    child.spacing_mut().item_spacing.x = 2.0;
    let small = vec2(22.0, 20.0);
    let mut tool = |icon, label: &str, lit| {
        widgets::sized_icon_button(&mut child, icon, label, lit, small, 13.0)
            .on_hover_text(label)
            .clicked()
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
    if observable.is_scalar()
        && tool(
            icons::CHART_BAR,
            "As a histogram",
            card.settings.kind == PlotKind::Histogram,
        )
    {
        card.settings.kind = match card.settings.kind {
            PlotKind::Histogram => PlotKind::Series,
            _ => PlotKind::Histogram,
        };
    }
    // A log-log plot is the sum of its two switches once one of them is touched.
    let settings = &mut card.settings;
    let both = settings.kind == PlotKind::LogLog;
    for (label, vertical) in [("y", true), ("x", false)] {
        let on = both
            || if vertical {
                settings.y_logarithmic
            } else {
                settings.x_logarithmic
            };
        let tip = format!("Logarithmic {label} axis");
        let text = RichText::new(format!("log {label}")).font(theme::body(size::SMALL));
        let palette = Palette::of(&child);
        let ink = if on {
            palette.accent
        } else {
            palette.secondary
        };
        if child
            .add(egui::Button::new(text.color(ink)).frame(false))
            .on_hover_text(tip)
            .clicked()
        {
            if both {
                settings.kind = PlotKind::Profile;
                (settings.x_logarithmic, settings.y_logarithmic) = (true, true);
            }
            let flag = if vertical {
                &mut settings.y_logarithmic
            } else {
                &mut settings.x_logarithmic
            };
            *flag = !on;
        }
    }
}
