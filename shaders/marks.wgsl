// Particles as the picture needs them, made where they are: the twin of src/sim/packing.rs for what
// a device has of a particle. A place goes to the slot of the processor, so that who covers whom is
// the same as in a picture of the columns.

/// Laid out as `Look` in src/gpu/marks.rs.
struct Look {
    hue: u32,
    pointed: u32,
    low: f32,
    factor: f32,
    radius: f32,
    padding_0: u32,
    padding_1: u32,
    padding_2: u32,
}

/// Laid out as `Particle` in src/sim/snapshot.rs: 20 bytes.
struct Particle {
    x: f32,
    y: f32,
    value: f32,
    radius: f32,
    direction: u32,
}

@group(0) @binding(15) var<uniform> look: Look;
@group(0) @binding(16) var<storage, read_write> particles: array<Particle>;

const ANGLE = 1u;
const SIGN = 2u;
const TAG = 3u;
const DIAMETER = 4u;
const FORCE = 5u;

/// The direction of a vector in turns, 0 to 1, within 10⁻⁷; that of nothing is 0. The bound of the
/// language on `atan2` would let colours differ from device to device.
fn turns_of(v: vec2<f32>) -> f32 {
    let size = abs(v);
    let high = max(size.x, size.y);
    if !(high > 0.0) {
        return 0.0;
    }
    let t = min(size.x, size.y) / high;
    let s = t * t;
    var turns = 0.0012172733;
    turns = turns * s - 0.00578694232;
    turns = turns * s + 0.0132299857;
    turns = turns * s - 0.0214029402;
    turns = turns * s + 0.0316273347;
    turns = turns * s - 0.0530394651;
    turns = (turns * s + 0.159154817) * t;
    turns = select(turns, 0.25 - turns, size.y > size.x);
    turns = select(turns, 0.5 - turns, v.x < 0.0);
    return select(turns, 1.0 - turns, v.y < 0.0);
}

/// The direction of a vector as two signed fractions of 16 bits, the cosine in the low half.
fn direction_of(v: vec2<f32>) -> u32 {
    let norm = length(v);
    if !(norm > 0.0) {
        return 0u;
    }
    return pack2x16snorm(v / norm);
}

@compute @workgroup_size(64)
fn mark(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let slot = (group.y * groups.x + group.x) * 64u + lane;
    if slot >= frame.count {
        return;
    }
    let at = base() + slot;
    let body = bodies[at];
    let state = bitcast<vec2<f32>>(body.xy);
    var diameter = 2.0 * look.radius;
    if !has(ALIKE) {
        diameter = diameters[at];
    }
    var value = 0.0;
    switch look.hue {
        case SIGN: { value = select(0.0, 1.0, state.x > 0.0); }
        case TAG: { value = f32(body.z); }
        case DIAMETER: { value = select(diameter, 1.0, has(ALIKE)); }
        case FORCE: { value = length(forces[slot]); }
        default: {}
    }
    var shown = clamp((value - look.low) * look.factor, 0.0, 1.0);
    if look.hue == ANGLE {
        shown = turns_of(state);
    }
    if look.hue == 0u {
        shown = 0.5;
    }
    let place = separation(positions[at], vec2<u32>(0x80000000u));
    let direction = select(0u, direction_of(state), look.pointed != 0u);
    particles[body.w] = Particle(place.x, place.y, shown, 0.5 * diameter, direction);
}
