//! Box, population and step: what every scene has, whatever its model.

use bevy_egui::egui;
use egui::{RichText, Ui};

use super::choice::choice;
use super::parameters::{heading, matches, number};
use super::quantity::{MOST_PARTICLES, MOST_STRIDE, PACKINGS, Quantity, SIDES};
use super::reach::Reach;
use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{Frame, Requests, numbers, widgets};
use crate::math::domain::Boundary;
use crate::model::Units;
use crate::model::parameter::{Alternative, Scale};

/// One row of the section.
struct Line {
    quantity: Quantity,
    symbol: &'static str,
    name: &'static str,
    unit: &'static str,
    reach: Reach,
    doc: &'static str,
}

/// Draws the section; true when a row fits the search.
pub fn population(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    requests: &mut Requests,
) -> bool {
    let scene = &frame.snapshot.scene;
    let bound = (scene.model.step_bound)(&scene.values);
    let search = interface.search.clone();
    let points = (scene.model.particle_area)(&scene.values) <= 0.0;
    let lines: Vec<Line> = lines(bound.dt, scene.model.units)
        .into_iter()
        // What has no area covers nothing.
        .filter(|line| !(points && line.quantity == Quantity::Packing))
        .collect();
    let starts: Vec<Alternative> = scene
        .model
        .initial_conditions
        .iter()
        .map(|one| Alternative {
            name: one.name,
            doc: one.doc,
        })
        .collect();
    let fits = |name: &str, doc: &str| matches(&search, &[name, doc, "box", "population"]);
    let start_doc = "Where the particles are at the beginning.";
    let shows_start = starts.len() > 1 && fits("start initial condition", start_doc);
    if !shows_start && !lines.iter().any(|line| fits(line.name, line.doc)) {
        return false;
    }
    if !heading(
        ui,
        interface,
        "Box and population",
        !search.trim().is_empty(),
    ) {
        widgets::hairline(ui);
        return true;
    }
    for line in lines.iter().filter(|line| fits(line.name, line.doc)) {
        let allowed = line.quantity.allowed(scene);
        let tip = |ui: &mut Ui| {
            let palette = Palette::of(ui);
            ui.set_max_width(300.0);
            ui.label(RichText::new(line.doc).color(palette.text));
            let text = RichText::new(&allowed).font(theme::body(size::SMALL));
            ui.label(text.color(palette.secondary));
        };
        number(
            ui,
            interface,
            frame,
            line.quantity,
            line.symbol,
            line.name,
            line.unit,
            line.reach,
            tip,
            requests,
        );
        if line.quantity == Quantity::Dt {
            step_note(ui, interface, frame, bound.dt, requests);
        }
    }
    if shows_start {
        choice(
            ui,
            interface,
            frame,
            Quantity::Initial,
            "Start",
            &starts,
            true,
            start_doc,
            requests,
        );
    }
    shape(ui, frame);
    ui.add_space(4.0);
    widgets::hairline(ui);
    true
}

fn lines(bound: f64, units: Units) -> [Line; 5] {
    let reach = |min: f64, max: f64, scale, whole| Reach {
        min,
        max,
        scale,
        whole,
    };
    // A bound that is not a number leaves a slider that stands still and a field that still works.
    let bound = if bound.is_finite() && bound > 0.0 {
        bound
    } else {
        1.0
    };
    [
        Line {
            quantity: Quantity::Count,
            symbol: "N",
            name: "Particles",
            unit: "",
            reach: reach(1.0, MOST_PARTICLES / 20.0, Scale::Logarithmic, true),
            doc: "Number of particles. The density stays and the box follows.",
        },
        Line {
            quantity: Quantity::Packing,
            symbol: "φ",
            name: "Packing fraction",
            unit: "",
            reach: reach(PACKINGS[0].max(0.005), 1.2, Scale::Linear, false),
            doc: "Share of the box that the particles cover. Their number stays and the box follows.",
        },
        Line {
            quantity: Quantity::Width,
            symbol: "L_x",
            name: "Box width",
            unit: units.length,
            reach: reach(SIDES[0].max(1.0), 2000.0, Scale::Logarithmic, false),
            doc: "Width of the box. Its shape and the number of particles stay, so that the density changes.",
        },
        Line {
            quantity: Quantity::Dt,
            symbol: "δt",
            name: "Time step",
            unit: units.time,
            reach: reach(bound * 1e-3, bound, Scale::Logarithmic, false),
            doc: "Length of a step. The right end of the slider is the largest that the model allows with these parameters.",
        },
        Line {
            quantity: Quantity::Stride,
            symbol: "",
            name: "Steps per sample",
            unit: "",
            reach: reach(1.0, MOST_STRIDE / 1e4, Scale::Logarithmic, true),
            doc: "The observables are measured whenever so many steps are done.",
        },
    ]
}

/// Says when the step is longer than the model allows, and offers the remedy.
fn step_note(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    bound: f64,
    requests: &mut Requests,
) {
    let dt = interface.value(Quantity::Dt, &frame.snapshot.scene);
    if dt <= bound || !bound.is_finite() || bound <= 0.0 {
        return;
    }
    let palette = Palette::of(ui);
    let text = format!(
        "Longer than these parameters allow: at most {}",
        numbers::plain(bound, 3)
    );
    ui.add(
        egui::Label::new(
            RichText::new(text)
                .font(theme::body(size::SMALL))
                .color(palette.fault),
        )
        .wrap(),
    );
    let asked = widgets::text_button(ui, "Shorten the step", false).clicked()
        && interface
            .change(frame, Quantity::Dt, [dt, bound], requests)
            .is_err();
    if asked {
        interface.tell(super::Weight::Fault, "The step could not be changed.");
    }
}

/// The box in numbers.
fn shape(ui: &mut Ui, frame: &Frame) {
    let scene = &frame.snapshot.scene;
    let [width, height] = scene.domain.size.map(|side| numbers::plain(side, 4));
    let walls = match scene.domain.boundary {
        Boundary::Periodic => "periodic",
        Boundary::Reflecting => "reflecting walls",
        Boundary::Open => "open",
    };
    let text = format!("{width} × {height}, {walls}");
    let colour = Palette::of(ui).secondary;
    widgets::line(ui, &text, theme::body(size::SMALL), colour);
}
