//! The files that a scene gives to its model: their names are checked and their texts read.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::fault::{Fault, shorten};
use super::interpret::{Entries, Interpreter, Value, join};
use super::load;
use super::reader::{Node, Shape};
use crate::model::{Input, Model};

/// Bytes that a path may have.
const LONGEST_PATH: usize = 4096;

impl Interpreter<'_> {
    pub(super) fn inputs(&mut self, node: &Node, shown: &str) {
        let empty = Vec::new();
        let fields = match &node.shape {
            Shape::Group(fields) => fields,
            Shape::Tuple(values) if values.is_empty() => &empty,
            _ => {
                let wanted = "paths of files in parentheses, (name: \"path\", ...)";
                return self.wrong_type(node, shown, wanted);
            }
        };
        let mut seen = BTreeSet::new();
        for field in fields {
            let below = join(shown, &field.name);
            if !seen.insert(field.name.as_str()) {
                self.duplicate(field, &below);
                continue;
            }
            // Without a model nothing is known of its files; that fault is reported already.
            let Some(model) = self.model else { continue };
            let declared = model.inputs.iter().find(|one| one.name == field.name);
            let Some(declared) = declared else {
                let known: Vec<_> = model.inputs.iter().map(|one| one.name).collect();
                let of = format!(" among the files that `{}` reads", model.name);
                self.unknown_field(field, &below, &known, &of);
                continue;
            };
            let Some(path) = self.string(&field.value, &below, LONGEST_PATH) else {
                continue;
            };
            match (self.read)(&path, declared.most_bytes) {
                Ok(text) => self.keep(&below, &field.value, Value::Input(path, text)),
                Err([fault, remedy]) => {
                    let fault = Fault::new("input", field.value.span)
                        .field(below)
                        .fault(format!("the file {} {fault}", shorten(&path)))
                        .allowed(declared.doc)
                        .remedy(remedy)
                        .without_value();
                    self.refuse(fault);
                }
            }
        }
    }
}

/// The files of a scene, in the order of their declarations.
pub fn given(entries: &Entries, model: &Model) -> Vec<Input> {
    let one = |name: &str| match &entries.get(&join("inputs", name))?.value {
        Value::Input(path, text) => Some(Input {
            name: name.into(),
            path: path.clone(),
            text: text.clone(),
        }),
        _ => None,
    };
    model
        .inputs
        .iter()
        .filter_map(|input| one(input.name))
        .collect()
}

/// Reads a file from where the scene of a name lies.
pub fn beside(scene: &str, path: &str, most: u64) -> Result<Arc<str>, [String; 2]> {
    let folder = Path::new(scene).parent().unwrap_or(Path::new(""));
    let text = load::limited(&folder.join(path), most, "an input")?;
    Ok(text.into())
}
