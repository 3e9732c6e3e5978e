//! A queue of events in continuous time: the earliest first, ties by node.
//!
//! A calendar queue (R. Brown, Commun. ACM 31, 1220 (1988)): time is cut into buckets of equal
//! width, a node is appended to its bucket without looking at the others, and a bucket is sorted
//! only when its turn comes. With a handful of events a bucket, both putting and taking cost a
//! constant time. Nodes beyond the last bucket wait in a list of their own until the calendar is
//! laid out anew, with a width that follows from the events that are pending then.
//!
//! Every node has one event at most that counts, and its owner remembers the time; the queue
//! remembers who is due in which bucket. The order in which events are taken depends on their
//! times and nodes alone, never on the order of putting or on the layout. Taking an event back is
//! the owner's work: he gives the node another time, and ignores events with any other.

mod rank;

use super::calendar::{Calendar, Layout, bucket};
use rank::Unsorted;

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

const LAYOUT: Layout = Layout {
    per_bucket: 8,
    buckets: [64, 1 << 17],
    means: 4.0,
};

/// Pending events.
#[derive(Clone, Debug)]
pub struct EventQueue {
    calendar: Calendar,
    /// Events of the current bucket and earlier, the earliest last.
    front: Vec<Event>,
    /// Where they become known.
    unsorted: Unsorted,
}

impl Default for EventQueue {
    fn default() -> Self {
        Self {
            calendar: Calendar::new(LAYOUT),
            front: Vec::new(),
            unsorted: Unsorted::default(),
        }
    }
}

impl EventQueue {
    /// Forgets all events; the memory stays.
    pub fn clear(&mut self) {
        self.calendar.clear();
        self.front.clear();
    }

    /// True when nothing is pending, not even what its owner would ignore.
    pub fn is_empty(&self) -> bool {
        self.front.is_empty() && self.calendar.len() == 0
    }

    /// Puts in that something happens to a node at the time that its owner remembers from now on.
    /// What is at a time that is not finite never happens and is left out.
    #[inline]
    pub fn push(&mut self, node: u32, time: f64) {
        if time.is_finite() {
            self.advance(node, f64::INFINITY, time);
        }
    }

    /// As [`EventQueue::push`], for a node for which it was `before` until now and a time that is
    /// finite: nothing is put in when the node is in the right place already.
    #[inline(always)]
    pub fn advance(&mut self, node: u32, before: f64, time: f64) {
        let calendar = &mut self.calendar;
        let (bucket, old) = (calendar.bucket(time), calendar.bucket(before));
        if bucket <= calendar.current() {
            self.insert(node, time);
            return;
        }
        let later = bucket.min(old) >= calendar.used();
        let there = (old == bucket || later) && before < f64::INFINITY;
        if !there {
            calendar.put(node, bucket);
        }
    }

    /// Puts in what comes next.
    #[inline(never)]
    fn insert(&mut self, node: u32, time: f64) {
        let event = Event {
            time,
            node,
            mark: 0,
        };
        let place = self.front.partition_point(|other| event.before(other));
        self.front.insert(place, event);
    }

    /// Takes out the earliest of the events that come next, when it is at or before `limit`. Nothing
    /// when there is none among those; then it may be the [turn](EventQueue::turn) of others.
    #[inline]
    pub fn pop_until(&mut self, limit: f64) -> Option<Event> {
        self.front.pop_if(|event| event.time <= limit)
    }

    /// When no events that come next are left, goes to others, those of the next bucket that is not
    /// beyond that of `limit`; `when` says the time of a node. False when there were some left, or
    /// when there are no others.
    #[inline]
    pub fn turn(&mut self, limit: f64, when: impl Fn(u32) -> f64) -> bool {
        let turns = self.front.is_empty();
        while self.front.is_empty() {
            let calendar = &mut self.calendar;
            let last = calendar.bucket(limit);
            if calendar.is_crowded() {
                calendar.lay_out(&when);
            } else if !calendar.go_on(last.min(calendar.used().saturating_sub(1))) {
                if last < calendar.used() || calendar.later() == 0 {
                    return false;
                }
                calendar.lay_out(&when);
            }
            self.open(&when);
        }
        turns
    }

    /// The events that come next, the last first. Whoever deals with events one by one may prepare
    /// for all of them together when it is their turn, and mark them.
    #[inline]
    pub fn next_events(&mut self) -> &mut [Event] {
        &mut self.front
    }

    /// The nodes that are pending in the bucket that comes after this one, in any order.
    #[inline]
    pub fn ahead(&self) -> &[u32] {
        self.calendar.nodes(self.calendar.current() + 1)
    }

    /// Moves the nodes of the bucket whose turn it is, those that count, to the front, in order.
    #[inline]
    fn open(&mut self, when: impl Fn(u32) -> f64) {
        let calendar = &mut self.calendar;
        let current = calendar.current();
        let nodes = calendar.nodes(current);
        self.unsorted.clear(nodes.len());
        for &node in nodes {
            let time = when(node);
            let position = calendar.position(time);
            let mark = 0;
            let event = Event { time, node, mark };
            let key = (position - current as f64) as f32;
            self.unsorted.push(event, key, bucket(position) == current);
        }
        calendar.clear_current();
        self.unsorted.sort_into(&mut self.front);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::philox::{Purpose, Stream};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Nodes that remember when something happens to them, and their queue.
    struct Owner {
        times: Vec<f64>,
        queue: EventQueue,
    }

    impl Owner {
        fn new(nodes: usize) -> Self {
            Self {
                times: vec![f64::INFINITY; nodes],
                queue: EventQueue::default(),
            }
        }

        fn set(&mut self, node: u32, time: f64) {
            let before = std::mem::replace(&mut self.times[node as usize], time);
            if time < before {
                self.queue.advance(node, before, time);
            } else {
                self.queue.push(node, time);
            }
        }

        fn next(&mut self, limit: f64) -> Option<(f64, u32)> {
            loop {
                while let Some(event) = self.queue.pop_until(limit) {
                    let time = &mut self.times[event.node as usize];
                    if *time == event.time {
                        *time = f64::INFINITY;
                        return Some((event.time, event.node));
                    }
                }
                if !(self.queue).turn(limit, |node| self.times[node as usize]) {
                    return None;
                }
            }
        }
    }

    proptest! {
        #[test]
        fn events_come_in_the_order_of_a_sorted_set(
            steps in prop::collection::vec((0u8..8, 0.0f64..1.0, 0u32..300), 1..3000),
            scale in prop::sample::select(vec![1e-6, 1.0, 1e5]),
        ) {
            let mut owner = Owner::new(300);
            // The bits of positive numbers are in the order of the numbers.
            let mut model = BTreeSet::new();
            let mut now = 0.0;
            for (kind, x, node) in steps {
                if kind < 7 {
                    // Coarse times, so that there are ties, and now and then one that never comes.
                    let time = if kind == 6 {
                        f64::INFINITY
                    } else {
                        now + scale * (x * 64.0).floor() / 8.0
                    };
                    model.remove(&(owner.times[node as usize].to_bits(), node));
                    if time.is_finite() {
                        model.insert((time.to_bits(), node));
                    }
                    owner.set(node, time);
                } else {
                    let limit = now + scale * x;
                    while let Some((time, node)) = owner.next(limit) {
                        prop_assert!(time <= limit);
                        prop_assert_eq!(model.pop_first(), Some((time.to_bits(), node)));
                    }
                    let first = model.first().map_or(f64::INFINITY, |one| f64::from_bits(one.0));
                    prop_assert!(first > limit);
                    now = limit;
                }
            }
            while let Some((time, node)) = owner.next(f64::INFINITY) {
                prop_assert_eq!(model.pop_first(), Some((time.to_bits(), node)));
            }
            prop_assert!(model.is_empty() && owner.queue.is_empty());
        }
    }

    #[test]
    fn a_growing_and_shrinking_crowd_keeps_its_order_across_layouts() {
        // Each of many events puts in two more while the crowd grows, none afterwards.
        let mut owner = Owner::new(200_001);
        owner.set(0, 1.0);
        let (mut born, mut taken, mut last) = (1u32, 0u32, 0.0);
        while let Some((now, _)) = owner.next(f64::INFINITY) {
            assert!(now >= last, "{now} after {last}");
            last = now;
            taken += 1;
            if born < 200_000 {
                let stream = Stream::new(3, 0, Purpose::EpidemicClocks);
                for wait in stream.uniforms(taken, 0).into_iter().take(2) {
                    owner.set(born, now - f64::from(wait).ln());
                    born += 1;
                }
            }
        }
        assert_eq!(taken, born);
        assert!(owner.queue.is_empty());
    }

    #[test]
    fn what_comes_next_is_known_once_and_what_comes_then_is_announced() {
        let mut owner = Owner::new(3000);
        for node in 0..3000 {
            owner.set(node, f64::from(node * 7 % 3000) + 1.0);
        }
        let (mut taken, mut announced) = (Vec::new(), 0);
        while (owner.queue).turn(f64::INFINITY, |node| owner.times[node as usize]) {
            announced += owner.queue.ahead().len();
            for event in owner.queue.next_events() {
                event.mark = 1 + event.node;
            }
            assert!(
                !owner.queue.turn(f64::INFINITY, |_| f64::NAN),
                "some are left"
            );
            while let Some(event) = owner.queue.pop_until(f64::INFINITY) {
                taken.push(event);
            }
        }
        assert_eq!(taken.len(), 3000);
        assert!(announced > 2000, "{announced}");
        assert!(taken.is_sorted_by(|a, b| a.before(b)));
        assert!((taken.iter()).all(|one| one.mark == 1 + one.node));
    }

    #[test]
    fn what_never_happens_is_left_out_and_clearing_forgets() {
        let mut owner = Owner::new(5000);
        owner.queue.push(1, f64::INFINITY);
        owner.queue.push(1, f64::NAN);
        assert!(owner.queue.is_empty());
        for node in 0..5000 {
            owner.set(node, f64::from(node % 77));
        }
        assert_eq!(owner.next(0.5), Some((0.0, 0)));
        assert!(!owner.queue.is_empty());
        owner.queue.clear();
        assert_eq!(owner.next(f64::INFINITY), None);
        owner.times.fill(f64::INFINITY);
        owner.set(7, 2.0);
        assert_eq!(owner.next(1.9), None);
        assert_eq!(owner.next(2.0), Some((2.0, 7)));
    }
}
