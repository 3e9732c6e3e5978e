//! The systems of a step: the events of its interval, then the theory up to its end.

use bevy::ecs::change_detection::DetectChangesMut;
use bevy::ecs::schedule::{IntoScheduleConfigs, Schedule};
use bevy::ecs::system::{Query, Res, ResMut};
use bevy::ecs::world::World;
use bytemuck::{cast_slice, cast_slice_mut};

use super::dynamics::{Dynamics, Nodes};
use super::network::Network;
use super::observables::survey::Survey;
use super::parameters::Epidemic;
use super::theory::Theory;
use super::trace::Trace;
use super::{Health, InfectionTime, Infector};
use crate::model::column::Position;
use crate::model::parameter::{Parameters, Values};
use crate::model::phase::{Box, Clock, Phase};
use crate::slices;

/// Puts the parameters into the world. What was measured with others is forgotten.
pub fn adopt(values: &Values, world: &mut World) {
    Epidemic::adopt(values, world);
    world.insert_resource(Survey::default());
}

/// Adds the systems.
pub fn install(schedule: &mut Schedule) {
    schedule.add_systems(events.in_set(Phase::Integrate));
    schedule.add_systems(theory.in_set(Phase::Wrap));
}

/// All events of the interval of this step, in their order.
fn events(
    parameters: Res<Epidemic>,
    network: Res<Network>,
    clock: Res<Clock>,
    domain: Res<Box>,
    mut dynamics: ResMut<Dynamics>,
    mut trace: ResMut<Trace>,
    mut query: Query<(&mut Health, &mut InfectionTime, &mut Infector, &Position)>,
) {
    let (mut health, mut arrival, mut infector, positions) = slices!(query);
    let mut nodes = Nodes {
        health: cast_slice_mut(health.bypass_change_detection()),
        arrival: cast_slice_mut(arrival.bypass_change_detection()),
        infector: cast_slice_mut(infector.bypass_change_detection()),
    };
    let rates = parameters.rates();
    if *dynamics.rates() != rates {
        dynamics.rearm(&network.graph, &mut nodes, rates, clock.time);
    }
    let places: &[[u32; 2]] = cast_slice(positions);
    let (trace, domain) = (trace.bypass_change_detection(), domain.0);
    let end = clock.time + clock.dt;
    dynamics.advance(&network.graph, &mut nodes, end, |transmission| {
        let [from, to] = [transmission.from, transmission.to].map(|node| places[node as usize]);
        let [x, y] = domain.separation(to, from);
        trace.note(transmission, x * x + y * y);
    });
}

/// The theory keeps up with the run.
fn theory(parameters: Res<Epidemic>, clock: Res<Clock>, theory: Option<ResMut<Theory>>) {
    if let Some(mut theory) = theory {
        theory.advance(clock.time + clock.dt, &parameters);
    }
}
