//! Input that cannot be sampled, and states that are hard to bear.

use super::{begin, places, start};
use crate::model::column::Position;

#[track_caller]
fn refused(overrides: &[(&str, &str)], words: &[&str]) {
    match begin(overrides) {
        Ok(_) => panic!("{overrides:?} was taken"),
        Err(reason) => {
            for word in words {
                assert!(
                    reason.contains(word),
                    "{overrides:?}: `{word}` is not in: {reason}"
                );
            }
        }
    }
}

#[test]
fn temperatures_without_bounds_are_refused() {
    for beta in ["0", "inf", "-1", "NaN", "1e9"] {
        refused(&[("parameters.beta", beta)], &["beta"]);
    }
}

#[test]
fn traps_that_do_not_confine_are_refused_with_the_condition() {
    for formula in [
        "\"ln(1+r^2)/4\"",
        "\"0.9*ln(1+r^2)/2\"",
        "\"-r^2\"",
        "\"1\"",
        "\"cos(r)\"",
    ] {
        refused(
            &[
                ("parameters.trap", "typed"),
                ("parameters.trap_formula", formula),
            ],
            &["confine", "logarithm"],
        );
    }
    // Faster than the logarithm of all others, if barely.
    start(&[
        ("parameters.trap", "typed"),
        ("parameters.trap_formula", "\"1.1*ln(1+r^2)\""),
    ]);
    refused(&[("parameters.trap", "box")], &["box.boundary", "periodic"]);
    refused(&[("box.boundary", "periodic")], &["box.boundary", "open"]);
}

#[test]
fn formulas_that_are_wrong_are_refused_at_their_character() {
    for formula in [
        "\"r^\"",
        "\"\"",
        "\"q^2\"",
        "\"r^2)\"",
        "\"sqrt(\"",
        "\"r**2\"",
    ] {
        refused(
            &[
                ("parameters.trap", "typed"),
                ("parameters.trap_formula", formula),
            ],
            &["trap_formula"],
        );
    }
    refused(
        &[
            ("parameters.statistic", "typed"),
            ("parameters.statistic_formula", "\"1/(r-r)\""),
        ],
        &["statistic_formula"],
    );
}

#[test]
fn an_accuracy_beyond_single_precision_is_refused() {
    for accuracy in ["1e-9", "0", "-1", "0.5", "NaN"] {
        refused(
            &[
                ("parameters.summation", "fast"),
                ("parameters.accuracy", accuracy),
            ],
            &["accuracy"],
        );
    }
}

#[test]
fn eigenvalues_and_components_are_refused_where_there_are_none() {
    let eigenvalues = ("population.initial", "\"eigenvalues\"");
    refused(&[eigenvalues, ("parameters.beta", "3")], &["beta"]);
    refused(
        &[eigenvalues, ("parameters.trap", "quartic")],
        &["harmonic"],
    );
    refused(&[eigenvalues, ("population.count", "5000")], &["1024"]);
    let two = ("parameters.components", "two");
    refused(&[two], &["core"]);
    refused(
        &[two, ("parameters.core", "0.3"), ("population.count", "7")],
        &["even"],
    );
}

/// Everything is measured in every state, and the forces are numbers.
#[test]
fn one_charge_is_a_gas() {
    for dynamics in ["langevin", "mala", "metropolis"] {
        for space in ["plane", "line"] {
            let mut run = start(&[
                ("population.count", "1"),
                ("parameters.dynamics", dynamics),
                ("parameters.space", space),
                ("dt", "0.02"),
            ]);
            run.advance(50).unwrap();
            run.with_sample(|sample| {
                for observable in super::super::MODEL.observables {
                    use crate::model::observable::Estimator;
                    match observable.estimator {
                        Estimator::Scalar { estimate, .. } => {
                            assert!(!estimate(sample).is_infinite(), "{}", observable.name);
                        }
                        Estimator::Distribution { estimate, .. } => {
                            let _ = estimate(sample);
                        }
                        Estimator::Correlation { start, .. }
                        | Estimator::Cumulative { start, .. } => {
                            let mut accumulator = start();
                            accumulator.record(sample);
                            accumulator.record(sample);
                            let _ = accumulator.curve();
                        }
                    }
                }
            })
            .unwrap();
            assert!(places(&run)[0].iter().all(|part| part.is_finite()));
        }
    }
}

/// Charges at one place have no force on each other for want of a direction, and the noise parts them.
#[test]
fn charges_at_one_place_part() {
    for summation in ["direct", "fast"] {
        for dynamics in ["langevin", "mala", "metropolis"] {
            let mut run = start(&[
                ("population.count", "30"),
                ("parameters.dynamics", dynamics),
                ("parameters.summation", summation),
                ("dt", "0.01"),
            ]);
            let world = run.world_mut();
            let mut query = world.query::<&mut Position>();
            for (index, mut position) in query.iter_mut(world).enumerate() {
                if index % 3 == 0 {
                    position.0 = [1 << 31; 2];
                }
            }
            run.advance(400).unwrap();
            let places = places(&run);
            for (slot, [x, y]) in places.iter().enumerate() {
                assert!(x.is_finite() && y.is_finite() && x.hypot(*y) < 12.0);
                for [u, v] in &places[..slot] {
                    assert!(
                        (x - u).hypot(y - v) > 1e-3,
                        "{summation}, {dynamics}: still together"
                    );
                }
            }
        }
    }
}
