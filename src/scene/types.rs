//! What a scene says, once it has been checked: plain data that every later stage may trust.

use super::ramp::Ramp;
use crate::math::domain::Domain;
use crate::math::walls::Segment;
use crate::model::observable::{Estimator, Observable};
use crate::model::parameter::Values;
use crate::model::{Input, Model, Start};

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
    /// Files that the model reads.
    pub inputs: Vec<Input>,
    pub domain: Domain,
    /// Walls that no particle crosses.
    pub walls: Vec<Segment>,
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
    /// Parameters that move in the course of the run.
    pub ramps: Vec<Ramp>,
    /// Where the steps are computed.
    pub backend: Backend,
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
            && self.inputs == other.inputs
            && self.domain == other.domain
            && self.walls == other.walls
            && self.count == other.count
            && self.initial == other.initial
            && self.seed == other.seed
            && self.dt == other.dt
            && self.sample_every == other.sample_every
            && self.speed == other.speed
            && self.duration == other.duration
            && self.ramps == other.ramps
            && self.backend == other.backend
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

/// Where the steps are computed. It changes how fast a run goes and the last digits of what it
/// gives, see [`crate::sim::engine`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// On the processor.
    #[default]
    Cpu,
    /// On a graphics device, by the chapter's compute shader.
    Gpu,
}

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

/// How one layer of the picture is drawn, where it differs from what suits it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerStyle {
    /// Name of the layer.
    pub layer: String,
    /// 0 to 1; `None` takes what suits the kind of layer.
    pub opacity: Option<f64>,
    /// One of [`COLOUR_MAPS`]; `None` takes the one that suits the kind of layer.
    pub colour_map: Option<String>,
    /// Fixed range of its colours; `None` follows the data.
    pub range: Option<[f64; 2]>,
}

/// The picture.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewSettings {
    /// Name of one of the model's colourings or of its columns; empty when the model has none.
    pub colour: String,
    /// One of [`COLOUR_MAPS`]; `None` takes the one that suits the colouring.
    pub colour_map: Option<String>,
    /// Fixed range of the colours; `None` takes the colouring's own, or follows the data.
    pub range: Option<[f64; 2]>,
    /// True when equal ratios of the value are equal steps of the colour.
    pub logarithmic: bool,
    pub glyph: Glyph,
    /// Point of the box in the middle of the picture, in units of length from the box's centre.
    pub centre: [f64; 2],
    /// Height of the picture in units of length; `None` frames the box.
    pub height: Option<f64>,
    pub background: Background,
    /// Opacity of the images of a periodic box around it, 0 to 1; 0 hides them.
    pub ghosts: f64,
    /// Light that spreads from bright places, 0 to 1; never around colours that are quantities.
    pub bloom: f64,
    /// Names of the layers that are drawn: the model's, or those that every model has.
    pub layers: Vec<String>,
    /// How layers are drawn, in any order; a layer that is not drawn may have one, too.
    pub layer_styles: Vec<LayerStyle>,
}

/// Opacity of the images of a periodic box when a scene does not say.
pub const GHOSTS: f64 = 0.35;

impl Default for ViewSettings {
    fn default() -> Self {
        Self {
            colour: String::new(),
            colour_map: None,
            range: None,
            logarithmic: false,
            glyph: Glyph::default(),
            centre: [0.0; 2],
            height: None,
            background: Background::default(),
            ghosts: GHOSTS,
            bloom: 0.0,
            layers: Vec::new(),
            layer_styles: Vec::new(),
        }
    }
}

impl ViewSettings {
    /// How a layer is to be drawn, if the scene says so.
    pub fn style_of(&self, layer: &str) -> Option<&LayerStyle> {
        self.layer_styles.iter().find(|style| style.layer == layer)
    }

    /// The same, to be changed.
    pub fn style_mut(&mut self, layer: &str) -> &mut LayerStyle {
        let known = self
            .layer_styles
            .iter()
            .position(|style| style.layer == layer);
        let place = known.unwrap_or_else(|| {
            self.layer_styles.push(LayerStyle {
                layer: layer.into(),
                ..LayerStyle::default()
            });
            self.layer_styles.len() - 1
        });
        &mut self.layer_styles[place]
    }
}

/// The colour maps that a scene can name.
pub const COLOUR_MAPS: &[&str] = &["viridis", "cividis", "magma", "diverging", "cyclic"];

/// How an observable is plotted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlotKind {
    /// A scalar over time.
    #[default]
    Series,
    /// How often a scalar takes which value.
    Histogram,
    /// A distribution over its own axis.
    Profile,
    /// A scalar against another, a parameter or its own past, as a path that fades with age.
    Scatter,
    /// A distribution or correlation on two logarithmic axes.
    LogLog,
}

/// The bins that a histogram may have.
pub const BINS: [usize; 2] = [2, 256];

/// One plot. Settings that its kind does not use are kept, for the day when the kind changes.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotSettings {
    /// Name of one of the model's observables.
    pub observable: String,
    pub kind: PlotKind,
    /// The x axis of a scatter plot: name of a scalar observable or of a parameter with a number;
    /// `None` is the observable itself, earlier by the lag.
    pub against: Option<String>,
    /// Units of time by which a scatter plot against itself looks back; `None`: one sample.
    pub lag: Option<f64>,
    pub x_logarithmic: bool,
    pub y_logarithmic: bool,
    /// Fixed range of the x axis; `None` follows the data.
    pub x_range: Option<[f64; 2]>,
    /// Fixed range of the y axis; `None` follows the data.
    pub range: Option<[f64; 2]>,
    /// The last units of time that a series, a histogram or a scatter plot shows; `None`: all.
    pub window: Option<f64>,
    /// Bins of a histogram.
    pub bins: usize,
    /// Whether theory is drawn.
    pub theory: bool,
    /// Whether bands are drawn: standard errors, and the extremes of merged samples.
    pub band: bool,
}

impl Default for PlotSettings {
    fn default() -> Self {
        Self {
            observable: String::new(),
            kind: PlotKind::default(),
            against: None,
            lag: None,
            x_logarithmic: false,
            y_logarithmic: false,
            x_range: None,
            range: None,
            window: None,
            bins: 32,
            theory: true,
            band: true,
        }
    }
}

impl PlotSettings {
    /// The plot that suits an observable when nobody says how.
    pub fn of(observable: &Observable) -> Self {
        let mut settings = Self {
            observable: observable.name.into(),
            ..Self::default()
        };
        if let Estimator::Distribution { x, logarithmic, .. }
        | Estimator::Correlation { x, logarithmic, .. } = observable.estimator
        {
            settings.kind = if x.logarithmic && logarithmic {
                PlotKind::LogLog
            } else {
                PlotKind::Profile
            };
            (settings.x_logarithmic, settings.y_logarithmic) = (x.logarithmic, logarithmic);
        }
        settings
    }
}

impl PlotKind {
    /// The kinds that suit an observable: those of one number per sample, or those of a function.
    pub fn suiting(observable: &Observable) -> &'static [Self] {
        if observable.is_scalar() {
            &[Self::Series, Self::Histogram, Self::Scatter]
        } else {
            &[Self::Profile, Self::LogLog]
        }
    }
}
