//! Networks to compare with: lattices, small worlds, and graphs without space.

use rayon::prelude::*;

use super::super::domain::{Boundary, Domain};
use super::super::philox::{Purpose, Stream};
use super::degrees::{ExpectedDegrees, unit};
use super::error::{NetworkError, within};
use super::geometry::Geometry;
use super::graph::{Graph, check_sizes};
use super::kernel::{Kernel, Placed};
use super::sample::{SpatialNetwork, join, uniform_positions};
use super::shape::Shape;

/// Rows of pairs that one task takes; fixed, so that the result cannot depend on the threads.
const ROWS: usize = 4096;

/// A graph whose nodes have places, in units of the distance of neighbours.
#[derive(Clone, Debug, PartialEq)]
pub struct Lattice {
    /// The edges.
    pub graph: Graph,
    /// Place of each node, from the corner of the box.
    pub places: Vec<[f64; 2]>,
    /// Sides of the box.
    pub size: [f64; 2],
}

/// A lattice whose node (column, row) is joined to those at the given steps.
fn lattice(
    cells: [usize; 2],
    periodic: bool,
    size: [f64; 2],
    steps: impl Fn(usize) -> &'static [[i64; 2]],
    place: impl Fn(usize, usize) -> [f64; 2],
) -> Result<Lattice, NetworkError> {
    // An axis of two would meet its neighbour on both sides.
    let least = if periodic { 3.0 } else { 1.0 };
    within("number of columns", cells[0] as f64, least, 1e6)?;
    within("number of rows", cells[1] as f64, least, 1e6)?;
    let nodes = cells[0] * cells[1];
    check_sizes(nodes, 3 * nodes)?;
    let (mut edges, mut places) = (Vec::with_capacity(3 * nodes), Vec::with_capacity(nodes));
    for row in 0..cells[1] {
        for column in 0..cells[0] {
            places.push(place(column, row));
            for step in steps(row) {
                let [to_column, to_row] = [column as i64 + step[0], row as i64 + step[1]];
                let [columns, rows] = cells.map(|n| n as i64);
                let inside = (0..columns).contains(&to_column) && (0..rows).contains(&to_row);
                if inside || periodic {
                    let to = to_row.rem_euclid(rows) * columns + to_column.rem_euclid(columns);
                    edges.push([(row * cells[0] + column) as u32, to as u32]);
                }
            }
        }
    }
    let graph = Graph::from_edges(nodes, &edges)?;
    Ok(Lattice {
        graph,
        places,
        size,
    })
}

/// A square lattice; inside, every node has four neighbours.
///
/// # Errors
/// Sizes out of range: 1 to 10⁶ per axis, at least 3 when periodic.
pub fn square(columns: usize, rows: usize, periodic: bool) -> Result<Lattice, NetworkError> {
    let size = [columns as f64, rows as f64];
    let place = |column, row| [column as f64 + 0.5, row as f64 + 0.5];
    lattice(
        [columns, rows],
        periodic,
        size,
        |_| &[[1, 0], [0, 1]],
        place,
    )
}

/// A triangular lattice; inside, every node has six neighbours.
///
/// # Errors
/// As [`square`]; a periodic one needs an even number of rows.
pub fn triangular(columns: usize, rows: usize, periodic: bool) -> Result<Lattice, NetworkError> {
    if periodic && rows % 2 == 1 {
        let rows = rows as f64;
        return Err(NetworkError::Range {
            name: "number of rows of a periodic triangular lattice, which must be even,",
            value: rows,
            least: 4.0,
            most: 1e6,
        });
    }
    let height = 0.75_f64.sqrt();
    let steps = |row: usize| -> &'static [[i64; 2]] {
        if row.is_multiple_of(2) {
            &[[1, 0], [-1, 1], [0, 1]]
        } else {
            &[[1, 0], [0, 1], [1, 1]]
        }
    };
    let place = |column, row: usize| {
        [
            column as f64 + 0.25 + 0.5 * (row % 2) as f64,
            (row as f64 + 0.5) * height,
        ]
    };
    let size = [columns as f64, rows as f64 * height];
    lattice([columns, rows], periodic, size, steps, place)
}

/// A ring on which every node is joined to its `degree` nearest, half on either side.
///
/// # Errors
/// An odd degree, or one that does not leave a node without edge.
pub fn ring(nodes: usize, degree: usize) -> Result<Lattice, NetworkError> {
    let graph = watts_strogatz(nodes, degree, 0.0, 0)?;
    let radius = 0.5 / (std::f64::consts::PI / nodes.max(3) as f64).sin();
    let place = |node: usize| {
        let angle = std::f64::consts::TAU * node as f64 / nodes as f64;
        [radius * (1.0 + angle.cos()), radius * (1.0 + angle.sin())]
    };
    Ok(Lattice {
        graph,
        places: (0..nodes).map(place).collect(),
        size: [2.0 * radius; 2],
    })
}

/// Watts and Strogatz's small world: a ring of which every edge keeps one end and gets a new other
/// end with the given probability, uniform among the nodes that it does not join yet.
///
/// # Errors
/// As [`ring`]; a probability outside of 0 to 1.
pub fn watts_strogatz(
    nodes: usize,
    degree: usize,
    rewired: f64,
    seed: u64,
) -> Result<Graph, NetworkError> {
    check_sizes(nodes, nodes.saturating_mul(degree / 2))?;
    within("probability of rewiring", rewired, 0.0, 1.0)?;
    within("degree of the ring", degree as f64, 0.0, nodes as f64 - 1.0)?;
    if degree % 2 == 1 {
        return Err(NetworkError::Range {
            name: "degree of the ring, which must be even,",
            value: degree as f64,
            least: 0.0,
            most: nodes as f64 - 1.0,
        });
    }
    let mut rows: Vec<Vec<u32>> = vec![Vec::with_capacity(degree + 4); nodes];
    for node in 0..nodes {
        for step in 1..=degree / 2 {
            let other = (node + step) % nodes;
            rows[node].push(other as u32);
            rows[other].push(node as u32);
        }
    }
    for step in 1..=degree / 2 {
        let stream = Stream::new(seed, step as u64, Purpose::NetworkEdges);
        for node in 0..nodes {
            let old = ((node + step) % nodes) as u32;
            if rewired == 0.0 || unit(stream.words(node as u32, 0)) >= rewired {
                continue;
            }
            // A node that knows all others keeps its edge.
            if rows[node].len() >= nodes - 1 {
                continue;
            }
            // The block is 16 bits wide; a run of misses that long is out of the question unless
            // the node knows nearly all others, and then the first free one is as good.
            let draw = (1..u16::MAX)
                .map(|block| (unit(stream.words(node as u32, block)) * nodes as f64) as u32);
            let free = |&new: &u32| new != node as u32 && !rows[node].contains(&new);
            let Some(new) = draw.into_iter().chain(0..nodes as u32).find(free) else {
                continue;
            };
            rows[node].retain(|&other| other != old);
            rows[old as usize].retain(|&other| other != node as u32);
            rows[node].push(new);
            rows[new as usize].push(node as u32);
        }
    }
    let edges: Vec<[u32; 2]> = (0_u32..)
        .zip(&rows)
        .flat_map(|(a, row)| row.iter().filter(move |&&b| a < b).map(move |&b| [a, b]))
        .collect();
    Ok(Graph::from_edges(nodes, &edges)?)
}

/// Erdős and Rényi's graph: every pair is joined with the same probability.
///
/// # Errors
/// A probability outside of 0 to 1, or more edges than a graph can have.
pub fn erdos_renyi(nodes: usize, probability: f64, seed: u64) -> Result<Graph, NetworkError> {
    within("probability of an edge", probability, 0.0, 1.0)?;
    check_sizes(nodes, 0)?;
    let pairs = 0.5 * nodes as f64 * (nodes as f64 - 1.0);
    check_sizes(0, (pairs * probability) as usize)?;
    if probability == 0.0 {
        return Ok(Graph::from_edges(nodes, &[])?);
    }
    let task = |first: usize| {
        // Geometric skips over the pairs (i, j < i) of the rows of a task.
        let stream = Stream::new(seed, first as u64, Purpose::NetworkEdges);
        let per_skip = (-probability).ln_1p().recip();
        let (mut edges, mut tag, mut at, mut row) = (Vec::new(), 0, -1.0_f64, first);
        let end = (first + ROWS).min(nodes);
        loop {
            at += 1.0 + (unit(stream.words(tag, 0)).ln() * per_skip).floor();
            tag += 1;
            while row < end && at >= row as f64 {
                at -= row as f64;
                row += 1;
            }
            if row == end {
                return edges;
            }
            edges.push([at as u32, row as u32]);
        }
    };
    let firsts: Vec<usize> = (0..nodes).step_by(ROWS).collect();
    let parts: Vec<_> = firsts.into_par_iter().map(task).collect();
    Ok(Graph::from_draws(nodes, &parts)?)
}

/// Barabási and Albert's graph: nodes arrive one by one and join `ties` different nodes each, with
/// probabilities proportional to their degrees; the first `ties` + 1 nodes all join each other
/// (Science 286, 509 (1999)).
///
/// # Errors
/// No ties, or not fewer than nodes; more edges than a graph can have.
pub fn barabasi_albert(nodes: usize, ties: usize, seed: u64) -> Result<Graph, NetworkError> {
    within("ties of a new node", ties as f64, 1.0, nodes as f64 - 1.0)?;
    check_sizes(nodes, nodes.saturating_mul(ties))?;
    let stream = Stream::new(seed, 0, Purpose::NetworkEdges);
    // Every node stands in the list once per edge: a fair draw from it is a preferential one.
    let mut edges: Vec<[u32; 2]> = (0..=ties as u32)
        .flat_map(|node| (0..node).map(move |other| [other, node]))
        .collect();
    let mut chosen: Vec<u32> = Vec::with_capacity(ties);
    for node in ties as u32 + 1..nodes as u32 {
        chosen.clear();
        let ends = edges.as_flattened();
        let draw = |block| ends[(unit(stream.words(node, block)) * ends.len() as f64) as usize];
        // The block is 16 bits wide; should that not suffice, the first that are free are as good.
        for other in (0..=u16::MAX).map(draw).chain(0..node) {
            if chosen.len() == ties {
                break;
            }
            if !chosen.contains(&other) {
                chosen.push(other);
            }
        }
        edges.extend(chosen.iter().map(|&other| [other, node]));
    }
    Ok(Graph::from_edges(nodes, &edges)?)
}

/// Chung and Lu's graph: p_ij = min(1, κ_i κ_j/(N⟨κ⟩)), one expected degree per node.
///
/// # Errors
/// Bad expected degrees, or more edges than a graph can have.
pub fn chung_lu(expected: &[f64], seed: u64) -> Result<Graph, NetworkError> {
    check_sizes(expected.len(), 0)?;
    // Where the nodes are does not matter to the uniform kernel; spread out, threads share them.
    let domain = Domain::new([1.0, 1.0], Boundary::Periodic);
    let positions = uniform_positions(&domain, expected.len(), seed);
    Ok(join(&domain, &positions, expected, Kernel::uniform(), seed)?.0)
}

/// Random geometric graph: nodes uniform in the box, joined when closer than the radius.
///
/// # Errors
/// A radius that is no positive number, or more edges than a graph can have.
pub fn random_geometric(
    domain: &Domain,
    nodes: usize,
    radius: f64,
    seed: u64,
) -> Result<SpatialNetwork, NetworkError> {
    let kernel = Kernel::local(Shape::FiniteRange { radius });
    let placed = Placed::new(kernel, Geometry::from(domain))?;
    // The expected degree for which p = 1 within the radius, whatever single precision does.
    let mean = nodes as f64 / domain.area() / placed.most() * (1.0 + 4e-7);
    SpatialNetwork::sample(
        domain,
        nodes,
        &ExpectedDegrees::Constant { mean },
        kernel,
        seed,
    )
}
