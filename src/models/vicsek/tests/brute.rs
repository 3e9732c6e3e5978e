//! A step against the law as it stands in the paper, over all pairs in double precision.

use std::f64::consts::{PI, TAU};

use super::harness::{Run, square, values};
use crate::math::domain::{Boundary, Domain};
use crate::math::philox::{Purpose, Stream};
use crate::model::parameter::Parameters;
use crate::models::vicsek::law::attraction;
use crate::models::vicsek::parameters::{Neighbourhood, NoiseKind, Update, Vicsek};

/// Where a particle wants to go, over all others.
fn pull(vicsek: &Vicsek, domain: &Domain, state: &[([u32; 2], [f32; 2])], i: usize) -> [f64; 3] {
    let (here, own) = (state[i].0, state[i].1.map(f64::from));
    let mut others: Vec<(f64, usize, [f64; 2])> = (0..state.len())
        .map(|j| {
            let span = domain.span();
            let d = [0, 1].map(|axis| {
                let quanta = state[j].0[axis].wrapping_sub(here[axis]) as i32;
                f64::from(quanta) * span[axis] / 4_294_967_296.0
            });
            (d[0].hypot(d[1]), j, d)
        })
        .collect();
    match vicsek.neighbours {
        Neighbourhood::Metric => others.retain(|other| other.0 < 1.0),
        Neighbourhood::Nearest => {
            others.retain(|other| other.1 != i);
            others.sort_by(|a, b| a.0.total_cmp(&b.0));
            others.truncate(vicsek.nearest as usize);
            others.push((0.0, i, [0.0; 2]));
        }
    }
    let (mut sum, mut core) = ([0.0; 3], [0.0; 3]);
    for (distance, j, d) in others {
        let ahead = own[0] * d[0] + own[1] * d[1];
        let apart = distance > 0.0;
        if apart && vicsek.is_blind() && ahead < distance * (0.5 * vicsek.field_of_view).cos() {
            continue;
        }
        let unit = d.map(|part| if apart { part / distance } else { 0.0 });
        if apart && distance < vicsek.core_radius {
            core = [core[0] - unit[0], core[1] - unit[1], core[2] + 1.0];
        }
        let force = attraction(distance, vicsek.equilibrium_distance, vicsek.plateau());
        let force = vicsek.cohesion * force;
        for axis in 0..2 {
            sum[axis] += vicsek.alignment * f64::from(state[j].1[axis]) + force * unit[axis];
        }
        sum[2] += 1.0;
    }
    if core[2] > 0.0 { core } else { sum }
}

/// The state after a step at which particle i has drawn the uniform number of its stream.
fn step(
    vicsek: &Vicsek,
    domain: &Domain,
    state: &[([u32; 2], [f32; 2])],
    (seed, step): (u64, u64),
) -> Vec<([f64; 2], f64, f64)> {
    let stream = Stream::new(seed, step, Purpose::Orientation);
    (0..state.len())
        .map(|i| {
            let drawn = f64::from(stream.uniforms(i as u32, 0)[0]);
            let [mut x, mut y, count] = pull(vicsek, domain, state, i);
            let certainty = x.hypot(y);
            if vicsek.noise_kind == NoiseKind::Vector {
                x += vicsek.noise * count * (TAU * drawn).cos();
                y += vicsek.noise * count * (TAU * drawn).sin();
            }
            let old = state[i].1.map(f64::from);
            let before = old[1].atan2(old[0]);
            let turn = y.atan2(x) - before;
            let turn = turn - TAU * (turn / TAU).round();
            let mut angle = before + turn.clamp(-vicsek.turn_limit, vicsek.turn_limit);
            if vicsek.noise_kind == NoiseKind::Angular {
                angle += vicsek.noise * (drawn - 0.5);
            }
            let along = match vicsek.update {
                Update::Forward => angle,
                Update::Backward => before,
            };
            let [x0, y0] = domain.real(state[i].0);
            let place = [
                x0 + vicsek.speed * along.cos(),
                y0 + vicsek.speed * along.sin(),
            ];
            // How surely the direction is known: sums that cancel amplify every rounding.
            (
                place,
                angle,
                certainty.min(x.hypot(y)).min((PI - turn.abs()).max(0.0)),
            )
        })
        .collect()
}

#[track_caller]
fn agrees(settings: &[(&str, &str)], count: usize, domain: Domain, initial: &str, warm: u64) {
    let vicsek = Vicsek::from_values(&values(settings));
    let seed = 5;
    let mut run = Run::new(settings, count, domain, initial, seed);
    run.advance(warm);
    for at in warm..warm + 3 {
        let before = run.state();
        run.advance(1);
        let after = run.state();
        let expected = step(&vicsek, &domain, &before, (seed, at));
        let mut unsure = 0;
        for (i, (&(place, heading), &(wanted, angle, certainty))) in
            after.iter().zip(&expected).enumerate()
        {
            if certainty < 2e-2 {
                unsure += 1;
                continue;
            }
            let inside = (0..2).all(|axis| wanted[axis].abs() < 0.5 * domain.size[axis]);
            if domain.boundary == Boundary::Reflecting && !inside {
                // A wall mirrors place and heading, which is not the business of this test.
                continue;
            }
            // Headings are held to 2⁻²⁰, and the noise to 2⁻²⁴ of a turn.
            let off =
                (f64::from(heading[0]) - angle.cos()).hypot(f64::from(heading[1]) - angle.sin());
            assert!(
                off < 1e-4,
                "{settings:?} {initial}: heading of {i} is off by {off}"
            );
            let real = domain.real(place);
            let moved = [0, 1].map(|axis| {
                let d = real[axis] - wanted[axis];
                if domain.is_periodic() {
                    d - domain.size[axis] * (d / domain.size[axis]).round()
                } else {
                    d
                }
            });
            let off = moved[0].hypot(moved[1]);
            assert!(
                off < 1e-4,
                "{settings:?} {initial}: place of {i} is off by {off}"
            );
        }
        assert!(
            unsure * 10 <= count.max(10),
            "{unsure} of {count} are unsure"
        );
    }
}

/// Every way to look at neighbours.
const WAYS: &[&[(&str, &str)]] = &[
    &[("noise", "2")],
    &[("noise", "1"), ("update", "backward")],
    &[("noise_kind", "vector"), ("noise", "0.5")],
    &[("noise", "0.5"), ("field_of_view", "3")],
    &[("noise", "0.5"), ("cohesion", "2"), ("core_radius", "0.2")],
    &[
        ("noise_kind", "vector"),
        ("noise", "0.3"),
        ("core_radius", "0.3"),
        ("cohesion", "0.5"),
    ],
    &[
        ("noise", "0.5"),
        ("turn_limit", "0.3"),
        ("alignment", "0.5"),
        ("cohesion", "1"),
    ],
    &[("noise", "1"), ("neighbours", "nearest"), ("nearest", "6")],
    &[
        ("noise", "1"),
        ("neighbours", "nearest"),
        ("nearest", "20"),
        ("field_of_view", "4"),
    ],
    &[
        ("noise_kind", "vector"),
        ("noise", "0.4"),
        ("neighbours", "nearest"),
        ("cohesion", "1"),
    ],
];

#[test]
fn every_way_to_look_is_that_of_brute_force() {
    for settings in WAYS {
        let long = Domain::new([23.0, 9.0], Boundary::Periodic);
        agrees(settings, 700, long, "random", 0);
        agrees(settings, 300, square(10.0), "random", 20);
        for boundary in [Boundary::Reflecting, Boundary::Open] {
            agrees(
                settings,
                300,
                Domain::new([12.0, 7.0], boundary),
                "random",
                4,
            );
        }
    }
}

#[test]
fn a_dense_clump_and_a_nearly_empty_plane_are_those_of_brute_force() {
    // A thousand within a disc of two ranges: every block of sixteen sees hundreds.
    for settings in [WAYS[0], WAYS[2], WAYS[4], WAYS[7]] {
        agrees(settings, 1000, square(8.0), "disc", 0);
        agrees(settings, 30, square(200.0), "random", 0);
        agrees(
            settings,
            400,
            Domain::new([300.0, 4.0], Boundary::Periodic),
            "random",
            0,
        );
    }
}

#[test]
fn more_in_one_place_than_a_short_sum_can_hold_are_summed_exactly() {
    // 5000 aligned particles at one point: the sum of headings is 5000, and noise turns each alone.
    for kind in [("noise_kind", "angular"), ("noise_kind", "vector")] {
        let settings = [kind, ("noise", "0.0"), ("speed", "0.1")];
        let mut run = Run::new(&settings, 5000, square(20.0), "centre", 3);
        let sum = run.state().iter().fold([0.0; 2], |sum, one| {
            [sum[0] + f64::from(one.1[0]), sum[1] + f64::from(one.1[1])]
        });
        run.advance(1);
        let expected = sum[1].atan2(sum[0]);
        for (_, heading) in run.state() {
            let off = f64::from(heading[0]) - expected.cos();
            assert!(off.abs() < 1e-4, "{off}");
        }
        assert!(run.scalar("polarisation") > 0.999_999);
    }
}

#[test]
fn a_range_beyond_half_the_box_sees_everybody_once() {
    // In a box of 1.6 the nearest image of most is within the range, that of the corners is not.
    for settings in [WAYS[0], WAYS[4], WAYS[7]] {
        let slow: Vec<_> = settings.iter().copied().chain([("speed", "0.1")]).collect();
        for side in [0.9, 1.6, 2.1, 2.9, 3.1] {
            agrees(&slow, 60, square(side), "random", 0);
        }
    }
}

#[test]
fn fewer_than_k_neighbours_are_all_there_are() {
    for count in [1, 2, 5, 20] {
        let settings = [
            ("neighbours", "nearest"),
            ("nearest", "32"),
            ("noise", "0.4"),
        ];
        agrees(&settings, count, square(30.0), "random", 0);
    }
}
