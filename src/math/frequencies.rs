//! Natural frequencies of oscillators: distributions, their quantiles and their densities.

use std::f64::consts::{FRAC_PI_2, PI};

use super::philox::{Purpose, Stream};

/// A distribution of frequencies about their mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// All the same.
    Identical,
    /// g(ω) = γ/π(γ² + ω²).
    Lorentzian { width: f64 },
    /// A normal distribution.
    Gaussian { deviation: f64 },
    /// Constant from −γ to γ.
    Uniform { half_width: f64 },
    /// Half of the weight on each of two Lorentzians of width γ, at ±ω₀.
    Bimodal { width: f64, distance: f64 },
}

impl Spread {
    /// The frequency below which the share `p` of all lies, 0 < p < 1; for two peaks that of one of
    /// them, the upper one for `second`.
    fn quantile(&self, p: f64, second: bool) -> f64 {
        let lorentzian = |width: f64| width * (PI * (p - 0.5)).tan();
        match *self {
            Self::Identical => 0.0,
            Self::Lorentzian { width } => lorentzian(width),
            Self::Gaussian { deviation } => deviation * normal_quantile(p),
            Self::Uniform { half_width } => half_width * (2.0 * p - 1.0),
            Self::Bimodal { width, distance } => {
                lorentzian(width) + if second { distance } else { -distance }
            }
        }
    }

    /// Frequency of number `index` of `count`, at the quantiles (i + ½)/N: the sample that scatters
    /// least. Two peaks take turns.
    pub fn at_quantile(&self, index: usize, count: usize) -> f64 {
        match self {
            Self::Bimodal { .. } => {
                let second = index % 2 == 1;
                let of_peak = if second { count / 2 } else { count.div_ceil(2) };
                self.quantile(((index / 2) as f64 + 0.5) / of_peak.max(1) as f64, second)
            }
            _ => self.quantile((index as f64 + 0.5) / count.max(1) as f64, false),
        }
    }

    /// Random frequency of a tag, a function of the seed and the tag.
    pub fn at_random(&self, seed: u64, tag: u32) -> f64 {
        let words = Stream::new(seed, 0, Purpose::NaturalFrequencies).words(tag, 0);
        let high = f64::from(words[0]) * 4_294_967_296.0 + f64::from(words[1]);
        // Half a quantum away from 0, and from 1 by more than the rounding of the sum.
        let p = ((high + 0.5) / 18_446_744_073_709_551_616.0).min(1.0 - 1e-16);
        self.quantile(p, words[2] % 2 == 1)
    }

    /// g(ω), the probability density; `None` for identical frequencies.
    pub fn density(&self, frequency: f64) -> Option<f64> {
        let lorentzian =
            |width: f64, at: f64| width / (PI * (width * width + (frequency - at).powi(2)));
        match *self {
            Self::Identical => None,
            Self::Lorentzian { width } => Some(lorentzian(width, 0.0)),
            Self::Gaussian { deviation } => {
                let z = frequency / deviation;
                Some((-0.5 * z * z).exp() / (deviation * (2.0 * PI).sqrt()))
            }
            Self::Uniform { half_width } => Some(if frequency.abs() <= half_width {
                0.5 / half_width
            } else {
                0.0
            }),
            Self::Bimodal { width, distance } => {
                Some(0.5 * (lorentzian(width, distance) + lorentzian(width, -distance)))
            }
        }
    }

    /// A frequency within which most of the others lie, for the axis of a plot.
    pub fn reach(&self) -> f64 {
        match *self {
            Self::Identical => 0.0,
            Self::Lorentzian { width } => 6.0 * width,
            Self::Gaussian { deviation } => 3.5 * deviation,
            Self::Uniform { half_width } => 1.25 * half_width,
            Self::Bimodal { width, distance } => distance + 6.0 * width,
        }
    }

    /// The mean of D/(D² + ω²) over the distribution, times ½: what decides whether incoherence is
    /// stable under noise of strength D. For D = 0 it is πg(0)/2.
    pub fn response(&self, noise: f64) -> f64 {
        match *self {
            Self::Identical => 0.5 / noise,
            Self::Lorentzian { width } => 0.5 / (width + noise),
            Self::Bimodal { width, distance } => {
                let width = width + noise;
                0.5 * width / (width * width + distance * distance)
            }
            Self::Uniform { half_width } => {
                let angle = if noise > 0.0 {
                    (half_width / noise).atan()
                } else {
                    FRAC_PI_2
                };
                0.5 * angle / half_width
            }
            Self::Gaussian { .. } => {
                // ω = D tan t takes the Lorentzian out of the integral.
                let part = |t: f64| self.density(noise * t.tan()).unwrap_or(0.0);
                0.5 * super::special::integrate(part, -FRAC_PI_2, FRAC_PI_2, 400)
            }
        }
    }
}

/// Inverse of the normal distribution function: algorithm AS 241 (M. J. Wichura, Appl. Stat. 37,
/// 477 (1988)); relative error about 1e-16.
pub fn normal_quantile(p: f64) -> f64 {
    fn ratio(numerator: &[f64], denominator: &[f64], x: f64) -> f64 {
        let value = |c: &[f64]| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
        value(numerator) / value(denominator)
    }
    const A: [f64; 8] = [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ];
    const B: [f64; 8] = [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ];
    const C: [f64; 8] = [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ];
    const D: [f64; 8] = [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ];
    const E: [f64; 8] = [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ];
    const F: [f64; 8] = [
        1.0,
        0.599_832_206_555_887_9,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ];
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&A, &B, 0.180_625 - q * q);
    }
    let tail = (-p.min(1.0 - p).ln()).sqrt();
    let value = if tail <= 5.0 {
        ratio(&C, &D, tail - 1.6)
    } else {
        ratio(&E, &F, tail - 5.0)
    };
    value.copysign(q)
}

#[cfg(test)]
mod tests {
    use super::super::special::integrate;
    use super::*;

    const SPREADS: [Spread; 4] = [
        Spread::Lorentzian { width: 0.7 },
        Spread::Gaussian { deviation: 1.3 },
        Spread::Uniform { half_width: 2.0 },
        Spread::Bimodal {
            width: 0.4,
            distance: 1.5,
        },
    ];

    /// The share below a quantile, by integrating the density, is what the quantile says.
    #[test]
    fn quantiles_and_densities_belong_together() {
        for spread in SPREADS {
            let count = 2001;
            let mut all: Vec<f64> = (0..count).map(|i| spread.at_quantile(i, count)).collect();
            all.sort_unstable_by(f64::total_cmp);
            for rank in [40, 300, 700, 1100, 1500, 1900] {
                let (low, high) = (all[rank], all[rank + 50]);
                let share = integrate(|w| spread.density(w).unwrap(), low, high, 400);
                // A quantile of two peaks is exact to one oscillator of either.
                assert!(
                    (share - 50.0 / count as f64).abs() < 1.6 / count as f64,
                    "{spread:?} {rank}: {share}"
                );
            }
        }
        // Known values: Φ⁻¹(0.975), Φ⁻¹(1e-10).
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!((normal_quantile(1e-10) + 6.361_340_902_404_056).abs() < 1e-12);
        assert!((normal_quantile(1e-20) + 9.262_340_089_798_408).abs() < 1e-11);
    }

    /// Random frequencies have the quantiles of their distribution: Kolmogorov and Smirnov's
    /// distance of 20,000 exceeds 2/√N with a probability of 7·10⁻⁴.
    #[test]
    fn random_frequencies_follow_their_distribution() {
        for spread in SPREADS {
            let count = 20_000;
            let mut drawn: Vec<f64> = (0..count as u32)
                .map(|tag| spread.at_random(7, tag))
                .collect();
            drawn.sort_unstable_by(f64::total_cmp);
            let mut exact: Vec<f64> = (0..count).map(|i| spread.at_quantile(i, count)).collect();
            exact.sort_unstable_by(f64::total_cmp);
            let distance = drawn
                .iter()
                .enumerate()
                .map(|(i, w)| (exact.partition_point(|e| e < w) as f64 - i as f64).abs())
                .fold(0.0, f64::max);
            assert!(
                distance / (count as f64) < 2.0 / (count as f64).sqrt(),
                "{spread:?}: {distance}"
            );
        }
    }

    #[test]
    fn the_response_is_the_integral_over_the_density() {
        for spread in SPREADS {
            let noise = 0.5;
            let part = |t: f64| spread.density(noise * t.tan()).unwrap();
            let integral = 0.5 * integrate(part, -FRAC_PI_2, FRAC_PI_2, 4000);
            let response = spread.response(noise);
            assert!(
                (integral / response - 1.0).abs() < 1e-3,
                "{spread:?}: {integral} {response}"
            );
            let sharp = spread.response(0.0);
            let density = spread.density(0.0).unwrap();
            assert!(
                (sharp / (FRAC_PI_2 * density) - 1.0).abs() < 1e-9,
                "{spread:?}"
            );
        }
    }
}
