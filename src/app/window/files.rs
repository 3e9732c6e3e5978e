//! Asks for the name of a file.

use bevy_egui::egui;
use egui_file_dialog::{DialogState, FileDialog};
use std::path::PathBuf;

use crate::scene::Scene;

/// What the file is for.
pub enum Question {
    OpenScene,
    SaveScene(Box<Scene>),
    ExportTable,
    ExportPlot(&'static str),
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
        let dialog = FileDialog::new().initial_directory(folder);
        let saved = |dialog: FileDialog, title: &str, name: &str, kind: &str, extension: &str| {
            dialog
                .title(title)
                .default_file_name(name)
                .add_save_extension(kind, extension)
                .default_save_extension(kind)
        };
        let mut dialog = match &question {
            Question::OpenScene => dialog
                .title("Open a scene, or a still that carries one")
                .add_file_filter_extensions("Scenes and stills", vec!["ron", "png"])
                .default_file_filter("Scenes and stills"),
            Question::SaveScene(_) => saved(dialog, "Save the scene", "scene.ron", "Scene", "ron"),
            Question::ExportTable => {
                saved(dialog, "Export all time series", "series.csv", "Table", "csv")
            }
            Question::ExportPlot(name) => {
                saved(dialog, "Export a plot", &format!("{name}.csv"), "Table", "csv")
            }
            Question::Film => {
                saved(dialog, "Film into", "film.mp4", "H.264 film", "mp4")
                    .add_save_extension("GIF animation", "gif")
            }
            Question::Still => saved(dialog, "Save a still", "still.png", "Picture", "png"),
        };
        match question {
            Question::OpenScene => dialog.pick_file(),
            _ => dialog.save_file(),
        }
        self.open = Some((question, dialog));
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
