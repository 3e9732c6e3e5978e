//! What must hold between the settings of one plot.

use super::build::{flag, number, pair, text, whole};
use super::fault::Fault;
use super::interpret::{Entries, Value, out_of_range, suggestion};
use super::types::{PlotKind, PlotSettings};
use crate::model::Model;
use crate::model::observable::Observable;

/// The plots of a scene in the order of its text; what is wrong with them is added to the faults.
pub(super) fn plots(
    entries: &Entries,
    model: &Model,
    faults: &mut Vec<Fault>,
) -> Vec<PlotSettings> {
    let mut plots = Vec::new();
    for (path, entry) in entries
        .iter()
        .filter(|(path, _)| path.starts_with("plots["))
    {
        let Some(group) = path.strip_suffix(".observable") else {
            continue;
        };
        let Value::Text(name) = &entry.value else {
            continue;
        };
        if let Some(observable) = model.observable(name) {
            plots.push((entry.span, plot(entries, group, observable, faults)));
        }
    }
    // The paths are in the order of the alphabet, where 10 comes before 2; the text's is wanted.
    plots.sort_by_key(|(span, _)| *span);
    plots.into_iter().map(|(_, settings)| settings).collect()
}

fn plot(
    entries: &Entries,
    group: &str,
    observable: &Observable,
    faults: &mut Vec<Fault>,
) -> PlotSettings {
    let at = |name: &str| format!("{group}.{name}");
    let plain = PlotSettings::of(observable);
    let kind = kind(entries, &at("kind"), observable, faults).unwrap_or(plain.kind);
    let both = kind == PlotKind::LogLog;
    let settings = PlotSettings {
        kind,
        against: text(entries, &at("against")),
        lag: number(entries, &at("lag")),
        x_logarithmic: flag(entries, &at("x_logarithmic")).unwrap_or(plain.x_logarithmic || both),
        y_logarithmic: flag(entries, &at("y_logarithmic")).unwrap_or(plain.y_logarithmic || both),
        x_range: pair(entries, &at("x_range")),
        range: pair(entries, &at("range")),
        window: number(entries, &at("window")),
        bins: whole(entries, &at("bins")).map_or(plain.bins, |bins| bins as usize),
        theory: flag(entries, &at("theory")).unwrap_or(plain.theory),
        band: flag(entries, &at("band")).unwrap_or(plain.band),
        ..plain
    };
    for (field, range, logarithmic) in [
        ("x_range", settings.x_range, settings.x_logarithmic || both),
        ("range", settings.range, settings.y_logarithmic || both),
    ] {
        let path = at(field);
        if let (Some(entry), Some([low, high])) = (entries.get(&path), range)
            && logarithmic
            && low <= 0.0
        {
            let written = format!("({low}, {high})");
            let words = "two numbers above 0, since the axis is logarithmic";
            faults.push(
                out_of_range(entry.span, &path, &written, words)
                    .remedy("write a range above 0, or make the axis linear"),
            );
        }
    }
    settings
}

/// The kind that is written, when it suits the observable.
fn kind(
    entries: &Entries,
    path: &str,
    observable: &Observable,
    faults: &mut Vec<Fault>,
) -> Option<PlotKind> {
    let (entry, written) = (entries.get(path)?, text(entries, path)?);
    let fits = PlotKind::suiting(observable);
    let found = fits.iter().find(|kind| kind.name() == written);
    if found.is_none() {
        let names: Vec<&str> = fits.iter().map(|kind| kind.name()).collect();
        let what = if observable.is_scalar() {
            "one number"
        } else {
            "a function"
        };
        let name = observable.name;
        faults.push(
            Fault::new("inconsistent", entry.span)
                .field(path)
                .fault(format!(
                    "value {written} does not suit `{name}`, which is {what} per sample"
                ))
                .allowed(format!("one of {}", names.join(", ")))
                .remedy(suggestion(&written, &names, "choose one of them")),
        );
    }
    found.copied()
}
