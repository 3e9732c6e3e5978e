//! All integration tests in one binary.

mod film;
mod panel;
mod view;
