//! The fast sum against plain double loops in double precision.

use std::f64::consts::TAU;

use super::pairs::{exact, swarm};
use crate::math::swarm::fast::{Fast, all_pairs};
use crate::math::swarm::{Rates, Swarm, Tiles};

fn rates(swarm: &Swarm, count: usize, fast: &mut Fast) -> Rates {
    let mut rates = Rates::default();
    rates.resize(count);
    all_pairs(swarm, count, 0.7, &mut rates, fast);
    rates
}

/// The largest error of any rate relative to the sum of the sizes of its terms, over some members.
fn error(swarm: &Swarm, count: usize, rates: &Rates) -> f64 {
    let mut worst = 0.0f64;
    for i in (0..count).step_by(1 + count / 61) {
        let (sum, size) = exact(swarm, count, 0.7, i);
        let found = [rates.x[i], rates.y[i], rates.phase[i]];
        for axis in 0..3 {
            let error = f64::from(found[axis]) - sum[axis] / count as f64;
            worst = worst.max(error.abs() / (size / count as f64));
        }
    }
    worst
}

/// A swarm in which places follow from a number in [0, 1) twice.
fn placed(count: usize, place: impl Fn(f64, f64) -> [f64; 2]) -> Swarm {
    let mut swarm = swarm(count);
    for i in 0..count {
        let [u, v] = [swarm.x[i], swarm.y[i]].map(|at| 0.5 + 0.5 * f64::from(at));
        let [x, y] = place(u, v);
        (swarm.x[i], swarm.y[i]) = (x as f32, y as f32);
    }
    swarm
}

/// The typical error of a single term, as the test of the tables finds it: a sum over many members errs
/// by less of the sum of the sizes of its terms.
const MOST: f64 = 1e-5;

#[test]
fn the_fast_sum_is_the_double_loop_for_any_swarm() {
    type Place = fn(f64, f64) -> [f64; 2];
    let swarms: [(&str, Place); 6] = [
        ("square", |u, v| [u, v]),
        ("disc", |u, v| {
            [(TAU * u).cos() * v.sqrt(), (TAU * u).sin() * v.sqrt()]
        }),
        ("ring", |u, v| {
            [
                (TAU * u).cos() * (1.0 + 0.1 * v),
                (TAU * u).sin() * (1.0 + 0.1 * v),
            ]
        }),
        ("line", |u, v| [100.0 * u, 1e-3 * v]),
        ("two clumps", |u, v| {
            [if v < 0.5 { 0.1 * u } else { 7.0 + 0.1 * u }, 0.2 * v]
        }),
        ("far away", |u, v| [1000.0 + 5.0 * u, -300.0 + 5.0 * v]),
    ];
    let mut fast = Fast::default();
    for (name, place) in swarms {
        for count in [2048, 3001, 9000] {
            let swarm = placed(count, place);
            let found = error(&swarm, count, &rates(&swarm, count, &mut fast));
            println!("{name} {count}: {found:e}");
            // Coordinates that are large beside the swarm have lost digits before the sum.
            assert!(found < MOST, "{name} {count}: {found:e}");
        }
    }
}

#[test]
fn few_and_those_in_one_place_are_summed_directly() {
    let direct = |swarm: &Swarm, count: usize| {
        let mut rates = Rates::default();
        rates.resize(count);
        crate::math::swarm::all_pairs(swarm, count, 0.7, &mut rates, &mut Tiles::default());
        rates
    };
    let few = swarm(700);
    let one = placed(3000, |_, _| [0.25, -0.5]);
    // One that is far from all others leaves them in one cell.
    let mut apart = placed(5000, |u, v| [1e-4 * u, 1e-4 * v]);
    apart.x[77] = 1e4;
    for (swarm, count) in [(&few, 700), (&one, 3000), (&apart, 5000)] {
        let (found, expected) = (
            rates(swarm, count, &mut Fast::default()),
            direct(swarm, count),
        );
        assert_eq!(found.x, expected.x);
        assert_eq!(found.y, expected.y);
        assert_eq!(found.phase, expected.phase);
    }
}

#[test]
fn what_is_not_finite_is_not_hidden() {
    for wrong in [f32::NAN, f32::INFINITY] {
        let mut swarm = swarm(4000);
        swarm.x[5] = wrong;
        let rates = rates(&swarm, 4000, &mut Fast::default());
        assert!(!rates.x[5].is_finite());
    }
}

#[test]
fn the_fast_sum_has_the_same_bits_for_any_number_of_threads_and_in_used_memory() {
    let mut used = Fast::default();
    let large = swarm(9000);
    rates(&large, 9000, &mut used);
    let swarm = swarm(5555);
    let on = |threads: usize, fast: &mut Fast| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| rates(&swarm, 5555, fast))
    };
    let one = on(1, &mut Fast::default());
    for other in [on(3, &mut Fast::default()), on(2, &mut used)] {
        let bits = |column: &[f32]| column.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&one.x), bits(&other.x));
        assert_eq!(bits(&one.y), bits(&other.y));
        assert_eq!(bits(&one.phase), bits(&other.phase));
    }
}
