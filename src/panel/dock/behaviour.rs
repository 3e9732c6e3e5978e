//! How the panes look and what hands may do with them: hairlines, small capitals, quiet tabs.

use bevy_egui::egui;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, Color32, CursorIcon, Frame as Ground, Id, Margin, Rect, Response, Sense, Stroke, Style,
    Ui, Visuals, WidgetInfo, WidgetText, WidgetType, vec2,
};
use egui_phosphor::regular as icons;
use egui_tiles::{
    Behavior, EditAction, ResizeState, SimplificationOptions, TabState, Tile, TileId, Tiles,
    UiResponse,
};

use super::super::state::Interface;
use super::super::theme::{self, PADDING, Palette, size};
use super::super::{
    Frame, Requests, inspector, parameters, performance, picture, plots, story, widgets,
};
use super::{GAP, Pane};

/// Height of the tabs, in points.
const TABS: f32 = 32.0;
/// Side of the button that closes a pane, in points.
const CLOSE: f32 = 14.0;
/// Space before the title of a tab among others, in points.
const SIDE: f32 = 9.0;

/// The panes that share tabs, and the room for those.
#[derive(Clone, Copy)]
pub(super) struct Group {
    /// A bit for each pane by its number.
    pub panes: u8,
    pub width: f32,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            panes: 0,
            width: f32::INFINITY,
        }
    }
}

impl Group {
    fn count(self) -> u32 {
        self.panes.count_ones()
    }

    fn panes(self) -> impl Iterator<Item = Pane> {
        let among = move |pane: &Pane| self.panes & (1 << *pane as u8) != 0;
        Pane::ALL.into_iter().filter(among)
    }
}

/// What draws the panes, and what has been done to them in this frame.
pub(super) struct Hands<'a, 'b> {
    interface: &'a mut Interface,
    frame: &'a Frame<'b>,
    requests: &'a mut Requests,
    /// The tabs that each pane is among, by its number.
    groups: [Group; Pane::ALL.len()],
    pub closed: Option<Pane>,
    pub resized: bool,
    pub dropped: bool,
}

impl<'a, 'b> Hands<'a, 'b> {
    pub fn new(
        interface: &'a mut Interface,
        frame: &'a Frame<'b>,
        requests: &'a mut Requests,
        groups: [Group; Pane::ALL.len()],
    ) -> Self {
        Self {
            interface,
            frame,
            requests,
            groups,
            closed: None,
            resized: false,
            dropped: false,
        }
    }
}

/// The title of a tab in spaced capitals.
fn capitals(text: &str, colour: Color32) -> LayoutJob {
    let mut format = TextFormat::simple(theme::strong(size::SMALL), colour);
    format.extra_letter_spacing = 0.8;
    LayoutJob::single_section(text.to_uppercase(), format)
}

impl Behavior<Pane> for Hands<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, pane: &mut Pane) -> UiResponse {
        let (interface, frame) = (&mut *self.interface, self.frame);
        if *pane == Pane::Picture {
            picture::picture(ui, interface, frame, self.requests);
            return UiResponse::None;
        }
        ui.shrink_clip_rect(ui.max_rect());
        let palette = Palette::of(ui);
        ui.painter().rect_filled(ui.max_rect(), 0.0, palette.panel);
        let line = Stroke::new(1.0, palette.hairline);
        let top = ui.max_rect().top() + 0.5;
        ui.painter().hline(ui.max_rect().x_range(), top, line);
        // The right padding of a pane is that of its scroll area.
        let ground = Ground::NONE.inner_margin(Margin {
            left: PADDING as i8,
            ..Margin::ZERO
        });
        let requests = &mut *self.requests;
        widgets::docked(ui, |ui| {
            ground.show(ui, |ui| match *pane {
                Pane::Picture => {}
                Pane::Parameters => parameters::parameters(ui, interface, frame, requests),
                Pane::Story => story::story(ui, interface, frame, requests),
                Pane::Plots => plots::plots(ui, interface, frame, requests),
                Pane::Inspector => inspector::inspector(ui, interface, frame, requests),
                Pane::Performance => performance::performance(ui, frame, requests),
            });
        });
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.title().into()
    }

    fn tab_ui(
        &mut self,
        tiles: &mut Tiles<Pane>,
        ui: &mut Ui,
        id: Id,
        tile: TileId,
        state: &TabState,
    ) -> Response {
        let pane = tiles.get_pane(&tile).copied();
        let title = pane.map_or("Panes", Pane::title);
        let palette = Palette::of(ui);
        let group = pane.map_or(Group::default(), |pane| self.groups[pane as usize]);
        let alone = group.count() < 2;
        let left = if alone { PADDING } else { SIDE };
        // Tabs that do not fit all become narrower together, and none is scrolled away.
        let natural = |title: &str| {
            let galley = ui
                .painter()
                .layout_job(capitals(title, Color32::PLACEHOLDER));
            left + galley.size().x + 2.0 + CLOSE
        };
        let wanted = natural(title);
        let all: f32 = group.panes().map(|pane| natural(pane.title())).sum();
        let width = (wanted * (group.width / all.max(1.0)).min(1.0)).max(1.0);
        let mut job = capitals(title, Color32::PLACEHOLDER);
        let room = (width - left - 2.0 - CLOSE).max(1.0);
        if width < wanted {
            job.wrap = TextWrapping::truncate_at_width(room);
        }
        let galley = ui.painter().layout_job(job);
        let (_, rect) = ui.allocate_space(vec2(width, ui.available_height()));
        let response = ui
            .interact(rect, id, Sense::click_and_drag())
            .on_hover_cursor(CursorIcon::Grab);
        response.widget_info(|| {
            WidgetInfo::selected(
                WidgetType::Button,
                true,
                state.active,
                format!("{title} tab"),
            )
        });
        let spot = Rect::from_center_size(
            egui::pos2(rect.right() - 0.5 * CLOSE, rect.center().y),
            vec2(CLOSE, CLOSE),
        );
        let close = ui.interact(spot, id.with("close"), Sense::click());
        close.widget_info(|| {
            WidgetInfo::labeled(WidgetType::Button, true, format!("Close {title}"))
        });
        let hot = response.hovered() || close.hovered() || response.has_focus();
        let ink = if (state.active && !alone) || hot {
            palette.text
        } else {
            palette.secondary
        };
        let corner = egui::pos2(rect.left() + left, rect.center().y - 0.5 * galley.size().y);
        let under = rect.left() + left..=rect.left() + left + galley.size().x;
        ui.painter().galley(corner, galley, ink);
        if state.active && !alone {
            ui.painter()
                .hline(under, rect.bottom() - 1.0, Stroke::new(2.0, palette.accent));
        }
        if hot || close.has_focus() {
            let ink = if close.hovered() || close.has_focus() {
                palette.text
            } else {
                palette.secondary
            };
            ui.painter().text(
                spot.center(),
                Align2::CENTER_CENTER,
                icons::X,
                theme::icon(10.0),
                ink,
            );
        }
        if close.clicked() || response.middle_clicked() {
            self.closed = pane;
        }
        let key = pane
            .and_then(Pane::action)
            .map_or_else(String::new, |id| format!("  ·  {}", id.entry().key_text()));
        close.on_hover_text(format!("Close {title}{key}"));
        response.on_hover_text(format!("{title}: drag it to another place{key}"))
    }

    fn drag_ui(&mut self, tiles: &Tiles<Pane>, ui: &mut Ui, tile: TileId) {
        let palette = Palette::of(ui);
        let title = tiles.get_pane(&tile).map_or("Panes", |pane| pane.title());
        Ground::NONE
            .fill(palette.raised)
            .stroke(Stroke::new(1.0, palette.accent))
            .corner_radius(theme::CORNER)
            .inner_margin(Margin::symmetric(12, 7))
            .show(ui, |ui| ui.label(capitals(title, palette.text)));
    }

    fn is_tile_draggable(&self, tiles: &Tiles<Pane>, tile: TileId) -> bool {
        // The picture stays, and so does whatever holds it.
        fn holds_picture(tiles: &Tiles<Pane>, tile: TileId) -> bool {
            match tiles.get(tile) {
                Some(Tile::Pane(pane)) => *pane == Pane::Picture,
                Some(Tile::Container(container)) => container
                    .children()
                    .any(|&child| holds_picture(tiles, child)),
                None => false,
            }
        }
        !holds_picture(tiles, tile)
    }

    fn tab_bar_height(&self, _style: &Style) -> f32 {
        TABS
    }

    fn gap_width(&self, _style: &Style) -> f32 {
        GAP
    }

    fn simplification_options(&self) -> SimplificationOptions {
        // The arrangement is tidied after every drop; only what is empty must go at once.
        SimplificationOptions {
            prune_empty_tabs: true,
            prune_empty_containers: true,
            ..SimplificationOptions::OFF
        }
    }

    fn resize_stroke(&self, style: &Style, state: ResizeState) -> Stroke {
        let palette = Palette::of_theme(style.visuals.dark_mode);
        match state {
            ResizeState::Idle => Stroke::new(GAP, palette.hairline),
            ResizeState::Hovering => Stroke::new(2.0, palette.secondary),
            ResizeState::Dragging => Stroke::new(2.0, palette.accent),
        }
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        Palette::of_theme(visuals.dark_mode).panel
    }

    fn dragged_overlay_color(&self, visuals: &Visuals) -> Color32 {
        Palette::of_theme(visuals.dark_mode)
            .panel
            .gamma_multiply(0.6)
    }

    fn paint_drag_preview(
        &self,
        visuals: &Visuals,
        painter: &egui::Painter,
        _parent: Option<Rect>,
        preview: Rect,
    ) {
        let accent = Palette::of_theme(visuals.dark_mode).accent;
        painter.rect(
            preview.shrink(2.0),
            theme::CORNER,
            accent.gamma_multiply(0.14),
            Stroke::new(1.5, accent),
            egui::StrokeKind::Inside,
        );
    }

    fn on_edit(&mut self, action: EditAction) {
        match action {
            EditAction::TileResized => self.resized = true,
            EditAction::TileDropped => self.dropped = true,
            EditAction::TileDragged | EditAction::TabSelected => {}
        }
    }
}
