//! The values that a setting has had: a step function of time in bounded memory.

use serde::{Deserialize, Serialize};

/// Changes that a history keeps; a full one is joined to half of it. A multiple of four.
const CAPACITY: usize = 4096;

/// When a value changed, and to what. It holds until the next change.
///
/// Changes are gathered in groups of which the least and the greatest value stay, in their order,
/// so that a ramp remains a ramp and no excursion is lost. A group is of two at first, which loses
/// nothing; when the memory is full, neighbouring groups are joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Two changes a group.
    kept: Vec<[f64; 2]>,
    /// Changes that make a group full, and those in the open one.
    group: u64,
    open: u64,
    /// The least and the greatest of the open group, and the newest change of all.
    least: [f64; 2],
    greatest: [f64; 2],
    newest: Option<[f64; 2]>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            group: 2,
            open: 0,
            least: [0.0; 2],
            greatest: [0.0; 2],
            newest: None,
        }
    }
}

fn in_order(a: [f64; 2], b: [f64; 2]) -> [[f64; 2]; 2] {
    if a[0] <= b[0] { [a, b] } else { [b, a] }
}

impl History {
    /// Notes the value that holds at a time, which must not run backwards.
    pub fn note(&mut self, time: f64, value: f64) {
        let same = |newest: [f64; 2]| newest[1].to_bits() == value.to_bits();
        if self.newest.is_some_and(same) {
            return;
        }
        let change = [time, value];
        self.newest = Some(change);
        if self.open == 0 || value < self.least[1] {
            self.least = change;
        }
        if self.open == 0 || value >= self.greatest[1] {
            self.greatest = change;
        }
        self.open += 1;
        if self.open < self.group {
            return;
        }
        self.kept.extend(in_order(self.least, self.greatest));
        self.open = 0;
        if self.kept.len() >= CAPACITY {
            self.join();
        }
    }

    fn join(&mut self) {
        let mut joined = Vec::with_capacity(CAPACITY);
        for four in self.kept.chunks_exact(4) {
            let by_value = |a: &&[f64; 2], b: &&[f64; 2]| a[1].total_cmp(&b[1]);
            let (least, greatest) = (four.iter().min_by(by_value), four.iter().max_by(by_value));
            if let (Some(&least), Some(&greatest)) = (least, greatest) {
                joined.extend(in_order(least, greatest));
            }
        }
        self.kept = joined;
        self.group = self.group.saturating_mul(2);
    }

    /// All changes that are known, as (time, value), the first near the start and the last the
    /// value that holds now.
    pub fn changes(&self) -> Vec<[f64; 2]> {
        let mut changes = self.kept.clone();
        let open = in_order(self.least, self.greatest);
        let open = open.into_iter().filter(|_| self.open > 0);
        for change in open.chain(self.newest) {
            if changes.last().is_none_or(|last| last[0] < change[0]) {
                changes.push(change);
            }
        }
        changes
    }
}

/// The value of a history that holds at a time; before the first change that of the first. NaN
/// when nothing was noted.
pub fn value_at(changes: &[[f64; 2]], time: f64) -> f64 {
    let next = changes.partition_point(|change| change[0] <= time);
    changes
        .get(next.saturating_sub(1))
        .map_or(f64::NAN, |change| change[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_until_it_changes() {
        let mut history = History::default();
        assert!(value_at(&history.changes(), 1.0).is_nan());
        for (time, value) in [(0.0, 2.0), (1.0, 2.0), (2.0, 2.0), (3.0, 5.0), (4.0, 5.0)] {
            history.note(time, value);
        }
        assert_eq!(history.changes(), [[0.0, 2.0], [3.0, 5.0]]);
        for (time, value) in [(-1.0, 2.0), (0.0, 2.0), (2.9, 2.0), (3.0, 5.0), (99.0, 5.0)] {
            assert_eq!(value_at(&history.changes(), time), value, "{time}");
        }
    }

    #[test]
    fn a_long_ramp_with_a_spike_is_kept_in_bounded_memory() {
        let mut history = History::default();
        const COUNT: usize = 1_000_000;
        for step in 0..COUNT {
            let value = if step == 4321 { -7.0 } else { step as f64 };
            history.note(step as f64, value);
        }
        let changes = history.changes();
        assert!(changes.len() <= CAPACITY + 3);
        assert!(changes.iter().any(|change| change[1] == -7.0));
        assert!(changes.windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert_eq!(changes.last(), Some(&[999_999.0, 999_999.0]));
        // A thinned ramp lags by at most the distance of two changes that were kept.
        let widest = changes.windows(2).map(|pair| pair[1][0] - pair[0][0]);
        let widest = widest.fold(0.0, f64::max);
        assert!(widest <= 4.0 * COUNT as f64 / CAPACITY as f64, "{widest}");
        for time in [10.0, 5e3, 1e5, 7.77e5] {
            assert!((value_at(&changes, time) - time).abs() <= widest, "{time}");
        }
    }
}
