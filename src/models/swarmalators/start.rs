//! The swarmalators at the start.

use std::f64::consts::TAU;

use bevy::ecs::world::World;

use super::parameters::{Space, Swarmalators};
use super::step::Flock;
use super::{NaturalVelocity, Velocity};
use crate::math::domain::Boundary;
use crate::math::philox::{Purpose, Stream};
use crate::model::column::{Heading, NaturalFrequency, Phase, Position, Tag};
use crate::model::parameter::Parameters;
use crate::model::{InitialCondition, Start};

/// Every way to start, the first of which is the default.
pub const INITIAL_CONDITIONS: &[InitialCondition] = &[
    InitialCondition {
        name: "square",
        doc: "At random in a square of side 2 about the middle of the box, with random phases; on a ring all around it.",
    },
    InitialCondition {
        name: "box",
        doc: "At random all over the box, with random phases.",
    },
    InitialCondition {
        name: "wave",
        doc: "On a band around the middle, every phase the angle at which its bearer stands; on a ring the phase equal to the place.",
    },
];

/// Philox blocks of the initial condition.
const PLACE: u16 = 0;

/// A fraction of 2³² as a number in (0, 1).
fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) / 4_294_967_296.0
}

/// Natural frequencies and natural velocities by tag, at the quantiles of their distributions, each
/// dealt out in a random order of its own.
pub fn natural(parameters: &Swarmalators, count: usize, seed: u64) -> [Vec<f32>; 2] {
    let widths = [parameters.frequency_width, parameters.velocity_width];
    [0, 1].map(|which| {
        let spread = parameters.spread(widths[which]);
        let mut all: Vec<f32> = (0..count)
            .map(|index| spread.at_quantile(index, count) as f32)
            .collect();
        let stream = Stream::new(seed, 0, Purpose::NaturalFrequencies);
        // Fisher and Yates.
        for last in (1..count).rev() {
            let word = stream.words(last as u32, which as u16)[0];
            all.swap(last, ((u64::from(word) * (last as u64 + 1)) >> 32) as usize);
        }
        all
    })
}

/// Gives the swarmalators of a world the natural motion that its parameters describe.
pub fn retune(world: &mut World, parameters: &Swarmalators, seed: u64) {
    let mut tuned = world.query::<(&Tag, &mut NaturalFrequency, Option<&mut NaturalVelocity>)>();
    let count = tuned.iter(world).len();
    let [frequencies, velocities] = natural(parameters, count, seed);
    for (tag, mut frequency, velocity) in tuned.iter_mut(world) {
        let index = tag.0 as usize;
        if let Some(&own) = frequencies.get(index) {
            frequency.0 = own;
        }
        if let (Some(mut velocity), Some(&own)) = (velocity, velocities.get(index)) {
            velocity.0 = own;
        }
    }
}

/// Places the swarmalators; an error says why the start is impossible and what to change.
pub fn spawn(world: &mut World, start: &Start) -> Result<(), String> {
    let parameters = Swarmalators::from_values(start.values);
    let (count, domain) = (start.count, start.domain);
    if count == 0 {
        return Err("there are no swarmalators; set a population of at least 1".into());
    }
    match (parameters.space, domain.boundary) {
        (Space::Plane, Boundary::Periodic | Boundary::Reflecting) => {
            return Err("swarmalators that all see each other live in the open plane; set box.boundary to open, or space to local or ring".into());
        }
        (Space::Local, Boundary::Reflecting) => {
            return Err("there is no reflecting wall for swarmalators; set box.boundary to open or periodic".into());
        }
        (Space::Ring, Boundary::Open | Boundary::Reflecting) => {
            return Err(
                "a ring is closed: set box.boundary to periodic, or space to plane or local".into(),
            );
        }
        _ => {}
    }
    if !["square", "box", "wave"].contains(&start.initial) {
        return Err(format!("there is no initial condition `{}`", start.initial));
    }
    world.insert_resource(Flock::default());
    let [frequencies, velocities] = natural(&parameters, count, start.seed);
    let stream = Stream::new(start.seed, 0, Purpose::InitialCondition);
    let ring = parameters.space == Space::Ring;
    let particle = |index: usize| {
        let words = stream.words(index as u32, PLACE);
        let turns = [0, 1, 2].map(|k| unit(words[k]));
        let (place, phase) = if ring {
            let phase = if start.initial == "wave" {
                words[0].wrapping_add((words[2] >> 6).wrapping_sub(1 << 25))
            } else {
                words[2]
            };
            ([words[0], phase], phase)
        } else {
            match start.initial {
                "wave" => {
                    let (sin, cos) = (TAU * turns[0]).sin_cos();
                    let radius = (0.53 + 1.66 * turns[1]).sqrt();
                    (domain.fixed([radius * cos, radius * sin]), words[0])
                }
                "box" => {
                    let at = [0, 1].map(|axis| (turns[axis] - 0.5) * domain.size[axis]);
                    (domain.fixed(at), words[2])
                }
                _ => {
                    let at = [0, 1].map(|axis| 2.0 * turns[axis] - 1.0);
                    (domain.fixed(at), words[2])
                }
            }
        };
        (
            Position(place),
            Phase(phase),
            Heading::default(),
            Velocity::default(),
            NaturalFrequency(frequencies[index]),
            Tag(index as u32),
        )
    };
    if ring {
        world.spawn_batch(
            (0..count).map(|index| (particle(index), NaturalVelocity(velocities[index]))),
        );
    } else {
        world.spawn_batch((0..count).map(particle));
    }
    Ok(())
}
