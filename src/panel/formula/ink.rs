//! Boxes of ink: letters, lines and dots around a base line.
//!
//! A box has its origin at the left end of its base line, y downwards, and knows how far its ink
//! reaches above and below it, so that fractions and fences fit what they hold.

use std::sync::Arc;

use bevy_egui::egui;
use egui::{Color32, FontId, Galley, Painter, Pos2, Shape, Stroke, Vec2, vec2};

/// The type in which something is set.
#[derive(Clone, Copy)]
pub struct Type {
    pub points: f32,
    pub colour: Color32,
}

/// A piece of ink.
pub enum Ink {
    /// Text whose base line begins here; the second number is its height above that in the galley.
    Text(Pos2, Arc<Galley>, f32),
    Lines(Vec<Pos2>, f32),
    Dot(Pos2, f32),
}

/// A box of ink.
#[derive(Default)]
pub struct Laid {
    pub width: f32,
    pub ascent: f32,
    pub descent: f32,
    pub ink: Vec<Ink>,
}

impl Laid {
    /// Puts another box into this one, its origin at a place.
    pub fn put(&mut self, other: Self, at: Vec2) {
        self.width = self.width.max(at.x + other.width);
        self.ascent = self.ascent.max(other.ascent - at.y);
        self.descent = self.descent.max(other.descent + at.y);
        self.ink.extend(other.ink.into_iter().map(|ink| match ink {
            Ink::Text(place, galley, rise) => Ink::Text(place + at, galley, rise),
            Ink::Lines(points, width) => {
                Ink::Lines(points.into_iter().map(|point| point + at).collect(), width)
            }
            Ink::Dot(place, radius) => Ink::Dot(place + at, radius),
        }));
    }

    /// Puts another box behind what is there.
    pub fn append(&mut self, other: Self, gap: f32) {
        let at = vec2(self.width + gap, 0.0);
        self.put(other, at);
    }

    /// Height of the ink.
    pub fn height(&self) -> f32 {
        self.ascent + self.descent
    }

    /// Draws it with its origin at a place.
    pub fn paint(self, painter: &Painter, at: Pos2, colour: Color32) {
        let offset = at.to_vec2();
        for ink in self.ink {
            match ink {
                Ink::Text(place, galley, rise) => {
                    painter.galley(place + offset - vec2(0.0, rise), galley, colour);
                }
                Ink::Lines(points, width) => {
                    let points = points.into_iter().map(|point| point + offset).collect();
                    painter.add(Shape::line(points, Stroke::new(width, colour)));
                }
                Ink::Dot(place, radius) => {
                    painter.circle_filled(place + offset, radius, colour);
                }
            }
        }
    }
}

/// Letters in one font.
pub fn text(painter: &Painter, text: &str, font: FontId, colour: Color32) -> Laid {
    let galley = painter.layout_no_wrap(text.to_owned(), font, colour);
    let (mut ascent, mut descent, mut rise) = (0.0_f32, 0.0_f32, 0.0);
    if let Some(row) = galley.rows.first() {
        for glyph in &row.glyphs {
            rise = row.pos.y + glyph.pos.y;
            let ink = glyph.uv_rect;
            ascent = ascent.max(-ink.offset.y);
            descent = descent.max(ink.offset.y + ink.size.y);
        }
    }
    Laid {
        width: galley.size().x,
        ascent,
        descent,
        ink: vec![Ink::Text(Pos2::ZERO, galley, rise)],
    }
}

/// Where a box of this size stands when it is aligned at a place; for tests of the layout.
#[cfg(test)]
pub fn bounds(laid: &Laid) -> egui::Rect {
    let size = vec2(laid.width, laid.height());
    egui::Align2::LEFT_TOP.anchor_size(egui::pos2(0.0, -laid.ascent), size)
}
