//! What a checkpoint keeps besides the columns: the clocks, the counts and the theory. The network
//! is not among it, because the start makes the very same one again; nor is the queue, because the
//! clocks of the nodes say what is in it.

use bevy::ecs::world::World;
use serde::{Deserialize, Serialize};

use super::dynamics::{Dynamics, DynamicsState};
use super::theory::{Theory, TheoryState};
use super::trace::Trace;
use crate::model::Keep;

pub const KEEP: Keep = Keep { save, load };

#[derive(Serialize, Deserialize)]
struct Kept {
    dynamics: DynamicsState,
    lengths: Vec<u64>,
    newest: Vec<(f64, u32, u32)>,
    theory: Option<TheoryState>,
}

fn save(world: &World) -> Vec<u8> {
    let (Some(dynamics), Some(trace)) = (
        world.get_resource::<Dynamics>(),
        world.get_resource::<Trace>(),
    ) else {
        return Vec::new();
    };
    let (lengths, newest) = trace.save();
    let kept = Kept {
        dynamics: dynamics.state(),
        lengths,
        newest,
        theory: world.get_resource::<Theory>().map(Theory::state),
    };
    // Encoding plain data into a growing vector has no way to fail.
    postcard::to_allocvec(&kept).unwrap_or_default()
}

fn load(world: &mut World, bytes: &[u8]) -> Result<(), String> {
    let kept: Kept = postcard::from_bytes(bytes)
        .map_err(|error| format!("the state of the epidemic cannot be read: {error}"))?;
    let misfit = || {
        "the state of the epidemic is one of another network, or of an older version of Seethe; start the scene anew"
            .to_string()
    };
    let trace = Trace::load(kept.lengths, kept.newest).ok_or_else(misfit)?;
    let mut dynamics = world.get_resource_mut::<Dynamics>().ok_or_else(misfit)?;
    if !dynamics.set_state(kept.dynamics) {
        return Err(misfit());
    }
    if trace.nodes() > dynamics.nodes() {
        return Err(misfit());
    }
    world.insert_resource(trace);
    let taken = match (world.get_resource_mut::<Theory>(), kept.theory) {
        (None, None) => true,
        (Some(mut theory), Some(state)) => theory.set_state(state),
        _ => false,
    };
    if taken { Ok(()) } else { Err(misfit()) }
}
