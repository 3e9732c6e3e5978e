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
        let along = if self.forward { next } else { state } * self.stride;
        // The sums over neighbours are whole numbers, which would hide a heading that is none: it
        // must not pass, and what is finite is changed by nothing.
        let none = state.length2() * 0.0;
        let along = Vec2 {
            x: along.x + none,
            y: along.y + none,
        };
        (along, next)
    }
}

#[cfg(test)]
mod tests {
    use super::super::simd::tests::levels;
    use super::*;

    /// One step of a law for sixteen particles of the given headings, forces and uniform numbers.
    #[derive(Clone, Copy)]
    struct Step<'a>(Flock, &'a [[f32; 2]; LANES], &'a [[f32; 2]; LANES], f32);
    impl Kernel for Step<'_> {
        type Output = ([[f32; 2]; LANES], [[f32; 2]; LANES]);
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Self::Output {
            let drawn = [f32x16::splat(simd, self.3); 4];
            let (state, force) = (load_pairs(simd, self.1), load_pairs(simd, self.2));
            let (by, next) = self.0.step(simd, drawn, force, state);
            let (mut a, mut b) = ([[0.0; 2]; LANES], [[0.0; 2]; LANES]);
            store_pairs(by, &mut a);
            store_pairs(next, &mut b);
            (a, b)
        }
    }

    fn turned(law: Flock, state: f32, force: [f32; 2], drawn: f32) -> ([f32; 2], [f32; 2]) {
        let states = [[state.cos(), state.sin()]; LANES];
        let forces = [force; LANES];
        let mut results = Vec::new();
        for level in levels() {
            let (by, next) = dispatch_at(level, Step(law, &states, &forces, drawn));
            results.push((by[3], next[3]));
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]));
        results[0]
    }

    fn close(a: [f32; 2], angle: f32, length: f32) {
        let off = (a[0] - length * angle.cos()).hypot(a[1] - length * angle.sin());
        assert!(off < 1e-6, "{a:?} is not {length} at {angle}");
    }

    #[test]
    fn a_particle_turns_to_its_neighbours_and_errs() {
        let quarter = Noise::Angular(0.25);
        let law = Flock::new((1, 0), quarter, 0.5, true, 4.0);
        // ξ = ¼ of a noise of a quarter turn.
        let (by, next) = turned(law, 0.3, [0.0, 7.0], 0.75);
        let angle = std::f32::consts::FRAC_PI_2 + std::f32::consts::TAU / 16.0;
        close(next, angle, 1.0);
        close(by, angle, 0.5);
        // Backward: along the old heading.
        let law = Flock::new((1, 0), quarter, 0.5, false, 4.0);
        close(turned(law, 0.3, [0.0, 7.0], 0.75).0, 0.3, 0.5);
        // A vector of length ½ along −x on a mean heading along x.
        let law = Flock::new((1, 0), Noise::Vector(0.5), 0.5, true, 4.0);
        close(turned(law, 2.0, [1.0, 0.0], 0.5).1, 0.0, 1.0);
        close(
            turned(law, 2.0, [0.25, 0.0], 0.5).1,
            std::f32::consts::PI,
            1.0,
        );
    }

    #[test]
    fn neighbours_who_cancel_leave_the_heading_and_turns_have_a_limit() {
        let quiet = Noise::Angular(0.0);
        let law = Flock::new((1, 0), quiet, 0.5, true, 4.0);
        close(turned(law, 0.3, [0.0, 0.0], 0.1).1, 0.3, 1.0);
        let law = Flock::new((1, 0), quiet, 0.5, true, 0.2);
        close(turned(law, 0.3, [0.0, 1.0], 0.1).1, 0.5, 1.0);
        close(turned(law, 0.3, [0.0, -1.0], 0.1).1, 0.1, 1.0);
        close(
            turned(law, 0.3, [0.4f32.cos(), 0.4f32.sin()], 0.1).1,
            0.4,
            1.0,
        );
    }

    #[test]
    fn a_heading_that_is_not_a_number_moves_nobody() {
        let law = Flock::new((1, 0), Noise::Angular(0.1), 0.5, true, 4.0);
        for wrong in [f32::NAN, f32::INFINITY, 1e38] {
            let states = [[wrong, 0.0]; LANES];
            for level in levels() {
                let (by, _) = dispatch_at(level, Step(law, &states, &[[1.0, 0.0]; LANES], 0.5));
                assert!(by[0][0].is_nan());
            }
        }
    }
}
