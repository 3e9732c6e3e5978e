//! The potential over the box: a field, its lines of equal height, and the lines of the force.

use super::gas::Field;
use super::survey::{once, values};
use crate::model::observable::{Bond, Grid, Sample};
use std::sync::Arc;

/// Nodes along the longer side, and steps of a line.
const NODES: usize = 160;
const STEPS: usize = 120;
/// How far beyond the edge of a droplet the potential is looked at: about a spacing of charges, where
/// it has grown by as much as it varies inside.
const NEAR: f64 = 2.0;
/// Lines of equal potential, and of the force along the longer side.
const LEVELS: usize = 12;
const LINES: usize = 14;

/// The potential on the nodes of a regular grid over the box, in cells as the picture draws them.
fn landscape(sample: &Sample) -> Arc<Grid> {
    once(
        sample,
        |memo| &mut memo.landscape,
        || Arc::new(compute(sample)),
    )
}

fn compute(sample: &Sample) -> Grid {
    let Some(field) = sample.resource::<Field>() else {
        return Grid::default();
    };
    let size = sample.domain.size;
    let longer = size[0].max(size[1]);
    let [columns, rows] = size.map(|side| ((NODES as f64 * side / longer).round() as usize).max(4));
    let mut points = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            points.push(
                sample
                    .domain
                    .fixed(centre(size, [columns, rows], column, row)),
            );
        }
    }
    let mut potential = vec![0.0f32; points.len()];
    let Ok(mut solver) = field.solver() else {
        return Grid::default();
    };
    let charges = field.charges(&sample.domain, sample.positions(), values(sample));
    solver.potential_at(&charges, &points, &mut potential);
    if !field.free && field.stiffness == 0.0 {
        for (value, &point) in potential.iter_mut().zip(&points) {
            let [x, y] = sample.domain.real(point);
            *value += field.potential(x.hypot(y)) as f32;
        }
    }
    // Next to a charge the potential has no bounds, and outside of a droplet the trap grows: colours
    // and lines are for what is inside.
    let theory = sample.resource::<super::theory::Theory>();
    let droplet = theory.and_then(|theory| Some((theory.droplet.as_ref()?, theory.count)));
    let reach = droplet.map_or(f64::INFINITY, |(droplet, count)| {
        NEAR + droplet.support[1] * (count as f64).sqrt()
    });
    let mut sorted: Vec<f32> = points
        .iter()
        .zip(&potential)
        .filter(|(point, _)| {
            let [x, y] = sample.domain.real(**point);
            x.hypot(y) < reach
        })
        .map(|(_, value)| *value)
        .collect();
    if sorted.is_empty() {
        sorted.clone_from(&potential);
    }
    sorted.sort_by(f32::total_cmp);
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    let [low, high] = [at(0.005), at(0.985)];
    for value in &mut potential {
        *value = value.clamp(low, high);
    }
    Grid {
        columns,
        rows,
        values: potential,
    }
}

/// Middle of a cell of the grid.
fn centre(size: [f64; 2], cells: [usize; 2], column: usize, row: usize) -> [f64; 2] {
    [
        ((column as f64 + 0.5) / cells[0] as f64 - 0.5) * size[0],
        ((row as f64 + 0.5) / cells[1] as f64 - 0.5) * size[1],
    ]
}

pub fn potential(sample: &Sample) -> Grid {
    Grid::clone(&landscape(sample))
}

/// Lines of equal potential by marching squares.
pub fn equipotentials(sample: &Sample) -> Vec<Bond> {
    let grid = landscape(sample);
    let mut lines = Vec::new();
    if grid.columns < 2 || grid.rows < 2 {
        return lines;
    }
    let size = sample.domain.size;
    let cells = [grid.columns, grid.rows];
    let lowest = grid.values.iter().copied().fold(f32::INFINITY, f32::min);
    let highest = grid
        .values
        .iter()
        .copied()
        .fold(f32::NEG_INFINITY, f32::max);
    for level in 1..LEVELS {
        let height = lowest + (highest - lowest) * level as f32 / LEVELS as f32;
        for row in 0..grid.rows - 1 {
            for column in 0..grid.columns - 1 {
                let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(dx, dy)| {
                    let value = grid.values[(row + dy) * grid.columns + column + dx];
                    (value - height, centre(size, cells, column + dx, row + dy))
                });
                let mut ends = [[0.0f32; 2]; 4];
                let mut found = 0;
                for side in 0..4 {
                    let ((a, from), (b, to)) = (corners[side], corners[(side + 1) % 4]);
                    if (a < 0.0) != (b < 0.0) {
                        let share = f64::from(a / (a - b));
                        ends[found] = [0, 1]
                            .map(|axis| (from[axis] + share * (to[axis] - from[axis])) as f32);
                        found += 1;
                    }
                }
                for pair in ends[..found].chunks_exact(2) {
                    lines.push(Bond {
                        ends: [pair[0], pair[1]],
                        strength: 0.7,
                        value: height,
                    });
                }
            }
        }
    }
    lines
}

/// Lines along −∇ of the potential, with steps of half a cell.
pub fn field_lines(sample: &Sample) -> Vec<[[f32; 2]; 2]> {
    let grid = landscape(sample);
    let mut lines = Vec::new();
    if grid.columns < 4 || grid.rows < 4 {
        return lines;
    }
    let size = sample.domain.size;
    let cell = [size[0] / grid.columns as f64, size[1] / grid.rows as f64];
    let value = |column: usize, row: usize| f64::from(grid.values[row * grid.columns + column]);
    let slope = |at: [f64; 2]| -> Option<[f64; 2]> {
        let [u, v] = [0, 1].map(|axis| {
            (at[axis] / size[axis] + 0.5) * [grid.columns, grid.rows][axis] as f64 - 0.5
        });
        if !(u >= 1.0 && v >= 1.0) {
            return None;
        }
        let (column, row) = (u.round() as usize, v.round() as usize);
        (column + 1 < grid.columns && row + 1 < grid.rows).then(|| {
            [
                (value(column - 1, row) - value(column + 1, row)) / cell[0],
                (value(column, row - 1) - value(column, row + 1)) / cell[1],
            ]
        })
    };
    let longer = size[0].max(size[1]);
    let [across, up] = size.map(|side| ((LINES as f64 * side / longer).round() as usize).max(2));
    let step = 0.5 * cell[0].min(cell[1]);
    for row in 0..up {
        for column in 0..across {
            let mut at = centre(size, [across, up], column, row);
            for _ in 0..STEPS {
                let Some([x, y]) = slope(at) else { break };
                let length = x.hypot(y);
                // On the flat tops next to a charge there is no direction.
                if length.is_nan() || length <= 1e-9 {
                    break;
                }
                let next = [at[0] + step * x / length, at[1] + step * y / length];
                lines.push([at.map(|part| part as f32), next.map(|part| part as f32)]);
                at = next;
            }
        }
    }
    lines
}
