//! Random spatial networks, sampled exactly in near-linear time.
//!
//! Nodes with positions x and expected degrees κ are joined with probability
//! p_ij = min(1, κ_i κ_j f(|x_i − x_j|)/(ρ⟨κ⟩)), independently for all pairs; ⟨κ⟩ is the mean over
//! these nodes and ρ = N/A. See `plan` for the method. Probabilities are computed in single
//! precision (relative error 3·10⁻⁶), random numbers have 23 bits or more.
//!
//! The result is a function of nodes and seed alone: cells are grouped into tasks of fixed size,
//! and each has random numbers of its own.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::super::blocks::position;
use super::super::domain::Domain;
use super::super::philox::{Purpose, Stream};
use super::super::simd::{self, LANES, Simd, SimdBase, dispatch, store_positions, u32x16};
use super::degrees::{ExpectedDegrees, Totals, check_list};
use super::error::NetworkError;
use super::found::{Found, MOST_WORK};
use super::geometry::Geometry;
use super::graph::{Edges, Graph, GraphError, MAX_EDGES, check_sizes};
use super::kernel::{Kernel, Placed};
use super::near::Near;
use super::plan::{Plan, side};
use super::race::Race;
use super::tree::Tree;

/// Slots that a task is meant to hold; fixed, so that the result cannot depend on the threads.
const TASK: usize = 2048;

/// Pairs whose probability would have been above 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clipping {
    /// Number of pairs that are joined for certain although the rule asks for more.
    pub pairs: u64,
    /// Nodes of these pairs, ascending; their degrees fall short of what was expected.
    pub nodes: Vec<u32>,
    /// Expected number of edges that are missing for it.
    pub missing: f64,
}

/// A random spatial network.
#[derive(Clone, Debug, PartialEq)]
pub struct SpatialNetwork {
    /// Position of each node; nodes of near numbers are near in space.
    pub positions: Vec<[u32; 2]>,
    /// Expected degree κ of each node.
    pub expected: Vec<f64>,
    /// The edges.
    pub graph: Graph,
    /// Where the rule asked for probabilities above 1.
    pub clipping: Clipping,
}

impl SpatialNetwork {
    /// Nodes uniform in the box, expected degrees from a distribution, edges by a kernel.
    ///
    /// # Errors
    /// Bad kernels and degrees, and sizes beyond the limits of a graph.
    pub fn sample(
        domain: &Domain,
        nodes: usize,
        degrees: &ExpectedDegrees,
        kernel: Kernel,
        seed: u64,
    ) -> Result<Self, NetworkError> {
        check_sizes(nodes, 0)?;
        let placed = Placed::new(kernel, Geometry::from(domain))?;
        let expected = degrees.sample(nodes, seed)?;
        let totals = Totals::new(&expected);
        check_edges(&totals)?;
        // Positions are drawn alike, so that nodes may as well be numbered by cell.
        let positions = uniform_positions(domain, nodes, seed);
        let tree = Tree::sort(domain, &positions, side(&placed, &totals))
            .map_err(|node| NetworkError::Outside { node })?;
        drop(positions);
        let plan = Plan::new(tree, placed, &expected, &totals);
        let (graph, clipping, tree) = draw(plan, nodes, seed)?;
        Ok(Self {
            positions: tree.into_positions(domain),
            expected,
            graph,
            clipping,
        })
    }
}

/// Joins nodes that are already there: `positions` in fixed point, one expected degree for each.
///
/// # Errors
/// Bad kernels and degrees, nodes outside of the box, sizes beyond the limits of a graph, and
/// nodes so crowded that there is no near-linear way.
pub fn join(
    domain: &Domain,
    positions: &[[u32; 2]],
    expected: &[f64],
    kernel: Kernel,
    seed: u64,
) -> Result<(Graph, Clipping), NetworkError> {
    check_sizes(positions.len(), 0)?;
    check_list(expected, positions.len())?;
    let totals = Totals::new(expected);
    check_edges(&totals)?;
    let placed = Placed::new(kernel, Geometry::from(domain))?;
    let tree = Tree::build(domain, positions, side(&placed, &totals))
        .map_err(|node| NetworkError::Outside { node })?;
    let plan = Plan::new(tree, placed, expected, &totals);
    let (graph, clipping, _) = draw(plan, positions.len(), seed)?;
    Ok((graph, clipping))
}

/// Refuses expected degrees that ask for more edges than a graph can have.
fn check_edges(totals: &Totals) -> Result<(), GraphError> {
    check_sizes(0, (0.5 * totals.sum) as usize)
}

/// Independent uniform positions in the box, by node.
pub fn uniform_positions(domain: &Domain, nodes: usize, seed: u64) -> Vec<[u32; 2]> {
    let stream = Stream::new(seed, 0, Purpose::InitialCondition);
    let mut positions = vec![[0; 2]; nodes];
    positions
        .par_chunks_mut(TASK)
        .enumerate()
        .for_each(|(task, part)| {
            let first = (task * TASK) as u32;
            dispatch(Words {
                stream,
                first,
                part,
            });
            for place in part {
                *place = position(domain.boundary, *place);
            }
        });
    positions
}

/// Two random words for each of consecutive tags.
struct Words<'a> {
    stream: Stream,
    first: u32,
    part: &'a mut [[u32; 2]],
}

impl simd::Kernel for Words<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut tag = self.first;
        for part in self.part.chunks_mut(LANES) {
            let mut tags = [0; LANES];
            for lane in 0..LANES {
                tags[lane] = tag + lane as u32;
            }
            tag += LANES as u32;
            let [x, y, ..] = self
                .stream
                .word_lanes(simd, u32x16::load_array(simd, tags), 0);
            let mut words = [[0; 2]; LANES];
            store_positions([x, y], &mut words);
            part.copy_from_slice(&words[..part.len()]);
        }
    }
}

/// One task: the keys of one level, tried directly or raced.
struct Task {
    level: usize,
    keys: Range<u32>,
    direct: bool,
}

fn tasks(plan: &Plan) -> Vec<Task> {
    let finest = plan.tree.levels[0].places.len();
    let nodes = plan.tree.places.len() - 16;
    // Cells per task at the finest level, from the mean number of slots in a cell.
    let group = (TASK * finest / nodes.max(1)).clamp(1, finest.max(1));
    let mut tasks = Vec::new();
    for (at, level) in plan.tree.levels.iter().enumerate() {
        let (cells, group) = (level.places.len(), (group >> level.shift).max(1));
        let offsets = &plan.offsets[at];
        let none = [
            offsets.direct.iter().all(Vec::is_empty),
            offsets.raced.iter().all(Vec::is_empty),
        ];
        for (direct, none) in [(true, none[0]), (false, none[1])] {
            if none {
                continue;
            }
            tasks.extend((0..cells).step_by(group).map(|first| Task {
                level: at,
                keys: first as u32..(first + group).min(cells) as u32,
                direct,
            }));
        }
    }
    tasks
}

/// Draws the edges; also gives the tree back.
fn draw(plan: Plan, nodes: usize, seed: u64) -> Result<(Graph, Clipping, Tree), NetworkError> {
    let (work, edges) = (AtomicU64::new(0), AtomicU64::new(0));
    let run = |found: &mut Found, task: Task| {
        found.clear();
        let full = || {
            work.load(Ordering::Relaxed) > MOST_WORK
                || edges.load(Ordering::Relaxed) > MAX_EDGES as u64
        };
        // Once a limit is passed the result is an error, whatever the other tasks do.
        if full() {
            return Found::default();
        }
        let step = u64::from(task.direct) << 60 | (task.level as u64) << 40;
        let stream = Stream::new(
            seed,
            step | u64::from(task.keys.start),
            Purpose::NetworkEdges,
        );
        if task.direct {
            dispatch(Near {
                plan: &plan,
                keys: task.keys,
                stream,
                found,
            });
        } else {
            Race::new(&plan, stream, found).run(task.level, task.keys);
        }
        let found = found.finished(&plan.tree.order);
        work.fetch_add(found.work, Ordering::Relaxed);
        edges.fetch_add(Edges::count(&found) as u64, Ordering::Relaxed);
        found
    };
    // Tasks of a thread draw into the same memory, and keep a copy that is no larger than it must be.
    let tasks = tasks(&plan).into_par_iter();
    let found: Vec<Found> = tasks.map_init(Found::default, run).collect();
    if work.into_inner() > MOST_WORK {
        return Err(NetworkError::Crowded {
            limit: MOST_WORK as f64,
        });
    }
    check_sizes(nodes, edges.into_inner() as usize)?;
    let mut clipping = Clipping::default();
    for part in &found {
        clipping.pairs += part.clipped.0;
        clipping.missing += part.clipped.1;
    }
    if clipping.pairs > 0 {
        clipping.nodes = plan.clipped_nodes();
    }
    // The rest of the plan has no place in memory beside the graph.
    let tree = plan.into_tree();
    let graph = Graph::from_draws(nodes, &found)?;
    Ok((graph, clipping, tree))
}
