//! The legend: a bar of colours for a scalar, a wheel for an angle, and the menu behind it.

use bevy_egui::egui;
use egui::text::LayoutJob;
use egui::{
    Align2, Color32, Mesh, Popup, Pos2, Rect, RichText, ScrollArea, Sense, Shape, TextFormat, Ui,
    WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icons;

use super::picture::{MARGIN, ink, label};
use super::state::Interface;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::{Frame, Requests, numbers, widgets};
use crate::scene::{Background, COLOUR_MAPS, Glyph, ViewSettings};

/// Length and height of the bar, radius and width of the wheel's ring, in points.
const BAR: [f32; 2] = [168.0, 10.0];
const RADIUS: f32 = 26.0;
const RING: f32 = 9.0;
/// Colours of a wheel.
const SECTORS: usize = 96;

/// Draws the legend in the lower left corner of the picture.
pub fn legend(
    ui: &mut Ui,
    interface: &mut Interface,
    frame: &Frame,
    rect: Rect,
    requests: &mut Requests,
) {
    let legend = &frame.snapshot.picture.legend;
    if legend.colouring.is_none() || frame.surroundings.colours.is_empty() {
        return;
    }
    let palette = Palette::of(ui);
    let title = title(&legend.title, &legend.symbol, &legend.unit, palette);
    let mut title = title;
    title.wrap = egui::text::TextWrapping::truncate_at_width((rect.width() * 0.5).max(40.0));
    let title = ui.painter().layout_job(title);
    let bar = BAR[0].min(rect.width() * 0.4);
    let inner = if legend.cyclic {
        let side = 2.0 * (RADIUS + 16.0);
        vec2(
            title.size().x.max(side + 8.0) + 18.0,
            title.size().y + 10.0 + side,
        )
    } else {
        vec2(title.size().x.max(bar) + 18.0, title.size().y + 30.0)
    };
    let corner = pos2(rect.left() + MARGIN, rect.bottom() - MARGIN - inner.y);
    let ground = Rect::from_min_size(corner, inner).expand2(vec2(10.0, 8.0));
    let response = ui.interact(ground, ui.id().with("legend"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Legend"));
    ui.painter().add(widgets::ground(ui, ground));
    if response.hovered() || response.has_focus() {
        widgets::outline(ui, ground);
    }
    let caret = if response.hovered() {
        palette.text
    } else {
        palette.secondary
    };
    // Where nothing but the picture is shown there is no menu to point at.
    if !interface.hidden || response.hovered() {
        ui.painter().text(
            pos2(
                corner.x + title.size().x + 8.0,
                corner.y + 0.5 * title.size().y,
            ),
            Align2::LEFT_CENTER,
            icons::CARET_UP_DOWN,
            theme::icon(size::SMALL),
            caret,
        );
    }
    let below = corner.y + title.size().y + 6.0;
    ui.painter().galley(corner, title, palette.text);
    if legend.cyclic {
        wheel(
            ui,
            frame,
            pos2(corner.x + RADIUS + 22.0, below + RADIUS + 18.0),
        );
    } else {
        let rect = Rect::from_min_size(pos2(corner.x, below), vec2(bar, BAR[1]));
        scale(ui, frame, rect, legend.range);
    }
    let response = response.on_hover_text("What the colours show: click to choose");
    Popup::menu(&response)
        .gap(8.0)
        .show(|ui| menu(ui, interface, frame, requests));
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
fn colour(frame: &Frame, share: f32) -> Color32 {
    let colours = frame.surroundings.colours;
    let last = colours.len().saturating_sub(1);
    let index = (share.clamp(0.0, 1.0) * last as f32).round() as usize;
    colours
        .get(index.min(last))
        .map_or(Color32::GRAY, |&[r, g, b]| Color32::from_rgb(r, g, b))
}

fn scale(ui: &Ui, frame: &Frame, rect: Rect, range: [f64; 2]) {
    const PARTS: usize = 64;
    let mut mesh = Mesh::default();
    for part in 0..=PARTS {
        let share = part as f32 / PARTS as f32;
        let x = egui::lerp(rect.left()..=rect.right(), share);
        let next = mesh.vertices.len() as u32;
        mesh.colored_vertex(pos2(x, rect.top()), colour(frame, share));
        mesh.colored_vertex(pos2(x, rect.bottom()), colour(frame, share));
        if part > 0 {
            mesh.add_triangle(next - 2, next - 1, next);
            mesh.add_triangle(next - 1, next, next + 1);
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    let below = rect.bottom() + 3.0;
    let [low, high] = range;
    let middle = 0.5 * low + 0.5 * high;
    label(
        ui,
        pos2(rect.left(), below),
        Align2::LEFT_TOP,
        &numbers::plain(low, 3),
    );
    label(
        ui,
        pos2(rect.center().x, below),
        Align2::CENTER_TOP,
        &numbers::plain(middle, 3),
    );
    label(
        ui,
        pos2(rect.right(), below),
        Align2::RIGHT_TOP,
        &numbers::plain(high, 3),
    );
}

fn wheel(ui: &Ui, frame: &Frame, centre: Pos2) {
    let mut mesh = Mesh::default();
    for sector in 0..=SECTORS {
        let share = sector as f32 / SECTORS as f32;
        // The screen's y points down and an angle turns to the left.
        let (sine, cosine) = (share * std::f32::consts::TAU).sin_cos();
        let ray = vec2(cosine, -sine);
        let next = mesh.vertices.len() as u32;
        let ink = colour(frame, share.fract());
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

/// Colouring, colour map, range, glyph, background and layers.
fn menu(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    ui.set_min_width(220.0);
    let scene = &frame.snapshot.scene;
    let legend = &frame.snapshot.picture.legend;
    let old = interface.view.clone();
    let mut view = old.clone();
    ScrollArea::vertical().max_height(460.0).show(ui, |ui| {
        head(ui, "Colour by");
        for colouring in scene.model.colourings {
            let on = legend.colouring == Some(colouring.name);
            if ui
                .selectable_label(on, colouring.title)
                .on_hover_text(colouring.doc)
                .clicked()
            {
                view.colour = colouring.name.into();
                view.range = None;
                view.colour_map = None;
            }
        }
        if !legend.cyclic {
            head(ui, "Range");
            let held = view.range.is_some();
            if ui.selectable_label(!held, "Follows the data").clicked() {
                view.range = None;
            }
            if ui.selectable_label(held, "Stays as it is now").clicked() {
                view.range = Some(legend.range).filter(|[low, high]| low < high);
            }
        }
        maps(ui, &mut view, legend.cyclic);
        head(ui, "Particles");
        for (glyph, name) in [
            (Glyph::Disc, "Disc"),
            (Glyph::Arrow, "Arrow"),
            (Glyph::Streak, "Streak"),
        ] {
            if ui.selectable_label(view.glyph == glyph, name).clicked() {
                view.glyph = glyph;
            }
        }
        head(ui, "Background");
        for (background, name) in [(Background::Dark, "Dark"), (Background::Light, "Light")] {
            if ui
                .selectable_label(view.background == background, name)
                .clicked()
            {
                view.background = background;
            }
        }
        layers(ui, &mut view, frame);
    });
    if view != old {
        interface.set_view(view, requests);
    }
}

fn maps(ui: &mut Ui, view: &mut ViewSettings, cyclic: bool) {
    head(ui, "Colours");
    if ui
        .selectable_label(view.colour_map.is_none(), "What suits")
        .clicked()
    {
        view.colour_map = None;
    }
    // Angles need maps that close, and scalars need maps that do not.
    let closes = |name: &str| matches!(name, "cyclic" | "hue");
    for &name in COLOUR_MAPS.iter().filter(|name| closes(name) == cyclic) {
        let on = view.colour_map.as_deref() == Some(name);
        if ui.selectable_label(on, numbers::humanised(name)).clicked() {
            view.colour_map = Some(name.into());
        }
    }
}

fn layers(ui: &mut Ui, view: &mut ViewSettings, frame: &Frame) {
    let layers = frame.snapshot.scene.model.layers;
    if layers.is_empty() {
        return;
    }
    head(ui, "Layers");
    for layer in layers {
        let place = view.layers.iter().position(|name| name == layer.name);
        if ui
            .selectable_label(place.is_some(), layer.title)
            .on_hover_text(layer.doc)
            .clicked()
        {
            match place {
                Some(place) => drop(view.layers.remove(place)),
                None => view.layers.push(layer.name.into()),
            }
        }
    }
}

fn head(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    let colour = Palette::of(ui).secondary;
    ui.label(
        RichText::new(text)
            .font(theme::body(size::SMALL))
            .color(colour),
    );
}
