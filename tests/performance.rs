//! The performance pane: what a step costs, and which place computes it.

use bevy_egui::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use seethe::panel::{AdapterEntry, Machine, Request};
use seethe::sim::driver::Command;

use crate::bench::{Bench, assert_drawable, shown_texts};
use crate::shell::{click, opened, press};

#[test]
fn the_performance_pane_tells_what_a_step_costs() {
    let mut harness = opened("mips");
    harness.state_mut().snapshot.status = seethe::sim::snapshot::Status::Running;
    harness.state_mut().machine = Machine {
        interface_seconds: 0.0021,
        frame_seconds: 0.02,
        resident: Some(321_000_000),
        threads: 7,
    };
    press(&mut harness, Modifiers::COMMAND, Key::Num5);
    let shown = shown_texts(&harness);
    for text in [
        "0.03",
        "× real speed",
        "321 MB",
        "2.1 ms per frame",
        "Software rendering",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    for phase in seethe::model::phase::Phase::ALL {
        harness.get_by_label(&format!("{} 20 %", phase.1));
    }
}

#[test]
fn the_place_that_computes_is_shown_and_changed() {
    let mut harness = opened("mips");
    press(&mut harness, Modifiers::COMMAND, Key::Num5);
    assert!(shown_texts(&harness).contains("No graphics adapter"));
    let adapter = |name: &str, software| AdapterEntry {
        name: name.into(),
        line: format!("{name} on its own line"),
        software,
    };
    harness.state_mut().adapters = vec![adapter("Card", false), adapter("Pipe", true)];
    harness.run_steps(2);
    // The key asks for the adapter that was chosen, and once it computes for the processor.
    press(&mut harness, Modifiers::COMMAND, Key::G);
    assert_eq!(computed(&mut harness), [Some(0)]);
    harness.state_mut().snapshot.engine = Some("Pipe on its own line".into());
    harness.run_steps(2);
    let shown = shown_texts(&harness);
    assert!(shown.contains("GPU: Pipe, software"), "{shown}");
    assert!(
        shown.contains("computed on Pipe on its own line."),
        "{shown}"
    );
    // The phases are those of the device, which is asked to measure while the run runs.
    assert!(shown.contains("no clock for its phases"), "{shown}");
    assert!(measured(&mut harness).is_empty());
    let report = &mut harness.state_mut().snapshot.device;
    report.drawn = Some("The picture is drawn from its buffers, without reading back.".into());
    report.cost.has_clock = true;
    harness.run_steps(2);
    assert!(shown_texts(&harness).contains("without reading back"));
    assert!(measured(&mut harness).is_empty(), "it rests");
    harness.state_mut().snapshot.status = seethe::sim::snapshot::Status::Running;
    harness.run_steps(2);
    assert!(!measured(&mut harness).is_empty());
    let cost = &mut harness.state_mut().snapshot.device.cost;
    cost.measures = true;
    cost.phases = vec![("neighbors", 1e-4), ("forces", 3e-4)];
    harness.run_steps(2);
    assert!(measured(&mut harness).is_empty(), "it measures already");
    harness.get_by_label("forces 75 %");
    press(&mut harness, Modifiers::COMMAND, Key::G);
    assert_eq!(computed(&mut harness), [None]);
    // The menu has the processor and every adapter.
    for (entry, place) in [("CPU", None), ("GPU: Card", Some(0))] {
        harness.get_by_value("GPU: Pipe, software").click();
        harness.run_steps(3);
        click(&mut harness, entry);
        assert_eq!(computed(&mut harness), [place]);
    }
    // Nothing is asked for what is so already.
    harness.get_by_value("GPU: Pipe, software").click();
    harness.run_steps(3);
    click(&mut harness, "GPU: Pipe, software");
    assert_eq!(computed(&mut harness), []);
    assert_drawable(&harness, "the performance pane");
}

/// The requests to measure since this was last looked at; all others are forgotten.
fn measured(harness: &mut Harness<Bench>) -> Vec<Request> {
    let mut requests = std::mem::take(&mut harness.state_mut().requests);
    requests.retain(|one| matches!(one, Request::Run(Command::Measure)));
    requests
}

/// Where steps were asked to be computed since this was last looked at.
fn computed(harness: &mut Harness<Bench>) -> Vec<Option<usize>> {
    let requests = std::mem::take(&mut harness.state_mut().requests);
    let place = |one: Request| match one {
        Request::Compute(place) => Some(place),
        _ => None,
    };
    requests.into_iter().filter_map(place).collect()
}
