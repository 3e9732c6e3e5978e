//! What is measured in flocks.
use crate::model::observable::{Axis, Estimator, Observable, Sample};
use crate::math::order::polarisation;
use crate::model::column::Heading;
pub static OBSERVABLES: &[Observable] = &[
    Observable {
        name: "polarisation",
        title: "Polarisation",
        symbol: "φ",
        unit: "",
        doc: "Length of the mean heading.",
        validity: "",
        estimator: Estimator::Scalar { estimate: |sample: &Sample| { let headings: &[[f32; 2]] = bytemuck::cast_slice(sample.column::<Heading>()); polarisation(headings).0 }, theory: None },
    },
];
