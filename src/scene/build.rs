//! What must hold between the values of a scene, and the scene that they make.

use super::fault::{Fault, Span};
use super::interpret::{Entries, Interpreter, Value};
use super::plots::plots;
use super::ramp::{self, Ramp};
use super::types::{
    Backend, Background, GHOSTS, Glyph, LayerStyle, Scene, Story, VERSION, ViewSettings,
};
use super::{bookmarks, input, population};
use crate::math::domain::{Boundary, Domain};
use crate::model::Model;
use crate::model::parameter::Values;
use crate::model::twin::Setting;

/// Samples are taken this often when a scene does not say.
const SAMPLE_EVERY: u64 = 100;

pub(super) fn text(entries: &Entries, path: &str) -> Option<String> {
    match &entries.get(path)?.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

pub(super) fn texts(entries: &Entries, path: &str) -> Vec<String> {
    match entries.get(path).map(|entry| &entry.value) {
        Some(Value::Texts(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

pub(super) fn whole(entries: &Entries, path: &str) -> Option<u64> {
    match entries.get(path)?.value {
        Value::Whole(value) => Some(value),
        _ => None,
    }
}

pub(super) fn number(entries: &Entries, path: &str) -> Option<f64> {
    match entries.get(path)?.value {
        Value::Number(value) => Some(value),
        _ => None,
    }
}

pub(super) fn pair(entries: &Entries, path: &str) -> Option<[f64; 2]> {
    match entries.get(path)?.value {
        Value::Pair(value) => Some(value),
        _ => None,
    }
}

pub(super) fn flag(entries: &Entries, path: &str) -> Option<bool> {
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
    let ramps = ramp::build(&entries, model, &values, faults);
    if values_are_known && !at_fault(faults, "ramps") {
        check_step(&entries, model, &values, &ramps, faults);
    }
    let plots = plots(&entries, model, faults);
    let view = view(&entries, "view", model);
    let bookmarks = bookmarks::bookmarks(&entries, model, &values, &view, faults);
    let boundary = match text(&entries, "box.boundary").as_deref() {
        Some("reflecting") => Boundary::Reflecting,
        Some("open") => Boundary::Open,
        _ => Boundary::Periodic,
    };
    let domain = settled.map(|(_, size)| Domain::new(size, boundary));
    let walls = super::walls::walls(&entries, model, domain, faults);
    let setting = settled.zip(domain).zip(number(&entries, "dt"));
    let setting = setting.map(|(((count, _), domain), dt)| Setting { dt, count, domain });
    let backend = backend(&entries, model, &values, setting.as_ref(), faults);
    if !faults.is_empty() {
        return None;
    }

    let (count, _) = settled?;
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
        domain: domain?,
        walls,
        inputs: input::given(&entries, model),
        count,
        initial: text(&entries, "population.initial").unwrap_or_else(|| first_initial.into()),
        seed: whole(&entries, "seed").unwrap_or(1),
        dt: number(&entries, "dt")?,
        sample_every: whole(&entries, "sample_every").unwrap_or(SAMPLE_EVERY),
        speed: number(&entries, "speed"),
        duration: number(&entries, "duration"),
        ramps,
        backend,
        view,
        plots,
        bookmarks,
        source: String::new(),
    })
}

/// Where the steps are computed; a device is refused where it would lack something.
fn backend(
    entries: &Entries,
    model: &Model,
    values: &Values,
    setting: Option<&Setting>,
    faults: &mut Vec<Fault>,
) -> Backend {
    let Some(entry) = entries.get("backend") else {
        return Backend::Cpu;
    };
    if entry.value != Value::Text("gpu".into()) {
        return Backend::Cpu;
    }
    let reason = match (model.twin, setting) {
        (None, _) => format!("the model {} has no compute shader", model.name),
        (Some(twin), Some(setting)) => match (twin.law)(values, setting) {
            Ok(_) => return Backend::Gpu,
            Err(reason) => reason,
        },
        // What is wrong with box or population is told already.
        (Some(_), None) => return Backend::Gpu,
    };
    faults.push(
        Fault::new("inconsistent", entry.span)
            .field("backend")
            .fault(format!("value gpu cannot be: {reason}"))
            .allowed("cpu")
            .remedy("write backend: cpu, or leave it out"),
    );
    Backend::Gpu
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
fn check_step(
    entries: &Entries,
    model: &Model,
    values: &Values,
    ramps: &[Ramp],
    faults: &mut Vec<Fault>,
) {
    let (Some(entry), Some(dt)) = (entries.get("dt"), number(entries, "dt")) else {
        return;
    };
    let mut bound = (model.step_bound)(values);
    for values in ramp::stations(ramps, model, values) {
        let later = (model.step_bound)(&values);
        if later.dt < bound.dt {
            bound = later;
            bound.reason += ", where a ramp takes them";
        }
    }
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

/// The picture that the fields of the group `path` describe.
pub(super) fn view(entries: &Entries, path: &str, model: &Model) -> ViewSettings {
    let at = |name: &str| format!("{path}.{name}");
    let first_colouring = model.colourings.first().map_or("", |one| one.name);
    ViewSettings {
        colour: text(entries, &at("colour")).unwrap_or_else(|| first_colouring.into()),
        colour_map: text(entries, &at("colour_map")),
        range: pair(entries, &at("range")),
        logarithmic: flag(entries, &at("logarithmic")).unwrap_or(false),
        glyph: match text(entries, &at("glyph")).as_deref() {
            Some("arrow") => Glyph::Arrow,
            Some("streak") => Glyph::Streak,
            _ => Glyph::Disc,
        },
        centre: pair(entries, &at("centre")).unwrap_or_default(),
        height: number(entries, &at("height")),
        background: match text(entries, &at("background")).as_deref() {
            Some("light") => Background::Light,
            _ => Background::Dark,
        },
        ghosts: number(entries, &at("ghosts")).unwrap_or(GHOSTS),
        bloom: number(entries, &at("bloom")).unwrap_or(0.0),
        layers: texts(entries, &at("layers")),
        layer_styles: layer_styles(entries, path),
    }
}

/// The styles of layers in the order of the text; of two for one layer the first counts.
fn layer_styles(entries: &Entries, view: &str) -> Vec<LayerStyle> {
    let list = format!("{view}.layer_styles[");
    let mut styles: Vec<(Span, LayerStyle)> = Vec::new();
    for (path, entry) in entries {
        let group = path
            .strip_prefix(list.as_str())
            .and(path.strip_suffix(".layer"));
        if let (Some(group), Value::Text(layer)) = (group, &entry.value) {
            let style = LayerStyle {
                layer: layer.clone(),
                opacity: number(entries, &format!("{group}.opacity")),
                colour_map: text(entries, &format!("{group}.colour_map")),
                range: pair(entries, &format!("{group}.range")),
            };
            styles.push((entry.span, style));
        }
    }
    styles.sort_by_key(|(span, _)| *span);
    styles.into_iter().map(|(_, style)| style).collect()
}
