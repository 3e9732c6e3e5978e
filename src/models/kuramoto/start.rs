//! The oscillators at the start: places, phases and natural frequencies.

use std::f64::consts::{PI, TAU};

use bevy::ecs::world::World;

use super::AngularVelocity;
use super::couple::Ensemble;
use super::links::{Links, lattice_columns};
use super::parameters::{Dynamics, InitialPhases, Kuramoto, Motion, Sampling, Topology};
use super::wiring;
use crate::math::domain::Domain;
use crate::math::philox::{Purpose, Stream};
use crate::model::column::{Heading, NaturalFrequency, Phase, Position, Tag};
use crate::model::parameter::Parameters;
use crate::model::{InitialCondition, Start};
use crate::models::kuramoto::Pull;

/// Every way to start, the first of which is the default.
pub const INITIAL_CONDITIONS: &[InitialCondition] = &[
    InitialCondition {
        name: "sunflower",
        doc: "On a disc, evenly as the seeds of a sunflower, those of the most common natural frequency in the middle, so that synchrony is seen to grow from there.",
    },
    InitialCondition {
        name: "lattice",
        doc: "On a square lattice, row by row.",
    },
    InitialCondition {
        name: "ring",
        doc: "On a circle, one after the other.",
    },
    InitialCondition {
        name: "random",
        doc: "At independent random places in the box.",
    },
];

/// Philox blocks of the initial condition.
const PLACE: u16 = 0;
const ANGLES: u16 = 1;
/// Philox block of the natural frequencies that shuffles them.
const SHUFFLE: u16 = 1;

/// A fraction of 2³² as a number in (0, 1).
fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) / 4_294_967_296.0
}

/// An angle as a fixed-point phase.
pub fn fixed(angle: f64) -> u32 {
    let turns = (angle / TAU).rem_euclid(1.0);
    // 2³² itself is the phase 0 again.
    (turns * 4_294_967_296.0).round() as u64 as u32
}

/// Natural frequencies by tag. Where neighbours matter, those at quantiles are dealt out in random
/// order, lest frequencies rise along the rows.
pub fn frequencies(kuramoto: &Kuramoto, count: usize, seed: u64) -> Vec<f32> {
    let mut all: Vec<f32> = (0..count as u32)
        .map(|tag| kuramoto.frequency(tag, count, seed) as f32)
        .collect();
    if kuramoto.topology != Topology::AllToAll && kuramoto.sampling == Sampling::Quantiles {
        // Fisher and Yates.
        let stream = Stream::new(seed, 0, Purpose::NaturalFrequencies);
        for last in (1..count).rev() {
            let word = stream.words(last as u32, SHUFFLE)[0];
            let other = (u64::from(word) * (last as u64 + 1)) >> 32;
            all.swap(last, other as usize);
        }
    }
    all
}

/// Gives the oscillators of a world the frequencies that its parameters describe.
pub fn retune(world: &mut World, kuramoto: &Kuramoto, seed: u64) {
    let mut particles = world.query::<(&Tag, &mut NaturalFrequency)>();
    let all = frequencies(kuramoto, particles.iter(world).len(), seed);
    for (tag, mut frequency) in particles.iter_mut(world) {
        if let Some(&own) = all.get(tag.0 as usize) {
            frequency.0 = own;
        }
    }
}

/// Places the oscillators; an error says why the start is impossible and what to change.
pub fn spawn(world: &mut World, start: &Start) -> Result<(), String> {
    let kuramoto = Kuramoto::from_values(start.values);
    let count = start.count;
    if count == 0 {
        return Err("there are no oscillators; set a population of at least 1".into());
    }
    let links = match kuramoto.topology {
        Topology::Lattice => Links::lattice(count, lattice_columns(&start.domain, count)),
        Topology::Network => wiring::links(&kuramoto, count, start.seed)?,
        _ => Links::default(),
    };
    world.insert_resource(links);
    world.insert_resource(Ensemble::default());
    let omegas = frequencies(&kuramoto, count, start.seed);
    let places = places(start, &omegas)?;
    let stream = Stream::new(start.seed, 0, Purpose::InitialCondition);
    let particle = |index: usize| {
        let tag = index as u32;
        let phase = initial_phase(
            &kuramoto,
            &start.domain,
            index,
            count,
            places[index],
            stream,
        );
        (
            Position(start.domain.fixed(places[index])),
            Phase(fixed(phase)),
            NaturalFrequency(omegas[index]),
            Pull::default(),
            Tag(tag),
        )
    };
    let heading = |index: usize| {
        let (sin, cos) = (TAU * unit(stream.words(index as u32, ANGLES)[1])).sin_cos();
        Heading([cos as f32, sin as f32])
    };
    let velocity = |index: usize| AngularVelocity(omegas[index]);
    let moving = kuramoto.motion == Motion::Ballistic;
    let heavy = kuramoto.dynamics == Dynamics::SecondOrder;
    match (moving, heavy) {
        (false, false) => {
            world.spawn_batch((0..count).map(particle));
        }
        (true, false) => {
            world.spawn_batch((0..count).map(|i| (particle(i), heading(i))));
        }
        (false, true) => {
            world.spawn_batch((0..count).map(|i| (particle(i), velocity(i))));
        }
        (true, true) => {
            world.spawn_batch((0..count).map(|i| (particle(i), heading(i), velocity(i))));
        }
    }
    Ok(())
}

/// The places of an initial condition, by tag.
fn places(start: &Start, omegas: &[f32]) -> Result<Vec<[f64; 2]>, String> {
    let count = start.count;
    let size = start.domain.size;
    let shortest = size[0].min(size[1]);
    match start.initial {
        "sunflower" => {
            // Rank by the distance from the most common frequency.
            let middle = omegas.iter().map(|&w| f64::from(w)).sum::<f64>() / count as f64;
            let middle = if middle.is_finite() { middle } else { 0.0 };
            let mut order: Vec<usize> = (0..count).collect();
            let far = |index: usize| (f64::from(omegas[index]) - middle).abs();
            order.sort_by(|&a, &b| far(a).total_cmp(&far(b)).then(a.cmp(&b)));
            let golden = PI * (3.0 - 5f64.sqrt());
            let reach = 0.47 * shortest;
            let mut places = vec![[0.0; 2]; count];
            for (rank, &index) in order.iter().enumerate() {
                let radius = reach * ((rank as f64 + 0.5) / count as f64).sqrt();
                let (sin, cos) = (rank as f64 * golden).sin_cos();
                places[index] = [radius * cos, radius * sin];
            }
            Ok(places)
        }
        "lattice" => {
            let columns = lattice_columns(&start.domain, count);
            let rows = count.div_ceil(columns);
            Ok((0..count)
                .map(|index| {
                    let x = ((index % columns) as f64 + 0.5) / columns as f64 - 0.5;
                    let y = ((index / columns) as f64 + 0.5) / rows as f64 - 0.5;
                    [x * size[0], y * size[1]]
                })
                .collect())
        }
        "ring" => Ok((0..count)
            .map(|index| {
                let (sin, cos) = (TAU * index as f64 / count as f64).sin_cos();
                [0.44 * shortest * cos, 0.44 * shortest * sin]
            })
            .collect()),
        "random" => {
            let stream = Stream::new(start.seed, 0, Purpose::InitialCondition);
            Ok((0..count as u32)
                .map(|tag| {
                    let words = stream.words(tag, PLACE);
                    [0, 1].map(|axis| (unit(words[axis]) - 0.5) * size[axis])
                })
                .collect())
        }
        other => Err(format!("there is no initial condition `{other}`")),
    }
}

/// The phase of an oscillator at the start.
fn initial_phase(
    kuramoto: &Kuramoto,
    domain: &Domain,
    index: usize,
    count: usize,
    place: [f64; 2],
    stream: Stream,
) -> f64 {
    let turn = unit(stream.words(index as u32, ANGLES)[0]);
    // Place along the ring or across the box, 0 to 1.
    let along = if kuramoto.topology == Topology::Ring {
        index as f64 / count as f64
    } else {
        place[0] / domain.size[0] + 0.5
    };
    match kuramoto.initial_phases {
        InitialPhases::Random => TAU * turn,
        InitialPhases::Aligned => 0.0,
        InitialPhases::Twisted => TAU * kuramoto.winding as f64 * along,
        InitialPhases::Chimera => {
            let x = along - 0.5;
            // Abrams and Strogatz 2004, which is Kuramoto and Battogtokh's on a ring of length 2π.
            6.0 * (turn - 0.5) * (-0.76 * (TAU * x).powi(2)).exp()
        }
    }
}
