//! The tools on the picture without a window: what the pointer does comes out as requests.

use bevy_egui::egui;
use egui::accesskit::Role;
use egui::{
    Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase, Vec2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use seethe::math::walls::Segment;
use seethe::model::Model;
use seethe::model::column::{ColumnDeclaration, Position, Tag};
use seethe::model::hands::{Dab, Tool};
use seethe::panel::{Frame, Interface, PictureEvent, Request, Surroundings};
use seethe::sim::driver::Command;
use seethe::sim::inspect::{Inspection, Near, Pick, Reading};
use seethe::sim::{Action, Lab, Snapshot};

use crate::harness::scene;

/// Points per unit of length, and the place in the middle of the picture.
const SCALE: f64 = 8.0;
const CENTRE: [f64; 2] = [1.0, -2.0];

struct Bench {
    interface: Interface,
    snapshot: Snapshot,
    requests: Vec<Request>,
}

fn snapshot() -> Snapshot {
    let scene = scene("mips", &[("population.count", "200")]);
    let lab = Lab::start(scene, 1).expect("a run");
    (*lab.snapshot()).clone()
}

fn bench(snapshot: Snapshot) -> Harness<'static, Bench> {
    let bench = Bench {
        interface: Interface::default(),
        snapshot,
        requests: Vec::new(),
    };
    let mut harness = Harness::builder()
        .with_size(vec2(1440.0, 900.0))
        .with_max_steps(12)
        .build_ui_state(
            move |ui, bench: &mut Bench| {
                let surroundings = Surroundings {
                    points_per_length: SCALE,
                    centre: CENTRE,
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
        );
    harness.run_steps(4);
    harness
}

fn rect(harness: &Harness<Bench>) -> Rect {
    harness.state().interface.picture_rect
}

/// The place under a point that is so far from the middle of the picture.
fn place(offset: Vec2) -> [f64; 2] {
    [
        CENTRE[0] + f64::from(offset.x) / SCALE,
        CENTRE[1] - f64::from(offset.y) / SCALE,
    ]
}

fn near(a: [f64; 2], b: [f64; 2]) -> bool {
    // Points on the screen are single-precision numbers of some hundreds.
    (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-4
}

fn button(harness: &Harness<Bench>, at: Pos2, button: PointerButton, pressed: bool) {
    harness.event(Event::PointerButton {
        pos: at,
        button,
        pressed,
        modifiers: Modifiers::NONE,
    });
}

/// Drags along some points, a frame for each, measured from the middle of the picture.
fn drag(harness: &mut Harness<Bench>, which: PointerButton, way: &[Vec2]) {
    let middle = rect(harness).center();
    harness.hover_at(middle + way[0]);
    harness.run_steps(1);
    harness.state_mut().requests.clear();
    button(harness, middle + way[0], which, true);
    harness.run_steps(1);
    for offset in &way[1..] {
        harness.hover_at(middle + *offset);
        harness.run_steps(1);
    }
    button(harness, middle + way[way.len() - 1], which, false);
    harness.run_steps(2);
}

fn click(harness: &mut Harness<Bench>, offset: Vec2) {
    let at = rect(harness).center() + offset;
    harness.hover_at(at);
    harness.run_steps(1);
    harness.state_mut().requests.clear();
    button(harness, at, PointerButton::Primary, true);
    harness.run_steps(1);
    button(harness, at, PointerButton::Primary, false);
    harness.run_steps(2);
}

fn key(harness: &mut Harness<Bench>, key: Key) {
    harness.key_press(key);
    harness.run_steps(2);
}

fn actions(harness: &Harness<Bench>) -> Vec<Action> {
    let requests = harness.state().requests.iter();
    requests
        .filter_map(|request| match request {
            Request::Run(Command::Act(action)) => Some(action.clone()),
            _ => None,
        })
        .collect()
}

fn dabs(harness: &Harness<Bench>) -> Vec<Dab> {
    let dab = |action| match action {
        Action::Dab(dab) => Some(dab),
        _ => None,
    };
    actions(harness).into_iter().filter_map(dab).collect()
}

fn strokes(harness: &Harness<Bench>) -> usize {
    let begins = |request: &&Request| matches!(request, Request::Run(Command::BeginStroke(_)));
    harness.state().requests.iter().filter(begins).count()
}

fn pans(harness: &Harness<Bench>) -> usize {
    let pan = |request: &&Request| matches!(request, Request::Picture(PictureEvent::Pan(_)));
    harness.state().requests.iter().filter(pan).count()
}

#[test]
fn a_brush_strokes_along_the_way_of_the_pointer() {
    let keys = [
        (Key::A, Tool::Add),
        (Key::X, Tool::Remove),
        (Key::D, Tool::Push),
        (Key::L, Tool::Align),
        (Key::U, Tool::Heat),
    ];
    for (letter, tool) in keys {
        let mut harness = bench(snapshot());
        key(&mut harness, letter);
        let way = [vec2(-30.0, 20.0), vec2(10.0, 0.0), vec2(40.0, -35.0)];
        drag(&mut harness, PointerButton::Primary, &way);
        assert_eq!((strokes(&harness), pans(&harness)), (1, 0), "{tool:?}");
        let found = dabs(&harness);
        assert!(
            found.len() >= 2 && found.iter().all(|dab| dab.tool == tool),
            "{found:?}"
        );
        let size = harness.state().snapshot.scene.domain.size;
        for dab in &found {
            assert!((dab.radius - 0.08 * size[0].min(size[1])).abs() < 1e-9);
            assert!(dab.check(&harness.state().snapshot.scene.domain).is_ok());
        }
        // Together they go all of the way, and the last one is where the pointer is.
        let sum = found.iter().fold([0.0; 2], |sum, dab| {
            [sum[0] + dab.along[0], sum[1] + dab.along[1]]
        });
        let (first, last) = (place(way[0]), place(way[2]));
        assert!(
            near(sum, [last[0] - first[0], last[1] - first[1]]),
            "{sum:?}"
        );
        assert!(near(found[found.len() - 1].at, last));
        // What has no direction touches at once, and goes on while the pointer rests.
        if !matches!(tool, Tool::Push | Tool::Align) {
            assert!(near(found[0].at, first), "{found:?}");
        }
    }
}

#[test]
fn a_fast_stroke_leaves_no_gap() {
    let mut harness = bench(snapshot());
    key(&mut harness, Key::X);
    drag(
        &mut harness,
        PointerButton::Primary,
        &[vec2(-300.0, 0.0), vec2(150.0, 90.0)],
    );
    let found = dabs(&harness);
    for pair in found.windows(2) {
        let gap = (pair[1].at[0] - pair[0].at[0]).hypot(pair[1].at[1] - pair[0].at[1]);
        assert!(gap <= 0.51 * pair[0].radius || found.len() > 24, "{gap}");
    }
}

#[test]
fn other_buttons_move_the_picture_with_any_tool() {
    let mut harness = bench(snapshot());
    for letter in [Key::V, Key::D, Key::W, Key::B] {
        key(&mut harness, letter);
        for which in [PointerButton::Secondary, PointerButton::Middle] {
            drag(
                &mut harness,
                which,
                &[vec2(0.0, 0.0), vec2(30.0, 5.0), vec2(60.0, 9.0)],
            );
            assert!(pans(&harness) > 0, "{letter:?} {which:?}");
            assert!(actions(&harness).is_empty(), "{letter:?} {which:?}");
        }
    }
    key(&mut harness, Key::Escape);
    drag(
        &mut harness,
        PointerButton::Primary,
        &[vec2(0.0, 0.0), vec2(30.0, 5.0), vec2(60.0, 9.0)],
    );
    assert!(pans(&harness) > 0 && actions(&harness).is_empty());
}

#[test]
fn a_click_of_the_hand_picks_and_escape_leaves_off() {
    let mut harness = bench(snapshot());
    click(&mut harness, vec2(40.0, 24.0));
    let picked = harness
        .state()
        .requests
        .iter()
        .find_map(|request| match request {
            Request::Run(Command::Inspect(Pick::Near { at, radius })) => Some((*at, *radius)),
            _ => None,
        });
    let (at, radius) = picked.expect("a pick");
    assert!(
        near(at, place(vec2(40.0, 24.0))) && (radius - 1.0).abs() < 1e-9,
        "{at:?} {radius}"
    );
    // Escape first leaves the tool, then the particle.
    key(&mut harness, Key::D);
    harness.state_mut().requests.clear();
    key(&mut harness, Key::Escape);
    assert!(harness.state().requests.is_empty());
    click(&mut harness, vec2(0.0, 0.0));
    assert!(actions(&harness).is_empty(), "it is the hand again");
    key(&mut harness, Key::Escape);
    let nobody =
        |request: &Request| matches!(request, Request::Run(Command::Inspect(Pick::Nobody)));
    assert!(harness.state().requests.iter().any(nobody));
}

#[test]
fn alt_and_the_wheel_change_the_size_of_the_brush() {
    let mut harness = bench(snapshot());
    key(&mut harness, Key::A);
    click(&mut harness, vec2(0.0, 0.0));
    let before = dabs(&harness)[0].radius;
    harness.state_mut().requests.clear();
    for _ in 0..8 {
        harness.event_modifiers(
            Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, 100.0),
                phase: TouchPhase::Move,
                modifiers: Modifiers::ALT,
            },
            Modifiers::ALT,
        );
        harness.event(Event::ModifiersChanged(Modifiers::ALT));
        harness.run_steps(4);
    }
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    harness.run_steps(1);
    let zooms = |request: &&Request| matches!(request, Request::Picture(PictureEvent::Zoom { .. }));
    assert_eq!(harness.state().requests.iter().filter(zooms).count(), 0);
    click(&mut harness, vec2(0.0, 0.0));
    let after = dabs(&harness)[0].radius;
    let size = harness.state().snapshot.scene.domain.size;
    assert!(
        after > 1.5 * before && after <= 0.5 * size[0].min(size[1]) + 1e-9,
        "{before} {after}"
    );
}

fn walls(harness: &Harness<Bench>) -> Vec<Segment> {
    let wall = |action| match action {
        Action::AddWall(wall) => Some(wall),
        _ => None,
    };
    actions(harness).into_iter().filter_map(wall).collect()
}

#[test]
fn walls_are_dragged_clicked_and_straightened() {
    let mut harness = bench(snapshot());
    key(&mut harness, Key::W);
    let way = [vec2(-20.0, 10.0), vec2(0.0, 0.0), vec2(20.0, -3.0)];
    drag(&mut harness, PointerButton::Primary, &way);
    let found = walls(&harness);
    assert_eq!((found.len(), strokes(&harness)), (1, 1));
    assert!(
        near(found[0].from, place(way[0])) && near(found[0].to, place(way[2])),
        "{found:?}"
    );
    // With Shift it is level.
    harness.event(Event::ModifiersChanged(Modifiers::SHIFT));
    drag(&mut harness, PointerButton::Primary, &way);
    let level = walls(&harness);
    assert!(
        level.len() == 1 && (level[0].from[1] - level[0].to[1]).abs() < 1e-9,
        "{level:?}"
    );
    assert!((level[0].to[0] - place(way[2])[0]).abs() < 1e-4);
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    harness.run_steps(1);
    // Click by click, until Escape.
    let corners = [vec2(-40.0, -40.0), vec2(40.0, -30.0), vec2(35.0, 30.0)];
    let mut chain = Vec::new();
    for corner in corners {
        click(&mut harness, corner);
        chain.extend(walls(&harness));
        // Two clicks within a short time would be one double click.
        harness.input_mut().time = harness.input().time.map(|time| time + 1.0);
        harness.run_steps(30);
    }
    assert_eq!(chain.len(), 2, "{chain:?}");
    assert!(near(chain[0].to, chain[1].from) && near(chain[1].to, place(corners[2])));
    key(&mut harness, Key::Escape);
    click(&mut harness, vec2(-50.0, 0.0));
    assert!(walls(&harness).is_empty(), "Escape has ended the chain");
    // A wall that would have no length is none.
    key(&mut harness, Key::Escape);
    harness.run_steps(30);
    click(&mut harness, vec2(0.0, 0.0));
    assert!(walls(&harness).is_empty());
}

#[test]
fn strokes_and_values_share_one_undo() {
    let mut harness = bench(snapshot());
    key(&mut harness, Key::X);
    drag(
        &mut harness,
        PointerButton::Primary,
        &[vec2(0.0, 0.0), vec2(9.0, 0.0)],
    );
    key(&mut harness, Key::B);
    drag(
        &mut harness,
        PointerButton::Primary,
        &[vec2(0.0, 0.0), vec2(9.0, 0.0)],
    );
    assert!(matches!(actions(&harness)[0], Action::EraseWalls { .. }));
    let mut commands = Vec::new();
    for (modifiers, letter) in [
        (Modifiers::COMMAND, Key::Z),
        (Modifiers::COMMAND, Key::Z),
        (Modifiers::COMMAND, Key::Z),
        (Modifiers::COMMAND, Key::Y),
    ] {
        harness.state_mut().requests.clear();
        harness.key_press_modifiers(modifiers, letter);
        harness.run_steps(2);
        for request in &harness.state().requests {
            match request {
                Request::Run(Command::UndoStroke(stroke)) => commands.push((true, *stroke)),
                Request::Run(Command::RedoStroke(stroke)) => commands.push((false, *stroke)),
                _ => {}
            }
        }
    }
    assert_eq!(commands, [(true, 2), (true, 1), (false, 1)]);
    // Another run has no way back to the strokes of the one before.
    harness.state_mut().snapshot.generation += 1;
    harness.run_steps(1);
    harness.state_mut().requests.clear();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert!(harness.state().requests.is_empty());
}

#[test]
fn a_tool_that_does_nothing_is_shown_disabled() {
    static STILL: Model = Model {
        name: "still",
        columns: &[
            ColumnDeclaration::of::<Position>(),
            ColumnDeclaration::of::<Tag>(),
        ],
        ..Model::BARE
    };
    let mut snapshot = snapshot();
    let mut scene = (*snapshot.scene).clone();
    scene.model = &STILL;
    snapshot.scene = scene.into();
    let mut harness = bench(snapshot);
    let enabled = |harness: &Harness<Bench>, label: &str| {
        let node = harness
            .get_by(|node| node.role() == Role::Button && node.label().as_deref() == Some(label));
        !node.accesskit_node().is_disabled()
    };
    assert!(enabled(&harness, "Push particles along") && enabled(&harness, "Add particles"));
    for label in [
        "Align headings",
        "Heat: stir headings up",
        "Draw walls",
        "Rub walls out",
    ] {
        assert!(!enabled(&harness, label), "{label}");
    }
    // The key says why, and nothing is drawn.
    key(&mut harness, Key::W);
    drag(
        &mut harness,
        PointerButton::Primary,
        &[vec2(0.0, 0.0), vec2(40.0, 0.0), vec2(80.0, 0.0)],
    );
    assert!(
        actions(&harness).is_empty() && pans(&harness) > 0,
        "it is still the hand"
    );
}

fn inspection(gone: bool) -> Inspection {
    Inspection {
        tag: 77,
        gone,
        place: [3.0, 1.0],
        radius: 0.5,
        columns: vec![Reading {
            name: "heading",
            symbol: "e",
            unit: "",
            doc: "Direction.",
            parts: &["x", "y"],
            values: vec![0.6, f64::NAN],
            traces: vec![Vec::new().into(), Vec::new().into()],
        }],
        near: vec![Near {
            tag: 1234,
            separation: [0.9, 0.1],
            distance: 0.91,
        }],
        near_count: 40,
        range: 1.12,
        ..Inspection::default()
    }
}

#[test]
fn the_inspector_shows_copies_and_goes_on() {
    let mut snapshot = snapshot();
    snapshot.hand.inspection = Some(inspection(false).into());
    let mut harness = bench(snapshot);
    for label in [
        "Heading x",
        "Heading y",
        "Neighbour 1234",
        "Copy values",
        "Close the inspector",
    ] {
        harness.get_by_label(label);
    }
    harness.state_mut().requests.clear();
    harness.get_by_label("Neighbour 1234").click();
    harness.get_by_label("Copy values").click();
    harness.get_by_label("Heading x").click();
    harness.run_steps(3);
    key(&mut harness, Key::J);
    key(&mut harness, Key::K);
    let mut picks = Vec::new();
    let mut copied = String::new();
    for request in &harness.state().requests {
        match request {
            Request::Run(Command::Inspect(pick)) => picks.push(*pick),
            Request::Copy(text) => copied.clone_from(text),
            _ => {}
        }
    }
    assert_eq!(picks, [Pick::Tag(1234), Pick::Next, Pick::Previous]);
    assert!(
        copied.contains("particle\t77") && copied.contains("heading x\t0.6"),
        "{copied}"
    );
    // Following needs somebody to follow.
    assert_eq!(
        harness
            .state()
            .interface
            .followed(&harness.state().snapshot),
        None
    );
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F);
    harness.run_steps(2);
    let followed = |harness: &Harness<Bench>| {
        harness
            .state()
            .interface
            .followed(&harness.state().snapshot)
    };
    assert_eq!(followed(&harness), Some([3.0, 1.0]));
    harness.state_mut().snapshot.hand.inspection = Some(inspection(true).into());
    harness.run_steps(2);
    assert_eq!(followed(&harness), None, "nobody follows who is gone");
}
