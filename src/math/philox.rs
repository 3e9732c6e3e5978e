//! Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC'11, 2011).
//!
//! A random number is a pure function of (seed, step, tag, purpose, block), with no state: any
//! number of threads and the shaders draw the same words, and a replay needs the step only.
//! Layout: key = (seed low, seed high), counter = (tag, step low, step high, purpose·2¹⁶ + block).

use super::polynomial::{cos_sin_turns, ln};
use super::simd::*;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// What a random number is for; streams of different purposes are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Purpose {
    /// Noise on positions.
    Translation = 0,
    /// Noise on headings and tumbles.
    Orientation = 1,
    /// Initial condition.
    InitialCondition = 2,
    /// Edges of a random network.
    NetworkEdges = 3,
    /// Clocks of an epidemic's events.
    EpidemicClocks = 4,
    /// Natural frequencies and other quenched disorder.
    NaturalFrequencies = 5,
    /// Acceptance in Metropolis sampling.
    MetropolisAccept = 6,
    /// Strokes of a hand: newcomers, who is removed, how headings are stirred.
    Hand = 64,
}

/// One Philox4x32-10 block: four random words for a counter and a key.
#[inline]
pub fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let mut c = counter;
    let mut k = key;
    for round in 0..ROUNDS {
        if round > 0 {
            k = [k[0].wrapping_add(WEYL[0]), k[1].wrapping_add(WEYL[1])];
        }
        let p = u64::from(MULTIPLIERS[0]) * u64::from(c[0]);
        let q = u64::from(MULTIPLIERS[1]) * u64::from(c[2]);
        c = [
            (q >> 32) as u32 ^ c[1] ^ k[0],
            q as u32,
            (p >> 32) as u32 ^ c[3] ^ k[1],
            p as u32,
        ];
    }
    c
}

/// [`philox4x32`] of sixteen counters.
///
/// The words travel in the low halves of 64-bit lanes, for which a widening product is one
/// instruction; high halves hold rubbish that no operation looks at.
#[inline(always)]
pub fn philox4x32_lanes<S: Simd>(
    simd: S,
    counter: [u32x16<S>; 4],
    key: [u32; 2],
) -> [u32x16<S>; 4] {
    let [a, b, c, d] = counter;
    let (a, b, c, d) = (a.widen(), b.widen(), c.widen(), d.widen());
    let first = rounds(simd, [a.0, b.0, c.0, d.0], key);
    let second = rounds(simd, [a.1, b.1, c.1, d.1], key);
    [
        first[0].narrow(second[0]),
        first[1].narrow(second[1]),
        first[2].narrow(second[2]),
        first[3].narrow(second[3]),
    ]
}

#[inline(always)]
fn rounds<S: Simd>(simd: S, counter: [u64x8<S>; 4], key: [u32; 2]) -> [u64x8<S>; 4] {
    let low = u64x8::splat(simd, 0xffff_ffff);
    let (mut c, mut k) = (counter, key);
    let m = [
        u64x8::splat(simd, u64::from(MULTIPLIERS[0])),
        u64x8::splat(simd, u64::from(MULTIPLIERS[1])),
    ];
    for round in 0..ROUNDS {
        if round > 0 {
            k = [k[0].wrapping_add(WEYL[0]), k[1].wrapping_add(WEYL[1])];
        }
        let keys = [
            u64x8::splat(simd, u64::from(k[0])),
            u64x8::splat(simd, u64::from(k[1])),
        ];
        let p = (c[0] & low) * m[0];
        let q = (c[2] & low) * m[1];
        c = [(q >> 32) ^ c[1] ^ keys[0], q, (p >> 32) ^ c[3] ^ keys[1], p];
    }
    c
}

/// Uniform number in (0, 1), never 0 nor 1: ((x >> 9) + ½)·2⁻²³.
///
/// 23 bits, because with 24 the largest would round to 1.
pub fn uniform(word: u32) -> f32 {
    ((word >> 9) as f32 + 0.5) * (1.0 / 8_388_608.0)
}

/// [`uniform`] for sixteen words.
#[inline(always)]
pub fn uniform_lanes<S: Simd>(words: u32x16<S>) -> f32x16<S> {
    let high: i32x16<S> = (words >> 9).bitcast();
    (high.to_float::<f32x16<S>>() + 0.5) * (1.0 / 8_388_608.0)
}

/// The random numbers of one purpose at one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: [u32; 2],
    step: [u32; 2],
    purpose: u32,
}

impl Stream {
    /// The stream of `purpose` at `step` of the run with `seed`.
    #[inline]
    pub fn new(seed: u64, step: u64, purpose: Purpose) -> Self {
        let split = |x: u64| [x as u32, (x >> 32) as u32];
        Self {
            key: split(seed),
            step: split(step),
            purpose: u32::from(purpose as u16) << 16,
        }
    }

    /// Four random words of a tag.
    #[inline]
    pub fn words(self, tag: u32, block: u16) -> [u32; 4] {
        philox4x32(
            [
                tag,
                self.step[0],
                self.step[1],
                self.purpose | u32::from(block),
            ],
            self.key,
        )
    }

    /// Four uniform numbers in (0, 1) of a tag.
    pub fn uniforms(self, tag: u32, block: u16) -> [f32; 4] {
        self.words(tag, block).map(uniform)
    }

    /// Four standard normal deviates of a tag, with the bits of [`Stream::gaussian_lanes`].
    pub fn gaussians(self, tag: u32, block: u16) -> [f32; 4] {
        struct One(Stream, u32, u16);
        impl Kernel for One {
            type Output = [f32; 4];
            #[inline(always)]
            fn run<S: Simd>(self, simd: S) -> [f32; 4] {
                let tags = u32x16::splat(simd, self.1);
                self.0.gaussian_lanes(simd, tags, self.2).map(|g| g[0])
            }
        }
        dispatch_at(Level::baseline(), One(self, tag, block))
    }

    /// Four random words for each of sixteen tags.
    #[inline(always)]
    pub fn word_lanes<S: Simd>(self, simd: S, tags: u32x16<S>, block: u16) -> [u32x16<S>; 4] {
        let counter = [
            tags,
            u32x16::splat(simd, self.step[0]),
            u32x16::splat(simd, self.step[1]),
            u32x16::splat(simd, self.purpose | u32::from(block)),
        ];
        philox4x32_lanes(simd, counter, self.key)
    }

    /// Four uniform numbers in (0, 1) for each of sixteen tags.
    #[inline(always)]
    pub fn uniform_lanes<S: Simd>(self, simd: S, tags: u32x16<S>, block: u16) -> [f32x16<S>; 4] {
        let [a, b, c, d] = self.word_lanes(simd, tags, block);
        [
            uniform_lanes(a),
            uniform_lanes(b),
            uniform_lanes(c),
            uniform_lanes(d),
        ]
    }

    /// Four standard normal deviates for each of sixteen tags (Box and Muller, 1958): words 0 and
    /// 1 give R cos 2πu₁ and R sin 2πu₁ with R = √(−2 ln u₀), words 2 and 3 the other two.
    #[inline(always)]
    pub fn gaussian_lanes<S: Simd>(self, simd: S, tags: u32x16<S>, block: u16) -> [f32x16<S>; 4] {
        let u = self.uniform_lanes(simd, tags, block);
        let [a, b] = box_muller(simd, u[0], u[1]);
        let [c, d] = box_muller(simd, u[2], u[3]);
        [a, b, c, d]
    }

    /// One deviate of zero mean and unit variance for each of sixteen tags: the sum of the eight
    /// 16-bit halves of a block (Irwin and Hall), (S − 262140)/(65536 √(8/12)). Its kurtosis is
    /// 2.85 and it ends at ±4.9; its bits are the same on every machine, shaders included.
    #[inline(always)]
    pub fn irwin_hall_lanes<S: Simd>(self, simd: S, tags: u32x16<S>, block: u16) -> f32x16<S> {
        let [a, b, c, d] = self.word_lanes(simd, tags, block);
        let low = (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff);
        let sum = low + (a >> 16) + (b >> 16) + (c >> 16) + (d >> 16);
        let centred: i32x16<S> = (sum - 262_140).bitcast();
        centred.to_float::<f32x16<S>>() * (1.0 / 53_509.92)
    }
}

/// Two standard normal deviates from two uniform numbers in (0, 1).
#[inline(always)]
pub fn box_muller<S: Simd>(simd: S, u: f32x16<S>, v: f32x16<S>) -> [f32x16<S>; 2] {
    let radius = (ln(simd, u) * -2.0).sqrt();
    let [cos, sin] = cos_sin_turns(simd, v);
    [radius * cos, radius * sin]
}

#[cfg(test)]
mod tests;
