//! Flocks as whole runs: the same bits on any number of threads and with any instruction set, cut
//! and resumed, and steps that allocate nothing.

use seethe::math::simd::{self, InstructionSet};
use seethe::sim::Simulation;
use seethe::sim::checkpoint::{restore, save};
use seethe::sim::simulation::worker_threads;

use crate::determinism::measured;
use crate::harness::{scene, start};

/// Scenes that differ in whom a particle looks at, and in how.
const RUNS: &[(&str, &[(&str, &str)])] = &[
    ("flock_order", &[]),
    ("vicsek_bands", &[("parameters.update", "backward")]),
    ("vector_noise", &[("box.boundary", "reflecting")]),
    ("vision_cone", &[("box.boundary", "open")]),
    ("topological_flock", &[]),
    ("mill", &[("parameters.core_radius", "0.1")]),
    ("flock_disorder", &[("parameters.obstacles", "3")]),
];

fn begin(run: &(&str, &[(&str, &str)]), count: &str, threads: usize) -> Simulation {
    let mut overrides = vec![("population.count", count), ("sample_every", "10")];
    overrides.extend(run.1);
    start(scene(run.0, &overrides), threads)
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    // Enough for every thread to have its own share of the sort; one clustered, one with obstacles.
    for run in [&RUNS[0], &RUNS[6]] {
        let mut expected = None;
        for threads in [1, 2, 3, 7] {
            let mut flock = begin(run, "100000", threads);
            flock.advance(30).expect("a good run");
            let found = (flock.hash(), measured(&flock));
            assert_eq!(
                &found,
                expected.get_or_insert(found.clone()),
                "{run:?}: {threads} threads"
            );
        }
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    for run in RUNS {
        let hashes = [
            InstructionSet::Baseline,
            InstructionSet::Avx2,
            InstructionSet::Avx512,
        ]
        .map(|set| {
            // Other tests may run meanwhile: nothing but their speed changes.
            simd::limit(set);
            let mut flock = begin(run, "600", 2);
            flock.advance(40).expect("a good run");
            (flock.hash(), measured(&flock))
        });
        assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "{run:?}");
    }
}

#[test]
fn a_resumed_flock_is_the_uninterrupted_one_bit_for_bit() {
    const END: u64 = 120;
    for run in RUNS {
        let mut whole = begin(run, "500", 2);
        whole.advance(END).expect("a good run");
        let expected = (whole.hash(), measured(&whole), save(&whole));
        for split in [0, 1, 10, 77] {
            let mut first = begin(run, "500", 1);
            first.advance(split).expect("a good run");
            let bytes = save(&first);
            let pool = worker_threads(3).expect("threads");
            let mut second = restore(&bytes, pool).expect("a state");
            assert_eq!(measured(&second), measured(&first), "{run:?} at {split}");
            assert_eq!(save(&second), bytes, "{run:?} at {split}");
            second.advance(END - split).expect("a good run");
            let found = (second.hash(), measured(&second), save(&second));
            assert!(found == expected, "{run:?} at {split}");
        }
    }
}

#[test]
fn a_mill_turns_about_an_empty_middle() {
    // The scene itself, from two seeds: nearly everybody keeps circling, and nobody goes anywhere.
    for seed in ["3", "4"] {
        let mut scene = scene("mill", &[("seed", seed)]);
        scene.sample_every = 50;
        let mut mill = start(scene, 2);
        mill.advance(2500).expect("a good run");
        let (mut rotation, mut order) = (0.0, 0.0);
        for _ in 0..20 {
            mill.advance(50).expect("a good run");
            for trace in mill.measurements().scalars().iter() {
                match trace.observable.name {
                    "rotation" => rotation += trace.latest.abs() / 20.0,
                    "polarisation" => order += trace.latest / 20.0,
                    _ => {}
                }
            }
        }
        println!("seed {seed}: rotation {rotation:.2}, polarisation {order:.2}");
        assert!(rotation > 0.6 && order < 0.3, "{rotation} and {order}");
    }
}
