//! How the infection spreads in space: fronts, foci, and the lengths of its hops.

use serde::{Deserialize, Serialize};

use super::parameters;
use super::survey::{foci, front};
use crate::model::observable::{Accumulator, Curve, Sample};
use crate::models::epidemic::network::Network;
use crate::models::epidemic::start::{Origin, Region};
use crate::models::epidemic::theory::kernel::moments;
use crate::models::epidemic::theory::limits::front_speed_at;
use crate::models::epidemic::trace::Trace;

pub fn front_position(sample: &Sample) -> f64 {
    front(sample).position
}

pub fn front_speed(sample: &Sample) -> f64 {
    front(sample).speed[0]
}

pub fn front_speed_error(sample: &Sample) -> f64 {
    front(sample).speed[1]
}

/// c* and λ*; `None` where an outbreak has no front of finite speed.
fn pulled(sample: &Sample) -> Option<[f64; 2]> {
    let parameters = parameters(sample).filter(|one| !one.beyond_theory())?;
    let network = sample.resource::<Network>()?;
    let region = sample.resource::<Origin>()?.region;
    let (kernel, _) = network.placed.as_ref()?;
    let (moment, limit) = moments(kernel)?;
    let early = parameters.early(network.degrees.excess());
    (region != Region::Everywhere)
        .then(|| early.front(moment, limit))
        .flatten()
}

pub fn front_speed_theory(sample: &Sample) -> Option<f64> {
    let pulled = pulled(sample)?;
    let speed = front_speed_at(pulled, sample.clock.time);
    // Before about 3/(2λ*c*) the correction is as large as the speed, and means nothing.
    (speed > 0.5 * pulled[0]).then_some(speed)
}

pub fn foci_count(sample: &Sample) -> f64 {
    foci(sample).count as f64
}

pub fn largest_focus(sample: &Sample) -> f64 {
    foci(sample).largest
}

pub fn focus_size(sample: &Sample) -> f64 {
    foci(sample).mean_size
}

/// A curve of which only the newest counts.
#[derive(Serialize, Deserialize)]
struct Newest {
    which: u8,
    curve: Curve,
}

impl Accumulator for Newest {
    fn record(&mut self, sample: &Sample) {
        self.curve = match self.which {
            0 => arrivals(sample),
            _ => hops(sample),
        };
    }

    fn curve(&self) -> Curve {
        self.curve.clone()
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

pub fn start_arrivals() -> Box<dyn Accumulator> {
    Box::new(Newest {
        which: 0,
        curve: Curve::default(),
    })
}

pub fn start_hops() -> Box<dyn Accumulator> {
    Box::new(Newest {
        which: 1,
        curve: Curve::default(),
    })
}

fn arrivals(sample: &Sample) -> Curve {
    let front = front(sample);
    Curve {
        x: front.profile.iter().map(|point| point[0]).collect(),
        y: front.profile.iter().map(|point| point[1]).collect(),
        error: Vec::new(),
    }
}

/// The time at which the pulled front arrives: through the middle of the measured arrivals, with
/// the speed of theory, since no theory of the front knows when it has formed.
pub fn arrival_theory(sample: &Sample, distance: f64) -> Option<f64> {
    let [speed, _] = pulled(sample)?;
    let front = front(sample);
    let [place, time] = *front.profile.get(front.profile.len().checked_sub(1)? / 2)?;
    let arrival = time + (distance - place) / speed;
    (arrival >= 0.0).then_some(arrival)
}

/// Density of the lengths of all transmissions, each with the error of its count.
fn hops(sample: &Sample) -> Curve {
    let mut curve = Curve::default();
    let Some(trace) = sample.resource::<Trace>() else {
        return curve;
    };
    let total: u64 = trace.lengths().map(|bin| bin.2).sum();
    for (begin, end, count) in trace.lengths() {
        if count == 0 {
            continue;
        }
        let scale = 1.0 / (total as f64 * (end - begin));
        curve.x.push(0.5 * (begin + end));
        curve.y.push(count as f64 * scale);
        curve.error.push((count as f64).sqrt() * scale);
    }
    curve
}

/// Density of the lengths of the edges.
pub fn hop_theory(sample: &Sample, length: f64) -> Option<f64> {
    let (_, placed) = sample.resource::<Network>()?.placed.as_ref()?;
    let bounds = [0.98 * length, 1.02 * length];
    let share = placed.length_shares(&bounds).first().copied()?;
    let density = share / (bounds[1] - bounds[0]);
    (density > 0.0).then_some(density)
}
