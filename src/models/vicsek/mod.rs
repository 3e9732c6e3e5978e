//! Flocks: particles that take the mean heading of those around them, and err.
//!
//! ```text
//! angular   θᵢ' = arg Σ_{rᵢⱼ<1} e^{iθⱼ} + η ξᵢ,            ξ uniform in [−½, ½]
//! vector    θᵢ' = arg(Σ_{rᵢⱼ<1} e^{iθⱼ} + η nᵢ e^{iζᵢ}),   ζ uniform in [0, 2π)
//! forward   rᵢ' = rᵢ + v₀ e(θᵢ')
//! backward  rᵢ' = rᵢ + v₀ e(θᵢ)
//! ```
//!
//! A particle counts among its own neighbours, and the range is strict. Lengths are in ranges of
//! the interaction, times in steps. Cohesion, a repulsive core, a cone of vision, a limited turn,
//! the k nearest instead of all in range, walls and obstacles are there when they are wanted.
//!
//! Reading order: [`law`] (what is known in closed form), [`parameters`], [`start`], [`step`] (the
//! systems; the sums are in [`neighbour_sums`](crate::math::neighbour_sums), the turn in [`flock`](crate::math::flock)),
//! [`obstacles`], [`observables`] (with [`survey`]), [`pictures`].

pub mod law;
pub mod observables;
pub mod obstacles;
pub mod parameters;
pub mod pictures;
pub mod start;
pub mod step;
pub mod survey;
#[cfg(test)]
mod tests;

use crate::model::column::{ColumnDeclaration, Heading, Image, Position, Tag};
use crate::model::parameter::{Parameters, Values};
use crate::model::{Model, Source, StepBound, Units};
use parameters::Vicsek;

/// The chapter, as the pipeline knows it.
pub static MODEL: Model = Model {
    name: "vicsek",
    title: "Flocks",
    summary: "Vicsek's model: self-propelled particles that align with their neighbours, with noise, cohesion, cones of vision and obstacles.",
    units: Units {
        length: "r",
        time: "steps",
    },
    equations: &[
        "angular: θᵢ′ = arg Σⱼ e^(iθⱼ) + η ξᵢ, ξ uniform in [−½, ½]",
        "vector: θᵢ′ = arg(Σⱼ e^(iθⱼ) + η nᵢ e^(iζᵢ)), ζ uniform in [0, 2π)",
        "forward: rᵢ′ = rᵢ + v₀ e(θᵢ′);  backward: rᵢ′ = rᵢ + v₀ e(θᵢ)",
        "metric: all j with rᵢⱼ < 1, i among them;  nearest: i and its k nearest",
        "with cohesion: Σⱼ [α e^(iθⱼ) + β f(rᵢⱼ) r̂ᵢⱼ] in place of the sum; −Σ r̂ᵢⱼ over the core where it is not empty",
    ],
    method: "Turning and moving alternate in steps of one unit of time; the update order says which heading a particle moves along. At every step positions and headings are sorted into strips, and sixteen particles at a time sum over all that any of them can see. Headings are summed as whole multiples of 2⁻²⁰, so that a sum is exact and its bits depend on no order. Noise is counter-based: a run does not depend on the number of threads.",
    sources: SOURCES,
    parameters: Vicsek::declarations,
    columns: &[
        ColumnDeclaration::of::<Position>(),
        ColumnDeclaration::of::<Heading>(),
        ColumnDeclaration::of::<Image>(),
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
    step_bound: |_| StepBound {
        dt: 1.0,
        reason: "the step is the model's unit of time; a smaller dt only shortens the stride v₀ dt"
            .into(),
    },
    particle_area: |values| std::f64::consts::FRAC_PI_4 * diameter(values).powi(2),
    diameter,
    ..Model::BARE
};

/// Size with which a particle is drawn, in ranges: particles are points, and a slow one has come
/// close to others before a stride is seen.
fn diameter(values: &Values) -> f64 {
    0.1 + Vicsek::from_values(values).speed
}

/// What the chapter builds on.
const SOURCES: &[Source] = &[
    Source {
        citation: "T. Vicsek, A. Czirók, E. Ben-Jacob, I. Cohen and O. Shochet, Novel type of phase transition in a system of self-driven particles, Phys. Rev. Lett. 75, 1226 (1995)",
        link: "https://doi.org/10.1103/PhysRevLett.75.1226",
    },
    Source {
        citation: "G. Grégoire and H. Chaté, Onset of collective and cohesive motion, Phys. Rev. Lett. 92, 025702 (2004)",
        link: "https://doi.org/10.1103/PhysRevLett.92.025702",
    },
    Source {
        citation: "H. Chaté, F. Ginelli, G. Grégoire and F. Raynaud, Collective motion of self-propelled particles interacting without cohesion, Phys. Rev. E 77, 046113 (2008)",
        link: "https://doi.org/10.1103/PhysRevE.77.046113",
    },
    Source {
        citation: "G. Grégoire, H. Chaté and Y. Tu, Moving and staying together without a leader, Physica D 181, 157 (2003)",
        link: "https://doi.org/10.1016/S0167-2789(03)00102-7",
    },
    Source {
        citation: "J. Toner and Y. Tu, Long-range order in a two-dimensional dynamical XY model: how birds fly together, Phys. Rev. Lett. 75, 4326 (1995)",
        link: "https://doi.org/10.1103/PhysRevLett.75.4326",
    },
    Source {
        citation: "M. Ballerini et al., Interaction ruling animal collective behavior depends on topological rather than metric distance, Proc. Natl. Acad. Sci. USA 105, 1232 (2008)",
        link: "https://doi.org/10.1073/pnas.0711437105",
    },
    Source {
        citation: "F. Ginelli and H. Chaté, Relevance of metric-free interactions in flocking phenomena, Phys. Rev. Lett. 105, 168103 (2010)",
        link: "https://doi.org/10.1103/PhysRevLett.105.168103",
    },
    Source {
        citation: "A. Costanzo and C. K. Hemelrijk, Spontaneous emergence of milling (vortex state) in a Vicsek-like model, J. Phys. D: Appl. Phys. 51, 134004 (2018)",
        link: "https://doi.org/10.1088/1361-6463/aab0d4",
    },
    Source {
        citation: "O. Chepizhko, E. G. Altmann and F. Peruani, Optimal noise maximizes collective motion in heterogeneous media, Phys. Rev. Lett. 110, 238101 (2013)",
        link: "https://doi.org/10.1103/PhysRevLett.110.238101",
    },
];
