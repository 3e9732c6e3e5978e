//! Measures, with `SEETHE_FULL=1` in the environment: time of one thread per edge.

use std::time::Instant;

use super::super::super::domain::{Boundary, Domain};
use super::super::degrees::ExpectedDegrees;
use super::super::kernel::Kernel;
use super::super::sample::SpatialNetwork;
use super::super::shape::Shape;

/// The shortest of some runs, in seconds: on a machine with other work the least disturbed one.
fn least_of(runs: usize, mut run: impl FnMut() -> usize) -> (f64, usize) {
    let mut best = (f64::INFINITY, 0);
    for _ in 0..runs {
        let begin = Instant::now();
        let edges = run();
        let time = begin.elapsed().as_secs_f64();
        if time < best.0 {
            best = (time, edges);
        }
    }
    best
}

#[test]
fn time_per_edge_with_one_thread() {
    if std::env::var_os("SEETHE_FULL").is_none() {
        println!("skipped: set SEETHE_FULL=1 for the times of sampling");
        return;
    }
    let only = std::env::var("SEETHE_KERNEL").ok();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let k: f64 = 10.0;
    let plateau = (k * 0.5 / std::f64::consts::PI).sqrt();
    let tail = (k / std::f64::consts::PI).sqrt();
    let constant = ExpectedDegrees::Constant { mean: k };
    let cases = [
        (
            "soft (d0/d)^4",
            Kernel::local(Shape::Plateau {
                radius: plateau,
                exponent: 4.0,
            }),
            &constant,
        ),
        (
            "power law s=1",
            Kernel::local(Shape::PowerLaw {
                scale: tail,
                exponent: 1.0,
            }),
            &constant,
        ),
        (
            "power law s=0.5",
            Kernel::local(Shape::PowerLaw {
                scale: tail,
                exponent: 0.5,
            }),
            &constant,
        ),
        (
            "gaussian w=1.3",
            Kernel::local(Shape::Gaussian { width: 1.3 }),
            &constant,
        ),
        (
            "gaussian w=4",
            Kernel::local(Shape::Gaussian { width: 4.0 }),
            &constant,
        ),
        (
            "exponential l=2",
            Kernel::local(Shape::Exponential { length: 2.0 }),
            &constant,
        ),
        (
            "small world",
            Kernel::small_world(Shape::Gaussian { width: 1.3 }, 0.1),
            &constant,
        ),
        (
            "geometric",
            Kernel::local(Shape::FiniteRange { radius: tail }),
            &constant,
        ),
        ("uniform", Kernel::uniform(), &constant),
        (
            "gaussian w=4, exponential degrees",
            Kernel::local(Shape::Gaussian { width: 4.0 }),
            &ExpectedDegrees::Exponential { mean: k },
        ),
        (
            "power law s=1 a=4, power law degrees",
            Kernel::local(Shape::PowerLaw {
                scale: 4.0,
                exponent: 1.0,
            }),
            &ExpectedDegrees::PowerLaw {
                exponent: 2.5,
                least: 3.5,
                most: 200.0,
            },
        ),
    ];
    for (name, kernel, degrees) in cases {
        if only
            .as_ref()
            .is_some_and(|only| !name.contains(only.as_str()))
        {
            continue;
        }
        for nodes in [100_000_usize, 1_000_000] {
            let side = (nodes as f64).sqrt();
            let domain = Domain::new([side, side], Boundary::Periodic);
            let (time, edges) = pool.install(|| {
                least_of(if nodes > 500_000 { 5 } else { 21 }, || {
                    let network =
                        SpatialNetwork::sample(&domain, nodes, degrees, kernel, 1).unwrap();
                    network.graph.edges()
                })
            });
            let degree = 2.0 * edges as f64 / nodes as f64;
            println!(
                "{name} N={nodes} M={edges} <k>={degree:.3}: {:.1} ms = {:.4} M edges/s, {:.1} ns per edge",
                time * 1e3,
                edges as f64 / time * 1e-6,
                time / edges as f64 * 1e9
            );
        }
    }
}
