//! The values that a setting has had: a step function of time in bounded memory.

use serde::{Deserialize, Serialize};

/// Changes that a history keeps; a full one is thinned by half.
const CAPACITY: usize = 4096;

/// When a value changed, and to what. It holds until the next change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    changes: Vec<[f64; 2]>,
}

impl History {
    /// Notes the value that holds at a time, which must not run backwards.
    pub fn note(&mut self, time: f64, value: f64) {
        let same = |last: &[f64; 2]| last[1].to_bits() == value.to_bits();
        if self.changes.last().is_some_and(same) {
            return;
        }
        if self.changes.len() >= CAPACITY {
            self.thin();
        }
        self.changes.push([time, value]);
    }

    /// Of any four changes the least and the greatest value stay, in their order, so that a ramp
    /// remains a ramp and no excursion is lost.
    fn thin(&mut self) {
        let mut kept = Vec::with_capacity(CAPACITY);
        for four in self.changes.chunks(4) {
            let by_value = |a: &&[f64; 2], b: &&[f64; 2]| a[1].total_cmp(&b[1]);
            let (Some(least), Some(greatest)) =
                (four.iter().min_by(by_value), four.iter().max_by(by_value))
            else {
                continue;
            };
            let (first, second) = if least[0] <= greatest[0] {
                (least, greatest)
            } else {
                (greatest, least)
            };
            kept.push(*first);
            if second != first {
                kept.push(*second);
            }
        }
        // The value at the beginning is that of the first samples.
        if let (Some(first), Some(now)) = (self.changes.first(), kept.first_mut()) {
            now[0] = now[0].min(first[0]);
        }
        self.changes = kept;
    }

    /// All changes, as (time, value), the first being the value at the start.
    pub fn changes(&self) -> &[[f64; 2]] {
        &self.changes
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
        assert!(value_at(history.changes(), 1.0).is_nan());
        for (time, value) in [(0.0, 2.0), (1.0, 2.0), (2.0, 2.0), (3.0, 5.0), (4.0, 5.0)] {
            history.note(time, value);
        }
        assert_eq!(history.changes(), [[0.0, 2.0], [3.0, 5.0]]);
        for (time, value) in [(-1.0, 2.0), (0.0, 2.0), (2.9, 2.0), (3.0, 5.0), (99.0, 5.0)] {
            assert_eq!(value_at(history.changes(), time), value, "{time}");
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
        assert!(changes.len() <= CAPACITY);
        assert!(changes.iter().any(|change| change[1] == -7.0));
        assert!(changes.windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert_eq!(changes.last(), Some(&[999_999.0, 999_999.0]));
        // A thinned ramp lags by at most the distance of two changes that were kept.
        let widest = changes.windows(2).map(|pair| pair[1][0] - pair[0][0]);
        let widest = widest.fold(0.0, f64::max);
        assert!(widest <= 16.0 * COUNT as f64 / CAPACITY as f64, "{widest}");
        for time in [10.0, 5e3, 1e5, 7.77e5] {
            assert!((value_at(changes, time) - time).abs() <= widest, "{time}");
        }
    }
}
