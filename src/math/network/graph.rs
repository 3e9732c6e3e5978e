//! Undirected simple graphs in compressed rows: the one form in which every network is kept.

use thiserror::Error;

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

/// A list of edges in some form.
pub(super) trait Edges {
    /// How many there are.
    fn count(&self) -> usize;

    /// Adds the degree of each node to the entry two behind it.
    fn count_degrees(&self, degrees: &mut [u32]);

    /// Puts both ends of every edge into the rows of each other; `free`, one behind the node, is
    /// the next free entry of its row. Behind the last row are [`SPARE`] entries. Counts for each
    /// row the entries that may be out of order; none that are in order may follow.
    fn fill_rows(&self, free: &mut [u32], targets: &mut [u32], late: &mut [u8]);
}

impl<T: AsRef<[[u32; 2]]>> Edges for T {
    fn count(&self) -> usize {
        self.as_ref().len()
    }

    fn count_degrees(&self, degrees: &mut [u32]) {
        for &[a, b] in self.as_ref() {
            degrees[a as usize + 2] += 1;
            degrees[b as usize + 2] += 1;
        }
    }

    fn fill_rows(&self, free: &mut [u32], targets: &mut [u32], late: &mut [u8]) {
        for &[a, b] in self.as_ref() {
            for (row, target) in [(a, b), (b, a)] {
                let late = &mut late[row as usize];
                *late = late.saturating_add(1);
                let place = &mut free[row as usize + 1];
                targets[*place as usize] = target;
                *place += 1;
            }
        }
    }
}

/// An undirected simple graph in compressed rows; each edge stands in both rows, rows ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// First entry of each row, and the number of entries behind the last row.
    starts: Vec<u32>,
    /// Neighbours, row by row.
    targets: Vec<u32>,
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

    /// The graph of edges that came from a sampler: known nodes, no self loops; a pair that was
    /// drawn more than once counts once. The parts are taken one after the other.
    ///
    /// # Errors
    /// When there are more edges than a graph can have.
    pub(super) fn from_draws<E: Edges>(nodes: usize, parts: &[E]) -> Result<Self, GraphError> {
        check_sizes(nodes, parts.iter().map(Edges::count).sum())?;
        let (mut graph, twice) = Self::gather(nodes, parts);
        graph.merge_duplicates(&twice);
        Ok(graph)
    }

    /// Counts, scatters, and sorts the rows; also gives the rows that have equal entries. Parts
    /// whose edges ascend leave sorted rows behind, which need no sort.
    fn gather<E: Edges>(nodes: usize, parts: &[E]) -> (Self, Vec<u32>) {
        // Two behind: while rows are filled, `starts[row + 1]` is the next free entry of the row.
        let mut starts = vec![0_u32; nodes + 2];
        for part in parts {
            part.count_degrees(&mut starts);
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut targets = vec![0_u32; sum as usize + SPARE];
        let mut late = vec![0_u8; nodes];
        for part in parts {
            part.fill_rows(&mut starts, &mut targets, &mut late);
        }
        starts.truncate(nodes + 1);
        let twice = dispatch(SortRows {
            starts: &starts,
            targets: &mut targets,
            late: &late,
        });
        targets.truncate(sum as usize);
        (Self { starts, targets }, twice)
    }

    /// Leaves one of several equal entries of each of the given rows, which ascend.
    fn merge_duplicates(&mut self, rows: &[u32]) {
        let (mut write, mut read, mut from) = (0, 0, 0);
        for &row in rows {
            let row = row as usize;
            let [begin, end] = [0, 1].map(|k| self.starts[row + k] as usize);
            let removed = read - write;
            self.targets.copy_within(read..begin, write);
            write += begin - read;
            self.starts[from..=row]
                .iter_mut()
                .for_each(|start| *start -= removed as u32);
            let first = write;
            for at in begin..end {
                let target = self.targets[at];
                if write == first || self.targets[write - 1] != target {
                    self.targets[write] = target;
                    write += 1;
                }
            }
            (read, from) = (end, row + 1);
        }
        let removed = read - write;
        self.targets.copy_within(read.., write);
        self.starts[from..]
            .iter_mut()
            .for_each(|start| *start -= removed as u32);
        self.targets.truncate(self.targets.len() - removed);
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

    /// Sixteen neighbours from an entry on, of whatever rows they are: those of `node` begin at
    /// `offset(node)`. What is missing behind the last entry is 0.
    #[inline(always)]
    pub fn sixteen(&self, entry: usize) -> [u32; 16] {
        let rest = self.targets.get(entry..).unwrap_or_default();
        match rest.first_chunk::<16>() {
            Some(entries) => *entries,
            None => {
                let mut entries = [0; 16];
                entries[..rest.len()].copy_from_slice(rest);
                entries
            }
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
        // The row of node 3 begins at entry 5 of 8, and what is missing behind the last is 0.
        assert_eq!(graph.sixteen(graph.offset(3) + 1)[..3], [1, 2, 0]);
        assert_eq!(graph.sixteen(99), [0; 16]);
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
    fn pairs_that_a_sampler_drew_twice_count_once() {
        let parts = [vec![[0, 1], [2, 1]], vec![[1, 0], [0, 2], [1, 2], [1, 2]]];
        let graph = Graph::from_draws(4, &parts).unwrap();
        let expected = Graph::from_edges(4, &[[0, 1], [0, 2], [1, 2]]).unwrap();
        assert_eq!(graph, expected);
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
