//! Contacts: whom infectious nodes reach, and what a susceptible node waits for.

use prefetch_index::prefetch_index;

use super::contacts::Contact;
use super::health::{EXPOSED, INFECTIOUS, SUSCEPTIBLE};
use super::{Dynamics, NEVER, NOBODY, Nodes, exponential};
use crate::math::network::Graph;

impl Dynamics {
    /// Draws what the nodes will do whose turn is next, all together.
    #[inline(always)]
    pub(super) fn prepare(&mut self, graph: &Graph, nodes: &Nodes) {
        self.contacts.clear();
        let at_once = !self.rates.onset.is_finite();
        for event in self.queue.next_events() {
            let index = event.node as usize;
            let state = nodes.health[index];
            if state == EXPOSED || (state == SUSCEPTIBLE && at_once) {
                let draw = self.clocks[index].draws.wrapping_add(1);
                event.mark = self.contacts.ask(graph, event.node, draw, event.time);
            }
        }
        self.draw_contacts(graph);
        // What comes next is on its way into the cache meanwhile.
        for &node in self.queue.ahead() {
            let index = node as usize;
            prefetch_index(&self.clocks, index);
            prefetch_index(&*nodes.arrival, index);
            prefetch_index(&*nodes.infector, index);
            graph.prefetch(node);
        }
    }

    /// Draws the plans that were asked for.
    #[inline(always)]
    fn draw_contacts(&mut self, graph: &Graph) {
        let clocks = &*self.clocks;
        let for_good = self.rates.immune_for_good();
        let due = |node: u32| {
            // A node that may become susceptible again before the contact waits for it then.
            if for_good {
                clocks[node as usize].due
            } else {
                NEVER
            }
        };
        let prefetch = |node| prefetch_index(clocks, node as usize);
        (self.contacts).draw(graph, &self.rates, self.seed, prefetch, due);
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
                let plan = self.contacts.ask(graph, node, draw, now);
                self.draw_contacts(graph);
                plan as usize - 1
            }
        };
        let leave = self.contacts.leave(plan);
        if self.rates.ends_unnoticed() {
            self.clocks[node as usize].due = -leave;
            self.ends.push(node, leave);
        } else {
            self.schedule(node, -leave);
        }
        for &Contact { time, other } in self.contacts.of(plan) {
            let clock = &mut self.clocks[other as usize];
            if time < clock.due {
                self.queue.advance(other, clock.due, time);
                (clock.due, clock.source) = (time, node);
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
