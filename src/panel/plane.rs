//! Where a place of the box is on the screen, and back.

use bevy_egui::egui;
use egui::{Pos2, Rect, vec2};

use super::Frame;
use crate::math::domain::Domain;

/// Where the plane is on the screen.
#[derive(Clone, Copy)]
pub struct Map {
    pub rect: Rect,
    centre: [f64; 2],
    /// Points per unit of length.
    pub scale: f64,
    pub domain: Domain,
}

impl Map {
    /// The map of a frame; `None` while there is no scale.
    pub fn new(frame: &Frame, rect: Rect) -> Option<Self> {
        let scale = frame.surroundings.points_per_length;
        let centre = frame.surroundings.centre;
        let sound = scale.is_normal() && scale > 0.0 && centre.iter().all(|part| part.is_finite());
        sound.then_some(Self {
            rect,
            centre,
            scale,
            domain: frame.snapshot.picture.domain,
        })
    }

    /// The place under a point of the screen, in units of length from the centre of the box.
    pub fn place(&self, at: Pos2) -> [f64; 2] {
        let way = at - self.rect.center();
        [
            self.centre[0] + f64::from(way.x) / self.scale,
            self.centre[1] - f64::from(way.y) / self.scale,
        ]
    }

    /// The image of a place that is nearest to the middle of the picture.
    pub fn point(&self, place: [f64; 2]) -> Pos2 {
        let mut way = [0, 1].map(|axis| place[axis] - self.centre[axis]);
        if self.domain.is_periodic() {
            for (way, length) in way.iter_mut().zip(self.domain.size) {
                *way -= (*way / length).round() * length;
            }
        }
        // Far beyond any screen it does not matter where.
        let [x, y] = way.map(|part| (part * self.scale).clamp(-1e6, 1e6) as f32);
        self.rect.center() + vec2(x, -y)
    }

    /// A length on the screen.
    pub fn length(&self, length: f64) -> f32 {
        (length * self.scale).clamp(0.0, 1e6) as f32
    }

    /// A place brought into the box, where walls must end.
    pub fn inside(&self, mut place: [f64; 2]) -> [f64; 2] {
        for (part, length) in place.iter_mut().zip(self.domain.size) {
            *part = part.clamp(-0.5 * length, 0.5 * length);
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::domain::Boundary;
    use egui::pos2;

    fn map(centre: [f64; 2]) -> Map {
        Map {
            rect: Rect::from_min_max(pos2(100.0, 50.0), pos2(300.0, 150.0)),
            centre,
            scale: 10.0,
            domain: Domain::new([20.0, 10.0], Boundary::Periodic),
        }
    }

    #[test]
    fn points_and_places_are_inverse_and_up_is_up() {
        let map = map([1.0, 2.0]);
        assert_eq!(map.place(pos2(200.0, 100.0)), [1.0, 2.0]);
        assert_eq!(map.place(pos2(210.0, 80.0)), [2.0, 4.0]);
        assert_eq!(map.point([2.0, 4.0]), pos2(210.0, 80.0));
    }

    #[test]
    fn the_nearest_image_is_shown_and_walls_end_in_the_box() {
        let map = map([9.0, 0.0]);
        assert_eq!(map.point([-9.0, 0.0]), pos2(220.0, 100.0));
        assert_eq!(map.inside([11.0, -7.0]), [10.0, -5.0]);
        let far = map.point([f64::MAX, 0.0]);
        assert!(far.x.is_finite() && far.y.is_finite());
    }
}
