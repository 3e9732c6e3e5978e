//! The painter that uses the processor, for machines without a graphics device.
//!
//! It draws the same picture as `shaders/picture.wgsl`, to within the rounding of a colour code,
//! and is what a software adapter would do, without the detour. The picture is cut into bands of
//! rows that are painted side by side; each band paints its particles in their order, so the
//! result does not depend on the number of threads.

use rayon::prelude::*;

use super::band::Band;
use super::bloom::Bloom;
use super::layout::{DART_REACH, Layout, TAIL};
use super::picture::{Particle, Picture, unpack_direction};
use super::strokes::{IN_INSET, Stroke};

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
    /// Length of the tail of a streak in pixels; for a dart, 0 when it has no direction.
    pub tail: f32,
    pub place: Place,
}

/// A stroke on the picture: `x` and `y` are one end, `axis` is the unit way to the other.
#[derive(Clone, Copy)]
pub struct Dash {
    pub x: f32,
    pub y: f32,
    pub axis: [f32; 2],
    pub length: f32,
    /// Half of the width at both ends.
    pub halves: [f32; 2],
    pub colours: [u32; 2],
    pub flags: u32,
    pub place: Place,
}

/// First and last row and column that something may touch.
#[derive(Clone, Copy)]
pub struct Place {
    pub rows: [u32; 2],
    pub columns: [u32; 2],
}

/// What a band can be filled with.
trait Placed: Send {
    fn rows(&self) -> [u32; 2];
}

impl Placed for Mark {
    fn rows(&self) -> [u32; 2] {
        self.place.rows
    }
}

impl Placed for Dash {
    fn rows(&self) -> [u32; 2] {
        self.place.rows
    }
}

/// What some of the things of one kind leave on the picture, and which of it each band needs.
struct Sheaf<P> {
    placed: Vec<P>,
    /// Where the list of each band begins in `order`.
    starts: Vec<u32>,
    order: Vec<u32>,
}

/// All that the things of one kind leave on the picture, in their order.
struct Bins<P> {
    sheaves: Vec<Sheaf<P>>,
}

/// Buffers that are kept from picture to picture.
#[derive(Default)]
pub struct Raster {
    particles: Bins<Mark>,
    strokes: Bins<Dash>,
    bloom: Bloom,
}

impl Raster {
    /// Paints into `pixels`, rows of RGBA bytes from the top, resized to fit.
    pub fn paint(
        &mut self,
        picture: &Picture,
        strokes: &[Stroke],
        layout: &Layout,
        pixels: &mut Vec<u8>,
    ) {
        let [width, height] = layout.size.map(|side| side as usize);
        pixels.resize(4 * width * height, 0);
        let bands = height.div_ceil(ROWS);
        let copies = &layout.origins[..layout.copies as usize];
        self.particles
            .fill(picture.particles(), bands, |particle, marks| {
                let all = copies
                    .iter()
                    .filter_map(|at| project(particle, [at[0], at[1]], layout));
                marks.extend(all);
            });
        self.strokes.fill(strokes, bands, |stroke, dashes| {
            let in_box = stroke.flags & IN_INSET == 0;
            let copies = if in_box {
                copies
            } else {
                &copies[..copies.len().min(1)]
            };
            let all = copies
                .iter()
                .filter_map(|at| dash(stroke, [at[0], at[1]], layout));
            dashes.extend(all);
        });
        let field = picture.field().map(|field| field.grid);
        let (particles, strokes) = (&self.particles, &self.strokes);
        pixels
            .par_chunks_mut(4 * width * ROWS)
            .enumerate()
            .for_each(|(number, rows)| {
                let mut band = Band::new(layout, rows, number * ROWS);
                band.paint_backdrop(field);
                if layout.is_light() {
                    band.paint_light(particles.of_band(number));
                } else {
                    band.paint_solid(particles.of_band(number));
                }
                band.paint_outline();
                band.paint_dashes(strokes.of_band(number));
            });
        if layout.bloom > 0.0 {
            self.bloom.spread(pixels, [width, height], layout.bloom);
        }
    }
}

impl<P> Default for Bins<P> {
    fn default() -> Self {
        Self {
            sheaves: Vec::new(),
        }
    }
}

impl<P: Placed> Bins<P> {
    /// Finds where each thing, and each of its images, falls on the picture. Every sheaf sorts its
    /// own part by bands, so that all of it is shared among the threads.
    fn fill<T: Sync>(
        &mut self,
        things: &[T],
        bands: usize,
        project: impl Fn(&T, &mut Vec<P>) + Sync,
    ) {
        self.sheaves
            .resize_with(things.len().div_ceil(CHUNK), || Sheaf {
                placed: Vec::new(),
                starts: Vec::new(),
                order: Vec::new(),
            });
        self.sheaves
            .par_iter_mut()
            .zip(things.par_chunks(CHUNK))
            .for_each(|(sheaf, things)| {
                sheaf.placed.clear();
                for thing in things {
                    project(thing, &mut sheaf.placed);
                }
                sheaf.sort_into_bands(bands);
            });
    }

    /// What touches a band, in its order.
    fn of_band(&self, band: usize) -> impl Iterator<Item = &P> {
        self.sheaves.iter().flat_map(move |sheaf| {
            let list = sheaf.starts[band] as usize..sheaf.starts[band + 1] as usize;
            sheaf.order[list]
                .iter()
                .map(|&at| &sheaf.placed[at as usize])
        })
    }
}

impl<P: Placed> Sheaf<P> {
    /// Lists what touches each band in its order: a counting sort.
    fn sort_into_bands(&mut self, bands: usize) {
        let touched = |placed: &P| {
            let [first, last] = placed.rows().map(|row| row as usize / ROWS);
            first..=last
        };
        self.starts.clear();
        self.starts.resize(bands + 2, 0);
        for band in self.placed.iter().flat_map(touched) {
            self.starts[band + 2] += 1;
        }
        for band in 2..bands + 2 {
            self.starts[band] += self.starts[band - 1];
        }
        self.order.resize(self.starts[bands + 1] as usize, 0);
        for (at, placed) in self.placed.iter().enumerate() {
            for band in touched(placed) {
                let slot = &mut self.starts[band + 1];
                self.order[*slot as usize] = at as u32;
                *slot += 1;
            }
        }
    }
}

/// The mark of a particle, unless it is off the picture or not a number.
fn project(particle: &Particle, origin: [f32; 2], layout: &Layout) -> Option<Mark> {
    let x = particle.x * layout.scale + origin[0];
    let y = origin[1] - particle.y * layout.scale;
    let radius = particle.radius * layout.radius_scale;
    let (mut axis, mut tail) = ([1.0, 0.0], 0.0);
    if layout.glyph != 0 {
        let [cosine, sine] = unpack_direction(particle.direction);
        let norm = cosine.hypot(sine);
        if norm > 1e-4 {
            axis = [cosine / norm, -sine / norm];
            tail = norm.min(1.0) * TAIL * radius;
        }
    }
    let (mut reach, mut behind) = (radius + 1.0, 0.0);
    match (layout.is_light(), layout.glyph) {
        (true, _) => reach = 1.5,
        (false, 1) => reach = DART_REACH * radius + 1.0,
        (false, 2) => behind = tail,
        (false, _) => {}
    }
    let ends = [x - behind * axis[0], y - behind * axis[1]];
    let place = Place {
        columns: span(
            x.min(ends[0]) - reach,
            x.max(ends[0]) + reach,
            layout.size[0],
        )?,
        rows: span(
            y.min(ends[1]) - reach,
            y.max(ends[1]) + reach,
            layout.size[1],
        )?,
    };
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
        tail,
        place,
    })
}

/// Where a stroke falls, unless it is off the picture or not a number.
fn dash(stroke: &Stroke, origin: [f32; 2], layout: &Layout) -> Option<Dash> {
    let [left, top, radius, _] = layout.inset;
    let (scale, origin) = match (stroke.flags & IN_INSET != 0, radius > 0.0) {
        (true, false) => return None,
        (true, true) => (radius, [left, top]),
        (false, _) => (layout.scale, origin),
    };
    let [from, to] = stroke
        .ends
        .map(|[x, y]| [x * scale + origin[0], origin[1] - y * scale]);
    let half = |width: f32| 0.5 * if width < 0.0 { -width * scale } else { width };
    let halves = stroke.widths.map(half);
    let reach = halves[0].max(halves[1]) + 1.0;
    let span = |axis: usize| {
        let (low, high) = (from[axis].min(to[axis]), from[axis].max(to[axis]));
        span(low - reach, high + reach, layout.size[axis])
    };
    let place = Place {
        columns: span(0)?,
        rows: span(1)?,
    };
    let way = [to[0] - from[0], to[1] - from[1]];
    let length = way[0].hypot(way[1]);
    let axis = if length > 0.0 {
        way.map(|part| part / length)
    } else {
        [1.0, 0.0]
    };
    (length.is_finite() && reach.is_finite()).then_some(Dash {
        x: from[0],
        y: from[1],
        axis,
        length,
        halves,
        colours: stroke.colours,
        flags: stroke.flags,
        place,
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
