//! L0: mathematics that knows neither Bevy nor files: boxes, noise, neighbours, forces, estimators.

pub mod blocks;
pub mod bonds;
pub mod cells;
pub mod clusters;
pub mod correlation;
pub mod density;
pub mod density_field;
pub mod displacement;
pub mod domain;
pub mod flock;
pub mod grid;
pub mod integrate;
pub mod laws;
pub mod nearest;
pub mod order;
pub mod pair;
pub mod philox;
pub mod polynomial;
pub mod pull;
pub mod radial;
pub mod scattering;
pub mod series;
pub mod settled;
pub mod simd;
pub mod special;
pub mod statistics;
pub mod strips;
pub mod swarm;
pub mod verlet;

#[cfg(test)]
mod testing;
