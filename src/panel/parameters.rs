//! The parameters: every one that the model declares, then box, population and step.

use bevy_egui::egui;
use egui::{Id, RichText, ScrollArea, TextEdit, Ui};

use super::choice::{choice, flag};
use super::field::{self, Outcome, Row};
use super::quantity::Quantity;
use super::reach::Reach;
use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{Frame, Requests, numbers, population, widgets};
use crate::model::parameter::{Change, Kind, Parameter, Scale};

/// Draws the panel.
pub fn parameters(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    ui.add_space(10.0);
    widgets::panel_head(ui, "Parameters", |ui| search(ui, interface));
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.add_space(2.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            let found = groups(ui, interface, frame, requests);
            let found = population::population(ui, interface, frame, requests) || found;
            if !found {
                ui.add_space(16.0);
                let colour = Palette::of(ui).secondary;
                ui.label(RichText::new("No parameter has such a name.").color(colour));
            }
            ui.add_space(16.0);
        });
}

fn search(ui: &mut Ui, interface: &mut Interface) {
    let palette = Palette::of(ui);
    let icon = RichText::new(egui_phosphor::regular::MAGNIFYING_GLASS)
        .font(theme::icon(size::SMALL))
        .color(palette.secondary);
    let frame = egui::Frame::NONE
        .fill(palette.raised)
        .corner_radius(theme::CORNER)
        .inner_margin(egui::Margin::symmetric(8, 4));
    let edit = TextEdit::singleline(&mut interface.search)
        .id(Id::new("parameter search"))
        .prefix(icon)
        .hint_text(RichText::new("search").color(palette.secondary))
        .font(theme::body(size::SMALL))
        .desired_width(f32::INFINITY)
        .char_limit(80)
        .frame(frame);
    let response = ui.add(edit);
    if response.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        interface.search.clear();
    }
    response.on_hover_text("Find a parameter by its name, symbol or meaning");
}

/// True when a text of a row has what is searched for.
pub(super) fn matches(search: &str, texts: &[&str]) -> bool {
    let wanted = search.trim().to_lowercase();
    wanted.is_empty()
        || texts
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
}

/// The declared parameters under their headings; true when one fits the search.
fn groups(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) -> bool {
    let list = (frame.snapshot.scene.model.parameters)();
    let search = interface.search.clone();
    let fits = |one: &Parameter| {
        let name = numbers::humanised(one.name);
        matches(&search, &[one.name, &name, one.symbol, one.group, one.doc])
    };
    let mut found = false;
    let mut start = 0;
    while start < list.len() {
        let group = list[start].group;
        let length = list[start..]
            .iter()
            .take_while(|one| one.group == group)
            .count();
        let members = start..start + length;
        start += length;
        if !members.clone().any(|index| fits(&list[index])) {
            continue;
        }
        found = true;
        if heading(ui, interface, group, !search.trim().is_empty()) {
            for index in members.filter(|&index| fits(&list[index])) {
                parameter(ui, interface, frame, index, &list[index], requests);
            }
            ui.add_space(4.0);
        }
        widgets::hairline(ui);
    }
    found
}

/// The heading of a group; true while it is open.
pub(super) fn heading(
    ui: &mut Ui,
    interface: &mut Interface,
    group: &'static str,
    forced: bool,
) -> bool {
    let open = forced || !interface.closed_groups.contains(group);
    let (open, _) = widgets::section(ui, group, open);
    if open {
        interface.closed_groups.remove(group);
    } else if !forced {
        interface.closed_groups.insert(group);
    }
    open
}

fn parameter(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    index: usize,
    one: &'static Parameter,
    requests: &mut Requests,
) {
    let quantity = Quantity::Parameter(index);
    let name = numbers::humanised(one.name);
    let restarts = one.change == Change::Restart;
    match one.kind {
        Kind::Number { min, max, scale } => {
            let reach = Reach {
                min,
                max,
                scale,
                whole: false,
            };
            number(
                ui,
                interface,
                frame,
                quantity,
                one.symbol,
                &name,
                one.unit,
                reach,
                |ui| tooltip(ui, one),
                requests,
            );
        }
        Kind::Integer { min, max } => {
            let (min, max) = (min as f64, max as f64);
            let wide = min >= 1.0 && max / min >= 100.0;
            let scale = if wide {
                Scale::Logarithmic
            } else {
                Scale::Linear
            };
            let reach = Reach {
                min,
                max,
                scale,
                whole: true,
            };
            number(
                ui,
                interface,
                frame,
                quantity,
                one.symbol,
                &name,
                one.unit,
                reach,
                |ui| tooltip(ui, one),
                requests,
            );
        }
        Kind::Choice(alternatives) => {
            choice(
                ui,
                interface,
                frame,
                quantity,
                &name,
                alternatives,
                restarts,
                one.doc,
                requests,
            );
        }
        Kind::Flag => flag(ui, interface, frame, quantity, &name, one, requests),
        Kind::Formula(variable) => {
            super::typed::formula(ui, interface, frame, quantity, one, variable, requests);
        }
    }
}

/// What hovering tells of a parameter.
fn tooltip(ui: &mut Ui, one: &Parameter) {
    let palette = Palette::of(ui);
    ui.set_max_width(300.0);
    ui.label(RichText::new(one.doc).color(palette.text));
    let acts = match one.change {
        Change::Live => "acts at once",
        Change::Restart => "starts the run anew",
    };
    let text = format!("{}  ·  {acts}  ·  {}", one.allowed(), one.name);
    ui.label(
        RichText::new(text)
            .font(theme::body(size::SMALL))
            .color(palette.secondary),
    );
}

/// A row with a slider, and what follows from it.
#[expect(
    clippy::too_many_arguments,
    reason = "a row says all of this of its quantity"
)]
pub(super) fn number(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    quantity: Quantity,
    symbol: &str,
    name: &str,
    unit: &str,
    reach: Reach,
    tip: impl FnOnce(&mut Ui),
    requests: &mut Requests,
) {
    let scene = &frame.snapshot.scene;
    let row = Row {
        id: Id::new(("quantity", scene.model.name, name)),
        symbol,
        name,
        unit,
        value: interface.value(quantity, scene),
        home: interface.home(quantity),
        reach: Some(reach),
        restarts: quantity.restarts(scene),
    };
    let outcome = field::row(ui, &mut interface.fields, &row, tip);
    obey(interface, frame, quantity, &row, outcome, requests);
}

/// Turns what was done with a row into a change, or into the reason why not.
fn obey(
    interface: &mut Interface,
    frame: &Frame,
    quantity: Quantity,
    row: &Row,
    outcome: Outcome,
    requests: &mut Requests,
) {
    let answer = match outcome {
        Outcome::Nothing => return,
        // A run that starts anew waits until the slider is let go.
        Outcome::Dragged(value) if row.restarts => {
            interface.preview(quantity, value);
            return;
        }
        Outcome::Dragged(value) => interface.ask(frame, quantity, value, requests),
        Outcome::Released([before, after]) if before == after => return,
        Outcome::Released(values) => interface.change(frame, quantity, values, requests),
        Outcome::Reset(value) => interface.change(frame, quantity, [row.value, value], requests),
        Outcome::Typed(text) => match numbers::parse(&text) {
            Some(value) => interface.change(frame, quantity, [row.value, value], requests),
            None => Err(quantity.allowed(&frame.snapshot.scene)),
        }
        .map_err(|allowed| format!("“{}” is not allowed: {allowed}", shortened(&text))),
    };
    interface.fields.refused = answer.err().map(|why| (row.id, why));
}

/// At most two dozen characters of what was typed.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(24).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
