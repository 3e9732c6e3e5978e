//! Cells that are apart: members to nodes, nodes to nodes, nodes to members.

use rayon::prelude::*;

use super::super::super::simd::*;
use super::super::{Swarm, total};
use super::Grid;
use super::tables::{ALONG, Action, NODES, Tables, WIDTH, polynomials};

/// Sums at a node that is acted on: unit vectors (x, y) with weights 1, cos θ and sin θ, unit vectors
/// over distances with weight 1, inverse distances with weights cos θ and sin θ.
const SUMS: usize = 10;

/// What acts at each node of a cell: 1, cos θ and sin θ of its members, and how many they are at all.
pub type Moments = [[f32; 4]; NODES];

/// What is felt at each node of a cell; the places behind the ten sums are zero.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Local([[f32; LANES]; NODES]);

const NOTHING: Local = Local([[0.0; LANES]; NODES]);
/// The coarsest level on which cells are apart.
const COARSEST: u32 = 2;
/// Cells per parallel task.
const CELLS: usize = 32;

/// Memory of the tree.
#[derive(Clone, Debug, Default)]
pub struct Far {
    /// By level, from the coarsest on; cells row by row.
    moments: Vec<Vec<Moments>>,
    locals: [Vec<Local>; 2],
}

impl Far {
    /// What is felt at the nodes of all finest cells from cells that are apart.
    pub fn sum(
        &mut self,
        tables: &Tables,
        grid: &Grid,
        starts: &[u32],
        sorted: &Swarm,
    ) -> &[Local] {
        let levels = (grid.level - COARSEST + 1) as usize;
        self.moments
            .resize(levels.max(self.moments.len()), Vec::new());
        let finest = &mut self.moments[levels - 1];
        finest.resize(grid.along() * grid.along(), [[0.0; 4]; NODES]);
        finest
            .par_iter_mut()
            .enumerate()
            .with_min_len(CELLS)
            .for_each(|(cell, moments)| {
                let slots = [starts[cell] as usize, starts[cell + 1] as usize];
                dispatch(Gather {
                    tables,
                    grid,
                    cell,
                    slots,
                    sorted,
                    moments,
                });
            });
        for at in (0..levels - 1).rev() {
            let (coarse, fine) = self.moments.split_at_mut(at + 1);
            let level = COARSEST + at as u32;
            coarse[at].resize(1 << (2 * level), [[0.0; 4]; NODES]);
            coarse[at]
                .par_iter_mut()
                .enumerate()
                .with_min_len(CELLS)
                .for_each(|(cell, moments)| join(tables, level, cell, &fine[0], moments));
        }
        for at in 0..levels {
            let level = COARSEST + at as u32;
            let [coarse, fine] = &mut self.locals;
            std::mem::swap(coarse, fine);
            fine.resize(1 << (2 * level), NOTHING);
            let moments = &self.moments[at];
            let side = grid.side * (1u32 << (grid.level - level)) as f32;
            fine.par_chunks_mut(CELLS)
                .enumerate()
                .for_each(|(chunk, locals)| {
                    dispatch(Act {
                        tables,
                        level,
                        per_side: 1.0 / side,
                        moments,
                        parents: coarse,
                        first: chunk * CELLS,
                        locals,
                    });
                });
        }
        &self.locals[1]
    }
}

/// Hands the members of a finest cell to its nodes.
struct Gather<'a> {
    tables: &'a Tables,
    grid: &'a Grid,
    cell: usize,
    slots: [usize; 2],
    sorted: &'a Swarm,
    moments: &'a mut Moments,
}

impl Kernel for Gather<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let [from, to] = self.slots;
        let count = (to - from) as f32;
        if from == to {
            *self.moments = [[0.0; 4]; NODES];
            return;
        }
        let zero = f32x16::splat(simd, 0.0);
        let mut sums = [[zero; 3]; NODES];
        let (column, row) = (
            self.cell & (self.grid.along() - 1),
            self.cell >> self.grid.level,
        );
        for block in (from..to).step_by(LANES) {
            let members = block..block + LANES;
            let x = f32x16::from_slice(simd, &self.sorted.x[members.clone()]);
            let y = f32x16::from_slice(simd, &self.sorted.y[members.clone()]);
            let cos = f32x16::from_slice(simd, &self.sorted.cos[members.clone()]);
            let sin = f32x16::from_slice(simd, &self.sorted.sin[members]);
            let across = polynomials(simd, self.tables, self.grid.within(simd, 0, x, column));
            let up = polynomials(simd, self.tables, self.grid.within(simd, 1, y, row));
            let present = (to - block).min(LANES);
            let kept = mask32x16::from_bitmask(simd, (1u64 << present) - 1);
            for b in 0..ALONG {
                let up = kept.select(up[b], zero);
                for a in 0..ALONG {
                    let weight = up * across[a];
                    let sums = &mut sums[b * ALONG + a];
                    sums[0] += weight;
                    sums[1] += weight * cos;
                    sums[2] += weight * sin;
                }
            }
        }
        for node in 0..NODES {
            let [one, cos, sin] = sums[node];
            self.moments[node] = [total(one), total(cos), total(sin), count];
        }
    }
}

/// The four halves of halves of a cell, and the sides on which they are.
fn children(level: u32, cell: usize) -> [(usize, [usize; 2]); 4] {
    let (column, row) = (cell & ((1 << level) - 1), cell >> level);
    [[0, 0], [1, 0], [0, 1], [1, 1]].map(|[x, y]| {
        let child = (2 * row + y) << (level + 1) | (2 * column + x);
        (child, [x, y])
    })
}

/// Hands the nodes of the children of a cell to its own.
fn join(tables: &Tables, level: u32, cell: usize, fine: &[Moments], moments: &mut Moments) {
    *moments = [[0.0; 4]; NODES];
    let mut count = 0.0;
    for (child, [x, y]) in children(level, cell) {
        let child = &fine[child];
        if child[0][3] == 0.0 {
            continue;
        }
        count += child[0][3];
        let (across, up) = (&tables.halves[x], &tables.halves[y]);
        for b in 0..ALONG {
            // A row of the child at the columns of the whole, then at its rows.
            let mut row = [[0.0; 4]; ALONG];
            for a in 0..ALONG {
                for to in 0..ALONG {
                    for q in 0..4 {
                        row[to][q] += across[a][to] * child[b * ALONG + a][q];
                    }
                }
            }
            for to in 0..ALONG {
                for a in 0..ALONG {
                    for q in 0..4 {
                        moments[to * ALONG + a][q] += up[b][to] * row[a][q];
                    }
                }
            }
        }
    }
    for node in moments {
        node[3] = count;
    }
}

/// What consecutive cells of a level feel.
struct Act<'a> {
    tables: &'a Tables,
    level: u32,
    per_side: f32,
    moments: &'a [Moments],
    parents: &'a [Local],
    first: usize,
    locals: &'a mut [Local],
}

impl Kernel for Act<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let along = 1i32 << self.level;
        let mut felt = [[[0.0f32; WIDTH]; SUMS]; CELLS];
        for offset in &self.tables.offsets {
            for k in 0..self.locals.len() {
                let cell = self.first + k;
                let here = [cell as i32 & (along - 1), cell as i32 >> self.level];
                let there = [here[0] + offset.by[0], here[1] + offset.by[1]];
                let outside =
                    there[0] < 0 || there[0] >= along || there[1] < 0 || there[1] >= along;
                // Cells whose parents are apart have met on the level above.
                let met = ((there[0] >> 1) - (here[0] >> 1)).abs() > 1
                    || ((there[1] >> 1) - (here[1] >> 1)).abs() > 1;
                if outside || met || self.moments[cell][0][3] == 0.0 {
                    continue;
                }
                let moments = &self.moments[(there[1] << self.level | there[0]) as usize];
                if moments[0][3] != 0.0 {
                    act(simd, &offset.action, moments, &mut felt[k]);
                }
            }
        }
        for k in 0..self.locals.len() {
            let cell = self.first + k;
            let local = &mut self.locals[k];
            *local = NOTHING;
            if self.moments[cell][0][3] == 0.0 {
                continue;
            }
            if self.level > COARSEST {
                let (column, row) = (cell & ((1 << self.level) - 1), cell >> self.level);
                let parent = (row >> 1) << (self.level - 1) | (column >> 1);
                let sides = [column & 1, row & 1];
                inherit(simd, self.tables, &self.parents[parent], sides, local);
            }
            for node in 0..NODES {
                for sum in 0..SUMS {
                    // Tables are in units of the side: what is over a distance is over it, too.
                    let unit = if sum < 6 { 1.0 } else { self.per_side };
                    local.0[node][sum] += felt[k][sum][node] * unit;
                }
            }
        }
    }
}

/// The nodes of a cell act on those of another.
#[inline(always)]
fn act<S: Simd>(simd: S, action: &Action, moments: &Moments, felt: &mut [[f32; WIDTH]; SUMS]) {
    for at in (0..WIDTH).step_by(LANES) {
        let to = at..at + LANES;
        let mut sums = [f32x16::splat(simd, 0.0); SUMS];
        for node in 0..NODES {
            let rows = &action[node];
            let ux = f32x16::from_slice(simd, &rows[0][to.clone()]);
            let uy = f32x16::from_slice(simd, &rows[1][to.clone()]);
            let vx = f32x16::from_slice(simd, &rows[2][to.clone()]);
            let vy = f32x16::from_slice(simd, &rows[3][to.clone()]);
            let inverse = f32x16::from_slice(simd, &rows[4][to.clone()]);
            let [one, cos, sin, _] = moments[node];
            sums[0] += ux * one;
            sums[1] += uy * one;
            sums[2] += ux * cos;
            sums[3] += uy * cos;
            sums[4] += ux * sin;
            sums[5] += uy * sin;
            sums[6] += vx * one;
            sums[7] += vy * one;
            sums[8] += inverse * cos;
            sums[9] += inverse * sin;
        }
        for k in 0..SUMS {
            let sum = f32x16::from_slice(simd, &felt[k][to.clone()]) + sums[k];
            sum.store_slice(&mut felt[k][to.clone()]);
        }
    }
}

/// What the whole feels, at the nodes of a half of a half.
#[inline(always)]
fn inherit<S: Simd>(
    simd: S,
    tables: &Tables,
    parent: &Local,
    [x, y]: [usize; 2],
    local: &mut Local,
) {
    let (across, up) = (&tables.halves[x], &tables.halves[y]);
    for b in 0..ALONG {
        // The whole at one row of the half, then at its columns.
        let mut row = [f32x16::splat(simd, 0.0); ALONG];
        for from in 0..ALONG {
            for a in 0..ALONG {
                let values = f32x16::load_array_ref(simd, &parent.0[from * ALONG + a]);
                row[a] += values * up[b][from];
            }
        }
        for a in 0..ALONG {
            let mut sum = f32x16::splat(simd, 0.0);
            for from in 0..ALONG {
                sum += row[from] * across[a][from];
            }
            sum.store_slice(&mut local.0[b * ALONG + a]);
        }
    }
}

/// What sixteen members of a cell feel from cells that are apart: rates of x, y and phase, times N.
#[inline(always)]
pub fn felt<S: Simd>(
    simd: S,
    tables: &Tables,
    grid: &Grid,
    [column, row]: [usize; 2],
    local: &Local,
    (sorted, block): (&Swarm, usize),
    attraction: f32,
) -> [f32x16<S>; 3] {
    let members = block..block + LANES;
    let x = f32x16::from_slice(simd, &sorted.x[members.clone()]);
    let y = f32x16::from_slice(simd, &sorted.y[members.clone()]);
    let cos = f32x16::from_slice(simd, &sorted.cos[members.clone()]);
    let sin = f32x16::from_slice(simd, &sorted.sin[members]);
    let across = polynomials(simd, tables, grid.within(simd, 0, x, column));
    let up = polynomials(simd, tables, grid.within(simd, 1, y, row));
    let mut sums = [f32x16::splat(simd, 0.0); SUMS];
    for b in 0..ALONG {
        for a in 0..ALONG {
            let weight = up[b] * across[a];
            let values = &local.0[b * ALONG + a];
            for k in 0..SUMS {
                sums[k] += weight * values[k];
            }
        }
    }
    let alike_x = cos * sums[2] + sin * sums[4];
    let alike_y = cos * sums[3] + sin * sums[5];
    [
        sums[0] - sums[6] + alike_x * attraction,
        sums[1] - sums[7] + alike_y * attraction,
        cos * sums[9] - sin * sums[8],
    ]
}
