//! What is done beside the window, each on a thread of its own, and what it has to say at the end.

use std::sync::mpsc::{Receiver, TryRecvError, channel};

use crate::panel::Weight;

/// A message for the user.
pub type Message = (Weight, String);

/// Work that has not been told of yet.
#[derive(Default)]
pub struct Reports(Vec<Receiver<Message>>);

impl Reports {
    /// Begins with some work.
    pub fn begin(&mut self, work: impl FnOnce() -> Message + Send + 'static) {
        let (report, outcome) = channel();
        let refused = report.clone();
        let thread = std::thread::Builder::new().name("seethe-write".into());
        if let Err(error) = thread.spawn(move || report.send(work())) {
            let reason = format!("Nothing was written: no thread could be started: {error}");
            let _ = refused.send((Weight::Fault, reason));
        }
        self.0.push(outcome);
    }

    /// True while something is being done.
    pub fn is_busy(&self) -> bool {
        !self.0.is_empty()
    }

    /// Waits until all is done.
    pub fn end(&mut self) {
        for outcome in self.0.drain(..) {
            let _ = outcome.recv();
        }
    }

    /// To be called every frame: says what has been done, one at a time.
    pub fn attend(&mut self) -> Option<Message> {
        let mut said = None;
        self.0.retain(|outcome| {
            if said.is_some() {
                return true;
            }
            let heard = outcome.try_recv();
            let goes_on = heard == Err(TryRecvError::Empty);
            said = heard.ok();
            goes_on
        });
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_is_heard_once() {
        let mut reports = Reports::default();
        for number in 0..5 {
            reports.begin(move || (Weight::Note, number.to_string()));
        }
        let mut heard = Vec::new();
        while reports.is_busy() {
            heard.extend(reports.attend().map(|(_, text)| text));
        }
        heard.sort_unstable();
        assert_eq!(heard, ["0", "1", "2", "3", "4"]);
        reports.begin(|| (Weight::Fault, "late".into()));
        reports.end();
        assert!(!reports.is_busy() && reports.attend().is_none());
    }
}
