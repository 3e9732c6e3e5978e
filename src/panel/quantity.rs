//! What can be changed in a running scene: parameters, step, population, box.
//!
//! Every change goes one way: it is checked against the declaration, then becomes an intent when
//! it acts live, or a scene to start anew when the initial state depends on it. A [`Quantity`]
//! and a number say all there is to undo it.

use crate::math::domain::Domain;
use crate::model::parameter::{Change, Parameter};
use crate::scene::Scene;
use crate::sim::Action;
use crate::sim::driver::Command;

use super::Request;
use super::numbers::plain;

/// The most particles that a field accepts.
pub const MOST_PARTICLES: f64 = 20e6;
/// Least and greatest side of a box in units of length.
pub const SIDES: [f64; 2] = [1e-3, 1e6];
/// Least and greatest packing fraction.
pub const PACKINGS: [f64; 2] = [1e-9, 100.0];
/// Greatest number of steps between samples.
pub const MOST_STRIDE: f64 = 1e9;

/// Something with a value that can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A declared parameter, by its index.
    Parameter(usize),
    /// Length of a step.
    Dt,
    /// Number of particles; the density stays.
    Count,
    /// Width of the box; its shape and the number of particles stay.
    Width,
    /// Packing fraction; the number of particles stays and the box follows.
    Packing,
    /// Steps between samples.
    Stride,
    /// Initial condition, as an index among the model's.
    Initial,
}

impl Quantity {
    /// The value in a scene; NaN for a parameter that the model does not declare.
    pub fn value(self, scene: &Scene) -> f64 {
        match self {
            Self::Parameter(index) => scene.values.get(index),
            Self::Dt => scene.dt,
            Self::Count => scene.count as f64,
            Self::Width => scene.domain.size[0],
            Self::Packing => scene.packing_fraction(),
            Self::Stride => scene.sample_every as f64,
            Self::Initial => {
                let conditions = scene.model.initial_conditions;
                let found = conditions.iter().position(|one| one.name == scene.initial);
                found.map_or(f64::NAN, |index| index as f64)
            }
        }
    }

    /// True when a change starts the run anew.
    pub fn restarts(self, scene: &Scene) -> bool {
        match self {
            Self::Parameter(index) => {
                declaration(scene, index).is_some_and(|one| one.change == Change::Restart)
            }
            Self::Dt => false,
            _ => true,
        }
    }

    /// What it is called in messages.
    pub fn title(self, scene: &Scene) -> String {
        match self {
            Self::Parameter(index) => declaration(scene, index)
                .map_or_else(String::new, |one| super::numbers::humanised(one.name)),
            Self::Dt => "Time step".into(),
            Self::Count => "Particles".into(),
            Self::Width => "Box width".into(),
            Self::Packing => "Packing fraction".into(),
            Self::Stride => "Steps per sample".into(),
            Self::Initial => "Start".into(),
        }
    }

    /// The allowed values in words.
    pub fn allowed(self, scene: &Scene) -> String {
        match self {
            Self::Parameter(index) => {
                declaration(scene, index).map_or_else(String::new, Parameter::allowed)
            }
            Self::Dt => {
                let bound = (scene.model.step_bound)(&scene.values);
                format!(
                    "a number above 0 and at most {} ({})",
                    plain(bound.dt, 4),
                    bound.reason
                )
            }
            Self::Count => "a whole number from 1 to 20 000 000".into(),
            Self::Width => format!("sides from {} to {}", SIDES[0], SIDES[1]),
            Self::Packing => {
                format!(
                    "a number from {} to {}, with sides of the box up to {}",
                    PACKINGS[0], PACKINGS[1], SIDES[1]
                )
            }
            Self::Stride => "a whole number from 1 to 10⁹".into(),
            Self::Initial => {
                let names: Vec<_> = scene
                    .model
                    .initial_conditions
                    .iter()
                    .map(|one| one.name)
                    .collect();
                format!("one of {}", names.join(", "))
            }
        }
    }

    /// Checks a value against the scene; the error names what would be allowed.
    pub fn check(self, scene: &Scene, value: f64) -> Result<(), String> {
        let whole = value.fract() == 0.0;
        let inside = match self {
            Self::Parameter(index) => {
                declaration(scene, index).is_some_and(|one| one.check(value).is_ok())
            }
            Self::Dt => {
                value.is_finite()
                    && value > 0.0
                    && value <= (scene.model.step_bound)(&scene.values).dt
            }
            Self::Count => {
                whole && (1.0..=MOST_PARTICLES).contains(&value) && sides_fit(scene, self, value)
            }
            Self::Width => sides_fit(scene, self, value),
            Self::Packing => {
                (PACKINGS[0]..=PACKINGS[1]).contains(&value) && sides_fit(scene, self, value)
            }
            Self::Stride => whole && (1.0..=MOST_STRIDE).contains(&value),
            Self::Initial => {
                whole && value >= 0.0 && value < scene.model.initial_conditions.len() as f64
            }
        };
        if inside {
            Ok(())
        } else {
            Err(self.allowed(scene))
        }
    }

    /// The scene with the value in it; the caller has checked it.
    pub fn applied(self, scene: &Scene, value: f64) -> Scene {
        let mut next = scene.clone();
        match self {
            Self::Parameter(index) => next.values.set(index, value),
            Self::Dt => next.dt = value,
            Self::Count => {
                next.domain = resized(scene, self, value);
                next.count = value as usize;
            }
            Self::Width | Self::Packing => next.domain = resized(scene, self, value),
            Self::Stride => next.sample_every = value as u64,
            Self::Initial => {
                if let Some(one) = scene.model.initial_conditions.get(value as usize) {
                    next.initial = one.name.into();
                }
            }
        }
        // Walls keep their places in a box of another size.
        let ratio = [0, 1].map(|axis| next.domain.size[axis] / scene.domain.size[axis]);
        if ratio != [1.0; 2] {
            for wall in &mut next.walls {
                for end in [&mut wall.from, &mut wall.to] {
                    *end = [0, 1].map(|axis| {
                        let half = 0.5 * next.domain.size[axis];
                        (ratio[axis] * end[axis]).clamp(-half, half)
                    });
                }
            }
        }
        next
    }

    /// The request that makes the change, once it is checked.
    pub fn request(self, scene: &Scene, value: f64, play: bool) -> Request {
        let live = !self.restarts(scene);
        match self {
            Self::Parameter(index) if live => match declaration(scene, index) {
                Some(one) => {
                    let name = one.name.into();
                    Request::Run(Command::Act(Action::SetParameter { name, value }))
                }
                None => reload(scene.clone(), play),
            },
            Self::Dt => Request::Run(Command::Act(Action::SetDt(value))),
            _ => reload(self.applied(scene, value), play),
        }
    }
}

/// The request that starts a scene anew.
pub fn reload(scene: Scene, play: bool) -> Request {
    Request::Run(Command::Load {
        scene: Box::new(scene),
        play,
    })
}

/// The declaration of a parameter.
pub fn declaration(scene: &Scene, index: usize) -> Option<&'static Parameter> {
    (scene.model.parameters)().get(index)
}

/// The box after a change of the number of particles, its width or the packing fraction.
fn resized(scene: &Scene, quantity: Quantity, value: f64) -> Domain {
    let factor = match quantity {
        // N / (Lx Ly) stays.
        Quantity::Count => (value / scene.count.max(1) as f64).sqrt(),
        Quantity::Width => value / scene.domain.size[0],
        // N a / (Lx Ly) becomes the value.
        Quantity::Packing => (scene.packing_fraction() / value).sqrt(),
        _ => 1.0,
    };
    Domain {
        size: scene.domain.size.map(|side| side * factor),
        ..scene.domain
    }
}

fn sides_fit(scene: &Scene, quantity: Quantity, value: f64) -> bool {
    let sides = resized(scene, quantity, value).size;
    sides
        .iter()
        .all(|side| (SIDES[0]..=SIDES[1]).contains(side))
}
