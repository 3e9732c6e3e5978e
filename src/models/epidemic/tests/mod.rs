//! The proofs of the chapter.
