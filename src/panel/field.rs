//! A row with a symbol, a name, a slider and a value that can be typed.

use bevy_egui::egui;
use egui::text::LayoutJob;
use egui::{
    Align, Align2, Id, Key, Layout, Margin, Rect, Sense, TextEdit, Ui, UiBuilder, pos2, vec2,
};
use egui_phosphor::regular as icons;

use super::numbers;
use super::reach::Reach;
use super::state::{Fields, HandedIn};
use super::symbols::{self, Style};
use super::theme::{self, Palette, size};
use super::widgets;

/// What a row says of its quantity.
pub struct Row<'a> {
    pub id: Id,
    pub symbol: &'a str,
    pub name: &'a str,
    pub unit: &'a str,
    pub value: f64,
    /// The value with which the scene was opened.
    pub home: Option<f64>,
    /// None: no slider, the value is only typed.
    pub reach: Option<Reach>,
    pub restarts: bool,
}

/// What the user did with a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Nothing,
    /// The slider is at this value and still held.
    Dragged(f64),
    /// The slider was let go: the value before, and the one now.
    Released([f64; 2]),
    /// This text was typed.
    Typed(String),
    /// The dot was clicked.
    Reset(f64),
}

/// Height of the line above the slider.
const LINE: f32 = 22.0;
/// Width of the field in which a value is typed.
const FIELD: f32 = 68.0;

/// Draws a row. `tip` draws the tooltip of the name.
pub fn row(ui: &mut Ui, fields: &mut Fields, row: &Row, tip: impl FnOnce(&mut Ui)) -> Outcome {
    let changed = row
        .home
        .is_some_and(|home| home != row.value && home.is_finite());
    let mut outcome = Outcome::Nothing;
    let width = ui.available_width().max(80.0);
    let (rect, _) = ui.allocate_exact_size(vec2(width, LINE), Sense::hover());
    head(ui, rect, row, changed, &mut outcome, tip);

    let unit_width = unit_width(ui, row.unit);
    let right = rect.right() - unit_width;
    let field = Rect::from_x_y_ranges(right - FIELD..=right, rect.y_range());
    if let Some(text) = value_field(
        ui,
        fields,
        row.id,
        field,
        &numbers::typed(row.value),
        row.name,
    ) {
        outcome = Outcome::Typed(text);
    }
    unit(ui, pos2(right + 4.0, rect.center().y), row.unit);

    if let Some(reach) = row.reach {
        let id = row.id.with("slider");
        let share = reach.share(row.value) as f32;
        let (response, target) = widgets::track(ui, id, width, share, changed, row.name);
        if response.drag_started() || (target.is_some() && fields.dragged.is_none()) {
            fields.dragged = Some((id, row.value));
        }
        let value = target.map(|share| reach.at(f64::from(share)));
        let held = response.dragged();
        let before = fields
            .dragged
            .filter(|(owner, _)| *owner == id)
            .map(|(_, before)| before);
        if let Some(before) = before
            && !held
        {
            fields.dragged = None;
            outcome = Outcome::Released([before, value.unwrap_or(row.value)]);
        } else if let Some(value) = value
            && value != row.value
        {
            outcome = Outcome::Dragged(value);
        }
    }
    if !matches!(outcome, Outcome::Nothing | Outcome::Typed(_)) {
        fields.forget_refusal(row.id);
    }
    refusal(ui, fields, row.id);
    outcome
}

/// Dot, symbol, name and the loop of a restart.
fn head(
    ui: &mut Ui,
    rect: Rect,
    row: &Row,
    changed: bool,
    outcome: &mut Outcome,
    tip: impl FnOnce(&mut Ui),
) {
    let palette = Palette::of(ui);
    let mut room = rect;
    room.max.x = (rect.right() - FIELD - unit_width(ui, row.unit)).max(rect.left());
    let mut job = LayoutJob::default();
    if !row.symbol.is_empty() {
        symbols::append(
            &mut job,
            row.symbol,
            Style {
                size: size::BODY + 1.0,
                colour: palette.text,
            },
        );
        job.append(
            "  ",
            0.0,
            egui::TextFormat::simple(theme::body(size::BODY), palette.text),
        );
    }
    job.append(
        row.name,
        0.0,
        egui::TextFormat::simple(theme::body(size::BODY), palette.secondary),
    );
    let mut child = ui.new_child(
        UiBuilder::new()
            .max_rect(room)
            .layout(Layout::left_to_right(Align::Center)),
    );
    child.spacing_mut().item_spacing.x = 4.0;
    let extras = if row.restarts { 18.0 } else { 0.0 } + if changed { 18.0 } else { 0.0 };
    let share = (child.available_width() - extras).max(1.0);
    job.wrap = egui::text::TextWrapping::truncate_at_width(share);
    let response = child.add(egui::Label::new(job).sense(Sense::hover()));
    response.on_hover_ui(tip);
    if row.restarts {
        let note = "A change starts the run anew";
        let (spot, response) = child.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
        child.painter().text(
            spot.center(),
            Align2::CENTER_CENTER,
            icons::ARROW_CLOCKWISE,
            theme::icon(12.0),
            palette.secondary,
        );
        response.on_hover_text(note);
    }
    if changed {
        let (spot, response) = child.allocate_exact_size(vec2(14.0, 16.0), Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::WidgetType::Button,
                true,
                format!("Reset {}", row.name),
            )
        });
        widgets::dot(&child, spot.center(), true, palette.accent);
        let home = row.home.unwrap_or(row.value);
        if response.clicked() {
            *outcome = Outcome::Reset(home);
        }
        response.on_hover_text(format!("Back to {}", numbers::plain(home, 5)));
    }
}

fn unit_width(ui: &Ui, text: &str) -> f32 {
    // Rows without a unit leave its room, so that all values stand in one column.
    let style = Style {
        size: size::SMALL,
        colour: Palette::of(ui).secondary,
    };
    (ui.painter()
        .layout_job(symbols::formula(text, style))
        .size()
        .x
        + 4.0)
        .max(30.0)
}

fn unit(ui: &Ui, at: egui::Pos2, text: &str) {
    if !text.is_empty() {
        let colour = Palette::of(ui).secondary;
        let style = Style {
            size: size::SMALL,
            colour,
        };
        let galley = ui
            .painter()
            .layout_job(upright(symbols::formula(text, style)));
        let corner = at - vec2(0.0, 0.5 * galley.size().y);
        ui.painter().galley(corner, galley, colour);
    }
}

/// Units stand upright.
fn upright(mut job: LayoutJob) -> LayoutJob {
    for section in &mut job.sections {
        section.format.font_id.family = egui::FontFamily::Proportional;
    }
    job
}

/// A value that can be typed; returns the text when it is handed in. A text that is then refused stays,
/// so that it can be mended; Escape brings back the value.
pub fn value_field(
    ui: &mut Ui,
    fields: &mut Fields,
    id: Id,
    rect: Rect,
    shown: &str,
    label: &str,
) -> Option<String> {
    let palette = Palette::of(ui);
    let standing = fields.to_mend(id).unwrap_or(shown).to_owned();
    let mut text = match &fields.editing {
        Some((owner, text)) if *owner == id => text.clone(),
        _ => standing.clone(),
    };
    let focused = ui.memory(|memory| memory.has_focus(id));
    let hovered = ui.rect_contains_pointer(rect);
    let fill = if focused || hovered {
        palette.raised
    } else {
        egui::Color32::TRANSPARENT
    };
    let edge = if fields
        .refused
        .as_ref()
        .is_some_and(|(owner, _)| *owner == id)
    {
        palette.fault
    } else if focused {
        palette.accent
    } else {
        egui::Color32::TRANSPARENT
    };
    let frame = egui::Frame::NONE
        .fill(fill)
        .stroke(egui::Stroke::new(1.0, edge))
        .corner_radius(4)
        .inner_margin(Margin::symmetric(5, 2));
    let edit = TextEdit::singleline(&mut text)
        .id(id)
        .font(theme::body(size::BODY))
        .text_color(palette.text)
        .horizontal_align(Align::Max)
        .vertical_align(Align::Center)
        .char_limit(crate::math::formula::LONGEST)
        .clip_text(true)
        .frame(frame);
    let response = ui.put(rect, edit);
    ui.ctx()
        .accesskit_node_builder(id, |node| node.set_label(label));
    if response.gained_focus() {
        select_all(ui, id, &text);
    }
    if response.changed() || response.gained_focus() {
        fields.editing = Some((id, text.clone()));
    }
    // The focus is reported lost in two frames: the text is handed in with the first.
    let edited = fields
        .editing
        .as_ref()
        .is_some_and(|(owner, _)| *owner == id);
    if edited && response.lost_focus() {
        let cancelled = ui.input(|input| input.key_pressed(Key::Escape));
        fields.editing = None;
        if cancelled || text == shown {
            fields.refused = None;
        } else if text != standing {
            fields.handed_in = Some(HandedIn {
                field: id,
                text: text.clone(),
            });
            return Some(text);
        }
    }
    None
}

fn select_all(ui: &Ui, id: Id, text: &str) {
    if let Some(mut state) = TextEdit::load_state(ui.ctx(), id) {
        let all = egui::text::CCursorRange::two(
            egui::text::CCursor::new(0),
            egui::text::CCursor::new(text.chars().count()),
        );
        state.cursor.set_char_range(Some(all));
        TextEdit::store_state(ui.ctx(), id, state);
    }
}

/// Why the text of a field was refused.
pub fn refusal(ui: &mut Ui, fields: &Fields, id: Id) {
    if let Some((owner, why)) = &fields.refused
        && *owner == id
    {
        let colour = Palette::of(ui).fault;
        let text = egui::RichText::new(why)
            .font(theme::body(size::SMALL))
            .color(colour);
        ui.add(egui::Label::new(text).wrap());
    }
}
