//! Epidemics on random spatial networks: nodes that stay where they are, edges between them, and
//! events in continuous time.
//!
//! ```text
//! P(edge i–j) = κᵢκⱼ f(|rᵢ − rⱼ|)/(ρ⟨κ⟩),  ∫f d²r = 1
//! sir    S –β per infectious neighbour→ I –γ→ R
//! sis    S –β→ I –γ→ S        seir   S –β→ E –ν→ I –γ→ R        sirs   S –β→ I –γ→ R –ω→ S
//! theory ∂Θ/∂t = −βΘ + γ(1 − Θ) + β∫f(x − y)Ψ′(Θ(y))/⟨κ⟩ dy,  S = Ψ(Θ) = ⟨exp(−κ(1 − Θ))⟩
//! ```
//!
//! Lengths are in units of which a node usually has one to itself (ρ = 1), times in units of the
//! mean infectious period when γ = 1.
//!
//! Reading order: [`parameters`], [`network`] (places and edges; [`import`] from a file),
//! [`dynamics`] (the events), [`start`], [`step`] (the systems), [`trace`] and [`keep`] (what is
//! remembered), [`theory`] (the equations beside the run), [`observables`], [`pictures`].

pub mod dynamics;
mod hands;
pub mod import;
pub mod keep;
pub mod network;
pub mod observables;
pub mod parameters;
pub mod pictures;
pub mod start;
pub mod step;
#[cfg(test)]
mod tests;
pub mod theory;
pub mod trace;

use crate::column;
use crate::model::column::{ColumnDeclaration, Position, Tag};
use crate::model::parameter::Parameters;
use crate::model::{InputFile, Model, Source};
use parameters::Epidemic;

column! {
    /// State of health: 0 susceptible, 1 exposed, 2 infectious, 3 removed, 4 vaccinated, 5 isolated.
    Health(u8), "health", "h", "", &[""],
    |value, _part, _domain| f64::from(*value)
}

column! {
    /// Number of neighbours of the node in the network.
    Degree(u32), "degree", "k", "", &[""],
    |value, _part, _domain| f64::from(*value)
}

column! {
    /// Time of the first infection; −1 for a node that was never infected.
    InfectionTime(f64), "infection_time", "t_i", "", &[""],
    |value, _part, _domain| *value
}

column! {
    /// Tag of the node that infected this one first; −1 for seeds and nodes that were never infected.
    Infector(u32), "infector", "j", "", &[""],
    |value, _part, _domain| if *value == dynamics::NOBODY { -1.0 } else { f64::from(*value) }
}

/// The chapter, as the pipeline knows it.
pub static MODEL: Model = Model {
    name: "epidemic",
    title: "Epidemics on networks",
    summary: "SIR, SIS, SEIR and SIRS as exact events on random spatial networks, beside the waves that theory predicts.",
    equations: &[
        "P(edge i–j) = κᵢκⱼ f(|rᵢ − rⱼ|)/(ρ⟨κ⟩), ∫f d²r = 1",
        "S → I at the rate β for each infectious neighbour, I → R at the rate γ",
        "sis: I → S; seir: S → E → I, the latter at the rate ν; sirs: R → S at the rate ω",
        "theory: ∂Θ/∂t = −βΘ + γ(1 − Θ) + β∫f(x − y)Ψ′(Θ(y))/⟨κ⟩ dy, S = Ψ(Θ) = ⟨exp(−κ(1 − Θ))⟩",
    ],
    method: "Edges are sampled exactly. The disease is a continuous-time Markov chain, simulated event by event with a calendar queue: every node has one pending event, clocks are exponential and are drawn anew whenever their rates change, which is exact. Noise is keyed by node and draw, so that neither the step nor the number of threads changes an event. The edge-based integro-differential equations run beside it on a grid, by FFT convolution and the Runge–Kutta method of fourth order.",
    sources: SOURCES,
    parameters: Epidemic::declarations,
    columns: &[
        ColumnDeclaration::of::<Position>(),
        ColumnDeclaration::of::<Health>(),
        ColumnDeclaration::of::<Degree>(),
        ColumnDeclaration::of::<InfectionTime>(),
        ColumnDeclaration::of::<Infector>(),
        ColumnDeclaration::of::<Tag>(),
    ],
    observables: observables::OBSERVABLES,
    colourings: pictures::COLOURINGS,
    layers: pictures::LAYERS,
    initial_conditions: start::INITIAL_CONDITIONS,
    inputs: &[InputFile {
        name: import::INPUT,
        doc: "The network, when `network` is `file`: lines `node,ID,X,Y`, then lines `edge,ID,ID`; or lines `ID,ID,X,Y,X,Y` for edges with the places of their ends; or GraphML with data named x and y. A # begins a comment.",
        most_bytes: 256 << 20,
    }],
    default_scene: include_str!("default.ron"),
    bench_scene: include_str!("bench.ron"),
    adopt: step::adopt,
    install: step::install,
    spawn: start::spawn,
    diameter: |values| Epidemic::from_values(values).node_size,
    keep: Some(keep::KEEP),
    hands: hands::HANDS,
    ..Model::BARE
};

/// What the chapter builds on.
const SOURCES: &[Source] = &[
    Source {
        citation: "J. C. Lang, H. De Sterck, J. L. Kaiser and J. C. Miller, Analytic models for SIR disease spread on random spatial networks, J. Complex Networks 6, 948 (2018)",
        link: "https://doi.org/10.1093/comnet/cny004",
    },
    Source {
        citation: "J. C. Lang, H. De Sterck, J. L. Kaiser and J. C. Miller, Random spatial networks: small worlds without clustering, traveling waves, and hop-and-spread disease dynamics, arXiv:1702.01252 (2017)",
        link: "https://arxiv.org/abs/1702.01252",
    },
    Source {
        citation: "J. C. Miller, A. C. Slim and E. M. Volz, Edge-based compartmental modelling for infectious disease spread, J. R. Soc. Interface 9, 890 (2012)",
        link: "https://doi.org/10.1098/rsif.2011.0403",
    },
    Source {
        citation: "M. A. Gibson and J. Bruck, Efficient exact stochastic simulation of chemical systems with many species and many channels, J. Phys. Chem. A 104, 1876 (2000)",
        link: "https://doi.org/10.1021/jp993732q",
    },
    Source {
        citation: "R. Brown, Calendar queues: a fast O(1) priority queue implementation for the simulation event set problem, Commun. ACM 31, 1220 (1988)",
        link: "https://doi.org/10.1145/63039.63045",
    },
    Source {
        citation: "U. Ebert and W. van Saarloos, Front propagation into unstable states: universal algebraic convergence towards uniformly translating pulled fronts, Physica D 146, 1 (2000)",
        link: "https://doi.org/10.1016/S0167-2789(00)00068-3",
    },
    Source {
        citation: "E. Brunet and B. Derrida, Shift in the velocity of a front due to a cutoff, Phys. Rev. E 56, 2597 (1997)",
        link: "https://doi.org/10.1103/PhysRevE.56.2597",
    },
    Source {
        citation: "D. Mollison, Spatial contact models for ecological and epidemic spread, J. R. Stat. Soc. B 39, 283 (1977)",
        link: "https://doi.org/10.1111/j.2517-6161.1977.tb01627.x",
    },
    Source {
        citation: "R. Pastor-Satorras and A. Vespignani, Epidemic spreading in scale-free networks, Phys. Rev. Lett. 86, 3200 (2001)",
        link: "https://doi.org/10.1103/PhysRevLett.86.3200",
    },
    Source {
        citation: "D. J. Watts and S. H. Strogatz, Collective dynamics of small-world networks, Nature 393, 440 (1998)",
        link: "https://doi.org/10.1038/30918",
    },
    Source {
        citation: "F. Chung and L. Lu, Connected components in random graphs with given expected degree sequences, Ann. Comb. 6, 125 (2002)",
        link: "https://doi.org/10.1007/PL00012580",
    },
];
