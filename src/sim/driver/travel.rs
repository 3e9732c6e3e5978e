//! A run that goes back in time, and on again.

use super::Runner;
use crate::sim::simulation::Simulation;
use crate::sim::snapshot::Status;

impl Runner {
    /// Sets out for a step: from the state before it, or from here.
    pub(super) fn go_to(&mut self, step: u64) {
        if self.refuses_to_travel() {
            return;
        }
        self.forget_refusal();
        let step = self.timeline.reach(step);
        match self.timeline.back(&mut self.simulation, step) {
            Some(Ok(earlier)) => self.put_in_place(earlier),
            Some(Err(error)) => {
                let text = format!("The state of step {step} is lost: {error}.");
                return self.hand.say(true, text);
            }
            None => {}
        }
        self.set_out(step);
    }

    /// Takes up a branch that was left, at its farthest step.
    pub(super) fn take_up(&mut self, branch: u64) {
        if self.refuses_to_travel() {
            return;
        }
        self.forget_refusal();
        match self.timeline.take_up(&mut self.simulation, branch) {
            Some(Ok((other, parting))) => {
                self.put_in_place(other);
                self.hand.branch(parting);
                let span = self.timeline.span(None);
                self.set_out(span.last.step);
            }
            Some(Err(error)) => {
                let text = format!("The state of the branch is lost: {error}.");
                self.hand.say(true, text);
            }
            None => {
                let text =
                    "This branch is not kept any more: there were many after it, or large ones.";
                self.hand.say(true, text.into());
            }
        }
    }

    /// Another state of the same scene takes the place of the run.
    fn put_in_place(&mut self, other: Simulation) {
        let before = std::mem::replace(&mut self.simulation, other);
        self.workshop
            .carry_over(before, &mut self.simulation, &mut self.hand);
        self.hand.look_anew(&self.simulation);
        self.display.forget_past();
        self.failed = None;
    }

    /// Pauses, and goes on to a step.
    fn set_out(&mut self, step: u64) {
        self.playing = false;
        self.steps_asked = 0;
        self.destination = (step > self.simulation.clock().step).then_some(step);
    }

    /// Goes all the way at once.
    pub(super) fn arrive(&mut self) {
        if let Some(step) = self.destination.take() {
            let left = step.saturating_sub(self.simulation.clock().step);
            if let Err(failure) = self.simulation.advance(left) {
                self.failed = Some(Status::Failed(failure.to_string()));
            }
            self.simulation.apply_due();
        }
    }

    /// True when the run is not, or no longer, on the way to a step.
    pub(super) fn has_arrived(&mut self) -> bool {
        if self.destination == Some(self.simulation.clock().step) {
            self.destination = None;
            // What a hand did at this step belongs to it.
            self.simulation.apply_due();
            self.pace.restart();
        }
        self.destination.is_none()
    }

    /// A hand changes the run: what lies ahead comes no more.
    pub(super) fn branch(&mut self) {
        if self.timeline.branch(&mut self.simulation) {
            self.hand.branch(self.simulation.clock().step);
            let text =
                "Another branch begins here. The one that is left is in the list of branches.";
            self.hand.say(false, text.into());
        }
    }

    /// The time of a film only goes forward.
    fn refuses_to_travel(&mut self) -> bool {
        if self.held {
            let text = "A film is being made, whose time cannot go back: stop it first.";
            self.hand.say(true, text.into());
        }
        self.held
    }

    /// A scene that could not begin has left the run as it was, which may go on.
    pub(super) fn forget_refusal(&mut self) {
        if matches!(self.failed, Some(Status::NotStarted(_))) {
            self.failed = None;
        }
    }

    /// Takes a stroke back, or makes it again, with all that the run did since.
    pub(super) fn go_to_stroke(&mut self, stroke: u64, forward: bool) {
        if self.refuses_to_travel() {
            return;
        }
        self.simulation.apply_due();
        if let Some(simulation) = self.hand.travel(&self.simulation, stroke, forward) {
            let before = std::mem::replace(&mut self.simulation, simulation);
            self.workshop
                .carry_over(before, &mut self.simulation, &mut self.hand);
            self.timeline.jump(&mut self.simulation);
            self.failed = None;
            self.steps_asked = 0;
            self.pace.restart();
        }
    }
}
