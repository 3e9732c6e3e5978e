//! What the picture can show of active matter: colours of the particles, and layers of data.

use super::parameters::Active;
use super::start::particle_area;
use super::survey::contact;
use crate::math::bonds::BondField;
use crate::math::density_field::DensityField;
use crate::math::grid::CellGrid;
use crate::model::column::{Diameter, Force, Heading, Tag};
use crate::model::observable::{Arrow, Colouring, Grid, Inset, Layer, LayerKind, Sample};

/// Standard deviation of the Gaussian that smooths the local density, in mean diameters.
const SMOOTHING: f64 = 2.0;
/// The most links that one picture draws.
const LINKS: usize = 60_000;
/// Particles on the circle of headings.
const ANGLES: usize = 256;

/// All colourings; the first is the default.
pub static COLOURINGS: &[Colouring] = &[
    Colouring {
        name: "heading",
        title: "Heading",
        symbol: "θ",
        unit: "rad",
        doc: "Direction of self-propulsion.",
        cyclic: true,
        values: |sample, values| {
            let headings = sample.column::<Heading>();
            values.extend(
                headings
                    .iter()
                    .map(|heading| heading.0[1].atan2(heading.0[0])),
            );
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "local_density",
        title: "Local density",
        symbol: "φ",
        unit: "",
        doc: "Packing fraction around the particle, smoothed over two diameters.",
        range: Some([0.0, 1.0]),
        values: |sample, values| {
            let unit = sample.resource::<Active>().map_or(1.0, particle_area) as f32;
            density(sample).gather(&sample.domain, sample.positions(), values);
            values.iter_mut().for_each(|value| *value *= unit);
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "hexatic_direction",
        title: "Crystal direction",
        symbol: "arg ψ₆",
        unit: "rad",
        doc: "Phase of ψ₆ over the six nearest neighbours: grains of one crystal have one colour. The phase turns six times as fast as the crystal.",
        cyclic: true,
        values: |sample, values| {
            hexatic(sample, values, |[real, imaginary]| imaginary.atan2(real));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "hexatic_order",
        title: "Hexatic order",
        symbol: "|ψ₆|",
        unit: "",
        doc: "Length of ψ₆ over the six nearest neighbours: 1 where they form a regular hexagon; defects are dark.",
        range: Some([0.0, 1.0]),
        values: |sample, values| hexatic(sample, values, |[real, imaginary]| real.hypot(imaginary)),
        ..Colouring::PLAIN
    },
    Colouring {
        name: "force",
        title: "Force",
        symbol: "|F|",
        unit: "ε/σ",
        doc: "Magnitude of the force of neighbours and trap at the beginning of the last step.",
        values: |sample, values| {
            values.extend(
                sample
                    .column::<Force>()
                    .iter()
                    .map(|force| force.0[0].hypot(force.0[1])),
            );
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "advance",
        title: "Advance along the heading",
        symbol: "1 + e·F/v₀",
        unit: "",
        doc: "Speed along the own heading over v₀: 1 for a free particle, 0 for a blocked one. Times v₀²/D_t it is the heat that the particle dissipates over the temperature.",
        range: Some([-0.5, 1.5]),
        values: advance,
        ..Colouring::PLAIN
    },
    Colouring {
        name: "diameter",
        title: "Diameter",
        symbol: "σᵢ",
        unit: "σ",
        doc: "Diameter of the particle; differs only with polydispersity.",
        values: |sample, values| {
            let diameters = sample.column::<Diameter>();
            let count = sample.positions().len();
            values.extend((0..count).map(|slot| diameters.get(slot).map_or(1.0, |one| one.0)));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "tag",
        title: "Identity",
        symbol: "i",
        unit: "",
        doc: "Number of the particle in the order of the start, so that mixing shows.",
        values: |sample, values| {
            values.extend(sample.column::<Tag>().iter().map(|tag| tag.0 as f32));
        },
        ..Colouring::PLAIN
    },
];

/// All layers.
pub static LAYERS: &[Layer] = &[
    Layer {
        name: "density",
        title: "Density field",
        unit: "",
        doc: "Packing fraction smoothed over two diameters.",
        kind: LayerKind::Field(|sample| {
            let unit = sample.resource::<Active>().map_or(1.0, particle_area) as f32;
            let field = density(sample);
            Grid {
                columns: field.nodes[0],
                rows: field.nodes[1],
                values: field.values.iter().map(|value| value * unit).collect(),
            }
        }),
    },
    Layer {
        name: "contacts",
        title: "Contacts",
        unit: "",
        doc: "A line between the centres of every two particles that push each other.",
        kind: LayerKind::Links(contacts),
    },
    Layer {
        name: "forces",
        title: "Forces",
        unit: "ε/σ",
        doc: "An arrow from every pushed particle along the force on it; one diameter long at the mean magnitude.",
        kind: LayerKind::Arrows(forces),
    },
    Layer {
        name: "headings",
        title: "Headings",
        unit: "",
        doc: "Headings of some particles on the unit circle, and the mean heading of all as an arrow.",
        kind: LayerKind::Inset(headings),
    },
];

fn density(sample: &Sample) -> DensityField {
    let mut field = DensityField::default();
    field.measure(&sample.domain, sample.positions(), 1.0, SMOOTHING);
    field
}

fn hexatic(sample: &Sample, values: &mut Vec<f32>, of: impl Fn([f32; 2]) -> f32) {
    let mut field = BondField::default();
    field.measure(&sample.domain, sample.positions(), 6, 6);
    values.extend(field.values().iter().map(|&value| of(value)));
}

fn advance(sample: &Sample, values: &mut Vec<f32>) {
    let speed = sample
        .resource::<Active>()
        .map_or(0.0, |active| active.motion().speed) as f32;
    let headings = sample.column::<Heading>();
    values.extend(
        headings
            .iter()
            .zip(sample.column::<Force>())
            .map(|(heading, force)| {
                let along = heading.0[0] * force.0[0] + heading.0[1] * force.0[1];
                // A passive particle has no heading along which it could advance.
                if speed > 0.0 {
                    1.0 + along / speed
                } else {
                    0.0
                }
            }),
    );
}

/// Real coordinates of a slot.
fn place(sample: &Sample, slot: usize) -> [f32; 2] {
    sample
        .domain
        .real(sample.positions()[slot])
        .map(|coordinate| coordinate as f32)
}

fn contacts(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let mut links = Vec::new();
    let Some(active) = sample.resource::<Active>() else {
        return links;
    };
    let (range, repulsion) = (active.range(), active.repulsion());
    if range <= 0.0 {
        return links;
    }
    let diameters = sample.column::<Diameter>();
    let grid = CellGrid::build(&sample.domain, sample.positions(), range);
    for slot in 0..sample.positions().len() {
        let from = place(sample, slot);
        grid.for_neighbours(slot, range as f32, |other, separation, squared| {
            let reach = repulsion.range(contact(diameters, slot, other as usize)) as f32;
            // Each pair once.
            if other as usize > slot && squared < reach * reach && links.len() < LINKS {
                links.push([from, [from[0] + separation[0], from[1] + separation[1]]]);
            }
        });
    }
    links
}

fn forces(sample: &Sample) -> Vec<Arrow> {
    let forces = sample.column::<Force>();
    let total: f32 = forces
        .iter()
        .map(|force| force.0[0].hypot(force.0[1]))
        .sum();
    if total <= 0.0 || !total.is_finite() {
        return Vec::new();
    }
    let scale = forces.len() as f32 / total;
    forces
        .iter()
        .enumerate()
        .filter(|(_, force)| force.0 != [0.0, 0.0])
        .take(LINKS)
        .map(|(slot, force)| Arrow {
            from: place(sample, slot),
            along: force.0.map(|part| scale * part),
            value: f32::NAN,
        })
        .collect()
}

fn headings(sample: &Sample) -> Inset {
    let headings = sample.column::<Heading>();
    let stride = headings.len().div_ceil(ANGLES).max(1);
    let count = headings.len().max(1) as f32;
    let sum = headings.iter().fold([0.0f32; 2], |sum, heading| {
        [sum[0] + heading.0[0] / count, sum[1] + heading.0[1] / count]
    });
    Inset {
        angles: headings
            .iter()
            .step_by(stride)
            .map(|heading| heading.0[1].atan2(heading.0[0]))
            .collect(),
        arrow: sum,
    }
}
