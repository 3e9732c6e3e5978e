use super::*;
use crate::math::cells::{CellList, reorder};
use crate::math::laws::*;
use crate::math::pair::{Diameters, PairForce, Wca, forces};
use crate::math::philox::{Purpose, Stream};
use crate::math::simd::tests::levels;
use crate::math::verlet::VerletList;

/// Active particles at packing fraction 0.6, and all buffers of a run.
struct Run {
    domain: Domain,
    tags: Vec<u32>,
    positions: Vec<[u32; 2]>,
    reference: Vec<[u32; 2]>,
    headings: Vec<[f32; 2]>,
    forces: Vec<[f32; 2]>,
    cells: CellList,
    lists: VerletList,
    stale: bool,
    builds: usize,
    step: u64,
}

impl Run {
    fn new(side: usize) -> Self {
        let n = side * side;
        let spacing = (std::f64::consts::PI / 4.0 / 0.6).sqrt();
        let length = side as f64 * spacing;
        let domain = Domain::new([length, length], Boundary::Periodic);
        let stream = Stream::new(9, 0, Purpose::InitialCondition);
        let at = |i: usize| {
            domain.fixed([i % side, i / side].map(|k| (k as f64 + 0.5) * spacing - length / 2.0))
        };
        let heading = |i: u32| (stream.uniforms(i, 0)[0] * std::f32::consts::TAU).sin_cos();
        Self {
            domain,
            tags: (0..n as u32).collect(),
            positions: (0..n).map(at).collect(),
            reference: vec![[0; 2]; n],
            headings: (0..n as u32).map(|i| heading(i).into()).collect(),
            forces: vec![[0.0; 2]; n],
            cells: CellList::new(),
            lists: VerletList::new(Wca { epsilon: 1.0 }.cutoff(1.0), 0.2),
            stale: true,
            builds: 0,
            step: 0,
        }
    }

    fn advance(&mut self) {
        if self.stale {
            let order = self.cells.sort(
                &self.domain,
                self.lists.reach(),
                &self.positions,
                &mut Vec::new(),
            );
            reorder(order, &mut self.positions, &mut Vec::new());
            reorder(order, &mut self.headings, &mut Vec::new());
            reorder(order, &mut self.tags, &mut Vec::new());
            self.reference.copy_from_slice(&self.positions);
            self.lists
                .build(&self.domain, &self.cells, &self.positions)
                .unwrap();
            self.builds += 1;
        }
        let law = Wca { epsilon: 1.0 };
        let uniform = Diameters::Uniform(1.0);
        forces(
            law,
            uniform,
            &self.lists,
            &self.domain,
            &self.positions,
            &mut self.forces,
        );
        let draws = Draws::new(Noise::Gaussian, 3, self.step);
        let law = ActiveBrownian::new(draws, 1.0, 100.0, [1.0, 3.0], 0.0, 2e-5);
        let columns = Columns {
            tags: &self.tags,
            positions: &mut self.positions,
            reference: &self.reference,
            state: &mut self.headings,
            forces: Forces::Slots(&self.forces),
        };
        let farthest2 = advance(law, &self.domain, columns).unwrap();
        self.stale = self.lists.is_stale(farthest2);
        self.step += 1;
    }

    /// FNV-1a over the columns.
    fn hash(&self) -> u64 {
        let positions = self.positions.iter().flatten().copied();
        let headings = self.headings.iter().flatten().map(|h| h.to_bits());
        positions
            .chain(headings)
            .chain(self.tags.iter().copied())
            .fold(0xcbf2_9ce4_8422_2325, |h, w| {
                (h ^ u64::from(w)).wrapping_mul(0x100_0000_01b3)
            })
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let hash = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut run = Run::new(317);
            (0..100).for_each(|_| run.advance());
            assert!(
                run.tags.len() > 100_000 && run.builds > 2,
                "{} builds",
                run.builds
            );
            run.hash()
        })
    };
    let one = hash(1);
    for threads in [2, 3, 4, 7] {
        assert_eq!(one, hash(threads), "{threads} threads");
    }
}

#[test]
fn lists_that_live_long_give_the_forces_of_brute_force() {
    let mut run = Run::new(20);
    let law = Wca { epsilon: 1.0 };
    let mut compared = 0;
    for step in 0..400 {
        run.advance();
        if step % 7 != 0 || run.stale {
            continue;
        }
        // Lists of the last build against lists made now, of all pairs.
        forces(
            law,
            Diameters::Uniform(1.0),
            &run.lists,
            &run.domain,
            &run.positions,
            &mut run.forces,
        );
        for i in 0..run.positions.len() {
            let mut sum = [0.0f64; 2];
            for j in (0..run.positions.len()).filter(|&j| j != i) {
                let d = run
                    .domain
                    .separation(run.positions[i], run.positions[j])
                    .map(f64::from);
                let r2 = d[0] * d[0] + d[1] * d[1];
                if r2 < 2f64.powf(1.0 / 3.0) {
                    let s6 = 1.0 / (r2 * r2 * r2);
                    let over_r = 24.0 * s6 * (2.0 * s6 - 1.0) / r2;
                    sum = [sum[0] + over_r * d[0], sum[1] + over_r * d[1]];
                }
            }
            for a in 0..2 {
                assert!(
                    (f64::from(run.forces[i][a]) - sum[a]).abs() < 2e-3,
                    "{step} {i} {sum:?}"
                );
            }
        }
        compared += 1;
    }
    assert!(compared > 30 && run.builds > 5, "{compared} {}", run.builds);
}

#[test]
fn instruction_sets_agree_to_the_bit() {
    fn bits<L: Law>(law: L, boundary: Boundary) -> Vec<Vec<[u32; 4]>> {
        let n = 1000 - 7;
        let domain = Domain::new([9.0, 7.0], boundary);
        let stream = Stream::new(1, 2, Purpose::InitialCondition);
        let start: Vec<[f32; 4]> = (0..n as u32).map(|i| stream.gaussians(i, 0)).collect();
        let tags: Vec<u32> = (0..n as u32).map(|i| i.wrapping_mul(77)).collect();
        levels()
            .into_iter()
            .map(|level| {
                let place = |g: &[f32; 4]| domain.fixed([f64::from(g[0]), f64::from(g[1])]);
                let mut positions: Vec<[u32; 2]> = start.iter().map(place).collect();
                let reference = positions.clone();
                let mut state: Vec<[f32; 2]> = start.iter().map(|g| [g[2], g[3]]).collect();
                let forces: Vec<[f32; 2]> = start.iter().map(|g| [3.0 * g[3], g[0]]).collect();
                let columns = Columns {
                    tags: &tags,
                    positions: &mut positions,
                    reference: &reference,
                    state: &mut state,
                    forces: Forces::Slots(&forces),
                };
                let mover = Mover::new(&domain);
                let report = dispatch_at(
                    level,
                    Pass {
                        law,
                        mover,
                        first: 0,
                        columns,
                    },
                );
                assert!(report.fault.is_none() && report.farthest2 > 0);
                let state = state.iter().map(|s| s.map(f32::to_bits));
                positions
                    .iter()
                    .zip(state)
                    .map(|(p, s)| [p[0], p[1], s[0], s[1]])
                    .collect()
            })
            .collect()
    }
    for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
        let draws = Draws::new(Noise::Gaussian, 5, 6);
        let coarse = Draws::new(Noise::IrwinHall, 5, 6);
        for all in [
            bits(Brownian::new(coarse, 1.0, 0.3, 0.1), boundary),
            bits(
                LeimkuhlerMatthews::new([draws, coarse], 1.0, 0.3, 0.1),
                boundary,
            ),
            bits(
                ActiveBrownian::new(draws, 1.0, 2.0, [0.1, 0.7], 0.3, 0.1),
                boundary,
            ),
            bits(
                ActiveOrnsteinUhlenbeck::new(draws, 1.0, 2.0, 0.1, 0.7, 0.1),
                boundary,
            ),
            bits(
                RunAndTumble::new(draws, 1.0, 2.0, 0.1, [3.0, 0.2], 0.1),
                boundary,
            ),
            bits(Langevin::new(draws, 1.0, 2.0, 0.5, 0.1), boundary),
        ] {
            assert!(all.windows(2).all(|w| w[0] == w[1]));
        }
    }
}

#[test]
fn the_order_of_the_slots_does_not_matter() {
    let run = |order: &[u32]| {
        let n = order.len();
        let domain = Domain::new([10.0, 10.0], Boundary::Periodic);
        let mut positions: Vec<[u32; 2]> = order.iter().map(|&i| [i << 8, i << 20]).collect();
        let reference = positions.clone();
        let mut state = vec![[1.0, 0.0]; n];
        for step in 0..5 {
            let law = ActiveBrownian::new(
                Draws::new(Noise::Gaussian, 1, step),
                1.0,
                1.0,
                [1.0, 1.0],
                0.0,
                0.01,
            );
            let columns = Columns {
                tags: order,
                positions: &mut positions,
                reference: &reference,
                state: &mut state,
                forces: Forces::Absent,
            };
            advance(law, &domain, columns).unwrap();
        }
        let mut by_tag = vec![[0; 2]; n];
        order
            .iter()
            .zip(&positions)
            .for_each(|(&tag, &p)| by_tag[tag as usize] = p);
        by_tag
    };
    let there: Vec<u32> = (0..2500).collect();
    let back: Vec<u32> = (0..2500).rev().collect();
    assert_eq!(run(&there), run(&back));
}

/// Goes a fixed way each step.
#[derive(Clone, Copy)]
struct Ballistic;
impl Law for Ballistic {
    const BOUNCES: bool = true;
    #[inline(always)]
    fn draw<S: Simd>(&self, _: S, _: &[u32], _: &mut Batch<S>) {}
    #[inline(always)]
    fn step<S: Simd>(
        &self,
        _: S,
        _: [f32x16<S>; 4],
        _: Vec2<S>,
        velocity: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        (velocity, velocity)
    }
}

fn fly(
    domain: &Domain,
    from: [f64; 2],
    velocity: [f32; 2],
    steps: usize,
) -> Result<([f64; 2], [f32; 2]), Fault> {
    let mut positions = [domain.fixed(from)];
    let reference = positions;
    let mut state = [velocity];
    for _ in 0..steps {
        let columns = Columns {
            tags: &[17],
            positions: &mut positions,
            reference: &reference,
            state: &mut state,
            forces: Forces::Absent,
        };
        advance(Ballistic, domain, columns)?;
    }
    Ok((domain.real(positions[0]), state[0]))
}

#[test]
fn boundaries_wrap_mirror_and_let_go() {
    let size = [10.0, 6.0];
    let near = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).abs() < 1e-5 && (a[1] - b[1]).abs() < 1e-5;
    let periodic = Domain::new(size, Boundary::Periodic);
    let (at, _) = fly(&periodic, [4.0, -2.5], [0.5, -0.25], 4).unwrap();
    assert!(near(at, [-4.0, 2.5]), "{at:?}");
    let walls = Domain::new(size, Boundary::Reflecting);
    let (at, v) = fly(&walls, [4.0, -2.5], [0.5, -0.25], 4).unwrap();
    assert!(near(at, [4.0, -2.5]) && v == [-0.5, 0.25], "{at:?} {v:?}");
    // Many reflections never let a particle out.
    let (at, _) = fly(&walls, [0.0, 0.0], [1.37, 0.91], 1000).unwrap();
    assert!(at[0].abs() <= 5.0 && at[1].abs() <= 3.0);
    let open = Domain::new(size, Boundary::Open);
    let (at, _) = fly(&open, [4.0, -2.5], [0.5, -0.25], 40).unwrap();
    // Forty roundings to quanta of 2.4e-6, each off by half at most.
    assert!(
        (at[0] - 24.0).abs() < 5e-5 && (at[1] + 12.5).abs() < 5e-5,
        "{at:?}"
    );
}

#[test]
fn faults_name_the_particle_and_the_term() {
    let periodic = Domain::new([10.0, 10.0], Boundary::Periodic);
    let term = |domain: &Domain, v: [f32; 2]| fly(domain, [0.0, 0.0], v, 1).unwrap_err().term;
    assert_eq!(term(&periodic, [f32::NAN, 0.0]), Term::State);
    assert_eq!(term(&periodic, [0.0, f32::INFINITY]), Term::State);
    assert_eq!(term(&periodic, [2.6, 0.0]), Term::TooFar);
    assert!(fly(&periodic, [0.0, 0.0], [2.4, -2.4], 1).is_ok());
    assert_eq!(term(&periodic, [0.0, 1e30]), Term::TooFar);
    let open = Domain::new([10.0, 10.0], Boundary::Open);
    assert_eq!(
        fly(&open, [0.0, 0.0], [4.0, 0.0], 2000).unwrap_err().term,
        Term::Escape
    );
    // The first of several, in whichever chunk, with its tag.
    let n = 5000;
    let mut forces = vec![[0.0f32; 2]; n];
    forces[4321] = [0.0, f32::NAN];
    forces[3210] = [f32::NEG_INFINITY, 0.0];
    let mut positions = vec![[1 << 31; 2]; n];
    let reference = positions.clone();
    let tags: Vec<u32> = (0..n as u32).map(|i| i + 10).collect();
    let law = Brownian::new(Draws::new(Noise::Gaussian, 1, 1), 1.0, 1.0, 1e-3);
    let columns = Columns {
        tags: &tags,
        positions: &mut positions,
        reference: &reference,
        state: &mut [],
        forces: Forces::Slots(&forces),
    };
    let fault = advance(law, &periodic, columns).unwrap_err();
    assert_eq!(
        fault,
        Fault {
            slot: 3210,
            tag: 3220,
            term: Term::Force
        }
    );
    assert_eq!(fault.to_string(), "particle 3220: force is not finite");
}

#[test]
fn the_farthest_particle_is_found_in_every_chunk_and_tail() {
    let domain = Domain::new([10.0, 10.0], Boundary::Periodic);
    for n in [1usize, 15, 16, 17, 1024, 1025, 3000] {
        for far in [0, n / 2, n - 1] {
            let mut positions = vec![[3; 2]; n];
            let reference = positions.clone();
            let mut state = vec![[0.0f32; 2]; n];
            state[far] = [0.3, -0.4];
            let tags = vec![0; n];
            let columns = Columns {
                tags: &tags,
                positions: &mut positions,
                reference: &reference,
                state: &mut state,
                forces: Forces::Absent,
            };
            let farthest2 = advance(Ballistic, &domain, columns).unwrap();
            assert!((farthest2 - 0.25).abs() < 1e-6, "{n} {far} {farthest2}");
        }
    }
    let nobody = Columns {
        tags: &[],
        positions: &mut [],
        reference: &[],
        state: &mut [],
        forces: Forces::Absent,
    };
    assert_eq!(advance(Ballistic, &domain, nobody), Ok(0.0));
}
