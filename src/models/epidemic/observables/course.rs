//! The course of the outbreak: shares of the states, incidence, reproduction, and curves over time
//! beside their theory.

use serde::{Deserialize, Serialize};

use super::survey::open_edges;
use super::{parameters, states};
use crate::model::observable::{Accumulator, Curve, Sample};
use crate::models::epidemic::dynamics::{Dynamics, NOT_YET, health};
use crate::models::epidemic::network::Network;
use crate::models::epidemic::parameters::Disease;
use crate::models::epidemic::start::Origin;
use crate::models::epidemic::theory::{Theory, limits};
use crate::models::epidemic::{Epidemic, InfectionTime};

/// Share of the nodes in some of the states.
fn share(sample: &Sample, of: &[u8]) -> f64 {
    let Some(dynamics) = sample.resource::<Dynamics>() else {
        return f64::NAN;
    };
    let census = dynamics.census();
    let count: u64 = of.iter().map(|&state| census[usize::from(state)]).sum();
    count as f64 / dynamics.nodes().max(1) as f64
}

pub fn susceptible(sample: &Sample) -> f64 {
    share(sample, &[health::SUSCEPTIBLE])
}

pub fn exposed(sample: &Sample) -> f64 {
    share(sample, &[health::EXPOSED])
}

pub fn infectious(sample: &Sample) -> f64 {
    share(sample, &[health::INFECTIOUS])
}

pub fn removed(sample: &Sample) -> f64 {
    share(sample, &[health::REMOVED, health::ISOLATED])
}

pub fn isolated(sample: &Sample) -> f64 {
    share(sample, &[health::ISOLATED])
}

pub fn vaccinated(sample: &Sample) -> f64 {
    share(sample, &[health::VACCINATED])
}

/// The theory, as long as it knows everything that happens.
fn theory<'w>(sample: &Sample<'w>) -> Option<&'w Theory> {
    let parameters = parameters(sample)?;
    sample
        .resource::<Theory>()
        .filter(|_| !parameters.beyond_theory())
}

pub fn susceptible_theory(sample: &Sample) -> Option<f64> {
    theory(sample).map(|theory| theory.shares()[0])
}

pub fn exposed_theory(sample: &Sample) -> Option<f64> {
    theory(sample).map(|theory| theory.shares()[1])
}

pub fn removed_theory(sample: &Sample) -> Option<f64> {
    theory(sample).map(|theory| theory.shares()[3])
}

pub fn infectious_theory(sample: &Sample) -> Option<f64> {
    theory(sample)
        .map(|theory| theory.shares()[2])
        .or_else(|| endemic(sample))
}

/// The endemic level of the annealed network, for diseases without lasting immunity.
fn endemic(sample: &Sample) -> Option<f64> {
    let parameters = parameters(sample).filter(|one| one.detection_rate == 0.0)?;
    let (network, origin) = (sample.resource::<Network>()?, sample.resource::<Origin>()?);
    let waning = match parameters.disease {
        Disease::Sis => None,
        Disease::Sirs => Some(parameters.waning_rate),
        Disease::Sir | Disease::Seir => return None,
    };
    let (beta, gamma) = (parameters.transmission_rate, parameters.recovery_rate);
    let level = limits::endemic(&network.degrees, beta, gamma, waning, origin.immune);
    level.is_finite().then_some(level)
}

pub fn incidence(sample: &Sample) -> f64 {
    let beta = parameters(sample).map_or(f64::NAN, |one| one.transmission_rate);
    beta * open_edges(sample) as f64 / states(sample).len().max(1) as f64
}

pub fn incidence_theory(sample: &Sample) -> Option<f64> {
    let incidence = theory(sample)?.incidence();
    incidence.is_finite().then_some(incidence)
}

pub fn reproduction(sample: &Sample) -> f64 {
    let Some(parameters) = parameters(sample) else {
        return f64::NAN;
    };
    let leaving = parameters.wave_rates().leaving * infectious(sample);
    if leaving > 0.0 {
        incidence(sample) / leaving
    } else {
        f64::NAN
    }
}

pub fn reproduction_theory(sample: &Sample) -> Option<f64> {
    let theory = theory(sample)?;
    let leaving = parameters(sample)?.wave_rates().leaving * theory.shares()[2];
    let value = theory.incidence() / leaving;
    value.is_finite().then_some(value)
}

pub fn attack_rate(sample: &Sample) -> f64 {
    let times = sample.column::<InfectionTime>();
    let infected = times.iter().filter(|time| time.0 != NOT_YET).count();
    infected as f64 / times.len().max(1) as f64
}

pub fn attack_rate_theory(sample: &Sample) -> Option<f64> {
    let parameters = parameters(sample).filter(|one| !one.beyond_theory())?;
    let (network, origin) = (sample.resource::<Network>()?, sample.resource::<Origin>()?);
    let rates = parameters.wave_rates();
    let transmissibility = limits::transmissibility(rates.transmission, rates.leaving);
    let size = limits::final_size(
        &network.degrees,
        transmissibility,
        origin.seeds,
        origin.immune,
    );
    size.is_finite().then_some(size)
}

pub fn basic_reproduction(sample: &Sample) -> f64 {
    let (Some(parameters), Some(network)) = (parameters(sample), sample.resource::<Network>())
    else {
        return f64::NAN;
    };
    basic(parameters, network)
}

fn basic(parameters: &Epidemic, network: &Network) -> f64 {
    let rates = parameters.wave_rates();
    limits::transmissibility(rates.transmission, rates.leaving)
        * parameters.early(network.degrees.excess()).excess
}

pub fn growth_rate(sample: &Sample) -> f64 {
    let (Some(parameters), Some(network)) = (parameters(sample), sample.resource::<Network>())
    else {
        return f64::NAN;
    };
    parameters.early(network.degrees.excess()).growth(1.0)
}

/// Points that a curve over time keeps, whatever the length of the run.
const POINTS: usize = 1024;

/// A share over time.
#[derive(Serialize, Deserialize)]
struct Course {
    which: u8,
    points: Vec<[f64; 2]>,
    /// Every so many samples are kept.
    stride: u64,
    samples: u64,
}

impl Accumulator for Course {
    fn record(&mut self, sample: &Sample) {
        if self.samples.is_multiple_of(self.stride) {
            if self.points.len() == POINTS {
                let mut keep = false;
                self.points.retain(|_| {
                    keep = !keep;
                    keep
                });
                self.stride *= 2;
            }
            let value = match self.which {
                0 => susceptible(sample),
                2 => infectious(sample),
                _ => removed(sample),
            };
            self.points.push([sample.clock.time, value]);
        }
        self.samples += 1;
    }

    fn curve(&self) -> Curve {
        Curve {
            x: self.points.iter().map(|point| point[0]).collect(),
            y: self.points.iter().map(|point| point[1]).collect(),
            error: Vec::new(),
        }
    }

    fn save(&self) -> Vec<u8> {
        // Numbers and vectors of them always have a binary form.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), String> {
        let loaded: Self = postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
        if loaded.stride == 0 {
            return Err("the stride of a curve is 0".into());
        }
        *self = loaded;
        Ok(())
    }
}

fn course(which: u8) -> Box<dyn Accumulator> {
    Box::new(Course {
        which,
        points: Vec::new(),
        stride: 1,
        samples: 0,
    })
}

pub fn start_susceptible() -> Box<dyn Accumulator> {
    course(0)
}

pub fn start_infectious() -> Box<dyn Accumulator> {
    course(2)
}

pub fn start_removed() -> Box<dyn Accumulator> {
    course(3)
}

fn at(sample: &Sample, time: f64, which: usize) -> Option<f64> {
    Some(theory(sample)?.course().at(time)?[which])
}

pub fn susceptible_course(sample: &Sample, time: f64) -> Option<f64> {
    at(sample, time, 0)
}

pub fn infectious_course(sample: &Sample, time: f64) -> Option<f64> {
    at(sample, time, 2).or_else(|| endemic(sample))
}

pub fn removed_course(sample: &Sample, time: f64) -> Option<f64> {
    at(sample, time, 3)
}
