//! Writing a file so that its name never stands for half of it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
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

/// A small text file of the program's own; `None` when there is none.
///
/// # Errors
/// What the system says, or that it has more than `most` bytes or is no text.
pub fn small_text(path: &Path, most: u64) -> io::Result<Option<String>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut text = String::new();
    file.take(most + 1).read_to_string(&mut text)?;
    if text.len() as u64 > most {
        return Err(io::Error::other(format!("it has more than {most} bytes")));
    }
    Ok(Some(text))
}

/// Renames a file that cannot be used, so that nothing of it is lost; gives its new name.
///
/// # Errors
/// What the system says.
pub fn put_aside(path: &Path) -> io::Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(".broken");
    let aside = PathBuf::from(name);
    fs::rename(path, &aside)?;
    Ok(aside)
}

/// Makes a folder and those that it lies in.
///
/// # Errors
/// [`WriteError`] with the folder as its object.
pub fn make_folder(folder: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(folder).map_err(|error| WriteError::new(folder, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_text_is_read_and_put_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("a/b");
        make_folder(&inner).expect("folders");
        let path = inner.join("settings.ron");
        assert_eq!(small_text(&path, 10).expect("no fault"), None);
        replace(&path, b"12345678901").expect("a file");
        assert!(small_text(&path, 10).is_err());
        assert_eq!(
            small_text(&path, 11).expect("a text").as_deref(),
            Some("12345678901")
        );
        let aside = put_aside(&path).expect("a rename");
        assert!(!path.exists() && aside.ends_with("settings.ron.broken"));
        replace(&path, &[0xff, 0xfe]).expect("a file");
        assert!(small_text(&path, 100).is_err(), "it is no text");
    }
}
