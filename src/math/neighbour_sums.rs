//! What every particle of a swarm takes from its neighbours: sums over all within a range.
//!
//! Sixteen particles of one strip see all sources that any of them can reach, one source at a time
//! in all lanes. What each adds is the [pull](super::pull) of a pair, whose sums are exact. That the
//! distance of a pair is strictly below the range is decided on squares of fixed-point separations,
//! alike for either of the two.

use super::domain::Domain;
use super::pull::{MOST, Pairs, Pull, Sums, Total, direction, spill};
use super::simd::*;
use super::strips::{Source, Strips};

/// Particles per parallel task, about.
const TASK: usize = 2048;
/// Columns that a block of sixteen may span, in ranges: wider ones see more than they save.
const WIDEST: u32 = 6;
/// Writes what every particle takes from its neighbours to `out`, in the order of the sources:
/// the [direction](Total::direction) of its sums. The strips must have been sorted for the range.
pub fn pulls<P: Pull>(
    pull: P,
    mean: bool,
    domain: &Domain,
    range: f64,
    strips: &Strips,
    out: &mut [[f32; 2]],
) {
    let near = Near::new(domain, range);
    let work = Work {
        pull,
        mean,
        near,
        strips,
    };
    divide(&work, 0, strips.layout().len(), out);
}

/// When two particles are near each other.
#[derive(Clone, Copy, Debug)]
pub struct Near {
    /// Square of a quantum of the second axis over one of the first.
    aspect: f32,
    /// Square of the range, in squares of a quantum of the first axis.
    limit: f32,
}

impl Near {
    /// Pairs closer than a range (a length).
    pub fn new(domain: &Domain, range: f64) -> Self {
        let [x, y] = domain.span().map(|span| span / 4_294_967_296.0);
        Self {
            aspect: (y / x).powi(2) as f32,
            limit: (range / x).powi(2) as f32,
        }
    }

    /// Squared separation, in squares of a quantum of the first axis.
    #[inline(always)]
    fn square<S: Simd, const SQUARE: bool>(self, d: Vec2<S>) -> f32x16<S> {
        let across = d.y * d.y;
        // A factor of exactly 1 changes no bit.
        d.x * d.x + if SQUARE { across } else { across * self.aspect }
    }
}

struct Work<'a, P> {
    pull: P,
    mean: bool,
    near: Near,
    strips: &'a Strips,
}

/// Halves the cells until a task is small. Sums are exact, so that the division leaves no trace.
fn divide<P: Pull>(work: &Work<P>, first: usize, end: usize, out: &mut [[f32; 2]]) {
    if out.len() <= TASK || end - first < 2 {
        dispatch(Pass {
            work,
            cells: [first, end],
            out,
        });
        return;
    }
    let middle = first + (end - first) / 2;
    let starts = work.strips.starts();
    let (left, right) = out.split_at_mut((starts[middle] - starts[first]) as usize);
    rayon::join(
        || divide(work, first, middle, left),
        || divide(work, middle, end, right),
    );
}

/// The particles of some consecutive cells.
struct Pass<'a, P> {
    work: &'a Work<'a, P>,
    cells: [usize; 2],
    out: &'a mut [[f32; 2]],
}

impl<P: Pull> Kernel for Pass<'_, P> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (layout, starts) = (self.work.strips.layout(), self.work.strips.starts());
        let sources = self.work.strips.sources();
        let width = layout.cells[0] as usize;
        let square = self.work.near.aspect == 1.0;
        let widest = (WIDEST * layout.reach).max(1);
        let base = starts[self.cells[0]] as usize;
        let mut cell = self.cells[0];
        while cell < self.cells[1] {
            let strip = cell / width;
            let end_cell = ((strip + 1) * width).min(self.cells[1]);
            let end = starts[end_cell] as usize;
            let mut slot = starts[cell] as usize;
            while slot < end {
                let mut full = (slot + LANES).min(end);
                let first = layout.along(0, sources[slot].position[0]);
                let mut last = layout.along(0, sources[full - 1].position[0]);
                if last - first > widest {
                    let cut = strip * width + (first + widest + 1) as usize;
                    full = full.min(starts[cut] as usize);
                    last = layout.along(0, sources[full - 1].position[0]);
                }
                let strip = strip as u32;
                let pulls = if square {
                    block::<S, P, true>(simd, self.work, slot, strip, [first, last])
                } else {
                    block::<S, P, false>(simd, self.work, slot, strip, [first, last])
                };
                let out = &mut self.out[slot - base..full - base];
                if out.len() == LANES {
                    store_pairs(pulls, out);
                } else {
                    let mut tail = [[0.0; 2]; LANES];
                    store_pairs(pulls, &mut tail);
                    let len = out.len();
                    out.copy_from_slice(&tail[..len]);
                }
                slot = full;
            }
            cell = end_cell;
        }
    }
}

/// At most sixteen particles of one strip, in the given columns.
#[inline(always)]
fn block<S: Simd, P: Pull, const SQUARE: bool>(
    simd: S,
    work: &Work<P>,
    slot: usize,
    strip: u32,
    columns: [u32; 2],
) -> Vec2<S> {
    let sources = work.strips.sources();
    // Lanes past the last particle of the block stand for others, and are not stored.
    let [x, y, u, v] = match sources.get(slot..slot + LANES) {
        Some(full) => load_sources(simd, full),
        None => {
            let mut tail = [Source::default(); LANES];
            let rest = &sources[slot..];
            tail[..rest.len()].copy_from_slice(rest);
            load_sources(simd, &tail)
        }
    };
    let own = [[x, y], [u, v]];
    let (runs, count) = runs(work.strips, strip, columns);
    let most = (MOST / work.pull.greatest()).max(1.0) as usize;
    if count > most {
        return crowded::<S, P, SQUARE>(simd, work, own, &runs, most);
    }
    let mut sums = Sums::zero(simd);
    for &[from, to] in &runs {
        for source in &sources[from as usize..to as usize] {
            add::<S, P, SQUARE>(simd, work, own, source, &mut sums);
        }
    }
    direction(simd, work.mean, sums)
}

/// The runs of sources that particles in some columns of a strip can reach, and their number.
#[inline(always)]
fn runs(strips: &Strips, strip: u32, columns: [u32; 2]) -> ([[u32; 2]; 6], usize) {
    let (layout, starts) = (strips.layout(), strips.starts());
    let across = layout.around(0, columns[0], columns[1], layout.reach);
    let (mut runs, mut number, mut count) = ([[0; 2]; 6], 0, 0);
    for rows in layout.around(1, strip, strip, 1) {
        for row in rows {
            for columns in &across {
                let cell = |column: u32| starts[(row * layout.cells[0] + column) as usize];
                let (from, to) = (cell(columns.start), cell(columns.end));
                if from < to {
                    runs[number] = [from, to];
                    number += 1;
                    count += (to - from) as usize;
                }
            }
        }
    }
    (runs, count)
}

/// The pull on sixteen particles among more than short sums can hold: those are emptied into wide
/// ones now and then.
#[inline(always)]
fn crowded<S: Simd, P: Pull, const SQUARE: bool>(
    simd: S,
    work: &Work<P>,
    own: [[u32x16<S>; 2]; 2],
    runs: &[[u32; 2]],
    most: usize,
) -> Vec2<S> {
    let mut totals = [Total::default(); LANES];
    for &[from, to] in runs {
        for sources in work.strips.sources()[from as usize..to as usize].chunks(most) {
            let mut sums = Sums::zero(simd);
            for source in sources {
                add::<S, P, SQUARE>(simd, work, own, source, &mut sums);
            }
            spill(&mut totals, &sums);
        }
    }
    let mut out = [[0.0; LANES]; 2];
    for (lane, total) in totals.iter().enumerate() {
        let [x, y] = total.direction(work.mean);
        (out[0][lane], out[1][lane]) = (x, y);
    }
    Vec2 {
        x: f32x16::load_array(simd, out[0]),
        y: f32x16::load_array(simd, out[1]),
    }
}

/// Positions and headings of sixteen consecutive sources, component by component.
#[inline(always)]
fn load_sources<S: Simd>(simd: S, sources: &[Source]) -> [u32x16<S>; 4] {
    let flat: &[u32] = bytemuck::cast_slice(sources);
    let load = [
        u32x16::from_slice(simd, &flat[..LANES]),
        u32x16::from_slice(simd, &flat[LANES..2 * LANES]),
        u32x16::from_slice(simd, &flat[2 * LANES..3 * LANES]),
        u32x16::from_slice(simd, &flat[3 * LANES..4 * LANES]),
    ];
    let (first_even, first_odd) = load[0].deinterleave(load[1]);
    let (second_even, second_odd) = load[2].deinterleave(load[3]);
    let (x, u) = first_even.deinterleave(second_even);
    let (y, v) = first_odd.deinterleave(second_odd);
    [x, y, u, v]
}

/// One source for sixteen particles.
#[inline(always)]
fn add<S: Simd, P: Pull, const SQUARE: bool>(
    simd: S,
    work: &Work<P>,
    [position, heading]: [[u32x16<S>; 2]; 2],
    source: &Source,
    sums: &mut Sums<S>,
) {
    // In this order the broadcast of the source is a part of the subtraction.
    let x: i32x16<S> = (position[0] - u32x16::splat(simd, source.position[0])).bitcast();
    let y: i32x16<S> = (position[1] - u32x16::splat(simd, source.position[1])).bitcast();
    let from = Vec2 {
        x: x.to_float(),
        y: y.to_float(),
    };
    let square = work.near.square::<S, SQUARE>(from);
    let pairs = Pairs {
        from,
        near: square.simd_lt(f32x16::splat(simd, work.near.limit)),
        own: [heading[0].bitcast(), heading[1].bitcast()],
        heading: [
            i32x16::splat(simd, source.heading[0]),
            i32x16::splat(simd, source.heading[1]),
        ],
    };
    work.pull.add(simd, pairs, sums);
}
