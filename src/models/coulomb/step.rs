//! The systems of a step, in the phases Forces → Integrate.

use bevy::ecs::resource::Resource;
use bevy::ecs::schedule::{IntoScheduleConfigs, Schedule};
use bevy::ecs::system::{Query, Res, ResMut};
use bevy::ecs::world::World;
use bytemuck::{cast_slice, cast_slice_mut};
use serde::{Deserialize, Serialize};

use super::gas::{Field, Function};
use super::parameters::{Coulomb, Dynamics};
use super::survey::Survey;
use super::theory::Theory;
use super::{Charge, Population};
use crate::math::domain::{Boundary, Domain};
use crate::math::longrange::{Charges, Solver, move_energy};
use crate::math::philox::{Purpose, Stream, uniform};
use crate::math::statistics::ordered_sum;
use crate::model::column::{Force, Position, Tag};
use crate::model::parameter::{Parameters, Values};
use crate::model::phase::{Box, Clock, Failure, Fault, Phase as Stage};
use crate::slices;

/// Longest way that the drift of one step of the Langevin equation may take a charge, unless the noise
/// goes further: two that come very near would otherwise throw each other out of the droplet.
pub const MOST_DRIFT: f64 = 0.1;

/// Proposals of the sampler since its parameters last changed.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    pub proposed: u64,
    pub accepted: u64,
}

/// Memory of the sampler, and what it knows of the present state.
#[derive(Resource, Default)]
pub struct Sampler {
    solver: Option<Solver>,
    /// Forces and energy belong to these places, if to any.
    known: Vec<[u32; 2]>,
    forces: Vec<[f32; 2]>,
    energy: f64,
    proposal: Vec<[u32; 2]>,
    moves: Vec<[f64; 2]>,
    proposed_forces: Vec<[f32; 2]>,
}

/// Puts parameters into the world: at the start and after every change.
pub fn adopt(values: &Values, world: &mut World) {
    let coulomb = Coulomb::from_values(values);
    Coulomb::adopt(values, world);
    let count = world.get_resource::<Population>().map_or(0, |one| one.0);
    // The start refuses a formula that cannot be read, and a scene never holds one.
    if let (Ok(trap), Ok(function)) = (coulomb.confinement(), coulomb.function()) {
        world.insert_resource(Theory::new(&coulomb, &trap, &function, count));
        world.insert_resource(Field::new(&coulomb, trap, count));
        world.insert_resource(Function(function));
    }
    world.insert_resource(Survey::default());
    world.insert_resource(Sampler::default());
    world.insert_resource(Tally::default());
}

/// Adds the systems to the phases of the step.
pub fn install(schedule: &mut Schedule) {
    schedule.add_systems((
        evaluate.in_set(Stage::Forces),
        (advance, sweep).chain().in_set(Stage::Integrate),
    ));
}

/// The forces at the beginning of the step, unless they are known from the step before.
fn evaluate(
    coulomb: Res<Coulomb>,
    field: Res<Field>,
    domain: Res<Box>,
    clock: Res<Clock>,
    mut sampler: ResMut<Sampler>,
    mut fault: ResMut<Fault>,
    mut particles: Query<(&Position, &Charge, &mut Force)>,
) {
    let (places, charges, mut forces) = slices!(particles);
    let places: &[[u32; 2]] = cast_slice(places);
    let charges: &[f32] = cast_slice(charges);
    if coulomb.dynamics == Dynamics::Metropolis {
        return;
    }
    let sampler = &mut *sampler;
    if sampler.known == places {
        return;
    }
    let solver = match &mut sampler.solver {
        Some(solver) => solver,
        empty => match field.solver() {
            Ok(solver) => empty.insert(solver),
            Err(refused) => {
                let reason = refused.to_string();
                let step = clock.step;
                return fault.raise(Failure::Crowded { reason, step });
            }
        },
    };
    let domain = &domain.0;
    field.forces(solver, domain, places, charges, &mut sampler.forces);
    // A step of the Langevin equation always goes on; a proposal may be refused.
    if coulomb.dynamics == Dynamics::Mala {
        sampler.energy = field.energy(solver, domain, places, charges);
        sampler.known.clear();
        sampler.known.extend_from_slice(places);
    }
    let forces: &mut [[f32; 2]] = cast_slice_mut(forces.bypass_change_detection());
    forces.copy_from_slice(&sampler.forces);
}

/// A place after a move, as fixed-point numbers; `None` when the move is too long to be followed.
fn moved(domain: &Domain, place: [u32; 2], by: [f64; 2]) -> Option<[u32; 2]> {
    let span = domain.span();
    let limits = domain.limits().map(f64::from);
    let mut to = place;
    for axis in 0..2 {
        let quanta = (by[axis] / span[axis] * 4_294_967_296.0).round();
        if quanta.is_nan() || quanta.abs() >= f64::from(1u32 << 30) {
            return None;
        }
        to[axis] = match domain.boundary {
            Boundary::Periodic => place[axis].wrapping_add(quanta as i64 as u32),
            Boundary::Open => {
                let at = f64::from(place[axis]) + quanta;
                // Outside is noticed by whoever asked.
                at.clamp(0.0, f64::from(u32::MAX)) as u32
            }
            Boundary::Reflecting => {
                let at = f64::from(place[axis]) + quanta;
                let mirrored = if at < limits[0] {
                    2.0 * limits[0] - at
                } else if at > limits[1] {
                    2.0 * limits[1] - at
                } else {
                    at
                };
                mirrored.clamp(limits[0], limits[1]) as u32
            }
        };
    }
    Some(to)
}

/// The way from one place to another, in units of length.
fn way(domain: &Domain, from: [u32; 2], to: [u32; 2]) -> [f64; 2] {
    let span = domain.span();
    [0, 1].map(|axis| {
        f64::from(to[axis].wrapping_sub(from[axis]) as i32) * (span[axis] / 4_294_967_296.0)
    })
}

/// The columns that a step reads and writes.
type Moving<'w, 's> = Query<
    'w,
    's,
    (
        &'static mut Position,
        &'static mut Force,
        &'static Charge,
        &'static Tag,
    ),
>;

/// A step of the Langevin equation, or one of MALA.
#[expect(clippy::too_many_arguments, reason = "a system's parameters")]
fn advance(
    coulomb: Res<Coulomb>,
    field: Res<Field>,
    clock: Res<Clock>,
    domain: Res<Box>,
    mut sampler: ResMut<Sampler>,
    mut tally: ResMut<Tally>,
    mut fault: ResMut<Fault>,
    mut particles: Moving,
) {
    if coulomb.dynamics == Dynamics::Metropolis {
        return;
    }
    let (mut places, mut columns, charges, tags) = slices!(particles);
    let places: &mut [[u32; 2]] = cast_slice_mut(places.bypass_change_detection());
    let columns: &mut [[f32; 2]] = cast_slice_mut(columns.bypass_change_detection());
    let charges: &[f32] = cast_slice(charges);
    let domain = &domain.0;
    let mala = coulomb.dynamics == Dynamics::Mala;
    let dt = clock.dt;
    let noise = (2.0 * dt / coulomb.beta).sqrt();
    let most_drift = MOST_DRIFT.max(noise);
    let stream = Stream::new(clock.seed, clock.step, Purpose::Translation);
    let sampler = &mut *sampler;
    sampler.proposal.clear();
    sampler.moves.clear();
    let wall = field.wall();
    let mut outside = false;
    let [low, high] = domain.limits();
    for (slot, &place) in places.iter().enumerate() {
        let force = sampler.forces.get(slot).map_or([f32::NAN; 2], |&one| one);
        let kick = stream.gaussians(tags[slot].0, 0);
        let mut drift = force.map(|part| dt * f64::from(part));
        let length = drift[0].hypot(drift[1]);
        if !mala && length > most_drift {
            drift = drift.map(|part| part * most_drift / length);
        }
        let mut by = [0, 1].map(|axis| drift[axis] + noise * f64::from(kick[axis]));
        if field.line {
            by[1] = 0.0;
        }
        let Some(mut to) = moved(domain, place, by) else {
            return fault.raise(Failure::NotFinite {
                tag: tags[slot].0,
                term: "force",
                value: f64::from(if force[0].is_finite() {
                    force[1]
                } else {
                    force[0]
                }),
                step: clock.step,
            });
        };
        let [x, y] = domain.real(to);
        if domain.boundary == Boundary::Open && to.iter().any(|&part| part < low || part > high) {
            if mala {
                outside = true;
            } else {
                return fault.raise(Failure::Escaped {
                    tag: tags[slot].0,
                    value: if x.abs() > y.abs() { x } else { y },
                    step: clock.step,
                });
            }
        }
        if let Some(wall) = wall {
            let r = x.hypot(y);
            if r > wall {
                outside = true;
                if !mala {
                    // Mirrored at the wall, and never beyond the middle.
                    let inside = (2.0 * wall - r).max(0.0) / r;
                    to = domain.fixed([x * inside, y * inside]);
                }
            }
        }
        sampler.proposal.push(to);
        sampler.moves.push(way(domain, place, to));
    }
    if !mala {
        places.copy_from_slice(&sampler.proposal);
        return;
    }
    tally.proposed += 1;
    if outside {
        return;
    }
    let Some(solver) = &mut sampler.solver else {
        return;
    };
    let proposal = &sampler.proposal;
    field.forces(
        solver,
        domain,
        proposal,
        charges,
        &mut sampler.proposed_forces,
    );
    let energy = field.energy(solver, domain, proposal, charges);
    // Both densities are judged by the way that was really gone, after rounding.
    let (here, there) = (&sampler.forces, &sampler.proposed_forces);
    let moves = &sampler.moves;
    let [forth, back] = ordered_sum(moves.len(), |slot| {
        let [mut forth, mut back] = [0.0; 2];
        for axis in 0..2 {
            let by = moves[slot][axis];
            forth += (by - dt * f64::from(here[slot][axis])).powi(2);
            back += (by + dt * f64::from(there[slot][axis])).powi(2);
        }
        [forth, back]
    });
    let ratio = coulomb.beta * (sampler.energy - energy - (back - forth) / (4.0 * dt));
    let draw = Stream::new(clock.seed, clock.step, Purpose::MetropolisAccept).words(0, 0);
    if accepts(ratio, draw) {
        tally.accepted += 1;
        places.copy_from_slice(&sampler.proposal);
        columns.copy_from_slice(&sampler.proposed_forces);
        std::mem::swap(&mut sampler.known, &mut sampler.proposal);
        std::mem::swap(&mut sampler.forces, &mut sampler.proposed_forces);
        sampler.energy = energy;
    }
}

/// The rule of Metropolis for the logarithm of a ratio of weights.
fn accepts(ratio: f64, draw: [u32; 4]) -> bool {
    let fine = f64::from(uniform(draw[0])) + f64::from(draw[1]) / 4_294_967_296.0 / 8_388_608.0;
    ratio >= 0.0 || fine.ln() < ratio
}

/// A sweep of Metropolis: every charge is moved once, in the order of the slots.
fn sweep(
    coulomb: Res<Coulomb>,
    field: Res<Field>,
    clock: Res<Clock>,
    domain: Res<Box>,
    mut tally: ResMut<Tally>,
    mut fault: ResMut<Fault>,
    mut particles: Moving,
) {
    if coulomb.dynamics != Dynamics::Metropolis {
        return;
    }
    let (mut places, _, charges, tags) = slices!(particles);
    let places: &mut [[u32; 2]] = cast_slice_mut(places.bypass_change_detection());
    let values: &[f32] = cast_slice(charges);
    let domain = &domain.0;
    let noise = (2.0 * clock.dt / coulomb.beta).sqrt();
    let kicks = Stream::new(clock.seed, clock.step, Purpose::Translation);
    let draws = Stream::new(clock.seed, clock.step, Purpose::MetropolisAccept);
    let wall = field.wall();
    let [low, high] = domain.limits();
    for slot in 0..places.len() {
        let tag = tags[slot].0;
        let from = places[slot];
        let kick = kicks.gaussians(tag, 0);
        let across = if field.line { 0.0 } else { f64::from(kick[1]) };
        let by = [noise * f64::from(kick[0]), noise * across];
        tally.proposed += 1;
        let Some(to) = moved(domain, from, by) else {
            return fault.raise(Failure::NotFinite {
                tag,
                term: "trial move",
                value: by[0],
                step: clock.step,
            });
        };
        let out =
            domain.boundary == Boundary::Open && to.iter().any(|&part| part < low || part > high);
        let [before, after] = [from, to].map(|place| {
            let [x, y] = domain.real(place);
            x.hypot(y)
        });
        if out || wall.is_some_and(|wall| after > wall) {
            continue;
        }
        let charges: Charges = field.charges(domain, places, values);
        let mut change = move_energy(&charges, slot, to);
        if !field.free && field.stiffness == 0.0 {
            change += field.potential(after) - field.potential(before);
        }
        if accepts(-coulomb.beta * change, draws.words(tag, 0)) {
            tally.accepted += 1;
            places[slot] = to;
        }
    }
}
