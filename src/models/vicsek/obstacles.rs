//! Discs in the way: where they stand, and how particles bounce off them.
//!
//! A particle that a stride has taken into a disc is mirrored at the rim along the radius through
//! it, and the part of its heading that points inwards is reversed, as at a wall.

use bevy::ecs::resource::Resource;
use rayon::prelude::*;

use super::parameters::{Arrangement, Vicsek};
use crate::math::domain::Domain;
use crate::math::philox::{Purpose, Stream};

/// Particles per parallel task.
const CHUNK: usize = 4096;
/// Cells of the raster along an axis.
const RASTER: usize = 256;
/// Philox block of the places.
const PLACE: u16 = 16;

/// All obstacles, and which of them reach into each cell of a raster over the span.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Obstacles {
    centres: Vec<[u32; 2]>,
    radius: f32,
    /// First entry of each cell in `members`, and the end of the last.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Obstacles {
    /// The obstacles that the parameters ask for.
    pub fn place(vicsek: &Vicsek, domain: &Domain, seed: u64) -> Self {
        let count = vicsek.obstacles.max(0) as u32;
        if count == 0 {
            return Self::default();
        }
        let [width, height] = domain.size;
        let stream = Stream::new(seed, 0, Purpose::NaturalFrequencies);
        let columns = (f64::from(count) * width / height).sqrt().round().max(1.0);
        let rows = (f64::from(count) / columns).ceil();
        let centre = |index: u32| {
            let turn = match vicsek.obstacle_arrangement {
                Arrangement::Random => {
                    let words = stream.words(index, PLACE);
                    [0, 1].map(|axis| f64::from(words[axis]) / 4_294_967_296.0)
                }
                Arrangement::Lattice => {
                    let index = f64::from(index);
                    let (row, column) = ((index / columns).floor(), index % columns);
                    [(column + 0.5) / columns, (row + 0.5) / rows]
                }
            };
            domain.fixed([0, 1].map(|axis| (turn[axis] - 0.5) * domain.size[axis]))
        };
        let mut obstacles = Self {
            centres: (0..count).map(centre).collect(),
            radius: vicsek.obstacle_radius as f32,
            ..Self::default()
        };
        obstacles.draw(domain);
        obstacles
    }

    /// True when nothing is in the way.
    pub fn is_empty(&self) -> bool {
        self.centres.is_empty()
    }

    /// Centres as fixed-point positions.
    pub fn centres(&self) -> &[[u32; 2]] {
        &self.centres
    }

    /// Radius of every obstacle.
    pub fn radius(&self) -> f32 {
        self.radius
    }

    /// Notes in every cell of the raster which obstacles reach into it.
    fn draw(&mut self, domain: &Domain) {
        let side = domain.span().map(|span| (span / RASTER as f64) as f32);
        let within = 0.5 * side[0].hypot(side[1]) + self.radius;
        let mut starts = vec![0];
        let mut members = Vec::new();
        for row in 0..RASTER as u32 {
            for column in 0..RASTER as u32 {
                let middle = [column, row].map(|cell| (cell << 24) + (1 << 23));
                for (index, &centre) in self.centres.iter().enumerate() {
                    let [x, y] = domain.separation(middle, centre);
                    // Cheap first: most obstacles are far away.
                    if x.abs() < within && y.abs() < within && x * x + y * y < within * within {
                        members.push(index as u32);
                    }
                }
                starts.push(members.len() as u32);
            }
        }
        (self.starts, self.members) = (starts, members);
    }

    /// The obstacles that may hold a position.
    fn near(&self, [x, y]: [u32; 2]) -> &[u32] {
        let cell = (y >> 24) as usize * RASTER + (x >> 24) as usize;
        &self.members[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// The obstacle in whose disc a position lies, deepest first, with the separation from its centre.
    pub fn hit(&self, domain: &Domain, position: [u32; 2]) -> Option<(usize, [f32; 2])> {
        if self.is_empty() {
            return None;
        }
        let mut deepest = self.radius * self.radius;
        let mut found = None;
        for &index in self.near(position) {
            let away = domain.separation(position, self.centres[index as usize]);
            let square = away[0] * away[0] + away[1] * away[1];
            if square < deepest {
                deepest = square;
                found = Some((index as usize, away));
            }
        }
        found
    }

    /// Mirrors every particle that is inside an obstacle at its rim.
    pub fn rebound(&self, domain: &Domain, positions: &mut [[u32; 2]], headings: &mut [[f32; 2]]) {
        positions
            .par_chunks_mut(CHUNK)
            .zip(headings.par_chunks_mut(CHUNK))
            .for_each(|(positions, headings)| {
                for (position, heading) in positions.iter_mut().zip(headings) {
                    if let Some((index, away)) = self.hit(domain, *position) {
                        self.mirror(domain, index, away, position, heading);
                    }
                }
            });
    }

    fn mirror(
        &self,
        domain: &Domain,
        index: usize,
        away: [f32; 2],
        position: &mut [u32; 2],
        heading: &mut [f32; 2],
    ) {
        let distance = away[0].hypot(away[1]);
        // In the very middle every way out is as good as the way back.
        let normal = if distance > 0.0 {
            away.map(|part| part / distance)
        } else {
            heading.map(|part| -part)
        };
        let inwards = heading[0] * normal[0] + heading[1] * normal[1];
        if inwards < 0.0 {
            for axis in 0..2 {
                heading[axis] -= 2.0 * inwards * normal[axis];
            }
        }
        // Nobody comes deeper than a stride; whoever finds an obstacle around itself is put outside.
        let out = (2.0 * self.radius - distance).min(self.radius + 1.0);
        let centre = self.centres[index];
        let limits = domain.limits();
        for axis in 0..2 {
            let quanta = (normal[axis] * out * domain.inverse_quantum()[axis]).round() as i32;
            let place = centre[axis].wrapping_add(quanta as u32);
            position[axis] = if domain.is_periodic() {
                place
            } else {
                place.clamp(limits[0], limits[1])
            };
        }
    }
}
