//! The box: its size, its boundary, and positions as fixed-point numbers.
//!
//! A coordinate is a `u32` that counts quanta of a *span* 2³² quanta wide. The centre of the box
//! is always at 2³¹, so the real coordinate is `(p − 2³¹) · quantum`, and the minimum image of a
//! separation is a wrapping subtraction read as `i32`. The resolution is the same everywhere,
//! wrapping costs nothing, and two states are equal exactly when their bits are.
//!
//! | boundary   | span per axis | valid coordinates     |
//! |------------|---------------|-----------------------|
//! | periodic   | L             | all                   |
//! | reflecting | 2 L           | the middle half       |
//! | open       | 1024 L        | all but the outermost |
//!
//! Reflecting and open spans are at least twice the box, hence a pair inside the box is never
//! mistaken for its image.

use serde::{Deserialize, Serialize};

/// The centre of the box on either axis, in quanta.
pub const CENTRE: u32 = 1 << 31;

/// How many box lengths an open span holds.
const OPEN_SPAN: f64 = 1024.0;

/// What happens at the edge of the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Boundary {
    /// A particle that leaves on one side enters on the other.
    Periodic,
    /// Hard, smooth walls: a coordinate past a wall is mirrored at it.
    Reflecting,
    /// No walls; the box is only where particles start and what the view frames.
    Open,
}

/// A rectangular box in the plane, centred at the origin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// Side lengths Lx, Ly in units of length.
    pub size: [f64; 2],
    /// The same boundary holds on all sides.
    pub boundary: Boundary,
}

impl Domain {
    /// A box of the given sides; both must be finite and positive, which the scene has checked.
    pub fn new(size: [f64; 2], boundary: Boundary) -> Self {
        Self { size, boundary }
    }

    /// Area of the box, Lx · Ly.
    pub fn area(&self) -> f64 {
        self.size[0] * self.size[1]
    }

    /// True when separations wrap at the box.
    pub fn is_periodic(&self) -> bool {
        self.boundary == Boundary::Periodic
    }

    /// Length that 2³² quanta stand for, per axis.
    pub fn span(&self) -> [f64; 2] {
        let factor = match self.boundary {
            Boundary::Periodic => 1.0,
            Boundary::Reflecting => 2.0,
            Boundary::Open => OPEN_SPAN,
        };
        self.size.map(|length| length * factor)
    }

    /// Length of one quantum, per axis: multiply a fixed-point separation by it.
    pub fn quantum(&self) -> [f32; 2] {
        self.span().map(|span| (span / 4294967296.0) as f32)
    }

    /// Quanta per unit of length, per axis: multiply a displacement by it before rounding.
    pub fn inverse_quantum(&self) -> [f32; 2] {
        self.span().map(|span| (4294967296.0 / span) as f32)
    }

    /// Lowest and highest valid fixed-point coordinate (inclusive), the same on both axes.
    pub fn limits(&self) -> [u32; 2] {
        match self.boundary {
            Boundary::Periodic => [0, u32::MAX],
            Boundary::Reflecting => [1 << 30, (3 << 30) - 1],
            // The outermost 1/1024 on either side is a margin in which an escape is noticed.
            Boundary::Open => [1 << 22, u32::MAX - (1 << 22)],
        }
    }

    /// Real coordinates of a fixed-point position, measured from the centre of the box.
    pub fn real(&self, position: [u32; 2]) -> [f64; 2] {
        let span = self.span();
        [0, 1].map(|axis| {
            f64::from(position[axis].wrapping_sub(CENTRE) as i32) * (span[axis] / 4294967296.0)
        })
    }

    /// Fixed-point position of real coordinates; periodic coordinates wrap, others saturate.
    pub fn fixed(&self, real: [f64; 2]) -> [u32; 2] {
        let span = self.span();
        [0, 1]
            .map(|axis| {
                let turns = real[axis] / span[axis];
                let inside = if self.is_periodic() {
                    turns - turns.round()
                } else {
                    turns
                };
                // `as` saturates, so that even a wild coordinate gives a valid position.
                ((inside * 4294967296.0).round() as i64)
                    .clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32 as u32
            })
            .map(|offset| offset.wrapping_add(CENTRE))
    }

    /// Separation a − b in real units: the minimum image when the box is periodic.
    pub fn separation(&self, a: [u32; 2], b: [u32; 2]) -> [f32; 2] {
        let quantum = self.quantum();
        [0, 1].map(|axis| a[axis].wrapping_sub(b[axis]) as i32 as f32 * quantum[axis])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_and_fixed_are_inverse_within_a_quantum() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([30.0, 10.0], boundary);
            for x in [-14.9, -3.0, 0.0, 1e-3, 7.25, 14.9] {
                let y = x / 3.1;
                let back = domain.real(domain.fixed([x, y]));
                let span = domain.span();
                assert!(
                    (back[0] - x).abs() <= span[0] / 4294967296.0,
                    "{boundary:?} {x}"
                );
                assert!(
                    (back[1] - y).abs() <= span[1] / 4294967296.0,
                    "{boundary:?} {y}"
                );
            }
        }
    }

    #[test]
    fn the_minimum_image_is_a_wrapping_subtraction() {
        let domain = Domain::new([10.0, 10.0], Boundary::Periodic);
        let a = domain.fixed([4.9, -4.9]);
        let b = domain.fixed([-4.9, 4.9]);
        let d = domain.separation(a, b);
        assert!(
            (d[0] + 0.2).abs() < 1e-6 && (d[1] - 0.2).abs() < 1e-6,
            "{d:?}"
        );
        let walls = Domain::new([10.0, 10.0], Boundary::Reflecting);
        let d = walls.separation(walls.fixed([4.9, 0.0]), walls.fixed([-4.9, 0.0]));
        assert!((d[0] - 9.8).abs() < 1e-6, "walls do not wrap: {d:?}");
    }
}
