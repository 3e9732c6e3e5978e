//! The contract of a chapter: what a model must say of itself so that the whole pipeline serves it.
//!
//! Reading order: [`parameter`] (what can be tuned) with [`formula`] (what can be typed), [`column`] (what a particle is), [`phase`]
//! (when things happen in a step), [`neighbours`] (who is near whom), [`observable`] (what is
//! measured and shown), [`shade`] (columns as colours), [`hands`] and [`walls`] (what a user does to
//! the particles), and here the [`Model`] that gathers them.

pub mod column;
pub mod formula;
pub mod hands;
pub mod memo;
pub mod neighbours;
pub mod observable;
pub mod parameter;
pub mod phase;
pub mod shade;
pub mod twin;
pub mod walls;

use bevy::ecs::resource::Resource;
use bevy::ecs::schedule::Schedule;
use bevy::ecs::world::World;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::math::domain::Domain;
use column::ColumnDeclaration;
use observable::{COMMON_LAYERS, Colouring, Layer, Observable};
use parameter::{Parameter, Values};
use shade::Shade;

/// A published source.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Authors, title, journal, year.
    pub citation: &'static str,
    /// DOI or stable address; empty when there is none.
    pub link: &'static str,
}

/// A way to place the particles at the start.
#[derive(Clone, Copy, Debug)]
pub struct InitialCondition {
    /// Name as it stands in a scene.
    pub name: &'static str,
    pub doc: &'static str,
}

/// The largest dt at which the model can be trusted, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct StepBound {
    pub dt: f64,
    pub reason: String,
}

/// The words for the model's units, as the picture, the plots and the panels write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Units {
    /// Unit of length, such as `σ`; empty where lengths are pure numbers.
    pub length: &'static str,
    /// Unit of time, such as `τ`; empty where times are pure numbers.
    pub time: &'static str,
}

/// State of a chapter besides its columns, such as a network or a queue of events, for
/// checkpoints: what is saved and loaded must give the same bits from there on.
#[derive(Clone, Copy)]
pub struct Keep {
    /// The state as bytes.
    pub save: fn(&World) -> Vec<u8>,
    /// Takes the state back; an error says that the bytes are not such a state.
    pub load: fn(&mut World, &[u8]) -> Result<(), String>,
}

/// A file that a scene may give to a chapter, as it is declared.
#[derive(Clone, Copy, Debug)]
pub struct InputFile {
    /// Name in the scene's group `inputs`.
    pub name: &'static str,
    /// What it holds, in a sentence or two.
    pub doc: &'static str,
    /// A longer file is refused.
    pub most_bytes: u64,
}

/// A file that a scene gives to a chapter, read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Name of the declaration.
    pub name: String,
    /// Path as the scene has it, relative to the scene.
    pub path: String,
    #[serde(with = "shared_text")]
    pub text: Arc<str>,
}

/// A shared text is written and read as any text.
mod shared_text {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::sync::Arc;

    pub fn serialize<S: Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(text)
    }

    pub fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Arc<str>, D::Error> {
        String::deserialize(from).map(Into::into)
    }
}

/// The files that the scene gives: a resource that is there before the particles are placed.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Inputs(pub Vec<Input>);

impl Inputs {
    /// The file of a declared name, when the scene gives it.
    pub fn get(&self, name: &str) -> Option<&Input> {
        self.0.iter().find(|input| input.name == name)
    }
}

/// What a chapter gets to place its particles.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// How many particles.
    pub count: usize,
    pub domain: Domain,
    pub seed: u64,
    /// One of the model's initial conditions.
    pub initial: &'a str,
    pub values: &'a Values,
}

/// One model: a chapter of Seethe. Everything the pipeline knows of it stands here.
pub struct Model {
    /// Name in scenes and on the command line.
    pub name: &'static str,
    pub title: &'static str,
    /// One sentence for lists and the gallery.
    pub summary: &'static str,
    pub units: Units,
    /// The equations of motion, as plain text with Unicode symbols, one a line.
    pub equations: &'static [&'static str],
    /// How they are integrated and measured, a short paragraph.
    pub method: &'static str,
    pub sources: &'static [Source],
    /// The declared parameters.
    pub parameters: fn() -> &'static [Parameter],
    /// All columns that a particle of the model may have.
    pub columns: &'static [ColumnDeclaration],
    pub observables: &'static [Observable],
    pub colourings: &'static [Colouring],
    pub layers: &'static [Layer],
    pub initial_conditions: &'static [InitialCondition],
    /// Files that a scene may give.
    pub inputs: &'static [InputFile],
    /// The scene that runs when none is given, in RON.
    pub default_scene: &'static str,
    /// The scene of `seethe bench`, in RON.
    pub bench_scene: &'static str,
    /// Puts the typed parameters into the world: at the start and after every change.
    pub adopt: fn(&Values, &mut World),
    /// Adds the model's systems to the phases of the step.
    pub install: fn(&mut Schedule),
    /// Spawns the particles; an error says why the start is impossible and what to change.
    pub spawn: fn(&mut World, &Start) -> Result<(), String>,
    /// The bound on dt for these values.
    pub step_bound: fn(&Values) -> StepBound,
    /// Mean area that a particle covers, for packing fractions: π⟨σ²⟩/4.
    pub particle_area: fn(&Values) -> f64,
    /// Mean diameter with which a particle is drawn.
    pub diameter: fn(&Values) -> f64,
    /// State besides the columns; `None` when there is none.
    pub keep: Option<Keep>,
    /// What hands may do to the particles.
    pub hands: hands::Hands,
    /// The law as a compute shader; `None` when steps are computed on the processor only.
    pub twin: Option<twin::Twin>,
}

impl Model {
    /// A model that says nothing yet: the base of every declaration, for what a chapter does not
    /// need to say.
    pub const BARE: Self = Self {
        name: "",
        title: "",
        summary: "",
        units: Units {
            length: "",
            time: "",
        },
        equations: &[],
        method: "",
        sources: &[],
        parameters: || &[],
        columns: &[],
        observables: &[],
        colourings: &[],
        layers: &[],
        initial_conditions: &[],
        inputs: &[],
        default_scene: "",
        bench_scene: "",
        adopt: |_, _| {},
        install: |_| {},
        spawn: |_, _| Ok(()),
        step_bound: |_| StepBound {
            dt: f64::INFINITY,
            reason: String::new(),
        },
        particle_area: |_| 0.0,
        diameter: |_| 1.0,
        keep: None,
        hands: hands::Hands::COLUMNS,
        twin: None,
    };

    /// The index of a parameter by name.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        (self.parameters)()
            .iter()
            .position(|parameter| parameter.name == name)
    }

    /// An observable by name.
    pub fn observable(&self, name: &str) -> Option<&'static Observable> {
        self.observables
            .iter()
            .find(|observable| observable.name == name)
    }

    /// The layers of the picture: the model's own, then those that every model has.
    pub fn all_layers(&self) -> impl Iterator<Item = &'static Layer> + use<> {
        let own = self.layers;
        let common = COMMON_LAYERS
            .iter()
            .filter(|layer| own.iter().all(|other| other.name != layer.name));
        own.iter().chain(common)
    }

    /// Everything by which the picture can be coloured: what the model declares, then its columns.
    pub fn shades(&self) -> impl Iterator<Item = Shade> + use<> {
        let declared = self.colourings;
        let columns = shade::of_columns(self.columns)
            .iter()
            .filter(|column| declared.iter().all(|other| other.name != column.name));
        declared
            .iter()
            .map(Shade::Declared)
            .chain(columns.map(Shade::Column))
    }

    /// The scalar observables, in the order of the table.
    pub fn scalars(&self) -> impl Iterator<Item = &'static Observable> {
        self.observables
            .iter()
            .filter(|observable| observable.is_scalar())
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Model").field(&self.name).finish()
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
