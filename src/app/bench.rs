//! `seethe bench`: steps per second, and what each phase of a step costs.

use serde_json::json;
use std::fmt::Write;
use std::time::Instant;

use super::cli::{Backend, BenchOptions};
use super::{Failure, say};
use crate::math::simd;
use crate::sim::simulation::{Simulation, worker_threads};

/// Steps before the measurement, and how many times as long as it they may take, unless their number
/// is given.
const WARMUP: u64 = 500;
const WARMUP_PATIENCE: f64 = 5.0;

/// Measures the bench scene of a model and prints a table or JSON.
pub fn bench(options: &BenchOptions) -> Result<(), Failure> {
    let bad = |what: &str| Failure::BadInput(what.into());
    if !(options.seconds > 0.0 && options.seconds <= 3600.0) {
        return Err(bad("--seconds must be above 0 and at most 3600"));
    }
    if options.interface {
        return super::bench_interface::bench(options);
    }
    match options.isa.as_deref() {
        Some("baseline") => simd::limit(simd::InstructionSet::Baseline),
        Some("avx2") => simd::limit(simd::InstructionSet::Avx2),
        _ => {}
    }
    let model = crate::models::find(&options.model).ok_or_else(|| {
        bad(&format!(
            "there is no model {}; see `seethe list models`",
            options.model
        ))
    })?;
    let overrides: Vec<_> = options
        .n
        .map(|n| ("population.count".to_string(), n.to_string()))
        .into_iter()
        .collect();
    let scene = crate::scene::parse("bench.ron", model.bench_scene, &overrides)
        .map_err(|problems| Failure::BadInput(problems.for_terminal()))?;
    let start_error = |error: crate::sim::simulation::StartError| bad(&error.to_string());
    let pool = worker_threads(options.threads).map_err(start_error)?;
    let threads = pool.current_num_threads();
    let mut scene = scene;
    // Sampling is not part of a step; one sample at the start is enough.
    scene.sample_every = u64::MAX;
    let began = Instant::now();
    let mut simulation = Simulation::new(scene, pool).map_err(start_error)?;
    let spawn = began.elapsed().as_secs_f64();
    let diverged = |failure: crate::model::phase::Failure| Failure::Diverged(failure.to_string());
    let device = match options.backend {
        Backend::Cpu => None,
        Backend::Gpu => {
            let (place, adapter) = (options.backend.into(), options.adapter.as_deref());
            super::hand_over::place(&mut simulation, place, adapter)?
        }
    };
    let began = Instant::now();
    let patience = match options.warmup {
        Some(_) => f64::INFINITY,
        None => WARMUP_PATIENCE * options.seconds,
    };
    simulation
        .advance_while(options.warmup.unwrap_or(WARMUP), || {
            began.elapsed().as_secs_f64() < patience
        })
        .map_err(diverged)?;
    simulation.reset_profile();
    let first = simulation.clock().step;
    let began = Instant::now();
    simulation
        .advance_while(u64::MAX, || began.elapsed().as_secs_f64() < options.seconds)
        .map_err(diverged)?;
    let seconds = began.elapsed().as_secs_f64();
    if let Some(news) = simulation.take_news().pop() {
        return Err(Failure::NoDisplay(news));
    }
    let steps = simulation.clock().step - first;
    let rate = simulation.count() as f64 * steps as f64 / seconds;
    let phases = match &device {
        None => simulation.profile().seconds_per_step().to_vec(),
        Some(_) => {
            let whole = vec![("device", seconds / steps.max(1) as f64)];
            phases_of_device(&mut simulation, options.seconds)
                .map_err(diverged)?
                .unwrap_or(whole)
        }
    };
    let (backend, isa) = match &device {
        None => ("cpu", simd::name().to_string()),
        Some(line) => ("gpu", line.clone()),
    };
    let total: f64 = phases.iter().map(|(_, seconds)| seconds).sum();
    let shares: serde_json::Map<_, _> = phases
        .iter()
        .map(|(name, cost)| ((*name).into(), json!(cost / total)))
        .collect();
    if options.json {
        let report = json!({
            "model": model.name, "n": simulation.count(), "threads": threads, "backend": backend,
            "isa": isa, "warmup": first, "steps": steps, "seconds": seconds, "spawn_seconds": spawn,
            "steps_per_second": steps as f64 / seconds,
            "particle_steps_per_second": rate, "phases": shares,
        });
        return say(&format!("{report:#}\n"));
    }
    let mut text = format!(
        "{}: N = {}, {threads} threads, {}\n{steps} steps in {seconds:.2} s: {:.0} steps/s, {:.1} million particle-steps/s\nstarted in {:.0} ms, {first} steps before\n",
        model.name,
        simulation.count(),
        isa,
        steps as f64 / seconds,
        rate / 1e6,
        spawn * 1e3,
    );
    for (name, cost) in phases {
        let _ = writeln!(
            text,
            "  {name:<10} {:>9.1} µs {:>5.1} %",
            cost * 1e6,
            100.0 * cost / total
        );
    }
    say(&text)
}

/// What the phases cost by the clock of the device, in some hundred steps behind those whose speed is
/// told: a pass for each phase takes its time, too. Nothing where the device has no clock.
fn phases_of_device(
    simulation: &mut Simulation,
    seconds: f64,
) -> Result<Option<Vec<(&'static str, f64)>>, crate::model::phase::Failure> {
    const STEPS: u64 = 512;
    simulation.measure_phases();
    let began = Instant::now();
    simulation.advance_while(STEPS, || began.elapsed().as_secs_f64() < seconds)?;
    let phases = simulation.engine_cost().phases;
    Ok((!phases.is_empty()).then_some(phases))
}
