//! The interface's own drawing without a window: an egui context whose triangles the processor
//! paints. Films and pictures of plots are made with it, on machines without a display too.

use std::collections::HashMap;

use bevy_egui::egui;
use egui::epaint::{ClippedPrimitive, Primitive};
use egui::{Pos2, RawInput, Rect, TextureId, TexturesDelta, Ui, ViewportId, ViewportInfo, vec2};

use crate::panel::{Frame, Page, PlotPicture, Surroundings, theme};
use crate::sim::Snapshot;
use crate::view::triangles::{self, Mesh, Texture, Vertex};

/// The largest side of a texture of letters.
const ATLAS: usize = 8192;

/// A context, the textures that it has sent so far, and the room for its triangles.
pub struct Printer {
    context: egui::Context,
    textures: HashMap<TextureId, Texture>,
}

impl Printer {
    /// A printer of the dark or the light theme.
    pub fn new(dark: bool) -> Self {
        let context = egui::Context::default();
        theme::install(&context, dark);
        let mut printer = Self {
            context,
            textures: HashMap::new(),
        };
        // The fonts are there from the second pass on.
        printer.triangles([16, 16], 1.0, &mut |_| {});
        printer
    }

    /// Draws over a picture: opaque rows of RGBA bytes from the top, `scale` pixels a point.
    pub fn paint(
        &mut self,
        pixels: &mut [u8],
        size: [u32; 2],
        scale: f32,
        mut draw: impl FnMut(&mut Ui),
    ) {
        let primitives = self.triangles(size, scale, &mut draw);
        let parts: Vec<Part> = primitives
            .iter()
            .filter_map(|primitive| Part::of(primitive, size, scale))
            .collect();
        let meshes: Vec<Mesh> = parts
            .iter()
            .filter_map(|part| {
                Some(Mesh {
                    vertices: &part.vertices,
                    indices: part.indices,
                    texture: self.textures.get(&part.texture)?,
                    clip: part.clip,
                })
            })
            .collect();
        triangles::paint(pixels, size, &meshes);
    }

    /// Runs one frame and gives its triangles.
    fn triangles(
        &mut self,
        size: [u32; 2],
        scale: f32,
        draw: &mut dyn FnMut(&mut Ui),
    ) -> Vec<ClippedPrimitive> {
        let extent = vec2(size[0] as f32, size[1] as f32) / scale;
        let viewport = ViewportInfo {
            native_pixels_per_point: Some(scale),
            ..ViewportInfo::default()
        };
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, extent)),
            max_texture_side: Some(ATLAS),
            viewports: std::iter::once((ViewportId::ROOT, viewport)).collect(),
            ..RawInput::default()
        };
        let output = self.context.run_ui(input, |ui| draw(ui));
        self.take(&output.textures_delta);
        self.context
            .tessellate(output.shapes, output.pixels_per_point)
    }

    /// Keeps the textures as the context has them.
    fn take(&mut self, delta: &TexturesDelta) {
        for (id, changes) in &delta.set {
            for change in changes {
                let egui::ImageData::Color(image) = &change.image;
                let new = Texture {
                    size: image.size,
                    texels: image.pixels.iter().map(|texel| texel.to_array()).collect(),
                };
                match (change.pos, self.textures.get_mut(id)) {
                    (Some(corner), Some(texture)) => texture.patch(corner, &new),
                    (Some(_), None) => {}
                    (None, _) => {
                        self.textures.insert(*id, new);
                    }
                }
            }
        }
        for id in &delta.free {
            self.textures.remove(id);
        }
    }
}

/// A mesh of the context in pixels.
struct Part<'a> {
    vertices: Vec<Vertex>,
    indices: &'a [u32],
    texture: TextureId,
    clip: [u32; 4],
}

impl<'a> Part<'a> {
    fn of(primitive: &'a ClippedPrimitive, size: [u32; 2], scale: f32) -> Option<Self> {
        let Primitive::Mesh(mesh) = &primitive.primitive else {
            return None;
        };
        let vertex = |vertex: &egui::epaint::Vertex| Vertex {
            at: [vertex.pos.x * scale, vertex.pos.y * scale],
            texel: [vertex.uv.x, vertex.uv.y],
            colour: vertex.color.to_array(),
        };
        let clip = primitive.clip_rect;
        let end = |points: f32, side: u32| {
            // Beyond the picture there is nothing to clip; the conversion saturates.
            ((points * scale).round().max(0.0) as u32).min(side)
        };
        Some(Self {
            vertices: mesh.vertices.iter().map(vertex).collect(),
            indices: &mesh.indices,
            texture: mesh.texture_id,
            clip: [
                end(clip.min.x, size[0]),
                end(clip.min.y, size[1]),
                end(clip.max.x, size[0]),
                end(clip.max.y, size[1]),
            ],
        })
    }
}

/// A picture of plots: its size and its pixels.
pub fn plots(picture: &PlotPicture, snapshot: &Snapshot) -> ([u32; 2], Vec<u8>) {
    let scale = picture.scale.clamp(1, 4) as f32;
    let size = picture
        .points()
        .map(|points| (points * scale).round() as u32);
    let mut pixels = vec![255; 4 * size[0] as usize * size[1] as usize];
    let surroundings = Surroundings::default();
    let frame = Frame {
        snapshot,
        surroundings: &surroundings,
    };
    let mut page = Page::default();
    Printer::new(picture.dark).paint(&mut pixels, size, scale, |ui| {
        page.plots(ui, &frame, picture);
    });
    (size, pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy_egui::egui::{Color32, FontId, pos2};

    #[test]
    fn what_is_drawn_is_where_it_was_drawn() {
        let mut printer = Printer::new(true);
        for scale in [1.0, 2.0, 3.0] {
            let size = [100, 60].map(|side| side * scale as u32);
            let mut pixels = [9, 8, 7, 255].repeat((size[0] * size[1]) as usize);
            printer.paint(&mut pixels, size, scale, |ui| {
                let rect = Rect::from_min_max(pos2(10.0, 20.0), pos2(30.0, 50.0));
                ui.painter()
                    .rect_filled(rect, 0.0, Color32::from_rgb(200, 100, 50));
            });
            let pixel = |x: f32, y: f32| {
                let [x, y] = [x, y].map(|points| (points * scale) as usize);
                let at = 4 * (y * size[0] as usize + x);
                [pixels[at], pixels[at + 1], pixels[at + 2]]
            };
            for (x, y) in [(11.5, 21.5), (28.5, 21.5), (11.5, 48.5), (28.5, 48.5)] {
                assert_eq!(pixel(x, y), [200, 100, 50], "{scale}: {x} {y}");
            }
            for (x, y) in [(8.5, 30.5), (31.5, 30.5), (20.5, 18.5), (20.5, 51.5)] {
                assert_eq!(pixel(x, y), [9, 8, 7], "{scale}: {x} {y}");
            }
        }
    }

    #[test]
    fn text_is_as_bright_as_its_ink_and_no_brighter() {
        let mut printer = Printer::new(true);
        let size = [200, 60];
        let mut pixels = [0, 0, 0, 255].repeat(200 * 60);
        let mut room = Rect::NOTHING;
        printer.paint(&mut pixels, size, 2.0, |ui| {
            let font = FontId::proportional(20.0);
            let at = pos2(10.0, 5.0);
            let ink = Color32::from_rgb(240, 120, 60);
            room = ui
                .painter()
                .text(at, egui::Align2::LEFT_TOP, "HI", font, ink);
        });
        let (mut brightest, mut lit) = ([0; 3], 0);
        for (place, pixel) in pixels.chunks_exact(4).enumerate() {
            let at = pos2((place % 200) as f32 / 2.0, (place / 200) as f32 / 2.0);
            if pixel[0] > 0 {
                lit += 1;
                assert!(room.expand(1.0).contains(at), "{at:?} {room:?}");
            }
            for (best, part) in brightest.iter_mut().zip(pixel) {
                *best = u8::max(*best, *part);
            }
        }
        // The stem of an H is wider than a pixel, so that some of them are full of ink.
        assert_eq!(brightest, [240, 120, 60]);
        assert!(lit > 100, "{lit}");
    }
}
