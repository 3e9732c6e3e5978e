//! Networks from elsewhere: lists of edges as comma-separated values, and GraphML.
//!
//! The readers take text and give a graph with the names of its nodes and, where the text has
//! them, coordinates. What is wrong is named with its line; sizes are checked before anything of
//! that size is allocated.

mod csv;
mod graphml;

use std::collections::BTreeMap;

use thiserror::Error;

use super::graph::{Graph, GraphError, MAX_EDGES};

pub use csv::{read_csv, read_csv_with_nodes};
pub use graphml::read_graphml;

/// The longest name of a node, in bytes.
const MAX_NAME: usize = 256;

/// How much a text may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nodes.
    pub nodes: usize,
    /// Edges.
    pub edges: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nodes: 50_000_000,
            edges: MAX_EDGES,
        }
    }
}

/// A network from a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The edges, without direction.
    pub graph: Graph,
    /// Name of each node.
    pub names: Vec<String>,
    /// Coordinates of each node, when the text gives them.
    pub places: Option<Vec<[f64; 2]>>,
}

/// Why a text is no network. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ImportError {
    /// A line has the wrong number of fields.
    #[error("line {line} has {found} fields; {wanted}")]
    Fields {
        /// Line.
        line: usize,
        /// Fields found.
        found: usize,
        /// What belongs there.
        wanted: &'static str,
    },
    /// A field is empty, too long or no number.
    #[error("line {line}, column {column}: {text:?} is no {wanted}")]
    Field {
        /// Line.
        line: usize,
        /// Column of the field's first character.
        column: usize,
        /// The field, cut to a readable length.
        text: String,
        /// What belongs there.
        wanted: &'static str,
    },
    /// An edge names a node that the list of nodes does not have.
    #[error("line {line}: the edge names node {name:?}, which the list of nodes does not have")]
    UnknownNode {
        /// Line of the edge.
        line: usize,
        /// The name.
        name: String,
    },
    /// A node stands twice in the list of nodes.
    #[error("line {line}: node {name:?} was listed before")]
    NodeTwice {
        /// Line of the second entry.
        line: usize,
        /// The name.
        name: String,
    },
    /// An edge leads back to its own node.
    #[error("line {line}: an edge leads from node {name:?} to itself; remove it")]
    SelfLoop {
        /// Line of the edge.
        line: usize,
        /// The name.
        name: String,
    },
    /// Two edges join the same nodes.
    #[error(
        "lines {} and {}: nodes {:?} and {:?} are joined twice; remove one of these edges",
        lines[0], lines[1], names[0], names[1]
    )]
    Duplicate {
        /// Lines of the edges.
        lines: [usize; 2],
        /// Names of the nodes.
        names: [String; 2],
    },
    /// A node has two different places.
    #[error("line {line}: node {name:?} stood elsewhere on an earlier line")]
    Moved {
        /// Line of the second place.
        line: usize,
        /// The name.
        name: String,
    },
    /// Some nodes have coordinates and others do not.
    #[error("node {name:?} has no coordinates, but others have; give all of them or none")]
    NoPlace {
        /// The name.
        name: String,
    },
    /// More nodes or edges than may be read.
    #[error("line {line}: more than {most} {what}; the text is too large to be read")]
    TooLarge {
        /// Line on which the limit is passed.
        line: usize,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// Not XML.
    #[error("the text is no readable XML: {0}")]
    Xml(String),
    /// XML, but no graph that can be read.
    #[error("line {line}: {what}")]
    GraphMl {
        /// Line.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// There is nothing in the text.
    #[error("the text holds no edges and no nodes")]
    Empty,
    /// The graph refuses what the readers should have found.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// Nodes by name, with what is known of their places.
#[derive(Default)]
struct Nodes {
    index: BTreeMap<String, u32>,
    places: Vec<Option<[f64; 2]>>,
}

impl Nodes {
    fn find(&self, name: &str) -> Option<u32> {
        self.index.get(name).copied()
    }

    /// The node of that name, a new one if need be.
    fn add(&mut self, name: &str, line: usize, limits: Limits) -> Result<u32, ImportError> {
        if let Some(node) = self.find(name) {
            return Ok(node);
        }
        if self.places.len() >= limits.nodes {
            return Err(ImportError::TooLarge {
                line,
                what: "nodes",
                most: limits.nodes,
            });
        }
        let node = self.places.len() as u32;
        self.index.insert(name.into(), node);
        self.places.push(None);
        Ok(node)
    }

    /// Puts a node somewhere, once.
    fn put(&mut self, node: u32, place: [f64; 2], line: usize) -> Result<(), ImportError> {
        let known = &mut self.places[node as usize];
        if known.is_some_and(|known| known != place) {
            return Err(ImportError::Moved {
                line,
                name: self.name(node),
            });
        }
        *known = Some(place);
        Ok(())
    }

    fn name(&self, node: u32) -> String {
        let mut names = self.index.iter();
        names
            .find(|entry| *entry.1 == node)
            .map_or_else(String::new, |entry| entry.0.clone())
    }

    /// Builds the graph of edges with their lines. Nodes whose names are all whole numbers are
    /// numbered in the order of these numbers, others in the order of the text.
    fn build(self, edges: Vec<([u32; 2], u32)>, keep: bool) -> Result<Imported, ImportError> {
        let count = self.places.len();
        if count == 0 {
            return Err(ImportError::Empty);
        }
        let mut names = vec![String::new(); count];
        for (name, node) in self.index {
            names[node as usize] = name;
        }
        let mut order: Vec<u32> = (0..count as u32).collect();
        let numbers: Option<Vec<u64>> = names.iter().map(|name| name.parse().ok()).collect();
        if let Some(numbers) = numbers.filter(|_| !keep) {
            order.sort_by_key(|&node| numbers[node as usize]);
        }
        let mut rank = vec![0; count];
        for (new, &old) in (0_u32..).zip(&order) {
            rank[old as usize] = new;
        }
        let names: Vec<String> = order
            .iter()
            .map(|&old| names[old as usize].clone())
            .collect();
        let mut sorted: Vec<([u32; 2], u32)> = edges
            .into_iter()
            .map(|(ends, line)| {
                let [a, b] = ends.map(|old| rank[old as usize]);
                ([a.min(b), a.max(b)], line)
            })
            .collect();
        sorted.sort_unstable();
        for two in sorted.windows(2) {
            if two[0].0 == two[1].0 {
                let names = two[0].0.map(|node| names[node as usize].clone());
                let lines = [two[0].1 as usize, two[1].1 as usize];
                return Err(ImportError::Duplicate { lines, names });
            }
        }
        let pairs: Vec<[u32; 2]> = sorted.into_iter().map(|(ends, _)| ends).collect();
        let graph = Graph::from_edges(count, &pairs)?;
        let places = if self.places.iter().any(Option::is_some) {
            let place = |&old: &u32| {
                self.places[old as usize].ok_or_else(|| ImportError::NoPlace {
                    name: names[rank[old as usize] as usize].clone(),
                })
            };
            Some(order.iter().map(place).collect::<Result<_, _>>()?)
        } else {
            None
        };
        Ok(Imported {
            graph,
            names,
            places,
        })
    }
}

/// A text cut to a length that fits in a message.
fn short(text: &str) -> String {
    if text.chars().count() > 40 {
        text.chars().take(40).chain(['…']).collect()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests;
