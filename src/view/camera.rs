//! Where the picture looks: the map between the plane and the pixels.
//!
//! Pixels count from the upper left corner, x to the right and y downwards; pixel (i, j) covers
//! [i, i+1] × [j, j+1]. The plane's y points upwards.

/// Smallest and largest scale, in pixels per unit of length, that a camera can reach.
const SCALES: [f64; 2] = [1e-9, 1e9];

/// A centre and a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The point of the plane in the middle of the picture, in units of length.
    pub centre: [f64; 2],
    /// Pixels per unit of length.
    pub scale: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            centre: [0.0, 0.0],
            scale: 1.0,
        }
    }
}

impl Camera {
    /// The camera that shows all of a box centred at the origin, with `margin` pixels to spare.
    pub fn framing(box_size: [f64; 2], picture: [u32; 2], margin: f64) -> Self {
        let scale = [0, 1]
            .map(|axis| (f64::from(picture[axis]) - 2.0 * margin).max(1.0) / box_size[axis].abs());
        Self {
            centre: [0.0, 0.0],
            scale: scale[0].min(scale[1]),
        }
        .sane()
    }

    /// The camera that fills the picture with a box and cuts off what does not fit.
    pub fn filling(box_size: [f64; 2], picture: [u32; 2]) -> Self {
        let scale = [0, 1].map(|axis| f64::from(picture[axis].max(1)) / box_size[axis].abs());
        Self {
            centre: [0.0, 0.0],
            scale: scale[0].max(scale[1]),
        }
        .sane()
    }

    /// Pixel of a point of the plane.
    pub fn to_pixel(&self, point: [f64; 2], picture: [u32; 2]) -> [f64; 2] {
        [
            (point[0] - self.centre[0]) * self.scale + 0.5 * f64::from(picture[0]),
            (self.centre[1] - point[1]) * self.scale + 0.5 * f64::from(picture[1]),
        ]
    }

    /// Point of the plane under a pixel.
    pub fn to_point(&self, pixel: [f64; 2], picture: [u32; 2]) -> [f64; 2] {
        [
            self.centre[0] + (pixel[0] - 0.5 * f64::from(picture[0])) / self.scale,
            self.centre[1] - (pixel[1] - 0.5 * f64::from(picture[1])) / self.scale,
        ]
    }

    /// Zooms by `factor` (above 1: closer) so that the point under `pixel` stays there.
    pub fn zoomed(&self, factor: f64, pixel: [f64; 2], picture: [u32; 2]) -> Self {
        let held = self.to_point(pixel, picture);
        let mut next = Self {
            centre: self.centre,
            scale: self.scale * factor,
        }
        .sane();
        let drifted = next.to_point(pixel, picture);
        next.centre = [0, 1].map(|axis| next.centre[axis] + held[axis] - drifted[axis]);
        next.sane()
    }

    /// Moves with a drag of the pointer: the picture goes where the pointer goes.
    pub fn panned(&self, drag: [f64; 2]) -> Self {
        let centre = [
            self.centre[0] - drag[0] / self.scale,
            self.centre[1] + drag[1] / self.scale,
        ];
        Self {
            centre,
            scale: self.scale,
        }
        .sane()
    }

    /// Brings the centre back into a periodic box, which changes nothing that is seen.
    pub fn wrapped(&self, box_size: [f64; 2]) -> Self {
        let centre = [0, 1].map(|axis| {
            let length = box_size[axis];
            self.centre[axis] - (self.centre[axis] / length).round() * length
        });
        Self {
            centre,
            scale: self.scale,
        }
        .sane()
    }

    /// Goes the fraction `share` of the way to `target`: call it each frame for a smooth flight.
    ///
    /// The scale moves geometrically, so that zooming feels even, and what is under the same pixel
    /// before and after stays there all the way. In a periodic box the centre takes the shortest
    /// way round.
    pub fn towards(&self, target: &Self, share: f64, period: Option<[f64; 2]>) -> Self {
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            1.0
        };
        let ratio = target.scale / self.scale;
        let scale = self.scale * ratio.powf(share);
        // A point that keeps its pixel is at the centre plus its distance in pixels over the
        // scale: the centre has to go with the inverse of the scale.
        let gone = (1.0 - ratio.powf(-share)) / (1.0 - ratio.recip());
        let gone = if (ratio - 1.0).abs() > 1e-6 && gone.is_finite() {
            gone
        } else {
            share
        };
        let centre = [0, 1].map(|axis| {
            let mut way = target.centre[axis] - self.centre[axis];
            if let Some(length) = period.map(|size| size[axis]) {
                way -= (way / length).round() * length;
            }
            self.centre[axis] + gone * way
        });
        Self { centre, scale }.sane()
    }

    /// The same field of view on a picture of another size: the shorter fit decides.
    pub fn resized(&self, from: [u32; 2], to: [u32; 2]) -> Self {
        let ratio = [0, 1].map(|axis| f64::from(to[axis].max(1)) / f64::from(from[axis].max(1)));
        Self {
            centre: self.centre,
            scale: self.scale * ratio[0].min(ratio[1]),
        }
        .sane()
    }

    /// Replaces whatever is not a number or out of range, so that no input can break the picture.
    pub fn sane(&self) -> Self {
        let centre = self.centre.map(|x| if x.is_finite() { x } else { 0.0 });
        let scale = if self.scale.is_nan() {
            1.0
        } else {
            self.scale.clamp(SCALES[0], SCALES[1])
        };
        Self { centre, scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: [u32; 2] = [640, 480];

    fn near(a: [f64; 2], b: [f64; 2]) -> bool {
        // Coordinates are of order 1000 and take a handful of roundings of 2⁻⁵³ each.
        (a[0] - b[0]).abs() < 1e-9 && (a[1] - b[1]).abs() < 1e-9
    }

    #[test]
    fn pixels_and_points_are_inverse() {
        let camera = Camera {
            centre: [3.0, -2.0],
            scale: 17.0,
        };
        for pixel in [[0.0, 0.0], [640.0, 480.0], [12.5, 400.25]] {
            assert!(near(
                camera.to_pixel(camera.to_point(pixel, PICTURE), PICTURE),
                pixel
            ));
        }
        assert_eq!(camera.to_pixel([3.0, -2.0], PICTURE), [320.0, 240.0]);
        assert!(
            camera.to_pixel([3.0, -1.0], PICTURE)[1] < 240.0,
            "up in the plane is up"
        );
    }

    #[test]
    fn zooming_holds_the_point_under_the_cursor() {
        let camera = Camera {
            centre: [3.0, -2.0],
            scale: 17.0,
        };
        let pixel = [100.0, 33.0];
        let zoomed = camera.zoomed(2.5, pixel, PICTURE);
        assert!((zoomed.scale - 42.5).abs() < 1e-12);
        assert!(near(
            zoomed.to_point(pixel, PICTURE),
            camera.to_point(pixel, PICTURE)
        ));
    }

    #[test]
    fn panning_moves_the_picture_with_the_pointer() {
        let camera = Camera {
            centre: [3.0, -2.0],
            scale: 17.0,
        };
        let before = camera.to_pixel([1.0, 1.0], PICTURE);
        let after = camera.panned([12.0, -7.0]).to_pixel([1.0, 1.0], PICTURE);
        assert!(near(after, [before[0] + 12.0, before[1] - 7.0]));
    }

    #[test]
    fn framing_shows_all_and_filling_leaves_nothing_empty() {
        let framed = Camera::framing([30.0, 10.0], PICTURE, 20.0);
        assert!(near(framed.to_pixel([-15.0, 0.0], PICTURE), [20.0, 240.0]));
        let filled = Camera::filling([30.0, 10.0], PICTURE);
        assert!(near(filled.to_pixel([0.0, 5.0], PICTURE), [320.0, 0.0]));
        assert!(filled.to_pixel([-15.0, 0.0], PICTURE)[0] < 0.0);
    }

    #[test]
    fn following_takes_the_short_way_round_a_periodic_box() {
        let camera = Camera {
            centre: [4.5, 0.0],
            scale: 1.0,
        };
        let target = Camera {
            centre: [-4.5, 0.0],
            scale: 4.0,
        };
        let half = camera.towards(&target, 0.5, Some([10.0, 10.0]));
        // Half of the way of the logarithm of the scale is two thirds of that of its inverse.
        assert!(near(half.centre, [4.5 + 2.0 / 3.0, 0.0]) && (half.scale - 2.0).abs() < 1e-12);
        assert!(near(
            half.wrapped([10.0, 10.0]).centre,
            [-5.5 + 2.0 / 3.0, 0.0]
        ));
        assert_eq!(camera.towards(&target, 1.0, None), target);
        let aside = Camera {
            centre: [-4.5, 2.0],
            scale: 1.0,
        };
        let half = camera.towards(&aside, 0.5, Some([10.0, 10.0]));
        assert!(near(half.centre, [5.0, 1.0]) && half.scale == 1.0);
    }

    #[test]
    fn a_flight_holds_the_point_under_the_cursor_all_the_way() {
        let camera = Camera {
            centre: [3.0, -2.0],
            scale: 17.0,
        };
        let pixel = [100.0, 33.0];
        let held = camera.to_point(pixel, PICTURE);
        for factor in [0.3, 1.25, 5.0] {
            let target = camera.zoomed(factor, pixel, PICTURE);
            for share in [0.1, 0.5, 0.9] {
                let seen = camera.towards(&target, share, None);
                assert!(
                    near(seen.to_point(pixel, PICTURE), held),
                    "{factor} {share}"
                );
            }
        }
    }

    #[test]
    fn nonsense_is_replaced() {
        let broken = Camera {
            centre: [f64::NAN, f64::INFINITY],
            scale: f64::NAN,
        }
        .sane();
        assert_eq!(broken, Camera::default());
        assert!(Camera::framing([0.0, 0.0], [0, 0], 5.0).scale <= SCALES[1]);
        assert!(
            Camera::default()
                .zoomed(f64::INFINITY, [0.0, 0.0], [0, 0])
                .scale
                <= SCALES[1]
        );
        assert!(Camera::default().zoomed(0.0, [0.0, 0.0], PICTURE).scale >= SCALES[0]);
    }
}
