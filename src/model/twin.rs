//! The twin of a law on a graphics device: data that an engine reads, and no device.
//!
//! A chapter with a twin says so in [`Model::twin`](super::Model::twin): a WGSL file in
//! `shaders/models` with the functions that `shaders/particles.wgsl` asks for, and the block of
//! numbers that they read.

use super::parameter::Values;

/// Bytes of the block of a law: sixteen words, which every device takes as a uniform.
pub const LAW_BYTES: usize = 64;

/// A law as a compute shader.
#[derive(Clone, Copy)]
pub struct Twin {
    /// The chapter's WGSL.
    pub source: &'static str,
    /// Name of the column of two `f32` that the law changes besides positions.
    pub state: &'static str,
    /// The block `Law` of the shader for these values and a step of dt.
    pub law: fn(&Values, f64) -> [u8; LAW_BYTES],
}
