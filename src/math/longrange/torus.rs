//! The potential of one charge in a periodic box, with all its images and the background that
//! makes the box neutral, to the last digits of `f64`.
//!
//! G solves ∇²G = −2π(δ − 1/A) and has the mean zero. Summed over one axis first, the Fourier series
//! is geometric (the Kronecker limit formula): with t = |y|/Ly, w = exp(2πi(x + i|y|)/Lx) and
//! q = exp(−2πLy/Lx), G = π (Ly/Lx)(t² − t + 1/6) − Σₙ₌₀ ln |1 − w qⁿ| − Σₙ₌₁ ln |1 − qⁿ/w̄|. The
//! shorter side is taken for Lx, so that q < 2·10⁻³ and few terms are enough.

use std::f64::consts::{PI, TAU};

use rayon::prelude::*;

use super::Charges;
use crate::math::domain::Domain;

/// The box, with the shorter side first.
#[derive(Clone, Copy, Debug)]
pub struct Torus {
    /// True when the axes are exchanged.
    turned: bool,
    /// Shorter and longer side.
    size: [f64; 2],
    /// qⁿ for n ≥ 1, as far as they count.
    powers: [f64; TERMS],
}

/// q ≤ e^{−2π}, and a separation takes at most its root away: e^{−π·13} is 2·10⁻¹⁸.
const TERMS: usize = 13;

impl Torus {
    /// The torus of a periodic box.
    pub fn new(domain: &Domain) -> Self {
        let turned = domain.size[1] < domain.size[0];
        let size = match turned {
            true => [domain.size[1], domain.size[0]],
            false => domain.size,
        };
        let q = (-TAU * size[1] / size[0]).exp();
        let mut powers = [q; TERMS];
        for n in 1..TERMS {
            powers[n] = powers[n - 1] * q;
        }
        Self {
            turned,
            size,
            powers,
        }
    }

    /// Potential of a unit charge on itself: the limit of G + ln r at its place.
    pub fn own(&self) -> f64 {
        let [a, b] = self.size;
        let images: f64 = self.powers.iter().map(|&power| (-power).ln_1p()).sum();
        -(TAU / a).ln() + PI * b / (6.0 * a) - 2.0 * images
    }

    /// Phase of w, |y| in units of the longer side, and the sign of y.
    fn enter(&self, separation: [f64; 2]) -> ([f64; 2], f64, f64) {
        let [a, b] = self.size;
        let [x, y] = match self.turned {
            true => [separation[1], separation[0]],
            false => separation,
        };
        let (x, y) = (x / a - (x / a).round(), y / b - (y / b).round());
        let (sin, cos) = (TAU * x).sin_cos();
        ([cos, sin], y.abs(), if y < 0.0 { -1.0 } else { 1.0 })
    }

    /// G without −ln of the distance to the charge itself, which is `r2.sqrt()`; regular at zero.
    pub fn rest(&self, separation: [f64; 2]) -> f64 {
        let nearest = self.nearest(separation);
        let r2 = nearest[0] * nearest[0] + nearest[1] * nearest[1];
        if r2 == 0.0 {
            return self.own();
        }
        self.potential(separation) + 0.5 * r2.ln()
    }

    /// The separation from the nearest image.
    pub fn nearest(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [a, b] = match self.turned {
            true => [self.size[1], self.size[0]],
            false => self.size,
        };
        [x - a * (x / a).round(), y - b * (y / b).round()]
    }

    /// G at a separation other than zero.
    pub fn potential(&self, separation: [f64; 2]) -> f64 {
        let ([cos, sin], t, _) = self.enter(separation);
        let [a, b] = self.size;
        let size = (-TAU * t * b / a).exp();
        // |1 − w|² = (1 − |w|)² + 4 |w| sin²(θ/2) keeps its digits near the charge.
        let half = 0.5 * (1.0 - cos);
        let half = if cos > 0.0 {
            0.5 * sin * sin / (1.0 + cos)
        } else {
            half
        };
        let less = -(-TAU * t * b / a).exp_m1();
        let mut product = less * less + 4.0 * size * half;
        for &power in &self.powers {
            for size in [size * power, power / size] {
                product *= 1.0 - 2.0 * size * cos + size * size;
            }
        }
        PI * b / a * (t * t - t + 1.0 / 6.0) - 0.5 * product.ln()
    }

    /// −∇G at a separation other than zero.
    pub fn field(&self, separation: [f64; 2]) -> [f64; 2] {
        let ([cos, sin], t, sign) = self.enter(separation);
        let [a, b] = self.size;
        let exponent = TAU * t * b / a;
        let size = (-exponent).exp();
        // ∂ of Σ ½ ln(1 − 2 s cos θ + s²), first by θ, then by ln s.
        let less = -(-exponent).exp_m1();
        let half = if cos > 0.0 {
            0.5 * sin * sin / (1.0 + cos)
        } else {
            0.5 * (1.0 - cos)
        };
        let norm = less * less + 4.0 * size * half;
        let mut around = size * sin / norm;
        // s² − s cos θ = −s (1 − s) + s (1 − cos θ).
        let mut along = (2.0 * size * half - size * less) / norm;
        for &power in &self.powers {
            let (far, back) = (size * power, power / size);
            let norm = 1.0 - 2.0 * far * cos + far * far;
            around += far * sin / norm;
            along += (far * far - far * cos) / norm;
            let norm = 1.0 - 2.0 * back * cos + back * back;
            around += back * sin / norm;
            along -= (back * back - back * cos) / norm;
        }
        let x = TAU / a * around;
        let y = sign * (PI / a * (1.0 - 2.0 * t) - TAU / a * along);
        match self.turned {
            true => [y, x],
            false => [x, y],
        }
    }

    /// The field of a unit charge with a core.
    pub fn cored_field(&self, separation: [f64; 2], core2: f64) -> [f64; 2] {
        let [x, y] = self.nearest(separation);
        let r2 = x * x + y * y;
        if r2 == 0.0 {
            return [0.0; 2];
        }
        let [fx, fy] = self.field(separation);
        if r2 >= core2 {
            return [fx, fy];
        }
        let change = 1.0 / core2 - 1.0 / r2;
        [fx + x * change, fy + y * change]
    }

    /// The potential of a unit charge with a core.
    pub fn cored_potential(&self, separation: [f64; 2], core2: f64) -> f64 {
        let [x, y] = self.nearest(separation);
        let r2 = x * x + y * y;
        if r2 >= core2 {
            return self.potential(separation);
        }
        self.rest(separation) - 0.5 * core2.ln() + 0.5 * (1.0 - r2 / core2)
    }
}

/// The direct sum of the field over all charges and their images.
pub fn field(charges: &Charges, field: &mut [[f32; 2]]) {
    let torus = Torus::new(charges.domain);
    let core2 = charges.core2();
    field.par_iter_mut().enumerate().for_each(|(i, field)| {
        let sum = field_on(charges, &torus, core2, charges.positions[i], Some(i));
        *field = sum.map(|value| value as f32);
    });
}

/// The field at a place, in `f64`; one charge may be left out.
pub fn field_on(
    charges: &Charges,
    torus: &Torus,
    core2: f64,
    place: [u32; 2],
    without: Option<usize>,
) -> [f64; 2] {
    let mut sum = [0.0; 2];
    for (j, &other) in charges.positions.iter().enumerate() {
        if without == Some(j) {
            continue;
        }
        let d = super::energy::separation(charges.domain, place, other);
        let [x, y] = torus.cored_field(d, core2);
        let value = charges.value(j);
        sum[0] += value * x;
        sum[1] += value * y;
    }
    sum
}
