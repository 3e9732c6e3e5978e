//! Where the particles are relative to each other, as single numbers.

use crate::math::blocks::BlockCounts;
use crate::math::bonds::BondField;
use crate::math::clusters::Clusters;
use crate::math::density::DensityHistogram;
use crate::model::observable::Sample;
use crate::models::active::parameters::Active;
use crate::models::active::start::particle_area;
use crate::models::active::survey::once;

/// Particles closer than this belong to one cluster, in mean diameters.
pub const CLUSTER_CUTOFF: f32 = 1.2;
/// Side of the blocks of the local density, in mean diameters.
pub const BLOCK: f64 = 4.0;

/// Packing fraction that one particle in a box of unit area stands for.
pub fn area(sample: &Sample) -> f64 {
    sample.resource::<Active>().map_or(f64::NAN, particle_area)
}

/// Share of the particles in the largest cluster, and in the clusters of n to 2n particles for
/// every power n of two.
pub fn clusters(sample: &Sample) -> (f64, Vec<f64>) {
    once(
        sample,
        |memo| &mut memo.clusters,
        || {
            let mut clusters = Clusters::default();
            clusters.find(&sample.domain, sample.positions(), CLUSTER_CUTOFF);
            let count = sample.positions().len().max(1);
            let mut shares = vec![0.0; count.ilog2() as usize + 1];
            for (size, number) in clusters.size_distribution() {
                shares[size.max(1).ilog2() as usize] +=
                    f64::from(size) * f64::from(number) / count as f64;
            }
            (clusters.largest_fraction(), shares)
        },
    )
}

pub fn largest_cluster(sample: &Sample) -> f64 {
    clusters(sample).0
}

/// The outermost significant peaks of the local density in one frame; NaN when there is one.
fn peaks(sample: &Sample) -> [f64; 2] {
    once(
        sample,
        |memo| &mut memo.peaks,
        || {
            let mut counts = BlockCounts::default();
            counts.measure(&sample.domain, sample.positions(), BLOCK);
            let mut histogram = DensityHistogram::new();
            histogram.accumulate(&sample.domain, &counts, area(sample));
            match histogram.peaks(1.5, 1.0).as_slice() {
                [gas, .., dense] => [gas.density, dense.density],
                _ => [f64::NAN; 2],
            }
        },
    )
}

pub fn density_gas(sample: &Sample) -> f64 {
    peaks(sample)[0]
}

pub fn density_dense(sample: &Sample) -> f64 {
    peaks(sample)[1]
}

/// ⟨|ψ₆|⟩ and |⟨ψ₆⟩|.
fn hexatic(sample: &Sample) -> [f64; 2] {
    once(
        sample,
        |memo| &mut memo.hexatic,
        || {
            let order = BondField::default().measure(&sample.domain, sample.positions(), 6, 6);
            order.map_or([f64::NAN; 2], |order| [order.local, order.global])
        },
    )
}

pub fn psi6_local(sample: &Sample) -> f64 {
    hexatic(sample)[0]
}

pub fn psi6_global(sample: &Sample) -> f64 {
    hexatic(sample)[1]
}
