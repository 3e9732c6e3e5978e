//! The nodes at the start: places, edges, who is infectious and who is immune.

use bevy::ecs::world::World;

use super::dynamics::{Dynamics, NOBODY, NOT_YET, health};
use super::network;
use super::parameters::Epidemic;
use super::theory::Theory;
use super::trace::Trace;
use super::{Degree, Health, InfectionTime, Infector};
use crate::math::domain::Domain;
use crate::math::philox::{Purpose, Stream};
use crate::model::column::{Position, Tag};
use crate::model::parameter::Parameters;
use crate::model::{InitialCondition, Inputs, Start};

/// Every way to start, the first of which is the default.
pub const INITIAL_CONDITIONS: &[InitialCondition] = &[
    InitialCondition {
        name: "random",
        doc: "Infectious nodes anywhere in the box.",
    },
    InitialCondition {
        name: "disc",
        doc: "Infectious nodes in a disc around the centre of the box.",
    },
    InitialCondition {
        name: "band",
        doc: "Infectious nodes in a band across the middle of the box, from which two planar fronts run apart.",
    },
];

/// Philox blocks of the initial condition; 0 and 1 are for places and expected degrees.
const INFECT: u16 = 2;
const VACCINATE: u16 = 3;

/// Where the infection starts, about the centre of the box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Region {
    Everywhere,
    Disc { radius: f64 },
    Band { half: f64 },
}

impl Region {
    /// The region of an initial condition.
    pub fn new(initial: &str, extent: f64) -> Option<Self> {
        match initial {
            "random" => Some(Self::Everywhere),
            "disc" => Some(Self::Disc { radius: extent }),
            "band" => Some(Self::Band { half: extent }),
            _ => None,
        }
    }

    /// Distance of a point from the middle of the region, along which a front runs.
    pub fn distance(self, point: [f64; 2]) -> f64 {
        match self {
            Self::Band { .. } => point[0].abs(),
            _ => point[0].hypot(point[1]),
        }
    }

    /// True for a point of the region.
    pub fn contains(self, point: [f64; 2]) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Disc { radius } => self.distance(point) <= radius,
            Self::Band { half } => self.distance(point) <= half,
        }
    }

    /// Share of the box that it covers, as long as it lies inside.
    pub fn share(self, domain: &Domain) -> f64 {
        let area = match self {
            Self::Everywhere => domain.area(),
            Self::Disc { radius } => std::f64::consts::PI * radius * radius,
            Self::Band { half } => 2.0 * half * domain.size[1],
        };
        (area / domain.area()).min(1.0)
    }
}

/// What the start was, for the estimators.
#[derive(bevy::ecs::resource::Resource, Clone, Copy, Debug)]
pub struct Origin {
    pub region: Region,
    /// Share of all nodes that were infectious at time 0.
    pub seeds: f64,
    /// Share of all nodes that were immune.
    pub immune: f64,
}

/// Places and joins the nodes; an error says why the start is impossible and what to change.
pub fn spawn(world: &mut World, start: &Start) -> Result<(), String> {
    let parameters = Epidemic::from_values(start.values);
    if start.count == 0 {
        return Err("there are no nodes; set a population of at least 1".into());
    }
    let region = Region::new(start.initial, parameters.start_extent)
        .ok_or_else(|| format!("there is no initial condition `{}`", start.initial))?;
    let laid = network::lay(start, &parameters, world.get_resource::<Inputs>())?;
    let (positions, tags, network) = (laid.positions, laid.tags, laid.network);
    let real: Vec<[f64; 2]> = (positions.iter())
        .map(|&position| start.domain.real(position))
        .collect();
    let states = states(&parameters, region, &real, start.seed);
    let count = |state: u8| states.iter().filter(|&&one| one == state).count() as f64;
    let (infectious, immune) = (count(health::INFECTIOUS), count(health::VACCINATED));
    let total = states.len() as f64;
    let origin = Origin {
        region,
        seeds: infectious / total,
        immune: immune / total,
    };
    let dynamics = Dynamics::new(start.seed, &states);
    if parameters.theory && parameters.lasting_immunity() {
        let inside = real.iter().filter(|&&point| region.contains(point)).count();
        let seeds = infectious / inside.max(1) as f64;
        let domain = &start.domain;
        let theory = Theory::new(&parameters, &network, domain, region, seeds, origin.immune);
        world.insert_resource(theory);
    }
    let nodes: Vec<_> = (0..states.len())
        .map(|slot| {
            let seed = states[slot] == health::INFECTIOUS;
            (
                Position(positions[slot]),
                Health(states[slot]),
                Degree(network.graph.degree(slot as u32) as u32),
                InfectionTime(if seed { 0.0 } else { NOT_YET }),
                Infector(NOBODY),
                Tag(tags[slot]),
            )
        })
        .collect();
    world.spawn_batch(nodes);
    world.insert_resource(Trace::default());
    world.insert_resource(origin);
    world.insert_resource(dynamics);
    world.insert_resource(network);
    Ok(())
}

/// States of health at time 0. Exactly the asked shares of the nodes are taken, those with the
/// smallest random numbers, so that the start does not add to the scatter between seeds.
fn states(parameters: &Epidemic, region: Region, places: &[[f64; 2]], seed: u64) -> Vec<u8> {
    let stream = Stream::new(seed, 0, Purpose::InitialCondition);
    let mut states = vec![health::SUSCEPTIBLE; places.len()];
    let take = |states: &mut Vec<u8>, from: Vec<u32>, count: usize, block: u16, state: u8| {
        let mut ranked: Vec<(u64, u32)> = (from.into_iter())
            .map(|node| {
                let words = stream.words(node, block);
                (u64::from(words[0]) << 32 | u64::from(words[1]), node)
            })
            .collect();
        let count = count.min(ranked.len());
        if count > 0 && count < ranked.len() {
            ranked.select_nth_unstable(count - 1);
        }
        for &(_, node) in &ranked[..count] {
            states[node as usize] = state;
        }
    };
    let mut inside: Vec<u32> = (0..places.len() as u32)
        .filter(|&node| region.contains(places[node as usize]))
        .collect();
    let mut seeds = (parameters.initial_infected * inside.len() as f64).round() as usize;
    if parameters.initial_infected > 0.0 {
        seeds = seeds.max(1);
        if inside.is_empty() {
            // A region between the nodes: the nearest one stands for it.
            let distance = |node: &u32| region.distance(places[*node as usize]);
            let all = 0..places.len() as u32;
            inside.extend(all.min_by(|a, b| distance(a).total_cmp(&distance(b))));
        }
    }
    take(&mut states, inside, seeds, INFECT, health::INFECTIOUS);
    let others: Vec<u32> = (0..places.len() as u32)
        .filter(|&node| states[node as usize] == health::SUSCEPTIBLE)
        .collect();
    let immune = (parameters.vaccinated_fraction * others.len() as f64).round() as usize;
    take(&mut states, others, immune, VACCINATE, health::VACCINATED);
    states
}
