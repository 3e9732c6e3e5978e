//! The systems of a step, in the phases Neighbors → Forces → Integrate → Wrap.

use bevy::ecs::resource::Resource;
use bevy::ecs::schedule::{IntoScheduleConfigs, Schedule};
use bevy::ecs::system::{Query, Res, ResMut};
use bevy::ecs::world::World;

use super::parameters::{Active, Dynamics};
use super::survey::Survey;
use crate::math::grid::CellGrid;
use crate::math::philox::{Purpose, Stream};
use crate::model::column::{Force, Heading, Position, Tag};
use crate::model::parameter::{Parameters, Values};
use crate::model::phase::{Box, Clock, Phase};
use crate::slices;

#[derive(Resource, Default)]
struct TemporaryGrid(CellGrid);

/// Puts changed parameters into the world.
pub fn adopt(values: &Values, world: &mut World) {
    let before = world.get_resource::<Active>().map(|active| active.dynamics);
    Active::adopt(values, world);
    world.init_resource::<TemporaryGrid>();
    // What was measured with the old parameters no longer holds.
    world.insert_resource(Survey::default());
    let after = Active::from_values(values).dynamics;
    if before == Some(Dynamics::OrnsteinUhlenbeck) && after != Dynamics::OrnsteinUhlenbeck {
        // A Gaussian propulsion leaves its direction to the unit vector that takes its place.
        for mut heading in world.query::<&mut Heading>().iter_mut(world) {
            heading.0 = unit(heading.0);
        }
    }
}

/// The unit vector along a vector; along x for a vector without direction.
fn unit(vector: [f32; 2]) -> [f32; 2] {
    let length = vector[0].hypot(vector[1]);
    if length > 0.0 {
        vector.map(|part| part / length)
    } else {
        [1.0, 0.0]
    }
}

/// Adds the systems to the phases of the step.
pub fn install(schedule: &mut Schedule) {
    schedule.add_systems((
        sort.in_set(Phase::Neighbors),
        push.in_set(Phase::Forces),
        (advance, turn).chain().in_set(Phase::Integrate),
    ));
}

fn sort(
    mut grid: ResMut<TemporaryGrid>,
    active: Res<Active>,
    domain: Res<Box>,
    mut query: Query<&mut Position>,
) {
    let positions = slices!(query);
    let p: &[[u32; 2]] = bytemuck::cast_slice(&*positions);
    grid.0.rebuild(&domain.0, p, active.range().max(1.0));
}

fn push(
    grid: Res<TemporaryGrid>,
    active: Res<Active>,
    domain: Res<Box>,
    mut query: Query<(&mut Position, &mut Force)>,
) {
    let (positions, mut forces) = slices!(query);
    let forces = forces.bypass_change_detection();
    let repulsion = active.repulsion();
    use rayon::prelude::*;
    let positions = &*positions;
    forces.par_iter_mut().enumerate().for_each(|(i, force)| {
        let r = domain.0.real(positions[i].0);
        let mut f = [-active.trap_stiffness * r[0], -active.trap_stiffness * r[1]];
        grid.0.for_neighbours(i, active.range() as f32, |_, d, s| {
            let r = f64::from(s).sqrt();
            let push = repulsion.force(r, 1.0);
            f[0] -= push * f64::from(d[0]) / r;
            f[1] -= push * f64::from(d[1]) / r;
        });
        force.0 = f.map(|x| x as f32);
    });
}

fn advance(
    active: Res<Active>,
    clock: Res<Clock>,
    domain: Res<Box>,
    mut query: Query<(&mut Position, &mut Heading, &mut Force, &mut Tag)>,
) {
    let (mut positions, headings, forces, tags) = slices!(query);
    let positions = positions.bypass_change_detection();
    let motion = active.motion();
    let stream = Stream::new(clock.seed, clock.step, Purpose::Translation);
    let noise = (2.0 * motion.translational_diffusion * clock.dt).sqrt();
    let inverse = domain.0.inverse_quantum();
    let (headings, forces, tags) = (&*headings, &*forces, &*tags);
    use rayon::prelude::*;
    positions.par_iter_mut().enumerate().for_each(|(i, p)| {
        let g = stream.gaussians(tags[i].0, 0);
        for a in 0..2 {
            let d = (motion.speed * f64::from(headings[i].0[a]) + f64::from(forces[i].0[a]))
                * clock.dt
                + noise * f64::from(g[a]);
            p.0[a] = p.0[a].wrapping_add((d * f64::from(inverse[a])).round() as i32 as u32);
        }
    });
}

fn turn(active: Res<Active>, clock: Res<Clock>, mut query: Query<(&mut Heading, &mut Tag)>) {
    let (mut headings, tags) = slices!(query);
    let motion = active.motion();
    let stream = Stream::new(clock.seed, clock.step, Purpose::Orientation);
    let dt = clock.dt;
    let gaussian = active.dynamics == Dynamics::OrnsteinUhlenbeck;
    let tags = &*tags;
    use rayon::prelude::*;
    headings
        .bypass_change_detection()
        .par_iter_mut()
        .enumerate()
        .for_each(|(i, h)| {
            let g = stream.gaussians(tags[i].0, 0).map(f64::from);
            let angle = motion.angular_velocity * dt
                + if gaussian {
                    0.0
                } else {
                    (2.0 * motion.rotational_diffusion * dt).sqrt() * g[0]
                };
            let (s, c) = angle.sin_cos();
            let e = h.0.map(f64::from);
            let mut e = [e[0] * c - e[1] * s, e[0] * s + e[1] * c];
            if gaussian {
                let keep = (-motion.correlation_rate * dt).exp();
                let mix = (1.0 - keep * keep).sqrt();
                e = [keep * e[0] + mix * g[0], keep * e[1] + mix * g[1]];
            } else if motion.tumble_rate > 0.0 {
                let u = stream.uniforms(tags[i].0, 1);
                if f64::from(u[0]) < -(-motion.tumble_rate * dt).exp_m1() {
                    let (s, c) = (std::f64::consts::TAU * f64::from(u[1])).sin_cos();
                    e = [c, s];
                }
            }
            h.0 = e.map(|x| x as f32);
        });
}
