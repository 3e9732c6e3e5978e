//! What goes wrong must end in a sentence: no panic, no hang, no half file.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::Command;

use seethe::model::column::Position;
use seethe::model::parameter::Kind;
use seethe::model::phase::Failure;
use seethe::sim::{Action, Simulation};

use crate::harness::{Running, command, folder, names, scene, seethe, start, text};

const SCENES: [&str; 8] = [
    "mips",
    "active_gas",
    "hexatic",
    "chiral",
    "aoup",
    "run_and_tumble",
    "passive_colloid",
    "trapped",
];

/// Every number of every column is one.
#[track_caller]
fn sound(run: &Simulation) {
    for column in run.columns().iter() {
        for slot in 0..run.count() {
            for part in 0..column.declaration().parts.len() {
                let number = column.number(run.world(), slot, part, &run.scene().domain);
                assert!(
                    number.is_finite(),
                    "{} of slot {slot}",
                    column.declaration().name
                );
            }
        }
    }
}

#[test]
fn one_two_and_three_particles_run() {
    for name in SCENES {
        for count in ["1", "2", "3"] {
            for boundary in ["periodic", "reflecting", "open"] {
                let overrides = [
                    ("population.count", count),
                    ("box.boundary", boundary),
                    ("population.packing_fraction", "0.2"),
                    ("population.initial", "\"random\""),
                    ("sample_every", "7"),
                ];
                let mut run = start(scene(name, &overrides), 1);
                run.advance(60)
                    .unwrap_or_else(|failure| panic!("{name}, {count}: {failure}"));
                sound(&run);
            }
        }
    }
}

fn choose(run: &mut Simulation, name: &str, alternative: &str) {
    let parameters = (run.scene().model.parameters)();
    let parameter = parameters
        .iter()
        .find(|parameter| parameter.name == name)
        .expect(name);
    let Kind::Choice(alternatives) = parameter.kind else {
        panic!("{name} is no choice")
    };
    let value = alternatives
        .iter()
        .position(|one| one.name == alternative)
        .expect(alternative);
    run.submit(Action::SetParameter {
        name: name.into(),
        value: value as f64,
    });
}

#[test]
fn coincident_particles_part_or_are_named() {
    for interaction in ["wca", "harmonic", "softplus"] {
        for count in ["2", "3", "50", "3000"] {
            // All at one point, where they may be while they do not interact.
            let mut run = start(scene("trapped", &[("population.count", count)]), 2);
            choose(&mut run, "interaction", interaction);
            match run.advance(40) {
                Ok(()) => sound(&run),
                Err(failure @ (Failure::NotFinite { .. } | Failure::Crowded { .. })) => {
                    let said = failure.to_string();
                    assert!(said.contains("step") && said.contains("; "), "{said}");
                }
                Err(failure) => panic!("{interaction}, {count}: {failure}"),
            }
        }
    }
}

#[test]
fn two_at_one_point_somewhere_in_a_crowd_are_noticed_or_part() {
    for (from, to) in [(0, 1), (17, 399), (200, 201)] {
        let mut run = start(scene("mips", &[("population.count", "400")]), 2);
        run.advance(3).expect("a good run");
        let world = run.world_mut();
        let mut query = world.query::<&mut Position>();
        let there = query.iter(world).nth(from).expect("a particle").0;
        let mut other = query.iter_mut(world).nth(to).expect("another");
        other.0 = there;
        match run.advance(30) {
            Ok(()) => sound(&run),
            Err(failure) => assert!(failure.to_string().contains("particle"), "{failure}"),
        }
    }
}

#[test]
fn a_hand_that_sets_nonsense_is_ignored() {
    let mut run = start(scene("mips", &[("population.count", "100")]), 1);
    let mut same = start(scene("mips", &[("population.count", "100")]), 1);
    for value in [f64::NAN, f64::INFINITY, -1e300, 1e300] {
        for parameter in (run.scene().model.parameters)() {
            run.submit(Action::SetParameter {
                name: parameter.name.into(),
                value,
            });
        }
        run.submit(Action::SetParameter {
            name: "no such parameter".into(),
            value,
        });
    }
    for dt in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
        run.submit(Action::SetDt(dt));
    }
    // The neighbour lists are built anew where a parameter might have changed, hence no bits are
    // compared, but what holds.
    run.advance(20).expect("a good run");
    same.advance(20).expect("a good run");
    assert_eq!(run.scene().values, same.scene().values);
    assert_eq!(run.clock(), same.clock());
    sound(&run);
}

#[test]
fn a_step_too_long_is_refused_for_every_scene() {
    for name in SCENES {
        for dt in ["1000", "0", "-0.001", "NaN", "inf", "1e-300"] {
            let change = format!("dt={dt}");
            seethe(&["run", name, "--steps", "1", "--set", &change])
                .ends_with(2)
                .says(&["dt"]);
        }
    }
}

#[test]
fn hostile_values_are_refused_from_the_command_line() {
    let fields = [
        "population.count",
        "population.packing_fraction",
        "box.size",
        "seed",
        "sample_every",
        "view.centre",
        "parameters.peclet",
        "parameters.self_propulsion_speed",
        "version",
        "model",
    ];
    for field in fields {
        for value in ["NaN", "-1e308", "\"", "((((((((", "[1,2", "\u{202e}"] {
            let change = format!("{field}={value}");
            let outcome = seethe(&["run", "mips", "--steps", "1", "--set", &change]);
            let outcome = outcome.ends_with(2);
            assert!(outcome.err.len() > 20, "{change}: {outcome:?}");
        }
    }
}

/// Everything but a good scene: what it is, and its path.
fn strange(folder: &std::path::Path) -> Vec<PathBuf> {
    let file = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, content).expect("a file");
        path
    };
    let (_, mips) = seethe::scene::gallery::SCENES[0];
    let mut paths = vec![
        file("empty.ron", b""),
        file("zeros.ron", &[0; 4096]),
        file(
            "bytes.ron",
            b"(version: 1, model: \"active\", story: (title: \"\xff\xfe\"))",
        ),
        file("deep.ron", &b"(".repeat(100_000)),
        file("deep_lists.ron", &b"[".repeat(100_000)),
        file("large.ron", &b"a".repeat(5 << 20)),
        file("number.ron", b"42"),
        file(
            "future.ron",
            mips.replace("version: 1", "version: 999").as_bytes(),
        ),
        file(
            "many.ron",
            mips.replace("count: ", "count: 9999999999").as_bytes(),
        ),
        folder.to_path_buf(),
        folder.join("absent.ron"),
        PathBuf::from("/dev/zero"),
        PathBuf::from("/dev/null"),
        PathBuf::from("/proc/self/mem"),
    ];
    for part in 1..12 {
        let mut end = mips.len() * part / 12;
        while !mips.is_char_boundary(end) {
            end -= 1;
        }
        paths.push(file(&format!("cut{part}.ron"), &mips.as_bytes()[..end]));
    }
    let pipe = folder.join("pipe.ron");
    if Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .is_ok_and(|status| status.success())
    {
        paths.push(pipe);
    }
    let around = folder.join("loop.ron");
    std::os::unix::fs::symlink(&around, &around).expect("a link to itself");
    paths.push(around);
    paths
}

#[test]
fn strange_files_are_no_scenes() {
    let folder = folder();
    let paths = strange(folder.path());
    for path in &paths {
        let name = text(path);
        for arguments in [
            &["check", name][..],
            &["run", name, "--steps", "1"],
            &[name],
        ] {
            seethe(arguments).ends_with(2).says(&[name]);
        }
    }
    // As a checkpoint they are refused as well, and left as they are.
    for path in paths.iter().filter(|path| path.is_file()) {
        let flags = ["--steps", "1", "--resume", "--checkpoint", text(path)];
        seethe(&[&["run", "mips", "--quiet"][..], &flags].concat())
            .ends_with(2)
            .says(&[text(path)]);
    }
}

#[test]
fn names_of_files_may_be_anything() {
    let folder = folder();
    let words: [&[u8]; 5] = ["a b", "-flag", "模拟 😀 שלום", "line\nbreak"]
        .map(str::as_bytes)
        .iter()
        .copied()
        .chain([&b"not \xff utf8"[..]])
        .collect::<Vec<_>>()
        .try_into()
        .expect("five names");
    let (_, mips) = seethe::scene::gallery::SCENES[0];
    for word in words {
        let inside = folder.path().join(OsStr::from_bytes(word));
        std::fs::create_dir(&inside).expect("a folder");
        let long = "x".repeat(240);
        let scene_file = inside.join(format!("{long}.ron"));
        std::fs::write(&scene_file, mips).expect("a file");
        let mut run = command(&[
            "run", "mips", "--set", "count=20", "--steps", "4", "--every", "2",
        ]);
        run.arg("--csv").arg(inside.join("run.csv"));
        run.arg("--traj").arg(inside.join("run.xyz"));
        run.arg("--checkpoint").arg(inside.join("state"));
        Running::start(run).finish().ends_with(0);
        let found = names(&inside);
        for name in ["run.csv", "run.xyz", "state"] {
            assert!(found.contains(&PathBuf::from(name)), "{found:?}");
        }
        let mut film = command(&["record", "mips", "--set", "count=20", "--size", "32x32"]);
        film.args(["--seconds", "0.1", "--steps-per-frame", "1", "-o"])
            .arg(inside.join("film.mp4"));
        Running::start(film).finish().ends_with(0);
        if let Some(path) = scene_file.to_str() {
            seethe(&["check", path]).ends_with(0);
        }
    }
}
