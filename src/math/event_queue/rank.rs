//! The events of a bucket in order: by counting when they are few and at different times.

use super::super::simd::*;
use super::Event;

/// The earliest last.
pub fn sort(events: &mut [Event]) {
    if events.len() > RANKED || !dispatch(Rank(events)) {
        sort_any(events);
    }
}

/// Events that are ranked by counting at most.
const RANKED: usize = 64;

/// Sorts at most [`RANKED`] events: the place of each is the number of those that are not after it.
/// False when it cannot, because two are at the same time.
struct Rank<'a>(&'a mut [Event]);

impl Kernel for Rank<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        let events = self.0;
        let count = events.len();
        let mut times = [f64::INFINITY; RANKED];
        let mut old = [Event {
            time: 0.0,
            node: 0,
            mark: 0,
        }; RANKED];
        for (k, &event) in events.iter().enumerate() {
            times[k] = event.time;
            old[k] = event;
        }
        let (chunks, mut sum) = (count.div_ceil(8), 0);
        for event in &old[..count] {
            let time = f64x8::splat(simd, event.time);
            let mut rank = 0;
            for chunk in times[..8 * chunks].chunks_exact(8) {
                let before = f64x8::from_slice(simd, chunk).simd_le(time);
                rank += before.to_bitmask().count_ones() as usize;
            }
            sum += rank;
            events[count - rank] = *event;
        }
        let different = 2 * sum == count * (count + 1);
        if !different {
            events.copy_from_slice(&old[..count]);
        }
        different
    }
}

/// Any number of events, some of them at the same time.
fn sort_any(events: &mut [Event]) {
    // One number each, compared without a branch: the bits of times from 0 on are in their order.
    let key = |event: &Event| u128::from(event.time.to_bits()) << 32 | u128::from(event.node);
    events.sort_unstable_by_key(|event| std::cmp::Reverse(key(event)));
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
            let events: Vec<_> = (0..)
                .zip(&times)
                .map(|(node, &time)| Event { time: f64::from(time), node, mark: 7 })
                .collect();
            let mut expected = events.clone();
            sort_any(&mut expected);
            let ties = expected.windows(2).any(|pair| pair[0].time == pair[1].time);
            for level in levels() {
                let mut found = events.clone();
                let ranked = dispatch_at(level, Rank(&mut found));
                prop_assert_eq!(ranked, !ties);
                prop_assert_eq!(&found, if ties { &events } else { &expected });
            }
        }
    }
}
