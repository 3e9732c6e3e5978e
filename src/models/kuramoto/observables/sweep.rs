//! The order parameter by coupling, while the coupling is moved by a ramp or by hand.

use serde::{Deserialize, Serialize};

use super::mean_field_at;
use crate::math::statistics::Moments;
use crate::model::observable::{Accumulator, Curve, Sample};
use crate::models::kuramoto::parameters::Kuramoto;
use crate::models::kuramoto::survey::census;

/// Couplings that differ by less belong together.
const WIDTH: f64 = 0.05;

/// What is kept of the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Kept {
    #[default]
    Rising,
    Falling,
    All,
}

/// Moments of the order parameter by coupling.
#[derive(Default, Serialize, Deserialize)]
struct Sweep {
    kept: Kept,
    /// The coupling at the last sample, and whether it had last fallen.
    last: Option<f64>,
    fell: bool,
    count: usize,
    /// Number of the interval of couplings, the sum of the couplings in it, and the order there; by
    /// number.
    bins: Vec<(i64, f64, Moments)>,
}

impl Sweep {
    fn boxed(kept: Kept) -> Box<dyn Accumulator> {
        Box::new(Self {
            kept,
            ..Self::default()
        })
    }
}

pub fn start_rising() -> Box<dyn Accumulator> {
    Sweep::boxed(Kept::Rising)
}

pub fn start_falling() -> Box<dyn Accumulator> {
    Sweep::boxed(Kept::Falling)
}

pub fn start_susceptibility() -> Box<dyn Accumulator> {
    Sweep::boxed(Kept::All)
}

pub fn theory(sample: &Sample, coupling: f64) -> Option<f64> {
    mean_field_at(sample.resource::<Kuramoto>()?, coupling)?.order()
}

impl Accumulator for Sweep {
    fn record(&mut self, sample: &Sample) {
        let (Some(kuramoto), Some(census)) = (sample.resource::<Kuramoto>(), census(sample)) else {
            return;
        };
        let coupling = kuramoto.coupling;
        if let Some(last) = self.last
            && coupling != last
        {
            self.fell = coupling < last;
        }
        self.last = Some(coupling);
        self.count = census.count;
        let wanted = match self.kept {
            Kept::Rising => !self.fell,
            Kept::Falling => self.fell,
            Kept::All => true,
        };
        if !wanted {
            return;
        }
        let number = (coupling / WIDTH).round() as i64;
        let place = self.bins.partition_point(|bin| bin.0 < number);
        if self.bins.get(place).is_none_or(|bin| bin.0 != number) {
            self.bins.insert(place, (number, 0.0, Moments::default()));
        }
        let bin = &mut self.bins[place];
        bin.1 += coupling;
        bin.2.push(census.order());
    }

    fn curve(&self) -> Curve {
        let mut curve = Curve::default();
        for (_, sum, moments) in &self.bins {
            let samples = moments.count() as f64;
            let value = match self.kept {
                Kept::All => self.count as f64 * moments.variance(),
                _ => moments.mean(),
            };
            // The variance of a single sample is not known.
            if value.is_finite() {
                curve.x.push(sum / samples);
                curve.y.push(value);
            }
        }
        curve
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
