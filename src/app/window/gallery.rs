//! The scenes that can be opened from the window, with their pictures.
//!
//! The pictures are stills of the scenes, made by `seethe record` as `assets/gallery/README.md`
//! says, and carried in the program.

use bevy::asset::{Assets, RenderAssetUsages};
use bevy::image::Image;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};
use bevy_egui::{EguiContexts, EguiTextureHandle};

use crate::panel::SceneEntry;
use crate::scene;

/// A picture of the folder, by the name of its scene.
macro_rules! picture {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../../assets/gallery/", $name, ".png")),
        )
    };
}

/// Pictures by the names of their scenes.
static PICTURES: &[(&str, &[u8])] = &[
    picture!("mips"),
    picture!("active_gas"),
    picture!("hexatic"),
    picture!("chiral"),
    picture!("aoup"),
    picture!("run_and_tumble"),
    picture!("passive_colloid"),
    picture!("trapped"),
    picture!("flock_order"),
    picture!("vicsek_bands"),
    picture!("flock_disorder"),
    picture!("vector_noise"),
    picture!("vision_cone"),
    picture!("topological_flock"),
    picture!("mill"),
    picture!("kuramoto_onset"),
    picture!("chimera"),
    picture!("first_order"),
    picture!("noisy_identical"),
    picture!("moving_oscillators"),
    picture!("sync_on_network"),
    picture!("static_sync"),
    picture!("static_async"),
    picture!("static_phase_wave"),
    picture!("splintered_phase_wave"),
    picture!("active_phase_wave"),
    picture!("swarmalator_tour"),
    picture!("swarmalators_many"),
    picture!("swarmalators_local"),
    picture!("swarmalators_ring"),
    picture!("travelling_wave"),
    picture!("hop_and_spread"),
    picture!("small_world_no_clustering"),
    picture!("well_mixed_limit"),
    picture!("degree_heterogeneity"),
    picture!("vaccination_ring"),
    picture!("sis_endemic"),
    picture!("sirs_waves"),
    picture!("ginibre"),
    picture!("crystal"),
    picture!("quartic_ring"),
    picture!("hard_disc"),
    picture!("gue_line"),
    picture!("two_component"),
    picture!("linear_statistics"),
];

/// The built-in scenes with what the interface says of them.
pub struct Gallery {
    names: Vec<&'static str>,
    entries: Vec<SceneEntry>,
}

impl Gallery {
    /// Reads all built-in scenes; their pictures follow with [`load_pictures`](Self::load_pictures).
    pub fn new() -> Self {
        let mut gallery = Self {
            names: Vec::new(),
            entries: Vec::new(),
        };
        // The default scenes of the models stand behind the command line, not on the wall.
        for (name, text) in scene::gallery::SCENES {
            // A built-in scene that is wrong is caught by the tests; here it is left out.
            let Ok(scene) = scene::parse(name, text, &[]) else {
                continue;
            };
            let summary = scene
                .story
                .text
                .split_inclusive(". ")
                .next()
                .unwrap_or("")
                .trim();
            gallery.names.push(name);
            gallery.entries.push(SceneEntry {
                title: scene.story.title.clone(),
                chapter: scene.model.title.into(),
                summary: summary.into(),
                tags: scene.story.tags.clone(),
                thumbnail: None,
            });
        }
        gallery
    }

    /// Hands the pictures to the interface.
    pub fn load_pictures(&mut self, images: &mut Assets<Image>, contexts: &mut EguiContexts) {
        for (name, entry) in self.names.iter().zip(&mut self.entries) {
            let bytes = PICTURES.iter().find(|(picture, _)| picture == name);
            let image = bytes.and_then(|(_, bytes)| decode(bytes));
            entry.thumbnail =
                image.map(|image| contexts.add_image(EguiTextureHandle::Strong(images.add(image))));
        }
    }

    /// The scenes in their order.
    pub fn entries(&self) -> &[SceneEntry] {
        &self.entries
    }

    /// The index of a scene by its name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| *known == name)
    }

    /// The name of a scene by its index.
    pub fn name(&self, index: usize) -> Option<&'static str> {
        self.names.get(index).copied()
    }
}

/// A picture as a texture; none if it is not one.
fn decode(bytes: &[u8]) -> Option<Image> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut pixels).ok()?;
    if info.color_type != png::ColorType::Rgba {
        return None;
    }
    let size = Extent3d {
        width: info.width,
        height: info.height,
        depth_or_array_layers: 1,
    };
    let format = TextureFormat::Rgba8UnormSrgb;
    let usage = RenderAssetUsages::RENDER_WORLD;
    Some(Image::new(
        size,
        TextureDimension::D2,
        pixels,
        format,
        usage,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_on_the_wall_has_a_picture() {
        let gallery = Gallery::new();
        assert_eq!(gallery.names.len(), scene::gallery::SCENES.len());
        let pictures: Vec<_> = PICTURES.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            gallery.names, pictures,
            "one picture a scene, in the same order"
        );
        for (name, bytes) in PICTURES {
            let image = decode(bytes).unwrap_or_else(|| panic!("{name}.png cannot be decoded"));
            assert_eq!([image.width(), image.height()], [448, 280], "{name}.png");
            assert!(bytes.len() < 300_000, "{name}.png is too large");
        }
    }
}
