//! Random networks of oscillators.

use super::links::Links;
use super::parameters::{Kuramoto, Wiring};
use crate::math::network::compare::{barabasi_albert, erdos_renyi, watts_strogatz};

/// The network that the parameters describe; an error says what to change.
pub fn links(kuramoto: &Kuramoto, count: usize, seed: u64) -> Result<Links, String> {
    let degree = kuramoto.mean_degree.max(0) as usize;
    if degree >= count {
        return Err(format!(
            "a network of {count} oscillators cannot have {degree} neighbours each; lower mean_degree below {count}, or take more oscillators"
        ));
    }
    let graph = match kuramoto.wiring {
        Wiring::SmallWorld => watts_strogatz(count, degree / 2 * 2, kuramoto.rewiring, seed),
        Wiring::Random => erdos_renyi(count, degree as f64 / (count - 1).max(1) as f64, seed),
        Wiring::ScaleFree => barabasi_albert(count, (degree / 2).max(1), seed),
    }
    .map_err(|error| error.to_string())?;
    let neighbours = |node| graph.neighbours(node).iter().copied();
    Ok(Links::new((0..count as u32).map(neighbours)))
}
