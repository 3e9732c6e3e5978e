//! The small parts from which the panels are made.

use bevy_egui::egui;
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align2, Color32, FontId, Id, Key, Label, Rect, Response, RichText, ScrollArea, Sense, Shape,
    Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icons;

use super::actions::ActionId;
use super::theme::{self, ICON_BUTTON, Palette, size};

/// Text in one line that ends in an ellipsis where the room ends.
pub fn line(ui: &mut Ui, text: &str, font: FontId, colour: Color32) -> Response {
    ui.add(Label::new(RichText::new(text).font(font).color(colour)).truncate())
}

/// The caret of a menu, in place of the triangle.
pub fn combo_icon(ui: &Ui, rect: Rect, _visuals: &egui::style::WidgetVisuals, _open: bool) {
    let colour = Palette::of(ui).secondary;
    let font = theme::icon(size::SMALL);
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        icons::CARET_DOWN,
        font,
        colour,
    );
}

/// A line across the panel.
pub fn hairline(ui: &mut Ui) {
    let width = ui.available_width().max(0.0);
    let (rect, _) = ui.allocate_exact_size(vec2(width, 1.0), Sense::hover());
    ui.painter().hline(
        rect.x_range(),
        rect.center().y,
        Stroke::new(1.0, Palette::of(ui).hairline),
    );
}

/// A square button with an icon.
pub fn icon_button(ui: &mut Ui, icon: &str, label: &str, lit: bool) -> Response {
    sized_icon_button(ui, icon, label, lit, ICON_BUTTON, 16.0)
}

/// A button with an icon, of any size.
pub fn sized_icon_button(
    ui: &mut Ui,
    icon: &str,
    label: &str,
    lit: bool,
    extent: Vec2,
    points: f32,
) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(extent, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, label));
    if ui.is_rect_visible(rect) {
        let colour = match (enabled, lit, response.hovered() || response.has_focus()) {
            (false, ..) => theme::mix(palette.panel, palette.secondary, 0.5),
            (_, true, _) => palette.accent,
            (_, _, true) => palette.text,
            _ => palette.secondary,
        };
        if enabled && (response.hovered() || response.has_focus()) {
            ui.painter()
                .rect_filled(rect, theme::CORNER, palette.raised);
        }
        ui.painter().text(
            rect.center(),
            Align2::CENTER_CENTER,
            icon,
            theme::icon(points),
            colour,
        );
    }
    response
}

/// The button of an action, with its tooltip and key.
pub fn action_button(ui: &mut Ui, id: ActionId, lit: bool) -> Response {
    let entry = id.entry();
    icon_button(ui, entry.icon, entry.title, lit).on_hover_text(entry.tooltip())
}

/// A button with words; `strong` is for the one that is advised.
pub fn text_button(ui: &mut Ui, text: &str, strong: bool) -> Response {
    let palette = Palette::of(ui);
    let (fill, colour) = if strong {
        (palette.accent, palette.on_accent)
    } else {
        (palette.raised, palette.text)
    };
    let label = RichText::new(text)
        .font(theme::body(size::BODY))
        .color(colour);
    ui.add(
        egui::Button::new(label)
            .fill(fill)
            .min_size(vec2(0.0, 28.0)),
    )
}

/// The title of a panel, in spaced capitals.
pub fn panel_title(ui: &mut Ui, text: &str) {
    let palette = Palette::of(ui);
    let mut format = TextFormat::simple(theme::strong(size::SMALL), palette.secondary);
    format.extra_letter_spacing = 0.8;
    ui.add(Label::new(LayoutJob::single_section(text.to_uppercase(), format)).truncate());
}

/// Where it is kept that a pane has its title on a tab.
fn docked_mark() -> Id {
    Id::new("docked pane")
}

/// Draws a pane whose title stands on a tab.
pub fn docked(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.data_mut(|data| data.insert_temp(docked_mark(), true));
    add(ui);
    ui.data_mut(|data| data.remove::<bool>(docked_mark()));
}

/// The head of a side panel: its title, where no tab has it, and something at the right.
pub fn panel_head(ui: &mut Ui, text: &str, right: impl FnOnce(&mut Ui)) {
    let docked = ui.data(|data| data.get_temp::<bool>(docked_mark()));
    let width = (ui.available_width() - theme::PADDING).max(1.0);
    if docked == Some(true) {
        let place = ui.cursor().min;
        let builder = UiBuilder::new()
            .max_rect(Rect::from_min_size(place, vec2(width, 24.0)))
            .layout(egui::Layout::right_to_left(egui::Align::Center));
        let mut child = ui.new_child(builder);
        right(&mut child);
        let used = child.min_rect();
        if used.width() > 0.5 {
            ui.allocate_rect(
                Rect::from_min_size(place, vec2(width, 24.0)),
                Sense::hover(),
            );
            ui.add_space(2.0);
        }
        return;
    }
    ui.scope(|ui| {
        ui.set_max_width(width);
        ui.horizontal(|ui| {
            panel_title(ui, text);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), right);
        });
        ui.add_space(4.0);
        hairline(ui);
    });
}

/// What a pane holds, scrolled; the padding at the right is there with and without a bar.
pub fn pane_scroll(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let width = (ui.available_width() - theme::PADDING).max(1.0);
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.set_max_width(width);
            add(ui);
        });
}

/// The heading of a section that can be folded; true while it is open.
pub fn section(ui: &mut Ui, title: &str, open: bool) -> (bool, Response) {
    let palette = Palette::of(ui);
    let width = ui.available_width().max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::CollapsingHeader, true, open, title));
    let open = open != response.clicked();
    if ui.is_rect_visible(rect) {
        let caret = if open {
            icons::CARET_DOWN
        } else {
            icons::CARET_RIGHT
        };
        let lit = if response.hovered() || response.has_focus() {
            palette.text
        } else {
            palette.secondary
        };
        let painter = ui.painter();
        let middle = rect.center().y;
        painter.text(
            pos2(rect.left() + 5.0, middle),
            Align2::CENTER_CENTER,
            caret,
            theme::icon(10.0),
            lit,
        );
        painter.text(
            pos2(rect.left() + 16.0, middle),
            Align2::LEFT_CENTER,
            title,
            theme::strong(size::BODY),
            palette.text,
        );
    }
    (open, response)
}

/// A switch.
pub fn switch(ui: &mut Ui, on: bool, label: &str) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(30.0, 18.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, ui.is_enabled(), on, label));
    let share = ui.ctx().animate_bool(response.id, on);
    let fill = theme::mix(palette.hairline, palette.accent, share);
    ui.painter().rect_filled(rect, rect.height() / 2.0, fill);
    let x = egui::lerp(rect.left() + 9.0..=rect.right() - 9.0, share);
    let knob = theme::mix(palette.secondary, palette.on_accent, share);
    ui.painter()
        .circle_filled(pos2(x, rect.center().y), 6.0, knob);
    response
}

/// How often an arrow key went to the right, less how often to the left, on what has the focus.
pub fn arrows(ui: &Ui, response: &Response) -> i64 {
    if !response.has_focus() {
        return 0;
    }
    ui.memory_mut(|memory| {
        let keys = egui::EventFilter {
            horizontal_arrows: true,
            ..Default::default()
        };
        memory.set_focus_lock_filter(response.id, keys);
    });
    ui.input(|input| {
        let presses = |key| input.num_presses(key) as i64;
        presses(Key::ArrowRight) - presses(Key::ArrowLeft)
    })
}

/// A track with a filled part and a knob; returns the response and the share that was pointed at.
///
/// `lit` gives the filled part the accent. Arrow keys move a focused slider by a hundredth.
pub fn track(
    ui: &mut Ui,
    id: Id,
    width: f32,
    share: f32,
    lit: bool,
    label: &str,
) -> (Response, Option<f32>) {
    let palette = Palette::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width.max(16.0), 16.0), Sense::hover());
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), f64::from(share), label));
    let reach = rect.x_range().shrink(6.0);
    let mut target = None;
    if response.dragged() || response.clicked() {
        target = response
            .interact_pointer_pos()
            .map(|pointer| ((pointer.x - reach.min) / reach.span().max(1.0)).clamp(0.0, 1.0));
    }
    let step = arrows(ui, &response);
    if step != 0 {
        target = Some((share + 0.01 * step as f32).clamp(0.0, 1.0));
    }
    if ui.is_rect_visible(rect) {
        let share = target.unwrap_or(share);
        let active = response.hovered() || response.dragged() || response.has_focus();
        let knob = pos2(
            egui::lerp(reach.min..=reach.max, share),
            rect.center().y.round(),
        );
        let rail = Rect::from_x_y_ranges(reach, knob.y - 1.5..=knob.y + 1.5);
        let filled = Rect::from_min_max(rail.min, pos2(knob.x, rail.max.y));
        let ink = if lit || response.dragged() {
            palette.accent
        } else {
            theme::mix(palette.panel, palette.text, 0.55)
        };
        let painter = ui.painter();
        painter.rect_filled(rail, 1.5, palette.hairline);
        painter.rect_filled(filled, 1.5, ink);
        painter.circle_filled(
            knob,
            if active { 6.0 } else { 5.0 },
            if lit || response.dragged() {
                palette.accent
            } else {
                palette.text
            },
        );
    }
    (response, target)
}

/// A full dot, or a hollow one.
pub fn dot(ui: &Ui, centre: egui::Pos2, full: bool, colour: Color32) {
    if full {
        ui.painter().circle_filled(centre, 3.5, colour);
    } else {
        ui.painter()
            .circle_stroke(centre, 3.0, Stroke::new(1.2, colour));
    }
}

/// A rounded ground under text that lies on the picture; opaque, because particles are bright.
pub fn ground(ui: &Ui, rect: Rect) -> Shape {
    let palette = Palette::of(ui);
    Shape::rect_filled(rect, theme::CORNER, palette.canvas)
}

/// The frame of a sheet or a menu that lies over the window.
pub fn sheet_frame(ui: &Ui) -> egui::Frame {
    egui::Frame::popup(ui.style()).inner_margin(egui::Margin::same(16))
}

/// An outline of one hairline.
pub fn outline(ui: &Ui, rect: Rect) {
    let line = Stroke::new(1.0, Palette::of(ui).hairline);
    ui.painter()
        .rect_stroke(rect, theme::CORNER, line, StrokeKind::Inside);
}

/// A text in one line that is cut off with dots where the room ends.
pub fn fitted(
    ui: &Ui,
    text: &str,
    font: FontId,
    colour: Color32,
    width: f32,
) -> std::sync::Arc<egui::Galley> {
    let mut job = LayoutJob::simple_singleline(text.into(), font, colour);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(1.0));
    ui.painter().layout_job(job)
}
