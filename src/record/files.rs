//! Writing a file so that its name never stands for half of it.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that could not be written: which, why, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}; {remedy}")]
pub struct WriteError {
    pub path: String,
    pub reason: String,
    pub remedy: &'static str,
}

impl WriteError {
    /// The error of an operation on `path`.
    pub fn new(path: &Path, error: &io::Error) -> Self {
        let remedy = match error.kind() {
            io::ErrorKind::NotFound => "create the folder first",
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "choose a place where you may write"
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "free some space or choose another disk"
            }
            _ => "choose another place",
        };
        Self {
            path: path.display().to_string(),
            reason: error.to_string(),
            remedy,
        }
    }
}

/// The folder in which a file lies.
pub fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.into(),
        _ => PathBuf::from("."),
    }
}

/// Writes a whole file: into a temporary neighbour, to the disk, then over the name.
///
/// After a crash at any moment the name stands for the old content or for the new one.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    let failed = |error: io::Error| WriteError::new(path, &error);
    let folder = folder(path);
    let mut file = tempfile::Builder::new()
        .prefix(".seethe-")
        .tempfile_in(&folder)
        .map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    sync_folder(&folder).map_err(failed)
}

/// Makes a rename in the folder last.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    // Only Unix lets a folder be opened as a file; elsewhere the rename itself must do.
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
