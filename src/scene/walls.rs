//! The walls of a scene: `walls: [((x0, y0), (x1, y1)), ...]`, each checked at its place.

use super::fault::{Fault, Span};
use super::interpret::{Entries, Interpreter, Value};
use super::reader::{Node, Shape};
use crate::math::domain::Domain;
use crate::math::walls::{MOST_WALLS, Segment};
use crate::model::{Model, hands};

/// What stands for one wall.
const WORDS: &str = "the two ends of a wall, ((x0, y0), (x1, y1))";

impl Interpreter<'_> {
    /// Reads a list of walls; every good one is kept under its index.
    pub(super) fn walls(&mut self, node: &Node, shown: &str, words: &str) {
        let Shape::List(walls) = &node.shape else {
            return self.wrong_type(node, shown, words);
        };
        if walls.len() > MOST_WALLS {
            let fault = Fault::new("too_large", node.span.head())
                .field(shown)
                .fault(format!("there are {} walls", walls.len()))
                .allowed(format!("at most {MOST_WALLS} walls"))
                .remedy("remove some");
            return self.refuse(fault);
        }
        for (index, wall) in walls.iter().enumerate() {
            let shown = format!("{shown}[{index}]");
            let (Shape::Tuple(ends) | Shape::List(ends)) = &wall.shape else {
                self.wrong_type(wall, &shown, WORDS);
                continue;
            };
            let [from, to] = ends.as_slice() else {
                self.wrong_type(wall, &shown, WORDS);
                continue;
            };
            let ends = [from, to].map(|end| self.place(end, &shown));
            if let [Some(from), Some(to)] = ends {
                self.keep(&shown, wall, Value::Wall(Segment { from, to }));
            }
        }
    }

    fn place(&mut self, node: &Node, shown: &str) -> Option<[f64; 2]> {
        let (Shape::Tuple(values) | Shape::List(values)) = &node.shape else {
            self.wrong_type(node, shown, WORDS);
            return None;
        };
        let [x, y] = values.as_slice() else {
            self.wrong_type(node, shown, WORDS);
            return None;
        };
        let x = self.number_within(x, shown, -1e6, 1e6, "a finite number from -1e6 to 1e6");
        let y = self.number_within(y, shown, -1e6, 1e6, "a finite number from -1e6 to 1e6");
        Some([x?, y?])
    }
}

/// The walls in the order of the text, each checked against the box and the model.
pub(super) fn walls(
    entries: &Entries,
    model: &Model,
    domain: Option<Domain>,
    faults: &mut Vec<Fault>,
) -> Vec<Segment> {
    let mut found: Vec<(Span, String, Segment)> = entries
        .range("walls[".to_owned()..)
        .take_while(|(path, _)| path.starts_with("walls["))
        .filter_map(|(path, entry)| match entry.value {
            Value::Wall(wall) => Some((entry.span, path.clone(), wall)),
            _ => None,
        })
        .collect();
    // The paths are in the order of the alphabet, where 10 comes before 2; the text's is wanted.
    found.sort_by_key(|(span, ..)| *span);
    if let (Some((span, ..)), Some(reason)) = (found.first(), hands::no_walls(model)) {
        faults.push(
            Fault::new("inconsistent", *span)
                .field("walls")
                .fault(format!("the model `{}` has no walls: {reason}", model.name))
                .remedy("remove the walls, or take a model that has them"),
        );
    }
    if let Some(domain) = domain {
        for (span, path, wall) in &found {
            if let Err(reason) = wall.check(&domain) {
                faults.push(
                    Fault::new("out_of_range", *span)
                        .field(path.clone())
                        .fault(reason)
                        .allowed(format!("{WORDS}, both in the box"))
                        .remedy("move its ends"),
                );
            }
        }
    }
    found.into_iter().map(|(.., wall)| wall).collect()
}

/// The walls as they stand in a scene.
pub(super) fn written(walls: &[Segment]) -> String {
    let place = |[x, y]: [f64; 2]| format!("({x:?}, {y:?})");
    let walls: Vec<String> = walls
        .iter()
        .map(|wall| format!("({}, {})", place(wall.from), place(wall.to)))
        .collect();
    format!("[{}]", walls.join(", "))
}
