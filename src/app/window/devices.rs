//! The adapters that can compute steps: listed beside the window, and the one that was chosen.

use std::sync::mpsc::{Receiver, channel};

use crate::app::hand_over::engines;
use crate::gpu;
use crate::panel::AdapterEntry;
use crate::scene::Backend;
use crate::sim::Lab;
use crate::sim::driver::Command;

/// What there is, and what is wanted of it.
pub struct Devices {
    entries: Vec<AdapterEntry>,
    /// Asking the drivers takes a moment, for which no frame waits.
    asked: Option<Receiver<Vec<gpu::Listed>>>,
    /// A part of a name; empty: the fastest.
    wanted: String,
    /// The device on which the window draws, where it draws on one.
    window: Option<gpu::Window>,
}

impl Devices {
    /// Begins to ask what there is. `wanted` is the name of the adapter of the last visit.
    pub fn new(wanted: String) -> Self {
        let (tell, asked) = channel();
        let started = std::thread::Builder::new()
            .name("seethe-adapters".into())
            .spawn(move || {
                // Nobody is left to be told when the window has gone.
                let _ = tell.send(gpu::list());
            });
        Self {
            entries: Vec::new(),
            asked: started.is_ok().then_some(asked),
            wanted,
            window: None,
        }
    }

    /// The window is there: from now on engines can be had, on its own device where that is the
    /// adapter to compute on.
    pub fn open(&mut self, window: Option<gpu::Window>, lab: &Lab) {
        self.window = window;
        self.offer(&self.wanted, lab);
    }

    fn offer(&self, adapter: &str, lab: &Lab) {
        let engines = engines(adapter, self.window.clone());
        lab.send(Command::Engines(engines));
    }

    /// Takes the answer when it is there.
    pub fn attend(&mut self) {
        let answer = self.asked.as_ref().and_then(|asked| asked.try_recv().ok());
        if let Some(listed) = answer {
            let entry = |one: gpu::Listed| AdapterEntry {
                name: one.name,
                line: one.line,
                software: one.software,
            };
            self.entries = listed.into_iter().map(entry).collect();
            self.asked = None;
        }
    }

    /// The adapters, the fastest kinds first.
    pub fn entries(&self) -> &[AdapterEntry] {
        &self.entries
    }

    /// The name to remember.
    pub fn wanted(&self) -> &str {
        &self.wanted
    }

    /// Which of the adapters computes when no other is asked for.
    pub fn chosen(&self) -> usize {
        let named = |one: &AdapterEntry| one.name == self.wanted;
        self.entries.iter().position(named).unwrap_or(0)
    }

    /// Moves the run to an adapter, or to the processor.
    pub fn compute(&mut self, place: Option<usize>, lab: &Lab) {
        let Some(index) = place else {
            return lab.send(Command::Compute(Backend::Cpu));
        };
        if let Some(entry) = self.entries.get(index) {
            self.wanted.clone_from(&entry.name);
            // By its number: two cards may have one name.
            self.offer(&index.to_string(), lab);
        }
        lab.send(Command::Compute(Backend::Gpu));
    }
}
