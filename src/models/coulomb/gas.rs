//! The energy and the forces of a configuration.

use bevy::ecs::resource::Resource;
use rayon::prelude::*;

use super::parameters::{Components, Confinement, Coulomb, Space, Summation};
use crate::math::coulomb::radial::{Radial, Trap};
use crate::math::domain::Domain;
use crate::math::longrange::{Charges, Method, Refused, Solver};
use crate::math::statistics::ordered_sum;

/// From so many charges on the fast method takes less time for the default accuracy: as measured, both
/// take the same for 2,000, and at 10,000 the fast one a third.
const MANY: usize = 2500;

/// What follows from the parameters and the number of charges.
#[derive(Resource, Clone, Debug)]
pub struct Field {
    /// The trap in scaled lengths.
    pub trap: Trap,
    /// √N.
    pub scale: f64,
    /// True on a line.
    pub line: bool,
    /// True where charges of both signs are.
    pub mixed: bool,
    /// True without a trap.
    pub free: bool,
    /// Stiffness of a linear field that is summed with the charges, which keeps the digits.
    pub stiffness: f64,
    pub core: f64,
    pub method: Method,
}

impl Field {
    /// The field of these parameters for `count` charges.
    pub fn new(coulomb: &Coulomb, trap: Trap, count: usize) -> Self {
        let mixed = coulomb.components == Components::Two;
        let stiffness = match coulomb.trap {
            _ if mixed => 0.0,
            Confinement::Harmonic => 1.0,
            Confinement::HardDisc => coulomb.background,
            _ => 0.0,
        };
        Self {
            trap,
            scale: (count.max(1) as f64).sqrt(),
            line: coulomb.space == Space::Line,
            mixed,
            free: coulomb.trap == Confinement::Box,
            stiffness,
            core: coulomb.core,
            method: match coulomb.summation {
                Summation::Automatic if count < MANY && coulomb.trap != Confinement::Box => {
                    Method::Direct
                }
                Summation::Direct => Method::Direct,
                Summation::Automatic | Summation::Fast => Method::Fast {
                    accuracy: coulomb.accuracy,
                },
            },
        }
    }

    /// Radius of the hard wall.
    pub fn wall(&self) -> Option<f64> {
        self.trap.wall.map(|wall| wall * self.scale)
    }

    /// V at a distance.
    pub fn potential(&self, r: f64) -> f64 {
        self.scale * self.scale * self.trap.shape.at(r / self.scale)
    }

    /// V′ at a distance.
    pub fn slope(&self, r: f64) -> f64 {
        self.scale * self.trap.shape.slope(r / self.scale)
    }

    /// The charges with what is summed with them.
    pub fn charges<'a>(
        &self,
        domain: &'a Domain,
        positions: &'a [[u32; 2]],
        values: &'a [f32],
    ) -> Charges<'a> {
        Charges {
            domain,
            positions,
            values: self.mixed.then_some(values),
            core: self.core,
            stiffness: self.stiffness,
        }
    }

    /// ΣV of what is not summed with the charges.
    pub fn remainder(&self, domain: &Domain, positions: &[[u32; 2]]) -> f64 {
        if self.free || self.stiffness != 0.0 {
            return 0.0;
        }
        let [sum] = ordered_sum(positions.len(), |slot| {
            let [x, y] = domain.real(positions[slot]);
            [self.potential(x.hypot(y))]
        });
        sum
    }

    /// U of a configuration.
    pub fn energy(
        &self,
        solver: &mut Solver,
        domain: &Domain,
        positions: &[[u32; 2]],
        values: &[f32],
    ) -> f64 {
        solver.energy(&self.charges(domain, positions, values)) + self.remainder(domain, positions)
    }

    /// Writes the force −∂U/∂rᵢ on every charge.
    pub fn forces(
        &self,
        solver: &mut Solver,
        domain: &Domain,
        positions: &[[u32; 2]],
        values: &[f32],
        forces: &mut Vec<[f32; 2]>,
    ) {
        forces.resize(positions.len(), [0.0; 2]);
        solver.field(&self.charges(domain, positions, values), forces);
        let outer = !self.free && self.stiffness == 0.0;
        forces.par_iter_mut().enumerate().for_each(|(slot, force)| {
            if self.mixed {
                let charge = values.get(slot).copied().unwrap_or(1.0);
                *force = force.map(|part| part * charge);
            }
            if outer {
                let place = domain.real(positions[slot]);
                let r = place[0].hypot(place[1]);
                if r > 0.0 {
                    let pull = self.slope(r) / r;
                    *force =
                        [0, 1].map(|axis| (f64::from(force[axis]) - pull * place[axis]) as f32);
                }
            }
            if self.line {
                force[1] = 0.0;
            }
        });
    }

    /// A solver by the method that is asked for.
    pub fn solver(&self) -> Result<Solver, Refused> {
        Solver::new(self.method)
    }
}

/// f of the linear statistic, as the parameters have it.
#[derive(Resource, Clone, Debug)]
pub struct Function(pub Radial);
