//! `seethe bench --interface`: what a frame of the interface costs the processor, without a window.
//!
//! Four plots, one of each kind, of as many samples as are asked for. A frame is everything that
//! the window does for the interface: layout, plots, panels, and the triangles that are sent to
//! the device. The picture itself and the run are left out.

use bevy_egui::egui;
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

use super::cli::BenchOptions;
use super::{Failure, say};
use crate::math::philox::philox4x32;
use crate::math::series::Series;
use crate::math::tally::Tally;
use crate::model::observable::Curve;
use crate::panel::{self, Frame, Interface, Surroundings, theme};
use crate::scene::{PlotKind, PlotSettings, Scene};
use crate::sim::Snapshot;
use crate::sim::simulation::{Simulation, worker_threads};
use crate::sim::snapshot::{self, ScalarTrace, SeriesPoint};

/// The window, in points.
const WINDOW: [f32; 2] = [1440.0, 900.0];
/// The most samples that are worth waiting for.
const MOST_SAMPLES: u64 = 100_000_000;
/// Frames before the measurement.
const WARM: usize = 30;

/// Measures frames and prints a table or JSON.
pub fn bench(options: &BenchOptions) -> Result<(), Failure> {
    let bad = |text: String| Failure::BadInput(text);
    if !(1..=MOST_SAMPLES).contains(&options.samples) {
        let text = format!(
            "--samples {} is not a number from 1 to 10^8",
            options.samples
        );
        return Err(bad(text));
    }
    let model = crate::models::find(&options.model).ok_or_else(|| {
        bad(format!(
            "there is no model {}; see `seethe list models`",
            options.model
        ))
    })?;
    let few = [("population.count".to_string(), "64".to_string())];
    let mut scene = crate::scene::parse("bench.ron", model.default_scene, &few)
        .map_err(|problems| bad(problems.for_terminal()))?;
    scene.plots = plots(&scene);
    let pool = worker_threads(options.threads).map_err(|error| bad(error.to_string()))?;
    let run = Simulation::new(scene, pool).map_err(|error| bad(error.to_string()))?;
    let mut bench = Bench::new(&run, options.samples);
    let each = options.seconds / 3.0;
    let resting = bench.measure(each, |_, _| {});
    let running = bench.measure(each, Bench::sample);
    // As if nothing were thinned before it reaches the window.
    bench.spread(options.samples);
    let whole = bench.measure(each, Bench::again);
    let report = [
        (
            "resting",
            resting,
            "nothing has changed since the last frame",
        ),
        (
            "running",
            running,
            "every plot has a new sample in every frame",
        ),
        (
            "whole",
            whole,
            "as running, with every sample sent to the window",
        ),
    ];
    if options.json {
        let costs: serde_json::Map<_, _> = report
            .iter()
            .map(|(name, cost, _)| {
                let cost = json!({ "median_ms": cost.median, "worst_ms": cost.worst,
                    "publishing_ms": cost.publishing, "frames": cost.frames });
                ((*name).into(), cost)
            })
            .collect();
        let report = json!({ "model": model.name, "samples": options.samples, "plots": 4,
            "window": WINDOW, "triangles": bench.triangles, "frame": costs });
        return say(&format!("{report:#}\n"));
    }
    let mut text = format!(
        "interface of {} in {}x{} points, 4 plots of {} samples, {} triangles\n",
        model.name, WINDOW[0], WINDOW[1], options.samples, bench.triangles
    );
    for (name, cost, what) in report {
        text.push_str(&format!(
            "  {name:<8} {:>7.3} ms median, {:>7.3} ms 99 %, {:>7.3} ms to publish, {} frames: {what}\n",
            cost.median, cost.worst, cost.publishing, cost.frames
        ));
    }
    say(&text)
}

/// A series, a histogram, a path and a curve on two logarithmic axes.
fn plots(scene: &Scene) -> Vec<PlotSettings> {
    let scalars: Vec<&str> = scene.model.scalars().map(|one| one.name).collect();
    let name = |index: usize| {
        scalars
            .get(index)
            .or(scalars.first())
            .copied()
            .unwrap_or("")
    };
    let of = |name: &str, kind| PlotSettings {
        observable: name.into(),
        kind,
        ..PlotSettings::default()
    };
    let curve = scene.model.observables.iter().find(|one| !one.is_scalar());
    vec![
        of(name(0), PlotKind::Series),
        of(name(1), PlotKind::Histogram),
        PlotSettings {
            against: Some(name(1).into()),
            ..of(name(0), PlotKind::Scatter)
        },
        of(curve.map_or(name(2), |one| one.name), PlotKind::LogLog),
    ]
}

/// Noise of a sample, about normal: the sum of four uniform numbers less its mean.
fn noise(sample: u64, index: u32) -> f64 {
    let words = philox4x32([sample as u32, (sample >> 32) as u32, index, 0], [2026, 11]);
    words
        .map(|word| f64::from(word) / f64::from(u32::MAX) - 0.5)
        .iter()
        .sum()
}

/// What a frame costs, in milliseconds.
struct Cost {
    median: f64,
    /// Only one frame in a hundred costs more.
    worst: f64,
    /// Median cost of handing the measurements over, on the run's own thread.
    publishing: f64,
    frames: usize,
}

struct Bench {
    context: egui::Context,
    interface: Interface,
    snapshot: Snapshot,
    series: Vec<(Series, Arc<Tally>)>,
    samples: u64,
    triangles: usize,
}

impl Bench {
    fn new(run: &Simulation, samples: u64) -> Self {
        let picture = Arc::new(snapshot::picture(
            run,
            &Default::default(),
            &Default::default(),
            1,
        ));
        let snapshot = Snapshot::at_rest(run, picture);
        let context = egui::Context::default();
        theme::install(&context, true);
        let series = snapshot
            .scalars
            .iter()
            .map(|_| (Series::new(2048), Arc::default()));
        let mut bench = Self {
            series: series.collect(),
            context,
            interface: Interface::default(),
            snapshot,
            samples: 0,
            triangles: 0,
        };
        (0..samples).for_each(|_| bench.push());
        bench.publish();
        bench
    }

    /// A sample of every observable: a slow wave under noise.
    fn push(&mut self) {
        let time = self.samples as f64;
        self.samples += 1;
        for (index, (series, tally)) in self.series.iter_mut().enumerate() {
            let noise = noise(self.samples, index as u32);
            let value = 1.0 + 0.3 * (time * 1e-4 + index as f64).sin() + 0.2 * noise;
            series.push(time, value);
            Arc::make_mut(tally).push(value);
        }
    }

    /// What the run hands over after a sample.
    fn publish(&mut self) {
        let traces = self.snapshot.scalars.iter().zip(&self.series);
        let traces = traces.map(|(old, (series, tally))| ScalarTrace {
            summary: old.summary,
            theory: old.theory,
            ..ScalarTrace::of(old.observable, series, tally.clone())
        });
        self.snapshot.scalars = Arc::new(traces.collect());
    }

    fn sample(&mut self, cost: &mut Vec<f64>) {
        self.push();
        let began = Instant::now();
        self.publish();
        cost.push(began.elapsed().as_secs_f64() * 1e3);
    }

    /// Gives every trace all of its samples.
    fn spread(&mut self, samples: u64) {
        let mut scalars = (*self.snapshot.scalars).clone();
        for (index, trace) in scalars.iter_mut().enumerate() {
            let point = |sample: u64| {
                let mean = 1.0 + 0.2 * noise(sample, index as u32);
                SeriesPoint {
                    time: sample as f64,
                    low: mean,
                    mean,
                    high: mean,
                }
            };
            trace.points = Arc::new((0..samples).map(point).collect());
        }
        self.snapshot.scalars = Arc::new(scalars);
        let mut curves = (*self.snapshot.curves).clone();
        for trace in &mut curves {
            let x = (1..=samples).map(|x| x as f64);
            let y = x.clone().map(|x| x.sqrt());
            trace.curve = Arc::new(Curve {
                x: x.collect(),
                y: y.collect(),
                error: vec![0.1; samples as usize],
            });
            trace.theory = Arc::default();
        }
        self.snapshot.curves = Arc::new(curves);
    }

    /// The same numbers at another place, which are new ones to the interface.
    fn again(&mut self, _: &mut Vec<f64>) {
        let mut scalars = (*self.snapshot.scalars).clone();
        for trace in scalars.iter_mut().take(2) {
            trace.points = Arc::new((*trace.points).clone());
        }
        self.snapshot.scalars = Arc::new(scalars);
        let mut curves = (*self.snapshot.curves).clone();
        if let Some(trace) = curves.first_mut() {
            trace.curve = Arc::new((*trace.curve).clone());
        }
        self.snapshot.curves = Arc::new(curves);
    }

    fn measure(&mut self, seconds: f64, mut before: impl FnMut(&mut Self, &mut Vec<f64>)) -> Cost {
        let (mut costs, mut publishing) = (Vec::new(), Vec::new());
        let mut began = Instant::now();
        let mut frame = 0;
        while frame < WARM + 20 || began.elapsed().as_secs_f64() < seconds {
            before(self, &mut publishing);
            let start = Instant::now();
            self.frame();
            costs.push(start.elapsed().as_secs_f64() * 1e3);
            frame += 1;
            if frame == WARM {
                costs.clear();
                publishing.clear();
                began = Instant::now();
            }
        }
        costs.sort_by(f64::total_cmp);
        publishing.sort_by(f64::total_cmp);
        let at = |list: &[f64], share: f64| {
            let index = (list.len() as f64 * share) as usize;
            list.get(index).or(list.last()).copied().unwrap_or(0.0)
        };
        Cost {
            median: at(&costs, 0.5),
            worst: at(&costs, 0.99),
            publishing: at(&publishing, 0.5),
            frames: costs.len(),
        }
    }

    /// One frame: the whole interface, and its triangles.
    fn frame(&mut self) {
        let surroundings = Surroundings {
            points_per_length: 4.0,
            colours: &[[120, 160, 200]; 256],
            ..Surroundings::default()
        };
        let frame = Frame {
            snapshot: &self.snapshot,
            surroundings: &surroundings,
        };
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, WINDOW.into())),
            ..egui::RawInput::default()
        };
        let interface = &mut self.interface;
        let output = self.context.run_ui(input, |ui| {
            // What the user wants is nothing here.
            let _ = panel::interface(ui, interface, &frame);
        });
        let primitives = self
            .context
            .tessellate(output.shapes, output.pixels_per_point);
        let count = |primitive: &egui::ClippedPrimitive| match &primitive.primitive {
            egui::epaint::Primitive::Mesh(mesh) => mesh.indices.len() / 3,
            egui::epaint::Primitive::Callback(_) => 0,
        };
        self.triangles = primitives.iter().map(count).sum();
    }
}
