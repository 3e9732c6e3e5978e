//! What lies under and over the particles: fields, lines, arrows, streaks, insets and bloom.

use std::sync::Arc;

use seethe::math::domain::Boundary;
use seethe::model::observable::{Grid, Inset};
use seethe::sim::snapshot::{Form, LayerData, Line, Tint};
use seethe::view::{Camera, ColourMap, Glyph, Particle, Picture, PictureStyle, pack_direction};

use crate::view::{CANVAS, SIZE, boxed, near, opaque, particle, plain, studios};

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
pub fn lines(segments: Vec<[[f32; 2]; 2]>, form: Form, tint: Tint) -> LayerData {
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
