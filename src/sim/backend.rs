//! Where the steps of a window's run are computed, and the moves from one place to the other.
//!
//! The scene of a run says where its steps are computed, so that it is kept in files, checkpoints
//! and restarts. Every move happens between two steps, and whatever cannot be moved stays on the
//! processor, with the reason told.

use std::sync::Arc;

use super::engine::Engine;
use super::hand::Hand;
use super::simulation::Simulation;
use crate::model::Model;
use crate::scene::Backend;

/// Makes an engine for a model; an error says why there is none.
pub type MakeEngine = Arc<dyn Fn(&'static Model) -> Result<Box<dyn Engine>, String> + Send + Sync>;

/// Where engines come from, and where they go.
#[derive(Default)]
pub struct Workshop {
    make: Option<MakeEngine>,
}

impl Workshop {
    /// Engines come from here from now on; a run whose scene wants one, and that has none, gets it.
    pub fn open(&mut self, make: MakeEngine, run: &mut Simulation, hand: &mut Hand) {
        self.make = Some(make);
        if run.scene().backend == Backend::Gpu && run.engine().is_none() {
            self.move_to(Backend::Gpu, run, hand);
        }
    }

    /// Moves a run between two steps, from one engine to another as well, and says what has come of
    /// it.
    pub fn move_to(&self, backend: Backend, run: &mut Simulation, hand: &mut Hand) {
        // The old engine goes first: two at once may be more than a device has memory for.
        let before = run.disengage().is_some();
        match backend {
            Backend::Cpu if before => {
                hand.say(false, "The processor computes the steps now.".into());
            }
            Backend::Cpu => {}
            Backend::Gpu => match self.make(run.scene().model) {
                Ok(engine) => engage(engine, run, hand),
                Err(reason) => stay(&reason, run, hand),
            },
        }
    }

    /// An earlier or later state of a run has taken its place: its engine goes on with that.
    pub fn carry_over(&self, mut before: Simulation, now: &mut Simulation, hand: &mut Hand) {
        match before.disengage() {
            None => {
                now.disengage();
            }
            Some(engine) => {
                if let Err(trouble) = now.engage(engine) {
                    stay(&trouble.to_string(), now, hand);
                }
            }
        }
    }

    /// Another run has taken the place of one: it is computed where its scene says.
    pub fn replace(&self, mut before: Simulation, now: &mut Simulation, hand: &mut Hand) {
        if now.scene().backend == Backend::Cpu || self.make.is_none() {
            return;
        }
        if now.scene().model == before.scene().model && before.engine().is_some() {
            self.carry_over(before, now, hand);
        } else {
            // Two runs at once may be more than a device has memory for.
            drop(before.disengage());
            self.move_to(Backend::Gpu, now, hand);
        }
    }

    fn make(&self, model: &'static Model) -> Result<Box<dyn Engine>, String> {
        match &self.make {
            Some(make) => make(model),
            None => Err("no graphics device is at hand".into()),
        }
    }
}

fn engage(engine: Box<dyn Engine>, run: &mut Simulation, hand: &mut Hand) {
    let line = engine.line().to_string();
    match run.engage(engine) {
        Ok(()) => hand.say(false, format!("The steps are computed on {line} now.")),
        Err(trouble) => stay(&trouble.to_string(), run, hand),
    }
}

fn stay(reason: &str, run: &mut Simulation, hand: &mut Hand) {
    run.disengage();
    hand.say(true, format!("The processor computes the steps: {reason}."));
}
