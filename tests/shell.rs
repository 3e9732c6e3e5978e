//! The shell of the window without a window: docking, presenting, menu, the question at
//! the end, and sizes down to nothing.

use bevy_egui::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use seethe::panel::actions::{ACTIONS, ActionId};
use seethe::panel::{Arrangement, FilmState, Machine, Pane, PictureEvent, Place, Recent, Request};
use seethe::scene::Scene;

use crate::bench::{Bench, assert_drawable, calm, harness, scene, shown_texts, snapshot, tall};

/// The harness leaves so much room around what it draws, in points.
const MARGIN: f32 = 8.0;

/// The part of the window that is drawn on.
const WINDOW: egui::Rect = egui::Rect {
    min: egui::pos2(MARGIN, MARGIN),
    max: egui::pos2(1440.0 - MARGIN, 900.0 - MARGIN),
};

pub fn opened(name: &str) -> Harness<'static, Bench> {
    let mut harness = harness(calm(name), vec2(1440.0, 900.0));
    harness.run_steps(4);
    harness
}

pub fn press(harness: &mut Harness<Bench>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(4);
}

/// The run takes a value of a parameter.
pub fn set(harness: &mut Harness<Bench>, name: &str, value: f64) {
    let mut scene = (*harness.state().snapshot.scene).clone();
    let index = scene.model.parameter(name).expect("a parameter");
    scene.values.set(index, value);
    harness.state_mut().snapshot.scene = scene.into();
    harness.run_steps(2);
}

pub fn click(harness: &mut Harness<Bench>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(4);
}

pub fn saved(harness: &Harness<Bench>) -> Option<Scene> {
    harness
        .state()
        .requests
        .iter()
        .rev()
        .find_map(|one| match one {
            Request::SaveScene(scene) => Some((**scene).clone()),
            _ => None,
        })
}

fn quits(harness: &Harness<Bench>) -> bool {
    harness
        .state()
        .requests
        .iter()
        .any(|one| matches!(one, Request::Quit))
}

#[test]
fn panes_stand_at_their_places_and_the_picture_takes_the_rest() {
    let mut harness = opened("mips");
    let picture = harness.state().interface.picture_rect;
    assert!(
        (picture.left() - WINDOW.left() - 273.0).abs() < 1.5,
        "{picture:?}"
    );
    assert!(
        (WINDOW.right() - picture.right() - 313.0).abs() < 1.5,
        "{picture:?}"
    );
    for title in ["Parameters", "Story", "Plots", "Inspector", "Performance"] {
        harness.get_by_label(&format!("{title} tab"));
    }
    // H leaves the picture alone, and brings all back.
    press(&mut harness, Modifiers::NONE, Key::H);
    assert_eq!(harness.state().interface.picture_rect, WINDOW);
    press(&mut harness, Modifiers::NONE, Key::H);
    assert_eq!(harness.state().interface.picture_rect, picture);
    // A pane is closed by its button and opened by its key.
    click(&mut harness, "Close Story");
    assert!(harness.query_by_label("Story tab").is_none());
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    harness.get_by_label("Story tab");
    // All of the right side closed: the picture grows into it.
    for title in ["Plots", "Inspector", "Performance"] {
        click(&mut harness, &format!("Close {title}"));
    }
    assert_eq!(
        harness.state().interface.picture_rect.right(),
        WINDOW.right()
    );
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::L);
    assert_eq!(harness.state().interface.picture_rect, picture);
}

#[test]
fn a_pane_is_dragged_to_another_place() {
    let mut harness = opened("mips");
    let before = harness.state().interface.arrangement();
    let from = harness.get_by_label("Performance tab").rect().center();
    let picture = harness.state().interface.picture_rect;
    // The lower edge of the picture: the pane goes below it.
    let to = picture.center_bottom() - vec2(0.0, 0.25 * picture.height());
    harness.hover_at(from);
    harness.drag_at(from);
    harness.run_steps(2);
    for share in [0.2, 0.5, 0.8, 1.0] {
        harness.hover_at(from + share * (to - from));
        harness.run_steps(2);
    }
    harness.drop_at(to);
    harness.run_steps(4);
    let after = harness.state().interface.arrangement();
    assert_ne!(after, before);
    assert!(after.is_sound());
    let below = harness.get_by_label("Performance tab").rect();
    let picture = harness.state().interface.picture_rect;
    assert!(below.top() >= picture.bottom(), "{below:?} {picture:?}");
    // The layout goes through the settings and back.
    let text = ron::to_string(&after).expect("a text");
    let back: Arrangement = ron::from_str(&text).expect("a layout");
    assert!(harness.state_mut().interface.arrange(&back));
    harness.run_steps(4);
    assert_eq!(harness.state().interface.arrangement(), after);
    assert_drawable(&harness, "after a drag");
}

#[test]
fn the_border_of_a_pane_is_dragged() {
    let mut harness = opened("mips");
    let picture = harness.state().interface.picture_rect;
    let from = picture.left_center() - vec2(0.5, 0.0);
    harness.hover_at(from);
    harness.run_steps(1);
    harness.drag_at(from);
    harness.run_steps(1);
    for step in 1..=4 {
        harness.hover_at(from + vec2(20.0 * step as f32, 0.0));
        harness.run_steps(1);
    }
    harness.drop_at(from + vec2(80.0, 0.0));
    harness.run_steps(3);
    let after = harness.state().interface.picture_rect;
    assert!(
        (after.left() - picture.left() - 80.0).abs() < 3.0,
        "{after:?}"
    );
    assert!((after.right() - picture.right()).abs() < 1.0);
    match harness.state().interface.arrangement().place {
        Place::Row(parts) => assert!((parts[0].0 - 352.0).abs() < 3.0, "{parts:?}"),
        place => panic!("{place:?}"),
    }
}

#[test]
fn every_action_is_in_the_help_the_palette_and_the_menu() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::F1);
    let help = shown_texts(&harness);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::NONE, Key::F10);
    let menu = shown_texts(&harness);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    for entry in ACTIONS {
        let (title, one_of_nine) = match entry.id {
            ActionId::Bookmark(number) | ActionId::SetBookmark(number) => {
                let title = entry.title.trim_end_matches(char::is_numeric).trim_end();
                (title, number > 1)
            }
            _ => (entry.title, false),
        };
        assert!(help.lines().any(|line| line == title), "help: {title}");
        let hidden = one_of_nine || matches!(entry.id, ActionId::Bookmark(1) | ActionId::Menu);
        assert!(
            hidden || menu.contains(entry.title),
            "menu: {}",
            entry.title
        );
    }
    for entry in ACTIONS {
        press(&mut harness, Modifiers::COMMAND, Key::K);
        harness.event(egui::Event::Text(entry.title.into()));
        harness.run_steps(2);
        let found = shown_texts(&harness);
        assert!(
            found.lines().any(|line| line == entry.title),
            "{}",
            entry.title
        );
        press(&mut harness, Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn the_menu_does_what_its_keys_do() {
    let mut harness = opened("mips");
    press(&mut harness, Modifiers::NONE, Key::F10);
    harness
        .get_all_by_label("Frame the whole box")
        .next()
        .expect("a line")
        .click();
    harness.run_steps(3);
    let frames = |one: &Request| matches!(one, Request::Picture(PictureEvent::FrameAll));
    assert!(harness.state().requests.iter().any(frames));
}

#[test]
fn a_presentation_shows_large_type_and_ends_with_escape() {
    let mut harness = opened("mips");
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert_eq!(harness.state().interface.picture_rect, WINDOW);
    let shown = shown_texts(&harness);
    let story = harness.state().snapshot.scene.story.title.clone();
    assert!(
        shown.contains(&story) && shown.contains("t = 1.24"),
        "{shown}"
    );
    // A number of every open plot of a number.
    let scene = harness.state().snapshot.scene.clone();
    let scalar = scene
        .plots
        .iter()
        .filter_map(|plot| scene.model.observable(&plot.observable))
        .find(|one| one.is_scalar())
        .expect("a plot of a number");
    assert!(shown.contains(scalar.title), "{shown}");
    assert_drawable(&harness, "presentation");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!harness.state().interface.presenting);
    harness.get_by_label("Parameters tab");
}

#[test]
fn quitting_asks_only_when_work_would_be_lost() {
    let mut harness = opened("mips");
    press(&mut harness, Modifiers::COMMAND, Key::Q);
    assert!(quits(&harness), "nothing was changed");
    harness.state_mut().requests.clear();
    set(&mut harness, "peclet", 42.0);
    // The window's own button takes the same way.
    harness.state_mut().interface.wants_to_leave = true;
    harness.run_steps(4);
    assert!(!quits(&harness));
    let shown = shown_texts(&harness);
    assert!(
        shown.contains("Keep your work?") && shown.contains("Peclet"),
        "{shown}"
    );
    assert_drawable(&harness, "question");
    // Nothing acts behind it.
    press(&mut harness, Modifiers::NONE, Key::Space);
    assert!(harness.state().requests.is_empty());
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!shown_texts(&harness).contains("Keep your work?"));
    press(&mut harness, Modifiers::COMMAND, Key::Q);
    click(&mut harness, "Save");
    let kept = harness.state().requests.iter().find_map(|one| match one {
        Request::SaveAndQuit(scene) => scene.clone(),
        _ => None,
    });
    let kept = kept.expect("a scene to save");
    let index = kept.model.parameter("peclet").expect("a parameter");
    assert_eq!(kept.values.get(index), 42.0);
    // Once it is saved there is nothing to ask for.
    harness.state_mut().interface.saved(&kept);
    press(&mut harness, Modifiers::COMMAND, Key::Q);
    assert!(quits(&harness));
    // A film is work as well, and may be given up.
    harness.state_mut().requests.clear();
    harness.state_mut().film = FilmState::Recording {
        frames: 30,
        seconds: 1.0,
    };
    press(&mut harness, Modifiers::COMMAND, Key::Q);
    assert!(!quits(&harness) && shown_texts(&harness).contains("film"));
    click(&mut harness, "Discard");
    assert!(quits(&harness));
}

#[test]
fn another_value_taken_back_is_no_unsaved_work() {
    let mut harness = opened("mips");
    let index = harness.state().snapshot.scene.model.parameter("peclet");
    let home = harness
        .state()
        .snapshot
        .scene
        .values
        .get(index.expect("a parameter"));
    set(&mut harness, "peclet", 42.0);
    set(&mut harness, "peclet", home);
    press(&mut harness, Modifiers::COMMAND, Key::Q);
    assert!(quits(&harness));
}

#[test]
fn the_size_of_the_interface_follows_its_keys_within_bounds() {
    let mut harness = opened("mips");
    for _ in 0..20 {
        press(&mut harness, Modifiers::COMMAND, Key::Plus);
        assert_drawable(&harness, "larger");
    }
    assert_eq!(harness.state().interface.scale, 4.0);
    for _ in 0..30 {
        press(&mut harness, Modifiers::COMMAND, Key::Minus);
    }
    assert_eq!(harness.state().interface.scale, 0.5);
    press(&mut harness, Modifiers::COMMAND, Key::Num0);
    assert_eq!(harness.state().interface.scale, 1.0);
    for wild in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e9] {
        harness.state_mut().interface.scale = wild;
        harness.run_steps(3);
        assert!((0.5..=4.0).contains(&harness.state().interface.scale));
        assert_drawable(&harness, "wild");
    }
}

#[test]
fn the_wall_is_searched_by_words_and_tags_and_walked_by_keys() {
    let mut harness = opened("mips");
    for (index, tags) in [["waves", "colloids"], ["waves", "crystals"]]
        .iter()
        .enumerate()
    {
        let tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        harness.state_mut().scenes[index].tags = tags;
    }
    press(&mut harness, Modifiers::NONE, Key::G);
    let card = |harness: &Harness<Bench>, title: &str| {
        harness
            .query_by_role_and_label(Role::Button, title)
            .is_some()
    };
    assert!(card(&harness, "A gas") && card(&harness, "A crystal"));
    click(&mut harness, "crystals");
    assert!(!card(&harness, "A gas") && card(&harness, "A crystal"));
    click(&mut harness, "crystals");
    assert!(card(&harness, "A gas"));
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let second = |one: &Request| matches!(one, Request::OpenScene(1));
    assert!(harness.state().requests.iter().any(second));
    // The search stays until the next visit, and what was open before is at hand.
    harness.state_mut().recent = vec![Recent {
        title: "mine.ron".into(),
        place: "/home/me/mine.ron".into(),
    }];
    press(&mut harness, Modifiers::NONE, Key::G);
    harness.event(egui::Event::Text("gas".into()));
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(harness.state().interface.wall.search, "gas");
    press(&mut harness, Modifiers::NONE, Key::G);
    assert!(card(&harness, "A gas") && !card(&harness, "A crystal"));
    harness.get_by_label_contains("mine.ron").click();
    harness.run_steps(3);
    let recent = |one: &Request| matches!(one, Request::OpenRecent(0));
    assert!(harness.state().requests.iter().any(recent));
}

#[test]
fn references_can_be_opened() {
    let mut harness = tall(calm("mips"));
    harness.run_steps(4);
    harness
        .get_by_label_contains("Sources of the model")
        .click();
    harness.run_steps(3);
    let model = harness.state().snapshot.scene.model;
    let source = &model.sources[0];
    click(&mut harness, source.citation);
    let opens = |one: &Request| matches!(one, Request::OpenLink(link) if link == source.link);
    assert!(harness.state().requests.iter().any(opens));
    click(&mut harness, model.equations[0]);
    let copies = |one: &Request| matches!(one, Request::Copy(text) if text == model.equations[0]);
    assert!(harness.state().requests.iter().any(copies));
}

#[test]
fn every_pane_survives_every_size_and_every_number() {
    let wild = [f64::NAN, f64::INFINITY, f64::MIN, 0.0, 5e-324, f64::MAX];
    for size in [
        [3840.0, 2160.0],
        [1024.0, 640.0],
        [762.0, 500.0],
        [482.0, 320.0],
        [300.0, 200.0],
        [500.0, 181.0],
        [1.0, 400.0],
        [0.0, 0.0],
    ] {
        for last in wild {
            let mut snapshot = snapshot(scene("trapped"), &wild, &wild);
            snapshot.speed.reached = last;
            snapshot.speed.target = last;
            snapshot.speed.steps_per_second = last;
            snapshot.phases = snapshot.phases.map(|(name, _)| (name, last));
            snapshot.status = seethe::sim::snapshot::Status::Running;
            snapshot.clock.time = last;
            let mut harness = harness(snapshot, size.into());
            harness.state_mut().machine = Machine {
                interface_seconds: last,
                frame_seconds: last,
                resident: Some(u64::MAX),
                threads: 0,
            };
            harness.state_mut().looks_at = Some(([last, last], last));
            harness.run_steps(2);
            for pane in Pane::ALL {
                harness.state_mut().interface.reveal(pane);
                harness.run_steps(2);
                assert_drawable(&harness, &format!("{size:?} {pane:?} {last}"));
            }
            for key in [Key::F10, Key::F5, Key::Num1, Key::Escape] {
                harness.key_press(key);
                harness.run_steps(2);
                assert_drawable(&harness, &format!("{size:?} {key:?} {last}"));
            }
        }
    }
}
