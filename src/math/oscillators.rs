//! Coupled phase oscillators, sixteen at a time.
//!
//! θ̇ᵢ = ωᵢ + K Im(Hᵢ e^{−iθᵢ}) + √(2D) ξᵢ, where the complex field Hᵢ of an oscillator is a mean
//! over the others' e^{iθ} with the phase lag taken in. A step is a half rotation by ω dt/2, which
//! is exact however fast an oscillator turns ([`turn`]), Heun's step of the coupling with the same
//! noise in both stages ([`predict`], [`correct`]), and another half rotation. With inertia,
//! mθ̈ + θ̇ = ω + ..., it is half a drift ([`turn`]), the exact change of the velocity at a fixed
//! force ([`kick`]), and half a drift: right in the limit m → 0 also.
//!
//! Phases are fixed-point numbers, 2³² quanta a turn. Chunks have a fixed size and their sums are
//! added in order: the results have the same bits on any number of threads.

mod inertia;
mod lanes;
mod mean_field;

use rayon::prelude::*;

use super::philox::Stream;
use super::polynomial::{cos_sin_fixed, cos_sin_turns};
use super::simd::*;
pub use inertia::{Inertia, kick};
use lanes::*;
pub use mean_field::{foresee, is_gentle, settle};

/// Oscillators per parallel task; fixed, so that results cannot depend on the number of threads.
pub const CHUNK: usize = 4096;
/// Fewer oscillators than this are not worth a second thread.
const SEVERAL: usize = 4 * CHUNK;

/// Quanta of a radian.
const QUANTA: f32 = 4_294_967_296.0 / std::f32::consts::TAU;
/// Turns of a radian.
const TURNS: f32 = 1.0 / std::f32::consts::TAU;
/// A rotation in half a step beyond this many turns has lost most digits of its phase.
const MOST_TURNS: f32 = 1e6;
/// Quanta of a pull: 2²⁴ a turn.
const PULL_SHIFT: u32 = 8;

/// The field that acts on the oscillators.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    /// The same for all.
    Uniform([f32; 2]),
    /// One for each.
    Each(&'a [[f32; 2]]),
}

impl<'a> Field<'a> {
    /// The part that acts on a chunk.
    fn chunk(&self, chunk: usize) -> Field<'a> {
        match *self {
            Field::Uniform(field) => Field::Uniform(field),
            Field::Each(all) => {
                let first = (chunk * CHUNK).min(all.len());
                Field::Each(&all[first..all.len().min(first + CHUNK)])
            }
        }
    }

    #[inline(always)]
    fn block<S: Simd>(&self, simd: S, at: usize) -> Vec2<S> {
        match self {
            Field::Uniform([x, y]) => Vec2 {
                x: f32x16::splat(simd, *x),
                y: f32x16::splat(simd, *y),
            },
            Field::Each(all) => load_waves(simd, all, at),
        }
    }
}

/// Im(H e^{−iθ}) from the field and e^{iθ}.
#[inline(always)]
fn pulled<S: Simd>(field: Vec2<S>, e: Vec2<S>) -> f32x16<S> {
    field.y * e.x - field.x * e.y
}

/// The unit vectors turned by an angle with this cosine and sine.
#[inline(always)]
fn turned<S: Simd>(e: Vec2<S>, [cos, sin]: [f32x16<S>; 2]) -> Vec2<S> {
    Vec2 {
        x: e.x * cos - e.y * sin,
        y: e.x * sin + e.y * cos,
    }
}

/// Gaussian noise on the phases of a step.
#[derive(Clone, Copy, Debug)]
pub struct PhaseNoise {
    /// The random numbers of the step.
    pub stream: Stream,
    /// Standard deviation in a step, √(2D dt), in radians.
    pub amplitude: f32,
}

/// What a pass tells: Σ e^{iθ}, and the slot of the first oscillator that cannot be followed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Sum of the unit vectors.
    pub sum: [f64; 2],
    /// Slot of an oscillator whose rotation is not a usable number.
    pub wild: Option<usize>,
}

/// Quanta of an angle in radians, |x| < π.
#[inline(always)]
fn quanta<S: Simd>(x: f32x16<S>) -> i32x16<S> {
    (x * QUANTA).round_ties_even().to_int_precise()
}

/// Quanta of a rotation in turns, whole turns dropped, and whether it is out of bounds.
#[inline(always)]
fn rotation<S: Simd>(simd: S, turns: f32x16<S>) -> (u32x16<S>, mask32x16<S>) {
    // Rounded, since what is cut off in every step would add up.
    let part = ((turns - turns.round_ties_even()) * 4_294_967_296.0).round_ties_even();
    let fine = turns.abs().simd_lt(f32x16::splat(simd, MOST_TURNS));
    (part.to_int_precise::<i32x16<S>>().bitcast(), !fine)
}

/// One pass over a chunk: what it does with a block, whose unit vectors it returns to be summed.
trait Pass: Sized {
    fn block<S: Simd>(&mut self, simd: S, at: usize, bad: &mut mask32x16<S>) -> Vec2<S>;
}

/// A pass over `count` oscillators from slot `first` on.
struct Run<P> {
    pass: P,
    first: usize,
    count: usize,
}

impl<P: Pass> Kernel for Run<P> {
    type Output = Report;
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> Report {
        let none = mask32x16::from_bitmask(simd, 0);
        let mut sum = Vec2::zero(simd);
        let mut wild = None;
        for at in (0..self.count).step_by(LANES) {
            let mut bad = none;
            let e = self.pass.block(simd, at, &mut bad);
            let lanes = self.count - at;
            sum = sum
                + if lanes < LANES {
                    first_lanes(simd, e, lanes)
                } else {
                    e
                };
            // Lanes beyond the last oscillator hold zeros, which are never bad.
            if bad.any_true() && wild.is_none() {
                wild = Some(self.first + at + bad.to_bitmask().trailing_zeros() as usize);
            }
        }
        Report {
            sum: total(sum),
            wild,
        }
    }
}

/// Runs a pass over all chunks and joins the reports in their order.
fn over_chunks<I, P>(
    items: I,
    count: usize,
    parts: &mut Vec<Report>,
    pass: impl Fn(usize, I::Item) -> P + Sync,
) -> Report
where
    I: IndexedParallelIterator,
    P: Pass,
{
    parts.clear();
    parts.resize(count.div_ceil(CHUNK), Report::default());
    // One task for all where there are few: the chunks and their order stay the same.
    let least = if count < SEVERAL { usize::MAX } else { 1 };
    items
        .zip(parts.par_iter_mut())
        .enumerate()
        .with_min_len(least)
        .for_each(|(chunk, (item, part))| {
            let first = chunk * CHUNK;
            *part = dispatch(Run {
                pass: pass(chunk, item),
                first,
                count: CHUNK.min(count - first),
            });
        });
    parts.iter().fold(Report::default(), |all, part| Report {
        sum: [all.sum[0] + part.sum[0], all.sum[1] + part.sum[1]],
        wild: all.wild.or(part.wild),
    })
}

/// First half rotation: θ += ω dt/2 with `half` = dt/2, and e^{iθ} into `wave`.
pub fn turn(
    phases: &mut [u32],
    frequencies: &[f32],
    half: f32,
    wave: &mut [[f32; 2]],
    parts: &mut Vec<Report>,
) -> Report {
    struct Turn<'a> {
        phases: &'a mut [u32],
        frequencies: &'a [f32],
        turns: f32,
        wave: &'a mut [[f32; 2]],
    }
    impl Pass for Turn<'_> {
        #[inline(always)]
        fn block<S: Simd>(&mut self, simd: S, at: usize, bad: &mut mask32x16<S>) -> Vec2<S> {
            let omega = load(simd, self.frequencies, at);
            let (by, wild) = rotation(simd, omega * self.turns);
            *bad = wild;
            let theta = load_phases(simd, self.phases, at) + by;
            store_phases(theta, self.phases, at);
            let [x, y] = cos_sin_fixed(simd, theta);
            let e = Vec2 { x, y };
            store_waves(e, self.wave, at);
            e
        }
    }
    let count = phases.len();
    let items = phases
        .par_chunks_mut(CHUNK)
        .zip(frequencies.par_chunks(CHUNK))
        .zip(wave.par_chunks_mut(CHUNK));
    over_chunks(items, count, parts, |_, ((phases, frequencies), wave)| {
        Turn {
            phases,
            frequencies,
            turns: half * TURNS,
            wave,
        }
    })
}

/// The first stage of Heun's step: δ = K dt Im(H e^{−iθ}) plus noise into `pushes`, and
/// e^{i(θ + δ)} into `ahead`. `gain` is K dt.
#[expect(clippy::too_many_arguments, reason = "columns, in and out")]
pub fn predict(
    wave: &[[f32; 2]],
    field: Field,
    gain: f32,
    noise: Option<PhaseNoise>,
    tags: &[u32],
    pushes: &mut [f32],
    ahead: &mut [[f32; 2]],
    parts: &mut Vec<Report>,
) -> Report {
    struct Predict<'a> {
        wave: &'a [[f32; 2]],
        field: Field<'a>,
        gain: f32,
        noise: Option<PhaseNoise>,
        tags: &'a [u32],
        pushes: &'a mut [f32],
        ahead: &'a mut [[f32; 2]],
    }
    impl Pass for Predict<'_> {
        #[inline(always)]
        fn block<S: Simd>(&mut self, simd: S, at: usize, _: &mut mask32x16<S>) -> Vec2<S> {
            let e = load_waves(simd, self.wave, at);
            let mut push = pulled(self.field.block(simd, at), e) * self.gain;
            if let Some(noise) = self.noise {
                let tags = load_phases(simd, self.tags, at);
                let [deviate, ..] = noise.stream.gaussian_lanes(simd, tags, 0);
                push += deviate * noise.amplitude;
            }
            store(push, self.pushes, at);
            let ahead = turned(e, cos_sin_turns(simd, push * TURNS));
            store_waves(ahead, self.ahead, at);
            ahead
        }
    }
    let count = wave.len();
    let items = wave
        .par_chunks(CHUNK)
        .zip(tags.par_chunks(CHUNK))
        .zip(pushes.par_chunks_mut(CHUNK))
        .zip(ahead.par_chunks_mut(CHUNK));
    over_chunks(
        items,
        count,
        parts,
        |chunk, (((wave, tags), pushes), ahead)| Predict {
            wave,
            field: field.chunk(chunk),
            gain,
            noise,
            tags,
            pushes,
            ahead,
        },
    )
}

/// What the last pass of a step writes: the phases, and what they were pulled beyond their natural
/// rotation, in 2²⁴ quanta a turn, wrapping.
pub struct Out<'a> {
    /// Phases.
    pub phases: &'a mut [u32],
    /// Sums of all displacements by coupling and noise.
    pub pulls: &'a mut [u32],
    /// Natural frequencies.
    pub frequencies: &'a [f32],
    /// dt/2.
    pub half: f32,
}

/// Adds a displacement and half a rotation to the phases of a block.
#[inline(always)]
fn finish<S: Simd>(
    simd: S,
    at: usize,
    displacement: f32x16<S>,
    turns: f32,
    [phases, pulls]: [&mut [u32]; 2],
    frequencies: &[f32],
) {
    let by = quanta(displacement);
    let (rest, _) = rotation(simd, load(simd, frequencies, at) * turns);
    let theta = load_phases(simd, phases, at) + by.bitcast::<u32x16<S>>() + rest;
    store_phases(theta, phases, at);
    // Rounded, since a bias of half a quantum a step would add up.
    let pull: u32x16<S> = ((by + (1 << (PULL_SHIFT - 1))) >> PULL_SHIFT).bitcast();
    store_phases(load_phases(simd, pulls, at) + pull, pulls, at);
}

/// The second stage of Heun's step and the second half rotation, from what [`predict`] has left.
pub fn correct(
    out: Out,
    [wave, ahead]: [&[[f32; 2]]; 2],
    pushes: &[f32],
    fields: [Field; 2],
    gain: f32,
    parts: &mut Vec<Report>,
) {
    struct Correct<'a> {
        phases: &'a mut [u32],
        pulls: &'a mut [u32],
        frequencies: &'a [f32],
        turns: f32,
        wave: &'a [[f32; 2]],
        ahead: &'a [[f32; 2]],
        pushes: &'a [f32],
        fields: [Field<'a>; 2],
        gain: f32,
    }
    impl Pass for Correct<'_> {
        #[inline(always)]
        fn block<S: Simd>(&mut self, simd: S, at: usize, _: &mut mask32x16<S>) -> Vec2<S> {
            let before = pulled(
                self.fields[0].block(simd, at),
                load_waves(simd, self.wave, at),
            );
            let after = pulled(
                self.fields[1].block(simd, at),
                load_waves(simd, self.ahead, at),
            );
            let push = load(simd, self.pushes, at) + (after - before) * (0.5 * self.gain);
            let columns = [&mut *self.phases, &mut *self.pulls];
            finish(simd, at, push, self.turns, columns, self.frequencies);
            Vec2::zero(simd)
        }
    }
    let count = out.phases.len();
    let turns = out.half * TURNS;
    let items = out
        .phases
        .par_chunks_mut(CHUNK)
        .zip(out.pulls.par_chunks_mut(CHUNK))
        .zip(out.frequencies.par_chunks(CHUNK))
        .zip(wave.par_chunks(CHUNK).zip(ahead.par_chunks(CHUNK)))
        .zip(pushes.par_chunks(CHUNK));
    over_chunks(items, count, parts, |chunk, item| {
        let ((((phases, pulls), frequencies), (wave, ahead)), pushes) = item;
        Correct {
            phases,
            pulls,
            frequencies,
            turns,
            wave,
            ahead,
            pushes,
            fields: fields.map(|field| field.chunk(chunk)),
            gain,
        }
    });
}
