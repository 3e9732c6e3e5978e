//! Fewer points that look the same: what falls into one column of pixels becomes one point.

use super::chart::Point;
use super::ticks::Span;

/// At most about two points per pixel along an axis. Neighbours in a column are averaged and
/// their bands joined, so that no extreme is lost; of the points beyond the ends of the axis only
/// those next to it stay, to which the line leads.
pub(super) fn thinned(points: &[Point], span: &Span, pixels: usize) -> Vec<Point> {
    let columns = (2 * pixels).clamp(64, 16_384);
    let few = points.len() <= columns;
    let mut kept: Vec<Point> = Vec::with_capacity(points.len().min(columns + 8));
    let mut now: Option<Column> = None;
    for (index, point) in points.iter().enumerate() {
        let Some(share) = span.share(point.x) else {
            // A place that is on no axis breaks the line.
            now.take()
                .into_iter()
                .for_each(|column| column.end(&mut kept));
            gap(&mut kept, point.x);
            continue;
        };
        let place = match share {
            share if share < 0.0 => -1,
            share if share > 1.0 => -2,
            // Where points are few, each is a column of its own.
            _ if few => index as i64,
            share => (share * columns as f32) as i64,
        };
        match &mut now {
            Some(column) if column.place == place => column.take(point),
            _ => {
                now.take()
                    .into_iter()
                    .for_each(|column| column.end(&mut kept));
                now = Some(Column::new(place, point));
            }
        }
    }
    now.into_iter().for_each(|column| column.end(&mut kept));
    kept
}

/// A gap in the line, once.
fn gap(kept: &mut Vec<Point>, x: f64) {
    if kept.last().is_some_and(|point| !point.y.is_nan()) {
        kept.push(Point::new(x, f64::NAN));
    }
}

/// The points of one column, summed up.
struct Column {
    place: i64,
    count: f64,
    sum: Point,
}

impl Column {
    fn new(place: i64, point: &Point) -> Self {
        let mut column = Self {
            place,
            count: 0.0,
            sum: Point::new(point.x, f64::NAN),
        };
        column.take(point);
        column
    }

    fn take(&mut self, point: &Point) {
        if !point.y.is_finite() {
            return;
        }
        // To the left of the axis the last point stays, to the right of it the first.
        if self.count == 0.0 || self.place == -1 {
            self.sum = *point;
            self.count = 1.0;
            return;
        }
        if self.place == -2 {
            return;
        }
        self.count += 1.0;
        let sum = &mut self.sum;
        // A running mean cannot overflow where a sum would.
        sum.x += (point.x - sum.x) / self.count;
        sum.y += (point.y - sum.y) / self.count;
        sum.low = sum.low.min(point.low);
        sum.high = sum.high.max(point.high);
    }

    fn end(self, kept: &mut Vec<Point>) {
        if self.sum.y.is_nan() {
            gap(kept, self.sum.x);
        } else {
            kept.push(self.sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Point {
        Point::new(x, y)
    }

    #[test]
    fn a_spike_among_a_hundred_thousand_points_survives() {
        for logarithmic in [false, true] {
            let mut points: Vec<Point> = (1..=100_000)
                .map(|x| at(f64::from(x), (f64::from(x) * 1e-3).sin()))
                .collect();
            points[77_777].high = 9.0;
            points[77_777].y = 9.0;
            points[5].low = -9.0;
            let span = Span::between(1.0, 1e5, logarithmic);
            let thin = thinned(&points, &span, 300);
            assert!(thin.len() <= 601, "{}", thin.len());
            let high = thin.iter().map(|point| point.high).fold(0.0, f64::max);
            let low = thin.iter().map(|point| point.low).fold(0.0, f64::min);
            assert_eq!((low, high), (-9.0, 9.0));
            assert!(thin.windows(2).all(|pair| pair[0].x < pair[1].x));
        }
    }

    #[test]
    fn few_points_stay_as_they_are_and_gaps_stay_gaps() {
        let points = [
            at(0.0, 1.0),
            at(1.0, f64::NAN),
            at(2.0, f64::INFINITY),
            at(3.0, 2.0),
            at(f64::NAN, 5.0),
            at(4.0, 3.0),
        ];
        let thin = thinned(&points, &Span::between(0.0, 4.0, false), 100);
        let shown: Vec<_> = thin.iter().map(|point| point.y).collect();
        assert_eq!(shown.len(), 5, "{shown:?}");
        assert!(shown[1].is_nan() && shown[3].is_nan());
        assert_eq!((shown[0], shown[2], shown[4]), (1.0, 2.0, 3.0));
        assert!(thinned(&[], &Span::between(0.0, 1.0, true), 100).is_empty());
    }

    #[test]
    fn of_what_is_not_seen_the_neighbours_stay() {
        let points: Vec<Point> = (0..100).map(|x| at(f64::from(x), f64::from(x))).collect();
        let thin = thinned(&points, &Span::between(40.5, 42.5, false), 100);
        let shown: Vec<_> = thin.iter().map(|point| point.x).collect();
        assert_eq!(shown, [40.0, 41.0, 42.0, 43.0]);
    }
}
