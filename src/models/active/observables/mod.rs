//! What is measured in active matter. Every entry names its estimator, and the theory where one
//! is exact.

pub mod distributions;
pub mod energetics;
pub mod motion;
pub mod structure;

use crate::model::observable::{Axis, Estimator, Observable, Sample};

use super::law::Repulsion;
use super::parameters::Active;
use super::survey;
use crate::model::walls::Walls;

/// A scalar observable.
const fn scalar(
    estimate: fn(&Sample) -> f64,
    theory: Option<fn(&Sample) -> Option<f64>>,
) -> Estimator {
    Estimator::Scalar { estimate, theory }
}

/// A linear axis.
const fn axis(symbol: &'static str, unit: &'static str) -> Axis {
    Axis {
        symbol,
        unit,
        logarithmic: false,
    }
}

/// A logarithmic axis.
const fn logarithmic(symbol: &'static str, unit: &'static str) -> Axis {
    Axis {
        symbol,
        unit,
        logarithmic: true,
    }
}

/// Parameters of the sample, when its particles see neither each other nor walls.
fn without_interaction<'w>(sample: &Sample<'w>) -> Option<&'w Active> {
    let active = sample.resource::<Active>()?;
    let walled = sample
        .resource::<Walls>()
        .is_some_and(|walls| !walls.is_empty());
    (active.repulsion() == Repulsion::None && !walled).then_some(active)
}

/// Parameters of the sample, when its particles are free: no neighbours, no trap and no walls.
fn free<'w>(sample: &Sample<'w>) -> Option<&'w Active> {
    let open = sample.domain.boundary != crate::math::domain::Boundary::Reflecting;
    without_interaction(sample).filter(|active| active.trap_stiffness == 0.0 && open)
}

/// Parameters of the sample, when its particles are in a trap and do not see each other; the box
/// must be open, for a periodic one would cut the trap's force.
fn trapped<'w>(sample: &Sample<'w>) -> Option<&'w Active> {
    let open = sample.domain.boundary == crate::math::domain::Boundary::Open;
    without_interaction(sample).filter(|active| active.trap_stiffness > 0.0 && open)
}

/// All observables, in the order of tables and panels.
pub static OBSERVABLES: &[Observable] = &[
    Observable {
        name: "effective_speed",
        title: "Effective speed",
        symbol: "v/v₀",
        unit: "",
        doc: "How fast particles advance along their heading, ⟨e·ṙ⟩/v₀⟨|e|²⟩ = 1 + ⟨e·F⟩/v₀⟨|e|²⟩, with the forces of the present configuration. Crowding slows particles down, and where it does so enough they phase-separate.",
        validity: "Exact without interaction: 1 when free, and (for ω = 0) λ/(λ + k) in a trap of stiffness k, where λ is the rate at which the heading is lost (Szamel 2014).",
        estimator: scalar(
            motion::effective_speed,
            Some(motion::effective_speed_theory),
        ),
    },
    Observable {
        name: "polar_order",
        title: "Polar order",
        symbol: "|⟨e⟩|",
        unit: "",
        doc: "Length of the mean heading. No torque aligns active particles, so that it only fluctuates.",
        validity: "√(π/4N), the mean for N independent headings, and √(π⟨|e|²⟩/4N) for Gaussian propulsion.",
        estimator: scalar(motion::polar_order, Some(motion::polar_order_theory)),
    },
    Observable {
        name: "mean_squared_displacement",
        title: "Mean squared displacement since the start",
        symbol: "⟨Δr²⟩",
        unit: "σ²",
        doc: "Mean square of the unwrapped displacement of all particles since step 0, and since they were put there for those added by hand.",
        validity: "Exact for free particles whose parameters have not changed since the start: 4D_t t + 2mv₀² Re[t/z − (1 − e^(−zt))/z²], z = λ + iω (Fürth 1920; van Teeffelen and Löwen 2008; Szamel 2014).",
        estimator: scalar(motion::displacement, Some(motion::displacement_theory)),
    },
    Observable {
        name: "largest_cluster",
        title: "Largest cluster",
        symbol: "n_max/N",
        unit: "",
        doc: "Share of the particles in the largest cluster; two particles belong together when their centres are closer than 1.2 mean diameters.",
        validity: "",
        estimator: scalar(structure::largest_cluster, None),
    },
    Observable {
        name: "density_gas",
        title: "Density of the gas",
        symbol: "φ_gas",
        unit: "",
        doc: "Packing fraction at the lowest peak of the local-density histogram in blocks of 4σ; not a number while the histogram has a single peak.",
        validity: "",
        estimator: scalar(structure::density_gas, None),
    },
    Observable {
        name: "density_dense",
        title: "Density of the dense phase",
        symbol: "φ_dense",
        unit: "",
        doc: "Packing fraction at the highest-density peak of the local-density histogram in blocks of 4σ; not a number while the histogram has a single peak. It may exceed 0.91, because the discs yield.",
        validity: "",
        estimator: scalar(structure::density_dense, None),
    },
    Observable {
        name: "psi6_local",
        title: "Local hexatic order",
        symbol: "⟨|ψ₆|⟩",
        unit: "",
        doc: "Mean length of ψ₆ = ⟨exp 6iθ⟩ over the six nearest neighbours of each particle: 1 in a triangular crystal.",
        validity: "",
        estimator: scalar(structure::psi6_local, None),
    },
    Observable {
        name: "psi6_global",
        title: "Global hexatic order",
        symbol: "|⟨ψ₆⟩|",
        unit: "",
        doc: "Length of the mean of ψ₆ over all particles: it vanishes in a fluid and in many crystals of different directions, and is near 1 in a single crystal.",
        validity: "",
        estimator: scalar(structure::psi6_global, None),
    },
    Observable {
        name: "energy_per_particle",
        title: "Pair energy per particle",
        symbol: "U/N",
        unit: "ε",
        doc: "Energy of the pair repulsion over the number of particles, for the present configuration.",
        validity: "0 without interaction.",
        estimator: scalar(energetics::energy, Some(energetics::energy_theory)),
    },
    Observable {
        name: "pressure",
        title: "Pressure",
        symbol: "P",
        unit: "ε/σ²",
        doc: "Mechanical pressure in a periodic box: ρD_t, plus the swim pressure ρv₀⟨e·ṙ⟩/2λ of self-propulsion, plus the virial Σ r·F/2A of the pair forces.",
        validity: "Exact without interaction: ρ times the long-time diffusion constant, D_t + v₀²⟨|e|²⟩λ/2(λ² + ω²). The estimator is that of Solon et al. 2015, generalised to headings that turn.",
        estimator: scalar(energetics::pressure, Some(energetics::pressure_theory)),
    },
    Observable {
        name: "compressibility_factor",
        title: "Compressibility factor",
        symbol: "Z",
        unit: "",
        doc: "Z = 1 + Σ r·F/2NkT with kT = D_t: the pressure over that of an ideal gas, of thermal noise and pair forces alone.",
        validity: "Passive WCA discs in the fluid (packing fraction below 0.65): Henderson's equation for hard discs with the Barker–Henderson diameter, within about 2 % (Henderson 1975; Barker and Henderson 1967).",
        estimator: scalar(
            energetics::compressibility,
            Some(energetics::compressibility_theory),
        ),
    },
    Observable {
        name: "entropy_production",
        title: "Entropy production per particle",
        symbol: "σ̇/N",
        unit: "k_B/τ",
        doc: "(v₀/D_t)⟨e·ṙ⟩ = (v₀/D_t)(v₀⟨|e|²⟩ + ⟨e·F⟩): the heat that self-propulsion dissipates, over the temperature. The heading counts as even under time reversal. Not a number without thermal noise.",
        validity: "Exact without interaction: v₀²⟨|e|²⟩/D_t when free, times λ/(λ + k) in a trap for ω = 0 (Pietzonka and Seifert 2018).",
        estimator: scalar(
            energetics::entropy_production,
            Some(energetics::entropy_production_theory),
        ),
    },
    Observable {
        name: "propulsion_entropy_production",
        title: "Entropy production of the propulsion",
        symbol: "σ_g/N",
        unit: "k_B/τ",
        doc: "For Ornstein–Uhlenbeck particles without thermal noise: Σ⟨|v_g|²⟩/γ of the probability flow of the propulsion, which in the steady state equals −⟨∇·F⟩ exactly. Not a number otherwise.",
        validity: "In a trap of stiffness k in two dimensions: 2k (convention of Boffi and Vanden-Eijnden 2024).",
        estimator: scalar(
            energetics::propulsion_entropy,
            Some(energetics::propulsion_entropy_theory),
        ),
    },
    Observable {
        name: "mean_square_radius",
        title: "Mean square distance from the trap",
        symbol: "⟨r²⟩",
        unit: "σ²",
        doc: "Mean square distance from the centre of the trap. Not a number without a trap.",
        validity: "Exact in the steady state without interaction, in an open box: [2D_t + v₀⟨e·r⟩]/k (Szamel 2014; Chaudhuri and Dhar 2021).",
        estimator: scalar(
            energetics::square_radius,
            Some(energetics::square_radius_theory),
        ),
    },
    Observable {
        name: "radial_kurtosis",
        title: "Shape of the trapped cloud",
        symbol: "⟨r⁴⟩/⟨r²⟩²",
        unit: "",
        doc: "2 for a Gaussian cloud, down to 1 for a ring: persistent particles climb the trap until its force stops them. Not a number without a trap.",
        validity: "Exact in the steady state without interaction and without angular velocity, in an open box (Chaudhuri and Dhar 2021; extended to tumbles).",
        estimator: scalar(energetics::kurtosis, Some(energetics::kurtosis_theory)),
    },
    Observable {
        name: "local_density",
        title: "Local density",
        symbol: "p(φ)",
        unit: "",
        doc: "Distribution of the packing fraction in square blocks of side 4σ: one peak in a homogeneous state, two at coexistence.",
        validity: "",
        estimator: Estimator::Distribution {
            x: axis("φ", ""),
            logarithmic: false,
            estimate: distributions::local_density,
            theory: None,
        },
    },
    Observable {
        name: "radial_distribution",
        title: "Radial distribution function",
        symbol: "g(r)",
        unit: "",
        doc: "Density of other particles at a distance r from a particle, relative to the mean density.",
        validity: "1 − 1/N for particles without interaction in a periodic box.",
        estimator: Estimator::Distribution {
            x: axis("r", "σ"),
            logarithmic: false,
            estimate: distributions::radial,
            theory: Some(distributions::radial_theory),
        },
    },
    Observable {
        name: "structure_factor",
        title: "Structure factor",
        symbol: "S(q)",
        unit: "",
        doc: "|Σ exp(−iq·r)|²/N over the wave vectors of the periodic box, averaged in shells. Its growth towards q = 0 announces phase separation.",
        validity: "1 for particles without interaction in a periodic box.",
        estimator: Estimator::Distribution {
            x: logarithmic("q", "1/σ"),
            logarithmic: true,
            estimate: distributions::structure_factor,
            theory: Some(distributions::structure_factor_theory),
        },
    },
    Observable {
        name: "cluster_sizes",
        title: "Cluster sizes",
        symbol: "P(n)",
        unit: "",
        doc: "Share of the particles in clusters of n to 2n particles, by octaves; clusters as for the largest one.",
        validity: "",
        estimator: Estimator::Distribution {
            x: logarithmic("n", ""),
            logarithmic: true,
            estimate: distributions::cluster_sizes,
            theory: None,
        },
    },
    Observable {
        name: "radial_profile",
        title: "Distance from the trap",
        symbol: "p(r)",
        unit: "1/σ",
        doc: "Distribution of the distance from the centre of the trap; empty without a trap.",
        validity: "Exact for passive and Ornstein–Uhlenbeck particles without interaction: 2r/⟨r²⟩ exp(−r²/⟨r²⟩). A persistent active Brownian particle has a ring instead.",
        estimator: Estimator::Distribution {
            x: axis("r", "σ"),
            logarithmic: false,
            estimate: distributions::radial_profile,
            theory: Some(distributions::radial_profile_theory),
        },
    },
    Observable {
        name: "msd",
        title: "Mean squared displacement",
        symbol: "MSD(t)",
        unit: "σ²",
        doc: "Mean squared displacement over a lag t, over all particles and over starting times. Ballistic (t²) below the persistence time, diffusive (t) above. It begins anew when particles are added or removed.",
        validity: "Exact for free particles: 4D_t t + 2mv₀² Re[t/z − (1 − e^(−zt))/z²], z = λ + iω (Fürth 1920; van Teeffelen and Löwen 2008; Szamel 2014).",
        estimator: Estimator::Correlation {
            x: logarithmic("t", "τ"),
            logarithmic: true,
            start: motion::start_msd,
            theory: Some(motion::msd_theory),
        },
    },
    Observable {
        name: "msd_exponent",
        title: "Exponent of the mean squared displacement",
        symbol: "α(t)",
        unit: "",
        doc: "Local exponent d ln MSD/d ln t: 2 is ballistic, 1 diffusive, 0 localised.",
        validity: "Exact for free particles, from the closed form of the mean squared displacement.",
        estimator: Estimator::Correlation {
            x: logarithmic("t", "τ"),
            logarithmic: false,
            start: motion::start_exponent,
            theory: Some(motion::exponent_theory),
        },
    },
];

/// Sums of the present state; `None` without particles.
fn sums(sample: &Sample) -> Option<survey::Sums> {
    let sums = survey::sums(sample);
    (sums.count > 0.0).then_some(sums)
}
