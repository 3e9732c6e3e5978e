//! A scene that is written and read again is the same scene.

use super::*;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z \"#\\\\\n\tφ—]{0,30}", "\\PC{0,30}"]
}

fn name(names: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names)
}

/// Any finite positive number of a range, with all its digits.
fn number(min: f64, max: f64) -> impl Strategy<Value = f64> {
    (min.ln()..max.ln()).prop_map(move |x: f64| x.exp().clamp(min, max))
}

fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '\\' | '"' => format!("\\{c}"),
            '\n' => "\\n".into(),
            '\t' => "\\t".into(),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_written_is_read_again(
        (title, story, tag) in (text(), text(), text()),
        (speed, peclet, legs, careful) in (-10.0..10.0_f64, number(0.01, 1e4), 0..=100_i64, any::<bool>()),
        (width, height, count, boundary) in (number(1e-3, 1e6), number(1e-3, 1e6), 1..=20_000_000_u64, name(&["periodic", "reflecting", "open"])),
        (seed, dt, every) in (any::<u64>(), number(1e-12, 0.01), 1..1_000_000_000_u64),
        (colour, glyph, range, magnification) in (name(&["heading", "density"]), name(&["disc", "arrow", "streak"]), (-1e30..0.0_f64, 0.1..1e30_f64), prop::option::of(number(1e-3, 1e7))),
        (ghosts, bloom, opacity, logarithmic) in (0.0..=1.0_f64, 0.0..=1.0_f64, prop::option::of(0.0..=1.0_f64), any::<bool>()),
        plots in prop::collection::vec((name(&["series", "histogram"]), any::<bool>(), any::<bool>()), 0..13),
    ) {
        let plots: String = plots
            .iter()
            .map(|(kind, x, y)| format!("(observable: polar_order, kind: {kind}, x_logarithmic: {x}, y_logarithmic: {y}),"))
            .collect();
        let shown = magnification.map_or(String::new(), |height| format!("height: {height:?},"));
        let styled = opacity.map_or(String::new(), |opacity| format!(", opacity: {opacity:?}"));
        let text = format!(
            "(version: 1, model: walkers, story: (title: {}, text: {}, tags: [{}]),
              parameters: (walking_speed: {speed:?}, peclet: {peclet:?}, legs: {legs}, careful: {careful}),
              box: (size: ({width:?}, {height:?}), boundary: {boundary}), population: (count: {count}),
              seed: {seed}, dt: {dt:?}, sample_every: {every}, speed: {dt:?}, plots: [{plots}],
              view: (colour: {colour}, glyph: {glyph}, range: ({:?}, {:?}), {shown}
                ghosts: {ghosts:?}, bloom: {bloom:?}, logarithmic: {logarithmic}, layer_styles: [(layer: field{styled})]))",
            quoted(&title), quoted(&story), quoted(&tag), range.0, range.1,
        );
        let scene = good(&text);
        prop_assert_eq!(&scene.story.title, &title);
        prop_assert_eq!(&scene.story.text, &story);
        prop_assert_eq!(scene.values.get(1).to_bits(), peclet.to_bits());
        prop_assert_eq!((scene.seed, scene.dt.to_bits()), (seed, dt.to_bits()));
        let written = scene.to_ron();
        prop_assert_eq!(&good(&written), &scene);
        // Other programs that read RON must be able to read it, too.
        prop_assert!(ron::from_str::<ron::Value>(&written).is_ok(), "{}", written);
        prop_assert_eq!(&scene.json()["seed"], &serde_json::Value::from(seed));
    }
}

#[test]
fn a_full_scene_survives_and_is_commented() {
    let scene = good(GOOD);
    let written = scene.to_ron();
    assert_eq!(good(&written), scene);
    assert!(written.contains("// Pe: Péclet number."), "{written}");
    assert!(written.contains("turning: straight,") && written.contains("careful: true,"));
    assert_eq!(scene.json()["parameters"]["turning"], "straight");
}

#[test]
fn line_ends_of_other_systems_do_not_matter() {
    let text = GOOD.replace("v₀ → ∞", "one\n\ntwo");
    let scene = good(&text.replace('\n', "\r\n"));
    assert_eq!(scene, good(&text));
    assert_eq!(
        good(&format!("\u{feff}{GOOD}")),
        good(GOOD),
        "a byte order mark is skipped"
    );
    assert_eq!(
        good(&format!(
            "Scene{}",
            GOOD.trim_start_matches("// A walk with an émigré.\n")
        )),
        good(GOOD)
    );
}
