//! Sums over pairs against plain double loops in double precision.

use std::f64::consts::TAU;

use super::*;
use crate::math::swarm::{Rates, Swarm, Tiles, all_pairs};
use crate::model::column::{NaturalFrequency, Phase, Position};
use crate::models::swarmalators::NaturalVelocity;

/// A swarm with a pseudo-random look.
pub fn swarm(count: usize) -> Swarm {
    let mut swarm = Swarm::default();
    swarm.resize(count.next_multiple_of(16));
    let mut word = 12345u64;
    let mut unit = || {
        word = word
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (word >> 40) as f64 / f64::from(1 << 24)
    };
    for i in 0..count {
        let (s, c) = (TAU * unit()).sin_cos();
        (swarm.x[i], swarm.y[i]) = ((2.0 * unit() - 1.0) as f32, (2.0 * unit() - 1.0) as f32);
        (swarm.cos[i], swarm.sin[i]) = (c as f32, s as f32);
    }
    swarm
}

/// The sums for one member in double precision, and the sum of the sizes of all terms.
pub fn exact(swarm: &Swarm, count: usize, attraction: f32, i: usize) -> ([f64; 3], f64) {
    let at = |column: &[f32], i: usize| f64::from(column[i]);
    let (mut sum, mut size) = ([0.0f64; 3], 0.0f64);
    for j in 0..count {
        let dx = at(&swarm.x, j) - at(&swarm.x, i);
        let dy = at(&swarm.y, j) - at(&swarm.y, i);
        let r2 = (dx * dx + dy * dy).max(1e-6);
        let cosine = at(&swarm.cos, j) * at(&swarm.cos, i) + at(&swarm.sin, j) * at(&swarm.sin, i);
        let sine = at(&swarm.sin, j) * at(&swarm.cos, i) - at(&swarm.cos, j) * at(&swarm.sin, i);
        let pull = (1.0 + f64::from(attraction) * cosine) / r2.sqrt() - 1.0 / r2;
        for (sum, term) in sum.iter_mut().zip([pull * dx, pull * dy, sine / r2.sqrt()]) {
            *sum += term;
            size += term.abs();
        }
    }
    (sum, size)
}

#[test]
fn all_pairs_are_the_double_loop() {
    for count in [1, 2, 3, 15, 16, 17, 33, 255, 256, 257, 300, 700, 2111] {
        let swarm = swarm(count);
        let mut rates = Rates::default();
        rates.resize(count);
        let attraction = 0.7f32;
        all_pairs(&swarm, count, attraction, &mut rates, &mut Tiles::default());
        for i in (0..count).step_by(1 + count / 97) {
            let (sum, size) = exact(&swarm, count, attraction, i);
            let found = [rates.x[i], rates.y[i], rates.phase[i]].map(f64::from);
            for axis in 0..3 {
                let expected = sum[axis] / count as f64;
                // Single precision, relative to the sum of sizes.
                let tolerance = 2e-6 * size / count as f64 + 1e-7;
                assert!(
                    (found[axis] - expected).abs() < tolerance,
                    "{count} {i} {axis}: {} {expected}",
                    found[axis]
                );
            }
        }
        // What one feels the other feels: nothing is left of the sum over all.
        let total: f64 = rates.x.iter().map(|&v| f64::from(v)).sum();
        assert!(total.abs() < 1e-4, "{count}: {total}");
    }
}

fn columns(run: &Simulation) -> [Vec<f64>; 4] {
    run.with_sample(|s| {
        let turn = TAU / 4_294_967_296.0;
        let f = |v: f32| f64::from(v);
        [
            s.column::<Position>()
                .iter()
                .map(|p| f64::from(p.0[0]) * turn)
                .collect(),
            s.column::<Phase>()
                .iter()
                .map(|p| f64::from(p.0) * turn)
                .collect(),
            s.column::<NaturalVelocity>()
                .iter()
                .map(|v| f(v.0))
                .collect(),
            s.column::<NaturalFrequency>()
                .iter()
                .map(|v| f(v.0))
                .collect(),
        ]
    })
    .unwrap()
}

#[test]
fn a_step_on_a_ring_is_that_of_the_sum_over_all_pairs() {
    let dt = 0.02;
    let mut all = vec![
        ("population.count", "203"),
        ("parameters.attraction", "1.3"),
        ("parameters.coupling", "-0.8"),
        ("parameters.frequencies", "gaussian"),
        ("dt", "0.02"),
    ];
    all.extend(RING);
    let mut run = start("swarmalators", &all, 2);
    for _ in 0..3 {
        let [x, theta, v, w] = columns(&run);
        let n = x.len();
        let rates = |x: &[f64], t: &[f64]| -> [Vec<f64>; 2] {
            let sum = |f: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
                (0..n)
                    .map(|i| (0..n).map(|j| f(i, j)).sum::<f64>() / n as f64)
                    .collect()
            };
            [
                sum(&|i, j| 1.3 * (x[j] - x[i]).sin() * (t[j] - t[i]).cos()),
                sum(&|i, j| -0.8 * (t[j] - t[i]).sin() * (x[j] - x[i]).cos()),
            ]
        };
        let turned = |a: &[f64], rate: &[f64], dt: f64| -> Vec<f64> {
            a.iter().zip(rate).map(|(a, r)| a + dt * r).collect()
        };
        let (hx, ht) = (turned(&x, &v, 0.5 * dt), turned(&theta, &w, 0.5 * dt));
        let first = rates(&hx, &ht);
        let second = rates(&turned(&hx, &first[0], dt), &turned(&ht, &first[1], dt));
        run.advance(1).unwrap();
        let [nx, nt, ..] = columns(&run);
        for i in 0..n {
            for (found, half, k, rate) in [(nx[i], hx[i], 0, v[i]), (nt[i], ht[i], 1, w[i])] {
                let expected = half + 0.5 * dt * (first[k][i] + second[k][i]) + 0.5 * dt * rate;
                let by = (found - expected) / TAU;
                assert!(
                    (by - by.round()).abs() * TAU < 1e-6,
                    "{i}: {found} {expected}"
                );
            }
        }
    }
}
