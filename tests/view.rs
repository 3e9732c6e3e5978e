//! Pictures: known marks at known places, the same from both painters, frame by frame.
//!
//! What needs a graphics adapter runs on whatever adapter there is, a software one included, and
//! says so when there is none.

use seethe::math::domain::{Boundary, Domain};
use seethe::view::{Camera, ColourMap, Particle, Picture, PictureStyle, Studio, pack_direction};

pub const SIZE: [u32; 2] = [200, 100];

pub const CANVAS: [u8; 4] = [10, 13, 18, 255];

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
pub fn studios() -> Vec<(&'static str, Studio)> {
    let mut studios = vec![("processor", Studio::on_processor())];
    match Studio::on_device() {
        Ok(studio) => studios.push(("device", studio)),
        Err(error) => eprintln!("only the processor is tested: {error}"),
    }
    studios
}

pub fn opaque([red, green, blue]: [u8; 3]) -> [u8; 4] {
    [red, green, blue, 255]
}

/// Compares a channel of soft edges: each painter rounds once per layer of at most a few.
pub fn near(a: [u8; 4], b: [u8; 4], tolerance: u8) -> bool {
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
