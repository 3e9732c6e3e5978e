//! Random networks of oscillators.

use super::links::Links;
use super::parameters::{Kuramoto, Wiring};
use crate::math::philox::{Purpose, Stream};

/// Random numbers one after the other, a function of the seed.
struct Draw {
    stream: Stream,
    next: u64,
}

impl Draw {
    /// Uniform in (0, 1), with 53 bits.
    fn unit(&mut self) -> f64 {
        let (tag, block) = ((self.next >> 8) as u32, (self.next & 0xff) as u16);
        self.next += 1;
        let words = self.stream.words(tag, block);
        let bits = (u64::from(words[0]) << 21) | u64::from(words[1] >> 11);
        (bits as f64 + 0.5) / 9_007_199_254_740_992.0
    }

    /// One of the numbers below `count`.
    fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }
}

/// The network that the parameters describe; an error says what to change.
pub fn links(kuramoto: &Kuramoto, count: usize, seed: u64) -> Result<Links, String> {
    let degree = kuramoto.mean_degree.max(0) as usize;
    if degree >= count {
        return Err(format!(
            "a network of {count} oscillators cannot have {degree} neighbours each; lower mean_degree below {count}, or take more oscillators"
        ));
    }
    let mut draw = Draw {
        stream: Stream::new(seed, 0, Purpose::NetworkEdges),
        next: 0,
    };
    let mut lists = match kuramoto.wiring {
        Wiring::SmallWorld => small_world(count, degree / 2, kuramoto.rewiring, &mut draw),
        Wiring::Random => random(count, degree, &mut draw),
        Wiring::ScaleFree => scale_free(count, (degree / 2).max(1), &mut draw),
    };
    for list in &mut lists {
        list.sort_unstable();
    }
    Ok(Links::new(lists))
}

fn join(lists: &mut [Vec<u32>], a: usize, b: usize) {
    lists[a].push(b as u32);
    lists[b].push(a as u32);
}

/// Every node tied to `half` nodes on either side of a ring; then each edge keeps its first end and
/// takes with probability `rewiring` another second end (Watts and Strogatz, Nature 393, 440 (1998)).
fn small_world(count: usize, half: usize, rewiring: f64, draw: &mut Draw) -> Vec<Vec<u32>> {
    let mut lists = vec![Vec::new(); count];
    for distance in 1..=half {
        for node in 0..count {
            join(&mut lists, node, (node + distance) % count);
        }
    }
    for distance in 1..=half {
        for node in 0..count {
            let old = (node + distance) % count;
            if draw.unit() >= rewiring || lists[node].len() + 1 >= count {
                continue;
            }
            let fresh = loop {
                let other = draw.below(count);
                if other != node && !lists[node].contains(&(other as u32)) {
                    break other;
                }
            };
            lists[node].retain(|&other| other as usize != old);
            lists[old].retain(|&other| other as usize != node);
            join(&mut lists, node, fresh);
        }
    }
    lists
}

/// Every pair with probability k/(N − 1), by leaps from edge to edge (Batagelj and Brandes, Phys.
/// Rev. E 71, 036113 (2005)).
fn random(count: usize, degree: usize, draw: &mut Draw) -> Vec<Vec<u32>> {
    let mut lists = vec![Vec::new(); count];
    let chance = degree as f64 / (count - 1) as f64;
    if chance >= 1.0 {
        for a in 1..count {
            (0..a).for_each(|b| join(&mut lists, a, b));
        }
        return lists;
    }
    let scale = (-chance).ln_1p();
    let (mut row, mut column) = (1usize, -1i64);
    while row < count {
        column += 1 + (draw.unit().ln() / scale) as i64;
        while row < count && column >= row as i64 {
            column -= row as i64;
            row += 1;
        }
        if row < count {
            join(&mut lists, row, column as usize);
        }
    }
    lists
}

/// Nodes arrive one by one and tie themselves to `ties` different nodes with probabilities
/// proportional to their degrees (Barabási and Albert, Science 286, 509 (1999)).
fn scale_free(count: usize, ties: usize, draw: &mut Draw) -> Vec<Vec<u32>> {
    let mut lists = vec![Vec::new(); count];
    // Every node stands here once per edge: a fair draw from it is a preferential one.
    let mut ends: Vec<u32> = Vec::new();
    let first = (ties + 1).min(count);
    for a in 1..first {
        for b in 0..a {
            join(&mut lists, a, b);
            ends.extend([a as u32, b as u32]);
        }
    }
    let mut chosen: Vec<u32> = Vec::new();
    for node in first..count {
        chosen.clear();
        while chosen.len() < ties {
            let other = ends[draw.below(ends.len())];
            if !chosen.contains(&other) {
                chosen.push(other);
            }
        }
        for &other in &chosen {
            join(&mut lists, node, other as usize);
            ends.extend([node as u32, other]);
        }
    }
    lists
}
