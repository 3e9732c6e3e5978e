//! Samples become series, averages and correlations, each with its error where it has one.

use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

use super::average::Average;
use super::snapshot::{CurveTrace, ParameterTrace, ScalarTrace, SeriesPoint, Summary};
use crate::math::correlation::Quality;
use crate::math::history::History;
use crate::math::series::Series;
use crate::math::tally::Tally;
use crate::model::Model;
use crate::model::observable::{Accumulator, Estimator, Observable, Sample};
use crate::model::parameter::Values;

/// Points that a time series keeps, whatever the length of the run.
const POINTS: usize = 2048;

/// Everything measured in a run.
pub struct Measurements {
    scalars: Vec<Scalar>,
    averages: Vec<Distribution>,
    correlations: Vec<Correlation>,
    /// Step, time and values of the newest sample: a row of the table.
    row: Row,
    /// Means are taken over samples from this time on.
    since: f64,
    /// What every parameter was at the samples.
    settings: Vec<History>,
    /// What was handed out last, as long as it holds: a run that rests copies nothing.
    handed_out: HandedOut,
}

#[derive(Default)]
struct HandedOut {
    scalars: OnceLock<Arc<Vec<ScalarTrace>>>,
    curves: OnceLock<Arc<Vec<CurveTrace>>>,
    parameters: OnceLock<Arc<Vec<ParameterTrace>>>,
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
    /// What remembers the history of a number that needs it.
    history: Option<Box<dyn Accumulator>>,
    series: Series,
    tally: Arc<Tally>,
    theory: Option<f64>,
    summary: Option<Summary>,
    /// Number of samples at which the summary is worth computing again.
    due: u64,
}

impl Scalar {
    fn new(observable: &'static Observable, series: Series, tally: Tally) -> Self {
        Self {
            observable,
            history: match observable.estimator {
                Estimator::Cumulative { start, .. } => Some(start()),
                _ => None,
            },
            series,
            tally: Arc::new(tally),
            theory: None,
            summary: None,
            due: 0,
        }
    }

    /// Takes in one sample and gives the number that it leads to.
    fn record(&mut self, sample: &Sample) -> f64 {
        let (value, theory) = match (self.observable.estimator, &mut self.history) {
            (Estimator::Scalar { estimate, theory }, _) => (estimate(sample), theory),
            (Estimator::Cumulative { theory, .. }, Some(history)) => {
                history.record(sample);
                let curve = history.curve();
                let first = |values: &[f64]| values.first().copied().unwrap_or(f64::NAN);
                let (mean, error) = (first(&curve.y), first(&curve.error));
                // The number is a mean over the history already, and knows its own error.
                self.summary = Some(Summary {
                    mean,
                    error,
                    stationary: error.is_finite(),
                });
                (mean, theory)
            }
            _ => return f64::NAN,
        };
        self.theory = theory.and_then(|theory| theory(sample));
        value
    }

    /// The series and what follows from it, as the window gets it.
    fn trace(&self, latest: f64) -> ScalarTrace {
        ScalarTrace {
            latest,
            summary: self.summary,
            theory: self.theory,
            ..ScalarTrace::of(self.observable, &self.series, self.tally.clone())
        }
    }

    /// Computes the summary again once the series is longer by a fiftieth.
    fn summarise(&mut self, since: f64) {
        if self.history.is_some() {
            return;
        }
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
struct Distribution {
    observable: &'static Observable,
    state: Average,
    theory: Vec<f64>,
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
    scalars: Vec<(Series, Tally)>,
    histories: Vec<Vec<u8>>,
    averages: Vec<Average>,
    correlations: Vec<(u64, Vec<u8>)>,
    row: Row,
    since: f64,
    settings: Vec<History>,
}

impl ScalarTrace {
    /// What is known of a series: its points, its newest samples and how often it took which value.
    pub fn of(observable: &'static Observable, series: &Series, tally: Arc<Tally>) -> Self {
        let point = |point: &crate::math::series::Point| SeriesPoint {
            time: point.time,
            low: point.low,
            mean: point.mean,
            high: point.high,
        };
        Self {
            observable,
            points: Arc::new(series.points().map(point).collect()),
            recent: Arc::new(series.recent().copied().collect()),
            tally,
            latest: series.recent().last().map_or(f64::NAN, |sample| sample[1]),
            summary: None,
            theory: None,
        }
    }
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
            settings: vec![History::default(); (model.parameters)().len()],
            handed_out: HandedOut::default(),
        };
        for observable in model.observables {
            match observable.estimator {
                Estimator::Scalar { .. } | Estimator::Cumulative { .. } => {
                    measurements.scalars.push(Scalar::new(
                        observable,
                        Series::new(POINTS),
                        Tally::default(),
                    ));
                }
                Estimator::Distribution { .. } => measurements.averages.push(Distribution {
                    observable,
                    state: Average::default(),
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

    /// Takes in one sample, taken while the parameters had these values.
    pub fn record(&mut self, sample: &Sample, values: &Values) {
        self.handed_out = HandedOut::default();
        for (index, history) in self.settings.iter_mut().enumerate() {
            history.note(sample.clock.time, values.get(index));
        }
        self.row.step = sample.clock.step;
        self.row.time = sample.clock.time;
        self.row.values.clear();
        for scalar in &mut self.scalars {
            let value = scalar.record(sample);
            self.row.values.push(value);
            scalar.series.push(sample.clock.time, value);
            Arc::make_mut(&mut scalar.tally).push(value);
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
            average.theory = theory_at(theory, sample, average.state.x());
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
        let latest = |index: usize| self.row.values.get(index).copied().unwrap_or(f64::NAN);
        let trace = |(index, scalar): (usize, &Scalar)| scalar.trace(latest(index));
        let made = || Arc::new(self.scalars.iter().enumerate().map(trace).collect());
        self.handed_out.scalars.get_or_init(made).clone()
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
        let made = || Arc::new(averages.chain(correlations).collect());
        self.handed_out.curves.get_or_init(made).clone()
    }

    /// The parameters over the run, in the order of their declarations.
    pub fn parameters(&self) -> Arc<Vec<ParameterTrace>> {
        let trace = |history: &History| ParameterTrace {
            changes: Arc::new(history.changes()),
        };
        let made = || Arc::new(self.settings.iter().map(trace).collect());
        self.handed_out.parameters.get_or_init(made).clone()
    }

    /// Starts all averages anew.
    pub fn clear_averages(&mut self) {
        self.handed_out = HandedOut::default();
        self.since = self.row.time;
        for scalar in &mut self.scalars {
            (scalar.summary, scalar.due) = (None, 0);
            if let Estimator::Cumulative { start, .. } = scalar.observable.estimator {
                scalar.history = Some(start());
            }
            scalar.tally = Arc::default();
        }
        for average in &mut self.averages {
            average.state = Average::default();
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
                .map(|scalar| (scalar.series.clone(), (*scalar.tally).clone()))
                .collect(),
            histories: self
                .scalars
                .iter()
                .filter_map(|scalar| Some(scalar.history.as_ref()?.save()))
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
            settings: self.settings.clone(),
        }
    }

    /// Takes the state back.
    pub fn restore(&mut self, state: MeasurementState) -> Result<(), String> {
        let histories = self.scalars.iter().filter(|one| one.history.is_some());
        let fits = state.scalars.len() == self.scalars.len()
            && state.histories.len() == histories.count()
            && state.averages.len() == self.averages.len()
            && state.correlations.len() == self.correlations.len()
            && state.settings.len() == self.settings.len();
        if !fits {
            return Err("the model measures other observables now".into());
        }
        self.handed_out = HandedOut::default();
        for (scalar, (series, tally)) in self.scalars.iter_mut().zip(state.scalars) {
            *scalar = Scalar::new(scalar.observable, series, tally);
            scalar.summarise(state.since);
        }
        let with_history = self
            .scalars
            .iter_mut()
            .filter_map(|scalar| scalar.history.as_mut());
        for (history, bytes) in with_history.zip(state.histories) {
            history.load(&bytes)?;
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
        self.settings = state.settings;
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
