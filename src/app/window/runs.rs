//! Runs in files: kept as they stand, opened again, and rescued when the graphics device fails.
//!
//! A window cannot outlive the device that draws it. When that fails, the film is finished, the run is
//! written to a file, and the program opens anew on that file.

use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::render::error_handler::{RenderErrorHandler, RenderErrorPolicy};

use super::desk::Desk;
use crate::panel::Weight;
use crate::record::checkpoint;
use crate::record::files::make_folder;
use crate::sim::driver::Command;
use crate::sim::{Lab, Snapshot};

/// Tells a window that it stands in for one whose device has failed, and for the how manieth in turn.
const REOPENED: &str = "SEETHE_REOPENED";
/// A window that lives longer has not failed because of how it was opened.
const SOUND: Duration = Duration::from_secs(60);
/// Windows that are opened in turn when each fails soon: on the same adapter, then without one.
const MOST_WINDOWS: u32 = 2;

/// Writes the run as it stands between two steps, beside the window.
pub fn keep(path: PathBuf, desk: &mut Desk, lab: &Lab, snapshot: &Snapshot) {
    let (answer, state) = channel();
    let looks = Some(Box::new(desk.looks(snapshot)));
    lab.send(Command::Checkpoint { looks, answer });
    desk.writing.begin(move || {
        let written = match state.recv() {
            Ok(bytes) => checkpoint::write_bytes(&path, &bytes).map_err(|error| error.to_string()),
            Err(_) => Err("The run has ended before it was written.".into()),
        };
        match written {
            Ok(()) => (
                Weight::Note,
                format!("Written: {}. Open it to go on from here.", path.display()),
            ),
            Err(reason) => (Weight::Fault, reason),
        }
    });
}

/// Goes on from a file, paused.
pub fn open(path: &Path, desk: &mut Desk, lab: &Lab) -> Result<(), String> {
    let (bytes, warning) = checkpoint::read_bytes(path)?;
    if let Some(warning) = warning {
        desk.interface.tell(Weight::Fault, warning);
    }
    lab.send(Command::Restore(Arc::new(bytes)));
    greet(desk);
    Ok(())
}

/// Says what to do with a run that has been opened.
pub fn greet(desk: &mut Desk) {
    desk.interface.tell(
        Weight::Note,
        "The run stands where it was kept: press Play to go on.",
    );
}

/// The number of windows before this one whose device has failed.
fn windows_before() -> u32 {
    let number = std::env::var(REOPENED).ok();
    number.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// What a window that was opened anew has to say.
pub fn news() -> Option<String> {
    (windows_before() > 0).then(|| {
        "The graphics device failed, and this window took the place of the one before.".into()
    })
}

/// Where a run is rescued to when the graphics device fails, and how its window was opened.
#[derive(Resource)]
pub struct Rescue {
    file: PathBuf,
    threads: usize,
    opened: Instant,
}

impl Rescue {
    /// Beside the settings, or where temporary files are. Other windows may fail at the same time.
    pub fn new(settings: Option<&Path>, threads: usize) -> Self {
        let folder = settings.and_then(Path::parent).filter(|folder| {
            // A folder that cannot be made is not the place.
            make_folder(folder).is_ok()
        });
        let folder = folder.map_or_else(std::env::temp_dir, Path::to_path_buf);
        Self {
            file: folder.join(format!("rescued-{}.ckpt", std::process::id())),
            threads,
            opened: Instant::now(),
        }
    }

    /// Has an app keep what would be lost with its graphics device.
    pub fn attach(self, app: &mut App) {
        app.insert_resource(self);
        app.insert_resource(RenderErrorHandler(|error, world, _| {
            // The renderer asks in every frame, until the app has ended.
            if let Some(rescue) = world.remove_resource::<Self>() {
                let what = format!("{:?} {}", error.ty, error.description);
                eprintln!("the graphics device failed: {}", what.trim_end());
                match keep_all(world, &rescue.file) {
                    Ok(()) => {
                        let reason = rescue.reopen();
                        let file = rescue.file.display();
                        eprintln!("{reason}; the run is kept: `seethe {file}` goes on with it");
                    }
                    Err(reason) => eprintln!("the run could not be kept: {reason}"),
                }
                world.write_message(AppExit::error());
            }
            RenderErrorPolicy::StopRendering
        }));
    }

    /// Opens another window in the place of this one, without taking this one apart, at which a broken
    /// renderer may panic; comes back, with the reason, only when that cannot be.
    fn reopen(&self) -> String {
        let before = match self.opened.elapsed() > SOUND {
            true => 0,
            false => windows_before(),
        };
        if before >= MOST_WINDOWS {
            return "it fails again and again".into();
        }
        let program = match std::env::current_exe() {
            Ok(program) => program,
            Err(error) => return error.to_string(),
        };
        let mut process = Process::new(program);
        process
            .args(["--threads", &self.threads.to_string()])
            .arg(&self.file)
            .env(REOPENED, (before + 1).to_string());
        if before > 0 {
            process.env("WGPU_FORCE_FALLBACK_ADAPTER", "1");
        }
        begin(process)
    }
}

/// Ends this process in favour of another; gives the reason when it cannot.
#[cfg(unix)]
fn begin(mut process: Process) -> String {
    use std::os::unix::process::CommandExt;
    process.exec().to_string()
}

#[cfg(not(unix))]
fn begin(mut process: Process) -> String {
    match process.spawn() {
        Ok(_) => "another window takes the place of this one".into(),
        Err(error) => error.to_string(),
    }
}

/// Finishes the film and writes the run.
fn keep_all(world: &mut World, file: &Path) -> Result<(), String> {
    world.resource_scope(|world, lab: Mut<Lab>| {
        lab.send(Command::Pause);
        let mut looks = None;
        if let Some(mut desk) = world.get_non_send_mut::<Desk>() {
            if let Some((_, said)) = desk.filming.end(&lab) {
                eprintln!("{said}");
            }
            desk.writing.end();
            desk.keeper.flush();
            looks = Some(Box::new(desk.looks(&lab.snapshot())));
        }
        let bytes = lab
            .checkpoint_seen(looks)
            .ok_or("the run does not answer")?;
        checkpoint::write_bytes(file, &bytes).map_err(|error| error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene;
    use crate::sim::simulation::worker_threads;

    #[test]
    fn the_run_of_a_device_that_fails_is_on_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = folder.path().join("new").join("settings.ron");
        let rescue = Rescue::new(Some(&settings), 1);
        let overrides = [("population.count".to_string(), "200".to_string())];
        let scene = scene::find("mips", &overrides).expect("a scene");
        let mut app = App::new();
        app.insert_resource(Lab::start(scene, 1).expect("a run"));
        // The step that a run has reached is whatever it is when the device fails.
        app.world().resource::<Lab>().send(Command::Play);
        keep_all(app.world_mut(), &rescue.file).expect("a run that is kept");
        let lab = app.world().resource::<Lab>();
        let kept = lab.checkpoint().expect("the run answers");
        assert_eq!(std::fs::read(&rescue.file).expect("the file"), kept);
        let pool = worker_threads(1).expect("a thread");
        let (run, warning) = checkpoint::read(&rescue.file, &pool).expect("a whole run");
        assert_eq!((run.scene().model.name, warning), ("active", None));
        let nowhere = Path::new("/nonexistent/run.ckpt");
        let refused = keep_all(app.world_mut(), nowhere).expect_err("no folder");
        assert!(refused.contains("/nonexistent"), "{refused}");
    }
}
