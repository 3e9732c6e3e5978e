//! All integration tests in one binary, so that the library is linked once.

mod allocations;
mod bench;
mod checkpoint;
mod determinism;
mod epidemic;
mod faults;
mod film;
mod flocks;
mod gpu;
mod gpu_parity;
mod gpu_picture;
mod gpu_walls;
mod gpu_window;
mod hands;
mod harness;
mod headless;
mod layers;
mod legend;
mod lettering;
mod monkey;
mod panel;
mod plots;
mod registry;
mod shell;
mod splat;
mod timeline;
mod tools;
mod view;
mod window;

/// Counts allocations for the tests of them; a few atomic additions for all others.
#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;
