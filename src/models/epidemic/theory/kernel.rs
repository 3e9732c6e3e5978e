//! The kernel as the theory needs it: as a table for the convolution, and its moments.

use crate::math::domain::Domain;
use crate::math::network::Shape;
use crate::math::network::kernel::{Kernel, Placed};
use crate::math::special::bessel_i_scaled;

/// The moment generating function M(λ) = ∫f(r) e^(λx) d²x of a kernel in the plane, and the λ
/// below which it is finite. `None` for kernels that fall more slowly than any exponential: power
/// laws, and mixtures with uniform long links. Their outbreaks have no finite speed.
pub fn moments(kernel: &Kernel) -> Option<(impl Fn(f64) -> f64 + use<>, f64)> {
    let shape = kernel.shape;
    let limit = match shape {
        _ if kernel.uniform > 0.0 => return None,
        Shape::PowerLaw { .. } | Shape::Plateau { .. } => return None,
        Shape::Exponential { length } => 1.0 / length,
        Shape::Gaussian { .. } | Shape::FiniteRange { .. } => f64::INFINITY,
    };
    let moment = move |lambda: f64| match shape {
        Shape::Gaussian { width } => (0.5 * (lambda * width).powi(2)).exp(),
        Shape::Exponential { length } => (1.0 - (lambda * length).powi(2)).powf(-1.5),
        Shape::FiniteRange { radius } => {
            let x = lambda * radius;
            if x < 1e-3 {
                1.0 + x * x / 8.0
            } else {
                2.0 * bessel_i_scaled(1, x) * x.exp() / x
            }
        }
        Shape::PowerLaw { .. } | Shape::Plateau { .. } => f64::INFINITY,
    };
    Some((moment, limit))
}

/// Length over which a kernel changes.
fn length(shape: Shape) -> f64 {
    match shape {
        Shape::Gaussian { width } => width,
        Shape::Exponential { length } => length,
        Shape::PowerLaw { scale, .. } => scale,
        Shape::Plateau { radius, .. } | Shape::FiniteRange { radius } => radius,
    }
}

/// Points along a side of a cell near the origin, where a narrow kernel is averaged.
const FINEST: usize = 16;
/// Points of the integral across a band.
const ACROSS: usize = 2048;

/// The kernel at all displacements of a grid over the box, times the area of a cell: `size` cells
/// over the box, `padded` cells in all, wrapped around the padded grid. With a single row the
/// kernel is integrated across the box.
pub fn table(
    kernel: &Kernel,
    placed: &Placed,
    domain: &Domain,
    size: [usize; 2],
    padded: [usize; 2],
) -> Vec<f64> {
    if size == [1, 1] {
        return vec![1.0];
    }
    let step = [0, 1].map(|axis| domain.size[axis] / size[axis] as f64);
    let density = |x: f64, y: f64| placed.density(x * x + y * y);
    let shift = |cell: usize, axis: usize| {
        let cells = padded[axis];
        let signed = if 2 * cell > cells {
            cell as f64 - cells as f64
        } else {
            cell as f64
        };
        signed * step[axis]
    };
    // A smooth kernel is sampled at points, which is exact as long as the grid resolves it; an
    // average over the cell would widen it. One with an edge or narrower than the cells is averaged.
    let sharp = matches!(
        kernel.shape,
        Shape::FiniteRange { .. } | Shape::Plateau { .. }
    );
    let length = length(kernel.shape);
    let points = [0, 1].map(|axis| {
        let fine = (4.0 * step[axis] / length).ceil() as usize;
        match (sharp, step[axis] > 0.7 * length) {
            (true, _) => fine.clamp(4, FINEST),
            (false, true) => fine.clamp(2, FINEST),
            (false, false) => 1,
        }
    });
    let sides = padded.map(|side| side.max(1));
    let mut table = Vec::with_capacity(sides[0] * sides[1]);
    for row in 0..sides[1] {
        for column in 0..sides[0] {
            let x = shift(column, 0);
            let inside =
                |axis: usize, k: usize| ((k as f64 + 0.5) / points[axis] as f64 - 0.5) * step[axis];
            let mut sum = 0.0;
            if size[1] == 1 {
                let wide = domain.size[1] / ACROSS as f64;
                for k in 0..points[0] {
                    let x = x + inside(0, k);
                    let across = (0..ACROSS / 2).map(|k| density(x, (k as f64 + 0.5) * wide));
                    sum += 2.0 * wide * across.sum::<f64>();
                }
                sum *= step[0] / points[0] as f64;
            } else {
                let y = shift(row, 1);
                for k in 0..points[0] {
                    for l in 0..points[1] {
                        sum += density(x + inside(0, k), y + inside(1, l));
                    }
                }
                sum *= step[0] * step[1] / (points[0] * points[1]) as f64;
            }
            table.push(sum);
        }
    }
    // In a periodic box the kernel is normalised over the box; so is its table, exactly.
    if domain.is_periodic() {
        let sum: f64 = table.iter().sum();
        table.iter_mut().for_each(|value| *value /= sum);
    }
    table
}
