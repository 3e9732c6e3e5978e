//! Measurements that carry state from sample to sample.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::scalars::{count, sums, theory};
use crate::math::correlation::estimate;
use crate::math::coulomb::cumulants::Cumulants;
use crate::math::settled::Settled;
use crate::math::statistics::Moments;
use crate::math::tally::Tally;
use crate::model::observable::{Accumulator, Curve, Sample};
use crate::models::coulomb::parameters::Coulomb;
use crate::models::coulomb::survey::{energy, radius};

/// Plain data as bytes: it always has a binary form.
fn bytes<T: Serialize>(state: &T) -> Vec<u8> {
    postcard::to_stdvec(state).unwrap_or_default()
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    postcard::from_bytes(bytes).map_err(|error| error.to_string())
}

/// One number with its error.
fn point([value, error]: [f64; 2]) -> Curve {
    Curve {
        x: vec![0.0],
        y: vec![value],
        error: if error.is_finite() {
            vec![error]
        } else {
            Vec::new()
        },
    }
}

macro_rules! kept {
    () => {
        fn save(&self) -> Vec<u8> {
            bytes(self)
        }

        fn load(&mut self, from: &[u8]) -> Result<(), String> {
            *self = read(from)?;
            Ok(())
        }
    };
}

/// κ_Q of the linear statistic.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KappaOf<const Q: usize>(Cumulants);

impl<const Q: usize> Accumulator for KappaOf<Q> {
    fn record(&mut self, sample: &Sample) {
        self.0.push(sums(sample).statistic);
    }

    fn curve(&self) -> Curve {
        self.0.get(Q).map_or_else(Curve::default, point)
    }

    kept!();
}

/// β² Var(U)/N.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Spread {
    origin: Option<f64>,
    factor: f64,
    moments: Settled,
}

impl Accumulator for Spread {
    fn record(&mut self, sample: &Sample) {
        let now = energy(sample);
        if !now.is_finite() {
            return;
        }
        let beta = sample
            .resource::<Coulomb>()
            .map_or(f64::NAN, |one| one.beta);
        self.factor = beta * beta / count(sample);
        let d = now - *self.origin.get_or_insert(now);
        self.moments.push(&[d, d * d]);
    }

    fn curve(&self) -> Curve {
        let factor = self.factor;
        let of = |moments: &[f64]| match moments {
            [mean, square] => factor * (square - mean * mean),
            _ => f64::NAN,
        };
        self.moments.estimate(of).map_or_else(Curve::default, point)
    }

    kept!();
}

/// Samples of which the correlation time is taken.
const LONGEST: usize = 1 << 14;

/// The last samples of L, for its correlation time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Correlations {
    values: Vec<f64>,
    times: [f64; 2],
}

impl Accumulator for Correlations {
    fn record(&mut self, sample: &Sample) {
        // The older half is forgotten when the list is full.
        if self.values.len() >= LONGEST {
            self.values.drain(..LONGEST / 2);
        }
        self.values.push(sums(sample).statistic);
        self.times = [self.times[1], sample.clock.time];
    }

    fn curve(&self) -> Curve {
        if self.values.len() < 16 {
            return Curve::default();
        }
        let spacing = self.times[1] - self.times[0];
        let found = estimate(&self.values);
        let tau = found.correlation_time * spacing;
        // Its relative error is about √(2/blocks).
        point([tau, tau * (2.0 / found.blocks.max(1.0)).sqrt()])
    }

    kept!();
}

/// Range and bins of the standardised statistic.
const FARTHEST: f64 = 5.0;
const BINS: usize = 50;

/// The distribution of the linear statistic.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Statistics {
    tally: Tally,
    moments: Moments,
    /// κ₁ and κ₂ of theory.
    known: Option<[f64; 2]>,
}

impl Accumulator for Statistics {
    fn record(&mut self, sample: &Sample) {
        let theory = theory(sample);
        self.known = theory.and_then(|theory| Some([theory.cumulant(1)?, theory.cumulant(2)?]));
        let value = sums(sample).statistic;
        self.tally.push(value);
        self.moments.push(value);
    }

    fn curve(&self) -> Curve {
        let [mean, variance] = self
            .known
            .unwrap_or([self.moments.mean(), self.moments.variance()]);
        let sigma = variance.sqrt();
        if sigma.is_nan() || sigma <= 0.0 || self.moments.count() < 2 {
            return Curve::default();
        }
        let range = [mean - FARTHEST * sigma, mean + FARTHEST * sigma];
        let density = self.tally.density(range, BINS);
        Curve {
            x: density
                .iter()
                .map(|point| (point.0 - mean) / sigma)
                .collect(),
            y: density.iter().map(|point| point.1 * sigma).collect(),
            error: Vec::new(),
        }
    }

    kept!();
}

/// The distribution of the linear statistic as a rate, which shows its tails.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Rate(Statistics);

impl Accumulator for Rate {
    fn record(&mut self, sample: &Sample) {
        self.0.record(sample);
    }

    fn curve(&self) -> Curve {
        let density = self.0.curve();
        let seen = density.x.iter().zip(&density.y).filter(|(_, y)| **y > 0.0);
        let norm = std::f64::consts::TAU.sqrt();
        let (x, y) = seen.map(|(&x, &y)| (x, -(y * norm).ln())).unzip();
        Curve {
            x,
            y,
            error: Vec::new(),
        }
    }

    kept!();
}

/// Wave numbers and directions of the structure factor.
const WAVES: usize = 48;
const DIRECTIONS: usize = 8;
const SHORTEST: f64 = 6.0;

/// Fourier modes of the density: sums of the real and the imaginary part and of the square.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Waves {
    samples: u64,
    count: f64,
    /// Wave vectors, which fit a periodic box.
    vectors: Vec<[f64; 2]>,
    sums: Vec<[f64; 3]>,
}

impl Waves {
    fn choose(&mut self, sample: &Sample) {
        let box_ = sample.domain;
        let step = SHORTEST / WAVES as f64;
        for shell in 0..WAVES {
            let k = (shell as f64 + 0.5) * step;
            for direction in 0..DIRECTIONS {
                let turn = direction as f64 / DIRECTIONS as f64;
                let (sin, cos) = (std::f64::consts::PI * turn).sin_cos();
                let mut vector = [k * cos, k * sin];
                if box_.is_periodic() {
                    for (part, side) in vector.iter_mut().zip(box_.size) {
                        let unit = std::f64::consts::TAU / side;
                        *part = (*part / unit).round() * unit;
                    }
                }
                self.vectors.push(vector);
            }
        }
        self.sums = vec![[0.0; 3]; self.vectors.len()];
    }
}

impl Accumulator for Waves {
    fn record(&mut self, sample: &Sample) {
        let places: Vec<[f64; 2]> = sample
            .positions()
            .iter()
            .map(|&place| sample.domain.real(place))
            .collect();
        if self.vectors.is_empty() {
            self.choose(sample);
        }
        self.count = places.len() as f64;
        self.samples += 1;
        let modes = |&[kx, ky]: &[f64; 2]| {
            let mut sum = [0.0; 2];
            for [x, y] in &places {
                let (sin, cos) = (kx * x + ky * y).sin_cos();
                sum = [sum[0] + cos, sum[1] + sin];
            }
            sum
        };
        use rayon::prelude::*;
        let found: Vec<[f64; 2]> = self.vectors.par_iter().map(modes).collect();
        for (sum, [re, im]) in self.sums.iter_mut().zip(found) {
            *sum = [sum[0] + re, sum[1] + im, sum[2] + re * re + im * im];
        }
    }

    fn curve(&self) -> Curve {
        if self.samples < 2 {
            return Curve::default();
        }
        let n = self.samples as f64;
        let mut curve = Curve::default();
        for (vectors, sums) in self
            .vectors
            .chunks(DIRECTIONS)
            .zip(self.sums.chunks(DIRECTIONS))
        {
            let mut shell = Moments::default();
            let mut wave = Moments::default();
            for ([x, y], [re, im, square]) in vectors.iter().zip(sums) {
                if x.hypot(*y) == 0.0 {
                    continue;
                }
                wave.push(x.hypot(*y));
                let connected = square / n - (re * re + im * im) / (n * n);
                shell.push(connected * n / (n - 1.0) / self.count);
            }
            if shell.count() > 1 {
                curve.x.push(wave.mean());
                curve.y.push(shell.mean());
                curve.error.push(shell.standard_error());
            }
        }
        curve
    }

    kept!();
}

/// Radii of the discs, as many in the droplet's radius.
const DISCS: usize = 48;

/// Numbers of charges in discs about the centre.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    width: f64,
    numbers: Vec<Moments>,
}

impl Accumulator for Counts {
    fn record(&mut self, sample: &Sample) {
        let places = sample.positions();
        if self.numbers.is_empty() {
            let edge = theory(sample)
                .and_then(|theory| theory.droplet.as_ref())
                .map_or(1.0, |droplet| droplet.support[1]);
            let reach = if sample.domain.is_periodic() {
                0.4 * sample.domain.size[0].min(sample.domain.size[1])
            } else {
                1.2 * edge * count(sample).sqrt()
            };
            self.width = reach / DISCS as f64;
            self.numbers = vec![Moments::default(); DISCS];
        }
        let mut shells = [0u32; DISCS];
        for &place in places {
            let shell = (radius(sample, place) / self.width) as usize;
            if let Some(count) = shells.get_mut(shell) {
                *count += 1;
            }
        }
        let mut inside = 0u32;
        for (moments, shell) in self.numbers.iter_mut().zip(shells) {
            inside += shell;
            moments.push(f64::from(inside));
        }
    }

    fn curve(&self) -> Curve {
        if self.numbers.first().is_none_or(|one| one.count() < 2) {
            return Curve::default();
        }
        Curve {
            x: (1..=DISCS).map(|disc| disc as f64 * self.width).collect(),
            y: self.numbers.iter().map(Moments::variance).collect(),
            error: Vec::new(),
        }
    }

    kept!();
}
