//! Oscillators with inertia: mθ̈ᵢ + θ̇ᵢ = ωᵢ + K Im(Hᵢ e^{−iθᵢ}) + √(2D) ξᵢ.
//!
//! A drift at the velocity is a turn at the frequency, so that only the kick is new.

use rayon::prelude::*;

use super::lanes::*;
use super::*;

/// The constants of a step with inertia.
#[derive(Clone, Copy, Debug)]
pub struct Inertia {
    /// e^{−dt/m}.
    decay: f32,
    /// Standard deviation of the velocity's noise, √(D(1 − e^{−2dt/m})/m).
    noise: f32,
    /// K.
    coupling: f32,
    /// dt/2.
    half: f32,
}

impl Inertia {
    /// With mass m > 0, coupling K, noise D and time step dt.
    pub fn new(mass: f64, coupling: f64, noise: f64, dt: f64) -> Self {
        Self {
            decay: (-dt / mass).exp() as f32,
            noise: (noise / mass * -(-2.0 * dt / mass).exp_m1()).sqrt() as f32,
            coupling: coupling as f32,
            half: (0.5 * dt) as f32,
        }
    }
}

/// The velocity goes to ω + K Im(He^{−iθ}) exponentially, with its noise, and the phase drifts for
/// the second half of the step.
#[expect(clippy::too_many_arguments, reason = "columns, in and out")]
pub fn kick(
    out: Out,
    velocities: &mut [f32],
    wave: &[[f32; 2]],
    field: Field,
    law: Inertia,
    noise: Option<Stream>,
    tags: &[u32],
    parts: &mut Vec<Report>,
) {
    struct Kick<'a> {
        phases: &'a mut [u32],
        pulls: &'a mut [u32],
        frequencies: &'a [f32],
        velocities: &'a mut [f32],
        wave: &'a [[f32; 2]],
        field: Field<'a>,
        law: Inertia,
        noise: Option<Stream>,
        tags: &'a [u32],
    }
    impl Pass for Kick<'_> {
        #[inline(always)]
        fn block<S: Simd>(&mut self, simd: S, at: usize, _: &mut mask32x16<S>) -> Vec2<S> {
            let law = self.law;
            let omega = load(simd, self.frequencies, at);
            let before = load(simd, self.velocities, at);
            let e = load_waves(simd, self.wave, at);
            let goal = omega + pulled(self.field.block(simd, at), e) * law.coupling;
            let mut after = goal + (before - goal) * law.decay;
            if let Some(stream) = self.noise {
                let tags = load_phases(simd, self.tags, at);
                let [deviate, ..] = stream.gaussian_lanes(simd, tags, 0);
                after += deviate * law.noise;
            }
            store(after, self.velocities, at);
            let (by, _) = rotation(simd, after * (law.half * TURNS));
            store_phases(load_phases(simd, self.phases, at) + by, self.phases, at);
            let beyond = (before + after) * law.half - omega * (2.0 * law.half);
            let pull = (beyond * (QUANTA / 256.0)).round_ties_even();
            let pull: u32x16<S> = pull.to_int_precise::<i32x16<S>>().bitcast();
            store_phases(load_phases(simd, self.pulls, at) + pull, self.pulls, at);
            Vec2::zero(simd)
        }
    }
    let count = out.phases.len();
    let items = out
        .phases
        .par_chunks_mut(CHUNK)
        .zip(out.pulls.par_chunks_mut(CHUNK))
        .zip(out.frequencies.par_chunks(CHUNK))
        .zip(velocities.par_chunks_mut(CHUNK))
        .zip(wave.par_chunks(CHUNK).zip(tags.par_chunks(CHUNK)));
    over_chunks(items, count, parts, |chunk, item| {
        let ((((phases, pulls), frequencies), velocities), (wave, tags)) = item;
        Kick {
            phases,
            pulls,
            frequencies,
            velocities,
            wave,
            field: field.chunk(chunk),
            law,
            noise,
            tags,
        }
    });
}
