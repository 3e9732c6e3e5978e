//! The interface without a window: what a hand does comes out as requests, and nothing that a
//! run can show makes it panic or draw at a place that is not a number.

use std::sync::Arc;

use bevy_egui::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use seethe::model::parameter::{Change, Kind};
use seethe::panel::Weight;
use seethe::scene::{PlotKind, Scene};
use seethe::sim::Action;
use seethe::sim::snapshot::{Speed, Status};

use crate::bench::*;

#[test]
fn nothing_that_a_run_can_show_breaks_the_interface() {
    let wild = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        0.0,
        -1.0,
        5e-324,
    ];
    let many: Vec<f64> = (0..100_000).map(|x| f64::from(x) * 1e-3).collect();
    let data: [(&str, Vec<f64>, Vec<f64>); 8] = [
        ("empty", vec![], vec![]),
        ("one point", vec![0.0], vec![1.0]),
        ("all NaN", vec![f64::NAN; 5], vec![f64::NAN; 5]),
        ("wild", wild.to_vec(), wild.to_vec()),
        ("wild y", (0..8).map(f64::from).collect(), wild.to_vec()),
        ("huge", vec![1e300, 1.5e308], vec![-1.7e308, 1.7e308]),
        ("constant", (0..50).map(f64::from).collect(), vec![3.25; 50]),
        ("many", many.clone(), many),
    ];
    for (what, x, y) in data {
        for kind in [
            PlotKind::Series,
            PlotKind::Histogram,
            PlotKind::Scatter,
            PlotKind::LogLog,
        ] {
            let mut scene = scene("mips");
            let axes = seethe::scene::schema::axes(scene.model);
            for (index, plot) in scene.plots.iter_mut().enumerate() {
                plot.kind = kind;
                plot.y_logarithmic = kind == PlotKind::Series;
                plot.x_logarithmic = index == 1;
                // Against itself, another observable, and a parameter.
                plot.against =
                    [None, axes.first(), axes.last()][index % 3].map(|name| (*name).into());
                plot.window = (index == 2).then_some(3.0);
            }
            let mut snapshot = snapshot(scene, &x, &y);
            let last = y.last().copied().unwrap_or(f64::NAN);
            snapshot.speed = Speed {
                steps_per_second: last,
                target: last,
                reached: last,
            };
            snapshot.clock.time = last;
            snapshot.phases = snapshot.phases.map(|(name, _)| (name, last));
            let mut harness = harness(snapshot, vec2(1440.0, 900.0));
            harness.state_mut().points_per_length = last;
            harness.hover_at(egui::pos2(1300.0, 200.0));
            harness.run_steps(3);
            assert_drawable(&harness, what);
        }
    }
}

#[test]
fn no_size_of_the_window_breaks_the_interface() {
    for dark in [true, false] {
        for size in [
            [1440.0, 900.0],
            [1024.0, 640.0],
            [640.0, 300.0],
            [300.0, 200.0],
            [40.0, 900.0],
            [900.0, 20.0],
            [1.0, 1.0],
            [0.0, 0.0],
        ] {
            let mut failing = calm("trapped");
            failing.status =
                Status::Failed("particle 3: the force is NaN at step 7; take a smaller dt".into());
            for snapshot in [calm("mips"), failing] {
                let mut harness = harness(snapshot, size.into());
                harness.state_mut().interface.dark = dark;
                for key in [Key::F1, Key::F1, Key::G, Key::G, Key::H] {
                    harness.run_steps(3);
                    assert_drawable(&harness, &format!("{size:?} {key:?}"));
                    harness.key_press(key);
                }
                harness
                    .state_mut()
                    .interface
                    .tell(Weight::Fault, "word ".repeat(100));
                harness.run_steps(3);
                assert_drawable(&harness, &format!("{size:?}"));
                let [width, height] = harness.state().interface.picture_pixels;
                assert!(width >= 1 && height >= 1);
            }
        }
    }
}

#[test]
fn a_typed_value_becomes_an_intent() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(3);
    type_into(&mut harness, "Peclet", "42.5");
    let expected = Action::SetParameter {
        name: "peclet".into(),
        value: 42.5,
    };
    assert_eq!(actions(&harness), [expected]);
    assert!(
        loaded(&harness).is_empty(),
        "a live parameter does not restart the run"
    );
}

#[test]
fn a_value_out_of_range_is_refused_with_the_range() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(3);
    for text in ["1e9", "-3", "NaN", "inf", "much"] {
        type_into(&mut harness, "Peclet", text);
        assert_eq!(actions(&harness), [], "{text}");
        let shown = shown_texts(&harness);
        assert!(shown.contains("from 0.1 to 10000"), "{text}: {shown}");
        // The next good value takes the refusal away.
        type_into(&mut harness, "Peclet", "50");
        assert_eq!(actions(&harness).len(), 1);
        assert!(
            !shown_texts(&harness).contains("from 0.1 to 10000"),
            "{text}"
        );
        // The run has not answered; what it shows is what was asked for last.
        type_into(&mut harness, "Peclet", "60");
    }
}

#[test]
fn a_refused_text_stays_to_be_mended_and_escape_brings_back_the_value() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(3);
    let shown = |harness: &Harness<Bench>| field(harness, "Peclet").value();
    let before = shown(&harness);
    type_into(&mut harness, "Peclet", "1e9");
    assert_eq!(shown(&harness).as_deref(), Some("1e9"));
    // Going over it again asks for nothing new.
    field(&harness, "Peclet").focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(actions(&harness), []);
    assert!(shown_texts(&harness).contains("from 0.1 to 10000"));
    field(&harness, "Peclet").focus();
    harness.run_steps(2);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(shown(&harness), before);
    assert!(!shown_texts(&harness).contains("from 0.1 to 10000"));
    // A value that is brought back takes its place.
    type_into(&mut harness, "Peclet", "50");
    type_into(&mut harness, "Peclet", "1e9");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(shown(&harness), before);
    assert!(!shown_texts(&harness).contains("from 0.1 to 10000"));
}

#[test]
fn every_parameter_of_every_model_takes_its_range_and_nothing_else() {
    for model in seethe::models::ALL {
        let scene = seethe::scene::parse(model.name, model.default_scene, &[])
            .unwrap_or_else(|problems| panic!("{problems}"));
        let mut harness = tall(snapshot(scene, &[], &[]));
        harness.run_steps(3);
        for one in (model.parameters)() {
            let (min, max) = match one.kind {
                Kind::Number { min, max, .. } => (min, max),
                Kind::Integer { min, max } => (min as f64, max as f64),
                Kind::Choice(_) | Kind::Flag | Kind::Formula(_) => continue,
            };
            let label = seethe::panel::numbers::humanised(one.name);
            let index = model.parameter(one.name).unwrap();
            for (value, allowed) in [
                (max, true),
                (min, true),
                (max * 2.0 + 1.0, false),
                (min - 1.0, false),
            ] {
                type_into(&mut harness, &label, &format!("{value}"));
                let asked = match one.change {
                    Change::Live => actions(&harness).iter().any(|action| {
                        *action
                            == Action::SetParameter {
                                name: one.name.into(),
                                value,
                            }
                    }),
                    Change::Restart => loaded(&harness)
                        .iter()
                        .any(|scene| scene.values.get(index) == value),
                };
                // The value that is shown already asks for nothing.
                let shown = harness.state().snapshot.scene.values.get(index) == value;
                assert!(
                    asked == allowed || shown,
                    "{} = {value}: asked {asked}",
                    one.name
                );
            }
        }
    }
}

#[test]
fn population_and_box_start_the_run_anew() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(3);
    let before = harness.state().snapshot.scene.clone();
    type_into(&mut harness, "Particles", "4096");
    {
        let scenes = loaded(&harness);
        assert_eq!(scenes.len(), 1);
        assert_eq!(scenes[0].count, 4096);
        let change = scenes[0].packing_fraction() / before.packing_fraction();
        assert!((change - 1.0).abs() < 1e-12, "the density stays");
    }
    type_into(&mut harness, "Packing fraction", "0.3");
    {
        let scenes = loaded(&harness);
        assert_eq!(scenes[0].count, before.count);
        assert!((scenes[0].packing_fraction() - 0.3).abs() < 1e-12);
        let aspect = |scene: &Scene| scene.domain.size[0] / scene.domain.size[1];
        assert!((aspect(scenes[0]) / aspect(&before) - 1.0).abs() < 1e-12);
    }
    type_into(&mut harness, "Seed", "18446744073709551615");
    assert_eq!(loaded(&harness)[0].seed, u64::MAX);
    for (label, text) in [
        ("Particles", "0"),
        ("Particles", "1.5"),
        ("Particles", "1e12"),
        ("Packing fraction", "0"),
        ("Packing fraction", "-1"),
        ("Box width", "inf"),
        ("Box width", "0"),
        ("Seed", "-1"),
        ("Seed", "x"),
    ] {
        type_into(&mut harness, label, text);
        assert!(loaded(&harness).is_empty(), "{label} {text}");
    }
}

#[test]
fn a_step_beyond_the_bound_is_refused() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(3);
    let scene = harness.state().snapshot.scene.clone();
    let bound = (scene.model.step_bound)(&scene.values).dt;
    type_into(&mut harness, "Time step", &format!("{}", 1.01 * bound));
    assert_eq!(actions(&harness), []);
    type_into(&mut harness, "Time step", &format!("{}", 0.5 * bound));
    assert_eq!(actions(&harness), [Action::SetDt(0.5 * bound)]);
}

#[test]
fn a_live_slider_acts_while_it_is_held_and_a_restart_waits() {
    let drag = |label: &str| {
        let mut harness = tall(calm("mips"));
        harness.run_steps(3);
        let rect = harness
            .get_by(|node| node.role() == Role::Slider && node.label().as_deref() == Some(label))
            .rect();
        harness.state_mut().requests.clear();
        harness.hover_at(rect.center());
        harness.drag_at(rect.center());
        harness.run_steps(1);
        for step in 1..=4 {
            harness.hover_at(rect.center() + vec2(10.0 * step as f32, 0.0));
            harness.run_steps(1);
        }
        let held = (actions(&harness).len(), loaded(&harness).len());
        harness.drop_at(rect.center() + vec2(40.0, 0.0));
        harness.run_steps(2);
        (held, (actions(&harness).len(), loaded(&harness).len()))
    };
    let (held, after) = drag("Peclet");
    assert!(held.0 >= 3 && held.1 == 0, "{held:?}");
    assert_eq!(after.1, 0);
    let (held, after) = drag("Polydispersity");
    assert_eq!(held, (0, 0));
    assert_eq!(after, (0, 1));
}

#[test]
fn a_change_is_undone_and_made_again() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(3);
    let index = harness
        .state()
        .snapshot
        .scene
        .model
        .parameter("peclet")
        .unwrap();
    let before = harness.state().snapshot.scene.values.get(index);
    type_into(&mut harness, "Peclet", "42");
    // The run takes the value.
    let mut scene = (*harness.state().snapshot.scene).clone();
    scene.values.set(index, 42.0);
    harness.state_mut().snapshot.scene = Arc::new(scene);
    let set = |value| Action::SetParameter {
        name: "peclet".into(),
        value,
    };
    harness.state_mut().requests.clear();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(actions(&harness), [set(before)]);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run_steps(2);
    assert_eq!(actions(&harness), [set(before), set(42.0)]);
    // The dot goes back to the value of the scene.
    harness.get_by_label("Reset Peclet").click();
    harness.run_steps(2);
    assert_eq!(actions(&harness).last(), Some(&set(before)));
}

#[test]
fn a_typed_formula_starts_anew_and_a_wrong_one_is_refused_under_its_character() {
    let typed = crate::harness::scene("linear_statistics", &[("statistic", "typed")]);
    let index = typed.model.parameter("statistic_formula").unwrap();
    let before = typed.values.get(index);
    let mut harness = tall(snapshot(typed, &[], &[]));
    harness.run_steps(3);
    let label = "Statistic formula";
    for (text, problem) in [
        ("r^2 +", "character"),
        ("r^2 + q", "character 7"),
        ("sin(r", "character"),
    ] {
        type_into(&mut harness, label, text);
        assert!(loaded(&harness).is_empty(), "{text}");
        assert_eq!(actions(&harness), [], "{text}");
        let shown = shown_texts(&harness);
        assert!(shown.contains(problem), "{text}: {shown}");
        assert!(shown.contains('^'), "{text}: the place is marked: {shown}");
    }
    type_into(&mut harness, label, "cos(3*r)");
    let asked = loaded(&harness)[0].clone();
    let value = asked.values.get(index);
    assert_eq!(
        seethe::model::formula::text_of(value).as_deref(),
        Some("cos(3*r)")
    );
    assert!(!shown_texts(&harness).contains("character"));
    // As the run has it now, it is undone like any other change.
    harness.state_mut().snapshot.scene = Arc::new(asked);
    harness.state_mut().requests.clear();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(loaded(&harness)[0].values.get(index), before);
}
