//! Pair forces over Verlet lists, sixteen particles at a time.
//!
//! Every particle sums over its own full list in ascending order and nobody writes another's
//! force: half the arithmetic is done twice, but there is no scatter, and the sum of a particle
//! has the same bits on any number of threads. A pair at zero distance has no direction; its force
//! is zero.

use rayon::prelude::*;

use super::domain::Domain;
use super::polynomial::softplus;
use super::simd::*;
use super::verlet::{CHUNK, ListChunk, VerletList, consecutive, separation};

/// A central force between two particles, as a function of their squared distance and of the
/// mean of their diameters.
pub trait PairForce: Copy + Sync {
    /// Distance from which on the force is zero.
    fn cutoff(&self, diameter: f32) -> f32;
    /// F(r)/r, positive where the pair repels. Called for 0 < r < cutoff, and elsewhere with the
    /// result thrown away.
    fn over_r<S: Simd>(&self, simd: S, r2: f32x16<S>, diameter: f32x16<S>) -> f32x16<S>;
    /// Potential energy of the pair, zero at the cutoff.
    fn energy<S: Simd>(&self, simd: S, r2: f32x16<S>, diameter: f32x16<S>) -> f32x16<S>;
}

/// Weeks-Chandler-Andersen repulsion, U = 4ε[(σ/r)¹² − (σ/r)⁶] + ε for r < 2^{1/6} σ
/// (J. Chem. Phys. 54, 5237, 1971); σ is the mean diameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wca {
    /// Strength ε, in units of energy.
    pub epsilon: f32,
}

impl PairForce for Wca {
    #[inline(always)]
    fn cutoff(&self, diameter: f32) -> f32 {
        1.122_462 * diameter
    }
    #[inline(always)]
    fn over_r<S: Simd>(&self, simd: S, r2: f32x16<S>, diameter: f32x16<S>) -> f32x16<S> {
        let inverse = f32x16::splat(simd, 1.0) / r2;
        let s2 = diameter * diameter * inverse;
        let s6 = s2 * s2 * s2;
        s6 * (s6 * 2.0 - 1.0) * inverse * (24.0 * self.epsilon)
    }
    #[inline(always)]
    fn energy<S: Simd>(&self, _: S, r2: f32x16<S>, diameter: f32x16<S>) -> f32x16<S> {
        let s2 = diameter * diameter / r2;
        let s6 = s2 * s2 * s2;
        (s6 * (s6 - 1.0) * 4.0 + 1.0) * self.epsilon
    }
}

/// A spring that only pushes: F = k(σ − r) for r < σ; σ is the mean diameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Harmonic {
    /// Stiffness k, in units of force per length.
    pub stiffness: f32,
}

impl PairForce for Harmonic {
    #[inline(always)]
    fn cutoff(&self, diameter: f32) -> f32 {
        diameter
    }
    #[inline(always)]
    fn over_r<S: Simd>(&self, _: S, r2: f32x16<S>, diameter: f32x16<S>) -> f32x16<S> {
        (diameter / r2.sqrt() - 1.0) * self.stiffness
    }
    #[inline(always)]
    fn energy<S: Simd>(&self, _: S, r2: f32x16<S>, diameter: f32x16<S>) -> f32x16<S> {
        let overlap = diameter - r2.sqrt();
        overlap * overlap * (0.5 * self.stiffness)
    }
}

/// Softplus repulsion, F = k ln(1 + e^{β(σ − r)})/β; σ is the mean diameter (Boffi and
/// Vanden-Eijnden's active-matter model). The force is cut, not shifted, at σ + `reach`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softplus {
    /// Stiffness k, in units of force per length.
    pub stiffness: f32,
    /// Sharpness β, per length.
    pub sharpness: f32,
    /// How far beyond contact the force is kept.
    pub reach: f32,
}

impl PairForce for Softplus {
    #[inline(always)]
    fn cutoff(&self, diameter: f32) -> f32 {
        diameter + self.reach
    }
    #[inline(always)]
    fn over_r<S: Simd>(&self, simd: S, r2: f32x16<S>, diameter: f32x16<S>) -> f32x16<S> {
        let r = r2.sqrt();
        softplus(simd, (diameter - r) * self.sharpness) / r * (self.stiffness / self.sharpness)
    }
    /// ∫_r^cutoff F dr by Simpson's rule with 16 intervals (relative error below 1e-4 for
    /// β(σ + reach) < 40), since the integral, a dilogarithm, has no elementary form.
    #[inline(always)]
    fn energy<S: Simd>(&self, simd: S, r2: f32x16<S>, diameter: f32x16<S>) -> f32x16<S> {
        let r = r2.sqrt();
        let width = (diameter + self.reach - r) * (1.0 / 16.0);
        let mut sum = f32x16::splat(simd, 0.0);
        for k in 0..=16 {
            let weight = if k == 0 || k == 16 {
                1.0
            } else {
                2.0 + 2.0 * (k % 2) as f32
            };
            let at = r + width * k as f32;
            sum += softplus(simd, (diameter - at) * self.sharpness) * weight;
        }
        sum * width * (self.stiffness / (3.0 * self.sharpness))
    }
}

/// Diameters of the particles, in units of length; those of a pair are averaged.
#[derive(Clone, Copy, Debug)]
pub enum Diameters<'a> {
    /// All particles are alike.
    Uniform(f32),
    /// One diameter per slot.
    Each(&'a [f32]),
}

impl Diameters<'_> {
    /// The largest diameter; zero when there are no particles.
    pub fn largest(&self) -> f32 {
        match self {
            Self::Uniform(diameter) => *diameter,
            Self::Each(all) => all.iter().copied().fold(0.0, f32::max),
        }
    }
}

/// Diameters as a type, so that the loop over uniform ones carries no trace of the others.
trait Sizes: Copy + Sync {
    fn own<S: Simd>(&self, simd: S, slots: &[u32; LANES]) -> f32x16<S>;
    fn mean<S: Simd>(&self, simd: S, own: f32x16<S>, slots: &[u32; LANES]) -> f32x16<S>;
}

#[derive(Clone, Copy)]
struct Uniform(f32);
impl Sizes for Uniform {
    #[inline(always)]
    fn own<S: Simd>(&self, simd: S, _: &[u32; LANES]) -> f32x16<S> {
        f32x16::splat(simd, self.0)
    }
    #[inline(always)]
    fn mean<S: Simd>(&self, _: S, own: f32x16<S>, _: &[u32; LANES]) -> f32x16<S> {
        own
    }
}

#[derive(Clone, Copy)]
struct Each<'a>(&'a [f32]);
impl Sizes for Each<'_> {
    #[inline(always)]
    fn own<S: Simd>(&self, simd: S, slots: &[u32; LANES]) -> f32x16<S> {
        let mut values = [0.0; LANES];
        for (value, &j) in values.iter_mut().zip(slots) {
            *value = self.0[j as usize];
        }
        f32x16::load_array(simd, values)
    }
    #[inline(always)]
    fn mean<S: Simd>(&self, simd: S, own: f32x16<S>, slots: &[u32; LANES]) -> f32x16<S> {
        (own + self.own(simd, slots)) * 0.5
    }
}

/// What the pair loop does with each row of pairs, and where a block's sums go.
trait Sum: Copy + Sync {
    fn row<S: Simd>(
        &self,
        simd: S,
        d: Vec2<S>,
        r2: f32x16<S>,
        diameter: f32x16<S>,
        cutoff: f32x16<S>,
    ) -> Vec2<S>;
}

/// Sums the force on each particle.
#[derive(Clone, Copy)]
struct Force<P>(P);
impl<P: PairForce> Sum for Force<P> {
    #[inline(always)]
    fn row<S: Simd>(
        &self,
        simd: S,
        d: Vec2<S>,
        r2: f32x16<S>,
        diameter: f32x16<S>,
        cutoff: f32x16<S>,
    ) -> Vec2<S> {
        let zero = f32x16::splat(simd, 0.0);
        let near = r2.simd_lt(cutoff * cutoff) & r2.simd_gt(zero);
        let f = near.select(self.0.over_r(simd, r2, diameter), zero);
        d * f
    }
}

/// Sums half the energy and half the virial r·F of each pair for either particle.
#[derive(Clone, Copy)]
struct Energy<P>(P);
impl<P: PairForce> Sum for Energy<P> {
    #[inline(always)]
    fn row<S: Simd>(
        &self,
        simd: S,
        _: Vec2<S>,
        r2: f32x16<S>,
        diameter: f32x16<S>,
        cutoff: f32x16<S>,
    ) -> Vec2<S> {
        let zero = f32x16::splat(simd, 0.0);
        let near = r2.simd_lt(cutoff * cutoff) & r2.simd_gt(zero);
        let virial = self.0.over_r(simd, r2, diameter) * r2 * 0.5;
        let energy = self.0.energy(simd, r2, diameter) * 0.5;
        Vec2 {
            x: near.select(energy, zero),
            y: near.select(virial, zero),
        }
    }
}

/// One chunk of the pair loop.
struct Loop<'a, P, Z, F> {
    list: &'a ListChunk,
    positions: &'a [[u32; 2]],
    first: usize,
    quantum: [f32; 2],
    law: P,
    sizes: Z,
    sum: F,
    out: &'a mut [[f32; 2]],
}

impl<P: PairForce, Z: Sizes, F: Sum> Kernel for Loop<'_, P, Z, F> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let last = self.positions.len() - 1;
        // The cutoff is linear in the diameter: two values give it for all.
        let base = self.law.cutoff(0.0);
        let slope = self.law.cutoff(1.0) - base;
        for (block, rows) in self.list.blocks().enumerate() {
            let start = block * LANES;
            // Lanes past the last particle stand for the last one, and are not stored.
            let own_slots = consecutive(self.first + start, last);
            let own = gather_positions(simd, self.positions, &own_slots);
            let own_size = self.sizes.own(simd, &own_slots);
            let mut total = Vec2::zero(simd);
            for row in rows {
                let other = gather_positions(simd, self.positions, row);
                let d = separation(own, other, self.quantum);
                let r2 = d.length2();
                let diameter = self.sizes.mean(simd, own_size, row);
                let cutoff = diameter * slope + base;
                total = total + self.sum.row(simd, d, r2, diameter, cutoff);
            }
            let out = &mut self.out[start..];
            if out.len() >= LANES {
                store_pairs(total, out);
            } else {
                let mut tail = [[0.0; 2]; LANES];
                store_pairs(total, &mut tail);
                let len = out.len();
                out.copy_from_slice(&tail[..len]);
            }
        }
    }
}

fn each_chunk<P: PairForce, Z: Sizes, F: Sum>(
    (law, sizes, sum): (P, Z, F),
    lists: &VerletList,
    domain: &Domain,
    positions: &[[u32; 2]],
    out: &mut [[f32; 2]],
) {
    let quantum = domain.quantum();
    out.par_chunks_mut(CHUNK)
        .zip(lists.chunks())
        .enumerate()
        .for_each(|(c, (out, list))| {
            let first = c * CHUNK;
            dispatch(Loop {
                list,
                positions,
                first,
                quantum,
                law,
                sizes,
                sum,
                out,
            });
        });
}

/// Writes the force on every particle, Σ_j F(r_ij) r_ij/r_ij, to `forces`.
///
/// All slices are in the order that the lists were built for and of its length; the lists must
/// reach the cutoff of the largest diameter.
pub fn forces<P: PairForce>(
    law: P,
    diameters: Diameters,
    lists: &VerletList,
    domain: &Domain,
    positions: &[[u32; 2]],
    forces: &mut [[f32; 2]],
) {
    match diameters {
        Diameters::Uniform(d) => {
            each_chunk(
                (law, Uniform(d), Force(law)),
                lists,
                domain,
                positions,
                forces,
            );
        }
        Diameters::Each(all) => {
            each_chunk(
                (law, Each(all), Force(law)),
                lists,
                domain,
                positions,
                forces,
            );
        }
    }
}

/// Sums over all pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairSums {
    /// Potential energy of all pairs.
    pub energy: f64,
    /// Virial Σ_{i<j} r_ij·F_ij; the pressure's excess over the ideal gas is this over 2 A.
    pub virial: f64,
}

/// Writes (energy, virial) of every particle, half of each pair's to either, to `shares`, and
/// returns the sums. The arguments are those of [`forces`].
pub fn energies<P: PairForce>(
    law: P,
    diameters: Diameters,
    lists: &VerletList,
    domain: &Domain,
    positions: &[[u32; 2]],
    shares: &mut [[f32; 2]],
) -> PairSums {
    match diameters {
        Diameters::Uniform(d) => {
            each_chunk(
                (law, Uniform(d), Energy(law)),
                lists,
                domain,
                positions,
                shares,
            );
        }
        Diameters::Each(all) => {
            each_chunk(
                (law, Each(all), Energy(law)),
                lists,
                domain,
                positions,
                shares,
            );
        }
    }
    // One thread adds in the order of the slots: a sum whose bits cannot depend on their number.
    shares
        .iter()
        .fold(PairSums::default(), |sums, share| PairSums {
            energy: sums.energy + f64::from(share[0]),
            virial: sums.virial + f64::from(share[1]),
        })
}

/// Adds the force −k r of a harmonic trap at the centre of the box.
pub fn add_trap(stiffness: f32, domain: &Domain, positions: &[[u32; 2]], forces: &mut [[f32; 2]]) {
    let quantum = domain.quantum();
    forces
        .par_chunks_mut(CHUNK)
        .zip(positions.par_chunks(CHUNK))
        .for_each(|(forces, positions)| {
            for (force, position) in forces.iter_mut().zip(positions) {
                for axis in 0..2 {
                    let r = position[axis].wrapping_sub(super::domain::CENTRE) as i32 as f32;
                    force[axis] -= stiffness * (r * quantum[axis]);
                }
            }
        });
}

#[cfg(test)]
mod tests;
