//! `seethe run`: a scene without a window.

use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Failure;
use super::cli::RunOptions;
use crate::record::checkpoint;
use crate::record::files::WriteError;
use crate::record::table::{Table, write_distribution};
use crate::record::trajectory::Trajectory;

use crate::scene::Scene;
use crate::sim::simulation::{Simulation, worker_threads};

/// How long a run goes on between two checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(60);

fn write_failed(error: WriteError) -> Failure {
    Failure::CannotWrite(error.to_string())
}

/// Runs a scene and writes what was asked for.
pub fn run(options: &RunOptions) -> Result<(), Failure> {
    let bad = |text: String| Failure::BadInput(text);
    if options
        .traj
        .as_deref()
        .is_some_and(|path| path.extension().is_none_or(|ext| ext != "xyz"))
    {
        return Err(bad(
            "--traj: trajectories are written as extended XYZ; end the name in .xyz".into(),
        ));
    }
    let mut overrides = options.scene.all_overrides();
    overrides.extend(
        options
            .every
            .map(|every| ("sample_every".to_string(), every.to_string())),
    );
    let scene = super::load(&options.scene.scene, &overrides)?;
    let backend = scene.backend;
    let pool = worker_threads(options.scene.threads).map_err(|error| bad(error.to_string()))?;
    let (mut simulation, resumed) = match (&options.checkpoint, options.resume) {
        (Some(path), true) => {
            let (simulation, warning) = checkpoint::read(path, &pool).map_err(bad)?;
            if let Some(warning) = warning {
                eprintln!("{warning}");
            }
            let kept = simulation.scene();
            let backend = kept.backend;
            if *kept
                != (Scene {
                    backend,
                    ..scene.clone()
                })
            {
                eprintln!(
                    "{}: going on with the scene of the checkpoint, which differs from {}",
                    path.display(),
                    options.scene.scene
                );
            }
            (simulation, true)
        }
        _ => (
            Simulation::new(scene, pool).map_err(|error| bad(error.to_string()))?,
            false,
        ),
    };
    let goal = goal(options, &simulation).map_err(bad)?;
    super::hand_over::settle(&mut simulation, backend, &options.scene)?;
    let mut output = Output::open(options, &simulation, resumed)?;
    let outcome = steps(options, &mut simulation, goal, &mut output);
    // Whatever ended the run: what was measured and the last good state are kept.
    if !matches!(outcome, Err(Failure::Diverged(_)))
        && let Some(path) = &options.checkpoint
    {
        checkpoint::write(path, &simulation).map_err(write_failed)?;
    }
    output.finish(options, &simulation)?;
    outcome
}

/// The step at which the run ends.
fn goal(options: &RunOptions, simulation: &Simulation) -> Result<u64, String> {
    let clock = simulation.clock();
    let of_time = |time: f64| ((time - 1e-9 * clock.dt) / clock.dt).ceil().max(0.0) as u64;
    match (options.steps, options.time, simulation.scene().duration) {
        (Some(steps), _, _) => Ok(steps),
        (None, Some(time), _) if time.is_finite() && time >= 0.0 => Ok(of_time(time)),
        (None, Some(time), _) => Err(format!(
            "--time {time} is not a time; give a finite number of at least 0"
        )),
        (None, None, Some(duration)) => Ok(of_time(duration)),
        (None, None, None) => {
            Err("the scene has no duration; say how far to run with --steps N or --time T".into())
        }
    }
}

/// The files of a run.
struct Output {
    table: Option<Table>,
    trajectory: Option<Trajectory>,
}

impl Output {
    fn open(options: &RunOptions, simulation: &Simulation, resumed: bool) -> Result<Self, Failure> {
        let model = simulation.scene().model;
        let step = simulation.clock().step;
        let table = |path: &Path| {
            if resumed {
                Table::resume(path, model, step)
            } else {
                Table::create(path, model)
            }
        };
        let trajectory = |path: &Path| {
            if resumed {
                Trajectory::resume(path, step)
            } else {
                Trajectory::create(path)
            }
        };
        let mut output = Self {
            table: options
                .csv
                .as_deref()
                .map(table)
                .transpose()
                .map_err(write_failed)?,
            trajectory: options
                .traj
                .as_deref()
                .map(trajectory)
                .transpose()
                .map_err(write_failed)?,
        };
        if !resumed {
            output.push(simulation)?;
        }
        Ok(output)
    }

    fn push(&mut self, simulation: &Simulation) -> Result<(), Failure> {
        if let Some(table) = &mut self.table {
            table
                .push(simulation.measurements().row())
                .map_err(write_failed)?;
        }
        if let Some(trajectory) = &mut self.trajectory {
            trajectory.push(simulation).map_err(write_failed)?;
        }
        Ok(())
    }

    fn finish(self, options: &RunOptions, simulation: &Simulation) -> Result<(), Failure> {
        if let Some(table) = self.table {
            table.finish().map_err(write_failed)?;
        }
        if let Some(trajectory) = self.trajectory {
            trajectory.finish().map_err(write_failed)?;
        }
        let Some(path) = &options.csv else {
            return Ok(());
        };
        let step = simulation.measurements().row().step;
        for trace in simulation.measurements().curves().iter() {
            write_distribution(path, trace.observable.name, step, &trace.curve)
                .map_err(write_failed)?;
        }
        Ok(())
    }
}

/// Steps to the goal, a row and a frame at every sample.
fn steps(
    options: &RunOptions,
    simulation: &mut Simulation,
    goal: u64,
    output: &mut Output,
) -> Result<(), Failure> {
    let stop = interruption();
    let bar = progress(goal, simulation.clock().step, options.scene.quiet);
    let every = simulation.scene().sample_every.max(1);
    let mut saved = Instant::now();
    while simulation.clock().step < goal {
        let step = simulation.clock().step;
        // To the next multiple of the sampling interval, or to the end.
        let next = (step / every + 1).saturating_mul(every).min(goal);
        let asked = stop.clone();
        let outcome = simulation
            .advance_while(next - step, move || !asked.load(Ordering::Relaxed))
            .map_err(|failure| Failure::Diverged(failure.to_string()));
        for news in simulation.take_news() {
            eprintln!("{news}");
        }
        outcome?;
        let step = simulation.clock().step;
        if step.is_multiple_of(every) {
            output.push(simulation)?;
        }
        bar.set_position(step);
        if stop.load(Ordering::Relaxed) {
            bar.abandon();
            return Err(Failure::Cancelled(format!(
                "stopped at step {step} of {goal}"
            )));
        }
        if let Some(path) = &options.checkpoint
            && saved.elapsed() > CHECKPOINT_EVERY
        {
            checkpoint::write(path, simulation).map_err(write_failed)?;
            saved = Instant::now();
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// A flag that an interrupt from the terminal sets.
pub fn interruption() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let theirs = flag.clone();
    // Without a handler the process simply ends, which leaves no half file either.
    let _ = ctrlc::set_handler(move || theirs.store(true, Ordering::Relaxed));
    flag
}

/// A bar on a terminal, nothing elsewhere.
pub fn progress(length: u64, position: u64, quiet: bool) -> ProgressBar {
    use std::io::IsTerminal;
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length)
        .with_position(position)
        .with_style(style)
}
