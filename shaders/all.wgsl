// Forces of all on all, in tiles of 64: the lanes of a workgroup read the others together. The twin
// of src/math/longrange/direct.rs.
//
// A tile is summed in single precision, and the tiles as whole numbers of 2⁻³², since at rest the
// forces of many nearly cancel.

/// A force in 2⁻³² of its unit: 64 bits in two's complement per axis, x low, x high, y low, y high.
struct Fixed {
    words: vec4<u32>,
}

fn add(a: Fixed, b: Fixed) -> Fixed {
    let low = a.words.xz + b.words.xz;
    let carry = select(vec2<u32>(0u), vec2<u32>(1u), low < b.words.xz);
    let high = a.words.yw + b.words.yw + carry;
    return Fixed(vec4<u32>(low.x, high.x, low.y, high.y));
}

fn negated(a: Fixed) -> Fixed {
    let low = ~a.words.xz + vec2<u32>(1u);
    let carry = select(vec2<u32>(0u), vec2<u32>(1u), low == vec2<u32>(0u));
    let high = ~a.words.yw + carry;
    return Fixed(vec4<u32>(low.x, high.x, low.y, high.y));
}

/// The negative of it on the axes where this says so.
fn turned(a: Fixed, negative: vec2<bool>) -> Fixed {
    let n = negated(a);
    return Fixed(select(a.words, n.words, negative.xxyy));
}

/// Numbers below 2³¹; larger ones, of charges that touch, and what is no number saturate.
fn fixed(x: vec2<f32>) -> Fixed {
    let size = min(abs(x), vec2<f32>(2147483520.0));
    let whole = floor(size);
    let low = vec2<u32>((size - whole) * 4294967296.0);
    let high = vec2<u32>(whole);
    return turned(Fixed(vec4<u32>(low.x, high.x, low.y, high.y)), x < vec2<f32>(0.0));
}

fn real(a: Fixed) -> vec2<f32> {
    let negative = (a.words.yw & vec2<u32>(0x80000000u)) != vec2<u32>(0u);
    let size = turned(a, negative);
    let sum = vec2<f32>(size.words.yw) + vec2<f32>(size.words.xz) * 2.3283064e-10;
    return select(sum, -sum, negative);
}

var<workgroup> tile_places: array<vec2<u32>, 64>;
var<workgroup> tile_states: array<vec2<f32>, 64>;

@compute @workgroup_size(64)
fn sum_all(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let slot = (group.y * groups.x + group.x) * 64u + lane;
    let broken = is_broken();
    if slot == 0u {
        begin_step();
    }
    // Lanes without a particle go along, for the sake of the barriers.
    let mine = min(slot, frame.count - 1u);
    let own = positions[mine];
    let state = bitcast<vec2<f32>>(bodies[mine].xy);
    var total = linear(own);
    for (var first = 0u; first < frame.count; first += 64u) {
        let there = min(first + lane, frame.count - 1u);
        tile_places[lane] = positions[there];
        tile_states[lane] = bitcast<vec2<f32>>(bodies[there].xy);
        workgroupBarrier();
        var sum = vec2<f32>(0.0);
        let end = min(64u, frame.count - first);
        for (var k = 0u; k < end; k++) {
            // A particle pulls itself by nothing: the distance is zero, and the core is not.
            let d = separation(own, tile_places[k]);
            sum += d * pull(d.x * d.x + d.y * d.y, state, tile_states[k]);
        }
        total = add(total, fixed(sum));
        workgroupBarrier();
    }
    if slot < frame.count && !broken {
        forces[slot] = real(total) + field(own);
    }
}
