// Draws the particles of a picture. Two ways, chosen by their size on the screen:
// solid marks with a one-pixel soft edge, or, below one pixel of radius, light that adds up.
//
// Colours are mixed as sRGB codes, like everything else on the canvas, so that the inside of a
// mark has exactly the colour of the map.

@group(0) @binding(0) var<uniform> sheet: Layout;
@group(0) @binding(1) var field: texture_2d<f32>;
@group(1) @binding(0) var gathered: texture_2d<f32>;

const DISC: u32 = 0u;
const ARROW: u32 = 1u;
const STREAK: u32 = 2u;
// Length of the longest tail of a streak in radii, and the radius of its head.
const TAIL: f32 = 12.0;
const HEAD: f32 = 0.55;
// Size of a dart in radii, and how far it reaches.
const DART: f32 = 1.25;
const DART_REACH: f32 = 1.375;

struct Mark {
    @builtin(position) position: vec4<f32>,
    // Pixels from the centre, x along the heading.
    @location(0) local: vec2<f32>,
    @location(1) @interpolate(flat) colour: vec3<f32>,
    @location(2) @interpolate(flat) radius: f32,
    // Length of the tail of a streak; for a dart, 0 when it has no direction.
    @location(3) @interpolate(flat) tail: f32,
}

// Clip coordinates of a pixel.
fn clip(pixel: vec2<f32>) -> vec4<f32> {
    let unit = pixel / sheet.size;
    return vec4<f32>(2.0 * unit.x - 1.0, 1.0 - 2.0 * unit.y, 0.0, 1.0);
}

// Corner of a quad of two triangles, 0 or 1 on either axis, from six vertices.
fn corner(vertex: u32) -> vec2<f32> {
    let k = vertex % 6u;
    return vec2<f32>(
        select(0.0, 1.0, k == 1u || k == 4u || k == 5u),
        select(0.0, 1.0, k == 2u || k == 3u || k == 5u),
    );
}

fn place(vertex: u32, position: vec2<f32>) -> vec2<f32> {
    let origin = sheet.origins[min(vertex / 6u, 24u)].xy;
    return vec2<f32>(position.x * sheet.scale + origin.x, origin.y - position.y * sheet.scale);
}

@vertex
fn solid_vertex(
    @builtin(vertex_index) vertex: u32,
    @location(0) position: vec2<f32>,
    @location(1) value_radius: vec2<f32>,
    @location(2) direction: vec2<f32>,
) -> Mark {
    let radius = value_radius.y * sheet.radius_scale;
    let reach = select(radius, DART_REACH * radius, sheet.glyph == ARROW) + 1.0;
    var low = vec2<f32>(-reach);
    let high = vec2<f32>(reach);
    var axis = vec2<f32>(1.0, 0.0);
    var tail = 0.0;
    let norm = length(direction);
    if sheet.glyph != DISC && norm > 1e-4 {
        axis = vec2<f32>(direction.x, -direction.y) / norm;
        tail = min(norm, 1.0) * TAIL * radius;
    }
    if sheet.glyph == STREAK {
        low.x = -max(tail, radius) - 1.0;
    }
    let local = mix(low, high, corner(vertex));
    let pixel = place(vertex, position)
        + local.x * axis + local.y * vec2<f32>(-axis.y, axis.x);
    return Mark(clip(pixel), local, colour_of(value_radius.x), radius, tail);
}

// Signed distance to the edge of a mark, in pixels, negative inside.
fn distance_to_edge(local: vec2<f32>, radius: f32, tail: f32) -> f32 {
    if sheet.glyph == ARROW && tail > 0.0 {
        // The upper half of a dart is bounded by its flank and by the cut behind. Its points are
        // blunted by a circle, so that their soft edge ends where the quad does.
        let size = DART * radius;
        let p = vec2<f32>(local.x, abs(local.y)) / size;
        let flank = dot(p - vec2<f32>(1.0, 0.0), vec2<f32>(0.3314, 0.9435));
        let cut = dot(p - vec2<f32>(-0.6, 0.0), vec2<f32>(-0.9333, -0.3590));
        return size * max(max(flank, cut), length(p) - 1.05);
    }
    if sheet.glyph == STREAK {
        // A cone from the head to a point at the end of the tail.
        let along = clamp(-local.x / max(tail, 1e-3), 0.0, 1.0);
        let head = HEAD * radius;
        return length(local - vec2<f32>(-along * tail, 0.0)) - head * (1.0 - along);
    }
    return length(local) - radius;
}

@fragment
fn solid_fragment(mark: Mark) -> @location(0) vec4<f32> {
    let edge = distance_to_edge(mark.local, mark.radius, mark.tail);
    var opacity = clamp(0.5 - edge, 0.0, 1.0);
    if opacity <= 0.0 {
        discard;
    }
    var shade = 1.0;
    if sheet.glyph == STREAK {
        let behind = min(mark.local.x + HEAD * mark.radius, 0.0);
        opacity *= clamp(1.0 + behind / max(mark.tail, 1e-3), 0.0, 1.0);
    } else {
        let width = max(1.0, 0.22 * mark.radius);
        let strength = sheet.rim * clamp((mark.radius - 2.0) / 4.0, 0.0, 1.0);
        shade = 1.0 - strength * clamp(1.0 + edge / width, 0.0, 1.0);
    }
    opacity *= dimming(mark.position.xy);
    return vec4<f32>(mark.colour * shade * opacity, opacity);
}

@vertex
fn light_vertex(
    @builtin(vertex_index) vertex: u32,
    @location(0) position: vec2<f32>,
    @location(1) value_radius: vec2<f32>,
) -> Mark {
    let radius = value_radius.y * sheet.radius_scale;
    let local = (corner(vertex) * 2.0 - 1.0) * 1.5;
    let pixel = place(vertex, position) + local;
    // Light goes with the area, down to a floor that keeps a lone particle visible.
    let weight = sheet.exposure * max(radius * radius, 0.15);
    return Mark(clip(pixel), local, colour_of(value_radius.x), weight, 0.0);
}

@fragment
fn light_fragment(mark: Mark) -> @location(0) vec4<f32> {
    let weight = mark.radius * clamp(1.5 - length(mark.local), 0.0, 1.0);
    return vec4<f32>(mark.colour * weight, weight);
}

@vertex
fn backdrop_vertex(@builtin(vertex_index) vertex: u32) -> @builtin(position) vec4<f32> {
    return covering(vertex);
}

@fragment
fn backdrop_fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    return vec4<f32>(backdrop(position.xy), 1.0);
}

// What a stroke is: see `view/strokes.rs`.
const IN_INSET: u32 = 1u;
const ROUND: u32 = 2u;

struct Stroke {
    @builtin(position) position: vec4<f32>,
    // Pixels along and across the stroke, its length, and half of its width at both ends.
    @location(0) local: vec2<f32>,
    @location(1) @interpolate(flat) length: f32,
    @location(2) @interpolate(flat) halves: vec2<f32>,
    @location(3) @interpolate(flat) from_colour: vec4<f32>,
    @location(4) @interpolate(flat) to_colour: vec4<f32>,
    @location(5) @interpolate(flat) flags: u32,
}

@vertex
fn stroke_vertex(
    @builtin(vertex_index) vertex: u32,
    @location(0) ends: vec4<f32>,
    @location(1) widths: vec2<f32>,
    @location(2) from_colour: vec4<f32>,
    @location(3) to_colour: vec4<f32>,
    @location(4) flags: u32,
) -> Stroke {
    let in_inset = (flags & IN_INSET) != 0u;
    var from_pixel = place(vertex, ends.xy);
    var to_pixel = place(vertex, ends.zw);
    var scale = sheet.scale;
    if in_inset {
        scale = sheet.inset.z;
        from_pixel = sheet.inset.xy + vec2<f32>(ends.x, -ends.y) * scale;
        to_pixel = sheet.inset.xy + vec2<f32>(ends.z, -ends.w) * scale;
    }
    let way = to_pixel - from_pixel;
    let long = length(way);
    var axis = vec2<f32>(1.0, 0.0);
    if long > 0.0 {
        axis = way / long;
    }
    let halves = 0.5 * select(widths, -widths * scale, widths < vec2<f32>(0.0));
    let widest = max(halves.x, halves.y) + 1.0;
    let local = mix(vec2<f32>(-widest), vec2<f32>(long + widest, widest), corner(vertex));
    let pixel = from_pixel + local.x * axis + local.y * vec2<f32>(-axis.y, axis.x);
    var position = clip(pixel);
    // An inset has one copy, and none where it has no room: all corners fall on one point.
    if in_inset && (vertex >= 6u || scale <= 0.0) {
        position = vec4<f32>(2.0, 2.0, 0.0, 1.0);
    }
    return Stroke(position, local, long, halves, from_colour, to_colour, flags);
}

@fragment
fn stroke_fragment(stroke: Stroke) -> @location(0) vec4<f32> {
    let along = stroke.local.x;
    let part = clamp(along / max(stroke.length, 1e-6), 0.0, 1.0);
    let half = mix(stroke.halves.x, stroke.halves.y, part);
    var cover = clamp(half + 0.5 - abs(stroke.local.y), 0.0, 1.0)
        * clamp(along + 0.5, 0.0, 1.0)
        * clamp(stroke.length - along + 0.5, 0.0, 1.0);
    if (stroke.flags & ROUND) != 0u {
        let beyond = along - clamp(along, 0.0, stroke.length);
        cover = clamp(half + 0.5 - length(vec2<f32>(beyond, stroke.local.y)), 0.0, 1.0);
    }
    let colour = mix(stroke.from_colour, stroke.to_colour, part);
    var opacity = cover * colour.a;
    if (stroke.flags & IN_INSET) == 0u {
        opacity *= dimming(stroke.position.xy);
    }
    return vec4<f32>(colour.rgb * opacity, opacity);
}

fn covering(vertex: u32) -> vec4<f32> {
    // One triangle that covers the picture.
    return vec4<f32>(
        select(-1.0, 3.0, vertex == 1u),
        select(-1.0, 3.0, vertex == 2u),
        0.0,
        1.0,
    );
}

@vertex
fn wipe_vertex(@builtin(vertex_index) vertex: u32) -> @builtin(position) vec4<f32> {
    return covering(vertex);
}

@fragment
fn wipe_fragment() -> @location(0) vec4<f32> {
    return vec4<f32>(0.0);
}

@vertex
fn resolve_vertex(@builtin(vertex_index) vertex: u32) -> @builtin(position) vec4<f32> {
    return covering(vertex);
}

@fragment
fn resolve_fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let sum = textureLoad(gathered, vec2<i32>(position.xy), 0);
    let under = backdrop(position.xy);
    if sum.a <= 0.0 {
        return vec4<f32>(under, 1.0);
    }
    let opacity = (1.0 - exp(-1.6 * sum.a)) * dimming(position.xy);
    let hot = sheet.glow * (1.0 - exp(-0.12 * max(sum.a - 1.0, 0.0)));
    let colour = mix(sum.rgb / sum.a, vec3<f32>(1.0), hot);
    return vec4<f32>(mix(under, colour, opacity), 1.0);
}

struct Line {
    @builtin(position) position: vec4<f32>,
}

@vertex
fn outline_vertex(@builtin(vertex_index) vertex: u32) -> Line {
    // Four bars one pixel wide on whole pixels. What lies outside the picture is cut beforehand,
    // so that the corners stay exact however far the box reaches.
    let low = clamp(floor(sheet.box_low), vec2<f32>(-8.0), sheet.size + 8.0);
    let high = clamp(floor(sheet.box_high), vec2<f32>(-8.0), sheet.size + 8.0);
    let side = vertex / 6u;
    var from_corner = low;
    var to_corner = high + 1.0;
    if side == 0u { to_corner.x = low.x + 1.0; }
    if side == 1u { from_corner.x = high.x; }
    if side >= 2u {
        from_corner.x = low.x + 1.0;
        to_corner.x = high.x;
    }
    if side == 2u { to_corner.y = low.y + 1.0; }
    if side == 3u { from_corner.y = high.y; }
    return Line(clip(mix(from_corner, to_corner, corner(vertex))));
}

@fragment
fn outline_fragment() -> @location(0) vec4<f32> {
    return vec4<f32>(sheet.outline.rgb * sheet.outline.a, sheet.outline.a);
}

// Bloom: bright places are averaged over blocks of pixels, blurred along both axes, and laid over
// the picture like light. What is read stands in `gathered`.

// Reach of the blur in blocks, and its standard deviation.
const BLOOM_REACH: i32 = 8;
const BLOOM_DEVIATION: f32 = 3.2;

// Pixels on one side of a block.
fn block() -> i32 {
    return i32(clamp(floor(min(sheet.size.x, sheet.size.y) / 270.0 + 0.5), 1.0, 16.0));
}

@vertex
fn bright_vertex(@builtin(vertex_index) vertex: u32) -> @builtin(position) vec4<f32> {
    return covering(vertex);
}

@fragment
fn bright_fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let side = block();
    let low = vec2<i32>(position.xy) * side;
    let high = min(low + side, vec2<i32>(sheet.size));
    var sum = vec3<f32>(0.0);
    for (var y = low.y; y < high.y; y++) {
        for (var x = low.x; x < high.x; x++) {
            let rgb = textureLoad(gathered, vec2<i32>(x, y), 0).rgb;
            let most = max(max(rgb.r, rgb.g), rgb.b);
            sum += clamp(2.0 * most - 0.6, 0.0, 1.0) * rgb;
        }
    }
    let count = max((high.x - low.x) * (high.y - low.y), 1);
    return vec4<f32>(sum / f32(count), 1.0);
}

fn blurred(middle: vec2<i32>, along: vec2<i32>) -> vec4<f32> {
    let blocks = vec2<i32>(textureDimensions(gathered));
    var sum = vec3<f32>(0.0);
    var total = 0.0;
    for (var step = -BLOOM_REACH; step <= BLOOM_REACH; step++) {
        let weight = exp(-f32(step * step) / (2.0 * BLOOM_DEVIATION * BLOOM_DEVIATION));
        total += weight;
        let at = middle + step * along;
        if all(at >= vec2<i32>(0)) && all(at < blocks) {
            sum += weight * textureLoad(gathered, at, 0).rgb;
        }
    }
    return vec4<f32>(sum / total, 1.0);
}

@vertex
fn blur_across_vertex(@builtin(vertex_index) vertex: u32) -> @builtin(position) vec4<f32> {
    return covering(vertex);
}

@fragment
fn blur_across_fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    return blurred(vec2<i32>(position.xy), vec2<i32>(1, 0));
}

@vertex
fn blur_down_vertex(@builtin(vertex_index) vertex: u32) -> @builtin(position) vec4<f32> {
    return covering(vertex);
}

@fragment
fn blur_down_fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    return blurred(vec2<i32>(position.xy), vec2<i32>(0, 1));
}

@vertex
fn spread_vertex(@builtin(vertex_index) vertex: u32) -> @builtin(position) vec4<f32> {
    return covering(vertex);
}

@fragment
fn spread_fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let last = vec2<i32>(textureDimensions(gathered)) - 1;
    let place = position.xy / f32(block()) - 0.5;
    let low = vec2<i32>(floor(place));
    let part = place - floor(place);
    let a = clamp(low, vec2<i32>(0), last);
    let b = clamp(low + 1, vec2<i32>(0), last);
    let light = mix(
        mix(textureLoad(gathered, a, 0).rgb, textureLoad(gathered, vec2<i32>(b.x, a.y), 0).rgb, part.x),
        mix(textureLoad(gathered, vec2<i32>(a.x, b.y), 0).rgb, textureLoad(gathered, b, 0).rgb, part.x),
        part.y,
    );
    return vec4<f32>(sheet.bloom * light, 0.0);
}
