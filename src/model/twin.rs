//! The twin of a law on a graphics device: data that an engine reads, and no device.
//!
//! A chapter with a twin says so in [`Model::twin`](super::Model::twin): a WGSL file in
//! `shaders/models` with the functions that `shaders/particles.wgsl` asks for, and the block of
//! numbers that they read.

use super::parameter::Values;
use crate::math::domain::Domain;

/// Bytes of the block of a law: sixteen words, which every device takes as a uniform.
pub const LAW_BYTES: usize = 64;

/// A law as a compute shader.
#[derive(Clone, Copy)]
pub struct Twin {
    /// The chapter's WGSL.
    pub source: &'static str,
    /// What of the chapter it computes, for users.
    pub doc: &'static str,
    /// Name of a column of one or two `f32`: what the law knows of a particle besides its place, and
    /// may change.
    pub state: &'static str,
    pub pairs: Pairs,
    /// Velocity per force of a chapter whose walls push as a particle of the same size would whose
    /// surface is the wall ([`WallLaw`](super::walls::WallLaw)); without it a device has no walls.
    pub mobility: Option<f64>,
    /// Colourings that follow from what the device has of a particle, by the names of their shades.
    pub hues: &'static [(&'static str, Hue)],
    /// The block `Law` of the shader; an error says what of this the shader does not compute.
    pub law: fn(&Values, &Setting) -> Result<[u8; LAW_BYTES], String>,
}

/// Who acts on whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairs {
    /// Those within the [`Range`](super::neighbours::Range), found by cells.
    Near,
    /// All on all.
    All,
}

/// What a colour shows of a particle, as a device has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hue {
    /// The direction of the state, a vector.
    Angle,
    /// 1 where the first number of the state is above zero, and 0 elsewhere.
    Sign,
    Tag,
    Diameter,
    /// The length of the force at the beginning of the newest step.
    Force,
}

impl Hue {
    /// True for what stays as it is while a device computes: the columns know it, too.
    pub fn is_still(self) -> bool {
        matches!(self, Self::Sign | Self::Tag | Self::Diameter)
    }
}

/// What a law depends on besides its parameters.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Step in units of time.
    pub dt: f64,
    /// Number of particles.
    pub count: usize,
    pub domain: Domain,
}
