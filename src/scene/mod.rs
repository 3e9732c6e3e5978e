//! L3: a scene file becomes a checked [`Scene`], or a list of everything that is wrong with it.
//!
//! Reading order: `types` (what a scene says), `schema` (which fields a file has), `reader` (RON
//! text with the place of every value), `interpret` and `decode` (every value by itself), `build`,
//! `plots`, `bookmarks` and `population` (what must hold between them), `problem` (what is said when it does not),
//! `write` (the way back), `load`, `gallery` and `watch` (where texts come from).

mod bookmarks;
mod build;
mod decode;
mod fault;
pub mod gallery;
mod input;
mod interpret;
pub mod load;
pub mod overrides;
mod plots;
mod population;
pub mod problem;
pub mod ramp;
mod reader;
pub mod schema;
#[cfg(test)]
mod tests;
mod types;
mod walls;
pub mod watch;
mod write;

pub use load::{find, load};
pub use overrides::Override;
pub use population::most_particles;
pub use problem::{Problem, Problems};
pub use ramp::Ramp;
pub use types::{
    BINS, Backend, Background, Bookmark, COLOUR_MAPS, Glyph, LayerStyle, MOST_BOOKMARKS, PlotKind,
    PlotSettings, Scene, Story, VERSION, ViewSettings,
};
pub use watch::{News, Watched};

use crate::model::{Input, Model};
use crate::models;
use fault::{Fault, Span};
use interpret::{Entries, Interpreter, Reader};
use problem::Source;
use reader::{Node, Shape};

/// Checks a scene text. `name` is what problems call it: a file or a scene of the gallery.
///
/// ```
/// let problems = seethe::scene::parse("mine.ron", "(version: 1, dt: nothing)", &[]).unwrap_err();
/// assert!(problems.to_string().contains("mine.ron:1:18: dt: "));
/// ```
///
/// # Errors
/// Everything that is wrong with the text or with the overrides.
pub fn parse(name: &str, text: &str, overrides: &[Override]) -> Result<Scene, Problems> {
    parse_with(models::ALL, name, text, overrides)
}

/// The same as [`parse`] for a scene whose files are at hand already.
///
/// # Errors
/// As [`parse`]; and a file that is not among the given ones.
pub fn parse_given(
    name: &str,
    text: &str,
    overrides: &[Override],
    inputs: &[Input],
) -> Result<Scene, Problems> {
    let read = |path: &str, _most: u64| {
        let given = inputs.iter().find(|input| input.path == path);
        let missing = || ["is not there".to_string(), "give the file".to_string()];
        given.map(|input| input.text.clone()).ok_or_else(missing)
    };
    parse_reading(models::ALL, name, text, overrides, &read)
}

/// The report for a person at a terminal: see [`Problems::for_terminal`].
pub fn render(problems: &Problems) -> String {
    problems.for_terminal()
}

/// The same as [`parse`] with a given list of models.
///
/// # Errors
/// As [`parse`].
pub fn parse_with(
    models: &[&'static Model],
    name: &str,
    text: &str,
    overrides: &[Override],
) -> Result<Scene, Problems> {
    let read = |path: &str, most: u64| input::beside(name, path, most);
    parse_reading(models, name, text, overrides, &read)
}

fn parse_reading(
    models: &[&'static Model],
    name: &str,
    text: &str,
    overrides: &[Override],
    read: Reader,
) -> Result<Scene, Problems> {
    if text.len() as u64 > load::MOST_BYTES {
        let fault = format!(
            "has {} bytes, and a scene at most {}",
            text.len(),
            load::MOST_BYTES
        );
        return Err(Problems::of_file(
            name,
            "file",
            fault,
            "check that it is a scene",
        ));
    }
    let mut sources = vec![Source {
        name: name.into(),
        text: text.into(),
    }];
    for (index, change) in overrides.iter().enumerate() {
        let name = format!("--set #{}", index + 1);
        sources.push(Source {
            name,
            text: overrides::written(change),
        });
    }
    match check(models, &sources, overrides, read) {
        Ok(scene) => Ok(Scene {
            source: text.into(),
            ..scene
        }),
        Err(faults) => Err(Problems::new(sources, faults)),
    }
}

fn check(
    models: &[&'static Model],
    sources: &[Source],
    overrides: &[Override],
    read: Reader,
) -> Result<Scene, Vec<Fault>> {
    let mut faults: Vec<Fault> = sources
        .iter()
        .enumerate()
        .filter_map(control_character)
        .collect();
    let mut changes = Vec::new();
    for (index, change) in overrides.iter().enumerate() {
        match overrides::read(change, index + 1) {
            Ok(change) => changes.push(change),
            Err(more) => faults.extend(more),
        }
    }
    let text = sources.first().map_or("", |source| source.text.as_str());
    let (tree, more) = reader::read(0, text, 0);
    faults.extend(more);
    // Without a tree everything would be missing, which would only hide why there is none.
    let Some(mut tree) = tree else {
        return Err(faults);
    };

    let model = overrides::model(&changes).or_else(|| field(&tree, "model"));
    let model = model.and_then(|node| named_model(models, interpret::slice(sources, node.span)));
    faults.extend(overrides::apply(&mut tree, changes, model));

    let mut interpreter = Interpreter {
        sources,
        models,
        read,
        model,
        entries: Entries::new(),
        faults,
    };
    interpreter.group(&tree, "", "");
    let scene = build::build(&mut interpreter, tree.span.head());
    match scene {
        Some(scene) if interpreter.faults.is_empty() => Ok(scene),
        _ => Err(interpreter.faults),
    }
}

/// A control character in a text could be meant for a terminal that shows the report.
fn control_character((index, source): (usize, &Source)) -> Option<Fault> {
    let bad = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r' | '\u{85}');
    let (at, c) = source.text.char_indices().find(|&(_, c)| bad(c))?;
    let span = Span {
        source: index,
        start: at,
        end: at + c.len_utf8(),
    };
    let fault = Fault::new("syntax", span)
        .fault(format!(
            "the text contains the control character U+{:04X}",
            u32::from(c)
        ))
        .remedy("remove it");
    Some(fault)
}

fn field<'a>(tree: &'a Node, name: &str) -> Option<&'a Node> {
    match &tree.shape {
        Shape::Group(fields) => fields
            .iter()
            .find(|field| field.name == name)
            .map(|field| &field.value),
        _ => None,
    }
}

/// The model of a written name, bare or in quotes.
fn named_model(models: &[&'static Model], written: &str) -> Option<&'static Model> {
    let decoded = ron::from_str::<String>(written);
    let name = decoded.as_deref().unwrap_or(written);
    models.iter().copied().find(|model| model.name == name)
}
