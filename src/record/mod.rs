//! Films and stills of a run.

pub mod encode;
