//! The temporary file that becomes the film, and the moment at which it does.
//!
//! The temporary file lies in the target's own folder, because a rename is atomic only within one file
//! system. It is removed whenever it is dropped before [`Closed::publish`].

use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::{NamedTempFile, TempPath};

use super::error::FilmError;

/// An open temporary file beside the film that it is to become.
#[derive(Debug)]
pub(super) struct Staged(NamedTempFile);

/// A temporary file that is complete and on the disk, but still without its name.
#[derive(Debug)]
pub(super) struct Closed(TempPath);

impl Staged {
    /// Opens a temporary file beside `target`.
    ///
    /// # Errors
    /// [`FilmError::NotAFile`] if `target` is a folder or has no file name; [`FilmError::Io`] if its
    /// folder does not exist or cannot be written to.
    pub(super) fn create(target: &Path) -> Result<Self, FilmError> {
        let Some(name) = target.file_name().filter(|_| !target.is_dir()) else {
            return Err(FilmError::NotAFile {
                path: target.to_path_buf(),
            });
        };
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(name);
        prefix.push(".");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".part");
        // Temporary files are private by default; a film is as readable as any file the user makes.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        builder
            .tempfile_in(folder(target))
            .map(Self)
            .map_err(|error| FilmError::io(target, "cannot write in its folder", error))
    }

    /// A second handle to the open file, for an encoder to own.
    pub(super) fn handle(&self, target: &Path) -> Result<File, FilmError> {
        self.0
            .as_file()
            .try_clone()
            .map_err(|error| FilmError::io(target, "cannot open its temporary file", error))
    }

    /// Flushes the file to the disk and closes it; gives its size in bytes too.
    pub(super) fn close(self, target: &Path) -> Result<(Closed, u64), FilmError> {
        let file = self.0.as_file();
        let bytes = file
            .sync_all()
            .and_then(|()| file.metadata())
            .map_err(|error| FilmError::io(target, "cannot flush it to the disk", error))?
            .len();
        Ok((Closed(self.0.into_temp_path()), bytes))
    }
}

impl Closed {
    /// Renames the file to `target`, in place of an older film of that name.
    pub(super) fn publish(self, target: &Path) -> Result<(), FilmError> {
        self.0
            .persist(target)
            .map_err(|error| FilmError::io(target, "cannot take its final name", error.error))
    }
}

/// Flushes the folder of `target`, so that the new name survives a power cut as the bytes do.
pub(super) fn sync_folder(target: &Path) -> Result<(), FilmError> {
    flush(folder(target)).map_err(|error| FilmError::io(target, "cannot flush its folder", error))
}

/// The folder of `target`; the current one for a bare name.
fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn flush(folder: &Path) -> io::Result<()> {
    use io::ErrorKind as Kind;
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some network file systems have no such call, and a folder may be writable but not readable.
        // The rename has happened in either case.
        Err(error)
            if matches!(
                error.kind(),
                Kind::InvalidInput | Kind::Unsupported | Kind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}

#[cfg(not(unix))]
fn flush(_folder: &Path) -> io::Result<()> {
    // Other systems flush the entry with the rename, or offer no way to.
    Ok(())
}
