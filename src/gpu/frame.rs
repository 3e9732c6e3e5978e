//! What the shaders are told, and what they tell; laid out as in `shaders/particles.wgsl`.

use bytemuck::{Pod, Zeroable};

use crate::math::cells::Grid;
use crate::math::domain::Domain;
use crate::math::integrate::Mover;

/// Lanes of a workgroup.
pub const LANES: u32 = 64;
/// Counters that a workgroup scans.
pub const SCAN_BLOCK: u32 = 2048;

const PERIODIC: u32 = 1;
const ALIKE: u32 = 2;
const INTERACTING: u32 = 4;
const WALLED: u32 = 8;

/// `Frame` of the shaders.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Frame {
    quantum: [f32; 2],
    inverse_quantum: [f32; 2],
    walls: [u32; 2],
    inside: [u32; 2],
    cells: [u32; 2],
    origin: [u32; 2],
    scale: [u32; 2],
    seed: [u32; 2],
    count: u32,
    most_quanta: f32,
    stale: u32,
    flags: u32,
    groups: [u32; 2],
    scan_groups: [u32; 2],
}

/// `Status` of the shaders.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Status {
    step: [u32; 2],
    next: [u32; 2],
    /// Lowest slot of a particle that could not be moved; all ones when there is none.
    pub fault: u32,
    /// Particles in the fullest cell, when they are too many.
    pub crowded: u32,
    halted: u32,
    /// How often the particles were sorted.
    pub rebuilds: u32,
}

/// What a run looks like to the engine.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Number of particles.
    pub count: usize,
    /// True when all diameters are one.
    pub alike: bool,
    /// True when a window draws on the device.
    pub drawn: bool,
    /// Bytes of what is told of walls; none without walls.
    pub walls: u64,
    /// Range of the pair force and the skin, in units of length; a range of 0 is no pair force.
    pub cutoff: f32,
    /// Added to the range, so that the sort lasts for many steps.
    pub skin: f32,
}

impl Shape {
    /// True when particles see each other.
    pub fn interacts(&self) -> bool {
        self.cutoff > 0.0
    }
}

/// Workgroups in two dimensions for so many items, of which each workgroup takes `each`.
pub fn groups(items: u64, each: u32) -> [u32; 2] {
    // The least that every device must allow per dimension.
    const MOST: u64 = 65_535;
    let all = items.div_ceil(u64::from(each)).max(1);
    [all.min(MOST) as u32, all.div_ceil(MOST) as u32]
}

impl Frame {
    /// For a run in a box, on a grid of cells.
    pub fn new(shape: &Shape, domain: &Domain, grid: &Grid, seed: u64) -> Self {
        let mover = Mover::new(domain);
        // A part in 10⁴ is kept for the rounding of separations, as in `VerletList::is_stale`.
        let half = 0.4999 * shape.skin;
        let flag = |holds: bool, flag: u32| if holds { flag } else { 0 };
        let counters = grid.len() as u64 + 1;
        Self {
            quantum: mover.quantum,
            inverse_quantum: mover.inverse_quantum,
            walls: mover.walls,
            inside: mover.inside,
            cells: grid.cells,
            origin: grid.origin(),
            // A scale beyond 32 bits belongs to cells of less than a quantum, which a range above
            // zero does not ask for; saturated it still gives cells that are wide enough.
            scale: grid
                .scale()
                .map(|scale| scale.min(u64::from(u32::MAX)) as u32),
            seed: [seed as u32, (seed >> 32) as u32],
            count: shape.count as u32,
            most_quanta: mover.most_quanta,
            stale: (half * half).to_bits(),
            flags: flag(domain.is_periodic(), PERIODIC)
                | flag(shape.alike, ALIKE)
                | flag(shape.interacts(), INTERACTING)
                | flag(shape.walls > 0, WALLED),
            groups: groups(shape.count as u64, LANES),
            scan_groups: groups(counters, SCAN_BLOCK),
        }
    }

    /// Workgroups over the particles.
    pub fn groups(&self) -> [u32; 2] {
        self.groups
    }

    /// `arguments` of the shaders for a step that sorts, as the first one does where particles see
    /// each other.
    pub fn arguments(&self) -> [u32; 6] {
        let ([x, y], [u, v]) = if self.flags & INTERACTING != 0 {
            (self.groups, self.scan_groups)
        } else {
            ([0; 2], [0; 2])
        };
        [x, y, 1, u, v, 1]
    }
}

impl Status {
    /// Before a step.
    pub fn before(step: u64) -> Self {
        Self {
            step: [0; 2],
            next: [step as u32, (step >> 32) as u32],
            fault: u32::MAX,
            crowded: 0,
            halted: 0,
            rebuilds: 0,
        }
    }

    /// The step that was done last, or is at fault.
    pub fn step(&self) -> u64 {
        u64::from(self.step[0]) | u64::from(self.step[1]) << 32
    }
}
