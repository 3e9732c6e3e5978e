//! Walls on a graphics device: their force, their mirror, and that nobody crosses them.

use seethe::math::domain::Domain;
use seethe::math::walls::{Segment, WallGrid};
use seethe::model::column::{Diameter, Position, Tag};
use seethe::sim::Simulation;

use crate::gpu::{device, farthest, on, start};
use crate::gpu_parity::{Dice, Errors, Law, apart, engine, forces_on, places};

/// Some walls of a box: one all across it, two that share an end, and some anywhere.
fn walls(domain: &Domain, dice: &mut Dice) -> Vec<Segment> {
    let [x, y] = domain.size.map(|side| 0.5 * side);
    let mut walls = vec![
        Segment {
            from: [-x, -0.7 * y],
            to: [x, 0.8 * y],
        },
        Segment {
            from: [0.3 * x, -0.9 * y],
            to: [0.8 * x, -0.2 * y],
        },
        Segment {
            from: [0.8 * x, -0.2 * y],
            to: [0.9 * x, 0.1 * y],
        },
    ];
    for _ in 0..5 {
        let mut place = || domain.size.map(|side| dice.between(-0.49, 0.49) * side);
        walls.push(Segment {
            from: place(),
            to: place(),
        });
    }
    walls
}

fn text(walls: &[Segment]) -> String {
    let end = |[x, y]: [f64; 2]| format!("({x:?}, {y:?})");
    let each = walls
        .iter()
        .map(|wall| format!("({}, {})", end(wall.from), end(wall.to)));
    format!("[{}]", each.collect::<Vec<_>>().join(", "))
}

/// A run with walls that are made for its box.
fn walled(
    count: usize,
    changes: &[(&str, &str)],
    make: impl FnOnce(&Domain) -> Vec<Segment>,
) -> Simulation {
    let bare = start(count, changes);
    let list = text(&make(&bare.scene().domain));
    start(count, &[changes, &[("walls", &list)]].concat())
}

#[test]
fn forces_of_walls_are_those_of_the_law_in_double_precision() {
    let Some(mut engine) = engine("active") else {
        return;
    };
    let mut errors = Errors::default();
    let mut pushed = 0;
    for number in 0..54 {
        let mut dice = Dice::of(9000 + number);
        let pick = |names: [&'static str; 3], stride: u32| names[(number / stride % 3) as usize];
        let interaction = pick(["wca", "harmonic", "softplus"], 1);
        let boundary = pick(["periodic", "reflecting", "open"], 3);
        let spread = if number % 2 == 0 { "0.0" } else { "0.1" };
        let law = Law {
            interaction,
            strength: 5.0,
            sharpness: 15.0,
            trap: 0.0,
        };
        let seed = number.to_string();
        let changes = [
            ("parameters.interaction", interaction),
            ("parameters.interaction_strength", "5.0"),
            ("parameters.softplus_sharpness", "15.0"),
            ("parameters.polydispersity", spread),
            ("population.packing_fraction", "0.4"),
            ("box.boundary", boundary),
            ("seed", &seed),
        ];
        let mut run = walled(200, &changes, |domain| walls(domain, &mut dice));
        run.advance(300).expect("steps");
        let (domain, dt) = (run.scene().domain, run.clock().dt);
        let grid = WallGrid::new(&domain, &run.scene().walls, 3.0);
        let diameters = run.columns().slice::<Diameter>(run.world());
        let diameters: Vec<f32> = diameters.iter().map(|one| one.0).collect();
        let at = places(&run);
        let pairs = law.forces(&domain, &at, &diameters);
        let found = forces_on(&mut engine, &run);
        for (slot, (found, (pair, lengths))) in found.into_iter().zip(pairs).enumerate() {
            let size = diameters.get(slot).map_or(1.0, |&one| f64::from(one));
            let push = grid.push(apart(&domain, at[slot], [1 << 31; 2]), |distance| {
                let r = distance + 0.5 * size;
                (law.over_r(r, size) * r).min(0.01 * size / dt)
            });
            let exact = [0, 1].map(|axis| pair[axis] + push[axis]);
            pushed += usize::from(push != [0.0; 2]);
            if lengths == 0.0 && push == [0.0; 2] {
                assert_eq!(found, [0.0; 2], "scene {number}");
            } else {
                errors.note(found, exact, law.unit());
            }
        }
    }
    assert!(pushed > 500, "{pushed}");
    errors.judge();
}

#[test]
fn particles_move_alike_between_drawn_walls() {
    for (number, interaction, boundary) in [
        (77, "wca", "periodic"),
        (77, "harmonic", "reflecting"),
        (77, "none", "periodic"),
        (77, "wca", "open"),
        (77, "harmonic", "open"),
        (78, "harmonic", "open"),
        (79, "harmonic", "open"),
        (80, "softplus", "open"),
    ] {
        let Some(device) = device() else { return };
        let changes = [
            ("parameters.interaction", interaction),
            ("population.packing_fraction", "0.4"),
            ("box.boundary", boundary),
        ];
        let new = || {
            let mut dice = Dice::of(number);
            walled(1000, &changes, |domain| walls(domain, &mut dice))
        };
        let (mut cpu, mut gpu) = (new(), new());
        cpu.advance(2050).expect("steps");
        gpu.advance(2000).expect("steps");
        let mut gpu = on(device, gpu);
        gpu.advance(50).expect("steps");
        assert!(gpu.engine().is_some(), "{:?}", gpu.take_news());
        let off = farthest(&cpu, &gpu, "position");
        assert!(off < 1e-3, "{number} {interaction} {boundary}: {off:e}");
        println!("{number} {interaction} {boundary}: {off:e}");
    }
}

/// A tilted chamber in the middle, with a wall across it, and two walls that part the rest of the box.
fn chambers(domain: &Domain) -> Vec<Segment> {
    let [x, y] = domain.size.map(|side| 0.5 * side);
    let corners = corners(domain);
    let mut walls: Vec<_> = (0..4)
        .map(|k| Segment {
            from: corners[k],
            to: corners[(k + 1) % 4],
        })
        .collect();
    let middle = |a: [f64; 2], b: [f64; 2]| [0, 1].map(|axis| 0.5 * (a[axis] + b[axis]));
    // Its ends lie on two sides of the chamber.
    walls.push(Segment {
        from: middle(corners[0], corners[1]),
        to: middle(corners[2], corners[3]),
    });
    walls.extend([-0.8, 0.8].map(|part| Segment {
        from: [part * x, -y],
        to: [part * x, y],
    }));
    walls
}

fn corners(domain: &Domain) -> [[f64; 2]; 4] {
    let [x, y] = domain.size.map(|side| 0.5 * side);
    [[-0.5, -0.3], [0.2, -0.6], [0.6, 0.2], [-0.2, 0.7]].map(|[a, b]| [a * x, b * y])
}

/// In which chamber a place is.
fn chamber(domain: &Domain, place: [f64; 2]) -> u8 {
    let left = |a: [f64; 2], b: [f64; 2]| {
        (b[0] - a[0]) * (place[1] - a[1]) - (b[1] - a[1]) * (place[0] - a[0]) > 0.0
    };
    let corners = corners(domain);
    if (0..4).all(|k| left(corners[k], corners[(k + 1) % 4])) {
        let across = &chambers(domain)[4];
        return u8::from(left(across.from, across.to));
    }
    2 + u8::from(place[0].abs() > 0.4 * domain.size[0])
}

#[test]
fn strong_noise_drives_nobody_through_a_wall() {
    for (dynamics, interaction, dt, boundary) in [
        // Steps of 0.6 diameters: leaps over several cells, and many mirrors in corners.
        ("passive", "none", "0.2", "periodic"),
        ("passive", "none", "0.05", "reflecting"),
        ("brownian", "none", "0.005", "periodic"),
        ("passive", "harmonic", "0.0005", "periodic"),
    ] {
        let Some(device) = device() else { return };
        let changes = [
            ("parameters.dynamics", dynamics),
            ("parameters.interaction", interaction),
            ("parameters.polydispersity", "0.0"),
            ("population.packing_fraction", "0.3"),
            ("box.boundary", boundary),
            ("dt", dt),
        ];
        let mut run = walled(400, &changes, chambers);
        let domain = run.scene().domain;
        let mut dice = Dice::of(4321);
        let world = run.world_mut();
        let mut query = world.query::<&mut Position>();
        for mut position in query.iter_mut(world) {
            let place = domain.size.map(|side| dice.between(-0.499, 0.499) * side);
            position.0 = domain.fixed(place);
        }
        let homes = |run: &Simulation| {
            let tags = run.columns().slice::<Tag>(run.world());
            let mut homes = vec![0; tags.len()];
            for (tag, place) in tags.iter().zip(places(run)) {
                homes[tag.0 as usize] = chamber(&domain, apart(&domain, place, [1 << 31; 2]));
            }
            homes
        };
        let before = homes(&run);
        for home in 0..4 {
            let there = before.iter().filter(|&&one| one == home).count();
            assert!(there > 10, "{home}: {there}");
        }
        let (began, mut moved) = (places(&run), 0);
        let mut run = on(device, run);
        for _ in 0..20 {
            run.advance(200).expect("steps");
            assert!(run.engine().is_some(), "{:?}", run.take_news());
            assert_eq!(homes(&run), before, "{dynamics} {interaction} {dt}");
            moved += usize::from(places(&run) != began);
        }
        assert_eq!(moved, 20);
        // And none after the way back.
        run.disengage();
        run.advance(200).expect("steps");
        assert_eq!(homes(&run), before, "{dynamics} {interaction} {dt}");
    }
}
