//! Tests of the sampler as a whole.

mod speed;
