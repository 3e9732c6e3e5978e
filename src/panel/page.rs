//! Plots, legend, scale, time and title where there is no hand: in films, stills and pictures of
//! plots. It is the interface's own drawing, so that a film shows what the window shows.

use bevy_egui::egui;
use egui::{Rect, Ui, UiBuilder, pos2, vec2};

use super::card;
use super::measured::{Prepared, trace};
use super::state::Interface;
use super::theme::{PADDING, Palette};
use super::{Frame, Requests, legend, picture};
use crate::scene::PlotSettings;

/// A plot to be printed.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintedPlot {
    pub settings: PlotSettings,
    /// The stretch of x over which a line is fitted.
    pub fit: Option<[f64; 2]>,
}

impl From<PlotSettings> for PrintedPlot {
    fn from(settings: PlotSettings) -> Self {
        Self {
            settings,
            fit: None,
        }
    }
}

/// A picture of plots that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotPicture {
    /// A name for the file.
    pub name: String,
    pub plots: Vec<PrintedPlot>,
    /// Pixels per point, 1 to 4.
    pub scale: u32,
    pub dark: bool,
}

/// Height of a title row, in points.
const TITLE: f32 = 30.0;
/// The size of one plot in a picture of plots, in points.
const SINGLE: [f32; 2] = [560.0, 360.0];
const TILE: [f32; 2] = [400.0, 270.0];

impl PlotPicture {
    /// Columns and rows in which the plots stand.
    fn grid(&self) -> [usize; 2] {
        let count = self.plots.len().max(1);
        let columns = (count as f64).sqrt().ceil() as usize;
        [columns, count.div_ceil(columns)]
    }

    /// Width and height in points.
    pub fn points(&self) -> [f32; 2] {
        let [columns, rows] = self.grid();
        let tile = if self.plots.len() < 2 { SINGLE } else { TILE };
        [tile[0] * columns as f32, tile[1] * rows as f32]
    }
}

/// Columns and rows in which so many plots come nearest to the shape that suits them.
fn arranged(count: usize, rect: Rect) -> [usize; 2] {
    const SHAPE: f32 = 1.6;
    let count = count.max(1);
    let grid = |columns: usize| [columns, count.div_ceil(columns)];
    let odd = |[columns, rows]: [usize; 2]| {
        let shape = rect.width() / columns as f32 / (rect.height() / rows as f32);
        (shape / SHAPE).ln().abs()
    };
    (1..=count)
        .map(grid)
        .min_by(|a, b| odd(*a).total_cmp(&odd(*b)))
        .unwrap_or([1, count])
}

/// The charts of a page, kept from frame to frame.
#[derive(Default)]
pub struct Page {
    prepared: Vec<Prepared>,
}

impl Page {
    /// Draws one plot into a rectangle, its title over it.
    fn plot(&mut self, ui: &mut Ui, rect: Rect, frame: &Frame, index: usize, plot: &PrintedPlot) {
        let snapshot = frame.snapshot;
        let settings = &plot.settings;
        let Some(observable) = snapshot.scene.model.observable(&settings.observable) else {
            return;
        };
        if self.prepared.len() <= index {
            self.prepared.resize_with(index + 1, Prepared::default);
        }
        let Some(prepared) = self.prepared.get_mut(index) else {
            return;
        };
        let trace = trace(snapshot, observable.name);
        prepared.update(snapshot, settings, &trace);
        let reading = prepared.reading(plot.fit);
        let inner = rect.shrink2(vec2(PADDING, 4.0));
        let name = card::name(snapshot, observable, settings);
        let title = Rect::from_min_size(inner.min, vec2(inner.width(), TITLE));
        card::heading(ui, title, &name, observable, &trace, true, true);
        let room = Rect::from_min_max(pos2(inner.left(), inner.top() + TITLE), inner.max);
        ui.scope_builder(UiBuilder::new().max_rect(room).id_salt(index), |ui| {
            let height = room.height();
            let thin = &mut prepared.thin;
            prepared
                .chart
                .show(ui, height, thin, reading.as_ref(), None);
        });
    }

    /// Draws plots side by side and below each other into a rectangle, on the ground of a panel.
    pub fn wall(&mut self, ui: &mut Ui, rect: Rect, frame: &Frame, plots: &[PrintedPlot]) {
        ui.painter().rect_filled(rect, 0.0, Palette::of(ui).panel);
        let [columns, rows] = arranged(plots.len(), rect);
        let width = rect.width() / columns as f32;
        // A few plots do not stretch over a whole wall.
        let height = (rect.height() / rows as f32).min(0.75 * width);
        for (index, plot) in plots.iter().enumerate() {
            let place = vec2((index % columns) as f32, (index / columns) as f32);
            let corner = rect.min + place * vec2(width, height);
            let tile = Rect::from_min_size(corner, vec2(width, height));
            self.plot(ui, tile, frame, index, plot);
        }
    }

    /// Draws a picture of plots over the whole of the `Ui`.
    pub fn plots(&mut self, ui: &mut Ui, frame: &Frame, picture: &PlotPicture) {
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, Palette::of(ui).panel);
        let [columns, rows] = picture.grid();
        let tile = vec2(all.width() / columns as f32, all.height() / rows as f32);
        for (index, plot) in picture.plots.iter().enumerate() {
            let place = vec2((index % columns) as f32, (index / columns) as f32);
            let place = Rect::from_min_size(all.min + tile * place, tile);
            self.plot(ui, place.shrink(2.0), frame, index, plot);
        }
    }
}

/// Draws legend, scale bar, time and title onto the picture in a rectangle.
pub fn captions(ui: &mut Ui, rect: Rect, frame: &Frame, interface: &mut Interface) {
    // Nothing answers here, and with the panels hidden the picture says its own time.
    let mut nobody = Requests::new();
    interface.hidden = true;
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt("captions"), |ui| {
        let taken = legend::legend(ui, interface, frame, rect, &mut nobody);
        picture::time(ui, interface, frame, rect);
        picture::bar_of_scale(ui, frame, rect, taken);
    });
}
