//! Small discs and light by compute shaders: the picture that instances and the processor give.

use std::sync::Arc;

use seethe::math::domain::Boundary;
use seethe::model::observable::Grid;
use seethe::sim::snapshot::LayerData;
use seethe::view::{
    Camera, ColourMap, Discs, Frame, Glyph, Particle, Picture, PictureStyle, Studio,
};

use crate::view::{boxed, crowd, particle, plain};
use crate::view_painters::differing;

/// A device that paints discs in one way, and one that paints them in the other.
fn studios() -> Option<[Studio; 2]> {
    let open = |discs| Studio::on_device().map(|studio| studio.painting(discs));
    match (open(Discs::Splat), open(Discs::Instances)) {
        (Ok(splat), Ok(instances)) => Some([splat, instances]),
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("not tested: {error}");
            None
        }
    }
}

/// The greatest difference of a channel, and the share of the channels that differ.
fn apart(a: &Frame, b: &Frame) -> (u8, f64) {
    assert_eq!(a.pixels.len(), b.pixels.len());
    let each = || a.pixels.iter().zip(&b.pixels).map(|(a, b)| a.abs_diff(*b));
    let differ = each().filter(|&off| off > 0).count();
    (
        each().max().unwrap_or(0),
        differ as f64 / a.pixels.len() as f64,
    )
}

fn camera(centre: [f64; 2], scale: f64) -> PictureStyle {
    PictureStyle {
        camera: Camera { centre, scale },
        ..PictureStyle::default()
    }
}

#[test]
fn discs_and_light_are_those_of_instances_and_of_the_processor() {
    let Some([mut splat, mut instances]) = studios() else {
        return;
    };
    let mut processor = Studio::on_processor();
    let mut revision = 100;
    // Radii are spread from half to three halves of their mean.
    for (count, radius) in [
        (0, 2.0),
        (1, 2.0),
        (2, 0.3),
        (300, 0.2),
        (300, 0.7),
        (300, 1.5),
        (3000, 0.6),
        (3000, 1.0),
        (3000, 2.6),
        (40_000, 0.3),
        (40_000, 1.2),
    ] {
        for (centre, scale, ghosts) in [
            ([0.0, 0.0], 10.0, 0.35),
            ([2.0, 1.0], 2.0, 0.35),
            ([-9.0, 4.0], 6.5, 1.0),
            ([1.0, -1.0], 80.0, 0.0),
        ] {
            for (size, field) in [([200, 100], false), ([251, 133], true), ([7, 3], false)] {
                let mut shown = crowd(count, radius / scale as f32);
                revision += 1;
                let inner = Arc::make_mut(&mut shown.0);
                inner.revision = revision;
                if field {
                    inner.layers.push(LayerData::Field {
                        name: "test",
                        grid: Grid {
                            columns: 5,
                            rows: 4,
                            values: (0..20).map(|k| (k as f32).sin()).collect(),
                        },
                        range: [-1.0, 1.0],
                    });
                }
                let style = PictureStyle {
                    ghosts,
                    ..camera(centre, scale)
                };
                let what = format!("{count} of {radius} at {centre:?} {scale} {size:?}");
                let [a, b, c] = [&mut splat, &mut instances, &mut processor]
                    .map(|studio| studio.shoot(&shown, &style, size).unwrap());
                assert!(splat.splats() && !instances.splats(), "{what}");
                if count == 40_000 && radius > 1.0 && scale == 2.0 && size[0] > 7 {
                    // All images lie on so few tiles that lists become too long.
                    assert!(a == b, "{what}");
                    continue;
                }
                let (off, _) = apart(&a, &c);
                assert!(off <= 1, "{what}: {off}");
                // Instances are placed to 1/256 of a pixel, and on some devices blended in bytes.
                if size[0] > 7 {
                    let share = differing(&a, &b);
                    assert!(share < 4e-3, "{what}: {share}");
                }
            }
        }
    }
}

/// Pictures by compute shaders, by instances and by the processor.
fn all_three(studios: &mut [Studio; 2], shown: &Picture) -> [Frame; 3] {
    let [splat, instances] = studios;
    let all = [splat, instances, &mut Studio::on_processor()];
    all.map(|studio| studio.shoot(shown, &plain(), [200, 100]).unwrap())
}

#[test]
fn the_same_picture_has_the_same_bits() {
    let Some([mut splat, _]) = studios() else {
        return;
    };
    for (revision, radius) in [(7, 0.05), (8, 0.2)] {
        let mut shown = crowd(30_000, radius);
        Arc::make_mut(&mut shown.0).revision = revision;
        let style = camera([0.0; 2], 9.0);
        let one = splat.shoot(&shown, &style, [320, 200]).unwrap();
        // Other pictures in between leave nothing behind.
        let other = crowd(500, 0.3);
        splat.shoot(&other, &style, [64, 64]).unwrap();
        splat
            .shoot(&shown, &camera([5.0, 5.0], 3.0), [500, 20])
            .unwrap();
        let again = splat.shoot(&shown, &style, [320, 200]).unwrap();
        assert!(splat.splats());
        assert!(one == again, "{radius}");
        assert!(one.pixels.chunks(4).any(|pixel| pixel[1] > 60));
    }
}

#[test]
fn many_in_one_place_are_painted_too() {
    let Some(mut studios) = studios() else { return };
    let pile = |count: usize, radius: f32, revision| {
        let value = |k: usize| (k * 7919 % count) as f32 / count as f32;
        let all = (0..count).map(|k| particle(0.03, 0.02, value(k), radius));
        boxed(all.collect(), Boundary::Open, revision)
    };
    // As long as lists may be, and longer than that, where instances take over: of discs,
    for (count, revision) in [(4096, 1), (4097, 2), (20_000, 3)] {
        let [a, b, c] = all_three(&mut studios, &pile(count, 0.2, revision));
        let alike = if count > 4096 {
            a == b
        } else {
            apart(&a, &c).0 <= 1
        };
        assert!(
            alike,
            "{count} discs: {:?} {:?}",
            apart(&a, &b),
            apart(&a, &c)
        );
    }
    // and of light, whose sums are the larger the more there are.
    for (count, revision) in [(65_535, 4), (65_536, 5), (150_000, 6)] {
        let [a, b, c] = all_three(&mut studios, &pile(count, 0.05, revision));
        assert!(apart(&a, &c).0 <= 1, "{count} lights: {:?}", apart(&a, &c));
        assert!(count < 65_536 || a == b, "{count} lights");
        assert!(c.pixel(100, 49).unwrap()[1] > 60, "{count} lights");
    }
}

#[test]
fn nonsense_and_what_is_far_away_does_no_harm() {
    let Some(mut studios) = studios() else { return };
    let odd = [
        f32::NAN,
        f32::INFINITY,
        -1.0,
        1e38,
        -1e38,
        f32::MIN_POSITIVE,
    ];
    let place = [f32::NAN, f32::NEG_INFINITY, -1e38, 1e9, 0.0, 3.0];
    for (revision, radius) in [(1, 0.05), (2, 0.2)] {
        let mut particles: Vec<Particle> = Vec::new();
        for x in place {
            for y in place {
                particles.push(particle(x, y, 0.5, radius));
                particles.extend(odd.map(|value| particle(x, y, value, radius)));
                for size in [f32::NAN, -0.01, 0.0] {
                    particles.push(particle(x, y, 1.0, size));
                }
            }
        }
        let shown = boxed(particles, Boundary::Periodic, revision);
        let [a, _, c] = all_three(&mut studios, &shown);
        assert!(studios[0].splats());
        assert!(apart(&a, &c).0 <= 1, "{radius}: {:?}", apart(&a, &c));
        assert!(c.pixels.chunks(4).any(|pixel| pixel[1] > 30));
    }
}

#[test]
fn darts_and_large_discs_are_left_to_instances() {
    let Some([mut splat, _]) = studios() else {
        return;
    };
    let shown = crowd(3000, 0.2);
    for (glyph, scale, splats) in [
        (Glyph::Disc, 12.0, true),
        (Glyph::Disc, 40.0, false),
        (Glyph::Arrow, 12.0, false),
        (Glyph::Streak, 12.0, false),
        // Light has no shape.
        (Glyph::Arrow, 2.0, true),
    ] {
        let style = PictureStyle {
            glyph,
            colours: ColourMap::cyclic(),
            ..camera([0.0; 2], scale)
        };
        splat.shoot(&shown, &style, [200, 100]).unwrap();
        assert_eq!(splat.splats(), splats, "{glyph:?} {scale}");
    }
}
