//! What the outside sees of a run: plain data, made on the run's own thread.

use std::sync::Arc;

use super::branches::BranchMark;
use super::engine::{Cost, ReadBacks};
use super::inspect::Inspection;
use super::marks::Marks;
use super::past::Past;
use super::simulation::Simulation;
use super::timeline::Span;
use crate::math::domain::Domain;
use crate::math::tally::Tally;
use crate::model::observable::{Category, Curve, Grid, Inset, Observable};
use crate::model::phase::{Clock, Phase};
use crate::scene::{Glyph, LayerStyle, Scene, ViewSettings};

/// A particle as the picture needs it, 20 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
pub struct Particle {
    /// Position from the centre of the box, in units of length.
    pub x: f32,
    pub y: f32,
    /// Place on the colour map: 0 to 1 for a scalar, a fraction of a turn for an angle.
    pub value: f32,
    /// Radius in units of length.
    pub radius: f32,
    /// Where it points, as two signed 16-bit fractions, x low (see [`pack_direction`]): for darts a
    /// vector of length 1, or 0 where there is no direction; for streaks the displacement, of which
    /// length 1 is the longest tail.
    pub direction: u32,
}

/// How colours are to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Legend {
    pub colouring: Option<&'static str>,
    pub title: String,
    pub symbol: String,
    pub unit: String,
    /// Values at the two ends of the colour map.
    pub range: [f64; 2],
    pub cyclic: bool,
    /// True when equal ratios of the value are equal steps of the colour.
    pub logarithmic: bool,
    /// Names and colours of the values 0, 1, 2 ... when they are kinds; empty otherwise.
    pub categories: &'static [Category],
    /// How many particles are of each kind.
    pub counts: Vec<usize>,
}

impl Default for Legend {
    fn default() -> Self {
        Self {
            colouring: None,
            title: String::new(),
            symbol: String::new(),
            unit: String::new(),
            range: [0.0, 1.0],
            cyclic: false,
            logarithmic: false,
            categories: &[],
            counts: Vec::new(),
        }
    }
}

impl Legend {
    /// True when a colour stands for a number, which nothing may alter.
    pub fn is_quantity(&self) -> bool {
        self.colouring.is_some() && !self.cyclic && self.categories.is_empty()
    }
}

/// A line of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Line {
    /// Both ends from the centre of the box, in units of length.
    pub ends: [[f32; 2]; 2],
    /// Share of the layer's opacity at both ends.
    pub strength: [f32; 2],
    /// Place on the colour map, 0 to 1; below zero: the ink of the picture.
    pub value: f32,
}

/// How the lines of a layer are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Line,
    /// With a head at the second end.
    Arrow,
    /// Strong, for walls.
    Wall,
    /// Beginning wide and ending thin.
    Trail,
}

/// What the colours of lines show.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Tint {
    /// Nothing.
    #[default]
    Ink,
    /// What the colours of the particles show.
    Particles,
    /// A value of their own, from the low to the high end of the map.
    Value([f64; 2]),
}

/// A layer of the picture, evaluated.
#[derive(Clone, Debug)]
pub enum LayerData {
    Field {
        name: &'static str,
        grid: Grid,
        /// Values at the ends of its colours.
        range: [f64; 2],
    },
    Lines {
        name: &'static str,
        lines: Vec<Line>,
        form: Form,
        tint: Tint,
        /// The velocity that an arrow as long as a cell of the mesh stands for.
        per_cell: Option<f64>,
    },
    Inset {
        name: &'static str,
        inset: Inset,
    },
}

impl LayerData {
    /// Name of the layer.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Field { name, .. } | Self::Lines { name, .. } | Self::Inset { name, .. } => name,
        }
    }
}

/// The particles of one step, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Grows with every new picture; equal revisions are equal pictures.
    pub revision: u64,
    /// The step that is shown.
    pub step: u64,
    pub time: f64,
    pub domain: Domain,
    /// In the order of the slots; none when they are to be drawn where they were computed.
    pub particles: Arc<Vec<Particle>>,
    /// The particles of a picture that is drawn where it was computed.
    pub marks: Option<Marks>,
    pub legend: Legend,
    pub layers: Vec<LayerData>,
}

/// One point of a decimated time series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeriesPoint {
    pub time: f64,
    pub low: f64,
    pub mean: f64,
    pub high: f64,
}

/// Mean of a stationary stretch and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    pub mean: f64,
    pub error: f64,
    /// False while the two halves of the stretch disagree beyond their errors.
    pub stationary: bool,
}

/// A scalar observable over the run.
#[derive(Clone)]
pub struct ScalarTrace {
    pub observable: &'static Observable,
    pub points: Arc<Vec<SeriesPoint>>,
    /// The newest samples as they are, as (time, value).
    pub recent: Arc<Vec<[f64; 2]>>,
    /// How often which value was taken since the averages began.
    pub tally: Arc<Tally>,
    /// The newest value; NaN when it is not defined.
    pub latest: f64,
    pub summary: Option<Summary>,
    pub theory: Option<f64>,
}

/// A parameter over the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterTrace {
    /// The times of the samples at which it had changed, and its values from there on.
    pub changes: Arc<Vec<[f64; 2]>>,
}

/// A distribution or correlation, averaged so far.
#[derive(Clone)]
pub struct CurveTrace {
    pub observable: &'static Observable,
    pub curve: Arc<Curve>,
    /// Theory at every x; NaN where there is none; empty when there is none at all.
    pub theory: Arc<Vec<f64>>,
    /// Samples in the average.
    pub samples: u64,
}

/// Whether a run runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    Paused,
    Running,
    /// The run has stopped for good: what happened, and what to do.
    Failed(String),
    /// Another scene was to begin and cannot: why, and what to do. The run before stands still, and
    /// goes on when it is told to.
    NotStarted(String),
}

impl Status {
    /// Why nothing goes on, if so.
    pub fn trouble(&self) -> Option<&str> {
        match self {
            Self::Failed(reason) | Self::NotStarted(reason) => Some(reason),
            Self::Paused | Self::Running => None,
        }
    }
}

/// How fast a run goes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Speed {
    /// Steps per second of wall time, over the last second or so.
    pub steps_per_second: f64,
    /// Model time per second that was asked for; infinite: as fast as it goes.
    pub target: f64,
    /// Model time per second that was reached.
    pub reached: f64,
}

/// Everything that the window shows of a run at one moment.
#[derive(Clone)]
pub struct Snapshot {
    /// The scene with the values that hold now.
    pub scene: Arc<Scene>,
    /// Grows whenever another scene was loaded or the run was restarted.
    pub generation: u64,
    pub status: Status,
    /// True while only steps that are asked for one by one are done, as for a film.
    pub held: bool,
    /// How far back it can go, and how far it has been.
    pub span: Span,
    /// Branches that were left and can be taken up, the one left last at the end.
    pub branches: Arc<[BranchMark]>,
    pub clock: Clock,
    pub count: usize,
    pub speed: Speed,
    /// Seconds per step in every phase.
    pub phases: [(&'static str, f64); Phase::ALL.len()],
    /// What computes the steps, when it is not the processor.
    pub engine: Option<Arc<str>>,
    pub device: DeviceReport,
    pub picture: Arc<Picture>,
    pub scalars: Arc<Vec<ScalarTrace>>,
    pub curves: Arc<Vec<CurveTrace>>,
    /// What hands have to be told.
    pub hand: HandReport,
    /// In the order of the declarations.
    pub parameters: Arc<Vec<ParameterTrace>>,
}

impl Snapshot {
    /// A run that rests between two steps, as a film off screen sees it.
    pub fn at_rest(simulation: &Simulation, picture: Arc<Picture>) -> Self {
        Self {
            scene: Arc::new(simulation.scene().clone()),
            generation: 1,
            status: Status::Paused,
            held: true,
            span: Span::default(),
            branches: Arc::default(),
            clock: simulation.clock(),
            count: simulation.count(),
            speed: Speed::default(),
            phases: simulation.profile().seconds_per_step(),
            engine: simulation.engine().map(Arc::from),
            device: DeviceReport::default(),
            picture,
            scalars: simulation.measurements().scalars(),
            curves: simulation.measurements().curves(),
            parameters: simulation.measurements().parameters(),
            hand: HandReport::default(),
        }
    }
}

/// What is known of a device that computes the steps; nothing while the processor does.
#[derive(Clone, Debug, Default)]
pub struct DeviceReport {
    /// How the picture comes from there, a sentence.
    pub drawn: Option<Arc<str>>,
    /// How often the state was read back from there.
    pub read_backs: ReadBacks,
    /// What its phases cost, as far as somebody has asked.
    pub cost: Cost,
}

/// What the run tells of hands.
#[derive(Clone, Debug, Default)]
pub struct HandReport {
    /// The particle that is looked at.
    pub inspection: Option<Arc<Inspection>>,
    /// The newest things to be said, each under a number that grows.
    pub notices: Arc<Vec<Notice>>,
}

/// Something that the run says once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub number: u64,
    pub text: String,
    /// True when something could not be done.
    pub fault: bool,
}

/// What the picture is to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PictureRequest {
    /// Name of a colouring of the model, or of a column; the first colouring when there is no such.
    pub colour: String,
    /// Fixed range; `None` takes the colouring's own or follows the data.
    pub range: Option<[f64; 2]>,
    pub logarithmic: bool,
    /// Which mark the directions of the particles are for.
    pub glyph: Glyph,
    /// Names of the layers to evaluate.
    pub layers: Vec<String>,
    /// Fixed ranges of layers among what else is said of them.
    pub layer_styles: Vec<LayerStyle>,
}

impl PictureRequest {
    /// What a scene's view asks for.
    pub fn of(view: &ViewSettings) -> Self {
        Self {
            colour: view.colour.clone(),
            range: view.range,
            logarithmic: view.logarithmic,
            glyph: view.glyph,
            layers: view.layers.clone(),
            layer_styles: view.layer_styles.clone(),
        }
    }
}

/// Packs the present state for the picture. What moves is shown by comparison with the past.
pub fn picture(
    simulation: &Simulation,
    request: &PictureRequest,
    past: &Past,
    revision: u64,
) -> Picture {
    let scene = simulation.scene();
    simulation
        .with_sample(|sample| super::packing::pack(sample, scene, request, past, revision))
        .unwrap_or_else(|| Picture {
            revision,
            step: 0,
            time: 0.0,
            domain: scene.domain,
            particles: Arc::default(),
            marks: None,
            legend: Legend::default(),
            layers: Vec::new(),
        })
}

/// Cosine and sine as two signed 16-bit fractions, the cosine in the low half. Whatever is not a
/// number becomes 0.
pub fn pack_direction([cosine, sine]: [f32; 2]) -> u32 {
    let snorm = |part: f32| u32::from((part.clamp(-1.0, 1.0) * 32767.0).round() as i16 as u16);
    snorm(cosine) | (snorm(sine) << 16)
}
