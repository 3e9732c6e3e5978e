//! The events of a bucket in order: by counting when they are few and at different times.

use super::super::simd::*;
use super::Event;

/// Events that are ranked by counting at most.
const RANKED: usize = 96;

/// Events of which each has a key that never decreases with its time.
#[derive(Clone, Debug, Default)]
pub struct Unsorted {
    /// As many as are in use, at least one place behind them, and as many as fill the lanes.
    events: Vec<Event>,
    keys: Vec<f32>,
    count: usize,
}

impl Unsorted {
    /// Forgets all events, and makes room for so many.
    #[inline]
    pub fn clear(&mut self, room: usize) {
        self.count = 0;
        if self.keys.len() <= room {
            let room = (room + 1).next_multiple_of(LANES);
            let event = Event {
                time: 0.0,
                node: 0,
                mark: 0,
            };
            self.events.resize(room, event);
            self.keys.resize(room, 0.0);
        }
    }

    /// Puts an event in, if it counts and there is room for it.
    #[inline(always)]
    pub fn push(&mut self, event: Event, key: f32, counts: bool) {
        let places = (
            self.events.get_mut(self.count),
            self.keys.get_mut(self.count),
        );
        if let (Some(place), Some(its_key)) = places {
            // No branch, for chance decides.
            (*place, *its_key) = (event, key);
            self.count += usize::from(counts);
        }
    }

    /// Gives all events, the earliest last, and none of them twice.
    #[inline]
    pub fn sort_into(&self, sorted: &mut Vec<Event>) {
        sorted.clear();
        sorted.extend_from_slice(&self.events[..self.count]);
        if self.count > RANKED || !dispatch(Rank(self, sorted)) {
            sorted.copy_from_slice(&self.events[..self.count]);
            // One number each, compared without a branch: the bits of times from 0 on are in their
            // order.
            let key =
                |event: &Event| u128::from(event.time.to_bits()) << 32 | u128::from(event.node);
            sorted.sort_unstable_by_key(|event| std::cmp::Reverse(key(event)));
            sorted.dedup();
        }
    }
}

/// Puts each event where it belongs: the number of those that come after it says where. False when
/// that does not tell, because the keys of two are the same.
struct Rank<'a>(&'a Unsorted, &'a mut [Event]);

impl Kernel for Rank<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        let Self(unsorted, sorted) = self;
        let count = unsorted.count;
        let (zero, one) = (u32x16::splat(simd, 0), u32x16::splat(simd, 1));
        let groups = unsorted.keys.chunks_exact(LANES);
        let mut sum = 0;
        for (first, group) in (0..count).step_by(LANES).zip(groups) {
            let group = f32x16::from_slice(simd, group);
            let mut after = zero;
            for &key in &unsorted.keys[..count] {
                after += f32x16::splat(simd, key).simd_gt(group).select(one, zero);
            }
            let after = after.to_array();
            for (&event, place) in unsorted.events[first..count].iter().zip(after) {
                sum += place as usize;
                sorted[place as usize] = event;
            }
        }
        2 * sum + count == count * count
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::simd::tests::levels;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counting_gives_the_order_of_a_sort_or_sees_that_it_cannot(
            times in prop::collection::vec(0_u32..400, 0..=RANKED)
        ) {
            let mut expected: Vec<_> = (0..)
                .zip(&times)
                .map(|(node, &time)| Event { time: f64::from(time), node, mark: 7 })
                .collect();
            let mut list = Unsorted::default();
            list.clear(expected.len());
            for &event in &expected {
                list.push(event, event.time as f32 - 100.0, true);
                list.push(event, event.time as f32 + 1.0, false);
            }
            expected.sort_by(|a, b| b.time.total_cmp(&a.time).then(b.node.cmp(&a.node)));
            let ties = expected.windows(2).any(|pair| pair[0].time == pair[1].time);
            for level in levels() {
                let mut found = list.events[..list.count].to_vec();
                prop_assert_eq!(dispatch_at(level, Rank(&list, &mut found)), !ties);
                prop_assert!(ties || found == expected);
            }
            let mut found = Vec::new();
            list.sort_into(&mut found);
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn more_events_than_are_ranked_are_sorted_and_none_is_there_twice() {
        let mut list = Unsorted::default();
        list.clear(3 * RANKED);
        for k in 0..3 * RANKED as u32 {
            let (time, node) = (f64::from(k % 70), k % 140);
            let event = Event {
                time,
                node,
                mark: 0,
            };
            list.push(event, time as f32, true);
        }
        let mut found = Vec::new();
        list.sort_into(&mut found);
        assert_eq!(found.len(), 140);
        assert!(found.is_sorted_by(|a, b| b.before(a)));
    }
}
