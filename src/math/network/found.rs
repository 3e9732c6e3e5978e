//! What the tasks of a sampler find.

use super::graph::{Edges, MAX_EDGES};

/// Direct trials, or what costs as much, that one network may take.
pub const MOST_WORK: u64 = 40_000_000_000;

/// What a task has found.
#[derive(Debug, Default)]
pub struct Found {
    edges: Vec<[u32; 2]>,
    /// Edges of `edges` that are valid.
    pub count: usize,
    /// Edges by their first slot.
    pub rows: Rows,
    /// Pairs whose probability is above 1, and by how much it is, all together.
    pub clipped: (u64, f64),
    /// Direct trials so far.
    pub work: u64,
}

/// Edges of consecutive slots, each with the other ends.
#[derive(Debug, Default)]
pub struct Rows {
    /// The first slot.
    pub first: u32,
    /// Number of other ends of each slot.
    pub lengths: Vec<u32>,
    /// Other ends, slot by slot, and places behind them.
    pub targets: Vec<u32>,
    /// Other ends that are valid.
    pub count: usize,
}

impl Rows {
    /// At least so many places behind the last other end.
    #[inline(always)]
    pub fn reserve(&mut self, places: usize) {
        if self.count + places > self.targets.len() {
            self.grow(places);
        }
    }

    #[cold]
    fn grow(&mut self, places: usize) {
        self.targets.resize(2 * (self.count + places), 0);
    }
}

/// Other ends of a slot that are dealt with together, without a branch on how many there are.
const SOME: usize = 8;

impl Edges for Found {
    fn count(&self) -> usize {
        self.count + self.rows.count
    }

    fn count_degrees(&self, degrees: &mut [u32]) {
        let rows = &self.rows;
        let own = degrees[rows.first as usize + 2..].iter_mut();
        own.zip(&rows.lengths)
            .for_each(|(degree, length)| *degree += length);
        for &other in &rows.targets[..rows.count] {
            degrees[other as usize + 2] += 1;
        }
        self.edges.count_degrees(degrees);
    }

    fn fill_rows(&self, free: &mut [u32], targets: &mut [u32], late: &mut [u8]) {
        let (mut read, spare) = (0, targets.len() - 1);
        for (slot, &length) in (self.rows.first..).zip(&self.rows.lengths) {
            let length = length as usize;
            let some = &self.rows.targets[read..read + length.max(SOME)];
            let place = &mut free[slot as usize + 1];
            let row = *place as usize;
            *place += length as u32;
            // The rows behind are empty yet, as other ends are below their slot.
            targets[row..row + SOME].copy_from_slice(&some[..SOME]);
            for k in 0..SOME {
                let valid = k < length;
                let place = &mut free[some[k] as usize + 1];
                targets[std::hint::select_unpredictable(valid, *place as usize, spare)] = slot;
                *place += u32::from(valid);
            }
            for k in SOME..length {
                targets[row + k] = some[k];
                let place = &mut free[some[k] as usize + 1];
                targets[*place as usize] = slot;
                *place += 1;
            }
            read += length;
        }
        self.edges.fill_rows(free, targets, late);
    }
}

impl Found {
    /// Sixteen places behind the last edge.
    #[inline(always)]
    pub fn room(&mut self) -> &mut [[u32; 2]] {
        let end = self.count + 16;
        if end > self.edges.len() {
            self.edges.resize(2 * end, [0; 2]);
        }
        &mut self.edges[self.count..end]
    }

    /// One more edge.
    #[inline]
    pub fn push(&mut self, edge: [u32; 2]) {
        self.room()[0] = edge;
        self.count += 1;
    }

    /// Counts work that lies ahead; false when it is more than all tasks together may do.
    pub fn may_work(&mut self, trials: u64) -> bool {
        self.work = self.work.saturating_add(trials);
        !self.exhausted()
    }

    /// True when this task alone has done more than all together may.
    pub fn exhausted(&self) -> bool {
        self.work > MOST_WORK || Edges::count(self) > MAX_EDGES
    }

    /// Forgets everything, and keeps the memory.
    pub fn clear(&mut self) {
        self.count = 0;
        self.rows.count = 0;
        self.rows.lengths.clear();
        (self.clipped, self.work) = ((0, 0.0), 0);
    }

    /// A copy that holds what is valid and no more, with nodes in the places of slots when they are
    /// not the same.
    pub fn finished(&self, order: &[u32]) -> Self {
        let mut edges = self.edges[..self.count].to_vec();
        let mut rows = Rows::default();
        if order.is_empty() {
            let end = self.rows.targets.len().min(self.rows.count + SOME);
            rows = Rows {
                first: self.rows.first,
                lengths: self.rows.lengths.clone(),
                targets: self.rows.targets[..end].to_vec(),
                count: self.rows.count,
            };
        } else {
            let mut read = 0;
            for (slot, &length) in (self.rows.first..).zip(&self.rows.lengths) {
                let some = &self.rows.targets[read..read + length as usize];
                edges.extend(some.iter().map(|&other| [slot, other]));
                read += some.len();
            }
            for edge in &mut edges {
                *edge = edge.map(|slot| order[slot as usize]);
            }
        }
        Self {
            count: edges.len(),
            edges,
            rows,
            clipped: self.clipped,
            work: self.work,
        }
    }
}
