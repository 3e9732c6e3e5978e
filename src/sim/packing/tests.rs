//! Pictures of runs: colours, directions and layers, against what is known of the state.

use super::*;
use crate::model::observable::{Category, Colouring};
use crate::model::phase::Clock;
use crate::scene;
use crate::sim::Simulation;
use crate::sim::simulation::worker_threads;
use crate::sim::snapshot::picture;

static KINDS: Colouring = Colouring {
    name: "health",
    categories: &[
        Category {
            name: "S",
            colour: [1, 2, 3],
        },
        Category {
            name: "I",
            colour: [4, 5, 6],
        },
        Category {
            name: "R",
            colour: [7, 8, 9],
        },
    ],
    ..Colouring::PLAIN
};

static PLAIN: Colouring = Colouring {
    name: "plain",
    ..Colouring::PLAIN
};

fn run(name: &str) -> Simulation {
    let few = [("population.count".into(), "400".into())];
    let scene = scene::find(name, &few).unwrap();
    Simulation::new(scene, worker_threads(1).unwrap()).unwrap()
}

/// A picture of a run that has gone on for a while since the last one.
fn after_a_while(name: &str, request: &PictureRequest) -> (Simulation, Past, Picture) {
    let mut run = run(name);
    let mut past = Past::default();
    past.note(&run);
    run.advance(50).unwrap();
    past.note(&run);
    let picture = picture(&run, request, &past, 7);
    (run, past, picture)
}

fn unpacked(direction: u32) -> [f32; 2] {
    [direction as u16 as i16, (direction >> 16) as u16 as i16].map(|x| f32::from(x) / 32767.0)
}

#[test]
fn kinds_stand_at_equal_distances_and_are_counted() {
    let values = [0.0, 1.0, 1.0, 2.0, f32::NAN];
    let legend = legend_of(
        &Shade::Declared(&KINDS),
        &PictureRequest::default(),
        &values,
    );
    assert_eq!(legend.counts, [1, 2, 1]);
    assert!(!legend.is_quantity());
    let place = scale(&legend);
    assert_eq!([0.0, 1.0, 2.0].map(place), [0.0, 0.5, 1.0]);
}

#[test]
fn a_logarithmic_range_follows_what_is_above_zero() {
    let request = PictureRequest {
        logarithmic: true,
        ..Default::default()
    };
    let shade = Shade::Declared(&PLAIN);
    let legend = legend_of(&shade, &request, &[-3.0, 0.0, 0.01, 1.0, 100.0, f32::NAN]);
    // 0.01 as a single precision number.
    assert_eq!(legend.range, [f64::from(0.01_f32), 100.0]);
    let place = scale(&legend);
    // ln(1e4) is known to 2⁻²⁴ of itself.
    assert!((place(1.0) - 0.5).abs() < 1e-6 && (place(10.0) - 0.75).abs() < 1e-6);
    assert_eq!([-3.0, 0.0, 1e9].map(place), [0.0, 0.0, 1.0]);
    let fixed = PictureRequest {
        range: Some([-1.0, 10.0]),
        ..request
    };
    let [low, high] = legend_of(&shade, &fixed, &[1.0]).range;
    assert!(
        low > 0.0 && high == 10.0,
        "a range that reaches below zero is cut"
    );
}

#[test]
fn a_streak_shows_the_displacement_and_not_the_heading() {
    let request = PictureRequest {
        glyph: Glyph::Streak,
        ..Default::default()
    };
    let (run, past, shown) = after_a_while("active_gas", &request);
    let tags = run.columns().slice::<Tag>(run.world());
    let (moved, _) = past.displacements().unwrap();
    let mut squares = 0.0;
    for (tag, particle) in tags.iter().zip(shown.particles.iter()) {
        let way = moved(tag.0 as usize);
        let seen = unpacked(particle.direction);
        let cross = way[0] * seen[1] - way[1] * seen[0];
        let along = way[0] * seen[0] + way[1] * seen[1];
        // The parts are rounded to half of 2⁻¹⁵ each.
        assert!(cross.abs() < 5e-5 * way[0].hypot(way[1]) && along > 0.0);
        squares += f64::from(seen[0].hypot(seen[1])).powi(2);
    }
    // The root mean square is one part in LONGEST of the longest, but for tails that are cut off.
    let typical = (squares / tags.len() as f64).sqrt() * f64::from(LONGEST);
    assert!((0.9..1.001).contains(&typical), "{typical}");
}

#[test]
fn the_first_picture_shows_headings_and_passive_particles_have_no_direction_in_it() {
    let mut request = PictureRequest {
        glyph: Glyph::Arrow,
        ..Default::default()
    };
    let first = run("active_gas");
    let shown = picture(&first, &request, &Past::default(), 1);
    let headings = first.columns().slice::<Heading>(first.world());
    for (heading, particle) in headings.iter().zip(shown.particles.iter()) {
        let seen = unpacked(particle.direction);
        let off = (seen[0] - heading.0[0]).hypot(seen[1] - heading.0[1]);
        assert!(off < 5e-5, "{seen:?} {heading:?}");
    }
    request.glyph = Glyph::Streak;
    let shown = picture(&first, &request, &Past::default(), 1);
    let length = unpacked(shown.particles[0].direction);
    assert!((length[0].hypot(length[1]) * LONGEST - 1.0).abs() < 1e-3);
    request.glyph = Glyph::Disc;
    let shown = picture(&first, &request, &Past::default(), 1);
    assert!(shown.particles.iter().all(|one| one.direction == 0));
}

#[test]
fn a_common_drift_is_seen_as_a_uniform_field_of_velocities() {
    let mut run = run("active_gas");
    let mut past = Past::default();
    past.note(&run);
    let domain = run.scene().domain;
    let quanta = domain
        .fixed([0.3, -0.4])
        .map(|part| part.wrapping_sub(1 << 31));
    let world = run.world_mut();
    let mut query = world.query::<&mut Position>();
    for mut position in query.iter_mut(world) {
        position.0 = [0, 1].map(|axis| position.0[axis].wrapping_add(quanta[axis]));
    }
    world.resource_mut::<Clock>().step += 1;
    world.resource_mut::<Clock>().time += 2.0;
    past.note(&run);
    let request = PictureRequest {
        layers: vec!["velocity_field".into(), "trails".into()],
        ..Default::default()
    };
    let shown = picture(&run, &request, &past, 1);
    let [velocities, trails] = shown.layers.as_slice() else {
        panic!("two layers");
    };
    let LayerData::Lines {
        lines,
        form,
        per_cell,
        ..
    } = velocities
    else {
        panic!("arrows are lines");
    };
    assert_eq!(*form, Form::Arrow);
    // A displacement of 0.5 in a time of 2; positions are exact to some 1e-7.
    assert!(
        (per_cell.unwrap() - 1.25 * 0.25).abs() < 1e-6,
        "{per_cell:?}"
    );
    let spacing = (domain.size[0].max(domain.size[1]) / CELLS) as f32;
    for line in lines {
        let way = [0, 1].map(|axis| line.ends[1][axis] - line.ends[0][axis]);
        assert!((way[0] - 0.48 * spacing).abs() < 1e-4 && (way[1] + 0.64 * spacing).abs() < 1e-4);
    }
    let LayerData::Lines { lines, tint, .. } = trails else {
        panic!("trails are lines");
    };
    assert_eq!((lines.len(), *tint), (400, Tint::Particles));
    for line in lines {
        // From the place now back to the place before.
        let way = [0, 1].map(|axis| line.ends[1][axis] - line.ends[0][axis]);
        assert!(
            (way[0] + 0.3).abs() < 1e-4 && (way[1] - 0.4).abs() < 1e-4,
            "{way:?}"
        );
        assert!(line.strength[0] > line.strength[1]);
    }
}

#[test]
fn a_column_colours_the_particles() {
    let request = PictureRequest {
        colour: "position_x".into(),
        range: Some([-1.0, 1.0]),
        ..Default::default()
    };
    let (_, _, shown) = after_a_while("active_gas", &request);
    assert_eq!(shown.legend.colouring, Some("position_x"));
    for particle in shown.particles.iter() {
        let expected = (0.5 * (particle.x + 1.0)).clamp(0.0, 1.0);
        assert!((particle.value - expected).abs() < 1e-6);
    }
}

#[test]
fn bonds_and_arrows_carry_their_values() {
    let bond = |strength, value| {
        let line = line([[0.0; 2], [1.0; 2]], strength);
        (line, value)
    };
    let bonds = [bond(2.0, 3.0), bond(f32::NAN, 5.0), bond(0.5, f32::NAN)];
    let LayerData::Lines { lines, tint, .. } = valued("b", bonds.into_iter(), Form::Line, None)
    else {
        panic!("bonds are lines");
    };
    assert_eq!(tint, Tint::Value([3.0, 5.0]));
    assert_eq!(
        lines.iter().map(|line| line.value).collect::<Vec<_>>(),
        [0.0, 1.0, -1.0]
    );
    assert_eq!(
        lines
            .iter()
            .map(|line| line.strength[0])
            .collect::<Vec<_>>(),
        [1.0, 0.0, 0.5]
    );
}
