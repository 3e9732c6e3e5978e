//! The particles at the start: places and headings.

use bevy::ecs::world::World;

use super::obstacles::Obstacles;
use super::parameters::Vicsek;
use crate::math::philox::{Purpose, Stream};
use crate::model::column::{Heading, Image, Position, Tag};
use crate::model::parameter::Parameters;
use crate::model::{InitialCondition, Start};

/// Every way to start, the first of which is the default.
pub const INITIAL_CONDITIONS: &[InitialCondition] = &[
    InitialCondition {
        name: "random",
        doc: "Independent uniform places and headings: no order at all.",
    },
    InitialCondition {
        name: "aligned",
        doc: "Independent uniform places, and all headings along x.",
    },
    InitialCondition {
        name: "band",
        doc: "Everybody in a band across a quarter of the width, with headings along x.",
    },
    InitialCondition {
        name: "disc",
        doc: "Everybody in a disc around the centre, half as wide as the shorter side, with random headings.",
    },
    InitialCondition {
        name: "vortex",
        doc: "Everybody in a ring around the centre, heading around it.",
    },
    InitialCondition {
        name: "lattice",
        doc: "A square lattice over the whole box, with random headings.",
    },
    InitialCondition {
        name: "centre",
        doc: "Everybody at the centre of the box, with random headings.",
    },
];

/// Philox block of places and headings.
const BLOCK: u16 = 0;
/// Particles that start inside of an obstacle are put outside so many times at most, where
/// obstacles overlap.
const ATTEMPTS: usize = 16;

/// Places the particles; an error says why the start is impossible and what to change.
pub fn spawn(world: &mut World, start: &Start) -> Result<(), String> {
    let vicsek = Vicsek::from_values(start.values);
    if start.count == 0 {
        return Err("there are no particles; set a population of at least 1".into());
    }
    let shortest = start.domain.size[0].min(start.domain.size[1]);
    if vicsek.speed >= 0.25 * shortest {
        return Err(format!(
            "a stride of {} is more than a quarter of the shorter side {shortest} of the box; take a larger box or a lower speed",
            vicsek.speed
        ));
    }
    let stream = Stream::new(start.seed, 0, Purpose::InitialCondition);
    let (mut positions, mut headings): (Vec<_>, Vec<_>) = (0..start.count)
        .map(|index| {
            let ([x, y], angle) = place(start, stream, index);
            let (sin, cos) = angle.sin_cos();
            (start.domain.fixed([x, y]), [cos as f32, sin as f32])
        })
        .unzip();
    let obstacles = Obstacles::place(&vicsek, &start.domain, start.seed);
    for _ in 0..ATTEMPTS {
        if obstacles.is_empty() {
            break;
        }
        obstacles.rebound(&start.domain, &mut positions, &mut headings);
    }
    world.spawn_batch((0..start.count).map(move |index| {
        (
            Position(positions[index]),
            Heading(headings[index]),
            Image::default(),
            Tag(index as u32),
        )
    }));
    Ok(())
}

/// Place and heading of one particle.
fn place(start: &Start, stream: Stream, index: usize) -> ([f64; 2], f64) {
    let words = stream.words(index as u32, BLOCK);
    let unit = |word: u32| (f64::from(word) + 0.5) / 4_294_967_296.0;
    let [width, height] = start.domain.size;
    let angle = std::f64::consts::TAU * unit(words[2]);
    let anywhere = [
        (unit(words[0]) - 0.5) * width,
        (unit(words[1]) - 0.5) * height,
    ];
    let shorter = width.min(height);
    match start.initial {
        "aligned" => (anywhere, 0.0),
        "band" => ([0.25 * anywhere[0], anywhere[1]], 0.0),
        "disc" => {
            let radius = 0.25 * shorter * unit(words[0]).sqrt();
            let turn = std::f64::consts::TAU * unit(words[1]);
            ([radius * turn.cos(), radius * turn.sin()], angle)
        }
        "vortex" => {
            let radius = shorter * (0.01 + 0.03 * unit(words[0])).sqrt();
            let turn = std::f64::consts::TAU * unit(words[1]);
            (
                [radius * turn.cos(), radius * turn.sin()],
                turn + std::f64::consts::FRAC_PI_2,
            )
        }
        "lattice" => {
            let columns = (start.count as f64 * width / height)
                .sqrt()
                .round()
                .max(1.0);
            let rows = (start.count as f64 / columns).ceil();
            let (row, column) = ((index as f64 / columns).floor(), index as f64 % columns);
            let x = ((column + 0.5) / columns - 0.5) * width;
            ([x, ((row + 0.5) / rows - 0.5) * height], angle)
        }
        "centre" => ([0.0; 2], angle),
        _ => (anywhere, angle),
    }
}
