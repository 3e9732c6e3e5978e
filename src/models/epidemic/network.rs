//! The network of a run: where its nodes are, how they are joined, and what theory knows of both.

use bevy::ecs::resource::Resource;
use std::sync::OnceLock;

use super::import;
use super::parameters::{DegreeLaw, Epidemic, Reach, Topology};
use super::theory::degrees::Degrees;
use crate::math::domain::Domain;
use crate::math::network::geometry::Geometry;
use crate::math::network::kernel::Placed;
use crate::math::network::{ExpectedDegrees, Graph, Kernel, NetworkError, Shape, SpatialNetwork};
use crate::math::philox::{Purpose, Stream};
use crate::model::{Inputs, Start};

/// Largest share of edges that may be missing because their probabilities would be above 1.
const MOST_MISSING: f64 = 0.01;

/// The network of a run. It does not change while the run lasts.
#[derive(Resource)]
pub struct Network {
    pub graph: Graph,
    /// Law of the lengths of the edges; `None` when theory takes the network as well mixed.
    pub placed: Option<(Kernel, Placed)>,
    pub degrees: Degrees,
    /// Share of the edges that are missing because their probabilities would be above 1.
    pub missing: f64,
    /// Measures that take a while, made when they are first asked for.
    pub measures: OnceLock<super::observables::network::Measures>,
}

/// A network with the places and names of its nodes.
pub struct Laid {
    pub positions: Vec<[u32; 2]>,
    pub tags: Vec<u32>,
    pub network: Network,
}

/// Places the nodes and joins them; an error says why that is impossible and what to change.
pub fn lay(start: &Start, parameters: &Epidemic, inputs: Option<&Inputs>) -> Result<Laid, String> {
    let (domain, count) = (&start.domain, start.count);
    let mean = parameters.mean_degree;
    let (kernel, law) = match parameters.network {
        Topology::Given => {
            return import::lay(start, inputs.and_then(|inputs| inputs.get(import::INPUT)));
        }
        Topology::Lattice => return lattice(domain, count),
        Topology::SmallWorld => return small_world(start, parameters),
        Topology::Spatial => (kernel(parameters), expected_degrees(parameters)?),
        Topology::ErdosRenyi => (Kernel::uniform(), ExpectedDegrees::Constant { mean }),
        Topology::Geometric => return geometric(start, mean),
    };
    let fault = |error: NetworkError| error.to_string();
    let sampled = SpatialNetwork::sample(domain, count, &law, kernel, start.seed).map_err(fault)?;
    let missing = missing(&sampled)?;
    let placed = Placed::new(kernel, Geometry::from(domain)).map_err(|error| error.to_string())?;
    Ok(Laid {
        tags: (0..sampled.positions.len() as u32).collect(),
        positions: sampled.positions.to_vec(),
        network: Network {
            degrees: Degrees::expected(sampled.expected.values()),
            graph: sampled.graph,
            missing,
            placed: Some((kernel, placed)),
            measures: OnceLock::new(),
        },
    })
}

/// Share of the edges that are missing because their probabilities would be above 1: such pairs
/// are joined for certain. A network whose degrees would be quite other ones is refused.
fn missing(network: &SpatialNetwork) -> Result<f64, String> {
    let clipping = &network.clipping;
    let edges = 0.5 * network.expected.totals().sum;
    let share = clipping.missing / edges.max(1.0);
    if share <= MOST_MISSING {
        return Ok(share);
    }
    let named: Vec<String> = clipping.nodes.iter().take(3).map(u32::to_string).collect();
    let more = clipping.nodes.len().saturating_sub(named.len());
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Err(format!(
        "{} pairs of nodes would need an edge with a probability above 1 (nodes {}{rest}), and {:.0} of {edges:.0} edges would be missing; widen kernel_range, or lower mean_degree or the largest expected degrees",
        clipping.pairs,
        named.join(", "),
        clipping.missing,
    ))
}

/// A network without a law of lengths: theory takes its configuration model.
pub(super) fn bare(positions: Vec<[u32; 2]>, tags: Vec<u32>, graph: Graph) -> Laid {
    let degrees = (0..graph.nodes() as u32).map(|node| graph.degree(node));
    Laid {
        network: Network {
            degrees: Degrees::given(degrees),
            placed: None,
            missing: 0.0,
            measures: OnceLock::new(),
            graph,
        },
        positions,
        tags,
    }
}

/// Columns and rows of a lattice of so many nodes, as near to square cells as they divide.
pub(super) fn lattice_sides(domain: &Domain, count: usize) -> [usize; 2] {
    let ideal = (count as f64 * domain.size[0] / domain.size[1])
        .sqrt()
        .max(1.0);
    let misfit = |columns: usize| (columns as f64 / ideal).ln().abs();
    let divisors = (1..=count.isqrt())
        .filter(|one| count.is_multiple_of(*one))
        .flat_map(|one| [one, count / one]);
    let columns = divisors
        .min_by(|a, b| misfit(*a).total_cmp(&misfit(*b)))
        .unwrap_or(1);
    [columns, count / columns.max(1)]
}

/// A square lattice over the box, whose edges wrap where the box does.
fn lattice(domain: &Domain, count: usize) -> Result<Laid, String> {
    let [columns, rows] = lattice_sides(domain, count);
    if columns.min(rows) < 3 {
        let side = (count as f64).sqrt().round().max(3.0) as usize;
        return Err(format!(
            "{count} nodes are no lattice: {columns} columns and {rows} rows are the best that divide; take a product of two numbers from 3 on, such as {}",
            side * side
        ));
    }
    let place = |node: usize| {
        let part = [
            (node % columns) as f64 / columns as f64,
            (node / columns) as f64 / rows as f64,
        ];
        let centre = [0.5 / columns as f64, 0.5 / rows as f64];
        domain.fixed([0, 1].map(|axis| (part[axis] + centre[axis] - 0.5) * domain.size[axis]))
    };
    let positions: Vec<[u32; 2]> = (0..count).map(place).collect();
    let wraps = domain.is_periodic();
    let node = |column: usize, row: usize| (row * columns + column) as u32;
    let mut edges = Vec::with_capacity(2 * count);
    for row in 0..rows {
        for column in 0..columns {
            if wraps || column + 1 < columns {
                edges.push([node(column, row), node((column + 1) % columns, row)]);
            }
            if wraps || row + 1 < rows {
                edges.push([node(column, row), node(column, (row + 1) % rows)]);
            }
        }
    }
    let graph = Graph::from_edges(count, &edges).map_err(|error| error.to_string())?;
    Ok(bare(positions, (0..count as u32).collect(), graph))
}

/// A Watts–Strogatz network on a circle: each node is joined to the nearest `degree`/2 on either
/// side, and the far end of an edge is moved to a random node with the given probability.
fn small_world(start: &Start, parameters: &Epidemic) -> Result<Laid, String> {
    let count = start.count;
    let half = (0.5 * parameters.mean_degree).round() as usize;
    if half == 0 || 2 * half + 1 >= count {
        return Err(format!(
            "a small world of {count} nodes cannot have the mean degree {}; take an even number from 2 to {}",
            parameters.mean_degree,
            2 * (count.saturating_sub(2) / 2)
        ));
    }
    let positions = ring_places(&start.domain, count);
    let stream = Stream::new(start.seed, 0, Purpose::NetworkEdges);
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (node, row) in rows.iter_mut().enumerate() {
        row.extend((1..=half).map(|step| ((node + step) % count) as u32));
    }
    let joined = |rows: &[Vec<u32>], a: u32, b: u32| {
        rows[a as usize].contains(&b) || rows[b as usize].contains(&a)
    };
    for node in 0..count as u32 {
        for place in 0..half {
            let words = stream.words(node, place as u16);
            if f64::from(words[0]) >= parameters.long_range_share * 4_294_967_296.0 {
                continue;
            }
            // A node that is joined already is not taken; three tries are enough in a sparse network.
            let other = words[1..]
                .iter()
                .map(|&word| ((u64::from(word) * count as u64) >> 32) as u32)
                .find(|&other| other != node && !joined(&rows, node, other));
            if let Some(other) = other {
                rows[node as usize][place] = other;
            }
        }
    }
    let edges: Vec<[u32; 2]> = (0..count as u32)
        .flat_map(|node| rows[node as usize].iter().map(move |&other| [node, other]))
        .collect();
    let graph = Graph::from_edges(count, &edges).map_err(|error| error.to_string())?;
    Ok(bare(positions, (0..count as u32).collect(), graph))
}

/// A random geometric graph: the finite-range kernel at the radius at which the probability of an
/// edge is 1.
fn geometric(start: &Start, mean: f64) -> Result<Laid, String> {
    let (domain, count) = (&start.domain, start.count);
    let density = count as f64 / domain.area();
    let radius = (mean / (std::f64::consts::PI * density)).sqrt();
    if domain.is_periodic() && 2.0 * radius > domain.size[0].min(domain.size[1]) {
        return Err(format!(
            "a geometric network of mean degree {mean} joins nodes up to the distance {radius:.3}, more than half the box; lower mean_degree or take more nodes"
        ));
    }
    let kernel = Kernel::local(Shape::FiniteRange { radius });
    let law = ExpectedDegrees::Constant { mean };
    let sampled = SpatialNetwork::sample(domain, count, &law, kernel, start.seed)
        .map_err(|error| error.to_string())?;
    let placed = Placed::new(kernel, Geometry::from(domain)).map_err(|error| error.to_string())?;
    Ok(Laid {
        tags: (0..count as u32).collect(),
        positions: sampled.positions.to_vec(),
        network: Network {
            degrees: Degrees::expected(sampled.expected.values()),
            graph: sampled.graph,
            placed: Some((kernel, placed)),
            missing: 0.0,
            measures: OnceLock::new(),
        },
    })
}

/// Places on a circle in the box.
fn ring_places(domain: &Domain, count: usize) -> Vec<[u32; 2]> {
    let radius = 0.45 * domain.size[0].min(domain.size[1]);
    let place = |node: usize| {
        let (sin, cos) = (std::f64::consts::TAU * node as f64 / count as f64).sin_cos();
        domain.fixed([radius * cos, radius * sin])
    };
    (0..count).map(place).collect()
}

/// The kernel of the parameters.
pub fn kernel(parameters: &Epidemic) -> Kernel {
    let width = parameters.kernel_range;
    let shape = match parameters.kernel {
        Reach::Gaussian => Shape::Gaussian { width },
        Reach::Exponential => Shape::Exponential { length: width },
        Reach::PowerLaw => Shape::PowerLaw {
            scale: width,
            exponent: parameters.kernel_exponent,
        },
        Reach::FiniteRange => Shape::FiniteRange { radius: width },
        Reach::Uniform => return Kernel::uniform(),
    };
    Kernel::small_world(shape, parameters.long_range_share)
}

/// The distribution of expected degrees of the parameters.
pub fn expected_degrees(parameters: &Epidemic) -> Result<ExpectedDegrees, String> {
    let mean = parameters.mean_degree;
    Ok(match parameters.degrees {
        DegreeLaw::Constant => ExpectedDegrees::Constant { mean },
        DegreeLaw::Poisson => ExpectedDegrees::Poisson { mean },
        DegreeLaw::Exponential => ExpectedDegrees::Exponential { mean },
        DegreeLaw::PowerLaw => {
            let (exponent, span) = (parameters.degree_exponent, parameters.degree_span);
            let least = mean / power_law_mean(exponent, span);
            ExpectedDegrees::PowerLaw {
                exponent,
                least,
                most: least * span,
            }
        }
        DegreeLaw::Bimodal => {
            let (high, share) = (parameters.high_degree, parameters.high_degree_share);
            let low = (mean - share * high) / (1.0 - share).max(f64::MIN_POSITIVE);
            if !(low >= 0.0 && low.is_finite()) {
                return Err(format!(
                    "a share of {share} nodes of expected degree {high} has a mean of at least {}, above the mean degree {mean}; raise mean_degree or lower high_degree or its share",
                    share * high
                ));
            }
            ExpectedDegrees::Bimodal { low, high, share }
        }
    })
}

/// Mean of the density κ^(−α) from 1 to `span`.
fn power_law_mean(exponent: f64, span: f64) -> f64 {
    // ∫κ^(n−α), written such that α = n + 1 is nothing special.
    let integral = |power: f64| {
        let x = power * span.ln();
        let factor = if x.abs() < 1e-9 {
            1.0 + 0.5 * x
        } else {
            x.exp_m1() / x
        };
        factor * span.ln()
    };
    integral(2.0 - exponent) / integral(1.0 - exponent)
}
