//! Particles sorted into strips at every step, for interactions whose partners change at once.
//!
//! The plane is cut into horizontal strips at least one range high, and every strip into columns a
//! whole fraction of the range wide. What a particle can see then lies in three runs of the sorted
//! sources. The columns of the population stay where they are: only a copy of what the
//! interaction needs is sorted, by a stable counting sort (Knuth, *The Art of Computer Programming*
//! 3, §5.2) whose result is a pure function of the state, whatever the number of threads.
//!
//! Headings are held as whole multiples of 2⁻²⁰, so that a sum of them is exact and its bits do not
//! depend on the order of the particles.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::domain::{Boundary, Domain};
use super::simd::*;

/// Units of a heading in a source.
pub const UNITS: f32 = 1_048_576.0;
/// Particles per parallel task.
const CHUNK: usize = 4096;
/// Fewest particles for which a thread is worth its own share of the counting sort.
const LEAST_PIECE: usize = 8192;
/// Most shares of the counting sort: every one has counters of its own.
const MOST_PIECES: usize = 16;
/// Cells that one task sums.
const CELLS: usize = 16_384;

/// What an interaction knows of a particle: position in quanta, heading in [`UNITS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Source {
    pub position: [u32; 2],
    pub heading: [i32; 2],
}

/// The strips and columns over the fixed-point plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Columns and strips.
    pub cells: [u32; 2],
    /// Columns that cover the range.
    pub reach: u32,
    origin: [u32; 2],
    scale: [u32; 2],
    periodic: bool,
}

impl Layout {
    /// Strips at least `range` high, with about `fineness` columns a range, and about two cells
    /// per particle at most. Open boxes get the rectangle that bounds the particles.
    fn new(domain: &Domain, range: f64, fineness: u32, positions: &[[u32; 2]]) -> Self {
        let (low, high) = match domain.boundary {
            Boundary::Open => bounds(positions),
            _ => ([domain.limits()[0]; 2], [domain.limits()[1]; 2]),
        };
        let span = domain.span();
        let quanta = [0, 1].map(|a| u64::from(high[a].wrapping_sub(low[a])) + 1);
        let length = [0, 1].map(|a| quanta[a] as f64 * (span[a] / 4_294_967_296.0));
        // Separations are rounded to f32 before they are compared with the range.
        let range = range.max(f64::MIN_POSITIVE) * (1.0 + 1e-5);
        let budget = (2 * positions.len()).max(64) as f64;
        // In a dilute system cells may grow until there are about two per particle.
        let side = range.max((length[0] * length[1] * f64::from(fineness) / budget).sqrt());
        let strips = (length[1] / side).floor().clamp(1.0, budget);
        let columns = (length[0] / side * f64::from(fineness))
            .floor()
            .clamp(1.0, (budget / strips).max(1.0));
        let reach = (range / (length[0] / columns)).ceil().min(columns) as u32;
        let cells = [columns as u32, strips as u32];
        let scale = [0, 1].map(|a| ((u64::from(cells[a]) << 32) / quanta[a]).min(u32::MAX.into()));
        Self {
            cells,
            reach,
            origin: low,
            scale: scale.map(|scale| scale as u32),
            periodic: domain.is_periodic(),
        }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.cells[0] as usize * self.cells[1] as usize
    }

    /// True when there are no cells, which is only so before the first sort.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell of a coordinate along one axis.
    #[inline(always)]
    pub fn along(&self, axis: usize, coordinate: u32) -> u32 {
        let offset = u64::from(coordinate.saturating_sub(self.origin[axis]));
        // A position out of range joins the outermost cell, where its neighbours are too.
        (((offset * u64::from(self.scale[axis])) >> 32) as u32).min(self.cells[axis] - 1)
    }

    /// The number of the cell of a position: strip by strip, column by column.
    #[inline(always)]
    fn key(&self, position: [u32; 2]) -> u32 {
        self.along(1, position[1]) * self.cells[0] + self.along(0, position[0])
    }

    /// Along one axis, the cells from `first − reach` to `last + reach` as at most two ranges.
    #[inline(always)]
    pub fn around(&self, axis: usize, first: u32, last: u32, reach: u32) -> [Range<u32>; 2] {
        let n = self.cells[axis];
        if !self.periodic {
            let end = last.saturating_add(reach).saturating_add(1).min(n);
            return [first.saturating_sub(reach)..end, 0..0];
        }
        if u64::from(last - first) + 2 * u64::from(reach) + 1 >= u64::from(n) {
            [0..n, 0..0]
        } else if first < reach {
            [0..last + reach + 1, first + n - reach..n]
        } else if last + reach >= n {
            [0..last + reach + 1 - n, first - reach..n]
        } else {
            [first - reach..last + reach + 1, 0..0]
        }
    }
}

/// Lowest and highest coordinate per axis.
fn bounds(positions: &[[u32; 2]]) -> ([u32; 2], [u32; 2]) {
    let Some(&first) = positions.first() else {
        return ([0; 2], [0; 2]);
    };
    positions
        .iter()
        .fold((first, first), |(low, high), position| {
            (
                [0, 1].map(|axis| low[axis].min(position[axis])),
                [0, 1].map(|axis| high[axis].max(position[axis])),
            )
        })
}

/// A population sorted into strips. All buffers are reused, so that a sort allocates nothing once
/// they have grown.
#[derive(Debug, Default)]
pub struct Strips {
    layout: Layout,
    /// For every cell the counters of all shares, next to one another.
    counts: Vec<AtomicU32>,
    /// Particles in every [`CELLS`] counters.
    totals: Vec<u32>,
    starts: Vec<u32>,
    /// The cell of each slot of the population, and then its place.
    places: Vec<u32>,
    /// The slot of the population at each place.
    slots: Vec<AtomicU32>,
    sources: Vec<Source>,
}

impl Strips {
    /// Sorts a population with the range of its interaction (a length) and the number of columns
    /// that a range is cut into.
    pub fn sort(
        &mut self,
        domain: &Domain,
        range: f64,
        fineness: u32,
        positions: &[[u32; 2]],
        headings: &[[f32; 2]],
    ) {
        let count = positions.len();
        self.layout = Layout::new(domain, range, fineness.max(1), positions);
        let pieces = rayon::current_num_threads()
            .min(count / LEAST_PIECE)
            .clamp(1, MOST_PIECES);
        let piece = count.div_ceil(pieces).max(1);
        let cells = self.layout.len();
        self.counts.resize_with(cells * pieces, AtomicU32::default);
        self.places.resize(count, 0);
        self.slots.resize_with(count, AtomicU32::default);
        self.starts.resize(cells + 1, 0);
        self.sources.resize(count, Source::default());
        self.count(piece, pieces, positions);
        self.sum(pieces);
        self.place(piece, pieces);
        let (slots, sources) = (&self.slots, &mut self.sources);
        sources
            .par_chunks_mut(CHUNK)
            .zip(slots.par_chunks(CHUNK))
            .for_each(|(sources, slots)| {
                for (source, slot) in sources.iter_mut().zip(slots) {
                    let slot = slot.load(Ordering::Relaxed) as usize;
                    *source = Source {
                        position: positions[slot],
                        heading: headings[slot].map(units),
                    };
                }
            });
    }

    /// Notes the cell of every slot, and counts the particles of every cell, share by share.
    fn count(&mut self, piece: usize, pieces: usize, positions: &[[u32; 2]]) {
        let (layout, counts) = (self.layout, &self.counts);
        self.counts_in_tasks().for_each(|counts| {
            counts
                .iter()
                .for_each(|one| one.store(0, Ordering::Relaxed))
        });
        self.places
            .par_chunks_mut(piece)
            .zip(positions.par_chunks(piece))
            .enumerate()
            .for_each(|(share, (keys, positions))| {
                dispatch(Keys {
                    layout,
                    keys,
                    positions,
                });
                for &key in keys.iter() {
                    // Each share has its own counters: a plain addition is enough.
                    let counter = &counts[key as usize * pieces + share];
                    let next = counter.load(Ordering::Relaxed) + 1;
                    counter.store(next, Ordering::Relaxed);
                }
            });
    }

    fn counts_in_tasks(&self) -> impl IndexedParallelIterator<Item = &[AtomicU32]> {
        self.counts.par_chunks(CELLS)
    }

    /// Turns every counter into the place where its first particle goes.
    fn sum(&mut self, pieces: usize) {
        // Tasks begin at cells.
        let task = CELLS.next_multiple_of(pieces);
        let counts = &self.counts;
        self.totals.resize(counts.len().div_ceil(task), 0);
        self.totals
            .par_iter_mut()
            .zip(counts.par_chunks(task))
            .for_each(|(total, counts)| {
                *total = counts.iter().map(|one| one.load(Ordering::Relaxed)).sum();
            });
        let mut sum = 0;
        for total in &mut self.totals {
            sum += std::mem::replace(total, sum);
        }
        let cells = self.layout.len();
        self.starts[cells] = sum;
        self.starts[..cells]
            .par_chunks_mut(task / pieces)
            .zip(counts.par_chunks(task).zip(&self.totals))
            .for_each(|(starts, (counts, &total))| {
                let mut sum = total;
                for (start, counters) in starts.iter_mut().zip(counts.chunks_exact(pieces)) {
                    *start = sum;
                    for counter in counters {
                        let count = counter.load(Ordering::Relaxed);
                        counter.store(sum, Ordering::Relaxed);
                        sum += count;
                    }
                }
            });
    }

    /// Gives every slot its place.
    fn place(&mut self, piece: usize, pieces: usize) {
        let (counts, slots) = (&self.counts, &self.slots);
        self.places
            .par_chunks_mut(piece)
            .enumerate()
            .for_each(|(share, places)| {
                for (offset, place) in places.iter_mut().enumerate() {
                    let counter = &counts[*place as usize * pieces + share];
                    *place = counter.load(Ordering::Relaxed);
                    counter.store(*place + 1, Ordering::Relaxed);
                    let slot = (share * piece + offset) as u32;
                    slots[*place as usize].store(slot, Ordering::Relaxed);
                }
            });
    }

    /// Strips and columns of the last sort.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Where each cell starts among the sources; one more entry than cells.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// Where each slot of the population stands among the sources.
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    /// The sorted particles.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Brings results in the order of the sources back to the order of the population.
    pub fn unsort<T: Copy + Send + Sync>(&self, sorted: &[T], out: &mut [T]) {
        out.par_chunks_mut(CHUNK)
            .zip(self.places.par_chunks(CHUNK))
            .for_each(|(out, places)| {
                for (value, &place) in out.iter_mut().zip(places) {
                    *value = sorted[place as usize];
                }
            });
    }
}

/// A component of a heading in [`UNITS`], rounded to the nearest.
#[inline(always)]
pub fn units(part: f32) -> i32 {
    // Adding 1.5·2²³ leaves no room for a fraction, and the integer stands in the low bits. It is
    // what a conversion would give, and loops over it are vectors on every instruction set.
    const MAGIC: f32 = 12_582_912.0;
    (part * UNITS + MAGIC)
        .to_bits()
        .wrapping_sub(MAGIC.to_bits()) as i32
}

/// The cells of one share.
struct Keys<'a> {
    layout: Layout,
    keys: &'a mut [u32],
    positions: &'a [[u32; 2]],
}

impl Kernel for Keys<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (key, &position) in self.keys.iter_mut().zip(self.positions) {
            *key = self.layout.key(position);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, same_on_any_threads};
    use super::*;

    fn headings(count: usize) -> Vec<[f32; 2]> {
        (0..count)
            .map(|i| [(i as f32).cos(), (i as f32).sin()])
            .collect()
    }

    #[test]
    fn the_sort_is_a_stable_permutation_by_cell() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            for (size, count) in [
                ([40.0, 25.0], 30_000),
                ([3.0, 200.0], 500),
                ([0.5, 0.5], 20),
            ] {
                let domain = Domain::new(size, boundary);
                let positions = Random(7).positions(&domain, count);
                let mut strips = Strips::default();
                strips.sort(&domain, 1.0, 3, &positions, &headings(count));
                let (layout, starts) = (strips.layout(), strips.starts());
                assert_eq!(starts.len(), layout.len() + 1);
                assert_eq!(starts[layout.len()] as usize, count);
                let mut seen = vec![false; count];
                for (cell, bounds) in starts.windows(2).enumerate() {
                    let slots = &strips.slots[bounds[0] as usize..bounds[1] as usize];
                    let slots: Vec<u32> = slots.iter().map(|s| s.load(Ordering::Relaxed)).collect();
                    assert!(slots.windows(2).all(|pair| pair[0] < pair[1]), "stable");
                    for slot in slots {
                        seen[slot as usize] = true;
                        assert_eq!(layout.key(positions[slot as usize]) as usize, cell);
                    }
                }
                assert!(seen.into_iter().all(|one| one));
                let places: Vec<u32> = (0..count as u32).collect();
                let mut back = vec![0; count];
                strips.unsort(&places, &mut back);
                for (slot, &place) in back.iter().enumerate() {
                    assert_eq!(strips.sources()[place as usize].position, positions[slot]);
                }
            }
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_order() {
        let domain = Domain::new([60.0, 50.0], Boundary::Periodic);
        let positions = Random(1).positions(&domain, 40_000);
        same_on_any_threads(|| {
            let mut strips = Strips::default();
            strips.sort(&domain, 1.0, 2, &positions, &headings(40_000));
            (
                strips.starts.clone(),
                strips.sources.clone(),
                strips.places.clone(),
            )
        });
    }

    #[test]
    fn units_round_to_the_nearest() {
        for part in [0.0f32, 1.0, -1.0, 0.5, -0.333_333, 1e-7, -1e-6, 0.999_999_9] {
            assert_eq!(
                units(part),
                (part * UNITS).round_ties_even() as i32,
                "{part}"
            );
        }
    }

    #[test]
    fn any_number_of_cells_fits_in_memory() {
        let domain = Domain::new([1e4, 1e4], Boundary::Open);
        let mut strips = Strips::default();
        let far: Vec<[u32; 2]> = (0..100).map(|i| [i * 40_000_000, i * 41_000_000]).collect();
        strips.sort(&domain, 1e-6, 4, &far, &headings(100));
        assert!(strips.starts().len() < 300, "{}", strips.starts().len());
        strips.sort(&domain, 1.0, 4, &[], &[]);
        assert!(strips.sources().is_empty());
        strips.sort(&domain, 1.0, 4, &far[..1], &headings(1));
        assert_eq!(strips.sources().len(), 1);
    }
}
