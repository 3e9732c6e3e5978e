use super::*;

fn at(x: f32, y: f32, colour: [u8; 4]) -> Vertex {
    Vertex {
        at: [x, y],
        texel: [0.5, 0.5],
        colour,
    }
}

fn canvas(size: [u32; 2], colour: [u8; 3]) -> Vec<u8> {
    let [red, green, blue] = colour;
    [red, green, blue, 255].repeat((size[0] * size[1]) as usize)
}

fn pixel(pixels: &[u8], size: [u32; 2], column: u32, row: u32) -> [u8; 3] {
    let at = 4 * (row * size[0] + column) as usize;
    [pixels[at], pixels[at + 1], pixels[at + 2]]
}

/// Paints one mesh of a white texture.
fn painted(size: [u32; 2], vertices: &[Vertex], indices: &[u32], clip: [u32; 4]) -> Vec<u8> {
    let texture = Texture::white();
    let mut pixels = canvas(size, [10, 20, 30]);
    let mesh = Mesh {
        vertices,
        indices,
        texture: &texture,
        clip,
    };
    paint(&mut pixels, size, &[mesh]);
    pixels
}

fn rectangle([left, top]: [f32; 2], [right, bottom]: [f32; 2], colour: [u8; 4]) -> Vec<Vertex> {
    vec![
        at(left, top, colour),
        at(right, top, colour),
        at(right, bottom, colour),
        at(left, bottom, colour),
    ]
}

const QUAD: [u32; 6] = [0, 1, 2, 0, 2, 3];
/// The same rectangle along the other diagonal, its triangles turned the other way round.
const OTHER: [u32; 6] = [3, 1, 0, 3, 2, 1];

#[test]
fn a_rectangle_covers_the_pixels_whose_centres_it_holds() {
    let size = [40, 70];
    // Half opaque, so that a pixel that is painted twice is seen.
    let half = [100, 0, 0, 128];
    for indices in [QUAD, OTHER] {
        let corners = rectangle([3.4, 5.6], [20.5, 66.5], half);
        let pixels = painted(size, &corners, &indices, [0, 0, 40, 70]);
        for row in 0..70 {
            for column in 0..40 {
                // The centre of column 20 is on the right edge and belongs to what is right of it.
                let inside = (3..20).contains(&column) && (6..66).contains(&row);
                let through = |code: f64| (code * (1.0 - 128.0 / 255.0) + 0.5) as u8;
                let mixed = [100 + through(10.0), through(20.0), through(30.0)];
                let expected = if inside { mixed } else { [10, 20, 30] };
                let found = pixel(&pixels, size, column, row);
                // The red part is rounded once, after the sum.
                let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 1);
                assert!(near, "{column} {row}: {found:?} {expected:?}");
                assert!(inside || found == [10, 20, 30]);
            }
        }
    }
}

#[test]
fn a_fan_that_tiles_the_picture_paints_every_pixel_once() {
    // Triangles about an odd point, in both turns; any pixel that were left out or painted twice
    // would differ from the others.
    let size = [61, 67];
    let colour = [60, 60, 60, 100];
    let mut vertices = vec![at(23.37, 31.73, colour)];
    let (width, height) = (61.0, 67.0);
    for step in 0..16 {
        let share = step as f32 / 16.0 * 4.0;
        let along = share.fract();
        vertices.push(match share as u32 {
            0 => at(along * width, 0.0, colour),
            1 => at(width, along * height, colour),
            2 => at((1.0 - along) * width, height, colour),
            _ => at(0.0, (1.0 - along) * height, colour),
        });
    }
    let mut indices = Vec::new();
    for step in 0..16_u32 {
        let (a, b) = (1 + step, 1 + (step + 1) % 16);
        indices.extend(if step % 2 == 0 { [0, a, b] } else { [0, b, a] });
    }
    let pixels = painted(size, &vertices, &indices, [0, 0, 61, 67]);
    let first = pixel(&pixels, size, 0, 0);
    assert_ne!(first, [10, 20, 30]);
    for row in 0..67 {
        for column in 0..61 {
            assert_eq!(pixel(&pixels, size, column, row), first, "{column} {row}");
        }
    }
}

#[test]
fn colours_run_from_corner_to_corner() {
    let size = [100, 4];
    let (black, white) = ([0, 0, 0, 255], [255, 255, 255, 255]);
    let corners = [
        at(0.0, 0.0, black),
        at(100.0, 0.0, white),
        at(100.0, 4.0, white),
        at(0.0, 4.0, black),
    ];
    let pixels = painted(size, &corners, &QUAD, [0, 0, 100, 4]);
    for column in 0..100 {
        let expected = (f64::from(column) + 0.5) * 2.55;
        for row in 0..4 {
            let [red, green, blue] = pixel(&pixels, size, column, row);
            assert!(red == green && green == blue);
            assert!((f64::from(red) - expected).abs() <= 0.51, "{column}: {red}");
        }
    }
}

#[test]
fn nothing_is_painted_outside_the_clip() {
    let size = [50, 50];
    let corners = rectangle([-1000.0, -1000.0], [2000.0, 2000.0], [255; 4]);
    let pixels = painted(size, &corners, &QUAD, [10, 33, 12, 34]);
    let white: Vec<(u32, u32)> = (0..50)
        .flat_map(|row| (0..50).map(move |column| (column, row)))
        .filter(|&(column, row)| pixel(&pixels, size, column, row) == [255; 3])
        .collect();
    assert_eq!(white, [(10, 33), (11, 33)]);
    for clip in [[50, 50, 99, 99], [7, 7, 7, 9], [9, 9, 3, 3]] {
        assert_eq!(
            painted(size, &corners, &QUAD, clip),
            canvas(size, [10, 20, 30])
        );
    }
}

#[test]
fn a_texture_is_laid_texel_on_pixel_and_mixed_between() {
    // Three by two texels of which each has a colour of its own; the last is half transparent.
    let texels = vec![
        [255, 0, 0, 255],
        [0, 255, 0, 255],
        [0, 0, 255, 255],
        [255, 255, 255, 255],
        [0, 0, 0, 255],
        [64, 64, 64, 128],
    ];
    let texture = Texture {
        size: [3, 2],
        texels: texels.clone(),
    };
    let corner = |x: f32, y: f32| Vertex {
        at: [5.0 + 3.0 * x, 7.0 + 2.0 * y],
        texel: [x, y],
        colour: [255; 4],
    };
    let vertices = [
        corner(0.0, 0.0),
        corner(1.0, 0.0),
        corner(1.0, 1.0),
        corner(0.0, 1.0),
    ];
    let size = [20, 20];
    let mut pixels = canvas(size, [100; 3]);
    let mesh = Mesh {
        vertices: &vertices,
        indices: &QUAD,
        texture: &texture,
        clip: [0, 0, 20, 20],
    };
    paint(&mut pixels, size, std::slice::from_ref(&mesh));
    for (place, texel) in texels.iter().enumerate() {
        let found = pixel(&pixels, size, 5 + place as u32 % 3, 7 + place as u32 / 3);
        let below = 100.0 * (1.0 - f64::from(texel[3]) / 255.0);
        for part in 0..3 {
            let expected = f64::from(texel[part]) + below;
            assert!(
                (f64::from(found[part]) - expected).abs() <= 0.51,
                "{place} {found:?}"
            );
        }
    }
    // Between two texels the colour is their mean, and beyond the edge that of the edge.
    assert_eq!(
        texture.sample([1.0 / 3.0, 0.25]),
        [127.5, 127.5, 0.0, 255.0]
    );
    assert_eq!(texture.sample([-9.0, 0.25]), [255.0, 0.0, 0.0, 255.0]);
    assert_eq!(texture.sample([9.0, 9.0]), [64.0, 64.0, 64.0, 128.0]);
}

#[test]
fn a_patch_changes_its_part_of_a_texture() {
    let mut texture = Texture {
        size: [4, 3],
        texels: vec![[0; 4]; 12],
    };
    let patch = Texture {
        size: [2, 2],
        texels: vec![[1; 4], [2; 4], [3; 4], [4; 4]],
    };
    texture.patch([1, 1], &patch);
    let firsts: Vec<u8> = texture.texels.iter().map(|texel| texel[0]).collect();
    assert_eq!(firsts, [0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0]);
    // What hangs over is left out.
    texture.patch([3, 2], &patch);
    assert_eq!(texture.texels[11], [1; 4]);
    texture.patch([99, 99], &patch);
}

#[test]
fn wild_triangles_do_no_harm() {
    let size = [16, 16];
    let wild = [f32::NAN, f32::INFINITY, f32::MIN, -1e30, 1e9, 0.0, 3.0];
    let vertices: Vec<Vertex> = wild
        .iter()
        .flat_map(|&x| wild.iter().map(move |&y| at(x, y, [200; 4])))
        .collect();
    let indices: Vec<u32> = (0..60_u32)
        .flat_map(|i| [i, (i * 7) % 53, (i * 13) % 64])
        .collect();
    let pixels = painted(size, &vertices, &indices, [0, 0, 16, 16]);
    assert_eq!(pixels.len(), 4 * 256);
    // Of another number of pixels than was said, none is touched.
    let mut few = vec![7; 12];
    paint(&mut few, size, &[]);
    assert_eq!(few, [7; 12]);
    paint(&mut [], [0, 0], &[]);
}

#[test]
fn any_number_of_threads_paints_the_same() {
    let size = [200, 150];
    let mut state = 7_u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let vertices: Vec<Vertex> = (0..300)
        .map(|_| {
            let x = (next() % 220_000) as f32 / 1000.0 - 10.0;
            let y = (next() % 170_000) as f32 / 1000.0 - 10.0;
            let opacity = (next() % 256) as u8;
            let part = |share: u32| (u32::from(opacity) * (share % 256) / 255) as u8;
            at(x, y, [part(next()), part(next()), part(next()), opacity])
        })
        .collect();
    let indices: Vec<u32> = (0..300).collect();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| painted(size, &vertices, &indices, [3, 5, 190, 149]))
    };
    let one = on(1);
    assert!(one == on(2) && one == on(7));
}
