// Counter-based random numbers: the twin of src/math/philox.rs, word for word.

/// The high half of a 64-bit product, from 16-bit halves: WGSL has no 64-bit integers.
fn mul_high(a: u32, b: u32) -> u32 {
    let a0 = a & 0xffffu;
    let a1 = a >> 16u;
    let b0 = b & 0xffffu;
    let b1 = b >> 16u;
    let low = a0 * b0;
    let first = a1 * b0 + (low >> 16u);
    let second = a0 * b1 + (first & 0xffffu);
    return a1 * b1 + (first >> 16u) + (second >> 16u);
}

/// One Philox4x32-10 block: four random words for a counter and a key.
fn philox4x32(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    var c = counter;
    var k = key;
    for (var round = 0u; round < 10u; round++) {
        if round > 0u {
            k += vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
        }
        let p = mul_high(0xD2511F53u, c.x);
        let q = mul_high(0xCD9E8D57u, c.z);
        c = vec4<u32>(q ^ c.y ^ k.x, 0xCD9E8D57u * c.z, p ^ c.w ^ k.y, 0xD2511F53u * c.x);
    }
    return c;
}

/// Uniform number in (0, 1), never 0 nor 1: ((x >> 9) + ½)·2⁻²³.
fn uniform_number(word: u32) -> f32 {
    return (f32(word >> 9u) + 0.5) * (1.0 / 8388608.0);
}

/// Two standard normal deviates from two uniform numbers in (0, 1).
fn box_muller(u: f32, v: f32) -> vec2<f32> {
    let radius = sqrt(ln(u) * -2.0);
    return radius * cos_sin_turns(v);
}

/// Four standard normal deviates from the words of a block.
fn gaussians(words: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(
        box_muller(uniform_number(words.x), uniform_number(words.y)),
        box_muller(uniform_number(words.z), uniform_number(words.w)),
    );
}
