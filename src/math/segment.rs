//! A straight wall: its nearest point, what is left of it under a rubber, and who crosses it.

use serde::{Deserialize, Serialize};

use super::domain::Domain;

/// The shortest wall, as a share of the shorter side of the box.
pub const SHORTEST: f64 = 1e-4;

/// A straight wall between two points, in units of length from the centre of the box.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    pub from: [f64; 2],
    pub to: [f64; 2],
}

/// Where a segment is nearest to a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// From the nearest point of the segment to the point.
    pub offset: [f64; 2],
    pub distance: f64,
    /// True when the nearest point is an end of the segment.
    pub tip: bool,
}

pub(super) fn minus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

pub(super) fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

impl Segment {
    /// Length of the wall.
    pub fn length(&self) -> f64 {
        let [x, y] = minus(self.to, self.from);
        x.hypot(y)
    }

    /// Unit normal, to the left of the way from the first to the second end.
    pub fn normal(&self) -> [f64; 2] {
        let ([x, y], length) = (minus(self.to, self.from), self.length());
        [-y / length, x / length]
    }

    /// Checks that the wall can stand in the box; the error says what is wrong and what would do.
    pub fn check(&self, domain: &Domain) -> Result<(), String> {
        let ends = [self.from, self.to];
        if !ends.iter().flatten().all(|part| part.is_finite()) {
            return Err("a wall must end at finite places".into());
        }
        let [x, y] = domain.size.map(|length| 0.5 * length);
        let inside = |end: &[f64; 2]| end[0].abs() <= x && end[1].abs() <= y;
        if !ends.iter().all(inside) {
            return Err(format!(
                "a wall must lie in the box, x from {} to {x} and y from {} to {y}",
                -x, -y
            ));
        }
        let shortest = SHORTEST * domain.size[0].min(domain.size[1]);
        if self.length() < shortest {
            return Err(format!("a wall must be at least {shortest} long"));
        }
        Ok(())
    }

    /// The nearest point to a point.
    pub fn nearest(&self, point: [f64; 2]) -> Nearest {
        let (way, from) = (minus(self.to, self.from), minus(point, self.from));
        let share = dot(from, way) / dot(way, way);
        let share_inside = share.clamp(0.0, 1.0);
        let offset = [0, 1].map(|axis| from[axis] - share_inside * way[axis]);
        Nearest {
            offset,
            distance: offset[0].hypot(offset[1]),
            tip: share != share_inside,
        }
    }

    /// What is left when a disc is taken out of the wall: up to two pieces, none shorter than
    /// `shortest`. The wall itself when the disc does not touch it.
    pub fn without(&self, centre: [f64; 2], radius: f64, shortest: f64) -> [Option<Self>; 2] {
        let (way, from) = (minus(self.to, self.from), minus(self.from, centre));
        let (a, b, c) = (
            dot(way, way),
            dot(from, way),
            dot(from, from) - radius * radius,
        );
        let discriminant = b * b - a * c;
        if a <= 0.0 || discriminant <= 0.0 {
            return [Some(*self), None];
        }
        let root = discriminant.sqrt();
        let (enter, leave) = ((-b - root) / a, (-b + root) / a);
        if enter >= 1.0 || leave <= 0.0 {
            return [Some(*self), None];
        }
        let at = |share: f64| [0, 1].map(|axis| self.from[axis] + share * way[axis]);
        let piece = |from: f64, to: f64| {
            let piece = Self {
                from: at(from),
                to: at(to),
            };
            (to > from && piece.length() >= shortest).then_some(piece)
        };
        [piece(0.0, enter), piece(leave, 1.0)]
    }

    /// The same wall at another place.
    pub(super) fn shifted(&self, by: [f64; 2]) -> Self {
        let shift = |point: [f64; 2]| [point[0] + by[0], point[1] + by[1]];
        Self {
            from: shift(self.from),
            to: shift(self.to),
        }
    }

    /// Where along the way from `start` to `end`, from 0 to 1, this wall is crossed or touched.
    pub(super) fn crossing(&self, start: [f64; 2], end: [f64; 2], margin: f64) -> Option<f64> {
        let (normal, length) = (self.normal(), self.length());
        let side = |point| dot(minus(point, self.from), normal);
        let (before, after) = (side(start), side(end));
        // Who stands on the wall already, because it was drawn over him, may leave.
        if before.abs() <= margin && self.nearest(start).distance <= margin {
            return None;
        }
        if after.abs() <= margin && self.nearest(end).distance <= margin {
            return Some(1.0);
        }
        if before * after >= 0.0 {
            return None;
        }
        let share = before / (before - after);
        let hit = [0, 1].map(|axis| start[axis] + share * (end[axis] - start[axis]));
        let along = dot(minus(hit, self.from), minus(self.to, self.from)) / length;
        // The margin closes the joint of two walls against the rounding of either.
        (-margin..=length + margin)
            .contains(&along)
            .then_some(share)
    }
}
