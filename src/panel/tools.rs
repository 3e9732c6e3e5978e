//! The tools of the hand: which there are, how large and how strong, and their palette on the
//! picture.

use bevy_egui::egui;
use egui::{Id, Rect, Sense, Ui, UiBuilder, pos2, vec2};
use egui_phosphor::regular as icons;

use super::actions::ActionId;
use super::picture::MARGIN;
use super::state::Interface;
use super::theme::{self, Palette, size};
use super::undo::UndoStack;
use super::{Frame, Request, Requests, Weight, numbers, widgets};
use crate::model::hands;
use crate::scene::Scene;
use crate::sim::driver::Command;

/// What the pointer does on the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Moves the picture, and picks particles.
    #[default]
    Hand,
    Brush(hands::Tool),
    /// Draws walls.
    Wall,
    /// Rubs walls out.
    Erase,
}

/// The tools in the order of the palette, with the actions that choose them.
pub const TOOLS: [(Tool, ActionId); 8] = [
    (Tool::Hand, ActionId::ToolHand),
    (Tool::Brush(hands::Tool::Push), ActionId::ToolPush),
    (Tool::Brush(hands::Tool::Align), ActionId::ToolAlign),
    (Tool::Brush(hands::Tool::Heat), ActionId::ToolHeat),
    (Tool::Brush(hands::Tool::Add), ActionId::ToolAdd),
    (Tool::Brush(hands::Tool::Remove), ActionId::ToolRemove),
    (Tool::Wall, ActionId::ToolWall),
    (Tool::Erase, ActionId::ToolErase),
];

/// Least and greatest radius of a brush, as shares of the shorter side of the box.
const RADII: [f64; 2] = [2e-3, 0.5];
/// The least strength of a brush.
const WEAKEST: f64 = 0.01;

/// A stroke that is going on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Where the brush was last.
    pub last: [f64; 2],
    /// When it touched last.
    pub at: f64,
}

/// A wall that is being drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawing {
    /// Its first end.
    pub from: [f64; 2],
    /// True while it is dragged from its first end: it ends where the button is let go. Else
    /// every click adds a piece.
    pub dragged: bool,
}

/// What the hand remembers.
#[derive(Debug)]
pub struct Hand {
    pub tool: Tool,
    /// Radius of brushes, as a share of the shorter side of the box.
    share: f64,
    /// Strength of each brush, in the order of [`hands::Tool::ALL`].
    strengths: [f64; 5],
    pub stroke: Option<Stroke>,
    pub drawing: Option<Drawing>,
    /// The wheel is changing the size of the brush.
    pub sizing: bool,
    /// The camera stays with the particle that is inspected.
    pub following: bool,
    /// The part of a column whose history the inspector shows: name and part.
    pub shown: Option<(&'static str, usize)>,
    strokes: u64,
    notice: u64,
    generation: u64,
}

impl Default for Hand {
    fn default() -> Self {
        Self {
            tool: Tool::Hand,
            share: 0.08,
            strengths: [0.5, 1.0, 1.0, 0.5, 0.3],
            stroke: None,
            drawing: None,
            sizing: false,
            following: false,
            shown: None,
            strokes: 0,
            notice: 0,
            generation: 0,
        }
    }
}

fn shorter(scene: &Scene) -> f64 {
    scene.domain.size[0].min(scene.domain.size[1])
}

impl Hand {
    /// Radius of the brush in units of length.
    pub fn radius(&self, scene: &Scene) -> f64 {
        self.share * shorter(scene)
    }

    /// Makes the brush larger or smaller.
    pub fn scale(&mut self, factor: f64) {
        if factor.is_finite() {
            self.share = (self.share * factor).clamp(RADII[0], RADII[1]);
        }
    }

    /// Strength of a brush, above 0 and at most 1.
    pub fn strength(&self, brush: hands::Tool) -> f64 {
        self.strengths[brush as usize]
    }

    /// Tells the run that a stroke begins, and remembers that it can be taken back.
    pub fn begin(&mut self, undo: &mut UndoStack, requests: &mut Requests) {
        self.strokes += 1;
        requests.push(Request::Run(Command::BeginStroke(self.strokes)));
        undo.push_stroke(self.strokes);
    }

    /// Leaves off whatever is going on.
    pub fn let_go(&mut self) {
        (self.stroke, self.drawing) = (None, None);
    }
}

/// What the model calls a tool, when it gives it a meaning of its own.
fn word(scene: &Scene, tool: Tool) -> Option<&'static hands::Word> {
    match tool {
        Tool::Brush(brush) => scene.model.hands.word(brush),
        _ => None,
    }
}

fn sign(sign: hands::Sign) -> &'static str {
    match sign {
        hands::Sign::Syringe => icons::SYRINGE,
        hands::Sign::Germ => icons::VIRUS,
        hands::Sign::Barrier => icons::BARRICADE,
    }
}

/// Why a tool does nothing in this model, as a clause; `None` when it works.
pub fn refusal(scene: &Scene, tool: Tool) -> Option<&'static str> {
    match tool {
        Tool::Hand => None,
        Tool::Brush(brush) => hands::refusal(scene.model, brush),
        Tool::Wall | Tool::Erase => hands::no_walls(scene.model),
    }
}

/// Chooses a tool, or says why it cannot be chosen.
pub fn choose(interface: &mut Interface, scene: &Scene, tool: Tool) {
    match refusal(scene, tool) {
        None => {
            interface.hand.let_go();
            interface.hand.tool = tool;
        }
        Some(reason) => {
            let text = format!("This tool does nothing here: {reason}.");
            interface.tell(Weight::Fault, text);
        }
    }
}

/// Takes note of what the run has said, and of another run.
pub fn attend(interface: &mut Interface, frame: &Frame) {
    let report = &frame.snapshot.hand;
    let last = interface.hand.notice;
    for notice in report.notices.iter().filter(|notice| notice.number > last) {
        interface.hand.notice = notice.number;
        let weight = if notice.fault {
            Weight::Fault
        } else {
            Weight::Note
        };
        interface.tell(weight, notice.text.clone());
    }
    if interface.hand.generation != frame.snapshot.generation {
        interface.hand.generation = frame.snapshot.generation;
        // The states before strokes went with the run in which they were made.
        interface.undo.forget_strokes();
        interface.hand.let_go();
    }
    if refusal(&frame.snapshot.scene, interface.hand.tool).is_some() {
        interface.hand.tool = Tool::Hand;
    }
    let inspection = report.inspection.as_ref();
    if inspection.is_none_or(|inspection| inspection.gone) {
        interface.hand.following = false;
    }
}

/// Side of a button of the palette, in points.
const BUTTON: f32 = 30.0;
/// Width of the sliders beside the palette.
const SLIDER: f32 = 96.0;

/// Draws the palette along the left edge of the picture, and beside it the size and the strength
/// of the brush that is chosen.
pub fn palette(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    rect: Rect,
    requests: &mut Requests,
) {
    let height = BUTTON * TOOLS.len() as f32 + 8.0;
    let idle = interface.hidden && interface.hand.tool == Tool::Hand;
    if idle || rect.height() < height + 150.0 || rect.width() < 260.0 {
        return;
    }
    // Below the time, which stands in the corner while the bar is hidden.
    let top = rect.top() + MARGIN + if interface.hidden { 40.0 } else { 0.0 };
    let ground = Rect::from_min_size(pos2(rect.left() + MARGIN, top), vec2(BUTTON + 8.0, height));
    shield(ui, ground, "tools");
    let mut act = None;
    ui.scope_builder(UiBuilder::new().max_rect(ground.shrink(4.0)), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (tool, id) in TOOLS {
            let refused = refusal(&frame.snapshot.scene, tool);
            let entry = id.entry();
            let word = word(&frame.snapshot.scene, tool);
            let title = word.map_or(entry.title, |word| word.title);
            let icon = word.map_or(entry.icon, |word| sign(word.sign));
            let lit = interface.hand.tool == tool;
            let button = ui.add_enabled_ui(refused.is_none(), |ui| {
                let extent = vec2(BUTTON, BUTTON);
                widgets::sized_icon_button(ui, icon, title, lit, extent, 17.0)
            });
            let response = button.inner;
            if lit {
                let spot = response.rect;
                let bar = Rect::from_min_size(
                    pos2(ground.left(), spot.top() + 5.0),
                    vec2(2.0, spot.height() - 10.0),
                );
                ui.painter().rect_filled(bar, 1.0, Palette::of(ui).accent);
            }
            let tip = entry.tooltip_as(title);
            let response = match refused {
                None => response.on_hover_text(tip),
                Some(reason) => {
                    response.on_disabled_hover_text(format!("{tip}\nNot here: {reason}."))
                }
            };
            if response.clicked() {
                act = Some(id);
            }
        }
    });
    if let Some(id) = act {
        super::layout::perform(id, interface, frame, requests);
    }
    if !matches!(interface.hand.tool, Tool::Hand | Tool::Wall) {
        settings(ui, interface, frame, pos2(ground.right() + 8.0, top));
    }
}

/// A ground on the picture through which the pointer does not reach.
fn shield(ui: &Ui, rect: Rect, name: &str) {
    ui.interact(rect, ui.id().with(name), Sense::click_and_drag());
    ui.painter().add(widgets::ground(ui, rect));
    widgets::outline(ui, rect);
}

fn settings(ui: &mut Ui, interface: &mut Interface, frame: &Frame, corner: egui::Pos2) {
    let scene = &frame.snapshot.scene;
    let hand = &mut interface.hand;
    let unit = scene.model.units.length;
    let radius = numbers::plain(hand.radius(scene), 3);
    let span = (RADII[1] / RADII[0]).ln();
    let mut rows = vec![(
        "Size",
        format!("{radius} {unit}").trim_end().to_owned(),
        (hand.share / RADII[0]).ln() / span,
    )];
    if let Tool::Brush(brush) = hand.tool {
        let strength = hand.strength(brush);
        rows.push(("Strength", format!("{:.0} %", 100.0 * strength), strength));
    }
    let ground = Rect::from_min_size(corner, vec2(SLIDER + 138.0, 24.0 * rows.len() as f32 + 8.0));
    shield(ui, ground, "brush");
    ui.scope_builder(
        UiBuilder::new().max_rect(ground.shrink2(vec2(10.0, 4.0))),
        |ui| {
            ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
            for (index, (name, value, share)) in rows.into_iter().enumerate() {
                let line = Rect::from_min_size(
                    pos2(
                        ground.left() + 10.0,
                        ground.top() + 4.0 + 24.0 * index as f32,
                    ),
                    vec2(ground.width() - 20.0, 24.0),
                );
                let ink = Palette::of(ui);
                let painter = ui.painter();
                let font = theme::body(size::SMALL);
                painter.text(
                    line.left_center(),
                    egui::Align2::LEFT_CENTER,
                    name,
                    font.clone(),
                    ink.secondary,
                );
                painter.text(
                    line.right_center(),
                    egui::Align2::RIGHT_CENTER,
                    value,
                    font,
                    ink.text,
                );
                let spot = Rect::from_center_size(
                    pos2(line.left() + 54.0 + 0.5 * SLIDER, line.center().y),
                    vec2(SLIDER, 16.0),
                );
                let label = if index == 0 {
                    "Brush size"
                } else {
                    "Brush strength"
                };
                let to = ui
                    .scope_builder(UiBuilder::new().max_rect(spot), |ui| {
                        let id = Id::new(("brush setting", index));
                        widgets::track(ui, id, SLIDER, share as f32, false, label)
                    })
                    .inner;
                let hint = if index == 0 {
                    "Radius of the brush  ·  Alt+wheel"
                } else {
                    "How much of its work one touch of the brush does"
                };
                if let Some(to) = to.1.map(f64::from) {
                    match (index, hand.tool) {
                        (0, _) => hand.share = RADII[0] * (to * span).exp(),
                        (_, Tool::Brush(brush)) => {
                            hand.strengths[brush as usize] = to.clamp(WEAKEST, 1.0);
                        }
                        _ => {}
                    }
                }
                to.0.on_hover_text(hint);
            }
        },
    );
}
