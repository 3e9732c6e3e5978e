//! From what a scene says of its picture to a style.

use super::camera::Camera;
use super::colour::ColourMap;
use super::picture::{Glyph, LayerLook, PictureStyle};
use crate::math::domain::Domain;
use crate::scene::{self, Background, ViewSettings};
use crate::sim::snapshot::Legend;

/// The part of a picture's height that the box leaves free when all of it is framed.
const MARGIN: f64 = 0.02;

impl PictureStyle {
    /// The style of a scene's picture without its camera. What the colours show decides the colour
    /// map where the scene names none, and whether light may alter them: kinds have their own
    /// colours, and a number keeps the colour of its place on the map.
    pub fn of(view: &ViewSettings, legend: &Legend) -> Self {
        let cyclic = legend.cyclic;
        let named = view.colour_map.as_deref().and_then(ColourMap::named);
        let suits = named.filter(|map| map.cyclic == cyclic);
        let default = || {
            if cyclic {
                ColourMap::cyclic()
            } else {
                ColourMap::viridis()
            }
        };
        let colours = if legend.categories.is_empty() {
            suits.unwrap_or_else(default)
        } else {
            let kinds: Vec<_> = legend.categories.iter().map(|one| one.colour).collect();
            ColourMap::categories(&kinds)
        };
        let light = view.background == Background::Light;
        let exact = legend.is_quantity() || !legend.categories.is_empty();
        let layers = view.layer_styles.iter().map(|style| LayerLook {
            layer: style.layer.clone(),
            opacity: style.opacity.map(|opacity| opacity as f32),
            colours: style.colour_map.as_deref().and_then(ColourMap::named),
        });
        Self {
            colours,
            layers: layers.collect(),
            ghosts: view.ghosts as f32,
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
            glow: if light || exact { 0.0 } else { 0.5 },
            bloom: if light || exact {
                0.0
            } else {
                view.bloom as f32
            },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::observable::Category;

    static KINDS: [Category; 3] = [
        Category {
            name: "susceptible",
            colour: [70, 90, 140],
        },
        Category {
            name: "infected",
            colour: [255, 180, 84],
        },
        Category {
            name: "removed",
            colour: [20, 150, 150],
        },
    ];

    fn legend(cyclic: bool, categories: &'static [Category]) -> Legend {
        Legend {
            colouring: Some("shown"),
            cyclic,
            categories,
            ..Legend::default()
        }
    }

    #[test]
    fn kinds_have_exactly_their_colours() {
        let style = PictureStyle::of(&ViewSettings::default(), &legend(false, &KINDS));
        for (k, kind) in KINDS.iter().enumerate() {
            assert_eq!(style.colours.colour(k as f32 / 2.0), kind.colour);
        }
    }

    #[test]
    fn light_never_alters_a_colour_that_is_a_number_or_a_kind() {
        let view = ViewSettings {
            bloom: 1.0,
            ..ViewSettings::default()
        };
        let altered = |legend: &Legend| {
            let style = PictureStyle::of(&view, legend);
            (style.bloom > 0.0, style.glow > 0.0)
        };
        assert_eq!(altered(&legend(true, &[])), (true, true));
        assert_eq!(altered(&legend(false, &[])), (false, false));
        assert_eq!(altered(&legend(false, &KINDS)), (false, false));
        let off = PictureStyle::of(&ViewSettings::default(), &legend(true, &[]));
        assert_eq!(off.bloom, 0.0, "off unless it is asked for");
    }

    #[test]
    fn a_map_that_does_not_suit_is_not_taken() {
        let view = ViewSettings {
            colour_map: Some("magma".into()),
            ..ViewSettings::default()
        };
        let map = |cyclic| PictureStyle::of(&view, &legend(cyclic, &[])).colours.name;
        assert_eq!((map(false), map(true)), ("magma", "cyclic"));
    }
}
