//! Exact samples as eigenvalues of random matrices.

use nalgebra::{Complex, DMatrix};

use crate::math::gamma::Draws;

/// The most charges for which eigenvalues are taken: the time grows as N³.
pub const MOST: usize = 1024;

/// Eigenvalues of an N × N matrix of independent complex Gaussians of variance 1 (Ginibre, J. Math.
/// Phys. 6, 440 (1965)): N charges in the plane in the trap r²/2 at β = 2. `None` should the
/// iteration not end.
pub fn ginibre(count: usize, draws: &mut Draws) -> Option<Vec<[f64; 2]>> {
    let half = 0.5f64.sqrt();
    let matrix = DMatrix::from_fn(count, count, |_, _| {
        Complex::new(half * draws.normal(), half * draws.normal())
    });
    let values = matrix.try_schur(1e-15, 1_000_000)?.eigenvalues()?;
    Some(values.iter().map(|z| [z.re, z.im]).collect())
}

/// Eigenvalues of the tridiagonal matrix of Dumitriu and Edelman (J. Math. Phys. 43, 5830 (2002)):
/// N charges on a line in the trap x²/2 at any β, in ascending order.
pub fn hermite(count: usize, beta: f64, draws: &mut Draws) -> Vec<f64> {
    let mut matrix = DMatrix::<f64>::zeros(count, count);
    for k in 0..count {
        matrix[(k, k)] = draws.normal();
        if k + 1 < count {
            // χ with βm degrees of freedom over √2 is the root of a gamma deviate of shape βm/2.
            let shape = 0.5 * beta * (count - 1 - k) as f64;
            let off = draws.gamma(shape).sqrt();
            matrix[(k, k + 1)] = off;
            matrix[(k + 1, k)] = off;
        }
    }
    let mut values: Vec<f64> = matrix
        .symmetric_eigenvalues()
        .iter()
        .map(|value| value / beta.sqrt())
        .collect();
    values.sort_by(f64::total_cmp);
    values
}
