//! The strokes over the particles: lines, arrows, trails and insets of all layers, as one list
//! that both painters draw.
//!
//! Colours and widths are settled here, so that a painter knows nothing of layers. A stroke is a
//! straight piece whose width and colour go evenly from one end to the other.

use bytemuck::{Pod, Zeroable};
use std::f32::consts::TAU;

use super::colour::ColourMap;
use super::picture::{Picture, PictureStyle};
use crate::model::observable::Inset;
use crate::sim::snapshot::{Form, LayerData, Line, Tint};

/// The ends are in radii of the inset around its centre, and there is one copy; the shader has the
/// same number, as for the next.
pub const IN_INSET: u32 = 1;
/// The ends are round; else they are cut straight.
pub const ROUND: u32 = 2;

/// An instance of the stroke pipeline of `shaders/picture.wgsl`, 36 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Stroke {
    /// In units of length from the centre of the box, or in radii of the inset.
    pub ends: [[f32; 2]; 2],
    /// Width at both ends in pixels; below zero in units of the ends.
    pub widths: [f32; 2],
    /// sRGB and opacity at both ends, red in the lowest byte.
    pub colours: [u32; 2],
    pub flags: u32,
}

/// Nothing of a style but what strokes depend on; the rest stays at its default.
fn look(style: &PictureStyle) -> PictureStyle {
    PictureStyle {
        background: style.background,
        colours: style.colours.clone(),
        field_colours: style.field_colours.clone(),
        links: style.links,
        layers: style.layers.clone(),
        ..PictureStyle::default()
    }
}

/// The strokes of a picture, kept until another picture or another look is asked for.
#[derive(Default)]
pub struct Strokes {
    pub list: Vec<Stroke>,
    /// How far they reach out of the box, in units of length.
    pub overhang: f32,
    /// Grows whenever the list changes.
    pub version: u64,
    made_of: Option<((u64, usize), PictureStyle)>,
}

impl Strokes {
    /// Makes the list anew if it has to be.
    pub fn update(&mut self, picture: &Picture, style: &PictureStyle) {
        let wanted = (picture.identity(), look(style));
        if self.made_of.as_ref() == Some(&wanted) {
            return;
        }
        self.made_of = Some(wanted);
        self.version += 1;
        self.list.clear();
        let mut insets = 0;
        for layer in &picture.0.layers {
            let asked = style.look(layer.name()).and_then(|look| look.opacity);
            match layer {
                LayerData::Field { .. } => {}
                LayerData::Lines {
                    name,
                    lines,
                    form,
                    tint,
                    ..
                } => {
                    let map = match tint {
                        Tint::Particles => &style.colours,
                        _ => style.colours_of(name),
                    };
                    let opacity = asked.unwrap_or(suitable(*form, style));
                    let pen = Pen {
                        style,
                        map,
                        opacity,
                    };
                    for line in lines {
                        pen.line(line, *form, &mut self.list);
                    }
                }
                LayerData::Inset { inset, .. } => {
                    let cyclic = ColourMap::cyclic();
                    let map = if style.colours.cyclic {
                        &style.colours
                    } else {
                        &cyclic
                    };
                    let opacity = asked.unwrap_or(1.0);
                    let pen = Pen {
                        style,
                        map,
                        opacity,
                    };
                    pen.inset(inset, -2.8 * insets as f32, &mut self.list);
                    insets += 1;
                }
            }
        }
        self.overhang = overhang(&self.list, picture.0.domain.size);
    }
}

/// Opacity of lines that have no look of their own.
fn suitable(form: Form, style: &PictureStyle) -> f32 {
    match form {
        Form::Line => f32::from(style.links[3]) / 255.0,
        Form::Arrow | Form::Wall => 0.9,
        Form::Trail => 0.7,
    }
}

/// The greatest distance of an end from the box.
fn overhang(strokes: &[Stroke], size: [f64; 2]) -> f32 {
    let half = size.map(|length| 0.5 * length as f32);
    let outside = |end: &[f32; 2]| (end[0].abs() - half[0]).max(end[1].abs() - half[1]);
    strokes
        .iter()
        .filter(|stroke| stroke.flags & IN_INSET == 0)
        .flat_map(|stroke| stroke.ends.iter().map(outside))
        .fold(0.0, f32::max)
        .min(half[0].min(half[1]).max(0.0))
}

/// What one layer is drawn with.
struct Pen<'a> {
    style: &'a PictureStyle,
    map: &'a ColourMap,
    opacity: f32,
}

impl Pen<'_> {
    fn ink(&self) -> [u8; 3] {
        let [red, green, blue, _] = self.style.links;
        [red, green, blue]
    }

    fn packed(&self, [red, green, blue]: [u8; 3], strength: f32) -> u32 {
        let opacity = (self.opacity * strength).clamp(0.0, 1.0);
        u32::from_le_bytes([red, green, blue, (255.0 * opacity + 0.5) as u8])
    }

    fn line(&self, line: &Line, form: Form, out: &mut Vec<Stroke>) {
        let colour = if line.value >= 0.0 {
            self.map.colour(line.value)
        } else {
            self.ink()
        };
        let colours = line.strength.map(|strength| self.packed(colour, strength));
        let widths = match form {
            Form::Line => [1.0; 2],
            Form::Wall => [3.0; 2],
            // A trail ends as a hair.
            Form::Trail => line.strength.map(|strength| 0.6 + 1.4 * strength),
            Form::Arrow => {
                let [from, tip] = line.ends;
                let length = (tip[0] - from[0]).hypot(tip[1] - from[1]);
                // A dark edge lets an arrow be read over bright particles.
                let edge = self.packed(self.style.background, 0.6 * line.strength[0]);
                out.push(Stroke {
                    ends: line.ends,
                    widths: [-0.18 * length; 2],
                    colours: [edge; 2],
                    flags: 0,
                });
                return self.arrow(line.ends, colours, -0.07 * length, 0, out);
            }
        };
        out.push(Stroke {
            ends: line.ends,
            widths,
            colours,
            flags: if form == Form::Wall { ROUND } else { 0 },
        });
    }

    /// A shaft and a head: a stroke that narrows to a point. All of it grows with the length, so
    /// that many arrows far away do not cover the picture.
    fn arrow(
        &self,
        [from, tip]: [[f32; 2]; 2],
        colours: [u32; 2],
        width: f32,
        flags: u32,
        out: &mut Vec<Stroke>,
    ) {
        let way = [tip[0] - from[0], tip[1] - from[1]];
        let neck = [0, 1].map(|axis| from[axis] + 0.6 * way[axis]);
        let head = -0.32 * way[0].hypot(way[1]);
        out.push(Stroke {
            ends: [from, neck],
            widths: [width; 2],
            colours,
            flags,
        });
        out.push(Stroke {
            ends: [neck, tip],
            widths: [head, 0.0],
            colours,
            flags,
        });
    }

    /// A phase circle, moved sideways by so many radii.
    fn inset(&self, inset: &Inset, aside: f32, out: &mut Vec<Stroke>) {
        let place = |radius: f32, angle: f32| [aside + radius * angle.cos(), radius * angle.sin()];
        let dot = |at: [f32; 2], width: f32, colour: u32| Stroke {
            ends: [at, at],
            widths: [width; 2],
            colours: [colour; 2],
            flags: IN_INSET | ROUND,
        };
        out.push(dot(
            [aside, 0.0],
            -2.6,
            self.packed(self.style.background, 0.92),
        ));
        const PIECES: usize = 64;
        let ring = self.packed(self.ink(), 0.3);
        for piece in 0..PIECES {
            let angle = |k: usize| k as f32 / PIECES as f32 * TAU;
            out.push(Stroke {
                ends: [place(1.0, angle(piece)), place(1.0, angle(piece + 1))],
                widths: [1.0; 2],
                colours: [ring; 2],
                flags: IN_INSET,
            });
        }
        let finite = inset.angles.iter().filter(|angle| angle.is_finite());
        for &angle in finite {
            let colour = self.packed(self.map.colour(angle / TAU), 0.85);
            out.push(dot(place(1.0, angle), -0.12, colour));
        }
        let ink = self.packed(self.ink(), 1.0);
        let [x, y] = inset.arrow;
        let ends = [[aside, 0.0], [aside + x, y]];
        self.arrow(ends, [ink; 2], 2.0, IN_INSET, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::domain::{Boundary, Domain};
    use crate::view::picture::LayerLook;
    use std::sync::Arc;

    fn picture(layer: LayerData) -> Picture {
        let domain = Domain::new([20.0, 10.0], Boundary::Periodic);
        let mut picture = Picture::of_particles(Vec::new(), domain, 1);
        Arc::make_mut(&mut picture.0).layers.push(layer);
        picture
    }

    fn lines(form: Form, tint: Tint, line: Line) -> LayerData {
        LayerData::Lines {
            name: "test",
            lines: vec![line],
            form,
            tint,
            per_cell: None,
        }
    }

    #[test]
    fn colours_are_those_of_the_value_and_strength_is_opacity() {
        let line = Line {
            ends: [[0.0, 0.0], [12.0, 0.0]],
            strength: [1.0, 0.5],
            value: 1.0,
        };
        let shown = picture(lines(Form::Line, Tint::Value([0.0, 3.0]), line));
        let style = PictureStyle {
            layers: vec![LayerLook {
                layer: "test".into(),
                opacity: Some(0.8),
                colours: Some(ColourMap::viridis()),
            }],
            ..Default::default()
        };
        let mut strokes = Strokes::default();
        strokes.update(&shown, &style);
        let [red, green, blue] = ColourMap::viridis().colour(1.0);
        let colours = strokes.list[0].colours.map(u32::to_le_bytes);
        assert_eq!(colours, [[red, green, blue, 204], [red, green, blue, 102]]);
        assert_eq!(strokes.overhang, 2.0, "it reaches over the edge at 10");
        let before = strokes.version;
        strokes.update(&shown, &style);
        assert_eq!(strokes.version, before, "nothing has changed");
        strokes.update(&shown, &PictureStyle::default());
        assert_eq!(strokes.version, before + 1, "another look");
    }

    #[test]
    fn an_arrow_has_a_head_that_ends_in_its_tip() {
        let line = Line {
            ends: [[1.0, 1.0], [4.0, 5.0]],
            strength: [1.0; 2],
            value: -1.0,
        };
        let mut strokes = Strokes::default();
        strokes.update(
            &picture(lines(Form::Arrow, Tint::Ink, line)),
            &PictureStyle::default(),
        );
        let [_, shaft, head] = strokes.list.as_slice() else {
            panic!("an edge, a shaft and a head");
        };
        assert_eq!((shaft.ends[0], head.ends[1]), ([1.0, 1.0], [4.0, 5.0]));
        assert_eq!(shaft.ends[1], head.ends[0]);
        assert_eq!(head.widths, [-0.32 * 5.0, 0.0]);
    }

    #[test]
    fn an_inset_shows_every_angle() {
        let inset = Inset {
            angles: vec![0.0, 1.5, f32::NAN],
            arrow: [0.5, 0.0],
        };
        let mut strokes = Strokes::default();
        strokes.update(
            &picture(LayerData::Inset {
                name: "test",
                inset,
            }),
            &PictureStyle::default(),
        );
        // Ground, ring, two points, shaft and head.
        assert_eq!(strokes.list.len(), 1 + 64 + 2 + 2);
        assert!(
            strokes
                .list
                .iter()
                .all(|stroke| stroke.flags & IN_INSET != 0)
        );
        assert_eq!(strokes.overhang, 0.0);
    }
}
