//! Checkpoints on the disk: the newest, and the one before it in case the newest is damaged.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::ThreadPool;

use super::files::{WriteError, replace};
use crate::sim::Simulation;
use crate::sim::checkpoint::{restore, save};

/// More than any state that fits the limits of a scene.
const LARGEST: u64 = 16 << 30;

/// The name under which the previous checkpoint is kept.
pub fn previous(path: &Path) -> PathBuf {
    let mut name: OsString = path.as_os_str().into();
    name.push(".previous");
    name.into()
}

/// Writes the state; the checkpoint that was there before stays as `FILE.previous`.
pub fn write(path: &Path, simulation: &Simulation) -> Result<(), WriteError> {
    let bytes = save(simulation);
    if path.is_file() {
        let kept = previous(path);
        std::fs::rename(path, &kept).map_err(|error| WriteError::new(&kept, &error))?;
    }
    replace(path, &bytes)
}

/// Reads the newest checkpoint that is whole. The second part is a warning when that is not the
/// newest one; the error names what is wrong with each.
pub fn read(path: &Path, pool: &Arc<ThreadPool>) -> Result<(Simulation, Option<String>), String> {
    let first = match load(path, pool) {
        Ok(simulation) => return Ok((simulation, None)),
        Err(reason) => format!("{}: {reason}", path.display()),
    };
    let older = previous(path);
    if !older.is_file() {
        return Err(first);
    }
    match load(&older, pool) {
        Ok(simulation) => {
            let warning = format!("{first}; going on from {} instead", older.display());
            Ok((simulation, Some(warning)))
        }
        Err(reason) => Err(format!("{first}\n{}: {reason}", older.display())),
    }
}

fn load(path: &Path, pool: &Arc<ThreadPool>) -> Result<Simulation, String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err("this is not a checkpoint: not a regular file, or far too large".into());
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    restore(&bytes, pool.clone()).map_err(|error| error.to_string())
}
