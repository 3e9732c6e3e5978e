//! The systems of a step, in the phases Neighbors → Forces → Integrate.
//!
//! In Wrap there is only the mirror of walls that were drawn: fixed-point positions wrap by
//! themselves, the edges of the box are minded where positions advance, and headings are kept at
//! unit length where they turn.

use bevy::ecs::schedule::{IntoScheduleConfigs, Schedule};
use bevy::ecs::system::{Query, Res, ResMut};
use bevy::ecs::world::World;
use bytemuck::{cast_slice, cast_slice_mut};

use super::law::{Repulsion, SOFTPLUS_CUT};
use super::parameters::{Active, Dynamics};
use super::survey::Survey;
use crate::math::integrate::{self, Columns, Forces, Term};
use crate::math::laws::{
    ActiveBrownian, ActiveOrnsteinUhlenbeck, Brownian, Draws, Noise, RunAndTumble,
};
use crate::math::pair::{self, Diameters, Harmonic, Softplus, Wca};
use crate::model::column::{Diameter, Force, Heading, Position, Tag};
use crate::model::neighbours::{self, Neighbours, Range};
use crate::model::parameter::{Parameters, Values};
use crate::model::phase::{Box, Clock, Failure, Fault, Phase};
use crate::model::walls::{self, WallLaw, WallReach};
use crate::slices;

/// Added to the range of the forces, so that neighbour lists last for many steps.
const SKIN: f32 = 0.3;

/// The unit of mobility: forces are velocities.
pub(super) const MOBILITY: f64 = 1.0;

/// Puts parameters into the world: at the start and after every change.
pub fn adopt(values: &Values, world: &mut World) {
    let before = world.get_resource::<Active>().map(|active| active.dynamics);
    Active::adopt(values, world);
    let active = Active::from_values(values);
    world.insert_resource(Range {
        cutoff: active.range() as f32,
        skin: SKIN,
    });
    world.insert_resource(WallReach(active.reach()));
    // What was measured with the old parameters no longer holds.
    world.insert_resource(Survey::default());
    if before == Some(Dynamics::OrnsteinUhlenbeck) && active.dynamics != Dynamics::OrnsteinUhlenbeck
    {
        // A Gaussian propulsion leaves its direction to the unit vector that takes its place.
        for mut heading in world.query::<&mut Heading>().iter_mut(world) {
            heading.0 = unit(heading.0);
        }
    }
}

/// The unit vector along a vector; along x for a vector without direction.
fn unit(vector: [f32; 2]) -> [f32; 2] {
    let length = vector[0].hypot(vector[1]);
    if length > 0.0 {
        vector.map(|part| part / length)
    } else {
        [1.0, 0.0]
    }
}

/// Adds the systems to the phases of the step.
pub fn install(schedule: &mut Schedule) {
    schedule.add_systems((
        neighbours::refresh.in_set(Phase::Neighbors),
        (repel, confine, walls::repel::<Active>)
            .chain()
            .in_set(Phase::Forces),
        advance.in_set(Phase::Integrate),
        walls::hold.in_set(Phase::Wrap),
    ));
}

/// Sums the forces of the neighbours on every particle.
fn repel(
    active: Res<Active>,
    domain: Res<Box>,
    neighbours: Res<Neighbours>,
    mut particles: Query<(&Position, &mut Force)>,
    mut diameters: Query<&Diameter>,
) {
    let (positions, mut forces) = slices!(particles);
    let positions = cast_slice(positions);
    let forces = cast_slice_mut(forces.bypass_change_detection());
    let each = diameters
        .contiguous_iter_mut()
        .ok()
        .and_then(|mut slices| slices.next());
    let sizes = each.map_or(Diameters::Uniform(1.0), |each| {
        Diameters::Each(cast_slice(each))
    });
    let list = neighbours.list();
    match active.repulsion() {
        Repulsion::None => forces.fill([0.0; 2]),
        Repulsion::Wca { energy } => {
            let law = Wca {
                epsilon: energy as f32,
            };
            pair::forces(law, sizes, list, &domain.0, positions, forces);
        }
        Repulsion::Harmonic { stiffness } => {
            let law = Harmonic {
                stiffness: stiffness as f32,
            };
            pair::forces(law, sizes, list, &domain.0, positions, forces);
        }
        Repulsion::Softplus {
            stiffness,
            sharpness,
        } => {
            let law = Softplus {
                stiffness: stiffness as f32,
                sharpness: sharpness as f32,
                reach: (SOFTPLUS_CUT / sharpness) as f32,
            };
            pair::forces(law, sizes, list, &domain.0, positions, forces);
        }
    }
}

/// Adds the force of the trap.
fn confine(active: Res<Active>, domain: Res<Box>, mut particles: Query<(&Position, &mut Force)>) {
    if active.trap_stiffness > 0.0 {
        let (positions, mut forces) = slices!(particles);
        let forces = cast_slice_mut(forces.bypass_change_detection());
        pair::add_trap(
            active.trap_stiffness as f32,
            &domain.0,
            cast_slice(positions),
            forces,
        );
    }
}

/// Moves all particles and changes their propulsion, by the law of their dynamics.
fn advance(
    active: Res<Active>,
    clock: Res<Clock>,
    domain: Res<Box>,
    mut neighbours: ResMut<Neighbours>,
    mut fault: ResMut<Fault>,
    mut particles: Query<(&mut Position, &mut Heading, &Force, &Tag)>,
) {
    let (mut positions, mut headings, forces, tags) = slices!(particles);
    let columns = Columns {
        tags: cast_slice(tags),
        positions: cast_slice_mut(positions.bypass_change_detection()),
        reference: neighbours.reference(),
        state: cast_slice_mut(headings.bypass_change_detection()),
        forces: Forces::Slots(cast_slice(forces)),
    };
    match propel(&active, &clock, &domain, columns) {
        Ok(moved2) => neighbours.note_moved(moved2),
        Err(stop) => {
            let place = domain.0.real(positions[stop.slot].0);
            let values = [forces[stop.slot].0, headings[stop.slot].0];
            fault.raise(failure(stop, clock.step, values, place));
        }
    }
}

/// One step of the law of motion that the parameters name.
fn propel(
    active: &Active,
    clock: &Clock,
    domain: &Box,
    columns: Columns,
) -> Result<f32, integrate::Fault> {
    let draws = Draws::new(Noise::Gaussian, clock.seed, clock.step);
    let motion = active.motion();
    let (speed, heat, dt) = (motion.speed, motion.translational_diffusion, clock.dt);
    let turn = motion.angular_velocity;
    match active.dynamics {
        Dynamics::Passive => {
            integrate::advance(Brownian::new(draws, MOBILITY, heat, dt), &domain.0, columns)
        }
        Dynamics::Brownian => {
            let diffusion = [heat, motion.rotational_diffusion];
            let law = ActiveBrownian::new(draws, MOBILITY, speed, diffusion, turn, dt);
            integrate::advance(law, &domain.0, columns)
        }
        Dynamics::OrnsteinUhlenbeck => {
            let rate = motion.correlation_rate;
            let law = ActiveOrnsteinUhlenbeck::new(draws, MOBILITY, speed, heat, rate, dt);
            integrate::advance(law, &domain.0, columns)
        }
        Dynamics::RunAndTumble => {
            let rates = [motion.tumble_rate, turn];
            let law = RunAndTumble::new(draws, MOBILITY, speed, heat, rates, dt);
            integrate::advance(law, &domain.0, columns)
        }
    }
}

/// What the driver is told of a particle that cannot be moved.
fn failure(stop: integrate::Fault, step: u64, values: [[f32; 2]; 2], place: [f64; 2]) -> Failure {
    let wild = |vector: [f32; 2]| {
        let [x, y] = vector.map(f64::from);
        if x.is_finite() { y } else { x }
    };
    let farthest = if place[0].abs() > place[1].abs() {
        place[0]
    } else {
        place[1]
    };
    let (term, value) = match stop.term {
        Term::Force => ("force", wild(values[0])),
        Term::State => ("heading", wild(values[1])),
        Term::Displacement => ("displacement", f64::NAN),
        Term::TooFar => (
            "displacement, more than a quarter of the box,",
            f64::INFINITY,
        ),
        Term::Escape => {
            return Failure::Escaped {
                tag: stop.tag,
                value: farthest,
                step,
            };
        }
    };
    Failure::NotFinite {
        tag: stop.tag,
        term,
        value,
        step,
    }
}
