//! Every numeric field of the schema, and every parameter, with every kind of bad value.

use super::*;
use crate::model::parameter::Kind as ParameterKind;
use crate::scene::schema::{FIELDS, Kind};

/// One field of the sweep: its path, the greatest allowed value as text, and whether it is a pair.
struct Numeric {
    path: String,
    max: String,
    pair: bool,
    required: bool,
}

fn numeric_fields() -> Vec<Numeric> {
    let of_schema = FIELDS.iter().filter_map(|field| {
        let (max, pair) = match field.kind {
            Kind::Number { max, .. } => (format!("{max:?}"), false),
            Kind::Pair { max, .. } => (format!("{max:?}"), true),
            Kind::Whole { max, .. } => (max.to_string(), false),
            _ => return None,
        };
        let path = field.path.replace("[]", "[0]");
        Some(Numeric {
            path,
            max,
            pair,
            required: field.required,
        })
    });
    let of_model = Walkers::declarations().iter().filter_map(|parameter| {
        let max = match parameter.kind {
            ParameterKind::Number { max, .. } => format!("{max:?}"),
            ParameterKind::Integer { max, .. } => max.to_string(),
            _ => return None,
        };
        Some(Numeric {
            path: format!("parameters.{}", parameter.name),
            max,
            pair: false,
            required: false,
        })
    });
    of_schema.chain(of_model).collect()
}

/// A scene with one field written as given; `None` leaves it out. Returns the place of the value.
fn with(path: &str, value: Option<&str>) -> (String, usize) {
    let name = path.rsplit('.').next().unwrap_or(path);
    let item = value.map(|value| {
        (
            format!("/* ħ */ {name}: {value},"),
            format!("/* ħ */ {name}: ").len(),
        )
    });
    let mut place = 0;
    let mut text = String::from("(// 運動\n");
    // Group by group, so that the field stands in its own group, whatever that is.
    type Group<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);
    let groups: [Group; 8] = [
        (
            "",
            "",
            &[("version", "1"), ("model", "walkers"), ("dt", "0.001")],
            "",
        ),
        ("parameters", "parameters: (", &[], "),\n"),
        ("box", "box: (", &[("size", "(20, 10)")], "),\n"),
        ("population", "population: (", &[("count", "100")], "),\n"),
        (
            "ramps[0]",
            "ramps: [(",
            &[
                ("parameter", "walking_speed"),
                ("to", "1"),
                ("duration", "1"),
            ],
            ")],\n",
        ),
        ("view", "view: (", &[], ""),
        (
            "view.layer_styles[0]",
            "layer_styles: [(",
            &[("layer", "field")],
            ")],),\n",
        ),
        (
            "plots[0]",
            "plots: [(",
            &[("observable", "polar_order")],
            ")],\n",
        ),
    ];
    let group_of_path = path.rsplit_once('.').map_or("", |(group, _)| group);
    // Where the size is to follow, it must not be given, and a density is.
    let follows = matches!(
        path,
        "box.aspect" | "population.density" | "population.packing_fraction" | "box.size"
    );
    for (group, open, fields, close) in groups {
        text.push_str(open);
        for (field, value) in fields {
            let same = *field == name && group == group_of_path;
            let implied = follows && *field == "size";
            if !(same || implied) {
                text.push_str(&format!("{field}: {value},\n"));
            }
        }
        if path == "box.aspect" && group == "population" {
            text.push_str("density: 0.5,");
        }
        if group == group_of_path
            && let Some((item, offset)) = &item
        {
            place = text.len() + offset;
            text.push_str(item);
        }
        text.push_str(close);
    }
    text.push_str(")\n");
    (text, place)
}

#[test]
fn the_sweep_covers_the_schema() {
    let paths: Vec<String> = numeric_fields()
        .into_iter()
        .map(|field| field.path)
        .collect();
    for path in [
        "dt",
        "seed",
        "box.size",
        "population.count",
        "view.height",
        "view.layer_styles[0].opacity",
        "plots[0].range",
        "parameters.legs",
    ] {
        assert!(paths.iter().any(|known| known == path), "{path}");
    }
    for field in numeric_fields() {
        let value = match field.path.as_str() {
            "box.aspect" | "population.density" | "population.packing_fraction" | "version" => "1",
            "box.size" => "(20, 10)",
            "dt" => "0.001",
            "view.ghosts" | "view.bloom" | "view.layer_styles[0].opacity" => "1",
            _ if field.pair => "(1, 2)",
            _ => "10",
        };
        good(&with(&field.path, Some(value)).0);
    }
}

#[test]
fn every_numeric_field_refuses_what_is_no_value_for_it() {
    // A fault may also show in what follows from the value; these are the codes of such faults.
    let follows = ["inconsistent", "step_too_large", "too_large", "version"];
    let mut refused = 0;
    for field in numeric_fields() {
        let values = [
            "NaN",
            "inf",
            "-inf",
            "-0",
            "-1",
            "0",
            "5e-324",
            "1e308",
            "-1e308",
            "1e999",
            "1e-999",
            "\"1\"",
            "[1]",
            "(a: 1)",
            "x",
            "{}",
            "0x",
            "1e",
            "--1",
            "18446744073709551616",
            "()",
            "None",
            "Some(\"x\")",
            &field.max,
        ];
        for value in values {
            let values = if field.pair {
                vec![
                    value.to_owned(),
                    format!("({value}, 1)"),
                    format!("(1, {value})"),
                    format!("[{value}, {value}]"),
                ]
            } else {
                vec![value.to_owned()]
            };
            for value in values {
                let (text, at) = with(&field.path, Some(&value));
                let Err(problems) = check(&text) else {
                    continue;
                };
                refused += 1;
                let (line, column) = place(&text, at);
                let named = problems.iter().any(|problem| {
                    let near = problem.line == line && problem.column >= column;
                    (problem.field == field.path && near) || follows.contains(&problem.code)
                });
                let absent =
                    value == "None" && problems.iter().all(|problem| problem.code == "missing");
                // A box that cannot be made from a density is a fault of the box.
                let box_size = problems
                    .iter()
                    .any(|problem| problem.field == "box.size" && problem.line == line);
                let none_follow = problems.to_string().contains("less than one particle");
                assert!(
                    named || absent || box_size || none_follow,
                    "{} = {value}: {problems}\n{text}",
                    field.path
                );
            }
        }
        for never in [
            "NaN", "inf", "-inf", "1e999", "\"1\"", "x", "{}", "0x", "--1",
        ] {
            let values = if field.pair {
                vec![format!("({never}, 1)"), format!("(1, {never})")]
            } else {
                vec![never.into()]
            };
            for value in values {
                let (text, at) = with(&field.path, Some(&value));
                let problem = check(&text).expect_err(&text);
                let first = problem.iter().find(|problem| problem.field == field.path);
                let first = first.unwrap_or_else(|| panic!("{} = {value}: {problem}", field.path));
                let inner = at + value.find(never).unwrap_or(0);
                assert_eq!((first.line, first.column), place(&text, inner), "{first}");
                assert_eq!(first.value, never, "{first}");
            }
        }
        let (without, _) = with(&field.path, None);
        match check(&without) {
            Ok(_) => assert!(!field.required, "{}", field.path),
            Err(problems) => assert!(
                problems.iter().any(|problem| problem.code == "missing"),
                "{}: {problems}",
                field.path
            ),
        }
    }
    assert!(refused > 300, "the sweep must bite: {refused}");
}

#[test]
fn the_bounds_of_every_parameter_are_allowed_and_what_is_beyond_is_not() {
    for parameter in Walkers::declarations() {
        let (min, max) = match parameter.kind {
            ParameterKind::Number { min, max, .. } => (min, max),
            ParameterKind::Integer { min, max } => (min as f64, max as f64),
            _ => continue,
        };
        let path = format!("parameters.{}", parameter.name);
        for value in [min, max] {
            good(&with(&path, Some(&format!("{value:?}"))).0);
        }
        for value in [min - 1.0, max + 1.0] {
            let problem = only(check(&with(&path, Some(&format!("{value:?}"))).0));
            assert_eq!(
                (problem.field, problem.code),
                (path.clone(), "out_of_range")
            );
            assert_eq!(problem.allowed, parameter.allowed());
        }
    }
}
