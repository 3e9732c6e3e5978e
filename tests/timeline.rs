//! Back in time, and on again: the same bits on the way back, on the way forward, and none of the
//! old future on another branch.

use std::sync::Arc;
use std::time::Duration;

use bevy_egui::egui;
use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use seethe::model::hands::{Dab, Tool};
use seethe::panel::Request;
use seethe::scene::Scene;
use seethe::sim::checkpoint::restore;
use seethe::sim::driver::{Command, replay};
use seethe::sim::simulation::worker_threads;
use seethe::sim::snapshot::Status;
use seethe::sim::timeline::Mark;
use seethe::sim::{Action, Intent, Lab, Simulation};

use crate::bench::{Bench, calm, harness};
use crate::harness::{scene, within};

fn few() -> Scene {
    Scene {
        speed: None,
        ..scene("mips", &[("population.count", "800")])
    }
}

/// Waits until the run rests at a step.
#[track_caller]
fn rest(lab: &Lab, step: u64) {
    let rested = || {
        let snapshot = lab.snapshot();
        snapshot.status == Status::Paused
            && snapshot.clock.step == step
            && snapshot.span.destination.is_none()
    };
    let seen = within(Duration::from_secs(120), rested);
    let snapshot = lab.snapshot();
    assert!(
        seen,
        "{:?} {:?}, not at {step}",
        snapshot.status, snapshot.clock
    );
}

#[track_caller]
fn steps(lab: &Lab, steps: u64) {
    let goal = lab.snapshot().clock.step + steps;
    lab.send(Command::Steps(steps));
    rest(lab, goal);
}

#[track_caller]
fn go_to(lab: &Lab, step: u64) {
    lab.send(Command::GoTo(step));
    rest(lab, step);
}

/// The state of the run on the thread, as a run of its own.
fn state(lab: &Lab) -> Simulation {
    let bytes = lab.checkpoint().expect("a state");
    restore(&bytes, worker_threads(1).expect("a thread")).expect("a state")
}

fn parameter(value: f64) -> Action {
    Action::SetParameter {
        name: "peclet".into(),
        value,
    }
}

fn dab() -> Action {
    Action::Dab(Dab {
        tool: Tool::Heat,
        at: [0.0, 0.0],
        along: [0.1, 0.0],
        radius: 5.0,
        strength: 0.7,
    })
}

/// The hash at a step of a run that never went back.
fn straight(log: &[Intent], step: u64) -> u64 {
    let mut run = Simulation::new(few(), worker_threads(1).expect("a thread")).expect("a run");
    replay(&mut run, log);
    run.advance(step).expect("steps");
    run.apply_due();
    run.hash()
}

#[test]
fn the_way_back_and_forward_has_the_same_bits() {
    let lab = Lab::start(few(), 2).expect("a run");
    steps(&lab, 300);
    lab.act(parameter(80.0));
    steps(&lab, 400);
    lab.act(dab());
    steps(&lab, 1500);
    let end = state(&lab);
    let log = end.log().to_vec();
    assert_eq!(log.len(), 2);
    for step in [1900, 2200, 0, 299, 300, 301, 700, 2199, 1] {
        go_to(&lab, step);
        assert_eq!(state(&lab).hash(), straight(&log, step), "step {step}");
        let span = lab.snapshot().span;
        assert_eq!((span.first.step, span.last.step), (0, 2200));
    }
    // Beyond what has been there is nothing to go to.
    lab.send(Command::GoTo(1_000_000));
    rest(&lab, 2200);
    assert_eq!(state(&lab).hash(), end.hash());
    // What the run does by itself is what it did.
    go_to(&lab, 100);
    steps(&lab, 2100);
    let again = state(&lab);
    assert_eq!(again.hash(), end.hash());
    assert_eq!(again.log(), log);
    assert_eq!(
        again.measurements().scalars().len(),
        end.measurements().scalars().len()
    );
    // And on, as if nothing had happened.
    steps(&lab, 50);
    assert_eq!(state(&lab).hash(), straight(&log, 2250));
}

#[test]
fn a_change_begins_another_branch() {
    let lab = Lab::start(few(), 2).expect("a run");
    steps(&lab, 100);
    lab.act(parameter(80.0));
    steps(&lab, 200);
    go_to(&lab, 50);
    lab.act(parameter(20.0));
    steps(&lab, 150);
    let run = state(&lab);
    let intents = run.log();
    assert_eq!(
        intents,
        [Intent {
            step: 50,
            action: parameter(20.0)
        }]
    );
    assert_eq!(run.hash(), straight(intents, 200));
    let told = lab.snapshot().hand.notices.clone();
    assert!(told.iter().any(|one| one.text.contains("branch")));
    assert_eq!(lab.snapshot().span.last.step, 200);
    // A stroke is a branch too, and taking it back leads to where it began.
    go_to(&lab, 120);
    lab.send(Command::BeginStroke(1));
    lab.act(dab());
    steps(&lab, 10);
    lab.send(Command::UndoStroke(1));
    rest(&lab, 120);
    assert_eq!(state(&lab).hash(), straight(intents, 120));
    assert_eq!(lab.snapshot().span.last.step, 120);
    go_to(&lab, 60);
    assert_eq!(state(&lab).hash(), straight(intents, 60));
    // A stroke of a branch that was left is not taken back on another.
    lab.send(Command::BeginStroke(2));
    lab.act(dab());
    steps(&lab, 20);
    go_to(&lab, 55);
    lab.act(parameter(30.0));
    let before = state(&lab).hash();
    lab.send(Command::UndoStroke(2));
    let told = || {
        let told = lab.snapshot().hand.notices.clone();
        told.iter().any(|one| one.text.contains("that was left"))
    };
    assert!(within(Duration::from_secs(60), told));
    assert_eq!(state(&lab).hash(), before);
}

#[test]
fn a_run_that_has_failed_can_go_back() {
    let lab = Lab::start(few(), 2).expect("a run");
    steps(&lab, 60);
    lab.act(Action::SetDt(1.0));
    lab.send(Command::Steps(100_000));
    let failed = || matches!(lab.snapshot().status, Status::Failed(_));
    assert!(within(Duration::from_secs(60), failed));
    go_to(&lab, 40);
    assert_eq!(state(&lab).hash(), straight(&[], 40));
    // With another change it goes another way.
    lab.act(parameter(20.0));
    steps(&lab, 100);
}

#[test]
fn a_scene_that_cannot_start_leaves_the_run_as_it_was() {
    let lab = Lab::start(few(), 2).expect("a run");
    steps(&lab, 30);
    let before = state(&lab).hash();
    let wrong = scene(
        "ginibre",
        &[
            ("parameters.trap", "typed"),
            ("parameters.trap_formula", "\"0*r\""),
        ],
    );
    lab.send(Command::Load {
        scene: Box::new(wrong),
        play: true,
    });
    let refused = || matches!(lab.snapshot().status, Status::NotStarted(_));
    assert!(within(Duration::from_secs(60), refused));
    lab.send(Command::Pause);
    rest(&lab, 30);
    assert_eq!(state(&lab).hash(), before);
    steps(&lab, 10);
}

/// Where the timeline was asked to go.
fn destinations(harness: &Harness<Bench>) -> Vec<u64> {
    let requests = harness.state().requests.iter();
    requests
        .filter_map(|request| match request {
            Request::Run(Command::GoTo(step)) => Some(*step),
            _ => None,
        })
        .collect()
}

#[test]
fn the_timeline_goes_back_by_hand_and_by_key() {
    let mut snapshot = calm("mips");
    let mark = |step| Mark {
        step,
        time: 0.01 * step as f64,
    };
    snapshot.scene = Arc::new(Scene {
        duration: None,
        ..(*snapshot.scene).clone()
    });
    snapshot.span.last = mark(1000);
    (snapshot.clock.step, snapshot.clock.time) = (1000, 10.0);
    let mut harness = harness(snapshot, vec2(1000.0, 900.0));
    harness.run_steps(3);
    harness.key_press(Key::Comma);
    harness.run_steps(2);
    assert_eq!(destinations(&harness), [999]);
    let line = harness.get_by_label("Timeline").rect();
    let at = |share: f32| egui::pos2(egui::lerp(line.x_range(), share), line.center().y);
    harness.state_mut().requests.clear();
    harness.hover_at(at(0.5));
    harness.drag_at(at(0.5));
    harness.run_steps(1);
    harness.hover_at(at(0.25));
    harness.run_steps(3);
    harness.drop_at(at(0.25));
    harness.run_steps(2);
    let asked = destinations(&harness);
    assert!(asked.windows(2).all(|pair| pair[0] != pair[1]), "{asked:?}");
    let last = *asked.last().unwrap();
    assert!(last.abs_diff(250) <= 2, "{asked:?}");
    // At the beginning there is no way back.
    harness.state_mut().snapshot.clock.step = 0;
    harness.state_mut().requests.clear();
    harness.key_press(Key::Comma);
    harness.run_steps(2);
    assert!(destinations(&harness).is_empty());
}

/// Takes up a branch and waits until the run rests at its end.
#[track_caller]
fn take_up(lab: &Lab, branch: usize) {
    let branch = lab.snapshot().branches[branch].clone();
    lab.send(Command::TakeUp(branch.id));
    rest(lab, branch.last.step);
}

#[test]
fn a_branch_that_was_left_is_taken_up_with_the_same_bits() {
    let lab = Lab::start(few(), 2).expect("a run");
    steps(&lab, 100);
    lab.act(parameter(80.0));
    steps(&lab, 200);
    lab.act(dab());
    steps(&lab, 300);
    let first = state(&lab);
    assert!(lab.snapshot().branches.is_empty());
    go_to(&lab, 150);
    lab.act(parameter(20.0));
    steps(&lab, 250);
    let second = state(&lab);
    let branches = lab.snapshot().branches.clone();
    assert_eq!(branches.len(), 1);
    let one = &branches[0];
    assert_eq!((one.parting, one.last.step, &one.change), (150, 600, &None));

    take_up(&lab, 0);
    assert_eq!(state(&lab).hash(), first.hash());
    assert_eq!(state(&lab).log(), first.log());
    // Any step of it is within reach again.
    for step in [300, 301, 40, 599] {
        go_to(&lab, step);
        assert_eq!(
            state(&lab).hash(),
            straight(first.log(), step),
            "step {step}"
        );
    }
    let branches = lab.snapshot().branches.clone();
    let one = &branches[0];
    let change = Some(parameter(20.0));
    assert_eq!(branches.len(), 1);
    assert_eq!(
        (one.parting, one.last.step, &one.change),
        (150, 400, &change)
    );

    // From its middle a third begins, which parts from both.
    go_to(&lab, 500);
    lab.act(parameter(10.0));
    steps(&lab, 50);
    let third = state(&lab);
    let marks = |lab: &Lab| -> Vec<_> {
        let branches = lab.snapshot().branches.clone();
        branches
            .iter()
            .map(|one| (one.parting, one.last.step))
            .collect()
    };
    assert_eq!(marks(&lab), [(150, 400), (500, 600)]);
    take_up(&lab, 0);
    assert_eq!(state(&lab).hash(), second.hash());
    assert_eq!(marks(&lab), [(150, 600), (150, 550)]);
    // And on, as if it had never been left.
    steps(&lab, 100);
    assert_eq!(state(&lab).hash(), straight(second.log(), 500));
    take_up(&lab, 1);
    assert_eq!(state(&lab).hash(), third.hash());
    take_up(&lab, 0);
    assert_eq!(state(&lab).hash(), first.hash());
    // A number that is not kept is refused with a word, and the run stays where it is.
    lab.send(Command::TakeUp(999));
    let told = || {
        lab.snapshot()
            .hand
            .notices
            .iter()
            .any(|one| one.text.contains("not kept"))
    };
    assert!(within(Duration::from_secs(60), told));
    assert_eq!(state(&lab).hash(), first.hash());
}
