//! The chapter keeps its contract: bounds on dt, changes while running, and estimators that
//! answer for every state.

use super::harness::{Run, close, packed, values};
use crate::math::domain::{Boundary, Domain};
use crate::model::column::{Columns, Heading};
use crate::model::observable::{Arrow, Estimator, LayerKind};
use crate::model::parameter::Kind;
use crate::models::active::MODEL;

fn bound(settings: &[(&str, &str)]) -> f64 {
    let bound = (MODEL.step_bound)(&values(settings));
    assert!(bound.dt > 0.0 && !bound.reason.is_empty(), "{bound:?}");
    bound.dt
}

#[test]
fn the_bound_on_dt_is_where_runs_are_known_to_be_right() {
    let between = |what: &str, dt: f64, low: f64, high: f64| {
        println!("{what}: dt ≤ {dt:.3e}");
        assert!((low..=high).contains(&dt), "{what}: {dt}");
    };
    // Averages are right up to 2·10⁻⁴ for kT = 1, and for v₀ = 24 between 10⁻⁴ and 2·10⁻⁴.
    let passive = [("dynamics", "passive"), ("translational_diffusion", "1")];
    between("passive", bound(&passive), 2e-4, 3e-4);
    for peclet in ["20", "40", "100", "150"] {
        let settings = [("self_propulsion_speed", "24"), ("peclet", peclet)];
        between(peclet, bound(&settings), 1e-4, 1.5e-4);
    }
    // v₀ = 100 at kT = ε: right at 5·10⁻⁵ within 2 %, broken at 10⁻⁴.
    let fast = [("self_propulsion_speed", "100"), ("peclet", "100")];
    between("Pe 100, ε = kT", bound(&fast), 2e-5, 5e-5);
    let soft = [
        ("dynamics", "ornstein_uhlenbeck"),
        ("control", "rates"),
        ("self_propulsion_speed", "0.0125"),
        ("translational_diffusion", "0"),
        ("correlation_rate", "1e-4"),
        ("interaction", "softplus"),
        ("interaction_strength", "1"),
    ];
    // The published step of this model.
    between("softplus", bound(&soft), 0.0999, 0.1001);
}

#[test]
fn the_bound_holds_for_every_corner_of_the_parameters() {
    for (index, parameter) in (MODEL.parameters)().iter().enumerate() {
        let ends = match parameter.kind {
            Kind::Number { min, max, .. } => vec![min, max],
            Kind::Integer { min, max } => vec![min as f64, max as f64],
            Kind::Choice(alternatives) => (0..alternatives.len()).map(|one| one as f64).collect(),
            Kind::Flag => vec![0.0, 1.0],
            Kind::Formula(_) => continue,
        };
        for dynamics in [
            "passive",
            "brownian",
            "ornstein_uhlenbeck",
            "run_and_tumble",
        ] {
            for interaction in ["none", "wca", "harmonic", "softplus"] {
                let mut values = values(&[("dynamics", dynamics), ("interaction", interaction)]);
                for &end in &ends {
                    values.set(index, end);
                    let bound = (MODEL.step_bound)(&values);
                    assert!(
                        bound.dt.is_finite() && bound.dt > 0.0 && bound.dt <= 1.0,
                        "{} = {end}, {dynamics}, {interaction}: {bound:?}",
                        parameter.name
                    );
                }
            }
        }
    }
}

#[test]
fn every_estimator_answers_for_every_state() {
    for (count, initial) in [
        (1, "random"),
        (2, "random"),
        (40, "random"),
        (300, "lattice"),
    ] {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            for dynamics in [
                "passive",
                "brownian",
                "ornstein_uhlenbeck",
                "run_and_tumble",
            ] {
                for interaction in ["none", "wca", "softplus"] {
                    let settings = [
                        ("dynamics", dynamics),
                        ("interaction", interaction),
                        ("trap_stiffness", if count == 40 { "1" } else { "0" }),
                        ("polydispersity", if count == 300 { "0.1" } else { "0" }),
                    ];
                    let domain = Domain::new([21.0, 19.0], boundary);
                    let mut run = Run::new(&settings, count, domain, initial, 1, 1e-5);
                    observe(&run, count);
                    run.advance(3);
                    observe(&run, count);
                }
            }
        }
    }
}

/// Evaluates whatever the chapter offers; nothing may panic, and curves must be well formed.
fn observe(run: &Run, count: usize) {
    let sample = run.sample();
    for observable in MODEL.observables {
        match observable.estimator {
            Estimator::Scalar { estimate, theory } => {
                let value = estimate(&sample);
                assert!(!value.is_infinite(), "{}: {value}", observable.name);
                if let Some(Some(theory)) = theory.map(|theory| theory(&sample)) {
                    assert!(theory.is_finite(), "{}: {theory}", observable.name);
                }
            }
            Estimator::Distribution {
                estimate, theory, ..
            } => {
                let curve = estimate(&sample);
                assert_eq!(curve.x.len(), curve.y.len(), "{}", observable.name);
                for (x, y) in curve.x.iter().zip(&curve.y) {
                    assert!(
                        x.is_finite() && !y.is_infinite(),
                        "{}: {x} {y}",
                        observable.name
                    );
                    let _ = theory.map(|theory| theory(&sample, *x));
                }
            }
            Estimator::Cumulative { start, .. } => start().record(&sample),
            Estimator::Correlation { start, theory, .. } => {
                let mut accumulator = start();
                accumulator.record(&sample);
                let curve = accumulator.curve();
                assert_eq!(curve.x.len(), curve.y.len(), "{}", observable.name);
                let _ = theory.map(|theory| theory(&sample, 1.0));
            }
        }
    }
    for colouring in MODEL.colourings {
        let mut values = Vec::new();
        (colouring.values)(&sample, &mut values);
        assert_eq!(values.len(), count, "{}", colouring.name);
        assert!(
            values.iter().all(|value| value.is_finite()),
            "{}",
            colouring.name
        );
    }
    for layer in MODEL.layers {
        match layer.kind {
            LayerKind::Field(field) => {
                let grid = field(&sample);
                assert_eq!(
                    grid.values.len(),
                    grid.columns * grid.rows,
                    "{}",
                    layer.name
                );
            }
            LayerKind::Links(links) => {
                let finite =
                    |link: &[[f32; 2]; 2]| link.as_flattened().iter().all(|x| x.is_finite());
                assert!(links(&sample).iter().all(finite), "{}", layer.name);
            }
            LayerKind::Inset(inset) => {
                assert!(inset(&sample).angles.iter().all(|angle| angle.is_finite()));
            }
            LayerKind::Arrows(arrows) => {
                let finite = |arrow: &Arrow| {
                    let ends = [arrow.from, arrow.along];
                    ends.as_flattened().iter().all(|x| x.is_finite())
                };
                assert!(arrows(&sample).iter().all(finite), "{}", layer.name);
            }
            _ => panic!("{}: this chapter has no such layer", layer.name),
        }
    }
}

#[test]
fn dynamics_can_be_changed_while_it_runs() {
    let domain = packed(2000, 0.3, 1.0);
    let gaussian = [("dynamics", "ornstein_uhlenbeck")];
    let mut run = Run::new(&gaussian, 2000, domain, "random", 4, 1e-4);
    run.advance(100);
    run.set(&[("dynamics", "brownian")]);
    run.advance(100);
    let headings = run.world.resource::<Columns>().slice::<Heading>(&run.world);
    let worst = headings
        .iter()
        .map(|heading| (heading.0[0].hypot(heading.0[1]) - 1.0).abs())
        .fold(0.0, f32::max);
    assert!(
        worst < 1e-5,
        "headings of Brownian particles have unit length, up to {worst}"
    );
    run.set(&[("dynamics", "run_and_tumble"), ("interaction", "harmonic")]);
    run.advance(100);
    run.set(&[("dynamics", "passive"), ("interaction", "none")]);
    run.advance(100);
    close(
        "energy without interaction",
        1.0 + run.scalar("energy_per_particle"),
        1.0,
        0.0,
    );
}
