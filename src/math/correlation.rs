//! The mean of correlated samples, with an honest error.
//!
//! The error of a mean follows from the integrated autocorrelation time
//! τ = ½ + Σ_{t≥1} ρ(t), summed up to the automatic window of U. Wolff, *Monte Carlo errors with
//! less errors*, Comput. Phys. Commun. 156, 143 (2004): error² = 2τ variance / n.

use serde::{Deserialize, Serialize};

use super::statistics::Moments;

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
    let moments: Moments = means.collect();
    (moments.mean(), moments.standard_error())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, autoregressive};
    use super::*;

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
    fn blocks_agree_with_the_correlation_time() {
        let values = autoregressive(&mut Random(12), 0.9, 32_000);
        let (mean, blocked) = block_average(&values, 64);
        let result = estimate(&values);
        assert!((mean - result.mean).abs() < 1e-12);
        // Sixty-four blocks know their scatter within 1/√126 = 9 %.
        assert!(
            (blocked / result.error - 1.0).abs() < 0.35,
            "{blocked} {result:?}"
        );
        assert!(block_average(&[1.0], 16).1.is_nan());
    }

    #[test]
    fn degenerate_samples_have_estimates() {
        let constant = estimate(&[1.5; 100]);
        assert_eq!((constant.mean, constant.error), (1.5, 0.0));
        assert_eq!(constant.quality, Quality::Stationary);
        assert!(estimate(&[]).mean.is_nan());
        assert!(estimate(&[1.0]).error.is_nan());
    }
}
