//! Tests of the chapter. Every tolerance is so many standard errors of the run itself, from blocks or
//! from its autocorrelation time, unless a test says otherwise.

mod input;
mod laws;
mod sampler;

use crate::math::correlation::estimate;
use crate::math::domain::Domain;
use crate::model::column::Position;
use crate::scene::Scene;
use crate::sim::Simulation;
use crate::sim::simulation::worker_threads;

/// The default scene with some fields set, or what is wrong with them.
fn scene(overrides: &[(&str, &str)]) -> Result<Scene, String> {
    let overrides: Vec<_> = overrides
        .iter()
        .map(|(path, value)| ((*path).to_string(), (*value).to_string()))
        .collect();
    crate::scene::parse("coulomb", super::MODEL.default_scene, &overrides)
        .map_err(|problems| problems.to_string())
}

/// A run on one thread, which is enough for a few charges.
fn begin(overrides: &[(&str, &str)]) -> Result<Simulation, String> {
    let mut scene = scene(overrides)?;
    scene.sample_every = u64::MAX;
    Simulation::new(scene, worker_threads(1).unwrap()).map_err(|error| error.to_string())
}

fn start(overrides: &[(&str, &str)]) -> Simulation {
    begin(overrides).unwrap_or_else(|error| panic!("{overrides:?}: {error}"))
}

/// The places of all charges.
fn places(run: &Simulation) -> Vec<[f64; 2]> {
    run.with_sample(|sample| {
        let domain: &Domain = &sample.domain;
        sample
            .column::<Position>()
            .iter()
            .map(|place| domain.real(place.0))
            .collect()
    })
    .unwrap()
}

/// Numbers of the places after every `stride` steps, after `burn` steps that do not count.
fn series<const K: usize>(
    run: &mut Simulation,
    burn: u64,
    stride: u64,
    samples: usize,
    of: impl Fn(&[[f64; 2]]) -> [f64; K],
) -> [Vec<f64>; K] {
    run.advance(burn).unwrap();
    let mut all = [(); K].map(|()| Vec::with_capacity(samples));
    for _ in 0..samples {
        run.advance(stride).unwrap();
        for (list, value) in all.iter_mut().zip(of(&places(run))) {
            list.push(value);
        }
    }
    all
}

/// Asserts that the mean of a series is that of theory within `errors` standard errors, and that the
/// error is a share of `scale`, so that the test says something.
#[track_caller]
fn agrees(values: &[f64], theory: f64, errors: f64, scale: f64, what: &str) {
    let found = estimate(values);
    println!("{what}: {} ± {}, theory {theory}", found.mean, found.error);
    assert!(
        found.error < scale,
        "{what}: the error {} says nothing",
        found.error
    );
    assert!(
        (found.mean - theory).abs() < errors * found.error,
        "{what}: {} ± {}, theory {theory}",
        found.mean,
        found.error
    );
}

/// κ₂ to κ₄ of a series and their errors by a jackknife over 32 blocks.
fn cumulants(values: &[f64]) -> [[f64; 2]; 3] {
    const BLOCKS: usize = 32;
    let length = values.len() / BLOCKS;
    let values = &values[..BLOCKS * length];
    let origin = values.iter().sum::<f64>() / values.len() as f64;
    let sums: Vec<[f64; 4]> = values
        .chunks(length)
        .map(|block| {
            block.iter().fold([0.0; 4], |sum, value| {
                let d = value - origin;
                [
                    sum[0] + d,
                    sum[1] + d * d,
                    sum[2] + d.powi(3),
                    sum[3] + d.powi(4),
                ]
            })
        })
        .collect();
    let total = sums
        .iter()
        .fold([0.0; 4], |all, one| [0, 1, 2, 3].map(|q| all[q] + one[q]));
    let of = |sums: [f64; 4], blocks: usize| {
        let [m1, m2, m3, m4] = sums.map(|sum| sum / (blocks * length) as f64);
        let second = m2 - m1 * m1;
        [
            second,
            m3 - 3.0 * m1 * m2 + 2.0 * m1.powi(3),
            m4 - 4.0 * m1 * m3 + 6.0 * m1 * m1 * m2 - 3.0 * m1.powi(4) - 3.0 * second * second,
        ]
    };
    let whole = of(total, BLOCKS);
    let without: Vec<[f64; 3]> = sums
        .iter()
        .map(|one| of([0, 1, 2, 3].map(|q| total[q] - one[q]), BLOCKS - 1))
        .collect();
    [0, 1, 2].map(|q| {
        let centre = without.iter().map(|one| one[q]).sum::<f64>() / BLOCKS as f64;
        let squares: f64 = without.iter().map(|one| (one[q] - centre).powi(2)).sum();
        let error = (squares * (BLOCKS - 1) as f64 / BLOCKS as f64).sqrt();
        [whole[q], error]
    })
}

/// True when the long tests are asked for.
fn full() -> bool {
    std::env::var_os("SEETHE_FULL").is_some_and(|value| value == "1")
}
