//! `--set PATH=VALUE`: changes of a scene before it is checked.

use super::fault::{Fault, Span};
use super::interpret::{join, suggestion};
use super::reader::{self, Field, Node, Shape};
use super::schema;
use crate::model::Model;

/// One change: a path into the scene, and the value as RON text.
///
/// The path may be shortened to its last name when only one field or parameter has that name; a
/// field at the top of the scene goes before a parameter of the same name. Of two overrides of the
/// same field the later one counts. Where count, box size and density would then contradict each
/// other, what was overridden is kept, and of the rest: a new count keeps the density, a new size
/// keeps the density, a new density keeps the count.
pub type Override = (String, String);

/// Splits `PATH=VALUE` at the first equals sign.
///
/// # Errors
/// What the text should look like.
pub fn split(text: &str) -> Result<Override, String> {
    match text.split_once('=') {
        Some((path, value)) if !path.trim().is_empty() => {
            Ok((path.trim().into(), value.trim().into()))
        }
        _ => Err(format!(
            "`{text}` is not PATH=VALUE, such as dt=1e-4 or population.count=1000"
        )),
    }
}

/// An override as it is written: the text in which its faults have their places.
pub fn written((path, value): &Override) -> String {
    format!("{path}={value}")
}

/// An override whose value was read.
pub struct Change {
    path: String,
    path_span: Span,
    value: Node,
}

/// Reads the override that is text number `source`.
pub fn read(change: &Override, source: usize) -> Result<Change, Vec<Fault>> {
    let path = &change.0;
    let path_span = Span {
        source,
        start: 0,
        end: path.len(),
    };
    let (tree, mut faults) = reader::read(source, &written(change), path.len() + 1);
    for fault in &mut faults {
        fault.field = path.clone();
    }
    match tree {
        Some(value) if faults.is_empty() => Ok(Change {
            path: path.clone(),
            path_span,
            value,
        }),
        _ => Err(faults),
    }
}

/// The model's name, when a change sets it.
pub fn model(changes: &[Change]) -> Option<&Node> {
    changes
        .iter()
        .rev()
        .find(|change| change.path == "model")
        .map(|change| &change.value)
}

/// Applies the changes to the tree; returns those whose path leads nowhere.
pub fn apply(tree: &mut Node, changes: Vec<Change>, model: Option<&'static Model>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for change in changes {
        match resolve(&change.path, model) {
            Ok(path) => {
                let names: Vec<&str> = path.split('.').collect();
                set(tree, &names, change.path_span, change.value);
            }
            Err((fault, allowed, remedy)) => faults.push(
                Fault::new("unknown_field", change.path_span)
                    .field(change.path)
                    .fault(fault)
                    .allowed(allowed)
                    .remedy(remedy),
            ),
        }
    }
    faults
}

/// The full path that a written path stands for; else what is wrong, what is allowed, what to do.
fn resolve(path: &str, model: Option<&'static Model>) -> Result<String, (String, String, String)> {
    let group = path.split('.').next().unwrap_or("");
    if matches!(group, "parameters" | "inputs") && path.matches('.').count() == 1 {
        return Ok(path.into());
    }
    let mut known: Vec<String> = schema::FIELDS
        .iter()
        .filter(|field| !field.path.contains("[]"))
        .map(|field| field.path.to_owned())
        .collect();
    if known.iter().any(|known| known == path) {
        return Ok(path.into());
    }
    let parameters = model.map_or(&[][..], |model| (model.parameters)());
    known.extend(
        parameters
            .iter()
            .map(|parameter| join("parameters", parameter.name)),
    );
    let last = |known: &str| known.rsplit('.').next().unwrap_or("").to_owned();
    let matching: Vec<&String> = known.iter().filter(|known| last(known) == path).collect();
    match matching.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let mut names: Vec<String> = known.iter().map(|known| last(known)).collect();
            names.extend(known.iter().cloned());
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let remedy = suggestion(path, &names, "choose one of them");
            Err((
                format!("there is no field `{path}`"),
                known.join(", "),
                remedy,
            ))
        }
        several => {
            let several: Vec<&str> = several.iter().map(|one| one.as_str()).collect();
            let fault = format!("`{path}` is ambiguous");
            Err((fault, several.join(", "), "write the full path".into()))
        }
    }
}

/// Puts a value at a path, making the groups that are missing on the way. Where something else
/// than a group is in the way, the file is wrong, and its own fault will say so.
fn set(node: &mut Node, path: &[&str], path_span: Span, value: Node) {
    let Some((name, rest)) = path.split_first() else {
        *node = value;
        return;
    };
    if matches!(&node.shape, Shape::Tuple(values) if values.is_empty()) {
        node.shape = Shape::Group(Vec::new());
    }
    let Shape::Group(fields) = &mut node.shape else {
        return;
    };
    match fields.iter_mut().find(|field| field.name == *name) {
        Some(field) => set(&mut field.value, rest, path_span, value),
        None => {
            let mut group = Node {
                span: path_span,
                shape: Shape::Group(Vec::new()),
            };
            set(&mut group, rest, path_span, value);
            fields.push(Field {
                name: (*name).into(),
                name_span: path_span,
                value: group,
            });
        }
    }
}
