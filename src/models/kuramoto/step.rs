//! The systems of a step, in the phases Neighbors → Forces → Integrate.

use bevy::ecs::schedule::{IntoScheduleConfigs, Schedule};
use bevy::ecs::system::{Query, Res, ResMut};
use bevy::ecs::world::World;
use bytemuck::{cast_slice, cast_slice_mut};

use super::couple::{Ensemble, Places, field, local_field, mean_field};
use super::links::Links;
use super::parameters::{Dynamics, Kuramoto, Motion, Topology};
use super::survey::Survey;
use super::{AngularVelocity, Pull, start};
use crate::math::integrate::{self, Columns, Forces, Term};
use crate::math::laws::{ActiveBrownian, Brownian, Draws, Noise};
use crate::math::oscillators::{self, Inertia, Out, PhaseNoise};
use crate::math::philox::{Purpose, Stream};
use crate::model::column::{Heading, NaturalFrequency, Phase, Position, Tag};
use crate::model::neighbours::{self, Neighbours, Range};
use crate::model::parameter::{Parameters, Values};
use crate::model::phase::{Box, Clock, Failure, Fault, Phase as Stage};
use crate::slices;

/// Added to the range, as a part of it, so that neighbour lists last for many steps.
const SKIN: f64 = 0.2;

/// Puts parameters into the world: at the start and after every change.
pub fn adopt(values: &Values, world: &mut World) {
    let before = world.get_resource::<Kuramoto>().cloned();
    Kuramoto::adopt(values, world);
    let now = Kuramoto::from_values(values);
    let range = if now.topology == Topology::Range {
        now.range
    } else {
        0.0
    };
    world.insert_resource(Range {
        cutoff: range as f32,
        skin: (SKIN * range) as f32,
    });
    world.insert_resource(Survey::default());
    let retuned = before.is_some_and(|before| {
        before.spread() != now.spread()
            || before.mean_frequency != now.mean_frequency
            || before.sampling != now.sampling
    });
    if retuned && let Some(clock) = world.get_resource::<Clock>() {
        let seed = clock.seed;
        start::retune(world, &now, seed);
    }
}

/// Adds the systems to the phases of the step.
pub fn install(schedule: &mut Schedule) {
    schedule.add_systems((
        neighbours::refresh.in_set(Stage::Neighbors),
        couple.in_set(Stage::Forces),
        (advance, travel).chain().in_set(Stage::Integrate),
    ));
}

/// The noise on the phases in a step; Gaussian draws of the motion leave this stream alone.
fn phase_stream(clock: &Clock) -> Stream {
    Stream::new(clock.seed, clock.step, Purpose::Orientation)
}

/// True when the first stage must be kept for the second: always, but for the gentle mean field.
fn is_kept(kuramoto: &Kuramoto, dt: f64) -> bool {
    let gentle = kuramoto.topology == Topology::AllToAll
        && kuramoto.noise == 0.0
        && oscillators::is_gentle((kuramoto.coupling * dt) as f32);
    kuramoto.dynamics == Dynamics::FirstOrder && !gentle
}

/// The constants of a step with inertia.
fn inertia(kuramoto: &Kuramoto, clock: &Clock) -> Inertia {
    Inertia::new(
        kuramoto.inertia,
        kuramoto.coupling,
        kuramoto.noise,
        clock.dt,
    )
}

/// The columns of the oscillators that a step reads and writes.
type Oscillators<'w, 's> = Query<
    'w,
    's,
    (
        &'static mut Phase,
        &'static mut Pull,
        &'static NaturalFrequency,
        &'static Position,
        &'static Tag,
    ),
>;

/// The first half of the natural rotation or drift, the field of everybody, and the first stage of
/// Heun's step with its field.
#[expect(clippy::too_many_arguments, reason = "a system asks for what it needs")]
fn couple(
    kuramoto: Res<Kuramoto>,
    clock: Res<Clock>,
    domain: Res<Box>,
    neighbours: Res<Neighbours>,
    links: Res<Links>,
    mut ensemble: ResMut<Ensemble>,
    mut fault: ResMut<Fault>,
    mut particles: Oscillators,
    mut velocities: Query<&mut AngularVelocity>,
) {
    let (mut phases, _, frequencies, positions, tags) = slices!(particles);
    let phases: &mut [u32] = cast_slice_mut(phases.bypass_change_detection());
    let count = phases.len();
    let local = kuramoto.topology != Topology::AllToAll;
    let heavy = kuramoto.dynamics == Dynamics::SecondOrder;
    let kept = is_kept(&kuramoto, clock.dt);
    let ensemble = &mut *ensemble;
    ensemble.make_room(count, kept, local);
    let half = (0.5 * clock.dt) as f32;
    let mut speeds = velocities
        .contiguous_iter_mut()
        .ok()
        .and_then(|mut slices| slices.next());
    // Rotors drift at their velocity, the others at their natural frequency.
    let rates: &[f32] = match &mut speeds {
        Some(speeds) if heavy => cast_slice(speeds.bypass_change_detection()),
        _ => cast_slice(frequencies),
    };
    let (wave, parts) = (&mut ensemble.wave, &mut ensemble.parts);
    let report = oscillators::turn(phases, rates, half, wave, parts);
    if let Some(slot) = report.wild {
        return fault.raise(Failure::NotFinite {
            tag: tags[slot].0,
            term: if heavy {
                "angular velocity"
            } else {
                "natural frequency"
            },
            value: f64::from(rates[slot]),
            step: clock.step,
        });
    }
    let places = Places {
        domain: &domain.0,
        positions: cast_slice(positions),
        lists: neighbours.list(),
    };
    let lag = kuramoto.phase_lag;
    let [first, second] = &mut ensemble.fields;
    ensemble.mean = mean_field(report.sum, count, lag);
    if local {
        local_field(&kuramoto, &links, places, wave, first);
    }
    if heavy {
        return;
    }
    let gain = (kuramoto.coupling * clock.dt) as f32;
    let ahead = if kept {
        let noise = (kuramoto.noise > 0.0).then(|| PhaseNoise {
            stream: phase_stream(&clock),
            amplitude: (2.0 * kuramoto.noise * clock.dt).sqrt() as f32,
        });
        oscillators::predict(
            wave,
            field(&kuramoto, ensemble.mean, first),
            gain,
            noise,
            cast_slice(tags),
            &mut ensemble.pushes,
            &mut ensemble.ahead,
            parts,
        )
    } else {
        oscillators::foresee(wave, ensemble.mean, gain, parts)
    };
    ensemble.mean_ahead = mean_field(ahead.sum, count, lag);
    if local {
        local_field(&kuramoto, &links, places, &ensemble.ahead, second);
    }
}

/// The second stage of Heun's step, or the change of the velocities, and the second half of the
/// natural rotation or drift.
fn advance(
    kuramoto: Res<Kuramoto>,
    clock: Res<Clock>,
    mut ensemble: ResMut<Ensemble>,
    mut particles: Oscillators,
    mut velocities: Query<&mut AngularVelocity>,
) {
    let (mut phases, mut pulls, frequencies, _, tags) = slices!(particles);
    let out = Out {
        phases: cast_slice_mut(phases.bypass_change_detection()),
        pulls: cast_slice_mut(pulls.bypass_change_detection()),
        frequencies: cast_slice(frequencies),
        half: (0.5 * clock.dt) as f32,
    };
    let ensemble = &mut *ensemble;
    if ensemble.wave.len() != out.phases.len() {
        // The first half has found a number that is not finite.
        return;
    }
    let (wave, parts) = (&ensemble.wave, &mut ensemble.parts);
    let [first, second] = &ensemble.fields;
    let fields = [
        field(&kuramoto, ensemble.mean, first),
        field(&kuramoto, ensemble.mean_ahead, second),
    ];
    let gain = (kuramoto.coupling * clock.dt) as f32;
    if kuramoto.dynamics == Dynamics::SecondOrder {
        let mut speeds = slices!(velocities);
        oscillators::kick(
            out,
            cast_slice_mut(speeds.bypass_change_detection()),
            wave,
            fields[0],
            inertia(&kuramoto, &clock),
            (kuramoto.noise > 0.0).then(|| phase_stream(&clock)),
            cast_slice(tags),
            parts,
        );
    } else if is_kept(&kuramoto, clock.dt) {
        let waves = [&wave[..], &ensemble.ahead];
        oscillators::correct(out, waves, &ensemble.pushes, fields, gain, parts);
    } else {
        let means = [ensemble.mean, ensemble.mean_ahead];
        oscillators::settle(out, wave, means, gain, parts);
    }
}

/// Moves the oscillators through the box.
fn travel(
    kuramoto: Res<Kuramoto>,
    clock: Res<Clock>,
    domain: Res<Box>,
    mut neighbours: ResMut<Neighbours>,
    mut fault: ResMut<Fault>,
    mut particles: Query<(&mut Position, &Tag)>,
    mut headings: Query<&mut Heading>,
) {
    if kuramoto.motion == Motion::Still {
        return;
    }
    let (mut positions, tags) = slices!(particles);
    let mut headings = headings
        .contiguous_iter_mut()
        .ok()
        .and_then(|mut slices| slices.next());
    let columns = Columns {
        tags: cast_slice(tags),
        positions: cast_slice_mut(positions.bypass_change_detection()),
        reference: neighbours.reference(),
        state: match &mut headings {
            Some(headings) => cast_slice_mut(headings.bypass_change_detection()),
            None => &mut [],
        },
        forces: Forces::Absent,
    };
    let draws = Draws::new(Noise::Gaussian, clock.seed, clock.step);
    let outcome = if kuramoto.motion == Motion::Ballistic {
        let diffusion = [kuramoto.diffusion, kuramoto.turning];
        let law = ActiveBrownian::new(draws, 0.0, kuramoto.speed, diffusion, 0.0, clock.dt);
        integrate::advance(law, &domain.0, columns)
    } else {
        let law = Brownian::new(draws, 0.0, kuramoto.diffusion, clock.dt);
        integrate::advance(law, &domain.0, columns)
    };
    match outcome {
        Ok(moved2) => neighbours.note_moved(moved2),
        Err(stop) => {
            let [x, y] = domain.0.real(positions[stop.slot].0);
            let value = if x.abs() > y.abs() { x } else { y };
            fault.raise(match stop.term {
                Term::Escape => Failure::Escaped {
                    tag: stop.tag,
                    value,
                    step: clock.step,
                },
                _ => Failure::NotFinite {
                    tag: stop.tag,
                    term: "displacement",
                    value: f64::NAN,
                    step: clock.step,
                },
            });
        }
    }
}
