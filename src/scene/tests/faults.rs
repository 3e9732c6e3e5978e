//! Faulty texts: everything is reported, at its place, and nothing panics or hangs.

use super::*;
use proptest::prelude::*;

#[test]
fn all_faults_are_reported_at_once() {
    let faulty = GOOD
        .replace("peclet: 40.0", "peclett: 40.0")
        .replace("walking_speed: 2.0", "walking_speed: NaN")
        .replace("legs: 4", "legs: 4.5")
        .replace("turning: straight", "turning: strait")
        .replace("boundary: reflecting", "boundary: 3")
        .replace("seed: 7", "seed: -7")
        .replace("kind: log_log", "kind: series");
    let problems = check(&faulty).expect_err("seven faults");
    let found: Vec<(&str, &str)> = problems
        .iter()
        .map(|problem| (problem.field.as_str(), problem.code))
        .collect();
    assert_eq!(
        found,
        [
            ("parameters.walking_speed", "not_finite"),
            ("parameters.peclett", "unknown_field"),
            ("parameters.turning", "unknown_name"),
            ("parameters.legs", "out_of_range"),
            ("box.boundary", "wrong_type"),
            ("seed", "out_of_range"),
            ("plots[1].kind", "inconsistent"),
        ],
        "{problems}"
    );
    for problem in problems.iter() {
        assert_eq!(
            (problem.line, problem.column),
            place(&faulty, problem.span.start),
            "{problem}"
        );
        assert!(
            !problem.allowed.is_empty() && !problem.remedy.is_empty(),
            "{problem}"
        );
        assert!(problem.to_string().starts_with("walk.ron:"), "{problem}");
    }
    let text = problems.render(false);
    assert!(
        text.contains("did you mean `peclet`?") && text.contains("did you mean `straight`?"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}') && problems.render(true).contains('\u{1b}'));
}

#[test]
fn each_kind_of_fault_has_its_words() {
    let replace = |from: &str, to: &str| {
        assert!(GOOD.contains(from), "{from}");
        only(check(&GOOD.replacen(from, to, 1)))
    };
    assert_eq!(replace("version: 1", "version: 2").code, "version");
    assert_eq!(replace("/* τ */ dt: 1e-3,", "").code, "missing");
    assert_eq!(replace("seed: 7", "seed: 7, seed: 8").code, "duplicate");
    assert_eq!(
        replace("peclet: 40.0", "peclet: 40.0, peclet: 41").code,
        "duplicate"
    );
    assert_eq!(replace("magma", "mgama").remedy, "did you mean `magma`?");
    assert_eq!(
        replace("\"lattice\"", "\"latice\"").remedy,
        "did you mean `lattice`?"
    );
    assert_eq!(
        replace("colour: density", "colour: speed").allowed,
        "one of heading, density"
    );
    assert_eq!(
        replace("observable: polar_order", "observable: polar").code,
        "unknown_name"
    );
    assert_eq!(
        replace("layers: [field]", "layers: [fields]").field,
        "view.layers[0]"
    );
    assert_eq!(
        replace("range: (0.0, 1.0)", "range: (1.0, 0.0)").code,
        "out_of_range"
    );
    assert_eq!(
        replace("centre: (1.0, -1.0)", "centre: (1.0, inf)").code,
        "not_finite"
    );
    assert_eq!(
        replace("centre: (1.0, -1.0)", "centre: (1.0,)").code,
        "wrong_type"
    );
    assert_eq!(replace("height: 12.0", "height: 12,0").code, "syntax");
    assert_eq!(replace("\"v₀ → ∞\"", "\"\\q\"").field, "story.text");
    assert_eq!(replace("\"2D\"", "\"2\u{1b}D\"").code, "syntax");
    assert_eq!(replace("\"2D\"", "\"2\\u{1b}D\"").code, "wrong_type");
    assert_eq!(
        replace("careful: true", "careful: yes").allowed,
        "true or false"
    );
}

#[test]
fn a_step_beyond_the_bound_is_refused_with_bound_reason_and_remedy() {
    // The bound is 0.1 / 2 for this speed.
    let problem = only(check(&GOOD.replace("dt: 1e-3", "dt: 0.06")));
    assert_eq!(
        (problem.field.as_str(), problem.code),
        ("dt", "step_too_large")
    );
    let text = problem.to_string();
    for words in [
        "0.06",
        "0.05",
        "must not jump over its neighbour",
        "write dt: 5e-2",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(good(&GOOD.replace("dt: 1e-3", "dt: 0.05")).dt, 0.05);
}

#[test]
fn an_unknown_model_is_named_and_hides_no_other_fault() {
    let faulty = GOOD
        .replace("\"walkers\"", "walker")
        .replace("seed: 7", "seed: x");
    let problems = check(&faulty).expect_err("two faults");
    let fields: Vec<&str> = problems
        .iter()
        .map(|problem| problem.field.as_str())
        .collect();
    assert_eq!(fields, ["model", "seed"]);
    assert!(problems.to_string().contains("did you mean `walkers`?"));
    for model in ["r\"walkers\"", "r#\"walkers\"#", "\"walk\\u{65}rs\""] {
        good(&GOOD.replace("\"walkers\"", model));
    }
}

#[test]
fn missing_commas_do_not_hide_other_faults() {
    let faulty = GOOD
        .replace("version: 1,", "version: 1")
        .replace("seed: 7", "seed: 7.5");
    let problems = check(&faulty).expect_err("two faults");
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["syntax", "out_of_range"]);
}

/// A good scene of more than 10,000 bytes, and each of its beginnings.
#[test]
fn every_truncation_is_refused() {
    let long = GOOD.replace("v₀ → ∞", &"v₀ → ∞. A paragraph that goes on; ".repeat(270));
    let whole = good(&long).count;
    assert_eq!(whole, 100);
    let end = long.trim_end().len();
    let mut truncations = 0;
    for (at, _) in long.char_indices().take_while(|(at, _)| *at < end) {
        let problems = check(&long[..at]).expect_err("a truncated scene is not a scene");
        assert!(problems.count() >= 1 && problems.iter().next().is_some());
        truncations += 1;
    }
    assert!(truncations >= 9_000, "{truncations}");
}

#[test]
fn bombs_are_refused_without_depth_or_delay() {
    let depth = 1_000_000;
    for opening in [
        "(",
        "[",
        "{",
        "Some(",
        "(a:",
        "[(",
        "/*",
        "{(",
        "((",
        "(a:Some([",
        "r#",
        "\"\\",
    ] {
        let bomb = opening.repeat(depth);
        for text in [
            bomb.clone(),
            format!("(version: 1, dt: {bomb}"),
            format!("(story: (title: {bomb}"),
        ] {
            assert!(check(&text).is_err(), "{opening}");
        }
    }
    for item in ["1,", "x,", "\"\",", "(),", "1 "] {
        let wide = format!("(plots: [{}])", item.repeat(depth / 2));
        assert!(check(&wide).is_err());
    }
    let fields = format!("({})", "version:x,".repeat(90_000));
    let problems = check(&fields).expect_err("a field given often");
    assert!(problems.iter().count() <= 100 && problems.render(false).len() < 200_000);
    let digits = GOOD.replace("seed: 7", &format!("seed: {}", "9".repeat(1_000_000)));
    assert_eq!(only(check(&digits)).field, "seed");
}

fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "\\",
        "//",
        "/*",
        "*/",
        "NaN",
        "inf",
        "-inf",
        "-",
        "1e999",
        "0",
        "-0.0",
        "1e308",
        "5e-324",
        "18446744073709551616",
        "true",
        "None",
        "Some(",
        "r#\"",
        "#",
        "\u{0}",
        "\u{1b}[2J",
        "é",
        "\u{202e}",
        "𝔖",
        "\n",
        "'",
        "()",
        "_",
        "0x",
        "1_0",
        "++",
        "..",
        "model",
        "version: 1",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Edits of a good scene give a scene or problems with true places, never a panic.
    #[test]
    fn mutations_give_a_scene_or_problems(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, token()), 1..6),
    ) {
        let mut text: Vec<char> = GOOD.chars().collect();
        for (index, removed, token) in edits {
            let at = index.index(text.len());
            let end = (at + removed).min(text.len());
            text.splice(at..end, token.chars());
            if text.is_empty() {
                text.push('(');
            }
        }
        let text: String = text.into_iter().collect();
        match check(&text) {
            Ok(scene) => prop_assert_eq!(good(&scene.to_ron()), scene),
            Err(problems) => {
                prop_assert!(problems.iter().next().is_some());
                for problem in problems.iter() {
                    prop_assert_eq!((problem.line, problem.column), place(&text, problem.span.start));
                    prop_assert_eq!(problem.to_string().lines().count(), 1);
                }
                let shows_control = problems.render(false).contains(['\u{0}', '\u{1b}']);
                prop_assert!(!shows_control);
            }
        }
    }

    /// Any text at all is answered.
    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}", path in "\\PC{0,20}", value in "\\PC{0,40}") {
        if let Err(problems) = check_set(&text, &[(&path, &value)]) {
            prop_assert!(!problems.render(true).is_empty());
        }
        if let Err(problems) = check_set(GOOD, &[(&path, &value)]) {
            prop_assert!(problems.iter().all(|problem| problem.file == "--set #1"), "{}", problems);
        }
    }
}
