//! All integration tests in one binary, so that the library is linked once.

mod allocations;
mod bench;
mod bookmarks;
mod checkpoint;
mod commands;
mod determinism;
mod endings;
mod epidemic;
mod faults;
mod film;
mod flocks;
mod gpu;
mod gpu_drawing;
mod gpu_parity;
mod gpu_picture;
mod gpu_runs;
mod gpu_walls;
mod gpu_window;
mod hands;
mod harness;
mod headless;
mod layers;
mod legend;
mod lettering;
mod listing;
mod looking;
mod monkey;
mod panel;
mod performance;
mod plots;
mod registry;
mod shell;
mod splat;
mod timeline;
mod tools;
mod view;
mod view_layers;
mod view_painters;
mod walls;
mod window;

/// Counts allocations for the tests of them; a few atomic additions for all others.
#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;
