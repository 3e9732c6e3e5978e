//! A network from a file: nodes with their coordinates, and edges between them.
//!
//! Three forms are told apart by how the text begins: GraphML (with `<`), a list of nodes and edges
//! (with `node`), and a plain list of edges with the coordinates of both ends:
//!
//! ```text
//! # comment
//! node,ID,X,Y                 source,target,x1,y1,x2,y2
//! edge,ID,ID                  ID,ID,X,Y,X,Y
//! ```
//!
//! Names may be any text without a comma. Coordinates count from the lower left corner of the box
//! when none is negative, and from its centre otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::network::{Laid, bare};
use crate::math::domain::Domain;
use crate::math::network::Graph;
use crate::math::network::import::{Imported, Limits, read_csv, read_graphml};
use crate::model::{Input, Start};

/// Name of the file among the inputs of a scene.
pub const INPUT: &str = "network";

/// A network as it stands in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    pub places: Vec<[f64; 2]>,
    pub edges: Vec<[u32; 2]>,
}

/// Reads a network in any of the forms; an error names the line and the remedy.
pub fn read(text: &str) -> Result<Listed, String> {
    let told = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
    let first = text.lines().find(told).unwrap_or("").trim();
    let limits = Limits::default();
    if first.starts_with('<') {
        read_graphml(text, limits).map_or_else(|error| Err(format!(" {error}")), placed)
    } else if matches!(first.split(',').next(), Some("node" | "edge")) || !first.contains(',') {
        list(text)
    } else {
        read_csv(text, limits).map_or_else(|error| Err(format!(" {error}")), placed)
    }
}

/// A network whose nodes have places.
fn placed(imported: Imported) -> Result<Listed, String> {
    let places = imported.places.ok_or(
        " the nodes have no coordinates; write lines `ID,ID,X,Y,X,Y`, or data named x and y in GraphML",
    )?;
    Ok(Listed {
        places,
        edges: imported.graph.iter_edges().collect(),
    })
}

/// Reads a list of nodes and edges.
fn list(text: &str) -> Result<Listed, String> {
    let mut listed = Listed::default();
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        let known = |name: &str| {
            names.get(name).copied().ok_or_else(|| {
                format!("{number}: there is no node `{name}` above; write its line `node,{name},X,Y` before its edges")
            })
        };
        match parts.as_slice() {
            ["node", name, x, y] => {
                let coordinate = |text: &str| match text.parse::<f64>() {
                    Ok(value) if value.is_finite() => Ok(value),
                    _ => Err(format!(
                        "{number}: `{text}` is not a finite number; write the coordinate as a number"
                    )),
                };
                let place = [coordinate(x)?, coordinate(y)?];
                let index = listed.places.len() as u32;
                if names.insert(name, index).is_some() {
                    return Err(format!(
                        "{number}: the node `{name}` is there twice; remove one of the lines"
                    ));
                }
                listed.places.push(place);
            }
            ["edge", from, to] => {
                let edge = [known(from)?, known(to)?];
                if edge[0] == edge[1] {
                    return Err(format!(
                        "{number}: the edge leads from `{from}` to itself; remove it"
                    ));
                }
                if !seen.insert([edge[0].min(edge[1]), edge[0].max(edge[1])]) {
                    return Err(format!(
                        "{number}: the edge between `{from}` and `{to}` is there twice; remove one of the lines"
                    ));
                }
                listed.edges.push(edge);
            }
            _ => {
                return Err(format!(
                    "{number}: neither `node,ID,X,Y` nor `edge,ID,ID`; write one of these, or # before a comment"
                ));
            }
        }
    }
    Ok(listed)
}

/// The network of the scene's file, the nodes in its order.
pub fn lay(start: &Start, input: Option<&Input>) -> Result<Laid, String> {
    let Some(input) = input else {
        return Err("the network is to come from a file, and the scene gives none; write inputs: (network: \"FILE\")".into());
    };
    let at = |error: String| format!("{}:{error}", input.path);
    let listed = read(&input.text).map_err(at)?;
    let count = listed.places.len();
    if count != start.count {
        return Err(format!(
            "{}: the file has {count} nodes, and the population is {}; write population: (count: {count})",
            input.path, start.count
        ));
    }
    let real = settle(&listed.places, &start.domain)
        .map_err(|fault| format!("{}: {fault}", input.path))?;
    let positions = real.iter().map(|&place| start.domain.fixed(place));
    let graph = Graph::from_edges(count, &listed.edges)
        .map_err(|error| format!("{}: {error}", input.path))?;
    Ok(bare(
        positions.collect(),
        (0..count as u32).collect(),
        graph,
    ))
}

/// Coordinates from the centre of the box, in which all must lie.
fn settle(places: &[[f64; 2]], domain: &Domain) -> Result<Vec<[f64; 2]>, String> {
    let fold = |axis: usize, start: f64, choose: fn(f64, f64) -> f64| {
        places
            .iter()
            .fold(start, |value, place| choose(value, place[axis]))
    };
    let low = [0, 1].map(|axis| fold(axis, f64::INFINITY, f64::min));
    let high = [0, 1].map(|axis| fold(axis, f64::NEG_INFINITY, f64::max));
    let from_corner = low.iter().all(|&part| part >= 0.0);
    let half = domain.size.map(|side| 0.5 * side);
    let shift = if from_corner { half } else { [0.0; 2] };
    for axis in 0..2 {
        if low[axis] - shift[axis] < -half[axis] || high[axis] - shift[axis] > half[axis] {
            let needed = [0, 1].map(|axis| {
                if from_corner {
                    high[axis]
                } else {
                    2.0 * high[axis].max(-low[axis])
                }
            });
            return Err(format!(
                "the nodes reach from ({}, {}) to ({}, {}), beyond the box; write box: (size: ({}, {})) or more",
                low[0], low[1], high[0], high[1], needed[0], needed[1]
            ));
        }
    }
    Ok(places
        .iter()
        .map(|place| [place[0] - shift[0], place[1] - shift[1]])
        .collect())
}
