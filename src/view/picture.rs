//! What is to be drawn, as plain data.
//!
//! A [`Picture`] is one snapshot of the particles. A [`PictureStyle`] says how it should look. The
//! two together determine every pixel, so that the window and a film can never disagree.

use std::sync::Arc;

use bevy::prelude::Resource;

use super::camera::Camera;
use super::colour::ColourMap;
pub use crate::sim::snapshot::{Particle, pack_direction};

/// Inverse of [`pack_direction`], to within 2⁻¹⁶.
pub fn unpack_direction(packed: u32) -> [f32; 2] {
    [packed as u16 as i16, (packed >> 16) as u16 as i16].map(|x| (f32::from(x) / 32767.0).max(-1.0))
}

/// A snapshot of the particles in their box.
#[derive(Resource, Clone, Debug, Default)]
pub struct Picture {
    /// In the order of drawing: a later particle covers an earlier one.
    pub particles: Arc<Vec<Particle>>,
    /// Must change whenever the particles do: they are only sent to the device when it has.
    pub revision: u64,
    /// Side lengths of the box in units of length.
    pub box_size: [f64; 2],
    /// True when the box repeats, so that images of the particles are shown beside it.
    pub periodic: bool,
}

impl Picture {
    /// The particles of a snapshot, shared with it.
    pub fn of(snapshot: &crate::sim::snapshot::Picture) -> Self {
        Self {
            particles: snapshot.particles.clone(),
            revision: snapshot.revision,
            box_size: snapshot.domain.size,
            periodic: snapshot.domain.is_periodic(),
        }
    }
}

/// The mark that stands for a particle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyph {
    /// A disc of the particle's radius.
    #[default]
    Disc,
    /// A dart that points along the heading and fits into the disc.
    Arrow,
    /// A comet whose head is at the particle and whose tail fades behind it.
    Streak,
}

/// How a picture looks.
#[derive(Resource, Clone, Debug, PartialEq)]
pub struct PictureStyle {
    /// Which part of the plane is seen, and how large.
    pub camera: Camera,
    /// Colour of the canvas, sRGB.
    pub background: [u8; 3],
    /// Mark of a particle.
    pub glyph: Glyph,
    /// Colours of the values 0 to 1.
    pub colours: ColourMap,
    /// Outline of the box as sRGB and opacity; none when the opacity is zero.
    pub outline: [u8; 4],
    /// Factor on every radius.
    pub radius_scale: f32,
    /// Opacity of everything outside the box, where a periodic box shows its images: 0 hides them.
    pub ghosts: f32,
    /// How much darker the rim of a disc is, which keeps touching discs apart: 0 to 1.
    pub rim: f32,
    /// How far crowded pixels turn to white where particles are points: 0 to 1. Zero keeps the
    /// colour quantitative.
    pub glow: f32,
    /// Factor on the light of particles that are smaller than a pixel.
    pub exposure: f32,
}

impl Default for PictureStyle {
    fn default() -> Self {
        Self {
            camera: Camera::default(),
            background: [0x0A, 0x0D, 0x12],
            glyph: Glyph::Disc,
            colours: ColourMap::viridis(),
            outline: [0x8A, 0x94, 0xA6, 0x60],
            radius_scale: 1.0,
            ghosts: 0.35,
            rim: 0.4,
            glow: 0.5,
            exposure: 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_survives_packing() {
        for k in 0..64 {
            let (sine, cosine) = (k as f32 * 0.1).sin_cos();
            let back = unpack_direction(pack_direction([cosine, sine]));
            // Rounding to 1/32767 is off by at most half of it.
            assert!((back[0] - cosine).abs() <= 0.51 / 32767.0, "{k}");
            assert!((back[1] - sine).abs() <= 0.51 / 32767.0, "{k}");
        }
        assert_eq!(unpack_direction(pack_direction([f32::NAN, 7.0])), [0.0, 1.0]);
    }

    #[test]
    fn a_particle_takes_twenty_bytes() {
        assert_eq!(std::mem::size_of::<Particle>(), 20);
    }
}
