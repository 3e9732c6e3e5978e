//! Events per second: printed, never asserted. Run with `--ignored --nocapture`.

use super::chain::Run;
use crate::math::domain::{Boundary, Domain};
use crate::math::network::{ExpectedDegrees, Graph, Kernel, Shape, SpatialNetwork};
use crate::models::epidemic::dynamics::{NOT_YET, Rates};

fn race(name: &str, graph: &Graph, seeds: &[u32], rates: Rates) {
    let mut best = f64::INFINITY;
    let mut events = 0;
    for seed in 0..20 {
        let mut run = Run::new(graph, &[], Rates::default(), seed);
        for &node in seeds {
            run.health[node as usize] = crate::models::epidemic::dynamics::health::INFECTIOUS;
            run.arrival[node as usize] = 0.0;
        }
        run.dynamics = crate::models::epidemic::dynamics::Dynamics::new(seed, &run.health);
        let start = std::time::Instant::now();
        run.with(|graph, dynamics, nodes| dynamics.rearm(graph, nodes, rates, 0.0));
        run.advance(f64::MAX);
        best = best.min(start.elapsed().as_secs_f64());
        events = 2 * run.arrival.iter().filter(|&&time| time != NOT_YET).count();
    }
    let nodes = graph.nodes();
    println!(
        "{name} N={nodes} M={}: final size {:.3}, {:.1} ms = {:.4e} events/s",
        graph.edges(),
        events as f64 / 2.0 / nodes as f64,
        best * 1e3,
        events as f64 / best
    );
}

#[test]
#[ignore = "prints a rate and asserts nothing"]
fn events_per_second() {
    let rates = Rates {
        transmission: 0.5,
        onset: f64::INFINITY,
        recovery: 1.0,
        waning: 0.0,
        immunity: true,
        detection: 0.0,
        coverage: 0.0,
        depth: 1,
    };
    // A list of edges from elsewhere, so that others run on the same network.
    if let Some(path) = std::env::var_os("SEETHE_EDGES") {
        let text = std::fs::read_to_string(path).unwrap();
        let mut edges = Vec::new();
        let mut nodes = 0;
        for line in text.lines() {
            let mut parts = line
                .split_whitespace()
                .map(|part| part.parse::<u32>().unwrap());
            let edge = [parts.next().unwrap(), parts.next().unwrap()];
            nodes = nodes.max(1 + edge[0].max(edge[1]) as usize);
            edges.push(edge);
        }
        let graph = Graph::from_edges(nodes, &edges).unwrap();
        let seeds: Vec<u32> = (0..nodes as u32).step_by(nodes / 50).collect();
        race("file", &graph, &seeds, rates);
        return;
    }
    for side in [316.0_f64, 1000.0] {
        let domain = Domain::new([side, side], Boundary::Periodic);
        let nodes = (side * side) as usize;
        let radius = (10.0 / std::f64::consts::PI).sqrt();
        let degrees = ExpectedDegrees::Constant { mean: 10.0 };
        let kernel = Kernel::local(Shape::FiniteRange { radius });
        let net = SpatialNetwork::sample(&domain, nodes, &degrees, kernel, 1).unwrap();
        let seeds: Vec<u32> = (0..nodes as u32).step_by(nodes / 50).collect();
        race("geometric", &net.graph, &seeds, rates);
    }
}
