//! Gillespie's direct method in its plainest form: all rates are summed anew before every event.

use crate::math::network::Graph;
use crate::math::philox::{Purpose, Stream};
use crate::models::epidemic::dynamics::{Rates, health};

/// Random numbers for the tests, by counting.
pub struct Random(pub u64, u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed, 0)
    }

    pub fn uniform(&mut self) -> f64 {
        self.1 += 1;
        let stream = Stream::new(self.0, self.1, Purpose::MetropolisAccept);
        (f64::from(stream.words(0, 0)[0]) + 0.5) / 4_294_967_296.0
    }
}

/// A ring vaccination of depth 1 is the only one that is known here.
fn transitions(graph: &Graph, states: &[u8], rates: &Rates) -> Vec<(f64, usize, u8)> {
    let mut list = Vec::new();
    for (node, &state) in states.iter().enumerate() {
        match state {
            health::SUSCEPTIBLE => {
                let ill = |&&other: &&u32| states[other as usize] == health::INFECTIOUS;
                let contacts = graph.neighbours(node as u32).iter().filter(ill).count();
                let next = if rates.onset.is_finite() {
                    health::EXPOSED
                } else {
                    health::INFECTIOUS
                };
                list.push((rates.transmission * contacts as f64, node, next));
            }
            health::EXPOSED => list.push((rates.onset, node, health::INFECTIOUS)),
            health::INFECTIOUS | health::ISOLATED => {
                let next = if rates.immunity {
                    health::REMOVED
                } else {
                    health::SUSCEPTIBLE
                };
                list.push((rates.recovery, node, next));
                if state == health::INFECTIOUS {
                    list.push((rates.detection, node, health::ISOLATED));
                }
            }
            health::REMOVED => list.push((rates.waning, node, health::SUSCEPTIBLE)),
            _ => {}
        }
    }
    list
}

/// Goes on from `now` to `until`.
pub fn run(
    graph: &Graph,
    states: &mut [u8],
    rates: &Rates,
    mut now: f64,
    until: f64,
    random: &mut Random,
) {
    loop {
        let list = transitions(graph, states, rates);
        let total: f64 = list.iter().map(|one| one.0).sum();
        if total <= 0.0 {
            return;
        }
        now -= random.uniform().ln() / total;
        if now > until {
            return;
        }
        let mut left = random.uniform() * total;
        let chosen = list.iter().find(|one| {
            left -= one.0;
            left < 0.0
        });
        let Some(&(_, node, next)) = chosen.or(list.iter().rfind(|one| one.0 > 0.0)) else {
            return;
        };
        states[node] = next;
        if next == health::ISOLATED {
            for &other in graph.neighbours(node as u32) {
                if states[other as usize] == health::SUSCEPTIBLE
                    && random.uniform() < rates.coverage
                {
                    states[other as usize] = health::VACCINATED;
                }
            }
        }
    }
}
