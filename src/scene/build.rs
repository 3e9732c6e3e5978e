//! What must hold between the values of a scene, and the scene that they make.

use super::fault::{Fault, Span};
use super::interpret::{Entries, Interpreter, Value, suggestion};
use super::types::{
    Background, Glyph, PlotKind, PlotSettings, Scene, Story, VERSION, ViewSettings,
};
use super::{input, population};
use crate::math::domain::{Boundary, Domain};
use crate::model::Model;
use crate::model::observable::{Estimator, Observable};
use crate::model::parameter::Values;

/// Samples are taken this often when a scene does not say.
const SAMPLE_EVERY: u64 = 100;

fn text(entries: &Entries, path: &str) -> Option<String> {
    match &entries.get(path)?.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn texts(entries: &Entries, path: &str) -> Vec<String> {
    match entries.get(path).map(|entry| &entry.value) {
        Some(Value::Texts(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

fn whole(entries: &Entries, path: &str) -> Option<u64> {
    match entries.get(path)?.value {
        Value::Whole(value) => Some(value),
        _ => None,
    }
}

fn number(entries: &Entries, path: &str) -> Option<f64> {
    match entries.get(path)?.value {
        Value::Number(value) => Some(value),
        _ => None,
    }
}

fn pair(entries: &Entries, path: &str) -> Option<[f64; 2]> {
    match entries.get(path)?.value {
        Value::Pair(value) => Some(value),
        _ => None,
    }
}

fn flag(entries: &Entries, path: &str) -> Option<bool> {
    match entries.get(path)?.value {
        Value::Flag(value) => Some(value),
        _ => None,
    }
}

/// Checks what holds between values, adds the faults, and makes the scene when there are none.
pub fn build(interpreter: &mut Interpreter<'_>, place: Span) -> Option<Scene> {
    let entries = std::mem::take(&mut interpreter.entries);
    let faults = &mut interpreter.faults;
    check_version(&entries, faults);
    let model = interpreter.model?;

    let at_fault =
        |faults: &[Fault], group: &str| faults.iter().any(|fault| fault.field.starts_with(group));
    let values_are_known = !at_fault(faults, "parameters");
    let values = values(&entries, model);
    let area = values_are_known.then(|| (model.particle_area)(&values));
    let incomplete = at_fault(faults, "box") || at_fault(faults, "population");
    let settled = population::settle(&entries, model, area, place, incomplete, faults);
    if values_are_known {
        check_step(&entries, model, &values, faults);
    }
    let plots = plots(&entries, model, faults);
    if !faults.is_empty() {
        return None;
    }

    let (count, size) = settled?;
    let boundary = match text(&entries, "box.boundary").as_deref() {
        Some("reflecting") => Boundary::Reflecting,
        Some("open") => Boundary::Open,
        _ => Boundary::Periodic,
    };
    let first_initial = model.initial_conditions.first().map_or("", |one| one.name);
    Some(Scene {
        version: VERSION,
        model,
        story: Story {
            title: text(&entries, "story.title").unwrap_or_else(|| model.title.into()),
            text: text(&entries, "story.text").unwrap_or_default(),
            reference: text(&entries, "story.reference").unwrap_or_default(),
            tags: texts(&entries, "story.tags"),
        },
        values,
        inputs: input::given(&entries, model),
        domain: Domain::new(size, boundary),
        count,
        initial: text(&entries, "population.initial").unwrap_or_else(|| first_initial.into()),
        seed: whole(&entries, "seed").unwrap_or(1),
        dt: number(&entries, "dt")?,
        sample_every: whole(&entries, "sample_every").unwrap_or(SAMPLE_EVERY),
        speed: number(&entries, "speed"),
        duration: number(&entries, "duration"),
        view: view(&entries, model),
        plots,
        source: String::new(),
    })
}

fn check_version(entries: &Entries, faults: &mut Vec<Fault>) {
    let (Some(entry), Some(version)) = (entries.get("version"), whole(entries, "version")) else {
        return;
    };
    if version > u64::from(VERSION) {
        faults.push(
            Fault::new("version", entry.span)
                .field("version")
                .fault(format!("value {version} is newer than this program knows"))
                .allowed(format!("at most {VERSION}"))
                .remedy("open the scene with a newer program"),
        );
    }
}

/// Defaults, and over them what the scene gives.
fn values(entries: &Entries, model: &Model) -> Values {
    let declared = (model.parameters)();
    let mut values = Values::defaults(declared);
    for (index, parameter) in declared.iter().enumerate() {
        if let Some(value) = number(entries, &format!("parameters.{}", parameter.name)) {
            values.set(index, value);
        }
    }
    values
}

/// A dt beyond the bound is refused and not clamped: results at another dt than the one that is
/// written would be somebody else's results.
fn check_step(entries: &Entries, model: &Model, values: &Values, faults: &mut Vec<Fault>) {
    let (Some(entry), Some(dt)) = (entries.get("dt"), number(entries, "dt")) else {
        return;
    };
    let bound = (model.step_bound)(values);
    // The margin forgives a bound that was computed and then written down in decimals.
    if dt <= bound.dt * (1.0 + 1e-9) {
        return;
    }
    let fault = Fault::new("step_too_large", entry.span).field("dt");
    faults.push(if bound.dt > 0.0 {
        fault
            .fault(format!(
                "value {dt} is beyond the bound {} of these parameters: {}",
                bound.dt, bound.reason
            ))
            .allowed(format!("a finite number from 1e-12 to {}", bound.dt))
            .remedy(format!(
                "write dt: {}, or change what sets the bound",
                rounded_down(bound.dt)
            ))
    } else {
        fault
            .fault(format!(
                "no dt is small enough for these parameters: {}",
                bound.reason
            ))
            .remedy("change the parameters")
    });
}

/// A bound as one would write it: two digits, not above it.
fn rounded_down(bound: f64) -> String {
    let unit = 10_f64.powf(bound.log10().floor() - 1.0);
    format!(
        "{:e}",
        format!("{:.1e}", (bound / unit).floor() * unit)
            .parse::<f64>()
            .unwrap_or(bound)
    )
}

fn view(entries: &Entries, model: &Model) -> ViewSettings {
    let first_colouring = model.colourings.first().map_or("", |one| one.name);
    ViewSettings {
        colour: text(entries, "view.colour").unwrap_or_else(|| first_colouring.into()),
        colour_map: text(entries, "view.colour_map"),
        range: pair(entries, "view.range"),
        glyph: match text(entries, "view.glyph").as_deref() {
            Some("arrow") => Glyph::Arrow,
            Some("streak") => Glyph::Streak,
            _ => Glyph::Disc,
        },
        centre: pair(entries, "view.centre").unwrap_or_default(),
        height: number(entries, "view.height"),
        background: match text(entries, "view.background").as_deref() {
            Some("light") => Background::Light,
            _ => Background::Dark,
        },
        layers: texts(entries, "view.layers"),
    }
}

/// The kind of plot that suits an observable, and whether its axes are logarithmic.
fn suitable(observable: &Observable) -> (PlotKind, bool, bool) {
    match observable.estimator {
        Estimator::Scalar { .. } => (PlotKind::Series, false, false),
        Estimator::Distribution { x, logarithmic, .. }
        | Estimator::Correlation { x, logarithmic, .. } => {
            let kind = if x.logarithmic && logarithmic {
                PlotKind::LogLog
            } else {
                PlotKind::Profile
            };
            (kind, x.logarithmic, logarithmic)
        }
    }
}

fn plots(entries: &Entries, model: &Model, faults: &mut Vec<Fault>) -> Vec<PlotSettings> {
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
        let Some(observable) = model.observable(name) else {
            continue;
        };
        let (mut kind, mut x_logarithmic, mut y_logarithmic) = suitable(observable);
        let path = format!("{group}.kind");
        if let (Some(entry), Some(written)) = (entries.get(&path), text(entries, &path)) {
            let fits: &[(&str, PlotKind)] = if observable.is_scalar() {
                &[
                    ("series", PlotKind::Series),
                    ("histogram", PlotKind::Histogram),
                ]
            } else {
                &[
                    ("profile", PlotKind::Profile),
                    ("log_log", PlotKind::LogLog),
                ]
            };
            match fits.iter().find(|(name, _)| *name == written) {
                Some((_, written)) => kind = *written,
                None => {
                    let names: Vec<&str> = fits.iter().map(|(name, _)| *name).collect();
                    let what = if observable.is_scalar() {
                        "one number"
                    } else {
                        "a function"
                    };
                    faults.push(
                        Fault::new("inconsistent", entry.span)
                            .field(&path)
                            .fault(format!(
                                "value {written} does not suit `{name}`, which is {what} per sample"
                            ))
                            .allowed(format!("one of {}", names.join(", ")))
                            .remedy(suggestion(&written, &names, "choose one of them")),
                    );
                }
            }
        }
        if kind == PlotKind::LogLog {
            (x_logarithmic, y_logarithmic) = (true, true);
        }
        let settings = PlotSettings {
            observable: name.clone(),
            kind,
            x_logarithmic: flag(entries, &format!("{group}.x_logarithmic"))
                .unwrap_or(x_logarithmic),
            y_logarithmic: flag(entries, &format!("{group}.y_logarithmic"))
                .unwrap_or(y_logarithmic),
            range: pair(entries, &format!("{group}.range")),
        };
        plots.push((entry.span, settings));
    }
    // The paths are in the order of the alphabet, where 10 comes before 2; the text's is wanted.
    plots.sort_by_key(|(span, _)| *span);
    plots.into_iter().map(|(_, settings)| settings).collect()
}
