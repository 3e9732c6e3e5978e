//! Large arrays in large pages.
//!
//! The first touch of a page costs as much as some thousand cycles, and a walk through memory at
//! random waits for the tables of the pages that it crosses: a page of 2 MiB instead of 4 KiB saves
//! most of both. Linux gives such pages to whoever asks for them; elsewhere, and for arrays that
//! would not fill two, this is a vector.

use std::fmt;
use std::ops::{Deref, DerefMut};

use bytemuck::{Pod, cast_slice, cast_slice_mut};
use memmap2::MmapMut;

/// Bytes of a large page.
const PAGE: usize = 1 << 21;

/// Bytes from which on large pages are worth while.
const LARGE: usize = 2 * PAGE;

/// An array of zeros at first.
pub struct Pages<T> {
    memory: Memory<T>,
    len: usize,
}

enum Memory<T> {
    Small(Vec<T>),
    Large(MmapMut),
}

impl<T: Pod> Pages<T> {
    /// So many zeros.
    pub fn zeroed(len: usize) -> Self {
        let memory = match large(len.saturating_mul(size_of::<T>())) {
            Some(map) => Memory::Large(map),
            None => Memory::Small(vec![T::zeroed(); len]),
        };
        Self { memory, len }
    }

    /// Keeps so many entries, and gives memory back if that is a good part.
    pub fn truncate(&mut self, len: usize) {
        let before = self.len;
        self.len = before.min(len);
        if self.len < before / 8 * 7 {
            *self = self.clone();
        }
    }

    fn whole(&self) -> &[T] {
        match &self.memory {
            Memory::Small(vector) => vector,
            Memory::Large(map) => cast_slice(map),
        }
    }
}

/// A map of zeros for so many bytes, if that is worth while.
fn large(bytes: usize) -> Option<MmapMut> {
    if !cfg!(target_os = "linux") || bytes < LARGE {
        return None;
    }
    // The last page is a large one, too.
    let map = MmapMut::map_anon(bytes.checked_next_multiple_of(PAGE)?).ok()?;
    // Without large pages, small ones do as well.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    Some(map)
}

impl<T: Pod> Deref for Pages<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        &self.whole()[..self.len]
    }
}

impl<T: Pod> DerefMut for Pages<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let whole = match &mut self.memory {
            Memory::Small(vector) => &mut vector[..],
            Memory::Large(map) => cast_slice_mut(map),
        };
        &mut whole[..self.len]
    }
}

impl<T: Pod> Default for Pages<T> {
    fn default() -> Self {
        Self::zeroed(0)
    }
}

impl<T: Pod> Clone for Pages<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed(self.len);
        copy.copy_from_slice(self);
        copy
    }
}

impl<T: Pod + PartialEq> PartialEq for Pages<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Pod + Eq> Eq for Pages<T> {}

impl<T: Pod + fmt::Debug> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_arrays_are_alike() {
        for len in [0, 5, LARGE / 4 - 1, LARGE / 4, LARGE] {
            let mut pages = Pages::<u32>::zeroed(len);
            assert!(pages.len() == len && pages.iter().all(|&entry| entry == 0));
            for (at, entry) in (0..).zip(&mut *pages) {
                *entry = at;
            }
            let copy = pages.clone();
            assert!(copy == pages);
            for kept in [len * 15 / 16, len / 2, len / 3] {
                pages.truncate(kept);
                assert!(*pages == copy[..kept]);
            }
            pages.truncate(len);
            assert_eq!(pages.len(), len / 3);
        }
    }
}
