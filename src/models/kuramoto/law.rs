//! What is known of the mean field in closed form or by quadrature, for N → ∞.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::math::frequencies::Spread;
use crate::math::special::{bessel_i_scaled, bessel_ratio, integrate};

/// The all-to-all model θ̇ᵢ = ωᵢ + Kr sin(ψ − θᵢ − α) + √(2D) ξᵢ, or with inertia m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanField {
    /// g(ω) about its mean.
    pub spread: Spread,
    /// K.
    pub coupling: f64,
    /// D.
    pub noise: f64,
    /// α.
    pub lag: f64,
    /// m; 0 in first order.
    pub mass: f64,
}

impl MeanField {
    /// K_c, at which incoherence becomes unstable; `None` where no formula is at hand.
    ///
    /// First order without lag: ½K∫ D/(D² + ω²) g(ω) dω = 1 (Sakaguchi 1988), which is 2/πg(0)
    /// without noise (Kuramoto 1975). Two peaks farther apart than their width lose stability in
    /// pairs, at K = 4γ (Martens et al. 2009), with γ + D in the place of γ. A lag divides by
    /// cos α for a Lorentzian without noise (Sakaguchi and Kuramoto 1986); inertia multiplies by 1 + mγ for a
    /// Lorentzian without noise, where the pole of g is all that the linear response sees.
    pub fn critical_coupling(&self) -> Option<f64> {
        let lorentzian = matches!(self.spread, Spread::Lorentzian { .. });
        if self.lag != 0.0 {
            let solved = lorentzian && self.mass == 0.0 && self.lag.cos() > 1e-9;
            return match self.spread {
                Spread::Lorentzian { width } if solved => {
                    Some(2.0 * (width + self.noise) / self.lag.cos())
                }
                _ => None,
            };
        }
        if self.mass > 0.0 {
            return match self.spread {
                Spread::Lorentzian { width } if self.noise == 0.0 => {
                    Some(2.0 * width * (1.0 + self.mass * width))
                }
                Spread::Identical => Some(2.0 * self.noise),
                _ => None,
            };
        }
        if let Spread::Bimodal { width, distance } = self.spread
            && distance > width + self.noise
        {
            return Some(4.0 * (width + self.noise));
        }
        Some(1.0 / self.spread.response(self.noise))
    }

    /// The order parameter r of the synchronised branch, or 0 below the transition; `None` where
    /// no formula is at hand.
    pub fn order(&self) -> Option<f64> {
        let k = self.coupling;
        if k <= 0.0 {
            return (self.lag == 0.0 && k < 0.0).then_some(0.0);
        }
        match self.spread {
            // In equilibrium, with inertia or without: the momenta do not know of the angles.
            Spread::Identical if self.lag == 0.0 => Some(if self.noise == 0.0 {
                1.0
            } else {
                noisy_order(k / self.noise)
            }),
            // Ott and Antonsen 2008: one equation for r.
            Spread::Lorentzian { width } if self.noise == 0.0 && self.mass == 0.0 => {
                let pull = k * self.lag.cos();
                let square = 1.0 - 2.0 * width / pull;
                Some(if pull > 0.0 && square > 0.0 {
                    square.sqrt()
                } else {
                    0.0
                })
            }
            spread if self.noise == 0.0 && self.lag == 0.0 && self.mass == 0.0 => {
                self_consistent(spread, k)
            }
            _ => None,
        }
    }

    /// Share of the oscillators that are locked to the mean field, |ω| ≤ Kr.
    pub fn locked(&self) -> Option<f64> {
        let gentle = self.noise == 0.0 && self.lag == 0.0 && self.mass == 0.0;
        let reach = self.coupling * self.order().filter(|_| gentle)?;
        match self.spread {
            Spread::Identical => Some(1.0),
            Spread::Lorentzian { width } => Some(2.0 / PI * (reach / width).atan()),
            spread => {
                let share = integrate(|w| spread.density(w).unwrap_or(0.0), -reach, reach, 400);
                Some(share.min(1.0))
            }
        }
    }

    /// Mean rate of an oscillator of natural frequency ω in the mean field: 0 when it is locked,
    /// ω√(1 − (Kr/ω)²) when it drifts (both about the common frequency).
    pub fn effective_frequency(&self, frequency: f64) -> Option<f64> {
        let gentle = self.noise == 0.0 && self.lag == 0.0 && self.mass == 0.0;
        let reach = self.coupling * self.order().filter(|_| gentle)?;
        let square = frequency * frequency - reach * reach;
        Some(square.max(0.0).sqrt().copysign(frequency))
    }

    /// Density of the phases about that of the mean field, in equilibrium: ∝ exp(Kr cos θ/D).
    pub fn phase_density(&self, angle: f64) -> Option<f64> {
        let equilibrium = self.spread == Spread::Identical && self.noise > 0.0 && self.lag == 0.0;
        if !equilibrium {
            return None;
        }
        let strength = self.coupling * self.order()? / self.noise;
        // The scaled Bessel function takes the largest exponent out of both.
        Some((strength * (angle.cos() - 1.0)).exp() / (2.0 * PI * bessel_i_scaled(0, strength)))
    }
}

/// The root of r = I₁(κr)/I₀(κr) with κ = K/D; 0 up to κ = 2.
pub fn noisy_order(ratio: f64) -> f64 {
    if ratio <= 2.0 {
        return 0.0;
    }
    // r ↦ I₁/I₀ is concave: above the root it lies below the diagonal.
    bisect(|r| bessel_ratio(ratio * r) - r, 1e-12, 1.0)
}

/// The largest root of 1 = K∫cos²φ g(Kr sin φ)dφ over the locked oscillators, for a g that is
/// even and falls from its middle (Kuramoto 1975); `None` for a g with two peaks.
pub fn self_consistent(spread: Spread, coupling: f64) -> Option<f64> {
    match spread {
        // Beyond this distance the sum of two Lorentzians has a dip in the middle.
        Spread::Bimodal { width, distance } if distance > width / 3f64.sqrt() => return None,
        Spread::Identical => return None,
        _ => {}
    }
    let share = |reach: f64| {
        if let Spread::Uniform { half_width } = spread {
            // The integral in closed form, since quadrature would stumble over the edge.
            let edge = (half_width / reach).min(1.0).asin();
            return (edge + 0.5 * (2.0 * edge).sin()) * 0.5 / half_width;
        }
        let part = |phi: f64| phi.cos().powi(2) * spread.density(reach * phi.sin()).unwrap_or(0.0);
        // The peak of g is narrow where the reach is wide.
        let sharp = match spread {
            Spread::Gaussian { deviation } => reach / deviation,
            Spread::Lorentzian { width } | Spread::Bimodal { width, .. } => reach / width,
            _ => 0.0,
        };
        integrate(
            part,
            -FRAC_PI_2,
            FRAC_PI_2,
            24 + (8.0 * sharp).min(400.0) as usize,
        )
    };
    if coupling * share(1e-9) < 1.0 {
        return Some(0.0);
    }
    let reach = bisect(|reach| coupling * share(reach) - 1.0, 1e-9, coupling);
    Some(reach / coupling)
}

/// The root of a function that is positive below it and negative above it.
fn bisect(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..45 {
        let middle = 0.5 * (low + high);
        if f(middle) >= 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// √(π/4N) times √(K_c/(K_c − K)): what N oscillators with frequencies at random show below the
/// transition is of this size; without coupling it is exact.
pub fn incoherent_order(count: usize) -> f64 {
    (PI / (4.0 * count.max(1) as f64)).sqrt()
}
