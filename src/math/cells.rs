//! Cell lists: particles sorted by square cells no smaller than the interaction's reach.
//!
//! A stable counting sort (Knuth, *The Art of Computer Programming* 3, §5.2) by cell, rows of
//! cells first: a pure function of the state, whatever the number of threads. Three neighbouring
//! cells of a row are then one run of slots, so that a neighbourhood is three runs.

use bytemuck::Pod;
use rayon::prelude::*;

use super::domain::{Boundary, Domain};

/// Particles per parallel task; fixed, so that results cannot depend on the number of threads.
const CHUNK: usize = 4096;

/// A grid of cells over the fixed-point plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Cells per axis.
    pub cells: [u32; 2],
    origin: [u32; 2],
    scale: [u64; 2],
    periodic: bool,
}

impl Grid {
    /// The finest grid whose cells are at least `reach` wide, with at most about two cells per
    /// particle. Open boxes get the rectangle that bounds the particles.
    pub fn new(domain: &Domain, reach: f32, positions: &[[u32; 2]]) -> Self {
        let (low, high) = match domain.boundary {
            Boundary::Open => bounds(positions),
            _ => ([domain.limits()[0]; 2], [domain.limits()[1]; 2]),
        };
        let span = domain.span();
        let quanta = [0, 1].map(|a| u64::from(high[a].wrapping_sub(low[a])) + 1);
        let length = [0, 1].map(|a| quanta[a] as f64 * (span[a] / 4_294_967_296.0));
        // Separations are rounded to f32 before they are compared with the reach.
        let reach = f64::from(reach).max(f64::MIN_POSITIVE) * (1.0 + 1e-5);
        // In a dilute system cells may grow until there are about two per particle.
        let budget = (2 * positions.len()).max(16) as f64;
        let side = reach.max((length[0] * length[1] / budget).sqrt());
        let cells = length.map(|l| (l / side).floor().clamp(1.0, budget) as u32);
        let periodic = domain.is_periodic();
        // With one or two cells around a periodic axis the stencil would meet a cell twice.
        let cells = cells.map(|n| if periodic && n < 3 { 1 } else { n });
        let scale = [0, 1].map(|a| (u64::from(cells[a]) << 32) / quanta[a]);
        Self {
            cells,
            origin: low,
            scale,
            periodic,
        }
    }

    /// The number of the cell that holds a position; rows of cells follow one another.
    #[inline(always)]
    pub fn key(&self, position: [u32; 2]) -> u32 {
        let [x, y] = [0, 1].map(|a| {
            let offset = u64::from(position[a].saturating_sub(self.origin[a]));
            // A position out of range joins the outermost cell, where its neighbours are too.
            ((offset * self.scale[a]) >> 32).min(u64::from(self.cells[a]) - 1) as u32
        });
        y * self.cells[0] + x
    }

    /// Lowest coordinate of the grid on either axis.
    pub fn origin(&self) -> [u32; 2] {
        self.origin
    }

    /// 2³² cells per quantum on either axis: the high word of an offset times it is the cell.
    pub fn scale(&self) -> [u64; 2] {
        self.scale
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.cells[0] as usize * self.cells[1] as usize
    }

    /// True when there are no cells, which never happens.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// True when the box is too small for a stencil of cells, so that everybody is a candidate.
    pub fn is_all_pairs(&self) -> bool {
        self.cells == [1, 1]
    }

    /// Along one axis, the cells `i − 1 ..= i + 1` as at most two ascending ranges of cells.
    fn around(&self, axis: usize, i: u32) -> [std::ops::Range<u32>; 2] {
        let n = self.cells[axis];
        if !self.periodic || n == 1 {
            return [i.saturating_sub(1)..(i + 2).min(n), 0..0];
        }
        if i == 0 {
            [0..2, n - 1..n]
        } else if i == n - 1 {
            [0..1, n - 2..n]
        } else {
            [i - 1..i + 2, 0..0]
        }
    }
}

/// Lowest and highest coordinate per axis.
fn bounds(positions: &[[u32; 2]]) -> ([u32; 2], [u32; 2]) {
    let neutral = || ([u32::MAX; 2], [0; 2]);
    let join = |a: ([u32; 2], [u32; 2]), b: ([u32; 2], [u32; 2])| {
        (
            [0, 1].map(|k| a.0[k].min(b.0[k])),
            [0, 1].map(|k| a.1[k].max(b.1[k])),
        )
    };
    let all = positions
        .par_chunks(CHUNK)
        .map(|chunk| chunk.iter().fold(neutral(), |b, &p| join(b, (p, p))))
        .reduce(neutral, join);
    if positions.is_empty() {
        ([0; 2], [0; 2])
    } else {
        all
    }
}

/// Runs of slots whose particles may be neighbours of those in one cell, in ascending order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Candidates {
    runs: [(u32, u32); 6],
    len: usize,
}

impl Candidates {
    /// The runs as half-open ranges of slots, ascending and disjoint.
    #[inline]
    pub fn runs(&self) -> &[(u32, u32)] {
        &self.runs[..self.len]
    }

    /// Number of candidates.
    pub fn count(&self) -> usize {
        self.runs().iter().map(|&(a, b)| (b - a) as usize).sum()
    }

    fn push(&mut self, run: (u32, u32)) {
        if run.0 == run.1 {
            return;
        }
        match self.len.checked_sub(1).map(|last| &mut self.runs[last]) {
            // Runs that touch are one run.
            Some(last) if last.1 == run.0 => last.1 = run.1,
            _ => {
                self.runs[self.len] = run;
                self.len += 1;
            }
        }
    }
}

/// The cell list: an order of the particles, and where each cell starts in it. Its buffers are
/// reused, so that a sort allocates nothing once they have grown.
#[derive(Clone, Debug, Default)]
pub struct CellList {
    grid: Option<Grid>,
    order: Vec<u32>,
    starts: Vec<u32>,
}

impl CellList {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sorts particles by cells at least `reach` wide (in units of length). Returns the order:
    /// slot `i` of the sorted columns takes what was in slot `order[i]`; see [`reorder`], which
    /// may use the same scratch.
    pub fn sort(
        &mut self,
        domain: &Domain,
        reach: f32,
        positions: &[[u32; 2]],
        scratch: &mut Vec<u64>,
    ) -> &[u32] {
        let n = positions.len();
        let grid = Grid::new(domain, reach, positions);
        scratch.resize(scratch.len().max(n.div_ceil(2)), 0);
        let keys = &mut bytemuck::cast_slice_mut::<u64, u32>(scratch)[..n];
        keys.par_chunks_mut(CHUNK)
            .zip(positions.par_chunks(CHUNK))
            .for_each(|(keys, chunk)| {
                for (key, &position) in keys.iter_mut().zip(chunk) {
                    *key = grid.key(position);
                }
            });
        self.starts.clear();
        self.starts.resize(grid.len() + 1, 0);
        // Counts go one place up, so that the sums below are where each cell starts; the scatter
        // moves every start to the next one's place, which the rotation undoes.
        for &key in &*keys {
            self.starts[key as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut self.starts {
            sum += std::mem::replace(start, sum);
        }
        self.order.resize(n, 0);
        for (i, &key) in keys.iter().enumerate() {
            let slot = &mut self.starts[key as usize];
            self.order[*slot as usize] = i as u32;
            *slot += 1;
        }
        self.starts.rotate_right(1);
        self.starts[0] = 0;
        self.grid = Some(grid);
        &self.order
    }

    /// The order of the last sort.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// The grid of the last sort.
    pub fn grid(&self) -> Option<Grid> {
        self.grid
    }

    /// Where each cell starts in the sorted columns; one more entry than cells.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// The candidates for the particles in `cell`.
    pub fn candidates(&self, cell: u32) -> Candidates {
        let mut found = Candidates::default();
        let Some(grid) = self.grid else { return found };
        let width = grid.cells[0];
        let columns = grid.around(0, cell % width);
        for row in grid.around(1, cell / width).into_iter().flatten() {
            for column in &columns {
                let first = (row * width + column.start) as usize;
                let last = (row * width + column.end) as usize;
                if first < last {
                    found.push((self.starts[first], self.starts[last]));
                }
            }
        }
        found
    }
}

/// Brings a column into a new order: slot `i` takes the value of slot `order[i]`. `scratch` is a
/// buffer that columns of all types share; a type may be aligned like `u64` at most.
pub fn reorder<T: Pod + Send + Sync>(order: &[u32], column: &mut [T], scratch: &mut Vec<u64>) {
    let bytes: &[u8] = bytemuck::cast_slice(column);
    scratch.resize(scratch.len().max(bytes.len().div_ceil(8)), 0);
    let copy = &mut bytemuck::cast_slice_mut::<u64, u8>(scratch)[..bytes.len()];
    copy.copy_from_slice(bytes);
    let source: &[T] = bytemuck::cast_slice(copy);
    column
        .par_chunks_mut(CHUNK)
        .zip(order.par_chunks(CHUNK))
        .for_each(|(to, order)| {
            for (value, &slot) in to.iter_mut().zip(order) {
                *value = source[slot as usize];
            }
        });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::philox::{Purpose, Stream};

    fn scatter(domain: &Domain, n: usize, fill: f64) -> Vec<[u32; 2]> {
        let stream = Stream::new(5, n as u64, Purpose::InitialCondition);
        (0..n as u32)
            .map(|i| {
                let u = stream.uniforms(i, 0);
                domain.fixed([0, 1].map(|a| (f64::from(u[a]) - 0.5) * domain.size[a] * fill))
            })
            .collect()
    }

    #[test]
    fn the_sort_is_a_stable_permutation_by_cell() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([40.0, 25.0], boundary);
            let mut positions = scatter(&domain, 3000, 0.999);
            let before = positions.clone();
            let mut cells = CellList::new();
            let order = cells
                .sort(&domain, 1.5, &positions, &mut Vec::new())
                .to_vec();
            let mut seen = order.clone();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..3000));
            reorder(&order, &mut positions, &mut Vec::new());
            assert!(
                order
                    .iter()
                    .zip(&positions)
                    .all(|(&j, p)| before[j as usize] == *p)
            );
            let grid = cells.grid().unwrap();
            let keys: Vec<u32> = positions.iter().map(|&p| grid.key(p)).collect();
            for i in 1..3000 {
                assert!((keys[i - 1], order[i - 1]) < (keys[i], order[i]), "stable");
            }
            for (cell, w) in cells.starts().windows(2).enumerate() {
                assert!(
                    keys[w[0] as usize..w[1] as usize]
                        .iter()
                        .all(|&k| k as usize == cell)
                );
            }
            assert_eq!(cells.starts().len(), grid.len() + 1);
            // Sorting what is sorted changes nothing.
            assert!(
                cells
                    .sort(&domain, 1.5, &positions, &mut Vec::new())
                    .iter()
                    .copied()
                    .eq(0..3000)
            );
        }
    }

    #[test]
    fn candidates_hold_everybody_within_reach() {
        let cases = [
            (Boundary::Periodic, [40.0, 25.0]),
            (Boundary::Periodic, [4.0, 30.0]),
            (Boundary::Periodic, [4.0, 2.5]),
            (Boundary::Reflecting, [12.0, 1.0]),
            (Boundary::Open, [30.0, 30.0]),
        ];
        for (boundary, size) in cases {
            let domain = Domain::new(size, boundary);
            let mut positions = scatter(&domain, 500, 1.0 - 1e-9);
            let mut cells = CellList::new();
            let order = cells
                .sort(&domain, 1.5, &positions, &mut Vec::new())
                .to_vec();
            reorder(&order, &mut positions, &mut Vec::new());
            for i in 0..500 {
                let candidates = cells.candidates(cells.grid().unwrap().key(positions[i]));
                let slots: Vec<u32> = candidates.runs().iter().flat_map(|&(a, b)| a..b).collect();
                assert!(
                    slots.windows(2).all(|w| w[0] < w[1]),
                    "ascending, nobody twice"
                );
                assert_eq!(slots.len(), candidates.count());
                for j in 0..500u32 {
                    let [x, y] = domain.separation(positions[i], positions[j as usize]);
                    if x * x + y * y < 1.5 * 1.5 {
                        assert!(
                            slots.binary_search(&j).is_ok(),
                            "{boundary:?} {size:?} {i} {j}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn any_number_of_cells_fits_in_memory() {
        // A dilute open cloud of vast extent, a tiny reach, nobody at all.
        let domain = Domain::new([1e4, 1e4], Boundary::Open);
        let positions = scatter(&domain, 100, 900.0);
        let mut cells = CellList::new();
        cells.sort(&domain, 1e-6, &positions, &mut Vec::new());
        assert!(cells.starts().len() < 300);
        cells.sort(&domain, 1.0, &[], &mut Vec::new());
        assert!(cells.order().is_empty() && cells.candidates(0).runs().is_empty());
        cells.sort(&domain, 0.0, &positions[..1], &mut Vec::new());
        assert_eq!(cells.order(), [0]);
    }
}
