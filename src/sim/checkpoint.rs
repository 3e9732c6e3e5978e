//! The whole state of a run as bytes, such that going on from them gives the same bits.
//!
//! Layout: magic, format version (u32, little endian), length of the body (u64), CRC-32 of the
//! body (u32), body in postcard's encoding. Writing it to a file safely is the recorder's work.
//!
//! The order of the slots decides in which order forces are summed, and it changes only when
//! neighbour lists are rebuilt. Hence a checkpoint keeps the columns in the order of the slots and
//! the positions at the last rebuild, from which the very same lists are made again.

use bevy::ecs::world::World;
use rayon::ThreadPool;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

use super::bytes::Bytes;
use super::intent::Intent;
use super::measure::MeasurementState;
use super::simulation::{Simulation, StartError};
use crate::model::Input;
use crate::model::column::{Column, Columns, Tag};
use crate::model::hands::{self, Ledger};
use crate::model::neighbours::{Neighbours, NeighboursState};
use crate::model::parameter::Values;
use crate::model::phase::Clock;
use crate::model::walls;
use crate::scene::{self, Scene};

/// What every checkpoint begins with.
pub const MAGIC: &[u8; 8] = b"SEETHE\r\n";
const VERSION: u32 = 2;
const HEADER: usize = 24;

/// Why bytes are not a state that can be continued.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("this is not a Seethe checkpoint: it does not begin with the magic bytes")]
    NotACheckpoint,
    #[error(
        "the checkpoint has format version {found}, and this program reads up to {VERSION}; use a newer Seethe"
    )]
    Newer { found: u32 },
    #[error(
        "the checkpoint has format version {found}, which this program does not read any more; run the scene anew"
    )]
    Older { found: u32 },
    #[error("the checkpoint is truncated or damaged ({0}); use the previous one")]
    Damaged(String),
    #[error("the scene in the checkpoint is not valid any more: {0}")]
    Scene(String),
    #[error(transparent)]
    Start(#[from] StartError),
}

#[derive(Serialize, Deserialize)]
struct Body {
    scene: String,
    started: Values,
    clock: Clock,
    columns: Vec<(String, Bytes)>,
    neighbours: NeighboursState,
    measurements: MeasurementState,
    pending: VecDeque<Intent>,
    log: Vec<Intent>,
    /// What the chapter keeps besides its columns.
    kept: Bytes,
    ledger: Ledger,
    /// The files that the scene gives: they may be gone, or others, when the run goes on.
    inputs: Vec<Input>,
}

/// The state as bytes.
pub fn save(simulation: &Simulation) -> Vec<u8> {
    save_as(simulation, &simulation.scene().to_ron())
}

/// The state as bytes, with the view, the plots and the bookmarks of another scene.
pub fn save_seen(simulation: &Simulation, looks: &Scene) -> Vec<u8> {
    let scene = Scene {
        view: looks.view.clone(),
        plots: looks.plots.clone(),
        bookmarks: looks.bookmarks.clone(),
        ..simulation.scene().clone()
    };
    save_as(simulation, &scene.to_ron())
}

fn save_as(simulation: &Simulation, scene: &str) -> Vec<u8> {
    let world = simulation.world();
    let body = Body {
        scene: scene.into(),
        started: simulation.started().clone(),
        clock: simulation.clock(),
        columns: simulation
            .columns()
            .iter()
            .map(|column| {
                (
                    column.declaration().name.into(),
                    Bytes(column.bytes(world).to_vec()),
                )
            })
            .collect(),
        neighbours: world.resource::<Neighbours>().save(),
        measurements: simulation.measurements().save(),
        pending: simulation.pending().clone(),
        log: simulation.log().to_vec(),
        kept: Bytes(kept(simulation)),
        ledger: *world.resource::<Ledger>(),
        inputs: simulation.scene().inputs.clone(),
    };
    // Encoding plain data into a growing vector has no way to fail.
    let body = postcard::to_allocvec(&body).unwrap_or_default();
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    bytes.extend_from_slice(&body);
    bytes
}

/// What the chapter keeps besides its columns; empty when there is nothing.
fn kept(simulation: &Simulation) -> Vec<u8> {
    let keep = simulation.scene().model.keep;
    keep.map_or_else(Vec::new, |keep| (keep.save)(simulation.world()))
}

/// Whether bytes are a checkpoint that is whole, of a format that is read.
pub fn check(bytes: &[u8]) -> Result<(), CheckpointError> {
    checked(bytes).map(|_| ())
}

/// Checks the header and the checksum and gives the body.
fn checked(bytes: &[u8]) -> Result<&[u8], CheckpointError> {
    let damaged = |what: &str| CheckpointError::Damaged(what.into());
    if !bytes.starts_with(MAGIC) {
        return Err(CheckpointError::NotACheckpoint);
    }
    let header = bytes
        .get(..HEADER)
        .ok_or_else(|| damaged("the header is cut off"))?;
    let word = |at: usize| -> [u8; 4] { std::array::from_fn(|i| header[at + i]) };
    let found = u32::from_le_bytes(word(8));
    if found == 0 {
        return Err(damaged("there is no format version 0"));
    }
    if found > VERSION {
        return Err(CheckpointError::Newer { found });
    }
    if found < VERSION {
        return Err(CheckpointError::Older { found });
    }
    let length = u64::from_le_bytes(std::array::from_fn(|i| header[12 + i]));
    let body = &bytes[HEADER..];
    if body.len() as u64 != length {
        return Err(damaged("its length is not the one it was written with"));
    }
    if crc32fast::hash(body) != u32::from_le_bytes(word(20)) {
        return Err(damaged("its checksum does not fit"));
    }
    Ok(body)
}

/// A run that goes on from the saved state.
pub fn restore(bytes: &[u8], pool: Arc<ThreadPool>) -> Result<Simulation, CheckpointError> {
    let body = checked(bytes)?;
    let damaged = |what: String| CheckpointError::Damaged(what);
    let body: Body = postcard::from_bytes(body).map_err(|error| damaged(error.to_string()))?;
    if !(body.clock.dt.is_finite() && body.clock.dt > 0.0) {
        return Err(damaged("the length of its steps is not positive".into()));
    }
    // The bound on dt is for scenes: a hand may have gone beyond it while the run was going.
    let least = [("dt".to_string(), "1e-12".to_string())];
    let mut scene = scene::parse_given("checkpoint", &body.scene, &least, &body.inputs)
        .map_err(|problems| CheckpointError::Scene(problems.to_string()))?;
    scene.dt = body.clock.dt;
    if body.started.len() != scene.values.len() {
        return Err(damaged("it has other parameters than its model".into()));
    }
    // The particles are placed as they once were, and then overwritten: with the values that hold
    // now there may be no start, as for particles that were at one point before they repelled.
    let values = std::mem::replace(&mut scene.values, body.started);
    let mut simulation = Simulation::unsampled(scene, pool)?;
    let parts = simulation.parts_mut();
    (parts.scene.model.adopt)(&values, parts.world);
    parts.scene.values = values;
    walls::lay(parts.world, &parts.scene.walls);
    // Hands may have added and removed some since the start.
    let tags = body.columns.iter().find(|(name, _)| name == Tag::NAME);
    let count = tags.map_or(0, |(_, bytes)| bytes.0.len() / size_of::<Tag>());
    if count == 0 {
        return Err(damaged("it has no particles".into()));
    }
    hands::resize(parts.world, count);
    parts.world.insert_resource(body.ledger);
    restore_columns(parts.world, &body.columns).map_err(damaged)?;
    if let Some(keep) = parts.scene.model.keep {
        (keep.load)(parts.world, &body.kept.0).map_err(damaged)?;
    }
    let domain = parts.scene.domain;
    parts.world.insert_resource(body.clock);
    let neighbours = &mut *parts.world.resource_mut::<Neighbours>();
    parts
        .pool
        .install(|| neighbours.restore(&domain, body.neighbours))
        .map_err(damaged)?;
    parts
        .measurements
        .restore(body.measurements)
        .map_err(damaged)?;
    *parts.pending = body.pending;
    *parts.log = body.log;
    Ok(simulation)
}

fn restore_columns(world: &mut World, saved: &[(String, Bytes)]) -> Result<(), String> {
    let Some(mut columns) = world.remove_resource::<Columns>() else {
        return Err("the run has no columns".into());
    };
    let mut fits = Ok(());
    for column in columns.iter_mut() {
        let name = column.declaration().name;
        let bytes = saved
            .iter()
            .find(|(saved, _)| saved == name)
            .map(|(_, bytes)| &bytes.0);
        if !bytes.is_some_and(|bytes| column.restore(world, bytes)) {
            fits = Err(format!(
                "the column {name} is missing or has another length"
            ));
        }
    }
    world.insert_resource(columns);
    fits
}

/// FNV-1a of all columns in the order of the tags, then of what the chapter keeps, of the walls, and
/// of the clock.
pub(super) fn state_hash(simulation: &Simulation) -> u64 {
    let world = simulation.world();
    let tags = simulation.columns().slice::<Tag>(world);
    let mut order: Vec<usize> = (0..tags.len()).collect();
    order.sort_unstable_by_key(|&slot| tags[slot].0);
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |bytes: &[u8]| {
        for &byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for column in simulation.columns().iter() {
        let bytes = column.bytes(world);
        let size = bytes.len() / tags.len().max(1);
        for &slot in &order {
            eat(&bytes[slot * size..(slot + 1) * size]);
        }
    }
    eat(&kept(simulation));
    for wall in &simulation.scene().walls {
        for part in wall.from.iter().chain(&wall.to) {
            eat(&part.to_bits().to_le_bytes());
        }
    }
    let clock = simulation.clock();
    eat(&clock.step.to_le_bytes());
    eat(&clock.time.to_bits().to_le_bytes());
    hash
}
