//! Large deviations of the linear statistic L = Σ f(xᵢ): how rare a value far from the mean is.
//!
//! A weight exp(t L) tilts the trap: with s = −2t/βN the droplet is that of v + s f, where v = 2w, and
//! the variance of L in it is χ″(t) = β⁻¹ ∫ x f′² dx from its inner to its outer radius. Integrated twice
//! from t = 0 this is the generating function χ(t) of the cumulants, whose derivatives at 0 are those of
//! [`super::limit`]; the density of L follows at the saddle point, p(χ′(t)) = exp(χ − t χ′)/√(2πχ″).
//! (Dean and Majumdar, Phys. Rev. E 77, 041108 (2008), for the tilted gas; Daniels, Ann. Math. Stat. 25,
//! 631 (1954), for the saddle point.) It holds as long as the tilted droplet is one piece.

use super::equilibrium::Equilibrium;
use super::limit::radius;
use super::radial::Radial;
use crate::math::special::integrate;

/// Step in units of the inverse standard deviation, and how many standard deviations are followed.
const STEP: f64 = 0.04;
const FARTHEST: f64 = 6.0;
/// Most steps to either side: a sum that is bounded from below, such as Σ x⁴ of few charges, never
/// comes to six deviations, and ever stronger tilts press it less and less.
const MOST: usize = 600;
/// Places at which the density of the tilted droplet is looked at.
const LOOKS: usize = 32;

/// The rate −ln[p(z) √(2π)] of z = (L − κ₁)/√κ₂, which is z²/2 for a Gaussian.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// Pairs of z and the rate, z growing.
    points: Vec<[f64; 2]>,
}

impl Deviation {
    /// For `count` charges at the inverse temperature β; `None` where the droplet is irregular, ends at
    /// a wall or is empty at its very centre, or f is constant.
    pub fn new(equilibrium: &Equilibrium, f: &Radial, count: usize, beta: f64) -> Option<Self> {
        if !equilibrium.regular || equilibrium.on_wall > 0.0 || equilibrium.is_thin() {
            return None;
        }
        let droplet = Tilted {
            equilibrium,
            f,
            beta,
        };
        let variance = droplet.variance(equilibrium.support)?;
        let sigma = variance.sqrt();
        if sigma.is_nan() || sigma <= 0.0 {
            return None;
        }
        let mut points = vec![[0.0, 0.0]];
        for sign in [-1.0, 1.0] {
            let step = sign * STEP / sigma;
            let mut support = equilibrium.support;
            // t, χ and χ′ without the mean, and χ″.
            let [mut t, mut chi, mut slope, mut bend] = [0.0, 0.0, 0.0, variance];
            for _ in 0..MOST {
                if (slope / sigma).abs() >= FARTHEST {
                    break;
                }
                t += step;
                let s = -2.0 * t / (beta * count as f64);
                let Some(moved) = droplet.support(s, support) else {
                    break;
                };
                support = moved;
                let Some(next) = droplet.variance(support) else {
                    break;
                };
                // χ″ is taken as linear over a step.
                chi += step * slope + step * step * (2.0 * bend + next) / 6.0;
                slope += 0.5 * step * (bend + next);
                bend = next;
                let rate = t * slope - chi + 0.5 * (bend / variance).ln();
                points.push([slope / sigma, rate]);
            }
        }
        points.sort_by(|a, b| a[0].total_cmp(&b[0]));
        Some(Self { points })
    }

    /// The rate at z, between two points by a straight line; `None` beyond what the droplet allows.
    pub fn rate(&self, z: f64) -> Option<f64> {
        let at = self.points.partition_point(|point| point[0] < z);
        let [before, after] = [self.points.get(at.checked_sub(1)?)?, self.points.get(at)?];
        let share = (z - before[0]) / (after[0] - before[0]);
        Some(before[1] + share * (after[1] - before[1]))
    }
}

/// The droplet in v + s f.
struct Tilted<'a> {
    equilibrium: &'a Equilibrium,
    f: &'a Radial,
    beta: f64,
}

impl Tilted<'_> {
    /// Inner and outer radius, from those of a tilt nearby; `None` where the droplet falls apart.
    fn support(&self, s: f64, [inner, outer]: [f64; 2]) -> Option<[f64; 2]> {
        let edge = radius(self.equilibrium, self.f, s, outer, 2.0);
        let hole = if inner > 0.0 {
            radius(self.equilibrium, self.f, s, inner, 0.0)
        } else {
            0.0
        };
        // The density is the derivative of x (v + s f)′ over x, and is never below zero in a droplet.
        let dense = |x: f64| {
            let [_, w1, w2] = self.equilibrium.trap().shape.jet(x);
            let [_, f1, f2] = self.f.jet(x);
            2.0 * w1 + s * f1 + x * (2.0 * w2 + s * f2) > 0.0
        };
        let at = |k: usize| hole + (edge - hole) * k as f64 / LOOKS as f64;
        let whole =
            edge.is_finite() && hole >= 0.0 && hole < edge && (1..=LOOKS).all(|k| dense(at(k)));
        // A step of Newton's method that jumps lands on another droplet.
        let near = (edge - outer).abs() < 0.1 * outer;
        (whole && near).then_some([hole, edge])
    }

    fn variance(&self, [inner, outer]: [f64; 2]) -> Option<f64> {
        let spread = |x: f64| x * self.f.slope(x).powi(2);
        let value = integrate(spread, inner, outer, 60) / self.beta;
        (value.is_finite() && value > 0.0).then_some(value)
    }
}
