//! The theory beside the run: the edge-based equations on a grid of their own, at the same time.
//!
//! [`degrees`] (what the equations know of the network), [`kernel`] (and of space), [`waves`] (the
//! equations), [`limits`] (what follows from them without solving them). The grid has as few
//! dimensions as the start allows: a single cell when the infection starts everywhere, a row when
//! it starts in a band, the plane otherwise.

pub mod degrees;
pub mod kernel;
pub mod limits;
pub mod waves;

use bevy::ecs::resource::Resource;
use serde::{Deserialize, Serialize};

use super::network::Network;
use super::parameters::Epidemic;
use super::start::Region;
use crate::math::convolution::Convolution;
use crate::math::domain::Domain;
use crate::model::observable::Grid;
use waves::{Shares, WaveState, Waves};

/// Longest step, in units of 1/(βK + β + γ + ν): see the test of the order of the method.
const STEP: f64 = 0.1;
/// Points of the course that are kept; when they are used up every second one is dropped.
const COURSE: usize = 2048;
/// Below this share of infectious and exposed nodes the outbreak is over.
const OVER: f64 = 1e-9;

/// The course of the theory so far: time and shares.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    points: Vec<(f64, Shares)>,
    /// Every so many steps are kept.
    stride: u64,
    steps: u64,
}

impl Course {
    fn note(&mut self, time: f64, shares: Shares) {
        self.stride = self.stride.max(1);
        if self.steps.is_multiple_of(self.stride) {
            if self.points.len() == COURSE {
                let mut keep = false;
                self.points.retain(|_| {
                    keep = !keep;
                    keep
                });
                self.stride *= 2;
            }
            self.points.push((time, shares));
        }
        self.steps += 1;
    }

    /// Shares at a time, between the points by straight lines; `None` outside.
    pub fn at(&self, time: f64) -> Option<Shares> {
        let after = self.points.partition_point(|point| point.0 < time);
        let (end, right) = *self.points.get(after)?;
        let Some(&(begin, left)) = after.checked_sub(1).and_then(|i| self.points.get(i)) else {
            return (end == time).then_some(right);
        };
        let part = (time - begin) / (end - begin);
        Some(std::array::from_fn(|i| {
            left[i] + part * (right[i] - left[i])
        }))
    }
}

/// The theory of a run.
#[derive(Resource)]
pub struct Theory {
    waves: Waves,
    course: Course,
    /// Shares now, and minus the slope of S over the last step.
    now: Shares,
    incidence: f64,
    excess: f64,
    over: bool,
}

/// What a checkpoint keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TheoryState {
    waves: WaveState,
    course: Course,
    now: Shares,
    incidence: f64,
    over: bool,
}

impl Theory {
    /// The theory of a start: `seeds` of the nodes of the region are infectious, `immune` of all
    /// nodes are immune.
    pub fn new(
        parameters: &Epidemic,
        network: &Network,
        domain: &Domain,
        region: Region,
        seeds: f64,
        immune: f64,
    ) -> Self {
        let (size, padded) = grid(parameters, network, domain, region);
        let table = match &network.placed {
            Some((kernel, placed)) => kernel::table(kernel, placed, domain, size, padded),
            None => vec![1.0],
        };
        let convolution = Convolution::new(padded, &table);
        let share = |cell: usize| seeds * covered(region, domain, size, cell);
        let seeds: Vec<f64> = (0..size[0] * size[1]).map(share).collect();
        let degrees = network.degrees.clone();
        let excess = degrees.excess();
        let waves = Waves::new(size, convolution, degrees, seeds, immune);
        let now = waves.mean();
        let mut course = Course::default();
        course.note(0.0, now);
        Self {
            waves,
            course,
            now,
            incidence: f64::NAN,
            excess,
            over: false,
        }
    }

    /// Goes to a later time with the rates that hold until then.
    pub fn advance(&mut self, until: f64, parameters: &Epidemic) {
        let rates = parameters.wave_rates();
        let onset = if rates.onset.is_finite() {
            rates.onset
        } else {
            0.0
        };
        let fastest = rates.transmission * (1.0 + self.excess.max(1.0)) + rates.leaving + onset;
        let span = until - self.waves.time();
        let before = self.now;
        if !self.over {
            self.waves.advance(until, &rates, STEP / fastest.max(1e-12));
            self.now = self.waves.mean();
            // An outbreak that cannot grow again rests; a change of rates wakes nothing below OVER.
            self.over = self.now[1] + self.now[2] < OVER;
        }
        self.incidence = if self.over {
            0.0
        } else {
            (before[0] - self.now[0]) / span
        };
        self.course.note(until, self.now);
    }

    /// Shares of susceptible, exposed, infectious and removed nodes now.
    pub fn shares(&self) -> Shares {
        self.now
    }

    /// New infections per node and time, over the last step.
    pub fn incidence(&self) -> f64 {
        self.incidence
    }

    pub fn course(&self) -> &Course {
        &self.course
    }

    /// A field of shares: 1 exposed, 2 infectious, 3 removed. A line is drawn out over the box.
    pub fn field(&self, domain: &Domain, which: usize) -> Grid {
        let [columns, rows] = self.waves.size();
        let tall = (columns as f64 * domain.size[1] / domain.size[0]).round() as usize;
        let shown = if rows == 1 {
            tall.clamp(1, columns.max(2))
        } else {
            rows
        };
        let share = |cell| self.waves.shares(cell)[which] as f32;
        let line: Vec<f32> = (0..columns * rows).map(share).collect();
        let values = if rows == 1 { line.repeat(shown) } else { line };
        Grid {
            columns,
            rows: shown,
            values,
        }
    }

    /// The state for a checkpoint.
    pub fn state(&self) -> TheoryState {
        TheoryState {
            waves: self.waves.state().clone(),
            course: self.course.clone(),
            now: self.now,
            incidence: self.incidence,
            over: self.over,
        }
    }

    /// Takes a state back; false when it is one of another grid.
    pub fn set_state(&mut self, state: TheoryState) -> bool {
        if !self.waves.set_state(state.waves) {
            return false;
        }
        (self.course, self.now) = (state.course, state.now);
        (self.incidence, self.over) = (state.incidence, state.over);
        true
    }
}

/// Cells over the box, and in the grid of the convolution.
fn grid(
    parameters: &Epidemic,
    network: &Network,
    domain: &Domain,
    region: Region,
) -> ([usize; 2], [usize; 2]) {
    let longest = domain.size[0].max(domain.size[1]);
    let most = parameters.theory_cells.clamp(1, 4096) as f64;
    let even = |side: f64| smooth((most * side / longest).ceil().max(2.0) as usize);
    let size = match region {
        _ if network.placed.is_none() => [1, 1],
        Region::Everywhere if domain.is_periodic() => [1, 1],
        Region::Band { .. } if domain.is_periodic() => [even(domain.size[0]), 1],
        _ => domain.size.map(even),
    };
    if domain.is_periodic() || size == [1, 1] {
        (size, size)
    } else {
        // Room around the box, so that nothing wraps.
        (size, size.map(|side| smooth(2 * side)))
    }
}

/// The next number that is a product of small primes, for which transforms are fast.
fn smooth(mut side: usize) -> usize {
    loop {
        let mut rest = side;
        for prime in [2, 3, 5] {
            while rest.is_multiple_of(prime) {
                rest /= prime;
            }
        }
        if rest == 1 {
            return side;
        }
        side += 1;
    }
}

/// Share of a cell that lies in the region, by points in the cell.
fn covered(region: Region, domain: &Domain, size: [usize; 2], cell: usize) -> f64 {
    const POINTS: usize = 8;
    let place = [cell % size[0], cell / size[0]];
    if size == [1, 1] {
        return region.share(domain);
    }
    let coordinate = |axis: usize, k: usize| {
        let along = (place[axis] as f64 + (k as f64 + 0.5) / POINTS as f64) / size[axis] as f64;
        (along - 0.5) * domain.size[axis]
    };
    let mut inside = 0;
    for k in 0..POINTS {
        for l in 0..POINTS {
            inside += usize::from(region.contains([coordinate(0, k), coordinate(1, l)]));
        }
    }
    inside as f64 / (POINTS * POINTS) as f64
}
