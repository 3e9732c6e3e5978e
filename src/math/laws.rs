//! Laws of motion in the plane, for [`advance`](super::integrate::advance).
//!
//! Lengths, times and mobilities are in the model's units; `dt` is the time step. Headings are
//! held as (cos θ, sin θ) and rotated, so that no angle is ever reduced or taken the cosine of.

use super::integrate::{BATCH, Batch, Law};
use super::philox::{Purpose, Stream, box_muller, uniform_lanes};
use super::polynomial::cos_sin_turns;
use super::simd::*;

/// Deviates of zero mean and unit variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Noise {
    /// Normal deviates (Box and Muller).
    #[default]
    Gaussian,
    /// Sums of eight uniform numbers (Irwin and Hall), whose bits are the same on any device.
    IrwinHall,
}

/// The noise of one step. A Philox block gives a particle all that it needs: words 0 and 1 make
/// the two deviates of its translation, words 2 and 3 those of its orientation. One block instead
/// of one per purpose halves the rounds of Philox in a step. (Irwin-Hall sums need a block a deviate: blocks
/// 0 and 1 of either purpose.)
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    noise: Noise,
    translation: Stream,
    orientation: Stream,
}

impl Draws {
    /// The noise of a run with `seed` at `step`.
    pub fn new(noise: Noise, seed: u64, step: u64) -> Self {
        Self {
            noise,
            translation: Stream::new(seed, step, Purpose::Translation),
            orientation: Stream::new(seed, step, Purpose::Orientation),
        }
    }

    /// Four deviates of zero mean and unit variance for each tag: two for the translation, two for
    /// the orientation.
    #[inline(always)]
    pub fn fill<S: Simd>(&self, simd: S, tags: &[u32], batch: &mut Batch<S>) {
        match self.noise {
            Noise::Gaussian => {
                let mut words = [[u32x16::splat(simd, 0); 4]; BATCH];
                self.words(simd, tags, &mut words);
                for (out, &[a, b, c, d]) in batch.iter_mut().zip(&words[..tags.len() / LANES]) {
                    let [g, h] = box_muller(simd, uniform_lanes(a), uniform_lanes(b));
                    let [i, j] = box_muller(simd, uniform_lanes(c), uniform_lanes(d));
                    *out = [g, h, i, j];
                }
            }
            Noise::IrwinHall => {
                for (out, tags) in batch.iter_mut().zip(tags.chunks_exact(LANES)) {
                    let tags = u32x16::from_slice(simd, tags);
                    *out = [
                        self.translation.irwin_hall_lanes(simd, tags, 0),
                        self.translation.irwin_hall_lanes(simd, tags, 1),
                        self.orientation.irwin_hall_lanes(simd, tags, 0),
                        self.orientation.irwin_hall_lanes(simd, tags, 1),
                    ];
                }
            }
        }
    }

    /// Two deviates for the translation; one where an event of probability `chance`·2⁻³² comes to
    /// pass, zero elsewhere; and a uniform number in (0, 1).
    #[inline(always)]
    fn fill_events<S: Simd>(&self, simd: S, tags: &[u32], chance: u32, batch: &mut Batch<S>) {
        let mut words = [[u32x16::splat(simd, 0); 4]; BATCH];
        self.words(simd, tags, &mut words);
        let (zero, one) = (f32x16::splat(simd, 0.0), f32x16::splat(simd, 1.0));
        for (k, tags) in tags.chunks_exact(LANES).enumerate() {
            let [a, b, c, d] = words[k];
            let [g, h] = match self.noise {
                Noise::Gaussian => box_muller(simd, uniform_lanes(a), uniform_lanes(b)),
                // Words 2 and 3 of block 0 are spoken for.
                Noise::IrwinHall => {
                    let tags = u32x16::from_slice(simd, tags);
                    [
                        self.translation.irwin_hall_lanes(simd, tags, 1),
                        self.translation.irwin_hall_lanes(simd, tags, 2),
                    ]
                }
            };
            let event = c.simd_lt(u32x16::splat(simd, chance));
            batch[k] = [g, h, event.select(one, zero), uniform_lanes(d)];
        }
    }

    /// The words of block 0. In a loop of their own: the rounds of one block of particles wait for
    /// one another, those of several do not.
    #[inline(always)]
    fn words<S: Simd>(&self, simd: S, tags: &[u32], words: &mut [[u32x16<S>; 4]; BATCH]) {
        for (out, tags) in words.iter_mut().zip(tags.chunks_exact(LANES)) {
            *out = self
                .translation
                .word_lanes(simd, u32x16::from_slice(simd, tags), 0);
        }
    }
}

/// √(2 D dt), the standard deviation of a Brownian displacement on one axis.
pub fn amplitude(diffusion: f64, dt: f64) -> f32 {
    (2.0 * diffusion * dt).sqrt() as f32
}

/// Turns unit vectors by angles given in turns; the length is drawn back to one each time.
#[inline(always)]
pub fn rotate<S: Simd>(simd: S, e: Vec2<S>, turns: f32x16<S>) -> Vec2<S> {
    let [cos, sin] = cos_sin_turns(simd, turns);
    let e = Vec2 {
        x: e.x * cos - e.y * sin,
        y: e.x * sin + e.y * cos,
    };
    // One Newton step for 1/|e| from 1, which is exact enough for lengths near one.
    e * (1.5 - e.length2() * 0.5)
}

/// Overdamped Brownian motion by Euler and Maruyama: dr = μF dt + √(2D) dW.
#[derive(Clone, Copy, Debug)]
pub struct Brownian {
    draws: Draws,
    mobility: f32,
    noise: f32,
}

impl Brownian {
    /// With mobility μ, diffusion coefficient D and time step dt.
    pub fn new(draws: Draws, mobility: f64, diffusion: f64, dt: f64) -> Self {
        Self {
            draws,
            mobility: (mobility * dt) as f32,
            noise: amplitude(diffusion, dt),
        }
    }
}

impl Law for Brownian {
    const HAS_STATE: bool = false;
    #[inline(always)]
    fn draw<S: Simd>(&self, simd: S, tags: &[u32], batch: &mut Batch<S>) {
        self.draws.fill(simd, tags, batch);
    }
    #[inline(always)]
    fn step<S: Simd>(
        &self,
        _: S,
        [gx, gy, ..]: [f32x16<S>; 4],
        force: Vec2<S>,
        state: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = Vec2 { x: gx, y: gy } * self.noise;
        (force * self.mobility + g, state)
    }
}

/// Overdamped motion in equilibrium by Leimkuhler and Matthews (Appl. Math. Res. eXpress 2013,
/// 34): r += μF dt + √(2D dt) (g_n + g_{n+1})/2. Second order in the configuration, and exact in
/// a harmonic trap; only for conservative forces and constant D.
#[derive(Clone, Copy, Debug)]
pub struct LeimkuhlerMatthews {
    now: Draws,
    next: Draws,
    mobility: f32,
    noise: f32,
}

impl LeimkuhlerMatthews {
    /// With the draws of this step and of the next one, mobility μ, diffusion coefficient D and
    /// time step dt.
    pub fn new([now, next]: [Draws; 2], mobility: f64, diffusion: f64, dt: f64) -> Self {
        let noise = 0.5 * amplitude(diffusion, dt);
        Self {
            now,
            next,
            mobility: (mobility * dt) as f32,
            noise,
        }
    }
}

impl Law for LeimkuhlerMatthews {
    const HAS_STATE: bool = false;
    #[inline(always)]
    fn draw<S: Simd>(&self, simd: S, tags: &[u32], batch: &mut Batch<S>) {
        let mut next = *batch;
        self.now.fill(simd, tags, batch);
        self.next.fill(simd, tags, &mut next);
        for (now, next) in batch.iter_mut().zip(&next) {
            now[0] += next[0];
            now[1] += next[1];
        }
    }
    #[inline(always)]
    fn step<S: Simd>(
        &self,
        _: S,
        [gx, gy, ..]: [f32x16<S>; 4],
        force: Vec2<S>,
        state: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        (
            force * self.mobility + Vec2 { x: gx, y: gy } * self.noise,
            state,
        )
    }
}

/// Active Brownian particles: dr = (v₀ e + μF) dt + √(2D_t) dW, dθ = ω dt + √(2D_r) dW, with the
/// heading e = (cos θ, sin θ) as state.
#[derive(Clone, Copy, Debug)]
pub struct ActiveBrownian {
    draws: Draws,
    mobility: f32,
    stride: f32,
    noise: f32,
    turn: f32,
    turn_noise: f32,
}

impl ActiveBrownian {
    /// With mobility μ, speed v₀, translational and rotational diffusion D_t and D_r, angular
    /// velocity ω, and time step dt.
    pub fn new(
        draws: Draws,
        mobility: f64,
        speed: f64,
        [translational, rotational]: [f64; 2],
        angular_velocity: f64,
        dt: f64,
    ) -> Self {
        const TURN: f64 = 1.0 / std::f64::consts::TAU;
        Self {
            draws,
            mobility: (mobility * dt) as f32,
            stride: (speed * dt) as f32,
            noise: amplitude(translational, dt),
            turn: (angular_velocity * dt * TURN) as f32,
            turn_noise: ((2.0 * rotational * dt).sqrt() * TURN) as f32,
        }
    }
}

impl Law for ActiveBrownian {
    #[inline(always)]
    fn draw<S: Simd>(&self, simd: S, tags: &[u32], batch: &mut Batch<S>) {
        self.draws.fill(simd, tags, batch);
    }
    #[inline(always)]
    fn step<S: Simd>(
        &self,
        simd: S,
        [gx, gy, hx, _]: [f32x16<S>; 4],
        force: Vec2<S>,
        heading: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = Vec2 { x: gx, y: gy } * self.noise;
        let d = force * self.mobility + heading * self.stride + g;
        (d, rotate(simd, heading, hx * self.turn_noise + self.turn))
    }
}

/// Active Ornstein-Uhlenbeck particles: dr = (v₀ g + μF) dt + √(2D_t) dW, dg = −γ g dt + √(2γ) dW,
/// with the coloured noise g as state, stepped exactly.
#[derive(Clone, Copy, Debug)]
pub struct ActiveOrnsteinUhlenbeck {
    draws: Draws,
    mobility: f32,
    stride: f32,
    noise: f32,
    decay: f32,
    refresh: f32,
}

impl ActiveOrnsteinUhlenbeck {
    /// With mobility μ, speed v₀, translational diffusion D_t, relaxation rate γ, and time step dt.
    pub fn new(
        draws: Draws,
        mobility: f64,
        speed: f64,
        diffusion: f64,
        rate: f64,
        dt: f64,
    ) -> Self {
        let [decay, refresh] = ornstein_uhlenbeck(rate, dt);
        Self {
            draws,
            mobility: (mobility * dt) as f32,
            stride: (speed * dt) as f32,
            noise: amplitude(diffusion, dt),
            decay,
            refresh,
        }
    }
}

/// e^{−γ dt} and √(1 − e^{−2γ dt}): the exact step g ← a g + b ξ of unit variance.
pub fn ornstein_uhlenbeck(rate: f64, dt: f64) -> [f32; 2] {
    [
        (-rate * dt).exp() as f32,
        (-(-2.0 * rate * dt).exp_m1()).sqrt() as f32,
    ]
}

impl Law for ActiveOrnsteinUhlenbeck {
    #[inline(always)]
    fn draw<S: Simd>(&self, simd: S, tags: &[u32], batch: &mut Batch<S>) {
        self.draws.fill(simd, tags, batch);
    }
    #[inline(always)]
    fn step<S: Simd>(
        &self,
        _: S,
        [gx, gy, hx, hy]: [f32x16<S>; 4],
        force: Vec2<S>,
        colour: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = Vec2 { x: gx, y: gy } * self.noise;
        let d = force * self.mobility + colour * self.stride + g;
        let xi = Vec2 { x: hx, y: hy };
        (d, colour * self.decay + xi * self.refresh)
    }
}

/// Run-and-tumble particles: dr = (v₀ e + μF) dt + √(2D_t) dW, with a new, uniform heading at
/// rate α; the heading turns at ω between tumbles.
#[derive(Clone, Copy, Debug)]
pub struct RunAndTumble {
    draws: Draws,
    mobility: f32,
    stride: f32,
    noise: f32,
    turn: f32,
    tumble: u32,
}

impl RunAndTumble {
    /// With mobility μ, speed v₀, translational diffusion D_t, tumbling rate α, angular velocity
    /// ω, and time step dt. A step has a tumble with probability 1 − e^{−α dt}.
    pub fn new(
        draws: Draws,
        mobility: f64,
        speed: f64,
        diffusion: f64,
        [rate, angular_velocity]: [f64; 2],
        dt: f64,
    ) -> Self {
        Self {
            draws,
            mobility: (mobility * dt) as f32,
            stride: (speed * dt) as f32,
            noise: amplitude(diffusion, dt),
            turn: (angular_velocity * dt / std::f64::consts::TAU) as f32,
            tumble: (-(-rate * dt).exp_m1() * 4_294_967_296.0) as u32,
        }
    }
}

impl Law for RunAndTumble {
    #[inline(always)]
    fn draw<S: Simd>(&self, simd: S, tags: &[u32], batch: &mut Batch<S>) {
        self.draws.fill_events(simd, tags, self.tumble, batch);
    }
    #[inline(always)]
    fn step<S: Simd>(
        &self,
        simd: S,
        [gx, gy, tumble, turns]: [f32x16<S>; 4],
        force: Vec2<S>,
        heading: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = Vec2 { x: gx, y: gy } * self.noise;
        let d = force * self.mobility + heading * self.stride + g;
        let [x, y] = cos_sin_turns(simd, turns);
        let tumbles = tumble.simd_gt(f32x16::splat(simd, 0.5));
        let old = rotate(simd, heading, f32x16::splat(simd, self.turn));
        (d, Vec2::select(tumbles, Vec2 { x, y }, old))
    }
}

/// Underdamped Langevin motion, m dv = (F − mγv) dt + √(2mγkT) dW, by the splitting BAOAB
/// (Leimkuhler and Matthews, J. Chem. Phys. 138, 174102, 2013) with the velocity as state.
///
/// There is one force per step: the closing half kick of a step and the opening one of the next
/// use the same force and are done as one, at the start. The state is therefore the velocity
/// before the closing half kick; [`Langevin::half_kick`] times the force completes it.
#[derive(Clone, Copy, Debug)]
pub struct Langevin {
    draws: Draws,
    kick: f32,
    half_step: f32,
    decay: f32,
    refresh: f32,
}

impl Langevin {
    /// With mass m, friction rate γ, temperature kT and time step dt.
    pub fn new(draws: Draws, mass: f64, friction: f64, temperature: f64, dt: f64) -> Self {
        let [decay, refresh] = ornstein_uhlenbeck(friction, dt);
        Self {
            draws,
            kick: (dt / mass) as f32,
            half_step: (0.5 * dt) as f32,
            decay,
            refresh: refresh * (temperature / mass).sqrt() as f32,
        }
    }

    /// dt/2m: the velocity at the end of a step is the state plus this times the force there.
    pub fn half_kick(&self) -> f32 {
        0.5 * self.kick
    }
}

impl Law for Langevin {
    const BOUNCES: bool = true;
    #[inline(always)]
    fn draw<S: Simd>(&self, simd: S, tags: &[u32], batch: &mut Batch<S>) {
        self.draws.fill(simd, tags, batch);
    }
    #[inline(always)]
    fn step<S: Simd>(
        &self,
        _: S,
        [gx, gy, ..]: [f32x16<S>; 4],
        force: Vec2<S>,
        velocity: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = Vec2 { x: gx, y: gy } * self.refresh;
        let before = velocity + force * self.kick;
        let after = before * self.decay + g;
        ((before + after) * self.half_step, after)
    }
}

#[cfg(test)]
mod tests;
