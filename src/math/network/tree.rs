//! Cells at many scales: nodes sorted so that every cell of a quad-tree is one run of slots.
//!
//! An axis of the box has m · 2^l cells with m from 4 to 7, so that the sides of the cells can be
//! chosen finely. The key of a cell holds the binary digits of its column and row, interleaved
//! from the finest level up; above them stand the cells of the coarsest level, row by row. An axis
//! with fewer digits than the other stops halving earlier. The key is a sum of a part of the
//! column and a part of the row.

use super::super::blocks::{fraction, position};
use super::super::domain::Domain;
use super::super::pages::Pages;

/// Cells of one level.
#[derive(Clone, Debug)]
pub struct Level {
    /// Cells per axis.
    pub cells: [u32; 2],
    /// What column and row add to the key.
    pub parts: [Vec<u32>; 2],
    /// Digits of a cell's children below its own key; 0 at the finest level.
    pub digits: u32,
    /// Digits of the finest keys below a key of this level.
    pub shift: u32,
    /// True for an axis that is halved again on the way up.
    pub halves: [bool; 2],
    /// Side of a cell, in units of length.
    pub side: [f64; 2],
    /// Column and row of each key.
    pub places: Vec<[u16; 2]>,
}

/// Nodes sorted by cell, and the levels from the finest up.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Levels from the finest up.
    pub levels: Vec<Level>,
    /// First slot of each finest cell, and the end of the last.
    pub starts: Vec<u32>,
    /// Node of each slot; empty when nodes came in the order of slots.
    pub order: Vec<u32>,
    /// Coordinates of each slot, in `quantum`s, padded by sixteen.
    pub places: Pages<[u32; 2]>,
    /// Length of one unit of `places`, per axis.
    pub quantum: [f32; 2],
    /// True when separations wrap.
    pub periodic: bool,
}

/// Column and row of a cell, per level.
pub type Cell = [u32; 2];

/// Cells per axis as the head m and the number of digits l of m · 2^l ≤ `wanted`, m in 4..=7.
fn digits(wanted: f64) -> (u32, u32) {
    // A cast saturates, and sends NaN to 0.
    let wanted = (wanted.floor() as u32).clamp(1, 1 << 14);
    let digits = wanted.ilog2().saturating_sub(2);
    (wanted >> digits, digits)
}

impl Tree {
    /// Sorts positions into cells of at least about the given side (a length).
    ///
    /// # Errors
    /// The index of a position outside of the box.
    pub fn build(domain: &Domain, positions: &[[u32; 2]], side: f64) -> Result<Self, usize> {
        let levels = levels(domain.size, side);
        let (keys, starts) = count(domain, positions, &levels[0])?;
        if keys.is_sorted() {
            let mut places = room(positions.len());
            for (at, &position) in places.iter_mut().zip(positions) {
                *at = place(domain, position);
            }
            return Ok(Self::over(domain, places, levels, starts, Vec::new()));
        }
        let (mut order, mut places) = (vec![0_u32; keys.len()], room(keys.len()));
        let mut next = starts.clone();
        for (node, key) in keys.into_iter().enumerate() {
            let slot = next[key as usize];
            next[key as usize] += 1;
            order[slot as usize] = node as u32;
            places[slot as usize] = place(domain, positions[node]);
        }
        Ok(Self::over(domain, places, levels, starts, order))
    }

    /// As [`Tree::build`], for nodes that are numbered in the order of slots from now on.
    ///
    /// # Errors
    /// The index of a position outside of the box.
    pub fn sort(domain: &Domain, positions: &[[u32; 2]], side: f64) -> Result<Self, usize> {
        let levels = levels(domain.size, side);
        let (keys, starts) = count(domain, positions, &levels[0])?;
        let mut places = room(keys.len());
        let (slots, mut next) = (&mut *places, starts.clone());
        for (&position, key) in positions.iter().zip(keys) {
            let slot = &mut next[key as usize];
            slots[*slot as usize] = place(domain, position);
            *slot += 1;
        }
        Ok(Self::over(domain, places, levels, starts, Vec::new()))
    }

    /// The tree over places in the order of slots.
    fn over(
        domain: &Domain,
        places: Pages<[u32; 2]>,
        levels: Vec<Level>,
        starts: Vec<u32>,
        order: Vec<u32>,
    ) -> Self {
        let unit = 4294967296.0 / f64::from(1 << spare(domain));
        Self {
            levels,
            starts,
            order,
            places,
            quantum: domain.size.map(|side| (side / unit) as f32),
            periodic: domain.is_periodic(),
        }
    }

    /// The positions of the slots, in the memory of their places.
    pub fn into_positions(self, domain: &Domain) -> Pages<[u32; 2]> {
        let mut positions = self.places;
        positions.truncate(positions.len() - PADDING);
        if !domain.is_periodic() {
            for place in &mut *positions {
                let fraction = place.map(|at| at << spare(domain));
                *place = position(domain.boundary, fraction);
            }
        }
        positions
    }

    /// Slots of a cell of a level.
    pub fn slots(&self, level: &Level, key: u32) -> std::ops::Range<usize> {
        let first = (key as usize) << level.shift;
        let end = (key as usize + 1) << level.shift;
        self.starts[first] as usize..self.starts[end] as usize
    }

    /// Shortest distance of points in two cells of a level, squared.
    pub fn gap2(&self, level: &Level, a: Cell, b: Cell) -> f64 {
        let axis = |axis: usize| {
            let apart = a[axis].abs_diff(b[axis]);
            let apart = if self.periodic {
                apart.min(level.cells[axis] - apart)
            } else {
                apart
            };
            f64::from(apart.saturating_sub(1)) * level.side[axis]
        };
        axis(0).powi(2) + axis(1).powi(2)
    }
}

/// Places behind the last one.
const PADDING: usize = 16;

/// Room for so many places.
fn room(nodes: usize) -> Pages<[u32; 2]> {
    Pages::zeroed(nodes + PADDING)
}

/// Bits of a coordinate that are left out. Without wrapping, one bit less keeps every difference
/// within an i32.
fn spare(domain: &Domain) -> u32 {
    u32::from(!domain.is_periodic())
}

/// Place of a position in the box.
fn place(domain: &Domain, position: [u32; 2]) -> [u32; 2] {
    fraction(domain, position).map_or([0; 2], |at| at.map(|x| x >> spare(domain)))
}

/// Key of the finest cell of each position, and the first slot of each cell.
fn count(
    domain: &Domain,
    positions: &[[u32; 2]],
    finest: &Level,
) -> Result<(Vec<u32>, Vec<u32>), usize> {
    let mut keys = Vec::with_capacity(positions.len());
    let mut starts = vec![0_u32; finest.places.len() + 1];
    for (node, &position) in positions.iter().enumerate() {
        let place = fraction(domain, position).ok_or(node)?;
        let mut key = 0;
        for axis in 0..2 {
            let at = (u64::from(place[axis]) * u64::from(finest.cells[axis])) >> 32;
            key += finest.parts[axis][at as usize];
        }
        starts[key as usize + 1] += 1;
        keys.push(key);
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    Ok((keys, starts))
}

/// The levels of a box with cells of at least about the given side.
fn levels(size: [f64; 2], side: f64) -> Vec<Level> {
    let wanted = size.map(|length| digits(length / side));
    let count = wanted[0].1.max(wanted[1].1);
    let mut levels: Vec<Level> = Vec::new();
    for level in 0..=count {
        let cells = [0, 1].map(|axis| {
            let (head, digits) = wanted[axis];
            head << digits.saturating_sub(level)
        });
        let halves = [0, 1].map(|axis| level < wanted[axis].1);
        let (parts, below, shift) = match levels.last() {
            None => (finest_parts(wanted), 0, 0),
            Some(finer) => {
                let below = finer.halves.iter().filter(|&&halves| halves).count() as u32;
                let parts = [0, 1].map(|axis| {
                    let step = 1 + usize::from(finer.halves[axis]);
                    let parts = finer.parts[axis].iter().step_by(step);
                    parts.map(|part| part >> below).collect()
                });
                (parts, below, finer.shift + below)
            }
        };
        let mut places = vec![[0; 2]; (cells[0] * cells[1]) as usize];
        for (y, &row) in parts[1].iter().enumerate() {
            for (x, &column) in parts[0].iter().enumerate() {
                places[(row + column) as usize] = [x as u16, y as u16];
            }
        }
        levels.push(Level {
            cells,
            places,
            parts,
            digits: below,
            shift,
            halves,
            side: [0, 1].map(|axis| size[axis] / f64::from(cells[axis])),
        });
    }
    levels
}

/// What columns and rows of the finest level add to the key.
fn finest_parts(wanted: [(u32, u32); 2]) -> [Vec<u32>; 2] {
    let total = wanted[0].1 + wanted[1].1;
    [0, 1].map(|axis: usize| {
        let (head, digits) = wanted[axis];
        let other = wanted[1 - axis].1;
        let stride = if axis == 0 { 1 } else { wanted[0].0 };
        let part = |at: u32| {
            let mut part = ((at >> digits) * stride) << total;
            for digit in 0..digits {
                // Digits below this one: all of this axis, and those of the other that exist.
                let place = digit + other.min(digit + axis as u32);
                part |= (at >> digit & 1) << place;
            }
            part
        };
        (0..head << digits).map(part).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::domain::Boundary;
    use super::super::super::testing::Random;
    use super::*;

    #[test]
    fn keys_number_the_cells_and_children_follow_one_another() {
        for (size, side) in [([40.0, 40.0], 1.0), ([100.0, 9.0], 1.1), ([3.0, 77.0], 1.0)] {
            let levels = levels(size, side);
            for (k, level) in levels.iter().enumerate() {
                let cells = level.cells[0] * level.cells[1];
                let mut seen = vec![false; cells as usize];
                for y in 0..level.cells[1] {
                    for x in 0..level.cells[0] {
                        let key = level.parts[0][x as usize] + level.parts[1][y as usize];
                        assert!(!std::mem::replace(&mut seen[key as usize], true));
                        if let Some(coarser) = levels.get(k + 1) {
                            let [up_x, up_y] = [x, y]
                                .iter()
                                .zip(level.halves)
                                .map(|(&at, halves)| (at >> u32::from(halves)) as usize)
                                .collect::<Vec<_>>()
                                .try_into()
                                .unwrap();
                            let parent = coarser.parts[0][up_x] + coarser.parts[1][up_y];
                            assert_eq!(key >> coarser.digits, parent, "{size:?} level {k}");
                        }
                    }
                }
                assert!(seen.into_iter().all(|seen| seen));
            }
            let top = levels.last().unwrap();
            assert!(top.cells.iter().all(|&n| n < 8));
            let finest = &levels[0];
            assert!(
                finest
                    .side
                    .iter()
                    .all(|&s| s >= side && s < 1.26 * side || s == size[0])
            );
        }
    }

    #[test]
    fn every_slot_is_in_its_cell() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([30.0, 11.0], boundary);
            let positions = Random(8).positions(&domain, 2000);
            let tree = Tree::build(&domain, &positions, 1.3).unwrap();
            let finest = &tree.levels[0];
            for y in 0..finest.cells[1] {
                for x in 0..finest.cells[0] {
                    let key = finest.parts[0][x as usize] + finest.parts[1][y as usize];
                    for slot in tree.slots(finest, key) {
                        let node = tree.order[slot] as usize;
                        let real = domain.real(positions[node]);
                        for (axis, at) in [x, y].into_iter().enumerate() {
                            let low = f64::from(at) * finest.side[axis] - 0.5 * domain.size[axis];
                            assert!(real[axis] > low - 1e-5);
                            assert!(real[axis] < low + finest.side[axis] + 1e-5);
                            let place = f64::from(tree.places[slot][axis]);
                            let place = place * f64::from(tree.quantum[axis]);
                            let centred = place - 0.5 * domain.size[axis];
                            assert!((centred - real[axis]).abs() < 1e-4);
                        }
                    }
                }
            }
            let sorted: Vec<_> = tree.order.iter().map(|&i| positions[i as usize]).collect();
            let again = Tree::build(&domain, &sorted, 1.3).unwrap();
            assert!(again.order.is_empty() && again.places == tree.places);
        }
    }
}
