//! Sixteen values of a column, also at its end, where there are fewer: the rest are zero.

use super::super::simd::*;

/// Sixteen values from up to sixteen.
#[inline(always)]
pub fn padded<T: Copy + Default>(values: &[T]) -> [T; LANES] {
    let mut all = [T::default(); LANES];
    all[..values.len()].copy_from_slice(values);
    all
}

/// Loads sixteen numbers.
#[inline(always)]
pub fn load<S: Simd>(simd: S, values: &[f32], at: usize) -> f32x16<S> {
    match values.get(at..at + LANES) {
        Some(whole) => f32x16::from_slice(simd, whole),
        None => f32x16::load_array(simd, padded(&values[at..])),
    }
}

/// Stores sixteen numbers.
#[inline(always)]
pub fn store<S: Simd>(value: f32x16<S>, values: &mut [f32], at: usize) {
    match values.get_mut(at..at + LANES) {
        Some(whole) => value.store_slice(whole),
        None => {
            let rest = &mut values[at..];
            rest.copy_from_slice(&value.to_array()[..rest.len()]);
        }
    }
}

/// Loads sixteen phases.
#[inline(always)]
pub fn load_phases<S: Simd>(simd: S, values: &[u32], at: usize) -> u32x16<S> {
    match values.get(at..at + LANES) {
        Some(whole) => u32x16::from_slice(simd, whole),
        None => u32x16::load_array(simd, padded(&values[at..])),
    }
}

/// Stores sixteen phases.
#[inline(always)]
pub fn store_phases<S: Simd>(value: u32x16<S>, values: &mut [u32], at: usize) {
    match values.get_mut(at..at + LANES) {
        Some(whole) => value.store_slice(whole),
        None => {
            let rest = &mut values[at..];
            rest.copy_from_slice(&value.to_array()[..rest.len()]);
        }
    }
}

/// Loads sixteen vectors.
#[inline(always)]
pub fn load_waves<S: Simd>(simd: S, values: &[[f32; 2]], at: usize) -> Vec2<S> {
    match values.get(at..at + LANES) {
        Some(whole) => load_pairs(simd, whole),
        None => load_pairs(simd, &padded(&values[at..])),
    }
}

/// Stores sixteen vectors.
#[inline(always)]
pub fn store_waves<S: Simd>(value: Vec2<S>, values: &mut [[f32; 2]], at: usize) {
    match values.get_mut(at..at + LANES) {
        Some(whole) => store_pairs(value, whole),
        None => {
            let mut all = [[0.0; 2]; LANES];
            store_pairs(value, &mut all);
            let rest = &mut values[at..];
            rest.copy_from_slice(&all[..rest.len()]);
        }
    }
}

/// Sets the vectors from a lane on to zero.
#[inline(always)]
pub fn first_lanes<S: Simd>(simd: S, value: Vec2<S>, count: usize) -> Vec2<S> {
    let kept = mask32x16::from_bitmask(simd, (1u64 << count) - 1);
    Vec2::select(kept, value, Vec2::zero(simd))
}

/// Adds the lanes in their order.
#[inline(always)]
pub fn total<S: Simd>(sum: Vec2<S>) -> [f64; 2] {
    let (x, y) = (sum.x.to_array(), sum.y.to_array());
    let mut all = [0.0; 2];
    for lane in 0..LANES {
        all[0] += f64::from(x[lane]);
        all[1] += f64::from(y[lane]);
    }
    all
}
