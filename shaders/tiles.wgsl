// Tiles painted from their lists, eight pixels of a row to a lane: behind splat.wgsl, which makes the lists.

/// The tile of a lane, and its row of it.
struct Place {
    tile: u32,
    corner: vec2<u32>,
}

fn place_of(group: vec3<u32>, groups: vec3<u32>, lane: u32) -> Place {
    let tile = (group.y * groups.x + group.x) * 8u + lane / 8u;
    let corner = vec2<u32>(tile % job.tiles.x, tile / job.tiles.x) * TILE;
    return Place(tile, vec2<u32>(corner.x, corner.y + lane % 8u));
}

/// Codes of four pixels of a row.
struct Codes {
    red: vec4<f32>,
    green: vec4<f32>,
    blue: vec4<f32>,
}

/// Codes of a tile's row.
struct Row {
    left: Codes,
    right: Codes,
}

/// Codes of what lies under the eight pixels of a row.
fn beneath(corner: vec2<u32>) -> Row {
    let canvas = floor(sheet.background.rgb * 255.0 + 0.5);
    let all = Codes(vec4<f32>(canvas.r), vec4<f32>(canvas.g), vec4<f32>(canvas.b));
    var row = Row(all, all);
    for (var half = 0u; half < state.halves; half++) {
        let middle = vec2<f32>(f32(corner.x + 4u * half), f32(corner.y)) + 0.5;
        let a = fielded(middle);
        let b = fielded(middle + vec2<f32>(1.0, 0.0));
        let c = fielded(middle + vec2<f32>(2.0, 0.0));
        let d = fielded(middle + vec2<f32>(3.0, 0.0));
        row.left = row.right;
        row.right = Codes(
            floor(vec4<f32>(a.r, b.r, c.r, d.r) * 255.0 + 0.5),
            floor(vec4<f32>(a.g, b.g, c.g, d.g) * 255.0 + 0.5),
            floor(vec4<f32>(a.b, b.b, c.b, d.b) * 255.0 + 0.5),
        );
    }
    return row;
}

/// Opacity of four pixels of a row, from the first on, by where they are.
fn dimmed(corner: vec2<u32>) -> vec4<f32> {
    let middle = vec2<f32>(corner) + 0.5;
    return vec4<f32>(
        dimming(middle),
        dimming(middle + vec2<f32>(1.0, 0.0)),
        dimming(middle + vec2<f32>(2.0, 0.0)),
        dimming(middle + vec2<f32>(3.0, 0.0)),
    );
}

/// Red, green and blue of a code.
fn channels(code: u32) -> vec3<f32> {
    return vec3<f32>(f32(code & 255u), f32((code >> 8u) & 255u), f32((code >> 16u) & 255u));
}

/// Lays a colour over four pixels: how much of them it covers, and how much of it is seen.
fn over(under: Codes, colour: vec3<f32>, opacity: vec4<f32>, weight: vec4<f32>) -> Codes {
    let rest = 1.0 - opacity;
    return Codes(
        floor(under.red * rest + (colour.r * weight + 0.5)),
        floor(under.green * rest + (colour.g * weight + 0.5)),
        floor(under.blue * rest + (colour.b * weight + 0.5)),
    );
}

fn packed(codes: Codes) -> vec4<u32> {
    let red = vec4<i32>(codes.red);
    let green = vec4<i32>(codes.green) << vec4<u32>(8u);
    let blue = vec4<i32>(codes.blue) << vec4<u32>(16u);
    return bitcast<vec4<u32>>(red | green | blue) | vec4<u32>(0xff000000u);
}

/// Where the four pixels stand that begin at one.
fn element(corner: vec2<u32>) -> u32 {
    // Rows are padded to 64 pixels, as copies want them.
    let row = (job.tiles.x + 7u) / 8u * 16u;
    return corner.y * row + corner.x / 4u;
}

@compute @workgroup_size(64)
fn paint_discs(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let place = place_of(group, groups, lane);
    if place.tile >= job.tiles.x * job.tiles.y {
        return;
    }
    let under = beneath(place.corner);
    var left = under.left;
    var right = under.right;
    let left_seen = dimmed(place.corner);
    let right_seen = dimmed(place.corner + vec2<u32>(4u, 0u));
    let columns = f32(place.corner.x) + vec4<f32>(0.5, 1.5, 2.5, 3.5);
    let row = f32(place.corner.y) + 0.5;
    let first = starts[place.tile];
    let end = first + atomicLoad(&counts[place.tile]);
    for (var at = first; at < end; at++) {
        let disc = discs[at];
        let colour = channels(disc.colour);
        // As `solid_fragment` of picture.wgsl has it, where rims of small discs are one pixel wide.
        let strength = sheet.rim * clamp((disc.radius - 2.0) * 0.25, 0.0, 1.0);
        let x = columns - disc.x;
        let y = row - disc.y;
        let left_edge = sqrt(x * x + y * y) - disc.radius;
        let left_opacity = clamp(0.5 - left_edge, vec4<f32>(0.0), vec4<f32>(1.0)) * left_seen;
        let left_rim = clamp(1.0 + left_edge, vec4<f32>(0.0), vec4<f32>(1.0));
        left = over(left, colour, left_opacity, left_opacity * (1.0 - strength * left_rim));
        let z = x + 4.0;
        let right_edge = sqrt(z * z + y * y) - disc.radius;
        let right_opacity = clamp(0.5 - right_edge, vec4<f32>(0.0), vec4<f32>(1.0)) * right_seen;
        let right_rim = clamp(1.0 + right_edge, vec4<f32>(0.0), vec4<f32>(1.0));
        right = over(right, colour, right_opacity, right_opacity * (1.0 - strength * right_rim));
    }
    let to = element(place.corner);
    pixels[to] = packed(left);
    pixels[to + 1u] = packed(right);
}

/// Sums of light in 2⁻¹⁶ of the light of a particle one pixel in radius.
struct Sums {
    weight: vec4<u32>,
    red: vec4<u32>,
    green: vec4<u32>,
    blue: vec4<u32>,
}

/// Rounded numbers up to 2²²: the last bits of a sum with 2²³ count them, which takes no conversion.
fn whole(x: vec4<f32>) -> vec4<u32> {
    return bitcast<vec4<u32>>(x + 8388608.0) & vec4<u32>(0x7fffffu);
}

/// Adds the light of a particle to four pixels. No sum overflows: a weight is at most one, and no
/// list is longer than 65535.
fn lit(sums: Sums, distance: vec4<f32>, weight: f32, colour: vec3<f32>) -> Sums {
    let share = weight * 65536.0 * clamp(1.5 - distance, vec4<f32>(0.0), vec4<f32>(1.0));
    return Sums(
        sums.weight + whole(share),
        sums.red + whole(share * colour.r),
        sums.green + whole(share * colour.g),
        sums.blue + whole(share * colour.b),
    );
}

/// Code of four pixels in light: as `resolve_fragment` of picture.wgsl has it.
fn glowing(sums: Sums, under: Codes, seen: vec4<f32>) -> Codes {
    let unit = sheet.exposure / 65536.0;
    let weight = vec4<f32>(sums.weight);
    let sum = weight * unit;
    let opacity = (1.0 - exp(-1.6 * sum)) * seen;
    let hot = sheet.glow * (1.0 - exp(-0.12 * max(sum - 1.0, vec4<f32>(0.0))));
    let mean = 1.0 / max(weight, vec4<f32>(1.0));
    let one = vec4<f32>(1.0);
    let red = mix(vec4<f32>(sums.red) * mean, one, hot) * 255.0;
    let green = mix(vec4<f32>(sums.green) * mean, one, hot) * 255.0;
    let blue = mix(vec4<f32>(sums.blue) * mean, one, hot) * 255.0;
    return Codes(
        floor(mix(under.red, red, opacity) + 0.5),
        floor(mix(under.green, green, opacity) + 0.5),
        floor(mix(under.blue, blue, opacity) + 0.5),
    );
}

@compute @workgroup_size(64)
fn paint_light(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let place = place_of(group, groups, lane);
    if place.tile >= job.tiles.x * job.tiles.y {
        return;
    }
    let none = vec4<u32>(0u);
    var left = Sums(none, none, none, none);
    var right = left;
    let columns = f32(place.corner.x) + vec4<f32>(0.5, 1.5, 2.5, 3.5);
    let row = f32(place.corner.y) + 0.5;
    let first = starts[place.tile];
    let end = first + atomicLoad(&counts[place.tile]);
    for (var at = first; at < end; at++) {
        let disc = discs[at];
        let colour = channels(disc.colour) * (1.0 / 255.0);
        let x = columns - disc.x;
        let z = x + 4.0;
        let y = row - disc.y;
        left = lit(left, sqrt(x * x + y * y), disc.radius, colour);
        right = lit(right, sqrt(z * z + y * y), disc.radius, colour);
    }
    let under = beneath(place.corner);
    let to = element(place.corner);
    let right_corner = place.corner + vec2<u32>(4u, 0u);
    pixels[to] = packed(glowing(left, under.left, dimmed(place.corner)));
    pixels[to + 1u] = packed(glowing(right, under.right, dimmed(right_corner)));
}
