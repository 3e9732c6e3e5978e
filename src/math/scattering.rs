//! The structure factor S(q) = |Σ_j w_j e^{−iq·r_j}|² / N, averaged over directions.
//!
//! Only wave vectors q = 2π (n_x/L_x, n_y/L_y) fit a periodic box, and only for it S is defined
//! here. With weights w = 1 this is the density structure factor, with charges that of the charge
//! density (Hansen and McDonald, *Theory of Simple Liquids*, chapters 4 and 10).
//!
//! All modes would be far too many, hence every shell of |q| uses at most a fixed number of them,
//! spread evenly over the half circle (S(−q) = S(q)). The phase n_x x + n_y y of a particle is
//! exact in the fixed-point coordinates: it is a wrapping sum of `u32`, in turns of 2³².

use std::f64::consts::{PI, TAU};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::domain::Domain;
use super::simd::{Kernel, LANES, Simd, dispatch};
use super::statistics::Moments;

/// Particles that one task takes; fixed, so that the partial sums are always the same.
const CHUNK: usize = 2048;

/// S(q) in shells of equal width, averaged over frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StructureFactor {
    size: [f64; 2],
    modes: Vec<[i32; 2]>,
    shells: Vec<Shell>,
}

/// Modes of similar |q|.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Shell {
    /// Mean |q| of the modes.
    q: f64,
    /// Range in the list of modes.
    first: usize,
    end: usize,
    /// One sample per frame: the mean over the modes.
    value: Moments,
}

impl StructureFactor {
    /// Shells from the smallest |q| of the box to `q_max` (1/length), with at most `per_shell`
    /// modes each. Shells without a mode are left out.
    pub fn new(domain: &Domain, q_max: f64, shells: usize, per_shell: usize) -> Self {
        let unit = domain.size.map(|side| TAU / side);
        let q_min = unit[0].min(unit[1]);
        let shells = shells.clamp(1, 4096);
        let q_max = if q_max.is_finite() {
            q_max.max(q_min)
        } else {
            q_min
        };
        // Half a step below the smallest |q|, so that the first shell is centred on it.
        let width = (q_max - q_min) / (shells as f64 - 0.5);
        let width = if width > 0.0 { width } else { q_min };
        let mut result = Self {
            size: domain.size,
            modes: Vec::new(),
            shells: Vec::new(),
        };
        for shell in 0..shells {
            let low = q_min + (shell as f64 - 0.5) * width;
            let modes = modes_between(unit, low, low + width, per_shell.clamp(1, 4096));
            if !modes.is_empty() {
                let q = modes.iter().map(|&n| wave_number(unit, n)).sum::<f64>();
                let first = result.modes.len();
                let q = q / modes.len() as f64;
                result.modes.extend(modes);
                let end = result.modes.len();
                result.shells.push(Shell {
                    q,
                    first,
                    end,
                    value: Moments::default(),
                });
            }
        }
        result
    }

    /// Number of modes; the time of a frame is proportional to it.
    pub fn modes(&self) -> usize {
        self.modes.len()
    }

    /// Takes one frame; `charges` are the weights, all 1 without them. False, and nothing taken,
    /// when the box is not periodic or not the one of [`StructureFactor::new`], when there are
    /// no particles, or not as many charges as particles.
    pub fn accumulate(
        &mut self,
        domain: &Domain,
        positions: &[[u32; 2]],
        charges: Option<&[f32]>,
    ) -> bool {
        let fits = charges.is_none_or(|charges| charges.len() == positions.len());
        if !domain.is_periodic() || domain.size != self.size || positions.is_empty() || !fits {
            return false;
        }
        let powers = self.powers(positions, charges);
        for shell in &mut self.shells {
            let sum: f64 = powers[shell.first..shell.end].iter().sum();
            shell.value.push(sum / (shell.end - shell.first) as f64);
        }
        true
    }

    /// |Σ w e^{−iq·r}|² / N of every mode.
    fn powers(&self, positions: &[[u32; 2]], charges: Option<&[f32]>) -> Vec<f64> {
        let chunk_sums = |chunk: usize| {
            let range = chunk * CHUNK..positions.len().min((chunk + 1) * CHUNK);
            let charges = charges.map(|charges| &charges[range.clone()]);
            dispatch(ChunkSum {
                modes: &self.modes,
                positions: &positions[range],
                charges,
            })
        };
        let chunks = positions.len().div_ceil(CHUNK);
        let parts: Vec<_> = (0..chunks).into_par_iter().map(chunk_sums).collect();
        let mut sums = vec![[0.0; 2]; self.modes.len()];
        for part in &parts {
            for (sum, part) in sums.iter_mut().zip(part) {
                *sum = [sum[0] + part[0], sum[1] + part[1]];
            }
        }
        let count = positions.len() as f64;
        sums.iter()
            .map(|sum| (sum[0] * sum[0] + sum[1] * sum[1]) / count)
            .collect()
    }

    /// (q, S, standard error) of each shell. With several frames the error takes them as
    /// independent; with one frame it takes the modes as independent and each as exponentially
    /// distributed, as the modes of a disordered state are.
    pub fn curve(&self) -> Vec<[f64; 3]> {
        let point = |shell: &Shell| {
            let value = shell.value.mean();
            let error = match shell.value.count() {
                1 => value / ((shell.end - shell.first) as f64).sqrt(),
                _ => shell.value.standard_error(),
            };
            [shell.q, value, error]
        };
        self.shells
            .iter()
            .filter(|shell| shell.value.count() > 0)
            .map(point)
            .collect()
    }
}

/// |q| of a mode.
fn wave_number(unit: [f64; 2], n: [i32; 2]) -> f64 {
    (unit[0] * f64::from(n[0])).hypot(unit[1] * f64::from(n[1]))
}

/// At most `most` modes of the upper half plane with low ≤ |q| < high, spread over all directions.
fn modes_between(unit: [f64; 2], low: f64, high: f64, most: usize) -> Vec<[i32; 2]> {
    let upper = |n: [i32; 2]| n[1] > 0 || (n[1] == 0 && n[0] > 0);
    let inside = |n: &[i32; 2]| {
        let q = wave_number(unit, *n);
        upper(*n) && q >= low && q < high
    };
    let angle = |n: &[i32; 2]| (unit[1] * f64::from(n[1])).atan2(unit[0] * f64::from(n[0]));
    let extent = unit.map(|unit| (high / unit).ceil());
    if extent[0] * extent[1] <= 4096.0 {
        // Few enough to look at all of them, and then to take evenly spaced ones.
        let [x, y] = extent.map(|n| n as i32);
        let all = (0..=y).flat_map(|ny| (-x..=x).map(move |nx| [nx, ny]));
        let mut all: Vec<_> = all.filter(inside).collect();
        all.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
        let kept = all.len().min(most);
        return (0..kept).map(|k| all[k * all.len() / kept]).collect();
    }
    // So many that the mode nearest to each of some even directions is a fair choice.
    let q = 0.5 * (low + high);
    let nearest = |k: usize| {
        let direction = PI * (k as f64 + 0.5) / most as f64;
        [
            (q * direction.cos() / unit[0]).round() as i32,
            (q * direction.sin() / unit[1]).round() as i32,
        ]
    };
    let mut modes: Vec<_> = (0..most).map(nearest).filter(inside).collect();
    modes.sort_unstable();
    modes.dedup();
    modes
}

/// Σ w e^{−iq·r} of every mode over one chunk of particles. The plain loops are compiled once for
/// each instruction set; they contain no fused operation, so that all of them give the same bits.
struct ChunkSum<'a> {
    modes: &'a [[i32; 2]],
    positions: &'a [[u32; 2]],
    charges: Option<&'a [f32]>,
}

impl Kernel for ChunkSum<'_> {
    type Output = Vec<[f64; 2]>;

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) -> Self::Output {
        let mut x = [[0u32; LANES]; CHUNK / LANES];
        let mut y = [[0u32; LANES]; CHUNK / LANES];
        // The places behind the last particle have weight 0.
        let mut w = [[0.0f32; LANES]; CHUNK / LANES];
        for (i, position) in self.positions.iter().enumerate() {
            let (block, lane) = (i / LANES, i % LANES);
            (x[block][lane], y[block][lane]) = (position[0], position[1]);
            w[block][lane] = self.charges.map_or(1.0, |charges| charges[i]);
        }
        let used = self.positions.len().div_ceil(LANES);
        let mut sums = vec![[0.0; 2]; self.modes.len()];
        // Loops instead of closures, which would be compiled for the plain instruction set.
        for (sum, n) in sums.iter_mut().zip(self.modes) {
            let (nx, ny) = (n[0] as u32, n[1] as u32);
            let (mut real, mut imaginary) = ([0.0f32; LANES], [0.0f32; LANES]);
            for ((x, y), w) in x[..used].iter().zip(&y[..used]).zip(&w[..used]) {
                for lane in 0..LANES {
                    let turns = nx
                        .wrapping_mul(x[lane])
                        .wrapping_add(ny.wrapping_mul(y[lane]));
                    let (cos, sin) = cos_sin(turns);
                    real[lane] += w[lane] * cos;
                    imaginary[lane] -= w[lane] * sin;
                }
            }
            for lane in 0..LANES {
                sum[0] += f64::from(real[lane]);
                sum[1] += f64::from(imaginary[lane]);
            }
        }
        sums
    }
}

/// Cosine and sine of an angle in turns of 2³². Polynomials of Cephes on an eighth of a turn to
/// either side of the nearest quarter; the error, mostly rounding, is below 1.2e-7.
#[inline(always)]
fn cos_sin(turns: u32) -> (f32, f32) {
    let quadrant = turns.wrapping_add(1 << 29) >> 30;
    let rest = turns.wrapping_sub(quadrant << 30) as i32;
    let a = rest as f32 * (TAU / 4294967296.0) as f32;
    let z = a * a;
    let sin = a + a * z * (-1.666_665_5e-1 + z * (8.332_161e-3 - 1.951_529_6e-4 * z));
    let cos = 1.0 - 0.5 * z + z * z * (4.166_664_6e-2 + z * (-1.388_731_6e-3 + 2.443_315_7e-5 * z));
    let (c, s) = if quadrant & 1 == 0 {
        (cos, sin)
    } else {
        (sin, cos)
    };
    let cos = if (quadrant + 1) & 2 == 0 { c } else { -c };
    let sin = if quadrant & 2 == 0 { s } else { -s };
    (cos, sin)
}

#[cfg(test)]
mod tests {
    use super::super::domain::Boundary;
    use super::super::simd::{dispatch_at, tests::levels};
    use super::super::testing::{Random, same_on_any_threads, triangular};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cosine_and_sine_are_exact_to_single_precision() {
        for i in 0..100_000u32 {
            let turns = i.wrapping_mul(42_949).wrapping_mul(3) ^ (i << 20);
            let angle = f64::from(turns) * (TAU / 4294967296.0);
            let (cos, sin) = cos_sin(turns);
            let error = (f64::from(cos) - angle.cos())
                .abs()
                .max((f64::from(sin) - angle.sin()).abs());
            assert!(error < 1.2e-7, "{turns}: {error}");
        }
        let quarters = [0, 1 << 30, 1 << 31, 3 << 30].map(cos_sin);
        assert_eq!(quarters, [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)]);
    }

    #[test]
    fn an_ideal_gas_has_a_structure_factor_of_one() {
        // Each mode is exponential with mean 1, up to 1/N; the error is 1/√(modes · frames).
        let domain = Domain::new([20.0, 33.0], Boundary::Periodic);
        let mut random = Random(5);
        let (mut density, mut charge) = {
            let new = || StructureFactor::new(&domain, 12.0, 24, 12);
            (new(), new())
        };
        let charges: Vec<f32> = (0..3000)
            .map(|i| if i % 2 == 0 { 1.0 } else { -1.0 })
            .collect();
        for _ in 0..50 {
            let positions = random.positions(&domain, 3000);
            assert!(density.accumulate(&domain, &positions, None));
            assert!(charge.accumulate(&domain, &positions, Some(&charges)));
        }
        for factor in [density, charge] {
            assert!(factor.shells.len() >= 20 && factor.modes() <= 24 * 12);
            for (shell, [q, value, error]) in factor.shells.iter().zip(factor.curve()) {
                let expected = ((shell.end - shell.first) as f64 * 50.0).powf(-0.5);
                assert!(
                    (value - 1.0).abs() < 4.0 * expected,
                    "q = {q}: {value} ± {expected}"
                );
                assert!(
                    (error / expected - 1.0).abs() < 0.5,
                    "q = {q}: {error} for {expected}"
                );
            }
        }
    }

    #[test]
    fn a_crystal_scatters_at_its_reciprocal_lattice_only() {
        let (domain, positions) = triangular(20, 20);
        let mut factor = StructureFactor::new(&domain, 8.0, 30, 64);
        factor.accumulate(&domain, &positions, None);
        let powers = factor.powers(&positions, None);
        let unit = domain.size.map(|side| TAU / side);
        let mut bragg = 0;
        for (&mode, power) in factor.modes.iter().zip(powers) {
            // Twenty columns, and ten pairs of rows of which the second is shifted by half a column.
            let on =
                mode[0] % 20 == 0 && mode[1] % 10 == 0 && (mode[0] / 20 + mode[1] / 10) % 2 == 0;
            if on {
                bragg += 1;
                let q = wave_number(unit, mode);
                assert!((q - 4.0 * PI / 3f64.sqrt()).abs() < 1e-9, "{q}");
                assert!((power - 400.0).abs() < 1e-2, "{mode:?}: {power}");
            } else {
                assert!(power < 1e-6, "{mode:?}: {power}");
            }
        }
        assert!(bragg > 0, "no Bragg peak among {} modes", factor.modes());
    }

    proptest! {
        #[test]
        fn powers_are_those_of_the_direct_sum(
            size in (2.0..40.0f64, 2.0..40.0f64), count in 1..5000usize, seed in 0..1000u64,
        ) {
            let domain = Domain::new([size.0, size.1], Boundary::Periodic);
            let positions = Random(seed).positions(&domain, count);
            let factor = StructureFactor::new(&domain, 6.0, 5, 2);
            let charges: Vec<f32> = (0..count).map(|i| (i as f32).sin()).collect();
            for (mode, power) in factor.modes.iter().zip(factor.powers(&positions, Some(&charges))) {
                let mut sum = [0.0; 2];
                for (&position, &charge) in positions.iter().zip(&charges) {
                    let r = domain.real(position);
                    let phase: f64 = (0..2).map(|k| TAU * f64::from(mode[k]) * r[k] / domain.size[k]).sum();
                    sum[0] += f64::from(charge) * phase.cos();
                    sum[1] -= f64::from(charge) * phase.sin();
                }
                let exact = (sum[0] * sum[0] + sum[1] * sum[1]) / count as f64;
                // The amplitude, of order √N, carries N roundings of about 1e-7 in random order.
                prop_assert!((power.sqrt() - exact.sqrt()).abs() < 2e-5, "{} {}", power, exact);
            }
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let domain = Domain::new([80.0, 80.0], Boundary::Periodic);
        let positions = Random(30).positions(&domain, CHUNK - 5);
        let factor = StructureFactor::new(&domain, 6.0, 5, 4);
        let sums = |level| {
            let (modes, positions) = (&factor.modes[..], &positions[..]);
            dispatch_at(
                level,
                ChunkSum {
                    modes,
                    positions,
                    charges: None,
                },
            )
        };
        let all: Vec<_> = levels().into_iter().map(sums).collect();
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn the_number_of_threads_does_not_change_a_bit() {
        let domain = Domain::new([80.0, 80.0], Boundary::Periodic);
        let positions = Random(30).positions(&domain, 20_000);
        let factor = StructureFactor::new(&domain, 6.0, 5, 4);
        same_on_any_threads(|| factor.powers(&positions, None));
    }

    #[test]
    fn modes_are_bounded_and_distinct_also_in_huge_boxes() {
        let domain = Domain::new([4000.0, 900.0], Boundary::Periodic);
        let factor = StructureFactor::new(&domain, 15.0, 60, 8);
        assert!(
            factor.modes() > 300 && factor.modes() <= 480,
            "{}",
            factor.modes()
        );
        let mut modes = factor.modes.clone();
        modes.sort_unstable();
        modes.dedup();
        assert_eq!(modes.len(), factor.modes());
    }

    #[test]
    fn what_has_no_structure_factor_is_refused() {
        let walls = Domain::new([10.0, 10.0], Boundary::Reflecting);
        let domain = Domain::new([10.0, 10.0], Boundary::Periodic);
        let mut factor = StructureFactor::new(&domain, f64::NAN, 0, 0);
        assert!(!factor.accumulate(&walls, &[[0; 2]], None));
        assert!(!factor.accumulate(&domain, &[], None));
        assert!(!factor.accumulate(&domain, &[[0; 2]], Some(&[])));
        assert!(factor.curve().is_empty());
        assert!(factor.accumulate(&domain, &[[5; 2]; 3000], None));
        assert!((factor.curve()[0][1] - 3000.0).abs() < 0.1);
    }
}
