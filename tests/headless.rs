//! The command line as scripts use it: files, numbers, exit codes; no display and no adapter.

use std::path::Path;

use seethe::model::observable::Observable;
use seethe::models;

use crate::harness::{Running, command, folder, names, read, scene, seethe, text};

/// A short run of a small separation, to which flags are added.
pub fn run(extra: &[&str]) -> crate::harness::Outcome {
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
pub fn table(path: &Path) -> (Vec<String>, Vec<Vec<f64>>) {
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

pub fn active() -> &'static seethe::model::Model {
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
