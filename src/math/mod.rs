//! L0: mathematics that knows neither Bevy nor files: boxes, noise, neighbours, forces, estimators.

pub mod domain;
pub mod philox;
pub mod polynomial;
pub mod simd;
