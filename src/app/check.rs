//! `seethe check`: are these scenes valid?

use super::{Failure, say};

/// Checks every scene and reports all problems of all of them.
pub fn check(scenes: &[String]) -> Result<(), Failure> {
    let mut faults = String::new();
    for name in scenes {
        match crate::scene::find(name, &[]) {
            Ok(scene) => say(&format!(
                "{name}: good ({}, {} particles, dt {})\n",
                scene.model.name, scene.count, scene.dt
            ))?,
            Err(problems) => faults.push_str(&problems.for_terminal()),
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::BadInput(faults))
    }
}
