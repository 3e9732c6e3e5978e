//! Single steps against sums over all pairs in double precision, the order of the integrator, and
//! the limits in which the motion is known.

use std::f64::consts::TAU;

use super::*;
use crate::model::column::{NaturalFrequency, Phase, Position, Tag};
use crate::models::kuramoto::links::Links;
use crate::models::kuramoto::parameters::{Kuramoto, Topology};

/// Phases and natural frequencies in the order of the slots.
fn state(run: &Simulation) -> (Vec<f64>, Vec<f64>) {
    run.with_sample(|sample| {
        let phases = sample.column::<Phase>().iter();
        let omegas = sample.column::<NaturalFrequency>().iter();
        (
            phases
                .map(|p| f64::from(p.0) * TAU / 4_294_967_296.0)
                .collect(),
            omegas.map(|w| f64::from(w.0)).collect(),
        )
    })
    .unwrap()
}

/// Weight with which the second acts on the first, of all pairs.
fn weights(run: &Simulation) -> Vec<Vec<f64>> {
    run.with_sample(|sample| {
        let kuramoto = sample.resource::<Kuramoto>().unwrap();
        let links = sample.resource::<Links>().unwrap();
        let positions = sample.column::<Position>();
        let n = positions.len();
        (0..n)
            .map(|i| match kuramoto.topology {
                Topology::AllToAll => vec![1.0 / n as f64; n],
                Topology::Ring => (0..n)
                    .map(|j| kuramoto.ring().weight((i + n - j) % n, n))
                    .collect(),
                Topology::Range => {
                    let near = |j: usize| {
                        let [x, y] = sample.domain.separation(positions[i].0, positions[j].0);
                        let near = j != i && x * x + y * y < (kuramoto.range as f32).powi(2);
                        f64::from(u8::from(near))
                    };
                    let row: Vec<f64> = (0..n).map(near).collect();
                    let number = row.iter().sum::<f64>().max(1.0);
                    row.into_iter().map(|w| w / number).collect()
                }
                _ => {
                    let mut row = vec![0.0; n];
                    for &j in links.of(i) {
                        row[j as usize] += 1.0 / links.of(i).len() as f64;
                    }
                    row
                }
            })
            .collect()
    })
    .unwrap()
}

/// Heun's step between two half rotations, by sums over all pairs.
fn brute_force(run: &Simulation, phases: &[f64], omegas: &[f64], dt: f64) -> Vec<f64> {
    let kuramoto = run
        .with_sample(|s| s.resource::<Kuramoto>().unwrap().clone())
        .unwrap();
    let weights = weights(run);
    let pull = |theta: &[f64]| -> Vec<f64> {
        (0..theta.len())
            .map(|i| {
                let sum: f64 = (0..theta.len())
                    .map(|j| weights[i][j] * (theta[j] - theta[i] - kuramoto.phase_lag).sin())
                    .sum();
                kuramoto.coupling * sum
            })
            .collect()
    };
    let half: Vec<f64> = phases
        .iter()
        .zip(omegas)
        .map(|(p, w)| p + 0.5 * dt * w)
        .collect();
    let first = pull(&half);
    let ahead: Vec<f64> = half.iter().zip(&first).map(|(p, f)| p + dt * f).collect();
    let second = pull(&ahead);
    (0..half.len())
        .map(|i| half[i] + 0.5 * dt * (first[i] + second[i]) + 0.5 * dt * omegas[i])
        .collect()
}

fn distance(a: f64, b: f64) -> f64 {
    let by = (a - b) / TAU;
    (by - by.round()).abs() * TAU
}

#[test]
fn a_step_is_that_of_the_sum_over_all_pairs() {
    let cases: [&[(&str, &str)]; 8] = [
        &[("parameters.topology", "all_to_all")],
        &[
            ("parameters.topology", "all_to_all"),
            ("parameters.coupling", "-4"),
        ],
        &[
            ("parameters.topology", "range"),
            ("population.initial", "random"),
            ("parameters.range", "2.5"),
            ("box.boundary", "periodic"),
        ],
        // A range beyond the box: everybody sees everybody once.
        &[
            ("parameters.topology", "range"),
            ("population.initial", "random"),
            ("parameters.range", "100"),
            ("box.boundary", "periodic"),
        ],
        &[
            ("parameters.topology", "ring"),
            ("parameters.kernel", "exponential"),
        ],
        &[
            ("parameters.topology", "lattice"),
            ("population.initial", "lattice"),
        ],
        &[
            ("parameters.topology", "network"),
            ("parameters.wiring", "scale_free"),
        ],
        &[
            ("parameters.topology", "network"),
            ("parameters.wiring", "random"),
            ("parameters.mean_degree", "3"),
        ],
    ];
    for case in cases {
        for lag in ["0", "0.7"] {
            let mut all = vec![
                ("population.count", "301"),
                ("parameters.phase_lag", lag),
                SILENT,
                ("dt", "0.0125"),
            ];
            all.extend_from_slice(case);
            let mut run = start("kuramoto", &all, 2);
            // The first step may sort the slots.
            run.advance(1).unwrap();
            let (phases, omegas) = state(&run);
            let expected = brute_force(&run, &phases, &omegas, 0.0125);
            run.advance(1).unwrap();
            let worst = state(&run)
                .0
                .into_iter()
                .zip(expected)
                .zip(&omegas)
                // A rotation in single precision errs by 10⁻⁷ of itself.
                .map(|((a, b), w)| distance(a, b) - 2e-7 * 0.0125 * w.abs())
                .fold(0.0, f64::max);
            assert!(worst < 1e-6, "{case:?} lag {lag}: {worst:e}");
        }
    }
}

#[test]
fn without_coupling_everybody_turns_at_its_own_frequency() {
    for dynamics in ["first_order", "second_order"] {
        let mut run = start(
            "kuramoto",
            &[
                ("population.count", "1000"),
                ("parameters.coupling", "0"),
                ("parameters.dynamics", dynamics),
                ("dt", "0.01"),
                SILENT,
            ],
            1,
        );
        let (before, omegas) = state(&run);
        run.advance(1000).unwrap();
        let time = run.clock().time;
        for ((a, b), w) in state(&run).0.into_iter().zip(before).zip(omegas) {
            // Half a quantum a half step, and the rounding of the rotation.
            let tolerance = 2000.0 * 1e-9 + 1.5e-7 * w.abs() * time + 1e-6;
            assert!(distance(a, b + w * time) < tolerance, "{w}");
        }
    }
}

/// Two oscillators: the difference obeys φ̇ = Δω − K sin φ and locks at sin φ = Δω/K. One alone
/// turns at its own frequency, and identical ones fall into step.
#[test]
fn one_two_and_identical_oscillators() {
    let uniform = ("parameters.frequencies", "uniform");
    let mut two = start(
        "kuramoto",
        &[
            ("population.count", "2"),
            uniform,
            ("parameters.coupling", "2"),
            SILENT,
        ],
        1,
    );
    two.advance(3000).unwrap();
    let (phases, omegas) = state(&two);
    assert_eq!(omegas, [-0.5, 0.5]);
    // Splitting shifts the fixed point by (K dt)², times a number below one.
    assert!(
        distance(phases[1] - phases[0], 0.5f64.asin()) < 4e-4,
        "{phases:?}"
    );
    let mut one = start(
        "kuramoto",
        &[
            ("population.count", "1"),
            ("parameters.mean_frequency", "2"),
            SILENT,
        ],
        1,
    );
    let before = state(&one).0[0];
    one.advance(100).unwrap();
    assert!(distance(state(&one).0[0], before + 2.0) < 1e-5);
    assert_eq!(scalar(&one, "order"), 1.0);
    let mut same = start(
        "kuramoto",
        &[
            ("population.count", "500"),
            ("parameters.frequencies", "identical"),
            SILENT,
        ],
        1,
    );
    same.advance(2000).unwrap();
    assert!(scalar(&same, "order") > 1.0 - 1e-9);
    assert!(
        same.measurements()
            .row()
            .values
            .iter()
            .all(|value| !value.is_infinite())
    );
}

/// Errors against a much finer step fall by four when the step is halved. Steps beyond the bound
/// keep the errors above the rounding of single precision, which is 10⁻⁶ here.
#[test]
fn the_integrator_is_of_second_order() {
    for dynamics in ["first_order", "second_order"] {
        let end = |dt: f64| {
            let mut run = start(
                "kuramoto",
                &[
                    ("population.count", "64"),
                    ("parameters.frequencies", "gaussian"),
                    ("parameters.coupling", "1"),
                    ("parameters.dynamics", dynamics),
                    SILENT,
                ],
                1,
            );
            run.submit(crate::sim::Action::SetDt(dt));
            run.advance((2.0 / dt).round() as u64).unwrap();
            state(&run).0
        };
        let exact = end(0.00625);
        let error = |dt: f64| {
            let square: f64 = end(dt)
                .iter()
                .zip(&exact)
                .map(|(a, b)| distance(*a, *b).powi(2))
                .sum();
            (square / 64.0).sqrt()
        };
        let errors = [error(0.2), error(0.1), error(0.05)];
        println!("{dynamics}: {errors:?}");
        for pair in errors.windows(2) {
            // The finest of these errors is 64 times that of the reference.
            let ratio = pair[0] / pair[1];
            assert!((3.6..4.5).contains(&ratio), "{dynamics}: {errors:?}");
        }
    }
}

/// In the limit of no inertia the motion is that of first order.
#[test]
fn little_inertia_is_none() {
    let end = |dynamics: &str| {
        let mut run = start(
            "kuramoto",
            &[
                ("population.count", "200"),
                ("parameters.frequencies", "gaussian"),
                ("parameters.dynamics", dynamics),
                ("parameters.inertia", "0.01"),
                ("parameters.coupling", "1"),
                ("dt", "0.001"),
                SILENT,
            ],
            1,
        );
        run.advance(3000).unwrap();
        state(&run).0
    };
    let (none, little) = (end("first_order"), end("second_order"));
    // The lag behind the force is m θ̈, about 0.01 radians and its sum over e-foldings of K.
    let worst = none
        .iter()
        .zip(&little)
        .map(|(a, b)| distance(*a, *b))
        .fold(0.0, f64::max);
    assert!(worst < 0.15, "{worst}");
}

/// The estimator's field, by cells, is that of the step, by lists: the local order of either.
#[test]
fn slots_are_sorted_and_tags_are_kept() {
    let mut run = start("moving_oscillators", &[("population.count", "500")], 2);
    run.advance(50).unwrap();
    let tags: Vec<u32> = run
        .with_sample(|s| s.column::<Tag>().iter().map(|t| t.0).collect())
        .unwrap();
    assert!(
        tags.windows(2).any(|pair| pair[0] > pair[1]),
        "nobody was sorted"
    );
    let mut sorted = tags;
    sorted.sort_unstable();
    assert_eq!(sorted, (0..500).collect::<Vec<u32>>());
}
