//! Tests of the parts together.

mod comparisons;
mod exact;
mod speed;
