//! `seethe record`: a scene, or a run that was kept, as a film. Every frame shows the step it was asked for.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Failure;
use super::cli::{FilmQuality, RecordOptions, SceneOptions};
use super::dressing::Dresser;
use super::run::{interruption, progress};
use crate::panel::Dress;
use crate::record::checkpoint;
use crate::record::encode::{Container, FilmError, FilmSettings, FilmWriter, Metadata, Quality};
use crate::scene::Scene;
use crate::sim::Snapshot;
use crate::sim::past::{Past, TRAIL};
use crate::sim::simulation::{Simulation, worker_threads};
use crate::sim::snapshot::{self, PictureRequest};
use crate::view::{self, PictureStyle};

/// Films a scene or a run off screen.
pub fn record(options: &RecordOptions) -> Result<(), Failure> {
    let bad = |text: String| Failure::BadInput(text);
    let container = Container::from_path(&options.output).map_err(film_failed)?;
    let frames = frames(options, container).map_err(bad)?;
    let mut simulation = beginning(&options.scene)?;
    let scene = simulation.scene();
    let steps_per_frame = steps_per_frame(options, scene, frames);
    let settings = settings(options, scene, frames);
    settings.check(container).map_err(film_failed)?;
    let backend = simulation.scene().backend;
    super::hand_over::settle(&mut simulation, backend, &options.scene)?;
    let stop = interruption();
    let mut film = FilmWriter::create(&options.output, &settings).map_err(film_failed)?;
    let dress = Dress {
        plots: options.plots,
        legend: options.legend,
    };
    let mut dresser = Dresser::of(simulation.scene(), dress);
    let bar = progress(frames, 0, options.scene.quiet);
    let mut past = Past::default();
    for frame in 0..frames {
        // The first frame has a past, too, if there is time for one before it.
        let strides = if frame == 0 {
            run_up(options.skip, steps_per_frame)
        } else {
            vec![steps_per_frame]
        };
        for steps in strides {
            let asked = stop.clone();
            simulation
                .advance_while(steps, move || !asked.load(Ordering::Relaxed))
                .map_err(|failure| Failure::Diverged(failure.to_string()))?;
            for news in simulation.take_news() {
                eprintln!("{news}");
            }
            past.note(&simulation);
        }
        if stop.load(Ordering::Relaxed) {
            film.cancel();
            bar.abandon();
            let text = format!("stopped at frame {frame} of {frames}; no film was written");
            return Err(Failure::Cancelled(text));
        }
        let pixels = shoot(&mut dresser, &simulation, &past, options.size, frame + 1)?;
        film.push(pixels).map_err(film_failed)?;
        bar.set_position(frame + 1);
    }
    let report = film.finish().map_err(film_failed)?;
    bar.finish_and_clear();
    if !options.scene.quiet {
        eprintln!(
            "{}: {} frames, {steps_per_frame} steps between them, {:.1} s, {:.1} MB",
            report.path.display(),
            report.frames,
            report.seconds,
            report.bytes as f64 / 1e6
        );
    }
    Ok(())
}

/// What a film begins with: a scene at its start, or a run where it was kept.
fn beginning(options: &SceneOptions) -> Result<Simulation, Failure> {
    let bad = |text: String| Failure::BadInput(text);
    let overrides = options.all_overrides();
    let pool = worker_threads(options.threads).map_err(|error| bad(error.to_string()))?;
    let path = Path::new(&options.scene);
    if !checkpoint::is_one(path) {
        let scene = super::load(&options.scene, &overrides)?;
        return Simulation::new(scene, pool).map_err(|error| bad(error.to_string()));
    }
    if let Some((name, _)) = overrides.first() {
        return Err(bad(format!(
            "{}: a run that was kept has its scene already, and {name} cannot be set any more; leave --set \
             and --seed away",
            options.scene
        )));
    }
    let (simulation, warning) = checkpoint::read(path, &pool).map_err(bad)?;
    if let Some(warning) = warning {
        eprintln!("{warning}");
    }
    Ok(simulation)
}

/// The most steps between two places of a trail in a still.
const STILL_STEPS: u64 = 100;

/// How the steps before the first frame are done: a last part of them at the pace of the film, so
/// that what shows motion has a past.
fn run_up(skip: u64, steps_per_frame: u64) -> Vec<u64> {
    let stride = steps_per_frame.clamp(1, STILL_STEPS);
    let strides = (skip / stride).min(TRAIL as u64);
    let mut steps = vec![skip - strides * stride];
    steps.resize(1 + strides as usize, stride);
    steps
}

/// The pixels of the present state in the scene's own view, with what it is dressed with.
fn shoot(
    dresser: &mut Dresser,
    simulation: &Simulation,
    past: &Past,
    size: [u32; 2],
    revision: u64,
) -> Result<Vec<u8>, Failure> {
    let scene = simulation.scene();
    let request = PictureRequest::of(&scene.view);
    let packed = Arc::new(snapshot::picture(simulation, &request, past, revision));
    let style = PictureStyle::of(&scene.view, &packed.legend);
    let snapshot = Snapshot::at_rest(simulation, packed);
    dresser
        .shoot(&snapshot, size, |size| PictureStyle {
            camera: view::camera_of(&scene.view, &scene.domain, size),
            ..style
        })
        .map_err(|error| Failure::NoDisplay(error.to_string()))
}

fn frames(options: &RecordOptions, container: Container) -> Result<u64, String> {
    let default = if container == Container::Png {
        0.0
    } else {
        10.0
    };
    let seconds = options.seconds.unwrap_or(default);
    if !(0.0..=86_400.0).contains(&seconds) {
        return Err(format!(
            "--seconds {seconds} is not a length; give a number from 0 to 86400"
        ));
    }
    Ok(((seconds * f64::from(options.fps)).round() as u64).max(1))
}

/// As asked for; else at the scene's pace; else so that the film covers the scene's duration.
fn steps_per_frame(options: &RecordOptions, scene: &Scene, frames: u64) -> u64 {
    let of_time = |time: f64| ((time / scene.dt).round() as u64).max(1);
    match (options.steps_per_frame, scene.speed, scene.duration) {
        (Some(steps), _, _) => steps,
        (None, Some(speed), _) => of_time(speed / f64::from(options.fps)),
        (None, None, Some(duration)) => of_time(duration / frames as f64),
        (None, None, None) => 20,
    }
}

fn settings(options: &RecordOptions, scene: &Scene, frames: u64) -> FilmSettings {
    let [width, height] = options.size;
    let quality = match options.quality {
        FilmQuality::Draft => Quality::Draft,
        FilmQuality::Standard => Quality::Standard,
        FilmQuality::High => Quality::High,
        FilmQuality::Best => Quality::Best,
    };
    let metadata = Metadata {
        title: scene.story.title.clone(),
        comment: scene.to_ron(),
    };
    FilmSettings {
        quality,
        metadata: Some(metadata),
        expected_frames: Some(frames),
        ..FilmSettings::new(width, height, options.fps)
    }
}

/// What is wrong with the film: a flag, or the disk.
fn film_failed(error: FilmError) -> Failure {
    if error.is_bad_input() {
        Failure::BadInput(error.to_string())
    } else {
        Failure::CannotWrite(error.to_string())
    }
}
