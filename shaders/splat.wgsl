// Small discs, and light, by compute shaders: the picture that the instances of picture.wgsl give,
// without a quad of two triangles for each, which is what rasterisers are slowest at.
//
// The picture is cut into tiles of 8 by 8 pixels. Every disc, and every periodic image of one, is
// counted in the tiles that it touches (`bin`), the counts are scanned (scan.wgsl), the discs are
// listed by tiles (`list`), each list is put into the order of the particles (`arrange`), and each
// tile is painted from its list (tiles.wgsl).
// Codes are rounded after every disc, as they are where each disc is blended into a picture, and light
// is summed as whole numbers, so that the order in which atomic operations come decides nothing.
//
// Should the lists take more room than there is, or one of them be so long that a single lane would
// take long to sort it, the tiles show what lies under the particles, and `arrange` tells the draws
// of instances, which otherwise draw nothing, to take over.

const TILE = 8u;
// Copies are the low bits of a key.
const COPY_BITS = 5u;

/// Laid out as `Particle` in src/sim/snapshot.rs: 20 bytes.
struct Particle {
    x: f32,
    y: f32,
    value: f32,
    radius: f32,
    direction: u32,
}

/// A disc in a list: its centre and radius in pixels, or the weight of its light, and its colour.
struct Disc {
    x: f32,
    y: f32,
    radius: f32,
    colour: u32,
}

/// Laid out as `Job` in src/view/splat.rs. What branches depend on stands in `State`: some drivers
/// compile a shader anew for each uniform on which a branch depends.
struct Job {
    /// Tiles on both axes.
    tiles: vec2<u32>,
    particles: u32,
    /// Entries that the lists have room for, and the longest list that is painted.
    room: u32,
    longest: u32,
    padding: vec3<u32>,
}

/// Laid out as `State` in src/view/splat.rs.
struct State {
    /// Length of the longest list of this picture, when that is too long.
    found: atomic<u32>,
    copies: u32,
    /// 1 for light, and 2 halves of a row where a field lies under the particles.
    light: u32,
    halves: u32,
}

/// What a draw of instances is told.
struct Draw {
    vertices: u32,
    instances: u32,
    first_vertex: u32,
    first_instance: u32,
}

@group(0) @binding(0) var<uniform> sheet: Layout;
@group(0) @binding(1) var field: texture_2d<f32>;
@group(0) @binding(2) var<uniform> job: Job;
@group(0) @binding(3) var<storage, read> particles: array<Particle>;
@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(5) var<storage, read_write> sums: array<atomic<u32>>;
@group(0) @binding(6) var<storage, read_write> starts: array<u32>;
/// Two halves, between which sorting goes to and fro.
@group(0) @binding(7) var<storage, read_write> keys: array<u32>;
@group(0) @binding(8) var<storage, read_write> discs: array<Disc>;
/// Rows of codes, four to an element.
@group(0) @binding(9) var<storage, read_write> pixels: array<vec4<u32>>;
/// Of the particles, and of one triangle over all of the picture.
@group(0) @binding(10) var<storage, read_write> draws: array<Draw, 2>;

@group(0) @binding(11) var<storage, read_write> state: State;

fn counters() -> u32 {
    return job.tiles.x * job.tiles.y + 1u;
}

fn blocks_across() -> u32 {
    return 65535u;
}

fn note_count(value: u32) {
    if value > job.longest {
        atomicMax(&state.found, value);
    }
}

fn note_scan() {}

/// True when instances draw this picture.
fn is_left_to_instances() -> bool {
    return starts[counters() - 1u] > job.room || atomicLoad(&state.found) > job.longest;
}

/// By its bits: a compiler may assume that a comparison never meets what is no number.
fn is_finite(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

/// Place of a particle in pixels from the origin of the box.
fn offset_of(particle: u32) -> vec2<f32> {
    return vec2<f32>(particles[particle].x, -particles[particle].y) * sheet.scale;
}

/// How far from its centre a particle covers any of a pixel, measured to the pixel's centre.
fn reach_of(particle: u32) -> f32 {
    let radius = particles[particle].radius * sheet.radius_scale;
    return select(radius + 0.5, 1.5, state.light != 0u);
}

/// The tiles that a disc touches: the first column and row, and the last ones; none when the last is
/// before the first.
fn touched(middle: vec2<f32>, reach: f32) -> vec4<i32> {
    if !(is_finite(middle.x) && is_finite(middle.y) && is_finite(reach)) {
        return vec4<i32>(0, 0, -1, -1);
    }
    // Pixels whose centres are within reach; far beyond the picture all is the same.
    let most = sheet.size + 8.0;
    let low = clamp(ceil(middle - reach - 0.5), vec2<f32>(0.0), most);
    let high = clamp(floor(middle + reach - 0.5), vec2<f32>(-8.0), sheet.size - 1.0);
    if low.x > high.x || low.y > high.y {
        return vec4<i32>(0, 0, -1, -1);
    }
    return vec4<i32>(vec2<i32>(low), vec2<i32>(high)) / 8;
}

@compute @workgroup_size(64)
fn bin(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let particle = (group.y * groups.x + group.x) * 64u + lane;
    if particle >= job.particles {
        return;
    }
    let offset = offset_of(particle);
    let reach = reach_of(particle);
    for (var copy = 0u; copy < state.copies; copy++) {
        let tiles = touched(offset + sheet.origins[copy].xy, reach);
        for (var row = tiles.y; row <= tiles.w; row++) {
            for (var column = tiles.x; column <= tiles.z; column++) {
                atomicAdd(&counts[u32(row) * job.tiles.x + u32(column)], 1u);
            }
        }
    }
}

@compute @workgroup_size(64)
fn list(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let particle = (group.y * groups.x + group.x) * 64u + lane;
    if particle >= job.particles || is_left_to_instances() {
        return;
    }
    let offset = offset_of(particle);
    let reach = reach_of(particle);
    for (var copy = 0u; copy < state.copies; copy++) {
        let tiles = touched(offset + sheet.origins[copy].xy, reach);
        for (var row = tiles.y; row <= tiles.w; row++) {
            for (var column = tiles.x; column <= tiles.z; column++) {
                let tile = u32(row) * job.tiles.x + u32(column);
                let at = starts[tile] + atomicAdd(&counts[tile], 1u);
                // Two compilations of the same formula may differ in the last bit: what was not
                // counted, and covers nothing, finds no room.
                if at < starts[tile + 1u] {
                    keys[at] = particle << COPY_BITS | copy;
                }
            }
        }
    }
}

/// Sorts a list by merging ever longer runs of it; returns where its keys are.
fn sorted(first: u32, count: u32) -> u32 {
    var from_ = first;
    var to = first + job.room;
    for (var run = 1u; run < count; run *= 2u) {
        // Two runs side by side, and the next key of either; behind its end a run has none.
        var end = 0u;
        var middle = 0u;
        var left = 0u;
        var right = 0u;
        var next_left = 0u;
        var next_right = 0u;
        for (var at = 0u; at < count; at++) {
            if at == end {
                left = end;
                middle = min(end + run, count);
                right = middle;
                end = min(end + 2u * run, count);
                next_left = keys[from_ + left];
                next_right = keys[from_ + min(right, count - 1u)];
            }
            let takes_left = left < middle && (right >= end || next_left < next_right);
            keys[to + at] = select(next_right, next_left, takes_left);
            left += select(0u, 1u, takes_left);
            right += select(1u, 0u, takes_left);
            let next = keys[from_ + min(select(right, left, takes_left), count - 1u)];
            next_left = select(next_left, next, takes_left);
            next_right = select(next, next_right, takes_left);
        }
        let other = from_;
        from_ = to;
        to = other;
    }
    return from_;
}

@compute @workgroup_size(64)
fn arrange(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let tile = (group.y * groups.x + group.x) * 64u + lane;
    if tile >= job.tiles.x * job.tiles.y {
        return;
    }
    if tile == 0u {
        let there = is_left_to_instances();
        draws[0] = Draw(6u * state.copies, select(0u, job.particles, there), 0u, 0u);
        draws[1] = Draw(3u, select(0u, 1u, there), 0u, 0u);
    }
    let first = starts[tile];
    var count = min(atomicLoad(&counts[tile]), starts[tile + 1u] - first);
    if is_left_to_instances() {
        count = 0u;
    }
    atomicStore(&counts[tile], count);
    // Light adds up in any order.
    let from_ = sorted(first, select(count, 0u, state.light != 0u));
    for (var at = 0u; at < count; at++) {
        let key = keys[from_ + at];
        let particle = key >> COPY_BITS;
        let copy = key & ((1u << COPY_BITS) - 1u);
        let middle = offset_of(particle) + sheet.origins[copy].xy;
        var size = particles[particle].radius * sheet.radius_scale;
        if state.light != 0u {
            size = clamp(size * size, 0.15, 1.0);
        }
        discs[first + at] = Disc(middle.x, middle.y, size, code_of(particles[particle].value));
    }
}
