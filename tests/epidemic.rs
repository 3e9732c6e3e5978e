//! The chapter of epidemics as a whole: scenes, files, checkpoints, threads and steps.

use std::sync::Arc;

use seethe::model::column::Tag;
use seethe::models::epidemic::{Health, InfectionTime, Infector};
use seethe::scene::{self, Scene};
use seethe::sim::Simulation;
use seethe::sim::checkpoint;
use seethe::sim::intent::Action;
use seethe::sim::simulation::worker_threads;

use crate::harness::{owned, start};

fn small(overrides: &[(&str, &str)]) -> Scene {
    let model = seethe::models::find("epidemic").expect("the chapter");
    let mut all = vec![("population.count", "3000"), ("theory_cells", "16")];
    all.extend_from_slice(overrides);
    scene::parse("default", model.default_scene, &owned(&all))
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// Health, times and infectors of all nodes.
fn state(run: &Simulation) -> (Vec<u8>, Vec<u64>, Vec<u32>) {
    let world = run.world();
    let columns = run.columns();
    let health = columns.slice::<Health>(world).iter().map(|one| one.0);
    let times = columns
        .slice::<InfectionTime>(world)
        .iter()
        .map(|one| one.0.to_bits());
    let infectors = columns.slice::<Infector>(world).iter().map(|one| one.0);
    (health.collect(), times.collect(), infectors.collect())
}

#[test]
fn steps_and_threads_change_no_event() {
    for disease in ["sir", "seir", "sirs", "sis"] {
        let run = |dt: &str, steps: u64, threads: usize| {
            let mut run = start(small(&[("disease", disease), ("dt", dt)]), threads);
            run.advance(steps).expect("it runs");
            state(&run)
        };
        let once = run("0.5", 16, 1);
        assert!(
            once.0.iter().any(|&health| health != 0),
            "{disease}: nothing happened"
        );
        assert_eq!(once, run("0.0625", 128, 1), "{disease}, shorter steps");
        assert_eq!(once, run("0.5", 16, 3), "{disease}, more threads");
    }
}

#[test]
fn a_checkpoint_goes_on_as_if_nothing_had_been() {
    let scene = small(&[("detection_rate", "0.2"), ("ring_coverage", "0.2")]);
    let mut run = start(scene, 1);
    run.advance(40).expect("it runs");
    run.submit(Action::SetParameter {
        name: "transmission_rate".into(),
        value: 0.9,
    });
    run.advance(20).expect("it runs");
    let bytes = checkpoint::save(&run);
    let pool = worker_threads(2).expect("threads");
    let mut other = checkpoint::restore(&bytes, pool).expect("a checkpoint");
    assert_eq!(other.hash(), run.hash());
    run.advance(100).expect("it runs");
    other.advance(100).expect("it runs");
    assert_eq!(other.hash(), run.hash());
}

/// A folder with a scene and its network.
fn with_network(network: &str, overrides: &[(&str, &str)]) -> Result<Scene, String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("net.csv"), network).expect("a file");
    let model = seethe::models::find("epidemic").expect("the chapter");
    let path = folder.path().join("scene.ron");
    std::fs::write(&path, model.default_scene).expect("a file");
    let mut all = vec![
        ("network", "file"),
        ("inputs.network", "\"net.csv\""),
        ("population.count", "4"),
        ("box.size", "(10, 10)"),
        ("theory_cells", "16"),
    ];
    all.extend_from_slice(overrides);
    scene::load(&path, &owned(&all)).map_err(|problems| problems.to_string())
}

const SQUARE: &str = "# a square\nnode,a,1,1\nnode,b,9,1\nnode,c,9,9\nnode,d,1,9\nedge,a,b\nedge,b,c\nedge,c,d\nedge,d,a\n";

fn refusal(network: &str, overrides: &[(&str, &str)]) -> String {
    let scene = match with_network(network, overrides) {
        Ok(scene) => scene,
        Err(error) => return error,
    };
    match Simulation::new(scene, worker_threads(1).expect("a thread")) {
        Ok(_) => "it runs".into(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_network_comes_from_a_file_and_survives_without_it() {
    let scene = with_network(SQUARE, &[]).expect("a scene");
    let mut run = start(scene, 1);
    run.advance(10).expect("it runs");
    let tags: Vec<u32> = run
        .columns()
        .slice::<Tag>(run.world())
        .iter()
        .map(|tag| tag.0)
        .collect();
    let mut sorted = tags.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [0, 1, 2, 3]);
    // The folder is gone; the checkpoint has the network with it.
    let restored = checkpoint::restore(&checkpoint::save(&run), Arc::clone(&run.pool()));
    assert_eq!(restored.expect("a checkpoint").hash(), run.hash());
}

/// The square in two more forms.
const ENDS: &str =
    "source,target,x1,y1,x2,y2\na,b,1,1,9,1\nb,c,9,1,9,9\nc,d,9,9,1,9\nd,a,1,9,1,1\n";
const GRAPHML: &str = r#"<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="node" attr.name="x" attr.type="double"/>
<key id="d1" for="node" attr.name="y" attr.type="double"/>
<graph edgedefault="undirected">
<node id="a"><data key="d0">1</data><data key="d1">1</data></node>
<node id="b"><data key="d0">9</data><data key="d1">1</data></node>
<node id="c"><data key="d0">9</data><data key="d1">9</data></node>
<node id="d"><data key="d0">1</data><data key="d1">9</data></node>
<edge source="a" target="b"/><edge source="b" target="c"/>
<edge source="c" target="d"/><edge source="d" target="a"/>
</graph></graphml>
"#;

#[test]
fn every_form_of_a_network_is_the_same_network() {
    let course = |network: &str| {
        let mut run = start(with_network(network, &[]).expect("a scene"), 1);
        run.advance(40).expect("it runs");
        run.hash()
    };
    let listed = course(SQUARE);
    assert_eq!(course(ENDS), listed);
    assert_eq!(course(GRAPHML), listed);
}

#[test]
fn bad_networks_are_refused_with_file_line_and_remedy() {
    for (network, overrides, wanted) in [
        (
            "node,a,1,1\nnode,a,2,2\n",
            &[][..],
            "net.csv:2: the node `a` is there twice",
        ),
        (
            "node,a,1,1\nedge,a,a\n",
            &[],
            "net.csv:2: the edge leads from `a` to itself",
        ),
        (
            "node,a,1,1\nedge,a,z\n",
            &[],
            "net.csv:2: there is no node `z`",
        ),
        ("node,a,1,x\n", &[], "net.csv:1: `x` is not a finite number"),
        (
            "node,a,1,NaN\n",
            &[],
            "net.csv:1: `NaN` is not a finite number",
        ),
        ("# hello\nwhat\n", &[], "net.csv:2: neither"),
        (
            "node,a,1,1\nnode,b,2,2\nedge,a,b\nedge,b,a\n",
            &[],
            "net.csv:4: the edge between `b` and `a` is there twice",
        ),
        ("node,a,1,1\n", &[], "write population: (count: 1)"),
        (
            "a,b,1,1,9,1\na,a,1,1,1,1\n",
            &[],
            "net.csv: line 2: an edge leads from node \"a\" to itself",
        ),
        ("a,b\nb,c\n", &[], "net.csv: the nodes have no coordinates"),
        ("<graphml>", &[], "net.csv: "),
        (
            SQUARE,
            &[("box.size", "(8, 8)")],
            "write box: (size: (9, 9))",
        ),
        (
            SQUARE,
            &[("inputs.network", "\"none.csv\"")],
            "the file none.csv cannot be read",
        ),
        (
            SQUARE,
            &[("inputs.network", "\".\"")],
            "the file . is a directory",
        ),
        (
            SQUARE,
            &[("inputs.networks", "\"net.csv\"")],
            "did you mean `network`?",
        ),
        (SQUARE, &[("inputs.network", "7")], "inputs.network"),
        (
            SQUARE,
            &[("inputs", "()")],
            "write inputs: (network: \"FILE\")",
        ),
    ] {
        let found = refusal(network, overrides);
        assert!(found.contains(wanted), "wanted `{wanted}`, found `{found}`");
    }
}

#[test]
fn impossible_networks_say_why() {
    for (overrides, wanted) in [
        (&[("kernel_range", "0.5")][..], "probability above 1"),
        (
            &[("mean_degree", "1000"), ("population.count", "20000000")],
            "edges",
        ),
        (
            &[("degrees", "bimodal"), ("mean_degree", "2")],
            "lower high_degree",
        ),
        (
            &[("network", "small_world"), ("mean_degree", "0.5")],
            "even number",
        ),
        (
            &[
                ("network", "geometric"),
                ("population.count", "20"),
                ("mean_degree", "100"),
            ],
            "half the box",
        ),
        (
            &[("network", "lattice"), ("population.count", "31")],
            "lattice",
        ),
        (&[("network", "file")], "inputs"),
    ] {
        let started = Simulation::new(small(overrides), worker_threads(1).expect("a thread"));
        match started {
            Ok(_) => panic!("{overrides:?} starts"),
            Err(error) => assert!(error.to_string().contains(wanted), "{error}"),
        }
    }
}

#[test]
fn every_topology_and_boundary_runs() {
    for network in [
        "spatial",
        "geometric",
        "lattice",
        "small_world",
        "erdos_renyi",
    ] {
        for boundary in ["periodic", "open", "reflecting"] {
            let overrides = [("network", network), ("box.boundary", boundary)];
            let mut run = start(small(&overrides), 1);
            run.advance(40)
                .unwrap_or_else(|failure| panic!("{network}, {boundary}: {failure}"));
        }
    }
}
