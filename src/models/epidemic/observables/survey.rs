//! Measurements of the present state that several observables share, made once per state.

use std::sync::Arc;

use super::states;
use crate::math::clusters::Clusters;
use crate::math::statistics::fit_line;
use crate::model::memo;
use crate::model::observable::Sample;
use crate::models::epidemic::dynamics::{Dynamics, health};
use crate::models::epidemic::network::Network;
use crate::models::epidemic::start::{Origin, Region};
use crate::models::epidemic::{InfectionTime, dynamics::NOT_YET};

/// Width of the bins of a front, in mean spacings of the nodes.
const BIN: f64 = 2.0;
/// A front has reached a bin when this share of its nodes has been infected.
const REACHED: f64 = 0.2;
/// The speed is that of the part of the way beyond this share, where the start is forgotten.
const FORGOTTEN: f64 = 0.35;
/// Bins nearer than this share of the way to where fronts meet do not count.
const MEETING: f64 = 0.04;
/// Infected nodes closer than so many mean spacings are of one focus: randomly placed nodes
/// percolate from 1.2 on.
const LINK: f64 = 1.5;
/// Fewest nodes of a focus.
pub const FOCUS: usize = 10;

/// How far the infection has come.
#[derive(Clone, Debug, Default)]
pub struct Front {
    /// Distance and time of arrival for every bin that was reached, by distance; two for each
    /// distance when there are two fronts.
    pub arrivals: Vec<[f64; 2]>,
    /// The same, one for each distance: the mean and its error where there are two fronts.
    pub profile: Vec<[f64; 2]>,
    /// Greatest distance reached.
    pub position: f64,
    /// Speed and its standard error; NaN before there is enough of a way.
    pub speed: [f64; 2],
}

/// Connected infected regions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Foci {
    /// How many have at least [`FOCUS`] nodes.
    pub count: usize,
    /// Share of all infected nodes in the largest one.
    pub largest: f64,
    /// Mean number of nodes of a focus.
    pub mean_size: f64,
}

/// What has been measured of one state. Replaced whenever a parameter changes or a hand acts.
pub type Survey = memo::Survey<Memo>;

/// Results that belong to one state.
#[derive(Default)]
pub struct Memo {
    pub front: Option<Arc<Front>>,
    pub foci: Option<Foci>,
    /// Edges between an infectious and a susceptible node.
    pub open_edges: Option<u64>,
}

/// A result for the sample's state, taken from the memo or computed and left there.
pub fn once<T: Clone>(
    sample: &Sample,
    entry: fn(&mut Memo) -> &mut Option<T>,
    compute: impl FnOnce() -> T,
) -> T {
    let dynamics = sample.resource::<Dynamics>();
    let census = dynamics.map_or([0; health::COUNT], Dynamics::census);
    let infections = dynamics.map_or(0, Dynamics::infections);
    let state = memo::fingerprint(sample, census.into_iter().chain([infections]));
    Survey::once(sample, state, entry, compute)
}

/// Mean spacing of the nodes, 1/√ρ.
fn spacing(sample: &Sample) -> f64 {
    (sample.domain.area() / sample.positions().len().max(1) as f64).sqrt()
}

/// How far the infection has come; nothing when it started everywhere.
pub fn front(sample: &Sample) -> Arc<Front> {
    once(sample, |memo| &mut memo.front, || Arc::new(measure(sample)))
}

fn measure(sample: &Sample) -> Front {
    let nothing = Front {
        position: f64::NAN,
        speed: [f64::NAN; 2],
        ..Front::default()
    };
    let Some(region) = sample.resource::<Origin>().map(|origin| origin.region) else {
        return nothing;
    };
    let [width, height] = sample.domain.size;
    let (reach, fronts) = match region {
        Region::Everywhere => return nothing,
        Region::Disc { .. } => (0.5 * width.min(height), 1),
        Region::Band { .. } => (0.5 * width, 2),
    };
    let wide = BIN * spacing(sample);
    let bins = (reach / wide).floor().min(1e6) as usize;
    // Nodes of each bin, and the times at which they were infected.
    let mut total = vec![0_usize; bins * fronts];
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); bins * fronts];
    for (place, time) in sample
        .positions()
        .iter()
        .zip(sample.column::<InfectionTime>())
    {
        let place = sample.domain.real(*place);
        let bin = (region.distance(place) / wide) as usize;
        if bin < bins {
            let key = bin * fronts + usize::from(fronts == 2 && place[0] > 0.0);
            total[key] += 1;
            if time.0 != NOT_YET {
                times[key].push(time.0);
            }
        }
    }
    let mut front = Front::default();
    for key in 0..bins * fronts {
        let needed = (REACHED * total[key] as f64).ceil() as usize;
        let times = &mut times[key];
        if needed == 0 || times.len() < needed {
            continue;
        }
        let (_, &mut time, _) = times.select_nth_unstable_by(needed - 1, f64::total_cmp);
        let distance = ((key / fronts) as f64 + 0.5) * wide;
        front.arrivals.push([distance, time]);
        front.position = distance + 0.5 * wide;
    }
    for pair in front.arrivals.chunk_by(|a, b| a[0] == b[0]) {
        let mean = pair.iter().map(|one| one[1]).sum::<f64>() / pair.len() as f64;
        front.profile.push([pair[0][0], mean]);
    }
    front.speed = speed(&front, region, reach);
    front
}

/// The slope of distance against time of arrival, with the error that the scatter gives it.
fn speed(front: &Front, region: Region, reach: f64) -> [f64; 2] {
    let start = match region {
        Region::Everywhere => 0.0,
        Region::Disc { radius: extent } | Region::Band { half: extent } => extent,
    };
    let end = front.position.min(reach * (1.0 - MEETING));
    let begin = start + FORGOTTEN * (end - start);
    let used = |one: &&[f64; 2]| one[0] >= begin && one[0] <= end;
    let points: Vec<(f64, f64, f64)> = (front.arrivals.iter().filter(used))
        .map(|one| (one[1], one[0], 1.0))
        .collect();
    if points.len() < 6 {
        return [f64::NAN; 2];
    }
    // Residuals of neighbouring bins are alike: they count as one third as many.
    let Some(fit) = fit_line(points) else {
        return [f64::NAN; 2];
    };
    let scatter = fit.chi_squared / (fit.freedom as f64 / 3.0).max(1.0);
    [fit.slope, fit.slope_error * scatter.sqrt()]
}

/// Connected regions of nodes that have been infected.
pub fn foci(sample: &Sample) -> Foci {
    once(
        sample,
        |memo| &mut memo.foci,
        || {
            let infected: Vec<[u32; 2]> = (sample.positions().iter().zip(states(sample)))
                .filter(|(_, state)| ill(**state))
                .map(|(place, _)| *place)
                .collect();
            let mut clusters = Clusters::default();
            let link = LINK * spacing(sample);
            clusters.find(&sample.domain, &infected, link as f32);
            let sizes = clusters.sizes().iter().map(|&size| size as usize);
            let large: Vec<usize> = sizes.filter(|&size| size >= FOCUS).collect();
            let sum = large.iter().sum::<usize>();
            Foci {
                count: large.len(),
                largest: clusters.largest_fraction(),
                mean_size: sum as f64 / large.len() as f64,
            }
        },
    )
}

/// Infected once and not susceptible again.
fn ill(state: u8) -> bool {
    !matches!(state, health::SUSCEPTIBLE | health::VACCINATED)
}

/// Edges between an infectious and a susceptible node: along each the infection may go on.
pub fn open_edges(sample: &Sample) -> u64 {
    once(
        sample,
        |memo| &mut memo.open_edges,
        || {
            let Some(network) = sample.resource::<Network>() else {
                return 0;
            };
            let states = states(sample);
            let open = |&node: &u32| states.get(node as usize) == Some(&health::SUSCEPTIBLE);
            (0..states.len() as u32)
                .filter(|&node| states[node as usize] == health::INFECTIOUS)
                .map(|node| {
                    network
                        .graph
                        .neighbours(node)
                        .iter()
                        .filter(|node| open(node))
                        .count() as u64
                })
                .sum()
        },
    )
}
