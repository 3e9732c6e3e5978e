//! What the picture can show of coupled oscillators.

use super::links::Links;
use super::parameters::{Kuramoto, Topology};
use super::survey::{angle, census};
use crate::math::grid::CellGrid;
use crate::model::column::{NaturalFrequency, Phase, Position, Tag};
use crate::model::observable::{Colouring, Inset, Layer, LayerKind, Sample};

/// The most links that one picture draws.
const LINKS: usize = 60_000;
/// Oscillators on the phase circle.
const ANGLES: usize = 256;

/// All colourings; the first is the default.
pub static COLOURINGS: &[Colouring] = &[
    Colouring {
        name: "phase",
        title: "Phase",
        symbol: "θ",
        unit: "rad",
        doc: "Phase of the oscillator.",
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
        name: "relative_phase",
        title: "Phase about the mean field",
        symbol: "θ − ψ",
        unit: "rad",
        doc: "Phase of the oscillator seen from the mean field: locked oscillators keep their colour.",
        cyclic: true,
        values: |sample, values| {
            let middle = census(sample).map_or(0.0, |census| census.angle());
            values.extend(
                sample
                    .column::<Phase>()
                    .iter()
                    .map(|phase| (angle(phase) - middle).rem_euclid(std::f64::consts::TAU) as f32),
            );
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "natural_frequency",
        title: "Natural frequency",
        symbol: "ω",
        unit: "",
        doc: "Natural frequency; the colours end where its distribution has thinned out.",
        values: |sample, values| {
            let Some(kuramoto) = sample.resource::<Kuramoto>() else {
                return;
            };
            let reach = kuramoto.spread().reach().max(1e-3) as f32;
            let mean = kuramoto.mean_frequency as f32;
            let omegas = sample.column::<NaturalFrequency>().iter();
            values.extend(omegas.map(|omega| omega.0.clamp(mean - reach, mean + reach)));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "rate",
        title: "Rate",
        symbol: "ν − ⟨ν⟩",
        unit: "",
        doc: "How fast the phase turns now by natural frequency and coupling, about the mean of all; noise and inertia are left out.",
        values: |sample, values| {
            let (Some(kuramoto), Some(census)) = (sample.resource::<Kuramoto>(), census(sample))
            else {
                return;
            };
            let reach = kuramoto.spread().reach().max(1.0);
            let columns = sample
                .column::<Phase>()
                .iter()
                .zip(sample.column::<NaturalFrequency>());
            values.extend(columns.enumerate().map(|(slot, (phase, omega))| {
                let [x, y] = census.field(slot);
                let (s, c) = (angle(phase) + kuramoto.phase_lag).sin_cos();
                let rate = f64::from(omega.0) + kuramoto.coupling * (y * c - x * s);
                (rate - census.rate).clamp(-reach, reach) as f32
            }));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "local_order",
        title: "Local order",
        symbol: "|H|",
        unit: "",
        doc: "Length of the field that the oscillator sees.",
        range: Some([0.0, 1.0]),
        values: |sample, values| {
            if let Some(census) = census(sample) {
                values.extend((0..census.count).map(|slot| {
                    let [x, y] = census.field(slot);
                    x.hypot(y) as f32
                }));
            }
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "tag",
        title: "Identity",
        symbol: "i",
        unit: "",
        doc: "Number of the oscillator in the order of the start.",
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
        doc: "Phases of some oscillators on the unit circle, and the order parameter as an arrow.",
        kind: LayerKind::Inset(|sample| {
            let phases = sample.column::<Phase>();
            let stride = phases.len().div_ceil(ANGLES).max(1);
            Inset {
                angles: phases
                    .iter()
                    .step_by(stride)
                    .map(|phase| angle(phase) as f32)
                    .collect(),
                arrow: census(sample)
                    .map_or([0.0; 2], |census| census.mean.map(|part| part as f32)),
            }
        }),
    },
    Layer {
        name: "links",
        title: "Links",
        unit: "",
        doc: "A line between every two oscillators that act on each other on a lattice, in a network or within the range.",
        kind: LayerKind::Links(links),
    },
];

fn links(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let (Some(kuramoto), Some(links)) = (sample.resource::<Kuramoto>(), sample.resource::<Links>())
    else {
        return Vec::new();
    };
    let positions: &[[u32; 2]] = bytemuck::cast_slice(sample.column::<Position>());
    let mut lines = Vec::new();
    let mut line = |slot: usize, other: usize| {
        // Each pair once.
        if other > slot && other < positions.len() && lines.len() < LINKS {
            let from = sample.domain.real(positions[slot]).map(|part| part as f32);
            let by = sample.domain.separation(positions[other], positions[slot]);
            lines.push([from, [from[0] + by[0], from[1] + by[1]]]);
        }
    };
    if kuramoto.topology == Topology::Range {
        let range = kuramoto.range;
        let grid = CellGrid::build(&sample.domain, positions, range);
        for slot in 0..positions.len() {
            grid.for_neighbours(slot, range as f32, |other, _, _| line(slot, other as usize));
        }
    } else {
        for slot in 0..links.len() {
            for &other in links.of(slot) {
                line(slot, other as usize);
            }
        }
    }
    lines
}
