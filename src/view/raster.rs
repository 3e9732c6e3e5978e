//! The painter that uses the processor, for machines without a graphics device.
//!
//! It draws the same picture as `shaders/picture.wgsl`, to within the rounding of a colour code,
//! and is what a software adapter would do, without the detour. The picture is cut into bands of
//! rows that are painted side by side; each band paints its particles in their order, so the
//! result does not depend on the number of threads.

use rayon::prelude::*;

use super::layout::{DART, DART_REACH, Layout, TAIL};
use super::picture::{Particle, Picture, unpack_direction};

/// Rows in a band: few enough for a band to stay in the cache.
const ROWS: usize = 16;

/// Particles that are projected in one task.
const CHUNK: usize = 8192;

/// A mark on the picture.
#[derive(Clone, Copy)]
struct Mark {
    x: f32,
    y: f32,
    /// Radius in pixels, or the weight of its light.
    radius: f32,
    colour: u32,
    axis: [f32; 2],
    /// First and last row and column that it may touch.
    rows: [u32; 2],
    columns: [u32; 2],
}

/// Buffers that are kept from picture to picture.
#[derive(Default)]
pub struct Raster {
    marks: Vec<Vec<Mark>>,
    starts: Vec<u32>,
    order: Vec<[u32; 2]>,
}

impl Raster {
    /// Paints into `pixels`, rows of RGBA bytes from the top, resized to fit.
    pub fn paint(&mut self, picture: &Picture, layout: &Layout, pixels: &mut Vec<u8>) {
        let [width, height] = layout.size.map(|side| side as usize);
        pixels.resize(4 * width * height, 0);
        self.project(picture, layout);
        self.sort_into_bands(height.div_ceil(ROWS));
        let (marks, starts, order) = (&self.marks, &self.starts, &self.order);
        pixels
            .par_chunks_mut(4 * width * ROWS)
            .enumerate()
            .for_each(|(band, rows)| {
                let range = starts[band] as usize..starts[band + 1] as usize;
                let marks = order[range]
                    .iter()
                    .map(|&[chunk, at]| &marks[chunk as usize][at as usize]);
                let mut band = Band {
                    layout,
                    rows,
                    width,
                    first: band * ROWS,
                };
                if layout.is_light() {
                    band.paint_light(marks);
                } else {
                    band.paint_solid(marks);
                }
                band.paint_outline();
            });
    }

    /// Finds where each particle, and each of its images, falls on the picture.
    fn project(&mut self, picture: &Picture, layout: &Layout) {
        let chunks = picture.particles.len().div_ceil(CHUNK);
        self.marks.resize_with(chunks, Vec::new);
        let marks = self.marks.par_iter_mut();
        marks
            .zip(picture.particles.par_chunks(CHUNK))
            .for_each(|(marks, particles)| {
                marks.clear();
                for particle in particles {
                    for origin in &layout.origins[..layout.copies as usize] {
                        marks.extend(project(particle, [origin[0], origin[1]], layout));
                    }
                }
            });
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
    let span = |middle: f32, side: f32| {
        let (low, high) = (middle - reach, middle + reach);
        // A comparison with NaN is false, hence the form of this condition.
        (low < side && high > 0.0)
            .then(|| [low.max(0.0) as u32, high.min(side - 1.0).max(0.0) as u32])
    };
    let columns = span(x, layout.size[0])?;
    let rows = span(y, layout.size[1])?;
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

/// Looks a value up as the shader does.
fn colour(value: f32, layout: &Layout) -> u32 {
    let texel = if layout.cyclic != 0 {
        ((value - value.floor()) * 256.0) as usize
    } else {
        (value.clamp(0.0, 1.0) * 255.0 + 0.5) as usize
    };
    layout.colours[texel.min(255)]
}

/// Some rows of the picture.
struct Band<'a> {
    layout: &'a Layout,
    rows: &'a mut [u8],
    width: usize,
    first: usize,
}

impl Band<'_> {
    fn height(&self) -> usize {
        self.rows.len() / (4 * self.width)
    }

    /// The rows of a mark that lie in this band, counted from its first.
    fn overlap(&self, mark: &Mark) -> std::ops::Range<usize> {
        let low = (mark.rows[0] as usize).max(self.first) - self.first;
        let high = (mark.rows[1] as usize + 1)
            .saturating_sub(self.first)
            .min(self.height());
        low..high
    }

    fn dimming(&self, x: f32, y: f32) -> f32 {
        let [left, top] = self.layout.box_low;
        let [right, bottom] = self.layout.box_high;
        if x >= left && x <= right && y >= top && y <= bottom {
            1.0
        } else {
            self.layout.ghosts
        }
    }

    fn background(&self) -> [u8; 4] {
        self.layout.background.map(|x| (x * 255.0 + 0.5) as u8)
    }

    fn paint_solid<'m>(&mut self, marks: impl Iterator<Item = &'m Mark>) {
        let background = self.background();
        self.rows.as_chunks_mut::<4>().0.fill(background);
        for mark in marks {
            if self.layout.glyph == 0 {
                self.paint_disc(mark)
            } else {
                self.paint_shape(mark)
            }
        }
    }

    fn paint_disc(&mut self, mark: &Mark) {
        let r = mark.radius;
        let rgb = channels(mark.colour);
        let width = (0.22 * r).max(1.0);
        let strength = self.layout.rim * ((r - 2.0) / 4.0).clamp(0.0, 1.0);
        // Within this distance a pixel is fully covered and not shaded: it is the plain colour.
        let rim = if strength > 0.0 { width } else { 0.5 };
        let plain = (r - rim).max(0.0).powi(2) * f32::from(u8::from(r > rim));
        let outer = (r + 0.5).powi(2);
        let all_inside = self.dims_nothing(mark);
        for row in self.overlap(mark) {
            let y = (row + self.first) as f32 + 0.5;
            let dy2 = (y - mark.y).powi(2);
            if dy2 >= outer {
                continue;
            }
            let half = (outer - dy2).sqrt();
            let from = (mark.x - half - 0.5).max(mark.columns[0] as f32) as usize;
            let to = ((mark.x + half + 0.5).max(0.0) as usize).min(mark.columns[1] as usize);
            for column in from..=to {
                let x = column as f32 + 0.5;
                let d2 = (x - mark.x).powi(2) + dy2;
                let at = 4 * (row * self.width + column);
                if d2 < plain && all_inside {
                    self.rows[at..at + 4].copy_from_slice(&mark.colour.to_le_bytes());
                } else if d2 < outer {
                    let edge = d2.sqrt() - r;
                    let opacity = (0.5 - edge).clamp(0.0, 1.0);
                    let shade = 1.0 - strength * (1.0 + edge / width).clamp(0.0, 1.0);
                    let dimming = if all_inside { 1.0 } else { self.dimming(x, y) };
                    self.mix(at, rgb, shade, opacity * dimming);
                }
            }
        }
    }

    /// True when the whole mark keeps its opacity.
    fn dims_nothing(&self, mark: &Mark) -> bool {
        let [[left, right], [top, bottom]] = [mark.columns, mark.rows].map(|r| r.map(|x| x as f32));
        self.layout.ghosts >= 1.0
            || (self.dimming(left, top) >= 1.0 && self.dimming(right + 1.0, bottom + 1.0) >= 1.0)
    }

    fn paint_shape(&mut self, mark: &Mark) {
        let rgb = channels(mark.colour);
        let streak = self.layout.glyph == 2;
        let tail = TAIL * mark.radius;
        let width = (0.22 * mark.radius).max(1.0);
        let strength = self.layout.rim * ((mark.radius - 2.0) / 4.0).clamp(0.0, 1.0);
        for row in self.overlap(mark) {
            let y = (row + self.first) as f32 + 0.5;
            for column in mark.columns[0] as usize..=mark.columns[1] as usize {
                let x = column as f32 + 0.5;
                let (dx, dy) = (x - mark.x, y - mark.y);
                let along = dx * mark.axis[0] + dy * mark.axis[1];
                let across = dy * mark.axis[0] - dx * mark.axis[1];
                let edge = distance_to_edge([along, across], mark.radius, streak);
                let mut opacity = (0.5 - edge).clamp(0.0, 1.0);
                let mut shade = 1.0;
                if streak {
                    opacity *= (1.0 + along / tail).clamp(0.0, 1.0);
                } else {
                    shade -= strength * (1.0 + edge / width).clamp(0.0, 1.0);
                }
                if opacity > 0.0 {
                    let at = 4 * (row * self.width + column);
                    self.mix(at, rgb, shade, opacity * self.dimming(x, y));
                }
            }
        }
    }

    /// Lays a shaded colour over a pixel: in integers, 2¹⁶ for one.
    fn mix(&mut self, at: usize, rgb: [f32; 3], shade: f32, opacity: f32) {
        let over = (opacity * 65536.0) as u32;
        let weight = (shade * opacity * 65536.0) as u32;
        let Some(pixel) = self.rows[at..].first_chunk_mut::<4>() else {
            return;
        };
        for (under, colour) in pixel.iter_mut().zip(rgb) {
            let mixed = colour as u32 * weight + u32::from(*under) * (65536 - over);
            *under = ((mixed + 32768) >> 16) as u8;
        }
    }

    fn paint_light<'m>(&mut self, marks: impl Iterator<Item = &'m Mark>) {
        let mut sums = vec![[0.0_f32; 4]; self.rows.len() / 4];
        for mark in marks {
            let [red, green, blue] = channels(mark.colour).map(|c| c / 255.0);
            for row in self.overlap(mark) {
                let dy2 = ((row + self.first) as f32 + 0.5 - mark.y).powi(2);
                for column in mark.columns[0] as usize..=mark.columns[1] as usize {
                    let d = ((column as f32 + 0.5 - mark.x).powi(2) + dy2).sqrt();
                    let weight = mark.radius * (1.5 - d).clamp(0.0, 1.0);
                    let sum = &mut sums[row * self.width + column];
                    sum[0] += red * weight;
                    sum[1] += green * weight;
                    sum[2] += blue * weight;
                    sum[3] += weight;
                }
            }
        }
        let under = self.background();
        for (k, sum) in sums.iter().enumerate() {
            self.rows[4 * k..4 * k + 4].copy_from_slice(&under);
            if sum[3] > 0.0 {
                let x = (k % self.width) as f32 + 0.5;
                let y = (k / self.width + self.first) as f32 + 0.5;
                let opacity = (1.0 - (-1.6 * sum[3]).exp()) * self.dimming(x, y);
                let hot = self.layout.glow * (1.0 - (-0.12 * (sum[3] - 1.0).max(0.0)).exp());
                let rgb = [0, 1, 2].map(|c| {
                    let mean = sum[c] / sum[3];
                    255.0 * (mean + (1.0 - mean) * hot)
                });
                self.mix(4 * k, rgb, 1.0, opacity);
            }
        }
    }

    fn paint_outline(&mut self) {
        let [red, green, blue, opacity] = self.layout.outline;
        if opacity <= 0.0 {
            return;
        }
        let rgb = [red, green, blue].map(|c| c * 255.0);
        let [left, top, right, bottom] = self.layout.outline_lines();
        for row in 0..self.height() {
            let y = (row + self.first) as i64;
            if y < top || y > bottom {
                continue;
            }
            let across = y == top || y == bottom;
            let mut dot = |x: i64| {
                if (0..self.width as i64).contains(&x) {
                    self.mix(4 * (row * self.width + x as usize), rgb, 1.0, opacity);
                }
            };
            if across {
                (left..=right).for_each(dot);
            } else {
                dot(left);
                if right > left {
                    dot(right);
                }
            }
        }
    }
}

/// Signed distance to the edge of a dart or a streak in pixels, as in the shader.
fn distance_to_edge(local: [f32; 2], radius: f32, streak: bool) -> f32 {
    if streak {
        let along = (-local[0] / (TAIL * radius)).clamp(0.0, 1.0);
        let x = local[0] + along * TAIL * radius;
        return x.hypot(local[1]) - 0.55 * radius * (1.0 - along);
    }
    let size = DART * radius;
    let [x, y] = [local[0] / size, local[1].abs() / size];
    let flank = (x - 1.0) * 0.3314 + y * 0.9435;
    let cut = (x + 0.6) * -0.9333 + y * -0.3590;
    size * flank.max(cut).max(x.hypot(y) - 1.05)
}

fn channels(colour: u32) -> [f32; 3] {
    let [red, green, blue, _] = colour.to_le_bytes();
    [red, green, blue].map(f32::from)
}
