//! Histograms of bounded memory over a range that is not known before.
//!
//! A [`Tally`] covers all samples whatever their range: when one falls outside, neighbouring bins
//! are joined in pairs and the range doubles towards it. Samples before the first two different
//! ones wait in a list, so that the first width suits the data.

use serde::{Deserialize, Serialize};

/// Fine bins of a tally; at least a quarter of them lie in the range of the data.
pub const FINE: usize = 1024;
/// Samples that decide the first width.
const WAITING: usize = 32;
/// Beyond this size a sample is only counted: the range could not be doubled any more.
const HUGE: f64 = 1e300;

/// How often which value was taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    low: f64,
    width: f64,
    /// Empty as long as samples wait.
    counts: Vec<u64>,
    waiting: Vec<f64>,
    total: u64,
    least: f64,
    greatest: f64,
}

impl Tally {
    /// Takes one sample; what is not finite is left out.
    pub fn push(&mut self, sample: f64) {
        if sample.is_nan() || sample.abs() >= HUGE {
            return;
        }
        if self.total == 0 {
            (self.least, self.greatest) = (sample, sample);
        }
        self.total += 1;
        self.least = self.least.min(sample);
        self.greatest = self.greatest.max(sample);
        if !self.counts.is_empty() {
            self.count(sample, 1);
            return;
        }
        self.waiting.push(sample);
        if self.waiting.len() >= WAITING {
            self.settle();
        }
    }

    /// Chooses the bins after the samples that wait, which take the middle half of them.
    fn settle(&mut self) {
        let extent = self.greatest - self.least;
        let size = self.greatest.abs().max(self.least.abs());
        // Samples that agree to the last digits still need bins that can be told apart.
        let extent = extent.max(1e-9 * size).max(f64::MIN_POSITIVE * 1e16);
        self.width = 2.0 * extent / FINE as f64;
        self.low = 0.5 * (self.least + self.greatest) - extent;
        self.counts = vec![0; FINE];
        for sample in std::mem::take(&mut self.waiting) {
            self.count(sample, 1);
        }
    }

    fn count(&mut self, sample: f64, times: u64) {
        // The range reaches any sample after at most about 2000 doublings, the ratio of the
        // largest number to the smallest.
        loop {
            let place = (sample - self.low) / self.width;
            if place < 0.0 {
                self.widen(true);
            } else if place >= FINE as f64 {
                self.widen(false);
            } else {
                if let Some(count) = self.counts.get_mut(place as usize) {
                    *count += times;
                }
                return;
            }
        }
    }

    /// Doubles the range, downwards or upwards.
    fn widen(&mut self, downwards: bool) {
        let mut joined = vec![0; FINE];
        let shift = if downwards { FINE / 2 } else { 0 };
        for (pair, sum) in self
            .counts
            .chunks_exact(2)
            .zip(joined.iter_mut().skip(shift))
        {
            *sum = pair.iter().sum();
        }
        if downwards {
            self.low -= self.width * FINE as f64;
        }
        self.width *= 2.0;
        self.counts = joined;
    }

    /// Number of samples.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Least and greatest sample; `None` without any.
    pub fn range(&self) -> Option<[f64; 2]> {
        (self.total > 0).then_some([self.least, self.greatest])
    }

    /// Probability density in `bins` bins of equal width from `low` to `high`, as (centre,
    /// density). The density is that of all samples, so that its integral over the range is the
    /// share of the samples in it. A fine bin across an edge is shared out evenly.
    pub fn density(&self, [low, high]: [f64; 2], bins: usize) -> Vec<(f64, f64)> {
        let width = (high - low) / bins.max(1) as f64;
        if self.total == 0 || !(width > 0.0 && width.is_finite()) {
            return Vec::new();
        }
        let mut sums = vec![0.0; bins.max(1)];
        let mut share_out = |from: f64, to: f64, count: f64| {
            if to <= from {
                let bin = ((from - low) / width).floor();
                // The greatest sample belongs to the last bin.
                let bin = if from == high { bin - 1.0 } else { bin };
                if bin >= 0.0
                    && let Some(sum) = sums.get_mut(bin as usize)
                {
                    *sum += count;
                }
                return;
            }
            let first = ((from - low) / width).floor().max(0.0) as usize;
            let last = ((to - low) / width).ceil().max(0.0) as usize;
            let part = last.saturating_sub(first);
            for (bin, sum) in sums.iter_mut().enumerate().skip(first).take(part) {
                let left = low + bin as f64 * width;
                let share = (to.min(left + width) - from.max(left)).max(0.0) / (to - from);
                *sum += count * share;
            }
        };
        for &sample in &self.waiting {
            share_out(sample, sample, 1.0);
        }
        for (bin, &count) in self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            // No sample lies beyond the extremes, however wide the bin that holds them.
            let from = (self.low + bin as f64 * self.width).max(self.least);
            let to = (self.low + (bin + 1) as f64 * self.width).min(self.greatest);
            share_out(from, to, count as f64);
        }
        let scale = 1.0 / (self.total as f64 * width);
        let centre = |bin: usize| low + (bin as f64 + 0.5) * width;
        let sums = sums.into_iter().enumerate();
        sums.map(|(bin, sum)| (centre(bin), sum * scale)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Random;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_density_of_many_samples_is_that_of_their_distribution() {
        let mut random = Random(5);
        let mut tally = Tally::default();
        const COUNT: usize = 100_000;
        for _ in 0..COUNT {
            tally.push(3.0 + 2.0 * random.normal());
        }
        assert_eq!(tally.total(), COUNT as u64);
        for (x, density) in tally.density([-3.0, 9.0], 24) {
            let z = (x - 3.0) / 2.0;
            let exact = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::TAU.sqrt());
            // Five standard errors of a count, and the curvature inside a bin of a quarter σ:
            // p'' w²/24 is at most 0.26 % of the peak.
            let error = 5.0 * (exact / (COUNT as f64 * 0.5)).sqrt() + 0.003 * 0.2;
            assert!((density - exact).abs() < error, "{x}: {density} {exact}");
        }
    }

    proptest! {
        #[test]
        fn every_sample_is_counted_once(
            values in prop::collection::vec(prop_oneof![-1e3..1e3f64, -1e-3..1e-3f64, Just(1e9), Just(0.0)], 1..300),
            bins in 1..64usize,
        ) {
            let mut tally = Tally::default();
            values.iter().for_each(|&value| tally.push(value));
            let low = values.iter().copied().fold(f64::MAX, f64::min);
            let high = values.iter().copied().fold(f64::MIN, f64::max);
            prop_assert_eq!(tally.range(), Some([low, high]));
            let pad = 1e-6 * (1.0 + high - low);
            let span = [low - pad, high + pad];
            let width = (span[1] - span[0]) / bins as f64;
            let integral: f64 = tally.density(span, bins).iter().map(|(_, y)| y * width).sum();
            prop_assert!((integral - 1.0).abs() < 1e-9, "{}", integral);
        }
    }

    #[test]
    fn wild_samples_do_no_harm() {
        let mut tally = Tally::default();
        for sample in [f64::NAN, f64::INFINITY, f64::MAX, -f64::MAX] {
            tally.push(sample);
        }
        assert_eq!((tally.total(), tally.range()), (0, None));
        assert!(tally.density([0.0, 1.0], 8).is_empty());
        for _ in 0..100 {
            tally.push(5e-324);
        }
        tally.push(9e299);
        tally.push(-9e299);
        assert_eq!(tally.total(), 102);
        for range in [
            [0.0, 0.0],
            [1.0, 0.0],
            [f64::NAN, 1.0],
            [-f64::MAX, f64::MAX],
        ] {
            assert!(tally.density(range, 8).is_empty(), "{range:?}");
        }
        assert_eq!(tally.density([-1e300, 1e300], 0).len(), 1);
        // All samples alike: one bin holds them.
        let mut same = Tally::default();
        (0..100).for_each(|_| same.push(2.0));
        let full = same.density([1.0, 3.0], 10);
        assert_eq!(full.iter().filter(|(_, y)| *y > 0.0).count(), 1);
    }
}
