//! Films and stills of the running model, taken on a thread beside the window.
//!
//! While a film is made the run is held: it does exactly the steps between two frames, waits
//! until its picture is taken, and goes on. So no frame is dropped or doubled, however slow the
//! drawing or the encoder is, and the window answers all the while.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, channel, sync_channel};
use std::thread::JoinHandle;

use super::reports::{Message, Reports};
use crate::app::dressing::Dresser;
use crate::app::print;
use crate::panel::{Dress, FilmState, Interface, PlotPicture, PrintedPlot, Weight};
use crate::record::encode::{Container, FilmReport, FilmSettings, FilmWriter, Metadata};
use crate::sim::driver::Command;
use crate::sim::{Lab, Snapshot, snapshot};
use crate::view::PictureStyle;

const FPS: u32 = 30;

/// What the pictures are dressed with, as it was ticked when they were asked for.
#[derive(Clone, Default)]
pub struct Wardrobe {
    dark: bool,
    dress: Dress,
    plots: Vec<PrintedPlot>,
}

impl Wardrobe {
    /// What is ticked now, and the plots that are open.
    pub fn of(interface: &Interface) -> Self {
        let plots = interface.printed_plots();
        let dress = Dress {
            plots: interface.dress.plots && !plots.is_empty(),
            ..interface.dress
        };
        Self {
            dark: interface.dark,
            dress,
            plots,
        }
    }

    fn dresser(self) -> Dresser {
        Dresser::new(self.dark, self.dress, self.plots)
    }
}

/// One frame to be painted and encoded.
struct Shot {
    snapshot: Arc<Snapshot>,
    style: PictureStyle,
    /// The camera's scale is for a picture of this size; the film may differ by a pixel.
    window: [u32; 2],
}

impl Shot {
    /// The pixels, dressed.
    fn paint(&self, dresser: &mut Dresser, size: [u32; 2]) -> Result<Vec<u8>, String> {
        let style = |size| PictureStyle {
            camera: self.style.camera.resized(self.window, size),
            ..self.style.clone()
        };
        dresser
            .shoot(&self.snapshot, size, style)
            .map_err(|error| error.to_string())
    }
}

/// A film that is being made.
struct Film {
    shots: Option<SyncSender<Shot>>,
    outcome: Receiver<Result<FilmReport, String>>,
    /// Set when the film is not wanted any more.
    given_up: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    window: [u32; 2],
    steps_per_frame: u64,
    /// The step that the next frame shows.
    due: u64,
    generation: u64,
    was_playing: bool,
    frames: u64,
}

/// All that is being taken.
#[derive(Default)]
pub struct Filming {
    film: Option<Film>,
    stills: Reports,
    wanted_still: Option<(PathBuf, Metadata, Wardrobe)>,
    /// True while the run was asked for pictures that hold the particles.
    gathers: bool,
}

impl Filming {
    /// What the interface shows.
    pub fn state(&self) -> FilmState {
        match &self.film {
            Some(film) if film.shots.is_some() => FilmState::Recording {
                frames: film.frames,
                seconds: film.frames as f64 / f64::from(FPS),
            },
            _ => FilmState::Idle,
        }
    }

    /// Starts a film of the picture as it is shown; an error says what to change.
    pub fn start(
        &mut self,
        lab: &Lab,
        seen: &Snapshot,
        path: &Path,
        window: [u32; 2],
        wardrobe: Wardrobe,
    ) -> Result<(), String> {
        if self.film.is_some() {
            return Err("A film is being made already: stop it first.".into());
        }
        // Chroma has half the resolution, so that an H.264 picture has even sides.
        let whole = Dresser::size_around(wardrobe.dress, window);
        let size = whole.map(|side| (side & !1).max(16));
        let settings = FilmSettings {
            metadata: Some(metadata(seen)),
            ..FilmSettings::new(size[0], size[1], FPS)
        };
        let container = Container::from_path(path).map_err(|error| error.to_string())?;
        settings
            .check(container)
            .map_err(|error| error.to_string())?;
        let film = FilmWriter::create(path, &settings).map_err(|error| error.to_string())?;
        let (shots, inbox) = sync_channel(1);
        let (report, outcome) = channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let heard = given_up.clone();
        let thread = std::thread::Builder::new()
            .name("seethe-film".into())
            .spawn(move || {
                // Nobody is left to be told when the window has gone.
                let _ = report.send(paint_all(film, &inbox, size, wardrobe, &heard));
            })
            .map_err(|error| format!("the film cannot start a thread: {error}"))?;
        lab.send(Command::Hold(true));
        self.film = Some(Film {
            shots: Some(shots),
            outcome,
            given_up,
            thread: Some(thread),
            window,
            steps_per_frame: steps_per_frame(seen),
            due: seen.clock.step,
            generation: seen.generation,
            was_playing: seen.status == snapshot::Status::Running,
            frames: 0,
        });
        Ok(())
    }

    /// Ends the film after the frames that were taken.
    pub fn stop(&mut self) {
        if let Some(film) = &mut self.film {
            film.shots = None;
        }
    }

    /// True while something is being written.
    pub fn is_busy(&self) -> bool {
        self.film.is_some() || self.wanted_still.is_some() || self.stills.is_busy()
    }

    /// Gives up a film that is being made; nothing of it stays on the disk.
    pub fn abandon(&mut self) {
        self.film = None;
    }

    /// Ends the film after the frames that were taken, and waits until all is written.
    pub fn end(&mut self, lab: &Lab) -> Option<Message> {
        self.stills.end();
        self.stop();
        if let Some(thread) = self.film.as_mut()?.thread.take() {
            let _ = thread.join();
        }
        self.finish(lab)
    }

    /// Takes a still of the next picture.
    pub fn still(&mut self, seen: &Snapshot, path: &Path, wardrobe: Wardrobe) {
        self.wanted_still = Some((path.into(), metadata(seen), wardrobe));
    }

    /// Paints and writes a picture of plots.
    pub fn print(&mut self, picture: PlotPicture, seen: &Snapshot, path: PathBuf) {
        let (metadata, seen) = (metadata(seen), seen.clone());
        let make = move || Ok(print::plots(&picture, &seen));
        self.stills
            .begin(move || write_still(&path, metadata, make));
    }

    /// To be called every frame: takes what is due, and says what has been finished.
    pub fn attend(
        &mut self,
        lab: &Lab,
        seen: &Snapshot,
        style: &PictureStyle,
        size: [u32; 2],
    ) -> Option<Message> {
        // Particles that were left on the device are asked for, and come with a later snapshot.
        let gathers = self.wanted_still.is_some() && seen.picture.marks.is_some();
        if gathers != self.gathers {
            lab.send(Command::Gather(gathers));
            self.gathers = gathers;
        }
        if !gathers && let Some((path, metadata, wardrobe)) = self.wanted_still.take() {
            let shot = Shot {
                snapshot: Arc::new(seen.clone()),
                style: style.clone(),
                window: size,
            };
            let size = Dresser::size_around(wardrobe.dress, size).map(|side| side.max(1));
            let make = move || Ok((size, shot.paint(&mut wardrobe.dresser(), size)?));
            self.stills
                .begin(move || write_still(&path, metadata, make));
        }
        if let Some(message) = self.stills.attend() {
            return Some(message);
        }
        self.film.as_mut()?.take_frame(lab, seen, style);
        self.finish(lab)
    }

    /// Collects the result of a film that has ended.
    fn finish(&mut self, lab: &Lab) -> Option<Message> {
        let outcome = match self.film.as_ref()?.outcome.try_recv() {
            Ok(outcome) => outcome,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err("the film's thread has ended early".into()),
        };
        let mut film = self.film.take()?;
        if let Some(thread) = film.thread.take() {
            let _ = thread.join();
        }
        lab.send(Command::Hold(false));
        if film.was_playing {
            lab.send(Command::Play);
        }
        Some(match outcome {
            Ok(report) => {
                let megabytes = report.bytes as f64 / 1e6;
                let path = report.path.display();
                (
                    Weight::Note,
                    format!("{path}: {} frames, {megabytes:.1} MB", report.frames),
                )
            }
            Err(reason) => (Weight::Fault, reason),
        })
    }
}

impl Drop for Film {
    /// A film that was not waited for is given up, and its temporary file goes with it.
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.given_up.store(true, Ordering::Release);
            self.shots = None;
            let _ = thread.join();
        }
    }
}

impl Film {
    /// Hands over the picture of the step that is due, and asks for the next.
    fn take_frame(&mut self, lab: &Lab, seen: &Snapshot, style: &PictureStyle) {
        if seen.generation != self.generation || seen.status.trouble().is_some() {
            // Another scene, or no steps any more: the film ends with what it has.
            self.shots = None;
        }
        let Some(shots) = &self.shots else { return };
        if self.frames == 0 && seen.held {
            // The run went on until it was held: the film begins where it came to rest.
            self.due = seen.picture.step;
        }
        if !seen.held || seen.picture.step != self.due {
            return;
        }
        match shots.try_send(Shot {
            snapshot: Arc::new(seen.clone()),
            style: style.clone(),
            window: self.window,
        }) {
            Ok(()) => {
                self.frames += 1;
                self.due += self.steps_per_frame;
                lab.send(Command::Steps(self.steps_per_frame));
            }
            // The painter is busy: the run waits for it.
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(_)) => self.shots = None,
        }
    }
}

/// So many steps that the film has the pace of the window.
fn steps_per_frame(seen: &Snapshot) -> u64 {
    let speed = seen.speed;
    let per_second = if speed.target.is_finite() {
        speed.target / seen.clock.dt
    } else {
        speed.steps_per_second
    };
    ((per_second / f64::from(FPS)).round() as u64).clamp(1, 100_000)
}

fn metadata(seen: &Snapshot) -> Metadata {
    Metadata {
        title: seen.scene.story.title.clone(),
        comment: seen.scene.to_ron(),
    }
}

/// The life of the film's thread.
fn paint_all(
    mut film: FilmWriter,
    inbox: &Receiver<Shot>,
    size: [u32; 2],
    wardrobe: Wardrobe,
    given_up: &AtomicBool,
) -> Result<FilmReport, String> {
    let mut dresser = wardrobe.dresser();
    for shot in inbox {
        let pixels = shot.paint(&mut dresser, size)?;
        film.push(pixels).map_err(|error| error.to_string())?;
    }
    if given_up.load(Ordering::Acquire) {
        film.cancel();
        return Err("the film was given up".into());
    }
    film.finish().map_err(|error| error.to_string())
}

/// Makes and writes a picture.
fn write_still(
    path: &Path,
    metadata: Metadata,
    make: impl FnOnce() -> Result<([u32; 2], Vec<u8>), String>,
) -> Message {
    let write = || -> Result<FilmReport, String> {
        let (size, pixels) = make()?;
        let settings = FilmSettings {
            metadata: Some(metadata),
            expected_frames: Some(1),
            ..FilmSettings::new(size[0], size[1], FPS)
        };
        let mut film = FilmWriter::create(path, &settings).map_err(|error| error.to_string())?;
        film.push(pixels).map_err(|error| error.to_string())?;
        film.finish().map_err(|error| error.to_string())
    };
    match write() {
        Ok(report) => (Weight::Note, format!("Written: {}", report.path.display())),
        Err(reason) => (Weight::Fault, reason),
    }
}
