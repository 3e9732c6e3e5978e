//! The closed forms at special points, and against plain numerical integration.

use super::harness::close;
use crate::models::active::law::{Motion, Repulsion, fermi_dirac, softplus};

fn brownian(speed: f64, rotational: f64, translational: f64) -> Motion {
    Motion {
        speed,
        mean_square_propulsion: 1.0,
        gaussian: false,
        rotational_diffusion: rotational,
        tumble_rate: 0.0,
        correlation_rate: 0.0,
        translational_diffusion: translational,
        angular_velocity: 0.0,
    }
}

#[test]
fn free_displacement_at_special_points() {
    let motion = brownian(1.0, 1.0, 0.1);
    // 4 D_t t + 2 v₀²/D_r² (D_r t + e^{−D_r t} − 1) at t = 1 and 10.
    close(
        "t = 1",
        motion.free_mean_squared_displacement(1.0),
        0.4 + 2.0 * (-1f64).exp(),
        1e-12,
    );
    close(
        "t = 10",
        motion.free_mean_squared_displacement(10.0),
        22.0 + 2.0 * (-10f64).exp(),
        1e-12,
    );
    // A circle of radius v₀/ω without noise is closed after 2π/ω.
    let circle = Motion {
        angular_velocity: 2.0,
        ..brownian(3.0, 0.0, 0.0)
    };
    let period = std::f64::consts::PI;
    assert!(circle.free_mean_squared_displacement(period).abs() < 1e-12);
    close(
        "half a circle",
        circle.free_mean_squared_displacement(period / 2.0),
        9.0,
        1e-12,
    );
    // The exponent begins ballistic and ends diffusive.
    let athermal = brownian(1.0, 1.0, 0.0);
    close("early", athermal.free_exponent(1e-4), 2.0, 1e-3);
    close("late", athermal.free_exponent(1e5), 1.0, 1e-3);
}

#[test]
fn free_displacement_is_the_double_integral_of_the_propulsion() {
    for (decay, turn) in [(0.7, 0.0), (0.3, 2.0), (0.0, 1.0), (1e-5, 1e-5)] {
        let motion = Motion {
            angular_velocity: turn,
            ..brownian(1.3, decay, 0.2)
        };
        for t in [1e-3, 0.4, 3.0, 20.0] {
            // 4 D_t t + 2 v₀² ∫₀ᵗ (t − s) e^{−λs} cos ωs ds by the midpoint rule.
            let intervals = 200_000;
            let step = t / f64::from(intervals);
            let integral: f64 = (0..intervals)
                .map(|i| {
                    let s = (f64::from(i) + 0.5) * step;
                    (t - s) * (-decay * s).exp() * (turn * s).cos() * step
                })
                .sum();
            let expected = 0.8 * t + 2.0 * 1.69 * integral;
            close(
                "MSD",
                motion.free_mean_squared_displacement(t),
                expected,
                1e-7,
            );
        }
        if decay > 0.1 {
            let late = motion.free_mean_squared_displacement(1e7) / 4e7;
            close(
                "long-time diffusion",
                late,
                motion.effective_diffusion(),
                1e-5,
            );
        }
    }
}

#[test]
fn trap_moments_at_the_reference_point() {
    // k = 1, D_r = 2, v₀ = 3, D_t = ½: ⟨r²⟩ = 4, ⟨r⁴⟩/⟨r²⟩² = 1.6175, dissipation 12.
    let motion = brownian(3.0, 2.0, 0.5);
    close("⟨r²⟩", motion.trap_mean_square_radius(1.0), 4.0, 1e-12);
    close("kurtosis", motion.trap_kurtosis(1.0).unwrap(), 1.6175, 1e-4);
    let dissipation = motion.entropy_production(1.0, -motion.trap_correlation(1.0));
    close("dissipation", dissipation, 12.0, 1e-12);
    close(
        "advance",
        motion.trap_effective_speed(1.0),
        2.0 / 3.0,
        1e-12,
    );
    // Without propulsion, or with a heading that is lost at once, the cloud is Gaussian.
    close(
        "passive",
        brownian(0.0, 1.0, 1.0).trap_kurtosis(2.0).unwrap(),
        2.0,
        1e-12,
    );
    close(
        "hot",
        brownian(1e3, 1e6, 1.0).trap_kurtosis(2.0).unwrap(),
        2.0,
        1e-4,
    );
    // One that is never lost leaves a ring.
    close(
        "ring",
        brownian(1.0, 1e-9, 0.0).trap_kurtosis(2.0).unwrap(),
        1.0,
        1e-6,
    );
}

#[test]
fn forces_are_derivatives_of_energies() {
    let repulsions = [
        Repulsion::Wca { energy: 2.5 },
        Repulsion::Harmonic { stiffness: 40.0 },
        Repulsion::Softplus {
            stiffness: 30.0,
            sharpness: 12.0,
        },
    ];
    for repulsion in repulsions {
        for diameter in [0.8, 1.0, 1.3] {
            for r in [0.75, 0.9, 1.0, 1.05] {
                let h = 1e-5;
                let slope = |of: &dyn Fn(f64) -> f64| (of(r + h) - of(r - h)) / (2.0 * h);
                let force = -slope(&|r| repulsion.energy(r, diameter));
                let stiffness = -slope(&|r| repulsion.force(r, diameter));
                // A kink or the end of the range within the difference is no test of it.
                let range = repulsion.range(diameter);
                if (r - range).abs() < 1e-3 || (r - diameter).abs() < 1e-3 {
                    continue;
                }
                let scale = repulsion.force(0.7, diameter) + 1.0;
                assert!(
                    (force - repulsion.force(r, diameter)).abs() < 1e-6 * scale,
                    "{repulsion:?} {r}"
                );
                let stiff = repulsion.stiffness(0.7, diameter) + 1.0;
                assert!(
                    (stiffness - repulsion.stiffness(r, diameter)).abs() < 1e-5 * stiff,
                    "{repulsion:?} at {r}: {stiffness} {}",
                    repulsion.stiffness(r, diameter)
                );
            }
            assert_eq!(repulsion.force(repulsion.range(diameter), diameter), 0.0);
        }
    }
    let wca = Repulsion::Wca { energy: 1.0 };
    close("WCA at contact", wca.force(1.0, 1.0), 24.0, 1e-12);
    close("WCA energy at contact", wca.energy(1.0, 1.0), 1.0, 1e-12);
    close("balance", wca.distance_of_force(24.0), 1.0, 1e-9);
}

#[test]
fn the_softplus_potential_is_a_dilogarithm() {
    // −Li₂(−1) = π²/12.
    close(
        "at contact",
        fermi_dirac(0.0),
        std::f64::consts::PI.powi(2) / 12.0,
        1e-10,
    );
    for x in [-6.0, -0.5, 0.7, 5.0] {
        let step = 1e-4;
        let integral: f64 = (0..400_000)
            .map(|i| softplus(x - (f64::from(i) + 0.5) * step) * step)
            .sum();
        close("integral", fermi_dirac(x), integral, 1e-7);
    }
}
