//! A crowd that is pushed by hand and gives way: displacements that squeeze nobody.
//!
//! A hand moves particles by more than a step would, and two discs that it left on top of each
//! other would fly apart in the next step. So a push is carried out as far as all pairs stay at
//! least `closest` apart, or as far apart as they were: particles in the way are swept aside, and
//! where there is no room the push is halved, and at last given up.

use super::domain::Domain;
use super::grid::CellGrid;

/// Sweeps that move overlapping particles apart.
const SWEEPS: usize = 8;
/// The push is tried in full, then by halves, so often.
const TRIES: usize = 5;
/// Pairs may come closer than before by this share, for the rounding of positions.
const SLACK: f32 = 1e-4;

/// The particles around a hand.
pub struct Crowd<'a> {
    pub domain: &'a Domain,
    /// Fixed-point positions, in an order that does not depend on slots: results depend on it.
    pub positions: &'a mut [[u32; 2]],
    /// Those that may be moved; the others stand fast and are not overrun.
    pub free: &'a [bool],
    /// Least distance of two centres, as a length; 0 when particles pass through each other.
    pub closest: f32,
}

impl Crowd<'_> {
    /// Moves every free particle by its shift (a length) as far as there is room. `hold` has the
    /// last word on a way: it gets the two ends, and gives the end that is allowed. The share of
    /// the shift that was carried out, 0 to 1.
    pub fn push(
        &mut self,
        shifts: &[[f64; 2]],
        hold: impl Fn([u32; 2], [u32; 2]) -> [u32; 2],
    ) -> f64 {
        let before = self.positions.to_vec();
        let mut grid = CellGrid::default();
        let worst = self.worst(&mut grid);
        let mut share = 1.0;
        for _ in 0..TRIES {
            for (index, place) in self.positions.iter_mut().enumerate() {
                *place = before[index];
                if self.free[index] {
                    let shift = shifts[index].map(|part| share * part);
                    *place = moved(self.domain, before[index], shift);
                }
            }
            if self.closest > 0.0 {
                self.sweep(&mut grid);
            }
            for (place, &before) in self.positions.iter_mut().zip(&before) {
                *place = hold(before, *place);
            }
            if self.closest <= 0.0 || self.worst(&mut grid) >= worst * (1.0 - SLACK) {
                return share;
            }
            share *= 0.5;
        }
        self.positions.copy_from_slice(&before);
        0.0
    }

    /// Moves free particles out of the way of those that are too close, again and again.
    fn sweep(&mut self, grid: &mut CellGrid) {
        let closest = self.closest;
        for _ in 0..SWEEPS {
            grid.rebuild(self.domain, self.positions, f64::from(closest));
            let mut clean = true;
            for index in 0..self.positions.len() {
                if !self.free[index] {
                    continue;
                }
                let mut shift = [0.0f64; 2];
                grid.for_neighbours(index, closest, |other, separation, squared| {
                    let distance = squared.sqrt();
                    // Who meets somebody that stands fast goes all of the way.
                    let share = if self.free[other as usize] { 0.5 } else { 1.0 };
                    let away = if distance > 0.0 {
                        separation.map(|part| -part / distance)
                    } else if index < other as usize {
                        [1.0, 0.0]
                    } else {
                        [-1.0, 0.0]
                    };
                    let deficit = share * (closest - distance);
                    for (shift, away) in shift.iter_mut().zip(away) {
                        *shift += f64::from(deficit * away);
                    }
                    clean = false;
                });
                if shift != [0.0; 2] {
                    // The grid still holds the places before the sweep, so that the order of the
                    // particles within it does not matter.
                    self.positions[index] = moved(self.domain, self.positions[index], shift);
                }
            }
            if clean {
                return;
            }
        }
    }

    /// The smallest distance of a pair of which at least one is free, at most `closest`.
    fn worst(&self, grid: &mut CellGrid) -> f32 {
        if self.closest <= 0.0 {
            return 0.0;
        }
        grid.rebuild(self.domain, self.positions, f64::from(self.closest));
        let mut worst = self.closest * self.closest;
        for index in 0..self.positions.len() {
            if self.free[index] {
                grid.for_neighbours(index, self.closest, |_, _, squared| {
                    worst = worst.min(squared);
                });
            }
        }
        worst.sqrt()
    }
}

/// A fixed-point position after a displacement in units of length: it wraps in a periodic box,
/// and stays within the limits of any other.
pub fn moved(domain: &Domain, place: [u32; 2], shift: [f64; 2]) -> [u32; 2] {
    let span = domain.span();
    let [low, high] = domain.limits();
    [0, 1].map(|axis| {
        let quanta = (shift[axis] / span[axis] * 4_294_967_296.0).round() as i64;
        if domain.is_periodic() {
            place[axis].wrapping_add(quanta as u32)
        } else {
            (i64::from(place[axis]).saturating_add(quanta)).clamp(i64::from(low), i64::from(high))
                as u32
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::domain::Boundary;
    use crate::math::testing::Random;

    /// Discs at random places, none closer than `closest` to another.
    fn gas(domain: &Domain, count: usize, closest: f32, seed: u64) -> Vec<[u32; 2]> {
        let mut random = Random(seed);
        let mut places: Vec<[u32; 2]> = Vec::new();
        while places.len() < count {
            let half = domain.size.map(|length| 0.5 * length);
            let place =
                domain.fixed([0, 1].map(|axis| (2.0 * random.uniform() - 1.0) * half[axis]));
            let free = places.iter().all(|&other| {
                let [x, y] = domain.separation(place, other);
                x.hypot(y) >= closest
            });
            if free {
                places.push(place);
            }
        }
        places
    }

    fn least(domain: &Domain, places: &[[u32; 2]]) -> f32 {
        let mut least = f32::INFINITY;
        for (i, &a) in places.iter().enumerate() {
            for &b in &places[..i] {
                let [x, y] = domain.separation(a, b);
                least = least.min(x.hypot(y));
            }
        }
        least
    }

    #[test]
    fn nobody_is_squeezed_and_the_gas_gives_way() {
        for boundary in [Boundary::Periodic, Boundary::Reflecting] {
            let domain = Domain::new([20.0, 20.0], boundary);
            let mut places = gas(&domain, 150, 0.95, 5);
            let free = vec![true; places.len()];
            let mut gone = 0.0;
            for round in 0..40 {
                let shifts: Vec<_> = places
                    .iter()
                    .map(|&place| {
                        let [x, y] = domain.real(place);
                        if x.hypot(y) < 5.0 {
                            [0.3, 0.1]
                        } else {
                            [0.0; 2]
                        }
                    })
                    .collect();
                let mut crowd = Crowd {
                    domain: &domain,
                    positions: &mut places,
                    free: &free,
                    closest: 0.95,
                };
                gone += crowd.push(&shifts, |_, to| to);
                let least = least(&domain, &places);
                assert!(least >= 0.95 * (1.0 - 1e-3), "round {round}: {least}");
            }
            assert!(gone > 4.0, "{boundary:?}: the hand moved nothing: {gone}");
        }
    }

    #[test]
    fn a_wall_of_fixed_particles_is_not_overrun() {
        let domain = Domain::new([20.0, 20.0], Boundary::Periodic);
        let mut places: Vec<_> = (0..20)
            .map(|i| domain.fixed([2.0, i as f64 - 9.5]))
            .collect();
        places.push(domain.fixed([0.0, 0.0]));
        let mut free = vec![false; 20];
        free.push(true);
        let mut shifts = vec![[0.0; 2]; 20];
        shifts.push([0.4, 0.0]);
        for _ in 0..50 {
            let mut crowd = Crowd {
                domain: &domain,
                positions: &mut places,
                free: &free,
                closest: 1.0,
            };
            crowd.push(&shifts, |_, to| to);
        }
        assert!(
            domain.real(places[20])[0] < 1.2,
            "{:?}",
            domain.real(places[20])
        );
        assert!(
            places[..20]
                .iter()
                .all(|&place| (domain.real(place)[0] - 2.0).abs() < 1e-6)
        );
    }
}
