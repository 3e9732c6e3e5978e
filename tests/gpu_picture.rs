//! Pictures that stay on the device that computes: the same as those of the columns, without reading
//! anything back, whatever happens to the run meanwhile.
//!
//! The device stands for that of a window, which draws on it with the painter of graphics devices.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bevy::tasks::block_on;
use seethe::gpu::{Choice, Device, GpuEngine, Window, list};
use seethe::model::Model;
use seethe::model::observable::Sample;
use seethe::model::parameter::Values;
use seethe::model::twin::Hue;
use seethe::scene::{Backend, Glyph, Scene};
use seethe::sim::backend::MakeEngine;
use seethe::sim::checkpoint::restore;
use seethe::sim::driver::Command;
use seethe::sim::engine::{Engine, ReadFor, Returned, Trouble};
use seethe::sim::inspect::Pick;
use seethe::sim::marks::{Look, Marks, picture as left_there, plan};
use seethe::sim::past::Past;
use seethe::sim::simulation::worker_threads;
use seethe::sim::snapshot::{self, PictureRequest, Status};
use seethe::sim::{Lab, Simulation, Snapshot};
use seethe::view::{Camera, Frame, Picture, PictureStyle, Studio};

use crate::gpu::{device, start_of, twin};
use crate::harness::{scene, start, within};

/// A device as a window opens it, on the adapter that computes when none is named.
fn window() -> Option<Window> {
    device()?;
    let wanted = list().swap_remove(0).name;
    let backends = wgpu::Backends::from_env().unwrap_or(wgpu::Backends::PRIMARY);
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let mut adapters = block_on(instance.enumerate_adapters(backends)).into_iter();
    let adapter = adapters.find(|one| one.get_info().name == wanted)?;
    let request = adapter.request_device(&wgpu::DeviceDescriptor {
        label: Some("window"),
        required_limits: adapter.limits(),
        required_features: adapter.features() & wgpu::Features::FLOAT32_BLENDABLE,
        ..Default::default()
    });
    let (device, queue) = block_on(request).expect("a device");
    // As a window does: whatever nobody catches must not end the program.
    device.on_uncaptured_error(Arc::new(|error: wgpu::Error| eprintln!("{error}")));
    Some(Window {
        device,
        queue,
        info: adapter.get_info(),
    })
}

fn engine(window: &Window, model: &Model) -> Result<GpuEngine, String> {
    let twin = model.twin.ok_or("it has no compute shader")?;
    let device = Device::beside(Some(window), &Choice::default()).map_err(|e| e.to_string())?;
    assert!(device.is_shared(), "{}", device.line());
    GpuEngine::new(device, twin).map_err(|error| error.to_string())
}

/// The greatest difference of a channel, and the share of the channels that differ.
fn difference(a: &Frame, b: &Frame) -> (u8, f64) {
    assert_eq!(a.pixels.len(), b.pixels.len());
    let apart = || a.pixels.iter().zip(&b.pixels).map(|(a, b)| a.abs_diff(*b));
    let differ = apart().filter(|&off| off > 0).count();
    (
        apart().max().unwrap_or(0),
        differ as f64 / a.pixels.len() as f64,
    )
}

/// Places in single precision are off by 3 · 2⁻²⁴ of half the box, which for the pictures here is
/// 10⁻⁴ pixels: what a soft edge covers changes by 0.03 codes, so that a code may be rounded the
/// other way, of three in a hundred pixels on edges. Directions are off by 10⁻⁷ turns, where the next
/// colour is 1/256 turn away: of a thousand particles one in twenty such pictures has another colour,
/// and the seeds are fixed.
#[track_caller]
fn assert_same(a: &Frame, b: &Frame, what: &str) {
    let (most, share) = difference(a, b);
    assert!(most <= 1 && share < 0.03, "{what}: {most} {share}");
}

/// The box in the middle of its images.
fn style(run: &Simulation, legend: &snapshot::Legend, size: [u32; 2]) -> PictureStyle {
    let domain = run.scene().domain;
    PictureStyle {
        camera: Camera {
            centre: [0.3 * domain.size[0], 0.0],
            scale: 0.7 * f64::from(size[1]) / domain.size[1],
        },
        ..PictureStyle::of(&run.scene().view, legend)
    }
}

#[test]
fn a_picture_from_the_buffers_is_that_of_the_columns() {
    let Some(window) = window() else { return };
    let mut studio = Studio::sharing(&window.device, &window.queue);
    let colour = |colour: &str| PictureRequest {
        colour: colour.into(),
        ..PictureRequest::default()
    };
    let dark = |range| PictureRequest {
        range: Some(range),
        ..colour("force")
    };
    let darts = PictureRequest {
        glyph: Glyph::Arrow,
        ..colour("heading")
    };
    let mixed = ("parameters.polydispersity", "0.2");
    let reflecting = ("box.boundary", "reflecting");
    let direct = ("parameters.summation", "direct");
    let pair = ("parameters.components", "two_component");
    type Case = (
        &'static str,
        usize,
        &'static [(&'static str, &'static str)],
        PictureRequest,
    );
    let mixed: &'static [_] = Box::leak(Box::new([mixed]));
    let walled: &'static [_] = Box::leak(Box::new([reflecting]));
    let gas: &'static [_] = Box::leak(Box::new([
        direct,
        pair,
        ("parameters.core", "0.5"),
        ("box.size", "(60, 60)"),
    ]));
    let cases: [Case; 9] = [
        // One colour: all diameters are one.
        ("active", 900, &[], colour("diameter")),
        ("active", 900, &[], colour("heading")),
        ("active", 900, mixed, colour("diameter")),
        ("active", 900, walled, darts),
        ("active", 900, &[], colour("tag")),
        ("active", 900, mixed, dark([0.0, 60.0])),
        // Light that adds up: below a pixel of radius.
        ("active", 60_000, &[], colour("heading")),
        ("coulomb", 200, gas, colour("charge")),
        ("coulomb", 200, gas, colour("tag")),
    ];
    let mut seen: Vec<Frame> = Vec::new();
    for (model, count, changes, request) in cases {
        let what = format!("{model} {count} {request:?}");
        let mut run = start_of(model, count, changes);
        let engine = engine(&window, run.scene().model).expect("an engine");
        run.engage(Box::new(engine)).expect("a hand-over");
        // Long enough for particles to be sorted on the way, where they see each other.
        let steps = if count > 10_000 { 20 } else { 200 };
        run.advance_ahead(steps, || true).expect("steps");
        assert!(run.engine().is_some(), "{:?}", run.take_news());
        let there = plan(&run, &request);
        let there = left_there(&mut run, &there, 1).unwrap_or_else(|why| panic!("{what}: {why}"));
        assert_eq!((there.step, there.particles.len()), (steps, 0));
        assert_eq!(run.read_backs().pictures + run.read_backs().hands, 0);
        run.catch_up(ReadFor::Picture);
        let here = snapshot::picture(&run, &request, &Past::default(), 2);
        assert_eq!(there.legend, here.legend, "{what}");
        for size in [[400, 300], [251, 333]] {
            let style = style(&run, &here.legend, size);
            let mut shoot = |picture: &snapshot::Picture| {
                let picture = Picture(Arc::new(picture.clone()));
                studio.shoot(&picture, &style, size).expect("a picture")
            };
            let (a, b) = (shoot(&there), shoot(&here));
            assert_same(&a, &b, &what);
            seen.push(a);
        }
    }
    // The comparison sees something: no two cases look the same.
    for (k, one) in seen.iter().enumerate().step_by(2) {
        for other in seen.iter().take(k).step_by(2) {
            assert!(difference(one, other).0 > 20);
        }
    }
}

/// An engine whose read-backs are counted where they happen.
struct Counted {
    engine: GpuEngine,
    reads: Arc<AtomicU64>,
}

impl Engine for Counted {
    fn line(&self) -> &str {
        self.engine.line()
    }

    fn take(&mut self, values: &Values, sample: &Sample) -> Result<(), Trouble> {
        self.engine.take(values, sample)
    }

    fn advance(&mut self, steps: u64) -> Result<(), Trouble> {
        self.engine.advance(steps)
    }

    fn read(&mut self) -> Result<Returned, Trouble> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.engine.read()
    }

    fn read_good(&mut self) -> Result<Returned, Trouble> {
        self.engine.read_good()
    }

    fn is_shared(&self) -> bool {
        self.engine.is_shared()
    }

    fn busy(&self) -> Option<f64> {
        self.engine.busy()
    }

    fn draw(&mut self, look: &Look) -> Result<Option<Marks>, Trouble> {
        self.engine.draw(look)
    }
}

/// A run on the window's device, and how often its state was read back.
fn lab(window: &Window, overrides: &[(&str, &str)]) -> (Lab, Arc<AtomicU64>) {
    let base = [
        ("population.count", "500"),
        ("backend", "gpu"),
        ("sample_every", "1000000"),
        ("view.layers", "[]"),
        ("view.colour", "\"heading\""),
    ];
    let scene = Scene {
        speed: None,
        ..scene("mips", &[&base, overrides].concat())
    };
    let reads = Arc::new(AtomicU64::new(0));
    let (window, counter) = (window.clone(), reads.clone());
    let make: MakeEngine = Arc::new(move |model| {
        let engine = engine(&window, model)?;
        let reads = counter.clone();
        Ok(Box::new(Counted { engine, reads }) as Box<dyn Engine>)
    });
    let lab = Lab::start(scene, 2).expect("a run");
    lab.send(Command::Engines(make));
    wait(&lab, "the device", |snapshot| snapshot.engine.is_some());
    (lab, reads)
}

#[track_caller]
fn wait(lab: &Lab, what: &str, holds: impl Fn(&Snapshot) -> bool) {
    let reached = within(Duration::from_secs(60), || holds(&lab.snapshot()));
    let snapshot = lab.snapshot();
    let told: Vec<_> = snapshot.hand.notices.iter().cloned().collect();
    assert!(reached, "{what}: {:?} {told:?}", snapshot.device.drawn);
}

fn is_there(snapshot: &Snapshot) -> bool {
    snapshot.picture.marks.is_some()
}

/// The picture of the newest snapshot, all of the box and some of its images.
fn shoot(studio: &mut Studio, lab: &Lab, size: [u32; 2]) -> Frame {
    let snapshot = lab.snapshot();
    let domain = snapshot.picture.domain;
    let style = PictureStyle {
        camera: Camera {
            centre: [0.0; 2],
            scale: 0.7 * f64::from(size[1]) / domain.size[1],
        },
        ..PictureStyle::of(&snapshot.scene.view, &snapshot.picture.legend)
    };
    let picture = Picture(snapshot.picture.clone());
    studio.shoot(&picture, &style, size).expect("a picture")
}

/// Of a run that rests: the picture from the buffers is that of the columns.
#[track_caller]
fn compare(studio: &mut Studio, lab: &Lab, size: [u32; 2]) {
    wait(lab, "a picture on the device", is_there);
    let there = shoot(studio, lab, size);
    let step = lab.snapshot().picture.step;
    lab.send(Command::Gather(true));
    wait(lab, "a picture of the columns", |snapshot| {
        !is_there(snapshot)
    });
    assert_eq!(lab.snapshot().picture.step, step);
    let here = shoot(studio, lab, size);
    lab.send(Command::Gather(false));
    wait(lab, "a picture on the device", is_there);
    assert_same(&there, &here, &format!("step {step}"));
    assert!(there.pixels.chunks(4).any(|pixel| pixel[0] > 60));
}

/// Does steps, and waits for them.
fn steps(lab: &Lab, steps: u64) {
    let goal = lab.snapshot().clock.step + steps;
    lab.send(Command::Steps(steps));
    wait(lab, "the steps", |snapshot| {
        snapshot.clock.step == goal && snapshot.status == Status::Paused
    });
}

#[test]
fn while_only_drawing_nothing_is_read_back() {
    let Some(window) = window() else { return };
    let (lab, reads) = lab(&window, &[]);
    let mut studio = Studio::sharing(&window.device, &window.queue);
    lab.send(Command::Play);
    wait(&lab, "it is drawn from the buffers", |snapshot| {
        is_there(snapshot) && snapshot.status == Status::Running
    });
    let before = lab.snapshot().device.read_backs;
    let mut frames = 0;
    let mut newest = lab.snapshot().picture.revision;
    while frames < 25 {
        wait(&lab, "another picture", |snapshot| {
            snapshot.picture.revision > newest
        });
        let snapshot = lab.snapshot();
        assert!(is_there(&snapshot), "{:?}", snapshot.device.drawn);
        assert_eq!(snapshot.picture.step, snapshot.clock.step);
        newest = snapshot.picture.revision;
        let frame = shoot(&mut studio, &lab, [160, 120]);
        assert!(frame.pixels.chunks(4).any(|pixel| pixel[0] > 60));
        frames += 1;
    }
    let after = lab.snapshot().device.read_backs;
    assert_eq!(
        (after.pictures, after.hands, after.samples),
        (before.pictures, before.hands, before.samples),
        "no picture asks for the state"
    );
    let words = lab.snapshot().device.drawn.clone().expect("it is told");
    assert!(words.contains("without reading back"), "{words}");
    // What is counted is what happens.
    lab.send(Command::Pause);
    wait(&lab, "it rests", |snapshot| {
        snapshot.status == Status::Paused
    });
    steps(&lab, 1);
    let total = lab.snapshot().device.read_backs.total();
    assert_eq!(reads.load(Ordering::Relaxed), total);
    assert!(
        lab.snapshot().device.read_backs.hands > after.hands,
        "at rest"
    );
}

#[test]
fn the_picture_is_right_whatever_happens_to_the_run() {
    let Some(window) = window() else { return };
    let (lab, _) = lab(&window, &[]);
    let mut studio = Studio::sharing(&window.device, &window.queue);
    steps(&lab, 40);
    compare(&mut studio, &lab, [320, 240]);
    // Another size, another place in time.
    steps(&lab, 300);
    compare(&mut studio, &lab, [200, 280]);
    // Started anew, and with other particles.
    let fresh = (*lab.snapshot().scene).clone();
    let generation = lab.snapshot().generation;
    let load = |scene: Scene| Command::Load {
        scene: Box::new(scene),
        play: false,
    };
    lab.send(load(fresh));
    wait(&lab, "the start", |snapshot| {
        snapshot.generation > generation && snapshot.engine.is_some()
    });
    compare(&mut studio, &lab, [320, 240]);
    let more = [
        ("population.count", "900"),
        ("backend", "gpu"),
        ("view.layers", "[]"),
        ("view.colour", "\"heading\""),
    ];
    lab.send(load(scene("mips", &more)));
    wait(&lab, "more", |snapshot| {
        snapshot.count == 900 && snapshot.engine.is_some()
    });
    steps(&lab, 60);
    compare(&mut studio, &lab, [320, 240]);
    // What the device cannot colour is made of the columns, and that is told.
    let show = |colour: &str| {
        Command::Show(PictureRequest {
            colour: colour.into(),
            ..PictureRequest::default()
        })
    };
    lab.send(show("local_density"));
    wait(&lab, "the columns", |snapshot| !is_there(snapshot));
    let words = lab.snapshot().device.drawn.clone().expect("it is told");
    assert!(words.contains("Local density"), "{words}");
    assert_eq!(lab.snapshot().picture.particles.len(), 900);
    steps(&lab, 20);
    assert_eq!(lab.snapshot().picture.step, lab.snapshot().clock.step);
    lab.send(show("tag"));
    compare(&mut studio, &lab, [320, 240]);
    // A film holds the particles themselves.
    lab.send(Command::Hold(true));
    wait(&lab, "particles for the film", |snapshot| {
        snapshot.held && !is_there(snapshot)
    });
    lab.send(Command::Hold(false));
    wait(&lab, "the device", is_there);
    // The processor takes over, and gives the run back.
    steps(&lab, 20);
    let there = shoot(&mut studio, &lab, [320, 240]);
    lab.send(Command::Compute(Backend::Cpu));
    wait(&lab, "the processor", |snapshot| {
        snapshot.engine.is_none() && !is_there(snapshot)
    });
    assert_eq!(lab.snapshot().device.drawn, None);
    let here = shoot(&mut studio, &lab, [320, 240]);
    assert_same(&there, &here, "the move");
    steps(&lab, 20);
    lab.send(Command::Compute(Backend::Gpu));
    wait(&lab, "the device", |snapshot| snapshot.engine.is_some());
    compare(&mut studio, &lab, [320, 240]);
}

#[test]
fn whoever_looks_closely_at_a_run_that_is_drawn_there_finds_the_state_of_its_clock() {
    let Some(window) = window() else { return };
    let (lab, _) = lab(&window, &[]);
    lab.send(Command::Play);
    wait(&lab, "it plays", |snapshot| {
        is_there(snapshot) && snapshot.clock.step > 50
    });
    let bytes = lab.checkpoint().expect("the run answers");
    lab.send(Command::Inspect(Pick::Tag(7)));
    wait(&lab, "it is looked at", |snapshot| {
        snapshot.hand.inspection.is_some()
    });
    let snapshot = lab.snapshot();
    lab.send(Command::Pause);
    let kept = restore(&bytes, worker_threads(1).expect("a thread")).expect("its state");
    // The same steps without a window.
    let mut alone = start((*snapshot.scene).clone(), 1);
    let alone_engine = engine(&window, alone.scene().model).expect("an engine");
    alone.engage(Box::new(alone_engine)).expect("a hand-over");
    alone.advance(kept.clock().step).expect("steps");
    assert_eq!(kept.hash(), alone.hash());
    // The particle is where it is at the step of the snapshot.
    let step = snapshot.clock.step;
    alone.advance(step - kept.clock().step).expect("steps");
    let inspection = snapshot.hand.inspection.clone().expect("somebody");
    let columns = alone.columns();
    let tags = columns.slice::<seethe::model::column::Tag>(alone.world());
    let slot = tags.iter().position(|tag| tag.0 == 7).expect("the tag");
    let positions = columns.slice::<seethe::model::column::Position>(alone.world());
    let place = alone.scene().domain.real(positions[slot].0);
    for axis in 0..2 {
        let off = (inspection.place[axis] - place[axis]).abs();
        assert!(off < 1e-9, "{:?} {place:?} at {step}", inspection.place);
    }
}

#[test]
fn a_device_that_goes_away_while_it_draws_leaves_run_and_picture_to_the_processor() {
    let Some(window) = window() else { return };
    let (lab, _) = lab(&window, &[]);
    lab.send(Command::Play);
    wait(&lab, "it is drawn from the buffers", |snapshot| {
        is_there(snapshot) && snapshot.clock.step > 30
    });
    window.device.destroy();
    wait(&lab, "the processor", |snapshot| {
        snapshot.engine.is_none() && !is_there(snapshot)
    });
    let here = lab.snapshot().clock.step;
    wait(&lab, "it goes on", |snapshot| {
        snapshot.clock.step > here + 20
    });
    let snapshot = lab.snapshot();
    assert_eq!(snapshot.picture.particles.len(), 500);
    assert_eq!(snapshot.scene.backend, Backend::Cpu);
    let notices = &snapshot.hand.notices;
    assert!(
        notices
            .iter()
            .any(|one| one.fault && one.text.contains("goes on from step")),
        "{notices:?}"
    );
    let frame = shoot(&mut Studio::on_processor(), &lab, [160, 120]);
    assert!(frame.pixels.chunks(4).any(|pixel| pixel[0] > 60));
}

#[test]
fn what_a_device_colours_is_a_colour_of_its_model() {
    let twins = seethe::models::ALL
        .iter()
        .filter_map(|model| Some((model, model.twin?)));
    for (model, twin) in twins {
        for (name, hue) in twin.hues {
            let shade = model.shades().find(|shade| shade.name() == *name);
            let shade = shade.unwrap_or_else(|| panic!("{}: no colour {name}", model.name));
            assert_eq!(shade.cyclic(), *hue == Hue::Angle, "{name}");
        }
    }
}

#[test]
fn a_device_of_its_own_draws_nothing_and_says_why() {
    let Some(device) = device() else { return };
    let mut run = start_of("active", 200, &[]);
    let engine = GpuEngine::new(device, twin(&run)).expect("an engine");
    run.engage(Box::new(engine)).expect("a hand-over");
    run.advance(5).expect("steps");
    let request = PictureRequest {
        colour: "heading".into(),
        ..PictureRequest::default()
    };
    let there = plan(&run, &request);
    let Err(why) = left_there(&mut run, &there, 1) else {
        panic!("nobody draws on it");
    };
    assert!(why.contains("not drawn on the device"), "{why}");
    let refused = |request: PictureRequest| plan(&run, &request).map(|_| ()).expect_err("columns");
    for (request, words) in [
        (
            PictureRequest {
                layers: vec!["density".into()],
                ..request.clone()
            },
            "layer",
        ),
        (
            PictureRequest {
                glyph: Glyph::Streak,
                ..request.clone()
            },
            "come from",
        ),
        (
            PictureRequest {
                colour: "force".into(),
                ..request.clone()
            },
            "follows the data",
        ),
        (
            PictureRequest {
                colour: "hexatic_order".into(),
                ..request.clone()
            },
            "Hexatic order",
        ),
    ] {
        let why = refused(request);
        assert!(why.contains(words), "{why}");
    }
}

/// Measures, with `SEETHE_FULL` in the environment: a picture from the buffers beside one that is read
/// back, packed and sent.
#[test]
fn what_a_picture_costs() {
    if std::env::var_os("SEETHE_FULL").is_none() {
        println!("skipped: set SEETHE_FULL=1 for the times of pictures");
        return;
    }
    let Some(window) = window() else { return };
    let mut studio = Studio::sharing(&window.device, &window.queue);
    let request = PictureRequest {
        colour: "heading".into(),
        ..PictureRequest::default()
    };
    for count in [100_000, 1_000_000] {
        let mut run = start_of("active", count, &[]);
        let engine = engine(&window, run.scene().model).expect("an engine");
        run.engage(Box::new(engine)).expect("a hand-over");
        let there = plan(&run, &request);
        let mut revision = 0;
        for way in ["buffers", "columns"] {
            let mut times = [0.0; 2];
            for round in 0..4 {
                run.advance_ahead(1, || true).expect("a step");
                revision += 1;
                let began = std::time::Instant::now();
                let picture = if way == "buffers" {
                    left_there(&mut run, &there, revision).expect("a picture")
                } else {
                    run.catch_up(ReadFor::Picture);
                    snapshot::picture(&run, &request, &Past::default(), revision)
                };
                let made = began.elapsed().as_secs_f64();
                // One image of the box, as when the box fills the window.
                let style = PictureStyle {
                    ghosts: 0.0,
                    ..style(&run, &picture.legend, [1000, 800])
                };
                let picture = Picture(Arc::new(picture));
                studio
                    .shoot(&picture, &style, [1000, 800])
                    .expect("a frame");
                // The first round compiles and allocates.
                if round > 0 {
                    times[0] += made / 3.0;
                    times[1] += began.elapsed().as_secs_f64() / 3.0;
                }
            }
            println!(
                "{count} particles from {way}: made in {:.1} ms, on the sheet after {:.1} ms",
                1e3 * times[0],
                1e3 * times[1]
            );
        }
    }
}
