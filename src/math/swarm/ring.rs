//! Swarmalators on a ring (O'Keeffe, Ceron and Petersen, Phys. Rev. E 105, 014211 (2022)):
//!
//! ẋᵢ = vᵢ + (J/N) Σⱼ sin(xⱼ − xᵢ) cos(θⱼ − θᵢ),   θ̇ᵢ = ωᵢ + (K/N) Σⱼ sin(θⱼ − θᵢ) cos(xⱼ − xᵢ).
//!
//! In ξ = x + θ and η = x − θ both sums are mean fields, W± = ⟨e^{i(x ± θ)}⟩, and a step takes O(N):
//! half a rotation by v and ω, Heun's step of the coupling, half a rotation. Places and phases are
//! fixed-point numbers, 2³² quanta a turn.

use rayon::prelude::*;

use super::super::polynomial::{cos_sin_fixed, cos_sin_turns};
use super::super::simd::*;

/// Members per parallel task; fixed, so that results cannot depend on the number of threads.
const CHUNK: usize = 4096;
const TURNS: f32 = 1.0 / std::f32::consts::TAU;
const QUANTA: f32 = 4_294_967_296.0 / std::f32::consts::TAU;

/// What a pass over a chunk tells: Σ e^{iξ} and Σ e^{iη}, and the slot of a member whose rotation
/// is not a usable number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    pub sums: [[f64; 2]; 2],
    pub wild: Option<usize>,
}

/// What a step needs to know: J dt and K dt in radians, and dt/2.
#[derive(Clone, Copy, Debug)]
pub struct Gains {
    pub attraction: f32,
    pub coupling: f32,
    pub half: f32,
}

/// The columns of the members. `places` are x and whatever else a position holds.
pub struct Columns<'a> {
    pub places: &'a mut [[u32; 2]],
    pub phases: &'a mut [u32],
    pub velocities: &'a [f32],
    pub frequencies: &'a [f32],
    /// Displacements of the first stage, x and θ.
    pub pushes: &'a mut [[f32; 2]],
}

/// What a pass does.
#[derive(Clone, Copy)]
enum Stage {
    /// Half a rotation.
    Turn,
    /// The displacements of the first stage, in the fields W±.
    Predict([[f32; 2]; 2]),
    /// The second stage in its fields, and half a rotation.
    Correct([[f32; 2]; 2]),
}

/// A step of all members. A member whose rotation is not a usable number is named by its slot.
pub fn step(columns: Columns, gains: Gains, parts: &mut Vec<Report>) -> Result<(), usize> {
    let Columns {
        places,
        phases,
        velocities,
        frequencies,
        pushes,
    } = columns;
    let count = places.len();
    let mut pass = |stage: Stage| {
        parts.clear();
        parts.resize(count.div_ceil(CHUNK), Report::default());
        let least = if count < 4 * CHUNK { usize::MAX } else { 1 };
        (
            places.par_chunks_mut(CHUNK),
            phases.par_chunks_mut(CHUNK),
            velocities.par_chunks(CHUNK),
            frequencies.par_chunks(CHUNK),
            pushes.par_chunks_mut(CHUNK),
            parts.par_iter_mut(),
        )
            .into_par_iter()
            .enumerate()
            .with_min_len(least)
            .for_each(
                |(chunk, (places, phases, velocities, frequencies, pushes, part))| {
                    *part = dispatch(Pass {
                        stage,
                        gains,
                        first: chunk * CHUNK,
                        columns: Columns {
                            places,
                            phases,
                            velocities,
                            frequencies,
                            pushes,
                        },
                    });
                },
            );
        parts.iter().fold(Report::default(), |all, part| Report {
            sums: [0, 1].map(|k| [0, 1].map(|axis| all.sums[k][axis] + part.sums[k][axis])),
            wild: all.wild.or(part.wild),
        })
    };
    let mean = |report: Report| {
        report
            .sums
            .map(|sum| sum.map(|part| (part / count.max(1) as f64) as f32))
    };
    let now = pass(Stage::Turn);
    if let Some(slot) = now.wild {
        return Err(slot);
    }
    let next = pass(Stage::Predict(mean(now)));
    pass(Stage::Correct(mean(next)));
    Ok(())
}

struct Pass<'a> {
    stage: Stage,
    gains: Gains,
    first: usize,
    columns: Columns<'a>,
}

/// Half a rotation in quanta, whole turns dropped, and whether it is out of bounds.
#[inline(always)]
fn rotation<S: Simd>(simd: S, rates: f32x16<S>, half: f32) -> (u32x16<S>, mask32x16<S>) {
    let turns = rates * (half * TURNS);
    // Rounded, since what is cut off in every step would add up.
    let part = ((turns - turns.round_ties_even()) * 4_294_967_296.0).round_ties_even();
    let fine = turns.abs().simd_lt(f32x16::splat(simd, 1e6));
    (part.to_int_precise::<i32x16<S>>().bitcast(), !fine)
}

/// e^{iξ} and e^{iη}.
#[inline(always)]
fn waves<S: Simd>(simd: S, x: u32x16<S>, theta: u32x16<S>) -> [Vec2<S>; 2] {
    let [cx, sx] = cos_sin_fixed(simd, x + theta);
    let [cy, sy] = cos_sin_fixed(simd, x - theta);
    [Vec2 { x: cx, y: sx }, Vec2 { x: cy, y: sy }]
}

/// Displacements by the fields: dt J(a + b)/2 of x, dt K(a − b)/2 of θ, with a = Im(W₊e^{−iξ}) and
/// b = Im(W₋e^{−iη}).
#[inline(always)]
fn pushes<S: Simd>(
    simd: S,
    [plus, minus]: [Vec2<S>; 2],
    fields: [[f32; 2]; 2],
    gains: Gains,
) -> Vec2<S> {
    let field = |k: usize, axis: usize| f32x16::splat(simd, fields[k][axis]);
    let a = field(0, 1) * plus.x - field(0, 0) * plus.y;
    let b = field(1, 1) * minus.x - field(1, 0) * minus.y;
    Vec2 {
        x: (a + b) * (0.5 * gains.attraction),
        y: (a - b) * (0.5 * gains.coupling),
    }
}

/// Unit vectors turned by an angle in radians.
#[inline(always)]
fn turned<S: Simd>(simd: S, e: Vec2<S>, angle: f32x16<S>) -> Vec2<S> {
    let [cos, sin] = cos_sin_turns(simd, angle * TURNS);
    Vec2 {
        x: e.x * cos - e.y * sin,
        y: e.x * sin + e.y * cos,
    }
}

/// Up to sixteen values; the rest are zero.
#[inline(always)]
fn padded<T: Copy + Default>(values: &[T], at: usize) -> [T; LANES] {
    let rest = &values[at..];
    let mut all = [T::default(); LANES];
    let count = rest.len().min(LANES);
    all[..count].copy_from_slice(&rest[..count]);
    all
}

impl Kernel for Pass<'_> {
    type Output = Report;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Report {
        let Columns {
            places,
            phases,
            velocities,
            frequencies,
            pushes: kept,
        } = self.columns;
        let count = places.len();
        let gains = self.gains;
        let mut sums = [Vec2::zero(simd); 2];
        let mut wild = None;
        for at in (0..count).step_by(LANES) {
            let lanes = (count - at).min(LANES);
            let mut block = padded(places, at);
            let [mut x, y] = load_positions(simd, &block);
            let mut theta = u32x16::load_array(simd, padded(phases, at));
            let (by_x, bad_x) = rotation(
                simd,
                f32x16::load_array(simd, padded(velocities, at)),
                gains.half,
            );
            let (by_theta, bad_theta) = rotation(
                simd,
                f32x16::load_array(simd, padded(frequencies, at)),
                gains.half,
            );
            let mut e = waves(simd, x, theta);
            let mut moved = true;
            match self.stage {
                Stage::Turn => {
                    x += by_x;
                    theta += by_theta;
                    e = waves(simd, x, theta);
                    let bad = bad_x | bad_theta;
                    if bad.any_true() && wild.is_none() {
                        wild = Some(self.first + at + bad.to_bitmask().trailing_zeros() as usize);
                    }
                }
                Stage::Predict(fields) => {
                    let push = pushes(simd, e, fields, gains);
                    let mut out = [[0.0; 2]; LANES];
                    store_pairs(push, &mut out);
                    kept[at..at + lanes].copy_from_slice(&out[..lanes]);
                    e = [
                        turned(simd, e[0], push.x + push.y),
                        turned(simd, e[1], push.x - push.y),
                    ];
                    moved = false;
                }
                Stage::Correct(fields) => {
                    let push = load_pairs(simd, &padded(kept, at));
                    let ahead = [
                        turned(simd, e[0], push.x + push.y),
                        turned(simd, e[1], push.x - push.y),
                    ];
                    let after = pushes(simd, ahead, fields, gains);
                    let mean = (push + after) * (0.5 * QUANTA);
                    let dx: i32x16<S> = mean.x.round_ties_even().to_int_precise();
                    let dt: i32x16<S> = mean.y.round_ties_even().to_int_precise();
                    x += dx.bitcast::<u32x16<S>>() + by_x;
                    theta += dt.bitcast::<u32x16<S>>() + by_theta;
                }
            }
            if moved {
                store_positions([x, y], &mut block);
                places[at..at + lanes].copy_from_slice(&block[..lanes]);
                phases[at..at + lanes].copy_from_slice(&theta.to_array()[..lanes]);
            }
            let real = mask32x16::from_bitmask(simd, (1u64 << lanes) - 1);
            for k in 0..2 {
                sums[k] = sums[k] + Vec2::select(real, e[k], Vec2::zero(simd));
            }
        }
        let mut report = Report {
            wild,
            ..Report::default()
        };
        for (k, sum) in sums.iter().enumerate() {
            let (x, y) = (sum.x.to_array(), sum.y.to_array());
            for lane in 0..LANES {
                report.sums[k][0] += f64::from(x[lane]);
                report.sums[k][1] += f64::from(y[lane]);
            }
        }
        report
    }
}
