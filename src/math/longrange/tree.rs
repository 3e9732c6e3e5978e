//! A quadtree over positions: a grid of root cells, each cut into four where it is crowded.
//!
//! The order within the tree is that of the cells along a space-filling curve (Morton, 1966) and
//! within a leaf that of the slots, whatever the number of threads.

use rayon::prelude::*;

use super::Charges;
use crate::math::domain::Domain;

/// Binary digits of a coordinate within a root cell at most; with four or more root cells in a row
/// the deepest leaves are as narrow as the quantum of the positions.
const DEEPEST: u32 = 29;

/// Root cells along the longer side in free space, and along the shorter side of a periodic box: there
/// enough that a wrapping subtraction gives the separations in cells two apart.
const LEAST_ROOTS: usize = 4;
const LEAST_PERIODIC: usize = 7;

/// Positions that one thread deals with at a time.
const SHARE: usize = 8192;

/// Root cells along an axis at most.
const MOST_ROOTS: usize = 128;

/// Where the root cells are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Corner of the first root cell.
    pub origin: [u32; 2],
    /// Length of a quantum.
    pub quantum: [f64; 2],
    /// Root cells per axis.
    pub roots: [usize; 2],
    /// Sides of a root cell.
    pub width: [f64; 2],
    /// True when the root cells tile a periodic box.
    pub periodic: bool,
    /// Levels down to which the cells are expected to be cut.
    pub levels: u32,
    /// Levels of the deepest leaves.
    pub depth: u32,
}

impl Frame {
    /// A frame around positions, with about `crowd` of `count` in each cell of the last level.
    pub fn new(domain: &Domain, all: [&[[u32; 2]]; 2], count: usize, crowd: f64) -> Self {
        let quantum = domain.span().map(|span| span / 4294967296.0);
        let (mut origin, mut size) = ([0; 2], domain.size);
        if !domain.is_periodic() {
            let [low, high] = bounds(all);
            origin = [0, 1].map(|axis| low[axis].min(high[axis]));
            // One quantum more than the extent, so that the last position is inside.
            size = [0, 1].map(|axis| {
                (f64::from(high[axis].max(origin[axis]) - origin[axis]) + 1.0) * quantum[axis]
            });
        }
        let wanted = (count as f64 / crowd).max(1.0);
        // Square cells of the last level would be this wide. A thin strip counts as a line.
        let thin = size[0].max(size[1]) / MOST_ROOTS as f64;
        let area = size[0].max(thin) * size[1].max(thin);
        let cell = (area / wanted).sqrt();
        let shorter = size[0].min(size[1]).max(thin);
        let longer = size[0].max(size[1]);
        let least = match domain.is_periodic() {
            true => shorter / LEAST_PERIODIC as f64,
            false => longer / LEAST_ROOTS as f64,
        };
        let levels = (least / cell).log2().floor().clamp(0.0, 20.0);
        let root = (cell * levels.exp2()).min(least);
        let roots = if domain.is_periodic() {
            divided(size, root)
        } else {
            size.map(|side| ((side / root).ceil() as usize).clamp(1, MOST_ROOTS))
        };
        let width = if domain.is_periodic() {
            [0, 1].map(|axis| size[axis] / roots[axis] as f64)
        } else {
            // A little wider, for a product that is rounded up.
            let side = (0..2).map(|axis| size[axis] / roots[axis] as f64);
            [side.fold(0.0, f64::max).max(root) * (1.0 + 1e-9); 2]
        };
        // The number of the root and the digits of both coordinates share 64 bits.
        let digits = (roots[0] * roots[1]).next_power_of_two().trailing_zeros();
        Self {
            origin,
            quantum,
            roots,
            width,
            periodic: domain.is_periodic(),
            levels: levels as u32,
            depth: DEEPEST.min((64 - digits) / 2),
        }
    }

    /// Coordinates from the corner of the frame.
    #[inline]
    pub fn real(&self, [x, y]: [u32; 2]) -> [f64; 2] {
        [
            f64::from(x.wrapping_sub(self.origin[0])) * self.quantum[0],
            f64::from(y.wrapping_sub(self.origin[1])) * self.quantum[1],
        ]
    }

    /// Scale of the expansions at a level: the longer side of its cells.
    pub fn scale(&self, level: u32) -> f64 {
        self.width[0].max(self.width[1]) * (-f64::from(level)).exp2()
    }

    /// Sides of the box.
    pub fn size(&self) -> [f64; 2] {
        [0, 1].map(|axis| self.width[axis] * self.roots[axis] as f64)
    }
}

/// Lowest and highest coordinates.
fn bounds(all: [&[[u32; 2]]; 2]) -> [[u32; 2]; 2] {
    let none = || [[u32::MAX; 2], [0; 2]];
    let both = |a: [[u32; 2]; 2], b: [[u32; 2]; 2]| {
        [
            [a[0][0].min(b[0][0]), a[0][1].min(b[0][1])],
            [a[1][0].max(b[1][0]), a[1][1].max(b[1][1])],
        ]
    };
    let one = |places: &[[u32; 2]]| {
        let each = |known, place: &[u32; 2]| both(known, [*place; 2]);
        let parts = places.par_chunks(SHARE);
        parts
            .map(|places| places.iter().fold(none(), each))
            .reduce(none, both)
    };
    both(one(all[0]), one(all[1]))
}

/// Root cells per axis of a periodic box, nearly square and about as wide as given.
fn divided(size: [f64; 2], root: f64) -> [usize; 2] {
    let (mut best, mut least) = ([LEAST_PERIODIC; 2], f64::INFINITY);
    let shorter = if size[0] < size[1] { 0 } else { 1 };
    let aspect = size[1 - shorter] / size[shorter];
    for short in LEAST_PERIODIC..2 * LEAST_PERIODIC {
        let long = ((short as f64 * aspect).round() as usize).clamp(short, MOST_ROOTS);
        let skew = (aspect * short as f64 / long as f64).ln().abs();
        let wide = (size[shorter] / short as f64 / root).ln().abs();
        let cost = 4.0 * skew + wide;
        if cost < least {
            least = cost;
            best[shorter] = short;
            best[1 - shorter] = long;
        }
    }
    best
}

/// A cell of the tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Its members in the order of the tree.
    pub from: u32,
    pub to: u32,
    /// Its first child; the others follow. No children: a leaf.
    pub child: u32,
    pub children: u32,
    /// Roots have the level 0.
    pub level: u32,
    /// Column and row among the cells of its level.
    pub place: [u32; 2],
    /// Coordinates from the corner of the frame.
    pub centre: [f64; 2],
}

impl Cell {
    /// Members.
    pub fn len(&self) -> usize {
        (self.to - self.from) as usize
    }
}

/// A tree and its members in its order.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Slot of every member.
    pub order: Vec<u32>,
    /// Position of every member.
    pub places: Vec<[u32; 2]>,
    /// Its coordinates, and some more to read beyond the end.
    pub x: Vec<u32>,
    pub y: Vec<u32>,
    /// The same in double precision, where it is asked for.
    pub wide: [Vec<f64>; 2],
    /// Charges, where they differ; as long as the coordinates.
    pub values: Vec<f32>,
    /// Cells, level by level. Roots are never left out; other empty cells are.
    pub cells: Vec<Cell>,
    /// Where each level begins among the cells, and the end.
    pub levels: Vec<usize>,
    ranks: Vec<u32>,
    codes: Vec<u64>,
    starts: Vec<u32>,
    sorted: Vec<(u64, u32)>,
}

/// Spreads binary digits to the even places.
#[inline]
fn spread(x: u64) -> u64 {
    let x = (x | x << 16) & 0x0000_ffff_0000_ffff;
    let mut x = (x | x << 8) & 0x00ff_00ff_00ff_00ff;
    x = (x | x << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    x = (x | x << 2) & 0x3333_3333_3333_3333;
    (x | x << 1) & 0x5555_5555_5555_5555
}

impl Tree {
    /// Sorts positions into a tree; leaves hold `most` at most, unless they are of the last level.
    pub fn build(
        &mut self,
        frame: &Frame,
        positions: &[[u32; 2]],
        values: Option<&[f32]>,
        most: usize,
        wide: bool,
    ) {
        let count = positions.len();
        let [columns, rows] = frame.roots;
        let depth = frame.depth;
        let factor = [0, 1]
            .map(|axis| frame.quantum[axis] / frame.width[axis] * f64::from(frame.depth).exp2());
        let limit = frame.roots.map(|roots| ((roots as u64) << depth) - 1);
        let code = |position: &[u32; 2]| {
            let key = |axis: usize| {
                let quanta = f64::from(position[axis].wrapping_sub(frame.origin[axis]));
                ((quanta * factor[axis]) as u64).min(limit[axis])
            };
            let (x, y) = (key(0), key(1));
            let root = (y >> depth) * columns as u64 + (x >> depth);
            let mask = (1 << depth) - 1;
            root << (2 * depth) | spread(y & mask) << 1 | spread(x & mask)
        };
        positions
            .par_iter()
            .with_min_len(SHARE)
            .map(code)
            .collect_into_vec(&mut self.codes);
        // Counted into the cells of the expected last level, in the order of the slots.
        let shift = 2 * (depth - frame.levels);
        let buckets = (columns * rows) << (2 * frame.levels);
        self.starts.clear();
        self.starts.resize(buckets + 1, 0);
        for &code in &self.codes {
            self.starts[(code >> shift) as usize + 1] += 1;
        }
        for bucket in 0..buckets {
            self.starts[bucket + 1] += self.starts[bucket];
        }
        self.sorted.resize(count, (0, 0));
        for (slot, &code) in self.codes.iter().enumerate() {
            let at = &mut self.starts[(code >> shift) as usize];
            self.sorted[*at as usize] = (code, slot as u32);
            *at += 1;
        }
        // Every start has moved to the next; crowded cells are sorted further.
        let mut from = 0;
        for bucket in 0..buckets {
            let to = self.starts[bucket] as usize;
            if to - from > most {
                self.sorted[from..to].sort_unstable();
            }
            from = to;
        }
        let padded = count + 64;
        self.order.resize(count, 0);
        self.places.resize(count, [0; 2]);
        self.x.resize(padded, 0);
        self.y.resize(padded, 0);
        self.sorted
            .par_iter()
            .zip(&mut self.order)
            .zip(&mut self.places)
            .zip(&mut self.x[..count])
            .zip(&mut self.y[..count])
            .with_min_len(SHARE)
            .for_each(|((((&(_, slot), order), place), x), y)| {
                *order = slot;
                *place = positions[slot as usize];
                [*x, *y] = *place;
            });
        for (column, x) in self.wide.iter_mut().zip([&self.x, &self.y]) {
            column.clear();
            if wide {
                column.extend(x.iter().map(|&x| f64::from(x)));
            }
        }
        self.values.clear();
        if let Some(values) = values {
            let all = self.order.iter().map(|&slot| values[slot as usize]);
            self.values.extend(all);
            self.values.resize(padded, 0.0);
        }
        self.grow(frame, most);
    }

    /// Where each slot is in the order of the tree.
    pub fn ranks(&mut self) -> &[u32] {
        self.ranks.resize(self.order.len(), 0);
        for (at, &slot) in self.order.iter().enumerate() {
            self.ranks[slot as usize] = at as u32;
        }
        &self.ranks
    }

    /// Makes the cells of sorted codes.
    fn grow(&mut self, frame: &Frame, most: usize) {
        let [columns, rows] = frame.roots;
        self.cells.clear();
        self.levels.clear();
        let mut from = 0;
        for root in 0..columns * rows {
            let rest = &self.sorted[from..];
            let to =
                from + rest.partition_point(|&(code, _)| code >> (2 * frame.depth) <= root as u64);
            let place = [(root % columns) as u32, (root / columns) as u32];
            self.cells.push(cell(frame, 0, place, from, to));
            from = to;
        }
        let mut begin = 0;
        for level in 0..frame.depth {
            self.levels.push(begin);
            let end = self.cells.len();
            let shift = 2 * (frame.depth - 1 - level);
            for parent in begin..end {
                let Cell {
                    from, to, place, ..
                } = self.cells[parent];
                let (mut from, to) = (from as usize, to as usize);
                if to - from <= most {
                    continue;
                }
                self.cells[parent].child = self.cells.len() as u32;
                for quarter in 0..4u32 {
                    let rest = &self.sorted[from..to];
                    let upto = from
                        + rest.partition_point(|&(code, _)| {
                            (code >> shift) & 3 <= u64::from(quarter)
                        });
                    if upto > from {
                        let place = [2 * place[0] + (quarter & 1), 2 * place[1] + (quarter >> 1)];
                        self.cells.push(cell(frame, level + 1, place, from, upto));
                        self.cells[parent].children += 1;
                    }
                    from = upto;
                }
            }
            begin = end;
            if self.cells.len() == end {
                break;
            }
        }
        self.levels.push(begin);
        if self.cells.len() > begin {
            self.levels.push(self.cells.len());
        }
    }
}

fn cell(frame: &Frame, level: u32, place: [u32; 2], from: usize, to: usize) -> Cell {
    let part = (-f64::from(level)).exp2();
    Cell {
        from: from as u32,
        to: to as u32,
        child: 0,
        children: 0,
        level,
        place,
        centre: [0, 1].map(|axis| (f64::from(place[axis]) + 0.5) * frame.width[axis] * part),
    }
}

/// The frame of charges and of points that their field is asked for at.
pub fn frame_of(charges: &Charges, points: &[[u32; 2]], crowd: f64) -> Frame {
    let all = [charges.positions, points];
    Frame::new(charges.domain, all, charges.positions.len(), crowd)
}
