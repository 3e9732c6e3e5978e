//! What is done against a disease, and how it is brought in: vaccination, isolation, seeds.

use super::health::{INFECTIOUS, ISOLATED, SUSCEPTIBLE, VACCINATED};
use super::{Dynamics, NEVER, NOBODY, Nodes, uniform};
use crate::math::network::Graph;

impl Dynamics {
    /// Vaccinates around a node that was found, each susceptible node with the coverage.
    pub(super) fn vaccinate_ring(&mut self, graph: &Graph, nodes: &mut Nodes, centre: u32) {
        if self.rates.coverage <= 0.0 {
            return;
        }
        let mut ring = std::mem::take(&mut self.ring);
        ring.seen.resize(nodes.health.len(), NOBODY);
        ring.list.clear();
        ring.list.push(centre);
        ring.seen[centre as usize] = centre;
        let mut begin = 0;
        for _ in 0..self.rates.depth {
            let end = ring.list.len();
            for place in begin..end {
                for &other in graph.neighbours(ring.list[place]) {
                    if ring.seen[other as usize] != centre {
                        ring.seen[other as usize] = centre;
                        ring.list.push(other);
                    }
                }
            }
            begin = end;
        }
        for &node in &ring.list[1..] {
            if nodes.health[node as usize] == SUSCEPTIBLE
                && uniform(self.draw(node).block(0)[2]) < self.rates.coverage
            {
                self.move_to(nodes, node, VACCINATED);
                self.clocks[node as usize].due = -NEVER;
                self.ring_vaccinated += 1;
            }
        }
        // The marks are the numbers of centres, and a node may be found twice.
        for &node in &ring.list {
            ring.seen[node as usize] = NOBODY;
        }
        self.ring = ring;
    }

    /// Makes susceptible nodes immune from a time on.
    pub fn vaccinate(&mut self, nodes: &mut Nodes, which: &[u32]) {
        for &node in which {
            if nodes.health.get(node as usize) == Some(&SUSCEPTIBLE) {
                self.move_to(nodes, node, VACCINATED);
                self.clocks[node as usize].due = -NEVER;
            }
        }
    }

    /// Isolates infectious nodes at a time: the contacts that they would still have made are
    /// taken back, and their neighbours wait for the others.
    pub fn isolate(&mut self, graph: &Graph, nodes: &mut Nodes, which: &[u32], now: f64) {
        // Plans left out contacts that would have come too late, and now some may be in time.
        self.contacts.clear();
        for &node in which {
            if nodes.health.get(node as usize) != Some(&INFECTIOUS) {
                continue;
            }
            self.move_to(nodes, node, ISOLATED);
            self.wait(ISOLATED, node, now);
            for &other in graph.neighbours(node) {
                let waits = nodes.health[other as usize] == SUSCEPTIBLE
                    && self.clocks[other as usize].source == node
                    && self.clocks[other as usize].due < NEVER;
                if waits {
                    self.await_contact(graph, nodes, other, now);
                }
            }
        }
    }

    /// Infects susceptible nodes at a time, as seeds.
    pub fn seed(&mut self, graph: &Graph, nodes: &mut Nodes, which: &[u32], now: f64) {
        for &node in which {
            if nodes.health.get(node as usize) == Some(&SUSCEPTIBLE) {
                self.infect(graph, nodes, node, NOBODY, now, 0);
            }
        }
    }
}
