//! What is known of flocks in closed form, and the law of cohesion as it stands in the paper.

use std::f64::consts::PI;

/// The force of cohesion of Grégoire, Chaté and Tu at a distance below the range, outside of the
/// core: negative repels.
pub fn attraction(distance: f64, equilibrium: f64, plateau: f64) -> f64 {
    if distance < plateau {
        0.25 * (distance - equilibrium) / (plateau - equilibrium)
    } else {
        1.0
    }
}

/// Mean polarisation of N independent random headings, √(π/4N) up to a relative error of order 1/N.
pub fn random_polarisation(count: f64) -> f64 {
    (PI / (4.0 * count)).sqrt()
}

/// Their susceptibility N(⟨φ²⟩ − ⟨φ⟩²).
pub const RANDOM_SUSCEPTIBILITY: f64 = 1.0 - PI / 4.0;

/// Their Binder cumulant: ⟨φ²⟩ = 1/N and ⟨φ⁴⟩ = (2 − 1/N)/N² exactly.
pub fn random_binder(count: f64) -> f64 {
    1.0 - (2.0 - 1.0 / count) / 3.0
}

/// Probability density of their polarisation (Rayleigh), for large N.
pub fn random_density(order: f64, count: f64) -> f64 {
    2.0 * count * order * (-count * order * order).exp()
}
