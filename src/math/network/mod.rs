//! Networks: nodes in the plane or nowhere, and the edges between them.

#![allow(
    clippy::needless_range_loop,
    reason = "an index that runs over lanes or axes of several columns at once reads better than a zip of them"
)]

pub mod compare;
pub mod degrees;
pub mod error;
mod found;
pub mod geometry;
pub mod graph;
pub mod import;
mod judge;
pub mod kernel;
mod lanes;
mod lower;
mod masses;
pub mod measure;
mod near;
mod parts;
mod plan;
mod pool;
mod race;
mod rows;
pub mod sample;
pub mod shape;
mod stretch;
mod tree;

pub use degrees::{DegreeError, Expected, ExpectedDegrees};
pub use error::NetworkError;
pub use graph::{Graph, GraphError};
pub use kernel::Kernel;
pub use sample::{Clipping, SpatialNetwork};
pub use shape::{KernelError, Shape};

#[cfg(test)]
mod tests;
