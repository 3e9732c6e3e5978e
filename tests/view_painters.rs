//! Both painters draw the same picture, of every revision, on any number of threads.

use std::sync::Arc;

use bevy::asset::Assets;
use bevy::image::Image;
use bevy::prelude::App;
use seethe::math::domain::{Boundary, Domain};
use seethe::model::observable::{Grid, Inset};
use seethe::sim::snapshot::{Form, LayerData, Tint};
use seethe::view::{
    Camera, Canvas, ColourMap, Discs, Frame, Glyph, Particle, Picture, PictureStyle, Studio,
    headless_app,
};

use crate::view::{CANVAS, SIZE, boxed, crowd, particle, plain, studios};
use crate::view_layers::lines;

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
/// `cargo test --release --test main view_painters::how_long -- --ignored --nocapture`.
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
