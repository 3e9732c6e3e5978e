//! What is remembered between visits: theme, layout, size of the window, recent scenes.
//!
//! One RON file in the user's folder for such things, or in the folder that `SEETHE_CONFIG_DIR`
//! names; where that is empty nothing is remembered. The file is written a moment after a change,
//! on a thread of its own, and never in part. A file that cannot be read is put aside, and a value
//! that makes no sense is replaced; both are told.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::panel::{Arrangement, sane_scale};
use crate::record::files;

/// The most recent scenes that are remembered.
pub const MOST_RECENT: usize = 12;
/// The largest settings file that is read.
const MOST_BYTES: u64 = 256 << 10;
/// How long settings must stay as they are before they are written.
const CALM: Duration = Duration::from_millis(700);
/// Least and greatest side of a window in pixels.
const SIDES: [u32; 2] = [200, 16_384];
/// The window when nothing is remembered.
const USUAL: [u32; 2] = [1440, 900];

/// What is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    pub dark: bool,
    /// Factor on the size of the interface.
    pub scale: f32,
    /// Size of the window in pixels.
    pub window: [u32; 2],
    pub layout: Arrangement,
    pub gallery: Wall,
    /// Names of scenes and paths of files, the latest first.
    pub recent: Vec<String>,
    /// Name of the adapter that computes steps when it is asked to; empty: the fastest.
    pub adapter: String,
}

/// Where the wall of scenes was left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wall {
    pub search: String,
    pub tag: Option<String>,
    pub scroll: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            dark: true,
            scale: 1.0,
            window: USUAL,
            layout: Arrangement::default(),
            gallery: Wall::default(),
            recent: Vec::new(),
            adapter: String::new(),
        }
    }
}

impl Settings {
    /// Replaces what makes no sense, and names it.
    fn sane(mut self) -> (Self, Vec<&'static str>) {
        let plain = Self::default();
        let mut refused = Vec::new();
        if sane_scale(self.scale) != self.scale {
            self.scale = plain.scale;
            refused.push("scale");
        }
        if !self
            .window
            .iter()
            .all(|side| (SIDES[0]..=SIDES[1]).contains(side))
        {
            self.window = plain.window;
            refused.push("window");
        }
        if !self.layout.is_sound() {
            self.layout = plain.layout;
            refused.push("layout");
        }
        if !(0.0..=1e7).contains(&self.gallery.scroll) || self.gallery.search.len() > 400 {
            self.gallery = plain.gallery;
            refused.push("gallery");
        }
        self.recent.truncate(MOST_RECENT);
        if self.recent.iter().any(|place| place.len() > 4096) {
            self.recent.clear();
            refused.push("recent");
        }
        if self.adapter.len() > 400 {
            self.adapter = plain.adapter;
            refused.push("adapter");
        }
        (self, refused)
    }

    /// Puts a scene at the front of the recent ones.
    pub fn visited(recent: &mut Vec<String>, place: &str) {
        recent.retain(|known| known != place);
        recent.insert(0, place.into());
        recent.truncate(MOST_RECENT);
    }
}

/// The file of the settings; none when nothing is to be remembered.
pub fn file() -> Option<PathBuf> {
    let folder = match std::env::var_os("SEETHE_CONFIG_DIR") {
        Some(folder) if folder.is_empty() => return None,
        Some(folder) => PathBuf::from(folder),
        None => directories::ProjectDirs::from("", "", "seethe")?
            .config_dir()
            .to_path_buf(),
    };
    Some(folder.join("settings.ron"))
}

/// Reads the settings; whatever was wrong with them is said in words for the user.
pub fn load(file: Option<&Path>) -> (Settings, Option<String>) {
    let Some(path) = file else {
        return (Settings::default(), None);
    };
    let read = match files::small_text(path, MOST_BYTES) {
        Ok(None) => return (Settings::default(), None),
        Ok(Some(text)) => ron::from_str::<Settings>(&text).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match read {
        Ok(settings) => {
            let (settings, refused) = settings.sane();
            let said = (!refused.is_empty()).then(|| {
                format!(
                    "{}: {} made no sense; the usual values stand in for them.",
                    path.display(),
                    refused.join(", ")
                )
            });
            (settings, said)
        }
        Err(reason) => {
            let place = path.display();
            let kept = match files::put_aside(path) {
                Ok(aside) => format!("It is kept as {}", aside.display()),
                Err(error) => format!("It could not be put aside ({error})"),
            };
            let said = format!(
                "The settings could not be read: {place}: {reason}. {kept}, and the usual settings stand in for it."
            );
            (Settings::default(), Some(said))
        }
    }
}

/// Writes the settings when they have changed and come to rest.
pub struct Keeper {
    kept: Settings,
    waiting: Option<(Settings, Instant)>,
    writer: Option<Sender<Settings>>,
    faults: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// A keeper of a file; without one nothing is written.
    pub fn new(file: Option<PathBuf>, kept: Settings) -> Self {
        let (writer, inbox) = channel::<Settings>();
        let (report, faults) = channel();
        let thread = file.and_then(|path| {
            let work = move || {
                for settings in inbox {
                    if let Err(reason) = write(&path, &settings) {
                        // Nobody is left to be told when the window has gone.
                        let _ = report.send(reason);
                    }
                }
            };
            std::thread::Builder::new()
                .name("seethe-settings".into())
                .spawn(work)
                .ok()
        });
        Self {
            kept,
            waiting: None,
            writer: thread.is_some().then_some(writer),
            faults,
            thread,
        }
    }

    /// Takes note of the present settings; gives what could not be written, once.
    pub fn keep(&mut self, now: Settings) -> Option<String> {
        if now == self.kept {
            self.waiting = None;
        } else {
            match &self.waiting {
                Some((same, since)) if *same == now => {
                    if since.elapsed() >= CALM {
                        self.flush();
                    }
                }
                _ => self.waiting = Some((now, Instant::now())),
            }
        }
        let fault = self.faults.try_recv().ok()?;
        // What cannot be written now cannot be written later: it is said once.
        self.writer = None;
        Some(fault)
    }

    /// Writes at once what waits to be written.
    pub fn flush(&mut self) {
        let Some((settings, _)) = self.waiting.take() else {
            return;
        };
        self.kept = settings.clone();
        if let Some(writer) = &self.writer {
            let _ = writer.send(settings);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.flush();
        self.writer = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write(path: &Path, settings: &Settings) -> Result<(), String> {
    let pretty = ron::ser::PrettyConfig::default();
    let text = ron::ser::to_string_pretty(settings, pretty).map_err(|error| error.to_string())?;
    files::make_folder(&files::folder(path)).map_err(|error| error.to_string())?;
    files::replace(path, text.as_bytes())
        .map_err(|error| format!("The settings are not remembered: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::{Pane, Place};

    fn other() -> Settings {
        let mut layout = Arrangement::default();
        layout.open = vec![Pane::Plots, Pane::Story];
        layout.place = match layout.place {
            Place::Row(mut parts) => {
                parts.reverse();
                Place::Row(parts)
            }
            place => place,
        };
        Settings {
            dark: false,
            scale: 1.5,
            window: [1024, 640],
            layout,
            gallery: Wall {
                search: "φ = \"x\"".into(),
                tag: Some("active matter".into()),
                scroll: 120.5,
            },
            recent: vec!["mips".into(), "/tmp/a b.ron".into()],
            adapter: "llvmpipe (LLVM 19.1.7, 256 bits)".into(),
        }
    }

    #[test]
    fn settings_are_remembered() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/er/settings.ron");
        let mut keeper = Keeper::new(Some(path.clone()), Settings::default());
        assert_eq!(keeper.keep(Settings::default()), None);
        assert_eq!(keeper.keep(other()), None);
        // The end of the program does not wait for them to come to rest.
        drop(keeper);
        assert_eq!(load(Some(&path)), (other(), None));
    }

    #[test]
    fn a_corrupt_file_is_put_aside_and_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.ron");
        let deep = "(".repeat(100_000);
        let long = format!("(gallery: (search: \"{}\"))", "x".repeat(300_000));
        for text in [
            "",
            "(dark: tru",
            "{}",
            "\u{0}\u{1}",
            &deep,
            &long,
            "(scale: \"1\")",
        ] {
            std::fs::write(&path, text).expect("a file");
            let (settings, said) = load(Some(&path));
            assert_eq!(settings, Settings::default());
            let said = said.expect("it is told");
            assert!(said.contains("settings.ron.broken"), "{said}");
            assert!(!path.exists());
            let aside = folder.path().join("settings.ron.broken");
            assert_eq!(std::fs::read_to_string(aside).expect("a text"), text);
        }
    }

    #[test]
    fn nonsense_is_replaced_and_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.ron");
        for (text, name) in [
            ("(scale: NaN)", "scale"),
            ("(scale: 0.0)", "scale"),
            ("(scale: 1e9)", "scale"),
            ("(window: (0, 0))", "window"),
            ("(window: (4000000000, 100))", "window"),
            ("(layout: (place: pane(picture), open: []))", "layout"),
            ("(gallery: (scroll: inf))", "gallery"),
        ] {
            std::fs::write(&path, text).expect("a file");
            let (settings, said) = load(Some(&path));
            assert_eq!(settings, Settings::default(), "{text}");
            let said = said.expect("it is told");
            assert!(said.contains(name) && path.exists(), "{said}");
        }
        // What a later version adds is no reason to forget the rest.
        std::fs::write(&path, "(dark: false, colour_of_the_moon: 3)").expect("a file");
        let (settings, said) = load(Some(&path));
        assert!(!settings.dark && said.is_none(), "{said:?}");
    }

    #[test]
    fn nothing_is_remembered_where_nothing_may_be_written() {
        let mut keeper = Keeper::new(Some("/proc/none/settings.ron".into()), Settings::default());
        keeper.keep(other());
        keeper.flush();
        let mut said = None;
        for _ in 0..500 {
            said = said.or_else(|| keeper.keep(other()));
            std::thread::sleep(Duration::from_millis(10));
            if said.is_some() {
                break;
            }
        }
        assert!(said.is_some_and(|said| said.contains("/proc/none")));
        assert_eq!(load(None), (Settings::default(), None));
    }
}
