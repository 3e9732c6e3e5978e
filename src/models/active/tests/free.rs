//! Free particles: displacements, polar order and diffusion against the closed forms.

use super::harness::{Run, close};
use crate::math::domain::{Boundary, Domain};
use crate::model::observable::Estimator;
use crate::models::active::MODEL;

const RATES: &[(&str, &str)] = &[
    ("control", "rates"),
    ("interaction", "none"),
    ("self_propulsion_speed", "1"),
    ("translational_diffusion", "0.1"),
    ("rotational_diffusion", "1"),
    ("correlation_rate", "1"),
    ("tumble_rate", "1"),
];

fn free(settings: &[(&'static str, &'static str)], count: usize, dt: f64) -> Run {
    let all: Vec<_> = RATES.iter().chain(settings).copied().collect();
    let domain = Domain::new([40.0, 25.0], Boundary::Periodic);
    Run::new(&all, count, domain, "random", 7, dt)
}

/// The displacement of a free particle is nearly Gaussian, so that the mean of its square over N
/// particles has the relative standard error 1/√N = 0.32 %, and 1 % is three of them. Euler's
/// step changes the mean by (λ dt)²/12.
fn displacement(settings: &[(&'static str, &'static str)]) -> Run {
    let mut run = free(settings, 100_000, 0.02);
    for steps in [50, 450] {
        run.advance(steps);
        let expected = run.theory("mean_squared_displacement").unwrap();
        close(
            "MSD",
            run.scalar("mean_squared_displacement"),
            expected,
            0.01,
        );
    }
    run
}

#[test]
fn active_brownian_displacement() {
    let run = displacement(&[("dynamics", "brownian")]);
    close(
        "theory at t = 10",
        run.theory("mean_squared_displacement").unwrap(),
        22.0001,
        1e-5,
    );
    // 1/√N of a random walk of N headings, with the factor √π/2, and its spread of 52 %.
    assert!(run.scalar("polar_order") < 4.0 * run.theory("polar_order").unwrap());
    close(
        "pressure",
        run.scalar("pressure"),
        run.theory("pressure").unwrap(),
        1e-6,
    );
}

#[test]
fn active_ornstein_uhlenbeck_displacement() {
    let run = displacement(&[("dynamics", "ornstein_uhlenbeck")]);
    // 4 D_t t + 4 v₀²/γ² (γt − 1 + e^{−γt}) at t = 10.
    let expected = 4.0 + 4.0 * (9.0 + (-10f64).exp());
    close(
        "theory",
        run.theory("mean_squared_displacement").unwrap(),
        expected,
        1e-9,
    );
    // ⟨|g|²⟩ = 2 enters the measured pressure, with a relative standard error of 1/√N.
    close(
        "pressure",
        run.scalar("pressure"),
        run.theory("pressure").unwrap(),
        0.01,
    );
}

#[test]
fn run_and_tumble_displacement() {
    displacement(&[("dynamics", "run_and_tumble")]);
}

#[test]
fn circle_swimmer_displacement() {
    displacement(&[("dynamics", "brownian"), ("angular_velocity", "3")]);
    displacement(&[("dynamics", "run_and_tumble"), ("angular_velocity", "-2")]);
}

#[test]
fn passive_displacement() {
    let run = displacement(&[("dynamics", "passive")]);
    close(
        "4 D_t t",
        run.theory("mean_squared_displacement").unwrap(),
        4.0,
        1e-9,
    );
    assert!(run.scalar("effective_speed").is_nan());
}

#[test]
fn the_peclet_number_sets_all_rates() {
    // The mean squared displacement at Pe = 3 and v₀ = 1 is that of D_r = 1 and D_t = 1/3 in all
    // dynamics of unit propulsion.
    for dynamics in ["brownian", "run_and_tumble"] {
        let run = free(
            &[
                ("dynamics", dynamics),
                ("control", "peclet"),
                ("peclet", "3"),
            ],
            10,
            0.01,
        );
        let mut run = run;
        run.advance(100);
        let expected = 4.0 / 3.0 + 2.0 * (-1f64).exp();
        close(
            dynamics,
            run.theory("mean_squared_displacement").unwrap(),
            expected,
            1e-9,
        );
    }
}

#[test]
fn lagged_displacements_and_their_exponent() {
    let mut run = free(&[("dynamics", "brownian")], 4000, 0.02);
    let start = |name: &str| match MODEL.observable(name).unwrap().estimator {
        Estimator::Correlation { start, theory, .. } => (start(), theory.unwrap()),
        _ => panic!("{name} is no correlation"),
    };
    let (mut msd, msd_theory) = start("msd");
    let (mut exponent, exponent_theory) = start("msd_exponent");
    for _ in 0..200 {
        msd.record(&run.sample());
        exponent.record(&run.sample());
        run.advance(5);
    }
    let curve = msd.curve();
    assert!(
        curve.x.len() > 20 && curve.x[0] > 0.099 && curve.x[0] < 0.101,
        "{:?}",
        curve.x
    );
    for ((&lag, &value), &error) in curve.x.iter().zip(&curve.y).zip(&curve.error) {
        let expected = msd_theory(&run.sample(), lag).unwrap();
        // Five standard errors, for the forty lags, which are not independent; and Euler's bias.
        assert!(
            (value - expected).abs() < 5.0 * error + 1e-3 * expected,
            "lag {lag}: {value} ± {error}, expected {expected}"
        );
    }
    let curve = exponent.curve();
    for (&lag, &value) in curve.x.iter().zip(&curve.y).filter(|(lag, _)| **lag < 5.0) {
        let expected = exponent_theory(&run.sample(), lag).unwrap();
        // Neighbouring lags differ by a factor of 1.1 to 2, over which the exponent bends.
        assert!(
            (value - expected).abs() < 0.08,
            "lag {lag}: {value}, expected {expected}"
        );
    }
    // A restored accumulator goes on where the saved one stopped.
    let (mut restored, _) = start("msd");
    restored.load(&msd.save()).unwrap();
    run.advance(5);
    msd.record(&run.sample());
    restored.record(&run.sample());
    assert_eq!(msd.curve(), restored.curve());
    assert!(restored.load(&[255; 7]).is_err());
}
