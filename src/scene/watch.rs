//! A scene file that is being edited: noticed when it changes, read when it has come to rest.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::overrides::Override;
use super::problem::Problems;
use super::types::Scene;
use super::{load, parse};

/// What tells that a file may have changed.
type Stamp = Option<(SystemTime, u64)>;

/// What a look at the file brought.
#[derive(Debug)]
pub enum News {
    /// Nothing new, or a change that has not come to rest.
    Nothing,
    /// The file holds another valid scene.
    Changed(Box<Scene>),
    /// The file has changed and is wrong now; the last good scene still stands.
    Broken(Problems),
}

/// Watches one file by its time, length and content.
///
/// Editors save in different ways: in place, so that a half-written file can be seen, or by
/// renaming, so that the file is away for a moment. Therefore a change counts when two looks in
/// succession see the same stamp, and only if the content differs. The time of a file system is
/// coarse, so that the content is compared once more at the look after that.
pub struct Watched {
    path: PathBuf,
    overrides: Vec<Override>,
    good: Scene,
    content: Option<u32>,
    settled: Stamp,
    pending: Option<Stamp>,
    confirmed: bool,
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((
        metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
        metadata.len(),
    ))
}

impl Watched {
    /// Watches a file that `scene` was loaded from with these overrides.
    pub fn new(path: &Path, overrides: &[Override], scene: Scene) -> Self {
        Self {
            path: path.into(),
            overrides: overrides.to_vec(),
            content: Some(crc32fast::hash(scene.source.as_bytes())),
            good: scene,
            // Nothing is settled: the file may have changed since it was loaded.
            settled: None,
            pending: None,
            confirmed: true,
        }
    }

    /// The last valid scene that the file held.
    pub fn good(&self) -> &Scene {
        &self.good
    }

    /// Looks at the file; to be called a few times per second, outside the frame's hot path.
    pub fn poll(&mut self) -> News {
        let now = stamp(&self.path);
        if now == self.settled && self.pending.is_none() && self.confirmed {
            return News::Nothing;
        }
        if now != self.settled && self.pending != Some(now) {
            self.pending = Some(now);
            return News::Nothing;
        }
        let text = load::text(&self.path);
        if stamp(&self.path) != now {
            self.pending = None;
            self.confirmed = false;
            return News::Nothing;
        }
        self.confirmed = self.pending.is_none();
        self.pending = None;
        self.settled = now;
        let text = match text {
            Ok(text) => text,
            Err(problems) => {
                // Told once, until there is a content again.
                return if self.content.take().is_some() {
                    News::Broken(problems)
                } else {
                    News::Nothing
                };
            }
        };
        let content = crc32fast::hash(text.as_bytes());
        if self.content.replace(content) == Some(content) {
            return News::Nothing;
        }
        match parse(&self.path.display().to_string(), &text, &self.overrides) {
            Ok(scene) => {
                self.good = scene.clone();
                News::Changed(Box::new(scene))
            }
            Err(problems) => News::Broken(problems),
        }
    }
}
