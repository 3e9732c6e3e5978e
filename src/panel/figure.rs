//! From a chart to shapes: grounds under the grid, the grid, lines and paths over it, theory.

use std::sync::Arc;

use bevy_egui::egui;
use egui::{Color32, Galley, Mesh, Painter, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

use super::chart::{AxisName, Chart, Look, Map, Point, Thin};
use super::strokes::{axis_job, ribbon, runs, stroke, tick};
use super::theme::{self, Palette};

/// Parts of a path that differ in age.
const AGES: usize = 24;
/// Width of a line of data, in points.
const LINE: f32 = 1.5;

/// Where a chart is drawn, and in which colours.
pub(super) struct Canvas {
    /// Clipped to the area of the data.
    pub painter: Painter,
    pub map: Map,
    pub palette: &'static Palette,
    pub ink: Color32,
}

impl Canvas {
    /// The line's colour as an opaque tint of the panel, so that it looks the same however the
    /// device blends.
    pub fn tint(&self, share: f32) -> Color32 {
        theme::mix(self.palette.panel, self.ink, share)
    }

    fn place(&self, x: f64, y: f64) -> Option<Pos2> {
        self.map.to_screen(x, y)
    }
}

/// Lines at the ticks with their labels, and the names of the axes; without ticks nothing but the
/// floor and the names.
pub(super) fn axes(
    ui: &Ui,
    rect: Rect,
    map: &Map,
    [x, y]: [&AxisName; 2],
    ticks: Option<Vec<(f64, Arc<Galley>)>>,
) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    let line = Stroke::new(1.0, palette.hairline);
    let area = map.area;
    let along = ticks.as_ref().map(|_| map.x.ticks(5)).unwrap_or_default();
    for (value, label) in ticks.into_iter().flatten() {
        let Some(up) = map.y.share(value) else {
            continue;
        };
        let y = painter.round_to_pixel_center(area.bottom() - up * area.height());
        painter.hline(area.x_range(), y, line);
        let corner = pos2(area.left() - 6.0, y) - vec2(label.size().x, 0.5 * label.size().y);
        painter.galley(corner, label, palette.secondary);
    }
    let floor = painter.round_to_pixel_center(area.bottom());
    painter.hline(area.x_range(), floor, line);
    let name = painter.layout_job(axis_job(x, palette));
    let place = pos2(rect.right() - 4.0 - name.size().x, area.bottom() + 4.0);
    let taken = Rect::from_min_size(place, name.size()).expand2(vec2(6.0, 0.0));
    painter.galley(place, name, palette.secondary);
    let mut free = rect.left();
    for (value, label) in along {
        let Some(share) = map.x.share(value) else {
            continue;
        };
        let x = area.left() + share * area.width();
        painter.vline(x, floor..=floor + 3.0, line);
        let galley = tick(ui, label);
        let corner = pos2(x - 0.5 * galley.size().x, area.bottom() + 4.0);
        let spot = Rect::from_min_size(corner, galley.size());
        if !spot.intersects(taken) && spot.left() > free {
            painter.galley(corner, galley, palette.secondary);
            free = spot.right() + 4.0;
        }
    }
    let name = painter.layout_job(axis_job(y, palette));
    painter.galley(
        pos2(rect.left() + 4.0, rect.top() - 2.0),
        name,
        palette.secondary,
    );
}

/// What lies under the grid: bands, grounds and bars.
pub(super) fn grounds(canvas: &Canvas, chart: &Chart, thin: &Thin) {
    let points = &thin.points;
    level(canvas, chart);
    match chart.look {
        Look::Bars => return bars(canvas, points),
        Look::Path => return extents(canvas, chart, thin),
        Look::Area => {
            let floor = canvas.map.area.bottom();
            let ground = points.iter().filter_map(|point| {
                let top = canvas.place(point.x, point.y)?;
                Some([pos2(top.x, floor), top])
            });
            if points
                .iter()
                .all(|point| point.y.is_nan() || point.y >= 0.0)
            {
                canvas.painter.add(ribbon(ground, canvas.tint(0.12)));
            }
        }
        Look::Line => {}
    }
    if !chart.band {
        return;
    }
    let (bottom, top) = (canvas.map.y.low, canvas.map.y.high);
    let band = points
        .iter()
        .filter(|point| point.low < point.high)
        .filter_map(|point| {
            // An end that the axis does not reach, such as 0 on a logarithmic one, lies beyond it.
            let low = canvas
                .place(point.x, point.low)
                .or(canvas.place(point.x, bottom))?;
            let high = canvas
                .place(point.x, point.high)
                .or(canvas.place(point.x, top))?;
            Some([low, high])
        });
    canvas.painter.add(ribbon(band, canvas.tint(0.2)));
}

/// The mean with one standard error to both sides; across the bars of a histogram it stands.
fn level(canvas: &Canvas, chart: &Chart) {
    let Some([mean, error]) = chart.level else {
        return;
    };
    let map = &canvas.map;
    let stands = chart.look == Look::Bars;
    let end = |value: f64, high: bool| {
        if stands {
            canvas.place(value, if high { map.y.high } else { map.y.low })
        } else {
            canvas.place(if high { map.x.high } else { map.x.low }, value)
        }
    };
    let error = if error.is_finite() { error.abs() } else { 0.0 };
    if chart.band
        && let (Some(low), Some(high)) = (end(mean - error, false), end(mean + error, true))
    {
        let band = Rect::from_two_pos(low, high);
        canvas.painter.rect_filled(band, 0.0, canvas.tint(0.2));
    }
    if let (Some(from), Some(to)) = (end(mean, false), end(mean, true)) {
        let line = Stroke::new(1.0, canvas.tint(0.6));
        canvas.painter.line_segment([from, to], line);
    }
}

fn bars(canvas: &Canvas, points: &[Point]) {
    let fill = canvas.tint(0.62);
    let mut mesh = Mesh::default();
    for (index, point) in points.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|other| points.get(other));
        let half = match (before, points.get(index + 1)) {
            (_, Some(after)) => 0.5 * (after.x - point.x),
            (Some(before), None) => 0.5 * (point.x - before.x),
            _ => 0.5,
        };
        let left = canvas.place(point.x - half, point.y);
        let right = canvas.place(point.x + half, point.y);
        if let (Some(left), Some(right)) = (left, right) {
            let bar = Rect::from_min_max(left, pos2(right.x, canvas.map.area.bottom()));
            if bar.is_positive() {
                // A gap of half a point tells neighbours apart without an outline.
                mesh.add_colored_rect(bar.shrink2(vec2(0.25, 0.0)), fill);
            }
        }
    }
    canvas.painter.add(Shape::mesh(mesh));
}

/// How far the samples reach that a point of a path stands for.
fn extents(canvas: &Canvas, chart: &Chart, thin: &Thin) {
    if !chart.band {
        return;
    }
    let fill = canvas.tint(0.12);
    let mut mesh = Mesh::default();
    for (point, &[left, right]) in thin.points.iter().zip(&thin.breadths) {
        let corners = (
            canvas.place(left, point.high),
            canvas.place(right, point.low),
        );
        if let (Some(from), Some(to)) = corners {
            let rect = Rect::from_two_pos(from, to);
            if rect.width() > 2.0 || rect.height() > 2.0 {
                mesh.add_colored_rect(rect.expand(0.5), fill);
            }
        }
    }
    canvas.painter.add(Shape::mesh(mesh));
}

/// The data themselves.
pub(super) fn lines(canvas: &Canvas, chart: &Chart, thin: &Thin) {
    match chart.look {
        Look::Bars => {}
        Look::Path => path(canvas, chart, thin),
        Look::Line | Look::Area => {
            let places = thin.points.iter();
            let places = places.map(|point| canvas.place(point.x, point.y));
            for run in runs(places) {
                canvas
                    .painter
                    .add(stroke(run, Stroke::new(LINE, canvas.ink)));
            }
        }
    }
}

/// A path whose older parts are fainter; the newest point is a dot.
fn path(canvas: &Canvas, chart: &Chart, thin: &Thin) {
    let mut places: Vec<Option<Pos2>> = Vec::with_capacity(thin.points.len());
    let mut last: Option<Pos2> = None;
    for point in &thin.points {
        let place = canvas.place(point.x, point.y);
        // Points on top of each other are one; one that cannot be drawn breaks the path.
        let near = |last: Pos2| place.is_some_and(|place| place.distance_sq(last) < 0.25);
        if !last.is_some_and(near) {
            places.push(place);
            last = place;
        }
    }
    let part = places.len().div_ceil(AGES).max(1);
    let ages = places.len().div_ceil(part);
    for age in 0..ages {
        // Each part begins where the one before ends.
        let from = (age * part).saturating_sub(1);
        let to = ((age + 1) * part).min(places.len());
        let strength = 0.12 + 0.88 * (age + 1) as f32 / ages as f32;
        let line = Stroke::new(LINE, canvas.tint(strength));
        for run in runs(places[from..to].iter().copied()) {
            if run.len() > 1 || places.len() < 3 {
                canvas.painter.add(stroke(run, line));
            }
        }
    }
    let newest = chart.points.iter().rev().find(|point| chart.shows(point));
    if let Some(at) = newest.and_then(|point| canvas.place(point.x, point.y)) {
        canvas.painter.circle_filled(at, 3.5, canvas.palette.panel);
        canvas.painter.circle_filled(at, 2.5, canvas.ink);
    }
}

/// Theory, dashed in the colour of text.
pub(super) fn theory(canvas: &Canvas, chart: &Chart) {
    let map = &canvas.map;
    let line = Stroke::new(1.2, canvas.palette.text);
    let curves = runs(chart.theory.iter().map(|&[x, y]| map.to_screen(x, y)));
    let level = chart.theory_level.and_then(|value| {
        if chart.look == Look::Bars {
            let (low, high) = (map.y.low, map.y.high);
            return Some(vec![
                map.to_screen(value, low)?,
                map.to_screen(value, high)?,
            ]);
        }
        let (low, high) = (map.x.low, map.x.high);
        Some(vec![
            map.to_screen(low, value)?,
            map.to_screen(high, value)?,
        ])
    });
    for run in curves.into_iter().chain(level) {
        let seen = map.area.expand(4.0);
        // Dashes far outside cost as much as those inside.
        let seen: Vec<Pos2> = run
            .into_iter()
            .map(|at| pos2(at.x, at.y.clamp(seen.top(), seen.bottom())))
            .collect();
        canvas
            .painter
            .extend(Shape::dashed_line(&seen, line, 5.0, 4.0));
    }
}
