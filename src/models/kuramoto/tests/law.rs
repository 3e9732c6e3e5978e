//! The closed forms at their special points, and against each other.

use std::f64::consts::{FRAC_PI_4, PI};

use crate::math::frequencies::Spread;
use crate::models::kuramoto::law::{MeanField, noisy_order, self_consistent};

const BASE: MeanField = MeanField {
    spread: Spread::Lorentzian { width: 1.0 },
    coupling: 4.0,
    noise: 0.0,
    lag: 0.0,
    mass: 0.0,
};

#[track_caller]
fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() < tolerance, "{a} is not {b}");
}

#[test]
fn cited_values_come_out() {
    for (ratio, order) in [(3.0, 0.72416), (4.0, 0.83146), (6.0, 0.90215)] {
        close(noisy_order(ratio), order, 6e-6);
    }
    assert_eq!(noisy_order(1.99), 0.0);
    // Just above the onset K = 2D, r² → 2(κ − 2)/κ.. to leading order of the expansion of I₁/I₀.
    close(noisy_order(2.001).powi(2), 0.001, 2e-5);
    let uniform = |coupling: f64| MeanField {
        spread: Spread::Uniform { half_width: 1.0 },
        coupling,
        ..BASE
    };
    close(uniform(2.0).order().unwrap(), 0.95190, 6e-6);
    let onset = uniform(1.0).critical_coupling().unwrap();
    close(onset, 4.0 / PI, 1e-12);
    // The order jumps to π/4, from which it rises like a root.
    close(
        uniform(onset * (1.0 + 1e-9)).order().unwrap(),
        FRAC_PI_4,
        2e-3,
    );
    assert_eq!(uniform(onset * 0.999).order(), Some(0.0));
    close(BASE.order().unwrap(), 0.5f64.sqrt(), 1e-12);
    close(BASE.critical_coupling().unwrap(), 2.0, 1e-12);
    close(BASE.locked().unwrap(), 2.0 / PI * 8f64.sqrt().atan(), 1e-12);
}

#[test]
fn the_integral_agrees_with_the_closed_form() {
    for coupling in [2.2, 3.0, 4.0, 10.0, 30.0] {
        let integral = self_consistent(Spread::Lorentzian { width: 1.0 }, coupling).unwrap();
        close(integral, (1.0 - 2.0 / coupling).sqrt(), 1e-6);
    }
    // Two Lorentzians at one place are one.
    let double = Spread::Bimodal {
        width: 1.0,
        distance: 0.0,
    };
    close(self_consistent(double, 4.0).unwrap(), 0.5f64.sqrt(), 1e-6);
    let gaussian = Spread::Gaussian { deviation: 1.0 };
    let onset = (8.0 / PI).sqrt();
    assert_eq!(self_consistent(gaussian, onset * 0.999), Some(0.0));
    // r ≈ √(16/πK_c³ · μ/−g″(0)), μ = (K − K_c)/K_c: for a unit normal r² ≈ 8/K_c² · μ/... as the
    // expansion 1 = K[πg/2 + πg″(Kr)²/16] has it.
    let coupling = onset * 1.001;
    let (density, bend) = (1.0 / (2.0 * PI).sqrt(), -1.0 / (2.0 * PI).sqrt());
    let square = (1.0 / coupling - 0.5 * PI * density) * 16.0 / (PI * bend) / coupling.powi(2);
    close(
        self_consistent(gaussian, coupling).unwrap(),
        square.sqrt(),
        1e-3,
    );
}

#[test]
fn where_no_formula_holds_none_is_given() {
    let lagged = MeanField { lag: 0.5, ..BASE };
    close(
        lagged.order().unwrap(),
        (1.0 - 0.5 / 0.5f64.cos()).sqrt(),
        1e-12,
    );
    let gaussian = Spread::Gaussian { deviation: 1.0 };
    for law in [
        MeanField {
            spread: gaussian,
            lag: 0.5,
            ..BASE
        },
        MeanField { noise: 0.5, ..BASE },
        MeanField { mass: 1.0, ..BASE },
        MeanField {
            spread: Spread::Bimodal {
                width: 1.0,
                distance: 2.0,
            },
            ..BASE
        },
    ] {
        assert_eq!(law.order(), None, "{law:?}");
    }
    let heavy = MeanField { mass: 2.0, ..BASE };
    close(heavy.critical_coupling().unwrap(), 6.0, 1e-12);
    let noisy = MeanField { noise: 0.5, ..BASE };
    close(noisy.critical_coupling().unwrap(), 3.0, 1e-12);
    let identical = MeanField {
        spread: Spread::Identical,
        noise: 1.5,
        ..BASE
    };
    close(identical.critical_coupling().unwrap(), 3.0, 1e-12);
    let apart = MeanField {
        spread: Spread::Bimodal {
            width: 1.0,
            distance: 2.0,
        },
        ..BASE
    };
    close(apart.critical_coupling().unwrap(), 4.0, 1e-12);
}
