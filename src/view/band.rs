//! The strokes of the processor's brush: what `shaders/picture.wgsl` does, on some rows of pixels.

use super::layout::{DART, Layout};
use super::raster::{Dash, Mark, Place};
use super::strokes::{IN_INSET, ROUND};
use crate::model::observable::Grid;

/// Radius of the head of a streak in radii; the shader has the same number.
const HEAD: f32 = 0.55;

/// Pixels of a row that are computed at once, and the largest radius whose rows fit into them.
const LANES: usize = 8;
const SMALL: f32 = 3.0;

/// Some rows of the picture.
pub struct Band<'a> {
    layout: &'a Layout,
    rows: &'a mut [u8],
    width: usize,
    first: usize,
}

impl<'a> Band<'a> {
    /// The band whose first row is `first`.
    pub fn new(layout: &'a Layout, rows: &'a mut [u8], first: usize) -> Self {
        let width = layout.size[0] as usize;
        Self {
            layout,
            rows,
            width,
            first,
        }
    }

    fn height(&self) -> usize {
        self.rows.len() / (4 * self.width)
    }

    /// The rows of a place that lie in this band, counted from its first.
    fn overlap(&self, place: &Place) -> std::ops::Range<usize> {
        let low = (place.rows[0] as usize).max(self.first) - self.first;
        let high = (place.rows[1] as usize + 1)
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

    /// Lays down the canvas and the field, interpolated between the centres of its cells.
    pub fn paint_backdrop(&mut self, field: Option<&Grid>) {
        let background = self.layout.background.map(|x| (x * 255.0 + 0.5) as u8);
        self.rows.as_chunks_mut::<4>().0.fill(background);
        let Some(field) = field else { return };
        let (low, high) = (self.layout.box_low, self.layout.box_high);
        let across = |place: f32, axis: usize| (place - low[axis]) / (high[axis] - low[axis]);
        let shown = |unit: f32| self.layout.field_repeats != 0 || (0.0..=1.0).contains(&unit);
        let wraps = self.layout.field_wraps != 0;
        for row in 0..self.height() {
            let y = (row + self.first) as f32 + 0.5;
            let vertical = across(y, 1);
            if !shown(vertical) {
                continue;
            }
            let rows = cells(1.0 - vertical, field.rows, wraps);
            for column in 0..self.width {
                let x = column as f32 + 0.5;
                let horizontal = across(x, 0);
                if !shown(horizontal) {
                    continue;
                }
                let columns = cells(horizontal, field.columns, wraps);
                let value = |row: usize| {
                    let at = |k: usize| field.values[row * field.columns + k];
                    mix(at(columns.0), at(columns.1), columns.2)
                };
                let value = mix(value(rows.0), value(rows.1), rows.2);
                let share = (value - self.layout.field_low) * self.layout.field_scale;
                let texel = (share.clamp(0.0, 1.0) * 255.0 + 0.5) as usize;
                let colour = channels(self.layout.field_colours[texel.min(255)]);
                let opacity = self.layout.field_opacity * self.dimming(x, y);
                self.mix(4 * (row * self.width + column), colour, 1.0, opacity);
            }
        }
    }

    /// Paints solid marks, each over what is there.
    pub fn paint_solid<'m>(&mut self, marks: impl Iterator<Item = &'m Mark>) {
        for mark in marks {
            let aimless = self.layout.glyph == 1 && mark.tail <= 0.0;
            if self.layout.glyph == 0 || aimless {
                self.paint_disc(mark)
            } else {
                self.paint_shape(mark)
            }
        }
    }

    /// Paints strokes, each over what is there.
    pub fn paint_dashes<'m>(&mut self, dashes: impl Iterator<Item = &'m Dash>) {
        for dash in dashes {
            self.paint_dash(dash);
        }
    }

    fn paint_dash(&mut self, dash: &Dash) {
        let [from_colour, to_colour] = dash.colours.map(u32::to_le_bytes);
        let even = from_colour == to_colour;
        if from_colour[3] == 0 && to_colour[3] == 0 {
            return;
        }
        let widest = dash.halves[0].max(dash.halves[1]);
        for row in self.overlap(&dash.place) {
            let y = (row + self.first) as f32 + 0.5;
            // Only the pixels about the place where the stroke crosses this row can be lit.
            let [mut from, mut to] = dash.place.columns;
            if dash.axis[1].abs() > 1e-3 {
                let cross = dash.x + (y - dash.y) / dash.axis[1] * dash.axis[0];
                let half = (widest + 1.0) / dash.axis[1].abs() + 1.5;
                from = from.max((cross - half).max(0.0) as u32);
                to = to.min((cross + half).max(0.0) as u32);
            }
            for column in from..=to {
                let x = column as f32 + 0.5;
                let (dx, dy) = (x - dash.x, y - dash.y);
                let along = dx * dash.axis[0] + dy * dash.axis[1];
                let aside = dy * dash.axis[0] - dx * dash.axis[1];
                let part = (along / dash.length.max(1e-6)).clamp(0.0, 1.0);
                let mut opacity = coverage(dash, along, aside, part);
                if opacity <= 0.0 {
                    continue;
                }
                let channel = |k: usize| {
                    if even {
                        f32::from(from_colour[k])
                    } else {
                        mix(f32::from(from_colour[k]), f32::from(to_colour[k]), part)
                    }
                };
                opacity *= channel(3) / 255.0;
                if dash.flags & IN_INSET == 0 {
                    opacity *= self.dimming(x, y);
                }
                let at = 4 * (row * self.width + column as usize);
                self.mix(at, [0, 1, 2].map(channel), 1.0, opacity);
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
        if all_inside && r <= SMALL {
            return self.paint_small_disc(mark, strength, width);
        }
        for row in self.overlap(&mark.place) {
            let y = (row + self.first) as f32 + 0.5;
            let dy2 = (y - mark.y).powi(2);
            if dy2 >= outer {
                continue;
            }
            let half = (outer - dy2).sqrt();
            let from = (mark.x - half - 0.5).max(mark.place.columns[0] as f32) as usize;
            let to = ((mark.x + half + 0.5).max(0.0) as usize).min(mark.place.columns[1] as usize);
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

    /// The same for a disc of which a row fits into a few lanes, which are computed at once.
    fn paint_small_disc(&mut self, mark: &Mark, strength: f32, width: f32) {
        let r = mark.radius;
        let colour = mark.colour.to_le_bytes();
        let left = (mark.x - r - 0.5).max(0.0).floor();
        let most = self.width.saturating_sub(left as usize).min(LANES);
        for row in self.overlap(&mark.place) {
            let y = (row + self.first) as f32 + 0.5;
            let dy2 = (y - mark.y).powi(2);
            let mut over = [0; LANES];
            let mut weight = [0; LANES];
            for lane in 0..LANES {
                let x = left + lane as f32 + 0.5;
                let edge = ((x - mark.x).powi(2) + dy2).sqrt() - r;
                let opacity = (0.5 - edge).clamp(0.0, 1.0);
                let shade = 1.0 - strength * (1.0 + edge / width).clamp(0.0, 1.0);
                over[lane] = sixteen_bits(opacity);
                weight[lane] = sixteen_bits(opacity * shade);
            }
            let from = 4 * (row * self.width + left as usize);
            let pixels = &mut self.rows[from..from + 4 * most];
            let lanes = over.into_iter().zip(weight);
            for (pixel, (over, weight)) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(lanes) {
                if over > 0 {
                    blend(pixel, colour, over, weight);
                }
            }
        }
    }

    /// True when the whole mark keeps its opacity.
    fn dims_nothing(&self, mark: &Mark) -> bool {
        let [[left, right], [top, bottom]] =
            [mark.place.columns, mark.place.rows].map(|r| r.map(|x| x as f32));
        self.layout.ghosts >= 1.0
            || (self.dimming(left, top) >= 1.0 && self.dimming(right + 1.0, bottom + 1.0) >= 1.0)
    }

    fn paint_shape(&mut self, mark: &Mark) {
        let rgb = channels(mark.colour);
        let streak = self.layout.glyph == 2;
        let head = HEAD * mark.radius;
        let width = (0.22 * mark.radius).max(1.0);
        let strength = self.layout.rim * ((mark.radius - 2.0) / 4.0).clamp(0.0, 1.0);
        for row in self.overlap(&mark.place) {
            let y = (row + self.first) as f32 + 0.5;
            for column in mark.place.columns[0] as usize..=mark.place.columns[1] as usize {
                let x = column as f32 + 0.5;
                let (dx, dy) = (x - mark.x, y - mark.y);
                let along = dx * mark.axis[0] + dy * mark.axis[1];
                let across = dy * mark.axis[0] - dx * mark.axis[1];
                let edge = if streak {
                    streak_edge([along, across], head, mark.tail)
                } else {
                    dart_edge([along, across], mark.radius)
                };
                let mut opacity = (0.5 - edge).clamp(0.0, 1.0);
                let mut shade = 1.0;
                if streak {
                    let behind = (along + head).min(0.0);
                    opacity *= (1.0 + behind / mark.tail.max(1e-3)).clamp(0.0, 1.0);
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
        let (over, weight) = (sixteen_bits(opacity), sixteen_bits(shade * opacity));
        if let Some(pixel) = self.rows[at..].first_chunk_mut::<4>() {
            let [red, green, blue] = rgb.map(|channel| channel as u8);
            blend(pixel, [red, green, blue, 255], over, weight);
        }
    }

    /// Adds up the light of points and lays it over what is there.
    pub fn paint_light<'m>(&mut self, marks: impl Iterator<Item = &'m Mark>) {
        let mut sums = vec![[0.0_f32; 4]; self.rows.len() / 4];
        for mark in marks {
            let [red, green, blue] = channels(mark.colour).map(|c| c / 255.0);
            for row in self.overlap(&mark.place) {
                let dy2 = ((row + self.first) as f32 + 0.5 - mark.y).powi(2);
                for column in mark.place.columns[0] as usize..=mark.place.columns[1] as usize {
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
        for (k, sum) in sums.iter().enumerate() {
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

    /// Draws the outline of the box.
    pub fn paint_outline(&mut self) {
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

/// Lays a colour over a pixel: 2¹⁶ is all of it.
fn blend(pixel: &mut [u8; 4], colour: [u8; 4], over: u32, weight: u32) {
    for (under, colour) in pixel[..3].iter_mut().zip(colour) {
        let mixed = u32::from(colour) * weight + u32::from(*under) * (65536 - over);
        *under = ((mixed + 32768) >> 16) as u8;
    }
}

/// A share from 0 to 1 in units of 2⁻¹⁶, rounded. The sum is a float whose last bits count them,
/// which takes no conversion and can be done for several lanes at once. NaN counts as nothing.
fn sixteen_bits(share: f32) -> u32 {
    (share.max(0.0) * 65536.0 + 8_388_608.0).to_bits() & 0x7f_ffff
}

/// How much of a pixel a stroke covers, as in the shader.
fn coverage(dash: &Dash, along: f32, aside: f32, part: f32) -> f32 {
    let half = mix(dash.halves[0], dash.halves[1], part);
    if dash.flags & ROUND != 0 {
        let beyond = along - along.clamp(0.0, dash.length);
        return (half + 0.5 - beyond.hypot(aside)).clamp(0.0, 1.0);
    }
    (half + 0.5 - aside.abs()).clamp(0.0, 1.0)
        * (along + 0.5).clamp(0.0, 1.0)
        * (dash.length - along + 0.5).clamp(0.0, 1.0)
}

/// Signed distance to the edge of a streak in pixels: a cone from its head to the end of its tail.
fn streak_edge([x, y]: [f32; 2], head: f32, tail: f32) -> f32 {
    let along = (-x / tail.max(1e-3)).clamp(0.0, 1.0);
    (x + along * tail).hypot(y) - head * (1.0 - along)
}

/// Signed distance to the edge of a dart in pixels, as in the shader.
fn dart_edge(local: [f32; 2], radius: f32) -> f32 {
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

/// The two cells around a place in a unit of their row, and how far it is towards the second.
fn cells(unit: f32, count: usize, wraps: bool) -> (usize, usize, f32) {
    let place = (unit - unit.floor()) * count as f32 - 0.5;
    let low = place.floor();
    let pick = |at: i64| {
        let count = count as i64;
        let at = if wraps {
            at.rem_euclid(count)
        } else {
            at.clamp(0, count - 1)
        };
        at as usize
    };
    (pick(low as i64), pick(low as i64 + 1), place - low)
}

fn mix(a: f32, b: f32, part: f32) -> f32 {
    a * (1.0 - part) + b * part
}
