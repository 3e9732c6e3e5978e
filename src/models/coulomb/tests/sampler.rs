//! The samplers themselves: reversibility, the bias of the Langevin step, spacings on the line.

use std::collections::BTreeMap;

use super::{agrees, places, series, start};
use crate::math::coulomb::matrices;
use crate::math::gamma::{Draws, incomplete_gamma};
use crate::math::longrange::Method;
use crate::math::philox::{Purpose, Stream};
use crate::model::column::{Force, Tag};
use crate::models::coulomb::gas::Field;
use crate::models::coulomb::step::Tally;
use crate::models::coulomb::survey::{force_error, values};
use crate::sim::Simulation;

fn acceptance(run: &Simulation) -> f64 {
    let tally = run.world().resource::<Tally>();
    tally.accepted as f64 / tally.proposed as f64
}

/// Two charges: the square of the half-sum of their places is exponential of rate β, that of their
/// difference has the gamma law of shape 1 + β/2 and rate β/4, and both are independent. The plane of
/// the two shares of these laws is cut into 5 × 3 equally likely fields: every field is visited as
/// often, and every way is gone as often as its way back. In a reversible chain the variance of the
/// difference of two counts is at most their sum.
#[test]
fn two_charges_are_in_detailed_balance() {
    for (dynamics, beta, dt) in [
        ("mala", 2.0, "0.5"),
        ("mala", 20.0, "0.4"),
        ("metropolis", 2.0, "0.5"),
    ] {
        let mut run = start(&[
            ("population.count", "2"),
            ("parameters.beta", &f64::to_string(&beta)),
            ("parameters.dynamics", dynamics),
            ("dt", dt),
        ]);
        let [fields] = series(&mut run, 500, 1, 60_000, |places| {
            let [[a, b], [c, d]] = [places[0], places[1]];
            let middle = 0.25 * ((a + c).powi(2) + (b + d).powi(2));
            let apart = (a - c).powi(2) + (b - d).powi(2);
            let [one, _] = incomplete_gamma(1.0 + 0.5 * beta, 0.25 * beta * apart);
            let other = 1.0 - (-beta * middle).exp();
            [(5.0 * one).floor().min(4.0) * 3.0 + (3.0 * other).floor().min(2.0)]
        });
        let accepted = acceptance(&run);
        assert!(accepted > 0.2 && accepted < 0.97, "{dynamics}: {accepted}");
        for field in 0..15 {
            let inside: Vec<f64> = fields
                .iter()
                .map(|&one| f64::from(one == f64::from(field)))
                .collect();
            agrees(
                &inside,
                1.0 / 15.0,
                4.5,
                0.01,
                &format!("{dynamics} β {beta} field {field}"),
            );
        }
        // A sweep of Metropolis moves in a fixed order is stationary, but not reversible.
        if dynamics == "metropolis" {
            continue;
        }
        let mut ways: BTreeMap<[u8; 2], f64> = BTreeMap::new();
        for pair in fields.windows(2) {
            *ways.entry([pair[0] as u8, pair[1] as u8]).or_default() += 1.0;
        }
        let mut looked = 0;
        for (&[from, to], forth) in ways.iter().filter(|([from, to], _)| from < to) {
            let back = ways.get(&[to, from]).copied().unwrap_or(0.0);
            if forth + back > 200.0 {
                looked += 1;
                assert!(
                    (forth - back).abs() < 4.5 * (forth + back).sqrt(),
                    "{dynamics} β {beta}, {from} to {to}: {forth} and {back}"
                );
            }
        }
        assert!(looked > 30, "{looked}");
    }
}

/// The mean of Σr² by the Euler–Maruyama scheme in a harmonic trap is too large by dt ⟨ΣF²⟩/2, which
/// is dt N/β to first order. Along the run the known kicks, whose products with the places before have
/// the mean zero, are taken out as control variates, and so is the difference of both ends: what is left
/// of the noise is a hundredth of the bias.
#[test]
fn the_bias_of_the_langevin_step_shrinks_as_dt() {
    let (count, number, beta) = (16, 16.0, 4.0);
    let exact = 0.5 * number * (number - 1.0) + 2.0 * number / beta;
    let bias = |dt: f64, steps: u64| {
        let mut run = start(&[
            ("population.count", &i32::to_string(&count)),
            ("parameters.beta", "4"),
            ("parameters.dynamics", "langevin"),
            ("dt", &dt.to_string()),
        ]);
        run.advance((10.0 / dt) as u64).unwrap();
        let noise = (2.0 * dt / beta).sqrt();
        let square =
            |places: &[[f64; 2]]| -> f64 { places.iter().map(|[x, y]| x * x + y * y).sum() };
        let first = square(&places(&run));
        let [mut mean, mut control] = [0.0; 2];
        for _ in 0..steps {
            let before = places(&run);
            let clock = run.clock();
            let stream = Stream::new(clock.seed, clock.step, Purpose::Translation);
            run.advance(1).unwrap();
            let (forces, tags) = run
                .with_sample(|sample| {
                    let forces: Vec<[f32; 2]> =
                        sample.column::<Force>().iter().map(|one| one.0).collect();
                    let tags: Vec<u32> = sample.column::<Tag>().iter().map(|one| one.0).collect();
                    (forces, tags)
                })
                .unwrap();
            mean += square(&before);
            for slot in 0..before.len() {
                let kick = stream.gaussians(tags[slot], 0);
                for axis in 0..2 {
                    let kick = noise * f64::from(kick[axis]);
                    let drift = dt * f64::from(forces[slot][axis]);
                    control += 2.0 * (before[slot][axis] + drift) * kick + kick * kick;
                }
            }
        }
        let steps = steps as f64;
        let zero = control / (2.0 * dt * steps) - 2.0 * number / beta;
        let ends = (square(&places(&run)) - first) / (2.0 * dt * steps);
        mean / steps - zero + ends - exact
    };
    let found = [(0.02, 10_000), (0.01, 20_000), (0.005, 40_000)]
        .map(|(dt, steps)| bias(dt, steps) / (dt * number / beta));
    println!("bias over dt N/β: {found:?}");
    // The next order is some ten percent at the largest step, where close pairs feel it.
    for (relative, within) in found.into_iter().zip([0.2, 0.12, 0.08]) {
        assert!((relative - 1.0).abs() < within, "{found:?}");
    }
}

/// Variances of the spacings of neighbours in units of their mean for many eigenvalues: 0.286 (GOE),
/// 0.180 (GUE), 0.104 (GSE); Mehta, *Random Matrices*, 3rd edition. Wigner's surmise has 0.273, 0.178
/// and 0.104. The same from exact eigenvalues of tridiagonal matrices.
#[test]
fn spacings_on_the_line_are_those_of_random_matrices() {
    let count = 64;
    let spread = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        let middle = &values[count / 4..3 * count / 4];
        let spacings: Vec<f64> = middle.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = spacings.iter().sum::<f64>() / spacings.len() as f64;
        let squares: f64 = spacings.iter().map(|one| (one / mean - 1.0).powi(2)).sum();
        squares / spacings.len() as f64
    };
    for (beta, theory) in [(1.0, 0.286), (2.0, 0.180), (4.0, 0.104)] {
        let mut run = start(&[
            ("population.count", "64"),
            ("parameters.space", "line"),
            ("parameters.beta", &f64::to_string(&beta)),
            ("parameters.dynamics", "metropolis"),
            ("dt", &f64::to_string(&(0.03 * beta))),
        ]);
        let [found] = series(&mut run, 500, 3, 3000, |places| {
            assert!(places.iter().all(|place| place[1].abs() < 1e-4));
            let mut line: Vec<f64> = places.iter().map(|place| place[0]).collect();
            [spread(&mut line)]
        });
        let mut draws = Draws::new(Stream::new(3, 0, Purpose::InitialCondition), 0);
        let matrices: Vec<f64> = (0..1500)
            .map(|_| spread(&mut matrices::hermite(count, beta, &mut draws)))
            .collect();
        let [ours, exact] =
            [&found, &matrices].map(|list| crate::math::correlation::estimate(list));
        println!(
            "β {beta}: {} ± {}, matrices {} ± {}",
            ours.mean, ours.error, exact.mean, exact.error
        );
        let error = ours.error.hypot(exact.error);
        assert!(error < 0.02 * theory, "{error}");
        assert!((ours.mean - exact.mean).abs() < 4.5 * error, "β {beta}");
        // That all spacings of a sample are measured by their own mean takes away a few hundredths.
        assert!(
            (ours.mean / theory - 1.0).abs() < 0.06,
            "β {beta}: {}",
            ours.mean
        );
    }
}

/// The fast sums keep the accuracy that is asked for, and differences of the energy, on which
/// decisions depend, are those of the direct sum within a few percent of the temperature.
#[test]
fn both_ways_to_sum_sample_the_same_gas() {
    let mut run = start(&[
        ("population.count", "3000"),
        ("parameters.dynamics", "langevin"),
        ("dt", "0.01"),
    ]);
    let methods: Vec<Method> = [1e-3, 1e-4, 1e-6]
        .map(|accuracy| Method::Fast { accuracy })
        .into_iter()
        .chain([Method::Direct])
        .collect();
    let energies = |run: &Simulation| -> Vec<f64> {
        let of = |&method: &Method| {
            run.with_sample(|sample| {
                let mut field = sample.resource::<Field>().unwrap().clone();
                field.method = method;
                let mut solver = field.solver().unwrap();
                let (places, values) = (sample.positions(), values(sample));
                field.energy(&mut solver, &sample.domain, places, values)
            })
            .unwrap()
        };
        methods.iter().map(of).collect()
    };
    let before = energies(&run);
    run.advance(30).unwrap();
    let after = energies(&run);
    let changes: Vec<f64> = before.iter().zip(&after).map(|(a, b)| b - a).collect();
    println!("{before:?} {changes:?}");
    for (change, within) in changes.iter().zip([1.0, 0.05, 0.005]) {
        // β = 2.
        assert!(2.0 * (change - changes[3]).abs() < within, "{changes:?}");
    }
    // The default: many charges fast, few directly.
    let method = |run: &Simulation| run.world().resource::<Field>().method;
    assert_eq!(method(&run), Method::Fast { accuracy: 1e-4 });
    assert_eq!(method(&start(&[])), Method::Direct);
    let achieved = run.with_sample(force_error).unwrap();
    assert!(achieved > 0.0 && achieved < 1e-4, "{achieved}");
}
