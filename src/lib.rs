//! Seethe: a desktop laboratory for collective dynamics. This is the map of the house.
//!
//! Imports go down only; siblings of one layer never import each other.
//!
//! | layer | module | what it holds |
//! |---|---|---|
//! | L0 | [`math`] | boxes, noise, neighbours, forces, estimators: pure functions over slices |
//! | L1 | [`model`] | the contract of a chapter: parameters, columns, observables, phases |
//! | L2 | [`models`] | the chapters, a folder each |
//! | L3 | [`scene`] | RON text to a checked scene, and everything that is wrong with it |
//! | L4 | [`sim`] | the life of a run: start, step, measure, intents, checkpoints, pace |
//! | L5 | [`gpu`] | steps on a graphics device: buffers, shaders, hand-over, parity |
//! | L5 | [`view`] | particles to pixels, on a graphics device or on the processor |
//! | L5 | [`panel`] | the interface: parameters, plots, transport, help; knows no model |
//! | L5 | [`record`] | the only writers of files: tables, trajectories, checkpoints, films |
//! | L6 | [`app`] | the program: arguments, commands, window |

pub mod app;
pub mod gpu;
pub mod math;
pub mod model;
pub mod models;
pub mod panel;
pub mod record;
pub mod scene;
pub mod sim;
pub mod view;
