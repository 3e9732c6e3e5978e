//! The tree is checked against the schema: every value by itself, without looking at the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fault::{Fault, Span, nearest, shorten};
use super::problem::Source;
use super::reader::{Field, Node, Shape};
use super::schema::{self, Kind};
use crate::math::formula::{Formula, LONGEST};
use crate::math::walls::{MOST_WALLS, Segment};
use crate::model::Model;
use crate::model::formula::number_of;
use crate::model::parameter::{Kind as ParameterKind, Parameter};

/// After so many faults no more are looked for.
const ENOUGH: usize = 1000;

/// A value that is right by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Whole(u64),
    Pair([f64; 2]),
    Text(String),
    Texts(Vec<String>),
    /// Path and text of a file.
    Input(String, Arc<str>),
    Flag(bool),
    Wall(Segment),
}

/// A value and where it is written.
#[derive(Clone, Debug)]
pub struct Entry {
    pub value: Value,
    pub span: Span,
}

/// All values by their paths, such as `plots[1].kind`.
pub type Entries = BTreeMap<String, Entry>;

/// Gives the text of a file by the path that a scene has for it; else what is wrong and what to do.
pub type Reader<'a> = &'a dyn Fn(&str, u64) -> Result<Arc<str>, [String; 2]>;

/// Checks a tree; `model` is `None` when the scene does not name a known one.
pub struct Interpreter<'a> {
    pub sources: &'a [Source],
    pub models: &'a [&'static Model],
    /// Reads a file that the scene names, of at most so many bytes.
    pub read: Reader<'a>,
    pub model: Option<&'static Model>,
    pub entries: Entries,
    pub faults: Vec<Fault>,
}

impl Interpreter<'_> {
    /// The bytes of a value.
    pub fn text(&self, span: Span) -> &str {
        slice(self.sources, span)
    }

    pub fn refuse(&mut self, fault: Fault) {
        if self.faults.len() < ENOUGH {
            self.faults.push(fault);
        }
    }

    pub fn wrong_type(&mut self, node: &Node, shown: &str, wanted: &str) {
        let found = match node.shape {
            Shape::Number => "a number",
            Shape::Text => "a string",
            Shape::Name => "a name",
            Shape::Group(_) => "named fields in parentheses",
            Shape::Tuple(_) => "values in parentheses",
            Shape::List(_) => "a list",
            Shape::Map => "a map",
        };
        let value = shorten(self.text(node.span));
        let fault = Fault::new("wrong_type", node.span)
            .field(shown)
            .fault(format!("value {value} is {found}"))
            .allowed(wanted)
            .remedy(format!("write {wanted}"));
        self.refuse(fault);
    }

    /// A group of fields that the schema lists under `path`; `shown` is its path with indices.
    pub fn group(&mut self, node: &Node, path: &str, shown: &str) {
        let empty = Vec::new();
        let fields = match &node.shape {
            Shape::Group(fields) => fields,
            Shape::Tuple(values) if values.is_empty() => &empty,
            _ => {
                return self.wrong_type(
                    node,
                    shown,
                    "named fields in parentheses, (name: value, ...)",
                );
            }
        };
        let mut seen = BTreeSet::new();
        for field in fields {
            if self.faults.len() >= ENOUGH {
                return;
            }
            let below = join(shown, &field.name);
            if !seen.insert(field.name.as_str()) {
                self.duplicate(field, &below);
                continue;
            }
            match schema::children(path).find(|(name, _)| *name == field.name) {
                Some((_, spec)) => self.value(&field.value, spec.kind, spec.path, &below),
                None => {
                    let known: Vec<_> = schema::children(path).map(|(name, _)| name).collect();
                    self.unknown_field(field, &below, &known, "");
                }
            }
        }
        for (name, spec) in schema::children(path) {
            if spec.required && !seen.contains(name) {
                let fault = Fault::new("missing", node.span.head())
                    .field(join(shown, name))
                    .fault("is missing")
                    .allowed(allowed(spec.kind, self.model, self.models))
                    .remedy(format!("add `{name}: ...`, the {}", spec.doc))
                    .without_value();
                self.refuse(fault);
            }
        }
    }

    pub(super) fn duplicate(&mut self, field: &Field, shown: &str) {
        let fault = Fault::new("duplicate", field.name_span)
            .field(shorten(shown))
            .fault("is given twice")
            .remedy("remove one of the two");
        self.refuse(fault);
    }

    pub(super) fn unknown_field(&mut self, field: &Field, shown: &str, known: &[&str], of: &str) {
        let fault = Fault::new("unknown_field", field.name_span)
            .field(shorten(shown))
            .fault(format!("there is no field `{}`{of}", shorten(&field.name)))
            .allowed(known.join(", "))
            .remedy(suggestion(&field.name, known, "remove it"));
        self.refuse(fault);
    }

    fn parameters(&mut self, node: &Node, shown: &str) {
        let empty = Vec::new();
        let fields = match &node.shape {
            Shape::Group(fields) => fields,
            Shape::Tuple(values) if values.is_empty() => &empty,
            _ => {
                return self.wrong_type(
                    node,
                    shown,
                    "parameters in parentheses, (name: value, ...)",
                );
            }
        };
        let mut seen = BTreeSet::new();
        for field in fields {
            if self.faults.len() >= ENOUGH {
                return;
            }
            let below = join(shown, &field.name);
            if !seen.insert(field.name.as_str()) {
                self.duplicate(field, &below);
                continue;
            }
            // Without a model nothing is known of its parameters; that fault is reported already.
            let Some(model) = self.model else { continue };
            let declared = (model.parameters)();
            match declared
                .iter()
                .find(|parameter| parameter.name == field.name)
            {
                Some(parameter) => self.parameter(&field.value, parameter, &below),
                None => {
                    let known: Vec<_> = declared.iter().map(|parameter| parameter.name).collect();
                    let of = format!(" among the parameters of `{}`", model.name);
                    self.unknown_field(field, &below, &known, &of);
                }
            }
        }
    }

    fn parameter(&mut self, node: &Node, parameter: &Parameter, shown: &str) {
        let written = self.text(node.span).to_owned();
        let value = match (parameter.kind, &node.shape) {
            (ParameterKind::Number { .. }, _) => self.number(node, shown, &parameter.allowed()),
            (ParameterKind::Integer { .. }, _) => self
                .number(node, shown, &parameter.allowed())
                .filter(|value| {
                    let whole = value.fract() == 0.0;
                    if !whole {
                        self.refuse(out_of_range(
                            node.span,
                            shown,
                            &written,
                            &parameter.allowed(),
                        ));
                    }
                    whole
                }),
            (ParameterKind::Choice(alternatives), Shape::Name | Shape::Text) => {
                let known: Vec<_> = alternatives.iter().map(|one| one.name).collect();
                self.name(node, shown, &known)
                    .and_then(|name| known.iter().position(|known| *known == name))
                    .map(|index| index as f64)
            }
            (ParameterKind::Flag, _) => {
                self.flag(node, shown).map(|flag| f64::from(u8::from(flag)))
            }
            (ParameterKind::Formula(variable), _) => self.formula(node, shown, variable),
            _ => {
                self.wrong_type(node, shown, &parameter.allowed());
                None
            }
        };
        let Some(value) = value else { return };
        // Adding zero turns -0 into 0, which would otherwise be a value of its own in hashes.
        let value = value + 0.0;
        match parameter.check(value) {
            Ok(()) => self.keep(shown, node, Value::Number(value)),
            Err(allowed) => self.refuse(out_of_range(node.span, shown, &written, &allowed)),
        }
    }

    /// The number that stands for a formula; an error underlines the character that is wrong.
    fn formula(&mut self, node: &Node, shown: &str, variable: &str) -> Option<f64> {
        let text = self.string(node, shown, LONGEST * 4)?;
        let Err(error) = Formula::parse(&text, variable) else {
            return Some(number_of(&text));
        };
        let written = self.text(node.span);
        // Where the text stands as it is, the place of its error is that of the scene.
        let before: usize = text.chars().take(error.at).map(char::len_utf8).sum();
        let plain = written.len() == text.len() + 2 && written.starts_with('"');
        let span = if plain {
            let start = node.span.start + 1 + before;
            let width = text[before..].chars().next().map_or(1, char::len_utf8);
            Span {
                start,
                end: start + width,
                ..node.span
            }
        } else {
            node.span
        };
        self.refuse(
            Fault::new("formula", span)
                .field(shown)
                .fault(error.fault)
                .allowed(format!("a formula of {variable}"))
                .remedy(error.remedy),
        );
        None
    }

    pub fn keep(&mut self, shown: &str, node: &Node, value: Value) {
        self.entries.insert(
            shown.into(),
            Entry {
                value,
                span: node.span,
            },
        );
    }

    fn value(&mut self, node: &Node, kind: Kind, path: &str, shown: &str) {
        let is_none = matches!(node.shape, Shape::Name) && self.text(node.span) == "None";
        if is_none && schema::find(path).is_some_and(|spec| !spec.required) {
            return;
        }
        let words = allowed(kind, self.model, self.models);
        match kind {
            Kind::Group => self.group(node, path, shown),
            Kind::Groups => {
                let Shape::List(values) = &node.shape else {
                    return self.wrong_type(
                        node,
                        shown,
                        "a list of groups, [(name: value, ...), ...]",
                    );
                };
                for (index, value) in values.iter().enumerate() {
                    self.group(value, &format!("{path}[]"), &format!("{shown}[{index}]"));
                }
            }
            Kind::Parameters => self.parameters(node, shown),
            Kind::Walls => self.walls(node, shown, &words),
            Kind::Inputs => self.inputs(node, shown),
            Kind::Number { min, max } => {
                if let Some(value) = self.number_within(node, shown, min, max, &words) {
                    self.keep(shown, node, Value::Number(value));
                }
            }
            Kind::Pair { min, max, ordered } => self.pair(node, shown, [min, max], ordered, &words),
            Kind::Whole { min, max } => self.whole(node, shown, min, max, &words),
            Kind::Text { most } => {
                if let Some(text) = self.string(node, shown, most) {
                    self.keep(shown, node, Value::Text(text));
                }
            }
            Kind::Texts => self.texts(node, shown, None),
            Kind::Flag => {
                if let Some(flag) = self.flag(node, shown) {
                    self.keep(shown, node, Value::Flag(flag));
                }
            }
            Kind::Model => {
                let known: Vec<_> = self.models.iter().map(|model| model.name).collect();
                if let Some(name) = self.name(node, shown, &known) {
                    self.keep(shown, node, Value::Text(name));
                }
            }
            Kind::Choice(known) => {
                if let Some(name) = self.name(node, shown, known) {
                    self.keep(shown, node, Value::Text(name));
                }
            }
            Kind::Name(list) => {
                let known = self.model.map(list);
                let name = match &known {
                    Some(known) => self.name(node, shown, known),
                    None => self.identifier(node, shown, "a name"),
                };
                if let Some(name) = name {
                    self.keep(shown, node, Value::Text(name));
                }
            }
            Kind::Names(list) => self.texts(node, shown, Some(self.model.map(list))),
        }
    }
}

/// The bytes of a span.
pub fn slice(sources: &[Source], span: Span) -> &str {
    sources
        .get(span.source)
        .and_then(|source| source.text.get(span.start..span.end))
        .unwrap_or("")
}

/// A path with one more name.
pub fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.into()
    } else {
        format!("{path}.{name}")
    }
}

/// "Did you mean", when something near is known.
pub fn suggestion(name: &str, known: &[&str], otherwise: &str) -> String {
    match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => otherwise.into(),
    }
}

pub fn out_of_range(span: Span, shown: &str, written: &str, allowed: &str) -> Fault {
    Fault::new("out_of_range", span)
        .field(shown)
        .fault(format!("value {} is not {allowed}", shorten(written)))
        .allowed(allowed)
        .remedy("write a value within these bounds")
}

/// What a field may hold, in words.
pub fn allowed(kind: Kind, model: Option<&'static Model>, models: &[&'static Model]) -> String {
    let one_of = |names: Vec<&str>| format!("one of {}", names.join(", "));
    match kind {
        Kind::Group => "named fields in parentheses".into(),
        Kind::Groups => "a list of groups".into(),
        Kind::Parameters => "parameters in parentheses".into(),
        Kind::Walls => {
            format!("a list of at most {MOST_WALLS} walls, [((x0, y0), (x1, y1)), ...]")
        }
        Kind::Inputs => "paths of files in parentheses".into(),
        Kind::Number { min, max } => format!("a finite number from {min:?} to {max:?}"),
        Kind::Pair {
            min,
            max,
            ordered: false,
        } => format!("two finite numbers from {min:?} to {max:?}"),
        Kind::Pair {
            min,
            max,
            ordered: true,
        } => {
            format!("two finite numbers from {min:?} to {max:?}, the smaller first")
        }
        Kind::Whole { min, max } => format!("a whole number from {min} to {max}"),
        Kind::Text { most } => format!("text of at most {most} bytes in double quotes"),
        Kind::Texts => "a list of texts".into(),
        Kind::Flag => "true or false".into(),
        Kind::Model => one_of(models.iter().map(|model| model.name).collect()),
        Kind::Choice(names) => one_of(names.to_vec()),
        Kind::Name(list) | Kind::Names(list) => match model {
            Some(model) => one_of(list(model)),
            None => "a name that the model knows".into(),
        },
    }
}
