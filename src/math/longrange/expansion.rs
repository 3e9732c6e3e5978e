//! Expansions of the complex field F = Fx − iFy, which is analytic between charges
//! (Greengard and Rokhlin, J. Comput. Phys. 73, 325 (1987)).
//!
//! With δ = zⱼ − c the multipoles of a cell are mₙ = Σ qⱼ δⁿ/n!, and with w = c − z its field is
//! F = Σ lₖ wᵏ/k!. One goes over into the other by lₖ = Σ mₙ hₙ₊ₖ: factorials within the
//! coefficients leave a Hankel matrix, of which one row is the next one, shifted. For 1/z and the
//! distance z₀ of the centres, h_j = j!/z₀ʲ⁺¹. Everything is in units of the scale of its cell.

use super::tree::{Cell, Frame, Tree};
use crate::math::simd::*;

/// Lanes of a vector of `f64`.
pub const WIDE: usize = 8;

/// Most terms of an expansion.
pub const MOST_TERMS: usize = 32;

/// Sizes of the expansions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Terms.
    pub terms: usize,
    /// Terms and zeros to whole vectors.
    pub padded: usize,
}

impl Shape {
    /// Expansions of so many terms.
    pub fn new(terms: usize) -> Self {
        let terms = terms.clamp(2, MOST_TERMS);
        Self {
            terms,
            padded: terms.next_multiple_of(WIDE),
        }
    }

    /// Numbers per cell: real parts, imaginary parts, radius.
    pub fn stride(&self) -> usize {
        2 * self.padded + WIDE
    }

    /// Numbers of a Hankel vector: real parts, imaginary parts, logarithm.
    pub fn hankel(&self) -> usize {
        2 * self.rows() + WIDE
    }

    /// Entries of a Hankel vector.
    pub fn rows(&self) -> usize {
        self.terms + self.padded
    }
}

/// The field around a centre: lₖ in units of the scale, and the potential at the centre.
#[derive(Clone, Copy, Debug)]
pub struct Local {
    pub re: [f64; MOST_TERMS],
    pub im: [f64; MOST_TERMS],
    /// Real part of the complex potential U with U' = F; the potential is its negative.
    pub log: f64,
}

impl Local {
    /// No field.
    pub const ZERO: Self = Self {
        re: [0.0; MOST_TERMS],
        im: [0.0; MOST_TERMS],
        log: 0.0,
    };
}

/// 1/n! for all terms.
pub const INVERSE_FACTORIALS: [f64; MOST_TERMS + 2] = {
    let mut all = [1.0; MOST_TERMS + 2];
    let mut n = 1;
    while n < all.len() {
        all[n] = all[n - 1] / n as f64;
        n += 1;
    }
    all
};

/// The multipoles of a leaf.
pub struct FromCharges<'a> {
    pub tree: &'a Tree,
    pub frame: &'a Frame,
    pub cell: Cell,
    pub shape: Shape,
    pub out: &'a mut [f64],
}

impl Kernel for FromCharges<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Shape { terms, padded } = self.shape;
        let inverse = 1.0 / self.frame.scale(self.cell.level);
        let zero = f64x8::splat(simd, 0.0);
        let mut re = [zero; MOST_TERMS];
        let mut im = [zero; MOST_TERMS];
        let mut furthest = zero;
        let [from, to] = [self.cell.from as usize, self.cell.to as usize];
        let skew = self.frame.width[0] / self.frame.width[1];
        for at in (from..to).step_by(WIDE) {
            let (mut dx, mut dy, mut q) = ([0.0; WIDE], [0.0; WIDE], [0.0; WIDE]);
            for l in 0..WIDE {
                let inside = at + l < to;
                let x = self.tree.x[at + l].wrapping_sub(self.frame.origin[0]);
                let y = self.tree.y[at + l].wrapping_sub(self.frame.origin[1]);
                let x = f64::from(x) * self.frame.quantum[0] - self.cell.centre[0];
                let y = f64::from(y) * self.frame.quantum[1] - self.cell.centre[1];
                dx[l] = if inside { x * inverse } else { 0.0 };
                dy[l] = if inside { y * inverse } else { 0.0 };
                q[l] = if inside { 1.0 } else { 0.0 };
            }
            if !self.tree.values.is_empty() {
                let values = &self.tree.values[at..at + WIDE];
                for (q, &value) in q.iter_mut().zip(values) {
                    *q *= f64::from(value);
                }
            }
            let dx = f64x8::load_array(simd, dx);
            let dy = f64x8::load_array(simd, dy);
            let stretched = dy * skew;
            furthest = furthest.max(dx * dx + stretched * stretched);
            let (mut pr, mut pi) = (f64x8::load_array(simd, q), zero);
            for n in 0..terms {
                re[n] += pr;
                im[n] += pi;
                let (r, i) = (pr * dx - pi * dy, pr * dy + pi * dx);
                pr = r;
                pi = i;
            }
        }
        for n in 0..terms {
            let (r, i) = (re[n].to_array(), im[n].to_array());
            self.out[n] = folded(r) * INVERSE_FACTORIALS[n];
            self.out[padded + n] = folded(i) * INVERSE_FACTORIALS[n];
        }
        let mut radius = 0.0;
        for square in furthest.to_array() {
            radius = if square > radius { square } else { radius };
        }
        self.out[2 * padded] = radius.sqrt() / inverse;
    }
}

#[inline(always)]
fn folded(v: [f64; WIDE]) -> f64 {
    ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]))
}

/// Powers dᵗ/t! of a shift.
#[inline]
fn powers([x, y]: [f64; 2], count: usize, re: &mut [f64], im: &mut [f64]) {
    let (mut pr, mut pi) = (1.0, 0.0);
    for t in 0..count {
        re[t] = pr * INVERSE_FACTORIALS[t];
        im[t] = pi * INVERSE_FACTORIALS[t];
        (pr, pi) = (pr * x - pi * y, pr * y + pi * x);
    }
}

/// Adds the multipoles of a child to those of its parent; `shift` leads from the centre of the
/// parent to that of the child, in units of the parent's scale.
pub fn lift(shape: Shape, shift: [f64; 2], child: &[f64], parent: &mut [f64]) {
    let Shape { terms, padded } = shape;
    let (mut er, mut ei) = ([0.0; MOST_TERMS], [0.0; MOST_TERMS]);
    powers(shift, terms, &mut er, &mut ei);
    let mut half = 1.0;
    for n in 0..terms {
        let (mr, mi) = (child[n] * half, child[padded + n] * half);
        for t in 0..terms - n {
            parent[n + t] += mr * er[t] - mi * ei[t];
            parent[padded + n + t] += mr * ei[t] + mi * er[t];
        }
        half *= 0.5;
    }
}

/// The field of a parent around the centre of its child; `shift` leads from the child's centre to
/// the parent's, in units of the parent's scale.
pub fn lower(shape: Shape, shift: [f64; 2], parent: &Local, potential: bool) -> Local {
    let terms = shape.terms;
    let (mut er, mut ei) = ([0.0; MOST_TERMS + 1], [0.0; MOST_TERMS + 1]);
    powers(shift, terms + 1, &mut er, &mut ei);
    let mut child = Local::ZERO;
    for t in 0..terms {
        let (r, i) = (er[t], ei[t]);
        for k in 0..terms - t {
            let (lr, li) = (parent.re[k + t], parent.im[k + t]);
            child.re[k] += lr * r - li * i;
            child.im[k] += lr * i + li * r;
        }
    }
    if potential {
        child.log = parent.log;
        for k in 0..terms {
            child.log -= parent.re[k] * er[k + 1] - parent.im[k] * ei[k + 1];
        }
    }
    let mut half = 0.5;
    for k in 0..terms {
        child.re[k] *= half;
        child.im[k] *= half;
        half *= 0.5;
    }
    child
}

/// The Hankel vector of 1/z for the distance of the centres in units of the scale; with its
/// logarithm, if that of the scale is given.
pub fn hankel(shape: Shape, [x, y]: [f64; 2], scale: Option<f64>, out: &mut [f64]) {
    let rows = shape.rows();
    let size = x * x + y * y;
    let (ir, ii) = (x / size, -y / size);
    let (mut pr, mut pi) = (ir, ii);
    for j in 0..rows {
        out[j] = pr;
        out[rows + j] = pi;
        let factor = (j + 1) as f64;
        (pr, pi) = ((pr * ir - pi * ii) * factor, (pr * ii + pi * ir) * factor);
    }
    out[2 * rows] = scale.map_or(0.0, |scale| 0.5 * size.ln() + scale);
}

/// A source of a cell's field: its multipoles, the Hankel vector, and its scale in units of the
/// cell's.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Number of the cell.
    pub cell: u32,
    /// Where its Hankel vector begins in the memory of those made for this cell, or, for one of the
    /// table, its place there.
    pub hankel: u32,
    /// True when the vector is in the table.
    pub shared: bool,
    /// Scale of the source over that of the target.
    pub ratio: f64,
}

/// Adds the fields of sources.
pub struct FromSources<'a> {
    pub shape: Shape,
    pub sources: &'a [Source],
    pub multipoles: &'a [f64],
    pub table: &'a [f64],
    pub made: &'a [f64],
    pub potential: bool,
    pub local: &'a mut Local,
}

impl Kernel for FromSources<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        match self.shape.padded / WIDE {
            1 => self.sum::<S, 1>(simd),
            2 => self.sum::<S, 2>(simd),
            3 => self.sum::<S, 3>(simd),
            _ => self.sum::<S, 4>(simd),
        }
    }
}

impl FromSources<'_> {
    #[inline(always)]
    fn sum<S: Simd, const VECTORS: usize>(self, simd: S) {
        let Shape { terms, padded } = self.shape;
        let (stride, rows, long) = (self.shape.stride(), self.shape.rows(), self.shape.hankel());
        let zero = f64x8::splat(simd, 0.0);
        let mut re = [zero; VECTORS];
        let mut im = [zero; VECTORS];
        for v in 0..VECTORS {
            re[v] = f64x8::from_slice(simd, &self.local.re[v * WIDE..(v + 1) * WIDE]);
            im[v] = f64x8::from_slice(simd, &self.local.im[v * WIDE..(v + 1) * WIDE]);
        }
        let mut log = 0.0;
        for source in self.sources {
            let at = source.cell as usize * stride;
            let m = &self.multipoles[at..at + stride];
            let all = if source.shared { self.table } else { self.made };
            let at = source.hankel as usize * long;
            let h = &all[at..at + long];
            let (hr, hi) = (&h[..rows], &h[rows..2 * rows]);
            let mut scaled = [0.0; 2 * MOST_TERMS];
            let (mut mr, mut mi) = (&m[..terms], &m[padded..padded + terms]);
            if source.ratio != 1.0 {
                let mut factor = 1.0;
                for n in 0..terms {
                    scaled[n] = mr[n] * factor;
                    scaled[MOST_TERMS + n] = mi[n] * factor;
                    factor *= source.ratio;
                }
                mr = &scaled[..terms];
                mi = &scaled[MOST_TERMS..MOST_TERMS + terms];
            }
            for n in 0..terms {
                let a = f64x8::splat(simd, mr[n]);
                let b = f64x8::splat(simd, mi[n]);
                for v in 0..VECTORS {
                    let r = f64x8::from_slice(simd, &hr[n + v * WIDE..n + (v + 1) * WIDE]);
                    let i = f64x8::from_slice(simd, &hi[n + v * WIDE..n + (v + 1) * WIDE]);
                    re[v] += a * r - b * i;
                    im[v] += a * i + b * r;
                }
            }
            if self.potential {
                log += mr[0] * h[2 * rows];
                for n in 1..terms {
                    log -= mr[n] * hr[n - 1] - mi[n] * hi[n - 1];
                }
            }
        }
        for v in 0..VECTORS {
            re[v].store_slice(&mut self.local.re[v * WIDE..(v + 1) * WIDE]);
            im[v].store_slice(&mut self.local.im[v * WIDE..(v + 1) * WIDE]);
        }
        self.local.log += log;
    }
}
