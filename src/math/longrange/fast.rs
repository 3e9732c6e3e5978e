//! The fast multipole method: multipoles up the tree of the sources, fields down the tree of the
//! targets.
//!
//! The tree of targets is cut into subtrees of about as many members each, whatever the number of
//! threads. Each goes down from its root by itself, with the sources that no ancestor was far
//! enough from: what lies above the subtrees is done more than once, and nobody waits.

use rayon::prelude::*;

use super::Charges;
use super::energy::unit_of;
use super::expansion::*;
use super::lattice::{Lattice, neighbours};
use super::near::{Field, Near, Potential};
use super::pairs::{Range, Scale};
use super::torus::Torus;
use super::tree::{Cell, Frame, Tree, frame_of};
use crate::math::simd::dispatch;

/// Sum of the radii over the distance of two cells that are far enough from each other. Cells of
/// one level are if there is one between them: √2/2, and a little for the rounding.
const APART: f64 = 0.70711;

/// Sides of a periodic box that may be root cells in a row.
const LONGEST: f64 = 16.0;

/// Core radius over the shorter side of a periodic box: below the width of a root cell, so that what
/// is near by stays within half the box.
const NARROWEST: f64 = 1.0 / 16.0;

/// Members of a leaf that may be at one place.
const CROWD: usize = 256;

/// Members of a subtree that is a task.
const TASK: usize = 1024;

/// Cells of one level whose expansions are in the table: as many columns and rows to either side.
const TABLE: i32 = 3;

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

/// False where the fast method has no advantage or no ground: fewer charges than its cells, a
/// periodic box much longer than wide, a core that reaches over the cells.
pub fn fits(charges: &Charges) -> bool {
    let [x, y] = charges.domain.size;
    let (shorter, longer) = (x.min(y), x.max(y));
    !charges.domain.is_periodic()
        || (longer <= LONGEST * shorter && charges.core <= NARROWEST * shorter)
}

/// A source cell, and the image of it, that is yet to be dealt with.
#[derive(Clone, Copy, Debug)]
struct Pending {
    cell: u32,
    /// Shift of the image in units of the box.
    shift: [i8; 2],
}

/// The memory of one subtree.
#[derive(Debug, Default)]
struct Task {
    /// Its cell, and the first of its targets.
    cell: u32,
    from: usize,
    to: usize,
    pending: Vec<Pending>,
    work: Vec<Pending>,
    sources: Vec<Source>,
    made: Vec<f64>,
    ranges: Vec<Range>,
}

/// The memory of the fast method.
#[derive(Debug, Default)]
pub struct Fast {
    sources: Tree,
    targets: Tree,
    multipoles: Vec<f64>,
    table: Vec<f64>,
    table_for: Option<([f64; 2], Shape)>,
    lattice: Lattice,
    tasks: Vec<Task>,
    field: Vec<[f64; 2]>,
    potential: Vec<f64>,
}

/// Moments of all charges about the corner of the frame: Σq, Σqr, Σqr².
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    charge: f64,
    dipole: [f64; 2],
    square: f64,
}

/// What a pass down the tree wants.
enum Wanted<'a> {
    Field(&'a mut [[f64; 2]]),
    Potential(&'a mut [f64]),
}

impl Wanted<'_> {
    fn is_potential(&self) -> bool {
        matches!(self, Self::Potential(_))
    }
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
        field
            .par_iter_mut()
            .zip(ranks)
            .zip(places)
            .with_min_len(1024)
            .for_each(|((out, &at), &place)| {
                let (sum, [x, y]) = (sums[at as usize], charges.domain.real(place));
                let stiffness = charges.stiffness;
                *out = [
                    (sum[0] - stiffness * x) as f32,
                    (sum[1] - stiffness * y) as f32,
                ];
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
        let key = (frame.width, shape);
        if self.table_for != Some(key) {
            let long = shape.hankel();
            let side = 2 * TABLE + 1;
            self.table.clear();
            self.table.resize((side * side) as usize * long, 0.0);
            let scale = frame.scale(0);
            for dy in -TABLE..=TABLE {
                for dx in -TABLE..=TABLE {
                    if dx != 0 || dy != 0 {
                        let d = [f64::from(dx), f64::from(dy)];
                        let d = [0, 1].map(|axis| d[axis] * frame.width[axis] / scale);
                        let at = table_at([dx, dy]) * long;
                        // The logarithm of the scale is that of the level, and added there.
                        hankel(shape, d, 1.0, &mut self.table[at..at + long]);
                    }
                }
            }
            self.table_for = Some(key);
        }
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
        let moments = if frame.periodic {
            moments(charges, frame, &self.sources)
        } else {
            Moments::default()
        };
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
            let mut rest = &mut self.potential[..];
            let parts = self.tasks.iter_mut().map(|task| {
                let (part, other) = std::mem::take(&mut rest).split_at_mut(task.to - task.from);
                rest = other;
                (task, part)
            });
            let parts: Vec<_> = parts.collect();
            parts
                .into_par_iter()
                .for_each(|(task, part)| pass.run(task, &mut Wanted::Potential(part)));
        } else {
            self.field.resize(count, [0.0; 2]);
            let mut rest = &mut self.field[..];
            let parts = self.tasks.iter_mut().map(|task| {
                let (part, other) = std::mem::take(&mut rest).split_at_mut(task.to - task.from);
                rest = other;
                (task, part)
            });
            let parts: Vec<_> = parts.collect();
            parts
                .into_par_iter()
                .for_each(|(task, part)| pass.run(task, &mut Wanted::Field(part)));
        }
    }
}

/// The potential of a unit charge in the middle of its core.
fn in_the_core(core2: f64) -> f64 {
    0.5 - 0.5 * core2.ln()
}

/// Radius of the corners of a cell, in lengths along the first axis.
fn outer(frame: &Frame, level: u32) -> f64 {
    frame.width[0] * std::f64::consts::FRAC_1_SQRT_2 * (-f64::from(level)).exp2()
}

fn table_at([dx, dy]: [i32; 2]) -> usize {
    ((dy + TABLE) * (2 * TABLE + 1) + dx + TABLE) as usize
}

/// Cuts a tree into subtrees, in its order.
fn cut(tree: &Tree, tasks: &mut Vec<Task>) {
    let mut used = 0;
    let mut stack: Vec<u32> = Vec::new();
    for root in 0..tree.levels[1] as u32 {
        stack.push(root);
        while let Some(at) = stack.pop() {
            let cell = &tree.cells[at as usize];
            if cell.len() == 0 {
                continue;
            }
            if cell.children > 0 && cell.len() > TASK {
                stack.extend((cell.child..cell.child + cell.children).rev());
                continue;
            }
            if used == tasks.len() {
                tasks.push(Task::default());
            }
            tasks[used].cell = at;
            tasks[used].from = cell.from as usize;
            tasks[used].to = cell.to as usize;
            used += 1;
        }
    }
    tasks.truncate(used);
}

fn moments(charges: &Charges, frame: &Frame, tree: &Tree) -> Moments {
    let mut sums = Moments::default();
    for (at, &place) in tree.places.iter().enumerate() {
        let q = if charges.values.is_some() {
            f64::from(tree.values[at])
        } else {
            1.0
        };
        let [x, y] = frame.real(place);
        sums.charge += q;
        sums.dipole[0] += q * x;
        sums.dipole[1] += q * y;
        sums.square += q * (x * x + y * y);
    }
    sums
}

/// What all subtrees share on the way down.
struct Pass<'a> {
    frame: &'a Frame,
    shape: Shape,
    sources: &'a Tree,
    targets: &'a Tree,
    /// True when the targets are the sources.
    own: bool,
    multipoles: &'a [f64],
    table: &'a [f64],
    lattice: &'a Lattice,
    scale: Scale,
    fine: bool,
    core: f64,
    core2: f64,
    unit: f64,
    moments: Moments,
}

impl Pass<'_> {
    fn run(&self, task: &mut Task, wanted: &mut Wanted) {
        let end = self.targets.cells[task.cell as usize];
        // The root above the subtree, from the place of its cell.
        let root = end.place.map(|place| place >> end.level);
        let root = root[1] * self.frame.roots[0] as u32 + root[0];
        let cell = self.targets.cells[root as usize];
        let mut local = Local::ZERO;
        task.pending.clear();
        task.sources.clear();
        task.made.clear();
        for source in 0..self.sources.levels[1] as u32 {
            if self.sources.cells[source as usize].len() == 0 {
                continue;
            }
            if !self.frame.periodic {
                task.pending.push(Pending {
                    cell: source,
                    shift: [0; 2],
                });
                continue;
            }
            let place = self.sources.cells[source as usize].place;
            let difference = [0, 1].map(|axis| cell.place[axis] as i32 - place[axis] as i32);
            for shift in neighbours(self.frame, difference) {
                task.pending.push(Pending {
                    cell: source,
                    shift: shift.map(|shift| shift as i8),
                });
            }
            task.sources.push(Source {
                cell: source,
                hankel: Lattice::at(self.frame, difference) as u32,
                shared: true,
                ratio: 1.0,
            });
        }
        if self.frame.periodic {
            dispatch(FromSources {
                shape: self.shape,
                sources: &task.sources,
                multipoles: self.multipoles,
                table: &self.lattice.vectors,
                made: &[],
                potential: wanted.is_potential(),
                local: &mut local,
            });
        }
        let upto = task.pending.len();
        self.visit(task, root, [0, upto], local, &end, wanted);
    }

    /// A cell on the way to the subtree `end`, or within it, with the sources that are pending in a
    /// part of the task's list.
    fn visit(
        &self,
        task: &mut Task,
        at: u32,
        pending: [usize; 2],
        mut local: Local,
        end: &Cell,
        wanted: &mut Wanted,
    ) {
        let cell = self.targets.cells[at as usize];
        let leaf = cell.children == 0;
        let kept = task.pending.len();
        task.sources.clear();
        task.made.clear();
        task.ranges.clear();
        let long = self.shape.hankel();
        let radius = if self.own {
            self.multipoles[at as usize * self.shape.stride() + 2 * self.shape.padded]
        } else {
            outer(self.frame, cell.level)
        };
        let scale = self.frame.scale(cell.level);
        let size = self.frame.size();
        let skew = self.frame.width[0] / self.frame.width[1];
        // The logarithm of the scale is common to all sources of the table.
        let mut charge = 0.0;
        for next in pending[0]..pending[1] {
            task.work.push(task.pending[next]);
            while let Some(item) = task.work.pop() {
                let source = &self.sources.cells[item.cell as usize];
                let multipoles = item.cell as usize * self.shape.stride();
                let reach = self.multipoles[multipoles + 2 * self.shape.padded];
                let d = [0, 1].map(|axis| {
                    cell.centre[axis]
                        - source.centre[axis]
                        - f64::from(item.shift[axis]) * size[axis]
                });
                let distance2 = d[0] * d[0] + d[1] * d[1] * skew * skew;
                let both = radius + reach;
                let bound = (both / APART).max(both + self.core);
                if distance2 >= bound * bound {
                    let small = source.len() * cell.len().div_ceil(16) * 8
                        < 4 * self.shape.padded / 8 * self.shape.terms + 40;
                    if leaf && small && self.within(&cell, source, d) {
                        push_range(&mut task.ranges, source, item.shift);
                        continue;
                    }
                    self.far(task, &cell, source, item, d, scale, long, &mut charge);
                } else if source.children > 0 && (leaf || source.level < cell.level) {
                    for child in (source.child..source.child + source.children).rev() {
                        task.work.push(Pending {
                            cell: child,
                            ..item
                        });
                    }
                } else if leaf {
                    let itself = self.own && item.cell == at && item.shift == [0; 2];
                    if !(itself && self.is_one_place(&cell)) {
                        push_range(&mut task.ranges, source, item.shift);
                    }
                } else {
                    task.pending.push(item);
                }
            }
        }
        dispatch(FromSources {
            shape: self.shape,
            sources: &task.sources,
            multipoles: self.multipoles,
            table: self.table,
            made: &task.made,
            potential: wanted.is_potential(),
            local: &mut local,
        });
        local.log += charge * scale.ln();
        if leaf {
            if self.own && self.is_one_place(&cell) {
                // What they are to each other needs no pairs: no field, and the potential in the
                // middle of the core.
                let q = self.multipoles[at as usize * self.shape.stride()];
                local.log -= q * in_the_core(self.core2);
            }
            self.leaf(task, &cell, &local, end, wanted);
        } else {
            let upto = task.pending.len();
            for child in cell.child..cell.child + cell.children {
                let next = &self.targets.cells[child as usize];
                // Above the subtree only the way to it.
                if next.level <= end.level {
                    let up = end.level - next.level;
                    if end.place.map(|place| place >> up) != next.place {
                        continue;
                    }
                }
                let shift = [0, 1].map(|axis| (next.centre[axis] - cell.centre[axis]) / scale);
                // w' = w + c − c'.
                let shift = shift.map(|shift| -shift);
                let below = lower(self.shape, shift, &local, wanted.is_potential());
                self.visit(task, child, [kept, upto], below, end, wanted);
            }
        }
        task.pending.truncate(kept);
    }

    /// True for a crowd at one place, which no tree can part.
    fn is_one_place(&self, cell: &Cell) -> bool {
        let places = &self.targets.places[cell.from as usize..cell.to as usize];
        places.len() > CROWD && places.iter().all(|place| *place == places[0])
    }

    /// True when a wrapping subtraction gives the separations of these images.
    fn within(&self, cell: &Cell, source: &Cell, d: [f64; 2]) -> bool {
        if !self.frame.periodic {
            return true;
        }
        let size = self.frame.size();
        (0..2).all(|axis| {
            let half = |cell: &Cell| 0.5 * self.frame.width[axis] * (-f64::from(cell.level)).exp2();
            d[axis].abs() + half(cell) + half(source) < 0.5 * size[axis]
        })
    }

    #[allow(clippy::too_many_arguments)]
    #[inline]
    fn far(
        &self,
        task: &mut Task,
        cell: &Cell,
        source: &Cell,
        item: Pending,
        d: [f64; 2],
        scale: f64,
        long: usize,
        charge: &mut f64,
    ) {
        if source.level == cell.level {
            let roots = self.frame.roots;
            let d = [0, 1].map(|axis| {
                let box_ = (roots[axis] as i32) << cell.level;
                cell.place[axis] as i32
                    - source.place[axis] as i32
                    - i32::from(item.shift[axis]) * box_
            });
            if d[0].abs() <= TABLE && d[1].abs() <= TABLE {
                *charge += self.multipoles[item.cell as usize * self.shape.stride()];
                task.sources.push(Source {
                    cell: item.cell,
                    hankel: table_at(d) as u32,
                    shared: true,
                    ratio: 1.0,
                });
                return;
            }
        }
        let at = task.made.len();
        task.made.resize(at + long, 0.0);
        hankel(
            self.shape,
            d.map(|d| d / scale),
            scale,
            &mut task.made[at..],
        );
        task.sources.push(Source {
            cell: item.cell,
            hankel: (at / long) as u32,
            shared: false,
            ratio: self.frame.scale(source.level) / scale,
        });
    }

    fn leaf(&self, task: &mut Task, cell: &Cell, local: &Local, end: &Cell, wanted: &mut Wanted) {
        let near = Near {
            targets: self.targets,
            sources: self.sources,
            frame: self.frame,
            scale: self.scale,
            fine: self.fine,
            shape: self.shape,
        };
        let [from, to] = [cell.from, cell.to].map(|at| (at - end.from) as usize);
        match wanted {
            Wanted::Field(out) => dispatch(Field {
                near,
                cell: *cell,
                ranges: &task.ranges,
                local,
                out: &mut out[from..to],
            }),
            Wanted::Potential(out) => dispatch(Potential {
                near,
                cell: *cell,
                ranges: &task.ranges,
                local,
                core2: self.core2,
                unit: self.unit,
                out: &mut out[from..to],
            }),
        }
        if self.frame.periodic {
            let Moments {
                charge,
                dipole,
                square,
            } = self.moments;
            let size = self.frame.size();
            let factor = std::f64::consts::PI / (size[0] * size[1]);
            let places = &self.targets.places[cell.from as usize..cell.to as usize];
            match wanted {
                Wanted::Field(out) => {
                    for (out, &place) in out[from..to].iter_mut().zip(places) {
                        let real = self.frame.real(place);
                        for axis in 0..2 {
                            out[axis] -= factor * (charge * real[axis] - dipole[axis]);
                        }
                    }
                }
                Wanted::Potential(out) => {
                    for (out, &place) in out[from..to].iter_mut().zip(places) {
                        let [x, y] = self.frame.real(place);
                        let mixed = x * dipole[0] + y * dipole[1];
                        *out += 0.5 * factor * (charge * (x * x + y * y) - 2.0 * mixed + square);
                    }
                }
            }
        }
    }
}

/// Adds an image of a cell to the ranges near by; neighbours in the tree become one range.
fn push_range(ranges: &mut Vec<Range>, cell: &Cell, shift: [i8; 2]) {
    let [from, to] = [cell.from as usize, cell.to as usize];
    let shift = shift.map(|shift| f64::from(shift) * 4294967296.0);
    match ranges.last_mut() {
        Some(last) if last.to == from && last.shift == shift => last.to = to,
        _ => ranges.push(Range { from, to, shift }),
    }
}
