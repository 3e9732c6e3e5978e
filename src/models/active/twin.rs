//! The block of numbers that `shaders/models/active.wgsl` reads.

use bytemuck::{Pod, Zeroable};

use super::law::{Repulsion, SOFTPLUS_CUT};
use super::parameters::{Active, Dynamics};
use super::step::MOBILITY;
use crate::math::laws::{amplitude, ornstein_uhlenbeck};
use crate::model::column::{Column, Heading};
use crate::model::parameter::Parameters;
use crate::model::twin::{Hue, LAW_BYTES, Pairs, Twin};

/// The chapter on a graphics device.
pub const TWIN: Twin = Twin {
    source: include_str!("../../../shaders/models/active.wgsl"),
    doc: "All dynamics and repulsions, and walls.",
    state: Heading::NAME,
    pairs: Pairs::Near,
    mobility: Some(MOBILITY),
    hues: &[
        ("heading", Hue::Angle),
        ("heading_angle", Hue::Angle),
        ("diameter", Hue::Diameter),
        ("tag", Hue::Tag),
        ("force", Hue::Force),
        ("force_magnitude", Hue::Force),
    ],
    law: |values, setting| {
        let active = Active::from_values(values);
        Ok(bytemuck::cast(Law::new(&active, setting.dt)))
    },
};

/// `Law` of the shader, field by field.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Law {
    dynamics: u32,
    interaction: u32,
    mobility: f32,
    stride: f32,
    noise: f32,
    turn: f32,
    turn_noise: f32,
    decay: f32,
    refresh: f32,
    tumble: u32,
    trap: f32,
    strength: f32,
    sharpness: f32,
    reach: f32,
    padding: [u32; 2],
}

const _: () = assert!(size_of::<Law>() == LAW_BYTES);

impl Law {
    /// The numbers of a step, rounded where [`crate::math::laws`] rounds them.
    pub fn new(active: &Active, dt: f64) -> Self {
        let motion = active.motion();
        let turns = 1.0 / std::f64::consts::TAU;
        let [decay, refresh] = ornstein_uhlenbeck(motion.correlation_rate, dt);
        let (interaction, strength, sharpness) = match active.repulsion() {
            Repulsion::None => (0, 0.0, 1.0),
            Repulsion::Wca { energy } => (1, energy, 1.0),
            Repulsion::Harmonic { stiffness } => (2, stiffness, 1.0),
            Repulsion::Softplus {
                stiffness,
                sharpness,
            } => (3, stiffness, sharpness),
        };
        Self {
            dynamics: match active.dynamics {
                Dynamics::Passive => 0,
                Dynamics::Brownian => 1,
                Dynamics::OrnsteinUhlenbeck => 2,
                Dynamics::RunAndTumble => 3,
            },
            interaction,
            mobility: (MOBILITY * dt) as f32,
            stride: (motion.speed * dt) as f32,
            noise: amplitude(motion.translational_diffusion, dt),
            turn: (motion.angular_velocity * dt * turns) as f32,
            turn_noise: ((2.0 * motion.rotational_diffusion * dt).sqrt() * turns) as f32,
            decay,
            refresh,
            tumble: (-(-motion.tumble_rate * dt).exp_m1() * 4_294_967_296.0) as u32,
            trap: active.trap_stiffness as f32,
            strength: strength as f32,
            sharpness: sharpness as f32,
            reach: (SOFTPLUS_CUT / sharpness) as f32,
            padding: [0; 2],
        }
    }
}
