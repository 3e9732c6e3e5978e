//! Bond-orientational order: how well the directions to the nearest neighbours of a particle fit
//! a regular n-gon.
//!
//! ψ_m(j) = n⁻¹ Σ_k e^{i m θ_jk} over the n nearest neighbours k of particle j, θ_jk the direction
//! from j to k (Nelson and Halperin, Phys. Rev. B 19, 2457 (1979)). The neighbours are the nearest
//! n by distance, not those of a Voronoi construction. ⟨|ψ|⟩ measures local order, |⟨ψ⟩| order
//! across the whole population.

use rayon::prelude::*;

use super::domain::Domain;
use super::grid::CellGrid;
use super::statistics::ordered_sum;

/// The most neighbours that may be asked for.
pub const MAX_NEIGHBOURS: usize = 16;

/// Pairs that one call looks at, at most about. In a denser clump only every k-th particle in the
/// order of the cells is evaluated.
const PAIR_BUDGET: u64 = 40_000_000;

/// Slots that one task takes.
const CHUNK: usize = 1024;

/// Summary of one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BondOrder {
    /// ⟨|ψ|⟩ over the particles.
    pub local: f64,
    /// |⟨ψ⟩|.
    pub global: f64,
    /// Particles that were evaluated: all of them, except in clumps of extreme density.
    pub evaluated: usize,
}

/// ψ of every particle. All buffers are reused by [`BondField::measure`].
#[derive(Clone, Debug, Default)]
pub struct BondField {
    grid: CellGrid,
    by_slot: Vec<[f32; 2]>,
    values: Vec<[f32; 2]>,
}

impl BondField {
    /// Measures ψ of the given symmetry over the nearest neighbours, 1 to [`MAX_NEIGHBOURS`] of
    /// them; (6, 6) is the hexatic and (4, 4) the tetratic order.
    ///
    /// A particle with fewer companions uses those that there are; one without, or with all of
    /// them at its own place, has ψ = 0. `None` without particles.
    pub fn measure(
        &mut self,
        domain: &Domain,
        positions: &[[u32; 2]],
        neighbours: usize,
        symmetry: u32,
    ) -> Option<BondOrder> {
        let count = positions.len();
        self.values.clear();
        self.values.resize(count, [0.0; 2]);
        if count == 0 {
            return None;
        }
        let pairs = self.choose_grid(domain, positions);
        let stride = pairs.div_ceil(PAIR_BUDGET).clamp(1, count as u64) as usize;
        let neighbours = neighbours.clamp(1, MAX_NEIGHBOURS);
        self.by_slot.resize(count, [0.0; 2]);
        let grid = &self.grid;
        self.by_slot
            .par_chunks_mut(CHUNK)
            .enumerate()
            .for_each(|(chunk, values)| {
                let mut last = [0.0; 2];
                for (offset, value) in values.iter_mut().enumerate() {
                    // A particle that is skipped borrows the value of one evaluated before it in the
                    // same row of cells, hence close to it.
                    if offset % stride == 0 {
                        let nearest = Nearest::find(grid, chunk * CHUNK + offset, neighbours);
                        last = nearest.order(symmetry);
                    }
                    *value = last;
                }
            });
        for (&i, &value) in self.grid.order().iter().zip(&self.by_slot) {
            self.values[i as usize] = value;
        }
        let values = &self.by_slot;
        let [local, x, y] = ordered_sum(count, |slot| {
            let [x, y] = values[slot].map(f64::from);
            [x.hypot(y), x, y]
        });
        let per_chunk = |chunk: usize| CHUNK.min(count - chunk * CHUNK).div_ceil(stride);
        Some(BondOrder {
            local: local / count as f64,
            global: x.hypot(y) / count as f64,
            evaluated: (0..count.div_ceil(CHUNK)).map(per_chunk).sum(),
        })
    }

    /// ψ of each particle as (real, imaginary): |ψ| colours by order, arg ψ / m by orientation.
    pub fn values(&self) -> &[[f32; 2]] {
        &self.values
    }

    /// Cells of about 2.5 particles, made finer while clumps would cost too many pairs. Returns
    /// the number of pairs of the first sweep.
    fn choose_grid(&mut self, domain: &Domain, positions: &[[u32; 2]]) -> u64 {
        let count = positions.len() as u64;
        let mut side = (2.5 * domain.area() / count as f64).sqrt();
        let mut best = u64::MAX;
        for _ in 0..12 {
            self.grid.rebuild(domain, positions, side);
            let pairs = self.grid.candidates([1, 1]);
            if pairs <= 128 * count || pairs >= best {
                return pairs;
            }
            best = pairs;
            side *= 0.5;
        }
        best
    }
}

/// The nearest particles found so far, by ascending distance.
struct Nearest {
    squared: [f32; MAX_NEIGHBOURS],
    separation: [[f32; 2]; MAX_NEIGHBOURS],
    found: usize,
}

impl Nearest {
    /// Searches squares of cells of growing size around the cell of a slot.
    fn find(grid: &CellGrid, slot: usize, wanted: usize) -> Self {
        let here = grid.sorted()[slot];
        let cell = grid.cell_of(here);
        let sides = grid.cell_sides();
        let mut reach = 1;
        loop {
            let mut nearest = Self {
                squared: [f32::MAX; _],
                separation: [[0.0; 2]; _],
                found: 0,
            };
            grid.for_runs(cell, [reach; 2], |run| {
                // Nothing can be nearer than particles at the very same place.
                if nearest.squared[wanted - 1] == 0.0 {
                    return;
                }
                for other in run {
                    let separation = grid.separation(here, grid.sorted()[other]);
                    let squared = separation[0] * separation[0] + separation[1] * separation[1];
                    if squared < nearest.squared[wanted - 1] && other != slot {
                        nearest.insert(squared, separation, wanted);
                        if nearest.squared[wanted - 1] == 0.0 {
                            return;
                        }
                    }
                }
            });
            // The square is complete up to its nearest side, which is at least this far away.
            let whole = grid.covers([reach; 2]);
            let seen = [0, 1].map(|axis| {
                if whole[axis] {
                    f32::INFINITY
                } else {
                    sides[axis] * reach as f32 * 0.9999
                }
            });
            let seen = seen[0].min(seen[1]);
            if nearest.squared[wanted - 1] < seen * seen || seen == f32::INFINITY {
                return nearest;
            }
            reach *= 2;
        }
    }

    #[inline]
    fn insert(&mut self, squared: f32, separation: [f32; 2], wanted: usize) {
        let mut place = self.found.min(wanted - 1);
        while place > 0 && self.squared[place - 1] > squared {
            self.squared[place] = self.squared[place - 1];
            self.separation[place] = self.separation[place - 1];
            place -= 1;
        }
        self.squared[place] = squared;
        self.separation[place] = separation;
        self.found = (self.found + 1).min(wanted);
    }

    /// Mean of e^{i m θ} over the neighbours; those at the same place have no direction and add 0.
    fn order(&self, symmetry: u32) -> [f32; 2] {
        let mut sum = [0.0f32; 2];
        for k in 0..self.found {
            if self.squared[k] > 0.0 {
                let inverse = 1.0 / self.squared[k].sqrt();
                let power = power(self.separation[k].map(|d| d * inverse), symmetry);
                sum = [sum[0] + power[0], sum[1] + power[1]];
            }
        }
        sum.map(|part| part / self.found.max(1) as f32)
    }
}

/// A complex number to a whole power, by squaring.
fn power(mut base: [f32; 2], mut exponent: u32) -> [f32; 2] {
    let product = |a: [f32; 2], b: [f32; 2]| [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];
    let mut result = [1.0, 0.0];
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product(result, base);
        }
        base = product(base, base);
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::super::domain::Boundary;
    use super::super::testing::{Random, same_on_any_threads, triangular};
    use super::*;
    use proptest::prelude::*;

    fn square(side: u32) -> (Domain, Vec<[u32; 2]>) {
        let domain = Domain::new([f64::from(side); 2], Boundary::Periodic);
        let half = f64::from(side) / 2.0;
        let at = |i: u32| {
            [
                f64::from(i % side) + 0.2 - half,
                f64::from(i / side) + 0.2 - half,
            ]
        };
        (
            domain,
            (0..side * side).map(|i| domain.fixed(at(i))).collect(),
        )
    }

    #[test]
    fn a_triangular_lattice_is_perfectly_hexatic() {
        let (domain, positions) = triangular(60, 40);
        let mut field = BondField::default();
        let order = field.measure(&domain, &positions, 6, 6).unwrap();
        assert!(
            (order.local - 1.0).abs() < 1e-5 && (order.global - 1.0).abs() < 1e-5,
            "{order:?}"
        );
        assert_eq!(order.evaluated, positions.len());
        // Six directions 60° apart: their fourth powers add to zero.
        let order = field.measure(&domain, &positions, 6, 4).unwrap();
        assert!(order.local < 1e-5, "{order:?}");
    }

    #[test]
    fn a_square_lattice_is_perfectly_tetratic() {
        let (domain, positions) = square(30);
        let mut field = BondField::default();
        let order = field.measure(&domain, &positions, 4, 4).unwrap();
        assert!(
            (order.local - 1.0).abs() < 1e-5 && (order.global - 1.0).abs() < 1e-5,
            "{order:?}"
        );
        // Eight neighbours: four give e^{i4θ} = 1 and the diagonal four give −1.
        let order = field.measure(&domain, &positions, 8, 4).unwrap();
        assert!(order.local < 1e-5, "{order:?}");
    }

    #[test]
    fn two_crystals_turned_against_each_other_cancel_globally() {
        // A square lattice, and half of it turned by 45°: local order stays, global vanishes.
        let domain = Domain::new([200.0, 200.0], Boundary::Reflecting);
        let mut positions = Vec::new();
        for (shift, turn) in [(-50.0, 0.0f64), (50.0, 0.25 * std::f64::consts::PI)] {
            for i in 0..60 * 60 {
                let (x, y) = (f64::from(i % 60) - 30.0, f64::from(i / 60) - 30.0);
                let (s, c) = turn.sin_cos();
                positions.push(domain.fixed([c * x - s * y + shift, s * x + c * y]));
            }
        }
        let order = BondField::default()
            .measure(&domain, &positions, 4, 4)
            .unwrap();
        // Only the 4 · 59 + 1 particles of each rim (6.6 %) are not perfect.
        assert!(order.local > 0.93 && order.global < 1e-3, "{order:?}");
    }

    #[test]
    fn a_gas_has_the_order_of_random_directions() {
        // For independent uniform directions, ⟨|ψ|²⟩ = 1/n; neighbours of a Poisson point are
        // such. |ψ|² has variance (1 − 1/n)/n², and at most about n particles share neighbours.
        let domain = Domain::new([100.0, 100.0], Boundary::Periodic);
        let positions = Random(11).positions(&domain, 20_000);
        let mut field = BondField::default();
        field.measure(&domain, &positions, 6, 6).unwrap();
        let squares = field
            .values()
            .iter()
            .map(|v| f64::from(v[0] * v[0] + v[1] * v[1]));
        let mean = squares.sum::<f64>() / 20_000.0;
        let error = (5.0f64 / 6.0).sqrt() / 6.0 * (6.0f64 / 20_000.0).sqrt();
        assert!((mean - 1.0 / 6.0).abs() < 3.0 * error, "{mean} ± {error}");
    }

    proptest! {
        #[test]
        fn neighbours_are_those_of_brute_force(
            kind in 0..3usize,
            size in (2.0..30.0f64, 2.0..30.0f64),
            points in prop::collection::vec((-0.5..0.5f64, -0.5..0.5f64), 1..60),
            squeeze in 0.001..1.0f64,
            wanted in 1..8usize,
        ) {
            let boundary = [Boundary::Periodic, Boundary::Reflecting, Boundary::Open][kind];
            let domain = Domain::new([size.0, size.1], boundary);
            // Half of the particles form a clump.
            let positions: Vec<_> = points.iter().enumerate().map(|(i, p)| {
                let scale = if i % 2 == 0 { squeeze } else { 1.0 };
                domain.fixed([p.0 * size.0 * scale, p.1 * size.1 * scale])
            }).collect();
            let mut field = BondField::default();
            field.choose_grid(&domain, &positions);
            for slot in 0..positions.len() {
                let here = field.grid.sorted()[slot];
                let mut all: Vec<f32> = (0..positions.len()).filter(|&other| other != slot)
                    .map(|other| field.grid.separation(here, field.grid.sorted()[other]))
                    .map(|d| d[0] * d[0] + d[1] * d[1]).collect();
                all.sort_by(f32::total_cmp);
                all.truncate(wanted);
                let nearest = Nearest::find(&field.grid, slot, wanted);
                prop_assert_eq!(&nearest.squared[..nearest.found], &all[..]);
            }
        }
    }

    #[test]
    fn the_number_of_threads_does_not_change_a_bit() {
        let domain = Domain::new([80.0, 80.0], Boundary::Periodic);
        let positions = Random(31).positions(&domain, 20_000);
        same_on_any_threads(|| {
            let mut field = BondField::default();
            let order = field.measure(&domain, &positions, 6, 6);
            (
                order.map(|order| (order.local.to_bits(), order.global.to_bits())),
                field.values,
            )
        });
    }

    /// A clump too dense for the budget is evaluated in part, with nearly the same result.
    #[test]
    fn an_extreme_clump_is_sampled() {
        let domain = Domain::new([1000.0, 1000.0], Boundary::Periodic);
        // Within a few quanta, no grid can tell the places apart.
        let mut random = Random(14);
        let at = |_| [0, 1].map(|_| (1u32 << 31) + (1e6 * random.uniform()) as u32 / 1000);
        let positions: Vec<_> = (0..60_000).map(at).collect();
        let mut field = BondField::default();
        let order = field.measure(&domain, &positions, 6, 6).expect("particles");
        assert!(
            order.evaluated < positions.len() && order.evaluated > 100,
            "{order:?}"
        );
        assert!(order.local > 0.2 && order.local < 0.6, "{order:?}");
    }

    #[test]
    fn degenerate_populations_have_no_order() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([10.0, 10.0], boundary);
            let mut field = BondField::default();
            assert!(field.measure(&domain, &[], 6, 6).is_none());
            assert_eq!(field.measure(&domain, &[[9; 2]], 6, 6).unwrap().local, 0.0);
            let same = field
                .measure(&domain, &vec![[1 << 31; 2]; 30_000], 6, 6)
                .unwrap();
            assert_eq!((same.local, same.global), (0.0, 0.0));
            let two = [domain.fixed([0.0, 0.0]), domain.fixed([1.0, 0.0])];
            let order = field.measure(&domain, &two, 100, 1).unwrap();
            assert!(
                (order.local - 1.0).abs() < 1e-6 && order.global < 1e-6,
                "{order:?}"
            );
        }
    }
}
