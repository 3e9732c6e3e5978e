//! Checkpoints on the disk: the newest, and the one before it in case the newest is damaged.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::ThreadPool;

use super::files::{WriteError, replace};
use crate::sim::Simulation;
use crate::sim::checkpoint::{MAGIC, check, restore, save};

/// More than any state that fits the limits of a scene.
const LARGEST: u64 = 16 << 30;

/// The name under which the previous checkpoint is kept.
pub fn previous(path: &Path) -> PathBuf {
    let mut name: OsString = path.as_os_str().into();
    name.push(".previous");
    name.into()
}

/// True when a file is a checkpoint, whole or not.
pub fn is_one(path: &Path) -> bool {
    // Whoever opens a pipe waits until somebody writes into it.
    if !path.is_file() {
        return false;
    }
    let mut first = [0; MAGIC.len()];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && first == *MAGIC
}

/// Writes the state; the checkpoint that was there before stays as `FILE.previous`.
pub fn write(path: &Path, simulation: &Simulation) -> Result<(), WriteError> {
    write_bytes(path, &save(simulation))
}

/// The same for a state that is bytes already.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    if path.is_file() {
        let kept = previous(path);
        std::fs::rename(path, &kept).map_err(|error| WriteError::new(&kept, &error))?;
    }
    replace(path, bytes)
}

/// Reads the newest checkpoint that is whole. The second part is a warning when that is not the
/// newest one; the error names what is wrong with each.
pub fn read(path: &Path, pool: &Arc<ThreadPool>) -> Result<(Simulation, Option<String>), String> {
    newest(path, |path| {
        restore(&load(path)?, pool.clone()).map_err(|error| error.to_string())
    })
}

/// The same as bytes, for a run on another thread.
pub fn read_bytes(path: &Path) -> Result<(Vec<u8>, Option<String>), String> {
    newest(path, |path| {
        let bytes = load(path)?;
        check(&bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    })
}

fn newest<T>(
    path: &Path,
    load: impl Fn(&Path) -> Result<T, String>,
) -> Result<(T, Option<String>), String> {
    let first = match load(path) {
        Ok(state) => return Ok((state, None)),
        Err(reason) => format!("{}: {reason}", path.display()),
    };
    let older = previous(path);
    if !older.is_file() {
        return Err(first);
    }
    match load(&older) {
        Ok(state) => {
            let warning = format!("{first}; going on from {} instead", older.display());
            Ok((state, Some(warning)))
        }
        Err(reason) => Err(format!("{first}\n{}: {reason}", older.display())),
    }
}

fn load(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err("this is not a checkpoint: not a regular file, or far too large".into());
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}
