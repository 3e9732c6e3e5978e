//! Measurements of the present configuration that several observables share, made once per state.
//!
//! The force column holds the forces at the beginning of the last step; what is measured belongs
//! to the positions at its end. So the estimators sum over pairs themselves, with the law of
//! [`super::law`] in double precision, which also checks the fast kernels of the step.

use super::law::Repulsion;
use super::parameters::Active;
use crate::math::grid::CellGrid;
use crate::math::statistics::ordered_sum;
use crate::model::column::{Diameter, Heading};
use crate::model::memo;
use crate::model::observable::Sample;
use crate::model::walls::Walls;

/// Sums over all particles of the present state.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// N.
    pub count: f64,
    /// Pair energy, Σ_{i<j} U.
    pub pair_energy: f64,
    /// Virial, Σ_{i<j} r·F.
    pub virial: f64,
    /// Σ e·F, with the forces of neighbours, trap and walls.
    pub along: f64,
    /// Σ e⊥·F.
    pub across: f64,
    /// Σ |e|².
    pub propulsion: f64,
    /// −Σ ∇ᵢ·Fᵢ.
    pub contraction: f64,
    /// Σ r², from the centre of the box.
    pub square: f64,
    /// Σ r⁴.
    pub fourth: f64,
}

/// What has been measured of one state. Replaced whenever a parameter changes.
pub type Survey = memo::Survey<Memo>;

/// Results that belong to one state.
#[derive(Default)]
pub struct Memo {
    sums: Option<Sums>,
    /// Densities of the lowest and the highest peak of the local density.
    pub peaks: Option<[f64; 2]>,
    /// ⟨|ψ₆|⟩ and |⟨ψ₆⟩|.
    pub hexatic: Option<[f64; 2]>,
    /// Share of the largest cluster, and of the clusters of each octave of sizes.
    pub clusters: Option<(f64, Vec<f64>)>,
}

/// A result for the sample's state, taken from the memo or computed and left there.
pub fn once<T: Clone>(
    sample: &Sample,
    entry: fn(&mut Memo) -> &mut Option<T>,
    compute: impl FnOnce() -> T,
) -> T {
    Survey::once(sample, memo::motion(sample), entry, compute)
}

/// The sums over the sample's state; all zero without particles.
pub fn sums(sample: &Sample) -> Sums {
    once(sample, |memo| &mut memo.sums, || measure(sample))
}

fn measure(sample: &Sample) -> Sums {
    let Some(active) = sample.resource::<Active>() else {
        return Sums::default();
    };
    let positions: &[[u32; 2]] = sample.positions();
    let headings = sample.column::<Heading>();
    let diameters = sample.column::<Diameter>();
    let repulsion = active.repulsion();
    let range = active.range();
    let trap = active.trap_stiffness;
    let walls = sample.resource::<Walls>().filter(|walls| !walls.is_empty());
    let mut grid = CellGrid::default();
    if repulsion != Repulsion::None {
        grid.rebuild(&sample.domain, positions, range);
    }
    let totals = ordered_sum(positions.len(), |index| {
        let place = sample.domain.real(positions[index]);
        let square = place[0] * place[0] + place[1] * place[1];
        let mut force = [-trap * place[0], -trap * place[1]];
        let (mut energy, mut virial, mut contraction) = (0.0, 0.0, 2.0 * trap);
        if let Some(walls) = walls {
            let diameter = diameters.get(index).map_or(1.0, |one| f64::from(one.0));
            let push = walls.force(active, place, diameter, sample.clock.dt);
            force = [force[0] + push[0], force[1] + push[1]];
            contraction += walls.contraction(active, place, diameter, sample.clock.dt);
        }
        grid.for_neighbours(index, range as f32, |other, separation, _| {
            let separation = separation.map(f64::from);
            let distance = separation[0].hypot(separation[1]);
            let diameter = contact(diameters, index, other as usize);
            let push = repulsion.force(distance, diameter);
            // Coincident particles have no direction to part in.
            if push > 0.0 && distance > 0.0 {
                force[0] -= push * separation[0] / distance;
                force[1] -= push * separation[1] / distance;
                energy += 0.5 * repulsion.energy(distance, diameter);
                virial += 0.5 * push * distance;
                contraction += repulsion.stiffness(distance, diameter) - push / distance;
            }
        });
        let e = headings
            .get(index)
            .map_or([0.0; 2], |heading| heading.0.map(f64::from));
        [
            energy,
            virial,
            e[0] * force[0] + e[1] * force[1],
            e[0] * force[1] - e[1] * force[0],
            e[0] * e[0] + e[1] * e[1],
            contraction,
            square,
            square * square,
        ]
    });
    let [
        pair_energy,
        virial,
        along,
        across,
        propulsion,
        contraction,
        square,
        fourth,
    ] = totals;
    Sums {
        count: positions.len() as f64,
        pair_energy,
        virial,
        along,
        across,
        propulsion,
        contraction,
        square,
        fourth,
    }
}

/// Mean diameter of a pair; 1 when all particles are equal.
pub fn contact(diameters: &[Diameter], one: usize, other: usize) -> f64 {
    match (diameters.get(one), diameters.get(other)) {
        (Some(one), Some(other)) => 0.5 * (f64::from(one.0) + f64::from(other.0)),
        _ => 1.0,
    }
}
