//! What is measured of an epidemic and its network.
//!
//! [`course`] (shares over time and their theory), [`spread`] (fronts, foci, hops), [`network`]
//! (what does not change during a run), [`survey`] (what several of them share).

pub mod course;
pub mod network;
pub mod spread;
pub mod survey;

use super::Health;
use super::parameters::Epidemic;
use crate::model::observable::{Accumulator, Axis, Curve, Estimator, Observable, Sample};

/// All states of health.
pub fn states<'w>(sample: &Sample<'w>) -> &'w [u8] {
    bytemuck::cast_slice(sample.column::<Health>())
}

fn parameters<'w>(sample: &Sample<'w>) -> Option<&'w Epidemic> {
    sample.resource::<Epidemic>()
}

type Estimate = fn(&Sample) -> f64;
type Theory = fn(&Sample) -> Option<f64>;

const fn scalar(estimate: Estimate, theory: Option<Theory>) -> Estimator {
    Estimator::Scalar { estimate, theory }
}

const fn axis(symbol: &'static str, logarithmic: bool) -> Axis {
    Axis {
        symbol,
        unit: "",
        logarithmic,
    }
}

type CurveTheory = fn(&Sample, f64) -> Option<f64>;

/// A curve over the time of the run.
const fn over_time(start: fn() -> Box<dyn Accumulator>, theory: CurveTheory) -> Estimator {
    Estimator::Correlation {
        x: axis("t", false),
        logarithmic: false,
        start,
        theory: Some(theory),
    }
}

const fn distribution(
    x: Axis,
    logarithmic: bool,
    estimate: fn(&Sample) -> Curve,
    theory: Option<CurveTheory>,
) -> Estimator {
    Estimator::Distribution {
        x,
        logarithmic,
        estimate,
        theory,
    }
}

/// What the edge-based equations take for granted.
const EDGE_BASED: &str = "Edge-based integro-differential equations (Lang, De Sterck, Kaiser and Miller 2018), exact for many nodes within reach of each other: random spatial networks with lasting immunity and without ring vaccination. Other networks are taken as their well-mixed configuration model.";

/// The same, with the level that diseases without lasting immunity reach.
const EDGE_BASED_OR_ENDEMIC: &str = "Edge-based integro-differential equations (Lang, De Sterck, Kaiser and Miller 2018), exact for many nodes within reach of each other: random spatial networks with lasting immunity and without ring vaccination. Other networks are taken as their well-mixed configuration model. For sis and sirs the endemic level of the annealed network, which a quenched network with few neighbours stays below (Pastor-Satorras and Vespignani 2001).";

/// All observables.
pub static OBSERVABLES: &[Observable] = &[
    Observable {
        name: "susceptible",
        title: "Susceptible",
        symbol: "S",
        unit: "",
        doc: "Share of the nodes that can be infected.",
        validity: EDGE_BASED,
        estimator: scalar(course::susceptible, Some(course::susceptible_theory)),
    },
    Observable {
        name: "exposed",
        title: "Exposed",
        symbol: "E",
        unit: "",
        doc: "Share of the nodes that are infected but not yet infectious.",
        validity: EDGE_BASED,
        estimator: scalar(course::exposed, Some(course::exposed_theory)),
    },
    Observable {
        name: "infectious",
        title: "Infectious",
        symbol: "I",
        unit: "",
        doc: "Share of the nodes that are infectious and not isolated: the prevalence.",
        validity: EDGE_BASED_OR_ENDEMIC,
        estimator: scalar(course::infectious, Some(course::infectious_theory)),
    },
    Observable {
        name: "removed",
        title: "Removed",
        symbol: "R",
        unit: "",
        doc: "Share of the nodes that have recovered with immunity, or are isolated.",
        validity: EDGE_BASED,
        estimator: scalar(course::removed, Some(course::removed_theory)),
    },
    Observable {
        name: "isolated",
        title: "Isolated",
        symbol: "Q",
        unit: "",
        doc: "Share of the nodes that were found and are isolated.",
        validity: "",
        estimator: scalar(course::isolated, None),
    },
    Observable {
        name: "vaccinated",
        title: "Vaccinated",
        symbol: "V",
        unit: "",
        doc: "Share of the nodes that were immune from the start or were vaccinated around a found node.",
        validity: "",
        estimator: scalar(course::vaccinated, None),
    },
    Observable {
        name: "incidence",
        title: "Incidence",
        symbol: "−Ṡ",
        unit: "",
        doc: "Expected new infections per node and unit of time: the transmission rate times the number of edges between infectious and susceptible nodes, over the number of nodes.",
        validity: EDGE_BASED,
        estimator: scalar(course::incidence, Some(course::incidence_theory)),
    },
    Observable {
        name: "effective_reproduction",
        title: "Effective reproduction number",
        symbol: "R_eff",
        unit: "",
        doc: "New infections over departures from the infectious state, as rates of the present state: above 1 the outbreak grows. Not a number without infectious nodes.",
        validity: EDGE_BASED,
        estimator: scalar(course::reproduction, Some(course::reproduction_theory)),
    },
    Observable {
        name: "basic_reproduction",
        title: "Basic reproduction number",
        symbol: "R₀",
        unit: "",
        doc: "T⟨k² − k⟩/⟨k⟩ with the transmissibility T = β/(β + γ) and the degrees of the network: a large outbreak is possible above 1, clustering aside.",
        validity: "",
        estimator: scalar(course::basic_reproduction, None),
    },
    Observable {
        name: "growth_rate",
        title: "Early growth rate",
        symbol: "r",
        unit: "",
        doc: "Growth rate of a small outbreak that is everywhere, from the degrees of the network: βK − β − γ with K = ⟨k² − k⟩/⟨k⟩, or with an exposed state the larger root of (r + β + γ)(r + ν) = βKν.",
        validity: "",
        estimator: scalar(course::growth_rate, None),
    },
    Observable {
        name: "attack_rate",
        title: "Attack rate",
        symbol: "A",
        unit: "",
        doc: "Share of the nodes that have been infected so far, seeds included.",
        validity: "Final size of a large outbreak from the fixed point Θ = 1 − T + TΨ′(Θ)/⟨κ⟩ (Miller, Slim and Volz 2012): with lasting immunity, without ring vaccination, and as long as the rates do not change.",
        estimator: scalar(course::attack_rate, Some(course::attack_rate_theory)),
    },
    Observable {
        name: "front_position",
        title: "Position of the front",
        symbol: "x_f",
        unit: "",
        doc: "Greatest distance from the middle of the start region at which a fifth of the nodes of a bin, two mean spacings wide, have been infected. Not a number when the infection started everywhere.",
        validity: "",
        estimator: scalar(spread::front_position, None),
    },
    Observable {
        name: "front_speed",
        title: "Speed of the front",
        symbol: "c",
        unit: "",
        doc: "Slope of distance against time of arrival, over the later two thirds of the way so far. A front of discrete nodes runs behind the theory for many neighbours: by about a quarter with a hundred nodes within reach, which is no fault of the run.",
        validity: "Pulled front c* − 3/(2λ*t), c* = min over λ of growth(M(λ))/λ, for planar fronts and many nodes within reach: Gaussian, exponential and finite-range kernels. Power laws, and mixtures with long links, accelerate and have no finite speed.",
        estimator: scalar(spread::front_speed, Some(spread::front_speed_theory)),
    },
    Observable {
        name: "front_speed_error",
        title: "Error of the speed",
        symbol: "δc",
        unit: "",
        doc: "Standard error of the speed of the front from the scatter of the times of arrival, neighbouring bins counting as a third each.",
        validity: "",
        estimator: scalar(spread::front_speed_error, None),
    },
    Observable {
        name: "foci",
        title: "Foci",
        symbol: "n_foci",
        unit: "",
        doc: "Number of connected infected regions of at least ten nodes: nodes that have been infected belong together when they are closer than 1.5 mean spacings.",
        validity: "",
        estimator: scalar(spread::foci_count, None),
    },
    Observable {
        name: "largest_focus",
        title: "Largest focus",
        symbol: "f_max",
        unit: "",
        doc: "Share of all infected nodes that the largest connected infected region holds.",
        validity: "",
        estimator: scalar(spread::largest_focus, None),
    },
    Observable {
        name: "focus_size",
        title: "Mean size of a focus",
        symbol: "⟨n_f⟩",
        unit: "",
        doc: "Mean number of nodes of the connected infected regions of at least ten nodes. Not a number before there is one.",
        validity: "",
        estimator: scalar(spread::focus_size, None),
    },
    Observable {
        name: "infectious_curve",
        title: "Infectious over time",
        symbol: "I(t)",
        unit: "",
        doc: "Share of infectious nodes over the whole run, with the theory that ran beside it.",
        validity: EDGE_BASED_OR_ENDEMIC,
        estimator: over_time(course::start_infectious, course::infectious_course),
    },
    Observable {
        name: "susceptible_curve",
        title: "Susceptible over time",
        symbol: "S(t)",
        unit: "",
        doc: "Share of susceptible nodes over the whole run, with the theory that ran beside it.",
        validity: EDGE_BASED,
        estimator: over_time(course::start_susceptible, course::susceptible_course),
    },
    Observable {
        name: "removed_curve",
        title: "Removed over time",
        symbol: "R(t)",
        unit: "",
        doc: "Share of removed and isolated nodes over the whole run, with the theory that ran beside it.",
        validity: EDGE_BASED,
        estimator: over_time(course::start_removed, course::removed_course),
    },
    Observable {
        name: "arrival_times",
        title: "Time of arrival",
        symbol: "t(x)",
        unit: "",
        doc: "Time at which a fifth of the nodes at a distance from the middle of the start region had been infected; the mean of the two fronts of a band.",
        validity: "A line of the slope 1/c* through the middle of the measured way, where a front of finite speed exists.",
        estimator: Estimator::Correlation {
            x: axis("x", false),
            logarithmic: false,
            start: spread::start_arrivals,
            theory: Some(spread::arrival_theory),
        },
    },
    Observable {
        name: "hop_lengths",
        title: "Lengths of the transmissions",
        symbol: "p(r)",
        unit: "",
        doc: "Density of the distances that all transmissions so far have bridged, with the error of their number.",
        validity: "Density of the lengths of all edges, from the kernel. Transmissions fall below it at lengths at which the front already has nothing left to infect.",
        estimator: Estimator::Correlation {
            x: axis("r", true),
            logarithmic: true,
            start: spread::start_hops,
            theory: Some(spread::hop_theory),
        },
    },
    Observable {
        name: "mean_degree",
        title: "Mean degree",
        symbol: "⟨k⟩",
        unit: "",
        doc: "Mean number of neighbours of a node of the network.",
        validity: "The mean expected degree; in an open box less what the rim takes.",
        estimator: scalar(network::mean_degree, Some(network::mean_degree_theory)),
    },
    Observable {
        name: "excess_degree",
        title: "Excess degree",
        symbol: "⟨k² − k⟩/⟨k⟩",
        unit: "",
        doc: "Mean number of further neighbours of a neighbour.",
        validity: "⟨κ²⟩/⟨κ⟩ of the expected degrees.",
        estimator: scalar(network::excess_degree, Some(network::excess_degree_theory)),
    },
    Observable {
        name: "missing_edges",
        title: "Missing edges",
        symbol: "m",
        unit: "",
        doc: "Share of the edges that the network lacks because their probabilities would be above 1: such pairs are joined for certain, and no more.",
        validity: "",
        estimator: scalar(network::missing_edges, None),
    },
    Observable {
        name: "clustering",
        title: "Clustering",
        symbol: "C",
        unit: "",
        doc: "Transitivity of the network: three times the triangles over the connected triples.",
        validity: "",
        estimator: scalar(network::clustering, None),
    },
    Observable {
        name: "mean_path",
        title: "Mean shortest path",
        symbol: "ℓ",
        unit: "",
        doc: "Mean number of edges on the shortest path between two connected nodes, from the paths to all nodes from some picked at random.",
        validity: "",
        estimator: scalar(network::mean_path, None),
    },
    Observable {
        name: "giant_component",
        title: "Giant component",
        symbol: "G",
        unit: "",
        doc: "Share of the nodes in the largest connected part of the network.",
        validity: "",
        estimator: scalar(network::giant_component, None),
    },
    Observable {
        name: "degree_distribution",
        title: "Degree distribution",
        symbol: "P(k)",
        unit: "",
        doc: "Share of the nodes that have k neighbours.",
        validity: "Poisson distributions mixed over the expected degrees.",
        estimator: distribution(
            axis("k", false),
            false,
            network::degree_distribution,
            Some(network::degree_theory),
        ),
    },
    Observable {
        name: "edge_lengths",
        title: "Lengths of the edges",
        symbol: "p(r)",
        unit: "",
        doc: "Density of the lengths of the edges, with the error of their number.",
        validity: "The kernel times the room at that distance in the box.",
        estimator: distribution(
            axis("r", true),
            true,
            network::edge_lengths,
            Some(network::length_theory),
        ),
    },
];
