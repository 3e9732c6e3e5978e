//! Networks with closed forms, and the measures that must find them.

use super::super::super::domain::{Boundary, Domain};
use super::super::super::testing::same_on_any_threads;
use super::super::compare::*;
use super::super::degrees::ExpectedDegrees;
use super::super::graph::Graph;
use super::super::measure::*;
use super::super::sample::Clipping;

#[test]
fn lattices_have_their_degrees_clustering_and_paths() {
    let square = square(20, 30, true).unwrap();
    assert_eq!(degrees(&square.graph).counts, [0, 0, 0, 0, 600]);
    assert_eq!(clustering(&square.graph, usize::MAX, 0).global, 0.0);
    // On a torus the mean distance along an even axis of n is n/4 over all nodes with itself.
    let paths_of = paths(&square.graph, usize::MAX, 0);
    let expected = (20.0 + 30.0) / 4.0 * 600.0 / 599.0;
    assert!((paths_of.mean - expected).abs() < 1e-9, "{paths_of:?}");
    assert_eq!(
        (paths_of.longest, paths_of.connected, paths_of.error),
        (25, 1.0, 0.0)
    );
    let triangular = triangular(12, 10, true).unwrap();
    assert_eq!(degrees(&triangular.graph).counts, [0, 0, 0, 0, 0, 0, 120]);
    assert!((clustering(&triangular.graph, usize::MAX, 0).local - 0.4).abs() < 1e-12);
    for edge in triangular.graph.iter_edges() {
        let [a, b] = edge.map(|node| triangular.places[node as usize]);
        let mut r2 = 0.0;
        for axis in 0..2 {
            let d = (a[axis] - b[axis]).abs();
            r2 += d.min(triangular.size[axis] - d).powi(2);
        }
        assert!((r2 - 1.0_f64).abs() < 1e-9, "{edge:?}: {r2}");
    }
    let open = super::super::compare::square(4, 3, false).unwrap();
    assert_eq!(open.graph.edges(), 3 * 3 + 4 * 2);
    let ring = ring(100, 6).unwrap();
    // C = 3 (K − 2)/(4 (K − 1)) of a ring of K neighbours.
    assert!((clustering(&ring.graph, usize::MAX, 0).local - 0.6).abs() < 1e-12);
}

#[test]
fn small_worlds_keep_their_edges_and_lose_clustering() {
    let (nodes, degree) = (4000, 10);
    for rewired in [0.0, 0.05, 0.3, 1.0] {
        let graph = watts_strogatz(nodes, degree, rewired, 3).unwrap();
        assert_eq!(graph.edges(), nodes * degree / 2);
        // Barrat and Weigt (2000): C(p) = C(0) (1 − p)³ up to terms of order 1/N.
        let expected = 0.75 * 8.0 / 9.0 * (1.0_f64 - rewired).powi(3);
        let found = clustering(&graph, usize::MAX, 0);
        // Pairs of neighbours in triangles share edges: about nodes · degree/2 rewirings decide.
        let error = 3.0 * (rewired / (nodes * degree / 2) as f64).sqrt();
        assert!(
            (found.global - expected).abs() < 4.0 * error + 20.0 / nodes as f64,
            "{rewired}: {found:?}"
        );
    }
    let short = paths(&watts_strogatz(nodes, degree, 0.1, 1).unwrap(), 50, 0);
    assert!(
        short.mean < 10.0 && short.error > 0.0,
        "a ring would have 200: {short:?}"
    );
    assert!(watts_strogatz(10, 3, 0.1, 0).is_err());
    assert!(watts_strogatz(10, 10, 0.1, 0).is_err());
    assert!(watts_strogatz(10, 4, -0.1, 0).is_err());
    assert_eq!(
        watts_strogatz(5, 4, 1.0, 0).unwrap().edges(),
        10,
        "complete graphs stay"
    );
}

#[test]
fn preferential_ties_have_the_degrees_of_barabasi_and_albert() {
    let (nodes, ties) = (20_000, 2);
    let graph = barabasi_albert(nodes, ties, 5).unwrap();
    assert_eq!(graph.edges(), 3 + (nodes - 3) * ties);
    assert_eq!(graph, barabasi_albert(nodes, ties, 5).unwrap());
    let counts = degrees(&graph).counts;
    assert_eq!(counts[..ties].iter().sum::<u64>(), 0, "{:?}", &counts[..4]);
    // Dorogovtsev, Mendes and Samukhin (2000): the share of degrees of at least k is
    // m(m + 1)/(k(k + 1)), here within four binomial errors.
    for least in [3, 5, 10, 20] {
        let expected = (ties * (ties + 1)) as f64 / (least * (least + 1)) as f64;
        let found = counts[least..].iter().sum::<u64>() as f64 / nodes as f64;
        let error = (expected * (1.0 - expected) / nodes as f64).sqrt();
        assert!(
            (found - expected).abs() < 4.0 * error,
            "{least}: {found} instead of {expected}"
        );
    }
    assert_eq!(barabasi_albert(5, 4, 0).unwrap().edges(), 10);
    assert!(barabasi_albert(5, 5, 0).is_err());
    assert!(barabasi_albert(5, 0, 0).is_err());
    assert!(barabasi_albert(0, 1, 0).is_err());
}

#[test]
fn graphs_without_space_have_binomial_and_given_degrees() {
    let (nodes, p) = (20_000_usize, 3e-4);
    let graph = erdos_renyi(nodes, p, 7).unwrap();
    let pairs = 0.5 * nodes as f64 * (nodes as f64 - 1.0);
    let error = (pairs * p).sqrt();
    assert!(
        (graph.edges() as f64 - pairs * p).abs() < 4.0 * error,
        "{}",
        graph.edges()
    );
    let found = degrees(&graph);
    let mean = p * nodes as f64;
    assert!((found.excess - mean).abs() < 4.0 * (3.0 * mean / nodes as f64).sqrt() + 0.05);
    // S = 1 − e^{−⟨k⟩ S}.
    let mut share = 1.0_f64;
    for _ in 0..100 {
        share = 1.0 - (-mean * share).exp();
    }
    let (_, size) = components(&graph).giant().unwrap();
    let error = (share * (1.0 - share) / nodes as f64).sqrt();
    assert!((f64::from(size) / nodes as f64 - share).abs() < 5.0 * error);
    same_on_any_threads(|| erdos_renyi(20_000, 3e-4, 7).unwrap());
    assert_eq!(erdos_renyi(50, 1.0, 0).unwrap().edges(), 1225);
    assert_eq!(erdos_renyi(50, 0.0, 0).unwrap().edges(), 0);
    assert!(erdos_renyi(1_000_000, 0.01, 0).is_err());
    let degrees_given = ExpectedDegrees::Exponential { mean: 6.0 }
        .sample(20_000, 1)
        .unwrap();
    let graph = chung_lu(degrees_given.values(), 2).unwrap();
    let second: f64 = degrees_given.values().iter().map(|k| k * k).sum();
    let total: f64 = degrees_given.values().iter().sum();
    let found = degrees(&graph);
    // ⟨k² − k⟩/⟨k⟩ = ⟨κ²⟩/⟨κ⟩ for these κ; its error is dominated by the largest degrees.
    assert!(
        (found.excess - second / total).abs() < 0.3,
        "{} {}",
        found.excess,
        second / total
    );
    assert!((found.mean - total / 20_000.0).abs() < 4.0 * (12.0_f64 / 20_000.0).sqrt());
}

#[test]
fn geometric_graphs_join_exactly_the_near_pairs() {
    for boundary in [Boundary::Periodic, Boundary::Reflecting] {
        let domain = Domain::new([30.0, 20.0], boundary);
        for radius in [0.7, 1.8, 4.0] {
            let network = random_geometric(&domain, 700, radius, 4).unwrap();
            assert_eq!(network.clipping, Clipping::default());
            let mut near = 0;
            for i in 0..700_u32 {
                for j in 0..i {
                    let places = [i, j].map(|node| network.positions[node as usize]);
                    let [x, y] = domain.separation(places[0], places[1]).map(f64::from);
                    let joined = network.graph.neighbours(i).contains(&j);
                    let inside = x.hypot(y) < radius;
                    near += usize::from(inside);
                    // Single precision decides at the rim.
                    assert!(joined == inside || (x.hypot(y) - radius).abs() < 1e-5);
                }
            }
            assert!(near.abs_diff(network.graph.edges()) <= 1);
        }
    }
}

#[test]
fn samples_of_measures_agree_with_the_whole() {
    let graph = watts_strogatz(3000, 8, 0.1, 5).unwrap();
    let (all, some) = (
        clustering(&graph, usize::MAX, 1),
        clustering(&graph, 500, 1),
    );
    assert_eq!((all.local_error, some.nodes), (0.0, 500));
    assert!(
        (all.local - some.local).abs() < 4.0 * some.local_error,
        "{all:?} {some:?}"
    );
    let (all, some) = (paths(&graph, usize::MAX, 1), paths(&graph, 100, 1));
    assert!(
        (all.mean - some.mean).abs() < 4.0 * some.error,
        "{all:?} {some:?}"
    );
    let split = Graph::from_edges(6, &[[4, 5], [5, 1], [2, 3]]).unwrap();
    let found = components(&split);
    assert_eq!(found.labels, [0, 1, 2, 2, 1, 1]);
    assert_eq!(
        (found.sizes.as_slice(), found.giant()),
        (&[1, 3, 2][..], Some((1, 3)))
    );
    assert_eq!(
        components(&Graph::from_edges(0, &[]).unwrap()).giant(),
        None
    );
    let none = paths(&Graph::from_edges(2, &[]).unwrap(), 10, 0);
    assert_eq!((none.mean, none.connected), (0.0, 0.0));
}
