//! L5: the only writers of files: tables, trajectories, checkpoints, stills and films.

pub mod checkpoint;
pub mod encode;
pub mod files;
pub mod memory;
pub mod table;
pub mod trajectory;
