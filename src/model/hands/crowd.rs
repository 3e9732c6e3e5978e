//! Who is added and who is removed: the number of particles changes, the archetype does not.

use bevy::ecs::entity::Entity;
use bevy::ecs::query::With;
use bevy::ecs::world::World;

use super::{Dab, Ledger, Touched, with_column};
use crate::math::domain::Domain;
use crate::math::grid::CellGrid;
use crate::math::philox::Stream;
use crate::model::column::{Force, Heading, Image, Position, Tag};
use crate::model::walls::Walls;

/// Newcomers that one dab may try to place.
const ATTEMPTS: f64 = 256.0;
/// Share of the places under a brush of full strength that are tried in one dab.
const SHARE: f64 = 0.1;

/// Philox blocks of the newcomers.
const PLACE: u16 = 0;
const HEADING: u16 = 1;

/// Places under the brush at which there is room for a newcomer.
pub(super) fn places(
    dab: &Dab,
    domain: &Domain,
    positions: &[[u32; 2]],
    spacing: [f64; 2],
    walls: Option<&Walls>,
    stream: Stream,
) -> Vec<[u32; 2]> {
    let [closest, diameter] = spacing;
    // A brush of full strength fills its disc in about half a second.
    let size = diameter.max(closest).max(1e-9 * dab.radius);
    let capacity = (2.0 * dab.radius / size).powi(2);
    let attempts = (dab.strength * SHARE * capacity)
        .ceil()
        .clamp(1.0, ATTEMPTS) as u32;
    let at = domain.fixed(dab.at);
    let reach = (dab.radius + closest) as f32;
    let near: Vec<[u32; 2]> = positions
        .iter()
        .copied()
        .filter(|&place| {
            let [x, y] = domain.separation(place, at);
            x * x + y * y < reach * reach
        })
        .collect();
    let grid = CellGrid::build(domain, &near, closest);
    let closest = closest as f32;
    let clear = |a: [u32; 2], b: [u32; 2]| {
        let [x, y] = domain.separation(a, b);
        x * x + y * y >= closest * closest
    };
    let mut found: Vec<[u32; 2]> = Vec::new();
    for attempt in 0..attempts {
        let [turn, share, ..] = stream.uniforms(attempt, PLACE);
        let (sin, cos) = (std::f64::consts::TAU * f64::from(turn)).sin_cos();
        let distance = dab.radius * f64::from(share).sqrt();
        let real = [dab.at[0] + distance * cos, dab.at[1] + distance * sin];
        let inside = (0..2).all(|axis| real[axis].abs() <= 0.5 * domain.size[axis]);
        if !inside && !domain.is_periodic() {
            continue;
        }
        let place = domain.fixed(real);
        let mut free = found.iter().all(|&other| clear(place, other));
        if free && closest > 0.0 {
            grid.for_runs(grid.cell_of(place), grid.reach(closest), |run| {
                free &= grid.sorted()[run].iter().all(|&other| clear(place, other));
            });
        }
        let blocked = walls
            .is_some_and(|walls| walls.grid().gap(domain.real(place)) <= f64::from(0.5 * closest));
        if free && !blocked {
            found.push(place);
        }
    }
    found
}

/// The particle nearest to a place; of several the one with the lowest tag.
fn nearest(domain: &Domain, at: [u32; 2], positions: &[Position], tags: &[Tag]) -> usize {
    let mut best = (f32::INFINITY, u32::MAX, 0);
    for (slot, (place, tag)) in positions.iter().zip(tags).enumerate() {
        let [x, y] = domain.separation(place.0, at);
        let found = (x * x + y * y, tag.0, slot);
        if (found.0, found.1) < (best.0, best.1) {
            best = found;
        }
    }
    best.2
}

/// Entities of the particles in the order of their slots.
fn entities(world: &mut World) -> Vec<Entity> {
    let mut query = world.query_filtered::<Entity, With<Position>>();
    query.iter(world).collect()
}

/// Adds twins of the nearest particle at the places, with tags and headings of their own; `own`
/// sets what else differs.
pub(super) fn add(
    world: &mut World,
    domain: &Domain,
    dab: &Dab,
    places: &[[u32; 2]],
    stream: Stream,
    own: Option<fn(&mut World, &Touched)>,
) {
    let at = domain.fixed(dab.at);
    let template = {
        let positions = with_column(world, |values: &mut [Position]| values.to_vec());
        let tags = with_column(world, |values: &mut [Tag]| values.to_vec());
        nearest(domain, at, &positions, &tags)
    };
    let all = entities(world);
    let Some(&template) = all.get(template) else {
        return;
    };
    let first_slot = all.len();
    let first_tag = world.resource::<Ledger>().next_tag;
    for _ in places {
        world.entity_mut(template).clone_and_spawn();
    }
    let tags: Vec<u32> = (0..places.len() as u32)
        .map(|index| first_tag + index)
        .collect();
    with_column(world, |values: &mut [Position]| {
        for (value, &place) in values[first_slot..].iter_mut().zip(places) {
            value.0 = place;
        }
    });
    with_column(world, |values: &mut [Tag]| {
        for (value, &tag) in values[first_slot..].iter_mut().zip(&tags) {
            value.0 = tag;
        }
    });
    with_column(world, |values: &mut [Image]| {
        if let Some(values) = values.get_mut(first_slot..) {
            values.fill(Image::default());
        }
    });
    with_column(world, |values: &mut [Force]| {
        if let Some(values) = values.get_mut(first_slot..) {
            values.fill(Force::default());
        }
    });
    with_column(world, |values: &mut [Heading]| {
        let Some(values) = values.get_mut(first_slot..) else {
            return;
        };
        for (value, &tag) in values.iter_mut().zip(&tags) {
            let turn = f64::from(stream.uniforms(tag, HEADING)[0]);
            let (sin, cos) = (std::f64::consts::TAU * turn).sin_cos();
            value.0 = [cos as f32, sin as f32];
        }
    });
    world.resource_mut::<Ledger>().next_tag = first_tag + places.len() as u32;
    if let Some(own) = own {
        let slots: Vec<usize> = (first_slot..first_slot + places.len()).collect();
        let weights = vec![1.0; places.len()];
        own(
            world,
            &Touched {
                slots: &slots,
                tags: &tags,
                weights: &weights,
                dab,
                stream,
            },
        );
    }
}

/// Removes the particles in some slots.
pub(super) fn remove(world: &mut World, slots: &[usize]) {
    let all = entities(world);
    for &slot in slots {
        if let Some(&entity) = all.get(slot) {
            world.despawn(entity);
        }
    }
}

/// Makes the number of particles `count`, at least 1, whatever their values: for a state that is
/// about to be overwritten.
pub fn resize(world: &mut World, count: usize) {
    let all = entities(world);
    for &entity in all.get(count.max(1)..).unwrap_or(&[]) {
        world.despawn(entity);
    }
    if let Some(&first) = all.first() {
        for _ in all.len()..count {
            world.entity_mut(first).clone_and_spawn();
        }
    }
}
