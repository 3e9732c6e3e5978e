//! What the tasks of a sampler find.

use super::graph::MAX_EDGES;

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

impl Found {
    /// The edges that are not in rows.
    pub fn edges(&self) -> &[[u32; 2]] {
        &self.edges[..self.count]
    }

    /// Edges so far.
    pub fn len(&self) -> usize {
        self.count + self.rows.count
    }

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
        self.work > MOST_WORK || self.len() > MAX_EDGES
    }

    /// Forgets everything, and keeps the memory.
    pub fn clear(&mut self) {
        self.count = 0;
        self.rows.count = 0;
        self.rows.lengths.clear();
        (self.clipped, self.work) = ((0, 0.0), 0);
    }
}
