//! Points into shapes: lines, their gaps, the ground between two of them; names of axes.

use std::sync::Arc;

use bevy_egui::egui;
use egui::text::LayoutJob;
use egui::{Color32, Galley, Mesh, Pos2, Shape, Stroke, TextFormat, Ui};

use super::chart::AxisName;
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};

/// Splits a line at its gaps.
pub(super) fn runs(places: impl Iterator<Item = Option<Pos2>>) -> Vec<Vec<Pos2>> {
    let mut runs = vec![Vec::new()];
    for place in places {
        match (place, runs.last_mut()) {
            (Some(place), Some(run)) => run.push(place),
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// A line, or a dot where there is a single point.
pub(super) fn stroke(run: Vec<Pos2>, line: Stroke) -> Shape {
    match run.as_slice() {
        [single] => Shape::circle_filled(*single, 2.0, line.color),
        _ => Shape::line(run, line),
    }
}

/// The ground between two lines.
pub(super) fn ribbon(pairs: impl Iterator<Item = [Pos2; 2]>, colour: Color32) -> Shape {
    let mut mesh = Mesh::default();
    for [low, high] in pairs {
        let next = mesh.vertices.len() as u32;
        mesh.colored_vertex(low, colour);
        mesh.colored_vertex(high, colour);
        if next >= 2 {
            mesh.add_triangle(next - 2, next - 1, next);
            mesh.add_triangle(next - 1, next, next + 1);
        }
    }
    Shape::mesh(mesh)
}

/// The label of a tick.
pub(super) fn tick(ui: &Ui, label: String) -> Arc<Galley> {
    ui.painter()
        .layout_no_wrap(label, theme::body(size::SMALL), Palette::of(ui).secondary)
}

/// Symbol and unit of an axis.
pub(super) fn axis_job(name: &AxisName, palette: &Palette) -> LayoutJob {
    let style = Style {
        size: size::SMALL,
        colour: palette.secondary,
    };
    let mut job = symbols::formula(&name.symbol, style);
    if !name.unit.is_empty() {
        let text = format!(" / {}", name.unit.replace('_', ""));
        job.append(
            &text,
            0.0,
            TextFormat::simple(theme::body(size::SMALL), palette.secondary),
        );
    }
    job
}
