//! Ramps: parameters that the scene itself moves in the course of a run.

use super::build::{number, text};
use super::fault::Fault;
use super::interpret::{Entries, Value, out_of_range};
use crate::model::Model;
use crate::model::parameter::{Change, Kind, Values};

/// A parameter that goes from one value to another at a constant rate.
///
/// It has the value `from` until the first of its ramps begins; between two ramps it keeps the
/// value at which the earlier one has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ramp {
    /// Name of a number of the model that acts live.
    pub parameter: String,
    pub from: f64,
    pub to: f64,
    /// Model time at which it begins.
    pub start: f64,
    /// Units of model time that it takes.
    pub duration: f64,
}

impl Ramp {
    /// The value at a time.
    fn at(&self, time: f64) -> f64 {
        let share = ((time - self.start) / self.duration).clamp(0.0, 1.0);
        // The ends are met exactly.
        if share == 1.0 {
            self.to
        } else {
            self.from + (self.to - self.from) * share
        }
    }
}

/// The value of a parameter at a time, if any of the ramps moves it.
pub fn value(ramps: &[Ramp], parameter: &str, time: f64) -> Option<f64> {
    let own = || ramps.iter().filter(|ramp| ramp.parameter == parameter);
    let begun = own().filter(|ramp| ramp.start <= time);
    let latest = begun.max_by(|a, b| a.start.total_cmp(&b.start));
    let first = || own().min_by(|a, b| a.start.total_cmp(&b.start));
    Some(latest.or_else(first)?.at(time))
}

/// The parameters that a ramp can move.
pub fn movable(model: &Model) -> Vec<&'static str> {
    (model.parameters)()
        .iter()
        .filter(|parameter| {
            parameter.change == Change::Live && matches!(parameter.kind, Kind::Number { .. })
        })
        .map(|parameter| parameter.name)
        .collect()
}

/// The ramps of a scene, with the faults that each has by itself.
pub fn build(
    entries: &Entries,
    model: &Model,
    values: &Values,
    faults: &mut Vec<Fault>,
) -> Vec<Ramp> {
    let mut ramps = Vec::new();
    for (path, entry) in entries.iter() {
        let (Some(group), Value::Text(name)) = (
            path.strip_suffix(".parameter")
                .filter(|group| group.starts_with("ramps[")),
            &entry.value,
        ) else {
            continue;
        };
        let Some(index) = model.parameter(name) else {
            continue;
        };
        let declared = &(model.parameters)()[index];
        let field = |field: &str| format!("{group}.{field}");
        for end in ["from", "to"] {
            let (path, value) = (field(end), number(entries, &field(end)));
            if let (Some(value), Some(entry)) = (value, entries.get(&path))
                && let Err(allowed) = declared.check(value)
            {
                faults.push(out_of_range(
                    entry.span,
                    &path,
                    &value.to_string(),
                    &allowed,
                ));
            }
        }
        let (Some(to), Some(duration)) = (
            number(entries, &field("to")),
            number(entries, &field("duration")),
        ) else {
            continue;
        };
        let ramp = Ramp {
            parameter: text(entries, path).unwrap_or_default(),
            from: number(entries, &field("from")).unwrap_or(values.get(index)),
            to,
            start: number(entries, &field("start")).unwrap_or(0.0),
            duration,
        };
        ramps.push((entry.span, ramp));
    }
    // The paths are in the order of the alphabet, where 10 comes before 2; the text's is wanted.
    ramps.sort_by_key(|(span, _)| *span);
    ramps.into_iter().map(|(_, ramp)| ramp).collect()
}

/// Values at the times when the ramps begin and end: between them every parameter moves at a
/// constant rate, so that a bound that only falls or only rises with it holds if it holds there.
pub fn stations(ramps: &[Ramp], model: &Model, values: &Values) -> Vec<Values> {
    let mut times: Vec<f64> = ramps
        .iter()
        .flat_map(|ramp| [ramp.start, ramp.start + ramp.duration])
        .collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let at = |time: f64| {
        let mut values = values.clone();
        for ramp in ramps {
            if let (Some(index), Some(value)) = (
                model.parameter(&ramp.parameter),
                value(ramps, &ramp.parameter, time),
            ) {
                values.set(index, value);
            }
        }
        values
    };
    times.into_iter().map(at).collect()
}
