//! Special functions and closed forms that theory curves of several models need.

use std::f64::consts::PI;

/// e^{−|x|} I_n(x), the scaled modified Bessel function of the first kind; NaN for NaN.
///
/// The integral π⁻¹ ∫₀^π e^{x cos t} cos(n t) dt (DLMF 10.32.3) by the trapezoidal rule, which
/// converges geometrically for a periodic integrand (Trefethen and Weideman, SIAM Review 56, 385
/// (2014)): with N points the error is about I_{2N−n}/I_0 ≈ e^{−2N²/x} for large x. Accurate to
/// about 1e-14 of I_0 up to |x| = 1e8, beyond which the leading asymptotic form is as good.
pub fn bessel_i_scaled(n: u32, x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let size = x.abs();
    let sign = if x < 0.0 && n % 2 == 1 { -1.0 } else { 1.0 };
    if size > 1e8 {
        return sign / (2.0 * PI * size).sqrt();
    }
    let points = 24 + n as usize + (5.0 * size.sqrt()) as usize;
    let mut sum = 0.0;
    for k in 0..=points {
        let t = PI * k as f64 / points as f64;
        let weight = if k == 0 || k == points { 0.5 } else { 1.0 };
        // cos t − 1 = −2 sin²(t/2) keeps its digits where the integrand is large.
        let exponent = -2.0 * size * (0.5 * t).sin().powi(2);
        sum += weight * exponent.exp() * (f64::from(n) * t).cos();
    }
    sign * sum / points as f64
}

/// I₁(x) / I₀(x): the mean of cos θ under the density ∝ e^{x cos θ}.
pub fn bessel_ratio(x: f64) -> f64 {
    if x.abs() > 1e8 {
        return x.signum() * (1.0 - 0.5 / x.abs());
    }
    bessel_i_scaled(1, x) / bessel_i_scaled(0, x)
}

/// Modified Bessel function of the second kind K_n(x), x > 0; infinite at 0, NaN below.
///
/// ∫₀^∞ e^{−x cosh t} cosh(n t) dt (DLMF 10.32.9) by the trapezoidal rule; the integrand decays
/// doubly exponentially and is regular in the strip |Im t| < π/2, so that a step of 1/12 leaves an
/// error of about e^{−12 π²}; for large x the integrand is a Gaussian of width x^{−1/2}, for which
/// a step h leaves e^{−2π²/(x h²)}.
pub fn bessel_k(n: u32, x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::INFINITY;
    }
    let step = (0.7 / x.sqrt()).min(1.0 / 12.0);
    let order = f64::from(n);
    let mut sum = 0.5;
    for k in 1.. {
        let t = f64::from(k) * step;
        // e^{−x} is taken out, and cosh t − 1 = 2 sinh²(t/2).
        let decay = -2.0 * x * (0.5 * t).sinh().powi(2);
        let term = 0.5 * ((decay + order * t).exp() + (decay - order * t).exp());
        sum += term;
        if decay + order * t < -45.0 {
            break;
        }
    }
    step * sum * (-x).exp()
}

/// ∫ f over a finite interval by composite Gauss-Legendre with five nodes in each panel.
pub fn integrate(f: impl Fn(f64) -> f64, from: f64, to: f64, panels: usize) -> f64 {
    const NODES: [(f64, f64); 3] = [
        (0.0, 0.568_888_888_888_888_9),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
        (0.906_179_845_938_664, 0.236_926_885_056_189_1),
    ];
    let half = 0.5 * (to - from) / panels.max(1) as f64;
    let panel = |k: usize| {
        let centre = from + (2 * k + 1) as f64 * half;
        let pair = |&(x, weight): &(f64, f64)| {
            let both = f(centre + half * x) + f(centre - half * x);
            if x == 0.0 {
                0.5 * weight * both
            } else {
                weight * both
            }
        };
        NODES.iter().map(pair).sum::<f64>() * half
    };
    (0..panels.max(1)).map(panel).sum()
}

/// Diameter of the hard core that stands for a repulsion of finite range: ∫ (1 − e^{−U(r)/kT}) dr
/// from 0 to the range, with U/kT given. Barker and Henderson, J. Chem. Phys. 47, 4714 (1967).
pub fn barker_henderson_diameter(reduced_potential: impl Fn(f64) -> f64, range: f64) -> f64 {
    integrate(|r| -(-reduced_potential(r)).exp_m1(), 0.0, range, 400)
}

/// Reduced WCA potential at distance r: (4 ε (r⁻¹² − r⁻⁶) + ε) / kT with σ = 1, zero past 2^{1/6}.
/// Weeks, Chandler and Andersen, J. Chem. Phys. 54, 5237 (1971).
pub fn wca(r: f64, epsilon_over_kt: f64) -> f64 {
    let sixth = r.powi(-6);
    if sixth <= 0.5 {
        0.0
    } else {
        epsilon_over_kt * (4.0 * sixth * (sixth - 1.0) + 1.0)
    }
}

/// Compressibility factor P/(ρ kT) of hard discs of packing fraction y: (1 + y²/8) / (1 − y)².
/// Henderson, Mol. Phys. 30, 971 (1975). Good to 0.5 % below freezing, y < 0.69.
pub fn hard_disc_compressibility(packing: f64) -> f64 {
    (1.0 + packing * packing / 8.0) / (1.0 - packing).powi(2)
}

/// Compressibility factor of a WCA fluid of packing fraction φ = π N σ² / 4A at temperature
/// kT/ε, by [`hard_disc_compressibility`] at its Barker-Henderson diameter.
pub fn wca_compressibility(packing: f64, kt_over_epsilon: f64) -> f64 {
    let diameter =
        barker_henderson_diameter(|r| wca(r, 1.0 / kt_over_epsilon), 2f64.powf(1.0 / 6.0));
    hard_disc_compressibility(packing * diameter * diameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, exact: f64, relative: f64) {
        assert!(
            (value / exact - 1.0).abs() < relative,
            "{value} for {exact}"
        );
    }

    #[test]
    fn bessel_functions_have_their_tabulated_values() {
        // Abramowitz and Stegun, tables 9.8 and 9.11, and series.
        close(
            bessel_i_scaled(0, 1.0) * 1f64.exp(),
            1.266_065_877_752_008_4,
            1e-14,
        );
        close(
            bessel_i_scaled(1, 1.0) * 1f64.exp(),
            0.565_159_103_992_485,
            1e-14,
        );
        close(bessel_i_scaled(0, 10.0), 0.127_833_337_163_428_6, 1e-13);
        close(bessel_k(0, 1.0), 0.421_024_438_240_708_3, 1e-14);
        close(bessel_k(1, 1.0), 0.601_907_230_197_234_6, 1e-14);
        close(bessel_k(0, 0.1), 2.427_069_024_702_017, 1e-13);
        // Small x: K₀ = −ln(x/2) − γ up to x² ln x.
        close(
            bessel_k(0, 1e-8),
            -(0.5e-8f64).ln() - 0.577_215_664_901_532_9,
            1e-12,
        );
        assert_eq!(bessel_i_scaled(1, -2.0), -bessel_i_scaled(1, 2.0));
        assert_eq!(bessel_i_scaled(0, 0.0), 1.0);
        assert!(bessel_i_scaled(1, 0.0).abs() < 1e-16);
        assert!(bessel_k(0, 0.0).is_infinite() && bessel_k(0, -1.0).is_nan());
        assert!(bessel_k(0, 800.0) >= 0.0 && bessel_i_scaled(0, f64::NAN).is_nan());
    }

    #[test]
    fn the_wronskian_holds_over_ten_decades() {
        // I₀ K₁ + I₁ K₀ = 1/x (DLMF 10.28.2); the scalings cancel.
        for exponent in -8..=2 {
            let x = 10f64.powi(exponent) * 1.7;
            let scaled =
                bessel_i_scaled(0, x) * bessel_k(1, x) + bessel_i_scaled(1, x) * bessel_k(0, x);
            close(scaled * x.exp(), 1.0 / x, 1e-12);
        }
    }

    #[test]
    fn the_ratio_is_continuous_into_its_asymptotic_form() {
        close(bessel_ratio(0.5), 0.242_500, 2e-5);
        close(bessel_ratio(2.0), 0.697_774_657_964_008, 1e-13);
        // r = I₁(Kr/D)/I₀(Kr/D) at K/D = 4, the noisy Kuramoto model.
        close(bessel_ratio(4.0 * 0.831_46), 0.831_46, 1e-5);
        close(bessel_ratio(0.999e8), 1.0 - 0.5 / 0.999e8, 1e-12);
        assert_eq!(bessel_ratio(f64::NEG_INFINITY), -1.0);
    }

    #[test]
    fn quadrature_is_exact_for_polynomials_of_degree_nine() {
        close(integrate(|x| x.powi(9), 0.0, 2.0, 1), 102.4, 1e-14);
        close(integrate(f64::sin, 0.0, PI, 10), 2.0, 1e-13);
    }

    #[test]
    fn the_wca_disc_has_the_diameters_and_the_pressure_of_barker_and_henderson() {
        for (kt, diameter) in [(1.0, 1.01561), (0.5, 1.03900), (0.1, 1.07851)] {
            let found = barker_henderson_diameter(|r| wca(r, 1.0 / kt), 2f64.powf(1.0 / 6.0));
            assert!((found - diameter).abs() < 6e-6, "{found} at {kt}");
        }
        // 400 discs on 28 × 28: y = 0.40071 · 1.01561² = 0.41332, (1 + y²/8)/(1 − y)² = 2.9674.
        let packing = PI * 400.0 / (4.0 * 28.0 * 28.0);
        assert!((wca_compressibility(packing, 1.0) - 2.9674).abs() < 1e-4);
        assert_eq!(hard_disc_compressibility(0.0), 1.0);
        assert_eq!(wca(0.0, 1.0), f64::INFINITY);
        assert_eq!(wca(1.0, 1.0), 1.0);
    }
}
