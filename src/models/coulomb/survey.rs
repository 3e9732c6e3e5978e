//! Measurements of the present state that several observables share, made once per state.

use std::sync::Arc;

use super::Charge;
use super::cells::Cells;
use super::gas::{Field, Function};
use crate::math::bonds::BondField;
use crate::math::longrange::Achieved;
use crate::math::statistics::ordered_sum;
use crate::model::memo;
use crate::model::observable::{Grid, Sample};

/// Sums over the charges.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// Σ r².
    pub square: f64,
    /// Σ r V′.
    pub virial: f64,
    /// Σ V.
    pub potential: f64,
    /// L = Σ f(r/√N).
    pub statistic: f64,
}

/// What has been measured of one state. Replaced whenever a parameter changes.
pub type Survey = memo::Survey<Memo>;

/// Results that belong to one state.
#[derive(Default)]
pub struct Memo {
    sums: Option<Sums>,
    energy: Option<f64>,
    achieved: Option<f64>,
    hexatic: Option<[f64; 2]>,
    pub landscape: Option<Arc<Grid>>,
    pub cells: Option<Arc<Cells>>,
}

/// A result for the sample's state, taken from the memo or computed and left there.
pub fn once<T: Clone>(
    sample: &Sample,
    entry: fn(&mut Memo) -> &mut Option<T>,
    compute: impl FnOnce() -> T,
) -> T {
    Survey::once(sample, memo::motion(sample), entry, compute)
}

/// Charges as plain numbers.
pub fn values<'w>(sample: &Sample<'w>) -> &'w [f32] {
    bytemuck::cast_slice(sample.column::<Charge>())
}

/// Distance of a slot from the centre.
pub fn radius(sample: &Sample, position: [u32; 2]) -> f64 {
    let [x, y] = sample.domain.real(position);
    x.hypot(y)
}

/// The sums over the sample's state.
pub fn sums(sample: &Sample) -> Sums {
    once(
        sample,
        |memo| &mut memo.sums,
        || {
            let (Some(field), Some(function)) =
                (sample.resource::<Field>(), sample.resource::<Function>())
            else {
                return Sums::default();
            };
            let places = sample.positions();
            let [square, virial, potential, statistic] = ordered_sum(places.len(), |slot| {
                let r = radius(sample, places[slot]);
                [
                    r * r,
                    r * field.slope(r),
                    field.potential(r),
                    function.0.at(r / field.scale),
                ]
            });
            Sums {
                square,
                virial,
                potential,
                statistic,
            }
        },
    )
}

/// U.
pub fn energy(sample: &Sample) -> f64 {
    once(
        sample,
        |memo| &mut memo.energy,
        || {
            let Some(field) = sample.resource::<Field>() else {
                return f64::NAN;
            };
            field.solver().map_or(f64::NAN, |mut solver| {
                field.energy(
                    &mut solver,
                    &sample.domain,
                    sample.positions(),
                    values(sample),
                )
            })
        },
    )
}

/// Charges by which the error of the forces is judged.
const JUDGES: usize = 64;

/// Relative error of the forces, as measured against the direct sum in double precision.
pub fn force_error(sample: &Sample) -> f64 {
    once(
        sample,
        |memo| &mut memo.achieved,
        || {
            let Some(field) = sample.resource::<Field>() else {
                return f64::NAN;
            };
            let places = sample.positions();
            let charges = field.charges(&sample.domain, places, values(sample));
            let mut out = vec![[0.0f32; 2]; places.len()];
            field.solver().map_or(f64::NAN, |mut solver| {
                solver.field(&charges, &mut out);
                let Achieved { relative, .. } = solver.achieved(&charges, &out, JUDGES);
                relative
            })
        },
    )
}

/// Mean and spread of |ψ₆| over the six nearest, of the charges within 0.6 of the droplet's radius.
pub fn hexatic(sample: &Sample) -> [f64; 2] {
    once(
        sample,
        |memo| &mut memo.hexatic,
        || {
            // On a line there is no direction.
            if sample.resource::<Field>().is_none_or(|field| field.line) {
                return [f64::NAN; 2];
            }
            let places = sample.positions();
            let mut field = BondField::default();
            field.measure(&sample.domain, places, 6, 6);
            let open = !sample.domain.is_periodic();
            let reach = 0.6 * (2.0 * sums(sample).square / places.len().max(1) as f64).sqrt();
            let mut sum = [0.0f64; 4];
            for (place, value) in places.iter().zip(field.values()) {
                if open && radius(sample, *place) > reach {
                    continue;
                }
                let [x, y] = value.map(f64::from);
                for (sum, by) in sum.iter_mut().zip([1.0, x.hypot(y), x, y]) {
                    *sum += by;
                }
            }
            let [count, local, x, y] = sum;
            [local / count, x.hypot(y) / count]
        },
    )
}
