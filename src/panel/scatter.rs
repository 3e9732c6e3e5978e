//! One quantity against another: pairs of the same moment, or of moments a lag apart.

use super::chart::{AxisName, Chart, Look, Point};
use super::measured::{begin, own_axis, scalar};
use super::numbers;
use crate::math::history::value_at;
use crate::model::parameter::Parameter;
use crate::scene::PlotSettings;
use crate::sim::Snapshot;
use crate::sim::snapshot::{ScalarTrace, SeriesPoint};

/// What lies along x.
pub(super) enum Axis<'a> {
    Observable(&'a ScalarTrace),
    /// A parameter, by its index.
    Parameter(usize, &'static Parameter),
    /// The observable itself, earlier by so much time, or by one sample.
    Itself(Option<f64>),
}

/// The axis that the settings name. A name that is unknown, as of another model, is the
/// observable itself.
pub(super) fn axis<'a>(snapshot: &'a Snapshot, settings: &PlotSettings) -> Axis<'a> {
    let itself = Axis::Itself(settings.lag);
    let Some(name) = settings.against.as_deref() else {
        return itself;
    };
    if name == settings.observable {
        return itself;
    }
    if let Some(trace) = scalar(snapshot, name) {
        return Axis::Observable(trace);
    }
    let model = snapshot.scene.model;
    let index = model.parameter(name);
    let declared = index.and_then(|index| Some((index, (model.parameters)().get(index)?)));
    declared.map_or(itself, |(index, one)| Axis::Parameter(index, one))
}

/// The name of the axis: `Pe`, or `ψ(t − 0.5)`.
pub(super) fn name(axis: &Axis, own: &ScalarTrace) -> AxisName {
    match axis {
        Axis::Observable(other) => own_axis(other.observable),
        Axis::Parameter(_, one) => AxisName {
            symbol: one.symbol.into(),
            unit: one.unit,
        },
        Axis::Itself(lag) => {
            let symbol = own.observable.symbol;
            let lag = lag.map_or("one sample".into(), |lag| numbers::plain(lag, 3));
            AxisName {
                symbol: format!("{symbol} (t − {lag})").into(),
                unit: own.observable.unit,
            }
        }
    }
}

/// Fills a chart with the path: the older part from merged samples, the newest sample by sample.
pub(super) fn fill(
    chart: &mut Chart,
    snapshot: &Snapshot,
    own: &ScalarTrace,
    settings: &PlotSettings,
    axis: &Axis,
) {
    chart.look = Look::Path;
    chart.x = name(axis, own);
    let begin = begin(own, settings);
    let newest = own.recent.first().map_or(f64::INFINITY, |sample| sample[0]);
    // A merged point whose mean time is among the newest samples is told by them already.
    let old = own
        .points
        .iter()
        .take_while(|point| point.time < newest)
        .filter(|point| point.time >= begin);
    let recent = own.recent.iter().filter(|sample| sample[0] >= begin);
    let mut add = |x: [f64; 3], y: Point| {
        chart.points.push(Point { x: x[1], ..y });
        chart.breadths.push([x[0], x[2]]);
    };
    match axis {
        Axis::Observable(other) => {
            for (index, point) in old.enumerate() {
                // Series of one run have the same times, unless a value was missing.
                let same = other.points.get(index);
                let same = same.filter(|other| other.time == point.time);
                if let Some(x) = same.or_else(|| nearest(&other.points, point.time)) {
                    add([x.low, x.mean, x.high], of(point));
                }
            }
            for &[time, y] in recent {
                let at = other.recent.partition_point(|sample| sample[0] < time);
                if let Some(&[same, x]) = other.recent.get(at)
                    && same == time
                {
                    add([x; 3], Point::new(x, y));
                }
            }
        }
        Axis::Parameter(index, _) => {
            let changes = snapshot.parameters.get(*index);
            let changes = changes.map_or(&[][..], |trace| trace.changes.as_slice());
            for point in old {
                add([value_at(changes, point.time); 3], of(point));
            }
            for &[time, y] in recent {
                add([value_at(changes, time); 3], Point::new(time, y));
            }
        }
        Axis::Itself(lag) => {
            let spacing = spacing(&own.points);
            let first = own.points.first().map_or(f64::INFINITY, |first| first.time);
            // Merged points cannot tell what is nearer than they are to each other.
            let merged = |time: f64| {
                let time = time - lag.filter(|lag| *lag >= spacing)?;
                nearest(&own.points, time).filter(|_| time >= first)
            };
            for point in old {
                if let Some(x) = merged(point.time) {
                    add([x.low, x.mean, x.high], of(point));
                }
            }
            let samples = own.recent.as_slice();
            for (index, &[time, y]) in samples.iter().enumerate() {
                let before = match lag {
                    None => index.checked_sub(1),
                    Some(lag) => earlier(samples, time - lag),
                };
                if time < begin {
                    continue;
                }
                if let Some(&[_, x]) = before.and_then(|before| samples.get(before)) {
                    add([x; 3], Point::new(x, y));
                } else if let Some(x) = merged(time) {
                    add([x.low, x.mean, x.high], Point::new(x.mean, y));
                }
            }
        }
    }
}

fn of(point: &SeriesPoint) -> Point {
    Point {
        x: point.time,
        y: point.mean,
        low: point.low,
        high: point.high,
    }
}

/// Mean distance of the points in time.
fn spacing(points: &[SeriesPoint]) -> f64 {
    match (points.first(), points.last()) {
        (Some(first), Some(last)) if points.len() > 1 => {
            (last.time - first.time) / (points.len() - 1) as f64
        }
        _ => f64::INFINITY,
    }
}

/// The point whose time is nearest.
fn nearest(points: &[SeriesPoint], time: f64) -> Option<&SeriesPoint> {
    let next = points.partition_point(|point| point.time < time);
    let before = next.checked_sub(1).and_then(|before| points.get(before));
    match (before, points.get(next)) {
        (Some(a), Some(b)) if time - a.time <= b.time - time => Some(a),
        (a, b) => b.or(a),
    }
}

/// The index of the sample nearest to an earlier time; `None` when the samples begin after it.
fn earlier(samples: &[[f64; 2]], time: f64) -> Option<usize> {
    let next = samples.partition_point(|sample| sample[0] < time);
    let distance = |index: usize| samples.get(index).map(|sample| (sample[0] - time).abs());
    match next.checked_sub(1) {
        // Half a sample before the first one is still that one.
        None => {
            let step = samples.get(1)?[0] - samples.first()?[0];
            (distance(0)? <= 0.5 * step).then_some(0)
        }
        Some(before) if distance(before) <= distance(next).or(Some(f64::INFINITY)) => Some(before),
        Some(_) => Some(next),
    }
}

#[cfg(test)]
mod tests {
    use super::super::measured::{Trace, chart};
    use super::*;
    use crate::math::series::{RECENT, Series};
    use crate::scene::PlotKind;
    use crate::sim::simulation::{Simulation, worker_threads};
    use crate::sim::snapshot::{self, ParameterTrace};
    use std::sync::Arc;

    /// A snapshot in which the first two scalars are given functions of the number of the sample.
    fn snapshot(samples: usize, first: fn(f64) -> f64, second: fn(f64) -> f64) -> Snapshot {
        let set = [("population.count".to_string(), "20".to_string())];
        let scene = crate::scene::find("active_gas", &set).unwrap();
        let run = Simulation::new(scene, worker_threads(1).unwrap()).unwrap();
        let picture = Arc::new(snapshot::picture(
            &run,
            &Default::default(),
            &Default::default(),
            1,
        ));
        let mut snapshot = Snapshot::at_rest(&run, picture);
        let mut scalars = (*snapshot.scalars).clone();
        for (trace, of) in scalars.iter_mut().zip([first, second]) {
            let mut series = Series::new(2048);
            (0..samples).for_each(|i| series.push(i as f64, of(i as f64)));
            *trace = ScalarTrace::of(trace.observable, &series, Arc::default());
        }
        snapshot.scalars = Arc::new(scalars);
        snapshot
    }

    fn drawn(snapshot: &Snapshot, against: Option<&str>, lag: Option<f64>) -> Chart {
        let own = &snapshot.scalars[0];
        let settings = PlotSettings {
            observable: own.observable.name.into(),
            kind: PlotKind::Scatter,
            against: against.map(Into::into),
            lag,
            ..PlotSettings::default()
        };
        let axis = axis(snapshot, &settings);
        chart(snapshot, &settings, &Trace::Scalar(own), &axis)
    }

    #[test]
    fn pairs_are_of_one_moment_and_no_extreme_is_lost() {
        let spike = |i: f64| {
            if i == 12_345.0 {
                50.0
            } else {
                (i * 1e-3).cos()
            }
        };
        let snapshot = snapshot(100_000, spike, |i| (i * 1e-3).sin());
        let other = snapshot.scalars[1].observable.name;
        let chart = drawn(&snapshot, Some(other), None);
        assert!(chart.points.len() > 2000 && chart.points.len() <= 2048 + RECENT);
        assert_eq!(chart.points.len(), chart.breadths.len());
        let high = chart
            .points
            .iter()
            .map(|point| point.high)
            .fold(0.0, f64::max);
        assert_eq!(high, 50.0, "the spike is in the extent of its point");
        for (point, breadth) in chart.points.iter().zip(&chart.breadths) {
            assert!(breadth[0] <= point.x && point.x <= breadth[1]);
            // The mean of an arc of 64 samples, 0.064 rad, lies within 1 - cos 0.032 of the circle.
            if point.high < 2.0 {
                let radius = point.x.hypot(point.y);
                assert!((radius - 1.0).abs() < 6e-4, "{point:?}");
            }
        }
        // The newest samples are there one by one.
        let [last, before] = [1, 2].map(|back| chart.points[chart.points.len() - back]);
        assert_eq!((last.x, last.y), ((99.999f64).sin(), (99.999f64).cos()));
        assert_eq!(before.y, (99.998f64).cos());
    }

    #[test]
    fn a_lag_looks_back_by_its_time() {
        let few = snapshot(500, |i| i, |_| 0.0);
        for (lag, back) in [(None, 1.0), (Some(7.0), 7.0), (Some(6.8), 7.0)] {
            let chart = drawn(&few, None, lag);
            assert_eq!(chart.points.len(), 500 - back as usize, "{lag:?}");
            assert!(chart.points.iter().all(|point| point.y - point.x == back));
        }
        // Of merged samples a lag shorter than they are shows the newest only.
        let many = snapshot(100_000, |i| i, |_| 0.0);
        assert_eq!(drawn(&many, None, None).points.len(), RECENT - 1);
        let long = drawn(&many, None, Some(6400.0));
        assert!(long.points.len() > 1000);
        assert!(
            long.points
                .iter()
                .all(|point| (point.y - point.x - 6400.0).abs() <= 33.0)
        );
        assert!(drawn(&few, None, Some(1e9)).points.is_empty());
    }

    #[test]
    fn a_parameter_is_an_axis_with_the_value_that_held() {
        let mut snapshot = snapshot(1000, |i| 2.0 * i, |_| 0.0);
        let name = (snapshot.scene.model.parameters)()[0].name;
        let model = snapshot.scene.model;
        let number = crate::scene::schema::axes(model).last().copied().unwrap();
        let index = model.parameter(number).unwrap();
        let mut traces = (*snapshot.parameters).clone();
        let ramp = (0..100).map(|i| [10.0 * f64::from(i), f64::from(i)]);
        traces[index] = ParameterTrace {
            changes: Arc::new(ramp.collect()),
        };
        snapshot.parameters = Arc::new(traces);
        let chart = drawn(&snapshot, Some(number), None);
        assert_eq!(chart.points.len(), 1000, "{name}");
        let value = |i: usize| ((i / 10) as f64, 2.0 * i as f64);
        for (i, point) in chart.points.iter().enumerate() {
            assert_eq!((point.x, point.y), value(i));
        }
    }
}
