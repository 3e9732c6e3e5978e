//! Contacts: whom infectious nodes reach, and what a susceptible node waits for.

use prefetch_index::prefetch_index;

use super::health::{EXPOSED, INFECTIOUS, SUSCEPTIBLE};
use super::{Dynamics, NEVER, NOBODY, Nodes, exponential};
use crate::math::event_queue::Event;
use crate::math::network::Graph;

impl Dynamics {
    /// Draws what the nodes will do whose turn is next, all together.
    #[inline(always)]
    pub(super) fn prepare(&mut self, graph: &Graph, nodes: &Nodes) {
        let fresh = self.queue.fresh();
        if fresh.is_empty() {
            return;
        }
        self.contacts.clear();
        let at_once = !self.rates.onset.is_finite();
        let mut kept = 0;
        for at in 0..fresh.len() {
            let mut event = fresh[at];
            let index = event.node as usize;
            let (clock, state) = (self.clocks[index], nodes.health[index]);
            // No branch, for chance decides.
            let begins = (state == EXPOSED) | ((state == SUSCEPTIBLE) & at_once);
            let counts = clock.due.abs() == event.time;
            let begins = begins & counts;
            let draw = clock.draws.wrapping_add(1);
            event.mark = self.contacts.ask(event.node, draw, event.time, begins);
            fresh[kept] = event;
            kept += usize::from(counts);
        }
        self.queue.keep_fresh(kept);
        self.contacts.draw(graph, &self.rates, self.seed);
        for &other in self.contacts.reached() {
            prefetch_index(&self.clocks, other as usize);
        }
        // What comes next is on its way into the cache meanwhile: first the nodes, a turn later
        // their rows.
        for event in self.queue.ahead(1) {
            graph.prefetch_row(event.node);
        }
        for event in self.queue.ahead(2) {
            let index = event.node as usize;
            prefetch_index(&self.clocks, index);
            prefetch_index(&*nodes.arrival, index);
            prefetch_index(&*nodes.infector, index);
            graph.prefetch(event.node);
        }
    }

    /// The node becomes infectious, or its clocks are drawn anew while it is: the end of the
    /// state, and for each susceptible neighbour the first contact before it.
    pub(super) fn turn_infectious(
        &mut self,
        graph: &Graph,
        nodes: &mut Nodes,
        node: u32,
        now: f64,
        plan: u32,
    ) {
        self.move_to(nodes, node, INFECTIOUS);
        let draw = self.draw(node).draw;
        let plan = match self.contacts.find(plan, node, draw, now) {
            Some(plan) => plan,
            None => {
                let plan = self.contacts.ask(node, draw, now, true);
                self.contacts.draw(graph, &self.rates, self.seed);
                plan as usize - 1
            }
        };
        let leave = self.contacts.leave(plan);
        if self.rates.ends_unnoticed() {
            self.clocks[node as usize].due = -leave;
            self.ends.push(Event {
                time: leave,
                node,
                mark: 0,
            });
        } else {
            self.schedule(node, -leave);
        }
        let mean = 1.0 / self.rates.transmission;
        let (others, waits) = self.contacts.of(plan);
        for (&other, &wait) in others.iter().zip(waits) {
            let time = now + f64::from(wait) * mean;
            let clock = &mut self.clocks[other as usize];
            if time < clock.due && time < leave {
                (clock.due, clock.source) = (time, node);
                self.queue.push(Event {
                    time,
                    node: other,
                    mark: 0,
                });
            }
        }
    }

    /// Draws the first contact that infectious neighbours will make with a susceptible node.
    pub(super) fn await_contact(&mut self, graph: &Graph, nodes: &Nodes, node: u32, now: f64) {
        let words = self.draw(node);
        let (mut first, mut from) = (NEVER, NOBODY);
        for (place, four) in graph.neighbours(node).chunks(4).enumerate() {
            let ill = |&other: &u32| nodes.health[other as usize] == INFECTIOUS;
            if !four.iter().any(ill) {
                continue;
            }
            let drawn = words.block(1 + place);
            for (&other, word) in four.iter().zip(drawn) {
                if nodes.health[other as usize] != INFECTIOUS {
                    continue;
                }
                let time = now + exponential(word) / self.rates.transmission;
                if time < first && time < self.clocks[other as usize].due.abs() {
                    (first, from) = (time, other);
                }
            }
        }
        self.clocks[node as usize].source = from;
        self.schedule(node, first);
    }
}
