//! The radial distribution function g(r): the density around a particle, relative to the mean.
//!
//! g(r) = H(r) / (n ρ a(r)), where H counts ordered pairs in the ring of area a(r) around n
//! origins, and ρ = N/A. With this definition an ideal gas of N particles has g = 1 − 1/N.
//!
//! What a(r) and ρ are, and how far r may go, depends on the boundary:
//!
//! * periodic: the whole ring; r up to half of the shorter side, where a ring would meet itself;
//! * reflecting: the ring area that is inside the box, averaged over a uniform density of
//!   origins (Ohser and Stoyan's translation correction: the isotropised set covariance of a
//!   rectangle, Stoyan, Kendall and Mecke, *Stochastic Geometry*); r up to the shorter side.
//!   Layering at the walls is part of the average;
//! * open: there is no mean density, hence the *bulk* of a round droplet is measured. Its radius
//!   is R = √2 times the root mean square distance from the centre of mass; the origins are the
//!   particles within R/2, ρ is their own density, and r goes up to R/2. It means nothing for a
//!   population that is not one droplet of uniform density.

use std::f64::consts::PI;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::domain::{Boundary, Domain};
use super::grid::CellGrid;
use super::simd::{Kernel, Simd, dispatch};
use super::statistics::Moments;

/// Pairs that one frame looks at, at most about. Denser frames use every k-th origin only, in the
/// order of the cells, which is a stratified sample of space.
const PAIR_BUDGET: u64 = 24_000_000;

/// Origins that one task takes.
const CHUNK: usize = 512;

/// Partners whose bins are computed together.
const BLOCK: usize = 64;

/// g(r) in bins of equal width, averaged over frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RadialDistribution {
    r_max: f64,
    bins: Vec<Moments>,
    frames: u64,
}

/// Origins of one frame: how many, and the ideal count of partners in a disc around one of them.
struct Origins {
    slots: Vec<u32>,
    density: f64,
    limit: f64,
}

impl RadialDistribution {
    /// Bins from 0 to `r_max` (a length).
    pub fn new(r_max: f64, bins: usize) -> Self {
        let r_max = if r_max > 0.0 && r_max.is_finite() {
            r_max
        } else {
            1.0
        };
        Self {
            r_max,
            bins: vec![Moments::default(); bins.max(1)],
            frames: 0,
        }
    }

    /// Takes one frame. The grid is working storage, rebuilt by this call. A frame with fewer
    /// than two particles, or without an origin, is left out.
    pub fn accumulate(&mut self, grid: &mut CellGrid, domain: &Domain, positions: &[[u32; 2]]) {
        let longest = self.r_max.min(domain.size[0].max(domain.size[1]));
        grid.rebuild(domain, positions, longest * 0.5001);
        let Some(origins) = self.origins(grid, domain) else {
            return;
        };
        let radius = self.r_max.min(origins.limit);
        let counts = self.count(grid, &origins.slots, radius as f32);
        let width = self.r_max / self.bins.len() as f64;
        for (bin, &count) in counts.iter().enumerate().take(self.bins.len()) {
            let (inner, outer) = (bin as f64 * width, (bin + 1) as f64 * width);
            if outer > radius * (1.0 + 1e-9) {
                break;
            }
            let area = ring(domain, outer) - ring(domain, inner);
            let ideal = origins.slots.len() as f64 * origins.density * area;
            self.bins[bin].push(count as f64 / ideal);
        }
        self.frames += 1;
    }

    /// Chooses the origins among the slots of the grid.
    fn origins(&self, grid: &CellGrid, domain: &Domain) -> Option<Origins> {
        if grid.len() < 2 {
            return None;
        }
        let mut density = grid.len() as f64 / domain.area();
        let mut limit = domain.size[0].min(domain.size[1]);
        let mut slots: Vec<u32> = (0..grid.len() as u32).collect();
        match domain.boundary {
            Boundary::Periodic => limit /= 2.0,
            Boundary::Reflecting => {}
            Boundary::Open => {
                let points = || grid.sorted().iter().map(|&position| domain.real(position));
                let share = 1.0 / grid.len() as f64;
                let centre = [0, 1].map(|axis| points().map(|p| p[axis]).sum::<f64>() * share);
                let squared = |p: [f64; 2]| (p[0] - centre[0]).powi(2) + (p[1] - centre[1]).powi(2);
                let mean_square = points().map(squared).sum::<f64>() * share;
                limit = (mean_square / 2.0).sqrt();
                slots.retain(|&slot| {
                    squared(domain.real(grid.sorted()[slot as usize])) < limit * limit
                });
                density = slots.len() as f64 / (PI * limit * limit);
            }
        }
        let pairs = grid.candidates(grid.reach(self.r_max.min(limit) as f32));
        let pairs = (pairs as f64 * slots.len() as f64 / grid.len() as f64) as u64;
        let stride = pairs
            .div_ceil(PAIR_BUDGET)
            .clamp(1, slots.len().max(1) as u64) as usize;
        if stride > 1 {
            // The first origin moves on from frame to frame, so that in time all of them serve.
            let skip = (self.frames % stride as u64) as usize;
            slots = slots.into_iter().skip(skip).step_by(stride).collect();
        }
        (!slots.is_empty() && density.is_finite()).then_some(Origins {
            slots,
            density,
            limit,
        })
    }

    /// Ordered pairs in each bin; one more entry takes the pairs beyond the last bin.
    fn count(&self, grid: &CellGrid, origins: &[u32], radius: f32) -> Vec<u64> {
        let bins = self.bins.len();
        let per_length = (bins as f64 / self.r_max) as f32;
        // With every particle an origin, each pair is looked at once and counted twice.
        let once = origins.len() == grid.len();
        let part = |origins: &[u32]| {
            dispatch(PairCount {
                grid,
                origins,
                bins,
                per_length,
                radius,
                once,
            })
        };
        // Sums of integers do not depend on the order of the tasks.
        origins.par_chunks(CHUNK).map(part).reduce(
            || vec![0u64; bins + 1],
            |mut a, b| {
                a.iter_mut().zip(&b).for_each(|(a, b)| *a += b);
                a
            },
        )
    }

    /// Number of frames taken.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// (r, g, standard error) at the centre of each bin within reach. The error takes frames as
    /// independent, and is NaN for a single one.
    pub fn curve(&self) -> Vec<[f64; 3]> {
        let width = self.r_max / self.bins.len() as f64;
        let point = |(bin, g): (usize, &Moments)| {
            [(bin as f64 + 0.5) * width, g.mean(), g.standard_error()]
        };
        let measured = |(_, g): &(usize, &Moments)| g.count() > 0;
        self.bins
            .iter()
            .enumerate()
            .filter(measured)
            .map(point)
            .collect()
    }

    /// Position and height of the highest bin.
    pub fn peak(&self) -> Option<[f64; 2]> {
        let highest = self
            .curve()
            .into_iter()
            .max_by(|a, b| a[1].total_cmp(&b[1]))?;
        Some([highest[0], highest[1]])
    }
}

/// Counts the partners of some origins. The plain loops are compiled once for each instruction
/// set; they contain no fused operation, so that all of them give the same bits.
struct PairCount<'a> {
    grid: &'a CellGrid,
    origins: &'a [u32],
    bins: usize,
    per_length: f32,
    radius: f32,
    /// Look only at partners in later slots.
    once: bool,
}

impl Kernel for PairCount<'_> {
    type Output = Vec<u64>;

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) -> Self::Output {
        let Self {
            grid,
            bins,
            per_length,
            ..
        } = self;
        let reach = grid.reach(self.radius);
        let mut counts = vec![0u64; bins + 1];
        for &slot in self.origins {
            let here = grid.sorted()[slot as usize];
            grid.for_runs(grid.cell_of(here), reach, |run| {
                let first = if self.once {
                    run.start.max(slot as usize + 1)
                } else {
                    run.start
                };
                let partners = grid.sorted().get(first..run.end).unwrap_or(&[]);
                // Two passes: the first has no branch and no scattered access.
                for partners in partners.chunks(BLOCK) {
                    let mut bin_of = [0u32; BLOCK];
                    for (bin, &there) in bin_of.iter_mut().zip(partners) {
                        let d = grid.separation(here, there);
                        let r = (d[0] * d[0] + d[1] * d[1]).sqrt();
                        *bin = ((r * per_length) as i32 as u32).min(bins as u32);
                    }
                    for &bin in &bin_of[..partners.len()] {
                        counts[bin as usize] += 1;
                    }
                }
            });
        }
        if self.once {
            counts.iter_mut().for_each(|count| *count *= 2);
        } else {
            // Every particle was found at distance 0 from itself.
            counts[0] -= self.origins.len() as u64;
        }
        counts
    }
}

/// Mean area of a disc around a uniformly distributed point that is inside the box.
fn ring(domain: &Domain, r: f64) -> f64 {
    match domain.boundary {
        Boundary::Periodic | Boundary::Open => PI * r * r,
        Boundary::Reflecting => {
            let perimeter = domain.size[0] + domain.size[1];
            PI * r * r + (r.powi(4) / 2.0 - 4.0 / 3.0 * perimeter * r.powi(3)) / domain.area()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, same_on_any_threads, triangular};
    use super::*;
    use proptest::prelude::*;

    /// An ideal gas has g = 1 − 1/N. With M ordered pairs expected in a bin over all frames, half
    /// of them are independent, so the standard error is √(2/M) where every place is alike;
    /// between walls, the number of particles near them fluctuates besides.
    fn ideal_gas(domain: Domain, r_max: f64) {
        let (count, frames, bins) = (1500, 60, 30);
        let mut random = Random(7);
        let mut g = RadialDistribution::new(r_max, bins);
        let mut grid = CellGrid::default();
        for _ in 0..frames {
            g.accumulate(&mut grid, &domain, &random.positions(&domain, count));
        }
        let curve = g.curve();
        assert_eq!(curve.len(), bins);
        let width = r_max / bins as f64;
        for [r, value, error] in curve {
            let area = ring(&domain, r + width / 2.0) - ring(&domain, r - width / 2.0);
            let pairs = (frames * count * count) as f64 * area / domain.area();
            let expected = (2.0 / pairs).sqrt();
            let exact = 1.0 - 1.0 / count as f64;
            let allowed = if domain.is_periodic() {
                expected
            } else {
                error
            };
            assert!(
                (value - exact).abs() < 4.0 * allowed,
                "r = {r}: {value} ± {allowed}"
            );
            // The scatter of 60 frames gives the error within about 1/√120 = 9 %.
            let excess = error / expected - 1.0;
            assert!(
                excess > -0.4 && (excess < 0.4 || !domain.is_periodic()),
                "r = {r}: {excess}"
            );
        }
    }

    #[test]
    fn an_ideal_gas_is_flat_in_a_periodic_box() {
        ideal_gas(Domain::new([20.0, 30.0], Boundary::Periodic), 10.0);
    }

    #[test]
    fn an_ideal_gas_is_flat_between_walls() {
        ideal_gas(Domain::new([20.0, 30.0], Boundary::Reflecting), 20.0);
    }

    #[test]
    fn the_bulk_of_an_open_droplet_is_flat() {
        let domain = Domain::new([20.0, 20.0], Boundary::Open);
        let mut random = Random(3);
        let mut g = RadialDistribution::new(4.0, 8);
        let mut grid = CellGrid::default();
        for _ in 0..40 {
            let positions: Vec<_> = (0..2000)
                .map(|_| {
                    let (r, angle) = (10.0 * random.uniform().sqrt(), 2.0 * PI * random.uniform());
                    domain.fixed([r * angle.cos(), r * angle.sin()])
                })
                .collect();
            g.accumulate(&mut grid, &domain, &positions);
        }
        for [r, value, _] in g.curve() {
            // 40 frames of about 500 origins at density 2000/100π, in a ring of width 0.5.
            let pairs = 40.0 * 500.0 * 6.37 * 2.0 * PI * r * 0.5;
            assert!(
                (value - 1.0).abs() < 4.0 * (2.0 / pairs).sqrt() + 3e-3,
                "r = {r}: {value}"
            );
        }
    }

    #[test]
    fn a_triangular_lattice_has_six_neighbours_at_one_spacing() {
        let (domain, positions) = triangular(40, 40);
        let mut g = RadialDistribution::new(1.2, 12);
        g.accumulate(&mut CellGrid::default(), &domain, &positions);
        // Lattice points are rounded to quanta, so distance 1 may fall on either side of the edge
        // between bins 9 and 10; together they hold the six neighbours and nothing else does.
        let density = positions.len() as f64 / domain.area();
        let area = |bin: f64| PI * ((bin + 1.0).powi(2) - bin.powi(2)) * 0.01;
        let curve = g.curve();
        let neighbours = density * (curve[9][1] * area(9.0) + curve[10][1] * area(10.0));
        assert!((neighbours - 6.0).abs() < 1e-9, "{neighbours}");
        assert!(
            curve
                .iter()
                .enumerate()
                .all(|(i, bin)| i == 9 || i == 10 || bin[1] == 0.0)
        );
    }

    proptest! {
        #[test]
        fn pairs_are_those_of_brute_force(
            kind in 0..2usize,
            size in (2.0..20.0f64, 2.0..20.0f64),
            points in prop::collection::vec((-0.5..0.5f64, -0.5..0.5f64), 2..80),
            r_max in 0.1..20.0f64,
        ) {
            let boundary = [Boundary::Periodic, Boundary::Reflecting][kind];
            let domain = Domain::new([size.0, size.1], boundary);
            let positions: Vec<_> =
                points.iter().map(|p| domain.fixed([p.0 * size.0, p.1 * size.1])).collect();
            let mut g = RadialDistribution::new(r_max, 10);
            g.accumulate(&mut CellGrid::default(), &domain, &positions);
            let density = positions.len() as f64 / domain.area();
            for (bin, [_, value, _]) in g.curve().into_iter().enumerate() {
                let (low, high) = (bin as f64 * r_max / 10.0, (bin + 1) as f64 * r_max / 10.0);
                let mut pairs = 0;
                for (i, &a) in positions.iter().enumerate() {
                    for (j, &b) in positions.iter().enumerate() {
                        let d = domain.separation(a, b).map(f64::from);
                        let r = d[0].hypot(d[1]);
                        pairs += usize::from(i != j && r >= low && r < high);
                    }
                }
                let area = ring(&domain, high) - ring(&domain, low);
                let counted = value * positions.len() as f64 * density * area;
                // One pair may round across the edge of a bin.
                prop_assert!((counted - pairs as f64).abs() < 2.001, "{} {}", counted, pairs);
            }
        }
    }

    #[test]
    fn the_number_of_threads_does_not_change_a_bit() {
        let domain = Domain::new([80.0, 80.0], Boundary::Periodic);
        let positions = Random(31).positions(&domain, 10_000);
        same_on_any_threads(|| {
            let mut g = RadialDistribution::new(3.0, 50);
            g.accumulate(&mut CellGrid::default(), &domain, &positions);
            postcard::to_stdvec(&g).expect("bytes")
        });
    }

    /// A state so dense that only some particles serve as origins has the same g(r).
    #[test]
    fn thinned_origins_measure_the_same() {
        let domain = Domain::new([20.0, 20.0], Boundary::Periodic);
        let mut random = Random(32);
        let mut g = RadialDistribution::new(9.0, 10);
        let mut grid = CellGrid::default();
        for _ in 0..6 {
            let positions = random.positions(&domain, 10_000);
            g.accumulate(&mut grid, &domain, &positions);
            assert!(grid.candidates(grid.reach(9.0)) > 2 * PAIR_BUDGET);
        }
        for [r, value, _] in g.curve() {
            // About 2,500 origins a frame at density 25, in a ring of width 0.9; pairs are
            // independent but for those between two origins.
            let pairs = 6.0 * 2500.0 * 25.0 * 2.0 * PI * r * 0.9;
            assert!(
                (value - 1.0).abs() < 4.0 * (2.0 / pairs).sqrt() + 1e-4,
                "r = {r}: {value}"
            );
        }
    }

    #[test]
    fn degenerate_populations_do_no_harm() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([10.0, 10.0], boundary);
            let mut g = RadialDistribution::new(f64::NAN, 0);
            let mut grid = CellGrid::default();
            g.accumulate(&mut grid, &domain, &[]);
            g.accumulate(&mut grid, &domain, &[[1 << 31; 2]]);
            assert!(g.curve().is_empty() && g.peak().is_none() && g.frames() == 0);
            // The budget bounds what 20,000² pairs would cost.
            g.accumulate(&mut grid, &domain, &vec![[1 << 31; 2]; 20_000]);
        }
    }
}
