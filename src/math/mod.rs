//! L0: mathematics that knows neither Bevy nor files: boxes, noise, neighbours, forces, estimators.

pub mod agenda;
pub mod blocks;
pub mod bonds;
pub mod cells;
pub mod clusters;
pub mod convolution;
pub mod correlation;
pub mod density;
pub mod density_field;
pub mod displacement;
pub mod domain;
pub mod event_queue;
pub mod flock;
pub mod frequencies;
pub mod grid;
pub mod history;
pub mod integrate;
pub mod laws;
pub mod longrange;
pub mod nearest;
pub mod neighbour_sums;
pub mod network;
pub mod nonlocal;
pub mod order;
pub mod oscillators;
pub mod pair;
pub mod parting;
pub mod philox;
pub mod polynomial;
pub mod pull;
pub mod radial;
pub mod scattering;
pub mod segment;
pub mod series;
pub mod settled;
pub mod simd;
pub mod special;
pub mod statistics;
pub mod strips;
pub mod swarm;
pub mod tally;
pub mod verlet;
pub mod walls;

#[cfg(test)]
pub mod testing;
