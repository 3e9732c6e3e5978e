//! What the outside sees of a run: plain data, made on the run's own thread.

use std::sync::Arc;

use super::simulation::Simulation;
use crate::math::domain::Domain;
use crate::math::tally::Tally;
use crate::model::column::{Diameter, Heading, Position};
use crate::model::observable::{Colouring, Curve, Inset, LayerKind, Observable, Sample};
use crate::model::phase::{Clock, Phase};
use crate::scene::{Scene, ViewSettings};

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
    /// Cosine and sine of the heading as two signed 16-bit fractions, cosine low; 0 without a heading.
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
}

/// A layer of the picture, evaluated.
#[derive(Clone, Debug)]
pub enum LayerData {
    Field {
        name: &'static str,
        grid: crate::model::observable::Grid,
    },
    Links {
        name: &'static str,
        segments: Vec<[[f32; 2]; 2]>,
    },
    Inset {
        name: &'static str,
        inset: Inset,
    },
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
    /// In the order of the slots.
    pub particles: Arc<Vec<Particle>>,
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
    pub clock: Clock,
    pub count: usize,
    pub speed: Speed,
    /// Seconds per step in every phase.
    pub phases: [(&'static str, f64); Phase::ALL.len()],
    pub picture: Arc<Picture>,
    pub scalars: Arc<Vec<ScalarTrace>>,
    pub curves: Arc<Vec<CurveTrace>>,
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
            clock: simulation.clock(),
            count: simulation.count(),
            speed: Speed::default(),
            phases: simulation.profile().seconds_per_step(),
            picture,
            scalars: simulation.measurements().scalars(),
            curves: simulation.measurements().curves(),
            parameters: simulation.measurements().parameters(),
        }
    }
}

/// What the picture is to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PictureRequest {
    /// Name of a colouring of the model; the first one when there is no such.
    pub colour: String,
    /// Fixed range; `None` takes the colouring's own or follows the data.
    pub range: Option<[f64; 2]>,
    /// Names of the layers to evaluate.
    pub layers: Vec<String>,
}

impl PictureRequest {
    /// What a scene's view asks for.
    pub fn of(view: &ViewSettings) -> Self {
        Self {
            colour: view.colour.clone(),
            range: view.range,
            layers: view.layers.clone(),
        }
    }
}

/// Packs the present state for the picture.
pub fn picture(simulation: &Simulation, request: &PictureRequest, revision: u64) -> Picture {
    simulation
        .with_sample(|sample| pack(sample, simulation.scene(), request, revision))
        .unwrap_or_else(|| empty(simulation.scene(), revision))
}

fn empty(scene: &Scene, revision: u64) -> Picture {
    Picture {
        revision,
        step: 0,
        time: 0.0,
        domain: scene.domain,
        particles: Arc::default(),
        legend: no_legend(),
        layers: Vec::new(),
    }
}

fn no_legend() -> Legend {
    Legend {
        colouring: None,
        title: String::new(),
        symbol: String::new(),
        unit: String::new(),
        range: [0.0, 1.0],
        cyclic: false,
    }
}

fn pack(sample: &Sample, scene: &Scene, request: &PictureRequest, revision: u64) -> Picture {
    let model = scene.model;
    let colouring = model
        .colourings
        .iter()
        .find(|colouring| colouring.name == request.colour)
        .or(model.colourings.first());
    let mut values = Vec::new();
    let legend = colouring.map_or_else(no_legend, |colouring| {
        (colouring.values)(sample, &mut values);
        legend(colouring, request, &values)
    });
    let positions = sample.column::<Position>();
    let headings = sample.column::<Heading>();
    let diameters = sample.column::<Diameter>();
    let radius = (0.5 * (model.diameter)(&scene.values)) as f32;
    let [low, high] = legend.range;
    let (offset, scale) = if legend.cyclic {
        (0.0, std::f32::consts::TAU.recip())
    } else {
        (
            low as f32,
            ((high - low).max(f64::MIN_POSITIVE)).recip() as f32,
        )
    };
    let particles = positions
        .iter()
        .enumerate()
        .map(|(slot, position)| {
            let [x, y] = sample.domain.real(position.0);
            let value = values
                .get(slot)
                .map_or(0.5, |value| (value - offset) * scale);
            let value = if legend.cyclic {
                value.rem_euclid(1.0)
            } else {
                value.clamp(0.0, 1.0)
            };
            Particle {
                x: x as f32,
                y: y as f32,
                value: if value.is_finite() { value } else { 0.0 },
                radius: diameters
                    .get(slot)
                    .map_or(radius, |diameter| 0.5 * diameter.0),
                direction: headings
                    .get(slot)
                    .map_or(0, |heading| pack_direction(heading.0)),
            }
        })
        .collect();
    let layers = model
        .layers
        .iter()
        .filter(|layer| request.layers.iter().any(|name| name == layer.name))
        .map(|layer| match layer.kind {
            LayerKind::Field(field) => LayerData::Field {
                name: layer.name,
                grid: field(sample),
            },
            LayerKind::Links(links) => LayerData::Links {
                name: layer.name,
                segments: links(sample),
            },
            LayerKind::Inset(inset) => LayerData::Inset {
                name: layer.name,
                inset: inset(sample),
            },
        })
        .collect();
    Picture {
        revision,
        step: sample.clock.step,
        time: sample.clock.time,
        domain: sample.domain,
        particles: Arc::new(particles),
        legend,
        layers,
    }
}

/// Cosine and sine as two signed 16-bit fractions, the cosine in the low half. Whatever is not a
/// number becomes 0.
pub fn pack_direction([cosine, sine]: [f32; 2]) -> u32 {
    let snorm = |part: f32| u32::from((part.clamp(-1.0, 1.0) * 32767.0).round() as i16 as u16);
    snorm(cosine) | (snorm(sine) << 16)
}

fn legend(colouring: &Colouring, request: &PictureRequest, values: &[f32]) -> Legend {
    let range = if colouring.cyclic {
        [0.0, std::f64::consts::TAU]
    } else {
        request
            .range
            .or(colouring.range)
            .unwrap_or_else(|| data_range(values))
    };
    Legend {
        colouring: Some(colouring.name),
        title: colouring.title.into(),
        symbol: colouring.symbol.into(),
        unit: colouring.unit.into(),
        range,
        cyclic: colouring.cyclic,
    }
}

/// Least and greatest finite value; 0 to 1 when there is none.
fn data_range(values: &[f32]) -> [f64; 2] {
    let [low, high] = values
        .iter()
        .filter(|value| value.is_finite())
        .fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], &value| {
            [low.min(value), high.max(value)]
        });
    if low <= high {
        [f64::from(low), f64::from(high.max(low + 1e-6))]
    } else {
        [0.0, 1.0]
    }
}
