//! What can be tuned in active matter, and the rates that follow from it.

use super::law::{Motion, Repulsion};
use crate::model::parameter::{Kind, linear, logarithmic};
use crate::{choices, parameters};

choices! {
    /// How the propulsion of a particle changes with time.
    pub enum Dynamics {
        /// No propulsion: a Brownian colloid in equilibrium.
        Passive = "passive",
        /// Active Brownian particle: constant speed, heading turned by rotational diffusion.
        Brownian = "brownian",
        /// Active Ornstein–Uhlenbeck particle: a Gaussian propulsion velocity with exponential memory.
        OrnsteinUhlenbeck = "ornstein_uhlenbeck",
        /// Run and tumble: constant speed, a new random heading at random times.
        RunAndTumble = "run_and_tumble",
    }
}

choices! {
    /// Which parameters set the persistence and the noise of active particles.
    pub enum Control {
        /// The Péclet number alone, as for a sphere in a thermal bath: the heading is lost at the rate 3v₀/(σPe), and D_t = σ²/3 times that rate. At equal Pe all dynamics have the same persistence length.
        Peclet = "peclet",
        /// Rotational diffusion, tumble rate, correlation rate and translational diffusion, each on its own.
        Rates = "rates",
    }
}

choices! {
    /// How particles repel each other.
    pub enum Interaction {
        /// Particles pass through each other.
        None = "none",
        /// Weeks–Chandler–Andersen: the repulsive part of Lennard-Jones, U = 4ε[(σ/r)¹² − (σ/r)⁶] + ε for r < 2^(1/6)σ.
        Wca = "wca",
        /// Soft discs: F = k(σ − r) where they overlap.
        Harmonic = "harmonic",
        /// A smooth soft disc: F = (k/β) ln(1 + exp β(σ − r)).
        Softplus = "softplus",
    }
}

parameters! {
    /// The parameters of active particles. The mobility μ is 1, so that a force is a velocity and
    /// D_t is the temperature kT.
    pub struct Active {
        "Self-propulsion" {
            /// How the propulsion of a particle changes with time: this makes it an ABP, an AOUP, a run-and-tumble particle or a passive colloid.
            dynamics: Dynamics = Dynamics::Brownian, "", "", Kind::Choice(Dynamics::ALTERNATIVES), Live;
            /// Speed of a free particle; for Ornstein–Uhlenbeck particles the root mean square of each component of the propulsion.
            self_propulsion_speed: f64 = 24.0, "v₀", "σ/τ", logarithmic(0.0, 1000.0), Live;
            /// Whether the Péclet number sets persistence and noise, or the rates in the group below do.
            control: Control = Control::Peclet, "", "", Kind::Choice(Control::ALTERNATIVES), Live;
            /// Péclet number Pe = 3v₀/(σD_r), which is v₀σ/D_t for a sphere: three times the persistence length in diameters. It moves D_r (or the tumble or correlation rate) and D_t at fixed speed, when control is peclet.
            peclet: f64 = 100.0, "Pe", "", logarithmic(0.1, 1e4), Live;
            /// Angular velocity with which the headings of Brownian and run-and-tumble particles turn by themselves; a free particle then swims in circles of radius v₀/ω.
            angular_velocity: f64 = 0.0, "ω", "1/τ", linear(-100.0, 100.0), Live;
        }
        "Noise" {
            /// Diffusion of the heading of active Brownian particles, when control is rates.
            rotational_diffusion: f64 = 0.72, "D_r", "1/τ", logarithmic(0.0, 1000.0), Live;
            /// Rate at which a run-and-tumble particle takes a new random heading, when control is rates.
            tumble_rate: f64 = 1.0, "α", "1/τ", logarithmic(0.0, 1000.0), Live;
            /// Rate at which an Ornstein–Uhlenbeck propulsion forgets itself, the inverse persistence time, when control is rates.
            correlation_rate: f64 = 1.0, "γ", "1/τ", logarithmic(0.0, 1000.0), Live;
            /// Translational diffusion, equal to kT at mobility 1: of passive particles always, of active ones when control is rates.
            translational_diffusion: f64 = 0.24, "D_t", "σ²/τ", logarithmic(0.0, 1000.0), Live;
        }
        "Interaction" {
            /// The pair repulsion between particles.
            interaction: Interaction = Interaction::Wca, "", "", Kind::Choice(Interaction::ALTERNATIVES), Live;
            /// Strength of the repulsion: the energy ε of WCA, or the spring constant k of harmonic and softplus discs.
            interaction_strength: f64 = 1.0, "ε, k", "", logarithmic(0.0, 1e4), Live;
            /// Sharpness of the softplus repulsion; towards infinity it becomes the harmonic one.
            softplus_sharpness: f64 = 15.0, "β", "1/σ", logarithmic(5.0, 100.0), Live;
            /// Standard deviation of the diameters, which are normally distributed within three standard deviations of the mean.
            polydispersity: f64 = 0.0, "s", "σ", linear(0.0, 0.25), Restart;
        }
        "Confinement" {
            /// Stiffness of the harmonic trap F = −kr about the centre of the box; 0 for none.
            trap_stiffness: f64 = 0.0, "k", "1/τ", logarithmic(0.0, 100.0), Live;
        }
    }
}

impl Active {
    /// The motion of one free particle that these parameters describe.
    pub fn motion(&self) -> Motion {
        let speed = self.self_propulsion_speed;
        let pace = match self.control {
            Control::Peclet => 3.0 * speed / self.peclet,
            Control::Rates => 0.0,
        };
        // Under the Péclet number one rate serves all dynamics; else each has its own.
        let rate = |own: f64| {
            if self.control == Control::Peclet {
                pace
            } else {
                own
            }
        };
        let tumbling = self.dynamics == Dynamics::RunAndTumble;
        Motion {
            speed: if self.dynamics == Dynamics::Passive {
                0.0
            } else {
                speed
            },
            mean_square_propulsion: match self.dynamics {
                Dynamics::Passive => 0.0,
                Dynamics::Brownian | Dynamics::RunAndTumble => 1.0,
                Dynamics::OrnsteinUhlenbeck => 2.0,
            },
            gaussian: matches!(
                self.dynamics,
                Dynamics::Passive | Dynamics::OrnsteinUhlenbeck
            ),
            rotational_diffusion: match self.dynamics {
                Dynamics::Brownian => rate(self.rotational_diffusion),
                _ => 0.0,
            },
            tumble_rate: if tumbling {
                rate(self.tumble_rate)
            } else {
                0.0
            },
            correlation_rate: match self.dynamics {
                Dynamics::OrnsteinUhlenbeck => rate(self.correlation_rate),
                _ => 0.0,
            },
            translational_diffusion: match (self.dynamics, self.control) {
                (Dynamics::Passive, _) | (_, Control::Rates) => self.translational_diffusion,
                (_, Control::Peclet) => pace / 3.0,
            },
            angular_velocity: match self.dynamics {
                Dynamics::Brownian | Dynamics::RunAndTumble => self.angular_velocity,
                Dynamics::Passive | Dynamics::OrnsteinUhlenbeck => 0.0,
            },
        }
    }

    /// The pair repulsion that these parameters describe.
    pub fn repulsion(&self) -> Repulsion {
        match self.interaction {
            Interaction::None => Repulsion::None,
            _ if self.interaction_strength == 0.0 => Repulsion::None,
            Interaction::Wca => Repulsion::Wca {
                energy: self.interaction_strength,
            },
            Interaction::Harmonic => Repulsion::Harmonic {
                stiffness: self.interaction_strength,
            },
            Interaction::Softplus => Repulsion::Softplus {
                stiffness: self.interaction_strength,
                sharpness: self.softplus_sharpness,
            },
        }
    }

    /// The largest diameter that a particle can have.
    pub fn largest_diameter(&self) -> f64 {
        1.0 + super::law::DIAMETER_CUT * self.polydispersity
    }

    /// Distance beyond which no pair interacts, whatever the two diameters; 0 without interaction.
    pub fn range(&self) -> f64 {
        self.repulsion().range(self.largest_diameter())
    }
}
