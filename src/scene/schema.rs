//! The fields of a scene file, said once: validation, overrides, suggestions and tests read this list.

use crate::model::Model;

use super::types::{BINS, COLOUR_MAPS};
use crate::model::parameter::Kind as ParameterKind;

/// The most particles that a scene may ask for.
pub const MOST_PARTICLES: u64 = 20_000_000;

/// What a field may hold.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Fields in parentheses.
    Group,
    /// Groups in brackets.
    Groups,
    /// The parameters that the model declares.
    Parameters,
    /// Paths of the files that the model declares.
    Inputs,
    /// A finite number in a closed range.
    Number { min: f64, max: f64 },
    /// Two finite numbers, each in a closed range; the second is greater when they are ordered.
    Pair { min: f64, max: f64, ordered: bool },
    /// A whole number in a closed range.
    Whole { min: u64, max: u64 },
    /// Text of at most so many bytes.
    Text { most: usize },
    /// A list of short texts.
    Texts,
    /// True or false.
    Flag,
    /// The name of a model.
    Model,
    /// One of some fixed names.
    Choice(&'static [&'static str]),
    /// One of the names that the model knows.
    Name(fn(&Model) -> Vec<&'static str>),
    /// Walls: a list of pairs of places.
    Walls,
    /// A list of names that the model knows.
    Names(fn(&Model) -> Vec<&'static str>),
}

/// One field.
pub struct FieldSpec {
    /// Path from the top; `plots[].` stands for every plot.
    pub path: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// What it is, for documentation.
    pub doc: &'static str,
}

const fn field(path: &'static str, kind: Kind, doc: &'static str) -> FieldSpec {
    FieldSpec {
        path,
        kind,
        required: false,
        doc,
    }
}

const fn required(path: &'static str, kind: Kind, doc: &'static str) -> FieldSpec {
    FieldSpec {
        path,
        kind,
        required: true,
        doc,
    }
}

/// A number that is greater than zero but need not be moderate.
const POSITIVE: Kind = Kind::Number {
    min: 1e-12,
    max: 1e12,
};
/// A value of any parameter.
const VALUE: Kind = Kind::Number {
    min: -1e12,
    max: 1e12,
};
const LENGTHS: Kind = Kind::Pair {
    min: 1e-3,
    max: 1e6,
    ordered: false,
};
const RANGE: Kind = Kind::Pair {
    min: -1e30,
    max: 1e30,
    ordered: true,
};

const SHARE: Kind = Kind::Number { min: 0.0, max: 1.0 };

fn initial_conditions(model: &Model) -> Vec<&'static str> {
    model
        .initial_conditions
        .iter()
        .map(|one| one.name)
        .collect()
}
fn colourings(model: &Model) -> Vec<&'static str> {
    model.shades().map(|one| one.name()).collect()
}
fn layers(model: &Model) -> Vec<&'static str> {
    model.all_layers().map(|one| one.name).collect()
}
fn observables(model: &Model) -> Vec<&'static str> {
    model.observables.iter().map(|one| one.name).collect()
}

/// What a scatter plot may have on its x axis: scalars, and parameters that are numbers.
pub fn axes(model: &Model) -> Vec<&'static str> {
    let numbers = (model.parameters)()
        .iter()
        .filter(|one| {
            matches!(
                one.kind,
                ParameterKind::Number { .. } | ParameterKind::Integer { .. }
            )
        })
        .map(|one| one.name);
    model.scalars().map(|one| one.name).chain(numbers).collect()
}

/// All fields, in the order in which a scene is written.
pub static FIELDS: &[FieldSpec] = &[
    required(
        "version",
        Kind::Whole {
            min: 1,
            max: u32::MAX as u64,
        },
        "version of the format",
    ),
    required("model", Kind::Model, "name of the model"),
    field("story", Kind::Group, "what the phenomenon is"),
    field(
        "story.title",
        Kind::Text { most: 200 },
        "title; the model's when it is not given",
    ),
    field(
        "story.text",
        Kind::Text { most: 20_000 },
        "paragraphs, separated by empty lines",
    ),
    field(
        "story.reference",
        Kind::Text { most: 1_000 },
        "where it was published",
    ),
    field(
        "story.tags",
        Kind::Texts,
        "words by which the gallery sorts",
    ),
    field(
        "parameters",
        Kind::Parameters,
        "parameters that differ from their defaults",
    ),
    field(
        "inputs",
        Kind::Inputs,
        "files that the model reads: paths relative to the scene",
    ),
    field("box", Kind::Group, "the box"),
    field("box.size", LENGTHS, "side lengths (Lx, Ly)"),
    field(
        "box.aspect",
        Kind::Number {
            min: 1e-3,
            max: 1e3,
        },
        "Lx / Ly, when the size follows from count and density",
    ),
    field(
        "box.boundary",
        Kind::Choice(&["periodic", "reflecting", "open"]),
        "periodic, reflecting or open",
    ),
    field(
        "walls",
        Kind::Walls,
        "walls that no particle crosses, [((x0, y0), (x1, y1)), ...]",
    ),
    field(
        "population",
        Kind::Group,
        "the particles; two of box.size, count and a density determine the third",
    ),
    field(
        "population.count",
        Kind::Whole {
            min: 1,
            max: MOST_PARTICLES,
        },
        "number of particles N",
    ),
    field(
        "population.density",
        Kind::Number {
            min: 1e-12,
            max: 1e9,
        },
        "N / (Lx Ly)",
    ),
    field(
        "population.packing_fraction",
        Kind::Number {
            min: 1e-9,
            max: 100.0,
        },
        "share of the box that particles cover",
    ),
    field(
        "population.initial",
        Kind::Name(initial_conditions),
        "where the particles start",
    ),
    field(
        "seed",
        Kind::Whole {
            min: 0,
            max: u64::MAX,
        },
        "seed of all randomness",
    ),
    required("dt", POSITIVE, "step in units of time"),
    field(
        "sample_every",
        Kind::Whole {
            min: 1,
            max: 1_000_000_000,
        },
        "steps between samples",
    ),
    field("speed", POSITIVE, "units of time per second when it plays"),
    field(
        "duration",
        POSITIVE,
        "units of time after which there is no more to see",
    ),
    field(
        "ramps",
        Kind::Groups,
        "parameters that move in the course of the run",
    ),
    required(
        "ramps[].parameter",
        Kind::Name(super::ramp::movable),
        "what is moved: a number that acts live",
    ),
    field(
        "ramps[].from",
        VALUE,
        "value at the beginning and before it; that of the parameter when it is not given",
    ),
    required("ramps[].to", VALUE, "value at the end and after it"),
    field(
        "ramps[].start",
        Kind::Number {
            min: 0.0,
            max: 1e12,
        },
        "time at which it begins",
    ),
    required("ramps[].duration", POSITIVE, "units of time that it takes"),
    field(
        "backend",
        Kind::Choice(&["cpu", "gpu"]),
        "where the steps are computed: on the processor or on a graphics device",
    ),
    field("view", Kind::Group, "the picture"),
    field(
        "view.colour",
        Kind::Name(colourings),
        "what the colour of a particle shows",
    ),
    field(
        "view.colour_map",
        Kind::Choice(COLOUR_MAPS),
        "the colour map",
    ),
    field("view.range", RANGE, "range of the colours"),
    field("view.logarithmic", Kind::Flag, "logarithmic colours"),
    field(
        "view.glyph",
        Kind::Choice(&["disc", "arrow", "streak"]),
        "how a particle is drawn",
    ),
    field(
        "view.centre",
        Kind::Pair {
            min: -1e6,
            max: 1e6,
            ordered: false,
        },
        "middle of the picture",
    ),
    field(
        "view.height",
        Kind::Number {
            min: 1e-3,
            max: 1e7,
        },
        "height of the picture",
    ),
    field(
        "view.background",
        Kind::Choice(&["dark", "light"]),
        "dark or light",
    ),
    field(
        "view.ghosts",
        SHARE,
        "opacity of the images of a periodic box",
    ),
    field("view.bloom", SHARE, "light that spreads from bright places"),
    field("view.layers", Kind::Names(layers), "layers that are drawn"),
    field("view.layer_styles", Kind::Groups, "how layers are drawn"),
    required(
        "view.layer_styles[].layer",
        Kind::Name(layers),
        "which layer",
    ),
    field("view.layer_styles[].opacity", SHARE, "opacity of the layer"),
    field(
        "view.layer_styles[].colour_map",
        Kind::Choice(COLOUR_MAPS),
        "colour map of the layer",
    ),
    field(
        "view.layer_styles[].range",
        RANGE,
        "range of the layer's colours",
    ),
    field("plots", Kind::Groups, "the plots"),
    required(
        "plots[].observable",
        Kind::Name(observables),
        "what is plotted",
    ),
    field(
        "plots[].kind",
        Kind::Choice(&["series", "histogram", "profile", "scatter", "log_log"]),
        "how it is plotted",
    ),
    field(
        "plots[].against",
        Kind::Name(axes),
        "x axis of a scatter plot: a scalar observable or a parameter; itself when it is not given",
    ),
    field(
        "plots[].lag",
        POSITIVE,
        "units of time by which a scatter plot against itself looks back",
    ),
    field("plots[].x_logarithmic", Kind::Flag, "logarithmic x axis"),
    field("plots[].y_logarithmic", Kind::Flag, "logarithmic y axis"),
    field("plots[].x_range", RANGE, "range of the x axis"),
    field("plots[].range", RANGE, "range of the y axis"),
    field(
        "plots[].window",
        POSITIVE,
        "the last units of time that are shown",
    ),
    field(
        "plots[].bins",
        Kind::Whole {
            min: BINS[0] as u64,
            max: BINS[1] as u64,
        },
        "bins of a histogram",
    ),
    field("plots[].theory", Kind::Flag, "whether theory is drawn"),
    field(
        "plots[].band",
        Kind::Flag,
        "whether standard errors and extremes are drawn",
    ),
    field(
        "bookmarks",
        Kind::Groups,
        "views to come back to, at most nine",
    ),
    required(
        "bookmarks[].name",
        Kind::Text { most: 80 },
        "what is seen there",
    ),
    field(
        "bookmarks[].view",
        Kind::Group,
        "the picture, with the fields of `view`; that of the scene when it is not given",
    ),
    field(
        "bookmarks[].parameters",
        Kind::Parameters,
        "live parameters that differ from the scene",
    ),
];

/// The field at a path.
pub fn find(path: &str) -> Option<&'static FieldSpec> {
    FIELDS.iter().find(|field| field.path == path)
}

/// The fields of a group, with their names in it; the empty path is the top.
pub fn children(group: &str) -> impl Iterator<Item = (&'static str, &'static FieldSpec)> {
    // A bookmark's view has the fields of the scene's, whatever is added to those.
    let group = match group {
        "bookmarks[].view" => "view",
        group => group,
    };
    FIELDS.iter().filter_map(move |field| {
        let name = if group.is_empty() {
            field.path
        } else {
            field.path.strip_prefix(group)?.strip_prefix('.')?
        };
        (!name.contains('.')).then_some((name, field))
    })
}
