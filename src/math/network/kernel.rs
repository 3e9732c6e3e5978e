//! How likely two nodes are joined at a distance: normalised kernels in the plane.
//!
//! A kernel is f(r) = (1 − p) f_local(r) + p/A with ∫ f d²x = 1, so that nodes of expected degrees
//! κ in a box of area A and number density ρ get their degrees from the edge probability
//! p_ij = min(1, κ_i κ_j f(r)/(ρ⟨κ⟩)). In a periodic box r is the minimum image and the local part
//! is normalised over the box; in an open box it is normalised over the plane, and nodes at the
//! rim lose what lies outside. Lang, De Sterck, Kaiser and Miller (2018).

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::geometry::Geometry;

/// Shape of the local part of a kernel; all lengths in units of length.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// e^{−r²/2w²}/2πw².
    Gaussian {
        /// Width w.
        width: f64,
    },
    /// e^{−r/l}/2πl².
    Exponential {
        /// Decay length l.
        length: f64,
    },
    /// (s/πa²)(1 + r²/a²)^{−1−s}: falls as r^{−2−2s}.
    PowerLaw {
        /// Length a at which the tail begins.
        scale: f64,
        /// Exponent s > 0.
        exponent: f64,
    },
    /// Flat up to the radius d, then (d/r)^α: the kernel of geometric inhomogeneous graphs.
    Plateau {
        /// Radius d of the plateau.
        radius: f64,
        /// Exponent α > 2 of the tail.
        exponent: f64,
    },
    /// 1/πR² up to the radius R, nothing beyond.
    FiniteRange {
        /// Range R.
        radius: f64,
    },
}

/// Why a kernel is none.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum KernelError {
    /// A length that must be positive is not.
    #[error("the {name} of the kernel is {value}; it must be a positive number")]
    Length {
        /// Which length.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// The tail falls too slowly for its integral over the plane to exist.
    #[error(
        "a kernel with exponent {value} cannot be normalised: its integral over the plane is \
         infinite; the exponent must be above {least}"
    )]
    NotNormalisable {
        /// Exponent asked for.
        value: f64,
        /// Bound that it must exceed.
        least: f64,
    },
    /// The share of uniform edges is no share.
    #[error("the share of uniform edges is {value}; it must be from 0 to 1")]
    Share {
        /// Value asked for.
        value: f64,
    },
}

impl Shape {
    fn check(self) -> Result<(), KernelError> {
        let positive = |name, value: f64| {
            if value > 0.0 && value.is_finite() {
                Ok(())
            } else {
                Err(KernelError::Length { name, value })
            }
        };
        let above = |value: f64, least: f64| {
            if value > least && value.is_finite() {
                Ok(())
            } else {
                Err(KernelError::NotNormalisable { value, least })
            }
        };
        match self {
            Self::Gaussian { width } => positive("width", width),
            Self::Exponential { length } => positive("length", length),
            Self::PowerLaw { scale, exponent } => {
                positive("scale", scale).and_then(|()| above(exponent, 0.0))
            }
            Self::Plateau { radius, exponent } => {
                positive("radius", radius).and_then(|()| above(exponent, 2.0))
            }
            Self::FiniteRange { radius } => positive("radius", radius),
        }
    }

    /// Value at r = 0, in units of 1/area.
    pub fn peak(self) -> f64 {
        match self {
            Self::Gaussian { width } => 1.0 / (2.0 * PI * width * width),
            Self::Exponential { length } => 1.0 / (2.0 * PI * length * length),
            Self::PowerLaw { scale, exponent } => exponent / (PI * scale * scale),
            Self::Plateau { radius, exponent } => {
                (exponent - 2.0) / (PI * radius * radius * exponent)
            }
            Self::FiniteRange { radius } => 1.0 / (PI * radius * radius),
        }
    }

    /// Value at the squared distance r², relative to the peak; it never rises with r.
    pub fn relative(self, r2: f64) -> f64 {
        match self {
            Self::Gaussian { width } => (-0.5 * r2 / (width * width)).exp(),
            Self::Exponential { length } => (-r2.sqrt() / length).exp(),
            Self::PowerLaw { scale, exponent } => {
                (1.0 + r2 / (scale * scale)).powf(-1.0 - exponent)
            }
            Self::Plateau { radius, exponent } => {
                (r2 / (radius * radius)).max(1.0).powf(-0.5 * exponent)
            }
            Self::FiniteRange { radius } => f64::from(u8::from(r2 < radius * radius)),
        }
    }

    /// Share of the kernel within the distance r in the plane.
    pub fn within(self, r: f64) -> f64 {
        match self {
            Self::Gaussian { width } => -(-0.5 * (r / width).powi(2)).exp_m1(),
            Self::Exponential { length } => {
                let x = r / length;
                1.0 - (1.0 + x) * (-x).exp()
            }
            Self::PowerLaw { scale, exponent } => {
                -(-exponent * (r / scale).powi(2).ln_1p()).exp_m1()
            }
            Self::Plateau { radius, exponent } => {
                let x = r / radius;
                if x <= 1.0 {
                    (exponent - 2.0) / exponent * x * x
                } else {
                    1.0 - 2.0 / exponent * x.powf(2.0 - exponent)
                }
            }
            Self::FiniteRange { radius } => (r / radius).powi(2).min(1.0),
        }
    }

    /// Length over which the kernel changes much.
    pub(super) fn length(self) -> f64 {
        match self {
            Self::Gaussian { width } => width,
            Self::Exponential { length } => length,
            Self::PowerLaw { scale, exponent } => scale / (1.0 + exponent).sqrt(),
            Self::Plateau { radius, .. } | Self::FiniteRange { radius } => radius,
        }
    }

    /// Distance beyond which the value relative to the peak is below `share`, found by bisection.
    pub(super) fn reach(self, share: f64) -> f64 {
        let mut high = self.length();
        for _ in 0..200 {
            if self.relative(high * high) < share {
                break;
            }
            high *= 2.0;
        }
        let mut low = 0.0;
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.relative(middle * middle) < share {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }
}

/// A kernel: a local shape, and a share of edges that ignore distance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kernel {
    /// The local part.
    pub shape: Shape,
    /// Share p of edges that are uniform over the box, from 0 to 1.
    pub uniform: f64,
}

impl Kernel {
    /// Local edges only.
    pub fn local(shape: Shape) -> Self {
        Self {
            shape,
            uniform: 0.0,
        }
    }

    /// A small world: local edges, and a share of uniform ones.
    pub fn small_world(shape: Shape, uniform: f64) -> Self {
        Self { shape, uniform }
    }

    /// Distance does not matter: Chung and Lu's graph of given expected degrees.
    pub fn uniform() -> Self {
        Self {
            shape: Shape::FiniteRange { radius: 1.0 },
            uniform: 1.0,
        }
    }

    /// Checks that the kernel can be normalised.
    ///
    /// # Errors
    /// Names the first value that is out of its range.
    pub fn check(self) -> Result<(), KernelError> {
        if !(0.0..=1.0).contains(&self.uniform) {
            return Err(KernelError::Share {
                value: self.uniform,
            });
        }
        self.shape.check()
    }
}

/// A kernel in a box, normalised there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    pub(super) shape: Shape,
    /// Density of the local part at r = 0.
    pub(super) peak: f64,
    /// Density of the uniform part.
    pub(super) floor: f64,
    geometry: Geometry,
}

impl Placed {
    /// Normalises a kernel in a box.
    ///
    /// # Errors
    /// See [`Kernel::check`].
    pub fn new(kernel: Kernel, geometry: Geometry) -> Result<Self, KernelError> {
        kernel.check()?;
        let shape = kernel.shape;
        let local = 1.0 - kernel.uniform;
        // With its local part far below anything, the box decides alone.
        let share = if geometry.periodic && local > 0.0 {
            let near = geometry.nearest_edge();
            let rest = shape.peak()
                * geometry.integrate(near, geometry.farthest(), |r| shape.relative(r * r));
            shape.within(near) + rest
        } else {
            1.0
        };
        Ok(Self {
            shape,
            peak: local * shape.peak() / share,
            floor: kernel.uniform / geometry.area(),
            geometry,
        })
    }

    /// Area of the box.
    pub fn area(&self) -> f64 {
        self.geometry.area()
    }

    /// f(r) at the squared distance, in units of 1/area.
    pub fn density(&self, r2: f64) -> f64 {
        let local = if self.peak > 0.0 {
            self.peak * self.shape.relative(r2)
        } else {
            0.0
        };
        local + self.floor
    }

    /// True when the density times a factor is at least 1 or nothing, everywhere.
    pub(super) fn all_or_nothing(&self, factor: f64) -> bool {
        let flat = matches!(self.shape, Shape::FiniteRange { .. });
        flat && self.floor == 0.0 && (self.peak * factor) as f32 >= 1.0
    }

    /// The largest density.
    pub fn most(&self) -> f64 {
        self.peak + self.floor
    }

    /// Expected share of the edges with lengths in each of the bins between consecutive `bounds`
    /// (ascending, in units of length), where no probability is clipped. In an open box it
    /// accounts for the pairs that the rim leaves.
    pub fn length_shares(&self, bounds: &[f64]) -> Vec<f64> {
        let farthest = self.geometry.farthest();
        let mass = |from: f64, to: f64| -> f64 {
            let (mut sum, mut from) = (0.0, from.clamp(0.0, farthest));
            let to = to.clamp(from, farthest);
            // Kinks of the kernel and of the box must be ends of panels.
            let mut kinks: Vec<f64> = self.geometry.kinks().to_vec();
            kinks.push(self.shape.length());
            kinks.retain(|&kink| from < kink && kink < to);
            kinks.sort_by(f64::total_cmp);
            for kink in kinks.into_iter().chain([to]) {
                sum += self.geometry.integrate(from, kink, |r| self.density(r * r));
                from = kink;
            }
            sum
        };
        let total = self.total();
        bounds
            .windows(2)
            .map(|w| mass(w[0], w[1]) / total)
            .collect()
    }

    /// ∫ f over the pairs of points of the box, per point: 1 in a periodic box, below 1 in an
    /// open one. The mean expected degree is this times ⟨κ⟩.
    pub fn total(&self) -> f64 {
        if self.geometry.periodic {
            return 1.0;
        }
        // Octaves follow the decay of any kernel, however narrow it is in its box.
        let farthest = self.geometry.farthest();
        let mut bounds: Vec<f64> = (-30..8)
            .map(|k| self.shape.length() * 2.0_f64.powi(k))
            .chain(self.geometry.kinks())
            .filter(|&r| r < farthest)
            .chain([0.0, farthest])
            .collect();
        bounds.sort_by(f64::total_cmp);
        let part = |w: &[f64]| self.geometry.integrate(w[0], w[1], |r| self.density(r * r));
        bounds.windows(2).map(part).sum()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub const SHAPES: [Shape; 7] = [
        Shape::Gaussian { width: 2.0 },
        Shape::Exponential { length: 1.5 },
        Shape::PowerLaw {
            scale: 2.0,
            exponent: 0.5,
        },
        Shape::PowerLaw {
            scale: 2.0,
            exponent: 1.0,
        },
        Shape::PowerLaw {
            scale: 2.0,
            exponent: 1.7,
        },
        Shape::Plateau {
            radius: 1.5,
            exponent: 3.5,
        },
        Shape::FiniteRange { radius: 3.0 },
    ];

    #[test]
    fn shapes_are_normalised_over_the_plane_and_never_rise() {
        for shape in SHAPES {
            let ring = |r: f64| 2.0 * PI * r * shape.peak() * shape.relative(r * r);
            let length = shape.length();
            for (from, to) in [(0.0, length), (length, 3.0 * length), (3.0 * length, 40.0)] {
                let mass = crate::math::special::integrate(ring, from, to, 2000);
                let expected = shape.within(to) - shape.within(from);
                assert!(
                    (mass - expected).abs() < 1e-3,
                    "{shape:?}: {mass} {expected}"
                );
            }
            assert!((shape.within(1e9) - 1.0).abs() < 1e-4);
            assert!((0..200).all(|k| {
                let r = f64::from(k) * 0.1;
                shape.relative((r + 0.1).powi(2)) <= shape.relative(r * r)
            }));
            let reach = shape.reach(0.25);
            assert!(shape.relative((reach * 0.999).powi(2)) >= 0.25);
            assert!(shape.relative((reach * 1.001).powi(2)) < 0.25);
        }
    }

    #[test]
    fn a_placed_kernel_is_normalised_in_its_box() {
        for size in [[20.0, 20.0], [9.0, 31.0]] {
            let geometry = Geometry {
                size,
                periodic: true,
            };
            for shape in SHAPES {
                let placed = Placed::new(Kernel::small_world(shape, 0.2), geometry).unwrap();
                let cells = 500;
                let step = size.map(|side| side / f64::from(cells));
                let mut sum = 0.0;
                for y in 0..cells {
                    for x in 0..cells {
                        let at =
                            |k: i32, side: f64, step: f64| (f64::from(k) + 0.5) * step - 0.5 * side;
                        let (dx, dy) = (at(x, size[0], step[0]), at(y, size[1], step[1]));
                        sum += placed.density(dx * dx + dy * dy) * step[0] * step[1];
                    }
                }
                // The midpoint rule is limited by the steps of the kernel.
                assert!((sum - 1.0).abs() < 3e-3, "{shape:?} in {size:?}: {sum}");
                let shares = placed.length_shares(&[0.0, 1.0, 2.0, 5.0, 9.0, 40.0]);
                let total: f64 = shares.iter().sum();
                assert!((total - 1.0).abs() < 2e-4, "{shape:?}: {total}");
            }
        }
    }

    #[test]
    fn kernels_that_cannot_be_normalised_are_refused() {
        let refused = |shape, uniform| Kernel { shape, uniform }.check().unwrap_err().to_string();
        let flat = Shape::PowerLaw {
            scale: 1.0,
            exponent: 0.0,
        };
        assert!(refused(flat, 0.0).contains("cannot be normalised"));
        let slow = Shape::Plateau {
            radius: 1.0,
            exponent: 2.0,
        };
        assert!(refused(slow, 0.0).contains("above 2"));
        let thin = Shape::Gaussian { width: 0.0 };
        assert!(refused(thin, 0.0).contains("width"));
        let wild = Shape::Exponential { length: f64::NAN };
        assert!(refused(wild, 0.0).contains("length"));
        let range = Shape::FiniteRange { radius: 1.0 };
        assert!(refused(range, 1.5).contains("share"));
        assert!(refused(range, f64::NAN).contains("share"));
    }
}
