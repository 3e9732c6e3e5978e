// Forces of short range: each particle reads those in the cells around it. The twin of
// src/math/pair.rs.

/// The cells around one on an axis: the lowest and the highest, wrapped by the caller.
fn around(cell: u32, cells: u32) -> vec2<i32> {
    if has(PERIODIC) {
        if cells == 1u {
            return vec2<i32>(0, 0);
        }
        return vec2<i32>(i32(cell) - 1, i32(cell) + 1);
    }
    return vec2<i32>(max(i32(cell) - 1, 0), i32(min(cell + 1u, cells - 1u)));
}

/// The force of a run of places on a particle.
fn force_of(first: u32, end: u32, own: vec2<u32>, size: f32) -> vec2<f32> {
    var total = vec2<f32>(0.0);
    for (var other = first; other < end; other++) {
        let d = separation(own, positions[other]);
        let r2 = d.x * d.x + d.y * d.y;
        var diameter = size;
        if !has(ALIKE) {
            diameter = (size + diameters[other]) * 0.5;
        }
        let reach = cutoff(diameter);
        // A pair at zero distance has no direction, and a particle is no neighbour of its own.
        if r2 < reach * reach && r2 > 0.0 {
            total += d * over_r(r2, diameter);
        }
    }
    return total;
}

/// The force of the walls within reach: that of a particle of the same size whose surface is the wall,
/// and which pushes nobody too far in a step.
fn force_of_walls(own: vec2<u32>, size: f32) -> vec2<f32> {
    var total = vec2<f32>(0.0);
    let near = walls_near(own);
    for (var word = near.x; word < near.y; word += WALL_WORDS) {
        let wall = wall_at(word);
        let place = separation(own, wall.anchor);
        let along = dot(place, wall.along);
        let offset = place - clamp(along, wall.ends.x, wall.ends.y) * wall.along;
        let distance = length(offset);
        let r = distance + 0.5 * size;
        if r < cutoff(size) {
            let force = min(over_r(r * r, size) * r, bitcast<f32>(walls[8]) * size);
            // Right on the wall there is no way but its normal.
            let normal = vec2<f32>(-wall.along.y, wall.along.x);
            total += force * select(normal, offset / distance, distance > 0.0);
        }
    }
    return total;
}

@compute @workgroup_size(64)
fn sum_forces(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let slot = (group.y * groups.x + group.x) * 64u + lane;
    let broken = is_broken();
    if slot == 0u {
        begin_step();
    }
    if slot >= frame.count || broken {
        return;
    }
    let half = base();
    let own = positions[half + slot];
    var total = vec2<f32>(0.0);
    if has(INTERACTING) {
        let size = select(diameters[select(half + slot, 0u, has(ALIKE))], 1.0, has(ALIKE));
        let cell = cell_of(own);
        let nx = i32(frame.cells.x);
        let ny = i32(frame.cells.y);
        let columns = around(cell.x, frame.cells.x);
        let rows = around(cell.y, frame.cells.y);
        for (var y = rows.x; y <= rows.y; y++) {
            let row = u32((y + ny) % ny) * frame.cells.x;
            let low = u32(max(columns.x, 0));
            let high = u32(min(columns.y, nx - 1));
            total += force_of(half + starts[row + low], half + starts[row + high + 1u], own, size);
            // The cell beyond the edge of a periodic box, if there is one.
            if columns.x < 0 {
                let last = row + frame.cells.x - 1u;
                total += force_of(half + starts[last], half + starts[last + 1u], own, size);
            }
            if columns.y >= nx {
                total += force_of(half + starts[row], half + starts[row + 1u], own, size);
            }
        }
        if has(WALLED) {
            total += force_of_walls(own, size);
        }
    }
    forces[slot] = total + field(own);
}
