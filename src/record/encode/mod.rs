//! From RGBA8 frames to a film file, with nothing but pixels going in.
//!
//! This folder knows nothing of the simulation or of rendering, so that a film can be tested down to
//! its last byte without a display. It holds two promises:
//!
//! - **Every frame counts.** Nothing is dropped, doubled or retimed: frame `k` is shown from `k / fps`
//!   to `(k + 1) / fps`, and a film of `n` frames lasts exactly `n / fps` seconds.
//! - **No half film.** A film grows in a temporary file beside its target, and takes the target's name
//!   in one rename after it was written, closed and flushed to the disk. A film that is cancelled,
//!   dropped or that fails leaves the folder as it was.
//!
//! [`Film`] encodes on the calling thread; [`FilmWriter`] does the same on a thread of its own behind a
//! short queue, so that the next frame is rendered while the last one is encoded.
//!
//! Pixels are sRGB-coded red, green, blue and alpha bytes, row by row from the top, `width * height * 4`
//! in all. A film is opaque: alpha is ignored. The same frames and settings give the same bytes.

mod error;
mod film;
mod gif;
mod h264;
mod mp4;
mod palette;
mod png;
mod settings;
mod staging;
mod tags;
mod writer;

#[cfg(test)]
mod tests;

pub use error::FilmError;
pub use film::{Film, FilmReport};
pub use png::read_png_metadata;
pub use settings::{Container, FilmSettings, Metadata, Quality};
pub use tags::read_film_metadata;
pub use writer::FilmWriter;
