//! Single numbers.

use crate::model::observable::Sample;
use crate::models::coulomb::cells;
use crate::models::coulomb::step::Tally;
use crate::models::coulomb::survey;
use crate::models::coulomb::theory::Theory;

pub use survey::{force_error, hexatic, sums};

/// What is known with the sample's parameters.
pub fn theory<'w>(sample: &Sample<'w>) -> Option<&'w Theory> {
    sample.resource::<Theory>()
}

pub fn count(sample: &Sample) -> f64 {
    sample.positions().len() as f64
}

pub fn energy(sample: &Sample) -> f64 {
    survey::energy(sample) / count(sample)
}

/// ⟨Σr²⟩ in a harmonic trap: twice that of ΣV.
pub fn square_theory(sample: &Sample) -> Option<f64> {
    let theory = theory(sample)?;
    theory.is_harmonic().then(|| theory.virial()).flatten()
}

pub fn droplet_radius(sample: &Sample) -> f64 {
    (2.0 * sums(sample).square / count(sample)).sqrt()
}

pub fn droplet_theory(sample: &Sample) -> Option<f64> {
    let number = count(sample);
    if let Some(square) = square_theory(sample) {
        return Some((2.0 * square / number).sqrt());
    }
    let droplet = theory(sample)?.droplet.as_ref()?;
    droplet
        .regular
        .then(|| (2.0 * number * droplet.mean(|x| x * x)).sqrt())
}

pub fn acceptance(sample: &Sample) -> f64 {
    sample.resource::<Tally>().map_or(f64::NAN, |tally| {
        tally.accepted as f64 / tally.proposed as f64
    })
}

pub fn defects(sample: &Sample) -> f64 {
    let cells = cells::cells(sample);
    let inner = cells.rim.iter().filter(|rim| !**rim).count();
    let wrong = cells.charge.iter().filter(|charge| **charge != 0).count();
    wrong as f64 / inner as f64
}
