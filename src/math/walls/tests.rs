use super::*;
use crate::math::testing::Random;

fn wall(from: [f64; 2], to: [f64; 2]) -> Segment {
    Segment { from, to }
}

/// A few walls in every direction, some of which touch the edge of the box.
fn maze(domain: &Domain) -> Vec<Segment> {
    let [x, y] = domain.size.map(|length| 0.5 * length);
    vec![
        wall([-x, 0.2 * y], [0.3 * x, 0.2 * y]),
        wall([0.3 * x, 0.2 * y], [0.3 * x, -0.7 * y]),
        wall([0.3 * x, -0.7 * y], [-0.4 * x, -0.2 * y]),
        wall([0.8 * x, -y], [0.9 * x, y]),
        wall([-0.7 * x, -0.9 * y], [-0.65 * x, -0.88 * y]),
        wall([-x, 0.95 * y], [x, 0.95 * y]),
    ]
}

const BOUNDARIES: [Boundary; 3] = [Boundary::Periodic, Boundary::Reflecting, Boundary::Open];

#[test]
fn the_force_is_that_of_every_image_within_reach() {
    let mut random = Random(3);
    let force = |reach: f64| move |distance: f64| (reach - distance).max(0.0).powi(2);
    for boundary in BOUNDARIES {
        for (size, reach) in [([20.0, 13.0], 1.5), ([6.0, 30.0], 0.6), ([2.0, 2.0], 0.7)] {
            let domain = Domain::new(size, boundary);
            let walls = maze(&domain);
            let grid = WallGrid::new(&domain, &walls, reach);
            let mut pushed = 0;
            for _ in 0..4000 {
                let scale = if boundary == Boundary::Open { 1.4 } else { 1.0 };
                let real = size.map(|length| scale * length * (random.uniform() - 0.5));
                let place = domain.real(domain.fixed(real));
                let found = grid.push(place, force(reach));
                let (mut expected, mut allowed) = ([0.0; 2], 1e-9);
                let images: &[f64] = if domain.is_periodic() {
                    &[-1.0, 0.0, 1.0]
                } else {
                    &[0.0]
                };
                for wall in &walls {
                    for (i, j) in images
                        .iter()
                        .flat_map(|i| images.iter().map(move |j| (i, j)))
                    {
                        let image = wall.shifted([i * size[0], j * size[1]]);
                        // The distance to a segment by a search along it.
                        let at = |share: f64| {
                            let point = [0, 1].map(|axis| {
                                image.from[axis] + share * (image.to[axis] - image.from[axis])
                            });
                            minus(place, point)
                        };
                        let length = |share: f64| at(share)[0].hypot(at(share)[1]);
                        let (mut low, mut high) = (0.0, 1.0);
                        for _ in 0..100 {
                            let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
                            if length(a) < length(b) {
                                high = b
                            } else {
                                low = a
                            }
                        }
                        let (offset, distance) = (at(low), length(low));
                        let strength = force(reach)(distance);
                        if distance > 0.0 {
                            // The search finds the least of a parabola: where its value is known
                            // to e its place is known to √(2de), and e is 10⁻¹⁴ at the most, of
                            // which the flat bottom may double the error a few times.
                            allowed += strength * 1e-6 / distance.sqrt();
                            expected =
                                [0, 1].map(|k| expected[k] + strength * offset[k] / distance);
                        }
                    }
                }
                pushed += usize::from(expected != [0.0; 2]);
                let far = grid.is_far(domain.fixed(real));
                assert!(
                    !far || expected == [0.0; 2],
                    "{boundary:?} {size:?} at {place:?} is not far"
                );
                for axis in 0..2 {
                    assert!(
                        (found[axis] - expected[axis]).abs() < allowed,
                        "{boundary:?} {size:?} at {place:?}: {found:?}, expected {expected:?}"
                    );
                }
            }
            assert!(pushed > 100, "{boundary:?} {size:?}: {pushed}");
        }
    }
}

/// True when the straight way between two places crosses a segment, by the signs of four areas.
fn crosses(wall: &Segment, from: [f64; 2], to: [f64; 2]) -> bool {
    let area = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
        let (u, v) = (minus(b, a), minus(c, a));
        u[0] * v[1] - u[1] * v[0]
    };
    area(from, to, wall.from) * area(from, to, wall.to) < 0.0
        && area(wall.from, wall.to, from) * area(wall.from, wall.to, to) < 0.0
}

#[test]
fn nobody_crosses_in_a_hundred_thousand_wild_steps() {
    for boundary in BOUNDARIES {
        let domain = Domain::new([20.0, 13.0], boundary);
        let walls = maze(&domain);
        let grid = WallGrid::new(&domain, &walls, 0.5);
        let images: Vec<Segment> = grid.images.clone();
        let mut random = Random(11);
        let [low, high] = domain.limits();
        let mut held = 0;
        // Short and long steps, up to a tenth of the box, from twenty starts.
        for start in 0..20 {
            let mut place = domain.fixed(domain.size.map(|side| side * (random.uniform() - 0.5)));
            for step in 0..5000 {
                let stride = [0.01, 0.1, 0.7, 2.0][step % 4];
                let shift = [random.normal(), random.normal()].map(|part| stride * part);
                let mut to = crate::math::parting::moved(&domain, place, shift);
                if boundary == Boundary::Open {
                    // Stay where the walls are.
                    let real = domain.real(to);
                    to = domain.fixed(
                        [0, 1].map(|a| real[a].clamp(-0.6 * domain.size[a], 0.6 * domain.size[a])),
                    );
                }
                let end = grid.hold(place, to, |_| {});
                held += usize::from(end.is_some());
                let end = end.unwrap_or(to);
                let from = domain.real(place);
                let way = domain.separation(end, place).map(f64::from);
                let real = [from[0] + way[0], from[1] + way[1]];
                for wall in &images {
                    assert!(
                        !crosses(wall, from, real),
                        "{boundary:?} {start} {step}: {from:?} to {real:?}"
                    );
                }
                if boundary == Boundary::Reflecting {
                    assert!(end.iter().all(|part| (low..=high).contains(part)));
                }
                place = end;
            }
        }
        assert!(held > 1000, "{boundary:?}: only {held} steps met a wall");
    }
}

#[test]
fn a_closed_corner_holds_even_those_who_aim_at_it() {
    let domain = Domain::new([10.0, 10.0], Boundary::Periodic);
    // A triangle whose corners are joints.
    let corners = [[-2.0, -1.0], [2.0, -1.0], [0.3, 2.0]];
    let walls: Vec<_> = (0..3)
        .map(|i| wall(corners[i], corners[(i + 1) % 3]))
        .collect();
    let grid = WallGrid::new(&domain, &walls, 0.3);
    let inside = |place: [f64; 2]| {
        (0..3).all(|i| {
            let (u, v) = (
                minus(corners[(i + 1) % 3], corners[i]),
                minus(place, corners[i]),
            );
            u[0] * v[1] - u[1] * v[0] > 0.0
        })
    };
    let mut random = Random(5);
    let mut place = domain.fixed([0.1, 0.0]);
    for step in 0..100_000 {
        let here = domain.real(place);
        // Straight at a corner, and beyond it; every third step at random.
        let aim = corners[step % 3];
        let far = 0.5 + 2.0 * random.uniform();
        let shift = if step % 2 == 0 {
            [0, 1].map(|axis| far * (aim[axis] - here[axis]))
        } else {
            [random.normal(), random.normal()]
        };
        let to = crate::math::parting::moved(&domain, place, shift);
        place = grid.hold(place, to, |_| {}).unwrap_or(to);
        assert!(
            inside(domain.real(place)),
            "step {step}: {here:?} left to {:?}",
            domain.real(place)
        );
    }
}

#[test]
fn a_mirror_turns_headings_and_keeps_lengths() {
    let domain = Domain::new([10.0, 10.0], Boundary::Periodic);
    let grid = WallGrid::new(&domain, &[wall([0.0, -4.0], [0.0, 4.0])], 0.5);
    let before = domain.fixed([-0.3, 1.0]);
    let (mut after, mut heading) = (domain.fixed([0.2, 1.4]), [0.6, 0.8]);
    assert!(grid.reflect(before, &mut after, &mut heading));
    let [x, y] = domain.real(after);
    assert!((x + 0.2).abs() < 1e-6 && (y - 1.4).abs() < 1e-6, "{x} {y}");
    assert!((heading[0] + 0.6).abs() < 1e-6 && (heading[1] - 0.8).abs() < 1e-6);
    // Away from the wall nothing happens.
    let (mut after, mut heading) = (domain.fixed([-0.5, 1.4]), [-0.6, 0.8]);
    assert!(!grid.reflect(before, &mut after, &mut heading));
    assert_eq!(heading, [-0.6, 0.8]);
    // Across the edge of the periodic box, where the wall is the image of another.
    let grid = WallGrid::new(&domain, &[wall([-4.9, -4.0], [-4.9, 4.0])], 0.5);
    let before = domain.fixed([4.95, 0.0]);
    let (mut after, mut heading) = (domain.fixed([-4.7, 0.0]), [1.0, 0.0]);
    assert!(grid.reflect(before, &mut after, &mut heading));
    assert!(
        (domain.real(after)[0] - 4.9).abs() < 1e-6 || (domain.real(after)[0] + 5.1).abs() < 1e-6
    );
    assert_eq!(heading, [-1.0, 0.0]);
}

#[test]
fn where_somebody_ends_at_a_wall_changes_little_when_the_goal_does() {
    for boundary in BOUNDARIES {
        let domain = Domain::new([10.0, 10.0], boundary);
        let line = wall([-1.0, -4.0], [2.0, 4.0]);
        let grid = WallGrid::new(&domain, &[line], 0.5);
        let quantum = domain.span()[0] / 4_294_967_296.0;
        let distance = |place: [f64; 2]| dot(minus(place, line.from), line.normal());
        for side in [-1.0, 1.0] {
            let before = domain.fixed([0.5 - 0.2 * side, 0.1]);
            let mut held = 0;
            for quanta in -400..=400 {
                // From a way that ends beyond the wall to one that ends before it.
                let goal = 0.1 * f64::from(quanta) * quantum;
                let to = [0.5, 0.0];
                let from = distance(to);
                let to = domain.fixed([0, 1].map(|k| to[k] + (goal - from) * line.normal()[k]));
                let end = grid.hold(before, to, |_| {});
                held += usize::from(end.is_some());
                let found = side * distance(domain.real(end.unwrap_or(to))) / quantum;
                // The mirror image, but never within what counts as touching, within the
                // rounding of goal and end by half a quantum on each axis.
                let expected = (0.1 * f64::from(quanta)).abs().max(MARGIN);
                let most = (CLEAR - 1.0) * MARGIN + 2.0 * std::f64::consts::SQRT_2;
                assert!(
                    (found - expected).abs() <= most,
                    "{quanta}: {found}, {expected}"
                );
                assert!(found > MARGIN, "{quanta}: {found}");
            }
            assert!(held > 400, "{held}");
        }
    }
}

#[test]
fn a_rubber_takes_out_what_it_covers() {
    let line = wall([-5.0, 1.0], [5.0, 1.0]);
    let [left, right] = line.without([0.0, 1.0], 2.0, 0.1);
    let (left, right) = (left.expect("left"), right.expect("right"));
    assert!((left.length() - 3.0).abs() < 1e-12 && (right.length() - 3.0).abs() < 1e-12);
    assert!((left.to[0] + 2.0).abs() < 1e-12 && (right.from[0] - 2.0).abs() < 1e-12);
    // Only an end, nothing, everything, and crumbs.
    assert_eq!(line.without([5.0, 1.0], 1.0, 0.1)[1], None);
    assert_eq!(line.without([0.0, 4.0], 2.0, 0.1), [Some(line), None]);
    assert_eq!(line.without([8.0, 1.0], 2.0, 0.1), [Some(line), None]);
    assert_eq!(line.without([0.0, 1.0], 6.0, 0.1), [None, None]);
    assert_eq!(line.without([0.0, 1.0], 4.95, 0.1), [None, None]);
}

#[test]
fn bad_walls_are_refused_with_a_reason() {
    let domain = Domain::new([10.0, 6.0], Boundary::Periodic);
    let reason = |from, to| wall(from, to).check(&domain).expect_err("a bad wall");
    assert!(reason([1.0, 1.0], [1.0, 1.0]).contains("at least"));
    assert!(reason([0.0, 0.0], [0.0, 3.1]).contains("in the box"));
    assert!(reason([f64::NAN, 0.0], [0.0, 1.0]).contains("finite"));
    assert!(reason([0.0, 0.0], [f64::INFINITY, 1.0]).contains("finite"));
    assert!(wall([-5.0, -3.0], [5.0, 3.0]).check(&domain).is_ok());
    // None of them makes a grid that cannot be asked.
    for reach in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        let grid = WallGrid::new(&domain, &maze(&domain), reach);
        assert!(
            grid.push([0.0, 0.0], |_| 1.0)
                .iter()
                .all(|part| part.is_finite())
        );
    }
}
