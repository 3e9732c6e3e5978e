//! One pass over the columns: noise, law of motion, move, boundary, and the checks on the way.
//!
//! A [`Law`] says how far sixteen particles go in a step, given their forces and their state; the
//! driver [`advance`] does the rest: it rounds displacements to quanta, mirrors positions at walls,
//! follows the distance from the reference positions of the Verlet lists, and stops at a value
//! that is not finite. Noise is keyed by the particle's tag, so that neither the order of the
//! slots nor the number of threads can change it.

use std::ops::Range;

mod forces;

pub use forces::Forces;

use super::domain::{Boundary, Domain};
use super::simd::*;
use super::verlet::separation;

/// Particles per parallel task; fixed, so that results cannot depend on the number of threads.
const CHUNK: usize = 1024;

/// Blocks of sixteen particles whose random numbers are drawn together. The loops over a batch
/// are short, so that the processor works on several blocks at once instead of waiting.
pub const BATCH: usize = 8;

/// Four random numbers for each particle of a batch.
pub type Batch<S> = [[f32x16<S>; 4]; BATCH];

/// A law of motion in the plane.
pub trait Law: Copy + Sync {
    /// True when the state is a velocity, whose component across a wall changes sign there.
    const BOUNCES: bool = false;
    /// True when the law has a state: a heading, a velocity, a coloured noise.
    const HAS_STATE: bool = true;
    /// Random numbers for each block of `tags`, whose length is a multiple of sixteen. Mark it
    /// `#[inline(always)]`.
    fn draw<S: Simd>(&self, simd: S, tags: &[u32], batch: &mut Batch<S>);
    /// Displacement in units of length, and the new state, from the random numbers drawn, forces
    /// and the old state. Mark it `#[inline(always)]`.
    fn step<S: Simd>(
        &self,
        simd: S,
        drawn: [f32x16<S>; 4],
        force: Vec2<S>,
        state: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>);
}

/// The term of a step that went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// The force on the particle is not finite.
    Force,
    /// The heading, velocity or coloured noise is not finite.
    State,
    /// The displacement is not finite although force and state are: a parameter is at fault.
    Displacement,
    /// A finite displacement is longer than a quarter of the box in one step.
    TooFar,
    /// The particle has left the span of an open box.
    Escape,
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Force => "force is not finite",
            Self::State => "heading or velocity is not finite",
            Self::Displacement => "displacement is not finite",
            Self::TooFar => "displacement exceeds a quarter of the box in one step",
            Self::Escape => "particle has left the span of the open box",
        })
    }
}

/// A particle that cannot be moved; the step must not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("particle {tag}: {term}")]
pub struct Fault {
    /// Slot of the first such particle.
    pub slot: usize,
    /// Its tag.
    pub tag: u32,
    /// What went wrong.
    pub term: Term,
}

/// The columns that a step works on; all of one length, except that `state` may be empty for a law
/// without one.
pub struct Columns<'a> {
    /// Tags, the identities of the particles.
    pub tags: &'a [u32],
    /// Fixed-point positions.
    pub positions: &'a mut [[u32; 2]],
    /// Positions when the Verlet lists were built.
    pub reference: &'a [[u32; 2]],
    /// Heading as (cos θ, sin θ), velocity, or coloured noise, as the law has it.
    pub state: &'a mut [[f32; 2]],
    /// Forces.
    pub forces: Forces<'a>,
}

/// How a displacement becomes a new position.
#[derive(Clone, Copy, Debug)]
pub struct Mover {
    /// Length of a quantum on either axis.
    pub quantum: [f32; 2],
    /// Quanta per unit of length on either axis.
    pub inverse_quantum: [f32; 2],
    /// Coordinates beyond these are mirrored at them.
    pub walls: [u32; 2],
    /// Lowest coordinate that has not escaped, and the width of the range above it.
    pub inside: [u32; 2],
    /// Longest displacement in a step, in quanta.
    pub most_quanta: f32,
}

impl Mover {
    /// How positions of a box are moved.
    pub fn new(domain: &Domain) -> Self {
        let [low, high] = domain.limits();
        let everywhere = [0, u32::MAX];
        let (walls, inside, most_quanta) = match domain.boundary {
            Boundary::Periodic => (everywhere, everywhere, (1u32 << 30) as f32),
            Boundary::Reflecting => ([low, high], everywhere, (1u32 << 29) as f32),
            // Half of the margin, lest a leap lands beyond it.
            Boundary::Open => (everywhere, [low, high - low], (1u32 << 21) as f32),
        };
        Self {
            quantum: domain.quantum(),
            inverse_quantum: domain.inverse_quantum(),
            walls,
            inside,
            most_quanta,
        }
    }

    /// Moves sixteen coordinates on one axis.
    #[inline(always)]
    fn shift<S: Simd>(&self, simd: S, axis: usize, from: u32x16<S>, by: f32x16<S>) -> Shift<S> {
        let quanta = (by * self.inverse_quantum[axis]).round_ties_even();
        // Not a number is not within bounds either.
        let fine = quanta.abs().simd_lt(f32x16::splat(simd, self.most_quanta));
        let step: u32x16<S> = quanta.to_int_precise::<i32x16<S>>().bitcast();
        let to = from + step;
        let [low, high] = self.walls;
        let below = to.simd_lt(u32x16::splat(simd, low));
        let above = to.simd_gt(u32x16::splat(simd, high));
        let to = below.select(u32x16::splat(simd, low.wrapping_mul(2)) - to, to);
        let to = above.select(u32x16::splat(simd, high.wrapping_mul(2)) - to, to);
        let outside = (to - self.inside[0]).simd_gt(u32x16::splat(simd, self.inside[1]));
        Shift {
            to,
            hit: below | above,
            bad: !fine | outside,
        }
    }

    /// Which of force, state and displacement makes a particle immovable.
    #[cold]
    fn blame(&self, [force, state, displacement]: [[f32; 2]; 3]) -> Term {
        let finite = |v: [f32; 2]| v[0].is_finite() && v[1].is_finite();
        let far = |a: usize| (displacement[a] * self.inverse_quantum[a]).abs() >= self.most_quanta;
        match () {
            () if !finite(force) => Term::Force,
            () if !finite(state) => Term::State,
            () if !finite(displacement) => Term::Displacement,
            () if far(0) || far(1) => Term::TooFar,
            () => Term::Escape,
        }
    }
}

/// New coordinates on one axis.
struct Shift<S: Simd> {
    to: u32x16<S>,
    /// Those that were mirrored at a wall.
    hit: mask32x16<S>,
    /// Those that cannot be used.
    bad: mask32x16<S>,
}

/// What a chunk reports.
#[derive(Clone, Copy)]
struct Report {
    /// Bits of the largest squared distance from the reference: they order like the numbers.
    farthest2: u32,
    fault: Option<Fault>,
}

impl Report {
    fn join(self, other: Self) -> Self {
        let fault = match (self.fault, other.fault) {
            (Some(a), Some(b)) => Some(if a.slot <= b.slot { a } else { b }),
            (a, b) => a.or(b),
        };
        Self {
            farthest2: self.farthest2.max(other.farthest2),
            fault,
        }
    }
}

impl Columns<'_> {
    /// The columns of some slots; empty columns stay empty.
    #[inline(always)]
    fn part(&mut self, slots: Range<usize>) -> Columns<'_> {
        let part = |len: usize| if len == 0 { 0..0 } else { slots.clone() };
        let stateful = part(self.state.len());
        Columns {
            tags: &self.tags[slots.clone()],
            positions: &mut self.positions[slots.clone()],
            reference: &self.reference[slots.clone()],
            state: &mut self.state[stateful],
            forces: self.forces.part(slots),
        }
    }
}

impl<'a> Columns<'a> {
    /// The columns before a slot and from it on; empty columns stay empty.
    fn split(self, slot: usize) -> (Self, Self) {
        let (tags, tags_right) = self.tags.split_at(slot);
        let (positions, positions_right) = self.positions.split_at_mut(slot);
        let (reference, reference_right) = self.reference.split_at(slot);
        let (state, state_right) = self.state.split_at_mut(slot.min(self.state.len()));
        let (forces, forces_right) = self.forces.split(slot);
        (
            Self {
                tags,
                positions,
                reference,
                state,
                forces,
            },
            Self {
                tags: tags_right,
                positions: positions_right,
                reference: reference_right,
                state: state_right,
                forces: forces_right,
            },
        )
    }
}

/// The last, incomplete block of a chunk, filled up with copies of its last particle, which can
/// neither raise an alarm of their own nor lower one.
struct Tail {
    tags: [u32; LANES],
    positions: [[u32; 2]; LANES],
    reference: [[u32; 2]; LANES],
    state: [[f32; 2]; LANES],
    forces: [[f32; 2]; LANES],
}

impl Tail {
    fn of(columns: &Columns) -> Self {
        fn filled<T: Copy + Default>(values: &[T]) -> [T; LANES] {
            let last = values.last().copied().unwrap_or_default();
            std::array::from_fn(|lane| values.get(lane).copied().unwrap_or(last))
        }
        Self {
            tags: filled(columns.tags),
            positions: filled(columns.positions),
            reference: filled(columns.reference),
            state: filled(columns.state),
            forces: columns.forces.filled(columns.tags.len()),
        }
    }

    fn columns(&mut self) -> Columns<'_> {
        Columns {
            tags: &self.tags,
            positions: &mut self.positions,
            reference: &self.reference,
            state: &mut self.state,
            forces: Forces::Slots(&self.forces),
        }
    }
}

/// One chunk of a step.
struct Pass<'a, L> {
    law: L,
    mover: Mover,
    first: usize,
    columns: Columns<'a>,
}

impl<L: Law> Kernel for Pass<'_, L> {
    type Output = Report;
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> Report {
        const PARTICLES: usize = BATCH * LANES;
        let n = self.columns.positions.len();
        let mut batch = [[f32x16::splat(simd, 0.0); 4]; BATCH];
        let mut farthest2 = u32x16::splat(simd, 0);
        let mut fault = None;
        for at in (0..n).step_by(PARTICLES) {
            let end = n.min(at + PARTICLES);
            let whole = at + (end - at) / LANES * LANES;
            let law = self.law;
            if whole == end {
                law.draw(simd, &self.columns.tags[at..end], &mut batch);
            } else {
                let mut tags = [0; PARTICLES];
                tags[..end - at].copy_from_slice(&self.columns.tags[at..end]);
                tags[end - at..].fill(self.columns.tags[end - 1]);
                law.draw(
                    simd,
                    &tags[..(end - at).next_multiple_of(LANES)],
                    &mut batch,
                );
            }
            for (slot, &drawn) in (at..whole).step_by(LANES).zip(&batch) {
                let block = self.columns.part(slot..slot + LANES);
                let first = self.first + slot;
                let d2 = step_block(simd, law, self.mover, drawn, block, first, &mut fault);
                farthest2 = farthest2.max(d2);
            }
            if whole < end {
                let drawn = batch[(whole - at) / LANES];
                let rest = self.columns.part(whole..end);
                let mut tail = Tail::of(&rest);
                let (block, first) = (tail.columns(), self.first + whole);
                let d2 = step_block(simd, law, self.mover, drawn, block, first, &mut fault);
                farthest2 = farthest2.max(d2);
                rest.positions
                    .copy_from_slice(&tail.positions[..end - whole]);
                let stateful = rest.state.len();
                rest.state.copy_from_slice(&tail.state[..stateful]);
            }
        }
        Report {
            farthest2: farthest2.to_array().into_iter().fold(0, u32::max),
            fault,
        }
    }
}

/// Moves sixteen particles; gives the bits of their squared distances from the reference.
#[inline(always)]
fn step_block<S: Simd, L: Law>(
    simd: S,
    law: L,
    mover: Mover,
    drawn: [f32x16<S>; 4],
    columns: Columns,
    slot: usize,
    fault: &mut Option<Fault>,
) -> u32x16<S> {
    let force = columns.forces.load(simd);
    let stateful = L::HAS_STATE && !columns.state.is_empty();
    let state = if stateful {
        load_pairs(simd, columns.state)
    } else {
        Vec2::zero(simd)
    };
    let from = load_positions(simd, columns.positions);
    let (d, mut next) = law.step(simd, drawn, force, state);
    let x = mover.shift(simd, 0, from[0], d.x);
    let y = mover.shift(simd, 1, from[1], d.y);
    if L::BOUNCES {
        next.x = x.hit.select(-next.x, next.x);
        next.y = y.hit.select(-next.y, next.y);
    }
    let reference = load_positions(simd, columns.reference);
    store_positions([x.to, y.to], columns.positions);
    if stateful {
        store_pairs(next, columns.state);
    }
    let bad = x.bad | y.bad;
    if bad.any_true() && fault.is_none() {
        let lane = bad.to_bitmask().trailing_zeros() as usize;
        let pick = [force, state, d];
        let mut values = [[0.0; 2]; 3];
        for (value, vector) in values.iter_mut().zip(pick) {
            *value = [vector.x.to_array()[lane], vector.y.to_array()[lane]];
        }
        *fault = Some(Fault {
            slot: slot + lane,
            tag: columns.tags[lane],
            term: mover.blame(values),
        });
    }
    separation([x.to, y.to], reference, mover.quantum)
        .length2()
        .to_bits()
}

/// Moves every particle by one step of `law`, and returns the largest squared distance from the
/// reference positions, to be put to [`VerletList::is_stale`](super::verlet::VerletList::is_stale).
///
/// On a [`Fault`] the columns are not to be used any more.
pub fn advance<L: Law>(law: L, domain: &Domain, columns: Columns) -> Result<f32, Fault> {
    let report = divide(law, Mover::new(domain), 0, columns);
    match report.fault {
        Some(fault) => Err(fault),
        None => Ok(f32::from_bits(report.farthest2)),
    }
}

/// Halves the columns until they are one chunk long. Maxima do not depend on the division.
fn divide<L: Law>(law: L, mover: Mover, first: usize, columns: Columns) -> Report {
    let n = columns.positions.len();
    if n <= CHUNK {
        return dispatch(Pass {
            law,
            mover,
            first,
            columns,
        });
    }
    let middle = n.div_ceil(CHUNK).div_ceil(2) * CHUNK;
    let (left, right) = columns.split(middle);
    let (a, b) = rayon::join(
        || divide(law, mover, first, left),
        || divide(law, mover, first + middle, right),
    );
    a.join(b)
}

#[cfg(test)]
mod tests;
