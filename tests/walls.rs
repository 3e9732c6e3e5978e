//! Walls that are drawn: nobody crosses them, they push gently, and a scene says them.

use seethe::model::column::Tag;
use seethe::scene;
use seethe::sim::Simulation;

use crate::hands::{places, plain, wall};
use crate::harness::{scene, start};

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
