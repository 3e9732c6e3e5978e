//! Seethe: a desktop laboratory for collective dynamics. This is the map of the house.
//!
//! | layer | module | what it holds |
//! |---|---|---|
//! | L0 | [`math`] | boxes, noise, neighbours, forces, estimators: pure functions over slices |
//! | L1 | [`model`] | the contract of a chapter |

pub mod math;
pub mod model;
pub mod models;
