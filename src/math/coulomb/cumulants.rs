//! κ₁ to κ₄ of a series of correlated samples, with errors, in bounded memory.

use serde::{Deserialize, Serialize};

use crate::math::settled::Settled;

/// Running cumulants: raw moments about the first sample, settled in blocks whose jackknife gives
/// the errors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cumulants {
    /// First sample and a scale of the fluctuations, both only to keep digits.
    origin: Option<f64>,
    moments: Settled,
}

impl Cumulants {
    /// Takes one sample; one that is not finite is ignored.
    pub fn push(&mut self, sample: f64) {
        if !sample.is_finite() {
            return;
        }
        let d = sample - *self.origin.get_or_insert(sample);
        self.moments.push(&[d, d * d, d * d * d, d * d * d * d]);
    }

    /// κ_q and its standard error (NaN while there are too few blocks), q from 1 to 4; `None` before
    /// the first sample.
    pub fn get(&self, q: usize) -> Option<[f64; 2]> {
        let origin = self.origin?;
        let of = |moments: &[f64]| {
            let &[m1, m2, m3, m4] = moments else {
                return f64::NAN;
            };
            let c2 = m2 - m1 * m1;
            match q {
                1 => origin + m1,
                2 => c2,
                3 => m3 - 3.0 * m1 * m2 + 2.0 * m1.powi(3),
                4 => {
                    let c4 = m4 - 4.0 * m1 * m3 + 6.0 * m1 * m1 * m2 - 3.0 * m1.powi(4);
                    c4 - 3.0 * c2 * c2
                }
                _ => f64::NAN,
            }
        };
        self.moments.estimate(of)
    }
}
