//! What is known of the gas with its present parameters.

use bevy::ecs::resource::Resource;
use std::sync::{Arc, OnceLock};

use super::parameters::{Components, Confinement, Coulomb, Space};
use crate::math::coulomb::deviation::Deviation;
use crate::math::coulomb::equilibrium::Equilibrium;
use crate::math::coulomb::independent::Independent;
use crate::math::coulomb::limit;
use crate::math::coulomb::radial::{Radial, Trap};

/// More charges than this have no exact tables: they would take too long, and the limit is as good.
const MOST: usize = 4096;

/// Theory for a number of charges.
#[derive(Resource, Clone, Debug)]
pub struct Theory {
    pub count: usize,
    coulomb: Coulomb,
    function: Radial,
    /// The droplet of many charges, when there is a trap in the plane.
    pub droplet: Option<Equilibrium>,
    exact: Arc<OnceLock<Option<Independent>>>,
    limit: Arc<OnceLock<[Option<f64>; 4]>>,
    deviation: Arc<OnceLock<Option<Deviation>>>,
}

impl Theory {
    pub fn new(coulomb: &Coulomb, trap: &Trap, function: &Radial, count: usize) -> Self {
        let alike = coulomb.components == Components::One;
        let held = coulomb.trap != Confinement::Box;
        let plane = coulomb.space == Space::Plane;
        Self {
            count,
            coulomb: coulomb.clone(),
            function: function.clone(),
            droplet: (alike && held && plane).then(|| Equilibrium::new(trap)),
            exact: Arc::default(),
            limit: Arc::default(),
            deviation: Arc::default(),
        }
    }

    fn number(&self) -> f64 {
        self.count as f64
    }

    /// One component of point charges in a trap.
    fn simple(&self) -> bool {
        let coulomb = &self.coulomb;
        coulomb.components == Components::One
            && coulomb.trap != Confinement::Box
            && coulomb.core == 0.0
    }

    /// Exact tables at β = 2 in the plane.
    pub fn exact(&self) -> Option<&Independent> {
        if self.coulomb.beta != 2.0 || !self.simple() || self.count > MOST {
            return None;
        }
        let droplet = self.droplet.as_ref()?;
        self.exact
            .get_or_init(|| Independent::new(droplet, &self.function, self.count))
            .as_ref()
    }

    /// Whether the trap is r²/2 around one component.
    pub fn is_harmonic(&self) -> bool {
        self.simple() && self.coulomb.trap == Confinement::Harmonic
    }

    /// Whether the charges are on a line in a harmonic trap.
    pub fn semicircle(&self) -> bool {
        self.simple()
            && self.coulomb.space == Space::Line
            && self.coulomb.trap == Confinement::Harmonic
    }

    /// κ_q for many charges, q from 1 to 4.
    pub fn limit(&self, q: usize) -> Option<f64> {
        if !self.simple() {
            return None;
        }
        let beta = self.coulomb.beta;
        let all = self.limit.get_or_init(|| {
            if self.semicircle() {
                limit::line(&self.function, self.count, beta)
            } else if let Some(droplet) = &self.droplet {
                limit::plane(droplet, &self.function, self.count, beta)
            } else {
                [None; 4]
            }
        });
        *all.get(q.checked_sub(1)?)?
    }

    /// The large deviations of L for many charges.
    pub fn deviation(&self) -> Option<&Deviation> {
        if !self.simple() {
            return None;
        }
        let droplet = self.droplet.as_ref()?;
        let beta = self.coulomb.beta;
        self.deviation
            .get_or_init(|| Deviation::new(droplet, &self.function, self.count, beta))
            .as_ref()
    }

    /// Shape and rate of the gamma law of Σ V, exact for any N and β in a trap that is a power of the
    /// distance: by scaling all lengths.
    pub fn gamma_law(&self) -> Option<[f64; 2]> {
        let exponent = self.coulomb.homogeneous().filter(|_| self.simple())?;
        let (number, beta) = (self.number(), self.coulomb.beta);
        let dimension = self.coulomb.dimension() as f64;
        let scaling = dimension * number + 0.5 * beta * number * (number - 1.0);
        Some([scaling / exponent, beta])
    }

    /// κ_q of L by the gamma law, where L is a multiple of Σ V.
    fn by_gamma_law(&self, q: usize) -> Option<f64> {
        let factor = self.statistic_by_potential()?;
        let [shape, rate] = self.gamma_law()?;
        let factorial: f64 = (1..q).map(|k| k as f64).product();
        Some(factorial * shape * (factor / rate).powi(q as i32))
    }

    /// L/ΣV where it is a constant.
    pub fn statistic_by_potential(&self) -> Option<f64> {
        let exponent = self.coulomb.homogeneous()?;
        match self.function {
            Radial::Power {
                factor,
                exponent: own,
            } if f64::from(own) == exponent => Some(factor * exponent / self.number()),
            _ => None,
        }
    }

    /// κ_q of L exactly, where it is known: by the gamma law, or from independent distances at β = 2.
    pub fn finite(&self, q: usize) -> Option<f64> {
        self.by_gamma_law(q)
            .or_else(|| self.exact()?.cumulants.get(q.checked_sub(1)?).copied())
    }

    /// κ_q of L: exact where it is known, otherwise for many charges.
    pub fn cumulant(&self, q: usize) -> Option<f64> {
        self.finite(q).or_else(|| self.limit(q))
    }

    /// ⟨Σ r V′⟩ = dN/β + N(N − 1)/2, exact in every trap without a wall.
    pub fn virial(&self) -> Option<f64> {
        if !self.simple() || self.coulomb.trap == Confinement::HardDisc {
            return None;
        }
        let (number, dimension) = (self.number(), self.coulomb.dimension() as f64);
        Some(dimension * number / self.coulomb.beta + 0.5 * number * (number - 1.0))
    }

    /// Charges per unit of area (of length on a line) at a distance from the centre.
    pub fn density(&self, r: f64) -> Option<f64> {
        if !self.simple() {
            return None;
        }
        if self.semicircle() {
            return Some(crate::math::coulomb::equilibrium::semicircle(
                self.number(),
                r,
            ));
        }
        let x = r / self.number().sqrt();
        match self.exact() {
            Some(exact) => Some(exact.density(x)),
            None => self
                .droplet
                .as_ref()
                .filter(|droplet| droplet.regular)
                .map(|droplet| droplet.density(x)),
        }
    }
}
