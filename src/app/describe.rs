//! `seethe list` and `seethe describe`: the declarations, printed.

use serde_json::{Value, json};
use std::fmt::Write;

use super::cli::Listed;
use super::{Failure, say};
use crate::model::Model;
use crate::model::observable::{Estimator, Observable};
use crate::model::parameter::{Change, Parameter};

/// Prints a list as a table or as JSON.
pub fn list(what: Listed, of: Option<&str>, json: bool) -> Result<(), Failure> {
    let rows = match what {
        Listed::Models => crate::models::ALL.iter().map(model_row).collect(),
        Listed::Scenes => scene_rows(),
        Listed::Params => (model(of)?.parameters)()
            .iter()
            .map(parameter_row)
            .collect::<Vec<_>>(),
        Listed::Observables => model(of)?.observables.iter().map(observable_row).collect(),
    };
    if json {
        let text = serde_json::to_string_pretty(&rows).unwrap_or_default();
        return say(&(text + "\n"));
    }
    say(&table(&rows))
}

/// Prints everything that a model says of itself.
pub fn describe(name: &str) -> Result<(), Failure> {
    let model = model(Some(name))?;
    let mut text = format!("{} ({})\n{}\n\n", model.title, model.name, model.summary);
    for equation in model.equations {
        let _ = writeln!(text, "    {equation}");
    }
    let _ = writeln!(text, "\n{}\n", model.method);
    if let Some(twin) = model.twin {
        let _ = writeln!(
            text,
            "On a graphics device (backend: gpu)\n  {}\n",
            twin.doc
        );
    }
    let mut group = "";
    for parameter in (model.parameters)() {
        if parameter.group != group {
            group = parameter.group;
            let _ = writeln!(text, "Parameters: {group}");
        }
        let unit = if parameter.unit.is_empty() {
            String::new()
        } else {
            format!(" [{}]", parameter.unit)
        };
        let restart = if parameter.change == Change::Restart {
            "; a change restarts the run"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "  {} {}{unit} = {}\n      {}\n      {}{restart}",
            parameter.name,
            parameter.symbol,
            parameter.written(parameter.default),
            parameter.doc,
            parameter.allowed(),
        );
    }
    text.push_str("\nObservables\n");
    for observable in model.observables {
        let unit = if observable.unit.is_empty() {
            String::new()
        } else {
            format!(" [{}]", observable.unit)
        };
        let _ = writeln!(
            text,
            "  {} {}{unit}\n      {}",
            observable.name, observable.symbol, observable.doc
        );
        if !observable.validity.is_empty() {
            let _ = writeln!(text, "      Theory: {}", observable.validity);
        }
    }
    text.push_str("\nInitial conditions\n");
    for initial in model.initial_conditions {
        let _ = writeln!(text, "  {}\n      {}", initial.name, initial.doc);
    }
    text.push_str("\nSources\n");
    for source in model.sources {
        let _ = writeln!(text, "  {} {}", source.citation, source.link);
    }
    say(&text)
}

fn model(name: Option<&str>) -> Result<&'static Model, Failure> {
    let names = || {
        crate::models::ALL
            .iter()
            .map(|model| model.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let Some(name) = name else {
        return Err(Failure::BadInput(format!("name a model: {}", names())));
    };
    crate::models::find(name).ok_or_else(|| {
        Failure::BadInput(format!(
            "there is no model {name}; the models are: {}",
            names()
        ))
    })
}

fn model_row(model: &&'static Model) -> Value {
    json!({ "name": model.name, "title": model.title, "summary": model.summary })
}

fn scene_rows() -> Vec<Value> {
    crate::scene::gallery::ALL
        .iter()
        .filter_map(|(name, _)| Some((name, crate::scene::find(name, &[]).ok()?)))
        .map(|(name, scene)| {
            json!({ "name": name, "model": scene.model.name, "title": scene.story.title })
        })
        .collect()
}

fn parameter_row(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name, "symbol": parameter.symbol, "unit": parameter.unit,
        "default": parameter.written(parameter.default), "allowed": parameter.allowed(),
        "change": if parameter.change == Change::Live { "live" } else { "restart" },
        "group": parameter.group, "doc": parameter.doc,
    })
}

fn observable_row(observable: &Observable) -> Value {
    let kind = match observable.estimator {
        Estimator::Scalar { .. } | Estimator::Cumulative { .. } => "scalar",
        Estimator::Distribution { .. } => "distribution",
        Estimator::Correlation { .. } => "correlation",
    };
    json!({
        "name": observable.name, "symbol": observable.symbol, "unit": observable.unit,
        "kind": kind, "doc": observable.doc, "theory": observable.validity,
    })
}

/// Columns of equal width, one row a line.
fn table(rows: &[Value]) -> String {
    let cell = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), String::from)
    };
    let Some(Value::Object(first)) = rows.first() else {
        return String::new();
    };
    let keys: Vec<&String> = first.keys().collect();
    // "name" leads whatever the order of the keys, and long sentences come last.
    let rank = |key: &str| match key {
        "name" => 0,
        "doc" | "summary" | "theory" => 2,
        _ => 1,
    };
    let mut keys = keys;
    keys.sort_by_key(|key| rank(key));
    let width = |key: &str| {
        rows.iter()
            .map(|row| cell(&row[key]).chars().count())
            .max()
            .unwrap_or(0)
            .max(key.len())
    };
    let widths: Vec<usize> = keys.iter().map(|key| width(key)).collect();
    let mut text = String::new();
    let mut line = |cells: Vec<String>| {
        let mut row = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            let padding = width.saturating_sub(cell.chars().count());
            let _ = write!(row, "{cell}{}  ", " ".repeat(padding));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    };
    line(keys.iter().map(|key| key.to_string()).collect());
    for row in rows {
        line(keys.iter().map(|key| cell(&row[key.as_str()])).collect());
    }
    text
}
