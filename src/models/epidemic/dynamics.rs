//! The disease on the network: an exact, event-driven continuous-time Markov chain.
//!
//! Every node has at most one event that counts: the end of its present state, or, while it is
//! susceptible, the earliest infection among the contacts that its infectious neighbours will
//! make. Clocks are exponential and therefore memoryless: a clock may be drawn anew whenever its
//! rate changes or the edge begins to matter again, without changing the law of what follows
//! (first-reaction and next-reaction methods: D. T. Gillespie, J. Comput. Phys. 22, 403 (1976);
//! M. A. Gibson and J. Bruck, J. Phys. Chem. A 104, 1876 (2000)).
//!
//! Noise is keyed by node and by how often that node has drawn, never by step: the same events
//! happen at the same times whatever the step and the number of threads.

mod contacts;
pub mod health;
mod interventions;
mod rates;
mod spread;
mod state;

use bevy::ecs::resource::Resource;

use crate::math::agenda::Agenda;
use crate::math::event_queue::{Event, EventQueue};
use crate::math::network::Graph;
use crate::math::philox::{Purpose, Stream};

pub use rates::Rates;
pub use state::DynamicsState;

use contacts::{Contacts, HOW};
use health::{EXPOSED, INFECTIOUS, ISOLATED, REMOVED, SUSCEPTIBLE};

/// No node: the infector of a seed.
pub const NOBODY: u32 = u32::MAX;
/// A time at which nothing happens.
const NEVER: f64 = f64::INFINITY;
/// Time of infection of a node that was never infected.
pub const NOT_YET: f64 = -1.0;

/// The columns of the nodes that the chain reads and writes.
pub struct Nodes<'a> {
    pub health: &'a mut [u8],
    /// Time of the first infection.
    pub arrival: &'a mut [f64],
    /// Who infected first.
    pub infector: &'a mut [u32],
}

/// One transmission.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transmission {
    pub time: f64,
    pub from: u32,
    pub to: u32,
}

/// What is going to happen to a node: together, because it is looked at together.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Clock {
    /// Time of the event that counts; with its sign turned where the node is not susceptible, so
    /// that no contact ever comes before it.
    due: f64,
    /// Who makes the contact that is due.
    source: u32,
    /// How often the node has drawn clocks.
    draws: u32,
}

/// The chain: what is going to happen, and what is counted.
#[derive(Resource, Clone, Debug)]
pub struct Dynamics {
    seed: u64,
    /// Rates with which the pending clocks were drawn.
    rates: Rates,
    clocks: Vec<Clock>,
    contacts: Contacts,
    queue: EventQueue,
    /// Ends of the infectious state, while nothing else depends on them.
    ends: Agenda,
    /// Nodes in each state.
    census: [u64; health::COUNT],
    /// Infections so far, seeds not counted.
    infections: u64,
    /// Nodes vaccinated by rings so far.
    ring_vaccinated: u64,
    ring: Ring,
}

/// Buffers of the search for a ring.
#[derive(Clone, Debug, Default)]
struct Ring {
    seen: Vec<u32>,
    list: Vec<u32>,
}

/// Random words of one draw of a node: block b holds the words 4b to 4b + 3.
#[derive(Clone, Copy)]
struct Words {
    seed: u64,
    node: u32,
    draw: u32,
}

impl Words {
    #[inline(always)]
    fn block(self, block: usize) -> [u32; 4] {
        // Beyond 2¹⁶ blocks, as a hub with more edges needs, the high half of the step counts on.
        let step = u64::from(self.draw) | ((block as u64 >> 16) << 32);
        Stream::new(self.seed, step, Purpose::EpidemicClocks).words(self.node, block as u16)
    }
}

/// What is due at a node in a state in which nothing will happen.
fn never(state: u8) -> f64 {
    if state == SUSCEPTIBLE { NEVER } else { -NEVER }
}

/// Uniform in (0, 1).
#[inline(always)]
fn uniform(word: u32) -> f64 {
    (f64::from(word) + 0.5) * (1.0 / 4_294_967_296.0)
}

/// Exponential deviate of mean 1.
#[inline(always)]
fn exponential(word: u32) -> f64 {
    -uniform(word).ln()
}

impl Dynamics {
    /// A chain over nodes in the given states, with no clock drawn yet: see [`Dynamics::rearm`].
    pub fn new(seed: u64, health: &[u8]) -> Self {
        let mut census = [0; health::COUNT];
        for &state in health {
            census[usize::from(state).min(health::COUNT - 1)] += 1;
        }
        Self {
            seed,
            rates: Rates::default(),
            contacts: Contacts::default(),
            clocks: (health.iter())
                .map(|&state| Clock {
                    due: never(state),
                    source: NOBODY,
                    draws: 0,
                })
                .collect(),
            queue: EventQueue::default(),
            ends: Agenda::default(),
            census,
            infections: 0,
            ring_vaccinated: 0,
            ring: Ring::default(),
        }
    }

    /// Nodes in each state of health.
    pub fn census(&self) -> [u64; health::COUNT] {
        self.census
    }

    /// Infections so far; seeds are not among them.
    pub fn infections(&self) -> u64 {
        self.infections
    }

    /// Nodes that ring vaccination has made immune so far.
    pub fn ring_vaccinated(&self) -> u64 {
        self.ring_vaccinated
    }

    /// The rates that hold.
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// Sets the rates at a time: every pending clock is drawn anew, which is exact because the
    /// clocks have no memory.
    pub fn rearm(&mut self, graph: &Graph, nodes: &mut Nodes, rates: Rates, now: f64) {
        self.rates = rates;
        self.queue.clear();
        self.ends.clear();
        for (clock, &state) in self.clocks.iter_mut().zip(&*nodes.health) {
            clock.due = never(state);
        }
        for node in 0..nodes.health.len() as u32 {
            match nodes.health[node as usize] {
                INFECTIOUS => {
                    self.contacts.clear();
                    self.turn_infectious(graph, nodes, node, now, 0);
                }
                EXPOSED | REMOVED | ISOLATED => self.wait(nodes.health[node as usize], node, now),
                _ => {}
            }
        }
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> usize {
        self.clocks.len()
    }

    /// All events up to and including a time, in their order. `note` hears of every transmission.
    pub fn advance(
        &mut self,
        graph: &Graph,
        nodes: &mut Nodes,
        until: f64,
        mut note: impl FnMut(Transmission),
    ) {
        loop {
            while let Some(event) = self.queue.pop_until(until) {
                self.happen(graph, nodes, event, &mut note);
            }
            let clocks = &self.clocks;
            if !(self.queue).turn(until, |node| clocks[node as usize].due.abs()) {
                break;
            }
            self.prepare(graph, nodes);
        }
        self.end(nodes, until);
    }

    /// The ends of the infectious state that nobody else notices.
    fn end(&mut self, nodes: &mut Nodes, until: f64) {
        let (clocks, health) = (&mut self.clocks, &mut *nodes.health);
        let mut count = 0;
        self.ends.drain_until(until, |node| {
            let (clock, state) = (&mut clocks[node as usize], &mut health[node as usize]);
            let infectious = *state == INFECTIOUS;
            let ends = infectious && -clock.due <= until;
            if ends {
                clock.due = -NEVER;
                *state = REMOVED;
                count += 1;
            }
            ends || !infectious
        });
        self.ends.tidy(|node| -clocks[node as usize].due);
        self.census[usize::from(INFECTIOUS)] -= count;
        self.census[usize::from(REMOVED)] += count;
    }

    /// An event, unless something else has come before.
    #[inline(always)]
    fn happen(
        &mut self,
        graph: &Graph,
        nodes: &mut Nodes,
        event: Event,
        note: &mut impl FnMut(Transmission),
    ) {
        let (node, now) = (event.node, event.time);
        let clock = &mut self.clocks[node as usize];
        if clock.due.abs() != now {
            return;
        }
        match nodes.health[node as usize] {
            SUSCEPTIBLE => {
                let from = clock.source;
                self.infections += 1;
                note(Transmission {
                    time: now,
                    from,
                    to: node,
                });
                self.infect(graph, nodes, node, from, now, event.mark);
            }
            EXPOSED => self.turn_infectious(graph, nodes, node, now, event.mark),
            INFECTIOUS => self.leave(graph, nodes, node, now),
            ISOLATED => self.recover(graph, nodes, node, now),
            REMOVED => self.turn_susceptible(graph, nodes, node, now),
            _ => clock.due = -NEVER,
        }
    }

    /// A susceptible node becomes infected; `from` is who did it.
    #[inline(always)]
    fn infect(
        &mut self,
        graph: &Graph,
        nodes: &mut Nodes,
        node: u32,
        from: u32,
        now: f64,
        plan: u32,
    ) {
        let index = node as usize;
        if nodes.arrival[index] == NOT_YET {
            nodes.arrival[index] = now;
            nodes.infector[index] = from;
        }
        if self.rates.onset.is_finite() {
            self.move_to(nodes, node, EXPOSED);
            self.wait(EXPOSED, node, now);
        } else {
            self.turn_infectious(graph, nodes, node, now, plan);
        }
    }

    fn move_to(&mut self, nodes: &mut Nodes, node: u32, state: u8) {
        let health = &mut nodes.health[node as usize];
        self.census[usize::from(*health)] -= 1;
        self.census[usize::from(state)] += 1;
        *health = state;
    }

    /// The words of the node's next draw.
    #[inline(always)]
    fn draw(&mut self, node: u32) -> Words {
        let draw = &mut self.clocks[node as usize].draws;
        *draw = draw.wrapping_add(1);
        Words {
            seed: self.seed,
            node,
            draw: *draw,
        }
    }

    #[inline(always)]
    fn schedule(&mut self, node: u32, time: f64) {
        self.clocks[node as usize].due = time;
        self.queue.push(node, time.abs());
    }

    /// Draws the end of a state that infects nobody.
    fn wait(&mut self, state: u8, node: u32, now: f64) {
        let rate = match state {
            EXPOSED => self.rates.onset,
            ISOLATED => self.rates.recovery,
            _ => self.rates.waning,
        };
        let word = self.draw(node).block(0)[0];
        let time = if rate == f64::INFINITY {
            // A state that the chain does not have any more ends at once.
            now
        } else {
            now + exponential(word) / rate
        };
        self.schedule(node, -time);
    }

    /// The infectious state ends: by recovery or, in proportion to the rates, by detection.
    fn leave(&mut self, graph: &Graph, nodes: &mut Nodes, node: u32, now: f64) {
        if self.rates.detection > 0.0 {
            let words = Words {
                seed: self.seed,
                node,
                draw: self.clocks[node as usize].draws,
            };
            let found =
                uniform(words.block(HOW[0])[HOW[1]]) * self.rates.leaving() < self.rates.detection;
            if found {
                self.move_to(nodes, node, ISOLATED);
                self.wait(ISOLATED, node, now);
                self.vaccinate_ring(graph, nodes, node);
                return;
            }
        }
        self.recover(graph, nodes, node, now);
    }

    fn recover(&mut self, graph: &Graph, nodes: &mut Nodes, node: u32, now: f64) {
        if self.rates.immunity {
            self.move_to(nodes, node, REMOVED);
            if self.rates.waning > 0.0 {
                self.wait(REMOVED, node, now);
            } else {
                self.clocks[node as usize].due = -NEVER;
            }
        } else {
            self.turn_susceptible(graph, nodes, node, now);
        }
    }

    fn turn_susceptible(&mut self, graph: &Graph, nodes: &mut Nodes, node: u32, now: f64) {
        self.move_to(nodes, node, SUSCEPTIBLE);
        self.await_contact(graph, nodes, node, now);
    }
}
