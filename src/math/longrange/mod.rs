//! Two-dimensional logarithmic interactions of all with all: charges, vortices, sources and sinks.
//!
//! A charge q at the origin has the potential −q ln r and the field q r/r². The field at a charge
//! is Σⱼ qⱼ rᵢⱼ/rᵢⱼ², that of its own left out; its potential is −Σⱼ qⱼ ln rᵢⱼ. The force on a
//! charge is its own charge times the field. Lengths are those of the [`Domain`].
//!
//! **Open and reflecting boxes** are free space: nothing is mirrored. **Periodic boxes** are
//! filled with a uniform background that makes them neutral, and the average of the potential over
//! the box is zero (the term k = 0 of the Fourier series is left out: "tin foil" at infinity). A
//! charge then also has a potential of its own, that of its images and of the background.
//!
//! **Core.** Two charges closer than the core radius a interact as if one of them were a disc of
//! that radius, uniformly charged: the field is q r/a² and the potential −q [ln a − (1 − r²/a²)/2], both
//! continuous at a. Without a core, a is half a quantum of the positions, so that different
//! positions never notice it, and charges at one place have the field zero and a finite potential.
//!
//! **Stiffness.** A trap or a background whose field −k r is linear nearly cancels the field of the
//! charges at every place; it is subtracted before the sum is rounded to `f32`, which keeps the
//! digits of the difference.
//!
//! Everything has the same bits on any number of threads.

mod descent;
mod direct;
mod energy;
mod expansion;
mod fast;
mod lattice;
mod near;
mod pairs;
mod products;
mod torus;
mod tree;

#[cfg(test)]
mod tests;

use super::domain::Domain;

pub use energy::move_energy;

/// Most accurate relative error of the field that may be asked for: single precision gives no more.
pub const FINEST: f64 = 1e-7;

/// Coarsest relative error that may be asked for: beyond it nothing gets cheaper.
pub const COARSEST: f64 = 1e-2;

/// Fewer charges than these are faster summed directly, where single precision is enough.
const FEW: usize = 1024;

/// Charges and the space they are in.
#[derive(Clone, Copy, Debug)]
pub struct Charges<'a> {
    /// The box; only a periodic one has images.
    pub domain: &'a Domain,
    /// One position per charge.
    pub positions: &'a [[u32; 2]],
    /// One charge per position; without them every charge is 1.
    pub values: Option<&'a [f32]>,
    /// Core radius a in units of length; zero for point charges.
    pub core: f64,
    /// Stiffness k of a linear field −k r about the centre of the box, per unit charge; zero in a
    /// periodic box.
    pub stiffness: f64,
}

impl<'a> Charges<'a> {
    /// Unit point charges and nothing else.
    pub fn alike(domain: &'a Domain, positions: &'a [[u32; 2]]) -> Self {
        Self {
            domain,
            positions,
            values: None,
            core: 0.0,
            stiffness: 0.0,
        }
    }

    /// Point charges of these values.
    pub fn valued(domain: &'a Domain, positions: &'a [[u32; 2]], values: &'a [f32]) -> Self {
        Self {
            values: Some(values),
            ..Self::alike(domain, positions)
        }
    }

    /// The charge of a slot.
    fn value(&self, slot: usize) -> f64 {
        self.values.map_or(1.0, |values| f64::from(values[slot]))
    }

    /// Square of the core radius: never below half a quantum of the narrower axis.
    pub fn core2(&self) -> f64 {
        let span = self.domain.span();
        let least = span[0].min(span[1]) / 4294967296.0 / 2.0;
        let core = if self.core > least { self.core } else { least };
        core * core
    }

    /// Potential of the linear field, ½ k r².
    fn outer(&self, place: [u32; 2]) -> f64 {
        if self.stiffness == 0.0 {
            return 0.0;
        }
        let [x, y] = self.domain.real(place);
        0.5 * self.stiffness * (x * x + y * y)
    }

    /// Energy of the charges in the linear field, ½ k Σ qᵢ rᵢ².
    fn outer_energy(&self) -> f64 {
        let term = |(slot, &place): (usize, &[u32; 2])| self.value(slot) * self.outer(place);
        self.positions.iter().enumerate().map(term).sum()
    }
}

/// How the sums are done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Every pair, cost N²; in a periodic box each pair with its images, in double precision.
    Direct,
    /// A fast multipole method, cost N (a direct sum where that is faster), with this relative error of the field: the root mean
    /// square error over the root mean square field that a charge feels besides the smooth
    /// background of the others.
    Fast {
        /// From [`FINEST`] to [`COARSEST`].
        accuracy: f64,
    },
}

/// Why a solver was not made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Less error than single precision can give.
    #[error(
        "a relative accuracy of {0:e} is finer than single precision gives; ask for {FINEST:e} or more, or sum directly"
    )]
    TooFine(f64),
    /// So much error that the sums would mean nothing.
    #[error("a relative accuracy of {0:e} is too coarse; ask for {COARSEST:e} or less")]
    TooCoarse(f64),
    /// Not a number.
    #[error("the relative accuracy must be a number from {FINEST:e} to {COARSEST:e}")]
    NotANumber,
}

/// What a sample of particles says about a field, by comparison with the direct sum in `f64`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Achieved {
    /// Root mean square error over √(Σ qⱼ²/rⱼ²), summed over the nearest charges and averaged: the
    /// fluctuating part of a field, without the smooth one of the many that are further away.
    pub relative: f64,
    /// Largest error of a sampled field, in units of the field.
    pub largest: f64,
    /// Charges that were looked at.
    pub samples: usize,
}

/// Sums the fields, potentials and energies of charges, and owns the memory that this takes.
#[derive(Debug)]
pub struct Solver {
    method: Method,
    direct: direct::Direct,
    fast: fast::Fast,
    potential: Vec<f64>,
}

impl Solver {
    /// A solver by the given method; refused when the accuracy cannot be had.
    pub fn new(method: Method) -> Result<Self, Refused> {
        if let Method::Fast { accuracy } = method {
            if accuracy.is_nan() {
                return Err(Refused::NotANumber);
            }
            if accuracy < FINEST {
                return Err(Refused::TooFine(accuracy));
            }
            if accuracy > COARSEST {
                return Err(Refused::TooCoarse(accuracy));
            }
        }
        Ok(Self {
            method,
            direct: direct::Direct::default(),
            fast: fast::Fast::default(),
            potential: Vec::new(),
        })
    }

    /// The method in use.
    pub fn method(&self) -> Method {
        self.method
    }

    /// What the fast method takes for these charges; `None` where all pairs are summed.
    fn effort(&self, charges: &Charges) -> Option<fast::Effort> {
        match self.method {
            Method::Fast { accuracy } if fast::fits(charges) => Some(fast::Effort::of(accuracy)),
            _ => None,
        }
    }

    /// Writes the field at every charge, Σⱼ qⱼ rᵢⱼ/rᵢⱼ² − k rᵢ.
    pub fn field(&mut self, charges: &Charges, field: &mut [[f32; 2]]) {
        let few = charges.positions.len() < FEW && !charges.domain.is_periodic();
        let effort = self.effort(charges).filter(|effort| effort.fine || !few);
        if let Some(effort) = effort {
            self.fast.field(charges, effort, field);
        } else if charges.domain.is_periodic() {
            torus::field(charges, field);
        } else {
            self.direct.field(charges, field);
        }
    }

    /// Writes the potential at every charge, −Σⱼ qⱼ ln rᵢⱼ + ½ k rᵢ², and in a periodic box what
    /// the charge's own images add.
    pub fn potential(&mut self, charges: &Charges, potential: &mut [f64]) {
        match self.effort(charges) {
            Some(effort) => self.fast.potential(charges, effort, potential),
            None => energy::potential(charges, potential),
        }
    }

    /// Energy of the charges with each other, with their images and in the linear field,
    /// −Σ_{i<j} qᵢ qⱼ ln rᵢⱼ + ½ k Σ qᵢ rᵢ².
    pub fn energy(&mut self, charges: &Charges) -> f64 {
        let Some(effort) = self.effort(charges) else {
            return energy::energy(charges);
        };
        let mut potential = std::mem::take(&mut self.potential);
        potential.resize(charges.positions.len(), 0.0);
        self.fast.potential(charges, effort, &mut potential);
        let pairs = potential.iter().enumerate();
        let pairs: f64 = pairs.map(|(slot, phi)| charges.value(slot) * phi).sum();
        self.potential = potential;
        // Half of every pair is at either charge, but all of the linear field at its own.
        0.5 * (pairs + charges.outer_energy())
    }

    /// Writes the field at points anywhere, that on a unit charge; a charge at the very place adds
    /// nothing.
    pub fn field_at(&mut self, charges: &Charges, points: &[[u32; 2]], field: &mut [[f32; 2]]) {
        match self.effort(charges) {
            Some(effort) => self.fast.field_at(charges, effort, points, field),
            None => energy::field_at(charges, points, field),
        }
    }

    /// Writes the potential at points anywhere, that of a unit charge.
    pub fn potential_at(&mut self, charges: &Charges, points: &[[u32; 2]], potential: &mut [f32]) {
        match self.effort(charges) {
            Some(effort) => self.fast.potential_at(charges, effort, points, potential),
            None => energy::potential_at(charges, points, potential),
        }
    }

    /// Compares a field with the direct sum in `f64` at so many charges, evenly spread over the
    /// slots: cost N for each.
    pub fn achieved(&self, charges: &Charges, field: &[[f32; 2]], samples: usize) -> Achieved {
        energy::achieved(charges, field, samples)
    }
}

/// The field at the charge of a slot in `f64`, by all pairs; zero for a slot that is not there.
pub fn exact_field(charges: &Charges, slot: usize) -> [f64; 2] {
    charges.positions.get(slot).map_or([0.0; 2], |&place| {
        energy::field_on(charges, place, Some(slot))
    })
}

/// Pairs of charges at one and the same place: their field on each other is zero for want of a
/// direction.
pub fn coincident_pairs(positions: &[[u32; 2]]) -> u64 {
    let mut places: Vec<u64> = positions
        .iter()
        .map(|&[x, y]| u64::from(x) << 32 | u64::from(y))
        .collect();
    places.sort_unstable();
    places
        .chunk_by(|a, b| a == b)
        .map(|run| {
            let count = run.len() as u64;
            count * (count - 1) / 2
        })
        .sum()
}
