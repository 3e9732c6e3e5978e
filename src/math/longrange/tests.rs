//! The field against sums in `f64`, the energy against its own gradient, known lattice energies.

use std::f64::consts::{PI, TAU};

mod multipole;

use super::torus::Torus;
use super::*;
use crate::math::domain::Boundary;
use crate::math::simd::{InstructionSet, limit};
use crate::math::testing::{Random, same_on_any_threads, triangular};

fn direct() -> Solver {
    Solver::new(Method::Direct).expect("a method")
}

/// The root mean square of the error over that of the field.
fn error(charges: &Charges, field: &[[f32; 2]]) -> f64 {
    let (mut error, mut size) = (0.0, 0.0);
    for (slot, found) in field.iter().enumerate() {
        let exact = energy::field_on(charges, charges.positions[slot], Some(slot));
        for axis in 0..2 {
            error += (f64::from(found[axis]) - exact[axis]).powi(2);
            size += exact[axis].powi(2);
        }
    }
    (error / size).sqrt()
}

#[test]
fn the_direct_field_is_that_of_the_sum_in_f64() {
    let mut random = Random(1);
    let domain = Domain::new([3.0, 2.0], Boundary::Open);
    let positions = random.positions(&domain, 777);
    let values: Vec<f32> = (0..777)
        .map(|i| if i % 3 == 0 { -2.0 } else { 1.5 })
        .collect();
    let mut field = vec![[0.0; 2]; 777];
    for charges in [
        Charges::alike(&domain, &positions),
        Charges::valued(&domain, &positions, &values),
        Charges {
            core: 0.3,
            stiffness: 7.0,
            ..Charges::valued(&domain, &positions, &values)
        },
    ] {
        direct().field(&charges, &mut field);
        let error = error(&charges, &field);
        assert!(error < 2e-7, "{error:e}");
    }
}

#[test]
fn very_many_charges_are_summed_without_tiles() {
    let mut random = Random(7);
    let domain = Domain::new([130.0, 130.0], Boundary::Open);
    let positions = random.positions(&domain, 16_500);
    let charges = Charges::alike(&domain, &positions);
    let mut field = vec![[0.0; 2]; 16_500];
    direct().field(&charges, &mut field);
    let (mut error, mut size) = (0.0, 0.0);
    for slot in (0..16_500).step_by(111) {
        let exact = exact_field(&charges, slot);
        for axis in 0..2 {
            error += (f64::from(field[slot][axis]) - exact[axis]).powi(2);
            size += exact[axis].powi(2);
        }
    }
    assert!((error / size).sqrt() < 2e-7, "{error:e} {size:e}");
}

#[test]
fn the_field_of_a_torus_is_the_gradient_of_its_potential_and_its_mean_is_zero() {
    for size in [[1.0, 1.0], [2.0, 3.0], [5.0, 1.0]] {
        let torus = Torus::new(&Domain::new(size, Boundary::Periodic));
        let (n, mut mean) = (64, 0.0);
        for i in 0..n {
            for j in 0..n {
                let at = [
                    size[0] * (f64::from(i) + 0.5) / f64::from(n),
                    size[1] * (f64::from(j) + 0.5) / f64::from(n),
                ];
                mean += torus.potential(at);
                let h = 1e-5;
                let field = torus.field(at);
                for axis in 0..2 {
                    let (mut up, mut down) = (at, at);
                    up[axis] += h;
                    down[axis] -= h;
                    let slope = (torus.potential(down) - torus.potential(up)) / (2.0 * h);
                    let size = field[0].hypot(field[1]).max(1.0);
                    assert!((slope - field[axis]).abs() < 1e-6 * size, "{at:?} {axis}");
                }
            }
        }
        // The mean over a grid of n² points is the potential of a lattice n times finer: G/n².
        mean /= f64::from(n * n);
        let exact = torus.potential(size.map(|side| side / 2.0)) / f64::from(n * n);
        assert!((mean - exact).abs() < 1e-12, "{mean} {exact}");
    }
}

#[test]
fn the_triangular_lattice_has_its_energy() {
    let (domain, positions) = triangular(12, 14);
    let charges = Charges::alike(&domain, &positions);
    let density = positions.len() as f64 / domain.area();
    let energy = direct().energy(&charges) / positions.len() as f64;
    // Of the energy per charge, −¼ ln(πρ) is the scale: what is left is the lattice's own.
    let own = energy + 0.25 * (PI * density).ln();
    assert!((own - madelung()).abs() < 1e-9, "{own}");
    // As it is printed, e.g. by Caillol et al., J. Stat. Phys. 28, 325 (1982).
    assert!((own + 0.374_38).abs() < 1e-4, "{own}");
}

/// The energy per charge of the triangular lattice, without −¼ ln(πρ): by the Kronecker limit
/// formula −½ ln(2π |η(τ)|²/a) with τ = e^{iπ/3} and the lattice constant a.
fn madelung() -> f64 {
    let height = 0.75f64.sqrt();
    let q = (-TAU * height).exp();
    // e^{2πiτ} is −q: the real part of τ is one half.
    let product: f64 = (1..20).map(|n| 1.0 - (-q).powi(n)).product();
    let eta2 = (-TAU * height / 12.0).exp() * product.powi(2);
    // With a = 1 the density is 1/height.
    -0.5 * (TAU * eta2).ln() + 0.25 * (PI / height).ln()
}

#[test]
fn the_gradient_of_the_energy_is_the_force() {
    let mut random = Random(5);
    for boundary in [Boundary::Open, Boundary::Periodic] {
        let domain = Domain::new([2.0, 1.5], boundary);
        let positions = random.positions(&domain, 40);
        let values: Vec<f32> = (0..40).map(|i| [1.0, -1.0, 2.0][i % 3]).collect();
        let charges = Charges {
            core: 0.1,
            stiffness: if boundary == Boundary::Open { 3.0 } else { 0.0 },
            ..Charges::valued(&domain, &positions, &values)
        };
        let h = 1e-5;
        for slot in 0..40 {
            let force = energy::field_on(&charges, positions[slot], Some(slot));
            for axis in 0..2 {
                let mut change = 0.0;
                for sign in [1.0, -1.0] {
                    let mut place = domain.real(positions[slot]);
                    place[axis] += sign * h;
                    change += sign * move_energy(&charges, slot, domain.fixed(place));
                }
                let slope = -change / (2.0 * h) / f64::from(values[slot]);
                // A quantum of the open span is 5e-7 here, over h.
                assert!(
                    (slope - force[axis]).abs() < 0.05 * (1.0 + force[axis].abs()),
                    "{slope} {force:?}"
                );
            }
        }
    }
}

#[test]
fn a_move_changes_the_energy_by_its_difference() {
    let mut random = Random(8);
    for boundary in [Boundary::Open, Boundary::Periodic] {
        let domain = Domain::new([2.0, 1.5], boundary);
        let mut positions = random.positions(&domain, 137);
        for kind in 0..3 {
            let values: Vec<f32> = (0..137)
                .map(|i| [[1.0, 1.0], [1.0, -1.0], [1.0, 0.5]][kind][i % 2])
                .collect();
            let to = domain.fixed([0.1, 0.2]);
            let charges = Charges::valued(&domain, &positions, &values);
            let before = direct().energy(&charges);
            let change = move_energy(&charges, 77, to);
            let mut potential = vec![0.0; 137];
            direct().potential(&charges, &mut potential);
            let half: f64 = (0..137)
                .map(|i| 0.5 * f64::from(values[i]) * potential[i])
                .sum();
            assert!(
                (half - before).abs() < 1e-8 * before.abs().max(1.0),
                "{half} {before}"
            );
            positions[77] = to;
            let charges = Charges::valued(&domain, &positions, &values);
            let after = direct().energy(&charges);
            assert!(
                (after - before - change).abs() < 1e-8,
                "{} {change}",
                after - before
            );
        }
    }
}

#[test]
fn none_one_two_and_charges_at_one_place() {
    for boundary in [Boundary::Open, Boundary::Periodic] {
        let domain = Domain::new([4.0, 4.0], boundary);
        let place = domain.fixed([0.5, 0.25]);
        for count in 0..3 {
            let positions = vec![place; count];
            let charges = Charges::alike(&domain, &positions);
            let mut field = vec![[1.0; 2]; count];
            for method in [Method::Direct, Method::Fast { accuracy: 1e-3 }] {
                let mut solver = Solver::new(method).expect("a method");
                solver.field(&charges, &mut field);
                // In a periodic box the fast sums of images cancel to the last digits.
                let none = |&value: &f32| value.abs() < 1e-15;
                assert!(field.iter().flatten().all(none), "{field:?}");
                assert!(solver.energy(&charges).is_finite());
                let mut potential = vec![0.0; count];
                solver.potential(&charges, &mut potential);
                assert!(potential.iter().all(|value| value.is_finite()));
                let mut at = [[1.0; 2]];
                solver.field_at(&charges, &[place], &mut at);
                assert!(at.iter().flatten().all(none), "{at:?}");
            }
            assert_eq!(coincident_pairs(&positions), [0, 0, 1][count]);
        }
    }
    assert!(Solver::new(Method::Fast { accuracy: 1e-9 }).is_err());
    assert!(Solver::new(Method::Fast { accuracy: f64::NAN }).is_err());
    assert!(Solver::new(Method::Fast { accuracy: 0.5 }).is_err());
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads() {
    let mut random = Random(2);
    for boundary in [Boundary::Open, Boundary::Periodic] {
        let domain = Domain::new([3.0, 2.0], boundary);
        let positions = random.positions(&domain, 3000);
        let points = random.positions(&domain, 500);
        for (accuracy, count) in [(None, 700), (Some(1e-3), 3000), (Some(1e-7), 3000)] {
            let charges = Charges::alike(&domain, &positions[..count]);
            let compute = || {
                let method = accuracy.map_or(Method::Direct, |accuracy| Method::Fast { accuracy });
                let mut solver = Solver::new(method).expect("a method");
                let mut field = vec![[0.0; 2]; count];
                solver.field(&charges, &mut field);
                let mut potential = vec![0.0; 500];
                solver.potential_at(&charges, &points, &mut potential);
                (field, potential, solver.energy(&charges))
            };
            same_on_any_threads(compute);
            let four = rayon::ThreadPoolBuilder::new().num_threads(4).build();
            assert_eq!(four.expect("four threads").install(compute), compute());
        }
    }
}

#[test]
fn bits_do_not_depend_on_what_a_solver_has_done_before() {
    let mut random = Random(4);
    let domain = Domain::new([3.0, 2.0], Boundary::Periodic);
    let other = Domain::new([30.0, 29.0], Boundary::Open);
    let (positions, more) = (
        random.positions(&domain, 1500),
        random.positions(&other, 2500),
    );
    let mut solver = Solver::new(Method::Fast { accuracy: 1e-4 }).expect("a method");
    let field = |solver: &mut Solver| {
        let mut field = vec![[0.0; 2]; 1500];
        solver.field(&Charges::alike(&domain, &positions), &mut field);
        field
    };
    let first = field(&mut solver);
    let mut elsewhere = vec![[0.0; 2]; 2500];
    let values = vec![0.5; 2500];
    solver.field(&Charges::valued(&other, &more, &values), &mut elsewhere);
    assert_eq!(field(&mut solver), first);
}

#[test]
fn kernels_give_the_same_bits_on_every_instruction_set() {
    let mut random = Random(6);
    let domain = Domain::new([3.0, 2.0], Boundary::Open);
    let positions = random.positions(&domain, 1200);
    let charges = Charges::alike(&domain, &positions);
    let all: Vec<_> = [
        InstructionSet::Avx512,
        InstructionSet::Baseline,
        InstructionSet::Avx2,
    ]
    .into_iter()
    .map(|set| {
        limit(set);
        let mut field = vec![[0.0; 2]; 1200];
        let mut solver = Solver::new(Method::Fast { accuracy: 1e-4 }).expect("a method");
        solver.field(&charges, &mut field);
        let energy = solver.energy(&charges);
        let mut sums = vec![[0.0; 2]; 1200];
        direct().field(&charges, &mut sums);
        limit(InstructionSet::Avx512);
        (field, sums, energy)
    })
    .collect();
    assert!(all.iter().all(|one| *one == all[0]));
}
