//! A run behind a window that moves to a graphics device and back, and what the command line says
//! of devices.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use seethe::gpu::{Choice, Device, GpuEngine};
use seethe::math::walls::Segment;
use seethe::model::Model;
use seethe::scene::{Backend, Scene};
use seethe::sim::backend::MakeEngine;
use seethe::sim::checkpoint::restore;
use seethe::sim::driver::Command;
use seethe::sim::engine::Engine;
use seethe::sim::simulation::worker_threads;
use seethe::sim::snapshot::Status;
use seethe::sim::{Action, Lab, Simulation, Snapshot};

use crate::gpu::device;
use crate::harness::{Outcome, Running, command, folder, scene, seethe, start, text, within};

fn make(model: &'static Model) -> Result<Box<dyn Engine>, String> {
    let twin = model.twin.ok_or("it has no compute shader")?;
    let device = Device::open(&Choice::default()).map_err(|error| error.to_string())?;
    let engine = GpuEngine::new(device, twin).map_err(|error| error.to_string())?;
    Ok(Box::new(engine))
}

fn few(overrides: &[(&str, &str)]) -> Scene {
    let few = [("population.count", "500")];
    Scene {
        speed: None,
        ..scene("mips", &[&few, overrides].concat())
    }
}

/// A run behind a window whose engines come from here.
fn lab(scene: Scene) -> Lab {
    let lab = Lab::start(scene, 2).expect("a run");
    lab.send(Command::Engines(Arc::new(make) as MakeEngine));
    lab
}

#[track_caller]
fn wait(lab: &Lab, what: &str, holds: impl Fn(&Snapshot) -> bool) {
    let reached = within(Duration::from_secs(60), || holds(&lab.snapshot()));
    let told: Vec<_> = lab.snapshot().hand.notices.iter().cloned().collect();
    assert!(reached, "{what}: {told:?}");
}

/// Does steps, and waits for them.
fn steps(lab: &Lab, steps: u64) {
    let goal = lab.snapshot().clock.step + steps;
    lab.send(Command::Steps(steps));
    wait(lab, "the steps", |snapshot| {
        snapshot.clock.step == goal && snapshot.status == Status::Paused
    });
}

fn inside(lab: &Lab) -> Simulation {
    let bytes = lab.checkpoint().expect("the run answers");
    restore(&bytes, worker_threads(1).expect("a thread")).expect("its state")
}

fn told(lab: &Lab, words: &str) -> bool {
    let notices = lab.snapshot().hand.notices.clone();
    notices.iter().any(|notice| notice.text.contains(words))
}

#[test]
fn a_running_simulation_moves_to_the_device_and_back_without_losing_a_bit() {
    if device().is_none() {
        return;
    }
    let lab = lab(few(&[]));
    steps(&lab, 100);
    // What a hand-over counts up into images is no change of the state.
    let settled = |lab: &Lab| {
        let mut run = inside(lab);
        seethe::model::neighbours::settle(run.world_mut());
        run.hash()
    };
    let before = settled(&lab);
    lab.send(Command::Compute(Backend::Gpu));
    wait(&lab, "the device", |snapshot| snapshot.engine.is_some());
    assert_eq!(settled(&lab), before);
    assert_eq!(lab.snapshot().scene.backend, Backend::Gpu);
    assert!(told(&lab, "are computed on"));
    lab.send(Command::Compute(Backend::Cpu));
    wait(&lab, "the processor", |snapshot| snapshot.engine.is_none());
    assert_eq!(settled(&lab), before);
    assert_eq!(lab.snapshot().scene.backend, Backend::Cpu);
    // The same while it plays, and the steps are those of a device without a window.
    lab.send(Command::Compute(Backend::Gpu));
    steps(&lab, 50);
    assert!(lab.snapshot().engine.is_some());
    let mut alone = start(few(&[]), 1);
    alone.advance(100).expect("steps");
    let engine = make(alone.scene().model).expect("an engine");
    alone.engage(engine).expect("a hand-over");
    alone.advance(50).expect("steps");
    assert_eq!(inside(&lab).hash(), alone.hash());
    // Another adapter, which may be the same, takes over from the one that computes.
    let notices = |lab: &Lab| lab.snapshot().hand.notices.last().map(|last| last.number);
    let before = notices(&lab);
    lab.send(Command::Engines(Arc::new(make) as MakeEngine));
    lab.send(Command::Compute(Backend::Gpu));
    wait(&lab, "it is told", |_| notices(&lab) > before);
    assert_eq!(notices(&lab), before.map(|number| number + 1));
    assert!(lab.snapshot().engine.is_some());
    let settled_alone = {
        seethe::model::neighbours::settle(alone.world_mut());
        alone.hash()
    };
    assert_eq!(settled(&lab), settled_alone);
    lab.send(Command::Play);
    let here = lab.snapshot().clock.step;
    wait(&lab, "it plays", |snapshot| snapshot.clock.step > here + 40);
    lab.send(Command::Compute(Backend::Cpu));
    wait(&lab, "the processor", |snapshot| snapshot.engine.is_none());
    let here = lab.snapshot().clock.step;
    wait(&lab, "it plays on", |snapshot| {
        snapshot.clock.step > here + 40
    });
}

#[test]
fn a_device_stays_with_a_run_that_is_restarted_or_taken_back() {
    if device().is_none() {
        return;
    }
    let lab = lab(few(&[("backend", "gpu")]));
    wait(&lab, "the scene's own wish", |snapshot| {
        snapshot.engine.is_some()
    });
    steps(&lab, 20);
    lab.send(Command::BeginStroke(1));
    steps(&lab, 20);
    let after = inside(&lab).hash();
    lab.send(Command::UndoStroke(1));
    wait(&lab, "the state before", |snapshot| {
        snapshot.clock.step == 20
    });
    assert!(lab.snapshot().engine.is_some());
    steps(&lab, 20);
    assert_eq!(inside(&lab).hash(), after);
    let scene = (*lab.snapshot().scene).clone();
    lab.send(Command::Load {
        scene: Box::new(scene),
        play: false,
    });
    wait(&lab, "the start", |snapshot| snapshot.clock.step == 0);
    assert!(lab.snapshot().engine.is_some());
    // Another scene is computed where it says itself.
    lab.send(Command::Load {
        scene: Box::new(few(&[])),
        play: false,
    });
    wait(&lab, "the processor", |snapshot| snapshot.engine.is_none());
}

#[test]
fn what_no_device_computes_stays_on_the_processor_and_is_told() {
    // Nobody has said where engines come from.
    let bare = Lab::start(few(&[]), 1).expect("a run");
    bare.send(Command::Compute(Backend::Gpu));
    wait(&bare, "it is told", |_| told(&bare, "no graphics device"));
    let without = lab(scene("flock_order", &[("population.count", "200")]));
    without.send(Command::Compute(Backend::Gpu));
    wait(&without, "it is told", |_| {
        told(&without, "no compute shader")
    });
    steps(&without, 3);
    assert_eq!(without.snapshot().scene.backend, Backend::Cpu);
    if device().is_none() {
        return;
    }
    // A wall that is drawn while a device computes stands there, too.
    let lab = lab(few(&[("backend", "gpu")]));
    wait(&lab, "the device", |snapshot| snapshot.engine.is_some());
    steps(&lab, 30);
    lab.act(Action::AddWall(Segment {
        from: [-2.0, 0.0],
        to: [2.0, 0.0],
    }));
    steps(&lab, 30);
    assert!(lab.snapshot().engine.is_some());
    let run = inside(&lab);
    assert_eq!((run.clock().step, run.scene().walls.len()), (60, 1));
    // So does a parameter of which there is no shader, also while nothing moves.
    let overrides = [
        ("population.count", "100"),
        ("parameters.dynamics", "langevin"),
        ("dt", "0.001"),
        ("backend", "gpu"),
    ];
    let lab = self::lab(scene("ginibre", &overrides));
    wait(&lab, "the device", |snapshot| snapshot.engine.is_some());
    steps(&lab, 5);
    lab.act(Action::SetParameter {
        name: "dynamics".into(),
        value: 1.0,
    });
    wait(&lab, "it is told", |snapshot| {
        snapshot.engine.is_none() && told(&lab, "only langevin")
    });
    assert_eq!(inside(&lab).scene().backend, Backend::Cpu);
}

/// The program on a machine whose drivers are found.
fn with_drivers(arguments: &[&str]) -> Outcome {
    let mut command = command(arguments);
    for name in ["VK_ICD_FILENAMES", "VK_DRIVER_FILES"] {
        match std::env::var_os(name) {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Running::start(command).finish()
}

#[test]
fn the_command_line_takes_the_scene_at_its_word_and_the_flag_before_it() {
    let run = [
        "run",
        "mips",
        "--set",
        "population.count=64",
        "--steps",
        "20",
    ];
    let scene_says = ["--set", "backend=gpu"];
    for extra in [scene_says, ["--backend", "gpu"]] {
        seethe(&[&run[..], &extra].concat())
            .ends_with(3)
            .says(&["no graphics adapter", "--backend cpu"]);
    }
    seethe(&[&run[..], &scene_says, &["--backend", "cpu"]].concat()).ends_with(0);
    let other = ["run", "flock_order", "--steps", "1"];
    seethe(&[&other[..], &["--backend", "gpu"]].concat())
        .ends_with(2)
        .says(&["no compute shader", "--backend cpu"]);
    seethe(&[&other[..], &scene_says].concat())
        .ends_with(2)
        .says(&["backend: value gpu", "no compute shader", "--set #1:1"]);
    if device().is_none() {
        return;
    }
    with_drivers(&[&run[..], &scene_says].concat())
        .ends_with(0)
        .says(&["computed on"]);
    with_drivers(&[&run[..], &["--backend", "gpu", "--adapter", "none-such"]].concat())
        .ends_with(2)
        .says(&["none-such", "0 "]);
}

#[test]
fn a_state_of_the_device_gives_the_picture_of_the_processor() {
    if device().is_none() {
        return;
    }
    let folder = folder();
    let still = |name: &str, skip: &str, backend: &str| {
        let path = folder.path().join(name);
        let scene = [
            "record",
            "mips",
            "--set",
            "population.count=100",
            "--size",
            "320x240",
        ];
        let more = ["--skip", skip, "--backend", backend, "-o", text(&path)];
        with_drivers(&[&scene[..], &more].concat()).ends_with(0);
        pixels(&path)
    };
    let here = still("cpu.png", "50", "cpu");
    let there = still("gpu.png", "50", "gpu");
    // Places differ by some millionths of a diameter. Whoever draws small discs puts them on a mesh
    // finer than a pixel: a disc in a hundred may be a place of the mesh aside, which shows on its
    // rim.
    let differ = |a: &[u8], b: &[u8]| {
        let far = |(a, b): &(&u8, &u8)| a.abs_diff(**b) > 2;
        a.iter().zip(b).filter(far).count() as f64 / a.len() as f64
    };
    assert_eq!(here.len(), there.len());
    assert!(differ(&here, &there) < 1e-3, "{}", differ(&here, &there));
    // What has moved by a quarter of a diameter is seen.
    let later = still("later.png", "1050", "gpu");
    assert!(differ(&here, &later) > 0.1, "{}", differ(&here, &later));
}

fn pixels(path: &Path) -> Vec<u8> {
    let file = std::fs::File::open(path).expect("a still");
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .expect("a picture");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("pixels");
    pixels
}
