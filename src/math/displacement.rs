//! Mean squared displacement ⟨|r(t₀ + t) − r(t₀)|²⟩ over many origins t₀ and tagged particles.
//!
//! A multiple-tau correlator: level k keeps the last eight positions at a spacing of 2ᵏ samples,
//! and compares each new one with them. The lags 1 to 8, then 10, 12, 14, 16, 20, 24, 28, 32, ...
//! are covered from start to end of a run of any length, in memory that grows with its logarithm
//! (Frenkel and Smit, *Understanding Molecular Simulation*, section 4.4.2; positions are
//! subsampled, never averaged, so that there is no bias). At most [`MAX_TAGGED`] particles take
//! part: 8 × 16 bytes a level and particle, 10 MiB for all of them after 10⁶ samples.
//!
//! Positions are unwrapped and in quanta, so that a displacement is an exact integer difference
//! however far a particle has come.

use serde::{Deserialize, Serialize};

use super::domain::Domain;
use super::statistics::{Moments, local_exponents};

/// The most particles that take part; every k-th tag of a larger population.
pub const MAX_TAGGED: usize = 4096;

/// Positions that a level keeps.
const KEPT: u64 = 8;

/// Groups of particles whose scatter gives the error.
const GROUPS: usize = 32;

/// Levels end here, at 2⁴⁰ samples.
const MAX_LEVELS: usize = 40;

/// Accumulates the mean squared displacement of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Displacement {
    /// Time between samples.
    interval: f64,
    population: u32,
    /// Every `stride`-th tag takes part.
    stride: u32,
    samples: u64,
    levels: Vec<Level>,
    current: Vec<[i64; 2]>,
}

/// Positions at one spacing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Level {
    /// Position m of the level is at (m mod 8) times the number of tagged particles.
    kept: Vec<[i64; 2]>,
    lags: Vec<Lag>,
}

/// Sums for one lag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Lag {
    /// The lag in units of the level's spacing.
    steps: u64,
    /// Σ |Δr|² over origins and the particles of each group.
    groups: Vec<f64>,
    /// One sample per origin: the mean over the particles.
    origins: Moments,
}

/// One point of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LagPoint {
    /// Lag, as a time.
    pub time: f64,
    /// Mean squared displacement, a squared length.
    pub msd: f64,
    /// Standard error: the larger of the one from the scatter of groups of particles, taken as
    /// independent of each other, and the one from the scatter of origins that do not overlap.
    pub error: f64,
    /// Exponent d ln MSD / d ln t, by central difference.
    pub exponent: f64,
}

impl Displacement {
    /// For a population of the given size, sampled at the given interval of time.
    pub fn new(population: usize, interval: f64) -> Self {
        let population = u32::try_from(population).unwrap_or(u32::MAX);
        let stride = population.div_ceil(MAX_TAGGED as u32).max(1);
        let tagged = population.div_ceil(stride) as usize;
        Self {
            interval,
            population,
            stride,
            samples: 0,
            levels: Vec::new(),
            current: vec![[0; 2]; tagged],
        }
    }

    /// Number of samples taken.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Takes one sample: the tag of each slot, and where a slot is, unwrapped and in quanta, which is
    /// asked only for those that take part. False, and nothing taken, when the population is not the
    /// one of [`Displacement::new`] with the tags 0, 1, ... in any order. Positions of both axes are converted to lengths by the box, which
    /// must not change during a run.
    pub fn sample(
        &mut self,
        domain: &Domain,
        tags: &[u32],
        unwrapped: impl Fn(usize) -> [i64; 2],
    ) -> bool {
        if tags.len() != self.population as usize {
            return false;
        }
        let mut found = 0;
        for (slot, &tag) in tags.iter().enumerate() {
            if tag.is_multiple_of(self.stride) {
                let Some(place) = self.current.get_mut((tag / self.stride) as usize) else {
                    return false;
                };
                *place = unwrapped(slot);
                found += 1;
            }
        }
        if found != self.current.len() || found == 0 {
            return false;
        }
        let quantum = domain.span().map(|span| span / 4294967296.0);
        for level in 0..MAX_LEVELS {
            if !self.samples.is_multiple_of(1 << level) {
                break;
            }
            let place = self.samples >> level;
            if level == self.levels.len() {
                // A level above the first begins with its second position: until then it would
                // only repeat what the level below has.
                if level > 0 && place != 1 {
                    break;
                }
                self.grow();
            }
            self.levels[level].take(place, &self.current, quantum);
        }
        self.samples += 1;
        true
    }

    /// Adds a level. Its first position is that of the whole run, which the level below still has
    /// because it has seen only two.
    fn grow(&mut self) {
        let tagged = self.current.len();
        let mut kept = vec![[0; 2]; tagged * KEPT as usize];
        if let Some(below) = self.levels.last() {
            kept[..tagged].copy_from_slice(&below.kept[..tagged]);
        }
        // Above the first level, the shorter lags are those of the level below.
        let first = if self.levels.is_empty() {
            1
        } else {
            KEPT / 2 + 1
        };
        let lag = |steps| Lag {
            steps,
            groups: vec![0.0; GROUPS.min(tagged)],
            origins: Moments::default(),
        };
        self.levels.push(Level {
            kept,
            lags: (first..=KEPT).map(lag).collect(),
        });
    }

    /// The curve by ascending lag. Lags without a sample are left out; the exponent is NaN where
    /// a neighbour is missing or a displacement is zero.
    pub fn curve(&self) -> Vec<LagPoint> {
        let tagged = self.current.len();
        let mut points = Vec::new();
        for (level, lags) in self.levels.iter().enumerate() {
            for lag in lags.lags.iter().filter(|lag| lag.origins.count() > 0) {
                points.push(LagPoint {
                    time: (lag.steps << level) as f64 * self.interval,
                    msd: lag.origins.mean(),
                    error: lag.error(tagged),
                    exponent: f64::NAN,
                });
            }
        }
        let times: Vec<f64> = points.iter().map(|point| point.time).collect();
        let values: Vec<f64> = points.iter().map(|point| point.msd).collect();
        for (point, exponent) in points.iter_mut().zip(local_exponents(&times, &values)) {
            point.exponent = exponent;
        }
        points
    }
}

impl Level {
    /// Compares position number `place` of this level with the earlier ones, and keeps it.
    fn take(&mut self, place: u64, current: &[[i64; 2]], quantum: [f64; 2]) {
        let tagged = current.len();
        let at = |place: u64| (place % KEPT) as usize * tagged;
        for lag in &mut self.lags {
            if place < lag.steps {
                break;
            }
            let before = &self.kept[at(place - lag.steps)..][..tagged];
            let groups = lag.groups.len();
            let mut total = 0.0;
            for (now, then) in current.chunks(groups).zip(before.chunks(groups)) {
                for ((now, then), group) in now.iter().zip(then).zip(&mut lag.groups) {
                    let dx = now[0].wrapping_sub(then[0]) as f64 * quantum[0];
                    let dy = now[1].wrapping_sub(then[1]) as f64 * quantum[1];
                    let squared = dx * dx + dy * dy;
                    *group += squared;
                    total += squared;
                }
            }
            lag.origins.push(total / tagged as f64);
        }
        self.kept[at(place)..][..tagged].copy_from_slice(current);
    }
}

impl Lag {
    fn error(&self, tagged: usize) -> f64 {
        let origins = self.origins.count() as f64;
        // Particle i is in group i mod the number of groups.
        let mean = |(group, sum): (usize, &f64)| {
            let members = (tagged - group).div_ceil(self.groups.len());
            sum / (members as f64 * origins)
        };
        let particles: Moments = self.groups.iter().enumerate().map(mean).collect();
        // Windows of `steps` spacings overlap; about origins/steps of them do not.
        let apart = origins / self.steps as f64;
        let in_time = if apart >= 4.0 {
            (self.origins.variance() / apart).sqrt()
        } else {
            f64::NAN
        };
        // The maximum of a number and NaN is the number.
        particles.standard_error().max(in_time)
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::Boundary;
    use super::super::testing::Random;
    use super::*;

    fn domain() -> Domain {
        Domain::new([20.0, 10.0], Boundary::Periodic)
    }

    #[test]
    fn ballistic_paths_are_exact_at_every_lag() {
        let domain = domain();
        let quantum = domain.span().map(|span| span / 4294967296.0);
        let count = 300;
        let tags: Vec<u32> = (0..count).rev().collect();
        let mut msd = Displacement::new(count as usize, 0.5);
        // Tag i moves by (i, −2 i) million quanta a sample.
        for step in 0..1000i64 {
            let at = |&tag: &u32| {
                let distance = i64::from(tag) * step * 1_000_000;
                [distance + (7 << 40), -2 * distance]
            };
            let unwrapped: Vec<_> = tags.iter().map(at).collect();
            assert!(msd.sample(&domain, &tags, |slot| unwrapped[slot]));
        }
        let mean_square = (0..count).map(|tag| f64::from(tag).powi(2)).sum::<f64>() / 300.0;
        let per_sample = mean_square * 1e12 * (quantum[0].powi(2) + 4.0 * quantum[1].powi(2));
        let curve = msd.curve();
        let lags: Vec<f64> = curve.iter().map(|point| point.time / 0.5).collect();
        assert_eq!(
            lags[..14],
            [1., 2., 3., 4., 5., 6., 7., 8., 10., 12., 14., 16., 20., 24.]
        );
        assert_eq!(*lags.last().unwrap(), 896.0);
        for point in &curve {
            let exact = per_sample * (point.time / 0.5).powi(2);
            assert!((point.msd / exact - 1.0).abs() < 1e-12, "{point:?} {exact}");
            assert!((point.exponent - 2.0).abs() < 1e-9, "{point:?}");
        }
    }

    #[test]
    fn random_walks_diffuse_with_the_stated_error() {
        // Each axis takes a normal step of 2²⁰ quanta: MSD = 2⁴⁰ (qx² + qy²) per sample.
        let domain = domain();
        let quantum = domain.span().map(|span| span / 4294967296.0);
        let slope = 2f64.powi(40) * (quantum[0].powi(2) + quantum[1].powi(2));
        let mut random = Random(33);
        let tags: Vec<u32> = (0..500).collect();
        let mut positions = vec![[0i64; 2]; 500];
        let mut msd = Displacement::new(500, 1.0);
        for _ in 0..2000 {
            msd.sample(&domain, &tags, |slot| positions[slot]);
            for position in &mut positions {
                *position = position.map(|p| p + (random.normal() * 1048576.0).round() as i64);
            }
        }
        let curve = msd.curve();
        let mut worst: f64 = 0.0;
        for point in &curve {
            let deviation = (point.msd / (slope * point.time) - 1.0).abs();
            worst = worst.max(deviation * slope * point.time / point.error);
            // 500 walks, 2000/t independent windows, four moments: about √(1.4 t / 10⁶).
            let least = (0.5 * point.time / 1e6).sqrt();
            assert!(
                point.error / point.msd > least,
                "{point:?}: error below {least}"
            );
            assert!(
                deviation < 5.0 * (1.4 * point.time / 1e6).sqrt() + 1e-3,
                "{point:?}"
            );
        }
        // Some forty correlated points; more than 4.5 errors would be a wrong error.
        assert!(worst < 4.5, "{worst} standard errors");
        let early = curve.iter().filter(|point| point.time < 100.0);
        assert!(
            early
                .clone()
                .all(|point| (point.exponent - 1.0).abs() < 0.05)
        );
    }

    #[test]
    fn all_origins_are_those_of_brute_force() {
        let domain = domain();
        let mut random = Random(1);
        let track: Vec<[i64; 2]> = (0..200)
            .map(|_| [0, 1].map(|_| (random.normal() * 1e8) as i64))
            .collect();
        let mut msd = Displacement::new(1, 1.0);
        track
            .iter()
            .for_each(|&position| assert!(msd.sample(&domain, &[0], |_| position)));
        let quantum = domain.span().map(|span| span / 4294967296.0);
        let levels = [(1, 1..9), (2, 5..9), (4, 5..9), (8, 5..9), (16, 5..9)];
        let mut points = msd.curve().into_iter();
        for (spacing, steps) in levels {
            for steps in steps {
                let lag: usize = spacing * steps;
                let origins = (0..track.len())
                    .step_by(spacing)
                    .filter(|t| t + lag < track.len());
                let squared = |t: usize| {
                    let d = [0, 1].map(|k| (track[t + lag][k] - track[t][k]) as f64 * quantum[k]);
                    d[0] * d[0] + d[1] * d[1]
                };
                let exact: Moments = origins.map(squared).collect();
                let point = points.next().unwrap();
                assert_eq!(point.time, lag as f64);
                assert!(
                    (point.msd / exact.mean() - 1.0).abs() < 1e-12,
                    "lag {lag}: {point:?}"
                );
            }
        }
    }

    #[test]
    fn large_populations_are_thinned_and_order_does_not_matter() {
        let domain = domain();
        let mut whole = Displacement::new(10_000, 1.0);
        assert_eq!((whole.stride, whole.current.len()), (3, 3334));
        let mut shuffled = whole.clone();
        let tags: Vec<u32> = (0..10_000).collect();
        let other: Vec<u32> = (0..10_000).map(|i| i * 7919 % 10_000).collect();
        for step in 0..20i64 {
            let at = |tags: &[u32]| -> Vec<[i64; 2]> {
                tags.iter()
                    .map(|&t| [i64::from(t) * step * step, step << 20])
                    .collect()
            };
            let places = [at(&tags), at(&other)];
            assert!(whole.sample(&domain, &tags, |slot| places[0][slot]));
            assert!(shuffled.sample(&domain, &other, |slot| places[1][slot]));
        }
        assert_eq!(whole, shuffled);
        let bytes = postcard::to_stdvec(&whole).unwrap();
        assert_eq!(postcard::from_bytes::<Displacement>(&bytes).unwrap(), whole);
    }

    #[test]
    fn what_is_not_the_population_is_refused() {
        let domain = domain();
        let mut none = Displacement::new(0, 1.0);
        assert!(!none.sample(&domain, &[], |_| [0; 2]) && none.curve().is_empty());
        let mut two = Displacement::new(2, f64::NAN);
        assert!(!two.sample(&domain, &[0], |_| [0; 2]));
        assert!(!two.sample(&domain, &[0, 5], |_| [0; 2]));
        assert!(two.sample(&domain, &[1, 0], |_| [i64::MIN, i64::MAX]));
        assert!(two.sample(&domain, &[1, 0], |_| [i64::MAX, 0]));
        assert_eq!((two.samples(), two.curve().len()), (2, 1));
    }
}
