//! L0: mathematics that knows neither Bevy nor files: boxes, noise, neighbours, forces, estimators.

pub mod blocks;
pub mod bonds;
pub mod clusters;
pub mod density;
pub mod density_field;
pub mod domain;
pub mod grid;
pub mod philox;
pub mod polynomial;
pub mod radial;
pub mod scattering;
pub mod simd;
pub mod special;
pub mod statistics;

#[cfg(test)]
mod testing;
