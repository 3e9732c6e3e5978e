//! What hands may do on a network: vaccinate, isolate and infect those under the brush.

use bevy::ecs::world::{Mut, World};
use bytemuck::cast_slice_mut;

use super::dynamics::{Dynamics, Nodes};
use super::network::Network;
use super::observables::survey::Survey;
use super::parameters::Epidemic;
use super::{Health, InfectionTime, Infector};
use crate::math::network::Graph;
use crate::model::hands::{Hands, Sign, Skill, Tool, Touched, Word};
use crate::model::phase::Clock;

/// Why hands cannot change who takes part.
const FIXED: &str = "the network was drawn for the nodes of the start and their places";

/// Philox block of the decision whether a touch reaches a node, by tag.
const REACHED: u16 = 3;

/// The chapter's declaration.
pub const HANDS: Hands = Hands {
    add: Skill::Never(FIXED),
    remove: Skill::Never(FIXED),
    push: Skill::Own(isolate),
    align: Skill::Own(vaccinate),
    heat: Skill::Own(infect),
    words: &[
        Word {
            tool: Tool::Push,
            title: "Isolate who is infectious",
            sign: Sign::Barrier,
        },
        Word {
            tool: Tool::Align,
            title: "Vaccinate who is susceptible",
            sign: Sign::Syringe,
        },
        Word {
            tool: Tool::Heat,
            title: "Infect who is susceptible",
            sign: Sign::Germ,
        },
    ],
    ..Hands::COLUMNS
};

fn isolate(world: &mut World, touched: &Touched) {
    treat(world, touched, |dynamics, graph, nodes, which, now| {
        dynamics.isolate(graph, nodes, which, now);
    });
}

fn vaccinate(world: &mut World, touched: &Touched) {
    treat(world, touched, |dynamics, _, nodes, which, _| {
        dynamics.vaccinate(nodes, which);
    });
}

fn infect(world: &mut World, touched: &Touched) {
    treat(world, touched, |dynamics, graph, nodes, which, now| {
        dynamics.seed(graph, nodes, which, now);
    });
}

/// Those whom a touch reaches: each with the strength of the brush, less towards its rim.
fn reached(touched: &Touched) -> Vec<u32> {
    let strength = touched.dab.strength as f32;
    let slots = touched.slots.iter().zip(touched.tags).zip(touched.weights);
    slots
        .filter(|&((_, &tag), &weight)| {
            touched.stream.uniforms(tag, REACHED)[0] < strength * weight
        })
        .map(|((&slot, _), _)| slot as u32)
        .collect()
}

/// Lets the chain act on the nodes that the brush reaches, now. Nodes stay in their slots, and
/// the graph knows them by these.
fn treat(
    world: &mut World,
    touched: &Touched,
    act: impl FnOnce(&mut Dynamics, &Graph, &mut Nodes, &[u32], f64),
) {
    let which = reached(touched);
    let now = world.resource::<Clock>().time;
    let rates = world.resource::<Epidemic>().rates();
    let mut query = world.query::<(&mut Health, &mut InfectionTime, &mut Infector)>();
    world.resource_scope(|world, mut dynamics: Mut<Dynamics>| {
        world.resource_scope(|world, network: Mut<Network>| {
            let mut slices = query.contiguous_iter_mut(world).into_iter().flatten();
            // All nodes are in one slice.
            if let Some((mut health, mut arrival, mut infector)) = slices.next() {
                let mut nodes = Nodes {
                    health: cast_slice_mut(health.bypass_change_detection()),
                    arrival: cast_slice_mut(arrival.bypass_change_detection()),
                    infector: cast_slice_mut(infector.bypass_change_detection()),
                };
                // The clocks follow the parameters, also before the first step.
                if *dynamics.rates() != rates {
                    dynamics.rearm(&network.graph, &mut nodes, rates, now);
                }
                act(&mut dynamics, &network.graph, &mut nodes, &which, now);
            }
        });
    });
    // What was measured of this state holds no longer.
    world.insert_resource(Survey::default());
}
