//! Effective frequencies: how fast every oscillator has turned on average.
//!
//! A step adds what coupling and noise have moved a phase beyond its natural rotation to the
//! column of pulls, which wraps after 256 turns; here the differences from sample to sample are
//! added up. The window of the average is the last half to three quarters of the samples: it
//! begins anew whenever their number has doubled, so that the beginning is forgotten.

use serde::{Deserialize, Serialize};

use super::mean_field;
use crate::model::column::{NaturalFrequency, Tag};
use crate::model::observable::{Accumulator, Curve, Sample};
use crate::models::kuramoto::Pull;
use crate::models::kuramoto::parameters::Kuramoto;

/// Radians of a quantum of the pulls.
pub const PULL: f64 = std::f64::consts::TAU / 16_777_216.0;
/// Bins of frequencies.
const BINS: usize = 121;
/// Points along the oscillators.
const POINTS: usize = 256;

/// How the rates are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Shown {
    /// Mean rate by natural frequency.
    #[default]
    Natural,
    /// Distribution of the rates.
    Density,
    /// Mean rate by number.
    Profile,
}

/// Mean rates of all oscillators.
#[derive(Default, Serialize, Deserialize)]
struct Rates {
    shown: Shown,
    samples: u64,
    /// Pull of every tag at the last sample.
    last: Vec<u32>,
    /// Pull since the last doubling, and between the one before and it.
    recent: Vec<i64>,
    before: Vec<i64>,
    /// Time of the beginning of the window, of the last doubling and of the last sample.
    times: [f64; 3],
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Rates {
    fn boxed(shown: Shown) -> Box<dyn Accumulator> {
        Box::new(Self {
            shown,
            ..Self::default()
        })
    }
}

pub fn start_natural() -> Box<dyn Accumulator> {
    Rates::boxed(Shown::Natural)
}

pub fn start_density() -> Box<dyn Accumulator> {
    Rates::boxed(Shown::Density)
}

pub fn start_profile() -> Box<dyn Accumulator> {
    Rates::boxed(Shown::Profile)
}

pub fn natural_theory(sample: &Sample, frequency: f64) -> Option<f64> {
    let mean = sample.resource::<Kuramoto>()?.mean_frequency;
    Some(mean + mean_field(sample)?.effective_frequency(frequency - mean)?)
}

impl Accumulator for Rates {
    fn record(&mut self, sample: &Sample) {
        let pulls = sample.column::<Pull>();
        let tags = sample.column::<Tag>();
        let count = pulls.len();
        if self.last.len() != count {
            self.samples = 0;
            self.last = vec![0; count];
            self.recent = vec![0; count];
            self.before = vec![0; count];
        }
        let first = self.samples == 0;
        for (pull, tag) in pulls.iter().zip(tags) {
            let i = tag.0 as usize;
            let (Some(last), Some(recent)) = (self.last.get_mut(i), self.recent.get_mut(i)) else {
                continue;
            };
            if !first {
                *recent += i64::from(pull.0.wrapping_sub(*last) as i32);
            }
            *last = pull.0;
        }
        if first {
            self.times = [sample.clock.time; 3];
        }
        self.times[2] = sample.clock.time;
        self.samples += 1;
        self.draw(sample);
        if self.samples.is_power_of_two() && !first {
            std::mem::swap(&mut self.before, &mut self.recent);
            self.recent.fill(0);
            self.times = [self.times[1], self.times[2], self.times[2]];
        }
    }

    fn curve(&self) -> Curve {
        Curve {
            x: self.x.clone(),
            y: self.y.clone(),
            error: Vec::new(),
        }
    }

    fn save(&self) -> Vec<u8> {
        // Numbers and vectors of them always have a binary form.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), String> {
        *self = postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
        Ok(())
    }
}

impl Rates {
    /// The curve of the window.
    fn draw(&mut self, sample: &Sample) {
        let span = self.times[2] - self.times[0];
        let Some(kuramoto) = sample.resource::<Kuramoto>() else {
            return;
        };
        self.x.clear();
        self.y.clear();
        if span <= 0.0 {
            return;
        }
        let count = self.last.len();
        let reach = kuramoto.spread().reach().max(0.5);
        let (low, width) = (kuramoto.mean_frequency - reach, 2.0 * reach / BINS as f64);
        let points = match self.shown {
            Shown::Profile => POINTS.min(count),
            _ => BINS,
        };
        let bin = |value: f64| {
            let place = (value - low) / width;
            (0.0..BINS as f64)
                .contains(&place)
                .then_some(place as usize)
        };
        let mut sums = vec![[0.0f64; 2]; points];
        for (omega, tag) in sample
            .column::<NaturalFrequency>()
            .iter()
            .zip(sample.column::<Tag>())
        {
            let i = tag.0 as usize;
            let omega = f64::from(omega.0);
            let (Some(before), Some(recent)) = (self.before.get(i), self.recent.get(i)) else {
                continue;
            };
            let rate = omega + (before + recent) as f64 * PULL / span;
            let place = match self.shown {
                Shown::Natural => bin(omega),
                Shown::Density => bin(rate),
                Shown::Profile => Some(i * points / count),
            };
            if let Some(sum) = place.and_then(|place| sums.get_mut(place)) {
                sum[0] += 1.0;
                sum[1] += rate;
            }
        }
        for (k, [number, sum]) in sums.into_iter().enumerate() {
            let centre = low + (k as f64 + 0.5) * width;
            match self.shown {
                Shown::Density => {
                    self.x.push(centre);
                    self.y.push(number / (count as f64 * width));
                }
                _ if number == 0.0 => {}
                Shown::Natural => {
                    self.x.push(centre);
                    self.y.push(sum / number);
                }
                Shown::Profile => {
                    self.x.push((k as f64 + 0.5) / points as f64);
                    self.y.push(sum / number);
                }
            }
        }
    }
}
