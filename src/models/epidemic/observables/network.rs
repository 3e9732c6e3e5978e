//! What does not change during a run: degrees, lengths, clustering, paths.

use crate::math::network::Graph;
use crate::model::observable::{Curve, Sample};
use crate::models::epidemic::network::Network;

/// Bins of the edge lengths for each octave.
const PER_OCTAVE: i32 = 4;
/// Degrees up to which the distribution is drawn.
const MOST_DEGREE: usize = 512;

/// Measures of a network, made once.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    degrees: Curve,
    lengths: Curve,
    clustering: f64,
    path: f64,
    giant: f64,
}

fn measures<'w>(sample: &Sample<'w>) -> Option<&'w Measures> {
    let network = sample.resource::<Network>()?;
    Some(network.measures.get_or_init(|| measure(sample, network)))
}

fn measure(sample: &Sample, network: &Network) -> Measures {
    Measures {
        degrees: degrees(network),
        lengths: lengths(sample, network),
        clustering: transitivity(&network.graph),
        path: mean_distance(&network.graph),
        giant: largest_part(&network.graph),
    }
}

/// Nodes from which the paths to all others are counted.
const STARTS: usize = 16;

/// Paths of two edges whose ends are joined, over all paths of two edges.
fn transitivity(graph: &Graph) -> f64 {
    let (mut closed, mut pairs) = (0_u64, 0_u64);
    for node in 0..graph.nodes() as u32 {
        let row = graph.neighbours(node);
        pairs += (row.len() * row.len().saturating_sub(1)) as u64;
        for &other in row {
            // Rows ascend: what two of them share is found by going along both.
            let mut rest = row;
            for &third in graph.neighbours(other) {
                rest = &rest[rest.partition_point(|&one| one < third)..];
                closed += u64::from(rest.first() == Some(&third));
            }
        }
    }
    closed as f64 / pairs as f64
}

/// Mean length of the shortest paths from some nodes, spread evenly over the numbers, to all that
/// they reach.
fn mean_distance(graph: &Graph) -> f64 {
    let count = graph.nodes();
    let (mut sum, mut reached) = (0_u64, 0_u64);
    let mut distance = vec![u32::MAX; count];
    let mut queue = Vec::with_capacity(count);
    for start in (0..count).step_by(count.div_ceil(STARTS).max(1)) {
        distance.fill(u32::MAX);
        distance[start] = 0;
        queue.clear();
        queue.push(start as u32);
        let mut next = 0;
        while let Some(&node) = queue.get(next) {
            next += 1;
            let beyond = distance[node as usize] + 1;
            for &other in graph.neighbours(node) {
                if distance[other as usize] == u32::MAX {
                    distance[other as usize] = beyond;
                    sum += u64::from(beyond);
                    queue.push(other);
                }
            }
        }
        reached += queue.len() as u64 - 1;
    }
    sum as f64 / reached as f64
}

/// Share of the nodes in the largest connected part.
fn largest_part(graph: &Graph) -> f64 {
    let count = graph.nodes();
    let mut seen = vec![false; count];
    let (mut stack, mut largest) = (Vec::new(), 0);
    for start in 0..count as u32 {
        if std::mem::replace(&mut seen[start as usize], true) {
            continue;
        }
        stack.push(start);
        let mut size = 0;
        while let Some(node) = stack.pop() {
            size += 1;
            for &other in graph.neighbours(node) {
                if !std::mem::replace(&mut seen[other as usize], true) {
                    stack.push(other);
                }
            }
        }
        largest = largest.max(size);
    }
    largest as f64 / count.max(1) as f64
}

fn degrees(network: &Network) -> Curve {
    let graph = &network.graph;
    let mut counts = Vec::new();
    for node in 0..graph.nodes() as u32 {
        let degree = graph.degree(node).min(MOST_DEGREE);
        if counts.len() <= degree {
            counts.resize(degree + 1, 0_u64);
        }
        counts[degree] += 1;
    }
    let total = graph.nodes().max(1) as f64;
    Curve {
        x: (0..counts.len()).map(|degree| degree as f64).collect(),
        y: counts.iter().map(|&count| count as f64 / total).collect(),
        error: counts
            .iter()
            .map(|&count| (count as f64).sqrt() / total)
            .collect(),
    }
}

fn lengths(sample: &Sample, network: &Network) -> Curve {
    let places = sample.positions();
    let mut counts = std::collections::BTreeMap::new();
    for [from, to] in network.graph.iter_edges() {
        let [x, y] = sample
            .domain
            .separation(places[to as usize], places[from as usize]);
        let length = f64::from(x.hypot(y));
        if length > 0.0 {
            let bin = (length.log2() * f64::from(PER_OCTAVE)).floor() as i32;
            *counts.entry(bin).or_insert(0_u64) += 1;
        }
    }
    let total = network.graph.edges().max(1) as f64;
    let mut curve = Curve::default();
    let begin = |bin: i32| (f64::from(bin) / f64::from(PER_OCTAVE)).exp2();
    for (bin, count) in counts {
        let (from, to) = (begin(bin), begin(bin + 1));
        let scale = 1.0 / (total * (to - from));
        curve.x.push(0.5 * (from + to));
        curve.y.push(count as f64 * scale);
        curve.error.push((count as f64).sqrt() * scale);
    }
    curve
}

pub fn mean_degree(sample: &Sample) -> f64 {
    sample.resource::<Network>().map_or(f64::NAN, |network| {
        2.0 * network.graph.edges() as f64 / network.graph.nodes().max(1) as f64
    })
}

pub fn mean_degree_theory(sample: &Sample) -> Option<f64> {
    let network = sample.resource::<Network>()?;
    let whole = network
        .placed
        .as_ref()
        .map_or(1.0, |(_, placed)| placed.total());
    Some(network.degrees.mean() * whole)
}

pub fn excess_degree(sample: &Sample) -> f64 {
    let Some(network) = sample.resource::<Network>() else {
        return f64::NAN;
    };
    let graph = &network.graph;
    let degree = |node: u32| graph.degree(node) as f64;
    let nodes = 0..graph.nodes() as u32;
    let pairs: f64 = nodes.map(|node| degree(node) * (degree(node) - 1.0)).sum();
    pairs / (2.0 * graph.edges() as f64)
}

pub fn excess_degree_theory(sample: &Sample) -> Option<f64> {
    let network = sample.resource::<Network>()?;
    let excess = network.degrees.excess();
    (excess.is_finite() && sample.domain.is_periodic()).then_some(excess)
}

pub fn missing_edges(sample: &Sample) -> f64 {
    sample
        .resource::<Network>()
        .map_or(f64::NAN, |network| network.missing)
}

pub fn clustering(sample: &Sample) -> f64 {
    measures(sample).map_or(f64::NAN, |measures| measures.clustering)
}

pub fn mean_path(sample: &Sample) -> f64 {
    measures(sample).map_or(f64::NAN, |measures| measures.path)
}

pub fn giant_component(sample: &Sample) -> f64 {
    measures(sample).map_or(f64::NAN, |measures| measures.giant)
}

pub fn degree_distribution(sample: &Sample) -> Curve {
    measures(sample).map_or_else(Curve::default, |measures| measures.degrees.clone())
}

/// Poisson distributions around the expected degrees.
pub fn degree_theory(sample: &Sample, degree: f64) -> Option<f64> {
    let network = sample.resource::<Network>()?;
    let (_, placed) = network.placed.as_ref()?;
    let whole = placed.total();
    let factorial: f64 = (1..=degree as u32).map(|k| f64::from(k).ln()).sum();
    let poisson = |[kappa, weight]: &[f64; 2]| {
        let mean = kappa * whole;
        if mean > 0.0 {
            weight * (degree * mean.ln() - mean - factorial).exp()
        } else {
            weight * f64::from(u8::from(degree == 0.0))
        }
    };
    Some(network.degrees.classes().iter().map(poisson).sum())
}

pub fn edge_lengths(sample: &Sample) -> Curve {
    measures(sample).map_or_else(Curve::default, |measures| measures.lengths.clone())
}

pub fn length_theory(sample: &Sample, length: f64) -> Option<f64> {
    let (_, placed) = sample.resource::<Network>()?.placed.as_ref()?;
    // The curve has the mean over a bin, of which the argument is the middle.
    let ratio = (1.0 / f64::from(PER_OCTAVE)).exp2();
    let begin = 2.0 * length / (1.0 + ratio);
    let bounds = [begin, ratio * begin];
    let share = placed.length_shares(&bounds).first().copied()?;
    let density = share / (bounds[1] - bounds[0]);
    (density > 0.0).then_some(density)
}
