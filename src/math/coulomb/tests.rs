//! Closed forms against each other and against exact values.

use super::cumulants::Cumulants;
use super::deviation::Deviation;
use super::equilibrium::{Equilibrium, semicircle, semicircle_quantile};
use super::independent::Independent;
use super::radial::{Radial, Trap};
use super::{limit, matrices};
use crate::math::formula::Formula;
use crate::math::gamma::{Draws, gamma_density, incomplete_gamma};
use crate::math::philox::{Purpose, Stream};
use std::f64::consts::PI;

fn power(factor: f64, exponent: u32) -> Radial {
    Radial::Power { factor, exponent }
}

fn harmonic() -> Equilibrium {
    Equilibrium::new(&Trap {
        shape: power(0.5, 2),
        wall: None,
    })
}

fn draws(seed: u64) -> Draws {
    Draws::new(Stream::new(seed, 0, Purpose::InitialCondition), 0)
}

/// Values of physics.md 5, computed from independent Gamma(k).
#[test]
fn cumulants_at_beta_two_are_exact() {
    let table = [
        (2, 16, [8.5, 0.53125, 0.066_406, 0.012_451]),
        (2, 100, [50.5, 0.505, 0.0101, 3.03e-4]),
        (4, 16, [6.375, 1.369_63, 0.799_21, 0.830_12]),
        (4, 100, [34.34, 1.054_24, 0.086_589, 0.012_483]),
        (4, 1024, [342.334, 1.005_22, 0.007_873_7, 1.079_61e-4]),
    ];
    for (exponent, count, expected) in table {
        let exact = Independent::new(&harmonic(), &power(1.0, exponent), count).expect("regular");
        for (q, expected) in expected.into_iter().enumerate() {
            let relative = exact.cumulants[q] / expected - 1.0;
            assert!(
                relative.abs() < 1e-4,
                "r^{exponent}, N = {count}, κ{}: {relative}",
                q + 1
            );
        }
    }
}

/// ½ β^{1−q} N^{2−q} (d/dy)^{q−3}[h^q/y] for r² and r⁴, for several β.
#[test]
fn cumulants_of_many_charges_have_their_closed_form() {
    for beta in [0.5, 2.0, 20.0] {
        let number = 50.0;
        for (exponent, second, third, fourth) in [(2, 1.0, 4.0, 24.0), (4, 2.0, 32.0, 896.0)] {
            let found = limit::plane(&harmonic(), &power(1.0, exponent), 50, beta);
            let expected = [
                second / beta,
                third / (beta * beta * number),
                fourth / (beta.powi(3) * number * number),
            ];
            for (q, expected) in expected.into_iter().enumerate() {
                let value = found[q + 1].expect("a formula");
                assert!((value / expected - 1.0).abs() < 1e-6, "β {beta} κ{}", q + 2);
            }
        }
    }
}

#[test]
fn exact_cumulants_tend_to_those_of_many_charges() {
    let mixed = Radial::Formula(Formula::parse("r^4/4 + r^2/4", "r").expect("a formula"));
    for trap in [power(0.5, 2), Radial::Hollow { depth: 1.0 }, mixed] {
        let droplet = Equilibrium::new(&Trap {
            shape: trap.clone(),
            wall: None,
        });
        assert!(droplet.regular, "{trap:?}");
        let f = power(1.0, 2);
        let relative = |count: usize| {
            let exact = Independent::new(&droplet, &f, count)
                .expect("regular")
                .cumulants;
            let many = limit::plane(&droplet, &f, count, 2.0);
            [1, 2, 3].map(|q| (exact[q] / many[q].expect("a formula") - 1.0).abs())
        };
        let [few, many] = [relative(100), relative(1600)];
        for q in 0..3 {
            assert!(
                many[q] < 0.02 && many[q] <= few[q].max(1e-6),
                "{trap:?} κ{}: {few:?} {many:?}",
                q + 2
            );
        }
    }
}

#[test]
fn density_and_counts_at_beta_two_are_those_of_ginibre() {
    let count = 60;
    let exact = Independent::new(&harmonic(), &power(1.0, 2), count).expect("regular");
    let number = count as f64;
    for k in 1..60 {
        let x = 0.02 * f64::from(k) + 0.013;
        let square = number * x * x;
        let density = incomplete_gamma(number, square)[1] / PI;
        assert!((exact.density(x) - density).abs() < 2e-4, "{x}");
        let inside = (1..=count).map(|k| incomplete_gamma(k as f64, square));
        let [mean, variance] = inside.fold([0.0; 2], |sum, [p, q]| [sum[0] + p, sum[1] + p * q]);
        let [m, v] = exact.inside(x);
        assert!(
            (m - mean).abs() < 2e-3 && (v - variance).abs() < 2e-3,
            "{x}: {m} {mean}"
        );
    }
}

/// A droplet held by a wall has its charge on it, and Gauss's law inside.
#[test]
fn droplets_have_their_radii() {
    let hollow = Equilibrium::new(&Trap {
        shape: Radial::Hollow { depth: 1.0 },
        wall: None,
    });
    // R⁴ − R² = 1 and a² = 1.
    let edge = (0.5 * (1.0 + 5f64.sqrt())).sqrt();
    assert!((hollow.support[0] - 1.0).abs() < 1e-9 && (hollow.support[1] - edge).abs() < 1e-9);
    let wall = Equilibrium::new(&Trap {
        shape: power(0.2, 2),
        wall: Some(1.0),
    });
    assert!((wall.on_wall - 0.6).abs() < 1e-9 && (wall.support[1] - 1.0).abs() < 1e-9);
    assert!((wall.density(0.5) - 0.4 / PI).abs() < 1e-9);
    let inside = harmonic();
    assert!((inside.radius(0.25) - 0.5).abs() < 1e-9);
    assert!((inside.mean(|x| x * x) - 0.5).abs() < 1e-6);
    assert!((semicircle(50.0, 0.0) - 10.0 / PI).abs() < 1e-12);
    assert!(semicircle_quantile(0.5).abs() < 1e-12);
}

#[test]
fn traps_that_do_not_confine_are_refused() {
    let trap = |shape| Trap { shape, wall: None };
    assert!(trap(power(0.5, 2)).confines(100, 2.0, 2).is_ok());
    // r V′ tends to 4, and a single charge needs 2/β.
    let slow = || Radial::Formula(Formula::parse("2*ln(1+r^2)", "r").expect("a formula"));
    assert!(trap(slow()).confines(1, 2.0, 2).is_ok());
    assert!(trap(slow()).confines(1, 0.4, 2).is_err());
    let pole = Radial::Formula(Formula::parse("r^2 + 1/(r-1)", "r").expect("a formula"));
    assert!(trap(pole).confines(10, 2.0, 2).is_err());
    // Poles at no sample of the distance, and at the origin; a hill and a sharp valley have none.
    let typed = |text: &str| {
        trap(Radial::Formula(
            Formula::parse(text, "r").expect("a formula"),
        ))
    };
    for text in [
        "r^2/2 + 1/(r-0.9)",
        "r^2/2 - 1/(r-0.7123)^2",
        "r^2 - 0.01/r",
    ] {
        let refused = typed(text).confines(32, 2.0, 2);
        assert!(refused.is_err_and(|why| why.contains("bottom")), "{text}");
    }
    for text in [
        "r^4/4 - 3*r^2/2",
        "r^2/2 + 0.1*r",
        "r^2/2 - 50*exp(-1000*(r-0.5)^2)",
        "1e8*(r-1)^2",
    ] {
        assert_eq!(typed(text).confines(32, 2.0, 2), Ok(()), "{text}");
    }
    let flat = trap(power(0.0, 2)).confines(100, 2.0, 2);
    assert!(flat.is_err_and(|reason| reason.contains("logarithm")));
    assert!(trap(power(-1.0, 4)).confines(100, 2.0, 2).is_err());
    let wall = Trap {
        shape: power(0.0, 2),
        wall: Some(1.0),
    };
    assert!(wall.confines(100, 2.0, 2).is_ok());
}

/// For f = x² the tilted droplet only changes its radius, and L has the exact gamma law of shape
/// N + βN(N−1)/4: the rate of many charges tends to its rate as 1/N.
#[test]
fn large_deviations_of_squares_are_those_of_the_gamma_law() {
    for (count, beta) in [(100, 2.0), (400, 2.0), (200, 10.0)] {
        let number = f64::from(count);
        let shape = number + 0.25 * beta * number * (number - 1.0);
        let rate = Deviation::new(&harmonic(), &power(1.0, 2), count as usize, beta)
            .expect("a regular droplet");
        for k in -10..=10 {
            let z = 0.5 * f64::from(k);
            let value = shape + z * shape.sqrt();
            let exact = -(gamma_density(shape, 1.0, value) * (2.0 * PI * shape).sqrt()).ln();
            let found = rate.rate(z).expect("within six deviations");
            // The third cumulant in units of the second differs by a share of 2(1 − β/2)/βN + 1/2N at
            // most, and z³/3√a is what it contributes; Stirling's formula leaves 1/12a.
            let bound = (z.abs().powi(3) / 3.0 / shape.sqrt() + z.abs() / shape.sqrt())
                * (1.0 / number)
                * (1.0 + 2.0 / beta)
                + 0.2 / shape
                + 1e-3;
            assert!(
                (found - exact).abs() < bound,
                "N {count} β {beta} z {z}: {found} {exact}"
            );
        }
        assert_eq!(rate.rate(9.0), None);
    }
    // L cannot fall below zero, and here that is nearer than six deviations.
    let few = Deviation::new(&harmonic(), &power(1.0, 4), 16, 2.0).expect("a regular droplet");
    assert!(few.rate(-4.0).is_some_and(|rate| rate > 8.0) && few.rate(-6.0).is_none());
}

/// The tails of Σ x⁴ for 100 charges at β = 2 from 400,000 samples of independent distances: their
/// probabilities beyond two and three deviations, within four standard errors and what κ₃ at this N is
/// above its limit.
#[test]
fn large_deviations_have_the_tails_of_independent_distances() {
    let (count, samples) = (100u32, 400_000);
    let number = f64::from(count);
    let f = power(1.0, 4);
    let [mean, variance, third, _] = Independent::new(&harmonic(), &f, count as usize)
        .expect("regular")
        .cumulants;
    let sigma = variance.sqrt();
    let rate = Deviation::new(&harmonic(), &f, count as usize, 2.0).expect("a regular droplet");
    let limits = [-3.0, -2.0, 2.0, 3.0];
    let mut beyond = [0u32; 4];
    let mut draws = draws(5);
    for _ in 0..samples {
        let sum: f64 = (1..=count)
            .map(|k| (draws.gamma(f64::from(k)) / number).powi(2))
            .sum();
        let z = (sum - mean) / sigma;
        for (count, limit) in beyond.iter_mut().zip(limits) {
            *count += u32::from(if limit < 0.0 { z < limit } else { z > limit });
        }
    }
    for (seen, limit) in beyond.into_iter().zip(limits) {
        // The tail by the rule of trapezia.
        let sign = limit.signum();
        let expected: f64 = (0..290)
            .filter_map(|k| rate.rate(limit + sign * (0.01 * f64::from(k) + 0.005)))
            .map(|rate| 0.01 * (-rate).exp() / (2.0 * PI).sqrt())
            .sum();
        let seen = f64::from(seen) / f64::from(samples);
        let error = (expected / f64::from(samples)).sqrt();
        // κ₃ in units of σ³ of the limit is 0.08, and moves ln p by z³/6 of its difference.
        let skew = (third / sigma.powi(3) - 0.08).abs();
        let shift = expected * skew * (limit.abs().powi(3) / 6.0 + limit.abs());
        let bound = 4.0 * error + shift;
        assert!(
            (seen - expected).abs() < bound,
            "beyond {limit}: {seen} {expected} ± {bound}"
        );
    }
}

/// The eigenvalues of 16 × 16 matrices, 4,000 of them: κ₂ of the sum of squares within four standard
/// errors, which for nearly Gaussian samples is √(2/n) of it.
#[test]
fn eigenvalues_of_ginibre_matrices_have_the_exact_cumulants() {
    let mut draws = draws(7);
    let (count, samples) = (16, 4000);
    let number = count as f64;
    let mut sums = [Cumulants::default(), Cumulants::default()];
    let mut raw = [Vec::new(), Vec::new()];
    for _ in 0..samples {
        let values = matrices::ginibre(count, &mut draws).expect("eigenvalues");
        let squares = values.iter().map(|[x, y]| (x * x + y * y) / number);
        let [second, fourth] = squares.fold([0.0; 2], |sum, square| {
            [sum[0] + square, sum[1] + square * square]
        });
        for (which, value) in [second, fourth].into_iter().enumerate() {
            sums[which].push(value);
            raw[which].push(value);
        }
    }
    for (which, exponent) in [(0, 2), (1, 4)] {
        let exact = Independent::new(&harmonic(), &power(1.0, exponent), count).expect("regular");
        let n = samples as f64;
        let mean = raw[which].iter().sum::<f64>() / n;
        let variance = raw[which].iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        let [k1, k2, _, k4] = exact.cumulants;
        assert!((mean - k1).abs() < 4.0 * (k2 / n).sqrt(), "{mean} {k1}");
        let error = ((2.0 * k2 * k2 + k4) / n).sqrt();
        assert!((variance - k2).abs() < 4.0 * error, "{variance} {k2}");
        let [settled, error] = sums[which].get(2).expect("samples");
        assert!(
            (settled - k2).abs() < 4.5 * error,
            "{settled} ± {error}, {k2}"
        );
    }
}

/// Σ x² of the β-Hermite ensemble has the gamma law of shape N/2 + βN(N−1)/4 and rate β/2.
#[test]
fn eigenvalues_on_the_line_have_the_exact_gamma_law() {
    for (count, beta) in [(2, 1.0), (8, 4.0), (12, 0.3)] {
        let mut draws = draws(11);
        let number = f64::from(count);
        let shape = 0.5 * number + 0.25 * beta * number * (number - 1.0);
        let samples = 3000;
        let sum: f64 = (0..samples)
            .map(|_| {
                let values = matrices::hermite(count as usize, beta, &mut draws);
                values.iter().map(|x| x * x).sum::<f64>()
            })
            .sum();
        let mean = sum / f64::from(samples);
        let [exact, error] = [
            2.0 * shape / beta,
            (shape / f64::from(samples)).sqrt() * 2.0 / beta,
        ];
        assert!(
            (mean - exact).abs() < 4.0 * error,
            "N {count} β {beta}: {mean} {exact}"
        );
    }
}
