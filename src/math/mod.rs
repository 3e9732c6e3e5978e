pub mod blocks;
pub mod bonds;
pub mod clusters;
pub mod density;
pub mod density_field;
pub mod domain;
pub mod grid;
pub mod radial;
pub mod scattering;
pub mod special;
pub mod statistics;
#[cfg(test)]
mod testing;
