//! Swarmalators that see each other within a range only, over Verlet lists.

use rayon::prelude::*;

use super::super::domain::Domain;
use super::super::simd::*;
use super::super::verlet::{CHUNK, ListChunk, VerletList, consecutive, separation};
use super::{CLOSEST2, Rates};

/// Members at places in a box, with their phases as (cos θ, sin θ).
#[derive(Clone, Copy)]
pub struct Members<'a> {
    pub domain: &'a Domain,
    pub positions: &'a [[u32; 2]],
    pub waves: &'a [[f32; 2]],
    pub lists: &'a VerletList,
}

/// As [`all_pairs`](super::all_pairs) over the pairs closer than `range`, divided by the number of
/// members within the range, the own included: with a range beyond the swarm it is the same.
pub fn within_range(members: Members, range: f32, attraction: f32, rates: &mut Rates) {
    let columns = (&mut rates.x, &mut rates.y, &mut rates.phase);
    (
        columns.0.par_chunks_mut(CHUNK),
        columns.1.par_chunks_mut(CHUNK),
        columns.2.par_chunks_mut(CHUNK),
        members.lists.chunks(),
    )
        .into_par_iter()
        .enumerate()
        .for_each(|(chunk, (x, y, phase, list))| {
            dispatch(Near {
                list,
                members,
                range,
                attraction,
                first: chunk * CHUNK,
                out: [x, y, phase],
            });
        });
}

/// One chunk of the members.
struct Near<'a> {
    list: &'a ListChunk,
    members: Members<'a>,
    range: f32,
    attraction: f32,
    first: usize,
    out: [&'a mut [f32]; 3],
}

impl Kernel for Near<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Members {
            domain,
            positions,
            waves,
            ..
        } = self.members;
        let quantum = domain.quantum();
        let last = positions.len() - 1;
        let (zero, one) = (f32x16::splat(simd, 0.0), f32x16::splat(simd, 1.0));
        let closest = f32x16::splat(simd, CLOSEST2);
        let range2 = f32x16::splat(simd, self.range * self.range);
        let [out_x, out_y, out_phase] = self.out;
        for (block, rows) in self.list.blocks().enumerate() {
            let start = block * LANES;
            let own_slots = consecutive(self.first + start, last);
            let own = gather_positions(simd, positions, &own_slots);
            let e = gather_waves(simd, waves, &own_slots);
            let own_slots = u32x16::load_array(simd, own_slots);
            let mut sums = [zero; 3];
            let mut number = one;
            for row in rows {
                let other = gather_positions(simd, positions, row);
                let d = separation(other, own, quantum);
                let r2 = d.length2();
                // Rows are padded with the lane's own slot; another may be at the same place.
                let others = u32x16::load_array(simd, *row).simd_ne(own_slots);
                let near = r2.simd_lt(range2) & others;
                let inverse = one / r2.max(closest).sqrt();
                let w = gather_waves(simd, waves, row);
                let cosine = w.x * e.x + w.y * e.y;
                let sine = w.y * e.x - w.x * e.y;
                let pull = (cosine * self.attraction + one - inverse) * inverse;
                let pull = near.select(pull, zero);
                sums[0] += pull * d.x;
                sums[1] += pull * d.y;
                sums[2] += near.select(sine * inverse, zero);
                number += near.select(one, zero);
            }
            let share = one / number;
            put(sums[0] * share, out_x, start);
            put(sums[1] * share, out_y, start);
            put(sums[2] * share, out_phase, start);
        }
    }
}

/// Stores sixteen values, or as many as there are.
#[inline(always)]
fn put<S: Simd>(value: f32x16<S>, out: &mut [f32], start: usize) {
    match out.get_mut(start..start + LANES) {
        Some(whole) => value.store_slice(whole),
        None => {
            let rest = &mut out[start..];
            rest.copy_from_slice(&value.to_array()[..rest.len()]);
        }
    }
}

/// Waves of sixteen members anywhere in the column.
#[inline(always)]
fn gather_waves<S: Simd>(simd: S, waves: &[[f32; 2]], slots: &[u32; LANES]) -> Vec2<S> {
    let (mut x, mut y) = ([0.0; LANES], [0.0; LANES]);
    for lane in 0..LANES {
        [x[lane], y[lane]] = waves[slots[lane] as usize];
    }
    Vec2 {
        x: f32x16::load_array(simd, x),
        y: f32x16::load_array(simd, y),
    }
}
