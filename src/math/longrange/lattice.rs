//! Hankel vectors that many cells share: those of cells of one level, and those of all images of a
//! root cell but its neighbours.

use std::f64::consts::{PI, TAU};

use super::expansion::{Shape, hankel};
use super::torus::Torus;
use super::tree::Frame;

/// Points on the circle over which Taylor coefficients are integrated. The next image is two
/// cells away, the circle has 1.2: aliases are below 0.6¹²⁸.
const POINTS: usize = 128;
const CIRCLE: f64 = 1.2;

/// Half the width of a cell is the unit of the table, which goes so far to either side: to the
/// seventh cell, for all pairs of root cells in free space.
const TABLE: i64 = 14;

/// Hankel vectors of 1/z for the differences of cells of one level, and from cells of the level
/// above; their logarithms are without that of the scale.
#[derive(Debug, Default)]
pub struct Table {
    /// Sides of a cell in units of the scale, and the expansions.
    made_for: Option<([f64; 2], Shape)>,
    pub vectors: Vec<f64>,
}

impl Table {
    /// Number of the vector for a difference in half widths, if there is one.
    pub fn at([dx, dy]: [i64; 2]) -> Option<u32> {
        let inside = dx.abs() <= TABLE && dy.abs() <= TABLE;
        inside.then(|| ((dy + TABLE) * (2 * TABLE + 1) + dx + TABLE) as u32)
    }

    /// Makes the vectors of a frame, unless they are there.
    pub fn prepare(&mut self, frame: &Frame, shape: Shape) {
        let sides = frame.width.map(|width| width / frame.scale(0));
        if self.made_for == Some((sides, shape)) {
            return;
        }
        let long = shape.hankel();
        let side = 2 * TABLE + 1;
        self.vectors.clear();
        self.vectors.resize((side * side) as usize * long, 0.0);
        let differences = (-TABLE..=TABLE).flat_map(|dy| (-TABLE..=TABLE).map(move |dx| [dx, dy]));
        for (difference, vector) in differences.zip(self.vectors.chunks_mut(long)) {
            if difference != [0, 0] {
                let d = [0, 1].map(|axis| 0.5 * difference[axis] as f64 * sides[axis]);
                hankel(shape, d, Some(0.0), vector);
            }
        }
        self.made_for = Some((sides, shape));
    }
}

/// Hankel vectors for every difference of two root cells, from the most negative column and row.
#[derive(Clone, Debug, Default)]
pub struct Lattice {
    /// What they were made for.
    made_for: Option<(Frame, Shape)>,
    /// The vectors, as long as those of 1/z.
    pub vectors: Vec<f64>,
}

impl Lattice {
    /// Number of the vector for a difference of columns and rows.
    pub fn at(frame: &Frame, [dx, dy]: [i32; 2]) -> usize {
        let [columns, rows] = frame.roots.map(|roots| roots as i32);
        ((dy + rows - 1) * (2 * columns - 1) + dx + columns - 1) as usize
    }

    /// Makes the vectors of a frame, unless they are there.
    pub fn prepare(&mut self, frame: &Frame, shape: Shape, torus: &Torus) {
        // The corner is always the same, and the number of levels does not matter here.
        let key = Frame {
            levels: 0,
            ..*frame
        };
        if self.made_for == Some((key, shape)) {
            return;
        }
        let [columns, rows] = frame.roots.map(|roots| roots as i32);
        let long = shape.hankel();
        self.vectors.clear();
        self.vectors
            .resize(((2 * columns - 1) * (2 * rows - 1)) as usize * long, 0.0);
        for dy in 1 - rows..rows {
            for dx in 1 - columns..columns {
                let at = Self::at(frame, [dx, dy]) * long;
                vector(
                    frame,
                    shape,
                    torus,
                    [dx, dy],
                    &mut self.vectors[at..at + long],
                );
            }
        }
        self.made_for = Some((key, shape));
    }
}

/// The images of a root cell that are the neighbours of another: shifts in units of the box.
pub fn neighbours(frame: &Frame, difference: [i32; 2]) -> impl Iterator<Item = [i32; 2]> {
    let roots = frame.roots.map(|roots| roots as i32);
    (-1..=1)
        .flat_map(|y| (-1..=1).map(move |x| [x, y]))
        .filter(move |shift| {
            (0..2).all(|axis| (difference[axis] - shift[axis] * roots[axis]).abs() <= 1)
        })
}

/// The kernel is F + π z̄/A, which is analytic, without 1/z of the neighbours.
fn vector(frame: &Frame, shape: Shape, torus: &Torus, difference: [i32; 2], out: &mut [f64]) {
    let rows = shape.rows();
    let size = frame.size();
    let area = size[0] * size[1];
    let scale = frame.scale(0);
    let centre = [0, 1].map(|axis| f64::from(difference[axis]) * frame.width[axis]);
    let poles: Vec<[f64; 2]> = neighbours(frame, difference)
        .map(|shift| [0, 1].map(|axis| f64::from(shift[axis]) * size[axis]))
        .collect();
    let radius = CIRCLE * frame.width[0].min(frame.width[1]);
    for point in 0..POINTS {
        let (sin, cos) = (TAU * point as f64 / POINTS as f64).sin_cos();
        let z = [centre[0] + radius * cos, centre[1] + radius * sin];
        let field = torus.field(z);
        let (mut re, mut im) = (field[0] + PI / area * z[0], -field[1] - PI / area * z[1]);
        for pole in &poles {
            let d = [z[0] - pole[0], z[1] - pole[1]];
            let r2 = d[0] * d[0] + d[1] * d[1];
            re -= d[0] / r2;
            im += d[1] / r2;
        }
        // c_j = mean of K e^{−ijθ} / radiusʲ.
        let (mut pr, mut pi) = (1.0, 0.0);
        for j in 0..rows {
            out[j] += re * pr - im * pi;
            out[rows + j] += re * pi + im * pr;
            (pr, pi) = (pr * cos + pi * sin, pi * cos - pr * sin);
        }
    }
    // h_j = (−1)ʲ j! c_j, in units of the scale.
    let mut factor = scale / POINTS as f64;
    for j in 0..rows {
        out[j] *= factor;
        out[rows + j] *= factor;
        factor *= -((j + 1) as f64) * scale / radius;
    }
    let r2 = |[x, y]: [f64; 2]| x * x + y * y;
    let mut log = 0.5 * PI / area * r2(centre);
    let mut alone = torus.rest(centre);
    let nearest = torus.nearest(centre);
    let mut own = false;
    for pole in &poles {
        let d = [centre[0] - pole[0], centre[1] - pole[1]];
        if r2(d) < 1e-12 * area {
            own = true;
        } else {
            alone += 0.5 * r2(d).ln();
        }
    }
    // The regular part lacks the logarithm of the nearest image, whether it is a neighbour or not.
    if !own && r2(nearest) > 1e-12 * area {
        alone -= 0.5 * r2(nearest).ln();
    }
    log -= alone;
    out[2 * rows] = log;
}
