//! From what a scene says of its picture to a style.

use super::camera::Camera;
use super::colour::ColourMap;
use super::picture::{Glyph, PictureStyle};
use crate::math::domain::Domain;
use crate::scene::{self, Background, ViewSettings};

/// The part of a picture's height that the box leaves free when all of it is framed.
const MARGIN: f64 = 0.02;

impl PictureStyle {
    /// The style of a scene's picture without its camera. `cyclic` says that the colour is an
    /// angle, which decides the colour map where the scene names none.
    pub fn of(view: &ViewSettings, cyclic: bool) -> Self {
        let named = view.colour_map.as_deref().and_then(ColourMap::named);
        let suits = named.filter(|map| map.cyclic == cyclic);
        let default = || {
            if cyclic {
                ColourMap::cyclic()
            } else {
                ColourMap::viridis()
            }
        };
        let light = view.background == Background::Light;
        Self {
            colours: suits.unwrap_or_else(default),
            background: if light {
                [0xFA, 0xFA, 0xF7]
            } else {
                [0x0A, 0x0D, 0x12]
            },
            glyph: match view.glyph {
                scene::Glyph::Disc => Glyph::Disc,
                scene::Glyph::Arrow => Glyph::Arrow,
                scene::Glyph::Streak => Glyph::Streak,
            },
            // On paper ink is dark, and there is no light to add.
            links: if light {
                [0x1B, 0x1F, 0x27, 0xA0]
            } else {
                [0xE6, 0xEA, 0xF0, 0xA0]
            },
            glow: if light { 0.0 } else { 0.5 },
            ..Self::default()
        }
    }
}

/// The camera of a scene for a picture of `size` pixels: its own frame, or all of the box.
pub fn camera(view: &ViewSettings, domain: &Domain, size: [u32; 2]) -> Camera {
    match view.height {
        Some(height) => Camera {
            centre: view.centre,
            scale: f64::from(size[1].max(1)) / height,
        }
        .sane(),
        // A periodic box fills the picture, since what lies beside it is itself again.
        None if domain.is_periodic() => Camera::filling(domain.size, size),
        None => Camera::framing(domain.size, size, MARGIN * f64::from(size[1])),
    }
}
