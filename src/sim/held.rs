//! An engine at work: its hand-overs, its bursts of steps, and what becomes of a run that it fails.

use super::engine::{BURST, Cost, Engine, ReadBacks, ReadFor, Returned, Trouble};
use super::marks::{Look, Marks};
use super::profile::Stopwatch;
use super::simulation::Simulation;
use crate::model::column::Columns;
use crate::model::neighbours;
use crate::model::observable::Sample;
use crate::model::phase::{Clock, Failure};
use crate::model::twin::Setting;
use crate::scene::Backend;

/// Bursts take about so many seconds where a step takes long: nobody is heard in between.
const BURST_TIME: f64 = 0.05;

/// The same where the device draws, too, and has a clock: a frame waits for the burst before it.
const SHARED_BURST_TIME: f64 = 0.008;

/// The world's copy of the state is at most so many seconds old.
const COPY_EVERY: f64 = 1.0;

/// Bursts that are measured when somebody asks what phases cost.
const MEASURED: u32 = 64;

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
    read_backs: ReadBacks,
    /// Steps of the newest burst.
    burst: u64,
    /// Steps of the next one, at most.
    most: u64,
}

impl Held {
    /// Makes bursts shorter that keep whoever waits for their end, and longer again when they are
    /// over soon. Steps are the same in bursts of any length.
    fn pace(&mut self, seconds: f64) {
        let (spent, wanted) = match self.engine.busy() {
            None => (seconds, BURST_TIME),
            // Of a device that is mostly busy with frames the steps take a third.
            Some(busy) => (busy, SHARED_BURST_TIME.max(0.5 * (seconds - busy))),
        };
        if spent > 2.0 * wanted {
            self.most = (self.most / 2).max(1);
        } else if spent < 0.5 * wanted && self.burst == self.most {
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
        self.disengage();
        let mut held = Held {
            engine,
            taken: false,
            current: true,
            copied: self.clock(),
            age: Stopwatch::start(),
            read_backs: ReadBacks::default(),
            burst: 0,
            most: BURST,
        };
        self.give(&mut held)?;
        self.held = Some(held);
        self.scene.backend = Backend::Gpu;
        Ok(())
    }

    /// Gives the state and the steps back to the processor, and the engine, if there was one, to the
    /// caller.
    pub fn disengage(&mut self) -> Option<Box<dyn Engine>> {
        self.catch_up(ReadFor::Hand);
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

    /// Has the engine measure what its phases cost for some time: some hundreds of steps.
    pub fn measure_phases(&mut self) {
        if let Some(held) = &mut self.held {
            held.engine.measure(MEASURED);
        }
    }

    /// What the engine has measured of its phases.
    pub fn engine_cost(&self) -> Cost {
        let held = self.held.as_ref();
        held.map(|held| held.engine.cost()).unwrap_or_default()
    }

    /// How often the state was read back from the engine.
    pub fn read_backs(&self) -> ReadBacks {
        let held = self.held.as_ref();
        held.map(|held| held.read_backs).unwrap_or_default()
    }

    /// Brings the columns up to the clock where an engine is ahead of them; whoever looks at them
    /// after [`Simulation::advance_ahead`] asks for it first. Without an answer the run goes on from
    /// the columns as they are, and the clock goes back to theirs.
    pub fn catch_up(&mut self, why: ReadFor) {
        let Some(mut held) = self.held.take() else {
            return;
        };
        match self.fetch(&mut held, why) {
            Ok(()) => self.held = Some(held),
            Err(trouble) => self.give_up(&held, &trouble),
        }
    }

    /// The present particles, to be drawn where they are; an error says why they cannot be.
    pub fn draw(&mut self, look: &Look) -> Result<Marks, String> {
        let Some(mut held) = self.held.take() else {
            return Err("the processor computes the steps".into());
        };
        if !held.taken {
            self.held = Some(held);
            return Err("the columns were changed by hand".into());
        }
        match held.engine.draw(look) {
            Ok(marks) => {
                let why = if held.engine.is_shared() {
                    "the device has no room for another picture"
                } else {
                    "the window is not drawn on the device that computes"
                };
                self.held = Some(held);
                marks.ok_or_else(|| why.into())
            }
            Err(trouble) => {
                self.give_up(&held, &trouble);
                Err(trouble.to_string())
            }
        }
    }

    /// Leaves the steps to the processor, for an engine that has failed between two steps.
    fn give_up(&mut self, held: &Held, trouble: &Trouble) {
        self.scene.backend = Backend::Cpu;
        self.fall_back(held, held.copied.step, &trouble.to_string());
    }

    /// What has happened to the engine since this was last asked.
    pub fn take_news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    /// Hands the state over to the engine.
    fn give(&mut self, held: &mut Held) -> Result<(), Trouble> {
        let pool = self.pool.clone();
        pool.install(|| neighbours::settle(&mut self.world));
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
    fn fetch(&mut self, held: &mut Held, why: ReadFor) -> Result<(), Trouble> {
        if !held.current {
            held.read_backs.note(why);
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
        ahead: bool,
        go_on: &mut (impl FnMut() -> bool + Send),
    ) -> Result<u64, Failure> {
        let Some(mut held) = self.held.take() else {
            return Ok(steps);
        };
        let goal = self.clock().step.saturating_add(steps);
        let mut driven = self.drive(&mut held, goal, go_on);
        if !ahead {
            driven = driven.and_then(|()| self.fetch(&mut held, ReadFor::Hand));
        }
        let Err(trouble) = driven else {
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
                return Ok(());
            }
            let due = self
                .pending
                .front()
                .is_some_and(|next| next.step <= clock.step);
            let ramps = !self.scene.ramps.is_empty() && clock.step.is_multiple_of(every);
            if due || ramps {
                self.fetch(held, ReadFor::Hand)?;
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
                self.fetch(held, ReadFor::Sample)?;
                self.sample();
            } else if held.age.seconds() > COPY_EVERY {
                self.fetch(held, ReadFor::Copy)?;
            }
            if !go_on() {
                return Ok(());
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
