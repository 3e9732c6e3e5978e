//! Events in continuous time whose order does not matter within a stretch of time.
//!
//! As [`EventQueue`](super::event_queue::EventQueue), but nothing is ever sorted: an end of a
//! state that nobody else notices need not happen in its turn, only before one looks.

use super::calendar::{Calendar, Layout};

/// The part of the bucket in which one looks is read anew each time, and hence they are not wide.
const LAYOUT: Layout = Layout {
    per_bucket: 256,
    buckets: [16, 1 << 13],
    means: 4.0,
};

/// Pending events: who is due, while the owner of the nodes remembers when.
#[derive(Clone, Debug)]
pub struct Agenda {
    calendar: Calendar,
}

impl Default for Agenda {
    fn default() -> Self {
        Self {
            calendar: Calendar::new(LAYOUT),
        }
    }
}

impl Agenda {
    /// True when nothing is pending, not even what its owner would ignore.
    pub fn is_empty(&self) -> bool {
        self.calendar.len() == 0
    }

    /// Forgets all events; the memory stays.
    pub fn clear(&mut self) {
        self.calendar.clear();
    }

    /// Puts in that something happens to a node at the time that its owner remembers from now on.
    /// What is at a time that is not finite never happens and is left out.
    #[inline]
    pub fn push(&mut self, node: u32, time: f64) {
        if time.is_finite() {
            let bucket = self.calendar.bucket(time).max(self.calendar.current());
            self.calendar.put(node, bucket);
        }
    }

    /// Gives all nodes that are due at or before `limit`, and some that are due later, to `act`,
    /// which is true for those that are not due any more; in no particular order, and a node that
    /// was put in twice comes twice.
    #[inline(always)]
    pub fn drain_until(&mut self, limit: f64, mut act: impl FnMut(u32) -> bool) {
        let calendar = &mut self.calendar;
        // A bucket never decreases with the time, rounding included: whatever is in an earlier
        // bucket than the limit is not after it.
        let last = calendar.bucket(limit).min(calendar.used());
        loop {
            calendar.take(&mut act);
            if !calendar.go_on(last) {
                break;
            }
        }
    }

    /// Lays itself out anew when that is worth while; `when` says the time of a node.
    pub fn tidy(&mut self, when: impl Fn(u32) -> f64) {
        let calendar = &mut self.calendar;
        let past = calendar.current() == calendar.used();
        if calendar.is_crowded() || (past && calendar.later() > LAYOUT.per_bucket) {
            calendar.lay_out(when);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Moves those that are due to `taken`, and drops those that will never be.
    fn drain(agenda: &mut Agenda, times: &[f64], limit: f64, taken: &mut Vec<u32>) {
        agenda.drain_until(limit, |node| {
            let time = times[node as usize];
            if time <= limit {
                taken.push(node);
            }
            time <= limit || time == f64::INFINITY
        });
        agenda.tidy(|node| times[node as usize]);
    }

    proptest! {
        #[test]
        fn what_is_due_comes_out_and_nothing_else(
            steps in prop::collection::vec((0u8..40, 0.0f64..1.0), 1..8000),
            scale in prop::sample::select(vec![1e-6, 1.0, 1e5]),
        ) {
            let mut agenda = Agenda::default();
            let mut times: Vec<f64> = Vec::new();
            let mut pending: Vec<u32> = Vec::new();
            let mut now = 0.0;
            for (kind, x) in steps {
                if kind < 39 {
                    // Now and then far ahead, beyond all buckets.
                    let time = now + scale * x * if kind == 0 { 100.0 } else { 1.0 };
                    let node = times.len() as u32;
                    times.push(time);
                    agenda.push(node, time);
                    pending.push(node);
                } else {
                    now += scale * x;
                    let mut taken = Vec::new();
                    drain(&mut agenda, &times, now, &mut taken);
                    taken.sort_unstable();
                    let due = pending.iter().copied().filter(|&node| times[node as usize] <= now);
                    prop_assert_eq!(taken, due.collect::<Vec<_>>());
                    pending.retain(|&node| times[node as usize] > now);
                }
                prop_assert_eq!(agenda.is_empty(), pending.is_empty());
            }
            let mut rest = Vec::new();
            drain(&mut agenda, &times, f64::MAX, &mut rest);
            prop_assert_eq!(rest.len(), pending.len());
            prop_assert!(agenda.is_empty());
        }
    }

    #[test]
    fn what_never_happens_is_left_out_and_clearing_forgets() {
        let mut agenda = Agenda::default();
        agenda.push(0, f64::INFINITY);
        agenda.push(0, f64::NAN);
        assert!(agenda.is_empty());
        for node in 0..9000 {
            agenda.push(node, f64::from(node % 70));
        }
        agenda.clear();
        agenda.push(3, 2.0);
        agenda.push(4, 2.0);
        let (mut due, mut times) = (Vec::new(), [2.0; 5]);
        drain(&mut agenda, &times, 1.9, &mut due);
        assert!(due.is_empty());
        // Node 4 was called off.
        times[4] = f64::INFINITY;
        drain(&mut agenda, &times, 2.0, &mut due);
        assert_eq!(due, [3]);
        assert!(agenda.is_empty());
    }
}
