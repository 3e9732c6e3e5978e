//! What the picture can show of swarmalators.

use super::Velocity;
use super::survey::{angle, bearing, census, centre, on_ring};
use crate::model::column::{NaturalFrequency, Phase, Position, Tag};
use crate::model::observable::{Colouring, Inset, Layer, LayerKind, Sample};

/// Members on the phase circle.
const ANGLES: usize = 256;

/// All colourings; the first is the default.
pub static COLOURINGS: &[Colouring] = &[
    Colouring {
        name: "phase",
        title: "Phase",
        symbol: "θ",
        unit: "rad",
        doc: "Phase of the swarmalator.",
        cyclic: true,
        values: |sample, values| {
            values.extend(
                sample
                    .column::<Phase>()
                    .iter()
                    .map(|phase| angle(phase) as f32),
            );
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "bearing",
        title: "Angle about the centre",
        symbol: "φ",
        unit: "rad",
        doc: "Angle at which the swarmalator stands about the centre of mass, or its place on a ring.",
        cyclic: true,
        values: |sample, values| {
            let ring = on_ring(sample);
            let middle = centre(sample);
            let tau = std::f64::consts::TAU;
            values.extend(
                sample
                    .column::<Position>()
                    .iter()
                    .map(|place| bearing(sample, place, middle, ring).rem_euclid(tau) as f32),
            );
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "speed",
        title: "Speed",
        symbol: "|v|",
        unit: "",
        doc: "Speed in the last step.",
        values: |sample, values| {
            let velocities = sample.column::<Velocity>().iter();
            values.extend(velocities.map(|v| v.0[0].hypot(v.0[1])));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "natural_frequency",
        title: "Natural frequency",
        symbol: "ω",
        unit: "",
        doc: "Natural frequency; the same for all when frequencies are identical.",
        values: |sample, values| {
            let frequencies = sample.column::<NaturalFrequency>().iter();
            values.extend(frequencies.map(|frequency| frequency.0));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "tag",
        title: "Identity",
        symbol: "i",
        unit: "",
        doc: "Number of the swarmalator in the order of the start, so that mixing shows.",
        values: |sample, values| {
            values.extend(sample.column::<Tag>().iter().map(|tag| tag.0 as f32));
        },
        ..Colouring::PLAIN
    },
];

/// All layers.
pub static LAYERS: &[Layer] = &[
    Layer {
        name: "phases",
        title: "Phase circle",
        unit: "",
        doc: "Phases of some swarmalators on the unit circle, and their mean as an arrow.",
        kind: LayerKind::Inset(phases),
    },
    Layer {
        name: "velocities",
        title: "Velocities",
        unit: "",
        doc: "A line from every swarmalator along its velocity, a fifth of a unit of length at the root mean square.",
        kind: LayerKind::Links(velocities),
    },
];

fn phases(sample: &Sample) -> Inset {
    let phases = sample.column::<Phase>();
    let stride = phases.len().div_ceil(ANGLES).max(1);
    Inset {
        angles: phases
            .iter()
            .step_by(stride)
            .map(|phase| angle(phase) as f32)
            .collect(),
        arrow: census(sample).map_or([0.0; 2], |census| census.phase.map(|part| part as f32)),
    }
}

fn velocities(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let velocities = sample.column::<Velocity>();
    let square: f32 = velocities
        .iter()
        .map(|v| v.0[0] * v.0[0] + v.0[1] * v.0[1])
        .sum();
    let mean = (square / velocities.len().max(1) as f32).sqrt();
    // Below this nothing moves, and rounding would be shown.
    if mean < 1e-4 || !mean.is_finite() || on_ring(sample) {
        return Vec::new();
    }
    let scale = 0.2 / mean;
    sample
        .column::<Position>()
        .iter()
        .zip(velocities)
        .map(|(place, v)| {
            let from = sample.domain.real(place.0).map(|part| part as f32);
            [from, [from[0] + scale * v.0[0], from[1] + scale * v.0[1]]]
        })
        .collect()
}
