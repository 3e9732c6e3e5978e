//! What can be tuned in a flock, and the interaction that follows from it.

use std::f64::consts::{PI, TAU};

use crate::math::flock::Noise;
use crate::math::nearest::MOST;
use crate::math::pull::Social;
use crate::model::parameter::{Kind, integer, linear};
use crate::{choices, parameters};

/// Range of the interaction: the unit of length.
pub const RANGE: f64 = 1.0;

choices! {
    /// Order of turning and moving in a step.
    pub enum Update {
        /// Particles turn first and move along the new heading (Grégoire and Chaté 2004).
        Forward = "forward",
        /// Particles move along the old heading while they turn (Vicsek et al. 1995).
        Backward = "backward",
    }
}

choices! {
    /// Where the noise enters.
    pub enum NoiseKind {
        /// The new heading is turned by a random angle from −η/2 to η/2: a particle errs when it decides (Vicsek et al. 1995).
        Angular = "angular",
        /// A vector of length η and random direction is added to the mean heading of the neighbours: a particle errs when it looks (Grégoire and Chaté 2004).
        Vector = "vector",
    }
}

choices! {
    /// Whom a particle looks at.
    pub enum Neighbourhood {
        /// All particles strictly closer than 1, itself included.
        Metric = "metric",
        /// Its nearest particles, however far they are, and itself (Ballerini et al. 2008).
        Nearest = "nearest",
    }
}

choices! {
    /// Where obstacles stand.
    pub enum Arrangement {
        /// At random places, which the seed decides; they may overlap.
        Random = "random",
        /// On a square lattice; a single one is in the middle of the box.
        Lattice = "lattice",
    }
}

parameters! {
    /// The parameters of Vicsek's model. The range of the interaction and the step are the units.
    pub struct Vicsek {
        "Motion" {
            /// Length of the stride that every particle makes in a step, in ranges of the interaction.
            speed: f64 = 0.5, "v₀", "r/step", linear(0.0, 1.0), Live;
            /// Whether a particle moves along its new heading or along the old one; results differ.
            update: Update = Update::Forward, "", "", Kind::Choice(Update::ALTERNATIVES), Live;
            /// Greatest angle by which a particle can turn towards its neighbours in a step; π is no limit. Noise comes on top of it.
            turn_limit: f64 = PI, "ω", "rad", linear(0.0, PI), Live;
        }
        "Noise" {
            /// Where the noise enters: when a particle decides or when it looks.
            noise_kind: NoiseKind = NoiseKind::Angular, "", "", Kind::Choice(NoiseKind::ALTERNATIVES), Live;
            /// Strength of the noise: the full width of the random angles, up to 2π, or the length of the random vector, for which 1 is as strong as perfect agreement.
            noise: f64 = 2.0, "η", "", linear(0.0, TAU), Live;
        }
        "Neighbours" {
            /// Whether a particle looks at all others within the range, or at its nearest ones.
            neighbours: Neighbourhood = Neighbourhood::Metric, "", "", Kind::Choice(Neighbourhood::ALTERNATIVES), Live;
            /// How many of the nearest particles one looks at, when neighbours is nearest; there are never more than all others.
            nearest: i64 = 7, "k", "", integer(1, MOST as i64), Live;
            /// Angle of the cone of vision about the heading: whoever is outside of it is not seen; 2π sees all around. A particle always knows its own heading.
            field_of_view: f64 = TAU, "Φ", "rad", linear(0.0, TAU), Live;
        }
        "Forces" {
            /// Weight of the headings of the neighbours.
            alignment: f64 = 1.0, "α", "", linear(0.0, 1.0), Live;
            /// Weight of the attraction β f(r) to the neighbours, which is repulsive below the equilibrium distance: f = (r − r_e)/4(r_a − r_e) up to r_a = r_e + 0.6(1 − r_e), and 1 beyond; 0 for none.
            cohesion: f64 = 0.0, "β", "", linear(0.0, 20.0), Live;
            /// Distance at which cohesion changes from repulsion to attraction.
            equilibrium_distance: f64 = 0.5, "r_e", "r", linear(0.0, 0.9), Live;
            /// Whoever is nearer than this is all that counts: a particle turns away from it; 0 for no core.
            core_radius: f64 = 0.0, "r_c", "r", linear(0.0, 0.9), Live;
        }
        "Obstacles" {
            /// How many discs stand in the way; particles bounce off them.
            obstacles: i64 = 0, "n_o", "", integer(0, 1000), Live;
            /// Radius of an obstacle.
            obstacle_radius: f64 = 2.0, "R_o", "r", linear(0.1, 50.0), Live;
            /// Where the obstacles stand.
            obstacle_arrangement: Arrangement = Arrangement::Random, "", "", Kind::Choice(Arrangement::ALTERNATIVES), Live;
        }
    }
}

impl Vicsek {
    /// True where nothing but alignment with everybody around is asked for.
    pub fn is_plain(&self) -> bool {
        self.alignment == 1.0 && self.cohesion == 0.0 && self.core_radius == 0.0 && !self.is_blind()
    }

    /// True when particles do not see all around.
    pub fn is_blind(&self) -> bool {
        self.field_of_view < TAU
    }

    /// True when every new heading is independent of everything else.
    pub fn is_random(&self) -> bool {
        self.noise_kind == NoiseKind::Angular && self.noise >= TAU
    }

    /// The noise as the law of motion takes it.
    pub fn noise_law(&self) -> Noise {
        match self.noise_kind {
            NoiseKind::Angular => Noise::Angular((self.noise / TAU) as f32),
            NoiseKind::Vector => Noise::Vector(self.noise as f32),
        }
    }

    /// Distance from which on cohesion is constant: 0.8 for the equilibrium distance 0.5 of
    /// Grégoire, Chaté and Tu.
    pub fn plateau(&self) -> f64 {
        self.equilibrium_distance + 0.6 * (RANGE - self.equilibrium_distance)
    }

    /// The interaction with everything that may be asked for. `quantum` is the length of a quantum.
    pub fn social(&self, quantum: [f32; 2]) -> Social {
        Social {
            alignment: self.alignment as f32,
            cohesion: self.cohesion as f32,
            equilibrium: self.equilibrium_distance as f32,
            plateau: self.plateau() as f32,
            core: self.core_radius as f32,
            cosine: if self.is_blind() {
                (0.5 * self.field_of_view).cos() as f32
            } else {
                -2.0
            },
            quantum,
        }
    }
}
