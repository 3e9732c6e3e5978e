//! A queue of events in continuous time: the earliest first, ties by node.
//!
//! A calendar queue (R. Brown, Commun. ACM 31, 1220 (1988)): time is cut into buckets of equal
//! width, an event is appended to its bucket without looking at the others, and a bucket is
//! sorted only when its turn comes. With a handful of events a bucket, both putting and taking
//! cost a constant time. Events beyond the last bucket wait in a list of their own until the
//! calendar is laid out anew, with a width that follows from the events that are pending then.
//!
//! The order in which events are taken depends on their times and nodes alone, never on the
//! order of putting or on the layout. Taking an event back is the caller's work: he remembers
//! the time that counts for each node, and ignores an event with another one.

mod rank;

use rank::sort;

/// Something that happens to a node at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// From 0 on.
    pub time: f64,
    pub node: u32,
    /// What the owner wants to know beforehand; it plays no part in the order.
    pub mark: u32,
}

impl Event {
    /// Earlier than another, or at the same time with a lower node.
    fn before(&self, other: &Self) -> bool {
        self.time < other.time || (self.time == other.time && self.node < other.node)
    }
}

/// Events that a bucket holds on average when the calendar is laid out.
const PER_BUCKET: usize = 16;
/// Fewest and most buckets.
const BUCKETS: [usize; 2] = [64, 1 << 17];
/// The calendar is laid out anew when its events have become so many times more.
const GROWTH: usize = 4;

/// Pending events.
#[derive(Clone, Debug)]
pub struct EventQueue {
    /// Time at which the first bucket begins.
    start: f64,
    /// Buckets per unit of time.
    pace: f64,
    buckets: Vec<Vec<Event>>,
    /// How many of the buckets are in use; the others keep their memory.
    used: usize,
    /// The bucket whose turn it is: its events are in `front`.
    current: usize,
    /// Events of the current bucket and earlier, the earliest last.
    front: Vec<Event>,
    /// Events beyond the last bucket.
    later: Vec<Event>,
    len: usize,
    /// Length at which the calendar is laid out anew.
    crowded: usize,
    /// True when the front was filled since it was last asked for.
    turned: bool,
}

impl Default for EventQueue {
    fn default() -> Self {
        Self {
            start: 0.0,
            pace: 0.0,
            buckets: Vec::new(),
            used: 0,
            current: 0,
            front: Vec::new(),
            later: Vec::new(),
            len: 0,
            crowded: BUCKETS[0] * PER_BUCKET,
            turned: false,
        }
    }
}

impl EventQueue {
    /// How many events are pending, those included that their callers will ignore.
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
        (self.used, self.current, self.len) = (0, 0, 0);
        self.front.clear();
        self.later.clear();
        self.crowded = BUCKETS[0] * PER_BUCKET;
    }

    /// Puts an event in. One at a time that is not finite never happens and is left out.
    #[inline]
    pub fn push(&mut self, event: Event) {
        if !event.time.is_finite() {
            return;
        }
        self.len += 1;
        self.place(event);
        if self.len > self.crowded {
            self.lay_out();
        }
    }

    /// True when an event is pending at or before `limit`; then the earliest is the last of the
    /// events that come next.
    #[inline]
    pub fn ready(&mut self, limit: f64) -> bool {
        loop {
            if let Some(event) = self.front.last() {
                return event.time <= limit;
            }
            if !self.turn(limit) {
                return false;
            }
        }
    }

    /// Takes out the earliest event, when it is at or before `limit`.
    #[inline]
    pub fn pop_until(&mut self, limit: f64) -> Option<Event> {
        if !self.ready(limit) {
            return None;
        }
        self.len -= 1;
        self.front.pop()
    }

    /// The events that come next, the last first, once each time that they become known; nothing
    /// in between. Whoever deals with events one by one may prepare for all of them together,
    /// mark them, and move those that he still wants to the beginning, for
    /// [`EventQueue::keep_fresh`].
    #[inline]
    pub fn fresh(&mut self) -> &mut [Event] {
        if std::mem::take(&mut self.turned) {
            &mut self.front
        } else {
            &mut []
        }
    }

    /// Keeps so many of the events that come next, those that come last.
    #[inline]
    pub fn keep_fresh(&mut self, count: usize) {
        self.len -= self.front.len().saturating_sub(count);
        self.front.truncate(count);
    }

    /// The events that are pending in the bucket that comes so many turns later, in any order.
    #[inline]
    pub fn ahead(&self, turns: usize) -> &[Event] {
        let bucket = self.current + turns;
        if bucket < self.used {
            &self.buckets[bucket]
        } else {
            &[]
        }
    }

    /// The bucket of a time. It never decreases with the time, rounding included, and hence an
    /// event of a later bucket is never before one of an earlier bucket.
    #[inline]
    fn bucket(&self, time: f64) -> usize {
        // `as` saturates: a time before the start is of the first bucket.
        ((time - self.start) * self.pace) as usize
    }

    #[inline]
    fn place(&mut self, event: Event) {
        let bucket = self.bucket(event.time);
        if bucket >= self.used {
            self.later.push(event);
        } else if bucket > self.current {
            self.buckets[bucket].push(event);
        } else {
            let place = self.front.partition_point(|other| event.before(other));
            self.front.insert(place, event);
        }
    }

    /// Goes to the next bucket that has events, not beyond that of `limit`; false when there is
    /// none. The front is empty before.
    fn turn(&mut self, limit: f64) -> bool {
        let last = self.bucket(limit);
        while self.current < last.min(self.used.saturating_sub(1)) {
            self.current += 1;
            let bucket = &mut self.buckets[self.current];
            if !bucket.is_empty() {
                std::mem::swap(bucket, &mut self.front);
                sort(&mut self.front);
                self.turned = true;
                return true;
            }
        }
        if last < self.used || self.later.is_empty() {
            return false;
        }
        self.lay_out();
        true
    }

    /// Gives all events new buckets, of a width that suits them.
    #[cold]
    fn lay_out(&mut self) {
        let mut all = std::mem::take(&mut self.later);
        all.append(&mut self.front);
        for bucket in &mut self.buckets[..self.used] {
            all.append(bucket);
        }
        let count = all.len();
        let first = all.iter().fold(f64::INFINITY, |low, one| low.min(one.time));
        let mean = all.iter().map(|one| one.time - first).sum::<f64>() / count.max(1) as f64;
        self.used = (count / PER_BUCKET).clamp(BUCKETS[0], BUCKETS[1]);
        if self.buckets.len() < self.used {
            self.buckets.resize_with(self.used, Vec::new);
        }
        self.start = first;
        // Waiting times are about exponential: three means hold 95 % of them.
        let horizon = (3.0 * mean).max(first.abs().max(1.0) * 1e-12);
        self.pace = self.used as f64 / horizon;
        self.current = 0;
        self.crowded = (count * GROWTH).max(BUCKETS[0] * PER_BUCKET);
        for event in all.drain(..) {
            let bucket = self.bucket(event.time);
            if bucket >= self.used {
                self.later.push(event);
            } else if bucket > 0 {
                self.buckets[bucket].push(event);
            } else {
                self.front.push(event);
            }
        }
        sort(&mut self.front);
        self.turned = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::philox::{Purpose, Stream};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn order(event: Event) -> (u64, u32) {
        // The bits of positive numbers are in the order of the numbers.
        (event.time.to_bits(), event.node)
    }

    proptest! {
        #[test]
        fn events_come_in_the_order_of_a_sorted_set(
            steps in prop::collection::vec((0u8..4, 0.0f64..1.0, 0u32..9), 1..600),
            scale in prop::sample::select(vec![1e-6, 1.0, 1e5]),
        ) {
            let mut queue = EventQueue::default();
            let mut model = BTreeSet::new();
            let mut now = 0.0;
            for (kind, x, node) in steps {
                if kind < 3 {
                    // Coarse times, so that there are ties.
                    let time = now + scale * (x * 64.0).floor() / 8.0;
                    if model.insert(order(Event { time, node, mark: 0 })) {
                        queue.push(Event { time, node, mark: 0 });
                    }
                } else {
                    let limit = now + scale * x;
                    while let Some(event) = queue.pop_until(limit) {
                        prop_assert!(event.time <= limit);
                        prop_assert_eq!(model.pop_first(), Some(order(event)));
                    }
                    let first = model.first().map_or(f64::INFINITY, |one| f64::from_bits(one.0));
                    prop_assert!(first > limit);
                    now = limit;
                }
                prop_assert_eq!(queue.len(), model.len());
            }
            while let Some(event) = queue.pop_until(f64::INFINITY) {
                prop_assert_eq!(model.pop_first(), Some(order(event)));
            }
            prop_assert!(model.is_empty() && queue.is_empty());
        }
    }

    #[test]
    fn a_growing_and_shrinking_crowd_keeps_its_order_across_layouts() {
        // Each of many events puts in two more while the crowd grows, none afterwards.
        let mut queue = EventQueue::default();
        queue.push(Event {
            time: 1.0,
            node: 0,
            mark: 0,
        });
        let (mut born, mut taken, mut last) = (1u32, 0u32, 0.0);
        while let Some(event) = queue.pop_until(f64::INFINITY) {
            assert!(event.time >= last, "{} after {last}", event.time);
            last = event.time;
            taken += 1;
            if born < 200_000 {
                let stream = Stream::new(3, 0, Purpose::EpidemicClocks);
                for wait in stream.uniforms(taken, 0).into_iter().take(2) {
                    let time = event.time - f64::from(wait).ln();
                    queue.push(Event {
                        time,
                        node: born,
                        mark: 0,
                    });
                    born += 1;
                }
            }
        }
        assert_eq!(taken, born);
        assert!(queue.is_empty());
    }

    #[test]
    fn what_comes_next_is_shown_once_and_some_of_it_may_be_dropped() {
        let mut queue = EventQueue::default();
        for node in 0..3000 {
            let time = f64::from(node * 7 % 3000) + 1.0;
            queue.push(Event {
                time,
                node,
                mark: 0,
            });
        }
        let (mut taken, mut seen, mut announced) = (Vec::new(), 0, 0);
        while queue.ready(f64::INFINITY) {
            let fresh = queue.fresh();
            seen += fresh.len();
            let mut kept = 0;
            for at in 0..fresh.len() {
                let mut event = fresh[at];
                event.mark = 1 + event.node;
                fresh[kept] = event;
                kept += usize::from(event.node % 3 > 0);
            }
            if !fresh.is_empty() {
                queue.keep_fresh(kept);
                announced += queue.ahead(1).len();
            }
            assert!(queue.fresh().is_empty());
            if let Some(event) = queue.front.pop() {
                queue.len -= 1;
                taken.push(event);
            }
        }
        assert_eq!((seen, taken.len(), queue.len()), (3000, 2000, 0));
        assert!(announced > 1000, "{announced}");
        assert!(taken.is_sorted_by(|a, b| a.before(b)));
        assert!((taken.iter()).all(|one| one.node % 3 > 0 && one.mark == 1 + one.node));
    }

    #[test]
    fn what_never_happens_is_left_out_and_clearing_forgets() {
        let mut queue = EventQueue::default();
        queue.push(Event {
            time: f64::INFINITY,
            node: 1,
            mark: 0,
        });
        queue.push(Event {
            time: f64::NAN,
            node: 1,
            mark: 0,
        });
        assert!(queue.is_empty());
        for node in 0..5000 {
            queue.push(Event {
                time: f64::from(node % 77),
                node,
                mark: 0,
            });
        }
        assert_eq!(queue.len(), 5000);
        queue.clear();
        assert_eq!(queue.pop_until(f64::INFINITY), None);
        queue.push(Event {
            time: 2.0,
            node: 7,
            mark: 0,
        });
        assert_eq!(queue.pop_until(1.9), None);
        assert_eq!(queue.pop_until(2.0).map(|event| event.node), Some(7));
    }
}
