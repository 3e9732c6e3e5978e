//! Observables: what is measured, with name, symbol, unit, estimator and, where there is one, theory.

use bevy::ecs::resource::Resource;
use bevy::ecs::world::World;
use serde::{Deserialize, Serialize};

use super::column::{Column, Columns, Position};
use super::phase::Clock;
use crate::math::domain::Domain;

/// The state that an estimator looks at: read-only, at one step.
pub struct Sample<'w> {
    /// The world of the run.
    pub world: &'w World,
    /// The columns of its particles.
    pub columns: &'w Columns,
    /// The box.
    pub domain: Domain,
    /// Step, time and seed.
    pub clock: Clock,
}

impl<'w> Sample<'w> {
    /// A column as one slice; empty when the particles do not have it.
    pub fn column<C: Column>(&self) -> &'w [C] {
        self.columns.slice::<C>(self.world)
    }

    /// The positions as plain numbers; empty when the particles have none.
    pub fn positions(&self) -> &'w [[u32; 2]] {
        bytemuck::cast_slice(self.column::<Position>())
    }

    /// A resource of the run, such as the typed parameters of the chapter.
    pub fn resource<R: Resource>(&self) -> Option<&'w R> {
        self.world.get_resource::<R>()
    }
}

/// An axis of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    pub symbol: &'static str,
    pub unit: &'static str,
    pub logarithmic: bool,
}

/// A measured distribution: y(x), with a standard error where the estimator knows one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    /// Standard error of each y; empty when it is not known from one sample.
    pub error: Vec<f64>,
}

/// How a number is obtained from the state.
#[derive(Clone, Copy)]
pub enum Estimator {
    /// One number per sample; NaN where it is not defined for this scene.
    Scalar {
        estimate: fn(&Sample) -> f64,
        /// The exact or asymptotic answer at this sample, where theory has one.
        theory: Option<fn(&Sample) -> Option<f64>>,
    },
    /// One number per sample that needs the whole history, such as a susceptibility: the curve of
    /// the accumulator has one point, with its error.
    Cumulative {
        start: fn() -> Box<dyn Accumulator>,
        /// The exact or asymptotic answer, where theory has one.
        theory: Option<fn(&Sample) -> Option<f64>>,
    },
    /// A function of x on a grid that does not change while the parameters do not: samples are averaged.
    Distribution {
        x: Axis,
        /// Logarithmic y axis.
        logarithmic: bool,
        estimate: fn(&Sample) -> Curve,
        theory: Option<fn(&Sample, x: f64) -> Option<f64>>,
    },
    /// A function of the lag that needs the whole history, such as the mean squared displacement.
    Correlation {
        x: Axis,
        logarithmic: bool,
        start: fn() -> Box<dyn Accumulator>,
        theory: Option<fn(&Sample, x: f64) -> Option<f64>>,
    },
}

/// A measurement that carries state from sample to sample.
pub trait Accumulator: Send + Sync {
    /// Takes in one sample.
    fn record(&mut self, sample: &Sample);
    /// The result so far.
    fn curve(&self) -> Curve;
    /// The state as bytes, for a checkpoint.
    fn save(&self) -> Vec<u8>;
    /// Takes the state back; an error says that the bytes are not such a state.
    fn load(&mut self, bytes: &[u8]) -> Result<(), String>;
}

/// The declaration of one observable.
#[derive(Clone, Copy)]
pub struct Observable {
    /// Registered name: the column of the table and the name in scenes.
    pub name: &'static str,
    /// What plots call it.
    pub title: &'static str,
    pub symbol: &'static str,
    pub unit: &'static str,
    /// What it is and how it is estimated: the tooltip.
    pub doc: &'static str,
    /// Where theory holds and who found it; empty when there is none.
    pub validity: &'static str,
    pub estimator: Estimator,
}

impl Observable {
    /// True for one number per sample.
    pub fn is_scalar(&self) -> bool {
        matches!(
            self.estimator,
            Estimator::Scalar { .. } | Estimator::Cumulative { .. }
        )
    }
}

/// A number per particle by which the picture can be coloured.
#[derive(Clone, Copy)]
pub struct Colouring {
    pub name: &'static str,
    pub title: &'static str,
    pub symbol: &'static str,
    pub unit: &'static str,
    pub doc: &'static str,
    /// An angle: the value is in radians and the colour map is cyclic.
    pub cyclic: bool,
    /// Fixed range of the legend; `None` takes it from the data.
    pub range: Option<[f64; 2]>,
    /// Names and colours of the values 0, 1, 2 ... when they are kinds instead of magnitudes;
    /// empty otherwise.
    pub categories: &'static [Category],
    /// Writes one value per slot.
    pub values: fn(&Sample, &mut Vec<f32>),
}

impl Colouring {
    /// A colouring that says nothing yet: the base of every declaration.
    pub const PLAIN: Self = Self {
        name: "",
        title: "",
        symbol: "",
        unit: "",
        doc: "",
        cyclic: false,
        range: None,
        categories: &[],
        values: |_, _| {},
    };
}

/// One of a few kinds, such as a state of health, and the colour that stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    pub name: &'static str,
    /// sRGB.
    pub colour: [u8; 3],
}

/// A field on a regular grid over the box, row by row from the lower left corner.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    pub columns: usize,
    pub rows: usize,
    pub values: Vec<f32>,
}

/// A line of a layer that has a strength, and perhaps a value that gives it a colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bond {
    /// Both ends in units of length; the second one may lie beyond the edge of a periodic box.
    pub ends: [[f32; 2]; 2],
    /// Share of the layer's opacity, 0 to 1.
    pub strength: f32,
    /// What the colour shows; NaN draws the line in the ink of the picture.
    pub value: f32,
}

/// An arrow of a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrow {
    /// Where it begins, in units of length.
    pub from: [f32; 2],
    /// The way to its tip, in units of length.
    pub along: [f32; 2],
    /// What the colour shows; NaN draws the arrow in the ink of the picture.
    pub value: f32,
}

/// What a chapter lets the picture draw besides the particles, as data.
#[derive(Clone, Copy)]
pub enum LayerKind {
    /// A scalar field under the particles.
    Field(fn(&Sample) -> Grid),
    /// Lines between pairs of slots, or from a slot along a vector.
    Links(fn(&Sample) -> Vec<[[f32; 2]; 2]>),
    /// Lines between pairs of slots, of different strength and colour.
    Bonds(fn(&Sample) -> Vec<Bond>),
    /// Arrows with heads over the particles.
    Arrows(fn(&Sample) -> Vec<Arrow>),
    /// Walls inside the box or around it: lines that stand out.
    Walls(fn(&Sample) -> Vec<[[f32; 2]; 2]>),
    /// A small diagram in a corner: points on the unit circle and an arrow from its centre.
    Inset(fn(&Sample) -> Inset),
    /// The mean displacement between two pictures on a coarse mesh; every model has it.
    Velocities,
    /// The last places of the particles, which fade; every model has it.
    Trails,
}

/// A phase circle.
#[derive(Clone, Debug, Default)]
pub struct Inset {
    pub angles: Vec<f32>,
    pub arrow: [f32; 2],
}

/// The declaration of one layer of the picture.
#[derive(Clone, Copy)]
pub struct Layer {
    pub name: &'static str,
    pub title: &'static str,
    pub unit: &'static str,
    pub doc: &'static str,
    pub kind: LayerKind,
}

/// The layers that come with every model, because places and their changes are all they need.
pub static COMMON_LAYERS: &[Layer] = &[
    Layer {
        name: "velocity_field",
        title: "Velocity field",
        unit: "",
        doc: "Mean velocity of the particles in each cell of a coarse mesh, from their displacements since the last picture.",
        kind: LayerKind::Velocities,
    },
    Layer {
        name: "trails",
        title: "Trails",
        unit: "",
        doc: "Where the particles have been in the last pictures, fading; of a large crowd only some have a trail.",
        kind: LayerKind::Trails,
    },
];
