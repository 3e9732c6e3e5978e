//! Active matter: particles that push themselves, repel each other, and lose their heading.
//!
//! ```text
//! ṙᵢ = v₀ eᵢ + Σⱼ F(rᵢⱼ) − k rᵢ + √(2D_t) ξᵢ         F = −∇U, mobility 1
//! brownian             e = (cos θ, sin θ),  θ̇ = ω + √(2D_r) η
//! ornstein_uhlenbeck   ė = −γ e + √(2γ) η
//! run_and_tumble       e = (cos θ, sin θ),  θ̇ = ω, and a new random θ at the rate α
//! passive              v₀ = 0
//! ```
//!
//! Lengths are in mean diameters σ, forces are velocities (mobility 1), hence D_t = kT. Pe is
//! 3v₀/(σD_r), which for a sphere in a thermal bath (D_r = 3D_t/σ²) is v₀σ/D_t.
//!
//! Reading order: [`law`] (the equations and what follows from them in closed form),
//! [`parameters`], [`start`] (with [`placement`]), [`step`] (the systems), [`bound`] (on dt),
//! [`observables`] (with [`survey`]), [`pictures`], [`hands`].

pub mod bound;
mod hands;
pub mod law;
pub mod observables;
pub mod parameters;
pub mod pictures;
pub mod placement;
mod relax;
pub mod start;
pub mod step;
pub mod survey;
#[cfg(test)]
mod tests;
pub mod twin;

use crate::column;
use crate::model::column::{ColumnDeclaration, Diameter, Force, Heading, Image, Position, Tag};
use crate::model::parameter::Parameters;
use crate::model::{Model, Source, Units};
use parameters::Active;

column! {
    /// Position at step 0, as fixed-point numbers, from which displacements are measured.
    InitialPosition([u32; 2]), "initial_position", "r(0)", "σ", &["x", "y"],
    |value, part, domain| domain.real(*value).get(part).copied().unwrap_or(f64::NAN)
}

/// The chapter, as the pipeline knows it.
pub static MODEL: Model = Model {
    name: "active",
    title: "Active particles",
    summary: "Self-propelled discs (ABP, AOUP, run and tumble) that repel each other, and their passive limit.",
    units: Units {
        length: "σ",
        time: "τ",
    },
    equations: &[
        "ṙᵢ = v₀ eᵢ + Σⱼ F(rᵢⱼ) − k rᵢ + √(2D_t) ξᵢ",
        "brownian: eᵢ = (cos θᵢ, sin θᵢ), θ̇ᵢ = ω + √(2D_r) ηᵢ",
        "ornstein_uhlenbeck: ėᵢ = −γ eᵢ + √(2γ) ηᵢ",
        "run_and_tumble: eᵢ = (cos θᵢ, sin θᵢ), θ̇ᵢ = ω, and a new random θᵢ at the rate α",
        "control peclet: D_r, α or γ = 3v₀/(σPe), D_t = σ²/3 of it",
    ],
    method: "Positions advance by the Euler–Maruyama scheme with the forces and headings at the beginning of the step. Headings are turned exactly for the step: rotated by ω dt + √(2D_r dt) η, renewed with the probability 1 − e^(−α dt), or mixed with noise by the exact Ornstein–Uhlenbeck step. Pair forces come from Verlet lists over particles sorted by cell. Noise is counter-based, so that a run does not depend on the number of threads.",
    sources: SOURCES,
    parameters: Active::declarations,
    columns: &[
        ColumnDeclaration::of::<Position>(),
        ColumnDeclaration::of::<Heading>(),
        ColumnDeclaration::of::<Force>(),
        ColumnDeclaration::of::<Image>(),
        ColumnDeclaration::of::<InitialPosition>(),
        ColumnDeclaration::of::<Tag>(),
        ColumnDeclaration::of::<Diameter>(),
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
    particle_area: |values| start::particle_area(&Active::from_values(values)),
    hands: hands::HANDS,
    twin: Some(twin::TWIN),
    ..Model::BARE
};

/// What the chapter builds on.
const SOURCES: &[Source] = &[
    Source {
        citation: "P. Romanczuk, M. Bär, W. Ebeling, B. Lindner and L. Schimansky-Geier, Active Brownian particles, Eur. Phys. J. Special Topics 202, 1 (2012)",
        link: "https://doi.org/10.1140/epjst/e2012-01529-y",
    },
    Source {
        citation: "C. Bechinger, R. Di Leonardo, H. Löwen, C. Reichhardt, G. Volpe and G. Volpe, Active particles in complex and crowded environments, Rev. Mod. Phys. 88, 045006 (2016)",
        link: "https://doi.org/10.1103/RevModPhys.88.045006",
    },
    Source {
        citation: "M. E. Cates and J. Tailleur, Motility-induced phase separation, Annu. Rev. Condens. Matter Phys. 6, 219 (2015)",
        link: "https://doi.org/10.1146/annurev-conmatphys-031214-014710",
    },
    Source {
        citation: "Y. Fily and M. C. Marchetti, Athermal phase separation of self-propelled particles with no alignment, Phys. Rev. Lett. 108, 235702 (2012)",
        link: "https://doi.org/10.1103/PhysRevLett.108.235702",
    },
    Source {
        citation: "G. S. Redner, M. F. Hagan and A. Baskaran, Structure and dynamics of a phase-separating active colloidal fluid, Phys. Rev. Lett. 110, 055701 (2013)",
        link: "https://doi.org/10.1103/PhysRevLett.110.055701",
    },
    Source {
        citation: "J. Stenhammar, D. Marenduzzo, R. J. Allen and M. E. Cates, Phase behaviour of active Brownian particles: the role of dimensionality, Soft Matter 10, 1489 (2014)",
        link: "https://doi.org/10.1039/C3SM52813H",
    },
    Source {
        citation: "J. T. Siebert, F. Dittrich, F. Schmid, K. Binder, T. Speck and P. Virnau, Critical behavior of active Brownian particles, Phys. Rev. E 98, 030601(R) (2018)",
        link: "https://doi.org/10.1103/PhysRevE.98.030601",
    },
    Source {
        citation: "A. P. Solon, J. Stenhammar, R. Wittkowski, M. Kardar, Y. Kafri, M. E. Cates and J. Tailleur, Pressure and phase equilibria in interacting active Brownian spheres, Phys. Rev. Lett. 114, 198301 (2015)",
        link: "https://doi.org/10.1103/PhysRevLett.114.198301",
    },
    Source {
        citation: "G. Szamel, Self-propelled particle in an external potential: existence of an effective temperature, Phys. Rev. E 90, 012111 (2014)",
        link: "https://doi.org/10.1103/PhysRevE.90.012111",
    },
    Source {
        citation: "M. E. Cates and J. Tailleur, When are active Brownian particles and run-and-tumble particles equivalent? Consequences for motility-induced phase separation, EPL 101, 20010 (2013)",
        link: "https://doi.org/10.1209/0295-5075/101/20010",
    },
    Source {
        citation: "S. van Teeffelen and H. Löwen, Dynamics of a Brownian circle swimmer, Phys. Rev. E 78, 020101(R) (2008)",
        link: "https://doi.org/10.1103/PhysRevE.78.020101",
    },
    Source {
        citation: "D. Chaudhuri and A. Dhar, Active Brownian particle in harmonic trap: exact computation of moments, and re-entrant transition, J. Stat. Mech. 013207 (2021)",
        link: "https://arxiv.org/abs/2005.14234",
    },
    Source {
        citation: "P. Pietzonka and U. Seifert, Entropy production of active particles and for particles in active baths, J. Phys. A: Math. Theor. 51, 01LT01 (2018)",
        link: "https://doi.org/10.1088/1751-8121/aa91b9",
    },
    Source {
        citation: "N. M. Boffi and E. Vanden-Eijnden, Deep learning probability flows and entropy production rates in active matter, Proc. Natl. Acad. Sci. USA 121, e2318106121 (2024)",
        link: "https://arxiv.org/abs/2309.12991",
    },
    Source {
        citation: "J. D. Weeks, D. Chandler and H. C. Andersen, Role of repulsive forces in determining the equilibrium structure of simple liquids, J. Chem. Phys. 54, 5237 (1971)",
        link: "https://doi.org/10.1063/1.1674820",
    },
    Source {
        citation: "D. Henderson, A simple equation of state for hard discs, Mol. Phys. 30, 971 (1975)",
        link: "https://doi.org/10.1080/00268977500102511",
    },
    Source {
        citation: "J. A. Barker and D. Henderson, Perturbation theory and equation of state for fluids II, J. Chem. Phys. 47, 4714 (1967)",
        link: "https://doi.org/10.1063/1.1701689",
    },
    Source {
        citation: "R. Fürth, Die Brownsche Bewegung bei Berücksichtigung einer Persistenz der Bewegungsrichtung, Z. Phys. 2, 244 (1920)",
        link: "https://doi.org/10.1007/BF01328731",
    },
];
