//! Walls in the world: which there are, their force, and the mirror that nobody passes.
//!
//! A chapter that knows walls says so in [`Hands::walls`](super::hands::Hands::walls) and puts two
//! systems into its step: [`repel`] behind its other forces, with its own [`WallLaw`], and
//! [`hold`] into the phase `Wrap`. A law without forces reflects headings itself with
//! [`WallGrid::reflect`](crate::math::walls::WallGrid::reflect).
//!
//! **Penetration.** The force of a wall moves nobody by more than [`STRIDE`] diameters per step:
//! a wall may be drawn over particles, and then pushes them out gently instead of firing them at
//! their neighbours. Where pushes are stronger than that, a particle comes as close as the mirror
//! lets it: up to the line, and never across.

use bevy::ecs::component::Mutable;
use bevy::ecs::resource::Resource;
use bevy::ecs::system::{Query, Res, ResMut};
use bevy::ecs::world::World;
use bytemuck::{cast_slice, cast_slice_mut};
use rayon::prelude::*;

use super::column::{Diameter, Force, Position};
use super::neighbours::Neighbours;
use super::phase::{Box as BoxResource, Clock};
use crate::math::domain::{Boundary, Domain};
use crate::math::walls::{Segment, WallGrid};
use crate::slices;

/// Particles per parallel task; fixed, so that results cannot depend on the number of threads.
const CHUNK: usize = 4096;
/// The farthest that walls push a particle in one step, in diameters.
pub const STRIDE: f64 = 0.01;

/// The force of a wall on a particle, in a chapter.
pub trait WallLaw: Resource<Mutability = Mutable> {
    /// Distance of a centre from a wall beyond which there is no force; 0 for the mirror alone.
    fn reach(&self) -> f64;
    /// Push away from a wall at a distance from the centre of a particle of some diameter.
    fn force(&self, distance: f64, diameter: f64) -> f64;
    /// Velocity per force.
    fn mobility(&self) -> f64 {
        1.0
    }
}

/// How far the walls' force reaches; a chapter inserts it whenever its parameters change.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct WallReach(pub f64);

/// The walls of the run.
#[derive(Resource)]
pub struct Walls {
    segments: Vec<Segment>,
    grid: WallGrid,
    /// Positions at the beginning of the step.
    before: Vec<[u32; 2]>,
}

impl Default for Walls {
    fn default() -> Self {
        let nowhere = Domain::new([1.0, 1.0], Boundary::Periodic);
        Self {
            segments: Vec::new(),
            grid: WallGrid::new(&nowhere, &[], 0.0),
            before: Vec::new(),
        }
    }
}

impl Walls {
    /// The walls as they were drawn.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The walls, binned.
    pub fn grid(&self) -> &WallGrid {
        &self.grid
    }

    /// The force of all walls on a particle of some diameter at a place in real coordinates.
    pub fn force(&self, law: &impl WallLaw, place: [f64; 2], diameter: f64, dt: f64) -> [f64; 2] {
        let most = STRIDE * diameter / (law.mobility() * dt);
        self.grid
            .push(place, |distance| law.force(distance, diameter).min(most))
    }

    /// −∇·F of the same force: how much it draws paths together.
    pub fn contraction(&self, law: &impl WallLaw, place: [f64; 2], diameter: f64, dt: f64) -> f64 {
        // Well above the rounding of the difference and well below the scale of any force.
        let step = 1e-5 * diameter;
        let most = STRIDE * diameter / (law.mobility() * dt);
        let force = |distance: f64| law.force(distance, diameter).min(most);
        let mut sum = 0.0;
        self.grid.for_near(place, |_, nearest| {
            let distance = nearest.distance.max(step);
            sum += (force(distance - step) - force(distance + step)) / (2.0 * step);
            if nearest.tip {
                sum -= force(distance) / distance;
            }
        });
        sum
    }
}

/// Puts the walls of a scene into the world, binned for the reach of the chapter's force.
pub fn lay(world: &mut World, segments: &[Segment]) {
    let domain = world.resource::<BoxResource>().0;
    let reach = world
        .get_resource::<WallReach>()
        .map_or(0.0, |reach| reach.0);
    world.insert_resource(Walls {
        segments: segments.to_vec(),
        grid: WallGrid::new(&domain, segments, reach),
        before: Vec::new(),
    });
}

/// Adds the force of the walls, and notes where the particles are before they move.
pub fn repel<L: WallLaw>(
    law: Res<L>,
    clock: Res<Clock>,
    domain: Res<BoxResource>,
    walls: Option<ResMut<Walls>>,
    mut particles: Query<(&Position, &mut Force)>,
    mut diameters: Query<&Diameter>,
) {
    let Some(mut walls) = walls.filter(|walls| !walls.is_empty()) else {
        return;
    };
    let (positions, mut forces) = slices!(particles);
    let positions: &[[u32; 2]] = cast_slice(positions);
    walls.before.clear();
    walls.before.extend_from_slice(positions);
    if law.reach() <= 0.0 {
        return;
    }
    let each: &[f32] = diameters
        .contiguous_iter_mut()
        .ok()
        .and_then(|mut slices| slices.next())
        .map_or(&[], |each| cast_slice(each));
    let forces: &mut [[f32; 2]] = cast_slice_mut(forces.bypass_change_detection());
    let (walls, law, domain) = (&*walls, &*law, domain.0);
    forces
        .par_chunks_mut(CHUNK)
        .enumerate()
        .for_each(|(chunk, forces)| {
            for (index, force) in forces.iter_mut().enumerate() {
                let slot = chunk * CHUNK + index;
                if walls.grid.is_far(positions[slot]) {
                    continue;
                }
                let diameter = each.get(slot).map_or(1.0, |&one| f64::from(one));
                let place = domain.real(positions[slot]);
                let push = walls.force(law, place, diameter, clock.dt);
                if push != [0.0; 2] {
                    *force = [force[0] + push[0] as f32, force[1] + push[1] as f32];
                }
            }
        });
}

/// Mirrors whoever has crossed a wall in this step.
pub fn hold(
    domain: Res<BoxResource>,
    walls: Option<Res<Walls>>,
    mut neighbours: ResMut<Neighbours>,
    mut particles: Query<&mut Position>,
) {
    let Some(walls) = walls.filter(|walls| !walls.is_empty()) else {
        return;
    };
    let mut positions = slices!(particles);
    let positions: &mut [[u32; 2]] = cast_slice_mut(positions.bypass_change_detection());
    let reference = neighbours.reference();
    if walls.before.len() != positions.len() || reference.len() != positions.len() {
        return;
    }
    let (grid, domain) = (&walls.grid, domain.0);
    let farthest2 = positions
        .par_chunks_mut(CHUNK)
        .zip(
            walls
                .before
                .par_chunks(CHUNK)
                .zip(reference.par_chunks(CHUNK)),
        )
        .map(|(positions, (before, reference))| {
            let mut farthest2 = 0.0f32;
            for ((place, &before), &reference) in positions.iter_mut().zip(before).zip(reference) {
                if let Some(held) = grid.hold(before, *place, |_| {}) {
                    *place = held;
                    let [x, y] = domain.separation(held, reference);
                    farthest2 = farthest2.max(x * x + y * y);
                }
            }
            farthest2
        })
        .reduce(|| 0.0, f32::max);
    neighbours.note_also(farthest2);
}
