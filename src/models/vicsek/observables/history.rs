//! Numbers that need the history: susceptibility, Binder's cumulant, exponent of the fluctuations.

use serde::{Deserialize, Serialize};

use super::structure::fluctuations;
use super::{order, random};
use crate::math::settled::Settled;
use crate::math::statistics::fit_line;
use crate::model::column::Heading;
use crate::model::observable::{Accumulator, Curve, Sample};
use crate::models::vicsek::law;

/// Fewest particles in a block whose fluctuations enter the fit: below, they are those of chance.
const LEAST: f64 = 3.0;

/// What is made of the means.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Quantity {
    Susceptibility,
    Binder,
    Exponent,
}

/// A number from means over the later half of the samples.
#[derive(Serialize, Deserialize)]
struct History {
    quantity: Quantity,
    means: Settled,
}

impl History {
    fn value(&self, means: &[f64]) -> f64 {
        match self.quantity {
            Quantity::Susceptibility => means[3] * (means[1] - means[0] * means[0]),
            Quantity::Binder => 1.0 - means[2] / (3.0 * means[1] * means[1]),
            Quantity::Exponent => {
                let points = means.chunks_exact(2).filter(|point| point[0] >= LEAST);
                let logarithms = points.map(|point| (point[0].ln(), point[1].ln(), 1.0));
                fit_line(logarithms).map_or(f64::NAN, |fit| fit.slope)
            }
        }
    }
}

impl Accumulator for History {
    fn record(&mut self, sample: &Sample) {
        if let Quantity::Exponent = self.quantity {
            self.means.push(fluctuations(sample).as_flattened());
        } else {
            let square = order(sample).powi(2);
            let count = sample.column::<Heading>().len() as f64;
            self.means
                .push(&[square.sqrt(), square, square * square, count]);
        }
    }

    fn curve(&self) -> Curve {
        let estimate = self.means.estimate(|means| self.value(means));
        estimate.map_or_else(Curve::default, |[value, error]| Curve {
            x: vec![0.0],
            y: vec![value],
            error: vec![error],
        })
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

fn start(quantity: Quantity) -> Box<dyn Accumulator> {
    Box::new(History {
        quantity,
        means: Settled::default(),
    })
}

pub fn start_susceptibility() -> Box<dyn Accumulator> {
    start(Quantity::Susceptibility)
}

pub fn start_binder() -> Box<dyn Accumulator> {
    start(Quantity::Binder)
}

pub fn start_exponent() -> Box<dyn Accumulator> {
    start(Quantity::Exponent)
}

pub fn susceptibility_theory(sample: &Sample) -> Option<f64> {
    random(sample).map(|_| law::RANDOM_SUSCEPTIBILITY)
}

pub fn binder_theory(sample: &Sample) -> Option<f64> {
    random(sample).map(law::random_binder)
}

pub fn exponent_theory(sample: &Sample) -> Option<f64> {
    random(sample).map(|_| 1.0)
}
