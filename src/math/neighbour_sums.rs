//! What every particle of a swarm takes from its neighbours: sums over all within a range.
//!
//! Sixteen particles of one strip see all sources that any of them can reach, one source at a time
//! in all lanes. Everything that is summed is a whole number of [`UNITS`], so that a sum is exact:
//! its bits depend neither on the order of the particles, nor on the number of threads, nor on the
//! instruction set. That the distance of a pair is strictly below the range is decided on squares of
//! fixed-point separations, alike for either of the two.

use super::domain::Domain;
use super::simd::*;
use super::strips::{Source, Strips, UNITS};

/// Particles per parallel task, about.
const TASK: usize = 2048;
/// Columns that a block of sixteen may span, in ranges: wider ones see more than they save.
const WIDEST: u32 = 6;
/// The greatest sum that a 32-bit accumulator may hold, in multiples of [`UNITS`].
const MOST: f32 = 2047.0;

/// Sums in sixteen lanes.
#[derive(Clone, Copy)]
pub struct Sums<S: Simd> {
    /// Sum of what draws a particle, in [`UNITS`].
    pub pull: [i32x16<S>; 2],
    /// Sum over neighbours within the core, in [`UNITS`].
    pub core: [i32x16<S>; 2],
    /// Neighbours, the particle itself among them.
    pub count: i32x16<S>,
    /// Neighbours within the core.
    pub cored: i32x16<S>,
}

impl<S: Simd> Sums<S> {
    /// Nothing yet.
    #[inline(always)]
    pub fn zero(simd: S) -> Self {
        let zero = i32x16::splat(simd, 0);
        Self {
            pull: [zero; 2],
            core: [zero; 2],
            count: zero,
            cored: zero,
        }
    }
}

/// Sixteen pairs of a particle and a source.
#[derive(Clone, Copy)]
pub struct Pairs<S: Simd> {
    /// Separation from the source to the particle, in quanta.
    pub from: Vec2<S>,
    /// Pairs that count.
    pub near: mask32x16<S>,
    /// Headings of the particles, in [`UNITS`].
    pub own: [i32x16<S>; 2],
    /// Headings of the sources, in [`UNITS`].
    pub heading: [i32x16<S>; 2],
}

/// What a particle takes from a neighbour.
pub trait Pull: Copy + Sync {
    /// The greatest magnitude that one neighbour adds to a sum, in multiples of [`UNITS`].
    fn greatest(&self) -> f32;
    /// Adds the pairs that are near. Mark it `#[inline(always)]`.
    fn add<S: Simd>(&self, simd: S, pairs: Pairs<S>, sums: &mut Sums<S>);
}

/// Alignment alone: the sum of the headings of all neighbours, and their number when `COUNT`.
#[derive(Clone, Copy, Debug)]
pub struct Align<const COUNT: bool>;

impl<const COUNT: bool> Pull for Align<COUNT> {
    fn greatest(&self) -> f32 {
        1.0
    }
    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, pairs: Pairs<S>, sums: &mut Sums<S>) {
        let zero = i32x16::splat(simd, 0);
        for axis in 0..2 {
            sums.pull[axis] += pairs.near.select(pairs.heading[axis], zero);
        }
        if COUNT {
            sums.count += pairs.near.select(i32x16::splat(simd, 1), zero);
        }
    }
}

/// Alignment, cohesion, a repulsive core and a cone of vision, each as far as it is wanted.
///
/// A neighbour adds α e_j + β f(r) r̂, with the force of Grégoire, Chaté and Tu (Physica D 181, 157,
/// 2003): f = (r − r_e)/4(r_a − r_e) for r < r_a, and 1 beyond. A neighbour nearer than r_c adds −r̂
/// to the sum of the core, which then is all that counts. A neighbour is seen when its direction is
/// within the half-angle of the cone about the own heading. A neighbour at the same place has no
/// direction: it is seen, and neither draws nor repels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Social {
    /// Weight of alignment α, 0 to 1.
    pub alignment: f32,
    /// Weight of cohesion β.
    pub cohesion: f32,
    /// Distance r_e at which cohesion changes its sign, in ranges.
    pub equilibrium: f32,
    /// Distance r_a from which on it is constant, in ranges; above r_e.
    pub plateau: f32,
    /// Radius of the core r_c, in ranges; 0 for none.
    pub core: f32,
    /// Cosine of the half-angle of the cone; −1 or less for all around.
    pub cosine: f32,
    /// Ranges per quantum, per axis.
    pub quantum: [f32; 2],
}

impl Social {
    /// f(r): repulsive below the equilibrium distance, at most 1 beyond the plateau.
    pub fn attraction(&self, distance: f32) -> f32 {
        if distance < self.plateau {
            (distance - self.equilibrium) * (0.25 / (self.plateau - self.equilibrium))
        } else {
            1.0
        }
    }
}

impl Pull for Social {
    fn greatest(&self) -> f32 {
        self.alignment + self.cohesion * self.attraction(0.0).abs().max(1.0) + 1.0
    }
    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, pairs: Pairs<S>, sums: &mut Sums<S>) {
        let zero = f32x16::splat(simd, 0.0);
        let none = i32x16::splat(simd, 0);
        let d = Vec2 {
            x: pairs.from.x * -self.quantum[0],
            y: pairs.from.y * -self.quantum[1],
        };
        let square = d.length2();
        let apart = square.simd_gt(zero);
        let distance = square.sqrt();
        let mut seen = pairs.near;
        if self.cosine > -1.0 {
            let own: [f32x16<S>; 2] = [pairs.own[0].to_float(), pairs.own[1].to_float()];
            let ahead = (own[0] * d.x + own[1] * d.y) * (1.0 / UNITS);
            seen &= ahead.simd_ge(distance * self.cosine) | !apart;
        }
        let one = f32x16::splat(simd, 1.0);
        let inverse = one / apart.select(distance, one);
        let unit = [d.x * inverse * UNITS, d.y * inverse * UNITS];
        if self.core > 0.0 {
            let inside = seen & apart & distance.simd_lt(f32x16::splat(simd, self.core));
            for (axis, unit) in unit.into_iter().enumerate() {
                let part: i32x16<S> = (-unit).round_ties_even().to_int();
                sums.core[axis] += inside.select(part, none);
            }
            sums.cored += inside.select(i32x16::splat(simd, 1), none);
        }
        let slope = 0.25 / (self.plateau - self.equilibrium);
        let force = (distance - self.equilibrium) * slope;
        let far = distance.simd_lt(f32x16::splat(simd, self.plateau));
        let force = far.select(force, one) * self.cohesion;
        let force = apart.select(force, zero);
        for (axis, unit) in unit.into_iter().enumerate() {
            let heading = pairs.heading[axis].to_float::<f32x16<S>>() * self.alignment;
            let part: i32x16<S> = (heading + unit * force).round_ties_even().to_int();
            sums.pull[axis] += seen.select(part, none);
        }
        sums.count += seen.select(i32x16::splat(simd, 1), none);
    }
}

/// The sums of one particle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    pub pull: [i64; 2],
    pub core: [i64; 2],
    pub count: i64,
    pub cored: i64,
}

impl Total {
    /// Adds the sums of all lanes.
    #[inline(always)]
    pub fn add<S: Simd>(&mut self, sums: Sums<S>) {
        for axis in 0..2 {
            self.pull[axis] += total(sums.pull[axis]);
            self.core[axis] += total(sums.core[axis]);
        }
        self.count += total(sums.count);
        self.cored += total(sums.cored);
    }

    /// The vector along which a particle wants to go: the core's where there is one, and else the
    /// pull; divided by the number of neighbours when `mean`.
    pub fn direction(&self, mean: bool) -> [f32; 2] {
        let (sum, count) = if self.cored > 0 {
            (self.core, self.cored)
        } else {
            (self.pull, self.count)
        };
        let scale = if mean && count > 0 {
            1.0 / (count as f32 * UNITS)
        } else {
            1.0 / UNITS
        };
        sum.map(|part| part as f32 * scale)
    }
}

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

/// [`Total::direction`] in sixteen lanes, for sums that have fitted into 32 bits.
#[inline(always)]
fn direction<S: Simd>(simd: S, mean: bool, sums: Sums<S>) -> Vec2<S> {
    let zero = i32x16::splat(simd, 0);
    let cored = sums.cored.simd_gt(zero);
    let sum = Vec2 {
        x: cored.select(sums.core[0], sums.pull[0]).to_float(),
        y: cored.select(sums.core[1], sums.pull[1]).to_float(),
    };
    if !mean {
        return sum * (1.0 / UNITS);
    }
    let count: f32x16<S> = cored.select(sums.cored, sums.count).to_float();
    let one = f32x16::splat(simd, 1.0);
    let scale = one / (count * UNITS);
    let some = count.simd_gt(f32x16::splat(simd, 0.0));
    sum * some.select(scale, f32x16::splat(simd, 1.0 / UNITS))
}

/// Sum over all lanes.
#[inline(always)]
fn total<S: Simd>(lanes: i32x16<S>) -> i64 {
    let mut sum = 0;
    for lane in lanes.to_array() {
        sum += i64::from(lane);
    }
    sum
}

/// Adds 32-bit sums to wide ones.
#[inline(never)]
fn spill<S: Simd>(totals: &mut [Total; LANES], sums: &Sums<S>) {
    let pull = [sums.pull[0].to_array(), sums.pull[1].to_array()];
    let core = [sums.core[0].to_array(), sums.core[1].to_array()];
    let (count, cored) = (sums.count.to_array(), sums.cored.to_array());
    for (lane, total) in totals.iter_mut().enumerate() {
        for axis in 0..2 {
            total.pull[axis] += i64::from(pull[axis][lane]);
            total.core[axis] += i64::from(core[axis][lane]);
        }
        total.count += i64::from(count[lane]);
        total.cored += i64::from(cored[lane]);
    }
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
