//! GraphML (Brandes et al., GD 2001): nodes, edges, and coordinates as data named x and y.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use super::{ImportError, Imported, Limits, MAX_NAME, Nodes, short};

/// Reads the first graph of a GraphML text. Edges lose their direction; two edges that lead to
/// and fro in a directed graph become one. Coordinates are data whose key is named x and y.
///
/// # Errors
/// Whatever is wrong first, with its line.
pub fn read_graphml(text: &str, limits: Limits) -> Result<Imported, ImportError> {
    // Every node and edge has at most a few elements and texts of its own.
    let most = (limits.nodes.saturating_add(limits.edges)).saturating_mul(8);
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: u32::try_from(most.max(1000)).unwrap_or(u32::MAX - 1),
    };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| ImportError::Xml(error.to_string()))?;
    let lines = Lines::new(text);
    let line_of = |node: Node| lines.at(node.range().start);
    let wrong = |node: Node, what: String| ImportError::GraphMl {
        line: line_of(node),
        what,
    };
    let root = document.root_element();
    let graph = root
        .descendants()
        .find(|node| node.has_tag_name_local("graph"));
    let Some(graph) = graph else {
        return Err(wrong(root, "there is no graph element".into()));
    };
    let mut axes: BTreeMap<&str, usize> = BTreeMap::new();
    for key in root
        .descendants()
        .filter(|node| node.has_tag_name_local("key"))
    {
        let name = key
            .attribute("attr.name")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let axis = ["x", "y"].iter().position(|axis| name == *axis);
        if let (Some(id), Some(axis)) = (key.attribute("id"), axis)
            && key
                .attribute("for")
                .is_none_or(|part| part == "node" || part == "all")
        {
            axes.insert(id, axis);
        }
    }
    let name_of = |element: Node, attribute: &str| -> Result<String, ImportError> {
        match element.attribute(attribute) {
            Some(name) if !name.is_empty() && name.len() <= MAX_NAME => Ok(name.into()),
            Some(name) => Err(wrong(
                element,
                format!("{attribute} {:?} is no name of a node", short(name)),
            )),
            None => Err(wrong(
                element,
                format!("a {} has no {attribute}", element.tag_name().name()),
            )),
        }
    };
    let mut nodes = Nodes::default();
    for element in graph.children().filter(Node::is_element) {
        if element.has_tag_name_local("hyperedge") {
            return Err(wrong(element, "hyperedges join more than two nodes".into()));
        }
        if !element.has_tag_name_local("node") {
            continue;
        }
        let (line, name) = (line_of(element), name_of(element, "id")?);
        if nodes.find(&name).is_some() {
            return Err(ImportError::NodeTwice { line, name });
        }
        let node = nodes.add(&name, line, limits)?;
        let mut place = [None; 2];
        for data in element
            .children()
            .filter(|child| child.has_tag_name_local("data"))
        {
            if let Some(&axis) = data.attribute("key").and_then(|key| axes.get(key)) {
                let text = data.text().unwrap_or_default().trim();
                match text.parse::<f64>() {
                    Ok(value) if value.is_finite() => place[axis] = Some(value),
                    _ => {
                        let what = format!("coordinate {:?} is no finite number", short(text));
                        return Err(wrong(data, what));
                    }
                }
            }
        }
        match place {
            [Some(x), Some(y)] => nodes.put(node, [x, y], line)?,
            [None, None] => {}
            _ => {
                return Err(wrong(
                    element,
                    format!("node {name:?} has only one coordinate"),
                ));
            }
        }
    }
    let directed = graph.attribute("edgedefault") == Some("directed");
    let mut edges: Vec<([u32; 2], u32)> = Vec::new();
    for element in graph
        .children()
        .filter(|node| node.has_tag_name_local("edge"))
    {
        let line = line_of(element);
        if edges.len() >= limits.edges {
            return Err(ImportError::TooLarge {
                line,
                what: "edges",
                most: limits.edges,
            });
        }
        let mut ends = [0; 2];
        for (side, attribute) in ["source", "target"].into_iter().enumerate() {
            let name = name_of(element, attribute)?;
            let Some(node) = nodes.find(&name) else {
                return Err(ImportError::UnknownNode { line, name });
            };
            ends[side] = node;
        }
        if ends[0] == ends[1] {
            return Err(ImportError::SelfLoop {
                line,
                name: nodes.name(ends[0]),
            });
        }
        edges.push((ends, line as u32));
    }
    if directed {
        merge_to_and_fro(&mut edges);
    }
    nodes.build(edges, true)
}

/// Leaves the first of two edges that lead to and fro; of the same direction both stay, to be
/// refused as duplicates.
fn merge_to_and_fro(edges: &mut Vec<([u32; 2], u32)>) {
    let mut forward: Vec<[u32; 2]> = edges.iter().map(|edge| edge.0).collect();
    forward.sort_unstable();
    edges.retain(|&([a, b], _)| a < b || forward.binary_search(&[b, a]).is_err());
}

/// Where lines begin, so that a place in the text has a line without reading the text again.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn at(&self, place: usize) -> usize {
        1 + self.0.partition_point(|&end| end < place)
    }
}

/// Names of elements without regard to the name space, which many writers leave out.
trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
