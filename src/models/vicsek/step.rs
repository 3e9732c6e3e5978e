//! The systems of a step, in the phases Neighbors → Forces → Integrate → Wrap.
//!
//! Partners change at every step, so that there are no neighbour lists. A copy of positions and
//! headings is sorted at every step; the columns themselves are sorted only now and then, to keep
//! neighbours near in memory.

use bevy::ecs::resource::Resource;
use bevy::ecs::schedule::{IntoScheduleConfigs, Schedule};
use bevy::ecs::system::{Query, Res, ResMut};
use bevy::ecs::world::World;
use bytemuck::{cast_slice, cast_slice_mut};

use super::obstacles::Obstacles;
use super::parameters::{Neighbourhood, NoiseKind, RANGE, Update, Vicsek};
use super::survey::Survey;
use crate::math::domain::Domain;
use crate::math::flock::Flock;
use crate::math::integrate::{self, Columns, Forces, Term};
use crate::math::nearest::Nearest;
use crate::math::neighbour_sums;
use crate::math::pull::{Align, Pull};
use crate::math::strips::Strips;
use crate::model::column::{Heading, Position, Tag};
use crate::model::neighbours::{self, Neighbours, Sorting};
use crate::model::parameter::{Parameters, Values};
use crate::model::phase::{Box, Clock, Failure, Fault, Phase};
use crate::slices;

/// Columns of sources to a range: finer ones cost more to count than they save.
pub const FINENESS: u32 = 2;

/// How far a particle may go, in ranges, before the columns are sorted anew.
const DRIFT: f32 = 6.0;

/// The sorted copy of the population, and the directions that neighbours call for: in the order of
/// the copy where they are all within a range, otherwise in that of the slots.
#[derive(Resource, Default)]
pub struct Crowd {
    strips: Strips,
    nearest: Nearest,
    pulls: Vec<[f32; 2]>,
}

/// Puts parameters into the world: at the start and after every change.
pub fn adopt(values: &Values, world: &mut World) {
    Vicsek::adopt(values, world);
    world.insert_resource(Sorting {
        side: RANGE as f32,
        drift: DRIFT,
    });
    world.init_resource::<Crowd>();
    // What was measured with the old parameters no longer holds.
    world.insert_resource(Survey::default());
    let (domain, seed) = (world.resource::<Box>().0, world.resource::<Clock>().seed);
    let obstacles = Obstacles::place(&Vicsek::from_values(values), &domain, seed);
    world.insert_resource(obstacles);
}

/// Adds the systems to the phases of the step.
pub fn install(schedule: &mut Schedule) {
    schedule.add_systems((
        (neighbours::refresh, sort).chain().in_set(Phase::Neighbors),
        listen.in_set(Phase::Forces),
        advance.in_set(Phase::Integrate),
        rebound.in_set(Phase::Wrap),
    ));
}

/// Sorts a copy of positions and headings into strips.
fn sort(
    vicsek: Res<Vicsek>,
    domain: Res<Box>,
    mut crowd: ResMut<Crowd>,
    mut particles: Query<(&Position, &Heading)>,
) {
    if vicsek.neighbours == Neighbourhood::Metric {
        let (positions, headings) = slices!(particles);
        crowd.strips.sort(
            &domain.0,
            RANGE,
            FINENESS,
            cast_slice(positions),
            cast_slice(headings),
        );
    }
}

/// Finds the direction that the neighbours of every particle call for.
fn listen(
    vicsek: Res<Vicsek>,
    domain: Res<Box>,
    mut crowd: ResMut<Crowd>,
    mut particles: Query<(&Position, &Heading)>,
) {
    let (positions, headings) = slices!(particles);
    let columns = (cast_slice(positions), cast_slice(headings));
    let mean = vicsek.noise_kind == NoiseKind::Vector;
    if !vicsek.is_plain() {
        let social = vicsek.social(domain.0.quantum());
        crowd.pull(social, mean, &vicsek, &domain.0, columns);
    } else if mean {
        crowd.pull(Align::<true>, mean, &vicsek, &domain.0, columns);
    } else {
        crowd.pull(Align::<false>, mean, &vicsek, &domain.0, columns);
    }
}

impl Crowd {
    /// Finds what the neighbours of every particle call for.
    fn pull<P: Pull>(
        &mut self,
        pull: P,
        mean: bool,
        vicsek: &Vicsek,
        domain: &Domain,
        (positions, headings): (&[[u32; 2]], &[[f32; 2]]),
    ) {
        self.pulls.resize(positions.len(), [0.0; 2]);
        match vicsek.neighbours {
            Neighbourhood::Metric => {
                let pulls = &mut self.pulls;
                neighbour_sums::pulls(pull, mean, domain, RANGE, &self.strips, pulls);
            }
            Neighbourhood::Nearest => {
                let wanted = vicsek.nearest.max(0) as usize;
                self.nearest.pulls(
                    (pull, mean, wanted),
                    domain,
                    positions,
                    headings,
                    &mut self.pulls,
                );
            }
        }
    }

    /// The pulls, as the step finds them.
    fn pulls(&self, neighbourhood: Neighbourhood) -> Forces<'_> {
        match neighbourhood {
            Neighbourhood::Metric => Forces::Placed {
                forces: &self.pulls,
                places: self.strips.places(),
            },
            Neighbourhood::Nearest => Forces::Slots(&self.pulls),
        }
    }
}

/// Turns all particles and moves them.
fn advance(
    vicsek: Res<Vicsek>,
    clock: Res<Clock>,
    domain: Res<Box>,
    crowd: Res<Crowd>,
    mut neighbours: ResMut<Neighbours>,
    mut fault: ResMut<Fault>,
    mut particles: Query<(&mut Position, &mut Heading, &Tag)>,
) {
    let (mut positions, mut headings, tags) = slices!(particles);
    let law = Flock::new(
        (clock.seed, clock.step),
        vicsek.noise_law(),
        vicsek.speed * clock.dt,
        vicsek.update == Update::Forward,
        vicsek.turn_limit,
    );
    let pulls = crowd.pulls(vicsek.neighbours);
    let columns = Columns {
        tags: cast_slice(tags),
        positions: cast_slice_mut(positions.bypass_change_detection()),
        reference: neighbours.reference(),
        state: cast_slice_mut(headings.bypass_change_detection()),
        forces: pulls,
    };
    match integrate::advance(law, &domain.0, columns) {
        Ok(moved2) => neighbours.note_moved(moved2),
        Err(stop) => {
            let place = domain.0.real(positions[stop.slot].0);
            let values = [pulls.at(stop.slot), headings[stop.slot].0];
            fault.raise(failure(stop, clock.step, values, place));
        }
    }
}

/// Mirrors whoever has run into an obstacle.
fn rebound(
    obstacles: Res<Obstacles>,
    domain: Res<Box>,
    mut particles: Query<(&mut Position, &mut Heading)>,
) {
    if obstacles.is_empty() {
        return;
    }
    let (mut positions, mut headings) = slices!(particles);
    obstacles.rebound(
        &domain.0,
        cast_slice_mut(positions.bypass_change_detection()),
        cast_slice_mut(headings.bypass_change_detection()),
    );
}

/// What the driver is told of a particle that cannot be moved.
fn failure(stop: integrate::Fault, step: u64, values: [[f32; 2]; 2], place: [f64; 2]) -> Failure {
    let wild = |vector: [f32; 2]| {
        let [x, y] = vector.map(f64::from);
        if x.is_finite() { y } else { x }
    };
    let (term, value) = match stop.term {
        Term::Force => ("sum over neighbours", wild(values[0])),
        Term::State => ("heading", wild(values[1])),
        Term::Displacement => ("displacement", f64::NAN),
        Term::TooFar => (
            "displacement, more than a quarter of the box,",
            f64::INFINITY,
        ),
        Term::Escape => {
            return Failure::Escaped {
                tag: stop.tag,
                value: if place[0].abs() > place[1].abs() {
                    place[0]
                } else {
                    place[1]
                },
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
