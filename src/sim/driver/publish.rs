//! What the window is told of a run.

use std::sync::Arc;

use super::{Runner, Shared};
use crate::sim::engine::ReadFor;
use crate::sim::snapshot::{DeviceReport, HandReport, Snapshot, Status};

impl Runner {
    pub(super) fn tell_news(&mut self) {
        for news in self.simulation.take_news() {
            self.hand.say(true, format!("{news}."));
        }
    }

    pub(super) fn publish(&mut self, shared: &Shared) {
        // The pictures of a film depend on nothing but the steps between its frames.
        let notes = !self.held || self.steps_asked == 0;
        self.display.refresh(&mut self.simulation, self.held, notes);
        if self.hand.is_inspecting() {
            self.simulation.catch_up(ReadFor::Hand);
        }
        // Whatever fails on the way to the picture is told with it.
        self.tell_news();
        let hand = self.hand.report(&self.simulation);
        let snapshot = Arc::new(Snapshot {
            hand,
            ..self.snapshot()
        });
        match shared.snapshot.lock() {
            Ok(mut slot) => *slot = snapshot,
            Err(poisoned) => *poisoned.into_inner() = snapshot,
        }
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let status = match &self.failed {
            Some(trouble) => trouble.clone(),
            None if self.playing || self.steps_asked > 0 => Status::Running,
            None => Status::Paused,
        };
        Snapshot {
            scene: Arc::new(self.simulation.scene().clone()),
            generation: self.generation,
            status,
            held: self.held,
            span: self.timeline.span(self.destination),
            branches: self.timeline.branches(),
            clock: self.simulation.clock(),
            count: self.simulation.count(),
            speed: self.pace.speed(),
            phases: self.simulation.profile().seconds_per_step(),
            engine: self.simulation.engine().map(Arc::from),
            device: DeviceReport {
                drawn: self.display.way(),
                read_backs: self.simulation.read_backs(),
                cost: self.simulation.engine_cost(),
            },
            picture: self.display.picture(),
            scalars: self.simulation.measurements().scalars(),
            curves: self.simulation.measurements().curves(),
            hand: HandReport::default(),
            parameters: self.simulation.measurements().parameters(),
        }
    }
}
