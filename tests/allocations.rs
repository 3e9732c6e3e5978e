//! A step allocates nothing, and a particle takes little memory. Counted in a process of its own,
//! because the other tests allocate at the same time.

use std::process::Command;
use std::time::Instant;

use seethe::model::neighbours::Neighbours;
use seethe::sim::Simulation;
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
        let runs: [(&str, &[(&str, &str)]); 5] = [
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

/// Bytes of this process in memory.
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<f64>().ok());
    // The size of a page, as the program header of the process says it: 4 KiB on x86-64.
    4096.0 * pages.expect("a number of pages")
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn a_particle_takes_less_than_two_hundred_bytes() {
    alone(
        "allocations::a_particle_takes_less_than_two_hundred_bytes",
        || {
            let bench = |count: &str| {
                let overrides = crate::harness::owned(&[("population.count", count)]);
                let model = seethe::models::find("active").expect("the model");
                let mut scene = seethe::scene::parse("bench", model.bench_scene, &overrides)
                    .unwrap_or_else(|problems| panic!("{problems}"));
                scene.sample_every = u64::MAX;
                let began = Instant::now();
                let run = start(scene, 2);
                // Reported, never asserted: a test must not depend on how busy the machine is.
                println!(
                    "{count} particles are there after {:.1} ms",
                    began.elapsed().as_secs_f64() * 1e3
                );
                run
            };
            let mut few = bench("1000");
            few.advance(40).expect("a good run");
            let before = resident();
            for count in [100_000, 1_000_000] {
                let region = Region::new(ALLOCATOR);
                // Bytes that are held, by the count of allocations: no matter of the pages.
                let held = || {
                    let change = region.change();
                    let kept = change.bytes_allocated as f64 - change.bytes_deallocated as f64;
                    kept / f64::from(count)
                };
                let mut many = bench(&count.to_string());
                let started = ((resident() - before) / f64::from(count), held());
                many.advance(40).expect("a good run");
                let lists = many.world().resource::<Neighbours>().bytes() as f64;
                println!(
                    "{count} particles: {:.0} bytes each at the start ({:.0} held), then {:.0} held, of which {:.0} are lists",
                    started.0,
                    started.1,
                    held(),
                    lists / f64::from(count)
                );
                let bytes = (resident() - before) / f64::from(count);
                println!("{count} particles: {bytes:.0} bytes each");
                assert!(bytes < 200.0, "{bytes:.0} bytes per particle of {count}");
                assert!(
                    bytes > 40.0,
                    "what was measured? {bytes:.0} bytes per particle"
                );
            }
        },
    );
}
