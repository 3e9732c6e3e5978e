//! What is measured in swarmalators.

use serde::{Deserialize, Serialize};
use std::f64::consts::{PI, TAU};

use super::Velocity;
use super::law::{ring_order, synchronous_radius};
use super::parameters::{Frequencies, Space, Swarmalators};
use super::survey::{angle, arm, bearing, census, centre, on_ring};
use crate::math::statistics::ordered_sum;
use crate::model::column::{Phase, Position, Tag};
use crate::model::observable::{Accumulator, Axis, Curve, Estimator, Observable, Sample};

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

/// Bins of the distance from the centre.
const BINS: usize = 60;
/// Distance up to which the profile goes.
const REACH: f64 = 2.0;
/// Points of a curve over time before every second one is dropped.
const POINTS: usize = 512;

/// All observables, in the order of tables and panels.
pub static OBSERVABLES: &[Observable] = &[
    Observable {
        name: "rainbow_order",
        title: "Order of place and phase",
        symbol: "S",
        unit: "",
        doc: "The larger of S₊ and S₋: 1 when the phase follows the angle around the swarm, as in a phase wave, 0 when the two know nothing of each other.",
        validity: "On a ring with J = K and Lorentzian widths, N → ∞: √(1 − 2(Δ_v + Δ_ω)/K), since x ± θ are two Kuramoto models.",
        estimator: scalar(
            |sample| orders(sample).map_or(f64::NAN, |[a, b]| a.max(b)),
            Some(theory),
        ),
    },
    Observable {
        name: "order_plus",
        title: "Order of place plus phase",
        symbol: "S₊",
        unit: "",
        doc: "Length of the mean of exp i(φ + θ), φ the angle about the centre of mass or the place on a ring.",
        validity: "On a ring with J = K and Lorentzian widths, N → ∞: √(1 − 2(Δ_v + Δ_ω)/K).",
        estimator: scalar(
            |sample| orders(sample).map_or(f64::NAN, |[a, _]| a),
            Some(theory),
        ),
    },
    Observable {
        name: "order_minus",
        title: "Order of place minus phase",
        symbol: "S₋",
        unit: "",
        doc: "Length of the mean of exp i(φ − θ), φ the angle about the centre of mass or the place on a ring.",
        validity: "On a ring with J = K and Lorentzian widths, N → ∞: √(1 − 2(Δ_v + Δ_ω)/K).",
        estimator: scalar(
            |sample| orders(sample).map_or(f64::NAN, |[_, b]| b),
            Some(theory),
        ),
    },
    Observable {
        name: "phase_order",
        title: "Order of the phases",
        symbol: "R",
        unit: "",
        doc: "Length of the mean of exp iθ: 1 when all are in phase.",
        validity: "",
        estimator: scalar(
            |sample| {
                census(sample).map_or(f64::NAN, |census| census.phase[0].hypot(census.phase[1]))
            },
            None,
        ),
    },
    Observable {
        name: "inner_radius",
        title: "Inner radius",
        symbol: "r_in",
        unit: "",
        doc: "Least distance of a member from the centre of mass; not a number on a ring.",
        validity: "",
        estimator: scalar(|sample| radii(sample)[0], None),
    },
    Observable {
        name: "outer_radius",
        title: "Outer radius",
        symbol: "r_out",
        unit: "",
        doc: "Greatest distance of a member from the centre of mass; not a number on a ring.",
        validity: "Swarms in phase, all with all: about 1.10/(1 + J).",
        estimator: scalar(|sample| radii(sample)[1], Some(radius_theory)),
    },
    Observable {
        name: "rms_speed",
        title: "Speed",
        symbol: "v_rms",
        unit: "",
        doc: "Root mean square of the velocities in the last step; not a number on a ring.",
        validity: "",
        estimator: scalar(speed, None),
    },
    Observable {
        name: "radial_density",
        title: "Density by distance from the centre",
        symbol: "n(r)",
        unit: "",
        doc: "Share of the members per unit of area at a distance from the centre of mass: a disc, or a ring with a hole.",
        validity: "",
        estimator: Estimator::Distribution {
            x: axis("r"),
            logarithmic: false,
            estimate: profile,
            theory: None,
        },
    },
    Observable {
        name: "cycled_fraction",
        title: "Members that have gone around",
        symbol: "γ(t)",
        unit: "",
        doc: "Share of the members that have gone all the way around in place and in phase, within a time t since averages began; samples must be closer than half a turn. It stays 0 in static and splintered states and reaches 1 in the active phase wave.",
        validity: "",
        estimator: Estimator::Correlation {
            x: axis("t"),
            logarithmic: false,
            start: || Box::new(Cycles::default()),
            theory: None,
        },
    },
];

/// S₊ and S₋.
fn orders(sample: &Sample) -> Option<[f64; 2]> {
    Some(census(sample)?.waves.map(|[x, y]| x.hypot(y)))
}

fn theory(sample: &Sample) -> Option<f64> {
    let parameters = sample.resource::<Swarmalators>()?;
    let solved = parameters.space == Space::Ring
        && parameters.attraction == parameters.coupling
        && parameters.frequencies == Frequencies::Lorentzian;
    let widths = [parameters.velocity_width, parameters.frequency_width];
    solved.then(|| ring_order(parameters.coupling, widths))
}

fn radii(sample: &Sample) -> [f64; 2] {
    match census(sample) {
        Some(census) if !on_ring(sample) => census.radii,
        _ => [f64::NAN; 2],
    }
}

fn radius_theory(sample: &Sample) -> Option<f64> {
    let parameters = sample.resource::<Swarmalators>()?;
    let phase = census(sample)?.phase;
    let together = parameters.space == Space::Plane && phase[0].hypot(phase[1]) > 0.99;
    together.then(|| synchronous_radius(parameters.attraction))
}

fn speed(sample: &Sample) -> f64 {
    let velocities = sample.column::<Velocity>();
    if on_ring(sample) || velocities.is_empty() {
        return f64::NAN;
    }
    let [sum] = ordered_sum(velocities.len(), |slot| {
        let [x, y] = velocities[slot].0.map(f64::from);
        [x * x + y * y]
    });
    (sum / velocities.len() as f64).sqrt()
}

fn profile(sample: &Sample) -> Curve {
    let positions = sample.column::<Position>();
    if on_ring(sample) || positions.is_empty() {
        return Curve::default();
    }
    let centre = centre(sample);
    let width = REACH / BINS as f64;
    let mut counts = [0.0f64; BINS];
    for position in positions {
        let [x, y] = arm(sample, position, centre);
        if let Some(count) = counts.get_mut((x.hypot(y) / width) as usize) {
            *count += 1.0;
        }
    }
    let area = |bin: usize| PI * width * width * (2 * bin + 1) as f64;
    Curve {
        x: (0..BINS).map(|bin| (bin as f64 + 0.5) * width).collect(),
        y: (0..BINS)
            .map(|bin| counts[bin] / (area(bin) * positions.len() as f64))
            .collect(),
        error: Vec::new(),
    }
}

/// How far every member has gone around, in place and in phase.
#[derive(Default, Serialize, Deserialize)]
struct Cycles {
    began: Option<f64>,
    /// By tag, for place and phase: the last angle, and the unwrapped one with its extremes.
    last: Vec<[f64; 2]>,
    turned: Vec<[[f64; 3]; 2]>,
    times: Vec<f64>,
    shares: Vec<f64>,
    stride: u64,
    samples: u64,
}

impl Accumulator for Cycles {
    fn record(&mut self, sample: &Sample) {
        let positions = sample.column::<Position>();
        let phases = sample.column::<Phase>();
        let tags = sample.column::<Tag>();
        let count = positions.len();
        if self.last.len() != count {
            *self = Self {
                last: vec![[0.0; 2]; count],
                turned: vec![[[0.0; 3]; 2]; count],
                stride: 1,
                ..Self::default()
            };
        }
        let ring = on_ring(sample);
        let centre = if ring { [0.0; 2] } else { centre(sample) };
        let first = self.began.is_none();
        let began = *self.began.get_or_insert(sample.clock.time);
        let mut around = 0usize;
        for (slot, tag) in tags.iter().enumerate() {
            let i = tag.0 as usize;
            let now = [
                bearing(sample, &positions[slot], centre, ring),
                angle(&phases[slot]),
            ];
            let (Some(last), Some(turned)) = (self.last.get_mut(i), self.turned.get_mut(i)) else {
                continue;
            };
            if !first {
                for which in 0..2 {
                    let by = now[which] - last[which];
                    let [place, low, high] = &mut turned[which];
                    *place += by - TAU * (by / TAU).round();
                    *low = low.min(*place);
                    *high = high.max(*place);
                }
            }
            *last = now;
            around += usize::from(turned.iter().all(|[_, low, high]| high - low >= TAU));
        }
        if self.samples.is_multiple_of(self.stride.max(1)) {
            self.times.push(sample.clock.time - began);
            self.shares.push(around as f64 / count.max(1) as f64);
            if self.times.len() >= POINTS {
                for list in [&mut self.times, &mut self.shares] {
                    let mut odd = true;
                    list.retain(|_| {
                        odd = !odd;
                        !odd
                    });
                }
                self.stride *= 2;
            }
        }
        self.samples += 1;
    }

    fn curve(&self) -> Curve {
        Curve {
            x: self.times.clone(),
            y: self.shares.clone(),
            error: Vec::new(),
        }
    }

    fn save(&self) -> Vec<u8> {
        // Numbers and vectors of them always have a binary form.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), String> {
        *self = postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
        Ok(())
    }
}
