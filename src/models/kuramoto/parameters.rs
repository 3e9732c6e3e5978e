//! What can be tuned in coupled oscillators.

use std::f64::consts::PI;

use crate::math::frequencies::Spread;
use crate::math::nonlocal::RingKernel;
use crate::model::parameter::{Kind, integer, linear, logarithmic};
use crate::{choices, parameters};

choices! {
    /// How natural frequencies are distributed about their mean.
    pub enum Frequencies {
        /// A Lorentzian, g(ω) = γ/π(γ² + ω²), for which the transition is known in closed form.
        Lorentzian = "lorentzian",
        /// A normal distribution.
        Gaussian = "gaussian",
        /// Constant from −γ to γ: synchrony then sets in with a jump.
        Uniform = "uniform",
        /// Two Lorentzians of width γ, at the peak distance on either side of the mean.
        Bimodal = "bimodal",
        /// All the same.
        Identical = "identical",
    }
}

choices! {
    /// How the frequencies are drawn from their distribution.
    pub enum Sampling {
        /// At the quantiles (i + ½)/N, which leaves no scatter between samples.
        Quantiles = "quantiles",
        /// At random, by the seed.
        Random = "random",
    }
}

choices! {
    /// The order of the equation of motion.
    pub enum Dynamics {
        /// The phase follows the coupling at once.
        FirstOrder = "first_order",
        /// The oscillators have inertia, as the rotors of a power grid have.
        SecondOrder = "second_order",
    }
}

choices! {
    /// Who acts on whom.
    pub enum Topology {
        /// Everybody on everybody, through the mean field.
        AllToAll = "all_to_all",
        /// Those within the range on each other, wherever they are.
        Range = "range",
        /// On a ring, with a kernel of the distance along it.
        Ring = "ring",
        /// The four neighbours on a square lattice.
        Lattice = "lattice",
        /// The neighbours on a random network.
        Network = "network",
    }
}

choices! {
    /// How coupling falls off along a ring.
    pub enum Kernel {
        /// A cosine, G ∝ 1 + A cos 2πx.
        Cosine = "cosine",
        /// An exponential, G ∝ exp(−|x|/ℓ), around the ring as often as it goes.
        Exponential = "exponential",
        /// The same for all within ℓ on either side.
        TopHat = "top_hat",
    }
}

choices! {
    /// How a network is made.
    pub enum Wiring {
        /// A ring lattice with some edges rewired at random (Watts and Strogatz).
        SmallWorld = "small_world",
        /// Every pair with the same probability (Erdős and Rényi).
        Random = "random",
        /// By preferential attachment, with hubs (Barabási and Albert).
        ScaleFree = "scale_free",
    }
}

choices! {
    /// What the sum over neighbours is divided by.
    pub enum Normalisation {
        /// The number of the oscillator's own neighbours: the coupling is a mean over them.
        Degree = "degree",
        /// The mean number of neighbours in the network, so that hubs are coupled more strongly.
        MeanDegree = "mean_degree",
    }
}

choices! {
    /// How the oscillators move through the box.
    pub enum Motion {
        /// They stay where they are.
        Still = "still",
        /// They diffuse.
        Diffusive = "diffusive",
        /// They fly at a constant speed, with a heading that diffuses.
        Ballistic = "ballistic",
    }
}

choices! {
    /// The phases at the start.
    pub enum InitialPhases {
        /// Independent and uniform.
        Random = "random",
        /// All the same.
        Aligned = "aligned",
        /// Winding along the ring or across the box, as often as the winding number says.
        Twisted = "twisted",
        /// Random about the point farthest from the first oscillator of a ring, or about the middle of the box, and in phase elsewhere: the seed of a chimera.
        Chimera = "chimera",
    }
}

parameters! {
    /// The parameters of coupled oscillators; times and frequencies are pure numbers.
    pub struct Kuramoto {
        "Oscillators" {
            /// How the natural frequencies are distributed.
            frequencies: Frequencies = Frequencies::Lorentzian, "g(ω)", "", Kind::Choice(Frequencies::ALTERNATIVES), Live;
            /// Width of the distribution: γ of Lorentzians, half the width of a uniform one, the standard deviation of a normal one.
            frequency_width: f64 = 1.0, "γ", "", logarithmic(1e-3, 100.0), Live;
            /// Mean natural frequency. It only makes everything turn.
            mean_frequency: f64 = 0.0, "Ω", "", linear(-10.0, 10.0), Live;
            /// Distance of either peak of a bimodal distribution from the mean.
            peak_distance: f64 = 2.0, "ω₀", "", logarithmic(0.0, 100.0), Live;
            /// Whether frequencies stand at the quantiles of their distribution or are drawn at random.
            sampling: Sampling = Sampling::Quantiles, "", "", Kind::Choice(Sampling::ALTERNATIVES), Live;
            /// Strength of the white noise on every phase.
            noise: f64 = 0.0, "D", "", logarithmic(0.0, 10.0), Live;
            /// Whether the oscillators have inertia.
            dynamics: Dynamics = Dynamics::FirstOrder, "", "", Kind::Choice(Dynamics::ALTERNATIVES), Restart;
            /// Inertia of oscillators of second order, in units of their friction.
            inertia: f64 = 1.0, "m", "", logarithmic(0.01, 100.0), Live;
        }
        "Coupling" {
            /// Who acts on whom.
            topology: Topology = Topology::AllToAll, "", "", Kind::Choice(Topology::ALTERNATIVES), Restart;
            /// Strength of the coupling; it pulls phases together when it is positive.
            coupling: f64 = 3.0, "K", "", linear(-10.0, 30.0), Live;
            /// Phase lag of the coupling: an oscillator is pulled towards a phase this far behind the others'.
            phase_lag: f64 = 0.0, "α", "rad", linear(-PI, PI), Live;
            /// Distance up to which oscillators see each other when the topology is range.
            range: f64 = 1.5, "R", "", logarithmic(0.01, 1000.0), Live;
            /// How the coupling falls off along a ring.
            kernel: Kernel = Kernel::Cosine, "G(x)", "", Kind::Choice(Kernel::ALTERNATIVES), Live;
            /// Amplitude of the cosine kernel: 0 is all-to-all.
            kernel_amplitude: f64 = 0.995, "A", "", linear(-1.0, 1.0), Live;
            /// Length of the exponential kernel or half the width of the top hat, as a fraction of the ring.
            kernel_length: f64 = 0.25, "ℓ", "", logarithmic(1e-3, 0.5), Live;
            /// How a network is made.
            wiring: Wiring = Wiring::SmallWorld, "", "", Kind::Choice(Wiring::ALTERNATIVES), Restart;
            /// Mean number of neighbours in a network; small worlds and scale-free networks take the next even number below.
            mean_degree: i64 = 8, "⟨k⟩", "", integer(2, 1000), Restart;
            /// Share of the edges of a small world that are rewired at random.
            rewiring: f64 = 0.1, "p", "", linear(0.0, 1.0), Restart;
            /// What the sum over the neighbours in a network is divided by.
            normalisation: Normalisation = Normalisation::Degree, "", "", Kind::Choice(Normalisation::ALTERNATIVES), Live;
        }
        "Motion" {
            /// How the oscillators move through the box.
            motion: Motion = Motion::Still, "", "", Kind::Choice(Motion::ALTERNATIVES), Restart;
            /// Speed of ballistic oscillators.
            speed: f64 = 1.0, "v", "", logarithmic(0.0, 1000.0), Live;
            /// Translational diffusion of moving oscillators.
            diffusion: f64 = 0.0, "D_x", "", logarithmic(0.0, 1000.0), Live;
            /// Rotational diffusion of the headings of ballistic oscillators.
            turning: f64 = 0.0, "D_r", "", logarithmic(0.0, 1000.0), Live;
        }
        "Start and picture" {
            /// The phases at the start.
            initial_phases: InitialPhases = InitialPhases::Random, "", "", Kind::Choice(InitialPhases::ALTERNATIVES), Restart;
            /// How often a twisted start winds around.
            winding: i64 = 1, "q", "", integer(-100, 100), Restart;
            /// Diameter with which an oscillator is drawn; it has no size of its own.
            drawn_diameter: f64 = 0.9, "d", "", logarithmic(0.01, 100.0), Live;
        }
    }
}

impl Kuramoto {
    /// The distribution of the frequencies about their mean.
    pub fn spread(&self) -> Spread {
        let width = self.frequency_width;
        match self.frequencies {
            Frequencies::Lorentzian => Spread::Lorentzian { width },
            Frequencies::Gaussian => Spread::Gaussian { deviation: width },
            Frequencies::Uniform => Spread::Uniform { half_width: width },
            Frequencies::Bimodal => Spread::Bimodal {
                width,
                distance: self.peak_distance,
            },
            Frequencies::Identical => Spread::Identical,
        }
    }

    /// Natural frequency of an oscillator.
    pub fn frequency(&self, tag: u32, count: usize, seed: u64) -> f64 {
        let spread = self.spread();
        self.mean_frequency
            + match self.sampling {
                Sampling::Quantiles => spread.at_quantile(tag as usize, count),
                Sampling::Random => spread.at_random(seed, tag),
            }
    }

    /// The kernel of a ring.
    pub fn ring(&self) -> RingKernel {
        match self.kernel {
            Kernel::Cosine => RingKernel::Cosine {
                amplitude: self.kernel_amplitude,
            },
            Kernel::Exponential => RingKernel::Exponential {
                length: self.kernel_length,
            },
            Kernel::TopHat => RingKernel::TopHat {
                half_width: self.kernel_length,
            },
        }
    }

    /// The inertia that acts: none in first order.
    pub fn mass(&self) -> f64 {
        match self.dynamics {
            Dynamics::FirstOrder => 0.0,
            Dynamics::SecondOrder => self.inertia,
        }
    }
}
