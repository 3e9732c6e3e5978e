//! Where the particles have been: what a streak, a trail and a field of velocities are made from.
//!
//! The places are kept by tag, because the slots are sorted anew whenever neighbours are. A past
//! takes note of a state whenever a picture of it is packed, so that the pictures of a film depend
//! on nothing but the steps between them; a run knows nothing of it.

use std::collections::VecDeque;

use super::simulation::Simulation;
use crate::math::domain::Domain;
use crate::model::column::{Position, Tag};
use crate::model::observable::Sample;

/// How many earlier pictures a trail goes back.
pub const TRAIL: usize = 24;

/// The most particles that have a trail; of more, every second, third ... by tag.
pub const TRAILS: usize = 4096;

/// Stands for a tag that there is not, in a corner where no particle is but by a chance of 2⁻⁶⁴.
const ABSENT: [u32; 2] = [u32::MAX; 2];

/// The places of the particles in the last pictures. It takes 8 bytes for a particle and two
/// pictures, and at most 0.8 MB for the trails.
#[derive(Default)]
pub struct Past {
    /// Step and time of the newest note, and of the one before.
    times: [Option<(u64, f64)>; 2],
    /// Places by tag at the same two times.
    places: [Vec<[u32; 2]>; 2],
    /// Places of the particles with a trail, the newest first.
    trails: VecDeque<Vec<[u32; 2]>>,
    trails_stride: usize,
    domain: Option<Domain>,
}

impl Past {
    /// Takes note of the present state; a state that it has seen last changes nothing.
    pub fn note(&mut self, simulation: &Simulation) {
        simulation.with_sample(|sample| self.note_sample(sample));
    }

    fn note_sample(&mut self, sample: &Sample) {
        let now = (sample.clock.step, sample.clock.time);
        let back = self.times[0].is_some_and(|(step, _)| step > now.0);
        if back || self.domain != Some(sample.domain) {
            *self = Self::default();
        } else if self.times[0].is_some_and(|(step, _)| step == now.0) {
            return;
        }
        self.domain = Some(sample.domain);
        self.times = [Some(now), self.times[0]];
        let positions = sample.column::<Position>();
        let tags = sample.column::<Tag>();
        // Tags run from 0, with gaps where particles were taken away.
        let most = 8 * tags.len() + 65_536;
        let room = tags.iter().map(|tag| tag.0 as usize + 1).max().unwrap_or(0);
        self.places.swap(0, 1);
        self.places[0].clear();
        self.places[0].resize(room.min(most), ABSENT);
        for (position, tag) in positions.iter().zip(tags) {
            if let Some(place) = self.places[0].get_mut(tag.0 as usize) {
                *place = position.0;
            }
        }
        if self.stride() != self.trails_stride {
            self.trails.clear();
            self.trails_stride = self.stride();
        }
        let mut newest = if self.trails.len() > TRAIL {
            self.trails.pop_back().unwrap_or_default()
        } else {
            Vec::new()
        };
        newest.clear();
        newest.extend(self.places[0].iter().step_by(self.trails_stride));
        self.trails.push_front(newest);
    }

    /// Every so many-th tag has a trail.
    fn stride(&self) -> usize {
        self.places[0].len().div_ceil(TRAILS).max(1)
    }

    /// The displacement of every tag since the picture before, and the time it took; nothing while
    /// there is no picture before.
    pub fn displacements(&self) -> Option<(impl Fn(usize) -> [f32; 2] + '_, f64)> {
        let [Some((_, now)), Some((_, before))] = self.times else {
            return None;
        };
        let domain = self.domain?;
        let [new, old] = &self.places;
        let of = move |tag: usize| match (new.get(tag), old.get(tag)) {
            (Some(&new), Some(&old)) if new != ABSENT && old != ABSENT => {
                domain.separation(new, old)
            }
            _ => [0.0; 2],
        };
        Some((of, now - before))
    }

    /// Calls `take` for every piece of every trail with the tag, the real place of its newer end,
    /// the way from there to the older one, and the pictures that have passed since the newer end.
    ///
    /// A jump over more than a quarter of the box ends a trail: which way it went is not known.
    pub fn for_trails(&self, mut take: impl FnMut(usize, [f64; 2], [f32; 2], usize)) {
        let (Some(domain), Some(newest)) = (self.domain, self.trails.front()) else {
            return;
        };
        let known = domain.size.map(|length| 0.25 * length as f32);
        for index in 0..newest.len() {
            let pairs = self.trails.iter().zip(self.trails.iter().skip(1));
            for (age, (newer, older)) in pairs.enumerate() {
                let (Some(&newer), Some(&older)) = (newer.get(index), older.get(index)) else {
                    break;
                };
                if newer == ABSENT || older == ABSENT {
                    break;
                }
                let way = domain.separation(older, newer);
                if way[0].abs() > known[0] || way[1].abs() > known[1] {
                    break;
                }
                take(index * self.trails_stride, domain.real(newer), way, age);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene;
    use crate::sim::simulation::worker_threads;

    fn run() -> Simulation {
        let few = [("population.count".into(), "500".into())];
        let scene = scene::find("active_gas", &few).unwrap();
        Simulation::new(scene, worker_threads(1).unwrap()).unwrap()
    }

    fn by_tag(run: &Simulation) -> Vec<[u32; 2]> {
        let mut places = vec![[0; 2]; run.count()];
        let tags = run.columns().slice::<Tag>(run.world());
        for (place, tag) in run
            .columns()
            .slice::<Position>(run.world())
            .iter()
            .zip(tags)
        {
            places[tag.0 as usize] = place.0;
        }
        places
    }

    #[test]
    fn displacements_are_those_of_the_tags_whatever_the_slots_do() {
        let mut run = run();
        let mut past = Past::default();
        past.note(&run);
        assert!(
            past.displacements().is_none(),
            "one picture shows no motion"
        );
        let before = by_tag(&run);
        let order = run.columns().slice::<Tag>(run.world()).to_vec();
        run.advance(600).unwrap();
        assert_ne!(
            order,
            run.columns().slice::<Tag>(run.world()),
            "the slots were sorted"
        );
        past.note(&run);
        past.note(&run);
        let after = by_tag(&run);
        let domain = run.scene().domain;
        let (of, time) = past.displacements().unwrap();
        assert!((time - 600.0 * run.clock().dt).abs() < 1e-12);
        for tag in 0..run.count() {
            assert_eq!(of(tag), domain.separation(after[tag], before[tag]), "{tag}");
        }
        assert_eq!(of(9999), [0.0; 2], "a tag that is not there does not move");
    }

    #[test]
    fn trails_hang_together_and_end_somewhere() {
        let mut run = run();
        let mut past = Past::default();
        for _ in 0..TRAIL + 7 {
            past.note(&run);
            run.advance(3).unwrap();
        }
        let mut ends: Vec<Option<[f64; 2]>> = vec![None; run.count()];
        let mut pieces = 0;
        let domain = run.scene().domain;
        past.for_trails(|tag, from, way, age| {
            assert!(age < TRAIL);
            if age > 0 {
                let end = ends[tag].unwrap();
                for axis in 0..2 {
                    // Fixed points are exact and a separation rounds to 2⁻²⁴ of itself.
                    let gap = from[axis] - end[axis];
                    let wrapped = gap - (gap / domain.size[axis]).round() * domain.size[axis];
                    assert!(wrapped.abs() < 1e-5, "{tag} {age}: {gap}");
                }
            }
            ends[tag] = Some([0, 1].map(|axis| from[axis] + f64::from(way[axis])));
            pieces += 1;
        });
        assert_eq!(pieces, TRAIL * run.count());
    }

    #[test]
    fn another_run_has_no_past() {
        let mut first = run();
        let mut past = Past::default();
        past.note(&first);
        first.advance(5).unwrap();
        past.note(&first);
        assert!(past.displacements().is_some());
        past.note(&run());
        assert!(
            past.displacements().is_none(),
            "time went back: it was started anew"
        );
    }
}
