//! Threads, checkpoints, limits and bad input.

use super::*;
use crate::math::domain::Domain;
use crate::model::column::{NaturalFrequency, Phase, Position};
use crate::model::phase::Failure;
use crate::sim::checkpoint;

const LOCAL: [(&str, &str); 3] = [
    ("parameters.space", "local"),
    ("box.boundary", "periodic"),
    ("box.size", "(12, 12)"),
];

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let ring: Vec<_> = RING
        .into_iter()
        .chain([("population.count", "40000"), ("dt", "0.02")])
        .collect();
    let local: Vec<_> = LOCAL
        .into_iter()
        .chain([("population.count", "3000"), ("population.initial", "box")])
        .collect();
    for overrides in [&[("population.count", "2500")][..], &ring, &local] {
        let hashes = [1, 2, 3].map(|threads| {
            let mut run = start("swarmalators", overrides, threads);
            run.advance(12).unwrap();
            run.hash()
        });
        assert!(
            hashes.iter().all(|hash| *hash == hashes[0]),
            "{overrides:?}: {hashes:?}"
        );
    }
}

#[test]
fn a_checkpoint_goes_on_with_the_same_bits() {
    let ring: Vec<_> = RING.into_iter().chain([("dt", "0.02")]).collect();
    let local: Vec<_> = LOCAL
        .into_iter()
        .chain([("population.initial", "box")])
        .collect();
    for (name, overrides) in [
        ("swarmalator_tour", &[][..]),
        ("swarmalators", &ring),
        ("swarmalators", &local),
    ] {
        let mut whole = start(name, overrides, 2);
        whole.advance(60).unwrap();
        let mut half =
            checkpoint::restore(&checkpoint::save(&whole), worker_threads(1).unwrap()).unwrap();
        whole.advance(60).unwrap();
        half.advance(60).unwrap();
        assert_eq!(whole.hash(), half.hash(), "{name} {overrides:?}");
        assert_eq!(
            curve(&whole, "cycled_fraction"),
            curve(&half, "cycled_fraction")
        );
    }
}

fn places(run: &Simulation) -> Vec<[f64; 2]> {
    run.with_sample(|s| {
        s.column::<Position>()
            .iter()
            .map(|p| s.domain.real(p.0))
            .collect()
    })
    .unwrap()
}

/// With a range beyond the swarm the local version is the one of all pairs; slots are sorted, so
/// that the swarms are compared by their order parameters and radii. Chaos needs longer.
#[test]
fn a_range_beyond_the_swarm_is_everybody() {
    let run = |space: &str| {
        let mut run = start(
            "swarmalators",
            &[
                ("parameters.space", space),
                ("parameters.range", "50"),
                ("population.count", "250"),
                ("parameters.coupling", "-0.5"),
            ],
            1,
        );
        run.advance(40).unwrap();
        [
            "rainbow_order",
            "phase_order",
            "inner_radius",
            "outer_radius",
            "rms_speed",
        ]
        .map(|name| scalar(&run, name))
    };
    for (a, b) in run("plane").into_iter().zip(run("local")) {
        assert!((a - b).abs() < 1e-3, "{a} {b}");
    }
}

/// The centre of mass stays: of every pair what one feels the other feels.
#[test]
fn the_centre_stays() {
    let mut run = start("active_phase_wave", &[("population.count", "300")], 1);
    let centre = |run: &Simulation| {
        let all = places(run);
        let n = all.len() as f64;
        [0, 1].map(|axis| all.iter().map(|p| p[axis]).sum::<f64>() / n)
    };
    let before = centre(&run);
    run.advance(200).unwrap();
    let after = centre(&run);
    for axis in 0..2 {
        // Every place is rounded to a micrometre of the box, 200 times.
        assert!(
            (before[axis] - after[axis]).abs() < 2e-5,
            "{before:?} {after:?}"
        );
    }
}

/// Two at rest: (1 + J)/r·r = 1/r ... attraction of unit size and repulsion 1/r balance at
/// r = 1/(1 + J) in phase.
#[test]
fn one_alone_two_together_and_two_at_one_place() {
    let mut one = start("swarmalators", &[("population.count", "1")], 1);
    let before = places(&one);
    one.advance(10).unwrap();
    assert_eq!(places(&one), before);
    let mut two = start(
        "swarmalators",
        &[
            ("population.count", "2"),
            ("parameters.attraction", "0.5"),
            ("parameters.coupling", "2"),
        ],
        1,
    );
    two.advance(1500).unwrap();
    let [a, b] = places(&two)[..] else { panic!() };
    let distance = (a[0] - b[0]).hypot(a[1] - b[1]);
    assert!((distance - 1.0 / 1.5).abs() < 1e-4, "{distance}");
    // All at one place have no direction to part in, and no term is infinite.
    for space in ["plane", "local"] {
        let mut heap = start(
            "swarmalators",
            &[("population.count", "40"), ("parameters.space", space)],
            1,
        );
        let place = Domain::fixed(&heap.scene().domain, [0.1, 0.2]);
        let mut all = heap.world_mut().query::<(&mut Position, &mut Phase)>();
        for (mut position, mut phase) in all.iter_mut(heap.world_mut()) {
            (position.0, phase.0) = (place, 77);
        }
        heap.advance(5).unwrap();
        assert_eq!(scalar(&heap, "rms_speed"), 0.0, "{space}");
    }
}

#[test]
fn bad_input_is_told_and_never_panics() {
    for (space, boundary, word) in [
        ("plane", "periodic", "open"),
        ("ring", "open", "periodic"),
        ("local", "reflecting", "wall"),
    ] {
        let overrides = [("parameters.space", space), ("box.boundary", boundary)]
            .map(|(a, b)| (a.to_string(), b.to_string()));
        let text = crate::models::swarmalators::MODEL.default_scene;
        let mut overrides = overrides.to_vec();
        overrides.push(("dt".into(), "0.02".into()));
        let scene = crate::scene::parse("bad", text, &overrides).unwrap();
        let error = Simulation::new(scene, worker_threads(1).unwrap())
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(word), "{error}");
    }
    let ring: Vec<_> = RING.into_iter().chain([("dt", "0.02")]).collect();
    for overrides in [&[][..], &ring] {
        let mut run = start("swarmalators", overrides, 1);
        let mut frequencies = run.world_mut().query::<&mut NaturalFrequency>();
        frequencies.iter_mut(run.world_mut()).nth(11).unwrap().0 = f32::INFINITY;
        let failure = (0..3)
            .find_map(|_| run.advance(1).err())
            .expect("it must stop");
        assert!(
            matches!(failure, Failure::NotFinite { tag: 11, .. }),
            "{failure}"
        );
    }
}
