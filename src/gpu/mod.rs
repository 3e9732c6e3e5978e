//! L5: steps on a graphics device, for every chapter that has a [twin](crate::model::twin).
//!
//! Reading order: [`device`] (which adapter, and an honest line about it), [`check`] (what a device
//! is asked before it is trusted), [`frame`] (what the shaders are told), `program` (WGSL files
//! joined into pipelines; what they are told of walls is [`crate::math::walls::lists`]), [`budget`]
//! (what fits), `buffers`, and [`engine`] (the state of a run on the device, see
//! [`crate::sim::engine`]). Where a window draws on the device that computes ([`shared`]), `marks`
//! makes the particles of its picture; `clock` tells what the phases cost.
//!
//! A step is the sort if it is due (`count`, the scan, `place` and `arrange`), `sum_forces` (or
//! `sum_all`) and `advance`, which orders the next sort by writing how many workgroups its dispatches
//! have. Workgroups have 64 lanes and use no subgroup operations; none depends on what another of the
//! same dispatch writes. Nothing that the order of atomic operations decides reaches the state: one
//! device gives the same bits in every run.

pub mod budget;
mod buffers;
pub mod check;
mod clock;
pub mod device;
pub mod engine;
pub mod frame;
mod marks;
mod program;
pub mod shared;

pub use device::{Choice, Device, GpuError, Listed, list};
pub use engine::GpuEngine;
pub use shared::Window;
