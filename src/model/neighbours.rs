//! Who is near whom: columns sorted by cell, Verlet lists, and the memory of box crossings.
//!
//! A chapter says how far its particles see with [`Range`] and puts [`refresh`] into the phase
//! [`Neighbors`](super::phase::Phase::Neighbors). The phase then does nothing, until the largest
//! displacement that the chapter has noted makes the lists stale; only then are the columns sorted
//! and the lists built anew.

use bevy::ecs::query::QueryState;
use bevy::ecs::resource::Resource;
use bevy::ecs::world::World;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::column::{Columns, Image, Position};
use super::phase::{Box as BoxResource, Clock, Failure, Fault};
use crate::math::cells::CellList;
use crate::math::domain::Domain;
use crate::math::verlet::VerletList;

/// Particles per parallel task; fixed, so that results cannot depend on the number of threads.
const CHUNK: usize = 8192;

/// How far particles see each other.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// Greatest distance of an interaction, in units of length; 0 when there is none.
    pub cutoff: f32,
    /// Added to the cutoff, so that lists stay right for many steps.
    pub skin: f32,
}

/// Asks for columns sorted by cells where particles have a [`Range`] of 0, so that what is near in
/// space stays near in memory although no lists are kept.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Sorting {
    /// Least side of the cells, in units of length.
    pub side: f32,
    /// Columns are sorted anew when a particle has moved this far since, in units of length.
    pub drift: f32,
}

/// Neighbour lists of the present slots, and the positions for which they were built.
#[derive(Resource)]
pub struct Neighbours {
    cells: CellList,
    list: VerletList,
    /// Positions, in words that serve as scratch while the slots change hands.
    reference: Vec<u64>,
    moved2: f32,
    valid: bool,
    crossing: Option<QueryState<(&'static Position, &'static mut Image)>>,
}

impl Default for Neighbours {
    fn default() -> Self {
        Self {
            cells: CellList::new(),
            list: VerletList::new(0.0, 0.0),
            reference: Vec::new(),
            moved2: 0.0,
            valid: false,
            crossing: None,
        }
    }
}

/// What a checkpoint keeps: from it the very same lists are built again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NeighboursState {
    cutoff: f32,
    skin: f32,
    reference: Vec<[u32; 2]>,
    moved2: f32,
    valid: bool,
}

impl Neighbours {
    /// The lists; empty when the particles do not interact.
    pub fn list(&self) -> &VerletList {
        &self.list
    }

    /// Positions of the slots when the lists were built.
    pub fn reference(&self) -> &[[u32; 2]] {
        bytemuck::cast_slice(&self.reference)
    }

    /// Notes the largest squared displacement from the [`reference`](Self::reference), in units
    /// of length squared. To be called whenever particles have moved.
    pub fn note_moved(&mut self, moved2: f32) {
        self.moved2 = moved2;
    }

    /// Notes a further squared displacement: the largest counts.
    pub fn note_also(&mut self, moved2: f32) {
        // What is not a number must not be lost: it makes the lists stale.
        if moved2.is_nan() || moved2 > self.moved2 {
            self.moved2 = moved2;
        }
    }

    /// Makes the next step build the lists anew.
    pub fn invalidate(&mut self) {
        self.valid = false;
    }

    /// Bytes that the lists and their helpers hold.
    pub fn bytes(&self) -> usize {
        self.list.bytes() + self.reference.capacity() * 8
    }

    /// Unwrapped coordinates in quanta from the centre of the box, exact: image, last reference
    /// and the displacement since.
    pub fn unwrapped(&self, slot: usize, position: [u32; 2], image: [i32; 2]) -> [i64; 2] {
        let reference = self.reference().get(slot).copied().unwrap_or(position);
        std::array::from_fn(|axis| {
            let moved = position[axis].wrapping_sub(reference[axis]) as i32;
            let place = i64::from(reference[axis]) - (1 << 31);
            (i64::from(image[axis]) << 32) + place + i64::from(moved)
        })
    }

    /// True when the lists do not hold any more for what has moved since.
    fn is_stale(
        &self,
        range: Range,
        sorting: Option<Sorting>,
        domain: &Domain,
        particles: usize,
    ) -> bool {
        if !self.valid || self.reference.len() != particles {
            return true;
        }
        if range.cutoff > 0.0 {
            let same = self.list.cutoff() == range.cutoff && self.list.skin() == range.skin;
            return !same || self.list.is_stale(self.moved2);
        }
        // Without lists only the crossings of the box are to be kept track of.
        let shortest = domain.span()[0].min(domain.span()[1]) as f32;
        let drift = sorting.map_or(f32::INFINITY, |sorting| sorting.drift);
        // What is not a number is stale too.
        let fresh = self.moved2 < drift.min(0.125 * shortest).powi(2);
        !fresh
    }

    /// Adds the crossings since the last reference to the images.
    fn count_crossings(&self, positions: &[Position], images: &mut [Image]) {
        if self.reference.len() != positions.len() {
            return;
        }
        images
            .par_chunks_mut(CHUNK)
            .zip(
                positions
                    .par_chunks(CHUNK)
                    .zip(self.reference().par_chunks(CHUNK)),
            )
            .for_each(|(images, (positions, references))| {
                for ((image, position), reference) in
                    images.iter_mut().zip(positions).zip(references)
                {
                    let now = position.0.iter().zip(reference);
                    for (image, (now, then)) in image.0.iter_mut().zip(now) {
                        let moved = now.wrapping_sub(*then) as i32;
                        *image += ((i64::from(*then) + i64::from(moved)) >> 32) as i32;
                    }
                }
            });
    }

    /// What a checkpoint keeps.
    pub fn save(&self) -> NeighboursState {
        NeighboursState {
            cutoff: self.list.cutoff(),
            skin: self.list.skin(),
            reference: self.reference().to_vec(),
            moved2: self.moved2,
            valid: self.valid,
        }
    }

    /// Builds the lists of a checkpoint again; an error says why they cannot be built.
    pub fn restore(&mut self, domain: &Domain, state: NeighboursState) -> Result<(), String> {
        let reference = state.reference;
        self.refer(&reference);
        self.moved2 = state.moved2;
        self.valid = state.valid;
        self.list.set_lengths(state.cutoff, state.skin);
        if self.valid && state.cutoff > 0.0 {
            // Sorting what is sorted already leaves the slots where they are.
            let mut scratch = Vec::new();
            self.cells
                .sort(domain, self.list.reach(), &reference, &mut scratch);
            self.list
                .build(domain, &self.cells, &reference)
                .map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}

/// The system of the phase: sorts all columns and builds the lists when they have become stale.
pub fn refresh(world: &mut World) {
    let domain = world.resource::<BoxResource>().0;
    let range = world.get_resource::<Range>().copied().unwrap_or_default();
    let sorting = world.get_resource::<Sorting>().copied();
    let particles = world.resource::<Columns>().slice::<Position>(world).len();
    if !world
        .resource::<Neighbours>()
        .is_stale(range, sorting, &domain, particles)
    {
        return;
    }
    // Both are put back below; taking them leaves the world free to be borrowed for the columns.
    let mut columns = std::mem::take(&mut *world.resource_mut::<Columns>());
    let mut neighbours = std::mem::take(&mut *world.resource_mut::<Neighbours>());
    let outcome = neighbours.rebuild(&mut columns, world, &domain, range, sorting);
    *world.resource_mut::<Columns>() = columns;
    *world.resource_mut::<Neighbours>() = neighbours;
    if let Err(reason) = outcome {
        let step = world.resource::<Clock>().step;
        world
            .resource_mut::<Fault>()
            .raise(Failure::Crowded { reason, step });
    }
}

/// Counts the crossings so far and takes the present positions as the reference; the lists are
/// built anew in the next step. To be called before and after a hand changes positions, or the
/// number of particles, so that nobody's unwrapped path is lost.
pub fn settle(world: &mut World) {
    let mut columns = std::mem::take(&mut *world.resource_mut::<Columns>());
    let mut neighbours = std::mem::take(&mut *world.resource_mut::<Neighbours>());
    neighbours.take_reference(&mut columns, world);
    neighbours.start_over();
    *world.resource_mut::<Columns>() = columns;
    *world.resource_mut::<Neighbours>() = neighbours;
}

/// Takes the present positions as the reference, where their crossings have been counted already.
pub fn refer(world: &mut World) {
    let mut neighbours = std::mem::take(&mut *world.resource_mut::<Neighbours>());
    let positions = world.resource::<Columns>().slice::<Position>(world);
    neighbours.refer(bytemuck::cast_slice(positions));
    neighbours.moved2 = 0.0;
    neighbours.start_over();
    *world.resource_mut::<Neighbours>() = neighbours;
}

impl Neighbours {
    /// Adds the crossings since the last reference to the images, and refers to the present
    /// positions from now on.
    fn take_reference(&mut self, columns: &mut Columns, world: &mut World) {
        let mut crossing = self.crossing.take().unwrap_or_else(|| world.query());
        for (positions, mut images) in crossing.contiguous_iter_mut(world).into_iter().flatten() {
            self.count_crossings(positions, images.bypass_change_detection());
        }
        self.crossing = Some(crossing);
        self.refer(bytemuck::cast_slice(columns.slice::<Position>(world)));
        self.moved2 = 0.0;
    }

    /// Makes the next step build the lists anew; whoever looks before finds no lists instead of
    /// those of other slots.
    fn start_over(&mut self) {
        self.valid = false;
        self.list = VerletList::new(self.list.cutoff(), self.list.skin());
    }

    /// Takes a copy of the positions as the reference.
    fn refer(&mut self, positions: &[[u32; 2]]) {
        self.reference.resize(positions.len(), 0);
        bytemuck::cast_slice_mut(&mut self.reference).copy_from_slice(positions);
    }

    fn rebuild(
        &mut self,
        columns: &mut Columns,
        world: &mut World,
        domain: &Domain,
        range: Range,
        sorting: Option<Sorting>,
    ) -> Result<(), String> {
        // The crossings are counted before slots change hands.
        let mut crossing = self.crossing.take().unwrap_or_else(|| world.query());
        for (positions, mut images) in crossing.contiguous_iter_mut(world).into_iter().flatten() {
            self.count_crossings(positions, images.bypass_change_detection());
        }
        self.crossing = Some(crossing);
        let side = if range.cutoff > 0.0 {
            self.list.set_lengths(range.cutoff, range.skin);
            Some(self.list.reach())
        } else {
            sorting.map(|sorting| sorting.side)
        };
        if let Some(side) = side {
            let positions = bytemuck::cast_slice(columns.slice::<Position>(world));
            // What the positions were referred to is not needed any more.
            self.cells
                .sort(domain, side, positions, &mut self.reference);
            columns.permute(world, self.cells.order(), &mut self.reference);
        }
        let positions: &[[u32; 2]] = bytemuck::cast_slice(columns.slice::<Position>(world));
        self.refer(positions);
        self.moved2 = 0.0;
        self.valid = true;
        if range.cutoff > 0.0 {
            self.list
                .build(domain, &self.cells, positions)
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}
