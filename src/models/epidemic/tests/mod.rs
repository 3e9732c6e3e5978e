//! The proofs of the chapter: the chain against a naive one, the equations against their targets.

mod chain;
mod naive;
