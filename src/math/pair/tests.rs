use super::*;
use crate::math::cells::{CellList, reorder};
use crate::math::domain::Boundary;
use crate::math::philox::{Purpose, Stream};
use crate::math::simd::tests::levels;

/// A disordered system without close contacts: a jittered lattice.
fn lattice(domain: &Domain, spacing: f64) -> Vec<[u32; 2]> {
    let stream = Stream::new(3, 0, Purpose::InitialCondition);
    let count = domain.size.map(|l| (l / spacing) as u32);
    (0..count[0] * count[1])
        .map(|i| {
            let u = stream.uniforms(i, 0);
            let site = [i % count[0], i / count[0]];
            domain.fixed([0, 1].map(|a| {
                let x = (f64::from(site[a]) + 0.35 + 0.3 * f64::from(u[a])) * spacing;
                x - domain.size[a] / 2.0
            }))
        })
        .collect()
}

fn lists_for(domain: &Domain, cutoff: f32, positions: &mut [[u32; 2]]) -> VerletList {
    let (mut cells, mut lists) = (CellList::new(), VerletList::new(cutoff, 0.25));
    let order = cells
        .sort(domain, lists.reach(), positions, &mut Vec::new())
        .to_vec();
    reorder(&order, positions, &mut Vec::new());
    lists.build(domain, &cells, positions).unwrap();
    lists
}

/// Force over distance, and energy, in f64 straight from the formulas.
type Exact = fn(f64, f64) -> (f64, f64);

fn compare<P: PairForce>(law: P, exact: Exact, diameters: &dyn Fn(usize) -> Vec<f32>) {
    for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
        let domain = Domain::new([21.0, 14.0], boundary);
        let mut positions = lattice(&domain, 1.0);
        let n = positions.len();
        let each = diameters(n);
        let sizes = if each.is_empty() {
            Diameters::Uniform(1.0)
        } else {
            Diameters::Each(&each)
        };
        let lists = lists_for(&domain, law.cutoff(sizes.largest()), &mut positions);
        let (mut f, mut shares) = (vec![[f32::NAN; 2]; n], vec![[f32::NAN; 2]; n]);
        forces(law, sizes, &lists, &domain, &positions, &mut f);
        let sums = energies(law, sizes, &lists, &domain, &positions, &mut shares);
        let (mut energy, mut virial, mut pairs, mut scale) = (0.0, 0.0, 0, 0.0f64);
        for i in 0..n {
            let (mut sum, mut weight) = ([0.0f64; 2], 0.0);
            for j in (0..n).filter(|&j| j != i) {
                let d = domain.separation(positions[i], positions[j]).map(f64::from);
                let r = d[0].hypot(d[1]);
                let size = |k: usize| f64::from(each.get(k).copied().unwrap_or(1.0));
                let diameter = 0.5 * (size(i) + size(j));
                if r < f64::from(law.cutoff(diameter as f32)) {
                    let (over_r, u) = exact(r, diameter);
                    sum = [sum[0] + over_r * d[0], sum[1] + over_r * d[1]];
                    weight += over_r * r;
                    energy += 0.5 * u;
                    virial += 0.5 * over_r * r * r;
                    pairs += 1;
                }
            }
            scale = scale.max(weight);
            // Single precision: some ten roundings of relative size 6e-8, enhanced by the
            // steepness of the potential, in a sum of terms of total size `weight`.
            for a in 0..2 {
                let error = (f64::from(f[i][a]) - sum[a]).abs();
                assert!(
                    error < 1e-5 * weight + 1e-5,
                    "{boundary:?} {i}: {error:e} of {weight}"
                );
            }
        }
        assert!(pairs > n, "the test must see pairs");
        assert!(
            (sums.energy / energy - 1.0).abs() < 1e-4,
            "{} {energy}",
            sums.energy
        );
        assert!(
            (sums.virial / virial - 1.0).abs() < 1e-5,
            "{} {virial}",
            sums.virial
        );
        // Newton's third law: rounding alone is left of the total.
        let total: f64 = f.iter().map(|f| f64::from(f[0] + f[1])).sum();
        assert!(total.abs() < 1e-5 * scale * (n as f64).sqrt(), "{total}");
    }
}

fn alike(_: usize) -> Vec<f32> {
    Vec::new()
}

fn spread(n: usize) -> Vec<f32> {
    (0..n)
        .map(|i| 0.8 + 0.4 * (i as f32 * 0.618).fract())
        .collect()
}

#[test]
fn wca_forces_are_those_of_brute_force() {
    let exact: Exact = |r, s| {
        let s6 = (s / r).powi(6);
        (
            24.0 * 2.0 * s6 * (2.0 * s6 - 1.0) / (r * r),
            2.0 * (4.0 * s6 * (s6 - 1.0) + 1.0),
        )
    };
    compare(Wca { epsilon: 2.0 }, exact, &alike);
    compare(Wca { epsilon: 2.0 }, exact, &spread);
}

#[test]
fn harmonic_forces_are_those_of_brute_force() {
    let exact: Exact = |r, s| (30.0 * (s - r) / r, 15.0 * (s - r).powi(2));
    compare(Harmonic { stiffness: 30.0 }, exact, &alike);
    compare(Harmonic { stiffness: 30.0 }, exact, &spread);
}

#[test]
fn softplus_forces_are_those_of_brute_force() {
    const BETA: f64 = 7.5;
    let exact: Exact = |r, s| {
        let force = |r: f64| 4.0 * (1.0 + (BETA * (s - r)).exp()).ln() / BETA;
        // The midpoint rule with ten thousand intervals up to the cutoff.
        let step = (s + 0.8 - r) / 1e4;
        let energy: f64 = (0..10_000)
            .map(|k| force(r + (f64::from(k) + 0.5) * step))
            .sum();
        (force(r) / r, energy * step)
    };
    let law = Softplus {
        stiffness: 4.0,
        sharpness: BETA as f32,
        reach: 0.8,
    };
    compare(law, exact, &alike);
}

#[test]
fn coincident_particles_push_nobody() {
    let domain = Domain::new([10.0, 10.0], Boundary::Periodic);
    let mut positions = vec![[5, 5]; 20];
    let lists = lists_for(&domain, 1.2, &mut positions);
    let mut out = vec![[f32::NAN; 2]; 20];
    forces(
        Wca { epsilon: 1.0 },
        Diameters::Uniform(1.0),
        &lists,
        &domain,
        &positions,
        &mut out,
    );
    assert_eq!(out, [[0.0; 2]; 20]);
    forces(
        Harmonic { stiffness: 1.0 },
        Diameters::Uniform(1.0),
        &lists,
        &domain,
        &positions,
        &mut out,
    );
    assert_eq!(out, [[0.0; 2]; 20]);
    let law = Softplus {
        stiffness: 1.0,
        sharpness: 8.0,
        reach: 0.2,
    };
    forces(
        law,
        Diameters::Uniform(1.0),
        &lists,
        &domain,
        &positions,
        &mut out,
    );
    assert_eq!(out, [[0.0; 2]; 20]);
    // Nobody at all, and one alone.
    for n in [0, 1] {
        let lists = lists_for(&domain, 1.2, &mut positions[..n]);
        let law = Harmonic { stiffness: 1.0 };
        let mut out = vec![[f32::NAN; 2]; n];
        forces(
            law,
            Diameters::Uniform(1.0),
            &lists,
            &domain,
            &positions[..n],
            &mut out,
        );
        assert_eq!(out, vec![[0.0; 2]; n]);
    }
}

#[test]
fn instruction_sets_agree_to_the_bit() {
    let domain = Domain::new([30.0, 30.0], Boundary::Periodic);
    let mut positions = lattice(&domain, 1.0);
    let lists = lists_for(&domain, 1.5, &mut positions);
    let each = spread(positions.len());
    let list = &lists.chunks()[0];
    let run = |level| {
        let mut out = vec![[0.0; 2]; 3 * CHUNK];
        let (a, rest) = out.split_at_mut(CHUNK);
        let (b, c) = rest.split_at_mut(CHUNK);
        let (positions, quantum, first) = (&positions[..], domain.quantum(), 0);
        let law = Wca { epsilon: 1.0 };
        let (sizes, sum) = (Uniform(1.1), Force(law));
        dispatch_at(
            level,
            Loop {
                list,
                positions,
                first,
                quantum,
                law,
                sizes,
                sum,
                out: a,
            },
        );
        let (sizes, sum) = (Each(&each), Energy(law));
        dispatch_at(
            level,
            Loop {
                list,
                positions,
                first,
                quantum,
                law,
                sizes,
                sum,
                out: b,
            },
        );
        let law = Softplus {
            stiffness: 2.0,
            sharpness: 9.0,
            reach: 0.4,
        };
        let (sizes, sum) = (Each(&each), Force(law));
        dispatch_at(
            level,
            Loop {
                list,
                positions,
                first,
                quantum,
                law,
                sizes,
                sum,
                out: c,
            },
        );
        out.into_iter()
            .map(|f| f.map(f32::to_bits))
            .collect::<Vec<_>>()
    };
    let bits: Vec<_> = levels().into_iter().map(run).collect();
    assert!(bits.windows(2).all(|w| w[0] == w[1]));
    assert!(
        bits[0].iter().filter(|f| f[0] != 0).count() > CHUNK,
        "forces were there"
    );
}
