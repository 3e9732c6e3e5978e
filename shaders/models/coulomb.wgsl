// Coulomb gases: the twin of src/models/coulomb (gas and step) for the Langevin equation, with the
// same names.

/// Laid out as `Law` in src/models/coulomb/twin.rs.
struct Law {
    linear_x: vec2<u32>,
    linear_y: vec2<u32>,
    core2: f32,
    dt: f32,
    noise: f32,
    most_drift: f32,
    trap: u32,
    exponent: u32,
    hollow: f32,
    over_scale2: f32,
    line: u32,
    padding_0: u32,
    padding_1: u32,
    padding_2: u32,
}

const QUARTIC = 1u;
const POWER = 2u;

/// The product of the charges over the squared distance, which within the core is that of its rim.
fn pull(r2: f32, charge: vec2<f32>, other: vec2<f32>) -> f32 {
    return charge.x * other.x / max(r2, law.core2);
}

/// −k r of the linear trap, exact: positions and stiffness are whole numbers.
fn linear(position: vec2<u32>) -> Fixed {
    let offset = bitcast<vec2<i32>>(position - vec2<u32>(0x80000000u));
    // The size of −2³¹, too, as a number without a sign.
    let size = bitcast<vec2<u32>>(abs(offset));
    let x = product(size.x, law.linear_x);
    let y = product(size.y, law.linear_y);
    return turned(Fixed(vec4<u32>(x, y)), offset > vec2<i32>(0));
}

/// A number of 2⁻³² times a number of whole and 2⁻³² parts.
fn product(size: u32, whole_and_parts: vec2<u32>) -> vec2<u32> {
    let low = size * whole_and_parts.x;
    let more = mul_high(size, whole_and_parts.y);
    let sum = low + more;
    return vec2<u32>(sum, mul_high(size, whole_and_parts.x) + select(0u, 1u, sum < more));
}

/// The force of a trap that is no harmonic one: −V′(r)/r times the place.
fn field(position: vec2<u32>) -> vec2<f32> {
    let place = separation(position, vec2<u32>(0x80000000u));
    let x2 = (place.x * place.x + place.y * place.y) * law.over_scale2;
    switch law.trap {
        case QUARTIC: { return -(x2 - law.hollow) * place; }
        case POWER: {
            var power = 1.0;
            for (var k = 0u; k < law.exponent; k++) {
                power *= x2;
            }
            return -power * place;
        }
        default: { return vec2<f32>(0.0); }
    }
}

fn step(words: vec4<u32>, force: vec2<f32>, state: vec2<f32>) -> Motion {
    let kick = gaussians(words).xy * law.noise;
    var drift = force * law.dt;
    let length = sqrt(drift.x * drift.x + drift.y * drift.y);
    if length > law.most_drift {
        drift = drift * (law.most_drift / length);
    }
    var by = drift + kick;
    if law.line != 0u {
        by.y = 0.0;
    }
    return Motion(by, state);
}
