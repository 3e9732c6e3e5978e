// Walls that nobody crosses: the mirror of src/math/walls.rs, on what src/math/walls/lists.rs tells of
// them; the force of a wall is in near.wgsl.
//
// A wall is the line through two fixed-point places, and on which side of it a particle is, is found in
// whole numbers of 64 bits, the same from wherever it is looked at. Only where along a wall a path meets
// it is found in single precision, and walls are longer by more than that may be wrong: a path that
// crosses a wall is always found, and never gone. Who stands on a wall that was drawn over him may leave.

/// Words before the starts of the cells, and of an entry.
const WALL_HEADER = 12u;
const WALL_WORDS = 12u;
/// Walls that one step may be mirrored at before the particle stays where it was.
const WALL_BOUNCES = 4u;
const NO_WALL = 0xffffffffu;
/// How far from a wall somebody is at least whom it has mirrored: as a multiple of what counts as
/// touching, and the rounding of single precision as a share of the way.
const WALL_CLEAR = 1.25;
const WALL_ROUNDING = 3e-7;

/// As 32-bit words: see src/math/walls/lists.rs.
@group(0) @binding(17) var<storage, read_write> walls: array<u32>;

struct Wall {
    /// A place on it, or next to it.
    anchor: vec2<u32>,
    /// Along it, in quanta, and twice the area that it spans with the way from the line to the anchor.
    way: vec2<i32>,
    lead: vec2<u32>,
    /// The unit vector along it in units of length, where it ends along this from the anchor, and the
    /// distance from the line per area.
    along: vec2<f32>,
    ends: vec2<f32>,
    per_area: f32,
}

/// Words of the first wall near a position, and behind the last.
fn walls_near(position: vec2<u32>) -> vec2<u32> {
    let offset = position - vec2<u32>(walls[2], walls[3]);
    let column = mul_high(offset.x, walls[4]) >> walls[11];
    let row = mul_high(offset.y, walls[5]) >> walls[11];
    if column >= walls[0] || row >= walls[1] {
        return vec2<u32>(0u);
    }
    let cell = WALL_HEADER + row * walls[0] + column;
    let first = WALL_HEADER + walls[0] * walls[1] + 1u;
    return first + WALL_WORDS * vec2<u32>(walls[cell], walls[cell + 1u]);
}

fn wall_at(word: u32) -> Wall {
    return Wall(
        vec2<u32>(walls[word], walls[word + 1u]),
        bitcast<vec2<i32>>(vec2<u32>(walls[word + 2u], walls[word + 3u])),
        vec2<u32>(walls[word + 4u], walls[word + 5u]),
        bitcast<vec2<f32>>(vec2<u32>(walls[word + 6u], walls[word + 7u])),
        bitcast<vec2<f32>>(vec2<u32>(walls[word + 8u], walls[word + 9u])),
        bitcast<f32>(walls[word + 10u]),
    );
}

/// Whole numbers of 64 bits in two's complement, low and high word.
fn long_sum(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < b.x));
}

fn long_negative(a: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(~a.x + 1u, ~a.y + select(0u, 1u, a.x == 0u));
}

fn long_product(a: i32, b: i32) -> vec2<u32> {
    // The size of −2³¹, too, as a number without a sign.
    let x = bitcast<u32>(abs(a));
    let y = bitcast<u32>(abs(b));
    let size = vec2<u32>(x * y, mul_high(x, y));
    return select(size, long_negative(size), (a < 0) != (b < 0));
}

fn long_sign(a: vec2<u32>) -> i32 {
    if (a.y & 0x80000000u) != 0u {
        return -1;
    }
    return select(1, 0, a.x == 0u && a.y == 0u);
}

fn long_real(a: vec2<u32>) -> f32 {
    let negative = (a.y & 0x80000000u) != 0u;
    let size = select(a, long_negative(a), negative);
    let real = f32(size.y) * 4294967296.0 + f32(size.x);
    return select(real, -real, negative);
}

/// Twice the area between a wall and a place given from its anchor: positive to the left.
fn area(wall: Wall, place: vec2<i32>) -> vec2<u32> {
    let one = long_product(wall.way.x, place.y);
    let other = long_product(wall.way.y, place.x);
    return long_sum(long_sum(one, long_negative(other)), wall.lead);
}

/// Where on the way between two places a wall is crossed or touched, from 0 to 1; 2 when it is not.
fn crossed_at(wall: Wall, from_: vec2<u32>, to: vec2<u32>) -> f32 {
    let start = bitcast<vec2<i32>>(from_ - wall.anchor);
    let way = bitcast<vec2<i32>>(to - from_);
    let before = area(wall, start);
    let after = area(wall, start + way);
    let side = long_sign(before);
    let distance = long_real(after) * wall.per_area;
    let stays = long_sign(after) == side;
    if side == 0 || (stays && abs(distance) > bitcast<f32>(walls[9])) {
        return 2.0;
    }
    var share = 1.0;
    if !stays {
        let gone = abs(long_real(before)) * wall.per_area;
        share = gone / (gone + abs(distance));
    }
    let met = (vec2<f32>(start) + share * vec2<f32>(way)) * frame.quantum;
    let along = dot(met, wall.along);
    let slack = bitcast<f32>(walls[10]);
    let beside = along < wall.ends.x - slack || along > wall.ends.y + slack;
    return select(share, 2.0, beside);
}

/// The first wall on the straight way between two places. A way that leads out of the reach of a cell
/// is gone bit by bit.
fn first_wall(from_: vec2<u32>, to: vec2<u32>) -> u32 {
    let way = bitcast<vec2<i32>>(to - from_);
    let size = bitcast<vec2<u32>>(abs(way));
    let bits = 1u + max(size.x / walls[6], size.y / walls[7]);
    var here = from_;
    for (var bit = 1u; bit <= bits; bit++) {
        var next = to;
        if bit < bits {
            let part = round(vec2<f32>(way) * (f32(bit) / f32(bits)));
            next = from_ + bitcast<vec2<u32>>(vec2<i32>(part));
        }
        var nearest = 2.0;
        var met = NO_WALL;
        let near = walls_near(here);
        for (var word = near.x; word < near.y; word += WALL_WORDS) {
            let share = crossed_at(wall_at(word), here, next);
            if share < nearest {
                nearest = share;
                met = word;
            }
        }
        if met != NO_WALL {
            return met;
        }
        here = next;
    }
    return NO_WALL;
}

/// Where a particle ends that is on its way from one place to another: mirrored at the walls on its
/// way, or where it was.
fn held(from_: vec2<u32>, to: vec2<u32>) -> vec2<u32> {
    var goal = to;
    for (var bounce = 0u; bounce <= WALL_BOUNCES; bounce++) {
        let met = first_wall(from_, goal);
        if met == NO_WALL {
            return goal;
        }
        let wall = wall_at(met);
        let beyond = long_real(area(wall, bitcast<vec2<i32>>(goal - wall.anchor))) * wall.per_area;
        let normal = vec2<f32>(-wall.along.y, wall.along.x);
        let straight = vec2<f32>(bitcast<vec2<i32>>(goal - from_)) * frame.quantum;
        // Whoever would touch the wall in the mirror, too, ends as near to it as rounding allows.
        let clear = WALL_CLEAR * bitcast<f32>(walls[9]) + WALL_ROUNDING * (abs(straight.x) + abs(straight.y));
        let side = f32(long_sign(area(wall, bitcast<vec2<i32>>(from_ - wall.anchor))));
        let turned = side * max(abs(beyond), clear);
        let way = straight + (turned - beyond) * normal;
        let quanta = vec2<i32>(round(way * frame.inverse_quantum));
        // The edge of a box with walls of its own is not to be crossed either.
        goal = clamp(
            from_ + bitcast<vec2<u32>>(quanta),
            vec2<u32>(frame.walls.x),
            vec2<u32>(frame.walls.y),
        );
    }
    return from_;
}
