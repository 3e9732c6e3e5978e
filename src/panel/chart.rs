//! One chart: what it shows, where its axes end, and how it is laid out.

use std::borrow::Cow;

use bevy_egui::egui;
use egui::{Align2, Pos2, Rect, Response, Sense, Ui, pos2, vec2};

use super::figure::{self, Canvas};
use super::fit::Reading;
use super::grip::{self, Hand};
use super::theme::{self, Palette, size};
use super::thin::thinned;
use super::ticks::{Span, drawable};
use super::{inspecting, strokes};

/// A point of a line with the ends of its band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    pub low: f64,
    pub high: f64,
}

impl Point {
    /// A point without a band.
    pub fn new(x: f64, y: f64) -> Self {
        Self {
            x,
            y,
            low: y,
            high: y,
        }
    }
}

/// What an axis is called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisName {
    pub symbol: Cow<'static, str>,
    pub unit: &'static str,
}

/// How the data are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// A line over its band.
    #[default]
    Line,
    /// A line over a filled ground.
    Area,
    /// Filled bars without outlines.
    Bars,
    /// A path that fades with age, the newest point last.
    Path,
}

/// A chart.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    pub x: AxisName,
    pub y: AxisName,
    pub x_logarithmic: bool,
    pub y_logarithmic: bool,
    pub look: Look,
    pub points: Vec<Point>,
    /// The extent of every point along x, where it stands for several samples; empty otherwise.
    pub breadths: Vec<[f64; 2]>,
    /// A mean and its standard error, as a level across the chart.
    pub level: Option<[f64; 2]>,
    /// Theory as a curve; NaN where there is none.
    pub theory: Vec<[f64; 2]>,
    /// Theory as a level across the chart.
    pub theory_level: Option<f64>,
    /// Fixed ranges of the axes.
    pub x_range: Option<[f64; 2]>,
    pub range: Option<[f64; 2]>,
    /// Whether bands are drawn.
    pub band: bool,
    /// Which of the palette's data colours the line has.
    pub ink: usize,
}

/// Room for the labels of the ticks at the left and below, and for the name of the y axis.
const LEFT: f32 = 36.0;
const BELOW: f32 = 20.0;
const ABOVE: f32 = 24.0;

/// Where values lie on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Map {
    pub area: Rect,
    pub x: Span,
    pub y: Span,
}

impl Map {
    /// The place of a value; `None` when it cannot be drawn on these axes.
    pub fn to_screen(self, x: f64, y: f64) -> Option<Pos2> {
        let along = self.x.share(x)?;
        let up = self.y.share(y)?;
        Some(pos2(
            self.area.left() + along * self.area.width(),
            self.area.bottom() - up * self.area.height(),
        ))
    }

    /// The value of x at a place on the screen.
    pub fn x_at(self, place: f32) -> f64 {
        let share = (place - self.area.left()) / self.area.width().max(1.0);
        self.x.at(f64::from(share))
    }
}

/// What of a chart depends on its data and its width alone: made once, drawn many times.
#[derive(Clone, Debug)]
pub(super) struct Thin {
    width: usize,
    pub points: Vec<Point>,
    /// Of a path, how far every point reaches along x.
    pub breadths: Vec<[f64; 2]>,
    pub x: Span,
    pub y: Span,
}

/// The most points of a path; more are joined before they are drawn.
const PATH: usize = 2400;

impl Chart {
    /// The axes and the points that are drawn on so many pixels.
    pub(super) fn thin(&self, width: usize) -> Thin {
        let x = self.x_span();
        let (points, breadths) = match self.look {
            Look::Path => self.joined(),
            _ => (thinned(&self.points, &x, width), Vec::new()),
        };
        let y = self.y_span(&x);
        Thin {
            width,
            points,
            breadths,
            x,
            y,
        }
    }

    /// The points of a path, neighbours in time joined where there are many: the mean of their
    /// places and all that they reach. What cannot be drawn on the axes breaks the path.
    fn joined(&self) -> (Vec<Point>, Vec<[f64; 2]>) {
        let size = self.points.len().div_ceil(PATH).max(1);
        let groups = self.points.chunks(size).zip(self.breadths.chunks(size));
        let join = |(points, breadths): (&[Point], &[[f64; 2]])| {
            let mut sum = Point {
                low: f64::INFINITY,
                high: f64::NEG_INFINITY,
                ..Point::new(f64::NAN, f64::NAN)
            };
            let mut reach = [f64::INFINITY, f64::NEG_INFINITY];
            let mut count = 0.0;
            let shown = points.iter().zip(breadths);
            for (point, breadth) in shown.filter(|(point, _)| self.shows(point)) {
                count += 1.0;
                if count == 1.0 {
                    (sum.x, sum.y) = (point.x, point.y);
                }
                // A running mean cannot overflow where a sum would.
                sum.x += (point.x - sum.x) / count;
                sum.y += (point.y - sum.y) / count;
                (sum.low, sum.high) = (sum.low.min(point.low), sum.high.max(point.high));
                reach = [reach[0].min(breadth[0]), reach[1].max(breadth[1])];
            }
            (sum, reach)
        };
        groups.map(join).unzip()
    }

    /// The axis of x over the data, or as it was fixed.
    pub(super) fn x_span(&self) -> Span {
        if let Some([low, high]) = self.x_range {
            return Span::between(low, high, self.x_logarithmic);
        }
        let theory = self.theory.iter().map(|point| point[0]);
        let level = (self.look == Look::Bars)
            .then_some(self.theory_level)
            .flatten();
        // Bars reach half a bar beyond their centres.
        let edge = |end: Option<&Point>, next: Option<&Point>| {
            let bars = self.look == Look::Bars;
            let (end, next) = end.zip(next).filter(|_| bars)?;
            Some(end.x + 0.5 * (end.x - next.x))
        };
        let points = &self.points;
        let first = edge(points.first(), points.get(1));
        let last = edge(points.last(), points.iter().rev().nth(1));
        let breadths = self.breadths.iter().flatten().copied();
        let breadths = breadths.chain(first).chain(last);
        let all = self.points.iter().map(|point| point.x).chain(breadths);
        let all = all.chain(theory).chain(level);
        let span = Span::of(all.clone(), self.x_logarithmic);
        if self.look == Look::Path {
            return span.padded(0.04);
        }
        // The span of a single moment reaches to both sides, and there is no time before 0.
        if span.low < 0.0 && all.into_iter().all(|x| x.is_nan() || x >= 0.0) {
            return Span { low: 0.0, ..span };
        }
        span
    }

    /// The axis of y over what is seen of the data, or as it was fixed.
    fn y_span(&self, x: &Span) -> Span {
        if let Some([low, high]) = self.range {
            return Span::between(low, high, self.y_logarithmic);
        }
        let seen = |point: &&Point| point.x >= x.low && point.x <= x.high;
        let values = self.points.iter().filter(seen).flat_map(|point| {
            if self.band {
                [point.y, point.low, point.high]
            } else {
                [point.y; 3]
            }
        });
        let measured = Span::of(values.clone(), self.y_logarithmic);
        // Theory is shown as far as it is near what was measured: one wild value of it must not
        // press the data to the floor.
        let reach = (measured.high - measured.low) * 3.0;
        let near = |value: &f64| {
            self.y_logarithmic
                || self.points.is_empty()
                || (value - measured.low)
                    .abs()
                    .min((value - measured.high).abs())
                    < reach
        };
        let bars = self.look == Look::Bars;
        let theory = self
            .theory
            .iter()
            .map(|point| point[1])
            .chain(self.theory_level.filter(|_| !bars))
            .filter(near);
        let level = self
            .level
            .filter(|_| !bars)
            .into_iter()
            .map(|[mean, _]| mean);
        let stands = matches!(self.look, Look::Bars | Look::Area);
        let floor = stands && !self.y_logarithmic && measured.low >= 0.0;
        let ground = floor.then_some(0.0);
        let all = values.chain(theory).chain(level).chain(ground);
        let span = Span::of(all, self.y_logarithmic).padded(0.06);
        match ground {
            // Bars stand on the floor.
            Some(_) if span.low < 0.0 => Span { low: 0.0, ..span },
            _ => span,
        }
    }

    /// Draws the chart into a rectangle of the given height, over the whole width. With a hand it
    /// can be zoomed, moved and fitted.
    pub(super) fn show(
        &self,
        ui: &mut Ui,
        height: f32,
        thin: &mut Option<Thin>,
        fitted: Option<&Reading>,
        hand: Option<&mut Hand>,
    ) -> Response {
        let width = ui.available_width().max(1.0);
        let sense = match hand {
            Some(_) => Sense::click_and_drag(),
            None => Sense::hover(),
        };
        let (rect, response) = ui.allocate_exact_size(vec2(width, height.max(1.0)), sense);
        if !ui.is_rect_visible(rect) || rect.width() < 90.0 || rect.height() < 50.0 {
            return response;
        }
        let dense = ui.ctx().pixels_per_point().clamp(0.5, 8.0);
        let pixels = (rect.width() * dense) as usize;
        if thin.as_ref().is_none_or(|thin| thin.width != pixels) {
            *thin = Some(self.thin(pixels));
        }
        let Some(thin) = thin else { return response };
        let rows = if rect.height() > 180.0 { 5 } else { 3 };
        let ticks: Vec<_> = thin
            .y
            .ticks(rows)
            .into_iter()
            .map(|(value, label)| (value, strokes::tick(ui, label)))
            .collect();
        let widest = ticks
            .iter()
            .map(|(_, galley)| galley.size().x)
            .fold(0.0, f32::max);
        let left = (widest + 10.0).clamp(LEFT, 0.4 * rect.width());
        let area = Rect::from_min_max(
            pos2(rect.left() + left, rect.top() + ABOVE),
            pos2(rect.right() - 4.0, rect.bottom() - BELOW),
        );
        let map = Map {
            area,
            x: thin.x,
            y: thin.y,
        };
        let palette = Palette::of(ui);
        let canvas = Canvas {
            painter: ui
                .painter()
                .with_clip_rect(area.expand(1.0).intersect(ui.clip_rect())),
            map,
            palette,
            ink: palette.data[self.ink.min(palette.data.len() - 1)],
        };
        if self.points.is_empty() && self.theory.is_empty() {
            // Axes without data would only look like data.
            figure::axes(ui, rect, &map, [&self.x, &self.y], None);
            let text = "nothing measured yet";
            let font = theme::body(size::SMALL);
            let middle = area.center();
            ui.painter()
                .text(middle, Align2::CENTER_CENTER, text, font, palette.secondary);
            return response;
        }
        figure::grounds(&canvas, self, thin);
        figure::axes(ui, rect, &map, [&self.x, &self.y], Some(ticks));
        figure::lines(&canvas, self, thin);
        figure::theory(&canvas, self);
        if let Some(reading) = fitted {
            inspecting::fit(ui, &canvas, self, reading);
        }
        let busy = match hand {
            Some(hand) => grip::grip(ui, &response, &map, hand),
            None => true,
        };
        let pointer = response
            .hover_pos()
            .filter(|&pointer| area.contains(pointer));
        if let (Some(pointer), false) = (pointer, busy) {
            inspecting::reading(ui, &canvas, self, &thin.points, pointer);
        }
        response
    }

    /// True when a point can be drawn on both axes.
    pub(super) fn shows(&self, point: &Point) -> bool {
        drawable(point.x, self.x_logarithmic) && drawable(point.y, self.y_logarithmic)
    }
}
