//! Walls as a graphics device takes them: 32-bit words, read by `shaders/walls.wgsl`.
//!
//! For every cell there is a list of the walls within reach of it, and of their periodic images. Each
//! is told from an anchor, a fixed-point place next to it and to the cell, so that what is computed
//! from there in single precision is exact to a millionth of the reach. On which side of a wall a
//! particle is must not depend on the cell from which it is seen: a wall is the line through two
//! fixed-point places, and the way of the anchor from that line is told as a whole number of 64 bits.

use super::{WallGrid, minus};
use crate::math::domain::{CENTRE, Domain};
use crate::math::segment::{Segment, dot};

/// Words before the starts of the cells, and of an entry of a list.
const HEADER: usize = 12;
const WORDS: usize = 12;
/// Distances below this many quanta count as touching: twice what they do on the processor, where
/// nobody who comes from a device is then as near.
const MARGIN: f64 = 8.0;
/// How wrong a place along a wall may be, as a share of the distances that it is computed from, several
/// times over.
const SLACK: f64 = 1e-6;

/// The words of some walls, which are found within `reach`. They push nobody harder than `push` times
/// the diameter.
pub fn words(
    domain: &Domain,
    segments: &[Segment],
    reach: f64,
    push: f64,
) -> Result<Vec<u32>, String> {
    // Cells are found to within a millionth of their sides.
    let grid = WallGrid::new(domain, segments, 1.01 * reach);
    let quantum = domain.span().map(|span| span / 4_294_967_296.0);
    let side = grid.per_length.map(f64::recip);
    let far = 3.0 * grid.reach + 2.0 * side[0].hypot(side[1]);
    if domain.span().iter().any(|span| 4.0 * far > *span) {
        return Err("the walls reach across too much of the box for a graphics device".into());
    }
    // Cells per quantum, with as many binary digits as fit.
    let most = grid.per_quantum[0].max(grid.per_quantum[1]) * 4_294_967_296.0;
    let digits = (4_294_967_295.0 / most).log2().floor().clamp(0.0, 31.0) as u32;
    let scale = grid
        .per_quantum
        .map(|per| (per * 4_294_967_296.0 * f64::from(1u32 << digits)) as u32);
    let low = grid.low_quanta.map(|low| (i64::from(CENTRE) + low) as u32);
    let leap = grid
        .leap
        .map(|leap| ((f64::from(leap) * 0.95) as u32).max(1));
    let cells = grid.cells.map(|cells| cells as u32);
    let margin = MARGIN * quantum[0].max(quantum[1]);
    let number = |x: f64| (x as f32).to_bits();
    let [push, margin, slack] = [push, margin, SLACK * far].map(number);
    let [columns, rows] = cells;
    let mut words = vec![
        columns, rows, low[0], low[1], scale[0], scale[1], leap[0], leap[1], push, margin, slack,
        digits,
    ];
    debug_assert_eq!(words.len(), HEADER);
    words.extend(&grid.starts);
    words.reserve(WORDS * grid.entries.len());
    for cell in 0..grid.cells[0] * grid.cells[1] {
        let place = [cell % grid.cells[0], cell / grid.cells[0]];
        let centre = [0, 1].map(|axis| grid.low[axis] + (place[axis] as f64 + 0.5) * side[axis]);
        for &image in &grid.entries[grid.starts[cell] as usize..grid.starts[cell + 1] as usize] {
            words.extend(entry(segments, image as usize, &grid, centre, quantum));
        }
    }
    Ok(words)
}

/// The periodic image of an image of a wall, in boxes.
fn shift(image: usize, walls: usize) -> [i64; 2] {
    // The originals come first, then the eight neighbours of the box, column by column.
    match image / walls {
        0 => [0, 0],
        number => {
            let place = if number > 4 { number } else { number - 1 } as i64;
            [place / 3 - 1, place % 3 - 1]
        }
    }
}

/// One wall, seen from a place.
fn entry(
    segments: &[Segment],
    image: usize,
    grid: &WallGrid,
    from: [f64; 2],
    quantum: [f64; 2],
) -> [u32; WORDS] {
    let original = &segments[image % segments.len()];
    let boxes = shift(image, segments.len());
    let wall = &grid.images[image];
    let whole = |real: f64, axis: usize| (real / quantum[axis]).round() as i64;
    let nearest = minus(from, wall.nearest(from).offset);
    let anchor = [0, 1].map(|axis| whole(nearest[axis], axis));
    let first = [0, 1].map(|axis| whole(original.from[axis], axis) + (boxes[axis] << 32));
    let along = minus(original.to, original.from);
    // A quarter of the way fits into 31 bits, whatever the box.
    let way = [0, 1].map(|axis| whole(0.25 * along[axis], axis));
    let off = [0, 1].map(|axis| i128::from(anchor[axis] - first[axis]));
    // The anchor is next to the line: the products nearly cancel.
    let lead = (i128::from(way[0]) * off[1] - i128::from(way[1]) * off[0]) as i64;
    let length = original.length();
    let unit = along.map(|part| part / length);
    let there = [0, 1].map(|axis| anchor[axis] as f64 * quantum[axis]);
    let ends = [wall.from, wall.to].map(|end| dot(minus(end, there), unit));
    let real = [0, 1].map(|axis| way[axis] as f64 * quantum[axis]);
    let per_area = quantum[0] * quantum[1] / real[0].hypot(real[1]);
    let number = |x: f64| (x as f32).to_bits();
    [
        (anchor[0] + i64::from(CENTRE)) as u32,
        (anchor[1] + i64::from(CENTRE)) as u32,
        way[0] as i32 as u32,
        way[1] as i32 as u32,
        lead as u32,
        (lead >> 32) as u32,
        number(unit[0]),
        number(unit[1]),
        number(ends[0]),
        number(ends[1]),
        number(per_area),
        0,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::domain::Boundary;

    #[test]
    fn images_are_where_the_grid_has_them() {
        let domain = Domain::new([8.0, 4.0], Boundary::Periodic);
        let wall = |x: f64| Segment {
            from: [x, -1.0],
            to: [x + 1.0, 1.5],
        };
        let walls = [wall(-3.0), wall(0.5)];
        let grid = WallGrid::new(&domain, &walls, 1.0);
        assert_eq!(grid.images.len(), 18);
        for (image, found) in grid.images.iter().enumerate() {
            let boxes = shift(image, walls.len());
            let by = [0, 1].map(|axis| boxes[axis] as f64 * domain.size[axis]);
            assert_eq!(*found, walls[image % 2].shifted(by), "{image}");
        }
    }

    /// Every entry says of places around its cell on which side of the wall they are, and how far.
    #[test]
    fn sides_and_distances_are_those_of_the_walls() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([8.0, 5.0], boundary);
            let walls = [
                Segment {
                    from: [-4.0, -2.5],
                    to: [4.0, 2.5],
                },
                Segment {
                    from: [1.0, 2.5],
                    to: [0.7, -2.3],
                },
            ];
            let told = words(&domain, &walls, 0.3, 1.0).expect("words");
            let cells = (told[0] * told[1]) as usize;
            let entries = &told[HEADER + cells + 1..];
            assert_eq!(entries.len() % WORDS, 0);
            assert!(entries.len() > 1000 * WORDS, "{boundary:?}");
            let quantum = domain.span().map(|span| span / 4_294_967_296.0);
            for (number, entry) in entries.chunks_exact(WORDS).enumerate().step_by(37) {
                let anchor = [entry[0], entry[1]];
                let way = [entry[2] as i32, entry[3] as i32].map(i64::from);
                let lead = (u64::from(entry[5]) << 32 | u64::from(entry[4])) as i64;
                let place = [0, 1].map(|axis| {
                    let turn = (number as f64 * 0.7 + axis as f64).sin();
                    (turn * 0.5 / quantum[axis]) as i32
                });
                let area = way[0] * i64::from(place[1]) - way[1] * i64::from(place[0]) + lead;
                let found = area as f64 * f64::from(f32::from_bits(entry[10]));
                let at = [0, 1].map(|axis| anchor[axis].wrapping_add(place[axis] as u32));
                let real = domain.real(at);
                let exact = walls
                    .iter()
                    .flat_map(|wall| {
                        [-1.0, 0.0, 1.0].into_iter().flat_map(move |x| {
                            [-1.0, 0.0, 1.0]
                                .map(|y| wall.shifted([x * domain.size[0], y * domain.size[1]]))
                        })
                    })
                    .map(|wall| dot(minus(real, wall.from), wall.normal()))
                    .map(|distance| (distance - found).abs())
                    .fold(f64::INFINITY, f64::min);
                // The line is off by the rounding of four quarters of the way.
                let most = 1e-6 + 4.0 * quantum[0].max(quantum[1]);
                assert!(exact < most, "{boundary:?} {number}: {exact:e}");
            }
        }
    }
}
