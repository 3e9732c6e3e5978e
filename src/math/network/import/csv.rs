//! Edges and nodes as comma-separated values.

use super::{ImportError, Imported, Limits, MAX_NAME, Nodes, short};

const EDGE: &str = "an edge has 2 (source, target), or 6 with coordinates (source, target, \
                    x and y of the source, x and y of the target)";
const NODE: &str = "a node has 3 (name, x, y)";

/// A field and the column of its first character, both of the trimmed text.
#[derive(Clone, Copy)]
struct Field<'a> {
    text: &'a str,
    column: usize,
}

impl Field<'_> {
    fn wrong(self, line: usize, wanted: &'static str) -> ImportError {
        ImportError::Field {
            line,
            column: self.column,
            text: short(self.text),
            wanted,
        }
    }

    fn number(self, line: usize) -> Result<f64, ImportError> {
        match self.text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(self.wrong(line, "finite number")),
        }
    }

    fn name(self, line: usize) -> Result<Self, ImportError> {
        if self.text.is_empty() || self.text.len() > MAX_NAME {
            return Err(self.wrong(line, "name of a node"));
        }
        Ok(self)
    }
}

/// Splits a line at commas, semicolons or tabs, or at spaces when it has none of these.
fn fields<'a>(line: &'a str, into: &mut Vec<Field<'a>>) {
    into.clear();
    let separator = [',', ';', '\t'].into_iter().find(|&c| line.contains(c));
    let mut add = |text: &'a str, at: usize| {
        let begin = at + (text.len() - text.trim_start().len());
        let column = 1 + line[..begin].chars().count();
        let text = text.trim();
        let bare = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        into.push(Field {
            text: bare.unwrap_or(text),
            column,
        });
    };
    let mut at = 0;
    match separator {
        Some(separator) => {
            for text in line.split(separator) {
                add(text, at);
                at += text.len() + 1;
            }
        }
        None => {
            for text in line.split(' ') {
                if !text.trim().is_empty() {
                    add(text, at);
                }
                at += text.len() + 1;
            }
        }
    }
}

/// Lines that hold something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (1..).zip(text.lines()).filter(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    })
}

/// True for the names that usually head the columns of edges and nodes.
fn is_header(fields: &[Field]) -> bool {
    let first = fields.first().map(|field| field.text.to_ascii_lowercase());
    first.is_some_and(|name| {
        ["source", "from", "node", "name", "id", "node1", "node_1"].contains(&&*name)
    })
}

/// Reads a list of edges: source and target on each line, or these and the coordinates of both.
/// The first line may be a header; lines that begin with # are left out.
///
/// # Errors
/// Whatever is wrong first, with its line.
pub fn read_csv(text: &str, limits: Limits) -> Result<Imported, ImportError> {
    edges(text, Nodes::default(), false, limits)
}

/// As [`read_csv`], with a list of nodes: name, x and y on each line. Nodes are numbered in the
/// order of that list.
///
/// # Errors
/// Whatever is wrong first, with its line; also edges of nodes that are not in the list.
pub fn read_csv_with_nodes(
    text: &str,
    nodes: &str,
    limits: Limits,
) -> Result<Imported, ImportError> {
    let (mut known, mut row) = (Nodes::default(), Vec::new());
    for (k, (line, content)) in lines(nodes).enumerate() {
        fields(content, &mut row);
        if k == 0 && is_header(&row) {
            continue;
        }
        let [name, x, y] = row[..] else {
            return Err(ImportError::Fields {
                line,
                found: row.len(),
                wanted: NODE,
            });
        };
        let name = name.name(line)?.text;
        if known.find(name).is_some() {
            return Err(ImportError::NodeTwice {
                line,
                name: name.into(),
            });
        }
        let node = known.add(name, line, limits)?;
        known.put(node, [x.number(line)?, y.number(line)?], line)?;
    }
    edges(text, known, true, limits)
}

fn edges(
    text: &str,
    mut nodes: Nodes,
    listed: bool,
    limits: Limits,
) -> Result<Imported, ImportError> {
    let (mut edges, mut row) = (Vec::new(), Vec::new());
    for (k, (line, content)) in lines(text).enumerate() {
        fields(content, &mut row);
        if k == 0 && is_header(&row) {
            continue;
        }
        if ![2, 6].contains(&row.len()) {
            return Err(ImportError::Fields {
                line,
                found: row.len(),
                wanted: EDGE,
            });
        }
        if edges.len() >= limits.edges {
            return Err(ImportError::TooLarge {
                line,
                what: "edges",
                most: limits.edges,
            });
        }
        let mut ends = [0; 2];
        for side in 0..2 {
            let name = row[side].name(line)?.text;
            ends[side] = if listed {
                let unknown = || ImportError::UnknownNode {
                    line,
                    name: name.into(),
                };
                nodes.find(name).ok_or_else(unknown)?
            } else {
                nodes.add(name, line, limits)?
            };
            if let Some(&[x, y]) = row
                .get(2 + 2 * side..4 + 2 * side)
                .and_then(|p| p.as_array())
            {
                nodes.put(ends[side], [x.number(line)?, y.number(line)?], line)?;
            }
        }
        if ends[0] == ends[1] {
            return Err(ImportError::SelfLoop {
                line,
                name: row[0].text.into(),
            });
        }
        edges.push((ends, line as u32));
    }
    nodes.build(edges, listed)
}
