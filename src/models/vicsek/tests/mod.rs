//! The chapter against brute force, closed forms and published numbers.

mod brute;
mod contract;
mod harness;
mod limits;
mod targets;
