//! Hands on a running model: strokes and walls replay, checkpoint and thread like everything else,
//! nobody passes a wall, and a particle that is looked at is never mistaken for another.

use std::time::Duration;

use seethe::math::walls::Segment;
use seethe::model::column::{Position, Tag};
use seethe::model::hands::{self, Dab, Tool};
use seethe::models;
use seethe::scene::{self, Scene};
use seethe::sim::checkpoint::{restore, save};
use seethe::sim::driver::{Command, replay};
use seethe::sim::inspect::{Inspection, Pick};
use seethe::sim::simulation::worker_threads;
use seethe::sim::snapshot::Status;
use seethe::sim::{Action, Intent, Lab, Simulation};

use crate::determinism::measured;
use crate::harness::{owned, scene, start, within};

fn dab(tool: Tool, at: [f64; 2], along: [f64; 2], radius: f64) -> Action {
    Action::Dab(Dab {
        tool,
        at,
        along,
        radius,
        strength: 0.7,
    })
}

fn wall(from: [f64; 2], to: [f64; 2]) -> Action {
    Action::AddWall(Segment { from, to })
}

/// A session with everything in it, in a box about twenty wide.
fn session(radius: f64) -> Vec<Intent> {
    let mut log = Vec::new();
    for step in 0..60_u64 {
        let x = 0.2 * step as f64 - 6.0;
        let tool = Tool::ALL[step as usize % 5];
        let action = match step {
            7 => wall([-4.0, -3.0], [5.0, 2.0]),
            21 => wall([5.0, 2.0], [5.0, 6.0]),
            40 => Action::EraseWalls {
                at: [0.0, -0.8],
                radius: 1.0,
            },
            33 => Action::SetParameter {
                name: "self_propulsion_speed".into(),
                value: 15.0,
            },
            _ => dab(tool, [x, 0.5 * x], [0.2, 0.1], radius),
        };
        log.push(Intent {
            step: 3 * step + 2,
            action,
        });
    }
    log
}

/// Scenes that differ in their columns and their forces.
fn scenes() -> Vec<Scene> {
    let small: [(&str, &[(&str, &str)]); 4] = [
        ("mips", &[("population.packing_fraction", "0.55")]),
        (
            "mips",
            &[
                ("parameters.polydispersity", "0.1"),
                ("population.packing_fraction", "0.4"),
            ],
        ),
        ("aoup", &[]),
        ("passive_colloid", &[("box.boundary", "reflecting")]),
    ];
    small
        .iter()
        .map(|(name, more)| {
            let mut overrides = vec![("population.count", "300"), ("sample_every", "20")];
            overrides.extend(*more);
            scene(name, &overrides)
        })
        .collect()
}

#[test]
fn a_session_replays_on_any_number_of_threads() {
    for scene in scenes() {
        let mut found = Vec::new();
        for threads in [1, 2, 3] {
            let mut run = start(scene.clone(), threads);
            replay(&mut run, &session(2.5));
            run.advance(220)
                .unwrap_or_else(|failure| panic!("{failure}"));
            assert_eq!(run.log().len(), 60);
            assert_eq!(run.take_refused(), Vec::<String>::new());
            assert_ne!(run.count(), 300, "nobody came and nobody went");
            assert_eq!(run.scene().walls.len(), 3, "a wall was cut in two");
            found.push((run.hash(), measured(&run), run.log().to_vec()));
        }
        assert!(found.iter().all(|one| *one == found[0]));
        // The log of the run, replayed, is the run.
        let mut again = start(scene, 1);
        replay(&mut again, &found[0].2);
        again.advance(220).expect("a good run");
        assert_eq!(again.hash(), found[0].0);
    }
}

#[test]
fn a_checkpoint_between_two_dabs_goes_on_with_the_same_bits() {
    for scene in scenes() {
        let begin = || {
            let mut run = start(scene.clone(), 2);
            replay(&mut run, &session(2.5));
            run
        };
        let mut whole = begin();
        whole.advance(220).expect("a good run");
        let expected = save(&whole);
        for split in [1, 2, 3, 24, 65, 125, 126, 180] {
            let mut first = begin();
            first.advance(split).expect("a good run");
            first.apply_due();
            let bytes = save(&first);
            let mut second = restore(&bytes, worker_threads(3).expect("threads")).expect("a state");
            assert_eq!(second.hash(), first.hash(), "split at {split}");
            assert_eq!(save(&second), bytes, "split at {split}");
            second.advance(220 - split).expect("a good run");
            assert!(save(&second) == expected, "split at {split}");
        }
    }
}

/// Where the particles are.
fn places(run: &Simulation) -> Vec<[f64; 2]> {
    let positions = run.columns().slice::<Position>(run.world());
    let domain = run.scene().domain;
    positions.iter().map(|place| domain.real(place.0)).collect()
}

/// A closed room of walls around the middle, with a wall across it.
fn room(half: f64) -> String {
    let h = half;
    format!(
        "[((-{h}, -{h}), ({h}, -{h})), (({h}, -{h}), ({h}, {h})), (({h}, {h}), (-{h}, {h})), ((-{h}, {h}), (-{h}, -{h}))]"
    )
}

#[test]
fn nobody_leaves_a_room_in_a_hundred_thousand_steps() {
    // Fast particles without any force but the mirror, persistent discs that pile up at the walls,
    // and discs so soft that they walk through each other.
    let cases: [(&str, &[(&str, &str)]); 3] = [
        ("none", &[("parameters.self_propulsion_speed", "100.0")]),
        ("wca", &[("parameters.peclet", "1000.0")]),
        ("harmonic", &[("parameters.interaction_strength", "0.5")]),
    ];
    for (interaction, more) in cases {
        let walls = room(4.0);
        let mut overrides = vec![
            ("population.count", "30"),
            ("population.initial", "\"lattice\""),
            ("box.size", "(12.0, 12.0)"),
            ("parameters.interaction", interaction),
            ("sample_every", "1000000"),
            ("dt", "5e-5"),
            ("walls", walls.as_str()),
        ];
        overrides.extend(more);
        let mut run = start(plain(&overrides), 1);
        let inside = |place: &[f64; 2]| place.iter().all(|part| part.abs() < 4.0);
        let before: Vec<bool> = by_tag(&run).iter().map(inside).collect();
        let count = before.iter().filter(|&&inside| inside).count();
        assert!((5..28).contains(&count), "{count} of 30 inside");
        for step in 0..100 {
            run.advance(1000)
                .unwrap_or_else(|failure| panic!("{interaction}: {failure}"));
            let now: Vec<bool> = by_tag(&run).iter().map(inside).collect();
            assert_eq!(
                now,
                before,
                "{interaction}: somebody crossed before step {}",
                1000 * (step + 1)
            );
        }
    }
}

/// An active scene without a name.
fn plain(overrides: &[(&str, &str)]) -> Scene {
    let text =
        "(version: 1, model: active, box: (size: (12, 12)), population: (count: 30), dt: 1e-4)";
    scene::parse("test", text, &owned(overrides)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Places in the order of the tags.
fn by_tag(run: &Simulation) -> Vec<[f64; 2]> {
    let tags = run.columns().slice::<Tag>(run.world());
    let mut all: Vec<_> = tags.iter().map(|tag| tag.0).zip(places(run)).collect();
    all.sort_by_key(|(tag, _)| *tag);
    all.into_iter().map(|(_, place)| place).collect()
}

#[test]
fn a_disc_stops_where_the_wall_pushes_as_hard_as_it_swims() {
    // One disc without noise that swims at a wall: it comes to rest where F(d + σ/2) = v₀.
    let mut run = start(
        plain(&[
            ("population.count", "1"),
            ("population.initial", "\"lattice\""),
            ("parameters.control", "rates"),
            ("parameters.rotational_diffusion", "0.0"),
            ("parameters.translational_diffusion", "0.0"),
            ("dt", "2e-5"),
            (
                "walls",
                "[((-5, 3), (5, 3)), ((-5, -3), (5, -3)), ((-5, -3), (-5, 3)), ((5, -3), (5, 3))]",
            ),
        ]),
        1,
    );
    run.advance(100_000).expect("a good run");
    let [x, y] = places(&run)[0];
    let gap = (5.0 - x.abs()).min(3.0 - y.abs());
    // It slides along the wall into a corner, and rests there against two walls.
    let push = |distance: f64| {
        let sixth = (1.0 / distance).powi(6);
        24.0 * (2.0 * sixth * sixth - sixth) / distance
    };
    assert!(gap > 0.3 && gap < 0.7, "{x} {y}");
    let gaps = [5.0 - x.abs(), 3.0 - y.abs()];
    let found = push(gaps[0] + 0.5)
        .max(0.0)
        .hypot(push(gaps[1] + 0.5).max(0.0));
    assert!((found / 24.0 - 1.0).abs() < 0.01, "{found} at {gaps:?}");
}

#[test]
fn a_wall_drawn_over_a_crowd_pushes_gently() {
    let mut run = start(
        scene(
            "mips",
            &[
                ("population.count", "1500"),
                ("population.packing_fraction", "0.7"),
            ],
        ),
        2,
    );
    run.advance(500).expect("a good run");
    let half = 0.45 * run.scene().domain.size[0];
    run.submit(wall([-half, -half], [half, half]));
    run.submit(wall([-half, half], [half, -half]));
    run.advance(3000)
        .unwrap_or_else(|failure| panic!("{failure}"));
    // Nearly all discs have given way to the walls.
    let walls = run.scene().walls.clone();
    let overlap = |place: &[f64; 2]| walls.iter().any(|wall| wall.nearest(*place).distance < 0.3);
    let left = places(&run).iter().filter(|place| overlap(place)).count();
    assert!(left < 15, "{left} of 1500 are still within the walls");
}

#[test]
fn a_dense_crowd_survives_being_pushed_and_filled() {
    for interaction in ["wca", "harmonic"] {
        let mut run = start(
            scene(
                "mips",
                &[
                    ("population.count", "1200"),
                    ("population.packing_fraction", "0.6"),
                    ("parameters.interaction", interaction),
                ],
            ),
            2,
        );
        run.advance(300).expect("a good run");
        let before = places(&run);
        for touch in 0..300 {
            let angle = 0.05 * f64::from(touch);
            let at = [6.0 * angle.cos(), 6.0 * angle.sin()];
            let along = [-0.6 * angle.sin(), 0.6 * angle.cos()];
            let tool = if touch % 5 == 0 {
                Tool::Add
            } else {
                Tool::Push
            };
            // Some touches fall between the same two steps, as while the run is paused.
            run.submit(dab(tool, at, along, 3.0));
            run.advance(u64::from(touch % 3 == 0) * 20)
                .unwrap_or_else(|failure| panic!("{interaction}: {failure}"));
        }
        run.advance(500)
            .unwrap_or_else(|failure| panic!("{interaction}: {failure}"));
        assert!(run.count() > 1200 && before.len() == 1200);
    }
}

#[test]
fn every_tool_of_every_model_works_or_says_why_not() {
    for model in models::ALL {
        let overrides = [("population.count", "100")];
        let scene = scene::parse("default", model.default_scene, &owned(&overrides))
            .unwrap_or_else(|problems| panic!("{problems}"));
        let mut run = start(scene, 2);
        let radius = 0.2 * run.scene().domain.size[0].min(run.scene().domain.size[1]);
        for tool in Tool::ALL {
            for touch in 0..6 {
                let at = [0.3 * radius * f64::from(touch), 0.0];
                run.submit(dab(tool, at, [0.3 * radius, 0.1 * radius], radius));
                run.advance(5)
                    .unwrap_or_else(|failure| panic!("{} {tool:?}: {failure}", model.name));
                let count = run.count();
                for column in run.columns().iter() {
                    let bytes = column.bytes(run.world()).len();
                    assert!(
                        bytes > 0 && bytes % count == 0,
                        "{}",
                        column.declaration().name
                    );
                }
            }
            let refused = run.take_refused();
            let reason = hands::refusal(model, tool);
            assert_eq!(
                refused.first().map(String::as_str),
                reason,
                "{} {tool:?}",
                model.name
            );
        }
        run.advance(run.scene().sample_every + 1)
            .expect("a good run");
        let again = restore(&save(&run), worker_threads(1).expect("a thread")).expect("a state");
        assert_eq!(again.hash(), run.hash(), "{}", model.name);
    }
}

#[test]
fn bad_actions_change_nothing_and_are_told() {
    let mut run = start(scene("mips", &[("population.count", "100")]), 1);
    let before = run.hash();
    let bad = [
        dab(Tool::Add, [0.0, 0.0], [0.0, 0.0], 0.0),
        dab(Tool::Push, [f64::NAN, 0.0], [1.0, 0.0], 1.0),
        dab(Tool::Remove, [0.0, 0.0], [0.0, 0.0], 1e9),
        wall([1.0, 1.0], [1.0, 1.0]),
        wall([0.0, 0.0], [1e9, 0.0]),
        wall([f64::NAN, 0.0], [1.0, 0.0]),
        Action::EraseWalls {
            at: [0.0, 0.0],
            radius: 0.0,
        },
    ];
    for action in bad {
        run.submit(action.clone());
        run.apply_due();
        assert_eq!(run.take_refused().len(), 1, "{action:?}");
        assert_eq!(run.hash(), before, "{action:?}");
    }
    for index in 0..1100 {
        let x = 1e-3 * f64::from(index);
        run.submit(wall([x, 0.0], [x, 1.0]));
    }
    run.apply_due();
    assert_eq!(run.scene().walls.len(), 1000);
    assert!(run.take_refused()[0].contains("1000"));
}

#[test]
fn walls_of_a_scene_are_read_checked_and_written() {
    let text = |walls: &str| {
        format!(
            "(version: 1, model: active, box: (size: (20, 10)), population: (count: 10), dt: 1e-5,\nwalls: {walls})"
        )
    };
    let good = scene::parse(
        "walls",
        &text("[((-10, 5), (10, -5.0)), ((0, 0), (1, 1e0))]"),
        &[],
    )
    .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(good.walls.len(), 2);
    assert_eq!(good.walls[1].to, [1.0, 1.0]);
    let again =
        scene::parse("again", &good.to_ron(), &[]).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(again, good);
    let many = format!("[{}]", "((0, 0), (1, 1)),".repeat(1001));
    for (walls, place, words) in [
        ("[((0, 0), (0, 0))]", "walls:2:9: walls[0]", "at least"),
        (
            "[((0, 0), (1, 0)), ((0, 0), (11, 0))]",
            "walls:2:27: walls[1]",
            "in the box",
        ),
        ("[((0, 0), (nan, 0))]", "walls:2:19: walls[0]", "finite"),
        ("[(0, 1)]", "walls:2:10: walls[0]", "ends of a wall"),
        (
            "[((0, 0), (1, 0), (2, 0))]",
            "walls:2:9: walls[0]",
            "ends of a wall",
        ),
        ("5", "walls:2:8: walls", "list"),
        (many.as_str(), "walls:2:8: walls", "1000"),
    ] {
        let problems = scene::parse("walls", &text(walls), &[])
            .expect_err(walls)
            .to_string();
        assert!(
            problems.contains(place) && problems.contains(words),
            "{walls}: {problems}"
        );
    }
}

/// A run behind a window that can be asked.
fn lab(overrides: &[(&str, &str)]) -> Lab {
    let scene = Scene {
        speed: None,
        ..scene("mips", overrides)
    };
    Lab::start(scene, 2).expect("a run")
}

#[track_caller]
fn wait(lab: &Lab, what: &str, holds: impl Fn(&seethe::sim::Snapshot) -> bool) {
    let reached = within(Duration::from_secs(60), || {
        let snapshot = lab.snapshot();
        assert!(
            !matches!(snapshot.status, Status::Failed(_)),
            "{:?}",
            snapshot.status
        );
        holds(&snapshot)
    });
    assert!(reached, "{what}");
}

fn inspected(lab: &Lab) -> Option<Inspection> {
    lab.snapshot().hand.inspection.as_deref().cloned()
}

fn inside(lab: &Lab) -> Simulation {
    let bytes = lab.checkpoint().expect("the run answers");
    restore(&bytes, worker_threads(1).expect("a thread")).expect("its state")
}

#[test]
fn a_particle_that_is_looked_at_is_never_mistaken_for_another() {
    let lab = lab(&[
        ("population.count", "500"),
        ("population.packing_fraction", "0.3"),
    ]);
    lab.send(Command::Inspect(Pick::Tag(123)));
    wait(&lab, "the particle is found", |snapshot| {
        snapshot.hand.inspection.is_some()
    });
    let mut slots = Vec::new();
    for step in [1, 400, 1500, 3000] {
        let now = lab.snapshot().clock.step;
        lab.send(Command::Steps(step - now));
        wait(&lab, "the steps", |snapshot| {
            snapshot.clock.step == step && snapshot.status == Status::Paused
        });
        let run = inside(&lab);
        let seen = inspected(&lab).expect("somebody");
        let tags = run.columns().slice::<Tag>(run.world());
        let slot = tags
            .iter()
            .position(|tag| tag.0 == 123)
            .expect("the particle");
        slots.push(slot);
        assert_eq!((seen.tag, seen.gone), (123, false));
        assert_eq!(seen.place, places(&run)[slot]);
        // All columns, and the neighbours by brute force.
        for (reading, column) in seen.columns.iter().zip(run.columns().iter()) {
            assert_eq!(reading.name, column.declaration().name);
            for (part, value) in reading.values.iter().enumerate() {
                let expected = column.number(run.world(), slot, part, &run.scene().domain);
                assert_eq!(value.to_bits(), expected.to_bits(), "{}", reading.name);
            }
        }
        let size = run.scene().domain.size;
        let mut near: Vec<u32> = Vec::new();
        for (other, place) in places(&run).iter().enumerate() {
            let way = [0, 1].map(|axis| {
                let way = place[axis] - seen.place[axis];
                way - (way / size[axis]).round() * size[axis]
            });
            if other != slot && way[0].hypot(way[1]) < seen.range {
                near.push(tags[other].0);
            }
        }
        let mut listed: Vec<u32> = seen.near.iter().map(|one| one.tag).collect();
        listed.sort_unstable();
        near.sort_unstable();
        assert_eq!(listed, near);
        assert_eq!(seen.near_count, near.len());
    }
    slots.dedup();
    assert!(slots.len() > 1, "the slots were never sorted: {slots:?}");
    let place = inspected(&lab).expect("somebody").place;
    // The nearest one is picked, also where nobody is that near.
    lab.send(Command::Inspect(Pick::Near {
        at: place,
        radius: 0.4,
    }));
    lab.send(Command::Inspect(Pick::Next));
    wait(&lab, "the next one", |snapshot| {
        snapshot
            .hand
            .inspection
            .as_ref()
            .is_some_and(|one| one.tag == 124)
    });
    lab.send(Command::Inspect(Pick::Previous));
    wait(&lab, "and back", |snapshot| {
        snapshot
            .hand
            .inspection
            .as_ref()
            .is_some_and(|one| one.tag == 123)
    });
    // Removed under the eyes of who looks.
    lab.act(dab(Tool::Remove, place, [0.0; 2], 0.2));
    for _ in 0..20 {
        lab.act(dab(Tool::Remove, place, [0.0; 2], 0.2));
    }
    wait(&lab, "it is told", |snapshot| {
        snapshot
            .hand
            .inspection
            .as_ref()
            .is_some_and(|one| one.gone && one.tag == 123)
    });
    lab.send(Command::Inspect(Pick::Near {
        at: [f64::NAN, 0.0],
        radius: 1.0,
    }));
    wait(&lab, "nobody", |snapshot| {
        snapshot.hand.inspection.is_none()
    });
}

#[test]
fn strokes_are_taken_back_and_made_again() {
    let lab = lab(&[
        ("population.count", "200"),
        ("population.packing_fraction", "0.3"),
    ]);
    lab.send(Command::Steps(50));
    wait(&lab, "the steps", |snapshot| snapshot.clock.step == 50);
    let source = lab.snapshot().scene.source.clone();
    let generation = lab.snapshot().generation;
    let start = inside(&lab).hash();
    lab.send(Command::BeginStroke(1));
    lab.act(dab(Tool::Remove, [0.0; 2], [0.0; 2], 4.0));
    lab.send(Command::BeginStroke(2));
    lab.act(wall([-3.0, 0.0], [3.0, 0.0]));
    lab.send(Command::Steps(30));
    wait(&lab, "the steps", |snapshot| snapshot.clock.step == 80);
    let end = inside(&lab).hash();
    assert!(lab.snapshot().count < 200 && lab.snapshot().scene.walls.len() == 1);
    let told = |number: u64| {
        move |snapshot: &seethe::sim::Snapshot| {
            snapshot
                .hand
                .notices
                .last()
                .is_some_and(|last| last.number >= number)
        }
    };
    lab.send(Command::UndoStroke(2));
    wait(&lab, "the wall is gone", told(1));
    let snapshot = lab.snapshot();
    assert_eq!((snapshot.clock.step, snapshot.scene.walls.len()), (50, 0));
    assert!(snapshot.count < 200 && !snapshot.hand.notices[0].fault);
    assert!(
        snapshot.hand.notices[0].text.contains("step 50"),
        "{:?}",
        snapshot.hand.notices
    );
    lab.send(Command::UndoStroke(1));
    wait(&lab, "they are back", told(2));
    assert_eq!((inside(&lab).hash(), lab.snapshot().count), (start, 200));
    lab.send(Command::RedoStroke(1));
    lab.send(Command::RedoStroke(2));
    wait(&lab, "all is there again", told(4));
    assert_eq!((inside(&lab).hash(), lab.snapshot().clock.step), (end, 80));
    assert_eq!(
        (
            lab.snapshot().scene.source.clone(),
            lab.snapshot().generation
        ),
        (source, generation)
    );
    lab.send(Command::UndoStroke(77));
    wait(&lab, "an unknown stroke", told(5));
    assert!(
        lab.snapshot()
            .hand
            .notices
            .last()
            .is_some_and(|last| last.fault)
    );
}

#[test]
fn brushes_vaccinate_isolate_and_infect_on_a_network() {
    let session = |threads: usize| {
        let mut run = start(scene("travelling_wave", &[]), threads);
        let radius = 0.15 * run.scene().domain.size[0].min(run.scene().domain.size[1]);
        let touch = |tool| {
            let at = [0.0, 0.0];
            let along = [0.0, 0.0];
            let strength = 1.0;
            Action::Dab(Dab {
                tool,
                at,
                along,
                radius,
                strength,
            })
        };
        // Nodes in each state of health, and the farthest vaccinated one from the brush.
        let census = |run: &Simulation| {
            let domain = run.scene().domain;
            let mut counts = [0; 6];
            let mut farthest: f64 = 0.0;
            let column = run.columns().iter();
            let health = column
                .filter(|column| column.declaration().name == "health")
                .map(|column| {
                    let mut values = Vec::new();
                    column.numbers(run.world(), 0, &domain, &mut values);
                    values
                })
                .next()
                .expect("health");
            let places = run.columns().slice::<Position>(run.world());
            for (state, place) in health.iter().zip(places) {
                counts[*state as usize] += 1;
                if *state == 4.0 {
                    let [x, y] = domain.real(place.0);
                    farthest = farthest.max(x.hypot(y));
                }
            }
            (counts, farthest)
        };
        let (before, _) = census(&run);
        run.submit(touch(Tool::Heat));
        run.apply_due();
        let (infected, _) = census(&run);
        assert!(infected[2] > before[2], "{before:?} {infected:?}");
        run.submit(touch(Tool::Push));
        run.apply_due();
        let (isolated, _) = census(&run);
        assert!(isolated[5] > 0 && isolated[2] < infected[2], "{isolated:?}");
        run.submit(touch(Tool::Align));
        run.apply_due();
        let (vaccinated, farthest) = census(&run);
        assert!(vaccinated[4] > before[4], "{vaccinated:?}");
        assert!(vaccinated[0] < isolated[0]);
        assert!(farthest <= radius * (1.0 + 1e-6));
        assert_eq!(run.take_refused(), Vec::<String>::new());
        run.advance(30).expect("a good run");
        let (after, _) = census(&run);
        assert_eq!(after[4], vaccinated[4], "who is vaccinated stays so");
        let again = restore(&save(&run), worker_threads(1).expect("a thread")).expect("a state");
        assert_eq!(again.hash(), run.hash());
        run.hash()
    };
    assert_eq!(session(1), session(3));
}
