//! Energy, pressure, dissipation, and the moments of a trapped cloud.

use std::f64::consts::FRAC_PI_4;

use super::{sums, trapped, without_interaction};
use crate::math::domain::Boundary;
use crate::math::special::wca_compressibility;
use crate::model::column::Diameter;
use crate::model::observable::Sample;
use crate::models::active::law::Repulsion;
use crate::models::active::parameters::{Active, Dynamics};

pub fn energy(sample: &Sample) -> f64 {
    sums(sample).map_or(f64::NAN, |sums| sums.pair_energy / sums.count)
}

pub fn energy_theory(sample: &Sample) -> Option<f64> {
    without_interaction(sample).map(|_| 0.0)
}

/// Parameters of a homogeneous periodic box, the only place where the virial is a pressure.
fn bulk<'w>(sample: &Sample<'w>) -> Option<&'w Active> {
    let active = sample.resource::<Active>()?;
    let bulk = active.trap_stiffness == 0.0 && sample.domain.boundary == Boundary::Periodic;
    bulk.then_some(active)
}

pub fn pressure(sample: &Sample) -> f64 {
    let (Some(active), Some(sums)) = (bulk(sample), sums(sample)) else {
        return f64::NAN;
    };
    let motion = active.motion();
    let along = (motion.speed * sums.propulsion + sums.along) / sums.count;
    let across = sums.across / sums.count;
    let single = motion.translational_diffusion + motion.swim_pressure(along, across);
    (sums.count * single + 0.5 * sums.virial) / sample.domain.area()
}

pub fn pressure_theory(sample: &Sample) -> Option<f64> {
    let active = bulk(sample).filter(|active| active.repulsion() == Repulsion::None)?;
    let count = sums(sample)?.count;
    Some(count / sample.domain.area() * active.motion().effective_diffusion())
}

pub fn compressibility(sample: &Sample) -> f64 {
    let (Some(active), Some(sums)) = (bulk(sample), sums(sample)) else {
        return f64::NAN;
    };
    let heat = active.motion().translational_diffusion;
    if heat > 0.0 {
        1.0 + sums.virial / (2.0 * sums.count * heat)
    } else {
        f64::NAN
    }
}

pub fn compressibility_theory(sample: &Sample) -> Option<f64> {
    let active = bulk(sample)?;
    let Repulsion::Wca { energy } = active.repulsion() else {
        return None;
    };
    let heat = active.motion().translational_diffusion;
    let equal = sample.column::<Diameter>().is_empty();
    if active.motion().speed > 0.0 || heat <= 0.0 || !equal {
        return None;
    }
    let packing = sums(sample)?.count * FRAC_PI_4 / sample.domain.area();
    // Discs freeze near 0.70; the equation of the fluid has nothing to say beyond.
    (packing < 0.65).then(|| wca_compressibility(packing, heat / energy))
}

pub fn entropy_production(sample: &Sample) -> f64 {
    let Some(active) = sample.resource::<Active>() else {
        return f64::NAN;
    };
    let motion = active.motion();
    if motion.translational_diffusion <= 0.0 {
        return f64::NAN;
    }
    sums(sample).map_or(f64::NAN, |sums| {
        motion.entropy_production(sums.propulsion / sums.count, sums.along / sums.count)
    })
}

pub fn entropy_production_theory(sample: &Sample) -> Option<f64> {
    let active = without_interaction(sample)?;
    let motion = active.motion();
    if motion.translational_diffusion <= 0.0 {
        return None;
    }
    let force = if active.trap_stiffness == 0.0 {
        0.0
    } else {
        -active.trap_stiffness
            * trapped(sample)?
                .motion()
                .trap_correlation(active.trap_stiffness)
    };
    Some(motion.entropy_production(motion.mean_square_propulsion, force))
}

/// The identity σ_g = −⟨∇·F⟩ needs a propulsion that is the only noise.
fn athermal<'w>(sample: &Sample<'w>) -> Option<&'w Active> {
    sample.resource::<Active>().filter(|active| {
        active.dynamics == Dynamics::OrnsteinUhlenbeck
            && active.motion().translational_diffusion == 0.0
    })
}

pub fn propulsion_entropy(sample: &Sample) -> f64 {
    match (athermal(sample), sums(sample)) {
        (Some(_), Some(sums)) => sums.contraction / sums.count,
        _ => f64::NAN,
    }
}

pub fn propulsion_entropy_theory(sample: &Sample) -> Option<f64> {
    let active = athermal(sample)?;
    (active.repulsion() == Repulsion::None).then_some(2.0 * active.trap_stiffness)
}

/// Sums of a trapped cloud.
fn cloud(sample: &Sample) -> Option<crate::models::active::survey::Sums> {
    sample
        .resource::<Active>()
        .filter(|active| active.trap_stiffness > 0.0)?;
    sums(sample)
}

pub fn square_radius(sample: &Sample) -> f64 {
    cloud(sample).map_or(f64::NAN, |sums| sums.square / sums.count)
}

pub fn square_radius_theory(sample: &Sample) -> Option<f64> {
    let active = trapped(sample)?;
    Some(
        active
            .motion()
            .trap_mean_square_radius(active.trap_stiffness),
    )
}

pub fn kurtosis(sample: &Sample) -> f64 {
    cloud(sample).map_or(f64::NAN, |sums| {
        sums.fourth * sums.count / (sums.square * sums.square)
    })
}

pub fn kurtosis_theory(sample: &Sample) -> Option<f64> {
    let active = trapped(sample)?;
    active.motion().trap_kurtosis(active.trap_stiffness)
}
