//! Shapes of kernels: how likely an edge is at a distance, normalised over the plane.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};
use thiserror::Error;

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
    /// Checks that lengths are positive and the integral over the plane exists.
    pub(super) fn check(self) -> Result<(), KernelError> {
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
}
