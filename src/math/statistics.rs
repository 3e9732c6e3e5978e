//! Numbers that summarise samples: moments, histograms, fits, local exponents.
//!
//! Every accumulator can be merged with another of its kind and serialised, and a restored one
//! goes on exactly where the saved one stopped.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Elements that one task of a parallel sum takes. It is fixed, so that the order in which the
/// partial sums are added, and with it the last bit, does not depend on the number of threads.
pub const CHUNK: usize = 4096;

/// Sums `term` over 0..count with K results at a time, with the same bits on any number of threads.
pub fn ordered_sum<const K: usize>(
    count: usize,
    term: impl Fn(usize) -> [f64; K] + Sync,
) -> [f64; K] {
    let part = |chunk: usize| {
        let mut sum = [0.0; K];
        for i in chunk * CHUNK..count.min((chunk + 1) * CHUNK) {
            let value = term(i);
            for k in 0..K {
                sum[k] += value[k];
            }
        }
        sum
    };
    let chunks = count.div_ceil(CHUNK);
    let parts: Vec<[f64; K]> = (0..chunks).into_par_iter().map(part).collect();
    parts.iter().fold([0.0; K], |mut sum, part| {
        for k in 0..K {
            sum[k] += part[k];
        }
        sum
    })
}

/// Mean and variance of a stream of samples.
///
/// Welford, Technometrics 4, 419 (1962); merging after Chan, Golub and LeVeque (1979).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Takes one sample; one that is not finite is ignored.
    pub fn push(&mut self, sample: f64) {
        if sample.is_finite() {
            self.count += 1;
            let delta = sample - self.mean;
            self.mean += delta / self.count as f64;
            self.squares += delta * (sample - self.mean);
        }
    }

    /// Takes all samples that another accumulator has seen.
    pub fn merge(&mut self, other: &Self) {
        let total = self.count + other.count;
        if other.count == 0 {
            return;
        }
        let share = other.count as f64 / total as f64;
        let delta = other.mean - self.mean;
        self.mean += delta * share;
        self.squares += other.squares + delta * delta * self.count as f64 * share;
        self.count = total;
    }

    /// Number of samples.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Mean; NaN before the first sample.
    pub fn mean(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.mean }
    }

    /// Unbiased variance; NaN before the second sample.
    pub fn variance(&self) -> f64 {
        if self.count < 2 {
            f64::NAN
        } else {
            self.squares / (self.count - 1) as f64
        }
    }

    /// Standard error of the mean of *independent* samples; NaN before the second sample.
    pub fn standard_error(&self) -> f64 {
        (self.variance() / self.count as f64).sqrt()
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(samples: I) -> Self {
        let mut moments = Self::default();
        samples.into_iter().for_each(|sample| moments.push(sample));
        moments
    }
}

/// Counts of samples in bins of equal width.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    low: f64,
    width: f64,
    counts: Vec<u64>,
    below: u64,
    above: u64,
}

impl Histogram {
    /// Bins from `low` to `high`; at least one, and of positive width also for empty ranges.
    pub fn new(low: f64, high: f64, bins: usize) -> Self {
        let bins = bins.max(1);
        let width = (high - low) / bins as f64;
        let width = if width > 0.0 && width.is_finite() {
            width
        } else {
            1.0
        };
        Self {
            low,
            width,
            counts: vec![0; bins],
            below: 0,
            above: 0,
        }
    }

    /// Takes one sample; those outside are counted apart, NaN is ignored.
    pub fn push(&mut self, sample: f64) {
        let bin = (sample - self.low) / self.width;
        if bin < 0.0 {
            self.below += 1;
        } else if bin >= self.counts.len() as f64 {
            self.above += 1;
        } else if bin >= 0.0 {
            self.counts[bin as usize] += 1;
        }
    }

    /// Adds the counts of a histogram over the same bins; false when the bins differ.
    pub fn merge(&mut self, other: &Self) -> bool {
        let same = (self.low, self.width, self.counts.len())
            == (other.low, other.width, other.counts.len());
        if same {
            self.counts
                .iter_mut()
                .zip(&other.counts)
                .for_each(|(a, b)| *a += b);
            self.below += other.below;
            self.above += other.above;
        }
        same
    }

    /// Forgets all samples.
    pub fn clear(&mut self) {
        self.counts.fill(0);
        (self.below, self.above) = (0, 0);
    }

    /// Number of samples in each bin.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Width of a bin.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Centre of a bin.
    pub fn centre(&self, bin: usize) -> f64 {
        self.low + (bin as f64 + 0.5) * self.width
    }

    /// Samples inside, below and above the bins.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.below + self.above
    }

    /// Probability density of each bin, as (centre, density); the part outside is missing from
    /// the integral.
    pub fn density(&self) -> Vec<(f64, f64)> {
        let scale = 1.0 / (self.total().max(1) as f64 * self.width);
        let value = |(bin, &count): (usize, &u64)| (self.centre(bin), count as f64 * scale);
        self.counts.iter().enumerate().map(value).collect()
    }
}

/// A straight line y = intercept + slope x through weighted points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineFit {
    pub intercept: f64,
    pub slope: f64,
    pub intercept_error: f64,
    pub slope_error: f64,
    /// Σ (residual / σ)².
    pub chi_squared: f64,
    /// Number of points less two.
    pub freedom: usize,
}

/// Weighted least squares through points (x, y, σ of y). Points with a value that is not finite
/// or a σ that is not positive are left out; `None` for fewer than two different x.
///
/// Numerical Recipes, third edition, section 15.2.
pub fn fit_line(points: impl IntoIterator<Item = (f64, f64, f64)>) -> Option<LineFit> {
    let usable =
        |p: &(f64, f64, f64)| p.0.is_finite() && p.1.is_finite() && p.2 > 0.0 && p.2.is_finite();
    let points: Vec<_> = points.into_iter().filter(usable).collect();
    let weight: f64 = points.iter().map(|p| p.2.powi(-2)).sum();
    let centre = points.iter().map(|p| p.0 * p.2.powi(-2)).sum::<f64>() / weight;
    let spread: f64 = points.iter().map(|p| ((p.0 - centre) / p.2).powi(2)).sum();
    if points.len() < 2 || spread.is_nan() || spread <= 0.0 {
        return None;
    }
    let slope = points
        .iter()
        .map(|p| (p.0 - centre) * p.1 * p.2.powi(-2))
        .sum::<f64>()
        / spread;
    let level = points.iter().map(|p| p.1 * p.2.powi(-2)).sum::<f64>() / weight;
    let intercept = level - slope * centre;
    let residual = |p: &(f64, f64, f64)| ((p.1 - intercept - slope * p.0) / p.2).powi(2);
    Some(LineFit {
        intercept,
        slope,
        intercept_error: (1.0 / weight + centre * centre / spread).sqrt(),
        slope_error: spread.sqrt().recip(),
        chi_squared: points.iter().map(residual).sum(),
        freedom: points.len() - 2,
    })
}

/// Local exponents d ln y / d ln x: central differences, one-sided at both ends. A point without
/// two positive neighbours has NaN.
pub fn local_exponents(x: &[f64], y: &[f64]) -> Vec<f64> {
    let count = x.len().min(y.len());
    let exponent = |i: usize| {
        let (a, b) = (i.saturating_sub(1), (i + 1).min(count - 1));
        let (run, rise) = ((x[b] / x[a]).ln(), (y[b] / y[a]).ln());
        if a != b && x[a] > 0.0 && y[a] > 0.0 && run != 0.0 {
            rise / run
        } else {
            f64::NAN
        }
    };
    (0..count).map(exponent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merged_moments_are_those_of_all_samples(
            a in prop::collection::vec(-1e3..1e3f64, 0..40),
            b in prop::collection::vec(-1e3..1e3f64, 2..40),
        ) {
            let mut merged: Moments = a.iter().copied().collect();
            merged.merge(&b.iter().copied().collect());
            let all: Vec<f64> = a.iter().chain(&b).copied().collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let squares: f64 = all.iter().map(|x| (x - mean).powi(2)).sum();
            prop_assert_eq!(merged.count(), all.len() as u64);
            prop_assert!((merged.mean() - mean).abs() < 1e-10);
            let variance = squares / (all.len() - 1) as f64;
            prop_assert!((merged.variance() - variance).abs() < 1e-12 * squares + 1e-12);
        }

        /// The number of threads must not change a bit of a sum.
        #[test]
        fn an_ordered_sum_has_the_same_bits_on_any_number_of_threads(count in 0..20_000usize) {
            let sum = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| ordered_sum(count, |i| [(i as f64).sin(), 1.0 / (1.0 + i as f64)]))
            };
            prop_assert_eq!(sum(1).map(f64::to_bits), sum(3).map(f64::to_bits));
        }
    }

    #[test]
    fn a_line_and_its_errors_are_recovered() {
        // With σ = 2 at x = 0, 1, 2, 3: Σ(x − x̄)² = 5, hence σ_slope = 2/√5 and
        // σ_intercept = 2 √(1/4 + 1.5²/5).
        let fit = fit_line((0..4).map(|x| (f64::from(x), 3.0 - 0.5 * f64::from(x), 2.0))).unwrap();
        assert!((fit.slope + 0.5).abs() < 1e-14 && (fit.intercept - 3.0).abs() < 1e-14);
        assert!((fit.slope_error - 2.0 / 5f64.sqrt()).abs() < 1e-14);
        assert!((fit.intercept_error - 2.0 * 0.7f64.sqrt()).abs() < 1e-14);
        assert!(fit.chi_squared < 1e-25 && fit.freedom == 2);
        assert!(fit_line([(1.0, 2.0, 1.0), (1.0, 3.0, 1.0)]).is_none());
        assert!(fit_line([(1.0, f64::NAN, 1.0), (2.0, 3.0, 0.0)]).is_none());
        assert!(fit_line([]).is_none());
    }

    #[test]
    fn a_power_law_has_its_exponent_everywhere() {
        let x: Vec<f64> = (1..20).map(|i| f64::from(i * i)).collect();
        let y: Vec<f64> = x.iter().map(|x| 7.0 * x.powf(1.7)).collect();
        assert!(
            local_exponents(&x, &y)
                .iter()
                .all(|alpha| (alpha - 1.7).abs() < 1e-12)
        );
        assert!(local_exponents(&[1.0], &[1.0])[0].is_nan());
        assert!(local_exponents(&[], &[]).is_empty());
        assert!(local_exponents(&[1.0, 2.0], &[0.0, 1.0])[1].is_nan());
    }

    #[test]
    fn a_histogram_counts_every_sample_once() {
        let mut histogram = Histogram::new(0.0, 2.0, 4);
        for x in [-0.1, 0.0, 0.49, 0.5, 1.99, 2.0, f64::NAN, f64::INFINITY] {
            histogram.push(x);
        }
        assert_eq!(histogram.counts(), [2, 1, 0, 1]);
        assert_eq!(histogram.total(), 7);
        assert_eq!(histogram.density()[0], (0.25, 2.0 / 3.5));
        let copy = histogram.clone();
        assert!(histogram.merge(&copy) && histogram.total() == 14);
        assert!(!histogram.merge(&Histogram::new(0.0, 3.0, 4)));
        Histogram::new(f64::NAN, 1.0, 0).push(1.0);
    }
}
