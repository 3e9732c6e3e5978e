//! Random numbers of eight bits for direct trials, and more bits where eight leave it open.

use super::super::philox::Stream;
use super::super::simd::*;
use super::judge::tags;
use super::lanes::Values;

/// Vectors of random numbers that are kept at least: they fit into the first cache.
const POOL: usize = 256;

/// Random numbers of eight bits, from 0 to 255, a vector at a time.
pub struct Pool {
    stream: Stream,
    /// The next tag that has not been used.
    tag: u32,
    numbers: Vec<Values>,
    /// The numbers that have been drawn and not been used.
    used: usize,
    end: usize,
    fine: Fine,
}

/// Random numbers of more bits, which have tags of their own.
pub struct Fine(Stream, u32);

impl Pool {
    /// With the random numbers of a stream.
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            tag: 0,
            numbers: vec![Values([0.0; LANES]); POOL],
            used: 0,
            end: 0,
            fine: Fine(stream, 0),
        }
    }

    /// So many vectors that have not been used, and numbers of more bits. Whoever takes some says
    /// how many, by [`Pool::take`].
    #[inline(always)]
    pub fn ahead<S: Simd>(&mut self, simd: S, vectors: usize) -> (&[Values], &mut Fine) {
        if self.used + vectors > self.end {
            self.draw(simd, vectors);
        }
        let numbers = &self.numbers[self.used..self.used + vectors];
        (numbers, &mut self.fine)
    }

    /// So many vectors have been used.
    #[inline(always)]
    pub fn take(&mut self, vectors: usize) {
        self.used += vectors;
    }

    #[inline(always)]
    fn draw<S: Simd>(&mut self, simd: S, vectors: usize) {
        let room = (self.used + vectors).next_multiple_of(16) + 16;
        if room > self.numbers.len() {
            self.numbers.copy_within(self.used..self.end, 0);
            (self.used, self.end) = (0, self.end - self.used);
            let room = vectors.next_multiple_of(16) + 16;
            if room > self.numbers.len() {
                self.numbers.resize(2 * room, Values([0.0; LANES]));
            }
        }
        while self.end < self.used + vectors {
            let words = self.stream.word_lanes(simd, tags(simd, self.tag), 0);
            self.tag = self.tag.wrapping_add(LANES as u32);
            let numbers = self.numbers[self.end..self.end + 16].chunks_exact_mut(4);
            for (word, numbers) in words.into_iter().zip(numbers) {
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
            self.end += 16;
        }
    }
}

impl Fine {
    /// The lanes of `ties` in which (r + v) q < p with the bits v that follow those of r, of which
    /// `next` holds the first eight.
    #[inline(always)]
    pub fn decide<S: Simd>(&mut self, [r, next, q, p]: [f32x16<S>; 4], ties: u32) -> u32 {
        let r = r + next * (1.0 / 256.0);
        let hits = ((r + 1.0 / 256.0) * q).simd_le(p).to_bitmask() as u32 & ties;
        let ties = (r * q).simd_lt(p).to_bitmask() as u32 & ties & !hits;
        if ties == 0 {
            return hits;
        }
        hits | self.decide_rest([r.to_array(), q.to_array(), p.to_array()], ties)
    }

    /// As [`Fine::decide`], after sixteen bits.
    #[cold]
    #[inline(never)]
    fn decide_rest(&mut self, [r, q, p]: [[f32; LANES]; 3], ties: u32) -> u32 {
        let Self(stream, tag) = self;
        let mut hits = 0;
        for lane in 0..LANES {
            if ties >> lane & 1 == 1 {
                *tag += 1;
                let next = f64::from(stream.uniforms(*tag, 1)[0]) / 256.0;
                let below = (f64::from(r[lane]) + next) * f64::from(q[lane]);
                hits |= u32::from(below < f64::from(p[lane])) << lane;
            }
        }
        hits
    }
}
