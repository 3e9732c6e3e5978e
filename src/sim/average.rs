//! Averages of distributions in bounded memory, with errors from the means of blocks of samples.

use serde::{Deserialize, Serialize};

use crate::model::observable::Curve;

/// Blocks that an average keeps: a full list is halved by joining neighbours.
const BLOCKS: usize = 32;

/// A distribution averaged over samples, with errors from the means of blocks of samples.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Average {
    x: Vec<f64>,
    /// Sums over the samples of each block; all but the last have `block` samples.
    blocks: Vec<Vec<f64>>,
    /// Samples in the last block.
    filled: u64,
    /// Samples that make a block full.
    block: u64,
}

impl Default for Average {
    fn default() -> Self {
        Self {
            x: Vec::new(),
            blocks: Vec::new(),
            filled: 0,
            block: 1,
        }
    }
}

impl Average {
    /// Adds one curve; a curve on another grid starts the average anew.
    pub fn push(&mut self, curve: &Curve) {
        if curve.x != self.x {
            *self = Self {
                x: curve.x.clone(),
                ..Self::default()
            };
        }
        if self.blocks.is_empty() || self.filled == self.block {
            if self.blocks.len() == BLOCKS {
                self.join();
            }
            self.blocks.push(vec![0.0; curve.y.len()]);
            self.filled = 0;
        }
        if let Some(last) = self.blocks.last_mut() {
            for (sum, y) in last.iter_mut().zip(&curve.y) {
                *sum += y;
            }
        }
        self.filled += 1;
    }

    /// Joins neighbouring blocks in pairs, so that half as many are twice as long.
    fn join(&mut self) {
        let mut joined: Vec<Vec<f64>> = Vec::with_capacity(BLOCKS);
        for pair in self.blocks.chunks_exact(2) {
            joined.push(pair[0].iter().zip(&pair[1]).map(|(a, b)| a + b).collect());
        }
        self.blocks = joined;
        self.block *= 2;
    }

    /// The grid of the curves.
    pub fn x(&self) -> &[f64] {
        &self.x
    }

    /// How many curves are in the average.
    pub fn samples(&self) -> u64 {
        match self.blocks.len() as u64 {
            0 => 0,
            blocks => (blocks - 1) * self.block + self.filled,
        }
    }

    /// The mean over the later half of the samples, once there are some, so that the way from the
    /// start to the steady state is forgotten; and the standard error from the full blocks in it,
    /// when there are at least eight.
    pub fn curve(&self) -> Curve {
        let dropped = if self.blocks.len() < 8 {
            0
        } else {
            self.blocks.len() / 2
        };
        let kept = &self.blocks[dropped..];
        let samples = (self.samples() - dropped as u64 * self.block).max(1) as f64;
        let bins = self.x.len();
        let mean = |bin: usize| kept.iter().map(|block| block[bin]).sum::<f64>() / samples;
        let y: Vec<f64> = (0..bins).map(mean).collect();
        let open = usize::from(self.filled < self.block && !kept.is_empty());
        let full = &kept[..kept.len() - open];
        let error = if full.len() < 8 {
            Vec::new()
        } else {
            let count = full.len() as f64;
            let error = |bin: usize| {
                let means = || full.iter().map(|block| block[bin] / self.block as f64);
                let centre = means().sum::<f64>() / count;
                let squares = means().map(|mean| (mean - centre).powi(2)).sum::<f64>();
                (squares / (count * (count - 1.0))).sqrt()
            };
            (0..bins).map(error).collect()
        };
        Curve {
            x: self.x.clone(),
            y,
            error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_forgets_the_start_and_knows_its_error() {
        let mut state = Average::default();
        let mut noise = 0.5_f64;
        for index in 0..4096 {
            // The logistic map at its most chaotic: mean 1/2, variance 1/8, uncorrelated.
            noise = 4.0 * noise * (1.0 - noise) + if index % 97 == 0 { 1e-3 } else { 0.0 };
            noise = noise.clamp(1e-6, 1.0 - 1e-6);
            let transient = if index < 512 { 10.0 } else { 0.0 };
            let curve = Curve {
                x: vec![0.0],
                y: vec![noise + transient],
                error: vec![],
            };
            state.push(&curve);
        }
        assert_eq!(state.samples(), 4096);
        assert!(state.blocks.len() <= BLOCKS);
        let curve = state.curve();
        let expected = (0.125_f64 / 2048.0).sqrt();
        assert!(
            (curve.y[0] - 0.5).abs() < 4.0 * expected,
            "mean {}",
            curve.y[0]
        );
        // The error of an error from at least 15 blocks is at most 1/√(2·14) of it: 0.19.
        assert!(
            (curve.error[0] / expected - 1.0).abs() < 4.0 * 0.19,
            "error {}",
            curve.error[0]
        );
    }

    #[test]
    fn another_grid_starts_the_average_anew() {
        let mut state = Average::default();
        state.push(&Curve {
            x: vec![0.0],
            y: vec![1.0],
            error: vec![],
        });
        state.push(&Curve {
            x: vec![1.0],
            y: vec![3.0],
            error: vec![],
        });
        assert_eq!((state.samples(), state.curve().y), (1, vec![3.0]));
    }
}
