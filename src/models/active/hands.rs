//! What hands may do to active particles: who joins, how close they may be put, what moves one.

use bevy::ecs::world::World;

use super::InitialPosition;
use super::law::Repulsion;
use super::parameters::Active;
use super::start;
use super::survey::contact;
use crate::model::column::{Diameter, Heading, Position};
use crate::model::hands::{Hands, Skill, Term, Touched, with_column};
use crate::model::observable::Sample;
use crate::model::parameter::{Parameters, Values};
use crate::model::walls::{STRIDE, WallLaw, Walls};

/// The chapter's declaration.
pub const HANDS: Hands = Hands {
    add: Skill::Own(join),
    walls: true,
    closest,
    terms: Some(terms),
    ..Hands::COLUMNS
};

/// Newcomers take heading and diameter from the distributions of the start. Their displacement
/// is counted from where they were put.
fn join(world: &mut World, newcomers: &Touched) {
    let active = world.resource::<Active>().clone();
    let places: Vec<_> = with_column(world, |positions: &mut [Position]| {
        newcomers
            .slots
            .iter()
            .map(|&slot| positions[slot].0)
            .collect()
    });
    with_column(world, |starts: &mut [InitialPosition]| {
        for (&slot, &place) in newcomers.slots.iter().zip(&places) {
            starts[slot].0 = place;
        }
    });
    with_column(world, |headings: &mut [Heading]| {
        for (&slot, &tag) in newcomers.slots.iter().zip(newcomers.tags) {
            headings[slot].0 = start::heading(active.dynamics, tag, newcomers.stream);
        }
    });
    with_column(world, |diameters: &mut [Diameter]| {
        for (&slot, &tag) in newcomers.slots.iter().zip(newcomers.tags) {
            if let Some(diameter) = diameters.get_mut(slot) {
                diameter.0 = start::diameter(tag, active.polydispersity, newcomers.stream);
            }
        }
    });
}

/// The distance at which two particles push each other by a hundredth of a diameter per step:
/// closer, a step would throw them about.
fn closest(values: &Values, dt: f64) -> f64 {
    let active = Active::from_values(values);
    let repulsion = active.repulsion();
    if repulsion == Repulsion::None {
        return 0.0;
    }
    let distance = repulsion.distance_of_force(STRIDE / dt);
    // The bisection ends just above its lower end when no distance is too close.
    if distance < 2e-3 {
        0.0
    } else {
        distance * active.largest_diameter()
    }
}

/// The wall pushes as a particle of the same size would whose surface is the wall: its centre is
/// half a diameter behind the line. It does not move away itself, so that the contact is half as
/// stiff as that of a pair, and any step that is good for pairs is good for walls.
impl WallLaw for Active {
    fn reach(&self) -> f64 {
        let largest = self.largest_diameter();
        (self.repulsion().range(largest) - 0.5 * largest).max(0.0)
    }

    fn force(&self, distance: f64, diameter: f64) -> f64 {
        self.repulsion().force(distance + 0.5 * diameter, diameter)
    }
}

/// What moves a particle, with the forces of the present configuration.
fn terms(sample: &Sample, slot: usize) -> Vec<Term> {
    let Some(active) = sample.resource::<Active>() else {
        return Vec::new();
    };
    let positions: &[[u32; 2]] = sample.positions();
    let diameters = sample.column::<Diameter>();
    let place = sample.domain.real(positions[slot]);
    let speed = active.motion().speed;
    let mut found = Vec::new();
    let mut term = |name, symbol, value: [f64; 2]| {
        found.push(Term {
            name,
            symbol,
            value,
        });
    };
    if speed > 0.0
        && let Some(heading) = sample.column::<Heading>().get(slot)
    {
        let push = heading.0.map(|part| speed * f64::from(part));
        term("Self-propulsion", "v₀e", push);
    }
    let repulsion = active.repulsion();
    if repulsion != Repulsion::None {
        let mut sum = [0.0; 2];
        for (other, &there) in positions
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != slot)
        {
            let away = sample
                .domain
                .separation(positions[slot], there)
                .map(f64::from);
            let distance = away[0].hypot(away[1]);
            let push = repulsion.force(distance, contact(diameters, slot, other));
            if push > 0.0 && distance > 0.0 {
                sum = [0, 1].map(|axis| sum[axis] + push * away[axis] / distance);
            }
        }
        term("Neighbours", "F", sum);
    }
    if active.trap_stiffness > 0.0 {
        let pull = place.map(|part| -active.trap_stiffness * part);
        term("Trap", "−kr", pull);
    }
    if let Some(walls) = sample.resource::<Walls>().filter(|walls| !walls.is_empty()) {
        let diameter = diameters.get(slot).map_or(1.0, |one| f64::from(one.0));
        let push = walls.force(active, place, diameter, sample.clock.dt);
        term("Walls", "F_w", push);
    }
    found
}
