//! The pointer on the picture: it moves the picture, picks particles, strokes and draws walls.
//!
//! With the hand, the left button moves the picture and a click picks a particle; with a brush it
//! strokes. The right and the middle button always move the picture, the wheel zooms, and with Alt
//! it changes the size of the brush.

use bevy_egui::egui;
use egui::{CursorIcon, Key, PointerButton, Pos2, Rect, Response, Stroke as Line, Ui, pos2, vec2};

use super::drawing::draw_wall;
use super::plane::Map;
use super::state::Interface;
use super::theme::Palette;
use super::tools::{Stroke, Tool};
use super::{Frame, PictureEvent, Request, Requests};
use crate::model::hands::{Dab, Tool as Brush};
use crate::sim::Action;
use crate::sim::driver::Command;
use crate::sim::inspect::{Inspection, Pick};

/// A click finds a particle within so many points of it.
const NEAR: f64 = 8.0;
/// Touches of a fast stroke within one frame, at most.
const TOUCHES: usize = 24;
/// A brush that rests touches so often, in seconds, whatever the frames per second.
const PULSE: f64 = 1.0 / 60.0;

/// What the pointer does to the picture.
pub fn hands(
    ui: &Ui,
    interface: &mut Interface,
    frame: &Frame,
    response: &Response,
    requests: &mut Requests,
) {
    let rect = response.rect;
    let map = Map::new(frame, rect);
    move_picture(ui, interface, response, rect, requests);
    escape(ui, interface, requests);
    let Some(map) = map else {
        interface.hand.let_go();
        return;
    };
    match interface.hand.tool {
        Tool::Hand => pick(interface, frame, response, &map, requests),
        Tool::Brush(_) | Tool::Erase => stroke(ui, interface, frame, response, &map, requests),
        Tool::Wall => draw_wall(ui, interface, frame, response, &map, requests),
    }
    if let Some(inspection) = &frame.snapshot.hand.inspection {
        highlight(ui, &map, inspection);
    }
}

/// Pan and zoom, with whatever tool.
fn move_picture(
    ui: &Ui,
    interface: &mut Interface,
    response: &Response,
    rect: Rect,
    requests: &mut Requests,
) {
    let hand = interface.hand.tool == Tool::Hand;
    let drag = response.drag_delta();
    let moves = response.dragged_by(PointerButton::Secondary)
        || response.dragged_by(PointerButton::Middle)
        || (hand && response.dragged_by(PointerButton::Primary));
    if moves && drag.is_finite() && drag != egui::Vec2::ZERO {
        requests.push(Request::Picture(PictureEvent::Pan(drag)));
        // Who moves the picture himself wants it to stay.
        interface.hand.following = false;
    }
    if let Some(pointer) = response.hover_pos() {
        let at = pointer - rect.min;
        let (scroll, pinch, alt) = ui.input(|input| {
            (
                input.smooth_scroll_delta().y,
                input.zoom_delta(),
                input.modifiers.alt,
            )
        });
        // 200 points of scrolling double the picture; a pinch says its factor itself.
        let factor = pinch * (scroll / 200.0 * std::f32::consts::LN_2).exp();
        let scrolls = factor.is_finite() && factor > 0.0 && (factor - 1.0).abs() > 1e-4;
        // The wheel is smoothed and goes on after Alt was let go: it stays what it began as.
        let sizes = alt && !matches!(interface.hand.tool, Tool::Hand | Tool::Wall);
        interface.hand.sizing = scrolls && (sizes || interface.hand.sizing);
        if scrolls {
            if interface.hand.sizing {
                interface.hand.scale(f64::from(factor));
            } else {
                requests.push(Request::Picture(PictureEvent::Zoom {
                    factor: factor.clamp(0.2, 5.0),
                    at,
                }));
            }
        }
    }
    if response.has_focus() {
        let pan = ui.input(|input| {
            let key = |key| input.num_presses(key) as f32;
            let right = key(Key::ArrowLeft) - key(Key::ArrowRight);
            vec2(right, key(Key::ArrowUp) - key(Key::ArrowDown)) * 40.0
        });
        if pan != egui::Vec2::ZERO {
            requests.push(Request::Picture(PictureEvent::Pan(pan)));
            interface.hand.following = false;
        }
    }
}

/// Escape leaves off the wall, then the tool, then the particle.
fn escape(ui: &Ui, interface: &mut Interface, requests: &mut Requests) {
    let free = interface.sheet.is_none() && !ui.ctx().text_edit_focused();
    if !free || !ui.input(|input| input.key_pressed(Key::Escape)) {
        return;
    }
    let hand = &mut interface.hand;
    if hand.drawing.take().is_some() {
    } else if hand.tool != Tool::Hand {
        hand.let_go();
        hand.tool = Tool::Hand;
    } else {
        hand.following = false;
        requests.push(Request::Run(Command::Inspect(Pick::Nobody)));
    }
}

/// A click of the hand.
fn pick(
    interface: &mut Interface,
    frame: &Frame,
    response: &Response,
    map: &Map,
    requests: &mut Requests,
) {
    if response.double_clicked_by(PointerButton::Primary) {
        requests.push(Request::Picture(PictureEvent::FrameAll));
        interface.hand.following = false;
    } else if response.clicked_by(PointerButton::Primary)
        && let Some(pointer) = response.interact_pointer_pos()
    {
        requests.push(Request::Picture(PictureEvent::Click(
            pointer - map.rect.min,
        )));
        let scene = &frame.snapshot.scene;
        let body = 0.5 * (scene.model.diameter)(&scene.values);
        requests.push(Request::Run(Command::Inspect(Pick::Near {
            at: map.place(pointer),
            radius: body.max(NEAR / map.scale),
        })));
    }
}

/// The brush follows the pointer while the left button is down.
fn stroke(
    ui: &Ui,
    interface: &mut Interface,
    frame: &Frame,
    response: &Response,
    map: &Map,
    requests: &mut Requests,
) {
    let scene = &frame.snapshot.scene;
    let radius = interface.hand.radius(scene);
    let (pressed, latest) = ui.input(|input| {
        (
            input.pointer.button_down(PointerButton::Primary),
            input.pointer.latest_pos(),
        )
    });
    let held = response.is_pointer_button_down_on() && pressed;
    if let (true, Some(pointer)) = (held, latest) {
        let place = map.place(pointer);
        let now = interface.now;
        let before = match interface.hand.stroke {
            Some(stroke) => stroke,
            None => {
                interface.hand.begin(&mut interface.undo, requests);
                Stroke {
                    last: place,
                    at: f64::NEG_INFINITY,
                }
            }
        };
        let way = [0, 1].map(|axis| place[axis] - before.last[axis]);
        let length = way[0].hypot(way[1]);
        if length > 0.0 || now - before.at >= PULSE {
            // A fast pointer touches on its way, so that nobody is jumped over.
            let touches = ((2.0 * length / radius).ceil() as usize).clamp(1, TOUCHES);
            for touch in 1..=touches {
                let share = touch as f64 / touches as f64;
                let at = [0, 1].map(|axis| before.last[axis] + share * way[axis]);
                let along = way.map(|part| part / touches as f64);
                touch_with(interface, at, along, radius, requests);
            }
            interface.hand.stroke = Some(Stroke {
                last: place,
                at: now,
            });
        } else {
            interface.hand.stroke = Some(before);
        }
        ui.ctx().request_repaint();
    } else {
        interface.hand.stroke = None;
    }
    if let Some(pointer) = response.hover_pos().or(latest.filter(|_| held)) {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        circle(ui, map, pointer, radius, held);
    }
}

/// One touch of the tool.
fn touch_with(
    interface: &Interface,
    at: [f64; 2],
    along: [f64; 2],
    radius: f64,
    requests: &mut Requests,
) {
    let action = match interface.hand.tool {
        Tool::Brush(brush) => {
            // What has a direction does nothing while the brush rests.
            let directed = matches!(brush, Brush::Push | Brush::Align);
            if directed && along == [0.0; 2] {
                return;
            }
            Action::Dab(Dab {
                tool: brush,
                at,
                along,
                radius,
                strength: interface.hand.strength(brush),
            })
        }
        Tool::Erase => Action::EraseWalls { at, radius },
        Tool::Hand | Tool::Wall => return,
    };
    requests.push(Request::Run(Command::Act(action)));
}

/// The circle of the brush, of its true size.
fn circle(ui: &Ui, map: &Map, at: Pos2, radius: f64, held: bool) {
    let palette = Palette::of(ui);
    let painter = ui.painter().with_clip_rect(map.rect);
    let extent = map.length(radius).max(2.0);
    if held {
        painter.circle_filled(at, extent, palette.accent.gamma_multiply(0.10));
    }
    // Dark under light, so that it is seen on any picture.
    painter.circle_stroke(
        at,
        extent,
        Line::new(3.0, palette.canvas.gamma_multiply(0.7)),
    );
    painter.circle_stroke(at, extent, Line::new(1.5, palette.accent));
}

/// A ring around the particle that is inspected, and lines to its neighbours.
fn highlight(ui: &Ui, map: &Map, inspection: &Inspection) {
    if inspection.gone || !inspection.place.iter().all(|part| part.is_finite()) {
        return;
    }
    let palette = Palette::of(ui);
    let painter = ui.painter().with_clip_rect(map.rect);
    let here = map.point(inspection.place);
    let body = map.length(inspection.radius);
    let thin = Line::new(1.2, palette.text.gamma_multiply(0.8));
    for near in &inspection.near {
        let [x, y] = near.separation.map(|part| (part * map.scale) as f32);
        let there = pos2(here.x + x, here.y - y);
        let way = (there - here).normalized();
        painter.line_segment([here + way * (body + 2.0), there], thin);
        painter.circle_filled(there, 2.0, palette.text);
    }
    let ring = (body + 3.0).max(6.0);
    painter.circle_stroke(
        here,
        ring,
        Line::new(4.0, palette.canvas.gamma_multiply(0.7)),
    );
    painter.circle_stroke(here, ring, Line::new(2.0, palette.accent));
}
