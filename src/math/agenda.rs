//! Events in continuous time whose order does not matter within a stretch of time.
//!
//! As [`EventQueue`](super::event_queue::EventQueue), but nothing is ever sorted: an end of a
//! state that nobody else notices need not happen in its turn, only before one looks.

use super::event_queue::Event;

/// Events that a bucket holds on average when the buckets are laid out.
const PER_BUCKET: usize = 64;
/// Fewest and most buckets.
const BUCKETS: [usize; 2] = [64, 1 << 15];
/// The buckets are laid out anew when their events have become so many times more.
const GROWTH: usize = 4;

/// Pending events.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    /// Time at which the first bucket begins.
    start: f64,
    /// Buckets per unit of time.
    pace: f64,
    buckets: Vec<Vec<Event>>,
    /// How many of the buckets are in use; the others keep their memory.
    used: usize,
    /// The first bucket that may hold events.
    current: usize,
    /// Events beyond the last bucket.
    later: Vec<Event>,
    len: usize,
    /// Length at which the buckets are laid out anew.
    crowded: usize,
}

impl Agenda {
    /// How many events are pending, those included that their owner will ignore.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets all events; the memory stays.
    pub fn clear(&mut self) {
        for bucket in &mut self.buckets[..self.used] {
            bucket.clear();
        }
        self.later.clear();
        (self.used, self.current, self.len, self.crowded) = (0, 0, 0, 0);
    }

    /// Puts an event in. One at a time that is not finite never happens and is left out.
    #[inline]
    pub fn push(&mut self, event: Event) {
        if !event.time.is_finite() {
            return;
        }
        self.len += 1;
        let bucket = self.bucket(event.time).max(self.current);
        if bucket < self.used {
            self.buckets[bucket].push(event);
        } else {
            self.later.push(event);
        }
        if self.len > self.crowded {
            self.lay_out();
        }
    }

    /// Takes out all events at or before `limit`, in no particular order, some at a time.
    pub fn drain_until(&mut self, limit: f64, mut act: impl FnMut(&[Event])) {
        // A bucket never decreases with the time, rounding included: whatever is in an earlier
        // bucket than the limit is not after it.
        let last = self.bucket(limit);
        while self.current < last.min(self.used) {
            let bucket = &mut self.buckets[self.current];
            self.len -= bucket.len();
            act(bucket);
            bucket.clear();
            self.current += 1;
        }
        let rest = if self.current < self.used {
            &mut self.buckets[self.current]
        } else {
            &mut self.later
        };
        let mut kept = 0;
        for at in 0..rest.len() {
            if rest[at].time > limit {
                rest.swap(kept, at);
                kept += 1;
            }
        }
        act(&rest[kept..]);
        self.len -= rest.len() - kept;
        rest.truncate(kept);
        if self.current == self.used && !self.later.is_empty() {
            self.lay_out();
        }
    }

    /// The bucket of a time.
    #[inline]
    fn bucket(&self, time: f64) -> usize {
        // `as` saturates: a time before the start is of the first bucket.
        ((time - self.start) * self.pace) as usize
    }

    /// Gives all events new buckets, of a width that suits them.
    #[cold]
    fn lay_out(&mut self) {
        let mut all = std::mem::take(&mut self.later);
        for bucket in &mut self.buckets[..self.used] {
            all.append(bucket);
        }
        let count = all.len();
        let first = (all.iter()).fold(f64::INFINITY, |low, one| low.min(one.time));
        let mean = all.iter().map(|one| one.time - first).sum::<f64>() / count.max(1) as f64;
        self.used = (count / PER_BUCKET).clamp(BUCKETS[0], BUCKETS[1]);
        if self.buckets.len() < self.used {
            self.buckets.resize_with(self.used, Vec::new);
        }
        self.start = first;
        // Waiting times are about exponential: four means hold 98 % of them.
        let horizon = (4.0 * mean).max(first.abs().max(1.0) * 1e-12);
        self.pace = self.used as f64 / horizon;
        self.current = 0;
        self.crowded = (count * GROWTH).max(BUCKETS[0] * PER_BUCKET);
        for event in all.drain(..) {
            let bucket = self.bucket(event.time);
            if bucket < self.used {
                self.buckets[bucket].push(event);
            } else {
                self.later.push(event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_due_comes_out_and_nothing_else(
            steps in prop::collection::vec((0u8..8, 0.0f64..1.0), 1..3000),
            scale in prop::sample::select(vec![1e-6, 1.0, 1e5]),
        ) {
            let mut agenda = Agenda::default();
            let mut pending: Vec<(f64, u32)> = Vec::new();
            let (mut now, mut node) = (0.0, 0);
            for (kind, x) in steps {
                if kind < 7 {
                    // Now and then far ahead, beyond all buckets.
                    let time = now + scale * x * if kind == 0 { 100.0 } else { 1.0 };
                    agenda.push(Event { time, node, mark: 0 });
                    pending.push((time, node));
                    node += 1;
                } else {
                    now += scale * x;
                    let mut taken = Vec::new();
                    agenda.drain_until(now, |events| taken.extend(events.iter().map(|event| event.node)));
                    let mut due: Vec<u32> =
                        pending.iter().filter(|one| one.0 <= now).map(|one| one.1).collect();
                    pending.retain(|one| one.0 > now);
                    taken.sort_unstable();
                    due.sort_unstable();
                    prop_assert_eq!(taken, due);
                }
                prop_assert_eq!(agenda.len(), pending.len());
            }
            let mut rest = 0;
            agenda.drain_until(f64::MAX, |events| rest += events.len());
            prop_assert_eq!(rest, pending.len());
            prop_assert!(agenda.is_empty());
        }
    }

    #[test]
    fn what_never_happens_is_left_out_and_clearing_forgets() {
        let mut agenda = Agenda::default();
        let event = |time| Event {
            time,
            node: 0,
            mark: 0,
        };
        agenda.push(event(f64::INFINITY));
        agenda.push(event(f64::NAN));
        assert!(agenda.is_empty());
        for time in 0..9000 {
            agenda.push(event(f64::from(time % 70)));
        }
        agenda.clear();
        agenda.push(event(2.0));
        let mut taken = 0;
        agenda.drain_until(1.9, |events| taken += events.len());
        assert_eq!(taken, 0);
        agenda.drain_until(2.0, |events| taken += events.len());
        assert_eq!(taken, 1);
    }
}
