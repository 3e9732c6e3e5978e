//! Everything radial at β = 2, exactly for any number of charges in the plane: the distances from
//! the centre are distributed as N independent ones, the k-th with the density
//! ∝ x^{2k−1} exp(−2N w(x)) (Kostlan, Linear Algebra Appl. 162, 385 (1992)). In the trap x²/2 these
//! are N|z_k|² with the gamma law of shape k, and the charges are Ginibre's eigenvalues.

use std::f64::consts::PI;

use super::equilibrium::Equilibrium;
use super::radial::Radial;

/// What is known exactly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Independent {
    /// Spacing of the radii of the tables, in scaled lengths.
    step: f64,
    /// Charges per unit of area at the radii 0, step, 2 step ...
    density: Vec<f64>,
    /// Mean and variance of the number of charges inside of these radii.
    inside: Vec<[f64; 2]>,
    /// κ₁ to κ₄ of L = Σ f(xᵢ).
    pub cumulants: [f64; 4],
}

/// Radii in a table, at most.
const MOST: usize = 1 << 15;
/// A weight whose logarithm is this far below the largest one counts for nothing.
const NOTHING: f64 = 45.0;

/// Cumulants of one variable from its raw moments.
fn cumulants([m1, m2, m3, m4]: [f64; 4]) -> [f64; 4] {
    let [c2, c3, c4] = [
        m2 - m1 * m1,
        m3 - 3.0 * m1 * m2 + 2.0 * m1.powi(3),
        m4 - 4.0 * m1 * m3 + 6.0 * m1 * m1 * m2 - 3.0 * m1.powi(4),
    ];
    [m1, c2, c3, c4 - 3.0 * c2 * c2]
}

impl Independent {
    /// Tables for `count` charges in the trap of a regular droplet; `None` for another.
    pub fn new(equilibrium: &Equilibrium, f: &Radial, count: usize) -> Option<Self> {
        if !equilibrium.regular || count == 0 {
            return None;
        }
        let number = count as f64;
        let trap = equilibrium.trap();
        let [_, edge] = equilibrium.support;
        let reach = trap
            .wall
            .unwrap_or(edge * (1.0 + 7.0 / number.sqrt()) + 0.5);
        // A width of the density spans dozens of steps; next to a wall it is as narrow as 1/2N.
        let fine = if trap.wall.is_some() {
            24.0 * number
        } else {
            64.0 * number.sqrt()
        };
        let points = ((fine * reach) as usize).clamp(512, MOST);
        let step = reach / points as f64;
        let mut weight = Vec::with_capacity(points + 1);
        let mut logarithm = Vec::with_capacity(points + 1);
        let mut value = Vec::with_capacity(points + 1);
        for k in 0..=points {
            // The very origin has no weight, and no logarithm either.
            let x = (k as f64).max(1e-9) * step;
            weight.push(-2.0 * number * trap.shape.at(x));
            logarithm.push(x.ln());
            value.push(f.at(x));
        }
        let mut density = vec![0.0; points + 1];
        let mut inside = vec![[0.0; 2]; points + 1];
        let mut total = [0.0; 4];
        let mut peak = 1usize;
        for k in 1..=count {
            let power = (2 * k - 1) as f64;
            let height = |at: usize| power * logarithm[at] + weight[at];
            // The droplet is regular, so that the k-th density has one peak, farther out than the last.
            while peak < points && height(peak + 1) >= height(peak) {
                peak += 1;
            }
            let top = height(peak);
            let low = (0..peak).rev().find(|&at| height(at) < top - NOTHING);
            let high = (peak..=points).find(|&at| height(at) < top - NOTHING);
            let [low, high] = [low.unwrap_or(0), high.unwrap_or(points)];
            let part = |at: usize| {
                let half = if at == 0 || at == points { 0.5 } else { 1.0 };
                half * (height(at) - top).exp()
            };
            let whole: f64 = (low..=high).map(part).sum();
            let middle = value[peak];
            let mut moments = [0.0; 4];
            let mut below = 0.0;
            for at in low..=high {
                let share = part(at) / whole;
                // Moments about the value at the peak lose no digits.
                let d = value[at] - middle;
                for (moment, by) in moments.iter_mut().zip([d, d * d, d * d * d, d * d * d * d]) {
                    *moment += share * by;
                }
                let half = if at == 0 || at == points { 2.0 } else { 1.0 };
                density[at] += half * share;
                // Half of the cell at a radius is inside of it.
                let p = below + 0.5 * share;
                inside[at][0] += p;
                inside[at][1] += p * (1.0 - p);
                below += share;
            }
            for whole in inside.iter_mut().skip(high + 1) {
                whole[0] += 1.0;
            }
            let one = cumulants(moments);
            total[0] += middle + one[0];
            for q in 1..4 {
                total[q] += one[q];
            }
        }
        for (at, density) in density.iter_mut().enumerate().skip(1) {
            *density /= 2.0 * PI * at as f64 * step * step * number;
        }
        density[0] = density[1];
        Some(Self {
            step,
            density,
            inside,
            cumulants: total,
        })
    }

    fn between<T>(&self, table: &[T], x: f64, of: impl Fn(&T) -> f64) -> Option<f64> {
        let place = x / self.step;
        let at = place as usize;
        let share = place - at as f64;
        match (table.get(at), table.get(at + 1)) {
            (Some(a), Some(b)) => Some(of(a) * (1.0 - share) + of(b) * share),
            _ => None,
        }
    }

    /// Charges per unit of area at a scaled distance.
    pub fn density(&self, x: f64) -> f64 {
        self.between(&self.density, x, |&one| one).unwrap_or(0.0)
    }

    /// Mean and variance of the number of charges within a scaled distance of the centre.
    pub fn inside(&self, x: f64) -> [f64; 2] {
        let part = |which: usize| self.between(&self.inside, x, |one| one[which]);
        match (part(0), part(1)) {
            (Some(mean), Some(variance)) => [mean, variance],
            _ => self.inside.last().map_or([0.0; 2], |last| [last[0], 0.0]),
        }
    }
}
