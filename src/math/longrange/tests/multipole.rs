//! The fast method against sums in `f64`, and how long things take.

use super::*;

/// Configurations of many kinds: even, in clusters, on a line, on a lattice, with their charges.
fn configuration(random: &mut Random, kind: usize, domain: &Domain, count: usize) -> Vec<[u32; 2]> {
    let [x, y] = domain.size;
    let lattice = (count as f64).sqrt().ceil();
    let place = |(i, random): (usize, &mut Random)| match kind % 5 {
        0 => [x * (random.uniform() - 0.5), y * (random.uniform() - 0.5)],
        // Three clusters, each with a density that diverges at its centre.
        1 => {
            let centre = [[-0.3, -0.2], [0.25, 0.3], [0.3, -0.35]][i % 3];
            let radius = 0.15 * (-6.0 * random.uniform()).exp();
            let (sin, cos) = (TAU * random.uniform()).sin_cos();
            [
                x * (centre[0] + radius * cos),
                y * (centre[1] + radius * sin),
            ]
        }
        2 => [x * (random.uniform() - 0.5), 0.0],
        // A lattice that trembles: the fluctuations are small, the sums large.
        3 => {
            let at = [i as f64 % lattice, (i as f64 / lattice).floor()];
            let at = at.map(|at| (at + 0.5 + 0.2 * random.normal()) / lattice - 0.5);
            [0.98 * x * at[0], 0.98 * y * at[1]]
        }
        // Half of them in a place so dense that they are N² apart.
        _ => {
            let size = if i % 2 == 0 { 1e-3 } else { 0.9 };
            [x, y].map(|side| side * size * (random.uniform() - 0.5))
        }
    };
    (0..count)
        .map(|i| domain.fixed(place((i, random))))
        .collect()
}

/// Root mean square of the error, and of the field.
fn errors(charges: &Charges, field: &[[f32; 2]]) -> [f64; 2] {
    let (mut error, mut size) = (0.0, 0.0);
    for (slot, found) in field.iter().enumerate() {
        let exact = exact_field(charges, slot);
        for axis in 0..2 {
            error += (f64::from(found[axis]) - exact[axis]).powi(2);
            size += exact[axis].powi(2);
        }
    }
    [error, size].map(|sum| (sum / field.len() as f64).sqrt())
}

#[test]
fn a_thousand_fields_have_the_accuracy_that_was_asked_for() {
    let mut random = Random(11);
    let mut solvers: Vec<(f64, Solver)> = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7]
        .map(|accuracy| {
            (
                accuracy,
                Solver::new(Method::Fast { accuracy }).expect("a method"),
            )
        })
        .into();
    for run in 0..1000 {
        let boundary = [Boundary::Open, Boundary::Periodic][run % 2];
        let size = [[30.0, 30.0], [20.0, 50.0], [47.0, 31.0]][run % 3];
        let domain = Domain::new(size, boundary);
        // Few in most runs, for the sums in f64 cost N² and in a periodic box much of it.
        let most = if run % 20 < 18 { 250.0 } else { 1800.0 };
        let count = 2 + (most * random.uniform()) as usize;
        let kind = run / 7;
        let positions = configuration(&mut random, kind, &domain, count);
        let values: Vec<f32> = (0..count).map(|i| [1.0, -1.0][i % 2]).collect();
        let mut charges = Charges::alike(&domain, &positions);
        if run % 4 < 2 {
            charges = Charges::valued(&domain, &positions, &values);
        } else if boundary == Boundary::Open && kind % 5 == 3 {
            // The background of the lattice: what is left is the fluctuating field.
            charges.stiffness = PI * count as f64 / domain.area();
        }
        let (accuracy, solver) = &mut solvers[run % 6];
        let effort = fast::Effort::of(*accuracy);
        let mut field = vec![[0.0; 2]; count];
        // Past the choice of the solver, which sums few charges directly.
        solver.fast.field(&charges, effort, &mut field);
        let [error, size] = errors(&charges, &field);
        // The output is rounded to f32.
        let bound = accuracy.max(6e-8) * size;
        assert!(
            error <= bound,
            "run {run}, kind {}, {count} in {boundary:?} {size:?}: {:e} at {accuracy:e}",
            kind % 5,
            error / size
        );
    }
}

#[test]
fn the_fast_potential_and_energy_are_those_of_all_pairs() {
    let mut random = Random(12);
    for boundary in [Boundary::Open, Boundary::Periodic] {
        for size in [[40.0, 40.0], [60.0, 20.0]] {
            let domain = Domain::new(size, boundary);
            let positions = random.positions(&domain, 1500);
            let points = random.positions(&domain, 400);
            let values: Vec<f32> = (0..1500).map(|i| [1.0, -1.0, 0.5][i % 3]).collect();
            for core in [0.0, 0.5] {
                let charges = Charges {
                    core,
                    stiffness: if boundary == Boundary::Open { 0.7 } else { 0.0 },
                    ..Charges::valued(&domain, &positions, &values)
                };
                let mut fast = Solver::new(Method::Fast { accuracy: 1e-6 }).expect("a method");
                let energies = [fast.energy(&charges), direct().energy(&charges)];
                let difference = (energies[0] - energies[1]).abs();
                assert!(difference < 1e-3, "{boundary:?} {size:?} {energies:?}");
                let (mut a, mut b) = (vec![0.0; 1500], vec![0.0; 1500]);
                fast.potential(&charges, &mut a);
                direct().potential(&charges, &mut b);
                for (a, b) in a.iter().zip(&b) {
                    assert!((a - b).abs() < 1e-5, "{boundary:?} {size:?} {a} {b}");
                }
                let (mut a, mut b) = (vec![0.0; 400], vec![0.0; 400]);
                fast.potential_at(&charges, &points, &mut a);
                direct().potential_at(&charges, &points, &mut b);
                for (a, b) in a.iter().zip(&b) {
                    assert!(
                        (a - b).abs() < 1e-5 * b.abs().max(1.0),
                        "{boundary:?} {size:?} {a} {b}"
                    );
                }
                let (mut a, mut b) = (vec![[0.0; 2]; 400], vec![[0.0; 2]; 400]);
                fast.field_at(&charges, &points, &mut a);
                direct().field_at(&charges, &points, &mut b);
                for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
                    assert!(
                        (a - b).abs() < 1e-5 * b.abs().max(3.0),
                        "{boundary:?} {size:?} {a} {b}"
                    );
                }
            }
        }
    }
}

#[test]
fn an_achieved_error_is_that_of_the_sample() {
    let mut random = Random(3);
    let domain = Domain::new([30.0, 30.0], Boundary::Periodic);
    let positions = random.positions(&domain, 800);
    let charges = Charges::alike(&domain, &positions);
    let mut solver = Solver::new(Method::Fast { accuracy: 1e-3 }).expect("a method");
    let mut field = vec![[0.0; 2]; 800];
    solver.field(&charges, &mut field);
    let achieved = solver.achieved(&charges, &field, 800);
    assert_eq!(achieved.samples, 800);
    assert!(
        achieved.relative > 0.0 && achieved.relative < 1e-3,
        "{achieved:?}"
    );
    // A field that is wrong by so much at one charge is found out.
    field[123][0] += 0.5;
    let wrong = solver.achieved(&charges, &field, 800);
    assert!((wrong.largest - 0.5).abs() < 0.01, "{wrong:?}");
    assert!(solver.achieved(&charges, &field, 5000).samples == 800);
    let none = Charges::alike(&domain, &[]);
    assert_eq!(solver.achieved(&none, &[], 10), Achieved::default());
}

#[test]
fn a_crowd_at_one_place_costs_no_square_and_has_no_field() {
    for boundary in [Boundary::Open, Boundary::Periodic] {
        let domain = Domain::new([10.0, 10.0], boundary);
        let mut positions = vec![domain.fixed([1.0, 2.0]); 1000];
        positions.push(domain.fixed([-1.0, 2.0]));
        let charges = Charges::alike(&domain, &positions);
        for accuracy in [1e-3, 1e-7] {
            let mut solver = Solver::new(Method::Fast { accuracy }).expect("a method");
            let effort = fast::Effort::of(accuracy);
            let mut field = vec![[0.0; 2]; 1001];
            solver.fast.field(&charges, effort, &mut field);
            let [error, size] = errors(&charges, &field);
            assert!(error < accuracy * size, "{error} {size}");
            let (mut a, mut b) = (vec![0.0; 1001], vec![0.0; 1001]);
            solver.potential(&charges, &mut a);
            direct().potential(&charges, &mut b);
            for (a, b) in a.iter().zip(&b) {
                assert!((a - b).abs() < accuracy * b.abs(), "{a} {b}");
            }
        }
        assert_eq!(coincident_pairs(&positions), 1000 * 999 / 2);
    }
}

#[test]
fn the_fast_method_finds_the_energy_of_the_triangular_lattice() {
    let (domain, positions) = triangular(24, 28);
    let charges = Charges::alike(&domain, &positions);
    let count = positions.len() as f64;
    let mut fast = Solver::new(Method::Fast { accuracy: 1e-6 }).expect("a method");
    let own = fast.energy(&charges) / count + 0.25 * (PI * count / domain.area()).ln();
    // −0.374378 by the Kronecker limit formula, as computed for the direct sum.
    assert!((own - madelung()).abs() < 1e-6, "{own}");
    let mut field = vec![[0.0; 2]; positions.len()];
    fast.field(&charges, &mut field);
    for field in field {
        assert!(
            field[0].hypot(field[1]) < 1e-5,
            "no force on a lattice: {field:?}"
        );
    }
}

#[test]
fn boxes_that_the_fast_method_does_not_serve_are_summed_directly() {
    let mut random = Random(21);
    for (size, core) in [([100.0, 2.0], 0.0), ([10.0, 10.0], 2.0)] {
        let domain = Domain::new(size, Boundary::Periodic);
        let positions = random.positions(&domain, 200);
        let charges = Charges {
            core,
            ..Charges::alike(&domain, &positions)
        };
        let (mut a, mut b) = (vec![[0.0; 2]; 200], vec![[0.0; 2]; 200]);
        let mut solver = Solver::new(Method::Fast { accuracy: 1e-3 }).expect("a method");
        solver.field(&charges, &mut a);
        direct().field(&charges, &mut b);
        assert_eq!(a, b);
    }
}

/// How long a field takes, for figures: `cargo test --release --lib longrange -- --ignored
/// --nocapture how_long`, with RAYON_NUM_THREADS=1 for those per processor.
#[test]
#[ignore = "a measurement, not a test"]
fn how_long() {
    let time = |name: &str, solver: &mut Solver, charges: &Charges, repeat: usize| {
        let count = charges.positions.len();
        let mut field = vec![[0.0; 2]; count];
        let mut best = f64::INFINITY;
        for _ in 0..=repeat {
            let start = std::time::Instant::now();
            solver.field(charges, &mut field);
            best = best.min(start.elapsed().as_secs_f64());
        }
        let mut squares = [0.0; 2];
        for slot in (0..count).step_by(count.div_ceil(200)) {
            let exact = exact_field(charges, slot);
            for axis in 0..2 {
                squares[0] += (f64::from(field[slot][axis]) - exact[axis]).powi(2);
                squares[1] += exact[axis].powi(2);
            }
        }
        let error = (squares[0] / squares[1]).sqrt();
        let pairs = (count as f64).powi(2) / best;
        println!(
            "{name} N = {count}: {:.3} ms, {pairs:.3e} pairs/s, error {error:.1e}",
            best * 1e3
        );
    };
    let mut random = Random(1);
    for count in [10_000, 100_000, 1_000_000] {
        let radius = (count as f64 / PI).sqrt();
        let disc = Domain::new([2.0 * radius; 2], Boundary::Open);
        let even: Vec<[u32; 2]> = (0..count)
            .map(|_| {
                let (sin, cos) = (TAU * random.uniform()).sin_cos();
                let r = radius * random.uniform().sqrt();
                disc.fixed([r * cos, r * sin])
            })
            .collect();
        let torus = Domain::new([(count as f64).sqrt(); 2], Boundary::Periodic);
        let neutral = random.positions(&torus, count);
        let values: Vec<f32> = (0..count).map(|i| [1.0, -1.0][i % 2]).collect();
        let free = Charges {
            stiffness: PI,
            ..Charges::alike(&disc, &even)
        };
        let periodic = Charges::valued(&torus, &neutral, &values);
        if count <= 10_000 {
            time("direct", &mut direct(), &free, 10);
        }
        for accuracy in [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7] {
            let mut solver = Solver::new(Method::Fast { accuracy }).expect("a method");
            time(&format!("free {accuracy:e}"), &mut solver, &free, 5);
            time(
                &format!("periodic, neutral {accuracy:e}"),
                &mut solver,
                &periodic,
                5,
            );
        }
    }
}
