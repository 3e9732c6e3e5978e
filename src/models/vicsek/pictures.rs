//! What the picture can show of a flock: colours of the particles, and layers of data.

use super::observables::structure::around;
use super::observables::{headings, order_and_direction};
use super::obstacles::Obstacles;
use super::parameters::{Neighbourhood, RANGE, Vicsek};
use super::survey;
use crate::math::clusters::Clusters;
use crate::math::density_field::DensityField;
use crate::math::grid::CellGrid;
use crate::math::nearest::Nearest;
use crate::model::column::Tag;
use crate::model::observable::{Colouring, Grid, Inset, Layer, LayerKind, Sample};

/// Standard deviation of the Gaussian that smooths the density field, in ranges.
const SMOOTHING: f64 = 1.0;
/// The most links that one picture draws.
const LINKS: usize = 60_000;
/// Particles on the circle of headings.
const ANGLES: usize = 256;
/// Sides of the polygon that stands for the rim of an obstacle.
const SIDES: usize = 48;

/// All colourings; the first is the default.
pub static COLOURINGS: &[Colouring] = &[
    Colouring {
        name: "heading",
        title: "Heading",
        symbol: "θ",
        unit: "rad",
        doc: "Direction of motion.",
        cyclic: true,
        values: |sample, values| values.extend(headings(sample).iter().map(|&[x, y]| y.atan2(x))),
        ..Colouring::PLAIN
    },
    Colouring {
        name: "relative_heading",
        title: "Heading against the flock",
        symbol: "cos(θ − ψ)",
        unit: "",
        doc: "Component of the heading along the mean direction: 1 with the flock, −1 against it.",
        range: Some([-1.0, 1.0]),
        values: |sample, values| {
            let (sine, cosine) = (order_and_direction(sample).1 as f32).sin_cos();
            values.extend(headings(sample).iter().map(|&[x, y]| x * cosine + y * sine));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "local_density",
        title: "Local density",
        symbol: "n",
        unit: "",
        doc: "Number of particles closer than the range, the particle itself included.",
        values: |sample, values| {
            let units = vec![[1.0, 0.0]; sample.positions().len()];
            values.extend(around(sample, &units, false).iter().map(|sum| sum[0]));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "local_order",
        title: "Local order",
        symbol: "|⟨e⟩|",
        unit: "",
        doc: "Length of the mean heading of all particles closer than the range, itself included: 1 where they agree.",
        range: Some([0.0, 1.0]),
        values: |sample, values| {
            let means = around(sample, headings(sample), true);
            values.extend(means.iter().map(|&[x, y]| x.hypot(y)));
        },
        ..Colouring::PLAIN
    },
    Colouring {
        name: "cluster",
        title: "Size of the cluster",
        symbol: "log₁₀ n",
        unit: "",
        doc: "Decimal logarithm of the number of particles in the cluster that a particle belongs to.",
        values: |sample, values| {
            let mut clusters = Clusters::default();
            clusters.find(&sample.domain, sample.positions(), survey::LINK as f32);
            let size = |&label: &u32| (clusters.sizes()[label as usize] as f32).log10();
            values.extend(clusters.labels().iter().map(size));
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
        unit: "1/r²",
        doc: "Number density, smoothed over one range.",
        kind: LayerKind::Field(|sample| {
            let mut field = DensityField::default();
            field.measure(&sample.domain, sample.positions(), 0.5 * RANGE, SMOOTHING);
            Grid {
                columns: field.nodes[0],
                rows: field.nodes[1],
                values: field.values,
            }
        }),
    },
    Layer {
        name: "links",
        title: "Neighbours",
        unit: "",
        doc: "A line between every two particles of which one looks at the other; the cone of vision is not shown.",
        kind: LayerKind::Links(links),
    },
    Layer {
        name: "mean_direction",
        title: "Mean direction",
        unit: "",
        doc: "An arrow from the middle of the box along the mean heading, as long as a third of the shorter side at perfect order.",
        kind: LayerKind::Links(arrow),
    },
    Layer {
        name: "obstacles",
        title: "Obstacles",
        unit: "",
        doc: "The rims of the discs that stand in the way.",
        kind: LayerKind::Links(rims),
    },
    Layer {
        name: "headings",
        title: "Headings",
        unit: "",
        doc: "Headings of some particles on the unit circle, and the mean heading of all as an arrow.",
        kind: LayerKind::Inset(circle),
    },
];

/// Real coordinates of a fixed-point position.
fn real(sample: &Sample, position: [u32; 2]) -> [f32; 2] {
    sample.domain.real(position).map(|part| part as f32)
}

fn links(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let mut links = Vec::new();
    let places = sample.positions();
    let mut link = |from: usize, to: [f32; 2]| {
        if links.len() < LINKS {
            let place = real(sample, places[from]);
            links.push([place, [place[0] + to[0], place[1] + to[1]]]);
        }
    };
    let vicsek = sample.resource::<Vicsek>();
    match vicsek.map(|vicsek| (vicsek.neighbours, vicsek.nearest)) {
        Some((Neighbourhood::Nearest, wanted)) => {
            let mut nearest = Nearest::default();
            nearest.each(&sample.domain, places, wanted.max(0) as usize, &mut link);
        }
        Some((Neighbourhood::Metric, _)) => {
            let grid = CellGrid::build(&sample.domain, places, RANGE);
            for slot in 0..places.len() {
                grid.for_neighbours(slot, RANGE as f32, |other, to, _| {
                    // Each pair once.
                    if other as usize > slot {
                        link(slot, to);
                    }
                });
            }
        }
        None => {}
    }
    links
}

fn arrow(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let (order, angle) = order_and_direction(sample);
    let length = order * sample.domain.size[0].min(sample.domain.size[1]) / 3.0;
    let point =
        |length: f64, angle: f64| [(length * angle.cos()) as f32, (length * angle.sin()) as f32];
    let tip = point(length, angle);
    let barb = |turn: f64| {
        let [x, y] = point(0.15 * length, angle + turn);
        [tip, [tip[0] - x, tip[1] - y]]
    };
    vec![[[0.0; 2], tip], barb(0.5), barb(-0.5)]
}

fn rims(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let Some(obstacles) = sample.resource::<Obstacles>() else {
        return Vec::new();
    };
    let corner = |[x, y]: [f32; 2], side: usize| {
        let angle = std::f32::consts::TAU * side as f32 / SIDES as f32;
        let radius = obstacles.radius();
        [x + radius * angle.cos(), y + radius * angle.sin()]
    };
    obstacles
        .centres()
        .iter()
        .map(|&centre| real(sample, centre))
        .flat_map(|centre| {
            (0..SIDES).map(move |side| [corner(centre, side), corner(centre, side + 1)])
        })
        .collect()
}

fn circle(sample: &Sample) -> Inset {
    let all = headings(sample);
    let (order, angle) = order_and_direction(sample);
    Inset {
        angles: all
            .iter()
            .step_by(all.len().div_ceil(ANGLES).max(1))
            .map(|&[x, y]| y.atan2(x))
            .collect(),
        arrow: [(order * angle.cos()) as f32, (order * angle.sin()) as f32],
    }
}
