// One step of particles in the plane: sum forces, advance. The twin of src/math/integrate.rs;
// forces are summed in near.wgsl or all.wgsl, and the laws themselves come from the chapter's file,
// which says
//
//   struct Law                                      its parameters
//   fn field(position) -> vec2<f32>                 force on a particle by itself
//   fn step(words, force, state) -> Motion          displacement and new state
//
// and for a force of short range
//
//   fn cutoff(diameter) -> f32                      distance from which on a pair has no force
//   fn over_r(r2, diameter) -> f32                  F(r)/r of a pair
//
// or for one of all on all
//
//   fn pull(r2, state, other) -> f32                F(r)/r of a pair
//   fn linear(position) -> Fixed                    force that is summed with the pairs
//
// The state is what the chapter's column holds: one number (and 0), or two.

/// What the engine needs to know; laid out as `Frame` in src/gpu/frame.rs.
struct Frame {
    quantum: vec2<f32>,
    inverse_quantum: vec2<f32>,
    /// Coordinates beyond these are mirrored at them.
    walls: vec2<u32>,
    /// Lowest coordinate that has not escaped, and the width of the range above it.
    inside: vec2<u32>,
    cells: vec2<u32>,
    origin: vec2<u32>,
    scale: vec2<u32>,
    seed: vec2<u32>,
    count: u32,
    /// Longest displacement in a step, in quanta.
    most_quanta: f32,
    /// Bits of the squared distance from the reference at which the cells are stale.
    stale: u32,
    flags: u32,
    /// Workgroups over particles and over blocks of counters.
    groups: vec2<u32>,
    scan_groups: vec2<u32>,
}

const PERIODIC = 1u;
const ALIKE = 2u;
const INTERACTING = 4u;
const WALLED = 8u;

/// Where the run stands; laid out as `Status` in src/gpu/frame.rs.
struct Status {
    /// The step being done, and the next one, as low and high words.
    step: vec2<u32>,
    next: vec2<u32>,
    /// Lowest slot of a particle that could not be moved; all ones when there is none.
    fault: atomic<u32>,
    /// Particles in the fullest cell, when they are too many.
    crowded: atomic<u32>,
    /// 1 when no further step is done.
    halted: u32,
    /// How often the particles were sorted.
    rebuilds: u32,
}

struct Motion {
    displacement: vec2<f32>,
    state: vec2<f32>,
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<uniform> law: Law;
@group(0) @binding(2) var<storage, read_write> status: Status;
/// Workgroups of the dispatches of a sort, over particles and over blocks of counters: none, unless
/// somebody has moved half the skin.
@group(0) @binding(3) var<storage, read_write> arguments: array<atomic<u32>, 6>;
/// Where particles see each other positions, bodies and diameters have two halves, between which a
/// sort moves them to and fro; see `base`.
@group(0) @binding(4) var<storage, read_write> positions: array<vec2<u32>>;
/// Bits of the state, tag, and slot on the side of the processor.
@group(0) @binding(5) var<storage, read_write> bodies: array<vec4<u32>>;
@group(0) @binding(6) var<storage, read_write> diameters: array<f32>;
@group(0) @binding(7) var<storage, read_write> forces: array<vec2<f32>>;
@group(0) @binding(8) var<storage, read_write> reference: array<vec2<u32>>;
/// Crossings of the box in the order of the processor's slots: few particles cross in a step.
@group(0) @binding(9) var<storage, read_write> images: array<vec2<i32>>;
@group(0) @binding(10) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(11) var<storage, read_write> ranks: array<u32>;
@group(0) @binding(12) var<storage, read_write> sums: array<atomic<u32>>;
@group(0) @binding(13) var<storage, read_write> starts: array<u32>;
@group(0) @binding(14) var<storage, read_write> order: array<u32>;

/// Where the half begins that holds the particles: the one that the newest sort wrote.
fn base() -> u32 {
    return (status.rebuilds & 1u) * frame.count;
}

/// Where the half begins that the newest sort reads.
fn base_before() -> u32 {
    return frame.count - base();
}

fn has(flag: u32) -> bool {
    return (frame.flags & flag) != 0u;
}

/// Separation a − b in real units: the minimum image when the box is periodic.
fn separation(a: vec2<u32>, b: vec2<u32>) -> vec2<f32> {
    return vec2<f32>(bitcast<vec2<i32>>(a - b)) * frame.quantum;
}

/// True when no step is to be done. What it reads is written by the dispatches before, so that all
/// lanes of a dispatch agree.
fn is_broken() -> bool {
    return atomicLoad(&status.fault) != 0xffffffffu || atomicLoad(&status.crowded) > 0u;
}

/// Begins a step, for one lane of the dispatch that sums the forces: counts it, and takes back the
/// order to sort, which has been carried out.
fn begin_step() {
    if atomicLoad(&status.fault) != 0xffffffffu {
        status.halted = 1u;
    }
    if status.halted == 0u {
        status.step = status.next;
        status.next.x += 1u;
        status.next.y += select(0u, 1u, status.next.x == 0u);
    }
    // The step that finds a crowd is counted, and not done.
    if atomicLoad(&status.crowded) > 0u {
        status.halted = 1u;
    }
    set_sort(vec2<u32>(0u), vec2<u32>(0u));
}

/// How many workgroups the next sort has.
fn set_sort(over_particles: vec2<u32>, over_blocks: vec2<u32>) {
    for (var axis = 0u; axis < 2u; axis++) {
        atomicStore(&arguments[axis], over_particles[axis]);
        atomicStore(&arguments[3u + axis], over_blocks[axis]);
    }
}

/// One coordinate moved, and whether that is out of all bounds.
struct Shift {
    goal: u32,
    bad: bool,
}

fn shift(from_: u32, by: f32) -> Shift {
    let quanta = round(by);
    // By its bits: what is no number has more than any bound.
    let fine = (bitcast<u32>(quanta) & 0x7fffffffu) < bitcast<u32>(frame.most_quanta);
    var goal = from_ + bitcast<u32>(i32(select(0.0, quanta, fine)));
    if goal < frame.walls.x {
        goal = frame.walls.x * 2u - goal;
    } else if goal > frame.walls.y {
        goal = frame.walls.y * 2u - goal;
    }
    return Shift(goal, !fine || goal - frame.inside.x > frame.inside.y);
}

/// How often a move of less than half the span has crossed its ends: −1, 0 or 1.
fn crossing(from_: u32, goal: u32) -> i32 {
    let moved = bitcast<i32>(goal - from_);
    if moved < 0 {
        return select(0, -1, goal > from_);
    }
    return select(0, 1, goal < from_);
}

@compute @workgroup_size(64)
fn advance(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let slot = (group.y * groups.x + group.x) * 64u + lane;
    if slot >= frame.count || status.halted != 0u {
        return;
    }
    let at = base() + slot;
    let body = bodies[at];
    let place = positions[at];
    let words = philox4x32(vec4<u32>(body.z, status.step, 0u), frame.seed);
    let motion = step(words, forces[slot], bitcast<vec2<f32>>(body.xy));
    let x = shift(place.x, motion.displacement.x * frame.inverse_quantum.x);
    let y = shift(place.y, motion.displacement.y * frame.inverse_quantum.y);
    if x.bad || y.bad {
        atomicMin(&status.fault, slot);
    }
    var goal = vec2<u32>(x.goal, y.goal);
    if has(WALLED) {
        goal = held(place, goal);
    }
    positions[at] = goal;
    bodies[at] = vec4<u32>(bitcast<vec2<u32>>(motion.state), body.zw);
    let crossed = vec2<i32>(crossing(place.x, goal.x), crossing(place.y, goal.y));
    if any(crossed != vec2<i32>(0)) {
        images[body.w] += crossed;
    }
    if has(INTERACTING) {
        let d = separation(goal, reference[slot]);
        if bitcast<u32>(d.x * d.x + d.y * d.y) >= frame.stale {
            // The next step sorts before it sums; whoever says so says the same.
            set_sort(frame.groups, frame.scan_groups);
        }
    }
}
