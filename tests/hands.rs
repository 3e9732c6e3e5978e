//! Hands on a running model: strokes and walls replay, checkpoint and thread like everything else.

use seethe::math::walls::Segment;
use seethe::model::column::Position;
use seethe::model::hands;
use seethe::model::hands::{Dab, Tool};
use seethe::scene::Scene;
use seethe::sim::checkpoint::{restore, save};
use seethe::sim::driver::replay;
use seethe::sim::simulation::worker_threads;
use seethe::sim::{Action, Intent, Simulation};
use seethe::{models, scene};

use crate::determinism::measured;
use crate::harness::{owned, scene, start};

pub fn dab(tool: Tool, at: [f64; 2], along: [f64; 2], radius: f64) -> Action {
    Action::Dab(Dab {
        tool,
        at,
        along,
        radius,
        strength: 0.7,
    })
}

pub fn wall(from: [f64; 2], to: [f64; 2]) -> Action {
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
pub fn places(run: &Simulation) -> Vec<[f64; 2]> {
    let positions = run.columns().slice::<Position>(run.world());
    let domain = run.scene().domain;
    positions.iter().map(|place| domain.real(place.0)).collect()
}

/// An active scene without a name.
pub fn plain(overrides: &[(&str, &str)]) -> Scene {
    let text =
        "(version: 1, model: active, box: (size: (12, 12)), population: (count: 30), dt: 1e-4)";
    scene::parse("test", text, &owned(overrides)).unwrap_or_else(|problems| panic!("{problems}"))
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
