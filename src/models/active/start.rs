//! The particles at the start: places, headings and diameters.

use bevy::ecs::world::World;

use super::InitialPosition;
use super::law::{DIAMETER_CUT, Repulsion};
use super::parameters::{Active, Dynamics};
use super::placement;
use crate::math::philox::{Purpose, Stream};
use crate::model::column::{Diameter, Force, Heading, Image, Position, Tag};
use crate::model::parameter::Parameters;
use crate::model::{InitialCondition, Start};

/// Every way to start, the first of which is the default.
pub const INITIAL_CONDITIONS: &[InitialCondition] = &[
    InitialCondition {
        name: "random",
        doc: "Discs at random places without overlap: by random sequential addition when dilute, on a triangular lattice with random vacancies and jitter when dense. Without interaction independent uniform points.",
    },
    InitialCondition {
        name: "lattice",
        doc: "A square lattice over the whole box.",
    },
    InitialCondition {
        name: "hexagonal",
        doc: "A triangular lattice over the whole box.",
    },
    InitialCondition {
        name: "slab",
        doc: "A close-packed band across the middle of the box, perpendicular to its longer side: the start for coexistence.",
    },
    InitialCondition {
        name: "droplet",
        doc: "A close-packed disc in the middle of the box.",
    },
    InitialCondition {
        name: "centre",
        doc: "All particles at the centre of the box; only without interaction.",
    },
];

/// The closest spacing of a regular start, in diameters: below it, stiff discs would break apart.
const CLOSEST_STIFF: f64 = 0.93;
/// The same for soft discs, whose forces stay finite at any overlap.
const CLOSEST_SOFT: f64 = 0.25;

/// Philox blocks of the initial condition.
const HEADING: u16 = 0;
const DIAMETER: u16 = 1;

/// Places the particles; an error says why the start is impossible and what to change.
pub fn spawn(world: &mut World, start: &Start) -> Result<(), String> {
    let active = Active::from_values(start.values);
    let stream = Stream::new(start.seed, 0, Purpose::InitialCondition);
    let diameters = diameters(start.count, active.polydispersity, stream);
    let mut points = places(start, &active, stream)?;
    if !diameters.is_empty() && active.repulsion() != Repulsion::None {
        super::relax::separate(&start.domain, &mut points, &diameters);
    }
    let confined = !start.domain.is_periodic();
    let particle = |index: usize| {
        let mut point = points[index];
        if confined {
            for (part, length) in point.iter_mut().zip(start.domain.size) {
                *part = part.clamp(-0.5 * length, 0.5 * length);
            }
        }
        let place = start.domain.fixed(point);
        let tag = index as u32;
        (
            Position(place),
            Heading(heading(active.dynamics, tag, stream)),
            Force::default(),
            Image::default(),
            InitialPosition(place),
            Tag(tag),
        )
    };
    if diameters.is_empty() {
        world.spawn_batch((0..start.count).map(particle));
    } else {
        world.spawn_batch(
            (0..start.count).map(|index| (particle(index), Diameter(diameters[index]))),
        );
    }
    Ok(())
}

/// The places of an initial condition.
fn places(start: &Start, active: &Active, stream: Stream) -> Result<Vec<[f64; 2]>, String> {
    let (domain, count) = (&start.domain, start.count);
    let repulsion = active.repulsion();
    if count == 0 {
        return Err("there are no particles; set a population of at least 1".into());
    }
    let interacting = repulsion != Repulsion::None;
    let closest = match repulsion {
        Repulsion::Wca { .. } => CLOSEST_STIFF,
        _ => CLOSEST_SOFT,
    };
    let spacing = placement::spacing(domain, count);
    if interacting && spacing < closest {
        let most = (count as f64 * (spacing / closest).powi(2)) as usize;
        return Err(format!(
            "{count} particles are too many for the box: their spacing would be {spacing:.3} diameters, and {closest} is the least; take at most about {most} particles or a larger box"
        ));
    }
    match start.initial {
        "random" if !interacting => Ok(placement::uniform(domain, count, stream)),
        "random" => Ok(placement::random(domain, count, 1.0, stream)),
        "lattice" => Ok(placement::square(domain, count)),
        "hexagonal" => Ok(placement::hexagonal(domain, count)),
        "slab" => Ok(placement::slab(domain, count, 1.0)),
        "droplet" => placement::disc(domain, count, 1.0).ok_or_else(|| {
            format!("a close-packed droplet of {count} particles is wider than the box; take fewer particles or a larger box")
        }),
        "centre" if interacting => Err("particles that repel each other cannot all start at the centre; set interaction to none, or start from a droplet".into()),
        "centre" => Ok(vec![[0.0; 2]; count]),
        other => Err(format!("there is no initial condition `{other}`")),
    }
}

/// A heading from the stationary distribution of the dynamics.
pub fn heading(dynamics: Dynamics, tag: u32, stream: Stream) -> [f32; 2] {
    match dynamics {
        Dynamics::OrnsteinUhlenbeck => {
            let [x, y, ..] = stream.gaussians(tag, HEADING);
            [x, y]
        }
        _ => {
            let turn = f64::from(stream.words(tag, HEADING)[0]) / 4_294_967_296.0;
            let (sin, cos) = (std::f64::consts::TAU * turn).sin_cos();
            [cos as f32, sin as f32]
        }
    }
}

/// Normally distributed diameters of mean 1; none when all are equal.
fn diameters(count: usize, deviation: f64, stream: Stream) -> Vec<f32> {
    if deviation == 0.0 {
        return Vec::new();
    }
    (0..count as u32)
        .map(|tag| diameter(tag, deviation, stream))
        .collect()
}

/// The diameter of one particle.
pub fn diameter(tag: u32, deviation: f64, stream: Stream) -> f32 {
    let cut = DIAMETER_CUT as f32;
    let deviates = stream.gaussians(tag, DIAMETER);
    // All four lie beyond the cut with a probability of 5·10⁻¹¹.
    let deviate = deviates
        .into_iter()
        .find(|deviate| deviate.abs() <= cut)
        .unwrap_or(0.0);
    1.0 + deviation as f32 * deviate
}

/// Mean area of a particle, π⟨σ²⟩/4, with the variance of a normal distribution cut at three
/// standard deviations.
pub fn particle_area(active: &Active) -> f64 {
    const VARIANCE: f64 = 0.973_337;
    std::f64::consts::FRAC_PI_4 * (1.0 + VARIANCE * active.polydispersity.powi(2))
}
