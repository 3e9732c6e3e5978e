//! One particle, looked at closely while the run goes on: it is known by its tag, so that neither
//! sorting nor other people's removal loses it.

use std::sync::Arc;

use super::simulation::Simulation;
use super::snapshot::SeriesPoint;
use crate::math::series::Series;
use crate::model::column::{Image, Position, Tag};
use crate::model::hands::Term;
use crate::model::neighbours::{Neighbours, Range};
use crate::model::observable::Sample;

/// Points that the time series of one part of a column keeps.
const POINTS: usize = 512;
/// Neighbours that are listed; all are counted.
const LISTED: usize = 32;
/// Where particles do not interact, those within so many diameters are neighbours.
const SIGHT: f64 = 1.5;

/// Who is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pick {
    /// The particle nearest to a place, if one is within the radius; else nobody.
    Near {
        at: [f64; 2],
        radius: f64,
    },
    /// The one with this tag.
    Tag(u32),
    /// The next one in the order of the tags, round and round.
    Next,
    Previous,
    Nobody,
}

/// A column of the particle.
#[derive(Clone, Debug)]
pub struct Reading {
    pub name: &'static str,
    pub symbol: &'static str,
    pub unit: &'static str,
    pub doc: &'static str,
    pub parts: &'static [&'static str],
    pub values: Vec<f64>,
    /// The values so far, since the particle is looked at, for each part.
    pub traces: Vec<Arc<Vec<SeriesPoint>>>,
}

/// A neighbour of the particle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    pub tag: u32,
    /// From the particle to the neighbour: the nearest image.
    pub separation: [f64; 2],
    pub distance: f64,
}

/// What the inspector shows.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    pub tag: u32,
    /// True when the particle has been removed: what is shown is the last that was seen of it.
    pub gone: bool,
    /// Where it is, in units of length from the centre of the box.
    pub place: [f64; 2],
    pub radius: f64,
    pub columns: Vec<Reading>,
    /// The nearest of its neighbours, by distance.
    pub near: Vec<Near>,
    /// How many there are within the range.
    pub near_count: usize,
    /// Distance within which a particle is a neighbour.
    pub range: f64,
    /// What moves it, if the chapter can say.
    pub terms: Vec<Term>,
    /// Distance from where it was when it was picked, walked round a periodic box.
    pub moved: f64,
    /// Time since it was picked.
    pub since: f64,
}

/// The particle that is looked at.
pub struct Inspector {
    tag: u32,
    start: [f64; 2],
    began: f64,
    /// Time of the newest entry of the traces.
    newest: f64,
    traces: Vec<Vec<Series>>,
    last: Arc<Inspection>,
}

impl Inspector {
    /// Begins to look at somebody, or changes to somebody else; `None` for nobody.
    pub fn pick(simulation: &Simulation, before: Option<&Self>, pick: Pick) -> Option<Self> {
        let tag = simulation.with_sample(|sample| chosen(sample, before, pick))??;
        if let Some(before) = before.filter(|before| before.tag == tag && !before.last.gone) {
            return Some(before.again());
        }
        let mut inspector = Self {
            tag,
            start: [0.0; 2],
            began: simulation.clock().time,
            newest: f64::NEG_INFINITY,
            traces: Vec::new(),
            last: Arc::default(),
        };
        let slot = inspector.slot(simulation)?;
        inspector.start = simulation.with_sample(|sample| unwrapped(sample, slot))?;
        Some(inspector)
    }

    fn again(&self) -> Self {
        Self {
            traces: self.traces.clone(),
            last: self.last.clone(),
            ..*self
        }
    }

    /// The tag of the particle.
    pub fn tag(&self) -> u32 {
        self.tag
    }

    /// Forgets the past: another one is going on now.
    pub fn rewind(&mut self, simulation: &Simulation) {
        if let Some(fresh) = Self::pick(simulation, None, Pick::Tag(self.tag)) {
            *self = fresh;
        }
    }

    fn slot(&self, simulation: &Simulation) -> Option<usize> {
        let tags = simulation.columns().slice::<Tag>(simulation.world());
        tags.iter().position(|tag| tag.0 == self.tag)
    }

    /// Looks at the present state.
    pub fn look(&mut self, simulation: &Simulation) -> Arc<Inspection> {
        let Some(slot) = self.slot(simulation) else {
            if !self.last.gone {
                self.last = Arc::new(Inspection {
                    gone: true,
                    near: Vec::new(),
                    ..(*self.last).clone()
                });
            }
            return self.last.clone();
        };
        let seen = simulation.with_sample(|sample| self.see(simulation, sample, slot));
        if let Some(seen) = seen {
            self.last = Arc::new(seen);
        }
        self.last.clone()
    }

    fn see(&mut self, simulation: &Simulation, sample: &Sample, slot: usize) -> Inspection {
        let scene = simulation.scene();
        let domain = sample.domain;
        let positions = sample.column::<Position>();
        let here = positions[slot].0;
        let radius = 0.5
            * sample
                .column::<crate::model::column::Diameter>()
                .get(slot)
                .map_or((scene.model.diameter)(&scene.values), |one| {
                    f64::from(one.0)
                });
        let fresh = sample.clock.time > self.newest;
        self.newest = sample.clock.time;
        let columns: Vec<_> = sample.columns.iter().collect();
        self.traces.resize_with(columns.len(), Vec::new);
        let readings = columns
            .iter()
            .zip(&mut self.traces)
            .map(|(column, traces)| {
                let declaration = column.declaration();
                let values: Vec<f64> = (0..declaration.parts.len())
                    .map(|part| column.number(sample.world, slot, part, &domain))
                    .collect();
                traces.resize_with(values.len(), || Series::new(POINTS));
                if fresh {
                    for (trace, &value) in traces.iter_mut().zip(&values) {
                        trace.push(sample.clock.time, value);
                    }
                }
                Reading {
                    name: declaration.name,
                    symbol: declaration.symbol,
                    unit: declaration.unit,
                    doc: declaration.doc,
                    parts: declaration.parts,
                    values,
                    traces: traces.iter().map(points).collect(),
                }
            })
            .collect();
        let cutoff = sample
            .resource::<Range>()
            .map_or(0.0, |range| f64::from(range.cutoff));
        let range = if cutoff > 0.0 {
            cutoff
        } else {
            SIGHT * (scene.model.diameter)(&scene.values)
        };
        let mut near = neighbours(sample, slot, range);
        let near_count = near.len();
        near.truncate(LISTED);
        let now = unwrapped(sample, slot);
        let [x, y] = [now[0] - self.start[0], now[1] - self.start[1]];
        Inspection {
            tag: self.tag,
            gone: false,
            place: domain.real(here),
            radius,
            columns: readings,
            near,
            near_count,
            range,
            terms: scene
                .model
                .hands
                .terms
                .map_or_else(Vec::new, |terms| terms(sample, slot)),
            moved: x.hypot(y),
            since: sample.clock.time - self.began,
        }
    }
}

fn points(series: &Series) -> Arc<Vec<SeriesPoint>> {
    let point = |point: &crate::math::series::Point| SeriesPoint {
        time: point.time,
        low: point.low,
        mean: point.mean,
        high: point.high,
    };
    Arc::new(series.points().map(point).collect())
}

/// The tag that a pick means.
fn chosen(sample: &Sample, before: Option<&Inspector>, pick: Pick) -> Option<u32> {
    let tags = sample.column::<Tag>();
    let all = || tags.iter().map(|tag| tag.0);
    match pick {
        Pick::Nobody => None,
        Pick::Tag(tag) => all().find(|&one| one == tag),
        Pick::Next => {
            let now = before.map(Inspector::tag);
            let later = all().filter(|&tag| now.is_none_or(|now| tag > now)).min();
            later.or_else(|| all().min())
        }
        Pick::Previous => {
            let now = before.map(Inspector::tag);
            let earlier = all().filter(|&tag| now.is_none_or(|now| tag < now)).max();
            earlier.or_else(|| all().max())
        }
        Pick::Near { at, radius } => {
            if !(at.iter().all(|part| part.is_finite()) && radius > 0.0) {
                return None;
            }
            let at = sample.domain.fixed(at);
            let mut best = (radius * radius, None);
            for (place, tag) in sample.column::<Position>().iter().zip(tags) {
                let [x, y] = sample.domain.separation(place.0, at).map(f64::from);
                let squared = x * x + y * y;
                if squared <= best.0 {
                    best = (squared, Some(tag.0));
                }
            }
            best.1
        }
    }
}

/// Everybody within the range of a particle, the nearest first.
fn neighbours(sample: &Sample, slot: usize, range: f64) -> Vec<Near> {
    let positions = sample.column::<Position>();
    let here = positions[slot].0;
    let mut near: Vec<Near> = positions
        .iter()
        .zip(sample.column::<Tag>())
        .enumerate()
        .filter(|(other, _)| *other != slot)
        .filter_map(|(_, (place, tag))| {
            let separation = sample.domain.separation(place.0, here).map(f64::from);
            let distance = separation[0].hypot(separation[1]);
            (distance < range).then_some(Near {
                tag: tag.0,
                separation,
                distance,
            })
        })
        .collect();
    near.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.tag.cmp(&b.tag)));
    near
}

/// Coordinates that do not jump at the edge of a periodic box.
fn unwrapped(sample: &Sample, slot: usize) -> [f64; 2] {
    let place = sample.column::<Position>()[slot].0;
    let images = sample.column::<Image>();
    match (sample.resource::<Neighbours>(), images.get(slot)) {
        (Some(neighbours), Some(image)) => {
            let span = sample.domain.span();
            let quanta = neighbours.unwrapped(slot, place, image.0);
            [0, 1].map(|axis| quanta[axis] as f64 * (span[axis] / 4_294_967_296.0))
        }
        _ => sample.domain.real(place),
    }
}
