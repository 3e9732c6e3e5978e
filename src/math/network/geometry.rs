//! How much room there is at a distance: pairs of points of a box by their separation.

use std::f64::consts::{PI, TAU};

use super::super::domain::Domain;
use super::super::special;

/// A rectangle whose separations wrap or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// Sides in units of length.
    pub size: [f64; 2],
    /// True when distances are those of the minimum image.
    pub periodic: bool,
}

impl From<&Domain> for Geometry {
    fn from(domain: &Domain) -> Self {
        Self {
            size: domain.size,
            periodic: domain.is_periodic(),
        }
    }
}

impl Geometry {
    /// Area of the box.
    pub fn area(&self) -> f64 {
        self.size[0] * self.size[1]
    }

    /// Separations along an axis end here.
    fn limits(&self) -> [f64; 2] {
        let factor = if self.periodic { 0.5 } else { 1.0 };
        self.size.map(|side| factor * side)
    }

    /// The largest distance of two points.
    pub fn farthest(&self) -> f64 {
        let [x, y] = self.limits();
        x.hypot(y)
    }

    /// The distance at which a circle first meets the end of an axis.
    pub fn nearest_edge(&self) -> f64 {
        let [x, y] = self.limits();
        x.min(y)
    }

    /// Distances at which the room changes its form.
    pub fn kinks(&self) -> [f64; 2] {
        self.limits()
    }

    /// Circumference of a circle of radius r that lies inside the box, averaged over its centre.
    pub fn circumference(&self, r: f64) -> f64 {
        let [x, y] = self.limits();
        if self.periodic {
            let lost = |side: f64| {
                if r > side {
                    4.0 * (side / r).acos()
                } else {
                    0.0
                }
            };
            return r * (TAU - lost(x) - lost(y)).max(0.0);
        }
        // The overlap of the box with itself, shifted by r (cos t, sin t), over a quarter turn.
        let from = if r > x { (x / r).acos() } else { 0.0 };
        let to = if r > y { (y / r).asin() } else { 0.5 * PI };
        if from >= to {
            return 0.0;
        }
        let overlap =
            |t: f64| x * y * t + r * x * t.cos() - r * y * t.sin() + 0.5 * (r * t.sin()).powi(2);
        r * 4.0 * (overlap(to) - overlap(from)) / self.area()
    }

    /// ∫ f(r) · circumference(r) dr; kinks should be ends of the interval.
    pub fn integrate(&self, from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
        // r = from + (to − from) t² tames the square root that begins at a kink.
        let width = to - from;
        let integrand = |t: f64| {
            let r = from + width * t * t;
            2.0 * width * t * f(r) * self.circumference(r)
        };
        special::integrate(integrand, 0.0, 1.0, 200)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Random;
    use super::*;

    #[test]
    fn room_adds_up_to_the_area_and_matches_random_pairs() {
        for periodic in [true, false] {
            let geometry = Geometry {
                size: [4.0, 7.0],
                periodic,
            };
            let [a, b] = geometry.kinks();
            let bounds = [0.0, 1.0, a, 0.5 * (a + b), b, geometry.farthest()];
            let mut counts = [0_u32; 5];
            let mut random = Random(3);
            let pairs = 200_000;
            for _ in 0..pairs {
                let mut separation = [0.0; 2];
                for axis in 0..2 {
                    let side = geometry.size[axis];
                    let d = (random.uniform() - random.uniform()).abs() * side;
                    separation[axis] = if periodic { d.min(side - d) } else { d };
                }
                let r = separation[0].hypot(separation[1]);
                let bin = bounds.iter().skip(1).position(|&bound| r <= bound).unwrap();
                counts[bin] += 1;
            }
            let mut total = 0.0;
            for bin in 0..5 {
                let room = geometry.integrate(bounds[bin], bounds[bin + 1], |_| 1.0);
                total += room;
                let expected = f64::from(pairs) * room / geometry.area();
                let deviation = f64::from(counts[bin]) - expected;
                assert!(
                    deviation.abs() < 4.0 * expected.sqrt(),
                    "{periodic} {bin}: {deviation}"
                );
            }
            assert!((total / geometry.area() - 1.0).abs() < 1e-5, "{total}");
        }
    }
}
