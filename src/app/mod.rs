//! L6: the program. Arguments are read here, and the parts of the house are put together.
//!
//! Nothing here computes: each command is a page that calls the layers below and turns their
//! errors into an exit code.

mod bench;
mod bench_interface;
mod check;
mod cli;
mod describe;
mod dressing;
mod film;
mod hand_over;
mod print;
mod run;
mod window;

use clap::Parser;
use std::process::ExitCode;

/// Why the program ends without having done what was asked, with the exit code that scripts see.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A scene, a flag or a value is wrong: exit code 2.
    #[error("{0}")]
    BadInput(String),
    /// No usable display or adapter: exit code 3.
    #[error("{0}")]
    NoDisplay(String),
    /// The run went non-finite, or could not be continued: exit code 4.
    #[error("{0}")]
    Diverged(String),
    /// A file could not be written: exit code 5.
    #[error("{0}")]
    CannotWrite(String),
    /// The user has stopped it: exit code 130, as shells have it for an interrupt.
    #[error("{0}")]
    Cancelled(String),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::BadInput(_) => 2,
            Self::NoDisplay(_) => 3,
            Self::Diverged(_) => 4,
            Self::CannotWrite(_) => 5,
            Self::Cancelled(_) => 130,
        }
    }
}

/// Reads the arguments of the process, does what they say and gives its exit code.
pub fn main() -> ExitCode {
    let arguments = match cli::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come this way too; writing them can only fail when nobody listens.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match dispatch(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = failure.to_string();
            if !text.is_empty() {
                eprintln!("{}", text.trim_end());
            }
            ExitCode::from(failure.code())
        }
    }
}

fn dispatch(arguments: cli::Arguments) -> Result<(), Failure> {
    use cli::Command;
    match arguments.command {
        None => window::open(arguments.scene.as_deref(), arguments.threads),
        Some(Command::Run(options)) => run::run(&options),
        Some(Command::Record(options)) => film::record(&options),
        Some(Command::Check { scenes }) => check::check(&scenes),
        Some(Command::List { what, of, json }) => describe::list(what, of.as_deref(), json),
        Some(Command::Describe { model }) => describe::describe(&model),
        Some(Command::Bench(options)) => bench::bench(&options),
    }
}

/// Loads a scene by path or by the name of a built-in one, with the overrides of the command line.
fn load(scene: &str, overrides: &[crate::scene::Override]) -> Result<crate::scene::Scene, Failure> {
    if crate::record::checkpoint::is_one(std::path::Path::new(scene)) {
        return Err(Failure::BadInput(format!(
            "{scene} is a run that was kept, not a scene: `seethe {scene}` opens it in the window, \
             `seethe run SCENE --checkpoint {scene} --resume` goes on without one, and \
             `seethe record {scene}` films it"
        )));
    }
    crate::scene::find(scene, overrides)
        .map_err(|problems| Failure::BadInput(problems.for_terminal()))
}

/// Writes to standard output; a reader that has gone away is not an error.
fn say(text: &str) -> Result<(), Failure> {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::CannotWrite(format!("standard output: {error}"))),
    }
}
