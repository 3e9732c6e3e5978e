//! L5: the interface over a running simulation: parameters, plots, transport, picture, help.
//!
//! A panel is a function of a [`Ui`], its own small state and a [`Snapshot`]; what the user wants
//! comes out as [`Request`]s. Nothing here knows a model, touches a world, a file or the GPU.
//!
//! Reading order: `theme`, `numbers`, `symbols` (how things look), `actions` (the one table of
//! what can be done), `quantity` (what can be changed, and how), `undo`, `state`, `widgets`,
//! `reach`, `field` and `choice` (sliders, typed values, menus), `parameters`, `population`,
//! `story` (left), `ticks`, `strokes`, `chart`, `measured`, `card`, `plots` (right), `bar`,
//! `transport`, `picture`, `legend`, `picture_menu`, `plane`, `tools`, `hands`, `drawing`,
//! `inspector`, `history` (centre), `sheets` (help, commands), `gallery`, `toasts`, and
//! `layout`, which puts them together in [`interface`].
//! `story` (left), `ticks`, `strokes`, `thin`, `chart`, `drawing`, `fit`, `inspecting`, `grip` (one
//! chart and what a hand does to it), `measured`, `scatter` (from a run to a chart), `card`,
//! `plot_menu`, `plots` (right), `bar`, `transport`, `picture`, `legend` (centre), `sheets` (help,
//! commands), `gallery`, `toasts`, and `layout`, which puts them together in [`interface`].
//! `page` draws plots and legend for films and pictures, where there is no hand.

pub mod actions;
mod bar;
mod card;
mod chart;
mod choice;
mod drawing;
mod field;
mod figure;
mod fit;
mod fuzzy;
mod gallery;
mod grip;
mod hands;
mod history;
mod inspecting;
pub mod inspector;
mod layout;
mod legend;
mod measured;
pub mod numbers;
pub mod page;
pub mod parameters;
mod picture;
mod picture_menu;
mod plane;
mod plot_menu;
pub mod plots;
mod population;
pub mod quantity;
mod reach;
mod scatter;
mod sheets;
mod state;
mod story;
mod strokes;
mod symbols;
pub mod theme;
mod thin;
mod ticks;
mod toasts;
mod tools;
mod transport;
mod undo;
mod widgets;

use bevy_egui::egui;
use egui::{TextureId, Ui, Vec2};

pub use layout::interface;
pub use page::{Page, PlotPicture, PrintedPlot, captions};
pub use picture::scale_bar;
pub use state::{Dress, Interface};
pub use toasts::{Toast, Weight};

use crate::scene::{Scene, ViewSettings};
use crate::sim::Snapshot;
use crate::sim::driver::Command;

/// What the user wants; whoever draws the interface carries it out.
pub enum Request {
    /// To the run.
    Run(Command),
    /// The picture is to be drawn like this from now on.
    View(ViewSettings),
    /// A hand on the picture.
    Picture(PictureEvent),
    /// A scene of the gallery, by its index among [`Surroundings::scenes`].
    OpenScene(usize),
    /// Asks for a scene file and opens it.
    OpenFile,
    /// Asks for a name and writes the scene with the values that hold now.
    SaveScene(Box<Scene>),
    /// Writes every measurement as CSV.
    ExportTable,
    /// Writes the data of one observable as CSV.
    ExportPlot(&'static str),
    /// Writes numbers as CSV that stand in a plot alone, such as the bars of a histogram.
    ExportColumns(Box<Columns>),
    /// Writes plots as a picture.
    ExportPicture(Box<PlotPicture>),
    /// Starts to record a film.
    StartFilm,
    /// Ends the film and keeps it.
    StopFilm,
    /// Writes the picture as it is.
    Still,
    /// Switches full screen on or off.
    Fullscreen,
    /// Puts a text on the clipboard.
    Copy(String),
    /// The interface is dark, or light, from now on.
    Dark(bool),
    /// Ends the program.
    Quit,
}

/// A hand on the picture. Lengths are in points, places are measured from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PictureEvent {
    /// The picture is dragged by so much.
    Pan(Vec2),
    /// It grows by the factor while the place stays where it is.
    Zoom { factor: f32, at: Vec2 },
    /// A click, to look closer at what is there.
    Click(Vec2),
    /// All of the box is to be seen.
    FrameAll,
}

/// The numbers of a plot in columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// A name for the file.
    pub name: String,
    /// One word per column.
    pub heads: Vec<String>,
    pub rows: Vec<Vec<f64>>,
}

/// A scene that can be opened.
#[derive(Clone, Debug, Default)]
pub struct SceneEntry {
    pub title: String,
    /// One line.
    pub summary: String,
    pub tags: Vec<String>,
    /// A small picture of it.
    pub thumbnail: Option<TextureId>,
}

/// Whether a film is being made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FilmState {
    #[default]
    Idle,
    /// Frames taken and their length in seconds of film.
    Recording { frames: u64, seconds: f64 },
}

/// What the interface is told besides the snapshot, once per frame.
pub struct Surroundings<'a> {
    /// The texture of the picture, of the size [`Interface::picture_pixels`] of the last frame.
    pub picture: Option<TextureId>,
    /// The colour map of the picture from its low to its high end, sRGB.
    pub colours: &'a [[u8; 3]],
    /// The colour maps of the layers that are drawn, by their names.
    pub layer_colours: &'a [(&'a str, &'a [[u8; 3]])],
    /// Scale of the picture in points per unit of length; 0 while it is not known.
    pub points_per_length: f64,
    /// The place in the middle of the picture, in units of length from the centre of the box.
    pub centre: [f64; 2],
    pub scenes: &'a [SceneEntry],
    /// Name of the graphics adapter.
    pub adapter: &'a str,
    /// True when the adapter is the processor.
    pub software: bool,
    pub film: FilmState,
}

impl Default for Surroundings<'_> {
    fn default() -> Self {
        Self {
            picture: None,
            colours: &[],
            layer_colours: &[],
            points_per_length: 0.0,
            centre: [0.0; 2],
            scenes: &[],
            adapter: "",
            software: false,
            film: FilmState::Idle,
        }
    }
}

/// Everything that a panel sees in one frame.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub snapshot: &'a Snapshot,
    pub surroundings: &'a Surroundings<'a>,
}

/// What the user wants of this frame.
pub type Requests = Vec<Request>;

/// A panel: draws itself and says what the user wants.
pub type Panel = fn(&mut Ui, &mut Interface, &Frame, &mut Requests);
