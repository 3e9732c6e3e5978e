//! Coupled phase oscillators: the Kuramoto model and its kin.
//!
//! ```text
//! θ̇ᵢ = ωᵢ + K Im(Hᵢ e^{−i(θᵢ + α)}) + √(2D) ξᵢ         m θ̈ᵢ + θ̇ᵢ = the same, with inertia
//! Hᵢ = mean of e^{iθⱼ} over those that act on i
//! ```
//!
//! All to all, Hᵢ = re^{iψ} and the coupling is Kr sin(ψ − θᵢ − α), in O(N).
//!
//! Reading order: [`law`] (what is known of the mean field), [`parameters`], [`start`] (with
//! [`links`] and [`wiring`]), [`couple`] (the field), [`step`] (the systems), [`bound`] (on dt),
//! [`observables`] (with [`survey`]), [`pictures`].

pub mod bound;
pub mod couple;
pub mod law;
pub mod links;
pub mod observables;
pub mod parameters;
pub mod pictures;
pub mod start;
pub mod step;
pub mod survey;
#[cfg(test)]
mod tests;
mod wiring;

use crate::column;
use crate::model::column::{ColumnDeclaration, Heading, NaturalFrequency, Phase, Position, Tag};
use crate::model::hands::{Hands, Skill};
use crate::model::parameter::Parameters;
use crate::model::{Model, Source};
use parameters::Kuramoto;

column! {
    /// What coupling and noise have turned the phase beyond its natural rotation, in 2²⁴ quanta a turn, wrapping after 256 turns.
    Pull(u32), "pull", "Δθ", "rad", &[""],
    |value, _part, _domain| f64::from(*value) * observables::rates::PULL
}

column! {
    /// Angular velocity of an oscillator with inertia.
    AngularVelocity(f32), "angular_velocity", "ν", "", &[""],
    |value, _part, _domain| f64::from(*value)
}

/// Why hands cannot change who takes part.
const FIXED: &str = "the natural frequencies are a distribution over all oscillators of the start";

/// The chapter, as the pipeline knows it.
pub static MODEL: Model = Model {
    name: "kuramoto",
    title: "Coupled oscillators",
    summary: "Phase oscillators (Kuramoto) all to all, within a range, on rings, lattices and networks, with noise, lag and inertia, still or moving.",
    equations: &[
        "θ̇ᵢ = ωᵢ + K Im(Hᵢ e^{−i(θᵢ + α)}) + √(2D) ξᵢ",
        "second_order: m θ̈ᵢ + θ̇ᵢ = ωᵢ + K Im(Hᵢ e^{−i(θᵢ + α)}) + √(2D) ξᵢ",
        "all_to_all: Hᵢ = re^{iψ} = ⟨e^{iθ}⟩, so that the coupling is Kr sin(ψ − θᵢ − α)",
        "range, lattice, network: Hᵢ = mean of e^{iθⱼ} over the neighbours",
        "ring: Hᵢ = Σⱼ G(xᵢ − xⱼ) e^{iθⱼ}, xᵢ = i/N, Σ G = 1",
        "motion: ṙᵢ = √(2D_x) ξᵢ + v eᵢ, with the heading eᵢ diffusing at the rate D_r",
    ],
    method: "A half rotation by ωdt/2, which is exact for any frequency, Heun's step of the coupling with the same noise in both stages, and another half rotation. With inertia: half a drift, the exact relaxation of the velocity at a fixed force, half a drift. Phases are fixed-point numbers that wrap by themselves. The mean field takes O(N), a ring running sums, other couplings the number of links. Sums are taken in chunks of fixed size and order, so that a run does not depend on the number of threads.",
    sources: SOURCES,
    parameters: Kuramoto::declarations,
    columns: &[
        ColumnDeclaration::of::<Position>(),
        ColumnDeclaration::of::<Phase>(),
        ColumnDeclaration::of::<NaturalFrequency>(),
        ColumnDeclaration::of::<Pull>(),
        ColumnDeclaration::of::<Tag>(),
        ColumnDeclaration::of::<Heading>(),
        ColumnDeclaration::of::<AngularVelocity>(),
    ],
    observables: observables::OBSERVABLES,
    colourings: pictures::COLOURINGS,
    layers: pictures::LAYERS,
    initial_conditions: start::INITIAL_CONDITIONS,
    default_scene: include_str!("default.ron"),
    bench_scene: include_str!("bench.ron"),
    adopt: step::adopt,
    install: step::install,
    spawn: start::spawn,
    step_bound: bound::step_bound,
    particle_area: |values| {
        std::f64::consts::FRAC_PI_4 * Kuramoto::from_values(values).drawn_diameter.powi(2)
    },
    diameter: |values| Kuramoto::from_values(values).drawn_diameter,
    hands: Hands {
        add: Skill::Never(FIXED),
        remove: Skill::Never(FIXED),
        ..Hands::COLUMNS
    },
    ..Model::BARE
};

/// What the chapter builds on.
const SOURCES: &[Source] = &[
    Source {
        citation: "Y. Kuramoto, Self-entrainment of a population of coupled non-linear oscillators, Lect. Notes Phys. 39, 420 (1975)",
        link: "https://doi.org/10.1007/BFb0013365",
    },
    Source {
        citation: "S. H. Strogatz, From Kuramoto to Crawford: exploring the onset of synchronization in populations of coupled oscillators, Physica D 143, 1 (2000)",
        link: "https://doi.org/10.1016/S0167-2789(00)00094-4",
    },
    Source {
        citation: "J. A. Acebrón, L. L. Bonilla, C. J. Pérez Vicente, F. Ritort and R. Spigler, The Kuramoto model: a simple paradigm for synchronization phenomena, Rev. Mod. Phys. 77, 137 (2005)",
        link: "https://doi.org/10.1103/RevModPhys.77.137",
    },
    Source {
        citation: "H. Sakaguchi and Y. Kuramoto, A soluble active rotater model showing phase transitions via mutual entertainment, Prog. Theor. Phys. 76, 576 (1986)",
        link: "https://doi.org/10.1143/PTP.76.576",
    },
    Source {
        citation: "H. Sakaguchi, Cooperative phenomena in coupled oscillator systems under external fields, Prog. Theor. Phys. 79, 39 (1988)",
        link: "https://doi.org/10.1143/PTP.79.39",
    },
    Source {
        citation: "E. Ott and T. M. Antonsen, Low dimensional behavior of large systems of globally coupled oscillators, Chaos 18, 037113 (2008)",
        link: "https://doi.org/10.1063/1.2930766",
    },
    Source {
        citation: "D. Pazó, Thermodynamic limit of the first-order phase transition in the Kuramoto model, Phys. Rev. E 72, 046211 (2005)",
        link: "https://doi.org/10.1103/PhysRevE.72.046211",
    },
    Source {
        citation: "E. A. Martens, E. Barreto, S. H. Strogatz, E. Ott, P. So and T. M. Antonsen, Exact results for the Kuramoto model with a bimodal frequency distribution, Phys. Rev. E 79, 026204 (2009)",
        link: "https://doi.org/10.1103/PhysRevE.79.026204",
    },
    Source {
        citation: "H.-A. Tanaka, A. J. Lichtenberg and S. Oishi, First order phase transition resulting from finite inertia in coupled oscillator systems, Phys. Rev. Lett. 78, 2104 (1997)",
        link: "https://doi.org/10.1103/PhysRevLett.78.2104",
    },
    Source {
        citation: "Y. Kuramoto and D. Battogtokh, Coexistence of coherence and incoherence in nonlocally coupled phase oscillators, Nonlinear Phenom. Complex Syst. 5, 380 (2002)",
        link: "https://arxiv.org/abs/cond-mat/0210694",
    },
    Source {
        citation: "D. M. Abrams and S. H. Strogatz, Chimera states for coupled oscillators, Phys. Rev. Lett. 93, 174102 (2004)",
        link: "https://doi.org/10.1103/PhysRevLett.93.174102",
    },
    Source {
        citation: "D. J. Watts and S. H. Strogatz, Collective dynamics of 'small-world' networks, Nature 393, 440 (1998)",
        link: "https://doi.org/10.1038/30918",
    },
];
