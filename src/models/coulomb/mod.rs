//! Coulomb and log gases: charges with a logarithmic repulsion in a trap, at any temperature.
//!
//! ```text
//! U = Σ V(rᵢ) − Σ_{i<j} qᵢ qⱼ ln rᵢⱼ          weight exp(−βU), V = r²/2 in a harmonic trap
//! drᵢ = −∂U/∂rᵢ dt + √(2/β) dW
//! ```
//!
//! Lengths are such that the harmonic droplet has the density 1/π and the radius √N. At β = 2 it is
//! Ginibre's ensemble, on a line β = 1, 2, 4 are the Gaussian ensembles.
//!
//! Reading order: [`parameters`], [`gas`] (energy and forces), [`theory`] (what is known),
//! [`start`], [`step`] (the systems), [`survey`] (what observables share), [`observables`],
//! [`pictures`] with [`cells`]. The mathematics is in [`crate::math::coulomb`], the sums over pairs
//! in [`crate::math::longrange`].

pub mod cells;
pub mod gas;
mod keep;
pub mod landscape;
pub mod observables;
pub mod parameters;
pub mod pictures;
pub mod start;
pub mod step;
pub mod survey;
#[cfg(test)]
mod tests;
pub mod theory;
pub mod twin;

use bevy::ecs::resource::Resource;

use crate::column;
use crate::model::column::{ColumnDeclaration, Force, Position, Tag};
use crate::model::hands::{Hands, Skill};
use crate::model::parameter::{Parameters, Values};
use crate::model::{Model, Source, StepBound};
use parameters::{Coulomb, Dynamics};

column! {
    /// Charge of the particle: 1, and −1 for one half of two components.
    Charge(f32), "charge", "q", "", &[""],
    |value, _part, _domain| f64::from(*value)
}

/// How many charges there are, which sets the scale of every trap.
#[derive(Resource, Clone, Copy, Debug)]
pub struct Population(pub usize);

/// Why hands cannot change how many charges there are.
const FIXED: &str = "the trap is made for the number of charges at the start";

/// The chapter, as the pipeline knows it.
pub static MODEL: Model = Model {
    name: "coulomb",
    title: "Coulomb gases",
    summary: "Charges that repel each other by the logarithm, in a trap at any temperature: droplets, crystals, random matrices, and linear statistics against exact theory.",
    equations: &[
        "U = Σᵢ V(rᵢ) − ½ Σᵢⱼ qᵢ qⱼ ln rᵢⱼ,  i ≠ j",
        "weight exp(−βU)",
        "V = r²/2 (harmonic), density 1/π to r = √N",
        "on a line: the semicircle to r = √(2N)",
        "V = N w(x), x = r/√N (other traps)",
        "drᵢ = −∂U/∂rᵢ dt + √(2/β) dW",
        "L = Σᵢ f(rᵢ/√N),  κ_q its cumulants",
    ],
    method: "The Langevin equation by the Euler–Maruyama scheme, its drift cut at 0.1 or the length of the noise; MALA with the same step as proposal and the full rule of Metropolis and Hastings on the rounded places, which makes it exact; or a sweep of Metropolis moves of one charge each. Pairs are summed directly or by a fast multipole method to a given relative accuracy, always in a fixed order, so that a run does not depend on the number of threads; the sums are functions of the places alone, so that the exact samplers stay reversible. At β = 2 in the plane everything radial is computed exactly for any N from independent distances.",
    sources: SOURCES,
    parameters: Coulomb::declarations,
    columns: &[
        ColumnDeclaration::of::<Position>(),
        ColumnDeclaration::of::<Force>(),
        ColumnDeclaration::of::<Charge>(),
        ColumnDeclaration::of::<Tag>(),
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
        std::f64::consts::FRAC_PI_4 * Coulomb::from_values(values).drawn_diameter.powi(2)
    },
    diameter: |values| Coulomb::from_values(values).drawn_diameter,
    keep: Some(keep::KEEP),
    twin: Some(twin::TWIN),
    hands: Hands {
        add: Skill::Never(FIXED),
        remove: Skill::Never(FIXED),
        ..Hands::COLUMNS
    },
    ..Model::BARE
};

/// dt ≤ 0.02 for the Langevin equation, which is biased; an exact sampler bears any, but is of no use
/// when it refuses everything.
fn step_bound(values: &Values) -> StepBound {
    let coulomb = Coulomb::from_values(values);
    match coulomb.dynamics {
        Dynamics::Langevin => StepBound {
            dt: 0.02,
            reason: "neighbours repel each other with a rate of about 1, and the bias of the Langevin step grows as dt".into(),
        },
        Dynamics::Mala => StepBound {
            dt: 0.5,
            reason: "with a larger dt nearly every proposal is refused; watch the acceptance".into(),
        },
        // A move may be as long as a few spacings.
        Dynamics::Metropolis => StepBound {
            dt: 5.0 * coulomb.beta.max(1.0),
            reason: "a trial move has the length √(2dt/β) and should not be longer than a few spacings".into(),
        },
    }
}

/// What the chapter builds on.
const SOURCES: &[Source] = &[
    Source {
        citation: "J. Ginibre, Statistical ensembles of complex, quaternion, and real matrices, J. Math. Phys. 6, 440 (1965)",
        link: "https://doi.org/10.1063/1.1704292",
    },
    Source {
        citation: "B. De Bruyne, P. Le Doussal, S. N. Majumdar and G. Schehr, Linear statistics for Coulomb gases: higher order cumulants, J. Phys. A: Math. Theor. 57, 155002 (2024)",
        link: "https://arxiv.org/abs/2310.16420",
    },
    Source {
        citation: "E. Kostlan, On the spectra of Gaussian matrices, Linear Algebra Appl. 162–164, 385 (1992)",
        link: "https://doi.org/10.1016/0024-3795(92)90386-O",
    },
    Source {
        citation: "I. Dumitriu and A. Edelman, Matrix models for beta ensembles, J. Math. Phys. 43, 5830 (2002)",
        link: "https://doi.org/10.1063/1.1507823",
    },
    Source {
        citation: "J. M. Caillol, D. Levesque, J. J. Weis and J. P. Hansen, A Monte Carlo study of the classical two-dimensional one-component plasma, J. Stat. Phys. 28, 325 (1982)",
        link: "https://doi.org/10.1007/BF01012609",
    },
    Source {
        citation: "J. M. Kosterlitz and D. J. Thouless, Ordering, metastability and phase transitions in two-dimensional systems, J. Phys. C 6, 1181 (1973)",
        link: "https://doi.org/10.1088/0022-3719/6/7/010",
    },
    Source {
        citation: "G. O. Roberts and R. L. Tweedie, Exponential convergence of Langevin distributions and their discrete approximations, Bernoulli 2, 341 (1996)",
        link: "https://doi.org/10.2307/3318418",
    },
];
