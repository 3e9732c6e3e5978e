//! Walls: straight segments that particles keep away from and never cross.
//!
//! Two mechanisms, of which a chapter takes what suits its law:
//!
//! - **A force** from the nearest point of each segment within reach ([`WallGrid::push`]), for
//!   chapters whose particles have forces. In a periodic box every image of a segment within
//!   reach acts, as an image of a particle would. At a joint both segments act.
//! - **A mirror** ([`WallGrid::hold`]): a step whose path crosses a segment is mirrored at it, and
//!   a path that would cross even then is not gone at all. The path is the straight line between
//!   two fixed-point positions and the test is made on the rounded end, so that no particle is
//!   ever on the other side of a wall, whatever the force, the step or the noise: the only
//!   exception is a particle that is within [`margin`](WallGrid) quanta of a wall that is drawn
//!   right over it, which may leave to either side.
//!
//! Segments are binned by cells together with their periodic images: a particle looks only at the
//! segments within reach of its cell, and the cost is linear in the number of particles.

use super::domain::{Boundary, CENTRE, Domain};
pub use super::segment::{Nearest, Segment};
use super::segment::{dot, minus};

pub mod lists;

/// The most walls of a scene.
pub const MOST_WALLS: usize = 1000;
/// Cells of the grid along the longer side of the box.
const CELLS: f64 = 256.0;
/// Walls that one step may be mirrored at before the particle stays where it was.
const BOUNCES: usize = 4;
/// Distances below this many quanta count as touching.
const MARGIN: f64 = 4.0;
/// How many times as far from a wall somebody is at least whom it has mirrored: the wall must not be
/// touched when the place is rounded to quanta, also by who is on a graphics device, where more counts
/// as touching.
const CLEAR: f64 = 2.5;

/// The walls of a box, binned by cells.
#[derive(Clone, Debug)]
pub struct WallGrid {
    domain: Domain,
    reach: f64,
    margin: f64,
    low: [f64; 2],
    cells: [usize; 2],
    per_length: [f64; 2],
    /// Lower edge in quanta from the centre of the box, and cells per quantum.
    low_quanta: [i64; 2],
    per_quantum: [f64; 2],
    /// Steps below so many quanta on either axis stay within reach.
    leap: [u32; 2],
    /// All walls with their images: the originals first.
    images: Vec<Segment>,
    /// First entry of each cell, and the end of the last; empty without walls.
    starts: Vec<u32>,
    /// Images within reach of each cell, ascending.
    entries: Vec<u32>,
}

impl WallGrid {
    /// Bins the walls so that everybody within `reach` of a wall finds it.
    pub fn new(domain: &Domain, walls: &[Segment], reach: f64) -> Self {
        let longer = domain.size[0].max(domain.size[1]);
        let reach = if reach.is_finite() {
            reach.max(longer / CELLS)
        } else {
            longer
        };
        let border = if domain.is_periodic() { 0.0 } else { reach };
        let extent = domain.size.map(|length| length + 2.0 * border);
        let side = longer / CELLS;
        let cells = extent.map(|length| (length / side).ceil().clamp(1.0, 4.0 * CELLS) as usize);
        let span = domain.span();
        let quantum = span.map(|span| span / 4_294_967_296.0);
        let margin = MARGIN * quantum[0].max(quantum[1]);
        let mut grid = Self {
            domain: *domain,
            reach,
            margin,
            low_quanta: [0, 1].map(|axis| (-0.5 * extent[axis] / quantum[axis]).round() as i64),
            per_quantum: [0, 1].map(|axis| cells[axis] as f64 * quantum[axis] / extent[axis]),
            leap: quantum.map(|quantum| {
                let leap = (reach - margin) * std::f64::consts::FRAC_1_SQRT_2 / quantum;
                // The last whole quantum is kept for rounding.
                (leap - 1.0).clamp(0.0, f64::from(1u32 << 30)) as u32
            }),
            low: extent.map(|length| -0.5 * length),
            cells,
            per_length: [0, 1].map(|axis| cells[axis] as f64 / extent[axis]),
            images: walls.to_vec(),
            starts: Vec::new(),
            entries: Vec::new(),
        };
        if walls.is_empty() {
            return grid;
        }
        if domain.is_periodic() {
            for shift in [-1.0, 0.0, 1.0]
                .into_iter()
                .flat_map(|x| [-1.0, 0.0, 1.0].map(|y| [x * domain.size[0], y * domain.size[1]]))
            {
                if shift != [0.0, 0.0] {
                    grid.images
                        .extend(walls.iter().map(|wall| wall.shifted(shift)));
                }
            }
        }
        grid.bin();
        grid
    }

    /// Lists the images of each cell by a counting sort.
    fn bin(&mut self) {
        let mut found: Vec<(usize, u32)> = Vec::new();
        for index in 0..self.images.len() {
            self.for_cells(index, |cell| found.push((cell, index as u32)));
        }
        let count = self.cells[0] * self.cells[1];
        self.starts = vec![0; count + 1];
        for (cell, _) in &found {
            self.starts[cell + 1] += 1;
        }
        for cell in 0..count {
            self.starts[cell + 1] += self.starts[cell];
        }
        let mut next = self.starts.clone();
        self.entries = vec![0; found.len()];
        for (cell, index) in found {
            self.entries[next[cell] as usize] = index;
            next[cell] += 1;
        }
    }

    /// Visits all cells that have a point within reach of an image, row by row; a few more where
    /// the wall is oblique.
    fn for_cells(&self, index: usize, mut visit: impl FnMut(usize)) {
        let Segment { from, to } = self.images[index];
        let way = minus(to, from);
        let cell = |axis: usize, place: f64| (place - self.low[axis]) * self.per_length[axis];
        let range = |axis: usize, least: f64, most: f64| {
            let last = self.cells[axis] as f64;
            let (first, end) = (
                cell(axis, least - self.reach).floor().max(0.0),
                (cell(axis, most + self.reach).floor() + 1.0).min(last),
            );
            first as usize..end.max(first) as usize
        };
        for row in range(1, from[1].min(to[1]), from[1].max(to[1])) {
            let bottom = self.low[1] + row as f64 / self.per_length[1] - self.reach;
            let top = self.low[1] + (row + 1) as f64 / self.per_length[1] + self.reach;
            // The part of the wall in the band of heights from which the row can be reached.
            let mut share = [0.0, 1.0];
            if way[1] != 0.0 {
                let ends = [bottom, top].map(|height| (height - from[1]) / way[1]);
                share = [
                    ends[0].min(ends[1]).clamp(0.0, 1.0),
                    ends[0].max(ends[1]).clamp(0.0, 1.0),
                ];
            }
            let ends = share.map(|share| from[0] + share * way[0]);
            for column in range(0, ends[0].min(ends[1]), ends[0].max(ends[1])) {
                visit(row * self.cells[0] + column);
            }
        }
    }

    /// True when there is no wall.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// How far from a wall a particle finds it.
    pub fn reach(&self) -> f64 {
        self.reach
    }

    /// True when no wall is within reach of a fixed-point position: for nearly everybody, this is
    /// all that is asked.
    #[inline]
    pub fn is_far(&self, position: [u32; 2]) -> bool {
        if self.starts.is_empty() {
            return true;
        }
        let mut cell = [0; 2];
        for axis in 0..2 {
            let from_centre = i64::from(position[axis].wrapping_sub(CENTRE) as i32);
            let offset = from_centre - self.low_quanta[axis];
            if offset < 0 {
                return true;
            }
            let at = (offset as f64 * self.per_quantum[axis]) as usize;
            if at >= self.cells[axis] {
                // The last cell of a periodic box ends with the box, but for rounding.
                if !self.domain.is_periodic() {
                    return true;
                }
                cell[axis] = self.cells[axis] - 1;
            } else {
                cell[axis] = at;
            }
        }
        let cell = cell[1] * self.cells[0] + cell[0];
        self.starts[cell] == self.starts[cell + 1]
    }

    /// The images that may be within reach of a place of the box, given in real coordinates.
    #[inline]
    fn near(&self, place: [f64; 2]) -> &[u32] {
        if self.starts.is_empty() {
            return &[];
        }
        let mut cell = [0; 2];
        for axis in 0..2 {
            let at = (place[axis] - self.low[axis]) * self.per_length[axis];
            let last = self.cells[axis] as f64;
            if self.domain.is_periodic() {
                cell[axis] = at.clamp(0.0, last - 1.0) as usize;
            } else if (0.0..last).contains(&at) {
                cell[axis] = at as usize;
            } else {
                return &[];
            }
        }
        let cell = cell[1] * self.cells[0] + cell[0];
        &self.entries[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// Calls `visit` with every wall within reach of a place, in the order of the walls.
    #[inline]
    pub fn for_near(&self, place: [f64; 2], mut visit: impl FnMut(&Segment, Nearest)) {
        for &index in self.near(place) {
            let wall = &self.images[index as usize];
            let nearest = wall.nearest(place);
            if nearest.distance <= self.reach {
                visit(wall, nearest);
            }
        }
    }

    /// Sum of the forces of the walls on a particle at a place: `force` gives the push away from
    /// the nearest point of a wall at a distance.
    #[inline]
    pub fn push(&self, place: [f64; 2], force: impl Fn(f64) -> f64) -> [f64; 2] {
        let mut sum = [0.0; 2];
        self.for_near(place, |wall, nearest| {
            let strength = force(nearest.distance);
            if strength != 0.0 {
                // Right on the wall there is no way but its normal.
                let away = if nearest.distance > 0.0 {
                    nearest.offset.map(|part| part / nearest.distance)
                } else {
                    wall.normal()
                };
                sum = [sum[0] + strength * away[0], sum[1] + strength * away[1]];
            }
        });
        sum
    }

    /// Distance to the nearest wall; infinite when none is within reach.
    pub fn gap(&self, place: [f64; 2]) -> f64 {
        let mut least = f64::INFINITY;
        self.for_near(place, |_, nearest| least = least.min(nearest.distance));
        least
    }

    /// The first wall on the straight way between two places, and on which side of it the way begins:
    /// 1 to the left, −1 to the right.
    fn first(&self, start: [f64; 2], end: [f64; 2]) -> Option<(&Segment, f64)> {
        let [x, y] = minus(end, start);
        let mut found: Option<(f64, &Segment)> = None;
        let mut meet = |wall| {
            let Some(share) = Segment::crossing(wall, start, end, self.margin) else {
                return;
            };
            if found.is_none_or(|(least, _)| share < least) {
                found = Some((share, wall));
            }
        };
        if x.hypot(y) + self.margin < self.reach {
            for &index in self.near(start) {
                meet(&self.images[index as usize]);
            }
        } else {
            // A leap beyond the reach of the cells.
            self.images.iter().for_each(meet);
        }
        found.map(|(_, wall)| {
            let before = dot(minus(start, wall.from), wall.normal());
            (wall, before.signum())
        })
    }

    /// Keeps a particle that went from `before` to `after` on its side of all walls: `None` when
    /// its way crosses none, which is what nearly always happens. Otherwise the place where it
    /// ends; `mirrored` is called with the unit normal of every wall that mirrors it, in turn.
    pub fn hold(
        &self,
        before: [u32; 2],
        after: [u32; 2],
        mut mirrored: impl FnMut([f64; 2]),
    ) -> Option<[u32; 2]> {
        let short = (0..2).all(|axis| {
            let way = after[axis].wrapping_sub(before[axis]) as i32;
            way.unsigned_abs() < self.leap[axis]
        });
        if short && self.is_far(before) {
            return None;
        }
        let quantum = self.domain.span().map(|span| span / 4_294_967_296.0);
        let start = self.domain.real(before);
        let way = |to: [u32; 2]| {
            [0, 1].map(|axis| f64::from(to[axis].wrapping_sub(before[axis]) as i32) * quantum[axis])
        };
        let (mut to, mut changed) = (after, false);
        for _ in 0..=BOUNCES {
            let [x, y] = way(to);
            let end = [start[0] + x, start[1] + y];
            let Some((wall, side)) = self.first(start, end) else {
                return changed.then_some(to);
            };
            changed = true;
            let normal = wall.normal();
            let beyond = dot(minus(end, wall.from), normal);
            mirrored(normal);
            // Whoever would touch the wall in the mirror, too, ends as near to it as rounding allows.
            let turned = side * beyond.abs().max(CLEAR * self.margin);
            let limits = self.domain.limits();
            to = [0, 1].map(|axis| {
                let way = end[axis] + (turned - beyond) * normal[axis] - start[axis];
                let quanta = (way / quantum[axis]).round() as i64 as i32;
                let to = before[axis].wrapping_add(quanta as u32);
                // The edge of a box with walls of its own is not to be crossed either.
                match self.domain.boundary {
                    Boundary::Reflecting => to.clamp(limits[0], limits[1]),
                    _ => to,
                }
            });
        }
        Some(before)
    }

    /// [`WallGrid::hold`] for laws without forces: mirrors the end of a step and the heading or
    /// velocity that led there. True when a wall was in the way.
    pub fn reflect(&self, before: [u32; 2], after: &mut [u32; 2], heading: &mut [f32; 2]) -> bool {
        let turn = |normal: [f64; 2]| {
            let across = f64::from(heading[0]) * normal[0] + f64::from(heading[1]) * normal[1];
            for (part, normal) in heading.iter_mut().zip(normal) {
                *part -= (2.0 * across * normal) as f32;
            }
        };
        match self.hold(before, *after, turn) {
            Some(place) => {
                *after = place;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests;
