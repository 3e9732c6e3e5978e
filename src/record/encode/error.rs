//! What can go wrong with a film, each case with its object, its reason and its remedy.

use std::io;
use std::path::{Path, PathBuf};

/// Why a film could not be made.
///
/// Every message names the film (or the setting), what is wrong with it and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilmError {
    /// The extension of the path names no film format that can be written.
    #[error(
        "{path}: cannot tell the film format from the extension {found:?}; \
         name the file .mp4 (H.264 video), .gif (animation) or .png (stills)",
        path = path.display()
    )]
    UnknownContainer {
        /// The path as it was given.
        path: PathBuf,
        /// Its extension, empty when it has none.
        found: String,
    },
    /// The size of the picture cannot be encoded in this format.
    #[error("a film of {width}x{height} pixels: {reason}; {remedy}")]
    Size {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The rule that the size breaks.
        reason: String,
        /// A size or a format that would do.
        remedy: String,
    },
    /// The frame rate cannot be kept in this format.
    #[error("a film at {fps} frames per second: {reason}; {remedy}")]
    FrameRate {
        /// Frames per second.
        fps: u32,
        /// The rule that the rate breaks.
        reason: String,
        /// A rate or a format that would do.
        remedy: String,
    },
    /// The path is a folder, or ends in no file name.
    #[error("{path}: not the name of a file; give the film a file name inside that folder", path = path.display())]
    NotAFile {
        /// The path as it was given.
        path: PathBuf,
    },
    /// A system call on the film, its temporary file or its folder failed.
    #[error("{path}: {doing}: {source}; {remedy}", path = path.display(), remedy = remedy(source))]
    Io {
        /// The path of the film.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system answered.
        source: io::Error,
    },
    /// A frame does not have the number of bytes that the size asks for.
    #[error(
        "{path}: frame {frame} has {found} bytes, but {expected} were announced (width x height x 4); \
         render every frame of a film at one size",
        path = path.display()
    )]
    FrameLength {
        /// The path of the film.
        path: PathBuf,
        /// Number of the frame, from 0.
        frame: u64,
        /// Bytes of the frame.
        found: usize,
        /// Bytes that the settings ask for.
        expected: usize,
    },
    /// The encoder refused a frame.
    #[error("{path}: frame {frame} could not be encoded: {reason}; try another size, quality or format", path = path.display())]
    Encoder {
        /// The path of the film.
        path: PathBuf,
        /// Number of the frame, from 0.
        frame: u64,
        /// What the encoder answered.
        reason: String,
    },
    /// The film was finished before it had a frame.
    #[error("{path}: the film has no frame, so no file was written; record at least one frame", path = path.display())]
    NoFrames {
        /// The path of the film.
        path: PathBuf,
    },
    /// The encoding thread is gone: it failed earlier, and that error was handed out already.
    #[error("{path}: the film had failed before, and no file was written; start the recording again", path = path.display())]
    Stopped {
        /// The path of the film.
        path: PathBuf,
    },
}

impl FilmError {
    /// Wraps a system error with the film that it hit.
    pub(super) fn io(path: &Path, doing: &'static str, source: io::Error) -> Self {
        Self::Io {
            path: path.to_path_buf(),
            doing,
            source,
        }
    }
}

/// What to do about a system error, by its kind.
fn remedy(error: &io::Error) -> &'static str {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound => "create the folder first, or name one that exists",
        Kind::NotADirectory => "a part of the path is a file: name a folder that exists",
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => {
            "name a folder that you may write to, or change its permissions"
        }
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
            "free some space or name another disk, then record again"
        }
        Kind::IsADirectory => "give the film a file name inside that folder",
        _ => "name another file or folder, then record again",
    }
}

impl FilmError {
    /// True when what was asked for is at fault, and not the disk or the encoder.
    pub fn is_bad_input(&self) -> bool {
        matches!(
            self,
            Self::UnknownContainer { .. }
                | Self::Size { .. }
                | Self::FrameRate { .. }
                | Self::NotAFile { .. }
        )
    }
}
