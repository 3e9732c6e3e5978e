//! What a run keeps for the hands of its window: who is looked at, states to go back to, and what
//! has to be said.

use std::sync::Arc;

use super::checkpoint;
use super::inspect::{Inspector, Pick};
use super::rewind::Rewind;
use super::simulation::Simulation;
use super::snapshot::{HandReport, Notice};

/// Things said that the window may still have to show.
const NOTICES: usize = 8;

/// The side of the run.
#[derive(Default)]
pub struct Hand {
    inspector: Option<Inspector>,
    rewind: Rewind,
    notices: Arc<Vec<Notice>>,
}

impl Hand {
    /// Tells the window something, once.
    pub fn say(&mut self, fault: bool, text: String) {
        let notices = Arc::make_mut(&mut self.notices);
        let number = notices.last().map_or(0, |last| last.number) + 1;
        notices.push(Notice {
            number,
            text,
            fault,
        });
        let surplus = notices.len().saturating_sub(NOTICES);
        notices.drain(..surplus);
    }

    /// Looks at another particle, or at none.
    pub fn inspect(&mut self, simulation: &Simulation, pick: Pick) {
        self.inspector = Inspector::pick(simulation, self.inspector.as_ref(), pick);
    }

    /// True while somebody is looked at.
    pub fn is_inspecting(&self) -> bool {
        self.inspector.is_some()
    }

    /// Keeps the state before a stroke.
    pub fn begin(&mut self, simulation: &Simulation, stroke: u64) {
        let step = simulation.clock().step;
        self.rewind
            .begin(stroke, step, checkpoint::save(simulation));
    }

    /// The run before a stroke, or the one in which it was taken back; `None` when there is none,
    /// which is then said.
    pub fn travel(&mut self, from: &Simulation, stroke: u64, forward: bool) -> Option<Simulation> {
        let state = if forward {
            self.rewind.redo(stroke)
        } else {
            let step = from.clock().step;
            self.rewind.undo(stroke, step, || checkpoint::save(from))
        };
        let Some(state) = state else {
            let text = "This stroke is too long ago, or on a branch that was left: its state is not kept any more.";
            self.say(true, text.into());
            return None;
        };
        match checkpoint::restore(&state, from.pool()) {
            Ok(mut simulation) => {
                simulation.dress_as(from.scene());
                self.say(false, story(from, &simulation, forward));
                self.look_anew(&simulation);
                Some(simulation)
            }
            Err(error) => {
                self.say(true, format!("The state of the stroke is lost: {error}."));
                None
            }
        }
    }

    /// Another branch of the run begins at a step: strokes of the one that is left stay in it.
    pub fn branch(&mut self, step: u64) {
        self.rewind.branch(step);
    }

    /// Another run has begun: there is no way back to the strokes of the one before.
    pub fn start_anew(&mut self, simulation: &Simulation) {
        self.rewind.clear();
        self.look_anew(simulation);
    }

    /// Finds the particle that is looked at in another state.
    pub fn look_anew(&mut self, simulation: &Simulation) {
        if let Some(inspector) = &mut self.inspector {
            inspector.rewind(simulation);
        }
    }

    /// What the window is told of the present state.
    pub fn report(&mut self, simulation: &Simulation) -> HandReport {
        HandReport {
            inspection: self.inspector.as_mut().map(|one| one.look(simulation)),
            notices: self.notices.clone(),
        }
    }
}

/// What has become of the run, in a sentence.
fn story(from: &Simulation, to: &Simulation, forward: bool) -> String {
    let whence = if forward {
        "The stroke is there again"
    } else {
        "The stroke is taken back"
    };
    let (before, now) = (from.clock(), to.clock());
    if now.step == before.step {
        return format!("{whence}.");
    }
    let unit = to.scene().model.units.time;
    let way = if now.step < before.step {
        "back"
    } else {
        "forward"
    };
    format!(
        "{whence}: the run went {way} from t = {:.4} {unit} to t = {:.4} {unit}, step {}.",
        before.time, now.time, now.step
    )
}
