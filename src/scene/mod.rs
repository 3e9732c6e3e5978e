//! L3: a scene file becomes a checked [`Scene`], or a list of everything that is wrong with it.
//!
//! Reading order: `types` (what a scene says), `reader` (RON text with the place of every value),
//! `build` (what must hold), `problem` (what is said when it does not), `write` (the way back).

pub mod problem;
mod types;

pub use problem::Problem;
pub use types::{
    Background, COLOUR_MAPS, Glyph, PlotKind, PlotSettings, Scene, Story, VERSION, ViewSettings,
};
