//! What a scene says, once it has been checked: plain data that every later stage may trust.

use crate::math::domain::Domain;
use crate::model::parameter::Values;
use crate::model::{Model, Start};

/// The newest version of the format that this program reads, and the one that it writes.
pub const VERSION: u32 = 1;

/// One phenomenon: a model, its parameters, the start, and how it is shown.
///
/// A `Scene` exists only when everything in it is valid: names are known, numbers finite and in
/// their ranges, and dt within the model's bound. Two scenes are equal when they say the same,
/// however they are written: the text they come from does not count.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Version of the format in which the scene was written.
    pub version: u32,
    pub model: &'static Model,
    pub story: Story,
    /// Value of every parameter, in the order of the model's declarations.
    pub values: Values,
    pub domain: Domain,
    /// Number of particles.
    pub count: usize,
    /// Name of one of the model's initial conditions.
    pub initial: String,
    pub seed: u64,
    /// Step in units of time.
    pub dt: f64,
    /// A sample is taken whenever the number of steps done is a multiple of this.
    pub sample_every: u64,
    /// Units of model time per second of wall time when the scene plays; `None`: as fast as it goes.
    pub speed: Option<f64>,
    /// Units of model time after which there is no more to see; `None`: it goes on.
    pub duration: Option<f64>,
    pub view: ViewSettings,
    pub plots: Vec<PlotSettings>,
    /// Views to come back to, in the order of their keys 1 to 9.
    pub bookmarks: Vec<Bookmark>,
    /// The text that the scene was read from.
    pub source: String,
}

impl PartialEq for Scene {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
            && self.model == other.model
            && self.story == other.story
            && self.values == other.values
            && self.domain == other.domain
            && self.count == other.count
            && self.initial == other.initial
            && self.seed == other.seed
            && self.dt == other.dt
            && self.sample_every == other.sample_every
            && self.speed == other.speed
            && self.duration == other.duration
            && self.view == other.view
            && self.plots == other.plots
            && self.bookmarks == other.bookmarks
    }
}

impl Scene {
    /// What the chapter needs to place the particles.
    pub fn start(&self) -> Start<'_> {
        Start {
            count: self.count,
            domain: self.domain,
            seed: self.seed,
            initial: &self.initial,
            values: &self.values,
        }
    }

    /// Density: particles per unit of area.
    pub fn density(&self) -> f64 {
        self.count as f64 / self.domain.area()
    }

    /// Packing fraction: share of the box that the particles cover, N a / (Lx Ly).
    pub fn packing_fraction(&self) -> f64 {
        self.density() * (self.model.particle_area)(&self.values)
    }
}

/// What the phenomenon is, for the person in front of the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    pub title: String,
    /// Paragraphs, separated by empty lines; mathematics in Unicode.
    pub text: String,
    /// Where it was published.
    pub reference: String,
    /// Words by which the gallery sorts.
    pub tags: Vec<String>,
}

/// A view to come back to, and the live parameters that make what is seen there.
#[derive(Clone, Debug, PartialEq)]
pub struct Bookmark {
    pub name: String,
    /// Colouring, marks, layers and camera.
    pub view: ViewSettings,
    /// Indices of live parameters and their values where they differ from the scene's.
    pub parameters: Vec<(usize, f64)>,
}

/// The most bookmarks of a scene: there is a key for each.
pub const MOST_BOOKMARKS: usize = 9;

/// How a particle is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyph {
    /// A shaded disc of the particle's diameter.
    #[default]
    Disc,
    /// An arrow along the heading.
    Arrow,
    /// A streak along the last displacement.
    Streak,
}

/// What the particles lie on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Near black.
    #[default]
    Dark,
    /// Paper.
    Light,
}

/// The picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ViewSettings {
    /// Name of one of the model's colourings; empty when the model has none.
    pub colour: String,
    /// One of [`COLOUR_MAPS`]; `None` takes the one that suits the colouring.
    pub colour_map: Option<String>,
    /// Fixed range of the colours; `None` takes the colouring's own, or follows the data.
    pub range: Option<[f64; 2]>,
    pub glyph: Glyph,
    /// Point of the box in the middle of the picture, in units of length from the box's centre.
    pub centre: [f64; 2],
    /// Height of the picture in units of length; `None` frames the box.
    pub height: Option<f64>,
    pub background: Background,
    /// Names of the model's layers that are drawn.
    pub layers: Vec<String>,
}

/// The colour maps that a scene can name.
pub const COLOUR_MAPS: &[&str] = &["viridis", "cividis", "magma", "diverging", "cyclic"];

/// How an observable is plotted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlotKind {
    /// A scalar over time.
    Series,
    /// How often a scalar takes which value.
    Histogram,
    /// A distribution over its own axis.
    Profile,
    /// A distribution or correlation on two logarithmic axes.
    LogLog,
}

/// One plot.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotSettings {
    /// Name of one of the model's observables.
    pub observable: String,
    pub kind: PlotKind,
    pub x_logarithmic: bool,
    pub y_logarithmic: bool,
    /// Fixed range of the y axis; `None` follows the data.
    pub range: Option<[f64; 2]>,
}
