//! The sampler against the rule it samples.

use super::super::super::domain::{Boundary, Domain};
use super::super::super::testing::{Random, same_on_any_threads};
use super::super::degrees::ExpectedDegrees;
use super::super::error::NetworkError;
use super::super::geometry::Geometry;
use super::super::graph::GraphError;
use super::super::kernel::{Kernel, Placed};
use super::super::measure::{clustering, degrees, edge_lengths};
use super::super::plan::CLIPPED;
use super::super::sample::{Clipping, SpatialNetwork, join};
use super::super::shape::{Shape, tests::SHAPES};

/// Real distance of two nodes.
fn distance(domain: &Domain, a: [u32; 2], b: [u32; 2]) -> f64 {
    let (a, b) = (domain.real(a), domain.real(b));
    let mut r2 = 0.0;
    for axis in 0..2 {
        let d = (a[axis] - b[axis]).abs();
        let side = domain.size[axis];
        r2 += if domain.is_periodic() {
            d.min(side - d)
        } else {
            d
        }
        .powi(2);
    }
    r2.sqrt()
}

/// Distance bins and classes of κ_i κ_j of the chi-square.
const BINS: usize = 12;
const CLASSES: usize = 3;

/// Bin and class of a pair.
fn place(r: f64, product: f64, mean: f64) -> usize {
    let bin = ((r / 1.5) as usize).min(BINS - 1);
    let class = usize::from(product > mean * mean) + usize::from(product > 6.0 * mean * mean);
    bin * CLASSES + class
}

/// Chi-square of the edges of many seeds against p_ij of every pair, summed by bins of distance
/// and classes of degree. Degrees of freedom: the bins with five or more expected edges.
fn chi_square(domain: &Domain, expected: &[f64], kernel: Kernel, seeds: u64) -> (f64, f64) {
    let positions = Random(11).positions(domain, expected.len());
    let placed = Placed::new(kernel, Geometry::from(domain)).unwrap();
    let mean = expected.iter().sum::<f64>() / expected.len() as f64;
    let density = expected.len() as f64 / domain.area();
    // For each bin: expectation and variance per seed by brute force, and what was drawn.
    let mut bins = vec![[0.0_f64; 3]; BINS * CLASSES];
    for i in 0..expected.len() {
        for j in 0..i {
            let (r, product) = (
                distance(domain, positions[i], positions[j]),
                expected[i] * expected[j],
            );
            let p = (product * placed.density(r * r) / (density * mean)).min(1.0);
            let bin = &mut bins[place(r, product, mean)];
            bin[0] += p;
            bin[1] += p * (1.0 - p);
        }
    }
    for seed in 0..seeds {
        let (graph, _) = join(domain, &positions, expected, kernel, seed).unwrap();
        for [a, b] in graph.iter_edges() {
            let [i, j] = [a as usize, b as usize];
            let r = distance(domain, positions[i], positions[j]);
            bins[place(r, expected[i] * expected[j], mean)][2] += 1.0;
        }
    }
    let (mut sum, mut freedom) = (0.0, 0.0);
    for [expectation, variance, drawn] in bins {
        let expectation = expectation * seeds as f64;
        let variance = variance * seeds as f64;
        if variance >= 5.0 {
            sum += (drawn - expectation).powi(2) / variance;
            freedom += 1.0;
        } else {
            // Certain edges are all there, impossible ones are not.
            assert!((drawn - expectation).abs() <= 5.0 * variance.sqrt() + 3.0);
        }
    }
    (sum, freedom)
}

#[test]
fn edges_have_the_probabilities_of_every_pair() {
    let nodes = 1500;
    let constant = vec![8.0; nodes];
    let spread = ExpectedDegrees::Exponential { mean: 8.0 }
        .sample(nodes, 3)
        .unwrap();
    let heavy = ExpectedDegrees::PowerLaw {
        exponent: 2.2,
        least: 2.0,
        most: 300.0,
    };
    let heavy = heavy.sample(nodes, 4).unwrap();
    let domains = [
        Domain::new([40.0, 37.0], Boundary::Periodic),
        Domain::new([12.0, 125.0], Boundary::Periodic),
        Domain::new([45.0, 33.0], Boundary::Reflecting),
        Domain::new([200.0, 7.5], Boundary::Open),
    ];
    let kernels = SHAPES.map(Kernel::local).into_iter().chain([
        Kernel::small_world(Shape::Gaussian { width: 1.5 }, 0.3),
        Kernel::uniform(),
    ]);
    for (k, kernel) in kernels.enumerate() {
        for (d, domain) in domains.iter().enumerate() {
            let expected = [&constant[..], spread.values(), heavy.values()][(k + d) % 3];
            let (chi2, freedom) = chi_square(domain, expected, kernel, 12);
            // χ² has variance 2ν; 36 tests, hence five standard deviations.
            let excess = (chi2 - freedom) / (2.0 * freedom).sqrt();
            assert!(
                freedom >= 2.0 && excess.abs() < 5.0,
                "{kernel:?} {domain:?}: {excess:.1} of {freedom}"
            );
        }
    }
}

#[test]
fn expected_degrees_are_recovered() {
    let nodes = 20_000;
    let domain = Domain::new([100.0, 200.0], Boundary::Periodic);
    let degrees = ExpectedDegrees::Bimodal {
        low: 2.0,
        high: 22.0,
        share: 0.1,
    };
    for kernel in [
        Kernel::local(Shape::Gaussian { width: 6.0 }),
        Kernel::local(Shape::PowerLaw {
            scale: 8.0,
            exponent: 0.8,
        }),
        Kernel::small_world(Shape::Exponential { length: 4.0 }, 0.5),
    ] {
        let network = SpatialNetwork::sample(&domain, nodes, &degrees, kernel, 9).unwrap();
        assert_eq!(network.clipping, Clipping::default(), "{kernel:?}");
        for kind in [2.0, 22.0] {
            let of_kind: Vec<f64> = (0..nodes)
                .filter(|&node| network.expected.of(node) == kind)
                .map(|node| network.graph.degree(node as u32) as f64)
                .collect();
            let count = of_kind.len() as f64;
            let mean = of_kind.iter().sum::<f64>() / count;
            // A degree is Poisson; edges within a kind count twice, which at most doubles the
            // variance of the sum.
            let error = (2.0 * kind / count).sqrt();
            assert!(
                (mean - kind).abs() < 3.0 * error,
                "{kernel:?} {kind}: {mean} ± {error}"
            );
        }
    }
}

#[test]
fn the_network_of_the_reference_has_its_degrees_and_clustering() {
    // ⟨k⟩ = 6 ± 0.05, ⟨k² − k⟩/⟨k⟩ = 6 ± 0.1; clustering κ/(3 · 2πρw²).
    for (neighbours, expected) in [(100.0, 0.020), (25.0, 0.079)] {
        let width = f64::sqrt(neighbours / std::f64::consts::TAU);
        let domain = Domain::new([200.0, 200.0], Boundary::Periodic);
        let kernel = Kernel::local(Shape::Gaussian { width });
        let constant = ExpectedDegrees::Constant { mean: 6.0 };
        let network = SpatialNetwork::sample(&domain, 40_000, &constant, kernel, 2).unwrap();
        let measured = degrees(&network.graph);
        assert!((measured.mean - 6.0).abs() < 0.05, "{}", measured.mean);
        assert!((measured.excess - 6.0).abs() < 0.1, "{}", measured.excess);
        let found = clustering(&network.graph, usize::MAX, 0);
        // Every one of about 3N/2·κ² pairs of neighbours is joined or not.
        let error = (expected / (0.5 * 36.0 * 40_000.0_f64)).sqrt();
        assert!(
            (found.global - expected).abs() < 0.0006 + 4.0 * error,
            "{found:?}"
        );
        let bounds: Vec<f64> = (0..=20).map(|k| f64::from(k) * 0.2 * width).collect();
        let lengths = edge_lengths(&domain, &network.positions, &network.graph, &bounds);
        let placed = Placed::new(kernel, Geometry::from(&domain)).unwrap();
        let edges = network.graph.edges() as f64;
        for (count, share) in lengths.iter().zip(placed.length_shares(&bounds)) {
            let error = (edges * share).sqrt();
            assert!((*count as f64 - edges * share).abs() < 4.5 * error + 1.0);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_network_on_any_number_of_threads() {
    let domain = Domain::new([90.0, 60.0], Boundary::Periodic);
    let degrees = ExpectedDegrees::PowerLaw {
        exponent: 2.5,
        least: 3.0,
        most: 80.0,
    };
    let kernel = Kernel::small_world(
        Shape::PowerLaw {
            scale: 2.0,
            exponent: 1.0,
        },
        0.1,
    );
    let sample = |seed| SpatialNetwork::sample(&domain, 20_000, &degrees, kernel, seed).unwrap();
    same_on_any_threads(|| sample(5));
    assert_ne!(sample(5).graph, sample(6).graph);
}

#[test]
fn probabilities_above_one_are_clipped_and_reported() {
    let domain = Domain::new([30.0, 30.0], Boundary::Periodic);
    let mut expected = vec![3.0; 900];
    expected[17] = 60.0;
    expected[500] = 70.0;
    let positions = Random(2).positions(&domain, 900);
    let kernel = Kernel::local(Shape::Gaussian { width: 1.5 });
    let (graph, clipping) = join(&domain, &positions, &expected, kernel, 1).unwrap();
    let placed = Placed::new(kernel, Geometry::from(&domain)).unwrap();
    let total: f64 = expected.iter().sum();
    let (mut pairs, mut missing) = (0, 0.0);
    let mut nodes = std::collections::BTreeSet::new();
    for i in 0..900 {
        for j in 0..i {
            let r = distance(&domain, positions[i], positions[j]);
            let p = expected[i] * expected[j] * placed.density(r * r) * domain.area() / total;
            assert!(p <= 1.0 || graph.neighbours(i as u32).contains(&(j as u32)));
            if p > CLIPPED {
                pairs += 1;
                missing += p - 1.0;
                nodes.extend([i as u32, j as u32]);
            }
        }
    }
    assert!(pairs > 10 && nodes.contains(&17) && nodes.contains(&500));
    assert_eq!(clipping.pairs, pairs);
    assert_eq!(clipping.nodes, nodes.into_iter().collect::<Vec<_>>());
    assert!((clipping.missing / missing - 1.0).abs() < 1e-4);
}

#[test]
fn what_cannot_be_sampled_is_refused() {
    let domain = Domain::new([10.0, 10.0], Boundary::Open);
    let kernel = Kernel::local(Shape::Gaussian { width: 1.0 });
    let sample = |nodes, mean| {
        SpatialNetwork::sample(
            &domain,
            nodes,
            &ExpectedDegrees::Constant { mean },
            kernel,
            0,
        )
    };
    let edges = sample(2_000_000, 1000.0).unwrap_err();
    assert_eq!(
        edges,
        GraphError::TooManyEdges {
            edges: 1_000_000_000
        }
        .into()
    );
    assert!(matches!(
        sample(usize::MAX, 1.0),
        Err(NetworkError::Graph(_))
    ));
    let outside = join(&domain, &[domain.fixed([6.0, 0.0])], &[1.0], kernel, 0);
    assert_eq!(outside, Err(NetworkError::Outside { node: 0 }));
    // A million nodes at one point.
    let crowd = vec![domain.fixed([1.0, 1.0]); 1_000_000];
    let narrow = Kernel::local(Shape::Gaussian { width: 0.01 });
    let crowded = join(&domain, &crowd, &vec![5.0; 1_000_000], narrow, 0);
    assert!(
        matches!(crowded, Err(NetworkError::Crowded { .. })),
        "{:?}",
        crowded.err()
    );
    for nodes in [0, 1, 2, 3, 10] {
        let network = sample(nodes, 1.0).unwrap();
        assert_eq!(network.graph.nodes(), nodes);
    }
}
