//! Who is coupled to whom where that is fixed: a lattice or a network, in compressed rows.

use bevy::ecs::resource::Resource;
use rayon::prelude::*;

use crate::math::domain::Domain;

/// Oscillators per parallel task; fixed, so that results cannot depend on the number of threads.
const CHUNK: usize = 1024;

/// Neighbours of every oscillator, by tag; empty where they follow from places. Where there are
/// links slots are never sorted, so that slots are tags.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    starts: Vec<u32>,
    neighbours: Vec<u32>,
}

impl Links {
    /// From the list of every oscillator's neighbours.
    pub fn new<I: IntoIterator<Item = u32>>(lists: impl IntoIterator<Item = I>) -> Self {
        let mut links = Self {
            starts: vec![0],
            neighbours: Vec::new(),
        };
        for list in lists {
            links.neighbours.extend(list);
            links.starts.push(links.neighbours.len() as u32);
        }
        links
    }

    /// The four neighbours on a square lattice that is filled row by row and closed in either
    /// direction; an incomplete last row closes upon itself, and so do its columns.
    pub fn lattice(count: usize, columns: usize) -> Self {
        let columns = columns.max(1);
        let site = |index: usize| {
            let (x, y) = (index % columns, index / columns);
            let width = columns.min(count - y * columns);
            let height = (count - x).div_ceil(columns);
            let at = |x: usize, y: usize| (y * columns + x) as u32;
            [
                at((x + width - 1) % width, y),
                at((x + 1) % width, y),
                at(x, (y + height - 1) % height),
                at(x, (y + 1) % height),
            ]
        };
        Self::new((0..count).map(site))
    }

    /// The neighbours of an oscillator.
    pub fn of(&self, index: usize) -> &[u32] {
        match (self.starts.get(index), self.starts.get(index + 1)) {
            (Some(&from), Some(&to)) => &self.neighbours[from as usize..to as usize],
            _ => &[],
        }
    }

    /// Number of oscillators.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// True without oscillators.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Mean number of neighbours.
    pub fn mean_degree(&self) -> f64 {
        self.neighbours.len() as f64 / self.len().max(1) as f64
    }

    /// Writes the sum of the neighbours' waves times `turn` to every oscillator, over the number
    /// of its own neighbours or, where it is given, over `divisor`.
    pub fn gather(
        &self,
        waves: &[[f32; 2]],
        turn: [f32; 2],
        divisor: Option<f64>,
        out: &mut [[f32; 2]],
    ) {
        out.par_chunks_mut(CHUNK).enumerate().for_each(|(c, out)| {
            for (i, out) in out.iter_mut().enumerate() {
                let list = self.of(c * CHUNK + i);
                let mut sum = [0.0f32; 2];
                for &j in list {
                    let wave = waves[j as usize];
                    sum = [sum[0] + wave[0], sum[1] + wave[1]];
                }
                let over = divisor.unwrap_or(list.len() as f64);
                let scale = if list.is_empty() {
                    0.0
                } else {
                    1.0 / over as f32
                };
                let [x, y] = sum.map(|part| part * scale);
                *out = [x * turn[0] - y * turn[1], x * turn[1] + y * turn[0]];
            }
        });
    }
}

/// Columns of a lattice of about square cells that fills the box.
pub fn lattice_columns(domain: &Domain, count: usize) -> usize {
    let aspect = domain.size[0] / domain.size[1];
    ((count as f64 * aspect).sqrt().round() as usize).clamp(1, count.max(1))
}
