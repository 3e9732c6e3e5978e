//! Limits that are known exactly: full noise, no noise, nobody near, and fixed obstacles.

use super::harness::{Run, square};
use crate::math::domain::{Boundary, Domain};
use crate::math::statistics::Moments;
use crate::model::observable::{Accumulator, Estimator};
use crate::model::phase::Clock;
use crate::models::vicsek::obstacles::Obstacles;
use crate::models::vicsek::{MODEL, law};

const FULL: (&str, &str) = ("noise", "6.283185307179586");

#[test]
fn full_noise_has_the_polarisation_of_independent_headings() {
    // Every step is an independent sample: the error of the mean is √((1 − π/4)/N/steps).
    for update in ["forward", "backward"] {
        for (speed, count) in [("0.03", 400), ("0.5", 2048)] {
            let settings = [FULL, ("update", update), ("speed", speed)];
            let mut run = Run::new(&settings, count, square(20.0), "aligned", 9);
            let steps = 2000;
            run.advance(1);
            let mut moments = Moments::default();
            for _ in 0..steps {
                run.advance(1);
                moments.push(run.scalar("polarisation"));
            }
            let expected = law::random_polarisation(count as f64);
            let error = (law::RANDOM_SUSCEPTIBILITY / count as f64 / f64::from(steps)).sqrt();
            // The formula itself is right to a part of order 1/N.
            let off = moments.mean() - expected;
            assert!(
                off.abs() < 4.0 * error + expected / count as f64,
                "{update} {speed}: {} instead of {expected} ± {error}",
                moments.mean()
            );
            let spread = count as f64 * moments.variance() / law::RANDOM_SUSCEPTIBILITY;
            assert!(
                (spread - 1.0).abs() < 4.0 * (2.0 / f64::from(steps)).sqrt(),
                "{spread}"
            );
        }
    }
}

/// The accumulator of a number that needs the history.
fn history(name: &str) -> Box<dyn Accumulator> {
    match MODEL.observable(name).unwrap().estimator {
        Estimator::Cumulative { start, .. } => start(),
        _ => panic!("{name} needs no history"),
    }
}

#[test]
fn full_noise_has_the_fluctuations_of_independent_particles() {
    let mut run = Run::new(&[FULL], 4096, square(32.0), "random", 2);
    let names = ["susceptibility", "binder", "fluctuation_exponent"];
    let mut histories = names.map(history);
    for _ in 0..2000 {
        run.advance(1);
        for one in &mut histories {
            one.record(&run.sample());
        }
    }
    let expected = [law::RANDOM_SUSCEPTIBILITY, law::random_binder(4096.0), 1.0];
    for ((name, one), expected) in names.iter().zip(&histories).zip(expected) {
        let curve = one.curve();
        println!(
            "{name}: {} ± {} (expected {expected})",
            curve.y[0], curve.error[0]
        );
        // An error from at least eight blocks has fourteen per cent of freedom more than it says.
        let off = (curve.y[0] - expected).abs();
        assert!(
            off < 5.0 * curve.error[0],
            "{name}: {} ± {}",
            curve.y[0],
            curve.error[0]
        );
        assert!(curve.error[0] < 0.05, "{name}: {}", curve.error[0]);
        let bytes = one.save();
        let mut again = history(name);
        again.load(&bytes).unwrap();
        assert_eq!((again.curve(), again.save()), (curve, bytes), "{name}");
        assert!(again.load(&[1, 2]).is_err());
    }
    let density = run.curve("number_fluctuations");
    assert_eq!(density.x[5], 256.0);
    assert!((run.scalar("mean_neighbours") - 4095.0 * std::f64::consts::PI / 1024.0).abs() < 1.0);
}

#[test]
fn without_noise_and_within_one_range_all_agree_at_once() {
    let settings = [("noise", "0"), ("speed", "0.05")];
    let mut run = Run::new(&settings, 50, square(1.2), "random", 4);
    run.advance(1);
    assert!(run.scalar("polarisation") > 0.999);
    let mut run = Run::new(&settings, 50, square(40.0), "aligned", 4);
    run.advance(200);
    assert!(
        run.scalar("polarisation") > 0.999_99,
        "what agrees goes on agreeing"
    );
    assert!(run.scalar("direction").abs() < 1e-3);
}

#[test]
fn a_lonely_particle_goes_straight_or_does_a_random_walk() {
    for neighbours in ["metric", "nearest"] {
        let quiet = [("noise", "0"), ("neighbours", neighbours)];
        let mut run = Run::new(&quiet, 1, square(10.0), "random", 8);
        let (start, heading) = run.state()[0];
        run.advance(100);
        let (end, after) = run.state()[0];
        assert!((after[0] - heading[0]).hypot(after[1] - heading[1]) < 1e-4);
        let domain = square(10.0);
        let [x, y] = domain.separation(end, start);
        let expected = heading.map(|part| {
            let way = 50.0 * f64::from(part);
            way - 10.0 * (way / 10.0).round()
        });
        assert!((f64::from(x) - expected[0]).hypot(f64::from(y) - expected[1]) < 5e-3);
        // Full noise: a walk of independent strides, ⟨r²⟩ = v₀² t.
        let mut squares = Moments::default();
        let domain = Domain::new([50.0, 50.0], Boundary::Open);
        let mut run = Run::new(
            &[FULL, ("neighbours", neighbours)],
            2000,
            domain,
            "centre",
            6,
        );
        run.advance(60);
        for (place, _) in run.state() {
            let [x, y] = domain.real(place);
            squares.push(x * x + y * y);
        }
        let expected = 0.25 * 60.0;
        // An exponential distribution of r², whose deviation is its mean.
        let error = expected / 2000f64.sqrt();
        assert!(
            (squares.mean() - expected).abs() < 4.0 * error,
            "{}",
            squares.mean()
        );
    }
}

#[test]
fn nobody_passes_a_wall_or_an_obstacle() {
    let walls = Domain::new([20.0, 12.0], Boundary::Reflecting);
    for (domain, radius) in [(walls, "1.5"), (square(20.0), "2"), (square(9.0), "0.4")] {
        for arrangement in ["random", "lattice"] {
            let settings = [
                ("noise", "1"),
                ("obstacles", "4"),
                ("obstacle_radius", radius),
                ("obstacle_arrangement", arrangement),
            ];
            let mut run = Run::new(&settings, 600, domain, "random", 12);
            for _ in 0..100 {
                run.advance(1);
                let state = run.state();
                let [low, high] = domain.limits();
                let obstacles = run.world.resource::<Obstacles>();
                let mut inside = 0;
                for (place, heading) in state {
                    assert!(place.iter().all(|part| (low..=high).contains(part)));
                    assert!((heading[0].hypot(heading[1]) - 1.0).abs() < 1e-4);
                    if let Some((_, away)) = obstacles.hit(&domain, place) {
                        // Between two that overlap a mirror image may lie in the other; next to a
                        // wall it may be cut off; the rounding of the rim is that of f32.
                        inside += usize::from(away[0].hypot(away[1]) < obstacles.radius() - 1e-3);
                    }
                }
                if arrangement == "lattice" {
                    assert_eq!(inside, 0, "step {}", run.world.resource::<Clock>().step);
                }
                assert!(inside < 60, "{inside} of 600 are inside of obstacles");
            }
        }
    }
}

#[test]
fn a_mirror_at_an_obstacle_keeps_the_angle() {
    // A particle that runs along x into a disc at the centre, head-on and off the middle.
    let settings = [
        ("noise", "0"),
        ("obstacles", "1"),
        ("obstacle_radius", "2"),
        ("obstacle_arrangement", "lattice"),
    ];
    let run = Run::new(&settings, 1, square(20.0), "random", 1);
    let (domain, obstacles) = (square(20.0), run.world.resource::<Obstacles>());
    for height in [0.0, 1.0, -1.4] {
        let mut place = [domain.fixed([-(4.0f64 - height * height).sqrt() + 0.2, height])];
        let mut heading = [[1.0f32, 0.0]];
        obstacles.rebound(&domain, &mut place, &mut heading);
        let [x, y] = domain.real(place[0]);
        assert!(
            (x.hypot(y) - 2.0).abs() < 0.21 && x.hypot(y) > 2.0,
            "{x} {y}"
        );
        // The normal at the rim and the reversed component.
        let normal = [x / x.hypot(y), y / x.hypot(y)];
        let mirrored = [
            1.0 - 2.0 * normal[0] * normal[0],
            -2.0 * normal[0] * normal[1],
        ];
        let off =
            (f64::from(heading[0][0]) - mirrored[0]).hypot(f64::from(heading[0][1]) - mirrored[1]);
        assert!(off < 1e-5, "{off}");
    }
}
