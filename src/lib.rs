//! Seethe: a desktop laboratory for collective dynamics. This is the map of the house.
//!
//! | layer | module | what it holds |
//! |---|---|---|
//! | L0 | [`math`] | boxes, noise, neighbours, forces, estimators: pure functions over slices |
//! | L1 | [`model`] | the contract of a chapter |
//! | L5 | [`record`] | films and stills: frames in, a whole file out |

pub mod math;
pub mod model;
pub mod models;
pub mod record;

