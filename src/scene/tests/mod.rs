//! Scenes against a small model that exists only here, so that no chapter can break these tests.

mod backend;
mod bookmarks;
mod faults;
mod files;
mod plots;
mod population;
mod schema_sweep;
mod writing;

use super::{Override, Problem, Problems, Scene, parse_with};
use crate::model::observable::{
    Axis, Colouring, Curve, Estimator, Grid, Layer, LayerKind, Observable,
};
use crate::model::parameter::{Parameters, integer, linear, logarithmic};
use crate::model::{InitialCondition, Model, StepBound};

crate::choices! {
    /// How a walker turns.
    pub enum Turning {
        /// It never turns.
        Straight = "straight",
        /// It turns by diffusion.
        Diffusive = "diffusive",
    }
}

crate::parameters! {
    /// Walkers.
    #[allow(dead_code, reason = "of the fields only their declarations are used")]
    pub struct Walkers {
        "Motion" {
            /// Speed of a walker.
            walking_speed: f64 = 1.0, "v", "σ/τ", linear(-10.0, 10.0), Live;
            /// Péclet number.
            peclet: f64 = 10.0, "Pe", "", logarithmic(0.01, 1e4), Live;
            /// How it turns.
            turning: Turning = Turning::Diffusive, "", "", crate::model::parameter::Kind::Choice(Turning::ALTERNATIVES), Live;
        }
        "Body" {
            /// Number of legs.
            legs: i64 = 2, "n", "", integer(0, 100), Restart;
            /// Whether it looks where it goes.
            careful: bool = false, "", "", crate::model::parameter::Kind::Flag, Live;
        }
    }
}

const AXIS: Axis = Axis {
    symbol: "r",
    unit: "σ",
    logarithmic: false,
};

const fn observable(name: &'static str, estimator: Estimator) -> Observable {
    Observable {
        name,
        title: "",
        symbol: "",
        unit: "",
        doc: "",
        validity: "",
        estimator,
    }
}

static MODEL: Model = Model {
    name: "walkers",
    title: "Walkers",
    parameters: Walkers::declarations,
    observables: &[
        observable(
            "polar_order",
            Estimator::Scalar {
                estimate: |_| 0.0,
                theory: None,
            },
        ),
        observable(
            "radial_distribution",
            Estimator::Distribution {
                x: AXIS,
                logarithmic: false,
                estimate: |_| Curve::default(),
                theory: None,
            },
        ),
    ],
    colourings: &[
        Colouring {
            name: "heading",
            cyclic: true,
            ..Colouring::PLAIN
        },
        Colouring {
            name: "density",
            ..Colouring::PLAIN
        },
    ],
    layers: &[Layer {
        name: "field",
        title: "",
        unit: "",
        doc: "",
        kind: LayerKind::Field(|_| Grid::default()),
    }],
    initial_conditions: &[
        InitialCondition {
            name: "random",
            doc: "",
        },
        InitialCondition {
            name: "lattice",
            doc: "",
        },
    ],
    step_bound: |values| StepBound {
        dt: 0.1 / values.get(0).abs().max(0.5),
        reason: "a walker must not jump over its neighbour".into(),
    },
    particle_area: |_| std::f64::consts::FRAC_PI_4,
    ..Model::BARE
};

/// A scene in which every field is given that can be given together.
const GOOD: &str = r#"// A walk with an émigré.
(
    version: 1,
    model: "walkers",
    story: (title: "Ein Spaziergang — прогулка", text: "v₀ → ∞", reference: "Pólya (1921)", tags: ["walk", "2D"]),
    parameters: (walking_speed: 2.0, peclet: 40.0, turning: straight, legs: 4, careful: true),
    box: (size: (20.0, 10.0), aspect: 2.0, boundary: reflecting),
    /* α */ population: (count: 100, density: 0.5, initial: "lattice"),
    seed: 7, /* τ */ dt: 1e-3, sample_every: 10, speed: 2.0, duration: 100.0,
    view: (colour: density, colour_map: magma, range: (0.0, 1.0), glyph: arrow, centre: (1.0, -1.0),
        height: 12.0, background: light, layers: [field], logarithmic: true, ghosts: 0.2, bloom: 0.5,
        layer_styles: [(layer: "trails"), (layer: field, opacity: 0.4, colour_map: magma, range: (0.0, 2.0))]),
    plots: [(observable: polar_order, kind: histogram, x_logarithmic: true, y_logarithmic: false, range: (0.0, 1.0)),
        (observable: "radial_distribution", kind: log_log)],
)
"#;

fn check(text: &str) -> Result<Scene, Problems> {
    check_set(text, &[])
}

fn check_set(text: &str, overrides: &[(&str, &str)]) -> Result<Scene, Problems> {
    let overrides: Vec<Override> = overrides
        .iter()
        .map(|(path, value)| ((*path).into(), (*value).into()))
        .collect();
    parse_with(&[&MODEL], "walk.ron", text, &overrides)
}

fn good(text: &str) -> Scene {
    check(text).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

fn good_set(text: &str, overrides: &[(&str, &str)]) -> Scene {
    check_set(text, overrides).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The only problem of a text.
fn only(result: Result<Scene, Problems>) -> Problem {
    let problems = result.expect_err("this must be refused");
    let list: Vec<&Problem> = problems.iter().collect();
    assert_eq!(list.len(), 1, "{problems}");
    list[0].clone()
}

/// Line and column of a byte, counted anew.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

#[test]
fn a_scene_says_what_is_written() {
    use super::{Background, Glyph, PlotKind};
    let scene = good(GOOD);
    assert_eq!(scene.model.name, "walkers");
    assert_eq!(scene.story.title, "Ein Spaziergang — прогулка");
    assert_eq!(scene.story.tags, ["walk", "2D"]);
    let values: Vec<f64> = (0..5).map(|index| scene.values.get(index)).collect();
    assert_eq!(values, [2.0, 40.0, 0.0, 4.0, 1.0]);
    assert_eq!(scene.domain.size, [20.0, 10.0]);
    assert_eq!(
        scene.domain.boundary,
        crate::math::domain::Boundary::Reflecting
    );
    assert_eq!(
        (scene.count, scene.initial.as_str(), scene.seed),
        (100, "lattice", 7)
    );
    assert_eq!((scene.dt, scene.sample_every), (1e-3, 10));
    assert_eq!((scene.speed, scene.duration), (Some(2.0), Some(100.0)));
    assert_eq!(scene.view.colour, "density");
    assert_eq!(scene.view.colour_map.as_deref(), Some("magma"));
    assert_eq!(
        (scene.view.glyph, scene.view.background),
        (Glyph::Arrow, Background::Light)
    );
    assert_eq!(
        (scene.view.range, scene.view.centre),
        (Some([0.0, 1.0]), [1.0, -1.0])
    );
    assert_eq!(scene.view.layers, ["field"]);
    assert_eq!((scene.view.ghosts, scene.view.bloom), (0.2, 0.5));
    assert!(scene.view.logarithmic);
    let styled: Vec<_> = scene
        .view
        .layer_styles
        .iter()
        .map(|one| &*one.layer)
        .collect();
    assert_eq!(styled, ["trails", "field"], "in the order of the text");
    let field = scene.view.style_of("field").expect("a style");
    assert_eq!((field.opacity, field.range), (Some(0.4), Some([0.0, 2.0])));
    assert_eq!(field.colour_map.as_deref(), Some("magma"));
    assert_eq!(scene.plots.len(), 2);
    assert_eq!(scene.plots[0].kind, PlotKind::Histogram);
    assert!(scene.plots[0].x_logarithmic && !scene.plots[0].y_logarithmic);
    assert_eq!(scene.plots[1].kind, PlotKind::LogLog);
    assert!(scene.plots[1].x_logarithmic && scene.plots[1].y_logarithmic);
    assert_eq!(scene.source, GOOD);
}

#[test]
fn the_least_scene_has_defaults_for_the_rest() {
    let scene = good("(version: 1, model: walkers, population: (count: 50, density: 2), dt: 0.01)");
    assert_eq!(scene.domain.size, [5.0, 5.0]);
    assert_eq!(scene.story.title, "Walkers");
    assert_eq!(scene.initial, "random");
    assert_eq!(scene.view.colour, "heading");
    assert_eq!(scene.values.get(1), 10.0);
    assert!(scene.plots.is_empty() && scene.speed.is_none());
    assert_eq!(
        (scene.view.ghosts, scene.view.bloom),
        (super::types::GHOSTS, 0.0)
    );
    assert!(scene.view.layer_styles.is_empty() && !scene.view.logarithmic);
}

#[test]
fn every_model_has_the_common_layers() {
    let text = |layers: &str| {
        format!(
            "(version: 1, model: walkers, population: (count: 50, density: 2), dt: 0.01, view: (layers: {layers}))"
        )
    };
    let scene = good(&text("[trails, velocity_field, field]"));
    assert_eq!(scene.view.layers, ["trails", "velocity_field", "field"]);
    let wrong = only(check(&text("[trials]")));
    assert!(wrong.remedy.contains("trails"), "{wrong}");
}
