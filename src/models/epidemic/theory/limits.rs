//! What follows from the edge-based equations in closed form, or nearly: final size, growth,
//! speed of a front, and the endemic level of the annealed network.
//!
//! J. C. Miller, A. C. Slim and E. M. Volz, J. R. Soc. Interface 9, 890 (2012).

use super::degrees::Degrees;

/// Probability T that an edge transmits before its infectious end leaves the state.
pub fn transmissibility(transmission: f64, leaving: f64) -> f64 {
    if transmission > 0.0 {
        transmission / (transmission + leaving)
    } else {
        0.0
    }
}

/// Share of nodes that a large outbreak infects, seeds included, and those that were immune from
/// the start not: R∞ = 1 − v − (1 − v − ε)Ψ(Θ∞) with Θ∞ = 1 − T + T[…], the largest outbreak.
/// `seeds` is ε, `immune` is v.
pub fn final_size(degrees: &Degrees, transmissibility: f64, seeds: f64, immune: f64) -> f64 {
    let open = (1.0 - seeds - immune).max(0.0);
    // From above, the iteration decreases to the largest solution.
    let mut h = transmissibility * (1.0 - immune);
    for _ in 0..100_000 {
        let next = transmissibility * (seeds + open * degrees.at(h)[1]);
        let done = (h - next).abs() < 1e-14;
        h = next;
        if done {
            break;
        }
    }
    seeds + open * degrees.at(h)[0]
}

/// The well-mixed limit: R∞ = 1 − exp(−R₀R∞), the largest solution.
pub fn well_mixed_final_size(reproduction: f64) -> f64 {
    let mut size = 1.0;
    for _ in 0..100_000 {
        let next = -(-reproduction * size).exp_m1();
        if (size - next).abs() < 1e-14 {
            return next;
        }
        size = next;
    }
    size
}

/// Rates of the linear equations ahead of an outbreak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Early {
    /// β.
    pub transmission: f64,
    /// γ, with the rate of detection.
    pub leaving: f64,
    /// ν; infinite without an exposed state.
    pub onset: f64,
    /// ⟨k² − k⟩/⟨k⟩ times the share of nodes that can be infected.
    pub excess: f64,
}

impl Early {
    /// Growth rate of a disturbance whose neighbours' mean is `moment` times its own value:
    /// βKM − β − γ, or with an exposed state the larger root of (s + β + γ)(s + ν) = βKMν.
    pub fn growth(&self, moment: f64) -> f64 {
        let source = self.transmission * self.excess * moment;
        let loss = self.transmission + self.leaving;
        if self.onset.is_infinite() {
            return source - loss;
        }
        let half = 0.5 * (loss - self.onset);
        (half * half + source * self.onset).sqrt() - 0.5 * (loss + self.onset)
    }

    /// Slowest speed c* = min growth(M(λ))/λ of a planar front, and the λ* where it is reached,
    /// for the moment generating function M of the kernel across the front, finite below `limit`.
    /// `None` when an outbreak does not grow.
    pub fn front(&self, moment: impl Fn(f64) -> f64, limit: f64) -> Option<[f64; 2]> {
        if self.growth(1.0).is_nan() || self.growth(1.0) <= 0.0 {
            return None;
        }
        let speed = |lambda: f64| {
            let speed = self.growth(moment(lambda)) / lambda;
            if speed.is_nan() { f64::INFINITY } else { speed }
        };
        // Growth is convex in λ, hence speed has one minimum. It is bracketed in powers first.
        let (mut low, mut high) = (0.0, limit);
        if limit.is_infinite() {
            let mut lambda = 1e-6;
            while speed(2.0 * lambda) < speed(lambda) && lambda < 1e12 {
                lambda *= 2.0;
            }
            (low, high) = (0.5 * lambda, 2.0 * lambda);
        }
        let ratio = 0.5 * (5.0_f64.sqrt() - 1.0);
        for _ in 0..200 {
            let (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
            if speed(a) < speed(b) {
                high = b;
            } else {
                low = a;
            }
        }
        let lambda = 0.5 * (low + high);
        Some([speed(lambda), lambda])
    }
}

/// Speed of a pulled front at a time after a steep start: c* − 3/(2λ*t).
pub fn front_speed_at([speed, steepness]: [f64; 2], time: f64) -> f64 {
    speed - 1.5 / (steepness * time)
}

/// Endemic share of infectious nodes in the annealed network, where each node of expected degree
/// κ meets partners anew all the time: I_κ = S_κ βκθ/γ, the share θ of infectious partners being
/// Σ κ I_κ/⟨κ⟩. Nodes are susceptible again after recovery, or (`waning` > 0) immune in between.
/// `immune` nodes take no part.
pub fn endemic(
    degrees: &Degrees,
    transmission: f64,
    recovery: f64,
    waning: Option<f64>,
    immune: f64,
) -> f64 {
    if recovery <= 0.0 {
        return f64::NAN;
    }
    // Infectious and removed time per infection, in units of 1/γ.
    let cycle = 1.0 + waning.map_or(0.0, |waning| recovery / waning);
    let level = |force: f64| force / (1.0 + force * cycle);
    let mean = degrees.mean();
    let mut theta = 1.0;
    for _ in 0..100_000 {
        let sum = degrees.classes().iter();
        let next = (1.0 - immune)
            * sum
                .map(|[k, w]| w * k * level(transmission * k * theta / recovery))
                .sum::<f64>()
            / mean;
        let done = (theta - next).abs() < 1e-14;
        theta = next;
        if done {
            break;
        }
    }
    let sum = degrees.classes().iter();
    (1.0 - immune)
        * sum
            .map(|[k, w]| w * level(transmission * k * theta / recovery))
            .sum::<f64>()
}
