//! Undirected simple graphs in compressed rows: the one form in which every network is kept.

use prefetch_index::prefetch_index;
use thiserror::Error;

use super::super::pages::Pages;
use super::super::simd::dispatch;
use super::rows::{SPARE, SortRows};

/// The most nodes of a graph; an index fits in a `u32` with room for marks.
pub const MAX_NODES: usize = 1 << 30;

/// The most edges of a graph: 800 MB of entries.
pub const MAX_EDGES: usize = 100_000_000;

/// Why a list of edges is no simple graph.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GraphError {
    /// More nodes than [`MAX_NODES`].
    #[error("{nodes} nodes are more than the {MAX_NODES} that a network can have; ask for fewer")]
    TooManyNodes {
        /// Nodes asked for.
        nodes: usize,
    },
    /// More edges than [`MAX_EDGES`].
    #[error("{edges} edges are more than the {MAX_EDGES} that a network can have; ask for fewer")]
    TooManyEdges {
        /// Edges asked for.
        edges: usize,
    },
    /// An edge names a node that does not exist.
    #[error("edge {edge} names node {node}, but the nodes are 0 to {}", nodes.saturating_sub(1))]
    UnknownNode {
        /// Place of the edge in the list, from 0.
        edge: usize,
        /// The unknown node.
        node: u32,
        /// Number of nodes.
        nodes: usize,
    },
    /// An edge leads back to its own node.
    #[error("edge {edge} leads from node {node} to itself; remove it")]
    SelfLoop {
        /// Place of the edge in the list, from 0.
        edge: usize,
        /// The node.
        node: u32,
    },
    /// Two edges join the same pair of nodes.
    #[error("nodes {} and {} are joined more than once; keep one of these edges", nodes[0], nodes[1])]
    Duplicate {
        /// The pair of nodes, ascending.
        nodes: [u32; 2],
    },
}

/// An undirected simple graph in compressed rows; each edge stands in both rows, rows ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// First entry of each row, and the number of entries behind the last row.
    starts: Vec<u32>,
    /// Neighbours, row by row.
    targets: Pages<u32>,
}

impl Graph {
    /// The graph of a list of edges over nodes 0 to `nodes` − 1, in any order.
    ///
    /// # Errors
    /// Refuses unknown nodes, self loops, duplicates (also when reversed) and absurd sizes, and
    /// names them.
    pub fn from_edges(nodes: usize, edges: &[[u32; 2]]) -> Result<Self, GraphError> {
        check_sizes(nodes, edges.len())?;
        for (edge, &[a, b]) in edges.iter().enumerate() {
            if let Some(&node) = [a, b].iter().find(|&&node| node as usize >= nodes) {
                return Err(GraphError::UnknownNode { edge, node, nodes });
            }
            if a == b {
                return Err(GraphError::SelfLoop { edge, node: a });
            }
        }
        let (graph, twice) = Self::gather(nodes, &[edges]);
        for node in twice {
            if let Some(pair) = graph.neighbours(node).windows(2).find(|w| w[0] == w[1]) {
                let nodes = [node.min(pair[0]), node.max(pair[0])];
                return Err(GraphError::Duplicate { nodes });
            }
        }
        Ok(graph)
    }

    /// The graph of edges that came from a sampler: known nodes, no self loops, no pair twice. The
    /// parts are taken one after the other.
    ///
    /// # Errors
    /// When there are more edges than a graph can have.
    pub(super) fn from_draws(nodes: usize, parts: &[Vec<[u32; 2]>]) -> Result<Self, GraphError> {
        check_sizes(nodes, parts.iter().map(Vec::len).sum())?;
        Ok(Self::gather(nodes, parts).0)
    }

    /// The graph of rows that ascend, each edge in two of them: where they start, the end of the
    /// last, and their entries.
    pub(super) fn from_rows(starts: Vec<u32>, targets: Pages<u32>) -> Self {
        Self { starts, targets }
    }

    /// The same graph with other numbers, `names[node]` in place of `node`.
    pub(super) fn renamed(&self, names: &[u32]) -> Self {
        let mut starts = vec![0; names.len() + 1];
        for (node, &name) in (0..).zip(names) {
            starts[name as usize + 1] = self.degree(node) as u32;
        }
        sum_up(&mut starts);
        let mut targets = Pages::zeroed(self.targets.len() + SPARE);
        for (node, &name) in (0..).zip(names) {
            let row = self.neighbours(node);
            let begin = starts[name as usize] as usize;
            for (target, &other) in targets[begin..begin + row.len()].iter_mut().zip(row) {
                *target = names[other as usize];
            }
        }
        Self::sorted(starts, targets).0
    }

    /// Counts, scatters, and sorts the rows; also gives the rows that have equal entries.
    fn gather<E: AsRef<[[u32; 2]]>>(nodes: usize, parts: &[E]) -> (Self, Vec<u32>) {
        // Two behind: while rows are filled, `starts[row + 1]` is the next free entry of the row.
        let mut starts = vec![0; nodes + 2];
        let edges = || parts.iter().flat_map(AsRef::as_ref);
        for &[a, b] in edges() {
            starts[a as usize + 2] += 1;
            starts[b as usize + 2] += 1;
        }
        let mut targets = Pages::zeroed(sum_up(&mut starts) + SPARE);
        for &[a, b] in edges() {
            for (row, target) in [(a, b), (b, a)] {
                let place = &mut starts[row as usize + 1];
                targets[*place as usize] = target;
                *place += 1;
            }
        }
        starts.truncate(nodes + 1);
        Self::sorted(starts, targets)
    }

    /// The graph of rows in any order, with [`SPARE`] entries behind them; also gives the rows that
    /// have equal entries.
    fn sorted(starts: Vec<u32>, mut targets: Pages<u32>) -> (Self, Vec<u32>) {
        let twice = dispatch(SortRows {
            starts: &starts,
            targets: &mut targets,
        });
        targets.truncate(targets.len() - SPARE);
        (Self { starts, targets }, twice)
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of edges.
    pub fn edges(&self) -> usize {
        self.targets.len() / 2
    }

    /// The neighbours of a node, ascending; of an unknown node, none.
    #[inline]
    pub fn neighbours(&self, node: u32) -> &[u32] {
        let node = node as usize;
        match (self.starts.get(node), self.starts.get(node + 1)) {
            (Some(&begin), Some(&end)) => &self.targets[begin as usize..end as usize],
            _ => &[],
        }
    }

    /// The neighbours of all nodes, row by row: those of a node stand in its [`Graph::row`].
    #[inline(always)]
    pub fn entries(&self) -> &[u32] {
        &self.targets
    }

    /// Where the neighbours of a node begin and end among [`Graph::entries`]; an unknown node has
    /// none.
    #[inline(always)]
    pub fn row(&self, node: u32) -> [u32; 2] {
        match self.starts.get(node as usize..) {
            Some(&[begin, end, ..]) => [begin, end],
            _ => [0; 2],
        }
    }

    /// Number of neighbours of a node; of an unknown node, 0.
    pub fn degree(&self, node: u32) -> usize {
        self.neighbours(node).len()
    }

    /// Index of the first entry of the node's row, for data that is kept per entry: the data of
    /// `neighbours(node)[k]` stands at `offset(node) + k` of an array of 2 · [`Graph::edges`].
    pub fn offset(&self, node: u32) -> usize {
        let last = self.starts.len() - 1;
        self.starts[(node as usize).min(last)] as usize
    }

    /// Brings the place of the node's row into the cache, for [`Graph::row`] later.
    #[inline]
    pub fn prefetch(&self, node: u32) {
        prefetch_index(&self.starts, node as usize);
    }

    /// Every edge once as [low, high], in ascending order.
    pub fn iter_edges(&self) -> impl Iterator<Item = [u32; 2]> + '_ {
        (0..self.nodes() as u32).flat_map(move |a| {
            let row = self.neighbours(a);
            row[row.partition_point(|&b| b < a)..]
                .iter()
                .map(move |&b| [a, b])
        })
    }
}

/// Puts the sum of all up to it in the place of each entry, and gives the sum of all.
pub(super) fn sum_up(entries: &mut [u32]) -> usize {
    let mut sum = 0;
    for entry in entries {
        sum += *entry;
        *entry = sum;
    }
    sum as usize
}

/// Refuses sizes whose indices would not fit, before anything is allocated.
pub(super) fn check_sizes(nodes: usize, edges: usize) -> Result<(), GraphError> {
    if nodes > MAX_NODES {
        return Err(GraphError::TooManyNodes { nodes });
    }
    if edges > MAX_EDGES {
        return Err(GraphError::TooManyEdges { edges });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_ascend_and_hold_every_edge_twice() {
        let graph = Graph::from_edges(5, &[[3, 1], [0, 3], [2, 3], [1, 0]]).unwrap();
        assert_eq!((graph.nodes(), graph.edges()), (5, 4));
        let rows: Vec<_> = (0..6).map(|node| graph.neighbours(node)).collect();
        assert_eq!(rows, [&[1, 3][..], &[0, 3], &[3], &[0, 1, 2], &[], &[]]);
        assert_eq!(graph.degree(3), 3);
        let offsets: Vec<_> = (0..7).map(|node| graph.offset(node)).collect();
        assert_eq!(offsets, [0, 2, 4, 5, 8, 8, 8]);
        assert_eq!((graph.row(3), graph.row(4)), ([5, 8], [8, 8]));
        assert_eq!((graph.row(5), graph.row(u32::MAX)), ([0; 2], [0; 2]));
        assert_eq!(graph.entries()[5..], [0, 1, 2]);
        let edges: Vec<_> = graph.iter_edges().collect();
        assert_eq!(edges, [[0, 1], [0, 3], [1, 3], [2, 3]]);
    }

    #[test]
    fn what_is_no_simple_graph_is_named() {
        let text = |nodes, edges: &[[u32; 2]]| Graph::from_edges(nodes, edges).unwrap_err();
        assert_eq!(
            text(3, &[[0, 1], [1, 3]]).to_string(),
            "edge 1 names node 3, but the nodes are 0 to 2"
        );
        let loops = GraphError::SelfLoop { edge: 0, node: 2 };
        assert_eq!(text(3, &[[2, 2]]), loops);
        let twice = GraphError::Duplicate { nodes: [0, 2] };
        assert_eq!(text(3, &[[2, 0], [1, 2], [0, 2]]), twice);
        assert!(matches!(
            text(usize::MAX, &[]),
            GraphError::TooManyNodes { .. }
        ));
        assert!(check_sizes(10, 1_000_000_000).is_err());
        assert_eq!(Graph::from_edges(0, &[]).unwrap().nodes(), 0);
    }

    #[test]
    fn other_numbers_leave_the_edges_as_they_are() {
        let graph = Graph::from_edges(5, &[[3, 1], [0, 3], [2, 3], [1, 0]]).unwrap();
        let expected = Graph::from_edges(5, &[[4, 3], [2, 4], [0, 4], [3, 2]]).unwrap();
        assert_eq!(graph.renamed(&[2, 3, 0, 4, 1]), expected);
    }

    proptest! {
        #[test]
        fn any_list_is_a_symmetric_graph_or_an_error(
            edges in prop::collection::vec([0_u32..12, 0_u32..12], 0..30)
        ) {
            if let Ok(graph) = Graph::from_edges(10, &edges) {
                prop_assert_eq!(graph.edges(), edges.len());
                for a in 0..10 {
                    for &b in graph.neighbours(a) {
                        prop_assert!(graph.neighbours(b).contains(&a) && a != b);
                    }
                }
            }
        }
    }
}
