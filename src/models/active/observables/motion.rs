//! How the particles move: speed along the heading, polar order, displacements.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::{free, sums, trapped, without_interaction};
use crate::math::displacement::Displacement;
use crate::math::order::{polarisation, random_polarisation};
use crate::math::statistics::ordered_sum;
use crate::model::column::{Heading, Image, Position, Tag};
use crate::model::neighbours::Neighbours;
use crate::model::observable::{Accumulator, Curve, Sample};
use crate::models::active::InitialPosition;
use crate::models::active::parameters::Active;

pub fn effective_speed(sample: &Sample) -> f64 {
    let Some(active) = sample.resource::<Active>() else {
        return f64::NAN;
    };
    let speed = active.motion().speed;
    if speed == 0.0 {
        return f64::NAN;
    }
    sums(sample).map_or(f64::NAN, |sums| {
        1.0 + sums.along / (speed * sums.propulsion)
    })
}

pub fn effective_speed_theory(sample: &Sample) -> Option<f64> {
    let active = without_interaction(sample)?;
    if active.motion().speed == 0.0 {
        return None;
    }
    if active.trap_stiffness == 0.0 {
        return Some(1.0);
    }
    trapped(sample).map(|active| active.motion().trap_effective_speed(active.trap_stiffness))
}

pub fn polar_order(sample: &Sample) -> f64 {
    let headings: &[[f32; 2]] = bytemuck::cast_slice(sample.column::<Heading>());
    polarisation(headings).0
}

pub fn polar_order_theory(sample: &Sample) -> Option<f64> {
    let active = sample.resource::<Active>()?;
    let count = sample.column::<Heading>().len();
    let square = active.motion().mean_square_propulsion;
    (square > 0.0).then(|| square.sqrt() * random_polarisation(count))
}

pub fn displacement_theory(sample: &Sample) -> Option<f64> {
    let motion = free(sample)?.motion();
    Some(motion.free_mean_squared_displacement(sample.clock.time))
}

pub fn msd_theory(sample: &Sample, lag: f64) -> Option<f64> {
    Some(free(sample)?.motion().free_mean_squared_displacement(lag))
}

pub fn exponent_theory(sample: &Sample, lag: f64) -> Option<f64> {
    Some(free(sample)?.motion().free_exponent(lag))
}

/// Where a slot is, unwrapped, in quanta from the centre of the box; `None` without images.
fn unwrapped<'w>(sample: &Sample<'w>) -> Option<impl Fn(usize) -> [i64; 2] + Sync + 'w> {
    let neighbours = sample.resource::<Neighbours>()?;
    let positions = sample.column::<Position>();
    let images = sample.column::<Image>();
    (positions.len() == images.len())
        .then_some(move |slot: usize| neighbours.unwrapped(slot, positions[slot].0, images[slot].0))
}

pub fn displacement(sample: &Sample) -> f64 {
    let start = sample.column::<InitialPosition>();
    let Some(now) = unwrapped(sample).filter(|_| !start.is_empty()) else {
        return f64::NAN;
    };
    let quantum = sample.domain.span().map(|span| span / 4_294_967_296.0);
    let [sum] = ordered_sum(start.len(), |slot| {
        let now = now(slot);
        let moved = [0, 1].map(|axis| {
            let before = i64::from(start[slot].0[axis]) - (1 << 31);
            (now[axis] - before) as f64 * quantum[axis]
        });
        [moved[0] * moved[0] + moved[1] * moved[1]]
    });
    sum / start.len() as f64
}

/// Mean squared displacement against the lag, or its exponent.
#[derive(Default, Serialize, Deserialize)]
struct Lags {
    exponent: bool,
    /// Time of the newest sample, and the time between samples once there are two.
    last: Option<f64>,
    interval: f64,
    measured: Option<Displacement>,
    /// A fingerprint of who takes part: when hands add or remove somebody, the measurement begins
    /// anew, because a lag compares a particle with itself.
    members: u64,
}

/// A number that differs between sets of tags, whatever their order.
fn members(tags: &[u32]) -> u64 {
    // The finaliser of SplitMix64, summed up.
    tags.iter().fold(tags.len() as u64, |sum, &tag| {
        let mut z = u64::from(tag).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        sum.wrapping_add(z ^ (z >> 31))
    })
}

/// The place of every tag in the order of all: the tags themselves, until somebody was removed.
fn ranks(tags: &[u32]) -> Cow<'_, [u32]> {
    let greatest = tags.iter().copied().max().map_or(0, |tag| tag as usize + 1);
    if greatest == tags.len() {
        return tags.into();
    }
    let mut sorted = tags.to_vec();
    sorted.sort_unstable();
    let rank = |tag| sorted.partition_point(|&other| other < tag) as u32;
    tags.iter().map(|&tag| rank(tag)).collect()
}

impl Accumulator for Lags {
    fn record(&mut self, sample: &Sample) {
        let time = sample.clock.time;
        let interval = self.last.map_or(0.0, |last| time - last);
        let tags: &[u32] = bytemuck::cast_slice(sample.column::<Tag>());
        let members = members(tags);
        let changed = (interval - self.interval).abs() > 1e-6 * self.interval.abs();
        let others = self.measured.is_some() && members != self.members;
        if (self.interval > 0.0 && changed) || others {
            // Lags count samples, so that another spacing begins another measurement.
            *self = Self {
                exponent: self.exponent,
                ..Self::default()
            };
        } else if interval > 0.0 {
            self.interval = interval;
        }
        self.last = Some(time);
        self.members = members;
        if let Some(now) = unwrapped(sample) {
            self.measured
                .get_or_insert_with(|| Displacement::new(tags.len(), 1.0))
                .sample(&sample.domain, &ranks(tags), now);
        }
    }

    fn curve(&self) -> Curve {
        let points = self
            .measured
            .as_ref()
            .map_or(Vec::new(), Displacement::curve);
        let known = points
            .iter()
            .filter(|point| !self.exponent || point.exponent.is_finite());
        let mut curve = Curve::default();
        for point in known {
            curve.x.push(point.time * self.interval);
            curve.y.push(if self.exponent {
                point.exponent
            } else {
                point.msd
            });
            if !self.exponent {
                curve.error.push(point.error);
            }
        }
        curve
    }

    fn save(&self) -> Vec<u8> {
        // Numbers and vectors of them always have a binary form.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), String> {
        *self = postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
        Ok(())
    }
}

pub fn start_msd() -> Box<dyn Accumulator> {
    Box::new(Lags::default())
}

pub fn start_exponent() -> Box<dyn Accumulator> {
    Box::new(Lags {
        exponent: true,
        ..Lags::default()
    })
}
