// Active particles: the twin of src/models/active (law and step), src/math/pair.rs and
// src/math/laws.rs, with the same names.

/// Laid out as `Law` in src/models/active/twin.rs.
struct Law {
    dynamics: u32,
    interaction: u32,
    mobility: f32,
    stride: f32,
    noise: f32,
    turn: f32,
    turn_noise: f32,
    decay: f32,
    refresh: f32,
    tumble: u32,
    trap: f32,
    strength: f32,
    sharpness: f32,
    reach: f32,
    padding: vec2<u32>,
}

const PASSIVE = 0u;
const BROWNIAN = 1u;
const ORNSTEIN_UHLENBECK = 2u;

const WCA = 1u;
const HARMONIC = 2u;
const SOFTPLUS = 3u;

fn cutoff(diameter: f32) -> f32 {
    switch law.interaction {
        case WCA: { return 1.122462 * diameter; }
        case HARMONIC: { return diameter; }
        case SOFTPLUS: { return diameter + law.reach; }
        default: { return 0.0; }
    }
}

fn over_r(r2: f32, diameter: f32) -> f32 {
    switch law.interaction {
        case WCA: {
            let inverse = 1.0 / r2;
            let s2 = diameter * diameter * inverse;
            let s6 = s2 * s2 * s2;
            return s6 * (s6 * 2.0 - 1.0) * inverse * (24.0 * law.strength);
        }
        case HARMONIC: {
            return (diameter / sqrt(r2) - 1.0) * law.strength;
        }
        case SOFTPLUS: {
            let r = sqrt(r2);
            return softplus((diameter - r) * law.sharpness) / r * (law.strength / law.sharpness);
        }
        default: { return 0.0; }
    }
}

/// The force of the trap.
fn field(position: vec2<u32>) -> vec2<f32> {
    return -law.trap * separation(position, vec2<u32>(0x80000000u));
}

/// Turns a unit vector by an angle in turns; the length is drawn back to one each time.
fn rotate(e: vec2<f32>, turns: f32) -> vec2<f32> {
    let c = cos_sin_turns(turns);
    let turned = vec2<f32>(e.x * c.x - e.y * c.y, e.x * c.y + e.y * c.x);
    return turned * (1.5 - (turned.x * turned.x + turned.y * turned.y) * 0.5);
}

fn step(words: vec4<u32>, force: vec2<f32>, state: vec2<f32>) -> Motion {
    let g = gaussians(words);
    let push = force * law.mobility;
    let noise = g.xy * law.noise;
    switch law.dynamics {
        case PASSIVE: {
            return Motion(push + noise, state);
        }
        case BROWNIAN: {
            let d = push + state * law.stride + noise;
            return Motion(d, rotate(state, g.z * law.turn_noise + law.turn));
        }
        case ORNSTEIN_UHLENBECK: {
            let d = push + state * law.stride + noise;
            return Motion(d, state * law.decay + g.zw * law.refresh);
        }
        default: {
            let d = push + state * law.stride + noise;
            if words.z < law.tumble {
                return Motion(d, cos_sin_turns(uniform_number(words.w)));
            }
            return Motion(d, rotate(state, law.turn));
        }
    }
}
