//! What one dab does.

use bevy::ecs::world::World;

use super::{Dab, Ledger, Skill, Tool, Touched, crowd, refusal, with_column};
use crate::math::domain::Domain;
use crate::math::parting::Crowd;
use crate::math::philox::{Purpose, Stream};
use crate::model::Model;
use crate::model::column::{Columns, Heading, Position, Tag};
use crate::model::neighbours;
use crate::model::parameter::Values;
use crate::model::phase::{Box as BoxResource, Clock};
use crate::model::walls::Walls;

/// Philox block of strokes, by tag.
const STROKE: u16 = 2;

/// Carries out a dab; an error says why nothing was done.
///
/// `most` bounds the number of particles from above. One particle always stays.
pub fn dab(
    world: &mut World,
    model: &Model,
    values: &Values,
    dab: &Dab,
    most: usize,
) -> Result<(), String> {
    let domain = world.resource::<BoxResource>().0;
    dab.check(&domain)?;
    if let Some(reason) = refusal(model, dab.tool) {
        return Err(reason.into());
    }
    let clock = *world.resource::<Clock>();
    let number = world.resource::<Ledger>().dabs;
    world.resource_mut::<Ledger>().dabs = number.wrapping_add(1);
    // The number of a dab stands where the step stands elsewhere: it is used once in a run,
    // also when many dabs fall between the same two steps.
    let stream = Stream::new(clock.seed, number, Purpose::Hand);
    let skill = model.hands.skill(dab.tool);
    let closest = (model.hands.closest)(values, clock.dt).max(0.0);
    match dab.tool {
        Tool::Add => add(
            world,
            &domain,
            dab,
            [closest, (model.diameter)(values)],
            stream,
            skill,
            most,
        ),
        Tool::Remove => {
            remove(world, &domain, dab, stream, skill);
            Ok(())
        }
        Tool::Push | Tool::Align | Tool::Heat => {
            let touched = Under::gather(world, &domain, dab);
            match (skill, dab.tool) {
                (Skill::Own(own), _) => {
                    neighbours::settle(world);
                    own(world, &touched.seen(dab, stream));
                    neighbours::settle(world);
                }
                (_, Tool::Push) => push(world, &domain, dab, closest),
                (_, Tool::Align) => align(world, &touched, dab),
                _ => heat(world, &touched, dab, stream),
            }
            Ok(())
        }
    }
}

/// Those under the brush, by tag.
struct Under {
    slots: Vec<usize>,
    tags: Vec<u32>,
    weights: Vec<f32>,
}

impl Under {
    fn gather(world: &World, domain: &Domain, dab: &Dab) -> Self {
        let columns = world.resource::<Columns>();
        let tags = columns.slice::<Tag>(world);
        let at = domain.fixed(dab.at);
        let radius2 = (dab.radius * dab.radius) as f32;
        let mut found: Vec<(u32, usize, f32)> = columns
            .slice::<Position>(world)
            .iter()
            .zip(tags)
            .enumerate()
            .filter_map(|(slot, (place, tag))| {
                let [x, y] = domain.separation(place.0, at);
                let share = (x * x + y * y) / radius2;
                (share < 1.0).then_some((tag.0, slot, (1.0 - share) * (1.0 - share)))
            })
            .collect();
        found.sort_unstable_by_key(|(tag, ..)| *tag);
        Self {
            slots: found.iter().map(|(_, slot, _)| *slot).collect(),
            tags: found.iter().map(|(tag, ..)| *tag).collect(),
            weights: found.iter().map(|(.., weight)| *weight).collect(),
        }
    }

    fn seen<'a>(&'a self, dab: &'a Dab, stream: Stream) -> Touched<'a> {
        Touched {
            slots: &self.slots,
            tags: &self.tags,
            weights: &self.weights,
            dab,
            stream,
        }
    }
}

fn add(
    world: &mut World,
    domain: &Domain,
    dab: &Dab,
    spacing: [f64; 2],
    stream: Stream,
    skill: Skill,
    most: usize,
) -> Result<(), String> {
    let columns = world.resource::<Columns>();
    let positions: &[[u32; 2]] = bytemuck::cast_slice(columns.slice::<Position>(world));
    let walls = world.get_resource::<Walls>();
    let mut places = crowd::places(dab, domain, positions, spacing, walls, stream);
    let room = most.saturating_sub(positions.len());
    let tags_left = (u32::MAX - world.resource::<Ledger>().next_tag) as usize;
    if places.len() > room.min(tags_left) {
        places.truncate(room.min(tags_left));
        if places.is_empty() {
            return Err(format!(
                "there are {most} particles, and no more are allowed"
            ));
        }
    }
    if places.is_empty() {
        return Ok(());
    }
    let own = match skill {
        Skill::Own(own) => Some(own),
        _ => None,
    };
    neighbours::settle(world);
    crowd::add(world, domain, dab, &places, stream, own);
    neighbours::settle(world);
    Ok(())
}

fn remove(world: &mut World, domain: &Domain, dab: &Dab, stream: Stream, skill: Skill) {
    let mut under = Under::gather(world, domain, dab);
    let chosen: Vec<usize> = (0..under.slots.len())
        .filter(|&index| f64::from(stream.uniforms(under.tags[index], STROKE)[0]) < dab.strength)
        .collect();
    let count = world.resource::<Columns>().slice::<Tag>(world).len();
    // The oldest one stays when all would go.
    let spared = usize::from(chosen.len() == count);
    let chosen = &chosen[spared.min(chosen.len())..];
    if chosen.is_empty() {
        return;
    }
    under = Under {
        slots: chosen.iter().map(|&index| under.slots[index]).collect(),
        tags: chosen.iter().map(|&index| under.tags[index]).collect(),
        weights: chosen.iter().map(|&index| under.weights[index]).collect(),
    };
    neighbours::settle(world);
    if let Skill::Own(own) = skill {
        own(world, &under.seen(dab, stream));
    }
    crowd::remove(world, &under.slots);
    neighbours::settle(world);
}

/// Drags particles along: each by the way of the brush times its weight and the strength, as far
/// as nobody is squeezed and no wall is in the way.
fn push(world: &mut World, domain: &Domain, dab: &Dab, closest: f64) {
    if dab.along == [0.0; 2] {
        return;
    }
    // Those who may have to give way, and behind them those who must not be run over.
    let ring = |factor: f64| Dab {
        radius: dab.radius + factor * closest,
        ..*dab
    };
    let around = Under::gather(world, domain, &ring(4.0));
    let at = domain.fixed(dab.at);
    let columns = world.resource::<Columns>();
    let all: &[[u32; 2]] = bytemuck::cast_slice(columns.slice::<Position>(world));
    let mut positions: Vec<[u32; 2]> = around.slots.iter().map(|&slot| all[slot]).collect();
    let distance2 = |place: [u32; 2]| {
        let [x, y] = domain.separation(place, at);
        f64::from(x * x + y * y)
    };
    let within = ring(2.0).radius.powi(2);
    let free: Vec<bool> = positions
        .iter()
        .map(|&place| distance2(place) < within.max(dab.radius.powi(2)))
        .collect();
    let shifts: Vec<[f64; 2]> = positions
        .iter()
        .map(|&place| {
            let share = (distance2(place) / dab.radius.powi(2)).min(1.0);
            let weight = dab.strength * (1.0 - share).powi(2);
            dab.along.map(|way| weight * way)
        })
        .collect();
    let walls = world
        .get_resource::<Walls>()
        .filter(|walls| !walls.is_empty());
    let hold = |from: [u32; 2], to: [u32; 2]| match walls {
        Some(walls) => walls.grid().hold(from, to, |_| {}).unwrap_or(to),
        None => to,
    };
    let mut crowd = Crowd {
        domain,
        positions: &mut positions,
        free: &free,
        closest: closest as f32,
    };
    if crowd.push(&shifts, hold) == 0.0 {
        return;
    }
    neighbours::settle(world);
    with_column(world, |values: &mut [Position]| {
        for (&slot, &place) in around.slots.iter().zip(&positions) {
            values[slot].0 = place;
        }
    });
    neighbours::settle(world);
}

/// Turns a vector by an angle.
fn turned([x, y]: [f32; 2], angle: f64) -> [f32; 2] {
    let (sin, cos) = angle.sin_cos();
    let (x, y) = (f64::from(x), f64::from(y));
    [(cos * x - sin * y) as f32, (sin * x + cos * y) as f32]
}

/// Turns headings by the share of weight and strength of their angle to the way of the brush.
fn align(world: &mut World, under: &Under, dab: &Dab) {
    let [x, y] = dab.along;
    if x == 0.0 && y == 0.0 {
        return;
    }
    with_column(world, |headings: &mut [Heading]| {
        for (&slot, &weight) in under.slots.iter().zip(&under.weights) {
            let Some(heading) = headings.get_mut(slot) else {
                continue;
            };
            let [ex, ey] = heading.0.map(f64::from);
            let angle = (ex * y - ey * x).atan2(ex * x + ey * y);
            heading.0 = turned(heading.0, dab.strength * f64::from(weight) * angle);
        }
    });
}

/// Turns headings by normally distributed angles whose deviation is π times weight and strength.
fn heat(world: &mut World, under: &Under, dab: &Dab, stream: Stream) {
    with_column(world, |headings: &mut [Heading]| {
        for ((&slot, &tag), &weight) in under.slots.iter().zip(&under.tags).zip(&under.weights) {
            let Some(heading) = headings.get_mut(slot) else {
                continue;
            };
            let deviate = f64::from(stream.gaussians(tag, STROKE)[0]);
            let angle = std::f64::consts::PI * dab.strength * f64::from(weight) * deviate;
            heading.0 = turned(heading.0, angle);
        }
    });
}
