// Counting sort of the particles by cell, the twin of src/math/cells.rs, run only when somebody has
// moved half the skin: `count`, the scan of scan.wgsl, `place` and `arrange`. The particles go from one
// half of their buffers into the other, which is theirs from the scan on. How many workgroups there are
// is read from the frame: not every driver tells it to those that another shader has counted.
//
// Atomic counters give each particle of a cell some place in it, in an order that no two runs share.
// `arrange` puts the particles of a cell into the order of their tags, so that the sorted state, and
// every sum over neighbours, has the same bits in every run on one device.

/// More particles than this in one cell are not summed over: a step would take seconds.
const MOST_IN_CELL = 8192u;

/// Cells on both axes, for a position; one out of range joins the outermost cell, where its
/// neighbours are too.
fn cell_of(position: vec2<u32>) -> vec2<u32> {
    let offset = select(position - frame.origin, vec2<u32>(0u), position < frame.origin);
    let cell = vec2<u32>(mul_high(offset.x, frame.scale.x), mul_high(offset.y, frame.scale.y));
    return min(cell, frame.cells - vec2<u32>(1u));
}

fn counters() -> u32 {
    return frame.cells.x * frame.cells.y + 1u;
}

fn blocks_across() -> u32 {
    return frame.scan_groups.x;
}

fn note_count(value: u32) {
    if value > MOST_IN_CELL {
        atomicMax(&status.crowded, value);
    }
}

/// From now on the half that is written belongs to the particles.
fn note_scan() {
    status.rebuilds += 1u;
}

fn key(position: vec2<u32>) -> u32 {
    let cell = cell_of(position);
    return cell.y * frame.cells.x + cell.x;
}

@compute @workgroup_size(64)
fn count(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let slot = (group.y * frame.groups.x + group.x) * 64u + lane;
    if slot < frame.count {
        let cell = key(positions[base() + slot]);
        ranks[slot] = atomicAdd(&counts[cell], 1u);
        atomicAdd(&sums[cell / SCAN_BLOCK], 1u);
    }
}

@compute @workgroup_size(64)
fn place(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let slot = (group.y * frame.groups.x + group.x) * 64u + lane;
    // The next sort counts from zero.
    for (var block = slot; block * SCAN_BLOCK < counters(); block += frame.count) {
        atomicStore(&sums[block], 0u);
    }
    if slot < frame.count {
        let at = base_before() + slot;
        order[starts[key(positions[at])] + ranks[slot]] = at;
    }
}

@compute @workgroup_size(64)
fn arrange(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let at = (group.y * frame.groups.x + group.x) * 64u + lane;
    if at >= frame.count {
        return;
    }
    let from_ = order[at];
    let position = positions[from_];
    let body = bodies[from_];
    let cell = key(position);
    var goal = starts[cell];
    // Whoever shares a crowded cell stays where it is: the run ends at this step.
    let end = min(starts[cell + 1u], goal + MOST_IN_CELL);
    for (var other = starts[cell]; other < end; other++) {
        if bodies[order[other]].z < body.z {
            goal++;
        }
    }
    reference[goal] = position;
    goal += base();
    positions[goal] = position;
    bodies[goal] = body;
    if !has(ALIKE) {
        diameters[goal] = diameters[from_];
    }
}
