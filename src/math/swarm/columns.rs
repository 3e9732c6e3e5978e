//! Fixed-point places and phases as the columns that the sums over pairs read.

use rayon::prelude::*;

use super::super::domain::{CENTRE, Domain};
use super::super::polynomial::cos_sin_fixed;
use super::super::simd::*;
use super::Swarm;

/// Members per parallel task.
const CHUNK: usize = 4096;

/// e^{iθ} of every phase.
pub fn waves(phases: &[u32], out: &mut [[f32; 2]]) {
    struct Waves<'a>(&'a [u32], &'a mut [[f32; 2]]);
    impl Kernel for Waves<'_> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            for at in (0..self.0.len()).step_by(LANES) {
                let count = (self.0.len() - at).min(LANES);
                let mut block = [0; LANES];
                block[..count].copy_from_slice(&self.0[at..at + count]);
                let [x, y] = cos_sin_fixed(simd, u32x16::load_array(simd, block));
                let mut all = [[0.0; 2]; LANES];
                store_pairs(Vec2 { x, y }, &mut all);
                self.1[at..at + count].copy_from_slice(&all[..count]);
            }
        }
    }
    out.par_chunks_mut(CHUNK)
        .zip(phases.par_chunks(CHUNK))
        .with_min_len(4)
        .for_each(|(out, phases)| dispatch(Waves(phases, out)));
}

/// Places in units of length from the centre of the box, and cosine and sine of the phases. The
/// columns of `swarm` may be longer.
pub fn spread(domain: &Domain, places: &[[u32; 2]], phases: &[u32], swarm: &mut Swarm) {
    struct Spread<'a> {
        places: &'a [[u32; 2]],
        phases: &'a [u32],
        quantum: [f32; 2],
        swarm: &'a mut Swarm,
    }
    impl Kernel for Spread<'_> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            let swarm = self.swarm;
            for at in (0..self.places.len()).step_by(LANES) {
                let count = (self.places.len() - at).min(LANES);
                let mut places = [[CENTRE; 2]; LANES];
                let mut phases = [0; LANES];
                places[..count].copy_from_slice(&self.places[at..at + count]);
                phases[..count].copy_from_slice(&self.phases[at..at + count]);
                let [x, y] = load_positions(simd, &places);
                let x: i32x16<S> = (x - CENTRE).bitcast();
                let y: i32x16<S> = (y - CENTRE).bitcast();
                let x = x.to_float::<f32x16<S>>() * self.quantum[0];
                let y = y.to_float::<f32x16<S>>() * self.quantum[1];
                let [cos, sin] = cos_sin_fixed(simd, u32x16::load_array(simd, phases));
                let block = at..at + LANES;
                x.store_slice(&mut swarm.x[block.clone()]);
                y.store_slice(&mut swarm.y[block.clone()]);
                cos.store_slice(&mut swarm.cos[block.clone()]);
                sin.store_slice(&mut swarm.sin[block]);
            }
        }
    }
    dispatch(Spread {
        places,
        phases,
        quantum: domain.quantum(),
        swarm,
    });
}
