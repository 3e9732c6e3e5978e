//! Random numbers of eight bits for direct trials, and more bits where eight leave it open.

use super::super::philox::Stream;
use super::super::simd::*;
use super::judge::tags;
use super::lanes::Values;

/// Vectors of random numbers that are drawn together, at least.
const POOL: usize = 64;

/// Random numbers of eight bits, from 0 to 255, a vector at a time.
pub struct Pool {
    stream: Stream,
    /// The next tag that has not been used.
    tag: u32,
    used: usize,
    numbers: Vec<Values>,
    /// Numbers of more bits so far, which have tags of their own.
    fine: u32,
}

impl Pool {
    /// With the random numbers of a stream.
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            tag: 0,
            used: 0,
            numbers: Vec::with_capacity(2 * POOL),
            fine: 0,
        }
    }

    /// Makes sure that so many vectors are there.
    #[inline(always)]
    pub fn reserve<S: Simd>(&mut self, simd: S, vectors: usize) {
        if self.used + vectors > self.numbers.len() {
            self.draw(simd, vectors);
        }
    }

    #[inline(always)]
    fn draw<S: Simd>(&mut self, simd: S, vectors: usize) {
        self.numbers.copy_within(self.used.., 0);
        let mut at = self.numbers.len() - self.used;
        let end = at + vectors.next_multiple_of(16).max(POOL);
        self.numbers.resize(end, Values([0.0; LANES]));
        self.used = 0;
        while at < end {
            let words = self.stream.word_lanes(simd, tags(simd, self.tag), 0);
            self.tag = self.tag.wrapping_add(LANES as u32);
            for (word, numbers) in words
                .into_iter()
                .zip(self.numbers[at..].chunks_exact_mut(4))
            {
                let bytes = [
                    word & 0xff,
                    (word >> 8) & 0xff,
                    (word >> 16) & 0xff,
                    word >> 24,
                ];
                for k in 0..4 {
                    let byte: i32x16<S> = bytes[k].bitcast();
                    numbers[k].0 = byte.to_float::<f32x16<S>>().to_array();
                }
            }
            at += 16;
        }
    }

    /// The next of the vectors that were reserved.
    #[inline(always)]
    pub fn next<S: Simd>(&mut self, simd: S) -> f32x16<S> {
        self.used += 1;
        f32x16::load_array(simd, self.numbers[self.used - 1].0)
    }

    /// The lanes of `ties` in which (r + v) q < p with the bits v that follow those of r.
    #[inline(always)]
    pub fn decide<S: Simd>(
        &mut self,
        simd: S,
        r: f32x16<S>,
        q: f32x16<S>,
        p: f32x16<S>,
        ties: u32,
    ) -> u32 {
        let r = r + self.next(simd) * (1.0 / 256.0);
        let hits = ((r + 1.0 / 256.0) * q).simd_le(p).to_bitmask() as u32 & ties;
        let ties = (r * q).simd_lt(p).to_bitmask() as u32 & ties & !hits;
        if ties == 0 {
            return hits;
        }
        hits | self.decide_finely([r.to_array(), q.to_array(), p.to_array()], ties)
    }

    /// As [`Pool::decide`], after sixteen bits.
    #[cold]
    #[inline(never)]
    fn decide_finely(&mut self, [r, q, p]: [[f32; LANES]; 3], ties: u32) -> u32 {
        let mut hits = 0;
        for lane in 0..LANES {
            if ties >> lane & 1 == 1 {
                self.fine += 1;
                let next = f64::from(self.stream.uniforms(self.fine, 1)[0]) / 256.0;
                let below = (f64::from(r[lane]) + next) * f64::from(q[lane]);
                hits |= u32::from(below < f64::from(p[lane])) << lane;
            }
        }
        hits
    }
}
