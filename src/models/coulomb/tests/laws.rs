//! What a run measures against what is known exactly for any number of charges.

use super::{agrees, cumulants, full, series, start};
use crate::math::coulomb::equilibrium::Equilibrium;
use crate::math::coulomb::independent::Independent;
use crate::math::coulomb::radial::{Radial, Trap};
use crate::math::gamma::incomplete_gamma;

/// Number of charges, β, space, dynamics, dt, steps between samples.
type Case = (usize, f64, &'static str, &'static str, &'static str, u64);

/// A gas, a liquid and nearly a crystal, in the plane and on a line, by both exact samplers.
const CASES: &[Case] = &[
    (1, 3.0, "plane", "mala", "0.3", 2),
    (2, 0.2, "plane", "mala", "0.2", 2),
    (16, 2.0, "plane", "mala", "0.03", 8),
    (24, 20.0, "plane", "mala", "0.03", 8),
    (12, 0.5, "plane", "metropolis", "0.3", 2),
    (20, 100.0, "plane", "metropolis", "12", 2),
    (10, 4.0, "line", "mala", "0.05", 6),
    (10, 1.0, "line", "metropolis", "0.2", 2),
];

/// With Σr² of the gamma law of shape a and rate β/2, the share P(a, β Σr²/2) of the law below it is
/// uniform: its mean is 1/2, the mean square of its distance from there 1/12.
fn the_sum_of_squares_has_its_gamma_law(samples: usize) {
    for &(count, beta, space, dynamics, dt, stride) in CASES {
        let (number, dimension) = (count as f64, if space == "line" { 1.0 } else { 2.0 });
        let shape = 0.5 * dimension * number + 0.25 * beta * number * (number - 1.0);
        let mut run = start(&[
            ("population.count", &count.to_string()),
            ("parameters.beta", &beta.to_string()),
            ("parameters.space", space),
            ("parameters.dynamics", dynamics),
            ("dt", dt),
        ]);
        let [share, square] = series(&mut run, 2000, stride, samples, |places| {
            let sum: f64 = places.iter().map(|[x, y]| x * x + y * y).sum();
            let [below, _] = incomplete_gamma(shape, 0.5 * beta * sum);
            [below, (below - 0.5).powi(2)]
        });
        let what = format!("N {count}, β {beta}, {space}, {dynamics}");
        agrees(&share, 0.5, 4.5, 0.03, &what);
        agrees(&square, 1.0 / 12.0, 4.5, 0.01, &format!("{what}, spread"));
    }
}

#[test]
fn the_sum_of_squares_has_its_gamma_law_at_any_temperature() {
    the_sum_of_squares_has_its_gamma_law(8000);
}

/// ΣV of a quartic trap without a hill and of a sixth power: the shape has the exponent in it.
#[test]
fn powers_of_the_distance_have_their_gamma_law() {
    for (trap, exponent, beta) in [("quartic", 4, 2.0), ("power", 6, 5.0)] {
        let (count, number) = (12, 12.0);
        let mut run = start(&[
            ("population.count", "12"),
            ("parameters.trap", trap),
            ("parameters.beta", &f64::to_string(&beta)),
            ("dt", "0.015"),
        ]);
        let shape = (2.0 * number + 0.5 * beta * number * (number - 1.0)) / f64::from(exponent);
        let [share, square] = series(&mut run, 2000, 8, 8000, |places| {
            let sum: f64 = places
                .iter()
                .map(|[x, y]| {
                    let x = x.hypot(*y) / f64::sqrt(number);
                    number * x.powi(exponent) / f64::from(exponent)
                })
                .sum();
            let [below, _] = incomplete_gamma(shape, beta * sum);
            [below, (below - 0.5).powi(2)]
        });
        agrees(&share, 0.5, 4.5, 0.03, &format!("{trap}, N {count}"));
        agrees(&square, 1.0 / 12.0, 4.5, 0.01, trap);
    }
}

/// κ₂ to κ₄ of r² and r⁴ from the sampler against the exact values of independent distances: within
/// 4.5 standard errors, which must be the given shares of the value.
fn cumulants_of_the_sampler(count: usize, dt: &str, stride: u64, samples: usize, shares: [f64; 3]) {
    let number = count as f64;
    let mut run = start(&[
        ("population.count", &count.to_string()),
        ("population.initial", "\"eigenvalues\""),
        ("dt", dt),
    ]);
    let lists = series(&mut run, 500, stride, samples, |places| {
        let squares = places.iter().map(|[x, y]| (x * x + y * y) / number);
        squares.fold([0.0; 2], |[second, fourth], square| {
            [second + square, fourth + square * square]
        })
    });
    let droplet = Equilibrium::new(&Trap {
        shape: Radial::Power {
            factor: 0.5,
            exponent: 2,
        },
        wall: None,
    });
    for (values, exponent) in lists.iter().zip([2, 4]) {
        let f = Radial::Power {
            factor: 1.0,
            exponent,
        };
        let exact = Independent::new(&droplet, &f, count).unwrap().cumulants;
        agrees(values, exact[0], 4.5, 0.1 * exact[1].sqrt(), "κ₁");
        for (q, [value, error]) in cumulants(values).into_iter().enumerate() {
            let theory = exact[q + 1];
            println!(
                "N {count}, r^{exponent}, κ{}: {value} ± {error}, exact {theory}",
                q + 2
            );
            // Of r² only the variance is asked for: its skewness is too small for a short run.
            let share = if exponent == 2 && q > 0 {
                f64::INFINITY
            } else {
                shares[q]
            };
            assert!(error < share * theory, "κ{} says nothing", q + 2);
            assert!(
                (value - theory).abs() < 4.5 * error,
                "N {count}, r^{exponent}, κ{}: {value} ± {error}, exact {theory}",
                q + 2
            );
        }
    }
}

#[test]
fn cumulants_are_those_of_finite_ginibre_matrices() {
    cumulants_of_the_sampler(16, "0.03", 6, 30_000, [0.03, 0.2, 1.5]);
    cumulants_of_the_sampler(100, "0.015", 12, 4000, [0.08, f64::INFINITY, f64::INFINITY]);
}

/// Minutes long: with SEETHE_FULL=1.
#[test]
fn long_runs_have_the_exact_laws() {
    if !full() {
        return;
    }
    the_sum_of_squares_has_its_gamma_law(200_000);
    cumulants_of_the_sampler(16, "0.03", 6, 1_000_000, [0.01, 0.05, 0.2]);
    cumulants_of_the_sampler(100, "0.015", 12, 60_000, [0.02, 0.4, f64::INFINITY]);
}
