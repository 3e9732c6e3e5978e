//! One chart: a line with its band, theory dashed, at most five ticks, no box.

use std::sync::Arc;

use bevy_egui::egui;
use egui::text::LayoutJob;
use egui::{
    Align2, Color32, Galley, Mesh, Pos2, Rect, Response, Sense, Shape, Stroke, TextFormat, Ui,
    pos2, vec2,
};

use super::numbers;
use super::strokes::{axis_job, ribbon, runs, stroke, thinned, tick};
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::ticks::Span;

/// A point of a line with the ends of its band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    pub low: f64,
    pub high: f64,
}

/// What an axis is called.
#[derive(Clone, Copy, Debug, Default)]
pub struct AxisName<'a> {
    pub symbol: &'a str,
    pub unit: &'a str,
}

/// How the data are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A line over its band.
    Line,
    /// A line over a filled ground.
    Area,
    /// Filled bars without outlines.
    Bars,
}

/// A chart.
pub struct Chart<'a> {
    pub x: AxisName<'a>,
    pub y: AxisName<'a>,
    pub x_logarithmic: bool,
    pub y_logarithmic: bool,
    pub look: Look,
    pub points: Vec<Point>,
    /// A mean and its standard error, as a level across the chart.
    pub level: Option<[f64; 2]>,
    /// Theory as a curve; NaN where there is none.
    pub theory: Vec<[f64; 2]>,
    /// Theory as a level across the chart.
    pub theory_level: Option<f64>,
    /// A fixed range of the y axis.
    pub range: Option<[f64; 2]>,
    pub colour: Color32,
}

/// Room for the labels of the ticks at the left and below.
const LEFT: f32 = 36.0;
const BELOW: f32 = 20.0;
const ABOVE: f32 = 24.0;

/// Where values lie on the screen.
struct Map {
    area: Rect,
    x: Span,
    y: Span,
}

impl Map {
    fn to_screen(&self, x: f64, y: f64) -> Option<Pos2> {
        let along = self.x.share(x)?;
        let up = self.y.share(y)?;
        Some(pos2(
            self.area.left() + along * self.area.width(),
            self.area.bottom() - up * self.area.height(),
        ))
    }
}

impl Chart<'_> {
    /// Draws the chart into a rectangle of the given height, over the whole width.
    pub fn show(&self, ui: &mut Ui, height: f32) -> Response {
        let width = ui.available_width().max(1.0);
        let (rect, response) = ui.allocate_exact_size(vec2(width, height.max(1.0)), Sense::hover());
        if !ui.is_rect_visible(rect) || rect.width() < 90.0 || rect.height() < 50.0 {
            return response;
        }
        let points = thinned(&self.points, rect.width() as usize);
        let (x, y) = (self.x_span(&points), self.y_span(&points));
        let rows = if rect.height() > 180.0 { 5 } else { 3 };
        let ticks: Vec<_> = y
            .ticks(rows)
            .into_iter()
            .map(|(value, label)| (value, tick(ui, label)))
            .collect();
        let widest = ticks
            .iter()
            .map(|(_, galley)| galley.size().x)
            .fold(0.0, f32::max);
        let area = Rect::from_min_max(
            pos2(
                rect.left() + (widest + 10.0).clamp(LEFT, 0.4 * rect.width()),
                rect.top() + ABOVE,
            ),
            pos2(rect.right() - 4.0, rect.bottom() - BELOW),
        );
        let map = Map { area, x, y };
        let painter = ui
            .painter()
            .with_clip_rect(area.expand(1.0).intersect(ui.clip_rect()));
        self.paint_grounds(&painter, &map, &points, Palette::of(ui).panel);
        self.paint_axes(ui, rect, &map, ticks);
        if points.is_empty() && self.theory.is_empty() {
            let text = "nothing measured yet";
            let font = theme::body(size::SMALL);
            ui.painter().text(
                area.center(),
                Align2::CENTER_CENTER,
                text,
                font,
                Palette::of(ui).secondary,
            );
            return response;
        }
        self.paint_lines(&painter, &map, &points);
        self.paint_theory(&painter, &map, Palette::of(ui).text);
        if let Some(pointer) = response
            .hover_pos()
            .filter(|&pointer| area.contains(pointer))
        {
            self.paint_reading(ui, &map, &points, pointer);
        }
        response
    }

    fn x_span(&self, points: &[Point]) -> Span {
        let theory = self.theory.iter().map(|point| point[0]);
        let all = points.iter().map(|point| point.x).chain(theory);
        let span = Span::of(all.clone(), self.x_logarithmic);
        // The span of a single moment reaches to both sides, and there is no time before 0.
        if span.low < 0.0 && all.into_iter().all(|x| x.is_nan() || x >= 0.0) {
            return Span { low: 0.0, ..span };
        }
        span
    }

    fn y_span(&self, points: &[Point]) -> Span {
        if let Some([low, high]) = self.range {
            return Span::between(low, high, self.y_logarithmic);
        }
        let values = points
            .iter()
            .flat_map(|point| [point.y, point.low, point.high]);
        let measured = Span::of(values.clone(), self.y_logarithmic);
        // Theory is shown as far as it is near what was measured: one wild value of it must not
        // press the data to the floor.
        let reach = (measured.high - measured.low) * 3.0;
        let near = |value: &f64| {
            self.y_logarithmic
                || points.is_empty()
                || (value - measured.low)
                    .abs()
                    .min((value - measured.high).abs())
                    < reach
        };
        let theory = self
            .theory
            .iter()
            .map(|point| point[1])
            .chain(self.theory_level)
            .filter(near);
        let level = self.level.into_iter().map(|[mean, _]| mean);
        let floor = self.look != Look::Line && !self.y_logarithmic && measured.low >= 0.0;
        let ground = floor.then_some(0.0);
        let all = values.chain(theory).chain(level).chain(ground);
        let span = Span::of(all, self.y_logarithmic).padded(0.06);
        match ground {
            // Bars stand on the floor.
            Some(_) if span.low < 0.0 => Span { low: 0.0, ..span },
            _ => span,
        }
    }

    fn paint_axes(&self, ui: &Ui, rect: Rect, map: &Map, ticks: Vec<(f64, Arc<Galley>)>) {
        let palette = Palette::of(ui);
        let painter = ui.painter();
        let line = Stroke::new(1.0, palette.hairline);
        let area = map.area;
        for (value, label) in ticks {
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
        let name = axis_job(self.x, palette);
        let name = painter.layout_job(name);
        let place = pos2(rect.right() - 4.0 - name.size().x, area.bottom() + 4.0);
        let taken = Rect::from_min_size(place, name.size()).expand2(vec2(6.0, 0.0));
        painter.galley(place, name, palette.secondary);
        for (value, label) in map.x.ticks(5) {
            let Some(along) = map.x.share(value) else {
                continue;
            };
            let x = area.left() + along * area.width();
            painter.vline(x, floor..=floor + 3.0, line);
            let galley = tick(ui, label);
            let corner = pos2(x - 0.5 * galley.size().x, area.bottom() + 4.0);
            let spot = Rect::from_min_size(corner, galley.size());
            if !spot.intersects(taken) && spot.left() > rect.left() {
                painter.galley(corner, galley, palette.secondary);
            }
        }
        let name = painter.layout_job(axis_job(self.y, palette));
        painter.galley(
            pos2(rect.left() + 4.0, rect.top() - 2.0),
            name,
            palette.secondary,
        );
    }

    /// What lies under the grid: bands, grounds and bars, as opaque tints of the panel, so that
    /// they look the same however the device blends.
    fn paint_grounds(&self, painter: &egui::Painter, map: &Map, points: &[Point], panel: Color32) {
        let soft = theme::mix(panel, self.colour, 0.2);
        if let Some([mean, error]) = self.level
            && let (Some(low), Some(high)) = (
                map.to_screen(map.x.low, mean - error.abs()),
                map.to_screen(map.x.high, mean + error.abs()),
            )
        {
            painter.rect_filled(Rect::from_two_pos(low, high), 0.0, soft);
            let middle = 0.5 * (low.y + high.y);
            let line = theme::mix(panel, self.colour, 0.6);
            painter.hline(map.area.x_range(), middle, Stroke::new(1.0, line));
        }
        let floor = |point: &Point| {
            pos2(
                map.to_screen(point.x, map.y.low).map_or(0.0, |at| at.x),
                map.area.bottom(),
            )
        };
        match self.look {
            Look::Bars => self.paint_bars(painter, map, points, panel),
            Look::Area
                if points
                    .iter()
                    .all(|point| point.y.is_nan() || point.y >= 0.0) =>
            {
                let ground = points.iter().filter_map(|point| {
                    let top = map.to_screen(point.x, point.y)?;
                    Some([floor(point), top])
                });
                painter.add(ribbon(ground, theme::mix(panel, self.colour, 0.12)));
            }
            Look::Area | Look::Line => {}
        }
        if self.look == Look::Bars {
            return;
        }
        let band = points
            .iter()
            .filter(|point| point.low < point.high)
            .filter_map(|point| {
                Some([
                    map.to_screen(point.x, point.low)?,
                    map.to_screen(point.x, point.high)?,
                ])
            });
        painter.add(ribbon(band, soft));
    }

    fn paint_lines(&self, painter: &egui::Painter, map: &Map, points: &[Point]) {
        if self.look == Look::Bars {
            return;
        }
        for run in runs(points.iter().map(|point| map.to_screen(point.x, point.y))) {
            painter.add(stroke(run, Stroke::new(1.5, self.colour)));
        }
    }

    fn paint_bars(&self, painter: &egui::Painter, map: &Map, points: &[Point], panel: Color32) {
        let fill = theme::mix(panel, self.colour, 0.62);
        let mut mesh = Mesh::default();
        for (index, point) in points.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|other| points.get(other));
            let after = points.get(index + 1);
            let half = match (before, after) {
                (_, Some(after)) => 0.5 * (after.x - point.x),
                (Some(before), None) => 0.5 * (point.x - before.x),
                _ => 0.5,
            };
            let left = map.to_screen(point.x - half, point.y);
            let right = map.to_screen(point.x + half, point.y);
            if let (Some(left), Some(right)) = (left, right) {
                let bar = Rect::from_min_max(left, pos2(right.x, map.area.bottom()));
                if bar.is_positive() {
                    // A gap of half a point tells neighbours apart without an outline.
                    mesh.add_colored_rect(bar.shrink2(vec2(0.25, 0.0)), fill);
                }
            }
        }
        painter.add(Shape::mesh(mesh));
    }

    fn paint_theory(&self, painter: &egui::Painter, map: &Map, colour: Color32) {
        let line = Stroke::new(1.2, colour);
        let curves = runs(self.theory.iter().map(|&[x, y]| map.to_screen(x, y)));
        let level = self.theory_level.and_then(|y| {
            Some(vec![
                map.to_screen(map.x.low, y)?,
                map.to_screen(map.x.high, y)?,
            ])
        });
        for run in curves.into_iter().chain(level) {
            painter.extend(Shape::dashed_line(&run, line, 5.0, 4.0));
        }
    }

    /// The point nearest to the pointer, and what it says.
    fn paint_reading(&self, ui: &Ui, map: &Map, points: &[Point], pointer: Pos2) {
        let palette = Palette::of(ui);
        let nearest = points
            .iter()
            .filter_map(|point| Some((point, map.to_screen(point.x, point.y)?)))
            .min_by(|a, b| {
                (a.1.x - pointer.x)
                    .abs()
                    .total_cmp(&(b.1.x - pointer.x).abs())
            });
        let Some((point, at)) = nearest else { return };
        let painter = ui.painter();
        painter.vline(
            at.x,
            map.area.y_range(),
            Stroke::new(1.0, palette.secondary.gamma_multiply(0.6)),
        );
        painter.circle(at, 3.5, palette.panel, Stroke::new(1.5, self.colour));
        let mut job = LayoutJob::default();
        let ink = Style {
            size: size::SMALL,
            colour: palette.text,
        };
        let mut say = |name: AxisName, value: f64, error: f64, lead: &str| {
            let text = |text: &str, job: &mut LayoutJob| {
                job.append(
                    text,
                    0.0,
                    TextFormat::simple(theme::body(size::SMALL), palette.text),
                );
            };
            text(lead, &mut job);
            symbols::append(&mut job, name.symbol, ink);
            text(
                &format!(" = {}", numbers::with_error(value, error)),
                &mut job,
            );
        };
        say(self.x, point.x, 0.0, "");
        say(self.y, point.y, 0.0, "    ");
        let galley = painter.layout_job(job);
        let right = map.area.right() - galley.size().x - 6.0;
        let corner = pos2(
            (at.x + 8.0).min(right).max(map.area.left()),
            map.area.top() + 2.0,
        );
        let ground = Rect::from_min_size(corner, galley.size()).expand2(vec2(5.0, 2.0));
        painter.rect_filled(ground, 4.0, palette.raised);
        painter.galley(corner, galley, palette.text);
    }
}
