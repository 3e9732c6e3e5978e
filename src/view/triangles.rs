//! Textured triangles on the processor: what an interface is made of, painted without a device.
//!
//! Colours and texels are sRGB codes with premultiplied opacity. They are multiplied with each
//! other and mixed with what lies below as codes, which is how egui means its colours to be mixed
//! (`epaint::Color32`). A pixel belongs to a triangle when its centre does; a centre on an edge
//! belongs to the triangle that has the edge at its top or left, so that neighbours which share
//! an edge never paint a pixel twice. The picture is cut into bands of rows that are painted side
//! by side, each in the order of the triangles: the result does not depend on the number of
//! threads.

use rayon::prelude::*;

/// A corner of a triangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vertex {
    /// Place in pixels from the upper left corner.
    pub at: [f32; 2],
    /// Place on the texture, from 0 to 1.
    pub texel: [f32; 2],
    /// Premultiplied sRGB.
    pub colour: [u8; 4],
}

/// A picture that triangles can be covered with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texture {
    /// Columns and rows.
    pub size: [usize; 2],
    /// Premultiplied sRGB, row by row from the top.
    pub texels: Vec<[u8; 4]>,
}

impl Texture {
    /// A texture of one white texel.
    pub fn white() -> Self {
        Self {
            size: [1, 1],
            texels: vec![[255; 4]],
        }
    }

    /// Replaces the part that begins at a column and a row; what lies outside is left out.
    pub fn patch(&mut self, [left, top]: [usize; 2], patch: &Self) {
        let [columns, rows] = self.size;
        let wide = patch.size[0].min(columns.saturating_sub(left));
        for row in 0..patch.size[1].min(rows.saturating_sub(top)) {
            let from = row * patch.size[0];
            let to = (top + row) * columns + left;
            if let (Some(source), Some(target)) = (
                patch.texels.get(from..from + wide),
                self.texels.get_mut(to..to + wide),
            ) {
                target.copy_from_slice(source);
            }
        }
    }

    fn texel(&self, column: i64, row: i64) -> [f32; 4] {
        let [columns, rows] = self.size;
        let column = column.clamp(0, columns as i64 - 1) as usize;
        let row = row.clamp(0, rows as i64 - 1) as usize;
        let texel = self.texels.get(row * columns + column);
        texel.map_or([0.0; 4], |texel| texel.map(f32::from))
    }

    /// The colour at a place, mixed from the nearest four texels; beyond the edge that of the edge.
    fn sample(&self, [u, v]: [f32; 2]) -> [f32; 4] {
        let x = u * self.size[0] as f32 - 0.5;
        let y = v * self.size[1] as f32 - 0.5;
        let (left, top) = (x.floor(), y.floor());
        let (right, below) = (x - left, y - top);
        let (column, row) = (left as i64, top as i64);
        let corner = |across: i64, down: i64| self.texel(column + across, row + down);
        // A whole texel needs no mixing, and that is what upright text is made of.
        if right < 1e-3 && below < 1e-3 {
            return corner(0, 0);
        }
        let mix = |a: [f32; 4], b: [f32; 4], share: f32| {
            std::array::from_fn(|part| a[part] + (b[part] - a[part]) * share)
        };
        let upper = mix(corner(0, 0), corner(1, 0), right);
        let lower = mix(corner(0, 1), corner(1, 1), right);
        mix(upper, lower, below)
    }
}

/// Triangles that share a texture and the rectangle outside of which nothing is painted.
#[derive(Clone, Debug)]
pub struct Mesh<'a> {
    pub vertices: &'a [Vertex],
    /// Three a triangle; a triangle with an index beyond the vertices is left out.
    pub indices: &'a [u32],
    pub texture: &'a Texture,
    /// First and last but one column and row: `[left, top, right, bottom]`.
    pub clip: [u32; 4],
}

/// Rows in a band.
const ROWS: usize = 32;
/// Steps per pixel by which corners are placed.
const STEPS: f32 = 256.0;
/// Pixels from the picture's corner beyond which a corner is not placed: a triangle that reaches
/// there is left out, since its edges could not be computed exactly.
const REACH: f32 = 1e6;

/// A triangle that is ready to be painted.
struct Triangle<'a> {
    corners: [&'a Vertex; 3],
    /// The corners in steps, clockwise on the screen.
    places: [[i64; 2]; 3],
    texture: &'a Texture,
    /// `[left, top, right, bottom]` of the pixels that it may touch.
    reach: [i64; 4],
    /// Its three corners agree in colour and in place on the texture.
    plain: bool,
}

/// Paints meshes in their order over `pixels`, opaque rows of RGBA bytes from the top. Pixels of
/// another number than the size says are left as they are.
pub fn paint(pixels: &mut [u8], size: [u32; 2], meshes: &[Mesh]) {
    let [width, height] = size.map(|side| side as usize);
    if width == 0 || height == 0 || pixels.len() != 4 * width * height {
        return;
    }
    let triangles: Vec<Triangle> = meshes.iter().flat_map(|mesh| ready(mesh, size)).collect();
    let mut bands: Vec<Vec<u32>> = vec![Vec::new(); height.div_ceil(ROWS)];
    for (index, triangle) in triangles.iter().enumerate() {
        let [_, top, _, bottom] = triangle.reach;
        let (first, last) = (top as usize / ROWS, (bottom - 1) as usize / ROWS);
        if let Some(bands) = bands.get_mut(first..=last) {
            bands.iter_mut().for_each(|band| band.push(index as u32));
        }
    }
    pixels
        .par_chunks_mut(4 * width * ROWS)
        .zip(&bands)
        .enumerate()
        .for_each(|(number, (rows, band))| {
            let first = (number * ROWS) as i64;
            let last = first + (rows.len() / (4 * width)) as i64;
            for &index in band {
                if let Some(triangle) = triangles.get(index as usize) {
                    triangle.paint(rows, width, [first, last]);
                }
            }
        });
}

/// The triangles of a mesh that touch the picture.
fn ready<'a>(mesh: &Mesh<'a>, size: [u32; 2]) -> impl Iterator<Item = Triangle<'a>> {
    let clip = [
        i64::from(mesh.clip[0]),
        i64::from(mesh.clip[1]),
        i64::from(mesh.clip[2].min(size[0])),
        i64::from(mesh.clip[3].min(size[1])),
    ];
    let (vertices, texture) = (mesh.vertices, mesh.texture);
    mesh.indices.chunks_exact(3).filter_map(move |three| {
        let corner = |which: usize| vertices.get(*three.get(which)? as usize);
        Triangle::new([corner(0)?, corner(1)?, corner(2)?], texture, clip)
    })
}

/// Twice the area of the triangle from an edge to a place; positive on the right hand of the edge
/// as the screen has it, with y downwards.
fn side(from: [i64; 2], to: [i64; 2], at: [i64; 2]) -> i64 {
    (to[0] - from[0]) * (at[1] - from[1]) - (to[1] - from[1]) * (at[0] - from[0])
}

impl<'a> Triangle<'a> {
    fn new(mut corners: [&'a Vertex; 3], texture: &'a Texture, clip: [i64; 4]) -> Option<Self> {
        let sound = |corner: &&Vertex| corner.at.iter().all(|at| at.abs() < REACH);
        if !corners.iter().all(sound) || texture.texels.is_empty() {
            return None;
        }
        let step = |corner: &Vertex| corner.at.map(|at| (at * STEPS).round() as i64);
        let mut places = corners.map(step);
        let area = side(places[0], places[1], places[2]);
        if area == 0 {
            return None;
        }
        if area < 0 {
            // The other way round it is the same triangle.
            corners.swap(1, 2);
            places.swap(1, 2);
        }
        let least = |axis: usize| places.iter().map(|place| place[axis]).min().unwrap_or(0);
        let most = |axis: usize| places.iter().map(|place| place[axis]).max().unwrap_or(0);
        let pixel = |steps: i64| steps.div_euclid(STEPS as i64);
        let reach = [
            pixel(least(0)).max(clip[0]),
            pixel(least(1)).max(clip[1]),
            (pixel(most(0)) + 1).min(clip[2]),
            (pixel(most(1)) + 1).min(clip[3]),
        ];
        let [a, b, c] = corners;
        let plain = a.colour == b.colour
            && b.colour == c.colour
            && a.texel == b.texel
            && b.texel == c.texel;
        (reach[0] < reach[2] && reach[1] < reach[3]).then_some(Self {
            corners,
            places,
            texture,
            reach,
            plain,
        })
    }

    /// Paints what falls into rows `first..last` of the picture, which `rows` holds.
    fn paint(&self, rows: &mut [u8], width: usize, [first, last]: [i64; 2]) {
        let [a, b, c] = self.places;
        let edges = [[b, c], [c, a], [a, b]];
        let area = side(a, b, c) as f32;
        let plain = self.plain.then(|| self.colour([1.0, 0.0, 0.0]));
        for row in self.reach[1].max(first)..self.reach[3].min(last) {
            let centre = |column: i64| [column, row].map(|at| at * 256 + 128);
            let [mut left, mut right] = [self.reach[0], self.reach[2]];
            for [from, to] in edges {
                [left, right] = within(from, to, centre(0), [left, right]);
            }
            if left >= right {
                continue;
            }
            let start = 4 * ((row - first) as usize * width);
            let Some(line) = rows.get_mut(start + 4 * left as usize..start + 4 * right as usize)
            else {
                continue;
            };
            let (pixels, _) = line.as_chunks_mut::<4>();
            if let Some(colour) = plain {
                if colour[3] >= 255.0 {
                    // Nothing of what lies below shows.
                    let mut pixel = [0; 4];
                    blend(&mut pixel, colour);
                    pixels.fill(pixel);
                } else {
                    pixels.iter_mut().for_each(|pixel| blend(pixel, colour));
                }
                continue;
            }
            for (pixel, column) in pixels.iter_mut().zip(left..) {
                let at = centre(column);
                let weight = |[from, to]: [[i64; 2]; 2]| side(from, to, at) as f32 / area;
                blend(pixel, self.colour(edges.map(weight)));
            }
        }
    }

    /// The premultiplied colour, 0 to 255, where the corners have these weights.
    fn colour(&self, weights: [f32; 3]) -> [f32; 4] {
        let [a, b, c] = self.corners;
        let mix = |of: &dyn Fn(&Vertex) -> f32| {
            weights[0] * of(a) + weights[1] * of(b) + weights[2] * of(c)
        };
        let texel = [0, 1].map(|axis| mix(&|corner| corner.texel[axis]));
        let ground = if self.plain { a.texel } else { texel };
        let texel = self.texture.sample(ground);
        std::array::from_fn(|part| {
            mix(&|corner| f32::from(corner.colour[part])) * texel[part] / 255.0
        })
    }
}

/// The columns of a row whose centres lie on the inner side of an edge, among those from `left`
/// up to but without `right`. `first` is the centre of column 0.
fn within(from: [i64; 2], to: [i64; 2], first: [i64; 2], [left, right]: [i64; 2]) -> [i64; 2] {
    let [across, down] = [to[0] - from[0], to[1] - from[1]];
    // Clockwise, a left edge goes up, and a top edge goes to the right.
    let owned = down < 0 || (down == 0 && across > 0);
    let least = if owned { 0 } else { 1 };
    let begin = side(from, to, first) - least;
    // From column to column the side changes by a step across.
    let change = -down * 256;
    if change == 0 {
        return if begin >= 0 {
            [left, right]
        } else {
            [left, left]
        };
    }
    if change > 0 {
        // begin + column change >= 0
        [left.max(-begin.div_euclid(change)), right]
    } else {
        [left, right.min(begin.div_euclid(-change) + 1)]
    }
}

/// Lays a premultiplied colour over an opaque pixel.
fn blend(pixel: &mut [u8; 4], colour: [f32; 4]) {
    let through = 1.0 - colour[3] / 255.0;
    for part in 0..3 {
        let mixed = colour[part] + f32::from(pixel[part]) * through;
        // The conversion saturates.
        pixel[part] = (mixed + 0.5) as u8;
    }
    pixel[3] = 255;
}

#[cfg(test)]
mod tests;
