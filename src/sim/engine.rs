//! Steps by somebody else: an engine that owns the state of a run for a while.
//!
//! Either the columns of the world or the engine's buffers are the state, never both. The world
//! holds the state again at every sample, at the end of every [`Simulation::advance_while`], and at
//! least once a second in between, so that what is measured and drawn is a state of one step, and
//! so that little is lost with a device. The clock is always that of the newest step.
//!
//! An engine that fails gives the run back to the processor: with its last good state when a number
//! was not finite, which the processor then confirms and names, or with the last state that the
//! world has seen when the device is gone. The user is told either way.

use super::profile::Stopwatch;
use super::simulation::Simulation;
use crate::model::column::Columns;
use crate::model::neighbours;
use crate::model::observable::Sample;
use crate::model::parameter::Values;
use crate::model::phase::{Clock, Failure};
use crate::model::twin::Setting;
use crate::scene::Backend;

/// Steps that an engine does before it says whether they are good.
pub const BURST: u64 = 16;

/// Bursts take about so many seconds where a step takes long: nobody is heard in between.
const BURST_TIME: f64 = 0.05;

/// The world's copy of the state is at most so many seconds old.
const COPY_EVERY: f64 = 1.0;

const NO_WALLS: &str = "walls are computed on the processor only";

/// Why an engine does not go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Trouble {
    /// It cannot compute this run; nothing has been changed.
    #[error("{0}")]
    Refused(String),
    /// What it held is lost.
    #[error("{0}")]
    Lost(String),
    /// A number is not finite, or a particle has gone too far, in the steps just done.
    #[error("{0}")]
    Broken(String),
}

/// Values of columns in the order of the slots, by the columns' names.
pub type Returned = Vec<(&'static str, Vec<u8>)>;

/// What computes steps in place of the schedule.
pub trait Engine: Send + Sync {
    /// What it runs on, honestly.
    fn line(&self) -> &str;
    /// Copies the state and the parameters of a run.
    fn take(&mut self, values: &Values, sample: &Sample) -> Result<(), Trouble>;
    /// Does at most [`BURST`] steps. After [`Trouble::Broken`] only `read_good` may be called.
    fn advance(&mut self, steps: u64) -> Result<(), Trouble>;
    /// The present state.
    fn read(&mut self) -> Result<Returned, Trouble>;
    /// The state before the last call of `advance`.
    fn read_good(&mut self) -> Result<Returned, Trouble>;
}

/// An engine at work.
pub(super) struct Held {
    engine: Box<dyn Engine>,
    /// True when the engine has the state; else it is to take it before the next step.
    taken: bool,
    /// True when the columns of the world are those of the clock.
    current: bool,
    /// Clock of the columns of the world.
    copied: Clock,
    age: Stopwatch,
    /// Steps of the newest burst.
    burst: u64,
    /// Steps of the next one, at most.
    most: u64,
}

impl Held {
    /// Makes bursts shorter that keep whoever waits for their end, and longer again when they are
    /// over soon. Steps are the same in bursts of any length.
    fn pace(&mut self, seconds: f64) {
        if seconds > 2.0 * BURST_TIME {
            self.most = (self.most / 2).max(1);
        } else if seconds < 0.5 * BURST_TIME && self.burst == self.most {
            self.most = (2 * self.most).min(BURST);
        }
    }

    /// The world was changed: the engine takes it anew.
    pub(super) fn disturb(&mut self) {
        self.taken = false;
    }
}

impl Simulation {
    /// Lets an engine compute the steps from now on, and has the scene say so; an error says why it
    /// cannot, and leaves the steps to the processor.
    pub fn engage(&mut self, engine: Box<dyn Engine>) -> Result<(), Trouble> {
        let mut held = Held {
            engine,
            taken: false,
            current: true,
            copied: self.clock(),
            age: Stopwatch::start(),
            burst: 0,
            most: BURST,
        };
        self.disengage();
        self.give(&mut held)?;
        self.held = Some(held);
        self.scene.backend = Backend::Gpu;
        Ok(())
    }

    /// Gives the steps back to the processor, and the engine, if there was one, to the caller. The
    /// state is in the world already.
    pub fn disengage(&mut self) -> Option<Box<dyn Engine>> {
        self.scene.backend = Backend::Cpu;
        self.held.take().map(|held| held.engine)
    }

    /// Leaves the steps to the processor where something has come up that no engine computes: what a
    /// scene says must hold at every moment at which it may be kept.
    pub(super) fn check_engine(&mut self) {
        if self.held.is_none() {
            return;
        }
        let setting = Setting {
            dt: self.clock().dt,
            count: self.count(),
            domain: self.scene.domain,
        };
        let law = self.scene.model.twin.map(|twin| twin.law);
        let reason = match law.map(|law| law(&self.scene.values, &setting)) {
            _ if !self.scene.walls.is_empty() => NO_WALLS.to_string(),
            Some(Err(reason)) => reason,
            _ => return,
        };
        self.disengage();
        self.news
            .push(format!("{reason}; the run goes on on the processor"));
    }

    /// What computes the steps, if it is not the processor.
    pub fn engine(&self) -> Option<&str> {
        self.held.as_ref().map(|held| held.engine.line())
    }

    /// What has happened to the engine since this was last asked.
    pub fn take_news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    /// Hands the state over to the engine.
    fn give(&mut self, held: &mut Held) -> Result<(), Trouble> {
        let pool = self.pool.clone();
        pool.install(|| neighbours::settle(&mut self.world));
        if !self.scene.walls.is_empty() {
            let reason = format!("{NO_WALLS}; rub them out first");
            return Err(Trouble::Refused(reason));
        }
        let values = self.scene.values.clone();
        let sample = Sample {
            world: &self.world,
            columns: self.world.resource::<Columns>(),
            domain: self.scene.domain,
            clock: self.clock(),
        };
        held.engine.take(&values, &sample)?;
        (held.taken, held.current, held.copied) = (true, true, self.clock());
        held.age = Stopwatch::start();
        Ok(())
    }

    /// Writes columns into the world.
    fn accept(&mut self, returned: &Returned) {
        let mut columns = std::mem::take(&mut *self.world.resource_mut::<Columns>());
        for column in columns.iter_mut() {
            let name = column.declaration().name;
            if let Some((_, bytes)) = returned.iter().find(|(other, _)| *other == name) {
                // The lengths fit: the engine took them from here, and changes them only when the
                // world was changed.
                column.restore(&mut self.world, bytes);
            }
        }
        *self.world.resource_mut::<Columns>() = columns;
        neighbours::refer(&mut self.world);
    }

    /// Brings the world up to date with the engine.
    fn fetch(&mut self, held: &mut Held) -> Result<(), Trouble> {
        if !held.current {
            let returned = held.engine.read()?;
            self.accept(&returned);
            (held.current, held.copied) = (true, self.clock());
            held.age = Stopwatch::start();
        }
        Ok(())
    }

    /// Does steps with the engine, as [`Simulation::advance_while`] does them with the schedule.
    /// Returns the steps that are left to the processor.
    pub(super) fn advance_held(
        &mut self,
        steps: u64,
        go_on: &mut (impl FnMut() -> bool + Send),
    ) -> Result<u64, Failure> {
        let Some(mut held) = self.held.take() else {
            return Ok(steps);
        };
        let goal = self.clock().step.saturating_add(steps);
        let Err(trouble) = self.drive(&mut held, goal, go_on) else {
            self.held = Some(held);
            return Ok(0);
        };
        self.scene.backend = Backend::Cpu;
        match trouble {
            Trouble::Broken(reason) => match held.engine.read_good() {
                Ok(good) => {
                    self.confirm(&good, held.burst, &reason)?;
                    Ok(goal - self.clock().step)
                }
                Err(trouble) => Ok(self.fall_back(&held, goal, &trouble.to_string())),
            },
            Trouble::Refused(reason) | Trouble::Lost(reason) => {
                Ok(self.fall_back(&held, goal, &reason))
            }
        }
    }

    /// The loop of an engine: bursts that end where something is due. The clock moves behind a burst
    /// that is good.
    fn drive(
        &mut self,
        held: &mut Held,
        goal: u64,
        go_on: &mut (impl FnMut() -> bool + Send),
    ) -> Result<(), Trouble> {
        let every = self.scene.sample_every.max(1);
        loop {
            let clock = self.clock();
            if clock.step >= goal {
                return self.fetch(held);
            }
            let due = self
                .pending
                .front()
                .is_some_and(|next| next.step <= clock.step);
            let ramps = !self.scene.ramps.is_empty() && clock.step.is_multiple_of(every);
            if due || ramps {
                self.fetch(held)?;
                let values = self.scene.values.clone();
                self.apply_due();
                self.follow_ramps();
                held.taken &= !due && values == self.scene.values;
            }
            if !held.taken {
                self.give(held)?;
            }
            let sample = (clock.step / every + 1).saturating_mul(every);
            let intent = self.pending.front().map_or(u64::MAX, |next| next.step);
            let end = goal.min(sample).min(intent).min(clock.step + held.most);
            held.burst = end - clock.step;
            let busy = Stopwatch::start();
            held.engine.advance(held.burst)?;
            held.pace(busy.seconds());
            held.current = false;
            let mut now = self.clock();
            for _ in clock.step..end {
                now.step += 1;
                now.time += now.dt;
            }
            self.world.insert_resource(now);
            if end == sample {
                self.fetch(held)?;
                self.sample();
            } else if held.age.seconds() > COPY_EVERY {
                self.fetch(held)?;
            }
            if !go_on() {
                return self.fetch(held);
            }
        }
    }

    /// Repeats on the processor the steps in which an engine met a number that is not finite.
    fn confirm(&mut self, good: &Returned, burst: u64, reason: &str) -> Result<(), Failure> {
        let clock = self.clock();
        self.accept(good);
        for _ in 0..burst {
            if let Err(failure) = self.step() {
                // The failing step has spoiled the columns: the last good state takes their place.
                self.accept(good);
                self.world.insert_resource(clock);
                self.news.push(format!(
                    "{reason}; the state was put back to that of step {}",
                    clock.step
                ));
                return Err(failure);
            }
        }
        self.news.push(format!(
            "{reason}, which the processor does not confirm; the run goes on from step {} on the processor",
            clock.step
        ));
        Ok(())
    }

    /// Goes on from what the world has.
    fn fall_back(&mut self, held: &Held, goal: u64, reason: &str) -> u64 {
        self.world.insert_resource(held.copied);
        self.news.push(format!(
            "{reason}; the run goes on from step {} on the processor",
            held.copied.step
        ));
        goal - held.copied.step
    }
}
