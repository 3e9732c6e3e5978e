//! What a checkpoint keeps besides the columns: the tally of the sampler. Forces and energy are
//! functions of the places, and are computed again with the same bits.

use bevy::ecs::world::World;

use super::step::{Sampler, Tally};
use crate::model::Keep;

pub const KEEP: Keep = Keep { save, load };

fn save(world: &World) -> Vec<u8> {
    let tally = world.get_resource::<Tally>().copied().unwrap_or_default();
    // Two numbers always have a binary form.
    postcard::to_allocvec(&tally).unwrap_or_default()
}

fn load(world: &mut World, bytes: &[u8]) -> Result<(), String> {
    let tally: Tally = postcard::from_bytes(bytes)
        .map_err(|error| format!("the tally of the sampler cannot be read: {error}"))?;
    world.insert_resource(tally);
    world.insert_resource(Sampler::default());
    Ok(())
}
