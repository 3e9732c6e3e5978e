//! The end of the program when work is to be kept: the film is finished, then the scene is saved.

use super::desk::Desk;
use super::files::Question;
use crate::scene::Scene;

/// What is still to be kept before the program may end.
pub struct Leaving {
    scene: Option<Box<Scene>>,
    asked: bool,
}

impl Leaving {
    /// Begins to leave.
    pub fn new(scene: Option<Box<Scene>>) -> Self {
        Self {
            scene,
            asked: false,
        }
    }
}

/// To be called every frame: does what comes next; true when nothing is left to be kept.
pub fn attend(desk: &mut Desk) -> bool {
    let Some(leaving) = &mut desk.leaving else {
        return false;
    };
    if desk.filming.is_busy() {
        desk.filming.stop();
        return false;
    }
    if desk.writing.is_busy() {
        return false;
    }
    if let Some(scene) = leaving.scene.take() {
        leaving.asked = true;
        desk.asking.ask(Question::SaveScene(scene));
        return false;
    }
    if leaving.asked {
        // The answer ends it; a dialogue that was closed without one means to stay.
        if !desk.asking.is_open() {
            desk.leaving = None;
        }
        return false;
    }
    true
}

/// What became of the scene: the program ends once it is written, and stays when it is not.
pub fn scene_written(desk: &mut Desk, done: bool) {
    if done {
        if let Some(leaving) = &mut desk.leaving {
            leaving.asked = false;
        }
    } else {
        desk.leaving = None;
    }
}
