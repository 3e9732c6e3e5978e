//! What a chart says under the pointer, and what a fitted line says.

use bevy_egui::egui;
use egui::text::LayoutJob;
use egui::{Pos2, Rect, Shape, Stroke, TextFormat, Ui, pos2, vec2};

use super::chart::{AxisName, Chart, Look, Map, Point};
use super::figure::Canvas;
use super::fit::Reading;
use super::numbers;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};

fn plain(text: &str, job: &mut LayoutJob, palette: &Palette) {
    let format = TextFormat::simple(theme::body(size::SMALL), palette.text);
    job.append(text, 0.0, format);
}

/// `symbol = value(error)`.
fn say(job: &mut LayoutJob, name: &AxisName, value: f64, error: f64, palette: &Palette) {
    let ink = Style {
        size: size::SMALL,
        colour: palette.text,
    };
    symbols::append(job, &name.symbol, ink);
    let number = numbers::with_error(value, error);
    plain(&format!(" = {number}"), job, palette);
}

/// The point nearest to the pointer, with a crosshair and what it says.
pub(super) fn reading(ui: &Ui, canvas: &Canvas, chart: &Chart, points: &[Point], pointer: Pos2) {
    let path = chart.look == Look::Path;
    let map = &canvas.map;
    // On a path the nearest place counts, elsewhere the nearest x.
    let distance = |at: Pos2| {
        if path {
            at.distance_sq(pointer)
        } else {
            (at.x - pointer.x).abs()
        }
    };
    let nearest = points
        .iter()
        .filter_map(|point| Some((point, map.to_screen(point.x, point.y)?)))
        .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
    let Some((point, at)) = nearest else { return };
    let palette = Palette::of(ui);
    let line = Stroke::new(1.0, palette.secondary.gamma_multiply(0.6));
    canvas.painter.vline(at.x, map.area.y_range(), line);
    canvas.painter.hline(map.area.x_range(), at.y, line);
    let ring = Stroke::new(1.5, canvas.ink);
    canvas.painter.circle(at, 3.5, palette.panel, ring);
    let mut job = LayoutJob::default();
    say(&mut job, &chart.x, point.x, 0.0, palette);
    plain("    ", &mut job, palette);
    let symmetric = chart.look == Look::Area || chart.look == Look::Line && chart.level.is_none();
    let half = 0.5 * (point.high - point.low);
    let error = if symmetric && half > 0.0 { half } else { 0.0 };
    say(&mut job, &chart.y, point.y, error, palette);
    if !symmetric && point.low < point.high {
        let ends = [point.low, point.high].map(|end| numbers::plain(end, 3));
        plain(
            &format!("    {} to {}", ends[0], ends[1]),
            &mut job,
            palette,
        );
    }
    if let Some(theory) = theory_at(chart, point.x) {
        let number = numbers::plain(theory, 4);
        plain(&format!("    theory {number}"), &mut job, palette);
    }
    tag(ui, map, job, at.x, map.area.top() + 2.0);
}

/// What theory says at a value of x: the level, or the curve between its nearest two places.
fn theory_at(chart: &Chart, x: f64) -> Option<f64> {
    if chart.look == Look::Bars && chart.theory_level.is_some() {
        return None;
    }
    let next = chart.theory.partition_point(|point| point[0] < x);
    let curve = match (
        next.checked_sub(1)
            .and_then(|before| chart.theory.get(before)),
        chart.theory.get(next),
    ) {
        (Some(a), Some(b)) if b[0] > a[0] => {
            Some(a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]))
        }
        (_, Some(b)) if b[0] == x => Some(b[1]),
        _ => None,
    };
    curve
        .or(chart.theory_level)
        .filter(|value| value.is_finite())
}

/// A text on a ground of its own, near a place along x and inside the area.
fn tag(ui: &Ui, map: &Map, mut job: LayoutJob, x: f32, y: f32) {
    let palette = Palette::of(ui);
    job.wrap.max_width = (map.area.width() - 8.0).max(20.0);
    let galley = ui.painter().layout_job(job);
    let right = map.area.right() - galley.size().x - 6.0;
    let corner = pos2((x + 8.0).min(right).max(map.area.left()), y);
    let ground = Rect::from_min_size(corner, galley.size()).expand2(vec2(5.0, 2.0));
    ui.painter().rect_filled(ground, 4.0, palette.raised);
    ui.painter().galley(corner, galley, palette.text);
}

/// The line that was fitted, over its stretch, and what it says.
pub(super) fn fit(ui: &Ui, canvas: &Canvas, chart: &Chart, reading: &Reading) {
    let (map, palette) = (&canvas.map, canvas.palette);
    let [low, high] = reading.range;
    let ends = [low, high].map(|x| map.to_screen(x, map.y.low).map(|at| at.x));
    if let [Some(left), Some(right)] = ends {
        let stretch = Rect::from_x_y_ranges(left..=right, map.area.y_range());
        let veil = palette.accent.gamma_multiply(0.10);
        canvas.painter.rect_filled(stretch, 0.0, veil);
    }
    // A line on the axes is straight on the screen.
    let line = [low, high].map(|x| map.to_screen(x, reading.at(x)));
    if let [Some(from), Some(to)] = line {
        let stroke = Stroke::new(1.5, palette.accent);
        canvas.painter.add(Shape::line_segment([from, to], stroke));
    }
    let mut job = LayoutJob::default();
    let words = reading.words(&chart.x.symbol, chart.x.unit);
    let format = TextFormat::simple(theme::body(size::SMALL), palette.accent);
    job.append(&words, 0.0, format);
    let format = TextFormat::simple(theme::body(size::SMALL), palette.secondary);
    job.append(&format!("   {}", reading.basis()), 0.0, format);
    let x = ends[0].unwrap_or(map.area.left());
    let below = map.area.bottom() - 20.0;
    tag(ui, map, job, x, below);
}
