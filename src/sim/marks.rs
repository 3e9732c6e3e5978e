//! Particles that are drawn where they were computed: what of a picture a device makes by itself,
//! and the handle under which whoever draws on that device finds it.
//!
//! Nothing is read back for such a picture. What depends on more than a device has of a particle, a
//! local density, a layer, a way since the last picture, is made of the columns instead.

use std::any::Any;
use std::sync::Arc;

use super::packing::{legend_of, low_and_factor, walls};
use super::simulation::Simulation;
use super::snapshot::{Legend, Picture, PictureRequest};
use crate::model::column::{Column, Heading};
use crate::model::observable::Sample;
use crate::model::shade::Shade;
use crate::model::twin::Hue;
use crate::scene::{Glyph, Scene};

/// Particles in the memory of a device, each laid out as a [`Particle`](super::snapshot::Particle),
/// in the order of the processor's slots. Nobody writes to them as long as somebody holds them.
pub trait Instances: Send + Sync + std::fmt::Debug {
    /// How many there are.
    fn count(&self) -> usize;
    /// The handle of their device, in the type of the library that drives it.
    fn device(&self) -> &dyn Any;
    /// The handle of the buffer they fill.
    fn buffer(&self) -> &dyn Any;
}

/// What takes the place of the particles in a picture.
#[derive(Clone, Debug)]
pub struct Marks {
    pub instances: Arc<dyn Instances>,
    /// In units of length.
    pub largest_radius: f32,
}

/// How a device makes instances of particles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// What the colours show; without it all are in the middle of the map.
    pub hue: Option<Hue>,
    /// The value at the low end of the colours, and one over the range.
    pub low: f32,
    pub factor: f32,
    /// True when the mark points where the state does.
    pub pointed: bool,
    /// Radius of particles that have no diameter of their own, in units of length.
    pub radius: f32,
}

/// A look with the legend that belongs to it, or why the columns are needed.
pub type Plan = Result<(Look, Legend), String>;

/// What a device can make of a request.
pub fn plan(simulation: &Simulation, request: &PictureRequest) -> Plan {
    let scene = simulation.scene();
    let plan = simulation.with_sample(|sample| planned(scene, request, sample));
    plan.unwrap_or_else(|| Err("there are no columns".into()))
}

fn planned(scene: &Scene, request: &PictureRequest, sample: &Sample) -> Plan {
    let model = scene.model;
    let Some(twin) = model.twin else {
        return Err("the model has no compute shader".into());
    };
    let mut layers = model.all_layers();
    if let Some(layer) = layers.find(|layer| request.layers.iter().any(|name| name == layer.name)) {
        return Err(format!("the layer “{}” is made there", layer.title));
    }
    let pointed = match request.glyph {
        Glyph::Disc => false,
        Glyph::Arrow if twin.state == Heading::NAME => true,
        Glyph::Arrow | Glyph::Streak => {
            return Err("the marks show where particles come from".into());
        }
    };
    let shade = model
        .shades()
        .find(|shade| shade.name() == request.colour)
        .or(model.colourings.first().map(Shade::Declared));
    let mut look = Look {
        hue: None,
        low: 0.0,
        factor: 1.0,
        pointed,
        radius: 0.0,
    };
    let Some(shade) = shade else {
        return Ok((look, Legend::default()));
    };
    let named = twin.hues.iter().find(|(name, _)| *name == shade.name());
    let Some(&(_, hue)) = named else {
        return Err(format!("the colour “{}” is computed there", shade.title()));
    };
    if request.logarithmic && !shade.cyclic() && shade.categories().is_empty() {
        return Err("the scale of the colours is logarithmic".into());
    }
    let mut values = Vec::new();
    if hue.is_still() {
        shade.values(sample, &mut values);
    } else if shade.cyclic() || request.range.or(shade.range()).is_some() {
        // The legend takes nothing from it but that there is a value.
        values.push(0.0);
    } else {
        return Err("the range of the colours follows the data, and is not fixed".into());
    }
    let legend = legend_of(&shade, request, &values);
    if !values.is_empty() {
        look.hue = Some(hue);
    }
    [look.low, look.factor] = low_and_factor(&legend);
    Ok((look, legend))
}

/// The picture of the present state, left where it was computed; an error says why it has to be
/// made of the columns.
pub fn picture(simulation: &mut Simulation, plan: &Plan, revision: u64) -> Result<Picture, String> {
    let (look, legend) = plan.as_ref().map_err(String::clone)?;
    let scene = simulation.scene();
    let radius = (0.5 * (scene.model.diameter)(&scene.values)) as f32;
    let marks = simulation.draw(&Look { radius, ..*look })?;
    let (scene, clock) = (simulation.scene(), simulation.clock());
    Ok(Picture {
        revision,
        step: clock.step,
        time: clock.time,
        domain: scene.domain,
        particles: Arc::default(),
        marks: Some(marks),
        legend: legend.clone(),
        layers: walls(scene).into_iter().collect(),
    })
}
