//! What the picture can show of an epidemic: colours of the nodes, and layers of data.

use super::dynamics::{NOBODY, NOT_YET, health};
use super::network::Network;
use super::observables::states;
use super::parameters::Epidemic;
use super::theory::Theory;
use super::trace::Trace;
use super::{Degree, InfectionTime, Infector};
use crate::math::density_field::DensityField;
use crate::model::column::Tag;
use crate::model::observable::{Category, Colouring, Grid, Layer, LayerKind, Sample};

/// The most edges that are drawn; with more, lines would hide everything.
const EDGES: usize = 30_000;
/// The most lines of the tree of transmissions.
const TREE: usize = 60_000;
/// How long a transmission flashes, in units of 1/γ.
const FLASH: f64 = 0.2;
/// Standard deviation of the Gaussian that smooths the local prevalence, in mean spacings of nodes:
/// some forty nodes count, so that a share of 1 % is seen and a wave is not blurred.
const SMOOTHING: f64 = 2.5;

/// States of health, in the order of their values, with brightness as the second cue.
const HEALTH: &[Category] = &[
    Category {
        name: "Susceptible",
        colour: [0x4a, 0x5d, 0x86],
    },
    Category {
        name: "Exposed",
        colour: [0xa9, 0x7c, 0xf0],
    },
    Category {
        name: "Infectious",
        colour: [0xff, 0xb4, 0x54],
    },
    Category {
        name: "Removed",
        colour: [0x1f, 0x9e, 0x92],
    },
    Category {
        name: "Vaccinated",
        colour: [0xdc, 0xe4, 0xee],
    },
    Category {
        name: "Isolated",
        colour: [0xd8, 0x5f, 0x7a],
    },
];

/// All colourings; the first is the default.
pub static COLOURINGS: &[Colouring] = &[
    Colouring {
        name: "health",
        title: "Health",
        symbol: "h",
        doc: "State of health of the node.",
        range: Some([0.0, (health::COUNT - 1) as f64]),
        categories: HEALTH,
        values: |sample, values| {
            values.extend(states(sample).iter().map(|&state| f32::from(state)));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "prevalence",
        title: "Local prevalence",
        symbol: "i",
        doc: "Share of infectious nodes around the node, smoothed over two and a half mean spacings: waves that single nodes hide are seen.",
        values: |sample, values| {
            let (infectious, all) = prevalence(sample);
            let mut around = Vec::new();
            infectious.gather(&sample.domain, sample.positions(), values);
            all.gather(&sample.domain, sample.positions(), &mut around);
            for (value, all) in values.iter_mut().zip(around) {
                *value = share(*value, all);
            }
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "arrival",
        title: "Time of arrival",
        symbol: "t",
        doc: "Time of the first infection; nodes that were never infected have the present time.",
        values: |sample, values| {
            let now = sample.clock.time as f32;
            let time = |time: &InfectionTime| {
                if time.0 == NOT_YET {
                    now
                } else {
                    time.0 as f32
                }
            };
            values.extend(sample.column::<InfectionTime>().iter().map(time));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "degree",
        title: "Degree",
        symbol: "k",
        doc: "Number of neighbours of the node.",
        values: |sample, values| {
            values.extend(
                sample
                    .column::<Degree>()
                    .iter()
                    .map(|degree| degree.0 as f32),
            );
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "tag",
        title: "Identity",
        symbol: "i",
        doc: "Number of the node: its place along a curve through the box, or in its file.",
        values: |sample, values| {
            values.extend(sample.column::<Tag>().iter().map(|tag| tag.0 as f32));
        },
        ..Colouring::PLAIN
    },
];

/// All layers.
pub static LAYERS: &[Layer] = &[
    Layer {
        name: "prevalence",
        title: "Local prevalence",
        unit: "",
        doc: "Share of infectious nodes, smoothed over two and a half mean spacings, beneath the nodes.",
        kind: LayerKind::Field(|sample| {
            let (infectious, all) = prevalence(sample);
            let both = infectious.values.iter().zip(&all.values);
            Grid {
                columns: all.nodes[0],
                rows: all.nodes[1],
                values: both.map(|(&one, &all)| share(one, all)).collect(),
            }
        }),
    },
    Layer {
        name: "theory",
        title: "Theory: infectious",
        unit: "",
        doc: "Share of infectious nodes by the integro-differential equations at the same time, beneath the nodes.",
        kind: LayerKind::Field(|sample| field(sample, 2)),
    },
    Layer {
        name: "theory_removed",
        title: "Theory: removed",
        unit: "",
        doc: "Share of removed nodes by the integro-differential equations at the same time, beneath the nodes.",
        kind: LayerKind::Field(|sample| field(sample, 3)),
    },
    Layer {
        name: "edges",
        title: "Edges",
        unit: "",
        doc: "All edges of a network that has at most 30,000; of a larger one none.",
        kind: LayerKind::Links(edges),
    },
    Layer {
        name: "transmissions",
        title: "Transmissions",
        unit: "",
        doc: "A line along every edge over which the infection has gone in the last fifth of an infectious period.",
        kind: LayerKind::Links(transmissions),
    },
    Layer {
        name: "tree",
        title: "Transmission tree",
        unit: "",
        doc: "A line from every infected node to the one that infected it first, the newest 60,000 of them.",
        kind: LayerKind::Links(tree),
    },
];

/// Densities of infectious nodes and of all nodes, smoothed alike.
fn prevalence(sample: &Sample) -> (DensityField, DensityField) {
    let places = sample.positions();
    let spacing = (sample.domain.area() / places.len().max(1) as f64).sqrt();
    let infectious: Vec<[u32; 2]> = places
        .iter()
        .zip(states(sample))
        .filter(|(_, state)| **state == health::INFECTIOUS)
        .map(|(&place, _)| place)
        .collect();
    let of = |places: &[[u32; 2]]| {
        let mut field = DensityField::default();
        field.measure(&sample.domain, places, spacing, SMOOTHING * spacing);
        field
    };
    (of(&infectious), of(places))
}

/// A share of what is there; nothing where there are no nodes.
fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn field(sample: &Sample, which: usize) -> Grid {
    sample.resource::<Theory>().map_or_else(
        || Grid {
            columns: 1,
            rows: 1,
            values: vec![0.0],
        },
        |theory| theory.field(&sample.domain, which),
    )
}

/// A line between two slots, by the shortest way.
fn link(sample: &Sample, from: u32, to: u32) -> Option<[[f32; 2]; 2]> {
    let places = sample.positions();
    let (from, to) = (*places.get(from as usize)?, *places.get(to as usize)?);
    let [dx, dy] = sample.domain.separation(to, from);
    let [x, y] = sample.domain.real(from).map(|part| part as f32);
    Some([[x, y], [x + dx, y + dy]])
}

fn edges(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let Some(network) = sample.resource::<Network>() else {
        return Vec::new();
    };
    if network.graph.edges() > EDGES {
        return Vec::new();
    }
    network
        .graph
        .iter_edges()
        .filter_map(|[from, to]| link(sample, from, to))
        .collect()
}

fn transmissions(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let (Some(trace), Some(parameters)) =
        (sample.resource::<Trace>(), sample.resource::<Epidemic>())
    else {
        return Vec::new();
    };
    let leaving = parameters.wave_rates().leaving.max(1e-3);
    let since = sample.clock.time - FLASH / leaving;
    trace
        .newest()
        .take_while(|one| one.time > since)
        .filter_map(|one| link(sample, one.from, one.to))
        .collect()
}

fn tree(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let times = sample.column::<InfectionTime>();
    let infectors = sample.column::<Infector>();
    let mut infected: Vec<u32> = (0..infectors.len() as u32)
        .filter(|&slot| infectors[slot as usize].0 != NOBODY)
        .collect();
    if infected.len() > TREE {
        let time = |slot: &u32| times[*slot as usize].0;
        infected.select_nth_unstable_by(TREE, |a, b| time(b).total_cmp(&time(a)));
        infected.truncate(TREE);
    }
    infected
        .into_iter()
        .filter_map(|slot| link(sample, infectors[slot as usize].0, slot))
        .collect()
}
