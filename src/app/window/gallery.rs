//! The scenes that can be opened from the window.

use crate::panel::SceneEntry;
use crate::scene;

/// The built-in scenes with what the interface says of them.
pub struct Gallery {
    names: Vec<&'static str>,
    entries: Vec<SceneEntry>,
}

impl Gallery {
    /// Reads all built-in scenes.
    pub fn new() -> Self {
        let mut gallery = Self {
            names: Vec::new(),
            entries: Vec::new(),
        };
        for (name, text) in scene::gallery::ALL.iter() {
            // A built-in scene that is wrong is caught by the tests; here it is left out.
            let Ok(scene) = scene::parse(name, text, &[]) else {
                continue;
            };
            let summary = scene
                .story
                .text
                .split_inclusive(". ")
                .next()
                .unwrap_or("")
                .trim();
            gallery.names.push(name);
            gallery.entries.push(SceneEntry {
                title: scene.story.title.clone(),
                summary: summary.into(),
                tags: scene.story.tags.clone(),
                thumbnail: None,
            });
        }
        gallery
    }

    /// The scenes in their order.
    pub fn entries(&self) -> &[SceneEntry] {
        &self.entries
    }

    /// The name of a scene by its index.
    pub fn name(&self, index: usize) -> Option<&'static str> {
        self.names.get(index).copied()
    }
}
