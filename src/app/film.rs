//! `seethe record`: a scene as a film.

use super::Failure;
use super::cli::RecordOptions;

/// Films a scene.
pub fn record(_options: &RecordOptions) -> Result<(), Failure> {
    Err(Failure::NoDisplay("filming is not put together yet".into()))
}
