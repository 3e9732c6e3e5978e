//! What is measured of a Coulomb gas.

mod accumulators;
mod distributions;
mod scalars;

use crate::model::observable::{Axis, Estimator, Observable, Sample};
use accumulators::{Correlations, Counts, KappaOf, Rate, Spread, Statistics, Waves};

/// An axis with a symbol and no unit, since lengths are pure numbers.
const fn axis(symbol: &'static str) -> Axis {
    Axis {
        symbol,
        unit: "",
        logarithmic: false,
    }
}

const fn scalar(
    estimate: fn(&Sample) -> f64,
    theory: Option<fn(&Sample) -> Option<f64>>,
) -> Estimator {
    Estimator::Scalar { estimate, theory }
}

/// κ_q measured, and κ_q for many charges beside it.
macro_rules! cumulant {
    ($q:literal, $name:literal, $title:literal, $symbol:literal, $many:literal, $many_title:literal, $many_symbol:literal) => {
        [
            Observable {
                name: $name,
                title: $title,
                symbol: $symbol,
                unit: "",
                doc: concat!("Cumulant of order ", $q, " of the linear statistic L over the later half of the samples, with the error of a jackknife over blocks; they should be longer than the correlation time of L."),
                validity: "Exact for any N at β = 2 in the plane, and at any β where f is the trap's own power; else for many charges.",
                estimator: Estimator::Cumulative {
                    start: || Box::new(KappaOf::<$q>::default()),
                    theory: Some(|sample| scalars::theory(sample)?.cumulant($q)),
                },
            },
            Observable {
                name: $many,
                title: $many_title,
                symbol: $many_symbol,
                unit: "",
                doc: concat!("What the formula for many charges says of the cumulant of order ", $q, "; beyond the second order it knows only the edge of the droplet. Not a number where there is no formula."),
                validity: "Exact for any N at β = 2 in the plane, and at any β where f is the trap's own power.",
                estimator: scalar(
                    |sample| {
                        scalars::theory(sample)
                            .and_then(|theory| theory.limit($q))
                            .unwrap_or(f64::NAN)
                    },
                    Some(|sample| scalars::theory(sample)?.finite($q)),
                ),
            },
        ]
    };
}

const FIRST: [Observable; 2] = cumulant!(
    1,
    "kappa_1",
    "Mean of the linear statistic",
    "κ₁",
    "kappa_1_many",
    "Mean for many charges",
    "κ₁^∞"
);
const SECOND: [Observable; 2] = cumulant!(
    2,
    "kappa_2",
    "Variance of the linear statistic",
    "κ₂",
    "kappa_2_many",
    "Variance for many charges",
    "κ₂^∞"
);
const THIRD: [Observable; 2] = cumulant!(
    3,
    "kappa_3",
    "Third cumulant of the linear statistic",
    "κ₃",
    "kappa_3_many",
    "Third cumulant for many charges",
    "κ₃^∞"
);
const FOURTH: [Observable; 2] = cumulant!(
    4,
    "kappa_4",
    "Fourth cumulant of the linear statistic",
    "κ₄",
    "kappa_4_many",
    "Fourth cumulant for many charges",
    "κ₄^∞"
);

/// All observables, in the order of the table.
pub static OBSERVABLES: &[Observable] = &[
    Observable {
        name: "energy",
        title: "Energy per charge",
        symbol: "U/N",
        unit: "",
        doc: "Energy of the trap and of all pairs, per charge.",
        validity: "",
        estimator: scalar(scalars::energy, None),
    },
    Observable {
        name: "energy_fluctuations",
        title: "Fluctuations of the energy",
        symbol: "β²Var(U)/N",
        unit: "",
        doc: "Excess heat capacity per charge from the variance of the energy over the later half of the samples, with the error of a jackknife over blocks.",
        validity: "",
        estimator: Estimator::Cumulative {
            start: || Box::new(Spread::default()),
            theory: None,
        },
    },
    Observable {
        name: "sum_of_squares",
        title: "Sum of squares",
        symbol: "Σr²",
        unit: "",
        doc: "Sum of the squared distances from the centre. In a harmonic trap it has a gamma law, exactly for any number of charges and any temperature.",
        validity: "Harmonic trap: dN/β + N(N − 1)/2 with d = 2 in the plane and 1 on a line, by scaling all lengths.",
        estimator: scalar(
            |sample| scalars::sums(sample).square,
            Some(scalars::square_theory),
        ),
    },
    Observable {
        name: "virial",
        title: "Virial of the trap",
        symbol: "Σr V′",
        unit: "",
        doc: "Sum of r V′(r), whose mean is known exactly in every trap without a wall; its distance from theory is the bias of the Langevin step.",
        validity: "Any trap without a wall: dN/β + N(N − 1)/2.",
        estimator: scalar(
            |sample| scalars::sums(sample).virial,
            Some(|sample| scalars::theory(sample)?.virial()),
        ),
    },
    Observable {
        name: "droplet_radius",
        title: "Radius of the droplet",
        symbol: "√2⟨r²⟩",
        unit: "",
        doc: "Root of twice the mean square distance from the centre: the radius of a uniform disc.",
        validity: "Harmonic trap in the plane, from the exact mean of Σr²; else many charges.",
        estimator: scalar(scalars::droplet_radius, Some(scalars::droplet_theory)),
    },
    Observable {
        name: "linear_statistic",
        title: "Linear statistic",
        symbol: "L",
        unit: "",
        doc: "Sum of f(r/√N) over all charges.",
        validity: "Its mean: exact for any N at β = 2 in the plane, and at any β where f is the trap's own power; else for many charges.",
        estimator: scalar(
            |sample| scalars::sums(sample).statistic,
            Some(|sample| scalars::theory(sample)?.cumulant(1)),
        ),
    },
    FIRST[0],
    SECOND[0],
    THIRD[0],
    FOURTH[0],
    FIRST[1],
    SECOND[1],
    THIRD[1],
    FOURTH[1],
    Observable {
        name: "correlation_time",
        title: "Correlation time of the statistic",
        symbol: "τ_L",
        unit: "",
        doc: "Integrated autocorrelation time of L over its last samples, in units of time; half the time between samples when they are independent.",
        validity: "",
        estimator: Estimator::Cumulative {
            start: || Box::new(Correlations::default()),
            theory: None,
        },
    },
    Observable {
        name: "acceptance",
        title: "Acceptance",
        symbol: "a",
        unit: "",
        doc: "Share of the proposals that were accepted since the parameters last changed; not a number for the Langevin equation. About 0.6 is best for MALA, about 0.4 for Metropolis.",
        validity: "",
        estimator: scalar(scalars::acceptance, None),
    },
    Observable {
        name: "hexatic_order",
        title: "Local hexatic order",
        symbol: "⟨|ψ₆|⟩",
        unit: "",
        doc: "Mean of |ψ₆| over the six nearest neighbours, of the charges within 0.6 of the droplet's radius: 0.35 in Ginibre's gas, 1 in a crystal.",
        validity: "",
        estimator: scalar(|sample| scalars::hexatic(sample)[0], None),
    },
    Observable {
        name: "hexatic_orientation",
        title: "Common hexatic orientation",
        symbol: "|⟨ψ₆⟩|",
        unit: "",
        doc: "Length of the mean of ψ₆ over the charges within 0.6 of the droplet's radius: 1 when they all belong to one crystal.",
        validity: "",
        estimator: scalar(|sample| scalars::hexatic(sample)[1], None),
    },
    Observable {
        name: "defects",
        title: "Share of defects",
        symbol: "n_d",
        unit: "",
        doc: "Share of the charges off the rim whose Voronoi cell does not have six sides.",
        validity: "",
        estimator: scalar(scalars::defects, None),
    },
    Observable {
        name: "force_error",
        title: "Relative error of the forces",
        symbol: "ε_F",
        unit: "",
        doc: "Root mean square error of the forces on 64 charges against the direct sum in double precision, in units of the fluctuating force.",
        validity: "",
        estimator: scalar(scalars::force_error, None),
    },
    Observable {
        name: "radial_density",
        title: "Density",
        symbol: "ρ(r)",
        unit: "",
        doc: "Charges per unit of area at a distance from the centre; on a line per unit of length at a place.",
        validity: "β = 2 in the plane: exact for any N, with its edge of an error function. Other β: the equilibrium measure of many charges. Line: Wigner's semicircle.",
        estimator: Estimator::Distribution {
            x: axis("r"),
            logarithmic: false,
            estimate: distributions::density,
            theory: Some(distributions::density_theory),
        },
    },
    Observable {
        name: "radial_distribution",
        title: "Radial distribution function",
        symbol: "g(r)",
        unit: "",
        doc: "Density of partners at a distance r of a charge in the inner part of the droplet, over the mean density; of two components those of the other sign.",
        validity: "β = 2, harmonic trap in the plane, bulk: 1 − exp(−πρr²) with ρ = 1/π (Ginibre).",
        estimator: Estimator::Distribution {
            x: axis("r"),
            logarithmic: false,
            estimate: distributions::radial,
            theory: Some(distributions::radial_theory),
        },
    },
    Observable {
        name: "spacings",
        title: "Spacings on the line",
        symbol: "p(s)",
        unit: "",
        doc: "Distances between neighbours in the middle half of the line, in units of their mean.",
        validity: "β = 1, 2 and 4: Wigner's surmise, within a few thousandths of the exact density.",
        estimator: Estimator::Distribution {
            x: axis("s"),
            logarithmic: false,
            estimate: distributions::spacings,
            theory: Some(distributions::spacing_theory),
        },
    },
    Observable {
        name: "statistic_distribution",
        title: "Distribution of the linear statistic",
        symbol: "p(z)",
        unit: "",
        doc: "Distribution of z = (L − κ₁)/√κ₂ with the mean and variance of theory, or those measured where there is none; the theory is the gamma law where it is exact, otherwise a Gaussian with the third and fourth cumulants of theory as corrections (Edgeworth).",
        validity: "Exact where f is the trap's own power; otherwise for small corrections.",
        estimator: Estimator::Correlation {
            x: axis("z"),
            logarithmic: false,
            start: || Box::new(Statistics::default()),
            theory: Some(distributions::statistic_theory),
        },
    },
    Observable {
        name: "large_deviations",
        title: "Large deviations of the linear statistic",
        symbol: "−ln p(z)√2π",
        unit: "",
        doc: "How rare a value of the linear statistic is, against z as for its distribution: z²/2 for a Gaussian. Values that were never taken have no point; where few were, the noise is of the order of one over the root of their number.",
        validity: "Exact where f is the trap's own power; else for many charges, from the droplet in the trap tilted by f, at the saddle point (Dean and Majumdar 2008; Daniels 1954), as far as that droplet is one piece.",
        estimator: Estimator::Correlation {
            x: axis("z"),
            logarithmic: false,
            start: || Box::new(Rate::default()),
            theory: Some(distributions::deviation_theory),
        },
    },
    Observable {
        name: "structure_factor",
        title: "Structure factor",
        symbol: "S(k)",
        unit: "",
        doc: "Fluctuations of the Fourier modes of the density, (⟨|ρₖ|²⟩ − |⟨ρₖ⟩|²)/N, over eight directions each; in an open droplet its edge adds of the order of 1/√N.",
        validity: "β = 2 in the plane, bulk: 1 − exp(−k²/4). At any β it vanishes as k²/2β for small k: the gas is hyperuniform.",
        estimator: Estimator::Correlation {
            x: axis("k"),
            logarithmic: false,
            start: || Box::new(Waves::default()),
            theory: Some(distributions::structure_theory),
        },
    },
    Observable {
        name: "number_variance",
        title: "Number variance in discs",
        symbol: "Var n(R)",
        unit: "",
        doc: "Variance of the number of charges in a disc of radius R about the centre. It grows with the rim of the disc, not with its area as in an ideal gas.",
        validity: "β = 2 in the plane: exact for any N, from independent distances.",
        estimator: Estimator::Correlation {
            x: axis("R"),
            logarithmic: false,
            start: || Box::new(Counts::default()),
            theory: Some(distributions::count_theory),
        },
    },
];
