//! Why a network cannot be made.

use thiserror::Error;

use super::degrees::DegreeError;
use super::graph::GraphError;
use super::shape::KernelError;

/// Why a network cannot be made.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum NetworkError {
    /// The list of edges is no simple graph, or too large.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The kernel is none.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// The expected degrees are none.
    #[error(transparent)]
    Degrees(#[from] DegreeError),
    /// A node lies outside of the box.
    #[error("node {node} lies outside of the box; enlarge the box or move the node")]
    Outside {
        /// The node.
        node: usize,
    },
    /// Too many pairs of nodes lie closer than the kernel can tell apart.
    #[error(
        "the nodes are so crowded that more than {limit:e} pairs would have to be tried one by \
         one; spread the nodes, shorten the kernel or lower the expected degrees"
    )]
    Crowded {
        /// Work that is allowed.
        limit: f64,
    },
    /// A parameter of a network is out of range.
    #[error("the {name} is {value}; it must be from {least} to {most}")]
    Range {
        /// Which parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// Smallest valid value.
        least: f64,
        /// Largest valid value.
        most: f64,
    },
}

/// Checks that a parameter is within its range.
pub(super) fn within(
    name: &'static str,
    value: f64,
    least: f64,
    most: f64,
) -> Result<(), NetworkError> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(NetworkError::Range {
            name,
            value,
            least,
            most,
        })
    }
}
