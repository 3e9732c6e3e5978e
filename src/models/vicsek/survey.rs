//! The groups of the present state, which several observables share, found once per state.

use super::parameters::RANGE;
use crate::math::clusters::Clusters;
use crate::model::memo;
use crate::model::observable::Sample;

/// Particles closer than this belong to one group: half of the range, at which the links of a
/// homogeneous system at the usual density 4 do not yet span it.
pub const LINK: f64 = 0.5 * RANGE;

/// What has been found of one state. Replaced whenever a parameter changes.
pub type Survey = memo::Survey<Option<Groups>>;

/// Groups of a state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    /// Share of the particles in the largest group.
    pub largest: f64,
    /// Share of the particles in groups of n to 2n, for every power n of two.
    pub shares: Vec<f64>,
}

/// The groups of the sample's state, found or remembered.
pub fn groups(sample: &Sample) -> Groups {
    Survey::once(sample, memo::motion(sample), |memo| memo, || find(sample))
}

fn find(sample: &Sample) -> Groups {
    let positions: &[[u32; 2]] = sample.positions();
    let mut clusters = Clusters::default();
    clusters.find(&sample.domain, positions, LINK as f32);
    let count = positions.len().max(1);
    let mut shares = vec![0.0; count.ilog2() as usize + 1];
    for (size, number) in clusters.size_distribution() {
        shares[size.max(1).ilog2() as usize] += f64::from(size) * f64::from(number) / count as f64;
    }
    Groups {
        largest: clusters.largest_fraction(),
        shares,
    }
}
