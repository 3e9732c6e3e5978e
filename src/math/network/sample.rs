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
use super::super::pages::Pages;
use super::super::philox::{Purpose, Stream};
use super::super::simd::{self, LANES, Simd, SimdBase, dispatch, store_positions, u32x16};
use super::degrees::{Expected, ExpectedDegrees, Totals, check_list};
use super::error::NetworkError;
use super::found::{Found, MOST_WORK};
use super::geometry::Geometry;
use super::graph::{Graph, GraphError, MAX_EDGES, check_sizes};
use super::kernel::{Kernel, Placed};
use super::lower::{self, Lower};
use super::near::Near;
use super::plan::{Plan, side};
use super::race::Race;
use super::tree::Tree;

/// Slots that a task is meant to hold; fixed, so that the result cannot depend on the threads.
const TASK: usize = 2048;

/// Tasks of a thread whose edges are added together.
const TOGETHER: usize = 16;

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
    pub positions: Pages<[u32; 2]>,
    /// Expected degrees κ of the nodes.
    pub expected: Expected,
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
        let totals = expected.totals();
        check_edges(&totals)?;
        // Positions are drawn alike, so that nodes may as well be numbered by cell.
        let positions = uniform_positions(domain, nodes, seed);
        let tree = Tree::sort(domain, &positions, side(&placed, &totals))
            .map_err(|node| NetworkError::Outside { node })?;
        drop(positions);
        let plan = Plan::new(tree, placed, expected.values(), &totals);
        let (graph, clipping, tree) = draw(plan, &totals, seed)?;
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
    let (graph, clipping, _) = draw(plan, &totals, seed)?;
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
fn draw(plan: Plan, totals: &Totals, seed: u64) -> Result<(Graph, Clipping, Tree), NetworkError> {
    let (work, edges) = (AtomicU64::new(0), AtomicU64::new(0));
    // Once a limit is passed the result is an error, whatever the other tasks do.
    let full = || {
        work.load(Ordering::Relaxed) > MOST_WORK || edges.load(Ordering::Relaxed) > MAX_EDGES as u64
    };
    let run = |found: &mut Found, task: &Task| {
        found.clear();
        if full() {
            return;
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
                keys: task.keys.clone(),
                stream,
                found,
            });
        } else {
            Race::new(&plan, stream, found).run(task.level, task.keys.clone());
        }
        work.fetch_add(found.work, Ordering::Relaxed);
        edges.fetch_add(found.len() as u64, Ordering::Relaxed);
    };
    // Some tasks at a time, in memory that is still near when what they found is looked at.
    let mut some: Vec<Found> = Vec::new();
    some.resize_with(TOGETHER * rayon::current_num_threads(), Found::default);
    let mut run_all = |tasks: &[Task], take: &mut dyn FnMut(&Found)| {
        for tasks in tasks.chunks(some.len()) {
            let found = &mut some[..tasks.len()];
            let pairs = found.par_iter_mut().zip(tasks);
            pairs.for_each(|(found, task)| run(found, task));
            if full() {
                return;
            }
            found.iter().for_each(&mut *take);
        }
    };
    let tasks = tasks(&plan);
    let (direct, raced) = tasks.split_at(tasks.partition_point(|task| task.direct));
    let (mut far, mut clipped) = (Vec::new(), Vec::new());
    run_all(raced, &mut |found| {
        far.extend(found.edges().iter().map(|&edge| lower::far(edge)));
        clipped.push(found.clipped);
    });
    let mut lower = Lower::new(totals.nodes, far);
    // More than that is hardly found.
    let expected = 0.5 * totals.sum;
    lower.make_room((expected + 8.0 * expected.sqrt()) as usize);
    let mut near_clipped = Vec::new();
    run_all(direct, &mut |found| {
        lower.add(&found.rows);
        near_clipped.push(found.clipped);
    });
    let mut clipping = Clipping::default();
    for (pairs, missing) in near_clipped.into_iter().chain(clipped) {
        clipping.pairs += pairs;
        clipping.missing += missing;
    }
    if work.into_inner() > MOST_WORK {
        return Err(NetworkError::Crowded {
            limit: MOST_WORK as f64,
        });
    }
    check_sizes(totals.nodes, edges.into_inner() as usize)?;
    if clipping.pairs > 0 {
        clipping.nodes = plan.clipped_nodes();
    }
    // The rest of the plan has no place in memory beside the graph.
    let tree = plan.into_tree();
    drop(some);
    let mut graph = lower.into_graph();
    if !tree.order.is_empty() {
        graph = graph.renamed(&tree.order);
    }
    Ok((graph, clipping, tree))
}
