//! What can be tuned in a Coulomb gas.

use crate::math::coulomb::radial::{Radial, Trap};
use crate::math::formula::FormulaError;
use crate::model::formula::FormulaText;
use crate::model::parameter::{Kind, integer, linear, logarithmic};
use crate::{choices, parameters};

choices! {
    /// Where the charges live.
    pub enum Space {
        /// In the plane.
        Plane = "plane",
        /// On the line y = 0, with the same logarithmic repulsion: eigenvalues of Hermitian matrices.
        Line = "line",
    }
}

choices! {
    /// What holds the charges together.
    pub enum Confinement {
        /// V = r²/2: a uniform disc of density 1/π (on a line Wigner's semicircle).
        Harmonic = "harmonic",
        /// V = N [x⁴/4 − h x²/2] with x = r/√N: a disc that is empty in its middle, a ring for h > 0.
        Quartic = "quartic",
        /// V = N x²ᵏ/2k with x = r/√N.
        Power = "power",
        /// A hard wall at r = √N around the potential s r²/2: the share 1 − s of the charges sits on the wall.
        HardDisc = "hard_disc",
        /// V = N w(x), x = r/√N, with w typed as trap_formula.
        Typed = "typed",
        /// Nothing but the box, which must be periodic or reflecting.
        Box = "box",
    }
}

choices! {
    /// Which charges there are.
    pub enum Components {
        /// All charges are 1.
        One = "one_component",
        /// One half is +1, the other −1, with a core that keeps pairs apart in energy.
        Two = "two_component",
    }
}

choices! {
    /// How the next state is found.
    pub enum Dynamics {
        /// The overdamped Langevin equation with its bias of the order of dt.
        Langevin = "langevin",
        /// The same step as a proposal that is accepted or refused as a whole (MALA): exact for any dt.
        Mala = "mala",
        /// One charge at a time is moved by a normal deviate of variance 2dt/β and accepted or refused: exact, also where β is large or there are walls.
        Metropolis = "metropolis",
    }
}

choices! {
    /// How the forces are summed.
    pub enum Summation {
        /// Directly, or fast where that takes less time: from 2500 charges on, and in a periodic box.
        Automatic = "automatic",
        /// Every pair, with all digits of single precision.
        Direct = "direct",
        /// A fast method, whose time grows as N, to the accuracy that is asked for; a periodic box more than eight times as long as wide is summed directly all the same.
        Fast = "fast",
    }
}

choices! {
    /// The function f of the linear statistic L = Σ f(rᵢ/√N).
    pub enum Statistic {
        /// The square, f = x²: the sum of squared distances.
        Square = "square",
        /// The fourth power, f = x⁴.
        Fourth = "fourth",
        /// A cosine, f = cos(k x).
        Cosine = "cosine",
        /// A smooth step from 1 to 0 at the radius a: about the number of charges inside.
        Indicator = "indicator",
        /// What is typed as statistic_formula.
        Typed = "typed",
    }
}

parameters! {
    /// The parameters of a Coulomb gas. Lengths are such that a harmonic droplet has the density 1/π.
    pub struct Coulomb {
        "Gas" {
            /// Where the charges live.
            space: Space = Space::Plane, "", "", Kind::Choice(Space::ALTERNATIVES), Restart;
            /// Inverse temperature: a configuration has the weight exp(−βU), and β = 2 in the plane is Ginibre's ensemble; on a line 1, 2 and 4 are the GOE, GUE and GSE.
            beta: f64 = 2.0, "β", "", logarithmic(0.01, 10000.0), Live;
            /// Which charges there are.
            components: Components = Components::One, "", "", Kind::Choice(Components::ALTERNATIVES), Restart;
            /// Distance below which two charges interact as if one were smeared out; zero for point charges.
            core: f64 = 0.0, "a", "", logarithmic(0.0, 10.0), Live;
        }
        "Trap" {
            /// What holds the charges together.
            trap: Confinement = Confinement::Harmonic, "", "", Kind::Choice(Confinement::ALTERNATIVES), Restart;
            /// How strongly the middle of a quartic trap repels.
            hollow: f64 = 0.0, "h", "", linear(0.0, 4.0), Live;
            /// Half the exponent of the trap power.
            exponent: i64 = 3, "k", "", integer(1, 12), Live;
            /// Share of the charges that the potential inside of a hard disc holds away from its wall.
            background: f64 = 0.5, "s", "", linear(0.0, 1.0), Live;
            /// The trap w of x = r/√N, written with r for x; it must grow faster than the logarithm.
            trap_formula: FormulaText = FormulaText::of("r^4/4 + r^2/4"), "w", "", Kind::Formula("r"), Restart;
        }
        "Sampling" {
            /// How the next state is found.
            dynamics: Dynamics = Dynamics::Mala, "", "", Kind::Choice(Dynamics::ALTERNATIVES), Live;
            /// How the forces are summed.
            summation: Summation = Summation::Automatic, "", "", Kind::Choice(Summation::ALTERNATIVES), Live;
            /// Relative error of the forces where they are summed fast; single precision gives no better than 1e-7.
            accuracy: f64 = 0.0001, "ε", "", logarithmic(0.0000001, 0.01), Live;
        }
        "Linear statistic" {
            /// The function f of L = Σ f(rᵢ/√N).
            statistic: Statistic = Statistic::Square, "f", "", Kind::Choice(Statistic::ALTERNATIVES), Restart;
            /// Wave number of a cosine, in units of 1/√N.
            wave_number: f64 = 6.0, "k_f", "", linear(0.1, 60.0), Restart;
            /// Radius of an indicator, in units of √N.
            indicator_radius: f64 = 0.6, "a_f", "", linear(0.05, 2.0), Restart;
            /// Width over which an indicator falls, in units of √N.
            indicator_width: f64 = 0.1, "b_f", "", logarithmic(0.005, 1.0), Restart;
            /// The function f of x = r/√N, written with r for x.
            statistic_formula: FormulaText = FormulaText::of("exp(-2*r^2)"), "f(r)", "", Kind::Formula("r"), Restart;
        }
        "Picture" {
            /// Diameter with which a charge is drawn; it has no size of its own.
            drawn_diameter: f64 = 0.9, "d", "", logarithmic(0.01, 100.0), Live;
        }
    }
}

impl Coulomb {
    /// The trap in scaled lengths; an error says what is wrong with its formula. Without a trap it is
    /// flat.
    pub fn confinement(&self) -> Result<Trap, FormulaError> {
        let power = |factor, exponent| Radial::Power { factor, exponent };
        let open = |shape| Trap { shape, wall: None };
        Ok(match self.trap {
            Confinement::Harmonic => open(power(0.5, 2)),
            Confinement::Quartic => open(Radial::Hollow { depth: self.hollow }),
            Confinement::Power => {
                let exponent = 2 * self.exponent.clamp(1, 12) as u32;
                open(power(1.0 / f64::from(exponent), exponent))
            }
            Confinement::HardDisc => Trap {
                shape: power(0.5 * self.background, 2),
                wall: Some(1.0),
            },
            Confinement::Typed => open(Radial::Formula(self.trap_formula.formula("r")?)),
            Confinement::Box => open(power(0.0, 2)),
        })
    }

    /// f of the linear statistic.
    pub fn function(&self) -> Result<Radial, FormulaError> {
        Ok(match self.statistic {
            Statistic::Square => Radial::Power {
                factor: 1.0,
                exponent: 2,
            },
            Statistic::Fourth => Radial::Power {
                factor: 1.0,
                exponent: 4,
            },
            Statistic::Cosine => Radial::Cosine {
                wave_number: self.wave_number,
            },
            Statistic::Indicator => Radial::Inside {
                radius: self.indicator_radius,
                width: self.indicator_width,
            },
            Statistic::Typed => Radial::Formula(self.statistic_formula.formula("r")?),
        })
    }

    /// 2 in the plane, 1 on a line.
    pub fn dimension(&self) -> usize {
        match self.space {
            Space::Plane => 2,
            Space::Line => 1,
        }
    }

    /// The exponent n of a trap that is a power of the distance, for which ΣV has a gamma law.
    pub fn homogeneous(&self) -> Option<f64> {
        match self.trap {
            Confinement::Harmonic => Some(2.0),
            Confinement::Quartic if self.hollow == 0.0 => Some(4.0),
            Confinement::Power => Some(2.0 * self.exponent as f64),
            _ => None,
        }
    }
}
