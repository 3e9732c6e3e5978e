//! Samples become series, averages and correlations, each with its error where it has one.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::snapshot::{CurveTrace, ScalarTrace, SeriesPoint, Summary};
use crate::math::correlation::Quality;
use crate::math::series::Series;
use crate::model::Model;
use crate::model::observable::{Accumulator, Curve, Estimator, Observable, Sample};

/// Points that a time series keeps, whatever the length of the run.
const POINTS: usize = 2048;

/// Blocks that a running average keeps: a full list is halved by joining neighbours.
const BLOCKS: usize = 32;

/// Everything measured in a run.
pub struct Measurements {
    scalars: Vec<Scalar>,
    averages: Vec<Average>,
    correlations: Vec<Correlation>,
    /// Step, time and values of the newest sample: a row of the table.
    row: Row,
    /// Means are taken over samples from this time on.
    since: f64,
}

/// One row of the sample table: the scalars in the order of their declarations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub step: u64,
    pub time: f64,
    pub values: Vec<f64>,
}

struct Scalar {
    observable: &'static Observable,
    series: Series,
    theory: Option<f64>,
    summary: Option<Summary>,
    /// Number of samples at which the summary is worth computing again.
    due: u64,
}

impl Scalar {
    fn new(observable: &'static Observable, series: Series) -> Self {
        Self {
            observable,
            series,
            theory: None,
            summary: None,
            due: 0,
        }
    }

    /// Computes the summary again once the series is longer by a fiftieth.
    fn summarise(&mut self, since: f64) {
        let count = self.series.count();
        if count < self.due {
            return;
        }
        self.due = count + 1 + count / 50;
        let estimate = if since > 0.0 {
            self.series.estimate(since)
        } else {
            self.series.settled()
        };
        self.summary = estimate.map(|estimate| Summary {
            mean: estimate.mean,
            error: estimate.error,
            stationary: estimate.quality == Quality::Stationary,
        });
    }
}

/// A distribution averaged over samples, with errors from the means of blocks of samples.
struct Average {
    observable: &'static Observable,
    state: AverageState,
    theory: Vec<f64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct AverageState {
    x: Vec<f64>,
    /// Sums over the samples of each block; all but the last have `block` samples.
    blocks: Vec<Vec<f64>>,
    /// Samples in the last block.
    filled: u64,
    /// Samples that make a block full.
    block: u64,
}

struct Correlation {
    observable: &'static Observable,
    accumulator: Box<dyn Accumulator>,
    theory: Vec<f64>,
    samples: u64,
}

/// The part of the measurements that a checkpoint keeps.
#[derive(Clone, Serialize, Deserialize)]
pub struct MeasurementState {
    scalars: Vec<Series>,
    averages: Vec<AverageState>,
    correlations: Vec<(u64, Vec<u8>)>,
    row: Row,
    since: f64,
}

impl Measurements {
    /// Nothing measured yet.
    pub fn new(model: &'static Model) -> Self {
        let mut measurements = Self {
            scalars: vec![],
            averages: vec![],
            correlations: vec![],
            row: Row::default(),
            since: 0.0,
        };
        for observable in model.observables {
            match observable.estimator {
                Estimator::Scalar { .. } => {
                    measurements
                        .scalars
                        .push(Scalar::new(observable, Series::new(POINTS)));
                }
                Estimator::Distribution { .. } => measurements.averages.push(Average {
                    observable,
                    state: AverageState {
                        block: 1,
                        ..Default::default()
                    },
                    theory: vec![],
                }),
                Estimator::Correlation { start, .. } => {
                    measurements.correlations.push(Correlation {
                        observable,
                        accumulator: start(),
                        theory: vec![],
                        samples: 0,
                    });
                }
            }
        }
        measurements
    }

    /// Takes in one sample.
    pub fn record(&mut self, sample: &Sample) {
        self.row.step = sample.clock.step;
        self.row.time = sample.clock.time;
        self.row.values.clear();
        for scalar in &mut self.scalars {
            let Estimator::Scalar { estimate, theory } = scalar.observable.estimator else {
                continue;
            };
            let value = estimate(sample);
            self.row.values.push(value);
            scalar.series.push(sample.clock.time, value);
            scalar.theory = theory.and_then(|theory| theory(sample));
            scalar.summarise(self.since);
        }
        for average in &mut self.averages {
            let Estimator::Distribution {
                estimate, theory, ..
            } = average.observable.estimator
            else {
                continue;
            };
            average.state.push(&estimate(sample));
            average.theory = theory_at(theory, sample, &average.state.x);
        }
        for correlation in &mut self.correlations {
            let Estimator::Correlation { theory, .. } = correlation.observable.estimator else {
                continue;
            };
            correlation.accumulator.record(sample);
            correlation.samples += 1;
            let x = if theory.is_some() {
                correlation.accumulator.curve().x
            } else {
                vec![]
            };
            correlation.theory = theory_at(theory, sample, &x);
        }
    }

    /// The newest sample.
    pub fn row(&self) -> &Row {
        &self.row
    }

    /// The scalar observables over the run.
    pub fn scalars(&self) -> Arc<Vec<ScalarTrace>> {
        let trace = |(index, scalar): (usize, &Scalar)| ScalarTrace {
            observable: scalar.observable,
            points: Arc::new(
                scalar
                    .series
                    .points()
                    .map(|point| SeriesPoint {
                        time: point.time,
                        low: point.low,
                        mean: point.mean,
                        high: point.high,
                    })
                    .collect(),
            ),
            latest: self.row.values.get(index).copied().unwrap_or(f64::NAN),
            summary: scalar.summary,
            theory: scalar.theory,
        };
        Arc::new(self.scalars.iter().enumerate().map(trace).collect())
    }

    /// The distributions and correlations.
    pub fn curves(&self) -> Arc<Vec<CurveTrace>> {
        let averages = self.averages.iter().map(|average| CurveTrace {
            observable: average.observable,
            curve: Arc::new(average.state.curve()),
            theory: Arc::new(average.theory.clone()),
            samples: average.state.samples(),
        });
        let correlations = self.correlations.iter().map(|correlation| CurveTrace {
            observable: correlation.observable,
            curve: Arc::new(correlation.accumulator.curve()),
            theory: Arc::new(correlation.theory.clone()),
            samples: correlation.samples,
        });
        Arc::new(averages.chain(correlations).collect())
    }

    /// Starts all averages anew.
    pub fn clear_averages(&mut self) {
        self.since = self.row.time;
        for scalar in &mut self.scalars {
            (scalar.summary, scalar.due) = (None, 0);
        }
        for average in &mut self.averages {
            average.state = AverageState {
                block: 1,
                ..Default::default()
            };
        }
        for correlation in &mut self.correlations {
            if let Estimator::Correlation { start, .. } = correlation.observable.estimator {
                correlation.accumulator = start();
                correlation.samples = 0;
            }
        }
    }

    /// The state for a checkpoint.
    pub fn save(&self) -> MeasurementState {
        MeasurementState {
            scalars: self
                .scalars
                .iter()
                .map(|scalar| scalar.series.clone())
                .collect(),
            averages: self
                .averages
                .iter()
                .map(|average| average.state.clone())
                .collect(),
            correlations: self
                .correlations
                .iter()
                .map(|correlation| (correlation.samples, correlation.accumulator.save()))
                .collect(),
            row: self.row.clone(),
            since: self.since,
        }
    }

    /// Takes the state back.
    pub fn restore(&mut self, state: MeasurementState) -> Result<(), String> {
        let fits = state.scalars.len() == self.scalars.len()
            && state.averages.len() == self.averages.len()
            && state.correlations.len() == self.correlations.len();
        if !fits {
            return Err("the model measures other observables now".into());
        }
        for (scalar, series) in self.scalars.iter_mut().zip(state.scalars) {
            *scalar = Scalar::new(scalar.observable, series);
            scalar.summarise(state.since);
        }
        for (average, saved) in self.averages.iter_mut().zip(state.averages) {
            average.state = saved;
        }
        for (correlation, (samples, bytes)) in self.correlations.iter_mut().zip(state.correlations)
        {
            correlation.accumulator.load(&bytes)?;
            correlation.samples = samples;
        }
        self.row = state.row;
        self.since = state.since;
        Ok(())
    }
}

fn theory_at(
    theory: Option<fn(&Sample, f64) -> Option<f64>>,
    sample: &Sample,
    x: &[f64],
) -> Vec<f64> {
    theory.map_or_else(Vec::new, |theory| {
        x.iter()
            .map(|&x| theory(sample, x).unwrap_or(f64::NAN))
            .collect()
    })
}

impl AverageState {
    /// Adds one curve; a curve on another grid starts the average anew.
    fn push(&mut self, curve: &Curve) {
        if curve.x != self.x {
            *self = Self {
                x: curve.x.clone(),
                block: 1,
                ..Default::default()
            };
        }
        if self.blocks.is_empty() || self.filled == self.block {
            if self.blocks.len() == BLOCKS {
                self.join();
            }
            self.blocks.push(vec![0.0; curve.y.len()]);
            self.filled = 0;
        }
        if let Some(last) = self.blocks.last_mut() {
            for (sum, y) in last.iter_mut().zip(&curve.y) {
                *sum += y;
            }
        }
        self.filled += 1;
    }

    /// Joins neighbouring blocks in pairs, so that half as many are twice as long.
    fn join(&mut self) {
        let mut joined: Vec<Vec<f64>> = Vec::with_capacity(BLOCKS);
        for pair in self.blocks.chunks_exact(2) {
            joined.push(pair[0].iter().zip(&pair[1]).map(|(a, b)| a + b).collect());
        }
        self.blocks = joined;
        self.block *= 2;
    }

    fn samples(&self) -> u64 {
        match self.blocks.len() as u64 {
            0 => 0,
            blocks => (blocks - 1) * self.block + self.filled,
        }
    }

    /// The mean over the later half of the samples, once there are some, so that the way from the
    /// start to the steady state is forgotten; and the standard error from the full blocks in it,
    /// when there are at least eight.
    fn curve(&self) -> Curve {
        let dropped = if self.blocks.len() < 8 {
            0
        } else {
            self.blocks.len() / 2
        };
        let kept = &self.blocks[dropped..];
        let samples = (self.samples() - dropped as u64 * self.block).max(1) as f64;
        let bins = self.x.len();
        let mean = |bin: usize| kept.iter().map(|block| block[bin]).sum::<f64>() / samples;
        let y: Vec<f64> = (0..bins).map(mean).collect();
        let open = usize::from(self.filled < self.block && !kept.is_empty());
        let full = &kept[..kept.len() - open];
        let error = if full.len() < 8 {
            Vec::new()
        } else {
            let count = full.len() as f64;
            let error = |bin: usize| {
                let means = || full.iter().map(|block| block[bin] / self.block as f64);
                let centre = means().sum::<f64>() / count;
                let squares = means().map(|mean| (mean - centre).powi(2)).sum::<f64>();
                (squares / (count * (count - 1.0))).sqrt()
            };
            (0..bins).map(error).collect()
        };
        Curve {
            x: self.x.clone(),
            y,
            error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_forgets_the_start_and_knows_its_error() {
        let mut state = AverageState {
            block: 1,
            ..Default::default()
        };
        let mut noise = 0.5_f64;
        for index in 0..4096 {
            // The logistic map at its most chaotic: mean 1/2, variance 1/8, uncorrelated.
            noise = 4.0 * noise * (1.0 - noise) + if index % 97 == 0 { 1e-3 } else { 0.0 };
            noise = noise.clamp(1e-6, 1.0 - 1e-6);
            let transient = if index < 512 { 10.0 } else { 0.0 };
            let curve = Curve {
                x: vec![0.0],
                y: vec![noise + transient],
                error: vec![],
            };
            state.push(&curve);
        }
        assert_eq!(state.samples(), 4096);
        assert!(state.blocks.len() <= BLOCKS);
        let curve = state.curve();
        let expected = (0.125_f64 / 2048.0).sqrt();
        assert!(
            (curve.y[0] - 0.5).abs() < 4.0 * expected,
            "mean {}",
            curve.y[0]
        );
        // The error of an error from at least 15 blocks is at most 1/√(2·14) of it: 0.19.
        assert!(
            (curve.error[0] / expected - 1.0).abs() < 4.0 * 0.19,
            "error {}",
            curve.error[0]
        );
    }

    #[test]
    fn another_grid_starts_the_average_anew() {
        let mut state = AverageState {
            block: 1,
            ..Default::default()
        };
        state.push(&Curve {
            x: vec![0.0],
            y: vec![1.0],
            error: vec![],
        });
        state.push(&Curve {
            x: vec![1.0],
            y: vec![3.0],
            error: vec![],
        });
        assert_eq!((state.samples(), state.curve().y), (1, vec![3.0]));
    }
}
