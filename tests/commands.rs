//! What a user can ask for: keys, the palette, scenes, the pointer on the picture, and what is offered when a run fails.

use bevy_egui::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::kittest::Queryable;
use seethe::panel::actions::ACTIONS;
use seethe::panel::{PictureEvent, Request, SceneEntry};
use seethe::sim::driver::Command;
use seethe::sim::snapshot::Status;

use crate::bench::*;

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
fn the_arrows_lead_from_chapter_to_chapter() {
    // Three scenes of one chapter and two of another, in rows of at least two pictures.
    let opened = |keys: &[Key]| {
        let mut harness = harness(calm("mips"), vec2(1024.0, 640.0));
        let entry = |chapter: &str, title: &str| SceneEntry {
            title: title.into(),
            chapter: chapter.into(),
            ..SceneEntry::default()
        };
        harness.state_mut().scenes = vec![
            entry("Gases", "a"),
            entry("Gases", "b"),
            entry("Gases", "c"),
            entry("Crystals", "d"),
            entry("Crystals", "e"),
        ];
        harness.run_steps(3);
        harness.key_press(Key::G);
        harness.run_steps(3);
        harness.get_by_label("Crystals");
        for key in keys {
            harness.key_press(*key);
            harness.run_steps(2);
        }
        harness.key_press(Key::Enter);
        harness.run_steps(3);
        harness.state().requests.iter().find_map(|one| match one {
            Request::OpenScene(index) => Some(*index),
            _ => None,
        })
    };
    assert_eq!(opened(&[]), Some(0));
    assert_eq!(opened(&[Key::ArrowRight]), Some(1));
    // The wall has rows of two or three pictures here: down from the last row of a chapter leads
    // to the next chapter, in the same column as far as there is one.
    assert_eq!(opened(&[Key::ArrowDown; 4]), Some(3));
    assert_eq!(
        opened(&[Key::ArrowDown, Key::ArrowDown, Key::ArrowRight]),
        Some(4)
    );
    assert_eq!(opened(&[Key::ArrowRight; 9]), Some(4));
    assert_eq!(
        opened(&[Key::ArrowDown, Key::ArrowDown, Key::ArrowUp, Key::ArrowUp]),
        Some(0)
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
fn what_cannot_start_offers_the_way_back() {
    let mut snapshot = calm("mips");
    snapshot.status = Status::NotStarted("the scene cannot start: no room; take fewer".into());
    let mut harness = harness(snapshot, vec2(1440.0, 900.0));
    harness.run_steps(3);
    assert!(
        harness
            .query_by_label("Halve the step and restart")
            .is_none()
    );
    harness.get_by_label("Keep the run as it was").click();
    harness.run_steps(2);
    let requests = &harness.state().requests;
    assert!(matches!(requests[..], [Request::Run(Command::Pause)]));
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
