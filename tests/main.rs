//! All integration tests in one binary.

mod film;
mod view;
