//! What can be tuned in swarmalators.

use crate::math::frequencies::Spread;
use crate::model::parameter::{Kind, linear, logarithmic};
use crate::{choices, parameters};

choices! {
    /// Where swarmalators live.
    pub enum Space {
        /// In the plane, free to go anywhere, all with all.
        Plane = "plane",
        /// In the plane, seeing each other within a range only.
        Local = "local",
        /// On a ring, where place and phase are two angles: the picture shows the place across and the phase upwards.
        Ring = "ring",
    }
}

choices! {
    /// How natural frequencies, and on a ring natural velocities, are distributed.
    pub enum Frequencies {
        /// The same for all, namely zero.
        Identical = "identical",
        /// A Lorentzian, g(ω) = γ/π(γ² + ω²).
        Lorentzian = "lorentzian",
        /// A normal distribution.
        Gaussian = "gaussian",
        /// Constant from −γ to γ.
        Uniform = "uniform",
    }
}

choices! {
    /// How the sums over all pairs in the plane are made.
    pub enum Summation {
        /// Pair by pair, or from 2048 swarmalators on with those far apart together where that takes less time.
        Automatic = "automatic",
        /// Every pair by itself, with all digits of single precision; the time grows as N².
        Direct = "direct",
    }
}

parameters! {
    /// The parameters of swarmalators; lengths and times are pure numbers.
    pub struct Swarmalators {
        "Coupling" {
            /// Where they live.
            space: Space = Space::Plane, "", "", Kind::Choice(Space::ALTERNATIVES), Restart;
            /// How much those of like phase attract each other more (J > 0) or less (J < 0) than the others.
            attraction: f64 = 1.0, "J", "", linear(-10.0, 10.0), Live;
            /// How much those that are near pull each other into phase (K > 0) or out of it (K < 0).
            coupling: f64 = 0.0, "K", "", linear(-10.0, 10.0), Live;
            /// Distance up to which they see each other when space is local.
            range: f64 = 1.0, "R", "", logarithmic(0.01, 1000.0), Live;
            /// How the sums over all pairs in the plane are made.
            summation: Summation = Summation::Automatic, "", "", Kind::Choice(Summation::ALTERNATIVES), Live;
        }
        "Natural motion" {
            /// How natural frequencies, and on a ring natural velocities, are distributed.
            frequencies: Frequencies = Frequencies::Identical, "g(ω)", "", Kind::Choice(Frequencies::ALTERNATIVES), Live;
            /// Width of the distribution of the natural frequencies.
            frequency_width: f64 = 0.1, "Δ_ω", "", logarithmic(0.0, 100.0), Live;
            /// Width of the distribution of the natural velocities on a ring.
            velocity_width: f64 = 0.1, "Δ_v", "", logarithmic(0.0, 100.0), Live;
        }
        "Picture" {
            /// Diameter with which a swarmalator is drawn; it has no size of its own.
            drawn_diameter: f64 = 0.06, "d", "", logarithmic(0.001, 100.0), Live;
        }
    }
}

impl Swarmalators {
    /// A distribution of the given width.
    pub fn spread(&self, width: f64) -> Spread {
        match self.frequencies {
            _ if width == 0.0 => Spread::Identical,
            Frequencies::Identical => Spread::Identical,
            Frequencies::Lorentzian => Spread::Lorentzian { width },
            Frequencies::Gaussian => Spread::Gaussian { deviation: width },
            Frequencies::Uniform => Spread::Uniform { half_width: width },
        }
    }
}
