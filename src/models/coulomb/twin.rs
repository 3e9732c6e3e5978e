//! The block of numbers that `shaders/models/coulomb.wgsl` reads: the Langevin equation with every
//! pair summed, in the traps that are powers of the distance.

use bytemuck::{Pod, Zeroable};

use super::Charge;
use super::parameters::{Confinement, Coulomb, Dynamics, Space};
use super::step::MOST_DRIFT;
use crate::math::longrange::Charges;
use crate::model::column::Column;
use crate::model::parameter::Parameters;
use crate::model::twin::{Hue, LAW_BYTES, Pairs, Setting, Twin};

/// The chapter on a graphics device.
pub const TWIN: Twin = Twin {
    source: include_str!("../../../shaders/models/coulomb.wgsl"),
    doc: "The Langevin equation with every pair summed, for at most 65536 charges in a harmonic or quartic trap, in one that is a power, or in a reflecting box.",
    state: Charge::NAME,
    pairs: Pairs::All,
    mobility: None,
    hues: &[
        ("charge", Hue::Sign),
        ("tag", Hue::Tag),
        ("force_magnitude", Hue::Force),
    ],
    law: |values, setting| {
        let law = Law::new(&Coulomb::from_values(values), setting)?;
        Ok(bytemuck::cast(law))
    },
};

/// Of more charges a step of all pairs takes so long that a driver may give it up, and the fast
/// method of the processor is the better way.
const MOST: usize = 65_536;

/// `Law` of the shader, field by field.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Law {
    /// Force of the linear trap at a distance of a whole turn, whole part and 2⁻³² parts.
    linear: [[u32; 2]; 2],
    core2: f32,
    dt: f32,
    noise: f32,
    most_drift: f32,
    /// 0: none besides the linear one; 1: quartic; 2: a power.
    trap: u32,
    /// Exponent of the power less 2, halved.
    exponent: u32,
    hollow: f32,
    /// 1/N.
    over_scale2: f32,
    line: u32,
    padding: [u32; 3],
}

const _: () = assert!(size_of::<Law>() == LAW_BYTES);

impl Law {
    /// The numbers of a step; an error says what is computed on the processor only.
    pub fn new(coulomb: &Coulomb, setting: &Setting) -> Result<Self, String> {
        if coulomb.dynamics != Dynamics::Langevin {
            return Err(
                "of the dynamics of Coulomb gases only langevin has a compute shader".into(),
            );
        }
        if setting.domain.is_periodic() {
            return Err("the images of a periodic box have no compute shader".into());
        }
        if setting.count > MOST {
            return Err(format!(
                "{} charges are too many for a sum over all pairs: take {MOST} or fewer",
                setting.count
            ));
        }
        let (stiffness, trap) = match coulomb.trap {
            Confinement::Harmonic => (1.0, 0),
            Confinement::Box => (0.0, 0),
            Confinement::Quartic => (0.0, 1),
            Confinement::Power => (0.0, 2),
            Confinement::HardDisc => {
                return Err("the wall of a hard disc has no compute shader".into());
            }
            Confinement::Typed => return Err("a typed trap has no compute shader".into()),
        };
        let noise = (2.0 * setting.dt / coulomb.beta).sqrt();
        let linear = setting.domain.span().map(|span| {
            let turn = stiffness * span;
            [turn as u32, (turn.fract() * 4_294_967_296.0) as u32]
        });
        let charges = Charges {
            core: coulomb.core,
            ..Charges::alike(&setting.domain, &[])
        };
        Ok(Self {
            linear,
            core2: charges.core2() as f32,
            dt: setting.dt as f32,
            noise: noise as f32,
            most_drift: MOST_DRIFT.max(noise) as f32,
            trap,
            exponent: coulomb.exponent.clamp(1, 12) as u32 - 1,
            hollow: coulomb.hollow as f32,
            over_scale2: (1.0 / setting.count.max(1) as f64) as f32,
            line: u32::from(coulomb.space == Space::Line),
            padding: [0; 3],
        })
    }
}
