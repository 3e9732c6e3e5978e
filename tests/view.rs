//! Pictures: known marks at known places, the same from both painters, frame by frame.
//!
//! What needs a graphics adapter runs on whatever adapter there is, a software one included, and
//! says so when there is none.

use std::sync::Arc;

use bevy::asset::Assets;
use bevy::image::Image;
use bevy::prelude::App;
use seethe::math::domain::{Boundary, Domain};
use seethe::model::observable::{Grid, Inset};
use seethe::sim::snapshot::{Form, LayerData, Line, Tint};
use seethe::view::{
    Camera, Canvas, ColourMap, Discs, Frame, Glyph, Particle, Picture, PictureStyle, Studio,
    headless_app, pack_direction,
};

const SIZE: [u32; 2] = [200, 100];
const CANVAS: [u8; 4] = [10, 13, 18, 255];

pub fn particle(x: f32, y: f32, value: f32, radius: f32) -> Particle {
    Particle {
        x,
        y,
        value,
        radius,
        direction: pack_direction([1.0, 0.0]),
    }
}

pub fn boxed(particles: Vec<Particle>, boundary: Boundary, revision: u64) -> Picture {
    Picture::of_particles(particles, Domain::new([20.0, 10.0], boundary), revision)
}

fn picture(particles: Vec<Particle>) -> Picture {
    boxed(particles, Boundary::Reflecting, 1)
}

/// Ten pixels per unit of length, no outline, no shading: every colour can be told beforehand.
pub fn plain() -> PictureStyle {
    PictureStyle {
        camera: Camera {
            centre: [0.0, 0.0],
            scale: 10.0,
        },
        background: [10, 13, 18],
        outline: [0; 4],
        rim: 0.0,
        glow: 0.0,
        ..Default::default()
    }
}

/// The processor, and an adapter if there is one.
fn studios() -> Vec<(&'static str, Studio)> {
    let mut studios = vec![("processor", Studio::on_processor())];
    match Studio::on_device() {
        Ok(studio) => studios.push(("device", studio)),
        Err(error) => eprintln!("only the processor is tested: {error}"),
    }
    studios
}

fn opaque([red, green, blue]: [u8; 3]) -> [u8; 4] {
    [red, green, blue, 255]
}

/// Compares a channel of soft edges: each painter rounds once per layer of at most a few.
fn near(a: [u8; 4], b: [u8; 4], tolerance: u8) -> bool {
    a.iter().zip(b).all(|(&a, b)| a.abs_diff(b) <= tolerance)
}

/// Many particles without order, from a linear congruence.
pub fn crowd(count: usize, radius: f32) -> Picture {
    let mut state = 1_u64;
    let mut uniform = move || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 40) as f32 / (1 << 24) as f32
    };
    let particles = (0..count)
        .map(|_| {
            let (sine, cosine) = (6.3 * uniform()).sin_cos();
            Particle {
                x: 20.0 * (uniform() - 0.5),
                y: 10.0 * (uniform() - 0.5),
                value: uniform(),
                radius: radius * (0.5 + uniform()),
                direction: pack_direction([cosine, sine]),
            }
        })
        .collect();
    boxed(particles, Boundary::Periodic, 1)
}

#[test]
fn discs_are_where_they_belong_and_have_the_colour_of_their_value() {
    let map = ColourMap::viridis();
    let shown = picture(vec![
        particle(-5.0, 2.0, 0.0, 1.0),
        particle(5.0, -2.0, 1.0, 1.0),
        particle(0.0, 0.0, 0.5, 2.0),
    ]);
    for (name, mut studio) in studios() {
        let frame = studio.shoot(&shown, &plain(), SIZE).unwrap();
        assert_eq!((frame.size, frame.revision), (SIZE, 1), "{name}");
        // The plane's (−5, 2) is the pixel corner (50, 30); the radius is ten pixels.
        assert_eq!(frame.pixel(50, 30), Some(opaque(map.colour(0.0))), "{name}");
        assert_eq!(
            frame.pixel(150, 70),
            Some(opaque(map.colour(1.0))),
            "{name}"
        );
        assert_eq!(
            frame.pixel(100, 50),
            Some(opaque(map.colour(0.5))),
            "{name}"
        );
        assert_eq!(
            frame.pixel(58, 30),
            Some(opaque(map.colour(0.0))),
            "{name}: inside"
        );
        assert_eq!(frame.pixel(61, 30), Some(CANVAS), "{name}: outside");
        assert_eq!(
            frame.pixel(50, 70),
            Some(CANVAS),
            "{name}: y points upwards"
        );
    }
}

#[test]
fn the_area_of_a_soft_disc_is_that_of_the_disc() {
    let map = ColourMap::categories(&[[255; 3]]);
    let style = PictureStyle {
        background: [0; 3],
        colours: map,
        ..plain()
    };
    for (name, mut studio) in studios() {
        for (radius, x) in [(0.3_f32, 0.013), (0.8, 0.047), (2.5, -0.03)] {
            let disc = vec![particle(x, 0.02, 0.0, radius)];
            let shown = boxed(disc, Boundary::Open, u64::from(radius.to_bits()));
            let frame = studio.shoot(&shown, &style, SIZE);
            let light: f64 = frame
                .unwrap()
                .pixels
                .chunks(4)
                .map(|pixel| f64::from(pixel[0]) / 255.0)
                .sum();
            let pixels = 10.0 * f64::from(radius);
            // A linear edge one pixel wide integrates to π(r² + 1/12). Sampling it at the pixel
            // centres errs by about the square root of the number of edge pixels, 2πr, times the
            // error of a sample, some 0.05.
            let area = std::f64::consts::PI * (pixels * pixels + 1.0 / 12.0);
            let tolerance = 3.0 * 0.05 * (2.0 * std::f64::consts::PI * pixels).sqrt();
            assert!(
                (light - area).abs() < tolerance,
                "{name} {radius}: {light} not {area}"
            );
        }
    }
}

#[test]
fn later_particles_cover_earlier_ones() {
    let map = ColourMap::viridis();
    let shown = picture(
        (0..40)
            .map(|k| particle(0.0, 0.0, k as f32 / 39.0, 2.0))
            .collect(),
    );
    for (name, mut studio) in studios() {
        let frame = studio.shoot(&shown, &plain(), SIZE).unwrap();
        assert_eq!(
            frame.pixel(100, 50),
            Some(opaque(map.colour(1.0))),
            "{name}"
        );
    }
}

#[test]
fn a_periodic_box_shows_its_images_dimmed() {
    let map = ColourMap::viridis();
    let shown = boxed(vec![particle(-9.5, 0.0, 1.0, 1.0)], Boundary::Periodic, 1);
    // The box takes 100 × 50 pixels in the middle; the disc reaches across its left edge.
    let style = PictureStyle {
        camera: Camera {
            centre: [0.0, 0.0],
            scale: 5.0,
        },
        ghosts: 0.5,
        ..plain()
    };
    for (name, mut studio) in studios() {
        let frame = studio.shoot(&shown, &style, SIZE).unwrap();
        let full = opaque(map.colour(1.0));
        let half = [0, 1, 2, 3].map(|c| u8::midpoint(full[c], CANVAS[c]));
        assert_eq!(frame.pixel(51, 50), Some(full), "{name}: inside the box");
        assert!(
            near(frame.pixel(48, 50).unwrap(), half, 1),
            "{name}: outside the box"
        );
        // The image one box to the right: its left part lies in the box, its right part does not.
        assert_eq!(
            frame.pixel(148, 50),
            Some(full),
            "{name}: the image inside the box"
        );
        assert!(
            near(frame.pixel(151, 50).unwrap(), half, 1),
            "{name}: the image outside"
        );
        let hidden = PictureStyle {
            ghosts: 0.0,
            ..style.clone()
        };
        let frame = studio.shoot(&shown, &hidden, SIZE).unwrap();
        assert_eq!(
            frame.pixel(148, 50),
            Some(CANVAS),
            "{name}: images can be hidden"
        );
    }
}

#[test]
fn the_outline_is_one_pixel_wide() {
    let style = PictureStyle {
        camera: Camera {
            centre: [0.0, 0.0],
            scale: 5.0,
        },
        outline: [200, 100, 50, 255],
        ..plain()
    };
    for (name, mut studio) in studios() {
        let frame = studio.shoot(&picture(Vec::new()), &style, SIZE).unwrap();
        let line = Some([200, 100, 50, 255]);
        for (column, row) in [
            (50, 25),
            (50, 50),
            (150, 50),
            (100, 25),
            (100, 75),
            (150, 75),
        ] {
            assert_eq!(frame.pixel(column, row), line, "{name} {column} {row}");
        }
        let lit = frame
            .pixels
            .chunks(4)
            .filter(|&pixel| pixel == [200, 100, 50, 255])
            .count();
        assert_eq!(lit, 2 * 101 + 2 * 49, "{name}");
    }
}

#[test]
fn light_adds_up_where_particles_are_points() {
    let style = PictureStyle {
        radius_scale: 0.05,
        ..plain()
    };
    for (name, mut studio) in studios() {
        let mut brightness = |count: usize| {
            let points = vec![particle(0.05, 0.05, 1.0, 1.0); count];
            let shown = boxed(points, Boundary::Open, count as u64);
            let frame = studio.shoot(&shown, &style, SIZE).unwrap();
            assert_eq!(frame.pixel(20, 20), Some(CANVAS), "{name}");
            frame.pixel(100, 49).unwrap()[0]
        };
        let (one, two, many) = (brightness(1), brightness(2), brightness(100));
        assert!(
            CANVAS[0] < one && one < two && two < many,
            "{name}: {one} {two} {many}"
        );
        // Without glow the limit is the colour of the map itself.
        assert_eq!(many, ColourMap::viridis().colour(1.0)[0], "{name}");
    }
}

/// A picture with one layer besides its particles.
fn layered(
    particles: Vec<Particle>,
    boundary: Boundary,
    layer: LayerData,
    revision: u64,
) -> Picture {
    let mut picture = boxed(particles, boundary, revision);
    Arc::make_mut(&mut picture.0).layers.push(layer);
    picture
}

#[test]
fn a_field_lies_under_the_particles() {
    let style = PictureStyle {
        field_opacity: 1.0,
        ..plain()
    };
    let map = style.field_colours.clone();
    // Two columns and one row over the box, which fills the picture: 0 on the left, 1 on the right.
    let grid = Grid {
        columns: 2,
        rows: 1,
        values: vec![0.0, 1.0],
    };
    let field = |boundary, revision| {
        let layer = LayerData::Field {
            name: "test",
            grid: grid.clone(),
            range: [0.0, 1.0],
        };
        layered(
            vec![particle(0.0, 0.0, 1.0, 1.0)],
            boundary,
            layer,
            revision,
        )
    };
    for (name, mut studio) in studios() {
        let walls = studio
            .shoot(&field(Boundary::Reflecting, 1), &style, SIZE)
            .unwrap();
        assert_eq!(
            walls.pixel(2, 90),
            Some(opaque(map.colour(0.0))),
            "{name}: it ends flat"
        );
        assert_eq!(walls.pixel(198, 5), Some(opaque(map.colour(1.0))), "{name}");
        // Cell centres are at the pixels 50 and 150, and the pixel 99 has its centre at 99.5.
        let middle = map.colour((99.5 - 50.0) / 100.0);
        assert!(
            near(walls.pixel(99, 90).unwrap(), opaque(middle), 2),
            "{name}"
        );
        let disc = Some(opaque(ColourMap::viridis().colour(1.0)));
        assert_eq!(walls.pixel(100, 50), disc, "{name}: particles are on top");
        let round = studio
            .shoot(&field(Boundary::Periodic, 2), &style, SIZE)
            .unwrap();
        let seam = map.colour(0.5 - 0.005);
        assert!(
            near(round.pixel(0, 90).unwrap(), opaque(seam), 2),
            "{name}: the ends meet"
        );
    }
}

#[test]
fn links_are_one_pixel_wide_and_lie_over_the_particles() {
    let style = PictureStyle {
        links: [255, 0, 0, 255],
        ..plain()
    };
    // Along the middle of a row of pixels, and straight down the middle of a column.
    let segments = vec![[[-5.05, 0.05], [5.05, 0.05]], [[0.05, 4.0], [0.05, -4.0]]];
    let layer = lines(segments, Form::Line, Tint::Ink);
    let shown = layered(vec![particle(3.0, 0.0, 1.0, 1.0)], Boundary::Open, layer, 1);
    for (name, mut studio) in studios() {
        let frame = studio.shoot(&shown, &style, SIZE).unwrap();
        let red = Some([255, 0, 0, 255]);
        for place in [(60, 49), (140, 49), (130, 49), (100, 20), (100, 80)] {
            assert_eq!(frame.pixel(place.0, place.1), red, "{name} {place:?}");
        }
        for place in [(60, 51), (60, 47), (40, 49), (160, 49), (102, 20), (100, 5)] {
            assert_eq!(
                frame.pixel(place.0, place.1),
                Some(CANVAS),
                "{name} {place:?}"
            );
        }
    }
}

/// A layer of lines: those with colours fade towards their second ends.
fn lines(segments: Vec<[[f32; 2]; 2]>, form: Form, tint: Tint) -> LayerData {
    let value = |k: usize| match tint {
        Tint::Ink => -1.0,
        _ => (k % 7) as f32 / 6.0,
    };
    let line = |(k, ends): (usize, &[[f32; 2]; 2])| Line {
        ends: *ends,
        strength: match tint {
            Tint::Ink => [1.0; 2],
            _ => [1.0, 0.3 + 0.1 * (k % 7) as f32],
        },
        value: value(k),
    };
    LayerData::Lines {
        name: "test",
        lines: segments.iter().enumerate().map(line).collect(),
        form,
        tint,
        per_cell: None,
    }
}

#[test]
fn a_line_over_the_edge_is_whole_on_both_sides() {
    let style = PictureStyle {
        links: [255, 0, 0, 255],
        ghosts: 0.5,
        ..plain()
    };
    // The box fills the picture; the line leaves it on the right by two and a half lengths.
    let layer = lines(vec![[[9.0, 0.05], [12.5, 0.05]]], Form::Line, Tint::Ink);
    let shown = layered(Vec::new(), Boundary::Periodic, layer, 1);
    for (name, mut studio) in studios() {
        let frame = studio.shoot(&shown, &style, SIZE).unwrap();
        let red = Some([255, 0, 0, 255]);
        for column in [192, 199, 0, 10, 22] {
            assert_eq!(frame.pixel(column, 49), red, "{name} {column}");
        }
        assert_eq!(frame.pixel(28, 49), Some(CANVAS), "{name}: beyond its end");
        // Seen from a corner of the box far from its edges, the end is still there.
        let inside = PictureStyle {
            camera: Camera {
                centre: [-5.0, 0.0],
                scale: 20.0,
            },
            ..style.clone()
        };
        let frame = studio.shoot(&shown, &inside, SIZE).unwrap();
        // It lies between two rows of pixels here, and each shows half of it.
        let lit = frame.pixel(40, 49).unwrap()[0];
        assert!(lit > 100, "{name}: from the image next door, {lit}");
    }
}

#[test]
fn an_arrow_points_to_its_tip() {
    let style = PictureStyle {
        links: [255, 0, 0, 255],
        layers: vec![seethe::view::LayerLook {
            layer: "test".into(),
            opacity: Some(1.0),
            colours: None,
        }],
        ..plain()
    };
    let layer = lines(vec![[[-5.0, 0.0], [5.0, 0.0]]], Form::Arrow, Tint::Ink);
    let shown = layered(Vec::new(), Boundary::Open, layer, 1);
    for (name, mut studio) in studios() {
        let frame = studio.shoot(&shown, &style, SIZE).unwrap();
        let lit = |column: u32| {
            (0..100)
                .filter(|&row| frame.pixel(column, row) != Some(CANVAS))
                .count()
        };
        // The shaft is 0.07 of the length wide; the head begins at six tenths with 0.32 of it.
        assert!((6..=9).contains(&lit(80)), "{name}: {}", lit(80));
        assert!((28..=34).contains(&lit(112)), "{name}: {}", lit(112));
        assert!((10..=18).contains(&lit(132)), "{name}: {}", lit(132));
        assert_eq!(lit(153), 0, "{name}: beyond the tip");
        assert_eq!(lit(47), 0, "{name}: before the shaft");
    }
}

#[test]
fn a_streak_is_as_long_as_its_displacement_and_a_dart_without_direction_is_a_disc() {
    let map = ColourMap::viridis();
    let towards = |direction: [f32; 2]| Particle {
        direction: pack_direction(direction),
        ..particle(0.0, 0.0, 1.0, 0.4)
    };
    let style = |glyph| PictureStyle { glyph, ..plain() };
    for (name, mut studio) in studios() {
        let mut reach = |direction: [f32; 2], revision: u64| {
            let shown = boxed(vec![towards(direction)], Boundary::Open, revision);
            let frame = studio.shoot(&shown, &style(Glyph::Streak), SIZE).unwrap();
            let lit = |column: u32| frame.pixel(column, 50) != Some(CANVAS);
            let all: Vec<u32> = (0..200).filter(|&column| lit(column)).collect();
            [100 - all[0], all[all.len() - 1] - 99]
        };
        // The longest tail is twelve radii, 48 pixels, and its last tenth is too faint to see.
        let [long, ahead] = reach([1.0, 0.0], 1);
        assert!(
            (40..=48).contains(&long) && ahead <= 3,
            "{name}: {long} {ahead}"
        );
        let [short, _] = reach([0.25, 0.0], 2);
        assert!((9..=13).contains(&short), "{name}: {short}");
        let [behind, ahead] = reach([-1.0, 0.0], 3);
        assert!(
            (40..=48).contains(&ahead) && behind <= 3,
            "{name}: it moves to the left"
        );
        let [behind, ahead] = reach([0.0, 0.0], 4);
        assert!(behind <= 3 && ahead <= 3, "{name}: at rest it is a dot");
        let aimless = boxed(vec![towards([0.0, 0.0])], Boundary::Open, 5);
        let dart = studio.shoot(&aimless, &style(Glyph::Arrow), SIZE).unwrap();
        let disc = studio.shoot(&aimless, &style(Glyph::Disc), SIZE).unwrap();
        assert_eq!(dart, disc, "{name}");
        assert_eq!(dart.pixel(100, 50), Some(opaque(map.colour(1.0))), "{name}");
    }
}

#[test]
fn an_inset_is_in_its_corner_and_never_dimmed() {
    let inset = Inset {
        angles: vec![0.0],
        arrow: [0.0, 0.0],
    };
    let layer = LayerData::Inset {
        name: "test",
        inset,
    };
    let shown = layered(Vec::new(), Boundary::Periodic, layer, 1);
    let size = [400, 400];
    let style = PictureStyle {
        camera: Camera {
            centre: [0.0, 0.0],
            scale: 4.0,
        },
        ghosts: 0.1,
        ..plain()
    };
    for (name, mut studio) in studios() {
        let frame = studio.shoot(&shown, &style, size).unwrap();
        // The radius is 0.085 of 400, 34 pixels, and the centre 1.6 radii from both sides.
        let point = frame.pixel(345 + 34, 54).unwrap();
        let colour = opaque(ColourMap::cyclic().colour(0.0));
        // An opacity of 0.85 over the ring and the dark ground.
        let expected = [0, 1, 2].map(|c| (0.85 * f32::from(colour[c]) + 6.0) as u8);
        assert!(
            near(point, opaque(expected), 14),
            "{name}: {point:?} {expected:?}"
        );
        assert_eq!(frame.pixel(200, 200), Some(CANVAS), "{name}: one copy");
    }
}

#[test]
fn bloom_lights_the_surroundings_and_only_when_it_is_on() {
    let shown = boxed(vec![particle(0.0, 0.0, 1.0, 1.5)], Boundary::Open, 1);
    for (name, mut studio) in studios() {
        let off = studio.shoot(&shown, &plain(), SIZE).unwrap();
        assert_eq!(off.pixel(118, 50), Some(CANVAS), "{name}");
        let style = PictureStyle {
            bloom: 1.0,
            ..plain()
        };
        let on = studio.shoot(&shown, &style, SIZE).unwrap();
        let beside = on.pixel(118, 50).unwrap();
        assert!(beside[1] > CANVAS[1] + 10, "{name}: {beside:?}");
        // Blocks are one pixel here, and the blur reaches eight.
        assert_eq!(on.pixel(130, 50), Some(CANVAS), "{name}: far away");
        assert_eq!(on.pixel(100, 50).unwrap()[3], 255, "{name}: opaque");
    }
}

/// The share of channels that differ by more than two codes.
pub fn differing(a: &Frame, b: &Frame) -> f64 {
    let far = a
        .pixels
        .iter()
        .zip(&b.pixels)
        .filter(|(a, b)| a.abs_diff(**b) > 2)
        .count();
    far as f64 / a.pixels.len() as f64
}

#[test]
fn both_painters_draw_the_same() {
    let Ok(mut device) = Studio::on_device() else {
        eprintln!("not tested: there is no adapter");
        return;
    };
    let mut processor = Studio::on_processor();
    let mut shown = crowd(3000, 0.2);
    let ends = shown.0.particles.chunks(2);
    let segments = ends
        .take(40)
        .map(|pair| [[pair[0].x, pair[0].y], [pair[1].x, pair[1].y]])
        .collect();
    let values = (0..20 * 10).map(|k| (k as f32).sin()).collect();
    let grid = Grid {
        columns: 20,
        rows: 10,
        values,
    };
    let away = |from: [f32; 2]| [from, [from[0] + 2.0, from[1] - 1.0]];
    let places = |count: usize| {
        let some = shown.0.particles.iter().take(count);
        some.map(|one| away([one.x, one.y])).collect::<Vec<_>>()
    };
    let inset = Inset {
        angles: (0..20).map(|k| k as f32).collect(),
        arrow: [0.4, -0.3],
    };
    let layers = vec![
        lines(segments, Form::Line, Tint::Ink),
        lines(places(8), Form::Arrow, Tint::Value([0.0, 1.0])),
        lines(places(16)[8..].to_vec(), Form::Trail, Tint::Particles),
        lines(places(4), Form::Wall, Tint::Ink),
        LayerData::Inset {
            name: "test",
            inset,
        },
        LayerData::Field {
            name: "test",
            grid,
            range: [-1.0, 1.0],
        },
    ];
    Arc::make_mut(&mut shown.0).layers = layers;
    for glyph in [Glyph::Disc, Glyph::Arrow, Glyph::Streak] {
        for scale in [2.0, 9.0, 60.0] {
            let camera = Camera {
                centre: [2.0, 1.0],
                scale,
            };
            for bloom in [0.0, 0.6] {
                let style = PictureStyle {
                    camera,
                    glyph,
                    bloom,
                    colours: ColourMap::cyclic(),
                    ..Default::default()
                };
                let a = device.shoot(&shown, &style, SIZE).unwrap();
                let b = processor.shoot(&shown, &style, SIZE).unwrap();
                // Devices place corners to 1/256 of a pixel and round every layer to a code, which
                // can leave single pixels further apart where many soft marks overlap: at the
                // smallest scale all strokes lie on 40 by 20 pixels.
                let share = differing(&a, &b);
                assert!(share < 4e-3, "{glyph:?} at {scale}, bloom {bloom}: {share}");
            }
        }
    }
}

#[test]
fn every_frame_shows_its_own_revision() {
    for (name, mut studio) in studios() {
        for revision in 0..50_u32 {
            // The frame's number is written in places: one disc in a column for each set bit.
            let bits = (0..8).filter(|bit| revision >> bit & 1 == 1);
            let discs = bits
                .map(|bit| particle(bit as f32 * 2.0 - 7.0, 0.0, 1.0, 0.5))
                .collect();
            let shown = boxed(discs, Boundary::Open, u64::from(revision));
            let frame = studio.shoot(&shown, &plain(), SIZE).unwrap();
            let read: u32 = (0..8)
                .map(|bit| u32::from(frame.pixel(30 + 20 * bit, 50) != Some(CANVAS)) << bit)
                .sum();
            assert_eq!(
                (frame.revision, read),
                (u64::from(revision), revision),
                "{name}"
            );
        }
    }
}

#[test]
fn nonsense_does_no_harm() {
    let odd = [f32::NAN, f32::INFINITY, -1.0, 1e38, f32::MIN_POSITIVE];
    let particles: Vec<Particle> = odd
        .into_iter()
        .flat_map(|a| {
            odd.map(|b| Particle {
                x: a,
                y: b,
                value: a,
                radius: b,
                direction: u32::MAX,
            })
        })
        .collect();
    let mut revision = 0;
    for (name, mut studio) in studios() {
        for glyph in [Glyph::Disc, Glyph::Arrow, Glyph::Streak] {
            for size in [[0, 0], [1, 1], [3, 7]] {
                revision += 1;
                let shown = boxed(particles.clone(), Boundary::Periodic, revision);
                let style = PictureStyle { glyph, ..plain() };
                let frame = studio.shoot(&shown, &style, size).unwrap();
                let [width, height] = frame.size;
                assert!(width > 0 && height > 0, "{name}");
                assert_eq!(frame.pixels.len(), 4 * (width * height) as usize, "{name}");
            }
        }
        let flat = Domain::new([0.0, f64::NAN], Boundary::Periodic);
        let shown = Picture::of_particles(particles.clone(), flat, 1000);
        studio.shoot(&shown, &plain(), SIZE).unwrap();
    }
}

#[test]
fn a_picture_does_not_depend_on_the_number_of_threads() {
    let shown = crowd(20_000, 0.1);
    let draw = |threads: usize, scale: f64| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let style = PictureStyle {
            camera: Camera {
                centre: [0.0, 0.0],
                scale,
            },
            ..Default::default()
        };
        pool.install(|| {
            Studio::on_processor()
                .shoot(&shown, &style, [320, 160])
                .unwrap()
        })
    };
    for scale in [5.0, 16.0] {
        let one = draw(1, scale);
        assert!(
            [2, 3, 7]
                .into_iter()
                .all(|threads| draw(threads, scale) == one),
            "{scale}"
        );
    }
}

/// How long pictures take on this machine, for whoever wants to know:
/// `cargo test --release --test main view::how_long -- --ignored --nocapture`.
#[test]
#[ignore = "it tells a time and asserts nothing"]
fn how_long_a_large_picture_takes() {
    let mut studios = vec![("processor", Studio::on_processor())];
    for (name, discs) in [("instances", Discs::Instances), ("splat", Discs::Splat)] {
        studios.extend(Studio::on_device().map(|studio| (name, studio.painting(discs))));
    }
    for (count, radius) in [
        (0, 0.02),
        (1000, 0.02),
        (10_000, 0.02),
        (100_000, 0.02),
        (100_000, 0.03),
        (100_000, 0.04),
        (1_000_000, 0.02),
        (100_000, 0.005),
        (1_000_000, 0.005),
    ] {
        let shown = crowd(count, radius);
        // 96 pixels per length: the box of 20 by 10 is 1920 by 960 pixels, 0.02 is 2 pixels.
        let style = PictureStyle {
            camera: Camera {
                centre: [0.0, 0.0],
                scale: 96.0,
            },
            ..Default::default()
        };
        for (name, studio) in &mut studios {
            let rounds = if count > 100_000 { 7 } else { 15 };
            let mut times: Vec<f64> = (0..rounds)
                .map(|_| {
                    let begun = std::time::Instant::now();
                    studio.shoot(&shown, &style, [1920, 1080]).unwrap();
                    begun.elapsed().as_secs_f64() * 1e3
                })
                .collect();
            times.sort_by(f64::total_cmp);
            let pixels = 96.0 * radius;
            println!(
                "{count} discs, r = {pixels:.1} px, {name}: median {:.1} ms, least {:.1} ms",
                times[rounds / 2],
                times[0]
            );
        }
    }
}

/// Runs the program's own update until the canvas shows a revision, at most a few times.
fn update_until_painted(app: &mut App, revision: u64) -> usize {
    for updates in 1..=5 {
        app.update();
        if app.world().resource::<Canvas>().painted_revision() == revision {
            return updates;
        }
    }
    panic!("revision {revision} was not painted");
}

#[test]
fn the_canvas_of_a_program_shows_the_picture_in_the_same_update() {
    let mut app = match headless_app([64, 48]) {
        Ok(app) => app,
        Err(error) => return eprintln!("not tested: {error}"),
    };
    update_until_painted(&mut app, 0);
    for revision in 1..=50 {
        *app.world_mut().resource_mut::<Picture>() =
            boxed(vec![particle(0.0, 0.0, 1.0, 1.0)], Boundary::Open, revision);
        assert_eq!(
            update_until_painted(&mut app, revision),
            1,
            "revision {revision}"
        );
    }
    // Sizes come and go, none of them breaks anything, and the texture follows.
    for size in [[0, 0], [1, 1], [500, 3], [16384, 1], [64, 48]] {
        app.world_mut().resource_mut::<Canvas>().size = size;
        app.update();
        let handle = app.world().resource::<Canvas>().image.clone();
        let image = app
            .world()
            .resource::<Assets<Image>>()
            .get(&handle)
            .unwrap();
        assert_eq!(image.width(), size[0].clamp(1, 8192));
    }
}
