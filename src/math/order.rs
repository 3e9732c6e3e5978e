//! Order of directions or phases: polarisation, susceptibility and Binder's cumulant.

use serde::{Deserialize, Serialize};

use super::statistics::{Moments, ordered_sum};

/// Polarisation |N⁻¹ Σ e^{iθ}| and its direction, from unit headings (cos θ, sin θ); 0 without any.
pub fn polarisation(headings: &[[f32; 2]]) -> (f64, f64) {
    let sum = ordered_sum(headings.len(), |i| headings[i].map(f64::from));
    (
        sum[0].hypot(sum[1]) / headings.len().max(1) as f64,
        sum[1].atan2(sum[0]),
    )
}

/// Polarisation that N independent random headings have on average for large N: √(π/4N).
pub fn random_polarisation(count: usize) -> f64 {
    (std::f64::consts::PI / (4.0 * count.max(1) as f64)).sqrt()
}

/// Moments of an order parameter φ that lies between 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrderMoments {
    first: Moments,
    second: Moments,
    fourth: Moments,
}

impl OrderMoments {
    /// Takes one sample of φ.
    pub fn push(&mut self, order: f64) {
        self.first.push(order);
        self.second.push(order * order);
        self.fourth.push(order.powi(4));
    }

    /// ⟨φ⟩.
    pub fn mean(&self) -> f64 {
        self.first.mean()
    }

    /// Susceptibility N (⟨φ²⟩ − ⟨φ⟩²).
    pub fn susceptibility(&self, particles: usize) -> f64 {
        let count = self.first.count() as f64;
        particles as f64 * self.first.variance() * (count - 1.0) / count
    }

    /// Binder's cumulant 1 − ⟨φ⁴⟩ / (3 ⟨φ²⟩²): 2/3 when ordered, 1/3 for an isotropic vector in
    /// the plane. Z. Phys. B 43, 119 (1981).
    pub fn binder(&self) -> f64 {
        1.0 - self.fourth.mean() / (3.0 * self.second.mean().powi(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_moments_have_their_limits() {
        let mut ordered = OrderMoments::default();
        (0..10).for_each(|_| ordered.push(0.8));
        assert!((ordered.binder() - 2.0 / 3.0).abs() < 1e-12);
        assert!(ordered.susceptibility(100).abs() < 1e-12);
        // An isotropic Gaussian vector: φ² is exponential, here by its quantiles, so ⟨φ⁴⟩ = 2⟨φ²⟩²
        // up to the truncated tail, about (ln n)²/n.
        let mut isotropic = OrderMoments::default();
        let n = 200_000;
        (0..n).for_each(|i| isotropic.push((-((f64::from(i) + 0.5) / f64::from(n)).ln()).sqrt()));
        assert!(
            (isotropic.binder() - 1.0 / 3.0).abs() < 1e-3,
            "{}",
            isotropic.binder()
        );
        assert!((isotropic.susceptibility(1) - (1.0 - std::f64::consts::PI / 4.0)).abs() < 1e-3);
    }

    #[test]
    fn polarisation_is_the_length_and_direction_of_the_mean() {
        let (order, angle) = polarisation(&[[1.0, 0.0], [0.0, 1.0]]);
        assert!((order - 0.5f64.sqrt()).abs() < 1e-12);
        assert!((angle - std::f64::consts::FRAC_PI_4).abs() < 1e-12);
        assert_eq!(polarisation(&[]), (0.0, 0.0));
    }
}
