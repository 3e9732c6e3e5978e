//! The settings of plots: what is read, what is written back, what is refused.

use super::*;
use crate::scene::{PlotKind, PlotSettings};
use proptest::prelude::*;

fn with(plot: &str) -> String {
    format!(
        "(version: 1, model: walkers, population: (count: 50, density: 2), dt: 0.01,\n plots: [({plot})])"
    )
}

fn plot(text: &str) -> PlotSettings {
    good(&with(text)).plots[0].clone()
}

#[test]
fn a_plot_is_what_is_written_and_else_as_usual() {
    let plain = plot("observable: polar_order");
    let usual = PlotSettings {
        observable: "polar_order".into(),
        ..PlotSettings::default()
    };
    assert_eq!(plain, usual);
    let full = plot(
        "observable: polar_order, kind: scatter, against: peclet, lag: 2.5, x_logarithmic: true, \
         x_range: (0.1, 1000), range: (-1, 1), window: 40, bins: 64, theory: false, band: false",
    );
    let expected = PlotSettings {
        observable: "polar_order".into(),
        kind: PlotKind::Scatter,
        against: Some("peclet".into()),
        lag: Some(2.5),
        x_logarithmic: true,
        y_logarithmic: false,
        x_range: Some([0.1, 1000.0]),
        range: Some([-1.0, 1.0]),
        window: Some(40.0),
        bins: 64,
        theory: false,
        band: false,
    };
    assert_eq!(full, expected);
    for axis in ["polar_order", "walking_speed", "legs", "\"peclet\""] {
        plot(&format!(
            "observable: polar_order, kind: scatter, against: {axis}"
        ));
    }
}

#[test]
fn what_does_not_suit_a_plot_is_refused_at_its_place() {
    let scalar = "observable: polar_order, ";
    for (settings, field, code, value) in [
        // Choices and flags are no axis, and neither is a function.
        (
            "kind: scatter, against: turning",
            "against",
            "unknown_name",
            "turning",
        ),
        (
            "kind: scatter, against: careful",
            "against",
            "unknown_name",
            "careful",
        ),
        (
            "kind: scatter, against: radial_distribution",
            "against",
            "unknown_name",
            "radial_distribution",
        ),
        (
            "kind: scatter, against: pekclet",
            "against",
            "unknown_name",
            "pekclet",
        ),
        ("kind: scatter, lag: 0", "lag", "out_of_range", "0"),
        ("kind: scatter, lag: -1", "lag", "out_of_range", "-1"),
        ("window: 0.0", "window", "out_of_range", "0.0"),
        ("bins: 1", "bins", "out_of_range", "1"),
        ("bins: 257", "bins", "out_of_range", "257"),
        ("bins: 7.5", "bins", "out_of_range", "7.5"),
        ("kind: profile", "kind", "inconsistent", "profile"),
        ("kind: log_log", "kind", "inconsistent", "log_log"),
        ("kind: sactter", "kind", "unknown_name", "sactter"),
        ("x_range: (2, 1)", "x_range", "out_of_range", "(2, 1)"),
        ("x_range: (1, 1)", "x_range", "out_of_range", "(1, 1)"),
        (
            "y_logarithmic: true, range: (0, 1)",
            "range",
            "out_of_range",
            "(0, 1)",
        ),
        (
            "x_logarithmic: true, x_range: (-1, 1)",
            "x_range",
            "out_of_range",
            "(-1, 1)",
        ),
        ("theory: 1", "theory", "wrong_type", "1"),
        ("band: \"yes\"", "band", "wrong_type", "\"yes\""),
    ] {
        let text = with(&format!("{scalar}{settings}"));
        let problem = only(check(&text));
        let found = (problem.field.as_str(), problem.code, problem.value.as_str());
        let path = format!("plots[0].{field}");
        assert_eq!(found, (path.as_str(), code, value), "{problem}");
        let at = text.find(&format!("{field}: {value}")).unwrap() + field.len() + 2;
        assert_eq!(
            (problem.line, problem.column),
            place(&text, at),
            "{problem}"
        );
        assert!(
            !problem.allowed.is_empty() && !problem.remedy.is_empty(),
            "{problem}"
        );
    }
    let curve = "observable: radial_distribution, ";
    for kind in ["series", "histogram", "scatter"] {
        let problem = only(check(&with(&format!("{curve}kind: {kind}"))));
        assert_eq!(problem.allowed, "one of profile, log_log");
    }
    let problem = only(check(&with(&format!(
        "{curve}kind: log_log, range: (0, 2)"
    ))));
    assert!(problem.allowed.contains("logarithmic"), "{problem}");
    let near = only(check(&with("observable: polar_order, against: pecle")));
    assert!(near.remedy.contains("did you mean `peclet`?"), "{near}");
}

fn range() -> impl Strategy<Value = Option<[f64; 2]>> {
    // Above 0, so that it suits any axis.
    prop::option::of((1e-20..1e3f64, 1e3..1e29f64).prop_map(|(low, high)| [low, high]))
}

proptest! {
    #[test]
    fn any_settings_survive_being_written(
        (kind, against) in (0..3usize, prop::option::of(prop::sample::select(vec!["polar_order", "peclet", "legs"]))),
        (lag, window) in (prop::option::of(1e-12..1e12f64), prop::option::of(1e-12..1e12f64)),
        (x_logarithmic, y_logarithmic, theory, band) in any::<(bool, bool, bool, bool)>(),
        (x_range, range) in (range(), range()),
        bins in 2..=256usize,
    ) {
        let kind = [PlotKind::Series, PlotKind::Histogram, PlotKind::Scatter][kind];
        let mut scene = good(&with("observable: polar_order"));
        scene.plots = vec![
            PlotSettings {
                observable: "polar_order".into(), kind, against: against.map(Into::into), lag,
                x_logarithmic, y_logarithmic, x_range, range, window, bins, theory, band,
            },
            PlotSettings {
                observable: "radial_distribution".into(), kind: PlotKind::LogLog,
                x_logarithmic: true, y_logarithmic, range, band, ..PlotSettings::default()
            },
        ];
        let written = scene.to_ron();
        prop_assert_eq!(&good(&written).plots, &scene.plots, "{}", written);
    }
}
