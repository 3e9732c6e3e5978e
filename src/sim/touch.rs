//! What hands do to a run: dabs of a brush, walls drawn and rubbed out.

use bevy::ecs::world::World;

use super::intent::Action;
use crate::math::segment::SHORTEST;
use crate::math::walls::MOST_WALLS;
use crate::model::neighbours::Neighbours;
use crate::model::{hands, walls};
use crate::scene::{Scene, most_particles};

/// Pieces of a wall that are shorter than this share of the rubber are rubbed out with the rest.
const CRUMB: f64 = 0.05;

/// Carries out an action of a hand; an error says why nothing was done.
pub fn apply(scene: &mut Scene, world: &mut World, action: &Action) -> Result<(), String> {
    match action {
        Action::Dab(dab) => {
            let most = most_particles(scene.model);
            hands::dab(world, scene.model, &scene.values, dab, most)
        }
        Action::AddWall(wall) => {
            allowed(scene)?;
            wall.check(&scene.domain)?;
            if scene.walls.len() >= MOST_WALLS {
                return Err(format!(
                    "there are {MOST_WALLS} walls, and no more are allowed; erase some"
                ));
            }
            scene.walls.push(*wall);
            lay(scene, world);
            Ok(())
        }
        Action::EraseWalls { at, radius } => {
            allowed(scene)?;
            let finite = at.iter().all(|part| part.is_finite()) && radius.is_finite();
            if !finite || *radius <= 0.0 {
                return Err("the radius of a rubber is above 0, and its place finite".into());
            }
            let shortest =
                (CRUMB * radius).max(SHORTEST * scene.domain.size[0].min(scene.domain.size[1]));
            let left: Vec<_> = scene
                .walls
                .iter()
                .flat_map(|wall| wall.without(*at, *radius, shortest))
                .flatten()
                .take(MOST_WALLS)
                .collect();
            if left != scene.walls {
                scene.walls = left;
                lay(scene, world);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn allowed(scene: &Scene) -> Result<(), String> {
    match hands::no_walls(scene.model) {
        Some(reason) => Err(reason.into()),
        None => Ok(()),
    }
}

/// Puts the walls of the scene into the world. The lists stay right, but their positions of
/// reference must not lag behind walls that mirror.
fn lay(scene: &Scene, world: &mut World) {
    // A chapter forgets what it has measured without the new walls.
    (scene.model.adopt)(&scene.values, world);
    walls::lay(world, &scene.walls);
    world.resource_mut::<Neighbours>().invalidate();
}
