//! L2: the models, a folder each. Deleting a folder and its line here deletes the model.

pub mod active;
pub mod kuramoto;
pub mod swarmalators;

use crate::model::Model;

/// Every model, in the order of lists and galleries.
pub static ALL: &[&Model] = &[&active::MODEL, &kuramoto::MODEL, &swarmalators::MODEL];

/// A model by its name in scenes.
pub fn find(name: &str) -> Option<&'static Model> {
    ALL.iter().copied().find(|model| model.name == name)
}
