//! A bench for the interface without a window: a snapshot to show, hands to use, and what was asked for.

use std::sync::Arc;

use bevy_egui::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, Node};
use seethe::math::tally::Tally;
use seethe::model::observable::Curve;
use seethe::model::phase::{Clock, Phase};
use seethe::panel::{
    AdapterEntry, FilmState, Frame, Interface, Machine, Recent, Request, SceneEntry, Surroundings,
};
use seethe::scene::Scene;
use seethe::sim::Action;
use seethe::sim::driver::Command;
use seethe::sim::snapshot::{
    CurveTrace, Legend, ParameterTrace, Particle, Picture, ScalarTrace, SeriesPoint, Snapshot,
    Speed, Status, Summary,
};
use seethe::sim::timeline::Span;

pub fn scene(name: &str) -> Scene {
    seethe::scene::find(name, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

pub fn tally(values: &[f64]) -> Tally {
    let mut tally = Tally::default();
    values.iter().for_each(|&value| tally.push(value));
    tally
}

/// A snapshot of a scene in which every observable has measured `y` at every `x`.
pub fn snapshot(scene: Scene, x: &[f64], y: &[f64]) -> Snapshot {
    let model = scene.model;
    let scalars = model.scalars().map(|observable| ScalarTrace {
        observable,
        points: Arc::new(
            x.iter()
                .zip(y)
                .map(|(&time, &mean)| SeriesPoint {
                    time,
                    low: mean - 0.1,
                    mean,
                    high: mean + 0.1,
                })
                .collect(),
        ),
        recent: Arc::new(
            x.iter()
                .zip(y)
                .map(|(&time, &value)| [time, value])
                .collect(),
        ),
        tally: Arc::new(tally(y)),
        latest: y.last().copied().unwrap_or(f64::NAN),
        summary: y.last().map(|&mean| Summary {
            mean,
            error: 0.01 * mean,
            stationary: true,
        }),
        theory: y.first().copied(),
    });
    let curves = model
        .observables
        .iter()
        .filter(|one| !one.is_scalar())
        .map(|observable| CurveTrace {
            observable,
            curve: Arc::new(Curve {
                x: x.to_vec(),
                y: y.to_vec(),
                error: y.to_vec(),
            }),
            theory: Arc::new(y.to_vec()),
            samples: 12,
        });
    let colouring = model.colourings.first();
    Snapshot {
        generation: 1,
        held: false,
        span: Span::default(),
        branches: Arc::default(),
        status: Status::Paused,
        clock: Clock {
            step: 12_400,
            time: 1.24,
            dt: scene.dt,
            seed: scene.seed,
        },
        count: scene.count,
        speed: Speed {
            steps_per_second: 500.0,
            target: 1.0,
            reached: 0.03,
        },
        phases: Phase::ALL.map(|(_, name)| (name, 1e-4)),
        engine: None,
        device: Default::default(),
        picture: Arc::new(Picture {
            revision: 1,
            step: 12_400,
            time: 1.24,
            domain: scene.domain,
            particles: vec![Particle::default()].into(),
            marks: None,
            legend: Legend {
                colouring: colouring.map(|one| one.name),
                title: colouring.map_or("", |one| one.title).into(),
                symbol: colouring.map_or("", |one| one.symbol).into(),
                unit: colouring.map_or("", |one| one.unit).into(),
                range: [
                    y.first().copied().unwrap_or(0.0),
                    y.last().copied().unwrap_or(1.0),
                ],
                cyclic: colouring.is_some_and(|one| one.cyclic),
                ..Legend::default()
            },
            layers: Vec::new(),
        }),
        scalars: Arc::new(scalars.collect()),
        curves: Arc::new(curves.collect()),
        hand: Default::default(),
        parameters: Arc::new(vec![ParameterTrace::default(); (model.parameters)().len()]),
        scene: Arc::new(scene),
    }
}

pub fn calm(name: &str) -> Snapshot {
    let x: Vec<f64> = (0..200).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| 1.0 + 0.1 * (0.1 * x).sin()).collect();
    snapshot(scene(name), &x, &y)
}

/// What one interface sees and asks for.
pub struct Bench {
    pub interface: Interface,
    pub snapshot: Snapshot,
    pub points_per_length: f64,
    pub scenes: Vec<SceneEntry>,
    pub recent: Vec<Recent>,
    pub machine: Machine,
    pub looks_at: Option<([f64; 2], f64)>,
    pub film: FilmState,
    pub adapters: Vec<AdapterEntry>,
    pub requests: Vec<Request>,
}

pub fn harness(snapshot: Snapshot, size: Vec2) -> Harness<'static, Bench> {
    let entry = |title: &str| SceneEntry {
        title: title.into(),
        ..SceneEntry::default()
    };
    let bench = Bench {
        interface: Interface::default(),
        snapshot,
        points_per_length: 4.0,
        scenes: vec![entry("A gas"), entry("A crystal")],
        recent: Vec::new(),
        machine: Machine::default(),
        looks_at: None,
        film: FilmState::Idle,
        adapters: Vec::new(),
        requests: Vec::new(),
    };
    let colours = vec![[90_u8, 120, 200]; 256];
    Harness::builder()
        .with_size(size)
        .with_max_steps(12)
        .build_ui_state(
            move |ui, bench: &mut Bench| {
                let surroundings = Surroundings {
                    colours: &colours,
                    points_per_length: bench.points_per_length,
                    scenes: &bench.scenes,
                    adapter: "none",
                    software: true,
                    film: bench.film,
                    recent: &bench.recent,
                    machine: bench.machine,
                    looks_at: bench.looks_at,
                    adapters: &bench.adapters,
                    ..Surroundings::default()
                };
                let frame = Frame {
                    snapshot: &bench.snapshot,
                    surroundings: &surroundings,
                };
                let requests = seethe::panel::interface(ui, &mut bench.interface, &frame);
                bench.requests.extend(requests);
            },
            bench,
        )
}

/// A window that is high enough to show every parameter at once.
pub fn tall(snapshot: Snapshot) -> Harness<'static, Bench> {
    harness(snapshot, vec2(1440.0, 4000.0))
}

pub fn field<'a>(harness: &'a Harness<Bench>, label: &'a str) -> Node<'a> {
    harness.get_by(|node| node.role() == Role::TextInput && node.label().as_deref() == Some(label))
}

/// Types a text into a field in place of what is there.
pub fn type_into(harness: &mut Harness<Bench>, label: &str, text: &str) {
    harness.state_mut().requests.clear();
    field(harness, label).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    field(harness, label).type_text(text);
    harness.run_steps(1);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
}

pub fn actions(harness: &Harness<Bench>) -> Vec<Action> {
    let requests = harness.state().requests.iter();
    requests
        .filter_map(|request| match request {
            Request::Run(Command::Act(action)) => Some(action.clone()),
            _ => None,
        })
        .collect()
}

pub fn loaded<'a>(harness: &'a Harness<Bench>) -> Vec<&'a Scene> {
    let requests = harness.state().requests.iter();
    requests
        .filter_map(|request| match request {
            Request::Run(Command::Load { scene, .. }) => Some(&**scene),
            _ => None,
        })
        .collect()
}

pub fn shown_texts(harness: &Harness<Bench>) -> String {
    fn collect(shape: &egui::Shape, text: &mut String) {
        match shape {
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, text)),
            egui::Shape::Text(one) => {
                text.push_str(one.galley.text());
                text.push('\n');
            }
            _ => {}
        }
    }
    let mut text = String::new();
    for clipped in &harness.output().shapes {
        collect(&clipped.shape, &mut text);
    }
    text
}

/// Every vertex that would be sent to the device is a place.
pub fn assert_drawable(harness: &Harness<Bench>, what: &str) {
    let shapes = harness.output().shapes.clone();
    for primitive in harness.ctx.tessellate(shapes, 1.0) {
        if let egui::epaint::Primitive::Mesh(mesh) = primitive.primitive {
            for vertex in &mesh.vertices {
                assert!(
                    vertex.pos.x.is_finite() && vertex.pos.y.is_finite(),
                    "{what}: {vertex:?}"
                );
            }
        }
    }
}
