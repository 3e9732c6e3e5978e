//! L0: mathematics that knows neither Bevy nor files: boxes, noise, neighbours, forces, estimators.

pub mod bonds;
pub mod clusters;
pub mod domain;
pub mod grid;
pub mod radial;
pub mod statistics;
#[cfg(test)]
mod testing;
