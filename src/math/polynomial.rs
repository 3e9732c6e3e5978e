//! Elementary functions as polynomials in `f32`, the same on every processor and in the shaders.
//!
//! Coefficients are those of the Cephes library (S. L. Moshier, *Methods and Programs for
//! Mathematical Functions*, 1989, single precision). Every operation rounds once and nothing is
//! fused, so the bits agree on every instruction set. Branch-free: sixteen lanes at once.

use super::simd::*;

/// ln 2 split so that small integers times the first part are exact.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];

/// Natural logarithm of positive, normal numbers; relative error below 1e-7 away from 1.
#[inline(always)]
pub fn ln<S: Simd>(simd: S, x: f32x16<S>) -> f32x16<S> {
    let bits: u32x16<S> = x.to_bits();
    let exponent = ((bits >> 23).bitcast::<i32x16<S>>() - 126).to_float::<f32x16<S>>();
    let half = u32x16::splat(simd, 0x3f00_0000);
    let mantissa: f32x16<S> = f32x16::from_bits((bits & 0x007f_ffff) | half);
    // The mantissa is brought from [1/2, 1) to [√½, √2), where the polynomial holds.
    let low = mantissa.simd_lt(f32x16::splat(simd, std::f32::consts::FRAC_1_SQRT_2));
    let one = f32x16::splat(simd, 1.0);
    let zero = f32x16::splat(simd, 0.0);
    let exponent = exponent - low.select(one, zero);
    let x = mantissa + low.select(mantissa, zero) - 1.0;
    let z = x * x;
    let mut y = x * 7.037_683_6e-2 - 1.151_461e-1;
    y = y * x + 1.167_699_9e-1;
    y = y * x - 1.242_014_1e-1;
    y = y * x + 1.424_932_3e-1;
    y = y * x - 1.666_805_8e-1;
    y = y * x + 2.000_071_5e-1;
    y = y * x - 2.499_999_4e-1;
    y = y * x + 3.333_333e-1;
    y = y * x * z + exponent * LN_2[1] - z * 0.5;
    x + y + exponent * LN_2[0]
}

/// e^x; arguments are held within [−87, 88], where the result is a normal number. Relative error
/// below 2e-7.
#[inline(always)]
pub fn exp<S: Simd>(simd: S, x: f32x16<S>) -> f32x16<S> {
    let low = f32x16::splat(simd, -87.0);
    let high = f32x16::splat(simd, 88.0);
    let x = x.simd_lt(low).select(low, x);
    let x = x.simd_gt(high).select(high, x);
    let n = (x * std::f32::consts::LOG2_E + 0.5).floor();
    let x = x - n * LN_2[0] - n * LN_2[1];
    let z = x * x;
    let mut y = x * 1.987_569_1e-4 + 1.398_199_9e-3;
    y = y * x + 8.333_452e-3;
    y = y * x + 4.166_579_6e-2;
    y = y * x + 1.666_666_5e-1;
    y = y * x + 0.5;
    let y = y * z + x + 1.0;
    let scale = (n.to_int::<i32x16<S>>() + 127).bitcast::<u32x16<S>>() << 23;
    y * f32x16::from_bits(scale)
}

/// (cos 2πu, sin 2πu) for |u| < 2²⁰; absolute error below 1e-7 for |u| ≤ 1.
#[inline(always)]
pub fn cos_sin_turns<S: Simd>(simd: S, u: f32x16<S>) -> [f32x16<S>; 2] {
    let quadrant = (u * 4.0 + 0.5).floor();
    let y = (u - quadrant * 0.25) * std::f32::consts::TAU;
    quadrants(simd, y, quadrant.to_int::<i32x16<S>>().bitcast())
}

/// (cos θ, sin θ) of phases in fixed point, 2³² quanta a turn; absolute error below 1.3e-7. The
/// reduction to a quadrant is exact.
#[inline(always)]
pub fn cos_sin_fixed<S: Simd>(simd: S, phase: u32x16<S>) -> [f32x16<S>; 2] {
    let quadrant = (phase + (1 << 29)) >> 30;
    let rest: i32x16<S> = (phase - (quadrant << 30)).bitcast();
    let y = rest.to_float::<f32x16<S>>() * (std::f32::consts::TAU / 4_294_967_296.0);
    quadrants(simd, y, quadrant)
}

/// Cosine and sine of y + qπ/2 for |y| ≤ π/4.
#[inline(always)]
fn quadrants<S: Simd>(simd: S, y: f32x16<S>, q: u32x16<S>) -> [f32x16<S>; 2] {
    let z = y * y;
    let sin = y + y * z * (z * (z * -1.951_529_6e-4 + 8.332_161e-3) - 1.666_665_5e-1);
    let cos = z * z * (z * (z * 2.443_315_7e-5 - 1.388_731_6e-3) + 4.166_664_6e-2) - z * 0.5 + 1.0;
    let zero = u32x16::splat(simd, 0);
    let odd = (q & 1).simd_ne(zero);
    let (c, s) = (odd.select(sin, cos), odd.select(cos, sin));
    let sign_of_cos: u32x16<S> = ((q + 1) & 2) << 30;
    let sign_of_sin: u32x16<S> = (q & 2) << 30;
    let c_bits: u32x16<S> = c.to_bits();
    let s_bits: u32x16<S> = s.to_bits();
    [
        f32x16::from_bits(c_bits ^ sign_of_cos),
        f32x16::from_bits(s_bits ^ sign_of_sin),
    ]
}

/// Cosine and sine of a small angle, by the series up to the fifth power: relative error below
/// 2e-9 for |x| ≤ 0.12.
#[inline(always)]
pub fn cos_sin_small<S: Simd>(x: f32x16<S>) -> [f32x16<S>; 2] {
    let z = x * x;
    let cos = z * (z * (1.0 / 24.0) - 0.5) + 1.0;
    let sin = x * (z * (z * (1.0 / 120.0) - 1.0 / 6.0) + 1.0);
    [cos, sin]
}

/// ln(1 + e^x), the softplus, without overflow; absolute error below 2e-7 for x ≤ 1.
#[inline(always)]
pub fn softplus<S: Simd>(simd: S, x: f32x16<S>) -> f32x16<S> {
    let zero = f32x16::splat(simd, 0.0);
    let positive = x.simd_gt(zero).select(x, zero);
    positive + ln(simd, exp(simd, -x.abs()) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::simd::tests::levels;
    use super::*;

    #[derive(Clone, Copy)]
    struct All([f32; LANES]);
    impl Kernel for All {
        type Output = [[f32; LANES]; 5];
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Self::Output {
            let x = f32x16::load_array(simd, self.0);
            let [cos, sin] = cos_sin_turns(simd, x);
            let log = ln(simd, x.abs() + 1e-30);
            [log, exp(simd, x), cos, sin, softplus(simd, x)].map(|v| v.to_array())
        }
    }

    /// Evaluates all five functions over sixteen arguments, and compares the levels' bits.
    fn all(x: [f32; LANES]) -> [[f32; LANES]; 5] {
        let values: Vec<_> = levels()
            .into_iter()
            .map(|level| dispatch_at(level, All(x)))
            .collect();
        for other in &values[1..] {
            assert_eq!(
                values[0].map(|v| v.map(f32::to_bits)),
                other.map(|v| v.map(f32::to_bits))
            );
        }
        values[0]
    }

    #[test]
    fn errors_stay_below_their_bounds_and_bits_agree_between_instruction_sets() {
        let mut worst = [0.0f64; 5];
        for block in 0..40_000 {
            // A grid over (0, 1], then a wider, signed one.
            let x = std::array::from_fn(|l| {
                let k = (block * LANES + l) as f32 + 0.5;
                if block < 20_000 {
                    k / 320_000.0
                } else {
                    (k - 480_000.0) / 2_000.0
                }
            });
            let values = all(x);
            for l in 0..LANES {
                let x64 = f64::from(x[l]);
                let log = f64::from(x[l].abs() + 1e-30).ln();
                worst[0] =
                    worst[0].max((f64::from(values[0][l]) - log).abs() / log.abs().max(1e-3));
                let e = x64.clamp(-87.0, 88.0).exp();
                worst[1] = worst[1].max((f64::from(values[1][l]) / e - 1.0).abs());
                if x64.abs() <= 1.0 {
                    let turn = std::f64::consts::TAU * x64;
                    worst[2] = worst[2].max((f64::from(values[2][l]) - turn.cos()).abs());
                    worst[3] = worst[3].max((f64::from(values[3][l]) - turn.sin()).abs());
                }
                let soft = x64.max(0.0) + (-x64.abs()).exp().ln_1p();
                worst[4] = worst[4].max((f64::from(values[4][l]) - soft).abs() / soft.max(1.0));
            }
        }
        for (name, (error, bound)) in ["ln", "exp", "cos", "sin", "softplus"]
            .iter()
            .zip(worst.into_iter().zip([1.2e-7, 2e-7, 1e-7, 1e-7, 2e-7]))
        {
            assert!(error < bound, "{name}: {error:e}");
        }
    }

    #[derive(Clone, Copy)]
    struct Phases([u32; LANES]);
    impl Kernel for Phases {
        type Output = [[f32; LANES]; 4];
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Self::Output {
            let [cos, sin] = cos_sin_fixed(simd, u32x16::load_array(simd, self.0));
            let small: i32x16<S> = (u32x16::load_array(simd, self.0) >> 5).bitcast();
            let angle = small.to_float::<f32x16<S>>() * SMALL;
            let [c, s] = cos_sin_small(angle);
            [cos.to_array(), sin.to_array(), c.to_array(), s.to_array()]
        }
    }
    /// 2²⁷ of these are 0.12.
    const SMALL: f32 = 0.12 / 134_217_728.0;

    #[test]
    fn fixed_point_phases_have_the_cosine_and_sine_of_their_angle() {
        for block in 0..4000u32 {
            let x: [u32; LANES] =
                std::array::from_fn(|l| (block * 16 + l as u32).wrapping_mul(67_117) ^ (l as u32));
            let found: Vec<_> = levels()
                .into_iter()
                .map(|level| dispatch_at(level, Phases(x)))
                .collect();
            assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
            for l in 0..LANES {
                let angle = f64::from(x[l]) * std::f64::consts::TAU / 4_294_967_296.0;
                let small = f64::from((x[l] >> 5) as f32 * SMALL);
                for (value, exact, bound) in [
                    (found[0][0][l], angle.cos(), 1.3e-7),
                    (found[0][1][l], angle.sin(), 1.3e-7),
                    (found[0][2][l], small.cos(), 7e-8),
                    (found[0][3][l], small.sin(), 2e-8),
                ] {
                    assert!(
                        (f64::from(value) - exact).abs() < bound,
                        "{} {exact}",
                        value
                    );
                }
            }
        }
    }
}
