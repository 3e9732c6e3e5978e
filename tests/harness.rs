//! What several tests need: the program as a child process, small scenes, and waiting with an end.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use seethe::scene::{self, Scene};
use seethe::sim::Simulation;
use seethe::sim::simulation::worker_threads;

/// No command of a test takes nearly so long, even on a busy machine: whatever does is hanging.
const PATIENCE: Duration = Duration::from_secs(180);

/// How a command has ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Outcome {
    /// Asserts the exit code, and that nothing has panicked on the way.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "exit code; {self:#?}");
        assert!(!self.err.contains("panicked"), "{self:#?}");
        self
    }

    /// Asserts what stands in the error.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "`{word}` is missing: {self:#?}");
        }
        self
    }
}

/// The program without a display and without a graphics adapter.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seethe"));
    command
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        // Nothing is remembered, and no settings of the user decide what a test sees.
        .env("SEETHE_CONFIG_DIR", "")
        .env("VK_ICD_FILENAMES", "/nonexistent")
        .env("VK_DRIVER_FILES", "/nonexistent");
    command
}

/// Runs the program to its end.
pub fn seethe(arguments: &[&str]) -> Outcome {
    Running::start(command(arguments)).finish()
}

/// A child process whose outputs are read while it runs.
pub struct Running {
    pub child: Child,
    out: Option<JoinHandle<String>>,
    err: Option<JoinHandle<String>>,
}

fn drain(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = child.stdout.take().map(drain);
        let err = child.stderr.take().map(drain);
        Self { child, out, err }
    }

    /// Sends the signal that Ctrl+C sends.
    pub fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("sh")
            .args(["-c", "kill -INT $0", &id])
            .status();
        assert!(sent.expect("a shell").success());
    }

    /// True while it runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    /// Waits for the end; a child that does not end fails the test.
    pub fn finish(mut self) -> Outcome {
        let ended = within(PATIENCE, || !self.runs());
        if !ended {
            let _ = self.child.kill();
        }
        let status = self.child.wait().expect("a child");
        let text = |handle: Option<JoinHandle<String>>| {
            handle
                .and_then(|handle| handle.join().ok())
                .unwrap_or_default()
        };
        let outcome = Outcome {
            code: status.code(),
            out: text(self.out.take()),
            err: text(self.err.take()),
        };
        assert!(ended, "the program hangs: {outcome:#?}");
        outcome
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds; false when it does not within the time.
pub fn within(time: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    loop {
        if holds() {
            return true;
        }
        if began.elapsed() > time {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A folder that goes away with the test.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path of plain letters")
}

/// The content of a file.
#[track_caller]
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the files in a folder, hidden ones included.
pub fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> = entries
        .flatten()
        .map(|entry| entry.file_name().into())
        .collect();
    names.sort();
    names
}

/// A scene by name with overrides.
#[track_caller]
pub fn scene(name: &str, overrides: &[(&str, &str)]) -> Scene {
    scene::find(name, &owned(overrides)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Overrides as the reader of scenes takes them.
pub fn owned(overrides: &[(&str, &str)]) -> Vec<(String, String)> {
    overrides
        .iter()
        .map(|(path, value)| ((*path).into(), (*value).into()))
        .collect()
}

/// A run of a scene on some threads.
#[track_caller]
pub fn start(scene: Scene, threads: usize) -> Simulation {
    let pool = worker_threads(threads).expect("threads");
    Simulation::new(scene, pool).unwrap_or_else(|error| panic!("{error}"))
}
