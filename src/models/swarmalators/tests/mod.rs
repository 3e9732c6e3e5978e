mod contract;
mod fast;
mod pairs;
mod states;

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

/// A curve as it has been measured so far.
pub fn curve(run: &Simulation, name: &str) -> Curve {
    let curves = run.measurements().curves();
    let trace = curves.iter().find(|trace| trace.observable.name == name);
    (*trace.unwrap().curve).clone()
}

/// A ring in a periodic box.
pub const RING: [(&str, &str); 2] = [("parameters.space", "ring"), ("box.boundary", "periodic")];
