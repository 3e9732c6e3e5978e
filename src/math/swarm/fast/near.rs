//! Members of the same cell and of adjacent ones, one by one.

use super::super::super::simd::*;
use super::super::{CLOSEST2, Source, Swarm, total};
use super::Grid;

/// What a member of a cell feels from those near it: rates of x, y and phase, times N.
#[inline(always)]
pub fn felt<S: Simd>(
    simd: S,
    grid: &Grid,
    [column, row]: [usize; 2],
    starts: &[u32],
    (sorted, slot): (&Swarm, usize),
    attraction: f32,
) -> [f32; 3] {
    let last = grid.along() - 1;
    let own = Source {
        x: f32x16::splat(simd, sorted.x[slot]),
        y: f32x16::splat(simd, sorted.y[slot]),
        cos: f32x16::splat(simd, sorted.cos[slot]),
        sin: f32x16::splat(simd, sorted.sin[slot]),
        cos_j: f32x16::splat(simd, sorted.cos[slot] * attraction),
        sin_j: f32x16::splat(simd, sorted.sin[slot] * attraction),
    };
    let mut sums = [f32x16::splat(simd, 0.0); 3];
    for row in row.saturating_sub(1)..=(row + 1).min(last) {
        // Cells side by side are one run of slots.
        let first = row << grid.level;
        let from = starts[first | column.saturating_sub(1)] as usize;
        let to = starts[(first | (column + 1).min(last)) + 1] as usize;
        for block in (from..to).step_by(LANES) {
            let present = (to - block).min(LANES);
            meet(simd, &own, sorted, block, present, &mut sums);
        }
    }
    let mut felt = [0.0; 3];
    for axis in 0..3 {
        felt[axis] = total(sums[axis]);
    }
    felt
}

/// A member meets the first of sixteen others. It meets itself, too, at distance zero, and feels
/// nothing.
#[inline(always)]
fn meet<S: Simd>(
    simd: S,
    own: &Source<S>,
    sorted: &Swarm,
    block: usize,
    present: usize,
    sums: &mut [f32x16<S>; 3],
) {
    let others = block..block + LANES;
    let x = f32x16::from_slice(simd, &sorted.x[others.clone()]) - own.x;
    let y = f32x16::from_slice(simd, &sorted.y[others.clone()]) - own.y;
    let cos = f32x16::from_slice(simd, &sorted.cos[others.clone()]);
    let sin = f32x16::from_slice(simd, &sorted.sin[others]);
    let one = f32x16::splat(simd, 1.0);
    let r2 = (x * x + y * y).max(f32x16::splat(simd, CLOSEST2));
    let inverse = one / r2.sqrt();
    let kept = mask32x16::from_bitmask(simd, (1u64 << present) - 1);
    let inverse = kept.select(inverse, f32x16::splat(simd, 0.0));
    let alike = own.cos_j * cos + own.sin_j * sin;
    let pull = (alike + (one - inverse)) * inverse;
    sums[0] += pull * x;
    sums[1] += pull * y;
    sums[2] += (own.cos * sin - own.sin * cos) * inverse;
}
