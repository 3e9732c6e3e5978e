//! L0: mathematics that knows neither Bevy nor files: boxes, noise, neighbours, forces, estimators.

pub mod cells;
pub mod domain;
pub mod integrate;
pub mod laws;
pub mod pair;
pub mod philox;
pub mod polynomial;
pub mod simd;
pub mod verlet;
