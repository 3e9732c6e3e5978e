//! One run: a world of its own, the schedule of a step, and the samples taken on the way.

use bevy::ecs::schedule::{
    IntoScheduleConfigs, LogLevel, Schedule, ScheduleBuildSettings, SingleThreadedExecutor,
};
use bevy::ecs::system::ResMut;
use bevy::ecs::world::World;
use rayon::ThreadPool;
use std::collections::VecDeque;
use std::sync::Arc;

use super::engine::ReadFor;
use super::held::Held;
use super::intent::{Action, Intent};
use super::measure::Measurements;
use super::profile::{Profile, chain_phases};
use super::touch;
use crate::model::Inputs;
use crate::model::column::{Columns, Tag};
use crate::model::hands::Ledger;
use crate::model::neighbours::Neighbours;
use crate::model::observable::Sample;
use crate::model::parameter::Values;
use crate::model::phase::{Box as BoxResource, Clock, Failure, Fault, Phase, Step};
use crate::model::walls;
use crate::scene::Scene;

/// Why a run could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The scene is valid, but its population cannot be placed.
    #[error("the scene cannot start: {0}")]
    Spawn(String),
    /// The schedule of the model is ambiguous or circular: a fault of the chapter.
    #[error("the schedule of model {model} does not build: {reason}")]
    Schedule { model: &'static str, reason: String },
    /// The threads could not be started.
    #[error(
        "{threads} worker threads could not be started: {reason}; ask for fewer with --threads"
    )]
    Threads { threads: usize, reason: String },
}

/// A running model. It owns its world; whoever holds it decides when it steps.
pub struct Simulation {
    pub(super) world: World,
    schedule: Schedule,
    pub(super) scene: Scene,
    pub(super) pool: Arc<ThreadPool>,
    measurements: Measurements,
    /// Values with which the particles were placed: a start may be impossible with later ones.
    started: Values,
    pub(super) pending: VecDeque<Intent>,
    log: Vec<Intent>,
    /// Why actions were refused since this was last asked.
    refused: Vec<String>,
    /// Who computes the steps, when it is not the schedule.
    pub(super) held: Option<Held>,
    /// What has happened to it.
    pub(super) news: Vec<String>,
}

/// More threads than any processor has; a pool of many more would take the machine down.
const MOST_THREADS: usize = 1024;

/// Starts the worker threads of a run; 0 takes as many as the machine has processors.
pub fn worker_threads(threads: usize) -> Result<Arc<ThreadPool>, StartError> {
    if threads > MOST_THREADS {
        let reason = format!("at most {MOST_THREADS} are allowed");
        return Err(StartError::Threads { threads, reason });
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("seethe-{index}"))
        .build()
        .map(Arc::new)
        .map_err(|error| StartError::Threads {
            threads,
            reason: error.to_string(),
        })
}

impl Simulation {
    /// Spawns the scene's population and takes the sample of step 0.
    pub fn new(scene: Scene, pool: Arc<ThreadPool>) -> Result<Self, StartError> {
        let mut simulation = Self::unsampled(scene, pool)?;
        simulation.sample();
        Ok(simulation)
    }

    /// The same without a first sample: for a state that a checkpoint will overwrite.
    pub(super) fn unsampled(scene: Scene, pool: Arc<ThreadPool>) -> Result<Self, StartError> {
        let model = scene.model;
        let mut world = World::new();
        world.insert_resource(Clock {
            step: 0,
            time: 0.0,
            dt: scene.dt,
            seed: scene.seed,
        });
        world.insert_resource(BoxResource(scene.domain));
        world.init_resource::<Fault>();
        world.init_resource::<Profile>();
        world.init_resource::<Neighbours>();
        world.insert_resource(Inputs(scene.inputs.clone()));
        (model.adopt)(&scene.values, &mut world);
        walls::lay(&mut world, &scene.walls);
        // A resource is an entity, too: one that came after the particles would be found by a
        // table with a place for each of them.
        world.init_resource::<Columns>();
        world.init_resource::<Ledger>();
        let schedule = build_schedule(&scene, &mut world)?;
        pool.install(|| (model.spawn)(&mut world, &scene.start()))
            .map_err(StartError::Spawn)?;
        let columns = Columns::attach(&mut world, model.columns);
        world.insert_resource(Ledger::of(columns.slice::<Tag>(&world)));
        world.insert_resource(columns);
        let measurements = Measurements::new(model);
        Ok(Self {
            world,
            schedule,
            started: scene.values.clone(),
            scene,
            pool,
            measurements,
            pending: VecDeque::new(),
            log: Vec::new(),
            refused: Vec::new(),
            held: None,
            news: Vec::new(),
        })
    }

    /// Does up to `steps` steps, as long as `go_on` says so; it is asked after every step.
    pub fn advance_while(
        &mut self,
        steps: u64,
        go_on: impl FnMut() -> bool + Send,
    ) -> Result<(), Failure> {
        self.advance_by(steps, false, go_on)
    }

    /// The same, but the columns may be left behind the clock while an engine computes: see
    /// [`Simulation::catch_up`].
    pub fn advance_ahead(
        &mut self,
        steps: u64,
        go_on: impl FnMut() -> bool + Send,
    ) -> Result<(), Failure> {
        self.advance_by(steps, true, go_on)
    }

    fn advance_by(
        &mut self,
        steps: u64,
        ahead: bool,
        mut go_on: impl FnMut() -> bool + Send,
    ) -> Result<(), Failure> {
        let pool = self.pool.clone();
        pool.install(|| {
            if let Some(failure) = self.failure() {
                return Err(failure);
            }
            // An engine that fails leaves the rest to the schedule.
            let left = self.advance_held(steps, ahead, &mut go_on)?;
            for _ in 0..left {
                self.step()?;
                if !go_on() {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Does `steps` steps, sampling on the way.
    pub fn advance(&mut self, steps: u64) -> Result<(), Failure> {
        self.advance_while(steps, || true)
    }

    pub(super) fn step(&mut self) -> Result<(), Failure> {
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        self.apply_due();
        self.follow_ramps();
        self.world.resource_mut::<Profile>().begin();
        self.schedule.run(&mut self.world);
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        if self
            .clock()
            .step
            .is_multiple_of(self.scene.sample_every.max(1))
        {
            self.sample();
        }
        Ok(())
    }

    /// Hands in an action that takes effect before the next step.
    pub fn submit(&mut self, action: Action) {
        let step = self.clock().step;
        self.pending.push_back(Intent { step, action });
    }

    /// Forgets the intents that are due at later steps.
    pub(super) fn forget_ahead(&mut self) {
        let step = self.clock().step;
        self.pending.retain(|intent| intent.step <= step);
    }

    /// Hands in an intent of an earlier run, to be replayed at its step.
    pub fn replay(&mut self, intent: Intent) {
        let place = self
            .pending
            .partition_point(|other| other.step <= intent.step);
        self.pending.insert(place, intent);
    }

    /// Applies what is due now; called between steps, also while paused.
    pub fn apply_due(&mut self) {
        let now = self.clock().step;
        if self.pending.front().is_some_and(|next| next.step <= now) {
            self.catch_up(ReadFor::Hand);
        }
        // Without an answer from its engine the run is back at an earlier step.
        let step = self.clock().step;
        while self
            .pending
            .front()
            .is_some_and(|intent| intent.step <= step)
        {
            let Some(intent) = self.pending.pop_front() else {
                break;
            };
            self.apply(&intent.action);
            self.held.iter_mut().for_each(Held::disturb);
            self.log.push(Intent {
                step,
                action: intent.action,
            });
        }
        self.check_engine();
    }

    fn apply(&mut self, action: &Action) {
        match action {
            Action::SetParameter { name, value } => {
                let model = self.scene.model;
                let Some(index) = model.parameter(name) else {
                    return;
                };
                if (model.parameters)()[index].check(*value).is_ok() {
                    self.scene.values.set(index, *value);
                    (model.adopt)(&self.scene.values, &mut self.world);
                    walls::lay(&mut self.world, &self.scene.walls);
                    self.world.resource_mut::<Neighbours>().invalidate();
                }
            }
            Action::SetDt(dt) => {
                if dt.is_finite() && *dt > 0.0 {
                    self.scene.dt = *dt;
                    self.world.resource_mut::<Clock>().dt = *dt;
                }
            }
            Action::ClearAverages => self.measurements.clear_averages(),
            Action::Dab(_) | Action::AddWall(_) | Action::EraseWalls { .. } => {
                let (scene, world) = (&mut self.scene, &mut self.world);
                let outcome = self.pool.install(|| touch::apply(scene, world, action));
                // A stroke is refused at each of its dabs for the same reason, which is told once.
                if let Err(reason) = outcome
                    && self.refused.last() != Some(&reason)
                {
                    self.refused.push(reason);
                }
            }
        }
    }

    /// Why actions of hands were refused since this was last asked.
    pub fn take_refused(&mut self) -> Vec<String> {
        std::mem::take(&mut self.refused)
    }

    /// Measures the present state.
    pub(super) fn sample(&mut self) {
        let Some(columns) = self.world.remove_resource::<Columns>() else {
            return;
        };
        let sample = Sample {
            world: &self.world,
            columns: &columns,
            domain: self.scene.domain,
            clock: self.clock(),
        };
        let (measurements, values) = (&mut self.measurements, &self.scene.values);
        self.pool.install(|| measurements.record(&sample, values));
        self.world.insert_resource(columns);
    }

    /// Calls `look` with the present state.
    pub fn with_sample<R: Send>(&self, look: impl FnOnce(&Sample) -> R + Send) -> Option<R> {
        let columns = self.world.get_resource::<Columns>()?;
        let sample = Sample {
            world: &self.world,
            columns,
            domain: self.scene.domain,
            clock: self.clock(),
        };
        Some(self.pool.install(|| look(&sample)))
    }

    /// Step, time, dt and seed.
    pub fn clock(&self) -> Clock {
        *self.world.resource::<Clock>()
    }

    /// The scene with the values that hold now.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// What has been measured.
    pub fn measurements(&self) -> &Measurements {
        &self.measurements
    }

    /// What the phases cost.
    pub fn profile(&self) -> &Profile {
        self.world.resource::<Profile>()
    }

    /// Starts the count of costs anew.
    pub fn reset_profile(&mut self) {
        self.world.resource_mut::<Profile>().reset();
    }

    /// All intents applied so far.
    pub fn log(&self) -> &[Intent] {
        &self.log
    }

    /// The world, to look at.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The worker threads.
    pub fn pool(&self) -> Arc<ThreadPool> {
        self.pool.clone()
    }

    /// The columns of the particles.
    pub fn columns(&self) -> &Columns {
        self.world.resource::<Columns>()
    }

    /// The number of particles.
    pub fn count(&self) -> usize {
        self.columns().slice::<Tag>(&self.world).len()
    }

    /// What stopped the run, if anything did.
    pub fn failure(&self) -> Option<Failure> {
        self.world.resource::<Fault>().0.clone()
    }

    /// A checksum of the whole state in the order of the tags: equal states have equal hashes.
    pub fn hash(&self) -> u64 {
        super::checkpoint::state_hash(self)
    }

    /// Takes over from a scene what is not of the run but of who looks at it: the text that it
    /// came from, the picture and the plots.
    pub(super) fn dress_as(&mut self, scene: &Scene) {
        self.scene.source.clone_from(&scene.source);
        self.scene.view.clone_from(&scene.view);
        self.scene.plots.clone_from(&scene.plots);
    }

    pub(super) fn parts_mut(&mut self) -> Parts<'_> {
        Parts {
            world: &mut self.world,
            scene: &mut self.scene,
            measurements: &mut self.measurements,
            pending: &mut self.pending,
            log: &mut self.log,
            pool: &self.pool,
        }
    }

    /// Values with which the particles were placed.
    pub(super) fn started(&self) -> &Values {
        &self.started
    }

    pub(super) fn pending(&self) -> &VecDeque<Intent> {
        &self.pending
    }

    /// Writes to a column of the running state: for tests that poke a fault into it.
    #[doc(hidden)]
    pub fn world_mut(&mut self) -> &mut World {
        self.catch_up(ReadFor::Hand);
        self.held.iter_mut().for_each(Held::disturb);
        &mut self.world
    }
}

/// The insides of a run, for the checkpoint to restore.
pub(super) struct Parts<'a> {
    pub world: &'a mut World,
    pub scene: &'a mut Scene,
    pub measurements: &'a mut Measurements,
    pub pending: &'a mut VecDeque<Intent>,
    pub log: &'a mut Vec<Intent>,
    pub pool: &'a ThreadPool,
}

/// The schedule of a step: the phases in their order, the model's systems in them, the clock last.
fn build_schedule(scene: &Scene, world: &mut World) -> Result<Schedule, StartError> {
    let mut schedule = Schedule::new(Step);
    // The systems share their work among the run's own threads; the executor only orders them.
    schedule.set_executor(SingleThreadedExecutor::new());
    schedule.set_build_settings(ScheduleBuildSettings {
        ambiguity_detection: LogLevel::Error,
        ..Default::default()
    });
    chain_phases(&mut schedule);
    (scene.model.install)(&mut schedule);
    schedule.add_systems(count_step.in_set(Phase::Measure));
    if let Err(error) = schedule.initialize(world) {
        let reason = error.to_string(schedule.graph(), world);
        return Err(StartError::Schedule {
            model: scene.model.name,
            reason,
        });
    }
    Ok(schedule)
}

/// A step is counted once it is whole.
fn count_step(mut clock: ResMut<Clock>) {
    clock.step += 1;
    clock.time += clock.dt;
}
