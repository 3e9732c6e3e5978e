//! The mean course of many outbreaks on one network against that of another program.

use std::collections::BTreeSet;

use super::chain::Run;
use crate::math::network::Graph;
use crate::math::statistics::Moments;
use crate::models::epidemic::dynamics::{Rates, health};

/// Time, mean number of infectious nodes and its standard error, mean number of removed nodes and
/// its standard error: 12,000 runs of `EoN.fast_SIR(G, 0.6, 1.0, initial_infecteds=[0, 100, 200,
/// 300])` of EoN 2.0 (J. C. Miller and T. Ting, J. Open Source Softw. 4, 1731 (2019)) on the
/// network of [`network`].
const REFERENCE: [[f64; 5]; 8] = [
    [1.0, 20.8676, 0.1144, 10.7680, 0.0462],
    [2.0, 55.4434, 0.2565, 48.2668, 0.2164],
    [3.0, 79.4477, 0.2441, 118.3248, 0.4412],
    [4.0, 71.4994, 0.1788, 196.1274, 0.5511],
    [5.0, 48.6269, 0.1692, 256.4385, 0.5424],
    [6.0, 28.1092, 0.1453, 294.2921, 0.4962],
    [7.0, 14.7948, 0.1080, 315.2173, 0.4596],
    [8.0, 7.4071, 0.0747, 325.8972, 0.4397],
];

/// A ring of 400 nodes, each joined to the next two and to the node 3i² + 7i + 11 modulo 400: local
/// edges and long ones, triangles, and degrees from 5 to 15, from a rule that any program can follow.
fn network() -> Graph {
    const NODES: u32 = 400;
    let mut edges = BTreeSet::new();
    for i in 0..NODES {
        for j in [i + 1, i + 2, 3 * i * i + 7 * i + 11] {
            let j = j % NODES;
            if i != j {
                edges.insert([i.min(j), i.max(j)]);
            }
        }
    }
    assert_eq!(edges.len(), 1188);
    let edges: Vec<_> = edges.into_iter().collect();
    Graph::from_edges(NODES as usize, &edges).unwrap()
}

#[test]
fn the_mean_outbreak_is_that_of_another_program() {
    let graph = network();
    let rates = Rates {
        transmission: 0.6,
        onset: f64::INFINITY,
        recovery: 1.0,
        waning: 0.0,
        immunity: true,
        detection: 0.0,
        coverage: 0.0,
        depth: 1,
    };
    let mut infectious = [Moments::default(); REFERENCE.len()];
    let mut removed = infectious;
    for seed in 0..12_000 {
        let mut run = Run::new(&graph, &[0, 100, 200, 300], rates, seed);
        for (place, reference) in REFERENCE.iter().enumerate() {
            run.advance(reference[0]);
            let census = run.dynamics.census();
            infectious[place].push(census[usize::from(health::INFECTIOUS)] as f64);
            removed[place].push(census[usize::from(health::REMOVED)] as f64);
        }
    }
    for (place, reference) in REFERENCE.iter().enumerate() {
        let pairs = [
            ("I", &infectious[place], &reference[1..3]),
            ("R", &removed[place], &reference[3..5]),
        ];
        for (name, ours, theirs) in pairs {
            let error = ours.standard_error().hypot(theirs[1]);
            let difference = ours.mean() - theirs[0];
            println!(
                "{name}({}) {:.3} {difference:.3} {error:.3}",
                reference[0],
                ours.mean()
            );
            // Sixteen comparisons: four errors are exceeded once in a thousand such tests.
            assert!(
                difference.abs() < 4.0 * error,
                "{name}({}) = {:.3}, and {:.3} elsewhere; error {error:.3}",
                reference[0],
                ours.mean(),
                theirs[0]
            );
        }
    }
}
