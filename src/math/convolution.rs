//! Convolution with an even kernel on a periodic grid, by fast Fourier transforms.

use rayon::prelude::*;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};
use std::sync::Arc;

/// Grids with fewer cells are transformed by one thread.
const WORTH_SHARING: usize = 1 << 13;

/// A kernel, ready to be convolved with fields on its grid of columns × rows cells. A grid of a
/// single row is a line; one of a single cell has only its mean.
pub struct Convolution {
    /// Columns and rows.
    size: [usize; 2],
    /// Transform of the kernel over the number of cells, in the order of the transposed grid.
    spectrum: Vec<f64>,
    /// Transforms of one row and of one column, forward and back.
    along: [Arc<dyn Fft<f64>>; 2],
    across: [Arc<dyn Fft<f64>>; 2],
    field: Vec<Complex<f64>>,
    turned: Vec<Complex<f64>>,
}

impl Convolution {
    /// Prepares a kernel, given row by row at the displacements 0, 1, 2 ... cells, wrapped around
    /// the grid. It must be even, and include the area of a cell. Values that are missing are 0.
    pub fn new(size: [usize; 2], kernel: &[f64]) -> Self {
        let size = size.map(|side| side.max(1));
        let mut planner = FftPlanner::new();
        let mut plans = |side| {
            [
                planner.plan_fft_forward(side),
                planner.plan_fft_inverse(side),
            ]
        };
        let cells = size[0] * size[1];
        let mut plan = Self {
            size,
            spectrum: Vec::new(),
            along: plans(size[0]),
            across: plans(size[1]),
            field: vec![Complex::default(); cells],
            turned: vec![Complex::default(); cells],
        };
        for (cell, value) in plan.field.iter_mut().zip(kernel) {
            cell.re = *value;
        }
        plan.forward();
        // The transform of a real, even kernel is real.
        plan.spectrum = plan.turned.iter().map(|z| z.re / cells as f64).collect();
        plan
    }

    /// Columns and rows.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// The convolution of a field with the kernel; both slices have one value per cell.
    pub fn apply(&mut self, field: &[f64], out: &mut [f64]) {
        for (cell, value) in self.field.iter_mut().zip(field) {
            *cell = Complex::new(*value, 0.0);
        }
        self.forward();
        for (z, factor) in self.turned.iter_mut().zip(&self.spectrum) {
            *z *= factor;
        }
        let [columns, rows] = self.size;
        transform(&*self.across[1], &mut self.turned);
        transpose(&self.turned, &mut self.field, rows, columns);
        transform(&*self.along[1], &mut self.field);
        for (value, cell) in out.iter_mut().zip(&self.field) {
            *value = cell.re;
        }
    }

    /// From the field to its transform, which is left transposed.
    fn forward(&mut self) {
        let [columns, rows] = self.size;
        transform(&*self.along[0], &mut self.field);
        transpose(&self.field, &mut self.turned, columns, rows);
        transform(&*self.across[0], &mut self.turned);
    }
}

/// Transforms every run of the plan's length. Runs do not know of each other, hence the bits do
/// not depend on the number of threads.
fn transform(plan: &dyn Fft<f64>, data: &mut [Complex<f64>]) {
    if plan.len() <= 1 {
        return;
    }
    if data.len() < WORTH_SHARING {
        plan.process(data);
        return;
    }
    let runs = (WORTH_SHARING / 4 / plan.len()).max(1);
    data.par_chunks_mut(runs * plan.len())
        .for_each(|chunk| plan.process(chunk));
}

/// Rows become columns, in tiles that stay in the cache.
fn transpose(from: &[Complex<f64>], to: &mut [Complex<f64>], columns: usize, rows: usize) {
    const TILE: usize = 16;
    if rows == 1 || columns == 1 {
        to.copy_from_slice(from);
        return;
    }
    for top in (0..rows).step_by(TILE) {
        for left in (0..columns).step_by(TILE) {
            for row in top..(top + TILE).min(rows) {
                for column in left..(left + TILE).min(columns) {
                    to[column * rows + row] = from[row * columns + column];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::philox::{Purpose, Stream};

    fn noise(cells: usize) -> Vec<f64> {
        let stream = Stream::new(5, 0, Purpose::InitialCondition);
        (0..cells as u32)
            .map(|cell| f64::from(stream.uniforms(cell, 0)[0]))
            .collect()
    }

    /// An even kernel: the mean of a random one and its mirror image.
    fn kernel([columns, rows]: [usize; 2]) -> Vec<f64> {
        let random = noise(columns * rows);
        (0..columns * rows)
            .map(|cell| {
                let (x, y) = (cell % columns, cell / columns);
                let mirrored = (rows - y) % rows * columns + (columns - x) % columns;
                0.5 * (random[cell] + random[mirrored])
            })
            .collect()
    }

    #[test]
    fn it_is_the_sum_over_all_pairs_of_cells() {
        for size in [[1, 1], [7, 1], [1, 6], [12, 5], [16, 16]] {
            let [columns, rows] = size;
            let kernel = kernel(size);
            let field: Vec<f64> = noise(columns * rows).iter().map(|x| x - 0.3).collect();
            let mut out = vec![0.0; columns * rows];
            let mut plan = Convolution::new(size, &kernel);
            // Twice, because a plan is used again and again.
            plan.apply(&field, &mut out);
            plan.apply(&field, &mut out);
            for (cell, value) in out.iter().enumerate() {
                let (x, y) = (cell % columns, cell / columns);
                let direct: f64 = (0..columns * rows)
                    .map(|other| {
                        let (a, b) = (other % columns, other / columns);
                        let shift = (y + rows - b) % rows * columns + (x + columns - a) % columns;
                        kernel[shift] * field[other]
                    })
                    .sum();
                assert!((value - direct).abs() < 1e-12, "{size:?}: {value} {direct}");
            }
        }
    }

    #[test]
    fn threads_do_not_change_the_bits() {
        let size = [160, 120];
        let (kernel, field) = (kernel(size), noise(160 * 120));
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let mut out = vec![0.0; field.len()];
            pool.install(|| Convolution::new(size, &kernel).apply(&field, &mut out));
            out.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(with(1), with(3));
    }
}
