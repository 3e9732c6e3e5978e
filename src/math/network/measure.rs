//! What a network looks like: degrees, lengths of edges, clustering, paths, components.

use rayon::prelude::*;

use super::super::domain::Domain;
use super::super::philox::{Purpose, Stream};
use super::super::statistics::Moments;
use super::degrees::unit;
use super::graph::Graph;

/// Degrees of all nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Degrees {
    /// Number of nodes of each degree, from 0 up.
    pub counts: Vec<u64>,
    /// ⟨k⟩.
    pub mean: f64,
    /// ⟨k² − k⟩/⟨k⟩, the mean number of further neighbours at the end of an edge; 0 without edges.
    pub excess: f64,
}

/// Counts degrees.
pub fn degrees(graph: &Graph) -> Degrees {
    let mut counts: Vec<u64> = Vec::new();
    let (mut sum, mut pairs) = (0.0, 0.0);
    for node in 0..graph.nodes() as u32 {
        let degree = graph.degree(node);
        if degree >= counts.len() {
            counts.resize(degree + 1, 0);
        }
        counts[degree] += 1;
        let degree = degree as f64;
        sum += degree;
        pairs += degree * (degree - 1.0);
    }
    Degrees {
        counts,
        mean: sum / graph.nodes().max(1) as f64,
        excess: if sum > 0.0 { pairs / sum } else { 0.0 },
    }
}

/// Numbers of edges with lengths between consecutive `bounds` (ascending, in units of length);
/// see [`super::kernel::Placed::length_shares`] for what a kernel expects.
pub fn edge_lengths(
    domain: &Domain,
    positions: &[[u32; 2]],
    graph: &Graph,
    bounds: &[f64],
) -> Vec<u64> {
    let mut counts = vec![0; bounds.len().saturating_sub(1)];
    for edge in graph.iter_edges() {
        let [Some(&a), Some(&b)] = edge.map(|node| positions.get(node as usize)) else {
            continue;
        };
        let [x, y] = domain.separation(a, b).map(f64::from);
        let behind = bounds.partition_point(|&bound| bound <= x.hypot(y));
        if behind > 0 && behind < bounds.len() {
            counts[behind - 1] += 1;
        }
    }
    counts
}

/// How often the neighbours of a node are neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clustering {
    /// Mean over nodes of two or more neighbours of the share of joined pairs among them.
    pub local: f64,
    /// Standard error of `local`; 0 when all nodes were counted.
    pub local_error: f64,
    /// Share of joined pairs among all pairs of neighbours (transitivity).
    pub global: f64,
    /// Nodes that were counted.
    pub nodes: usize,
}

/// Clustering of all nodes, or of `most` random ones when there are more.
pub fn clustering(graph: &Graph, most: usize, seed: u64) -> Clustering {
    let nodes = graph.nodes();
    let sampled = nodes > most;
    let stream = Stream::new(seed, 1, Purpose::NetworkEdges);
    let one = |k: usize| -> [f64; 2] {
        let node = if sampled {
            pick(stream, k, nodes)
        } else {
            k as u32
        };
        let row = graph.neighbours(node);
        let joined: usize = row
            .iter()
            .map(|&other| common(row, graph.neighbours(other)))
            .sum();
        // Every joined pair is met from both of its ends.
        let pairs = row.len() * row.len().saturating_sub(1);
        [joined as f64, pairs as f64]
    };
    let counted: Vec<[f64; 2]> = (0..nodes.min(most)).into_par_iter().map(one).collect();
    let with_pairs = counted.iter().filter(|[_, pairs]| *pairs > 0.0);
    let local: Moments = with_pairs.map(|[joined, pairs]| joined / pairs).collect();
    let [joined, pairs] = counted
        .iter()
        .fold([0.0; 2], |sum, one| [sum[0] + one[0], sum[1] + one[1]]);
    let some = local.count() > 0;
    Clustering {
        local: if some { local.mean() } else { 0.0 },
        local_error: if sampled && some {
            local.standard_error()
        } else {
            0.0
        },
        global: if pairs > 0.0 { joined / pairs } else { 0.0 },
        nodes: counted.len(),
    }
}

fn pick(stream: Stream, k: usize, nodes: usize) -> u32 {
    (unit(stream.words(k as u32, 0)) * nodes as f64) as u32
}

/// Number of common entries of two ascending rows.
fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        count += usize::from(a[i] == b[j]);
        let (left, right) = (a[i] <= b[j], b[j] <= a[i]);
        i += usize::from(left);
        j += usize::from(right);
    }
    count
}

/// Lengths of shortest paths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paths {
    /// Mean number of edges between two nodes that are connected.
    pub mean: f64,
    /// Standard error of the mean, from the spread between sources; 0 when all were taken.
    pub error: f64,
    /// The longest shortest path that was met.
    pub longest: u32,
    /// Share of pairs that are connected.
    pub connected: f64,
    /// Sources that were taken.
    pub sources: usize,
}

/// Shortest paths from all nodes, or from `most` random sources when there are more.
pub fn paths(graph: &Graph, most: usize, seed: u64) -> Paths {
    let nodes = graph.nodes();
    let sampled = nodes > most;
    let stream = Stream::new(seed, 2, Purpose::NetworkEdges);
    let sources: Vec<u32> = (0..nodes.min(most))
        .map(|k| {
            if sampled {
                pick(stream, k, nodes)
            } else {
                k as u32
            }
        })
        .collect();
    let init = || (vec![u32::MAX; nodes], Vec::new());
    let from = |(distance, queue): &mut (Vec<u32>, Vec<u32>), &source: &u32| {
        distance.fill(u32::MAX);
        queue.clear();
        distance[source as usize] = 0;
        queue.push(source);
        let (mut at, mut sum, mut longest) = (0, 0.0, 0);
        while let Some(&node) = queue.get(at) {
            at += 1;
            longest = distance[node as usize];
            sum += f64::from(longest);
            for &other in graph.neighbours(node) {
                if distance[other as usize] == u32::MAX {
                    distance[other as usize] = longest + 1;
                    queue.push(other);
                }
            }
        }
        (sum, queue.len() - 1, longest)
    };
    let found: Vec<(f64, usize, u32)> = sources.par_iter().map_init(init, from).collect();
    let met: usize = found.iter().map(|one| one.1).sum();
    let sum: f64 = found.iter().map(|one| one.0).sum();
    let means: Moments = found
        .iter()
        .filter(|one| one.1 > 0)
        .map(|one| one.0 / one.1 as f64)
        .collect();
    let pairs = sources.len() as f64 * nodes.saturating_sub(1) as f64;
    Paths {
        mean: if met > 0 { sum / met as f64 } else { 0.0 },
        error: if sampled && means.count() > 1 {
            means.standard_error()
        } else {
            0.0
        },
        longest: found.iter().map(|one| one.2).max().unwrap_or(0),
        connected: if pairs > 0.0 { met as f64 / pairs } else { 0.0 },
        sources: sources.len(),
    }
}

/// Connected components.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// Component of each node; components are numbered by their lowest node.
    pub labels: Vec<u32>,
    /// Number of nodes of each component.
    pub sizes: Vec<u32>,
}

impl Components {
    /// Label and size of the largest component, the lowest label among equals.
    pub fn giant(&self) -> Option<(u32, u32)> {
        let mut best = None;
        for (label, &size) in (0..).zip(&self.sizes) {
            if best.is_none_or(|(_, most)| size > most) {
                best = Some((label, size));
            }
        }
        best
    }
}

/// Finds the connected components in linear time.
pub fn components(graph: &Graph) -> Components {
    const NONE: u32 = u32::MAX;
    let mut labels = vec![NONE; graph.nodes()];
    let (mut sizes, mut queue) = (Vec::new(), Vec::new());
    for first in 0..graph.nodes() as u32 {
        if labels[first as usize] != NONE {
            continue;
        }
        let label = sizes.len() as u32;
        labels[first as usize] = label;
        queue.push(first);
        let mut size = 0;
        while let Some(node) = queue.pop() {
            size += 1;
            for &other in graph.neighbours(node) {
                if labels[other as usize] == NONE {
                    labels[other as usize] = label;
                    queue.push(other);
                }
            }
        }
        sizes.push(size);
    }
    Components { labels, sizes }
}
