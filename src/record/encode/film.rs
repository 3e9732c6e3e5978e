//! One film from its first frame to its final name.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::error::FilmError;
use super::gif::Gif;
use super::mp4::{Mp4, Mp4Error};
use super::png::Stills;
use super::settings::{Container, FilmSettings};
use super::staging::{Staged, sync_folder};

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmReport {
    /// The film, or the first of its stills.
    pub path: PathBuf,
    /// Frames in the film.
    pub frames: u64,
    /// Size in bytes, over all files.
    pub bytes: u64,
    /// Running time in seconds: frames / fps.
    pub seconds: f64,
}

/// A film that is being made. Dropping it before [`Film::finish`] cancels it.
pub struct Film {
    path: PathBuf,
    frame_bytes: usize,
    fps: u32,
    frames: u64,
    /// `None` after an error: the temporary file is gone, and there is nothing to go on with.
    stage: Option<Stage>,
}

/// The encoder of a format with its temporary file; the encoder is dropped first.
enum Stage {
    Mp4(Box<Mp4<File>>, Staged),
    Gif(Box<Gif<File>>, Staged),
    Png(Box<Stills>),
}

impl Film {
    /// Starts a film that will be called `path`; its extension names the format (see [`Container`]).
    ///
    /// # Errors
    /// Any [`FilmError`] about the path or the settings. Nothing is left behind then.
    pub fn create(path: &Path, settings: &FilmSettings) -> Result<Self, FilmError> {
        let container = Container::from_path(path)?;
        settings.check(container)?;
        let io = |error| FilmError::io(path, "cannot write it", error);
        let stage = match container {
            Container::Mp4 => {
                let staged = Staged::create(path)?;
                let mp4 = Mp4::new(staged.handle(path)?, settings)
                    .map_err(|error| mp4_error(path, 0, error))?;
                Stage::Mp4(Box::new(mp4), staged)
            }
            Container::Gif => {
                let staged = Staged::create(path)?;
                let gif = Gif::new(staged.handle(path)?, settings).map_err(io)?;
                Stage::Gif(Box::new(gif), staged)
            }
            Container::Png => Stage::Png(Box::new(Stills::new(path, settings)?)),
        };
        Ok(Self {
            path: path.to_path_buf(),
            frame_bytes: settings.frame_bytes(),
            fps: settings.fps,
            frames: 0,
            stage: Some(stage),
        })
    }

    /// Appends one frame of width x height x 4 bytes.
    ///
    /// # Errors
    /// [`FilmError::FrameLength`] leaves the film as it was. After any other error the film is
    /// cancelled, and every further call says [`FilmError::Stopped`].
    pub fn push(&mut self, rgba: &[u8]) -> Result<(), FilmError> {
        if rgba.len() != self.frame_bytes {
            return Err(FilmError::FrameLength {
                path: self.path.clone(),
                frame: self.frames,
                found: rgba.len(),
                expected: self.frame_bytes,
            });
        }
        let path = &self.path;
        let pushed = match &mut self.stage {
            None => Err(FilmError::Stopped { path: path.clone() }),
            Some(Stage::Mp4(mp4, _)) => mp4
                .push(rgba)
                .map_err(|error| mp4_error(path, self.frames, error)),
            Some(Stage::Gif(gif, _)) => gif
                .push(rgba)
                .map_err(|error| FilmError::io(path, "cannot write it", error)),
            Some(Stage::Png(stills)) => stills.push(rgba),
        };
        match pushed {
            Ok(()) => self.frames += 1,
            Err(_) => self.stage = None,
        }
        pushed
    }

    /// Frames that were pushed so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Completes the film and gives it its name; an older file of that name is replaced.
    ///
    /// # Errors
    /// [`FilmError::NoFrames`] without a frame; otherwise what the system answered. No film appears
    /// under the name then, and an older one stays.
    pub fn finish(mut self) -> Result<FilmReport, FilmError> {
        let path = self.path.clone();
        let Some(stage) = self.stage.take() else {
            return Err(FilmError::Stopped { path });
        };
        if self.frames == 0 {
            return Err(FilmError::NoFrames { path });
        }
        let (staged, written) = match stage {
            Stage::Mp4(mp4, staged) => (
                staged,
                mp4.finish()
                    .map_err(|error| mp4_error(&path, self.frames, error)),
            ),
            Stage::Gif(gif, staged) => (
                staged,
                gif.finish()
                    .map_err(|error| FilmError::io(&path, "cannot write it", error)),
            ),
            Stage::Png(stills) => {
                let (path, bytes) = stills.finish()?;
                return Ok(self.report(path, bytes));
            }
        };
        written?;
        let (closed, bytes) = staged.close(&path)?;
        closed.publish(&path)?;
        sync_folder(&path)?;
        Ok(self.report(path, bytes))
    }

    /// Gives the film up: the temporary file is removed, and an older film of that name stays.
    pub fn cancel(self) {}

    fn report(&self, path: PathBuf, bytes: u64) -> FilmReport {
        FilmReport {
            path,
            frames: self.frames,
            bytes,
            seconds: self.frames as f64 / f64::from(self.fps),
        }
    }
}

/// An error of the MP4 writer with the film and the frame that it hit.
fn mp4_error(path: &Path, frame: u64, error: Mp4Error) -> FilmError {
    match error {
        Mp4Error::Io(error) => FilmError::io(path, "cannot write it", error),
        Mp4Error::Codec(reason) => FilmError::Encoder {
            path: path.to_path_buf(),
            frame,
            reason,
        },
    }
}
