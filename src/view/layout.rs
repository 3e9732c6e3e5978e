//! The numbers that both painters work from: a style and a picture, seen at one size.

use bytemuck::{Pod, Zeroable};

use super::colour::{ColourMap, TEXELS};
use super::picture::{Field, Glyph, Picture, PictureStyle};

/// Most periodic images that are drawn, as many on either axis as its root.
pub const COPIES: usize = 25;

/// Largest side of a picture in pixels.
pub const LARGEST_SIDE: u32 = 8192;

/// Length of the longest tail of a streak in radii; the shader has the same number.
pub const TAIL: f32 = 12.0;

/// Radius of an inset as a share of the picture's shorter side, and its least and greatest value
/// in pixels.
const INSET: f32 = 0.085;
const INSET_RADII: [f32; 2] = [20.0, 120.0];

/// Size of a dart in radii, and how far it reaches; the shader has the same numbers.
pub const DART: f32 = 1.25;
pub const DART_REACH: f32 = 1.375;

/// Radius in pixels below which particles are light that adds up instead of solid marks.
const LIGHT_BELOW: f64 = 1.0;

/// The uniform block of `shaders/picture.wgsl`, field by field.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Layout {
    pub size: [f32; 2],
    pub scale: f32,
    pub radius_scale: f32,
    pub box_low: [f32; 2],
    pub box_high: [f32; 2],
    pub background: [f32; 4],
    pub outline: [f32; 4],
    pub ghosts: f32,
    pub rim: f32,
    pub glow: f32,
    pub exposure: f32,
    pub glyph: u32,
    pub cyclic: u32,
    pub copies: u32,
    /// 1 when the particles are so small that they are drawn as light that adds up.
    pub light: u32,
    pub origins: [[f32; 4]; COPIES],
    pub colours: [u32; TEXELS],
    /// Centre of the first inset and its radius in pixels; no inset when the radius is zero.
    pub inset: [f32; 4],
    /// Columns and rows of the field under the particles; zero when there is none.
    pub field_size: [u32; 2],
    pub field_low: f32,
    pub field_scale: f32,
    pub field_opacity: f32,
    /// 1 when the field goes on beyond the box, and when its ends meet.
    pub field_repeats: u32,
    pub field_wraps: u32,
    /// How much light spreads from bright places.
    pub bloom: f32,
    pub field_colours: [u32; TEXELS],
    /// Radius of the largest mark in pixels.
    pub largest: f32,
    pub padding: [f32; 3],
}

/// Brings a requested size into what can be drawn: a side is never zero.
pub fn drawable(size: [u32; 2]) -> [u32; 2] {
    size.map(|side| side.clamp(1, LARGEST_SIDE))
}

/// Largest radius among the particles, in units of length; nonsense counts as zero.
pub fn largest_radius(picture: &Picture) -> f32 {
    let particles = picture.particles().iter().map(|particle| particle.radius);
    let there = picture.0.marks.as_ref().map(|marks| marks.largest_radius);
    particles.chain(there).fold(0.0, f32::max).min(f32::MAX)
}

fn packed(map: &ColourMap) -> [u32; TEXELS] {
    map.texels
        .map(|[r, g, b]| u32::from_le_bytes([r, g, b, 255]))
}

impl Layout {
    /// Lays a picture out at a size in pixels. Marks have at most the largest radius, and strokes
    /// reach out of the box by at most the overhang, in units of length.
    pub fn new(
        picture: &Picture,
        style: &PictureStyle,
        size: [u32; 2],
        [largest_radius, overhang]: [f32; 2],
    ) -> Self {
        let camera = style.camera.sane();
        let extent = size.map(f64::from);
        let fraction = |x: f32| if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) };
        let byte = |x: u8| f32::from(x) / 255.0;
        let half = picture.0.domain.size.map(|length| 0.5 * length);
        let low = camera.to_pixel([-half[0], half[1]], size);
        let high = camera.to_pixel([half[0], -half[1]], size);
        let factor = f64::from(style.radius_scale);
        let factor = if factor.is_finite() {
            factor.max(0.0)
        } else {
            1.0
        };
        let pixels = f64::from(largest_radius) * factor * camera.scale;
        let reach = match style.glyph {
            Glyph::Disc => pixels,
            Glyph::Arrow => pixels * f64::from(DART_REACH),
            Glyph::Streak => pixels * f64::from(TAIL),
        };
        let reach = reach.max(f64::from(overhang) * camera.scale) + 2.0;
        let repeats = picture.0.domain.is_periodic()
            && style.ghosts > 0.0
            && picture
                .0
                .domain
                .size
                .iter()
                .all(|&length| length.is_finite() && length > 0.0);
        let images: [Vec<f64>; 2] = [0, 1].map(|axis| {
            if !repeats {
                return vec![0.0];
            }
            // Image i of the box covers pixels around `middle` + i · period on this axis.
            let period = picture.0.domain.size[axis] * camera.scale;
            let middle = 0.5 * (low[axis] + high[axis]);
            let first = ((-reach - middle) / period - 0.5).ceil();
            let last = ((extent[axis] + reach - middle) / period + 0.5).floor();
            let nearest = ((0.5 * extent[axis] - middle) / period).round();
            (-2..=2)
                .map(|step| nearest + f64::from(step))
                .filter(|&image| image >= first && image <= last)
                .collect()
        });
        let mut origins = [[0.0; 4]; COPIES];
        let mut copies = 0;
        for &row in &images[1] {
            for &column in &images[0] {
                let shift = [
                    column * picture.0.domain.size[0],
                    -row * picture.0.domain.size[1],
                ];
                let origin = camera.to_pixel(shift, size);
                origins[copies] = [origin[0] as f32, origin[1] as f32, 0.0, 0.0];
                copies += 1;
            }
        }
        let field = picture.field();
        let [field_low, field_high] = field.map_or([0.0, 1.0], |field| field.range);
        let field_scale = (field_high - field_low).max(f64::MIN_POSITIVE).recip();
        let name = field.map_or("", |field| field.name);
        let look = style.look(name).and_then(|look| look.opacity);
        let shorter = size[0].min(size[1]) as f32;
        let inset = (INSET * shorter).clamp(INSET_RADII[0], INSET_RADII[1]);
        // A corner of a very small picture has no room for it.
        let inset = if shorter < 6.0 * inset { 0.0 } else { inset };
        let [red, green, blue] = style.background.map(byte);
        Self {
            size: extent.map(|side| side as f32),
            scale: camera.scale as f32,
            radius_scale: (camera.scale * factor) as f32,
            box_low: low.map(|x| x as f32),
            box_high: high.map(|x| x as f32),
            background: [red, green, blue, 1.0],
            outline: style.outline.map(byte),
            ghosts: if repeats { fraction(style.ghosts) } else { 1.0 },
            rim: fraction(style.rim),
            glow: fraction(style.glow),
            exposure: if style.exposure.is_finite() {
                style.exposure.max(0.0)
            } else {
                1.0
            },
            glyph: match style.glyph {
                Glyph::Disc => 0,
                Glyph::Arrow => 1,
                Glyph::Streak => 2,
            },
            cyclic: u32::from(style.colours.cyclic),
            copies: copies as u32,
            light: u32::from(pixels < LIGHT_BELOW),
            origins,
            colours: packed(&style.colours),
            inset: [extent[0] as f32 - 1.6 * inset, 1.6 * inset, inset, 0.0],
            field_size: field.map_or([0; 2], |Field { grid, .. }| {
                [grid.columns as u32, grid.rows as u32]
            }),
            field_low: field_low as f32,
            field_scale: (field_scale as f32).min(f32::MAX),
            field_opacity: fraction(look.unwrap_or(style.field_opacity)),
            field_repeats: u32::from(repeats),
            field_wraps: u32::from(picture.0.domain.is_periodic()),
            bloom: fraction(style.bloom),
            field_colours: packed(style.colours_of(name)),
            largest: pixels as f32,
            padding: [0.0; 3],
        }
    }

    /// True when the particles are so small that they are drawn as light.
    pub fn is_light(&self) -> bool {
        self.light != 0
    }

    /// Whole pixels of the outline's lines: left, top, right, bottom, kept near the picture.
    pub fn outline_lines(&self) -> [i64; 4] {
        let line = |x: f32, side: f32| x.floor().clamp(-8.0, side + 8.0) as i64;
        [
            line(self.box_low[0], self.size[0]),
            line(self.box_low[1], self.size[1]),
            line(self.box_high[0], self.size[0]),
            line(self.box_high[1], self.size[1]),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::domain::{Boundary, Domain};
    use crate::view::camera::Camera;

    fn picture() -> Picture {
        boxed([10.0, 10.0])
    }

    fn boxed(size: [f64; 2]) -> Picture {
        Picture::of_particles(Vec::new(), Domain::new(size, Boundary::Periodic), 0)
    }

    fn copies(camera: Camera, ghosts: f32) -> u32 {
        let style = PictureStyle {
            camera,
            ghosts,
            ..Default::default()
        };
        Layout::new(&picture(), &style, [100, 100], [0.1, 0.0]).copies
    }

    #[test]
    fn only_the_images_that_are_seen_are_drawn() {
        let inside = Camera {
            centre: [0.0, 0.0],
            scale: 100.0,
        };
        assert_eq!(copies(inside, 0.5), 1);
        // The view is one box wide and moved by a quarter: two images on that axis. On the other
        // axis the neighbours reach in by the radius.
        let across = Camera {
            centre: [2.5, 0.0],
            scale: 10.0,
        };
        assert_eq!(copies(across, 0.5), 2 * 3);
        assert_eq!(
            copies(
                Camera {
                    centre: [0.0, 0.0],
                    scale: 1.0
                },
                0.5
            ),
            25
        );
        assert_eq!(
            copies(
                Camera {
                    centre: [0.0, 0.0],
                    scale: 1.0
                },
                0.0
            ),
            1
        );
        // Far away from the box its images are still there.
        assert_eq!(
            copies(
                Camera {
                    centre: [1000.0, 0.0],
                    scale: 100.0
                },
                0.5
            ),
            1
        );
    }

    #[test]
    fn the_box_lands_on_its_pixels() {
        let camera = Camera {
            centre: [0.0, 0.0],
            scale: 8.0,
        };
        let style = PictureStyle {
            camera,
            ..Default::default()
        };
        let layout = Layout::new(&picture(), &style, [100, 100], [0.1, 0.0]);
        assert_eq!(
            (layout.box_low, layout.box_high),
            ([10.0, 10.0], [90.0, 90.0])
        );
        assert_eq!(layout.outline_lines(), [10, 10, 90, 90]);
        assert!(layout.is_light(), "0.8 pixels is below one");
    }

    #[test]
    fn sizes_are_never_zero() {
        assert_eq!(drawable([0, 16384]), [1, LARGEST_SIDE]);
    }

    #[test]
    fn a_box_without_size_does_no_harm() {
        let broken = boxed([0.0, f64::NAN]);
        assert_eq!(
            Layout::new(
                &broken,
                &PictureStyle::default(),
                [1, 1],
                [f32::NAN, f32::NAN]
            )
            .copies,
            1
        );
    }
}
