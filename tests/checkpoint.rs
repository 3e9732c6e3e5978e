//! A run that is cut and resumed is the run that was never cut; and what is no state is refused.

use std::path::Path;
use std::time::Duration;

use seethe::model::parameter::Kind;
use seethe::record::checkpoint;
use seethe::sim::checkpoint::{CheckpointError, restore, save};
use seethe::sim::driver::Command;
use seethe::sim::simulation::worker_threads;
use seethe::sim::{Action, Lab, Simulation};

use crate::determinism::measured;
use crate::harness::{Outcome, folder, names, read, scene, seethe, start, text, within};

/// Scenes that differ in everything that a state has.
const RUNS: &[(&str, &[(&str, &str)])] = &[
    ("mips", &[]),
    (
        "mips",
        &[
            ("parameters.polydispersity", "0.1"),
            ("population.packing_fraction", "0.5"),
        ],
    ),
    ("aoup", &[]),
    ("run_and_tumble", &[]),
    ("chiral", &[]),
    ("trapped", &[]),
    ("passive_colloid", &[("box.boundary", "reflecting")]),
];

fn begin(run: &(&str, &[(&str, &str)]), threads: usize) -> Simulation {
    let mut overrides = vec![("population.count", "300"), ("sample_every", "20")];
    overrides.extend(run.1);
    start(scene(run.0, &overrides), threads)
}

fn reopen(bytes: &[u8], threads: usize) -> Simulation {
    restore(bytes, worker_threads(threads).expect("threads")).expect("a state")
}

#[test]
fn a_resumed_run_is_the_uninterrupted_one_bit_for_bit() {
    const END: u64 = 260;
    for run in RUNS {
        let mut whole = begin(run, 2);
        whole.advance(END).expect("a good run");
        let expected = (whole.hash(), measured(&whole), save(&whole));
        for split in [0, 1, 19, 20, 133, 259] {
            let mut first = begin(run, 1);
            first.advance(split).expect("a good run");
            let bytes = save(&first);
            let mut second = reopen(&bytes, 3);
            assert_eq!(second.hash(), first.hash(), "{run:?} at {split}");
            assert_eq!(measured(&second), measured(&first), "{run:?} at {split}");
            assert_eq!(
                save(&second),
                bytes,
                "{run:?}: a state read is the state written"
            );
            second.advance(END - split).expect("a good run");
            let found = (second.hash(), measured(&second), save(&second));
            assert!(found == expected, "{run:?} split at {split}");
        }
        // Split again and again.
        let mut pieces = begin(run, 2);
        for steps in [1, 30, 2, 100, 127] {
            pieces.advance(steps).expect("a good run");
            pieces = reopen(&save(&pieces), 2);
        }
        assert_eq!(save(&pieces), expected.2, "{run:?} in pieces");
    }
}

#[test]
fn a_changed_run_keeps_its_changes_and_its_log() {
    let set = |name: &str, value: f64| Action::SetParameter {
        name: name.into(),
        value,
    };
    let prepare = || {
        let mut run = begin(&RUNS[0], 2);
        run.advance(35).expect("a good run");
        run.submit(set("peclet", 40.0));
        run.submit(Action::SetDt(0.00005));
        run.advance(20).expect("a good run");
        run.submit(Action::ClearAverages);
        // This one is still pending.
        run.submit(set("angular_velocity", 2.0));
        run
    };
    let mut whole = prepare();
    let mut second = reopen(&save(&prepare()), 1);
    for run in [&mut whole, &mut second] {
        run.advance(100).expect("a good run");
    }
    assert_eq!(second.log().len(), 4);
    assert_eq!(second.log(), whole.log());
    assert_eq!(save(&second), save(&whole));
}

#[test]
fn a_run_pushed_beyond_the_bound_on_dt_can_still_be_resumed() {
    // The bound is checked when a scene is read; a hand may make the run faster afterwards.
    let mut run = begin(&RUNS[0], 1);
    run.submit(Action::SetParameter {
        name: "self_propulsion_speed".into(),
        value: 60.0,
    });
    run.advance(5).expect("a good run");
    let bound = (run.scene().model.step_bound)(&run.scene().values);
    assert!(
        bound.dt < run.clock().dt,
        "the test means nothing: {bound:?}"
    );
    let again = restore(&save(&run), worker_threads(1).expect("a thread"));
    match again {
        Ok(again) => assert_eq!(again.hash(), run.hash()),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_run_that_could_not_start_with_its_present_values_can_still_be_resumed() {
    // Particles that begin at one point cannot repel each other, but later they can.
    let mut run = begin(&("trapped", &[]), 1);
    run.advance(200).expect("a good run");
    let choice = run
        .scene()
        .model
        .parameter("interaction")
        .expect("the parameter");
    let Kind::Choice(alternatives) = (run.scene().model.parameters)()[choice].kind else {
        panic!("a choice")
    };
    let soft = alternatives
        .iter()
        .position(|one| one.name == "harmonic")
        .expect("soft discs");
    run.submit(Action::SetParameter {
        name: "interaction".into(),
        value: soft as f64,
    });
    run.advance(5).expect("a good run");
    let mut again = reopen(&save(&run), 1);
    for run in [&mut run, &mut again] {
        run.advance(50).expect("a good run");
    }
    assert_eq!(save(&again), save(&run));
}

#[test]
fn damaged_states_are_refused() {
    let mut run = begin(&("mips", &[("population.count", "40")]), 1);
    run.advance(25).expect("a good run");
    let good = save(&run);
    let pool = worker_threads(1).expect("a thread");
    let refused = |bytes: &[u8]| restore(bytes, pool.clone()).err();
    assert!(refused(&good).is_none());
    for length in (0..good.len())
        .step_by(1 + good.len() / 400)
        .chain([good.len() - 1])
    {
        assert!(refused(&good[..length]).is_some(), "cut to {length} bytes");
    }
    let mut longer = good.clone();
    longer.push(0);
    assert!(refused(&longer).is_some(), "a byte too many");
    // Every bit of the header, and bits all over the body.
    let places = (0..24 * 8).chain((24 * 8..good.len() * 8).step_by(1 + good.len() / 50));
    for bit in places {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(refused(&bytes).is_some(), "bit {bit} flipped");
    }
    let mut newer = good.clone();
    newer[8] = 3;
    let error = refused(&newer).expect("a newer version");
    assert!(
        matches!(error, CheckpointError::Newer { found: 3 }),
        "{error}"
    );
    assert!(error.to_string().contains("newer Seethe"), "{error}");
    let mut older = good.clone();
    older[8] = 1;
    let error = refused(&older).expect("an older version");
    assert!(
        matches!(error, CheckpointError::Older { found: 1 }),
        "{error}"
    );
    let error = refused(b"(version: 1)").expect("a scene");
    assert!(matches!(error, CheckpointError::NotACheckpoint), "{error}");
}

#[test]
fn the_previous_checkpoint_stands_in_for_a_damaged_one() {
    let folder = folder();
    let path = folder.path().join("state");
    let pool = worker_threads(1).expect("a thread");
    let mut run = begin(&RUNS[0], 1);
    run.advance(10).expect("a good run");
    checkpoint::write(&path, &run).expect("a checkpoint");
    let first = run.hash();
    run.advance(10).expect("a good run");
    checkpoint::write(&path, &run).expect("a checkpoint");
    let (newest, warning) = checkpoint::read(&path, &pool).expect("a state");
    assert_eq!((newest.hash(), warning), (run.hash(), None));
    let mut bytes = std::fs::read(&path).expect("the checkpoint");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 16;
    std::fs::write(&path, &bytes).expect("a file");
    let (older, warning) = checkpoint::read(&path, &pool).expect("the previous state");
    assert_eq!(older.hash(), first);
    let warning = warning.expect("a warning");
    assert!(
        warning.contains("state.previous") && warning.contains("damaged"),
        "{warning}"
    );
    // A window reads the same bytes, for its run on another thread.
    let (bytes, warned) = checkpoint::read_bytes(&path).expect("the previous state");
    assert_eq!((bytes, warned), (save(&older), Some(warning)));
    // Lost altogether, for instance because the program ended between two renames.
    std::fs::remove_file(&path).expect("a file");
    let (older, warning) = checkpoint::read(&path, &pool).expect("the previous state");
    assert!(older.hash() == first && warning.is_some());
    // A damaged state is never put in the place of a good one.
    std::fs::write(&path, b"rubbish").expect("a file");
    std::fs::write(checkpoint::previous(&path), b"rubbish").expect("a file");
    let error = checkpoint::read(&path, &pool).err().expect("two errors");
    assert!(
        error.lines().count() == 2 && error.contains("state.previous"),
        "{error}"
    );
}

#[test]
fn a_window_goes_on_from_a_run_that_was_kept() {
    let folder = folder();
    let path = folder.path().join("state.ckpt");
    let pool = worker_threads(2).expect("threads");
    let mut run = begin(&RUNS[0], 2);
    run.advance(30).expect("a good run");
    checkpoint::write(&path, &run).expect("a checkpoint");
    assert!(checkpoint::is_one(&path));
    run.advance(20).expect("a good run");
    // Opened at the start, and in the place of another run.
    let (kept, _) = checkpoint::read(&path, &pool).expect("a state");
    let first = Lab::go_on(kept).expect("a thread");
    assert_eq!(first.snapshot().clock.step, 30);
    let second = Lab::start(begin(&RUNS[1], 1).scene().clone(), 2).expect("a run");
    let (bytes, _) = checkpoint::read_bytes(&path).expect("a state");
    second.send(Command::Restore(bytes.into()));
    for lab in [first, second] {
        lab.send(Command::Steps(20));
        assert!(within(Duration::from_secs(60), || lab
            .snapshot()
            .clock
            .step
            == 50));
        let bytes = lab.checkpoint().expect("the run answers");
        let found = restore(&bytes, pool.clone()).expect("a state");
        assert_eq!(found.hash(), run.hash());
    }
    // A window keeps what is seen along with the state, which it does not change.
    let mut looks = run.scene().clone();
    looks.view.height = Some(7.5);
    looks.plots.truncate(1);
    let lab = Lab::go_on(reopen(&save(&run), 1)).expect("a thread");
    let bytes = lab.checkpoint_seen(Some(Box::new(looks.clone())));
    let seen = reopen(&bytes.expect("the run answers"), 2);
    assert_eq!(seen.hash(), run.hash());
    assert_eq!(seen.scene().view, looks.view);
    assert_eq!(seen.scene().plots.len(), 1);
    // Without a display the file is read first, and its faults come before that of the display.
    let name = text(&path);
    seethe(&[name]).ends_with(3).says(&["DISPLAY"]);
    seethe(&["run", name, "--steps", "1"]).ends_with(2).says(&[
        "not a scene",
        "--resume",
        "record",
    ]);
    let mut bytes = std::fs::read(&path).expect("the file");
    bytes.truncate(1000);
    std::fs::write(&path, &bytes).expect("a file");
    seethe(&[name])
        .ends_with(2)
        .says(&["state.ckpt", "damaged"]);
    for other in ["/dev/null", "/nonexistent", "Cargo.toml"] {
        assert!(!checkpoint::is_one(Path::new(other)), "{other}");
    }
}

#[test]
fn a_film_begins_where_a_run_was_kept() {
    let folder = folder();
    let place = |name: &str| text(&folder.path().join(name)).to_string();
    let few = ["--set", "population.count=80"];
    let small = ["--quiet", "--size", "96x64"];
    let kept = place("kept.ckpt");
    let to = ["--steps", "40", "--checkpoint", &kept, "--quiet"];
    seethe(&[&["run", "mips"][..], &few, &to].concat()).ends_with(0);
    let (still, whole) = (place("still.png"), place("whole.png"));
    let ten = ["-o", &still, "--skip", "10"];
    seethe(&[&["record", &kept][..], &ten, &small].concat()).ends_with(0);
    let fifty = ["-o", &whole, "--skip", "50"];
    seethe(&[&["record", "mips"][..], &fifty, &few, &small].concat()).ends_with(0);
    let bytes = |name: &str| std::fs::read(name).expect("a picture");
    assert!(bytes(&still) == bytes(&whole));
    // Not the picture of where it was kept.
    let at_once = place("at_once.png");
    seethe(&[&["record", &kept, "-o", &at_once][..], &small].concat()).ends_with(0);
    assert!(bytes(&still) != bytes(&at_once));
    for flags in [&few, &["--seed", "3"]] {
        seethe(&[&["record", &kept, "-o", &still][..], flags, &small].concat())
            .ends_with(2)
            .says(&["kept.ckpt", "leave --set"]);
    }
}

#[test]
fn a_good_previous_checkpoint_outlives_a_damaged_one() {
    let folder = folder();
    let path = folder.path().join("state");
    let pool = worker_threads(1).expect("a thread");
    let mut run = begin(&RUNS[0], 1);
    checkpoint::write(&path, &run).expect("a checkpoint");
    run.advance(3).expect("a good run");
    checkpoint::write(&path, &run).expect("a checkpoint");
    assert_eq!(names(folder.path()).len(), 2, "{:?}", names(folder.path()));
    // A place that cannot be written: both states stay.
    let before = names(folder.path());
    let nowhere = folder.path().join("absent").join("state");
    let error = checkpoint::write(&nowhere, &run).expect_err("no folder");
    assert!(error.to_string().contains("absent"), "{error}");
    assert_eq!(names(folder.path()), before);
    assert!(checkpoint::read(&path, &pool).is_ok());
    for wrong in [
        folder.path(),
        Path::new("/dev/zero"),
        Path::new("/nonexistent"),
    ] {
        assert!(
            checkpoint::read(wrong, &pool).is_err(),
            "{}",
            wrong.display()
        );
    }
}

fn cli(extra: &[&str]) -> Outcome {
    let few = [
        "run",
        "mips",
        "--set",
        "population.count=80",
        "--every",
        "25",
        "--quiet",
    ];
    seethe(&[&few, extra].concat()).ends_with(0)
}

#[test]
fn files_of_a_resumed_run_are_those_of_the_uninterrupted_one() {
    let (whole, pieces) = (folder(), folder());
    let files = |folder: &Path| ["run.csv", "run.xyz", "state"].map(|name| folder.join(name));
    let flags = |folder: &Path, steps: &str| -> Vec<String> {
        let [csv, xyz, state] = files(folder).map(|path| path.display().to_string());
        let flags = [
            "--steps",
            steps,
            "--csv",
            &csv,
            "--traj",
            &xyz,
            "--checkpoint",
            &state,
        ];
        flags.map(String::from).into()
    };
    let go = |folder: &Path, steps: &str, resume: &[&str]| {
        let flags = flags(folder, steps);
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        cli(&[&flags, resume].concat())
    };
    go(whole.path(), "200", &[]);
    go(pieces.path(), "60", &[]);
    let [csv, xyz, state] = files(pieces.path());
    // The program was killed later than its last checkpoint: rows and frames of the future, and
    // half a line.
    let ahead = std::fs::read(&state).expect("a state");
    go(pieces.path(), "110", &["--resume"]);
    std::fs::write(&state, ahead).expect("a state");
    let half = |path: &Path| {
        let mut content = read(path);
        content.truncate(content.len() - 7);
        std::fs::write(path, content).expect("a file");
    };
    half(&csv);
    half(&xyz);
    go(pieces.path(), "150", &["--resume"]);
    go(pieces.path(), "200", &["--resume"]);
    let found = names(pieces.path());
    for name in names(whole.path()) {
        assert!(found.contains(&name), "{}", name.display());
        let content = |folder: &Path| std::fs::read(folder.join(&name)).expect("a file");
        let same = content(whole.path()) == content(pieces.path());
        assert!(
            same || name == Path::new("state.previous"),
            "{} differs",
            name.display()
        );
    }
    // A table of another model is not continued.
    std::fs::write(&csv, "step,time,other\n0,0,1\n").expect("a file");
    let table = text(&csv);
    let resume = [
        "--steps",
        "210",
        "--checkpoint",
        text(&state),
        "--resume",
        "--csv",
        table,
    ];
    seethe(&[&["run", "mips", "--quiet"][..], &resume].concat())
        .ends_with(5)
        .says(&[table]);
    assert_eq!(read(&csv), "step,time,other\n0,0,1\n");
}
