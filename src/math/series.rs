//! Time series of bounded memory, and the mean of correlated samples with an honest error.
//!
//! A [`Series`] covers the whole run whatever its length: when it is full, neighbouring points
//! are merged in pairs and every later point takes twice as many samples. A point keeps mean,
//! minimum and maximum, so that a plot of the envelope misses no spike.
//!
//! The error of a mean follows from the integrated autocorrelation time
//! τ = ½ + Σ_{t≥1} ρ(t), summed up to the automatic window of U. Wolff, *Monte Carlo errors with
//! less errors*, Comput. Phys. Commun. 156, 143 (2004): error² = 2τ variance / n.

use serde::{Deserialize, Serialize};

/// Consecutive samples of a series, summed up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Mean time of the samples.
    pub time: f64,
    pub mean: f64,
    pub low: f64,
    pub high: f64,
    /// Number of samples.
    pub count: u64,
}

impl Point {
    fn merge(&mut self, other: &Self) {
        let total = self.count + other.count;
        let share = other.count as f64 / total as f64;
        self.time += (other.time - self.time) * share;
        self.mean += (other.mean - self.mean) * share;
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
        self.count = total;
    }
}

/// All samples of a run, at a resolution that halves whenever the memory is full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    capacity: usize,
    per_point: u64,
    points: Vec<Point>,
    /// The point that is still being filled.
    open: Option<Point>,
    rejected: u64,
}

impl Series {
    /// A series that holds at most `capacity` points; rounded up to an even number from 4 on.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.clamp(4, 1 << 20).next_multiple_of(2);
        Self {
            capacity,
            per_point: 1,
            points: Vec::new(),
            open: None,
            rejected: 0,
        }
    }

    /// Takes one sample; one that is not finite is only counted.
    pub fn push(&mut self, time: f64, value: f64) {
        if !value.is_finite() || !time.is_finite() {
            self.rejected += 1;
            return;
        }
        let sample = Point {
            time,
            mean: value,
            low: value,
            high: value,
            count: 1,
        };
        let mut point = sample;
        if let Some(open) = self.open.take() {
            point = open;
            point.merge(&sample);
        }
        if point.count < self.per_point {
            self.open = Some(point);
            return;
        }
        self.points.push(point);
        if self.points.len() >= self.capacity {
            // A complete pair becomes one point; the length is even, hence none is left over.
            let half = self.points.len() / 2;
            for i in 0..half {
                let mut first = self.points[2 * i];
                first.merge(&self.points[2 * i + 1]);
                self.points[i] = first;
            }
            self.points.truncate(half);
            self.per_point = self.per_point.saturating_mul(2);
        }
    }

    /// Forgets all samples.
    pub fn clear(&mut self) {
        *self = Self::new(self.capacity);
    }

    /// All points, the last one possibly of fewer samples.
    pub fn points(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().chain(&self.open)
    }

    /// Samples per complete point.
    pub fn samples_per_point(&self) -> u64 {
        self.per_point
    }

    /// Number of samples taken.
    pub fn count(&self) -> u64 {
        self.points().map(|point| point.count).sum()
    }

    /// Number of samples that were not finite.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// Mean and error over the samples from `start` on (a time); `None` before the first complete
    /// point. The times of the answer are in the unit of the sample times.
    pub fn estimate(&self, start: f64) -> Option<Estimate> {
        let first = self.points.partition_point(|point| point.time < start);
        let window = self.points.get(first..)?;
        let (begin, end) = (window.first()?, window.last()?);
        let values: Vec<f64> = window.iter().map(|point| point.mean).collect();
        let mut estimate = estimate(&values);
        let spacing = (end.time - begin.time) / (values.len().max(2) - 1) as f64;
        estimate.correlation_time *= spacing;
        estimate.start = begin.time;
        Some(estimate)
    }

    /// The estimate over the longest of these tails that is stationary: all of the run, the last
    /// 7/8, 3/4, 1/2, 1/4. Without any, that of the last half, with what is wrong with it.
    pub fn settled(&self) -> Option<Estimate> {
        let (begin, end) = (self.points.first()?.time, self.points.last()?.time);
        let tail = |dropped: f64| self.estimate(begin + dropped * (end - begin));
        [0.0, 0.125, 0.25, 0.5, 0.75]
            .into_iter()
            .filter_map(tail)
            .find(|estimate| estimate.quality == Quality::Stationary)
            .or_else(|| tail(0.5))
    }
}

/// What an error bar is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quality {
    /// Shorter than 16 blocks of 2τ: the error is likely too small.
    TooShort,
    /// The means of the two halves differ by more than four standard errors of that difference,
    /// taken from the quieter half. A stationary run of 18 blocks is called drifting in 3 % of
    /// cases, one of 50 blocks in 0.7 % (measured with autoregressive processes).
    Drifting,
    /// Long enough, and the halves agree.
    Stationary,
}

/// The mean of correlated samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub mean: f64,
    /// Standard error; NaN for fewer than two samples.
    pub error: f64,
    /// Integrated autocorrelation time τ; half a spacing for independent samples, which is also
    /// the least that can be resolved.
    pub correlation_time: f64,
    /// Independent blocks of length 2τ in the window.
    pub blocks: f64,
    pub quality: Quality,
    /// Time of the first sample, for estimates of a [`Series`].
    pub start: f64,
}

/// Blocks that a trustworthy error needs.
const LEAST_BLOCKS: f64 = 16.0;

/// Mean, error and quality of equally spaced samples; τ in units of the spacing.
pub fn estimate(values: &[f64]) -> Estimate {
    let count = values.len() as f64;
    let (mean, error, tau) = mean_and_error(values, false);
    let blocks = count / (2.0 * tau).max(1.0);
    let (first, second) = values.split_at(values.len() / 2);
    // A drift inside a half would pass for a long correlation and hide itself behind a large
    // error, hence each half is judged by its scatter around its own trend, and the quieter one
    // speaks for both: a transient is seldom a straight line.
    let ((a, a_error, _), (b, b_error, _)) =
        (mean_and_error(first, true), mean_and_error(second, true));
    let quality = if (a - b).abs() > 4.0 * std::f64::consts::SQRT_2 * a_error.min(b_error) {
        Quality::Drifting
    } else if blocks < LEAST_BLOCKS || error.is_nan() {
        Quality::TooShort
    } else {
        Quality::Stationary
    };
    Estimate {
        mean,
        error,
        correlation_time: tau,
        blocks,
        quality,
        start: 0.0,
    }
}

/// Mean, standard error and τ; the last two from the scatter around the linear trend if wanted.
fn mean_and_error(values: &[f64], around_trend: bool) -> (f64, f64, f64) {
    let n = values.len();
    let count = n as f64;
    let mean = values.iter().sum::<f64>() / count;
    if n < 2 {
        return (mean, f64::NAN, 0.5);
    }
    let place = |i: usize| i as f64 - 0.5 * (count - 1.0);
    let mut slope = 0.0;
    if around_trend {
        let spread = count * (count * count - 1.0) / 12.0;
        slope = values
            .iter()
            .enumerate()
            .map(|(i, v)| place(i) * (v - mean))
            .sum::<f64>()
            / spread;
    }
    let rest = |(i, value): (usize, &f64)| value - mean - slope * place(i);
    let rest: Vec<f64> = values.iter().enumerate().map(rest).collect();
    let covariance = |lag: usize| {
        rest.iter()
            .zip(&rest[lag..])
            .map(|(a, b)| a * b)
            .sum::<f64>()
            / (n - lag) as f64
    };
    let variance = covariance(0);
    if variance <= 0.0 {
        return (mean, 0.0, 0.5);
    }
    let mut tau: f64 = 0.5;
    let mut window = 0;
    for lag in 1..=n / 2 {
        tau = (tau + covariance(lag) / variance).max(1e-3);
        window = lag;
        // Wolff's eq. (52): the decay e^{−lag/τ_w} is no longer worth the noise √(lag/n).
        let decay = if tau > 0.5 {
            1.5 / ((2.0 * tau + 1.0) / (2.0 * tau - 1.0)).ln()
        } else {
            1e-9
        };
        if (-(lag as f64) / decay).exp() < decay / (lag as f64 * count).sqrt() {
            break;
        }
    }
    // The mean is itself taken from the data, which lowers every covariance by about error²
    // (Wolff's eq. (49)).
    tau *= 1.0 + (2 * window + 1) as f64 / count;
    (mean, (2.0 * tau * variance / count).sqrt(), tau)
}

/// Mean and standard error from equal blocks, at least two; left-over samples at the start are
/// dropped. The blocks should be longer than twice the correlation time.
pub fn block_average(values: &[f64], blocks: usize) -> (f64, f64) {
    let blocks = blocks.max(2);
    let length = values.len() / blocks;
    if length == 0 {
        return (f64::NAN, f64::NAN);
    }
    let used = &values[values.len() - blocks * length..];
    let means = used
        .chunks(length)
        .map(|block| block.iter().sum::<f64>() / length as f64);
    let moments: super::statistics::Moments = means.collect();
    (moments.mean(), moments.standard_error())
}

#[cfg(test)]
mod tests {
    use super::super::testing::Random;
    use super::*;
    use proptest::prelude::*;

    /// x' = a x + √(1 − a²) ξ has variance 1, ρ(t) = aᵗ and τ = ½ (1 + a)/(1 − a).
    fn autoregressive(random: &mut Random, a: f64, count: usize) -> Vec<f64> {
        let mut x = random.normal();
        let step = |_| {
            x = a * x + (1.0 - a * a).sqrt() * random.normal();
            x
        };
        (0..count).map(step).collect()
    }

    #[test]
    fn the_correlation_time_and_the_error_are_those_of_an_autoregressive_process() {
        let mut random = Random(17);
        for a in [0.0, 0.5, 0.9, 0.97] {
            let tau = 0.5 * (1.0 + a) / (1.0 - a);
            let count = 2000.0 * f64::max(2.0 * tau, 1.0);
            let result = estimate(&autoregressive(&mut random, a, count as usize));
            // Relative error of τ: √(4(2W + 1 − 2τ)/n) with W about 6τ, here below 16 %.
            assert!(
                (result.correlation_time / tau - 1.0).abs() < 0.25,
                "{a}: {result:?}"
            );
            let exact = (2.0 * tau / count).sqrt();
            assert!((result.error / exact - 1.0).abs() < 0.13, "{a}: {result:?}");
            assert!(result.mean.abs() < 4.0 * exact, "{a}: {result:?}");
            assert_eq!(result.quality, Quality::Stationary, "{a}: {result:?}");
        }
    }

    #[test]
    fn error_bars_cover_the_truth_as_often_as_they_claim() {
        // Of 600 short runs of 50 independent blocks, about 68.3 % have |mean| < error and 95.4 %
        // |mean| < 2 error; the binomial deviations are 1.9 % and 0.9 %. A window of finite noise
        // loses some: allow four deviations and 4 % of bias below.
        let mut random = Random(4);
        let (mut one, mut two, mut drifting) = (0, 0, 0);
        for _ in 0..600 {
            let result = estimate(&autoregressive(&mut random, 0.9, 950));
            one += usize::from(result.mean.abs() < result.error);
            two += usize::from(result.mean.abs() < 2.0 * result.error);
            drifting += usize::from(result.quality == Quality::Drifting);
        }
        assert!(
            (0.567..0.76).contains(&(one as f64 / 600.0)),
            "{one} of 600 within one error"
        );
        assert!(
            (0.878..0.99).contains(&(two as f64 / 600.0)),
            "{two} of 600 within two errors"
        );
        assert!(
            drifting < 30,
            "{drifting} of 600 stationary runs are called drifting"
        );
    }

    #[test]
    fn what_has_not_settled_is_told_from_what_has() {
        let mut random = Random(6);
        let mut series = Series::new(512);
        let noise = autoregressive(&mut random, 0.8, 20_000);
        // A relaxation with time constant 1500 in a run of 20,000 steps.
        for (i, x) in noise.iter().enumerate() {
            series.push(i as f64, 3.0 + 5.0 * (-(i as f64) / 1500.0).exp() + 0.5 * x);
        }
        assert_eq!(series.estimate(0.0).unwrap().quality, Quality::Drifting);
        let settled = series.settled().unwrap();
        assert_eq!(settled.quality, Quality::Stationary, "{settled:?}");
        assert!(settled.start > 2000.0, "{settled:?}");
        assert!(
            (settled.mean - 3.0).abs() < 4.0 * settled.error + 0.02,
            "{settled:?}"
        );
        // A steady rise never settles.
        let mut rise = Series::new(512);
        noise
            .iter()
            .enumerate()
            .for_each(|(i, x)| rise.push(i as f64, 1e-3 * i as f64 + x));
        assert_eq!(rise.settled().unwrap().quality, Quality::Drifting);
        // Ten correlation times are not enough, however smooth the curve looks.
        let short = estimate(&autoregressive(&mut random, 0.95, 200));
        assert_ne!(short.quality, Quality::Stationary, "{short:?}");
    }

    #[test]
    fn merging_points_does_not_change_the_error() {
        // τ = 9.5 samples; a point of the full series holds 64 of 32,000, of the fine one a single.
        let values = autoregressive(&mut Random(12), 0.9, 32_000);
        let (mut coarse, mut fine) = (Series::new(1000), Series::new(1 << 20));
        for (i, &x) in values.iter().enumerate() {
            coarse.push(0.1 * i as f64, x);
            fine.push(0.1 * i as f64, x);
        }
        let (coarse, fine) = (coarse.estimate(0.0).unwrap(), fine.estimate(0.0).unwrap());
        assert!((coarse.mean - fine.mean).abs() < 1e-12);
        assert!(
            (coarse.error / fine.error - 1.0).abs() < 0.15,
            "{coarse:?} {fine:?}"
        );
        assert!((fine.correlation_time - 0.95).abs() < 0.2, "{fine:?}");
        let (_, blocked) = block_average(&values, 64);
        // Sixty-four blocks know their scatter within 1/√126 = 9 %.
        assert!(
            (blocked / fine.error - 1.0).abs() < 0.35,
            "{blocked} {fine:?}"
        );
    }

    proptest! {
        #[test]
        fn a_series_keeps_every_sample_in_bounded_memory(
            values in prop::collection::vec(-1e3..1e3f64, 0..700), capacity in 0..40usize,
        ) {
            let mut series = Series::new(capacity);
            values.iter().enumerate().for_each(|(i, &x)| series.push(i as f64, x));
            prop_assert!(series.points().count() <= capacity.max(4) + 2);
            prop_assert_eq!(series.count(), values.len() as u64);
            let mut next = 0;
            for point in series.points() {
                let part = &values[next..next + point.count as usize];
                let mean = part.iter().sum::<f64>() / part.len() as f64;
                prop_assert!((point.mean - mean).abs() < 1e-9);
                prop_assert_eq!(point.low, part.iter().copied().fold(f64::MAX, f64::min));
                prop_assert_eq!(point.high, part.iter().copied().fold(f64::MIN, f64::max));
                let time = next as f64 + 0.5 * (part.len() - 1) as f64;
                prop_assert!((point.time - time).abs() < 1e-9);
                next += part.len();
            }
        }

        /// A restored series must go on bit for bit.
        #[test]
        fn a_saved_series_continues_exactly(count in 0..300usize, cut in 0..300usize) {
            let mut whole = Series::new(16);
            let mut parts = Series::new(16);
            for i in 0..count {
                if i == cut {
                    let bytes = postcard::to_stdvec(&parts).unwrap();
                    parts = postcard::from_bytes(&bytes).unwrap();
                }
                whole.push(i as f64 * 0.1, (i as f64).sin());
                parts.push(i as f64 * 0.1, (i as f64).sin());
            }
            prop_assert_eq!(postcard::to_stdvec(&whole).unwrap(), postcard::to_stdvec(&parts).unwrap());
        }
    }

    #[test]
    fn degenerate_series_have_estimates_without_panic() {
        let mut series = Series::new(0);
        assert!(series.estimate(0.0).is_none() && series.settled().is_none());
        series.push(0.0, f64::NAN);
        series.push(f64::INFINITY, 1.0);
        assert_eq!((series.rejected(), series.count()), (2, 0));
        series.push(0.0, 2.0);
        assert!(series.settled().unwrap().error.is_nan());
        assert!(series.estimate(f64::NAN).is_some() && series.estimate(9.0).is_none());
        let constant = estimate(&[1.5; 100]);
        assert_eq!((constant.mean, constant.error), (1.5, 0.0));
        assert_eq!(constant.quality, Quality::Stationary);
        assert!(estimate(&[]).mean.is_nan());
        assert!(block_average(&[1.0], 16).1.is_nan());
        series.clear();
        assert_eq!((series.rejected(), series.count()), (0, 0));
    }
}
