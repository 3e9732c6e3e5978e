//! The way from a cell to the keys of others.

use super::plan::REACH;
use super::tree::Level;

/// Columns or rows that can be seen from one, itself among them.
pub const SEEN: usize = 2 * REACH as usize;

/// What a column or row adds to the key where there is none: no key is as large.
pub const NOWHERE: u32 = 1 << 30;

/// What the columns and the rows of a level add to a key, and beyond either end those that are seen
/// from within.
#[derive(Clone, Debug)]
pub struct Parts([Vec<u32>; 2]);

impl Parts {
    /// Of a level, in a box that wraps or does not.
    pub fn new(level: &Level, periodic: bool) -> Self {
        Self([0, 1].map(|axis| {
            let cells = level.cells[axis] as i32;
            let part = |at: i32| {
                let inside = if periodic { at.rem_euclid(cells) } else { at };
                let part = level.parts[axis].get(inside as usize);
                part.copied().unwrap_or(NOWHERE)
            };
            (-REACH..cells + REACH).map(part).collect()
        }))
    }

    /// What is seen from a cell: parts of columns and rows, from [`REACH`] before it on.
    #[inline(always)]
    pub fn around(&self, [column, row]: [u16; 2]) -> [&[u32]; 2] {
        [
            &self.0[0][usize::from(column)..][..SEEN],
            &self.0[1][usize::from(row)..][..SEEN],
        ]
    }
}

/// The key of the cell at columns and rows from [`REACH`] less; [`NOWHERE`] or more if there is none.
#[inline(always)]
pub fn key_at(around: [&[u32]; 2], by: [u8; 2]) -> u32 {
    around[0][usize::from(by[0]) % SEEN] + around[1][usize::from(by[1]) % SEEN]
}
