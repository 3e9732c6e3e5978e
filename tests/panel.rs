//! The interface without a window: what a hand does comes out as requests, and nothing that a
//! run can show makes it panic or draw at a place that is not a number.

use std::sync::Arc;

use bevy_egui::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, Node};
use seethe::math::tally::Tally;
use seethe::model::observable::Curve;
use seethe::model::parameter::{Change, Kind};
use seethe::model::phase::{Clock, Phase};
use seethe::panel::actions::ACTIONS;
use seethe::panel::{
    FilmState, Frame, Interface, Machine, PictureEvent, Recent, Request, SceneEntry, Surroundings,
    Weight, theme,
};
use seethe::scene::{PlotKind, Scene};
use seethe::sim::Action;
use seethe::sim::driver::Command;
use seethe::sim::snapshot::{
    CurveTrace, Legend, ParameterTrace, Particle, Picture, ScalarTrace, SeriesPoint, Snapshot,
    Speed, Status, Summary,
};

pub fn scene(name: &str) -> Scene {
    seethe::scene::find(name, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn tally(values: &[f64]) -> Tally {
    let mut tally = Tally::default();
    values.iter().for_each(|&value| tally.push(value));
    tally
}

/// A snapshot of a scene in which every observable has measured `y` at every `x`.
pub fn snapshot(scene: Scene, x: &[f64], y: &[f64]) -> Snapshot {
    let model = scene.model;
    let scalars = model.scalars().map(|observable| ScalarTrace {
        observable,
        points: Arc::new(
            x.iter()
                .zip(y)
                .map(|(&time, &mean)| SeriesPoint {
                    time,
                    low: mean - 0.1,
                    mean,
                    high: mean + 0.1,
                })
                .collect(),
        ),
        recent: Arc::new(
            x.iter()
                .zip(y)
                .map(|(&time, &value)| [time, value])
                .collect(),
        ),
        tally: Arc::new(tally(y)),
        latest: y.last().copied().unwrap_or(f64::NAN),
        summary: y.last().map(|&mean| Summary {
            mean,
            error: 0.01 * mean,
            stationary: true,
        }),
        theory: y.first().copied(),
    });
    let curves = model
        .observables
        .iter()
        .filter(|one| !one.is_scalar())
        .map(|observable| CurveTrace {
            observable,
            curve: Arc::new(Curve {
                x: x.to_vec(),
                y: y.to_vec(),
                error: y.to_vec(),
            }),
            theory: Arc::new(y.to_vec()),
            samples: 12,
        });
    let colouring = model.colourings.first();
    Snapshot {
        generation: 1,
        held: false,
        status: Status::Paused,
        clock: Clock {
            step: 12_400,
            time: 1.24,
            dt: scene.dt,
            seed: scene.seed,
        },
        count: scene.count,
        speed: Speed {
            steps_per_second: 500.0,
            target: 1.0,
            reached: 0.03,
        },
        phases: Phase::ALL.map(|(_, name)| (name, 1e-4)),
        picture: Arc::new(Picture {
            revision: 1,
            step: 12_400,
            time: 1.24,
            domain: scene.domain,
            particles: vec![Particle::default()].into(),
            legend: Legend {
                colouring: colouring.map(|one| one.name),
                title: colouring.map_or("", |one| one.title).into(),
                symbol: colouring.map_or("", |one| one.symbol).into(),
                unit: colouring.map_or("", |one| one.unit).into(),
                range: [
                    y.first().copied().unwrap_or(0.0),
                    y.last().copied().unwrap_or(1.0),
                ],
                cyclic: colouring.is_some_and(|one| one.cyclic),
                ..Legend::default()
            },
            layers: Vec::new(),
        }),
        scalars: Arc::new(scalars.collect()),
        curves: Arc::new(curves.collect()),
        hand: Default::default(),
        parameters: Arc::new(vec![ParameterTrace::default(); (model.parameters)().len()]),
        scene: Arc::new(scene),
    }
}

pub fn calm(name: &str) -> Snapshot {
    let x: Vec<f64> = (0..200).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| 1.0 + 0.1 * (0.1 * x).sin()).collect();
    snapshot(scene(name), &x, &y)
}

/// What one interface sees and asks for.
pub struct Bench {
    pub interface: Interface,
    pub snapshot: Snapshot,
    points_per_length: f64,
    pub scenes: Vec<SceneEntry>,
    pub recent: Vec<Recent>,
    pub machine: Machine,
    pub looks_at: Option<([f64; 2], f64)>,
    pub film: FilmState,
    pub requests: Vec<Request>,
}

pub fn harness(snapshot: Snapshot, size: Vec2) -> Harness<'static, Bench> {
    let entry = |title: &str| SceneEntry {
        title: title.into(),
        ..SceneEntry::default()
    };
    let bench = Bench {
        interface: Interface::default(),
        snapshot,
        points_per_length: 4.0,
        scenes: vec![entry("A gas"), entry("A crystal")],
        recent: Vec::new(),
        machine: Machine::default(),
        looks_at: None,
        film: FilmState::Idle,
        requests: Vec::new(),
    };
    let colours = vec![[90_u8, 120, 200]; 256];
    Harness::builder()
        .with_size(size)
        .with_max_steps(12)
        .build_ui_state(
            move |ui, bench: &mut Bench| {
                let surroundings = Surroundings {
                    colours: &colours,
                    points_per_length: bench.points_per_length,
                    scenes: &bench.scenes,
                    adapter: "none",
                    software: true,
                    film: bench.film,
                    recent: &bench.recent,
                    machine: bench.machine,
                    looks_at: bench.looks_at,
                    ..Surroundings::default()
                };
                let frame = Frame {
                    snapshot: &bench.snapshot,
                    surroundings: &surroundings,
                };
                let requests = seethe::panel::interface(ui, &mut bench.interface, &frame);
                bench.requests.extend(requests);
            },
            bench,
        )
}

/// A window that is high enough to show every parameter at once.
pub fn tall(snapshot: Snapshot) -> Harness<'static, Bench> {
    harness(snapshot, vec2(1440.0, 4000.0))
}

fn field<'a>(harness: &'a Harness<Bench>, label: &'a str) -> Node<'a> {
    harness.get_by(|node| node.role() == Role::TextInput && node.label().as_deref() == Some(label))
}

/// Types a text into a field in place of what is there.
pub fn type_into(harness: &mut Harness<Bench>, label: &str, text: &str) {
    harness.state_mut().requests.clear();
    field(harness, label).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    field(harness, label).type_text(text);
    harness.run_steps(1);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
}

pub fn actions(harness: &Harness<Bench>) -> Vec<Action> {
    let requests = harness.state().requests.iter();
    requests
        .filter_map(|request| match request {
            Request::Run(Command::Act(action)) => Some(action.clone()),
            _ => None,
        })
        .collect()
}

fn loaded<'a>(harness: &'a Harness<Bench>) -> Vec<&'a Scene> {
    let requests = harness.state().requests.iter();
    requests
        .filter_map(|request| match request {
            Request::Run(Command::Load { scene, .. }) => Some(&**scene),
            _ => None,
        })
        .collect()
}

pub fn shown_texts(harness: &Harness<Bench>) -> String {
    fn collect(shape: &egui::Shape, text: &mut String) {
        match shape {
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, text)),
            egui::Shape::Text(one) => {
                text.push_str(one.galley.text());
                text.push('\n');
            }
            _ => {}
        }
    }
    let mut text = String::new();
    for clipped in &harness.output().shapes {
        collect(&clipped.shape, &mut text);
    }
    text
}

/// Every vertex that would be sent to the device is a place.
pub fn assert_drawable(harness: &Harness<Bench>, what: &str) {
    let shapes = harness.output().shapes.clone();
    for primitive in harness.ctx.tessellate(shapes, 1.0) {
        if let egui::epaint::Primitive::Mesh(mesh) = primitive.primitive {
            for vertex in &mesh.vertices {
                assert!(
                    vertex.pos.x.is_finite() && vertex.pos.y.is_finite(),
                    "{what}: {vertex:?}"
                );
            }
        }
    }
}

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
fn every_action_has_a_title_and_a_key_of_its_own() {
    let mut keys = Vec::new();
    for entry in ACTIONS {
        assert!(
            !entry.title.is_empty() && !entry.icon.is_empty(),
            "{entry:?}"
        );
        assert_eq!(entry.id.entry().title, entry.title, "one line per action");
        for key in [Some(entry.key), entry.other].into_iter().flatten() {
            assert!(!keys.contains(&key), "{key:?} of {}", entry.title);
            keys.push(key);
        }
        let same = ACTIONS
            .iter()
            .filter(|other| other.title == entry.title)
            .count();
        assert_eq!(same, 1, "{}", entry.title);
    }
}

#[test]
fn keys_act_unless_text_is_typed() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(3);
    harness.key_press(Key::Space);
    harness.key_press(Key::F);
    harness.run_steps(2);
    let requests = &harness.state().requests;
    assert!(
        requests
            .iter()
            .any(|one| matches!(one, Request::Run(Command::Play)))
    );
    assert!(
        requests
            .iter()
            .any(|one| matches!(one, Request::Picture(PictureEvent::FrameAll)))
    );
    harness.state_mut().requests.clear();
    field(&harness, "Peclet").focus();
    harness.run_steps(2);
    harness.key_press(Key::Space);
    harness.key_press(Key::F);
    harness.run_steps(2);
    assert!(harness.state().requests.is_empty());
}

#[test]
fn the_palette_finds_a_command_and_runs_it() {
    let mut harness = harness(calm("mips"), vec2(1440.0, 900.0));
    harness.run_steps(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    harness.event(egui::Event::Text("fwb".into()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let frames = |one: &Request| matches!(one, Request::Picture(PictureEvent::FrameAll));
    assert!(
        harness.state().requests.iter().any(frames),
        "frame the whole box"
    );
}

#[test]
fn a_scene_is_chosen_from_the_list() {
    let mut harness = harness(calm("mips"), vec2(1440.0, 900.0));
    harness.run_steps(3);
    harness.key_press(Key::G);
    harness.run_steps(3);
    harness
        .get_by_role_and_label(Role::Button, "A crystal")
        .click();
    harness.run_steps(2);
    assert!(
        harness
            .state()
            .requests
            .iter()
            .any(|one| matches!(one, Request::OpenScene(1)))
    );
}

#[test]
fn a_failed_run_offers_a_shorter_step() {
    let mut failing = calm("mips");
    failing.status =
        Status::Failed("particle 3: the force is NaN at step 7; take a smaller dt".into());
    let dt = failing.scene.dt;
    let mut harness = harness(failing, vec2(1440.0, 900.0));
    harness.run_steps(3);
    harness.get_by_label("Halve the step and restart").click();
    harness.run_steps(2);
    assert_eq!(loaded(&harness)[0].dt, 0.5 * dt);
}

#[test]
fn the_pointer_moves_and_zooms_the_picture() {
    let mut harness = harness(calm("mips"), vec2(1440.0, 900.0));
    harness.run_steps(3);
    let centre = harness.state().interface.picture_rect.center();
    harness.hover_at(centre);
    harness.drag_at(centre);
    harness.run_steps(1);
    harness.hover_at(centre + vec2(30.0, -20.0));
    harness.run_steps(1);
    harness.drop_at(centre + vec2(30.0, -20.0));
    harness.hover_at(centre);
    harness.run_steps(1);
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 50.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(4);
    let (mut moved, mut factor) = (Vec2::ZERO, 1.0);
    for request in &harness.state().requests {
        match request {
            Request::Picture(PictureEvent::Pan(by)) => moved += *by,
            Request::Picture(PictureEvent::Zoom { factor: one, .. }) => factor *= one,
            _ => {}
        }
    }
    assert_eq!(moved, vec2(30.0, -20.0));
    assert!(factor > 1.0, "{factor}");
}

/// A calm run with another legend.
fn with_legend(legend: Legend) -> Snapshot {
    let mut snapshot = calm("mips");
    let mut picture = (*snapshot.picture).clone();
    picture.legend = legend;
    snapshot.picture = Arc::new(picture);
    snapshot
}

/// The view that was asked for last.
fn view_asked(harness: &Harness<Bench>) -> seethe::scene::ViewSettings {
    let requests = harness.state().requests.iter().rev();
    let mut views = requests.filter_map(|request| match request {
        Request::View(view) => Some(view.clone()),
        _ => None,
    });
    views.next().expect("another view")
}

#[test]
fn the_menu_of_the_picture_leads_to_every_setting() {
    use seethe::scene::{Background, Glyph};
    let mut harness = harness(calm("mips"), vec2(1440.0, 900.0));
    harness.run_steps(3);
    harness.get_by_label("Legend").click();
    harness.run_steps(3);
    let mut pick = |label: &str| {
        // Some of the menu may be scrolled away.
        harness.get_by_label(label).click_accesskit();
        harness.run_steps(3);
        view_asked(&harness)
    };
    assert_eq!(pick("Streak").glyph, Glyph::Streak);
    assert_eq!(pick("Hexatic order").colour, "hexatic_order");
    assert_eq!(pick("Light").background, Background::Light);
    assert_eq!(pick("Trails").layers, ["trails"]);
    assert_eq!(pick("Density field").layers, ["trails", "density"]);
    assert_eq!(
        pick("Trails").layers,
        ["density"],
        "a second click hides it"
    );
    harness.get_by_label("Columns").click_accesskit();
    harness.run_steps(20);
    harness.get_by_label("Force, x").click_accesskit();
    harness.run_steps(3);
    assert_eq!(view_asked(&harness).colour, "force_x");
    let asked = harness
        .state()
        .requests
        .iter()
        .rev()
        .find_map(|one| match one {
            Request::Run(Command::Show(show)) => Some(show.colour.clone()),
            _ => None,
        });
    assert_eq!(asked.as_deref(), Some("force_x"), "the run is told, too");
    for slider in ["Opacity", "Images of the box", "Bloom"] {
        let found = harness.query_all_by_label(slider).count();
        assert!(found > 0, "{slider}");
    }
}

#[test]
fn the_range_of_the_colours_can_be_typed_and_nonsense_is_refused() {
    let legend = Legend {
        colouring: Some("force"),
        title: "Force".into(),
        range: [0.0, 2.0],
        ..Legend::default()
    };
    let mut harness = harness(with_legend(legend), vec2(1440.0, 900.0));
    harness.run_steps(3);
    harness.get_by_label("Legend").click();
    harness.run_steps(3);
    type_into(&mut harness, "High end of the colours", "7.5");
    assert_eq!(view_asked(&harness).range, Some([0.0, 7.5]));
    for wrong in ["-3", "x", "NaN", "1e99"] {
        type_into(&mut harness, "High end of the colours", wrong);
        let asked = &harness.state().requests;
        assert!(
            !asked.iter().any(|one| matches!(one, Request::View(_))),
            "{wrong}"
        );
    }
    harness.state_mut().requests.clear();
    harness.get_by_label("Logarithmic").click();
    harness.run_steps(3);
    assert!(view_asked(&harness).logarithmic);
}

#[test]
fn a_legend_of_kinds_names_and_counts_them() {
    use seethe::model::observable::Category;
    static KINDS: [Category; 2] = [
        Category {
            name: "susceptible",
            colour: [70, 90, 140],
        },
        Category {
            name: "infected",
            colour: [255, 180, 84],
        },
    ];
    let legend = Legend {
        colouring: Some("health"),
        title: "Health".into(),
        categories: &KINDS,
        counts: vec![9876, 12],
        ..Legend::default()
    };
    // A low picture has room for the title alone.
    let all: &[&str] = &["Health", "susceptible", "infected", "12"];
    for (size, words) in [
        (vec2(1440.0, 900.0), all),
        (vec2(300.0, 200.0), &["Health"]),
    ] {
        let mut harness = harness(with_legend(legend.clone()), size);
        harness.run_steps(3);
        let texts = shown_texts(&harness);
        for word in words {
            assert!(texts.contains(word), "{size:?}: {word} in {texts}");
        }
        assert_drawable(&harness, "kinds");
    }
}

#[test]
fn what_is_saved_is_what_is_shown() {
    let mut harness = harness(calm("mips"), vec2(1440.0, 900.0));
    harness.run_steps(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run_steps(2);
    let scene = harness.state().snapshot.scene.clone();
    let saved = harness
        .state()
        .requests
        .iter()
        .find_map(|request| match request {
            Request::SaveScene(scene) => Some((**scene).clone()),
            _ => None,
        });
    assert_eq!(saved.as_ref(), Some(&*scene));
}

#[test]
fn every_character_has_a_glyph() {
    let mut texts = String::new();
    for model in seethe::models::ALL {
        texts.push_str(&model.equations.join(" "));
        for text in [
            model.title,
            model.summary,
            model.method,
            model.default_scene,
        ] {
            texts.push_str(text);
        }
        for one in (model.parameters)() {
            texts.extend([one.symbol, one.unit, one.doc, one.group]);
            if let Kind::Choice(alternatives) = one.kind {
                texts.extend(alternatives.iter().map(|one| one.doc));
            }
        }
        for one in model.observables {
            texts.extend([one.title, one.symbol, one.unit, one.doc, one.validity]);
        }
        for one in model.colourings {
            texts.extend([one.title, one.symbol, one.unit, one.doc]);
        }
        texts.extend(model.sources.iter().map(|source| source.citation));
        texts.extend(model.initial_conditions.iter().map(|one| one.doc));
        texts.extend(model.layers.iter().map(|layer| layer.doc));
    }
    texts.extend(seethe::scene::gallery::ALL.iter().map(|(_, text)| *text));
    // Every literal of the interface itself.
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/panel"
    ))];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs") {
                texts.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for entry in ACTIONS {
        texts.push_str(entry.icon);
    }
    texts.push_str("0123456789⁰¹²³⁴⁵⁶⁷⁸⁹⁻−×∞–");
    let mut letters: Vec<char> = texts
        .chars()
        .filter(|letter| !letter.is_control())
        .collect();
    letters.sort_unstable();
    letters.dedup();
    let harness = harness(calm("mips"), vec2(400.0, 300.0));
    for family in theme::families() {
        // What a font lacks is drawn as the replacement, whose place in the atlas tells it.
        let place = |letter: char| {
            let white = egui::Color32::WHITE;
            let galley = harness
                .ctx
                .fonts_mut(|fonts| fonts.layout_no_wrap(letter.to_string(), family.clone(), white));
            let glyph = galley
                .rows
                .first()
                .and_then(|row| row.glyphs.first().copied());
            glyph.map(|glyph| (glyph.uv_rect.min, glyph.uv_rect.max))
        };
        let replacement = place('\u{10fffd}');
        assert!(replacement.is_some());
        let missing: Vec<char> = letters
            .iter()
            .copied()
            .filter(|&letter| place(letter) == replacement)
            .collect();
        assert!(missing.is_empty(), "{family:?} lacks {missing:?}");
    }
}

#[test]
fn text_can_be_read_on_every_ground() {
    let luminance = |colour: egui::Color32| {
        let linear = |byte: u8| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    };
    for palette in [&theme::DARK, &theme::LIGHT] {
        for ground in [palette.canvas, palette.panel, palette.raised] {
            for ink in [
                palette.text,
                palette.secondary,
                palette.accent,
                palette.fault,
            ] {
                let (a, b) = (luminance(ground), luminance(ink));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 4.5, "{ground:?} {ink:?}: {contrast:.2}");
            }
        }
        let (a, b) = (luminance(palette.accent), luminance(palette.on_accent));
        assert!((a.max(b) + 0.05) / (a.min(b) + 0.05) >= 4.5);
    }
}
