//! The chapter keeps its contract: estimators that answer for every state, changes while running,
//! and starts that say why they are impossible.

use super::harness::{Run, square, values};
use crate::math::domain::{Boundary, Domain};
use crate::model::Start;
use crate::model::neighbours::Neighbours;
use crate::model::observable::{Estimator, LayerKind};
use crate::model::phase::{Box, Clock};
use crate::models::vicsek::MODEL;
use bevy::ecs::world::World;

#[test]
fn every_estimator_answers_for_every_state() {
    for (count, initial) in [
        (1, "random"),
        (2, "centre"),
        (40, "band"),
        (300, "disc"),
        (90, "vortex"),
    ] {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            for neighbours in ["metric", "nearest"] {
                let settings = [
                    ("neighbours", neighbours),
                    (
                        "noise",
                        if count == 40 {
                            "6.283185307179586"
                        } else {
                            "1"
                        },
                    ),
                    ("obstacles", if count == 40 { "3" } else { "0" }),
                ];
                let domain = Domain::new([21.0, 19.0], boundary);
                let mut run = Run::new(&settings, count, domain, initial, 1);
                observe(&run, count);
                run.advance(3);
                observe(&run, count);
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
            Estimator::Cumulative { start, .. } => {
                let mut accumulator = start();
                assert!(accumulator.curve().y.is_empty());
                accumulator.record(&sample);
                assert_eq!(accumulator.curve().y.len(), 1, "{}", observable.name);
            }
            Estimator::Distribution {
                estimate, theory, ..
            } => {
                let curve = estimate(&sample);
                assert_eq!(curve.x.len(), curve.y.len(), "{}", observable.name);
                for (x, y) in curve.x.iter().zip(&curve.y) {
                    assert!(
                        x.is_finite() && y.is_finite(),
                        "{}: {x} {y}",
                        observable.name
                    );
                    let _ = theory.map(|theory| theory(&sample, *x));
                }
            }
            Estimator::Correlation { .. } => panic!("{} is new", observable.name),
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
            _ => {}
        }
    }
}

#[test]
fn every_parameter_can_be_changed_while_it_runs() {
    let mut run = Run::new(&[], 500, square(12.0), "random", 4);
    for settings in [
        [("noise_kind", "vector"), ("noise", "0.3")],
        [("neighbours", "nearest"), ("nearest", "5")],
        [("field_of_view", "2"), ("cohesion", "3")],
        [("obstacles", "5"), ("obstacle_radius", "1")],
        [("speed", "0"), ("update", "backward")],
        [("alignment", "0"), ("field_of_view", "0")],
    ] {
        (MODEL.adopt)(&values(&settings), &mut run.world);
        run.world.resource_mut::<Neighbours>().invalidate();
        run.advance(10);
        for (_, heading) in run.state() {
            let length = heading[0].hypot(heading[1]);
            assert!((length - 1.0).abs() < 1e-4, "{settings:?}: {length}");
        }
    }
}

#[test]
fn a_box_too_small_for_a_stride_is_refused() {
    let values = values(&[("speed", "0.5")]);
    for (count, side, word) in [(10, 1.5, "quarter"), (0, 10.0, "particles")] {
        let mut world = World::new();
        let domain = square(side);
        world.insert_resource(Box(domain));
        world.insert_resource(Clock {
            step: 0,
            time: 0.0,
            dt: 1.0,
            seed: 1,
        });
        (MODEL.adopt)(&values, &mut world);
        let start = Start {
            count,
            domain,
            seed: 1,
            initial: "random",
            values: &values,
        };
        let error = (MODEL.spawn)(&mut world, &start).unwrap_err();
        assert!(error.contains(word) && error.contains(';'), "{error}");
    }
}

#[test]
fn bands_are_seen_along_the_motion() {
    // A band along x with headings along x: a quarter of the box holds everybody.
    let domain = Domain::new([64.0, 16.0], Boundary::Periodic);
    let run = Run::new(&[], 4000, domain, "band", 4);
    let density = run.curve("density_profile");
    assert_eq!(density.x.len(), 64);
    for (x, y) in density.x.iter().zip(&density.y) {
        let expected = 4000.0 / (16.0 * 16.0);
        if x.abs() > 9.0 {
            assert_eq!(*y, 0.0, "at {x}");
        } else if x.abs() < 7.0 {
            // 250 particles to a slab.
            assert!(
                (y / expected - 1.0).abs() < 5.0 / 250f64.sqrt(),
                "{y} at {x}"
            );
        }
    }
    let order = run.curve("polarisation_profile");
    assert!((order.y[32] - 1.0).abs() < 1e-6 && order.y[0] == 0.0);
    assert!((run.scalar("polarisation") - 1.0).abs() < 1e-6);
}

#[test]
fn a_vortex_rotates_and_a_flock_does_not() {
    for (boundary, initial, expected) in [
        (Boundary::Periodic, "vortex", 1.0),
        (Boundary::Open, "vortex", 1.0),
        (Boundary::Periodic, "aligned", 0.0),
    ] {
        let domain = Domain::new([30.0, 40.0], boundary);
        let run = Run::new(&[], 2000, domain, initial, 4);
        let rotation = run.scalar("rotation");
        assert!((rotation - expected).abs() < 0.1, "{initial}: {rotation}");
    }
}
