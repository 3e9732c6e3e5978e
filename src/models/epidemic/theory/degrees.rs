//! What the theory needs to know of the degrees: the generating function Ψ and its slopes.

/// Ratio of the largest to the smallest expected degree of a class.
const CLASS: f64 = 1.2;

/// A distribution of degrees as classes (value, weight), the weights adding up to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Degrees {
    classes: Vec<[f64; 2]>,
    /// False for expected degrees κ, around which degrees are Poisson distributed; true for
    /// degrees k that are what they are.
    exact: bool,
}

impl Degrees {
    /// Expected degrees κ of all nodes. Those within 20 % of each other are two classes, such that
    /// the first two moments are kept.
    pub fn expected(values: &[f64]) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|x| *x > 0.0).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let total = values.len().max(1) as f64;
        let mut classes = Vec::new();
        let none = 1.0 - sorted.len() as f64 / total;
        if none > 0.0 {
            classes.push([0.0, none]);
        }
        let mut rest = sorted.as_slice();
        while let Some(&first) = rest.first() {
            let (class, others) = rest.split_at(rest.partition_point(|x| *x <= first * CLASS));
            let count = class.len() as f64;
            let mean = class.iter().sum::<f64>() / count;
            let square = class.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
            let deviation = square.sqrt();
            if deviation > 1e-9 * mean {
                for value in [mean - deviation, mean + deviation] {
                    classes.push([value, 0.5 * count / total]);
                }
            } else {
                classes.push([mean, count / total]);
            }
            rest = others;
        }
        Self {
            classes,
            exact: false,
        }
    }

    /// The degrees of all nodes of a given network: its configuration model.
    pub fn given(degrees: impl Iterator<Item = usize>) -> Self {
        let mut counts = std::collections::BTreeMap::new();
        let mut total = 0.0;
        for degree in degrees {
            *counts.entry(degree).or_insert(0.0) += 1.0;
            total += 1.0;
        }
        let classes = counts
            .into_iter()
            .map(|(degree, count): (usize, f64)| [degree as f64, count / total]);
        Self {
            classes: classes.collect(),
            exact: true,
        }
    }

    /// Σ w κⁿ.
    fn moment(&self, power: i32) -> f64 {
        let terms = self.classes.iter().map(|[x, w]| w * x.powi(power));
        terms.sum()
    }

    /// ⟨k⟩.
    pub fn mean(&self) -> f64 {
        self.moment(1)
    }

    /// ⟨k² − k⟩/⟨k⟩, mean number of further neighbours of a neighbour: ⟨κ²⟩/⟨κ⟩ for expected
    /// degrees. NaN without edges.
    pub fn excess(&self) -> f64 {
        self.moment(2) / self.mean() - f64::from(u8::from(self.exact))
    }

    /// Probability that a node is not infected yet when the share `h` of its edges has
    /// transmitted; that of a partner at the end of an edge, relative to h = 0; and minus the
    /// slope of either: [1 − Ψ, 1 − Ψ′/⟨k⟩, Ψ′, Ψ″/⟨k⟩] at Θ = 1 − h. The first two are exact
    /// also where they are tiny.
    pub fn at(&self, h: f64) -> [f64; 4] {
        let (mut node, mut partner, mut slope, mut second) = (0.0, 0.0, 0.0, 0.0);
        // Θ^k is an exponential as e^(−κh) is, in another variable.
        let x = if self.exact { -(-h).ln_1p() } else { h };
        for [k, w] in &self.classes {
            // The edge on which one arrives at a node of given degree does not count.
            let k1 = if self.exact { k - 1.0 } else { *k };
            let gone = -(-k * x).exp_m1();
            let gone1 = if self.exact {
                -(-k1 * x).exp_m1()
            } else {
                gone
            };
            node += w * gone;
            partner += w * k * gone1;
            slope += w * k * (1.0 - gone1);
            second += w * k * k1 * (1.0 - gone1);
        }
        if self.exact {
            second /= 1.0 - h;
        }
        let mean = self.mean();
        [node, partner / mean, slope, second / mean]
    }

    /// Expected degrees and their weights.
    pub fn classes(&self) -> &[[f64; 2]] {
        &self.classes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_keep_the_moments_and_nearly_the_generating_function() {
        // Exponentially distributed expected degrees, at quantiles.
        let count = 20_000;
        let quantile = |i: usize| -6.0 * (1.0 - (i as f64 + 0.5) / count as f64).ln();
        let values: Vec<f64> = (0..count).map(quantile).collect();
        let degrees = Degrees::expected(&values);
        let n = count as f64;
        let mean = values.iter().sum::<f64>() / n;
        let square = values.iter().map(|x| x * x).sum::<f64>() / n;
        assert!((degrees.mean() / mean - 1.0).abs() < 1e-12);
        assert!((degrees.excess() / (square / mean) - 1.0).abs() < 1e-12);
        for h in [1e-12, 1e-3, 0.1, 0.5, 1.0] {
            let [node, partner, slope, second] = degrees.at(h);
            let sum = |f: &dyn Fn(f64) -> f64| values.iter().map(|&x| f(x)).sum::<f64>() / n;
            let exact = [
                sum(&|x| -(-x * h).exp_m1()),
                sum(&|x| -x * (-x * h).exp_m1()) / mean,
                sum(&|x| x * (-x * h).exp()),
                sum(&|x| x * x * (-x * h).exp()) / mean,
            ];
            // The third moments of a class are off by the cube of its width, about 10⁻³ of it.
            for (got, want) in [node, partner, slope, second].into_iter().zip(exact) {
                assert!((got / want - 1.0).abs() < 1e-3, "h {h}: {got} {want}");
            }
        }
    }

    #[test]
    fn given_degrees_have_the_polynomial_of_their_configuration_model() {
        let degrees = Degrees::given([1, 3, 3, 5].into_iter());
        assert!((degrees.mean() - 3.0).abs() < 1e-12);
        assert!((degrees.excess() - (0.0 + 6.0 + 6.0 + 20.0) / 12.0).abs() < 1e-12);
        let h = 0.3_f64;
        let theta = 1.0 - h;
        let psi = (theta + 2.0 * theta.powi(3) + theta.powi(5)) / 4.0;
        let slope = (1.0 + 6.0 * theta.powi(2) + 5.0 * theta.powi(4)) / 4.0;
        let second = (12.0 * theta + 20.0 * theta.powi(3)) / 4.0;
        let got = degrees.at(h);
        let want = [1.0 - psi, 1.0 - slope / 3.0, slope, second / 3.0];
        for (got, want) in got.into_iter().zip(want) {
            assert!((got - want).abs() < 1e-12, "{got} {want}");
        }
    }
}
