//! The contract without a chapter: what a dab does to a population made here.

use super::*;
use crate::column;
use crate::math::domain::Boundary;
use crate::math::testing::Random;
use crate::model::column::{ColumnDeclaration, Columns, Force, Image};
use crate::model::neighbours::{Neighbours, Range};
use crate::model::phase::{Box as BoxResource, Clock, Fault};

column! {
    /// A number that nobody knows.
    Secret(f32), "secret", "s", "", &[""],
    |value, _part, _domain| f64::from(*value)
}

static BARE: Model = Model {
    name: "bare",
    columns: &[
        ColumnDeclaration::of::<Position>(),
        ColumnDeclaration::of::<Heading>(),
        ColumnDeclaration::of::<Force>(),
        ColumnDeclaration::of::<Image>(),
        ColumnDeclaration::of::<Tag>(),
        ColumnDeclaration::of::<Secret>(),
    ],
    ..Model::BARE
};

const MOST: usize = 100_000;

/// A world with particles at random places, in an order of slots that differs with `turn`.
fn world(boundary: Boundary, count: u32, turn: u32) -> World {
    let domain = Domain::new([20.0, 14.0], boundary);
    let places = Random(9).positions(&domain, count as usize);
    let mut random = Random(4);
    let headings: Vec<[f32; 2]> = (0..count)
        .map(|_| {
            let angle = std::f64::consts::TAU * random.uniform();
            [angle.cos() as f32, angle.sin() as f32]
        })
        .collect();
    let mut world = World::new();
    world.insert_resource(BoxResource(domain));
    world.insert_resource(Clock {
        step: 7,
        time: 0.7,
        dt: 0.1,
        seed: 42,
    });
    world.init_resource::<Fault>();
    world.init_resource::<Neighbours>();
    world.init_resource::<Range>();
    for index in 0..count {
        let tag = (index + turn) % count;
        world.spawn((
            Position(places[tag as usize]),
            Heading(headings[tag as usize]),
            Force([1.0, 2.0]),
            Image([3, -1]),
            Tag(tag),
            Secret(tag as f32),
        ));
    }
    let columns = Columns::attach(&mut world, BARE.columns);
    world.insert_resource(Ledger::of(columns.slice::<Tag>(&world)));
    world.insert_resource(columns);
    world
}

fn read<C: Column>(world: &World) -> &[C] {
    world.resource::<Columns>().slice::<C>(world)
}

/// Tag, place, heading, image and secret of a particle.
type Particle = (u32, [u32; 2], [f32; 2], [i32; 2], f32);

/// All values by tag.
fn by_tag(world: &World) -> Vec<Particle> {
    let mut all: Vec<_> = read::<Tag>(world)
        .iter()
        .enumerate()
        .map(|(slot, tag)| {
            (
                tag.0,
                read::<Position>(world)[slot].0,
                read::<Heading>(world)[slot].0,
                read::<Image>(world)[slot].0,
                read::<Secret>(world)[slot].0,
            )
        })
        .collect();
    all.sort_by_key(|one| one.0);
    all
}

fn touch(world: &mut World, dab: Dab) -> Result<(), String> {
    let values = Values::defaults(&[]);
    super::dab(world, &BARE, &values, &dab, MOST)
}

fn dab_of(tool: Tool) -> Dab {
    Dab {
        tool,
        at: [9.5, -6.5],
        along: [0.4, 0.3],
        radius: 3.0,
        strength: 1.0,
    }
}

/// Distance of a place from the middle of the brush over the edge, by all nine images.
fn distance(domain: &Domain, place: [u32; 2], at: [f64; 2]) -> f64 {
    let real = domain.real(place);
    let shifts: &[f64] = if domain.is_periodic() {
        &[-1.0, 0.0, 1.0]
    } else {
        &[0.0]
    };
    let mut least = f64::INFINITY;
    for i in shifts {
        for j in shifts {
            let x = real[0] - at[0] + i * domain.size[0];
            let y = real[1] - at[1] + j * domain.size[1];
            least = least.min(x.hypot(y));
        }
    }
    least
}

#[test]
fn a_dab_touches_those_under_the_brush_and_nobody_else() {
    for boundary in [Boundary::Periodic, Boundary::Reflecting] {
        for tool in [Tool::Push, Tool::Align, Tool::Heat, Tool::Remove] {
            let mut world = world(boundary, 600, 0);
            let domain = world.resource::<BoxResource>().0;
            let before = by_tag(&world);
            let dab = dab_of(tool);
            touch(&mut world, dab).expect("a good dab");
            let after = by_tag(&world);
            let mut touched = 0;
            for old in &before {
                let inside = distance(&domain, old.1, dab.at) < dab.radius * (1.0 - 1e-4);
                let outside = distance(&domain, old.1, dab.at) > dab.radius * (1.0 + 1e-4);
                let now = after.iter().find(|new| new.0 == old.0);
                let same = now.is_some_and(|new| (new.1, new.2, new.4) == (old.1, old.2, old.4));
                touched += usize::from(inside);
                if inside && tool == Tool::Remove {
                    assert!(now.is_none(), "{tool:?} left {old:?}");
                }
                // Those near the rim may be moved by less than a quantum.
                if distance(&domain, old.1, dab.at) < 0.9 * dab.radius {
                    assert!(!same, "{tool:?} did not touch {old:?}");
                }
                if outside {
                    assert!(same, "{tool:?} touched {old:?}: {now:?}");
                }
            }
            assert!(touched > 5, "{boundary:?} {tool:?}: {touched}");
            if boundary == Boundary::Periodic {
                let across = before.iter().any(|old| {
                    distance(&domain, old.1, dab.at) < dab.radius && domain.real(old.1)[0] < 0.0
                });
                assert!(across, "nobody was touched over the edge");
            }
        }
    }
}

#[test]
fn the_order_of_the_slots_does_not_matter() {
    for tool in Tool::ALL {
        let run = |turn: u32| {
            let mut world = world(Boundary::Periodic, 300, turn);
            for _ in 0..5 {
                touch(&mut world, dab_of(tool)).expect("a good dab");
            }
            by_tag(&world)
        };
        assert_eq!(run(0), run(101), "{tool:?}");
    }
}

#[test]
fn a_push_moves_by_the_way_and_keeps_unwrapped_paths() {
    let mut world = world(Boundary::Periodic, 400, 0);
    let domain = world.resource::<BoxResource>().0;
    let unwrapped = |world: &World| -> Vec<(u32, [i64; 2])> {
        let neighbours = world.resource::<Neighbours>();
        let mut all: Vec<_> = read::<Tag>(world)
            .iter()
            .enumerate()
            .map(|(slot, tag)| {
                let (place, image) = (
                    read::<Position>(world)[slot].0,
                    read::<Image>(world)[slot].0,
                );
                (tag.0, neighbours.unwrapped(slot, place, image))
            })
            .collect();
        all.sort_unstable();
        all
    };
    let (before, start) = (by_tag(&world), unwrapped(&world));
    let dab = dab_of(Tool::Push);
    touch(&mut world, dab).expect("a good dab");
    let end = unwrapped(&world);
    let mut crossed = 0;
    for ((old, from), to) in before.iter().zip(&start).zip(&end) {
        let share = (distance(&domain, old.1, dab.at) / dab.radius)
            .powi(2)
            .min(1.0);
        for axis in 0..2 {
            let quantum = domain.size[axis] / 4_294_967_296.0;
            let moved = (to.1[axis] - from.1[axis]) as f64 * quantum;
            let expected = (1.0 - share).powi(2) * dab.along[axis];
            // Separations are rounded to f32: a part in 10⁶ of three units.
            assert!(
                (moved - expected).abs() < 1e-5,
                "{old:?}: {moved} for {expected}"
            );
        }
        let number = |quanta: i64| (quanta + (1 << 31)) >> 32;
        crossed += usize::from(number(from.1[0]) != number(to.1[0]));
    }
    assert!(crossed > 0, "nobody was pushed over the edge");
}

#[test]
fn newcomers_have_new_tags_and_places_of_their_own() {
    let mut world = world(Boundary::Periodic, 50, 0);
    let domain = world.resource::<BoxResource>().0;
    let dab = Dab {
        at: [0.0, 0.0],
        ..dab_of(Tool::Add)
    };
    touch(&mut world, dab).expect("a good dab");
    let count = read::<Tag>(&world).len();
    assert!(count > 50, "nobody came");
    for name in ["position", "secret"] {
        let columns = world.resource::<Columns>();
        let column = columns.iter().find(|one| one.declaration().name == name);
        let bytes = column.expect("a column").bytes(&world).len();
        assert_eq!(bytes % count, 0, "{name} is one slice");
    }
    let newcomers: Vec<_> = by_tag(&world)
        .into_iter()
        .filter(|one| one.0 >= 50)
        .collect();
    assert_eq!(newcomers.len(), count - 50);
    for one in &newcomers {
        assert!(distance(&domain, one.1, dab.at) <= dab.radius * (1.0 + 1e-6));
        assert_eq!(one.3, [0, 0], "it has crossed no box yet");
        assert!((one.2[0].hypot(one.2[1]) - 1.0).abs() < 1e-6);
        assert!((0.0..50.0).contains(&one.4), "the secret is that of a twin");
    }
    // Whoever is removed takes the tag along.
    touch(
        &mut world,
        Dab {
            tool: Tool::Remove,
            ..dab
        },
    )
    .expect("a good dab");
    let before = world.resource::<Ledger>().next_tag;
    touch(&mut world, dab).expect("a good dab");
    let later = by_tag(&world).into_iter().filter(|one| one.0 >= 50);
    assert!(later.map(|one| one.0).all(|tag| tag >= before));
}

#[test]
fn one_particle_always_stays_and_the_bound_holds() {
    let mut world = world(Boundary::Periodic, 30, 3);
    let everywhere = Dab {
        at: [0.0, 0.0],
        radius: 20.0,
        ..dab_of(Tool::Remove)
    };
    for _ in 0..3 {
        touch(&mut world, everywhere).expect("a good dab");
    }
    assert_eq!(
        by_tag(&world).iter().map(|one| one.0).collect::<Vec<_>>(),
        [0]
    );
    let values = Values::defaults(&[]);
    let add = dab_of(Tool::Add);
    let mut refused = None;
    for _ in 0..10 {
        refused = super::dab(&mut world, &BARE, &values, &add, 12).err();
        assert!(read::<Tag>(&world).len() <= 12);
    }
    assert_eq!(read::<Tag>(&world).len(), 12);
    assert!(refused.is_some_and(|reason| reason.contains("12")));
}

#[test]
fn bad_dabs_change_nothing_and_say_why() {
    let mut world = world(Boundary::Periodic, 40, 0);
    let before = by_tag(&world);
    for tool in Tool::ALL {
        let good = dab_of(tool);
        for bad in [
            Dab {
                radius: 0.0,
                ..good
            },
            Dab {
                radius: -1.0,
                ..good
            },
            Dab {
                radius: f64::NAN,
                ..good
            },
            Dab {
                radius: 1e9,
                ..good
            },
            Dab {
                at: [f64::NAN, 0.0],
                ..good
            },
            Dab {
                at: [1e300, 0.0],
                ..good
            },
            Dab {
                along: [f64::INFINITY, 0.0],
                ..good
            },
            Dab {
                along: [1e9, 0.0],
                ..good
            },
            Dab {
                strength: 0.0,
                ..good
            },
            Dab {
                strength: 1e9,
                ..good
            },
            Dab {
                strength: f64::NAN,
                ..good
            },
        ] {
            assert!(
                touch(&mut world, bad).is_err_and(|reason| !reason.is_empty()),
                "{bad:?}"
            );
        }
    }
    assert_eq!(by_tag(&world), before);
    assert_eq!(world.resource::<Ledger>().dabs, 0);
}

#[test]
fn a_tool_that_does_not_apply_says_so() {
    static STILL: Model = Model {
        name: "still",
        columns: &[
            ColumnDeclaration::of::<Position>(),
            ColumnDeclaration::of::<Tag>(),
        ],
        keep: Some(super::super::Keep {
            save: |_| Vec::new(),
            load: |_, _| Ok(()),
        }),
        hands: Hands {
            push: Skill::Never("its nodes are fixed"),
            ..Hands::COLUMNS
        },
        ..Model::BARE
    };
    for tool in Tool::ALL {
        assert!(refusal(&STILL, tool).is_some(), "{tool:?}");
        assert!(refusal(&BARE, tool).is_none(), "{tool:?}");
    }
    assert_eq!(refusal(&STILL, Tool::Push), Some("its nodes are fixed"));
    assert!(no_walls(&BARE).is_some());
}
