//! The state of a run on the device.

use super::budget::Budget;
use super::buffers::{Buffers, State};
use super::clock::Clock;
use super::device::{Device, GpuError};
use super::frame::{Frame, Shape, Status};
use super::marks::{Marker, Pool};
use super::program::{Bound, Program};
use crate::math::cells::Grid;
use crate::math::walls::lists;
use crate::model::column::{Column, Diameter, Force, Image, Position, Tag};
use crate::model::neighbours::Range;
use crate::model::observable::Sample;
use crate::model::parameter::Values;
use crate::model::twin::{Setting, Twin};
use crate::model::walls::{STRIDE, Walls};
use crate::sim::engine::{Cost, Engine, Returned, Trouble};
use crate::sim::marks::{Look, Marks};

/// The engine of one run.
pub struct GpuEngine {
    device: Device,
    twin: Twin,
    program: Program,
    clock: Option<Clock>,
    /// Makes instances for a window, once one has asked.
    marker: Option<Marker>,
    run: Option<Run>,
    state: State,
    /// Numbers in the state of a particle: 1 or 2.
    words: usize,
}

/// A run that the device holds.
struct Run {
    frame: Frame,
    shape: Shape,
    budget: Budget,
    buffers: Buffers,
    bound: Bound,
    /// The half of the buffers that holds the particles.
    half: u64,
    /// Of the largest particle in units of length, where they have diameters of their own.
    largest: Option<f32>,
    /// Where pictures are made.
    marks: Pool,
}

impl GpuEngine {
    /// For the law of a chapter on a device.
    pub fn new(device: Device, twin: Twin) -> Result<Self, GpuError> {
        Ok(Self {
            program: device.made(|device| Program::new(device, &twin))?,
            clock: device.made(Clock::new)?,
            marker: None,
            device,
            twin,
            run: None,
            state: State::default(),
            words: 2,
        })
    }

    /// The device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    fn load(&mut self, values: &Values, sample: &Sample) -> Result<(), GpuError> {
        let positions: &[[u32; 2]] = bytemuck::cast_slice(sample.column::<Position>());
        let tags: &[u32] = bytemuck::cast_slice(sample.column::<Tag>());
        let diameters: &[f32] = bytemuck::cast_slice(sample.column::<Diameter>());
        let count = positions.len();
        let range = sample.resource::<Range>().copied().unwrap_or_default();
        let walls = self.walls(sample)?;
        let shape = Shape {
            count,
            alike: diameters.is_empty(),
            drawn: self.device.is_shared(),
            walls: std::mem::size_of_val(&walls[..]) as u64,
            cutoff: range.cutoff,
            skin: range.skin,
        };
        let grid = Grid::new(&sample.domain, range.cutoff + range.skin, positions);
        let budget = Budget::new(&shape, grid.len() as u64);
        let device = &self.device;
        budget.check(&shape, device.most_bytes(), device.most_in_all())?;
        let twin = self.twin;
        let setting = Setting {
            dt: sample.clock.dt,
            count,
            domain: sample.domain,
        };
        let law = (twin.law)(values, &setting).map_err(GpuError::NoTwin)?;
        let mut all = sample.columns.iter();
        let column = all.find(|column| column.declaration().name == twin.state);
        let bytes = column.map_or(&[][..], |column| column.bytes(sample.world));
        let words = bytes.len() / count.max(1) / 4;
        if !(1..=2).contains(&words) || bytes.len() != 4 * words * count || tags.len() != count {
            let reason = format!("the particles have no column {}", twin.state);
            return Err(GpuError::NoTwin(reason));
        }
        self.words = words;
        let states = bytes.chunks_exact(4 * words).map(|state| {
            let mut whole = [0; 8];
            whole[..state.len()].copy_from_slice(state);
            bytemuck::cast::<_, [u32; 2]>(whole)
        });
        let bodies = states.zip(tags).enumerate();
        let or_zero = |values: &[[f32; 2]]| match values.len() {
            0 => vec![[0.0; 2]; count],
            _ => values.to_vec(),
        };
        let images: &[[i32; 2]] = bytemuck::cast_slice(sample.column::<Image>());
        self.state = State {
            positions: positions.to_vec(),
            bodies: bodies
                .map(|(slot, (word, tag))| [word[0], word[1], *tag, slot as u32])
                .collect(),
            forces: or_zero(bytemuck::cast_slice(sample.column::<Force>())),
            images: match images.len() {
                0 => vec![[0; 2]; count],
                _ => images.to_vec(),
            },
        };
        let frame = Frame::new(&shape, &sample.domain, &grid, sample.clock.seed);
        // The buffers of the same run fit again.
        if self.run.as_ref().is_none_or(|run| run.budget != budget) {
            self.run = None;
            let make = |device: &Device| Buffers::new(device, &budget, count);
            let buffers = self.device.made(make)?;
            let (device, program) = (&self.device, &self.program);
            let bound = device.guarded(|| program.bind(device, &buffers))?;
            self.run = Some(Run {
                frame,
                shape,
                budget,
                buffers,
                bound,
                half: 0,
                largest: None,
                marks: Pool::default(),
            });
        }
        let Some(run) = &mut self.run else {
            return Err(GpuError::Device("it has no buffers".into()));
        };
        (run.frame, run.shape, run.half) = (frame, shape, 0);
        let largest = diameters.iter().copied().reduce(f32::max);
        run.largest = largest.map(|diameter| 0.5 * diameter);
        let status = Status::before(sample.clock.step);
        let (device, state) = (&self.device, &self.state);
        device.guarded(|| {
            run.buffers
                .send(device, &frame, &law, &status, (state, diameters, &walls));
        })
    }

    /// What the device is told of walls; nothing without walls.
    fn walls(&self, sample: &Sample) -> Result<Vec<u32>, GpuError> {
        let Some(walls) = sample.resource::<Walls>().filter(|walls| !walls.is_empty()) else {
            return Ok(Vec::new());
        };
        let Some(mobility) = self.twin.mobility else {
            let reason = "walls are computed on the processor only";
            return Err(GpuError::NoTwin(reason.into()));
        };
        let push = STRIDE / (mobility * sample.clock.dt);
        let (segments, reach) = (walls.segments(), walls.grid().reach());
        lists::words(&sample.domain, segments, reach, push).map_err(GpuError::NoTwin)
    }

    fn burst(&mut self, steps: u64) -> Result<Status, GpuError> {
        let Some(run) = &mut self.run else {
            return Err(GpuError::Device("it holds no run".into()));
        };
        let (device, program) = (&self.device, &self.program);
        let phases = self.clock.as_ref().is_some_and(Clock::is_due);
        let timed = phases || device.is_shared();
        let clock = self.clock.as_ref().filter(|_| timed);
        device.guarded(|| {
            let mut encoder = device.device.create_command_encoder(&Default::default());
            run.buffers.keep(&mut encoder, run.half);
            program.steps(
                &mut encoder,
                (&run.bound, &run.buffers),
                clock.map(|clock| (clock, phases)),
                run.frame.groups(),
                (steps, run.shape.interacts()),
            );
            run.buffers.ask(&mut encoder);
            if let Some(clock) = clock {
                clock.ask(&mut encoder, Clock::passes(steps, phases));
            }
            device.queue.submit([encoder.finish()]);
        })?;
        let status = run.buffers.answer(&self.device)?;
        run.half = u64::from(status.rebuilds) & 1;
        if let Some(clock) = self.clock.as_mut().filter(|_| timed) {
            clock.read(&self.device, steps, phases)?;
        }
        Ok(status)
    }

    /// The particles as instances, for whoever draws on the device.
    fn instances(&mut self, look: &Look) -> Result<Option<Marks>, GpuError> {
        let (Some(run), true) = (&mut self.run, self.device.is_shared()) else {
            return Ok(None);
        };
        let marker = match &mut self.marker {
            Some(marker) => marker,
            none => {
                let make = |device: &Device| Marker::new(device, &self.twin);
                none.insert(self.device.made(make)?)
            }
        };
        let made = marker.make(
            &self.device,
            &run.buffers,
            &mut run.marks,
            run.frame.groups(),
            look,
        )?;
        Ok(made.map(|instances| Marks {
            instances,
            largest_radius: run.largest.unwrap_or(look.radius),
        }))
    }

    /// Columns in the order of the processor's slots.
    fn columns(&mut self, kept: bool) -> Result<Returned, GpuError> {
        let Some(run) = &self.run else {
            return Err(GpuError::Device("it holds no run".into()));
        };
        let half = (!kept).then_some(run.half);
        run.buffers.fetch(&self.device, half, &mut self.state)?;
        let state = &self.state;
        let count = state.positions.len();
        let mut positions = vec![[0u32; 2]; count];
        let mut words = vec![0u32; self.words * count];
        let mut forces = vec![[0f32; 2]; count];
        let each = state.positions.iter().zip(&state.bodies).zip(&state.forces);
        for ((position, body), force) in each {
            let slot = body[3] as usize;
            if slot >= count {
                return Err(GpuError::Device("it has mixed up the particles".into()));
            }
            positions[slot] = *position;
            words[slot * self.words..][..self.words].copy_from_slice(&body[..self.words]);
            forces[slot] = *force;
        }
        fn bytes<T: bytemuck::NoUninit>(values: &[T]) -> Vec<u8> {
            bytemuck::cast_slice(values).to_vec()
        }
        Ok(vec![
            (Position::NAME, bytes(&positions)),
            (self.twin.state, bytes(&words)),
            (Force::NAME, bytes(&forces)),
            (Image::NAME, bytes(&state.images)),
        ])
    }
}

/// Errors of use and of scenes leave the state as it is; all others take it along.
fn trouble(error: GpuError) -> Trouble {
    match error {
        GpuError::TooLarge(_) | GpuError::NoTwin(_) => Trouble::Refused(error.to_string()),
        _ => Trouble::Lost(error.to_string()),
    }
}

impl Engine for GpuEngine {
    fn line(&self) -> &str {
        self.device.line()
    }

    fn take(&mut self, values: &Values, sample: &Sample) -> Result<(), Trouble> {
        self.load(values, sample).map_err(trouble)
    }

    fn advance(&mut self, steps: u64) -> Result<(), Trouble> {
        let status = self.burst(steps).map_err(trouble)?;
        // A sort that follows a leap may find anything.
        if status.fault != u32::MAX {
            return Err(Trouble::Broken(format!(
                "the device has met a number that is not finite, or a leap out of bounds, at step {}",
                status.step()
            )));
        }
        if status.crowded > 0 {
            return Err(Trouble::Broken(format!(
                "the device has {} particles within the range of one another at step {}",
                status.crowded,
                status.step()
            )));
        }
        Ok(())
    }

    fn read(&mut self) -> Result<Returned, Trouble> {
        self.columns(false).map_err(trouble)
    }

    fn read_good(&mut self) -> Result<Returned, Trouble> {
        self.columns(true).map_err(trouble)
    }

    fn measure(&mut self, bursts: u32) {
        if let Some(clock) = &mut self.clock {
            clock.measure(bursts);
        }
    }

    fn cost(&self) -> Cost {
        self.clock.as_ref().map(Clock::cost).unwrap_or_default()
    }

    fn is_shared(&self) -> bool {
        self.device.is_shared()
    }

    fn busy(&self) -> Option<f64> {
        let clock = self.clock.as_ref().filter(|_| self.device.is_shared());
        clock.map(Clock::busy)
    }

    fn draw(&mut self, look: &Look) -> Result<Option<Marks>, Trouble> {
        self.instances(look).map_err(trouble)
    }
}
