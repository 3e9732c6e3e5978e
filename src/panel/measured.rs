//! From what has been measured of an observable to a chart of it.

use std::sync::Arc;

use super::chart::{AxisName, Chart, Look, Point, Thin};
use super::fit::Reading;
use super::scatter::{self, Axis};
use super::ticks::{Span, drawable};
use crate::math::tally::Tally;
use crate::model::observable::{Curve, Estimator, Observable};
use crate::scene::{PlotKind, PlotSettings};
use crate::sim::Snapshot;
use crate::sim::snapshot::{CurveTrace, ScalarTrace, SeriesPoint, Summary};

/// What has been measured of one observable.
#[derive(Clone, Copy)]
pub(super) enum Trace<'a> {
    Scalar(&'a ScalarTrace),
    Curve(&'a CurveTrace),
    None,
}

/// The measurements of the observable of that name.
pub(super) fn trace<'a>(snapshot: &'a Snapshot, name: &str) -> Trace<'a> {
    let scalar = scalar(snapshot, name);
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

/// The scalar observable of that name.
pub(super) fn scalar<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a ScalarTrace> {
    snapshot
        .scalars
        .iter()
        .find(|trace| trace.observable.name == name)
}

/// What a chart was made of. Shared data are told apart by where they lie, and holding on to them
/// keeps their places from being used again.
#[derive(Clone, Debug)]
struct Sources {
    settings: PlotSettings,
    series: Option<Arc<Vec<SeriesPoint>>>,
    other: Option<Arc<Vec<SeriesPoint>>>,
    history: Option<Arc<Vec<[f64; 2]>>>,
    curve: Option<Arc<Curve>>,
    summary: Option<Summary>,
    theory: Option<f64>,
}

impl Sources {
    fn of(snapshot: &Snapshot, trace: &Trace, settings: &PlotSettings, axis: &Axis) -> Self {
        let mut sources = Self {
            settings: settings.clone(),
            series: None,
            other: None,
            history: None,
            curve: None,
            summary: None,
            theory: None,
        };
        match trace {
            Trace::Scalar(scalar) => {
                sources.series = Some(scalar.points.clone());
                (sources.summary, sources.theory) = (scalar.summary, scalar.theory);
            }
            Trace::Curve(curve) => sources.curve = Some(curve.curve.clone()),
            Trace::None => {}
        }
        match axis {
            Axis::Observable(other) => sources.other = Some(other.points.clone()),
            Axis::Parameter(index, _) => {
                let history = snapshot.parameters.get(*index);
                sources.history = history.map(|trace| trace.changes.clone());
            }
            Axis::Itself(_) => {}
        }
        sources
    }

    fn same(&self, other: &Self) -> bool {
        fn shared<T>(a: &Option<Arc<T>>, b: &Option<Arc<T>>) -> bool {
            match (a, b) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                (None, None) => true,
                _ => false,
            }
        }
        shared(&self.series, &other.series)
            && shared(&self.other, &other.other)
            && shared(&self.history, &other.history)
            && shared(&self.curve, &other.curve)
            && self.settings == other.settings
            && self.summary == other.summary
            && self.theory == other.theory
    }
}

/// A chart that is kept until what it shows changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    sources: Option<Sources>,
    pub chart: Chart,
    pub thin: Option<Thin>,
    fitted: Option<([f64; 2], Option<Reading>)>,
}

impl Prepared {
    /// Makes the chart anew where the data or the settings differ from those it was made of.
    pub fn update(&mut self, snapshot: &Snapshot, settings: &PlotSettings, trace: &Trace) {
        let axis = scatter::axis(snapshot, settings);
        let sources = Sources::of(snapshot, trace, settings, &axis);
        let same = |old: &Sources| old.same(&sources);
        if self.sources.as_ref().is_some_and(same) {
            return;
        }
        self.chart = chart(snapshot, settings, trace, &axis);
        self.sources = Some(sources);
        (self.thin, self.fitted) = (None, None);
    }

    /// The line through a stretch of the chart.
    pub fn reading(&mut self, range: Option<[f64; 2]>) -> Option<Reading> {
        let range = range?;
        match self.fitted {
            Some((done, reading)) if done == range => reading,
            _ => {
                let reading = Reading::of(&self.chart, range);
                self.fitted = Some((range, reading));
                reading
            }
        }
    }
}

/// The name of an observable's own axis.
pub(super) fn own_axis(observable: &Observable) -> AxisName {
    AxisName {
        symbol: observable.symbol.into(),
        unit: observable.unit,
    }
}

/// The chart of an observable.
pub(super) fn chart(
    snapshot: &Snapshot,
    settings: &PlotSettings,
    trace: &Trace,
    axis: &Axis,
) -> Chart {
    let time = AxisName {
        symbol: "t".into(),
        unit: snapshot.scene.model.units.time,
    };
    let log_log = settings.kind == PlotKind::LogLog;
    let mut chart = Chart {
        x_logarithmic: settings.x_logarithmic || log_log,
        y_logarithmic: settings.y_logarithmic || log_log,
        x_range: settings.x_range,
        range: settings.range,
        band: settings.band,
        ..Chart::default()
    };
    match trace {
        Trace::Scalar(scalar) => {
            chart.y = own_axis(scalar.observable);
            match settings.kind {
                PlotKind::Histogram => {
                    chart.x = std::mem::take(&mut chart.y);
                    chart.y = AxisName {
                        symbol: "p".into(),
                        unit: "",
                    };
                    chart.look = Look::Bars;
                    chart.points = histogram(scalar, settings);
                }
                PlotKind::Scatter => {
                    scatter::fill(&mut chart, snapshot, scalar, settings, axis);
                    return chart;
                }
                _ => {
                    chart.x = time;
                    chart.points = series(scalar, settings);
                    chart.x_range = settings.x_range.or(window(scalar, settings));
                }
            }
            chart.level = scalar.summary.map(|summary| [summary.mean, summary.error]);
            chart.theory_level = scalar.theory.filter(|_| settings.theory);
        }
        Trace::Curve(curve) => {
            chart.y = own_axis(curve.observable);
            if let Estimator::Distribution { x, .. } | Estimator::Correlation { x, .. } =
                curve.observable.estimator
            {
                chart.x = AxisName {
                    symbol: x.symbol.into(),
                    unit: x.unit,
                };
            }
            chart.ink = 1;
            chart.look = if chart.y_logarithmic {
                Look::Line
            } else {
                Look::Area
            };
            chart.points = curve_points(&curve.curve);
            if settings.theory {
                let theory = curve.curve.x.iter().zip(curve.theory.iter());
                chart.theory = theory.map(|(&x, &y)| [x, y]).collect();
            }
        }
        Trace::None => chart.x = time,
    }
    chart
}

/// The time from which on a plot shows its data.
pub(super) fn begin(scalar: &ScalarTrace, settings: &PlotSettings) -> f64 {
    let fixed = settings
        .x_range
        .filter(|_| settings.kind == PlotKind::Series);
    match (fixed, settings.window, scalar.recent.last()) {
        (Some([low, _]), ..) => low,
        (_, Some(window), Some(last)) => last[0] - window,
        _ => f64::NEG_INFINITY,
    }
}

/// The last so many units of time, as a range of the axis.
fn window(scalar: &ScalarTrace, settings: &PlotSettings) -> Option<[f64; 2]> {
    let last = scalar.recent.last()?[0];
    let window = settings.window?;
    Some([last - window, last]).filter(|[low, high]| low < high)
}

/// The points of a series. Where the newest samples reach back far enough, they are shown as they
/// are; of the older ones only what is in view, and a point before it.
fn series(scalar: &ScalarTrace, settings: &PlotSettings) -> Vec<Point> {
    let begin = begin(scalar, settings);
    if scalar.recent.first().is_some_and(|first| first[0] <= begin) {
        let from = scalar.recent.partition_point(|sample| sample[0] < begin);
        let seen = scalar.recent.iter().skip(from.saturating_sub(1));
        return seen.map(|&[time, value]| Point::new(time, value)).collect();
    }
    let from = scalar.points.partition_point(|point| point.time < begin);
    let seen = scalar.points.iter().skip(from.saturating_sub(1));
    seen.map(|point| Point {
        x: point.time,
        y: point.mean,
        low: point.low,
        high: point.high,
    })
    .collect()
}

fn curve_points(curve: &Curve) -> Vec<Point> {
    let error = |index: usize| {
        let error = curve.error.get(index).copied();
        error.filter(|error| error.is_finite()).unwrap_or(0.0)
    };
    let pairs = curve.x.iter().zip(&curve.y).enumerate();
    pairs
        .map(|(index, (&x, &y))| Point {
            x,
            y,
            low: y - error(index),
            high: y + error(index),
        })
        .collect()
}

/// How often a scalar took which value, as a density: over all samples, or over those of a window.
fn histogram(scalar: &ScalarTrace, settings: &PlotSettings) -> Vec<Point> {
    let begin = begin(scalar, settings);
    let own;
    let tally: &Tally = if begin == f64::NEG_INFINITY {
        &scalar.tally
    } else {
        let mut tally = Tally::default();
        for point in series(scalar, settings)
            .iter()
            .filter(|point| point.x >= begin)
        {
            tally.push(point.y);
        }
        own = tally;
        &own
    };
    let fixed = settings.x_range.or(tally.range());
    let Some([low, high]) = fixed.filter(|range| range.iter().all(|end| drawable(*end, false)))
    else {
        return Vec::new();
    };
    let span = Span::between(low, high, false);
    let density = tally.density([span.low, span.high], settings.bins);
    density.into_iter().map(|(x, y)| Point::new(x, y)).collect()
}
