//! What is to be drawn, as plain data.
//!
//! A [`Picture`] is one snapshot of the particles. A [`PictureStyle`] says how it should look. The
//! two together determine every pixel, so that the window and a film can never disagree.

use std::sync::Arc;

use super::camera::Camera;
use super::colour::ColourMap;
use super::layout::LARGEST_SIDE;
use crate::math::domain::{Boundary, Domain};
use crate::model::observable::Grid;
use crate::sim::snapshot::{self, LayerData};
use bevy::prelude::Resource;

pub use crate::sim::snapshot::{Particle, pack_direction};

/// Inverse of [`pack_direction`], to within 2⁻¹⁶.
pub fn unpack_direction(packed: u32) -> [f32; 2] {
    [packed as u16 as i16, (packed >> 16) as u16 as i16].map(|x| (f32::from(x) / 32767.0).max(-1.0))
}

/// A snapshot of the particles in their box, and the layers that were asked for.
///
/// Its revision must change whenever its content does: things are only sent to the device when it
/// has. Particles are drawn in their order: a later one covers an earlier one.
#[derive(Resource, Clone, Debug)]
pub struct Picture(pub Arc<snapshot::Picture>);

impl Picture {
    /// The picture of a snapshot; the particles are shared with it.
    pub fn of(snapshot: &snapshot::Picture) -> Self {
        Self(Arc::new(snapshot.clone()))
    }

    /// A picture of nothing but particles in a box.
    pub fn of_particles(particles: Vec<Particle>, domain: Domain, revision: u64) -> Self {
        Self(Arc::new(snapshot::Picture {
            revision,
            step: 0,
            time: 0.0,
            domain,
            particles: Arc::new(particles),
            marks: None,
            legend: snapshot::Legend::default(),
            layers: Vec::new(),
        }))
    }

    pub(super) fn particles(&self) -> &[Particle] {
        &self.0.particles
    }

    /// The first field among the layers whose numbers fill its grid.
    pub(super) fn field(&self) -> Option<Field<'_>> {
        self.0.layers.iter().find_map(|layer| match layer {
            LayerData::Field { name, grid, range } => {
                let sides = [grid.columns, grid.rows];
                let whole = sides
                    .iter()
                    .all(|side| (1..=LARGEST_SIDE as usize).contains(side))
                    && grid.columns * grid.rows == grid.values.len();
                let range = *range;
                whole.then_some(Field { name, grid, range })
            }
            _ => None,
        })
    }

    /// What tells whether the content is that of another picture.
    pub(super) fn identity(&self) -> (u64, usize) {
        let there = self.0.marks.as_ref().map(|marks| marks.instances.count());
        (self.0.revision, there.unwrap_or(self.0.particles.len()))
    }
}

impl Default for Picture {
    fn default() -> Self {
        Self::of_particles(Vec::new(), Domain::new([1.0, 1.0], Boundary::Open), 0)
    }
}

/// A field that can be drawn.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub name: &'a str,
    pub grid: &'a Grid,
    /// Values at the ends of its colours.
    pub range: [f64; 2],
}

/// The mark that stands for a particle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyph {
    /// A disc of the particle's radius.
    #[default]
    Disc,
    /// A dart that points along the heading and fits into the disc; a disc where there is none.
    Arrow,
    /// A comet whose head is at the particle and whose tail shows how fast it has come.
    Streak,
}

/// How one layer looks, where it differs from what suits it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerLook {
    /// Name of the layer.
    pub layer: String,
    /// 0 to 1.
    pub opacity: Option<f32>,
    /// Colours of its values.
    pub colours: Option<ColourMap>,
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
    /// Colours of the values of layers that have no look of their own.
    pub field_colours: ColourMap,
    /// Opacity of a field that has no look of its own.
    pub field_opacity: f32,
    /// Colour of lines over the particles as sRGB and opacity.
    pub links: [u8; 4],
    /// Looks of single layers.
    pub layers: Vec<LayerLook>,
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
    /// How much light spreads from bright places: 0 to 1. It alters colours.
    pub bloom: f32,
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
            field_colours: ColourMap::magma(),
            field_opacity: 0.6,
            links: [0xE6, 0xEA, 0xF0, 0xA0],
            layers: Vec::new(),
            outline: [0x8A, 0x94, 0xA6, 0x60],
            radius_scale: 1.0,
            ghosts: 0.35,
            rim: 0.4,
            glow: 0.5,
            bloom: 0.0,
            exposure: 1.0,
        }
    }
}

impl PictureStyle {
    /// The look of a layer, if it has one of its own.
    pub fn look(&self, layer: &str) -> Option<&LayerLook> {
        self.layers.iter().find(|look| look.layer == layer)
    }

    /// The colours of a layer's values.
    pub fn colours_of(&self, layer: &str) -> &ColourMap {
        let own = self.look(layer).and_then(|look| look.colours.as_ref());
        own.unwrap_or(&self.field_colours)
    }

    /// The names of a picture's layers, and the texels of their colours.
    pub fn layer_colours<'a>(&'a self, picture: &'a Picture) -> Vec<(&'a str, &'a [[u8; 3]])> {
        let names = picture.0.layers.iter().map(|layer| layer.name());
        names
            .map(|name| (name, self.colours_of(name).texels.as_slice()))
            .collect()
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
        assert_eq!(
            unpack_direction(pack_direction([f32::NAN, 7.0])),
            [0.0, 1.0]
        );
    }

    #[test]
    fn a_particle_takes_twenty_bytes() {
        assert_eq!(std::mem::size_of::<Particle>(), 20);
    }
}
