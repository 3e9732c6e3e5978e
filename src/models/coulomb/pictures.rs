//! What the picture can show of a Coulomb gas.

use super::cells::cells;
use super::gas::Field;
use super::survey::{radius, values};
use crate::math::bonds::BondField;
use crate::model::column::{Force, Tag};
use crate::model::observable::{Arrow, Bond, Category, Colouring, Layer, LayerKind, Sample};

/// Most arrows and lines that one picture holds.
const LINKS: usize = 40_000;
/// Pieces of a circle.
const PIECES: usize = 180;

/// All colourings; the first is the default.
pub static COLOURINGS: &[Colouring] = &[
    Colouring {
        name: "hexatic",
        title: "Hexatic order",
        symbol: "|ψ₆|",
        unit: "",
        doc: "How nearly the six nearest neighbours stand at the corners of a hexagon.",
        range: Some([0.0, 1.0]),
        values: |sample, values| {
            let mut field = BondField::default();
            field.measure(&sample.domain, sample.positions(), 6, 6);
            values.extend(field.values().iter().map(|[x, y]| x.hypot(*y)));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "hexatic_angle",
        title: "Direction of the crystal",
        symbol: "arg ψ₆",
        unit: "rad",
        doc: "Phase of ψ₆: grains of a crystal have one colour each.",
        cyclic: true,
        values: |sample, values| {
            let mut field = BondField::default();
            field.measure(&sample.domain, sample.positions(), 6, 6);
            let tau = std::f32::consts::TAU;
            values.extend(
                field
                    .values()
                    .iter()
                    .map(|[x, y]| y.atan2(*x).rem_euclid(tau)),
            );
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "topological_charge",
        title: "Sides of the Voronoi cell",
        symbol: "n",
        unit: "",
        doc: "How many sides the cell of the charge has: those with five and seven are the defects of a crystal. Charges on the rim count as six.",
        categories: &[
            Category {
                name: "4 or less",
                colour: [214, 96, 77],
            },
            Category {
                name: "5",
                colour: [244, 165, 92],
            },
            Category {
                name: "6",
                colour: [120, 132, 150],
            },
            Category {
                name: "7",
                colour: [86, 180, 210],
            },
            Category {
                name: "8 or more",
                colour: [120, 94, 200],
            },
        ],
        values: |sample, values| {
            let cells = cells(sample);
            let count = sample.positions().len();
            values.extend((0..count).map(|slot| {
                let charge = cells.charge.get(slot).copied().unwrap_or(0);
                f32::from(2 - charge.clamp(-2, 2))
            }));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "charge",
        title: "Charge",
        symbol: "q",
        unit: "",
        doc: "Sign of the charge.",
        categories: &[
            Category {
                name: "minus",
                colour: [86, 156, 230],
            },
            Category {
                name: "plus",
                colour: [240, 130, 90],
            },
        ],
        values: |sample, out| {
            out.extend(
                values(sample)
                    .iter()
                    .map(|&q| if q > 0.0 { 1.0 } else { 0.0 }),
            );
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "radius",
        title: "Distance from the centre",
        symbol: "r/√N",
        unit: "",
        doc: "Distance from the centre in units of the radius of the harmonic droplet.",
        values: |sample, values| {
            let places = sample.positions();
            let scale = (places.len().max(1) as f64).sqrt();
            values.extend(
                places
                    .iter()
                    .map(|&place| (radius(sample, place) / scale) as f32),
            );
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "tag",
        title: "Identity",
        symbol: "i",
        unit: "",
        doc: "Number of the charge in the order of the start, so that mixing shows.",
        values: |sample, values| {
            values.extend(sample.column::<Tag>().iter().map(|tag| tag.0 as f32));
        },
        ..Colouring::PLAIN
    },
];

/// All layers.
pub static LAYERS: &[Layer] = &[
    Layer {
        name: "cells",
        title: "Voronoi cells",
        unit: "",
        doc: "The cell of every charge: the places that are nearest to it. Sides of cells that do not have six are drawn the stronger, the greater the topological charge.",
        kind: LayerKind::Bonds(voronoi),
    },
    Layer {
        name: "droplet",
        title: "Edge of the droplet",
        unit: "",
        doc: "Inner and outer radius of the equilibrium measure; on a line Wigner's semicircle.",
        kind: LayerKind::Links(edge),
    },
    Layer {
        name: "wall",
        title: "Wall",
        unit: "",
        doc: "The hard wall of the trap hard_disc.",
        kind: LayerKind::Walls(wall),
    },
    Layer {
        name: "forces",
        title: "Forces",
        unit: "",
        doc: "An arrow from every charge along the force on it, one unit long at the mean magnitude.",
        kind: LayerKind::Arrows(forces),
    },
    Layer {
        name: "potential",
        title: "Potential",
        unit: "",
        doc: "Potential of the trap and of all charges on a grid; in the droplet the mean is flat, and what is seen are the charges themselves.",
        kind: LayerKind::Field(super::landscape::potential),
    },
    Layer {
        name: "equipotentials",
        title: "Equipotentials",
        unit: "",
        doc: "Lines of equal potential of the trap and of all charges.",
        kind: LayerKind::Bonds(super::landscape::equipotentials),
    },
    Layer {
        name: "field_lines",
        title: "Field lines",
        unit: "",
        doc: "Lines along the force on a further charge, followed through the grid of the potential from evenly spread places.",
        kind: LayerKind::Links(super::landscape::field_lines),
    },
];

fn voronoi(sample: &Sample) -> Vec<Bond> {
    cells(sample)
        .edges
        .iter()
        .take(LINKS)
        .map(|&(ends, charge)| Bond {
            ends,
            strength: match charge.abs() {
                0 => 0.35,
                1 => 0.8,
                _ => 1.0,
            },
            // In the ink of the picture: colours are for the charges, and no scale has two ends that
            // are seen on any ground.
            value: f32::NAN,
        })
        .collect()
}

/// A circle as lines.
fn circle(radius: f64) -> Vec<[[f32; 2]; 2]> {
    let at = |piece: usize| {
        let (sin, cos) = (std::f64::consts::TAU * piece as f64 / PIECES as f64).sin_cos();
        [(radius * cos) as f32, (radius * sin) as f32]
    };
    (0..PIECES)
        .map(|piece| [at(piece), at(piece + 1)])
        .collect()
}

fn edge(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let Some(theory) = sample.resource::<super::theory::Theory>() else {
        return Vec::new();
    };
    let scale = (theory.count.max(1) as f64).sqrt();
    if theory.semicircle() {
        let reach = 2f64.sqrt() * scale;
        // As high as a quarter of its width.
        let at = |piece: usize| {
            let x = reach * (2.0 * piece as f64 / PIECES as f64 - 1.0);
            [
                x as f32,
                (0.5 * (reach * reach - x * x).max(0.0).sqrt()) as f32,
            ]
        };
        return (0..PIECES)
            .map(|piece| [at(piece), at(piece + 1)])
            .collect();
    }
    let Some(droplet) = theory.droplet.as_ref().filter(|one| one.regular) else {
        return Vec::new();
    };
    let radii = droplet.support.into_iter().filter(|&radius| radius > 0.0);
    radii.flat_map(|radius| circle(scale * radius)).collect()
}

fn wall(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let wall = sample.resource::<Field>().and_then(Field::wall);
    wall.map_or_else(Vec::new, circle)
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
    sample
        .positions()
        .iter()
        .zip(forces)
        .take(LINKS)
        .map(|(&place, force)| Arrow {
            from: sample.domain.real(place).map(|part| part as f32),
            along: force.0.map(|part| scale * part),
            value: f32::NAN,
        })
        .collect()
}
