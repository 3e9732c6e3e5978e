//! Cumulants of the linear statistic L = Σ f(xᵢ) for many charges: κ₂ from the whole droplet, higher
//! ones from its edge alone.
//!
//! With v = 2w and the edge R_s of the droplet in the trap v + s f, where R_s (v′ + s f′)(R_s) = 2,
//! κ_q = (−2/βN)^{q−1} N ∂_s^{q−2} (−½ ∫ x f′² dx) at s = 0, the integral from the inner radius to R_s.
//! In the trap x²/2 this is ½ β^{−(q−1)} N^{2−q} (d/dy)^{q−3} [h^q/y] at 1 for q ≥ 3, with y = x² and
//! h = x f′. It holds for f that is smooth at the origin.

use super::equilibrium::Equilibrium;
use super::radial::Radial;
use crate::math::special::integrate;

/// Inner and outer radius of the droplet in v + s f, by Newton's method from that of v.
pub(super) fn radius(equilibrium: &Equilibrium, f: &Radial, s: f64, from: f64, level: f64) -> f64 {
    let mut x = from;
    for _ in 0..40 {
        let [_, w1, w2] = equilibrium.trap().shape.jet(x);
        let [_, f1, f2] = f.jet(x);
        let pull = 2.0 * w1 + s * f1;
        let slope = pull + x * (2.0 * w2 + s * f2);
        let step = (x * pull - level) / slope;
        x -= step;
        if !x.is_finite() || step.abs() < 1e-15 {
            break;
        }
    }
    x
}

/// d/ds of −½ ∫ x f′² dx at s: what the moving edges contribute.
fn edges(equilibrium: &Equilibrium, f: &Radial, s: f64) -> f64 {
    let [inner, outer] = equilibrium.support;
    let one = |from: f64, level: f64| {
        let x = radius(equilibrium, f, s, from, level);
        let [_, w1, w2] = equilibrium.trap().shape.jet(x);
        let [_, f1, f2] = f.jet(x);
        let moves = -x * f1 / (2.0 * w1 + s * f1 + x * (2.0 * w2 + s * f2));
        -0.5 * x * f1 * f1 * moves
    };
    let hole = if inner > 0.0 { one(inner, 0.0) } else { 0.0 };
    one(outer, 2.0) - hole
}

/// κ₁ to κ₄ for many charges in the plane; `None` where the formula does not apply: for an irregular
/// droplet, and beyond κ₂ for one that ends at a wall or is empty at its very centre.
pub fn plane(equilibrium: &Equilibrium, f: &Radial, count: usize, beta: f64) -> [Option<f64>; 4] {
    if !equilibrium.regular || equilibrium.on_wall >= 1.0 {
        return [None; 4];
    }
    let number = count as f64;
    let [inner, outer] = equilibrium.support;
    let mean = number * equilibrium.mean(|x| f.at(x));
    let spread = |x: f64| x * f.slope(x).powi(2);
    let second = integrate(spread, inner, outer, 200) / beta;
    let factor = 2.0 / (beta * number);
    let finite = |value: f64| value.is_finite().then_some(value);
    if equilibrium.on_wall > 0.0 || equilibrium.is_thin() {
        return [finite(mean), finite(second), None, None];
    }
    let third = factor * factor * number * edges(equilibrium, f, 0.0);
    let h = 1e-3;
    let slope = |h: f64| (edges(equilibrium, f, h) - edges(equilibrium, f, -h)) / (2.0 * h);
    // Richardson's extrapolation of the central difference.
    let bend = (4.0 * slope(h / 2.0) - slope(h)) / 3.0;
    let fourth = -factor.powi(3) * number * bend;
    [finite(mean), finite(second), finite(third), finite(fourth)]
}

/// κ₁ and κ₂ for many charges on a line in the trap r²/2, f a function of |r|/√N: the mean over the
/// semicircle, and Σ k aₖ²/2β with the Chebyshev coefficients aₖ of f over the droplet (Johansson,
/// Duke Math. J. 91, 151 (1998)).
pub fn line(f: &Radial, count: usize, beta: f64) -> [Option<f64>; 4] {
    let nodes = 512;
    let values: Vec<(f64, f64)> = (0..nodes)
        .map(|k| {
            let angle = std::f64::consts::PI * (f64::from(k) + 0.5) / f64::from(nodes);
            (angle, f.at((2f64.sqrt() * angle.cos()).abs()))
        })
        .collect();
    let mean: f64 = values
        .iter()
        .map(|(angle, value)| 2.0 * angle.sin().powi(2) * value)
        .sum::<f64>()
        / f64::from(nodes);
    let coefficient = |k: u32| {
        let sum: f64 = values
            .iter()
            .map(|(angle, value)| value * (f64::from(k) * angle).cos())
            .sum();
        2.0 * sum / f64::from(nodes)
    };
    let second: f64 = (1..200)
        .map(|k| f64::from(k) * coefficient(k).powi(2))
        .sum::<f64>()
        / (2.0 * beta);
    [Some(count as f64 * mean), Some(second), None, None]
}
