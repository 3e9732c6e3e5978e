//! What is measured in flocks. Every entry names its estimator, and the theory where one is exact.

pub mod history;
pub mod structure;

use crate::math::order::polarisation;
use crate::math::statistics::Histogram;
use crate::model::column::Heading;
use crate::model::observable::{Axis, Curve, Estimator, Observable, Sample};

use super::law;
use super::parameters::Vicsek;

/// Bins of the histogram of the order parameter.
const BINS: usize = 100;

/// Headings of the sample as plain numbers.
pub fn headings<'w>(sample: &Sample<'w>) -> &'w [[f32; 2]] {
    bytemuck::cast_slice(sample.column::<Heading>())
}

/// Polarisation and direction of the mean heading.
pub fn order_and_direction(sample: &Sample) -> (f64, f64) {
    polarisation(headings(sample))
}

fn order(sample: &Sample) -> f64 {
    order_and_direction(sample).0
}

/// Number of particles, where every heading is independent of everything else.
fn random(sample: &Sample) -> Option<f64> {
    let free = sample.resource::<Vicsek>()?.is_random();
    free.then(|| headings(sample).len() as f64)
}

fn order_theory(sample: &Sample) -> Option<f64> {
    random(sample).map(law::random_polarisation)
}

/// The histogram of one value: averages of it over samples are the histogram of all of them.
fn order_histogram(sample: &Sample) -> Curve {
    let mut histogram = Histogram::new(0.0, 1.0, BINS);
    // A perfect order belongs to the last bin.
    histogram.push(order(sample).min(1.0 - 1e-9));
    let density = histogram.density();
    Curve {
        x: density.iter().map(|point| point.0).collect(),
        y: density.iter().map(|point| point.1).collect(),
        error: Vec::new(),
    }
}

fn histogram_theory(sample: &Sample, order: f64) -> Option<f64> {
    random(sample).map(|count| law::random_density(order, count))
}

const fn axis(symbol: &'static str, unit: &'static str, logarithmic: bool) -> Axis {
    Axis {
        symbol,
        unit,
        logarithmic,
    }
}

/// What holds at full noise.
const FULL_NOISE: &str = "Exact at full angular noise (η = 2π) up to a relative error of order 1/N: all headings are independent.";

/// All observables, in the order of tables and panels.
pub static OBSERVABLES: &[Observable] = &[
    Observable {
        name: "polarisation",
        title: "Polarisation",
        symbol: "φ",
        unit: "",
        doc: "Length of the mean heading, |N⁻¹ Σ e^(iθ)|: 1 when all move alike, and of the order of 1/√N without order.",
        validity: "√(π/4N) at full angular noise (η = 2π), where all headings are independent.",
        estimator: Estimator::Scalar {
            estimate: order,
            theory: Some(order_theory),
        },
    },
    Observable {
        name: "direction",
        title: "Mean direction",
        symbol: "ψ",
        unit: "rad",
        doc: "Direction of the mean heading, from −π to π. It wanders, the slower the larger the flock.",
        validity: "",
        estimator: Estimator::Scalar {
            estimate: |sample| order_and_direction(sample).1,
            theory: None,
        },
    },
    Observable {
        name: "susceptibility",
        title: "Susceptibility",
        symbol: "χ",
        unit: "",
        doc: "N(⟨φ²⟩ − ⟨φ⟩²) over the later half of the samples so far: largest at the transition.",
        validity: "1 − π/4 at full angular noise (η = 2π), for large N.",
        estimator: Estimator::Cumulative {
            start: history::start_susceptibility,
            theory: Some(history::susceptibility_theory),
        },
    },
    Observable {
        name: "binder",
        title: "Binder cumulant",
        symbol: "G",
        unit: "",
        doc: "1 − ⟨φ⁴⟩/3⟨φ²⟩² over the later half of the samples so far: 2/3 in an ordered state, 1/3 in a disordered one; a dip below both, even to negative values, tells of a discontinuous transition.",
        validity: "1/3 + 1/3N exactly at full angular noise (η = 2π), where headings are independent.",
        estimator: Estimator::Cumulative {
            start: history::start_binder,
            theory: Some(history::binder_theory),
        },
    },
    Observable {
        name: "fluctuation_exponent",
        title: "Exponent of the number fluctuations",
        symbol: "2α",
        unit: "",
        doc: "Slope of ln Var n against ln ⟨n⟩ over blocks of 3 particles and more, 4 × 4 to 128 × 128 of them, from variances over the later half of the samples so far: 1 in equilibrium, about 1.6 in an ordered flock.",
        validity: "1 at full angular noise (η = 2π), where positions are independent.",
        estimator: Estimator::Cumulative {
            start: history::start_exponent,
            theory: Some(history::exponent_theory),
        },
    },
    Observable {
        name: "crowding",
        title: "Crowding",
        symbol: "⟨n²⟩/⟨n⟩",
        unit: "",
        doc: "Mean square over mean of the number of particles in square cells as wide as the range: how many a particle finds in its own cell. The cost of a step grows with it.",
        validity: "",
        estimator: Estimator::Scalar {
            estimate: structure::crowding,
            theory: None,
        },
    },
    Observable {
        name: "mean_neighbours",
        title: "Neighbours",
        symbol: "⟨n⟩",
        unit: "",
        doc: "Mean number of others closer than the range, whatever neighbours a particle looks at.",
        validity: "(N − 1)π/A at full angular noise (η = 2π) in a periodic box, where positions are independent.",
        estimator: Estimator::Scalar {
            estimate: structure::mean_neighbours,
            theory: Some(structure::mean_neighbours_theory),
        },
    },
    Observable {
        name: "largest_cluster",
        title: "Largest cluster",
        symbol: "n_max/N",
        unit: "",
        doc: "Share of the particles in the largest cluster; two particles belong together when they are closer than half of the range.",
        validity: "",
        estimator: Estimator::Scalar {
            estimate: structure::largest_group,
            theory: None,
        },
    },
    Observable {
        name: "rotation",
        title: "Rotation",
        symbol: "M",
        unit: "",
        doc: "⟨r̂ × e⟩ about the centre of mass: 1 when everybody circles it counter-clockwise, −1 clockwise.",
        validity: "",
        estimator: Estimator::Scalar {
            estimate: structure::rotation,
            theory: None,
        },
    },
    Observable {
        name: "order_histogram",
        title: "Histogram of the polarisation",
        symbol: "p(φ)",
        unit: "",
        doc: "How often the polarisation has had which value, in bins of 0.01: one peak in a phase, two where the transition is discontinuous.",
        validity: FULL_NOISE,
        estimator: Estimator::Distribution {
            x: axis("φ", "", false),
            logarithmic: false,
            estimate: order_histogram,
            theory: Some(histogram_theory),
        },
    },
    Observable {
        name: "number_fluctuations",
        title: "Number fluctuations",
        symbol: "Var n",
        unit: "",
        doc: "Variance of the number of particles in equal blocks against its mean, for 4 × 4 to 128 × 128 blocks: the slope is 1 in equilibrium and about 1.6 in an ordered flock, whose fluctuations are giant.",
        validity: "⟨n⟩ at full angular noise (η = 2π) in a periodic box, where positions are independent.",
        estimator: Estimator::Distribution {
            x: axis("⟨n⟩", "", true),
            logarithmic: true,
            estimate: structure::number_fluctuations,
            theory: Some(structure::fluctuations_theory),
        },
    },
    Observable {
        name: "density_profile",
        title: "Density along the motion",
        symbol: "ρ(x)",
        unit: "1/r²",
        doc: "Density in slabs across the axis of the box that is next to the mean direction, from the rear to the front. Each frame is shifted so that the crest of its first Fourier mode is in the middle, which makes a weak wave of a homogeneous state as well.",
        validity: "",
        estimator: Estimator::Distribution {
            x: axis("x", "r", false),
            logarithmic: false,
            estimate: structure::density_profile,
            theory: None,
        },
    },
    Observable {
        name: "polarisation_profile",
        title: "Polarisation along the motion",
        symbol: "φ(x)",
        unit: "",
        doc: "Mean component of the headings along the mean direction, in the slabs of the density profile; 0 in an empty slab.",
        validity: "",
        estimator: Estimator::Distribution {
            x: axis("x", "r", false),
            logarithmic: false,
            estimate: structure::polarisation_profile,
            theory: None,
        },
    },
    Observable {
        name: "cluster_sizes",
        title: "Cluster sizes",
        symbol: "P(n)",
        unit: "",
        doc: "Share of the particles in clusters of n to 2n particles, by octaves; clusters as for the largest one.",
        validity: "",
        estimator: Estimator::Distribution {
            x: axis("n", "", true),
            logarithmic: true,
            estimate: structure::group_sizes,
            theory: None,
        },
    },
];
