//! One source, every instruction set: vectors of sixteen lanes and run-time dispatch.
//!
//! A kernel is written once over [`Simd`] with vectors of sixteen 32-bit lanes; [`dispatch`]
//! compiles it for the baseline, AVX2 and AVX-512 and picks the best one when the program runs.
//! The results have the same bits on all of them, since every lane is an IEEE 754 operation and
//! nothing is fused: **never use `mul_add`, reciprocal approximations or a horizontal `reduce_sum`
//! of floats** in a kernel, for their results depend on the hardware.

use std::sync::atomic::{AtomicU8, Ordering};

pub use fearless_simd::prelude::*;
pub use fearless_simd::{Level, f32x16, f64x8, i32x16, mask32x16, mask64x8, u32x4, u32x16, u64x8};

/// Particles that a kernel works on at once.
pub const LANES: usize = 16;

/// A computation that is compiled for every instruction set. Mark `run` and everything that it
/// calls `#[inline(always)]`, and use no closures (`array::map` neither): what is not inlined falls
/// back to baseline instructions.
pub trait Kernel {
    /// What the computation gives.
    type Output;
    /// The computation, over the vectors of `simd`.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// Instruction sets that kernels are compiled for, from the narrowest to the widest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum InstructionSet {
    /// What every processor of the architecture has (SSE2 on x86-64).
    Baseline,
    /// AVX2, 256-bit vectors.
    Avx2,
    /// AVX-512 as of Ice Lake and Zen 4, 512-bit vectors.
    Avx512,
}

static LIMIT: AtomicU8 = AtomicU8::new(InstructionSet::Avx512 as u8);

/// Makes kernels use at most the given instruction set, to measure what a lesser processor would
/// do; results do not change.
pub fn limit(set: InstructionSet) {
    LIMIT.store(set as u8, Ordering::Relaxed);
}

/// The best level that this processor has, below the [`limit`].
#[inline]
pub fn level() -> Level {
    match LIMIT.load(Ordering::Relaxed) {
        2 => Level::new(),
        1 => at_most(InstructionSet::Avx2),
        _ => at_most(InstructionSet::Baseline),
    }
}

/// The best level that this processor has, but not above `set`.
pub fn at_most(set: InstructionSet) -> Level {
    let best = Level::new();
    match set {
        InstructionSet::Avx512 => best,
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => best.as_avx2().map_or(best, Level::Avx2),
        _ => Level::baseline(),
    }
}

/// The instruction set in use, in words.
pub fn name() -> &'static str {
    match level() {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512(_) => "AVX-512",
        #[cfg(target_arch = "x86_64")]
        Level::Avx2(_) => "AVX2",
        _ => "baseline",
    }
}

/// Runs a kernel with the best instruction set of this processor.
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    dispatch_at(level(), kernel)
}

/// Runs a kernel with the instruction set of `level`.
#[inline]
pub fn dispatch_at<K: Kernel>(level: Level, kernel: K) -> K::Output {
    fearless_simd::dispatch!(level, simd => kernel.run(simd))
}

/// Sixteen vectors in the plane.
#[derive(Clone, Copy)]
pub struct Vec2<S: Simd> {
    /// First components.
    pub x: f32x16<S>,
    /// Second components.
    pub y: f32x16<S>,
}

impl<S: Simd> Vec2<S> {
    /// Sixteen null vectors.
    #[inline(always)]
    pub fn zero(simd: S) -> Self {
        Self {
            x: f32x16::splat(simd, 0.0),
            y: f32x16::splat(simd, 0.0),
        }
    }

    /// Squared lengths.
    #[inline(always)]
    pub fn length2(self) -> f32x16<S> {
        self.x * self.x + self.y * self.y
    }

    /// `a` in the lanes where the mask holds, `b` elsewhere.
    #[inline(always)]
    pub fn select(mask: mask32x16<S>, a: Self, b: Self) -> Self {
        Self {
            x: mask.select(a.x, b.x),
            y: mask.select(a.y, b.y),
        }
    }
}

impl<S: Simd> std::ops::Add for Vec2<S> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self {
            x: self.x + other.x,
            y: self.y + other.y,
        }
    }
}

impl<S: Simd> std::ops::Mul<f32> for Vec2<S> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: f32) -> Self {
        Self {
            x: self.x * factor,
            y: self.y * factor,
        }
    }
}

impl<S: Simd> std::ops::Mul<f32x16<S>> for Vec2<S> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: f32x16<S>) -> Self {
        Self {
            x: self.x * factor,
            y: self.y * factor,
        }
    }
}

/// Loads sixteen packed pairs as two vectors.
#[inline(always)]
pub fn load_pairs<S: Simd>(simd: S, pairs: &[[f32; 2]]) -> Vec2<S> {
    let flat = pairs.as_flattened();
    let low = f32x16::from_slice(simd, &flat[..LANES]);
    let high = f32x16::from_slice(simd, &flat[LANES..2 * LANES]);
    let (x, y) = low.deinterleave(high);
    Vec2 { x, y }
}

/// Stores two vectors as sixteen packed pairs.
#[inline(always)]
pub fn store_pairs<S: Simd>(value: Vec2<S>, pairs: &mut [[f32; 2]]) {
    let flat = pairs.as_flattened_mut();
    let (low, high) = value.x.interleave(value.y);
    low.store_slice(&mut flat[..LANES]);
    high.store_slice(&mut flat[LANES..2 * LANES]);
}

/// Loads sixteen packed fixed-point positions as two vectors.
#[inline(always)]
pub fn load_positions<S: Simd>(simd: S, positions: &[[u32; 2]]) -> [u32x16<S>; 2] {
    let flat = positions.as_flattened();
    let low = u32x16::from_slice(simd, &flat[..LANES]);
    let high = u32x16::from_slice(simd, &flat[LANES..2 * LANES]);
    let (x, y) = low.deinterleave(high);
    [x, y]
}

/// Stores two vectors as sixteen packed fixed-point positions.
#[inline(always)]
pub fn store_positions<S: Simd>(value: [u32x16<S>; 2], positions: &mut [[u32; 2]]) {
    let flat = positions.as_flattened_mut();
    let (low, high) = value[0].interleave(value[1]);
    low.store_slice(&mut flat[..LANES]);
    high.store_slice(&mut flat[LANES..2 * LANES]);
}

/// Positions of sixteen particles anywhere in the column.
///
/// Scalar 64-bit loads that meet in registers: on the processors that matter a hardware gather is
/// slower than the sum of its loads.
#[inline(always)]
pub fn gather_positions<S: Simd>(
    simd: S,
    positions: &[[u32; 2]],
    slots: &[u32; LANES],
) -> [u32x16<S>; 2] {
    // Plain loops: a closure would not be compiled for the instruction set of the kernel.
    const HALF: usize = LANES / 2;
    let (mut low, mut high) = ([0u64; HALF], [0u64; HALF]);
    for l in 0..HALF {
        low[l] = bytemuck::cast(positions[slots[l] as usize]);
        high[l] = bytemuck::cast(positions[slots[l + HALF] as usize]);
    }
    let low: u32x16<S> = u64x8::load_array(simd, low).bitcast();
    let high: u32x16<S> = u64x8::load_array(simd, high).bitcast();
    let (x, y) = low.deinterleave(high);
    [x, y]
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// All levels that this processor has, the baseline first.
    pub fn levels() -> Vec<Level> {
        [
            InstructionSet::Baseline,
            InstructionSet::Avx2,
            InstructionSet::Avx512,
        ]
        .map(at_most)
        .to_vec()
    }

    #[derive(Clone, Copy)]
    struct Shuffle<'a>(&'a [[u32; 2]], &'a [u32; LANES]);
    impl Kernel for Shuffle<'_> {
        type Output = ([[u32; 2]; LANES], [[u32; 2]; LANES]);
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Self::Output {
            let (mut a, mut b) = ([[0; 2]; LANES], [[0; 2]; LANES]);
            store_positions(load_positions(simd, self.0), &mut a);
            store_positions(gather_positions(simd, self.0, self.1), &mut b);
            (a, b)
        }
    }

    #[test]
    fn loads_stores_and_gathers_keep_the_order_at_every_level() {
        let data: Vec<[u32; 2]> = (0..40).map(|i| [i * 3 + 1, !i]).collect();
        let slots = std::array::from_fn(|l| (l * 7 % 40) as u32);
        for level in levels() {
            let (a, b) = dispatch_at(level, Shuffle(&data, &slots));
            assert_eq!(a[..], data[..LANES]);
            assert_eq!(b, slots.map(|j| data[j as usize]));
        }
    }
}
