//! The way down the tree of the targets.
//!
//! The tree is cut into subtrees of about as many members each, whatever the number of threads.
//! Each goes down from its root by itself, with the sources that no ancestor was far enough from:
//! what lies above the subtrees is done more than once, and nobody waits.

use super::expansion::{FromSources, Local, Shape, Source, hankel, lower};
use super::lattice::{Lattice, Table, neighbours};
use super::near::{Field, Near, Potential};
use super::pairs::{Range, Scale};
use super::tree::{Cell, Frame, Tree};
use crate::math::simd::dispatch;

/// Sum of the radii over the distance of two cells that are far enough from each other. Cells of
/// one level are if there is one between them: √2/2, and a little for the rounding.
const APART: f64 = std::f64::consts::FRAC_1_SQRT_2 * 1.00001;

/// Members of a leaf that may be at one place.
const CROWD: usize = 256;

/// Members of a subtree that is a task.
const TASK: usize = 1024;

/// A source cell, and the image of it, that is yet to be dealt with.
#[derive(Clone, Copy, Debug)]
struct Pending {
    cell: u32,
    /// Shift of the image in units of the box.
    shift: [i8; 2],
}

/// The memory of one subtree.
#[derive(Debug, Default)]
pub struct Task {
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

/// Moments of all charges about the corner of the frame: Σq, Σqr, Σqr².
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    charge: f64,
    dipole: [f64; 2],
    square: f64,
}

/// What a pass down the tree wants.
pub enum Wanted<'a> {
    Field(&'a mut [[f64; 2]]),
    Potential(&'a mut [f64]),
}

impl Wanted<'_> {
    fn is_potential(&self) -> bool {
        matches!(self, Self::Potential(_))
    }
}

/// The potential of a unit charge in the middle of its core.
pub fn in_the_core(core2: f64) -> f64 {
    0.5 - 0.5 * core2.ln()
}

/// Radius of the corners of a cell, in lengths along the first axis.
pub fn outer(frame: &Frame, level: u32) -> f64 {
    frame.width[0] * std::f64::consts::FRAC_1_SQRT_2 * (-f64::from(level)).exp2()
}

/// Cuts a tree into subtrees, in its order.
pub fn cut(tree: &Tree, tasks: &mut Vec<Task>) {
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

/// The moments of a periodic box's charges; others are not asked for them.
pub fn moments(frame: &Frame, tree: &Tree) -> Moments {
    let mut sums = Moments::default();
    if !frame.periodic {
        return sums;
    }
    for (at, &place) in tree.places.iter().enumerate() {
        let q = tree.values.get(at).map_or(1.0, |&value| f64::from(value));
        let [x, y] = frame.real(place);
        sums.charge += q;
        sums.dipole[0] += q * x;
        sums.dipole[1] += q * y;
        sums.square += q * (x * x + y * y);
    }
    sums
}

/// Each task with its part of the results.
pub fn parts<'a, T>(
    tasks: &'a mut [Task],
    mut rest: &'a mut [T],
) -> Vec<(&'a mut Task, &'a mut [T])> {
    let part = |task: &'a mut Task| {
        let (part, other) = std::mem::take(&mut rest).split_at_mut(task.to - task.from);
        rest = other;
        (task, part)
    };
    tasks.iter_mut().map(part).collect()
}

/// What all subtrees share on the way down.
pub struct Pass<'a> {
    pub frame: &'a Frame,
    pub shape: Shape,
    pub sources: &'a Tree,
    pub targets: &'a Tree,
    /// True when the targets are the sources.
    pub own: bool,
    pub multipoles: &'a [f64],
    pub table: &'a Table,
    pub lattice: &'a Lattice,
    pub scale: Scale,
    pub fine: bool,
    pub core: f64,
    pub core2: f64,
    pub unit: f64,
    pub moments: Moments,
}

impl Pass<'_> {
    /// Sums for the targets of one subtree.
    pub fn run(&self, task: &mut Task, wanted: &mut Wanted) {
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
                // Never a cell and itself, even if all of it is in its centre.
                if distance2 > bound * bound {
                    let small = source.len() * cell.len().div_ceil(16) * 8
                        < 4 * self.shape.padded / 8 * self.shape.terms + 40;
                    if leaf && small && self.within(&cell, source, d) {
                        push_range(&mut task.ranges, source, item.shift);
                        continue;
                    }
                    charge += self.far(task, &cell, item, d, wanted.is_potential());
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
            table: &self.table.vectors,
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

    /// Takes a source that is far enough into the expansion of a cell; gives the charge of one whose
    /// vector is in the table, and therefore without the logarithm of the scale.
    fn far(
        &self,
        task: &mut Task,
        cell: &Cell,
        item: Pending,
        d: [f64; 2],
        potential: bool,
    ) -> f64 {
        let source = &self.sources.cells[item.cell as usize];
        let up = cell.level.wrapping_sub(source.level);
        if up <= 1 {
            let difference = [0, 1].map(|axis| {
                let row = (self.frame.roots[axis] as i64) << source.level;
                let image = i64::from(source.place[axis]) + i64::from(item.shift[axis]) * row;
                // Centres in halves of the width of the target.
                (2 * i64::from(cell.place[axis]) + 1) - ((2 * image + 1) << up)
            });
            if let Some(hankel) = Table::at(difference) {
                task.sources.push(Source {
                    cell: item.cell,
                    hankel,
                    shared: true,
                    ratio: f64::from(1 << up),
                });
                return self.multipoles[item.cell as usize * self.shape.stride()];
            }
        }
        let long = self.shape.hankel();
        let scale = self.frame.scale(cell.level);
        let at = task.made.len();
        task.made.resize(at + long, 0.0);
        let log = potential.then(|| scale.ln());
        hankel(self.shape, d.map(|d| d / scale), log, &mut task.made[at..]);
        task.sources.push(Source {
            cell: item.cell,
            hankel: (at / long) as u32,
            shared: false,
            ratio: self.frame.scale(source.level) / scale,
        });
        0.0
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
