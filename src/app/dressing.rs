//! What stands beside and over the particles in films and stills: plots, legend, scale, time and
//! title, drawn onto the pixels of the picture.

use std::sync::Arc;

use bevy_egui::egui;
use egui::{Rect, pos2};

use super::print::Printer;
use crate::panel::{self, Dress, Frame, Interface, Page, PrintedPlot, Surroundings};
use crate::scene::{Background, Scene};
use crate::sim::Snapshot;
use crate::view::{Picture, PictureStyle, Studio, StudioError};

/// The share of a picture's longer side that plots take.
const SHARE: f32 = 0.3;
/// Pixels of a picture's shorter side for one pixel a point: letters grow with the picture.
const POINTS: f32 = 720.0;
/// Plots of a scene that names none.
const PLOTS: usize = 3;

/// Takes pictures in their dress.
pub struct Dresser {
    studio: Studio,
    printer: Printer,
    page: Page,
    interface: Interface,
    plots: Vec<PrintedPlot>,
    dress: Dress,
}

/// Where things stand in a picture, in pixels.
struct Layout {
    picture: [u32; 2],
    /// `[left, top, right, bottom]`.
    plots: [u32; 4],
}

impl Dresser {
    /// A dresser of these plots, in the dark or the light theme.
    pub fn new(dark: bool, dress: Dress, plots: Vec<PrintedPlot>) -> Self {
        let dress = Dress {
            plots: dress.plots && !plots.is_empty(),
            ..dress
        };
        Self {
            studio: Studio::new(),
            printer: Printer::new(dark),
            page: Page::default(),
            interface: Interface::default(),
            plots,
            dress,
        }
    }

    /// A dresser as the scene wants it: its own plots, or the first observables, on its background.
    pub fn of(scene: &Scene, dress: Dress) -> Self {
        let dark = scene.view.background == Background::Dark;
        let mut plots: Vec<PrintedPlot> = scene.plots.iter().cloned().map(Into::into).collect();
        if plots.is_empty() {
            let first = scene.model.observables.iter().take(PLOTS);
            plots.extend(first.map(|one| crate::scene::PlotSettings::of(one).into()));
        }
        Self::new(dark, dress, plots)
    }

    /// The size of a dressed picture in which the particles have so much room.
    pub fn size_around(dress: Dress, [width, height]: [u32; 2]) -> [u32; 2] {
        if !dress.plots {
            return [width, height];
        }
        let grown = |side: u32| (side as f32 / (1.0 - SHARE)).round() as u32;
        if width >= height {
            [grown(width), height]
        } else {
            [width, grown(height)]
        }
    }

    fn layout(&self, [width, height]: [u32; 2]) -> Layout {
        let part = |side: u32| (side as f32 * SHARE).round() as u32;
        let (left, top) = match (self.dress.plots, width >= height) {
            (false, _) => (width, height),
            (true, true) => (width - part(width), 0),
            (true, false) => (0, height - part(height)),
        };
        let picture = match (self.dress.plots, width >= height) {
            (false, _) => [width, height],
            (true, true) => [left, height],
            (true, false) => [width, top],
        };
        Layout {
            picture: picture.map(|side| side.max(1)),
            plots: [left, top, width, height],
        }
    }

    /// The pixels of a picture of a size in its dress. `style` gives the style of a picture of the
    /// size that is left for the particles.
    pub fn shoot(
        &mut self,
        snapshot: &Snapshot,
        size: [u32; 2],
        style: impl FnOnce([u32; 2]) -> PictureStyle,
    ) -> Result<Vec<u8>, StudioError> {
        let layout = self.layout(size);
        let style = style(layout.picture);
        let picture = Picture(Arc::clone(&snapshot.picture));
        let shot = self.studio.shoot(&picture, &style, layout.picture)?;
        if self.dress == Dress::default() && shot.size == size {
            return Ok(shot.pixels);
        }
        let mut pixels = vec![0; 4 * size[0] as usize * size[1] as usize];
        let rows = pixels.chunks_exact_mut(4 * size[0] as usize);
        for (row, shown) in rows.zip(shot.pixels.chunks_exact(4 * shot.size[0] as usize)) {
            if let Some(part) = row.get_mut(..shown.len()) {
                part.copy_from_slice(shown);
            }
        }
        let scale = (size[0].min(size[1]) as f32 / POINTS).max(0.5);
        let surroundings = Surroundings {
            colours: &style.colours.texels,
            layer_colours: &style.layer_colours(&picture),
            points_per_length: style.camera.scale / f64::from(scale),
            ..Surroundings::default()
        };
        let frame = Frame {
            snapshot,
            surroundings: &surroundings,
        };
        let points = |[x, y]: [u32; 2]| pos2(x as f32 / scale, y as f32 / scale);
        let [left, top, right, bottom] = layout.plots;
        let beside = Rect::from_min_max(points([left, top]), points([right, bottom]));
        let seen = Rect::from_min_max(points([0, 0]), points(layout.picture));
        let Self {
            page,
            interface,
            plots,
            dress,
            printer,
            ..
        } = self;
        printer.paint(&mut pixels, size, scale, |ui| {
            if dress.plots {
                page.wall(ui, beside, &frame, plots);
            }
            if dress.legend {
                panel::captions(ui, seen, &frame, interface);
            }
        });
        Ok(pixels)
    }
}
