//! From what has been measured of an observable to a chart of it.

use bevy_egui::egui;
use egui::Ui;

use super::Frame;
use super::chart::{AxisName, Chart, Look, Point};
use super::theme::Palette;
use super::ticks::{Span, drawable};
use crate::model::Units;
use crate::model::observable::{Estimator, Observable};
use crate::scene::{PlotKind, PlotSettings};
use crate::sim::snapshot::{CurveTrace, ScalarTrace};

/// Bars of a histogram of a scalar.
const BARS: usize = 28;

/// What has been measured of one observable.
pub(super) enum Trace<'a> {
    Scalar(&'a ScalarTrace),
    Curve(&'a CurveTrace),
    None,
}

/// The measurements of the observable of that name.
pub(super) fn trace<'a>(frame: &Frame<'a>, name: &str) -> Trace<'a> {
    let snapshot = frame.snapshot;
    let scalar = snapshot
        .scalars
        .iter()
        .find(|trace| trace.observable.name == name);
    let curve = snapshot
        .curves
        .iter()
        .find(|trace| trace.observable.name == name);
    match (scalar, curve) {
        (Some(trace), _) => Trace::Scalar(trace),
        (_, Some(trace)) => Trace::Curve(trace),
        _ => Trace::None,
    }
}

/// The chart of an observable.
pub(super) fn chart_of<'a>(
    ui: &Ui,
    observable: &'a Observable,
    trace: &Trace,
    settings: &PlotSettings,
    units: Units,
) -> Chart<'a> {
    let palette = Palette::of(ui);
    let own = AxisName {
        symbol: observable.symbol,
        unit: observable.unit,
    };
    let time = AxisName {
        symbol: "t",
        unit: units.time,
    };
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
            chart.y = AxisName {
                symbol: "p",
                unit: "",
            };
            chart.look = Look::Bars;
            chart.points = histogram(scalar);
        }
        Trace::Scalar(scalar) => {
            let points = scalar.points.iter();
            chart.points = points
                .map(|point| Point {
                    x: point.time,
                    y: point.mean,
                    low: point.low,
                    high: point.high,
                })
                .collect();
            chart.level = scalar.summary.map(|summary| [summary.mean, summary.error]);
            chart.theory_level = scalar.theory;
        }
        Trace::Curve(curve) => {
            if let Estimator::Distribution { x, .. } | Estimator::Correlation { x, .. } =
                observable.estimator
            {
                chart.x = AxisName {
                    symbol: x.symbol,
                    unit: x.unit,
                };
            }
            chart.colour = palette.data[1];
            chart.look = match settings.kind {
                PlotKind::Histogram => Look::Bars,
                _ if chart.y_logarithmic => Look::Line,
                _ => Look::Area,
            };
            chart.points = curve_points(curve);
            chart.theory = curve
                .curve
                .x
                .iter()
                .zip(curve.theory.iter())
                .map(|(&x, &y)| [x, y])
                .collect();
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
            let error = curve
                .error
                .get(index)
                .copied()
                .filter(|error| error.is_finite())
                .unwrap_or(0.0);
            Point {
                x,
                y,
                low: y - error,
                high: y + error,
            }
        })
        .collect()
}

/// How often a scalar took which value, as a density.
fn histogram(trace: &ScalarTrace) -> Vec<Point> {
    let values = || {
        trace
            .points
            .iter()
            .map(|point| point.mean)
            .filter(|value| drawable(*value, false))
    };
    let count = values().count();
    if count == 0 {
        return Vec::new();
    }
    let span = Span::of(values(), false);
    let width = (span.high - span.low) / BARS as f64;
    let mut bars = [0_u64; BARS];
    for value in values() {
        bars[(((value - span.low) / width) as usize).min(BARS - 1)] += 1;
    }
    bars.iter()
        .enumerate()
        .map(|(index, &bar)| {
            let y = bar as f64 / (count as f64 * width);
            Point {
                x: span.low + (index as f64 + 0.5) * width,
                y,
                low: y,
                high: y,
            }
        })
        .collect()
}
