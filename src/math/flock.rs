//! How a self-propelled particle turns and moves after it has listened to its neighbours.

use super::integrate::{BATCH, Batch, Law};
use super::laws::rotate;
use super::philox::{Purpose, Stream, uniform_lanes};
use super::polynomial::cos_sin_turns;
use super::simd::*;

/// Where noise enters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    /// The new heading is turned by an angle from −η/2 to η/2; in turns, η/2π.
    Angular(f32),
    /// A vector of length η and random direction is added to the mean heading of the neighbours.
    Vector(f32),
}

/// The step of Vicsek's model: the force is the direction that the neighbours call for, the state
/// the heading.
#[derive(Clone, Copy, Debug)]
pub struct Flock {
    stream: Stream,
    noise: Noise,
    stride: f32,
    forward: bool,
    /// Cosine and sine of the greatest turn towards the neighbours' direction.
    turn: Option<[f32; 2]>,
}

impl Flock {
    /// The law at a step of the run with `seed`: noise, length of the stride, whether it is taken
    /// along the new heading, and the greatest turn in radians (π or more for none).
    pub fn new(
        (seed, step): (u64, u64),
        noise: Noise,
        stride: f64,
        forward: bool,
        turn: f64,
    ) -> Self {
        Self {
            stream: Stream::new(seed, step, Purpose::Orientation),
            noise,
            stride: stride as f32,
            forward,
            turn: (turn < std::f64::consts::PI).then(|| [turn.cos() as f32, turn.sin() as f32]),
        }
    }
}

impl Law for Flock {
    const BOUNCES: bool = true;

    #[inline(always)]
    fn draw<S: Simd>(&self, simd: S, tags: &[u32], batch: &mut Batch<S>) {
        // In a loop of their own: the rounds of one block of particles wait for one another, those
        // of several do not.
        let mut words = [u32x16::splat(simd, 0); BATCH];
        for (out, tags) in words.iter_mut().zip(tags.chunks_exact(LANES)) {
            let [word, ..] = self
                .stream
                .word_lanes(simd, u32x16::from_slice(simd, tags), 0);
            *out = word;
        }
        for (out, &word) in batch.iter_mut().zip(&words[..tags.len() / LANES]) {
            out[0] = uniform_lanes(word);
        }
    }

    #[inline(always)]
    fn step<S: Simd>(
        &self,
        simd: S,
        drawn: [f32x16<S>; 4],
        force: Vec2<S>,
        state: Vec2<S>,
    ) -> (Vec2<S>, Vec2<S>) {
        let wanted = match self.noise {
            Noise::Angular(_) => force,
            Noise::Vector(length) => {
                let [x, y] = cos_sin_turns(simd, drawn[0]);
                force + Vec2 { x, y } * length
            }
        };
        // Neighbours who cancel each other leave the heading as it is.
        let square = wanted.length2();
        let some = square.simd_gt(f32x16::splat(simd, 0.0));
        let one = f32x16::splat(simd, 1.0);
        let inverse = one / some.select(square, one).sqrt();
        let mut next = Vec2::select(some, wanted * inverse, state);
        if let Some([cosine, sine]) = self.turn {
            let along = state.x * next.x + state.y * next.y;
            let across = state.x * next.y - state.y * next.x;
            let left = across.simd_ge(f32x16::splat(simd, 0.0));
            let most = f32x16::splat(simd, sine);
            let sine = left.select(most, -most);
            let turned = Vec2 {
                x: state.x * cosine - state.y * sine,
                y: state.x * sine + state.y * cosine,
            };
            let far = along.simd_lt(f32x16::splat(simd, cosine));
            // A heading is turned again and again, and drawn back to unit length each time.
            let turned = turned * (1.5 - turned.length2() * 0.5);
            next = Vec2::select(far, turned, next);
        }
        if let Noise::Angular(turns) = self.noise {
            next = rotate(simd, next, (drawn[0] - 0.5) * turns);
        }
        let along = if self.forward { next } else { state };
        (along * self.stride, next)
    }
}
