//! Laws of motion in the plane, for [`advance`](super::integrate::advance).
//!
//! Lengths, times and mobilities are in the model's units; `dt` is the time step. Headings are
//! held as (cos θ, sin θ) and rotated, so that no angle is ever reduced or taken the cosine of.

use super::integrate::Law;
use super::philox::{Purpose, Stream};
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

impl Noise {
    /// Two independent deviates for each of sixteen tags.
    #[inline(always)]
    pub fn two<S: Simd>(self, simd: S, stream: Stream, tags: u32x16<S>) -> Vec2<S> {
        match self {
            Self::Gaussian => {
                let u = stream.uniform_lanes(simd, tags, 0);
                let [x, y] = super::philox::box_muller(simd, u[0], u[1]);
                Vec2 { x, y }
            }
            Self::IrwinHall => Vec2 {
                x: stream.irwin_hall_lanes(simd, tags, 0),
                y: stream.irwin_hall_lanes(simd, tags, 1),
            },
        }
    }

    /// One deviate for each of sixteen tags: the first of the [two](Noise::two).
    #[inline(always)]
    pub fn one<S: Simd>(self, simd: S, stream: Stream, tags: u32x16<S>) -> f32x16<S> {
        self.two(simd, stream, tags).x
    }
}

/// The noise of one step: its kind, and the streams of translation and orientation.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    /// Kind of the deviates.
    pub noise: Noise,
    /// For positions and velocities.
    pub translation: Stream,
    /// For headings, tumbles and coloured noise.
    pub orientation: Stream,
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

    /// Translational noise of amplitude `a`; nothing is drawn when it is zero.
    #[inline(always)]
    fn kick<S: Simd>(&self, simd: S, tags: u32x16<S>, amplitude: f32) -> Vec2<S> {
        if amplitude == 0.0 {
            return Vec2::zero(simd);
        }
        self.noise.two(simd, self.translation, tags) * amplitude
    }
}

/// √(2 D dt), the standard deviation of a Brownian displacement on one axis.
fn amplitude(diffusion: f64, dt: f64) -> f32 {
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
    fn step<S: Simd>(
        &self,
        simd: S,
        tags: u32x16<S>,
        force: Vec2<S>,
        state: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = self.draws.kick(simd, tags, self.noise);
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
    fn step<S: Simd>(
        &self,
        simd: S,
        tags: u32x16<S>,
        force: Vec2<S>,
        state: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = self.now.kick(simd, tags, self.noise);
        let h = self.next.kick(simd, tags, self.noise);
        (force * self.mobility + (g + h), state)
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
    fn step<S: Simd>(
        &self,
        simd: S,
        tags: u32x16<S>,
        force: Vec2<S>,
        heading: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = self.draws.kick(simd, tags, self.noise);
        let d = force * self.mobility + heading * self.stride + g;
        let xi = self.draws.noise.one(simd, self.draws.orientation, tags);
        (d, rotate(simd, heading, xi * self.turn_noise + self.turn))
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
fn ornstein_uhlenbeck(rate: f64, dt: f64) -> [f32; 2] {
    [
        (-rate * dt).exp() as f32,
        (-(-2.0 * rate * dt).exp_m1()).sqrt() as f32,
    ]
}

impl Law for ActiveOrnsteinUhlenbeck {
    #[inline(always)]
    fn step<S: Simd>(
        &self,
        simd: S,
        tags: u32x16<S>,
        force: Vec2<S>,
        colour: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = self.draws.kick(simd, tags, self.noise);
        let d = force * self.mobility + colour * self.stride + g;
        let xi = self.draws.noise.two(simd, self.draws.orientation, tags);
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
    tumble: f32,
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
            tumble: -(-rate * dt).exp_m1() as f32,
        }
    }
}

impl Law for RunAndTumble {
    #[inline(always)]
    fn step<S: Simd>(
        &self,
        simd: S,
        tags: u32x16<S>,
        force: Vec2<S>,
        heading: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = self.draws.kick(simd, tags, self.noise);
        let d = force * self.mobility + heading * self.stride + g;
        // Tumbles are rare: 46 bits decide, since 23 would round small probabilities.
        let u = self.draws.orientation.uniform_lanes(simd, tags, 0);
        let chance = u[0] + (u[2] - 0.5) * (1.0 / 8_388_608.0);
        let tumbles = chance.simd_lt(f32x16::splat(simd, self.tumble));
        let [x, y] = cos_sin_turns(simd, u[1]);
        let new = Vec2 { x, y };
        let old = rotate(simd, heading, f32x16::splat(simd, self.turn));
        (d, Vec2::select(tumbles, new, old))
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
    fn step<S: Simd>(
        &self,
        simd: S,
        tags: u32x16<S>,
        force: Vec2<S>,
        velocity: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let g = self.draws.kick(simd, tags, self.refresh);
        let before = velocity + force * self.kick;
        let after = before * self.decay + g;
        ((before + after) * self.half_step, after)
    }
}

#[cfg(test)]
mod tests;
