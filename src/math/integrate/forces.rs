//! Where a step finds the forces.

use std::ops::Range;

use crate::math::simd::*;

/// Forces on the particles.
#[derive(Clone, Copy, Debug, Default)]
pub enum Forces<'a> {
    /// There are none.
    #[default]
    Absent,
    /// One for each slot.
    Slots(&'a [[f32; 2]]),
    /// In an order of their own, in which they were computed: read where they stand, they need not
    /// be copied to their slots first.
    Placed {
        /// All forces.
        forces: &'a [[f32; 2]],
        /// For each slot where its force stands.
        places: &'a [u32],
    },
}

impl<'a> From<&'a [[f32; 2]]> for Forces<'a> {
    fn from(forces: &'a [[f32; 2]]) -> Self {
        Self::Slots(forces)
    }
}

impl<'a> Forces<'a> {
    /// The force on a slot; zero where there is none.
    pub fn at(self, slot: usize) -> [f32; 2] {
        let force = match self {
            Self::Absent => None,
            Self::Slots(forces) => forces.get(slot),
            Self::Placed { forces, places } => {
                places.get(slot).and_then(|&at| forces.get(at as usize))
            }
        };
        force.copied().unwrap_or_default()
    }

    /// Those of some slots.
    #[inline(always)]
    pub(super) fn part(self, slots: Range<usize>) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Slots(forces) => Self::Slots(&forces[slots]),
            Self::Placed { forces, places } => Self::Placed {
                forces,
                places: &places[slots],
            },
        }
    }

    /// Those before a slot and from it on.
    pub(super) fn split(self, slot: usize) -> (Self, Self) {
        match self {
            Self::Absent => (Self::Absent, Self::Absent),
            Self::Slots(forces) => {
                let (left, right) = forces.split_at(slot);
                (Self::Slots(left), Self::Slots(right))
            }
            Self::Placed { forces, places } => {
                let (left, right) = places.split_at(slot);
                let placed = |places| Self::Placed { forces, places };
                (placed(left), placed(right))
            }
        }
    }

    /// Those of the first sixteen slots, or of as many as there are followed by the last one again.
    pub(super) fn filled(self, count: usize) -> [[f32; 2]; LANES] {
        std::array::from_fn(|lane| self.at(lane.min(count.saturating_sub(1))))
    }

    /// Those of sixteen slots.
    #[inline(always)]
    pub(super) fn load<S: Simd>(self, simd: S) -> Vec2<S> {
        match self {
            Self::Absent => Vec2::zero(simd),
            Self::Slots(forces) => load_pairs(simd, forces),
            Self::Placed { forces, places } => {
                let mut pairs = [[0.0; 2]; LANES];
                for (pair, &place) in pairs.iter_mut().zip(places) {
                    *pair = forces[place as usize];
                }
                load_pairs(simd, &pairs)
            }
        }
    }
}
