//! From the state of a run to its picture: what the marks, the colours and the layers show.

use std::f32::consts::TAU;
use std::sync::Arc;

use super::past::{Past, TRAIL};
use super::snapshot::{
    Form, LayerData, Legend, Line, Particle, Picture, PictureRequest, Tint, pack_direction,
};
use crate::model::column::{Diameter, Heading, Position, Tag};
use crate::model::observable::{Arrow, Bond, Layer, LayerKind, Sample};
use crate::model::shade::Shade;
use crate::scene::{Glyph, Scene};

/// The longest tail of a streak over the tail at the root mean square displacement.
const LONGEST: f32 = 2.4;

/// Cells of the field of velocities along the longer side of the box.
const CELLS: f64 = 24.0;

/// The longest arrow in cells.
const LONGEST_ARROW: f64 = 1.6;

/// Ratio of the ends of a logarithmic range that follows data which reach down to nothing.
const DECADES: f64 = 1e-6;

/// The picture of the present state.
pub fn pack(
    sample: &Sample,
    scene: &Scene,
    request: &PictureRequest,
    past: &Past,
    revision: u64,
) -> Picture {
    let model = scene.model;
    let shade = model
        .shades()
        .find(|shade| shade.name() == request.colour)
        .or(model.colourings.first().map(Shade::Declared));
    let mut values = Vec::new();
    let mut legend = Legend::default();
    if let Some(shade) = shade {
        shade.values(sample, &mut values);
        legend = legend_of(&shade, request, &values);
    }
    let directions = directions(sample, request.glyph, past, &values, legend.cyclic);
    let place = scale(&legend);
    let diameters = sample.column::<Diameter>();
    let radius = (0.5 * (model.diameter)(&scene.values)) as f32;
    let particles: Vec<Particle> = sample
        .column::<Position>()
        .iter()
        .enumerate()
        .map(|(slot, position)| {
            let [x, y] = sample.domain.real(position.0);
            Particle {
                x: x as f32,
                y: y as f32,
                value: values.get(slot).map_or(0.5, |&value| place(value)),
                radius: diameters.get(slot).map_or(radius, |one| 0.5 * one.0),
                direction: directions(slot),
            }
        })
        .collect();
    let mut layers: Vec<_> = model
        .all_layers()
        .filter(|layer| request.layers.iter().any(|name| name == layer.name))
        .filter_map(|layer| evaluate(layer, sample, request, past, &particles))
        .collect();
    layers.extend(walls(scene));
    Picture {
        revision,
        step: sample.clock.step,
        time: sample.clock.time,
        domain: sample.domain,
        particles: Arc::new(particles),
        marks: None,
        legend,
        layers,
    }
}

/// The walls of the scene as lines over the particles.
pub(super) fn walls(scene: &Scene) -> Option<LayerData> {
    let place = |place: [f64; 2]| place.map(|part| part as f32);
    let line = |ends| Line {
        ends,
        strength: [1.0; 2],
        value: -1.0,
    };
    (!scene.walls.is_empty()).then(|| LayerData::Lines {
        name: "walls",
        lines: scene
            .walls
            .iter()
            .map(|wall| line([place(wall.from), place(wall.to)]))
            .collect(),
        form: Form::Wall,
        tint: Tint::Ink,
        per_cell: None,
    })
}

/// Where each slot points, packed: see [`Particle::direction`].
///
/// A streak shows the displacement since the last picture. A dart shows the heading; without one
/// the angle that the colours show, and without that the direction of the displacement.
fn directions<'a>(
    sample: &'a Sample,
    glyph: Glyph,
    past: &'a Past,
    values: &'a [f32],
    cyclic: bool,
) -> Box<dyn Fn(usize) -> u32 + 'a> {
    let headings = sample.column::<Heading>();
    let tags = sample.column::<Tag>();
    let heading = move |slot: usize, length: f32| {
        let unit = headings.get(slot).map_or([0.0; 2], |heading| heading.0);
        let norm = unit[0].hypot(unit[1]);
        let factor = if norm > 0.0 { length / norm } else { 0.0 };
        pack_direction(unit.map(|part| part * factor))
    };
    let moved = past.displacements().map(|(of, _)| {
        move |slot: usize| tags.get(slot).map_or([0.0; 2], |tag| of(tag.0 as usize))
    });
    match (glyph, moved) {
        (Glyph::Disc, _) => Box::new(|_| 0),
        (Glyph::Streak, Some(moved)) => {
            let squares: f64 = (0..tags.len())
                .map(|slot| {
                    moved(slot)
                        .iter()
                        .map(|&part| f64::from(part).powi(2))
                        .sum::<f64>()
                })
                .sum();
            let typical = (squares / tags.len().max(1) as f64).sqrt() as f32;
            let factor = if typical > 0.0 {
                (LONGEST * typical).recip()
            } else {
                0.0
            };
            Box::new(move |slot| {
                let [x, y] = moved(slot);
                // The direction survives where the length is cut off.
                let factor = factor.min(x.hypot(y).max(f32::MIN_POSITIVE).recip());
                pack_direction([x * factor, y * factor])
            })
        }
        // The first picture of a run has seen no motion yet.
        (Glyph::Streak, None) => Box::new(move |slot| heading(slot, LONGEST.recip())),
        (Glyph::Arrow, _) if !headings.is_empty() => Box::new(move |slot| heading(slot, 1.0)),
        (Glyph::Arrow, _) if cyclic => Box::new(move |slot| {
            values
                .get(slot)
                .map_or(0, |angle| pack_direction([angle.cos(), angle.sin()]))
        }),
        (Glyph::Arrow, Some(moved)) => Box::new(move |slot| {
            let [x, y] = moved(slot);
            let norm = x.hypot(y).max(f32::MIN_POSITIVE);
            pack_direction([x / norm, y / norm])
        }),
        (Glyph::Arrow, None) => Box::new(|_| 0),
    }
}

pub(super) fn legend_of(shade: &Shade, request: &PictureRequest, values: &[f32]) -> Legend {
    let categories = shade.categories();
    let mut counts = vec![0; categories.len()];
    let kinds = values
        .iter()
        .filter(|value| !categories.is_empty() && value.is_finite());
    for value in kinds {
        if let Some(count) = counts.get_mut(value.max(0.0).round() as usize) {
            *count += 1;
        }
    }
    let logarithmic = request.logarithmic && !shade.cyclic() && categories.is_empty();
    let range = if shade.cyclic() {
        [0.0, std::f64::consts::TAU]
    } else if categories.is_empty() {
        request
            .range
            .or(shade.range())
            .unwrap_or_else(|| data_range(values.iter().copied(), logarithmic))
    } else {
        [0.0, categories.len().saturating_sub(1) as f64]
    };
    let range = if logarithmic {
        above_zero(range)
    } else {
        range
    };
    let missing = if values.is_empty() { ": none here" } else { "" };
    Legend {
        colouring: Some(shade.name()),
        title: format!("{}{missing}", shade.title()),
        symbol: shade.symbol().into(),
        unit: shade.unit().into(),
        range,
        cyclic: shade.cyclic(),
        logarithmic,
        categories,
        counts,
    }
}

/// A logarithmic range begins above zero.
fn above_zero([low, high]: [f64; 2]) -> [f64; 2] {
    let high = if high > 0.0 { high } else { 1.0 };
    if low > 0.0 && low < high {
        [low, high]
    } else {
        [high * DECADES, high]
    }
}

/// The lower end of the colours and one over their range, of logarithms where they show those.
pub(super) fn low_and_factor(legend: &Legend) -> [f32; 2] {
    let [low, high] = if legend.logarithmic {
        legend.range.map(f64::ln)
    } else {
        legend.range
    };
    let factor = ((high - low).max(f64::MIN_POSITIVE)).recip();
    [low as f32, factor as f32]
}

/// From a value to its place on the colour map.
fn scale(legend: &Legend) -> impl Fn(f32) -> f32 + use<> {
    let (cyclic, logarithmic) = (legend.cyclic, legend.logarithmic);
    let [low, factor] = low_and_factor(legend);
    move |value| {
        let place = if cyclic {
            (value / TAU).rem_euclid(1.0)
        } else if logarithmic {
            ((value.max(0.0).ln() - low) * factor).clamp(0.0, 1.0)
        } else {
            ((value - low) * factor).clamp(0.0, 1.0)
        };
        if place.is_finite() { place } else { 0.0 }
    }
}

/// Least and greatest finite value, above zero when it is to be logarithmic; 0 to 1 when there is
/// none.
fn data_range(values: impl Iterator<Item = f32>, logarithmic: bool) -> [f64; 2] {
    let [low, high] = values
        .filter(|value| value.is_finite() && (*value > 0.0 || !logarithmic))
        .fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        });
    if low <= high {
        [f64::from(low), f64::from(high.max(low + 1e-6))]
    } else {
        [0.0, 1.0]
    }
}

fn evaluate(
    layer: &'static Layer,
    sample: &Sample,
    request: &PictureRequest,
    past: &Past,
    particles: &[Particle],
) -> Option<LayerData> {
    let name = layer.name;
    let style = request
        .layer_styles
        .iter()
        .find(|style| style.layer == name);
    let fixed = style.and_then(|style| style.range);
    let plain = |segments: Vec<[[f32; 2]; 2]>, form| LayerData::Lines {
        name,
        lines: segments.into_iter().map(|ends| line(ends, 1.0)).collect(),
        form,
        tint: Tint::Ink,
        per_cell: None,
    };
    Some(match layer.kind {
        LayerKind::Field(field) => {
            let grid = field(sample);
            let range = fixed.unwrap_or_else(|| data_range(grid.values.iter().copied(), false));
            LayerData::Field { name, grid, range }
        }
        LayerKind::Links(links) => plain(links(sample), Form::Line),
        LayerKind::Walls(walls) => plain(walls(sample), Form::Wall),
        LayerKind::Bonds(bonds) => {
            let bonds = bonds(sample);
            let line = |bond: &Bond| (line(bond.ends, bond.strength), bond.value);
            valued(name, bonds.iter().map(line), Form::Line, fixed)
        }
        LayerKind::Arrows(arrows) => {
            let arrows = arrows(sample);
            valued(name, arrows.iter().map(arrow), Form::Arrow, fixed)
        }
        LayerKind::Velocities => velocities(name, sample, past)?,
        LayerKind::Trails => trails(name, sample, past, particles),
        LayerKind::Inset(inset) => LayerData::Inset {
            name,
            inset: inset(sample),
        },
    })
}

fn line(ends: [[f32; 2]; 2], strength: f32) -> Line {
    let strength = strength.clamp(0.0, 1.0);
    Line {
        ends,
        strength: [if strength.is_finite() { strength } else { 0.0 }; 2],
        value: -1.0,
    }
}

fn arrow(arrow: &Arrow) -> (Line, f32) {
    let tip = [0, 1].map(|axis| arrow.from[axis] + arrow.along[axis]);
    (line([arrow.from, tip], 1.0), arrow.value)
}

/// Lines with values: those that are numbers are coloured by them.
fn valued(
    name: &'static str,
    lines: impl Iterator<Item = (Line, f32)> + Clone,
    form: Form,
    fixed: Option<[f64; 2]>,
) -> LayerData {
    let coloured = lines.clone().any(|(_, value)| value.is_finite());
    let range = fixed.unwrap_or_else(|| data_range(lines.clone().map(|(_, value)| value), false));
    let [low, high] = range.map(|end| end as f32);
    let factor = (high - low).max(f32::MIN_POSITIVE).recip();
    let lines = lines.map(|(mut line, value)| {
        if value.is_finite() {
            line.value = ((value - low) * factor).clamp(0.0, 1.0);
        }
        line
    });
    LayerData::Lines {
        name,
        lines: lines.collect(),
        form,
        tint: if coloured {
            Tint::Value(range)
        } else {
            Tint::Ink
        },
        per_cell: None,
    }
}

/// Mean velocities on a coarse mesh. An arrow as long as a cell stands for a little more than the
/// typical velocity, in which crowded cells count more; few are faster, and none reaches far.
fn velocities(name: &'static str, sample: &Sample, past: &Past) -> Option<LayerData> {
    let (moved, time) = past.displacements()?;
    let size = sample.domain.size;
    let spacing = size[0].max(size[1]) / CELLS;
    let cells = size.map(|length| ((length / spacing).round() as usize).clamp(1, 256));
    let mut sums = vec![[0.0_f64; 3]; cells[0] * cells[1]];
    let tags = sample.column::<Tag>();
    for (position, tag) in sample.column::<Position>().iter().zip(tags) {
        let place = sample.domain.real(position.0);
        let cell = [0, 1].map(|axis| {
            let unit = place[axis] / size[axis] + 0.5;
            ((unit * cells[axis] as f64).max(0.0) as usize).min(cells[axis] - 1)
        });
        let [x, y] = moved(tag.0 as usize);
        let sum = &mut sums[cell[1] * cells[0] + cell[0]];
        *sum = [sum[0] + f64::from(x), sum[1] + f64::from(y), sum[2] + 1.0];
    }
    let mean = |[x, y, count]: [f64; 3]| [x, y].map(|sum| sum / count.max(1.0));
    let [squares, total] = sums.iter().fold([0.0; 2], |[squares, total], &sum| {
        let [x, y] = mean(sum);
        [squares + sum[2] * (x * x + y * y), total + sum[2]]
    });
    let reference = 1.25 * (squares / f64::max(total, 1.0)).sqrt();
    let scale = if reference > 0.0 {
        spacing / reference
    } else {
        0.0
    };
    let lines = sums
        .iter()
        .enumerate()
        .filter(|(_, sum)| sum[2] > 0.0)
        .map(|(cell, &sum)| {
            let mean = mean(sum);
            let scale = scale.min(LONGEST_ARROW * spacing / mean[0].hypot(mean[1]).max(1e-300));
            let at = [cell % cells[0], cell / cells[0]];
            let middle = [0, 1]
                .map(|axis| size[axis] * ((at[axis] as f64 + 0.5) / cells[axis] as f64 - 0.5));
            let end =
                |side: f64| [0, 1].map(|axis| (middle[axis] + side * scale * mean[axis]) as f32);
            line([end(-0.5), end(0.5)], 1.0)
        });
    Some(LayerData::Lines {
        name,
        lines: lines.collect(),
        form: Form::Arrow,
        tint: Tint::Ink,
        per_cell: (time > 0.0).then(|| reference / time),
    })
}

/// The last places of some particles in the colours that they have now.
fn trails(name: &'static str, sample: &Sample, past: &Past, particles: &[Particle]) -> LayerData {
    let tags = sample.column::<Tag>();
    let mut values = vec![0.0_f32; tags.len()];
    for (tag, particle) in tags.iter().zip(particles) {
        if let Some(value) = values.get_mut(tag.0 as usize) {
            *value = particle.value;
        }
    }
    let fade = |age: usize| 1.0 - age as f32 / TRAIL as f32;
    let mut lines = Vec::new();
    past.for_trails(|tag, from, way, age| {
        let from = from.map(|part| part as f32);
        lines.push(Line {
            ends: [from, [from[0] + way[0], from[1] + way[1]]],
            strength: [fade(age), fade(age + 1)],
            value: values.get(tag).copied().unwrap_or(0.0),
        });
    });
    LayerData::Lines {
        name,
        lines,
        form: Form::Trail,
        tint: Tint::Particles,
        per_cell: None,
    }
}

#[cfg(test)]
mod tests;
