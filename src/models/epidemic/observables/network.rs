//! What does not change during a run: degrees, lengths, clustering, paths.

use super::positions;
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
        clustering: f64::NAN,
        path: f64::NAN,
        giant: f64::NAN,
    }
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
        error: counts.iter().map(|&count| (count as f64).sqrt() / total).collect(),
    }
}

fn lengths(sample: &Sample, network: &Network) -> Curve {
    let places = positions(sample);
    let mut counts = std::collections::BTreeMap::new();
    for [from, to] in network.graph.iter_edges() {
        let [x, y] = sample.domain.separation(places[to as usize], places[from as usize]);
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
    let whole = network.placed.as_ref().map_or(1.0, |(_, placed)| placed.total());
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
    sample.resource::<Network>().map_or(f64::NAN, |network| network.missing)
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
