//! Expected degrees of nodes: the distribution P(κ), and the moments that theory asks for.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::super::pages::Pages;
use super::super::philox::{Purpose, Stream};

/// The largest expected degree; beyond it, tables and sums would lose their meaning.
pub const MAX_DEGREE: f64 = 1e7;

/// Block of the random numbers of the initial condition that expected degrees take; positions of
/// nodes take block 0.
const BLOCK: u16 = 1;

/// A distribution of expected degrees κ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ExpectedDegrees {
    /// All nodes alike; degrees are Poisson.
    Constant {
        /// κ.
        mean: f64,
    },
    /// κ itself is Poisson; nodes of κ = 0 stay alone.
    Poisson {
        /// ⟨κ⟩.
        mean: f64,
    },
    /// Density e^{−κ/⟨κ⟩}/⟨κ⟩.
    Exponential {
        /// ⟨κ⟩.
        mean: f64,
    },
    /// Two kinds of nodes.
    Bimodal {
        /// κ of the first kind.
        low: f64,
        /// κ of the second kind.
        high: f64,
        /// Share of the second kind, 0 to 1.
        share: f64,
    },
    /// Density ∝ κ^{−τ} from `least` to `most`.
    PowerLaw {
        /// Exponent τ.
        exponent: f64,
        /// Smallest κ, above 0.
        least: f64,
        /// Cut-off.
        most: f64,
    },
    /// One κ for each node, in order.
    List(Vec<f64>),
}

/// Why expected degrees are none.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum DegreeError {
    /// A parameter or an entry of the list is out of range.
    #[error("the {name} is {value}; it must be from {least} to {most}")]
    Range {
        /// Which parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// Smallest valid value.
        least: f64,
        /// Largest valid value.
        most: f64,
    },
    /// An entry of a list is out of range.
    #[error("the expected degree of node {node} is {value}; it must be from 0 to {MAX_DEGREE:e}")]
    Entry {
        /// The node.
        node: usize,
        /// Its expected degree.
        value: f64,
    },
    /// A list of another length than the number of nodes.
    #[error("{listed} expected degrees are listed for {nodes} nodes; list one for each node")]
    Length {
        /// Entries of the list.
        listed: usize,
        /// Number of nodes.
        nodes: usize,
    },
    /// Nothing but zeros.
    #[error("all expected degrees are 0, so that there are no edges; raise one of them")]
    Zero,
}

fn within(name: &'static str, value: f64, least: f64, most: f64) -> Result<(), DegreeError> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(DegreeError::Range {
            name,
            value,
            least,
            most,
        })
    }
}

/// Checks expected degrees that come from anywhere: finite, not negative, not all zero.
pub(super) fn check_list(expected: &[f64], nodes: usize) -> Result<(), DegreeError> {
    if expected.len() != nodes {
        return Err(DegreeError::Length {
            listed: expected.len(),
            nodes,
        });
    }
    let bad = expected
        .iter()
        .position(|k| !(0.0..=MAX_DEGREE).contains(k));
    if let Some(node) = bad {
        return Err(DegreeError::Entry {
            node,
            value: expected[node],
        });
    }
    if nodes > 0 && expected.iter().all(|&k| k == 0.0) {
        return Err(DegreeError::Zero);
    }
    Ok(())
}

impl ExpectedDegrees {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Names the first that is out of range.
    pub fn check(&self) -> Result<(), DegreeError> {
        match *self {
            Self::Constant { mean } | Self::Poisson { mean } | Self::Exponential { mean } => {
                within("mean expected degree", mean, 1e-6, MAX_DEGREE)
            }
            Self::Bimodal { low, high, share } => {
                within("low expected degree", low, 0.0, MAX_DEGREE)
                    .and_then(|()| within("high expected degree", high, 0.0, MAX_DEGREE))
                    .and_then(|()| within("share of high expected degrees", share, 0.0, 1.0))
            }
            Self::PowerLaw {
                exponent,
                least,
                most,
            } => within("exponent of the expected degrees", exponent, -10.0, 100.0)
                .and_then(|()| within("least expected degree", least, 1e-6, MAX_DEGREE))
                .and_then(|()| within("cut-off of the expected degrees", most, least, MAX_DEGREE)),
            Self::List(ref list) => check_list(list, list.len()),
        }
    }

    /// Expected degrees of so many nodes; the same for any number of threads.
    ///
    /// # Errors
    /// See [`ExpectedDegrees::check`]; a list must have one entry per node.
    pub fn sample(&self, nodes: usize, seed: u64) -> Result<Expected, DegreeError> {
        self.check()?;
        let alike = matches!(self, Self::Constant { .. });
        let mut list = Pages::zeroed(if alike { nodes.min(1) } else { nodes });
        let stream = Stream::new(seed, 0, Purpose::InitialCondition);
        let mut draw = |of: &(dyn Fn(f64) -> f64 + Sync)| {
            let one = |(node, degree): (usize, &mut f64)| {
                *degree = of(unit(stream.words(node as u32, BLOCK)));
            };
            list.par_iter_mut().enumerate().for_each(one);
        };
        match *self {
            Self::Constant { mean } => list.fill(mean),
            Self::Poisson { mean } => {
                let (first, table) = poisson_table(mean);
                draw(&|u| (first + table.partition_point(|&below| below < u)) as f64)
            }
            Self::Exponential { mean } => draw(&|u| (-mean * u.ln()).min(MAX_DEGREE)),
            Self::Bimodal { low, high, share } => draw(&|u| if u < share { high } else { low }),
            Self::PowerLaw {
                exponent,
                least,
                most,
            } => {
                let power = 1.0 - exponent;
                if power.abs() < 1e-9 {
                    draw(&|u| least * (most / least).powf(u))
                } else {
                    // Powers of the ratio stay finite for any exponent; the clamp undoes rounding.
                    let span = (most / least).powf(power) - 1.0;
                    draw(&|u| (least * (1.0 + u * span).powf(1.0 / power)).clamp(least, most))
                }
            }
            Self::List(ref given) => {
                check_list(given, nodes)?;
                list.copy_from_slice(given);
            }
        }
        Ok(Expected {
            nodes,
            values: list,
        })
    }
}

/// Expected degrees κ of nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    nodes: usize,
    /// One for all nodes, or one for each.
    values: Pages<f64>,
}

impl Expected {
    /// The values: one for all nodes, or one for each. Either way they tell the distribution.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// That of a node.
    pub fn of(&self, node: usize) -> f64 {
        self.values[node.min(self.values.len() - 1)]
    }

    /// What matters of them together.
    pub fn totals(&self) -> Totals {
        match *self.values {
            [degree] => Totals::alike(degree, self.nodes),
            _ => Totals::new(&self.values),
        }
    }
}

/// A number in (0, 1) from the first two words, with 53 bits.
pub(super) fn unit(words: [u32; 4]) -> f64 {
    let bits = (u64::from(words[0]) << 32 | u64::from(words[1])) >> 12;
    (bits as f64 + 0.5) / 4_503_599_627_370_496.0
}

/// Cumulative probabilities of a Poisson variable from its first likely value on.
fn poisson_table(mean: f64) -> (usize, Vec<f64>) {
    // Twelve standard deviations leave less than 10⁻²⁰ on either side.
    let reach = 12.0 * mean.sqrt() + 30.0;
    let first = (mean - reach).max(0.0).floor();
    let mode = mean.floor();
    // Relative to the mode, where logarithms would cancel.
    let mut weights = vec![0.0_f64; (mean + reach - first) as usize + 1];
    let centre = (mode - first) as usize;
    weights[centre] = 1.0;
    for k in (0..centre).rev() {
        weights[k] = weights[k + 1] * (first + k as f64 + 1.0) / mean;
    }
    for k in centre + 1..weights.len() {
        weights[k] = weights[k - 1] * mean / (first + k as f64);
    }
    let total: f64 = weights.iter().sum();
    let mut sum = 0.0;
    for weight in &mut weights {
        sum += *weight / total;
        *weight = sum;
    }
    // The last step takes what rounding left.
    if let Some(last) = weights.last_mut() {
        *last = 1.0;
    }
    (first as usize, weights)
}

/// What matters of all expected degrees together.
#[derive(Clone, Copy, Debug)]
pub struct Totals {
    /// Number of nodes.
    pub nodes: usize,
    /// Sum of the degrees, and of their squares.
    pub sum: f64,
    pub squares: f64,
    /// The largest.
    pub most: f64,
    /// True when they are all the same.
    pub alike: bool,
}

impl Totals {
    /// Of the nodes with these expected degrees.
    pub fn new(expected: &[f64]) -> Self {
        let (mut sum, mut squares, mut most) = (0.0, 0.0, 0.0_f64);
        let (first, mut alike) = (expected.first().copied().unwrap_or(0.0), true);
        for &degree in expected {
            sum += degree;
            squares += degree * degree;
            most = most.max(degree);
            alike &= degree == first;
        }
        if alike {
            return Self::alike(first, expected.len());
        }
        Self {
            nodes: expected.len(),
            sum,
            squares,
            most,
            alike,
        }
    }

    /// Of so many nodes with the same expected degree.
    fn alike(degree: f64, nodes: usize) -> Self {
        let sum = degree * nodes as f64;
        Self {
            nodes,
            sum,
            squares: degree * sum,
            most: degree,
            alike: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::same_on_any_threads;
    use super::*;

    /// Sample mean and second moment against theory, within four standard errors.
    fn moments(degrees: &ExpectedDegrees, expected: [f64; 3]) {
        let n = 40_000;
        let expected_degrees = degrees.sample(n, 5).unwrap();
        let list: Vec<f64> = (0..n).map(|node| expected_degrees.of(node)).collect();
        let totals = expected_degrees.totals();
        assert_eq!(totals.nodes, n);
        assert!((totals.sum - list.iter().sum::<f64>()).abs() < 1e-9 * totals.sum);
        let mean = list.iter().sum::<f64>() / n as f64;
        let variance = list.iter().map(|k| (k - mean).powi(2)).sum::<f64>() / n as f64;
        let [m, v, fourth] = expected;
        assert!(
            (mean - m).abs() <= 4.0 * (v / n as f64).sqrt(),
            "{degrees:?}: {mean}"
        );
        let error = ((fourth - v * v) / n as f64).max(0.0).sqrt();
        assert!(
            (variance - v).abs() <= 4.0 * error + 1e-9,
            "{degrees:?}: {variance}"
        );
    }

    #[test]
    fn samples_have_the_moments_of_their_distribution() {
        moments(&ExpectedDegrees::Constant { mean: 6.0 }, [6.0, 0.0, 0.0]);
        for mean in [0.3, 6.0, 900.0] {
            let fourth = mean * (1.0 + 3.0 * mean);
            moments(&ExpectedDegrees::Poisson { mean }, [mean, mean, fourth]);
        }
        moments(
            &ExpectedDegrees::Exponential { mean: 4.0 },
            [4.0, 16.0, 9.0 * 256.0],
        );
        // Two values 20 apart with shares 0.9 and 0.1.
        let (p, d) = (0.1, 20.0_f64);
        let fourth = p * (1.0 - p) * d.powi(4) * ((1.0 - p).powi(3) + p.powi(3));
        moments(
            &ExpectedDegrees::Bimodal {
                low: 2.0,
                high: 22.0,
                share: p,
            },
            [4.0, p * (1.0 - p) * d * d, fourth],
        );
        for exponent in [1.0, 2.5, 3.0, -1.0] {
            let (least, most) = (2.0, 50.0);
            let moment = |n: f64| {
                let f = |k: f64| k.powf(n - exponent);
                super::super::super::special::integrate(f, least, most, 4000)
            };
            let m: Vec<f64> = (0..5).map(|n| moment(f64::from(n)) / moment(0.0)).collect();
            let variance = m[2] - m[1] * m[1];
            let fourth = m[4] - 4.0 * m[3] * m[1] + 6.0 * m[2] * m[1].powi(2) - 3.0 * m[1].powi(4);
            moments(
                &ExpectedDegrees::PowerLaw {
                    exponent,
                    least,
                    most,
                },
                [m[1], variance, fourth],
            );
        }
    }

    #[test]
    fn samples_do_not_depend_on_threads() {
        same_on_any_threads(|| {
            ExpectedDegrees::Poisson { mean: 3.0 }
                .sample(5000, 1)
                .unwrap()
        });
    }

    #[test]
    fn bad_parameters_are_named() {
        let refused =
            |degrees: ExpectedDegrees, nodes| degrees.sample(nodes, 0).unwrap_err().to_string();
        assert!(refused(ExpectedDegrees::Constant { mean: -1.0 }, 3).contains("mean"));
        assert!(refused(ExpectedDegrees::Poisson { mean: f64::NAN }, 3).contains("mean"));
        let power = ExpectedDegrees::PowerLaw {
            exponent: 2.0,
            least: 3.0,
            most: 2.0,
        };
        assert!(refused(power, 3).contains("cut-off"));
        assert!(refused(ExpectedDegrees::List(vec![1.0, 2.0]), 3).contains("for 3 nodes"));
        assert!(refused(ExpectedDegrees::List(vec![1.0, f64::INFINITY]), 2).contains("node 1"));
        assert_eq!(
            ExpectedDegrees::List(vec![0.0; 4]).sample(4, 0),
            Err(DegreeError::Zero)
        );
    }
}
