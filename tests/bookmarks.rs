//! Bookmarks: set, jumped to, renamed, deleted, saved and opened with a scene.

use bevy_egui::egui;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use seethe::panel::{PictureEvent, Request};
use seethe::scene::Bookmark;
use seethe::sim::Action;

use crate::bench::{Bench, actions, calm, scene, shown_texts, snapshot, tall};
use crate::shell::{click, opened, press, saved, set};

#[test]
fn a_bookmark_is_set_jumped_to_undone_and_saved() {
    let mut harness = opened("mips");
    let base = harness.state().snapshot.scene.clone();
    let index = base.model.parameter("peclet").expect("a parameter");
    let home = base.values.get(index);
    // A look from near, at another activity.
    set(&mut harness, "peclet", 40.0);
    harness.state_mut().looks_at = Some(([3.0, -2.0], 12.5));
    harness.run_steps(2);
    press(
        &mut harness,
        Modifiers::COMMAND | Modifiers::SHIFT,
        Key::Num1,
    );
    // Back home, and then to the bookmark.
    set(&mut harness, "peclet", home);
    harness.state_mut().looks_at = None;
    harness.run_steps(2);
    harness.state_mut().requests.clear();
    press(&mut harness, Modifiers::NONE, Key::Num1);
    let to = |value| Action::SetParameter {
        name: "peclet".into(),
        value,
    };
    assert_eq!(actions(&harness), [to(40.0)]);
    let looks = |harness: &Harness<Bench>| {
        harness
            .state()
            .requests
            .iter()
            .rev()
            .find_map(|one| match one {
                Request::Picture(PictureEvent::LookAt { centre, height }) => {
                    Some((*centre, *height))
                }
                _ => None,
            })
    };
    assert_eq!(looks(&harness), Some(([3.0, -2.0], Some(12.5))));
    set(&mut harness, "peclet", 40.0);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(actions(&harness).last(), Some(&to(home)));
    assert_eq!(looks(&harness), Some(([0.0, 0.0], None)));
    // It is written with the scene and read again, and then still leads to the same values.
    set(&mut harness, "peclet", 40.0);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    let written = saved(&harness).expect("a scene");
    assert_eq!(written.bookmarks.len(), 1);
    assert_eq!(
        written.bookmarks[0].parameters,
        [],
        "it has the scene's own values now"
    );
    set(&mut harness, "peclet", 77.0);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    let written = saved(&harness).expect("a scene");
    assert_eq!(written.bookmarks[0].parameters, [(index, 40.0)]);
    let read = seethe::scene::parse("again", &written.to_ron(), &[]).expect("a scene");
    assert_eq!(read, written);
    // A number without a bookmark says how to make one.
    press(&mut harness, Modifiers::NONE, Key::Num9);
    assert!(shown_texts(&harness).contains("Ctrl+Shift+9"));
}

#[test]
fn a_bookmark_is_renamed_and_deleted_in_the_story() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(4);
    click(&mut harness, "Bookmark this view");
    harness.get_by_label("Go to View 1");
    click(&mut harness, "Rename View 1");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    harness.event(egui::Event::Text("dense phase".into()));
    harness.run_steps(1);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label("Go to dense phase");
    click(&mut harness, "Delete dense phase");
    assert!(harness.query_by_label("Go to dense phase").is_none());
}

#[test]
fn bookmarks_of_a_scene_are_there_when_it_is_opened() {
    let mut scene = scene("mips");
    scene.bookmarks = vec![Bookmark {
        name: "rim".into(),
        view: scene.view.clone(),
        parameters: Vec::new(),
    }];
    let mut harness = tall(snapshot(scene, &[], &[]));
    harness.run_steps(4);
    harness.get_by_label("Go to rim").click();
    harness.run_steps(3);
    let looks = |one: &Request| matches!(one, Request::Picture(PictureEvent::LookAt { .. }));
    assert!(harness.state().requests.iter().any(looks));
}
