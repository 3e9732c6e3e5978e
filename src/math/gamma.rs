//! The gamma function, its regularised incomplete forms, and deviates of the gamma law.

use std::f64::consts::PI;

use super::philox::Stream;

/// Coefficients of Lanczos for g = 7 and nine terms (Godfrey, 2001); relative error below 1e-14.
const LANCZOS: [f64; 9] = [
    0.999_999_999_999_809_9,
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];

/// ln Γ(x) for x > 0; NaN elsewhere.
pub fn ln_gamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let mut sum = LANCZOS[0];
    for (k, coefficient) in LANCZOS.iter().enumerate().skip(1) {
        sum += coefficient / (x + k as f64);
    }
    let t = x + 7.5;
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Lower and upper regularised incomplete gamma functions P(a, x) and Q(a, x) for a > 0, x ≥ 0: the
/// series of P below a + 1, the continued fraction of Q above (DLMF 8.11.4 and 8.9.2).
pub fn incomplete_gamma(a: f64, x: f64) -> [f64; 2] {
    if a.is_nan() || x.is_nan() || a <= 0.0 || x < 0.0 {
        return [f64::NAN; 2];
    }
    if x == 0.0 {
        return [0.0, 1.0];
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    // Either converges within a few times √a terms.
    let most = 200 + (20.0 * a.sqrt()) as usize;
    if x < a + 1.0 {
        let mut term = 1.0 / a;
        let mut sum = term;
        for n in 1..most {
            term *= x / (a + n as f64);
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        let p = (front * sum).min(1.0);
        return [p, 1.0 - p];
    }
    // Lentz's method as modified by Thompson and Barnett (1986).
    let mut b = x + 1.0 - a;
    let mut c = 1e300;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for n in 1..most {
        let n = n as f64;
        let numerator = -n * (n - a);
        b += 2.0;
        let small = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
        d = 1.0 / small(numerator * d + b);
        c = small(b + numerator / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    let q = (front * fraction).min(1.0);
    [1.0 - q, q]
}

/// Density at x of the gamma law of a shape and a rate.
pub fn gamma_density(shape: f64, rate: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    (shape * rate.ln() + (shape - 1.0) * x.ln() - rate * x - ln_gamma(shape)).exp()
}

/// Random numbers one after the other, for a start or a test: those of one tag of a stream.
#[derive(Clone, Debug)]
pub struct Draws {
    stream: Stream,
    tag: u32,
    block: u16,
    spare: Option<f64>,
}

impl Draws {
    /// Begins at the first block of the tag; after 2¹⁶ blocks it goes on with the next tag.
    pub fn new(stream: Stream, tag: u32) -> Self {
        Self {
            stream,
            tag,
            block: 0,
            spare: None,
        }
    }

    fn pair(&mut self) -> [f64; 2] {
        let [a, b, c, d] = self.stream.words(self.tag, self.block);
        self.block = self.block.wrapping_add(1);
        if self.block == 0 {
            self.tag = self.tag.wrapping_add(1);
        }
        // 53 bits each, and never 0.
        [[a, b], [c, d]].map(|[high, low]| {
            let word = (u64::from(high) << 32 | u64::from(low)) >> 11;
            (word as f64 + 0.5) / 9_007_199_254_740_992.0
        })
    }

    /// A uniform number in (0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.pair()[0]
    }

    /// A standard normal deviate (Box and Muller, 1958).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let [u, v] = self.pair();
        let radius = (-2.0 * u.ln()).sqrt();
        let (sin, cos) = (2.0 * PI * v).sin_cos();
        self.spare = Some(radius * sin);
        radius * cos
    }

    /// A deviate of the gamma law of this shape and rate 1 (Marsaglia and Tsang, 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let u = self.uniform();
            return self.gamma(shape + 1.0) * u.powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::philox::Purpose;

    #[test]
    fn known_values() {
        for (x, expected) in [
            (0.25, 1.288_022_524_698_077_4),
            (1.0, 0.0),
            (5.0, 24f64.ln()),
        ] {
            assert!((ln_gamma(x) - expected).abs() < 1e-13, "{x}");
        }
        // Q(n, x) = e^{−x} Σ_{k<n} x^k/k!.
        for (n, x) in [(1, 0.3), (5, 2.0), (5, 9.0), (40, 38.0), (40, 60.0)] {
            let mut term = 1.0;
            let mut sum = 0.0;
            for k in 0..n {
                sum += term;
                term *= x / (k + 1) as f64;
            }
            let exact = sum * (-x as f64).exp();
            let [p, q] = incomplete_gamma(n as f64, x);
            assert!((q - exact).abs() < 1e-13 && (p + q - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn gamma_deviates_have_their_mean_and_variance() {
        for shape in [0.4, 1.0, 7.5] {
            let mut draws = Draws::new(Stream::new(4, 0, Purpose::InitialCondition), 0);
            let count = 40_000;
            let sample: Vec<f64> = (0..count).map(|_| draws.gamma(shape)).collect();
            let mean = sample.iter().sum::<f64>() / count as f64;
            let variance =
                sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1) as f64;
            let n = count as f64;
            assert!((mean - shape).abs() < 4.0 * (shape / n).sqrt());
            // Var of the sample variance: (κ₄ + 2κ₂²)/n with κ₄ = 6 shape.
            let error = ((6.0 * shape + 2.0 * shape * shape) / n).sqrt();
            assert!((variance - shape).abs() < 4.0 * error);
        }
    }
}
