//! Networks: nodes in the plane or nowhere, and the edges between them.

pub mod graph;

pub use graph::{Graph, GraphError};
