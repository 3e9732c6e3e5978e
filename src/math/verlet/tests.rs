use super::*;
use crate::math::cells::reorder;
use crate::math::domain::Boundary;
use crate::math::philox::{Purpose, Stream};

fn build(domain: &Domain, cutoff: f32, positions: &mut [[u32; 2]]) -> VerletList {
    let mut lists = VerletList::new(cutoff, 0.3);
    let mut cells = CellList::new();
    let order = cells
        .sort(domain, lists.reach(), positions, &mut Vec::new())
        .to_vec();
    reorder(&order, positions, &mut Vec::new());
    lists.build(domain, &cells, positions).unwrap();
    lists
}

fn check(domain: &Domain, mut positions: Vec<[u32; 2]>) {
    let lists = build(domain, 1.1, &mut positions);
    assert_eq!(lists.len(), positions.len());
    let reach2 = lists.reach() * lists.reach();
    for i in 0..positions.len() {
        let listed: Vec<u32> = lists.neighbors(i).collect();
        let brute: Vec<u32> = (0..positions.len())
            .filter(|&j| {
                let [x, y] = domain.separation(positions[i], positions[j]);
                i != j && x * x + y * y < reach2
            })
            .map(|j| j as u32)
            .collect();
        assert_eq!(listed, brute, "{domain:?} {} slot {i}", positions.len());
    }
}

#[test]
fn lists_are_those_of_brute_force() {
    let sizes = [[25.0, 14.0], [4.0, 40.0], [3.5, 3.5], [1.5, 1.5]];
    let mut scenes = 0;
    for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
        for size in sizes {
            let domain = Domain::new(size, boundary);
            for n in [0, 1, 2, 15, 16, 17, 33, 700] {
                for (seed, lattice) in [(1u64, 0.0), (2, 0.0), (3, 1.0)] {
                    let stream = Stream::new(seed, n, Purpose::InitialCondition);
                    let positions = (0..n as u32)
                        .map(|i| {
                            let u = stream.uniforms(i, 0);
                            // The third scene has coincident particles on a coarse lattice.
                            domain.fixed([0, 1].map(|a| {
                                let x = (f64::from(u[a]) - 0.5) * size[a];
                                if lattice > 0.0 { x.floor() } else { x }
                            }))
                        })
                        .collect();
                    check(&domain, positions);
                    scenes += 1;
                }
            }
        }
    }
    assert_eq!(scenes, 3 * 4 * 8 * 3);
}

#[test]
fn a_heap_of_coincident_particles_is_listed_or_refused() {
    let domain = Domain::new([10.0, 10.0], Boundary::Periodic);
    let lists = build(&domain, 1.0, &mut vec![[7, 9]; 1000]);
    assert!((0..1000).all(|i| lists.neighbors(i).count() == 999));
    let heap = vec![[7, 9]; 100_000];
    let mut cells = CellList::new();
    let mut lists = VerletList::new(1.0, 0.2);
    cells.sort(&domain, lists.reach(), &heap, &mut Vec::new());
    let error = lists.build(&domain, &cells, &heap).unwrap_err();
    assert_eq!(error.particles, 100_000);
    assert!(error.to_string().contains("100000"), "{error}");
    assert_eq!(lists.chunks().len(), 0, "memory is given back");
}

#[test]
fn lists_go_stale_at_half_the_skin() {
    let lists = VerletList::new(1.0, 0.3);
    assert!(!lists.is_stale(0.0) && !lists.is_stale(0.149f32.powi(2)));
    assert!(lists.is_stale(0.15f32.powi(2)) && lists.is_stale(f32::NAN));
    assert!(VerletList::new(1.0, 0.0).is_stale(0.0));
}

#[test]
fn rebuilding_allocates_nothing_after_warm_up() {
    let domain = Domain::new([30.0, 30.0], Boundary::Periodic);
    let stream = Stream::new(1, 1, Purpose::InitialCondition);
    let mut positions: Vec<[u32; 2]> = (0..2000)
        .map(|i| stream.words(i, 0))
        .map(|w| [w[0], w[1]])
        .collect();
    let mut lists = build(&domain, 1.1, &mut positions);
    let bytes = lists.bytes();
    let mut cells = CellList::new();
    cells.sort(&domain, lists.reach(), &positions, &mut Vec::new());
    for _ in 0..3 {
        lists.build(&domain, &cells, &positions).unwrap();
    }
    assert_eq!(lists.bytes(), bytes);
}
