//! The window.

use super::Failure;

/// Opens the window.
pub fn open(_scene: Option<&str>, _threads: usize) -> Result<(), Failure> {
    Err(Failure::NoDisplay(
        "the window is not put together yet".into(),
    ))
}
