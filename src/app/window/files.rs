//! Asks for the name of a file.

use bevy_egui::egui;
use egui_file_dialog::{DialogState, FileDialog, FileDialogConfig, FileDialogLabels};
use egui_phosphor::regular as icons;
use std::path::PathBuf;

use crate::panel::{Columns, PlotPicture};
use crate::scene::Scene;

/// The files that can be opened.
const KINDS: &str = "Scenes, runs, stills and films";

/// What the file is for.
pub enum Question {
    Open,
    SaveScene(Box<Scene>),
    SaveRun,
    ExportTable,
    ExportPlot(&'static str),
    ExportColumns(Box<Columns>),
    ExportPicture(Box<PlotPicture>),
    Film,
    Still,
}

/// A question and the file that the user chose.
pub struct Answer {
    pub question: Question,
    pub path: PathBuf,
}

/// The dialogue, of which there is at most one.
#[derive(Default)]
pub struct Asking {
    open: Option<(Question, FileDialog)>,
}

impl Asking {
    /// Asks for a file; a dialogue that was open before is closed.
    pub fn ask(&mut self, question: Question) {
        let folder = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let dialog = FileDialog::with_config(dress())
            .initial_directory(folder)
            .anchor(egui::Align2::CENTER_CENTER, egui::Vec2::ZERO);
        let saved = |dialog: FileDialog, title: &str, name: &str, kind: &str, extension: &str| {
            dialog
                .title(title)
                .default_file_name(name)
                .add_save_extension(kind, extension)
                .default_save_extension(kind)
        };
        let mut dialog = match &question {
            Question::Open => dialog
                .title("Open a scene, a run, or a still or film that carries a scene")
                .add_file_filter_extensions(KINDS, vec!["ron", "ckpt", "png", "mp4", "gif"])
                .default_file_filter(KINDS),
            Question::SaveScene(_) => saved(dialog, "Save the scene", "scene.ron", "Scene", "ron"),
            Question::SaveRun => saved(dialog, "Save the run", "run.ckpt", "Run", "ckpt"),
            Question::ExportTable => saved(
                dialog,
                "Export all time series",
                "series.csv",
                "Table",
                "csv",
            ),
            Question::ExportPlot(name) => saved(
                dialog,
                "Export a plot",
                &format!("{name}.csv"),
                "Table",
                "csv",
            ),
            Question::ExportColumns(columns) => saved(
                dialog,
                "Export a plot",
                &format!("{}.csv", columns.name),
                "Table",
                "csv",
            ),
            Question::ExportPicture(picture) => saved(
                dialog,
                "Save a picture of plots",
                &format!("{}.png", picture.name),
                "Picture",
                "png",
            ),
            Question::Film => saved(dialog, "Film into", "film.mp4", "H.264 film", "mp4")
                .add_save_extension("GIF animation", "gif"),
            Question::Still => saved(dialog, "Save a still", "still.png", "Picture", "png"),
        };
        match question {
            Question::Open => dialog.pick_file(),
            _ => dialog.save_file(),
        }
        self.open = Some((question, dialog));
    }

    /// True while the dialogue stands.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Draws the dialogue; gives the answer in the frame in which the user has chosen.
    pub fn show(&mut self, context: &egui::Context) -> Option<Answer> {
        let (_, dialog) = self.open.as_mut()?;
        dialog.update(context);
        let chosen = dialog.take_picked();
        let gone = !matches!(dialog.state(), DialogState::Open);
        if chosen.is_none() && !gone {
            return None;
        }
        let (question, _) = self.open.take()?;
        chosen.map(|path| Answer { question, path })
    }
}

/// The dialogue in our own icons: its emoji are in none of our fonts.
fn dress() -> FileDialogConfig {
    let plain = FileDialogConfig::default();
    let labels = FileDialogLabels {
        title_select_directory: "Select a folder".into(),
        title_select_file: "Open a file".into(),
        title_select_multiple: "Select files".into(),
        title_save_file: "Save a file".into(),
        reload: "Reload".into(),
        working_directory: "Go to the working folder".into(),
        select_all: "Select all".into(),
        home_dir: "Home".into(),
        desktop_dir: "Desktop".into(),
        documents_dir: "Documents".into(),
        downloads_dir: "Downloads".into(),
        audio_dir: "Audio".into(),
        pictures_dir: "Pictures".into(),
        videos_dir: "Videos".into(),
        pin_folder: "Pin".into(),
        unpin_folder: "Unpin".into(),
        rename_pinned_folder: "Rename".into(),
        open_button: "Open".into(),
        save_button: "Save".into(),
        cancel_button: "Cancel".into(),
        ..plain.labels.clone()
    };
    FileDialogConfig {
        labels,
        err_icon: icons::WARNING.into(),
        warn_icon: icons::WARNING.into(),
        default_file_icon: icons::FILE.into(),
        default_folder_icon: icons::FOLDER.into(),
        pinned_icon: icons::PUSH_PIN.into(),
        device_icon: icons::HARD_DRIVE.into(),
        removable_device_icon: icons::USB.into(),
        parent_directory_icon: icons::ARROW_UP.into(),
        back_icon: icons::ARROW_LEFT.into(),
        forward_icon: icons::ARROW_RIGHT.into(),
        new_folder_icon: icons::FOLDER_PLUS.into(),
        menu_icon: icons::LIST.into(),
        search_icon: icons::MAGNIFYING_GLASS.into(),
        path_edit_icon: icons::PENCIL_SIMPLE.into(),
        ..plain
    }
}
