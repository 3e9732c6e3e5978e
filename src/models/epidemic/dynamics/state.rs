//! What a checkpoint keeps of the chain: the clocks of the nodes, from which the queue follows.

use serde::{Deserialize, Serialize};

use super::{Clock, Dynamics, NOBODY, Rates, health};

/// The part of the chain that a checkpoint keeps, together with the columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DynamicsState {
    rates: Rates,
    due: Vec<f64>,
    source: Vec<u32>,
    draws: Vec<u32>,
    census: [u64; health::COUNT],
    infections: u64,
    ring_vaccinated: u64,
}

impl Dynamics {
    /// The state for a checkpoint.
    pub fn state(&self) -> DynamicsState {
        DynamicsState {
            rates: self.rates,
            due: self.clocks.iter().map(|clock| clock.due).collect(),
            source: self.clocks.iter().map(|clock| clock.source).collect(),
            draws: self.clocks.iter().map(|clock| clock.draws).collect(),
            census: self.census,
            infections: self.infections,
            ring_vaccinated: self.ring_vaccinated,
        }
    }

    /// Takes a state back, and puts what is due into the queue; false when it is the state of
    /// another number of nodes.
    pub fn set_state(&mut self, state: DynamicsState) -> bool {
        let nodes = self.clocks.len();
        let lengths = [state.due.len(), state.source.len(), state.draws.len()];
        let known = |source: &u32| *source == NOBODY || (*source as usize) < nodes;
        let counted = state
            .census
            .iter()
            .try_fold(0_u64, |sum, &one| sum.checked_add(one));
        // The sign of what is due says who is susceptible.
        let open = state
            .due
            .iter()
            .filter(|due| due.is_sign_positive())
            .count();
        if lengths != [nodes; 3]
            || open as u64 != state.census[usize::from(health::SUSCEPTIBLE)]
            || counted != Some(nodes as u64)
            || !state.source.iter().all(known)
            || state.due.iter().any(|time| time.is_nan())
        {
            return false;
        }
        self.rates = state.rates;
        for (node, clock) in self.clocks.iter_mut().enumerate() {
            *clock = Clock {
                due: state.due[node],
                source: state.source[node],
                draws: state.draws[node],
            };
        }
        self.census = state.census;
        self.infections = state.infections;
        self.ring_vaccinated = state.ring_vaccinated;
        self.queue.clear();
        self.ends.clear();
        self.contacts.clear();
        for (node, clock) in (0..).zip(&self.clocks) {
            self.queue.push(node, clock.due.abs());
        }
        true
    }
}
