//! A window that draws on the device that computes: nothing is read back for pictures, and they are right whatever happens to the run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use seethe::gpu::{GpuEngine, Window};
use seethe::model::observable::Sample;
use seethe::model::parameter::Values;
use seethe::scene::{Backend, Scene};
use seethe::sim::backend::MakeEngine;
use seethe::sim::checkpoint::restore;
use seethe::sim::driver::Command;
use seethe::sim::engine::{Engine, Returned, Trouble};
use seethe::sim::inspect::Pick;
use seethe::sim::marks::{Look, Marks};
use seethe::sim::simulation::worker_threads;
use seethe::sim::snapshot::{PictureRequest, Status};
use seethe::sim::{Lab, Snapshot};
use seethe::view::{Camera, Frame, Picture, PictureStyle, Studio};

use crate::gpu_picture::{assert_same, engine, window};
use crate::harness::{scene, start, within};

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
