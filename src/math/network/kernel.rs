//! How likely two nodes are joined at a distance: normalised kernels in the plane.
//!
//! A kernel is f(r) = (1 − p) f_local(r) + p/A with ∫ f d²x = 1, so that nodes of expected degrees
//! κ in a box of area A and number density ρ get their degrees from the edge probability
//! p_ij = min(1, κ_i κ_j f(r)/(ρ⟨κ⟩)). In a periodic box r is the minimum image and the local part
//! is normalised over the box; in an open box it is normalised over the plane, and nodes at the
//! rim lose what lies outside. Lang, De Sterck, Kaiser and Miller (2018).

use serde::{Deserialize, Serialize};

use super::geometry::Geometry;
use super::shape::{KernelError, Shape};

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
mod tests {
    use super::super::shape::tests::SHAPES;
    use super::*;

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
