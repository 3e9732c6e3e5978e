//! The proofs of the chapter: the chain against a naive one, the equations against their targets,
//! and both against each other.

mod chain;
mod ensemble;
mod equations;
mod naive;
mod outbreaks;
mod speed;
