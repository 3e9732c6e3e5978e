mod chimera;
mod contract;
mod law;
mod step;
mod targets;

use crate::model::observable::{Curve, Estimator};
use crate::sim::Simulation;
use crate::sim::simulation::worker_threads;

/// A run of a built-in scene, or of the default one, with some fields set.
pub fn start(name: &str, overrides: &[(&str, &str)], threads: usize) -> Simulation {
    let text = crate::scene::gallery::ALL
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
        .unwrap();
    let overrides: Vec<_> = overrides
        .iter()
        .map(|(path, value)| (path.to_string(), value.to_string()))
        .collect();
    let scene =
        crate::scene::parse(name, text, &overrides).unwrap_or_else(|problems| panic!("{problems}"));
    Simulation::new(scene, worker_threads(threads).unwrap()).unwrap_or_else(|e| panic!("{e}"))
}

/// The present value of a scalar observable.
pub fn scalar(run: &Simulation, name: &str) -> f64 {
    let Estimator::Scalar { estimate, .. } = run.scene().model.observable(name).unwrap().estimator
    else {
        panic!("{name} is no scalar");
    };
    run.with_sample(estimate).unwrap()
}

/// What theory says of a scalar observable at present.
pub fn theory(run: &Simulation, name: &str) -> Option<f64> {
    let Estimator::Scalar { theory, .. } = run.scene().model.observable(name).unwrap().estimator
    else {
        panic!("{name} is no scalar");
    };
    theory.and_then(|theory| run.with_sample(theory).unwrap())
}

/// A curve as it has been measured so far.
pub fn curve(run: &Simulation, name: &str) -> Curve {
    let curves = run.measurements().curves();
    let trace = curves.iter().find(|trace| trace.observable.name == name);
    (*trace.unwrap().curve).clone()
}

/// Mean of a scalar over samples every `steps` steps.
pub fn average(run: &mut Simulation, name: &str, samples: usize, steps: u64) -> f64 {
    let mut sum = 0.0;
    for _ in 0..samples {
        run.advance(steps).unwrap();
        sum += scalar(run, name);
    }
    sum / samples as f64
}

/// Never sampled on the way.
pub const SILENT: (&str, &str) = ("sample_every", "1000000000");
