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
    /// The rows that need it.
    pub mixed: &'a [bool],
    /// The entries.
    pub targets: &'a mut [u32],
}

impl Kernel for SortRows<'_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<u32> {
        let Self {
            starts,
            mixed,
            targets,
        } = self;
        let iota = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        let iota = u32x16::load_array(simd, iota);
        let most = u32x16::splat(simd, u32::MAX);
        let (zero, one) = (u32x16::splat(simd, 0), u32x16::splat(simd, 1));
        let mut twice = Vec::new();
        for (index, &mixed) in mixed.iter().enumerate() {
            if !mixed {
                continue;
            }
            let row = &starts[index..index + 2];
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
            let entries = u32x16::from_slice(simd, &part[..LANES]);
            let next = u32x16::from_slice(simd, &part[1..]);
            let pairs = (1_u32 << (length - 1)) - 1;
            if entries.simd_lt(next).to_bitmask() as u32 & pairs == pairs {
                continue;
            }
            // The rank of an entry is the number of smaller ones.
            let own = iota.simd_lt(u32x16::splat(simd, length as u32));
            let values = own.select(entries, most);
            let array = values.to_array();
            let mut ranks = zero;
            for k in 0..LANES {
                let smaller = values.simd_gt(u32x16::splat(simd, array[k]));
                ranks += smaller.select(one, zero);
            }
            let ranks = ranks.to_array();
            let mut sorted = [0_u32; SPARE];
            for k in 0..LANES {
                sorted[ranks[k] as usize % LANES] = array[k];
            }
            let first = u32x16::from_slice(simd, &sorted[..LANES]);
            let next = u32x16::from_slice(simd, &sorted[1..]);
            if first.simd_lt(next).to_bitmask() as u32 & pairs != pairs {
                // Equal entries have the same rank, and one of them was lost.
                twice.push(index as u32);
                part[..length].sort_unstable();
                continue;
            }
            own.select(first, entries).store_slice(&mut part[..LANES]);
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
                let mixed = vec![true; rows.len()];
                let sort = SortRows { starts: &starts, mixed: &mixed, targets: &mut targets };
                prop_assert_eq!(&dispatch_at(level, sort), &twice);
                let end = targets.len() - SPARE;
                prop_assert_eq!(&targets[..end], &expected.concat());
                prop_assert_eq!(&targets[end..], &[7; SPARE]);
            }
        }
    }
}
