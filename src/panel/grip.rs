//! What a hand does to a chart: zoom an axis, move it, fit a stretch, show everything again.

use bevy_egui::egui;
use egui::{CursorIcon, PointerButton, Rect, Response, Ui, Vec2, pos2};

use super::chart::Map;
use crate::scene::PlotSettings;

/// What of a card a hand can change.
pub(super) struct Hand<'a> {
    pub settings: &'a mut PlotSettings,
    /// The stretch of x over which a line is fitted.
    pub fit: &'a mut Option<[f64; 2]>,
    /// True where the wheel has nothing to scroll and may zoom over the whole chart.
    pub wheel: bool,
}

/// Does what the pointer does; true while it is busy with it.
pub(super) fn grip(ui: &Ui, response: &Response, map: &Map, hand: &mut Hand) -> bool {
    if response.double_clicked_by(PointerButton::Primary) {
        (hand.settings.x_range, hand.settings.range) = (None, None);
    } else if response.clicked() || response.secondary_clicked() {
        *hand.fit = None;
    }
    wheel(ui, response, map, hand);
    let shift = ui.input(|input| input.modifiers.shift);
    let primary = response.dragged_by(PointerButton::Primary);
    if response.dragged_by(PointerButton::Secondary) || (primary && shift) {
        let (origin, now) = ui.input(|input| {
            let pointer = &input.pointer;
            (pointer.press_origin(), pointer.interact_pos())
        });
        if let (Some(origin), Some(now)) = (origin, now) {
            let inside = |x: f32| map.x_at(x.clamp(map.area.left(), map.area.right()));
            *hand.fit = Some([inside(origin.x), inside(now.x)]);
        }
        ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
        return true;
    }
    if primary {
        shift_axes(response.drag_delta(), map, hand.settings);
        return true;
    }
    false
}

/// Moves the axes that are fixed along with the pointer.
fn shift_axes(by: Vec2, map: &Map, settings: &mut PlotSettings) {
    let size = map.area.size().max(Vec2::splat(1.0));
    if !by.is_finite() || by == Vec2::ZERO {
        return;
    }
    if settings.x_range.is_some() {
        let moved = map.x.shifted(f64::from(by.x / size.x));
        settings.x_range = moved.or(settings.x_range);
    }
    if settings.range.is_some() {
        let moved = map.y.shifted(f64::from(-by.y / size.y));
        settings.range = moved.or(settings.range);
    }
}

/// The wheel over an axis zooms that axis; a pinch, or the wheel with Ctrl, zooms x anywhere.
fn wheel(ui: &Ui, response: &Response, map: &Map, hand: &mut Hand) {
    let Some(pointer) = response.hover_pos() else {
        return;
    };
    let (area, all) = (map.area, response.rect);
    let below = Rect::from_min_max(pos2(area.left(), area.bottom()), all.max);
    let left = Rect::from_min_max(all.min, pos2(area.left(), area.bottom()));
    let (on_x, on_y) = (below.contains(pointer), left.contains(pointer));
    if on_x {
        ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
    } else if on_y {
        ui.set_cursor_icon(CursorIcon::ResizeVertical);
    }
    let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
    let wheeling = on_x || on_y || hand.wheel;
    // 200 points of scrolling double the scale.
    let steps = if wheeling { scroll.x + scroll.y } else { 0.0 };
    let factor = f64::from(pinch * (steps / 200.0 * std::f32::consts::LN_2).exp());
    if !factor.is_finite() || (factor - 1.0).abs() < 1e-4 {
        return;
    }
    if wheeling {
        // What the chart has taken, the list must not scroll by.
        ui.input_mut(|input| input.smooth_scroll_delta = Vec2::ZERO);
    }
    if on_y {
        let share = f64::from((area.bottom() - pointer.y) / area.height().max(1.0));
        let zoomed = map.y.zoomed(factor, share.clamp(0.0, 1.0));
        hand.settings.range = zoomed.or(hand.settings.range);
    } else {
        let share = f64::from((pointer.x - area.left()) / area.width().max(1.0));
        let zoomed = map.x.zoomed(factor, share.clamp(0.0, 1.0));
        hand.settings.x_range = zoomed.or(hand.settings.x_range);
    }
}
