//! What is remembered of the transmissions: the newest ones, and how far all of them went.

use bevy::ecs::resource::Resource;
use std::collections::VecDeque;

use super::dynamics::Transmission;

/// The newest transmissions that are kept.
const NEWEST: usize = 1 << 14;
/// Bins of the lengths: four to each doubling of the squared length, over all of `f32`.
const BINS: usize = 1024;

/// Transmissions so far.
#[derive(Resource, Clone, Debug)]
pub struct Trace {
    newest: VecDeque<Transmission>,
    lengths: Vec<u64>,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            newest: VecDeque::with_capacity(NEWEST),
            lengths: vec![0; BINS],
        }
    }
}

/// The bin of a squared length: its exponent and the first two bits of its fraction.
#[inline]
fn bin(squared: f32) -> usize {
    (squared.abs().to_bits() >> 21) as usize % BINS
}

/// Where a bin begins, as a length.
fn begin(bin: usize) -> f64 {
    f64::from(f32::from_bits((bin as u32) << 21)).sqrt()
}

impl Trace {
    /// Takes in one transmission and its squared length.
    #[inline]
    pub fn note(&mut self, transmission: Transmission, squared: f32) {
        if self.newest.len() == NEWEST {
            self.newest.pop_front();
        }
        self.newest.push_back(transmission);
        self.lengths[bin(squared)] += 1;
    }

    /// The newest transmissions, the last first.
    pub fn newest(&self) -> impl Iterator<Item = &Transmission> {
        self.newest.iter().rev()
    }

    /// Bins of the lengths that are not empty, and those between them: begin, end and count.
    pub fn lengths(&self) -> impl Iterator<Item = (f64, f64, u64)> {
        let used = |&(_, &count): &(usize, &u64)| count > 0;
        let mut bins = self.lengths.iter().enumerate().filter(used);
        let first = bins.next().map_or(0, |(bin, _)| bin);
        let last = bins.next_back().map_or(first, |(bin, _)| bin);
        let counted = self.lengths.iter().any(|&count| count > 0);
        (first..last + usize::from(counted))
            .map(|bin| (begin(bin), begin(bin + 1), self.lengths[bin]))
    }

    /// One more than the largest node among the newest transmissions.
    pub fn nodes(&self) -> usize {
        let last = |one: &Transmission| one.from.max(one.to) as usize + 1;
        self.newest.iter().map(last).max().unwrap_or(0)
    }

    /// The lengths and the newest transmissions as plain numbers, for a checkpoint.
    pub fn save(&self) -> (Vec<u64>, Vec<(f64, u32, u32)>) {
        let newest = self.newest.iter().map(|one| (one.time, one.from, one.to));
        (self.lengths.clone(), newest.collect())
    }

    /// What was saved; `None` when it is something else.
    pub fn load(lengths: Vec<u64>, newest: Vec<(f64, u32, u32)>) -> Option<Self> {
        let fits = lengths.len() == BINS && newest.len() <= NEWEST;
        let mut trace = Self {
            lengths,
            ..Self::default()
        };
        let newest = newest.into_iter();
        let newest = newest.map(|(time, from, to)| Transmission { time, from, to });
        trace.newest.extend(newest);
        fits.then_some(trace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_fall_into_bins_that_join() {
        let mut trace = Trace::default();
        assert_eq!(trace.lengths().count(), 0);
        for length in [0.3_f32, 0.31, 5.0, 700.0] {
            let transmission = Transmission {
                time: 1.0,
                from: 0,
                to: 1,
            };
            trace.note(transmission, length * length);
        }
        let bins: Vec<_> = trace.lengths().collect();
        assert!(bins.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert_eq!(bins.iter().map(|bin| bin.2).sum::<u64>(), 4);
        for length in [0.3, 0.31, 5.0, 700.0] {
            let inside = |bin: &&(f64, f64, u64)| bin.0 <= length && length < bin.1;
            assert!(
                bins.iter().find(inside).is_some_and(|bin| bin.2 > 0),
                "{length}"
            );
        }
    }
}
