//! The law of active matter in two dimensions, as pure functions: readable beside the papers.
//!
//! Lengths are in mean diameters σ; the mobility is 1, so that forces are velocities and the
//! translational diffusion constant is the temperature kT.

use std::f64::consts::PI;

/// Diameters are drawn within this many standard deviations of their mean.
pub const DIAMETER_CUT: f64 = 3.0;

/// The motion of one particle without neighbours:
/// ṙ = v₀e + F + √(2D_t) ξ, where e turns, tumbles or fluctuates.
///
/// In every dynamics ⟨e(0)·e(t)⟩ = m e^{−λt} cos ωt with m = ⟨|e|²⟩ and one rate λ, hence ABPs,
/// AOUPs and run-and-tumble particles share all formulas of second order (Cates and Tailleur,
/// EPL 101, 20010 (2013); Szamel, Phys. Rev. E 90, 012111 (2014)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// v₀; 0 for passive particles.
    pub speed: f64,
    /// ⟨|e|²⟩: 1 for a unit vector, 2 for a Gaussian propulsion, 0 without one.
    pub mean_square_propulsion: f64,
    /// True when e is Gaussian, so that all free and trapped distributions are.
    pub gaussian: bool,
    /// D_r.
    pub rotational_diffusion: f64,
    /// α.
    pub tumble_rate: f64,
    /// γ.
    pub correlation_rate: f64,
    /// D_t = kT.
    pub translational_diffusion: f64,
    /// ω.
    pub angular_velocity: f64,
}

impl Motion {
    /// Rate λ at which the propulsion is forgotten: D_r + α, or γ.
    pub fn decay_rate(&self) -> f64 {
        self.rotational_diffusion + self.tumble_rate + self.correlation_rate
    }

    /// Mean squared displacement of a free particle after a time t:
    /// 4D_t t + 2mv₀² Re[t/z − (1 − e^{−zt})/z²] with z = λ + iω.
    ///
    /// For ω = 0 and m = 1 this is the persistent random walk of Fürth (1920); for ω ≠ 0 the
    /// circle swimmer of van Teeffelen and Löwen, Phys. Rev. E 78, 020101(R) (2008).
    pub fn free_mean_squared_displacement(&self, t: f64) -> f64 {
        let (decay, turn) = (self.decay_rate(), self.angular_velocity);
        let square = decay * decay + turn * turn;
        let persistent = if square.sqrt() * t < 1e-3 {
            // The closed form cancels to nothing for short times; three terms of its series do not.
            t * t * (0.5 - decay * t / 6.0 + (decay * decay - turn * turn) * t * t / 24.0)
        } else {
            // 1/z = (λ − iω)/|z|² and 1/z² = (λ² − ω² − 2iλω)/|z|⁴.
            let fade = (-decay * t).exp();
            let real = 1.0 - fade * (turn * t).cos();
            let imaginary = fade * (turn * t).sin();
            let over_square = ((decay * decay - turn * turn) * real
                + 2.0 * decay * turn * imaginary)
                / (square * square);
            decay * t / square - over_square
        };
        4.0 * self.translational_diffusion * t
            + 2.0 * self.mean_square_propulsion * self.speed * self.speed * persistent
    }

    /// Local exponent d ln MSD / d ln t of a free particle.
    pub fn free_exponent(&self, t: f64) -> f64 {
        // The curve is smooth on the scale of a percent, so that a central difference suffices.
        let step = 1e-3f64;
        let ratio = self.free_mean_squared_displacement(t * step.exp())
            / self.free_mean_squared_displacement(t * (-step).exp());
        ratio.ln() / (2.0 * step)
    }

    /// Long-time diffusion constant of a free particle, D_t + mv₀²λ/2(λ² + ω²); infinite when the
    /// propulsion is never forgotten.
    pub fn effective_diffusion(&self) -> f64 {
        let (decay, turn) = (self.decay_rate(), self.angular_velocity);
        let active = self.mean_square_propulsion * self.speed * self.speed;
        if active == 0.0 {
            return self.translational_diffusion;
        }
        self.translational_diffusion + active * decay / (2.0 * (decay * decay + turn * turn))
    }

    /// ⟨e·r⟩ in a harmonic trap of stiffness k: mv₀(λ + k)/[(λ + k)² + ω²].
    pub fn trap_correlation(&self, stiffness: f64) -> f64 {
        let rate = self.decay_rate() + stiffness;
        self.mean_square_propulsion * self.speed * rate
            / (rate * rate + self.angular_velocity * self.angular_velocity)
    }

    /// ⟨r²⟩ in a harmonic trap, (2D_t + v₀⟨e·r⟩)/k.
    pub fn trap_mean_square_radius(&self, stiffness: f64) -> f64 {
        (2.0 * self.translational_diffusion + self.speed * self.trap_correlation(stiffness))
            / stiffness
    }

    /// ⟨r⁴⟩/⟨r²⟩² in a harmonic trap: 2 for a Gaussian, less where particles gather on a ring.
    /// Closed for particles that do not turn by themselves; `None` with an angular velocity.
    ///
    /// Moments of the Fokker–Planck equation (Chaudhuri and Dhar, J. Stat. Mech. 013207 (2021));
    /// a tumble relaxes (r·e)² to r²/2 at the rate α, rotational diffusion at 4D_r.
    pub fn trap_kurtosis(&self, stiffness: f64) -> Option<f64> {
        if self.gaussian {
            return Some(2.0);
        }
        if self.angular_velocity != 0.0 {
            return None;
        }
        let (v, d, k) = (self.speed, self.translational_diffusion, stiffness);
        let along = self.trap_correlation(k);
        let square = self.trap_mean_square_radius(k);
        let relax = 4.0 * self.rotational_diffusion + self.tumble_rate;
        let aligned = (2.0 * v * along + 2.0 * d + 0.5 * relax * square) / (2.0 * k + relax);
        let cubic =
            (v * (2.0 * aligned + square) + 8.0 * d * along) / (3.0 * k + self.decay_rate());
        let fourth = (4.0 * v * cubic + 16.0 * d * square) / (4.0 * k);
        Some(fourth / (square * square))
    }

    /// Mean speed along the propulsion in a trap, ⟨e·ṙ⟩/(mv₀); 1 for a free particle.
    pub fn trap_effective_speed(&self, stiffness: f64) -> f64 {
        let propulsion = self.mean_square_propulsion * self.speed;
        1.0 - stiffness * self.trap_correlation(stiffness) / propulsion
    }

    /// Entropy production per particle in units of k_B, the propulsion even under time reversal:
    /// (v₀/D_t)⟨e∘ṙ⟩ = (v₀/D_t)(v₀⟨|e|²⟩ + ⟨e·F⟩), where no product with noise is left
    /// (Pietzonka and Seifert, J. Phys. A 51, 01LT01 (2018)).
    pub fn entropy_production(&self, mean_square: f64, propulsion_force: f64) -> f64 {
        self.speed * (self.speed * mean_square + propulsion_force) / self.translational_diffusion
    }

    /// Swim pressure over density, v₀⟨e·r⟩/2 of unbounded particles, from the two correlators
    /// ⟨e·ṙ⟩ and ⟨e⊥·ṙ⟩: v₀(λ⟨e·ṙ⟩ + ω⟨e⊥·ṙ⟩)/2(λ² + ω²)
    /// (Solon et al., Phys. Rev. Lett. 114, 198301 (2015), for ω = 0).
    pub fn swim_pressure(&self, along: f64, across: f64) -> f64 {
        if self.speed == 0.0 {
            return 0.0;
        }
        let (decay, turn) = (self.decay_rate(), self.angular_velocity);
        self.speed * (decay * along + turn * across) / (2.0 * (decay * decay + turn * turn))
    }
}

/// The pair repulsion between discs, as functions of the distance r and the mean diameter σ of
/// the two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Repulsion {
    /// No force.
    None,
    /// U = 4ε[(σ/r)¹² − (σ/r)⁶] + ε for r < 2^(1/6)σ (Weeks, Chandler and Andersen 1971).
    Wca {
        /// ε.
        energy: f64,
    },
    /// F = k(σ − r) for r < σ.
    Harmonic {
        /// k.
        stiffness: f64,
    },
    /// F = (k/β) ln(1 + e^{β(σ − r)}) (Boffi and Vanden-Eijnden 2024, who measure in radii).
    Softplus {
        /// k.
        stiffness: f64,
        /// β.
        sharpness: f64,
    },
}

/// Beyond σ + this over β the softplus force is below k/β times 10⁻⁵ and is cut off.
pub const SOFTPLUS_CUT: f64 = 12.0;

impl Repulsion {
    /// Distance beyond which the force vanishes.
    pub fn range(&self, diameter: f64) -> f64 {
        match *self {
            Self::None => 0.0,
            Self::Wca { .. } => diameter * 2f64.powf(1.0 / 6.0),
            Self::Harmonic { .. } => diameter,
            Self::Softplus { sharpness, .. } => diameter + SOFTPLUS_CUT / sharpness,
        }
    }

    /// Energy of a pair.
    pub fn energy(&self, distance: f64, diameter: f64) -> f64 {
        if distance >= self.range(diameter) {
            return 0.0;
        }
        match *self {
            Self::None => 0.0,
            Self::Wca { energy } => {
                let sixth = (diameter / distance).powi(6);
                4.0 * energy * (sixth * sixth - sixth) + energy
            }
            Self::Harmonic { stiffness } => 0.5 * stiffness * (diameter - distance).powi(2),
            Self::Softplus {
                stiffness,
                sharpness,
            } => {
                stiffness / (sharpness * sharpness) * fermi_dirac(sharpness * (diameter - distance))
            }
        }
    }

    /// Force that pushes the two of a pair apart, −U′(r).
    pub fn force(&self, distance: f64, diameter: f64) -> f64 {
        if distance >= self.range(diameter) {
            return 0.0;
        }
        match *self {
            Self::None => 0.0,
            Self::Wca { energy } => {
                let sixth = (diameter / distance).powi(6);
                24.0 * energy * (2.0 * sixth * sixth - sixth) / distance
            }
            Self::Harmonic { stiffness } => stiffness * (diameter - distance),
            Self::Softplus {
                stiffness,
                sharpness,
            } => stiffness / sharpness * softplus(sharpness * (diameter - distance)),
        }
    }

    /// Stiffness of a pair, −F′(r) = U″(r).
    pub fn stiffness(&self, distance: f64, diameter: f64) -> f64 {
        if distance >= self.range(diameter) {
            return 0.0;
        }
        match *self {
            Self::None => 0.0,
            Self::Wca { energy } => {
                let sixth = (diameter / distance).powi(6);
                24.0 * energy * (26.0 * sixth * sixth - 7.0 * sixth) / (distance * distance)
            }
            Self::Harmonic { stiffness } => stiffness,
            Self::Softplus {
                stiffness,
                sharpness,
            } => stiffness / (1.0 + (-sharpness * (diameter - distance)).exp()),
        }
    }

    /// The distance at which a decreasing function of the distance falls to a value, by bisection
    /// between almost nothing and the range of the force.
    fn distance_where(&self, value: f64, of: impl Fn(f64) -> f64) -> f64 {
        let (mut near, mut far) = (1e-3, self.range(1.0));
        for _ in 0..60 {
            let middle = 0.5 * (near + far);
            if of(middle) > value {
                near = middle
            } else {
                far = middle
            }
        }
        0.5 * (near + far)
    }

    /// Distance at which the energy of a pair of diameter 1 equals a given one.
    pub fn distance_of_energy(&self, energy: f64) -> f64 {
        self.distance_where(energy, |distance| self.energy(distance, 1.0))
    }

    /// Distance at which the force of a pair of diameter 1 equals a given one.
    pub fn distance_of_force(&self, force: f64) -> f64 {
        self.distance_where(force, |distance| self.force(distance, 1.0))
    }
}

/// ln(1 + eˣ) without overflow.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// ∫₋∞ˣ ln(1 + e^u) du = −Li₂(−eˣ), the potential of the softplus force.
pub fn fermi_dirac(x: f64) -> f64 {
    if x > 0.0 {
        // Inversion formula of the dilogarithm.
        return PI * PI / 6.0 + 0.5 * x * x - fermi_dirac(-x);
    }
    // The Bernoulli series in w = ln(1 + eˣ) ≤ ln 2; its next term is below 10⁻¹¹.
    let w = x.exp().ln_1p();
    let square = w * w;
    w * (1.0
        + w / 4.0
        + square
            * (1.0 / 36.0
                + square * (-1.0 / 3600.0 + square * (1.0 / 211_680.0 - square / 10_886_400.0))))
}
