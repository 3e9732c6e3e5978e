//! The systems of a step, in the phases Neighbors → Forces → Integrate.

use bevy::ecs::resource::Resource;
use bevy::ecs::schedule::{IntoScheduleConfigs, Schedule};
use bevy::ecs::system::{Query, Res, ResMut};
use bevy::ecs::world::World;
use bytemuck::{cast_slice, cast_slice_mut};

use super::parameters::{Space, Summation, Swarmalators};
use super::{NaturalVelocity, Velocity, start};
use crate::math::domain::{Boundary, Domain};
use crate::math::swarm::local::{Members, within_range};
use crate::math::swarm::ring;
use crate::math::swarm::{Rates, Swarm, all_pairs, columns, fast};
use crate::model::column::{Heading, NaturalFrequency, Phase, Position, Tag};
use crate::model::neighbours::{self, Neighbours, Range};
use crate::model::parameter::{Parameters, Values};
use crate::model::phase::{Box, Clock, Failure, Fault, Phase as Stage};
use crate::slices;

/// Added to the range, as a part of it, so that neighbour lists last for many steps.
const SKIN: f64 = 0.2;
/// Slower than this there is no direction of motion to show.
const STILL: f32 = 1e-4;

/// What the stages of a step hand to each other.
#[derive(Resource, Default)]
pub struct Flock {
    swarm: Swarm,
    waves: Vec<[f32; 2]>,
    sums: fast::Fast,
    /// Rates at the beginning of the step, and after the first stage.
    now: Rates,
    next: Rates,
    /// Places and phases after the first stage.
    places: Vec<[u32; 2]>,
    phases: Vec<u32>,
    /// For a ring.
    pushes: Vec<[f32; 2]>,
    reports: Vec<ring::Report>,
}

/// Puts parameters into the world: at the start and after every change.
pub fn adopt(values: &Values, world: &mut World) {
    let before = world.get_resource::<Swarmalators>().cloned();
    Swarmalators::adopt(values, world);
    let now = Swarmalators::from_values(values);
    let range = if now.space == Space::Local {
        now.range
    } else {
        0.0
    };
    world.insert_resource(Range {
        cutoff: range as f32,
        skin: (SKIN * range) as f32,
    });
    let natural = |one: &Swarmalators| (one.frequencies, one.frequency_width, one.velocity_width);
    if before.is_some_and(|before| natural(&before) != natural(&now))
        && let Some(clock) = world.get_resource::<Clock>()
    {
        let seed = clock.seed;
        start::retune(world, &now, seed);
    }
}

/// Adds the systems to the phases of the step.
pub fn install(schedule: &mut Schedule) {
    schedule.add_systems((
        neighbours::refresh.in_set(Stage::Neighbors),
        interact.in_set(Stage::Forces),
        (advance, circle).chain().in_set(Stage::Integrate),
    ));
}

/// Evaluates the rates of a swarm at places and phases.
#[expect(clippy::too_many_arguments, reason = "columns, in and out")]
fn evaluate(
    parameters: &Swarmalators,
    domain: &Domain,
    neighbours: &Neighbours,
    places: &[[u32; 2]],
    phases: &[u32],
    swarm: &mut Swarm,
    waves: &mut Vec<[f32; 2]>,
    sums: &mut fast::Fast,
    rates: &mut Rates,
) {
    let count = places.len();
    rates.resize(count);
    let attraction = parameters.attraction as f32;
    if parameters.space == Space::Local {
        waves.resize(count, [0.0; 2]);
        columns::waves(phases, waves);
        let members = Members {
            domain,
            positions: places,
            waves,
            lists: neighbours.list(),
        };
        within_range(members, parameters.range as f32, attraction, rates);
    } else {
        swarm.resize(count.next_multiple_of(16));
        columns::spread(domain, places, phases, swarm);
        match parameters.summation {
            Summation::Automatic => fast::all_pairs(swarm, count, attraction, rates, sums),
            Summation::Direct => all_pairs(swarm, count, attraction, rates, sums.direct()),
        }
    }
}

/// The rates at the beginning of the step.
fn interact(
    parameters: Res<Swarmalators>,
    domain: Res<Box>,
    neighbours: Res<Neighbours>,
    mut flock: ResMut<Flock>,
    mut particles: Query<(&Position, &Phase)>,
) {
    if parameters.space == Space::Ring {
        return;
    }
    let (places, phases) = slices!(particles);
    let flock = &mut *flock;
    evaluate(
        &parameters,
        &domain.0,
        &neighbours,
        cast_slice(places),
        cast_slice(phases),
        &mut flock.swarm,
        &mut flock.waves,
        &mut flock.sums,
        &mut flock.now,
    );
}

/// The columns that a step in the plane reads and writes.
type Moving<'w, 's> = Query<
    'w,
    's,
    (
        &'static mut Position,
        &'static mut Phase,
        &'static mut Heading,
        &'static mut Velocity,
        &'static NaturalFrequency,
        &'static Tag,
    ),
>;

/// Heun's step in the plane.
fn advance(
    parameters: Res<Swarmalators>,
    clock: Res<Clock>,
    domain: Res<Box>,
    mut neighbours: ResMut<Neighbours>,
    mut flock: ResMut<Flock>,
    mut fault: ResMut<Fault>,
    mut particles: Moving,
) {
    if parameters.space == Space::Ring {
        return;
    }
    let (mut places, mut phases, mut headings, mut velocities, frequencies, tags) =
        slices!(particles);
    let places: &mut [[u32; 2]] = cast_slice_mut(places.bypass_change_detection());
    let phases: &mut [u32] = cast_slice_mut(phases.bypass_change_detection());
    let headings = headings.bypass_change_detection();
    let velocities = velocities.bypass_change_detection();
    let flock = &mut *flock;
    let count = places.len();
    let (dt, coupling) = (clock.dt as f32, parameters.coupling as f32);
    let inverse = domain.0.inverse_quantum();
    let turn = |rate: f32, natural: f32| {
        let turns = dt * (coupling * rate + natural) / std::f32::consts::TAU;
        // Whole turns drop out, however fast it goes.
        ((turns - turns.round()) * 4_294_967_296.0) as i64 as u32
    };
    flock.places.clear();
    flock.phases.clear();
    for i in 0..count {
        let by = [flock.now.x[i], flock.now.y[i]];
        flock.places.push([0, 1].map(|axis| {
            places[i][axis].wrapping_add((dt * by[axis] * inverse[axis]).round() as i32 as u32)
        }));
        let by = turn(flock.now.phase[i], frequencies[i].0);
        flock.phases.push(phases[i].wrapping_add(by));
    }
    evaluate(
        &parameters,
        &domain.0,
        &neighbours,
        &flock.places,
        &flock.phases,
        &mut flock.swarm,
        &mut flock.waves,
        &mut flock.sums,
        &mut flock.next,
    );
    let reference = neighbours.reference();
    let [low, high] = domain.0.limits();
    let open = domain.0.boundary == Boundary::Open;
    // A leap longer than this would have to be followed around the box.
    let most = if open { 1u32 << 21 } else { 1 << 30 } as f32;
    let mut moved2 = 0.0f32;
    for i in 0..count {
        let (now, next) = (&flock.now, &flock.next);
        let v = [0.5 * (now.x[i] + next.x[i]), 0.5 * (now.y[i] + next.y[i])];
        let rate = 0.5 * (now.phase[i] + next.phase[i]);
        let spin = coupling * rate + frequencies[i].0;
        let leap = [0, 1].map(|axis| (dt * v[axis] * inverse[axis]).round());
        let lost = leap.iter().any(|part| part.is_nan() || part.abs() >= most);
        if lost || !spin.is_finite() {
            let (term, value) = if lost {
                ("velocity", if v[0].is_finite() { v[1] } else { v[0] })
            } else {
                ("angular velocity", spin)
            };
            return fault.raise(Failure::NotFinite {
                tag: tags[i].0,
                term,
                value: f64::from(value),
                step: clock.step,
            });
        }
        for axis in 0..2 {
            places[i][axis] = places[i][axis].wrapping_add(leap[axis] as i32 as u32);
        }
        phases[i] = phases[i].wrapping_add(turn(rate, frequencies[i].0));
        velocities[i].0 = v;
        let speed = v[0].hypot(v[1]);
        headings[i].0 = if speed > STILL {
            v.map(|part| part / speed)
        } else {
            [0.0; 2]
        };
        if open && places[i].iter().any(|&part| part < low || part > high) {
            let [x, y] = domain.0.real(places[i]);
            return fault.raise(Failure::Escaped {
                tag: tags[i].0,
                value: if x.abs() > y.abs() { x } else { y },
                step: clock.step,
            });
        }
        if let Some(&from) = reference.get(i) {
            let [x, y] = domain.0.separation(places[i], from);
            moved2 = moved2.max(x * x + y * y);
        }
    }
    neighbours.note_moved(moved2);
}

/// The columns that a step on a ring reads and writes.
type Circling<'w, 's> = Query<
    'w,
    's,
    (
        &'static mut Position,
        &'static mut Phase,
        &'static NaturalFrequency,
        &'static NaturalVelocity,
        &'static Tag,
    ),
>;

/// A step on a ring.
fn circle(
    parameters: Res<Swarmalators>,
    clock: Res<Clock>,
    mut flock: ResMut<Flock>,
    mut fault: ResMut<Fault>,
    mut particles: Circling,
) {
    if parameters.space != Space::Ring {
        return;
    }
    let (mut places, mut phases, frequencies, velocities, tags) = slices!(particles);
    let places: &mut [[u32; 2]] = cast_slice_mut(places.bypass_change_detection());
    let phases: &mut [u32] = cast_slice_mut(phases.bypass_change_detection());
    let flock = &mut *flock;
    flock.pushes.resize(places.len(), [0.0; 2]);
    let gains = ring::Gains {
        attraction: (parameters.attraction * clock.dt) as f32,
        coupling: (parameters.coupling * clock.dt) as f32,
        half: (0.5 * clock.dt) as f32,
    };
    let columns = ring::Columns {
        places,
        phases,
        velocities: cast_slice(velocities),
        frequencies: cast_slice(frequencies),
        pushes: &mut flock.pushes,
    };
    if let Err(slot) = ring::step(columns, gains, &mut flock.reports) {
        let (velocity, frequency) = (velocities[slot].0, frequencies[slot].0);
        let (term, value) = if velocity.is_finite() {
            ("natural frequency", frequency)
        } else {
            ("natural velocity", velocity)
        };
        return fault.raise(Failure::NotFinite {
            tag: tags[slot].0,
            term,
            value: f64::from(value),
            step: clock.step,
        });
    }
    // The picture shows the phase upwards.
    for (place, phase) in places.iter_mut().zip(phases.iter()) {
        place[1] = *phase;
    }
}
