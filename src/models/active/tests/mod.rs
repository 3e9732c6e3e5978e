//! Proof of the chapter: closed forms, cited numbers, and the fast kernels against the plain law.
//!
//! Seeds are fixed, so that a test gives the same number on every machine; tolerances are a
//! stated factor times the standard error, or the accuracy that the source gives.

mod colloid;
mod contract;
mod forces;
mod free;
mod harness;
mod law;
mod separation;
mod starts;
mod trap;
