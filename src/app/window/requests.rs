//! Carries out what the user wants.

use bevy::prelude::*;
use bevy::window::{MonitorSelection, PrimaryWindow, WindowMode};
use bevy_egui::egui;
use std::fmt::Display;
use std::path::Path;

use super::desk::Desk;
use super::eye;
use super::files::{Answer, Question};
use super::filming::Wardrobe;
use crate::panel::{Request, Weight};
use crate::record::encode::read_png_metadata;
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
        Request::OpenFile => desk.asking.ask(Question::OpenScene),
        Request::SaveScene(mut scene) => {
            (scene.view.centre, scene.view.height) = desk.eye.framing();
            desk.asking.ask(Question::SaveScene(scene));
        }
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
        Request::Copy(text) => context.copy_text(text),
        Request::Dark(dark) => desk.interface.dark = dark,
        Request::Quit => {
            exit.write(AppExit::Success);
        }
    }
}

/// Goes on with a request once its file is known.
pub fn answer(answer: Answer, desk: &mut Desk, lab: &Lab, snapshot: &Snapshot) {
    let Answer { question, path } = answer;
    match question {
        Question::OpenScene => open_file(&path, desk, lab),
        Question::SaveScene(scene) => {
            let outcome = replace(&path, scene.to_ron().as_bytes());
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
            play(scene, lab);
        }
        Err(problems) => desk.interface.tell(Weight::Fault, problems.to_string()),
    }
}

/// Opens a scene file, or a still that carries its scene.
pub fn open_file(path: &Path, desk: &mut Desk, lab: &Lab) {
    let is_still = path
        .extension()
        .is_some_and(|ext| ext.eq_ignore_ascii_case("png"));
    let opened = if is_still {
        from_still(path)
    } else {
        from_file(path)
    };
    match opened {
        Ok((scene, watched)) => {
            desk.watched = watched;
            play(scene, lab);
        }
        Err(reason) => desk.interface.tell(Weight::Fault, reason),
    }
}

fn from_file(path: &Path) -> Result<(Scene, Option<Watched>), String> {
    let scene = scene::load(path, &[]).map_err(|problems| problems.to_string())?;
    let watched = Watched::new(path, &[], scene.clone());
    Ok((scene, Some(watched)))
}

fn from_still(path: &Path) -> Result<(Scene, Option<Watched>), String> {
    let metadata = read_png_metadata(path)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| format!("{}: this picture carries no scene", path.display()))?;
    let name = path.display().to_string();
    let scene =
        scene::parse(&name, &metadata.comment, &[]).map_err(|problems| problems.to_string())?;
    Ok((scene, None))
}

fn play(scene: Scene, lab: &Lab) {
    lab.send(Command::Load {
        scene: Box::new(scene),
        play: true,
    });
}
