//! L2: the models, a folder each. Deleting a folder and its line here deletes the model.

pub mod active;
pub mod coulomb;
pub mod epidemic;
pub mod kuramoto;
pub mod swarmalators;
pub mod vicsek;

use crate::model::Model;

/// Every model, in the order of lists and galleries.
pub static ALL: &[&Model] = &[
    &active::MODEL,
    &vicsek::MODEL,
    &kuramoto::MODEL,
    &swarmalators::MODEL,
    &epidemic::MODEL,
    &coulomb::MODEL,
];

/// A model by its name in scenes.
pub fn find(name: &str) -> Option<&'static Model> {
    ALL.iter().copied().find(|model| model.name == name)
}
