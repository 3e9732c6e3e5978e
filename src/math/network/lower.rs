//! Edges by their higher ends: a graph follows from them without a sort of its rows.

use std::hint::select_unpredictable;

use rayon::prelude::*;

use super::super::pages::Pages;
use super::found::Rows;
use super::graph::{Graph, sum_up};

/// Other ends of a slot that are dealt with together, without a branch on how many there are.
const SOME: usize = 8;

/// Far edges of slots, and then the near ones, task by task.
#[derive(Debug)]
pub struct Lower {
    /// Degree of each slot, two entries behind it.
    degrees: Vec<u32>,
    /// Far edges, the higher end in the upper half.
    far: Vec<u64>,
    /// Number of near ends below each slot.
    lengths: Vec<u32>,
    /// Room for the rows of the graph, and behind it these ends, slot by slot and ascending.
    rows: Pages<u32>,
    /// Where they begin, how many there are, and how many there may be.
    first: usize,
    count: usize,
    most: usize,
}

impl Lower {
    /// The far edges of so many slots. One that was found more than once counts once.
    pub fn new(slots: usize, far: Vec<u64>) -> Self {
        let mut far = sorted(far, slots);
        far.dedup();
        let mut degrees = vec![0; slots + 2];
        for &edge in &far {
            for slot in ends(edge) {
                degrees[slot as usize + 2] += 1;
            }
        }
        Self {
            degrees,
            far,
            lengths: vec![0; slots],
            rows: Pages::default(),
            first: 0,
            count: 0,
            most: 0,
        }
    }

    /// Makes room for so many edges, the far ones among them.
    pub fn make_room(&mut self, edges: usize) {
        self.reserve(edges.saturating_sub(self.far.len()));
    }

    /// Makes room for so many near edges.
    fn reserve(&mut self, most: usize) {
        // What stands in the rows before the near ends below a slot: those below others, as many
        // far ends, and either's higher ends. Hence no row reaches ends that were not read.
        let first = most + 2 * self.far.len() + SOME;
        let mut rows = Pages::zeroed(first + most + SOME);
        let near = &self.rows[self.first..][..self.count];
        rows[first..first + self.count].copy_from_slice(near);
        (self.rows, self.first, self.most) = (rows, first, most);
    }

    /// Adds near edges. Slots ascend from task to task.
    pub fn add(&mut self, rows: &Rows) {
        let near = &rows.targets[..rows.count];
        if self.count + near.len() > self.most {
            self.reserve(2 * (self.count + near.len()));
        }
        self.rows[self.first + self.count..][..near.len()].copy_from_slice(near);
        self.count += near.len();
        let first = rows.first as usize;
        self.lengths[first..first + rows.lengths.len()].copy_from_slice(&rows.lengths);
        let own = self.degrees[first + 2..].iter_mut();
        own.zip(&rows.lengths)
            .for_each(|(degree, length)| *degree += length);
        for &end in near {
            self.degrees[end as usize + 2] += 1;
        }
    }

    /// The graph of the edges; none that is near is also far.
    pub fn into_graph(mut self) -> Graph {
        if self.rows.is_empty() {
            self.reserve(0);
        }
        let mut starts = self.degrees;
        let sum = sum_up(&mut starts);
        let slots = starts.len() - 2;
        // From here on `starts[slot + 1]` is the next free entry of a row. A row begins with what is
        // below its slot, and goes on with one slot after the other: it ascends.
        let (rows, mut near, mut far) = (&mut *self.rows, self.first, &self.far[..]);
        let spare = rows.len() - 1;
        for (slot, &length) in (0_u32..).zip(&self.lengths) {
            let (row, length) = (starts[slot as usize + 1] as usize, length as usize);
            let mut some = [0; SOME];
            some.copy_from_slice(&rows[near..near + SOME]);
            // The rows behind are empty yet.
            rows[row..row + SOME].copy_from_slice(&some);
            for k in 0..SOME {
                let valid = k < length;
                let place = &mut starts[some[k] as usize + 1];
                rows[select_unpredictable(valid, *place as usize, spare)] = slot;
                *place += u32::from(valid);
            }
            for k in SOME..length {
                let other = rows[near + k];
                rows[row + k] = other;
                let place = &mut starts[other as usize + 1];
                rows[*place as usize] = slot;
                *place += 1;
            }
            near += length;
            let mut end = row + length;
            while let Some((&edge, rest)) = far.split_first()
                && ends(edge)[0] == slot
            {
                let other = ends(edge)[1];
                let place = &mut starts[other as usize + 1];
                rows[*place as usize] = slot;
                *place += 1;
                let mut at = end;
                while at > row && rows[at - 1] > other {
                    rows[at] = rows[at - 1];
                    at -= 1;
                }
                rows[at] = other;
                (end, far) = (end + 1, rest);
            }
            starts[slot as usize + 1] = end as u32;
        }
        self.rows.truncate(sum);
        starts.truncate(slots + 1);
        Graph::from_rows(starts, self.rows)
    }
}

/// A far edge in one number.
pub fn far([a, b]: [u32; 2]) -> u64 {
    u64::from(a.max(b)) << 32 | u64::from(a.min(b))
}

/// The higher and the lower end of a far edge.
#[inline(always)]
fn ends(edge: u64) -> [u32; 2] {
    [(edge >> 32) as u32, edge as u32]
}

/// Slots whose far edges are sorted together: few enough for the first cache.
const BLOCK: usize = 2048;

/// Far edges in order.
fn sorted(edges: Vec<u64>, slots: usize) -> Vec<u64> {
    let block = |edge: u64| ends(edge)[0] as usize / BLOCK;
    let mut next = vec![0_u32; slots / BLOCK + 2];
    for &edge in &edges {
        next[block(edge) + 1] += 1;
    }
    sum_up(&mut next);
    let mut sorted = vec![0; edges.len()];
    for edge in edges {
        let place = &mut next[block(edge)];
        sorted[*place as usize] = edge;
        *place += 1;
    }
    sorted
        .par_chunk_by_mut(|&a, &b| block(a) == block(b))
        .for_each(<[u64]>::sort_unstable);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn near_and_far_edges_make_the_graph_of_both(
            pairs in prop::collection::vec((0_u32..5000, 0_u32..5000, 0_u32..40, any::<bool>()), 0..900),
            expected in prop::sample::select(vec![0, 20, 5000]),
            task in 1_usize..3000,
        ) {
            const SLOTS: usize = 5000;
            // Some ends are close to each other, and some slots have many.
            let (mut near, mut far) = (BTreeSet::new(), Vec::new());
            for (a, b, hub, is_near) in pairs {
                let [a, b] = if hub < 20 { [a, hub * 200] } else { [a, b] };
                if a != b && is_near {
                    near.insert([a.max(b), a.min(b)]);
                } else if a != b {
                    far.extend([[a, b], [b, a]]);
                }
            }
            far.retain(|&[a, b]| !near.contains(&[a.max(b), a.min(b)]));
            let all: BTreeSet<u64> = near.iter().chain(&far).map(|&edge| super::far(edge)).collect();
            let all: Vec<_> = all.into_iter().map(ends).collect();
            let mut lower = Lower::new(SLOTS, far.into_iter().map(super::far).collect());
            lower.make_room(expected);
            for first in (0..SLOTS as u32).step_by(task) {
                let slots = first..(first + task as u32).min(SLOTS as u32);
                let mut rows = Rows { first, ..Rows::default() };
                for slot in slots {
                    let row = near.range([slot, 0]..[slot + 1, 0]).map(|edge| edge[1]);
                    let before = rows.targets.len();
                    rows.targets.extend(row);
                    rows.lengths.push((rows.targets.len() - before) as u32);
                }
                rows.count = rows.targets.len();
                lower.add(&rows);
            }
            prop_assert_eq!(lower.into_graph(), Graph::from_edges(SLOTS, &all).unwrap());
        }
    }
}
