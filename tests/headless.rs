//! The command line as scripts use it: files, numbers, exit codes; no display and no adapter.

use std::path::Path;
use std::time::Duration;

use seethe::model::column::Heading;
use seethe::model::observable::Observable;
use seethe::model::phase::Failure;
use seethe::models;
use seethe::sim::checkpoint::save;
use serde_json::Value;

use crate::harness::{Running, command, folder, names, read, scene, seethe, start, text, within};

/// A short run of a small separation, to which flags are added.
fn run(extra: &[&str]) -> crate::harness::Outcome {
    let common = [
        "run",
        "mips",
        "--set",
        "population.count=64",
        "--threads",
        "2",
        "--quiet",
    ];
    seethe(&[&common, extra].concat())
}

/// Rows of a table as numbers; an empty cell is NaN. Asserts that every number is plain decimal.
#[track_caller]
fn table(path: &Path) -> (Vec<String>, Vec<Vec<f64>>) {
    let content = read(path);
    assert!(
        content.ends_with('\n'),
        "{}: the last line is not whole",
        path.display()
    );
    let mut lines = content.lines();
    let header: Vec<String> = lines
        .next()
        .expect("a header")
        .split(',')
        .map(Into::into)
        .collect();
    let rows = lines.map(|line| {
        let cells: Vec<f64> = line.split(',').map(|cell| number(cell, line)).collect();
        assert_eq!(cells.len(), header.len(), "{line}");
        cells
    });
    let rows = rows.collect();
    (header, rows)
}

#[track_caller]
fn number(cell: &str, line: &str) -> f64 {
    if cell.is_empty() {
        return f64::NAN;
    }
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.matches('.').count() <= 1
        && digits.starts_with(|c: char| c.is_ascii_digit());
    assert!(plain, "`{cell}` is not a plain decimal number: {line}");
    cell.parse().expect("a number")
}

fn active() -> &'static seethe::model::Model {
    models::find("active").expect("the model")
}

#[test]
fn a_run_writes_one_row_a_sample_and_the_distributions_beside_it() {
    let folder = folder();
    let csv = folder.path().join("run.csv");
    run(&["--steps", "100", "--every", "20", "--csv", text(&csv)]).ends_with(0);
    let (header, rows) = table(&csv);
    let scalars = active().scalars().map(|observable| observable.name);
    let expected: Vec<&str> = ["step", "time"].into_iter().chain(scalars).collect();
    assert_eq!(header, expected);
    let steps: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    let dt = scene("mips", &[]).dt;
    assert_eq!(steps, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
    for row in &rows {
        // The time is a sum of steps, each of which is rounded.
        assert!((row[1] - row[0] * dt).abs() < 1e-12, "{row:?}");
        let defined = row.iter().filter(|value| value.is_finite()).count();
        assert!(
            defined * 2 > row.len(),
            "most observables are defined: {row:?}"
        );
    }
    let mut expected: Vec<String> = vec!["run.csv".into()];
    let others = active()
        .observables
        .iter()
        .filter(|observable| !observable.is_scalar());
    expected
        .extend(others.map(|observable: &Observable| format!("run.csv.{}.csv", observable.name)));
    expected.sort();
    let found: Vec<String> = names(folder.path())
        .iter()
        .map(|name| name.display().to_string())
        .collect();
    assert_eq!(found, expected);
    let mut filled = 0;
    for name in found.iter().filter(|name| *name != "run.csv") {
        let (header, rows) = table(&folder.path().join(name));
        assert_eq!(header, ["step", "x", "y"], "{name}");
        assert!(rows.iter().all(|row| row[0] == 100.0), "{name}");
        filled += usize::from(!rows.is_empty());
    }
    assert!(filled > 3, "the distributions are not empty");
}

#[test]
fn flags_mean_what_they_say() {
    let folder = folder();
    let csv = |name: &str| folder.path().join(name);
    let written = |name: &str, extra: &[&str]| {
        let path = csv(name);
        run(&[extra, &["--every", "50", "--csv", text(&path)]].concat()).ends_with(0);
        read(&path)
    };
    let steps = written("steps.csv", &["--steps", "100"]);
    let time = (100.0 * scene("mips", &[]).dt).to_string();
    assert_eq!(written("time.csv", &["--time", &time]), steps);
    assert_ne!(
        written("seed.csv", &["--steps", "100", "--seed", "9"]),
        steps
    );
    assert_eq!(
        written("same.csv", &["--steps", "100", "--set", "seed=2015"]),
        steps
    );
    let pulled = written(
        "set.csv",
        &["--steps", "100", "--set", "parameters.peclet=20"],
    );
    assert_ne!(pulled, steps);
    // The last of two overrides counts, and a path may be its last name.
    let twice = ["--steps", "100", "--set", "peclet=90", "--set", "peclet=20"];
    assert_eq!(written("twice.csv", &twice), pulled);
    let alone = csv("threads.csv");
    let flags = [
        "run", "mips", "--set", "count=64", "--steps", "100", "--every", "50",
    ];
    seethe(&[&flags[..], &["--threads", "5", "--csv", text(&alone)]].concat()).ends_with(0);
    assert_eq!(read(&alone), steps, "the number of threads changes nothing");
    assert_eq!(
        run(&["--steps", "5"]).ends_with(0).err,
        "",
        "--quiet is quiet"
    );
}

#[test]
fn trajectories_are_extended_xyz_in_the_order_of_the_tags() {
    let folder = folder();
    let path = folder.path().join("run.xyz");
    let sizes = [
        "--set",
        "box.aspect=2",
        "--set",
        "parameters.polydispersity=0.1",
    ];
    let flags = ["--steps", "40", "--every", "20", "--traj", text(&path)];
    run(&[&sizes[..], &flags].concat()).ends_with(0);
    let content = read(&path);
    let mut lines = content.lines();
    let mut frames = 0;
    while let Some(count) = lines.next() {
        assert_eq!(count, "64");
        let comment = lines.next().expect("a comment line");
        let quoted = |key: &str| {
            let rest = comment.split_once(&format!("{key}=\"")).expect(key).1;
            rest.split_once('"').expect(key).0
        };
        let lattice: Vec<f64> = quoted("Lattice")
            .split(' ')
            .map(|part| part.parse().expect("a length"))
            .collect();
        let [width, _, _, _, height, _, _, _, depth] = lattice[..] else {
            panic!("{lattice:?}")
        };
        assert!(
            (width / height - 2.0).abs() < 1e-9 && depth == 1.0,
            "{lattice:?}"
        );
        assert_eq!(quoted("pbc"), "T T F");
        let plain = |key: &str| {
            let rest = comment.split_once(&format!("{key}=")).expect(key).1;
            rest.split(' ').next().expect(key)
        };
        assert_eq!(plain("Step"), (20 * frames).to_string());
        let properties: Vec<&str> = plain("Properties").split(':').collect();
        let fields: Vec<(&str, &str, usize)> = properties
            .chunks(3)
            .map(|field| (field[0], field[1], field[2].parse().expect("a width")))
            .collect();
        assert_eq!(
            fields[..3],
            [("species", "S", 1), ("pos", "R", 3), ("id", "I", 1)]
        );
        assert!(
            fields.iter().any(|field| field.0 == "diameter"),
            "{fields:?}"
        );
        let columns: usize = fields.iter().map(|field| field.2).sum();
        for tag in 0..64 {
            let line = lines.next().expect("a particle");
            let cells: Vec<&str> = line.split(' ').collect();
            assert_eq!(cells.len(), columns, "{line}");
            assert_eq!(cells[4], tag.to_string());
            for cell in &cells[1..] {
                number(cell, line);
            }
            let x: f64 = cells[1].parse().expect("x");
            let y: f64 = cells[2].parse().expect("y");
            assert!(
                x.abs() <= 0.5 * width + 1e-6 && y.abs() <= 0.5 * height + 1e-6,
                "{line}"
            );
        }
        frames += 1;
    }
    assert_eq!(frames, 3);
}

#[test]
fn bad_input_ends_with_2_and_says_what_is_wrong() {
    let folder = folder();
    let wrong = folder.path().join("wrong.ron");
    let content = "(\n    version: 1,\n    model: \"active\",\n    box: (size: (10, 10)),\n    population: (count: 0),\n    dt: -1.0,\n)\n";
    std::fs::write(&wrong, content).expect("a file");
    let place = format!("{}:6:9", wrong.display());
    seethe(&["check", text(&wrong)])
        .ends_with(2)
        .says(&[&place, "dt", "population.count"]);
    seethe(&["run", text(&wrong), "--steps", "1"])
        .ends_with(2)
        .says(&[&place]);
    let cases: &[(&[&str], &[&str])] = &[
        (&["run", "mip", "--steps", "1"], &["mip", "mips"]),
        (&["run", "mips"], &["--steps", "--time"]),
        (&["run", "mips", "--steps=-1"], &["--steps"]),
        (&["run", "mips", "--time", "nan"], &["--time"]),
        (
            &["run", "mips", "--steps", "1", "--set", "dt"],
            &["PATH=VALUE"],
        ),
        (
            &["run", "mips", "--steps", "1", "--set", "pecle=3"],
            &["pecle", "peclet"],
        ),
        (
            &["run", "mips", "--steps", "1", "--set", "peclet=NaN"],
            &["peclet", "finite"],
        ),
        (&["run", "mips", "--steps", "1", "--set", "dt=1"], &["dt"]),
        (
            &["run", "mips", "--steps", "1", "--every", "0"],
            &["sample_every"],
        ),
        (&["run", "mips", "--steps", "1", "--seed", "x"], &["--seed"]),
        (
            &["run", "mips", "--steps", "1", "--traj", "a.gsd"],
            &[".xyz"],
        ),
        (
            &["run", "mips", "--steps", "1", "--resume"],
            &["--checkpoint"],
        ),
        (
            &["run", "mips", "--steps", "1", "--threads", "many"],
            &["--threads"],
        ),
        (
            &[
                "run",
                "mips",
                "--steps",
                "1",
                "--set",
                "population.count=100000000000",
            ],
            &["population.count"],
        ),
        (&["record", "mips", "-o", "film.avi"], &["film.avi"]),
        (
            &["record", "mips", "-o", "film.mp4", "--size", "0x0"],
            &["0"],
        ),
        (
            &["record", "mips", "-o", "film.mp4", "--size", "wide"],
            &["WIDTHxHEIGHT"],
        ),
        (
            &["record", "mips", "-o", "film.mp4", "--seconds", "-1"],
            &["--seconds"],
        ),
        (&["describe", "actve"], &["actve", "active"]),
        (&["list", "params"], &["active"]),
        (&["list", "nothing"], &["nothing"]),
        (&["bench", "actve"], &["actve"]),
        (&["bench", "--seconds", "0"], &["--seconds"]),
        (&["--nonsense"], &["--nonsense"]),
        (&["nonsense"], &["nonsense"]),
    ];
    for (arguments, words) in cases {
        seethe(arguments).ends_with(2).says(words);
    }
}

#[test]
fn a_window_without_a_display_ends_with_3() {
    seethe(&["mips"])
        .ends_with(3)
        .says(&["DISPLAY", "seethe run"]);
    seethe(&[]).ends_with(3).says(&["DISPLAY"]);
    // A display that is not there.
    let mut elsewhere = command(&["mips"]);
    elsewhere.env("DISPLAY", ":4711");
    Running::start(elsewhere).finish().ends_with(3);
    seethe(&["run", "mips", "--steps", "1", "--backend", "gpu"])
        .ends_with(3)
        .says(&["--backend"]);
}

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
fn a_film_needs_no_adapter() {
    let folder = folder();
    let flags = ["--seconds", "0.2", "--steps-per-frame", "3"];
    for name in ["film.mp4", "film.gif", "still.png"] {
        let path = folder.path().join(name);
        let few = ["--set", "population.count=64", "--quiet", "--size", "64x48"];
        // A picture is a still unless a length is asked for.
        let flags = if name == "still.png" { &[][..] } else { &flags };
        seethe(&[&["record", "mips", "-o", text(&path)][..], flags, &few].concat()).ends_with(0);
        let bytes = std::fs::read(&path).expect("a film");
        let magic: &[u8] = match name {
            "film.mp4" => b"ftyp",
            "film.gif" => b"GIF89a",
            _ => b"\x89PNG",
        };
        assert!(
            bytes[..16].windows(magic.len()).any(|part| part == magic),
            "{name}"
        );
    }
    assert_eq!(names(folder.path()).len(), 3, "{:?}", names(folder.path()));
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

fn json(arguments: &[&str]) -> Value {
    let outcome = seethe(arguments).ends_with(0);
    serde_json::from_str(&outcome.out).unwrap_or_else(|error| panic!("{error}: {}", outcome.out))
}

/// The values under one key of a list of objects.
fn column(list: &Value, key: &str) -> Vec<String> {
    let rows = list.as_array().expect("a list");
    rows.iter()
        .map(|row| row[key].as_str().expect(key).to_owned())
        .collect()
}

#[test]
fn lists_and_descriptions_come_from_the_declarations() {
    let models = json(&["list", "models", "--json"]);
    assert_eq!(
        column(&models, "name"),
        models::ALL.iter().map(|m| m.name).collect::<Vec<_>>()
    );
    let scenes = column(&json(&["list", "scenes", "--json"]), "name");
    for name in [
        "mips",
        "active_gas",
        "hexatic",
        "chiral",
        "aoup",
        "run_and_tumble",
        "passive_colloid",
        "trapped",
    ] {
        assert!(scenes.iter().any(|scene| scene == name), "{name}");
    }
    let parameters = json(&["list", "params", "active", "--json"]);
    let declared = (active().parameters)();
    assert_eq!(
        column(&parameters, "name"),
        declared.iter().map(|p| p.name).collect::<Vec<_>>()
    );
    assert_eq!(
        column(&parameters, "doc"),
        declared.iter().map(|p| p.doc).collect::<Vec<_>>()
    );
    let observables = json(&["list", "observables", "active", "--json"]);
    let declared: Vec<_> = active().observables.iter().map(|o| o.name).collect();
    assert_eq!(column(&observables, "name"), declared);
    let described = seethe(&["describe", "active"]).ends_with(0).out;
    let plain = seethe(&["list", "params", "active"]).ends_with(0).out;
    for parameter in (active().parameters)() {
        for part in [
            parameter.name,
            parameter.symbol,
            parameter.doc,
            &parameter.allowed(),
        ] {
            assert!(described.contains(part), "{part}");
        }
        assert!(plain.contains(parameter.name));
    }
    for observable in active().observables {
        assert!(described.contains(observable.doc), "{}", observable.name);
    }
    for equation in active().equations {
        assert!(described.contains(equation), "{equation}");
    }
    let every: Vec<&str> = std::iter::once("check")
        .chain(scenes.iter().map(String::as_str))
        .collect();
    let checked = seethe(&every).ends_with(0).out;
    assert_eq!(
        checked
            .lines()
            .filter(|line| line.contains(": good"))
            .count(),
        scenes.len()
    );
    seethe(&["--help"]).ends_with(0);
    assert!(
        seethe(&["--version"])
            .ends_with(0)
            .out
            .contains(env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_bench_reports_the_keys_of_its_contract() {
    let flags = [
        "--n",
        "500",
        "--seconds",
        "0.2",
        "--warmup",
        "20",
        "--threads",
        "2",
    ];
    let report = json(&[&["bench", "--json"][..], &flags].concat());
    assert_eq!(report["model"], "active");
    assert_eq!(report["n"], 500);
    assert_eq!(report["threads"], 2);
    assert_eq!(report["backend"], "cpu");
    assert_eq!(report["warmup"], 20);
    let positive = |key: &str| {
        report[key]
            .as_f64()
            .filter(|&value| value > 0.0)
            .expect(key)
    };
    let steps = positive("steps");
    let rate = steps * 500.0 / positive("seconds");
    assert!((positive("particle_steps_per_second") / rate - 1.0).abs() < 1e-9);
    let phases = report["phases"].as_object().expect("phases");
    let mut names: Vec<&str> = phases.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["forces", "integrate", "measure", "neighbors", "wrap"]
    );
    let total: f64 = phases
        .values()
        .map(|share| share.as_f64().expect("a share"))
        .sum();
    assert!((total - 1.0).abs() < 1e-9, "the shares add up to {total}");
    let table = seethe(&[&["bench"][..], &flags].concat()).ends_with(0).out;
    assert!(
        table.contains("particle-steps/s") && table.contains("neighbors"),
        "{table}"
    );
}

#[test]
fn a_reader_that_has_gone_away_is_no_fault() {
    let mut pipe = std::process::Command::new("sh");
    let program = env!("CARGO_BIN_EXE_seethe");
    pipe.args(["-c", &format!("'{program}' describe active | head -n 1")]);
    let outcome = Running::start(pipe).finish().ends_with(0);
    assert_eq!(outcome.out.lines().count(), 1);
    assert!(outcome.err.is_empty(), "{outcome:?}");
}
