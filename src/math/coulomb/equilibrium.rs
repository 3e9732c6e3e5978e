//! The equilibrium measure: where the charges are when there are many.
//!
//! By Gauss's law a droplet of rotational symmetry has the mass m(x) = x w′(x) inside of x, from
//! the inner radius a, where it is 0, to the edge R, where it is 1. With a wall the rest of the mass
//! sits on it.

use std::f64::consts::PI;

use super::radial::Trap;

/// The droplet of a trap.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibrium {
    trap: Trap,
    /// Inner and outer radius.
    pub support: [f64; 2],
    /// Share of the charges on the wall.
    pub on_wall: f64,
    /// True when the mass grows all the way, which makes the droplet the right one.
    pub regular: bool,
}

/// Pieces in which the radii are looked for.
const PIECES: usize = 4096;

/// Where a growing function crosses a level.
fn crossing(f: impl Fn(f64) -> f64, level: f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if f(middle) < level {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

impl Equilibrium {
    /// The droplet of a trap in the plane.
    pub fn new(trap: &Trap) -> Self {
        let mass = |x: f64| x * trap.shape.slope(x);
        let reach = trap.wall.unwrap_or(16.0);
        let at = |piece: usize| reach * piece as f64 / PIECES as f64;
        // The outermost places where the mass passes 1 and, inside of it, 0.
        let last = |level: f64, end: usize| (1..end).rev().find(|&k| mass(at(k)) < level);
        let edge = match last(1.0, PIECES + 1) {
            Some(PIECES) => reach,
            Some(k) => crossing(mass, 1.0, at(k), at(k + 1)),
            None => crossing(mass, 1.0, 0.0, at(1)),
        };
        let inside = ((edge / reach * PIECES as f64) as usize).min(PIECES);
        let hole = match last(-1e-9, inside + 1) {
            Some(k) if k < PIECES => crossing(mass, 0.0, at(k), at(k + 1)),
            _ => 0.0,
        };
        let from = ((hole / reach * PIECES as f64) as usize + 1).max(1);
        let grows = |k: usize| {
            let [a, b] = [mass(at(k)), mass(at(k + 1))];
            b.is_finite() && b >= a - 1e-12
        };
        Self {
            trap: trap.clone(),
            support: [hole, edge],
            on_wall: if trap.wall.is_some() {
                (1.0 - mass(edge)).clamp(0.0, 1.0)
            } else {
                0.0
            },
            regular: hole < edge && (from..inside.saturating_sub(1)).all(grows),
        }
    }

    /// Mass inside of x, from 0 to 1; what is on the wall is not inside.
    pub fn mass(&self, x: f64) -> f64 {
        if x >= self.support[1] {
            return 1.0;
        }
        if x <= self.support[0] {
            return 0.0;
        }
        (x * self.trap.shape.slope(x)).clamp(0.0, 1.0)
    }

    /// Share of the charges per unit of scaled area; charges per unit of area as well, because one
    /// unit of scaled area is N units.
    pub fn density(&self, x: f64) -> f64 {
        if x > self.support[1] || x < self.support[0] || x <= 0.0 {
            return 0.0;
        }
        let [_, slope, curvature] = self.trap.shape.jet(x);
        ((curvature + slope / x) / (2.0 * PI)).max(0.0)
    }

    /// Radius inside of which this share of the charges is.
    pub fn radius(&self, share: f64) -> f64 {
        let [inner, outer] = self.support;
        if share >= 1.0 - self.on_wall {
            return outer;
        }
        crossing(|x| self.mass(x), share, inner, outer)
    }

    /// ∫ f dμ, by the midpoints of equal shares.
    pub fn mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        let shares = 2000;
        let sum: f64 = (0..shares)
            .map(|k| f(self.radius((f64::from(k) + 0.5) / f64::from(shares))))
            .sum();
        sum / f64::from(shares)
    }

    /// Whether the density vanishes at the very centre: under a weak further potential a hole opens there
    /// for one of its signs, and nothing is smooth in its strength.
    pub fn is_thin(&self) -> bool {
        self.support[0] == 0.0 && self.trap.shape.jet(0.0)[2].abs() < 1e-12
    }

    /// The trap.
    pub fn trap(&self) -> &Trap {
        &self.trap
    }
}

/// Wigner's semicircle: charges per unit of length at r for N charges on a line in the trap r²/2,
/// which reach to √(2N).
pub fn semicircle(count: f64, r: f64) -> f64 {
    (2.0 * count - r * r).max(0.0).sqrt() / PI
}

/// The place left of which this share of a semicircle of radius 1 is.
pub fn semicircle_quantile(share: f64) -> f64 {
    let below = |x: f64| 0.5 + (x * (1.0 - x * x).max(0.0).sqrt() + x.asin()) / PI;
    crossing(below, share, -1.0, 1.0)
}
