//! The charges at the start.

use std::f64::consts::{PI, TAU};

use bevy::ecs::world::World;

use super::parameters::{Components, Confinement, Coulomb, Space};
use super::{Charge, Population, step};
use crate::math::coulomb::equilibrium::{Equilibrium, semicircle_quantile};
use crate::math::coulomb::matrices;
use crate::math::domain::Boundary;
use crate::math::gamma::Draws;
use crate::math::longrange::Solver;
use crate::math::philox::{Purpose, Stream};
use crate::model::column::{Force, Position, Tag};
use crate::model::parameter::Parameters;
use crate::model::{InitialCondition, Start};

/// Every way to start, the first of which is the default.
pub const INITIAL_CONDITIONS: &[InitialCondition] = &[
    InitialCondition {
        name: "droplet",
        doc: "At random with the density of many charges: the equilibrium measure of the trap, or all over a box without one.",
    },
    InitialCondition {
        name: "eigenvalues",
        doc: "An exact sample for the harmonic trap: eigenvalues of a Ginibre matrix in the plane at β = 2, of a tridiagonal matrix on a line at any β; at most 1024 charges.",
    },
    InitialCondition {
        name: "crystal",
        doc: "On a triangular lattice about the centre with the density 1/π, or filling the box; equally spaced on a line.",
    },
    InitialCondition {
        name: "point",
        doc: "At random within a small disc, from which the charges explode.",
    },
];

/// Places the charges; an error says why the start is impossible and what to change.
pub fn spawn(world: &mut World, start: &Start) -> Result<(), String> {
    let coulomb = Coulomb::from_values(start.values);
    let count = start.count;
    check(&coulomb, start)?;
    let positions = places(&coulomb, start)?;
    let fixed: Vec<[u32; 2]> = positions
        .iter()
        .map(|&place| start.domain.fixed(place))
        .collect();
    let mixed = coulomb.components == Components::Two;
    world.insert_resource(Population(count));
    // What follows from the parameters depends on the number of charges, which is known from here on.
    step::adopt(start.values, world);
    world.spawn_batch((0..count).map(move |index| {
        let charge = if mixed && index % 2 == 1 { -1.0 } else { 1.0 };
        (
            Position(fixed[index]),
            Force::default(),
            Charge(charge),
            Tag(index as u32),
        )
    }));
    Ok(())
}

/// Refuses what cannot be sampled.
fn check(coulomb: &Coulomb, start: &Start) -> Result<(), String> {
    let (count, domain) = (start.count, start.domain);
    if count == 0 {
        return Err("there are no charges; set a population of at least 1".into());
    }
    let trap = coulomb
        .confinement()
        .map_err(|error| format!("trap_formula: {error}"))?;
    let function = coulomb
        .function()
        .map_err(|error| format!("statistic_formula: {error}"))?;
    for step in 0..=64 {
        let x = 0.05 + 2.0 * f64::from(step) / 64.0;
        if !function.jet(x).iter().all(|part| part.is_finite()) {
            return Err(format!(
                "statistic_formula: f or a derivative of it is not a number at r = {x}; choose an f that is smooth"
            ));
        }
    }
    Solver::new(super::gas::Field::new(coulomb, trap.clone(), count).method)
        .map_err(|refused| format!("accuracy: {refused}"))?;
    let mixed = coulomb.components == Components::Two;
    if mixed && count % 2 == 1 {
        return Err(
            "two components are one half plus and one half minus; set an even population.count"
                .into(),
        );
    }
    if mixed && coulomb.core <= 0.0 && coulomb.beta >= 2.0 {
        return Err("plus and minus fall onto each other for β ≥ 2 without a core; set core to a distance above 0".into());
    }
    if mixed && coulomb.space == Space::Line {
        return Err("two components live in the plane; set space to plane".into());
    }
    if coulomb.trap == Confinement::Box {
        if domain.boundary == Boundary::Open {
            return Err("nothing holds the charges in an open box: −(N − 1) ln r repels to infinity; choose a trap, or set box.boundary to periodic or reflecting".into());
        }
        if coulomb.space == Space::Line {
            return Err("a line without a trap has no ends; choose a trap".into());
        }
        return Ok(());
    }
    if domain.boundary != Boundary::Open {
        return Err(
            "a trap holds the charges in the open plane; set box.boundary to open, or trap to box"
                .into(),
        );
    }
    if mixed && coulomb.trap != Confinement::HardDisc {
        // A neutral pair is not pushed out by the others, only by entropy: any growing trap holds it.
        return trap.confines(1, coulomb.beta, 2);
    }
    trap.confines(count, coulomb.beta, coulomb.dimension())
}

fn places(coulomb: &Coulomb, start: &Start) -> Result<Vec<[f64; 2]>, String> {
    let (count, size) = (start.count, start.domain.size);
    let number = count as f64;
    let scale = number.sqrt();
    let mut draws = Draws::new(Stream::new(start.seed, 0, Purpose::InitialCondition), 0);
    let boxed = coulomb.trap == Confinement::Box;
    let line = coulomb.space == Space::Line;
    let trap = coulomb.confinement().map_err(|error| error.to_string())?;
    let mut place = |radius: f64| {
        let (sin, cos) = (TAU * draws.uniform()).sin_cos();
        [radius * cos, radius * sin]
    };
    Ok(match start.initial {
        "droplet" if line => (0..count)
            .map(|k| {
                [
                    scale * 2f64.sqrt() * semicircle_quantile((k as f64 + 0.5) / number),
                    0.0,
                ]
            })
            .collect(),
        "droplet" if boxed => (0..count)
            .map(|_| [0, 1].map(|axis| (draws.uniform() - 0.5) * size[axis]))
            .collect(),
        "droplet" => {
            let droplet = Equilibrium::new(&trap);
            // In the order of the radius every charge has its own share, which leaves no gaps.
            (0..count)
                .map(|k| {
                    let share = (k as f64 + 0.5) / number;
                    // Not on the wall itself, where rounding could put it outside.
                    let most = trap.wall.map_or(f64::INFINITY, |wall| wall * (1.0 - 1e-6));
                    place(scale * droplet.radius(share).min(most))
                })
                .collect()
        }
        "eigenvalues" => {
            if coulomb.trap != Confinement::Harmonic || coulomb.components == Components::Two {
                return Err("eigenvalues are those of one component in the harmonic trap; set trap to harmonic, or population.initial to droplet".into());
            }
            if count > matrices::MOST {
                return Err(format!(
                    "the time for eigenvalues grows as N³, so that at most {} are taken; lower population.count, or set population.initial to droplet",
                    matrices::MOST
                ));
            }
            if line {
                let values = matrices::hermite(count, coulomb.beta, &mut draws);
                values.into_iter().map(|x| [x, 0.0]).collect()
            } else if coulomb.beta == 2.0 {
                matrices::ginibre(count, &mut draws)
                    .ok_or("the eigenvalues of this matrix did not converge; take another seed")?
            } else {
                return Err("Ginibre's eigenvalues are charges at β = 2; set beta to 2, or population.initial to droplet".into());
            }
        }
        "crystal" if line => (0..count)
            .map(|k| [scale * ((2.0 * k as f64 + 1.0) / number - 1.0), 0.0])
            .collect(),
        "crystal" => lattice(
            count,
            boxed.then_some(size),
            trap.wall.map(|wall| wall * scale),
        ),
        "point" if line => (0..count)
            .map(|k| [0.01 * scale * ((2.0 * k as f64 + 1.0) / number - 1.0), 0.0])
            .collect(),
        "point" => (0..count)
            .map(|k| place(0.05 * scale * ((k as f64 + 0.5) / number).sqrt()))
            .collect(),
        other => return Err(format!("there is no initial condition `{other}`")),
    })
}

/// The `count` places of a triangular lattice that are nearest to the centre, or as many all over a
/// box.
fn lattice(count: usize, size: Option<[f64; 2]>, wall: Option<f64>) -> Vec<[f64; 2]> {
    if let Some([width, height]) = size {
        // Rows as far apart as √3/2 of the spacing in them, as nearly as whole numbers allow.
        let spacing = (2.0 / 3f64.sqrt() * width * height / count as f64).sqrt();
        let rows = ((height / (spacing * 0.75f64.sqrt())).round() as usize).clamp(1, count);
        return (0..count)
            .map(|k| {
                let row = k * rows / count;
                let first = (row * count).div_ceil(rows);
                let next = ((row + 1) * count).div_ceil(rows);
                let along = (k - first) as f64 + if row % 2 == 1 { 0.75 } else { 0.25 };
                [
                    (along / (next - first) as f64 - 0.5) * width,
                    ((row as f64 + 0.5) / rows as f64 - 0.5) * height,
                ]
            })
            .collect();
    }
    // Area π of a charge: spacing² √3/2 = π. A little denser where a wall is near.
    let spacing = (2.0 * PI / 3f64.sqrt()).sqrt() * if wall.is_some() { 0.95 } else { 1.0 };
    let reach = ((count as f64).sqrt() / spacing * 1.3) as i64 + 4;
    let mut all = Vec::new();
    for row in -reach..=reach {
        for column in -2 * reach..=2 * reach {
            // Off any centre of symmetry, so that no two distances are the same.
            let x = spacing * (column as f64 + 0.5 * row as f64 + 0.213);
            let y = spacing * (0.75f64.sqrt() * row as f64 + 0.117);
            all.push([x, y]);
        }
    }
    all.sort_by(|a, b| (a[0].hypot(a[1])).total_cmp(&b[0].hypot(b[1])));
    all.truncate(count);
    let far = all.last().map_or(0.0, |one| one[0].hypot(one[1]));
    match wall {
        Some(wall) if far > wall => {
            let shrink = wall * (1.0 - 1e-6) / far;
            all.iter()
                .map(|one| one.map(|part| part * shrink))
                .collect()
        }
        _ => all,
    }
}
