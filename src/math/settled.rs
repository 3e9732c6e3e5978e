//! Means of a few numbers in bounded memory that forget the way from the start, for quantities
//! that are functions of means, such as a susceptibility.

use serde::{Deserialize, Serialize};

/// Blocks that are kept: a full list is halved by joining neighbours.
const BLOCKS: usize = 32;
/// Blocks from which on the first half is forgotten, and an error is known.
const ENOUGH: usize = 8;

/// Sums over blocks of samples. The means are over the later half of all samples, once there are
/// eight blocks; errors are those of the jackknife over its full blocks (Quenouille 1956; Efron,
/// *The Jackknife, the Bootstrap and Other Resampling Plans*, 1982).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    blocks: Vec<Vec<f64>>,
    /// Samples in the last block.
    filled: u64,
    /// Samples that make a block full.
    block: u64,
}

impl Default for Settled {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            filled: 0,
            block: 1,
        }
    }
}

impl Settled {
    /// Takes one sample; another number of numbers starts anew.
    pub fn push(&mut self, sample: &[f64]) {
        if self
            .blocks
            .first()
            .is_some_and(|one| one.len() != sample.len())
        {
            *self = Self::default();
        }
        if self.blocks.is_empty() || self.filled == self.block {
            if self.blocks.len() == BLOCKS {
                self.join();
            }
            self.blocks.push(vec![0.0; sample.len()]);
            self.filled = 0;
        }
        if let Some(last) = self.blocks.last_mut() {
            add(last, sample, 1.0);
        }
        self.filled += 1;
    }

    /// Joins neighbouring blocks in pairs, so that half as many are twice as long.
    fn join(&mut self) {
        for pair in 0..BLOCKS / 2 {
            let second = std::mem::take(&mut self.blocks[2 * pair + 1]);
            let mut joined = std::mem::take(&mut self.blocks[2 * pair]);
            add(&mut joined, &second, 1.0);
            self.blocks[pair] = joined;
        }
        self.blocks.truncate(BLOCKS / 2);
        self.block *= 2;
    }

    /// A function of the means, and its standard error, which is NaN while there are too few
    /// blocks; `None` before the first sample.
    pub fn estimate(&self, of: impl Fn(&[f64]) -> f64) -> Option<[f64; 2]> {
        let dropped = if self.blocks.len() < ENOUGH {
            0
        } else {
            self.blocks.len() / 2
        };
        let kept = &self.blocks[dropped..];
        let (last, full) = kept.split_last()?;
        let full = if self.filled == self.block {
            kept
        } else {
            full
        };
        let mut sum = vec![0.0; last.len()];
        kept.iter().for_each(|block| add(&mut sum, block, 1.0));
        let samples = (kept.len() as u64 - 1) * self.block + self.filled;
        let mean = |sums: &[f64], samples: u64| -> f64 {
            let means: Vec<f64> = sums.iter().map(|sum| sum / samples as f64).collect();
            of(&means)
        };
        let value = mean(&sum, samples);
        if full.len() < ENOUGH {
            return Some([value, f64::NAN]);
        }
        let mut whole = vec![0.0; last.len()];
        full.iter().for_each(|block| add(&mut whole, block, 1.0));
        let count = full.len() as f64;
        let others = (full.len() as u64 - 1) * self.block;
        let without: Vec<f64> = full
            .iter()
            .map(|block| {
                let mut rest = whole.clone();
                add(&mut rest, block, -1.0);
                mean(&rest, others)
            })
            .collect();
        let centre = without.iter().sum::<f64>() / count;
        let squares: f64 = without.iter().map(|one| (one - centre).powi(2)).sum();
        Some([value, ((count - 1.0) / count * squares).sqrt()])
    }
}

fn add(sum: &mut [f64], other: &[f64], factor: f64) {
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum += factor * other;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Random;
    use super::*;

    #[test]
    fn a_function_of_means_forgets_the_start_and_knows_its_error() {
        // The variance of 4096 normal deviates, after a start that is far off.
        let (mut settled, mut random) = (Settled::default(), Random(3));
        for index in 0..8192 {
            let x = random.normal() + if index < 2000 { 10.0 } else { 0.0 };
            settled.push(&[x, x * x]);
        }
        let [variance, error] = settled
            .estimate(|means| means[1] - means[0] * means[0])
            .unwrap();
        let expected = (2.0f64 / 4096.0).sqrt();
        assert!((variance - 1.0).abs() < 4.0 * expected, "{variance}");
        // An error from at least eight blocks is known to 1/√14 of itself.
        assert!(
            (error / expected - 1.0).abs() < 4.0 / 14f64.sqrt(),
            "{error}"
        );
        assert!(settled.blocks.len() <= BLOCKS);
    }

    #[test]
    fn few_samples_have_no_error_and_another_length_starts_anew() {
        let mut settled = Settled::default();
        assert!(settled.estimate(|means| means[0]).is_none());
        settled.push(&[1.0]);
        settled.push(&[3.0]);
        let [value, error] = settled.estimate(|means| means[0]).unwrap();
        assert!(value == 2.0 && error.is_nan());
        settled.push(&[5.0, 1.0]);
        assert_eq!(settled.estimate(|means| means[0]).unwrap()[0], 5.0);
    }
}
