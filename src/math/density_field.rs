//! A smooth density, for colouring particles and for drawing a field.

use super::blocks::{fraction, per_axis};
use super::domain::Domain;

/// A smooth density on a mesh over the box, and its value at the particles.
///
/// Particles are deposited by cloud-in-cell (Hockney and Eastwood, *Computer Simulation Using
/// Particles*, chapter 5) in whole units of 2⁻²⁰, so that the sum is exact in any order; the mesh
/// is then smoothed by a Gaussian. All of it is linear in particles and nodes, also in clumps.
#[derive(Clone, Debug, Default)]
pub struct DensityField {
    /// Nodes per axis; node (0, 0) is at the lower left corner of a periodic box, and half a
    /// spacing inside of it otherwise.
    pub nodes: [usize; 2],
    /// Number density at each node, row by row.
    pub values: Vec<f32>,
    units: Vec<u64>,
    line: Vec<f32>,
    kernel: Vec<f32>,
    norm: Vec<f32>,
}

/// Deposit units of a whole particle, as a power of two.
const UNIT_BITS: u32 = 20;

/// The most nodes along one axis.
const MAX_NODES: usize = 1024;

/// The widest Gaussian, in spacings.
const MAX_DEVIATION: f64 = 16.0;

impl DensityField {
    /// Measures with nodes at about `spacing` and a Gaussian of standard deviation `width` (both
    /// lengths). Near walls, the Gaussian is cut off and normalised. At most 1024 nodes per axis
    /// and a width of 16 spacings are used, which bounds the time whatever is asked for.
    pub fn measure(&mut self, domain: &Domain, positions: &[[u32; 2]], spacing: f64, width: f64) {
        self.nodes = domain
            .size
            .map(|length| per_axis(length / spacing).min(MAX_NODES));
        let nodes = self.nodes[0] * self.nodes[1];
        self.units.clear();
        self.units.resize(nodes, 0);
        for &position in positions {
            if let Some(cell) = self.corner(domain, position) {
                for (node, share) in cell {
                    self.units[node] += share;
                }
            }
        }
        let scale = nodes as f64 / domain.area() / f64::from(1u32 << UNIT_BITS);
        self.values.clear();
        self.values.extend(
            self.units
                .iter()
                .map(|&units| (units as f64 * scale) as f32),
        );
        self.smooth(domain, width);
    }

    /// Density at the position of each particle, by the weights of the deposit; 0 outside.
    pub fn gather(&self, domain: &Domain, positions: &[[u32; 2]], out: &mut Vec<f32>) {
        out.clear();
        out.extend(positions.iter().map(|&position| {
            self.corner(domain, position).map_or(0.0, |cell| {
                cell.iter()
                    .map(|&(node, share)| self.values[node] * share as f32)
                    .sum::<f32>()
                    / (1u32 << UNIT_BITS) as f32
            })
        }));
    }

    /// The four nodes around a position, with their shares of it in units of 2⁻²⁰.
    fn corner(&self, domain: &Domain, position: [u32; 2]) -> Option<[(usize, u64); 4]> {
        let place = fraction(domain, position)?;
        let periodic = domain.is_periodic();
        let mut low = [0; 2];
        let mut high = [0; 2];
        let mut upper = [0u64; 2];
        for axis in 0..2 {
            let nodes = self.nodes[axis];
            let scaled = u64::from(place[axis]) * nodes as u64;
            // Nodes in the middle of their cells leave half a cell at each wall, where the
            // outermost node takes all.
            let scaled = if periodic {
                scaled
            } else {
                scaled.saturating_sub(1 << 31)
            };
            low[axis] = ((scaled >> 32) as usize).min(nodes - 1);
            high[axis] = if low[axis] + 1 < nodes {
                low[axis] + 1
            } else if periodic {
                0
            } else {
                nodes - 1
            };
            upper[axis] = (scaled & 0xffff_ffff) >> (32 - UNIT_BITS / 2);
        }
        let whole = 1u64 << (UNIT_BITS / 2);
        let at = |x: usize, y: usize| y * self.nodes[0] + x;
        let [u, v] = upper;
        Some([
            (at(low[0], low[1]), (whole - u) * (whole - v)),
            (at(high[0], low[1]), u * (whole - v)),
            (at(low[0], high[1]), (whole - u) * v),
            (at(high[0], high[1]), u * v),
        ])
    }

    /// Convolves with a Gaussian, one axis after the other.
    fn smooth(&mut self, domain: &Domain, width: f64) {
        for axis in 0..2 {
            let nodes = self.nodes[axis];
            let deviation = width / domain.size[axis] * nodes as f64;
            if deviation.is_nan() || deviation < 0.1 {
                continue;
            }
            let deviation = deviation.min(MAX_DEVIATION);
            let reach = ((3.5 * deviation).ceil() as usize).min(nodes.saturating_sub(1) / 2);
            let weight = |i: usize| (-0.5 * ((i as f64 - reach as f64) / deviation).powi(2)).exp();
            self.kernel.clear();
            self.kernel
                .extend((0..=2 * reach).map(|i| weight(i) as f32));
            // What is left of the kernel between walls; everywhere all of it in a periodic box.
            self.pad(domain.is_periodic(), nodes, reach, |_, _| 1.0);
            self.norm.clear();
            self.norm.extend(
                self.line
                    .windows(2 * reach + 1)
                    .map(|w| dot(w, &self.kernel)),
            );
            let (step, next) = if axis == 0 {
                (1, nodes)
            } else {
                (self.nodes[0], 1)
            };
            for line in 0..self.nodes[1 - axis] {
                let start = line * next;
                self.pad(domain.is_periodic(), nodes, reach, |values, i| {
                    values[start + i * step]
                });
                for (i, window) in self.line.windows(2 * reach + 1).enumerate() {
                    self.values[start + i * step] = dot(window, &self.kernel) / self.norm[i];
                }
            }
        }
    }

    /// Copies one line of nodes, continued by `reach` at both ends: periodically, or by zeros.
    fn pad(
        &mut self,
        periodic: bool,
        nodes: usize,
        reach: usize,
        value: impl Fn(&[f32], usize) -> f32,
    ) {
        let Self { line, values, .. } = self;
        line.clear();
        let outside = |i: usize| if periodic { value(values, i) } else { 0.0 };
        line.extend((nodes - reach..nodes).map(outside));
        line.extend((0..nodes).map(|i| value(values, i)));
        line.extend((0..reach).map(outside));
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::super::domain::Boundary;
    use super::super::testing::{Random, triangular};
    use super::*;

    #[test]
    fn every_particle_counts_once_whatever_the_boundary_and_the_width() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting, Boundary::Open] {
            let domain = Domain::new([20.0, 11.0], boundary);
            let positions = Random(8).positions(&domain, 3000);
            let mut field = DensityField::default();
            field.measure(&domain, &positions, 0.7, 0.0);
            let node = domain.area() / (field.nodes[0] * field.nodes[1]) as f64;
            let total = field
                .values
                .iter()
                .map(|&v| f64::from(v) * node)
                .sum::<f64>();
            assert!((total - 3000.0).abs() < 1e-2, "{boundary:?}: {total}");
            if domain.is_periodic() {
                field.measure(&domain, &positions, 0.7, 2.5);
                let total = field
                    .values
                    .iter()
                    .map(|&v| f64::from(v) * node)
                    .sum::<f64>();
                assert!((total - 3000.0).abs() < 1e-2, "smoothed: {total}");
            }
        }
    }

    #[test]
    fn a_single_particle_becomes_a_gaussian_at_its_place() {
        let domain = Domain::new([40.0, 40.0], Boundary::Periodic);
        let place = [19.0, -7.3];
        let mut field = DensityField::default();
        field.measure(&domain, &[domain.fixed(place)], 0.25, 2.0);
        // Cloud-in-cell adds h² w(1 − w) ≤ h²/4 to the variance of 4, below 0.4 %.
        for offset in [[0.0, 0.0], [1.5, 0.0], [0.0, 3.0], [2.0, -2.0]] {
            let at = domain.fixed([place[0] + offset[0], place[1] + offset[1]]);
            let mut value = Vec::new();
            field.gather(&domain, &[at], &mut value);
            let squared: f64 = offset[0] * offset[0] + offset[1] * offset[1];
            let exact = (-squared / 8.0).exp() / (8.0 * std::f64::consts::PI);
            let peak = 1.0 / (8.0 * std::f64::consts::PI);
            assert!(
                (f64::from(value[0]) - exact).abs() < 0.02 * peak,
                "{offset:?} {value:?}"
            );
        }
    }

    #[test]
    fn a_crystal_is_uniform_also_at_the_walls() {
        let (domain, positions) = triangular(60, 60);
        let density = positions.len() as f64 / domain.area();
        let mut values = Vec::new();
        let mut field = DensityField::default();
        field.measure(&domain, &positions, 0.5, 2.0);
        field.gather(&domain, &positions, &mut values);
        assert!(
            values
                .iter()
                .all(|v| (f64::from(*v) / density - 1.0).abs() < 1e-3)
        );
        // The same crystal between walls. Its rows begin 0.1 of their distance h inside, where a
        // midpoint rule would have them at 0.5: next to the wall, the sum over the half Gaussian
        // is off by 0.4 h / (2 √(π/2)) = 14 %, and by 6 % from the columns.
        let walls = Domain::new(domain.size, Boundary::Reflecting);
        let inside: Vec<_> = positions
            .iter()
            .map(|&p| walls.fixed(domain.real(p)))
            .collect();
        field.measure(&walls, &inside, 0.5, 2.0);
        field.gather(&walls, &inside, &mut values);
        assert!(
            values
                .iter()
                .all(|v| (f64::from(*v) / density - 1.0).abs() < 0.21)
        );
    }

    #[test]
    fn degenerate_input_gives_a_finite_field() {
        let domain = Domain::new([10.0, 10.0], Boundary::Open);
        let mut field = DensityField::default();
        let mut values = Vec::new();
        for (spacing, width) in [(f64::NAN, f64::NAN), (0.0, 1e9), (1e9, f64::INFINITY)] {
            field.measure(&domain, &[[0; 2], [1 << 31; 2]], spacing, width);
            field.gather(&domain, &[[0; 2], [1 << 31; 2]], &mut values);
            assert!(
                values.iter().all(|v| v.is_finite()) && values[0] == 0.0,
                "{values:?}"
            );
        }
    }
}
