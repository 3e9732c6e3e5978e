//! The vector kernels of the step against the plain law, summed over all pairs.

use super::harness::{Run, close, packed};
use crate::math::domain::{Boundary, Domain};
use crate::model::column::{Columns, Diameter, Force, Position};
use crate::models::active::parameters::Active;
use crate::models::active::survey::contact;

/// Forces of all pairs and the trap by the law in double precision.
fn brute(run: &Run) -> Vec<[f64; 2]> {
    let sample = run.sample();
    let active = run.world.resource::<Active>();
    let (repulsion, trap) = (active.repulsion(), active.trap_stiffness);
    let positions = sample.column::<Position>();
    let diameters = sample.column::<Diameter>();
    (0..positions.len())
        .map(|i| {
            let place = sample.domain.real(positions[i].0);
            let mut force = place.map(|coordinate| -trap * coordinate);
            for j in (0..positions.len()).filter(|&j| j != i) {
                let d = sample
                    .domain
                    .separation(positions[i].0, positions[j].0)
                    .map(f64::from);
                let distance = d[0].hypot(d[1]);
                let push = repulsion.force(distance, contact(diameters, i, j));
                force = [
                    force[0] + push * d[0] / distance,
                    force[1] + push * d[1] / distance,
                ];
            }
            force
        })
        .collect()
}

#[test]
fn kernels_sum_the_forces_of_the_law() {
    for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
        for interaction in ["none", "wca", "harmonic", "softplus"] {
            for polydispersity in ["0", "0.15"] {
                let settings = [
                    ("dynamics", "passive"),
                    ("translational_diffusion", "0"),
                    ("interaction", interaction),
                    ("interaction_strength", "7"),
                    ("polydispersity", polydispersity),
                    ("trap_stiffness", "0.5"),
                ];
                let size = packed(500, 0.7, 1.3).size;
                // In so short a step nothing moves, so that forces and positions agree.
                let mut run = Run::new(
                    &settings,
                    500,
                    Domain::new(size, boundary),
                    "random",
                    3,
                    1e-14,
                );
                run.advance(1);
                let expected = brute(&run);
                let sample = run.sample();
                for (force, expected) in sample.column::<Force>().iter().zip(&expected) {
                    for axis in 0..2 {
                        let error = (f64::from(force.0[axis]) - expected[axis]).abs();
                        let scale = 10.0 + expected[axis].abs();
                        // Separations are rounded to 10⁻⁷, and stiffnesses reach 10⁴.
                        assert!(
                            error < 2e-4 * scale,
                            "{boundary:?} {interaction} {polydispersity}: {force:?} {expected:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_shared_survey_agrees_with_the_kernels() {
    let settings = [
        ("dynamics", "brownian"),
        ("self_propulsion_speed", "24"),
        ("peclet", "60"),
    ];
    let mut run = Run::new(&settings, 3000, packed(3000, 0.5, 1.0), "random", 5, 1e-4);
    run.advance(2000);
    // One step of no length more brings the force column to the present positions.
    run.world.resource_mut::<crate::model::phase::Clock>().dt = 1e-14;
    run.advance(1);
    let sample = run.sample();
    let headings = sample.column::<crate::model::column::Heading>();
    let along: f64 = sample
        .column::<Force>()
        .iter()
        .zip(headings)
        .map(|(f, e)| f64::from(f.0[0] * e.0[0] + f.0[1] * e.0[1]))
        .sum();
    let advance = 1.0 + along / (24.0 * 3000.0);
    close("advance", run.scalar("effective_speed"), advance, 1e-4);
    // Pair forces cancel: their sum is rounding.
    let total: f64 = sample
        .column::<Force>()
        .iter()
        .map(|f| f64::from(f.0[0]))
        .sum();
    assert!(total.abs() < 0.5, "{total}");
    let columns = run.world.resource::<Columns>();
    assert_eq!(
        columns.slice::<Diameter>(&run.world).len(),
        0,
        "equal discs carry no diameter"
    );
}
