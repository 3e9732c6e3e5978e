//! The fast multipole method: multipoles up the tree of the sources, fields down the tree of the
//! targets.

use rayon::prelude::*;

use super::Charges;
use super::descent::{Pass, Task, Wanted, cut, in_the_core, moments, outer, parts};
use super::energy::unit_of;
use super::expansion::{FromCharges, Shape, lift};
use super::lattice::{Lattice, Table};
use super::pairs::Scale;
use super::torus::Torus;
use super::tree::{Frame, Tree, frame_of};
use crate::math::domain::CENTRE;
use crate::math::simd::dispatch;

/// Longer over shorter side of a periodic box at most, for the many images of its root cells.
const LONGEST: f64 = 8.0;

/// Core radius over the shorter side of a periodic box at most, so that what is near by stays within
/// half the box.
const NARROWEST: f64 = 1.0 / 16.0;

/// A fast solver's choice of sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Terms of the expansions.
    pub terms: usize,
    /// Mean members of a leaf, where they are evenly spread.
    pub crowd: f64,
    /// True when a hundred pairs may be summed in `f32`.
    pub single: bool,
    /// True when pairs are to be computed in `f64`.
    pub fine: bool,
}

impl Effort {
    /// What an accuracy takes, as measured on charges with and without order, in clusters and of
    /// both signs.
    pub fn of(accuracy: f64) -> Self {
        let digits = -accuracy.log10();
        let terms = (3.9 * digits - 3.2).ceil().max(5.0) as usize;
        Self {
            terms,
            crowd: if terms < 16 { 32.0 } else { 44.0 },
            single: digits < 5.0,
            fine: digits > 6.0,
        }
    }
}

/// False where the fast method has no ground: a periodic box much longer than wide, or a core that
/// reaches over its cells.
pub fn fits(charges: &Charges) -> bool {
    let [x, y] = charges.domain.size;
    let (shorter, longer) = (x.min(y), x.max(y));
    !charges.domain.is_periodic()
        || (longer <= LONGEST * shorter && charges.core <= NARROWEST * shorter)
}

/// The memory of the fast method.
#[derive(Debug, Default)]
pub struct Fast {
    sources: Tree,
    targets: Tree,
    multipoles: Vec<f64>,
    table: Table,
    lattice: Lattice,
    tasks: Vec<Task>,
    field: Vec<[f64; 2]>,
    potential: Vec<f64>,
}

impl Fast {
    /// Writes the field at every charge.
    pub fn field(&mut self, charges: &Charges, effort: Effort, field: &mut [[f32; 2]]) {
        if charges.positions.is_empty() {
            return;
        }
        let frame = self.rise(charges, effort, &[]);
        self.down(charges, &frame, effort, false, true);
        self.give_field(charges, charges.positions, true, field);
    }

    /// Writes the potential at every charge.
    pub fn potential(&mut self, charges: &Charges, effort: Effort, potential: &mut [f64]) {
        if charges.positions.is_empty() {
            return;
        }
        let frame = self.rise(charges, effort, &[]);
        self.down(charges, &frame, effort, true, true);
        // Near by each charge has met itself, in the middle of its core.
        let itself = in_the_core(charges.core2());
        let (ranks, sums) = (self.sources.ranks(), &self.potential);
        potential
            .par_iter_mut()
            .zip(ranks)
            .zip(charges.positions)
            .enumerate()
            .with_min_len(1024)
            .for_each(|(slot, ((out, &at), &place))| {
                let own = charges.value(slot) * itself;
                *out = sums[at as usize] - own + charges.outer(place);
            });
    }

    /// Writes the field at points anywhere.
    pub fn field_at(
        &mut self,
        charges: &Charges,
        effort: Effort,
        points: &[[u32; 2]],
        field: &mut [[f32; 2]],
    ) {
        self.meet(charges, effort, points, false);
        self.give_field(charges, points, false, field);
    }

    /// Writes the potential at points anywhere.
    pub fn potential_at(
        &mut self,
        charges: &Charges,
        effort: Effort,
        points: &[[u32; 2]],
        potential: &mut [f32],
    ) {
        self.meet(charges, effort, points, true);
        let (ranks, sums) = (self.targets.ranks(), &self.potential);
        potential
            .par_iter_mut()
            .zip(ranks)
            .zip(points)
            .with_min_len(1024)
            .for_each(|((out, &at), &place)| {
                *out = (sums[at as usize] + charges.outer(place)) as f32;
            });
    }

    /// Charges and points in trees of one frame, and the sums at the points.
    fn meet(&mut self, charges: &Charges, effort: Effort, points: &[[u32; 2]], potential: bool) {
        let frame = self.rise(charges, effort, points);
        let most = (2.5 * effort.crowd) as usize;
        self.targets.build(&frame, points, None, most, effort.fine);
        self.down(charges, &frame, effort, potential, false);
    }

    /// Fields from the order of the tree to that of the slots.
    fn give_field(
        &mut self,
        charges: &Charges,
        places: &[[u32; 2]],
        own: bool,
        field: &mut [[f32; 2]],
    ) {
        let tree = if own {
            &mut self.sources
        } else {
            &mut self.targets
        };
        let (ranks, sums) = (tree.ranks(), &self.field);
        // The same product for all, that `real` would compute anew for each.
        let quantum = charges.domain.span().map(|span| span / 4294967296.0);
        let factor = quantum.map(|quantum| quantum * charges.stiffness);
        field
            .par_iter_mut()
            .zip(ranks)
            .zip(places)
            .with_min_len(1024)
            .for_each(|((out, &at), &place)| {
                let sum = sums[at as usize];
                *out = [0, 1].map(|axis| {
                    let quanta = f64::from(place[axis].wrapping_sub(CENTRE) as i32);
                    (sum[axis] - quanta * factor[axis]) as f32
                });
            });
    }

    /// Sorts the charges and makes the multipoles of all cells.
    fn rise(&mut self, charges: &Charges, effort: Effort, points: &[[u32; 2]]) -> Frame {
        let shape = Shape::new(effort.terms);
        let frame = frame_of(charges, points, effort.crowd);
        let most = (2.5 * effort.crowd) as usize;
        self.sources
            .build(&frame, charges.positions, charges.values, most, effort.fine);
        let stride = shape.stride();
        let tree = &self.sources;
        self.multipoles.clear();
        self.multipoles.resize(tree.cells.len() * stride, 0.0);
        self.multipoles
            .par_chunks_mut(stride)
            .zip(&tree.cells)
            .with_min_len(64)
            .for_each(|(out, &cell)| {
                if cell.children == 0 {
                    dispatch(FromCharges {
                        tree,
                        frame: &frame,
                        cell,
                        shape,
                        out,
                    });
                }
            });
        for level in (0..tree.levels.len() - 1).rev() {
            let [begin, end] = [tree.levels[level], tree.levels[level + 1]];
            let (upper, lower) = self.multipoles.split_at_mut(end * stride);
            let lower = &*lower;
            upper[begin * stride..]
                .par_chunks_mut(stride)
                .zip(&tree.cells[begin..end])
                .with_min_len(64)
                .for_each(|(out, parent)| {
                    let scale = frame.scale(parent.level);
                    let skew = frame.width[0] / frame.width[1];
                    let mut radius = 0.0f64;
                    for child in parent.child..parent.child + parent.children {
                        let cell = &tree.cells[child as usize];
                        let d = [0, 1].map(|axis| cell.centre[axis] - parent.centre[axis]);
                        let at = (child as usize - end) * stride;
                        let from = &lower[at..at + stride];
                        lift(shape, d.map(|d| d / scale), from, out);
                        let reach = d[0].hypot(d[1] * skew) + from[2 * shape.padded];
                        radius = radius.max(reach);
                    }
                    if parent.children > 0 {
                        out[2 * shape.padded] = radius.min(outer(&frame, parent.level));
                    }
                });
        }
        self.table.prepare(&frame, shape);
        if frame.periodic {
            let torus = Torus::new(charges.domain);
            self.lattice.prepare(&frame, shape, &torus);
        }
        frame
    }

    /// Fields or potentials at the targets, in the order of their tree.
    fn down(
        &mut self,
        charges: &Charges,
        frame: &Frame,
        effort: Effort,
        potential: bool,
        own: bool,
    ) {
        let targets = if own { &self.sources } else { &self.targets };
        let count = targets.order.len();
        cut(targets, &mut self.tasks);
        let moments = moments(frame, &self.sources);
        let pass = Pass {
            frame,
            shape: Shape::new(effort.terms),
            sources: &self.sources,
            targets,
            own,
            multipoles: &self.multipoles,
            table: &self.table,
            lattice: &self.lattice,
            scale: Scale::new(charges, !effort.single),
            fine: effort.fine,
            core: charges.core,
            core2: charges.core2(),
            unit: unit_of(charges.values),
            moments,
        };
        if potential {
            self.potential.resize(count, 0.0);
            parts(&mut self.tasks, &mut self.potential)
                .into_par_iter()
                .for_each(|(task, part)| pass.run(task, &mut Wanted::Potential(part)));
        } else {
            self.field.resize(count, [0.0; 2]);
            parts(&mut self.tasks, &mut self.field)
                .into_par_iter()
                .for_each(|(task, part)| pass.run(task, &mut Wanted::Field(part)));
        }
    }
}
