//! The field that acts on every oscillator, for each way in which they can be coupled.

use bevy::ecs::resource::Resource;
use rayon::prelude::*;

use super::links::Links;
use super::parameters::{Kuramoto, Normalisation, Topology};
use crate::math::domain::Domain;
use crate::math::oscillators::{Field, Report};
use crate::math::simd::*;
use crate::math::verlet::{CHUNK, ListChunk, VerletList, consecutive, separation};

/// What the passes of a step hand to each other.
#[derive(Resource, Debug, Default)]
pub struct Ensemble {
    /// e^{iθ} in the middle of the natural rotation.
    pub wave: Vec<[f32; 2]>,
    /// e^{iθ} after the first stage.
    pub ahead: Vec<[f32; 2]>,
    /// Displacements of the first stage.
    pub pushes: Vec<f32>,
    /// The fields of the two stages, where they differ between oscillators.
    pub fields: [Vec<[f32; 2]>; 2],
    /// Field of the first stage in the mean field.
    pub mean: [f32; 2],
    /// Field of the second stage in the mean field.
    pub mean_ahead: [f32; 2],
    pub parts: Vec<Report>,
}

impl Ensemble {
    /// Makes room for so many oscillators; what each has room for depends on what is used.
    pub fn make_room(&mut self, count: usize, kept: bool, local: bool) {
        self.wave.resize(count, [0.0; 2]);
        let kept = if kept { count } else { 0 };
        self.ahead.resize(kept, [0.0; 2]);
        self.pushes.resize(kept, 0.0);
        let local = if local { count } else { 0 };
        for field in &mut self.fields {
            field.resize(local, [0.0; 2]);
        }
    }
}

/// Where the oscillators are, for those that see each other within a range.
#[derive(Clone, Copy)]
pub struct Places<'a> {
    pub domain: &'a Domain,
    pub positions: &'a [[u32; 2]],
    pub lists: &'a VerletList,
}

/// The mean field e^{−iα} Σ z/N.
pub fn mean_field(sum: [f64; 2], count: usize, lag: f64) -> [f32; 2] {
    let (sin, cos) = lag.sin_cos();
    let [x, y] = sum.map(|part| part / count.max(1) as f64);
    [(x * cos + y * sin) as f32, (y * cos - x * sin) as f32]
}

/// Evaluates the field of `waves` into `out`, where it differs between oscillators.
pub fn local_field(
    kuramoto: &Kuramoto,
    links: &Links,
    places: Places,
    waves: &[[f32; 2]],
    out: &mut [[f32; 2]],
) {
    let lag = kuramoto.phase_lag;
    let turn = [lag.cos() as f32, -lag.sin() as f32];
    match kuramoto.topology {
        Topology::AllToAll => out.fill([0.0; 2]),
        Topology::Ring => kuramoto.ring().apply(waves, lag, out),
        Topology::Range => within_range(places, kuramoto.range as f32, waves, turn, out),
        Topology::Lattice | Topology::Network => {
            let hubs = kuramoto.topology == Topology::Network
                && kuramoto.normalisation == Normalisation::MeanDegree;
            links.gather(waves, turn, hubs.then(|| links.mean_degree()), out);
        }
    }
}

/// The field of a stage: the mean field, or the one evaluated before.
pub fn field<'a>(kuramoto: &Kuramoto, mean: [f32; 2], local: &'a [[f32; 2]]) -> Field<'a> {
    if kuramoto.topology == Topology::AllToAll {
        Field::Uniform(mean)
    } else {
        Field::Each(local)
    }
}

/// Mean wave of the others within a range.
fn within_range(
    places: Places,
    range: f32,
    waves: &[[f32; 2]],
    turn: [f32; 2],
    out: &mut [[f32; 2]],
) {
    struct Near<'a> {
        list: &'a ListChunk,
        places: Places<'a>,
        waves: &'a [[f32; 2]],
        range: f32,
        turn: [f32; 2],
        first: usize,
        out: &'a mut [[f32; 2]],
    }
    impl Kernel for Near<'_> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            let positions = self.places.positions;
            let quantum = self.places.domain.quantum();
            let last = positions.len() - 1;
            let (zero, one) = (f32x16::splat(simd, 0.0), f32x16::splat(simd, 1.0));
            let range2 = f32x16::splat(simd, self.range * self.range);
            for (block, rows) in self.list.blocks().enumerate() {
                let start = block * LANES;
                let own_slots = consecutive(self.first + start, last);
                let own = gather_positions(simd, positions, &own_slots);
                let own_slots = u32x16::load_array(simd, own_slots);
                let mut sum = Vec2::zero(simd);
                let mut number = zero;
                for row in rows {
                    let other = gather_positions(simd, positions, row);
                    let d = separation(own, other, quantum);
                    // Rows are padded with the lane's own slot; another may be at the same place.
                    let others = u32x16::load_array(simd, *row).simd_ne(own_slots);
                    let near = d.length2().simd_lt(range2) & others;
                    let wave = gather_waves(simd, self.waves, row);
                    sum = sum + Vec2::select(near, wave, Vec2::zero(simd));
                    number += near.select(one, zero);
                }
                // Without neighbours the sum is zero, and so is what follows.
                let mean = sum * (one / number.simd_lt(one).select(one, number));
                let [c, s] = self.turn;
                let field = Vec2 {
                    x: mean.x * c - mean.y * s,
                    y: mean.x * s + mean.y * c,
                };
                let out = &mut self.out[start..];
                if out.len() >= LANES {
                    store_pairs(field, out);
                } else {
                    let mut tail = [[0.0; 2]; LANES];
                    store_pairs(field, &mut tail);
                    let len = out.len();
                    out.copy_from_slice(&tail[..len]);
                }
            }
        }
    }
    out.par_chunks_mut(CHUNK)
        .zip(places.lists.chunks())
        .enumerate()
        .for_each(|(chunk, (out, list))| {
            dispatch(Near {
                list,
                places,
                waves,
                range,
                turn,
                first: chunk * CHUNK,
                out,
            });
        });
}

/// Waves of sixteen oscillators anywhere in the column.
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
