//! A straight line through the points of a stretch of a chart, as the axes show them.
//!
//! On two logarithmic axes its slope is an exponent, on a logarithmic y axis alone a rate. The
//! standard error of the slope follows from the scatter of the points about the line, each taken
//! with the same weight; points that are correlated with each other make it too small.

use super::chart::Chart;
use super::numbers::{self, with_error};
use crate::math::statistics::fit_line;

/// A line that was fitted, in the coordinates of the axes: logarithms to base 10 where an axis is
/// logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The stretch of x over which was fitted, as values.
    pub range: [f64; 2],
    pub slope: f64,
    /// Standard error of the slope; NaN for two points.
    pub error: f64,
    pub intercept: f64,
    /// How many points went in.
    pub points: usize,
    pub x_logarithmic: bool,
    pub y_logarithmic: bool,
}

fn coordinate(value: f64, logarithmic: bool) -> f64 {
    if logarithmic { value.log10() } else { value }
}

impl Reading {
    /// Fits the points of a chart between two values of x; `None` when fewer than two of them
    /// can be drawn there.
    pub fn of(chart: &Chart, [from, to]: [f64; 2]) -> Option<Self> {
        let (low, high) = (from.min(to), from.max(to));
        let (x_log, y_log) = (chart.x_logarithmic, chart.y_logarithmic);
        let points: Vec<(f64, f64, f64)> = chart
            .points
            .iter()
            .filter(|point| chart.shows(point) && point.x >= low && point.x <= high)
            .map(|point| (coordinate(point.x, x_log), coordinate(point.y, y_log), 1.0))
            .collect();
        let count = points.len();
        let line = fit_line(points)?;
        // With unit weights χ² is the sum of the squared residuals, and the error is that of a
        // scatter of 1: the scatter itself is χ² per degree of freedom.
        let scatter = if line.freedom > 0 {
            (line.chi_squared / line.freedom as f64).sqrt()
        } else {
            f64::NAN
        };
        Some(Self {
            range: [low, high],
            slope: line.slope,
            error: line.slope_error * scatter,
            intercept: line.intercept,
            points: count,
            x_logarithmic: x_log,
            y_logarithmic: y_log,
        })
    }

    /// The value of the line at a value of x.
    pub fn at(&self, x: f64) -> f64 {
        let y = self.intercept + self.slope * coordinate(x, self.x_logarithmic);
        if self.y_logarithmic { 10f64.powf(y) } else { y }
    }

    /// What the line says, in the words of its axes: exponent, rate with its time, or slope.
    pub fn words(&self, x: &str, unit: &str) -> String {
        let per = if unit.is_empty() {
            String::new()
        } else {
            format!(" / {unit}")
        };
        match (self.x_logarithmic, self.y_logarithmic) {
            (true, true) => format!("exponent {}", with_error(self.slope, self.error)),
            (false, true) => {
                let (rate, error) = self.rate();
                let scale = rate.abs().recip();
                let change = if rate < 0.0 { "decay" } else { "growth" };
                let length = with_error(scale, error * scale * scale);
                let length = format!("{length} {unit}");
                format!(
                    "rate {}{per}, {change} over {}",
                    with_error(rate, error),
                    length.trim_end()
                )
            }
            (true, false) => format!("{} per decade of {x}", with_error(self.slope, self.error)),
            (false, false) => format!("slope {}{per}", with_error(self.slope, self.error)),
        }
    }

    /// The rate of y ∝ exp(rate x) and its error, where y alone is logarithmic.
    pub fn rate(&self) -> (f64, f64) {
        let natural = std::f64::consts::LN_10;
        (self.slope * natural, self.error * natural)
    }

    /// How many points it rests on.
    pub fn basis(&self) -> String {
        format!("{} points", numbers::grouped(self.points as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::super::chart::{Chart, Point};
    use super::*;

    fn chart(points: Vec<Point>, x_logarithmic: bool, y_logarithmic: bool) -> Chart {
        Chart {
            points,
            x_logarithmic,
            y_logarithmic,
            ..Chart::default()
        }
    }

    fn sampled(of: impl Fn(f64) -> f64) -> Vec<Point> {
        (1..=200)
            .map(|step| f64::from(step) * 0.1)
            .map(|x| Point::new(x, of(x)))
            .collect()
    }

    #[test]
    fn exact_laws_are_read_exactly() {
        let close =
            |found: f64, exact: f64| assert!((found / exact - 1.0).abs() < 1e-12, "{found}");
        let power = Reading::of(
            &chart(sampled(|x| 3.0 * x.powf(-1.5)), true, true),
            [0.5, 12.0],
        );
        let power = power.unwrap();
        close(power.slope, -1.5);
        close(power.at(4.0), 3.0 / 8.0);
        assert!(power.error < 1e-12 && power.points == 116, "{power:?}");
        assert!(
            power.words("t", "τ").starts_with("exponent −1.5"),
            "{power:?}"
        );

        let decay = chart(sampled(|x| 5.0 * (-x / 2.5).exp()), false, true);
        let decay = Reading::of(&decay, [20.0, 0.0]).unwrap();
        close(decay.rate().0, -0.4);
        assert!(
            decay.words("t", "τ").contains("decay over 2.5 τ"),
            "{}",
            decay.words("t", "τ")
        );

        let straight = Reading::of(&chart(sampled(|x| 7.0 - 2.0 * x), false, false), [1.0, 2.0]);
        close(straight.unwrap().slope, -2.0);
        let decades = Reading::of(&chart(sampled(|x| x.log10()), true, false), [0.1, 20.0]);
        close(decades.unwrap().slope, 1.0);
    }

    #[test]
    fn the_error_is_that_of_the_text_books() {
        // x = 1..5, y = 2, 4, 5, 4, 5: slope 0.6, residual sum of squares 2.4, Sxx = 10, hence
        // s² = 2.4/3 and the error √(0.8/10).
        let y = [2.0, 4.0, 5.0, 4.0, 5.0];
        let points = y.iter().zip(1..).map(|(&y, x)| Point::new(f64::from(x), y));
        let reading = Reading::of(&chart(points.collect(), false, false), [1.0, 5.0]).unwrap();
        assert!((reading.slope - 0.6).abs() < 1e-14);
        assert!((reading.intercept - 2.2).abs() < 1e-13);
        assert!((reading.error - 0.08f64.sqrt()).abs() < 1e-13);
        assert_eq!(reading.words("x", ""), "slope 0.6(3)");
    }

    #[test]
    fn what_cannot_be_fitted_is_not() {
        let wild = [f64::NAN, f64::INFINITY, -1.0, 0.0, f64::MAX, 5e-324];
        let points: Vec<Point> = wild.iter().map(|&value| Point::new(value, value)).collect();
        for (x, y) in [(false, false), (true, false), (false, true), (true, true)] {
            let chart = chart(points.clone(), x, y);
            for range in [[f64::NAN, 1.0], [1.0, 1.0], [f64::INFINITY; 2]] {
                assert!(Reading::of(&chart, range).is_none());
            }
            if let Some(reading) = Reading::of(&chart, [f64::NEG_INFINITY, f64::INFINITY]) {
                assert!(!reading.words("x", "").is_empty());
            }
        }
        assert!(Reading::of(&chart(Vec::new(), true, true), [0.0, 1.0]).is_none());
        let one = chart(vec![Point::new(1.0, 1.0)], false, false);
        assert!(Reading::of(&one, [0.0, 2.0]).is_none());
        let two = chart(
            vec![Point::new(1.0, 1.0), Point::new(2.0, 3.0)],
            false,
            false,
        );
        let two = Reading::of(&two, [0.0, 3.0]).unwrap();
        assert!((two.slope - 2.0).abs() < 1e-14 && two.error.is_nan());
    }
}
