// What all shaders of a picture share: its layout, the colours of values, and what lies under the
// particles. Whoever takes it in binds `sheet`, the layout, and `field`, the numbers of the field.

struct Layout {
    // Size of the picture in pixels.
    size: vec2<f32>,
    // Pixels per unit of length: of positions, and of radii.
    scale: f32,
    radius_scale: f32,
    // The box in pixels.
    box_low: vec2<f32>,
    box_high: vec2<f32>,
    background: vec4<f32>,
    outline: vec4<f32>,
    ghosts: f32,
    rim: f32,
    glow: f32,
    exposure: f32,
    glyph: u32,
    cyclic: u32,
    copies: u32,
    light: u32,
    // Where the origin of each periodic image lies, in pixels.
    origins: array<vec4<f32>, 25>,
    colours: array<vec4<u32>, 64>,
    // Centre of the first inset and its radius, in pixels.
    inset: vec4<f32>,
    field_size: vec2<u32>,
    field_low: f32,
    field_scale: f32,
    field_opacity: f32,
    field_repeats: u32,
    field_wraps: u32,
    bloom: f32,
    field_colours: array<vec4<u32>, 64>,
    // Radius of the largest mark in pixels.
    largest: f32,
}

// Colour of a value as four bytes, red in the lowest.
fn code_of(value: f32) -> u32 {
    var texel = u32(clamp(value, 0.0, 1.0) * 255.0 + 0.5);
    if sheet.cyclic != 0u {
        texel = u32((value - floor(value)) * 256.0);
    }
    texel = min(texel, 255u);
    return sheet.colours[texel / 4u][texel % 4u];
}

fn colour_of(value: f32) -> vec3<f32> {
    return unpack4x8unorm(code_of(value)).rgb;
}

// What is left of the opacity outside the box.
fn dimming(pixel: vec2<f32>) -> f32 {
    let inside = all(pixel >= sheet.box_low) && all(pixel <= sheet.box_high);
    return select(sheet.ghosts, 1.0, inside);
}

// Value of a cell of the field; beyond the ends it goes round, or the last cell goes on.
fn cell(at: vec2<i32>) -> f32 {
    let size = vec2<i32>(sheet.field_size);
    let clamped = clamp(at, vec2<i32>(0), size - 1);
    let wrapped = (at + size) % size;
    return textureLoad(field, select(clamped, wrapped, sheet.field_wraps != 0u), 0).r;
}

// What lies under the particles: the canvas, and the field if there is one.
fn backdrop(pixel: vec2<f32>) -> vec3<f32> {
    if sheet.field_size.x == 0u {
        return sheet.background.rgb;
    }
    return fielded(pixel);
}

// The canvas under the field, which is interpolated between the centres of its cells.
fn fielded(pixel: vec2<f32>) -> vec3<f32> {
    let across = (pixel - sheet.box_low) / (sheet.box_high - sheet.box_low);
    let inside = all(across >= vec2<f32>(0.0)) && all(across <= vec2<f32>(1.0));
    if !inside && sheet.field_repeats == 0u {
        return sheet.background.rgb;
    }
    let unit = vec2<f32>(across.x, 1.0 - across.y);
    let place = (unit - floor(unit)) * vec2<f32>(sheet.field_size) - 0.5;
    let low = vec2<i32>(floor(place));
    let part = place - floor(place);
    let value = mix(
        mix(cell(low), cell(low + vec2<i32>(1, 0)), part.x),
        mix(cell(low + vec2<i32>(0, 1)), cell(low + vec2<i32>(1, 1)), part.x),
        part.y,
    );
    let share = clamp((value - sheet.field_low) * sheet.field_scale, 0.0, 1.0);
    let texel = min(u32(share * 255.0 + 0.5), 255u);
    let colour = unpack4x8unorm(sheet.field_colours[texel / 4u][texel % 4u]).rgb;
    return mix(sheet.background.rgb, colour, sheet.field_opacity * dimming(pixel));
}
