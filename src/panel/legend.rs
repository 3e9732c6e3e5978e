//! The legend: a bar of colours for a scalar, a wheel for an angle, names for kinds, a strip for
//! every layer that has colours or a scale. It opens the menu of the picture.

use bevy_egui::egui;
use egui::text::LayoutJob;
use egui::{
    Align2, Color32, Galley, Mesh, Popup, PopupCloseBehavior, Pos2, Rect, Sense, Shape, TextFormat,
    Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icons;
use std::sync::Arc;

use super::picture::{MARGIN, ink, label};
use super::picture_menu;
use super::state::Interface;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::{Frame, Requests, numbers, widgets};
use crate::sim::snapshot::{LayerData, Legend, Tint};

/// Length and height of the bar, radius and width of the wheel's ring, in points.
const BAR: [f32; 2] = [168.0, 10.0];
const RADIUS: f32 = 26.0;
const RING: f32 = 9.0;
/// Colours of a wheel.
const SECTORS: usize = 96;
/// Height of the line of a kind, in points.
const KIND: f32 = 18.0;
/// What a ground leaves around its text, and the gap between two grounds, in points.
const PADDING: Vec2 = vec2(10.0, 8.0);
const GAP: f32 = 6.0;
/// What is left free above, for the title of a picture without panels, in points.
const HEADROOM: f32 = 72.0;

/// Draws the legends in the lower left corner of the picture, one above the other; returns the
/// room that they take.
pub fn legend(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    rect: Rect,
    requests: &mut Requests,
) -> Rect {
    let mut taken = particles(ui, interface, frame, rect, requests);
    for layer in &frame.snapshot.picture.layers {
        taken = taken.union(strip(ui, frame, layer, rect, taken.top()));
    }
    taken
}

/// The legend of the particles; returns its ground.
fn particles(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    rect: Rect,
    requests: &mut Requests,
) -> Rect {
    let legend = &frame.snapshot.picture.legend;
    let palette = Palette::of(ui);
    let coloured = legend.colouring.is_some() && !frame.surroundings.colours.is_empty();
    let name = if coloured { &*legend.title } else { "Picture" };
    let heading = fitted(ui, name, &legend.symbol, &legend.unit, rect);
    let bar = BAR[0].min(rect.width() * 0.4);
    let below = if !coloured {
        Vec2::ZERO
    } else if !legend.categories.is_empty() {
        kinds_size(ui, legend, rect)
    } else if legend.cyclic {
        Vec2::splat(2.0 * (RADIUS + 16.0)) + vec2(8.0, 10.0)
    } else {
        vec2(bar, 30.0)
    };
    // A low picture keeps the title, which opens the menu, and shows what fits.
    let fits = heading.size().y + below.y + 2.0 * (MARGIN + PADDING.y) <= rect.height();
    let (coloured, below) = if fits {
        (coloured, below)
    } else {
        (false, Vec2::ZERO)
    };
    let inner = vec2(
        (heading.size().x + 18.0).max(below.x + if legend.cyclic && fits { 18.0 } else { 0.0 }),
        heading.size().y + below.y,
    );
    let corner = pos2(rect.left() + MARGIN, rect.bottom() - MARGIN - inner.y);
    let ground = Rect::from_min_size(corner, inner).expand2(PADDING);
    let response = ui.interact(ground, ui.id().with("legend"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Legend"));
    ui.painter().add(widgets::ground(ui, ground));
    if response.hovered() || response.has_focus() {
        widgets::outline(ui, ground);
    }
    let lit = if response.hovered() {
        palette.text
    } else {
        palette.secondary
    };
    // Where nothing but the picture is shown there is no menu to point at.
    if !interface.hidden || response.hovered() {
        ui.painter().text(
            pos2(
                corner.x + heading.size().x + 8.0,
                corner.y + 0.5 * heading.size().y,
            ),
            Align2::LEFT_CENTER,
            icons::SLIDERS_HORIZONTAL,
            theme::icon(size::BODY),
            lit,
        );
    }
    let under = corner.y + heading.size().y + 6.0;
    ui.painter().galley(corner, heading, palette.text);
    if coloured && !legend.categories.is_empty() {
        kinds(ui, legend, rect, pos2(corner.x, under));
    } else if coloured && legend.cyclic {
        let centre = pos2(corner.x + RADIUS + 22.0, under + RADIUS + 18.0);
        wheel(ui, frame.surroundings.colours, centre);
    } else if coloured {
        let place = Rect::from_min_size(pos2(corner.x, under), vec2(bar, BAR[1]));
        let colours = frame.surroundings.colours;
        scale(ui, colours, place, legend.range, legend.logarithmic);
    }
    let response = response.on_hover_text("How the picture is drawn: colours, marks, layers");
    Popup::menu(&response)
        .gap(8.0)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| picture_menu::menu(ui, interface, frame, requests));
    ground
}

/// The legend of a layer above what ends at `bottom`, if it needs one and there is room; returns
/// its ground, which may be nothing.
fn strip(ui: &Ui, frame: &Frame, layer: &LayerData, rect: Rect, bottom: f32) -> Rect {
    let (range, per_cell) = match layer {
        LayerData::Field { range, .. } => (Some(*range), None),
        LayerData::Lines { tint, per_cell, .. } => match tint {
            Tint::Value(range) => (Some(*range), *per_cell),
            _ => (None, *per_cell),
        },
        LayerData::Inset { .. } => (None, None),
    };
    let model = frame.snapshot.scene.model;
    let declared = model.all_layers().find(|one| one.name == layer.name());
    let (Some(declared), true) = (declared, range.is_some() || per_cell.is_some()) else {
        return Rect::NOTHING;
    };
    let heading = fitted(ui, declared.title, "", declared.unit, rect);
    let bar = BAR[0].min(rect.width() * 0.4);
    let note = per_cell.map(|speed| {
        let (length, time) = (model.units.length, model.units.time);
        let unit = match (length, time) {
            ("", "") => String::new(),
            ("", time) => format!(" 1/{time}"),
            (length, "") => format!(" {length}"),
            (length, time) => format!(" {length}/{time}"),
        };
        format!("one cell long: {}{unit}", numbers::plain(speed, 3))
    });
    let inner = vec2(
        heading
            .size()
            .x
            .max(if range.is_some() { bar } else { 130.0 }),
        heading.size().y
            + if range.is_some() { 30.0 } else { 0.0 }
            + if note.is_some() { 18.0 } else { 0.0 },
    );
    let corner = pos2(rect.left() + MARGIN, bottom - GAP - PADDING.y - inner.y);
    let ground = Rect::from_min_size(corner, inner).expand2(PADDING);
    if ground.top() < rect.top() + HEADROOM {
        return Rect::NOTHING;
    }
    ui.painter().add(widgets::ground(ui, ground));
    let mut under = corner.y + heading.size().y + 4.0;
    ui.painter().galley(corner, heading, Palette::of(ui).text);
    if let Some(note) = note {
        label(ui, pos2(corner.x, under), Align2::LEFT_TOP, &note);
        under += 18.0;
    }
    if let Some(range) = range {
        let place = Rect::from_min_size(pos2(corner.x, under + 2.0), vec2(bar, BAR[1]));
        let mut known = frame.surroundings.layer_colours.iter();
        let colours = known.find(|(name, _)| *name == layer.name());
        scale(
            ui,
            colours.map_or(&[], |(_, colours)| colours),
            place,
            range,
            false,
        );
    }
    ground
}

/// A title in one line, cut off at half of the picture.
fn fitted(ui: &Ui, name: &str, symbol: &str, unit: &str, rect: Rect) -> Arc<Galley> {
    let mut job = title(name, symbol, unit, Palette::of(ui));
    let most = (rect.width() * 0.5).max(40.0);
    job.wrap = egui::text::TextWrapping::truncate_at_width(most);
    ui.painter().layout_job(job)
}

/// Name and number of a kind.
fn kind_texts(legend: &Legend, index: usize) -> Option<(&str, String)> {
    let kind = legend.categories.get(index)?;
    let count = legend.counts.get(index).copied().unwrap_or(0);
    Some((kind.name, numbers::grouped(count as u64)))
}

/// How many kinds have room.
fn kinds_shown(legend: &Legend, rect: Rect) -> usize {
    let room = ((0.5 * rect.height()) / KIND).max(1.0) as usize;
    legend.categories.len().min(room)
}

fn kinds_size(ui: &Ui, legend: &Legend, rect: Rect) -> Vec2 {
    let shown = kinds_shown(legend, rect);
    let width = |index: usize| {
        let Some((name, count)) = kind_texts(legend, index) else {
            return 0.0;
        };
        let font = theme::body(size::SMALL);
        let text = format!("{name}   {count}");
        let galley = ui.painter().layout_no_wrap(text, font, Color32::WHITE);
        galley.size().x + KIND
    };
    let widest = (0..shown).map(width).fold(0.0, f32::max);
    let rest = f32::from(u8::from(shown < legend.categories.len()));
    vec2(widest, 8.0 + KIND * (shown as f32 + rest))
}

fn kinds(ui: &Ui, legend: &Legend, rect: Rect, corner: Pos2) {
    let shown = kinds_shown(legend, rect);
    let right = corner.x + kinds_size(ui, legend, rect).x;
    for (index, kind) in legend.categories.iter().take(shown).enumerate() {
        let middle = corner.y + KIND * (index as f32 + 0.5);
        let [r, g, b] = kind.colour;
        let dot = pos2(corner.x + 5.0, middle);
        ui.painter()
            .circle_filled(dot, 5.0, Color32::from_rgb(r, g, b));
        if let Some((name, count)) = kind_texts(legend, index) {
            label(ui, pos2(corner.x + KIND, middle), Align2::LEFT_CENTER, name);
            let colour = Palette::of(ui).secondary;
            let font = theme::body(size::SMALL);
            let at = pos2(right, middle);
            ui.painter()
                .text(at, Align2::RIGHT_CENTER, count, font, colour);
        }
    }
    let rest = legend.categories.len() - shown;
    if rest > 0 {
        let middle = corner.y + KIND * (shown as f32 + 0.5);
        let at = pos2(corner.x + KIND, middle);
        label(ui, at, Align2::LEFT_CENTER, &format!("and {rest} more"));
    }
}

fn title(title: &str, symbol: &str, unit: &str, palette: &Palette) -> LayoutJob {
    let mut job = LayoutJob::default();
    let plain = TextFormat::simple(theme::body(size::BODY), palette.text);
    job.append(title, 0.0, plain.clone());
    if !symbol.is_empty() {
        job.append("  ", 0.0, plain);
        symbols::append(
            &mut job,
            symbol,
            Style {
                size: size::BODY,
                colour: palette.text,
            },
        );
    }
    if !unit.is_empty() {
        let format = TextFormat::simple(theme::body(size::SMALL), palette.secondary);
        job.append(&format!(" / {unit}"), 0.0, format);
    }
    job
}

/// A colour of the map at a share from 0 to 1.
fn colour(colours: &[[u8; 3]], share: f32) -> Color32 {
    let last = colours.len().saturating_sub(1);
    let index = (share.clamp(0.0, 1.0) * last as f32).round() as usize;
    colours
        .get(index.min(last))
        .map_or(Color32::GRAY, |&[r, g, b]| Color32::from_rgb(r, g, b))
}

fn scale(ui: &Ui, colours: &[[u8; 3]], rect: Rect, range: [f64; 2], logarithmic: bool) {
    const PARTS: usize = 64;
    let mut mesh = Mesh::default();
    for part in 0..=PARTS {
        let share = part as f32 / PARTS as f32;
        let x = egui::lerp(rect.left()..=rect.right(), share);
        let next = mesh.vertices.len() as u32;
        mesh.colored_vertex(pos2(x, rect.top()), colour(colours, share));
        mesh.colored_vertex(pos2(x, rect.bottom()), colour(colours, share));
        if part > 0 {
            mesh.add_triangle(next - 2, next - 1, next);
            mesh.add_triangle(next - 1, next, next + 1);
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    let below = rect.bottom() + 3.0;
    let [low, high] = range;
    let middle = if logarithmic {
        (low * high).sqrt()
    } else {
        0.5 * low + 0.5 * high
    };
    // What is nothing beside the range is 0, not a power of ten that nobody can tell from it.
    let plain = |value: f64| {
        let nothing = !logarithmic && value.abs() < 5e-4 * (high - low).abs();
        numbers::plain(if nothing { 0.0 } else { value }, 3)
    };
    let [low, middle, high] = [low, middle, high].map(plain);
    let width = |text: &str| {
        let font = theme::body(size::SMALL);
        let galley = ui
            .painter()
            .layout_no_wrap(text.to_owned(), font, Color32::WHITE);
        galley.size().x
    };
    label(ui, pos2(rect.left(), below), Align2::LEFT_TOP, &low);
    label(ui, pos2(rect.right(), below), Align2::RIGHT_TOP, &high);
    // The middle is left out where it would run into its neighbours.
    let room = 0.5 * rect.width() - width(&low).max(width(&high)) - 4.0;
    if 0.5 * width(&middle) < room {
        label(
            ui,
            pos2(rect.center().x, below),
            Align2::CENTER_TOP,
            &middle,
        );
    }
}

fn wheel(ui: &Ui, colours: &[[u8; 3]], centre: Pos2) {
    let mut mesh = Mesh::default();
    for sector in 0..=SECTORS {
        let share = sector as f32 / SECTORS as f32;
        // The screen's y points down and an angle turns to the left.
        let (sine, cosine) = (share * std::f32::consts::TAU).sin_cos();
        let ray = vec2(cosine, -sine);
        let next = mesh.vertices.len() as u32;
        let ink = colour(colours, share.fract());
        mesh.colored_vertex(centre + ray * (RADIUS - RING), ink);
        mesh.colored_vertex(centre + ray * RADIUS, ink);
        if sector > 0 {
            mesh.add_triangle(next - 2, next - 1, next);
            mesh.add_triangle(next - 1, next, next + 1);
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    let far = RADIUS + 5.0;
    for (offset, align, text) in [
        (vec2(far, 0.0), Align2::LEFT_CENTER, "0"),
        (vec2(0.0, -far + 3.0), Align2::CENTER_BOTTOM, "π/2"),
        (vec2(-far, 0.0), Align2::RIGHT_CENTER, "π"),
        (vec2(0.0, far - 3.0), Align2::CENTER_TOP, "3π/2"),
    ] {
        label(ui, centre + offset, align, text);
    }
    let arrow = vec2(0.55 * RADIUS, 0.0);
    ui.painter()
        .arrow(centre - 0.5 * arrow, arrow, egui::Stroke::new(1.2, ink(ui)));
}
