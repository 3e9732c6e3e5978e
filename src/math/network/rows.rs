//! Rows of a graph, put in order: sixteen entries at once, without a branch on what chance decides.

use super::super::simd::*;

/// Entries that must be readable behind the last row.
pub const SPARE: usize = LANES + 1;

/// Sorts the rows that begin at `starts` (the last of which is the end of all); `targets` goes on
/// for [`SPARE`] more entries, which stay as they are. Gives the rows that hold
/// equal entries.
pub struct SortRows<'a> {
    /// First entry of each row, and the end of the last.
    pub starts: &'a [u32],
    /// The entries.
    pub targets: &'a mut [u32],
}

impl Kernel for SortRows<'_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<u32> {
        let Self { starts, targets } = self;
        let iota = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        let iota = u32x16::load_array(simd, iota);
        let mut twice = Vec::new();
        for (index, row) in starts.windows(2).enumerate() {
            let (begin, end) = (row[0] as usize, row[1] as usize);
            let length = end - begin;
            if length < 2 {
                continue;
            }
            if length > LANES {
                let row = &mut targets[begin..end];
                row.sort_unstable();
                let mut equal = false;
                for pair in row.windows(2) {
                    equal |= pair[0] == pair[1];
                }
                if equal {
                    twice.push(index as u32);
                }
                continue;
            }
            let part = &mut targets[begin..begin + SPARE];
            let mut entries = u32x16::from_slice(simd, &part[..LANES]);
            let next = u32x16::from_slice(simd, &part[1..]);
            let pairs = (1_u32 << (length - 1)) - 1;
            if entries.simd_lt(next).to_bitmask() as u32 & pairs == pairs {
                continue;
            }
            // One after the other is put among those before it.
            for k in 1..length {
                let value = part[k];
                let values = u32x16::splat(simd, value);
                let before = (1_u32 << k) - 1;
                let lower = (entries.simd_lt(values).to_bitmask() as u32 & before).count_ones();
                let stay = ((1 << lower) - 1) | !(2 * before + 1);
                let moved = entries.slide::<{ LANES - 1 }>(entries);
                let here = iota.simd_eq(u32x16::splat(simd, lower));
                let stay = mask32x16::from_bitmask(simd, u64::from(stay & 0xffff));
                entries = stay.select(entries, here.select(values, moved));
            }
            entries.store_slice(&mut part[..LANES]);
            let next = entries.slide::<1>(entries);
            if entries.simd_lt(next).to_bitmask() as u32 & pairs != pairs {
                twice.push(index as u32);
            }
        }
        twice
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::simd::tests::levels;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_sorted_and_equal_entries_are_noticed(
            rows in prop::collection::vec(prop::collection::vec(0_u32..60, 0..40), 0..8)
        ) {
            let mut starts = vec![0];
            for row in &rows {
                starts.push(starts[starts.len() - 1] + row.len() as u32);
            }
            let mut expected = rows.clone();
            expected.iter_mut().for_each(|row| row.sort_unstable());
            let equal = |row: &Vec<u32>| row.windows(2).any(|pair| pair[0] == pair[1]);
            let twice: Vec<u32> = (0..).zip(&expected).filter(|one| equal(one.1)).map(|one| one.0).collect();
            for level in levels() {
                let mut targets: Vec<u32> = rows.concat();
                targets.extend([7; SPARE]);
                let sort = SortRows { starts: &starts, targets: &mut targets };
                prop_assert_eq!(&dispatch_at(level, sort), &twice);
                let end = targets.len() - SPARE;
                prop_assert_eq!(&targets[..end], &expected.concat());
                prop_assert_eq!(&targets[end..], &[7; SPARE]);
            }
        }
    }
}
