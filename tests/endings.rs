//! How commands end that cannot go on: full disks, interrupts, numbers that are none.

use std::time::Duration;

use seethe::model::column::Heading;
use seethe::model::phase::Failure;
use seethe::sim::checkpoint::save;

use crate::harness::{Running, command, folder, names, read, scene, seethe, start, text, within};
use crate::headless::{run, table};

#[test]
fn a_number_that_is_none_stops_the_run_and_is_named() {
    let mut simulation = start(scene("mips", &[("population.count", "200")]), 2);
    simulation.advance(30).expect("a good run");
    let good = save(&simulation);
    let world = simulation.world_mut();
    let mut tag = None;
    let mut query = world.query::<(&mut Heading, &seethe::model::column::Tag)>();
    for (slot, (mut heading, its)) in query.iter_mut(world).enumerate() {
        if slot == 17 {
            heading.0[1] = f32::NAN;
            tag = Some(its.0);
        }
    }
    let tag = tag.expect("the particle in slot 17");
    let poisoned = save(&simulation);
    let failure = simulation.advance(5).expect_err("NaN goes on");
    let Failure::NotFinite {
        tag: named, step, ..
    } = failure
    else {
        panic!("{failure:?}")
    };
    assert_eq!((named, step), (tag, 30), "{failure}");
    // NaN differs from itself, so that words are compared.
    let words = failure.to_string();
    assert_eq!(simulation.failure().expect("a failure").to_string(), words);
    let again = simulation
        .advance(1)
        .expect_err("a failed run stays failed");
    assert_eq!(again.to_string(), words);

    // The same from the command line: the run ends with 4, and its checkpoint stays as it was.
    let folder = folder();
    let (state, csv) = (folder.path().join("state"), folder.path().join("run.csv"));
    std::fs::write(&state, &poisoned).expect("a file");
    let flags = [
        "--checkpoint",
        text(&state),
        "--resume",
        "--csv",
        text(&csv),
    ];
    let particle = format!("particle {tag}");
    run(&[&["--steps", "100"][..], &flags].concat())
        .ends_with(4)
        .says(&[&particle, "step 30", "NaN", "dt"]);
    assert_eq!(std::fs::read(&state).expect("the checkpoint"), poisoned);
    table(&csv);
    std::fs::write(&state, &good).expect("a file");
    run(&[&["--steps", "31"][..], &flags].concat()).ends_with(0);
}

#[test]
fn what_cannot_be_written_ends_with_5_and_leaves_nothing_behind() {
    let folder = folder();
    let nowhere = folder.path().join("absent");
    let path = |name: &str| nowhere.join(name).display().to_string();
    let inside = folder.path().display().to_string();
    let cases: &[&[&str]] = &[
        &["--csv", &path("run.csv")],
        &["--traj", &path("run.xyz")],
        &["--checkpoint", &path("state")],
        &["--csv", &inside],
        &["--csv", "/dev/full"],
    ];
    for flags in cases {
        let outcome = run(&[&["--steps", "20", "--every", "10"][..], flags].concat()).ends_with(5);
        assert!(
            outcome.err.contains(flags[1]),
            "the file is named: {outcome:?}"
        );
    }
    let film = [
        "--size",
        "64x48",
        "--seconds",
        "0.1",
        "--quiet",
        "--set",
        "population.count=64",
    ];
    for name in ["film.mp4", "film.gif", "still.png"] {
        let target = path(name);
        seethe(&[&["record", "mips", "-o", &target][..], &film].concat())
            .ends_with(5)
            .says(&[&target]);
    }
    assert!(
        names(folder.path()).is_empty(),
        "{:?}",
        names(folder.path())
    );
}

#[test]
fn an_interrupted_run_keeps_whole_lines_and_a_state() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let (csv, xyz, state) = (path("run.csv"), path("run.xyz"), path("state"));
    let endless = [
        "run",
        "mips",
        "--set",
        "population.count=64",
        "--steps",
        "1000000000",
    ];
    let files = [
        "--csv",
        text(&csv),
        "--traj",
        text(&xyz),
        "--checkpoint",
        text(&state),
    ];
    let mut child = Running::start(command(
        &[&endless[..], &["--every", "10"], &files].concat(),
    ));
    let going = || std::fs::read(&csv).is_ok_and(|bytes| bytes.split(|&b| b == b'\n').count() > 5);
    assert!(
        within(Duration::from_secs(60), going) && child.runs(),
        "rows appear while it runs"
    );
    child.interrupt();
    child.finish().ends_with(130).says(&["stopped at step"]);
    let (_, rows) = table(&csv);
    let frames = read(&xyz)
        .lines()
        .filter(|line| line.contains("Step="))
        .count();
    assert_eq!(frames, rows.len());
    assert!(read(&xyz).ends_with('\n'));
    // It goes on from where it stopped.
    let last = rows.last().expect("rows")[0] as u64;
    let goal = (last + 40).to_string();
    let again = [
        "run",
        "mips",
        "--set",
        "population.count=64",
        "--steps",
        &goal,
        "--every",
        "10",
    ];
    seethe(&[&again[..], &files, &["--resume"]].concat()).ends_with(0);
    let (_, rows) = table(&csv);
    let steps: Vec<u64> = rows.iter().map(|row| row[0] as u64).collect();
    assert_eq!(steps, (0..=last + 40).step_by(10).collect::<Vec<_>>());
}

#[test]
fn an_interrupted_film_leaves_nothing() {
    for name in ["film.mp4", "film.gif"] {
        let folder = folder();
        let path = folder.path().join(name);
        let few = [
            "--set",
            "population.count=64",
            "--size",
            "64x48",
            "--seconds",
            "3000",
        ];
        let mut child = Running::start(command(
            &[&["record", "mips", "-o", text(&path)][..], &few].concat(),
        ));
        let begun = || {
            let entries = std::fs::read_dir(folder.path()).expect("a folder");
            entries
                .flatten()
                .any(|entry| entry.metadata().is_ok_and(|file| file.len() > 0))
        };
        assert!(
            within(Duration::from_secs(60), begun) && child.runs(),
            "a film is begun"
        );
        child.interrupt();
        child.finish().ends_with(130).says(&["no film"]);
        assert!(
            names(folder.path()).is_empty(),
            "{:?}",
            names(folder.path())
        );
    }
}
