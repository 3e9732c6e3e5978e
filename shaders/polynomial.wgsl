// Elementary functions as polynomials: the twin of src/math/polynomial.rs, operation for operation,
// but for the tail of the softplus.

const LN_2_HIGH = 0.6933594;
const LN_2_LOW = -2.1219444e-4;

/// True for numbers that are neither infinite nor NaN, by their bits: a compiler may assume that a
/// comparison never meets a NaN.
fn is_finite(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

/// Natural logarithm of positive, normal numbers.
fn ln(number: f32) -> f32 {
    let bits = bitcast<u32>(number);
    let mantissa = bitcast<f32>((bits & 0x007fffffu) | 0x3f000000u);
    let low = mantissa < 0.70710678;
    let exponent = f32(bitcast<i32>(bits >> 23u) - 126) - select(0.0, 1.0, low);
    let x = mantissa + select(0.0, mantissa, low) - 1.0;
    let z = x * x;
    var y = x * 7.0376836e-2 - 1.151461e-1;
    y = y * x + 1.1676999e-1;
    y = y * x - 1.2420141e-1;
    y = y * x + 1.4249323e-1;
    y = y * x - 1.6668058e-1;
    y = y * x + 2.0000715e-1;
    y = y * x - 2.4999994e-1;
    y = y * x + 3.333333e-1;
    y = y * x * z + exponent * LN_2_LOW - z * 0.5;
    return x + y + exponent * LN_2_HIGH;
}

/// e^x; arguments are held within [−87, 88].
fn exponential(argument: f32) -> f32 {
    let held = min(max(argument, -87.0), 88.0);
    let n = floor(held * 1.4426950408889634 + 0.5);
    let x = held - n * LN_2_HIGH - n * LN_2_LOW;
    let z = x * x;
    var y = x * 1.9875691e-4 + 1.3981999e-3;
    y = y * x + 8.333452e-3;
    y = y * x + 4.1665796e-2;
    y = y * x + 1.6666665e-1;
    y = y * x + 0.5;
    y = y * z + x + 1.0;
    return y * bitcast<f32>(bitcast<u32>(i32(n) + 127) << 23u);
}

/// (cos 2πu, sin 2πu) for |u| < 2²⁰.
fn cos_sin_turns(u: f32) -> vec2<f32> {
    let quadrant = floor(u * 4.0 + 0.5);
    let y = (u - quadrant * 0.25) * 6.283185307179586;
    return quadrants(y, bitcast<u32>(i32(quadrant)));
}

/// Cosine and sine of y + qπ/2 for |y| ≤ π/4.
fn quadrants(y: f32, q: u32) -> vec2<f32> {
    let z = y * y;
    let sine = y + y * z * (z * (z * -1.9515296e-4 + 8.332161e-3) - 1.6666655e-1);
    let cosine = z * z * (z * (z * 2.4433157e-5 - 1.3887316e-3) + 4.1666646e-2) - z * 0.5 + 1.0;
    let odd = (q & 1u) != 0u;
    let c = bitcast<u32>(select(cosine, sine, odd)) ^ (((q + 1u) & 2u) << 30u);
    let s = bitcast<u32>(select(sine, cosine, odd)) ^ ((q & 2u) << 30u);
    return vec2<f32>(bitcast<f32>(c), bitcast<f32>(s));
}

/// ln(1 + e^x), the softplus, without overflow. Of a small e^x the sum with 1 forgets most, which a
/// weak force would lose: there its series stands in. No driver may be trusted with a sum that is
/// taken back.
fn softplus(x: f32) -> f32 {
    let t = exponential(-abs(x));
    var y = 0.2 - t * 0.16666667;
    y = 0.25 - t * y;
    y = 0.33333334 - t * y;
    y = 0.5 - t * y;
    y = t - t * t * y;
    return max(x, 0.0) + select(ln(t + 1.0), y, t < 0.0625);
}
