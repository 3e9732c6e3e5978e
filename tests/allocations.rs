//! A step allocates nothing, and a particle takes little memory. Counted in a process of its own,
//! because the other tests allocate at the same time.

use std::process::Command;
use std::time::Instant;

use seethe::sim::{Action, Simulation};
use stats_alloc::Region;

use crate::ALLOCATOR;
use crate::harness::{Running, scene, start};

/// Set in the process that counts.
const ALONE: &str = "SEETHE_TEST_ALONE";

/// Runs `count` in a process in which nothing else happens.
fn alone(test: &str, count: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return count();
    }
    let program = std::env::current_exe().expect("the test's own program");
    let mut command = Command::new(program);
    command
        .args([test, "--exact", "--test-threads=1", "--nocapture"])
        .env(ALONE, "1");
    let outcome = Running::start(command).finish();
    println!("{}{}", outcome.out, outcome.err);
    assert!(
        outcome.out.contains("1 passed"),
        "{test} has not run: {outcome:#?}"
    );
    assert_eq!(outcome.code, Some(0));
}

/// A run that takes no samples on the way.
fn silent(name: &str, overrides: &[(&str, &str)], threads: usize) -> Simulation {
    let mut scene = scene(name, overrides);
    scene.sample_every = u64::MAX;
    start(scene, threads)
}

#[test]
fn a_step_allocates_nothing() {
    alone("allocations::a_step_allocates_nothing", || {
        let runs: [(&str, &[(&str, &str)]); 15] = [
            ("mips", &[("population.count", "8000")]),
            (
                "mips",
                &[
                    ("population.count", "5000"),
                    ("parameters.polydispersity", "0.1"),
                ],
            ),
            ("aoup", &[]),
            ("run_and_tumble", &[("population.count", "5000")]),
            ("trapped", &[]),
            ("flock_order", &[]),
            ("topological_flock", &[]),
            ("mill", &[]),
            ("kuramoto", &[("population.count", "20000")]),
            ("noisy_identical", &[]),
            ("moving_oscillators", &[]),
            ("chimera", &[]),
            ("active_phase_wave", &[("population.count", "600")]),
            ("crystal", &[]),
            ("coulomb", &[("parameters.dynamics", "langevin")]),
        ];
        for (name, overrides) in runs {
            for threads in [1, 2] {
                let mut run = silent(name, overrides, threads);
                // Some rebuilds of the lists, until all buffers have found their size.
                run.advance(900).expect("a good run");
                let region = Region::new(ALLOCATOR);
                run.advance(300).expect("a good run");
                let change = region.change();
                println!("{name}, {threads} threads: {change:?}");
                // Work is handed to the pool once per call, in blocks that are allocated now and
                // then; and a list of pairs that becomes the longest so far grows its buffer. What
                // a step or the building of a list allocated would be there 300 times or, at this
                // skin, some 20 times for each of the pieces of a list.
                assert!(
                    change.allocations <= 2,
                    "{name}, {threads} threads: {change:?}"
                );
                assert!(
                    change.reallocations <= 20,
                    "{name}, {threads} threads: {change:?}"
                );
            }
        }
    });
}

/// Bytes of this process in memory, on a system whose pages have 4 KiB.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<f64>().ok());
    4096.0 * pages.expect("a number of pages")
}

/// The bench scene with so many particles, after some steps; the samples are thrown away.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn crowd(count: u32) -> Simulation {
    let overrides = crate::harness::owned(&[("population.count", &count.to_string())]);
    let model = seethe::models::find("active").expect("the model");
    let mut scene = seethe::scene::parse("bench", model.bench_scene, &overrides)
        .unwrap_or_else(|problems| panic!("{problems}"));
    scene.sample_every = u64::MAX;
    let began = Instant::now();
    let mut run = start(scene, 2);
    // Reported, never asserted: a test must not depend on how busy the machine is.
    let spent = 1e3 * began.elapsed().as_secs_f64();
    println!("{count} particles are there and measured after {spent:.1} ms");
    run.advance(40).expect("a good run");
    run
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn a_particle_takes_less_than_two_hundred_bytes() {
    let name = "allocations::a_particle_takes_less_than_two_hundred_bytes";
    alone(name, || {
        crowd(1000);
        let empty = resident();
        // Bytes that a run holds, by the count of its allocations.
        let held = [100_000, 1_000_000].map(|count| {
            let region = Region::new(ALLOCATOR);
            let mut run = crowd(count);
            let measured = (resident() - empty) / f64::from(count);
            println!("{count} particles: {measured:.0} bytes of memory each, with a first sample");
            // The buffers of samples go: the survey of the state, and what averages remember.
            let peclet = run.scene().model.parameter("peclet").expect("a parameter");
            let value = run.scene().values.get(peclet);
            run.submit(Action::SetParameter {
                name: "peclet".into(),
                value,
            });
            run.submit(Action::ClearAverages);
            run.apply_due();
            let change = region.change();
            change.bytes_allocated as f64 - change.bytes_deallocated as f64
        });
        // Grids and tables of fixed size cancel.
        let each = (held[1] - held[0]) / 900_000.0;
        println!("{each:.0} bytes each in columns, lists and the tables of the entities");
        assert!(each < 200.0, "{each:.0} bytes per particle");
        assert!(
            each > 60.0,
            "what was measured? {each:.0} bytes per particle"
        );
    });
}
