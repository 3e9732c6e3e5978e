//! Carries out what the user wants.

use bevy::prelude::*;
use bevy::window::{MonitorSelection, PrimaryWindow, WindowMode};
use bevy_egui::egui;
use std::fmt::Display;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use super::desk::Desk;
use super::eye;
use super::files::{Answer, Question};
use super::filming::Wardrobe;
use super::leaving::{self, Leaving};
use super::runs;
use crate::panel::{Request, Weight};
use crate::record::checkpoint;
use crate::record::encode::{FilmError, Metadata, read_film_metadata, read_png_metadata};
use crate::record::files::replace;
use crate::record::table::{columns_table, series_table, write_curve};
use crate::scene::{self, Scene, Watched};
use crate::sim::driver::Command;
use crate::sim::{Lab, Snapshot};

/// Does what a request says, or asks for the file name that it needs.
pub fn carry_out(
    request: Request,
    desk: &mut Desk,
    lab: &Lab,
    snapshot: &Snapshot,
    context: &egui::Context,
    windows: &mut Query<&mut Window, With<PrimaryWindow>>,
    exit: &mut MessageWriter<AppExit>,
) {
    match request {
        Request::Run(command) => lab.send(command),
        // The style follows the interface's view at every frame.
        Request::View(_) => {}
        Request::Picture(event) => eye::heed(event, desk, snapshot),
        Request::OpenScene(index) => open_listed(index, desk, lab),
        Request::OpenFile => desk.asking.ask(Question::Open),
        Request::SaveScene(mut scene) => {
            (scene.view.centre, scene.view.height) = desk.eye.framing();
            desk.asking.ask(Question::SaveScene(scene));
        }
        Request::SaveRun => desk.asking.ask(Question::SaveRun),
        Request::ExportTable => desk.asking.ask(Question::ExportTable),
        Request::ExportPlot(name) => desk.asking.ask(Question::ExportPlot(name)),
        Request::ExportColumns(columns) => desk.asking.ask(Question::ExportColumns(columns)),
        Request::ExportPicture(picture) => desk.asking.ask(Question::ExportPicture(picture)),
        Request::StartFilm => desk.asking.ask(Question::Film),
        Request::StopFilm => desk.filming.stop(),
        Request::Still => desk.asking.ask(Question::Still),
        Request::Fullscreen => {
            for mut window in windows {
                window.mode = match window.mode {
                    WindowMode::Windowed => {
                        WindowMode::BorderlessFullscreen(MonitorSelection::Current)
                    }
                    _ => WindowMode::Windowed,
                };
            }
        }
        Request::Copy(text) => {
            context.copy_text(text);
            desk.interface.tell(Weight::Note, "Copied.");
        }
        Request::Compute(place) => desk.devices.compute(place, lab),
        Request::Dark(dark) => desk.interface.dark = dark,
        Request::OpenRecent(index) => open_recent(index, desk, lab),
        Request::OpenLink(link) => {
            if !browse(&link) {
                context.copy_text(link.clone());
                let text =
                    format!("No browser could be started. The link is on the clipboard: {link}");
                desk.interface.tell(Weight::Fault, text);
            }
        }
        Request::SaveAndQuit(scene) => desk.leaving = Some(Leaving::new(scene)),
        Request::Quit => {
            desk.filming.abandon();
            desk.keeper.flush();
            exit.write(AppExit::Success);
        }
    }
}

/// Goes on with a request once its file is known.
pub fn answer(answer: Answer, desk: &mut Desk, lab: &Lab, snapshot: &Snapshot) {
    let Answer { question, path } = answer;
    match question {
        Question::Open => open_file(&path, desk, lab),
        Question::SaveRun => {
            desk.visit(&path.display().to_string());
            runs::keep(path, desk, lab, snapshot);
        }
        Question::SaveScene(scene) => {
            let outcome = replace(&path, scene.to_ron().as_bytes());
            if outcome.is_ok() {
                desk.interface.saved(&scene);
                desk.visit(&path.display().to_string());
            }
            leaving::scene_written(desk, outcome.is_ok());
            report(desk, outcome, &path);
        }
        Question::ExportTable => {
            let outcome = replace(&path, series_table(&snapshot.scalars).as_bytes());
            report(desk, outcome, &path);
        }
        Question::ExportPlot(name) => {
            let outcome = match snapshot
                .curves
                .iter()
                .find(|trace| trace.observable.name == name)
            {
                Some(trace) => write_curve(&path, snapshot.clock.step, &trace.curve),
                None => {
                    let one: Vec<_> = snapshot
                        .scalars
                        .iter()
                        .filter(|trace| trace.observable.name == name)
                        .cloned()
                        .collect();
                    replace(&path, series_table(&one).as_bytes())
                }
            };
            report(desk, outcome, &path);
        }
        Question::ExportColumns(columns) => {
            let text = columns_table(&columns.heads, &columns.rows);
            let outcome = replace(&path, text.as_bytes());
            report(desk, outcome, &path);
        }
        Question::ExportPicture(picture) => desk.filming.print(*picture, snapshot, path),
        Question::Film => {
            let size = desk.interface.picture_pixels;
            let wardrobe = Wardrobe::of(&desk.interface);
            if let Err(reason) = desk.filming.start(lab, snapshot, &path, size, wardrobe) {
                desk.interface.tell(Weight::Fault, reason);
            }
        }
        Question::Still => {
            let wardrobe = Wardrobe::of(&desk.interface);
            desk.filming.still(snapshot, &path, wardrobe);
        }
    }
}

/// Says what became of a file.
fn report<E: Display>(desk: &mut Desk, outcome: Result<(), E>, path: &Path) {
    match outcome {
        Ok(()) => desk
            .interface
            .tell(Weight::Note, format!("Written: {}", path.display())),
        Err(error) => desk.interface.tell(Weight::Fault, error.to_string()),
    }
}

fn open_listed(index: usize, desk: &mut Desk, lab: &Lab) {
    let Some(name) = desk.gallery.name(index) else {
        return;
    };
    match scene::find(name, &[]) {
        Ok(scene) => {
            desk.watched = None;
            desk.visit(name);
            play(scene, lab);
        }
        Err(problems) => desk.interface.tell(Weight::Fault, problems.to_string()),
    }
}

/// Opens a scene that was open before: one of the gallery by its name, or a file.
fn open_recent(index: usize, desk: &mut Desk, lab: &Lab) {
    let Some(place) = desk.recent_place(index).map(str::to_owned) else {
        return;
    };
    match desk.gallery.index(&place) {
        Some(index) => open_listed(index, desk, lab),
        None => open_file(Path::new(&place), desk, lab),
    }
}

/// Opens a scene file, a run that was kept, or a still or film that carries its scene.
pub fn open_file(path: &Path, desk: &mut Desk, lab: &Lab) {
    let opened = if checkpoint::is_one(path) {
        runs::open(path, desk, lab).map(|()| None)
    } else {
        read(path).map(|(scene, watched)| {
            play(scene, lab);
            watched
        })
    };
    match opened {
        Ok(watched) => {
            desk.watched = watched;
            // A relative name would lead elsewhere on the next visit.
            let whole = std::path::absolute(path).unwrap_or_else(|_| path.into());
            desk.visit(&whole.display().to_string());
            // Whoever drops a file onto the wall of scenes has chosen.
            desk.interface.close_sheet();
        }
        Err(reason) => desk.interface.tell(Weight::Fault, reason),
    }
}

/// A scene, and the file to watch when it is from one.
pub type Opened = Result<(Scene, Option<Watched>), String>;

/// Reads the scene of a file, whatever kind of file it is.
pub fn read(path: &Path) -> Opened {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    match extension.to_ascii_lowercase().as_str() {
        "png" => carried(path, read_png_metadata(path), "picture"),
        "mp4" | "gif" => carried(path, read_film_metadata(path), "film"),
        _ => from_file(path),
    }
}

/// True for a still or a film, which may carry a scene.
pub fn is_picture(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    ["png", "mp4", "gif"]
        .iter()
        .any(|kind| extension.eq_ignore_ascii_case(kind))
}

fn from_file(path: &Path) -> Opened {
    let scene = scene::load(path, &[]).map_err(|problems| problems.to_string())?;
    let watched = Watched::new(path, &[], scene.clone());
    Ok((scene, Some(watched)))
}

/// The scene that a still or a film carries as text.
fn carried(path: &Path, read: Result<Option<Metadata>, FilmError>, what: &str) -> Opened {
    let metadata = read.map_err(|error| error.to_string())?;
    let text = metadata
        .map(|metadata| metadata.comment)
        .unwrap_or_default();
    let name = path.display().to_string();
    if text.trim().is_empty() {
        return Err(format!(
            "{name}: this {what} carries no scene; open one that Seethe has made, or a scene file"
        ));
    }
    let scene = scene::parse(&name, &text, &[]).map_err(|problems| problems.to_string())?;
    Ok((scene, None))
}

/// Opens a page in the browser; false when none can be started.
fn browse(link: &str) -> bool {
    if !(link.starts_with("https://") || link.starts_with("http://")) {
        return false;
    }
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let started = Process::new(opener)
        .arg(link)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut browser) = started else {
        return false;
    };
    // Waited for on the side, so that no ended process is left behind.
    let waiting = std::thread::Builder::new().spawn(move || browser.wait());
    waiting.is_ok()
}

fn play(scene: Scene, lab: &Lab) {
    lab.send(Command::Load {
        scene: Box::new(scene),
        play: true,
    });
}
