pub mod clusters;
pub mod domain;
pub mod grid;
pub mod statistics;
