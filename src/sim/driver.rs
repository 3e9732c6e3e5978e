//! The thread on which a run lives beside a window.
//!
//! The window sends commands and takes the newest snapshot; neither side waits for the other, so
//! that the interface answers whatever a step costs. A film asks for an exact number of steps and
//! gets the picture of exactly that step.

mod publish;
mod travel;

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bevy::ecs::resource::Resource;

use super::backend::{MakeEngine, Workshop};
use super::checkpoint;
use super::display::Display;
use super::engine::ReadFor;
use super::hand::Hand;
use super::inspect::Pick;
use super::intent::{Action, Intent};
use super::pace::Pace;
use super::simulation::{Simulation, StartError, worker_threads};
use super::snapshot::{PictureRequest, Snapshot, Status};
use super::timeline::Timeline;
use crate::scene::{Backend, Scene};

/// What a window asks of a run.
pub enum Command {
    /// Runs until told otherwise.
    Play,
    /// Stops between two steps.
    Pause,
    /// Does so many steps and pauses.
    Steps(u64),
    /// Goes to an earlier step, or on to one where the run has been already, and pauses there.
    GoTo(u64),
    /// Takes up a branch that was left, by its number, at its farthest step, and pauses there.
    TakeUp(u64),
    /// A change in the running model.
    Act(Action),
    /// Another particle is looked at, or nobody.
    Inspect(Pick),
    /// A stroke or a wall begins, under a number of the window's own: the state is kept, so that
    /// it can be taken back.
    BeginStroke(u64),
    /// Puts the run into the state before a stroke.
    UndoStroke(u64),
    /// Puts the run into the state in which a stroke was taken back.
    RedoStroke(u64),
    /// Starts another scene, or the same anew; keeps running if it ran and `play` says so.
    Load { scene: Box<Scene>, play: bool },
    /// Model time per second of wall time; infinite: as fast as it goes.
    SetSpeed(f64),
    /// What the picture shows.
    Show(PictureRequest),
    /// While held, only `Steps` advance the run, so that every picture of a film is taken.
    Hold(bool),
    /// Has a device that computes measure what its phases cost, for some hundreds of steps.
    Measure,
    /// While on, pictures hold the particles themselves, for whoever does not draw on the device that
    /// computes.
    Gather(bool),
    /// Puts the run into a state saved before.
    Restore(Arc<Vec<u8>>),
    /// Asks for the whole state as bytes, with the view, the plots and the bookmarks of a scene.
    Checkpoint {
        looks: Option<Box<Scene>>,
        answer: Sender<Vec<u8>>,
    },
    /// Where engines come from; a run whose scene wants one, and that has none, gets it from there.
    Engines(MakeEngine),
    /// Moves the steps to the processor, or to an engine, between two steps.
    Compute(Backend),
}

/// At most so long does the thread compute before it looks at its commands and publishes.
const BUDGET: Duration = Duration::from_millis(12);

/// The handle to a run on its own thread.
#[derive(Resource)]
pub struct Lab {
    commands: Mutex<Sender<Command>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    snapshot: Mutex<Arc<Snapshot>>,
    /// Set by the reader: a new picture is worth packing only when the last one was taken.
    wanted: std::sync::atomic::AtomicBool,
    /// Tells the thread that the window is gone.
    quit: std::sync::atomic::AtomicBool,
}

impl Lab {
    /// Starts the scene on a thread of its own, paused.
    pub fn start(scene: Scene, threads: usize) -> Result<Self, StartError> {
        Self::go_on(Simulation::new(scene, worker_threads(threads)?)?)
    }

    /// Takes a run onto a thread of its own, paused.
    pub fn go_on(simulation: Simulation) -> Result<Self, StartError> {
        let runner = Runner::new(simulation);
        let shared = Arc::new(Shared {
            snapshot: Mutex::new(Arc::new(runner.snapshot())),
            wanted: true.into(),
            quit: false.into(),
        });
        let (commands, inbox) = channel();
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("seethe-run".into())
            .spawn(move || runner.live(&inbox, &theirs))
            .map_err(|error| StartError::Threads {
                threads: 1,
                reason: error.to_string(),
            })?;
        Ok(Self {
            commands: Mutex::new(commands),
            shared,
            thread: Some(thread),
        })
    }

    /// Sends a command; it acts between two steps.
    pub fn send(&self, command: Command) {
        if let Ok(commands) = self.commands.lock() {
            // The thread is gone only when the program ends: there is no one left to tell.
            let _ = commands.send(command);
        }
    }

    /// Sends an action in the running model.
    pub fn act(&self, action: Action) {
        self.send(Command::Act(action));
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        use std::sync::atomic::Ordering;
        self.shared.wanted.store(true, Ordering::Release);
        match self.shared.snapshot.lock() {
            Ok(snapshot) => snapshot.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Waits until the thread has answered; `None` when it is gone.
    pub fn checkpoint(&self) -> Option<Vec<u8>> {
        self.checkpoint_seen(None)
    }

    /// The same with the view, the plots and the bookmarks of a scene.
    pub fn checkpoint_seen(&self, looks: Option<Box<Scene>>) -> Option<Vec<u8>> {
        let (answer, receiver) = channel();
        self.send(Command::Checkpoint { looks, answer });
        receiver.recv_timeout(Duration::from_secs(600)).ok()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.shared
            .quit
            .store(true, std::sync::atomic::Ordering::Release);
        self.send(Command::Pause);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The side of the thread.
struct Runner {
    simulation: Simulation,
    display: Display,
    pace: Pace,
    playing: bool,
    held: bool,
    steps_asked: u64,
    failed: Option<Status>,
    generation: u64,
    published: Instant,
    hand: Hand,
    workshop: Workshop,
    timeline: Timeline,
    /// The step to go to before anything else.
    destination: Option<u64>,
}

impl Runner {
    fn new(simulation: Simulation) -> Self {
        let pace = Pace::new(simulation.scene().speed.unwrap_or(f64::INFINITY));
        Self {
            display: Display::new(&simulation),
            simulation,
            pace,
            playing: false,
            held: false,
            steps_asked: 0,
            failed: None,
            generation: 1,
            published: Instant::now(),
            hand: Hand::default(),
            workshop: Workshop::default(),
            timeline: Timeline::default(),
            destination: None,
        }
    }

    /// The loop of the thread: commands, steps within the budget, a snapshot.
    fn live(mut self, inbox: &Receiver<Command>, shared: &Shared) {
        use std::sync::atomic::Ordering;
        // True while the published snapshot is older than the state.
        let mut dirty = false;
        loop {
            let mut commanded = false;
            // An idle thread sleeps until a command comes; a busy one only looks.
            let wait = if self.busy() {
                Duration::ZERO
            } else {
                Duration::from_millis(200)
            };
            match inbox.recv_timeout(wait) {
                Ok(command) => {
                    self.obey(command);
                    commanded = true;
                    while let Ok(command) = inbox.try_recv() {
                        self.obey(command);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if shared.quit.load(Ordering::Acquire) {
                return;
            }
            self.simulation.apply_due();
            for reason in self.simulation.take_refused() {
                self.hand
                    .say(true, format!("Nothing was changed: {reason}."));
            }
            dirty |= self.work(shared);
            if !self.busy() {
                // Whoever looks at a run that rests finds its columns up to date.
                self.simulation.catch_up(ReadFor::Hand);
            }
            self.tell_news();
            let late = self.published.elapsed() > Duration::from_millis(250);
            if self.destination.is_some() && !late {
                // What lies on the way is not what is asked for.
                dirty |= commanded;
                continue;
            }
            let wanted = late || !self.busy() || shared.wanted.load(Ordering::Acquire);
            if commanded || (dirty && wanted) {
                shared.wanted.store(false, Ordering::Release);
                self.publish(shared);
                self.published = Instant::now();
                dirty = false;
            }
        }
    }

    fn busy(&self) -> bool {
        let asked = self.steps_asked > 0 || self.destination.is_some();
        self.failed.is_none() && (asked || (self.playing && !self.held))
    }

    /// Steps for at most the budget; true when the state has changed.
    fn work(&mut self, shared: &Shared) -> bool {
        use std::sync::atomic::Ordering;
        if !self.busy() {
            return false;
        }
        let clock = self.simulation.clock();
        let dt = clock.dt;
        let asked = self.steps_asked;
        let due = match self.destination {
            Some(step) => step.saturating_sub(clock.step),
            None if asked > 0 => asked,
            None => self.pace.due(dt),
        };
        if due == 0 {
            std::thread::sleep(Duration::from_millis(1));
            return false;
        }
        self.timeline.note(&mut self.simulation, Duration::ZERO);
        let started = Instant::now();
        let before = clock.step;
        let outcome = self.simulation.advance_ahead(due, || {
            started.elapsed() < BUDGET && !shared.quit.load(Ordering::Relaxed)
        });
        if self.destination.is_none() {
            // A device that has failed may have taken the run back to a step before.
            let now = self.simulation.clock().step;
            self.steps_asked = asked.min((before + due).saturating_sub(now));
            self.pace.note(now.saturating_sub(before), dt);
        }
        match outcome {
            Ok(()) => self.timeline.note(&mut self.simulation, started.elapsed()),
            Err(failure) => {
                self.failed = Some(Status::Failed(failure.to_string()));
                self.playing = false;
                self.steps_asked = 0;
                self.destination = None;
            }
        }
        self.has_arrived()
    }

    fn obey(&mut self, command: Command) {
        self.display.forget_plan();
        match command {
            Command::GoTo(_) | Command::TakeUp(_) | Command::Show(_) => {}
            Command::Pause | Command::Load { .. } | Command::Restore(_) => self.destination = None,
            // What is asked for is asked of the step that the window is waiting for.
            _ => self.arrive(),
        }
        if matches!(
            command,
            Command::Inspect(_)
                | Command::BeginStroke(_)
                | Command::UndoStroke(_)
                | Command::RedoStroke(_)
                | Command::Checkpoint { .. }
        ) {
            self.simulation.catch_up(ReadFor::Hand);
        }
        match command {
            Command::GoTo(step) => self.go_to(step),
            Command::TakeUp(branch) => self.take_up(branch),
            Command::Play => {
                self.forget_refusal();
                self.playing = true;
                self.pace.restart();
            }
            Command::Pause => {
                self.forget_refusal();
                self.playing = false;
            }
            Command::Steps(steps) => {
                self.playing = self.playing && self.held;
                self.steps_asked += steps;
            }
            Command::Act(action) => {
                self.branch();
                self.simulation.submit(action);
            }
            Command::Inspect(pick) => self.hand.inspect(&self.simulation, pick),
            Command::BeginStroke(stroke) => {
                self.branch();
                // What was handed in before the stroke belongs to the state before it.
                self.simulation.apply_due();
                self.hand.begin(&self.simulation, stroke);
            }
            Command::UndoStroke(stroke) => self.go_to_stroke(stroke, false),
            Command::RedoStroke(stroke) => self.go_to_stroke(stroke, true),
            Command::Load { scene, play } => self.load(*scene, play),
            Command::SetSpeed(speed) => self.pace.set_target(speed),
            Command::Show(request) => self.display.show(request),
            Command::Measure => self.simulation.measure_phases(),
            Command::Gather(on) => self.display.gather(on),
            Command::Hold(held) => {
                self.held = held;
                self.pace.restart();
            }
            Command::Restore(bytes) => match checkpoint::restore(&bytes, self.pool()) {
                Ok(simulation) => self.replace(simulation, false),
                Err(error) => self.failed = Some(Status::NotStarted(error.to_string())),
            },
            Command::Checkpoint { looks, answer } => {
                let _ = answer.send(match looks {
                    None => checkpoint::save(&self.simulation),
                    Some(looks) => checkpoint::save_seen(&self.simulation, &looks),
                });
            }
            Command::Engines(make) => {
                self.workshop
                    .open(make, &mut self.simulation, &mut self.hand);
            }
            Command::Compute(backend) => {
                self.workshop
                    .move_to(backend, &mut self.simulation, &mut self.hand);
                self.pace.restart();
            }
        }
    }

    fn pool(&self) -> Arc<rayon::ThreadPool> {
        self.simulation.pool()
    }

    fn load(&mut self, scene: Scene, play: bool) {
        match Simulation::new(scene, self.pool()) {
            Ok(simulation) => self.replace(simulation, play),
            // The last good run stays as it is; the reason is shown.
            Err(error) => {
                self.failed = Some(Status::NotStarted(error.to_string()));
                self.playing = false;
            }
        }
    }

    fn replace(&mut self, simulation: Simulation, play: bool) {
        let before = std::mem::replace(&mut self.simulation, simulation);
        self.workshop
            .replace(before, &mut self.simulation, &mut self.hand);
        self.timeline = Timeline::default();
        self.display.start_anew(&self.simulation);
        self.playing = play;
        self.failed = None;
        self.steps_asked = 0;
        self.generation += 1;
        self.pace.restart();
        self.hand.start_anew(&self.simulation);
    }
}

/// The log of a run, to be replayed on another.
pub fn replay(simulation: &mut Simulation, log: &[Intent]) {
    for intent in log {
        simulation.replay(intent.clone());
    }
}
