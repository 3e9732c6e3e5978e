//! Measurements of the present phases that several observables share, made once per state.

use std::sync::Arc;

use super::couple::{Places, local_field};
use super::links::Links;
use super::parameters::{Kuramoto, Topology};
use crate::math::grid::CellGrid;
use crate::math::statistics::ordered_sum;
use crate::math::verlet::VerletList;
use crate::model::column::{NaturalFrequency, Phase, Position};
use crate::model::memo;
use crate::model::observable::Sample;

/// Radians of a quantum of phase.
const RADIANS: f64 = std::f64::consts::TAU / 4_294_967_296.0;

/// What the phases of one state amount to.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// N.
    pub count: usize,
    /// ⟨e^{iθ}⟩.
    pub mean: [f64; 2],
    /// ⟨e^{2iθ}⟩.
    pub second: [f64; 2],
    /// Mean of |Hᵢ|, without the phase lag.
    pub local: f64,
    /// Mean of ωᵢ + K Im(Hᵢ e^{−i(θᵢ + α)}).
    pub rate: f64,
    /// The field of each, without lag; empty when all have the mean field.
    pub fields: Arc<Vec<[f32; 2]>>,
}

impl Census {
    /// The field of a slot, without the phase lag.
    pub fn field(&self, slot: usize) -> [f64; 2] {
        self.fields
            .get(slot)
            .map_or(self.mean, |field| field.map(f64::from))
    }

    /// r.
    pub fn order(&self) -> f64 {
        self.mean[0].hypot(self.mean[1])
    }

    /// ψ.
    pub fn angle(&self) -> f64 {
        self.mean[1].atan2(self.mean[0])
    }
}

/// The census of one state; `None` in it without oscillators. Replaced whenever a parameter changes.
pub type Survey = memo::Survey<Option<Option<Census>>>;

/// The angle of a phase, 0 to 2π.
pub fn angle(phase: &Phase) -> f64 {
    f64::from(phase.0) * RADIANS
}

/// The census of a sample's state; `None` without oscillators.
pub fn census(sample: &Sample) -> Option<Census> {
    let kuramoto = sample.resource::<Kuramoto>()?;
    let phases = sample.column::<Phase>().iter();
    let state = memo::fingerprint(sample, phases.map(|phase| u64::from(phase.0)));
    Survey::once(sample, state, |memo| memo, || take(sample, kuramoto))
}

fn take(sample: &Sample, kuramoto: &Kuramoto) -> Option<Census> {
    let phases = sample.column::<Phase>();
    let omegas = sample.column::<NaturalFrequency>();
    let count = phases.len();
    if count == 0 || omegas.len() != count {
        return None;
    }
    let number = count as f64;
    let sums = ordered_sum(count, |slot| {
        let (s, c) = angle(&phases[slot]).sin_cos();
        [c, s, c * c - s * s, 2.0 * c * s]
    });
    let [x, y, x2, y2] = sums.map(|sum| sum / number);
    let mut census = Census {
        count,
        mean: [x, y],
        second: [x2, y2],
        fields: Arc::new(fields(sample, kuramoto)),
        ..Census::default()
    };
    let (sin_lag, cos_lag) = kuramoto.phase_lag.sin_cos();
    let [local, rate] = ordered_sum(count, |slot| {
        let [x, y] = census.field(slot);
        let (s, c) = angle(&phases[slot]).sin_cos();
        // Im(H e^{−iα} e^{−iθ}).
        let [x, y] = [x * cos_lag + y * sin_lag, y * cos_lag - x * sin_lag];
        let pull = kuramoto.coupling * (y * c - x * s);
        [x.hypot(y), f64::from(omegas[slot].0) + pull]
    });
    census.local = local / number;
    census.rate = rate / number;
    Some(census)
}

/// Everybody's field without lag; empty for the mean field.
fn fields(sample: &Sample, kuramoto: &Kuramoto) -> Vec<[f32; 2]> {
    let phases = sample.column::<Phase>();
    let waves: Vec<[f32; 2]> = phases
        .iter()
        .map(|phase| {
            let (sin, cos) = angle(phase).sin_cos();
            [cos as f32, sin as f32]
        })
        .collect();
    let positions: &[[u32; 2]] = bytemuck::cast_slice(sample.column::<Position>());
    match kuramoto.topology {
        Topology::AllToAll => Vec::new(),
        // Lists are there after the first step only, and reach farther: the grid also checks them.
        Topology::Range => {
            let range = kuramoto.range as f32;
            let grid = CellGrid::build(&sample.domain, positions, f64::from(range));
            let near = |slot: usize| {
                let (mut sum, mut number) = ([0.0f32; 2], 0.0f32);
                grid.for_neighbours(slot, range, |other, _, _| {
                    let wave = waves[other as usize];
                    sum = [sum[0] + wave[0], sum[1] + wave[1]];
                    number += 1.0;
                });
                sum.map(|part| part / number.max(1.0))
            };
            (0..positions.len()).map(near).collect()
        }
        _ => {
            let Some(links) = sample.resource::<Links>() else {
                return Vec::new();
            };
            let unlagged = Kuramoto {
                phase_lag: 0.0,
                ..kuramoto.clone()
            };
            let places = Places {
                domain: &sample.domain,
                positions,
                lists: &VerletList::new(0.0, 0.0),
            };
            let mut out = vec![[0.0; 2]; waves.len()];
            local_field(&unlagged, links, places, &waves, &mut out);
            out
        }
    }
}
