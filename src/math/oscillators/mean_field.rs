//! Heun's step in the mean field without noise: the fast lane.

use rayon::prelude::*;

use super::super::polynomial::cos_sin_small;
use super::lanes::*;
use super::*;

/// Up to this angle the rotation of the predictor is a short series.
const SMALL: f32 = 0.12;

/// True when the mean field without noise moves phases so little in a step that nothing needs to
/// be kept between the stages: [`foresee`] and [`settle`] then do what [`predict`] and
/// [`correct`] do, with less traffic.
pub fn is_gentle(gain: f32) -> bool {
    gain.abs() <= SMALL
}

/// e^{i(θ + δ)} after the first stage in the mean field.
#[inline(always)]
fn foreseen<S: Simd>(e: Vec2<S>, field: Vec2<S>, gain: f32) -> (f32x16<S>, Vec2<S>) {
    let push = pulled(field, e) * gain;
    (push, turned(e, cos_sin_small(push)))
}

/// The first stage in the mean field: Σ e^{i(θ + δ)}.
pub fn foresee(wave: &[[f32; 2]], field: [f32; 2], gain: f32, parts: &mut Vec<Report>) -> Report {
    struct Foresee<'a> {
        wave: &'a [[f32; 2]],
        field: [f32; 2],
        gain: f32,
    }
    impl Pass for Foresee<'_> {
        #[inline(always)]
        fn block<S: Simd>(&mut self, simd: S, at: usize, _: &mut mask32x16<S>) -> Vec2<S> {
            let field = Field::Uniform(self.field).block(simd, at);
            foreseen(load_waves(simd, self.wave, at), field, self.gain).1
        }
    }
    let items = wave.par_chunks(CHUNK);
    over_chunks(items, wave.len(), parts, |_, wave| Foresee {
        wave,
        field,
        gain,
    })
}

/// The second stage in the mean field and the second half rotation.
pub fn settle(
    out: Out,
    wave: &[[f32; 2]],
    fields: [[f32; 2]; 2],
    gain: f32,
    parts: &mut Vec<Report>,
) {
    struct Settle<'a> {
        phases: &'a mut [u32],
        pulls: &'a mut [u32],
        frequencies: &'a [f32],
        turns: f32,
        wave: &'a [[f32; 2]],
        fields: [[f32; 2]; 2],
        gain: f32,
    }
    impl Pass for Settle<'_> {
        #[inline(always)]
        fn block<S: Simd>(&mut self, simd: S, at: usize, _: &mut mask32x16<S>) -> Vec2<S> {
            let [now, next] = self.fields;
            let e = load_waves(simd, self.wave, at);
            let (push, ahead) = foreseen(e, Field::Uniform(now).block(simd, at), self.gain);
            let after = pulled(Field::Uniform(next).block(simd, at), ahead) * self.gain;
            let columns = [&mut *self.phases, &mut *self.pulls];
            let mean = (push + after) * 0.5;
            finish(simd, at, mean, self.turns, columns, self.frequencies);
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
        .zip(wave.par_chunks(CHUNK));
    over_chunks(items, count, parts, |_, item| {
        let (((phases, pulls), frequencies), wave) = item;
        Settle {
            phases,
            pulls,
            frequencies,
            turns,
            wave,
            fields,
            gain,
        }
    });
}
