//! Numbers that do not depend on a swarm: nodes, polynomials, and how cells act on each other.

use std::f64::consts::PI;
use std::sync::OnceLock;

use super::super::super::simd::*;

/// Nodes along an axis.
pub const ALONG: usize = 6;
/// Nodes of a cell, row by row.
pub const NODES: usize = ALONG * ALONG;
/// The same, padded to whole vectors.
pub const WIDTH: usize = NODES.next_multiple_of(LANES);

/// How the nodes of a cell act on those of another at some offset, in units of the side of a cell: for
/// each acting node rows over the nodes that are acted on. With the way u from these to that one: u/|u|
/// (two rows), u/|u|² (two), 1/|u|.
pub type Action = [[[f32; WIDTH]; 5]; NODES];

/// An offset between cells that are apart while their parents are not, and what happens there.
pub struct Offset {
    pub by: [i32; 2],
    pub action: Box<Action>,
}

/// All that.
pub struct Tables {
    /// Coefficients of the Chebyshev polynomials T₀ to T₅ in the polynomial that is 1 at a node and 0 at
    /// the others.
    pub basis: [[f32; ALONG]; ALONG],
    /// For the lower and the upper half of a cell: the polynomials of the whole at the nodes of the half.
    pub halves: [[[f32; ALONG]; ALONG]; 2],
    pub offsets: Vec<Offset>,
}

/// Chebyshev polynomials at a place in [−1, 1].
fn chebyshev(t: f64) -> [f64; ALONG] {
    let mut values = [1.0, t, 0.0, 0.0, 0.0, 0.0];
    for k in 2..ALONG {
        values[k] = 2.0 * t * values[k - 1] - values[k - 2];
    }
    values
}

impl Tables {
    /// Made once for the program.
    pub fn get() -> &'static Self {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        TABLES.get_or_init(Self::new)
    }

    fn new() -> Self {
        // The zeros of T₆.
        let nodes: [f64; ALONG] =
            std::array::from_fn(|a| -((2 * a + 1) as f64 * PI / (2 * ALONG) as f64).cos());
        let basis: [[f64; ALONG]; ALONG] = nodes.map(|node| {
            let mut row = chebyshev(node).map(|value| 2.0 * value / ALONG as f64);
            row[0] *= 0.5;
            row
        });
        let at = |t: f64| {
            let values = chebyshev(t);
            basis.map(|row| row.iter().zip(values).map(|(c, v)| c * v).sum::<f64>() as f32)
        };
        let halves = [-1.0, 1.0].map(|side| nodes.map(|node| at(0.5 * (node + side))));
        let mut offsets = Vec::new();
        for y in -3i32..=3 {
            for x in -3i32..=3 {
                if x.abs().max(y.abs()) > 1 {
                    offsets.push(Offset {
                        by: [x, y],
                        action: action([x, y].map(f64::from), &nodes),
                    });
                }
            }
        }
        Self {
            basis: basis.map(|row| row.map(|coefficient| coefficient as f32)),
            halves,
            offsets,
        }
    }
}

fn action(by: [f64; 2], nodes: &[f64; ALONG]) -> Box<Action> {
    let mut action = Box::new([[[0.0; WIDTH]; 5]; NODES]);
    for (from, rows) in action.iter_mut().enumerate() {
        for to in 0..NODES {
            let way =
                |axis: usize, from: usize, to: usize| by[axis] + 0.5 * (nodes[from] - nodes[to]);
            let [x, y] = [
                way(0, from % ALONG, to % ALONG),
                way(1, from / ALONG, to / ALONG),
            ];
            let r = x.hypot(y);
            let values = [x / r, y / r, x / (r * r), y / (r * r), 1.0 / r];
            for (row, value) in rows.iter_mut().zip(values) {
                row[to] = value as f32;
            }
        }
    }
    action
}

/// The polynomials of the nodes along an axis at sixteen places in [0, 1].
#[inline(always)]
pub fn polynomials<S: Simd>(simd: S, tables: &Tables, place: f32x16<S>) -> [f32x16<S>; ALONG] {
    let t = place * 2.0 - 1.0;
    let twice = t * 2.0;
    let one = f32x16::splat(simd, 1.0);
    let mut values = [one; ALONG];
    values[1] = t;
    for k in 2..ALONG {
        values[k] = twice * values[k - 1] - values[k - 2];
    }
    let mut all = [one; ALONG];
    for a in 0..ALONG {
        let row = &tables.basis[a];
        let mut sum = f32x16::splat(simd, row[0]);
        for k in 1..ALONG {
            sum += values[k] * row[k];
        }
        all[a] = sum;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::super::super::testing::Random;
    use super::*;

    #[derive(Clone, Copy)]
    struct At(f32);
    impl Kernel for At {
        type Output = [f32; ALONG];
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> [f32; ALONG] {
            let values = polynomials(simd, Tables::get(), f32x16::splat(simd, self.0));
            let mut all = [0.0; ALONG];
            for a in 0..ALONG {
                all[a] = values[a].to_array()[3];
            }
            all
        }
    }

    /// A polynomial of degree 5 through Chebyshev nodes errs by at most 4 M ρ⁻⁵/(ρ − 1), where the
    /// function is analytic and below M in the ellipse of Bernstein with the sum ρ of its half axes
    /// (Trefethen, Approximation Theory and Approximation Practice, theorem 8.2). In units of half a
    /// side the nearest singularity is at 3 from the middle of a cell: ρ = 3 + √8. Interpolating a
    /// second time multiplies the error of the first by the Lebesgue constant of six nodes, 2.1.
    #[test]
    fn nodes_act_like_the_members_they_stand_for() {
        let mut random = Random(3);
        let (mut most, mut squares, mut terms) = (0.0f64, 0.0, 0.0);
        for offset in &Tables::get().offsets {
            for _ in 0..40 {
                let [from, to] = [0, 1].map(|_| [0, 1].map(|_| random.uniform() as f32));
                let [acting, feeling] = [from, to].map(|place| place.map(|at| dispatch(At(at))));
                let mut found = [0.0f64; 5];
                for (node, rows) in offset.action.iter().enumerate() {
                    let weight = acting[0][node % ALONG] * acting[1][node / ALONG];
                    for (found, row) in found.iter_mut().zip(rows) {
                        for (node, value) in row[..NODES].iter().enumerate() {
                            let felt = feeling[0][node % ALONG] * feeling[1][node / ALONG];
                            *found += f64::from(weight * felt * value);
                        }
                    }
                }
                let [x, y] = [0, 1]
                    .map(|axis| f64::from(offset.by[axis]) + f64::from(from[axis] - to[axis]));
                let r = x.hypot(y);
                let expected = [x / r, y / r, x / (r * r), y / (r * r), 1.0 / r];
                for k in 0..5 {
                    // Relative to the length of the vector that it is a part of.
                    let size = if k < 2 { 1.0 } else { 1.0 / r };
                    let error = (found[k] - expected[k]) / size;
                    most = most.max(error.abs());
                    squares += error * error;
                    terms += 1.0;
                }
            }
        }
        let rho = 3.0 + 8.0f64.sqrt();
        let bound = 4.0 / (rho - 1.0) / rho.powi(5) * (1.0 + 2.1);
        let typical = f64::sqrt(squares / terms);
        println!("largest error of a term: {most:e} of {bound:e}, typical: {typical:e}");
        assert!(most < bound, "{most:e} of {bound:e}");
        assert!(typical < 1e-5, "{typical:e}");
    }

    #[test]
    fn halves_of_a_cell_know_its_polynomials() {
        let tables = Tables::get();
        // At the nodes of the lower half, which are at (1 + ξ)/4 of the whole.
        for (side, half) in tables.halves.iter().enumerate() {
            for (a, row) in half.iter().enumerate() {
                let node = -((2 * a + 1) as f64 * PI / 12.0).cos();
                let place = 0.25 * (1.0 + node) + 0.5 * side as f64;
                for (value, expected) in dispatch(At(place as f32)).iter().zip(row) {
                    assert!((value - expected).abs() < 1e-6);
                }
            }
        }
    }
}
