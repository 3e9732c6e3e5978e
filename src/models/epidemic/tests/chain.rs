//! The event-driven chain has the law of the naive one, also across changes and strokes of hand.

use std::collections::BTreeMap;

use super::naive::{self, Random};
use crate::math::network::Graph;
use crate::models::epidemic::dynamics::{Dynamics, NOBODY, NOT_YET, Nodes, Rates, health};

/// A run of the chain with its own columns.
pub struct Run<'a> {
    pub graph: &'a Graph,
    pub dynamics: Dynamics,
    pub health: Vec<u8>,
    pub arrival: Vec<f64>,
    pub infector: Vec<u32>,
}

impl<'a> Run<'a> {
    pub fn new(graph: &'a Graph, seeds: &[u32], rates: Rates, seed: u64) -> Self {
        let mut health = vec![health::SUSCEPTIBLE; graph.nodes()];
        let mut arrival = vec![NOT_YET; graph.nodes()];
        for &node in seeds {
            health[node as usize] = health::INFECTIOUS;
            arrival[node as usize] = 0.0;
        }
        let mut run = Self {
            graph,
            dynamics: Dynamics::new(seed, &health),
            infector: vec![NOBODY; health.len()],
            health,
            arrival,
        };
        run.with(|graph, dynamics, nodes| dynamics.rearm(graph, nodes, rates, 0.0));
        run
    }

    pub fn with(&mut self, act: impl FnOnce(&Graph, &mut Dynamics, &mut Nodes)) {
        let mut nodes = Nodes {
            health: &mut self.health,
            arrival: &mut self.arrival,
            infector: &mut self.infector,
        };
        act(self.graph, &mut self.dynamics, &mut nodes);
    }

    pub fn advance(&mut self, until: f64) {
        self.with(|graph, dynamics, nodes| dynamics.advance(graph, nodes, until, |_| {}));
    }
}

/// Eight nodes with triangles, a square, a leaf and a hub.
fn small() -> Graph {
    let edges = [
        [0, 1],
        [0, 2],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
        [5, 2],
        [5, 6],
        [2, 7],
        [0, 5],
    ];
    Graph::from_edges(8, &edges).unwrap()
}

const SIR: Rates = Rates {
    transmission: 0.8,
    onset: f64::INFINITY,
    recovery: 1.0,
    waning: 0.0,
    immunity: true,
    detection: 0.0,
    coverage: 0.0,
    depth: 1,
};

type Law = BTreeMap<String, u64>;

/// Both laws of a number of each state after what `act` does to either chain.
fn compare(
    what: &str,
    runs: u64,
    mut event_driven: impl FnMut(u64) -> Vec<u8>,
    mut plain: impl FnMut(u64) -> Vec<u8>,
) {
    let name = |states: Vec<u8>| {
        let count = |of: u8| states.iter().filter(|&&state| state == of).count();
        format!(
            "S{} E{} I{} R{} V{}",
            count(health::SUSCEPTIBLE),
            count(health::EXPOSED),
            count(health::INFECTIOUS),
            count(health::REMOVED) + count(health::ISOLATED),
            count(health::VACCINATED)
        )
    };
    let (mut one, mut other) = (Law::new(), Law::new());
    for run in 0..runs {
        *one.entry(name(event_driven(run))).or_default() += 1;
        *other.entry(name(plain(run))).or_default() += 1;
    }
    // Rare outcomes are put together, so that every cell has enough for a chi-square test.
    let keys: Vec<String> = one.keys().chain(other.keys()).cloned().collect();
    let (mut rare, mut chi, mut cells) = ([0_u64; 2], 0.0, 0.0);
    let mut seen = std::collections::BTreeSet::new();
    let mut add = |pair: [u64; 2]| {
        let [a, b] = pair.map(|count| count as f64);
        chi += (a - b).powi(2) / (a + b);
        cells += 1.0;
    };
    for key in keys {
        if !seen.insert(key.clone()) {
            continue;
        }
        let pair = [&one, &other].map(|law| law.get(&key).copied().unwrap_or(0));
        if pair[0] + pair[1] < 40 {
            rare = [rare[0] + pair[0], rare[1] + pair[1]];
        } else {
            add(pair);
        }
    }
    if rare[0] + rare[1] > 0 {
        add(rare);
    }
    // Equal numbers of runs leave one degree of freedom fewer than cells; mean f, variance 2f.
    let freedom = cells - 1.0;
    assert!(freedom >= 4.0, "{what}: only {cells} cells");
    let bound = freedom + 4.5 * (2.0_f64 * freedom).sqrt();
    assert!(
        chi < bound,
        "{what}: χ² {chi:.1} for {freedom} degrees of freedom"
    );
}

fn fresh(seeds: &[u32]) -> Vec<u8> {
    let mut states = vec![health::SUSCEPTIBLE; 8];
    for &seed in seeds {
        states[seed as usize] = health::INFECTIOUS;
    }
    states
}

#[test]
fn every_disease_has_the_law_of_the_direct_method() {
    let graph = small();
    let diseases = [
        ("sir, final size", SIR, 1e9),
        ("sir, on the way", SIR, 0.7),
        ("seir", Rates { onset: 1.5, ..SIR }, 1.5),
        (
            "sis",
            Rates {
                immunity: false,
                ..SIR
            },
            2.5,
        ),
        ("sirs", Rates { waning: 0.7, ..SIR }, 3.0),
        (
            "ring vaccination",
            Rates {
                detection: 0.6,
                coverage: 0.5,
                ..SIR
            },
            1.2,
        ),
        (
            "isolation without immunity",
            Rates {
                detection: 0.6,
                immunity: false,
                ..SIR
            },
            2.0,
        ),
    ];
    for (what, rates, until) in diseases {
        compare(
            what,
            20_000,
            |seed| {
                let mut run = Run::new(&graph, &[0, 6], rates, seed);
                run.advance(until);
                run.health
            },
            |seed| {
                let mut states = fresh(&[0, 6]);
                let mut random = Random::new(seed ^ 0xabcd_0000);
                naive::run(&graph, &mut states, &rates, 0.0, until, &mut random);
                states
            },
        );
    }
}

#[test]
fn a_change_of_rates_is_exact() {
    let graph = small();
    let late = Rates {
        transmission: 2.0,
        recovery: 0.4,
        ..SIR
    };
    for (what, first, then) in [
        ("sir", SIR, late),
        (
            "from seir to sirs",
            Rates { onset: 1.0, ..SIR },
            Rates {
                waning: 1.0,
                ..late
            },
        ),
        (
            "from sis to sir",
            Rates {
                immunity: false,
                ..SIR
            },
            late,
        ),
    ] {
        compare(
            what,
            20_000,
            |seed| {
                let mut run = Run::new(&graph, &[0], first, seed);
                run.advance(0.5);
                run.with(|graph, dynamics, nodes| dynamics.rearm(graph, nodes, then, 0.5));
                run.advance(1.0);
                run.health
            },
            |seed| {
                let mut states = fresh(&[0]);
                let mut random = Random::new(seed ^ 0xabcd_0000);
                naive::run(&graph, &mut states, &first, 0.0, 0.5, &mut random);
                if then.onset.is_infinite() {
                    // The state that there is no more ends at once.
                    for state in &mut states {
                        if *state == health::EXPOSED {
                            *state = health::INFECTIOUS;
                        }
                    }
                }
                naive::run(&graph, &mut states, &then, 0.5, 1.0, &mut random);
                states
            },
        );
    }
}

#[test]
fn strokes_of_the_hand_are_exact() {
    let graph = small();
    // With and without a return to the susceptible state.
    for immunity in [false, true] {
        let rates = Rates { immunity, ..SIR };
        compare(
            "isolate, vaccinate and seed",
            20_000,
            |seed| {
                let mut run = Run::new(&graph, &[0, 5], rates, seed);
                run.advance(0.4);
                run.with(|graph, dynamics, nodes| {
                    dynamics.isolate(graph, nodes, &[5, 2, 5, 99], 0.4);
                    dynamics.vaccinate(nodes, &[3, 99]);
                    dynamics.seed(graph, nodes, &[7, 99], 0.4);
                });
                run.advance(1.2);
                run.health
            },
            |seed| {
                let mut states = fresh(&[0, 5]);
                let mut random = Random::new(seed ^ 0xabcd_0000);
                naive::run(&graph, &mut states, &rates, 0.0, 0.4, &mut random);
                for node in [5, 2] {
                    if states[node] == health::INFECTIOUS {
                        states[node] = health::ISOLATED;
                    }
                }
                for (node, state) in [(3, health::VACCINATED), (7, health::INFECTIOUS)] {
                    if states[node] == health::SUSCEPTIBLE {
                        states[node] = state;
                    }
                }
                naive::run(&graph, &mut states, &rates, 0.4, 1.2, &mut random);
                states
            },
        );
    }
}

#[test]
fn steps_of_any_length_have_the_same_events() {
    let graph = small();
    for rates in [
        SIR,
        Rates {
            immunity: false,
            ..SIR
        },
        Rates {
            waning: 0.3,
            onset: 2.0,
            ..SIR
        },
    ] {
        for seed in 0..50 {
            let mut whole = Run::new(&graph, &[0], rates, seed);
            whole.advance(6.0);
            let mut pieces = Run::new(&graph, &[0], rates, seed);
            for step in 1..=600 {
                pieces.advance(f64::from(step) * 0.01);
            }
            assert_eq!(whole.health, pieces.health);
            assert_eq!(whole.arrival, pieces.arrival);
            assert_eq!(whole.infector, pieces.infector);
        }
    }
}

#[test]
fn rates_of_zero_stop_what_they_drive() {
    let graph = small();
    let still = Rates {
        transmission: 0.0,
        recovery: 0.0,
        ..SIR
    };
    let mut run = Run::new(&graph, &[0], still, 1);
    run.advance(1e6);
    assert_eq!(run.health, fresh(&[0]));
    let nobody_recovers = Rates {
        recovery: 0.0,
        ..SIR
    };
    let mut run = Run::new(&graph, &[0], nobody_recovers, 1);
    run.advance(1e6);
    assert_eq!(run.health, vec![health::INFECTIOUS; 8]);
    let nobody_infects = Rates {
        transmission: 0.0,
        ..SIR
    };
    let mut run = Run::new(&graph, &[0], nobody_infects, 1);
    run.advance(1e6);
    assert_eq!(run.dynamics.census()[usize::from(health::REMOVED)], 1);
    assert_eq!(run.dynamics.infections(), 0);
}

#[test]
fn what_was_drawn_beforehand_does_not_outlive_an_isolation() {
    // A ring of so many nodes that the turn of several is near at any time.
    const NODES: u32 = 4000;
    let edges: Vec<_> = (0..NODES)
        .flat_map(|node| (1..=6).map(move |step| [node, (node + step * step) % NODES]))
        .collect();
    let graph = Graph::from_edges(NODES as usize, &edges).unwrap();
    let seeds: Vec<u32> = (0..NODES).step_by(40).collect();
    for seed in 0..10 {
        let mut run = Run::new(&graph, &seeds, SIR, seed);
        run.advance(0.7);
        // One that goes on from the state has drawn nothing yet.
        let mut other = Run::new(&graph, &[], SIR, seed);
        (other.health, other.arrival) = (run.health.clone(), run.arrival.clone());
        other.infector = run.infector.clone();
        assert!(other.dynamics.set_state(run.dynamics.state()));
        let ill = |node: &u32| run.health[*node as usize] == health::INFECTIOUS;
        let found: Vec<u32> = (0..NODES).filter(ill).step_by(2).collect();
        assert!(found.len() > 100);
        for run in [&mut run, &mut other] {
            run.with(|graph, dynamics, nodes| dynamics.isolate(graph, nodes, &found, 0.7));
            run.advance(9.0);
        }
        assert!(run.arrival == other.arrival && run.health == other.health);
    }
}

#[test]
fn a_state_taken_back_goes_on_alike() {
    let graph = small();
    let rates = Rates {
        immunity: false,
        detection: 0.2,
        coverage: 0.3,
        depth: 2,
        ..SIR
    };
    for seed in 0..20 {
        let mut run = Run::new(&graph, &[0], rates, seed);
        run.advance(1.0);
        let mut other = Run::new(&graph, &[], Rates::default(), seed);
        other.health = run.health.clone();
        other.arrival = run.arrival.clone();
        other.infector = run.infector.clone();
        assert!(other.dynamics.set_state(run.dynamics.state()));
        run.advance(4.0);
        other.advance(4.0);
        assert_eq!(run.health, other.health);
        assert_eq!(run.arrival, other.arrival);
    }
    // Also before anything was drawn.
    let start = Dynamics::new(3, &fresh(&[0, 4]));
    let mut other = Dynamics::new(4, &fresh(&[0, 4]));
    assert!(other.set_state(start.state()));
    let larger = Graph::from_edges(9, &[]).unwrap();
    let mut other = Run::new(&larger, &[], SIR, 0);
    let state = Run::new(&graph, &[0], rates, 0).dynamics.state();
    assert!(
        !other.dynamics.set_state(state),
        "a state of another network"
    );
}
