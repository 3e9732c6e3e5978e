//! Trajectories as extended XYZ: one frame a sample, which OVITO and ASE open.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::files::WriteError;
use crate::model::column::{Column, ErasedColumn, Image, Position, Tag};
use crate::sim::Simulation;

/// A trajectory that grows by a frame per sample.
pub struct Trajectory {
    path: PathBuf,
    file: BufWriter<File>,
    text: String,
    order: Vec<u32>,
}

impl Trajectory {
    /// Starts a trajectory. Only extended XYZ is written.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let file = File::create(path).map_err(|error| WriteError::new(path, &error))?;
        Ok(Self::around(path, file))
    }

    /// Goes on with a trajectory up to the frame of `step`: later frames are cut off.
    pub fn resume(path: &Path, step: u64) -> Result<Self, WriteError> {
        let failed = |error| WriteError::new(path, &error);
        if !path.is_file() {
            return Self::create(path);
        }
        let kept = length_up_to(path, step).map_err(failed)?;
        let file = File::options().append(true).open(path).map_err(failed)?;
        file.set_len(kept).map_err(failed)?;
        Ok(Self::around(path, file))
    }

    fn around(path: &Path, file: File) -> Self {
        let file = BufWriter::with_capacity(1 << 20, file);
        Self {
            path: path.into(),
            file,
            text: String::new(),
            order: Vec::new(),
        }
    }

    /// Adds the present state as a frame, particles in the order of their tags.
    pub fn push(&mut self, simulation: &Simulation) -> Result<(), WriteError> {
        self.text.clear();
        frame(simulation, &mut self.order, &mut self.text);
        self.file
            .write_all(self.text.as_bytes())
            .and_then(|()| self.file.flush())
            .map_err(|error| WriteError::new(&self.path, &error))
    }

    /// Makes sure that the frames are on the disk.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.file
            .flush()
            .and_then(|()| self.file.get_ref().sync_all())
            .or_else(super::table::ignore_unsyncable)
            .map_err(|error| WriteError::new(&self.path, &error))
    }
}

/// Writes one frame: count, comment line with the box and the columns, one line a particle.
fn frame(simulation: &Simulation, order: &mut Vec<u32>, text: &mut String) {
    let world = simulation.world();
    let columns = simulation.columns();
    let domain = simulation.scene().domain;
    let tags = columns.slice::<Tag>(world);
    let positions = columns.slice::<Position>(world);
    order.clear();
    order.extend(0..tags.len() as u32);
    order.sort_unstable_by_key(|&slot| tags[slot as usize].0);
    let others: Vec<&dyn ErasedColumn> = columns
        .iter()
        .filter(|column| {
            ![Tag::NAME, Position::NAME, Image::NAME].contains(&column.declaration().name)
        })
        .collect();
    let [width, height] = domain.size;
    let periodic = if domain.is_periodic() {
        "T T F"
    } else {
        "F F F"
    };
    let clock = simulation.clock();
    // Writing into a string cannot fail, so the results of `write!` are of no interest.
    let _ = write!(
        text,
        "{}\nLattice=\"{width} 0 0 0 {height} 0 0 0 1\" Origin=\"{} {} -0.5\" pbc=\"{periodic}\" Properties=species:S:1:pos:R:3:id:I:1",
        tags.len(),
        -0.5 * width,
        -0.5 * height,
    );
    for column in &others {
        let declaration = column.declaration();
        let _ = write!(text, ":{}:R:{}", declaration.name, declaration.parts.len());
    }
    let _ = writeln!(text, " Time={} Step={}", clock.time, clock.step);
    for &slot in order.iter() {
        let slot = slot as usize;
        let [x, y] = domain.real(positions[slot].0);
        let _ = write!(text, "A {x:.6} {y:.6} 0 {}", tags[slot].0);
        for column in &others {
            for part in 0..column.declaration().parts.len() {
                let _ = write!(text, " {:.6}", column.number(world, slot, part, &domain));
            }
        }
        text.push('\n');
    }
}

/// Bytes of the file up to the end of the last whole frame whose step is at most `step`.
fn length_up_to(path: &Path, step: u64) -> std::io::Result<u64> {
    let mut reader = BufReader::with_capacity(1 << 20, File::open(path)?);
    let mut line = Vec::new();
    let (mut kept, mut read) = (0, 0);
    loop {
        line.clear();
        read += reader.read_until(b'\n', &mut line)? as u64;
        let text = String::from_utf8_lossy(&line);
        let Ok(count) = text.trim().parse::<u64>() else {
            return Ok(kept);
        };
        line.clear();
        read += reader.read_until(b'\n', &mut line)? as u64;
        let comment = String::from_utf8_lossy(&line);
        let done = comment
            .rsplit("Step=")
            .next()
            .and_then(|rest| rest.trim().parse::<u64>().ok());
        for _ in 0..count {
            line.clear();
            read += reader.read_until(b'\n', &mut line)? as u64;
        }
        let whole = line.ends_with(b"\n");
        match done {
            Some(done) if done <= step && whole => kept = read,
            _ => return Ok(kept),
        }
    }
}
