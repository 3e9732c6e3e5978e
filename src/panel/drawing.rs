//! Walls that are drawn on the picture.

use bevy_egui::egui;
use egui::{CursorIcon, Key, PointerButton, Pos2, Response, Stroke as Line, Ui};

use super::plane::Map;
use super::state::Interface;
use super::theme::Palette;
use super::tools::Drawing;
use super::{Frame, Request, Requests};
use crate::math::walls::Segment;
use crate::sim::Action;
use crate::sim::driver::Command;

/// The end of a wall jumps to another within so many points.
const JUMP: f64 = 8.0;

/// Straight walls: dragged from end to end, or clicked piece by piece.
pub fn draw_wall(
    ui: &Ui,
    interface: &mut Interface,
    frame: &Frame,
    response: &Response,
    map: &Map,
    requests: &mut Requests,
) {
    let left = PointerButton::Primary;
    let (shift, origin, latest) = ui.input(|input| {
        (
            input.modifiers.shift,
            input.pointer.press_origin(),
            input.pointer.latest_pos(),
        )
    });
    let end = |at: Pos2, from: Option<[f64; 2]>| {
        let place = snapped(frame, map, map.inside(map.place(at)));
        match from {
            Some(from) if shift => straightened(from, place),
            _ => place,
        }
    };
    if response.drag_started_by(left)
        && interface.hand.drawing.is_none()
        && let Some(origin) = origin
    {
        interface.hand.drawing = Some(Drawing {
            from: end(origin, None),
            dragged: true,
        });
    }
    let finished = response.drag_stopped_by(left);
    if (finished || response.clicked_by(left))
        && let Some(at) = response.interact_pointer_pos().or(latest)
    {
        match interface.hand.drawing {
            Some(Drawing { from, dragged }) => {
                let to = end(at, Some(from));
                let wall = Segment { from, to };
                if wall.check(&map.domain).is_ok() {
                    interface.hand.begin(&mut interface.undo, requests);
                    requests.push(Request::Run(Command::Act(Action::AddWall(wall))));
                }
                interface.hand.drawing = (!dragged).then_some(Drawing {
                    from: to,
                    dragged: false,
                });
            }
            None => {
                interface.hand.drawing = Some(Drawing {
                    from: end(at, None),
                    dragged: false,
                });
            }
        }
    }
    let enter = ui.input(|input| input.key_pressed(Key::Enter));
    if response.double_clicked_by(left) || response.clicked_by(PointerButton::Secondary) || enter {
        interface.hand.drawing = None;
    }
    if let Some(pointer) = response
        .hover_pos()
        .or(latest.filter(|_| response.dragged()))
    {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        let palette = Palette::of(ui);
        let painter = ui.painter().with_clip_rect(map.rect);
        let from = interface.hand.drawing.map(|drawing| drawing.from);
        let to = end(pointer, from);
        if let Some(from) = from {
            let ends = [
                map.point(from),
                map.point(from) + (map.point(to) - map.point(from)),
            ];
            painter.line_segment(ends, Line::new(4.0, palette.canvas));
            painter.line_segment(ends, Line::new(2.0, palette.accent));
        }
        painter.circle_filled(map.point(to), 3.5, palette.accent);
    }
}

/// A place, or the end of a wall that is near it.
fn snapped(frame: &Frame, map: &Map, place: [f64; 2]) -> [f64; 2] {
    let walls = frame.snapshot.scene.walls.iter();
    let distance = |end: &[f64; 2]| (end[0] - place[0]).hypot(end[1] - place[1]);
    walls
        .flat_map(|wall| [wall.from, wall.to])
        .filter(|end| distance(end) * map.scale < JUMP)
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(place)
}

/// The end brought to the same height or the same width as the beginning, whichever is nearer.
fn straightened(from: [f64; 2], to: [f64; 2]) -> [f64; 2] {
    if (to[0] - from[0]).abs() > (to[1] - from[1]).abs() {
        [to[0], from[1]]
    } else {
        [from[0], to[1]]
    }
}
