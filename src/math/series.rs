//! Time series of bounded memory.
//!
//! A [`Series`] covers the whole run whatever its length: when it is full, neighbouring points
//! are merged in pairs and every later point takes twice as many samples. A point keeps mean,
//! minimum and maximum, so that a plot of the envelope misses no spike. The newest samples are
//! kept as they are besides, for a closer look at them.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::correlation::{Estimate, Quality, estimate};

/// The newest samples that are kept as they are.
pub const RECENT: usize = 1024;

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
    /// The newest samples as (time, value).
    recent: VecDeque<[f64; 2]>,
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
            recent: VecDeque::new(),
        }
    }

    /// Takes one sample; one that is not finite is only counted.
    pub fn push(&mut self, time: f64, value: f64) {
        if !value.is_finite() || !time.is_finite() {
            self.rejected += 1;
            return;
        }
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back([time, value]);
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

    /// The newest samples as (time, value), at most [`RECENT`] of them.
    pub fn recent(&self) -> impl ExactSizeIterator<Item = &[f64; 2]> {
        self.recent.iter()
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

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, autoregressive};
    use super::*;
    use proptest::prelude::*;

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
            let newest = values.iter().rev().take(RECENT).rev();
            prop_assert!(series.recent().map(|sample| &sample[1]).eq(newest));
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
    fn a_million_samples_keep_their_extremes_and_their_newest() {
        let mut series = Series::new(2048);
        for i in 0..1_000_000_u32 {
            let spike = match i {
                123_456 => 9.0,
                654_321 => -9.0,
                _ => (f64::from(i) * 1e-3).sin(),
            };
            series.push(f64::from(i), spike);
        }
        assert!(series.points().count() <= 2048);
        let high = series.points().map(|point| point.high).fold(0.0, f64::max);
        let low = series.points().map(|point| point.low).fold(0.0, f64::min);
        assert_eq!((low, high), (-9.0, 9.0));
        assert_eq!(series.recent().len(), RECENT);
        assert_eq!(series.recent().last().unwrap()[0], 999_999.0);
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
        series.clear();
        assert_eq!((series.rejected(), series.count()), (0, 0));
    }
}
