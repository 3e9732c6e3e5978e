//! From a snapshot of particles to pixels, for the window and the film alike.
//!
//! A [`Picture`] says what is there, a [`PictureStyle`] how it looks; together they determine
//! every pixel. Two painters draw the same thing: the graphics device, with one upload and one
//! draw call, or by compute shaders where the particles are many and small, and the processor, where
//! there is no device or only an imitation of one.
//!
//! Read in this order: `picture`, `camera`, `colour`, `style` (from a scene's view), `layout` (the
//! numbers both painters share), `strokes` (lines, arrows, trails and insets of all layers),
//! `device` with `pipelines`, `sampled` and `shaders/picture.wgsl`, `splat` (small discs by compute
//! shaders), `raster`, `band` and `bloom`, `painter`, and then the two places where pictures are
//! shown: `studio` (films and tests) and `plugin` (the window). `triangles` paints what an interface
//! is made of where there is no device.

mod band;
mod bloom;
pub mod camera;
pub mod colour;
mod device;
mod headless;
mod layout;
mod painter;
pub mod picture;
mod pipelines;
mod plugin;
mod raster;
mod sampled;
mod splat;
mod strokes;
mod studio;
mod style;
pub mod triangles;

pub use camera::Camera;
pub use colour::ColourMap;
pub use device::FORMAT;
pub use headless::headless_app;
pub use painter::{Painter, draws_on_device};
pub use picture::{
    Glyph, LayerLook, Particle, Picture, PictureStyle, pack_direction, unpack_direction,
};
pub use plugin::{Canvas, ViewPlugin};
pub use splat::Discs;
pub use studio::{AdapterInfo, Frame, Studio, StudioError, probe_adapter};
pub use style::camera as camera_of;
