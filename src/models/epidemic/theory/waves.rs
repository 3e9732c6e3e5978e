//! The edge-based integro-differential equations of an epidemic on a random spatial network.
//!
//! ```text
//! ∂H/∂t = βG       H = 1 − Θ: share of the edges at x through which the disease has come
//! ∂P/∂t = γG       share whose infected end has left without transmitting
//! G = f∗q − H − P − X          share whose other end is infectious and has not transmitted
//! q = ε + (1 − ε − v)(1 − Ψ′(Θ)/⟨κ⟩)      probability that a partner has been infected
//! ∂X/∂t = f∗∂q/∂t − νX         share whose other end is exposed; absent without that state
//! S = (1 − ε − v)Ψ(Θ),  İ = −Ṡ − γI,  Ṙ = γI
//! ```
//!
//! With constant rates P = (γ/β)H, and the first equation is
//! ∂Θ/∂t = −βΘ + γ(1 − Θ) + β∫f(x − y)Ψ′(Θ(y))/⟨κ⟩ dy of Lang, De Sterck, Kaiser and Miller; with
//! P on its own the rates may change at any time. Written in what has already happened, every
//! term ahead of a front is a small number and not a difference of large ones. Outside an open
//! box q is 0: there are no nodes.

use serde::{Deserialize, Serialize};

use super::degrees::Degrees;
use crate::math::convolution::Convolution;

/// Convolutions below this times their largest value are rounding of the transforms: they are
/// taken as 0, or they would grow into outbreaks of their own ahead of the front.
const ROUNDING: f64 = 1e-15;

/// The rates of the equations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaveRates {
    /// β.
    pub transmission: f64,
    /// γ, with the rate of detection.
    pub leaving: f64,
    /// ν; infinite without an exposed state.
    pub onset: f64,
}

/// Fields of the state in each cell: H, P, R, X, and E.
const PARTS: usize = 5;

/// The state: what a checkpoint keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaveState {
    pub time: f64,
    fields: [Vec<f64>; PARTS],
}

/// Shares of susceptible, exposed, infectious and removed nodes.
pub type Shares = [f64; 4];

/// The equations on a grid, with their state.
pub struct Waves {
    /// Columns and rows of the box.
    size: [usize; 2],
    convolution: Convolution,
    degrees: Degrees,
    /// ε and v.
    seeds: Vec<f64>,
    immune: f64,
    state: WaveState,
    /// Stages of a step, and what the convolution reads and writes.
    stage: [Vec<f64>; PARTS],
    slope: [Vec<f64>; PARTS],
    sum: [Vec<f64>; PARTS],
    source: Vec<f64>,
    convolved: Vec<f64>,
}

impl Waves {
    /// The state at time 0. The grid of the convolution may be larger than the box, for room
    /// around an open one; `seeds` has the share of nodes that are infectious at the start in
    /// each cell of the box, `immune` that of immune ones everywhere.
    pub fn new(
        size: [usize; 2],
        convolution: Convolution,
        degrees: Degrees,
        seeds: Vec<f64>,
        immune: f64,
    ) -> Self {
        let cells = size[0] * size[1];
        let padded = convolution.size()[0] * convolution.size()[1];
        let fields = || std::array::from_fn(|_| vec![0.0; cells]);
        Self {
            size,
            degrees,
            immune,
            state: WaveState {
                time: 0.0,
                fields: fields(),
            },
            stage: fields(),
            slope: fields(),
            sum: fields(),
            seeds,
            source: vec![0.0; padded],
            convolved: vec![0.0; padded],
            convolution,
        }
    }

    /// Columns and rows of the box.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    pub fn time(&self) -> f64 {
        self.state.time
    }

    pub fn state(&self) -> &WaveState {
        &self.state
    }

    /// Takes a state back; false when it is one of another grid.
    pub fn set_state(&mut self, state: WaveState) -> bool {
        let fits = (state.fields.iter()).all(|field| field.len() == self.seeds.len());
        if fits {
            self.state = state;
        }
        fits
    }

    /// Shares of the nodes of one cell.
    pub fn shares(&self, cell: usize) -> Shares {
        let [h, _, removed, _, exposed] = self.state.fields.each_ref().map(|field| field[cell]);
        let infected = self.seeds[cell] + self.open(cell) * self.degrees.at(h)[0];
        let susceptible = 1.0 - self.immune - infected;
        [susceptible, exposed, infected - exposed - removed, removed]
    }

    /// Shares of all nodes of the box.
    pub fn mean(&self) -> Shares {
        let cells = self.seeds.len();
        let mut sum = [0.0; 4];
        for cell in 0..cells {
            for (sum, share) in sum.iter_mut().zip(self.shares(cell)) {
                *sum += share;
            }
        }
        sum.map(|sum| sum / cells.max(1) as f64)
    }

    /// Share of nodes that were neither seeds nor immune.
    fn open(&self, cell: usize) -> f64 {
        1.0 - self.immune - self.seeds[cell]
    }

    /// Goes to a later time in equal Runge–Kutta steps of at most `longest`.
    pub fn advance(&mut self, until: f64, rates: &WaveRates, longest: f64) {
        let span = until - self.state.time;
        if span > 0.0 && span.is_finite() {
            let steps = (span / longest).ceil().clamp(1.0, 1e6) as usize;
            for _ in 0..steps {
                self.step(span / steps as f64, rates);
            }
            self.state.time = until;
        }
    }

    /// One step of the classical Runge–Kutta method of fourth order.
    pub fn step(&mut self, dt: f64, rates: &WaveRates) {
        for (stage, field) in self.stage.iter_mut().zip(&self.state.fields) {
            stage.copy_from_slice(field);
        }
        for (turn, weight) in [1.0, 2.0, 2.0, 1.0].into_iter().enumerate() {
            self.slopes(rates);
            let ahead = if turn == 2 { dt } else { 0.5 * dt };
            for field in 0..PARTS {
                let (slope, sum) = (&self.slope[field], &mut self.sum[field]);
                let (start, stage) = (&self.state.fields[field], &mut self.stage[field]);
                for cell in 0..slope.len() {
                    let so_far = if turn == 0 { 0.0 } else { sum[cell] };
                    sum[cell] = so_far + weight * slope[cell];
                    stage[cell] = start[cell] + ahead * slope[cell];
                }
            }
        }
        for (field, sum) in self.state.fields.iter_mut().zip(&self.sum) {
            for (value, sum) in field.iter_mut().zip(sum) {
                *value += dt / 6.0 * sum;
            }
        }
        self.state.time += dt;
    }

    /// The slopes at the stage.
    fn slopes(&mut self, rates: &WaveRates) {
        let cells = self.seeds.len();
        let exposed = rates.onset.is_finite();
        for cell in 0..cells {
            let partner = self.degrees.at(self.stage[0][cell])[1];
            let place = self.place(cell);
            self.source[place] = self.seeds[cell] + self.open(cell) * partner;
        }
        self.convolve();
        for cell in 0..cells {
            let [h, p, r, x, e] = self.stage.each_ref().map(|field| field[cell]);
            let arrived = self.convolved[self.place(cell)];
            let g = arrived - h - p - x;
            let [node, _, slope, second] = self.degrees.at(h);
            let open = self.open(cell);
            let infected = self.seeds[cell] + open * node;
            let incidence = open * slope * rates.transmission * g;
            let infectious = infected - e - r;
            let (x, e) = if exposed {
                // The convolution of the second term follows below.
                let place = self.place(cell);
                self.source[place] = open * second * rates.transmission * g;
                (-rates.onset * x, incidence - rates.onset * e)
            } else {
                (0.0, 0.0)
            };
            let slopes = [
                rates.transmission * g,
                rates.leaving * g,
                rates.leaving * infectious,
                x,
                e,
            ];
            for (field, slope) in self.slope.iter_mut().zip(slopes) {
                field[cell] = slope;
            }
        }
        if exposed {
            self.convolve();
            for cell in 0..cells {
                self.slope[3][cell] += self.convolved[self.place(cell)];
            }
        }
    }

    /// Cell of the box in the grid of the convolution.
    #[inline]
    fn place(&self, cell: usize) -> usize {
        let columns = self.size[0];
        cell / columns * self.convolution.size()[0] + cell % columns
    }

    fn convolve(&mut self) {
        self.convolution.apply(&self.source, &mut self.convolved);
        let largest = self.convolved.iter().fold(0.0_f64, |a, &b| a.max(b.abs()));
        for value in &mut self.convolved {
            if value.abs() < ROUNDING * largest {
                *value = 0.0;
            }
        }
    }
}
