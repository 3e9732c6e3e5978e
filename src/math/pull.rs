//! What a particle takes from a neighbour: alignment, cohesion, a core, a cone of vision.
//!
//! Everything is summed as whole multiples of [`UNITS`], so that a sum is exact: its bits depend
//! neither on the order of the neighbours, nor on the number of threads, nor on the instruction set.

use super::simd::*;
use super::strips::UNITS;

/// The greatest sum that a 32-bit accumulator may hold, in multiples of [`UNITS`].
pub const MOST: f32 = 2047.0;

/// Sums in sixteen lanes.
#[derive(Clone, Copy)]
pub struct Sums<S: Simd> {
    /// Sum of what draws a particle, in [`UNITS`].
    pub pull: [i32x16<S>; 2],
    /// Sum over neighbours within the core, in [`UNITS`].
    pub core: [i32x16<S>; 2],
    /// Neighbours, the particle itself among them.
    pub count: i32x16<S>,
    /// Neighbours within the core.
    pub cored: i32x16<S>,
}

impl<S: Simd> Sums<S> {
    /// Nothing yet.
    #[inline(always)]
    pub fn zero(simd: S) -> Self {
        let zero = i32x16::splat(simd, 0);
        Self {
            pull: [zero; 2],
            core: [zero; 2],
            count: zero,
            cored: zero,
        }
    }
}

/// Sixteen pairs of a particle and a source.
#[derive(Clone, Copy)]
pub struct Pairs<S: Simd> {
    /// Separation from the source to the particle, in quanta.
    pub from: Vec2<S>,
    /// Pairs that count.
    pub near: mask32x16<S>,
    /// Headings of the particles, in [`UNITS`].
    pub own: [i32x16<S>; 2],
    /// Headings of the sources, in [`UNITS`].
    pub heading: [i32x16<S>; 2],
}

/// What a particle takes from a neighbour.
pub trait Pull: Copy + Sync {
    /// The greatest magnitude that one neighbour adds to a sum, in multiples of [`UNITS`].
    fn greatest(&self) -> f32;
    /// Adds the pairs that are near. Mark it `#[inline(always)]`.
    fn add<S: Simd>(&self, simd: S, pairs: Pairs<S>, sums: &mut Sums<S>);
}

/// Alignment alone: the sum of the headings of all neighbours, and their number when `COUNT`.
#[derive(Clone, Copy, Debug)]
pub struct Align<const COUNT: bool>;

impl<const COUNT: bool> Pull for Align<COUNT> {
    fn greatest(&self) -> f32 {
        1.0
    }
    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, pairs: Pairs<S>, sums: &mut Sums<S>) {
        let zero = i32x16::splat(simd, 0);
        for axis in 0..2 {
            sums.pull[axis] += pairs.near.select(pairs.heading[axis], zero);
        }
        if COUNT {
            sums.count += pairs.near.select(i32x16::splat(simd, 1), zero);
        }
    }
}

/// Alignment, cohesion, a repulsive core and a cone of vision, each as far as it is wanted.
///
/// A neighbour adds α e_j + β f(r) r̂, with the force of Grégoire, Chaté and Tu (Physica D 181, 157,
/// 2003): f = (r − r_e)/4(r_a − r_e) for r < r_a, and 1 beyond. A neighbour nearer than r_c adds −r̂
/// to the sum of the core, which then is all that counts. A neighbour is seen when its direction is
/// within the half-angle of the cone about the own heading. A neighbour at the same place has no
/// direction: it is seen, and neither draws nor repels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Social {
    /// Weight of alignment α, 0 to 1.
    pub alignment: f32,
    /// Weight of cohesion β.
    pub cohesion: f32,
    /// Distance r_e at which cohesion changes its sign, in ranges.
    pub equilibrium: f32,
    /// Distance r_a from which on it is constant, in ranges; above r_e.
    pub plateau: f32,
    /// Radius of the core r_c, in ranges; 0 for none.
    pub core: f32,
    /// Cosine of the half-angle of the cone; −1 or less for all around.
    pub cosine: f32,
    /// Ranges per quantum, per axis.
    pub quantum: [f32; 2],
}

impl Social {
    /// f(r): repulsive below the equilibrium distance, at most 1 beyond the plateau.
    pub fn attraction(&self, distance: f32) -> f32 {
        if distance < self.plateau {
            (distance - self.equilibrium) * (0.25 / (self.plateau - self.equilibrium))
        } else {
            1.0
        }
    }
}

impl Pull for Social {
    fn greatest(&self) -> f32 {
        self.alignment + self.cohesion * self.attraction(0.0).abs().max(1.0) + 1.0
    }
    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, pairs: Pairs<S>, sums: &mut Sums<S>) {
        let zero = f32x16::splat(simd, 0.0);
        let none = i32x16::splat(simd, 0);
        let d = Vec2 {
            x: pairs.from.x * -self.quantum[0],
            y: pairs.from.y * -self.quantum[1],
        };
        let square = d.length2();
        let apart = square.simd_gt(zero);
        let distance = square.sqrt();
        let mut seen = pairs.near;
        if self.cosine > -1.0 {
            let own: [f32x16<S>; 2] = [pairs.own[0].to_float(), pairs.own[1].to_float()];
            let ahead = (own[0] * d.x + own[1] * d.y) * (1.0 / UNITS);
            seen &= ahead.simd_ge(distance * self.cosine) | !apart;
        }
        let one = f32x16::splat(simd, 1.0);
        let inverse = one / apart.select(distance, one);
        let unit = [d.x * inverse * UNITS, d.y * inverse * UNITS];
        if self.core > 0.0 {
            let inside = seen & apart & distance.simd_lt(f32x16::splat(simd, self.core));
            for (axis, unit) in unit.into_iter().enumerate() {
                let part: i32x16<S> = (-unit).round_ties_even().to_int();
                sums.core[axis] += inside.select(part, none);
            }
            sums.cored += inside.select(i32x16::splat(simd, 1), none);
        }
        let slope = 0.25 / (self.plateau - self.equilibrium);
        let force = (distance - self.equilibrium) * slope;
        let far = distance.simd_lt(f32x16::splat(simd, self.plateau));
        let force = far.select(force, one) * self.cohesion;
        let force = apart.select(force, zero);
        for (axis, unit) in unit.into_iter().enumerate() {
            let heading = pairs.heading[axis].to_float::<f32x16<S>>() * self.alignment;
            let part: i32x16<S> = (heading + unit * force).round_ties_even().to_int();
            sums.pull[axis] += seen.select(part, none);
        }
        sums.count += seen.select(i32x16::splat(simd, 1), none);
    }
}

/// The sums of one particle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    pub pull: [i64; 2],
    pub core: [i64; 2],
    pub count: i64,
    pub cored: i64,
}

impl Total {
    /// Adds the sums of all lanes.
    #[inline(always)]
    pub fn add<S: Simd>(&mut self, sums: Sums<S>) {
        for axis in 0..2 {
            self.pull[axis] += total(sums.pull[axis]);
            self.core[axis] += total(sums.core[axis]);
        }
        self.count += total(sums.count);
        self.cored += total(sums.cored);
    }

    /// The vector along which a particle wants to go: the core's where there is one, and else the
    /// pull; divided by the number of neighbours when `mean`.
    pub fn direction(&self, mean: bool) -> [f32; 2] {
        let (sum, count) = if self.cored > 0 {
            (self.core, self.cored)
        } else {
            (self.pull, self.count)
        };
        let scale = if mean && count > 0 {
            1.0 / (count as f32 * UNITS)
        } else {
            1.0 / UNITS
        };
        sum.map(|part| part as f32 * scale)
    }
}

/// [`Total::direction`] in sixteen lanes, for sums that have fitted into 32 bits.
#[inline(always)]
pub fn direction<S: Simd>(simd: S, mean: bool, sums: Sums<S>) -> Vec2<S> {
    let zero = i32x16::splat(simd, 0);
    let cored = sums.cored.simd_gt(zero);
    let sum = Vec2 {
        x: cored.select(sums.core[0], sums.pull[0]).to_float(),
        y: cored.select(sums.core[1], sums.pull[1]).to_float(),
    };
    if !mean {
        return sum * (1.0 / UNITS);
    }
    let count: f32x16<S> = cored.select(sums.cored, sums.count).to_float();
    let one = f32x16::splat(simd, 1.0);
    let scale = one / (count * UNITS);
    let some = count.simd_gt(f32x16::splat(simd, 0.0));
    sum * some.select(scale, f32x16::splat(simd, 1.0 / UNITS))
}

/// Sum over all lanes.
#[inline(always)]
fn total<S: Simd>(lanes: i32x16<S>) -> i64 {
    let mut sum = 0;
    for lane in lanes.to_array() {
        sum += i64::from(lane);
    }
    sum
}

/// Adds 32-bit sums to wide ones.
#[inline(never)]
pub fn spill<S: Simd>(totals: &mut [Total; LANES], sums: &Sums<S>) {
    let pull = [sums.pull[0].to_array(), sums.pull[1].to_array()];
    let core = [sums.core[0].to_array(), sums.core[1].to_array()];
    let (count, cored) = (sums.count.to_array(), sums.cored.to_array());
    for (lane, total) in totals.iter_mut().enumerate() {
        for axis in 0..2 {
            total.pull[axis] += i64::from(pull[axis][lane]);
            total.core[axis] += i64::from(core[axis][lane]);
        }
        total.count += i64::from(count[lane]);
        total.cored += i64::from(cored[lane]);
    }
}
