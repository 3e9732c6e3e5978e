//! The histogram of the local density and its peaks: the robust way to see phase separation.
//!
//! The box is cut into nearly square blocks. The histogram of their densities has one peak for a
//! homogeneous state and two for the coexistence of two phases.

use serde::{Deserialize, Serialize};

use super::blocks::BlockCounts;
use super::domain::Domain;

/// Histogram of the block densities over frames. A bin holds a whole number of particles, so
/// that no bin is empty for arithmetic reasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DensityHistogram {
    /// Blocks that held n particles, for each n.
    blocks: Vec<u64>,
    /// Density that one particle in a block stands for.
    per_particle: f64,
}

/// A maximum of a density histogram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    pub density: f64,
    /// Share of the blocks per bin at the smoothed maximum.
    pub height: f64,
}

impl DensityHistogram {
    /// An empty histogram.
    pub fn new() -> Self {
        Self {
            blocks: Vec::new(),
            per_particle: 0.0,
        }
    }

    /// Takes the blocks of one frame. `unit` is what one particle counts for: 1 for a number
    /// density, its area for a packing fraction. Frames must share box and blocks; others
    /// start the histogram anew.
    pub fn accumulate(&mut self, domain: &Domain, counts: &BlockCounts, unit: f64) {
        let per_particle = unit / counts.block_area(domain);
        if per_particle != self.per_particle {
            self.blocks.clear();
            self.per_particle = per_particle;
        }
        for &count in &counts.counts {
            let count = count as usize;
            if count >= self.blocks.len() {
                self.blocks.resize(count + 1, 0);
            }
            self.blocks[count] += 1;
        }
    }

    /// Number of blocks seen.
    pub fn total(&self) -> u64 {
        self.blocks.iter().sum()
    }

    /// Mean density over all blocks.
    pub fn mean(&self) -> f64 {
        let particles: u64 = self
            .blocks
            .iter()
            .enumerate()
            .map(|(n, b)| n as u64 * b)
            .sum();
        particles as f64 / self.total().max(1) as f64 * self.per_particle
    }

    /// (density, probability density) with bins of the given number of particles, at least one.
    pub fn curve(&self, particles_per_bin: usize) -> Vec<[f64; 2]> {
        let per_bin = particles_per_bin.max(1);
        let scale = 1.0 / (self.total().max(1) as f64 * per_bin as f64 * self.per_particle);
        let point = |(bin, members): (usize, &[u64])| {
            let centre = bin as f64 * per_bin as f64 + 0.5 * (per_bin - 1) as f64;
            [
                centre * self.per_particle,
                members.iter().sum::<u64>() as f64 * scale,
            ]
        };
        self.blocks.chunks(per_bin).enumerate().map(point).collect()
    }

    /// The significant peaks, by ascending density: one for a homogeneous state, two for a
    /// coexistence; empty without data.
    ///
    /// The counts are smoothed by a Gaussian of standard deviation `smoothing` particles (1.5 is
    /// good for blocks of about ten), cut off and normalised at the ends. A maximum is a peak
    /// when its *prominence*, the height above the deepest point on the way to any higher one,
    /// (a) exceeds 30 % of its height, (b) exceeds four standard errors of the difference of
    /// two smoothed counts, for independent blocks counted `correlation` times each (the number
    /// of frames within a correlation time; 1 for independent frames), and (c) when it is at
    /// least 2 % of the highest one. Prominence is the persistence of the maximum in the sense
    /// of Edelsbrunner, Letscher and Zomorodian, Discrete Comput. Geom. 28, 511 (2002).
    pub fn peaks(&self, smoothing: f64, correlation: f64) -> Vec<Peak> {
        let total = self.total();
        if total == 0 {
            return Vec::new();
        }
        let width = if smoothing > 0.0 {
            smoothing.min(50.0)
        } else {
            1e-3
        };
        let reach = (4.0 * width).ceil() as usize;
        let (mut smooth, mut variance) = (Vec::new(), Vec::new());
        // Bins past the last count are needed, so that the last maximum can be one.
        for bin in 0..self.blocks.len() + reach {
            let (mut norm, mut sum, mut square) = (0.0, 0.0, 0.0);
            for other in bin.saturating_sub(reach)..=bin + reach {
                let weight = (-0.5 * ((other as f64 - bin as f64) / width).powi(2)).exp();
                let count = self.blocks.get(other).map_or(0.0, |&count| count as f64);
                norm += weight;
                sum += weight * count;
                square += weight * weight * count;
            }
            smooth.push(sum / norm);
            variance.push(square / (norm * norm) * correlation.max(1.0));
        }
        let highest = smooth.iter().copied().fold(0.0, f64::max);
        let mut peaks = Vec::new();
        for top in maxima(&smooth) {
            let valley = deepest_way_up(&smooth, top);
            let depth = smooth[top] - valley.map_or(0.0, |valley| smooth[valley]);
            let noise = variance[top] + valley.map_or(0.0, |valley| variance[valley]);
            let deep = depth > 0.3 * smooth[top] && depth > 4.0 * noise.sqrt();
            if valley.is_none() || (deep && smooth[top] > 0.02 * highest) {
                let place = top as f64 + parabola(&smooth, top);
                peaks.push(Peak {
                    density: place * self.per_particle,
                    height: smooth[top] / total as f64,
                });
            }
        }
        peaks
    }
}

impl Default for DensityHistogram {
    fn default() -> Self {
        Self::new()
    }
}

/// Local maxima; the first bin of a plateau stands for it.
fn maxima(values: &[f64]) -> Vec<usize> {
    let higher = |i: usize| {
        if values[i] <= 0.0 || (i > 0 && values[i] <= values[i - 1]) {
            return false;
        }
        // A plateau is entered once only, by its first bin, hence the time stays linear.
        let next = values[i..].iter().find(|&&value| value != values[i]);
        next.is_none_or(|&next| next < values[i])
    };
    (0..values.len()).filter(|&i| higher(i)).collect()
}

/// The lowest bin on the better of the two ways from a maximum to a higher one; of equal maxima
/// the first counts as the higher. `None` for the highest.
fn deepest_way_up(values: &[f64], top: usize) -> Option<usize> {
    let lowest = |way: &mut dyn Iterator<Item = usize>, ties: bool| {
        let mut low = top;
        for i in way {
            if values[i] > values[top] || (ties && values[i] == values[top] && low != top) {
                return Some(low);
            }
            if values[i] < values[low] {
                low = i;
            }
        }
        None
    };
    let left = lowest(&mut (0..top).rev(), true);
    let right = lowest(&mut (top + 1..values.len()), false);
    match (left, right) {
        (Some(a), Some(b)) => Some(if values[a] > values[b] { a } else { b }),
        (a, b) => a.or(b),
    }
}

/// Offset of the vertex of the parabola through a maximum and its neighbours, within ±½.
fn parabola(values: &[f64], top: usize) -> f64 {
    if top == 0 || top + 1 >= values.len() {
        return 0.0;
    }
    let (a, b, c) = (values[top - 1], values[top], values[top + 1]);
    let curvature = a - 2.0 * b + c;
    if curvature < 0.0 {
        (0.5 * (a - c) / curvature).clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::Boundary;
    use super::super::testing::Random;
    use super::*;

    /// Blocks with Gaussian counts around some means, rounded and not negative.
    fn histogram(
        random: &mut Random,
        total: usize,
        phases: &[(f64, f64, f64)],
    ) -> DensityHistogram {
        let mut blocks = vec![0; 200];
        for _ in 0..total {
            let (mut pick, mut phase) = (random.uniform(), 0);
            while phase + 1 < phases.len() && pick > phases[phase].0 {
                pick -= phases[phase].0;
                phase += 1;
            }
            let count = phases[phase].1 + phases[phase].2 * random.normal();
            blocks[count.round().max(0.0) as usize] += 1;
        }
        DensityHistogram {
            blocks,
            per_particle: 0.1,
        }
    }

    #[test]
    fn one_phase_has_one_peak_and_two_phases_have_two() {
        // A hundred trials each: the number of peaks must be right in all of them.
        let mut random = Random(21);
        for trial in 0..100 {
            let one = histogram(&mut random, 1000, &[(1.0, 10.0, 2.5)]).peaks(1.5, 1.0);
            assert_eq!(one.len(), 1, "trial {trial}: {one:?}");
            let two = histogram(&mut random, 1000, &[(0.5, 4.0, 2.0), (0.5, 19.0, 2.0)]);
            let two = two.peaks(1.5, 1.0);
            assert_eq!(two.len(), 2, "trial {trial}: {two:?}");
            // 500 blocks of deviation 2.5 (smoothing included): the mode is known to about 0.25.
            assert!((two[0].density - 0.4).abs() < 0.1 && (two[1].density - 1.9).abs() < 0.1);
            // A gas so thin that most blocks are empty peaks at zero.
            let thin = histogram(&mut random, 1000, &[(0.7, 0.0, 0.6), (0.3, 20.0, 2.0)]);
            let thin = thin.peaks(1.5, 1.0);
            assert!(
                thin.len() == 2 && thin[0].density < 0.05,
                "trial {trial}: {thin:?}"
            );
            // Two humps that overlap are one broad phase to this estimator.
            let broad = histogram(&mut random, 1000, &[(0.5, 9.0, 2.5), (0.5, 13.0, 2.5)]);
            assert_eq!(broad.peaks(1.5, 1.0).len(), 1, "trial {trial}");
        }
    }

    #[test]
    fn few_blocks_do_not_invent_a_second_phase() {
        let mut random = Random(5);
        let wrong = (0..200)
            .filter(|_| {
                histogram(&mut random, 40, &[(1.0, 15.0, 4.0)])
                    .peaks(1.5, 1.0)
                    .len()
                    != 1
            })
            .count();
        assert!(wrong <= 2, "{wrong} of 200");
    }

    #[test]
    fn densities_and_their_mean_are_those_of_the_population() {
        let domain = Domain::new([20.0, 20.0], Boundary::Periodic);
        let positions = Random(9).positions(&domain, 800);
        let mut counts = BlockCounts::default();
        let mut histogram = DensityHistogram::new();
        assert!(histogram.peaks(1.5, 1.0).is_empty() && histogram.curve(0).is_empty());
        counts.measure(&domain, &positions, 4.0);
        histogram.accumulate(&domain, &counts, std::f64::consts::FRAC_PI_4);
        assert_eq!(histogram.total(), 25);
        assert!((histogram.mean() - 2.0 * std::f64::consts::FRAC_PI_4).abs() < 1e-12);
        for per_bin in [1, 3] {
            let curve = histogram.curve(per_bin);
            let width = per_bin as f64 * std::f64::consts::FRAC_PI_4 / 16.0;
            let integral: f64 = curve.iter().map(|point| point[1] * width).sum();
            assert!((integral - 1.0).abs() < 1e-12, "{integral}");
        }
        // Every block empty is a peak at zero, and a change of the blocks starts anew.
        counts.measure(&domain, &[], 5.0);
        histogram.accumulate(&domain, &counts, 1.0);
        assert_eq!(histogram.total(), 16);
        let peaks = histogram.peaks(f64::NAN, f64::NAN);
        assert!(peaks.len() == 1 && peaks[0].density == 0.0, "{peaks:?}");
    }
}
