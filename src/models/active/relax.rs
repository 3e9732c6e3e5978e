//! Pushes overlapping discs of different diameters apart before a run starts.

use crate::math::domain::Domain;
use crate::math::grid::CellGrid;

/// Sweeps at most; a packing that is still too dense then is left as it is.
const SWEEPS: usize = 60;
/// Overlap that may remain, in units of the contact distance.
const OVERLAP: f32 = 0.03;

/// Moves the centres of overlapping discs apart, until no pair overlaps by more than a few
/// percent: every disc moves by half of each of its overlaps, again and again.
pub fn separate(domain: &Domain, points: &mut [[f64; 2]], diameters: &[f32]) {
    let largest = diameters.iter().copied().fold(0.0, f32::max);
    let mut grid = CellGrid::default();
    let mut positions: Vec<[u32; 2]> = Vec::with_capacity(points.len());
    for _ in 0..SWEEPS {
        positions.clear();
        positions.extend(points.iter().map(|&point| domain.fixed(point)));
        grid.rebuild(domain, &positions, f64::from(largest));
        let mut worst = 0.0f32;
        for (index, point) in points.iter_mut().enumerate() {
            let mut shift = [0.0f32; 2];
            grid.for_neighbours(index, largest, |other, separation, squared| {
                let contact = 0.5 * (diameters[index] + diameters[other as usize]);
                if squared < contact * contact {
                    let distance = squared.sqrt();
                    let overlap = contact - distance;
                    worst = worst.max(overlap / contact);
                    // Coincident discs part along an axis, in opposite senses.
                    let away = if distance > 0.0 {
                        [-separation[0] / distance, -separation[1] / distance]
                    } else if index < other as usize {
                        [1.0, 0.0]
                    } else {
                        [-1.0, 0.0]
                    };
                    shift = [
                        shift[0] + 0.5 * overlap * away[0],
                        shift[1] + 0.5 * overlap * away[1],
                    ];
                }
            });
            for axis in 0..2 {
                point[axis] += f64::from(shift[axis]);
                if !domain.is_periodic() {
                    let wall = 0.5 * domain.size[axis];
                    point[axis] = point[axis].clamp(-wall, wall);
                }
            }
        }
        if worst < OVERLAP {
            return;
        }
    }
}
