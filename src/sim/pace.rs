//! Pace: how many steps the wall clock allows now. Model time never depends on it.

use std::time::{Duration, Instant};

/// Decides from the wall clock how many steps are due, without ever queueing a debt.
#[derive(Debug)]
pub struct Pace {
    /// Model time per second of wall time; infinite: as fast as it goes.
    target: f64,
    /// Since when the steps are counted against the target.
    since: Instant,
    /// Model time done since then.
    done: f64,
    window_start: Instant,
    window_steps: u64,
    window_time: f64,
    steps_per_second: f64,
    reached: f64,
}

/// A pause longer than this is forgotten rather than caught up with.
const FORGET: Duration = Duration::from_millis(100);

impl Pace {
    /// Starts to count now.
    pub fn new(target: f64) -> Self {
        let now = Instant::now();
        Self {
            target,
            since: now,
            done: 0.0,
            window_start: now,
            window_steps: 0,
            window_time: 0.0,
            steps_per_second: 0.0,
            reached: 0.0,
        }
    }

    /// Sets another target, from now on.
    pub fn set_target(&mut self, target: f64) {
        self.target = target;
        self.restart();
    }

    /// Forgets the past, for instance after a pause.
    pub fn restart(&mut self) {
        self.since = Instant::now();
        self.done = 0.0;
    }

    /// How many steps of length `dt` are due now; `u64::MAX` when there is no limit.
    pub fn due(&mut self, dt: f64) -> u64 {
        if !self.target.is_finite() {
            return u64::MAX;
        }
        let behind = self.since.elapsed().as_secs_f64() * self.target - self.done;
        if behind > FORGET.as_secs_f64() * self.target {
            // The machine is too slow for the target: what it owes beyond a tenth of a second
            // is dropped, so that the run is never in debt.
            self.done += behind - FORGET.as_secs_f64() * self.target;
        }
        (behind / dt).max(0.0) as u64
    }

    /// Notes that steps were done.
    pub fn note(&mut self, steps: u64, dt: f64) {
        self.done += steps as f64 * dt;
        self.window_steps += steps;
        self.window_time += steps as f64 * dt;
        let elapsed = self.window_start.elapsed().as_secs_f64();
        if elapsed > 0.5 {
            self.steps_per_second = self.window_steps as f64 / elapsed;
            self.reached = self.window_time / elapsed;
            self.window_start = Instant::now();
            self.window_steps = 0;
            self.window_time = 0.0;
        }
    }

    /// The figures for the window.
    pub fn speed(&self) -> super::snapshot::Speed {
        super::snapshot::Speed {
            steps_per_second: self.steps_per_second,
            target: self.target,
            reached: self.reached,
        }
    }
}
