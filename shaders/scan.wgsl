// Exclusive prefix sums by reduce-then-scan (Merrill and Grimshaw, Parallel Process. Lett. 21, 245
// (2011)). Blocks of 2048 counters are added up, by whoever counts or by `sum_blocks`; then each block
// is scanned behind the sum of the blocks before it. The sums before a block are 2⁻²³ M² reads for M
// counters, fewer than M up to M = 2²³, which is 4096 blocks. A chain of blocks that wait for one
// another would read less, and hang where workgroups do not all make progress at once.
//
// Whoever takes it in binds `counts`, `sums` and `starts`, and says
//
//   fn counters() -> u32            how many are scanned: one more than there are lists, so that the
//                                   start of the last is the number of all entries
//   fn blocks_across() -> u32       workgroups in a row of them
//   fn note_count(value: u32)       takes note of every count
//   fn note_scan()                  done by one lane of the scan

const SCAN_BLOCK = 2048u;
const LANES = 64u;
const EACH = 32u;

var<workgroup> shelf: array<u32, 2048>;
var<workgroup> partial: array<u32, 64>;

/// The sum of one number per lane, the same for all lanes.
fn workgroup_sum(lane: u32, value: u32) -> u32 {
    partial[lane] = value;
    workgroupBarrier();
    for (var width = LANES / 2u; width > 0u; width /= 2u) {
        if lane < width {
            partial[lane] += partial[lane + width];
        }
        workgroupBarrier();
    }
    let sum = partial[0];
    workgroupBarrier();
    return sum;
}

@compute @workgroup_size(64)
fn sum_blocks(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let block = group.y * blocks_across() + group.x;
    let most = counters();
    var sum = 0u;
    for (var k = 0u; k < EACH; k++) {
        let at = block * SCAN_BLOCK + k * LANES + lane;
        if at < most {
            sum += atomicLoad(&counts[at]);
        }
    }
    let all = workgroup_sum(lane, sum);
    if lane == 0u && block * SCAN_BLOCK < most {
        atomicStore(&sums[block], all);
    }
}

@compute @workgroup_size(64)
fn scan_blocks(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let block = group.y * blocks_across() + group.x;
    let most = counters();
    var before = 0u;
    for (var k = lane; k < block && k * SCAN_BLOCK < most; k += LANES) {
        before += atomicLoad(&sums[k]);
    }
    let base = workgroup_sum(lane, before);
    if block == 0u && lane == 0u {
        note_scan();
    }
    for (var k = 0u; k < EACH; k++) {
        let at = block * SCAN_BLOCK + k * LANES + lane;
        var value = 0u;
        if at < most {
            value = atomicLoad(&counts[at]);
            note_count(value);
            // The next sort counts from zero.
            atomicStore(&counts[at], 0u);
        }
        shelf[k * LANES + lane] = value;
    }
    workgroupBarrier();
    var own = 0u;
    for (var k = 0u; k < EACH; k++) {
        own += shelf[lane * EACH + k];
    }
    partial[lane] = own;
    workgroupBarrier();
    var start = base;
    for (var k = 0u; k < lane; k++) {
        start += partial[k];
    }
    for (var k = 0u; k < EACH; k++) {
        let value = shelf[lane * EACH + k];
        shelf[lane * EACH + k] = start;
        start += value;
    }
    workgroupBarrier();
    for (var k = 0u; k < EACH; k++) {
        let at = block * SCAN_BLOCK + k * LANES + lane;
        if at < most {
            starts[at] = shelf[k * LANES + lane];
        }
    }
}
