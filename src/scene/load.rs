//! Scene texts from files and from the gallery.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::fault::nearest;
use super::overrides::Override;
use super::problem::Problems;
use super::types::Scene;
use super::{gallery, parse};

/// The largest scene file that is read: a thousand times what a long scene needs.
pub const MOST_BYTES: u64 = 4 << 20;

/// Reads and checks the scene in a file.
///
/// # Errors
/// Everything that is wrong with the file or with the overrides.
pub fn load(path: &Path, overrides: &[Override]) -> Result<Scene, Problems> {
    parse(&path.display().to_string(), &text(path)?, overrides)
}

/// The scene that a person means: an existing file, or else a scene of the gallery.
///
/// # Errors
/// As [`load`]; and a name that is neither, with the names that there are.
pub fn find(name: &str, overrides: &[Override]) -> Result<Scene, Problems> {
    let path = Path::new(name);
    if path.is_file() {
        return load(path, overrides);
    }
    if let Some((_, text)) = gallery::ALL.iter().find(|(known, _)| *known == name) {
        return parse(name, text, overrides);
    }
    let looks_like_a_path = name.contains(['/', '\\']) || name.ends_with(".ron");
    if looks_like_a_path || path.exists() {
        return load(path, overrides);
    }
    let known: Vec<&str> = gallery::ALL.iter().map(|(name, _)| *name).collect();
    let remedy = match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!(
            "give the path of a scene file, or one of {}",
            known.join(", ")
        ),
    };
    Err(Problems::of_file(
        name,
        "file",
        "there is no file and no scene of this name".into(),
        &remedy,
    ))
}

/// The text of a scene file: a regular file of moderate size in UTF-8.
///
/// # Errors
/// One problem that says what the file is instead.
pub fn text(path: &Path) -> Result<String, Problems> {
    limited(path, MOST_BYTES, "a scene").map_err(|[fault, remedy]| {
        Problems::of_file(&path.display().to_string(), "file", fault, &remedy)
    })
}

/// The text of a regular file in UTF-8 of at most so many bytes; else what is wrong with it and
/// what to do. `what` is what such a file is called.
pub fn limited(path: &Path, most: u64, what: &str) -> Result<String, [String; 2]> {
    let refuse = |fault: String, remedy: &str| [fault, remedy.to_string()];
    let failed = |error: std::io::Error| {
        let remedy = match error.kind() {
            ErrorKind::NotFound => "check the name of the file",
            ErrorKind::PermissionDenied => "make the file readable",
            _ => "check the file",
        };
        refuse(format!("cannot be read: {error}"), remedy)
    };
    let not_regular = |kind: &std::fs::Metadata| {
        let kind = if kind.is_dir() {
            "is a directory"
        } else {
            "is not a regular file"
        };
        refuse(kind.into(), &format!("give the path of {what} file"))
    };
    // Looked at before it is opened, because opening a pipe would wait for a writer; and again
    // afterwards, because it may have been exchanged in between.
    let before = std::fs::metadata(path).map_err(failed)?;
    if !before.is_file() {
        return Err(not_regular(&before));
    }
    let file = open(path).map_err(failed)?;
    let opened = file.metadata().map_err(failed)?;
    if !opened.is_file() {
        return Err(not_regular(&opened));
    }
    let mut bytes = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > most {
        let length = opened.len();
        return Err(refuse(
            format!("has {length} bytes, and {what} at most {most}"),
            &format!("check that it is {what}"),
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        refuse(
            format!("is not UTF-8 text: byte {at} is not valid"),
            "save it as UTF-8",
        )
    })
}

/// Opens without waiting, whatever it is.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        /// `O_NONBLOCK` of Linux on all architectures that Rust has but MIPS and SPARC.
        const WITHOUT_WAITING: i32 = 0o4000;
        if cfg!(any(
            target_arch = "x86_64",
            target_arch = "aarch64",
            target_arch = "riscv64"
        )) {
            options.custom_flags(WITHOUT_WAITING);
        }
    }
    options.open(path)
}
