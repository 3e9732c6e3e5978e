//! A run behind a window that can be asked: who is looked at is never mistaken, and strokes are taken back.

use std::time::Duration;

use seethe::model::column::Tag;
use seethe::model::hands::Tool;
use seethe::scene::Scene;
use seethe::sim::checkpoint::restore;
use seethe::sim::driver::Command;
use seethe::sim::inspect::{Inspection, Pick};
use seethe::sim::simulation::worker_threads;
use seethe::sim::snapshot::Status;
use seethe::sim::{Lab, Simulation};

use crate::hands::{dab, places, wall};
use crate::harness::{scene, within};

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
