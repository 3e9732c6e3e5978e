//! Tests of the sampler as a whole.

mod comparisons;
mod exact;
mod speed;
