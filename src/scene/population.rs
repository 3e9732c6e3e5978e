//! How many particles in how large a box: two of size, count and density determine the third.

use super::fault::{Fault, Span};
use super::interpret::{Entries, Value};
use super::schema::MOST_PARTICLES;
use crate::model::Model;

/// The memory that the particles of one scene may take.
const MOST_MEMORY: u64 = 4 << 30;

/// How far a given count may be from density times area, relative to the count: written densities
/// are rounded.
const AGREEMENT: f64 = 1e-3;

/// A given value and its place.
#[derive(Clone, Copy)]
struct Given<T> {
    value: T,
    span: Span,
}

impl<T> Given<T> {
    /// It was set from outside, not in the file.
    fn overrides(&self) -> bool {
        self.span.source > 0
    }
}

/// Estimate of the bytes that so many particles take: their columns with the copy through which
/// they are sorted, and 120 bytes for cells, neighbour lists and the picture.
pub fn memory(model: &Model, count: u64) -> u64 {
    let parts: usize = model.columns.iter().map(|column| column.parts.len()).sum();
    count.saturating_mul(2 * 4 * parts as u64 + 120)
}

/// The most particles that a run of the model may ever have: hands may add up to so many.
pub fn most_particles(model: &Model) -> usize {
    let by_memory = MOST_MEMORY / memory(model, 1).max(1);
    usize::try_from(by_memory.min(MOST_PARTICLES)).unwrap_or(usize::MAX)
}

fn number(entries: &Entries, path: &str) -> Option<Given<f64>> {
    let entry = entries.get(path)?;
    match entry.value {
        Value::Number(value) => Some(Given {
            value,
            span: entry.span,
        }),
        Value::Whole(value) => Some(Given {
            value: value as f64,
            span: entry.span,
        }),
        _ => None,
    }
}

/// Count and side lengths. `area` is the mean area of a particle, `None` while the parameters are
/// at fault; `place` is where something missing is reported, and `incomplete` tells that box or
/// population have faults already, so that nothing can be concluded from what is missing.
pub fn settle(
    entries: &Entries,
    model: &Model,
    area: Option<f64>,
    place: Span,
    incomplete: bool,
    faults: &mut Vec<Fault>,
) -> Option<(usize, [f64; 2])> {
    let mut size = entries.get("box.size").and_then(|entry| match entry.value {
        Value::Pair(value) => Some(Given {
            value,
            span: entry.span,
        }),
        _ => None,
    });
    let mut count = number(entries, "population.count");
    let aspect = number(entries, "box.aspect");
    let mut density = density(entries, area, faults)?;

    let mut shape = aspect.map(|aspect| aspect.value);
    if let (Some(s), Some(c), Some(d)) = (size, count, density) {
        match (s.overrides(), c.overrides(), d.overrides()) {
            (true, true, false) => density = None,
            (true, false, _) => count = None,
            (false, true, _) | (false, false, true) => {
                shape = shape.or(Some(s.value[0] / s.value[1]));
                size = None;
            }
            _ => {
                let expected = d.value * s.value[0] * s.value[1];
                if (expected - c.value).abs() > (AGREEMENT * c.value).max(1.0) {
                    faults.push(
                        Fault::new("inconsistent", c.span)
                            .field("population.count")
                            .fault(format!(
                                "value {} contradicts the box and the density",
                                c.value
                            ))
                            .allowed(format!("{} with this size and density", expected.round()))
                            .remedy("leave out one of box.size, population.count and the density"),
                    );
                    return None;
                }
            }
        }
    }
    if let (Some(size), Some(aspect)) = (size, aspect) {
        let ratio = size.value[0] / size.value[1];
        if (ratio / aspect.value - 1.0).abs() > AGREEMENT {
            faults.push(
                Fault::new("inconsistent", aspect.span)
                    .field("box.aspect")
                    .fault(format!(
                        "value {} contradicts the size of the box",
                        aspect.value
                    ))
                    .allowed(format!("{ratio} with this size"))
                    .remedy("leave out the aspect, or the size"),
            );
            return None;
        }
    }
    let (count, size, span) = match (size, count, density) {
        (Some(size), Some(count), _) => (count.value, size.value, count.span),
        (Some(size), None, Some(density)) => {
            let count = (density.value * size.value[0] * size.value[1]).round();
            if count < 1.0 {
                faults.push(
                    Fault::new("out_of_range", density.span)
                        .field("population")
                        .fault("less than one particle follows from the density and the box")
                        .allowed("at least one particle")
                        .remedy("enlarge the box or the density"),
                );
                return None;
            }
            (count, size.value, density.span)
        }
        (None, Some(count), Some(density)) => {
            let height = (count.value / density.value / shape.unwrap_or(1.0)).sqrt();
            let size = [height * shape.unwrap_or(1.0), height];
            if size.iter().any(|side| !(1e-3..=1e6).contains(side)) {
                faults.push(
                    Fault::new("out_of_range", density.span)
                        .field("box.size")
                        .fault(format!(
                            "{} by {} follows from count and density",
                            size[0], size[1]
                        ))
                        .allowed("sides from 0.001 to 1000000.0")
                        .remedy("change the density, the count or the aspect"),
                );
                return None;
            }
            (count.value, size, count.span)
        }
        _ => {
            if !incomplete {
                let missing = if count.is_none() {
                    "population.count"
                } else {
                    "box.size"
                };
                faults.push(
                    Fault::new("missing", place)
                        .field(missing)
                        .fault("is missing, and does not follow from the rest")
                        .allowed("two of box.size, population.count and population.packing_fraction or density")
                        .remedy("add one of them")
                        .without_value(),
                );
            }
            return None;
        }
    };
    fits(model, count, span, faults).then_some((count as usize, size))
}

/// The number density, from whichever form it is given in; the outer `None` says that a density is
/// given but cannot be worked out, which is reported where its cause is.
fn density(
    entries: &Entries,
    area: Option<f64>,
    faults: &mut Vec<Fault>,
) -> Option<Option<Given<f64>>> {
    let plain = number(entries, "population.density");
    let packing = number(entries, "population.packing_fraction");
    let (plain, packing) = match (plain, packing) {
        (Some(plain), Some(packing)) => match (plain.overrides(), packing.overrides()) {
            (true, false) => (Some(plain), None),
            (false, true) => (None, Some(packing)),
            _ => {
                faults.push(
                    Fault::new("inconsistent", packing.span)
                        .field("population.packing_fraction")
                        .fault("is given beside population.density")
                        .allowed("one of the two")
                        .remedy("remove one of the two"),
                );
                return None;
            }
        },
        other => other,
    };
    let Some(packing) = packing else {
        return Some(plain);
    };
    let area = area?;
    if !(area.is_finite() && area > 0.0) {
        faults.push(
            Fault::new("inconsistent", packing.span)
                .field("population.packing_fraction")
                .fault("is given, but the particles of this model cover no area")
                .allowed("population.density")
                .remedy("write population.density instead"),
        );
        return None;
    }
    Some(Some(Given {
        value: packing.value / area,
        span: packing.span,
    }))
}

/// Refuses what no machine would bear, with the numbers.
fn fits(model: &Model, count: f64, span: Span, faults: &mut Vec<Fault>) -> bool {
    let number = count as u64;
    let bytes = memory(model, number);
    let (fault, allowed) = if number > MOST_PARTICLES {
        (
            format!("{number} particles follow from the density and the box"),
            format!("at most {MOST_PARTICLES}"),
        )
    } else if bytes > MOST_MEMORY {
        (
            format!(
                "{number} particles need about {} MiB of memory",
                bytes >> 20
            ),
            format!("at most {} MiB", MOST_MEMORY >> 20),
        )
    } else {
        return true;
    };
    faults.push(
        Fault::new("too_large", span)
            .field("population.count")
            .fault(fault)
            .allowed(allowed)
            .remedy("take fewer particles, or a smaller box at the same density"),
    );
    false
}
