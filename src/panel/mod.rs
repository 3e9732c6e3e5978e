//! L5: the interface over a running simulation: parameters, plots, transport, picture, help.
//!
//! A panel is a function of a [`Ui`], its own small state and a [`Snapshot`]; what the user wants
//! comes out as [`Request`]s. Nothing here knows a model, touches a world, a file or the GPU.
//!
//! Reading order: `theme`, `numbers`, `symbols`, `formula` (how things look), `entries`, `actions`
//! and `keys` (the one table of what can be done), `quantity` (what can be changed, and how),
//! `undo`, `state`, `widgets`, `reach`, `field` and `choice` (sliders, typed values, menus),
//! `parameters`, `population`, `story`, `bookmarks` (left), `ticks`, `strokes`, `thin`, `chart`,
//! `figure`, `fit`, `inspecting`, `grip` (one chart and what a hand does to it), `measured`,
//! `scatter` (from a run to a chart), `card`, `plot_menu`, `plots`, `inspector`, `history`,
//! `computing`, `performance` (right), `bar`, `menu`, `timeline`, `transport`, `picture`, `legend`, `picture_menu`, `plane`,
//! `tools`, `hands`, `drawing`, `present` (centre), `sheets` (help, commands), `gallery`, `leave`,
//! `toasts`, `dock` (where the panes stand), and `layout`, which puts them together in
//! [`interface`]. `page` draws plots and legend for films and pictures, where there is no hand.

pub mod actions;
mod bar;
mod bookmarks;
mod branches;
mod card;
mod chart;
mod choice;
mod computing;
mod dock;
mod drawing;
mod entries;
mod field;
mod figure;
mod fit;
mod formula;
mod fuzzy;
mod gallery;
mod grip;
mod hands;
mod history;
mod inspecting;
pub mod inspector;
mod keys;
mod layout;
mod leave;
mod legend;
mod measured;
mod menu;
pub mod numbers;
pub mod page;
pub mod parameters;
mod performance;
mod picture;
mod picture_menu;
mod plane;
mod plot_menu;
pub mod plots;
mod population;
mod present;
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
mod timeline;
mod toasts;
mod tools;
mod transport;
mod typed;
mod undo;
mod widgets;

use bevy_egui::egui;
use egui::{TextureId, Ui, Vec2};

pub use dock::{Arrangement, Pane, Place};
pub use gallery::Wall;
pub use layout::{interface, sane_scale};
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
    /// Asks for a name and writes the run as it stands, to be gone on with later.
    SaveRun,
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
    /// Opens a scene that was open before, by its index among [`Surroundings::recent`].
    OpenRecent(usize),
    /// Opens a page of the web.
    OpenLink(String),
    /// Keeps what would be lost, a film that is being recorded and the scene, and ends the program.
    SaveAndQuit(Option<Box<Scene>>),
    /// Ends the program.
    Quit,
    /// Moves the steps to an adapter, by its index among [`Surroundings::adapters`], or to the
    /// processor.
    Compute(Option<usize>),
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
    /// The picture shows this point in its middle and so many units of length from top to bottom;
    /// without a height all of the box.
    LookAt {
        centre: [f64; 2],
        height: Option<f64>,
    },
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
    /// The chapter that it belongs to, by its title.
    pub chapter: String,
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
    /// Adapters that can compute steps, the fastest kinds first; empty while they are not known.
    pub adapters: &'a [AdapterEntry],
    /// Which of them computes when no other is asked for.
    pub chosen_adapter: usize,
    pub film: FilmState,
    /// The middle of the picture and its height in units of length; none while all of the box is
    /// framed.
    pub looks_at: Option<([f64; 2], f64)>,
    /// The scenes that were open before, the latest first.
    pub recent: &'a [Recent],
    pub machine: Machine,
}

/// An adapter that can compute steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterEntry {
    pub name: String,
    /// Name, kind and driver, as in [`Snapshot::engine`].
    pub line: String,
    /// True when it is the processor.
    pub software: bool,
}

/// A scene that was open before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    pub title: String,
    /// Where it comes from: a file, or the gallery.
    pub place: String,
}

/// What the program takes of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Machine {
    /// Seconds of computing for one frame of the interface.
    pub interface_seconds: f64,
    /// Seconds from one frame to the next.
    pub frame_seconds: f64,
    /// Memory of the whole program in bytes; none where the system does not say.
    pub resident: Option<u64>,
    /// Threads that share a step.
    pub threads: usize,
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
            adapters: &[],
            chosen_adapter: 0,
            film: FilmState::Idle,
            looks_at: None,
            recent: &[],
            machine: Machine::default(),
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
