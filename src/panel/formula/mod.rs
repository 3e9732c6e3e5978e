//! A small typesetter for the equations of the models.
//!
//! [`parse`] reads the plain text that also stands in terminals into a [`tree`], [`layout`] turns
//! that into boxes of [`ink`], and [`show`] breaks them into lines that fit the pane. Symbols inside running text and
//! labels, which need no boxes, are set by [`symbols`](super::symbols).

mod glyphs;
mod ink;
mod layout;
mod parse;
#[cfg(test)]
mod tests;
mod tree;

use bevy_egui::egui;
use egui::{Color32, Painter, Response, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use super::theme::{self, Palette, size};
use ink::{Laid, Type};
use tree::{Face, Formula, Node};

/// Space between the lines of one formula, in ems.
const LEADING: f32 = 0.42;
/// How far continued lines are indented, in ems.
const INDENT: f32 = 1.2;

/// Draws a formula in lines that fit the width; its plain text is what screen readers get.
pub fn show(ui: &mut Ui, text: &str, points: f32) -> Response {
    let palette = Palette::of(ui);
    let width = ui.available_width().max(1.0);
    let formula = parse::formula(text);
    let mut kind = Type {
        points,
        colour: palette.text,
    };
    let mut lines = broken(ui.painter(), &formula, kind, palette.secondary, width);
    let widest = |lines: &[Laid]| lines.iter().map(|line| line.width).fold(0.0, f32::max);
    let over = widest(&lines) / width;
    if over > 1.0 {
        // One part is wider than the pane: all of it becomes smaller, down to what can be read.
        kind.points = (points / over).max(0.62 * points);
        lines = broken(ui.painter(), &formula, kind, palette.secondary, width);
    }
    let leading = LEADING * kind.points;
    let height: f32 = lines.iter().map(|line| line.height() + leading).sum();
    let extent = vec2(widest(&lines).min(width), (height - leading).max(1.0));
    let (rect, response) = ui.allocate_exact_size(extent, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, text));
    if ui.is_rect_visible(rect) {
        let painter = ui.painter_at(rect.expand(3.0));
        let mut top = rect.top();
        for line in lines {
            let below = top + line.height() + leading;
            let base = pos2(rect.left(), top + line.ascent);
            line.paint(&painter, base, palette.text);
            top = below;
        }
    }
    response
}

/// The lines of a formula: new ones begin before relations, signs and words.
fn broken(
    painter: &Painter,
    formula: &Formula,
    kind: Type,
    quiet: Color32,
    width: f32,
) -> Vec<Laid> {
    let em = kind.points;
    let mut lines = Vec::new();
    let mut line = Laid::default();
    if let Some(label) = &formula.label {
        let font = theme::body(size::SMALL.min(em));
        lines.push(ink::text(painter, label, font, quiet));
    }
    let mut start = 0;
    while start < formula.row.len() {
        // What belongs together goes to a line together.
        let length = formula.row[start + 1..]
            .iter()
            .position(begins_line)
            .map_or(formula.row.len() - start, |length| length + 1);
        let mut group = Laid::default();
        for index in start..start + length {
            let gap = if index == start {
                0.0
            } else {
                layout::gap(&formula.row, index) * em
            };
            group.append(layout::lay(painter, &formula.row[index], kind), gap);
        }
        let gap = layout::gap(&formula.row, start) * em;
        let fits = line.width + gap + group.width <= width || line.width <= INDENT * em;
        if fits {
            line.append(group, gap);
        } else {
            lines.push(std::mem::take(&mut line));
            line.width = INDENT * em;
            line.append(group, 0.0);
        }
        start += length;
    }
    lines.push(line);
    lines
}

fn begins_line(node: &Node) -> bool {
    matches!(
        node,
        Node::Run(_, Face::Relation | Face::Operator | Face::Word)
    )
}
