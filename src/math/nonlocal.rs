//! Nonlocal means on a ring in linear time: Hᵢ = Σⱼ G(xᵢ − xⱼ) zⱼ with xᵢ = i/N and Σ G = 1.
//!
//! The cosine kernel needs three sums, the exponential one two running sums (it is the Green
//! function of the screened Poisson equation on the ring), the top hat a sliding window.

use std::f64::consts::TAU;

/// A kernel on a ring of circumference 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RingKernel {
    /// G ∝ 1 + A cos 2πx (Abrams and Strogatz 2004).
    Cosine { amplitude: f64 },
    /// G ∝ Σₙ e^{−|x + n|/ℓ} (Kuramoto and Battogtokh 2002, ℓ = 1/κ).
    Exponential { length: f64 },
    /// Equal weights for |x| ≤ the half width.
    TopHat { half_width: f64 },
}

impl RingKernel {
    /// The weight of the oscillator k places further on, of N in all; for tests and pictures.
    pub fn weight(&self, k: usize, count: usize) -> f64 {
        let n = count as f64;
        let x = k.min(count - k) as f64 / n;
        match *self {
            Self::Cosine { amplitude } => (1.0 + amplitude * (TAU * x).cos()) / n,
            Self::Exponential { length } => {
                // Σₙ e^{−|x + n|/ℓ} = cosh((½ − x)/ℓ)/sinh(1/2ℓ), in a form that cannot overflow.
                let q = (-1.0 / (n * length)).exp();
                let forth = (-x / length).exp() + (-(1.0 - x) / length).exp();
                let norm = (1.0 + q) / (1.0 - q) * (1.0 - (-1.0 / length).exp());
                forth / norm
            }
            Self::TopHat { half_width } => {
                let reach = top_hat_reach(half_width, count);
                let inside = k.min(count - k) <= reach;
                if inside {
                    1.0 / (2 * reach + 1).min(count) as f64
                } else {
                    0.0
                }
            }
        }
    }

    /// Writes every oscillator's mean of `waves`, turned by the phase lag: e^{−iα} Σ G z.
    pub fn apply(&self, waves: &[[f32; 2]], lag: f64, out: &mut [[f32; 2]]) {
        let count = waves.len().min(out.len());
        if count == 0 {
            return;
        }
        let turn = [lag.cos(), -lag.sin()];
        let mut put = |i: usize, [x, y]: [f64; 2]| {
            out[i] = [
                (x * turn[0] - y * turn[1]) as f32,
                (x * turn[1] + y * turn[0]) as f32,
            ];
        };
        let z = |i: usize| waves[i].map(f64::from);
        let n = count as f64;
        match *self {
            Self::Cosine { amplitude } => {
                let mut sums = [[0.0; 2]; 3];
                let step = rotor(n);
                let mut place = [1.0, 0.0];
                for i in 0..count {
                    let z = z(i);
                    for (sum, factor) in sums.iter_mut().zip([1.0, place[0], place[1]]) {
                        sum[0] += factor * z[0];
                        sum[1] += factor * z[1];
                    }
                    place = advance(place, step, i);
                }
                place = [1.0, 0.0];
                for i in 0..count {
                    let part = |axis: usize| {
                        let [all, cos, sin] = [0, 1, 2].map(|k: usize| sums[k][axis]);
                        (all + amplitude * (place[0] * cos + place[1] * sin)) / n
                    };
                    put(i, [part(0), part(1)]);
                    place = advance(place, step, i);
                }
            }
            Self::Exponential { length } => {
                let q = (-1.0 / (n * length)).exp();
                let round = 1.0 - (-1.0 / length).exp();
                let norm = (1.0 - q) / (1.0 + q);
                // Running sums in either direction begin with all turns of the ring that came before.
                let mut forth = [0.0; 2];
                let mut back = [0.0; 2];
                for i in 0..count {
                    for axis in 0..2 {
                        forth[axis] = forth[axis] * q + z(i)[axis];
                        back[axis] = back[axis] * q + z(count - 1 - i)[axis];
                    }
                }
                let mut forth = forth.map(|sum| sum / round);
                let mut back = back.map(|sum| sum / round);
                // The backward sums are parked in the output until the forward ones arrive.
                for i in (0..count).rev() {
                    back = [0, 1].map(|axis| back[axis] * q + z(i)[axis]);
                    out[i] = back.map(|sum| sum as f32);
                }
                for (i, out) in out.iter_mut().enumerate().take(count) {
                    forth = [0, 1].map(|axis| forth[axis] * q + z(i)[axis]);
                    // An oscillator itself is in both sums.
                    let both =
                        [0, 1].map(|axis| norm * (forth[axis] + f64::from(out[axis]) - z(i)[axis]));
                    *out = [
                        (both[0] * turn[0] - both[1] * turn[1]) as f32,
                        (both[0] * turn[1] + both[1] * turn[0]) as f32,
                    ];
                }
            }
            Self::TopHat { half_width } => {
                let reach = top_hat_reach(half_width, count);
                let width = (2 * reach + 1).min(count);
                let mut sum = [0.0; 2];
                for k in 0..width {
                    let z = z((count - reach + k) % count);
                    sum = [sum[0] + z[0], sum[1] + z[1]];
                }
                for i in 0..count {
                    put(i, sum.map(|part| part / width as f64));
                    let (enter, leave) = (z((i + 1 + width - 1 - reach) % count), {
                        z((i + count - reach) % count)
                    });
                    sum = [sum[0] + enter[0] - leave[0], sum[1] + enter[1] - leave[1]];
                }
            }
        }
    }
}

/// Places on either side within the half width, half a ring at most.
fn top_hat_reach(half_width: f64, count: usize) -> usize {
    // A product such as 0.3 · 10 must not fall short of the whole number it stands for.
    let reach = (half_width * count as f64 + 1e-9).floor().max(0.0) as usize;
    reach.min(count / 2)
}

/// Cosine and sine of one place along the ring.
fn rotor(n: f64) -> [f64; 2] {
    let (sin, cos) = (TAU / n).sin_cos();
    [cos, sin]
}

/// The next place; now and then drawn back to the unit circle.
fn advance([c, s]: [f64; 2], [dc, ds]: [f64; 2], i: usize) -> [f64; 2] {
    let next = [c * dc - s * ds, c * ds + s * dc];
    if i % 64 == 63 {
        let scale = next[0].hypot(next[1]).recip();
        next.map(|part| part * scale)
    } else {
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_is_the_sum_over_all_pairs() {
        for count in [1, 2, 3, 10, 101, 256] {
            for kernel in [
                RingKernel::Cosine { amplitude: 0.995 },
                RingKernel::Exponential { length: 0.25 },
                RingKernel::Exponential { length: 0.01 },
                RingKernel::TopHat { half_width: 0.3 },
                RingKernel::TopHat { half_width: 0.5 },
                RingKernel::TopHat { half_width: 0.0 },
            ] {
                let waves: Vec<[f32; 2]> = (0..count)
                    .map(|i| {
                        let angle = (i * i) as f32 * 0.37;
                        [angle.cos(), angle.sin()]
                    })
                    .collect();
                let lag = 1.3f64;
                let mut fast = vec![[0.0; 2]; count];
                kernel.apply(&waves, lag, &mut fast);
                let mut weights = 0.0;
                for (i, fast) in fast.iter().enumerate() {
                    let mut sum = [0.0; 2];
                    weights = 0.0;
                    for (j, wave) in waves.iter().enumerate() {
                        let weight = kernel.weight((i + count - j) % count, count);
                        weights += weight;
                        sum[0] += weight * f64::from(wave[0]);
                        sum[1] += weight * f64::from(wave[1]);
                    }
                    let (s, c) = (-lag).sin_cos();
                    let slow = [sum[0] * c - sum[1] * s, sum[0] * s + sum[1] * c];
                    for axis in 0..2 {
                        assert!(
                            (slow[axis] - f64::from(fast[axis])).abs() < 3e-7 * count as f64,
                            "{kernel:?} {count} {i}: {slow:?} {:?}",
                            fast
                        );
                    }
                }
                // A cosine has no mean of zero over a single place.
                assert!(
                    count == 1 || (weights - 1.0).abs() < 1e-9,
                    "{kernel:?} {count}: {weights}"
                );
            }
        }
    }
}
