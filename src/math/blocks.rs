//! How many particles are in each of many equal blocks, and how that number fluctuates.

use serde::{Deserialize, Serialize};

use super::domain::{Boundary, CENTRE, Domain};
use super::statistics::{LineFit, Moments, fit_line};

/// The most blocks or nodes along one axis.
pub(super) const MAX_PER_AXIS: usize = 4096;

/// Where a position is in the box, per axis, in units of 2⁻³² box lengths; `None` outside of an
/// open box.
pub(super) fn fraction(domain: &Domain, position: [u32; 2]) -> Option<[u32; 2]> {
    match domain.boundary {
        Boundary::Periodic => Some(position),
        Boundary::Reflecting => Some(position.map(|p| {
            // The box is the middle half of the span; the upper wall itself counts as inside.
            (p.saturating_sub(1 << 30)).min((1 << 31) - 1) << 1
        })),
        Boundary::Open => {
            let offset = position.map(|p| p.wrapping_sub(CENTRE - (1 << 21)));
            offset
                .iter()
                .all(|&p| p < 1 << 22)
                .then_some(offset.map(|p| p << 10))
        }
    }
}

/// The position at a place in the box: what [`fraction`] gives for it, but for bits that positions of
/// this box do not have.
pub(super) fn position(boundary: Boundary, fraction: [u32; 2]) -> [u32; 2] {
    fraction.map(|at| match boundary {
        Boundary::Periodic => at,
        Boundary::Reflecting => (1 << 30) + (at >> 1),
        Boundary::Open => CENTRE - (1 << 21) + (at >> 10),
    })
}

/// Numbers of particles in equal blocks that tile the box, row by row.
#[derive(Clone, Debug, Default)]
pub struct BlockCounts {
    /// Blocks per axis.
    pub blocks: [usize; 2],
    /// Particles in each block.
    pub counts: Vec<u32>,
    /// Particles outside of an open box, which belong to no block.
    pub outside: u32,
}

impl BlockCounts {
    /// Counts in blocks of about the given side (a length): along each axis the nearest side that
    /// divides the box.
    pub fn measure(&mut self, domain: &Domain, positions: &[[u32; 2]], side: f64) {
        self.measure_blocks(
            domain,
            positions,
            domain.size.map(|length| per_axis(length / side)),
        );
    }

    /// Counts in the given number of blocks per axis.
    pub fn measure_blocks(&mut self, domain: &Domain, positions: &[[u32; 2]], blocks: [usize; 2]) {
        self.blocks = blocks.map(|n| n.clamp(1, MAX_PER_AXIS));
        self.outside = 0;
        self.counts.clear();
        self.counts.resize(self.blocks[0] * self.blocks[1], 0);
        for &position in positions {
            match fraction(domain, position) {
                Some(place) => {
                    let [x, y] = [0, 1].map(|axis| {
                        ((u64::from(place[axis]) * self.blocks[axis] as u64) >> 32) as usize
                    });
                    self.counts[y * self.blocks[0] + x] += 1;
                }
                None => self.outside += 1,
            }
        }
    }

    /// Area of one block.
    pub fn block_area(&self, domain: &Domain) -> f64 {
        domain.area() / self.counts.len().max(1) as f64
    }
}

/// Number of blocks or nodes along an axis that is `ratio` of them long.
pub(super) fn per_axis(ratio: f64) -> usize {
    // A cast saturates, and sends NaN to 0.
    (ratio.round() as usize).clamp(1, MAX_PER_AXIS)
}

/// Number fluctuations: variance of the count in blocks of growing size.
///
/// An equilibrium state has Var(n) ∝ ⟨n⟩, a polar flock Var(n) ∝ ⟨n⟩^1.6 (giant fluctuations;
/// Toner and Tu 1995, Chaté et al. 2008). Each frame's variance is the unbiased one over its
/// blocks, so that an ideal gas of fixed N has Var(n) = ⟨n⟩ exactly at every size.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NumberFluctuations {
    /// For each doubling of the block's sides: mean count and variance.
    levels: Vec<(Moments, Moments)>,
}

/// Blocks per axis at the finest level, a power of two; the coarsest level has 4 × 4 blocks.
const FINEST: usize = 128;

impl NumberFluctuations {
    /// Takes one frame. `counts` is working storage.
    pub fn accumulate(
        &mut self,
        counts: &mut BlockCounts,
        domain: &Domain,
        positions: &[[u32; 2]],
    ) {
        counts.measure_blocks(domain, positions, [FINEST, FINEST]);
        let mut blocks = FINEST;
        let mut level = 0;
        while blocks >= 4 {
            let moments: Moments = counts
                .counts
                .iter()
                .map(|&count| f64::from(count))
                .collect();
            if level == self.levels.len() {
                self.levels.push(Default::default());
            }
            self.levels[level].0.push(moments.mean());
            self.levels[level].1.push(moments.variance());
            // Four blocks become one, in place: the target never lies behind the sources.
            let half = blocks / 2;
            for y in 0..half {
                for x in 0..half {
                    let at = |dx: usize, dy: usize| (2 * y + dy) * blocks + 2 * x + dx;
                    let sum: u32 = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)]
                        .into_iter()
                        .map(|i| counts.counts[i])
                        .sum();
                    counts.counts[y * half + x] = sum;
                }
            }
            counts.counts.truncate(half * half);
            counts.blocks = [half, half];
            blocks = half;
            level += 1;
        }
    }

    /// (⟨n⟩, Var n, standard error of Var n) for each size, ascending.
    pub fn curve(&self) -> Vec<[f64; 3]> {
        let point = |(mean, variance): &(Moments, Moments)| {
            [mean.mean(), variance.mean(), variance.standard_error()]
        };
        self.levels.iter().map(point).collect()
    }

    /// ln Var(n) against ln ⟨n⟩ over the sizes with ⟨n⟩ ≥ `least`; the slope is the exponent. The
    /// error takes frames as independent and needs at least two of them.
    pub fn exponent(&self, least: f64) -> Option<LineFit> {
        let points = self
            .curve()
            .into_iter()
            .filter(|point| point[0] >= least && point[1] > 0.0);
        fit_line(points.map(|[mean, variance, error]| (mean.ln(), variance.ln(), error / variance)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, triangular};
    use super::*;

    #[test]
    fn every_particle_is_in_the_block_of_its_coordinates() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([12.0, 7.0], boundary);
            let positions = Random(2).positions(&domain, 5000);
            let mut counts = BlockCounts::default();
            counts.measure(&domain, &positions, 2.0);
            assert_eq!(counts.blocks, [6, 4]);
            let mut expected = vec![0; 24];
            for &position in &positions {
                let [x, y] = domain.real(position);
                let column = ((x + 6.0) / 2.0).floor() as usize;
                let row = ((y + 3.5) / 1.75).floor() as usize;
                expected[row * 6 + column] += 1;
            }
            // A few may lie within a quantum of an edge, but not with this seed.
            assert_eq!(counts.counts, expected, "{boundary:?}");
            assert_eq!(counts.block_area(&domain), 3.5);
        }
    }

    #[test]
    fn walls_belong_to_the_box_and_escaped_particles_do_not() {
        let walls = Domain::new([10.0, 10.0], Boundary::Reflecting);
        let mut counts = BlockCounts::default();
        counts.measure(&walls, &walls.limits().map(|p| [p; 2]), 5.0);
        assert_eq!(counts.counts, [1, 0, 0, 1]);
        let open = Domain::new([10.0, 10.0], Boundary::Open);
        counts.measure(
            &open,
            &[open.fixed([6.0, 0.0]), open.fixed([-4.9, 4.9])],
            5.0,
        );
        assert_eq!(
            (counts.counts.as_slice(), counts.outside),
            (&[0, 0, 1, 0][..], 1)
        );
        counts.measure(&open, &[], f64::NAN);
        assert_eq!(counts.counts, [0]);
    }

    #[test]
    fn an_ideal_gas_fluctuates_with_exponent_one() {
        // Var(n) = ⟨n⟩ at every size; M blocks of a frame give it within √(2/M) relative, 60
        // frames within √(2/60M), which is the standard error of the curve.
        let domain = Domain::new([50.0, 80.0], Boundary::Periodic);
        let (mut random, mut counts) = (Random(4), BlockCounts::default());
        let mut fluctuations = NumberFluctuations::default();
        for _ in 0..60 {
            fluctuations.accumulate(&mut counts, &domain, &random.positions(&domain, 40_000));
        }
        let curve = fluctuations.curve();
        assert_eq!(curve.len(), 6);
        for [mean, variance, error] in &curve {
            assert!(
                (variance - mean).abs() < 4.0 * error,
                "{mean}: {variance} ± {error}"
            );
        }
        assert_eq!(curve[5][0], 2500.0);
        let fit = fluctuations.exponent(1.0).unwrap();
        assert!((fit.slope - 1.0).abs() < 4.0 * fit.slope_error, "{fit:?}");
        assert!(fit.slope_error < 0.01, "{fit:?}");
    }

    #[test]
    fn a_crystal_hardly_fluctuates() {
        let (domain, positions) = triangular(256, 256);
        let mut fluctuations = NumberFluctuations::default();
        fluctuations.accumulate(&mut BlockCounts::default(), &domain, &positions);
        let coarsest = fluctuations.curve()[5];
        assert_eq!(coarsest[0], 4096.0);
        // Only the rim of a block, 4 · 64 particles, can be counted here or there.
        assert!(coarsest[1] < 256.0, "{coarsest:?}");
        assert!(
            fluctuations.exponent(1.0).is_none(),
            "one frame has no error"
        );
    }
}
