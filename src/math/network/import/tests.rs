//! Readers against good and hostile texts.

use super::*;
use proptest::prelude::*;

fn csv(text: &str) -> Result<Imported, ImportError> {
    read_csv(text, Limits::default())
}

#[test]
fn lists_of_edges_are_read_with_and_without_header_names_and_places() {
    let plain = csv("source,target\n10,2\n2,3\n\n# a remark\n3,10\n").unwrap();
    assert_eq!(
        plain.names,
        ["2", "3", "10"],
        "whole numbers are sorted as numbers"
    );
    assert_eq!(plain.graph.edges(), 3);
    assert_eq!(plain.graph.neighbours(0), [1, 2]);
    assert_eq!(plain.places, None);
    let spaced = csv("\u{feff}b a\r\na   c\r\n").unwrap();
    assert_eq!(
        spaced.names,
        ["b", "a", "c"],
        "names keep the order of the text"
    );
    let placed = csv("a;\"b\";0;1;2.5;-1\nb;c;2.5;-1;3;3\n").unwrap();
    assert_eq!(
        placed.places.unwrap(),
        [[0.0, 1.0], [2.5, -1.0], [3.0, 3.0]]
    );
    let nodes = "id,x,y\nc,1,2\na,3,4\nalone,0,0\n";
    let listed = read_csv_with_nodes("a,c\n", nodes, Limits::default()).unwrap();
    assert_eq!(listed.names, ["c", "a", "alone"]);
    assert_eq!((listed.graph.nodes(), listed.graph.edges()), (3, 1));
}

#[test]
fn what_is_wrong_in_a_list_is_named_with_its_line() {
    let refused = |text| csv(text).unwrap_err().to_string();
    assert!(refused("a,b\nc\n").starts_with("line 2 has 1 fields"));
    assert!(refused("a,b\n,c\n").starts_with("line 2, column 1"));
    assert_eq!(
        refused("a,b,0,0,1,x\n"),
        "line 1, column 11: \"x\" is no finite number"
    );
    assert!(refused("a,b,0,0,1,inf\n").contains("finite"));
    assert!(refused("a,b\nb,b\n").starts_with("line 2: an edge leads from node \"b\""));
    assert!(refused("a,b\nb,c\nb,a\n").starts_with("lines 1 and 3: nodes"));
    assert!(refused("a,b,0,0,1,1\na,c,0,2,1,1\n").contains("elsewhere"));
    assert!(refused("a,b,0,0,1,1\nb,c\n").contains("no coordinates"));
    assert_eq!(csv("# nothing\n"), Err(ImportError::Empty));
    let unknown = read_csv_with_nodes("a,z\n", "a,0,0\n", Limits::default()).unwrap_err();
    assert_eq!(
        unknown,
        ImportError::UnknownNode {
            line: 1,
            name: "z".into()
        }
    );
    let twice = read_csv_with_nodes("", "a,0,0\na,1,0\n", Limits::default()).unwrap_err();
    assert_eq!(
        twice,
        ImportError::NodeTwice {
            line: 2,
            name: "a".into()
        }
    );
}

#[test]
fn absurd_sizes_are_refused() {
    let limits = Limits { nodes: 3, edges: 2 };
    let edges = read_csv("a,b\nb,c\nc,a\n", limits).unwrap_err();
    assert_eq!(
        edges,
        ImportError::TooLarge {
            line: 3,
            what: "edges",
            most: 2
        }
    );
    let nodes = read_csv("a,b\nc,d\n", limits).unwrap_err();
    assert_eq!(
        nodes,
        ImportError::TooLarge {
            line: 2,
            what: "nodes",
            most: 3
        }
    );
    let name = "n".repeat(300);
    assert!(
        csv(&format!("{name},b\n"))
            .unwrap_err()
            .to_string()
            .contains('…')
    );
}

const GRAPHML: &str = r#"<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d0" for="node" attr.name="x" attr.type="double"/>
  <key id="d1" for="node" attr.name="y" attr.type="double"/>
  <graph edgedefault="undirected">
    <node id="n0"><data key="d0">1.5</data><data key="d1">2</data></node>
    <node id="n1"><data key="d0">-1</data><data key="d1">0</data></node>
    <edge source="n0" target="n1"/>
  </graph>
</graphml>"#;

#[test]
fn graphml_is_read_with_places() {
    let read = read_graphml(GRAPHML, Limits::default()).unwrap();
    assert_eq!(read.names, ["n0", "n1"]);
    assert_eq!(read.graph.neighbours(0), [1]);
    assert_eq!(read.places.unwrap(), [[1.5, 2.0], [-1.0, 0.0]]);
    let directed = GRAPHML
        .replace("undirected", "directed")
        .replace("</graph>", "<edge source=\"n1\" target=\"n0\"/></graph>");
    assert_eq!(
        read_graphml(&directed, Limits::default())
            .unwrap()
            .graph
            .edges(),
        1
    );
}

#[test]
fn what_is_wrong_in_graphml_is_named() {
    let refused = |from: &str, to: &str| {
        let text = GRAPHML.replace(from, to);
        read_graphml(&text, Limits::default())
            .unwrap_err()
            .to_string()
    };
    assert!(refused("</graphml>", "").contains("no readable XML"));
    assert!(refused("target=\"n1\"", "target=\"n7\"").starts_with("line 8: the edge names"));
    assert!(refused("target=\"n1\"", "target=\"n0\"").contains("to itself"));
    assert!(refused("target=\"n1\"", "").contains("has no target"));
    assert!(refused("id=\"n1\"", "id=\"n0\"").contains("listed before"));
    assert!(refused(">1.5<", ">one<").starts_with("line 6: coordinate"));
    assert!(refused("<data key=\"d0\">1.5</data>", "").contains("only one coordinate"));
    let none = "<data key=\"d0\">1.5</data><data key=\"d1\">2</data>";
    assert!(refused(none, "").contains("no coordinates"));
    let twice = "<edge source=\"n1\" target=\"n0\"/></graph>";
    assert!(refused("</graph>", twice).contains("joined twice"));
    assert!(refused("<graph ", "<tree ").contains("no readable XML"));
    assert!(refused("<node id=\"n1\">", "<hyperedge/><node id=\"n1\">").contains("hyperedges"));
    let dtd = "<!DOCTYPE x [<!ENTITY a \"b\">]><graphml/>";
    assert!(read_graphml(dtd, Limits::default()).is_err());
    let limits = Limits { nodes: 1, edges: 5 };
    assert!(matches!(
        read_graphml(GRAPHML, limits),
        Err(ImportError::TooLarge { .. })
    ));
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "[a-c0-9,;\t\" .#\n\r<>/=-]{0,80}", any in ".{0,60}") {
        for text in [&text, &any] {
            let _ = read_csv(text, Limits::default());
            let _ = read_csv_with_nodes(text, &any, Limits::default());
            let _ = read_graphml(text, Limits::default());
        }
        let cut = any.chars().count().min(GRAPHML.len());
        let broken = format!("{}{any}{}", &GRAPHML[..cut], &GRAPHML[cut..]);
        let _ = read_graphml(&broken, Limits::default());
    }

    #[test]
    fn what_was_written_is_read(edges in prop::collection::btree_set((0_u32..9, 10_u32..20), 1..30)) {
        let text: String = edges.iter().map(|(a, b)| format!("{b},{a}\n")).collect();
        let read = csv(&text).unwrap();
        prop_assert_eq!(read.graph.edges(), edges.len());
        for [a, b] in read.graph.iter_edges() {
            let name = |node: u32| read.names[node as usize].parse::<u32>().unwrap();
            prop_assert!(edges.contains(&(name(a), name(b))));
        }
    }
}
