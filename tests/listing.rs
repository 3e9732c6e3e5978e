//! What the program says of itself: lists, descriptions and measurements of speed.

use seethe::models;
use serde_json::Value;

use crate::harness::{Running, seethe};
use crate::headless::active;

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
