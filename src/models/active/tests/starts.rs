//! Initial conditions: no overlap, the right number, and headings without bias.

use super::harness::{packed, values};
use crate::math::domain::{Boundary, Domain};
use crate::math::grid::CellGrid;
use crate::model::Start;
use crate::model::column::{Columns, Diameter, Heading, Position, Tag};
use crate::models::active::{MODEL, survey::contact};
use bevy::ecs::world::World;

fn spawn(
    settings: &[(&str, &str)],
    count: usize,
    domain: Domain,
    initial: &str,
) -> Result<World, String> {
    let values = values(settings);
    let mut world = World::new();
    (MODEL.spawn)(
        &mut world,
        &Start {
            count,
            domain,
            seed: 9,
            initial,
            values: &values,
        },
    )?;
    let columns = Columns::attach(&mut world, MODEL.columns);
    world.insert_resource(columns);
    Ok(world)
}

/// The smallest distance of a pair in units of its mean diameter.
fn closest(world: &World, domain: &Domain) -> f64 {
    let columns = world.resource::<Columns>();
    let positions: Vec<[u32; 2]> = columns
        .slice::<Position>(world)
        .iter()
        .map(|place| place.0)
        .collect();
    let diameters = columns.slice::<Diameter>(world);
    let grid = CellGrid::build(domain, &positions, 2.0);
    let mut least = f64::INFINITY;
    for i in 0..positions.len() {
        grid.for_neighbours(i, 2.0, |j, _, squared| {
            let distance = f64::from(squared).sqrt();
            least = least.min(distance / contact(diameters, i, j as usize));
        });
    }
    least
}

#[test]
fn no_start_overlaps() {
    for packing in [0.02, 0.1, 0.3, 0.38, 0.42, 0.5, 0.6, 0.7, 0.8, 0.88] {
        for (initial, loss) in [
            ("random", 0.06),
            ("hexagonal", 0.06),
            ("slab", 0.06),
            ("droplet", 1e-3),
        ] {
            for boundary in [Boundary::Periodic, Boundary::Reflecting] {
                let domain = Domain::new(packed(3000, packing, 1.6).size, boundary);
                let Ok(world) = spawn(&[], 3000, domain, initial) else {
                    // Only a droplet can be wider than the box.
                    assert!(initial == "droplet" && packing > 0.4, "{initial} {packing}");
                    continue;
                };
                let least = closest(&world, &domain);
                assert!(least > 1.0 - loss, "{initial} at {packing}: {least}");
                let columns = world.resource::<Columns>();
                let tags = columns.slice::<Tag>(&world);
                assert_eq!(tags.len(), 3000);
                assert!(
                    tags.iter()
                        .enumerate()
                        .all(|(slot, tag)| tag.0 as usize == slot)
                );
                assert_eq!(columns.slice::<Diameter>(&world).len(), 0);
                for place in columns.slice::<Position>(&world) {
                    let [x, y] = domain.real(place.0);
                    assert!(
                        x.abs() <= 0.5001 * domain.size[0] && y.abs() <= 0.5001 * domain.size[1]
                    );
                }
            }
        }
    }
}

#[test]
fn discs_of_different_size_are_pushed_apart() {
    for packing in [0.3, 0.6, 0.75] {
        let domain = packed(2000, packing, 1.0);
        let world = spawn(&[("polydispersity", "0.15")], 2000, domain, "random").unwrap();
        let least = closest(&world, &domain);
        assert!(least > 0.9, "at {packing}: {least}");
        let columns = world.resource::<Columns>();
        let sizes: Vec<f64> = columns
            .slice::<Diameter>(&world)
            .iter()
            .map(|one| f64::from(one.0))
            .collect();
        let mean = sizes.iter().sum::<f64>() / 2000.0;
        let deviation =
            (sizes.iter().map(|size| (size - mean).powi(2)).sum::<f64>() / 2000.0).sqrt();
        // Standard errors 0.0034 and 0.0024.
        assert!(
            (mean - 1.0).abs() < 0.012 && (deviation - 0.148).abs() < 0.008,
            "{mean} {deviation}"
        );
    }
}

#[test]
fn headings_start_without_bias() {
    for (dynamics, square) in [("brownian", 1.0), ("ornstein_uhlenbeck", 2.0)] {
        let domain = Domain::new([100.0, 100.0], Boundary::Periodic);
        let settings = [("dynamics", dynamics), ("interaction", "none")];
        let world = spawn(&settings, 50_000, domain, "random").unwrap();
        let headings = world.resource::<Columns>().slice::<Heading>(&world);
        let sum = headings.iter().fold([0.0; 3], |sum: [f64; 3], heading| {
            let [x, y] = heading.0.map(f64::from);
            [sum[0] + x, sum[1] + y, sum[2] + x * x + y * y]
        });
        let mean = sum.map(|part| part / 50_000.0);
        // Four standard errors of √(⟨|e|²⟩/2N) = 0.0045 at most, and of 2/√N = 0.009.
        assert!(
            mean[0].abs() < 0.018 && mean[1].abs() < 0.018,
            "{dynamics} {mean:?}"
        );
        assert!((mean[2] - square).abs() < 0.036, "{dynamics} {mean:?}");
    }
}

#[test]
fn impossible_starts_are_refused_with_a_remedy() {
    let crowded = spawn(&[], 1000, packed(1000, 1.5, 1.0), "random").unwrap_err();
    assert!(crowded.contains("larger box"), "{crowded}");
    let overlapping = spawn(&[], 100, packed(100, 0.1, 1.0), "centre").unwrap_err();
    assert!(overlapping.contains("interaction"), "{overlapping}");
    assert!(spawn(&[], 0, packed(10, 0.1, 1.0), "random").is_err());
    assert!(spawn(&[], 10, packed(10, 0.1, 1.0), "nonsense").is_err());
    let wide = spawn(&[], 1000, packed(1000, 0.8, 4.0), "droplet").unwrap_err();
    assert!(wide.contains("wider"), "{wide}");
    // Boxes so narrow that no lattice fits well must still give an answer.
    for size in [[1.0, 1000.0], [1000.0, 1.0], [0.01, 0.01]] {
        for initial in ["random", "lattice", "hexagonal", "slab", "droplet"] {
            for count in [1, 2, 3, 700] {
                let domain = Domain::new(size, Boundary::Periodic);
                let _ = spawn(&[], count, domain, initial);
                let _ = spawn(&[("interaction", "none")], count, domain, initial);
            }
        }
    }
}

#[test]
fn a_hundred_thousand_particles_start_at_once() {
    for (packing, initial) in [
        (0.3, "random"),
        (0.6, "random"),
        (0.6, "lattice"),
        (0.5, "slab"),
    ] {
        let domain = packed(100_000, packing, 1.0);
        let begun = std::time::Instant::now();
        let world = spawn(&[], 100_000, domain, initial).unwrap();
        let spent = begun.elapsed();
        println!("{initial} at {packing}: {spent:?}");
        // A tenth of a second on an idle machine; ten times as much where tests run side by side.
        assert!(spent.as_secs_f64() < 1.0, "{initial} took {spent:?}");
        assert_eq!(
            world.resource::<Columns>().slice::<Position>(&world).len(),
            100_000
        );
    }
}
