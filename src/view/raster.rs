//! The painter that uses the processor, for machines without a graphics device.
//!
//! It draws the same picture as `shaders/picture.wgsl`, to within the rounding of a colour code,
//! and is what a software adapter would do, without the detour. The picture is cut into bands of
//! rows that are painted side by side; each band paints its particles in their order, so the
//! result does not depend on the number of threads.

use rayon::prelude::*;

use super::band::Band;
use super::layout::{DART_REACH, Layout, TAIL};
use super::picture::{Particle, Picture, unpack_direction};

/// Rows in a band: few enough for a band to stay in the cache.
const ROWS: usize = 16;

/// Particles that are projected in one task.
const CHUNK: usize = 8192;

/// A mark on the picture.
#[derive(Clone, Copy)]
pub struct Mark {
    pub x: f32,
    pub y: f32,
    /// Radius in pixels, or the weight of its light.
    pub radius: f32,
    pub colour: u32,
    pub axis: [f32; 2],
    /// First and last row and column that it may touch.
    pub rows: [u32; 2],
    pub columns: [u32; 2],
}

/// The marks of one layer, and which of them each band needs.
#[derive(Default)]
struct Bins {
    marks: Vec<Vec<Mark>>,
    starts: Vec<u32>,
    order: Vec<[u32; 2]>,
}

/// Buffers that are kept from picture to picture.
#[derive(Default)]
pub struct Raster {
    particles: Bins,
    links: Bins,
}

impl Raster {
    /// Paints into `pixels`, rows of RGBA bytes from the top, resized to fit.
    pub fn paint(&mut self, picture: &Picture, layout: &Layout, pixels: &mut Vec<u8>) {
        let [width, height] = layout.size.map(|side| side as usize);
        pixels.resize(4 * width * height, 0);
        let bands = height.div_ceil(ROWS);
        self.particles
            .fill(picture.particles(), layout, bands, project);
        let links: Vec<[[f32; 2]; 2]> = picture.links().copied().collect();
        self.links.fill(&links, layout, bands, project_link);
        let (particles, links) = (&self.particles, &self.links);
        pixels
            .par_chunks_mut(4 * width * ROWS)
            .enumerate()
            .for_each(|(number, rows)| {
                let mut band = Band::new(layout, rows, number * ROWS);
                band.paint_backdrop(picture.field());
                if layout.is_light() {
                    band.paint_light(particles.of_band(number));
                } else {
                    band.paint_solid(particles.of_band(number));
                }
                band.paint_links(links.of_band(number));
                band.paint_outline();
            });
    }
}

impl Bins {
    /// Finds where each thing, and each of its images, falls on the picture.
    fn fill<T: Sync>(
        &mut self,
        things: &[T],
        layout: &Layout,
        bands: usize,
        project: impl Fn(&T, [f32; 2], &Layout) -> Option<Mark> + Sync,
    ) {
        self.marks
            .resize_with(things.len().div_ceil(CHUNK), Vec::new);
        self.marks
            .par_iter_mut()
            .zip(things.par_chunks(CHUNK))
            .for_each(|(marks, things)| {
                marks.clear();
                for thing in things {
                    for origin in &layout.origins[..layout.copies as usize] {
                        marks.extend(project(thing, [origin[0], origin[1]], layout));
                    }
                }
            });
        self.sort_into_bands(bands);
    }

    /// The marks that touch a band, in their order.
    fn of_band(&self, band: usize) -> impl Iterator<Item = &Mark> {
        self.order[self.starts[band] as usize..self.starts[band + 1] as usize]
            .iter()
            .map(|&[chunk, at]| &self.marks[chunk as usize][at as usize])
    }

    /// Lists the marks of each band in their order: a counting sort.
    fn sort_into_bands(&mut self, bands: usize) {
        self.starts.clear();
        self.starts.resize(bands + 2, 0);
        let band = |row: u32| row as usize / ROWS;
        for mark in self.marks.iter().flatten() {
            for k in band(mark.rows[0])..=band(mark.rows[1]) {
                self.starts[k + 2] += 1;
            }
        }
        for k in 2..bands + 2 {
            self.starts[k] += self.starts[k - 1];
        }
        self.order.resize(self.starts[bands + 1] as usize, [0; 2]);
        for (chunk, marks) in self.marks.iter().enumerate() {
            for (at, mark) in marks.iter().enumerate() {
                for k in band(mark.rows[0])..=band(mark.rows[1]) {
                    let slot = &mut self.starts[k + 1];
                    self.order[*slot as usize] = [chunk as u32, at as u32];
                    *slot += 1;
                }
            }
        }
    }
}

/// The mark of a particle, unless it is off the picture or not a number.
fn project(particle: &Particle, origin: [f32; 2], layout: &Layout) -> Option<Mark> {
    let x = particle.x * layout.scale + origin[0];
    let y = origin[1] - particle.y * layout.scale;
    let radius = particle.radius * layout.radius_scale;
    let reach = match (layout.is_light(), layout.glyph) {
        (true, _) => 1.5,
        (false, 1) => DART_REACH * radius + 1.0,
        (false, 2) => TAIL * radius + 1.0,
        (false, _) => radius + 1.0,
    };
    let columns = span(x - reach, x + reach, layout.size[0])?;
    let rows = span(y - reach, y + reach, layout.size[1])?;
    let mut axis = [1.0, 0.0];
    if layout.glyph != 0 {
        let [cosine, sine] = unpack_direction(particle.direction);
        let norm = cosine.hypot(sine);
        if norm > 0.5 {
            axis = [cosine / norm, -sine / norm];
        }
    }
    let radius = if layout.is_light() {
        layout.exposure * (radius * radius).max(0.15)
    } else {
        radius
    };
    Some(Mark {
        x,
        y,
        radius,
        colour: colour(particle.value, layout),
        axis,
        rows,
        columns,
    })
}

/// The mark of a line: `x` and `y` are one end, `axis` is the way to the other.
fn project_link(ends: &[[f32; 2]; 2], origin: [f32; 2], layout: &Layout) -> Option<Mark> {
    let [from, to] =
        ends.map(|[x, y]| [x * layout.scale + origin[0], origin[1] - y * layout.scale]);
    let reach = |axis: usize| {
        span(
            from[axis].min(to[axis]) - 1.5,
            from[axis].max(to[axis]) + 1.5,
            layout.size[axis],
        )
    };
    let (columns, rows) = (reach(0)?, reach(1)?);
    let axis = [to[0] - from[0], to[1] - from[1]];
    axis.iter().all(|way| way.is_finite()).then_some(Mark {
        x: from[0],
        y: from[1],
        radius: 0.0,
        colour: 0,
        axis,
        rows,
        columns,
    })
}

/// First and last whole pixel between two places, if they are on the picture at all.
fn span(low: f32, high: f32, side: f32) -> Option<[u32; 2]> {
    // A comparison with NaN is false, hence the form of this condition.
    (low < side && high > 0.0).then(|| [low.max(0.0) as u32, high.min(side - 1.0).max(0.0) as u32])
}

/// Looks a value up as the shader does.
fn colour(value: f32, layout: &Layout) -> u32 {
    let texel = if layout.cyclic != 0 {
        ((value - value.floor()) * 256.0) as usize
    } else {
        (value.clamp(0.0, 1.0) * 255.0 + 0.5) as usize
    };
    layout.colours[texel.min(255)]
}
