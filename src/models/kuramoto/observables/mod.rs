//! What is measured in coupled oscillators.

pub mod phases;
pub mod rates;
pub mod sweep;

use super::law::MeanField;
use super::parameters::{Kuramoto, Topology};
use crate::model::observable::{Axis, Estimator, Observable, Sample};

/// A scalar observable.
const fn scalar(
    estimate: fn(&Sample) -> f64,
    theory: Option<fn(&Sample) -> Option<f64>>,
) -> Estimator {
    Estimator::Scalar { estimate, theory }
}

/// A linear axis without a unit.
const fn axis(symbol: &'static str) -> Axis {
    Axis {
        symbol,
        unit: "",
        logarithmic: false,
    }
}

/// The mean field of a sample with another coupling, where everybody acts on everybody.
pub fn mean_field_at(kuramoto: &Kuramoto, coupling: f64) -> Option<MeanField> {
    (kuramoto.topology == Topology::AllToAll).then(|| MeanField {
        spread: kuramoto.spread(),
        coupling,
        noise: kuramoto.noise,
        lag: kuramoto.phase_lag,
        mass: kuramoto.mass(),
    })
}

/// The mean field of a sample, where everybody acts on everybody.
pub fn mean_field(sample: &Sample) -> Option<MeanField> {
    let kuramoto = sample.resource::<Kuramoto>()?;
    mean_field_at(kuramoto, kuramoto.coupling)
}

/// All observables, in the order of tables and panels.
pub static OBSERVABLES: &[Observable] = &[
    Observable {
        name: "order",
        title: "Order parameter",
        symbol: "r",
        unit: "",
        doc: "Length of the mean of exp(iθ) over all oscillators: 1 when they are in phase; N independent ones have about √(π/4N).",
        validity: "All to all, N → ∞: √(1 − 2γ/K cos α) for a Lorentzian (Kuramoto 1975; Sakaguchi and Kuramoto 1986), I₁(Kr/D)/I₀(Kr/D) for identical oscillators with noise, with inertia or without, and the self-consistency integral for other even g(ω) without noise.",
        estimator: scalar(phases::order, Some(phases::order_theory)),
    },
    Observable {
        name: "second_order",
        title: "Second harmonic",
        symbol: "r₂",
        unit: "",
        doc: "Length of the mean of exp(2iθ): large also where two groups stand in antiphase.",
        validity: "",
        estimator: scalar(phases::second, None),
    },
    Observable {
        name: "local_order",
        title: "Local order",
        symbol: "⟨|H|⟩",
        unit: "",
        doc: "Mean length of the field that an oscillator sees, the mean of exp(iθ) over those that act on it.",
        validity: "",
        estimator: scalar(phases::local, None),
    },
    Observable {
        name: "locked_fraction",
        title: "Locked fraction",
        symbol: "N_lock/N",
        unit: "",
        doc: "Share of the oscillators whose natural frequency differs from the present mean rate by no more than K times the field that they see: those can follow it.",
        validity: "All to all without noise, lag and inertia, N → ∞: the weight of g(ω) for |ω| ≤ Kr; (2/π) arctan(Kr/γ) for a Lorentzian.",
        estimator: scalar(phases::locked, Some(phases::locked_theory)),
    },
    Observable {
        name: "mean_rate",
        title: "Mean rate",
        symbol: "⟨ν⟩",
        unit: "",
        doc: "Mean over all oscillators of the natural frequency and the pull of the coupling, without the noise; not a number with inertia.",
        validity: "The mean natural frequency wherever every pull has its counter-pull: all to all, without lag and inertia.",
        estimator: scalar(phases::rate, Some(phases::rate_theory)),
    },
    Observable {
        name: "reduced_coupling",
        title: "Coupling over its critical value",
        symbol: "K/K_c",
        unit: "",
        doc: "The coupling over that at which incoherence becomes unstable; not a number where theory does not know it. Known are K_c = 2/πg(0) (Kuramoto 1975), 2D for identical oscillators and 2(γ + D) for Lorentzians with noise (Sakaguchi 1988), 4γ for two peaks farther apart than γ (Martens et al. 2009), 2γ(1 + mγ) with inertia.",
        validity: "",
        estimator: scalar(phases::reduced, None),
    },
    Observable {
        name: "phase_density",
        title: "Phases about the mean field",
        symbol: "p(θ − ψ)",
        unit: "",
        doc: "Distribution of the phases about that of the mean field.",
        validity: "Identical oscillators with noise, all to all, N → ∞: exp(Kr cos θ/D)/2πI₀(Kr/D).",
        estimator: Estimator::Distribution {
            x: Axis {
                symbol: "θ − ψ",
                unit: "rad",
                logarithmic: false,
            },
            logarithmic: false,
            estimate: phases::density,
            theory: Some(phases::density_theory),
        },
    },
    Observable {
        name: "order_profile",
        title: "Local order along the ring",
        symbol: "|H(x)|",
        unit: "",
        doc: "Length of the field along a ring: close to its maximum where oscillators are in phase, low where they are not. Empty for other topologies.",
        validity: "",
        estimator: Estimator::Distribution {
            x: axis("x"),
            logarithmic: false,
            estimate: phases::profile,
            theory: None,
        },
    },
    Observable {
        name: "effective_frequencies",
        title: "Effective against natural frequency",
        symbol: "ν(ω)",
        unit: "",
        doc: "Mean rate of the oscillators by natural frequency, over the last half to three quarters of the samples: flat where they are locked.",
        validity: "All to all without noise, lag and inertia, N → ∞: the common frequency when locked, ω√(1 − (Kr/ω)²) beyond.",
        estimator: Estimator::Correlation {
            x: axis("ω"),
            logarithmic: false,
            start: rates::start_natural,
            theory: Some(rates::natural_theory),
        },
    },
    Observable {
        name: "rate_density",
        title: "Effective frequencies",
        symbol: "p(ν)",
        unit: "",
        doc: "Distribution of the mean rates over the last half to three quarters of the samples: locked oscillators make a peak.",
        validity: "",
        estimator: Estimator::Correlation {
            x: axis("ν"),
            logarithmic: false,
            start: rates::start_density,
            theory: None,
        },
    },
    Observable {
        name: "rate_profile",
        title: "Effective frequency along the ring",
        symbol: "ν(x)",
        unit: "",
        doc: "Mean rate of the oscillators in the order of their numbers, over the last half to three quarters of the samples: on a ring this is along it, and the incoherent part of a chimera stands out.",
        validity: "",
        estimator: Estimator::Correlation {
            x: axis("x"),
            logarithmic: false,
            start: rates::start_profile,
            theory: None,
        },
    },
    Observable {
        name: "order_rising",
        title: "Order while the coupling rises",
        symbol: "r(K↑)",
        unit: "",
        doc: "Mean order parameter by coupling, over the samples at which the coupling had last risen or had not changed yet.",
        validity: "The synchronised branch of the order parameter, where theory knows it.",
        estimator: Estimator::Correlation {
            x: axis("K"),
            logarithmic: false,
            start: sweep::start_rising,
            theory: Some(sweep::theory),
        },
    },
    Observable {
        name: "order_falling",
        title: "Order while the coupling falls",
        symbol: "r(K↓)",
        unit: "",
        doc: "Mean order parameter by coupling, over the samples at which the coupling had last fallen.",
        validity: "The synchronised branch of the order parameter, where theory knows it.",
        estimator: Estimator::Correlation {
            x: axis("K"),
            logarithmic: false,
            start: sweep::start_falling,
            theory: Some(sweep::theory),
        },
    },
    Observable {
        name: "susceptibility",
        title: "Susceptibility",
        symbol: "χ(K)",
        unit: "",
        doc: "N times the variance of the order parameter over the samples at each coupling: it peaks at the transition.",
        validity: "",
        estimator: Estimator::Correlation {
            x: axis("K"),
            logarithmic: false,
            start: sweep::start_susceptibility,
            theory: None,
        },
    },
];
