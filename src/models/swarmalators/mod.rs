//! Swarmalators: oscillators that move each other, and movers that synchronise each other.
//!
//! ```text
//! ẋᵢ = N⁻¹ Σⱼ [x̂ᵢⱼ (1 + J cos θᵢⱼ) − xᵢⱼ/|xᵢⱼ|²]      xᵢⱼ = xⱼ − xᵢ
//! θ̇ᵢ = ωᵢ + (K/N) Σⱼ sin θᵢⱼ / |xᵢⱼ|                   θᵢⱼ = θⱼ − θᵢ
//! ```
//!
//! Reading order: [`law`], [`parameters`], [`start`], [`step`] (the systems), [`observables`] (with
//! [`survey`]), [`pictures`]. The sums over pairs are in [`crate::math::swarm`].

pub mod law;
pub mod observables;
pub mod parameters;
pub mod pictures;
pub mod start;
pub mod step;
pub mod survey;
#[cfg(test)]
mod tests;

use crate::column;
use crate::model::column::{ColumnDeclaration, Heading, NaturalFrequency, Phase, Position, Tag};
use crate::model::hands::{Hands, Skill};
use crate::model::parameter::{Parameters, Values};
use crate::model::{Model, Source, StepBound};
use parameters::{Space, Swarmalators};

column! {
    /// Velocity in the last step.
    Velocity([f32; 2]), "velocity", "v", "", &["x", "y"],
    |value, part, _domain| value.get(part).copied().map_or(f64::NAN, f64::from)
}

column! {
    /// Natural velocity of a swarmalator on a ring, in radians per unit of time.
    NaturalVelocity(f32), "natural_velocity", "vᵢ", "", &[""],
    |value, _part, _domain| f64::from(*value)
}

/// Why hands cannot change who takes part.
const FIXED: &str = "the measurements follow the swarmalators of the start";

/// The chapter, as the pipeline knows it.
pub static MODEL: Model = Model {
    name: "swarmalators",
    title: "Swarmalators",
    summary: "Oscillators that swarm: like phases attract and neighbours synchronise, in the plane, within a range or on a ring.",
    equations: &[
        "ẋᵢ = N⁻¹ Σⱼ [x̂ᵢⱼ (1 + J cos θᵢⱼ) − xᵢⱼ/|xᵢⱼ|²],  xᵢⱼ = xⱼ − xᵢ,  θᵢⱼ = θⱼ − θᵢ",
        "θ̇ᵢ = ωᵢ + (K/N) Σⱼ sin θᵢⱼ/|xᵢⱼ|",
        "local: the sums over those within R, divided by their number",
        "ring: ẋᵢ = vᵢ + (J/N) Σⱼ sin xᵢⱼ cos θᵢⱼ,  θ̇ᵢ = ωᵢ + (K/N) Σⱼ sin θᵢⱼ cos xᵢⱼ",
    ],
    method: "Heun's step. Of each pair everything is computed once, in tiles whose sums are added in a fixed order, so that a run does not depend on the number of threads; from 2048 swarmalators on, cells of a quad-tree that are apart act on each other through Chebyshev nodes, so that the time grows as N, with an error of some 10⁻⁶ of the rates. The repulsion grows no further below a distance of 0.001. On a ring the sums are two mean fields in x ± θ, and natural velocities and frequencies are exact half rotations before and after the coupling. Places and phases are fixed-point numbers.",
    sources: SOURCES,
    parameters: Swarmalators::declarations,
    columns: &[
        ColumnDeclaration::of::<Position>(),
        ColumnDeclaration::of::<Phase>(),
        ColumnDeclaration::of::<Heading>(),
        ColumnDeclaration::of::<Velocity>(),
        ColumnDeclaration::of::<NaturalFrequency>(),
        ColumnDeclaration::of::<Tag>(),
        ColumnDeclaration::of::<NaturalVelocity>(),
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
    step_bound,
    particle_area: |values| {
        std::f64::consts::FRAC_PI_4 * Swarmalators::from_values(values).drawn_diameter.powi(2)
    },
    diameter: |values| Swarmalators::from_values(values).drawn_diameter,
    hands: Hands {
        add: Skill::Never(FIXED),
        remove: Skill::Never(FIXED),
        ..Hands::COLUMNS
    },
    ..Model::BARE
};

/// dt ≤ 0.1 in the plane for |J| ≤ 1.5 and |K| ≤ 2, and in proportion beyond; 0.05/max(|J|, |K|, 1)
/// on a ring.
fn step_bound(values: &Values) -> StepBound {
    let parameters = Swarmalators::from_values(values);
    let (attraction, coupling) = (parameters.attraction.abs(), parameters.coupling.abs());
    if parameters.space == Space::Ring {
        return StepBound {
            dt: 0.05 / attraction.max(coupling).max(1.0),
            reason: "coupling acts at the rates |J| and |K|, of which a step may use 0.05".into(),
        };
    }
    StepBound {
        dt: 0.1 / (attraction / 1.5).max(coupling / 2.0).max(1.0),
        reason: "a step of 0.1 is the coarsest for |J| up to 1.5 and |K| up to 2, and in proportion beyond".into(),
    }
}

/// What the chapter builds on.
const SOURCES: &[Source] = &[
    Source {
        citation: "K. P. O'Keeffe, H. Hong and S. H. Strogatz, Oscillators that sync and swarm, Nat. Commun. 8, 1504 (2017)",
        link: "https://doi.org/10.1038/s41467-017-01190-3",
    },
    Source {
        citation: "K. O'Keeffe, S. Ceron and K. Petersen, Collective behavior of swarmalators on a ring, Phys. Rev. E 105, 014211 (2022)",
        link: "https://doi.org/10.1103/PhysRevE.105.014211",
    },
    Source {
        citation: "W. Fong and E. Darve, The black-box fast multipole method, J. Comput. Phys. 228, 8712 (2009)",
        link: "https://doi.org/10.1016/j.jcp.2009.08.031",
    },
    Source {
        citation: "H. K. Lee, K. Yeo and H. Hong, Collective steady-state patterns of swarmalators with finite-cutoff interaction distance, Chaos 31, 033134 (2021)",
        link: "https://doi.org/10.1063/5.0038591",
    },
];
